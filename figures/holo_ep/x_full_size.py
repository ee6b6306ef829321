"""The published network on all of Fashion-MNIST, stored: points, angle and homeostasis."""

import matplotlib.pyplot as plt

from figures.holo_ep._look import RULES, band
from figures.kit import PAGE, label_panels

COLUMNS = {
    "epoch": "epochs",
    "degrees": "angle between the weights up and down at the start",
    "points": "points of the circle of radius 0.5",
    "without": "test error (%) without homeostasis by epoch, angle, points and seed",
    "with": "test error (%) with homeostasis by epoch, angle, points and seed",
}
LINES = {1: ":", 2: "-", 4: "--"}


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.7), sharey=True)
    for number, (ax, degrees) in enumerate(zip(axes, numbers["degrees"], strict=True)):
        for rule in ("without", "with"):
            color, _, words = RULES[rule]
            for k, points in enumerate(numbers["points"]):
                band(ax, numbers["epoch"], numbers[rule][:, number, k], color, LINES[int(points)],
                     label=f"N = {points}, {words}")  # fmt: skip
        ax.xaxis.get_major_locator().set_params(integer=True)
        ax.set(xlabel="epoch", title=f"{degrees:.0f} degrees at the start")
    axes[0].set(ylabel="test error (%)", ylim=(0, 92))
    axes[1].legend()
    label_panels(axes)
    return figure


def alt(numbers):
    ends = "; ".join(
        f"{degrees:.0f} degrees, N = {points}: {numbers['without'][-1, number, k].mean():.0f} "
        f"without and {numbers['with'][-1, number, k].mean():.0f} with"
        for number, degrees in enumerate(numbers["degrees"])
        for k, points in enumerate(numbers["points"])
    )
    return (
        "Test error against epoch of 784-256-256-10 on Fashion-MNIST, mean and range of two stored "
        "runs each, without and with homeostasis, for one, two and four points of the circle. "
        f"Last epoch, per cent: {ends}."
    )
