r"""Repair first: by how much accuracy rises when one imperfection is made smaller.

Every imperfection j has a strength :math:`s_j`, 1 for the device as it is: the factor on the
deviation of its law, on the amplitude of its noise, or on its drift. The gain of a repair is the
slope of the accuracy, taken over a finite step h with the same seeds on both sides,

.. math:: g_j = \frac{a(s_j = 1 - h) - a(1)}{h},

in points for a full repair at this slope. Its error is that of a mean of paired differences.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from theory import checks
from theory.door import door
from theory.rram.comparison import compare, last_and_best, paired_difference
from theory.rram.device_laws import IMPERFECTIONS, SPREADS, switched_on
from theory.rram.experiment import DeviceExperiment

EPOCHS = ("last", "best")


@door(factor=">= 0")
def weakened(experiment: DeviceExperiment, imperfection: str, factor: float) -> DeviceExperiment:
    """Return the experiment with the strength of one imperfection multiplied by a factor >= 0."""
    checks.one_of("imperfection", imperfection, IMPERFECTIONS)
    if imperfection in SPREADS:
        widths = dict(experiment.widths)
        widths[imperfection] = widths.get(imperfection, 1.0) * factor
        return replace(experiment, widths=tuple(widths.items()))
    return replace(experiment, device=experiment.device.scaled(imperfection, factor))


@door(step="in (0, 1]")
def repair_gains(
    experiment: DeviceExperiment,
    seeds: Sequence[int],
    *,
    step: float = 0.5,
    imperfections: Sequence[str] | None = None,
    epoch: str = "last",
    **options,
) -> dict[str, tuple[float, float]]:
    """Return gain and standard error of each repair, in points of test accuracy, largest first.

    Parameters
    ----------
    experiment : DeviceExperiment
        With your device.
    seeds : sequence of int
        Two or more.
    step : float
        h in (0, 1]: 1 takes the imperfection away altogether.
    imperfections : sequence of str, optional
        By default all that are switched on, and drift only if the device has any.
    epoch : {"last", "best"}
        See `last_and_best`.
    **options
        Of `theory.sweep.map`.
    """
    which = EPOCHS.index(checks.one_of("epoch", epoch, EPOCHS))
    if len(seeds) < 2:
        raise ValueError(f"seeds holds {len(seeds)}; a standard error needs two or more")
    if imperfections is None:
        on = switched_on(experiment.imperfections)
        if experiment.device.drift is None:
            on = on - {"drift"}
        imperfections = [name for name in IMPERFECTIONS if name in on]
    changed = {name: weakened(experiment, name, 1 - step) for name in imperfections}
    runs = compare({"": experiment, **changed}, seeds, **options)
    reference = last_and_best(runs[""])[which]
    gains = {}
    for name in imperfections:
        mean, error = paired_difference(last_and_best(runs[name])[which], reference)
        gains[name] = (mean / step, error / step)
    return dict(sorted(gains.items(), key=lambda item: -item[1][0]))
