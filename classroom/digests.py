"""Answers as salted digests of rounded values: they can be compared, and are not written down.

A number x is rounded on the grid of its logarithm with a step, the tolerance. The digests of its
cell and of both neighbours are stored: an answer is taken when it deviates by less than the
tolerance and refused when it deviates by more than twice the tolerance, relative to x.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence

import numpy as np

from classroom.forms import MOST_LEAVES, Form

LENGTH = 12  # hexadecimal digits of a digest
COARSE = 0.2  # what counts as close


def salt_of(id: str) -> str:
    """Return the salt of an exercise; the same for the same exercise, so that files do not vary."""
    return hashlib.sha256(f"exercise {id}".encode()).hexdigest()[:16]


def seal(form: Form, salt: str, tolerance: float, zero: float) -> list[str]:
    """Return for every leaf the digests of its token and of the neighbours, joined."""
    return ["".join(_digest(salt, place, token) for token in tokens(leaf, tolerance, zero))
            for place, leaf in _chosen(form)]  # fmt: skip


def matches(form: Form, sealed: Sequence[str], salt: str, tolerance: float, zero: float):
    """Return for every stored leaf whether the answer's leaf is it; None where shapes differ."""
    chosen = _chosen(form)
    if len(chosen) != len(sealed):
        return None
    return [
        _digest(salt, place, tokens(leaf, tolerance, zero)[0]) in _cut(stored)
        for (place, leaf), stored in zip(chosen, sealed, strict=True)
    ]


def tokens(leaf, tolerance: float, zero: float) -> list[str]:
    """Return the token of a leaf, and for a number those of the neighbouring cells after it.

    Of a complex number real and imaginary part have a token each; all pairs of neighbours count.
    """
    if isinstance(leaf, bool | str):
        return [str(leaf)]
    if isinstance(leaf, complex):
        real, imaginary = (_grid(part, tolerance, zero) for part in (leaf.real, leaf.imag))
        if imaginary != ["0"]:
            return [f"{a} {b}i" for a in real for b in imaginary]
        leaf = leaf.real
    return _grid(float(leaf), tolerance, zero)


def _grid(value: float, tolerance: float, zero: float) -> list[str]:
    if not math.isfinite(value):
        return [str(value)]
    if abs(value) <= zero:
        return ["0"]
    cell = round(math.log(abs(value)) / tolerance)
    sign = "-" if value < 0 else "+"
    return [f"{sign}{cell + shift}" for shift in (0, -1, 1)]


def _chosen(form: Form) -> list[tuple[int, object]]:
    """Return (place, leaf) of the leaves that are compared: all, or some of a large array."""
    count = len(form.leaves)
    places = range(count)
    if count > MOST_LEAVES:
        places = np.unique(np.linspace(0, count - 1, MOST_LEAVES).round().astype(int)).tolist()
    return [(place, form.leaves[place]) for place in places]


def _digest(salt: str, place: int, token: str) -> str:
    return hashlib.sha256(f"{salt} {place} {token}".encode()).hexdigest()[:LENGTH]


def _cut(stored: str) -> list[str]:
    return [stored[k : k + LENGTH] for k in range(0, len(stored), LENGTH)]
