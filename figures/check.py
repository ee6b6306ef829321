"""Judge every figure marked done without recomputing anything: `python -m figures.check`.

A figure is good when its files are those its record names, its claims hold, its lesson was
executed from the sources as they are now and not edited since, and its picture was drawn by its
room as it is now. `make figures` asks the same question and mends what this names. Nothing is
written.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass

from figures.course import table_is_current
from figures.executed import Damaged, is_sealed, read_executed
from figures.files import cut_off, digest
from figures.index import index_is_current
from figures.inventory import PAPERS, ROOT, Entry, InventoryError, load_inventory, notebook_figures
from figures.provenance import SourceError, computed_stamp, drawn_stamp
from figures.record import read_record

COMPUTE, REDRAW = "compute", "redraw"


@dataclass(frozen=True)
class Problem:
    """What is wrong, in a line, and what mends it: executing the lesson, or a redraw of `id`."""

    line: str
    remedy: str = COMPUTE
    id: str = ""

    def __str__(self) -> str:
        return self.line


def lesson_problems(name: str, entries: Iterable[Entry]) -> list[Problem]:
    """Return what is wrong with a lesson's pair and figures; [] if all is good."""
    source = ROOT / "notebooks" / f"{name}.py"
    pair = source.with_suffix(".ipynb")
    if not source.is_file():
        return [Problem(f"missing  notebooks/{name}.py, which the inventory names")]
    if not pair.is_file():
        return [Problem(f"missing  notebooks/{name}.ipynb: it was never built")]
    try:
        notebook = read_executed(pair)
    except Damaged:
        return [Problem(f"damaged  notebooks/{name}.ipynb: no stamp of its sources can be read")]
    stamp = notebook["metadata"]["figures"]
    problems = []
    if not is_sealed(notebook):
        problems.append(
            Problem(f"edited   notebooks/{name}.ipynb: not the cells and outputs of its build")
        )
    try:
        if stamp["computed"] != computed_stamp(source):
            problems.append(
                Problem(f"stale    notebooks/{name}: a source changed since it was executed")
            )
    except SourceError as error:
        problems.append(Problem(f"broken   notebooks/{name}: {error}"))
    for entry in entries:
        problems += figure_problems(entry, stamp)
    return problems


def figure_problems(entry: Entry, stamp: dict) -> list[Problem]:
    """Return what is wrong with a figure's files, claims and picture; [] if all is good.

    `stamp` is what the executed lesson says of itself, see `figures.executed`.
    """
    try:
        content = entry.path(".json").read_bytes()
        facts = read_record(content)
    except OSError:
        return [Problem(f"missing  figures/{entry.id}.json")]
    except ValueError as error:
        return [Problem(f"damaged  figures/{entry.id}.json: {error}")]
    problems = [
        Problem(f"failing  {entry.id}: {claim}") for claim in facts["read"] if not claim.held
    ]
    if stamp["records"].get(entry.id) != digest(content):
        problems.append(
            Problem(f"damaged  figures/{entry.id}.json: not the record its lesson wrote")
        )
    for remedy, files in ((COMPUTE, facts["computed"]), (REDRAW, facts["drawn"])):
        for suffix, expected in files.items():
            path = entry.path(suffix)
            if not path.is_file():
                line = f"missing  figures/{entry.id}{suffix}"
            elif digest(path.read_bytes()) != expected:
                line = f"damaged  figures/{entry.id}{suffix}: not what its record names"
            else:
                continue
            problems.append(Problem(line, remedy, entry.id))
    try:
        if stamp["drawn"].get(entry.id) != drawn_stamp(entry):
            line = f"redraw   {entry.id}: its drawing, the kit or the style changed"
            problems.append(Problem(line, REDRAW, entry.id))
    except SourceError as error:
        problems.append(Problem(f"broken   {entry.id}: {error}", REDRAW, entry.id))
    return problems


def stray_files(entries: Iterable[Entry]) -> list[Problem]:
    """Return a line for every figure file and executed lesson that no done entry owns."""
    owned = set()
    for entry in entries:
        owned |= {entry.path(suffix) for suffix in _owned_suffixes(entry)}
        owned.add(ROOT / "notebooks" / f"{entry.notebook}.ipynb")
    found = [p for paper in PAPERS for p in (ROOT / "figures" / paper).glob("*.*")]
    found += [p for p in (ROOT / "notebooks").glob("*/*.ipynb") if ".edited" not in p.name]
    return [
        Problem(f"stray    {path.relative_to(ROOT).as_posix()}: no done figure owns it")
        for path in sorted(set(found) - owned)
        if not path.name.startswith((".", "_"))
    ]


def _owned_suffixes(entry: Entry) -> set[str]:
    """Return the endings of a figure's files: what its record names, or all if it has none."""
    suffixes = {".py", ".json", ".full.csv", ".full.json"}
    try:
        facts = read_record(entry.path(".json").read_bytes())
    except (OSError, ValueError):
        return suffixes | {".csv", ".npz", ".png", ".svg"}
    return suffixes | set(facts["computed"]) | set(facts["drawn"])


def report(strict: bool = True) -> int:
    """Print every problem and how much of the inventory is done; return the exit status."""
    inventory = load_inventory()
    done = [entry for entry in inventory.values() if entry.done]
    problems = [Problem(f"cut off  the publication of {name}") for name in cut_off()]
    for name, entries in notebook_figures(inventory).items():
        problems += lesson_problems(name, entries)
    mended = len(problems)
    problems += stray_files(done)
    if not index_is_current():
        problems.append(Problem("stale    figures/INDEX.md: not that of the inventory"))
        mended += 1
    if not table_is_current():
        problems.append(Problem("stale    README.md: its table is not that of the lessons"))
        mended += 1
    for problem in problems:
        print(problem)
    for paper in PAPERS:
        of_paper = [entry for entry in inventory.values() if entry.paper == paper]
        print(f"{paper:15} {sum(e.done for e in of_paper):3} of {len(of_paper):3} figures done")
    print(f"{'all':15} {len(done):3} of {len(inventory):3} figures done, {len(problems)} problems")
    if mended and strict:
        print("`make figures` mends what is stale, edited, missing, damaged or cut off")
    return int(bool(problems) and strict)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m figures.check", description=__doc__)
    parser.add_argument("--report", action="store_true", help="print problems, never fail")
    try:
        return report(strict=not parser.parse_args().report)
    except InventoryError as error:
        print(f"figures/inventory.toml: {error}")
        return 1
    except BrokenPipeError:  # the reader of the output has left, as in `... | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


if __name__ == "__main__":
    sys.exit(main())
