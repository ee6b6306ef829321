"""Test error against that of the exact derivative: one point fails at the large nudge."""

import matplotlib.pyplot as plt
import numpy as np

from figures.holo_ep._look import THEIRS, look_of
from figures.kit import BLACK, PAGE

COLUMNS = {
    "points": "number of points N, 0 where no contour is compared",
    "rule": "what trains, in words",
    "difference": "best test error minus the exact derivative's, same seed (points), rule by seed",
    "derivative": "best test error (%) of the exact derivative, one a seed",
    "unsettled": "samples unsettled in training (%)",
    "published": "published error minus the derivative's (points), nan where UNKNOWN",
}


def draw(numbers):
    places = np.arange(len(numbers["rule"]))[::-1]
    figure, ax = plt.subplots(figsize=(PAGE, 3.2))
    for k, y in enumerate(places):
        points = numbers["points"][k]
        color, marker = look_of(points) if points else (BLACK, "o")
        gap = numbers["difference"][k]
        ax.plot(gap, np.full(len(gap), y + 0.18), ".", color=color, markersize=4, alpha=0.6)
        error = gap.std(ddof=1) / np.sqrt(len(gap))
        ax.errorbar(gap.mean(), y - 0.12, xerr=error, fmt=marker, color=color, markersize=5,
                    capsize=2)  # fmt: skip
    ax.plot(numbers["published"], places - 0.12, "s", color=THEIRS, markersize=6, fillstyle="none")
    ax.axvline(0, color="0.7", linewidth=0.7, zorder=0)
    ax.set(
        yticks=places, yticklabels=numbers["rule"], ylim=(-0.6, len(places) - 0.3),
        xlabel="best test error minus that of the exact derivative (points)",
        title=f"exact derivative: {numbers['derivative'].mean():.1f} % on digits",
    )  # fmt: skip
    told = (
        "filled: mean of pairs of equal seeds\nand its standard error; dots: seeds\n"
        "open: published, Fashion-MNIST;\nothers UNKNOWN"
    )
    ax.text(0.98, 0.5, told, transform=ax.transAxes, va="center", ha="right", fontsize=7)
    return figure


def alt(numbers):
    mean = numbers["difference"].mean(axis=1)
    known = np.isfinite(numbers["published"])
    told = ", ".join(
        f"{rule} {m:+.1f} (published {p:+.1f})"
        for rule, m, p in zip(
            _plain(numbers["rule"][known]), mean[known], numbers["published"][known], strict=True
        )
    )
    one = numbers["points"] == 1
    small, large = mean[one]
    return (
        "Differences of the best test error to that of the exact derivative on digits, which is "
        f"{numbers['derivative'].mean():.1f} per cent, pairs of equal seeds, in points: {told}. "
        f"One point loses {large:.1f} at the large nudge and {small:.1f} at the small one; all "
        f"other rules lie between {mean[~one].min():+.1f} and {mean[~one].max():+.1f}."
    )


def _plain(rules):
    return [rule.replace("$", "").replace("\\beta", "nudge").replace("|", "") for rule in rules]
