"""Where the importance of synaptic intelligence starts to rank in reverse."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLACK, BLUE, GREEN, ORANGE, PAGE, label_panels

COLUMNS = {
    "dampings": "damping of the importance",
    "relative_length": "learning rate x steps over the predicted crossover, one column a damping",
    "turned": "rank correlation with the cost of a flip, plain descent, one column a damping",
    "speed": "|W| / (learning rate x steps) under Adam with noise, consolidated weights",
    "importance": "importance of each",
    "fine": "|W| / (learning rate x steps) of the predicted curve",
    "predicted": "predicted importance",
    "turning": "predicted speed at which the order turns",
}
LOOKS = ((BLUE, "o", "-"), (GREEN, "s", "-."), (ORANGE, "^", "--"))


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.8))
    ax = axes[0]
    for k, (color, marker, style) in enumerate(LOOKS):
        ax.semilogx(numbers["relative_length"][:, k], numbers["turned"][:, k], marker, color=color,
                    linestyle=style, markersize=4, linewidth=0.8,
                    label=rf"$\xi = {numbers['dampings'][k]:g}$")  # fmt: skip
    ax.axvline(1, color=BLACK, linewidth=0.8)
    ax.axhline(0, color=BLACK, linewidth=0.5, linestyle=":")
    ax.legend(loc="lower left")
    ax.set(xlabel=r"$\eta T\sigma/\sqrt{\xi}$", ylabel="rank correlation with the cost of a flip",
           title="plain descent: one crossover", ylim=(-1.08, 1.08))  # fmt: skip
    ax = axes[1]
    ax.semilogy(numbers["speed"], numbers["importance"], "o", color=BLUE, markersize=2.5)
    ax.semilogy(numbers["fine"], numbers["predicted"], color=BLACK, linewidth=1)
    ax.axvline(numbers["turning"], color=BLACK, linewidth=0.7, linestyle=":")
    ax.text(numbers["turning"] + 0.015, 0.93, r"$1/\sqrt{3}$", fontsize=7,
            transform=ax.get_xaxis_transform())  # fmt: skip
    ax.set(xlabel=r"$\rho = |W|/(\eta T)$", ylabel="importance", title="Adam: reversed below",
           xlim=(0, 1.02))  # fmt: skip
    label_panels(axes)
    return figure


def alt(numbers):
    relative, turned = numbers["relative_length"], numbers["turned"]
    slow = numbers["speed"] < numbers["turning"]
    return (
        "Left: rank correlation of the normalised path integral with the cost of a flip against "
        "training length over the predicted crossover, for three dampings; all fall from "
        f"{turned.max():.2f} to {turned.min():.2f} and change sign near one, the first lengths "
        f"beyond twice the crossover at {turned[relative > 2].max():.2f} or below. Right: "
        "importance under Adam against relative speed, falling to a minimum near 0.58 and rising "
        f"beyond, on the predicted curve; {np.mean(slow) * 100:.0f} percent of the weights are on "
        "the falling side."
    )
