"""The contents manager without a browser: what it shows, and which files a save writes."""

import asyncio
import os
import shutil

import jupytext
import nbformat
import pytest
from ipykernel.ipkernel import IPythonKernel
from ipykernel.kernelspec import get_kernel_dict
from lab_project import NAME

from figures.executed import is_sealed, read_executed
from figures.inventory import ROOT
from figures.lab.contents import LessonManager
from figures.lab.pairs import cells

LESSONS = sorted((ROOT / "notebooks").glob("*/*.py"))


@pytest.fixture
def manager(fresh, tmp_path, monkeypatch):
    for name in ("DATA", "CONFIG", "RUNTIME"):
        monkeypatch.setenv(f"JUPYTER_{name}_DIR", str(tmp_path / name))
    return LessonManager(root_dir=str(fresh.root))


def _get(manager, path):
    return asyncio.run(manager.get(path, type="notebook"))["content"]


def _save(manager, path, notebook):
    model = {"type": "notebook", "format": "json", "content": notebook}
    return asyncio.run(manager.save(model, path))


def _as_after_running(notebook):
    """What JupyterLab sends after a lesson was run and looked at: all but the sources differs."""
    notebook.metadata["kernelspec"]["display_name"] = "Another name"
    notebook.metadata["language_info"]["version"] = "3.99"
    notebook.metadata["widgets"] = {}
    for number, cell in enumerate(notebook.cells):
        cell.id = f"cell-{number}"
        cell.metadata |= {"jp-MarkdownHeadingCollapsed": True, "jupyter": {"source_hidden": True}}
        if cell.cell_type == "code":
            cell.execution_count = number
            cell.metadata["execution"] = {"iopub.execute_input": "now"}
            cell.outputs = [nbformat.v4.new_output("stream", name="stdout", text=f"{number}\n")]
    return notebook


@pytest.mark.parametrize("suffix", [".ipynb", ".py"])
def test_a_lesson_that_was_run_is_not_written(manager, fresh, suffix):
    before = [os.stat(path).st_mtime_ns for path in (fresh.source, fresh.notebook)]
    saved = _save(manager, NAME + suffix, _as_after_running(_get(manager, NAME + suffix)))
    assert [os.stat(path).st_mtime_ns for path in (fresh.source, fresh.notebook)] == before
    assert fresh.changed() == []
    assert saved["content"] is None and saved["path"] == NAME + suffix
    on_disk = asyncio.run(manager.get(NAME + suffix, content=False))
    assert saved["last_modified"] == on_disk["last_modified"]


@pytest.mark.parametrize("change", ["source", "type", "tags", "new cell", "order"])
def test_a_lesson_with_another_cell_is_written(manager, fresh, change):
    notebook = _get(manager, f"{NAME}.ipynb")
    cell = notebook.cells[1]
    if change == "source":
        cell.source += "\nx = 1"
    elif change == "type":
        notebook.cells[1] = nbformat.v4.new_markdown_cell(cell.source)
    elif change == "tags":
        cell.metadata["tags"] = ["solution"]
    elif change == "new cell":
        notebook.cells.append(nbformat.v4.new_code_cell("x = 1"))
    else:
        notebook.cells.reverse()
    expected = cells(notebook)
    _save(manager, f"{NAME}.ipynb", notebook)
    for half in (jupytext.read(fresh.source), nbformat.read(fresh.notebook, 4)):
        assert cells(half) == expected
    assert len(fresh.changed()) == 2


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_an_edit_of_any_lesson_is_one_line_and_its_removal_nothing(manager, fresh, lesson):
    source = fresh.source.with_name("2_real.py")
    shutil.copy(lesson, source)
    shutil.copy(lesson.with_suffix(".ipynb"), source.with_suffix(".ipynb"))
    path, before = "notebooks/ssl/2_real.ipynb", source.read_text()
    notebook = _as_after_running(_get(manager, path))
    cell = next(cell for cell in notebook.cells if cell.cell_type == "code")
    cell.source = f"# mine\n{cell.source}"
    _save(manager, path, notebook)
    assert source.read_text() == before.replace("# %%\n", "# %%\n# mine\n", 1)
    assert cells(nbformat.read(source.with_suffix(".ipynb"), 4)) == cells(jupytext.read(source))
    cell.source = cell.source.removeprefix("# mine\n")
    _save(manager, path, notebook)
    assert source.read_text() == before


def test_a_changed_lesson_is_sealed_and_stale_even_if_the_change_is_undone(manager, fresh):
    notebook = _as_after_running(_get(manager, f"{NAME}.ipynb"))
    for source in ("x = 1", notebook.cells[1].source):
        notebook.cells[1].source = source
        _save(manager, f"{NAME}.ipynb", notebook)
        executed = read_executed(fresh.notebook)
        assert is_sealed(executed)  # so the build overwrites it and keeps no copy
        stamps = executed["metadata"]["figures"]
        assert stamps["computed"] != "stamp"  # its outputs are the reader's, not the build's
        assert stamps["drawn"] == {"ssl/fig1": "stamp"}
    assert fresh.changed() == [f" M {NAME}.ipynb"]


def test_a_source_changed_after_a_save_is_no_second_version(manager, fresh):
    notebook = _get(manager, f"{NAME}.ipynb")
    notebook.cells[1].source = "x = 1"
    _save(manager, f"{NAME}.ipynb", notebook)
    fresh.source.write_text(fresh.source.read_text().replace("x = 1", "x = 2"))
    shown = [cell.source for cell in _get(manager, f"{NAME}.ipynb").cells]
    assert "x = 2" in shown and "x = 1" not in shown and len(shown) == 5


@pytest.mark.parametrize("newer", ["source", "notebook"])
def test_the_source_wins_whatever_the_times_of_the_files_say(manager, fresh, newer):
    fresh.source.write_text(fresh.source.read_text().replace("seven", "eight"))
    os.utime(getattr(fresh, newer), (2e9, 2e9))
    for suffix in (".ipynb", ".py"):
        shown = _get(manager, NAME + suffix).cells
        assert [c.source for c in shown] == [c.source for c in jupytext.read(fresh.source).cells]
        assert shown[-1].outputs[0].data["text/plain"] == "fourteen"  # the cell has not changed


def test_two_versions_are_announced_and_none_is_lost(manager, fresh):
    elsewhere = fresh.notebook.read_bytes().replace(b"twice seven", b"twice eight")
    fresh.notebook.write_bytes(elsewhere)
    assert "notebooks/ssl/1_short.ipynb" in asyncio.run(manager.get("Lessons.md"))["content"]
    for suffix in (".ipynb", ".py"):
        notebook = _get(manager, NAME + suffix)
        assert "two versions" in notebook.cells[0].source
        _save(manager, NAME + suffix, notebook)
        assert fresh.notebook.read_bytes() == elsewhere
    notebook.cells[2].source = "x = 1"
    _save(manager, f"{NAME}.py", notebook)
    kept = fresh.notebook.with_name("1_short.edited.ipynb")
    assert kept.read_bytes() == elsewhere
    assert "two versions" not in fresh.source.read_text() + fresh.notebook.read_text()
    assert "two versions" not in _get(manager, f"{NAME}.ipynb").cells[0].source
    fresh.notebook.write_bytes(elsewhere.replace(b"twice eight", b"twice nine"))
    notebook.cells[2].source = "x = 2"
    _save(manager, f"{NAME}.ipynb", notebook)
    assert kept.read_bytes() == elsewhere
    assert b"twice nine" in kept.with_name("1_short.edited-2.ipynb").read_bytes()


def test_a_kept_notebook_stands_alone(manager, fresh):
    kept = fresh.notebook.with_name("1_short.edited.ipynb")
    kept.write_bytes(fresh.notebook.read_bytes())
    path = "notebooks/ssl/1_short.edited.ipynb"
    notebook = _get(manager, path)
    notebook.cells[1].source = "x = 1"
    _save(manager, path, notebook)
    assert "x = 1" in kept.read_text() and not kept.with_suffix(".py").exists()
    assert fresh.changed() == []  # git does not see it


def test_a_module_opened_as_a_notebook_stays_as_it_is_until_it_is_edited(manager, fresh):
    module = fresh.root / "figures/files.py"
    notebook = _get(manager, "figures/files.py")
    _save(manager, "figures/files.py", notebook)
    assert fresh.changed() == []
    notebook.cells[-1].source += "\n# mine"
    _save(manager, "figures/files.py", notebook)
    assert module.read_text().endswith("# mine\n")
    assert fresh.changed() == [" M figures/files.py"]  # it has no pair


def test_other_files_are_saved_as_ever(manager, fresh):
    model = {"type": "file", "format": "text", "content": "a note\n"}
    asyncio.run(manager.save(model, "notes.txt"))
    assert (fresh.root / "notes.txt").read_text() == "a note\n"
    text = fresh.source.read_text() + "# by the text editor\n"
    asyncio.run(manager.save({"type": "file", "format": "text", "content": text}, f"{NAME}.py"))
    assert fresh.source.read_text() == text


def test_a_new_notebook_among_the_lessons_gets_its_source(manager, fresh):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("x = 1")])
    _save(manager, "notebooks/ssl/mine.ipynb", notebook)
    assert (fresh.root / "notebooks/ssl/mine.py").read_text().endswith("# %%\nx = 1\n")
    _save(manager, "mine.ipynb", notebook)
    assert not (fresh.root / "mine.py").exists()  # elsewhere nothing is paired


@pytest.mark.parametrize("suffix", [".ipynb", ".py"])
def test_an_opened_lesson_says_of_its_kernel_what_the_kernel_will_say(manager, suffix):
    """Otherwise JupyterLab completes the metadata and marks the lesson as changed."""
    metadata = _get(manager, NAME + suffix).metadata
    assert metadata["language_info"] == IPythonKernel.language_info
    assert metadata["kernelspec"]["display_name"] == get_kernel_dict()["display_name"]


def test_the_header_of_a_source_is_kept_whatever_it_is(manager, fresh):
    text = fresh.source.read_text().replace("display_name: Python 3", "display_name: mine")
    fresh.source.write_text(text)
    notebook = _get(manager, f"{NAME}.py")
    notebook.cells[1].source = f"# mine\n{notebook.cells[1].source}"
    _save(manager, f"{NAME}.py", notebook)
    assert fresh.source.read_text() == text.replace("import mat", "# mine\nimport mat")
