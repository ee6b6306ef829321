"""Four neurons under one oscillation of the nudge: egg-shaped loops in the complex plane."""

import matplotlib.pyplot as plt
import numpy as np

from figures.holo_ep._look import closed
from figures.kit import BLUE, GREEN, PAGE, PINK, VERMILION, label_panels

COLUMNS = {
    "radius": "radius of the nudge's circle",
    "change": "change of activity at equidistant points of the circle, one column a neuron",
}
NEURONS = ((BLUE, "o", 0.9), (VERMILION, "s", 0.7), (GREEN, "^", -0.9), (PINK, "D", -0.7))


def draw(numbers):
    change = 1e3 * numbers["change"]
    points = len(change)
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.8), width_ratios=[1, 1.4])
    for k, (color, marker, shift) in enumerate(NEURONS):
        ring = closed(change[:, k])
        axes[0].plot(ring.imag, ring.real, "-", color=color, linewidth=0.8)
        axes[0].scatter(
            ring.imag[:-1], ring.real[:-1], s=np.linspace(2, 22, points), color=color,
            marker=marker, linewidth=0,
        )  # fmt: skip
        twice = np.tile(change[:, k].real, 2)
        axes[1].plot(
            np.arange(2 * points),
            twice,
            "-",
            marker=marker,
            markersize=2.5,
            color=color,
            linewidth=0.8,
        )
        # Pairs of neurons end close together: their names stand apart.
        axes[1].text(
            2 * points + 0.5,
            twice[-1] + shift,
            f"neuron {k + 1}",
            color=color,
            va="center",
            fontsize=7,
        )
    axes[0].set(
        xlabel=r"$\mathrm{Im}\,\Delta s \times 10^3$",
        ylabel=r"$\mathrm{Re}\,\Delta s \times 10^3$",
        title=f"one turn of $r = {numbers['radius']:g}$, layer 1",
    )
    axes[0].set_aspect("equal")
    axes[0].text(
        0, 0, "larger markers:\nlater points", ha="center", va="center", fontsize=6, color="0.4"
    )
    axes[1].set(
        xlabel="point on the circle", xlim=(-1, 2 * points + 10), ylim=(-8.4, 6.3),
        xticks=np.arange(0, 2 * points + 1, points // 2),
        ylabel=r"$\mathrm{Re}\,\Delta s \times 10^3$", title="two turns",
    )  # fmt: skip
    label_panels(axes)
    return figure


def alt(numbers):
    harmonics = np.abs(np.fft.fft(numbers["change"], axis=0))
    ratio = (harmonics[2] / harmonics[1]).max()
    return (
        "Left: the states of four neurons trace four closed, slightly egg-shaped loops in the "
        "complex plane as the nudge turns once. Right: their real parts over two turns are "
        f"periodic and not quite sinusoidal: a second harmonic of up to {100 * ratio:.0f} per cent "
        "of the first, with different sizes and signs."
    )
