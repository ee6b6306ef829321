"""Looks shared by the figures of this subject: one colour and marker a concept."""

import numpy as np

from figures.kit import BLACK, BLUE, GREEN, ORANGE, VERMILION

MANY = (BLUE, "o")  # of six contour points and more
POINTS = {1: (VERMILION, "s"), 2: (ORANGE, "^"), 4: (GREEN, "D")}
RULES = {  # what trains an asymmetric network
    "without": (VERMILION, "--", "without homeostasis"),
    "with": (BLUE, "-", "with homeostasis"),
    "backpropagation": (BLACK, ":", "back-propagation"),
}
THEIRS = "0.45"  # the authors' numbers, open markers


def look_of(points):
    """Return colour and marker of a number of contour points."""
    return POINTS.get(int(points), MANY)


def closed(values):
    """Return a ring of values with its first one repeated at the end."""
    return np.append(values, values[:1], axis=0)


def band(ax, abscissa, values, color, line, **style):
    """Draw the mean over the columns of `values`, and their range as a band."""
    low, high = values.min(axis=1), values.max(axis=1)
    ax.fill_between(abscissa, low, high, color=color, alpha=0.15, linewidth=0)
    ax.plot(abscissa, values.mean(axis=1), line, color=color, **style)
