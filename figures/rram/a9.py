"""A9, laptop size: what the spread of each device parameter costs, at two pulse budgets."""

import matplotlib.pyplot as plt

from figures.kit import PAGE, label_panels
from figures.rram._look import CONDITIONS, draw_costs

COLUMNS = {
    "law": "parameter that varies between devices",
    "learning_rate": "learning rate, pulses per unit of Adam's step",
    "pulses": "pulses per device, ideal devices, by learning rate",
    "last": "cost by law and learning rate, last three epochs: mean and standard error, points",
    "best": "cost by law and learning rate, best epoch: mean and standard error, points",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.9), sharey=True)
    labels = [str(law).replace("_", "\n") for law in numbers["law"]]
    colors = [CONDITIONS["spread"][0]] * len(labels)
    for k, ax in enumerate(axes):
        draw_costs(ax, numbers["last"][:, k], numbers["best"][:, k], labels, colors)
        rate, pulses = numbers["learning_rate"][k], numbers["pulses"][k]
        ax.set_title(f"$\\eta$ = {rate:g}: {pulses:.0f} pulses per ideal device")
    axes[0].set_ylabel("cost in accuracy (points)")
    axes[0].text(0.97, 0.04, "filled: last,\nopen: best epoch", fontsize=7, ha="right",
                 transform=axes[0].transAxes)  # fmt: skip
    label_panels(axes)
    return figure


def alt(numbers):
    few, many = (
        ", ".join(
            f"{str(law).replace('_', ' ')} {0 - cost:.1f} ± {error:.1f}"
            for law, (cost, error) in zip(numbers["law"], numbers["last"][:, k], strict=True)
        )
        for k in (0, 1)
    )
    return (
        "Cost of the spread of each of five device parameters, with error bars, for last and "
        f"best epoch. In the last epochs, in points, with {numbers['pulses'][0]:.0f} pulses per "
        f"device: {few}; with {numbers['pulses'][1]:.0f}: {many}."
    )
