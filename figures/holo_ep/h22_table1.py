"""Test and training error of four rules, without and with noisy neurons, beside the authors'."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLUE, ORANGE, PAGE, label_panels

COLUMNS = {"rule": "learning rule, in words"}
for _kind, _words in (("clean", "without noise"), ("noisy", "with noisy neurons")):
    for _part in ("test", "train"):
        COLUMNS |= {
            f"{_kind}_{_part}": f"best {_part} error (%) {_words}, digits, one column a seed",
            f"{_kind}_{_part}_authors": f"best {_part} error (%) {_words}, authors, MNIST",
        }
PARTS = (("test", BLUE, "o", 0.2), ("train", ORANGE, "s", -0.2))


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.8), sharey=True)
    rows = np.arange(len(numbers["rule"]))[::-1]
    for ax, kind in zip(axes, ("clean", "noisy"), strict=True):
        for part, color, marker, shift in PARTS:
            errors = numbers[f"{kind}_{part}"]
            mean, spread = errors.mean(axis=1), errors.std(axis=1, ddof=1)
            ax.errorbar(
                mean, rows + shift, xerr=spread, fmt=marker, color=color, markersize=5, capsize=2
            )
            theirs = numbers[f"{kind}_{part}_authors"]
            ax.plot(
                theirs, rows + shift / 3, marker, markerfacecolor="none", color=color, markersize=4
            )
        ax.set(
            xscale="log", xlim=(0.012, 150), xlabel="images misclassified (per cent)",
            xticks=(0.1, 1, 10, 100), xticklabels=("0.1", "1", "10", "100"),
        )  # fmt: skip
    axes[0].set(yticks=rows, yticklabels=numbers["rule"], ylim=(-0.6, 3.6), title="without noise")
    axes[1].set(title="noisy neurons")
    told = "circles: test\nsquares: training\nopen: authors, MNIST"
    axes[1].text(0.02, 2.95, told, fontsize=7, va="center")
    label_panels(axes)
    return figure


def alt(numbers):
    quiet, loud = numbers["clean_test"].mean(axis=1), numbers["noisy_test"].mean(axis=1)
    rows = "; ".join(
        f"{rule.replace('$', '')} {before:.1f} and {after:.1f}"
        for rule, before, after in zip(numbers["rule"], quiet, loud, strict=True)
    )
    return (
        "Two panels of test and training errors for four rules, with the authors' values on MNIST "
        f"as open markers. Mean test errors in per cent, without and with noise: {rows}. Only the "
        "classic rule with the small nudge stays near chance under noise."
    )
