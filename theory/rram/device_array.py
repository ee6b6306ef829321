"""Arrays of simulated devices that receive weak RESET pulses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from theory import checks
from theory.door import door
from theory.rram.device import Device, changed
from theory.rram.device_laws import DeviceLaws, switched_on
from theory.rram.drift import Drift
from theory.rram.mean_response import checked_counts, mean_log_ratio
from theory.rram.noise_state import IntendedNoise, SlippedNoise
from theory.rram.responses import Response
from theory.rram.telegraph import Telegraph

BLOCK = 32768  # devices whose mean is computed at a time, so that all its parts stay in the caches


@door(shape="whole or wholes")
class DeviceArray:
    r"""Devices with :math:`R = R_0 e^w`, w the mean response plus noises, less the drift.

    Parameters
    ----------
    shape : int or tuple of int
    rng : Generator or int
        Draws the devices now and their noise later.
    imperfections : str or sequence of str
        What is switched on: "all", "none", "spread", "noise" or single names, see
        `theory.rram.device_laws.IMPERFECTIONS`. A spread that is off gives every device the mean of
        its law; the telegraph amplitude keeps its own spread.
    widths : mapping, optional
        Factors on single spreads, see `theory.rram.device_laws.spread_factors`.
    as_coded : bool
        Keep the noise as the released code does, slip included (`SlippedNoise`).
    device : Device, optional
        The published one if left out.
    laws, response, telegraph, amplitude, strength, taps, drift : optional
        Fields of the device to be replaced, see `Device`.
    dtype : numpy dtype
        Of parameters and states; single precision takes about 120 bytes a device.

    Attributes
    ----------
    devices : Devices
    pulses : ndarray of int
        Received since the last SET, which is what the mean response counts.
    spent : ndarray of int
        Received in all.
    sets : ndarray of int
        SET events.
    device : Device
    """

    def __init__(
        self,
        shape,
        rng: np.random.Generator | int,
        *,
        imperfections: str | Sequence[str] = "all",
        widths: Mapping[str, float] | None = None,
        as_coded: bool = False,
        device: Device | None = None,
        laws: DeviceLaws | None = None,
        response: Response | str | None = None,
        telegraph: Telegraph | None = None,
        amplitude: float | None = None,
        strength: float | None = None,
        taps: int | None = None,
        drift: Drift | None = None,
        dtype=np.float32,
    ):
        self.rng = checks.as_rng(rng)
        self.device = changed(device, {
            "laws": laws, "response": response, "telegraph": telegraph, "amplitude": amplitude,
            "strength": strength, "taps": taps, "drift": drift,
        })  # fmt: skip
        on = switched_on(imperfections)
        self.imperfections, self.widths = on, widths
        self.dtype = np.dtype(dtype)
        self.devices = self._sample(shape)
        self.shape = self.devices.shape
        size = int(np.prod(self.shape))
        heights = None
        if "telegraph" in on and self.device.amplitude > 0:
            heights = self.rng.random(size, self.dtype) * self.dtype.type(self.device.amplitude)
        pink = self.device.taps if "pink" in on and self.device.strength > 0 else None
        noise = SlippedNoise if as_coded and on & {"telegraph", "pink"} else IntendedNoise
        self.noise = noise(
            size, self.rng, heights, pink, self.device.telegraph, self.dtype, self.device.strength
        )
        self.pulses = np.zeros(self.shape, np.int64)
        self._before: np.ndarray | None = None  # SET events and earlier pulses, from the first SET
        self._reads, self._last_pulsed = 0, None
        if self.devices.drift_exponent is not None:
            self._last_pulsed = np.zeros(self.shape, np.int64)
        self._mean = mean_log_ratio(self.pulses, self.devices).astype(self.dtype)
        self._log_initial = np.log(self.devices.initial_resistance)
        self._noise = self.noise.read().reshape(self.shape)
        self._drift = self.dtype.type(0)

    def _sample(self, shape):
        return self.device.sample(
            shape, self.rng, imperfections=tuple(self.imperfections), widths=self.widths,
            dtype=self.dtype,
        )  # fmt: skip

    def pulse(self, counts) -> None:
        """Apply weak RESET pulses and read once.

        Parameters
        ----------
        counts : int or array of int, broadcast to the shape
            Pulses of each device, 0 or above. Devices with 0 keep mean, pink noise and telegraph
            state; the telegraph amplitude of a read is drawn anew for all, as released.

        Raises
        ------
        TypeError
            For counts that are not whole numbers by type.
        ValueError
            For negative counts or another shape.
        """
        counts = checked_counts("counts", counts)
        which: slice | np.ndarray
        amounts: int | np.ndarray
        if counts.ndim == 0:
            which, amounts = slice(None), int(counts)
        else:
            try:
                every = np.broadcast_to(counts, self.shape).reshape(-1)
            except ValueError:
                raise ValueError(
                    f"counts of shape {counts.shape} do not fit devices of shape {self.shape}"
                ) from None
            which = np.flatnonzero(every != 0)
            amounts = every[which]
        self._reads += 1
        self.pulses.reshape(-1)[which] += np.asarray(amounts, np.int64)
        self._refresh_mean(which)
        self.noise.advance(which, amounts)
        self._noise = self.noise.read().reshape(self.shape)
        drift = self.device.drift
        if drift is not None and self._last_pulsed is not None:
            if np.any(amounts):
                self._last_pulsed.reshape(-1)[which] = self._reads
            age = (self._reads - self._last_pulsed).astype(self.dtype)
            self._drift = drift.loss(age, self.devices.drift_exponent)

    def set(self, which) -> None:
        """Bring devices back to the low-resistance state by a SET pulse.

        R0 is drawn anew (where its spread is on), the pulse count and the pink register start anew;
        slopes, kink and offset stay those of the device, and so does the telegraph state.

        Parameters
        ----------
        which : ndarray of bool, the shape
        """
        which = np.broadcast_to(np.asarray(which, bool), self.shape)
        if self._before is None:
            self._before = np.zeros((2, *self.shape), np.int64)
        self._before[0, which] += 1
        self._before[1, which] += self.pulses[which]
        self.pulses[which] = 0
        fresh = self._sample(int(which.sum()))
        self.devices.initial_resistance[which] = fresh.initial_resistance
        self._log_initial[which] = np.log(fresh.initial_resistance)
        numbers = np.flatnonzero(which)
        self._refresh_mean(numbers)
        self.noise.forget(numbers)
        self._noise.reshape(-1)[numbers] = 0
        if self._last_pulsed is not None:
            self._last_pulsed[which] = self._reads
            self._drift[which] = 0

    @property
    def sets(self) -> np.ndarray:
        """SET events of each device."""
        return np.zeros(self.shape, np.int64) if self._before is None else self._before[0]

    @property
    def spent(self) -> np.ndarray:
        return self.pulses.copy() if self._before is None else self._before[1] + self.pulses

    @property
    def mean(self) -> np.ndarray:
        """The mean response, a part of w."""
        return self._mean

    @property
    def pink(self) -> np.ndarray:
        """The pink noise, a part of w."""
        return self.noise.pink.reshape(self.shape)

    @property
    def telegraph(self) -> np.ndarray:
        """The telegraph noise, a part of w."""
        return self._noise - self.pink

    @property
    def log_ratio(self) -> np.ndarray:
        """w = ln(R/R0) at the last read."""
        ratio = self._mean + self._noise
        return ratio if self._last_pulsed is None else ratio - self._drift

    @property
    def log_resistance(self) -> np.ndarray:
        """ln R, R in ohm, at the last read."""
        return self._log_initial + self.log_ratio

    @property
    def drift(self) -> np.ndarray:
        """What has drifted away since each device's last pulse, to be subtracted from w."""
        return np.broadcast_to(self._drift, self.shape)

    @property
    def resistance(self) -> np.ndarray:
        """R in ohm at the last read."""
        return self.devices.initial_resistance * np.exp(self.log_ratio)

    @property
    def past_kink(self) -> np.ndarray:
        """Whether a device is on its slow piece."""
        return self.pulses >= self.devices.kink

    def _refresh_mean(self, which):
        """The mean response of the devices that were pulsed; the others keep theirs."""
        if not isinstance(which, slice):
            if 3 * len(which) < self._mean.size:
                self._refresh_part(which)
                return
            # In memory order all devices are faster than a third of them picked out.
        for first in range(0, self._mean.size, BLOCK):
            self._refresh_part(slice(first, first + BLOCK))

    def _refresh_part(self, which):
        d, t = self.devices, self.pulses.reshape(-1)[which].astype(self.dtype)
        fresh = d.response.fresh_pulses(t, d.kink.reshape(-1)[which])
        t = t - fresh  # exactly 0 before a sharp kink: the second slope then changes no bit
        t *= d.slow_slope.reshape(-1)[which]
        t += fresh * d.fast_slope.reshape(-1)[which]
        t += d.offset.reshape(-1)[which]
        self._mean.reshape(-1)[which] = t
