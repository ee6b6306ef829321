r"""Classifiers with a soft read-out that learn from their own equilibria, several seeds at once.

All arrays carry the seeds along their first axis. States are relaxed in single precision by a given
number of sweeps; the nudge enters through the read-out's weights, noise at every preactivation.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from theory import checks
from theory.ep.losses import SoftReadout
from theory.ep.networks import LayeredNetwork
from theory.holo_ep import complex_arrays
from theory.holo_ep.activations import SoftClipNetwork
from theory.holo_ep.clamped_network import ClampedNetwork, NotHolomorphic

ACTIVATIONS = {
    "shifted_sigmoid": complex_arrays.shifted_sigmoid,
    "soft_clip": complex_arrays.soft_clip,
    "hard_clip": complex_arrays.hard_clip,
}


@dataclass(eq=False)
class Classifiers:
    """Parameters of several classifiers of one shape; updated in place by training.

    Attributes
    ----------
    weights : list of ndarray, shapes (runs, units of layer n, units of layer n - 1)
        The last ones are the read-out's.
    biases : list of ndarray, shapes (runs, units of layer n)
    activation : {"shifted_sigmoid", "soft_clip", "hard_clip"}
    alternating : bool
        Relax odd and even layers in turn instead of all at once, as published: the same
        equilibria, reached in half the sweeps and without cycles of period two.
    """

    weights: list[np.ndarray]
    biases: list[np.ndarray]
    activation: str
    alternating: bool = True

    @classmethod
    def random(
        cls, sizes: tuple[int, ...], activation: str, seeds: tuple[int, ...], scale: float = 1.0
    ) -> Classifiers:
        """Draw normal weights of variance scale^2 / fan-in and zero biases, one network a seed.

        `sizes` are those of the input, every layer and the classes.
        """
        checks.one_of("activation", activation, tuple(ACTIVATIONS))
        if len(sizes) < 3:
            raise ValueError(f"sizes: input, a layer and classes are needed, got {sizes}")
        shapes = [(b, a) for a, b in pairwise(sizes)]
        drawn = []
        for seed in seeds:
            rng = np.random.default_rng(seed)
            drawn.append([scale * rng.standard_normal(s) / np.sqrt(s[1]) for s in shapes])
        weights = [np.stack(same).astype(np.float32) for same in zip(*drawn, strict=True)]
        biases = [np.zeros(w.shape[:2], np.float32) for w in weights]
        return cls(weights, biases, activation)

    @property
    def parameters(self) -> list[np.ndarray]:
        return [*self.weights, *self.biases]

    def clamped(self, run: int, inputs: np.ndarray, targets: np.ndarray) -> ClampedNetwork:
        """Return one network with inputs and targets, in double precision."""
        weights = [w[run].astype(float) for w in self.weights]
        biases = [b[run].astype(float) for b in self.biases]
        inner = weights[:-1], biases[:-1]
        if self.activation == "soft_clip":
            network = SoftClipNetwork(*inner)
        else:
            name = {"hard_clip": "wide_hard_sigmoid"}.get(self.activation, self.activation)
            network = LayeredNetwork(*inner, name)
        return ClampedNetwork(network, inputs, targets, SoftReadout(weights[-1], biases[-1]))

    def relax(self, inputs, steps, *, states=None, targets=None, nudge=None, noise=0.0, rng=None):
        """Return the states after sweeps over all layers, a list of layers (runs, rows, units).

        Parameters
        ----------
        inputs : ndarray, shape (runs, rows, inputs)
        steps : int
        states : list of ndarray, optional
            Where to start; all zero by default.
        targets : ndarray, shape (runs, rows, classes), optional
        nudge : complex or ndarray, shape (rows, 1), optional
        noise : float
            Standard deviation on every preactivation in every step.
        """
        sigma = ACTIVATIONS[self.activation]
        complex_nudge = nudge is not None and np.iscomplexobj(nudge)
        if complex_nudge and self.activation == "hard_clip":
            raise NotHolomorphic(
                "nudge: it is complex, and the hard clip has kinks, where it has no complex "
                "derivative; use the soft clip, or a real nudge"
            )
        dtype = np.complex64 if complex_nudge else np.float32
        up = [np.swapaxes(w, 1, 2) for w in self.weights]
        bias = [b[:, None] for b in self.biases]
        ground = inputs @ up[0] + bias[0]
        if states is None:
            shape = inputs.shape[:2]
            states = [np.zeros((*shape, w.shape[1]), dtype) for w in self.weights[:-1]]
        states, last = [s.astype(dtype) for s in states], len(states) - 1
        if complex_nudge:
            nudge = np.asarray(nudge, np.complex64)
        count = len(states)
        groups = [range(0, count, 2), range(1, count, 2)] if self.alternating else [range(count)]
        for _ in range(steps):
            for group in groups:
                new = list(states)
                for n in group:
                    u = ground.astype(dtype) if n == 0 else states[n - 1] @ up[n] + bias[n]
                    if n < last:
                        u += states[n + 1] @ self.weights[n + 1]
                    elif nudge is not None:
                        error = targets - complex_arrays.softmax(states[n] @ up[-1] + bias[-1])
                        u += nudge * (error @ self.weights[-1])
                    if noise:
                        u += np.float32(noise) * rng.standard_normal(u.shape, np.float32)
                    new[n] = sigma(u)
                states = new
        return states

    def products(self, states, inputs) -> list[np.ndarray]:
        """Return minus the slope of the energy in the network's parameters, summed over rows.

        Weights, then biases, of the layers without the read-out.
        """
        layers = [inputs, *states]
        weights = [np.swapaxes(b, 1, 2) @ a for a, b in pairwise(layers)]
        return [*weights, *(layer.sum(axis=1) for layer in states)]

    def readout_slope(self, states, targets, factor=1.0) -> list[np.ndarray]:
        """Return the loss's slope in the read-out's weights and biases, summed over rows.

        `factor`, shape (rows, 1), weights the rows.
        """
        logits = states[-1] @ np.swapaxes(self.weights[-1], 1, 2) + self.biases[-1][:, None]
        errors = factor * (complex_arrays.softmax(logits) - targets)
        return [np.swapaxes(errors, 1, 2) @ states[-1], errors.sum(axis=1)]

    def predict(self, inputs: np.ndarray, steps: int) -> np.ndarray:
        """Return the classes that the noiseless networks choose, shape (runs, rows)."""
        runs = len(self.weights[0])
        stacked = np.broadcast_to(np.asarray(inputs, np.float32), (runs, *inputs.shape))
        states = self.relax(stacked, steps)
        logits = states[-1] @ np.swapaxes(self.weights[-1], 1, 2) + self.biases[-1][:, None]
        return logits.argmax(axis=2)
