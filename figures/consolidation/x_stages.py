"""A memory that is copied from stage to stage: later, a little lower, no longer at its best."""

import matplotlib.pyplot as plt

from figures.kit import BLACK, BLUE, GREEN, ORANGE, PAGE, PINK, VERMILION, label_panels

STAGES = (BLACK, BLUE, GREEN, ORANGE, VERMILION)
COLUMNS = {
    "time": "steps since storage",
    "signal": "predicted signal to noise of one synapse, one column a stage",
    "watched_time": "steps since storage, simulated",
    "watched": "simulated signal, one column a stage",
    "watched_error": "its standard error",
    "stages": "stages, at one initial signal to noise",
    "one_rate": "lifetime, 10^8 synapses in all, rate 0.01 a step",
    "fixed": "lifetime, 10^8 synapses in all, initial signal to noise 100",
    "best_stages": "stages, each at its best rate",
    "best": "lifetime at the best rate",
    "two_state": "root N over e",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.7), width_ratios=[1.4, 1])
    ax = axes[0]
    for k, color in enumerate(STAGES):
        signal = numbers["signal"][:, k]
        ax.plot(numbers["time"], signal, color=color, linestyle="-")
        ax.errorbar(numbers["watched_time"], numbers["watched"][:, k],
                    2 * numbers["watched_error"][:, k], color=color, fmt="o", markersize=2.5,
                    elinewidth=0.6)  # fmt: skip
        at = signal.argmax()
        ax.text(numbers["time"][at] + 2, signal[at] + 0.002, f"stage {k + 1}", fontsize=7,
                color="#B07800" if color == ORANGE else color)  # fmt: skip
    ax.set(
        xlabel="steps since storage", ylabel=r"signal to noise $/\sqrt{N}$", ylim=(-0.005, 0.112)
    )
    ax = axes[1]
    ax.loglog(numbers["stages"], numbers["fixed"], "o-", color=BLUE, markersize=3)
    ax.loglog(numbers["stages"], numbers["one_rate"], "^-.", color=GREEN, markersize=3)
    ax.text(4.4, numbers["one_rate"][5] * 1.35, "one rate", color=GREEN, fontsize=7, ha="right")
    ax.loglog(numbers["best_stages"], numbers["best"], "s--", color=PINK, markersize=4)
    ax.axhline(numbers["two_state"], color=BLACK, linewidth=0.8, linestyle=":")
    ax.text(1, numbers["two_state"] * 1.1, r"$\sqrt{N}/e$", fontsize=7)
    ax.text(1.2, numbers["best"][0] * 0.62, "best rate", color=PINK, fontsize=7)
    ax.text(4.2, numbers["fixed"][0] * 0.86, "one initial signal", color=BLUE, fontsize=7)
    ax.set(xlabel="stages", ylabel="lifetime (events)", xticks=[1, 2, 4, 8, 12])
    ax.set_xticklabels(["1", "2", "4", "8", "12"])
    ax.minorticks_off()
    ax.set_ylim(300, 6500)
    label_panels(axes)
    return figure


def alt(numbers):
    peaks = ", ".join(f"{v:.3f}" for v in numbers["signal"].max(axis=0))
    return (
        f"Left: signal of five stages against time; each rises later, to a lower peak ({peaks}); "
        "simulated dots on the curves. Right: lifetime against the number of stages; at one rate "
        f"from {numbers['one_rate'][0]:.0f} to {numbers['one_rate'][-1]:.0f} events, at one "
        f"initial signal from {numbers['fixed'][0]:.0f} to {numbers['fixed'][-1]:.0f} events, at "
        f"the best rate between {numbers['best'].min():.0f} and {numbers['best'].max():.0f}."
    )
