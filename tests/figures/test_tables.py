"""Numbers come back from the table and the archive as they went in, to the digits promised."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from figures.tables import LARGEST_IN_TABLE, Numbers, decode, encode

REALS = st.floats(-1e300, 1e300, allow_subnormal=False) | st.sampled_from([np.nan, np.inf, -np.inf])


def _round_trip(numbers):
    return decode(*encode("ssl/fig5", numbers))


@given(hnp.arrays(float, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0), elements=REALS))
def test_reals_of_any_shape_come_back_to_ten_digits(array):
    back = _round_trip({"before": [1, 2, 3], "x": array, "after": ["a", "b"]})
    assert np.shape(back["x"]) == array.shape
    np.testing.assert_allclose(back["x"], array, rtol=5e-10, atol=0)
    assert back["before"].tolist() == [1, 2, 3] and back["after"].tolist() == ["a", "b"]


def test_the_table_reads_as_a_table():
    files, layout = encode("ssl/fig5", {
        "t": np.arange(3),
        "short": [0.1],
        "matrix": np.arange(6.0).reshape(3, 2),
        "z": np.array([1 + 2j]),
        "name": ["a,b", 'say "c"'],
        "scalar": 1 / 3,
        "held": [True, False],
    })  # fmt: skip
    assert files[".csv"].decode().splitlines() == [
        "t,short,matrix_0,matrix_1,z_re,z_im,name,scalar,held",
        '0,0.1,0,1,1,2,"a,b",0.3333333333,True',
        '1,,2,3,,,"say ""c""",,False',
        "2,,4,5,,,,,",
    ]
    back = decode(files, layout)
    assert back["z"].tolist() == [1 + 2j] and back["name"].tolist() == ["a,b", 'say "c"']
    assert back["held"].tolist() == [True, False] and back["t"].dtype.kind == "i"
    assert isinstance(back["scalar"], float) and back["matrix"].tolist() == [[0, 1], [2, 3], [4, 5]]


@pytest.mark.parametrize("scale", [1.0, 1e-200])
@pytest.mark.parametrize("phase", [1.0, 1j])
def test_a_large_array_goes_to_the_archive_and_keeps_six_digits(scale, phase):
    """Single precision has seven digits between 1e-30 and 1e30; beyond it double is kept."""
    side = int(LARGEST_IN_TABLE**0.5) + 1
    grid = phase * scale * np.random.default_rng(0).normal(size=(side, side))
    files, layout = encode("ssl/fig5", {"grid": grid, "x": np.arange(side)})
    assert set(files) == {".csv", ".npz"}
    assert files == encode("ssl/fig5", {"grid": grid, "x": np.arange(side)})[0]
    back = decode(files, layout)
    np.testing.assert_allclose(back["grid"], grid, rtol=1e-6)
    assert back["grid"].dtype == grid.dtype and back["x"].tolist() == list(range(side))


@pytest.mark.parametrize("extreme", [1e-300, 1e300])
def test_one_value_beyond_single_precision_keeps_an_archive_in_double(extreme):
    array = np.append(np.linspace(1, 2, LARGEST_IN_TABLE + 1), extreme)
    assert _round_trip({"x": array})["x"][-1] == extreme


@pytest.mark.parametrize(
    ("numbers", "sentence"),
    [
        ({"a b": [1]}, "'a b' cannot name a number"),
        ({"x": [[1], [1, 2]]}, "arrays of different lengths"),
        ({"x": None}, "got NoneType"),
        ({"x": {"a": 1}}, "got dict"),
        ({"x": np.zeros((2, 2)), "x_0": [1]}, "share the column 'x_0'"),
    ],
)
def test_what_is_no_number_is_refused_in_a_sentence(numbers, sentence):
    with pytest.raises(ValueError, match=sentence):
        encode("ssl/fig5", numbers)


def test_a_missing_number_is_named_with_those_recorded():
    with pytest.raises(KeyError, match="no number is called 'y'; recorded are x"):
        Numbers(x=1)["y"]
