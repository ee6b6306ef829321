"""The homeostatic gradient is weight matching, weight decay or neither, by the kind of wiring."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLACK, BLUE, GREEN, ORANGE, PAGE, VERMILION, label_panels

KINDS = {"reciprocal": "reciprocal", "loop": "loop", "pooling": "soft pooling"}
COLUMNS = {"step": "steps of descent"}
for _kind, _title in KINDS.items():
    COLUMNS |= {
        f"{_kind}_gradient": f"homeostatic gradient, {_title}, one entry a weight",
        f"{_kind}_matching": "gradient of half the squared difference of partners, same weights",
        f"{_kind}_decay": "gradient of half the squared norm, same weights",
        f"{_kind}_loss": "homeostatic loss over its start",
        f"{_kind}_norm": "norm of the weights over its start",
    }
    if _kind != "loop":  # there is no partner to compare with
        COLUMNS[f"{_kind}_angle"] = "angle of both ways (degrees)"
PENALTIES = (("matching", BLUE, "o", 0.95), ("decay", ORANGE, "^", 0.85))
CURVES = (("loss", BLACK, "-", 1), ("norm", GREEN, "--", 1), ("angle", VERMILION, ":", 90))


def draw(numbers):
    figure, axes = plt.subplots(2, 3, figsize=(PAGE, 4.6))
    for top, bottom, (kind, title) in zip(*axes, KINDS.items(), strict=True):
        pull = numbers[f"{kind}_gradient"]
        span = np.array([-1.1, 1.1]) * np.abs(pull).max()
        top.plot(span, span, "-", color=BLACK, linewidth=0.6, zorder=0)
        for name, color, marker, height in PENALTIES:
            values = numbers[f"{kind}_{name}"]
            scaled = values * (pull @ values / (values @ values))
            top.plot(
                scaled, pull, marker, color=color, markersize=2.6, fillstyle="none",
                markeredgewidth=0.6,
            )  # fmt: skip
            told = f"{name}: cosine {_cosine(pull, values):.2f}"
            top.text(0.04, height, told, color=color, transform=top.transAxes, fontsize=6.5)
        top.set(xlim=span, ylim=span, xlabel="gradient of a penalty, scaled", title=title)
        for name, color, line, whole in CURVES:
            if f"{kind}_{name}" in numbers:
                bottom.plot(numbers["step"], numbers[f"{kind}_{name}"] / whole, line, color=color)
        bottom.set(xlabel="step of descent", ylim=(0, 1.05))
    axes[0, 0].set_ylabel("homeostatic gradient")
    axes[1, 0].set_ylabel("share of the start")
    told = (
        ("loss", BLACK, 0.95),
        ("norm of the weights", GREEN, 0.87),
        ("angle / 90°", VERMILION, 0.79),
    )
    for text, color, height in told:
        axes[1, 1].text(196, height, text, color=color, ha="right", va="top", fontsize=7)
    label_panels(axes)
    return figure


def alt(numbers):
    pooled = [
        _cosine(numbers["pooling_gradient"], numbers[f"pooling_{p}"]) for p in ("matching", "decay")
    ]
    return (
        "Top: the homeostatic gradient against the gradients of weight matching and of weight "
        "decay. In a reciprocal network it equals the first, in a loop the second, with soft "
        f"pooling neither: cosines {pooled[0]:.2f} and {pooled[1]:.2f}. Bottom: loss, norm of the "
        "weights and angle under homeostasis alone. The reciprocal network becomes symmetric and "
        f"keeps {100 * numbers['reciprocal_norm'][-1]:.0f} per cent of its norm, the loop "
        f"{100 * numbers['loop_norm'][-1]:.1g}; the soft-pooling network is left with "
        f"{100 * numbers['pooling_loss'][-1]:.0f} per cent of its loss while its kernels stay "
        f"{numbers['pooling_angle'][-1]:.0f} degrees apart."
    )


def _cosine(a, b):
    return a @ b / np.sqrt((a @ a) * (b @ b))
