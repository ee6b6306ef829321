"""How the nudge of each rule changes the length of the conductances of a resistor network."""

import matplotlib.pyplot as plt

from figures.ep._look import RULES, name_of
from figures.kit import COLUMN

NAMES = ("negative", "gradient", "symmetric", "one_sided")
COLUMNS = {"step": "step of descent", "nudging_strength": "nudging strength"}
for _name in NAMES:
    COLUMNS[f"length_{_name}"] = f"sum of squared conductances over its start, {_name}"
    COLUMNS[f"law_{_name}"] = "the same, predicted from the energies of both states"


def draw(numbers):
    figure, ax = plt.subplots(figsize=(COLUMN, 2.7))
    for name in NAMES:
        colour, _, marker = RULES[name]
        ax.plot(numbers["step"], numbers[f"law_{name}"], "-", color=colour, linewidth=1)
        ax.plot(numbers["step"][::4], numbers[f"length_{name}"][::4], marker, color=colour,
                markersize=4, label=name_of(name))  # fmt: skip
    ax.legend(fontsize=7, title="lines: predicted", title_fontsize=7)
    ax.set(xlabel="step", ylabel=r"$\sum k^2$ over its start")
    return figure


def alt(numbers):
    ends = {name: numbers[f"length_{name}"][-1] - 1 for name in NAMES}
    told = ", ".join(f"{name_of(name)} {value:+.2%}" for name, value in ends.items())
    return (
        "Sum of squared conductances over its start against the step of descent, measured and "
        f"predicted, for four rules at nudge {numbers['nudging_strength']:g}; changes at the end: "
        f"{told}."
    )
