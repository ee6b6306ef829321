r"""Measures of an accuracy matrix, by their definitions.

:math:`R_{ij}` is the accuracy on task j when task i was finished, T the number of tasks. Which
"forgetting" is meant differs between works; here the reference is always named.

==================== ===========================================================
`average_accuracy`   :math:`\tfrac1T \sum_j R_{Tj}`
`learning_accuracy`  :math:`\tfrac1T \sum_j R_{jj}`, plasticity
`backward_transfer`  :math:`\tfrac1{T-1} \sum_{j<T} (R_{Tj} - R_{jj})`
`forgetting`         :math:`\tfrac1{T-1} \sum_{j<T} (\max_{i<T} R_{ij} - R_{Tj})`
`forward_transfer`   :math:`\tfrac1{T-1} \sum_{j>1} (R_{j-1,j} - b_j)`
==================== ===========================================================

Backward and forward transfer: Lopez-Paz and Ranzato 2017; forgetting from the maximum: Chaudhry et
al. 2018. From the diagonal it is minus backward transfer, and never larger than from the maximum.
"""

from __future__ import annotations

import numpy as np

from theory import checks
from theory.door import door


def _matrix(matrix, least=1):
    matrix = checks.finite_array("matrix", matrix, ndim=2)
    rows, columns = matrix.shape
    if rows != columns or rows < least:
        raise ValueError(
            f"matrix has shape {matrix.shape}; accuracies after each task (rows) on each task "
            f"(columns) are needed, {least} or more tasks"
        )
    return matrix


@door
def average_accuracy(matrix: np.ndarray) -> float:
    """Return the mean accuracy on all tasks at the end. `matrix`: (tasks, tasks), as above."""
    return float(_matrix(matrix)[-1].mean())


@door
def learning_accuracy(matrix: np.ndarray) -> float:
    """Return the mean accuracy on each task just after it was learned."""
    return float(np.diagonal(_matrix(matrix)).mean())


@door
def backward_transfer(matrix: np.ndarray) -> float:
    """Return what later tasks add to earlier ones, negative where they are forgotten."""
    matrix = _matrix(matrix, least=2)
    return float((matrix[-1] - np.diagonal(matrix))[:-1].mean())


@door(reference="one of maximum, diagonal")
def forgetting(matrix: np.ndarray, reference: str = "maximum") -> float:
    """Return the mean loss of accuracy of all tasks but the last.

    Parameters
    ----------
    matrix : array_like, shape (tasks, tasks)
    reference : {"maximum", "diagonal"}
        Against the best accuracy before the last task was learned, at whatever time (also before
        the task's own turn), or against that just after the task.

    Examples
    --------
    A first task that falls from 0.9 to 0.6 while a second one is learned:

    >>> round(forgetting([[0.9, 0.5], [0.6, 0.8]]), 3)
    0.3
    """
    matrix = _matrix(matrix, least=2)
    if reference == "diagonal":
        return -backward_transfer(matrix)
    return float((matrix[:-1].max(axis=0) - matrix[-1])[:-1].mean())


@door
def forward_transfer(matrix: np.ndarray, untrained: np.ndarray) -> float:
    """Return forward transfer: accuracy on a task just before its turn, above an untrained network.

    Parameters
    ----------
    matrix : array_like, shape (tasks, tasks)
    untrained : array_like, shape (tasks,)
        Accuracies of the network before the first task.
    """
    matrix = _matrix(matrix, least=2)
    untrained = checks.finite_array("untrained", untrained, shape=(len(matrix),))
    return float((np.diagonal(matrix, offset=1) - untrained[1:]).mean())
