r"""Convolutional networks with max-pooling whose neurons settle to an equilibrium.

.. math:: \Phi = \sum_n s^n \cdot \mathcal P(W_n \star s^{n-1} + b_n) + s^N \cdot (W_N s^{N-1} +
   b_N)

with 3 x 3 kernels, padding 1 and 2 x 2 max-pooling :math:`\mathcal P` after each convolution, and a
dense layer on top. The states obey :math:`s = \sigma(\partial \Phi / \partial s - \beta \partial C
/ \partial s)`. What flows down from a layer goes through **un-pooling**, to the place of the
maximum of the current convolution, and the transposed convolution. Where two inputs of a pool tie,
:math:`\Phi` has a kink.

With a *soft read-out* the dense layer does not relax: its softmax is outside the system, and the
cross-entropy nudges the last convolutional layer. With *backward* kernels :math:`B_n` of their own
there is no :math:`\Phi`: layer n - 1 feels the slope of :math:`s^n \cdot \mathcal P(B_n \star
s^{n-1})`, so that signals on the way down pass the maxima of :math:`B_n \star s^{n-1}`, as in the
released networks, and not those of the way up.

Several networks of one shape relax at once where all parameters and images have one more axis.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from theory import checks
from theory.door import door
from theory.ep.activations import find_activation
from theory.ep.convolution_maps import (
    Ground,
    as_kernels,
    channels_last,
    features_last,
    in_memory,
    kernel_matrix,
    named,
)
from theory.ep.convolution_products import local_products
from theory.ep.pool_windows import pool_convolution


@door
@dataclass(eq=False)
class ConvolutionalNetwork:
    """Kernels (out, in, 3, 3) with biases (out,), then a dense layer; updated in place by training.

    Attributes
    ----------
    kernels, biases : list of ndarray
        All with one more axis in front for several networks (`stack`).
    dense : ndarray, shape (classes, features)
    dense_bias : ndarray, shape (classes,)
    activation : str
    padding : tuple of int
    soft : bool
        Whether the dense layer is a softmax read-out outside the relaxing system.
    backward : list of ndarray
        Kernels of the way down, of convolutions 2 ... N; empty where the forward ones serve.
    """

    kernels: list[np.ndarray]
    biases: list[np.ndarray]
    dense: np.ndarray
    dense_bias: np.ndarray
    activation: str = "shifted_sigmoid"
    padding: tuple[int, ...] = ()
    soft: bool = False
    backward: list[np.ndarray] = field(default_factory=list)

    def __post_init__(self):
        find_activation(self.activation)
        self.padding = tuple(self.padding) or (1,) * len(self.kernels)
        if self.backward and not self.soft:
            raise ValueError("backward: kernels of the way down need a soft read-out")
        for name in ("kernels", "backward"):
            arrays = getattr(self, name)
            for kernel in arrays:
                if np.ndim(kernel) not in (4, 5) or np.shape(kernel)[-2:] != (3, 3):
                    raise ValueError(
                        f"{name}: they have shape (out, in, 3, 3), not {np.shape(kernel)}"
                    )
            setattr(self, name, [as_kernels(kernel_matrix(np.asarray(k))) for k in arrays])

    @classmethod
    @door
    def random(
        cls,
        image_shape: tuple[int, int, int],
        channels: tuple[int, ...],
        classes: int,
        rng: np.random.Generator | int,
        *,
        activation: str = "shifted_sigmoid",
        padding: tuple[int, ...] = (),
        soft: bool = False,
        backward: bool = False,
        dtype=np.float32,
    ) -> ConvolutionalNetwork:
        r"""Draw kernels and weights uniformly from :math:`\pm 1 / \sqrt{\text{fan-in}}`.

        Parameters
        ----------
        image_shape : tuple of int
            (channels, rows, columns); what each convolution returns must be divisible by 2.
        channels : tuple of int
            Of the convolutional layers.
        padding : tuple of int, optional
            0 or 1 for every convolution; by default 1, which keeps the size.
        soft, backward : bool
            A read-out outside the system; kernels of their own on the way down.
        """
        rng = checks.as_rng(rng)
        find_activation(activation)
        (below, rows, columns), kernels, biases, down = image_shape, [], [], []
        padding = tuple(padding) or (1,) * len(channels)
        for above, pad in zip(channels, padding, strict=True):
            rows, columns = rows + 2 * pad - 2, columns + 2 * pad - 2
            if rows < 2 or columns < 2 or rows % 2 or columns % 2:
                raise ValueError(
                    f"image_shape: {image_shape} leaves {rows} x {columns} pixels to a pool"
                )
            bound = 1 / np.sqrt(9 * below)
            kernels.append(rng.uniform(-bound, bound, (above, below, 3, 3)).astype(dtype))
            biases.append(rng.uniform(-bound, bound, above).astype(dtype))
            if backward and len(kernels) > 1:
                down.append(rng.uniform(-bound, bound, (above, below, 3, 3)).astype(dtype))
            below, rows, columns = above, rows // 2, columns // 2
        features = below * rows * columns
        bound = 1 / np.sqrt(features)
        return cls(
            kernels,
            biases,
            rng.uniform(-bound, bound, (classes, features)).astype(dtype),
            rng.uniform(-bound, bound, classes).astype(dtype),
            activation,
            padding,
            soft,
            down,
        )

    @classmethod
    @door
    def stack(cls, networks: list[ConvolutionalNetwork]) -> ConvolutionalNetwork:
        """Return networks of one shape as one, which relaxes and learns all of them at once."""
        first = networks[0]
        kinds = {(n.activation, n.padding, n.soft, len(n.backward)) for n in networks}
        shapes = {tuple(p.shape for p in n.parameters) for n in networks}
        if len(kinds) != 1 or len(shapes) != 1:
            raise ValueError("networks: only networks of one shape and kind are stacked")

        def together(name):
            return [np.stack(s) for s in zip(*(getattr(n, name) for n in networks), strict=True)]

        return cls(
            together("kernels"), together("biases"),
            np.stack([n.dense for n in networks]), np.stack([n.dense_bias for n in networks]),
            first.activation, first.padding, first.soft, together("backward"),
        )  # fmt: skip

    @property
    def classes(self) -> int:
        return self.dense.shape[-2]

    @property
    def parameters(self) -> list[np.ndarray]:
        return [*self.kernels, *self.biases, self.dense, self.dense_bias, *self.backward]

    def top(self, states) -> np.ndarray:
        """Return the last convolution's states in one row a sample, (..., batch, features)."""
        last = states[len(self.kernels) - 1]
        return last.reshape(*last.shape[:-3], -1)

    def logits(self, states) -> np.ndarray:
        """Return what the dense layer makes of the last convolution, (..., batch, classes)."""
        last = states[len(self.kernels) - 1]
        pixels, dense = in_memory(last), features_last(self.dense, last.shape)
        logits = pixels.reshape(*pixels.shape[:-3], -1) @ np.swapaxes(dense, -1, -2)
        return logits + self.dense_bias[..., None, :]

    def dense_down(self, signals, shape) -> np.ndarray:
        """Return what the classes send down to states of a shape (..., channels, rows, columns)."""
        *lead, channels, rows, columns = shape
        sent = signals @ features_last(self.dense, shape)
        return named(sent.reshape(*lead, rows, columns, channels))

    def outputs(self, states) -> np.ndarray:
        """Return the relaxing outputs, or the class probabilities of the soft read-out."""
        if not self.soft:
            return states[-1]
        logits = self.logits(states)
        scaled = np.exp(logits - logits.max(axis=-1, keepdims=True))
        return scaled / scaled.sum(axis=-1, keepdims=True)

    def loss_gradient(self, states, targets) -> np.ndarray:
        """Return the gradient of squared error or cross-entropy in the last relaxing layer."""
        outputs = self.outputs(states)
        error = outputs - self.checked_targets(targets, outputs.shape)
        return self.dense_down(error, states[-1].shape) if self.soft else error

    @staticmethod
    def checked_targets(targets, shape) -> np.ndarray:
        """Return targets of the shape of the outputs; class numbers and others are refused."""
        if np.shape(targets) != tuple(shape):
            raise ValueError(
                f"targets: shape {np.shape(targets)}; a row of {shape[-1]} for each of the "
                f"{shape[-2]} images is needed (theory.ep.one_hot makes it of class numbers)"
            )
        return targets

    def readout_gradient(self, states, targets) -> list[np.ndarray]:
        """Return the gradient of the cross-entropy in the soft read-out; [] without one."""
        if not self.soft:
            return []
        error, top = self.outputs(states) - targets, self.top(states)
        return [np.swapaxes(error, -1, -2) @ top / error.shape[-2], error.mean(axis=-2)]

    def ground(self, images: np.ndarray) -> Ground:
        """Return what the static image sends to the first layer: pooled values and places."""
        up, down, (rows, columns) = [], [], images.shape[-2:]
        for n, (kernel, pad) in enumerate(zip(self.kernels, self.padding, strict=True)):
            up.append(pool_convolution(kernel, pad, rows, columns))
            if n > 0:
                own = self.backward[n - 1] if self.backward else None
                down.append(up[n] if own is None else pool_convolution(own, pad, rows, columns))
            rows, columns = (rows + 2 * pad - 2) // 2, (columns + 2 * pad - 2) // 2
        found = Ground(up[0].pooled(channels_last(images), self.biases[0]))
        found.up, found.down = up, down
        return found

    def zeros(self, images: np.ndarray) -> list[np.ndarray]:
        """Return states of zero for a batch of images."""
        *lead, _, rows, columns = images.shape
        states, dtype = [], self.dense.dtype
        for bias, pad in zip(self.biases, self.padding, strict=True):
            rows, columns = (rows + 2 * pad - 2) // 2, (columns + 2 * pad - 2) // 2
            states.append(named(np.zeros((*lead, rows, columns, bias.shape[-1]), dtype)))
        if not self.soft:
            states.append(np.zeros((*lead, self.classes), dtype))
        return states

    def forces(self, ground, states) -> tuple[list[np.ndarray], list[np.ndarray]]:
        r"""Return :math:`\partial \Phi / \partial s` of all layers, and places of the maxima up."""
        values, where = ground
        forces, places = [values], [where]
        for n in range(1, len(self.kernels)):
            values, where = ground.up[n].pooled(states[n - 1], self.biases[n])
            forces.append(values)
            places.append(where)
            way = ground.down[n - 1]
            if self.backward:
                where = way.strongest(way.up(states[n - 1]))[1]
            forces[n - 1] = forces[n - 1] + way.down(way.place(states[n], where))
        if not self.soft:
            forces.append(self.logits(states))
            forces[-2] = forces[-2] + self.dense_down(states[-1], forces[-2].shape)
        return forces, places

    def _at_rest(self, ground, states):
        """What `forces` returns where all states are zero, without a product."""
        biases = [b[..., None, :, None, None] for b in self.biases]
        above = zip([*biases, self.dense_bias[..., None, :]][1:], states[1:], strict=False)
        return [ground[0], *(np.broadcast_to(bias, state.shape) for bias, state in above)]

    def products(self, images, states, ground=None) -> list[np.ndarray]:
        """Return the derivative of the primitive function in the parameters; `local_products`."""
        return local_products(self, images, states, ground)

    def primitive(self, images, states) -> np.ndarray:
        r"""Return :math:`\Phi` of every sample, shape (..., batch); not with backward kernels."""
        if self.backward:
            raise ValueError("network: with backward kernels there is no primitive function")
        ground, total = self.ground(images), np.zeros(states[0].shape[:-3], self.dense.dtype)
        for n, (way, state) in enumerate(zip(ground.up, states, strict=False)):
            current = way.pooled(images if n == 0 else states[n - 1], self.biases[n])[0]
            total = total + np.sum(state * current, axis=(-3, -2, -1))
        return total if self.soft else total + np.sum(states[-1] * self.logits(states), axis=-1)

    def relax(
        self, images, steps, *, states=None, targets=None, nudging_strength=0.0, path=False,
        mask=None, ground=None,
    ):  # fmt: skip
        """Return the states after synchronous steps, or all of them.

        Parameters
        ----------
        images : ndarray, shape (batch, channels, rows, columns)
        steps : int
        states : list of ndarray, optional
            Where to start; zero by default.
        targets : ndarray, shape (batch, classes), optional
        nudging_strength : float or ndarray, shape (networks,)
            On the squared error, or on the cross-entropy of a soft read-out.
        path : bool
            Return the list of states from the start to the end.
        mask : ndarray, optional
            Factor on the states of the last convolution: dropout, the same in all phases.
        ground : Ground, optional
            What `ground` returns for these images, where it is known already.
        """
        sigma, last = find_activation(self.activation).function, len(self.kernels) - 1
        ground, at_rest = self.ground(images) if ground is None else ground, states is None
        states = self.zeros(images) if at_rest else states
        passed = [states]
        nudge = np.asarray(nudging_strength, self.dense.dtype)
        nudge = nudge.reshape(nudge.shape + (1,) * (states[-1].ndim - nudge.ndim))
        nudged = nudge.any()
        for step in range(checks.integer_at_least("steps", steps, 0)):
            still = at_rest and step == 0
            forces = self._at_rest(ground, states) if still else self.forces(ground, states)[0]
            if nudged:
                forces[-1] = forces[-1] - nudge * self.loss_gradient(states, targets)
            states = [sigma(force) for force in forces]
            if mask is not None:
                states[last] = states[last] * mask
            if path:
                passed.append(states)
        return passed if path else states
