"""Timing for the benchmarks: the best of several runs, rates of this machine, rows with ratios."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Mapping

import numpy as np

ROWS = "BENCHMARK_ROWS"  # names the file to which `row` appends, when the page of all is made


def seconds(function: Callable[[], object], *, repeats: int = 5, at_least: float = 0.05) -> float:
    """Return the shortest time of one call, each run repeated to last `at_least` seconds."""
    started = time.perf_counter()
    function()
    once = time.perf_counter() - started
    calls = max(1, int(at_least / max(once, 1e-9)))
    best = once
    for _ in range(repeats):
        started = time.perf_counter()
        for _ in range(calls):
            function()
        best = min(best, (time.perf_counter() - started) / calls)
    return best


def memory_rate(size: int) -> float:
    """Return the bytes a second at which an array of `size` bytes is read here."""
    array = np.ones(max(1, size // 8))
    return array.nbytes / seconds(lambda: array.sum())


def row(name: str, time: float, *notes: str, of: Mapping[str, float] | None = None) -> None:
    """Print one line of a benchmark, and keep its ratios for the page of all.

    Parameters
    ----------
    name : str
        What was measured; no two rows of a benchmark have the same.
    time : float
        In seconds.
    notes : str
        Said beside it.
    of : mapping, optional
        Reference -> the seconds that it takes; the ratio to each is printed and kept.
    """
    ratios = {reference: time / other for reference, other in (of or {}).items()}
    said = [f"{ratio:.3g} of {reference}" for reference, ratio in ratios.items()]
    print(f"{name:52} {time * 1e3:10.2f} ms   {'; '.join([*said, *notes])}", flush=True)
    if path := os.environ.get(ROWS):
        with open(path, "a", encoding="utf-8") as file:
            file.write(json.dumps({"name": name, "seconds": time, "ratios": ratios}) + "\n")
