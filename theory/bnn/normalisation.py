r"""Normalisation layers: over the batch, with the paper's variants, and over a sample's features.

:math:`y = \gamma \hat x + \beta,\ \hat x = (x - \mu) / \sqrt{\sigma^2 + \epsilon}`.
"""

from __future__ import annotations

import numpy as np

from theory import checks
from theory.bnn.arrays import column_products, like, one_pass
from theory.bnn.layers import Layer
from theory.bnn.parameters import Parameter

EPSILON = 1e-5
MOMENTUM = 0.1  # weight of the newest batch in the running statistics


class BatchNorm(Layer):
    """Batch normalisation of the last axis, over all others.

    Parameters
    ----------
    name : str
    channels : int
    rng : numpy.random.Generator
        Draws the scales where they are uniform.
    affine : bool
        Whether scale and shift are trained; without them both are absent.
    scale : {"uniform", "one"}
        Initial scales: uniform in [0, 1), as the framework of the paper's time did, or 1.
    statistics : {"batch", "running"}
        What a test uses: the statistics of the test batch, or running averages of training ones.
    """

    stacked = False  # whether the first axis is that of the members of an ensemble

    def __init__(
        self,
        name,
        channels,
        rng,
        *,
        affine=True,
        scale="uniform",
        statistics="batch",
        dtype=np.float32,
    ):
        super().__init__(dtype)
        checks.one_of("scale", scale, ("uniform", "one"))
        self.statistics = checks.one_of("statistics", statistics, ("batch", "running"))
        self.running_mean = np.zeros(channels, dtype)
        self.running_variance = np.ones(channels, dtype)
        if affine:
            drawn = rng.uniform(0, 1, channels) if scale == "uniform" else np.ones(channels)
            self.scale = Parameter(f"{name}.scale", drawn.astype(dtype), "normalisation")
            self.shift = Parameter(f"{name}.shift", np.zeros(channels, dtype), "normalisation")
            self.parameters = (self.scale, self.shift)
        else:
            self.scale = self.shift = None

    def state(self) -> dict[str, np.ndarray]:
        """Return copies of what belongs to one task: scale, shift and running statistics."""
        return {name: array.copy() for name, array in self._arrays().items()}

    def load(self, state: dict[str, np.ndarray]) -> None:
        for name, array in self._arrays().items():
            array[...] = like(state[name], array)

    def move(self, module) -> None:
        super().move(module)
        self.running_mean = module.asarray(self.running_mean)
        self.running_variance = module.asarray(self.running_variance)

    def _arrays(self):
        arrays = {"running_mean": self.running_mean, "running_variance": self.running_variance}
        if self.scale is not None:
            arrays |= {"scale": self.scale.value, "shift": self.shift.value}
        return arrays

    @property
    def inverse(self):
        """1 over the deviation of the last forward pass."""
        return 1 / np.sqrt(self._variance + EPSILON)

    def forward(self, inputs, training):
        flat = self._flat(inputs)
        count = flat.shape[-2]
        program = one_pass(flat, self.scale is not None)
        if program is not None:
            return self._forward_fused(program, flat, training, count).reshape(inputs.shape)
        if training or self.statistics == "batch":
            mean = flat.mean(axis=-2, keepdims=self.stacked)
            centred = np.subtract(flat, mean, out=self.workspace.array("centred", flat.shape))
            variance = self._column_products(centred, centred) / count
        else:
            mean, variance = self.running_mean, self.running_variance
            centred = np.subtract(flat, mean, out=self.workspace.array("centred", flat.shape))
        if training and self.statistics == "running":
            self._keep_running(mean, variance, count)
        self._variance = variance
        self.normalised = np.multiply(centred, self.inverse, out=centred)
        if self.scale is None:
            return self.normalised.reshape(inputs.shape)
        out = self.workspace.array("out", flat.shape)
        np.multiply(self.normalised, self.scale.value, out=out)
        out += self.shift.value
        return out.reshape(inputs.shape)

    def backward(self, upstream, per_sample=None):
        """Return the input gradient; `per_sample` holds the statistics fixed.

        Then the samples of a batch do not act on each other, so that gradients of single samples
        mean something.
        """
        shape = upstream.shape
        upstream = self._flat(upstream)
        count = upstream.shape[-2]
        program = one_pass(upstream, self.scale is not None)
        if program is not None and per_sample is None:
            return self._backward_fused(program, upstream).reshape(shape)
        total = upstream.sum(axis=-2, keepdims=self.stacked)
        aligned = self._column_products(upstream, self.normalised)
        factor = self.inverse
        if self.scale is not None:
            if per_sample is None:
                self.scale.gradient[:] = aligned
                self.shift.gradient[:] = total
            factor = factor * self.scale.value
        out = self.workspace.array("back", upstream.shape)
        if per_sample is None:
            np.multiply(self.normalised, -aligned / count, out=out)
            out += upstream
            out -= total / count
            out *= factor
        else:
            np.multiply(upstream, factor, out=out)
        return out.reshape(shape)

    def _keep_running(self, mean, variance, count):
        unbiased = variance * (count / max(count - 1, 1))
        self.running_mean += MOMENTUM * (mean - self.running_mean)
        self.running_variance += MOMENTUM * (unbiased - self.running_variance)

    def _forward_fused(self, program, flat, training, count):
        mean, self._variance = self.running_mean, self.running_variance
        if training or self.statistics == "batch":
            mean, self._variance = program.moments(flat)
        if training and self.statistics == "running":
            self._keep_running(mean, self._variance, count)
        self.normalised = out = self.workspace.array("centred", flat.shape)
        scale = shift = None
        if self.scale is not None:
            out = self.workspace.array("out", flat.shape)
            scale, shift = self.scale.value, self.shift.value
        program.normalise(flat, mean, self._variance, scale, shift, EPSILON, self.normalised, out)
        return out

    def _backward_fused(self, program, upstream):
        out = self.workspace.array("back", upstream.shape)
        scale, gradients = None, np.empty((2, *self._variance.shape), upstream.dtype)
        if self.scale is not None:
            scale, gradients = self.scale.value, (self.scale.gradient, self.shift.gradient)
        program.normalise_back(
            upstream, self.normalised, self._variance, scale, EPSILON, gradients, out
        )
        return out

    def _flat(self, values):
        members = (len(values),) if self.stacked else ()
        return values.reshape(*members, -1, values.shape[-1])

    def _column_products(self, a, b):
        products = column_products(a, b)
        return products[:, None] if self.stacked else products


class InstanceNorm(Layer):
    """Normalisation of each sample over its features, the same for every task; no parameters."""

    def forward(self, inputs, training):
        width = inputs.shape[-1]
        out = self.workspace.array("out", inputs.shape)
        np.subtract(inputs, inputs.mean(axis=-1, keepdims=True), out=out)
        variance = np.einsum("...j,...j->...", out, out)[..., None] / width
        self.inverse = 1 / np.sqrt(variance + EPSILON)
        out *= self.inverse
        # A copy: an activation behind this layer may write into what it returns.
        self.normalised = self.workspace.array("normalised", inputs.shape)
        np.copyto(self.normalised, out)
        return out

    def backward(self, upstream, per_sample=None):
        mean = upstream.mean(axis=-1, keepdims=True)
        aligned = np.mean(upstream * self.normalised, axis=-1, keepdims=True)
        return (upstream - mean - self.normalised * aligned) * self.inverse
