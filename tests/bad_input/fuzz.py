"""Put bad values in place of each argument of a good call, and judge what comes back.

Run whole (minutes): ``python tests/bad_input/fuzz.py``; one subject: ``... fuzz.py ep``; with every
answer that is not right: ``... fuzz.py ep --list``.
"""

import argparse
import collections
import contextlib
import inspect
import json
import multiprocessing
import os
import re
import resource
import signal
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))

from calls import PACKAGES, calls, table
from values import bad_values

from theory.numerics import NotConverged

SECONDS = 10  # of computing; longer is a hang
MEMORY = 6 << 30
RIGHT = ("sentence", "answer", "not converged")
FREE_TEXT = {"name", "names", "title", "source", "version", "label", "identity", "quantity"}


class TooLong(BaseException):
    """A call did not end in time."""


def has_nan(value, depth=0):
    """Tell whether a result holds a number that is none."""
    if isinstance(value, np.ndarray):
        return value.dtype.kind in "fc" and bool(np.isnan(value).any())
    if isinstance(value, float | complex | np.inexact):
        return bool(np.isnan(value))
    if depth < 3 and isinstance(value, tuple | list):
        return any(has_nan(item, depth + 1) for item in value)
    if depth < 3 and isinstance(value, dict):
        return any(has_nan(item, depth + 1) for item in value.values())
    if depth < 3 and hasattr(value, "__dataclass_fields__"):
        return any(has_nan(item, depth + 1) for item in vars(value).values())
    return False


def meant(parameter, kind, value, good, subject):
    """Tell whether a value that is bad elsewhere is meant to be accepted here."""
    annotation = str(parameter.annotation)
    default = parameter.default
    if kind in ("empty", "shape", "huge", "negative"):
        return True
    if kind == "none":
        return default is None or "None" in annotation
    if kind == "bool":
        mask = np.ndim(value) and "bool" in annotation
        return isinstance(good, bool | np.bool_) or "bool" in annotation or bool(mask)
    if kind == "complex":
        allowed = getattr(table(subject), "COMPLEX", ())
        return "complex" in annotation or np.iscomplexobj(good) or parameter.name in allowed
    if kind == "infinite":
        scalar = isinstance(default, float | tuple) and np.any(np.isinf(np.atleast_1d(default)))
        return bool(scalar)
    if kind == "text":
        return parameter.name in FREE_TEXT
    return False


def _answer(call, name, kind, value):
    arguments = call.arguments()
    parameter = call.parameters()[name]
    good = arguments.get(name, parameter.default)
    arguments[name] = value
    try:
        signal.setitimer(signal.ITIMER_PROF, SECONDS)
        try:
            result = call.target(**arguments)
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
    except TooLong:
        return "hang", ""
    except (ValueError, TypeError) as error:
        told = str(error)
        names = [name]
        if kind in ("shape", "empty"):  # of two that do not fit either may be named
            names += [
                other for other in call.parameters() if re.search("shape|length|len|rows", told)
            ]
        named = any(re.search(rf"(?<![A-Za-z_]){re.escape(n)}(?![A-Za-z])", told) for n in names)
        return ("sentence" if named else "unnamed"), f"{type(error).__name__}: {told}"
    except NotConverged as error:  # the answer to numbers for which there is no solution
        return "not converged", str(error)
    except Exception as error:
        return "foreign", f"{type(error).__name__}: {error}"
    if call.name.split(".", 1)[1] not in table(call.subject).NAN and has_nan(result):
        return "silent nan", repr(result)[:80]
    exempt = (call.name.split(".", 1)[1], name, kind) in table(call.subject).MEANT
    if meant(parameter, kind, value, good, call.subject) or exempt:
        return "answer", repr(result)[:80]
    return "accepted", repr(result)[:80]


def trials(call):
    """Return every (argument, kind, value) that is tried on one call."""
    arguments = call.arguments()
    found = []
    for name, parameter in call.parameters().items():
        default = parameter.default
        good = arguments.get(name, None if default is inspect.Parameter.empty else default)
        found += [(name, kind, value) for kind, value in bad_values(good)]
    skipped = getattr(table(call.subject), "SKIP", ())
    short = call.name.split(".", 1)[1]
    return [trial for trial in found if (short, *trial[:2]) not in skipped]


def _child(call, chosen, file):
    """Write what becomes of the chosen trials into a file, and end."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))

    def stop(*_):
        raise TooLong

    signal.signal(signal.SIGPROF, stop)
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    told = trials(call)
    os.chdir(file.parent)  # text in place of a file makes one
    with open(os.devnull, "w") as nothing, open(file, "a", buffering=1) as out:
        with contextlib.redirect_stdout(nothing), contextlib.redirect_stderr(nothing):
            for number in chosen:
                name, kind, value = told[number]
                outcome, text = _answer(call, name, kind, value)
                out.write(json.dumps([number, name, kind, outcome, text]) + "\n")


def answers(call, chosen=None):
    """Return (argument, kind, outcome, text) of the chosen trials of a call, made in a child.

    A child that dies or does not end is replaced by another, which goes on after the trial that
    was under way; that one counts as a hang.
    """
    chosen = list(range(len(trials(call)))) if chosen is None else list(chosen)
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        return _by_children(call, chosen, Path(folder).resolve() / "answers.jsonl")


def _by_children(call, chosen, file):
    file.touch()
    fork = multiprocessing.get_context("fork")
    left, lines = chosen, []
    while left:
        child = fork.Process(target=_child, args=(call, left, file))
        child.start()
        seen = -1
        while child.is_alive() and seen != len(lines):
            seen = len(lines)
            child.join(SECONDS * 12)
            lines = file.read_text().splitlines()
        if child.is_alive():
            child.kill()
            child.join()
        lines = file.read_text().splitlines()
        done = {json.loads(line)[0] for line in lines}
        left = [number for number in left if number not in done]
        if left:
            name, kind, _ = trials(call)[left[0]]
            with file.open("a") as out:
                out.write(json.dumps([left[0], name, kind, "hang", "killed"]) + "\n")
            left = left[1:]
    return [json.loads(line)[1:] for line in file.read_text().splitlines()]


def sample_answers(count, seed):
    """Return (call, argument, kind, outcome, text) of trials drawn from all of them.

    Trials are drawn without those of the slow calls, which take more than about a second.
    """
    every = [
        (call, number)
        for subject in PACKAGES
        for call in calls(subject)[0]
        if call.name.split(".", 1)[1] not in getattr(table(subject), "SLOW", ())
        for number in range(len(trials(call)))
    ]
    rng = np.random.default_rng(seed)
    chosen = collections.defaultdict(list)
    for index in sorted(rng.choice(len(every), count, replace=False)):
        call, number = every[index]
        chosen[call.name].append((call, number))
    found = []
    for name, drawn in chosen.items():
        told = answers(drawn[0][0], [number for _, number in drawn])
        found += [(name, *answer) for answer in told]
    return found


def good_calls_that_fail(subject, quick=False):
    """Return {name: what went wrong} of the calls that should be good, and those without one."""
    found, missing = calls(subject)
    wrong = dict.fromkeys(missing, "no good call")
    slow = getattr(table(subject), "SLOW", ())
    for call in found:
        if quick and call.name.split(".", 1)[1] in slow:
            continue
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                result = call.target(**call.arguments())
                if call.name.split(".", 1)[1] not in table(subject).NAN and has_nan(result):
                    wrong[call.name] = "nan"
        except Exception as error:
            wrong[call.name] = f"{type(error).__name__}: {error}"
    return wrong


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("subjects", nargs="*", default=PACKAGES)
    parser.add_argument("--list", action="store_true", help="every answer that is not right")
    parser.add_argument("--only", help="names that contain this")
    options = parser.parse_args()
    total = collections.Counter()
    for subject in options.subjects:
        for name, wrong in good_calls_that_fail(subject).items():
            print(f"{name}: {wrong}")
        counts = collections.Counter()
        found, _ = calls(subject)
        for call in found:
            if options.only and options.only not in call.name:
                continue
            for name, kind, outcome, text in answers(call):
                counts[outcome] += 1
                if options.list and outcome not in RIGHT:
                    print(f"{call.name}({name}={kind}) {outcome}: {text[:110]!r}")
        total += counts
        _print(subject, counts, len(found))
    if len(options.subjects) > 1:
        _print("all", total, 0)


def _print(subject, counts, callables):
    every = max(sum(counts.values()), 1)
    right = sum(counts[outcome] for outcome in RIGHT) / every
    told = ", ".join(f"{outcome} {n}" for outcome, n in sorted(counts.items()))
    print(
        f"{subject:15} {callables:4} callables {every:6} calls {right:7.2%} right: {told}",
        flush=True,
    )


if __name__ == "__main__":
    main()
