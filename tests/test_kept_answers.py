"""Every public callable gives, for its good arguments, the numbers that it gave before.

`kept_answers.csv` holds a fingerprint of each answer, also with one argument changed at a time:
every word that it can be, a truth value turned, a number a quarter larger or .1 in place of 0, an
array smaller as a whole and unevenly. What a call changes in its arguments counts, too. The suite
computed these itself, so they prove nothing: whether an answer is right is for the other tests.
They tell that a change which was not meant to change numbers changed some. ``python
tests/test_kept_answers.py`` writes them anew after a change that was meant; its difference to what
is committed says which.
"""

import collections
import contextlib
import io
import os
import re
import sys
import tempfile
import time
import warnings
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).with_name("support")))
sys.path.insert(0, str(Path(__file__).with_name("bad_input")))

from calls import PACKAGES, calls, table
from fingerprint import fingerprint

from theory.numerics import NotConverged

KEPT = Path(__file__).with_name("kept_answers.csv")
TOLERANCE = 2e-7  # of a mean of logarithms: what solvers and sums in another order leave
SINGLE = 1e-5  # the same in single precision
# One weight whose sign hangs on rounding, and all that is learned after it.
SIGNS = 0.1
COARSE = {
    "holo_ep.train_pooling": 1e-3,
    "ssl.train_encoder": SINGLE,
    "ssl.BackgroundDigits.view": SINGLE,
}
TRAINED = re.compile(r"binarized\.(Ensemble\.)?(run|train|measured|state)")
LONGEST, LONGEST_CHANGED = 1.5, 0.3  # seconds
REFUSED = (ValueError, TypeError, NotConverged, ModuleNotFoundError)


def quick_calls(subject):
    slow = getattr(table(subject), "SLOW", ())
    return [call for call in calls(subject)[0] if call.name.split(".", 1)[1] not in slow]


def changes(call):
    """Return {what is changed: the arguments that are then given} for a call, "" first."""
    good, found = call.arguments(), {"": {}}
    for name, parameter in call.parameters().items():
        value = good.get(name, parameter.default)
        if isinstance(value, str):
            others = [word for word in _words(call, name) if word != value]
        elif isinstance(value, bool | np.bool_):
            others = [not value]
        elif isinstance(value, int | np.integer) and name != "seed":
            others = [value + 1]
        elif isinstance(value, float | np.floating) and np.isfinite(value):
            others = [1.25 * value or 0.1]
        elif isinstance(value, np.ndarray) and value.dtype.kind in "fc":
            others = [0.9 * value]
            if value.size > 1:
                found[f"{name} unevenly"] = {name: value * _uneven(value)}
        else:
            others = []
        for other in others:
            told = f" {other}" if isinstance(other, str) else ""
            found[f"{name}{told}"] = {name: other}
    return found


def _uneven(array):
    return (1 - 0.1 * np.sin(np.arange(array.size))).reshape(array.shape).astype(array.dtype)


def _words(call, name):
    """Return the words that an argument can be, from the sentence that refuses another."""
    try:
        call.target(**call.arguments() | {name: "frobnicate"})
    except Exception as error:
        listed = re.search(r"must be one of ((?:'[^']*'(?:, | or )?)+)", str(error))
        return re.findall("'([^']*)'", listed[1]) if listed else []
    return []


def answered(call, changed):
    """Return the fingerprint of an answer and of what became of arguments; -1 for a refusal."""
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            arguments = call.arguments() | changed
            before = {name: fingerprint(value) for name, value in arguments.items()}
            try:
                answer = call.target(**arguments)
                trained = [v for name, v in arguments.items() if fingerprint(v) != before[name]]
                return fingerprint((answer, *trained) if trained else answer)
            except REFUSED:
                return -1, 0.0


def kept():
    """Return {name of a call: {what is changed: (count, mean)}}."""
    found = collections.defaultdict(dict)
    for line in KEPT.read_text().splitlines()[1:]:
        name, change, count, mean = line.split(",")
        found[name][change] = int(count), float(mean)
    return found


def tolerance(name):
    if TRAINED.match(name):
        return SIGNS
    return COARSE.get(name, SINGLE if name.startswith("bnn.") else TOLERANCE)


CALLS = {call.name: call for subject in PACKAGES for call in quick_calls(subject)}
STORED = kept()


def test_every_public_callable_has_an_answer_that_is_kept():
    assert set(CALLS) - set(STORED) == set() == set(STORED) - set(CALLS)
    assert not [name for name, rows in STORED.items() if rows.get("", (0, 0))[0] < 0]


@pytest.mark.parametrize("name", STORED)
def test_the_answers_are_as_they_were(name, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    known = changes(CALLS[name])
    for change, (count, mean) in STORED[name].items():
        same = count, pytest.approx(mean, rel=0, abs=tolerance(name))
        assert answered(CALLS[name], known[change]) == same, change or "as it is"


def main():
    os.chdir(tempfile.mkdtemp())
    rows = ["call,changed,numbers,mean"]
    for name, call in CALLS.items():
        begin = time.perf_counter()
        for change, changed in changes(call).items():
            start = time.process_time()
            try:
                count, mean = answered(call, changed)
                taken = time.process_time() - start
                again = answered(call, changed)
            except Exception as error:
                print(name, change, repr(error)[:200], flush=True)
                continue
            if again != (count, mean):
                print(name, change, "is not the same twice", count, mean, again)
            elif change in STORED[name] or taken <= (LONGEST_CHANGED if change else LONGEST):
                rows.append(f"{name},{change},{count},{mean:.9g}")
            else:
                print(name, change, "takes", round(taken, 2))
        if time.perf_counter() - begin > 3:
            print(name, "took", time.perf_counter() - begin)
    KEPT.write_text("\n".join(rows) + "\n")


if __name__ == "__main__":
    main()
