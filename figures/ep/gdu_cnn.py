"""Running gradient estimates of a small ConvNet's weights against back-propagation through time."""

import matplotlib.pyplot as plt

from figures.ep._look import RULES
from figures.kit import PAGE, label_panels

LAYERS = {"first": "first kernels", "second": "second kernels", "dense": "dense weights"}
CURVES = {"bptt": "BPTT", "small": r"EP, $\beta = 0.01$", "large": r"EP, $\beta = 0.1$",
          "symmetric": r"symmetric, $\pm 0.01$"}  # fmt: skip
COLUMNS = {"step": "step of the nudged phase"} | {
    f"{curve}_{layer}": f"running gradient estimate of one weight of the {name}, {meaning}"
    for layer, name in LAYERS.items()
    for curve, meaning in {
        "bptt": "back-propagation through time",
        "small": "nudge 0.01",
        "large": "nudge 0.1",
        "symmetric": "nudges 0.01 and -0.01",
    }.items()
}


def draw(numbers):
    figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.5))
    one_sided, symmetric = RULES["one_sided"][0], RULES["symmetric"][0]
    looks = {"bptt": {"color": RULES["bptt"][0], "linestyle": "-"},
             "small": {"color": one_sided, "linestyle": "--"},
             "large": {"color": one_sided, "linestyle": ":"},
             "symmetric": {"color": symmetric, "linestyle": "", "marker": "^", "markersize": 3,
                           "markevery": 3}}  # fmt: skip
    for ax, (layer, name) in zip(axes, LAYERS.items(), strict=True):
        for curve, look in looks.items():
            ax.plot(numbers["step"], 1e3 * numbers[f"{curve}_{layer}"], label=CURVES[curve], **look)
        ax.set(xlabel="step $t$", title=name)
    axes[0].set(ylabel=r"gradient estimate ($10^{-3}$)")
    axes[1].legend(loc="best", fontsize=6)
    label_panels(axes)
    return figure


def alt(numbers):
    off = {
        curve: max(abs(numbers[f"{curve}_{n}"][-1] / numbers[f"bptt_{n}"][-1] - 1) for n in LAYERS)
        for curve in ("small", "large", "symmetric")
    }
    return (
        "Running gradient estimates of one weight in each of three layers against step. At the "
        f"last step they differ from BPTT by at most {off['small']:.1%} at nudge 0.01, "
        f"{off['symmetric']:.2%} with both signs of it, and {off['large']:.0%} at nudge 0.1."
    )
