"""A soft-pooling network with and without homeostasis: error, angle of the kernels, alignment."""

from figures.holo_ep._row import BACK, LINK, best, columns, draw_row, ends
from figures.kit import BLUE, VERMILION

COLUMNS = columns("angle", "angle of forward and backward kernels (degrees)")
LAYERS = ((2.4, "8 × 8"), (1.7, "6 of 4 × 4"), (1.1, "12 of 2 × 2"))


def draw(numbers):
    places = {"with": (1, 18), "without": (1, 66), "backpropagation": (1, 40)}
    return draw_row(
        numbers, _wiring, "angle", "kernels", "angle of $w$ and $v$ (°)", (0, 80), places
    )


def alt(numbers):
    error, angle = best(numbers), ends(numbers, "angle")
    cosine = {rule: numbers[f"{rule}_alignment"][-1, 0] for rule in ("with", "without")}
    return (
        "Wiring of two convolutional layers; test error, angle between forward and backward "
        "kernels and cosine of both errors against epoch. With homeostasis the angle stays below "
        f"{numbers['with_angle'].max():.0f} degrees and the cosine of the first layer ends at "
        f"{cosine['with']:.2f}; without, they end at {angle['without']:.0f} degrees and "
        f"{cosine['without']:.2f}. The best test errors are {error['with']:.0f} per cent with, "
        f"{error['without']:.0f} without, {error['backpropagation']:.0f} by back-propagation."
    )


def _wiring(ax):
    for level, (width, text) in enumerate(LAYERS):
        ax.plot(
            [-width / 2, width / 2], [level, level], "-", color=BLUE if level else "0.6",
            linewidth=6, solid_capstyle="round",
        )  # fmt: skip
        ax.text(0, level + 0.13, text, ha="center", fontsize=6)
    for level in (0, 1):
        ax.annotate("", (-0.7, level + 0.9), (-0.7, level + 0.12), arrowprops=LINK)
    ax.annotate("", (0.7, 1.12), (0.7, 1.9), arrowprops=BACK)
    ax.text(-0.8, 1.45, "$w$", ha="right")
    ax.text(0.8, 1.45, "$v$", color=VERMILION)
    ax.set(xlim=(-1.6, 1.6), ylim=(-1.5, 2.5))
    ax.axis("off")
