"""Execute lessons and print where their time goes: training, simulation, symbolic work, drawing.

`python benchmarks/lessons.py [ep/6 ssl ...]` runs all lessons or some, each in a process of its
own. All times are processor seconds of one core: sweeps run in that process, so that a lesson that
spreads its trainings over two quiet cores takes less. Every few milliseconds the stack is looked
at, and the time since the last look belongs to the first group that has a frame in it. `--keep`
writes `lessons.csv`, in which the rows of other lessons stay as they were.
"""

from __future__ import annotations

import argparse
import csv
import os
import re
import signal
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stdout
from multiprocessing import get_context
from pathlib import Path

from figures.execution import kernel_environment

ROOT = Path(__file__).parents[1]
KEPT = Path(__file__).with_name("lessons.csv")
# The first that has a frame in the stack, by the frame's file (below the root) and function.
GROUPS = {
    "start": r"<frozen importlib|/numba/|/jupytext/",  # imports, what is compiled and read
    "training": r"theory/.*(train|experiment|sequence|learner|siamese|/binarized/|_tasks)",
    "symbolic": r"/sympy/|/derivations?/",
    "simulation": r"theory/(?!door|sweep|checks)",
    "drawing": r"/matplotlib/|figures/",
}
OTHER = "cells"  # what the lesson does itself
HEAD = ("lesson", "seconds", *GROUPS, OTHER)


def sources(names: list[str]) -> list[Path]:
    """Return the sources of lessons whose "<paper>/<name>" begins with one of the names."""
    found = sorted((ROOT / "notebooks").glob("*/[0-9]_*.py"))
    return [one for one in found if f"{one.parent.name}/{one.stem}".startswith(tuple(names) or "")]


def group_of(frame, known: dict) -> str:
    """Return the group of a stack, given by its innermost frame."""
    seen: set[str] = set()
    while frame is not None:
        place = frame.f_code.co_filename, frame.f_code.co_name
        if place not in known:
            words = " ".join(place).removeprefix(f"{ROOT}/")
            known[place] = {name for name, kind in GROUPS.items() if re.search(kind, words)}
        seen |= known[place]
        frame = frame.f_back
    return next((name for name in GROUPS if name in seen), OTHER)


def execute(source: Path) -> dict[str, float]:
    """Execute a lesson in this process; return its processor seconds by group."""
    seconds, known = dict.fromkeys(HEAD[2:], 0.0), {}
    seconds["start"] = last = time.process_time()

    def look(_, frame):
        nonlocal last
        now = time.process_time()
        seconds[group_of(frame, known)] += now - last
        last = now

    os.chdir(source.parent)
    signal.signal(signal.SIGPROF, look)
    signal.setitimer(signal.ITIMER_PROF, 0.005, 0.005)
    try:
        import jupytext

        names = {"__name__": "__main__"}
        with open(os.devnull, "w") as nowhere, redirect_stdout(nowhere):
            for cell in jupytext.read(source, fmt="py:percent").cells:
                if cell.cell_type == "code":
                    exec(compile(cell.source, source.stem, "exec"), names)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return seconds


def keep(row: dict[str, str]) -> None:
    """Put a row into the table that is kept, in the place of the lesson's last one."""
    rows = {}
    if KEPT.exists():
        with KEPT.open(encoding="utf-8", newline="") as file:
            rows = {one["lesson"]: one for one in csv.DictReader(file)}
    rows[row["lesson"]] = row
    with KEPT.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, HEAD, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows[name] for name in sorted(rows))


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python benchmarks/lessons.py", description=__doc__)
    parser.add_argument("names", nargs="*", help="beginnings of <paper>/<lesson>; else all")
    parser.add_argument("--keep", action="store_true", help="put the rows into lessons.csv")
    chosen = parser.parse_args(arguments)
    if not (found := sources(chosen.names)):
        print(f"no lesson {', '.join(chosen.names)}")
        return 2
    print(f"{HEAD[0]:44}", *(f"{name:>10}" for name in HEAD[1:]))
    for source in found:
        with tempfile.TemporaryDirectory() as folder:
            # The environment of a build, figures recorded into a folder that goes; one core.
            environment = kernel_environment() | {"FIGURES_STAGING": folder, "MPLBACKEND": "agg"}
            os.environ.clear()
            os.environ.update(environment | {"LOKY_MAX_CPU_COUNT": "1"})
            with ProcessPoolExecutor(1, get_context("spawn")) as pool:
                seconds = pool.submit(execute, source).result()
        times = {"seconds": sum(seconds.values())} | seconds
        row = {name: f"{times[name]:.1f}" for name in HEAD[1:]}
        row["lesson"] = f"{source.parent.name}/{source.stem}"
        print(f"{row['lesson']:44}", *(f"{row[name]:>10}" for name in HEAD[1:]), flush=True)
        if chosen.keep:
            keep(row)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
