"""The larger the hidden weight, the more the loss rises when its binary weight is flipped."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import PAGE, label_panels
from figures.metaplasticity._full import THIN
from figures.metaplasticity._look import looks_of_m

COLUMNS = {
    "m": "metaplasticity",
    "size": "mean |hidden weight| of a class over the layer's largest by class, layer, m and seed; "
    "nan: the class holds fewer than two draws of flips",
    "cost": "rise of the loss per flipped weight by class, layer, m and seed",
    "error": "its standard error over draws",
}
WIDEST = ("flips_4096", "flips_1024")


def _stored(full):
    """Return the widest run of one MNIST task at full size, or None."""
    return next((full[name] for name in WIDEST if name in full), None)


def draw(numbers, full):
    stored = _stored(full)
    figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.6), sharex=True)
    for layer, ax in enumerate(axes):
        for k, (colour, style, marker) in enumerate(looks_of_m(numbers["m"])):
            size, cost, error = (numbers[name][:, layer, k] for name in ("size", "cost", "error"))
            ax.errorbar(
                size.ravel(),
                cost.ravel(),
                error.ravel(),
                color=colour,
                marker=marker,
                markersize=3,
                linestyle="none",
                elinewidth=0.7,
                label=f"m = {numbers['m'][k]:g}",
            )
            ax.plot(*_mean(size, cost), color=colour, linestyle=style, linewidth=0.9)
        for run, (colour, style, _) in zip(
            stored.runs if stored else (), looks_of_m(numbers["m"]), strict=False
        ):
            size, cost, _ = run.flips[layer]
            ax.plot(size, cost, color=colour, linestyle=style, label=f"full size, {run.condition}",
                    **THIN)  # fmt: skip
        ax.axhline(0, color="0.85", linewidth=0.6, zorder=0)
        ax.set(xlabel=r"$|W^h| / W^h_{\max}$")
        ax.set_title(f"layer {layer + 1}")
        ax.ticklabel_format(axis="y", style="sci", scilimits=(0, 0))
    axes[0].set_ylabel("loss per flipped weight")
    axes[0].legend(loc="upper left")
    label_panels(axes)
    return figure


def _mean(size, cost):
    """Return size and cost of every class that all seeds fill, averaged over the seeds."""
    full = np.isfinite(size).all(axis=1)
    return size[full].mean(axis=1), cost[full].mean(axis=1)


def alt(numbers, full):
    means = [
        [_mean(numbers["size"][:, layer, k], numbers["cost"][:, layer, k])[1] for k in (0, 1)]
        for layer in range(3)
    ]
    rises = "; ".join(
        f"layer {layer + 1} from {with_m[0]:.1e} to {with_m[-1]:.1e} with m = {numbers['m'][1]:g}, "
        f"from {without[0]:.1e} to {without[-1]:.1e} without"
        for layer, (without, with_m) in enumerate(means)
    )
    return (
        "Three panels, one a layer: loss per flipped weight against the relative size of the "
        "hidden weight, points of three networks each with and without metaplasticity, and their "
        f"mean. From the smallest to the largest measured class it rises in {rises}."
    )
