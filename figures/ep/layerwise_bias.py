"""Layer by layer, how much closer to BPTT the symmetric estimate is than the one-sided ones."""

import matplotlib.pyplot as plt
import numpy as np

from figures.ep._look import shades
from figures.kit import BLACK, PAGE, label_panels

NETWORKS = ("shifted_sigmoid", "tanh")
COLUMNS = {
    "layer": "layer of weights",
    "nudging_strength": "nudging strength",
    "shifted_sigmoid": "distance to BPTT, symmetric over mean one-sided, mean over the weights of "
    "the layer; one column a nudge, shifted sigmoid",
    "tanh": "the same, tanh",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.5), sharey=True)
    for ax, name in zip(axes, NETWORKS, strict=True):
        for k, (nudge, colour) in enumerate(
            zip(numbers["nudging_strength"], shades(2), strict=True)
        ):
            ax.bar(numbers["layer"] + 0.4 * (k - 0.5), numbers[name][:, k], 0.36, color=colour,
                   hatch=("", "///")[k], label=rf"$\beta = {nudge:g}$")  # fmt: skip
        ax.axhline(1, color=BLACK, linestyle=":", linewidth=1)
        ax.set(xlabel="layer of weights", title=name.replace("_", " "), ylim=(0, 1.08))
    axes[0].set(ylabel="distance to BPTT,\nsymmetric over one-sided")
    axes[0].legend(loc="upper right", bbox_to_anchor=(1, 0.95))
    label_panels(axes)
    return figure


def alt(numbers):
    spans = [
        np.concatenate([numbers[name][:, k] for name in NETWORKS])
        for k in range(len(numbers["nudging_strength"]))
    ]
    told = ", ".join(
        f"{span.min():.2f} to {span.max():.2f} at nudge {nudge:g}"
        for span, nudge in zip(spans, numbers["nudging_strength"], strict=True)
    )
    return (
        f"Bars for {len(numbers['layer'])} layers of weights, two activations and two nudges: the "
        "distance of the symmetric estimate to BPTT is a fraction of the one-sided distance in "
        f"every layer, larger at the larger nudge: {told}."
    )
