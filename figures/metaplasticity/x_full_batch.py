"""Full-batch training ranks weights as well as minibatches: free weights are the noise."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import PAGE, label_panels
from figures.metaplasticity._look import looks_of_m

COLUMNS = {
    "m": "metaplasticity",
    "batch": "images a step, of 400",
    "layer": "layer of weights",
    "rank": "rank correlation of cost of flips and size by layer, m, batch and seed",
    "flipping": "share of signs that flip within 50 more steps on the full batch, by layer and m",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.6), width_ratios=(2, 1))
    layer = np.asarray(numbers["layer"], float)
    seeds = numbers["rank"].shape[-1]
    for k, (color, _, marker) in enumerate(looks_of_m(numbers["m"])):
        for b, fill in enumerate(("white", color)):
            x = layer[:, None] + 0.16 * (2 * k + b - 1.5) + np.linspace(-0.04, 0.04, seeds)
            words = "full batch" if b else f"batches of {numbers['batch'][0]:g}"
            labels = [f"m = {numbers['m'][k]:g}, {words}"] + [""] * (seeds - 1)
            axes[0].plot(x, numbers["rank"][:, k, b], marker, color=color, markersize=4,
                         markerfacecolor=fill, label=labels, linestyle="none")  # fmt: skip
        axes[1].plot(layer, numbers["flipping"][:, k], marker, color=color, linestyle="-")
    axes[0].set(
        ylim=(0, 1.05), ylabel="rank correlation, cost and size", title=f"{seeds} seeds each"
    )
    axes[0].legend(loc="lower left", fontsize=6)
    axes[1].set(ylim=(0, None), title="signs that flip on, full batch")
    for ax in axes:
        ax.set(xlabel="layer", xticks=layer)
    label_panels(axes)
    return figure


def alt(numbers):
    mean = numbers["rank"].mean(axis=(0, 3))
    each = "; ".join(
        f"m = {m:g}: {row[0]:.2f} with batches of {numbers['batch'][0]:g}, {row[1]:.2f} with all"
        for m, row in zip(numbers["m"], mean, strict=True)
    )
    return (
        "Left: rank correlation of the cost of flips and the size of hidden weights by layer, "
        f"minibatches open, full batch filled; means over layers and seeds, {each}. Right: share "
        "of the signs that flip within 50 more steps on the full batch, "
        f"{numbers['flipping'].min():.2f} to {numbers['flipping'].max():.2f}."
    )
