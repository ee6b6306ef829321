"""Liquid that is poured into the first beaker spreads along the chain like heat in a rod."""

import matplotlib.pyplot as plt

from figures.kit import BLACK, BLUE, GREEN, ORANGE, PAGE, SKY, VERMILION, label_panels

COLUMNS = {
    "area": "areas of the five beakers drawn",
    "time": "time after one event, steps",
    "level": "levels of the five beakers by time",
    "shape_volume": "volume over root Dt",
    "shape": "solution of the heat equation, level times root pi D t",
    "coarse_volume": "volume over root Dt by beaker and time, ratio 2, three times",
    "coarse_level": "level times root pi D t of the same",
    "fine_volume": "volume over root Dt by beaker, ratio 1.2",
    "fine_level": "level times root pi D t of the same",
}
COLOURS = (BLACK, BLUE, GREEN, ORANGE, VERMILION)
STYLES = ("-", "--", "-.", ":", (0, (5, 1)))


def draw(numbers):
    figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.5))
    _beakers(axes[0], numbers["area"])
    ax = axes[1]
    places = ((0.4, 0.6), (0.5, 0.085), (2.2, 0.011), (9, 0.0042), (270, 0.0033))
    for k, (colour, style, place) in enumerate(zip(COLOURS, STYLES, places, strict=True)):
        ax.loglog(numbers["time"], numbers["level"][:, k], color=colour, linestyle=style)
        ax.text(*place, f"$u_{k + 1}$", color=colour, fontsize=7)
    ax.set(ylim=(1e-3, 1.2), xlabel="time after one event", ylabel="level")
    ax = axes[2]
    ax.plot(numbers["shape_volume"], numbers["shape"], color=BLACK)
    for k, marker in enumerate("osd"):
        volume, level = (numbers[f"coarse_{name}"][:, k] for name in ("volume", "level"))
        ax.plot(volume, level, marker, color=BLUE, markersize=4, markerfacecolor="none")
    ax.plot(numbers["fine_volume"], numbers["fine_level"], "+", color=VERMILION, markersize=4)
    ax.text(1.75, 0.87, "line: heat equation", fontsize=7)
    ax.text(1.75, 0.75, "open: $n = 2$, three times", color=BLUE, fontsize=7)
    ax.text(1.75, 0.63, "crosses: $n = 1.2$", color=VERMILION, fontsize=7)
    ax.set(xlim=(0, 4), ylim=(0, 1.15), xlabel=r"volume $y / \sqrt{Dt}$")
    ax.set(ylabel=r"level $u\,\sqrt{\pi D t}$")
    label_panels(axes)
    return figure


def _beakers(ax, areas):
    ax.axis("off")
    left = 0.0
    for k, (area, level) in enumerate(zip(areas, (0.9, 0.72, 0.55, 0.42, 0.3), strict=True)):
        right = left + 0.75 * area**0.5
        water = plt.Rectangle((left, 0), right - left, level, color=SKY, alpha=0.6, linewidth=0)
        ax.add_patch(water)
        ax.plot([left, left, right, right], [1.1, 0, 0, 1.1], color=BLACK, linestyle="-")
        middle = (left + right) / 2
        ax.text(middle, level * 0.65, f"$u_{k + 1}$", ha="center", va="center", fontsize=7)
        tube = [right, right + 0.3]
        ax.plot(tube, [0.1, 0.1], color=BLUE, linestyle="-", linewidth=4.5 / 1.55**k)
        left = right + (0.3 if k < 4 else 0.75)
    ax.text(left - 0.38, 0.1, "leak", fontsize=7, va="center")
    arrow = {"arrowstyle": "-|>", "color": VERMILION}
    ax.annotate(
        "events",
        (0.37, 0.95),
        (0.37, 1.45),
        ha="center",
        color=VERMILION,
        fontsize=7,
        arrowprops=arrow,
    )
    ax.set(xlim=(-0.3, left + 0.5), ylim=(-0.3, 1.7), title="beakers and tubes")


def alt(numbers):
    time, level = numbers["time"], numbers["level"]
    peaks = ", ".join(f"{time[k]:.0f}" for k in level[:, 1:].argmax(axis=0))
    return (
        "Left: five beakers of growing width joined by thinner and thinner tubes; events pour "
        "into the first, the last one leaks. Middle: levels after one event; the first falls, "
        f"the others rise one after another, to peaks after {peaks} steps, and fall. Right: "
        "levels against volume, scaled; three times for ratio two lie near a Gaussian, the "
        f"solution of the heat equation, the first level {numbers['coarse_level'][0, 0]:.2f} for "
        f"{numbers['shape'][0]:.0f}, one time for ratio 1.2 on it."
    )
