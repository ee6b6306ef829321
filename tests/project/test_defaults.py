"""What a public function or class takes where nothing is given: its stored list.

A default is a part of the interface that no computation can check: who calls without it gets other
results the day it changes. So a change is made twice, here and in the code, and told in the change
log. ``python tests/project/test_defaults.py`` prints the list anew. Those that are published stand
in tests/published, too.
"""

import dataclasses
import importlib
import inspect
from pathlib import Path

import pytest

PACKAGES = (
    "theory.bnn", "theory.bnn.convolution", "theory.bnn.normalisation", "theory.bnn.optimizer",
    "theory.consolidation", "theory.continual", "theory.continual.binarized",
    "theory.continual.binarized.settings", "theory.data", "theory.derivation", "theory.ep",
    "theory.ep.published", "theory.ep.resistors", "theory.holo_ep", "theory.metaplasticity",
    "theory.mlp", "theory.numerics", "theory.rram", "theory.ssl", "theory.sweep",
)  # fmt: skip
FILE = Path(__file__).parents[1] / "all_defaults.txt"


def shown(value):
    """Return a default as text: functions and classes by name, objects as they can be made."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        own = defaults(type(value))
        parts = [(f.name, shown(getattr(value, f.name))) for f in dataclasses.fields(value)]
        parts = [f"{name}={part}" for name, part in parts if part != own.get(name)]
        return f"{type(value).__name__}({', '.join(parts)})"
    return getattr(value, "__name__", None) or repr(value)


def defaults(target):
    """Return {argument: default} of a callable, with what factories make."""
    made = {
        field.name: field.default_factory()
        for field in (dataclasses.fields(target) if dataclasses.is_dataclass(target) else ())
        if field.default_factory is not dataclasses.MISSING
    }
    found = inspect.signature(target).parameters.values()
    return {p.name: shown(made.get(p.name, p.default)) for p in found if p.default is not p.empty}


def public(package):
    """Yield (name, callable): public functions, classes and methods, without exceptions."""
    module = importlib.import_module(package)
    names = getattr(module, "__all__", None)
    for name in sorted(names or vars(module)):
        value = getattr(module, name)
        own = str(getattr(value, "__module__", "")).startswith("theory." if names else package)
        if name[0] == "_" or not own or not callable(value):
            continue
        if not isinstance(value, type):
            yield name, value
        elif not issubclass(value, Exception):
            yield name, value
            for key, method in inspect.getmembers(value, inspect.isroutine):
                own = str(getattr(method, "__module__", "")).startswith("theory.")
                if key[0] != "_" and own and callable(method):  # no property, whatever it keeps
                    yield f"{name}.{key}", method


def lines(package):
    """Return the list of one package."""
    found = {f"{package} {name}": defaults(value) for name, value in public(package)}
    return [
        f"{name}: {', '.join(f'{key}={value}' for key, value in own.items())}"
        for name, own in found.items()
        if own
    ]


@pytest.mark.parametrize("package", PACKAGES)
def test_defaults_are_those_of_the_list(package):
    listed = FILE.read_text(encoding="utf-8").splitlines()
    assert lines(package) == [line for line in listed if line.startswith(f"{package} ")]


if __name__ == "__main__":
    print(*(line for package in PACKAGES for line in lines(package)), sep="\n")
