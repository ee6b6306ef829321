"""Judge every figure marked done without recomputing anything: `python -m figures.check`.

A figure is good when its files are those its record names, its claims hold, and its notebook was
executed from the sources as they are now.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable

from figures.claims import read_claim
from figures.execution import JOURNALS
from figures.files import digest, recover
from figures.index import index_is_current
from figures.inventory import PAPERS, ROOT, Entry, InventoryError, load_inventory, notebook_figures
from figures.provenance import stamp


def notebook_problems(name: str, entries: Iterable[Entry]) -> list[str]:
    """Return what is wrong with a notebook's pair and figures: one line each, [] if all is good."""
    entries = list(entries)
    source = ROOT / "notebooks" / f"{name}.py"
    pair = source.with_suffix(".ipynb")
    if not source.is_file():
        return [f"missing  notebooks/{name}.py, which the inventory names"]
    if not pair.is_file():
        return [f"missing  notebooks/{name}.ipynb: it was never built"]
    try:
        provenance = json.loads(pair.read_bytes())["metadata"]["figures"]
        stamped, records = provenance["stamp"], provenance["records"]
    except (ValueError, KeyError, TypeError):
        return [f"damaged  notebooks/{name}.ipynb: no stamp of its sources can be read"]
    problems = []
    if stamped != stamp(source, entries):
        problems.append(f"stale    notebooks/{name}: a source changed since it was executed")
    for entry in entries:
        problems += outputs_problems(entry, records.get(entry.id))
    return problems


def outputs_problems(entry: Entry, record: str | None = None) -> list[str]:
    """Return what is wrong with a figure's files and claims: one line each, [] if all is good.

    `record` is the digest of the JSON record that the notebook wrote, when it is known.
    """
    try:
        content = entry.path(".json").read_bytes()
        facts = json.loads(content)
        claims = [read_claim(row) for row in facts["claims"]]
        files = facts["files"]
    except FileNotFoundError:
        return [f"missing  figures/{entry.id}.json"]
    except (ValueError, KeyError, TypeError):
        return [f"damaged  figures/{entry.id}.json: not a record of a figure"]
    problems = [f"failing  {entry.id}: {claim}" for claim in claims if not claim.held]
    if record is not None and record != digest(content):
        problems.append(f"damaged  figures/{entry.id}.json: not the record its notebook wrote")
    for suffix, expected in files.items():
        path = entry.path(suffix)
        if not path.is_file():
            problems.append(f"missing  figures/{entry.id}{suffix}")
        elif digest(path.read_bytes()) != expected:
            problems.append(f"damaged  figures/{entry.id}{suffix}: not what its record names")
    return problems


def stray_files(entries: Iterable[Entry]) -> list[str]:
    """Return a line for every figure file and executed notebook that no done entry owns."""
    entries = list(entries)
    owned = {entry.path(s) for entry in entries for s in (".png", ".svg", ".csv", ".json")}
    owned |= {ROOT / "notebooks" / f"{entry.notebook}.ipynb" for entry in entries}
    found = [p for paper in PAPERS for p in (ROOT / "figures" / paper).glob("*.*")]
    found += (ROOT / "notebooks").glob("*/*.ipynb")
    return [
        f"stray    {path.relative_to(ROOT).as_posix()}: no done figure of the inventory owns it"
        for path in sorted(set(found) - owned)
    ]


def report(strict: bool = True) -> int:
    """Print every problem and how much of the inventory is done; return the exit status."""
    for name in recover(ROOT, JOURNALS):
        print(f"completed the publication of {name}, which had been cut off")
    inventory = load_inventory()
    done = [entry for entry in inventory.values() if entry.done]
    problems = []
    for name, entries in notebook_figures(inventory).items():
        problems += notebook_problems(name, entries)
    problems += stray_files(done)
    if not index_is_current():
        problems.append("stale    README.md: its figure index is not that of the inventory")
    for line in problems:
        print(line)
    for paper in PAPERS:
        of_paper = [entry for entry in inventory.values() if entry.paper == paper]
        print(f"{paper:15} {sum(e.done for e in of_paper):3} of {len(of_paper):3} figures done")
    print(f"{'all':15} {len(done):3} of {len(inventory):3} figures done, {len(problems)} problems")
    if problems and strict:
        print("`make figures` rebuilds what is stale, missing or damaged")
    return int(bool(problems) and strict)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m figures.check", description=__doc__)
    parser.add_argument("--report", action="store_true", help="print problems, never fail")
    try:
        return report(strict=not parser.parse_args().report)
    except InventoryError as error:
        print(f"figures/inventory.toml: {error}")
        return 1


if __name__ == "__main__":
    sys.exit(main())
