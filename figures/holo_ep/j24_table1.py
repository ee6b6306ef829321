"""Test error by the error that trains: one point fails at the large nudge."""

import matplotlib.pyplot as plt
import numpy as np

from figures.holo_ep._look import THEIRS, look_of
from figures.kit import BLACK, PAGE, VERMILION, label_panels

COLUMNS = {
    "points": "number of points N, 0 where no contour is used",
    "rule": "what trains, in words",
    "error": "best test error (%) on digits, one column a seed",
    "published": "published error (%) on Fashion-MNIST, nan where it is UNKNOWN",
    "unsettled": "samples unsettled in training (%), nan where there is no free phase",
}


def draw(numbers):
    places = np.arange(len(numbers["rule"]))[::-1]
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 3.3), sharey=True, width_ratios=(3, 1))
    ax = axes[0]
    for k, y in enumerate(places):
        color, marker = _look(numbers, k)
        error = numbers["error"][k]
        ax.plot(error, np.full(len(error), y), ".", color=color, markersize=4, alpha=0.6)
        ax.errorbar(
            error.mean(),
            y,
            xerr=error.std(ddof=1),
            fmt=marker,
            color=color,
            markersize=5,
            capsize=2,
        )
        axes[1].plot([0, numbers["unsettled"][k]], [y, y], "-", color=color, linewidth=4)
    ax.plot(numbers["published"], places, "s", color=THEIRS, markersize=6, fillstyle="none")
    ax.set(
        yticks=places, yticklabels=numbers["rule"], xlim=(0, None), xlabel="best error (%)",
        title="ours: digits, unfinished training",
    )  # fmt: skip
    told = (
        "filled: ours, mean and deviation;\ndots: seeds; open: published,\n"
        "Fashion-MNIST, 50 epochs;\nothers UNKNOWN"
    )
    ax.text(0.01, 0.98, told, transform=ax.transAxes, va="top", fontsize=6.5, color="0.3")
    axes[1].set(xlabel="unsettled in training (%)", title="free phases", xlim=(0, None))
    label_panels(axes)
    return figure


def alt(numbers):
    mean = numbers["error"].mean(axis=1)
    known = np.isfinite(numbers["published"])
    told = ", ".join(
        f"{rule} {m:.0f} (published {p:.1f})"
        for rule, m, p in zip(
            _plain(numbers["rule"][known]), mean[known], numbers["published"][known], strict=True
        )
    )
    one = numbers["points"] == 1
    return (
        "Dot plot of the best test error of eleven rules on digits, beside four published errors "
        f"on another task: {told} per cent. One point ends at {mean[one].min():.0f} to "
        f"{mean[one].max():.0f} per cent, all others between {mean[~one].min():.0f} and "
        f"{mean[~one].max():.0f}. Bars: {np.nanmin(numbers['unsettled']):.0f} to "
        f"{np.nanmax(numbers['unsettled']):.0f} per cent of the samples do not settle in training."
    )


def _look(numbers, k):
    if numbers["points"][k]:
        return look_of(numbers["points"][k])
    return (BLACK, "o") if numbers["rule"][k] == "back-propagation" else (VERMILION, "D")


def _plain(rules):
    return [rule.replace("$", "").replace("\\beta", "nudge").replace("|", "") for rule in rules]
