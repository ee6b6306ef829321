r"""Adam's steps counted out in pulses.

The step of a binary weight is rounded to whole pulses, :math:`n = \operatorname{round}(
\operatorname{clip}(-\eta\, \hat m / (\sqrt{\hat v} + \epsilon), \pm n_{\max}))`: nothing happens
below half a pulse (dead zone), nothing more than :math:`n_{\max}` at once (saturation). The
learning rate is a number of pulses. Scales and shifts of the normalisation layers are digital and
take ordinary Adam steps with a rate of their own.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from theory import checks
from theory.bnn.optimizer import SECOND_DECAY, SLICE, Adam
from theory.bnn.parameters import Parameter
from theory.door import door
from theory.rram.pink_noise import RELEASED_TAPS
from theory.rram.synapses import DifferentialSynapses

DIGITAL_RATE = 8e-3  # of the 1-d parameters in the released code, not scheduled


@door(step="array", largest=">= 1")
def pulse_counts(step, largest: int = RELEASED_TAPS - 1) -> np.ndarray:
    """Return the signed whole pulses of a step.

    Parameters
    ----------
    step : array_like
        Wanted change of the weights in units of pulses; halves round to even.
    largest : int
        Most pulses of one update; the released code ties it to the taps of its filter, 15 - 1.

    Examples
    --------
    >>> pulse_counts([0.4, 0.6, -3.2, 99.0]).tolist()
    [0, 1, -3, 14]
    """
    return _whole_pulses(np.asarray(step), largest)


def _whole_pulses(step, largest):
    if not np.isfinite(step).all():
        raise ValueError("step must be finite, but some entries are NaN or infinite")
    return np.rint(np.clip(step, -largest, largest)).astype(np.int32)


@door(parameters="list", largest=">= 1", digital_rate="> 0")
class PulseAdam(Adam):
    """Adam of the released code, whose weights live in devices.

    The weights' hidden value becomes ln(R_BL / R_BLb), what the network uses the sign read from the
    devices. Until the first update the network uses the signs it was made with, as released.

    Parameters
    ----------
    parameters : sequence of Parameter
        Of a binary network.
    learning_rate : float
        Pulses per unit of the normalised step; may be changed between updates.
    rng : Generator or int
    largest : int
        See `pulse_counts`.
    digital_rate : float
        Learning rate of scales and shifts.
    **options
        Of `DifferentialSynapses`.

    Attributes
    ----------
    synapses : list of DifferentialSynapses
        One for each weight array.
    flips : int
        Weights that changed sign in the last update.
    """

    def __init__(
        self,
        parameters: Sequence[Parameter],
        learning_rate: float,
        *,
        rng: np.random.Generator | int,
        largest: int = RELEASED_TAPS - 1,
        digital_rate: float = DIGITAL_RATE,
        **options,
    ):
        super().__init__(parameters, learning_rate)
        if not any(p.role == "binary" for p in self.parameters):
            raise ValueError("parameters holds no binary weights, which are what devices store")
        self.largest = largest
        self.digital_rate = digital_rate
        rng = checks.as_rng(rng)
        self._pairs = {
            number: DifferentialSynapses(p.value.shape, rng, **options)
            for number, p in enumerate(self.parameters)
            if p.role == "binary"
        }
        self.flips = 0

    @property
    def synapses(self) -> list[DifferentialSynapses]:
        return list(self._pairs.values())

    def update(self):
        self.flips = 0
        super().update()

    def _update(self, number, parameter, metaplasticity):
        # The released code adds epsilon to the corrected root; the base class to the raw one.
        raw = self._rate, self._epsilon
        self._epsilon *= float(np.sqrt(1 - SECOND_DECAY**self.steps))
        try:
            if number in self._pairs:
                self._pulse(number, parameter)
            else:
                self._rate *= self.digital_rate / self.learning_rate
                super()._update(number, parameter, metaplasticity)
        finally:
            self._rate, self._epsilon = raw

    def _pulse(self, number, parameter):
        gradient = parameter.gradient.reshape(-1)
        pulses = np.empty(gradient.size, np.int32)
        for first in range(0, gradient.size, SLICE):
            part = gradient[first : first + SLICE]
            step = self._scratch[0, : len(part)]
            self._negative_step(number, first, part, step)
            pulses[first : first + SLICE] = _whole_pulses(step, self.largest)
        pair = self._pairs[number]
        pair.update(pulses.reshape(parameter.value.shape))
        ratio = pair.log_ratio
        weights = pair._signs(ratio)
        self.flips += np.count_nonzero(weights * parameter.used < 0)
        np.copyto(parameter.value, ratio)
        np.copyto(parameter.used, weights)
