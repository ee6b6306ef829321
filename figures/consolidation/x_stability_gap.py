"""An old loss that overshoots while old and new tasks are learned together."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLACK, BLUE, GREEN, PAGE, VERMILION, label_panels

COLUMNS = {
    "axis": "both parameters",
    "first_loss": "loss of the old task",
    "second_loss": "loss of the new task",
    "path": "descent on the joint loss from the old optimum",
    "joint": "joint optimum",
    "time": "time since the new task began",
    "flow": "old loss along gradient flow on the joint loss",
    "newton": "old loss along preconditioned flow",
    "final": "old loss at the joint optimum",
    "descent_time": "time, descent in steps",
    "descent": "old loss of descent in steps",
    "step": "steps since the new task began, network",
    "replay": "accuracy on the old task, all old images replayed, one column a seed",
    "none": "accuracy on the old task without replay, one column a seed",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.7), width_ratios=[1, 1, 1.2])
    ax, ticks = axes[0], numbers["axis"]
    ax.contour(ticks, ticks, numbers["first_loss"], levels=[0.02, 0.1, 0.3, 0.7], colors=[BLUE],
               linewidths=0.7)  # fmt: skip
    ax.contour(ticks, ticks, numbers["second_loss"], levels=[0.02, 0.1, 0.3, 0.7], colors=["0.6"],
               linewidths=0.7)  # fmt: skip
    ax.plot(*numbers["path"].T, color=VERMILION)
    ends = np.array([[0, 0], numbers["joint"]])
    ax.plot(*ends.T, color=GREEN, linestyle="--")
    ax.plot(*ends[1], "*", color=BLACK, markersize=7)
    ax.plot(0, 0, "o", color=BLUE, markersize=4)
    ax.text(-0.37, -0.13, "old optimum", color=BLUE, fontsize=7)
    ax.text(0.05, 1.08, "new task", color="0.4", fontsize=7)
    ax.set(xlabel="parameter 1", ylabel="parameter 2")
    ax = axes[1]
    ax.plot(numbers["time"], numbers["flow"], color=VERMILION)
    ax.plot(numbers["descent_time"], numbers["descent"], "o", color=VERMILION, markersize=2.5)
    ax.plot(numbers["time"], numbers["newton"], color=GREEN, linestyle="--")
    ax.axhline(numbers["final"], color=BLACK, linewidth=0.8, linestyle=":")
    ax.text(3.2, numbers["flow"].max() * 0.8, "gradient", color=VERMILION, fontsize=7)
    ax.text(4.2, numbers["final"] * 0.5, "preconditioned", color=GREEN, fontsize=7)
    ax.set(xlabel="time on both tasks", ylabel="old loss", ylim=(0, None))
    ax = axes[2]
    for name, color, style, text in (("replay", BLUE, "-", "all old images replayed"),
                                     ("none", "0.5", "--", "no replay")):  # fmt: skip
        ax.plot(
            numbers["step"], numbers[name], color=color, linewidth=0.4, alpha=0.6, linestyle="-"
        )
        ax.plot(numbers["step"], numbers[name].mean(axis=1), color=color, linestyle=style,
                linewidth=1.6)  # fmt: skip
        ax.text(58, numbers[name][-1].mean() + (0.045 if name == "replay" else 0.07), text,
                color=color, fontsize=7, ha="right")  # fmt: skip
    ax.set(xlabel="steps on the new task", ylabel="accuracy on the old task", ylim=(0.4, 1.03))
    label_panels(axes)
    return figure


def alt(numbers):
    replay = numbers["replay"].mean(axis=1)
    return (
        "Left: contours of two quadratic losses; the path of descent on their sum leaves the old "
        "optimum sideways and bends back to the joint optimum, a straight dashed line is the "
        f"preconditioned path. Middle: the old loss rises to {numbers['flow'].max():.3f} and comes "
        f"back to {numbers['final']:.3f}; preconditioned it only rises. Right: accuracy of a "
        f"network on the old task, from {replay[0]:.2f} down to {replay.min():.2f} and back to "
        f"{replay[-1]:.2f} although all old images are replayed; without replay it falls to "
        f"{numbers['none'].mean(axis=1)[-1]:.2f} within {numbers['step'][-1]} steps."
    )
