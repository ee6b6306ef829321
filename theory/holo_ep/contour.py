r"""Closed paths of complex nudges, and what a mean over their points measures.

By Cauchy's formula the derivative of a holomorphic g is a mean over any path round 0 that encloses
no singularity. With N points :math:`\beta(\varphi_k)`, equidistant in :math:`\varphi`,

.. math:: \hat g_N = \sum_k w_k\, g(\beta_k), \qquad w_k = \frac{\beta'(\varphi_k)}{i N \beta_k^2} ;

on a circle about 0 that is :math:`\frac1N \sum_k g(\beta_k) / \beta_k` (Laborieux and Zenke 2022),
which sees :math:`c_1 + c_{N+1} |\beta|^N + c_{2N+1} |\beta|^{2N} + \dots`: an error of order N. A
single point stands for the one-sided estimate :math:`(g(\beta) - g(0)) / \beta`. Displaced circles
and ellipses avoid branch points that a circle about 0 would enclose. Their finite sums see the
double pole at 0, too; 0 as a further node and one common factor make the zeroth and the first
moment exact, and with them nothing of the pole is left. Derived here.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from theory.door import door
from theory.holo_ep.branch import Branch, exact_radius
from theory.holo_ep.clamped_network import ClampedNetwork
from theory.holo_ep.field import Field
from theory.numerics import NotConverged


class BeyondBranchPoint(UserWarning):
    """The contour encloses a branch point of the equilibrium: no order of N removes the error."""


@door(nodes="complex 1d", weights="complex 1d")
@dataclass(frozen=True, eq=False)
class Contour:
    """Nudges and weights; ``weights @ g(nodes)`` estimates the derivative of g at 0.

    Attributes
    ----------
    nodes, weights : ndarray of complex, shape (points,)
        0, the free state, is one of them in the one-sided estimate and off the circle about 0.
    centre : float
    half_axes : tuple of float
        Along the real and the imaginary axis; equal on a circle.
    """

    nodes: np.ndarray
    weights: np.ndarray
    centre: float
    half_axes: tuple[float, float]

    @classmethod
    @door(radius="> 0")
    def circle(
        cls, points: int, radius: float, centre: float = 0.0, *, turn: float = 0.0
    ) -> Contour:
        """Return N equidistant points on a circle.

        Parameters
        ----------
        points : int
            N, at least 1; at least 2 off 0.
        radius : float
            Larger than the distance of the centre from 0.
        centre : float
            On the real axis: conjugate nudges have conjugate equilibria.
        turn : float
            Phase of the first point in radians; pi starts on the side away from the target.
        """
        return cls.ellipse(points, radius, radius, centre, turn=turn)

    @classmethod
    @door(along="> 0", across="> 0", points=">= 1")
    def ellipse(
        cls, points: int, along: float, across: float, centre: float = 0.0, *, turn: float = 0.0
    ) -> Contour:
        """Return N points on an ellipse with half axes along and across the real axis."""
        if not abs(centre) < along:
            raise ValueError(f"centre: {centre} leaves 0 outside the contour; stay within {along}")
        if points == 1 and (centre or along != across):
            raise ValueError("points: one point is one-sided and has no centre; take two or more")
        phase = 2 * np.pi * np.arange(points) / points + turn
        if along == across:
            ring = along * np.exp(1j * phase)
            nodes = centre + ring
        else:
            nodes = centre + along * np.cos(phase) + 1j * across * np.sin(phase)
            ring = across * np.cos(phase) + 1j * along * np.sin(phase)
        if centre == 0 and along == across:
            weights = 1 / (points * nodes)
        else:
            weights = ring / nodes**2
            weights = weights / np.sum(weights * nodes)
        if points == 1 or centre or along != across:
            nodes, weights = np.append(nodes, 0), np.append(weights, -weights.sum())
        nodes = np.where(np.abs(nodes.imag) < 1e-12 * np.abs(nodes).max(), nodes.real, nodes)
        return cls(nodes, weights, float(centre), (along, across))

    @property
    def points(self) -> int:
        return int(np.count_nonzero(self.nodes))

    @property
    def real(self) -> bool:
        """Whether all nudges are real, so that no complex derivative is needed."""
        return not self.nodes.imag.any()

    def half(self) -> tuple[np.ndarray, np.ndarray]:
        """Return nodes in the closed upper half plane and weights, for the real part of their sum.

        Of two conjugate nodes one is left, with double weight: a real field answers conjugate
        nudges with conjugate states. Real arrays where all nodes are real.
        """
        conjugates = np.abs(self.nodes[:, None] - self.nodes.conj()).min(axis=0)
        if conjugates.max() > 1e-9 * np.abs(self.nodes).max():
            nodes, weights = self.nodes, self.weights  # a turned circle has no pairs
        else:
            on_axis = self.nodes.imag == 0
            kept = on_axis | (self.nodes.imag > 0)
            nodes = self.nodes[kept]
            weights = np.where(on_axis, self.weights, 2 * self.weights)[kept]
        return (nodes.real, weights.real) if self.real else (nodes, weights)

    @door(readings=">= 1")
    def noise_gain(self, readings: int = 1) -> float:
        """Return the variance of an estimate from values of g with unit variance and real noise.

        The real part of the estimate discards half of the noise where nodes are complex.
        """
        return float(np.sum(self.weights.real**2) / readings)

    @door(singularities="complex 1d")
    def rate(self, singularities: Sequence[complex]) -> float:
        r"""Return the factor by which the error of a mean over N points falls with each point.

        The nodes are :math:`c + p \zeta + q / \zeta` on the unit circle. The trapezoidal rule errs
        by the N-th power of how close the singularities come to it in the plane of :math:`\zeta`:
        on a circle that is the radius over their distance from the centre. At least 1 where a
        singularity is enclosed.

        Parameters
        ----------
        singularities : sequence of complex
            Branch points of the equilibrium in the nudge; conjugates are added.
        """
        along, across = self.half_axes
        p, q, worst = (along + across) / 2, (along - across) / 2, 0.0
        for nudge in np.asarray(singularities, complex):
            shift = nudge - self.centre
            sizes = np.abs(np.roots([p, -shift, q])) if q else np.abs([shift / p])
            enclosed = (shift.real / along) ** 2 + (shift.imag / across) ** 2 <= 1
            worst = max(worst, 1 / sizes.max(), sizes.min() if q else 0.0, float(enclosed))
        return float(worst)


@door(singularities="complex 1d", points=">= 2", noise="> 0")
def best_contour(
    points: int, singularities: Sequence[complex], noise: float, *, centred: bool = False
) -> Contour:
    r"""Return the contour with the least estimated error for branch points and a noise.

    Minimises :math:`q^{2N} + v \sum_k |w_k|^2` with the `rate` q and the variance v of a reading of
    g, noise on both its parts, in units of the squared gradient; over circles about 0, displaced
    circles and ellipses. A model of the error: its constants are set to 1.

    Parameters
    ----------
    points : int
        N, at least 2.
    singularities : sequence of complex
    noise : float
        Root of v, above 0.
    centred : bool
        Circles about 0 only.
    """
    variance, least = noise**2, np.abs(singularities).min()

    def contour(unknown):
        along, (shift, across) = np.exp(unknown[0]), (0.0, 0.0) if centred else unknown[1:]
        shift, across = 0.95 * along * np.tanh(shift), along * np.exp(np.tanh(across))
        return Contour.ellipse(points, along, across, shift, turn=np.pi / points)

    def cost(unknown):
        one = contour(unknown)
        error = one.rate(singularities) ** (2 * points)
        return np.log(error + variance * np.sum(np.abs(one.weights) ** 2))

    starts = [(np.log(f * least), c, 0.0) for f in (0.3, 0.9) for c in (-0.3, 0.0, 0.3)]
    tried = [minimize(cost, s[: 1 if centred else 3], method="Nelder-Mead") for s in starts]
    return contour(min(tried, key=lambda found: found.fun).x)


@door
def contour_estimate(
    field: Field,
    points: int,
    radius: float,
    centre: float = 0.0,
    *,
    steps: int | None = None,
    whole: bool = False,
    warn: bool = True,
) -> np.ndarray:
    r"""Return the derivative by the nudge of what a field shows, from N points on a circle.

    Of a `ClampedNetwork` that is the gradient of the loss, in the order of its `products`; of any
    other Field it is the nudged error, minus the derivative of the state.

    Parameters
    ----------
    field : Field
    points : int
        N, at least 1.
    radius : float
        :math:`|\beta|`, larger than 0.
    centre : float
        Of the circle, on the real axis.
    steps : int, optional
        So many relaxation steps from the free equilibrium for every nudge, as published; by
        default the equilibria themselves.
    whole : bool
        Relax all N nudges instead of half of them.
    warn : bool
        Say so where a circle about 0 encloses a branch point of a clamped network. Where the power
        series suspects one, or there is none, as for the soft clip, it is searched for: some tenths
        of a second for each of at most eight samples.

    Returns
    -------
    ndarray, shape (values,)

    Warns
    -----
    BeyondBranchPoint
    """
    made = Contour.circle(points, radius, centre)
    if warn and not centre:
        _warn(field, points, radius)
    return _estimates(field, [made], steps, whole)[0]


@door(radii="> 0")
def contour_estimates(
    field: Field,
    points: int,
    radii: Sequence[float],
    *,
    steps: int | None = None,
    whole: bool = False,
    warn: bool = True,
) -> np.ndarray:
    """Return the estimates from circles of several radii about 0, relaxed together.

    Parameters as in `contour_estimate`, with a sequence of radii.

    Returns
    -------
    ndarray, shape (radii, values)
    """
    if np.ndim(radii) != 1 or not len(radii):
        raise ValueError("radii: a sequence of numbers above 0 is needed; one radius goes to "
                         "contour_estimate")  # fmt: skip
    made = [Contour.circle(points, radius) for radius in radii]
    if warn:
        _warn(field, points, max(radii))
    return _estimates(field, made, steps, whole)


@door
def mean_over(field: Field, contour: Contour, *, steps: int | None = None) -> np.ndarray:
    """Return the estimate of a contour of any shape, as `contour_estimate` does for circles."""
    return _estimates(field, [contour], steps, False)[0]


def _estimates(field, contours, steps, whole):
    if whole:
        pairs = [(c.nodes.real if c.real else c.nodes, c.weights) for c in contours]
    else:
        pairs = [contour.half() for contour in contours]
    nodes, weights = (np.stack(parts) for parts in zip(*pairs, strict=True))
    nudges = nodes.ravel()
    if np.iscomplexobj(nudges):
        field.require_holomorphic()
    free = np.asarray(field.free)
    states = np.broadcast_to(free, (len(nudges), *free.shape)).astype(nodes.dtype)
    moved = nudges != 0
    if steps is None:
        settled = field.settled_states(nudges[moved])
        states[moved] = settled if np.iscomplexobj(states) else settled.real
    else:
        states[moved] = field.relaxed_states(nudges[moved], steps)[0]
    values = field.observe(states, nudges).reshape(*nodes.shape, -1)
    return np.real(np.einsum("rn,rnp->rp", weights, values))


def _warn(field, points, radius):
    """Warn of a branch point of a clamped network inside, where the series suspects one."""
    if points <= 2 or not isinstance(field, ClampedNetwork):
        return  # two real nudges enclose nothing
    estimates = field.radius_estimates
    for index in np.flatnonzero(~(estimates >= 1.3 * radius))[:8]:
        try:  # where there is no series, the whole disc is searched
            limit = exact_radius(Branch(field, index), np.fmin(1.5 * estimates[index], radius))
        except NotConverged:
            continue
        warnings.warn(
            f"radius: the contour at |nudge| = {radius:g} encloses a branch point of the "
            f"equilibrium at |nudge| = {limit:.4g}; no number of points makes the estimate exact "
            f"there: stay below it, or move the centre",
            BeyondBranchPoint,
            stacklevel=4,
        )
        return
