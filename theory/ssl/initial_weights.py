r"""The initial weights and inputs of the released toy code, without its framework.

The framework's generator is the Mersenne twister seeded like `numpy.random.RandomState`; its
single-precision normals come from Box-Muller pairs of 24-bit uniforms in blocks of 16, or, for
fewer than 16 numbers, from pairs of 53-bit uniforms one at a time. Reproducing both gives the
paper's starting points to single precision.

Source: released code of Halvagal, Laborieux, Zenke 2023 (seed and shapes); the generator's
algorithm compared with the framework to 1.3e-6.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from theory import checks
from theory.door import door

SEED = 2
BLOCK = 16


@door(seed="in [0, 4294967295]")
class FrameworkNormals:
    """Normal numbers in the order in which the released code's framework would give them.

    Parameters
    ----------
    seed : int
        In [0, 2^32 - 1].
    """

    def __init__(self, seed: int = SEED):
        self._twister = np.random.RandomState(checks.integer_at_least("seed", seed, 0))
        self._spare = None

    def draw(self, *shape: int) -> np.ndarray:
        """Return normal numbers of a shape, filled row by row, as float64 of 32-bit values."""
        size = int(np.prod(shape))
        values = self._blocks(size) if size >= BLOCK else self._one_by_one(size)
        return values.astype(np.float32).astype(float).reshape(shape)

    def _words(self, size):
        return self._twister.randint(0, 2**32, size=size, dtype=np.uint32)

    def _blocks(self, size):
        uniform = (self._words(size) & 0xFFFFFF) * np.float32(2.0**-24)
        whole = size - size % BLOCK
        values = np.empty(size, np.float32)
        values[:whole] = _box_muller(uniform[:whole].reshape(-1, 2, BLOCK // 2)).ravel()
        if size % BLOCK:  # the last sixteen numbers are drawn anew
            uniform = (self._words(BLOCK) & 0xFFFFFF) * np.float32(2.0**-24)
            values[-BLOCK:] = _box_muller(uniform.reshape(1, 2, BLOCK // 2)).ravel()
        return values

    def _one_by_one(self, size):
        values = np.empty(size)
        for k in range(size):
            if self._spare is not None:
                values[k], self._spare = self._spare, None
                continue
            angle, radius = (self._uniform53() for _ in range(2))
            radius = np.sqrt(-2 * np.log1p(-radius))
            values[k] = radius * np.cos(2 * np.pi * angle)
            self._spare = radius * np.sin(2 * np.pi * angle)
        return values

    def _uniform53(self):
        high, low = (int(word) for word in self._words(2))
        return ((high << 32 | low) & (2**53 - 1)) * 2.0**-53


def _box_muller(pairs):
    """Pairs of uniforms, shape (n, 2, 8), to normals of the same shape."""
    radius = np.sqrt(-2 * np.log(1 - pairs[:, 0]))
    angle = np.float32(2 * np.pi) * pairs[:, 1]
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


@dataclass(frozen=True, eq=False)
class PaperStart:
    """Initial weights of the toy networks, and the inputs whose paths Fig. 2 draws.

    Attributes
    ----------
    two_units : ndarray, shape (2, 6)
    ten_units : ndarray, shape (10, 15)
    inputs : ndarray, shape (6, 20)
        The twenty inputs of largest norm out of 5000.
    three_starts : tuple of ndarray, shape (2, 6)
        The starts of Fig. 5.
    """

    two_units: np.ndarray
    ten_units: np.ndarray
    inputs: np.ndarray
    three_starts: tuple[np.ndarray, np.ndarray, np.ndarray]


@door
def paper_start() -> PaperStart:
    """Return the starting points of Figs. 2, 5 and 6, all from the paper's seed."""
    points = FrameworkNormals().draw(6, 5000)
    order = np.argsort(np.linalg.norm(points, axis=0))
    first = FrameworkNormals()
    weights = first.draw(2, 6)
    return PaperStart(
        two_units=weights / 4,
        ten_units=FrameworkNormals().draw(10, 15) / 4,
        inputs=points[:, order[-20:]],
        three_starts=(weights / 4, weights / 2, first.draw(2, 6) / 2),
    )
