"""Between the diagonal and the full penalty; and learning only where no earlier input looks."""

import matplotlib.pyplot as plt

from figures.kit import BLACK, BLUE, GREEN, PAGE, VERMILION, label_panels

COLUMNS = {
    "rank": "stiffest directions kept beside the diagonal",
    "first": "loss on the first of two tasks after both, median of pairs",
    "second": "loss on the second",
    "projected": "loss on the second after projected learning",
    "samples": "samples of each of the two tasks",
    "task": "number of the task, of five",
    "penalty_end": "loss on each of five tasks at the end, full penalty, median",
    "projected_end": "the same, projected learning",
    "few_samples": "samples of each of the five tasks",
    "inputs": "number of inputs",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.7))
    ax = axes[0]
    ax.semilogy(numbers["rank"], numbers["first"], color=BLUE, marker="o", markersize=3)
    ax.semilogy(numbers["rank"], numbers["second"], color=VERMILION, marker="s", markersize=3,
                linestyle="--")  # fmt: skip
    ax.axvline(numbers["samples"], color=BLACK, linestyle=":", linewidth=0.8)
    ax.text(numbers["samples"] - 0.3, 0.15, "samples\nof a task", fontsize=7, ha="right", va="top")
    ax.text(3.2, 0.16, "first task", color=BLUE, fontsize=7)
    ax.text(2.5, 0.011, "second task", color=VERMILION, fontsize=7)
    ax.axhline(numbers["projected"], color=GREEN, linestyle="-.", linewidth=0.8)
    ax.text(20, 1.15 * numbers["projected"], "second, projected", color=GREEN, fontsize=7,
            ha="right")  # fmt: skip
    ax.set(xlabel="directions kept, 0: diagonal", ylabel="loss after both tasks")
    ax.set_xticks([0, 5, 10, 15, 20])
    ax = axes[1]
    ax.plot(numbers["task"], numbers["projected_end"], color=GREEN, marker="D", markersize=4,
            linestyle="-.")  # fmt: skip
    ax.plot(numbers["task"], numbers["penalty_end"], color=BLACK, marker="o", markersize=4)
    ax.text(3.0, 0.6 * numbers["projected_end"][-1], "projected:\nno room left", color=GREEN,
            fontsize=7)  # fmt: skip
    ax.text(1.0, numbers["penalty_end"].max() + 0.05 * numbers["projected_end"].max(),
            "full penalty", fontsize=7)  # fmt: skip
    ax.set(xlabel="task", ylabel="loss after all five")
    ax.set_xticks(numbers["task"])
    label_panels(axes)
    return figure


def alt(numbers):
    first, end = numbers["first"], numbers["projected_end"]
    return (
        "Left: loss on two tasks against the number of directions kept, falling from "
        f"{first[0]:.2g} with the diagonal to {first[-1]:.1g} from as many directions as a task "
        f"has samples, {numbers['samples']}; projected learning leaves nothing on the first and "
        f"{numbers['projected']:.2g} on the second. Right: loss on each of five tasks at the end: "
        "small everywhere with the full penalty; with projection zero for the first three and "
        f"{end[-1]:.2g} for the last."
    )
