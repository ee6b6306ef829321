"""Fig. 6: paths of inputs through the quadrant of two rectified units, in eight settings."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import PAGE
from figures.ssl._look import END, ISOTROPIC, PATH, VARIANTS, capital, draw_paths

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
            responses = np.maximum(numbers[f"{loss}_{variant}"] @ numbers["inputs"], 0)
            if responses.max() > 100:
                limits = draw_kicks(ax, responses)
            else:
                draw_paths(ax, responses)
                limits = 1.08 * responses.max() * np.array([-0.05, 1])
            ax.set(xlim=limits, ylim=limits, aspect="equal", title=title)
        row[0].set_ylabel(capital(loss))
    axes[1, 0].set_title("no stop-gradient,\nreleased rule, one run")
    axes[1, 3].set_title(f"{ISOTROPIC}, one run")
    figure.supxlabel(
        f"horizontal $z_1$, vertical $z_2$; grey dots: after {numbers['iteration'][-1]} iterations",
        fontsize=7,
    )
    return figure


def draw_kicks(ax, responses):
    """Draw where inputs stand at each time on logarithmic axes; return the limits."""
    ax.plot(responses[:, 0], responses[:, 1], ".", color=PATH["color"], markersize=1.5, alpha=0.4)
    ax.plot(responses[-1, 0], responses[-1, 1], **END)
    decades = 10.0 ** np.arange(2, np.log10(responses.max()), 2)
    ax.set(xscale="symlog", yscale="symlog", xticks=[0, *decades], yticks=[0, *decades])
    ax.minorticks_off()
    ax.tick_params(labelsize=6)
    return -0.3, 3 * responses.max()


def alt(numbers):
    reach = {
        v: np.maximum(numbers[f"cosine_{v}"][-1] @ numbers["inputs"], 0).max() for v in VARIANTS
    }
    return (
        f"Eight panels with paths of {numbers['inputs'].shape[1]} inputs through the positive "
        "quadrant of two rectified units. Euclidean: collapse to the origin without "
        "stop-gradient, no motion without predictor, growth to unit scale under both losses. "
        f"Cosine: without stop-gradient responses end at up to {reach['no_stop_gradient']:.1g} "
        "in this one run; hardly any motion without predictor, smooth spreading under the "
        f"original loss, jagged growth under the isotropic loss, up to {reach['isotropic']:.1f}."
    )
