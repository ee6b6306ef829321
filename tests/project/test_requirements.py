"""The three files that name requirements agree with one another and with the imports."""

import ast
import re
import sys
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement

from figures.inventory import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
IN_ENVIRONMENT = ("notebooks", "data", "sweep", "dev", "cluster")  # what `make` installs
MODULES = {
    "mlxtend": "mlxtend",
    "lazy_loader": "lazy-loader",
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
    "xdist": "pytest-xdist",
    "IPython": "ipykernel",
    "jupyter_client": "nbclient",
    "nbformat": "nbclient",
    "traitlets": "nbclient",
    "jupyter_server": "jupyterlab",
    "tornado": "jupyterlab",
    "websocket": "jupyterlab",
    "mpmath": "sympy",
    "flint": "python-flint",
    "z3": "z3-solver",
    "packaging": "pytest",
    "matplotlib_inline": "ipykernel",
    "pandas": "mlxtend",
    "PIL": "pillow",
    "cupy": "cupy-cuda13x",
}


def _requirements():
    lists = [PROJECT["dependencies"]]
    lists += [PROJECT["optional-dependencies"][extra] for extra in IN_ENVIRONMENT]
    found = [Requirement(line) for lines in lists for line in lines]
    return [requirement for requirement in found if requirement.name != PROJECT["name"]]


def test_the_conda_environment_has_the_versions_of_the_lock():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    python, pip, rest = environment["dependencies"]
    assert (python, pip) == ("python" + PROJECT["requires-python"], "pip")
    assert rest == {"pip": ["-r requirements.lock", "-e ."]}
    lines = (ROOT / "requirements.lock").read_text().splitlines()
    pins = [line for line in lines if line and line[0] not in " #"]
    loose = [line for line in pins if not re.match(r"[a-z0-9-]+==[\w.]+( ;|$)", line)]
    assert len(pins) > 50 and not loose


def test_the_lock_satisfies_every_requirement():
    locked = {}
    for line in (ROOT / "requirements.lock").read_text().splitlines():
        if match := re.match(r"([a-z0-9-]+)==(\S+)", line):
            locked.setdefault(match[1], set()).add(match[2])
    for requirement in _requirements():
        assert requirement.name in locked, f"{requirement.name} is not in requirements.lock"
        for version in locked[requirement.name]:
            assert requirement.specifier.contains(version, prereleases=True)


def test_the_library_alone_needs_four_packages():
    names = {Requirement(line).name for line in PROJECT["dependencies"]}
    assert names == {"numpy", "scipy", "sympy", "lazy-loader"}


@pytest.mark.parametrize(
    "folder", ["theory", "figures", "notebooks", "benchmarks", "tests", "book", "classroom"]
)
def test_every_import_is_a_requirement(folder):
    named = {Requirement(line).name for line in PROJECT["dependencies"]}
    extras = PROJECT["optional-dependencies"].values()
    named |= {Requirement(line).name for lines in extras for line in lines}
    own = {"theory", "figures", "book", "classroom", "timing", "tests", "conftest", "page"}
    own |= {path.stem for path in (ROOT / "tests").rglob("*.py")}
    for path in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                modules = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                modules = [node.module]
            else:
                continue
            for module in (m.split(".")[0] for m in modules):
                if module in sys.stdlib_module_names or module in own:
                    continue
                assert MODULES.get(module, module) in named, f"{path.name} imports {module}"


def test_no_deep_learning_framework_is_required():
    text = (ROOT / "requirements.lock").read_text()
    assert not re.search(r"^(torch|jax|tensorflow|keras)\b", text, flags=re.MULTILINE)
