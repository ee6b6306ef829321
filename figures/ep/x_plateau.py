"""What tells which runs of a small ConvNet stay behind, and what frees them."""

import matplotlib.pyplot as plt
import numpy as np

from figures.ep._look import RULES, name_of
from figures.kit import PAGE, label_panels

SHOWN = ("one_sided", "symmetric", "bptt")
COLUMNS = {
    "height": "mean output of the untrained network, one a seed",
    "slope_after": "mean slope of the units of the second convolution after one epoch, one a seed",
} | {
    f"{start}_{rule}": f"final test error of the {name_of(rule)} rule, {text}, one a seed, per cent"
    for rule in SHOWN
    for start, text in (("drawn", "weights as drawn"), ("lowered", "outputs lowered to the target"))
}


def draw(numbers):
    figure, (left, right) = plt.subplots(1, 2, figsize=(PAGE, 2.8), sharey=True)
    for rule in SHOWN[1:]:
        colour, _, marker = RULES[rule]
        left.plot(numbers["height"], numbers[f"drawn_{rule}"], marker, color=colour, markersize=5,
                  alpha=0.8, label=name_of(rule))  # fmt: skip
    left.axvline(0.1, color=RULES["gradient"][0], linestyle=":", linewidth=1)
    left.text(0.1, 98, " mean target", fontsize=7, va="top")
    left.legend(fontsize=7, loc=(0.22, 0.72))
    left.set(xlabel="mean output before training", ylabel="final test error (%)", ylim=(0, 100))
    for place, rule in enumerate(SHOWN):
        colour, _, marker = RULES[rule]
        ends = np.stack([numbers[f"drawn_{rule}"], numbers[f"lowered_{rule}"]])
        right.plot([place - 0.2, place + 0.2], ends, "-", color=colour, alpha=0.3, linewidth=0.8)
        right.plot([place - 0.2] * ends.shape[1], ends[0], marker, color=colour, markersize=5,
                   markerfacecolor="white")  # fmt: skip
        right.plot([place + 0.2] * ends.shape[1], ends[1], marker, color=colour, markersize=5)
    right.set_xticks(range(len(SHOWN)), [name_of(rule) for rule in SHOWN])
    right.set(title="open: as drawn, full: outputs lowered", xlim=(-0.5, len(SHOWN) - 0.5))
    label_panels([left, right])
    return figure


def alt(numbers):
    parts = [
        f"{name_of(rule)} {np.median(numbers[f'drawn_{rule}']):.0f} "
        f"({numbers[f'drawn_{rule}'].max():.0f}) as drawn, "
        f"{np.median(numbers[f'lowered_{rule}']):.0f} ({numbers[f'lowered_{rule}'].max():.0f}) "
        "with outputs lowered"
        for rule in SHOWN
    ]
    return (
        "Left: final test error of single seeds against the mean output before training, which is "
        f"{numbers['height'].min():.2f} to {numbers['height'].max():.2f}; high outputs go with "
        "high errors. Right: errors of every seed as drawn and with the outputs lowered to the "
        f"mean target; median and worst per cent: {'; '.join(parts)}."
    )
