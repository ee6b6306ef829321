"""Two hidden weights on a quadratic loss: the first diverges, the second oscillates about zero."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLACK, BLUE, GREEN, ORANGE, PAGE, VERMILION, label_panels
from figures.metaplasticity._look import DARK_ORANGE

COLUMNS = {
    "axis": "ticks of both weights",
    "loss": "loss at the ticks, second weight down, first weight across",
    "optimum": "real-valued optimum of the two weights",
    "mean_sign": "predicted time average of the two binary weights",
    "path": "hidden weights at steps 0 to 10",
    "last_corner": "binary weights at step 10",
    "step": "step",
    "hidden": "hidden weights at these steps",
    "velocity": "predicted change of the first hidden weight per step",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 3.3), width_ratios=[1.35, 1])
    ax, path = axes[0], numbers["path"]
    ticks = numbers["axis"]
    filled = ax.contourf(ticks, ticks, numbers["loss"], levels=30, cmap="YlOrBr")
    ax.add_patch(plt.Rectangle((-1, -1), 2, 2, fill=False, edgecolor=BLACK, linestyle="--"))
    ax.text(0, -1.15, "binary weights are\nthe corners", ha="center", va="top", fontsize=7)
    ax.quiver(*path[:-1].T, *np.diff(path, axis=0).T, angles="xy", scale_units="xy", scale=1,
              width=0.006, color=BLUE)  # fmt: skip
    ax.plot(*path[0], "o", color=BLUE)
    ax.annotate("$W_0$", path[0], (-9, -11), textcoords="offset points", color=BLUE)
    ax.annotate("$W_{10}$", path[-1], (-8, -12), textcoords="offset points", color=BLUE)
    ax.plot(*numbers["optimum"], "*", color=VERMILION, markersize=9)
    ax.annotate("optimum", numbers["optimum"], (6, 4), textcoords="offset points", color=VERMILION)
    ax.plot(*numbers["last_corner"], "o", color=BLACK)
    ax.annotate("sign $W_{10}$", numbers["last_corner"], (-4, 5), textcoords="offset points",
                ha="right")  # fmt: skip
    ax.plot(*numbers["mean_sign"], "D", color=GREEN)
    ax.annotate("mean of signs, predicted", numbers["mean_sign"], (1.5, 2.4), color=GREEN,
                fontsize=7, ha="center", va="bottom",
                arrowprops={"arrowstyle": "-", "linewidth": 0.6, "color": GREEN})  # fmt: skip
    ax.set(xlabel="hidden weight $W^h_1$", ylabel="hidden weight $W^h_2$", aspect="equal")
    figure.colorbar(filled, ax=ax, label="loss", shrink=0.85)
    ax, step, hidden = axes[1], numbers["step"], numbers["hidden"]
    ax.plot(step, hidden[:, 0], color=BLUE, linestyle="-")
    ax.plot(step, hidden[:, 1], color=ORANGE, linestyle="-")
    ax.plot(step, numbers["velocity"] * step, color=BLACK, linestyle=":")
    ax.text(38, 11.5, "$W^h_1$ diverges;\ndotted: $\\eta v_1 t$", ha="left", va="top", color=BLUE)
    ax.text(60, 1.6, "$W^h_2$ oscillates", ha="right", color=DARK_ORANGE)
    ax.set(xlabel="step", ylabel="hidden weight")
    label_panels(axes)
    return figure


def alt(numbers):
    mean, hidden, step = numbers["mean_sign"], numbers["hidden"], numbers["step"]
    return (
        "Left: loss contours over two hidden weights, with the square of possible mean binary "
        "weights outlined. A zigzag of arrows starts near the origin and runs to the right out of "
        "the square, while its height stays near zero. The mean of the signs lies at "
        f"({mean[0]:.2f}, {mean[1]:.2f}) on the right side of the square, above the height "
        f"{numbers['optimum'][1]:g} of the optimum. Right: over {step[-1]} steps the first hidden "
        f"weight follows a predicted straight line up to {hidden[-1, 0]:.0f}; the second "
        f"oscillates and stays within {np.abs(hidden[:, 1]).max():.2f} of zero."
    )
