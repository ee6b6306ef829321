"""Least error against readout noise, and bias at one nudge, by the number of equilibria."""

import matplotlib.pyplot as plt

from figures.ep._look import RULES
from figures.kit import BLACK, BLUE, GREY, PAGE, PINK, SKY, label_panels

COUNTS = {2: (RULES["symmetric"][0], "^", "two: symmetric"), 3: (BLUE, "s", "three"),
          4: (PINK, "p", "four"), 5: (SKY, "v", "five"), 6: (BLACK, "o", "six")}  # fmt: skip
COLUMNS = {
    "noise": "standard deviation of the readout noise on every product",
    "one_sided": "least relative error of the one-sided estimate",
    "equilibria": "number of equilibria",
    "largest_nudge": "largest nudge of the right panel",
    "bias": "relative error without noise, nodes whose reciprocals sum to zero",
    "bias_with_free": "the same, free state and equally spaced nudges of one sign",
} | {f"best_of_{n}": f"least relative error of {n} equilibria, best stencil" for n in COUNTS}


def draw(numbers):
    figure, (left, right) = plt.subplots(1, 2, figsize=(PAGE, 2.9), width_ratios=[1.3, 1])
    levels, (colour, *_) = numbers["noise"], RULES["one_sided"]
    left.loglog(levels, numbers["one_sided"], "--", color=colour, label="two: free, nudged")
    for count, (colour, marker, name) in COUNTS.items():
        left.loglog(levels, numbers[f"best_of_{count}"], marker=marker, color=colour,
                    linestyle="-", markersize=3, label=name)  # fmt: skip
    left.legend(fontsize=7, loc="lower right")
    left.set(xlabel=r"readout noise $\tau$", ylabel="least relative error",
             title="best nudges and weights")  # fmt: skip
    counts = numbers["equilibria"]
    right.semilogy(
        counts, numbers["bias_with_free"], "x--", color=GREY, label="with the free state"
    )
    right.semilogy(
        counts, numbers["bias"], "-", color=BLACK, linewidth=1, label="reciprocals cancel"
    )
    for count, value in zip(counts, numbers["bias"], strict=True):
        colour, marker, _ = COUNTS[int(count)]
        right.semilogy(count, value, marker, color=colour, markersize=5)
    right.legend(fontsize=7, loc="lower left")
    right.set(xlabel="equilibria", ylabel="relative error, no noise", xticks=counts,
              title=f"largest nudge {numbers['largest_nudge']:.2g}")  # fmt: skip
    label_panels([left, right])
    return figure


def alt(numbers):
    gain = [numbers["best_of_2"][k] / numbers["best_of_3"][k] for k in (0, -1)]
    bias = dict(zip(numbers["equilibria"], numbers["bias"], strict=True))
    return (
        "Left: least relative error against readout noise, doubly logarithmic, for one nudged and "
        "for two to six equilibria: the more, the steeper the fall towards small noise. Three gain "
        f"a factor of {gain[0]:.0f} over the symmetric two at the smallest noise and "
        f"{gain[1]:.1f} at the largest. Right: without noise, at the largest nudge "
        f"{numbers['largest_nudge']:.2g}, the error falls from {bias[2]:.1e} with two equilibria "
        f"to {bias[3]:.1e} with three and {bias[6]:.1e} with six; with the free state among them "
        "it is larger at every number."
    )
