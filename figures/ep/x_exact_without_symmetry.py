"""Errors of estimates without weight symmetry: the vector field stays off, the corrected phase "
"not."""

import matplotlib.pyplot as plt

from figures.ep._look import RULES
from figures.kit import BLACK, BLUE, PAGE

LOOKS = {
    "vector_field": (RULES["different_updates"][0], "p:", "vector field, both signs"),
    "one_sided": (RULES["one_sided"][0], "o-", "corrected, one-sided"),
    "symmetric": (RULES["symmetric"][0], "^-", "corrected, both signs"),
    "three": (BLUE, "s-", "corrected, three nudges"),
    "contour": (BLACK, "D-", "corrected, circle of four"),
}
COLUMNS = {"nudging_strength": "nudging strength, the largest of each estimate"} | {
    name: f"distance to the exact gradient over its length: {text}"
    for name, (*_, text) in LOOKS.items()
}


def draw(numbers):
    figure, ax = plt.subplots(figsize=(PAGE, 2.9))
    for name, (colour, look, text) in LOOKS.items():
        ax.loglog(numbers["nudging_strength"], numbers[name], look, color=colour, markersize=3.5,
                  label=text)  # fmt: skip
    ax.legend(fontsize=7, loc="upper left", bbox_to_anchor=(1, 1))
    ax.set(xlabel=r"nudging strength $\beta$", ylabel="relative error of the gradient")
    return figure


def alt(numbers):
    ends = {name: numbers[name][0] for name in LOOKS}
    return (
        "Relative error of five gradient estimates against the nudge, doubly logarithmic, for a "
        "network whose backward weights differ from its forward ones. The vector-field estimate "
        f"stays at {ends['vector_field']:.2f}. With the added term the errors are straight lines "
        f"of "
        f"slopes 1, 2, 3 and 4 and end, at nudge {numbers['nudging_strength'][0]:g}, at "
        f"{ends['one_sided']:.1e}, {ends['symmetric']:.1e}, {ends['three']:.1e} and "
        f"{ends['contour']:.1e}."
    )
