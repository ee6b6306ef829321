"""Lessons that run in the reader's browser: which they are, and what they need.

NumPy, SciPy and Matplotlib for the browser are on Pyodide's own distribution and on no package index.
The button loads them from there after it has said so. Where the environment variable PYODIDE_WHEELS
names a folder with those files when the site is built, they are shipped and nothing is fetched.

`python -m book.live_lessons` runs each of these lessons as the browser would, from the shipped
archives and in a process that can import nothing else.
"""

from __future__ import annotations

import ast
import hashlib
import html
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from book.live import PYODIDE, packed, proofs
from figures.files import write_atomic
from figures.inventory import ROOT
from figures.provenance import import_closure

LONGEST = 10  # seconds on a laptop
SLOWER = 7  # proofs take three times as long in a browser, and twice without compiled procedures
PACKAGES = ("numpy", "scipy", "matplotlib")
ELSEWHERE = f"https://cdn.jsdelivr.net/pyodide/v{PYODIDE}/full/"
# What Python in the browser can import, by the names of modules.
IMPORTED = {
    "numpy", "scipy", "matplotlib", "mpl_toolkits", "contourpy", "cycler", "fontTools", "kiwisolver",
    "packaging", "PIL", "pyparsing", "dateutil", "pytz", "six", "sympy", "mpmath", "lazy_loader",
    "theory", "figures", "classroom", "page",
    "sklearn",  # its digits, which are a file
    "numba",  # not there: what needs it is loaded on demand, and there is a way without it
}  # fmt: skip
# Short ones that need more than that while they run, with the derivation that only a compiled
# procedure decides.
STOPPED = {
    "holo_ep/2_the_complex_nudge_plane": (
        "theory.holo_ep.derivations.branches",
        "square_root_branch",
    ),
    "metaplasticity/2_exact_theory": ("theory.metaplasticity.derivations.mean_field", "lyapunov"),
    "rram/1_the_weak_reset_device": ("theory.rram.derivations.pair", "asymmetry"),
}
PROGRAM = Path(__file__).parent / "static" / "lesson.py"


def live_lessons() -> dict[str, float]:
    """Return "<work>/<stem>" -> seconds on a laptop, of the lessons that a browser can run."""
    measured = json.loads((ROOT / "figures" / "seconds.json").read_bytes())
    return {
        name: seconds
        for name, seconds in sorted(measured.items())
        if seconds <= LONGEST
        and name not in STOPPED
        and (path := ROOT / "notebooks" / f"{name}.py").is_file()
        and suffices(path)
    }


def suffices(lesson: Path) -> bool:
    """Whether all that a lesson and its modules import when they are loaded is there in a browser."""
    files = import_closure(lesson, ("theory", "figures", "classroom"))
    return all(_loaded(path) <= IMPORTED | sys.stdlib_module_names for path in files)


@cache
def _loaded(path: Path) -> frozenset[str]:
    """Return the first names of what a file imports outside functions and of `try`."""
    found, waiting = set(), [ast.parse(path.read_bytes())]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add((node.module or "").split(".")[0])
        elif not isinstance(node, ast.FunctionDef | ast.Try):
            waiting += ast.iter_child_nodes(node)
    return frozenset(found)


def archive() -> bytes:
    """Return what lessons need besides the archive of the proofs: data, kit, rooms, checks of answers."""
    library = Path(find_spec("sklearn").origin).parent
    digits = library / "datasets" / "data" / "digits.csv.gz"
    files = [path for path in (ROOT / "theory").rglob("*.npz")]
    for kind in ("*.py", "*.toml", "*.mplstyle", "*.full.csv", "*.full.json"):
        files += (ROOT / "figures").rglob(kind)
    files += [*(ROOT / "classroom").glob("*.py"), *(ROOT / "classroom" / "stored").glob("*.json")]
    rows = [(path, path.relative_to(ROOT).as_posix()) for path in files]
    return packed([*rows, (digits, f"sklearn/{digits.relative_to(library).as_posix()}")])


def ship(extra: Path) -> bool:
    """Write `pyodide/lessons.zip` below a folder; return whether the packages are shipped, too.

    Raises
    ------
    ValueError
        If PYODIDE_WHEELS names a folder that lacks a file, or has one that is not the locked one.
    """
    write_atomic(extra / "pyodide" / "lessons.zip", archive())
    folder = os.environ.get("PYODIDE_WHEELS")
    if not folder:
        return False
    lock = json.loads((extra / "pyodide" / "pyodide-lock.json").read_bytes())
    for name, wanted in wheels(lock).items():
        path = Path(folder) / name
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != wanted:
            raise ValueError(f"PYODIDE_WHEELS: {folder} does not hold {name} of Pyodide {PYODIDE}")
        write_atomic(extra / "pyodide" / name, path.read_bytes())
    return True


def wheels(lock: dict) -> dict[str, str]:
    """Return file name -> sha256 of the packages and all that they need, from Pyodide's lock."""
    found, waiting = {}, list(PACKAGES)
    while waiting:
        package = lock["packages"][waiting.pop()]
        found[package["file_name"]] = package["sha256"]
        waiting += [name for name in package["depends"]
                    if lock["packages"][name]["file_name"] not in found]  # fmt: skip
    return found


def duration(seconds: float) -> str:
    """Return how long a browser computes, in words."""
    total = SLOWER * seconds
    return f"about {total:.0f} s" if total < 60 else f"about {total / 60:.1g} min"


def section(name: str, seconds: float, shipped: bool) -> str:
    """Return the part of a lesson's page with which it is run."""
    packages = html.escape(json.dumps(PACKAGES))
    base = "pyodide/" if shipped else ELSEWHERE
    needs = "" if shipped else "; needs the network once, for NumPy, SciPy and Matplotlib"
    source = "" if shipped else (
        f"NumPy, SciPy and Matplotlib are not part of this site: they come from {ELSEWHERE.split('/')[2]}, "
        "some tens of megabytes, once. Nothing that you do here is sent there. Without a network the "
        "derivations still run, each on its own page, and the lesson itself where Python is installed."
    )  # fmt: skip
    return (
        f'<div class="live-lesson" id="live" data-root="../../" data-name="{name}" data-packages="{packages}" '
        f'data-base="{base}" data-shipped="{"yes" if shipped else "no"}">'
        f'<button type="button">Run this lesson</button> '
        f'<span class="aside">{duration(seconds)} of computing in your browser, to judge by a laptop{needs}</span>'
        f'<p class="notice" hidden>{source} <button type="button">Load them and run</button></p> '
        f'<button type="button" hidden>Stop</button> <span role="status" aria-live="polite"></span></div>'
    )


REHEARSAL = """
import importlib.metadata, json, sys, time, types
sys.path.insert(0, sys.argv[1])
refused = set(importlib.metadata.packages_distributions()) - set(json.loads(sys.argv[3]))
class Nothing:
    def find_spec(self, name, path=None, target=None):
        if name in refused:
            raise ModuleNotFoundError(f"a browser has no {name}", name=name)
sys.meta_path.insert(0, Nothing())
page = sys.modules["page"] = types.ModuleType("page")
told = []
page.say = lambda text: told.append(json.loads(text))
program = {"__name__": "program"}
exec(compile(open(sys.argv[4]).read(), "lesson.py", "exec"), program)
cells = [c for c in json.load(open(sys.argv[2]))["cells"] if c["cell_type"] == "code"]
for k, cell in enumerate(cells):
    program["run_cell"](k, "".join(cell["source"]))
    if told[-1]["failed"]:
        break
told.append({"kind": "spent", "seconds": time.process_time()})
json.dump(told, open(sys.argv[5], "w"))
"""


def rehearse(notebook: Path) -> list[dict]:
    """Run a lesson as the browser would and return what it tells the page."""
    with tempfile.TemporaryDirectory() as folder:
        for content in (proofs(), archive()):
            zipfile.ZipFile(io.BytesIO(content)).extractall(Path(folder) / "suite")
        told = Path(folder) / "told.json"
        command = [sys.executable, "-c", REHEARSAL, str(Path(folder) / "suite"), str(notebook),
                   json.dumps(sorted(IMPORTED)), str(PROGRAM), str(told)]  # fmt: skip
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(done.stderr[-2000:])
        return json.loads(told.read_bytes())


def verdict(told: list[dict]) -> str:
    """Return what went wrong in a lesson that was run, or ""."""
    failed = [
        f"cell {m['number'] + 1}: {m['failed']}"
        for m in told
        if m["kind"] == "cell" and m["failed"]
    ]
    missed = [m for m in told if m["kind"] == "html" and "<td><b>NO</b></td>" in m["html"]]
    failed += [f"claim not held: {re.sub('<[^>]+>', ' ', m['html'])[-300:]}" for m in missed]
    return "; ".join(failed)


def main(names: list[str]) -> int:
    """Rehearse the lessons; return 1 if one of them would stop in a browser."""
    wrong = 0
    for name, seconds in live_lessons().items():
        if names and name not in names:
            continue
        told = rehearse(ROOT / "notebooks" / f"{name}.ipynb")
        taken = told[-1]["seconds"]
        pictures, problem = sum(m["kind"] == "picture" for m in told), verdict(told)
        print(f"{name}: {taken:.0f} s ({seconds:g} in the build), {pictures} pictures; {problem or 'ran'}",
              flush=True)  # fmt: skip
        wrong += bool(problem)
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
