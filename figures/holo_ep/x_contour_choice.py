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
    figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.7), width_ratios=(1.25, 1, 0.9))
    plane, errors, noisy = axes
    for k, (color, marker) in enumerate(LOOKS):
        path = closed(numbers["path"][:, k])
        plane.plot(path.real, path.imag, "-", color=color)
        points, error, rate = numbers["points"], numbers["error"][:, k], numbers["rate"][k]
        errors.semilogy(points, error, marker, color=color, markersize=3.5)
        # Coefficients of a square root fall with N^(-3/2), too; the height is that of the points.
        law = rate**points * points**-1.5
        law = law * np.exp(np.mean(np.log(error / law)))
        errors.semilogy(points, law, "-", color=color, linewidth=0.8)
        place = (points[-1] + 1.5, law[-1])
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
        xlabel="points $N$", ylabel="relative error", title=r"lines: $q^N N^{-3/2}$",
        xlim=(0, 1.75 * numbers["points"][-1]),
    )  # fmt: skip
    more = 100 * (numbers["centred"] / numbers["free"] - 1)
    noisy.semilogx(numbers["noise"], more, "o-", color=BLUE, markersize=3.5)
    noisy.axhline(0, color="0.7", linewidth=0.7, zorder=0)
    noisy.set(
        xlabel="noise of a reading",
        ylabel="best circle about 0: error\nmore than best of all (%)",
        ylim=(min(-5, 1.3 * more.min()), max(15, 1.3 * more.max())),
        title=f"with noise, $N = {numbers['fixed']}$",
    )  # fmt: skip
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
        "Their errors fall with the number of points, along the predicted lines, by "
        f"factors of {rates} for each point. Under noise the best contour of any shape beats the "
        f"best circle about 0 by at most {100 * (gain - 1):.0f} per cent."
    )
