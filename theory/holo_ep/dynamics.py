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
from theory.ep.bias_series import gradient_series
from theory.ep.equilibria import update
from theory.ep.gradients import error_gradient, loss_gradient
from theory.ep.losses import softmax_series
from theory.ep.power_series import equilibrium_series
from theory.holo_ep.clamped_network import ClampedNetwork
from theory.holo_ep.contour import Contour

READINGS = 5  # of the one-sided estimate in each phase, as published


@door(order=">= 1")
def nudged_series(clamped: ClampedNetwork, order: int) -> np.ndarray:
    r"""Return the coefficients :math:`c_0 \dots c_{order}` of :math:`g(\beta)`.

    From the fixed-point equation order by order; no nudged equilibrium is computed.

    Returns
    -------
    ndarray, shape (order + 1, parameters)
        In the order of `ClampedNetwork.products`; row 1 is the gradient of the loss.
    """
    network, targets, readout = clamped.network, clamped.targets, clamped.readout
    states = equilibrium_series(network, clamped.inputs, targets, order, clamped.loss, clamped.free)
    inner = gradient_series(network, states, clamped.inputs)
    if readout is None:
        return inner
    output = states[:, :, network.slices[-1]]
    logits = output @ readout.weights.T
    logits[0] += readout.biases
    errors = softmax_series(logits)
    errors[0] -= targets
    rows = [np.zeros(readout.weights.size + logits.shape[-1])]
    for k in range(order):
        weights = sum(errors[j].T @ output[k - j] for j in range(k + 1))
        rows.append(np.concatenate([weights.ravel(), errors[k].sum(axis=0)]) / len(targets))
    return np.concatenate([inner, np.stack(rows)], axis=1)


def _stepper(clamped, noise, rng, copies=1):
    """Return the synchronous step of independent copies: (states, nudge) to states."""
    drive = np.tile(clamped.network.drive(clamped.inputs), (copies, 1))
    targets = np.tile(clamped.targets, (copies, 1))

    def step(now, nudge):
        # Noise on a preactivation is noise on its drive.
        pushed = drive + noise * rng.standard_normal(drive.shape) if noise else drive
        return update(clamped.network, now, pushed, targets, nudge, clamped.loss)

    return step


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
    step, states = _stepper(clamped, noise, rng), np.zeros(clamped.free.shape, complex)
    if initial is not None:
        states += initial
    nudges = Contour.circle(points, radius).nodes
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
    """Return M, the derivative s_1 of the equilibrium, and how far the network stays behind it."""
    jacobian, unit = clamped.step_jacobians(), np.eye(clamped.units)
    force = clamped.free_slopes() * loss_gradient(
        clamped.network, clamped.free, clamped.targets, clamped.loss
    )
    derivative = -np.linalg.solve(unit - jacobian, force[..., None])
    power, turn = np.linalg.matrix_power(jacobian, steps), np.exp(-2j * np.pi / points)
    # S_1 - s_1 by itself: the difference of both would cancel all digits for long steps.
    behind = (turn - 1) * np.linalg.solve(unit - turn * power, power @ derivative)
    return jacobian, derivative, behind


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
    _, derivative, behind = _lag(clamped, points, steps)
    harmonic = (derivative + behind)[..., 0].real
    return error_gradient(clamped.network, clamped.free, -harmonic, clamped.inputs).flat()


@door(points=">= 2", steps=">= 1", radius="> 0")
def lagged_residual(clamped: ClampedNetwork, points: int, steps: int, radius: float) -> float:
    r"""Return how far from rest the steady oscillation is, to first order in the radius.

    The norm of what one more step would change, mean over the samples, as `oscillate` measures it:
    :math:`|\beta|\, \lVert (M - I)(S_1 - s_1) \rVert`. Its relative error is of order |beta|.

    Parameters are those of `lagged_gradient` and the modulus of the nudge.
    """
    jacobian, _, behind = _lag(clamped, points, steps)
    change = (jacobian - np.eye(clamped.units)) @ behind
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
    step = _stepper(clamped, noise, checks.as_rng(rng), copies)
    readings = READINGS if points == 1 and readings is None else (readings or 1)
    if points > 2:
        clamped.require_holomorphic()
    dtype = complex if points > 2 else float
    states, total = np.tile(clamped.free, (copies, 1)).astype(dtype), 0
    # The free phase of the one-sided estimate comes first, as it does in training.
    order = sorted(zip(made.nodes, made.weights, strict=True), key=lambda p: abs(p[0]))
    for node, weight in order:
        nudge = dtype(node) if dtype is complex else np.real(node)
        for _ in range(readings):
            for _ in range(steps):
                states = step(states, nudge)
            shaped = states.reshape(copies, *clamped.free.shape)
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
