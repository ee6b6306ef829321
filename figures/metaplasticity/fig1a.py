"""Fig. 1a: without metaplasticity the second task overwrites the first."""

import matplotlib.pyplot as plt

from figures.kit import COLUMN
from figures.metaplasticity._pair import COLUMNS, LOOKS, draw_curves

__all__ = ["COLUMNS", "alt", "draw"]


def draw(numbers):
    figure, ax = plt.subplots(figsize=(COLUMN, 2.5))
    draw_curves(ax, numbers, 0)
    half = numbers["epoch"][-1] / 2
    for name, (colour, *_), at in zip(numbers["task"], LOOKS, (half, 2 * half), strict=True):
        ax.text(at - half / 2, 0.76, name, color=colour, ha="center", va="top")
    return figure


def alt(numbers):
    first, second = numbers["task"]
    mean = numbers["mean"][:, 0]
    switch = len(mean) // 2
    return (
        f"Test accuracy against epoch. On {first} it rises to {mean[switch, 0]:.2f} in the first "
        f"half and falls to {mean[-1, 0]:.2f} in the second; on {second} it is "
        f"{mean[switch, 1]:.2f} at the end of the first half and rises to {mean[-1, 1]:.2f} in "
        "the second."
    )
