"""Differential synapses: two devices, one binary weight, weak RESET pulses only."""

from __future__ import annotations

import numpy as np

from theory import checks
from theory.door import door
from theory.rram.device_array import DeviceArray

REFRESH = ("none", "after flip", "program and verify")
TIES = ("zero", "plus")
VERIFYING_BURSTS = 8  # of 1, 2, 4, ... pulses, each followed by a read


@door(shape="whole or wholes", refresh_after=">= 0")
class DifferentialSynapses:
    r"""Binary weights :math:`W = \operatorname{sign}(R_{BL} - R_{BLb})` from pairs of devices.

    A positive count of pulses goes to the device on BL (`raising`), raises its resistance and moves
    the weight towards +1; a negative one goes to the device on BLb (`lowering`).

    Parameters
    ----------
    shape : int or tuple of int
    rng : Generator or int
    refresh : {"none", "after flip", "program and verify"}
        What happens to a pair whose weight has just changed sign. ``none``: nothing, as released.
        ``after flip``: SET of both devices, then one weak RESET pulse on the side of the update;
        our reading of lines that the released code has commented out. ``program and verify``: SET
        of both, then bursts of 1, 2, 4, ... pulses on the side of the new sign until it is read
        (ours).
    ties : {"zero", "plus"}
        Weight of a pair with exactly equal resistances, which occurs only for identical devices
        that received equal pulses: 0, as released, or +1.
    refresh_after : int
        Refresh only pairs of which a device has received at least so many pulses since its SET.
    **options
        Of `DeviceArray`.
    """

    def __init__(
        self,
        shape,
        rng: np.random.Generator | int,
        *,
        refresh: str = "none",
        ties: str = "zero",
        refresh_after: int = 0,
        **options,
    ):
        rng = checks.as_rng(rng)
        self.refresh = checks.one_of("refresh", refresh, REFRESH)
        self.ties = checks.one_of("ties", ties, TIES)
        self.refresh_after = refresh_after
        self.raising = DeviceArray(shape, rng, **options)
        self.lowering = DeviceArray(shape, rng, **options)

    @property
    def log_ratio(self) -> np.ndarray:
        """ln(R_BL / R_BLb) at the last read: what a hidden weight is to a binarized network."""
        return self.raising.log_resistance - self.lowering.log_resistance

    @property
    def weights(self) -> np.ndarray:
        """The binary weights: +1, -1, and 0 for ties if `ties` is "zero"."""
        return self._signs(self.log_ratio)

    def update(self, pulses) -> None:
        """Apply signed pulse counts, integers of the synapses' shape, and read once."""
        pulses = np.asarray(pulses)
        if pulses.dtype.kind not in "iu":
            raise TypeError(
                f"pulses must be whole numbers (an integer array), not {pulses.dtype}; round them "
                "first, see theory.rram.pulse_counts"
            )
        if pulses.dtype.kind == "u":
            raise TypeError(
                f"pulses must be signed integers, not {pulses.dtype}: negative counts go to the "
                "other device, and unsigned ones cannot be negative; use .astype(np.int64)"
            )
        before = self.weights if self.refresh != "none" else None
        self.raising.pulse(np.maximum(pulses, 0))
        self.lowering.pulse(np.maximum(-pulses, 0))
        if before is not None:
            self._refresh(before, pulses)

    @property
    def spent(self) -> np.ndarray:
        """Pulses of both devices of each pair, in all."""
        return self.raising.spent + self.lowering.spent

    def _refresh(self, before, pulses):
        after = self.weights
        worn = np.maximum(self.raising.pulses, self.lowering.pulses) >= self.refresh_after
        flipped = (before * after < 0) & worn
        if not flipped.any():
            return
        for side in (self.raising, self.lowering):
            side.set(flipped)
        if self.refresh == "after flip":
            wanted, rounds = np.sign(pulses) * flipped, 1
        else:
            wanted, rounds = after * flipped, VERIFYING_BURSTS
        for number in range(rounds):
            wrong = wanted * (self.weights != wanted) if rounds > 1 else wanted
            if not wrong.any():
                return
            self.raising.pulse((wrong > 0).astype(np.int32) << number)
            self.lowering.pulse((wrong < 0).astype(np.int32) << number)

    def _signs(self, log_ratio):
        signs = np.sign(log_ratio)
        if self.ties == "plus":
            signs[signs == 0] = 1
        return signs
