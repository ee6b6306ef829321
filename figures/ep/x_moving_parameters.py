"""Parameters on springs: how far their step is from the one-sided rule, and what it lowers."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLUE, GREEN, PAGE, VERMILION, label_panels

COLUMNS = {
    "compliance": "compliance of the springs over that at which the nudged energy overcomes them",
    "implicit": "distance of the step to that of the one-sided rule over its length",
    "step": "steps",
    "ratio": "compliance over the critical one, one a column of the next",
    "surrogate": "surrogate loss of the one-sided rule, one column a compliance",
    "nudge": "nudging strength",
}


def draw(numbers):
    figure, (left, right) = plt.subplots(1, 2, figsize=(PAGE, 2.7))
    left.loglog(numbers["compliance"], numbers["implicit"], "o-", color=BLUE, markersize=4)
    left.axvline(1, color=VERMILION, linestyle=":", linewidth=1)
    left.text(0.93, numbers["implicit"][0], "no hold", color=VERMILION, fontsize=7, rotation=90,
              ha="right", va="bottom")  # fmt: skip
    left.set(xlabel="compliance / critical", ylabel="distance to the\none-sided step, relative")
    looks = zip(numbers["ratio"], ((BLUE, "-"), (GREEN, "--"), (VERMILION, "-.")), strict=True)
    for column, (ratio, (colour, line)) in enumerate(looks):
        right.plot(numbers["step"], numbers["surrogate"][:, column], line, color=colour,
                   label=f"{ratio:g} times the critical compliance")  # fmt: skip
    right.legend(fontsize=7)
    right.set(xlabel="step", ylabel="surrogate loss", ylim=(0, None))
    label_panels([left, right])
    return figure


def alt(numbers):
    ends = [
        f"{ratio:g} times the critical compliance {numbers['surrogate'][0, column]:.2f} to "
        f"{numbers['surrogate'][-1, column]:.3f}, largest rise "
        f"{max(np.diff(numbers['surrogate'][:, column]).max(), 0):.2f}"
        for column, ratio in enumerate(numbers["ratio"])
    ]
    return (
        "Left: distance between where parameters on springs come to rest and the step of the "
        "one-sided rule, proportional to the compliance and growing up to the critical one. "
        f"Right: the surrogate loss over {numbers['step'][-1]:g} steps: {'; '.join(ends)}."
    )
