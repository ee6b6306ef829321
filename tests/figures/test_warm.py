"""Builders and kernels copied from a process with the imports: as fresh as those started anew."""

import os
import subprocess
import sys

import pytest

from figures.inventory import ROOT
from figures.warm import LIBRARIES, POSSIBLE

pytestmark = pytest.mark.skipif(not POSSIBLE, reason="processes are copied on Linux only")


def test_a_copied_kernel_makes_the_same_bytes(slow_toy):
    toy = slow_toy
    before = toy.outputs()
    toy.use_copies()
    status, output = toy.figures(FORCE="1")
    assert status == 0, output
    assert "lessons: 2 built, 0 current, 0 failed" in output
    assert not toy.changed(before)


def test_nothing_of_one_lesson_is_left_for_the_next(toy):
    toy.use_copies()
    leak = (
        "import os, sys, numpy, sympy\nfrom theory.deep import constant\n"
        "assert not hasattr(numpy, 'leak') and 'LEAK' not in os.environ\n"
        "assert not {'theory.deep', 'theory.other', 'matplotlib.pyplot'} & SEEN\n"
        "numpy.leak = os.environ['LEAK'] = 'here'; numpy.random.seed(3); os.chdir('/')\n"
    )
    for name in ("ssl/1_first", "ep/1_second"):
        path = f"notebooks/{name}.py"
        toy.edit(
            path, "# %%\nfrom figures", "# %%\nimport sys\nSEEN = {*sys.modules}\nfrom figures"
        )
        toy.edit(path, "use_style()\n", "use_style()\n" + leak)
    status, output = toy.figures()
    assert status == 0, output


@pytest.mark.parametrize("copies", [True, False])
def test_while_others_wait_sweeps_keep_to_their_share_of_the_cores(toy, copies):
    toy.use_copies()
    if not copies:
        toy.edit("figures/build.py", "WARM_FROM = 1", "WARM_FROM = 9")
    told = toy.root / "told.txt"
    tell = (
        f"use_style()\nimport os\nwith open({str(told)!r}, 'a') as file:\n"
        "    print(os.environ.get('LOKY_MAX_CPU_COUNT'), file=file)\n"
    )
    for name in ("ssl/1_first", "ep/1_second"):
        toy.edit(f"notebooks/{name}.py", "use_style()\n", tell)
    status, output = toy.figures()
    assert status == 0, output
    assert told.read_text().split() == [str(len(os.sched_getaffinity(0))), "None"]


def test_after_a_builder_that_died_the_next_lesson_is_made(toy):
    toy.use_copies()
    die = "use_style()\nimport os, signal\nos.kill(os.getppid(), signal.SIGKILL)\n"
    toy.edit("notebooks/ssl/1_first.py", "use_style()\n", die)
    status, output = toy.figures(FORCE="1")
    assert status == 1
    assert "FAILED  ssl/1_first: ended with status -9" in output
    assert "done    ep/1_second" in output and "1 built, 0 current, 1 failed" in output


def test_a_server_that_cannot_start_is_one_line_a_lesson(toy):
    toy.use_copies()
    toy.edit("figures/warm.py", '"jupytext", "nbclient"', '"jupytext", "no_such_library"')
    status, output = toy.figures(FORCE="1")
    assert status == 1
    assert output.count("FAILED  ") == 2 and "0 built, 0 current, 2 failed" in output


def test_the_imports_start_no_thread_and_load_nothing_of_the_lessons():
    code = (
        f"import importlib, os, sys\nfor name in {LIBRARIES!r}: importlib.import_module(name)\n"
        "print(len(os.listdir('/proc/self/task')), 'matplotlib.pyplot' in sys.modules,"
        " *(name for name in sys.modules if name.split('.')[0] == 'theory'))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True,
        env={"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.stdout.split() == ["1", "False"]
