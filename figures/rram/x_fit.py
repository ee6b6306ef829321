"""A device fitted to traces of known truth: one trace, scores of responses, noise parameters."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLACK, BLUE, GREEN, ORANGE, PAGE, PINK, SKY, VERMILION, label_panels

NAMES = {"fast_slope": "$m_1$", "kink": "$t^*$", "slow_slope": "$m_2$", "offset": "$c_1$"}
LOOKS = ((BLUE, "o"), (VERMILION, "s"), (GREEN, "^"), (PINK, "D"))
COLUMNS = {
    "pulses": "pulses, of the trace shown",
    "log_ratio": "ln(R/R0) read",
    "fitted": "fitted mean response",
    "full": "chance that the trap is full, from the fit",
    "parameter": "parameters of the noises",
    "relative": "fitted over true value",
    "relative_error": "its standard error",
} | {f"{name}_score": f"{name}: (fitted - true) / error, sorted devices" for name in NAMES}


def draw(numbers):
    figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.8), width_ratios=[1.5, 1.1, 0.8])
    ax, t = axes[0], numbers["pulses"]
    low, high = numbers["log_ratio"].min() - 0.02, numbers["log_ratio"].max() + 0.02
    ax.fill_between(t, low, high, where=numbers["full"] > 0.5, color=SKY, alpha=0.35, linewidth=0)
    ax.plot(t, numbers["log_ratio"], "-", color=BLUE, linewidth=0.5)
    ax.plot(t, numbers["fitted"], "-", color=BLACK, linewidth=1.2)
    ax.set(xlabel="pulses", ylabel="$w$", ylim=(low, high), xlim=(0, t[-1]),
           title="black: fitted, shaded: trap full")  # fmt: skip
    ax = axes[1]
    for (name, label), (color, marker) in zip(NAMES.items(), LOOKS, strict=True):
        values = numbers[f"{name}_score"]
        share = (np.arange(len(values)) + 0.5) / len(values)
        ax.plot(values, share, marker=marker, color=color, markersize=3, linewidth=0.7, label=label)
    ax.axvline(0, color=BLACK, linewidth=0.7)
    ax.set(xlabel="(fitted − true) / error", ylabel="share of devices below", ylim=(0, 1),
           title="responses")  # fmt: skip
    ax.legend(loc="upper left", fontsize=7, borderaxespad=0.2, labelspacing=0.2)
    ax = axes[2]
    places = np.arange(len(numbers["parameter"]))
    ax.errorbar(places, numbers["relative"], numbers["relative_error"], fmt="o", color=ORANGE,
                capsize=2)  # fmt: skip
    ax.axhline(1, color=BLACK, linewidth=0.7)
    ax.set_xticks(places, ["$P_h$", "$P_l$", r"$\alpha$"])
    ax.set(ylabel="fitted / true", xlim=(-0.5, len(places) - 0.5), title="noises")
    label_panels(axes)
    return figure


def alt(numbers):
    every = np.concatenate([numbers[f"{name}_score"] for name in NAMES])
    noises = ", ".join(
        f"{name} {value:.2f} ± {error:.2f}"
        for name, value, error in zip(
            numbers["parameter"], numbers["relative"], numbers["relative_error"], strict=True
        )
    )
    return (
        "Left: a noisy trace with the fitted two-slope mean and the stretches in which the trap is "
        f"found full, {100 * (numbers['full'] > 0.5).mean():.0f} per cent of the reads. Middle: "
        "distribution of deviations from the truth in standard errors for four parameters, with a "
        f"standard deviation of {every.std():.1f}. Right: fitted over true noise parameters: "
        f"{noises}."
    )
