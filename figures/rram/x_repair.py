"""Gain in accuracy of repairing one imperfection, for four technologies."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLACK, BLUE, ORANGE, PAGE, PINK, VERMILION

LOOKS = ((BLUE, "o"), (VERMILION, "s"), (ORANGE, "D"), (PINK, "^"))
LABELS = {
    "fast_slope": "spread of\nfresh slope",
    "kink": "spread of\nscale $t^*$",
    "initial_resistance": "spread\nof start",
    "telegraph": "telegraph\nnoise",
    "pink": "pink\nnoise",
    "drift": "drift",
}
COLUMNS = {
    "technology": "device",
    "imperfection": "what is repaired",
    "gain": "gain of the accuracy in the last epochs, points, one row a device",
    "error": "its standard error",
}


def draw(numbers):
    figure, ax = plt.subplots(figsize=(PAGE, 2.9))
    places = np.arange(len(numbers["imperfection"]))
    for k, (color, marker) in enumerate(LOOKS):
        shift = 0.18 * (k - 1.5)
        gain, error, label = (numbers[key][k] for key in ("gain", "error", "technology"))
        ax.errorbar(places + shift, gain, error, fmt=marker, color=color, capsize=2, markersize=4,
                    label=str(label))  # fmt: skip
    ax.axhline(0, color=BLACK, linewidth=0.7)
    for edge in places[1:] - 0.5:
        ax.axvline(edge, color=BLACK, linewidth=0.3, linestyle=":")
    ax.set_xticks(places, [LABELS[str(name)] for name in numbers["imperfection"]])
    ax.set(ylabel="gain in accuracy (points)", xlim=(-0.5, len(places) - 0.5),
           title="one imperfection repaired, the others left")  # fmt: skip
    ax.legend(loc="upper center", ncols=4, fontsize=7)
    ax.margins(y=0.2)
    return figure


def alt(numbers):
    parts = []
    for k, name in enumerate(numbers["technology"]):
        best = int(np.nanargmax(numbers["gain"][k]))
        parts.append(
            f"{name}: {str(numbers['imperfection'][best]).replace('_', ' ')} "
            f"{numbers['gain'][k, best]:.1f} ± {numbers['error'][k, best]:.1f}"
        )
    return (
        "Points with standard errors: gain in test accuracy when one imperfection is switched off "
        "and all others are left, for four devices. The largest gains, in points: "
        + "; ".join(parts)
        + "."
    )
