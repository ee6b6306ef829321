r"""Dense networks that train: reciprocal, loop or feedforward wiring, with or without an energy.

.. math:: \dot u = W r + B x + b - u - \beta\, \partial L / \partial r, \qquad r = \sigma(u)

with all recurrent weights in one matrix W. Source: Laborieux and Zenke 2022, 2024.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from theory import checks
from theory.door import door
from theory.ep.activations import Activation, find_activation
from theory.ep.losses import SoftReadout
from theory.ep.networks import LayeredNetwork, layer_slices
from theory.holo_ep.asymmetry import backward_weights
from theory.holo_ep.clamped_network import ClampedNetwork
from theory.holo_ep.homeostasis import sampled_gradient, weight_angle
from theory.holo_ep.vector_field import VectorField, times_real

TOPOLOGIES = ("reciprocal", "loop", "feedforward")


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


def generators(name: str, seeds: Sequence[np.random.Generator | int]) -> list:
    """Return one generator a network, of at least one."""
    if not len(seeds):
        raise ValueError(f"{name}: a sequence of at least one seed or generator is needed")
    return [checks.as_rng(seed) for seed in seeds]


def checked_inputs(inputs: np.ndarray, pixels: int) -> np.ndarray:
    """Return inputs (runs, batch, pixels), or raise ValueError for another shape."""
    inputs = np.asarray(inputs)
    if inputs.ndim != 3 or inputs.shape[-1] != pixels:
        raise ValueError(f"inputs: shape {inputs.shape}; the networks take (runs, batch, {pixels})")
    return inputs


@door(
    recurrent="array 1d+",
    inward="array 1d+",
    biases="array 1d+",
    readout="array 1d+",
    readout_biases="array 1d+",
    sizes="counts",
)
@dataclass(eq=False)
class FieldNetworks(VectorField):
    """Parameters of several dense networks of one shape; updated in place by training.

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
    activation : str or Activation
    alternating : bool
        Relax even and odd layers in turn, undamped, for reciprocal wiring: the same equilibria in
        half the sweeps and without cycles of period two.
    """

    recurrent: np.ndarray
    inward: np.ndarray
    biases: np.ndarray
    readout: np.ndarray
    readout_biases: np.ndarray
    sizes: tuple[int, ...]
    topology: str
    activation: str | Activation = "shifted_sigmoid"
    alternating: bool = False

    def __post_init__(self):
        self.linked = connections(self.sizes, self.topology)
        self.slices = layer_slices(self.sizes)
        find_activation(self.activation)
        if self.alternating and self.topology == "loop":
            raise ValueError("alternating: a loop has no even and odd layers")
        runs, units = len(self.recurrent), sum(self.sizes)
        classes = self.readout.shape[1] if self.readout.ndim == 3 else None
        for name, wanted in (
            ("recurrent", (runs, units, units)),
            ("inward", (runs, self.sizes[0], None)),
            ("biases", (runs, units)),
            ("readout", (runs, None, self.sizes[-1])),
            ("readout_biases", (runs, classes)),
        ):
            checks.finite_array(name, getattr(self, name), shape=wanted)
        if np.any(self.recurrent[:, ~self.linked]):
            raise ValueError(
                f"recurrent: there are weights where {self.topology} wiring has no links"
            )

    @classmethod
    @door(sizes="counts")
    def random(
        cls,
        inputs: int,
        sizes: Sequence[int],
        topology: str,
        rngs: Sequence[np.random.Generator | int],
        *,
        degrees: Sequence[float] | float = 90.0,
        exact: bool = False,
        gain: float = 1.0,
        classes: int = 10,
        activation: str | Activation = "shifted_sigmoid",
        dtype=np.float32,
    ) -> FieldNetworks:
        r"""Draw weights of variance gain^2 / fan-in and biases of zero, one network a generator.

        Parameters
        ----------
        degrees : float or one a generator
            Angle between forward and backward weights of reciprocal networks, by
            `backward_weights`, where `exact` is explained.
        gain : float
            Of the recurrent weights.
        """
        linked, parts = connections(sizes, topology), layer_slices(sizes)
        units, drawn = sum(sizes), []
        rngs = generators("rngs", rngs)
        for rng, angle in zip(rngs, np.broadcast_to(degrees, len(rngs)), strict=True):
            recurrent = np.zeros((units, units))
            for below, above in pairwise(parts):
                shape = (above.stop - above.start, below.stop - below.start)
                up = rng.standard_normal(shape) / np.sqrt(shape[1])
                recurrent[above, below] = up
                if linked[below, above].any():
                    recurrent[below, above] = backward_weights(up, angle, rng, exact=exact).T
            if topology == "loop":
                shape = recurrent[parts[0], parts[-1]].shape
                recurrent[parts[0], parts[-1]] = rng.standard_normal(shape) / np.sqrt(shape[1])
            inward = rng.standard_normal((sizes[0], inputs)) / np.sqrt(inputs)
            readout = rng.standard_normal((classes, sizes[-1])) / np.sqrt(sizes[-1])
            drawn.append((gain * recurrent, inward, readout))
        return cls._assembled(drawn, sizes, topology, activation, dtype)

    @classmethod
    @door(sizes="counts")
    def symmetric(
        cls,
        inputs: int,
        sizes: Sequence[int],
        seeds: Sequence[np.random.Generator | int],
        *,
        scale: float = 1.0,
        classes: int = 10,
        activation: str | Activation = "shifted_sigmoid",
        dtype=np.float32,
    ) -> FieldNetworks:
        """Draw networks with an energy, all weights of variance scale^2 / fan-in, one a seed.

        One weight for both directions; layers are relaxed in turn.
        """
        parts, units, drawn = layer_slices(sizes), sum(sizes), []
        for rng in generators("seeds", seeds):
            shapes = pairwise((inputs, *sizes, classes))
            first, *inner, last = (
                scale * rng.standard_normal((b, a)) / np.sqrt(a) for a, b in shapes
            )
            recurrent = np.zeros((units, units))
            for weights, (below, above) in zip(inner, pairwise(parts), strict=True):
                recurrent[above, below], recurrent[below, above] = weights, weights.T
            drawn.append((recurrent, first, last))
        return cls._assembled(drawn, sizes, "reciprocal", activation, dtype, True)

    @classmethod
    def _assembled(cls, drawn, sizes, topology, activation, dtype, alternating=False):
        recurrent, inward, readout = (
            np.stack(one).astype(dtype) for one in zip(*drawn, strict=True)
        )
        biases = np.zeros(recurrent.shape[:2], dtype), np.zeros(readout.shape[:2], dtype)
        return cls(
            recurrent, inward, biases[0], readout, biases[1], tuple(sizes), topology, activation,
            alternating,
        )  # fmt: skip

    @classmethod
    @door
    def of_layered(cls, network: LayeredNetwork, readout, readout_biases) -> FieldNetworks:
        """Return one layered network of `theory.ep`, with its read-out, as a run of one."""
        return cls(
            network.coupling()[None], network.weights[0][None],
            np.concatenate(network.biases)[None], np.asarray(readout)[None],
            np.asarray(readout_biases)[None], network.sizes, "reciprocal", network.activation,
        )  # fmt: skip

    @door(run=">= 0", inputs="2d", targets="2d")
    def clamped(self, run: int, inputs: np.ndarray, targets: np.ndarray) -> ClampedNetwork:
        """Return one network with an energy, with inputs and targets, in double precision."""
        w, inward, b, *readout = (p[0].astype(float) for p in self.only(run).parameters)
        if not np.allclose(w, w.T, atol=1e-6):
            raise ValueError(f"run: the weights of run {run} are not symmetric, it has no energy")
        weights = [inward, *(w[above, below] for below, above in pairwise(self.slices))]
        network = LayeredNetwork(weights, [b[part] for part in self.slices], self.activation)
        return ClampedNetwork(network, inputs, targets, SoftReadout(*readout))

    def coupling(self):
        return self.recurrent[0]

    @property
    def parameters(self) -> list[np.ndarray]:
        return [self.recurrent, self.inward, self.biases, self.readout, self.readout_biases]

    def drive(self, inputs: np.ndarray) -> np.ndarray:
        """Return B x + b, shape (runs, batch, units); inputs (runs or 1, batch, pixels)."""
        inputs = checked_inputs(inputs, self.inward.shape[-1])
        drive = np.repeat(self.biases[:, None], inputs.shape[1], axis=1)
        drive[:, :, self.slices[0]] += inputs @ np.swapaxes(self.inward, 1, 2)
        return drive

    def forces(self, drive):
        across = np.ascontiguousarray(np.swapaxes(self.recurrent, 1, 2))

        def field(activities):
            force = times_real(activities, across)
            force += drive
            return force

        return field

    def backwards(self, activities, drive):
        turned = np.ascontiguousarray(np.swapaxes(self.recurrent, 1, 2))
        shift = activities @ (turned - self.recurrent)
        networks = copy(self)
        networks.recurrent, networks.linked = turned, self.linked.T
        return networks, drive + shift

    def linear_maps(self, activities):
        across = np.ascontiguousarray(np.swapaxes(self.recurrent, 1, 2))
        return (lambda shift: shift @ across), (lambda error: error @ self.recurrent)

    def jacobian(self, activities=None) -> np.ndarray:
        """Return W - 1, shape (runs, 1, units, units): the same for every sample.

        But for its diagonal it is the Jacobian of the forces in activity coordinates.
        """
        units = self.recurrent.shape[1]
        return (self.recurrent - np.eye(units, dtype=self.recurrent.dtype))[:, None]

    def homeostatic_gradient(self, activities, draws, rngs) -> list[np.ndarray]:
        jacobian = self.jacobian()[:, 0]
        shape = (draws * activities.shape[1], jacobian.shape[1])
        perturbations = np.stack(
            [rng.standard_normal(shape, dtype=np.float32) for rng in rngs]
        ).astype(jacobian.dtype, copy=False)
        pull = sampled_gradient(jacobian, perturbations) * self.linked
        return [pull, *(np.zeros_like(p) for p in self.parameters[1:])]

    def angle(self) -> np.ndarray:
        """Return the angle of forward and backward weights in degrees, nan without reciprocity."""
        if self.topology != "reciprocal":
            return np.full(len(self.recurrent), np.nan)
        pairs = [*pairwise(self.slices)]
        forward = [self.recurrent[:, above, below] for below, above in pairs]
        backward = [np.swapaxes(self.recurrent[:, below, above], 1, 2) for below, above in pairs]
        return weight_angle(forward, backward)

    def field_gradient(self, activities, errors, inputs) -> list[np.ndarray]:
        turned = np.swapaxes(errors, 1, 2) / activities.shape[1]
        if np.iscomplexobj(activities):  # the real part, which is all that a real network learns
            pairs = turned.real @ activities.real - turned.imag @ activities.imag
            turned = turned.real
        else:
            pairs = turned @ activities
        return [
            pairs * self.linked, turned[:, self.slices[0]] @ inputs, errors.real.mean(axis=1)
        ]  # fmt: skip
