"""Two modes: Euclidean flows end at one point, cosine flows on a line, along conserved curves."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLACK, PAGE, label_panels
from figures.ssl._look import STARTS, VARIANTS, capital

FLOWS = [
    (loss, variant) for loss in ("euclidean", "cosine") for variant in ("standard", "isotropic")
]
COLUMNS = {
    "eigenvalue": "grid of either eigenvalue",
    "time": "time of the trajectories (learning rate x iterations)",
}
for _loss, _variant in FLOWS:
    _name = f"{_loss} loss, {VARIANTS[_variant]}"
    COLUMNS[f"{_loss}_{_variant}"] = f"velocity of both eigenvalues by grid row and column, {_name}"
    COLUMNS[f"{_loss}_{_variant}_paths"] = f"trajectories by start and mode, {_name}"


def draw(numbers):
    figure, axes = plt.subplots(1, 4, figsize=(PAGE, 2.15), sharey=True)
    for ax, (loss, variant) in zip(axes, FLOWS, strict=True):
        draw_field(ax, numbers["eigenvalue"], numbers[f"{loss}_{variant}"])
        paths = numbers[f"{loss}_{variant}_paths"]
        for path, look in zip(paths.swapaxes(0, 1), STARTS, strict=True):
            ax.plot(path[:, 0], path[:, 1], color=look["color"], linestyle="-", linewidth=1.6)
            ax.plot(*path[0], "o", color=look["color"], markersize=3.5)
        if loss == "euclidean":
            ax.plot(1, 1, "*", color=BLACK, markersize=8)
        else:
            ax.plot([0, 2], [0, 2], color=BLACK, linestyle="--", linewidth=1)
        ax.set(title=f"{capital(loss)} {VARIANTS[variant]}", aspect="equal", xlim=(0, 2),
               ylim=(0, 2), xticks=[0, 1, 2], yticks=[0, 1, 2], xlabel="$\\lambda_1$")  # fmt: skip
    axes[0].set_ylabel("$\\lambda_2$")
    label_panels(axes)
    return figure


def draw_field(ax, ticks, field):
    """Draw stream lines that start evenly along the four edges."""
    low, high = ticks[0], ticks[-1]
    along = np.linspace(low, high, 11)
    edges = [(t, e) for t in along for e in (low, high)] + [
        (e, t) for t in along for e in (low, high)
    ]
    ax.streamplot(
        ticks, ticks, field[..., 0], field[..., 1], color="#AAAAAA", linewidth=0.5, arrowsize=0.5,
        start_points=sorted(set(edges)), integration_direction="forward", broken_streamlines=False,
    )  # fmt: skip


def alt(numbers):
    paths = numbers["cosine_standard_paths"]
    sums = paths[0].sum(axis=1)
    return (
        "Four phase portraits of two eigenvalues. Euclidean flows run to the point (1, 1), "
        "under the original loss along the axes first. Cosine flows run to the diagonal, along "
        f"straight lines of constant sum, here {sums[0]:g}, {sums[1]:g} and {sums[2]:g}, under "
        "the original loss and along circles under the isotropic loss."
    )
