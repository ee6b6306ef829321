"""Run the tests and the short lessons under other versions of Python and of the libraries.

`make versions` runs every row of the matrix for which there is a Python, and ends with a table;
`python -m figures.versions NAME ...` runs some rows, and `--newest` the one that a regular check
adds, the lock on the newest Python found beside the one that runs. `--all` executes every lesson
instead of the short ones. Each row has an environment and a copy of the project under
`.build/versions`; nothing is written anywhere else.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import accumulate, chain
from pathlib import Path

from figures.build import usual_seconds
from figures.files import BUILD
from figures.inventory import ROOT, load_inventory, notebook_figures

FOLDER = BUILD / "versions"
TOGETHER = 150  # seconds that the short lessons may take, one after the other
SIDE_BY_SIDE = 2
EXTRAS = ("notebooks", "data", "sweep", "cluster", "fast", "dev")  # of pyproject.toml
LOWEST, NEXT = 11, 20  # minor versions of Python 3: the oldest supported, the first not looked for
LEFT_OUT = (".git", ".venv", ".build", "build", "*.egg-info", "__pycache__", ".*_cache")


@dataclass(frozen=True)
class Row:
    """One combination of Python and libraries.

    Parameters
    ----------
    minor : int
        Of Python 3.
    versions : {"lock", "lowest", "newest"}
        The lock's, the lowest that pyproject.toml declares, or the newest to be had.
    """

    minor: int
    versions: str

    @property
    def name(self) -> str:
        return f"3.{self.minor}-{self.versions}"


@dataclass(frozen=True)
class Outcome:
    """What a row gave; `problems` is empty when all passed."""

    row: Row
    libraries: str
    tests: str
    lessons: str
    seconds: float
    problems: tuple[str, ...]


def find_pythons() -> dict[int, Path]:
    """Return minor version -> interpreter, of all that answer: on the PATH, of pyenv and of uv."""
    folders = [Path(folder) for folder in os.get_exec_path()]
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    uv = Path(os.environ.get("UV_PYTHON_INSTALL_DIR", Path.home() / ".local/share/uv/python"))
    folders += [*sorted(pyenv.glob("3.*/bin")), *sorted(uv.glob("cpython-3.*/bin"))]
    found = {sys.version_info.minor: Path(sys.executable)}
    for minor in range(LOWEST, NEXT):
        for folder in folders:
            candidate = folder / f"python3.{minor}"
            # A version manager's stand-in may be there without the version that it stands for.
            if minor not in found and candidate.is_file() and _minor_of(candidate) == minor:
                found[minor] = candidate
    return found


def _minor_of(python: Path) -> int | None:
    command = [str(python), "-c", "import sys; print(sys.version_info.minor)"]
    try:
        shown = subprocess.run(command, capture_output=True, text=True, timeout=20)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return int(shown.stdout) if shown.returncode == 0 else None


def matrix(pythons: dict[int, Path]) -> list[Row]:
    """Return the rows: the lock on every Python, the lowest versions, the newest.

    Versions of Python that are not there are among them, so that the table can say so.
    """
    minors = sorted({11, 12, 13, 14, *pythons})
    return [
        *(Row(minor, "lock") for minor in minors),
        Row(LOWEST, "lowest"),
        Row(max(pythons), "newest"),
    ]


def requirements(versions: str) -> list[str]:
    """Return what to install for a row, as arguments of pip."""
    if versions == "lock":
        return ["-r", str(ROOT / "requirements.lock")]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    lines = [*project["dependencies"], *chain(*(extras[name] for name in EXTRAS))]
    lines = [line for line in lines if not line.startswith(project["name"])]
    # The lowest of the required ones; what these require in turn is the newest that fits.
    return [line.replace(">=", "==", 1) if versions == "lowest" else line for line in lines]


def make_environment(folder: Path, python: Path, wanted: list[str]) -> Path:
    """Make a virtual environment with the requirements; return its Python."""
    inside = folder / "bin" / "python"
    if shutil.which("uv"):
        _quietly(["uv", "venv", "-q", "--clear", "--python", python, folder])
        install = ["uv", "pip", "install", "-q", "--python", inside]
    else:
        _quietly([python, "-m", "venv", "--clear", folder])
        install = [inside, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
    _quietly([*install, *wanted])
    return inside


def _quietly(command) -> None:
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    except OSError as error:
        raise RuntimeError(f"{Path(command[0]).name} failed: {error.strerror}") from error
    if done.returncode:
        last = " ".join(done.stdout.split())[-400:]
        raise RuntimeError(f"{Path(command[0]).name} failed: {last}")


def run_row(row: Row, python: Path, names: list[str], say: Callable[[str], None]) -> Outcome:
    """Make the environment and a copy of the project, and run tests and named lessons in it."""
    started = time.perf_counter()
    folder, copy = FOLDER / row.name, FOLDER / row.name / "project"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*LEFT_OUT))
    try:
        inside = make_environment(folder / "env", python, requirements(row.versions))
    except RuntimeError as error:
        return Outcome(row, "-", "-", "-", time.perf_counter() - started, (str(error),))
    libraries = _versions_in(inside)
    say(f"  {row.name}: {libraries}")
    tests, problems = _tests(inside, copy, folder / "tests.log")
    say("\n".join([f"  {row.name}: tests: {tests}", *(f"    {line}" for line in problems)]))
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        failed = [line for line in pool.map(lambda n: _lesson(inside, copy, n), names) if line]
    lessons = f"{len(names) - len(failed)} of {len(names)}"
    say("\n".join([f"  {row.name}: lessons: {lessons}", *(f"    {line}" for line in failed)]))
    seconds = time.perf_counter() - started
    return Outcome(row, libraries, tests, lessons, seconds, (*problems, *failed))


def short_lessons() -> list[str]:
    """Return the quickest lessons, as many as fit the time that they may take together."""
    seconds = {name: usual_seconds(name) for name in notebook_figures(load_inventory())}
    by_time = sorted(seconds, key=lambda name: (seconds[name], name))
    return [n for n, t in zip(by_time, accumulate(seconds[name] for name in by_time), strict=True)
            if t <= TOGETHER]  # fmt: skip


def _versions_in(python: Path) -> str:
    code = (
        "import platform; from importlib.metadata import version as v; "
        "print('Python', platform.python_version(), *(f'{n} {v(n)}' for n in ('numpy', 'scipy')))"
    )
    return subprocess.run([python, "-c", code], capture_output=True, text=True).stdout.strip()


def _tests(python: Path, copy: Path, log: Path) -> tuple[str, list[str]]:
    """Run pytest; return its own summary and the lines of what failed."""
    command = [str(python), "-m", "pytest", "-n", str(SIDE_BY_SIDE), "--tb=short"]
    done = subprocess.run(
        command, cwd=copy, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    log.write_text(done.stdout)
    lines = done.stdout.strip().splitlines() or [""]
    told = [line for line in lines if re.search(r"\d+ (passed|failed|error)", line)]
    summary = (told or lines)[-1].strip("= ")
    problems = [line for line in lines if re.match(r"(FAILED|ERROR) ", line)]
    if done.returncode and not problems:
        problems = [f"pytest ended with {done.returncode}: {summary}"]
    return summary, problems


def _lesson(python: Path, copy: Path, name: str) -> str:
    """Build one lesson in the copy; return "" or what was wrong."""
    command = [str(python), "-m", "figures.execution", f"notebooks/{name}.py"]
    done = subprocess.run(
        command, cwd=copy, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    last = " ".join(done.stdout.split())[-300:]
    return f"{name}: {last}" if done.returncode else ""


def table(outcomes: list[Outcome]) -> str:
    """Return the outcomes as a table of plain text, what failed below it."""
    head = ("row", "versions", "tests", "lessons", "seconds", "")
    rows = [
        (o.row.name, o.libraries, o.tests, o.lessons, f"{o.seconds:.0f}",
         "FAILED" if o.problems else "passed")
        for o in outcomes
    ]  # fmt: skip
    widths = [max(len(cell) for cell in column) for column in zip(head, *rows, strict=True)]
    lines = [
        "  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)) for row in [head, *rows]
    ]
    lines += [f"{o.row.name}: {problem}" for o in outcomes for problem in o.problems]
    return "\n".join(line.rstrip() for line in lines)


def main(arguments: list[str]) -> int:
    """Run the rows asked for; return 1 if one failed."""
    parser = argparse.ArgumentParser(prog="python -m figures.versions", description=__doc__)
    parser.add_argument("names", nargs="*", help="rows to run, for example 3.11-lowest; else all")
    parser.add_argument("--newest", action="store_true", help="the lock on the newest other Python")
    parser.add_argument("--all", action="store_true", help="all lessons, not only the short ones")
    chosen = parser.parse_args(arguments)
    pythons = find_pythons()
    own = sys.version_info.minor
    rows = matrix(pythons)
    if chosen.newest:
        others = [minor for minor in pythons if minor != own]
        if not others:
            print(f"versions: no Python was found beside 3.{own}; nothing more is tested")
            return 0
        print(f"versions: the newest Python beside 3.{own} is 3.{max(others)}", flush=True)
        rows = [Row(max(others), "lock")]
    elif unknown := sorted(set(chosen.names) - {row.name for row in rows}):
        print(f"unknown rows {', '.join(unknown)}; there are {', '.join(r.name for r in rows)}")
        return 2
    elif chosen.names:
        rows = [row for row in rows if row.name in chosen.names]
    for row in rows:
        if row.minor not in pythons:
            print(f"  {row.name}: no Python 3.{row.minor} was found", flush=True)
    lessons = list(notebook_figures(load_inventory())) if chosen.all else short_lessons()
    outcomes = [
        run_row(row, pythons[row.minor], lessons, lambda line: print(line, flush=True))
        for row in rows
        if row.minor in pythons
    ]
    print(table(outcomes))
    return int(any(outcome.problems for outcome in outcomes))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
