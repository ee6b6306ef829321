"""A synapse that also forgets between events: its signal, and a lifetime that stops growing."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLACK, BLUE, GREEN, PAGE, VERMILION, label_panels

LOOKS = ((BLACK, "o", "-"), (BLUE, "s", "--"), (VERMILION, "^", "-."))
COLUMNS = {
    "decay": "rate of falling back between events, in units of the rate of events",
    "time": "time since storage in mean intervals between events",
    "signal": "signal to noise of one synapse, one column a rate",
    "age": "simulated ages",
    "seen": "simulated signal to noise, one column a rate",
    "error": "its standard error",
    "slow_decay": "rates of falling back in the right panel",
    "synapses": "number of synapses",
    "lifetime": "longest lifetime over the flip probability, one column a rate",
    "ceiling": "ln(root N times rate) over the rate, nan for no decay",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.7))
    ax = axes[0]
    for k, (color, marker, style) in enumerate(LOOKS):
        ax.semilogy(numbers["time"], numbers["signal"][:, k], color=color, linestyle=style)
        ax.errorbar(numbers["age"], numbers["seen"][:, k], 2 * numbers["error"][:, k], color=color,
                    fmt=marker, markersize=3.5, elinewidth=0.7,
                    label=rf"$\delta = {numbers['decay'][k]:g}$")  # fmt: skip
    ax.legend(fontsize=7, loc="lower left")
    ax.set(xlabel="time since storage", ylabel=r"signal to noise $/\sqrt{N}$")
    ax = axes[1]
    for k, shade in enumerate((BLACK, GREEN, BLUE, VERMILION)):
        life, rate = numbers["lifetime"][:, k], numbers["slow_decay"][k]
        ax.loglog(numbers["synapses"], life, color=shade, linestyle="-")
        ax.loglog(numbers["synapses"], numbers["ceiling"][:, k], color=shade, linestyle=":")
        words = rf"$\delta = 10^{{{np.log10(rate):.0f}}}$" if rate else "no decay"
        ax.text(1.3 * numbers["synapses"][-1], life[-1], words, color=shade, fontsize=7,
                va="center")  # fmt: skip
    ax.set(xlabel="number of synapses $N$", ylabel="longest lifetime", xlim=(1e2, 1e12))
    label_panels(axes)
    return figure


def alt(numbers):
    start, life = numbers["signal"][0], numbers["lifetime"][-1]
    told = "; ".join(
        f"decay {rate:g}: start {value:.2f}"
        for rate, value in zip(numbers["decay"], start, strict=True)
    )
    ends = ", ".join(f"{value:.0f}" for value in life)
    return (
        "Left: signal to noise of two-state synapses against time, straight lines on a logarithmic "
        f"axis, steeper and starting higher the faster the decay ({told}); simulated dots on the "
        "lines. Right: longest lifetime against the number of synapses; without decay it grows "
        "like a square root, with decay it bends to a logarithm along dotted lines. For "
        f"{numbers['synapses'][-1]:.0e} synapses: {ends}."
    )
