"""Fig. 2: paths of inputs through the plane of two units, in eight settings."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLACK, PAGE
from figures.ssl._look import VARIANTS, capital, draw_paths

LOSSES = ("euclidean", "cosine")
COLUMNS = {
    "iteration": "iterations",
    "inputs": "inputs, one column each",
} | {
    f"{loss}_{variant}": f"weights by unit and input, {loss} loss, {name}"
    for loss in LOSSES
    for variant, name in VARIANTS.items()
}


def draw(numbers):
    figure, axes = plt.subplots(2, 4, figsize=(PAGE, 3.9))
    for row, loss in zip(axes, LOSSES, strict=True):
        for ax, (variant, title) in zip(row, VARIANTS.items(), strict=True):
            responses = numbers[f"{loss}_{variant}"] @ numbers["inputs"]
            draw_paths(ax, responses)
            ax.plot(0, 0, "+", color=BLACK, markersize=4)
            reach = 1.08 * np.abs(responses).max()
            ax.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal", title=title)
        row[0].set_ylabel(capital(loss))
    axes[1, 0].set_title("no stop-gradient,\nreleased rule, one run")
    figure.supxlabel(
        f"horizontal $z_1$, vertical $z_2$; grey dots: after {numbers['iteration'][-1]} iterations",
        fontsize=7,
    )
    return figure


def alt(numbers):
    start = np.abs(numbers["cosine_no_stop_gradient"][0] @ numbers["inputs"]).max()
    end = np.abs(numbers["cosine_no_stop_gradient"][-1] @ numbers["inputs"]).max()
    return (
        f"Eight panels with the paths of {numbers['inputs'].shape[1]} inputs in the plane of two "
        "units. Euclidean row: without stop-gradient all end at the origin, without predictor "
        "nothing moves, under the original loss paths bend sharply, under the isotropic loss "
        "smoothly. Cosine row: without stop-gradient inputs are kicked outward, in this run "
        f"from {start:.1f} to {end:.0f} at most; slow drift without predictor, and clouds that "
        "become round under both losses."
    )
