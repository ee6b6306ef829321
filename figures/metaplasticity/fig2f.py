"""Fig. 2f: metaplasticity helps the real-valued network as well, at larger m."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLUE, PAGE, VERMILION, label_panels
from figures.metaplasticity._look import chance_line, looks_of_m

COLUMNS = {
    "m": "metaplasticity",
    "task": "task, in the order of learning",
    "real": "accuracy of the real-valued network at the end by task and m, mean of three seeds",
    "real_deviation": "its standard deviation over seeds",
    "mean": "accuracy, mean of four tasks, by m; binarized and real-valued network",
    "mean_deviation": "its standard deviation over seeds",
    "size": "mean |weight| of the second layer by m; binarized and real-valued network",
    "chance": "accuracy of guessing",
}
SHOWN = [0, 3, 4, 5, 6]  # of the values of m in panel a
KINDS = (("binarized", BLUE, "-", "o"), ("real-valued", VERMILION, "--", "s"))


def draw(numbers):
    figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.7), width_ratios=[1.3, 1, 1])
    _by_task(axes[0], numbers)
    m, ax = numbers["m"], axes[1]
    at = np.where(m == 0, m[1] / 2, m)
    for k, (name, colour, style, marker) in enumerate(KINDS):
        mean, spread = numbers["mean"][:, k], numbers["mean_deviation"][:, k]
        ax.errorbar(
            at, mean, spread, color=colour, marker=marker, linestyle=style, capsize=2, label=name
        )
        scaled = m[1:] * numbers["size"][1:, k]
        axes[2].plot(m[1:], scaled, color=colour, linestyle=style, marker=marker)
        above = k == 0
        place = (m[-1], scaled[-1] * (1.35 if above else 0.2))
        axes[2].text(*place, name, color=colour, ha="right", fontsize=7)
    ax.set(xscale="log", xlabel="m", ylim=(0, 1))
    ax.set_xticks([at[0], 3, 10, 30, 80], ["0", "3", "10", "30", "80"])
    ax.minorticks_off()
    ax.set_title("mean of four tasks")
    ax.legend(loc="lower right")
    ax = axes[2]
    ax.axhline(1, color="0.6", linewidth=0.8, linestyle=":")
    ax.set(xscale="log", yscale="log", xlabel="m", ylim=(0.05, 400))
    ax.set_xticks([3, 10, 30, 80], ["3", "10", "30", "80"])
    ax.xaxis.minorticks_off()
    ax.set_title(r"$m$ times mean $|w|$, layer 2")
    label_panels(axes)
    return figure


def _by_task(ax, numbers):
    task, m = numbers["task"], numbers["m"][SHOWN]
    for k, (colour, _, marker) in enumerate(looks_of_m(m)):
        ax.errorbar(
            task + 0.15 * (k - 2),
            numbers["real"][:, SHOWN[k]],
            numbers["real_deviation"][:, SHOWN[k]],
            color=colour,
            marker=marker,
            linestyle="none",
            capsize=1.5,
            label=f"m = {m[k]:.2g}",
        )
    for edge in task[1:] - 0.5:
        ax.axvline(edge, color="0.9", linewidth=0.6, zorder=0)
    chance_line(ax, numbers["chance"], x=4.45, ha="right", va="top")
    ax.set_xticks(task, [f"T{k}" for k in task])
    ax.set(ylabel="final test accuracy", ylim=(0, 1.03), xlim=(0.5, 4.5))
    ax.set_title("real-valued network")
    ax.legend(loc="lower right", fontsize=6, bbox_to_anchor=(1.0, 0.12))


def alt(numbers):
    real, mean, m = numbers["real"], numbers["mean"], numbers["m"]
    best = mean.argmax(axis=0)
    ratio = (numbers["size"][:, 0] / numbers["size"][:, 1])[1:]
    return (
        "Left: final accuracy of the real-valued network on four tasks; on the first it rises "
        f"from {real[0, 0]:.2f} without metaplasticity to {real[0, -1]:.2f} at the largest m. "
        f"Middle: mean accuracy against m; the binarized network rises from {mean[0, 0]:.2f} to "
        f"{mean[best[0], 0]:.2f} at m = {m[best[0]]:.2g}, the real-valued one from "
        f"{mean[0, 1]:.2f} to {mean[best[1], 1]:.2f} at m = {m[best[1]]:.2g}. Right: m times the "
        f"mean weight; it is {ratio.min():.1f} to {ratio.max():.1f} times larger in the binarized "
        "network."
    )
