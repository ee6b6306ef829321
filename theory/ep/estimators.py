r"""Equilibrium-propagation estimates of the gradient from equilibria with a finite nudge.

With :math:`P(\beta) = -\partial \Phi / \partial \theta` at the equilibrium nudged by :math:`\beta`,
an estimate is a finite difference :math:`\sum_j w_j P(\beta_j)` with :math:`\sum_j w_j = 0` and
:math:`\sum_j w_j \beta_j = 1`: a `Stencil`. All estimates have the sign of the gradient, to be
subtracted; the paper's have the opposite sign.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from theory.door import door
from theory.ep.arguments import checked_loss, checked_symmetric, checked_targets, nonzero
from theory.ep.convolution import ConvolutionalNetwork
from theory.ep.equilibria import equilibrium, nudge, trajectory
from theory.ep.gradients import Gradient, free_states, hebbian, implicit_gradient
from theory.ep.losses import SoftReadout, SquaredError, curvature
from theory.ep.networks import LayeredNetwork
from theory.ep.surrogate import output_compliance, pole
from theory.numerics import NotConverged


@door
@dataclass(frozen=True)
class Stencil:
    """Nudging strengths and weights of a finite-difference estimate of the gradient.

    Attributes
    ----------
    name : str
    nodes : tuple of complex
        Nudging strengths; 0 stands for the free equilibrium.
    weights : tuple of complex
    """

    name: str
    nodes: tuple[complex, ...]
    weights: tuple[complex, ...]

    def __post_init__(self):
        if len(self.nodes) != len(self.weights):
            raise ValueError(
                f"weights: {len(self.weights)} given for {len(self.nodes)} nodes; each node has one"
            )
        for name in ("nodes", "weights"):
            values = np.asarray(getattr(self, name))
            if values.dtype.kind not in "iufc" or not np.isfinite(values).all():
                raise ValueError(f"{name}: finite numbers are needed, got {getattr(self, name)}")
        _distinct(self.nodes)
        zeroth, first = self.moment(0), self.moment(1)
        if abs(zeroth) > 1e-9 * np.abs(self.weights).max() or abs(first - 1) > 1e-9:
            raise ValueError(
                f"weights: they sum to {zeroth:.3g} and their first moment is {first:.3g}; a "
                "derivative needs 0 and 1"
            )

    @door(k=">= 0")
    def moment(self, k: int) -> complex:
        r"""Return :math:`\sum_j w_j \beta_j^k`, the factor of coefficient k of the series."""
        return sum(w * b**k for w, b in zip(self.weights, self.nodes, strict=True))

    @property
    def noise_gain(self) -> float:
        r"""Variance of the estimate when every :math:`P(\beta_j)` has independent unit variance."""
        return float(np.sum(np.abs(self.weights) ** 2))

    @classmethod
    @door
    def one_sided(cls, nudging_strength: float) -> Stencil:
        """Free and one nudged equilibrium; a negative nudge gives the negative estimator."""
        b = nonzero(nudging_strength)
        return cls("one-sided" if b > 0 else "negative", (b, 0.0), (1 / b, -1 / b))

    @classmethod
    @door
    def symmetric(cls, nudging_strength: float) -> Stencil:
        """Nudged both ways: the error is of second order."""
        b = nonzero(nudging_strength)
        return cls("symmetric", (b, -b), (0.5 / b, -0.5 / b))

    @classmethod
    @door(points=">= 2", radius="> 0")
    def contour(cls, points: int, radius: float) -> Stencil:
        r"""N points on a circle in the complex plane: the error is of order N."""
        nodes = radius * np.exp(2j * np.pi * np.arange(points) / points)
        return cls(f"contour of {points}", tuple(nodes), tuple(1 / (points * nodes)))

    @classmethod
    @door(nodes=">= 2")
    def order_n(cls, nudging_strength: float, nodes: int) -> Stencil:
        """N equilibria of order n: one more than n distinct nodes have in general.

        The nodes are the best for equal noise on all of them (`theory.ep.order_nodes`), the largest
        being the nudge: (1, -1), (1, 1/2, -1/3) rescaled, and so on; none stands for the free state
        unless it happens to be 0.
        """
        from theory.ep.optimal_stencil import order_nodes

        b = nonzero(nudging_strength)
        stencil = cls.through(tuple(b * node for node in order_nodes(nodes)))
        return cls(f"{nodes} nodes of order {nodes}", stencil.nodes, stencil.weights)

    @classmethod
    @door
    def through(cls, nodes: tuple[float, ...]) -> Stencil:
        """Real nodes with the weights of the highest order that they allow."""
        nodes = tuple(float(b) for b in nodes)
        if len(nodes) < 2:
            raise ValueError(f"nodes: a difference needs at least two, got {nodes}")
        _distinct(nodes)
        scale = max(map(abs, nodes)) or 1.0
        powers = np.vander(np.array(nodes) / scale, increasing=True).T
        right = np.zeros(len(nodes))
        right[1] = 1 / scale
        return cls(f"through {len(nodes)} nodes", nodes, tuple(np.linalg.solve(powers, right)))


def _distinct(nodes: tuple) -> None:
    if len(set(nodes)) != len(nodes):
        raise ValueError(f"nodes: the nudging strengths {nodes} are not distinct")


@door(free="any", inputs="array 2d+", loss="any")
def estimate(
    network: LayeredNetwork,
    inputs: np.ndarray,
    targets: np.ndarray,
    stencil: Stencil,
    loss=SquaredError(),  # noqa: B008 - immutable
    free: np.ndarray | None = None,
) -> Gradient:
    """Return the estimate of the gradient of the mean loss that a stencil gives.

    Parameters
    ----------
    network : LayeredNetwork, CoupledNetwork or ConvolutionalNetwork
        Symmetric. A convolutional network takes images and has its own loss.
    inputs, targets : ndarray, shapes (batch, inputs), (batch, outputs or classes)
    stencil : Stencil
    free : ndarray, optional
        The free equilibrium, from which every nudged one is relaxed.

    Returns
    -------
    Gradient
        Real: complex nodes come in conjugate pairs, or alone on the real axis.
    """
    if not isinstance(stencil, Stencil):
        raise TypeError(
            f"stencil: a Stencil is needed, such as Stencil.symmetric(0.1), not {stencil!r}"
        )
    if isinstance(network, ConvolutionalNetwork):
        from theory.ep.convolutional_energy import settled_estimate

        return settled_estimate(network, inputs, targets, stencil, free, loss)
    checked_symmetric(network)
    targets = checked_targets(network, inputs, targets, checked_loss(loss))
    states = free_states(network, inputs, free, settled=True)
    terms = []
    for node, weight in zip(stencil.nodes, stencil.weights, strict=True):
        node = node if abs(np.imag(node)) > 1e-14 * abs(node) else float(np.real(node))
        at = states
        if node != 0:
            at = _nudged(network, inputs, targets, node, loss, states)
        terms.append(hebbian(network, at, inputs) * (-weight))
    return sum(terms[1:], terms[0])._each(np.real)


@door(inputs="array 2d+", loss="any")
def bias(
    network: LayeredNetwork,
    inputs: np.ndarray,
    targets: np.ndarray,
    stencil: Stencil,
    loss=SquaredError(),  # noqa: B008 - immutable
) -> Gradient:
    """Return an estimate minus the exact gradient.

    Examples
    --------
    >>> from theory.ep import LayeredNetwork
    >>> network = LayeredNetwork.random((4, 5, 2), 0, scale=0.8)
    >>> x, y = np.full((1, 4), 0.5), np.array([[1.0, 0.0]])
    >>> wide, narrow = (bias(network, x, y, Stencil.symmetric(b)).norm() for b in (0.2, 0.1))
    >>> round(wide / narrow)
    4
    """
    convolutional = isinstance(network, ConvolutionalNetwork)
    free = None if convolutional else free_states(network, inputs)
    exact = implicit_gradient(network, inputs, targets, loss, free)
    return estimate(network, inputs, targets, stencil, loss, free) - exact


def _nudged(network, inputs, targets, node, loss, free) -> np.ndarray:
    """Return nudged states; where a negative nudge has no minimum, name the pole it lies beyond."""
    negative = not np.iscomplexobj(node) and node < 0
    cause: NotConverged | None = None
    try:
        with np.errstate(over="ignore", invalid="ignore"):  # divergence is reported below
            found = equilibrium(
                network, inputs, targets=targets, nudging_strength=node, loss=loss, initial=free
            )
    except NotConverged as error:
        if not negative:
            raise
        cause, residual, iterations = error, error.residual, error.iterations
    else:
        if not negative or is_minimum(network, found.states, inputs, targets, node, loss):
            return found.states
        residual, iterations = found.residual, found.sweeps
    limit = pole(output_compliance(network, free, inputs))
    raise NotConverged(
        f"nudging_strength: the network has no stable equilibrium at {node:g}; the linear "
        f"response of its free state has a pole at {limit:.4g}: use a smaller nudge",
        residual,
        iterations,
    ) from cause


def is_minimum(network, states, inputs, targets, nudging_strength, loss) -> bool:
    r"""Say whether every nudged equilibrium of a batch is a minimum of :math:`E + \beta C`.

    An accelerated solver also finds saddles. At a minimum :math:`1 - D^{1/2} (J - \beta \nabla^2 C)
    D^{1/2}` is positive definite.
    """
    last = network.slices[-1]
    current = network.drive(inputs) + states @ network.coupling().T
    current[:, last] += nudge(network, states, targets, nudging_strength, loss)
    root = np.sqrt(network.sigma.derivative(current))
    bend = np.tile(network.coupling(), (len(states), 1, 1))
    bend[:, last, last] -= nudging_strength * curvature(loss, states[:, last], targets)
    try:
        np.linalg.cholesky(np.eye(states.shape[1]) - root[:, :, None] * bend * root[:, None, :])
    except np.linalg.LinAlgError:
        return False
    return True


@door(free="complex", inputs="2d", loss="any")
def truncated_estimates(
    network: LayeredNetwork,
    inputs: np.ndarray,
    targets: np.ndarray,
    nudging_strength: float,
    steps: int,
    loss=SquaredError(),  # noqa: B008 - immutable
    free: np.ndarray | None = None,
) -> list[Gradient]:
    """Return the one-sided estimates after 0, 1, ..., `steps` synchronous nudged steps."""
    checked_symmetric(network)
    b = nonzero(nudging_strength)
    states = free_states(network, inputs, free)
    path = trajectory(
        network, inputs, steps, targets=targets, nudging_strength=b, loss=loss, initial=states
    )
    start = hebbian(network, states, inputs)
    return [(start - hebbian(network, at, inputs)) * (1 / b) for at in path]


@door(free="complex", inputs="2d", loss="has gradient")
def readout_gradient(
    network: LayeredNetwork,
    inputs: np.ndarray,
    targets: np.ndarray,
    loss: SoftReadout,
    nudges: tuple[float, ...],
    free: np.ndarray | None = None,
) -> np.ndarray:
    r"""Return the mean over nudges of the read-out's own gradient at the nudged states.

    :math:`(\operatorname{softmax}(W_o s + b_o) - y)\, s^\top`, batch averaged. Nudge 0 gives the
    true gradient, one positive nudge the published one-sided estimate, a pair of opposite ones the
    symmetric estimate.

    Returns
    -------
    ndarray, shape (classes, outputs + 1)
        Weights, and the biases in the last column.
    """
    if not len(nudges):
        raise ValueError("nudges: at least one is needed")
    targets = checked_targets(network, inputs, targets, loss)
    start = free_states(network, inputs, free)
    found = []
    for strength in nudges:
        states = equilibrium(
            network, inputs, targets=targets, nudging_strength=strength, loss=loss, initial=start,
            tolerance=1e-13,
        ).states  # fmt: skip
        output = states[:, network.slices[-1]]
        output = np.column_stack([output, np.ones(len(output))])
        errors = loss.probabilities(output[:, :-1]) - targets
        found.append(errors.T @ output / len(output))
    return np.mean(found, axis=0)
