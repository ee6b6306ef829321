"""Best training error of a hard clip and of its holomorphic twin with two and four points."""

import matplotlib.pyplot as plt
import numpy as np

from figures.holo_ep._look import THEIRS, look_of
from figures.kit import BLACK, PAGE

COLUMNS = {
    "kind": "activation and number of points, one a bar",
    "points": "number of points N, one a bar",
    "error": "best training error (%) on digits, one column a seed",
    "authors": "best training error (%), authors, CIFAR-10",
    "authors_two_sigma": "twice its standard deviation over seeds",
}


def draw(numbers):
    error = numbers["error"]
    middle = np.arange(len(error))
    figure, ax = plt.subplots(figsize=(PAGE, 2.7))
    for k, values in enumerate(error):
        ax.bar(
            k - 0.2, values.mean(), 0.36, color=look_of(numbers["points"][k])[0], alpha=0.85,
            hatch="" if "soft" in numbers["kind"][k] else "//", edgecolor="white", capsize=3,
            yerr=2 * values.std(ddof=1),
        )  # fmt: skip
        ax.plot(np.linspace(k - 0.3, k - 0.1, len(values)), values, ".", color=BLACK, markersize=4)
    ax.bar(
        middle + 0.2, numbers["authors"], 0.36, facecolor="none", edgecolor=THEIRS, capsize=3,
        yerr=numbers["authors_two_sigma"], error_kw={"ecolor": THEIRS},
    )  # fmt: skip
    place = 1.2, numbers["authors"][1] + 1.2
    ax.text(*place, "authors,\nCIFAR-10", ha="center", fontsize=7, color=THEIRS)
    ax.set(
        xticks=middle, xticklabels=numbers["kind"], ylabel="best training error (per cent)",
        ylim=(0, None), title="bars: two deviations; dots: seeds",
    )  # fmt: skip
    return figure


def alt(numbers):
    ours, theirs = numbers["error"].mean(axis=1), numbers["authors"]
    return (
        "Bars of the best training error of three deep networks on digits, four seeds as dots: "
        f"{ours[0]:.0f} per cent with the hard clip, {ours[1]:.0f} with the soft clip and two "
        f"points, {ours[2]:.0f} with four. Beside them the authors' bars on CIFAR-10, where four "
        f"points are better than two: {theirs[0]:.0f}, {theirs[1]:.0f} and {theirs[2]:.0f}."
    )
