r"""A layered network with clamped input, a target and a loss: a Field with an energy.

The nudged energy is :math:`E_\beta = E + \beta C`. Its slope in the parameters at the equilibrium,

.. math:: g(\beta) = \frac{\partial E_\beta}{\partial \theta}(\theta, s_\beta),

is :math:`-s^n (s^{n-1})^\top` for the weights of the network and :math:`\beta\, \partial C /
\partial \theta` for those of the read-out. Equilibrium propagation reads the gradient of the loss
off as :math:`g'(0)` (Laborieux and Zenke 2022). States are activities; the field is what one
synchronous step changes, :math:`\sigma(J s + d - \beta \nabla C(s)) - s`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, wraps
from itertools import pairwise

import numpy as np

from theory import checks
from theory.door import door
from theory.ep.equilibria import equilibrium, update
from theory.ep.gradients import implicit_gradient, slopes
from theory.ep.losses import SoftReadout, SquaredError
from theory.ep.networks import LayeredNetwork
from theory.ep.power_series import equilibrium_series, radius_of_convergence
from theory.holo_ep.asymmetry import require_invertible
from theory.holo_ep.field import Field, require_smooth
from theory.holo_ep.vector_field import NetworkField

SERIES_ORDER = 30  # from which the radius of convergence is estimated, to a few per cent
ROWS = 4096  # rows relaxed at a time: their states stay in the cache
SMALL = 32  # units up to which one product for all layers is faster than one for each


@dataclass(frozen=True, eq=False)
class NudgedRows:
    r"""A loss whose slope carries a nudge of its own for every row: :math:`\beta_i C`.

    The targets hold the real and the imaginary part of the nudge in two last columns, so that
    `theory.ep.equilibria` solves rows of different nudges together, with nudging strength 1.
    """

    loss: SoftReadout | SquaredError
    columns: int

    @property
    def biases(self):
        """As many as the columns of the targets: what the equilibrium solver checks them by."""
        return np.zeros(self.columns)

    def gradient(self, output, targets):
        nudges = targets[:, -2:-1]
        if np.iscomplexobj(output):
            nudges = nudges + 1j * targets[:, -1:]
        return nudges * self.loss.gradient(output, targets[:, :-2])


@door
@dataclass(frozen=True, eq=False)
class ClampedNetwork(Field):
    """A layered network together with inputs, targets and loss; a Field of as many samples.

    Parameters
    ----------
    network : LayeredNetwork
        Symmetric: one weight for both directions.
    inputs : array_like, shape (batch, inputs)
    targets : array_like, shape (batch, outputs or classes)
        For a soft read-out distributions: rows of numbers from 0 that sum to 1.
    loss : SoftReadout or SquaredError
    """

    network: LayeredNetwork
    inputs: np.ndarray
    targets: np.ndarray
    loss: SoftReadout | SquaredError

    damping = 1.0  # synchronous steps, as published

    def __post_init__(self):
        if self.network.backward is not None:
            raise ValueError("network: it has backward weights, and so no energy to nudge")
        width = self.network.weights[0].shape[1]
        inputs = checks.finite_array("inputs", self.inputs, shape=(None, width))
        columns = len(self.readout.biases) if self.readout else self.network.sizes[-1]
        targets = checks.finite_array("targets", self.targets, shape=(len(inputs), columns))
        if self.readout and not (
            np.allclose(targets.sum(axis=1), 1, atol=1e-6) and targets.min(initial=0.0) >= 0
        ):
            raise ValueError(
                "targets: for a soft read-out every row is a distribution over the classes; rows "
                "of numbers from 0 that sum to 1 are needed"
            )
        object.__setattr__(self, "inputs", inputs)
        object.__setattr__(self, "targets", targets)

    @property
    def readout(self) -> SoftReadout | None:
        """The loss, where it is a soft read-out."""
        return self.loss if isinstance(self.loss, SoftReadout) else None

    @cached_property
    def free(self) -> np.ndarray:
        """The free equilibrium, shape (batch, units); (units,) for one of `sample`."""
        return equilibrium(self.network, self.inputs, tolerance=1e-14).states

    @cached_property
    def gradient(self) -> np.ndarray:
        """The gradient of the mean loss by implicit differentiation, shape (parameters,).

        Raises
        ------
        SingularJacobian
        """
        require_invertible(np.eye(self.units) - self.step_jacobians())
        inner = implicit_gradient(self.network, self.inputs, self.targets, self.loss, self.free)
        return np.concatenate([inner.flat(), self._readout_slope(self.free[None])[0]])

    def free_slopes(self) -> np.ndarray:
        """Return the slopes of the activation at the free equilibria, shape (batch, units)."""
        return slopes(self.network, self.free, self.inputs)

    def step_jacobians(self) -> np.ndarray:
        """Return the Jacobian M of a synchronous step at the free equilibria, (batch, n, n)."""
        return self.free_slopes()[:, :, None] * self.network.coupling()

    @cached_property
    def radius_estimates(self) -> np.ndarray:
        """Radius of convergence in the nudge of every sample, from the decay of its power series.

        To some per cent; `theory.holo_ep.exact_radius` searches for the branch point itself. nan
        for the soft clip, whose series has no recursion: there only the search tells.
        """
        self.require_holomorphic()
        if self.network.sigma.riccati is None:
            return np.full(len(self.inputs), np.nan)
        series = equilibrium_series(
            self.network, self.inputs, self.targets, SERIES_ORDER, self.loss, self.free
        )
        return np.array([radius_of_convergence(series[1:, i]) for i in range(series.shape[1])])

    def require_holomorphic(self) -> None:
        """Raise NotHolomorphic for an activation without a complex derivative."""
        require_smooth(self.network.activation)

    @door(index=">= 0")
    def sample(self, index: int = 0) -> NetworkField:
        """Return the field of one sample, with the solvers of every Field."""
        count, network = len(self.inputs), self.network
        if index >= count:
            raise ValueError(f"sample: {index} of {count} samples; they count from 0")
        coupling, drive = network.coupling(), network.drive(self.inputs[[index]])[0]
        one = NetworkField(
            lambda states: states @ coupling.T + drive, self.free[index], network.activation,
            network.slices[-1], self.loss, self.targets[index], coupling,
        )  # fmt: skip
        one.free, one.damping = self.free[index], self.damping
        return one

    @cached_property
    def _one(self) -> NetworkField:
        if len(self.inputs) != 1:
            raise ValueError(f"clamped: it has {len(self.inputs)} samples; take one by `sample`")
        return self.sample()

    def _rows(self, nudges):
        """Return inputs, targets with nudges, and the loss of all pairs of nudge and sample."""
        nudges = np.asarray(nudges)
        if np.iscomplexobj(nudges):
            self.require_holomorphic()
        each = np.repeat(nudges, len(self.inputs))
        wanted = np.tile(self.targets, (len(nudges), 1))
        targets = np.column_stack([wanted, each.real, each.imag])
        inputs = np.tile(self.inputs, (len(nudges), 1))
        return inputs, targets, NudgedRows(self.loss, targets.shape[1])

    @door(nudges="complex 1d", tolerance="> 0")
    def settled_states(self, nudges: np.ndarray, *, tolerance: float = 1e-14) -> np.ndarray:
        """Return the nudged equilibria that relaxation reaches from the free one.

        Beyond the first branch point they need not lie on the branch of the free equilibrium.

        Parameters
        ----------
        nudges : ndarray of complex, shape (nudges,)
        tolerance : float

        Returns
        -------
        ndarray of complex, shape (nudges, batch, units)

        Raises
        ------
        NotHolomorphic, NotConverged, ValueError
        """
        inputs, targets, loss = self._rows(nudges)
        found = equilibrium(
            self.network, inputs, targets=targets, loss=loss,
            nudging_strength=1 + 0j if np.iscomplexobj(nudges) else 1.0,
            initial=np.tile(self.free, (len(nudges), 1)), tolerance=tolerance,
        )  # fmt: skip
        return found.states.reshape(len(nudges), len(self.inputs), -1)

    @door(nudges="complex 1d", steps=">= 0", settled=">= 0", _nan=True)
    def relaxed_states(
        self, nudges: np.ndarray, steps: int, *, settled: float = 0.0, single: bool = False
    ) -> tuple[np.ndarray, np.ndarray]:
        """Return the states after synchronous steps from the free equilibrium, and the next change.

        Parameters
        ----------
        nudges : ndarray, shape (nudges,)
            Complex, or real for an activation that is not holomorphic.
        settled : float
            Rows that change by less than this in one step are left; 0 relaxes all to the end.
        single : bool
            Keep the states in single precision, rounded after every operation.

        Returns
        -------
        states, change : ndarray, shapes (nudges, batch, units), (nudges, batch)
            Not finite where the dynamics diverge; norm of what one more step changes.
        """
        nudges = np.asarray(nudges)
        inputs, targets, loss = self._rows(nudges)
        each = np.repeat(nudges, len(self.inputs))[:, None]
        fixed = self.network.drive(inputs), targets, each
        kinds = (np.complex64, np.float32) if single else (complex, float)
        states = np.tile(self.free, (len(nudges), 1)).astype(kinds[not np.iscomplexobj(nudges)])
        change = np.empty(len(states))
        sigma, last = self.network.sigma.function, self.network.slices[-1]
        joint = self.network.coupling().T if self.units <= SMALL and not single else None

        def step(now, pushed, wanted, nudge):
            if joint is None:
                return update(self.network, now, pushed, wanted, 1.0, loss)
            current = now @ joint
            current += pushed
            current[:, last] -= nudge * self.loss.gradient(now[:, last], wanted[:, :-2])
            return sigma(current)

        with np.errstate(all="ignore"):  # beyond its stability boundary the iteration may overflow
            for start in range(0, len(states), ROWS):
                rows = every = np.arange(start, min(start + ROWS, len(states)))
                now, own = states[rows], [array[rows] for array in fixed]
                for _ in range(steps):
                    before, now = now, step(now, *own)
                    if settled:
                        # A row of nan is not below the bound: it runs on to the end.
                        still = np.abs(now - before).max(axis=1) < settled
                        if still.any():
                            states[rows[still]] = now[still]
                            rows, now = rows[~still], now[~still]
                            own = [array[rows] for array in fixed]
                    if not len(rows):
                        break
                states[rows] = now
                moved = step(states[every], *(array[every] for array in fixed)) - states[every]
                change[every] = np.linalg.norm(moved, axis=1)
        shape = (len(nudges), len(self.inputs))
        return states.reshape(*shape, -1), change.reshape(shape)

    def products(self, states: np.ndarray, nudges: np.ndarray) -> np.ndarray:
        r"""Return :math:`g(\beta)`, averaged over the batch: what a contour averages.

        Parameters
        ----------
        states : ndarray, shape (nudges, batch, units)
        nudges : ndarray, shape (nudges,)

        Returns
        -------
        ndarray, shape (nudges, parameters)
            Weights, then biases, then the read-out's weights and biases.
        """
        layers = [states[..., part] for part in self.network.slices]
        fixed = np.broadcast_to(self.inputs, (len(states), *self.inputs.shape))
        weights = [np.swapaxes(upper, 1, 2) @ lower for lower, upper in pairwise([fixed, *layers])]
        parts = [w.reshape(len(states), -1) for w in weights]
        parts += [layer.sum(axis=1) for layer in layers]
        inner = -np.concatenate(parts, axis=1) / len(self.inputs)
        outer = np.asarray(nudges)[:, None] * self._readout_slope(states)
        return np.concatenate([inner, outer], axis=1)

    observe = products

    def _readout_slope(self, states):
        """Return the loss's slope in the read-out's own parameters, shape (nudges, parameters)."""
        if not self.readout:
            return np.zeros((len(states), 0))
        output = states[..., self.network.slices[-1]]
        errors = self.readout.probabilities(output) - self.targets
        weights = np.swapaxes(errors, 1, 2) @ output
        slope = [weights.reshape(len(states), -1), errors.sum(axis=1)]
        return np.concatenate(slope, axis=1) / len(self.inputs)


def _of_one(name):
    """Return the method of a clamped network that asks its only sample."""

    @wraps(getattr(NetworkField, name))
    def method(self, *arguments, **options):
        return getattr(self._one, name)(*arguments, **options)

    return method


for _name in (
    "force", "loss_gradient", "residual", "jacobian", "nudge_slope", "errors", "corrected",
    "step_jacobian", "along",
):  # fmt: skip
    setattr(ClampedNetwork, _name, _of_one(_name))
