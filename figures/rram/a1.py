"""A1: two devices and a sense amplifier make one binary weight."""

import matplotlib.pyplot as plt

from figures.kit import BLACK, BLUE, PAGE, VERMILION


def draw():
    figure, ax = plt.subplots(figsize=(PAGE, 2.5))
    ax.set(xlim=(0, 12), ylim=(-0.1, 4.1))
    ax.axis("off")
    for x, name, sign, color in ((2.2, "BL", "+1", BLUE), (6.2, "BLb", "−1", VERMILION)):
        draw_cell(ax, x, name, color)
        ax.annotate("", (x + 0.3, 2.55), (x + 1.1, 2.55),
                    arrowprops={"arrowstyle": "-|>", "color": color})  # fmt: skip
        ax.text(x + 1.15, 2.55, f"weak RESET:\n$R$ rises, $W \\to$ {sign}", va="center", fontsize=7,
                color=color)  # fmt: skip
    ax.plot([0.75, 5.45], [1.2, 1.2], "-", color=BLACK, linewidth=1)
    ax.text(0.65, 1.2, "word line", ha="right", va="center", fontsize=7)
    ax.add_patch(plt.Rectangle((1.6, 0.1), 5.2, 0.7, facecolor="white", edgecolor=BLACK, zorder=3))
    ax.text(4.2, 0.45, "sense amplifier: which resistance is larger?", ha="center", va="center",
            zorder=4)  # fmt: skip
    ax.annotate("", (8.6, 0.45), (6.8, 0.45), arrowprops={"arrowstyle": "-|>", "color": BLACK})
    ax.text(8.7, 0.45, r"$W = \mathrm{sign}(R_{BL} - R_{BLb})$", va="center")
    ax.text(9.2, 2.55, "pulses only raise a\nresistance; only a SET\nbrings it down again",
            va="center", fontsize=7)  # fmt: skip
    return figure


def draw_cell(ax, x, name, color):
    """Draw a device in series with its select transistor."""
    ax.plot([x, x], [0.8, 3.6], "-", color=BLACK, linewidth=1)
    ax.text(x, 3.72, name, ha="center", fontweight="bold", color=color)
    ax.add_patch(plt.Rectangle((x - 0.25, 2.1), 0.5, 0.9, facecolor="white", edgecolor=color,
                               zorder=3, linewidth=1.6))  # fmt: skip
    ax.text(x - 0.4, 2.55, f"$R_{{{name}}}$", ha="right", va="center", color=color)
    ax.plot([x - 0.3, x - 0.3], [1.4, 1.8], "-", color=BLACK, linewidth=1.6)
    ax.plot([x - 0.38, x - 0.38], [1.4, 1.8], "-", color=BLACK, linewidth=1)
    ax.plot([x - 0.38, x - 0.75, x - 0.75], [1.6, 1.6, 1.2], "-", color=BLACK, linewidth=1)
    ax.plot([x - 0.3, x], [1.47, 1.47], "-", color=BLACK, linewidth=1)
    ax.plot([x - 0.3, x], [1.73, 1.73], "-", color=BLACK, linewidth=1)
    ax.plot([x, x], [1.49, 1.71], "-", color="white", linewidth=2.2)
    ax.text(x + 0.12, 1.6, "select transistor", va="center", fontsize=7)


def alt():
    return (
        "Drawing of two resistive devices, each in series with a select transistor on a common "
        "word line, between the lines BL and BLb and a sense amplifier. A weak RESET pulse on "
        "BL moves the weight to plus one, one on BLb to minus one."
    )
