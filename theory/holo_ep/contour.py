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

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from theory import checks
from theory.door import door
from theory.ep.power_series import radius_of_convergence


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


@door(coefficients="complex 2d", points=">= 1")
def aliased(coefficients: np.ndarray, points: int, radius: float) -> np.ndarray:
    """Return the predicted error of the estimate with N points on a circle about 0, (values,).

    Parameters
    ----------
    coefficients : ndarray, shape (orders, values)
        The power series of g, as from `nudged_series`; orders above N + 1 are needed.
    points : int
        N, at least 1.
    radius : float
        Smaller than the radius of convergence; negative for one point away from the target.
    """
    checks.positive("radius", abs(radius))
    size = np.linalg.norm(coefficients, axis=1)
    if len(size) > 20 and np.count_nonzero(size[(len(size) + 1) // 2 :]) > 3:
        limit = radius_of_convergence(coefficients[1:])
        if abs(radius) > 1.2 * limit:
            raise ValueError(
                f"radius: {radius:g} is beyond the radius of convergence of the coefficients, "
                f"about {limit:.2g}, where their sum predicts nothing"
            )
    if points + 1 >= len(coefficients):
        raise ValueError(
            f"coefficients: {len(coefficients)} orders do not reach the first error of {points} "
            f"points, order {points + 1}"
        )
    orders = np.arange(points + 1, len(coefficients), points)
    return radius ** (orders - 1.0) @ coefficients[orders]


@door(points=">= 2", radius="> 0", circle="> 0", largest=">= 0")
def aliasing_bound(largest: float, circle: float, points: int, radius: float) -> float:
    r"""Return the bound of the error by Cauchy's estimate on a larger circle.

    :math:`\frac{M_R}{R} \frac{q^N}{1 - q^N}, q = |\beta| / R`, for N of at least 2.

    Parameters
    ----------
    largest : float
        :math:`M_R`, largest norm of g on the circle of modulus R.
    circle : float
        R, between the radius used and the radius of convergence.
    """
    if radius >= circle:
        raise ValueError(f"circle: {circle:g} has to be larger than the radius {radius:g}")
    ratio = (radius / circle) ** points
    return largest / circle * ratio / (1 - ratio)


@door(coefficients="complex 2d", most=">= 1")
def points_needed(coefficients: np.ndarray, radius: float, tolerance: float, most: int = 64) -> int:
    """Return the smallest N whose predicted relative error is below a tolerance.

    Raises
    ------
    ValueError
        Where not even the most points suffice, or the series is too short for them.
    """
    size, most = np.linalg.norm(coefficients[1]), min(most, len(coefficients) - 2)
    for points in range(1, most + 1):
        if np.linalg.norm(aliased(coefficients, points, radius)) < tolerance * size:
            return points
    raise ValueError(
        f"tolerance: {tolerance:g} is not reached with {most} points on |nudge| = {radius:g}; use "
        "a smaller radius or a longer series"
    )


@door(coefficients="complex 2d")
def predicted_error(
    coefficients: np.ndarray, variance: float, points: int, radius: float, readings: int = 1
) -> float:
    """Return the mean square error of a noisy estimate, summed over the parameters.

    Parameters
    ----------
    coefficients : ndarray, shape (orders, parameters)
        From `nudged_series`, for the parameters wanted.
    variance : float
        Squared noise times the summed `product_variance` of these parameters.
    """
    bias = aliased(coefficients, points, radius)
    return float(bias @ bias + variance * Contour.circle(points, radius).noise_gain(readings))


@door(coefficients="complex 2d", largest="> 0")
def best_radius(
    coefficients: np.ndarray, variance: float, points: int, largest: float, readings: int = 1
) -> tuple[float, float]:
    """Return the radius up to `largest` with the least mean square error, and that error.

    Close to `leading_best_radius` while that lies well inside the radius of convergence.
    """
    radii = largest * np.geomspace(1e-4, 1, 600)
    errors = [predicted_error(coefficients, variance, points, r, readings) for r in radii]
    best = int(np.argmin(errors))
    return float(radii[best]), errors[best]


@door(coefficients="complex 2d")
def leading_best_radius(
    coefficients: np.ndarray, variance: float, points: int, readings: int = 1
) -> float:
    r"""Return the best radius by the leading error alone, in closed form.

    :math:`(\text{gain} \cdot V / (N \lVert c_{N+1} \rVert^2))^{1/(2N+2)}`.
    """
    leading = np.sum(coefficients[points + 1] ** 2)
    gain = variance * Contour.circle(points, 1.0).noise_gain(readings)
    return float((gain / (points * leading)) ** (1 / (2 * points + 2)))
