r"""Gradients of the parameters, and the Hebbian products that equilibrium propagation compares."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from theory.ep.equilibria import equilibrium, trajectory
from theory.ep.losses import SquaredError
from theory.ep.networks import LayeredNetwork


@dataclass(frozen=True, eq=False)
class Gradient:
    """One array for every parameter array of a network; supports + - and scaling.

    Attributes
    ----------
    weights, biases : tuple of ndarray
        Shapes of the network's.
    backward : tuple of ndarray
        Empty where the network uses its forward weights in both directions.
    """

    weights: tuple[np.ndarray, ...]
    biases: tuple[np.ndarray, ...]
    backward: tuple[np.ndarray, ...] = ()

    def flat(self) -> np.ndarray:
        """Return all entries in one vector: weights, biases, backward weights."""
        return np.concatenate([a.ravel() for a in (*self.weights, *self.biases, *self.backward)])

    def _each(self, function, *others):
        return Gradient(
            tuple(map(function, self.weights, *(o.weights for o in others))),
            tuple(map(function, self.biases, *(o.biases for o in others))),
            tuple(map(function, self.backward, *(o.backward for o in others))),
        )

    def __add__(self, other: Gradient) -> Gradient:
        return self._each(np.add, other)

    def __sub__(self, other: Gradient) -> Gradient:
        return self._each(np.subtract, other)

    def __mul__(self, factor: complex) -> Gradient:
        return self._each(lambda array: factor * array)

    __rmul__ = __mul__


def hebbian(network: LayeredNetwork, states: np.ndarray, inputs: np.ndarray) -> Gradient:
    r"""Return :math:`\partial \Phi / \partial \theta`, averaged over the batch.

    :math:`\partial \Phi / \partial W_n = s^n (s^{n-1})^\top` and :math:`\partial \Phi / \partial
    b_n = s^n`; states of shape (batch, units), real or complex. The network is symmetric.
    """
    layers = [inputs, *(states[:, part] for part in network.slices)]
    weights = tuple(upper.T @ lower / len(inputs) for lower, upper in pairwise(layers))
    return Gradient(weights, tuple(layer.mean(axis=0) for layer in layers[1:]))


def sample_products(network: LayeredNetwork, states: np.ndarray, inputs: np.ndarray) -> np.ndarray:
    """Return the Hebbian products of every sample, (batch, parameters) as in `Gradient.flat`."""
    layers = [inputs, *(states[:, part] for part in network.slices)]
    weights = [
        (upper[:, :, None] * lower[:, None, :]).reshape(len(inputs), -1)
        for lower, upper in pairwise(layers)
    ]
    return np.concatenate([*weights, *layers[1:]], axis=1)


def error_gradient(network, states, errors, inputs) -> Gradient:
    r"""Return the gradient that errors at the preactivations give, averaged over the batch.

    A weight is used twice, on the way up (:math:`\delta^n (s^{n-1})^\top`) and on the way down
    (:math:`s^n (\delta^{n-1})^\top`): the two are added for a symmetric network and kept apart, as
    `weights` and `backward`, for one with backward weights. Shapes (batch, units).
    """
    layers = [inputs, *(states[:, part] for part in network.slices)]
    parts = [errors[:, part] for part in network.slices]
    up = [d.T @ s / len(inputs) for d, s in zip(parts, layers[:-1], strict=True)]
    down = [s.T @ d / len(inputs) for d, s in zip(parts[:-1], layers[2:], strict=True)]
    biases = tuple(d.mean(axis=0) for d in parts)
    if network.backward is not None:
        return Gradient(tuple(up), biases, tuple(down))
    return Gradient((up[0], *(u + d for u, d in zip(up[1:], down, strict=True))), biases)


def slopes(network, states, inputs) -> np.ndarray:
    """Return the activation's slope at a free equilibrium, shape (batch, units)."""
    preactivation = network.drive(inputs) + states @ network.coupling().T
    return network.sigma.derivative(preactivation)


def loss_gradient(network, states, targets, loss) -> np.ndarray:
    """Return the loss gradient in all units, zero outside the last layer, shape (batch, units)."""
    gradient = np.zeros_like(states)
    last = network.slices[-1]
    gradient[:, last] = loss.gradient(states[:, last], targets)
    return gradient


def implicit_gradient(
    network: LayeredNetwork,
    inputs: np.ndarray,
    targets: np.ndarray,
    loss=SquaredError(),  # noqa: B008 - immutable
    free: np.ndarray | None = None,
) -> Gradient:
    r"""Return the exact gradient of the mean loss at the free equilibrium.

    By the implicit function theorem the errors are :math:`\delta = D (I - J^\top D)^{-1} \nabla C`
    with the slopes :math:`D` and the coupling :math:`J`, for networks with and without symmetry.

    Parameters
    ----------
    free : ndarray, shape (batch, units), optional
        The free equilibrium; computed where it is not given.
    """
    states = equilibrium(network, inputs).states if free is None else free
    slope = slopes(network, states, inputs)
    matrix = np.eye(states.shape[1]) - network.coupling().T * slope[:, None, :]
    errors = np.linalg.solve(matrix, loss_gradient(network, states, targets, loss)[..., None])
    return error_gradient(network, states, slope * errors[..., 0], inputs)


def backpropagation_through_time(
    network: LayeredNetwork,
    inputs: np.ndarray,
    targets: np.ndarray,
    steps: int,
    loss=SquaredError(),  # noqa: B008 - immutable
    free: np.ndarray | None = None,
) -> list[Gradient]:
    """Return what each of the last `steps` synchronous steps contributes to the gradient.

    Entry t belongs to the copy of the parameters used t steps before the end; the sum over all t
    tends to `implicit_gradient`. The network rests at its free equilibrium during these steps.
    """
    states = equilibrium(network, inputs).states if free is None else free
    path = trajectory(network, inputs, steps, initial=states)
    coupling = network.coupling()
    error = loss_gradient(network, path[-1], targets, loss)
    contributions = []
    for before in path[-2::-1]:
        delta = slopes(network, before, inputs) * error
        contributions.append(error_gradient(network, before, delta, inputs))
        error = delta @ coupling
    return contributions
