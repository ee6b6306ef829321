"""The library without its extras: every module is imported, and what is missing is said."""

import re
import subprocess
import sys
import tomllib

from figures.inventory import ROOT

ALONE = """
import importlib, pkgutil, sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        allowed = {"numpy", "scipy", "sympy", "mpmath", "lazy_loader", "packaging", "theory"}
        top = name.split(".")[0]
        if top not in allowed and top not in sys.stdlib_module_names and not top.startswith("_"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Absent())
import theory
names = [found.name for found in pkgutil.walk_packages(theory.__path__, "theory.")]
compiled = {"theory.bnn.fused", "theory.bnn.fused_images", "theory.rram.pink_compiled",
            "theory.ep.convolution_compiled"}
assert compiled <= set(names)
for name in names:
    if name not in compiled:
        importlib.import_module(name)
"""


def _alone(code):
    done = subprocess.run(
        [sys.executable, "-c", ALONE + code], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def test_every_module_is_imported_and_a_derivation_proved_without_the_extras():
    told = _alone("""
from theory.metaplasticity.derivations import quadratic_task
print(quadratic_task.averaging().counts["proved"])
""")
    assert int(told) > 0


def test_a_network_of_ones_own_is_trained_without_the_extras():
    told = _alone("""
import numpy as np
from theory.continual.binarized import Experiment, run_experiment
x = np.random.default_rng(0).normal(size=(60, 4))
tasks = [(x, np.arange(60) % 2), (x[:, ::-1], np.arange(60) % 2)]
run = run_experiment(Experiment(tasks=tasks, hidden=(5,), epochs=2, batch=20), 0)
print(run["curves"].shape[1])
""")
    assert int(told) == 2


def test_the_package_tells_its_version_and_its_metadata_take_it_from_there():
    import theory

    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert settings["project"]["dynamic"] == ["version"]
    assert settings["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "theory.__version__"}
    assert re.fullmatch(r"\d+\.\d+\.\d+", theory.__version__)


def test_the_package_says_that_it_is_typed():
    assert all((ROOT / name / "py.typed").is_file() for name in ("theory", "figures"))
