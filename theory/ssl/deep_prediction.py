r"""The linear theory laid over the spectrum of a deep encoder: one clock for all modes.

The theory follows the eigenvalues of a linear network in units of learning rate times iterations. A
deep encoder moves its representation through a kernel of its own; as far as that kernel is one
constant, the only thing unknown is how fast the theory's clock runs. That one number is fitted on
some epochs, the rest is prediction, and the shape of the spectrum is compared with it and with no
change at all.

Weight decay needs no other unknown under the cosine loss. It shrinks the square of each factor of
the weights by :math:`e^{-\delta}` an epoch, and the loss knows no length: with k factors the
spectrum is that of no decay, at a level that falls as :math:`e^{-k \delta e}`, on a clock that
runs ahead as :math:`e^{\delta e}`, since the relative gradient of a factor goes as one over its
square.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from theory.door import door
from theory.ssl.eigenspace import eigenvalue_trajectory
from theory.ssl.rates import relative_rate

CLOCKS = np.geomspace(1e-3, 30, 181)  # time of the theory an epoch


@dataclass(frozen=True, eq=False)
class DeepPrediction:
    """A spectrum predicted from one epoch on.

    Attributes
    ----------
    epochs : ndarray, shape (epochs,)
        From the first one on.
    eigenvalues : ndarray, shape (epochs, modes)
        Predicted; the first row is the measured one. The level is predicted where the loss leaves
        it to weight decay, the cosine loss; elsewhere the shape alone.
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


@door(first=">= 0", fitted=">= 1", decay=">= 0", factors=">= 1", measured="2d")
def predict_spectrum(
    measured: np.ndarray,
    first: int,
    fitted: int,
    *,
    smallest: float = 1e-8,
    decay: float = 0.0,
    factors: int = 1,
    **setting,
) -> DeepPrediction:
    r"""Predict measured eigenvalues from an epoch on, with the clock fitted on some epochs.

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
    decay : float
        :math:`\delta \ge 0`, by which weight decay shrinks the logarithm of a squared factor an
        epoch: two times decay, learning rate and steps, over one minus the momentum.
    factors : int
        k, of which the representation is a product and which decay: two where a scale that is
        trained stands before the last linear layer.
    **setting
        Of `eigenvalue_trajectory`: loss, variant, predictor, noise.

    Raises
    ------
    ValueError
        For weight decay with rates that know the length of the weights, as all but those of the
        cosine loss with a predictor that is divided by a norm.
    """
    measured = np.maximum(np.asarray(measured, float), smallest)
    if first + fitted >= len(measured):
        raise ValueError(
            f"first and fitted need {first + fitted + 1} rows of measured, not {len(measured)}"
        )
    rows = measured[first:]
    if decay:
        _check_scale_free(rows[0], setting)
    epochs = np.arange(len(rows))
    ahead = np.expm1(decay * epochs) / decay if decay else epochs
    # One integration for all clocks, read off on a logarithmic axis.
    times = np.append(0, np.geomspace(CLOCKS[0], CLOCKS[-1] * ahead[-1], 401))
    path = np.log10(eigenvalue_trajectory(rows[0], times, **setting))
    shape = _shape(np.log10(rows))

    def at(clock):
        wanted = np.log(np.maximum(clock * ahead, times[1]))
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
    best -= factors * decay * epochs[:, None] / np.log(10)
    still = np.tile(path[0], (len(rows), 1))
    return DeepPrediction(first + epochs, 10**best, clock, deviation(best), deviation(still))


def _check_scale_free(eigenvalues, setting):
    """Twice the eigenvalues must halve all relative rates."""
    rates = [relative_rate(factor * eigenvalues, **setting) for factor in (1, 2)]
    if not np.allclose(2 * rates[1], rates[0], rtol=1e-5, atol=1e-7 * np.abs(rates[0]).max()):
        raise ValueError(
            "decay must be 0 with this loss and predictor, whose rates know the length of the "
            "weights; take the cosine loss with a predictor divided by a norm"
        )


def _shape(logarithms):
    return logarithms - logarithms.mean(axis=1, keepdims=True)
