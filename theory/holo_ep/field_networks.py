r"""Networks as vector fields: reciprocal, loop or feedforward wiring, several runs at once.

The preactivations u of all units, with activities :math:`r = \sigma(u)`, follow

.. math:: \dot u = F(u) + \beta\, \partial L / \partial r, \qquad F(u) = W r + B x + b - u,

where the loss L is the cross-entropy of a linear softmax read-out of the last layer. A positive
nudge pushes away from the target. Source: Laborieux and Zenke 2024. All arrays carry the runs along
their first axis: networks of one shape share every matrix product.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from theory import checks
from theory.ep.activations import Activation, find_activation
from theory.ep.networks import LayeredNetwork
from theory.holo_ep import complex_arrays
from theory.holo_ep.symmetry import weight_angle, weights_at_angle

TOPOLOGIES = ("reciprocal", "loop", "feedforward")


def layer_slices(sizes: Sequence[int]) -> tuple[slice, ...]:
    """Return where the layers stand in a state vector of all units."""
    ends = np.cumsum([0, *sizes])
    return tuple(slice(a, b) for a, b in pairwise(ends))


def connections(sizes: Sequence[int], topology: str) -> np.ndarray:
    """Return which units feed which, bool (units, units), rows receive.

    "feedforward" has links from every layer to the next. "reciprocal" adds the way back of each,
    "loop" one way back from the last layer to the first: no link has its reverse.
    """
    topology = checks.one_of("topology", topology, TOPOLOGIES)
    if topology == "loop" and len(sizes) < 3:
        raise ValueError(
            f"sizes: a loop over {len(sizes)} layers is reciprocal or no loop; use at least 3"
        )
    parts, linked = layer_slices(sizes), np.zeros((sum(sizes),) * 2, bool)
    for below, above in pairwise(parts):
        linked[above, below] = True
        linked[below, above] = topology == "reciprocal"
    if topology == "loop":
        linked[parts[0], parts[-1]] = True
    return linked


@dataclass(eq=False)
class FieldNetworks:
    """Parameters of several networks of one shape; updated in place by training.

    Attributes
    ----------
    recurrent : ndarray, shape (runs, units, units)
        W, zero where `linked` is False.
    inward : ndarray, shape (runs, units of the first layer, inputs)
        B; the input feeds the first layer only.
    biases : ndarray, shape (runs, units)
    readout : ndarray, shape (runs, classes, units of the last layer)
    readout_biases : ndarray, shape (runs, classes)
    sizes : tuple of int
        Units of every layer.
    topology : {"reciprocal", "loop", "feedforward"}
    activation : str
    """

    recurrent: np.ndarray
    inward: np.ndarray
    biases: np.ndarray
    readout: np.ndarray
    readout_biases: np.ndarray
    sizes: tuple[int, ...]
    topology: str
    activation: str = "shifted_sigmoid"

    def __post_init__(self):
        self.linked = connections(self.sizes, self.topology)
        self.slices = layer_slices(self.sizes)
        find_activation(self.activation)

    @classmethod
    def random(
        cls,
        inputs: int,
        sizes: Sequence[int],
        topology: str,
        rngs: Sequence[np.random.Generator],
        *,
        degrees: float = 90.0,
        classes: int = 10,
        activation: str = "shifted_sigmoid",
        dtype=np.float32,
    ) -> FieldNetworks:
        r"""Draw weights of variance 1 / fan-in and biases of zero, one network a generator.

        Parameters
        ----------
        degrees : float
            Angle between each block of forward weights and the backward one, for reciprocal
            networks; the backward block has the norm of the forward one.
        """
        linked, parts = connections(sizes, topology), layer_slices(sizes)
        units = sum(sizes)
        fields = ([], [], [])
        for rng in rngs:
            recurrent = np.zeros((units, units))
            for below, above in pairwise(parts):
                shape = (above.stop - above.start, below.stop - below.start)
                up = rng.standard_normal(shape) / np.sqrt(shape[1])
                recurrent[above, below] = up
                if linked[below, above].any():
                    recurrent[below, above] = weights_at_angle(up, degrees, rng).T
            if topology == "loop":
                shape = recurrent[parts[0], parts[-1]].shape
                recurrent[parts[0], parts[-1]] = rng.standard_normal(shape) / np.sqrt(shape[1])
            fields[0].append(recurrent)
            fields[1].append(rng.standard_normal((sizes[0], inputs)) / np.sqrt(inputs))
            fields[2].append(rng.standard_normal((classes, sizes[-1])) / np.sqrt(sizes[-1]))
        recurrent, inward, readout = (np.stack(one).astype(dtype) for one in fields)
        zeros = np.zeros((len(rngs), units), dtype), np.zeros((len(rngs), classes), dtype)
        return cls(
            recurrent, inward, zeros[0], readout, zeros[1], tuple(sizes), topology, activation
        )

    @classmethod
    def of_layered(cls, network: LayeredNetwork, readout, readout_biases) -> FieldNetworks:
        """Return one layered network of `theory.ep`, with its read-out, as a run of one."""
        topology = "reciprocal"
        return cls(
            network.coupling()[None], network.weights[0][None],
            np.concatenate(network.biases)[None], np.asarray(readout)[None],
            np.asarray(readout_biases)[None], network.sizes, topology, network.activation,
        )  # fmt: skip

    @property
    def sigma(self) -> Activation:
        return find_activation(self.activation)

    @property
    def parameters(self) -> list[np.ndarray]:
        return [self.recurrent, self.inward, self.biases, self.readout, self.readout_biases]

    def activity(self, states: np.ndarray) -> np.ndarray:
        """Return the activities r of preactivations u, real or complex."""
        if np.iscomplexobj(states) and self.activation == "shifted_sigmoid":
            return complex_arrays.shifted_sigmoid(states)  # ten times faster than a complex tanh
        return self.sigma.function(states)

    def drive(self, inputs: np.ndarray) -> np.ndarray:
        """Return B x + b, shape (runs, batch, units); inputs (runs or 1, batch, pixels)."""
        if inputs.ndim != 3 or inputs.shape[-1] != self.inward.shape[-1]:
            raise ValueError(
                f"inputs: shape {inputs.shape}; the networks take (runs, batch, "
                f"{self.inward.shape[-1]})"
            )
        runs, batch = len(self.biases), inputs.shape[1]
        drive = np.repeat(self.biases[:, None], batch, axis=1)
        drive[:, :, self.slices[0]] += inputs @ np.swapaxes(self.inward, 1, 2)
        assert drive.shape[0] == runs
        return drive

    def probabilities(self, activities: np.ndarray) -> np.ndarray:
        """Return the softmax of the read-out, shape (runs, batch, classes), real or complex."""
        logits = activities[..., self.slices[-1]] @ np.swapaxes(self.readout, 1, 2)
        return complex_arrays.softmax(logits + self.readout_biases[:, None])

    def loss(self, activities: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """Return the cross-entropy, shape (runs, batch); targets (runs, batch, classes)."""
        return -np.sum(targets * np.log(self.probabilities(activities)), axis=-1)

    def loss_gradient(self, activities: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """Return the loss gradient by all activities, shape (runs, batch, units)."""
        gradient = np.zeros_like(activities)
        gradient[..., self.slices[-1]] = (self.probabilities(activities) - targets) @ self.readout
        return gradient

    def jacobian(self) -> np.ndarray:
        """Return W - 1, shape (runs, units, units): but for its diagonal that of the forces."""
        return self.recurrent - np.eye(self.recurrent.shape[1], dtype=self.recurrent.dtype)

    def angle(self) -> np.ndarray:
        """Return the angle of forward and backward weights in degrees, nan without reciprocity."""
        if self.topology != "reciprocal":
            return np.full(len(self.recurrent), np.nan)
        pairs = [*pairwise(self.slices)]
        forward = [self.recurrent[:, above, below] for below, above in pairs]
        backward = [np.swapaxes(self.recurrent[:, below, above], 1, 2) for below, above in pairs]
        return weight_angle(forward, backward)

    def parameter_gradient(self, activities, errors, inputs, targets) -> list[np.ndarray]:
        """Return what errors give for every parameter, averaged over the batch.

        Errors have the shape (runs, batch, units) and multiply the derivatives of the field; the
        read-out gets its ordinary gradient. With back-propagated errors this is the gradient of
        the loss.
        """
        batch = activities.shape[1]
        turned = np.swapaxes(errors, 1, 2) / batch
        left = (self.probabilities(activities) - targets) / batch
        return [
            (turned @ activities) * self.linked,
            turned[:, self.slices[0]] @ inputs,
            errors.mean(axis=1),
            np.swapaxes(left, 1, 2) @ activities[..., self.slices[-1]],
            left.sum(axis=1),
        ]
