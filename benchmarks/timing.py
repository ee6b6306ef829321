"""Timing for the benchmarks: the best of several runs, and the rates this machine can reach."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np


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


def row(name: str, time: float, *notes: str) -> None:
    """Print one line of a benchmark."""
    print(f"{name:52} {time * 1e3:10.2f} ms   {'; '.join(notes)}", flush=True)
