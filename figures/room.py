"""The room of a figure: `figures/<paper>/<name>.py` draws it from its recorded numbers alone.

A room holds

    COLUMNS = {"iteration": "iterations", "euclidean": "eigenvalues, Euclidean loss"}
    def draw(numbers):  # -> matplotlib Figure
    def alt(numbers):   # -> str, what a reader who cannot see the figure should be told

`COLUMNS` names every number with its meaning and unit. A drawing without numbers (class C) has no
`COLUMNS`, and its functions take no argument. Functions with a second argument, `full`, are given
what was run of the figure at full size (`<name>.full.csv`) by entry, nothing where there is none.
"""

from __future__ import annotations

import functools
import inspect
import io
import math
import re
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.collections import LineCollection, PathCollection, QuadMesh
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from PIL import Image, ImageChops

from figures.inventory import Entry, stored_runs
from figures.style import COLUMN, PAGE, STYLE
from figures.tables import Numbers

READABLE, VISIBLE = 4.5, 3.0  # contrast with white that words, and lines and markers, must have
WHITE = 1.2  # below it something is meant to be white, on something dark
SMALLEST_FONT = 5.5  # points; smaller text cannot be read in print
VISIBLE_SHIFT = 20  # of 255 in a colour channel: a change that is seen beside its neighbour
MOTTLED_SHARE = 0.005  # of the pixels; at edges of lines and letters a few shifts do no harm


@dataclass(frozen=True)
class Picture:
    """A drawn figure: its alt text and the contents of its files by suffix."""

    alt: str
    files: dict[str, bytes]


def load_room(entry: Entry) -> types.ModuleType:
    """Return the room of a figure, read anew each time, so that an edit shows at once.

    Raises
    ------
    ValueError
        If the file is missing, cannot be run, or lacks `draw`, `alt` or `COLUMNS`.
    """
    path = entry.path(".py")
    name = path.relative_to(path.parents[2]).as_posix()
    try:
        source = path.read_bytes()
    except FileNotFoundError:
        raise ValueError(f"{entry.id}: no drawing; write {name} with draw and alt") from None
    room = types.ModuleType(f"figures.{entry.id.replace('/', '.')}")
    room.__file__ = str(path)
    try:
        exec(compile(source, str(path), "exec"), room.__dict__)
    except SyntaxError as error:
        raise ValueError(f"{name}, line {error.lineno}: {error.msg}") from None
    wanted = ("draw", "alt") if entry.figure_class == "C" else ("draw", "alt", "COLUMNS")
    missing = [part for part in wanted if not hasattr(room, part)]
    if missing:
        raise ValueError(f"{name} lacks {' and '.join(missing)}")
    return room


def columns_of(entry: Entry, room: types.ModuleType, numbers: Numbers) -> dict[str, str]:
    """Return the meaning of every number; refuse names that differ from the recorded ones."""
    meanings = dict(getattr(room, "COLUMNS", {}))
    unnamed, unused = sorted(set(numbers) - set(meanings)), sorted(set(meanings) - set(numbers))
    if unnamed:
        raise ValueError(f"{entry.id}: the room's COLUMNS do not say what {unnamed} mean")
    if unused:
        raise ValueError(f"{entry.id}: the drawing's COLUMNS name {unused}, which is not recorded")
    return {name: meanings[name] for name in numbers}


def draw_room(entry: Entry, room: types.ModuleType, numbers: Numbers) -> Picture:
    """Draw a figure from its numbers, check its layout, and return its files and alt text.

    The same numbers give the same bytes, whatever the session's matplotlib settings.

    Raises
    ------
    ValueError
        If the drawing needs a number that was not recorded, returns no figure, has an empty alt
        text, a width that is neither `COLUMN` nor `PAGE`, text too small to read, or parts that
        stick out.
    """
    others = set(plt.get_fignums())
    with plt.style.context(["default", STYLE]):
        try:
            figure, alt = (
                part(*_arguments(entry, part, numbers)) for part in (room.draw, room.alt)
            )
            if not isinstance(figure, Figure):
                raise ValueError(f"{entry.id}: draw must return the matplotlib figure")
            _darken(figure)
            return Picture(_alt(entry, alt), picture_files(entry, figure))
        except KeyError as error:
            raise ValueError(f"{entry.id}: the drawing fails: {error.args[0]}") from None
        finally:
            for number in set(plt.get_fignums()) - others:
                plt.close(number)


def _arguments(entry: Entry, part: Callable, numbers: Numbers) -> tuple:
    """Return what a room's function is called with."""
    if entry.figure_class == "C":
        return ()
    if "full" not in inspect.signature(part).parameters:
        return (numbers,)
    return (numbers, stored_runs(entry))


def _darken(figure: Figure) -> None:
    """Give words, lines and markers a darker shade of their colour until they are seen on white.

    What is nearly white, or lies on an image, stands on something dark; translucent lines are
    background; beside a colour bar the shade of a line is a value. All of them are left alone.
    """
    for text in figure.findobj(mpl.text.Text):
        text.set_color(_darker(text.get_color(), READABLE))
    if any(axes.get_label() == "<colorbar>" for axes in figure.axes):
        return
    for axes in figure.axes:
        if not any(map(_is_ground, axes.get_children())):
            for artist in axes.findobj(_is_drawn):
                for name in _COLOURS[isinstance(artist, Line2D)]:
                    colour = getattr(artist, f"get_{name}")()
                    shades = [_darker(c, VISIBLE) for c in mpl.colors.to_rgba_array(colour)]
                    if shades:
                        one = shades[0] if isinstance(artist, Line2D) else shades
                        getattr(artist, f"set_{name}")(one)


_COLOURS = {
    True: ("color", "markerfacecolor", "markeredgecolor"),
    False: ("facecolor", "edgecolor"),
}


def _is_ground(part) -> bool:
    """Whether something fills axes with colours, on which lines are not read against white."""
    if isinstance(part, mpl.contour.ContourSet):
        return part.filled
    return isinstance(part, mpl.image.AxesImage | QuadMesh)


def _is_drawn(part) -> bool:
    """Whether something is an opaque line or marker in a colour of its own."""
    if isinstance(part, LineCollection | PathCollection):
        return part.get_alpha() is None and part.get_array() is None
    return isinstance(part, Line2D) and part.get_alpha() is None


def _darker(colour, wanted: float) -> tuple[float, float, float, float]:
    """Return a shade of a colour that has the wanted contrast with white, or the colour itself."""
    return _shade(mpl.colors.to_rgba(colour), wanted)


@functools.cache
def _shade(rgba: tuple, wanted: float) -> tuple[float, float, float, float]:
    *channels, opacity = rgba
    shade = np.array(channels)
    if opacity == 1 and contrast(shade) > WHITE:
        while contrast(shade) < wanted:
            shade *= 0.96
    red, green, blue = shade
    return red, green, blue, opacity


def contrast(colour) -> float:
    """Return the contrast of a colour with white, 1 to 21 (WCAG 2.2, relative luminance)."""
    channels = np.asarray(mpl.colors.to_rgb(colour))
    linear = np.where(channels <= 0.04045, channels / 12.92, ((channels + 0.055) / 1.055) ** 2.4)
    return float(1.05 / (linear @ [0.2126, 0.7152, 0.0722] + 0.05))


def picture_files(entry: Entry, figure: Figure) -> dict[str, bytes]:
    """Lay out a figure once, check its layout and return its ".png" and ".svg"."""
    png, svg = io.BytesIO(), io.BytesIO()
    figure.dpi = mpl.rcParams["savefig.dpi"]
    _check_layout(entry, figure)
    figure.set_layout_engine("none")
    FigureCanvasAgg(figure).print_png(png, metadata={"Software": None})
    figure.dpi = FigureCanvasSVG.fixed_dpi
    with mpl.rc_context({"svg.hashsalt": entry.id}):
        FigureCanvasSVG(figure).print_svg(svg, metadata={"Date": None, "Creator": None})
    return {".png": few_colours(png.getvalue()), ".svg": _numbered_clips(svg.getvalue())}


def few_colours(png: bytes) -> bytes:
    """Return the picture with the smallest palette that looks the same: a third of the bytes.

    A picture that would look mottled even with 256 colours, such as a continuous map, keeps all.
    """
    picture: Image.Image = Image.open(io.BytesIO(png))
    if picture.mode == "P":
        return png
    if picture.mode != "RGB":
        opaque = Image.new("RGBA", picture.size, "white")
        opaque.alpha_composite(picture.convert("RGBA"))
        picture = opaque.convert("RGB")
    few = next(filter(lambda few: _looks_like(picture, few), _palettes(picture)), picture)
    packed = io.BytesIO()
    few.save(packed, format="PNG", optimize=True)
    return packed.getvalue()


def _palettes(picture: Image.Image) -> Iterator[Image.Image]:
    for colours in (32, 48, 64, 96, 128, 256):
        yield picture.quantize(colours, dither=Image.Dither.NONE)


def _looks_like(picture: Image.Image, few: Image.Image) -> bool:
    shifts = np.asarray(ImageChops.difference(picture, few.convert("RGB"))).max(axis=2)
    return (shifts > VISIBLE_SHIFT).mean() <= MOTTLED_SHARE


def _alt(entry: Entry, alt) -> str:
    if not isinstance(alt, str) or not alt.strip():
        raise ValueError(f"{entry.id}: the alt text is empty; say what the figure shows")
    return re.sub(r"\s+", " ", alt).strip()


def _check_layout(entry: Entry, figure: Figure) -> None:
    width = figure.get_figwidth()
    if not any(math.isclose(width, kind) for kind in (COLUMN, PAGE)):
        raise ValueError(
            f"{entry.id}: the figure is {width:g} inches wide; accepted are COLUMN ({COLUMN:g}) "
            f"and PAGE ({PAGE:g})"
        )
    figure.draw_without_rendering()
    for text in figure.findobj(mpl.text.Text):
        if (
            text.get_visible()
            and text.get_text().strip()
            and float(text.get_fontsize()) < SMALLEST_FONT
        ):
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
