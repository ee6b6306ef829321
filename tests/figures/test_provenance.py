"""The import closure: every module that is reached, and no other."""

import ast
import functools
from dataclasses import replace

import pytest

from figures import inventory, provenance
from figures.inventory import ROOT, load_inventory, notebook_figures
from figures.provenance import SourceError, computed_stamp, drawn_stamp, import_closure

ENTRY = load_inventory()["ssl/fig5"]
FILES = {
    "requirements.lock": "numpy==2.0\nmatplotlib==3.10\npytest==8.0\n",
    "figures/__init__.py": "",
    "figures/suite.mplstyle": "font.size: 8\n",
    "figures/kit.py": "from figures.style import BLUE\n",
    "figures/style.py": "",
    "figures/check.py": "",
    "figures/ssl/fig5.py": "from figures.kit import BLUE\n",
    "lesson.py": "# ---\n# jupyter:\n# ---\n\n# %%\nfrom figures.kit import BLUE\n"
    "from theory.pack import One\n",
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


@pytest.fixture
def tree(tmp_path, monkeypatch):
    monkeypatch.setattr(provenance, "ROOT", tmp_path)
    monkeypatch.setattr(inventory, "ROOT", tmp_path)
    monkeypatch.setattr(provenance, "LOCK", tmp_path / "requirements.lock")
    monkeypatch.setattr(provenance, "STYLE", tmp_path / "figures/suite.mplstyle")
    for name, text in FILES.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    _forget()
    yield tmp_path
    _forget()


def _forget():
    for name in ("_tree", "_direct_imports", "_only_names", "_module_file", "_versions"):
        getattr(provenance, name).cache_clear()


def _stamps(tree):
    """The stamps as a new process finds them."""
    _forget()
    return computed_stamp(tree / "lesson.py"), drawn_stamp(ENTRY)


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
        ("importlib.import_module('theory.base')", {"theory/base.py"}),  # loaded by its name
        ("import theory.pack as p", {
            "theory/pack/two.py", "theory/pack/one.py", "theory/base.py", "theory/late.py"}),
    ],
)  # fmt: skip
def test_the_closure_follows_every_kind_of_import(tree, line, modules):
    lesson = tree / "lesson.py"
    lesson.write_text(f"from figures.kit import BLUE\n{line}\n")
    found = {p.relative_to(tree).as_posix() for p in import_closure(lesson, ("theory",))}
    assert found == modules | {"lesson.py"}


@pytest.mark.parametrize(
    ("name", "old", "new", "computed", "drawn"),
    [
        ("theory/unused.py", "", "x = 1\n", False, False),
        ("theory/base.py", "import numpy", "import numpy as np", True, False),
        ("lesson.py", "# %%", "# %%\nx = 1", True, False),
        ("lesson.py", "# jupyter:", "# jupyter:\n#   version: 2", False, False),
        ("figures/ssl/fig5.py", "BLUE", "RED", False, True),
        ("figures/style.py", "", "x = 1\n", False, True),
        ("figures/check.py", "", "x = 1\n", False, False),
        ("figures/suite.mplstyle", "8", "9", False, True),
        ("requirements.lock", "numpy==2.0", "numpy==2.1", True, True),
        ("requirements.lock", "matplotlib==3.10", "matplotlib==3.11", False, True),
        ("requirements.lock", "pytest==8.0", "pytest==9.0", False, False),
    ],
)
def test_each_stamp_changes_with_its_own_sources_and_with_nothing_else(
    tree, name, old, new, computed, drawn
):
    before = _stamps(tree)
    assert _stamps(tree) == before
    text = (tree / name).read_text()
    (tree / name).write_text(text.replace(old, new) if old else new)
    after = _stamps(tree)
    assert (before[0] != after[0], before[1] != after[1]) == (computed, drawn)


def test_the_caption_belongs_to_the_drawing():
    assert drawn_stamp(ENTRY) != drawn_stamp(replace(ENTRY, shows="something else"))


def test_a_new_public_name_changes_no_stamp_but_code_in_an_init_does(tree):
    lesson, init = tree / "lesson.py", tree / "theory/pack/__init__.py"
    original = _stamps(tree)
    init.write_text(init.read_text().replace("'two': ['Two']", "'two': ['Two', 'Three']"))
    assert _stamps(tree) == original
    # The name now lives elsewhere: another file is reached.
    moved = init.read_text().replace("'one': ['One', ", "'two': ['One'], 'one': [")
    init.write_text(moved.replace("'two': ['Two', 'Three']", "'three': ['Two']"))
    _forget()
    assert tree / "theory/pack/two.py" in import_closure(lesson, ("theory",))
    init.write_text(init.read_text() + "import theory.late\n")
    _forget()
    assert init in import_closure(lesson, ("theory",))


def test_a_source_that_is_no_python_is_named_with_its_line(tree):
    (tree / "theory/base.py").write_text("x = 1\nx = = 2\n")
    with pytest.raises(SourceError, match=r"theory/base.py, line 2: invalid syntax"):
        _stamps(tree)


@functools.cache
def _imported_by(path):
    """A cruder reading: for each dotted name a file imports from, the files that it can mean."""
    names = [node.module or "" for node in ast.walk(ast.parse(path.read_text()))
             if isinstance(node, ast.ImportFrom)]  # fmt: skip
    bases = [ROOT.joinpath(*name.split(".")) for name in names if name.startswith("theory")]
    return [{base.with_suffix(".py"), *base.glob("*.py")} for base in bases]


def test_the_closure_of_every_lesson_holds_all_that_it_imports():
    for name in notebook_figures(load_inventory()):
        closure = import_closure(ROOT / "notebooks" / f"{name}.py", ("theory",))
        assert len(closure) > 1
        for path in closure:
            assert all(files & set(closure) for files in _imported_by(path)), path


def test_results_of_full_size_runs_count_where_they_are_read(tree):
    table = tree / "figures/ssl/fig5.full.csv"
    table.write_text("0.1")
    (tree / "figures/ssl/fig6.full.csv").write_text("0.1")
    before = _stamps(tree)
    table.write_text("0.2")
    after = _stamps(tree)
    assert after[0] == before[0] and after[1] != before[1]  # it is only drawn
    (tree / "theory/full_size").mkdir()
    (tree / "theory/full_size/tables.py").touch()
    lesson = tree / "lesson.py"
    reads = 'from theory.full_size import tables\ntables.read("ssl/fig5")\n'
    lesson.write_text(lesson.read_text() + reads)
    reading = _stamps(tree)
    (tree / "figures/ssl/fig6.full.csv").write_text("0.2")
    assert _stamps(tree) == reading
    table.write_text("0.3")
    assert _stamps(tree)[0] != reading[0]
