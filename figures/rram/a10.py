"""A10: unlike devices freeze a synapse under random updates; noise keeps it open."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLACK, BLUE, GREEN, ORANGE, PAGE, VERMILION, label_panels

CASES = {
    "model": ("the model's devices", BLUE, "o", "-"),
    "no_kink": ("no kink", ORANGE, "D", "--"),
    "equal_slopes": ("no kink, equal slopes", GREEN, "^", "-."),
    "noise": ("with noise", VERMILION, "s", ":"),
}
COLUMNS = {
    "update": "updates received, closed forms",
    "exact": "flip probability of the model's devices at that update, exact",
    "walk_unlike": "flip probability of a walk, drift uniform between -1 and 1",
    "walk_equal": "flip probability of a walk without drift",
    "window": "updates received, middle of a window",
    "frozen_update": "updates received",
    "walk_frozen": "share of walks with uniform drift that never change sign again",
    "updates": "updates of the run",
}
for _name, (_label, *_) in CASES.items():
    COLUMNS[f"flips_{_name}"] = f"flips per synapse and update in the window, {_label}"
    COLUMNS[f"frozen_{_name}"] = f"share of synapses that never flip again in the run, {_label}"


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 3.1))
    ax, u = axes[0], numbers["update"]
    for name, (_, color, marker, _) in CASES.items():
        ax.loglog(numbers["window"], numbers[f"flips_{name}"], marker, color=color, markersize=3.5,
                  fillstyle="none")  # fmt: skip
    ax.loglog(u, numbers["exact"], "-", color=BLACK, linewidth=1)
    ax.loglog(u[1:], numbers["walk_unlike"][1:], "--", color=BLACK, linewidth=0.8)
    ax.loglog(u[1:], numbers["walk_equal"][1:], "-.", color=BLACK, linewidth=0.8)
    ax.text(14, 0.12, r"$1/\sqrt{2\pi u}$", fontsize=7)
    ax.text(330, 2.6e-3, "$1/2u$", fontsize=7)
    ax.set(xlabel="update $u$", ylabel="flips per synapse and update", ylim=(1e-4, 0.5))
    ax.text(1.1, 1.3e-4, "full line: exact for the circles", fontsize=7)
    ax, u = axes[1], numbers["frozen_update"]
    for name, (label, color, marker, line) in CASES.items():
        ax.semilogx(u, numbers[f"frozen_{name}"], marker=marker, linestyle=line, color=color,
                    fillstyle="none", markersize=3.5, markevery=4, label=label)  # fmt: skip
    ax.semilogx(u, numbers["walk_frozen"], "--", color=BLACK, linewidth=0.8)
    ax.text(1.0, 0.98, "dashed: walk without\ninitial bias or kink", fontsize=7, va="top")
    ax.set(xlabel="update $u$", ylabel="share that never flips after $u$", ylim=(0, 1.02))
    ax.set_title(f"run of {numbers['updates']} updates")
    ax.legend(loc="lower right", labelspacing=0.15, borderaxespad=0, fontsize=6.5)
    label_panels(axes)
    return figure


def alt(numbers):
    at = np.searchsorted(numbers["frozen_update"], 100)
    shares = ", ".join(
        f"{label} {numbers[f'frozen_{n}'][at]:.2f}" for n, (label, *_) in CASES.items()
    )
    return (
        "Left: log-log flip rate against update. Without kink, unlike devices follow one over "
        "twice the update and equal slopes the slower inverse root; the model's devices fall "
        "below both behind their kinks, along the exact line, and noise keeps weights flipping. "
        f"Right: share of synapses that never flip again in {numbers['updates']} updates; after "
        f"{numbers['frozen_update'][at]} it is for {shares}."
    )
