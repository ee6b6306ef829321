"""The mean sign of a metaplastic synapse locks to fractions; its sequence of signs never does."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import ListedColormap

from figures.kit import BLACK, BLUE, GREEN, ORANGE, PAGE, PINK, VERMILION, label_panels

COLUMNS = {
    "optimum": "optimum of single orbits",
    "strengths": "strengths m x learning rate x curvature of single orbits",
    "single_orbit": "mean sign of one orbit, one column a strength",
    "fraction": "mean signs 2p/q - 1 with q up to 12",
    "plateau_low": "lower end of the plateau of each, exact, one column a strength",
    "plateau_high": "upper end; below the lower one where there is no plateau",
    "zoom": "optimum around the plateau of 1/3, strength 0.3",
    "typical": "mean sign of one orbit there",
    "lowest": "smallest mean sign that an orbit can have there",
    "highest": "largest mean sign",
    "ends": "exact ends of the plateau of 1/3 at strength 0.3",
    "map_ends": "interval of the renormalised map, optimum 1/pi, strength 0.3",
    "place": "hidden weight, one column a branch",
    "image": "hidden weight three steps later",
    "orbit": "an orbit, every third hidden weight",
    "blocks": "successive triples of signs of that orbit, one row each",
    "small": "strengths of the widths",
    "period": "period q of four plateaus",
    "width": "width of each, one row a strength",
    "leading": "width over the squared strength, leading order",
    "grid": "optimum of averages over many starts",
    "averaged_strengths": "strengths of the averages",
    "averaged": "mean sign, mean over starts, one column a strength",
    "second_order": "second-order shift of the mean sign over the squared strength",
}
LOOK = {
    0.1: (BLUE, "o", "-"),
    0.2: (GREEN, "s", "-."),
    0.3: (PINK, "D", "--"),
    0.5: (ORANGE, "v", "-"),
    1.0: (VERMILION, "^", ":"),
}
SHIFT = 0.16  # between the staircases, upwards


def _staircases(ax, numbers):
    for k, strength in enumerate(numbers["strengths"]):
        color, up = LOOK[strength][0], SHIFT * k
        ax.plot(numbers["optimum"], numbers["single_orbit"][:, k] + up, color=color, linewidth=0.8,
                linestyle="-")  # fmt: skip
        low, high = numbers["plateau_low"][:, k], numbers["plateau_high"][:, k]
        first, last = numbers["optimum"][[0, -1]]
        wide = (high - low > 0.003) & (high > first) & (low < last)
        ax.hlines(numbers["fraction"][wide] + up, np.maximum(low[wide], first),
                  np.minimum(high[wide], last), color=BLACK, linewidth=2.2)  # fmt: skip
        ax.text(last + 0.01, numbers["single_orbit"][-1, k] + up, rf"$\kappa = {strength:g}$",
                color=color, fontsize=7, va="center")  # fmt: skip
    ax.set_xlim(-0.03, 0.8)
    ax.set(xlabel="optimum $w$", ylabel=f"mean sign, each {SHIFT:g} higher",
           title="staircases; black: exact plateaus")  # fmt: skip


def _zoomed(ax, numbers):
    ax.fill_between(numbers["zoom"], numbers["lowest"], numbers["highest"], color=PINK, alpha=0.25,
                    linewidth=0)  # fmt: skip
    ax.plot(numbers["zoom"], numbers["typical"], color=PINK, linewidth=1, linestyle="-")
    for end in numbers["ends"]:
        ax.axvline(end, color=BLACK, linewidth=0.7, linestyle=":")
    ax.text(numbers["ends"].mean(), 0.337, "1/3", fontsize=7, ha="center")
    ax.set(xlabel="optimum $w$", ylabel="mean sign", title=r"$\kappa = 0.3$; band: all orbits",
           ylim=(0.295, 0.37))  # fmt: skip


def _renormalised(ax, numbers):
    low, high = numbers["map_ends"]
    for k, color in enumerate((BLUE, VERMILION)):
        ax.plot(numbers["place"][:, k], numbers["image"][:, k], color=color, linewidth=2,
                linestyle="-")  # fmt: skip
    ax.plot([low, high], [low, high], color=BLACK, linewidth=0.6)
    web = np.repeat(numbers["orbit"], 2)
    ax.plot(web[:-1], np.r_[web[0], web[2:]], color=GREEN, linewidth=0.6, linestyle="-")
    ax.plot([low, high, high, low, low], [low, low, high, high, low], color="0.7", linewidth=0.6)
    ax.set(xlabel="$W$", ylabel="$W$ three steps later", title="renormalised map", aspect="equal")


def draw(numbers):
    figure, axes = plt.subplots(2, 3, figsize=(PAGE, 5.0), width_ratios=[1.25, 1, 1.05])
    _staircases(axes[0, 0], numbers)
    _zoomed(axes[0, 1], numbers)
    _renormalised(axes[0, 2], numbers)
    ax, blocks = axes[1, 0], numbers["blocks"]
    ax.imshow(blocks.T > 0, cmap=ListedColormap([BLUE, "#F2F2F2"]), aspect="auto",
              interpolation="nearest")  # fmt: skip
    ax.set(xlabel="block of three signs", title="locked mean, free signs (blue: minus)",
           yticks=range(3), yticklabels=["1st", "2nd", "3rd"], xticks=[0, len(blocks) - 1],
           xticklabels=[1, len(blocks)])  # fmt: skip
    ax = axes[1, 1]
    for k, (color, marker) in enumerate(((BLUE, "o"), (PINK, "D"), (GREEN, "s"), (ORANGE, "v"))):
        ax.semilogx(numbers["small"], numbers["width"][:, k] / numbers["small"] ** 2, marker + "-",
                    color=color, markersize=3, linewidth=0.8)  # fmt: skip
        ax.axhline(numbers["leading"][k], color=color, linewidth=0.7, linestyle=":")
        ax.text(0.026, numbers["leading"][k] - 0.075, f"period {numbers['period'][k]:g}",
                color=color, fontsize=7)  # fmt: skip
    ax.set(xlabel=r"strength $\kappa$", ylabel=r"width of plateau $/\kappa^2$",
           title="dotted: leading order", ylim=(0, 1.1), xticks=[0.03, 0.1, 0.3],
           xticklabels=["0.03", "0.1", "0.3"])  # fmt: skip
    ax.minorticks_off()
    ax, grid = axes[1, 2], numbers["grid"]
    for strength, mean in zip(numbers["averaged_strengths"], numbers["averaged"].T, strict=True):
        color, marker, _ = LOOK[strength]
        ax.plot(grid, (mean - grid) / strength**2, marker, color=color, markersize=3,
                label=rf"$\kappa = {strength:g}$")  # fmt: skip
    ax.plot(grid, numbers["second_order"], color=BLACK, label="2nd order")
    ax.set(
        xlabel="optimum $w$", ylabel=r"$(\langle s\rangle - w)/\kappa^2$", title="mean over starts"
    )
    ax.legend(loc="upper left", fontsize=6)
    label_panels(axes.ravel())
    return figure


def alt(numbers):
    blocks, third = numbers["blocks"], np.argmin(np.abs(numbers["fraction"] - 1 / 3))
    widths = np.maximum(numbers["plateau_high"] - numbers["plateau_low"], 0)
    told = ", ".join(
        f"{w:.3f} at strength {k:g}"
        for k, w in zip(numbers["strengths"], widths[third], strict=True)
    )
    places = [int(np.sum(blocks[:, k] < 0)) for k in range(3)]
    outside = (numbers["zoom"] < numbers["ends"][0]) | (numbers["zoom"] > numbers["ends"][1])
    band = (numbers["highest"] - numbers["lowest"])[outside].max()
    return (
        "Six panels. Mean sign of single orbits against the optimum for four strengths, shifted, "
        "staircases whose flat steps end where the exact plateaus, drawn in black, end; the step "
        f"at one third is {told} wide. Around it at strength 0.3 a band of all possible means, up "
        f"to {band:.3f} high, which closes to a line between the exact ends. The map of three "
        "steps near zero: two steep branches with a jump, inside a square, and a cobweb. "
        f"{len(blocks)} successive blocks of three signs on the plateau: each has one minus, which "
        f"stands first, second or third {places[0]}, {places[1]} and {places[2]} times, in no "
        "order. Width over squared strength of four plateaus, tending to its leading order. Shift "
        "of the mean sign over the squared strength, averaged over starts, against the "
        "second-order curve, which fits the weak strengths."
    )
