"""The released network at its own size, stored, beside the laptop's at the same learning rate."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import PAGE, label_panels
from figures.rram._look import CONDITIONS, NAMES, draw_curves

COLUMNS = {
    "epoch": "epochs",
    "condition": "conditions that were trained at full size",
    "full": "test accuracy at full size, per cent, by epoch, condition and seed",
    "software": "the same of software weights, by epoch, mean over seeds",
    "full_pulses": "pulses per device at full size, by condition, mean over seeds",
    "full_past_kink": "share of devices behind their kinks at full size, by condition, mean",
    "laptop": "test accuracy at laptop size, per cent, by condition, epoch and seed",
    "laptop_pulses": "pulses per device at laptop size, by condition, mean over seeds",
}


def draw(numbers):
    figure, (left, right) = plt.subplots(1, 2, figsize=(PAGE, 3.0))
    names = list(numbers["condition"])
    for name, accuracy in zip(names, np.moveaxis(numbers["full"], 1, 0), strict=True):
        color, line, _ = CONDITIONS[name]
        left.plot(numbers["epoch"], accuracy.mean(axis=1), linestyle=line, color=color,
                  label=NAMES[name])  # fmt: skip
    color, line, _ = CONDITIONS["software"]
    left.plot(numbers["epoch"], numbers["software"], linestyle=line, color=color,
              label=NAMES["software"])  # fmt: skip
    left.xaxis.get_major_locator().set_params(integer=True)
    left.set(xlabel="epoch", ylabel="test accuracy (%)", ylim=(90, 99))
    left.set_title(f"784-3000-10, MNIST: stored, {_runs(numbers)}", fontsize=8)
    left.legend(loc="lower right")
    drawn = {"epoch": numbers["epoch"]} | {
        f"accuracy_{name}": accuracy
        for name, accuracy in zip(names, numbers["laptop"], strict=True)
    }
    draw_curves(right, drawn, names)
    right.set(ylim=(84, 99))
    right.set_title("64-256-10, digits: six seeds", fontsize=8)
    label_panels((left, right))
    return figure


def alt(numbers):
    named = NAMES | {"all": "all imperfections"}
    parts = [
        f"{named[name]} {full[-3:].mean():.1f} per cent at full size with {pulses:.0f} pulses per "
        f"device, {laptop[-3:].mean():.1f} at laptop size with {few:.0f}"
        for name, full, pulses, laptop, few in zip(
            numbers["condition"], np.moveaxis(numbers["full"], 1, 0), numbers["full_pulses"],
            numbers["laptop"], numbers["laptop_pulses"], strict=True,
        )
    ]  # fmt: skip
    return (
        "Test accuracy against epoch at the learning rate of 100: left the released network at its "
        f"own size, stored, {_runs(numbers)}, right the laptop's with standard errors. Means of "
        "the last three epochs: " + "; ".join(parts) + "; software weights at full size "
        f"{numbers['software'][-3:].mean():.1f} per cent."
    )


def _runs(numbers):
    seeds = numbers["full"].shape[-1]
    return "one seed a condition" if seeds == 1 else f"{seeds} seeds a condition"
