"""Fig. 1b, c: prediction and target are pulled to the circle, or their angles to uniformity."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLACK, PAGE, label_panels
from figures.ssl._look import GRADIENT, PREDICTION, TARGET

COLUMNS = {
    "target_variances": "variances of the representation along modes 1 and 2",
    "predicted_variances": "variances of the prediction along modes 1 and 2",
    "angle": "angle of the representation, radians",
    "target": "angular density of the representation, per radian",
    "prediction": "angular density of the prediction, per radian",
}
ARROW = {"arrowstyle": "->", "color": GRADIENT, "linewidth": 1.6, "shrinkA": 0, "shrinkB": 0}


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.45), width_ratios=[1.35, 1])
    draw_ellipses(axes[0], numbers)
    draw_densities(axes[1], numbers)
    label_panels(axes)
    return figure


def draw_ellipses(ax, numbers):
    circle = np.stack([np.cos(numbers["angle"]), np.sin(numbers["angle"])])
    for part, color, style in (("target", TARGET, "-"), ("predicted", PREDICTION, "--")):
        x, y = np.sqrt(numbers[f"{part}_variances"])[:, None] * circle
        ax.fill(x, y, color=color, alpha=0.15, linewidth=0, linestyle="-")
        ax.plot(x, y, color=color, linestyle=style)
    ax.plot(*circle, color=BLACK, linestyle=":")
    ax.text(-1.62, 0.62, "$z^{(2)}$", color=TARGET, fontsize=9)
    ax.text(2.05, 0.36, "$W_P z^{(1)}$", color=PREDICTION, fontsize=9)
    ax.text(0.85, 1.05, "steady state $\\lambda_1 = \\lambda_2 = 1$", fontsize=7)
    long, short = np.sqrt(numbers["target_variances"])
    for side in (-1, 1):
        ax.annotate("", (side * 1.02, 0), (side * long, 0), arrowprops=ARROW)
        ax.annotate("", (0, side * 0.98), (0, side * short), arrowprops=ARROW)
    ax.text(1.35, -0.55, "$\\lambda_1 > 1$", color=GRADIENT, fontsize=7)
    ax.text(0.12, -1.2, "$\\lambda_2 < 1$", color=GRADIENT, fontsize=7, va="center")
    ax.set(aspect="equal", xlim=(-2.9, 2.9), ylim=(-1.4, 1.35), title="Euclidean", xlabel="mode 1",
           ylabel="mode 2")  # fmt: skip


def draw_densities(ax, numbers):
    angle = numbers["angle"]
    ax.plot(angle, numbers["target"], color=TARGET, linestyle="-")
    ax.plot(angle, numbers["prediction"], color=PREDICTION, linestyle="--")
    ax.axhline(1 / (2 * np.pi), color=BLACK, linestyle=":", linewidth=1)
    for theta in (np.pi, np.pi / 2, 3 * np.pi / 2):
        at = np.interp(theta, angle, numbers["target"])
        ax.annotate("", (theta, 1 / (2 * np.pi)), (theta, at), arrowprops=ARROW)
    ax.text(np.pi - 0.9, 0.3, "$\\lambda_1$", color=GRADIENT)
    ax.text(np.pi / 2, 0.18, "$\\lambda_2$", color=GRADIENT, ha="center")
    ax.text(np.pi + 0.42, 0.9, "$W_P z^{(1)}$", color=PREDICTION, fontsize=9)
    ax.text(0.6, 0.28, "$z^{(2)}$", color=TARGET, fontsize=9)
    ax.text(3 * np.pi / 2, 0.18, "uniform", ha="center", fontsize=7)
    ax.set(title="cosine", xlabel="angle of the representation", ylabel="density", ylim=(0, None))
    ax.set_xticks([0, np.pi, 2 * np.pi], ["0", "$\\pi$", "$2\\pi$"])


def alt(numbers):
    target, predicted = (
        np.sqrt(v[0] / v[1]) for v in (numbers["target_variances"], numbers["predicted_variances"])
    )
    return (
        f"Left: the ellipse of the representation, axes in the ratio {target:.1f}, and a longer "
        f"dashed one of the prediction, ratio {predicted:.1f}, around a dotted unit circle; "
        "arrows point inward along the long axis and outward along the short one. Right: "
        f"angular densities with two peaks, up to {numbers['target'].max():.2f} for the "
        f"representation and {numbers['prediction'].max():.2f} for the prediction; arrows lead "
        "from the representation's peaks and valleys to the uniform density "
        f"{1 / (2 * np.pi):.2f}."
    )
