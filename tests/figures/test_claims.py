"""Claims hold or fail by their numbers, and refuse what could never fail."""

import json
import math

import numpy as np
import pytest

from figures.claims import claim, read_claim


@pytest.mark.parametrize(
    ("value", "comparison", "bound", "held"),
    [
        (1.5, "<", 2.0, True),
        (2.0, "<", 2.0, False),
        (2.0, "<=", 2.0, True),
        (3.0, ">", 2.0, True),
        (2.0, ">", 2.0, False),
        (2.0, ">=", 2.0, True),
        (3, "==", 3, True),
        (0, "==", 0, True),
        (4, "==", 3, False),
        (0.5, "between", (0.0, 1.0), True),
        (1.5, "between", (0.0, 1.0), False),
        (math.nan, "<", 2.0, False),
        (math.nan, ">", 2.0, False),
        (math.nan, "between", (0.0, 1.0), False),
        (math.inf, ">", 2.0, False),
        (-math.inf, "<", 2.0, False),
    ],
)
def test_claim_holds_exactly_when_its_number_does(value, comparison, bound, held):
    made = claim("a finding", np.float64(value), comparison, bound)
    assert made.held is held
    back = read_claim(json.loads(json.dumps(made.as_dict())))
    assert back.held is held
    if math.isfinite(value):
        assert back == made


def test_a_value_that_is_rounding_is_stored_as_such_and_a_broken_one_as_it_is():
    """The last bits of 1.3e-15 differ between machines; that the claim holds does not."""
    stored = [claim("equal", v, "<", 1e-12, kind="exact").as_dict() for v in (1.3e-15, 1.6e-15)]
    assert stored[0] == stored[1] and stored[0]["value"] == "rounding"
    assert read_claim(stored[0]).held and read_claim(stored[0]).is_rounding
    broken = claim("equal", 1e-3, "<", 1e-12, kind="exact").as_dict()
    assert broken["value"] == 1e-3 and not read_claim(broken).held


def test_the_papers_value_must_satisfy_the_bound_or_the_difference_be_explained():
    assert claim("x", 1.2, "<", 2, paper=1.9).paper == 1.9
    with pytest.raises(ValueError, match=r"the paper's own value 2.5 fails the bound"):
        claim("x", 1.2, "<", 2, paper=2.5)
    made = claim("x", 1.2, "<", 2, paper=2.5, differs="a smaller network")
    assert read_claim(made.as_dict()).differs == "a smaller network"


@pytest.mark.parametrize(
    ("arguments", "options", "sentence"),
    [
        (("x", 1.5, "~", 2.0), {}, "unknown comparison '~'"),
        (("", 1.5, "<", 2.0), {}, "text is empty"),
        (("x", 1.5, "<", math.inf), {}, "can never fail"),
        (("x", 1.5, "<", math.nan), {}, "can never fail"),
        (("x", 1.5, "between", (2.0, 1.0)), {}, "not a finite interval"),
        (("x", 1.5, "between", 2.0), {}, "takes a bound"),
        (("x", 1.5, "==", 1.5), {}, "not an integer"),
        (("x", np.ones(2), "<", 2.0), {}, "one real number"),
        (("x", "1", "<", 2.0), {}, "one real number"),
        (("x", 1.5, "<", None), {}, "one real number"),
        (("x", 1.5, "<", 2.0), {"kind": "proof"}, "unknown kind 'proof'"),
        (("x", 0.0, "<", 2.0), {}, "to the last bit"),
        (("x", 1.0, "between", (0.9, 1.1)), {"kind": "agreement"}, "to the last bit"),
        (("x", 1e-9, "<", 1e-3), {"kind": "exact"}, "is no rounding"),
    ],
)
def test_a_claim_that_means_nothing_is_refused(arguments, options, sentence):
    with pytest.raises(ValueError, match=sentence):
        claim(*arguments, **options)
