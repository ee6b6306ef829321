"""Where the output stands: inside the relaxing system, or behind it as a soft read-out."""

from itertools import pairwise

import matplotlib.pyplot as plt

from figures.kit import BLACK, BLUE, PAGE, VERMILION, label_panels

HEIGHT = 0.11  # half the height of a box


def box(ax, y, text, colour, width=0.62):
    ax.add_patch(plt.Rectangle((-width / 2, y - HEIGHT), width, 2 * HEIGHT, facecolor="white",
                               edgecolor=colour, linewidth=1.2))  # fmt: skip
    ax.text(0, y, text, ha="center", va="center", fontsize=7.5)


def arrow(ax, start, end, both=False, colour=BLACK, text=""):
    style = {"arrowstyle": "<->" if both else "->", "color": colour, "linewidth": 1.2}
    ax.annotate("", end, start, arrowprops=style)
    ax.text(start[0] + 0.05, (start[1] + end[1]) / 2, text, va="center", fontsize=7.5, color=colour)


def system(ax, layers, gap, top):
    """Draw input and relaxing layers; return the height of the uppermost one."""
    ax.add_patch(plt.Rectangle((-0.62, 0.27), 1.24, top - 0.27, facecolor="#E8F1F8",
                               edgecolor=BLUE, linewidth=1))  # fmt: skip
    ax.text(-0.58, 0.31, "relaxing system", color=BLUE, fontsize=7, va="bottom")
    box(ax, 0, "input $x$", BLACK)
    rows = [0.7 + gap * k for k in range(len(layers))]
    for y, name in zip(rows, layers, strict=True):
        box(ax, y, name, BLUE)
    arrow(ax, (0, HEIGHT), (0, rows[0] - HEIGHT), text="$W_1$")
    for k, (low, high) in enumerate(pairwise(rows)):
        arrow(ax, (0, low + HEIGHT), (0, high - HEIGHT), both=True, text=f"$W_{k + 2}$")
    ax.set(xlim=(-0.9, 1.3), ylim=(-0.2, 2.05))
    ax.axis("off")
    return rows[-1]


def draw():
    figure, (left, right) = plt.subplots(1, 2, figsize=(PAGE, 3.3))
    top = system(left, ("$s^1$", "$s^2$", r"output $\hat y = s^3$"), 0.45, 1.87)
    arrow(left, (0.75, top), (0.31, top), colour=VERMILION)
    left.text(0.78, top, r"$\beta (y - \hat y)$", color=VERMILION, va="center", fontsize=7.5)
    left.set_title("squared error")
    top = system(right, ("$s^1$", "$s^2$"), 0.5, 1.42)
    readout = 1.85
    box(right, readout, r"$\hat y$ = softmax$(W_o s^2)$", VERMILION, 0.95)
    arrow(right, (-0.15, top + HEIGHT), (-0.15, readout - HEIGHT))
    arrow(right, (0.15, readout - HEIGHT), (0.15, top + HEIGHT), colour=VERMILION,
          text=r"$\beta W_o^\top (y - \hat y)$")  # fmt: skip
    right.set_title("cross-entropy, read-out outside")
    label_panels([left, right])
    return figure


def alt():
    return (
        "Two drawings. Left: input, two hidden layers and the output layer coupled both ways in "
        "one frame, the nudge acting on the output. Right: only the hidden layers are in the "
        "frame; a softmax read-out stands above it and sends back its error through the read-out "
        "weights."
    )
