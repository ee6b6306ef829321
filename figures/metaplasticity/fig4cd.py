"""Fig. 4c,d: two digit sets in turn on small ConvNets, beside two single-task experts."""

import matplotlib.pyplot as plt

from figures.kit import PAGE, label_panels
from figures.metaplasticity import _pair

COLUMNS = _pair.COLUMNS | {
    "network": "channels of the convolutions, one entry a panel",
    "expert": "test accuracy of a network of half the channels trained on one set, by set; mean of "
    "seeds",
    "expert_deviation": "its standard deviation over seeds",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 4, figsize=(PAGE, 2.5), sharey=True)
    end = numbers["epoch"][-1]
    for k, ax in enumerate(axes):
        _pair.draw_curves(ax, numbers, k)
        for task, (colour, _, marker) in enumerate(_pair.LOOKS):
            ax.errorbar(
                end * (1.08 + 0.1 * task),
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
    axes[0].legend(loc="lower left", fontsize=6, bbox_to_anchor=(0.05, 0.12))
    axes[0].text(end * 1.13, 0.73, "experts", fontsize=6, ha="center")
    label_panels(axes)
    for ax in axes:
        ax.set_title(ax.get_title("left"), loc="left", fontsize=7)
    return figure


def alt(numbers):
    end, expert = numbers["mean"][-1], numbers["expert"]
    each = "; ".join(
        f"{end[k, 0]:.2f} and {end[k, 1]:.2f} for {numbers['network'][k]} with m = "
        f"{numbers['m'][k]:g}"
        for k in range(4)
    )
    return (
        f"Four panels of accuracy against epoch on {numbers['task'][0]}, then a "
        f"{numbers['task'][1]}. Final accuracies: {each}. Open markers at the right: two networks "
        f"of half the channels, each trained on one set, {expert[0]:.2f} and {expert[1]:.2f}."
    )
