"""How many synapses keep the sign of a first task while a second one pulls."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import PAGE, label_panels
from figures.metaplasticity._look import look_of_m

COLUMNS = {
    "strengths": "metaplasticity m",
    "steps": "steps on the second task, simulated points",
    "simulated": "fraction of synapses that keep the first task's sign, one column an m",
    "fine": "steps on the second task, curves",
    "predicted": "the same fraction by quadrature, one column an m",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.8), sharey=True)
    steps, fine = numbers["steps"], numbers["fine"]
    for k, m in enumerate(numbers["strengths"]):
        color, style, marker = look_of_m(m)
        curve, values = numbers["predicted"][:, k], numbers["simulated"][:, k]
        axes[0].plot(np.r_[0, fine], np.r_[1, curve], color=color, linestyle=style)
        axes[1].semilogx(fine, curve, color=color, linestyle=style)
        axes[0].plot(steps, values, marker, color=color, markersize=3)
        axes[1].semilogx(steps[1:], values[1:], marker, color=color, markersize=3)
        shift = {0.5: 0.012, 0.0: -0.012}.get(m, 0.0)
        axes[1].text(1300, curve[-1] + shift, f"$m = {m:g}$", color=color, fontsize=7, va="center")
    axes[0].set(xlabel="steps on task B", ylabel="synapses that keep A's sign", xlim=(0, 820),
                ylim=(0.45, 1.02))  # fmt: skip
    axes[1].set(xlabel="steps on task B, logarithmic", xlim=(3, 4000))
    label_panels(axes)
    return figure


def alt(numbers):
    told = ", ".join(
        f"{end:.2f} for m = {m:g}"
        for m, end in zip(numbers["strengths"], numbers["simulated"][-1], strict=True)
    )
    return (
        "Fraction of synapses that keep the sign of the first task against steps on the second, "
        f"linear and logarithmic time, for {len(numbers['strengths'])} values of m. Without "
        "metaplasticity it falls quickly to one half; with it, ever more slowly, for the largest m "
        f"a straight line in the logarithm of time. After {numbers['steps'][-1]} steps it is "
        f"{told}. Simulated points lie on the curves."
    )
