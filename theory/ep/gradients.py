r"""Gradients of the parameters, and the Hebbian products that equilibrium propagation compares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from theory.door import door
from theory.ep.arguments import checked_free, checked_loss, checked_targets
from theory.ep.convolution import ConvolutionalNetwork
from theory.ep.equilibria import equilibrium, trajectory
from theory.ep.losses import SquaredError
from theory.ep.networks import LayeredNetwork


@door(weights="arrays", biases="arrays")
@dataclass(frozen=True, eq=False)
class Gradient:
    """One array for every parameter array of a network: a vector that can be calculated with.

    It supports ``+``, ``-``, scaling and division by numbers, `norm`, `angle` and `by_layer`.

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

    def norm(self) -> float:
        """Return the Euclidean length."""
        return float(np.linalg.norm(self.flat()))

    @door
    def angle(self, other: Gradient) -> float:
        """Return the angle to another gradient in degrees, accurate also near 0."""
        left, right = self.flat() / self.norm(), other.flat() / other.norm()
        return float(np.degrees(2 * np.arctan2(np.linalg.norm(left - right),
                                               np.linalg.norm(left + right))))  # fmt: skip

    def by_layer(self) -> tuple[float, ...]:
        """Return the length of every weight matrix's part, in their order."""
        return tuple(float(np.linalg.norm(w)) for w in self.weights)

    def _each(self, function, *others):
        for other in others:
            if not isinstance(other, Gradient):
                raise TypeError(f"a gradient is added to a gradient, not to {other!r}")
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
        if not np.isscalar(factor):
            raise TypeError(f"a gradient is scaled by a number, not by {factor!r}")
        return self._each(lambda array: factor * array)

    __rmul__ = __mul__

    def __truediv__(self, factor: complex) -> Gradient:
        return self * (1 / factor)

    def __neg__(self) -> Gradient:
        return self * -1.0


def _layers(network, inputs, states):
    return [inputs, *(states[..., part] for part in network.slices)]


def _mirrored(product):
    """The slope in a matrix that joins a layer with itself: each pair of units once, none alone."""
    half = (product + np.swapaxes(product, -1, -2)) / 4
    size = half.shape[-1]
    half[..., range(size), range(size)] = 0
    return half


@door(states="complex 2d", inputs="2d")
def hebbian(network: LayeredNetwork, states: np.ndarray, inputs: np.ndarray) -> Gradient:
    r"""Return :math:`\partial \Phi / \partial \theta`, averaged over the batch.

    :math:`\partial \Phi / \partial W_n = s^n (s^{n-1})^\top` and :math:`\partial \Phi / \partial
    b_n = s^n`; states of shape (batch, units), real or complex. The network is symmetric.
    """
    layers = _layers(network, inputs, states)
    weights = []
    for below, above in network.pairs:
        product = layers[above].T @ layers[below] / len(inputs)
        weights.append(_mirrored(product) if below == above else product)
    return Gradient(tuple(weights), tuple(layer.mean(axis=0) for layer in layers[1:]))


@door(states="complex 2d", inputs="2d")
def sample_products(network: LayeredNetwork, states: np.ndarray, inputs: np.ndarray) -> np.ndarray:
    """Return the Hebbian products of every sample, (batch, parameters) as in `Gradient.flat`."""
    layers = _layers(network, inputs, states)
    weights = []
    for below, above in network.pairs:
        product = layers[above][:, :, None] * layers[below][:, None, :]
        weights.append(_mirrored(product) if below == above else product)
    return np.concatenate([*(w.reshape(len(inputs), -1) for w in weights), *layers[1:]], axis=1)


def error_gradient(network, states, errors, inputs) -> Gradient:
    r"""Return the gradient that errors at the preactivations give, averaged over the batch.

    A weight is used twice, on the way up (:math:`\delta^n (s^{n-1})^\top`) and on the way down
    (:math:`s^n (\delta^{n-1})^\top`): the two are added for a symmetric network and kept apart, as
    `weights` and `backward`, for one with backward weights. Shapes (batch, units).
    """
    layers = _layers(network, inputs, states)
    parts = [None, *(errors[:, part] for part in network.slices)]
    up, down = [], []
    for below, above in network.pairs:
        up.append(parts[above].T @ layers[below] / len(inputs))
        if below > 0:
            down.append(layers[above].T @ parts[below] / len(inputs))
    biases = tuple(d.mean(axis=0) for d in parts[1:])
    if network.backward is not None:
        return Gradient(tuple(up), biases, tuple(down))
    total, rest = [], iter(down)
    for (below, above), one in zip(network.pairs, up, strict=True):
        both = one if below == 0 else one + next(rest)
        total.append(_mirrored(both) if below == above else both)
    return Gradient(tuple(total), biases)


def slopes(network, states, inputs) -> np.ndarray:
    """Return the activation's slope at a free equilibrium, shape (batch, units)."""
    preactivation = network.drive(inputs) + states @ network.coupling().T
    return network.sigma.derivative(preactivation)


def free_states(network, inputs, free=None, settled=False) -> np.ndarray:
    """Return the free equilibrium: computed, or the given one after a check."""
    if free is None:
        return equilibrium(network, inputs, tolerance=1e-13).states
    return checked_free(network, inputs, free, settled)


def loss_gradient(network, states, targets, loss) -> np.ndarray:
    """Return the loss gradient in all units, zero outside the last layer, shape (batch, units)."""
    gradient = np.zeros_like(states)
    last = network.slices[-1]
    gradient[:, last] = loss.gradient(states[:, last], targets)
    return gradient


@door(free="any", inputs="array 2d+", loss="any")
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
    if isinstance(network, ConvolutionalNetwork):
        from theory.ep import convolutional_energy

        return convolutional_energy.exact_gradient(network, inputs, targets, free, loss)
    targets = checked_targets(network, inputs, targets, checked_loss(loss))
    states = free_states(network, inputs, free, settled=True)
    slope = slopes(network, states, inputs)
    matrix = np.eye(states.shape[1]) - network.coupling().T * slope[:, None, :]
    errors = np.linalg.solve(matrix, loss_gradient(network, states, targets, loss)[..., None])
    return error_gradient(network, states, slope * errors[..., 0], inputs)


@door(free="complex", inputs="2d", loss="any")
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
    targets = checked_targets(network, inputs, targets, checked_loss(loss))
    states = free_states(network, inputs, free)
    path = trajectory(network, inputs, steps, initial=states)
    coupling = network.coupling()
    error = loss_gradient(network, path[-1], targets, loss)
    contributions = []
    for before in path[-2::-1]:
        delta = slopes(network, before, inputs) * error
        contributions.append(error_gradient(network, before, delta, inputs))
        error = delta @ coupling
    return contributions
