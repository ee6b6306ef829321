"""Curves of the paper's own size, thin, beside those of a figure at laptop size."""

import numpy as np

THIN = {"linewidth": 0.7, "alpha": 0.9, "zorder": 1.5}


def mean_curves(stored, conditions):
    """Return epochs (n,) and accuracies (n, conditions, tasks), mean of seeds."""
    runs = [stored.of(condition) for condition in conditions]
    curves = [np.mean([run.curves for run in one], axis=0) for one in runs]
    return runs[0][0].epochs, np.stack(curves, axis=1)


def stretched(ax, epochs, last):
    """Return epochs of full size on the axis of a laptop training of the same tasks.

    The axis above tells them; `last` is the last epoch of the laptop training.
    """
    scale = last / epochs
    above = ax.secondary_xaxis("top", functions=(lambda x: x / scale, lambda x: x * scale))
    above.set_xticks(np.linspace(0, epochs, 5))
    above.tick_params(labelsize=6, colors="0.4")
    return scale
