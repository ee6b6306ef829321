"""A small project with the real build machinery, two lessons and three modules, to be broken."""

import os
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from quick_python import QuickPython

from figures.inventory import ROOT
from figures.warm import LIBRARIES, POSSIBLE

HEADER = """\
# ---
# jupyter:
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %%
from figures.kit import claim, explore, record, seed, use_style
"""
FIRST = (
    HEADER
    + """
from theory.deep import constant

use_style()
value = constant()

# %%
record("ssl/first", numbers={"time": [0, 1], "x": [0.5, value]},
       claims=[claim("the constant is small", value, "<", 10)])

# %%
def draw(ax, slope):
    ax.plot([0, slope * value])
    return f"A line up to {slope * value:g}."


explore(draw, slope=[1, 2, 3, 4, 5, 6])
"""
)
SECOND = (
    HEADER
    + """
from theory import other

use_style()
draw = seed(3)

# %%
record("ep/second", numbers={"time": [0, 1], "x": [0.5, other.VALUE]},
       claims=[claim("the value is small", other.VALUE + (draw > 1003), "<", 2.5)])
"""
)
ROOM = '''\
"""A line."""

import matplotlib.pyplot as plt

from figures.kit import BLUE

COLUMNS = {"time": "time, steps", "x": "height"}


def draw(numbers):
    figure, ax = plt.subplots(figsize=(7.2, 2))
    ax.plot(numbers["time"], numbers["x"], color=BLUE)
    return figure


def alt(numbers):
    return f"A line up to {numbers['x'][-1]:g}."
'''
ENTRY = """
[[figure]]
id = "{id}"
label = "Fig. 1"
label_certainty = "confirmed"
class = "A"
status = "{status}"
notebook = "{notebook}"
shows = "a line"
departures = "None."
"""


@dataclass
class Toy:
    """The folder of a toy project and ways to run its commands."""

    root: Path
    python: str = sys.executable

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def edit(self, name: str, old: str, new: str) -> None:
        text = (self.root / name).read_text()
        assert old in text
        self.write(name, text.replace(old, new))

    def use_copies(self) -> None:
        """Let every execution be a copy of a process with the imports, one after the other."""
        self.edit("figures/build.py", "WARM_FROM = 6", "WARM_FROM = 1")
        self.edit("figures/build.py", "WORKERS = 2", "WORKERS = 1")

    def start(self, *command: str, **variables: str) -> subprocess.Popen:
        environment = os.environ | {"PYTHONPATH": str(self.root)} | variables
        for name in ("FIG", "PAPER", "FORCE", "STRICT", "SEEDS", "MAKELEVEL"):
            if name not in variables:
                environment.pop(name, None)
        return subprocess.Popen(
            [self.python, "-m", *command],
            cwd=self.root,
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            # As from a terminal: what runs in the background is born deaf to Ctrl-C.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )

    def run(self, *command: str, **variables: str) -> tuple[int, str]:
        process = self.start(*command, **variables)
        output, _ = process.communicate(timeout=120)
        return process.returncode, output

    def figures(self, **variables: str) -> tuple[int, str]:
        return self.run("figures.build", **variables)

    def redraw(self, **variables: str) -> tuple[int, str]:
        return self.run("figures.build", "redraw", **variables)

    def check(self) -> tuple[int, str]:
        return self.run("figures.check")

    def outputs(self) -> dict[str, bytes]:
        """Return every file that a build makes."""
        paths = [p for paper in ("ssl", "ep") for p in self.root.glob(f"figures/{paper}/*.*")]
        paths += self.root.glob("notebooks/*/*.ipynb")
        made = [p for p in paths if p.suffix != ".py" and ".edited" not in p.name]
        return {p.relative_to(self.root).as_posix(): p.read_bytes() for p in made}

    def changed(self, before: dict[str, bytes]) -> set[str]:
        """Return the names of the files that differ from `before`."""
        after = self.outputs()
        return {name for name in before | after if before.get(name) != after.get(name)}


def _make(root: Path) -> Toy:
    toy = Toy(root)
    (root / "figures").mkdir(parents=True)
    for source in [*(ROOT / "figures").glob("*.py"), ROOT / "figures" / "suite.mplstyle"]:
        shutil.copy(source, root / "figures")
    foreign = shutil.ignore_patterns("__pycache__")
    shutil.copytree(ROOT / "figures" / "lab", root / "figures" / "lab", ignore=foreign)
    toy.write("requirements.lock", "numpy==2.0\n")
    toy.write("theory/__init__.py", "")
    toy.write(
        "theory/deep.py", "from theory.deeper import BASE\n\ndef constant():\n    return BASE + 1\n"
    )
    toy.write("theory/deeper.py", "BASE = 1\n")
    toy.write("theory/other.py", "VALUE = 2\n")
    toy.write("notebooks/ssl/1_first.py", FIRST)
    toy.write("notebooks/ep/1_second.py", SECOND)
    toy.write("figures/ssl/first.py", ROOM)
    toy.write("figures/ep/second.py", ROOM)
    toy.write(
        "figures/inventory.toml",
        ENTRY.format(id="ssl/first", status="done", notebook="ssl/1_first")
        + ENTRY.format(id="ep/second", status="done", notebook="ep/1_second")
        + ENTRY.format(id="ep/third", status="planned", notebook=""),
    )
    return toy


@pytest.fixture(scope="session")
def built_toy(tmp_path_factory) -> Toy:
    """A toy project as its first build left it; not to be changed."""
    toy = _make(tmp_path_factory.mktemp("toy") / "project")
    status, output = toy.figures()
    assert status == 0, output
    assert "lessons: 2 built, 0 current, 0 failed" in output
    return toy


@pytest.fixture(scope="session")
def quick_python():
    """A stand-in for the interpreter that has imported the libraries, and nothing of figures."""
    if not POSSIBLE:
        yield sys.executable
        return
    waiting = QuickPython([name for name in LIBRARIES if not name.startswith("figures")])
    yield str(waiting.path)
    waiting.close()


def _copy(built_toy, tmp_path, python):
    root = tmp_path / "project"
    shutil.copytree(built_toy.root, root)
    return Toy(root, python)


@pytest.fixture
def toy(built_toy, tmp_path, quick_python) -> Toy:
    """A copy of the built toy project, with its build state, to be broken."""
    return _copy(built_toy, tmp_path, quick_python)


@pytest.fixture
def slow_toy(built_toy, tmp_path) -> Toy:
    """The same, whose processes are started anew: where the processes themselves are tested."""
    return _copy(built_toy, tmp_path, sys.executable)
