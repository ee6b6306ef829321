r"""Fits of truncated laws to a sample, by maximum likelihood, and the choice between families.

Of a law cut to the window [a, b] the likelihood is :math:`\prod p(x_i) / Z^n`. Errors come from its
curvature. Families are compared by Akaike's criterion, :math:`2k - 2 \ln L`; the smallest wins.
Whether even the winner fits is told by the largest distance between the distribution functions.
Fitting makes that distance smaller, so it is judged against samples of the fitted law that are
fitted in the same way (`misfit_probability`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize

from theory import checks
from theory.door import door
from theory.rram.device_laws import SPREADS, DeviceLaws
from theory.rram.truncated_laws import (
    TruncatedExponential,
    TruncatedLaw,
    TruncatedLognormal,
    TruncatedNormal,
)

FAMILIES = ("exponential", "lognormal", "normal")
PARAMETERS = {
    "exponential": ("scale",), "lognormal": ("mu", "sigma"), "normal": ("centre", "deviation"),
}  # fmt: skip
REPLICAS = 99
LEAST_MASS = 1e-4  # of a fitted law in its window: beyond, only its tail would be seen


@dataclass(frozen=True, eq=False)
class LawFit:
    """A fitted law.

    Attributes
    ----------
    law : TruncatedLaw
    errors : dict
        Standard error of each fitted parameter, by its name in the law.
    criterion : float
        Akaike's.
    distance : float
        Largest distance between the sample's and the law's distribution function.
    """

    law: TruncatedLaw
    errors: Mapping[str, float]
    criterion: float
    distance: float


@door(sample="array 1d", window="list")
def fit_law(sample, family: str, window=None) -> LawFit:
    """Fit one family to a sample.

    Parameters
    ----------
    sample : array_like, shape (devices,)
    family : {"exponential", "lognormal", "normal"}
        The exponential law begins at the lower end of the window: cut there, any earlier beginning
        would give the same law.
    window : (low, high), optional
        The range of values that the measurement could have given; by default that of the sample,
        which is too narrow by about one spacing.

    Raises
    ------
    ValueError
        For fewer than ten devices, values outside the window, or negative ones for a lognormal law.
    """
    x = np.asarray(sample, float)
    checks.one_of("family", family, FAMILIES)
    if len(x) < 10:
        raise ValueError(f"sample holds {len(x)} devices; a law needs ten or more")
    low, high = (float(x.min()), float(x.max())) if window is None else map(float, window)
    if not low < high or x.min() < low or x.max() > high:
        raise ValueError(
            f"window must be (low, high) with low < high around the sample, which goes from "
            f"{x.min():g} to {x.max():g}, not ({low:g}, {high:g})"
        )
    if family != "normal" and low < 0:
        raise ValueError(f"family {family!r} needs values of 0 or above, but the window begins "
                         f"at {low:g}")  # fmt: skip
    if family == "lognormal" and x.min() <= 0:
        raise ValueError("family 'lognormal' needs values above 0")
    unit, start = _start(x, family, low)

    def negative(theta):
        try:
            law = _law(theta, family, low, high, unit)
        except ValueError:
            return 1e300
        if law.mass < LEAST_MASS:
            return 1e300
        density = law.density(x)
        return -np.sum(np.log(density)) if np.all(density > 0) else 1e300

    found = minimize(
        negative, start, method="Nelder-Mead",
        options={"xatol": 1e-7, "fatol": 1e-9, "maxiter": 4000, "maxfev": 4000},
    )  # fmt: skip
    law = _law(found.x, family, low, high, unit)
    errors = _errors(negative, found.x, family, unit).tolist()
    errors = dict(zip(PARAMETERS[family], errors, strict=True))
    criterion = 2 * (len(start) + found.fun)
    return LawFit(law, errors, float(criterion), float(_distance(x, law)))


@door
def fit_laws(
    samples: Mapping[str, Sequence],
    windows: Mapping[str, tuple] | None = None,
    families: Sequence[str] = FAMILIES,
) -> dict[str, dict[str, LawFit]]:
    """Fit every family that can hold to the samples of device parameters.

    Parameters
    ----------
    samples : mapping
        Parameter of `DeviceLaws` -> values of the devices.
    windows : mapping, optional
        Parameter -> (low, high).
    families : sequence of str

    Returns
    -------
    dict
        Parameter -> family -> fit, the best by Akaike's criterion first.
    """
    found = {}
    for name, sample in samples.items():
        checks.one_of("samples", name, SPREADS)
        window = (windows or {}).get(name)
        least = np.min(sample)
        low = least if window is None else window[0]
        # Exponential and lognormal laws hold no negative values, the latter no zeros either.
        able = [
            f for f in families if f == "normal" or (low >= 0 and (f, least) != ("lognormal", 0))
        ]
        fits = {family: fit_law(sample, family, window) for family in able}
        found[name] = dict(sorted(fits.items(), key=lambda item: item[1].criterion))
    return found


@door
def chosen_laws(fits: Mapping[str, Mapping[str, LawFit]]) -> DeviceLaws:
    """Return the laws with the smallest criterion; parameters without a fit keep the published."""
    return DeviceLaws(**{name: next(iter(ranked.values())).law for name, ranked in fits.items()})


@door(sample="array 1d", replicas=">= 1")
def misfit_probability(sample, fit: LawFit, family: str, rng, replicas: int = REPLICAS) -> float:
    """Return the share of samples of the fitted law that, fitted anew, lie farther off.

    Small values speak against the family. The smallest that can come out is 1 / (replicas + 1).
    """
    rng = checks.as_rng(rng)
    size = len(np.asarray(sample))
    window = fit.law.low, fit.law.high
    farther = 1
    for _ in range(replicas):
        again = fit_law(fit.law.sample(size, rng), family, window)
        farther += again.distance >= fit.distance
    return farther / (replicas + 1)


def _start(x, family, low):
    """Unit of the parameters, and where to begin, in that unit and as logarithms of widths."""
    if family == "exponential":
        unit = max(x.mean() - low, 1e-300)
        return unit, np.array([0.0])
    if family == "lognormal":
        logs = np.log(x)
        return 1.0, np.array([logs.mean(), np.log(logs.std())])
    return x.std(), np.array([x.mean() / x.std(), 0.0])


def _law(theta, family, low, high, unit):
    if family == "exponential":
        return TruncatedExponential(low, high, location=low, scale=unit * np.exp(theta[0]))
    if family == "lognormal":
        return TruncatedLognormal(low, high, mu=theta[0], sigma=np.exp(theta[1]))
    return TruncatedNormal(low, high, centre=unit * theta[0], deviation=unit * np.exp(theta[1]))


def _errors(negative, theta, family, unit):
    """Standard errors from second differences, of the parameters as the law has them."""
    size, step = len(theta), 1e-3
    hessian = np.empty((size, size))
    for i in range(size):
        for j in range(size):
            a, b = step * np.eye(size)[i], step * np.eye(size)[j]
            hessian[i, j] = (
                negative(theta + a + b) - negative(theta + a - b)
                - negative(theta - a + b) + negative(theta - a - b)
            ) / (4 * step**2)  # fmt: skip
    variance = np.diag(np.linalg.pinv(hessian))
    error = np.sqrt(np.where(variance > 0, variance, np.inf))
    if family == "exponential":
        return error * unit * np.exp(theta[0])
    scale = np.array([1.0 if family == "lognormal" else unit, unit * np.exp(theta[1])])
    return error * scale


def _distance(x, law):
    ordered, steps = np.sort(x), np.arange(len(x) + 1) / len(x)
    found = law.cdf(ordered)
    return max(np.max(steps[1:] - found), np.max(found - steps[:-1]))
