"""What is kept depends on m times learning rate times steps, what is learned on more than that."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import PAGE, label_panels
from figures.metaplasticity._look import chance_line, shades

COLUMNS = {
    "group": "m x learning rate x steps of a task",
    "steps": "steps of a task",
    "first": "accuracy on the first task at the end by group and steps, mean of three seeds",
    "first_deviation": "its standard deviation over seeds",
    "last": "accuracy on the last task",
    "last_deviation": "its standard deviation over seeds",
    "mean": "accuracy, mean of four tasks",
    "mean_deviation": "its standard deviation over seeds",
    "chance": "accuracy of guessing",
}
PANELS = {"first": "first task, at the end", "last": "last task", "mean": "mean of four tasks"}
LOOKS = (("o", ":"), ("s", "--"), ("D", "-"))


def draw(numbers):
    group = numbers["group"]
    at = np.where(group == 0, group[1] / 2, group)
    figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.6), sharey=True)
    for ax, (name, title) in zip(axes, PANELS.items(), strict=True):
        for k, (colour, (marker, style)) in enumerate(zip(shades(3), LOOKS, strict=True)):
            ax.errorbar(
                at,
                numbers[name][:, k],
                numbers[f"{name}_deviation"][:, k],
                color=colour,
                marker=marker,
                linestyle=style,
                capsize=2,
                label=f"{numbers['steps'][k]} steps a task",
            )
        chance_line(ax, numbers["chance"], x=at[-1], ha="right")
        ax.set(xscale="log", ylim=(0, 1), xlabel=r"$m \eta T$")
        ax.set_xticks(at, [f"{g}" for g in group])
        ax.minorticks_off()
        ax.set_title(title)
    axes[0].set_ylabel("test accuracy")
    axes[2].legend(loc="lower right", bbox_to_anchor=(1.0, 0.16), fontsize=6)
    label_panels(axes)
    return figure


def alt(numbers):
    first, last, mean = (numbers[name] for name in PANELS)
    k = list(numbers["group"]).index(20)
    best = numbers["group"][mean.argmax(axis=0)]
    low, middle, high = last[k]
    return (
        "Three panels against m eta T, each with three curves for short, middle and long "
        f"training. Accuracy on the first task rises from about {first[0].mean():.2f} to "
        f"{first[-1].min():.2f} or more, the three curves not far apart. On the last task it "
        f"falls, the earlier the shorter the training: at 20 it is {low:.2f}, {middle:.2f} and "
        f"{high:.2f}. The mean is highest at {best[0]}, {best[1]} and {best[2]}."
    )
