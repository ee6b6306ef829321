"""A gradient estimate while the network settles, and when each layer first hears of the nudge."""

import matplotlib.pyplot as plt

from figures.ep._look import RULES, shades
from figures.kit import PAGE, label_panels

NAMES = {"negative": r"EP, $-\beta$", "symmetric": "EP, symmetric", "bptt": "BPTT",
         "one_sided": r"EP, $+\beta$"}  # fmt: skip
MARKERS = "osD^v"
COLUMNS = {
    "step": "step of the nudged phase",
    "negative": "estimate of the weight's gradient, negative nudge, sign of the gradient positive",
    "symmetric": "the same, mean of both signs of the nudge",
    "bptt": "the same, back-propagation through as many steps",
    "one_sided": "the same, positive nudge",
    "contribution_step": "step at which a contribution to biases arrives, one column a layer",
    "contribution": "largest contribution to a bias of the layer at that step, absolute value",
}


def draw(numbers):
    figure, (left, right) = plt.subplots(1, 2, figsize=(PAGE, 2.9), width_ratios=[1.25, 1])
    step = numbers["step"]
    for rule in NAMES:
        colour, line, _ = RULES[rule]
        left.plot(step, 1e4 * numbers[rule], linestyle=line, color=colour)
    low = -float("inf")
    apart = 0.075 * 1e4 * numbers["negative"][-1]
    for rule in sorted(NAMES, key=lambda r: numbers[r][-1]):  # labels from below, a line apart
        low = max(1e4 * numbers[rule][-1], low + apart)
        left.annotate(NAMES[rule], (step[-1], low), (4, 0), textcoords="offset points",
                      color=RULES[rule][0], va="center", annotation_clip=False)  # fmt: skip
    left.set(xlabel="step $t$ of the nudged phase", ylabel=r"estimate of one gradient ($10^{-4}$)",
             title="the input weight of the widest gap")  # fmt: skip
    left.set(xlim=(0, 78), xticks=range(0, 61, 10))
    left.spines["bottom"].set_bounds(0, step[-1])
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
    exact = numbers["bptt"][-1]
    off = {rule: numbers[rule][-1] / exact - 1 for rule in ("negative", "symmetric", "one_sided")}
    return (
        "Left: the running gradient estimate of one input weight, the one with the widest gap, "
        "rises in steps two time steps wide. Against BPTT, negative nudging ends at "
        f"{off['negative']:+.0%}, positive at {off['one_sided']:+.0%}, the symmetric estimate at "
        f"{off['symmetric']:+.0%}. Right: contributions to the biases of each layer, nonzero on "
        "every second step only, starting one step later a layer further from the output, and "
        "falling geometrically."
    )
