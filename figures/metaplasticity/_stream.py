"""What the two figures of streams have in common: their numbers and their drawing."""

import matplotlib.pyplot as plt

from figures.kit import COLUMN
from figures.metaplasticity._full import THIN
from figures.metaplasticity._look import looks_of_m

COLUMNS = {
    "seeds": "number of seeds",
    "subset": "number of subsets seen",
    "m": "metaplasticity",
    "mean": "test accuracy after a subset by subset and m, mean of seeds",
    "error": "its standard error",
    "all_at_once": "test accuracy of training on all images by m, mean of seeds",
    "all_at_once_error": "its standard error",
}


def draw_stream(numbers, *, span, ticks, full=None):
    """Draw accuracy against subsets seen; training on all at once as a point beside the end.

    Thin curves: the same at full size, subsets (n,) and accuracies (n, m), where it was run.
    """
    number, m = numbers["subset"], numbers["m"]
    figure, ax = plt.subplots(figsize=(COLUMN, 2.7))
    for k, (colour, style, marker) in enumerate(looks_of_m(m)):
        mean, error = numbers["mean"][:, k], numbers["error"][:, k]
        ax.plot(number, mean, color=colour, linestyle=style, label=f"stream, m = {m[k]:g}")
        ax.fill_between(number, mean - error, mean + error, color=colour, alpha=0.25, linewidth=0)
        ax.errorbar(
            number[-1] * (1.04 + 0.05 * k),
            numbers["all_at_once"][k],
            numbers["all_at_once_error"][k],
            color=colour,
            marker=marker,
            linestyle="none",
            capsize=2,
            label=f"all at once, m = {m[k]:g}",
        )
        if full is not None:
            thin = {**THIN, "color": colour, "linestyle": style}
            ax.plot(full[0], full[1][:, k], label=f"full size, m = {full[2][k]:g}", **thin)
    ax.set(xlabel="subsets seen", ylabel="test accuracy", xticks=ticks)
    ax.set(xlim=(1, number[-1] * 1.13), ylim=span)
    ax.legend(loc="lower right", fontsize=6.5)
    words = "bands and bars: standard error; chance is 0.1, below"
    ax.text(0.02, 0.99, words, transform=ax.transAxes, fontsize=6, color="0.4", va="top")
    return figure


def describe(numbers, network):
    """Return the alternative text of one such figure."""
    mean, at_once, m = numbers["mean"], numbers["all_at_once"], numbers["m"]
    return (
        f"Test accuracy of a {network} network against the number of subsets seen, with standard "
        f"errors of {numbers['seeds']} seeds. Both start near {mean[0].mean():.2f}; the "
        f"conventional one ends at {mean[-1, 0]:.3f}, the metaplastic one (m = {m[1]:g}) at "
        f"{mean[-1, 1]:.3f}. Points "
        f"beside the end, training on all images at once: {at_once[0]:.3f} and {at_once[1]:.3f}."
    )
