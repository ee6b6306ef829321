"""Below the envelope: the best synapses that are found, chains, and the cascade."""

import matplotlib.pyplot as plt

from figures.consolidation._look import DARK_ORANGE, FOUR, MODELS
from figures.kit import BLACK, GREEN, PAGE, label_panels

PLACES = ((0.105, 1.02), (0.13, 0.83), (0.105, 0.575), (0.33, 0.37))
COLUMNS = {
    "time": "events since storage",
    "envelope": "upper bound on the signal to noise over root N, synapses of 12 states",
    "best_chain": "the largest of 60 chains of up to 12 states with sticky ends",
    "chain": "three of these chains",
    "cascade": "cascade of six levels",
    "best_time": "events since storage, optimised synapses",
    "best": "signal to noise over root N of the best synapse of 12 states found for the time",
    "states": "states of optimised synapses",
    "scaled_time": "events over states less one",
    "ratio": "best signal found over the envelope, one column a number of states",
}


def draw(numbers):
    time, chain = numbers["time"], MODELS["chain"][0]
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.9), width_ratios=[1.35, 1])
    ax = axes[0]
    ax.loglog(time, numbers["envelope"], color=BLACK)
    ax.loglog(time, numbers["chain"], color=chain, linestyle="-", linewidth=0.6)
    ax.loglog(time, numbers["best_chain"], color=DARK_ORANGE, linestyle="--")
    ax.loglog(time, numbers["cascade"], color=MODELS["cascade"][0], linestyle="-.")
    ax.loglog(numbers["best_time"], numbers["best"], "o", color=GREEN, markersize=5)
    ax.set(ylim=(1e-4, 2), xlabel="events since storage $t$")
    ax.set(ylabel=r"signal to noise $/\sqrt{N}$")
    ax.text(12, 0.62, "envelope, 12 states")
    ax.text(3.6, 0.36, "best found", color=GREEN, fontsize=7)
    ax.text(0.32, 0.012, "chains (dashed: best of 60)", color=DARK_ORANGE, fontsize=7)
    ax.text(20, 9e-4, "cascade", color=MODELS["cascade"][0], fontsize=7, ha="right")
    ax = axes[1]
    for k, (color, style) in enumerate(FOUR):
        ratio, states = numbers["ratio"][:, k], numbers["states"][k]
        ax.semilogx(numbers["scaled_time"], ratio, color=color, linestyle=style, marker="o",
                    markersize=3)  # fmt: skip
        ax.text(*PLACES[k], f"{states:.0f} states", color=color, fontsize=7)
    ax.set(xlabel="time over $M - 1$", ylabel="best found / envelope", ylim=(0, 1.1))
    label_panels(axes)
    return figure


def alt(numbers):
    low = ", ".join(
        f"{column.min():.2f} for {states:.0f}"
        for column, states in zip(numbers["ratio"].T, numbers["states"], strict=True)
    )
    ends = numbers["ratio"][-1]
    share = numbers["best_chain"] / numbers["envelope"]
    return (
        "Left: signal to noise against time, double logarithmic. A black envelope lies above all; "
        "dots of optimised synapses lie on or just above a dashed line, the best of sixty chains, "
        f"which is between {share.min():.2f} and {share.max():.2f} of the envelope; each single "
        "chain touches that line at its own time; the cascade lies below. Right: best found over "
        f"the envelope against time; its smallest values are {low} states, and late it rises to "
        f"{ends[-1]:.2f} for {numbers['states'][-1]:.0f}."
    )
