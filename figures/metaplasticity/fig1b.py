"""Drawing of a synapse: hidden weight, binary weight, network, and the damped update."""

import matplotlib.pyplot as plt
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from figures.kit import BLACK, BLUE, GREEN, PAGE, VERMILION


def _box(ax, x, text, color):
    ax.add_patch(FancyBboxPatch((x - 0.85, 0.2), 1.7, 1.0, boxstyle="round,pad=0.05", linewidth=1,
                                facecolor="white", edgecolor=color))  # fmt: skip
    ax.text(x, 0.7, text, ha="center", va="center", fontsize=8, color=color)


def _arrow(ax, start, end, bend=0.0, color=BLACK):
    ax.add_patch(FancyArrowPatch(start, end, connectionstyle=f"arc3,rad={bend}", arrowstyle="-|>",
                                 mutation_scale=9, color=color, linewidth=1))  # fmt: skip


def draw():
    figure, ax = plt.subplots(figsize=(PAGE, 2.2))
    _box(ax, 1, "hidden weight\n$W^h$, real", BLUE)
    _box(ax, 4.2, "binary weight\n$W^b = \\mathrm{sign}\\,W^h$", BLACK)
    _box(ax, 7.4, "network:\nloss and gradient", GREEN)
    _arrow(ax, (1.95, 0.7), (3.25, 0.7))
    _arrow(ax, (5.15, 0.7), (6.45, 0.7))
    ax.text(2.6, 0.8, "sign", ha="center", va="bottom", fontsize=7)
    ax.text(5.8, 0.8, "inference", ha="center", va="bottom", fontsize=7)
    _arrow(ax, (7.4, 0.1), (1.0, 0.1), bend=-0.17, color=VERMILION)
    ax.text(4.2, -0.95, "update $-\\eta U$;  multiplied by $f(m, W^h)$ if it points to zero",
            ha="center", fontsize=7.5, color=VERMILION)  # fmt: skip
    ax.plot([0.0, 2.0], [1.9, 1.9], color=BLUE, linewidth=1)
    ax.plot([1.0, 1.0], [1.82, 1.98], color=BLUE, linewidth=1)
    ax.text(1.0, 2.08, "0", ha="center", fontsize=7, color=BLUE)
    _arrow(ax, (1.55, 1.9), (1.9, 1.9), color=BLUE)
    ax.plot(1.55, 1.9, "o", color=BLUE)
    ax.text(2.2, 1.9, "the farther from zero, the harder to pull back:\nthe size of $W^h$ is the "
            "memory of the synapse", va="center", fontsize=7.5, color=BLUE)  # fmt: skip
    ax.set(xlim=(-0.2, 8.5), ylim=(-1.15, 2.35))
    ax.axis("off")
    return figure


def alt():
    return (
        "Sketch of a synapse: a real hidden weight gives a binary weight by its sign; the binary "
        "weight is used for inference; the update goes back to the hidden weight and is multiplied "
        "by the metaplastic factor when it points to zero. A number line shows a hidden weight far "
        "from zero."
    )
