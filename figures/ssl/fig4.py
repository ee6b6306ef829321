"""Fig. 4, laptop size: a learned predictor aligns with the leading modes, not with the tail."""

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLACK, PAGE, label_panels
from figures.ssl._look import capital

COLUMNS = {
    "epoch": "epochs shown",
    "cosine": "alignment by epoch, seed and mode, largest first, cosine loss",
    "euclidean": "alignment by epoch, seed and mode, largest first, Euclidean loss",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.7), sharey=True)
    colours = mpl.colors.LinearSegmentedColormap.from_list("late", plt.cm.Oranges([0.3, 0.65, 1.0]))
    scale = mpl.colors.Normalize(numbers["epoch"][0], numbers["epoch"][-1])
    for ax, loss in zip(axes, ("cosine", "euclidean"), strict=True):
        modes = np.arange(1, numbers[loss].shape[2] + 1)
        for epoch, alignment in zip(numbers["epoch"], numbers[loss], strict=True):
            ax.plot(modes, alignment.mean(axis=0), linestyle="-", linewidth=1.1,
                    color=colours(scale(epoch)))  # fmt: skip
        last = numbers[loss][-1]
        ax.fill_between(modes, last.min(axis=0), last.max(axis=0), color=colours(1.0), alpha=0.12,
                        linewidth=0)  # fmt: skip
        ax.axhline(0, color=BLACK, linewidth=0.5)
        ax.set(title=capital(loss), xlabel="mode, largest first", ylim=(-0.85, 1.1))
    axes[0].set_ylabel("alignment")
    axes[0].text(32, 0.9, "lines: mean over seeds\nband: range at the last epoch", fontsize=7,
                 ha="right", va="center")  # fmt: skip
    figure.colorbar(mpl.cm.ScalarMappable(scale, colours), ax=axes, label="epoch", pad=0.01,
                    aspect=30)  # fmt: skip
    label_panels(axes)
    return figure


def alt(numbers):
    head = [numbers[loss][-1, :, :2].mean() for loss in ("cosine", "euclidean")]
    tail = [numbers[loss][-1, :, 16:].mean() for loss in ("cosine", "euclidean")]
    return (
        "Alignment of a learned predictor with the eigenvectors of the representation by mode, "
        f"one line for every five epochs, mean over {numbers['cosine'].shape[1]} seeds. At the "
        f"end it is {head[0]:.2f} under the cosine loss and {head[1]:.2f} under the Euclidean "
        f"loss at the two leading modes, and falls to {tail[0]:.2f} and {tail[1]:.2f} on average "
        "over the last sixteen."
    )
