"""A deep cascade forgets by a logarithm over time; its slope passes -3/4 near 100 events."""

import matplotlib.pyplot as plt
from matplotlib.patches import FancyArrowPatch

from figures.kit import BLACK, BLUE, GREEN, ORANGE, PAGE, SKY, VERMILION, label_panels

COLUMNS = {
    "time": "events since storage",
    "levels": "levels of the cascades in the middle panel",
    "signal": "signal to noise over root N by time and levels, Poisson clock",
    "watched_levels": "levels of the simulated cascade",
    "watched_time": "events since storage, one a step",
    "watched": "simulated signal to noise over root N",
    "watched_error": "its standard error",
    "slope_levels": "levels of the cascade in the right panel",
    "slope": "slope of its curve on logarithmic axes, by time",
    "asymptote": "slope of (ln t + c) / t",
    "textbook": "exponent of the textbooks",
}
LOOKS = ((ORANGE, ":"), (GREEN, "-."), (BLUE, "--"), (BLACK, "-"))


def draw(numbers):
    figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.6), width_ratios=[0.85, 1.2, 1.2])
    _states(axes[0])
    _curves(axes[1], numbers)
    ax, time = axes[2], numbers["time"]
    ax.semilogx(time, numbers["slope"], color=BLACK)
    late = time > 30
    ax.semilogx(time[late], numbers["asymptote"][late], color=VERMILION, linestyle="--")
    ax.axhline(numbers["textbook"], color=SKY, linestyle=":")
    ax.axhline(-1, color=BLACK, linewidth=0.6)
    ax.text(1.5e8, -0.742, "textbook $-3/4$", color=BLUE, ha="right", va="bottom", fontsize=7)
    ax.text(
        3, -0.93, "dashed: slope of\n$(\\ln t + c)/t$", color=VERMILION, va="center", fontsize=7
    )
    ax.set(ylim=(-1.03, -0.35), xlabel="events since storage $t$")
    ax.set(ylabel=f"running slope, $n = {numbers['slope_levels']}$")
    label_panels(axes)
    return figure


def _curves(ax, numbers):
    places = ((1.3, 3e-7), (75, 3e-7), (1000, 3e-7), (3e5, 1e-5))
    for k, ((colour, style), place) in enumerate(zip(LOOKS, places, strict=True)):
        levels = numbers["levels"][k]
        ax.loglog(numbers["time"], numbers["signal"][:, k], color=colour, linestyle=style)
        ax.text(*place, f"$n = {levels}$" if k == 0 else str(levels), color=colour, fontsize=7)
    watched = (numbers[name] for name in ("watched_time", "watched", "watched_error"))
    ax.errorbar(*watched, fmt="o", color=GREEN, markersize=3)
    words = f"dots: simulation, one event\na step, $n = {numbers['watched_levels']}$"
    ax.text(1e8, 0.25, words, color=GREEN, ha="right", va="center", fontsize=7)
    ax.set(ylim=(1e-7, 1), xlabel="events since storage $t$")
    ax.set(ylabel=r"signal to noise $/\sqrt{N}$")


def _states(ax, levels=4):
    ax.set(xlim=(-1.9, 1.9), ylim=(-levels - 0.05, 0.6))
    ax.axis("off")
    ax.set_title("state diagram")
    for side, name, colour in ((-1, "weak", BLUE), (1, "strong", VERMILION)):
        ax.text(1.1 * side, 0.3, name, ha="center", color=colour)
        for i in range(levels):
            ax.plot(1.1 * side, -i - 0.3, "o", color=colour, markersize=11 - 1.6 * i)
            flip = ((0.9 * side, -i - 0.3), (-0.9 * side, -0.3 - 0.09 * i * (i > 0)))
            _arrow(ax, *flip, colour, 1.8 / 1.7**i, bend=0.12)
            if i + 1 < levels:
                deeper = ((1.3 * side, -i - 0.42), (1.3 * side, -i - 1.18))
                _arrow(ax, *deeper, BLACK, 1.8 / 1.7**i)
                where, align = (1.42 * side, -i - 0.8), "left" if side > 0 else "right"
                ax.text(*where, f"$p_{i + 1}$", va="center", fontsize=7, ha=align)


def _arrow(ax, start, end, colour, width, bend=0.0):
    arrow = FancyArrowPatch(
        start,
        end,
        arrowstyle="-|>",
        mutation_scale=6,
        color=colour,
        linewidth=width,
        connectionstyle=f"arc3,rad={bend}",
    )
    ax.add_patch(arrow)


def alt(numbers):
    time, slope = numbers["time"], numbers["slope"]
    passed = time[slope < numbers["textbook"]][0]
    return (
        "Left: two columns of four states, weak and strong; flips lead from every level to the "
        "first level of the other strength, by ever thinner arrows, other arrows lead to deeper "
        "levels. Middle: signal to noise against time on double logarithmic axes for "
        f"{', '.join(map(str, numbers['levels']))} levels; deeper cascades forget later, none is "
        f"a straight line; simulated dots lie near the curve of {numbers['watched_levels']}. "
        f"Right: the running slope falls from {slope[0]:.2f} past {numbers['textbook']:g} at t = "
        f"{passed:.0f} to {slope[-1]:.2f} at t = {time[-1]:.0e}, along the dashed derived curve."
    )
