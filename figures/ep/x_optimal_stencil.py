"""Least error against readout noise: more equilibria fall more steeply towards small noise."""

import matplotlib.pyplot as plt

from figures.ep._look import RULES
from figures.kit import BLACK, BLUE, PAGE

COLUMNS = {
    "noise": "standard deviation of the readout noise on every product",
    "one_sided": "least relative error of the one-sided estimate",
    "best_of_2": "least relative error of two equilibria: the symmetric estimate",
    "best_of_4": "least relative error of four equilibria, best stencil",
    "best_of_6": "least relative error of six equilibria, best stencil",
}


def draw(numbers):
    figure, ax = plt.subplots(figsize=(PAGE, 2.8))
    levels = numbers["noise"]
    colour, *_ = RULES["one_sided"]
    ax.loglog(levels, numbers["one_sided"], "--", color=colour)
    ax.text(levels[0] * 0.75, numbers["one_sided"][0], "free +\none nudged", color=colour,
            ha="right", va="center")  # fmt: skip
    looks = {2: (RULES["symmetric"][0], "^", "two:\nsymmetric"), 4: (BLUE, "s", "four"),
             6: (BLACK, "o", "six")}  # fmt: skip
    for count, (colour, marker, text) in looks.items():
        least = numbers[f"best_of_{count}"]
        ax.loglog(levels, least, marker=marker, color=colour, linestyle="-", markersize=3)
        ax.text(levels[0] * 0.75, least[0], text, color=colour, ha="right", va="center")
    ax.set(xlabel=r"readout noise $\tau$", ylabel="least relative error", xlim=(4e-11, 2e-2))
    return figure


def alt(numbers):
    gain = [numbers["best_of_2"][k] / numbers["best_of_6"][k] for k in (0, -1)]
    return (
        "Least relative error against readout noise, doubly logarithmic, for one nudged and for "
        "two, four and six equilibria: the more, the steeper the fall towards small noise. Six "
        f"gain a factor of {gain[0]:.0f} over two at the smallest noise and {gain[1]:.1f} at the "
        "largest."
    )
