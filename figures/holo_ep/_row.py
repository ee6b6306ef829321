"""One row of J24's Fig. 4: wiring, error, symmetry and alignment with and without homeostasis."""

import matplotlib.pyplot as plt

from figures.holo_ep._look import RULES, band
from figures.kit import BLUE, PAGE, VERMILION, label_panels

LINK = {"arrowstyle": "->", "linewidth": 1.2}
BACK = LINK | {"color": VERMILION}


def columns(third, meaning):
    """Return COLUMNS of a row whose third panel shows the quantity `third`."""
    named = {"epoch": "epochs"}
    for rule, (*_, words) in RULES.items():
        named |= {
            f"{rule}_error": f"test error (%), {words}, one column a seed",
            f"{rule}_{third}": f"{meaning}, {words}, one column a seed",
            f"{rule}_alignment": f"mean cosine of both errors, {words}, one column a layer",
            f"{rule}_unsettled": f"samples unsettled in training (%), {words}",
        }
    return named


def draw_row(numbers, wiring, third, title, ylabel, ylim, places):
    """Return the figure; `wiring` draws on the first axes, `places` are those of the names
    in c: share of the epochs, height."""
    epoch = numbers["epoch"]
    figure, axes = plt.subplots(1, 4, figsize=(PAGE, 2.6), width_ratios=(0.8, 1, 1, 1))
    wiring(axes[0])
    for rule, (color, line, words) in RULES.items():
        band(axes[1], epoch, numbers[f"{rule}_error"], color, line)
        band(axes[2], epoch, numbers[f"{rule}_{third}"], color, line)
        for values, width in zip(numbers[f"{rule}_alignment"].T, (1.6, 0.8), strict=True):
            axes[3].plot(epoch, values, line, color=color, linewidth=width)
        across, height = places[rule]
        axes[2].text(across * epoch[-1], height, words, color=color, ha="right", fontsize=6.5)
    told = "unsettled in training\n" + "\n".join(
        f"{words}: {numbers[f'{rule}_unsettled']:.1f} %" for rule, (*_, words) in RULES.items()
    )
    axes[0].text(0, 0, told, transform=axes[0].transAxes, fontsize=6, va="bottom")
    axes[1].set(ylim=(0, 95), yticks=[0, 30, 60, 90], ylabel="test error (%)", title="error")
    axes[2].set(ylim=ylim, ylabel=ylabel, title=title)
    axes[3].set(ylim=(-0.4, 1.05), ylabel="cosine of both errors", title="alignment")
    axes[3].text(
        0.98, 0.02, "thick: layer 1, thin: 2", transform=axes[3].transAxes, ha="right", fontsize=6.5
    )
    axes[3].axhline(0, color="0.7", linewidth=0.7, zorder=0)
    for ax in axes[1:]:
        ax.set_xlabel("epoch")
    label_panels(axes)
    return figure


def draw_layers(ax, layers):
    """Draw layers as bars: (name, width) from below, the first one the input."""
    for level, (name, width) in enumerate(layers):
        ax.plot(
            [-width / 2, width / 2], [level, level], "-", color=BLUE if level else "0.6",
            linewidth=5, solid_capstyle="round",
        )  # fmt: skip
        ax.text(-width / 2 - 0.35, level, name, ha="right", va="center")
    for level in range(len(layers) - 1):
        ax.annotate("", (-0.15, level + 0.88), (-0.15, level + 0.12), arrowprops=LINK)
    ax.set(xlim=(-2.6, 2.2), ylim=(-2.2, len(layers) - 0.5))
    ax.axis("off")


def ends(numbers, what):
    """Return the mean of a quantity at the end for each rule."""
    return {rule: numbers[f"{rule}_{what}"][-1].mean() for rule in RULES}


def best(numbers):
    """Return the mean over seeds of the best error for each rule."""
    return {rule: numbers[f"{rule}_error"].min(axis=0).mean() for rule in RULES}
