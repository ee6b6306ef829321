r"""A soft-bound device as a Markov synapse, and its memory in closed form.

A weight w in (-1, 1) that every event moves by a share q of the way to its bound, :math:`w \to w +
q(\pm 1 - w)`, is the mean of a Markov synapse with n elements, each of which an event sets to its
own sign with probability q; n = 1 is the synapse of two states. All have one time constant,

.. math:: \mathrm{SNR}(t) = \sqrt N\, \frac{q}{\sigma_w}\, e^{-q t}, \qquad
          \sigma_w^2 = \frac{q + 2 (1 - q) / n}{2 - q},

for balanced events at rate one; on a discrete clock :math:`(1-q)^t`. A device whose response has
the soft bound with scale :math:`t^*` moves by :math:`q = 1 - e^{-1/t^*}` a pulse.
"""

from __future__ import annotations

import numpy as np
from scipy import stats

from theory import checks
from theory.consolidation import MarkovSynapse
from theory.door import door


@door(scale="array")
def share_of_a_pulse(scale) -> np.ndarray:
    """Return q of a soft-bound device with the scale t* > 0 in pulses."""
    scale = np.asarray(scale, float)
    if scale.size and scale.min() <= 0:
        raise ValueError(f"scale must be above 0, not {scale.min():g}")
    return -np.expm1(-1 / scale)


@door(elements=">= 1", share="in (0, 1]")
def soft_bound_synapse(elements: int, share: float) -> MarkovSynapse:
    """Return the Markov synapse with soft bounds.

    Parameters
    ----------
    elements : int
        n >= 1; the synapse has n + 1 states with weights from -1 to 1.
    share : float
        q in (0, 1].
    """
    n = elements
    q = share
    level = np.arange(n + 1)
    up = stats.binom.pmf(level[None, :] - level[:, None], n - level[:, None], q)
    return MarkovSynapse(up, up[::-1, ::-1], np.linspace(-1, 1, n + 1))


@door(times="array", share="in (0, 1]", synapses="> 0")
def soft_bound_signal(times, share: float, elements: float = np.inf, synapses: float = 1.0):
    """Return the signal to noise ratio above, for n elements; infinitely many are the device.

    Parameters
    ----------
    times : array_like
        Events since the memory was stored, >= 0, at rate one.
    share : float
        q in (0, 1].
    elements : float
        n >= 1, or infinity.
    synapses : float
        N > 0.
    """
    times = np.asarray(times, float)
    if times.size and times.min() < 0:
        raise ValueError(f"times must be 0 or above, not {times.min():g}")
    q = share
    n = checks.in_range("elements", elements, 1, np.inf)
    variance = (q + 2 * (1 - q) / n) / (2 - q)
    return np.sqrt(synapses / variance) * q * np.exp(-q * times)
