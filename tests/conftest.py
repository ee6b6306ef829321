"""Settings of every test process."""

import functools
import os
import sys
from pathlib import Path

# Test processes run side by side: one thread of linear algebra each, before NumPy is loaded.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import pytest  # noqa: E402 (after the threads)

import figures  # noqa: E402, F401 (before nbformat: it keeps a slow grammar away)

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "support"))  # its modules are imported by name

# What starts browsers, kernels and projects, or proves: first, so that no process ends alone.
LONG = ("figures", "lab", "derivation", "test_all_derivations.py", "bad_input", "book")


def pytest_collection_modifyitems(items):
    """Put the long tests first, the others behind in their order."""
    items.sort(key=lambda item: _rank(item.nodeid))


def pytest_collection_finish(session):
    if any("derivations" in name.split(".") for name in sys.modules):
        import proved_once

        proved_once.share()


def _rank(nodeid):
    parts = nodeid.split("::")[0].split("/")[1:]
    return min((LONG.index(part) for part in parts if part in LONG), default=len(LONG))


def _together(nodeid):
    """Return the name of the tests that one process runs: those that share something slow."""
    file, _, name = nodeid.partition("::")
    parts = file.split("/")[1:]
    if parts[0] in ("figures", "lab"):
        return parts[0]  # one toy project, one server
    if parts[-1] == "test_all_derivations.py" and "[" in name:
        return f"derivations of {name.split('[')[1].split('.')[0]}"
    if _proves(file):
        return f"derivations of {parts[0]}"
    if parts[0] == "derivation" or parts[-1] == "test_examples.py":
        return nodeid  # nothing is shared
    return file


@functools.cache
def _proves(file):
    return ".derivations" in (HERE.parent / file).read_text(encoding="utf-8")


def pytest_xdist_make_scheduler(config, log):
    """Give tests that share something to one process, whatever `-n` says."""
    from xdist.scheduler import LoadScopeScheduling

    class Together(LoadScopeScheduling):
        def _split_scope(self, nodeid):
            return _together(nodeid)

    config.option.loadscopereorder = False
    return Together(config, log)


@pytest.fixture(scope="session")
def value():
    """Evaluate an expression of a derivation with all its symbols given by name."""

    def evaluate(expression, **named):
        symbols = {str(symbol): symbol for symbol in expression.free_symbols}
        assert set(symbols) == set(named), (set(symbols), set(named))
        found = complex(expression.subs({symbols[name]: v for name, v in named.items()}))
        return found if found.imag else found.real

    return evaluate
