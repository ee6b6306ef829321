"""Measures of an accuracy matrix against sums written out by hand."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from theory.continual import SequenceRun
from theory.continual.metrics import (
    average_accuracy,
    backward_transfer,
    forgetting,
    forward_transfer,
    learning_accuracy,
)

MATRIX = [[0.9, 0.2, 0.1], [0.6, 0.8, 0.3], [0.7, 0.5, 0.9]]


def test_three_tasks_by_hand():
    assert average_accuracy(MATRIX) == pytest.approx(0.7)
    assert learning_accuracy(MATRIX) == pytest.approx(2.6 / 3)
    assert backward_transfer(MATRIX) == pytest.approx((-0.2 - 0.3) / 2)
    assert forgetting(MATRIX, "diagonal") == pytest.approx(0.25)
    assert forgetting(MATRIX) == pytest.approx(0.25)
    assert forward_transfer(MATRIX, [0.5, 0.1, 0.1]) == pytest.approx((0.1 + 0.2) / 2)


def test_a_task_that_improved_and_fell_is_forgotten_from_its_maximum():
    matrix = np.array(MATRIX)
    matrix[1, 0] = 0.95  # task 2 helped task 1 before task 3 harmed it
    assert forgetting(matrix) == pytest.approx((0.25 + 0.3) / 2)
    assert forgetting(matrix, "diagonal") == pytest.approx(0.25)


@given(arrays(float, (4, 4), elements=st.floats(0, 1)))
def test_forgetting_from_the_maximum_is_never_smaller(matrix):
    assert forgetting(matrix) >= forgetting(matrix, "diagonal") - 1e-12
    assert forgetting(matrix, "diagonal") == -backward_transfer(matrix)


def test_a_run_reports_them():
    untrained = [0.5, 0.1, 0.1]
    run = SequenceRun(accuracies=[untrained, *MATRIX], after_task=[1, 2, 3], steps=[0, 5, 10, 15])
    assert run.learning_accuracy == pytest.approx(2.6 / 3)
    assert run.backward_transfer == pytest.approx(-0.25) == -run.forgetting("diagonal")
    assert run.forward_transfer() == pytest.approx(0.15)
    with pytest.raises(ValueError, match="untrained network was not measured"):
        SequenceRun(accuracies=MATRIX, after_task=[0, 1, 2], steps=[5, 10, 15]).forward_transfer()


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: average_accuracy([[0.1, 0.2]]), "matrix has shape"),
        (lambda: backward_transfer([[0.5]]), "2 or more tasks"),
        (lambda: forgetting(MATRIX, "largest"), "reference must be"),
        (lambda: forward_transfer(MATRIX, [0.1]), "untrained"),
        (lambda: average_accuracy([[np.nan]]), "matrix"),
    ],
)
def test_what_is_no_matrix_is_refused(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
