"""One penalty about the last task or one about each: quadratic tasks and permuted digits."""

import matplotlib.pyplot as plt

from figures.consolidation._look import DARK_ORANGE
from figures.kit import BLUE, GREEN, ORANGE, PAGE, PINK, VERMILION, label_panels

LOOKS = {"one": (GREEN, "-", "D"), "each": (ORANGE, "--", "s"), "online": (PINK, ":", "o")}
COLUMNS = {
    "first_curvature": "curvature of the first task, A / (A + B)",
    "weights_one": "weights of the first and second optimum in the result, one anchor",
    "weights_each": "the same with an anchor each",
    "task": "task",
    "shared": "strength of the middle panel",
    "final_one": "final accuracy by task, one anchor",
    "final_one_error": "its standard error over the seeds",
    "final_each": "final accuracy by task, an anchor each",
    "final_each_error": "its standard error over the seeds",
    **{f"strength_{name}": f"strengths: {name}" for name in LOOKS},
    **{f"mean_{name}": f"final accuracy, mean of tasks and seeds: {name}" for name in LOOKS},
    **{f"mean_{name}_error": f"its standard error over the seeds: {name}" for name in LOOKS},
}


def draw(numbers):
    figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.5))
    ax = axes[0]
    for k, color in enumerate((BLUE, VERMILION)):
        ax.plot(
            numbers["first_curvature"], numbers["weights_one"][:, k], color=color, linestyle="-"
        )
        ax.plot(numbers["first_curvature"], numbers["weights_each"][:, k], color=color,
                linestyle="--")  # fmt: skip
    ax.text(0.96, 0.53, "first task", color=BLUE, fontsize=7, ha="right")
    ax.text(0.05, 0.53, "second task", color=VERMILION, fontsize=7)
    ax.text(0.05, 0.63, "solid: one anchor\ndashed: an anchor each", fontsize=7)
    ax.set(xlabel="curvature of the first task, A / (A + B)", ylabel="weight in the result",
           ylim=(0, 0.75))  # fmt: skip
    ax = axes[1]
    for name in ("one", "each"):
        color, style, marker = LOOKS[name]
        ax.errorbar(numbers["task"], numbers[f"final_{name}"], 2 * numbers[f"final_{name}_error"],
                    color=color, linestyle=style, marker=marker)  # fmt: skip
    ax.text(1.1, 0.43, "an anchor each", color=DARK_ORANGE, fontsize=7)
    ax.text(3.6, 0.84, "one anchor", color=GREEN, fontsize=7)
    ax.set(xlabel="task", ylabel=f"final accuracy, strength {numbers['shared']:g}",
           xticks=numbers["task"], ylim=(0.4, 0.9))  # fmt: skip
    ax = axes[2]
    for name, (color, style, marker) in LOOKS.items():
        ax.errorbar(numbers[f"strength_{name}"], numbers[f"mean_{name}"],
                    2 * numbers[f"mean_{name}_error"], color=color, linestyle=style,
                    marker=marker)  # fmt: skip
    ax.text(100, 0.755, "online, decay 1/2", color=PINK, fontsize=7, ha="center")
    ax.text(5.5, 0.655, "one", color=GREEN, fontsize=7, ha="right")
    ax.text(25, 0.598, "each", color=DARK_ORANGE, fontsize=7, ha="center")
    ax.set(xscale="log", xlabel="strength $c$", ylabel="final accuracy, mean of tasks",
           ylim=(0.52, 0.78))  # fmt: skip
    label_panels(axes)
    return figure


def alt(numbers):
    half = numbers["first_curvature"].size // 2
    first, second = numbers["weights_each"][half]
    extra = numbers["final_each"] - numbers["final_one"]
    best = {name: numbers[f"mean_{name}"].max() for name in LOOKS}
    return (
        "Left: weights of the first and second of three quadratic tasks in the result, exact with "
        "one anchor; with an anchor each and equal curvatures the first weighs "
        f"{first / second:.1f} times the second. Middle: final accuracy of five tasks with EWC; an "
        f"anchor each changes the first by {extra[0]:+.2f}, the third by {extra[2]:+.2f} and the "
        f"fourth by {extra[3]:+.2f}. Right: mean final accuracy against strength; at best "
        f"{best['one']:.2f} with one anchor, {best['each']:.2f} with an anchor each and "
        f"{best['online']:.2f} with online EWC and a decay of one half."
    )
