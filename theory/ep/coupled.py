r"""Layers joined in any symmetric way: within themselves, past one another, to the input.

.. math:: E(s, \theta) = \sum_i G(s_i) - \Phi, \qquad \Phi = \sum_{(a, b)} s^b \cdot W_{ab}\, s^a +
   \tfrac12 \sum_a s^a \cdot L_a s^a + \sum_a s^a \cdot b_a, \qquad G' = \sigma^{-1}

Everything in this package that needs an energy takes such a network: it is asked for `sigma`,
`sizes`, `slices`, `pairs`, `groups`, `drive`, `current` and `coupling`, as `LayeredNetwork` is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from theory import checks
from theory.door import door
from theory.ep.activations import Activation, find_activation
from theory.ep.arguments import checked_symmetric
from theory.ep.convolution import ConvolutionalNetwork
from theory.ep.convolutional_energy import convolutional_energy
from theory.ep.equilibria import equilibrium


@door(weights="list or mapping")
@dataclass(frozen=True, eq=False)
class CoupledNetwork:
    """Layers of units and the weights between any two of them; the last layer is the output.

    Parameters
    ----------
    weights : dict of {(int, int): array_like}
        For a pair (below, above) of layers, 0 being the input, weights of shape (units above, units
        below). A pair (a, a) is a lateral coupling: symmetric, with a diagonal of zeros.
    biases : sequence of array_like
        One of shape (units,) for every layer above the input.
    activation : str or Activation

    Raises
    ------
    ValueError
        Where shapes, numbers of layers or the symmetry of a lateral coupling do not fit.

    Examples
    --------
    A hidden layer with lateral weights and a skip connection from the input to the output:

    >>> rng = np.random.default_rng(0)
    >>> draw = lambda a, b: 0.3 * rng.standard_normal((a, b))
    >>> lateral = draw(5, 5)
    >>> weights = {(0, 1): draw(5, 4), (1, 2): draw(2, 5), (0, 2): draw(2, 4),
    ...            (1, 1): (lateral + lateral.T) * (1 - np.eye(5)) / 2}
    >>> network = CoupledNetwork(weights, [np.zeros(5), np.zeros(2)])
    >>> network.sizes, network.pairs
    ((5, 2), ((0, 1), (1, 2), (0, 2), (1, 1)))
    """

    weights: tuple[np.ndarray, ...]
    biases: tuple[np.ndarray, ...]
    activation: str | Activation = "tanh"
    pairs: tuple[tuple[int, int], ...] = ()

    backward = None

    def __post_init__(self):
        find_activation(self.activation)
        biases = tuple(checks.finite_array("biases", b, ndim=1) for b in self.biases)
        if isinstance(self.weights, dict):
            object.__setattr__(self, "pairs", tuple(self.weights))
            object.__setattr__(self, "weights", tuple(self.weights.values()))
        weights = tuple(checks.finite_array("weights", w, ndim=2) for w in self.weights)
        sizes = [None, *map(len, biases)]
        for (below, above), w in zip(self.pairs, weights, strict=True):
            if not 0 <= below <= above < len(sizes) or above == 0:
                raise ValueError(
                    f"weights: the pair {(below, above)} is not (below, above) among the layers 0, "
                    f"the input, to {len(biases)}"
                )
            if below == 0:
                sizes[0] = sizes[0] or w.shape[1]
            if w.shape != (sizes[above], sizes[below]):
                raise ValueError(
                    f"weights: those of the pair {(below, above)} have shape {w.shape}, not "
                    f"{(sizes[above], sizes[below])}"
                )
            if below == above and (np.any(np.diag(w)) or np.abs(w - w.T).max() > 1e-12):
                raise ValueError(
                    f"weights: the lateral coupling {(below, above)} is not symmetric with a "
                    f"diagonal "
                    "of zeros"
                )
        if sizes[0] is None:
            raise ValueError("weights: no pair joins the input, layer 0, to a layer")
        object.__setattr__(self, "weights", weights)
        object.__setattr__(self, "biases", biases)

    @property
    def sigma(self) -> Activation:
        return find_activation(self.activation)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Units of every layer above the input."""
        return tuple(map(len, self.biases))

    @property
    def slices(self) -> tuple[slice, ...]:
        """Where the layers stand in a state vector of all units."""
        return tuple(slice(a, b) for a, b in pairwise(np.cumsum([0, *self.sizes])))

    @property
    def groups(self) -> tuple[tuple[int, ...], ...]:
        """Layers that take turns when the network relaxes."""
        return tuple((n,) for n in range(len(self.sizes)))

    def coupling(self) -> np.ndarray:
        """Return the Jacobian of all preactivations in all states, symmetric."""
        matrix, parts = np.zeros((sum(self.sizes),) * 2), (None, *self.slices)
        for (below, above), w in zip(self.pairs, self.weights, strict=True):
            if below > 0:
                matrix[parts[above], parts[below]] = w
                matrix[parts[below], parts[above]] = w.T
        return matrix

    def current(self, states: np.ndarray, n: int) -> np.ndarray:
        """Return what all layers send to layer n (0 is the first above the input)."""
        parts = (None, *self.slices)
        total = np.zeros((len(states), self.sizes[n]), states.dtype)
        for (below, above), w in zip(self.pairs, self.weights, strict=True):
            if below > 0 and above == n + 1:
                total += states[:, parts[below]] @ w.T
            elif below == n + 1:
                total += states[:, parts[above]] @ w
        return total

    def drive(self, inputs: np.ndarray) -> np.ndarray:
        """Return what input and biases add to the preactivations, shape (batch, units)."""
        inputs = checks.finite_array("inputs", inputs, ndim=2)
        drive = np.tile(np.concatenate(self.biases), (len(inputs), 1))
        for (below, above), w in zip(self.pairs, self.weights, strict=True):
            if below == 0:
                if inputs.shape[1] != w.shape[1]:
                    raise ValueError(
                        f"inputs: {inputs.shape[1]} columns; the network takes {w.shape[1]}"
                    )
                drive[:, self.slices[above - 1]] += inputs @ w.T
        return drive

    def with_parameters(self, weights, biases, backward=None) -> CoupledNetwork:
        """Return a network with the same pairs and activation and other parameters."""
        if backward is not None:
            raise ValueError("backward: the couplings of this network are symmetric")
        return replace(self, weights=tuple(weights), biases=tuple(biases))


@door(network="has sizes or has kernels", preactivations="array 2d or arrays")
def energy(network, preactivations, inputs: np.ndarray) -> np.ndarray:
    r"""Return E(s) at the states :math:`s = \sigma(v)` of any preactivations, shape (batch,).

    :math:`G(\sigma(v)) = v\, \sigma(v) - \int_0^v \sigma`, for every activation, hard ones
    included. Its slope in v is :math:`\sigma'(v)\, (v - \partial \Phi / \partial s)`: 0 at an
    equilibrium.

    Parameters
    ----------
    network : LayeredNetwork, CoupledNetwork or ConvolutionalNetwork
        Symmetric.
    preactivations : ndarray, shape (batch, units)
        Of a convolutional network the list of its layers.
    inputs : ndarray, shape (batch, inputs), or images
    """
    if isinstance(network, ConvolutionalNetwork):
        return convolutional_energy(network, preactivations, inputs)
    checked_symmetric(network)
    sigma, v = network.sigma, np.asarray(preactivations, float)
    states = sigma.function(v)
    own = np.sum(v * states - sigma.integral(v), axis=1)
    pairs = 0.5 * np.sum(states * (states @ network.coupling().T), axis=1)
    return own - pairs - np.sum(states * network.drive(inputs), axis=1)


@door
def least_energy(network, inputs: np.ndarray) -> float:
    """Return the mean energy of a batch at its free equilibria."""
    states = equilibrium(network, inputs, tolerance=1e-14).states
    current = network.drive(inputs) + states @ network.coupling().T
    return float(energy(network, current, inputs).mean())
