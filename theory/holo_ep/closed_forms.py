r"""What contours measure, predicted: the linear field, the power series, and bounds of the error.

With :math:`g(\beta) = \sum_m c_m \beta^m`, N equidistant points on the circle :math:`|\beta|` see
:math:`c_1 + c_{N+1} |\beta|^N + c_{2N+1} |\beta|^{2N} + \dots` from N = 2 on; all other powers
cancel. Coefficients come from the fixed-point equation; no nudged equilibrium is computed.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from theory import checks
from theory.door import door
from theory.ep.bias_series import gradient_series
from theory.ep.losses import softmax_series
from theory.ep.power_series import equilibrium_series, radius_of_convergence
from theory.holo_ep.clamped_network import ClampedNetwork
from theory.holo_ep.field import Field, require_invertible


@door(jacobian="complex 2d", drive="complex 1d", readout="complex 2d", target="complex 1d")
class LinearField(Field):
    r"""The linear field :math:`F = J u + b` with the loss :math:`\tfrac12 |P u - y|^2`.

    Both biases are closed forms: :math:`u^*_\beta = u^*_0 + \beta (1 - \beta R)^{-1} J^{-1} c` with
    :math:`R = J^{-1} P^\top P`.

    Parameters
    ----------
    jacobian : array_like, shape (n, n)
        With an inverse.
    drive : array_like, shape (n,)
    readout : array_like, shape (outputs, n)
        P.
    target : array_like, shape (outputs,)
        y.
    """

    def __init__(self, jacobian, drive, readout, target):
        matrix = checks.finite_array("jacobian", jacobian, ndim=2)
        self.matrix = checks.finite_array("jacobian", matrix, shape=(len(matrix), len(matrix)))
        require_invertible(self.matrix)
        self.drive = checks.finite_array("drive", drive, shape=(len(matrix),))
        self.readout = checks.finite_array("readout", readout, shape=(None, len(matrix)))
        self.target = checks.finite_array("target", target, shape=(len(self.readout),))
        self.start = np.zeros(len(matrix))

    def force(self, states):
        return states @ self.matrix.T + self.drive

    def loss_gradient(self, states):
        return (states @ self.readout.T - self.target) @ self.readout

    def jacobian(self, states, nudges=0.0):
        bend = np.asarray(nudges)[..., None, None] * (self.readout.T @ self.readout)
        return np.broadcast_to(self.matrix - bend, (*np.shape(states), len(self.matrix)))

    @cached_property
    def free(self):
        return -np.linalg.solve(self.matrix, self.drive)

    def settled_states(self, nudges):
        nudges = np.asarray(nudges)[..., None]
        right = nudges * (self.target @ self.readout) + self.drive
        matrices = self.jacobian(np.zeros_like(right), nudges[..., 0])
        return -np.linalg.solve(matrices, right[..., None])[..., 0]

    @property
    def compliance(self) -> np.ndarray:
        """R, by how much the state yields to the curvature of the loss."""
        return np.linalg.solve(self.matrix, self.readout.T @ self.readout)

    @property
    def radius(self) -> float:
        """How far the series in the nudge converges: 1 over the spectral radius of R."""
        return float(1 / np.abs(np.linalg.eigvals(self.compliance)).max())

    def predicted_estimate(self, points: int, radius: float) -> np.ndarray:
        r"""Return the closed form :math:`(1 - (|\beta| R)^N)^{-1}` times the nudged error.

        Exact for every radius at which the nudged equilibria exist, also beyond the radius of
        convergence; derived here.
        """
        points = checks.integer_at_least("points", points, 1)
        turned = np.linalg.matrix_power(radius * self.compliance, points)
        return np.linalg.solve(np.eye(len(turned)) - turned, self.errors()[1])


@door(order=">= 1")
def nudged_series(clamped: ClampedNetwork, order: int) -> np.ndarray:
    r"""Return the coefficients :math:`c_0 \dots c_{order}` of :math:`g(\beta)`.

    From the fixed-point equation order by order; no nudged equilibrium is computed.

    Returns
    -------
    ndarray, shape (order + 1, parameters)
        In the order of `ClampedNetwork.products`; row 1 is the gradient of the loss.
    """
    states = equilibrium_series(
        clamped.network, clamped.inputs, clamped.targets, order, clamped.loss, clamped.free
    )
    inner = gradient_series(clamped.network, states, clamped.inputs)
    readout = clamped.readout
    if readout is None:
        return inner
    output = states[:, :, clamped.network.slices[-1]]
    logits = output @ readout.weights.T
    logits[0] += readout.biases
    errors = softmax_series(logits)
    errors[0] -= clamped.targets
    rows = [np.zeros(readout.weights.size + logits.shape[-1])]
    for k in range(order):
        weights = sum(errors[j].T @ output[k - j] for j in range(k + 1))
        rows.append(np.concatenate([weights.ravel(), errors[k].sum(axis=0)]) / len(clamped.inputs))
    return np.concatenate([inner, np.stack(rows)], axis=1)


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
    if len(size) > 20 and np.count_nonzero(size[len(size) // 2 :]) > 3:
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


@door(budget="> 0", rate="in (0, 1)", radius_of_convergence="> 0")
def best_number_of_points(
    budget: float, rate: float, radius: float, radius_of_convergence: float
) -> float:
    r"""Return the number of points that shares a budget of steps best, as a real number.

    More points alias less, :math:`(|\beta| / \rho)^N`; but each relaxes for fewer steps, and keeps
    :math:`\lambda^{T/N}` of its distance. The two are equal at :math:`N = \sqrt{T \ln \lambda / \ln
    (|\beta| / \rho)}`.

    Parameters
    ----------
    budget : float
        T, synchronous steps of all points together.
    rate : float
        :math:`\lambda`, spectral radius of a step, between 0 and 1.
    radius, radius_of_convergence : float
        :math:`|\beta| < \rho`.
    """
    limit = radius_of_convergence
    checks.in_range("radius", radius, 0, limit, closed=False)
    return float(np.sqrt(budget * np.log(rate) / np.log(radius / limit)))
