"""Dependencies point one way, and nothing heavy is loaded where speed matters."""

import ast
import importlib
import subprocess
import sys

import pytest

from figures.inventory import PAPERS, ROOT

FOUNDATION = {"numerics", "derivation", "data", "sweep", "mlp", "checks", "door", "moved"}
ALLOWED = {
    **{name: {"numerics", "checks", "door"} for name in FOUNDATION - {"door"}},
    "door": {"checks"},
    "consolidation": FOUNDATION,
    "metaplasticity": FOUNDATION,
    "bnn": FOUNDATION | {"metaplasticity"},
    "continual": FOUNDATION | {"bnn", "consolidation", "metaplasticity"},
    "ssl": FOUNDATION | {"continual"},
    "ep": FOUNDATION | {"continual"},
    "holo_ep": FOUNDATION | {"continual", "ep"},
    "rram": FOUNDATION | {"continual", "bnn", "metaplasticity", "consolidation", "full_size"},
    "full_size": FOUNDATION | {"bnn", "continual", "holo_ep"},
}


def _subject(path):
    return path.relative_to(ROOT / "theory").parts[0].removesuffix(".py")


def _imports(path):
    """Every module that a file imports, `from package import module` included."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute here"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _sources(folder):
    return [p for p in (ROOT / folder).rglob("*.py") if "__pycache__" not in p.parts]


def test_no_subject_imports_against_the_arrows():
    for path in _sources("theory"):
        subject = _subject(path)
        if subject == "__init__":
            continue
        for module in _imports(path):
            parts = module.split(".")
            if parts[0] == "theory" and parts[1] != subject:
                assert parts[1] in ALLOWED[subject], f"theory/{subject} imports {module}"


def test_names_that_moved_are_found_with_a_warning():
    """What a reader imported before still runs, and says where it is now."""
    for package, names in {
        "bnn": ("Experiment", "TaskSequence", "settings", "train"),
        "consolidation": ("ElasticConsolidation", "run_sequence"),
    }.items():
        module = importlib.import_module(f"theory.{package}")
        for name in names:
            assert name not in module.__all__
            with pytest.warns(DeprecationWarning, match=rf"{package}\.{name} is now theory"):
                assert getattr(module, name)
        with pytest.raises(AttributeError, match="no_such_name"):
            module.no_such_name  # noqa: B018


def test_the_theory_draws_nothing_and_the_kit_knows_no_science():
    for path in _sources("theory"):
        drawing = [m for m in _imports(path) if m.startswith(("figures", "matplotlib.pyplot"))]
        assert not drawing, f"{path.name} imports {drawing}"
    for path in _sources("figures"):
        science = {m for m in _imports(path) if m.startswith("theory")}
        assert science <= {"theory.full_size.tables"}, path.name  # files of stored runs, no science


def test_a_drawing_sees_its_numbers_and_nothing_of_the_science():
    allowed = ("matplotlib", "numpy", "figures.kit", "math", "itertools")
    for path in _sources("figures"):
        if path.parent.name in PAPERS:
            own = (*allowed, f"figures.{path.parent.name}._")
            foreign = [m for m in _imports(path) if not m.startswith(own)]
            assert not foreign, f"{path.relative_to(ROOT)} imports {foreign}"


def test_simulations_and_predictions_do_not_share_a_function():
    """A module that simulates never imports the mean-field prediction it is there to test."""
    imports = set(_imports(ROOT / "theory/metaplasticity/quadratic_task.py"))
    assert not [m for m in imports if "mean_field" in m]


@pytest.mark.parametrize(
    ("statement", "heavy"),
    [
        ("import theory, theory.metaplasticity", {"numpy", "sympy", "scipy", "matplotlib"}),
        (
            "import theory.data, theory.sweep",
            {"sympy", "scipy", "sklearn", "joblib", "distributed"},
        ),
        ("import figures.check", {"numpy", "matplotlib", "nbclient", "jupytext", "theory"}),
        ("import figures.execution", {"numpy", "matplotlib", "theory"}),
    ],
)
def test_importing_stays_light(statement, heavy):
    code = f"{statement}\nimport sys\nprint(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert not heavy & set(loaded)


def test_a_module_holds_one_concept():
    lengths = {
        p: len(p.read_text().splitlines()) for p in [*_sources("theory"), *_sources("figures")]
    }
    longest = max(lengths, key=lengths.get)
    assert lengths[longest] <= 320, f"{longest.relative_to(ROOT)} has {lengths[longest]} lines"


@pytest.mark.parametrize("package", sorted(p.parent for p in ROOT.glob("theory/**/__init__.py")))
def test_no_module_has_the_name_of_something_its_package_exports(package):
    """Importing such a module would hide the function that bears its name."""
    path = package.relative_to(ROOT)
    public = set(getattr(importlib.import_module(".".join(path.parts)), "__all__", ()))
    modules = {p.stem for p in package.glob("*.py")} | {p.name for p in package.glob("*/")}
    assert not public & modules
