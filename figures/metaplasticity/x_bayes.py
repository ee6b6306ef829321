"""The factor as the uncertainty of a binary weight, and why only its asymmetry protects."""

import matplotlib.pyplot as plt

from figures.kit import BLACK, BLUE, GREEN, ORANGE, PAGE, label_panels

RULES = {
    "plain": ("plain, $m = 0$", BLACK, "s"),
    "symmetric": ("symmetric factor", ORANGE, "D"),
    "published": ("published rule", BLUE, "o"),
}
COLUMNS = {
    "steps": "steps on the second task, simulated points",
    **{name: f"fraction that keeps A's sign, {rule[0]}" for name, rule in RULES.items()},
    "fine": "steps on the second task, curves",
    "without": "retention without metaplasticity, theory",
    "with_m": "retention of the published rule, theory",
    "hidden": "scaled hidden weight",
    "mean": "mean of the binary weight",
    "factor": "metaplastic factor",
    "drawn_mean": "mean of signs drawn from the belief",
    "drawn_variance": "variance of signs drawn from the belief",
    "trace": "what a step outward and one back leave, over the step, published rule",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.8))
    ax, x = axes[0], numbers["hidden"]
    ax.plot(x, numbers["mean"], color=GREEN, linestyle="--", linewidth=1)
    ax.plot(x, numbers["factor"], color=BLUE, linestyle="-", linewidth=1)
    ax.plot(x, numbers["drawn_mean"], "^", color=GREEN, markersize=4)
    ax.plot(x, numbers["drawn_variance"], "o", color=BLUE, markersize=4)
    ax.plot(x, numbers["trace"], color=ORANGE, linestyle=":", linewidth=1.6)
    ax.text(1.25, 0.95, "mean", color=GREEN, fontsize=7, ha="right")
    ax.text(1.62, 0.2, "variance, the factor", color=BLUE, fontsize=7)
    ax.text(1.35, 0.62, "left by evidence\nfor and against", color="#B07800", fontsize=7)
    ax.set(xlabel="scaled hidden weight $mW$", title="belief in a binary weight", ylim=(0, 1.05))
    ax = axes[1]
    ax.semilogx(numbers["fine"], numbers["without"], color=BLACK, linewidth=1, linestyle="-")
    ax.semilogx(numbers["fine"], numbers["with_m"], color=BLUE, linewidth=1, linestyle="-")
    for name, (label, color, marker) in RULES.items():
        shown = numbers["steps"] > 0
        face = "none" if name == "plain" else color
        ax.semilogx(numbers["steps"][shown], numbers[name][shown], marker, color=color,
                    markersize=5, label=label, markerfacecolor=face)  # fmt: skip
    ax.legend(loc="lower left")
    ax.set(xlabel="steps on task B", ylabel="keeps A's sign", title="lines: theory",
           ylim=(0.45, 1.03))  # fmt: skip
    label_panels(axes)
    return figure


def alt(numbers):
    plain, symmetric, published = (numbers[name][-1] for name in RULES)
    return (
        "Left: mean and variance of a binary weight against its scaled hidden weight; values from "
        "drawn signs lie on the hyperbolic tangent and on the metaplastic factor. A dotted curve, "
        "what a step outward and a step back leave, rises from 0 to "
        f"{numbers['trace'].max():.2f} of the step. Right: retention of a first task. Points of "
        "the symmetric factor lie on the curve without metaplasticity, those of the published rule "
        f"on a higher one; at the last time {symmetric:.3f}, {plain:.3f} without any factor and "
        f"{published:.3f} with the published rule."
    )
