r"""Networks without an energy: what the learning rules do when backward weights differ.

The relaxation :math:`s = \sigma(J s + b)` has the true errors :math:`d = D (1 - J^\top D)^{-1}
\nabla C`; nudged states deliver :math:`D (1 - J D)^{-1} \nabla C` instead.

One added term gives the exact gradient: in the nudged phase the network relaxes under

.. math:: s = \sigma\bigl(J s + \text{drive} + (J^\top - J)(s - s_*) - \beta \nabla C(s)\bigr)

with its own free equilibrium :math:`s_*`, where the term vanishes. It changes only the linear
response, to minus the true errors. Differences of states at nudges of both signs, or at N points of
a circle, then have errors of second or N-th order (arXiv:2602.03670).
"""

from __future__ import annotations

import numpy as np

from theory.door import door
from theory.ep.arguments import checked_loss, checked_targets, nonzero
from theory.ep.equilibria import equilibrium, nudge
from theory.ep.estimators import Stencil
from theory.ep.gradients import Gradient, error_gradient, free_states
from theory.ep.losses import SquaredError
from theory.ep.networks import LayeredNetwork
from theory.numerics import NotConverged


@door(coupling="2d", slope="1d", loss_gradient="1d")
def true_errors(coupling: np.ndarray, slope: np.ndarray, loss_gradient: np.ndarray) -> np.ndarray:
    """Return the errors at the preactivations of one sample, shapes (units, units), (units,)."""
    return slope * np.linalg.solve(np.eye(len(slope)) - coupling.T * slope, loss_gradient)


@door(coupling="2d", slope="1d", loss_gradient="1d")
def vector_field_errors(
    coupling: np.ndarray, slope: np.ndarray, loss_gradient: np.ndarray
) -> np.ndarray:
    """Return what nudged states deliver in place of the true errors, in the limit of no nudge."""
    return slope * np.linalg.solve(np.eye(len(slope)) - coupling * slope, loss_gradient)


def bias(coupling: np.ndarray, slope: np.ndarray, loss_gradient: np.ndarray) -> np.ndarray:
    r"""Return the closed form of the difference of the two.

    :math:`D (1 - J D)^{-1} (J - J^\top) D (1 - J^\top D)^{-1} \nabla C`: zero for symmetric J.
    """
    antisymmetric = coupling - coupling.T
    inner = antisymmetric @ true_errors(coupling, slope, loss_gradient)
    return slope * np.linalg.solve(np.eye(len(slope)) - coupling * slope, inner)


def angle(left: np.ndarray, right: np.ndarray) -> float:
    """Return the angle between two arrays of equal shape, in degrees."""
    cosine = np.vdot(left, right) / (np.linalg.norm(left) * np.linalg.norm(right))
    return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))


def relax_nudged(
    coupling: np.ndarray, drive: np.ndarray, force: np.ndarray, steps: int = 100_000
) -> np.ndarray:
    """Return the state of a tanh network under a constant force, by plain relaxation.

    Raises
    ------
    NotConverged
        If the last of the steps still moves it by more than rounding.
    """
    state, moved = np.zeros_like(drive), np.inf
    for _ in range(steps):
        last, state = state, np.tanh(coupling @ state + drive + force)
        moved = np.abs(state - last).max()
        if moved <= 10 * np.finfo(float).eps:
            return state
    raise NotConverged(
        "relax_nudged: the network did not settle; its couplings may be too strong, or take more "
        "steps", moved, steps,
    )  # fmt: skip


@door(inputs="2d", loss="any")
def vector_field_estimate(
    network: LayeredNetwork,
    inputs: np.ndarray,
    targets: np.ndarray,
    nudging_strength: float,
    loss=SquaredError(),  # noqa: B008 - immutable
) -> Gradient:
    """Return the symmetric vector-field estimate of the gradient of forward and backward weights.

    The change of the state on the receiving side of a weight times the free state on the other.
    """
    nudging_strength = nonzero(nudging_strength)
    targets = checked_targets(network, inputs, targets, checked_loss(loss))
    free = free_states(network, inputs)
    plus, minus = (
        equilibrium(
            network, inputs, targets=targets, nudging_strength=b, loss=loss, initial=free
        ).states
        for b in (nudging_strength, -nudging_strength)
    )
    change = (minus - plus) / (2 * nudging_strength)
    return error_gradient(network, free, change, inputs)


@door(learning_rate=">= 0", weight_decay=">= 0", momentum="in [0, 1)")
def asymmetry_factor(
    learning_rate: float, weight_decay: float, momentum: float, steps: np.ndarray
) -> np.ndarray:
    r"""Return what is left of W - B after equal updates with weight decay, relative to the start.

    Exact for the momentum rule v <- mu v + g + lambda p, p <- p - eta v from v = 0: with the roots
    r of :math:`r^2 - (1 + \mu - \eta\lambda) r + \mu = 0` a combination of their powers, and at the
    double root, :math:`\mu = (1 - \sqrt{\eta\lambda})^2`, its limit.

    Parameters
    ----------
    learning_rate, weight_decay : float
        >= 0.
    momentum : float
        From 0 to below 1.
    steps : array_like
        Numbers of steps.
    """
    decay = learning_rate * weight_decay
    middle = 1 + momentum - decay
    root = np.sqrt(complex(middle**2 - 4 * momentum))
    slow, fast = (middle + root) / 2, (middle - root) / 2
    steps = np.asarray(steps, float)
    # With S_k = (slow^k - fast^k) / (slow - fast), what is left is S_(k+1) - mu S_k. At the double
    # root that is k r^(k-1); beside it the next term is smaller by ((slow - fast) k / r)^2 / 24.
    if abs(root) < 1e-5 * abs(middle):
        after, now = ((steps + k) * (middle / 2) ** (steps + k - 1) for k in (1, 0))
    else:
        after, now = ((slow ** (steps + k) - fast ** (steps + k)) / (slow - fast) for k in (1, 0))
    return np.real(after - momentum * now)


@door(
    free="complex",
    tolerance="> 0",
    max_steps=">= 1",
    network="has coupling",
    inputs="2d",
    loss="any",
)
def corrected_equilibrium(
    network,
    inputs: np.ndarray,
    targets: np.ndarray,
    nudging_strength: complex,
    loss=SquaredError(),  # noqa: B008 - immutable
    free: np.ndarray | None = None,
    tolerance: float = 1e-13,
    max_steps: int = 5000,
) -> np.ndarray:
    """Return the nudged states of the corrected phase, shape (batch, units).

    By plain relaxation, all units at once, from the free equilibrium.

    Raises
    ------
    NotConverged
        Where it does not settle: its Jacobian is the transpose of the network's own to first order.
    """
    targets = checked_targets(network, inputs, targets, checked_loss(loss))
    free = free_states(network, inputs, free, settled=True)
    states, last = (
        free.astype(complex if np.iscomplexobj(nudging_strength) else float),
        network.slices[-1],
    )
    coupling, drive = network.coupling(), network.drive(inputs)
    fixed = drive + free @ (coupling - coupling.T).T  # J s + (J' - J)(s - s*) = J' s + (J - J') s*
    for _ in range(max_steps):
        current = fixed + states @ coupling
        current[:, last] += nudge(network, states, targets, nudging_strength, loss)
        new = network.sigma.function(current)
        change, states = np.abs(new - states).max(), new
        if change <= tolerance:
            return states
        if not np.isfinite(change):
            break
    raise NotConverged(
        "corrected_equilibrium: the nudged phase did not settle; use smaller weights or nudges",
        residual=float(change),
        iterations=max_steps,
    )


@door(free="any", network="has coupling", inputs="array 2d+", loss="any")
def corrected_estimate(
    network,
    inputs: np.ndarray,
    targets: np.ndarray,
    stencil: Stencil | float,
    loss=SquaredError(),  # noqa: B008 - immutable
    free: np.ndarray | None = None,
) -> Gradient:
    """Return the estimate of the exact gradient of a network with or without symmetric weights.

    Parameters
    ----------
    network : LayeredNetwork
        Or any with a coupling; forward and backward weights may differ.
    stencil : Stencil or float
        A number stands for the symmetric stencil of that nudge.

    Returns
    -------
    Gradient
        With an error of the stencil's order.
    """
    if not isinstance(stencil, Stencil):
        stencil = Stencil.symmetric(nonzero(stencil))
    free = free_states(network, inputs, free, settled=True)
    change = np.zeros_like(free, complex)
    for node, weight in zip(stencil.nodes, stencil.weights, strict=True):
        at = free
        if node != 0:
            at = corrected_equilibrium(network, inputs, targets, node, loss, free)
        change -= weight * at
    return error_gradient(network, free, np.real(change), inputs)
