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
    ax.loglog(rates, numbers["pure_noise"], ":", color=BLACK)
    ax.text(3, 1.25 * numbers["pure_noise"][1], "gradient\nnoise", ha="right", fontsize=7)
    for name, at in (("all", (11, 240)), ("ideal", (20, 90))):
        color, line, marker = CONDITIONS[name]
        ax.loglog(rates, numbers[f"pulses_{name}"], linestyle=line, marker=marker, color=color)
        ax.text(
            *at, NAMES[name], color=color, fontsize=7, ha="left" if name == "ideal" else "right"
        )
        axes[2].semilogx(rates, numbers[f"past_kink_{name}"], linestyle=line, marker=marker,
                         color=color)  # fmt: skip
        axes[2].text(28, (0.5, 0.06)[name == "ideal"], NAMES[name], color=color, fontsize=7,
                     ha=("right", "left")[name == "ideal"])  # fmt: skip
    ax.set(xlabel=r"learning rate $\eta$", ylabel="pulses per device")
    ax = axes[1]
    for rate, values, color, line in zip(rates, numbers["spent"].T, SHADES, LINES, strict=True):
        ax.plot(values, numbers["share"], line, color=color, label=f"{rate:g}")
    ax.set(xlabel="pulses", ylabel="share of devices above", xscale="symlog", xlim=(0, 4000))
    ax.legend(title=r"$\eta$", loc="lower left", title_fontsize=7)
    axes[2].set(xlabel=r"learning rate $\eta$", ylabel="share past the kink", ylim=(-0.02, 1))
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
