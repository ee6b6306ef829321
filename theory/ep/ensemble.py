r"""Several networks of one shape relaxed at once, as published: fixed numbers of synchronous steps.

All arrays carry the runs along their first axis, so that seeds and settings share every matrix
product. This is the system that is trained; `theory.ep.equilibria` finds its fixed points
independently.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from theory import checks
from theory.door import door
from theory.ep.activations import Activation, find_activation
from theory.ep.losses import SoftReadout
from theory.ep.networks import LayeredNetwork, layer_slices


@door
def one_hot(labels: np.ndarray, classes: int) -> np.ndarray:
    """Return targets of 0 and 1, shape (..., classes), for labels in 0 ... classes - 1."""
    labels = np.asarray(labels)
    if labels.dtype.kind not in "iu":
        raise TypeError(f"labels: class numbers are integers, not {labels.dtype}")
    if labels.size and not 0 <= labels.min() <= labels.max() < classes:
        raise ValueError(
            f"labels: they run from {labels.min()} to {labels.max()}; the network has {classes} "
            f"outputs, so the classes are 0 to {classes - 1}"
        )
    return np.eye(classes, dtype=np.float32)[labels]


@door
@dataclass(eq=False)
class Ensemble:
    """Parameters of several layered networks; the arrays are updated in place by training.

    Attributes
    ----------
    weights : list of ndarray, shapes (runs, units of layer n, units of layer n - 1)
    biases : list of ndarray, shapes (runs, units of layer n)
    backward : list of ndarray
        Backward weights of layers 2 ... N, or empty where the forward weights serve.
    activation : str
    readout : list of ndarray
        Weights (runs, classes, units of layer N) and biases (runs, classes) of a softmax read-out
        that is no part of the relaxing system; empty where the last layer is the output.
    """

    weights: list[np.ndarray]
    biases: list[np.ndarray]
    backward: list[np.ndarray]
    activation: str | Activation
    readout: list[np.ndarray] = field(default_factory=list)

    @classmethod
    @door
    def of(
        cls,
        networks: list[LayeredNetwork],
        dtype=np.float32,
        readouts: list[SoftReadout] | None = None,
    ) -> Ensemble:
        """Stack networks of equal sizes and activation, with a read-out each or none."""
        kinds = {(n.weights[0].shape, n.sizes, n.activation, n.backward is None) for n in networks}
        if len(kinds) != 1:
            raise ValueError("networks: an ensemble has one shape and one activation")

        def stack(arrays):
            return [np.stack(same).astype(dtype) for same in zip(*arrays, strict=True)]

        backward = stack([n.backward for n in networks]) if networks[0].backward else []
        return cls(
            stack([n.weights for n in networks]),
            stack([n.biases for n in networks]),
            backward,
            networks[0].activation,
            stack([(one.weights, one.biases) for one in readouts]) if readouts else [],
        )

    def network(self, run: int) -> LayeredNetwork:
        """Return one of the networks, in double precision."""
        return LayeredNetwork(
            [w[run] for w in self.weights],
            [b[run] for b in self.biases],
            self.activation,
            [b[run] for b in self.backward] if self.backward else None,
        )

    @property
    def parameters(self) -> list[np.ndarray]:
        return [*self.weights, *self.biases, *self.backward, *self.readout]

    def check_batch(self, inputs, targets) -> None:
        """Refuse inputs and targets that are not (runs, batch, inputs) and (runs, batch, "
        "outputs)."""
        runs, _, columns = self.weights[0].shape
        outputs = (self.readout[0] if self.readout else self.weights[-1]).shape[1]
        if np.ndim(inputs) != 3 or (len(inputs), np.shape(inputs)[2]) != (runs, columns):
            raise ValueError(
                f"inputs: shape {np.shape(inputs)}; (runs, batch, inputs) = ({runs}, batch, "
                f"{columns}) "
                "is needed"
            )
        wanted = (*np.shape(inputs)[:2], outputs)
        if np.shape(targets) != wanted:
            raise ValueError(
                f"targets: shape {np.shape(targets)}; {wanted} is needed, a row of outputs for "
                f"each "
                "sample of each run (theory.ep.one_hot makes it of class numbers)"
            )

    def preactivations(self, states, inputs) -> list[np.ndarray]:
        """Return what every layer receives from the others and the input, without a nudge."""
        below, down = [inputs, *states[:-1]], self.backward or self.weights[1:]
        currents = []
        for n, (lower, w, b) in enumerate(zip(below, self.weights, self.biases, strict=True)):
            u = lower @ np.swapaxes(w, 1, 2) + b[:, None]
            currents.append(u + states[n + 1] @ down[n] if n + 1 < len(states) else u)
        return currents

    def outputs(self, states) -> np.ndarray:
        """Return the last layer, or the class probabilities of the read-out behind it."""
        if not self.readout:
            return states[-1]
        weights, biases = self.readout
        logits = states[-1] @ np.swapaxes(weights, 1, 2) + biases[:, None]
        scaled = np.exp(logits - logits.max(axis=-1, keepdims=True))
        return scaled / scaled.sum(axis=-1, keepdims=True)

    def loss_gradient(self, states, targets) -> np.ndarray:
        """Return the gradient of the loss in the last layer, (runs, batch, units).

        Of the squared error, or of the cross-entropy of the read-out.
        """
        error = self.outputs(states) - targets
        return error @ self.readout[0] if self.readout else error

    def readout_gradient(self, states, targets) -> list[np.ndarray]:
        """Return the gradient of the loss in the read-out at these states; [] without one."""
        if not self.readout:
            return []
        error = self.outputs(states) - targets
        return [np.swapaxes(error, 1, 2) @ states[-1] / error.shape[1], error.mean(axis=1)]

    def relax(self, inputs, steps, *, states=None, targets=None, nudge=None, keep=0, mask=None):
        r"""Return the states after synchronous steps, as a list of layers (runs, batch, units).

        Parameters
        ----------
        inputs : ndarray, shape (runs, batch, inputs)
        steps : int
        states : list of ndarray, optional
            Where to start; all zero by default.
        targets : ndarray, shape (runs, batch, outputs), optional
        nudge : ndarray, shape (runs, 1, 1), optional
            Nudging strength of every run, on the squared error or the read-out's cross-entropy.
        keep : int
            How many of the last states before the final one to return as well.
        mask : ndarray, shape (runs, batch, units of layer N), optional
            Factor on the states of the last layer: dropout, the same in all phases of a batch.

        Returns
        -------
        states : list of ndarray
        kept : list of such lists
            Oldest first; only with `keep`.
        """
        checks.integer_at_least("steps", steps, 0)
        sigma, last = find_activation(self.activation).function, len(self.weights) - 1
        up = [np.swapaxes(w, 1, 2) for w in self.weights]
        down = self.backward or self.weights[1:]
        parts = layer_slices([w.shape[1] for w in self.weights])

        def layers(joint):
            return [joint[..., part] for part in parts]

        # All layers in one array: what is the same for all is one operation.
        biases = np.concatenate(self.biases, axis=1)[:, None]
        drive = np.repeat(biases, inputs.shape[1], axis=1)
        drive[..., parts[0]] += inputs @ up[0]  # the input is static
        state, kept = np.zeros_like(drive), []
        if states is not None:
            np.concatenate(states, axis=2, out=state)
        u = np.zeros_like(drive)
        new = layers(u)
        for step in range(steps):
            old = layers(state)
            if step >= steps - keep:
                kept.append(old)
            if last and (step or states is not None):  # what units at rest send is nothing
                for n in range(last):
                    np.matmul(old[n], up[n + 1], out=new[n + 1])
                np.matmul(old[1], down[0], out=new[0])
                for n in range(1, last):
                    new[n] += old[n + 1] @ down[n]
                u += drive
            else:
                u[...] = drive
            if nudge is not None:
                new[last] -= nudge * self.loss_gradient(old, targets)
            state = sigma(u)
            if mask is not None:
                state[..., parts[last]] *= mask
        states = layers(state)
        return (states, kept) if keep else states

    def products(self, states, inputs) -> list[np.ndarray]:
        """Return the local products of both ends of every weight, and the mean states.

        Batch means in the order of `parameters`, without backward weights and read-out.
        """
        layers = [inputs, *states]
        weights = [
            np.swapaxes(upper, 1, 2) @ lower / inputs.shape[1] for lower, upper in pairwise(layers)
        ]
        return [*weights, *(layer.mean(axis=1) for layer in states)]

    def error_gradient(self, states, errors, inputs) -> list[np.ndarray]:
        """Return what errors at the preactivations give: both uses of every weight."""
        layers, batch = [inputs, *states], inputs.shape[1]
        up = [np.swapaxes(d, 1, 2) @ s / batch for d, s in zip(errors, layers[:-1], strict=True)]
        down = [
            np.swapaxes(s, 1, 2) @ d / batch for d, s in zip(errors[:-1], layers[2:], strict=True)
        ]
        biases = [d.mean(axis=1) for d in errors]
        if self.backward:
            return [*up, *biases, *down]
        return [up[0], *(u + d for u, d in zip(up[1:], down, strict=True)), *biases]

    def errors_one_step_back(self, errors) -> list[np.ndarray]:
        """Return the errors of the states from those of the preactivations they feed."""
        back = [e @ w for e, w in zip(errors[1:], self.weights[1:], strict=True)]
        back.append(np.zeros_like(errors[-1]))
        for n, w in enumerate(self.backward or self.weights[1:]):
            back[n + 1] = back[n + 1] + errors[n] @ np.swapaxes(w, 1, 2)
        return back
