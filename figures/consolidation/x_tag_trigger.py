"""TagTriC: a weak tetanus is captured because a strong one has triggered protein synthesis."""

import matplotlib.pyplot as plt

from figures.consolidation._look import DARK_ORANGE
from figures.kit import BLACK, BLUE, ORANGE, PAGE, VERMILION, label_panels

COLUMNS = {
    "hour": "hours, the weak tetanus comes at 0 and the strong one half an hour later",
    "protein": "protein",
    "tags": "share of synapses with a tag",
    "strong": "mean weight of the synapses with the strong tetanus",
    "weak": "mean weight of the synapses with the weak tetanus",
    "weight": "weight of a tagged synapse",
    "amounts": "amounts of protein",
    "speed": "speed of the weight times its time constant, one column an amount",
    "forecast_lag": "hour of the weak tetanus against the strong one, prediction",
    "forecast": "predicted share of weak tags captured",
    "lag": "hour of the weak tetanus against the strong one, simulation",
    "captured": "simulated share of weak tags captured, mean over neurons",
    "error": "its standard error",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.6))
    ax, hour = axes[0], numbers["hour"]
    for name, color, style in (("protein", BLACK, "-"), ("tags", ORANGE, "--"),
                               ("strong", BLUE, "-"), ("weak", VERMILION, ":")):  # fmt: skip
        ax.plot(hour, numbers[name], color=color, linestyle=style)
    ax.text(1.4, 0.95, "protein", fontsize=7)
    ax.text(-0.15, 0.29, "tags", color=DARK_ORANGE, fontsize=7, ha="left")
    for name, color, shift in (("strong", BLUE, 0.03), ("weak", VERMILION, -0.07)):
        ax.text(5.9, numbers[name][-1] + shift, name, color=color, fontsize=7, ha="right")
    ax.set(xlabel="hours", ylabel="share of synapses, protein", ylim=(-0.02, 1.05))
    ax, z = axes[1], numbers["weight"]
    for k, (color, style) in enumerate(((BLACK, ":"), (BLUE, "-"), (VERMILION, "--"))):
        speed = numbers["speed"][:, k]
        ax.plot(z, speed, color=color, linestyle=style)
        ax.text(0.79, speed.max() + 0.006, f"$p = {numbers['amounts'][k]:.2g}$", color=color,
                fontsize=7, ha="center")  # fmt: skip
    ax.axhline(0, color="0.6", linewidth=0.6, linestyle="-")
    ax.set(xlabel="weight $z$", ylabel=r"speed $\tau_z\, dz/dt$, tagged", ylim=(-0.075, 0.18),
           xlim=(-0.05, 1.05))  # fmt: skip
    ax = axes[2]
    ax.plot(numbers["forecast_lag"], numbers["forecast"], color=VERMILION, linestyle="-")
    ax.errorbar(numbers["lag"], numbers["captured"], 2 * numbers["error"], fmt="o",
                color=VERMILION, markersize=3)  # fmt: skip
    ax.axvline(0, color="0.8", linewidth=0.8, zorder=0)
    ax.text(0.05, 0.54, "strong tetanus", fontsize=7, color="0.4")
    ax.set(xlabel="weak tetanus at hour", ylabel="weak tags captured", ylim=(-0.03, 0.6))
    label_panels(axes)
    return figure


def alt(numbers):
    lag, captured = numbers["lag"], numbers["captured"]
    best = captured.argmax()
    return (
        "Left: after a weak and, half an hour later, a strong tetanus the share of tags decays, "
        "protein rises and falls, and weights of both groups rise to a lasting share, "
        f"{numbers['strong'][-1]:.2f} after the strong and {numbers['weak'][-1]:.2f} after the "
        "weak one. Middle: speed of a weight against the weight; without protein there are two "
        f"stable points, at {numbers['amounts'][1]:.2f} the lower one vanishes. Right: share of "
        "weak tags captured against the time of the weak tetanus; simulated dots near the "
        f"predicted curve, largest {captured[best]:.2f} at {lag[best]:g} hours, and "
        f"{captured[-1]:.2f} at {lag[-1]:g} hours."
    )
