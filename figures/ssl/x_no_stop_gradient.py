"""Without stop-gradient the released cosine rule runs away; the gradient keeps the sum."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import PAGE, VERMILION, label_panels
from figures.ssl._look import draw_spectrum

COLUMNS = {
    "time": "time (learning rate x iterations)",
    "released": "eigenvalues by mode, released rule",
    "gradient": "eigenvalues by mode, gradient of the loss",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.7), sharey=True)
    titles = {"released": "released rule", "gradient": "gradient of the loss"}
    for ax, (rule, title) in zip(axes, titles.items(), strict=True):
        draw_spectrum(ax, numbers["time"], numbers[rule])
        ax.semilogy(numbers["time"], numbers[rule].sum(axis=1), color=VERMILION, linestyle="--")
        ax.set(title=title, xlabel="time (learning rate x iterations)", ylim=(1e-3, 200))
    axes[0].set_ylabel("eigenvalue")
    axes[0].text(30, 72, "sum", color=VERMILION, va="bottom", ha="right")
    axes[1].text(30, 9.5, "sum: conserved", color=VERMILION)
    label_panels(axes)
    return figure


def alt(numbers):
    released, gradient = numbers["released"], numbers["gradient"]
    alive = np.sum(gradient[-1] > 1e-3)
    return (
        "Ten eigenvalues against time without stop-gradient. Under the released rule the large "
        f"ones and the sum grow, the sum from {released[0].sum():.1f} to "
        f"{released[-1].sum():.0f}. Under the gradient of the loss the sum is a flat line and "
        f"all but {alive} eigenvalues fall below a thousandth."
    )
