"""Symmetry is lost: weight angles and alignment of both errors in training from several angles."""

import matplotlib.pyplot as plt
import numpy as np

from figures.holo_ep._look import RULES
from figures.kit import PAGE, label_panels

COLUMNS = {"epoch": "epochs"}
for _rule, _words in (("backpropagation", "by the true error"), ("nudged", "by the nudged error")):
    COLUMNS |= {
        f"{_rule}_angle": f"weight angle (degrees) trained {_words}, one column a start",
        f"{_rule}_alignment": f"cosine of both errors, {_words}, shape (epoch, start, layer)",
        f"{_rule}_unsettled": f"samples unsettled in training (%), {_words}",
    }
TITLES = {"backpropagation": "back-propagation", "nudged": "nudged error"}
LOOKS = {"backpropagation": RULES["backpropagation"][:2], "nudged": RULES["without"][:2]}


def draw(numbers):
    epoch = numbers["epoch"]
    figure, axes = plt.subplots(1, 4, figsize=(PAGE, 2.6), sharex=True)
    for ax, (rule, title) in zip(axes[:2], TITLES.items(), strict=True):
        angle = numbers[f"{rule}_angle"]
        shades = plt.get_cmap("cividis")(np.linspace(0, 0.85, angle.shape[1]))
        for curve, shade in zip(angle.T, shades, strict=True):
            ax.plot(epoch, curve, "-", color=shade, linewidth=1)
        ax.set(ylim=(0, 95), yticks=[0, 30, 60, 90], xlabel="epoch", title=title)
        told = f"unsettled {numbers[f'{rule}_unsettled']:.0f} %"
        ax.text(0.98, 0.02, told, transform=ax.transAxes, ha="right", fontsize=6.5)
    axes[0].set_ylabel("weight angle (°)")
    for layer, ax in enumerate(axes[2:]):
        for rule, (color, line) in LOOKS.items():
            values = numbers[f"{rule}_alignment"][..., layer]
            low, high = values.min(axis=1), values.max(axis=1)
            ax.fill_between(epoch, low, high, color=color, alpha=0.12, linewidth=0)
            ax.plot(epoch, values[:, 0], line, color=color)
        ax.axhline(0, color="0.7", linewidth=0.7, zorder=0)
        ax.set(ylim=(-0.6, 1.05), xlabel="epoch", title=f"layer {layer + 1}")
    axes[2].set_ylabel("cosine of both errors")
    for rule, height in (("nudged", 0.15), ("backpropagation", 0.08)):
        color, line = LOOKS[rule]
        word = "dashed" if line == "--" else "dotted"
        axes[3].text(
            0.98, height, f"{word}: {TITLES[rule]}", color=color, transform=axes[3].transAxes,
            ha="right", fontsize=6.5,
        )  # fmt: skip
    axes[3].text(
        0.98,
        0.01,
        "(start at 0°; shaded: all starts)",
        transform=axes[3].transAxes,
        ha="right",
        fontsize=6,
    )
    label_panels(axes)
    return figure


def alt(numbers):
    ends = {rule: numbers[f"{rule}_angle"][-1] for rule in TITLES}
    first = {rule: numbers[f"{rule}_alignment"][-1, :, 0] for rule in TITLES}
    return (
        f"Weight angles against epoch from {len(ends['nudged'])} starts between 0 and 90 degrees, "
        "under back-propagation and under the nudged error: from 0 degrees they grow to "
        f"{ends['backpropagation'][0]:.0f} and {ends['nudged'][0]:.0f}, from 90 they end at "
        f"{ends['backpropagation'][-1]:.0f} and {ends['nudged'][-1]:.0f}. The cosine of both "
        "errors falls from its start in either layer. In the first layer it ends between "
        f"{first['backpropagation'].min():.2f} and {first['backpropagation'].max():.2f} under "
        f"back-propagation, {first['nudged'].min():.2f} and {first['nudged'].max():.2f} under the "
        "nudged error."
    )
