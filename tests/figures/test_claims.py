"""Claims hold or fail by their numbers, and refuse what could never fail."""

import math

import numpy as np
import pytest

from figures.claims import claim, read_claim


@pytest.mark.parametrize(
    ("value", "comparison", "bound", "held"),
    [
        (1.0, "<", 2.0, True),
        (2.0, "<", 2.0, False),
        (2.0, "<=", 2.0, True),
        (3.0, ">", 2.0, True),
        (2.0, ">", 2.0, False),
        (2.0, ">=", 2.0, True),
        (3, "==", 3, True),
        (4, "==", 3, False),
        (0.5, "between", (0.0, 1.0), True),
        (1.5, "between", (0.0, 1.0), False),
        (math.nan, "<", 2.0, False),
        (math.nan, ">", 2.0, False),
        (math.nan, "between", (0.0, 1.0), False),
        (math.inf, ">", 2.0, True),
    ],
)
def test_claim_holds_exactly_when_its_number_does(value, comparison, bound, held):
    made = claim("a finding", np.float64(value), comparison, bound)
    assert made.held is held
    if math.isfinite(value):
        assert read_claim(made.as_dict()) == made


def test_a_nan_read_back_still_fails():
    made = claim("a finding", math.nan, "<", 1.0)
    assert not read_claim(made.as_dict()).held


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("x", 1.0, "~", 2.0), "unknown comparison '~'"),
        (("", 1.0, "<", 2.0), "text is empty"),
        (("x", 1.0, "<", math.inf), "can never fail"),
        (("x", 1.0, "<", math.nan), "can never fail"),
        (("x", 1.0, "between", (2.0, 1.0)), "not a finite interval"),
        (("x", 1.0, "between", 2.0), "takes a bound"),
        (("x", 1.0, "==", 1.5), "not an integer"),
        (("x", np.ones(2), "<", 2.0), "one real number"),
        (("x", "1", "<", 2.0), "one real number"),
        (("x", 1.0, "<", None), "one real number"),
    ],
)
def test_a_claim_that_means_nothing_is_refused(arguments, sentence):
    with pytest.raises(ValueError, match=sentence):
        claim(*arguments)
