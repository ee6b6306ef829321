"""Densities of hidden weights carried along by a pull, without and with metaplasticity."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLACK, BLUE, PAGE, VERMILION, label_panels

TOP = 0.25  # of the density axis; the peak of free weights is cut
COLUMNS = {
    "strengths": "metaplasticity m, one a panel",
    "times": "steps under the pull",
    "edges": "edges of the bins of the hidden weight",
    "histogram": "simulated density, bins by m by time",
    "density": "transported density, mean over each bin, bins by m by time",
    "front": "hidden weights below it have flipped, last m, last time",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.8), sharey=True)
    edges = numbers["edges"]
    centres = (edges[1:] + edges[:-1]) / 2
    for k, (ax, m) in enumerate(zip(axes, numbers["strengths"], strict=True)):
        for t, color in enumerate((BLACK, BLUE, VERMILION)):
            ax.fill_between(centres, np.minimum(numbers["histogram"][:, k, t], TOP), step="mid",
                            color=color, alpha=0.25, linewidth=0)  # fmt: skip
            ax.plot(centres, numbers["density"][:, k, t], color=color, linewidth=1, linestyle="-")
        ax.set(xlabel="hidden weight", title=f"$m = {m:g}$", ylim=(0, TOP), xlim=(-14, 4.2))
    front = numbers["front"]
    axes[1].axvline(front, color=VERMILION, linestyle=":", linewidth=1)
    axes[1].text(front - 0.2, 0.235, "front", color=VERMILION, fontsize=7, ha="right", va="top")
    axes[0].set_ylabel("density")
    for now, y, color in zip(numbers["times"], (0.215, 0.19, 0.165), (BLACK, BLUE, VERMILION),
                             strict=True):  # fmt: skip
        axes[0].text(-13.7, y, f"step {now}", color=color, fontsize=7)
    peak = numbers["histogram"][:, 0, 0].max()
    axes[0].text(-9, 0.19, f"filled: simulated\nlines: transported\npeak, cut here: {peak:.1f}",
                 fontsize=6, va="center")  # fmt: skip
    label_panels(axes)
    return figure


def alt(numbers):
    edges, last = numbers["edges"], numbers["histogram"][:, :, -1]
    positive = np.diff(edges)[:, None] * last * (edges[:-1, None] >= -1e-9)
    left = positive.sum(axis=0)
    return (
        f"Densities of hidden weights at {len(numbers['times'])} times under a pull to the left. "
        f"Without metaplasticity everything moves left at one speed; after {numbers['times'][-1]} "
        f"steps {100 * left[0]:.0f} percent are positive. With metaplasticity {100 * left[1]:.0f} "
        f"percent still are: the positive shoulder stays beyond a front at {numbers['front']:.1f}, "
        "while the rest moves left. Curves lie on the histograms."
    )
