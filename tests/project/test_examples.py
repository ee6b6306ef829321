"""Examples in docstrings hold; every subject has one."""

import doctest
import importlib

import numpy as np
import pytest

from figures.inventory import ROOT

MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for path in (ROOT / "theory").rglob("*.py")
    if ">>>" in path.read_text(encoding="utf-8")
)
SUBJECTS = [path.parent.name for path in sorted((ROOT / "theory").glob("*/derivations"))]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_hold(name):
    # As elsewhere, `np` is taken for granted.
    found = doctest.testmod(importlib.import_module(name), extraglobs={"np": np})
    assert found.attempted and not found.failed


@pytest.mark.parametrize("subject", [*SUBJECTS, "bnn", "derivation", "sweep", "data"])
def test_every_subject_has_an_example(subject):
    assert any(
        name.startswith(f"theory.{subject}.") or name == f"theory.{subject}" for name in MODULES
    )
