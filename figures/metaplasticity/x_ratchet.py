"""Noise alone makes metaplastic hidden weights grow, and seldom flips one that has grown."""

import matplotlib.pyplot as plt

from figures.kit import BLACK, BLUE, GREEN, PAGE, VERMILION, label_panels
from figures.metaplasticity._look import look_of_m

KAPPA = ((BLUE, "o"), (GREEN, "s"), (VERMILION, "^"))  # one a strength of the noise
COLUMNS = {
    "strengths": "metaplasticity m of the growing walkers",
    "updates": "updates, all noise",
    "mean_size": "mean size of the hidden weights, one column an m",
    "amplitude": "size g of an update",
    "kappas": "m times size of an update of the flipping walkers",
    "start": "start m |W| of the simulated points",
    "flipped": "fraction that ever flips, simulated, one column a kappa",
    "fine": "start m |W| of the curves",
    "predicted": "probability ever to flip, backward equation, one column a kappa",
    "diffusion": "the same in the diffusion limit",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.8))
    ax, updates = axes[0], numbers["updates"]
    for k, m in enumerate(numbers["strengths"]):
        color, style, _ = look_of_m(m)
        curve = numbers["mean_size"][:, k]
        ax.plot(updates, curve, color=color, linestyle=style)
        shift = {1.0: -4, 4.0: 3}.get(m, 0)
        ax.text(updates[-1] * 1.02, curve[-1] + shift, f"$m = {m:g}$", color=color, fontsize=7,
                va="center")  # fmt: skip
    ax.plot([1000, 2500], [60, 60 + 1500 * numbers["amplitude"] / 2], color=BLACK, linestyle=":")
    ax.text(1500, 88, "slope $g/2$", fontsize=7, ha="right")
    ax.set(xlabel="updates, all noise", ylabel="mean size of hidden weight",
           xlim=(0, updates[-1] * 1.25))  # fmt: skip
    ax, fine = axes[1], numbers["fine"]
    for k, (color, marker) in enumerate(KAPPA):
        ax.semilogy(fine, numbers["predicted"][:, k], color=color, linestyle="-")
        ax.semilogy(fine, numbers["diffusion"][:, k], color=color, linestyle=":", linewidth=1)
        flipped = numbers["flipped"][:, k]
        seen = flipped > 0
        ax.semilogy(numbers["start"][seen], flipped[seen], marker, color=color, markersize=3.5,
                    label=rf"$\kappa = {numbers['kappas'][k]:g}$")  # fmt: skip
    ax.set(xlabel="start $x_0 = m|W_0|$", ylabel="probability ever to flip", ylim=(1e-4, 1.2),
           title="solid: finite steps, dotted: diffusion")  # fmt: skip
    ax.legend(loc="lower left")
    label_panels(axes)
    return figure


def alt(numbers):
    ends = ", ".join(
        f"{end:.1f} for m = {m:g}"
        for m, end in zip(numbers["strengths"], numbers["mean_size"][-1], strict=True)
    )
    middle = numbers["start"].size // 2
    chances = ", ".join(
        f"{p:.2g} at strength {k:g}"
        for k, p in zip(numbers["kappas"], numbers["flipped"][middle], strict=True)
    )
    return (
        "Left: mean size of hidden weights driven by noise alone; after "
        f"{numbers['updates'][-1]:.0f} updates of size {numbers['amplitude']:g} it is {ends}: slow "
        "growth without metaplasticity, linear growth at half the update size with it. Right: "
        "probability ever to flip against start on a logarithmic scale; from "
        f"{numbers['start'][middle]:.1f} it is {chances}. Points lie on solid curves of the "
        "backward equation, dotted diffusion curves run above."
    )
