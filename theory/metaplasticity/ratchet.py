r"""The metaplastic ratchet: zero-mean noise alone makes hidden weights grow.

Updates are +g or -g with equal probability; the inward one is multiplied by
:math:`f = \operatorname{sech}^2(mW)`. The scaled weight :math:`x = m|W|` then makes steps
:math:`+\kappa` or :math:`-\kappa f(x)`, :math:`\kappa = mg`.
"""

from __future__ import annotations

import numpy as np
from scipy.integrate import cumulative_trapezoid
from scipy.sparse import csc_matrix, identity
from scipy.sparse.linalg import spsolve

from theory import checks
from theory.door import door
from theory.metaplasticity.modulation import (
    metaplastic_factor,
    modulated_update,
    nonnegative_array,
)
from theory.numerics import NotConverged


@door
def ratchet_drift(
    hidden: np.ndarray, amplitude: float | np.ndarray, metaplasticity: float | np.ndarray
) -> np.ndarray:
    r"""Return the mean outward change per update, :math:`\tfrac g2\tanh^2(mW)`; all broadcast."""
    amplitude = nonnegative_array("amplitude", amplitude)
    metaplasticity = nonnegative_array("metaplasticity", metaplasticity)
    hidden = np.asarray(hidden, float)
    return 0.5 * amplitude * np.tanh(metaplasticity * hidden) ** 2


@door(strength="> 0")
def diffusion_flip_probability(start: np.ndarray, strength: float) -> np.ndarray:
    r"""Return the probability ever to change sign from x = start, in the diffusion limit.

    :math:`P = \int_{x_0}^\infty\psi / \int_0^\infty\psi`,
    :math:`\psi(y) = \exp\{-\tfrac2\kappa\int_0^y\frac{1-f}{1+f^2}\}`. To leading order in the noise
    strength :math:`\kappa = mg`; it neglects that a single step can cross zero.
    """
    start = np.asarray(start, float)
    if np.any(start < 0):
        raise ValueError(f"start must be 0 or above, a scaled size m|W|, not {start.min():g}")
    y = np.linspace(0, 40 * max(strength, strength ** (1 / 3), 0.1) + 1, 20001)
    factor = metaplastic_factor(y, 1.0)
    exponent = cumulative_trapezoid((1 - factor) / (1 + factor**2), y, initial=0)
    tail = cumulative_trapezoid(np.exp(-2 / strength * exponent), y, initial=0)
    return np.interp(start, y, 1 - tail / tail[-1])


@door(strength=">= 0.0001", tolerance="> 0")
def flip_probability(
    start: np.ndarray, strength: float, *, cells: int | None = None, tolerance: float = 3e-4
) -> np.ndarray:
    r"""Return the probability ever to change sign from x = start, for steps of finite size.

    It solves the backward equation
    :math:`P(x) = \tfrac12 P(x + \kappa) + \tfrac12 P(x - \kappa f(x))`, P = 1 for x < 0 and 0 far
    out. The grid divides a step :math:`\kappa` evenly, so that outward steps meet grid points and
    only inward ones are interpolated (linearly).

    Parameters
    ----------
    start : array_like
        :math:`x_0 = m|W_0| \ge 0`.
    strength : float
        :math:`\kappa = mg`, 1e-4 or above.
    cells : int, optional
        Cells of the grid per step. Default: doubled from 16 on until the answer moves by less than
        the tolerance, on average over the starts and over the scale on which P falls.
    tolerance : float
        Absolute.

    Raises
    ------
    NotConverged
        If 512 cells a step do not suffice.

    Notes
    -----
    P jumps at 0, hence by half as much where one inward step leads to 0, and so on: the error falls
    about as one over the cells, irregularly next to a jump.
    """
    start = np.asarray(start, float)
    if np.any(start < 0):
        raise ValueError(f"start must be 0 or above, a scaled size m|W|, not {start.min():g}")
    far = _certain(strength)
    if cells is not None:
        return _solved(start, strength, far, checks.integer_at_least("cells", cells, 1))
    probes = np.concatenate([start.ravel(), np.linspace(0, far, 101)])
    cells, values = 16, _solved(probes, strength, far, 16)
    while True:
        cells *= 2
        finer = _solved(probes, strength, far, cells)
        change = np.abs(finer - values).mean()
        if change < tolerance:
            return finer[: start.size].reshape(start.shape)[()]
        if cells >= 512:
            raise NotConverged(
                "flip_probability: the grid does not converge; ask for a larger tolerance",
                residual=float(change),
                iterations=cells,
            )
        values = finer


def _certain(strength: float) -> float:
    """Return the size beyond which a flip is less likely than 1e-13, from the diffusion limit."""
    y = np.linspace(0, 3 + 20 * strength, 4001)
    factor = metaplastic_factor(y, 1.0)
    exponent = 2 / strength * cumulative_trapezoid((1 - factor) / (1 + factor**2), y, initial=0)
    return float(np.interp(30.0, exponent, y)) + 3 * strength


def _solved(start, strength, far, cells):
    spacing = strength / cells
    x = spacing * np.arange(int(np.ceil(far / spacing)) + 1)
    points, rows = len(x), np.arange(len(x))
    inward = x - strength * metaplastic_factor(x, 1.0)
    place = np.maximum(inward / spacing, 0.0)
    left = place.astype(int)
    weight, inside = place - left, 0.5 * (inward >= 0)
    outward = rows[: points - cells]
    entries = (
        np.concatenate([np.full(len(outward), 0.5), (1 - weight) * inside, weight * inside]),
        (
            np.concatenate([outward, rows, rows]),
            np.concatenate([outward + cells, left, np.minimum(left + 1, points - 1)]),
        ),
    )
    matrix = identity(points) - csc_matrix(entries, (points, points))
    return np.interp(start, x, spsolve(matrix.tocsc(), 0.5 * (inward < 0)), right=0.0)


@door(steps=">= 1")
def simulate_ratchet(
    initial: np.ndarray, amplitude: float | np.ndarray, metaplasticity, steps: int, rng
) -> tuple[np.ndarray, np.ndarray]:
    """Drive hidden weights by random updates of one size; return them and who ever changed sign.

    Parameters
    ----------
    initial : array_like, shape (n,)
    amplitude : array_like
        Size g of an update, 0 or above; one, or one a hidden weight.
    metaplasticity : float, array_like, law or callable
        One for all, one a hidden weight, a law or your own factor.
    steps : int
    rng : Generator or int

    Returns
    -------
    hidden : ndarray, shape (n,)
    flipped : ndarray of bool, shape (n,)
    """
    hidden = checks.finite_array("initial", initial, shape=(None,)).copy()
    amplitude = nonnegative_array("amplitude", amplitude)
    rng = checks.as_rng(rng)
    negative = hidden < 0
    flipped = np.zeros(hidden.shape, bool)
    for _ in range(steps):
        update = amplitude * (2.0 * rng.integers(0, 2, len(hidden)) - 1)
        hidden += modulated_update(hidden, update, metaplasticity)
        flipped |= (hidden < 0) != negative
    return hidden, flipped
