"""The page of all benchmarks: ratios collected, kept, compared; a failure named."""

import importlib
import sys

import pytest

from figures.inventory import ROOT

BENCH = """
import sys
sys.path.insert(0, {folder!r})
from timing import row
row("work of size 3", 0.002, "a note", of={{"a loop": 0.008, "target": 1.0}})
row("nothing to compare with", 0.1)
"""


@pytest.fixture
def page(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    module = importlib.import_module("page")
    (tmp_path / "bench_one.py").write_text(BENCH.format(folder=str(ROOT / "benchmarks")))
    (tmp_path / "bench_two.py").write_text("raise SystemExit(3)")
    monkeypatch.setattr(module, "FOLDER", tmp_path)
    monkeypatch.setattr(module, "KEPT", tmp_path / "page.csv")
    monkeypatch.setattr(module.read_kept, "__defaults__", (tmp_path / "page.csv",))
    monkeypatch.setattr(module.write_kept, "__defaults__", (tmp_path / "page.csv",))
    yield module
    sys.modules.pop("page", None)


def test_ratios_are_those_of_the_rows_and_are_kept(page, capsys):
    first, second = page.measure("one")
    assert first.place == ("one", "work of size 3", "a loop") and second.reference == "target"
    assert (first.ratio, second.ratio, first.milliseconds) == (0.25, 0.002, 2.0)
    assert page.main(["one", "--keep"]) == 0
    assert list(page.read_kept().values()) == [first, second]
    assert "new" in capsys.readouterr().out
    page.write_kept([page.Ratio("other", "x", "y", 1.0, 1.0)])
    assert len(page.read_kept()) == 3  # the benchmark that was not run stays


@pytest.mark.parametrize(("before", "slower"), [(0.2, True), (0.21, False), (0.3, False)])
def test_what_became_slower_by_a_fifth_is_red(page, before, slower):
    now = page.Ratio("one", "work", "a loop", 0.25, 2.0)
    kept = {now.place: page.Ratio("one", "work", "a loop", before, 2.0)}
    line = page.page([now], kept, color=True).splitlines()[-1]
    assert (page.RED in line) == slower == (page.PLAIN in line)
    plain = page.page([now], kept, color=False).splitlines()[-1]
    assert plain.endswith("slower") == slower and page.RED not in plain


def test_a_benchmark_that_fails_is_named_and_the_others_are_on_the_page(page, capsys):
    assert page.main([]) == 1
    shown = capsys.readouterr().out
    assert "a loop" in shown and "the benchmark two failed with status 3" in shown
    assert page.main(["three"]) == 2
    assert "no benchmark three; there are one, two" in capsys.readouterr().out


def test_every_row_of_the_kept_page_names_a_benchmark_and_is_there_once():
    sys.path.insert(0, str(ROOT / "benchmarks"))
    try:
        page = importlib.import_module("page")
        lines = page.KEPT.read_text(encoding="utf-8").splitlines()[1:]
        assert len(page.read_kept()) == len(lines) > 50
        assert {one.benchmark for one in page.read_kept().values()} == {*page.names()}
    finally:
        sys.path.remove(str(ROOT / "benchmarks"))
        sys.modules.pop("page", None)
