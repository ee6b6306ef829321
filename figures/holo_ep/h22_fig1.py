"""A neuron with a holomorphic activation, and a network under a teacher that turns."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Circle, FancyArrowPatch

from figures.kit import BLACK, BLUE, ORANGE, PAGE, SKY, VERMILION, label_panels


def draw():
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.7), width_ratios=[1, 1.5])
    _one_neuron(axes[0])
    _network(axes[1])
    for ax in axes:
        ax.set_aspect("equal")
        ax.axis("off")
    label_panels(axes)
    return figure


def alt():
    return (
        "Left: a neuron applies a holomorphic activation to the sum of inputs from the layers "
        "below and above and a bias; its activity is a complex number. Right: a network with "
        "clamped input and two layers; a teacher that turns on a circle in the complex plane "
        "nudges the output, and the activities oscillate."
    )


def _arrow(ax, start, end, color=BLACK, style="-|>"):
    patch = FancyArrowPatch(
        start, end, arrowstyle=style, mutation_scale=8, color=color, shrinkA=0, shrinkB=0
    )
    ax.add_patch(patch)


def _neuron(ax, x, y, text, color=SKY, radius=0.32):
    ax.add_patch(Circle((x, y), radius, facecolor=color, edgecolor=BLACK, alpha=0.8))
    ax.text(x, y, text, ha="center", va="center")


def _one_neuron(ax):
    _neuron(ax, 0, 0, r"$\sigma(u_i)$", radius=0.6)
    for x in (-0.9, 0, 0.9):
        _arrow(ax, (x, -1.8), (x / 2.3, -0.6))
        _arrow(ax, (x, 1.8), (x / 2.3, 0.6))
    _arrow(ax, (-2.2, 0), (-0.62, 0))
    _arrow(ax, (0.62, 0), (1.5, 0), BLUE)
    ax.text(1.55, 0, r"$s_i \in \mathbb{C}$", color=BLUE, va="center")
    ax.text(0, -2.2, "from the layer below", ha="center", fontsize=7)
    ax.text(0, 2.0, "from the layer above", ha="center", fontsize=7)
    ax.text(-2.2, 0.15, "bias", fontsize=7)
    ax.set(xlim=(-2.6, 2.6), ylim=(-2.6, 2.6), title="one neuron")


def _network(ax):
    for name, y, color in (
        ("x", -2, SKY),
        ("s^1", -0.8, SKY),
        ("s^2", 0.4, SKY),
        (r"\hat y", 1.6, ORANGE),
    ):
        for x in (-1, 0, 1):
            _neuron(ax, x, y, f"${name}$" if x == 0 else "", color)
    for low, high in ((-2, -0.8), (-0.8, 0.4), (0.4, 1.6)):
        for x in (-1, 0, 1):
            style = "-|>" if low == -2 else "<|-|>"
            _arrow(ax, (x, low + 0.34), (x, high - 0.34), style=style)
    angle = np.linspace(0, 2 * np.pi, 100)
    ax.plot(3 + 0.55 * np.cos(angle), 1.6 + 0.55 * np.sin(angle), "-", color=VERMILION)
    _arrow(ax, (3, 1.6), (3 + 0.55 * np.cos(0.9), 1.6 + 0.55 * np.sin(0.9)), VERMILION)
    _arrow(ax, (2.3, 1.6), (1.4, 1.6), VERMILION)
    teacher = r"teacher $\beta(t) = r\,e^{2\pi i t/T}$"
    ax.text(3, 0.75, teacher, color=VERMILION, ha="center", fontsize=7)
    time = np.linspace(0, 2, 200)
    for y, size in ((-0.8, 0.1), (0.4, 0.22)):
        ax.plot(2 + time, y - 0.1 + size * np.cos(2 * np.pi * time), "-", color=BLUE)
    told = "activities oscillate about\ntheir fixed points"
    ax.text(3, -1.5, told, color=BLUE, ha="center", fontsize=7)
    ax.text(-1.7, -2, "input,\nclamped", ha="right", va="center", fontsize=7)
    ax.set(xlim=(-3.2, 4.6), ylim=(-2.6, 2.6), title="the network under its teacher")
