"""The benchmark runs and prints what it promises; it asserts no times."""

import importlib
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def bench(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module("bench_rram")


def test_the_benchmark_names_every_ratio(bench, monkeypatch, capsys):
    monkeypatch.setattr(bench, "training", lambda epochs: print("training for", epochs))
    monkeypatch.setattr(sys, "argv", ["bench_rram.py", "500"])
    bench.main()
    printed = capsys.readouterr().out
    for promised in ("5e+02 devices", "of random numbers", "ns a pulse", "of single ones", "MB",
                     "of those with noise", "training for 1"):  # fmt: skip
        assert promised in printed


def test_the_counted_memory_is_that_of_the_states(bench):
    from theory.rram import DeviceArray

    def kept(count):
        array = DeviceArray(count, 0)
        array.pulse(3)
        return 1e6 * bench.memory(array)

    per_device = (kept(40_000) - kept(20_000)) / 20_000  # tables of a fixed size drop out
    # Keys and the noise of the next pulses come on top of what a pulse has to read.
    assert bench.BYTES + 8 + 80 <= per_device <= bench.BYTES + 8 + 80 + 30
    assert kept(1000) < 1e6
