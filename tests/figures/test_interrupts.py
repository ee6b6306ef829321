"""A build that is interrupted, killed or doubled leaves whole files and no process behind."""

import os
import signal
import time

import psutil
import pytest

FIRST = "from figures.kit"  # before the libraries of drawing are imported, which takes longest
SLOW = "import pathlib, time\npathlib.Path({sign!r}).touch()\ntime.sleep({wait})\n" + FIRST


def _wait_for(path, seconds=60):
    deadline = time.monotonic() + seconds
    while not path.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert path.exists()


def _left(toy):
    """Processes that work on the toy project, kernels among them: known by their import path."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("PYTHONPATH") == str(toy.root):
                found.append(process)
        except (psutil.Error, OSError):
            continue
    return [p for p in found if p.status() != psutil.STATUS_ZOMBIE]


def _wait_for_none_left(toy, seconds):
    deadline = time.monotonic() + seconds
    while _left(toy) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not _left(toy)


@pytest.fixture(params=["started anew", "copied"])
def slow(request, slow_toy, tmp_path):
    """A toy project whose first lesson says when it runs and then takes a minute."""
    toy = slow_toy
    if request.param == "copied":
        toy.use_copies()
        names = ["jupytext", "nbclient", "ipykernel.kernelapp", "ipykernel.ipkernel"]
        toy.edit("figures/warm.py", "LIBRARIES = (", f"LIBRARIES = {names!r}; ALL = (")
    sign = tmp_path / "running"
    toy.edit("notebooks/ssl/1_first.py", FIRST,
             SLOW.format(sign=str(sign), wait=60))  # fmt: skip
    return toy, sign


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupt_says_what_was_built_and_leaves_nothing_running(slow, how):
    toy, sign = slow
    before = toy.outputs()
    process = toy.start("figures.build")
    _wait_for(sign)
    assert len(_left(toy)) >= 3  # the driver, the builder and the kernel
    sent = time.monotonic()
    os.killpg(process.pid, how)
    output, _ = process.communicate(timeout=10)
    assert time.monotonic() - sent < 2
    assert process.returncode == 130
    assert output.splitlines()[-1] == "interrupted: 0 built; the others are as they were"
    assert "Traceback" not in output and "FAILED" not in output
    _wait_for_none_left(toy, 1)
    assert not toy.changed(before)


def test_killing_the_driver_leaves_no_process_behind(slow):
    toy, sign = slow
    before = toy.outputs()
    process = toy.start("figures.build")
    _wait_for(sign)
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    _wait_for_none_left(toy, 5)
    assert not toy.changed(before)


def test_killing_the_builder_is_one_line_and_leaves_no_kernel(slow):
    toy, sign = slow
    process = toy.start("figures.build")
    _wait_for(sign)
    kernel = max(_left(toy), key=lambda p: len(p.parents()))
    kernel.parent().kill()
    output, _ = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "FAILED  ssl/1_first: ended with status -9" in output and "Traceback" not in output
    _wait_for_none_left(toy, 2)


def test_a_build_killed_in_the_middle_of_writing_leaves_the_old_figures_and_runs_again(
    slow_toy, tmp_path
):
    toy = slow_toy
    before = toy.outputs()
    sign = tmp_path / "writing"
    toy.edit(
        "notebooks/ssl/1_first.py",
        "value = constant()",
        f"value = 3\nimport os, pathlib, time\ndef slow(_):\n"
        f"    pathlib.Path({str(sign)!r}).touch(); time.sleep(60)\nos.fsync = slow",
    )
    process = toy.start("figures.build")
    _wait_for(sign)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    _wait_for_none_left(toy, 5)
    assert not toy.changed(before)
    toy.edit("notebooks/ssl/1_first.py", "os.fsync = slow", "")
    status, output = toy.figures()
    assert status == 0, output
    assert toy.outputs()["figures/ssl/first.csv"] == b"time,x\n0,0.5\n1,3\n"
    assert toy.check()[0] == 0


def test_two_builds_of_one_lesson_wait_for_each_other(toy, tmp_path):
    sign = tmp_path / "running"
    toy.edit("notebooks/ssl/1_first.py", FIRST,
             SLOW.format(sign=str(sign), wait=2))  # fmt: skip
    first = toy.start("figures.build")
    _wait_for(sign)
    second = toy.start("figures.build")
    outputs = [process.communicate(timeout=120)[0] for process in (first, second)]
    assert [first.returncode, second.returncode] == [0, 0], outputs
    assert "done    ssl/1_first: 1 figures" in outputs[0]
    assert "waiting for another build of ssl/1_first" in outputs[1]
    assert "built by the other command" in outputs[1]
    assert toy.check()[0] == 0
