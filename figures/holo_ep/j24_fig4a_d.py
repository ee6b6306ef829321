"""A reciprocal network with and without homeostasis: error, symmetry measure, alignment."""

from figures.holo_ep._row import BACK, best, columns, draw_layers, draw_row, ends

COLUMNS = columns("symmetry", "symmetry measure of W - 1")
LAYERS = ((r"$x$", 3), ("1", 2), ("2", 2), ("3", 1))


def draw(numbers):
    places = {"with": (1, 0.78), "without": (1, 0.68), "backpropagation": (1, 0.585)}
    return draw_row(
        numbers, _wiring, "symmetry", "symmetry", "symmetry measure", (0.5, 1.02), places
    )


def alt(numbers):
    error, measure = best(numbers), ends(numbers, "symmetry")
    cosine = {rule: numbers[f"{rule}_alignment"][-1] for rule in ("with", "without")}
    start = numbers["with_symmetry"][0].mean()
    return (
        "Wiring of a reciprocal network; test error, symmetry measure and cosine of both errors "
        f"against epoch. The best error is {error['with']:.0f} per cent with homeostasis, "
        f"{error['without']:.0f} without and {error['backpropagation']:.0f} by back-propagation. "
        f"With homeostasis the measure rises from {start:.2f} to {measure['with']:.2f} and the "
        f"cosines of both layers to {cosine['with'][0]:.2f} and {cosine['with'][1]:.2f}; without "
        f"it the measure ends at {measure['without']:.2f}, the cosines at "
        f"{cosine['without'][0]:.2f} and {cosine['without'][1]:.2f}."
    )


def _wiring(ax):
    draw_layers(ax, LAYERS)
    for level in (1, 2):
        ax.annotate("", (0.25, level + 0.12), (0.25, level + 0.88), arrowprops=BACK)
