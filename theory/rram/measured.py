"""Measured traces: reading them from a table, and samples of the same layout from a model.

Layout of a file: comma-separated text whose first line names the columns, in any order. Further
columns are ignored.

============  =====================================================================================
column        content
============  =====================================================================================
device        any name; the rows of one device may stand anywhere
pulse         whole number of pulses received before this read; 0 is the low-resistance state
              before the first weak pulse, which gives R0
resistance    ohm, above 0 (for other technologies: whatever pulses raise)
============  =====================================================================================
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from theory import checks
from theory.door import door
from theory.rram.device import Device
from theory.rram.device_array import DeviceArray
from theory.rram.traces import record_traces

COLUMNS = ("device", "pulse", "resistance")


@door
@dataclass(frozen=True, eq=False)
class MeasuredTraces:
    """Traces of several devices, which may differ in length.

    Parameters
    ----------
    names : tuple of str
    pulses : tuple of ndarray of int
        Of each device, rising from 0.
    resistance : tuple of ndarray
        Above 0, of the same lengths.

    Raises
    ------
    ValueError
        Naming the device whose rows do not fit this description.
    """

    names: tuple[str, ...]
    pulses: tuple[np.ndarray, ...]
    resistance: tuple[np.ndarray, ...]

    def __post_init__(self):
        checks.same_length(names=self.names, pulses=self.pulses, resistance=self.resistance)
        if not self.names:
            raise ValueError("names is empty; traces need at least one device")
        for name, t, r in zip(self.names, self.pulses, self.resistance, strict=True):
            checks.same_length(pulses=t, resistance=r)
            if len(t) < 3 or t[0] != 0 or np.any(np.diff(t) <= 0):
                raise ValueError(
                    f"pulse of device {name!r} must rise from 0, every value once, over at least "
                    "three rows; the row of pulse 0 holds the low-resistance state"
                )
            checks.finite_array(f"resistance of device {name!r}", r)
            if np.min(r) <= 0:
                raise ValueError(f"resistance of device {name!r} must be above 0, not {min(r):g}")

    @classmethod
    @door
    def from_csv(cls, source) -> MeasuredTraces:
        """Read a file, given by its path, or an open text file."""
        if isinstance(source, str | Path):
            with open(source, newline="", encoding="utf-8") as opened:
                return cls.from_csv(opened)
        reader = csv.DictReader(source, skipinitialspace=True)
        missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
        if missing:
            raise ValueError(
                f"source must have the columns {', '.join(COLUMNS)} in its first line; "
                f"{', '.join(missing)} is missing"
            )
        rows: dict[str, list] = {}
        for line, row in enumerate(reader, start=2):
            try:
                entry = int(row["pulse"]), float(row["resistance"])
            except (TypeError, ValueError):
                raise ValueError(
                    f"source, line {line}: pulse must be a whole number and resistance a number, "
                    f"not {row['pulse']!r} and {row['resistance']!r}"
                ) from None
            rows.setdefault(row["device"], []).append(entry)
        columns = [np.array(sorted(entries)).T for entries in rows.values()]
        return cls(
            tuple(rows), tuple(c[0].astype(int) for c in columns), tuple(c[1] for c in columns)
        )

    def csv_text(self) -> str:
        """Return the text of a file in this layout, resistances to nine digits."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(COLUMNS)
        for name, t, r in zip(self.names, self.pulses, self.resistance, strict=True):
            writer.writerows((name, n, f"{value:.9g}") for n, value in zip(t, r, strict=True))
        return text.getvalue()

    @property
    def initial_resistance(self) -> np.ndarray:
        """R0 of each device, shape (devices,)."""
        return np.array([r[0] for r in self.resistance])

    @door(number=">= 0")
    def log_ratio(self, number: int) -> tuple[np.ndarray, np.ndarray]:
        """Return pulses and w = ln(R/R0) of a device, without the row of pulse 0."""
        t, r = self.pulses[number], self.resistance[number]
        return t[1:], np.log(r[1:] / r[0])


@door(devices=">= 1")
def sample_traces(
    device: Device | None = None,
    devices: int = 20,
    pulses: int = 2000,
    rng: np.random.Generator | int = 0,
    **options,
) -> MeasuredTraces:
    """Return traces as a measurement of model devices would give them, read after every pulse.

    Parameters
    ----------
    device : Device, optional
        The published one if left out.
    devices, pulses : int
    rng : Generator or int
    **options
        Of `DeviceArray`, for example imperfections.
    """
    array = DeviceArray(devices, rng, device=device, dtype=float, **options)
    traces = record_traces(array, pulses).log_ratio[1:]
    start = array.devices.initial_resistance
    resistance = np.vstack([start, start * np.exp(traces)])
    counted = np.arange(len(resistance))
    return MeasuredTraces(
        tuple(f"d{number}" for number in range(devices)),
        (counted,) * devices,
        tuple(resistance.T),
    )
