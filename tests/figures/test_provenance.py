"""The import closure: every module that is reached, and no other."""

import ast

import pytest

from figures import provenance
from figures.inventory import ROOT, load_inventory, notebook_figures
from figures.provenance import import_closure, stamp

FILES = {
    "theory/__init__.py": "",
    "theory/base.py": "import numpy\n",
    "theory/late.py": "",
    "theory/unused.py": "",
    "theory/pack/__init__.py": (
        "import lazy_loader as lazy\n"
        "x = lazy.attach(__name__, submod_attrs={'one': ['One', 'other'], 'two': ['Two']})\n"
    ),
    "theory/pack/one.py": "from theory import base\n",
    "theory/pack/two.py": "from . import one\nfrom ..late import x\n",
    "theory/pack/three.py": "def f():\n    from theory.late import x\n",
}
SHARED = {"figures/suite.mplstyle", "figures/execution.py", "requirements.lock"}


@pytest.fixture
def tree(tmp_path, monkeypatch):
    monkeypatch.setattr(provenance, "ROOT", tmp_path)
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


@pytest.mark.parametrize(
    ("line", "modules"),
    [
        ("import numpy", set()),
        ("from theory import base", {"theory/base.py"}),
        ("import theory.base as b", {"theory/base.py"}),
        ("from theory.pack import One", {"theory/pack/one.py", "theory/base.py"}),
        ("from theory.pack import Two", {
            "theory/pack/two.py", "theory/pack/one.py", "theory/base.py", "theory/late.py"}),
        ("from theory.pack import three", {"theory/pack/three.py", "theory/late.py"}),
        ("from theory.pack.one import One", {"theory/pack/one.py", "theory/base.py"}),
        ("import theory.pack as p", {
            "theory/pack/two.py", "theory/pack/one.py", "theory/base.py", "theory/late.py"}),
    ],
)  # fmt: skip
def test_the_closure_follows_every_kind_of_import(tree, line, modules):
    notebook = tree / "lesson.py"
    notebook.write_text(line + "\n")
    found = {path.relative_to(tree).as_posix() for path in import_closure(notebook)}
    assert found == modules | SHARED | {"lesson.py"}


def test_the_stamp_changes_with_every_source_and_entry_and_with_nothing_else(tree):
    notebook = tree / "lesson.py"
    notebook.write_text("from theory.pack import One\n")
    entries = list(load_inventory().values())[:2]
    original = stamp(notebook, entries)
    assert stamp(notebook, entries) == original
    (tree / "theory/unused.py").write_text("x = 1\n")
    assert stamp(notebook, entries) == original
    assert stamp(notebook, entries[:1]) != original
    (tree / "theory/base.py").write_text("import numpy as np\n")
    assert stamp(notebook, entries) != original


def test_a_new_public_name_changes_no_stamp_but_code_in_an_init_does(tree):
    notebook, init = tree / "lesson.py", tree / "theory/pack/__init__.py"
    notebook.write_text("from theory.pack import One\n")
    original = stamp(notebook, [])
    init.write_text(init.read_text().replace("'two': ['Two']", "'two': ['Two', 'Three']"))
    provenance._only_names.cache_clear()
    provenance._direct_imports.cache_clear()
    assert stamp(notebook, []) == original
    # The name now lives elsewhere: another file is reached.
    moved = init.read_text().replace("'one': ['One', ", "'two': ['One'], 'one': [")
    init.write_text(moved.replace("'two': ['Two', 'Three']", "'three': ['Two']"))
    provenance._direct_imports.cache_clear()
    assert tree / "theory/pack/two.py" in import_closure(notebook)
    init.write_text(init.read_text() + "import theory.late\n")
    provenance._only_names.cache_clear()
    provenance._direct_imports.cache_clear()
    assert init in import_closure(notebook)


def test_the_closure_of_every_notebook_holds_all_that_it_imports():
    """An independent, cruder reading: every dotted name imported in the closure is a file in it."""
    for name in notebook_figures(load_inventory()):
        closure = import_closure(ROOT / "notebooks" / f"{name}.py")
        assert ROOT / "figures/kit.py" in closure
        for path in closure:
            if path.suffix != ".py":
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                module = getattr(node, "module", None)
                if isinstance(node, ast.ImportFrom) and (module or "").startswith("theory"):
                    base = ROOT.joinpath(*module.split("."))
                    inside = {base.with_suffix(".py"), *base.glob("*.py")}
                    assert inside & set(closure)
