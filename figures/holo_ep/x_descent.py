"""Where nudged errors can ascend the loss: asymmetry against the condition number of S."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLACK, BLUE, PAGE, SKY, VERMILION, label_panels

COLUMNS = {
    "random_kappa": "spectral radius of K, random Jacobians",
    "random_condition": "condition number of S, random Jacobians",
    "random_norm": "spectral norm of K, random Jacobians",
    "random_least": "least Euclidean cosine of both errors over all directions, by search",
    "network_kappa": "spectral radius of K, networks at rest with definite S",
    "network_condition": "condition number of S, the same networks",
    "network_norm": "spectral norm of K, the same networks",
    "network_least": "least Euclidean cosine, the same networks",
}
GROUPS = (("random", "o"), ("network", "^"))
CLEAR = {"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1}


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 3.0))
    plane, least = axes
    for name, marker in GROUPS:
        kappa, condition, norm, cosine = (
            numbers[f"{name}_{what}"] for what in ("kappa", "condition", "norm", "least")
        )
        for part, color in ((cosine > 0, BLUE), (cosine <= 0, VERMILION)):
            plane.loglog(
                kappa[part], condition[part], marker, color=color, markersize=3, fillstyle="none",
                markeredgewidth=0.7,
            )  # fmt: skip
            least.semilogx(
                norm[part], cosine[part], marker, color=color, markersize=3, fillstyle="none",
                markeredgewidth=0.7,
            )  # fmt: skip
    kappa = np.geomspace(0.02, 1, 50)
    plane.plot(kappa, kappa**-2, "-", color=BLACK)
    plane.axvline(1, color=BLACK, linestyle=":", linewidth=1)
    plane.fill_between(kappa, 1, kappa**-2, color=SKY, alpha=0.15, linewidth=0)
    plane.text(0.024, 1.4, "every error descends", color=BLUE, fontsize=7, bbox=CLEAR)
    plane.text(1.15, 1.4, "some ascend", color=VERMILION, fontsize=7, bbox=CLEAR)
    plane.text(0.024, 3e4, r"line: $\kappa \sqrt{\mathrm{cond}\,S} = 1$", fontsize=7)
    plane.set(
        xlim=(0.02, 6), ylim=(1, 2 * numbers["network_condition"].max()),
        xlabel=r"spectral radius $\kappa$ of $K = S^{-1} A$",
        ylabel="condition number of $S$", title="circles: random, triangles: networks",
    )  # fmt: skip
    norm = np.geomspace(0.02, 1, 100)
    least.plot(norm, (1 - norm**2) / (1 + norm**2), "-", color=BLACK)
    least.axvline(1, color=BLACK, linestyle=":", linewidth=1)
    least.axhline(0, color="0.7", linewidth=0.7, zorder=0)
    least.text(0.03, 0.2, "line: bound", fontsize=7)
    least.set(
        xlabel=r"$\|K\|_2$", ylabel="least cosine of both errors", ylim=(-1.05, 1.05),
        title="Euclidean, over all errors",
    )  # fmt: skip
    label_panels(axes)
    return figure


def alt(numbers):
    kappa, condition, norm, cosine = (
        np.concatenate([numbers[f"{name}_{what}"] for name, _ in GROUPS])
        for what in ("kappa", "condition", "norm", "least")
    )
    below = kappa * np.sqrt(condition) < 1
    between = (~below) & (kappa < 1)
    return (
        f"Two panels, {len(kappa)} Jacobians. In the plane of asymmetry and condition number of S, "
        f"all {below.sum()} points below the line kappa squared times condition equal to 1 "
        f"descend in every direction; of the {between.sum()} between it and kappa = 1, "
        f"{100 * np.mean(cosine[between] <= 0):.0f} per cent ascend in some. The least cosine "
        f"over all directions changes its sign at a norm of K of 1: it is positive for all "
        f"{np.sum(norm < 1)} below, above the curve of the bound, and negative for all "
        f"{np.sum(norm > 1)} above."
    )
