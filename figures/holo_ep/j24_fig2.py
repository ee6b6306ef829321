"""The exact nudged error of an asymmetric network, from a contour and from running means."""

import matplotlib.pyplot as plt
import numpy as np

from figures.holo_ep._look import closed, look_of
from figures.kit import BLACK, BLUE, PAGE, label_panels

COLUMNS = {
    "strength": "modulus of the nudge in panels a, c, d",
    "loop": "change of a unit's activity over the last turn of the nudge, one entry a step",
    "radius": "modulus of the nudge in panel b",
    "points": "number of contour points N",
    "simulated": "relative error of the nudged error vector, relaxed states, one column an N",
    "predicted": "relative error by the power series, one column an N",
    "time": "steps of the network",
    "activity": "real part of the unit's activity",
    "mean": "activity at the running mean of its preactivation",
    "free": "its activity in the free state",
    "error": "running mean of its activity over the nudge",
    "exact": "its exact derivative in the nudge",
}


def draw(numbers):
    figure, axes = plt.subplots(2, 2, figsize=(PAGE, 4.3), width_ratios=(1, 1.5))
    _turn(axes[0, 0], numbers)
    _errors(axes[0, 1], numbers)
    time = numbers["time"]
    ax = axes[1, 0]
    ax.plot(time, numbers["activity"], "-", color="0.7", linewidth=1)
    ax.plot(time, numbers["mean"], "-", color=BLUE)
    ax.axhline(numbers["free"], color=BLACK, linestyle=":", linewidth=1)
    swing = np.ptp(numbers["activity"][len(time) // 4 :])
    ax.set(
        xlabel="time (steps)", ylabel="activity", title="presynaptic",
        ylim=(numbers["free"] - 1.2 * swing, numbers["free"] + 2 * swing),
    )  # fmt: skip
    told = "grey: oscillation\nblue: running mean\ndotted: free state"
    ax.text(1, 1, told, transform=ax.transAxes, ha="right", va="top", fontsize=6.5)
    ax = axes[1, 1]
    exact, error = numbers["exact"], numbers["error"]
    ax.plot(time, error, "-", color=BLUE)
    ax.axhline(exact, color=BLACK, linestyle=":", linewidth=1)
    swing = np.ptp(error[len(time) // 4 :])
    ax.set(
        xlabel="time (steps)", ylabel="activity over nudge", title="postsynaptic error",
        ylim=(exact - 2 * swing, exact + 4 * swing),
    )  # fmt: skip
    told = "blue: running mean\ndotted: exact $d_\\beta r^*$\n(the first turn starts higher)"
    ax.text(1, 1, told, transform=ax.transAxes, ha="right", va="top", fontsize=6.5)
    label_panels(axes)
    return figure


def alt(numbers):
    seen = (numbers["predicted"] > 1e-8) & (numbers["radius"] < 0.3)[:, None]
    off = np.abs(numbers["simulated"] / numbers["predicted"] - 1)[seen].max()
    return (
        "Four panels. The nudge runs round a circle and a unit's activity round a closed loop. "
        "Relative error of the contour estimate against amplitude for "
        f"{', '.join(map(str, numbers['points']))} points, the steeper the more points; relaxed "
        f"networks lie on the lines of the power series, within {100 * off:.1g} "
        "per cent at radii below 0.3. The running mean of the oscillating activity ends at "
        f"{numbers['mean'][-1]:.3f}, free state {numbers['free']:.3f}; the running error at "
        f"{numbers['error'][-1]:.3f}, exact derivative {numbers['exact']:.3f}."
    )


def _turn(ax, numbers):
    strength = numbers["strength"]
    loop = closed(numbers["loop"])
    scale = 2.0 ** np.floor(np.log2(strength / np.abs(loop).max()))
    nudge = strength * np.exp(1j * np.linspace(0, 2 * np.pi, 200))
    ax.plot(nudge.real, nudge.imag, "--", color="0.5", linewidth=1)
    ax.plot(scale * loop.real, scale * loop.imag, "-", color=BLUE)
    ax.text(0, strength + 0.05, r"$\beta$", color="0.4", ha="center")
    ax.text(0, 0, rf"${scale:g}\,\Delta r$", color=BLUE, ha="center")
    ax.set(
        aspect="equal", xlabel="real", ylabel="imaginary", title="one turn", xlim=(-0.75, 0.75),
        ylim=(-0.75, 0.75),
    )  # fmt: skip


def _errors(ax, numbers):
    radius = numbers["radius"]
    for k, points in enumerate(numbers["points"]):
        color, marker = look_of(points)
        ax.loglog(radius, numbers["simulated"][:, k], marker, color=color, markersize=3)
        ax.loglog(radius, numbers["predicted"][:, k], "-", color=color, linewidth=0.8)
        place = radius[0] * 0.85, numbers["predicted"][0, k]
        ax.text(*place, f"$N={points}$", color=color, va="center", ha="right", fontsize=7)
    ax.set(
        xlabel=r"teaching amplitude $|\beta|$", ylabel="relative error", xlim=(0.015, 1.2),
        title="points: relaxed, lines: series",
    )  # fmt: skip
