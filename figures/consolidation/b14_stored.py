"""Wider networks keep more; published accuracies of Synaptic Intelligence beside ours."""

import matplotlib.pyplot as plt
import numpy as np

from figures.consolidation._look import RULES
from figures.kit import BLACK, PAGE, label_panels

SHADES = ("0.75", "0.5", "0.15")
COLUMNS = {
    "width": "hidden units a layer, our networks",
    "none": "our final accuracy on five tasks without protection, one column a seed",
    "si": "the same with Synaptic Intelligence",
    "joint": "the same, all tasks at once",
    "si_strength": "strength of Synaptic Intelligence in our networks",
    "tasks": "tasks learned, published runs on permuted MNIST",
    "strengths": "strengths of the published runs on permuted MNIST",
    "published": "published mean accuracy on the tasks seen, one column a strength",
    "cifar_task": "task, published runs on CIFAR",
    "cifar_rule": "rules of the published runs on CIFAR",
    "cifar": "published accuracy after all tasks, one column a rule",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.7), width_ratios=[1, 1, 1.3])
    ax, width = axes[0], numbers["width"]
    names = {"none": "none", "si": f"SI, $c = {numbers['si_strength']:g}$", "joint": "all at once"}
    for rule, text in names.items():
        _, color, marker = RULES[rule]
        values = numbers[rule]
        error = values.std(axis=1, ddof=1) / np.sqrt(values.shape[1])
        ax.errorbar(width, values.mean(axis=1), 2 * error, color=color, marker=marker, markersize=4,
                    linestyle="-")  # fmt: skip
        ax.text(width[-1] * 1.12, values[-1].mean(), text, color=color, fontsize=7, va="center")
    ax.set(xscale="log", xlabel="hidden units a layer", ylabel="final accuracy, five tasks",
           title="ours, digits", ylim=(0.3, 1.03), xlim=(40, width[-1] * 3))  # fmt: skip
    ax.set_xticks(width, [str(w) for w in width])
    ax.minorticks_off()
    ax, tasks = axes[1], numbers["tasks"]
    for k, shade in enumerate(SHADES):
        curve = numbers["published"][:, k]
        ax.plot(tasks, curve, "x-", color=shade, markersize=4, linewidth=0.8)
        ax.text(tasks[-1] + 0.6, curve[-1], f"$c = {numbers['strengths'][k]:g}$", color=shade,
                fontsize=7, va="center")  # fmt: skip
    ax.set(xlabel="tasks learned", ylabel="mean accuracy, tasks seen", title="published, MNIST",
           ylim=(0.3, 1.03), xlim=(0.5, 14), xticks=[1, 5, 10])  # fmt: skip
    ax = axes[2]
    for k, (label, shade) in enumerate(
        zip(numbers["cifar_rule"], ("0.8", "0.6", "0.35", "white"), strict=True)
    ):
        ax.bar(numbers["cifar_task"] + 0.2 * (k - 1.5), numbers["cifar"][:, k], 0.18, color=shade,
               edgecolor=BLACK, linewidth=0.5, label=label)  # fmt: skip
    ax.legend(ncols=2, fontsize=6.5, loc="upper center", handlelength=0.9, columnspacing=0.8)
    ax.set(xlabel="task", ylabel="accuracy after all six", title="published, CIFAR", ylim=(0, 1.12))
    label_panels(axes)
    return figure


def alt(numbers):
    ours = ", ".join(
        f"{a:.2f} to {b:.2f} {text}"
        for text, (a, b) in {
            "without protection": numbers["none"].mean(axis=1)[[0, -1]],
            "with Synaptic Intelligence": numbers["si"].mean(axis=1)[[0, -1]],
            "for all tasks at once": numbers["joint"].mean(axis=1)[[0, -1]],
        }.items()
    )
    last = ", ".join(
        f"{end:.2f} at strength {c:g}"
        for c, end in zip(numbers["strengths"], numbers["published"][-1], strict=True)
    )
    plain = numbers["cifar"][:, 0]
    return (
        f"Left: final accuracy of our networks on five tasks against width, {numbers['width'][0]} "
        f"to {numbers['width'][-1]} units: {ours}. Middle: published accuracies on permuted MNIST "
        f"fall from {numbers['published'][0].max():.2f} to {last} after {numbers['tasks'][-1]} "
        f"tasks. Right: published accuracies on {plain.size} CIFAR tasks after learning all; "
        f"without protection the first has {plain[0]:.2f} and the last {plain[-1]:.2f}."
    )
