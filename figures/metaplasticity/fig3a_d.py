"""Fig. 3a-d: accuracy falls with the number of tasks, the slower the wider the network."""

import matplotlib.pyplot as plt

from figures.kit import PAGE, label_panels
from figures.metaplasticity._look import shades

_OF = "by number of tasks and width, mean of three seeds"
COLUMNS = {
    "width": "units of each of two hidden layers",
    "tasks": "number of tasks learned in turn",
    "interleaved_tasks": "number of tasks learned at once",
    "metaplastic": f"accuracy on tasks seen, m = 10, {_OF}",
    "metaplastic_deviation": "its standard deviation over seeds",
    "elastic": f"accuracy on tasks seen, elastic weight consolidation, {_OF}",
    "elastic_deviation": "its standard deviation over seeds",
    "interleaved": f"accuracy, tasks at once, m = 0, {_OF}",
    "interleaved_deviation": "its standard deviation over seeds",
    "interleaved_m": f"accuracy, tasks at once, m = 10, {_OF}",
    "interleaved_m_deviation": "its standard deviation over seeds",
}
TITLES = {
    "metaplastic": "in turn, m = 10",
    "elastic": "in turn, elastic",
    "interleaved": "at once, m = 0",
    "interleaved_m": "at once, m = 10",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 4, figsize=(PAGE, 2.5), sharex=True, sharey=True)
    for ax, (name, title) in zip(axes, TITLES.items(), strict=True):
        at_once = name.startswith("interleaved")
        for k, (colour, marker) in enumerate(zip(shades(4), "osD^", strict=True)):
            ax.errorbar(
                numbers["interleaved_tasks" if at_once else "tasks"],
                numbers[name][:, k],
                numbers[f"{name}_deviation"][:, k],
                color=colour,
                marker=marker,
                markersize=3.5,
                capsize=1.5,
                linestyle="none" if at_once else "-",
                label=f"{numbers['width'][k]} units",
            )
        ax.set(xlabel="number of tasks", xticks=numbers["tasks"], ylim=(0.4, 1))
        ax.set_title(title)
    axes[0].set_ylabel("mean test accuracy")
    axes[0].legend(loc="lower left", fontsize=6)
    label_panels(axes)
    return figure


def alt(numbers):
    end = {name: numbers[name][-1] for name in TITLES}
    low, high = numbers["width"][0], numbers["width"][-1]
    return (
        f"Four panels of mean accuracy against the number of tasks for networks of {low} to "
        f"{high} units. It falls with the number of tasks, the slower the wider the network: "
        f"after six tasks in turn to {end['metaplastic'][0]:.2f} for the narrowest and "
        f"{end['metaplastic'][-1]:.2f} for the widest metaplastic network, "
        f"{end['elastic'][0]:.2f} and {end['elastic'][-1]:.2f} with elastic weight consolidation. "
        f"Six tasks at once reach {end['interleaved'][0]:.2f} and "
        f"{end['interleaved'][-1]:.2f} without metaplasticity, {end['interleaved_m'][0]:.2f} and "
        f"{end['interleaved_m'][-1]:.2f} with it."
    )
