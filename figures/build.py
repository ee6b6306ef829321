"""The make-like script: bring figures up to date, `python -m figures.build [figures | redraw]`.

`figures` asks of every lesson what `figures.check` asks, executes those whose numbers are stale,
missing, edited or damaged, and redraws pictures whose drawing changed. `redraw` draws every picture
again from the stored numbers. FIG=<id> and PAPER=<key> in the environment narrow both; FORCE=1
executes lessons even where nothing changed. Two processes work side by side. `seconds` keeps the
times measured here in `figures/seconds.json`, by which a fresh clone tells how long it will take.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from dataclasses import dataclass

from figures.check import COMPUTE, lesson_problems
from figures.course import write_table
from figures.execution import SECONDS, kernel_environment
from figures.files import BUILD, WriteFailed, recover, write_atomic
from figures.index import write_index
from figures.inventory import (
    PAPERS,
    ROOT,
    Entry,
    InventoryError,
    find_entry,
    load_inventory,
    notebook_figures,
)
from figures.processes import RUN_VARIABLE, end_processes
from figures.warm import POSSIBLE, Server

EXECUTION = "figures.execution"
WORKERS = 2
CORES_VARIABLE = "LOKY_MAX_CPU_COUNT"  # what `theory.sweep` goes by
WARM_FROM = 6  # lessons to execute: below that, processes that wait with all imports do not pay
USUAL = 60.0  # seconds taken for a lesson that was never timed
STORED_SECONDS = ROOT / "figures" / "seconds.json"


@dataclass(frozen=True)
class Work:
    """A command to run, the lessons it makes, and about how long it takes."""

    title: str
    command: tuple[str, ...]
    lessons: tuple[str, ...]
    seconds: float


def selection() -> dict[str, list[Entry]]:
    """Return lesson -> figures of it that are wanted, narrowed by FIG and PAPER."""
    inventory = load_inventory()
    figure, paper = os.environ.get("FIG"), os.environ.get("PAPER")
    lessons = notebook_figures(inventory)
    if paper:
        if paper not in PAPERS:
            raise InventoryError(f"PAPER={paper} is unknown; choose from {', '.join(PAPERS)}")
        lessons = {k: v for k, v in lessons.items() if v[0].paper == paper}
        if not lessons:
            raise InventoryError(f"PAPER={paper}: none of its figures is made yet")
    if figure:
        entry = find_entry(inventory, figure)
        if not entry.done:
            raise InventoryError(f"FIG={figure} is in the inventory, but no lesson makes it yet")
        lessons = {entry.notebook: lessons.get(entry.notebook, [])}
    return lessons


def plan_figures(lessons: dict[str, list[Entry]]) -> list[Work]:
    """Return the lessons to execute, the longest first, then the pictures to redraw."""
    execute, redraw = [], []
    for name, entries in lessons.items():
        problems = lesson_problems(name, entries)
        if os.environ.get("FORCE") or any(p.remedy == COMPUTE for p in problems):
            command = (EXECUTION, f"notebooks/{name}.py")
            execute.append(Work(f"running {name}", command, (name,), usual_seconds(name)))
        else:
            redraw += sorted({p.id for p in problems})
    # The longest first: then no core idles while the other finishes a long one alone.
    execute.sort(key=lambda work: -work.seconds)
    return execute + plan_redraw(redraw)


def plan_redraw(ids: list[str]) -> list[Work]:
    """Return the redrawing of figures, the figures of a lesson together, shared among workers."""
    inventory = load_inventory()
    shares: list[list[str]] = [[] for _ in range(WORKERS)]
    by_lesson: dict[str, list[str]] = {}
    for id in ids:
        by_lesson.setdefault(inventory[id].notebook, []).append(id)
    for group in sorted(by_lesson.values(), key=len, reverse=True):
        min(shares, key=len).extend(group)
    return [
        Work(
            f"drawing {len(share)} figures",
            ("figures.redraw", *share),
            tuple(dict.fromkeys(inventory[id].notebook for id in share)),
            0.6 * len(share),
        )
        for share in shares
        if share
    ]


def usual_seconds(name: str) -> float:
    """Return how long a lesson took here, else elsewhere, else a guess."""
    for path, key in ((SECONDS / f"{name}.json", None), (STORED_SECONDS, name)):
        try:
            stored = json.loads(path.read_bytes())
            return float(stored if key is None else stored[key])
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return USUAL


def cores() -> int:
    """Return on how many cores this process may run."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Fresh:
    """A process started for one work."""

    def __init__(self, command: tuple[str, ...], environment: dict[str, str]):
        self.process = subprocess.Popen(
            [sys.executable, "-m", *command],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,  # held open: its end tells the process that we are gone
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,  # an interrupt comes to us alone
        )

    def poll(self) -> int | None:
        return self.process.poll()

    def printed(self) -> str:
        return self.process.communicate()[0]


class Pool:
    """Runs works in processes of their own, `WORKERS` at a time, and tells how far it is."""

    def __init__(self, works: list[Work]):
        self.waiting = list(works)
        self.running: list[tuple[Work, Fresh | Server, float]] = []
        lessons = sum(work.command[0] == EXECUTION for work in works)
        self.warm = POSSIBLE and lessons >= WARM_FROM
        self.servers: list[Server] = []  # those that wait for a lesson
        self.total = sum(len(work.lessons) for work in works)
        self.built = self.failed = 0
        self.token = secrets.token_hex(8)

    def run(self) -> None:
        """Run all; on an interrupt end every process at once and let the interrupt through."""
        under_make, parent = "MAKELEVEL" in os.environ, os.getppid()
        try:
            while self.waiting or self.running:
                while self.waiting and len(self.running) < WORKERS:
                    self._start(self.waiting.pop(0))
                time.sleep(0.05)
                for entry in list(self.running):
                    if (status := entry[1].poll()) is not None:
                        self._finish(entry, status)
                if under_make and os.getppid() != parent:
                    raise KeyboardInterrupt  # make is gone: nobody waits for the figures
        finally:
            end_processes(self.token)

    def _start(self, work: Work) -> None:
        print(f"  {work.title}", flush=True)
        run = {RUN_VARIABLE: self.token, "PYTHONPATH": str(ROOT)}
        # While others wait, sweeps of a lesson keep to its share of the cores.
        share = {CORES_VARIABLE: str(max(1, cores() // WORKERS))} if self.waiting else {}
        job: Fresh | Server
        if self.warm and work.command[0] == EXECUTION:
            if not self.servers:
                self.servers.append(Server(kernel_environment() | run, BUILD / "warm"))
            job = self.servers.pop()
            job.start(work.command[1], share)
        else:
            job = Fresh(work.command, os.environ | run | share)
        self.running.append((work, job, time.monotonic()))

    def _finish(self, entry: tuple[Work, Fresh | Server, float], status: int) -> None:
        work, job, _ = entry
        output = job.printed()
        self.running.remove(entry)
        if isinstance(job, Server) and job.alive:
            self.servers.append(job)
        failed = output.count("  FAILED  ")
        if status and not failed:
            failed = 1
            output += f"  FAILED  {', '.join(work.lessons)}: ended with status {status}\n"
        self.failed += failed
        self.built += len(work.lessons) - failed
        print(output.rstrip() + self._progress(), flush=True)

    def _progress(self) -> str:
        done = self.built + self.failed
        now = time.monotonic()
        left = sum(work.seconds for work in self.waiting)
        left += sum(max(0.0, work.seconds - (now - at)) for work, _, at in self.running)
        minutes = left / WORKERS / 60
        wait = (
            f"about {minutes:.0f} min left"
            if minutes >= 1.5
            else f"about {60 * minutes:.0f} s left"
        )
        return f" ({done} of {self.total}" + (f", {wait})" if done < self.total else ")")


def store_seconds() -> None:
    """Keep how long each lesson took here, to two digits, as what other machines may expect."""
    lessons = sorted(notebook_figures(load_inventory()))
    kept = {name: float(f"{usual_seconds(name):.2g}") for name in lessons}
    write_atomic(STORED_SECONDS, (json.dumps(kept, indent=1) + "\n").encode())


def main(arguments: list[str]) -> int:
    """Bring figures up to date; return the exit status."""
    goal = (arguments or ["figures"])[0]
    if goal not in ("figures", "redraw", "seconds") or len(arguments) > 1:
        print("usage: python -m figures.build [figures | redraw], narrowed by FIG=id or PAPER=key")
        return 2
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    pool = Pool([])
    try:
        BUILD.mkdir(exist_ok=True)
        for sentence in recover():
            print(sentence)
        if goal == "seconds":
            store_seconds()
            return 0
        lessons = selection()
        if goal == "redraw":
            figure = os.environ.get("FIG")
            ids = [entry.id for entries in lessons.values() for entry in entries]
            pool = Pool(plan_redraw([figure] if figure else ids))
        else:
            pool = Pool(plan_figures(lessons))
        current = len(lessons) - len({name for work in pool.waiting for name in work.lessons})
        pool.run()
        write_index()
        write_table()
    except InventoryError as error:
        print(f"figures/inventory.toml: {error}" if not _is_choice(error) else error)
        return 2
    except (WriteFailed, OSError) as error:
        print(f"nothing more can be written: {error}")
        return 1
    except KeyboardInterrupt:
        print(f"interrupted: {pool.built} built; the others are as they were", flush=True)
        return 130
    verb = "redrawn" if goal == "redraw" else "built"
    print(f"lessons: {pool.built} {verb}, {current} current, {pool.failed} failed")
    return int(pool.failed > 0)


def _is_choice(error: InventoryError) -> bool:
    """Whether the message is about FIG or PAPER and not about the inventory itself."""
    return str(error).startswith(("FIG=", "PAPER=", "there is no figure"))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
