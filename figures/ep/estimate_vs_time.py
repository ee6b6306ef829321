"""Gradient estimates while the network settles, and when each layer first hears of the nudge."""

import matplotlib.pyplot as plt

from figures.ep._look import RULES, shades
from figures.kit import PAGE, label_panels

NAMES = {"negative": r"EP, $-\beta$", "symmetric": "EP, symmetric", "bptt": "BPTT",
         "one_sided": r"EP, $+\beta$"}  # fmt: skip
MARKERS = "osD^v"
COLUMNS = {"step": "step of the nudged phase"}
for _rule, _text in (("negative", "negative nudge"), ("symmetric", "mean of both signs"),
                     ("bptt", "back-propagation through as many steps"),
                     ("one_sided", "positive nudge")):  # fmt: skip
    COLUMNS[_rule] = f"estimate over the final BPTT gradient, median weight of layer 3, {_text}"
    COLUMNS[f"{_rule}_low"] = "the same, lower quartile of the weights"
    COLUMNS[f"{_rule}_high"] = "the same, upper quartile"
COLUMNS |= {
    "contribution_step": "step at which a contribution to biases arrives, one column a layer",
    "contribution": "largest contribution to a bias of the layer at that step, absolute value",
}


def draw(numbers):
    figure, (left, right) = plt.subplots(1, 2, figsize=(PAGE, 2.9), width_ratios=[1.25, 1])
    step = numbers["step"]
    for rule, name in NAMES.items():
        colour, line, _ = RULES[rule]
        if rule in ("negative", "one_sided"):
            left.fill_between(step, numbers[f"{rule}_low"], numbers[f"{rule}_high"], color=colour,
                              alpha=0.18, lw=0)  # fmt: skip
        left.plot(step, numbers[rule], linestyle=line, color=colour, label=name)
    left.legend(loc="lower right", fontsize=7)
    left.set(xlabel="step $t$ of the nudged phase", ylabel="estimate / final BPTT gradient",
             title="layer 3: median weight, quartiles", xlim=(0, step[-1]),
             ylim=(0, None))  # fmt: skip
    layers = numbers["contribution"].shape[1]
    for n, colour in enumerate(shades(layers)):
        right.semilogy(numbers["contribution_step"][:, n], numbers["contribution"][:, n],
                       MARKERS[n % 5], color=colour, markersize=3.5,
                       label=f"layer {n + 1}")  # fmt: skip
    right.legend(loc="upper right", handletextpad=0.1)
    right.set(xlabel="step $t$", ylabel="largest contribution to a bias", xlim=(-0.7, 25.5),
              title="every second step, one layer a step")  # fmt: skip
    label_panels([left, right])
    return figure


def alt(numbers):
    end = {rule: numbers[rule][-1] - 1 for rule in ("negative", "symmetric", "one_sided")}
    wide = {rule: (numbers[f"{rule}_low"][-1] - 1, numbers[f"{rule}_high"][-1] - 1)
            for rule in ("negative", "one_sided")}  # fmt: skip
    return (
        "Left: running gradient estimates of the weights of layer 3 over their final gradient by "
        "BPTT, medians over all weights of the layer with quartiles. Against BPTT the median "
        f"weight ends at {end['one_sided']:+.0%} for the positive nudge (quartiles "
        f"{wide['one_sided'][0]:+.0%} and {wide['one_sided'][1]:+.0%}), at {end['negative']:+.0%} "
        f"for the negative one ({wide['negative'][0]:+.0%} and {wide['negative'][1]:+.0%}), at "
        f"{end['symmetric']:+.0%} for their mean. Right: contributions to the biases of each "
        "layer, nonzero on every second step only, starting one step later a layer further from "
        "the output, and falling geometrically."
    )
