"""The mean binary weights are the projection of the optimum on the cube, measured by the loss."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLACK, BLUE, GREEN, ORANGE, PAGE, VERMILION

COLUMNS = {
    "optimum": "real-valued optimum of the three weights",
    "projection": "predicted mean binary weights",
    "nearest": "nearest point of the cube in the usual sense",
    "running": "mean of the corners visited so far, one row a number of steps",
    "axis": "second and third weight on the face where the first is 1",
    "loss": "loss there, third weight down, second weight across",
}
CORNERS = np.array([(a, b, c) for a in (-1, 1) for b in (-1, 1) for c in (-1, 1)])


def draw(numbers):
    figure = plt.figure(figsize=(PAGE, 3.2))
    ax = figure.add_subplot(1, 2, 1, projection="3d")
    for one in CORNERS:
        for other in CORNERS:
            if np.sum(one != other) == 1 and tuple(one) < tuple(other):
                ax.plot(*np.transpose([one, other]), color="0.6", linewidth=0.8, linestyle="-")
    ax.plot(*CORNERS.T, "s", color=BLACK, markersize=3)
    ax.plot(*numbers["running"].T, color=BLUE, linewidth=1, linestyle="-")
    for name, color, marker in (
        ("optimum", VERMILION, "*"), ("projection", GREEN, "o"), ("nearest", ORANGE, "X"),
    ):  # fmt: skip
        ax.plot(*numbers[name][:, None], marker, color=color, markersize=7)
    ax.plot(*np.transpose([numbers["optimum"], numbers["projection"]]), color=GREEN, linewidth=0.8,
            linestyle="--")  # fmt: skip
    ax.plot(*np.transpose([numbers["optimum"], numbers["nearest"]]), color=ORANGE, linewidth=0.8,
            linestyle=":")  # fmt: skip
    outline = [(1, -1, -1), (1, 1, -1), (1, 1, 1), (1, -1, 1), (1, -1, -1)]
    ax.plot(*np.transpose(outline), color=BLUE, linewidth=1.4, linestyle="-")
    ax.text(*(numbers["optimum"] + [0.1, 0, -0.15]), "$W^*$", color=VERMILION, fontsize=9)
    ax.text(1.05, 0.75, 0.8, "$s_1 = 1$", color=BLUE, fontsize=7)
    ax.set_axis_off()
    ax.set_box_aspect((1, 1, 1), zoom=1.25)
    ax.view_init(16, -28)
    flat = figure.add_subplot(1, 2, 2)
    axis, loss = numbers["axis"], numbers["loss"]
    flat.contour(axis, axis, loss, levels=loss.min() + np.array([0.01, 0.05, 0.15, 0.4, 0.8]),
                 colors="0.6", linewidths=0.7)  # fmt: skip
    near = numbers["running"][numbers["running"][:, 0] > 0.5]
    flat.plot(near[:, 1], near[:, 2], color=BLUE, linewidth=0.8, linestyle="-")
    for name, color, marker, told, place in (
        ("projection", GREEN, "o", "touched first", (-16, 14)),
        ("nearest", ORANGE, "X", "nearest", (6, -12)),
    ):
        spot = numbers[name][1:]
        flat.plot(*spot, marker, color=color, markersize=8)
        flat.annotate(told, spot, place, textcoords="offset points", fontsize=7)
    flat.set(xlabel="$s_2$", ylabel="$s_3$", aspect="equal", title="the face $s_1 = 1$",
             xlim=(-1, 1), ylim=(-1, 1))  # fmt: skip
    return figure


def alt(numbers):
    told = ", ".join(f"{x:.2f}" for x in numbers["projection"])
    other = ", ".join(f"{x:.2f}" for x in numbers["nearest"])
    return (
        "Left: a cube whose corners are the binary weights, an optimum outside its right face, and "
        f"the path of the mean of the visited corners, which ends at the point ({told}) of that "
        f"face where the smallest ellipsoid of equal loss touches. The usual nearest point, "
        f"({other}), is another. Right: the face with ellipses of equal loss around the touching "
        "point and the last part of the path."
    )
