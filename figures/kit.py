"""What a lesson and a drawing need: style, colours, claims, `record`, `explore`, seeds."""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from figures.claims import Claim, claim
from figures.files import write_atomic
from figures.frames import described, frames
from figures.inventory import Entry, find_entry, load_inventory
from figures.record import compose, outputs
from figures.room import columns_of, draw_room, load_room
from figures.style import (
    BLACK,
    BLUE,
    COLUMN,
    GREEN,
    GREY,
    ORANGE,
    PAGE,
    PINK,
    SKY,
    VERMILION,
    label_panels,
    use_style,
)
from figures.tables import decode, encode

__all__ = [
    "BLACK", "BLUE", "COLUMN", "GREEN", "GREY", "ORANGE", "PAGE", "PINK", "SKY", "VERMILION",
    "ClaimFailed", "claim", "explore", "figure_rng", "label_panels", "record", "render", "seed",
    "use_style",
]  # fmt: skip

STAGING_VARIABLE = "FIGURES_STAGING"  # set while a lesson is built: the folder to record into
SHIFT_VARIABLE = "FIGURES_SEED_SHIFT"  # set while a lesson is run with other seeds: 1, 2, ...
SHIFT = 1000  # between the seeds of two such runs


class ClaimFailed(AssertionError):
    """A finding that the figure was to show is not there."""


def seed(number: int) -> int:
    """Return a seed of a lesson: `number` itself, or another one when `make reseed` asks for it.

    Every seed that a lesson writes down goes through here or through `figure_rng`.
    """
    return number + SHIFT * _shift()


def figure_rng(id: str) -> np.random.Generator:
    """Return the random generator of a figure: its seed is the CRC-32 of the figure's id."""
    find_entry(load_inventory(), id)
    own = zlib.crc32(id.encode())
    return np.random.default_rng([own, _shift()] if _shift() else own)


def _shift() -> int:
    return int(os.environ.get(SHIFT_VARIABLE, "0"))


def record(id: str, *, numbers: Mapping | None = None, claims: Sequence[Claim] = ()) -> None:
    """Draw a figure from its numbers and show it with its claims; in a build, write its files.

    The numbers are written as they will be stored and read back, and `figures/<id>.py` draws from
    what was read: a table that does not suffice to draw the figure cannot exist. In a build
    (`make figures`) a false claim raises and nothing is written. In a live notebook figure and
    claims are shown, held or not, and no file is touched: change a cell and look.

    Parameters
    ----------
    id : str
        "<paper>/<name>" as in `figures/inventory.toml`.
    numbers : mapping of str to array or scalar
        What is drawn, every curve with its abscissa; see `figures.tables.encode`. None only for
        drawings (class C).
    claims : sequence of Claim
        The sentences that the figure carries. Empty only for drawings (class C).

    Raises
    ------
    InventoryError, ValueError
        Unknown id, no numbers or claims, a number that the drawing needs and does not get, a layout
        that cannot be printed.
    ClaimFailed
        In a build, naming every false claim with its value and bound.
    """
    entry = find_entry(load_inventory(), id)
    files, alt = render(entry, numbers, claims)
    staging = os.environ.get(STAGING_VARIABLE)
    if staging:
        false = [str(c) for c in claims if not c.held]
        if false and not _shift():
            raise ClaimFailed(f"{id}: false claim: " + "; ".join(false))
        for suffix, content in files.items():
            write_atomic(Path(staging) / "figures" / f"{id}{suffix}", content)
    _show(outputs(entry, files[".png"], claims, alt))


def render(
    entry: Entry, numbers: Mapping | None, claims: Sequence[Claim]
) -> tuple[dict[str, bytes], str]:
    """Return the contents of a figure's files by suffix and its alt text.

    The same arguments give the same bytes. Arguments and errors as in `record`.
    """
    numbers = numbers or {}
    if not all(isinstance(c, Claim) for c in claims):
        raise ValueError(
            f"{entry.id}: claims must be made by claim(text, value, comparison, bound)"
        )
    if (entry.figure_class == "C") == bool(numbers) or (numbers and not claims):
        raise ValueError(
            f"{entry.id}: a drawing (class C) has no numbers; every other figure has numbers and "
            "claims"
        )
    room = load_room(entry)
    number_files, layout = encode(entry.id, numbers) if numbers else ({}, {})
    stored = decode(number_files, layout)
    columns = columns_of(entry, room, stored)
    picture = draw_room(entry, room, stored)
    facts = compose(entry, claims, number_files, layout, columns, picture.alt, picture.files)
    return {**picture.files, **number_files, ".json": facts}, picture.alt


def explore(draw: Callable, **choices: Sequence) -> None:
    """Draw with one parameter varied: a slider in a live notebook, small multiples in a built one.

    Parameters
    ----------
    draw : callable
        `draw(ax, value)` draws on the axes for one value of the parameter and returns a sentence
        with the numbers to be seen, for those who cannot see them. All frames share one scale.
    **choices : sequence
        Exactly one, name=values: in a built lesson six or eight values.
    """
    if len(choices) != 1:
        raise ValueError(f"explore: give one parameter name=values, got {sorted(choices)}")
    ((name, values),) = choices.items()
    if STAGING_VARIABLE in os.environ:
        _show(frames(draw, name, list(values)))
        return
    import ipywidgets

    def show(value):
        _, ax = plt.subplots(figsize=(COLUMN, 2.6))
        words = described(draw, ax, value)
        plt.show()
        print(words)

    slider = ipywidgets.SelectionSlider(
        options=list(values), description=name, style={"description_width": "initial"}
    )
    ipywidgets.interact(show, value=slider)


def _show(shown: list[dict]) -> None:
    try:
        from IPython import get_ipython
    except ImportError:
        return
    if get_ipython() is None:
        return
    from IPython.display import display

    for output in shown:
        display(output["data"], metadata=output["metadata"], raw=True)
