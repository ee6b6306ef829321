"""A simple synapse is its weight; a complex one has hidden variables and a regulation behind it."""

import matplotlib.pyplot as plt
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from figures.kit import BLACK, BLUE, GREEN, ORANGE, PAGE, VERMILION, label_panels


def draw():
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.6), width_ratios=[1, 1.9])
    titles = ("simple synapse", "complex synapse")
    for ax, limit, title in zip(axes, (2.2, 4.2), titles, strict=True):
        ax.set(xlim=(0, limit), ylim=(0, 2.2), title=title)
        ax.axis("off")
    _simple(axes[0])
    _complex(axes[1])
    label_panels(axes)
    return figure


def _simple(ax):
    _box(ax, 1.1, 1.0, "weight $w$", BLUE, 0.8)
    _arrow(ax, (1.1, 1.8), (1.1, 1.25), VERMILION, width=1.6)
    ax.text(1.1, 1.85, "plasticity events", ha="center", color=VERMILION, fontsize=7)
    ax.text(1.1, 0.35, "what is seen is all there is", ha="center", fontsize=7)


def _complex(ax):
    names = ("weight $w$\nseconds", "hidden\nminutes", "hidden\nhours", "hidden\nmonths")
    for k, name in enumerate(names):
        _box(ax, 0.55 + k, 1.0, name, BLUE if k == 0 else GREEN, 0.62, 0.42)
        if k:
            ends = ((0.55 + k - 0.68, 1.0), (0.55 + k - 0.32, 1.0))
            _arrow(ax, *ends, GREEN, width=2.6 - 0.6 * k, both=True)
    _arrow(ax, (0.55, 1.8), (0.55, 1.27), VERMILION, width=1.6)
    ax.text(0.1, 1.85, "plasticity events", color=VERMILION, fontsize=7)
    ax.text(2.55, 0.5, "1  dynamics on many time scales", ha="center", color=GREEN, fontsize=8)
    _arrow(ax, (2.55, 1.7), (0.8, 1.25), ORANGE, bend=0.12, width=1.6)
    words = "2  regulation: what matters\n   is protected"
    ax.text(2.6, 1.7, words, va="center", color="#B07800", fontsize=8)


def _box(ax, x, y, text, color, width, height=0.36):
    corner = (x - width / 2, y - height / 2)
    box = FancyBboxPatch(
        corner,
        width,
        height,
        facecolor="white",
        boxstyle="round,pad=0.02",
        edgecolor=color,
        linewidth=1.4,
    )
    ax.add_patch(box)
    ax.text(x, y, text, ha="center", va="center", fontsize=7)


def _arrow(ax, start, end, color=BLACK, bend=0.0, width=1.0, both=False):
    arrow = FancyArrowPatch(
        start,
        end,
        connectionstyle=f"arc3,rad={bend}",
        color=color,
        arrowstyle="<|-|>" if both else "-|>",
        mutation_scale=8,
        linewidth=width,
        shrinkA=1,
        shrinkB=1,
    )
    ax.add_patch(arrow)


def alt():
    return (
        "Left: a simple synapse is a single box, the weight, changed by plasticity events. "
        "Right: in a complex synapse a chain of three hidden variables with time scales from "
        "minutes to months stands behind the weight, coupled more and more weakly; a second "
        "arrow regulates how plastic the weight is."
    )
