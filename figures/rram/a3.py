"""A3: one trace taken apart: two-slope mean, telegraph noise, pink noise and their sum."""

import matplotlib.pyplot as plt

from figures.kit import BLACK, BLUE, GREEN, PAGE, VERMILION, label_panels

COLUMNS = {
    "pulses": "pulses",
    "mean": "two-slope mean of w = ln(R/R0)",
    "telegraph": "telegraph noise of w",
    "pink": "pink noise of w",
    "kink": "pulses at which the slope changes",
    "slopes": "slopes before and behind the kink, per pulse",
}


def draw(numbers):
    figure, axes = plt.subplots(2, 2, figsize=(PAGE, 3.6), sharex=True)
    pulses, total = numbers["pulses"], sum(numbers[p] for p in ("mean", "telegraph", "pink"))
    for ax, values, title, color in (
        (axes[0, 0], numbers["mean"], "two-slope mean", BLACK),
        (axes[0, 1], numbers["telegraph"], "telegraph noise", VERMILION),
        (axes[1, 0], numbers["pink"], "pink noise", BLUE),
        (axes[1, 1], total, "sum", GREEN),
    ):
        ax.plot(pulses, values, "-", color=color, linewidth=1.4 if color == BLACK else 0.6)
        ax.set(title=title, ylabel="in $w$")
    axes[1, 1].set_ylabel("$w = \\ln(R/R_0)$")
    axes[0, 0].axvline(numbers["kink"], color=BLACK, linestyle=":", linewidth=0.8)
    axes[0, 0].text(numbers["kink"] + 40, numbers["mean"].min(), "kink $t^*$", fontsize=7)
    axes[1, 1].plot(pulses, numbers["mean"], "-", color=BLACK, linewidth=1)
    for ax in axes[1]:
        ax.set_xlabel("pulses")
    label_panels(axes)
    return figure


def alt(numbers):
    full = (numbers["telegraph"] > 0).mean()
    return (
        "Four panels against pulses: the two-slope mean, "
        f"{numbers['slopes'][0] / numbers['slopes'][1]:.0f} times flatter behind its kink at "
        f"{numbers['kink']:.0f} pulses; telegraph noise in bursts of hundreds of pulses, on for "
        f"{100 * full:.0f} per cent of the time and up to {numbers['telegraph'].max():.2f}; pink "
        f"noise about {numbers['pink'][20:].mean():.3f}; and their sum."
    )
