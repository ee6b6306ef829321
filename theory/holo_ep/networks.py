r"""Networks that train: batches of Fields, several runs at once, relaxed together.

The preactivations u of all units, with activities :math:`r = \sigma(u)`, follow

.. math:: \dot u = G(r) - u - \beta\, \partial L / \partial r,

where L is the cross-entropy of a linear softmax read-out of the last layer; G need not be the
gradient of anything. With dense layers :math:`G = W r + B x + b`, all recurrent weights in one W.
A positive nudge pulls towards the target. Source: Laborieux and Zenke 2022, 2024. Arrays carry the
runs along their first axis: networks of one shape share every matrix product.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from theory import checks
from theory.ep.losses import SoftReadout
from theory.ep.networks import LayeredNetwork
from theory.holo_ep.activations import SoftClipNetwork, activation_of, activity, softmax
from theory.holo_ep.asymmetry import backward_weights, weight_angle
from theory.holo_ep.clamped_network import ClampedNetwork
from theory.holo_ep.field import Field, NotHolomorphic
from theory.holo_ep.homeostasis import sampled_gradient

TOPOLOGIES = ("reciprocal", "loop", "feedforward")


class VectorField(ABC):
    """Networks of one shape; subclasses say how units drive one another.

    Attributes
    ----------
    slices : tuple of slice
        Where the layers stand in a state vector of all units.
    activation : str
        Of `theory.ep`, or "soft_clip".
    readout : ndarray, shape (runs, classes, units of the last layer)
    readout_biases : ndarray, shape (runs, classes)
    """

    slices: tuple[slice, ...]
    activation: str
    readout: np.ndarray
    readout_biases: np.ndarray
    alternating = False  # whether even and odd layers are relaxed in turn

    @property
    @abstractmethod
    def parameters(self) -> list[np.ndarray]:
        """All parameter arrays, in the order of the gradients; updated in place by training."""

    @abstractmethod
    def drive(self, inputs: np.ndarray) -> np.ndarray:
        """Return what static inputs send to every unit, shape (runs, batch, units)."""

    @abstractmethod
    def forces(self, drive: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
        """Return the function G, from activities (runs, batch, units), real or complex."""

    @abstractmethod
    def linear_maps(self, activities: np.ndarray) -> tuple[Callable, Callable]:
        """Return the products of perturbations with the derivative of G, and with its transpose."""

    @abstractmethod
    def field_gradient(self, activities, errors, inputs) -> list[np.ndarray]:
        """Return the batch mean of errors times dG/dtheta, without the read-out's parameters."""

    @abstractmethod
    def homeostatic_gradient(self, activities, draws: int, rngs) -> list[np.ndarray]:
        """Return the sampled gradient of the homeostatic loss, in the order of `parameters`."""

    @abstractmethod
    def jacobian(self, activities: np.ndarray) -> np.ndarray:
        """Return dG/dr - 1, shape (runs, samples, units, units), samples 1 if all have the same."""

    @abstractmethod
    def angle(self) -> np.ndarray:
        """Return the angle of forward and backward weights in degrees, shape (runs,)."""

    def activity(self, states: np.ndarray) -> np.ndarray:
        """Return the activities r of preactivations u, real or complex."""
        return activity(self.activation, states)

    def slope(self, states: np.ndarray) -> np.ndarray:
        """Return the slopes D of the activation at preactivations u."""
        return activation_of(self.activation).derivative(states)

    def probabilities(self, activities: np.ndarray) -> np.ndarray:
        """Return the softmax of the read-out, shape (runs, batch, classes), real or complex."""
        logits = activities[..., self.slices[-1]] @ np.swapaxes(self.readout, 1, 2)
        return softmax(logits + self.readout_biases[:, None])

    def loss(self, activities: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """Return the cross-entropy, shape (runs, batch); targets (runs or 1, batch, classes)."""
        return -np.sum(targets * np.log(self.probabilities(activities)), axis=-1)

    def loss_gradient(self, activities: np.ndarray, targets: np.ndarray) -> np.ndarray:
        """Return the loss gradient by all activities, shape (runs, batch, units)."""
        gradient = np.zeros_like(activities)
        gradient[..., self.slices[-1]] = (self.probabilities(activities) - targets) @ self.readout
        return gradient

    def parameter_gradient(self, activities, errors, inputs, targets) -> list[np.ndarray]:
        """Return what errors give for every parameter, averaged over the batch.

        Errors have the shape (runs, batch, units) and multiply the derivatives of the field; the
        read-out gets its ordinary gradient. With back-propagated errors this is the gradient of
        the loss.
        """
        return [
            *self.field_gradient(activities, errors, inputs),
            *self.readout_gradient(activities, targets),
        ]

    def readout_gradient(self, activities, targets, factor=1.0) -> list[np.ndarray]:
        """Return the batch mean of the loss's slope in the read-out, rows weighted by a factor."""
        left = factor * (self.probabilities(activities) - targets) / activities.shape[1]
        return [np.swapaxes(left, 1, 2) @ activities[..., self.slices[-1]], left.sum(axis=1)]

    def clamp(self, inputs: np.ndarray, target: np.ndarray, run: int = 0) -> NetworkField:
        """Return the Field of one run for an input, (pixels,), and a target, (classes,)."""
        return NetworkField(self, np.asarray(inputs), np.asarray(target), run)


class NetworkField(Field):
    """One network with one input and target; its states are preactivations."""

    def __init__(self, networks: VectorField, inputs, target, run: int):
        self.networks, self.run, self.target = networks, run, target
        self._drive = networks.drive(inputs[None, None])[run]
        self.start = np.zeros(self._drive.shape[-1])
        # All runs are computed and one is kept: for the few states of a branch that is cheap.
        self._runs, self._jacobian = len(networks.readout), None
        if isinstance(networks, FieldNetworks):
            self._jacobian = self._dense_jacobian

    def _each(self, function, states):
        rows = states.reshape(-1, states.shape[-1])
        rows = np.broadcast_to(rows, (self._runs, *rows.shape))
        found = function(rows)[self.run]
        return found.reshape(*states.shape[:-1], found.shape[-1])

    def require_holomorphic(self):
        require_smooth(self.networks)

    def force(self, states):
        drive = self._drive[None].astype(np.result_type(self._drive, states))

        def forces(u):
            return self.networks.forces(drive)(self.networks.activity(u)) - u

        return self._each(forces, states)

    def loss_gradient(self, states):
        return self._each(
            lambda u: self.networks.loss_gradient(self.networks.activity(u), self.target), states
        )

    def loss_curvature(self, states):
        networks, last = self.networks, self.networks.slices[-1]
        p = self._each(lambda u: networks.probabilities(networks.activity(u)), states)
        inner = p[..., None] * np.eye(p.shape[-1]) - p[..., :, None] * p[..., None, :]
        read = networks.readout[self.run]
        curvature = np.zeros((*states.shape, states.shape[-1]), p.dtype)
        curvature[..., last, last] = read.T @ inner @ read
        return curvature * networks.slope(states)[..., None, :]

    def _dense_jacobian(self, states):
        coupling = self.networks.recurrent[self.run]
        return coupling * self.networks.slope(states)[..., None, :] - np.eye(states.shape[-1])

    def observe(self, states, nudges):
        """Return minus the activities, whose derivative is the nudged error of the network."""
        return -self.networks.activity(states)


def require_smooth(networks: VectorField) -> None:
    """Raise NotHolomorphic for networks whose activation has kinks."""
    if not activation_of(networks.activation).smooth:
        raise NotHolomorphic(
            f"nudging_strength: it is complex, and the activation {networks.activation!r} has "
            "kinks; only a holomorphic one has an equilibrium for complex nudges"
        )


def times_real(left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """Return the product of a real or complex array with a real one in two real products."""
    if not np.iscomplexobj(left):
        return left @ right
    real = np.ascontiguousarray(left.real) @ right
    product = np.empty(real.shape, left.dtype)
    product.real, product.imag = real, np.ascontiguousarray(left.imag) @ right
    return product


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
    activation : str
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
    activation: str = "shifted_sigmoid"
    alternating: bool = False

    def __post_init__(self):
        self.linked = connections(self.sizes, self.topology)
        self.slices = layer_slices(self.sizes)
        activation_of(self.activation)
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
            shape = getattr(self, name).shape
            if len(shape) != len(wanted) or any(
                want not in (None, have) for want, have in zip(wanted, shape, strict=True)
            ):
                told = ", ".join("any" if want is None else str(want) for want in wanted)
                raise ValueError(f"{name} must have shape ({told}), not {shape}")
        if np.any(self.recurrent[:, ~self.linked]):
            raise ValueError(
                f"recurrent: there are weights where {self.topology} wiring has no links"
            )

    @classmethod
    def random(
        cls,
        inputs: int,
        sizes: Sequence[int],
        topology: str,
        rngs: Sequence[np.random.Generator],
        *,
        degrees: Sequence[float] | float = 90.0,
        exact: bool = False,
        gain: float = 1.0,
        classes: int = 10,
        activation: str = "shifted_sigmoid",
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
        if np.ndim(rngs) == 0:
            raise TypeError("rngs: a sequence of generators or seeds is needed, one a network")
        linked, parts = connections(sizes, topology), layer_slices(sizes)
        units, fields, rngs = sum(sizes), ([], [], []), [checks.as_rng(rng) for rng in rngs]
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
            fields[0].append(gain * recurrent)
            fields[1].append(rng.standard_normal((sizes[0], inputs)) / np.sqrt(inputs))
            fields[2].append(rng.standard_normal((classes, sizes[-1])) / np.sqrt(sizes[-1]))
        return cls._assembled(fields, sizes, topology, activation, dtype)

    @classmethod
    def symmetric(
        cls,
        inputs: int,
        sizes: Sequence[int],
        seeds: Sequence[int],
        *,
        scale: float = 1.0,
        classes: int = 10,
        activation: str = "shifted_sigmoid",
        dtype=np.float32,
    ) -> FieldNetworks:
        """Draw networks with an energy, all weights of variance scale^2 / fan-in, one a seed.

        One weight for both directions; layers are relaxed in turn.
        """
        parts, units, fields = layer_slices(sizes), sum(sizes), ([], [], [])
        for rng in map(np.random.default_rng, seeds):
            shapes = pairwise((inputs, *sizes, classes))
            drawn = [scale * rng.standard_normal((b, a)) / np.sqrt(a) for a, b in shapes]
            recurrent = np.zeros((units, units))
            for weights, (below, above) in zip(drawn[1:-1], pairwise(parts), strict=True):
                recurrent[above, below], recurrent[below, above] = weights, weights.T
            for field, value in zip(fields, (recurrent, drawn[0], drawn[-1]), strict=True):
                field.append(value)
        return cls._assembled(fields, sizes, "reciprocal", activation, dtype, True)

    @classmethod
    def _assembled(cls, fields, sizes, topology, activation, dtype, alternating=False):
        recurrent, inward, readout = (np.stack(one).astype(dtype) for one in fields)
        biases = np.zeros(recurrent.shape[:2], dtype), np.zeros(readout.shape[:2], dtype)
        return cls(
            recurrent, inward, biases[0], readout, biases[1], tuple(sizes), topology, activation,
            alternating,
        )  # fmt: skip

    @classmethod
    def of_layered(cls, network: LayeredNetwork, readout, readout_biases) -> FieldNetworks:
        """Return one layered network of `theory.ep`, with its read-out, as a run of one."""
        return cls(
            network.coupling()[None], network.weights[0][None],
            np.concatenate(network.biases)[None], np.asarray(readout)[None],
            np.asarray(readout_biases)[None], network.sizes, "reciprocal", network.activation,
        )  # fmt: skip

    def clamped(self, run: int, inputs: np.ndarray, targets: np.ndarray) -> ClampedNetwork:
        """Return one network with an energy, with inputs and targets, in double precision."""
        w, b = self.recurrent[run].astype(float), self.biases[run].astype(float)
        if not np.allclose(w, w.T, atol=1e-6):
            raise ValueError(f"run: the weights of run {run} are not symmetric, it has no energy")
        weights = [self.inward[run].astype(float)]
        weights += [w[above, below] for below, above in pairwise(self.slices)]
        kind = "wide_hard_sigmoid" if self.activation == "soft_clip" else self.activation
        network = LayeredNetwork(weights, [b[part] for part in self.slices], kind)
        if self.activation == "soft_clip":
            network = SoftClipNetwork.twin(network)
        readout = self.readout[run].astype(float), self.readout_biases[run].astype(float)
        return ClampedNetwork(network, inputs, targets, SoftReadout(*readout))

    @property
    def parameters(self) -> list[np.ndarray]:
        return [self.recurrent, self.inward, self.biases, self.readout, self.readout_biases]

    def drive(self, inputs: np.ndarray) -> np.ndarray:
        """Return B x + b, shape (runs, batch, units); inputs (runs or 1, batch, pixels)."""
        inputs = np.asarray(inputs)
        if inputs.ndim != 3 or inputs.shape[-1] != self.inward.shape[-1]:
            raise ValueError(
                f"inputs: shape {inputs.shape}; the networks take (runs, batch, "
                f"{self.inward.shape[-1]})"
            )
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

    def backwards(self, activities: np.ndarray, drive: np.ndarray):
        """Return network and drive with the weights transposed and the same free activities.

        The field plus (W' - W)(r - r_free): what a nudge measures then is the true error.
        """
        turned = np.ascontiguousarray(np.swapaxes(self.recurrent, 1, 2))
        shift = activities @ (turned - self.recurrent)
        networks = object.__new__(type(self))
        networks.__dict__ = self.__dict__ | {"recurrent": turned, "linked": self.linked.T}
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
        return [
            (turned @ activities) * self.linked,
            turned[:, self.slices[0]] @ inputs,
            errors.mean(axis=1),
        ]
