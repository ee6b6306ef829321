"""Energy of the hidden weights inside the box; error of the averaged signs and its bound."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLACK, BLUE, PAGE, VERMILION, label_panels

COLUMNS = {
    "step": "step, every fifth",
    "energy": "energy V of the hidden weights, optimum inside the box",
    "steps": "number of averaged steps, optimum outside the box",
    "error": "error of the mean signs in the norm of the Hessian",
    "bound": "proved bound of that error",
    "slope": "logarithmic slope of the last fifteen errors",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.7))
    ax, step, energy = axes[0], numbers["step"], numbers["energy"]
    ax.semilogy(step, energy, color=BLUE, linestyle="-")
    ax.axhline(energy[0], color=BLACK, linewidth=0.8)
    ax.text(step[-1], energy[0] * 0.75, "start", ha="right", va="top", fontsize=7)
    ax.text(step[-1] / 2, 4 * energy[len(energy) // 2 :].mean(), "stays near zero for ever",
            fontsize=7, color=BLUE, ha="center")  # fmt: skip
    ax.set(xlabel="step", ylabel=r"energy $V = \frac{1}{2} W^\top H^{-1} W$",
           title="optimum inside the box")  # fmt: skip
    ax, times, error = axes[1], numbers["steps"], numbers["error"]
    ax.loglog(times, numbers["bound"], color=BLACK, linestyle="--")
    ax.loglog(times, error, "o", color=VERMILION, markersize=3)
    ax.text(times[-1], 4 * numbers["bound"][-8], "proved bound", ha="right", fontsize=7)
    ax.text(times[20], error[20] * 0.25, f"simulated,\nslope {numbers['slope']:.2f}", ha="right",
            va="top", fontsize=7, color=VERMILION)  # fmt: skip
    ax.set(xlabel="steps $T$", ylabel=r"$\|\langle s\rangle - \bar s\|_H$", title="optimum outside")
    label_panels(axes)
    return figure


def alt(numbers):
    energy = numbers["energy"]
    fall = energy[0] / energy[len(energy) // 2 :].max()
    bound = np.polyfit(np.log(numbers["steps"][-15:]), np.log(numbers["bound"][-15:]), 1)[0]
    return (
        f"Left: energy of the hidden weights falls from its start value by a factor of {fall:.0f} "
        "or more and then stays low. Right: error of the averaged signs against steps on double "
        f"logarithmic axes; points fall with slope {numbers['slope']:.2f}, well below the proved "
        f"bound, which falls with slope {bound:.2f}."
    )
