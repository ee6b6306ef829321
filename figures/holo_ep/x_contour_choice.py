"""Contours of three shapes in the nudge plane, their errors, and the least error under noise."""

import matplotlib.pyplot as plt
import numpy as np

from figures.holo_ep._look import closed
from figures.kit import BLACK, BLUE, GREEN, PAGE, VERMILION, label_panels

COLUMNS = {
    "shape": "name of the contour, one a column",
    "path": "nudges along each contour (complex), one column a shape",
    "branch_point": "branch points of the equilibrium (complex), upper half plane",
    "points": "number of points N on a contour",
    "error": "relative error of the estimate, one column a shape",
    "rate": "predicted factor of the error for each point, one a shape",
    "noise": "standard deviation of a reading over the norm of the gradient",
    "centred": "relative error of the best circle about 0, at a fixed number of points",
    "free": "the same for the best contour of any of the three shapes",
    "fixed": "that number of points",
}
LOOKS = ((BLUE, "o"), (VERMILION, "s"), (GREEN, "^"))


def draw(numbers):
    figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.7), width_ratios=(1.15, 1, 1))
    plane, errors, noisy = axes
    for k, (color, marker) in enumerate(LOOKS):
        path = closed(numbers["path"][:, k])
        plane.plot(path.real, path.imag, "-", color=color)
        points, error, rate = numbers["points"], numbers["error"][:, k], numbers["rate"][k]
        errors.semilogy(points, error, marker, color=color, markersize=3.5)
        # The line has the predicted slope and passes through the middle of the points.
        middle = np.exp(np.mean(np.log(error) - points * np.log(rate)))
        errors.semilogy(points, middle * rate**points, "-", color=color, linewidth=0.8)
        place = (points[-1] + 1.5, middle * rate ** points[-1])
        errors.text(*place, numbers["shape"][k], color=color, fontsize=7, va="center")
    for nudge in numbers["branch_point"]:
        plane.plot([nudge.real] * 2, [nudge.imag, -nudge.imag], "*", color=BLACK, markersize=7)
    plane.plot(0, 0, "+", color=BLACK, markersize=7)
    plane.text(0.3, 0.78, "branch points", fontsize=7)
    plane.set(
        xlabel=r"$\mathrm{Re}\,\beta$", ylabel=r"$\mathrm{Im}\,\beta$", aspect="equal",
        title="three contours",
    )  # fmt: skip
    errors.set(
        xlabel="points $N$", ylabel="relative error", title="lines: predicted rate",
        xlim=(0, 1.75 * numbers["points"][-1]),
    )  # fmt: skip
    noisy.loglog(numbers["noise"], numbers["centred"], "-", color=BLUE)
    noisy.loglog(numbers["noise"], numbers["free"], "--", color=VERMILION)
    noisy.text(0.05, 0.9, "best circle about 0", color=BLUE, transform=noisy.transAxes, fontsize=7)
    noisy.text(
        0.05, 0.8, "dashed: best of all shapes", color=VERMILION, transform=noisy.transAxes,
        fontsize=7,
    )  # fmt: skip
    noisy.set(xlabel="noise of a reading", ylabel="relative error",
              title=f"with noise, $N = {numbers['fixed']}$")  # fmt: skip
    label_panels(axes)
    return figure


def alt(numbers):
    far = np.abs(numbers["path"]).max(axis=0)
    rates = ", ".join(
        f"{name} {rate:.2f}" for name, rate in zip(numbers["shape"], numbers["rate"], strict=True)
    )
    gain = (numbers["centred"] / numbers["free"]).max()
    return (
        "Three panels. A circle about 0, a displaced circle and an ellipse in the complex nudge "
        "plane pass between 0 and the branch points; the displaced one reaches a modulus of "
        f"{far[1]:.2f}, the nearest branch point has {np.abs(numbers['branch_point'][0]):.2f}. "
        "Their errors fall geometrically with the number of points, along the predicted lines, by "
        f"factors of {rates} for each point. Under noise the best contour of any shape beats the "
        f"best circle about 0 by at most {100 * (gain - 1):.0f} per cent."
    )
