"""The suite's look: colours, widths, the matplotlib style, lettered panels."""

from __future__ import annotations

from collections.abc import Sequence

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np

from figures.inventory import ROOT

STYLE = ROOT / "figures" / "suite.mplstyle"

COLUMN, PAGE = 3.5, 7.2  # figure widths in inches: one column, the whole page
BLUE, VERMILION, GREEN, PINK = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
ORANGE, SKY, BLACK, GREY = "#E69F00", "#56B4E9", "#000000", "#666666"


def use_style() -> None:
    """Apply the suite's matplotlib style to this session."""
    plt.style.use(STYLE)


def label_panels(axes: Sequence[mpl.axes.Axes]) -> None:
    """Put bold a, b, c ... before the titles of the axes."""
    for letter, ax in zip("abcdefghijklmnopqrstuvwxyz", np.asarray(axes).flat, strict=False):
        ax.set_title(rf"$\mathbf{{{letter}}}$  {ax.get_title('left')}", loc="left")
