"""Accuracies by learning rule against that of symmetric weights, published and ours."""

import matplotlib.pyplot as plt
import numpy as np

from figures.holo_ep._look import THEIRS
from figures.kit import BLUE, PAGE, label_panels

COLUMNS = {
    "rule": "learning rule, in words",
    "ours": "best test accuracy (%) on digits, one column a seed",
    "unsettled": "samples unsettled in training (%)",
    "cifar10": "published accuracy (%) on CIFAR-10, nan where it is UNKNOWN",
    "cifar100": "published accuracy (%) on CIFAR-100",
    "imagenet32": "published accuracy (%) on 32 x 32 ImageNet",
}
SETS = (
    ("cifar10", "CIFAR-10", "s"),
    ("cifar100", "CIFAR-100", "^"),
    ("imagenet32", "ImageNet 32", "D"),
)
REFERENCE = -1  # symmetric weights: the one rule that is known for every set


def draw(numbers):
    places = np.arange(len(numbers["rule"]))[::-1]
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.6), sharey=True, width_ratios=(1.5, 1))
    for name, label, marker in SETS:
        gap = numbers[name] - numbers[name][REFERENCE]
        axes[0].plot(gap, places, marker, color=THEIRS, fillstyle="none", markersize=5, label=label)
    ours = numbers["ours"]
    gap = ours - ours[REFERENCE].mean()
    axes[1].plot(
        gap.ravel(), np.repeat(places, ours.shape[1]), ".", color=BLUE, markersize=4, alpha=0.6
    )
    axes[1].errorbar(
        gap.mean(axis=1), places, xerr=ours.std(axis=1, ddof=1), fmt="o", color=BLUE, markersize=5,
        capsize=2,
    )  # fmt: skip
    for ax in axes:
        ax.axvline(0, color="0.7", linewidth=0.7, zorder=0)
    for y, share in zip(places, numbers["unsettled"], strict=True):
        axes[1].text(1.9 * gap.max(), y, f"{share:.0f} %", fontsize=6.5, va="center", ha="right")
    axes[1].text(1.9 * gap.max(), places[0] + 0.6, "unsettled", fontsize=6.5, ha="right")
    axes[0].set(
        yticks=places, yticklabels=numbers["rule"], title="published: four layers",
        xlabel="accuracy minus that of symmetric weights (points)", ylim=(-0.5, len(places)),
    )  # fmt: skip
    axes[0].legend(loc="lower left")
    axes[1].set(
        title="ours: digits, two layers", xlabel="the same difference (points)",
        xlim=(1.2 * gap.min(), 2 * gap.max()),
    )  # fmt: skip
    label_panels(axes)
    return figure


def alt(numbers):
    rules, ours = list(numbers["rule"]), numbers["ours"].mean(axis=1)
    told = ", ".join(
        f"{_plain(rule)} {our:.1f} ({'UNKNOWN' if np.isnan(theirs) else f'{theirs:.1f}'})"
        for rule, our, theirs in zip(rules, ours, numbers["cifar10"], strict=True)
    )
    return (
        "Dot plot of six learning rules, accuracy against that of symmetric weights: published on "
        "three image sets, partly unknown, and ours on digits with three seeds each. Ours, in "
        f"brackets the published ones on CIFAR-10, in per cent: {told}. Published, the network "
        "without homeostasis falls far behind; here all rules lie within "
        f"{ours.max() - ours.min():.0f} points."
    )


def _plain(rule):
    return (
        rule.replace("$", "")
        .replace("\\mathcal{L}_{homeo}", "homeostasis")
        .replace("\\beta", "nudge")
    )
