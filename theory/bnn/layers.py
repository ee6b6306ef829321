"""Dense layer and activations, each with its hand-written backward pass.

Every layer has `forward(inputs, training)` and `backward(upstream, per_sample)`, where `upstream`
is the gradient of the loss with respect to the outputs, and lists its trainable `parameters`.
Arrays that they return are overwritten by the next call. All layers also take a stack of members,
each with its own inputs and parameters, as one more axis in front
(`theory.continual.binarized.ensemble`).
"""

from __future__ import annotations

import numpy as np

from theory.bnn.arrays import matmul, one_pass
from theory.bnn.parameters import Parameter, Workspace, sign_into
from theory.numerics import dense_absolute_moment, dense_second_moment

WINDOW = 1.0  # the straight-through window of the sign activation: |preactivation| <= 1


class Layer:
    """A layer without parameters."""

    parameters: tuple[Parameter, ...] = ()

    def __init__(self, dtype=np.float32):
        self.workspace = Workspace(dtype)

    def forward(self, inputs, training):
        raise NotImplementedError(f"{type(self).__name__} has no forward pass")

    def backward(self, upstream, per_sample=None):
        raise NotImplementedError(f"{type(self).__name__} has no backward pass")

    def move(self, module) -> None:
        """Compute with the arrays of another device from now on."""
        self.workspace = Workspace(self.workspace.dtype, module)
        for parameter in self.parameters:
            parameter.move(module)


class Dense(Layer):
    """Product of the inputs with a matrix of binary or real weights, without bias.

    Parameters
    ----------
    name : str
    weights : ndarray, shape (inputs, outputs)
        Initial (hidden) weights.
    binary : bool
        Whether the product uses their signs.
    first : bool
        Whether this is the network's first layer, whose input gradient nobody needs.
    """

    def __init__(self, name, weights, *, binary=True, first=False):
        super().__init__(weights.dtype)
        self.weights = Parameter(name, weights, "binary" if binary else "real")
        self.parameters = (self.weights,)
        self.first = first
        self.importance = None

    def forward(self, inputs, training):
        self.inputs = inputs
        shape = (*inputs.shape[:-1], self.weights.value.shape[-1])
        return matmul(inputs, self.weights.used, self.workspace.array("out", shape))

    def backward(self, upstream, per_sample=None):
        """Return the gradient with respect to the inputs.

        Stores that with respect to the weights or, with `per_sample` "squares" or "absolute", the
        mean over the batch of the squared or absolute gradients of single samples.
        """
        if per_sample is None:
            matmul(self.inputs.swapaxes(-1, -2), upstream, self.weights.gradient)
        elif per_sample == "squares":
            self.importance = dense_second_moment(self.inputs, upstream)
        else:
            self.importance = dense_absolute_moment(self.inputs, upstream)
        if self.first:
            return None
        out = self.workspace.array("back", self.inputs.shape)
        return matmul(upstream, self.weights.used.swapaxes(-1, -2), out)


class SignActivation(Layer):
    """Sign forward, straight through backward inside the window |x| <= 1, nothing outside."""

    def forward(self, inputs, training):
        self.inside = self.workspace.array("inside", inputs.shape, bool)
        program = one_pass(inputs)
        if program is not None:
            out = self.workspace.array("out", inputs.shape)
            program.sign(inputs, self.inside, out)
            return out
        magnitude = np.abs(inputs, out=self.workspace.array("magnitude", inputs.shape))
        np.less_equal(magnitude, WINDOW, out=self.inside)
        return sign_into(inputs, self.workspace.array("out", inputs.shape))

    def backward(self, upstream, per_sample=None):
        program = one_pass(upstream)
        if program is not None:
            return program.mask(upstream, self.inside)
        return np.multiply(upstream, self.inside, out=upstream)


class HardTanh(SignActivation):
    """Clip to [-1, 1]: the function whose derivative the straight-through window is."""

    def forward(self, inputs, training):
        super().forward(inputs, training)
        out = self.workspace.array("out", inputs.shape)
        return np.clip(inputs, -WINDOW, WINDOW, out=out)


class Rectifier(SignActivation):
    """max(x, 0), for the real-valued control network."""

    def forward(self, inputs, training):
        self.inside = self.workspace.array("inside", inputs.shape, bool)
        np.greater(inputs, 0, out=self.inside)
        return np.maximum(inputs, 0, out=self.workspace.array("out", inputs.shape))


class Flatten(Layer):
    """One row a sample."""

    def forward(self, inputs, training):
        self.shape = inputs.shape
        return inputs.reshape(*inputs.shape[:-3], -1)

    def backward(self, upstream, per_sample=None):
        return upstream.reshape(self.shape)


class Reshape(Flatten):
    """Rows of pixels, channel first, as images (samples, rows, columns, channels)."""

    def __init__(self, image_shape, dtype=np.float32):
        super().__init__(dtype)
        self.image_shape = image_shape if len(image_shape) == 3 else (1, *image_shape)

    def forward(self, inputs, training):
        self.shape = inputs.shape
        return np.moveaxis(inputs.reshape(*inputs.shape[:-1], *self.image_shape), -3, -1)

    def backward(self, upstream, per_sample=None):
        return None if upstream is None else np.moveaxis(upstream, -1, -3).reshape(self.shape)


ACTIVATIONS = {"sign": SignActivation, "hardtanh": HardTanh, "relu": Rectifier}
