"""Hidden weights move with the multipliers of the box; flip costs of consolidated ones follow."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLACK, BLUE, GREEN, PAGE, VERMILION, label_panels

COLUMNS = {
    "predicted_velocity": "learning rate times multiplier",
    "velocity": "simulated change of the hidden weight per step",
    "misjudged": "whether |W*| > 1 would say the wrong thing about divergence",
    "consolidated": "whether the weight is predicted to be consolidated",
    "predicted_flip_cost": "predicted mean cost of a flip, free signs taken as independent",
    "flip_cost": "simulated mean cost of a flip",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.9))
    ax = axes[0]
    scaled, velocity, wrong = (
        numbers[name] for name in ("predicted_velocity", "velocity", "misjudged")
    )
    ax.plot(scaled[~wrong], velocity[~wrong], "o", color=BLUE, markersize=2.5)
    ax.plot(scaled[wrong], velocity[wrong], "s", color=VERMILION, markersize=3,
            markerfacecolor="none")  # fmt: skip
    ends = np.array([scaled.min(), scaled.max()])
    ax.plot(ends, ends, color=BLACK, linewidth=0.8)
    ax.text(ends[0], ends[1] * 0.95, "squares: not what\n$|W^*_i| > 1$ would say",
            color=VERMILION, fontsize=7, va="top")  # fmt: skip
    ax.set(xlabel=r"learning rate times multiplier $\eta v$", ylabel="simulated velocity per step")
    ax = axes[1]
    predicted, cost, held = (
        numbers[name] for name in ("predicted_flip_cost", "flip_cost", "consolidated")
    )
    ax.plot(predicted[~held], cost[~held], "o", color=GREEN, markersize=2.5)
    ax.plot(predicted[held], cost[held], "o", color=BLUE, markersize=2.5)
    low, high = min(predicted.min(), cost.min()), max(predicted.max(), cost.max())
    ax.plot([0, high], [0, high], color=BLACK, linewidth=0.8)
    ax.text(0.3, high * 0.8, "consolidated: exact", color=BLUE, fontsize=7)
    ax.text(high, 0.1, "free: below the\nindependent estimate", color=GREEN, fontsize=7, ha="right")
    ax.set(xlabel="predicted mean flip cost", ylabel="simulated mean flip cost",
           xlim=(-0.1 * high, 1.05 * high),
           ylim=(1.2 * low - 0.05 * high, 1.05 * high))  # fmt: skip
    label_panels(axes)
    return figure


def alt(numbers):
    held, cost = numbers["consolidated"], numbers["flip_cost"]
    below = np.mean((cost < numbers["predicted_flip_cost"])[~held])
    return (
        "Left: simulated velocities of hidden weights against learning rate times multiplier, on "
        f"the diagonal; squares mark {numbers['misjudged'].sum()} of {held.size} synapses that the "
        "optimum alone would misjudge. Right: simulated against predicted mean flip cost; "
        f"{held.sum()} consolidated weights on the diagonal, {100 * below:.0f} percent of the free "
        f"ones below it, down to {cost.min():.2f}."
    )
