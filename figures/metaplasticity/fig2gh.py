"""Fig. 2g,h: with metaplasticity hidden weights move outward from task to task and stay there."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import PAGE, label_panels
from figures.metaplasticity._look import shades

COLUMNS = {
    "hidden_weight": "middle of the bin",
    "after_task": "number of tasks learned",
    "m": "metaplasticity",
    "density": "density of hidden weights by bin, m, tasks learned and layer, mean of three seeds; "
    "weights beyond the last bin are left out",
}


def draw(numbers):
    at, m = numbers["hidden_weight"], numbers["m"]
    figure, axes = plt.subplots(2, 3, figsize=(PAGE, 3.9), sharex=True, sharey=True)
    for (row, layer), ax in np.ndenumerate(axes):
        for k, style in enumerate((":", "--", "-")):
            ax.plot(
                at,
                numbers["density"][:, row, k, layer],
                color=shades(6)[numbers["after_task"][k] - 1],
                linestyle=style,
                label=f"after T{numbers['after_task'][k]}",
            )
        ax.set(yscale="log", ylim=(1e-3, 30), xlim=(at[0], at[-1]))
        ax.set_title(f"m = {m[row]:g}, layer {layer + 1}")
    for ax in axes[1]:
        ax.set_xlabel("hidden weight $W^h$")
    for ax in axes[:, 0]:
        ax.set_ylabel("density")
    axes[0, 0].legend(loc="upper left", fontsize=6)
    label_panels(axes)
    return figure


def alt(numbers):
    size, m = np.abs(numbers["hidden_weight"]), numbers["m"]
    density = numbers["density"][:, :, -1]
    mean = np.einsum("b,bml->ml", size, density) / density.sum(axis=0)
    highest = size[density[:, 1].argmax(axis=0)]
    return (
        "Histograms of hidden weights in three layers, on a logarithmic scale, after one, three "
        "and six tasks. Without metaplasticity they keep their peak at zero; the mean size after "
        f"six is {mean[0, 0]:.2f}, {mean[0, 1]:.2f} and {mean[0, 2]:.2f}. With m = {m[1]:g} "
        "shoulders move outward from task to task: after six the density is highest at sizes of "
        f"{highest[0]:.2f}, {highest[1]:.2f} and {highest[2]:.2f}, and the centre is nearly empty."
    )
