"""Arrays of simulated devices that receive weak RESET pulses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from theory import checks
from theory.rram.device_laws import (
    LARGEST_TELEGRAPH_AMPLITUDE,
    DeviceLaws,
    sample_devices,
    switched_on,
)
from theory.rram.mean_response import checked_counts, mean_log_ratio
from theory.rram.noise_state import BLOCK, IntendedNoise, SlippedNoise
from theory.rram.pink_noise import RELEASED_TAPS
from theory.rram.telegraph import Telegraph


class DeviceArray:
    r"""Devices with :math:`R = R_0 e^w`, w the two-slope mean plus telegraph and pink noise.

    Parameters
    ----------
    shape : int or tuple of int
    rng : Generator or int
        Draws the devices now and their noise later.
    imperfections : str or sequence of str
        What is switched on: "all", "none", "spread", "noise" or single names, see
        `theory.rram.device_laws.IMPERFECTIONS`. A spread that is off gives every device the mean of
        its law; the telegraph amplitude keeps its own spread, uniform in (0, 0.5).
    widths : mapping, optional
        Factors on single spreads, see `theory.rram.device_laws.spread_factors`.
    taps : int
        Of the pink filter: 15 as released, 126 as listed there.
    as_coded : bool
        Keep the noise as the released code does, slip included (`SlippedNoise`).
    laws : DeviceLaws, optional
    telegraph : Telegraph, optional
    dtype : numpy dtype
        Of parameters and states; single precision takes about 110 bytes a device with 15 taps.

    Attributes
    ----------
    devices : Devices
    pulses : ndarray of int
        Received since the last SET, which is what the mean response counts.
    spent : ndarray of int
        Received in all.
    sets : ndarray of int
        SET events.
    """

    def __init__(
        self,
        shape,
        rng: np.random.Generator | int,
        *,
        imperfections: str | Sequence[str] = "all",
        widths: Mapping[str, float] | None = None,
        taps: int = RELEASED_TAPS,
        as_coded: bool = False,
        laws: DeviceLaws | None = None,
        telegraph: Telegraph | None = None,
        dtype=np.float32,
    ):
        self.rng, self.laws = checks.as_rng(rng), laws or DeviceLaws()
        taps = checks.integer_at_least("taps", taps, 1)
        on = switched_on(imperfections)
        self.imperfections, self.widths = on, widths
        self.devices = sample_devices(
            shape, self.rng, imperfections=tuple(on), widths=widths, laws=self.laws, dtype=dtype
        )
        self.shape = self.devices.shape
        self.dtype = np.dtype(dtype)
        amplitude = None
        size = int(np.prod(self.shape))
        if "telegraph" in on:
            amplitude = self.rng.random(size, self.dtype) * LARGEST_TELEGRAPH_AMPLITUDE
            amplitude = amplitude.astype(self.dtype)
        noise = SlippedNoise if as_coded and on & {"telegraph", "pink"} else IntendedNoise
        self.noise = noise(
            size,
            self.rng,
            amplitude,
            taps if "pink" in on else None,
            telegraph or Telegraph(),
            self.dtype,
        )
        self.pulses = np.zeros(self.shape, np.int32)
        self.sets = np.zeros(self.shape, np.int32)
        self._spent_before = np.zeros(self.shape, np.int32)
        self._mean = mean_log_ratio(self.pulses, self.devices).astype(self.dtype)
        self._log_initial = np.log(self.devices.initial_resistance)
        self._noise = self.noise.read().reshape(self.shape)

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
        if counts.ndim == 0:
            which, amounts = slice(None), int(counts)
        else:
            try:
                every = np.broadcast_to(counts, self.shape).reshape(-1)
            except ValueError:
                raise ValueError(
                    f"counts of shape {counts.shape} do not fit devices of shape {self.shape}"
                ) from None
            which = np.flatnonzero(every)
            amounts = every[which]
        self.pulses.reshape(-1)[which] += np.asarray(amounts, np.int32)
        self._refresh_mean(which)
        self.noise.advance(which, amounts)
        self._noise = self.noise.read().reshape(self.shape)

    def set(self, which) -> None:
        """Bring devices back to the low-resistance state by a SET pulse.

        R0 is drawn anew (where its spread is on), the pulse count and the pink register start anew;
        slopes, kink and offset stay those of the device, and so does the telegraph state.

        Parameters
        ----------
        which : ndarray of bool, the shape
        """
        which = np.broadcast_to(np.asarray(which, bool), self.shape)
        self._spent_before[which] += self.pulses[which]
        self.pulses[which] = 0
        self.sets[which] += 1
        fresh = sample_devices(
            int(which.sum()),
            self.rng,
            imperfections=tuple(self.imperfections),
            widths=self.widths,
            laws=self.laws,
            dtype=self.dtype,
        )
        self.devices.initial_resistance[which] = fresh.initial_resistance
        self._log_initial[which] = np.log(fresh.initial_resistance)
        numbers = np.flatnonzero(which)
        self._refresh_mean(numbers)
        self.noise.forget(numbers)
        self._noise.reshape(-1)[numbers] = 0

    @property
    def spent(self) -> np.ndarray:
        return self._spent_before + self.pulses

    @property
    def mean(self) -> np.ndarray:
        """The mean response, a part of w."""
        return self._mean

    @property
    def pink(self) -> np.ndarray:
        """The pink noise, a part of w."""
        return self.noise.values["pink"].reshape(self.shape)

    @property
    def telegraph(self) -> np.ndarray:
        """The telegraph noise, a part of w."""
        return self._noise - self.pink

    @property
    def log_ratio(self) -> np.ndarray:
        """w = ln(R/R0) at the last read."""
        return self._mean + self._noise

    @property
    def log_resistance(self) -> np.ndarray:
        """ln R, R in ohm, at the last read."""
        return self._log_initial + self._mean + self._noise

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
        if isinstance(which, slice):
            for first in range(0, self._mean.size, BLOCK):
                self._refresh_part(slice(first, first + BLOCK))
        else:
            self._refresh_part(which)

    def _refresh_part(self, which):
        d, t = self.devices, self.pulses.reshape(-1)[which].astype(self.dtype)
        fast = np.minimum(t, d.kink.reshape(-1)[which])
        t -= fast
        t *= d.slow_slope.reshape(-1)[which]
        fast *= d.fast_slope.reshape(-1)[which]
        t += fast
        t += d.offset.reshape(-1)[which]
        self._mean.reshape(-1)[which] = t
