"""Recompute without publishing: `python -m figures.verify verify | reseed`.

`verify` executes the lessons into a temporary folder and prints, figure by figure, the largest
relative difference from the stored numbers: for readers on another machine. `reseed` executes the
lessons that draw random numbers with SEEDS other sets of seeds (default 5) and tells which claims
break, how often. FIG=<id> and PAPER=<key> narrow both. The tree is left as it is.

Relative means: divided by the largest magnitude of that number. Below `TOLERANCE` two runs are the
same up to rounding that the computation amplified. Networks of signs amplify the last bit without
limit: there the claims decide, and they are judged here too.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from pathlib import Path

from figures.build import Pool, Work, selection, usual_seconds
from figures.execution import BuildFailed, collect, execute
from figures.files import BUILD, fresh_folder, write_atomic
from figures.inventory import ROOT, Entry, InventoryError, load_inventory, notebook_figures
from figures.processes import end_with_driver
from figures.record import read_record

TOLERANCE = 1e-6
RESULTS = BUILD / "verify"
SEED_CALLS = ("seed(", "figure_rng(")


def largest_difference(entry: Entry, folder: Path) -> tuple[float, str]:
    """Return the largest relative difference of a figure's numbers from the stored ones, and whose.

    `folder` holds the recomputed figure as "<name>.csv" and so on. A number that is missing, new or
    of another shape differs infinitely.
    """
    import numpy as np

    from figures.tables import decode

    def numbers(base: Path):
        facts = read_record(base.with_suffix(".json").read_bytes())
        files = {suffix: base.with_suffix(suffix).read_bytes() for suffix in facts["computed"]}
        return decode(files, facts["numbers"])

    old, new = numbers(entry.path(".json")), numbers(folder / Path(entry.id).name)
    worst = (0.0, "")
    for name in {**old, **new}:
        if name not in old or name not in new or np.shape(old[name]) != np.shape(new[name]):
            return float("inf"), name
        a, b = np.asarray(old[name]), np.asarray(new[name])
        if a.dtype.kind in "Ub":
            gap = 0.0 if (a == b).all() else float("inf")
        else:
            finite = np.isfinite(a)
            if (finite != np.isfinite(b)).any():
                return float("inf"), name
            scale = np.abs(a[finite]).max(initial=0.0)
            gap = np.abs(a[finite] - b[finite]).max(initial=0.0)
            gap = float(gap / scale) if scale else float(gap)
        worst = max(worst, (gap, name))
    return worst


def verify_lesson(name: str) -> list[str]:
    """Execute a lesson into a temporary folder; return a line for each of its figures."""
    entries = notebook_figures(load_inventory())[name]
    staging = fresh_folder(RESULTS / name.replace("/", "__"))
    execute(ROOT / "notebooks" / f"{name}.py", staging)
    collect(staging, [entry.id for entry in entries])
    lines = []
    for entry in entries:
        gap, number = largest_difference(entry, staging / "figures" / entry.paper)
        verdict = "same" if gap <= TOLERANCE else f"differs in {number}; its claims hold"
        lines.append(f"  {gap:8.1e}  {entry.id}: {verdict}")
    return lines


def reseed_lesson(name: str, shift: int) -> None:
    """Execute a lesson with other seeds and store which of its claims broke."""
    entries = notebook_figures(load_inventory())[name]
    staging = fresh_folder(RESULTS / f"{name.replace('/', '__')}__{shift}")
    execute(ROOT / "notebooks" / f"{name}.py", staging, {"FIGURES_SEED_SHIFT": str(shift)})
    records = collect(staging, [entry.id for entry in entries])
    broken = [
        [id, row["text"], row["value"], row["comparison"], row["bound"]]
        for id, content in records.items()
        for row in json.loads(content)["claims"]
        if not row["held"]
    ]
    write_atomic(_result(name, shift), json.dumps(broken).encode())


def _result(name: str, shift: int) -> Path:
    return RESULTS / f"{name.replace('/', '__')}__{shift}.json"


def verify(lessons: dict[str, list[Entry]]) -> int:
    """Verify lessons side by side; return 1 if one fails or a claim does not hold here."""
    print(f"largest relative difference from the stored numbers (same: at most {TOLERANCE:g})")
    pool = Pool([
        Work(f"running {name}", ("figures.verify", "lesson", name), (name,), usual_seconds(name))
        for name in lessons
    ])  # fmt: skip
    pool.run()
    print(f"lessons: {pool.built} verified, {pool.failed} failed")
    return int(pool.failed > 0)


def reseed(lessons: dict[str, list[Entry]], seeds: int) -> int:
    """Run lessons with other seeds; print each claim that broke; return 1 if one did."""
    stochastic = [name for name in lessons if _draws_random_numbers(name)]
    print(f"{len(stochastic)} of {len(lessons)} lessons draw random numbers; {seeds} runs of each")
    works = [
        Work(f"running {name}, seeds {shift}", ("figures.verify", "lesson", name, str(shift)),
             (name,), usual_seconds(name))
        for name in stochastic for shift in range(1, seeds + 1)
    ]  # fmt: skip
    for name in stochastic:
        for shift in range(1, seeds + 1):
            _result(name, shift).unlink(missing_ok=True)
    pool = Pool(works)
    pool.run()
    broken: Counter[tuple[str, str]] = Counter()
    seen: dict[tuple[str, str], list[str]] = {}
    for name in stochastic:
        for shift in range(1, seeds + 1):
            path = _result(name, shift)
            rows = json.loads(path.read_bytes()) if path.exists() else []
            for id, text, value, comparison, bound in rows:
                broken[id, text] += 1
                shown = "nan" if value is None else f"{value:.4g}"
                seen.setdefault((id, text), [f"{comparison} {bound}:"]).append(shown)
    for key, times in broken.most_common():
        print(f"  broke {times} of {seeds}  {key[0]}: {key[1]} {' '.join(seen[key])}")
    print(f"{len(broken)} claims broke; {pool.failed} runs failed")
    return int(bool(broken) or pool.failed > 0)


def _draws_random_numbers(name: str) -> bool:
    text = (ROOT / "notebooks" / f"{name}.py").read_text(encoding="utf-8")
    return any(call in text for call in SEED_CALLS)


def main(arguments: list[str]) -> int:
    """Verify or reseed; return the exit status."""
    if arguments[:1] == ["lesson"]:
        return _one(*arguments[1:])
    if arguments not in (["verify"], ["reseed"]):
        print("usage: python -m figures.verify verify | reseed, narrowed by FIG=id or PAPER=key")
        return 2
    seeds = os.environ.get("SEEDS") or "5"
    if not seeds.isdigit() or int(seeds) < 1:
        print(f"SEEDS={seeds}: give the number of other sets of seeds, 1 or more")
        return 2
    try:
        lessons = selection()
        RESULTS.mkdir(parents=True, exist_ok=True)
        return verify(lessons) if arguments == ["verify"] else reseed(lessons, int(seeds))
    except InventoryError as error:
        print(error)
        return 2
    except KeyboardInterrupt:
        print("interrupted; nothing was written")
        return 130


def _one(name: str, shift: str = "") -> int:
    end_with_driver()
    try:
        if shift:
            reseed_lesson(name, int(shift))
            print(f"  done    {name}, seeds {shift}")
        else:
            print("\n".join(verify_lesson(name)))
    except (BuildFailed, OSError, ValueError) as error:
        print(f"  FAILED  {name}: {' '.join(str(error).split())}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
