"""A nudge inside the activation matches BPTT step by step, a nudge outside does not."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLUE, PAGE, PINK

LINES = {  # colour, line style, text
    "parameters_inside": (BLUE, "-", "inside: parameters"),
    "scaled_states_inside": (BLUE, "--", "inside: states, slopes divided out"),
    "states_inside": (BLUE, ":", "inside: states as they are"),
    "parameters_outside": (PINK, "-", "outside: parameters"),
    "states_outside": (PINK, "--", "outside: states"),
}
COLUMNS = {"step": "step after the nudge"} | {
    name: f"relative distance of increments to BPTT, nudge {text.replace(':', ' the activation,')}"
    for name, (_, _, text) in LINES.items()
}


def draw(numbers):
    figure, ax = plt.subplots(figsize=(PAGE, 2.9))
    for name, (colour, line, text) in LINES.items():
        ax.semilogy(numbers["step"], numbers[name], linestyle=line, color=colour, marker="o",
                    markersize=2.5, label=text)  # fmt: skip
    first = numbers["states_outside"][0]
    ax.annotate("first increment of the states:\nequal up to rounding", (0.12, 3e-6), (1.2, 3e-6),
                color=PINK, fontsize=7, va="center",
                arrowprops={"arrowstyle": "-", "color": PINK, "linewidth": 0.6})  # fmt: skip
    ax.set(xlabel="step $t$", ylabel="relative distance to BPTT", ylim=(max(first, 1e-6), 5))
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1), handlelength=3.6)
    return figure


def alt(numbers):
    span = {name: (np.min(numbers[name]), np.max(numbers[name])) for name in LINES}
    return (
        "Relative distance of increments to BPTT against step, logarithmic. With the nudge inside "
        f"the activation parameters agree within {span['parameters_inside'][1]:.1g}, states only "
        f"after dividing out the slopes (as they are, they miss by "
        f"{span['states_inside'][0]:.2g} or more). With the nudge outside parameters miss by "
        f"{span['parameters_outside'][0]:.2g} or more, and of the states only the first increment "
        "agrees; its line leaves the figure below."
    )
