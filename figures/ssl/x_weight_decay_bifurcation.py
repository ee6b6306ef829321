"""Weight decay kills small modes under the original loss, none under the isotropic one."""

import matplotlib.pyplot as plt

from figures.kit import BLACK, PAGE, label_panels
from figures.ssl._look import LOSSES

COLUMNS = {
    "weight_decay": "weight decay, relative to the learning rate",
    "stable": "stable fixed point, original loss",
    "unstable": "unstable fixed point, original loss",
    "probe": "weight decay of the flows",
    "starts": "eigenvalues at which the flows start",
    "standard": "where the flows end, original loss, one column a start",
    "isotropic": "where the flows end, isotropic loss, one column a start",
    "noise": "noise of the feature in the online view, curve",
    "kept": "stable eigenvalue of the feature at the decay of panel c, curve",
    "noise_probe": "noise of the feature in the online view, flows",
    "kept_probe": "where these flows end",
    "decay_of_c": "weight decay of panel c",
    "threshold": "noise beyond which a feature dies",
}
MARKERS = (("o", 6.5), ("s", 4.5), (".", 3.5))


def draw(numbers):
    figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.6))
    decay, original, isotropic = numbers["weight_decay"], LOSSES["standard"], LOSSES["isotropic"]
    ax = axes[0]
    ax.plot(decay, numbers["stable"], **original)
    ax.plot(decay, numbers["unstable"], color=original["color"], linestyle=":")
    ax.plot(decay, 0 * decay, **original)
    draw_ends(ax, numbers["probe"], numbers["standard"])
    ax.text(0.02, 0.75, "stable", color=original["color"])
    ax.text(0.085, 0.3, "unstable", color=original["color"], ha="center")
    ax.text(0.232, 0.5, "saddle-node", color=original["color"], ha="right", fontsize=7, va="center")
    ax.set(xlabel="weight decay $\\rho$", ylabel="eigenvalue $\\lambda$", title="original loss")
    ax = axes[1]
    ax.plot(decay, 1 - decay, **isotropic)
    draw_ends(ax, numbers["probe"], numbers["isotropic"])
    ax.set(xlabel="weight decay $\\rho$", title="isotropic loss", ylim=axes[0].get_ylim())
    for (marker, size), start, y in zip(MARKERS, numbers["starts"], (0.4, 0.3, 0.2), strict=True):
        ax.plot(0.03, y, marker, color=BLACK, markersize=size, fillstyle="none")
        ax.text(0.045, y, f"flow from {start:g}", fontsize=7, va="center")
    ax = axes[2]
    ax.plot(numbers["noise"], numbers["kept"], **original)
    ax.plot(numbers["noise_probe"], numbers["kept_probe"], "o", color=BLACK, fillstyle="none")
    ax.axvline(numbers["threshold"], color=BLACK, linestyle=":", linewidth=0.8)
    ax.text(numbers["threshold"] + 0.05, 0.6, "discarded", fontsize=7)
    title = f"original loss, $\\rho = {numbers['decay_of_c']:g}$"
    ax.set(xlabel="noise $\\sigma_1$ of the feature", title=title)
    label_panels(axes)
    return figure


def draw_ends(ax, decay, ends):
    for (marker, size), end in zip(MARKERS, ends.T, strict=True):
        ax.plot(decay, end, marker, color=BLACK, markersize=size, fillstyle="none",
                markeredgewidth=0.8)  # fmt: skip


def alt(numbers):
    meet = numbers["weight_decay"][-1]
    return (
        "Left: eigenvalue against weight decay under the original loss, a stable branch falling "
        f"from one and an unstable one rising from zero that meet at {meet:g}; markers of flows "
        "end on the stable branch or at zero. Middle: under the isotropic loss all markers lie "
        f"on one falling line. Right: at weight decay {numbers['decay_of_c']:g} features are "
        f"kept up to a noise of {numbers['threshold']:.2f} and discarded beyond it."
    )
