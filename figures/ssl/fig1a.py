"""Fig. 1a: two views, one predictor, and a gradient that runs back along one side only."""

import matplotlib.pyplot as plt

from figures.kit import BLACK, BLUE, PAGE, PINK
from figures.ssl._look import GRADIENT, PREDICTION, TARGET

ARROW = {"arrowstyle": "->", "color": BLACK, "linewidth": 1.1, "shrinkA": 0, "shrinkB": 0}
BACK = {"color": GRADIENT, "linestyle": "--", "linewidth": 1.2}


def draw():
    figure, ax = plt.subplots(figsize=(PAGE, 2.55))
    ax.set(xlim=(0, 10.2), ylim=(-0.1, 3.5))
    ax.axis("off")
    for y, view, name, color in ((2.5, 1, "online", BLUE), (0.9, 2, "target", TARGET)):
        ax.text(0.35, y, f"$x^{{({view})}}$", ha="center", va="center", fontsize=10)
        arrow(ax, (0.7, y), (1.2, y))
        box(ax, 2.2, y, f"{name} network", color)
        arrow(ax, (3.2, y), (3.7, y))
        ax.text(4.05, y, f"$z^{{({view})}}$", ha="center", va="center", fontsize=10)
    arrow(ax, (4.4, 2.5), (4.9, 2.5))
    box(ax, 5.8, 2.5, "predictor $W_P$", PREDICTION, 1.8)
    arrow(ax, (6.7, 2.5), (7.2, 2.5))
    ax.text(7.65, 2.5, "$W_P z^{(1)}$", ha="center", va="center", fontsize=10)
    arrow(ax, (8.05, 2.3), (8.55, 1.95))
    arrow(ax, (4.4, 0.9), (8.35, 1.6))
    box(ax, 9.2, 1.7, "loss $\\mathcal{L}$", PINK, 1.6)
    formula = "$\\mathcal{L} = d\\,(W_P\\, z^{(1)},\\ \\mathrm{SG}(z^{(2)}))$"
    ax.text(5.8, 1.65, formula, fontsize=10, ha="center", va="center")
    ax.plot([9.2, 9.2, 2.2], [2.05, 3.2, 3.2], **BACK)
    arrow(ax, (2.2, 3.2), (2.2, 2.86), **BACK | {"linestyle": "-"})
    ax.text(5.8, 3.27, "gradient", color=GRADIENT, ha="center", va="bottom")
    ax.plot([9.2, 9.2, 6.6], [1.35, 0.2, 0.2], **BACK)
    ax.plot([6.6, 6.6], [0.0, 0.4], color=GRADIENT, linewidth=2.5)
    ax.text(6.4, 0.2, "stop-gradient (SG)", color=GRADIENT, ha="right", va="center")
    return figure


def box(ax, x, y, text, color, width=2.0):
    ax.add_patch(plt.Rectangle((x - width / 2, y - 0.35), width, 0.7, facecolor=color, alpha=0.25))
    ax.add_patch(plt.Rectangle((x - width / 2, y - 0.35), width, 0.7, fill=False, edgecolor=color))
    ax.text(x, y, text, ha="center", va="center")


def arrow(ax, start, end, **style):
    ax.annotate("", end, start, arrowprops=ARROW | style)


def alt():
    return (
        "Drawing of a Siamese network. View 1 runs through the online network and the predictor "
        "into the loss, view 2 through the target network into the same loss. A dashed gradient "
        "line runs back along the online side; the one along the target side ends at a bar, the "
        "stop-gradient."
    )
