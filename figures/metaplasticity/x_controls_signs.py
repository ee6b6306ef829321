"""Which signs are held under each control, and how hidden weights grow."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLACK, BLUE, GREEN, ORANGE, PAGE, SKY, label_panels

COLUMNS = {
    "choice": "rule",
    "largest": "share of signs kept over three further tasks, quarter of the largest weights",
    "smallest": "share of signs kept, quarter of the smallest weights",
    "accuracy": "mean accuracy of four tasks at the end",
    "task": "tasks learned",
    "size": "mean size of the hidden weights of the second layer by task and rule",
}
LOOKS = (
    (BLACK, "x", ":"),
    (BLUE, "o", "-"),
    (SKY, "s", "--"),
    (GREEN, "^", ":"),
    (ORANGE, "v", "-."),
)


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.7), width_ratios=(1.25, 1))
    ax, rows = axes[0], np.arange(len(numbers["choice"]))
    for row, (color, marker, _) in zip(rows, LOOKS, strict=True):
        ends = numbers["smallest"][row], numbers["largest"][row]
        ax.plot(ends, [row, row], "-", color=color, linewidth=0.8)
        ax.plot(ends[0], row, marker, color=color, markerfacecolor="white")
        ax.plot(ends[1], row, marker, color=color)
        ax.text(1.03, row, f"{numbers['accuracy'][row]:.2f}", fontsize=7, va="center")
    ax.axvline(0.5, color="0.6", linewidth=0.8, linestyle=":")
    ax.text(1.03, -0.75, "accuracy", fontsize=6, color="0.4")
    ax.set(xlim=(0.45, 1.14), ylim=(len(rows) - 0.5, -1), xlabel="share of signs kept",
           xticks=(0.5, 0.6, 0.7, 0.8, 0.9, 1))  # fmt: skip
    ax.set_yticks(rows, numbers["choice"])
    ax.set_title("largest quarter (filled), smallest (open)")
    for k, (color, marker, style) in enumerate(LOOKS):
        axes[1].plot(numbers["task"], numbers["size"][:, k], color=color, marker=marker,
                     linestyle=style, markersize=4, label=numbers["choice"][k])  # fmt: skip
    axes[1].set(xlabel="tasks learned", ylabel=r"mean $|W|$, second layer", xticks=numbers["task"])
    axes[1].set_title("the ratchet")
    axes[1].legend(loc="upper left", fontsize=6)
    label_panels(axes)
    return figure


def alt(numbers):
    words = "; ".join(
        f"{name}: {high:.2f} and {low:.2f}, accuracy {accuracy:.2f}"
        for name, high, low, accuracy in zip(
            numbers["choice"], numbers["largest"], numbers["smallest"], numbers["accuracy"],
            strict=True,
        )
    )  # fmt: skip
    grown = ", ".join(
        f"{name} {last / first:.1f}"
        for name, first, last in zip(
            numbers["choice"], numbers["size"][0], numbers["size"][-1], strict=True
        )
    )
    return (
        "Left: share of the signs that the first task left and that three more tasks keep, of the "
        f"largest and the smallest quarter of the weights. {words}. Right: mean size of hidden "
        f"weights against tasks learned; from first to last it grows by a factor of {grown}."
    )
