"""Four shapes of the mean response, and the signs that drift takes from pairs left alone."""

import matplotlib.pyplot as plt

from figures.kit import BLACK, BLUE, GREEN, ORANGE, PAGE, VERMILION, label_panels

SHAPES = {
    "published": ("two slopes", BLUE, "-", "o"),
    "soft_bound": ("soft bound", VERMILION, "--", "s"),
    "exponential_step": ("exponential step", GREEN, "-.", "^"),
    "linear": ("linear", ORANGE, ":", "D"),
}
COLUMNS = {
    "pulses": "pulses",
    "sampled_pulses": "pulses, sampled devices",
    "age": "updates since the last pulse, closed form",
    "lost": "share of pairs that have lost their sign, closed form",
    "simulated_age": "updates since the last pulse, simulated",
    "simulated_lost": "share of pairs that have lost their sign, simulated",
}
for _key, (_label, *_) in SHAPES.items():
    COLUMNS[f"{_key}_mean"] = f"mean of w over devices, {_label}, predicted"
    COLUMNS[f"{_key}_deviation"] = f"standard deviation of w over devices, {_label}, predicted"
    COLUMNS[f"{_key}_sampled"] = f"mean of w, {_label}, sampled"


def draw(numbers):
    figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.8))
    for key, (label, color, line, marker) in SHAPES.items():
        axes[0].plot(numbers["pulses"], numbers[f"{key}_mean"], line, color=color, label=label)
        axes[0].plot(numbers["sampled_pulses"], numbers[f"{key}_sampled"], marker, color=color,
                     markersize=3)  # fmt: skip
        axes[1].plot(numbers["pulses"], numbers[f"{key}_deviation"], line, color=color)
    axes[0].legend(loc="upper left", fontsize=7, labelspacing=0.2)
    axes[0].set(xlabel="pulses", ylabel="mean of $w$", title="points: sampled devices")
    axes[1].set(xlabel="pulses", ylabel="deviation of $w$", title="between devices", ylim=(0, None))
    ax = axes[2]
    ax.semilogx(numbers["age"], numbers["lost"], "-", color=BLACK)
    ax.semilogx(numbers["simulated_age"], numbers["simulated_lost"], "o", color=BLACK, markersize=3)
    ax.set(xlabel="updates without a pulse", ylabel="signs lost", ylim=(0, None),
           title="phase change: drift")  # fmt: skip
    label_panels(axes)
    return figure


def alt(numbers):
    ends = ", ".join(
        f"{label} {numbers[f'{key}_mean'][-1]:.2f}" for key, (label, *_) in SHAPES.items()
    )
    return (
        "Left: mean log-ratio against pulses for four shapes with sampled points on the curves; "
        f"after {numbers['pulses'][-1]} pulses: {ends}. Middle: their spread between devices. "
        "Right: share of pairs that have lost their sign by drift against the updates without a "
        f"pulse, rising to {100 * numbers['lost'][-1]:.0f} per cent after "
        f"{numbers['age'][-1]:.0f}, simulated points on the closed form."
    )
