"""The tasks of this suite, for doit: `make figures` calls `doit figures`, and so on.

Everything works as well inside an activated conda environment made from `environment.yml`:
`doit figures`, `doit test`, `doit check`, `doit lab`, `doit bench`. The variables FIG, PAPER and
FORCE are read from the environment: `FIG=metaplasticity/qbt_a doit figures`.
"""

import os
import sys

from doit.exceptions import InvalidDodoFile
from doit.reporter import ConsoleReporter
from doit.tools import config_changed

from figures.check import outputs_problems
from figures.execution import BUILD, JOURNALS, SECONDS
from figures.files import recover
from figures.index import stored_seconds, write_index
from figures.inventory import PAPERS, ROOT, InventoryError, find_entry, load_inventory
from figures.inventory import notebook_figures as grouped
from figures.provenance import import_closure

BUILD.mkdir(exist_ok=True)
recover(ROOT, JOURNALS)


class Progress(ConsoleReporter):
    """One line when a notebook starts, one when it ends (printed by the build), one at the end."""

    desc = "progress of the notebooks"

    def initialize(self, tasks, selected_tasks):
        super().initialize(tasks, selected_tasks)
        self.notebooks = [name for name in tasks if name.startswith("notebook:")]
        self.started = self.current = self.failed = 0

    def execute_task(self, task):
        if task.name.startswith("notebook:"):
            self.started += 1
            self.write(f"  running {task.name.removeprefix('notebook:')}\n")

    def skip_uptodate(self, task):
        self.current += task.name.startswith("notebook:")

    def add_failure(self, task, fail):
        self.failed += task.name.startswith("notebook:")
        if not task.name.startswith("notebook:"):
            super().add_failure(task, fail)

    def complete_run(self):
        super().complete_run()
        if self.started or self.current:
            built = self.started - self.failed
            self.write(f"notebooks: {built} built, {self.current} current, {self.failed} failed\n")


DOIT_CONFIG = {
    "default_tasks": ["figures"],
    "dep_file": str(BUILD / "doit.db"),
    "backend": "sqlite3",
    "continue": True,
    "num_process": 2,
    "verbosity": 2,
    "reporter": Progress,
}


def selection():
    """Return notebook -> done figures, narrowed by FIG and PAPER."""
    inventory = load_inventory()
    figure, paper = os.environ.get("FIG"), os.environ.get("PAPER")
    notebooks = grouped(inventory)
    if paper:
        if paper not in PAPERS:
            raise InvalidDodoFile(f"PAPER={paper} is unknown; choose from {', '.join(PAPERS)}")
        notebooks = {k: v for k, v in notebooks.items() if v[0].paper == paper}
        if not notebooks:
            raise InvalidDodoFile(f"PAPER={paper}: none of its figures is made yet")
    if figure:
        entry = find_entry(inventory, figure)
        if not entry.done:
            raise InvalidDodoFile(f"FIG={figure} is in the inventory, but no notebook makes it yet")
        notebooks = {entry.notebook: notebooks.get(entry.notebook, [])}
    return notebooks


def task_notebook():
    """execute one notebook and publish its figures"""
    try:
        chosen = selection()
    except InventoryError as error:
        raise InvalidDodoFile(str(error)) from None
    seconds = stored_seconds()
    # The longest first: then no core idles while the other finishes a long one alone.
    for name in sorted(chosen, key=lambda name: -seconds.get(name, 60)):
        entries = chosen[name]
        source = ROOT / "notebooks" / f"{name}.py"
        if not source.is_file():
            raise InvalidDodoFile(f"notebooks/{name}.py, named by the inventory, does not exist")
        targets = [source.with_suffix(".ipynb")]
        targets += [e.path(s) for e in entries for s in (".png", ".svg", ".csv", ".json")]
        whole = not any(outputs_problems(entry) for entry in entries)
        yield {
            "name": name,
            "actions": [[sys.executable, "-m", "figures.execution", str(source.relative_to(ROOT))]],
            "file_dep": [str(path.relative_to(ROOT)) for path in import_closure(source)],
            "uptodate": [
                config_changed({e.id: repr(e) for e in entries}),
                whole and not os.environ.get("FORCE"),
            ],
            "targets": [str(path.relative_to(ROOT)) for path in targets],
        }


def task_index():
    """bring the README's figure index up to date"""
    return {"actions": [lambda: write_index(SECONDS) in (True, False)], "task_dep": ["notebook"]}


def task_figures():
    """regenerate every figure whose sources changed (FIG=id, PAPER=key, FORCE=1)"""
    return {"actions": None, "task_dep": ["notebook", "index"]}


def task_test():
    """run the tests"""
    return {"actions": [[sys.executable, "-m", "pytest", "-n", "2"]]}


def task_check():
    """fail on a stale, missing, damaged or failing figure (STRICT=0: only report)"""
    report = ["--report"] if os.environ.get("STRICT") == "0" else []
    return {"actions": [[sys.executable, "-m", "figures.check", *report]]}


def task_lab():
    """open the notebooks in JupyterLab"""
    return {"actions": [[sys.executable, "-m", "jupyterlab", "notebooks"]]}


def task_bench():
    """print the benchmarks"""
    scripts = sorted((ROOT / "benchmarks").glob("bench_*.py"))
    return {"actions": [[sys.executable, str(script.relative_to(ROOT))] for script in scripts]}
