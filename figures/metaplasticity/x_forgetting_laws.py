"""The tail of the metaplastic factor decides how the front of forgetting moves."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLACK, BLUE, GREEN, ORANGE, PAGE, PINK, VERMILION, label_panels

LAWS = {
    "constant": ("constant", BLACK, "-", "o"),
    "power_1": ("power 1", ORANGE, (0, (6, 1.5)), "D"),
    "power_3": ("power 3", PINK, "-.", "P"),
    "exponential": ("exponential", GREEN, ":", "^"),
    "sech_squared": ("sech squared", BLUE, "-", "s"),
    "threshold": ("threshold", VERMILION, "--", "v"),
}
COLUMNS = {
    "steps": "steps on the second task, curves",
    "checkpoints": "steps on the second task, simulated points",
    "distance": "pull times steps, curves",
    "start": "simulated hidden weights under a steady pull",
    **{name: f"fraction that keeps the first task's sign: {law[0]}" for name, law in LAWS.items()},
    **{f"{name}_simulated": f"the same, simulated: {law[0]}" for name, law in LAWS.items()},
    **{f"{name}_front": f"front, flipped below it: {law[0]}" for name, law in LAWS.items()},
    **{f"{name}_counted": f"pull times counted steps until the simulated weight flips: {law[0]}"
       for name, law in LAWS.items()},
}  # fmt: skip


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 3.0), width_ratios=[1.3, 1])
    for name, (label, color, style, marker) in LAWS.items():
        axes[0].semilogx(numbers["steps"], numbers[name], color=color, linestyle=style, label=label)
        axes[0].semilogx(numbers["checkpoints"], numbers[f"{name}_simulated"], marker, color=color,
                         markersize=3)  # fmt: skip
        axes[1].loglog(numbers["distance"], numbers[f"{name}_front"], color=color, linestyle=style)
        axes[1].loglog(
            numbers[f"{name}_counted"], numbers["start"], marker, color=color, markersize=3
        )
    axes[0].set(xlabel="steps on task B", ylabel="synapses that keep A's sign", ylim=(0.47, 1.02))
    axes[0].legend(loc="lower left", fontsize=6.5, handlelength=2.6)
    axes[1].set(xlabel="pull times steps $v t$", ylabel="front $W_c$", ylim=(0.05, 60),
                xlim=(0.05, 3e4))  # fmt: skip
    label_panels(axes)
    return figure


def alt(numbers):
    def local_slope(name):
        signal = numbers[name] - 0.5
        last = np.searchsorted(-signal, -0.01)
        return np.diff(np.log(signal[:last])) / np.diff(np.log(numbers["steps"][:last]))

    slope = local_slope("power_3")
    kept = {name: numbers[name][-1] for name in LAWS}
    return (
        "Left: retention against time on a logarithmic axis for six factors. The constant one is "
        "lost first, power tails next, exponential tails fall slowly and straight; the threshold "
        f"stays at {kept['threshold']:.2f}, all others end at one half. With the power 3 the "
        "retained signal, retention less one half, follows no power of time: its local exponent "
        f"goes from {slope[0]:.2f} to {slope[-1]:.1f}. Right: the forgetting front of each on "
        "double logarithmic axes, with simulated flips on the curves."
    )
