"""Equal updates with weight decay: the difference of forward and backward weights only decays."""

import matplotlib.pyplot as plt

from figures.ep._look import shades
from figures.kit import PAGE

COLUMNS = {
    "momentum": "momentum",
    "step": "learning step of the law",
    "law": "norm of the weight difference relative to the start by the law, one column a momentum",
    "step_second": "learning step of the points of the second layer",
    "second": "the same from training, second layer, one column a momentum",
    "step_third": "learning step of the points of the third layer",
    "third": "the same from training, third layer, one column a momentum",
}


def draw(numbers):
    figure, ax = plt.subplots(figsize=(PAGE, 2.6))
    momenta, step = numbers["momentum"], numbers["step"]
    for k, (momentum, colour, marker) in enumerate(
        zip(momenta, shades(len(momenta)), "os^", strict=True)
    ):
        ax.semilogy(step, numbers["law"][:, k], "-", color=colour, linewidth=1)
        for layer, fill in (("second", "none"), ("third", "full")):
            ax.semilogy(numbers[f"step_{layer}"], numbers[layer][:, k], marker, color=colour,
                        markersize=3.5, fillstyle=fill)  # fmt: skip
        ax.text(step[-1] + 8, numbers["law"][-1, k], rf"$\mu = {momentum:g}$", color=colour,
                va="center")  # fmt: skip
    ax.set(xlabel="learning step", ylabel=r"$\|W - B\|$ relative to the start",
           xlim=(0, 1.1 * step[-1]))  # fmt: skip
    ax.text(20, 4e-3, "points: training on digits, two layers\nlines: law, no free parameter")
    return figure


def alt(numbers):
    ends = " and ".join(
        f"{left:.2g} at momentum {momentum:g}"
        for momentum, left in zip(numbers["momentum"], numbers["law"][-1], strict=True)
    )
    return (
        "Distance of forward and backward weights against learning step, logarithmic: straight "
        f"lines, steeper with momentum, that end at {ends}; points from training on them for two "
        "layers."
    )
