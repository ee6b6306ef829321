"""Single draws deviate from the random-Hessian theory as one over the root of the dimension."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLUE, COLUMN, GREEN, VERMILION

QUANTITIES = {
    "consolidated": ("consolidated fraction", "o", BLUE),
    "loss": ("loss, relative", "s", VERMILION),
    "loss_given_optima": ("loss, optima given", "^", GREEN),
}
COLUMNS = {
    "dimension": "number of synapses",
    **{k: f"root mean square deviation over draws: {v[0]}" for k, v in QUANTITIES.items()},
}


def draw(numbers):
    figure, ax = plt.subplots(figsize=(COLUMN, 2.7))
    dimension = numbers["dimension"]
    everything = np.array([numbers[name] for name in QUANTITIES])
    for series, (label, marker, color) in zip(everything, QUANTITIES.values(), strict=True):
        ax.loglog(dimension, series, marker, color=color, label=label)
        level = np.exp(np.mean(np.log(series * np.sqrt(dimension))))
        ax.loglog(dimension, level / np.sqrt(dimension), color=color, linestyle=":")
    ax.legend(loc="lower left")
    ax.set(xlabel="dimension $d$", ylabel="r.m.s. deviation", title="dotted: $d^{-1/2}$",
           ylim=(everything.min() / 4, everything.max() * 1.3))  # fmt: skip
    ax.set_xticks(dimension, [str(d) for d in dimension])
    ax.minorticks_off()
    return figure


def alt(numbers):
    logarithm = np.log(numbers["dimension"])
    slopes = [np.polyfit(logarithm, np.log(numbers[name]), 1)[0] for name in QUANTITIES]
    told = ", ".join(
        f"{label} {slope:.2f}"
        for (label, _, _), slope in zip(QUANTITIES.values(), slopes, strict=True)
    )
    return (
        "Root mean square deviation from the theory against dimension on double logarithmic axes "
        f"for three quantities, beside dotted lines of slope minus one half; fitted slopes: {told}."
    )
