"""Bad values in place of every argument of every public callable, and the door that meets them.

The whole fuzz (minutes) is ``make fuzz``; here a seeded sample of it is drawn.
"""

import sys
import warnings
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))

from calls import PACKAGES, calls, table
from fuzz import RIGHT, good_calls_that_fail, sample_answers

from theory.door import door

SAMPLE = 240
# A binomial bound: fewer right answers than this come from a share of .97 once in 1000 draws.
LEAST = 0.97 - 3.1 * np.sqrt(0.97 * 0.03 / SAMPLE)


@pytest.mark.parametrize("subject", PACKAGES)
def test_every_public_callable_has_a_call_that_is_good(subject):
    assert good_calls_that_fail(subject, quick=True) == {}
    assert len(calls(subject)[0]) > 1


def test_a_seeded_sample_of_bad_values_is_answered():
    found = sample_answers(SAMPLE, seed=26)
    wrong = [answer for answer in found if answer[3] not in RIGHT]
    assert len(found) == SAMPLE
    assert 1 - len(wrong) / len(found) >= LEAST, wrong
    assert not [answer for answer in wrong if answer[3] in ("silent nan", "hang")]


# Refused as a whole for another reason: a matrix of equal numbers is singular, equal nodes or seeds
# are one, no point is left to fit, a path begins at 0.
OTHERWISE = {
    "consolidation.last_crossing generator", "ep.Stencil.through nodes", "ep.best_weights nodes",
    "ep.order nodes", "holo_ep.ClampedNetwork.along path", "holo_ep.Field.along path",
    "holo_ep.LinearField jacobian", "holo_ep.LinearField.along path",
    "holo_ep.ascent_threshold jacobian", "holo_ep.backpropagated_error jacobian",
    "holo_ep.error_map jacobian", "holo_ep.error_series jacobian", "holo_ep.least_cosine jacobian",
    "holo_ep.least_euclidean_cosine jacobian", "holo_ep.nudged_error jacobian",
    "holo_ep.relative_asymmetry jacobian", "rram.coverage errors", "rram.fit_response pulses",
    "rram.fit_two_slopes pulses", "rram.repair_gains seeds", "ssl.two_unit_cosine_update weights",
}  # fmt: skip


@pytest.mark.parametrize("subject", PACKAGES)
def test_where_negative_numbers_are_refused_one_among_good_ones_is_refused(subject):
    slow, let_in = getattr(table(subject), "SLOW", ()), set()
    for call in (c for c in calls(subject)[0] if c.name.split(".", 1)[1] not in slow):
        for argument, good in call.arguments().items():
            if _holds_numbers(good):
                every, one = np.full_like(good, -1), np.array(good)
                one.flat[-1] = -1
                if _refuses(call, argument, every) and not _refuses(call, argument, one):
                    let_in.add(f"{call.name} {argument}")
    assert let_in == {name for name in OTHERWISE if name.split(".")[0] == subject}


def _holds_numbers(value):
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "fi" and value.size > 1
    numbers = isinstance(value, list | tuple) and {int, float} >= set(map(type, value))
    return numbers and len(value) > 1


def _refuses(call, argument, values):
    arguments = call.arguments()
    if not isinstance(arguments[argument], np.ndarray):
        values = type(arguments[argument])(values.tolist())
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            call.target(**{**arguments, argument: values})
    except ValueError:
        return True
    except Exception:  # some other trouble, which the fuzz judges
        return False
    return False


@door(rate="in (0, 1]", far="in (0, inf]", kind="one of near, far", law="has factor", limit="> 0")
def _example(
    rate: float,
    count: int = 2,
    times: np.ndarray = (1.0,),
    far: float = np.inf,
    kind: str = "near",
    sizes: tuple[int, ...] = (3,),
    law=None,
    rng: np.random.Generator | int = 0,
    quiet: bool = False,
    limit: float | None = None,
):
    if rate == 0.125:
        return np.array([np.nan])
    if rate == 0.25:
        return np.ones(2) + np.ones(3)
    return np.exp(-rate * np.asarray(times)) * count


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"rate": 0.0}, r"rate must be a finite number in \(0, 1\], not 0"),
        ({"rate": np.nan}, "rate must be a finite number"),
        ({"rate": "a"}, r"rate must be a finite number in \(0, 1\], not 'a' \(str\)"),
        ({"rate": True}, r"not True \(bool\)"),
        ({"rate": 1j}, "rate must be a finite number"),
        ({"rate": np.ones(2)}, "rate must be a finite number"),
        ({"count": 2.0}, r"count must be an integer, not 2.0 \(float\)"),
        ({"count": 10**30}, r"count must be an integer below 2\^53"),
        ({"times": [1.0, np.inf]}, r"times must be finite, but 1 of 2 .* at index \(1,\)"),
        ({"times": None}, "times must be an array of real numbers"),
        ({"times": [[1], [1, 2]]}, "times must be a rectangular array"),
        ({"times": [1e200]}, "times must be at most 1e\\+100 in size"),
        ({"far": np.nan}, "far must be"),
        ({"far": -1.0}, "far must be"),
        ({"kind": "fa"}, r"kind must be one of 'near', 'far', not 'fa' \(did you mean 'far'"),
        ({"sizes": 3}, "sizes must be a list or tuple"),
        ({"sizes": (3, 2.5)}, r"sizes\[1\] must be an integer"),
        ({"law": 3.0}, "law must be an object with 'factor'"),
        ({"rng": "seed"}, "rng must be a numpy.random.Generator or an integer seed"),
        ({"quiet": 1}, "quiet must be True or False"),
        ({"limit": 0.0}, "limit must be a finite number above 0"),
        ({"rate": 0.125}, "_example: what comes out is not a number for rate = 0.125"),
        ({"rate": 0.25}, r"shapes that do not fit: rate \(\) \(operands could not be"),
    ],
)
def test_the_door_says_what_is_wrong(arguments, sentence):
    with pytest.raises((ValueError, TypeError), match=sentence):
        _example(**({"rate": 0.5} | arguments))


def test_the_door_lets_good_values_pass_unchanged():
    times = [1, 2]
    assert np.array_equal(_example(1, 3, times, np.inf), 3 * np.exp(-np.array([1, 2])))
    assert _example(np.float32(0.5), np.int64(2), np.array(3.0)) == 2 * np.exp(-1.5)
    assert _example.__name__ == "_example"
    with pytest.raises(TypeError, match="no argument 'nothing'"):
        door(nothing="> 0")(lambda x: x)
    with pytest.raises(ValueError, match="no kind 'strange'"):
        door(x="strange")(lambda x: x)(1)


def test_a_call_keeps_nothing_of_the_alternatives_that_it_refused():
    """A kept exception holds its frames, and these the caller's arrays: a worker fills up."""
    import gc
    import weakref

    class Held:
        pass

    @door(value="text or whole or number")
    def through(value):
        return value

    def caller():
        held = Held()
        through(0.5)
        return weakref.ref(held)

    gc.disable()
    try:
        assert caller()() is None
    finally:
        gc.enable()
