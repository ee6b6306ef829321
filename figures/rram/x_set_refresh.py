"""Bringing flipped pairs back by SET recovers accuracy at no more pulses."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import ORANGE, PAGE, PINK, label_panels
from figures.rram._look import CONDITIONS, EPOCHS

COLUMNS = {
    "policy": "policy of refreshing",
    "last": "test accuracy by policy and seed, last three epochs, per cent",
    "best": "test accuracy by policy and seed, best epoch, per cent",
    "ideal": "test accuracy of ideal devices without SET by seed, last three epochs, per cent",
    "pulses": "pulses per device by policy and seed",
    "sets": "SET events per device by policy and seed",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.8))
    places = np.arange(len(numbers["policy"]))
    for (epoch, fill), shift, marker in zip(EPOCHS.items(), (-0.1, 0.1), "os", strict=True):
        values = numbers[epoch]
        error = values.std(axis=1, ddof=1) / np.sqrt(values.shape[1])
        axes[0].errorbar(places + shift, values.mean(axis=1), error, fmt=marker, linestyle="",
                         color=CONDITIONS["all"][0], capsize=2, fillstyle=fill)  # fmt: skip
    for ax, key, color in ((axes[1], "pulses", PINK), (axes[2], "sets", ORANGE)):
        values = numbers[key]
        ax.bar(places, values.mean(axis=1), yerr=values.std(axis=1, ddof=1), color=color, capsize=2)
    color, ideal = CONDITIONS["ideal"][0], numbers["ideal"].mean()
    axes[0].axhline(ideal, color=color, linestyle="--", linewidth=1)
    axes[0].text(-0.45, ideal + 0.05, "ideal, no SET (last)", color=color, fontsize=7, va="bottom")
    axes[0].set(ylabel="test accuracy (%)", title="filled: last, open: best")
    axes[0].set_ylim(top=ideal + 0.6)
    axes[1].set(ylabel="pulses per device", title="spent")
    axes[2].set(ylabel="SET events per device", title="resets")
    for ax in axes:
        ax.set_xticks(places, [str(name).replace(", ", ",\n") for name in numbers["policy"]],
                      fontsize=6.5, rotation=35, ha="right", rotation_mode="anchor")  # fmt: skip
        ax.set_xlim(-0.5, len(places) - 0.5)
    label_panels(axes)
    return figure


def alt(numbers):
    rows = "; ".join(
        f"{name} {a.mean():.1f} per cent, {p.mean():.0f} and {s.mean():.1f}"
        for name, a, p, s in zip(
            numbers["policy"], numbers["last"], numbers["pulses"], numbers["sets"], strict=True
        )
    )
    return (
        "Accuracy, pulses and SET events per device for four refresh policies with all "
        f"imperfections at learning rate 100: {rows}. Ideal devices without SET reach "
        f"{numbers['ideal'].mean():.1f} per cent."
    )
