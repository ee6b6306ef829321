"""The well of the energy, tilted by the nudge, and the product of both ends along the nudge."""

import matplotlib.pyplot as plt

from figures.ep._look import RULES
from figures.kit import BLACK, PAGE, label_panels

WELLS = {"negative": r"$-\beta$", "gradient": "free", "one_sided": r"$+\beta$"}
COLUMNS = {
    "output": "state of the output unit, the other unit at its best",
    "well_negative": "energy minus the loss times the nudging strength",
    "well_gradient": "energy",
    "well_one_sided": "energy plus the loss times the nudging strength",
    "least_output": "output at the minimum: negative nudge, free, positive nudge",
    "least_energy": "value there",
    "nudging_strength": "nudging strength of the wells",
    "nudge": "nudge",
    "product": "minus the product of both states at the equilibrium",
    "target": "target of the output",
}


def draw(numbers):
    figure, (left, right) = plt.subplots(1, 2, figsize=(PAGE, 2.7))
    at, least = numbers["least_output"], numbers["least_energy"]
    for k, (rule, name) in enumerate(WELLS.items()):
        colour, line, marker = RULES[rule]
        line = "-" if rule == "gradient" else line
        left.plot(numbers["output"], numbers[f"well_{rule}"], linestyle=line, color=colour)
        left.plot(
            at[k], least[k], marker if rule != "gradient" else "D", color=colour, markersize=5
        )
        left.annotate(name, (at[k], least[k]), ((0, -14, 13)[k], (-11, -10, -12)[k]),
                      textcoords="offset points", ha="center", color=colour)  # fmt: skip
    left.axvline(numbers["target"], color=BLACK, linestyle=":", linewidth=1)
    low, high = min(least), max(numbers["well_gradient"].max(), least.max())
    left.set(xlabel="state of the output unit", ylabel=r"$E + \beta C$",
             title="the nudge tilts the well",
             ylim=(low - 0.25 * (high - low), high))  # fmt: skip
    left.text(numbers["target"], high, " target", va="top")
    nudge, product, b = numbers["nudge"], numbers["product"], numbers["nudging_strength"]
    right.plot(nudge, product, color=BLACK)
    middle = len(nudge) // 2
    ends = {"one_sided": (middle, -1), "negative": (0, middle), "symmetric": (0, -1)}
    for rule, (a, z) in ends.items():
        colour, line, _ = RULES[rule]
        right.plot(nudge[[a, z]], product[[a, z]], linestyle=line, color=colour,
                   label=f"{rule.replace('_', '-')}: slope "
                   f"{(product[z] - product[a]) / (nudge[z] - nudge[a]):.2f}")  # fmt: skip
    slope = (product[middle + 1] - product[middle - 1]) / (nudge[middle + 1] - nudge[middle - 1])
    right.plot([-b, b], product[middle] + slope * (nudge[[0, -1]]), ":", color=BLACK,
               label=f"gradient: slope {slope:.2f}")  # fmt: skip
    right.legend(fontsize=7)
    right.set(xlabel=r"nudge $\beta$", ylabel="$-s_1 s_2$ at the equilibrium",
              title="estimates are slopes of chords")  # fmt: skip
    label_panels([left, right])
    return figure


def alt(numbers):
    nudge, product = numbers["nudge"], numbers["product"]
    middle = len(nudge) // 2
    slope = {name: (product[z] - product[a]) / (nudge[z] - nudge[a])
             for name, a, z in (("one-sided", middle, -1), ("negative", 0, middle),
                                ("symmetric", 0, -1))}  # fmt: skip
    told = ", ".join(f"{name} {value:.2f}" for name, value in slope.items())
    return (
        "Left: a parabola, the energy against the output, and the two parabolas that a nudge of "
        f"{numbers['nudging_strength']:g} of either sign makes of it; a positive nudge moves the "
        f"minimum from {numbers['least_output'][1]:.2f} to {numbers['least_output'][2]:.2f}, "
        f"towards the target {numbers['target']:g}. Right: minus the product of both states along "
        f"the nudge, a bent curve, with its tangent at zero and three chords of slopes {told}."
    )
