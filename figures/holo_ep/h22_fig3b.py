"""Distance from rest under the turning teacher against the length of a period."""

import matplotlib.pyplot as plt
import numpy as np

from figures.holo_ep._look import THEIRS
from figures.kit import BLUE, PAGE

COLUMNS = {
    "period": "steps of the network in one period",
    "residual": "norm of what one more step would change, mean over samples and last period",
    "authors": "the same in the authors' network",
    "fine_period": "steps in one period, for the prediction",
    "predicted": "the residual by linear response, first order in the radius of the nudge",
}


def draw(numbers):
    period, residual = numbers["period"], numbers["residual"]
    figure, ax = plt.subplots(figsize=(PAGE, 2.5))
    ax.semilogy(period, residual, "o", color=BLUE)
    ax.semilogy(numbers["fine_period"], numbers["predicted"], "-", color=BLUE, linewidth=1)
    ax.semilogy(period, numbers["authors"], "s", markerfacecolor="none", color=THEIRS)
    ax.text(
        290, residual[3] * 0.25, "this network; line: predicted\nfrom the free state", color=BLUE,
        ha="right", va="top",
    )  # fmt: skip
    ax.text(310, numbers["authors"][3] * 1.6, "authors' network", color=THEIRS)
    ax.set(xlabel="steps in one period", ylabel="distance from rest", xticks=period)
    return figure


def alt(numbers):
    ours, theirs = numbers["residual"], numbers["authors"]
    rate = np.log10(numbers["predicted"][-2] / numbers["predicted"][-1])
    per = rate / (numbers["fine_period"][-1] - numbers["fine_period"][-2])
    return (
        "Mean residual against the length of a period on a logarithmic axis. It falls from "
        f"{ours[0]:.1g} at {numbers['period'][0]} steps to {ours[-1]:.1g} at "
        f"{numbers['period'][-1]}, on the line predicted from the free state, which bends at short "
        f"periods and ends straight, with a decade every {1 / per:.0f} steps. The authors' "
        f"network, open squares, falls from {theirs[0]:.1g} to {theirs[-1]:.1g}."
    )
