"""Three kinds of wiring over the Jacobian of a random network of each."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLUE, PAGE, VERMILION, label_panels

COLUMNS = {
    "kind": "kind of wiring, one a column of panels",
    "sizes": "units of the layers",
    "jacobian": "W - 1, shape (kind, unit to, unit from)",
    "measure": "symmetry measure of it, 1 for a symmetric matrix; the diagonal of -1 counts",
}
ARROWS = {"energy-based": "<->", "not energy-based": "both", "feedforward": "->"}


def draw(numbers):
    sizes, edges = numbers["sizes"], np.cumsum(numbers["sizes"]) - 0.5
    middles = edges - np.array(sizes) / 2
    figure, axes = plt.subplots(2, 3, figsize=(PAGE, 4.4), height_ratios=(1, 1.15))
    for k, name in enumerate(numbers["kind"]):
        _wiring(axes[0, k], sizes, ARROWS[name])
        axes[0, k].set_title(name)
        ax = axes[1, k]
        picture = ax.imshow(numbers["jacobian"][k], cmap="RdBu_r", vmin=-1, vmax=1)
        for edge in edges[:-1]:
            ax.axhline(edge, color="0.6", linewidth=0.5)
            ax.axvline(edge, color="0.6", linewidth=0.5)
        layers = [str(1 + level) for level in range(len(sizes))]
        ax.set(
            xticks=middles, yticks=middles, xticklabels=layers, yticklabels=layers,
            xlabel="from layer",
        )  # fmt: skip
        ax.set_title(f"symmetry measure {numbers['measure'][k]:.2f}", fontsize=7.5)
        ax.tick_params(length=0)
    axes[1, 0].set_ylabel("to layer")
    figure.colorbar(picture, ax=axes[1], shrink=0.85, label="entry of $W - 1$")
    label_panels(axes[0])
    return figure


def alt(numbers):
    measure = ", ".join(f"{m:.2f}" for m in numbers["measure"])
    return (
        f"Three networks of layers of {', '.join(map(str, numbers['sizes']))} units above an "
        "input: links both ways with equal weights, both ways with separate weights, upward only. "
        "Below, heat maps of their Jacobians: symmetric block tridiagonal, block tridiagonal "
        "without symmetry, lower block bidiagonal, all with a diagonal of minus one, which counts "
        f"in their symmetry measures of {measure}."
    )


def _wiring(ax, sizes, kind):
    places = [np.arange(m) - (m - 1) / 2 for m in sizes]
    levels = range(len(sizes) - 1)
    for level in levels:
        for below in places[level]:
            for above in places[level + 1]:
                ax.plot(
                    [below, above], [level, level + 1], "-", color="0.82", linewidth=0.4, zorder=0
                )
    for level, x in enumerate(places):
        ax.plot(x, np.full(len(x), level), "o", color=BLUE, markersize=7)
    up = {"arrowstyle": "->" if kind == "both" else kind, "linewidth": 1.3}
    shift = 0.25 if kind == "both" else 0
    for level in levels:
        ax.annotate("", (2.9 - shift, level + 0.95), (2.9 - shift, level + 0.05), arrowprops=up)
        if shift:
            down = up | {"color": VERMILION}
            ax.annotate(
                "", (2.9 + shift, level + 0.05), (2.9 + shift, level + 0.95), arrowprops=down
            )
    ax.annotate("", (0, -0.15), (0, -0.6), arrowprops={"arrowstyle": "->", "linewidth": 1.3})
    ax.text(0, -0.62, "$x$", ha="center", va="top")
    ax.set(xlim=(-2.8, 3.6), ylim=(-1.0, 2.3))
    ax.axis("off")
