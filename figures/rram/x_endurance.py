"""Pulses spent over training, and who is past the kink, by learning rate."""

import matplotlib.pyplot as plt

from figures.kit import BLACK, PAGE, label_panels
from figures.rram._look import CONDITIONS, NAMES

COLUMNS = {
    "learning_rate": "learning rate, pulses per unit of Adam's step",
    "pure_noise": "pulses per device if all gradients were noise",
    "share": "share of devices",
    "spent": "pulses that at most this share of the devices exceeds, by learning rate, one run",
}
for _name in ("all", "ideal"):
    COLUMNS[f"pulses_{_name}"] = f"pulses per device, {NAMES[_name]}, mean over seeds"
    COLUMNS[f"past_kink_{_name}"] = f"share of devices past their kink, {NAMES[_name]}"
SHADES = ("#A6CEE3", "#6BAED6", "#3182BD", "#08519C", BLACK)  # more pulses, darker
LINES = ("-", "--", "-.", ":", "-")


def draw(numbers):
    figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.7))
    rates = numbers["learning_rate"]
    ax = axes[0]
    ax.loglog(rates, numbers["pure_noise"], ":", color=BLACK, label="gradient noise")
    for name in ("all", "ideal"):
        color, line, marker = CONDITIONS[name]
        look = {"linestyle": line, "marker": marker, "color": color, "label": NAMES[name]}
        ax.loglog(rates, numbers[f"pulses_{name}"], **look)
        axes[2].semilogx(rates, numbers[f"past_kink_{name}"], **look)
    ax.legend(loc="lower right")
    ax.set(xlabel=r"learning rate $\eta$", ylabel="pulses per device")
    ax = axes[1]
    for rate, values, color, line in zip(rates, numbers["spent"].T, SHADES, LINES, strict=True):
        ax.plot(values, numbers["share"], line, color=color, label=f"{rate:g}")
    ax.set(xlabel="pulses", ylabel="share of devices above", xscale="symlog", xlim=(0, 4000))
    ax.legend(title=r"$\eta$", loc="lower left", title_fontsize=7)
    axes[2].set(xlabel=r"learning rate $\eta$", ylabel="share past the kink", ylim=(-0.02, 1))
    axes[2].legend(loc="upper left")
    label_panels(axes)
    return figure


def alt(numbers):
    rates, past = numbers["learning_rate"], numbers["past_kink_all"]
    return (
        "Left: pulses per device against learning rate, log-log, with all imperfections from "
        f"{numbers['pulses_all'][0]:.0f} to {numbers['pulses_all'][-1]:.0f}, below the dotted "
        "line of pure gradient noise. Middle: share of devices above a pulse count for five "
        f"rates. Right: share of devices past their kink, {past[2]:.2f} at {rates[2]:g} and "
        f"{past[-1]:.2f} at {rates[-1]:g}."
    )
