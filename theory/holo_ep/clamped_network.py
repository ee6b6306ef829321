r"""A network with clamped input, a target and a soft read-out: what a complex nudge acts on.

The nudged energy is :math:`E_\beta = E + \beta C`. Its slope in the parameters at the equilibrium,

.. math:: g(\beta) = \frac{\partial E_\beta}{\partial \theta}(\theta, s_\beta),

is :math:`-s^n (s^{n-1})^\top` for the weights of the network and :math:`\beta\, \partial C /
\partial \theta` for those of the read-out. Equilibrium propagation reads the gradient of the loss
off as :math:`g'(0)` (Laborieux and Zenke 2022).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np

from theory import checks
from theory.ep.equilibria import equilibrium
from theory.ep.gradients import implicit_gradient, slopes
from theory.ep.losses import SoftReadout, SquaredError
from theory.ep.networks import LayeredNetwork
from theory.ep.power_series import equilibrium_series, radius_of_convergence

SERIES_ORDER = 30  # from which the radius of convergence is estimated, to a few per cent


SINGULAR = 1e-13  # smallest over largest singular value that still counts as invertible


class NotHolomorphic(ValueError):
    """A complex nudge was asked of a network whose activation has no complex derivative."""


class SingularJacobian(ValueError):
    """The equilibrium is no function of nudge and parameters here: the Jacobian has no inverse."""


def require_invertible(jacobian: np.ndarray) -> None:
    """Refuse Jacobians of the fixed-point equation, (..., units, units), that have no inverse.

    Raises
    ------
    SingularJacobian
    """
    sizes = np.linalg.svd(jacobian, compute_uv=False)
    if np.any(sizes[..., -1] < SINGULAR * sizes[..., 0]):
        raise SingularJacobian(
            "states: the Jacobian of the fixed-point equation is singular here (smallest singular "
            f"value {sizes[..., -1].min():.2g}), so the equilibrium is no function of the nudge "
            "and has no derivative; stay away from branch points, or use smaller weights"
        )


@dataclass(frozen=True, eq=False)
class ClampedNetwork:
    """A layered network together with inputs, targets and loss.

    Parameters
    ----------
    network : LayeredNetwork
        Symmetric: one weight for both directions.
    inputs : array_like, shape (batch, inputs)
    targets : array_like, shape (batch, outputs or classes)
    loss : SoftReadout or SquaredError
    """

    network: LayeredNetwork
    inputs: np.ndarray
    targets: np.ndarray
    loss: SoftReadout | SquaredError

    def __post_init__(self):
        if self.network.backward is not None:
            raise ValueError("network: it has backward weights, and so no energy to nudge")
        width = self.network.weights[0].shape[1]
        inputs = checks.finite_array("inputs", self.inputs, shape=(None, width))
        columns = len(self.loss.biases) if self.has_readout else self.network.sizes[-1]
        targets = checks.finite_array("targets", self.targets, shape=(len(inputs), columns))
        object.__setattr__(self, "inputs", inputs)
        object.__setattr__(self, "targets", targets)

    @property
    def has_readout(self) -> bool:
        return isinstance(self.loss, SoftReadout)

    @property
    def units(self) -> int:
        return sum(self.network.sizes)

    @cached_property
    def free(self) -> np.ndarray:
        """The free equilibrium, shape (batch, units)."""
        return equilibrium(self.network, self.inputs, tolerance=1e-14).states

    @cached_property
    def gradient(self) -> np.ndarray:
        """The gradient of the mean loss by implicit differentiation, shape (parameters,).

        Raises
        ------
        SingularJacobian
        """
        slope = slopes(self.network, self.free, self.inputs)
        require_invertible(np.eye(self.units) - slope[:, :, None] * self.network.coupling())
        inner = implicit_gradient(self.network, self.inputs, self.targets, self.loss, self.free)
        return np.concatenate([inner.flat(), self._readout_slope(self.free[None])[0]])

    @cached_property
    def radius(self) -> float:
        """Estimate of the radius of convergence in the nudge: the least over the samples.

        From the decay of the power series; `branch_points` gives it exactly. nan for the soft
        clip, whose series has no recursion.
        """
        self.require_holomorphic()
        if self.network.sigma.riccati is None:
            return np.nan
        series = equilibrium_series(
            self.network, self.inputs, self.targets, SERIES_ORDER, self.loss, self.free
        )
        samples = range(series.shape[1])
        return min(radius_of_convergence(series[1:, i]) for i in samples)

    def require_holomorphic(self) -> None:
        """Refuse an activation without a complex derivative.

        Raises
        ------
        NotHolomorphic
        """
        if not self.network.sigma.smooth:
            raise NotHolomorphic(
                f"nudging_strength: it is complex, and the activation {self.network.activation!r} "
                "has kinks: at them it has no complex derivative, so the equilibrium is no "
                "holomorphic function of the nudge and the contour measures no gradient; choose "
                "tanh, sigmoid or shifted_sigmoid, or a real nudge"
            )

    def products(self, states: np.ndarray, nudges: np.ndarray) -> np.ndarray:
        r"""Return :math:`g(\beta)`, averaged over the batch.

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

    def layer_slices(self) -> dict[str, slice]:
        """Where the weights of each layer stand in a vector of all parameters."""
        sizes = [w.size for w in self.network.weights]
        names = [f"layer {n}" for n in range(1, len(sizes) + 1)]
        if self.has_readout:
            sizes += [sum(self.network.sizes), self.loss.weights.size]
            names += ["", "read-out"]
        ends = np.cumsum([0, *sizes])
        places = zip(names, pairwise(ends), strict=True)
        return {name: slice(a, b) for name, (a, b) in places if name}

    def _readout_slope(self, states):
        """Return the loss's slope in the read-out's own parameters, shape (nudges, parameters)."""
        if not self.has_readout:
            return np.zeros((len(states), 0))
        output = states[..., self.network.slices[-1]]
        errors = self.loss.probabilities(output) - self.targets
        weights = np.swapaxes(errors, 1, 2) @ output
        slope = [weights.reshape(len(states), -1), errors.sum(axis=1)]
        return np.concatenate(slope, axis=1) / len(self.inputs)
