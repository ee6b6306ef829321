"""Running gradient estimates of an MLP's weights against back-propagation through time."""

import matplotlib.pyplot as plt

from figures.ep._look import RULES
from figures.kit import PAGE, label_panels

CURVES = {"bptt": "BPTT", "large": r"EP, $\beta = 0.1$", "small": r"EP, $\beta = 0.01$",
          "symmetric": r"symmetric, $\pm 0.1$"}  # fmt: skip
COLUMNS = {"step": "step of the nudged phase"} | {
    f"{curve}_layer_{n}": f"running gradient estimate of three weights of layer {n}, {meaning}"
    for n in (1, 2)
    for curve, meaning in {
        "bptt": "back-propagation through time",
        "large": "nudge 0.1",
        "small": "nudge 0.01",
        "symmetric": "nudges 0.1 and -0.1",
    }.items()
}


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.7))
    one_sided = RULES["one_sided"][0]
    looks = {"bptt": {"color": RULES["bptt"][0], "linestyle": "-"},
             "large": {"color": one_sided, "linestyle": ":"},
             "small": {"color": one_sided, "linestyle": "", "marker": "o", "markersize": 5.5,
                       "fillstyle": "none"},
             "symmetric": {"color": RULES["symmetric"][0], "linestyle": "", "marker": "^",
                           "markersize": 2.5}}  # fmt: skip
    for n, ax in enumerate(axes, start=1):
        for curve, look in looks.items():
            lines = ax.plot(numbers["step"], 1e3 * numbers[f"{curve}_layer_{n}"], **look)
            lines[0].set_label(CURVES[curve])
        ax.set(xlabel="step $t$", title=f"three weights of layer {n}")
    axes[0].set(ylabel=r"gradient estimate ($10^{-3}$)")
    axes[0].legend(loc="best")
    label_panels(axes)
    return figure


def alt(numbers):
    off = {
        curve: max(
            abs(numbers[f"{curve}_layer_{n}"][-1] / numbers[f"bptt_layer_{n}"][-1] - 1).max()
            for n in (1, 2)
        )
        for curve in ("small", "large", "symmetric")
    }
    return (
        "Running gradient estimates of three weights of each layer against the step, at two nudges "
        "and for both signs. At the last step the six weights differ from BPTT by at most "
        f"{off['small']:.1%} at nudge 0.01, {off['large']:.0%} at nudge 0.1 and "
        f"{off['symmetric']:.1%} for the symmetric estimate at 0.1."
    )
