"""The seconds of a lesson by group: a toy lesson whose shares are known."""

import csv
import importlib
import signal
import sys

import pytest

from figures.inventory import ROOT

LESSON = """# %%
import time

SPIN = '''
def spin(seconds):
    end = time.process_time() + seconds
    while time.process_time() < end:
        pass
'''

def of(place):
    names = {"time": time}
    exec(compile(SPIN, place, "exec"), names)
    return names["spin"]

# %%
of("ROOT/theory/ep/training.py")(0.4)
print("said by the lesson")
# %%
of("ROOT/theory/rram/pink_noise.py")(0.2)
of("/lib/sympy/core/add.py")(0.1)
# %%
of("a cell")(0.3)
"""
SPENT = {"training": 0.4, "simulation": 0.2, "symbolic": 0.1, "cells": 0.3}


@pytest.fixture
def lessons(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    module = importlib.import_module("lessons")
    folder = tmp_path / "notebooks" / "ep"
    folder.mkdir(parents=True)
    (folder / "1_toy.py").write_text(LESSON.replace("ROOT", str(tmp_path)))
    monkeypatch.setattr(module, "ROOT", tmp_path)
    monkeypatch.setattr(module, "KEPT", tmp_path / "lessons.csv")
    yield module
    sys.modules.pop("lessons", None)


def test_every_second_belongs_to_a_group(lessons, monkeypatch, capsys):
    before = signal.getsignal(signal.SIGPROF)
    monkeypatch.chdir(ROOT)  # and back
    monkeypatch.setattr(sys, "path", [*sys.path])
    try:
        seconds = lessons.execute(*lessons.sources(["ep/1"]))
    finally:
        signal.signal(signal.SIGPROF, before)
    # A look every 5 ms, at two ends; the kernel may count in ticks of 10 ms.
    assert {name: seconds[name] for name in SPENT} == pytest.approx(SPENT, abs=0.04)
    assert capsys.readouterr().out == ""


def test_rows_add_up_and_names_choose(lessons, capsys):
    row = dict.fromkeys(lessons.HEAD, "1.0")
    for name in ("ep/2_b", "ep/1_a"):
        lessons.keep(row | {"lesson": name})
    lessons.keep(row | {"lesson": "ep/2_b", "seconds": "3.0"})
    with lessons.KEPT.open() as file:
        kept = [(one["lesson"], one["seconds"]) for one in csv.DictReader(file)]
    assert kept == [("ep/1_a", "1.0"), ("ep/2_b", "3.0")]
    assert [one.stem for one in lessons.sources([])] == ["1_toy"]
    assert lessons.main(["rram"]) == 2 and "no lesson rram" in capsys.readouterr().out
