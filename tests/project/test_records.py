"""Records: which may change once they are made, and which are compared by what they hold."""

import dataclasses
import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = (
    "figures", "theory.bnn", "theory.consolidation", "theory.continual",
    "theory.continual.binarized", "theory.data", "theory.derivation", "theory.ep",
    "theory.full_size", "theory.holo_ep", "theory.metaplasticity", "theory.rram", "theory.ssl",
    "theory.sweep",
)  # fmt: skip
# What training changes in place, and a run that grows.
CHANGED = {"ConvolutionalNetwork", "Ensemble", "FieldNetworks", "PoolingNetworks", "SequenceRun"}
# Numbers and functions of arrays, which may be one number, too.
BY_VALUE = {"Activation", "Loss", "Exponential", "HardThreshold", "OwnLaw", "PowerTail",
            "SechSquared"}  # fmt: skip
# Laws, losses and answers in which arrays may stand deeper.
BY_IDENTITY = {"Job", "LawFit", "NudgedRows", "RandomHessianMeanField", "SweepResult"}


def records(package):
    """Return the dataclasses of the modules of a package itself."""
    folder = ROOT.joinpath(*package.split("."))
    found = {}
    for file in sorted(folder.glob("*.py")):
        if "@dataclass" in file.read_text(encoding="utf-8"):
            module = importlib.import_module(f"{package}.{file.stem}")
            for name, value in vars(module).items():
                if dataclasses.is_dataclass(value) and value.__module__ == module.__name__:
                    found[name] = value
    return found


@pytest.mark.parametrize("package", PACKAGES)
def test_records_stay_as_they_are_and_arrays_are_not_compared(package):
    """`==` of two arrays is an array: records that hold some are equal to themselves only."""
    for name, record in records(package).items():
        assert record.__dataclass_params__.frozen == (name not in CHANGED), name
        arrays = any(re.search(r"ndarray", str(field.type)) for field in dataclasses.fields(record))
        identity = (arrays and name not in BY_VALUE) or name in BY_IDENTITY
        assert (record.__eq__ is object.__eq__) == identity, name
        assert (record.__hash__ is not None) == (name not in CHANGED or identity), name
