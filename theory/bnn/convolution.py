"""Small convolutional layers: binary or real kernels, average and maximum pooling.

Images are (samples, rows, columns, channels), so that a convolution is one matrix product of the
unrolled patches with the kernels and normalisation works on the last axis.
"""

from __future__ import annotations

import math

import numpy as np

from theory.bnn.arrays import matmul, module_of, one_pass
from theory.bnn.layers import Layer
from theory.bnn.parameters import Parameter


class Convolution(Layer):
    """Correlation of the images with square kernels, stride 1, zero padding, no bias.

    Parameters
    ----------
    name : str
    weights : ndarray, shape (side * side * channels_in, channels_out)
        Initial (hidden) weights; the rows run over (row, column, channel) of the kernel.
    side : int
        Rows and columns of a kernel.
    padding : int
    binary, first : bool
        As in `Dense`.
    """

    def __init__(self, name, weights, *, side, padding, binary=True, first=False):
        super().__init__(weights.dtype)
        self.weights = Parameter(name, weights, "binary" if binary else "real")
        self.parameters = (self.weights,)
        self.side, self.padding, self.first = side, padding, first

    def forward(self, inputs, training):
        *lead, rows, columns, channels = inputs.shape
        samples = math.prod(lead)
        pad, side = self.padding, self.side
        padded = self.workspace.array(
            "padded", (samples, rows + 2 * pad, columns + 2 * pad, channels)
        )
        # The margin is zero from the start and never written.
        inside = padded[:, pad : pad + rows, pad : pad + columns]
        inside[...] = inputs.reshape(inside.shape)
        high, wide = padded.shape[1] - side + 1, padded.shape[2] - side + 1
        patches = self.workspace.array("patches", (samples, high, wide, side, side, channels))
        program = one_pass(padded)
        if program is None:
            _gather(padded, patches)
        else:
            program.gather(padded, patches)
        self.patches, self.input_shape = patches, inputs.shape
        # One row a pixel; the members of a stack are its first axis.
        self.flat = patches.reshape(*lead[:-1], lead[-1] * high * wide, -1)
        shape = (*self.flat.shape[:-1], self.weights.value.shape[-1])
        out = matmul(self.flat, self.weights.used, self.workspace.array("out", shape))
        return out.reshape(*lead, high, wide, -1)

    def backward(self, upstream, per_sample=None):
        if per_sample is not None:
            raise NotImplementedError(
                "gradients of single samples are computed for dense layers only; use a dense "
                "network, or a method without Fisher information"
            )
        upstream = upstream.reshape(*self.flat.shape[:-1], -1)
        matmul(self.flat.swapaxes(-1, -2), upstream, self.weights.gradient)
        if self.first:
            return None
        *_, rows, columns, channels = self.input_shape
        pad = self.padding
        back = self.workspace.array("back of patches", self.flat.shape)
        matmul(upstream, self.weights.used.swapaxes(-1, -2), back)
        padded = self.workspace.array(
            "back", (len(self.patches), rows + 2 * pad, columns + 2 * pad, channels)
        )
        program = one_pass(padded)
        (_scatter if program is None else program.scatter)(back.reshape(self.patches.shape), padded)
        return padded[:, pad : pad + rows, pad : pad + columns].reshape(self.input_shape)


def _gather(padded, patches):
    # Along a row the pixels of a patch and their channels lie next to each other in memory.
    by_sample, by_row, by_column, one = padded.strides
    samples, high, wide, side, _, channels = patches.shape
    rows_of_patches = module_of(padded).lib.stride_tricks.as_strided(
        padded,
        (samples, high, wide, side, side * channels),
        (by_sample, by_row, by_column, by_row, one),
    )
    np.copyto(patches.reshape(rows_of_patches.shape), rows_of_patches)


def _scatter(patches, padded):
    _, high, wide, side, _, _ = patches.shape
    padded[:] = 0
    for i in range(side):
        for j in range(side):
            padded[:, i : i + high, j : j + wide] += patches[:, :, :, i, j]


class Pool(Layer):
    """Reduce square blocks of pixels; rows and columns that fill no block are dropped.

    Parameters
    ----------
    kind : {"average", "maximum"}
    side : int
        Rows and columns of a block.
    """

    def __init__(self, kind="average", side=2, dtype=np.float32):
        super().__init__(dtype)
        self.kind, self.side = kind, side

    def _blocks(self, images):
        samples, rows, columns, channels = images.shape
        high, wide = rows // self.side, columns // self.side
        trimmed = images[:, : high * self.side, : wide * self.side]
        return trimmed.reshape(samples, high, self.side, wide, self.side, channels)

    def forward(self, inputs, training):
        self.shape = inputs.shape
        images = inputs.reshape(-1, *inputs.shape[-3:])
        blocks = self._blocks(images)
        out = self.workspace.array("out", tuple(blocks.shape[k] for k in (0, 1, 3, 5)))
        program = one_pass(images)
        if self.kind == "average":
            out[:] = 0
            for i in range(self.side):
                for j in range(self.side):
                    out += blocks[:, :, i, :, j]
            out /= self.side**2
        elif program is not None:
            program.maxima(images, self.side, out)
            self.images, self.out = images, out
        else:
            self._maxima(self._pixels(blocks), out)
        return out.reshape(*inputs.shape[:-3], *out.shape[1:])

    def _maxima(self, pixels, out):
        out[...] = pixels[0]
        for pixel in pixels[1:]:
            np.maximum(out, pixel, out=out)
        # Sums of signs tie often: the gradient is shared among the largest.
        self.chosen = [pixel == out for pixel in pixels]
        largest = self.chosen[0].astype(self.workspace.dtype)
        for chosen in self.chosen[1:]:
            largest += chosen
        self.share = 1 / largest

    def _pixels(self, blocks):
        """The pixels of all blocks by their place in a block: reducing is fast along the rest."""
        return [blocks[:, :, i, :, j] for i in range(self.side) for j in range(self.side)]

    def backward(self, upstream, per_sample=None):
        upstream = upstream.reshape(-1, *upstream.shape[-3:])
        back = self.workspace.array("back", (len(upstream), *self.shape[-3:]))
        program = one_pass(back)
        if self.kind == "maximum" and program is not None:
            program.maxima_back(self.images, self.side, self.out, upstream, back)
            return back.reshape(self.shape)
        back[:] = 0
        blocks = self._blocks(back)
        if self.kind == "average":
            blocks += (upstream / self.side**2)[:, :, None, :, None]
        else:
            shared = upstream * self.share
            for chosen, pixel in zip(self.chosen, self._pixels(blocks), strict=True):
                np.multiply(chosen, shared, out=pixel)
        return back.reshape(self.shape)
