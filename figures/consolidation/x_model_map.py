"""How far the internal time scales of five models spread, and who decides what is kept."""

import matplotlib.pyplot as plt
import numpy as np

from figures.consolidation._look import MODELS
from figures.kit import BLACK, GREEN, PAGE

LOOKS = (MODELS["two_state"], MODELS["chain"], MODELS["cascade"], MODELS["beakers"], (GREEN, "-"))
COLUMNS = {
    "model": "models whose time scales are fixed",
    "decides": "who decides what is kept",
    "scale": "visible time constants over the fastest, a column a model, filled with NaN",
}


def draw(numbers):
    figure, ax = plt.subplots(figsize=(PAGE, 2.3))
    names = numbers["model"]
    for k, (color, _) in enumerate(LOOKS):
        scale = numbers["scale"][:, k]
        scale = scale[np.isfinite(scale)]
        y = len(names) - 1 - k
        ax.semilogx([1, scale.max()], [y, y], color=color, linewidth=1, linestyle="-")
        ax.plot(scale, np.full(scale.size, y), "|", color=color, markersize=9)
        ax.annotate(numbers["decides"][k], (scale.max(), y), (8, 0), textcoords="offset points",
                    va="center", fontsize=7, color=BLACK)  # fmt: skip
    ax.set_yticks(range(len(names)), names[::-1])
    ax.set(xlabel="internal time constants over the fastest", xlim=(0.7, 1e9),
           ylim=(-0.6, len(names) - 0.4))  # fmt: skip
    return figure


def alt(numbers):
    told = "; ".join(
        f"{name}, {count} of them up to {most:.0f}"
        for name, count, most in zip(
            numbers["model"],
            np.isfinite(numbers["scale"]).sum(axis=0),
            np.nanmax(numbers["scale"], axis=0),
            strict=True,
        )
    )
    return (
        "Time constants of five models over the fastest of each, on a logarithmic axis, one line a "
        f"model: {told}. Beside each line who decides what is kept: in the first four models "
        "nobody, a fixed rule; in tagging and capture a signal of the neuron."
    )
