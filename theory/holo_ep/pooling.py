r"""Convolutional vector fields with soft pooling: forward and backward kernels of their own.

Layer l receives, with convolutions M and soft pooling P,

.. math:: G_l = P(M_{w_l} r_{l-1} + b_l)
   + \frac{\partial}{\partial r_l}\, r_{l+1} \cdot P(M_{v_{l+1}} r_l + b_{l+1}) .

A soft pool gives :math:`\sum_i p_i z_i, p_i \propto e^{z_i / T}`, between the mean of its inputs
(high temperature T) and their maximum (low); they lie along the last axis but one. With equal
kernels v = w that is the gradient of an energy. With others its Jacobian depends on the state: what
flows back is weighted by how the *backward* kernels' currents share their pools.
Source: Laborieux and Zenke 2024, released code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from theory.door import door
from theory.ep.activations import find_activation
from theory.ep.networks import layer_slices
from theory.ep.pools import SoftPools, UnfoldedKernels
from theory.holo_ep.asymmetry import backward_weights
from theory.holo_ep.homeostasis import weight_angle
from theory.holo_ep.networks import checked_inputs, generators
from theory.holo_ep.vector_field import VectorField, times_real

STEP = 1e-4  # of the complex step: its square is below single precision


@door(currents="complex 2d+", temperature="> 0")
def soft_pools(currents: np.ndarray, temperature: float = 1.0) -> SoftPools:
    """Return the pools of currents (..., inputs, pools): their values, slopes and changes.

    The slopes are the derivatives p (1 + (z - s) / T) of a value s by its inputs z. They sum to 1
    over a pool; single ones can be negative.
    """
    return SoftPools(np.asarray(currents), temperature)


@door(forward="arrays 5d", backward="arrays 5d", biases="arrays 2d", side=">= 2")
@dataclass(eq=False)
class PoolingNetworks(VectorField):
    """Kernels of several networks of one shape; updated in place by training.

    Attributes
    ----------
    forward : list of ndarray, shapes (runs, above, below, 3, 3)
    backward : list of ndarray
        Of the same shapes, from the second layer on.
    biases : list of ndarray, shapes (runs, above)
        Shared by both ways.
    readout, readout_biases : ndarray, shapes (runs, classes, units above), (runs, classes)
    side : int
        Pixels along the image; each layer halves it.
    temperature : float
        Of the pools.
    tied : bool
        Give both ways the mean of their updates, so that equal kernels stay equal (an energy).
    """

    forward: list[np.ndarray]
    backward: list[np.ndarray]
    biases: list[np.ndarray]
    readout: np.ndarray
    readout_biases: np.ndarray
    side: int = 8
    temperature: float = 1.0
    activation: str = "soft_clip"
    tied: bool = False

    def __post_init__(self):
        if not len(self.forward):
            raise ValueError("forward: the kernels of at least one layer are needed")
        sides = [self.side // 2**n for n in range(len(self.forward))]
        self.patterns = [
            UnfoldedKernels(side, side, kernel.shape[2], kernel.shape[1])
            for side, kernel in zip(sides, self.forward, strict=True)
        ]
        find_activation(self.activation)
        self.slices = layer_slices([pattern.shape[1] // 4 for pattern in self.patterns])
        shapes = [kernel.shape for kernel in self.forward[1:]]
        if shapes != [kernel.shape for kernel in self.backward]:
            raise ValueError(
                f"backward: shapes {[k.shape for k in self.backward]} differ from those of the "
                f"forward kernels, {shapes}"
            )

    @classmethod
    @door(channels="counts", side=">= 2")
    def random(
        cls,
        channels: Sequence[int],
        rngs: Sequence[np.random.Generator],
        *,
        degrees: float = 0.0,
        classes: int = 10,
        side: int = 8,
        gain: float = 1.0,
        temperature: float = 1.0,
        activation: str = "soft_clip",
        tied: bool = False,
        dtype=np.float32,
    ) -> PoolingNetworks:
        """Draw kernels of variance gain^2 / fan-in, backward ones at an angle, biases of zero."""
        if not len(channels):
            raise ValueError("channels: at least one layer is needed")
        below = (1, *channels[:-1])
        forward, backward, readout = [], [], []
        units = channels[-1] * (side // 2 ** len(channels)) ** 2
        for rng in generators("rngs", rngs):
            kernels = [
                gain * rng.standard_normal((above, into, 3, 3)) / np.sqrt(9 * into)
                for above, into in zip(channels, below, strict=True)
            ]
            forward.append(kernels)
            backward.append([backward_weights(k, degrees, rng, exact=True) for k in kernels[1:]])
            readout.append(rng.standard_normal((classes, units)) / np.sqrt(units))

        def stack(lists):
            return [np.stack(same).astype(dtype) for same in zip(*lists, strict=True)]

        runs = len(rngs)
        return cls(
            stack(forward), stack(backward), [np.zeros((runs, c), dtype) for c in channels],
            np.stack(readout).astype(dtype), np.zeros((runs, classes), dtype), side, temperature,
            activation, tied,
        )  # fmt: skip

    @property
    def parameters(self) -> list[np.ndarray]:
        return [*self.forward, *self.backward, *self.biases, self.readout, self.readout_biases]

    def angle(self) -> np.ndarray:
        return weight_angle(self.forward[1:], self.backward)

    def _ways(self, layer: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the kernels of a layer and those back from it as matrices."""
        kernels = self.forward[layer], self.backward[layer - 1]
        return tuple(map(self.patterns[layer].matrix, kernels))

    def _pools(self, layer: int, matrix: np.ndarray, below: np.ndarray) -> SoftPools:
        """Return a layer's pools at their currents, shape (runs, batch, 4, units)."""
        currents = times_real(below, matrix)
        currents += self.patterns[layer].spread(self.biases[layer])
        return SoftPools(currents.reshape(*currents.shape[:2], 4, -1), self.temperature)

    def drive(self, inputs: np.ndarray) -> np.ndarray:
        inputs = checked_inputs(inputs, self.side**2)
        pooled = self._pools(0, self.patterns[0].matrix(self.forward[0]), inputs).values
        drive = np.zeros((*pooled.shape[:2], self.slices[-1].stop), pooled.dtype)
        drive[..., self.slices[0]] = pooled
        return drive

    def forces(self, drive):
        rest = range(1, len(self.forward))
        ways = {n: self._ways(n) for n in rest}
        back = {n: np.ascontiguousarray(np.swapaxes(ways[n][1], 1, 2)) for n in rest}

        def field(activities):
            force = activities * 0
            force += drive
            for n in rest:
                below, own = self.slices[n - 1], self.slices[n]
                sent = activities[..., below]
                rising, sinking = (self._pools(n, way, sent) for way in ways[n])
                force[..., own] += rising.values
                spread = sinking.slopes * activities[..., None, own]
                force[..., below] += times_real(spread.reshape(*sent.shape[:2], -1), back[n])
            return force

        return field

    def linear_maps(self, activities):
        rest, flat = range(1, len(self.forward)), (*activities.shape[:2], -1)
        prepared = []
        for n in rest:
            below, own = self.slices[n - 1], self.slices[n]
            sent, received = activities[..., below], activities[..., None, own]
            up, down = self._ways(n)
            rises, pools = self._pools(n, up, sent).slopes, self._pools(n, down, sent)
            prepared.append((below, own, received, pools, rises, up, down))

        def push(shift):
            change = np.zeros_like(shift)
            for below, own, received, pools, rises, up, down in prepared:
                lower = shift[..., below]
                change[..., own] += np.sum(rises * (lower @ up).reshape(rises.shape), axis=-2)
                sent = pools.changes((lower @ down).reshape(rises.shape))
                sent *= received
                sent += pools.slopes * shift[..., None, own]
                change[..., below] += sent.reshape(flat) @ np.swapaxes(down, 1, 2)
            return change

        def pull(error):
            change = np.zeros_like(error)
            for below, own, received, pools, rises, up, down in prepared:
                upper = (rises * error[..., None, own]).reshape(flat)
                change[..., below] += upper @ np.swapaxes(up, 1, 2)
                lower = (error[..., below] @ down).reshape(rises.shape)
                change[..., own] += np.sum(pools.slopes * lower, axis=-2)
                bend = pools.changes(lower)
                bend *= received
                change[..., below] += bend.reshape(flat) @ np.swapaxes(down, 1, 2)
            return change

        return push, pull

    def jacobian(self, activities) -> np.ndarray:
        units = activities.shape[-1]
        push, _ = self.linear_maps(np.repeat(activities, units, axis=1))
        basis = np.tile(np.eye(units, dtype=activities.dtype), (activities.shape[1], 1))
        columns = push(np.broadcast_to(basis, (len(activities), *basis.shape)))
        columns = columns.reshape(len(activities), -1, units, units)
        return np.swapaxes(columns, -1, -2) - np.eye(units, dtype=activities.dtype)

    def field_gradient(self, activities, errors, inputs) -> list[np.ndarray]:
        batch = activities.shape[1]
        rises = self._pools(0, self.patterns[0].matrix(self.forward[0]), inputs).slopes
        sent = (rises * errors[..., None, self.slices[0]]).reshape(*rises.shape[:2], -1) / batch
        first = self.patterns[0].kernel_gradient(np.swapaxes(inputs, 1, 2) @ sent)
        first_bias = self.patterns[0].bias_gradient(sent.sum(axis=1))
        forward, backward, biases = self._recurrent_gradient(activities, errors)
        if self.tied:
            forward = [(up + down) / 2 for up, down in zip(forward, backward, strict=True)]
            backward = forward
        return [first, *forward, *backward, first_bias, *biases]

    def _recurrent_gradient(self, activities, errors):
        """Return batch means of errors times dG/dtheta, but for the first layer's; real errors."""
        forward, backward, biases = [], [], []
        batch, flat = activities.shape[1], (*activities.shape[:2], -1)
        for n in range(1, len(self.forward)):
            below, own = self.slices[n - 1], self.slices[n]
            sent, pattern, (up, down) = activities[..., below], self.patterns[n], self._ways(n)
            rises = self._pools(n, up, sent).slopes
            upper = (rises * errors[..., None, own]).reshape(flat) / batch
            across = np.swapaxes(sent, 1, 2)
            forward.append(pattern.kernel_gradient(across @ upper))
            pools, received = self._pools(n, down, sent), activities[..., None, own]
            direct = pools.slopes * received
            lower = errors[..., below] @ down
            bend = (pools.changes(lower.reshape(rises.shape)) * received).reshape(flat) / batch
            total = np.swapaxes(errors[..., below], 1, 2) @ (direct.reshape(flat) / batch)
            backward.append(pattern.kernel_gradient(total + across @ bend))
            # A bias shifts a whole pool and changes none of its slopes: no part from the way back.
            biases.append(pattern.bias_gradient(upper.sum(axis=1)))
        return forward, backward, biases

    def homeostatic_gradient(self, activities, draws, rngs) -> list[np.ndarray]:
        shape, found = activities.shape[1:], []
        for _ in range(draws):
            eps = np.stack([rng.standard_normal(shape, dtype=np.float32) for rng in rngs])
            eps = eps.astype(activities.dtype, copy=False)
            found.append(self.homeostatic_gradient_along(activities, eps))
        return [sum(arrays) / draws for arrays in zip(*found, strict=True)]

    def homeostatic_gradient_along(self, activities, perturbations) -> list[np.ndarray]:
        r"""Return the batch mean of the gradient of one draw a sample, ordered as `parameters`.

        The state counts as constant, as in the released code. The derivative of :math:`a \cdot J b`
        by the parameters is the change of :math:`a \cdot \partial G / \partial \theta` along b: one
        evaluation at a state moved by a small imaginary step, since the field is holomorphic.

        Parameters
        ----------
        activities, perturbations : ndarray, shapes (runs, batch, units)
        """
        push, pull = self.linear_maps(activities)
        once, back = push(perturbations) - perturbations, pull(perturbations) - perturbations
        first = self._recurrent_gradient(activities + 1j * STEP * perturbations, 2 * once - back)
        second = self._recurrent_gradient(activities + 1j * STEP * once, perturbations)
        forward, backward, biases = (
            [((a - b).imag / STEP).astype(activities.dtype) for a, b in zip(one, two, strict=True)]
            for one, two in zip(first, second, strict=True)
        )
        zero = np.zeros_like
        return [
            zero(self.forward[0]), *forward, *backward, zero(self.biases[0]), *biases,
            zero(self.readout), zero(self.readout_biases),
        ]  # fmt: skip
