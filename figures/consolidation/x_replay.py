"""Replay is a noisy anchor; in a network a few stored images beat penalties."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLACK, BLUE, GREEN, ORANGE, PAGE, VERMILION, label_panels

COLUMNS = {
    "fine": "stored samples, exact theory",
    "half": "expected squared error a direction, half of the weight on stored samples",
    "best": "the same at the best weight",
    "best_share": "best share of the weight",
    "anchor": "error of an anchor made of all old samples",
    "kept": "stored samples, simulated",
    "half_seen": "simulated error, half of the weight",
    "half_error": "its standard error",
    "best_seen": "simulated error, best weight",
    "best_error": "its standard error",
    "stored": "images stored of each task",
    "replay": "final accuracy with replay, one column a seed",
    "store": "final accuracy of training on the stored images alone, one column a seed",
    "none": "final accuracy without protection, by seed",
    "ewc": "final accuracy of EWC, by seed",
    "joint": "final accuracy of all tasks at once, by seed",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.7), width_ratios=[1, 0.8, 1.2])
    ax = axes[0]
    for name, color, style in (("half", VERMILION, "--"), ("best", BLUE, "-")):
        ax.loglog(numbers["fine"], numbers[name], color=color, linestyle=style)
        ax.errorbar(numbers["kept"], numbers[f"{name}_seen"], 2 * numbers[f"{name}_error"],
                    color=color, fmt="o", markersize=3, elinewidth=0.7)  # fmt: skip
    ax.axhline(numbers["anchor"], color=BLACK, linewidth=0.8, linestyle=":")
    ax.text(1.05, numbers["anchor"] * 0.97, "all samples", fontsize=7, va="top")
    ax.text(1.6, 0.83, "weight one half", color=VERMILION, fontsize=7)
    ax.text(1.02, 0.345, "best weight", color=BLUE, fontsize=7)
    ax.set(xlabel="stored samples $n$", ylabel="mean squared error", ylim=(0.2, 1.0))
    ax = axes[1]
    ax.semilogx(numbers["fine"], numbers["best_share"], color=BLUE)
    ax.axhline(0.5, color=BLACK, linewidth=0.8, linestyle=":")
    ax.set(xlabel="stored samples $n$", ylabel="best share of the weight", ylim=(0, 0.6))
    ax = axes[2]
    for name, color, marker in (("replay", BLUE, "o"), ("store", ORANGE, "s")):
        values = numbers[name]
        ax.errorbar(numbers["stored"], values.mean(axis=1),
                    2 * values.std(axis=1, ddof=1) / np.sqrt(values.shape[1]), color=color,
                    marker=marker, markersize=4, linestyle="-", elinewidth=0.7)  # fmt: skip
    for name, text, color in (("joint", "all at once", BLACK), ("ewc", "EWC", GREEN),
                              ("none", "none", "0.5")):  # fmt: skip
        level = numbers[name].mean()
        ax.axhline(level, color=color, linewidth=0.8, linestyle=":")
        ax.text(100, level + 0.012, text, color=color, fontsize=7, ha="right")
    ax.text(14, 0.83, "replay", color=BLUE, fontsize=7, ha="right")
    ax.text(8, 0.3, "store alone", color="#B07800", fontsize=7)
    ax.set(xscale="log", xlabel="images stored a task", ylabel="final accuracy", ylim=(0.05, 1.0))
    label_panels(axes)
    return figure


def alt(numbers):
    told = ", ".join(
        f"{value:.2f} with {count}"
        for count, value in zip(numbers["stored"], numbers["replay"].mean(axis=1), strict=True)
    )
    alone = numbers["store"].mean(axis=1)
    return (
        "Left: expected error falls with the number of stored samples towards that of all samples; "
        f"the best weight gains most with few ({numbers['best'][0]:.2f} against "
        f"{numbers['half'][0]:.2f} with one); simulated dots on the lines. Middle: the best share "
        f"rises from {numbers['best_share'][0]:.2f} to {numbers['best_share'][-1]:.2f}. Right: "
        f"accuracy of a network with replay, {told} images a task; of the store alone "
        f"{alone[0]:.2f} to {alone[-1]:.2f}; EWC {numbers['ewc'].mean():.2f}, none "
        f"{numbers['none'].mean():.2f}, all at once {numbers['joint'].mean():.2f}."
    )
