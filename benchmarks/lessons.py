"""Execute lessons and print where their time goes: training, simulation, symbolic work, drawing.

`python benchmarks/lessons.py [ep/6 ssl ...]` runs all lessons or some, each in a process of its
own. All times are processor seconds of one core: sweeps run in that process, so a lesson that
spreads its trainings over two quiet cores takes less. Every few milliseconds the stack is looked
at, and the time since the last look belongs to the first group that has a frame in it. `--keep`
writes `lessons.csv`, in which the rows of other lessons stay as they were.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))
KEPT = Path(__file__).with_name("lessons.csv")
INTERVAL = 0.005  # seconds between two looks
# The first that has a frame in the stack, by the frame's file (below the root) and function.
GROUPS = {
    "start": r"<frozen importlib|/numba/",  # imports, and what is compiled
    "training": r"theory/.*(train|experiment|sequence|learner|siamese|/binarized/|_tasks)",
    "symbolic": r"/sympy/|/derivations?/",
    "simulation": r"theory/(?!door|sweep|checks)",
    "drawing": r"/matplotlib/|figures/",
}
OTHER = "cells"  # what the lesson does itself
HEAD = ("lesson", "seconds", *GROUPS, OTHER)


def sources(names: list[str]) -> list[Path]:
    """Return the sources of lessons whose "<paper>/<name>" begins with one of the names."""
    found = sorted((ROOT / "notebooks").glob("*/[0-9]*.py"))
    found = [source for source in found if ".edited" not in source.name]
    return [one for one in found if not names or label(one).startswith(tuple(names))]


def label(source: Path) -> str:
    return f"{source.parent.name}/{source.stem}"


def group_of(frame, known: dict) -> str:
    """Return the group of a stack, given by its innermost frame."""
    places = []
    while frame is not None:
        code = frame.f_code
        if code not in known:
            place = f"{code.co_filename.removeprefix(str(ROOT) + '/')} {code.co_name}"
            known[code] = {name for name, kind in GROUPS.items() if re.search(kind, place)}
        places.append(known[code])
        frame = frame.f_back
    seen = set().union(*places)
    return next((name for name in GROUPS if name in seen), OTHER)


def execute(source: Path) -> dict[str, float]:
    """Execute a lesson here; return the processor seconds of every group."""
    seconds, known = dict.fromkeys((*GROUPS, OTHER), 0.0), {}
    seconds["start"] = last = time.process_time()

    def look(_, frame):
        nonlocal last
        now = time.process_time()
        seconds[group_of(frame, known)] += now - last
        last = now

    signal.signal(signal.SIGPROF, look)
    signal.setitimer(signal.ITIMER_PROF, INTERVAL, INTERVAL)
    import jupytext

    names = {"__name__": "__main__"}
    os.chdir(source.parent)
    try:
        for cell in jupytext.read(source, fmt="py:percent").cells:
            if cell.cell_type == "code":
                exec(compile(cell.source, source.stem, "exec"), names)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return seconds


def measure(source: Path) -> dict[str, float]:
    """Execute a lesson in a process of its own. Raises `RuntimeError` when it fails."""
    with tempfile.TemporaryDirectory() as folder:
        alone = {"FIGURES_STAGING": folder, "MPLBACKEND": "agg", "OMP_NUM_THREADS": "1",
                 "PYTHONPATH": str(ROOT), "LOKY_MAX_CPU_COUNT": "1"}  # fmt: skip
        told = Path(folder) / "seconds.json"
        command = [sys.executable, __file__, "--alone", str(told), label(source)]
        done = subprocess.run(command, env=os.environ | alone, stdout=subprocess.DEVNULL)
        if done.returncode:
            raise RuntimeError(f"{label(source)} failed with status {done.returncode}")
        return json.loads(told.read_text())


def kept_rows(path: Path = KEPT) -> dict[str, dict[str, str]]:
    """Return lesson -> row of the table that is kept; empty if there is none."""
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        return {row["lesson"]: row for row in csv.DictReader(file)}


def keep(row: dict[str, str], path: Path = KEPT) -> None:
    """Put a row into the table that is kept, in the place of the lesson's last one."""
    rows = kept_rows(path) | {row["lesson"]: row}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, HEAD, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows[name] for name in sorted(rows))


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python benchmarks/lessons.py", description=__doc__)
    parser.add_argument("names", nargs="*", help="beginnings of <paper>/<lesson>; else all")
    parser.add_argument("--keep", action="store_true", help="put the rows into lessons.csv")
    parser.add_argument("--alone", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    found = sources(chosen.names)
    if not found:
        print(f"no lesson {', '.join(chosen.names)}")
        return 2
    if chosen.alone:
        chosen.alone.write_text(json.dumps(execute(found[0])))
        return 0
    print(f"{'lesson':46}", *(f"{name:>10}" for name in HEAD[1:]))
    for source in found:
        seconds = measure(source)
        row = {"seconds": sum(seconds.values())} | seconds
        told = {"lesson": label(source)} | {name: f"{row[name]:.1f}" for name in HEAD[1:]}
        print(f"{told['lesson']:46}", *(f"{told[name]:>10}" for name in HEAD[1:]), flush=True)
        if chosen.keep:
            keep(told)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
