r"""The linear theory laid over the spectrum of a deep encoder: one clock for all modes.

The theory follows the eigenvalues of a linear network in units of learning rate times iterations. A
deep encoder moves its representation through a kernel of its own; as far as that kernel is one
constant, the only thing unknown is how fast the theory's clock runs. That one number is fitted on
some epochs, the rest is prediction, and the shape of the spectrum is compared with it and with no
change at all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from theory import checks
from theory.ssl.eigenspace import eigenvalue_trajectory

CLOCKS = np.geomspace(1e-3, 30, 181)  # time of the theory an epoch


@dataclass(frozen=True, eq=False)
class DeepPrediction:
    """A spectrum predicted from one epoch on.

    Attributes
    ----------
    epochs : ndarray, shape (epochs,)
        From the first one on.
    eigenvalues : ndarray, shape (epochs, modes)
        Predicted; the first row is the measured one.
    clock : float
        Time of the theory an epoch; the smallest of `CLOCKS` where any motion makes it worse.
    error, unchanged : ndarray, shape (epochs,)
        Root mean square over modes of the difference of log10 of the eigenvalues from the measured
        ones, each spectrum relative to its geometric mean: of the prediction, and of the first
        spectrum kept as it is.
    """

    epochs: np.ndarray
    eigenvalues: np.ndarray
    clock: float
    error: np.ndarray
    unchanged: np.ndarray


def predict_spectrum(
    measured: np.ndarray, first: int, fitted: int, *, smallest: float = 1e-8, **setting
) -> DeepPrediction:
    """Predict measured eigenvalues from an epoch on, with the clock fitted on some epochs.

    Parameters
    ----------
    measured : array_like, shape (epochs, modes)
        Eigenvalues of the representation, one row an epoch.
    first : int
        Row from which the theory starts.
    fitted : int
        Number of rows after it on which the clock is fitted.
    smallest : float
        Smaller eigenvalues are lifted to it: single precision knows no better.
    **setting
        Of `eigenvalue_trajectory`: loss, variant, predictor, noise.
    """
    measured = np.maximum(checks.finite_array("measured", measured, ndim=2), smallest)
    first = checks.integer_at_least("first", first, 0)
    fitted = checks.integer_at_least("fitted", fitted, 1)
    if first + fitted >= len(measured):
        raise ValueError(
            f"first and fitted need {first + fitted + 1} rows of measured, not {len(measured)}"
        )
    rows = measured[first:]
    epochs = np.arange(len(rows))
    # One integration for all clocks, read off on a logarithmic axis.
    times = np.append(0, np.geomspace(CLOCKS[0], CLOCKS[-1] * epochs[-1], 401))
    path = np.log10(eigenvalue_trajectory(rows[0], times, **setting))
    shape = _shape(np.log10(rows))

    def at(clock):
        wanted = np.log(np.maximum(clock * epochs, times[1]))
        found = np.stack(
            [np.interp(wanted, np.log(times[1:]), mode) for mode in path[1:].T], axis=1
        )
        found[0] = path[0]
        return found

    def deviation(table):
        return np.sqrt(np.mean((_shape(table) - shape) ** 2, axis=1))

    costs = [deviation(at(clock))[1 : fitted + 1].mean() for clock in CLOCKS]
    clock = CLOCKS[np.argmin(costs)]
    best = at(clock)
    still = np.tile(path[0], (len(rows), 1))
    return DeepPrediction(first + epochs, 10**best, clock, deviation(best), deviation(still))


def _shape(logarithms):
    return logarithms - logarithms.mean(axis=1, keepdims=True)
