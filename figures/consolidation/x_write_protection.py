"""Gates between bistable variables: courses without noise, lifetimes and false memories in it."""

import matplotlib.pyplot as plt
import numpy as np

from figures.consolidation._look import DARK_ORANGE
from figures.kit import BLACK, BLUE, GREEN, ORANGE, PAGE, VERMILION, label_panels

NAMES = ("weak", "induced", "rewarded")
VARIABLES = (("weight", BLACK, "-"), ("tag", ORANGE, "--"), ("scaffold", BLUE, "-."))
LOOKS = {"weak": (VERMILION, ":"), "induced": (ORANGE, "--"), "rewarded": (BLUE, "-")}
COLUMNS = {
    "clean_time": "time without noise",
    **{f"clean_{name}": f"weight, tag and scaffold without noise: {name}" for name in NAMES},
    **{f"induction_{name}": f"times of the induction gate: {name}" for name in NAMES},
    "reward": "times of the reward gate, rewarded only",
    "time": "time with noise",
    **{f"sign_{name}": f"mean sign of the weight in noise: {name}" for name in NAMES},
    **{f"later_{name}": f"time after the last gate has shut: {name}" for name in NAMES},
    **{f"predicted_{name}": f"mean sign of the weight from lifetimes: {name}" for name in NAMES},
    "flipped": "share of scaffolds without reward that noise has flipped",
    "predicted_flipped": "the same from the escape time",
}


def _courses(ax, numbers):
    time = numbers["clean_time"]
    for row, name in enumerate(NAMES):
        low = -3.2 * row
        for k, (_, color, style) in enumerate(VARIABLES):
            ax.plot(time, numbers[f"clean_{name}"][:, k] + low, color=color, linestyle=style)
        ax.text(time[-1] - 1, low + 1.3, name, fontsize=7, ha="right")
        gates = [(numbers[f"induction_{name}"], "0.6")]
        gates += [(numbers["reward"], GREEN)] if name == "rewarded" else []
        for gate, color in gates:
            ax.plot(gate, [low - 1.45] * 2, color=color, linewidth=3, linestyle="-")
    for (name, color, _), x in zip(VARIABLES, (12, 42, 58), strict=True):
        ax.text(x, 2.05, name, color=DARK_ORANGE if name == "tag" else color, fontsize=7)
    ax.set(xlabel="time, without noise", yticks=[], ylim=(-8.2, 2.8))


def draw(numbers):
    figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.8), width_ratios=[1, 1.15, 0.85])
    _courses(axes[0], numbers)
    ax, time = axes[1], numbers["time"]
    for name, (color, style) in LOOKS.items():
        ax.plot(time, numbers[f"sign_{name}"], "o", color=color, markersize=2.2)
        ax.plot(numbers[f"later_{name}"], numbers[f"predicted_{name}"], color=color,
                linestyle=style)  # fmt: skip
    for name, color, x, y in (("weak", VERMILION, 60, -0.68), ("induced", DARK_ORANGE, 112, 0.1),
                              ("rewarded", BLUE, 200, 0.93)):  # fmt: skip
        ax.text(x, y, name, color=color, fontsize=7)
    ax.set(xlabel="time, with noise", ylabel="mean sign of the weight", ylim=(-1.08, 1.12))
    ax = axes[2]
    ax.plot(time, numbers["flipped"], "o", color=BLACK, markersize=2.2)
    ax.plot(time, numbers["predicted_flipped"], color=BLACK, linestyle="-")
    ax.set(xlabel="time, with noise", ylabel="scaffolds flipped, no reward",
           title="false memories", ylim=(0, 0.16))  # fmt: skip
    label_panels(axes)
    return figure


def alt(numbers):
    at = np.searchsorted(numbers["time"], 200)
    signs = ", ".join(f"{numbers[f'sign_{name}'][at]:.2f} {name}" for name in NAMES)
    return (
        "Left: courses without noise; a weak induction flips the weight only, a longer one also "
        "the tag, and a reward after it the scaffold. Middle: mean sign of the weight in noise; it "
        "falls back within tens of time units after a weak induction, within two hundred after a "
        f"longer one, and hardly with a reward; at time {numbers['time'][at]:.0f} it is {signs}; "
        "lines from escape times. Right: noise writes false memories: the share of scaffolds "
        f"flipped without a reward grows to {numbers['flipped'][-1]:.2f}, predicted "
        f"{numbers['predicted_flipped'][-1]:.2f}."
    )
