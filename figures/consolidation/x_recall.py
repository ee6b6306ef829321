"""A network recalls far fewer memories than an observer reads in the same couplings."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLACK, BLUE, PAGE, VERMILION, label_panels

COLUMNS = {
    "age": "patterns since storage",
    "theory": "overlap recalled, mean field",
    "probe": "patterns since storage, simulated",
    "found": "overlap recalled, one column a network",
    "per_neuron": "signal to noise of the field of one neuron",
    "needed": "the same at the oldest memory that is recalled",
    "observer_age": "patterns since storage, observer",
    "observer": "signal to noise of an observer of all couplings",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.7))
    ax = axes[0]
    ax.plot(numbers["age"] + 1, numbers["theory"], color=BLUE)
    found = numbers["found"]
    ax.plot(numbers["probe"] + 1, found, ".", color=BLACK, markersize=3)
    ax.plot(numbers["probe"] + 1, found.mean(axis=1), "o", color=BLACK, markersize=4)
    ax.text(1.2, 0.4, "line: mean field,\ndots: five networks", fontsize=7)
    ax.set(xscale="log", xlabel="age + 1 (patterns)", ylabel="overlap recalled", ylim=(-0.25, 1.05))
    ax = axes[1]
    ax.loglog(numbers["observer_age"], numbers["observer"], color=VERMILION)
    ax.loglog(numbers["age"] + 1, numbers["per_neuron"], color=BLUE, linestyle="--")
    ax.axhline(1, color=BLACK, linewidth=0.8, linestyle=":")
    ax.axhline(numbers["needed"], color=BLUE, linewidth=0.8, linestyle=":")
    ax.text(300, numbers["needed"] * 1.15, "needed for recall", color=BLUE, fontsize=7)
    ax.text(2, 0.72, "noise", fontsize=7)
    ax.text(30, 40, "observer of all couplings", color=VERMILION, fontsize=7)
    ax.text(1.2, 1.5, "one neuron", color=BLUE, fontsize=7)
    ax.set(xlabel="age + 1 (patterns)", ylabel="signal to noise", ylim=(0.3, 200))
    label_panels(axes)
    return figure


def alt(numbers):
    kept = np.max(numbers["age"][numbers["theory"] > 0.5])
    seen = numbers["observer_age"][numbers["observer"] > 1].max()
    return (
        f"Left: overlap recalled against age; the mean-field line ends after {kept:.0f} patterns, "
        "simulated networks fall off near it, with overlaps of old patterns that scatter about "
        "small values. Right: signal to noise against age, of an observer of all couplings, above "
        f"one up to about {seen:.0f} patterns, and of a single neuron, which needs "
        f"{numbers['needed']:.1f} for recall."
    )
