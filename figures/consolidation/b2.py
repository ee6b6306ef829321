"""Blackout: beyond a load of 0.138 all is lost; a palimpsest keeps the newest patterns instead."""

import matplotlib.pyplot as plt

from figures.kit import BLUE, GREEN, PAGE, VERMILION, label_panels

COLUMNS = {
    "load": "stored patterns over neurons, up to the critical load",
    "overlap": "overlap after recall, infinite network",
    "simulated_load": "stored patterns over neurons",
    "simulated": "overlap after recall, simulated networks, mean of patterns",
    "age": "age of a pattern over neurons",
    "faded": "overlap after recall, infinite fading network",
    "fading_strength": "strength of the newest memory in the fading network",
    "recalled_age": "age of a pattern over neurons, mean of four",
    "recalled": "overlap after recall, simulated fading networks",
    "recalled_error": "its standard error",
    "strength": "strength of the newest memory",
    "kept": "memories kept over neurons",
    "neurons": "neurons of the simulated networks",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.6))
    ax, load, overlap = axes[0], numbers["load"], numbers["overlap"]
    ax.plot(load, overlap, color=BLUE)
    ax.plot([load[-1], load[-1], 0.26], [overlap[-1], 0, 0], color=BLUE, linestyle="--")
    ax.plot(numbers["simulated_load"], numbers["simulated"], "o", color=VERMILION)
    words = f"simulated,\n$N = {numbers['neurons']}$"
    ax.text(0.155, 0.94, words, color=VERMILION, fontsize=7, va="center", ha="left")
    ax.text(0.02, 0.9, "infinite $N$", color=BLUE, fontsize=7)
    arrow = {"arrowstyle": "-|>", "color": BLUE}
    ax.annotate("blackout", (load[-1], 0.08), (0.03, 0.2), color=BLUE, arrowprops=arrow)
    ax.set(ylim=(-0.03, 1.05), xlabel="load $P/N$", ylabel="overlap after recall")
    ax = axes[1]
    ax.plot(numbers["age"], numbers["faded"], color=BLUE)
    recalled = (numbers[name] for name in ("recalled_age", "recalled", "recalled_error"))
    ax.errorbar(*recalled, fmt="o", color=VERMILION)
    words = f"newest are kept,\n$\\varepsilon = {numbers['fading_strength']:g}$"
    ax.text(0.058, 0.9, words, fontsize=7, va="center")
    ax.set(ylim=(-0.03, 1.05), xlabel="age of the pattern, over $N$")
    ax.set(ylabel="overlap after recall")
    ax, strength, kept = axes[2], numbers["strength"], numbers["kept"]
    ax.plot(strength, kept, color=GREEN)
    top = (strength[kept.argmax()], kept.max())
    ax.plot(*top, "o", color=VERMILION)
    ax.annotate("best", top, (6, 2), textcoords="offset points", color=VERMILION)
    ax.text(2.75, 0.003, "too weak\nto be seen", fontsize=7)
    ax.text(6.3, 0.041, "too quickly\noverwritten", fontsize=7)
    ax.set(ylim=(0, 0.055), xlabel=r"strength of the newest $\varepsilon$")
    ax.set(ylabel="memories kept, over $N$")
    label_panels(axes)
    return figure


def alt(numbers):
    load, kept, strength = numbers["load"], numbers["kept"], numbers["strength"]
    held = numbers["age"][numbers["faded"] > 0.5][-1]
    return (
        f"Left: overlap against load; it stays near one up to {load[-1]:.3f}, where the "
        f"theoretical line drops from {numbers['overlap'][-1]:.3f} to zero; simulated networks of "
        f"{numbers['neurons']} neurons drop less sharply, to {numbers['simulated'][-1]:.2f} at "
        f"{numbers['simulated_load'][-1]:g}. Middle: overlap against age of a pattern in the "
        f"fading network; near one for the newest, lost beyond {held:.3f} N. Right: number of "
        f"memories kept against strength of the newest, zero up to {strength[kept == 0][-1]:.1f}, "
        f"largest near {strength[kept.argmax()]:.1f} with {kept.max():.3f} N, then declining."
    )
