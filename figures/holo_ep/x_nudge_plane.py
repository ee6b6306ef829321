"""The branch of equilibria over the complex nudge plane in colour, with its branch points."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import hsv_to_rgb

from figures.kit import BLACK, BLUE, ORANGE, PAGE, label_panels

COLUMNS = {
    "angle": "phase of the nudge (rad), upper half plane",
    "radius": "modulus of the nudge",
    "change": "change of activity of neuron 1 of layer 1, one row a radius, one column an angle",
    "branch_point": "branch points of the upper half plane",
    "contour": "radius of the contour of nudges",
    "distance": "distance of the nudge from the nearest branch point, on the way to it",
    "state_distance": "distance of the equilibrium from that at the branch point",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 3.5), width_ratios=[1.35, 1])
    _plane(axes[0], numbers)
    ax = axes[1]
    distance, away = numbers["distance"], numbers["state_distance"]
    near = distance < distance[0] / 10
    ax.loglog(distance, away, "o", color=BLUE, markersize=3)
    root = away[-1] * np.sqrt(distance[near] / distance[-1])
    ax.loglog(distance[near], root, "-", color=ORANGE)
    ax.text(1e-4, 0.09, r"$\propto \sqrt{\beta_c - \beta}$", color=ORANGE, ha="center")
    ax.set(
        xlabel=r"distance $|\beta - \beta_c|$", ylabel="distance to the state there",
        title="a square root",
    )  # fmt: skip
    label_panels(axes)
    return figure


def alt(numbers):
    points = np.abs(numbers["branch_point"])
    return (
        "Left: domain colouring of the change of a neuron over the complex nudge plane: the hue "
        "turns once round the origin, and breaks along cuts that run outward from four stars, two "
        f"conjugate pairs with moduli {points[0]:.3f} and {points[1]:.3f}. A contour of radius "
        f"{numbers['contour']:g} lies inside the dotted circle through the nearest pair. Right: "
        "towards the branch point the state approaches its value there like a square root."
    )


def _plane(ax, numbers):
    angle = np.concatenate([-numbers["angle"][:0:-1], numbers["angle"]])
    upper = numbers["change"]
    change = np.concatenate([upper[:, :0:-1].conj(), upper], axis=1)
    plane = numbers["radius"][:, None] * np.exp(1j * angle)
    middles = (change[1:, 1:] + change[:-1, 1:] + change[1:, :-1] + change[:-1, :-1]) / 4
    colors = _domain_colors(middles)
    ax.pcolormesh(
        plane.real, plane.imag, np.zeros(colors.shape[:2]), rasterized=True, shading="flat",
        facecolors=colors.reshape(-1, 3), antialiased=False,
    ).set_array(None)  # fmt: skip
    turn = np.exp(1j * np.linspace(0, 2 * np.pi, 200))
    contour, nearest = numbers["contour"], np.abs(numbers["branch_point"]).min()
    ax.plot(contour * turn.real, contour * turn.imag, "-", color=BLACK, linewidth=1.2)
    ax.text(0, contour - 0.09, "contour", ha="center", va="center", fontsize=7)
    ax.plot(nearest * turn.real, nearest * turn.imag, ":", color=BLACK, linewidth=1.2)
    ax.text(-0.47, -0.52, r"$\rho$", fontsize=9)
    stars = np.concatenate([numbers["branch_point"], numbers["branch_point"].conj()])
    ax.plot(stars.real, stars.imag, "*", color="white", markersize=11, markeredgecolor=BLACK)
    ax.set(
        xlabel=r"$\mathrm{Re}\,\beta$", ylabel=r"$\mathrm{Im}\,\beta$", xlim=(-1, 1), ylim=(-1, 1),
        title="change of a neuron's state; stars: branch points",
    )  # fmt: skip
    ax.set_aspect("equal")


def _domain_colors(values):
    """Hue for the phase, in steps of 10 degrees; brightness rises twice for every factor of ten.

    Steps, since a stored picture holds 256 colours.
    """
    level = 2 * np.log10(np.abs(values) + 1e-12)
    hue = np.round(36 * np.angle(values) / (2 * np.pi)) / 36 % 1
    light = 0.72 + 0.07 * np.floor(5 * (level - np.floor(level)))
    return hsv_to_rgb(np.stack([hue, np.full_like(hue, 0.65), light], axis=-1))
