"""The frames of `explore` in a built lesson: small multiples on one scale, told in words.

The panels share their scales, so tick labels stand once, left and below. `Grid` says where the
panels lie in the picture: a page puts any one of them together with the labels as a frame.
"""

from __future__ import annotations

import base64
import html
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import matplotlib.pyplot as plt
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from figures.record import PICTURE_WIDTH
from figures.style import PAGE

LAYOUTS = {6: (2, 3), 8: (2, 4)}  # number of values -> rows and columns
DPI = 112
# Hard edges: half the bytes of smoothed ones, and smooth where a page shows the picture smaller.
PLAIN: dict[Any, bool | float] = {
    "text.antialiased": False, "lines.antialiased": False, "patch.antialiased": False,
    "axes.linewidth": 0.5,
}  # fmt: skip
SUMMARY = "Description of the frames"


@dataclass(frozen=True)
class Grid:
    """Where the panels of a picture lie, in pixels from its upper left corner.

    Panel k begins at (`left` + column `across`, `top` + row `down`) and is `across` by `height`.
    The labels of the ordinate stand left of `left`, those of the abscissa below `bottom`.
    """

    columns: int
    left: int
    top: int
    across: int
    down: int
    height: int
    bottom: int


def named(value) -> str:
    """Return a value of the parameter as it is written at its frame."""
    return f"{value:g}" if isinstance(value, float) else f"{value}"


def described(draw: Callable, ax, value) -> str:
    """Draw one frame and return its description.

    Raises
    ------
    ValueError
        If `draw` returns no sentence.
    """
    words = draw(ax, value)
    if not isinstance(words, str) or not words.strip():
        raise ValueError(
            f"explore: draw must return a sentence with the numbers that the frame for "
            f"{named(value)} shows, got {words!r}"
        )
    return words


def frames(draw: Callable, name: str, values: Sequence) -> list[dict]:
    """Return the picture of all frames and their descriptions as outputs of a notebook.

    Parameters
    ----------
    draw : callable
        `draw(ax, value)` draws on the axes and returns a sentence with the numbers to be seen.
    name : str
        The parameter.
    values : sequence
        Six or eight values of it.

    Raises
    ------
    ValueError
        If their number is another one, or `draw` returns no sentence.
    """
    if len(values) not in LAYOUTS:
        wanted = " or ".join(map(str, LAYOUTS))
        raise ValueError(f"explore: {name} has {len(values)} values; give {wanted}")
    png, grid, about, lines = _drawn(draw, name, values)
    text = "<br>".join(html.escape(line, quote=False) for line in lines)
    return [
        {
            "data": {
                "image/png": base64.b64encode(png).decode() + "\n",
                "text/plain": about,
            },
            "metadata": {
                "explore": {"name": name, "values": list(map(named, values)), **asdict(grid)},
                "image/png": {"alt": f"{about}; each is described below.", "width": PICTURE_WIDTH},
            },
        },
        {
            "data": {
                "text/markdown": f"<details><summary>{SUMMARY}</summary>{text}</details>",
                "text/plain": SUMMARY,
            },
            "metadata": {"explore": "words"},
        },
    ]


def words(output: dict) -> list[str]:
    """Return a line for every frame from the output that describes them, as `frames` made it."""
    text = "".join(output["data"]["text/markdown"])
    return [html.unescape(line) for line in re.split("</?summary>|</?details>|<br>", text)[3:-1]]


def _drawn(draw: Callable, name: str, values: Sequence) -> tuple[bytes, Grid, str, list[str]]:
    """Return the picture, where its panels lie, what it is about, and a line on every panel."""
    rows, columns = LAYOUTS[len(values)]
    size = (PAGE, 0.4 + rows * (0.3 + 0.6 * PAGE / columns))
    with plt.rc_context(PLAIN):
        figure, axes = plt.subplots(
            rows, columns, sharex=True, sharey=True, figsize=size, dpi=DPI, layout="constrained"
        )
        try:
            lines = []
            for ax, value in zip(axes.flat, values, strict=True):
                lines.append(f"{name} = {named(value)}: {described(draw, ax, value)}")
                title = f"{name} = {named(value)}" if len(lines) == 1 else named(value)
                ax.set_title(title, loc="left")
            labels = [text for text in (ax.get_ylabel(), ax.get_xlabel()) if text]
            for ax in axes.flat:
                ax.label_outer(remove_inner_ticks=False)
            grid = _grid(figure, axes)
            png = io.BytesIO()
            FigureCanvasAgg(figure).print_png(png, metadata={"Software": None})
        finally:
            plt.close(figure)
    shown = " against ".join(labels) or "one drawing"
    extent = f"{name} = {named(values[0])} to {named(values[-1])}"
    return png.getvalue(), grid, f"{len(values)} frames: {shown}, for {extent}", lines


def _grid(figure: Figure, axes) -> Grid:
    """Freeze the layout and return where the panels lie, each with its tick marks."""
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    if any(ax.yaxis.get_offset_text().get_text() for ax in axes.flat):
        raise ValueError("explore: draw the ordinate in units that need no factor above it")
    boxes = [[ax.get_window_extent() for ax in row] for row in axes]
    first, high = boxes[0][0], figure.bbox.height
    ticks, over = 5 * DPI / 72, 3 * DPI / 72
    left, top = first.x0 - ticks, high - first.y1 - over
    across, down = boxes[0][1].x0 - first.x0, first.y0 - boxes[1][0].y0
    height = first.height + over + ticks
    places = (left, top, across, down, height, top + (len(boxes) - 1) * down + height)
    return Grid(len(boxes[0]), *map(round, places))
