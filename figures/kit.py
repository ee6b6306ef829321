"""What a notebook needs to draw and record one figure: style, colours, claims, `record`."""

from __future__ import annotations

import io
import json
import math
import os
import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.figure import Figure

from figures.claims import Claim, claim
from figures.files import digest, write_atomic
from figures.inventory import CLASSES, ROOT, Entry, find_entry, load_inventory

__all__ = [
    "BLACK", "BLUE", "COLUMN", "GREEN", "ORANGE", "PAGE", "PINK", "SKY", "VERMILION",
    "ClaimFailed", "claim", "explore", "figure_rng", "label_panels", "record", "render",
    "use_style",
]  # fmt: skip

COLUMN, PAGE = 3.5, 7.2  # figure widths in inches: one column, the whole page
BLUE, VERMILION, GREEN, PINK = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
ORANGE, SKY, BLACK = "#E69F00", "#56B4E9", "#000000"

STAGING_VARIABLE = "FIGURES_STAGING"  # set while a notebook is built: the folder to record into
SMALLEST_FONT = 5.5  # points; smaller text cannot be read in print


class ClaimFailed(AssertionError):
    """A finding that the figure was to show is not there."""


def use_style() -> None:
    """Apply the suite's matplotlib style to this session."""
    plt.style.use(ROOT / "figures" / "suite.mplstyle")


def figure_rng(id: str) -> np.random.Generator:
    """Return the random generator of a figure: its seed is the CRC-32 of the figure's id."""
    find_entry(load_inventory(), id)
    return np.random.default_rng(zlib.crc32(id.encode()))


def label_panels(axes: Sequence[mpl.axes.Axes]) -> None:
    """Put bold a, b, c ... before the titles of the axes."""
    for letter, ax in zip("abcdefghijklmnopqrstuvwxyz", np.ravel(axes), strict=False):
        ax.set_title(rf"$\mathbf{{{letter}}}$  {ax.get_title('left')}", loc="left")


def record(
    id: str,
    figure: Figure,
    *,
    data: Mapping[str, np.ndarray],
    claims: Sequence[Claim],
    alt: str,
) -> None:
    """Check a figure's claims, show it with its caption and, in a build, write its files.

    In a build (`make figures`) a false claim raises and nothing is written. In a live notebook the
    figure and its claims are shown, held or not, and no file is touched: change a cell and look.

    Parameters
    ----------
    id : str
        "<paper>/<name>" as in `figures/inventory.toml`.
    figure : matplotlib.figure.Figure
        Its width is `COLUMN` or `PAGE`; nothing may stick out of it. It is closed.
    data : mapping of str to array
        The numbers drawn, written as CSV: columns may differ in length, 2-d arrays (rows, columns)
        become one column each, complex numbers two. Empty only for drawings (class C).
    claims : sequence of Claim
        The findings that the figure shows. Empty only for drawings (class C).
    alt : str
        What a reader who cannot see the figure should be told.

    Raises
    ------
    InventoryError, ValueError
        Unknown id, empty alt text, no data or claims, a width or text that does not fit.
    ClaimFailed
        In a build, naming every false claim with its value and bound.
    """
    files = render(id, figure, data=data, claims=claims, alt=alt)
    plt.close(figure)
    entry = find_entry(load_inventory(), id)
    staging = os.environ.get(STAGING_VARIABLE)
    if staging:
        false = [str(c) for c in claims if not c.held]
        if false:
            raise ClaimFailed(f"{id}: false claim: " + "; ".join(false))
        for suffix, content in files.items():
            write_atomic(Path(staging) / "figures" / f"{id}{suffix}", content)
    _show(entry, files[".png"], claims, alt)


def render(
    id: str,
    figure: Figure,
    *,
    data: Mapping[str, np.ndarray],
    claims: Sequence[Claim],
    alt: str,
) -> dict[str, bytes]:
    """Return the contents of a figure's files by suffix: .png, .svg, .csv and .json.

    The same arguments give the same bytes. Arguments and errors as in `record`.
    """
    entry = find_entry(load_inventory(), id)
    _check(entry, figure, data, claims, alt)
    with mpl.rc_context({"svg.hashsalt": id}):
        png, svg = io.BytesIO(), io.BytesIO()
        figure.savefig(png, format="png", metadata={"Software": None})
        figure.savefig(svg, format="svg", metadata={"Date": None, "Creator": None})
    files = {
        ".png": png.getvalue(),
        ".svg": _numbered_clips(svg.getvalue()),
        ".csv": _csv(id, data).encode(),
    }
    facts = {
        "id": id,
        "alt": alt.strip(),
        "claims": [c.as_dict() for c in claims],
        "files": {suffix: digest(content) for suffix, content in files.items()},
    }
    files[".json"] = (json.dumps(facts, indent=1, ensure_ascii=False) + "\n").encode()
    return files


def explore(draw: Callable, **choices: Sequence) -> None:
    """Draw with one parameter varied: a menu in a live notebook, small multiples in a built one.

    Parameters
    ----------
    draw : callable
        `draw(ax, value)` draws on the axes for one value of the parameter.
    **choices : sequence
        Exactly one, name=values: two to six values.
    """
    if len(choices) != 1:
        raise ValueError(f"explore: give one parameter name=values, got {sorted(choices)}")
    ((name, values),) = choices.items()
    if STAGING_VARIABLE not in os.environ:
        import ipywidgets

        def show(value):
            _, ax = plt.subplots(figsize=(COLUMN, 2.6))
            draw(ax, value)
            plt.show()

        menu = ipywidgets.SelectionSlider(options=list(values), description=name)
        ipywidgets.interact(show, value=menu)
        return
    _, axes = plt.subplots(
        1, len(values), figsize=(PAGE, 0.35 + PAGE / len(values)), sharex=True, sharey=True
    )
    for ax, value in zip(axes, values, strict=True):
        draw(ax, value)
        ax.set_title(f"{name} = {value:g}" if isinstance(value, float) else f"{name} = {value}")
        ax.label_outer()
    plt.show()


def _check(entry: Entry, figure, data, claims, alt) -> None:
    if not isinstance(alt, str) or not alt.strip():
        raise ValueError(f"{entry.id}: the alt text is empty; say what the figure shows")
    if not all(isinstance(c, Claim) for c in claims):
        raise ValueError(
            f"{entry.id}: claims must be made by claim(text, value, comparison, bound)"
        )
    if entry.figure_class != "C" and not (data and claims):
        raise ValueError(f"{entry.id}: only a drawing (class C) may lack data or claims")
    width = figure.get_figwidth()
    if not any(math.isclose(width, kind) for kind in (COLUMN, PAGE)):
        raise ValueError(
            f"{entry.id}: the figure is {width:g} inches wide; accepted are COLUMN ({COLUMN:g}) "
            f"and PAGE ({PAGE:g})"
        )
    figure.canvas.draw()
    for text in figure.findobj(mpl.text.Text):
        if text.get_visible() and text.get_text().strip() and text.get_fontsize() < SMALLEST_FONT:
            raise ValueError(
                f"{entry.id}: the text {text.get_text()!r} is {text.get_fontsize():.2g} points "
                f"high; at least {SMALLEST_FONT} can be read in print"
            )
    drawn, page = figure.get_tightbbox(), figure.bbox_inches
    overhang = max(page.x0 - drawn.x0, page.y0 - drawn.y0, drawn.x1 - page.x1, drawn.y1 - page.y1)
    if overhang > 0.02:
        raise ValueError(f"{entry.id}: something sticks {overhang:.2f} inches out of the figure")


def _numbered_clips(svg: bytes) -> bytes:
    """Number the clip paths: their names hash unrounded layout, whose last bits may vary."""
    names = dict.fromkeys(re.findall(rb'<clipPath id="(p[0-9a-f]{10})"', svg))
    for number, name in enumerate(names):
        svg = svg.replace(name, b"clip%d" % number)
    return svg


def _csv(id: str, data: Mapping[str, np.ndarray]) -> str:
    columns: dict[str, np.ndarray] = {}
    for name, values in data.items():
        array = np.atleast_1d(np.asarray(values))
        if array.ndim > 2:
            raise ValueError(
                f"{id}: data {name!r} has {array.ndim} dimensions; at most 2 fit a table"
            )
        parts = {"_re": array.real, "_im": array.imag} if np.iscomplexobj(array) else {"": array}
        for suffix, part in parts.items():
            if part.ndim == 1:
                columns[name + suffix] = part
            else:
                for k, column in enumerate(part.T):
                    columns[f"{name}{suffix}_{k}"] = column
    cells = [[_cell(v) for v in column.tolist()] for column in columns.values()]
    height = max(map(len, cells), default=0)
    rows = ([column[i] if i < len(column) else "" for column in cells] for i in range(height))
    return "".join(",".join(row) + "\n" for row in [list(map(_cell, columns)), *rows])


def _cell(value) -> str:
    """Ten significant digits: enough to reuse, too few for the last bits of another machine."""
    if isinstance(value, float):
        return f"{value:.10g}"
    text = str(value)
    return '"' + text.replace('"', '""') + '"' if any(c in text for c in ',"\n') else text


def _show(entry: Entry, png: bytes, claims: Sequence[Claim], alt: str) -> None:
    try:
        from IPython import get_ipython
    except ImportError:
        return
    if get_ipython() is None:
        return
    from IPython.display import Image, Markdown, display

    display(Image(png, alt=alt.strip(), width=int(plt.rcParams["savefig.dpi"] * COLUMN * 1.4)))
    lines = [
        f"**{entry.label}** ({entry.id}; class {entry.figure_class}: "
        f"{CLASSES[entry.figure_class]}). {entry.shows} *Departures:* {entry.departures}",
    ]
    if claims:
        lines += ["", "| claim | value | bound | paper | held |", "|---|---|---|---|---|"]
    for c in claims:
        bound = " to ".join(f"{b:.4g}" for b in np.atleast_1d(c.bound))
        sign = "in" if c.comparison == "between" else c.comparison
        paper = "" if c.paper is None else f"{c.paper:.4g}"
        held = "yes" if c.held else "**NO**"
        text = c.text.replace("|", "&#124;")
        lines.append(f"| {text} | {c.value:.4g} | {sign} {bound} | {paper} | {held} |")
    display(Markdown("\n".join(lines)))
