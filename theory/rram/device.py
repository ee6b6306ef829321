r"""A device as one object: laws, shape of the mean response, noises, drift; and presets.

With :math:`A(t) = t^* g(t/t^*)` the fresh pulses (`theory.rram.responses`), independent parameters
give the mean, the spread and the plasticity of an ensemble from a few moments of A over the law of
:math:`t^*`, see `theory.rram.ensemble`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace

import numpy as np

from theory import checks
from theory.door import door
from theory.rram.device_laws import (
    IMPERFECTIONS,
    LARGEST_TELEGRAPH_AMPLITUDE,
    DeviceLaws,
    Devices,
    sample_devices,
)
from theory.rram.drift import Drift
from theory.rram.pink_noise import RELEASED_TAPS, STRENGTH
from theory.rram.responses import TWO_SLOPES, Response, as_response
from theory.rram.telegraph import Telegraph
from theory.rram.truncated_laws import Fixed


@door(taps=">= 1")
@dataclass(frozen=True)
class Device:
    """Everything that tells one technology from another; the defaults are the published device.

    Parameters
    ----------
    laws : DeviceLaws
        Of the five parameters that differ between devices.
    response : Response or str
        Shape of the mean response: a name in `theory.rram.responses.RESPONSES` or your own.
    telegraph : Telegraph
        Switching probabilities.
    amplitude : float
        Largest amplitude a of the telegraph noise, whose law is uniform in (0, amplitude); >= 0.
    strength : float
        alpha of the pink noise, >= 0.
    taps : int
        Of the pink filter: 15 as released, 126 as listed there.
    drift : Drift or None
        Between pulses.
    name : str
    quantity : str
        What the sense amplifier compares and pulses raise, for axes: w is its logarithm.

    Examples
    --------
    A fast switch with three times the telegraph noise:

    >>> mine = Device(telegraph=Telegraph(rise=0.004, fall=0.01), amplitude=1.0, name="mine")
    >>> float(np.round(mine.mean(100.0) / Device().mean(100.0), 3))
    1.0
    """

    laws: DeviceLaws = field(default_factory=DeviceLaws)
    response: Response | str = TWO_SLOPES
    telegraph: Telegraph = field(default_factory=Telegraph)
    amplitude: float = LARGEST_TELEGRAPH_AMPLITUDE
    strength: float = STRENGTH
    taps: int = RELEASED_TAPS
    drift: Drift | None = None
    name: str = "published"
    quantity: str = "resistance"

    def __post_init__(self):
        for name, kind in (("laws", DeviceLaws), ("telegraph", Telegraph), ("name", str),
                           ("quantity", str)):  # fmt: skip
            if not isinstance(getattr(self, name), kind):
                raise TypeError(
                    f"{name} must be a {kind.__name__}, not {type(getattr(self, name)).__name__}"
                )
        if self.drift is not None and not isinstance(self.drift, Drift):
            raise TypeError(f"drift must be a Drift or None, not {type(self.drift).__name__}")
        object.__setattr__(self, "response", as_response(self.response))
        for name in ("amplitude", "strength"):
            object.__setattr__(self, name, checks.nonnegative(name, getattr(self, name)))

    def mean(self, pulses) -> np.ndarray:
        """Return E[w] of the mean response over devices."""
        from theory.rram.ensemble import mean_log_ratio_over_devices

        return mean_log_ratio_over_devices(pulses, self.laws, self.response)

    def deviation(self, pulses) -> np.ndarray:
        """Return the standard deviation of the mean response over devices."""
        from theory.rram.ensemble import variance_over_devices

        return np.sqrt(variance_over_devices(pulses, self.laws, self.response))

    def factor(self, pulses) -> np.ndarray:
        """Return the plasticity left after pulses, relative to fresh devices."""
        from theory.rram.effective_metaplasticity import device_factor

        return device_factor(pulses, self.laws, self.response)

    def asymmetry_survival(self, asymmetry) -> np.ndarray:
        """Return P(A > a) of two fresh devices, A = (m - m') / (m + m'), for any law of slopes."""
        from theory.rram.pair_laws import asymmetry_survival_of

        return asymmetry_survival_of(self.laws.fast_slope, asymmetry)

    def sample(self, shape, rng, **options) -> Devices:
        """Draw devices; options are `imperfections`, `widths` and `dtype` of `sample_devices`."""
        return sample_devices(
            shape,
            rng,
            laws=self.laws,
            response=as_response(self.response),
            drift=self.drift,
            **options,
        )

    def scaled(self, imperfection: str, factor: float) -> Device:
        """Return the device with a noise or the drift multiplied by a factor, 0 or above.

        Spreads are scaled by `widths` where devices are drawn, and are refused here.
        """
        checks.one_of("imperfection", imperfection, IMPERFECTIONS[5:])
        factor = checks.nonnegative("factor", factor)
        if imperfection == "telegraph":
            return replace(self, amplitude=self.amplitude * factor)
        if imperfection == "pink":
            return replace(self, strength=self.strength * factor)
        if self.drift is None:
            return self
        return replace(self, drift=replace(self.drift, strength=self.drift.strength * factor))


DEVICE_FIELDS = tuple(f.name for f in fields(Device))


def changed(device: Device | None, given: dict) -> Device:
    """Return a device with the fields in `given` replaced where they are not None."""
    given = {name: value for name, value in given.items() if value is not None}
    device = Device() if device is None else device
    if not isinstance(device, Device):
        raise TypeError(f"device must be a Device, not {type(device).__name__}; see `preset`")
    return replace(device, **given) if given else device


def _bounded() -> DeviceLaws:
    """The published laws without the second slope: what has been reached stays below W."""
    return replace(DeviceLaws(), slow_slope=Fixed(0.0))


PRESETS = {
    "published": lambda: Device(),
    "soft bound": lambda: Device(laws=_bounded(), response="soft bound", name="soft bound"),
    "exponential step": lambda: Device(
        laws=_bounded(), response="exponential step", name="exponential step"
    ),
    "linear": lambda: Device(laws=_bounded(), response="linear", name="linear"),
    "phase change": lambda: Device(
        laws=_bounded(), response="soft bound", drift=Drift(), name="phase change",
        quantity="conductance",
    ),
}  # fmt: skip


@door
def preset(name: str, **changes) -> Device:
    """Return one of the devices that come with the suite, with changes of any field.

    Parameters
    ----------
    name : str
        "published": the fitted weak-RESET device. "soft bound", "exponential step", "linear": the
        same laws of fresh slope, scale, offset and start, and the same noises, with another shape
        of the mean response and no second slope, so that a comparison asks for the shape alone.
        "phase change": partial SET pulses that raise a conductance towards a soft bound, and drift
        between pulses; its drift exponents are typical, the rest is as before.
    **changes
        Fields of `Device`.
    """
    return replace(PRESETS[checks.one_of("name", name, tuple(PRESETS))](), **changes)
