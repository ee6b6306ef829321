"""Errors of finite-nudge estimates: slopes one, one and two, predicted by the power series."""

import matplotlib.pyplot as plt
import numpy as np

from figures.ep._look import RULES
from figures.kit import BLACK, BLUE, GREEN, ORANGE, PAGE, VERMILION, label_panels

KINDS = ("one_sided", "negative", "symmetric")
COLUMNS = {
    "nudging_strength": "nudging strength of the relaxed network",
    "measured_one_sided": "relative error of the gradient, one-sided estimate, relaxed network",
    "measured_negative": "relative error of the gradient, negative estimate, relaxed network",
    "measured_symmetric": "relative error of the gradient, symmetric estimate, relaxed network",
    "predicted_nudging_strength": "nudging strength of the predictions, inside the radius",
    "predicted_one_sided": "relative error of the gradient, one-sided estimate, power series",
    "predicted_negative": "relative error of the gradient, negative estimate, power series",
    "predicted_symmetric": "relative error of the gradient, symmetric estimate, power series",
    "radius": "radius of convergence of the series in the nudge",
    "order": "order of the coefficient",
    "coefficient_size": "norm of the coefficient of the gradient series",
    "law_order": "order at which the fitted law is drawn",
    "law": "law of a branch point, order^(-3/2) radius^(-order), level fitted from order 15 on",
}


def draw(numbers):
    figure, (left, right) = plt.subplots(1, 2, figsize=(PAGE, 2.9), width_ratios=[1.3, 1])
    for kind in KINDS:
        colour, _, marker = RULES[kind]
        size = {"one_sided": 5.5, "negative": 3}.get(kind, 3.5)  # neither hides the other
        left.loglog(numbers["nudging_strength"], numbers[f"measured_{kind}"], marker,
                    color=colour, markersize=size,
                    fillstyle="none" if kind == "one_sided" else "full")  # fmt: skip
        left.loglog(numbers["predicted_nudging_strength"], numbers[f"predicted_{kind}"], "-",
                    color=colour, linewidth=1)  # fmt: skip
    left.text(9e-3, 1.1e-1, "one-sided (circles)", ha="right", color=VERMILION, fontsize=7)
    left.text(9e-3, 5e-2, "negative (squares)", ha="right", color=BLUE, fontsize=7)
    left.text(2.2e-2, 1.2e-4, "symmetric", color=GREEN, fontsize=7)
    left.axvline(numbers["radius"], color=BLACK, linestyle=":", linewidth=1)
    left.text(0.93 * numbers["radius"], 2e-6, "radius of\nconvergence", ha="right", fontsize=7)
    left.set(xlabel=r"nudging strength $\beta$", ylabel="relative error of the gradient",
             title="points: relaxed network; lines: series")  # fmt: skip
    sizes = numbers["coefficient_size"]
    right.semilogy(numbers["order"], sizes, "o", color=BLACK, markersize=3)
    right.semilogy(numbers["law_order"], numbers["law"], "-", color=ORANGE)
    right.text(0.3, 0.65, r"$\propto k^{-3/2} \, r^{-k}$", color=ORANGE, va="bottom",
               transform=right.transAxes)  # fmt: skip
    right.set(xlabel="order $k$", ylabel="size of the coefficient $|P_k|$",
              title="why there is a radius")  # fmt: skip
    label_panels([left, right])
    return figure


def alt(numbers):
    at = np.argmin(np.abs(numbers["nudging_strength"] - 0.01))
    one, two = (numbers[f"measured_{kind}"][at] for kind in ("one_sided", "symmetric"))
    return (
        "Left: relative gradient error against nudge, doubly logarithmic. One-sided and negative "
        "estimates fall with slope one, the symmetric estimate with slope two: at nudge "
        f"{numbers['nudging_strength'][at]:.2g} they err by {one:.1g} and {two:.1g}. Predicted "
        f"lines pass through all points up to the radius of convergence, {numbers['radius']:.2f}. "
        "Right: the coefficients of the series grow geometrically with the order, along the "
        "fitted law."
    )
