"""The planting of errors: what is changed, who judges it, and how long a result holds."""

import ast
import importlib.util
import json

import pytest
from planted_errors import mutated, sites
from reaching_tests import closures, first_failure, imports, reaching

from figures.inventory import ROOT

SOURCE = '''\
"""Words."""
import theory.b

LIMIT = 0.5


def f(x: int = 3) -> float:
    """Words with a number 4."""
    if not x and x > 2:
        raise ValueError(f"{x} is 3")
    g(zip(x, strict=True))
    return -x + theory.b.sum(x, flag=True)


def g(x):
    return x**2
'''
TESTS = (
    "import theory.a\n\n\ndef test_f():\n    theory.a.f(1)\n\n\ndef test_g():\n    theory.a.g(1)\n"
)


@pytest.fixture
def tree(tmp_path):
    files = {"theory/a.py": SOURCE, "theory/b.py": "", "theory/c.py": "", "theory/__init__.py": "",
             "tests/test_a.py": TESTS, "tests/test_other.py": "import theory.c"}  # fmt: skip
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    return tmp_path


def test_errors_are_planted_in_what_computes_and_not_in_words(tree):
    _, found = sites(tree / "theory/a.py")
    assert sorted((line, what) for line, what, *_ in found) == [
        (4, "constant by 10 %"), (7, "off by one"), (9, "and/or"), (9, "comparison"),
        (9, "condition negated"), (9, "not dropped"), (9, "off by one"), (11, "call dropped"),
        (12, "Add to Sub"), (12, "sign dropped"), (12, "sum to mean"), (12, "truth value"),
        (16, "Pow to Mult"), (16, "off by one"),
    ]  # fmt: skip
    texts = set()
    for number in range(len(found)):
        module, again = sites(tree / "theory/a.py")
        text, before, after = mutated(module, *again[number][2:])
        compile(text, "a.py", "exec")
        texts.add(text)
        assert before != after
    assert len(texts) == len(found)


def test_an_open_length_is_changed_to_one_that_is_none(tmp_path):
    path = tmp_path / "a.py"
    path.write_text("y = x.reshape(-1, 2)\n")
    texts = set()
    for number in range(3):
        module, found = sites(path)
        texts.add(mutated(module, *found[number][2:])[0])
    assert texts == {"y = x.reshape(1, 2)", "y = x.reshape(-0, 2)", "y = x.reshape(-1, 3)"}


def test_the_tests_that_enter_the_function_judge_the_quickest_first(tree):
    static, path = closures(tree), tree / "theory/a.py"
    assert (
        path in static[tree / "tests/test_a.py"]
        and (tree / "theory/b.py") in static[tree / "tests/test_a.py"]
    )
    rows = [("tests/test_a.py::test_f", 0.2, {"theory/a.py": [7, 15]}),
            ("tests/test_a.py::test_g", 0.1, {"theory/a.py": [15]})]  # fmt: skip

    def judges(line, known=rows):
        return list(reaching(path, line, tree, static, lambda file: known))

    assert judges(12) == [["tests/test_a.py::test_f"]]
    assert judges(16) == [["tests/test_a.py::test_g", "tests/test_a.py::test_f"]]
    reads = ("tests/test_a.py::test_reads", 0.3, {})
    assert judges(16, [*rows, reads]) == judges(16)
    # Outside of functions: whoever enters the file, or imports it itself.
    assert judges(4, [*rows, reads]) == [[*judges(16)[0], "tests/test_a.py::test_reads"]]
    assert judges(16, []) == []
    assert judges(16, None) == [["tests/test_a.py"]]


def test_what_works_unseen_is_judged_by_who_enters_or_imports_what_imports_it(tree):
    (tree / "theory/fast.py").write_text(
        "import numba\n\nSIZE = 2\n\n\n@numba.njit(cache=True)\ndef h(x):\n    return x\n"
    )
    (tree / "theory/limits.py").write_text("LOW = 1\n")
    (tree / "theory/c.py").write_text(
        "import importlib\n\nfrom theory.limits import LOW\n\n\n"
        "def k():\n    return importlib.import_module('theory.fast').h(LOW)\n"
    )
    (tree / "tests/test_fast.py").write_text("import theory.fast")
    imports.cache_clear()
    rows = {"test_other": [("enters", 0.1, {"theory/c.py": [6]}), ("does not", 0.1, {})],
            "test_fast": [("calls it itself", 0.1, {})], "test_a": []}  # fmt: skip

    def judges(name, line):
        path, static = tree / "theory" / name, closures(tree)
        return list(reaching(path, line, tree, static, lambda file: rows[file.stem]))

    assert judges("fast.py", 8) == judges("fast.py", 3) == [["calls it itself"], ["enters"]]
    assert judges("limits.py", 1) == judges("c.py", 7) == [["enters"]]


def test_a_result_holds_as_long_as_file_and_judges_are_as_they_were(tree, monkeypatch):
    mutants = sampler()
    monkeypatch.setattr(mutants, "KEPT", tree)

    def results():
        return mutants.Results(tree, closures(tree))

    row = results().add("theory/a.py", 3, "theory/a.py:12 [x] 'a' -> 'b'", "", "")
    results().add("theory/a.py", 4, "", "tests/test_a.py::f", "tests/test_a.py")
    assert set(results().rows) == {("theory/a.py", 3), ("theory/a.py", 4)}
    assert json.loads((tree / "results.jsonl").read_text().splitlines()[0]) == row
    name, line = "theory/a.py [x] 'a' -> 'b'", "return -x + theory.b.sum(x, flag=True)"
    assert mutants.fate(row, {f"{name} in another line"}, tree) == "survived"
    assert mutants.fate(row, {name}, tree) == "equivalent"
    assert mutants.fate(row, {f"{name} in {line}"}, tree) == "equivalent"
    (tree / "tests/test_new.py").write_text("import theory.a")
    assert set(results().rows) == {("theory/a.py", 4)}
    (tree / "tests/test_a.py").write_text(TESTS + "\n")
    assert not results().rows


def sampler():
    spec = importlib.util.spec_from_file_location("mutants", ROOT / "tests/mutants.py")
    mutants = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(mutants)
    return mutants


def test_a_line_more_leaves_a_sample_as_it_was(tree):
    def drawn(seed):
        found = []
        for path, number in sampler().draw(tree, 6, seed)[0]:
            _, what, old, new = sites(path)[1][number]
            found.append((what, ast.unparse(old), ast.unparse(new)))
        return found

    before, others = drawn(0), drawn(1)
    assert len(set(before)) == 6 and sorted(before) != sorted(others)
    path = tree / "theory/a.py"
    path.write_text(path.read_text().replace("LIMIT = 0.5", "NAME = 'x'\n\nLIMIT = 0.5"))
    assert drawn(0) == before


def test_the_failing_test_is_read_from_the_summary():
    said = "..F\nFAILED tests/test_a.py::test_f[1] - AssertionError: no\n1 failed"
    assert first_failure(said) == "tests/test_a.py::test_f[1]" and first_failure("passed") == ""
