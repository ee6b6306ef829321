"""Independent free signs predict mean loss and scatter of flip costs in the paper's ensemble."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLACK, BLUE, ORANGE, PAGE, label_panels
from figures.metaplasticity._look import DARK_ORANGE

COLUMNS = {
    "loss_of_mean": "loss of the predicted mean signs, one row a draw of the task",
    "predicted_loss": "predicted mean loss",
    "simulated_loss": "simulated mean loss",
    "predicted_sd": "predicted standard deviation of a flip cost, mean of consolidated weights",
    "simulated_sd": "simulated standard deviation, mean of consolidated weights",
    "error_of_sd": "standard error of that mean over the weights",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.7))
    ax, simulated = axes[0], numbers["simulated_loss"]
    predicted, floor = numbers["predicted_loss"], numbers["loss_of_mean"]
    ax.plot(predicted, simulated, "o", color=BLUE)
    ax.plot(floor, simulated, "x", color=ORANGE)
    ends = np.array([floor.min(), predicted.max()])
    ax.plot(ends, ends, color=BLACK, linewidth=0.8)
    ax.text(floor.max(), simulated.min(), "with fluctuations", color=BLUE, fontsize=7, ha="left")
    ax.text(floor.min(), simulated.max(), "$L(\\bar s)$ alone", color=DARK_ORANGE, fontsize=7)
    ax.set(xlabel="predicted mean loss", ylabel="simulated mean loss")
    ax, predicted, simulated = axes[1], numbers["predicted_sd"], numbers["simulated_sd"]
    ax.errorbar(predicted, simulated, 2 * numbers["error_of_sd"], fmt="o", color=BLUE,
                markersize=3.5)  # fmt: skip
    ends = np.array([predicted.min() - 0.05, predicted.max() + 0.05])
    ax.plot(ends, ends, color=BLACK, linewidth=0.8)
    ax.set(xlabel="predicted s.d. of a flip cost", ylabel="simulated s.d., two standard errors")
    label_panels(axes)
    return figure


def alt(numbers):
    simulated = numbers["simulated_loss"]
    off = np.abs(simulated / numbers["predicted_loss"] - 1).max()
    short = 1 - (numbers["loss_of_mean"] / simulated).mean()
    scatter = np.abs(numbers["simulated_sd"] / numbers["predicted_sd"] - 1).max()
    return (
        f"Left: simulated mean loss of {simulated.size} tasks against prediction, within "
        f"{100 * off:.1f} percent of the diagonal with fluctuations and {100 * short:.0f} percent "
        "off it without. Right: simulated against predicted standard deviation of flip costs with "
        f"error bars, within {100 * scatter:.1f} percent of the diagonal."
    )
