"""Cosine of the true and the nudged error, and what the relative asymmetry guarantees."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLACK, BLUE, PAGE, VERMILION, label_panels

COLUMNS = {
    "random_norm": "norm of K, random Jacobians",
    "random_radius": "spectral radius of K, random Jacobians",
    "random_cosine": "Euclidean cosine of both errors, random Jacobians",
    "random_s_cosine": "cosine in the metric of S, random Jacobians",
    "network_norm": "norm of K, networks with definite S at rest",
    "network_radius": "spectral radius of K, the same networks",
    "network_cosine": "Euclidean cosine of both errors, the same networks",
    "network_s_cosine": "cosine in the metric of S, the same networks",
    "left_out": "networks left out: S not definite or not at rest",
    "worst_radius": "spectral radius of K, errors in the plane that turns most",
    "worst_s_cosine": "cosine in the metric of S, errors in the plane that turns most",
    "kappa": "spectral radius of K in panel c",
    "condition": "condition number of S, two units",
    "least_cosine": "least Euclidean cosine over all errors, two units",
}
GROUPS = (("random", BLUE, "o"), ("network", VERMILION, "^"))


def draw(numbers):
    figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.7), sharey=True, width_ratios=(1.2, 1.2, 1))
    for name, color, marker in GROUPS:
        for ax, x, y in ((axes[0], "norm", "cosine"), (axes[1], "radius", "s_cosine")):
            ax.semilogx(
                numbers[f"{name}_{x}"], numbers[f"{name}_{y}"], marker, color=color, markersize=2.5,
                fillstyle="none", markeredgewidth=0.6,
            )  # fmt: skip
    norm = np.geomspace(5e-3, 1, 200)
    axes[0].semilogx(norm, (1 - norm**2) / (1 + norm**2), "-", color=BLACK, linewidth=1)
    axes[0].text(0.006, -0.45, "line: guaranteed", fontsize=7)
    axes[0].text(0.006, -0.67, "circles: random Jacobians", color=BLUE, fontsize=7)
    axes[0].text(0.006, -0.89, "triangles: networks", color=VERMILION, fontsize=7)
    kappa = np.geomspace(5e-3, 20, 200)
    axes[1].semilogx(kappa, (1 - kappa**2) / (1 + kappa**2), "-", color=BLACK, linewidth=1)
    axes[1].plot(numbers["worst_radius"], numbers["worst_s_cosine"], ".", color=BLACK, markersize=5)
    told = "line: least possible\ndots: errors in the\nplane that turns most"
    axes[1].text(0.006, -0.89, told, fontsize=7)
    ax, kappa = axes[2], numbers["kappa"]
    ax.semilogx(numbers["condition"], numbers["least_cosine"], "-", color=BLACK)
    ax.axhline((1 - kappa**2) / (1 + kappa**2), color=BLACK, linestyle=":", linewidth=1)
    ax.text(900, 0.17, "metric of $S$", ha="right", fontsize=7)
    ax.text(900, -0.8, "Euclidean", ha="right", fontsize=7)
    axes[0].set(xlabel=r"$\|S^{-1} A\|$", ylabel="cosine of the two errors", title="Euclidean")
    axes[1].set(xlabel=r"spectral radius $\kappa$ of $S^{-1}A$", title="in the metric of $S$")
    ax.set(xlabel="condition number of $S$", title=rf"least at $\kappa = {kappa:g}$")
    for ax in axes:
        ax.axhline(0, color="0.7", linewidth=0.7, zorder=0)
        ax.set(ylim=(-1.05, 1.05))
    label_panels(axes)
    return figure


def alt(numbers):
    norm = np.concatenate([numbers["random_norm"], numbers["network_norm"]])
    euclidean = np.concatenate([numbers["random_cosine"], numbers["network_cosine"]])
    large = euclidean[norm > 3]
    return (
        "Three panels. Euclidean cosine of the back-propagated and the nudged error against the "
        "norm of the relative asymmetry: near one and above the guaranteed curve at small norms, "
        f"scattered beyond a norm of 3, where the mean is {large.mean():.2f} and "
        f"{100 * np.mean(large < 0):.0f} per cent are negative. The same in the metric of S "
        "against the spectral radius: all points above the curve of the least possible cosine, "
        f"which errors in the plane that turns most reach; {numbers['left_out']} networks are left "
        f"out. Least Euclidean cosine of two units at a spectral radius of {numbers['kappa']:g} "
        f"against the condition number of S: it falls from {numbers['least_cosine'][0]:.2f} to "
        f"{numbers['least_cosine'][-1]:.2f}."
    )
