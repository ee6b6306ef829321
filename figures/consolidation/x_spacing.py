"""Spaced repetition helps where forgetting slows down, and the best gap grows with the delay."""

import matplotlib.pyplot as plt

from figures.kit import BLACK, BLUE, GREEN, PAGE, VERMILION, label_panels

LOOKS = ((BLUE, "-", "o"), (GREEN, "--", "s"), (VERMILION, "-.", "^"))
PLACES = (1.6, 2.0, 0.3)  # of labels, over the best gap
COLUMNS = {
    "age": "steps since one event",
    "chain": "what a chain of eight beakers still shows of it",
    "exponential": "what an exponential of time constant 100 shows",
    "gap": "steps between two repetitions",
    "delay": "steps from the second repetition to the test",
    "retained": "retained over that of massed repetition, one column a delay",
    "stepped_gap": "gap, stepped chain",
    "stepped": "the same ratio in a stepped chain with a bound",
    "fine_delay": "delay, best gap",
    "best_gap": "best gap of the chain",
    "power_law": "best gap derived for the response 1/root(1 + t)",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.6), width_ratios=[1, 1.3, 1])
    ax = axes[0]
    ax.loglog(numbers["age"], numbers["chain"], color=VERMILION)
    ax.loglog(numbers["age"], numbers["exponential"], color=BLACK, linestyle=":")
    ax.text(1.5, 0.2, "beakers", color=VERMILION, fontsize=7)
    ax.text(25, 1.1, "exponential", fontsize=7)
    ax.set(xlabel="steps since one event", ylabel="retained", ylim=(3e-3, 2))
    ax = axes[1]
    for k, (color, style, marker) in enumerate(LOOKS):
        ax.semilogx(numbers["gap"], numbers["retained"][:, k], color=color, linestyle=style)
        ax.plot(numbers["stepped_gap"], numbers["stepped"][:, k], marker, color=color, markersize=3,
                linestyle="none")  # fmt: skip
        top = numbers["retained"][:, k].argmax()
        words = f"test after {numbers['delay'][k]:.0f}"
        x, y = PLACES[k] * numbers["gap"][top], numbers["retained"][top, k]
        ax.text(x, y + 0.02, words, color=color, fontsize=7)
    ax.axhline(1, color=BLACK, linewidth=0.8, linestyle=":")
    ax.text(1, 1.01, "massed", fontsize=7)
    ax.set(xlabel="gap between two repetitions", ylabel="retained over massed", ylim=(0.95, 2.0))
    ax = axes[2]
    ax.loglog(numbers["fine_delay"], numbers["best_gap"], color=VERMILION)
    ax.loglog(numbers["fine_delay"], numbers["power_law"], color=BLACK, linestyle="--")
    ax.text(22, 7, r"$1/\sqrt{1+t}$", fontsize=7)
    ax.text(6, 17, "beakers", color=VERMILION, fontsize=7)
    ax.set(xlabel="delay of the test", ylabel="best gap")
    label_panels(axes)
    return figure


def alt(numbers):
    told = ", ".join(
        f"{column.max():.2f} at a gap of {numbers['gap'][column.argmax()]:.0f} (test after {d:.0f})"
        for column, d in zip(numbers["retained"].T, numbers["delay"], strict=True)
    )
    return (
        "Left: a chain of beakers forgets along a straight line on logarithmic axes, an "
        "exponential drops. Middle: what two repetitions leave, over massed ones, has a maximum: "
        f"{told}; points of a stepped chain on the curves. Right: the best gap grows with the "
        f"delay, from {numbers['best_gap'][0]:.0f} to {numbers['best_gap'][-1]:.0f} steps."
    )
