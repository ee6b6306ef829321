"""The five laws that tell one device from another, and the switches of every imperfection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from theory import checks
from theory.door import door
from theory.rram.drift import Drift
from theory.rram.responses import TWO_SLOPES, Response
from theory.rram.truncated_laws import (
    WIDEST,
    TruncatedExponential,
    TruncatedLaw,
    TruncatedLognormal,
    TruncatedNormal,
)

# Fields of `Devices` with a law, in the order m1, t*, c1, m2, R0 of the released code.
SPREADS = ("fast_slope", "kink", "offset", "slow_slope", "initial_resistance")
NOISES = ("telegraph", "pink")
IMPERFECTIONS = (*SPREADS, *NOISES, "drift")
# "d2d" and "rtn" are the field's short names of the spread and of the telegraph noise.
GROUPS = {
    "none": (), "all": IMPERFECTIONS, "spread": SPREADS, "noise": NOISES,
    "d2d": SPREADS, "rtn": ("telegraph",),
}  # fmt: skip
LARGEST_TELEGRAPH_AMPLITUDE = 0.5


@door
@dataclass(frozen=True)
class DeviceLaws:
    """The fitted laws of the released code.

    Attributes
    ----------
    fast_slope : TruncatedLaw
        m1, increase of ln(R/R0) per pulse before the kink.
    kink : TruncatedLaw
        t*, pulses after which the slope changes.
    offset : TruncatedLaw
        c1, ln(R/R0) before the first pulse.
    slow_slope : TruncatedLaw
        m2, increase per pulse after the kink.
    initial_resistance : TruncatedLaw
        R0 in ohm, the low-resistance state.
    """

    fast_slope: TruncatedLaw = field(
        default_factory=lambda: TruncatedExponential(
            low=3.74e-5, high=0.0076, location=3.7415768289771944e-05, scale=0.0006564678011593196
        )
    )
    kink: TruncatedLaw = field(
        default_factory=lambda: TruncatedLognormal(
            low=41.0, high=2000.0, mu=float(np.log(542.5385224079308)), sigma=0.8033817700570505
        )
    )
    offset: TruncatedLaw = field(
        default_factory=lambda: TruncatedNormal(
            low=-0.15, high=0.15, centre=0.005293141020227579, deviation=0.05320804175540371
        )
    )
    slow_slope: TruncatedLaw = field(
        default_factory=lambda: TruncatedExponential(
            low=0.0, high=0.00013, location=1.644496812189661e-34, scale=2.8890516951651312e-05
        )
    )
    initial_resistance: TruncatedLaw = field(
        default_factory=lambda: TruncatedNormal(
            low=6252.0, high=7897.0, centre=6988.0, deviation=381.7
        )
    )

    def __post_init__(self):
        for name in SPREADS:
            if not isinstance(getattr(self, name), TruncatedLaw):
                raise TypeError(f"{name} must be a TruncatedLaw, not {getattr(self, name)!r}")


@door
@dataclass(frozen=True, eq=False)
class Devices:
    """Parameters of sampled devices, arrays of one shape; see `DeviceLaws` for their meaning.

    `response` is the shape of their mean response; `drift_exponent` is None without drift.
    """

    fast_slope: np.ndarray
    kink: np.ndarray
    offset: np.ndarray
    slow_slope: np.ndarray
    initial_resistance: np.ndarray
    response: Response = TWO_SLOPES
    drift_exponent: np.ndarray | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        return self.kink.shape


@door
def switched_on(imperfections: str | Sequence[str]) -> frozenset[str]:
    """Return the imperfections named; groups are "none", "all", "spread" and "noise".

    Capital letters do not matter. Without drift in the device, "drift" changes nothing.

    Raises
    ------
    ValueError
        For an unknown name, with the closest known one.
    """
    names = (imperfections,) if isinstance(imperfections, str) else tuple(imperfections)
    found: set[str] = set()
    for name in names:
        name = name.lower() if isinstance(name, str) else name
        checks.one_of("imperfections", name, (*IMPERFECTIONS, *GROUPS))
        found |= set(GROUPS.get(name, (name,)))
    return frozenset(found)


@door
def spread_factors(
    imperfections: str | Sequence[str], widths: Mapping[str, float] | None = None
) -> dict[str, float]:
    """Return the factor on the spread of each law: 0 where it is switched off, else its width.

    Parameters
    ----------
    imperfections : str or sequence of str
        See `switched_on`.
    widths : mapping, optional
        Factors in [0, 4], by name of the law; see `TruncatedLaw.widened` for what a factor does.
    """
    on = switched_on(imperfections)
    widths = dict(widths or {})
    for name, factor in widths.items():
        checks.one_of("widths", name, SPREADS)
        checks.in_range(f"widths[{name!r}]", factor, 0, WIDEST)
    return {name: float(widths.get(name, 1.0)) if name in on else 0.0 for name in SPREADS}


@door(shape="whole or wholes")
def sample_devices(
    shape,
    rng: np.random.Generator | int,
    *,
    imperfections: str | Sequence[str] = "all",
    widths: Mapping[str, float] | None = None,
    laws: DeviceLaws | None = None,
    response: Response | None = None,
    drift: Drift | None = None,
    dtype=float,
) -> Devices:
    """Draw devices; a law that is switched off gives every device its mean.

    Parameters
    ----------
    shape : int or tuple of int
    rng : Generator or int
        The same numbers are drawn whatever is switched on, so that two samples with one seed
        differ in the switched laws alone.
    imperfections, widths
        See `spread_factors`.
    laws : DeviceLaws, optional
    response : Response, optional
        Shape of the mean response; the published one if left out.
    drift : Drift, optional
        Its exponents are drawn, if "drift" is switched on.
    dtype : numpy dtype
    """
    rng, laws = checks.as_rng(rng), laws or DeviceLaws()
    factors = spread_factors(imperfections, widths)
    drawn = {}
    for name, factor in factors.items():
        law, uniform = getattr(laws, name), rng.random(shape)
        if factor == 0:
            values = np.full(np.shape(uniform), law.mean)
        elif factor == 1:
            values = law.quantile(uniform)
        else:
            values = law.widened(law.quantile(uniform), factor)
        drawn[name] = np.asarray(values, dtype)
    if drift is not None and "drift" in switched_on(imperfections):
        drawn["drift_exponent"] = np.asarray(drift.exponent.sample(shape, rng), dtype)
    return Devices(**drawn, response=response or TWO_SLOPES)
