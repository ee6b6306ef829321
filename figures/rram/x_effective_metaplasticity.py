"""Devices age, and damp outward pulses first: the reverse of a metaplastic hidden weight."""

import matplotlib.pyplot as plt

from figures.kit import BLACK, BLUE, ORANGE, PAGE, VERMILION, label_panels

COLUMNS = {
    "pulses": "pulses on a device, or updates of a hidden weight",
    "device_factor": "plasticity of a device relative to a fresh one, closed form",
    "metaplastic_factor": "plasticity of a metaplastic hidden weight, relative",
    "simulated_pulses": "pulses, simulated devices",
    "simulated": "plasticity of simulated devices relative to fresh ones",
    "fully_aged": "plasticity of a device behind its kink",
    "total": "pulses on both devices of a pair, panel b",
    "log_ratio": "mean ln(R_BL/R_BLb) of the pair",
    "inward": "plasticity of the pair for inward pulses",
    "outward": "plasticity of the pair for outward pulses",
    "weight_inward": "plasticity of a hidden weight of this size for inward updates, m = 3",
    "invested": "pulses invested",
    "needed": "quartiles of the pulses needed to flip, simulated pairs",
    "solved": "quartiles of the pulses needed to flip, solved",
    "invested_updates": "updates invested",
    "hidden_weight": "updates needed to flip a metaplastic hidden weight",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.9))
    ax, t = axes[0], numbers["pulses"]
    ax.plot(t, numbers["device_factor"], "-", color=BLUE)
    ax.plot(numbers["simulated_pulses"], numbers["simulated"], "o", color=BLUE, markersize=3)
    ax.plot(t, numbers["metaplastic_factor"], "--", color=VERMILION)
    ax.axhline(numbers["fully_aged"], color=BLACK, linestyle=":", linewidth=0.8)
    ax.text(1100, 0.3, "device", color=BLUE)
    ax.text(650, 0.06, "$f_{meta}$", color=VERMILION, ha="right")
    ax.set(xlabel="pulses, or updates", ylabel="plasticity, relative", title="age", ylim=(0, 1.02))
    ax, size = axes[1], numbers["log_ratio"]
    ax.plot(size, numbers["inward"], "-", color=BLUE)
    ax.plot(size, numbers["outward"], "-.", color=ORANGE)
    ax.plot(size, numbers["weight_inward"], "--", color=VERMILION)
    ax.text(0.34, 0.9, "pair, inward", color=BLUE, fontsize=7)
    ax.text(0.03, 0.22, "pair, outward", color=ORANGE, fontsize=7)
    ax.text(0.34, 0.45, "$f_{meta}$, inward", color=VERMILION, fontsize=7)
    ax.set(xlabel=r"size: $E \ln(R_{BL}/R_{BLb})$, or $W$", ylim=(0, 1.05), xlim=(0, 0.52),
           title=f"direction, {numbers['total']} pulses")  # fmt: skip
    ax, solved = axes[2], numbers["solved"]
    ax.fill_between(numbers["invested"], solved[:, 0], solved[:, 2], color=BLUE, alpha=0.15,
                    linewidth=0)  # fmt: skip
    ax.plot(numbers["invested"], numbers["needed"], "o", color=BLUE, markersize=3)
    ax.plot(numbers["invested"], solved[:, 1], "-", color=BLUE)
    ax.plot(numbers["invested_updates"], numbers["hidden_weight"], "--", color=VERMILION)
    ax.text(145, 2330, "devices: median\nand quartiles", color=BLUE, va="top", fontsize=7)
    ax.text(830, 2000, "hidden\nweight", color=VERMILION, ha="right", fontsize=7)
    ax.set(xlabel="updates or pulses invested", ylabel="needed to flip", ylim=(0, 2400),
           title="effort")  # fmt: skip
    label_panels(axes)
    return figure


def alt(numbers):
    low, median, high = numbers["needed"][-1]
    upper = f"{high:.0f}" if high < float("inf") else "never, within 3000 pulses,"
    return (
        "Left: the effective factor of devices falls with pulses from one to "
        f"{numbers['fully_aged']:.2f}, later and more gently than the metaplastic factor of a "
        f"hidden weight. Middle: at {numbers['total']} pulses in all the plasticity for outward "
        "pulses falls with the size of the log-ratio, the one for inward pulses rises; the "
        "metaplastic factor falls for inward updates. Right: pulses needed to flip against "
        "pulses invested, proportional in the median for devices with wide quartiles, "
        f"{low:.0f}, {median:.0f} and {upper} after {numbers['invested'][-1]}, growing "
        "exponentially for a hidden weight."
    )
