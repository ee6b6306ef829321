"""One hidden weight is a rotation of a circle: orbit, map, and the error of its mean sign."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLACK, BLUE, GREEN, PAGE, PINK, VERMILION, label_panels

COLUMNS = {
    "step": "step",
    "simulated": "hidden weight, update simulated",
    "predicted": "hidden weight, closed form",
    "interval": "ends of the absorbing interval",
    "map_from": "hidden weight at the ends of the two branches of the map, one row a branch",
    "map_to": "hidden weight one step later",
    "steps": "number of averaged steps, about evenly spread in the logarithm",
    "error": "size of mean sign minus optimum",
    "bound": "of the error, times steps",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.5), width_ratios=[1.4, 1, 1.1])
    ax, step, hidden = axes[0], numbers["step"], numbers["simulated"]
    low, high = numbers["interval"]
    ax.vlines(step, 0, hidden, color=[VERMILION if x >= 0 else BLUE for x in hidden], linewidth=1)
    ax.plot(step, numbers["predicted"], "o", color=BLACK, markersize=3)
    ax.axhspan(low, high, color=BLACK, alpha=0.06)
    ax.axhline(0, color=BLACK, linewidth=0.6)
    ax.text(0.5, high * 1.03, "absorbing interval", fontsize=7, va="bottom")
    ax.set(xlabel="step", ylabel="hidden weight $W$", title="stems: simulation, dots: rotation",
           ylim=(low * 1.15, high * 1.25))  # fmt: skip
    ax = axes[1]
    ax.plot([low, high], [low, high], color=BLACK, linewidth=0.6)
    for start, end, color in zip(
        numbers["map_from"], numbers["map_to"], (BLUE, VERMILION), strict=True
    ):
        ax.plot(start, end, color=color, linewidth=2, linestyle="-")
    web = np.repeat(hidden[:13], 2)
    ax.plot(web[:-1], np.r_[hidden[0], web[2:]], color=GREEN, linewidth=0.8, linestyle="-")
    ax.plot(hidden[0], hidden[0], "o", color=GREEN, markersize=4)
    ax.set(xlabel="$W$", ylabel="$W$ one step later", title="the map and twelve steps",
           aspect="equal", xlim=(low * 1.1, high * 1.1), ylim=(low * 1.1, high * 1.1))  # fmt: skip
    ax = axes[2]
    elapsed = numbers["steps"]
    ax.loglog(elapsed, numbers["error"], ".", color=PINK, markersize=2.5)
    ax.loglog(elapsed, numbers["bound"] / elapsed, color=BLACK)
    ax.text(60, 0.09, f"bound ${numbers['bound']:g}/T$", fontsize=7)
    ax.set(xlabel="steps $T$", ylabel=r"$|\langle s\rangle - w|$", title="error of the mean sign",
           ylim=(1e-7, 4))  # fmt: skip
    label_panels(axes)
    return figure


def alt(numbers):
    low, high = numbers["interval"]
    worst = (numbers["error"] * numbers["steps"]).max()
    return (
        "Left: a hidden weight jumps up and down in the interval from "
        f"{low:.3f} to {high:.3f} around zero; dots of the predicted rotation sit on the simulated "
        "stems. Middle: the map from one step to the next, two parallel branches of slope one with "
        "a jump at zero, and a cobweb of twelve steps between them and the diagonal. Right: error "
        "of the average sign against the number of steps, double logarithmic; error times steps "
        f"stays below {worst:.2g}, the proved bound is {numbers['bound']:g}."
    )
