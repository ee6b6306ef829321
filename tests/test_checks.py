"""Every check returns what is valid and says in a sentence what is not."""

import numpy as np
import pytest

from theory import checks

GOOD = [
    (checks.positive, (2,), 2.0),
    (checks.positive, (np.float32(0.5),), 0.5),
    (checks.positive, (np.array(3.0),), 3.0),
    (checks.nonnegative, (0,), 0.0),
    (checks.in_range, (1, 0, 1), 1.0),
    (checks.in_range, (0.5, 0, 1, False), 0.5),
    (checks.in_range, (0.0, 0, 1, (True, False)), 0.0),
    (checks.in_range, (7.0, 0, np.inf), 7.0),
    (checks.integer_at_least, (np.int64(3), 3), 3),
    (checks.one_of, ("adam", ("sgd", "adam")), "adam"),
    (checks.one_of, (2, (1, 2)), 2),
    (checks.one_of, (3, ("ideal", 3)), 3),  # names of two kinds side by side
]
BAD = [
    (checks.positive, (0,), ValueError, "a finite number above 0, not 0"),
    (checks.positive, (-1.5,), ValueError, "-1.5"),
    (checks.positive, (np.nan,), ValueError, "nan"),
    (checks.positive, (np.inf,), ValueError, "inf"),
    (checks.positive, (True,), TypeError, "True"),
    (checks.positive, (np.True_,), TypeError, "True"),
    (checks.positive, ("1",), TypeError, "'1' (str)"),
    (checks.positive, (1j,), TypeError, "1j"),
    (checks.positive, (np.ones(2),), TypeError, "an array of float64 of shape (2,)"),
    (checks.nonnegative, (-1e-300,), ValueError, "0 or above"),
    (checks.nonnegative, (np.nan,), ValueError, "nan"),
    (checks.in_range, (1.01, 0, 1), ValueError, "a number in [0, 1], not 1.01"),
    (checks.in_range, (1, 0, 1, False), ValueError, "(0, 1)"),
    (checks.in_range, (1, 0, 1, (True, False)), ValueError, "[0, 1)"),
    (checks.in_range, (np.nan, 0, 1), ValueError, "nan"),
    (checks.integer_at_least, (2, 3), ValueError, "an integer, 3 or above, not 2"),
    (checks.integer_at_least, (3.0, 3), TypeError, "3.0 (float)"),
    (checks.integer_at_least, (True, 0), TypeError, "True"),
    (checks.one_of, ("adan", ("sgd", "adam")), ValueError, "did you mean 'adam'?"),
    (checks.one_of, ("zzz", ("sgd", "adam")), ValueError, "one of 'sgd', 'adam', not 'zzz'"),
    (checks.one_of, (None, ("sgd", "adam")), ValueError, "not None"),
    (checks.finite_array, ([1, np.nan, np.inf],), ValueError, "2 of 3 entries are not, first nan"),
    (checks.finite_array, (["a"],), TypeError, "real numbers"),
    (checks.finite_array, ([True],), TypeError, "bool"),
    (checks.finite_array, ([1j],), TypeError, "complex"),
    (checks.finite_array, ([[1], [1, 2]],), ValueError, "rows differ"),
    (checks.finite_array, (np.ones((2, 3)), (None, 2)), ValueError, "shape (any, 2), not (2, 3)"),
    (checks.finite_array, (np.ones(3), (3, 1)), ValueError, "shape (3, 1), not (3,)"),
    (checks.finite_array, (np.ones(3), None, 2), ValueError, "2 dimensions, not shape (3,)"),
    (checks.spd_matrix, (np.ones((2, 3)),), ValueError, "square"),
    (checks.spd_matrix, (np.ones(3),), ValueError, "2 dimensions"),
    (checks.spd_matrix, ([[1, 0.5], [0.4, 1]],), ValueError, "differs from its transpose by 0.1"),
    (checks.spd_matrix, ([[1, 2], [2, 1]],), ValueError, "smallest eigenvalue is -1"),
    (checks.spd_matrix, ([[np.nan, 0], [0, 1]],), ValueError, "finite"),
    (checks.spd_matrix, (np.zeros((0, 0)),), ValueError, "square"),
]


@pytest.mark.parametrize(("check", "arguments", "expected"), GOOD)
def test_valid_values_come_back(check, arguments, expected):
    value = check("rate", *arguments)
    assert value == expected and type(value) is type(expected)


@pytest.mark.parametrize(("check", "arguments", "error", "sentence"), BAD)
def test_bad_values_are_named(check, arguments, error, sentence):
    with pytest.raises(error) as caught:
        check("rate", *arguments)
    assert str(caught.value).startswith("rate ")
    assert sentence in str(caught.value)


def test_arrays_come_back_as_floats_without_a_copy():
    array = np.arange(6.0).reshape(2, 3)
    assert checks.finite_array("x", array, shape=(None, 3), ndim=2) is array
    integers = checks.finite_array("x", [[1, 2]])
    assert integers.dtype == float and integers.tolist() == [[1.0, 2.0]]


def test_matrix_comes_back_exactly_symmetric():
    matrix = np.array([[2.0, 1.0], [1.0 + 1e-13, 2.0]])
    checked = checks.spd_matrix("H", matrix)
    assert np.array_equal(checked, checked.T)
    assert np.allclose(checked, matrix)
    # The tolerance is relative: a small matrix is not symmetric for being small.
    with pytest.raises(ValueError, match="symmetric"):
        checks.spd_matrix("H", 1e-12 * np.array([[2.0, 1.0], [0.0, 2.0]]))


def test_lengths():
    assert checks.same_length(inputs=[1, 2], labels=np.ones(2)) == 2
    with pytest.raises(ValueError, match=r"inputs and labels .* not inputs 2, labels 3"):
        checks.same_length(inputs=[1, 2], labels=np.ones(3))


def test_random_generators_are_repeatable_only():
    generator = np.random.default_rng(1)
    assert checks.as_rng(generator) is generator
    assert checks.as_rng(np.int64(5)).random() == np.random.default_rng(5).random()
    for bad in (None, True, 1.5, "seed"):
        with pytest.raises(TypeError, match=r"rng must be .* so that the run can be repeated"):
            checks.as_rng(bad)
    with pytest.raises(ValueError, match="0 or above, not -1"):
        checks.as_rng(-1)


def test_rounding_beside_a_zero_is_no_asymmetry():
    given = np.array([[2.0, 1e-11], [0.0, 1.0]])
    found = checks.spd_matrix("matrix", given)
    np.testing.assert_array_equal(found, (given + given.T) / 2)
    with pytest.raises(ValueError, match="must be symmetric"):
        checks.spd_matrix("matrix", given + np.diag([1e-9], 1))
