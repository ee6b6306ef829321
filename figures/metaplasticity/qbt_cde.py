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
    figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.2), sharex=True)
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
        ax.axhline(0, color="0.85", linewidth=0.6, zorder=0)
        ax.set(xlabel=r"$|W^h| / W^h_{\max}$")
        ax.set_title(f"layer {layer + 1}")
        ax.ticklabel_format(axis="y", style="sci", scilimits=(0, 0))
        if stored is not None:
            _draw_stored(ax, stored.runs, layer, looks_of_m(numbers["m"]))
    axes[0].set_ylabel("loss per flipped weight")
    figure.legend(*_told(figure), loc="outside upper right", ncols=4)
    label_panels(axes)
    return figure


def _draw_stored(ax, runs, layer, looks):
    """Draw the costs at full size on a scale of their own, whose zero is that of the others."""
    own = ax.twinx()
    for run, (colour, style, _) in zip(runs, looks, strict=True):
        size, cost, _ = run.flips[layer]
        own.plot(size, 1e6 * cost, color=colour, linestyle=style,
                 label=f"full size, {run.condition}", **THIN)  # fmt: skip
    low, high = ax.get_ylim()
    top = 1.05e6 * max(run.flips[layer][1].max() for run in runs)
    least = 1.05e6 * min(run.flips[layer][1].min() for run in runs)
    low = min(low, high * least / top)
    ax.set_ylim(low, high)
    own.set_ylim(low / high * top, top)
    own.tick_params(labelsize=6, colors="0.4")
    own.locator_params(axis="y", nbins=4)
    own.spines["right"].set(visible=True, color="0.7")
    if layer == 2:
        own.set_ylabel(r"full size (thin), $10^{-6}$", color="0.4")


def _told(figure):
    """Return what the legend tells, every thing once."""
    handles = {}
    for ax in figure.axes:
        for handle, label in zip(*ax.get_legend_handles_labels(), strict=True):
            handles.setdefault(label, handle)
    return list(handles.values()), list(handles)


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
        f"mean. From the smallest to the largest measured class it rises in {rises}.{_alt_of(full)}"
    )


def _alt_of(full):
    if (stored := _stored(full)) is None:
        return ""
    last = "; ".join(
        f"{run.condition}: {', '.join(f'{layer[1, -1]:.1e}' for layer in run.flips)}"
        for run in stored.runs
    )
    return (
        f" Thin lines, on a scale of their own: full size. They end in the three layers at {last}."
    )
