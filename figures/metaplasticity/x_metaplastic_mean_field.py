"""Weak metaplasticity of coupled synapses: mean signs, velocities, and their order."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLACK, BLUE, PAGE, VERMILION, label_panels

COLUMNS = {
    "strengths": "strengths m x learning rate x curvature",
    "unexplained_weak": "share of the shift that is not explained, one row a strength, one column "
    "a task, weak coupling",
    "unexplained_strong": "the same, strong coupling",
    "coupling": "shaking by the others over the own curvature, median, weak and strong coupling",
    "predicted_shift": "predicted shift of the mean sign, one weakly coupled task, strength 0.2",
    "shift": "the same, simulated",
    "multiplier": "multiplier of slow consolidated weights, without metaplasticity",
    "predicted_velocity": "predicted velocity over the learning rate with metaplasticity",
    "velocity": "the same, simulated",
    "order_weak": "rank correlation of velocity and multiplier, one row a strength, one column a "
    "task, weak coupling",
    "order_strong": "the same, strong coupling",
}
CASES = (("weak", BLUE, "o", "-"), ("strong", VERMILION, "s", "--"))


def draw(numbers):
    figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.6))
    ax, shift = axes[0], numbers["shift"]
    ax.plot(numbers["predicted_shift"], shift, "o", color=BLUE, markersize=3)
    far = np.abs(shift).max() * 1.1
    ax.plot([-far, far], [-far, far], color=BLACK, linewidth=0.7)
    ax.set(xlabel="predicted shift", ylabel="simulated shift", aspect="equal",
           xticks=[-0.01, 0, 0.01], yticks=[-0.01, 0, 0.01],
           title=r"mean signs, $\kappa = 0.2$")  # fmt: skip
    ax = axes[1]
    order = np.argsort(numbers["multiplier"])
    v = numbers["multiplier"][order]
    ax.plot(v, v, color="0.6", linewidth=0.8, linestyle=":")
    ax.plot(v, numbers["velocity"][order], "o", color=BLUE, markersize=3)
    ax.plot(v, numbers["predicted_velocity"][order], "_", color=BLACK, markersize=7)
    key = "dots: simulated, bars: rectified\ndotted: the multiplier itself"
    ax.text(0.97, 0.05, key, fontsize=6.5, ha="right", transform=ax.transAxes)
    ax.set(xlabel="multiplier $|v|$", ylabel="growth per step and rate", title="slow weights")
    ax = axes[2]
    for (name, color, marker, style), coupling in zip(CASES, numbers["coupling"], strict=True):
        share = numbers[f"unexplained_{name}"]
        ax.plot(numbers["strengths"], share.mean(axis=1), style, color=color, linewidth=1)
        ax.plot(np.repeat(numbers["strengths"], share.shape[1]), share.ravel(), marker, color=color,
                markersize=3)  # fmt: skip
        ax.text(numbers["strengths"][-1], share[-1].max() + 0.06,
                f"{name}: {coupling:.2f}", color=color, fontsize=7, ha="right")  # fmt: skip
    ax.set(xlabel=r"strength $\kappa$", ylabel="share of the shift left", ylim=(0, 1),
           title="left by 2nd order, by coupling")  # fmt: skip
    label_panels(axes)
    return figure


def alt(numbers):
    weak, strong = numbers["unexplained_weak"], numbers["unexplained_strong"]
    raised = np.max(numbers["velocity"] - numbers["multiplier"])
    return (
        "Left: simulated against predicted shift of the mean signs of one weakly coupled task, on "
        "the diagonal. Middle: growth of slow consolidated weights against their multiplier; it is "
        f"up to {raised:.2f} above it, on the prediction. Right: share of the shift that the "
        f"second order leaves unexplained over the strength, {weak.min():.2f} to {weak.max():.2f} "
        f"for weak coupling, {strong.min():.2f} to {strong.max():.2f} for strong coupling. Rank "
        "correlation of growth and multiplier over all tasks and strengths at least "
        f"{numbers['order_weak'].min():.3f} and {numbers['order_strong'].min():.3f}."
    )
