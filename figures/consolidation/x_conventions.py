"""One name, several conventions: Fisher matrices, path integrals, and what they do to accuracy."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLACK, BLUE, GREEN, PAGE, VERMILION, label_panels

COLUMNS = {
    "epochs": "epochs of training before the Fisher matrix is taken",
    "exact_size": "trace of the exact Fisher matrix over itself",
    "sampled_size": "trace of the sampled one over the exact one",
    "empirical_size": "trace of the empirical one over the exact one",
    "batch": "samples a step",
    "same_path": "path integral over the decrease of the loss, gradient of the step's own batch",
    "other_path": "the same with the gradient of another batch",
    "option": "method, strength and convention",
    "accuracy": "final accuracy on five permutations, one row an option, one column a seed",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.6), width_ratios=[1, 1, 0.8])
    ax = axes[0]
    for name, color, marker in (("sampled", BLUE, "o"), ("empirical", VERMILION, "s")):
        ax.loglog(numbers["epochs"], numbers[f"{name}_size"], color=color, marker=marker,
                  markersize=4, linestyle="-")  # fmt: skip
    ax.axhline(1, color=BLACK, linewidth=0.8, linestyle=":")
    ax.text(1, 1.25, "sampled", color=BLUE, fontsize=7)
    ax.text(1, 0.3, "empirical", color=VERMILION, fontsize=7)
    ax.set(xlabel="epochs of training", ylabel="trace over exact Fisher", ylim=(0.03, 2))
    ax = axes[1]
    for name, color, marker in (("same", VERMILION, "s"), ("other", GREEN, "o")):
        ax.loglog(numbers["batch"], numbers[f"{name}_path"], color=color, marker=marker,
                  markersize=4, linestyle="-")  # fmt: skip
    ax.axhline(1, color=BLACK, linewidth=0.8, linestyle=":")
    ax.text(25, numbers["same_path"][0] * 0.7, "one batch", color=VERMILION, fontsize=7)
    ax.text(12, 0.58, "another batch", color=GREEN, fontsize=7)
    ax.set(xlabel="samples a step", ylabel="path integral / loss decrease", ylim=(0.5, 20))
    ax = axes[2]
    places = np.arange(len(numbers["option"]))[::-1]
    ax.plot(numbers["accuracy"], np.repeat(places[:, None], numbers["accuracy"].shape[1], axis=1),
            ".", color="0.5", markersize=4)  # fmt: skip
    ax.plot(numbers["accuracy"].mean(axis=1), places, "o", color=BLACK, markersize=4)
    ax.set_yticks(places, numbers["option"], fontsize=6.5)
    ax.set(xlabel="final accuracy", xlim=(0.4, 0.8))
    label_panels(axes)
    return figure


def alt(numbers):
    told = ", ".join(
        f"{name} {value:.2f}"
        for name, value in zip(numbers["option"], numbers["accuracy"].mean(axis=1), strict=True)
    )
    return (
        "Left: with training the trace of the empirical Fisher matrix falls to "
        f"{numbers['empirical_size'][-1]:.2f} of the exact one, that of the sampled one stays "
        "near it. Middle: the path integral over the decrease of the loss is "
        f"{numbers['same_path'][0]:.1f} for batches of {numbers['batch'][0]} with the gradient of "
        f"one batch, and near one with that of another. Right: final accuracies, {told}."
    )
