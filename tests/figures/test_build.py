"""The build, run as its users run it, on a toy project that is broken in every way we know."""

import importlib.util
import json
import re
import shutil
from pathlib import Path

import pytest

from figures import build, execution
from figures.executed import _merged
from figures.inventory import ROOT, load_inventory, notebook_figures
from figures.warm import POSSIBLE

FIRST_FILES = {f"figures/ssl/first.{suffix}" for suffix in ("png", "svg", "csv", "json")}
FIRST_LESSON = "notebooks/ssl/1_first.ipynb"


def _notebook(toy, name=FIRST_LESSON):
    return json.loads((toy.root / name).read_text())


def test_a_build_publishes_lessons_figures_and_index_and_the_check_agrees(built_toy):
    assert set(built_toy.outputs()) == FIRST_FILES | {FIRST_LESSON} | {
        name.replace("ssl/first", "ep/second") for name in FIRST_FILES
    } | {"notebooks/ep/1_second.ipynb"}  # fmt: skip
    status, output = built_toy.check()
    assert status == 0, output
    assert "2 of   3 figures done, 0 problems" in output
    index = (built_toy.root / "figures/INDEX.md").read_text()
    assert "ssl/first" in index and "1/1" in index and "ep/third" in index


@pytest.mark.parametrize("page", ["README.md", "book/words/rerun.md"])
def test_the_three_lines_for_windows_need_no_make(built_toy, page):
    """Environment, requirements, and a module that runs where there is no `make` and no shell."""
    block = re.search(r"Windows.*?```\n(.*?)```", (ROOT / page).read_text(), re.S)[1]
    environment, install, command = block.strip().splitlines()
    assert environment == "py -m venv .venv"
    assert install == r".venv\Scripts\pip install -r requirements.lock -e ."
    module = command.removeprefix(r".venv\Scripts\python -m ")
    assert (ROOT / module.replace(".", "/")).with_suffix(".py").is_file() or (
        ROOT / module.replace(".", "/") / "__main__.py"
    ).is_file()
    before = built_toy.outputs()
    for module in ("figures.build", "figures.check"):
        status, output = built_toy.run(module, PATH="")
        assert status == 0, output
    assert built_toy.outputs() == before


def test_without_make_on_the_path_what_is_stale_is_built_and_the_named_modules_are_there(toy):
    words = re.search(r"in the same way (.*?)\.\n", (ROOT / "book/words/rerun.md").read_text())[1]
    modules = re.findall(r"`(\S+?)`", words)
    assert {"figures.check", "figures.lab", "figures.redraw", "pytest"} <= set(modules)
    assert all(importlib.util.find_spec(module) for module in modules)
    assert all((ROOT / name).is_file() for name in ("requirements.lock", "pyproject.toml"))
    assert shutil.which("make", path=str(toy.root)) is None
    toy.edit("theory/deeper.py", "BASE = 1", "BASE = 3")
    assert toy.run("figures.check", PATH=str(toy.root))[0] == 1
    status, output = toy.run("figures.build", PATH=str(toy.root))
    assert status == 0 and "1 built, 1 current, 0 failed" in output, output
    status, output = toy.run("figures.redraw", "ssl/first", PATH=str(toy.root))
    assert status == 0, output
    assert toy.run("figures.check", PATH=str(toy.root))[0] == 0


def test_the_executed_lesson_holds_nothing_that_changes_between_executions(built_toy):
    notebook = _notebook(built_toy)
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert all(cell["execution_count"] is None for cell in code)
    assert not any("execution" in cell["metadata"] for cell in notebook["cells"])
    pictures = [o["metadata"] for c in code for o in c["outputs"] if "image/png" in o["data"]]
    assert [p.get("figure") for p in pictures] == ["ssl/first", None]
    said = [o["data"].get("text/markdown", "") for c in code for o in c["outputs"] if "data" in o]
    assert "A line up to 2." in "".join(map("".join, said))  # once, where readers find it
    assert "alt" not in pictures[0]["image/png"]
    assert notebook["metadata"]["figures"].keys() == {"computed", "drawn", "records", "seal"}


def test_two_builds_give_the_same_bytes_and_nothing_to_do_runs_nothing(toy):
    before = toy.outputs()
    status, output = toy.figures()
    assert status == 0 and output == "lessons: 0 built, 2 current, 0 failed\n"
    status, output = toy.figures(FORCE="1")
    assert status == 0 and "2 built, 0 current" in output, output
    status, output = toy.redraw()
    assert status == 0 and "2 redrawn" in output, output
    assert not toy.changed(before)


def test_a_fresh_copy_without_any_build_state_is_current_and_the_check_writes_nothing(toy):
    """Neither modification times nor a state of our own count: only what the files hold."""
    shutil.rmtree(toy.root / ".build")
    for path in toy.root.rglob("*"):
        path.touch()
    everything = {p for p in toy.root.rglob("*") if "__pycache__" not in p.parts}
    assert toy.check()[0] == 0
    assert {p for p in toy.root.rglob("*") if "__pycache__" not in p.parts} == everything
    assert toy.figures() == (0, "lessons: 0 built, 2 current, 0 failed\n")


def test_touching_a_deep_module_marks_and_rebuilds_exactly_what_it_touches(toy):
    toy.edit("theory/deeper.py", "BASE = 1", "BASE = 3")
    before = toy.outputs()
    status, output = toy.check()
    assert status == 1
    assert "stale    notebooks/ssl/1_first" in output and "1_second" not in output
    status, output = toy.figures()
    assert status == 0 and "1 built, 1 current, 0 failed" in output, output
    assert toy.changed(before) == FIRST_FILES | {FIRST_LESSON}
    assert toy.outputs()["figures/ssl/first.csv"] == b"time,x\n0,0.5\n1,4\n"
    assert toy.check()[0] == 0


def test_a_changed_drawing_touches_its_figure_and_the_picture_in_the_lesson_only(toy):
    before, lesson = toy.outputs(), _notebook(toy)
    toy.edit("figures/ssl/first.py", "color=BLUE", 'color="red"')
    status, output = toy.check()
    assert status == 1 and "redraw   ssl/first: its drawing" in output and "second" not in output
    status, output = toy.figures()
    assert status == 0 and "drawn   ssl/first" in output and "running" not in output, output
    assert toy.changed(before) == (FIRST_FILES - {"figures/ssl/first.csv"}) | {FIRST_LESSON}
    new = _notebook(toy)
    shown = [[c.get("outputs") for c in n["cells"]] for n in (lesson, new)]
    assert [a == b for a, b in zip(*shown, strict=True)] == [True, False, True]
    status, output = toy.check()
    assert status == 0, output
    toy.edit("figures/ssl/first.py", 'color="red"', "color=BLUE")
    assert toy.figures()[0] == 0 and not toy.changed(before)


@pytest.mark.parametrize("what", ["style", "kit", "inventory"])
def test_style_kit_and_caption_redraw_and_execute_nothing(toy, what):
    if what == "style":
        toy.edit("figures/suite.mplstyle", "lines.linewidth: 1.4", "lines.linewidth: 2.4")
    elif what == "kit":
        toy.edit("figures/style.py", 'BLUE, VERMILION, GREEN, PINK = "#0072B2"',
                 'BLUE, VERMILION, GREEN, PINK = "#0000FF"')  # fmt: skip
    else:
        toy.edit("figures/inventory.toml", 'shows = "a line"', 'shows = "a straight line"')
    before = toy.outputs()
    status, output = toy.figures()
    assert status == 0 and "running" not in output and "drawn" in output, output
    tables = {name for name in before if name.endswith(".csv")}
    assert toy.changed(before) and not toy.changed(before) & tables
    if what == "inventory":
        assert "straight" in json.dumps(_notebook(toy))
    assert toy.check()[0] == 0


def test_a_drawing_that_needs_a_number_it_was_not_given_fails_in_a_sentence(toy):
    before = toy.outputs()
    toy.edit("figures/ssl/first.py", 'numbers["x"], color', 'numbers["y"], color')
    status, output = toy.figures()
    assert status == 1
    assert "FAILED  ssl/first: ssl/first: the drawing fails: no number is called 'y'" in output
    assert "Traceback" not in output and not toy.changed(before)


def test_redraw_of_one_figure_leaves_the_others(toy):
    toy.edit("figures/suite.mplstyle", "lines.linewidth: 1.4", "lines.linewidth: 2.4")
    before = toy.outputs()
    status, output = toy.redraw(FIG="ep/second")
    assert status == 0 and "1 redrawn" in output, output
    assert all("second" in name for name in toy.changed(before))


@pytest.mark.parametrize(
    ("name", "old", "new", "reason"),
    [
        ("notebooks/ssl/1_first.py", "value = constant()", "value = 1 / 0",
         "code cell 1 (from figures.kit import claim, explore, record, se): ZeroDivisionError"),
        ("theory/deeper.py", "BASE = 1", "BASE = 20",
         "ClaimFailed: ssl/first: false claim: the constant is small: 21 < 10"),
        ("theory/deeper.py", "BASE = 1", "BASE = float('nan')",
         "ClaimFailed: ssl/first: false claim: the constant is small: nan < 10"),
        ("notebooks/ssl/1_first.py", "value = constant()",
         "import warnings; warnings.warn('careful'); value = 2", "wrote to stderr: "),
        ("notebooks/ssl/1_first.py", "value = constant()",
         "import os; print(os.getcwd()); value = 2", "holds a path"),
        ("notebooks/ssl/1_first.py", "value = constant()",
         "import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "the kernel died"),
        ("notebooks/ssl/1_first.py", '"ssl/first", numbers', '"ep/third", numbers',
         "no drawing; write figures/ep/third.py"),
        ("notebooks/ssl/1_first.py", '"ssl/first", numbers', '"ssl/frist", numbers',
         "there is no figure 'ssl/frist' in figures/inventory.toml; the closest is 'ssl/first'"),
        ("notebooks/ssl/1_first.py", 'record("ssl/first"', 'dict(a="ssl/first"',
         "did not record ssl/first, done by it in the inventory"),
        ("notebooks/ssl/1_first.py", "value = constant()",
         "value = 2\nimport matplotlib.pyplot as plt\nplt.switch_backend('agg')\nplt.subplots()",
         "the cell 'from figures.kit import claim, explore, record, se' shows 0 pictures where 1"),
        ("notebooks/ssl/1_first.py", "value = constant()",
         "value = 2\nimport errno, os\ndef full(*_): raise OSError(errno.ENOSPC, "
         "os.strerror(errno.ENOSPC))\nos.fsync = full",
         "first.png: No space left on device; the previous file is whole"),
        ("notebooks/ssl/1_first.py", "value = constant()", "value = constant(",
         "notebooks/ssl/1_first.py, line"),
        ("theory/deeper.py", "BASE = 1", "BASE = = 1",
         "theory/deeper.py, line 1: invalid syntax"),
    ],
)  # fmt: skip
def test_a_failed_build_says_why_in_one_line_and_leaves_everything(toy, name, old, new, reason):
    before = toy.outputs()
    toy.edit(name, old, new)
    status, output = toy.figures(PAPER="ssl")
    assert status == 1 and "0 built, 0 current, 1 failed" in output, output
    (line,) = [line for line in output.splitlines() if "FAILED" in line]
    assert line.startswith("  FAILED  ssl/1_first: ") and reason in line
    assert "Traceback" not in output
    assert not toy.changed(before)
    status, output = toy.check()
    assert status == 1 and "Traceback" not in output and "second" not in output
    assert "stale    notebooks/ssl/1_first" in output or "broken   notebooks/ssl/1_first" in output


@pytest.mark.skipif(not POSSIBLE, reason="ports are all there is on Windows; copies are Linux's")
@pytest.mark.parametrize("copies", [False, True])
def test_a_kernel_opens_no_port_that_another_program_could_have_taken(toy, copies):
    if copies:
        toy.use_copies()
    toy.edit(
        "notebooks/ssl/1_first.py",
        "value = constant()",
        "from ipykernel import get_connection_info\nvalue = constant()\n"
        "assert get_connection_info(unpack=True)['transport'] == 'ipc'",
    )
    status, output = toy.figures(PAPER="ssl")
    assert status == 0 and "1 built" in output, output


def test_a_folder_too_long_for_the_name_of_a_socket_leaves_ports():
    names = [execution._connection(Path("/") / ("a" * length)) for length in (60, 200)]
    assert [bool(given) for given in names] == [POSSIBLE, False]


def test_a_kernel_that_ends_before_it_answers_fails_the_lesson_in_one_line(toy):
    before = toy.outputs()
    toy.write("ipykernel_launcher.py", "raise SystemExit(3)\n")
    status, output = toy.figures(PAPER="ssl", FORCE="1")
    (line,) = [line for line in output.splitlines() if "FAILED" in line]
    assert status == 1 and "ssl/1_first: no kernel could be started: Kernel died before" in line
    assert not toy.changed(before)


@pytest.mark.parametrize("broken", ["value = 1 / 0", "value = constant("])
def test_only_what_depends_on_a_broken_source_suffers(toy, broken):
    toy.edit("notebooks/ssl/1_first.py", "value = constant()", broken)
    toy.edit("theory/other.py", "VALUE = 2", "VALUE = 1.5")
    status, output = toy.figures()
    assert status == 1 and "1 built, 0 current, 1 failed" in output, output
    assert toy.outputs()["figures/ep/second.csv"] == b"time,x\n0,0.5\n1,1.5\n"


@pytest.mark.parametrize("suffix", ["png", "svg", "csv", "json"])
def test_a_corrupted_or_lost_output_is_noticed_and_mended(toy, suffix):
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
    assert status == 0 and ("running" in output) == (suffix in ("csv", "json")), output
    assert not toy.changed(before)
    assert toy.check()[0] == 0


@pytest.mark.parametrize(
    "content",
    ["[]", "3", '{"claims": 3}', '{"claims": [], "numbers": [], "computed": {}}', "{", "\ufeff"],
)
def test_a_record_of_the_wrong_shape_is_damage_and_mended(toy, content):
    before = toy.outputs()
    toy.write("figures/ep/second.json", content)
    status, output = toy.check()
    assert status == 1 and "damaged  figures/ep/second.json: not a record of a figure" in output
    assert "Traceback" not in output
    assert toy.figures()[0] == 0 and not toy.changed(before)


def test_a_record_edited_by_hand_is_noticed_and_mended(toy):
    before = toy.outputs()
    toy.edit("figures/ep/second.json", '"value": 2.0', '"value": 20.0')
    status, output = toy.check()
    assert status == 1
    assert "failing  ep/second: the value is small: 20 < 2.5" in output
    assert "damaged  figures/ep/second.json: not the record its lesson wrote" in output
    assert toy.figures()[0] == 0 and not toy.changed(before)


@pytest.mark.parametrize("edit", ["output", "picture", "markdown", "cell added", "old version"])
def test_an_executed_lesson_edited_by_hand_is_noticed_kept_aside_and_mended(toy, edit):
    before, notebook = toy.outputs(), _notebook(toy)
    cells = notebook["cells"]
    if edit == "output":
        cells[1]["outputs"][1]["data"]["text/markdown"] = ["FALSIFIED"]
    elif edit == "picture":
        cells[1]["outputs"][0]["data"]["image/png"] = "iVBORw0KGgo="
    elif edit == "markdown":
        cells.insert(0, {"cell_type": "markdown", "id": "x", "metadata": {}, "source": "A lie."})
    elif edit == "cell added":
        cells.append(cells[0] | {"source": ["# MY HOMEWORK"]})
    else:
        toy.edit("notebooks/ssl/1_first.py", "value = constant()", "value = constant() + 0")
        assert toy.figures()[0] == 0
        before = toy.outputs()
    toy.write(FIRST_LESSON, json.dumps(notebook))
    status, output = toy.check()
    word = "stale" if edit == "old version" else "edited"
    assert status == 1 and f"{word:9}notebooks/ssl/1_first" in output, output
    status, output = toy.redraw(FIG="ssl/first")
    assert (status == 0) == (edit == "old version")
    status, output = toy.figures()
    assert status == 0 and not toy.changed(before), output
    aside = toy.root / "notebooks/ssl/1_first.edited.ipynb"
    assert aside.exists() == (edit != "old version")
    if aside.exists():
        assert json.loads(aside.read_text()) == notebook and aside.name in output
    assert toy.check()[0] == 0


def test_what_the_lab_changes_by_saving_breaks_no_seal(toy):
    """Counters, identifiers, metadata and the layout of the file say nothing about the content."""
    notebook = _notebook(toy)
    notebook["metadata"]["kernelspec"]["display_name"] = "Python 3"
    notebook["metadata"]["widgets"] = {}
    for number, cell in enumerate(notebook["cells"]):
        cell["id"] = f"cell{number}"
        cell["source"] = "".join(cell["source"])
        cell["execution_count"] = number
    toy.write(FIRST_LESSON, json.dumps(notebook, indent=4))
    header = "#   jupytext:\n#     version: 1\n#   kernelspec:"
    toy.edit("notebooks/ssl/1_first.py", "#   kernelspec:", header)
    assert toy.check()[0] == 0


def test_what_no_entry_owns_and_a_stale_index_fail_the_check(toy):
    shutil.copy(toy.root / "figures/ep/second.png", toy.root / "figures/ep/left_over.png")
    toy.edit("figures/INDEX.md", "a line", "a curve")
    status, output = toy.check()
    assert status == 1
    assert "stray    figures/ep/left_over.png" in output
    assert "stale    figures/INDEX.md" in output
    status, output = toy.run("figures.check", "--report")
    assert status == 0 and "2 problems" in output
    assert toy.figures()[0] == 0 and "stale" not in toy.check()[1]


def test_numbers_of_an_earlier_shape_are_stray_and_go_with_the_next_build(toy):
    toy.write("figures/ssl/first.npz", "old")
    assert "stray    figures/ssl/first.npz" in toy.check()[1]
    assert toy.figures(PAPER="ssl", FORCE="1")[0] == 0
    assert toy.check()[0] == 0


@pytest.mark.parametrize("content", ["{", "[]", '{"metadata": {"figures": {"seal": 3}}}', ""])
def test_a_stamp_that_cannot_be_read_is_damage_and_mended(toy, content):
    before = toy.outputs()
    toy.write("notebooks/ep/1_second.ipynb", content)
    status, output = toy.check()
    assert status == 1 and "damaged  notebooks/ep/1_second.ipynb" in output
    assert toy.figures()[0] == 0 and not toy.changed(before)


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"FIG": "ssl/frist"}, "there is no figure 'ssl/frist'"),
        ({"FIG": "ep/third"}, "FIG=ep/third is in the inventory, but no lesson makes it yet"),
        ({"PAPER": "sl"}, "PAPER=sl is unknown; choose from metaplasticity"),
        ({"PAPER": "rram"}, "PAPER=rram: none of its figures is made yet"),
    ],
)
def test_a_selection_that_selects_nothing_says_so(built_toy, variables, sentence):
    for run in (built_toy.figures, built_toy.redraw):
        status, output = run(**variables)
        assert status == 2 and output.startswith(sentence) and "Traceback" not in output


@pytest.mark.parametrize("variables", [{"FIG": "ssl/first"}, {"PAPER": "ssl"}])
def test_a_selection_builds_its_lesson_only(toy, variables):
    toy.edit("theory/deeper.py", "BASE = 1", "BASE = 3")
    toy.edit("theory/other.py", "VALUE = 2", "VALUE = 1.5")
    status, output = toy.figures(**variables)
    assert status == 0 and "1 built, 0 current, 0 failed" in output, output
    assert "done    ssl/1_first" in output and "(1 of 1)" in output


def test_an_inventory_that_is_wrong_is_one_sentence(toy):
    toy.edit("figures/inventory.toml", 'id = "ssl/first"', "id = 11")
    for command in (("figures.build",), ("figures.check",)):
        status, output = toy.run(*command)
        assert status in (1, 2) and "Traceback" not in output and len(output.splitlines()) == 1
        assert "id must be text in quotes, got 11" in output


def test_the_callers_python_and_matplotlib_do_not_reach_the_lesson(slow_toy, tmp_path):
    toy = slow_toy
    (tmp_path / "foreign").mkdir()
    (tmp_path / "foreign" / "numpy.py").write_text("raise SystemExit('foreign numpy imported')")
    before = toy.outputs()
    status, output = toy.figures(
        PAPER="ssl",
        FORCE="1",
        MPLBACKEND="Agg",
        PYTHONPATH=f"{toy.root}:{tmp_path / 'foreign'}",
        PYTHONSTARTUP="none",
    )
    assert status == 0 and "1 built" in output, output
    assert not toy.changed(before)


def test_verify_prints_the_largest_difference_and_writes_nothing(toy):
    path = toy.root / "figures/ep/second.csv"
    altered = path.read_bytes().replace(b"0.5", b"0.6")
    before = toy.outputs()
    path.write_bytes(altered)
    status, output = toy.run("figures.verify", "verify")
    assert status == 0, output
    assert "0.0e+00  ssl/first: same" in output
    assert "5.0e-02  ep/second: differs in x; its claims hold" in output
    assert toy.changed(before) == {"figures/ep/second.csv"}


def test_verify_ends_with_1_where_one_claim_does_not_hold(toy):
    toy.edit("theory/deeper.py", "BASE = 1", "BASE = 20")
    status, output = toy.run("figures.verify", "verify")
    assert status == 1 and "1 verified, 1 failed" in output, output


def test_reseed_tells_which_claims_break_and_writes_nothing(toy):
    """The toy's claim holds with the seeds 3 and 1003 and breaks beyond."""
    before = toy.outputs()
    status, output = toy.run("figures.verify", "reseed", SEEDS="2")
    assert status == 1, output
    assert "1 of 2 lessons draw random numbers; 2 runs of each" in output
    assert "broke 1 of 2  ep/second: the value is small < 2.5: 3" in output
    assert "1 claims broke; 0 runs failed" in output
    assert not toy.changed(before)


def test_the_builder_takes_one_lesson_that_exists(capsys):
    for arguments in ([], ["notebooks/a/1_one.py", "notebooks/a/2_two.py"]):
        assert execution.main(arguments) == 2
        assert "one lesson" in capsys.readouterr().out
    assert execution.main(["notebooks/ssl/99_none.py"]) == 2
    assert "there is no lesson notebooks/ssl/99_none.py" in capsys.readouterr().out


def test_figures_to_redraw_are_shared_a_lesson_at_a_time_and_take_as_long_as_they_are_many(
    monkeypatch,
):
    monkeypatch.setattr(build, "WORKERS", 2)
    lessons = sorted(notebook_figures(load_inventory()).values(), key=len, reverse=True)
    many, few = ([entry.id for entry in entries] for entries in (lessons[0][:5], lessons[1][:2]))
    works = build.plan_redraw([few[0], *many, few[1]])
    assert [work.command[1:] for work in works] == [tuple(many), tuple(few)]
    assert works[0].seconds / works[1].seconds == pytest.approx(5 / 2)


def test_pieces_of_a_stream_are_one_output_however_many_there_are():
    def piece(text):
        return {"output_type": "stream", "text": text}

    shown = {"output_type": "display_data", "data": {}}
    pieces = [shown, piece("a"), piece(["b", "c"]), piece("d"), shown, piece("e")]
    assert _merged(pieces) == [shown, piece("abcd"), shown, piece("e")]
