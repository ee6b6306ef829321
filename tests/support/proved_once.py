"""Derivations are proved once in a process: whoever asks for one again is given a copy."""

import copy
import functools
import importlib
import inspect
import pkgutil
import sys

import theory
from theory.derivation import Derivation

_BUILT = {}


def public_derivations():
    """Return id -> function of all modules named, or inside a package named, `derivations`."""
    found = {}
    for info in pkgutil.walk_packages(theory.__path__, "theory."):
        if "derivations" in info.name.split("."):
            module = importlib.import_module(info.name)
            for name, function in _functions(module):
                short = info.name.replace("theory.", "").replace("derivations.", "")
                found[f"{short}.{name}"] = function
    return found


def _functions(module):
    return [
        (name, function)
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and not name.startswith("_")
    ]


def keep(function, derivation):
    """Let later calls of a function without arguments give this derivation."""
    _BUILT[inspect.unwrap(function), ()] = derivation


def share():
    """Replace the public derivations of all modules that are loaded, and where they are named."""
    names = [n for n in sys.modules if n.startswith("theory.") and "derivations" in n.split(".")]
    shared = {}
    for module in map(sys.modules.get, names):
        for name, function in _functions(module):
            if not hasattr(function, "__wrapped__"):
                shared[function] = _once(function)
                setattr(module, name, shared[function])
    for module in list(sys.modules.values()):
        if "/tests/" in (getattr(module, "__file__", None) or "").replace("\\", "/"):
            for name, value in list(vars(module).items()):
                if inspect.isfunction(value) and value in shared:
                    setattr(module, name, shared[value])


def _once(function):
    @functools.wraps(function)
    def given(*arguments, **named):
        key = function, (*arguments, *sorted(named.items()))
        if key not in _BUILT:
            _BUILT[key] = function(*arguments, **named)
        return _copied(_BUILT[key])

    return given


def _copied(derivation):
    """What is added to a copy is not added to the other."""
    if not isinstance(derivation, Derivation):
        return derivation
    copied = copy.copy(derivation)
    copied._steps, copied._symbols = dict(derivation._steps), dict(derivation._symbols)
    return copied
