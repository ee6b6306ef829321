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
from theory.metaplasticity.modulation import metaplastic_factor, modulated_update


def ratchet_drift(hidden: np.ndarray, amplitude: float, metaplasticity: float) -> np.ndarray:
    r"""Return the mean outward change per update, :math:`\tfrac g2\tanh^2(mW)`."""
    amplitude = checks.nonnegative("amplitude", amplitude)
    metaplasticity = checks.nonnegative("metaplasticity", metaplasticity)
    return 0.5 * amplitude * np.tanh(metaplasticity * np.asarray(hidden, float)) ** 2


def diffusion_flip_probability(start: np.ndarray, strength: float) -> np.ndarray:
    r"""Return the probability ever to change sign from x = start, in the diffusion limit.

    :math:`P = \int_{x_0}^\infty\psi / \int_0^\infty\psi`,
    :math:`\psi(y) = \exp\{-\tfrac2\kappa\int_0^y\frac{1-f}{1+f^2}\}`. To leading order in the noise
    strength :math:`\kappa = mg`; it neglects that a single step can cross zero.
    """
    strength = checks.positive("strength", strength)
    y = np.linspace(0, 40 * max(strength, strength ** (1 / 3), 0.1) + 1, 20001)
    factor = metaplastic_factor(y, 1.0)
    exponent = cumulative_trapezoid((1 - factor) / (1 + factor**2), y, initial=0)
    tail = cumulative_trapezoid(np.exp(-2 / strength * exponent), y, initial=0)
    return np.interp(start, y, 1 - tail / tail[-1])


def flip_probability(start: np.ndarray, strength: float, *, points: int = 4000) -> np.ndarray:
    r"""Return the probability ever to change sign from x = start, for steps of finite size.

    It solves the backward equation
    :math:`P(x) = \tfrac12 P(x + \kappa) + \tfrac12 P(x - \kappa f(x))`, P = 1 for x < 0 and 0 far
    out, on a grid with linear interpolation.

    Parameters
    ----------
    start : array_like
        :math:`x_0 = m|W_0| \ge 0`.
    strength : float
        :math:`\kappa = mg > 0`.
    points : int
        Grid points; the error falls about linearly with their distance (P jumps at 0).
    """
    strength = checks.positive("strength", strength)
    far = 3.0 + 10 * strength + np.max(start, initial=0.0)
    x = np.linspace(0, far, checks.integer_at_least("points", points, 10))
    spacing = x[1]

    def interpolation(target):
        place = np.clip(target / spacing, 0, points - 1.001)
        left = place.astype(int)
        weight = place - left
        inside = (target >= 0) & (target <= far)
        rows = np.tile(np.arange(points), 2)
        columns = np.concatenate([left, left + 1])
        values = np.concatenate([(1 - weight) * inside, weight * inside])
        return csc_matrix((values, (rows, columns)), (points, points))

    inward = x - strength * metaplastic_factor(x, 1.0)
    matrix = identity(points) - 0.5 * (interpolation(x + strength) + interpolation(inward))
    solution = spsolve(matrix.tocsc(), 0.5 * (inward < 0))
    return np.interp(start, x, solution)


def simulate_ratchet(
    initial: np.ndarray, amplitude: float, metaplasticity: float, steps: int, rng
) -> tuple[np.ndarray, np.ndarray]:
    """Drive hidden weights by random updates of one size; return them and who ever changed sign.

    Parameters
    ----------
    initial : array_like, shape (n,)
    amplitude : float
        Size g of an update.
    metaplasticity : float
    steps : int
    rng : Generator or int

    Returns
    -------
    hidden : ndarray, shape (n,)
    flipped : ndarray of bool, shape (n,)
    """
    hidden = checks.finite_array("initial", initial, shape=(None,)).copy()
    rng = checks.as_rng(rng)
    negative = hidden < 0
    flipped = np.zeros(hidden.shape, bool)
    for _ in range(checks.integer_at_least("steps", steps, 1)):
        update = amplitude * (2.0 * rng.integers(0, 2, len(hidden)) - 1)
        hidden += modulated_update(hidden, update, metaplasticity)
        flipped |= (hidden < 0) != negative
    return hidden, flipped
