"""No strength of metaplasticity beats plain training that is stopped in time."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLACK, BLUE, GREEN, PAGE, VERMILION, label_panels

LOOKS = ((VERMILION, "--", "s"), (BLUE, "-", "o"), (GREEN, "-.", "^"))  # one a duration
COLUMNS = {
    "durations": "steps on the second task",
    "recall": "recall of the first task along rising m, one column a duration",
    "acquisition": "acquisition of the second task along rising m, one column a duration",
    "marked": "the m of the simulated points",
    "measured_recall": "simulated recall, one row an m, one column a duration",
    "measured_acquisition": "simulated acquisition, one row an m, one column a duration",
    "early_recall": "recall of plain training stopped early, along its time",
    "early_acquisition": "acquisition of plain training stopped early",
    "level": "acquisition at which recalls are compared",
    "price": "recall of plain training stopped early minus that with metaplasticity, by duration",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.9))
    ax = axes[0]
    ax.plot(numbers["early_recall"], numbers["early_acquisition"], color=BLACK, linestyle=":")
    for k, (color, style, marker) in enumerate(LOOKS):
        ax.plot(numbers["recall"][:, k], numbers["acquisition"][:, k], color=color, linestyle=style,
                linewidth=0.9)  # fmt: skip
        ax.plot(numbers["measured_recall"][:, k], numbers["measured_acquisition"][:, k], marker,
                color=color, markersize=3.5)  # fmt: skip
        ax.text(0.5, 0.79 - 0.045 * k, f"{numbers['durations'][k]} steps on B", color=color,
                fontsize=7)  # fmt: skip
    ax.text(0.5, 0.655, "dotted: $m = 0$, stopped early", fontsize=7)
    for row, place in ((0, (-2, 5)), (-1, (-28, -11))):
        spot = numbers["measured_recall"][row, -1], numbers["measured_acquisition"][row, -1]
        ax.annotate(f"$m = {numbers['marked'][row]:g}$", spot, place, textcoords="offset points",
                    fontsize=7)  # fmt: skip
    ax.set(xlabel="recall of A", ylabel="acquisition of B", xlim=(0.48, 1.02), ylim=(0.64, 1.04))
    ax = axes[1]
    for k, (color, style, _) in enumerate(LOOKS):
        ax.plot(numbers["level"], numbers["price"][:, k], color=color, linestyle=style)
    ax.axhline(0, color=BLACK, linewidth=0.8, linestyle="-")
    ax.set(xlabel="acquisition of B", ylabel="recall lost against early stopping",
           title="above zero: $m$ is worse", ylim=(-0.012, 0.06))  # fmt: skip
    label_panels(axes)
    return figure


def alt(numbers):
    price = numbers["price"]
    told = ", ".join(
        f"{most:.3f} at {t} steps"
        for t, most in zip(numbers["durations"], np.nanmax(price, axis=0), strict=True)
    )
    return (
        "Left: acquisition of task B against recall of task A along varying m for "
        f"{price.shape[1]} durations of B. The curves nearly coincide and fall from upper left, no "
        "metaplasticity, to lower right, strong metaplasticity; simulated points lie on them. A "
        "dotted curve, plain training stopped early, runs slightly above. Right: recall that "
        "metaplasticity loses against early stopping at the same acquisition; it is never below "
        f"{np.nanmin(price):.3f} and at most {told}."
    )
