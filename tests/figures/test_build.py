"""The build, run as its users run it, on a toy project that is broken in every way we know."""

import json
import os
import shutil
import signal
import time

import pytest

from figures import execution


def test_a_build_publishes_pairs_figures_and_index_and_the_check_agrees(built_toy):
    assert sorted(built_toy.outputs()) == sorted(
        [f"figures/{id}.{suffix}" for id in ("ssl/first", "ep/second")
         for suffix in ("png", "svg", "csv", "json")]
        + ["notebooks/ep/1_second.ipynb", "notebooks/ssl/1_first.ipynb"]
    )  # fmt: skip
    status, output = built_toy.check()
    assert status == 0, output
    assert "2 of   3 figures done, 0 problems" in output
    index = (built_toy.root / "README.md").read_text()
    assert "ssl/first" in index and "1/1" in index and "ep/third" in index


def test_the_executed_notebook_holds_nothing_that_changes_between_executions(built_toy):
    notebook = json.loads(built_toy.outputs()["notebooks/ssl/1_first.ipynb"])
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert all(cell["execution_count"] is None for cell in code)
    assert not any("execution" in cell["metadata"] for cell in notebook["cells"])
    images = [
        o["metadata"]["image/png"]
        for c in code
        for o in c["outputs"]
        if "metadata" in o and "image/png" in o["metadata"]
    ]
    assert [image["alt"] for image in images] == ["A line."]
    assert notebook["metadata"]["figures"]["records"].keys() == {"ssl/first"}


def test_two_builds_give_the_same_bytes_and_nothing_to_do_runs_nothing(toy):
    before = toy.outputs()
    status, output = toy.figures()
    assert status == 0 and "0 built, 2 current" in output, output
    status, output = toy.figures(FORCE="1")
    assert status == 0 and "2 built, 0 current" in output, output
    assert toy.outputs() == before


def test_touching_a_deep_module_marks_and_rebuilds_exactly_what_it_touches(toy):
    toy.edit("theory/deeper.py", "BASE = 1", "BASE = 3")
    before = toy.outputs()
    status, output = toy.check()
    assert status == 1
    assert "stale    notebooks/ssl/1_first" in output and "1_second" not in output
    status, output = toy.figures()
    assert status == 0 and "1 built, 1 current, 0 failed" in output, output
    after = toy.outputs()
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {name for name in after if "first" in name}
    assert after["figures/ssl/first.csv"] == b"x\n0\n4\n"
    assert toy.check()[0] == 0


def test_an_edit_of_one_inventory_entry_rebuilds_its_notebook_only(toy):
    toy.edit("figures/inventory.toml", 'shows = "a line"', 'shows = "a straight line"')
    text = (toy.root / "figures/inventory.toml").read_text()
    first, rest = text.split('id = "ep/second"')
    toy.write("figures/inventory.toml", first + 'id = "ep/second"' + rest.replace("straight ", ""))
    status, output = toy.figures()
    assert status == 0 and "1 built, 1 current" in output, output
    assert "done    ssl/1_first" in output


@pytest.mark.parametrize(
    ("name", "old", "new", "reason"),
    [
        ("notebooks/ssl/1_first.py", "value = constant()", "value = 1 / 0",
         "code cell 1 (import matplotlib.pyplot as plt): ZeroDivisionError: division by zero"),
        ("theory/deeper.py", "BASE = 1", "BASE = 20",
         "ClaimFailed: ssl/first: false claim: the constant is small: 21 < 10"),
        ("notebooks/ssl/1_first.py", "value = constant()",
         "import warnings; warnings.warn('careful'); value = 2", "wrote to stderr: "),
        ("notebooks/ssl/1_first.py", "value = constant()",
         "import os; print(os.getcwd()); value = 2", "holds a path"),
        ("notebooks/ssl/1_first.py", "value = constant()",
         "import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "the kernel died"),
        ("notebooks/ssl/1_first.py", '"ssl/first", figure', '"ep/third", figure',
         "did not record ssl/first"),
        ("notebooks/ssl/1_first.py", '"ssl/first", figure', '"ssl/frist", figure',
         "there is no figure 'ssl/frist' in figures/inventory.toml; the closest is 'ssl/first'"),
        ("notebooks/ssl/1_first.py", 'alt="A line."', 'alt=""', "alt text is empty"),
        ("notebooks/ssl/1_first.py", "value = constant()",
         "value = 2\nimport errno, os\ndef full(*_): raise OSError(errno.ENOSPC, "
         "os.strerror(errno.ENOSPC))\nos.fsync = full",
         "first.png: No space left on device; the previous file is whole"),
    ],
)  # fmt: skip
def test_a_failed_build_says_why_in_one_line_and_leaves_everything(toy, name, old, new, reason):
    before = toy.outputs()
    toy.edit(name, old, new)
    status, output = toy.figures()
    assert status != 0
    (line,) = [line for line in output.splitlines() if "FAILED" in line]
    assert line.startswith("  FAILED  ssl/1_first: ") and reason in line
    assert "Traceback" not in output
    assert toy.outputs() == before
    status, output = toy.check()
    assert status == 1 and "stale    notebooks/ssl/1_first" in output


def test_a_failure_does_not_stop_the_other_notebook(toy):
    toy.edit("notebooks/ssl/1_first.py", "value = constant()", "value = 1 / 0")
    toy.edit("theory/other.py", "VALUE = 2", "VALUE = 5")
    status, output = toy.figures()
    assert status != 0 and "1 built, 0 current, 1 failed" in output, output
    assert toy.outputs()["figures/ep/second.csv"] == b"x\n0\n5\n"


def test_a_build_killed_in_the_middle_of_writing_leaves_the_old_figures_and_runs_again(toy):
    before = toy.outputs()
    sign = toy.root / "writing"
    toy.edit(
        "notebooks/ssl/1_first.py",
        "value = constant()",
        f"value = 3\nimport os, pathlib, time\ndef slow(_):\n"
        f"    pathlib.Path({str(sign)!r}).touch(); time.sleep(60)\nos.fsync = slow",
    )
    process = toy.start("doit", "figures")
    deadline = time.monotonic() + 60
    while not sign.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    assert sign.exists()
    assert toy.outputs() == before
    toy.edit("notebooks/ssl/1_first.py", "os.fsync = slow", "")
    status, output = toy.figures()
    assert status == 0, output
    assert toy.outputs()["figures/ssl/first.csv"] == b"x\n0\n3\n"
    assert toy.check()[0] == 0


@pytest.mark.parametrize("suffix", ["png", "svg", "csv", "json"])
def test_a_corrupted_or_lost_output_is_noticed_and_rebuilt(toy, suffix):
    before = toy.outputs()
    path = toy.root / f"figures/ep/second.{suffix}"
    if suffix == "csv":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-100])
    status, output = toy.check()
    kind = "missing" if suffix == "csv" else "damaged"
    assert status == 1 and f"{kind}  figures/ep/second.{suffix}" in output
    status, output = toy.figures()
    assert status == 0 and "1 built, 1 current" in output, output
    assert toy.outputs() == before
    assert toy.check()[0] == 0


def test_a_record_edited_by_hand_fails_the_check(toy):
    toy.edit("figures/ep/second.json", '"value": 2.0', '"value": 20.0')
    status, output = toy.check()
    assert status == 1
    assert "failing  ep/second: the value is small: 20 < 10" in output
    assert "damaged  figures/ep/second.json: not the record its notebook wrote" in output


def test_what_no_entry_owns_and_a_stale_index_fail_the_check(toy):
    shutil.copy(toy.root / "figures/ep/second.png", toy.root / "figures/ep/left_over.png")
    toy.edit("README.md", "a line", "a curve")
    status, output = toy.check()
    assert status == 1
    assert "stray    figures/ep/left_over.png" in output
    assert "stale    README.md" in output
    status, output = toy.run("figures.check", "--report")
    assert status == 0 and "2 problems" in output


def test_a_stamp_that_cannot_be_read_is_damage(toy):
    toy.write("notebooks/ep/1_second.ipynb", "{")
    status, output = toy.check()
    assert status == 1 and "damaged  notebooks/ep/1_second.ipynb" in output


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"FIG": "ssl/frist"}, "there is no figure 'ssl/frist'"),
        ({"FIG": "ep/third"}, "FIG=ep/third is in the inventory, but no notebook makes it yet"),
        ({"PAPER": "sl"}, "PAPER=sl is unknown; choose from metaplasticity"),
        ({"PAPER": "rram"}, "PAPER=rram: none of its figures is made yet"),
    ],
)
def test_a_selection_that_selects_nothing_says_so(built_toy, variables, sentence):
    status, output = built_toy.figures(**variables)
    assert status != 0 and sentence in output and "Traceback" not in output


@pytest.mark.parametrize("variables", [{"FIG": "ssl/first"}, {"PAPER": "ssl"}])
def test_a_selection_builds_its_notebook_only(toy, variables):
    toy.edit("theory/deeper.py", "BASE = 1", "BASE = 3")
    toy.edit("theory/other.py", "VALUE = 2", "VALUE = 5")
    status, output = toy.figures(**variables)
    assert status == 0 and "1 built, 0 current, 0 failed" in output, output
    assert "done    ssl/1_first" in output


def test_the_builder_takes_one_lesson(capsys):
    for arguments in ([], ["notebooks/a/1_one.py", "notebooks/a/2_two.py"]):
        assert execution.main(arguments) == 2
        assert "one lesson" in capsys.readouterr().out
