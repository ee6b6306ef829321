"""Run the benchmarks and print one page: every ratio, and how it stands to the page that is kept.

`python benchmarks/page.py [bnn ep ...]` runs all benchmarks or some. A ratio is the time of the
suite's code over the time of its stated reference, both measured in the same run (the released
code's is stored): smaller is better, and machines of different speed may be compared. What is more
than a fifth above `page.csv` is shown in red. `--keep` writes `page.csv` anew.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from timing import ROWS

FOLDER = Path(__file__).parent
KEPT = FOLDER / "page.csv"
HEAD = ("benchmark", "what", "reference", "ratio", "milliseconds")
ALLOWED = 1.2  # what one run is above another on a quiet machine stays below
RED, PLAIN = "\033[31m", "\033[0m"


@dataclass(frozen=True)
class Ratio:
    """One measured ratio: its place on the page, its value and the time above the line."""

    benchmark: str
    what: str
    reference: str
    ratio: float
    milliseconds: float

    @property
    def place(self) -> tuple[str, str, str]:
        return self.benchmark, self.what, self.reference


def names() -> list[str]:
    """Return the benchmarks that there are."""
    return sorted(path.stem.removeprefix("bench_") for path in FOLDER.glob("bench_*.py"))


def measure(name: str) -> list[Ratio]:
    """Run one benchmark; return its ratios. Raises `RuntimeError` when it fails."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows"
        path.touch()
        command = [sys.executable, str(FOLDER / f"bench_{name}.py")]
        status = subprocess.run(command, env=os.environ | {ROWS: str(path)}).returncode
        if status:
            raise RuntimeError(f"the benchmark {name} failed with status {status}")
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [
        Ratio(name, row["name"], reference, ratio, 1e3 * row["seconds"])
        for row in rows
        for reference, ratio in row["ratios"].items()
    ]


def read_kept(path: Path = KEPT) -> dict[tuple[str, str, str], Ratio]:
    """Return place -> ratio of the page that is kept; empty if there is none."""
    if not path.exists():
        return {}
    with path.open(encoding="utf-8", newline="") as file:
        rows = [
            Ratio(*(row[key] for key in HEAD[:3]), float(row["ratio"]), float(row["milliseconds"]))
            for row in csv.DictReader(file)
        ]
    return {row.place: row for row in rows}


def write_kept(ratios: list[Ratio], path: Path = KEPT) -> None:
    """Keep these ratios; those of benchmarks that were not run stay as they were."""
    run = {one.benchmark for one in ratios}
    others = [one for one in read_kept(path).values() if one.benchmark not in run]
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(HEAD)
        for one in sorted([*ratios, *others], key=lambda one: one.benchmark):
            writer.writerow([*one.place, f"{one.ratio:.3g}", f"{one.milliseconds:.3g}"])


def page(ratios: list[Ratio], kept: dict[tuple[str, str, str], Ratio], *, color: bool) -> str:
    """Return the ratios as a table of plain text; what became slower is red, or marked."""
    lines = [f"{'what':60}  {'of':44} {'ratio':>9} {'kept':>9}"]
    for name in dict.fromkeys(one.benchmark for one in ratios):
        lines.append(f"{name}: python benchmarks/bench_{name}.py")
        for one in (one for one in ratios if one.benchmark == name):
            before = kept.get(one.place)
            line = f"  {one.what:58.58}  {one.reference:44.44} {one.ratio:9.3g} "
            line += f"{before.ratio:9.3g}" if before else f"{'new':>9}"
            if before and one.ratio > ALLOWED * before.ratio:
                slower = f"{line}  {one.ratio / before.ratio:.1f} times"
                line = f"{RED}{slower}{PLAIN}" if color else f"{slower}, slower"
            lines.append(line)
    return "\n".join(lines)


def main(arguments: list[str]) -> int:
    """Run the benchmarks asked for and print the page; return 1 if one failed."""
    parser = argparse.ArgumentParser(prog="python benchmarks/page.py", description=__doc__)
    parser.add_argument("names", nargs="*", help=f"of {', '.join(names())}; else all")
    parser.add_argument("--keep", action="store_true", help="write page.csv anew")
    chosen = parser.parse_args(arguments)
    if unknown := sorted(set(chosen.names) - set(names())):
        print(f"no benchmark {', '.join(unknown)}; there are {', '.join(names())}")
        return 2
    ratios: list[Ratio] = []
    failed = []
    for name in chosen.names or names():
        print(f"{name}:", flush=True)
        try:
            ratios += measure(name)
        except RuntimeError as error:
            failed.append(str(error))
    kept = read_kept()
    if chosen.keep:
        write_kept(ratios)
    print(page(ratios, kept, color=sys.stdout.isatty()), *failed, sep="\n")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
