r"""Memory of the beaker chain: impulse response, noise, lifetime, and the heat-equation limit.

The chain of Benna and Fusi (2016), :math:`A_k = n^{k-1}` and :math:`r_k = \alpha n^{-k}`, is a
discretised heat equation on a half line: its response to one event falls as :math:`1 / \sqrt{\pi D
t}`, :math:`D = \alpha (1 + n) / 2n`, until the last beaker has filled, after about :math:`n^{2m}`
steps. All modes are those of a symmetric matrix, so no time is ever stepped.
"""

from __future__ import annotations

import numpy as np
from scipy.linalg import svd
from scipy.optimize import brentq

from theory.consolidation.beakers import BeakerChain, leaking_root
from theory.door import door


@door
def chain_modes(chain: BeakerChain) -> tuple[np.ndarray, np.ndarray]:
    """Return the decay rates and weights of the visible variable's response, slowest first.

    The response to a unit input is the sum of weight times exp(-rate t); weights are positive and
    sum to one over the first area. For the chain without feedback and metaplasticity.
    """
    if chain.feedback or chain.metaplasticity:
        raise ValueError("chain: with feedback or metaplasticity it is not linear and has no modes")
    root = leaking_root(chain.conductances, chain.areas)
    _, values, right = svd(root, lapack_driver="gesvd")
    return values[::-1] ** 2, right[::-1, 0] ** 2 / chain.areas[0]


@door
def impulse_response(chain: BeakerChain, times: np.ndarray) -> np.ndarray:
    """Return the visible variable at times after a unit input, shape of `times`."""
    rates, weights = chain_modes(chain)
    return np.exp(-np.asarray(times, float)[..., None] * rates) @ weights


@door
def noise_variance(chain: BeakerChain) -> float:
    """Return the stationary variance of the visible variable for one unit input a unit of time.

    The sum of the squared response over all whole times, in closed form over pairs of modes.
    """
    rates, weights = chain_modes(chain)
    if chain.conductances[-1] == 0:
        raise ValueError("chain: without a leak the variance grows for ever")
    return float(weights @ (-1 / np.expm1(-np.add.outer(rates, rates))) @ weights)


@door(synapses="> 0")
def chain_lifetime(chain: BeakerChain, synapses: float) -> float:
    """Return when the signal to noise ratio of N such synapses falls to one, in steps.

    Examples
    --------
    A long chain remembers as long as it has synapses, up to a logarithm; one beaker like their
    logarithm:

    >>> lives = [
    ...     [chain_lifetime(BeakerChain.geometric(levels), n) for n in (10**4, 10**6)]
    ...     for levels in (12, 1)
    ... ]
    >>> [bool(60 < late / early < 120) for early, late in lives]
    [True, False]
    """
    rates, weights = chain_modes(chain)
    level = np.sqrt(noise_variance(chain) / synapses)

    def excess(log_time):
        return np.exp(-rates * np.exp(log_time)) @ weights - level

    low, high = -20.0, np.log(200 / rates[0])  # at the end nothing but rounding is left
    return float(np.exp(brentq(excess, low, high))) if excess(low) > 0 else 0.0


@door
def heat_kernel(times: np.ndarray, ratio: float = 2.0, rate: float = 0.25) -> np.ndarray:
    r"""Return the response of the continuum, :math:`1 / \sqrt{\pi D t}`, times > 0."""
    diffusion = rate * (1 + ratio) / (2 * ratio)
    return 1 / np.sqrt(np.pi * diffusion * np.asarray(times, float))


@door(area_ratio="> 1", flow_ratio="> 1")
def response_exponent(area_ratio: float, flow_ratio: float) -> float:
    r"""Return the exponent of the response of a chain with areas :math:`a^k` and flows
    :math:`b^{-k}`: :math:`\ln a / (\ln a + \ln b)`, both ratios above one."""
    return float(np.log(area_ratio) / (np.log(area_ratio) + np.log(flow_ratio)))
