"""The benchmark runs and prints what it promises; it asserts no times."""

import importlib
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


@pytest.fixture
def bench(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module("bench_bnn")


def test_the_benchmark_names_every_ratio(bench, monkeypatch, capsys):
    fastest = bench.fastest
    monkeypatch.setattr(bench, "fastest", lambda functions, repeats: fastest(functions, 1))
    monkeypatch.setattr(bench, "SWEPT", (12,))
    monkeypatch.setattr(sys, "argv", ["bench_bnn.py", "16"])
    bench.main()
    printed = capsys.readouterr().out
    assert "784-16-16-10, batch 100, NumPy" in printed
    assert "64-12-12-10, digits, ten runs" in printed
    for promised in (
        " ms ",
        "of alone;",
        "of alone in NumPy",
        "of products and one pass over the state",
        "matrix products",
        "of bare products",
    ):
        assert promised in printed


def test_the_bare_products_are_those_of_a_step(bench):
    """Same shapes, counted in multiplications: three a layer, two for the first."""
    sizes = (784, 16, 12, 10)
    counted = []
    import numpy as np

    real = np.matmul

    def counting(a, b, out=None):
        counted.append(a.shape[0] * a.shape[1] * b.shape[1])
        return real(a, b, out=out)

    products = bench.bare_products(sizes)
    bench.np.matmul, saved = counting, bench.np.matmul
    try:
        products()
    finally:
        bench.np.matmul = saved
    weights = [784 * 16, 16 * 12, 12 * 10]
    assert sum(counted) == 100 * (2 * weights[0] + 3 * weights[1] + 3 * weights[2])
