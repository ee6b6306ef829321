"""More levels help while potentiation and depression are balanced, and only then."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLACK, BLUE, GREEN, ORANGE, PAGE, VERMILION, label_panels

COLUMNS = {
    "fraction": "fraction of events that potentiate",
    "levels": "number of levels",
    "lifetime": "events until the signal meets the noise, by levels and fraction",
    "step": "events since storage, one a step",
    "watched_fraction": "fraction of events that potentiate, of the curves in the left panel",
    "signal": "signal to noise of eight levels by step and watched fraction",
    "watched": "the same, simulated",
    "watched_error": "its standard error",
}
LOOKS = ((BLUE, "-"), (GREEN, "-."), (ORANGE, ":"), (VERMILION, "--"))  # by fraction


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.7))
    ax, every = axes[0], slice(None, None, 4)
    for k, (colour, style) in enumerate((LOOKS[0], LOOKS[3])):
        ax.plot(numbers["step"], numbers["signal"][:, k], color=colour, linestyle=style)
        watched, error = (numbers[name][every, k] for name in ("watched", "watched_error"))
        ax.errorbar(numbers["step"][every], watched, error, fmt="o", markersize=3, color=colour)
    tilted = numbers["watched_fraction"][1]
    ax.text(15, 21, "balanced", color=BLUE)
    ax.text(2, 5.5, f"{tilted:.0%} potentiation", color=VERMILION, ha="left", va="top")
    ax.text(1, 0.95, "lines: formula; dots: simulated,\nwith standard errors", fontsize=7)
    ax.set(yscale="log", ylim=(0.8, 60), xlabel="events since storage $t$")
    ax.set(ylabel="signal to noise, $m = 8$, $N = 10^4$")
    ax = axes[1]
    levels = numbers["levels"]
    for k, (colour, style) in enumerate(LOOKS):
        life = numbers["lifetime"][:, k]
        ax.loglog(levels, life, color=colour, linestyle=style, marker="o", markersize=3)
        name = f"$f_+ = {numbers['fraction'][k]:g}$"
        ax.text(1.1 * levels[-1], life[-1], name, color=colour, va="center", fontsize=7)
    ax.set(xlim=(1.8, 190), xlabel="number of levels $m$", ylabel="lifetime $t^*$, $N = 10^4$")
    ax.loglog([12, 48], np.array([12, 48]) ** 2 * 1.4, color=BLACK, linewidth=0.8)
    ax.text(20, 1000, "$\\propto m^2$", ha="right")
    label_panels(axes)
    return figure


def alt(numbers):
    last, fraction = numbers["lifetime"][-1], numbers["fraction"]
    ends = ", ".join(f"{of:.0f} for {f:g}" for f, of in zip(fraction, last, strict=True))
    tilted = numbers["watched_fraction"][1]
    return (
        "Left: signal to noise of synapses with eight levels; the balanced curve decays slowly, "
        f"the one with {tilted:.0%} potentiation faster; simulated dots lie near both. Right: "
        "lifetime against number of levels; it grows nearly like the square when balanced and "
        f"saturates the earlier the stronger the imbalance. With {numbers['levels'][-1]} levels "
        f"it is {ends} as fraction of potentiation."
    )
