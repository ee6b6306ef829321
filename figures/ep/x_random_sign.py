"""Variance of the random-sign estimate: the mini-batch's scatter and the squared odd bias."""

import matplotlib.pyplot as plt

from figures.kit import BLACK, GREY, ORANGE, PAGE

COLUMNS = {
    "nudging_strength": "nudging strength of the simulated mini-batches",
    "simulated_variance": "variance of the simulated estimates, summed over the parameters",
    "fine_nudging_strength": "nudging strength of the prediction",
    "predicted_variance": "predicted variance, summed over the parameters",
    "batch_part": "part of it that the scatter of the mini-batch makes",
    "batch_size": "samples in a mini-batch",
}


def draw(numbers):
    figure, ax = plt.subplots(figsize=(PAGE, 2.7))
    fine, scatter = numbers["fine_nudging_strength"], numbers["batch_part"]
    total, simulated = numbers["predicted_variance"], numbers["simulated_variance"]
    strengths = numbers["nudging_strength"]
    ax.fill_between(fine, 0, scatter, color=GREY, alpha=0.25, linewidth=0)
    ax.fill_between(fine, scatter, total, color=ORANGE, alpha=0.5, linewidth=0)
    ax.plot(fine, total, color=BLACK, linestyle="-")
    ax.plot(strengths, simulated, "o", color=BLACK)
    ax.text(0.012, 0.4 * scatter[0], f"mini-batch of {numbers['batch_size']} samples", color=BLACK)
    ax.text(0.19, 0.5 * (scatter[-4] + total[-4]), "random sign", ha="right", va="center")
    ax.annotate("simulated", (strengths[2], simulated[2]), (-45, 12), textcoords="offset points",
                arrowprops={"arrowstyle": "-", "linewidth": 0.6})  # fmt: skip
    ax.set(xlabel=r"nudging strength $\beta$", ylabel="variance of the estimate", ylim=(0, None))
    return figure


def alt(numbers):
    share = 1 - numbers["batch_part"][-1] / numbers["predicted_variance"][-1]
    return (
        "Variance of the random-sign estimate against nudge: a nearly constant part from the "
        "mini-batch, and on top of it a part from the sign that grows with the square of the nudge "
        f"and makes {share:.0%} of the whole at nudge {numbers['fine_nudging_strength'][-1]:.2f}. "
        "Simulated points lie on the predicted sum."
    )
