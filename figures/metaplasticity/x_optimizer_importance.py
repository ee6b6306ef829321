"""Cost of a flip against hidden weight under plain descent, noiseless Adam and noisy Adam."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLACK, BLUE, GREEN, ORANGE, PAGE, label_panels

CASES = (("sgd", "SGD", BLUE), ("adam", "Adam, no noise", ORANGE), ("noisy", "Adam, noise", GREEN))
COLUMNS = {
    "noise": "standard deviation of the gradient noise in the third panel",
    **{f"speed_{name}": f"consolidated weights: |W| / (learning rate x steps), {title}"
       for name, title, _ in CASES},
    **{f"cost_{name}": f"consolidated weights: cost of a flip, mean over time, {title}"
       for name, title, _ in CASES},
    "line_sgd": "|W| / (learning rate x steps) of the predicted line, SGD",
    "line_noisy": "the same, Adam with noise",
    "predicted_sgd": "predicted cost of a flip, SGD",
    "predicted_noisy": "predicted cost of a flip, Adam with noise",
}  # fmt: skip


def draw(numbers):
    figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.6), sharey=True)
    for ax, (name, title, color) in zip(axes, CASES, strict=True):
        speed, cost = numbers[f"speed_{name}"], numbers[f"cost_{name}"]
        ax.plot(speed, cost, "o", color=color, markersize=2.5)
        ax.text(0.05, 0.93, f"correlation {np.corrcoef(speed, cost)[0, 1]:.2f}", fontsize=7,
                transform=ax.transAxes)  # fmt: skip
        title = f"{title} {numbers['noise']:g}" if name == "noisy" else title
        ax.set(title=title, xlabel=r"$|W|/(\eta T)$")
        if name != "adam":
            ax.plot(numbers[f"line_{name}"], numbers[f"predicted_{name}"], color=BLACK, linewidth=1,
                    linestyle="-")  # fmt: skip
    for ax in axes[1:]:
        ax.set_xlim(0, 1.05)
    axes[0].set(ylabel="cost of a flip, mean over time", ylim=(30, 200))
    label_panels(axes)
    return figure


def alt(numbers):
    sgd, adam, noisy = (
        np.corrcoef(numbers[f"speed_{name}"], numbers[f"cost_{name}"])[0, 1] for name, _, _ in CASES
    )
    at_end = np.mean(numbers["speed_adam"] > 0.95)
    return (
        "Cost of a flip against hidden weight per step for consolidated weights. Under plain "
        f"descent a straight line, correlation {sgd:.2f}; under Adam without noise "
        f"{100 * at_end:.0f} percent of the weights sit above 0.95 of the largest speed whatever "
        f"their cost, correlation {adam:.2f}; under Adam with noise a curve that bends upward, on "
        f"the predicted line, correlation {noisy:.2f}."
    )
