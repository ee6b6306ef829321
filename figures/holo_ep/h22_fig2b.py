"""Where in the complex nudge plane the relaxation settles, and where theory says it cannot."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LogNorm

from figures.kit import ORANGE, PAGE, VERMILION

COLUMNS = {
    "axis": "real and imaginary part of the nudge on the grid",
    "log10_residual": "log10 of the change in one more step after 200; rows: imaginary part, 0 up",
    "boundary": "nudges at which the iteration loses the branch, predicted, one a direction",
    "branch_point": "branch points of the upper half plane",
    "contour": "radius of the contour of nudges",
}
EDGE = {"arrowstyle": "-", "color": "white"}


def draw(numbers):
    axis, upper = numbers["axis"], 10 ** numbers["log10_residual"]
    residual = np.concatenate([upper[:0:-1], upper])
    figure, ax = plt.subplots(figsize=(PAGE, 4.2))
    norm = LogNorm(1e-6, 1e1)
    picture = ax.pcolormesh(axis, axis, residual, cmap="PuBu_r", norm=norm, rasterized=True)
    figure.colorbar(picture, ax=ax, label="change in one more step", shrink=0.8)
    boundary, points = numbers["boundary"], numbers["branch_point"]
    for sign in (1, -1):
        ax.plot(boundary.real, sign * boundary.imag, "-", color=VERMILION, linewidth=1.3)
        ax.plot(
            points.real, sign * points.imag, "*", color=VERMILION, markersize=9,
            markeredgecolor="white",
        )  # fmt: skip
    contour = numbers["contour"] * np.exp(1j * np.linspace(0, 2 * np.pi, 200))
    ax.plot(contour.real, contour.imag, "-", color=ORANGE, linewidth=1.5)
    ax.plot(numbers["contour"], 0, "*", color=ORANGE, markersize=10)
    ax.text(-numbers["contour"] - 0.02, 0, "contour", color=ORANGE, ha="right", va="center")
    ax.annotate(
        "branch points", (points[0].real, points[0].imag), (-0.15, 0.75), color="white",
        ha="center", arrowprops=EDGE,
    )  # fmt: skip
    ax.annotate("", (points[1].real, points[1].imag), (0.02, 0.72), arrowprops=EDGE)
    edge = boundary[np.nanargmin(np.abs(boundary))]
    ax.annotate(
        "predicted loss of stability,\nwhere a ray meets it", (edge.real, -edge.imag), (-0.4, -0.8),
        color="white", ha="center", arrowprops=EDGE,
    )  # fmt: skip
    ax.set(
        xlabel=r"$\mathrm{Re}\,\beta$", ylabel=r"$\mathrm{Im}\,\beta$", xlim=(-1, 1), ylim=(-1, 1)
    )
    ax.set_aspect("equal")
    return figure


def alt(numbers):
    failed = numbers["log10_residual"] > -3
    nudge = numbers["axis"] + 1j * numbers["axis"][numbers["axis"] >= 0][:, None]
    least = np.abs(nudge[failed]).min()
    return (
        "Map of the residual over the complex nudge plane: dark, that is settled, everywhere "
        f"except in two conjugate lobes at real parts above {nudge[failed].real.min():.2f}, the "
        f"nearest at modulus {least:.3f}. The predicted boundary of stability runs along the near "
        f"edge of the lobes, from modulus {np.nanmin(np.abs(numbers['boundary'])):.4f}; the branch "
        f"points sit at their tips. The contour of radius {numbers['contour']:g} stays clear of "
        "them."
    )
