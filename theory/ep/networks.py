r"""Layered networks whose neurons settle to an equilibrium.

Layers :math:`s^1, \dots, s^N` above a fixed input :math:`s^0 = x` obey

.. math:: s^n = \sigma(u^n), \qquad u^n = W_n s^{n-1} + b_n + B_{n+1}^\top s^{n+1},

with the nudge :math:`-\beta\, \partial C / \partial s^N` added to :math:`u^N`, inside the
activation. With :math:`B = W` this is the stationarity of the energy :math:`E = \sum_i G(s_i) -
\Phi`, :math:`G' = \sigma^{-1}`, :math:`\Phi = \sum_n s^n \cdot (W_n s^{n-1} + b_n)` (Laborieux et
al. 2021, primitive function); with other backward weights it is a vector field without an energy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np

from theory import checks
from theory.door import door
from theory.ep.activations import Activation, find_activation


def layer_slices(sizes: Sequence[int]) -> tuple[slice, ...]:
    """Return where the layers stand in a state vector of all units."""
    if not len(sizes):
        raise ValueError("sizes: at least one layer is needed")
    ends = np.cumsum([0, *sizes])
    return tuple(slice(a, b) for a, b in pairwise(ends))


@door
@dataclass(frozen=True, eq=False)
class LayeredNetwork:
    """Weights, biases and activation of a layered network.

    Parameters
    ----------
    weights : sequence of array_like
        W_n of shape (units of layer n, units of layer n - 1), n = 1 ... N.
    biases : sequence of array_like
        b_n of shape (units of layer n,).
    activation : str or Activation
        A name of `theory.ep.activations.ACTIVATIONS`, or an activation of your own.
    backward : sequence of array_like, optional
        B_n of the shape of W_n, n = 2 ... N; by default the forward weights themselves.

    Raises
    ------
    ValueError
        Where shapes do not follow one another, or the activation is unknown.
    """

    weights: Sequence[np.ndarray]
    biases: Sequence[np.ndarray]
    activation: str | Activation = "tanh"
    backward: Sequence[np.ndarray] | None = None

    def __post_init__(self):
        weights = tuple(checks.finite_array("weights", w, ndim=2) for w in self.weights)
        if not weights:
            raise ValueError("weights: a network has at least one layer")
        for lower, upper in pairwise(weights):
            if upper.shape[1] != len(lower):
                raise ValueError(
                    f"weights: a layer of {len(lower)} units is followed by weights of shape "
                    f"{upper.shape}; they need {len(lower)} columns"
                )
        if len(self.biases) != len(weights):
            raise ValueError(f"biases: {len(self.biases)} given for {len(weights)} layers")
        biases = tuple(
            checks.finite_array("biases", b, shape=(len(w),))
            for b, w in zip(self.biases, weights, strict=True)
        )
        find_activation(self.activation)
        object.__setattr__(self, "weights", weights)
        object.__setattr__(self, "biases", biases)
        if self.backward is not None:
            if len(self.backward) != len(weights) - 1:
                raise ValueError(
                    f"backward: {len(self.backward)} given for {len(weights) - 1} hidden layers"
                )
            backward = tuple(
                checks.finite_array("backward", b, shape=w.shape)
                for b, w in zip(self.backward, weights[1:], strict=True)
            )
            object.__setattr__(self, "backward", backward)

    @classmethod
    @door(sizes="counts", scale="> 0")
    def random(
        cls,
        sizes: tuple[int, ...],
        rng: np.random.Generator | int,
        *,
        scale: float = 1.0,
        activation: str | Activation = "tanh",
        backward: bool = False,
    ) -> LayeredNetwork:
        r"""Draw weights and biases uniformly from :math:`\pm` scale :math:`/ \sqrt{\text{fan-in}}`.

        Parameters
        ----------
        sizes : tuple of int
            Units of the input and of every layer, at least two numbers.
        rng : Generator or int
        scale : float
            Larger than zero; from about 1 on relaxation may stop converging.
        activation : str or Activation
        backward : bool
            Draw backward weights of their own.
        """
        if len(sizes) < 2:
            raise ValueError(f"sizes: at least input and one layer are needed, got {sizes}")
        rng = checks.as_rng(rng)

        def draw(rows, columns, fan_in):
            bound = scale / np.sqrt(fan_in)
            return rng.uniform(-bound, bound, (rows, columns) if columns else rows)

        pairs = list(zip(sizes[1:], sizes[:-1], strict=True))
        weights = tuple(draw(rows, columns, columns) for rows, columns in pairs)
        biases = tuple(draw(rows, 0, columns) for rows, columns in pairs)
        own = tuple(draw(rows, columns, columns) for rows, columns in pairs[1:])
        return cls(weights, biases, activation, own if backward else None)

    @property
    def sigma(self) -> Activation:
        return find_activation(self.activation)

    @property
    def sizes(self) -> tuple[int, ...]:
        """Units of every layer above the input."""
        return tuple(len(w) for w in self.weights)

    @cached_property
    def slices(self) -> tuple[slice, ...]:
        """Where the layers stand in a state vector of all units."""
        return layer_slices(self.sizes)

    @property
    def feedback(self) -> Sequence[np.ndarray]:
        """The weights from above: B_n where given, else W_n, n = 2 ... N."""
        return self.weights[1:] if self.backward is None else self.backward

    @property
    def pairs(self) -> tuple[tuple[int, int], ...]:
        """Which layers each weight matrix joins, below and above; 0 is the input."""
        return tuple((n, n + 1) for n in range(len(self.weights)))

    @property
    def groups(self) -> tuple[tuple[int, ...], ...]:
        """Layers that are not joined and may be updated together: a chain has two groups."""
        layers = range(len(self.sizes))
        return tuple(g for g in (tuple(layers[::2]), tuple(layers[1::2])) if g)

    def current(self, states: np.ndarray, n: int) -> np.ndarray:
        """Return what the other layers send to layer n (0 is the first), (batch, units of n)."""
        parts = self.slices
        total = np.zeros((len(states), self.sizes[n]), states.dtype)
        if n > 0:
            total += states[:, parts[n - 1]] @ self.weights[n].T
        if n + 1 < len(parts):
            total += states[:, parts[n + 1]] @ self.feedback[n]
        return total

    def coupling(self) -> np.ndarray:
        """Return the Jacobian of all preactivations in all states, shape (units, units)."""
        matrix, parts = np.zeros((sum(self.sizes),) * 2), self.slices
        for n, (forward, back) in enumerate(zip(self.weights[1:], self.feedback, strict=True)):
            matrix[parts[n + 1], parts[n]] = forward
            matrix[parts[n], parts[n + 1]] = back.T
        return matrix

    def drive(self, inputs: np.ndarray) -> np.ndarray:
        """Return what input and biases add to the preactivations, shape (batch, units)."""
        inputs = checks.finite_array("inputs", inputs, ndim=2)
        if inputs.shape[1] != self.weights[0].shape[1]:
            raise ValueError(
                f"inputs: {inputs.shape[1]} columns; the network takes {self.weights[0].shape[1]}"
            )
        drive = np.tile(np.concatenate(self.biases), (len(inputs), 1))
        drive[:, self.slices[0]] += inputs @ self.weights[0].T
        return drive

    def with_parameters(self, weights, biases, backward=None) -> LayeredNetwork:
        """Return a network of the same activation with other parameters."""
        return replace(self, weights=weights, biases=biases, backward=backward)
