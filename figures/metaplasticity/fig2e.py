"""Fig. 2e: old tasks are lost without metaplasticity, new ones are not learned with too much."""

import matplotlib.pyplot as plt

from figures.kit import PAGE, SKY
from figures.metaplasticity._look import chance_line, looks_of_m

COLUMNS = {
    "task": "task, in the order of learning",
    "m": "metaplasticity",
    "mean": "test accuracy at the end by task and m, mean of three seeds",
    "deviation": "its standard deviation over seeds",
    "control": "m = 8 with one thing changed",
    "control_mean": "test accuracy at the end by task and control, mean of three seeds",
    "control_deviation": "its standard deviation over seeds",
    "chance": "accuracy of guessing",
}


def draw(numbers):
    m, mean = numbers["m"], numbers["mean"]
    figure, ax = plt.subplots(figsize=(PAGE, 2.7))
    for k, (colour, _, marker) in enumerate(looks_of_m(m)):
        ax.errorbar(
            numbers["task"] + 0.12 * (k - 2.5),
            mean[:, k],
            numbers["deviation"][:, k],
            color=colour,
            marker=marker,
            linestyle="none",
            capsize=2,
            label=f"m = {m[k]:g}, mean {mean[:, k].mean():.2f}",
        )
    for k, (marker, name) in enumerate(zip("^v", numbers["control"], strict=True)):
        control = numbers["control_mean"][:, k]
        ax.errorbar(
            numbers["task"] + 0.12 * (k + 1.5),
            control,
            numbers["control_deviation"][:, k],
            color=SKY,
            marker=marker,
            markerfacecolor="white",
            linestyle="none",
            capsize=2,
            label=f"m = 8, {name}, mean {control.mean():.2f}",
        )
    for edge in numbers["task"][1:] - 0.5:
        ax.axvline(edge, color="0.9", linewidth=0.6, zorder=0)
    chance_line(ax, numbers["chance"], x=6.45, ha="right")
    names = [f"T{task}" for task in numbers["task"]]
    ax.set_xticks(numbers["task"], names)
    ax.set(xlabel="task, from the oldest to the latest", ylabel="final test accuracy")
    ax.set(xlim=(0.5, 6.5), ylim=(0, 1))
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return figure


def alt(numbers):
    mean, m = numbers["mean"], numbers["m"]
    each = "; ".join(
        f"for m = {value:g} {of[0]:.2f} on the first and {of[-1]:.2f} on the last task, "
        f"{of.mean():.2f} on average"
        for value, of in zip(m, mean.T, strict=True)
    )
    controls = " and ".join(
        f"{name} {of.mean():.2f}"
        for name, of in zip(numbers["control"], numbers["control_mean"].T, strict=True)
    )
    return (
        f"Points with error bars: final accuracy on six tasks for four values of m, {each}. Two "
        f"controls of m = 8, means over tasks: {controls}."
    )
