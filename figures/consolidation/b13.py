"""Uncertain weights freeze without a window; metaplastic hidden weights hold exponentially long."""

import matplotlib.pyplot as plt
import numpy as np

from figures.consolidation._look import DARK_ORANGE
from figures.kit import BLACK, BLUE, ORANGE, PAGE, VERMILION, label_panels

LOOKS = ((BLACK, "-"), (BLUE, "--"), (VERMILION, ":"))  # one a window
COLUMNS = {
    "windows": "memory window in steps, infinite for none",
    "step": "step of the precision, about evenly spread in the logarithm",
    "precision": "simulated precision, one column a window",
    "predicted": "leaky sum of the curvatures, one column a window",
    "time": "step of the mean, every tenth",
    "task": "optimum of the task",
    "mean": "mean of the weight, one column a window",
    "strengths": "metaplasticity m of a hidden weight",
    "hidden": "initial hidden weight, simulated",
    "flip_time": "time to flip at unit pull, simulated, one column an m",
    "fine": "initial hidden weight, closed form",
    "predicted_flip_time": "time to flip at unit pull, closed form, one column an m",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.5))
    names = ["no window" if np.isinf(n) else f"$N = {n:g}$" for n in numbers["windows"]]
    ax, step = axes[0], numbers["step"]
    marks = np.arange(0, len(step), 4)
    for k, (color, _) in enumerate(LOOKS):
        ax.loglog(step, numbers["predicted"][:, k], color=color, linestyle="-")
        ax.plot(step[marks], numbers["precision"][marks, k], "o", color=color, markersize=3)
        ax.text(1400, (5200, 250, 75)[k], names[k], color=color, fontsize=7, ha="right")
    ax.set(xlabel="step", ylabel=r"precision $1/\sigma^2$", ylim=(4, 1e4))
    ax, time = axes[1], numbers["time"]
    ax.step(time, numbers["task"], color=ORANGE, linewidth=0.8, linestyle="-", where="post")
    for k, (color, style) in enumerate(LOOKS):
        ax.plot(time, numbers["mean"][:, k], color=color, linestyle=style)
    ax.text(time[-1], -0.2, names[0], fontsize=7, ha="right")
    ax.text(20, 1.1, "task", color=DARK_ORANGE, fontsize=7)
    ax.set(ylim=(-1.15, 1.3), xlabel="step", ylabel="mean weight")
    ax = axes[2]
    for k, (color, style) in enumerate(((BLACK, ":"), (BLUE, "--"), (VERMILION, "-"))):
        curve = numbers["predicted_flip_time"][:, k]
        ax.semilogy(numbers["fine"], curve, color=color, linestyle=style)
        ax.semilogy(numbers["hidden"], numbers["flip_time"][:, k], "o", color=color, markersize=3)
        ax.text(2.04, curve[-1], f"$m = {numbers['strengths'][k]:g}$", color=color, fontsize=7)
    ax.set(xlim=(0, 2.6), xlabel="hidden weight $W_0$", ylabel="time to flip at unit pull")
    label_panels(axes)
    return figure


def alt(numbers):
    gap = numbers["precision"] / numbers["predicted"] - 1
    late = 100 * np.abs(gap[numbers["step"] >= 100]).max()
    first = 100 * gap[0].max()
    mean, flips = numbers["mean"][-1], numbers["flip_time"][-1]
    return (
        "Left: precision against step; without a window it grows for ever, with windows of "
        f"{numbers['windows'][1]:g} and {numbers['windows'][2]:g} steps it levels off; simulated "
        f"dots lie {first:.0f} percent above the predicted lines at step {numbers['step'][0]} and "
        f"within {late:.0f} percent of them from step 100 on. Middle: the task switches sign half "
        f"way; the weight without a window has only reached {mean[0]:.2f} at the end, those with "
        f"windows {mean[1]:.2f} and {mean[2]:.2f}. Right: time to flip a hidden weight of "
        f"{numbers['hidden'][-1]:g} is {flips[0]:.3g}, {flips[1]:.3g} and {flips[2]:.3g} for m = "
        f"0, {numbers['strengths'][1]:g} and {numbers['strengths'][2]:g}, exponential in its size; "
        "dots simulated, lines closed form."
    )
