"""A pytest plugin: write, test by test, the seconds and the functions of the project it enters.

REACHED_FILE names the file; functions are given as {file: first lines}. What a fixture enters
counts for every test of its file, since the first one sets it up for all.
"""

import _lsprof
import json
import os
import time
from pathlib import Path

import proved_once
import pytest

ROOT = Path.cwd()
FOLDERS = tuple(str(ROOT / folder) + os.sep for folder in ("theory", "figures"))
_rows, _shared = [], {}

proved_once.share = lambda: None  # every test is to enter what it speaks of


def _entered(profiler):
    found = {}
    for row in profiler.getstats():
        file = getattr(row.code, "co_filename", "")
        if file.startswith(FOLDERS) and row.code.co_name != "<module>":
            name = Path(file).relative_to(ROOT).as_posix()
            found.setdefault(name, set()).add(row.code.co_firstlineno)
    return found


def _add(whole, part):
    for file, lines in part.items():
        whole.setdefault(file, set()).update(lines)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_setup(item):
    profiler = _lsprof.Profiler(subcalls=False, builtins=False)
    profiler.enable()
    yield
    profiler.disable()
    _add(_shared, _entered(profiler))


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call(item):
    profiler, begin = _lsprof.Profiler(subcalls=False, builtins=False), time.perf_counter()
    profiler.enable()
    yield
    profiler.disable()
    _rows.append((item.nodeid, time.perf_counter() - begin, _entered(profiler)))


def pytest_sessionfinish(session, exitstatus):
    if exitstatus not in (0, 5):  # tests that fail without an error judge nothing
        return
    with open(os.environ["REACHED_FILE"], "w") as file:
        for test, seconds, entered in _rows:
            _add(entered, _shared)
            told = {name: sorted(lines) for name, lines in entered.items()}
            row = {"test": test, "seconds": round(seconds, 4), "entered": told}
            file.write(json.dumps(row) + "\n")
