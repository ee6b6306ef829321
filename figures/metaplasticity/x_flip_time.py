"""How long a hidden weight holds under a steady pull, and what finite steps add."""

import matplotlib.pyplot as plt

from figures.kit import BLACK, PAGE, label_panels
from figures.metaplasticity._look import look_of_m

COLUMNS = {
    "strengths": "metaplasticity m",
    "hidden": "initial hidden weight of the simulated points",
    "counted": "updates until the sign changes, simulated, one column an m",
    "fine": "initial hidden weight of the curves",
    "continuous": "time to flip over the pull, continuous time, one column an m",
    "largest": "the m of the second panel",
    "excess": "updates simulated minus continuous, mean over starts about the point, less one half",
    "predicted_excess": "ln cosh(m W) on the curve",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.8), width_ratios=[1.4, 1])
    ax, fine = axes[0], numbers["fine"]
    for k, m in enumerate(numbers["strengths"]):
        color, style, marker = look_of_m(m)
        curve = numbers["continuous"][:, k]
        ax.semilogy(fine, curve, color=color, linestyle=style)
        ax.semilogy(numbers["hidden"], numbers["counted"][:, k], marker, color=color, markersize=3)
        ax.text(3.03, curve[-1], f"$m = {m:g}$", color=color, fontsize=7, va="center")
    ax.set(xlabel="hidden weight $W_0$", ylabel="steps until the sign changes", xlim=(0, 3.6))
    ax = axes[1]
    color, style, marker = look_of_m(numbers["largest"])
    ax.plot(numbers["hidden"], numbers["excess"], marker, color=color, markersize=3)
    ax.plot(fine, numbers["predicted_excess"], color=BLACK, linestyle="-")
    ax.text(0.15, 3.0, "line: $\\ln\\cosh(mW_0)$", fontsize=7)
    ax.set(xlabel="hidden weight $W_0$", ylabel="mean of simulated minus $G(W_0)/v$",
           title=f"what finite steps add, $m = {numbers['largest']:g}$")  # fmt: skip
    label_panels(axes)
    return figure


def alt(numbers):
    ends = ", ".join(
        f"{steps} for m = {m:g}"
        for m, steps in zip(numbers["strengths"], numbers["counted"][-1], strict=True)
    )
    return (
        "Left: steps until the sign changes against hidden weight on a logarithmic scale for "
        f"{len(numbers['strengths'])} values of m; curves bend upward with m, simulated points lie "
        f"on them; a hidden weight of {numbers['hidden'][-1]:.1f} takes {ends}. Right: simulated "
        "minus continuous flip time follows the logarithm of the hyperbolic cosine up to "
        f"{numbers['excess'][-1]:.1f} steps."
    )
