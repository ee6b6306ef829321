"""Fig. 4c,d: two digit sets in turn on small ConvNets, beside two single-task experts."""

import matplotlib.pyplot as plt

from figures.kit import PAGE, label_panels
from figures.metaplasticity import _pair
from figures.metaplasticity._full import THIN, mean_curves, stretched

COLUMNS = _pair.COLUMNS | {
    "network": "channels of the convolutions, one entry a panel",
    "expert": "test accuracy of a network of half the channels trained on one set, by set; mean of "
    "seeds",
    "expert_deviation": "its standard deviation over seeds",
}
PANELS = {1: "1-12-20-30", 3: "1-10-15-20"}  # the metaplastic ones, run at full size
EXPERTS = ("1-6-10-15, MNIST alone", "1-6-10-15, USPS alone")
FULL_M = 1.2


def _place(end, task):
    """Return the abscissa of an expert, beside the end of the curves."""
    return end * (1.08 + 0.1 * task)


def _draw_full(axes, numbers, stored):
    """Draw the paper's networks on MNIST and USPS: thin curves, and experts as crosses."""
    for k, condition in PANELS.items():
        epochs, curves = mean_curves(stored, [condition])
        scale = stretched(axes[k], epochs[-1], numbers["epoch"][-1])
        for task, (colour, style, _) in enumerate(_pair.LOOKS):
            axes[k].plot(epochs * scale, curves[:, 0, task], color=colour, linestyle=style, **THIN)
    for task, name in enumerate(EXPERTS):
        accuracy = mean_curves(stored, [name])[1][-1, 0, task]
        for k in PANELS:
            place = _place(numbers["epoch"][-1], task)
            axes[k].plot(place, accuracy, "x", color=_pair.LOOKS[task][0], markersize=3.5)
    axes[1].plot([], [], color="0.4", label=f"full size, m = {FULL_M:g}", **THIN)


def draw(numbers, full):
    figure, axes = plt.subplots(1, 4, figsize=(PAGE, 2.6), sharey=True)
    end = numbers["epoch"][-1]
    for k, ax in enumerate(axes):
        _pair.draw_curves(ax, numbers, k)
        for task, (colour, _, marker) in enumerate(_pair.LOOKS):
            ax.errorbar(
                _place(end, task),
                numbers["expert"][task],
                numbers["expert_deviation"][task],
                color=colour,
                marker=marker,
                markerfacecolor="white",
                linestyle="none",
                capsize=2,
            )
        ax.set_title(f"{numbers['network'][k]}, m = {numbers['m'][k]:g}", fontsize=7)
        ax.set(ylabel="test accuracy" if k == 0 else "", xlim=(0, 1.26 * end))
    if "convolutions" in full:
        _draw_full(axes, numbers, full["convolutions"])
        axes[1].legend(loc="lower left", fontsize=6, bbox_to_anchor=(0.05, 0.12))
    axes[0].legend(loc="lower left", fontsize=6, bbox_to_anchor=(0.05, 0.12))
    axes[0].text(end * 1.13, 0.73, "experts", fontsize=6, ha="center")
    label_panels(axes)
    for ax in axes:
        ax.set_title(ax.get_title("left"), loc="left", fontsize=7)
    return figure


def alt(numbers, full):
    end, expert = numbers["mean"][-1], numbers["expert"]
    each = "; ".join(
        f"{end[k, 0]:.2f} and {end[k, 1]:.2f} for {numbers['network'][k]} with m = "
        f"{numbers['m'][k]:g}"
        for k in range(4)
    )
    told = ""
    if "convolutions" in full:
        stored = full["convolutions"]
        ends = [mean_curves(stored, [name])[1][-1, 0] for name in (*PANELS.values(), *EXPERTS)]
        told = (
            f" Thin curves of the paper's own networks on MNIST, then USPS, with m = {FULL_M:g} "
            f"end at {ends[0][0]:.2f} and {ends[0][1]:.2f}, {ends[1][0]:.2f} and {ends[1][1]:.2f}; "
            f"their experts, crosses, at {ends[2][0]:.2f} and {ends[3][-1]:.2f}."
        )
    return (
        f"Four panels of accuracy against epoch on {numbers['task'][0]}, then a "
        f"{numbers['task'][1]}. Final accuracies: {each}. Open markers at the right: two networks "
        f"of half the channels, each trained on one set, {expert[0]:.2f} and {expert[1]:.2f}."
    ) + told
