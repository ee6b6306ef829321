r"""Networks that lag, fluctuate and round: simulation and prediction side by side.

**Lag.** The nudge turns by :math:`\varphi = 2\pi/N` after every T synchronous steps, without rest
and without a free phase. A network that has forgotten its start is again a holomorphic function of
the nudge, :math:`S(e^{i\varphi} \beta)` being what T steps make of :math:`S(\beta)`, so that its
first harmonic is its first coefficient, whatever the radius:

.. math:: S_1 = (I - e^{-i \varphi} M^T)^{-1} (I - M^T)\, s_1 ,

with the Jacobian M of one step and the derivative :math:`s_1` of the equilibrium.

**Noise** of standard deviation :math:`\varsigma` on every preactivation in every step: states
fluctuate with the covariance :math:`\Sigma = M \Sigma M^\top + \varsigma^2 D^2`, products with a
variance V, and the mean square error of N readings is

.. math:: \Bigl\lVert \sum_j c_{1 + jN} |\beta|^{jN} \Bigr\rVert^2 + V G

with the noise gain G of the contour, 1 / (2 N |beta|^2) from N = 3 on. Valid for weak noise and a
radius where the free state's fluctuations still hold. Both are derived here; the continuous-time
estimate and the noisy runs are those of Laborieux and Zenke 2022.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy.linalg import solve_discrete_lyapunov

from theory import checks
from theory.door import door
from theory.ep.equilibria import update
from theory.ep.gradients import error_gradient, loss_gradient
from theory.holo_ep.clamped_network import ClampedNetwork
from theory.holo_ep.closed_forms import aliased
from theory.holo_ep.contour import Contour

READINGS = 5  # of the one-sided estimate in each phase, as published


@dataclass(frozen=True, eq=False)
class OscillationRun:
    """What is read off a network under an oscillating teacher.

    Attributes
    ----------
    estimates : ndarray, shape (periods, parameters)
        Running average of the estimate at the end of every period.
    residual : float
        Norm of what one more step would change, mean over the samples and over the teaching steps
        of the last period.
    states : ndarray of complex, shape (periods * points, batch, units)
        At the end of every teaching step.
    """

    estimates: np.ndarray
    residual: float
    states: np.ndarray


@door(initial="complex", points=">= 2", steps=">= 1", periods=">= 1", radius="> 0", noise=">= 0")
def oscillate(
    clamped: ClampedNetwork,
    points: int,
    radius: float,
    steps: int,
    periods: int,
    *,
    initial: np.ndarray | None = None,
    noise: float = 0.0,
    rng: np.random.Generator | int | None = None,
) -> OscillationRun:
    """Run a network under an oscillating teacher.

    Parameters
    ----------
    clamped : ClampedNetwork
    points : int
        Teaching steps in a period, at least 2.
    radius : float
        Modulus of the nudge.
    steps : int
        Synchronous steps of the network in every teaching step.
    periods : int
    initial : ndarray, shape (batch, units), optional
        All zero by default, as published.
    noise : float
        Standard deviation of real noise added to every preactivation in every step.
    rng : Generator or int
        Needed with noise.
    """
    rng = checks.as_rng(rng) if noise else None
    clamped.require_holomorphic()
    drive = clamped.network.drive(clamped.inputs)
    states = np.zeros(drive.shape, complex)
    if initial is not None:
        states += initial
    nudges = Contour.circle(points, radius).nodes

    def step(now, nudge):
        # Noise on a preactivation is noise on its drive.
        pushed = drive + noise * rng.standard_normal(drive.shape) if noise else drive
        return update(clamped.network, now, pushed, clamped.targets, nudge, clamped.loss)

    total, estimates, seen, residuals = 0, [], [], []
    for period in range(periods):
        for nudge in nudges:
            for _ in range(steps):
                states = step(states, nudge)
            seen.append(states)
            total = total + np.real(clamped.products(states[None], np.array([nudge]))[0] / nudge)
            if period == periods - 1:
                residuals.append(np.linalg.norm(step(states, nudge) - states, axis=1).mean())
        estimates.append(total / (points * (period + 1)))
    return OscillationRun(np.stack(estimates), float(np.mean(residuals)), np.stack(seen))


@door
def relaxation_rate(clamped: ClampedNetwork) -> float:
    """Return the largest spectral radius of a step over the samples, 0 to 1 where it settles."""
    return float(np.abs(np.linalg.eigvals(clamped.step_jacobians())).max())


def _lag(clamped: ClampedNetwork, points: int, steps: int):
    """Return M, the derivative of the equilibrium, M^T and the turn back of a teaching step."""
    jacobian = clamped.step_jacobians()
    force = clamped.free_slopes() * loss_gradient(
        clamped.network, clamped.free, clamped.targets, clamped.loss
    )
    derivative = -np.linalg.solve(np.eye(clamped.units) - jacobian, force[..., None])
    power = np.linalg.matrix_power(jacobian, steps)
    return jacobian, derivative, power, np.exp(-2j * np.pi / points)


@door(points=">= 2", steps=">= 1")
def lagged_gradient(clamped: ClampedNetwork, points: int, steps: int) -> np.ndarray:
    """Return the estimate that the steady oscillation gives, up to aliasing.

    Parameters
    ----------
    clamped : ClampedNetwork
    points : int
        Teaching steps in a period, at least 2.
    steps : int
        Synchronous steps in a teaching step.

    Returns
    -------
    ndarray, shape (network parameters,)
        Without those of a read-out, which do not lag.
    """
    _, derivative, power, turn = _lag(clamped, points, steps)
    unit = np.eye(clamped.units)
    harmonic = np.linalg.solve(unit - turn * power, (unit - power) @ derivative)[..., 0].real
    return error_gradient(clamped.network, clamped.free, -harmonic, clamped.inputs).flat()


@door(points=">= 2", steps=">= 1", radius="> 0")
def lagged_residual(clamped: ClampedNetwork, points: int, steps: int, radius: float) -> float:
    r"""Return how far from rest the steady oscillation is, to first order in the radius.

    The norm of what one more step would change, mean over the samples, as `oscillate` measures it:
    :math:`|\beta|\, \lVert (M - I)(S_1 - s_1) \rVert`. Its relative error is of order |beta|.

    Parameters are those of `lagged_gradient` and the modulus of the nudge.
    """
    jacobian, derivative, power, turn = _lag(clamped, points, steps)
    unit = np.eye(clamped.units)
    # S_1 - s_1 by itself: the difference of both would cancel all digits for long steps.
    behind = (turn - 1) * np.linalg.solve(unit - turn * power, power @ derivative)
    change = (jacobian - unit) @ behind
    return float(radius * np.linalg.norm(change[..., 0], axis=1).mean())


@door(noise=">= 0", steps=">= 1", copies=">= 1")
def noisy_estimates(
    clamped: ClampedNetwork,
    points: int,
    radius: float,
    noise: float,
    rng: np.random.Generator | int,
    *,
    steps: int = 60,
    copies: int = 1,
    readings: int | None = None,
) -> np.ndarray:
    """Return independent estimates of the gradient by a network whose neurons are noisy.

    As in the published runs the network is carried over from one nudge to the next, without a
    return to its free state, and the one-sided estimate averages several readings of each phase.

    Parameters
    ----------
    clamped : ClampedNetwork
    points : int
        1 for the one-sided estimate, else N on a circle. All N are relaxed: noise breaks the
        symmetry of conjugate nudges.
    radius : float
    noise : float
        Standard deviation, at least 0.
    rng : Generator or int
    steps : int
        Synchronous steps before every reading.
    copies : int
        Independent networks.
    readings : int, optional
        How often every nudged state is read, `steps` steps apart; by default 5 for the one-sided
        estimate and 1 on a circle.

    Returns
    -------
    ndarray, shape (copies, parameters)
    """
    made = Contour.circle(points, radius)
    rng = checks.as_rng(rng)
    readings = READINGS if points == 1 and readings is None else (readings or 1)
    if points > 2:
        clamped.require_holomorphic()
    dtype = complex if points > 2 else float
    batch = len(clamped.inputs)
    drive = np.tile(clamped.network.drive(clamped.inputs), (copies, 1))
    targets = np.tile(clamped.targets, (copies, 1))
    states = np.tile(clamped.free, (copies, 1)).astype(dtype)
    total = 0
    # The free phase of the one-sided estimate comes first, as it does in training.
    order = sorted(zip(made.nodes, made.weights, strict=True), key=lambda p: abs(p[0]))
    for node, weight in order:
        nudge = dtype(node) if dtype is complex else np.real(node)
        for _ in range(readings):
            for _ in range(steps):
                pushed = drive + noise * rng.standard_normal(drive.shape)
                states = update(clamped.network, states, pushed, targets, nudge, clamped.loss)
            shaped = states.reshape(copies, batch, -1)
            total = total + weight / readings * clamped.products(shaped, np.full(copies, nudge))
    return np.real(total)


def state_covariance(clamped: ClampedNetwork) -> np.ndarray:
    r"""Return the covariance of the free states for noise of unit strength.

    The solution of :math:`\Sigma = M \Sigma M^\top + D^2`, shape (batch, units, units).
    """
    pairs = zip(clamped.step_jacobians(), clamped.free_slopes(), strict=True)
    return np.stack([solve_discrete_lyapunov(jacobian, np.diag(d**2)) for jacobian, d in pairs])


@door
def product_variance(clamped: ClampedNetwork) -> np.ndarray:
    """Return the variance of every product for noise of unit strength, shape (parameters,).

    Of the network's weights and biases; the read-out's slope is read at the nudged states and is
    left out. Batch averaged over samples with independent noise.
    """
    covariance, states = state_covariance(clamped), clamped.free
    parts, batch = clamped.network.slices, len(states)
    variance = np.einsum("bii->bi", covariance)
    pieces = [np.einsum("bo,bi->oi", variance[:, parts[0]], clamped.inputs**2).ravel()]
    for low, high in pairwise(parts):
        own = np.einsum("bo,bi->oi", variance[:, high], states[:, low] ** 2)
        other = np.einsum("bo,bi->oi", states[:, high] ** 2, variance[:, low])
        # Neighbouring layers do not covary: steps at once only mix layers of the same parity.
        pieces.append((own + other).ravel())
    pieces += [variance[:, part].sum(axis=0) for part in parts]
    return np.concatenate(pieces) / batch**2


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
    r"""Return the radius up to `largest` with the least mean square error, and that error.

    Close to :math:`(\text{gain} \cdot V / (N \lVert c_{N+1} \rVert^2))^{1/(2N+2)}` while that lies
    well inside the radius of convergence.
    """
    radii = largest * np.geomspace(1e-4, 1, 600)
    errors = [predicted_error(coefficients, variance, points, r, readings) for r in radii]
    best = int(np.argmin(errors))
    return float(radii[best]), errors[best]


@door(coefficients="complex 2d")
def leading_best_radius(
    coefficients: np.ndarray, variance: float, points: int, readings: int = 1
) -> float:
    """Return the best radius by the leading error alone, in closed form."""
    leading = np.sum(coefficients[points + 1] ** 2)
    gain = variance * Contour.circle(points, 1.0).noise_gain(readings)
    return float((gain / (points * leading)) ** (1 / (2 * points + 2)))
