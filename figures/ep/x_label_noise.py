"""Where the one-sided rule fails: compliance stays high and the spectral radius nears one."""

import matplotlib.pyplot as plt

from figures.ep._look import RULES as LOOKS
from figures.ep._look import rule_ticks
from figures.kit import BLACK, PAGE, label_panels

RULES = ("one_sided", "random_sign", "symmetric", "bptt")
COLUMNS = {"epoch": "epoch"} | {
    f"{name}_{rule}": meaning
    for rule in RULES
    for name, meaning in {
        "late_noisy": "test error over the last 20 epochs, noisy labels, per cent, one a seed",
        "late_clean": "test error over the last 20 epochs, clean labels, per cent, one a seed",
        "compliance": "mean output compliance, noisy labels, median over the stable seeds",
        "spectral_radius": "spectral radius, largest of ten images, noisy labels, median of seeds",
    }.items()
}


def draw(numbers):
    figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.7))
    for k, rule in enumerate(RULES):
        colour, line, _ = LOOKS[rule]
        for labels, marker, fill, aside in (("noisy", "o", "full", -0.12),
                                            ("clean", "s", "none", 0.12)):  # fmt: skip
            late = numbers[f"late_{labels}_{rule}"]
            axes[0].plot([k + aside] * len(late), late, marker, color=colour, markersize=3.5,
                         fillstyle=fill)  # fmt: skip
        width = 2.6 if rule == "random_sign" else 1.4
        for ax, name in zip(axes[1:], ("compliance", "spectral_radius"), strict=True):
            ax.plot(numbers["epoch"], numbers[f"{name}_{rule}"], linestyle=line, color=colour,
                    linewidth=width)  # fmt: skip
    rule_ticks(axes[0], RULES)
    axes[0].set(ylabel="late test error (%)", ylim=(0, None), title="full: noisy, open: clean")
    axes[0].yaxis.set_major_locator(plt.MultipleLocator(5))
    axes[1].set(ylabel="output compliance $M$", ylim=(0, 0.6))
    axes[2].set(ylabel=r"spectral radius $\rho$")
    axes[2].axhline(1, color=BLACK, linestyle=":", linewidth=1)
    for ax in axes[1:]:
        ax.set(xlabel="epoch", title="noisy labels, median")
    label_panels(axes)
    return figure


def alt(numbers):
    noisy = {rule: numbers[f"late_noisy_{rule}"].mean() for rule in RULES}
    clean = [numbers[f"late_clean_{rule}"].mean() for rule in RULES]
    return (
        "Left: late test errors of the seeds of each rule; with noisy labels the one-sided rule "
        f"lies at {noisy['one_sided']:.0f} per cent in the mean and the others at "
        f"{min(noisy[r] for r in RULES[1:]):.1f} to {max(noisy[r] for r in RULES[1:]):.1f}, with "
        f"clean labels all agree at {min(clean):.1f} to {max(clean):.1f}. Middle and right: "
        "compliance and spectral radius against epoch with noisy labels, both highest for the "
        "one-sided rule."
    )
