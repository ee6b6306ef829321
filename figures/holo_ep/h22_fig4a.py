"""Accuracy against radius in single precision, layer by layer in a deep chain."""

import matplotlib.pyplot as plt

from figures.holo_ep._look import look_of
from figures.kit import PAGE, label_panels

COLUMNS = {
    "radius": "radius of the nudge's circle",
    "part": "parameters compared: those of a layer, or all",
    "points": "number of points N, soft clip",
    "soft": "-log10(1 - cosine), soft clip, shape (radius, part, N)",
    "hard": "-log10(1 - cosine), hard clip, N = 1 and 2, shape (radius, part, N)",
}


def draw(numbers):
    radius, points = numbers["radius"], numbers["points"]
    figure, axes = plt.subplots(1, len(numbers["part"]), figsize=(PAGE, 2.7), sharey=True)
    top = 1.05 * numbers["soft"].max()
    for k, (ax, name) in enumerate(zip(axes, numbers["part"], strict=True)):
        for kind, line in (("soft", "-"), ("hard", "--")):
            for n, values in zip(points, numbers[kind][:, k].T, strict=False):
                ax.semilogx(radius, values, line, color=look_of(n)[0], linewidth=1.2)
        ax.set(title=name, xlabel="radius $r$", ylim=(0, top), xticks=(1e-3, 1e-1, 1e1))
    for row, n in enumerate(points):
        axes[0].text(
            0.05, 0.95 - 0.07 * row, f"$N = {n}$", color=look_of(n)[0],
            transform=axes[0].transAxes, fontsize=7,
        )  # fmt: skip
    axes[2].text(0.05, 0.03, "dashed: hard clip", transform=axes[2].transAxes, fontsize=7)
    axes[0].set(ylabel=r"$-\log_{10}(1 - \mathrm{cosine})$")
    label_panels(axes)
    return figure


def alt(numbers):
    radius, soft = numbers["radius"], numbers["soft"]
    best = ", ".join(f"{radius[soft[:, k, 0].argmax()]:.2g}" for k in range(3))
    return (
        f"Four panels, for {', '.join(numbers['part'][:3])} of a chain of seven and for all "
        "parameters: accuracy against radius. Each curve rises where rounding rules and falls "
        "where aliasing does; with more points the fall starts at larger radii. Early layers need "
        f"larger radii: with one point the best are {best}. Over all parameters one point reaches "
        f"{soft[:, -1, 0].max():.1f}, two {soft[:, -1, 1].max():.1f}, the hard clip, dashed, "
        f"{numbers['hard'][:, -1].max():.1f}."
    )
