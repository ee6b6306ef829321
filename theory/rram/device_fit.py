"""From measured traces to a device: responses, telegraph noise, pink noise, laws, in this order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from theory import checks
from theory.door import door
from theory.rram.device import Device
from theory.rram.device_laws import SPREADS
from theory.rram.law_fit import LawFit, chosen_laws, fit_laws
from theory.rram.measured import MeasuredTraces
from theory.rram.pink_fit import PinkFit, fit_pink
from theory.rram.pink_noise import pink_mean
from theory.rram.response_fit import ResponseFit, fit_response, noise_scale
from theory.rram.responses import Linear, Response, as_response
from theory.rram.telegraph_fit import TelegraphFit, fit_telegraph

QUIET = 0.02  # largest chance of the full state in a quiet read
WIDE = 0.25  # kinks are used whose relative standard error is below


@dataclass(frozen=True, eq=False)
class FittedDevice:
    """A device fitted to traces, and everything on the way.

    Attributes
    ----------
    device : Device
        To be simulated and trained with.
    parameters, errors : dict
        Name in `DeviceLaws` -> values of the devices and their standard errors; NaN where a trace
        does not tell them: without a visible kink neither slope can be told, which takes the
        flattest devices out of the sample.
    responses : tuple of ResponseFit
    telegraph : TelegraphFit
    pink : PinkFit
    laws : dict
        See `fit_laws`.
    """

    device: Device
    parameters: Mapping[str, np.ndarray]
    errors: Mapping[str, np.ndarray]
    responses: tuple[ResponseFit, ...]
    telegraph: TelegraphFit
    pink: PinkFit
    laws: Mapping[str, Mapping[str, LawFit]]


@door
def fit_device(
    traces: MeasuredTraces,
    response: Response | str = "two slopes",
    *,
    skip: int = 15,
    length: int = 256,
    windows: Mapping[str, tuple] | None = None,
    name: str = "fitted",
) -> FittedDevice:
    """Fit a device to traces that were read after every so many pulses, the same for all.

    The mean response of each device is fitted outside bursts, the telegraph noise to what is left,
    and the response once more with the bursts that were found; the pink noise to quiet stretches;
    the laws to the devices' parameters. The offset is what remains after the mean of the pink
    noise has been taken off, for a white input in (0, 1) as published.

    Parameters
    ----------
    traces : MeasuredTraces
    response : Response or str
        Shape, see `choose_response`.
    skip, length : int
        Reads over which the noise is correlated, which are left out at the beginning and between
        those that are compared (`fit_response`, `fit_telegraph`); length of pieces (`fit_pink`).
    windows : mapping, optional
        Ranges of the laws, see `fit_law`.
    name : str
        Of the device.
    """
    response = as_response(response)
    every = _spacing(traces)
    trace = [traces.log_ratio(number) for number in range(len(traces.names))]
    # One deviation for all: the median of the devices is that of one without many bursts.
    deviation = float(np.median([noise_scale(w[t > skip]) for t, w in trace]))
    fits = [fit_response(t, w, response, skip=skip, deviation=deviation) for t, w in trace]
    for _ in range(2):
        residual = _padded([np.where(t > skip, f.residual, np.nan)
                            for (t, _), f in zip(trace, fits, strict=True)])  # fmt: skip
        noise = fit_telegraph(residual, every=every, thin=max(skip, 1))
        quiet = [noise.high[: len(t), k] < 0.5 for k, (t, _) in enumerate(trace)]
        fits = [fit_response(t, w, response, used=q, skip=skip)
                for (t, w), q in zip(trace, quiet, strict=True)]  # fmt: skip
    stretches = []
    for k, ((t, _), fit) in enumerate(zip(trace, fits, strict=True)):
        stretches += _stretches(fit.residual, (t > skip) & (noise.high[: len(t), k] < QUIET))
    pink = fit_pink(stretches, every=every, length=length)
    parameters, errors = _parameters(traces, fits, pink)
    known = {n: v[np.isfinite(v)] for n, v in parameters.items()}
    laws = fit_laws({n: v for n, v in known.items() if len(v) >= 10}, windows)
    amplitude = noise.amplitude[np.isfinite(noise.amplitude_error)]
    # Of a uniform law in (0, a) the median is a/2; the largest of a sample may be an outlier.
    largest = 2 * float(np.median(amplitude)) if len(amplitude) else 0.0
    device = Device(
        laws=chosen_laws(laws), response=response, telegraph=noise.telegraph, amplitude=largest,
        strength=pink.strength, taps=pink.taps, name=name,
    )  # fmt: skip
    return FittedDevice(device, parameters, errors, tuple(fits), noise, pink, laws)


def _spacing(traces):
    steps = {int(step) for t in traces.pulses for step in np.unique(np.diff(t))}
    if len(steps) > 1:
        raise ValueError(
            "traces must be read after equally many pulses throughout for the noise to be fitted, "
            f"not after {sorted(steps)[:6]}; the responses alone can be fitted by fit_response"
        )
    return steps.pop()


def _padded(columns):
    padded = np.full((max(map(len, columns)), len(columns)), np.nan)
    for number, column in enumerate(columns):
        padded[: len(column), number] = column
    return padded


def _stretches(residual, quiet):
    """Runs of consecutive quiet reads."""
    edges = np.flatnonzero(np.diff(np.concatenate([[False], quiet, [False]])))
    return [residual[a:b] for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _parameters(traces, fits, pink):
    size = len(fits)
    values = {name: np.full(size, np.nan) for name in SPREADS}
    errors = {name: np.full(size, np.nan) for name in SPREADS}
    values["initial_resistance"] = traces.initial_resistance
    errors["initial_resistance"] = np.zeros(size)
    lift = float(pink_mean(pink.taps, pink.taps, pink.strength))
    for k, fit in enumerate(fits):
        names = ["offset"]
        if isinstance(fit.response, Linear):
            names.append("fast_slope")
        elif fit.kink_seen and fit.errors["kink"] < WIDE * fit.values["kink"]:
            names += ["fast_slope", "kink", "slow_slope"]
        for name in names:
            values[name][k] = fit.values[name] - lift * (name == "offset")
            errors[name][k] = fit.errors[name]
    # A slope cannot be negative; estimates below 0 are zero within their errors.
    for name in ("fast_slope", "slow_slope"):
        values[name] = np.maximum(values[name], 0)
    return values, errors


@door(estimates="array 1d", errors="array 1d", truth="array 1d")
def coverage(estimates, errors, truth) -> tuple[float, float]:
    """Return mean and standard deviation of (estimate - truth) / error: 0 and 1 if errors hold."""
    estimates, errors, truth = (np.asarray(a, float) for a in (estimates, errors, truth))
    checks.same_length(estimates=estimates, errors=errors, truth=truth)
    told = np.isfinite(estimates) & (errors > 0) & np.isfinite(errors)
    score = (estimates - truth)[told] / errors[told]
    return float(score.mean()), float(score.std())
