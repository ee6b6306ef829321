"""One look for each metaplasticity m through all figures of the subject."""

import matplotlib as mpl
import numpy as np

from figures.kit import BLACK, BLUE, GREEN, ORANGE, PINK, VERMILION

DARK_ORANGE = "#B07800"  # for words: ORANGE is too light for thin letters
WITHOUT = (BLACK, ":", "s")  # m = 0: colour, line style, marker
WITH = (BLUE, "-", "o")  # the one m > 0 of a figure that compares with and without
_RISING = (
    (ORANGE, "-.", "v"),
    (VERMILION, "--", "D"),
    WITH,
    (GREEN, (0, (5, 1)), "^"),
    (PINK, (0, (3, 1, 1, 1)), "P"),
)
_FIRST = {1: 2, 2: 1, 3: 1}  # where a short scale begins, so that it ends no later than GREEN


def looks_of_m(values):
    """Return (colour, line style, marker) for each of up to six rising values of m.

    m = 0 is black; the others take the colours of one scale, which always has the same order.
    """
    positive = [m for m in values if m > 0]
    first = _FIRST.get(len(positive), 0)
    looks = iter(_RISING[first : first + len(positive)])
    return [next(looks) if m > 0 else WITHOUT for m in values]


# Lessons on theory draw these; their hidden weights are of size one.
_OF_THEORY = (0.0, 0.5, 1.0, 1.35, 2.0, 4.0)
_LOOK_OF = dict(zip(_OF_THEORY, looks_of_m(_OF_THEORY), strict=True))


def look_of_m(m):
    """Return (colour, line style, marker) of one m of the theory: 0, 0.5, 1, 1.35, 2 or 4."""
    return _LOOK_OF[round(float(m), 6)]


def chance_line(ax, chance, *, x, ha="left", va="bottom"):
    """Draw the level of guessing and name it at abscissa x, above (va "bottom") or below it."""
    ax.axhline(chance, color="0.6", linewidth=0.8, linestyle=":")
    away = 0.015 if va == "bottom" else -0.02
    ax.text(x, chance + away, "chance", fontsize=6, color="0.4", ha=ha, va=va)


def shades(count):
    """Return colours, dark to light, for another ordered quantity: tasks, widths, lengths."""
    return mpl.colormaps["viridis"](np.linspace(0.0, 0.85, count))
