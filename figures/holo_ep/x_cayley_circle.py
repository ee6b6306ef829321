"""Eigenvalues of the map from true to nudged error: on the unit circle while S is definite."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLACK, BLUE, GREEN, PAGE, PINK, VERMILION, label_panels

COLUMNS = {
    "scale": "size of the antisymmetric part, one column of the next two",
    "definite": "eigenvalues of the map, S definite, one column a scale",
    "kappa": "modulus of the eigenvalues of K, ascending as the angles, one column a scale",
    "indefinite": "eigenvalues of the map, S indefinite, at the largest scale",
}
LOOKS = ((GREEN, "^"), (BLUE, "o"), (VERMILION, "s"))


def draw(numbers):
    figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.7), width_ratios=(1, 1, 1))
    around = np.exp(1j * np.linspace(0, 2 * np.pi, 400))
    for ax, title in ((axes[0], "$S$ definite"), (axes[1], "$S$ indefinite")):
        ax.plot(around.real, around.imag, "-", color="0.75", linewidth=1, zorder=0)
        ax.set(aspect="equal", title=title, xlabel="real part")
    axes[0].set(ylabel=r"imaginary part of $\lambda(J^{-1}J^\top)$")
    values = numbers["indefinite"]
    axes[1].plot(values.real, values.imag, "^", color=PINK, markersize=5, fillstyle="none")
    grid = np.geomspace(0.03, 3, 100)
    axes[2].semilogx(grid, np.degrees(2 * np.arctan(grid)), "-", color=BLACK, linewidth=1)
    for k, (scale, (color, marker)) in enumerate(zip(numbers["scale"], LOOKS, strict=True)):
        values = numbers["definite"][:, k]
        axes[0].plot(values.real, values.imag, marker, color=color, markersize=5, fillstyle="none")
        turned = np.sort(np.abs(np.degrees(np.angle(values))))
        axes[2].semilogx(
            numbers["kappa"][:, k], turned, marker, color=color, markersize=4, fillstyle="none"
        )
        axes[2].text(0.037, 118 - 16 * k, rf"$A \times {scale:g}$", color=color)
    axes[2].text(0.5, 25, r"$2 \arctan \kappa$", ha="left")
    axes[2].set(
        xlabel=r"$\kappa$, eigenvalues of $S^{-1} A$ are $\pm i \kappa$",
        ylabel="angle on the circle (°)", yticks=[0, 45, 90, 135], title="turn", xlim=(0.03, 3),
        ylim=(0, 145),
    )  # fmt: skip
    label_panels(axes)
    return figure


def alt(numbers):
    turn = np.degrees(np.abs(np.angle(numbers["definite"]))).max(axis=0)
    return (
        "Eigenvalues of the map from true to nudged error. With a definite symmetric part they lie "
        "on the unit circle, farther round for larger antisymmetric parts: up to "
        f"{', '.join(f'{t:.0f}' for t in turn)} degrees. With an indefinite one some leave the "
        f"circle in reciprocal pairs, with moduli up to {np.abs(numbers['indefinite']).max():.1f}. "
        "The angles follow twice the arctangent of kappa."
    )
