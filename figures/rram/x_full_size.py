"""The released network at its own size, stored, and what imperfections cost there and here."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import PAGE, label_panels
from figures.rram._look import CONDITIONS, NAMES, draw_costs

COLUMNS = {
    "epoch": "epochs",
    "condition": "conditions that were trained at full size",
    "full": "test accuracy at full size, per cent, by epoch and condition, one seed",
    "imperfection": "those of which the costs are told",
    "full_cost": "accuracy against ideal devices in the last three epochs at full size, points",
    "laptop_cost": "the same on the laptop: mean and standard error over seeds, points",
    "full_pulses": "pulses per device at full size with all imperfections",
    "laptop_pulses": "the same on the laptop, mean over seeds",
    "full_past_kink": "share of devices behind their kinks at full size, all imperfections",
}


def draw(numbers):
    figure, (left, right) = plt.subplots(1, 2, figsize=(PAGE, 2.3), width_ratios=(1.3, 1))
    for name, accuracy in zip(numbers["condition"], numbers["full"].T, strict=True):
        color, line, _ = CONDITIONS[name]
        left.plot(numbers["epoch"], accuracy, linestyle=line, color=color, label=NAMES[name])
    left.xaxis.get_major_locator().set_params(integer=True)
    left.set(xlabel="epoch", ylabel="test accuracy (%)", ylim=(90, 99))
    left.set_title("784-3000-10, MNIST: stored, one seed", fontsize=8)
    left.legend(loc="lower right", ncols=2)
    names = list(numbers["imperfection"])
    one_run = [(cost, None) for cost in numbers["full_cost"]]
    labels = [NAMES[name].replace(" ", "\n") for name in names]
    draw_costs(right, one_run, numbers["laptop_cost"], labels, [CONDITIONS[n][0] for n in names])
    right.set_ylabel("cost in accuracy (points)")
    right.set_title("filled: full size, open: 64-256-10, digits", fontsize=8)
    label_panels((left, right))
    return figure


def alt(numbers):
    ends = dict(zip(numbers["condition"], numbers["full"][-3:].mean(axis=0), strict=True))
    costs = "; ".join(
        f"{NAMES[name]} {0 - full:.1f} at full size, {0 - mean:.1f} ± {error:.1f} on the laptop"
        for name, full, (mean, error) in zip(
            numbers["imperfection"], numbers["full_cost"], numbers["laptop_cost"], strict=True
        )
    )
    accuracies = ", ".join(f"{NAMES[name]} {end:.1f}" for name, end in ends.items())
    return (
        "Left: test accuracy against epoch of the released network at the learning rate of 100, "
        f"one stored run a condition; last three epochs, per cent: {accuracies}. Right: points "
        f"lost against ideal devices: {costs}. Pulses per device with all imperfections: "
        f"{np.round(numbers['full_pulses']):.0f} and {np.round(numbers['laptop_pulses']):.0f}."
    )
