"""Every derivation of every subject: built, proved step by step, and readable as a text."""

import importlib
import inspect
import pkgutil

import pytest

import theory
from theory.derivation import Derivation


def _derivations():
    """Public functions of all modules named, or inside a package named, `derivations`."""
    for found in pkgutil.walk_packages(theory.__path__, "theory."):
        if "derivations" in found.name.split("."):
            module = importlib.import_module(found.name)
            for name, function in inspect.getmembers(module, inspect.isfunction):
                if function.__module__ == module.__name__ and not name.startswith("_"):
                    short = found.name.replace("theory.", "").replace("derivations.", "")
                    yield pytest.param(function, id=f"{short}.{name}")


@pytest.mark.parametrize("function", list(_derivations()))
def test_a_derivation_is_proved_and_reads_as_a_text(function):
    derivation = function()
    assert isinstance(derivation, Derivation)
    assert inspect.getdoc(function) and derivation.title and derivation.source
    assert all(step.reason for step in derivation)
    proved = [step for step in derivation if not step.is_premise]
    assert proved, "a text of premises only would prove nothing"
    assert all(step.proof for step in proved)
    assert "align" in derivation.latex()
    assert derivation.title in derivation._repr_markdown_()
