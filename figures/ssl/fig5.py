"""Fig. 5: Euclidean eigenvalues all meet at one, cosine pairs each at their own mean."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import PAGE, label_panels
from figures.ssl._look import STARTS, capital

COLUMNS = {
    "iteration": "iterations of the exact mean update",
    "euclidean": "eigenvalues by start and mode, Euclidean loss, exact mean update",
    "cosine": "eigenvalues by start and mode, cosine loss, exact mean update",
    "sampled_iteration": "iterations of the sampled networks",
    "sampled_euclidean": "eigenvalues by start and mode, Euclidean loss, sampled networks",
    "sampled_cosine": "eigenvalues by start and mode, cosine loss, sampled networks",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.7), sharey=True)
    for ax, loss in zip(axes, ("euclidean", "cosine"), strict=True):
        for start, look in enumerate(STARTS):
            ax.plot(numbers["iteration"], numbers[loss][:, start], **look)
            sampled = numbers[f"sampled_{loss}"][:, start]
            ax.plot(numbers["sampled_iteration"], sampled, "o", color=look["color"], markersize=2.5)
        ax.set(xlabel="iteration", title=capital(loss), yticks=[0, 1, 2])
    axes[0].set_ylabel("eigenvalue $\\lambda_m$")
    axes[0].text(750, 1.5, "lines: exact mean update\ndots: a sampled network each", fontsize=7)
    for mean, look in zip(numbers["cosine"][0].mean(axis=1), STARTS, strict=True):
        axes[1].text(
            1490, mean + 0.05, f"mean {mean:.2f}", ha="right", color=look["color"], fontsize=7
        )
    label_panels(axes)
    return figure


def alt(numbers):
    slowest = numbers["iteration"][np.argmax(numbers["euclidean"][:, 0, 0] > 0.5)]
    means = numbers["cosine"][0].mean(axis=1)
    return (
        "Two panels with six curves each. Euclidean: all eigenvalues end at one, the smallest "
        f"passes one half only after about {slowest} iterations. Cosine: the two eigenvalues of "
        f"each start merge at their mean, at {means[0]:.2f}, {means[1]:.2f} and {means[2]:.2f}. "
        "Dots of sampled networks lie on the curves."
    )
