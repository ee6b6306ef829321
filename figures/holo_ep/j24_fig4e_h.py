"""A loop network with and without homeostasis: error, symmetry measure, alignment."""

from figures.holo_ep._row import BACK, best, columns, draw_layers, draw_row, ends

COLUMNS = columns("symmetry", "symmetry measure of W - 1")
LAYERS = ((r"$x$", 3), ("1", 2), ("2", 2), ("3", 1))


def draw(numbers):
    places = {"with": (1, 0.68), "without": (1, 0.525), "backpropagation": (1, 0.607)}
    return draw_row(
        numbers, _wiring, "symmetry", "symmetry", "symmetry measure", (0.5, 1.02), places
    )


def alt(numbers):
    error, measure = best(numbers), ends(numbers, "symmetry")
    cosine = {rule: numbers[f"{rule}_alignment"][-1, 0] for rule in ("with", "without")}
    start = numbers["with_symmetry"][0].mean()
    return (
        "Wiring of a loop network; test error, symmetry measure and cosine of both errors against "
        f"epoch. The best error is {error['with']:.0f} per cent with homeostasis and "
        f"{error['without']:.0f} without. With homeostasis the measure goes from {start:.2f} to "
        f"{measure['with']:.2f}, far from 1; without, to {measure['without']:.2f}. The cosine of "
        f"the first layer ends at {cosine['with']:.2f} with and {cosine['without']:.2f} without."
    )


def _wiring(ax):
    draw_layers(ax, LAYERS)
    bent = BACK | {"connectionstyle": "arc3,rad=-0.5"}
    ax.annotate("", (1.15, 1.05), (0.65, 3), arrowprops=bent)
