"""What a reader does in JupyterLab, done in a real browser, and what git says afterwards."""

import json
import os
import re
import subprocess
import sys
import time
from urllib.parse import urlsplit

import jupytext
import nbformat
import pytest

browser = pytest.importorskip("browser")
pytestmark = pytest.mark.skipif(browser.CHROMIUM is None, reason="Chromium is not installed")

SECONDS = 60  # each test; it needs about ten
# Off but where it is tested: JupyterLab takes what one save wrote for a change by somebody else
# when another save begins before the first has ended.
AUTOSAVE = {"autosave": False, "autosaveInterval": 2}
CTRL = 2


@pytest.fixture(scope="module")
def server(project, tmp_path_factory):
    """The URL of `python -m figures.lab` in the small project, started from a hostile shell."""
    home = tmp_path_factory.mktemp("home")
    settings = home / "settings/@jupyterlab/docmanager-extension/plugin.jupyterlab-settings"
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps(AUTOSAVE))
    (home / "foreign").mkdir()
    (home / "foreign/theory.py").write_text("raise SystemExit('a foreign theory')")
    environment = {
        **os.environ,
        **{"MPLBACKEND": "Agg", "PYTHONPATH": str(home / "foreign"), "HOME": str(home)},
        **{f"JUPYTER_{name}_DIR": str(home / name) for name in ("CONFIG", "DATA", "RUNTIME")},
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "IPYTHONDIR": str(home / "ipython"),
    }
    log = home / "log"
    command = [sys.executable, "-m", "figures.lab", "--no-browser", "--ServerApp.port=0"]
    with open(log, "w") as file:
        process = subprocess.Popen(
            [*command, "--expose-app-in-browser"],
            cwd=project.root, env=environment, stdin=subprocess.DEVNULL, stdout=file, stderr=file,
        )  # fmt: skip
    try:
        for _ in range(10 * SECONDS):
            if found := re.search(r"http://127\S+token=\w{20,}", log.read_text()):
                break
            assert process.poll() is None, log.read_text()
            time.sleep(0.1)
        yield found[0]
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
    said = log.read_text()
    assert not re.search(r"Traceback|WARNING|ERROR|^\[[IWE] ", said, flags=re.MULTILINE), said


@pytest.fixture
def lab(server, fresh, tmp_path):
    """A new browser in JupyterLab's start page; `fresh` is as it was committed."""
    page = browser.Browser(tmp_path, SECONDS)
    try:
        page.send("Network.enable")
        page.open(f"{server}&reset")  # no tab of an earlier test
        page.until("window.jupyterapp && document.querySelector('td a')", "the start page is shown")
        yield page
    finally:
        page.close()


def _command(lab, name, **arguments):
    lab.js(f"jupyterapp.commands.execute('{name}', {json.dumps(arguments)}).then(() => true)")


def _open(lab, path):
    """Open a lesson as a notebook, wait for its kernel."""
    _command(lab, "docmanager:open", path=path, factory="Notebook")
    kernel = "document.querySelector('.jp-NotebookPanel .jp-KernelName')?.innerText"
    lab.until(f"{kernel} == 'Python 3 (ipykernel)'", "the lesson has its kernel")
    lab.until("document.querySelectorAll('.jp-NotebookPanel .jp-Cell').length > 4", "its cells")
    lab.until("document.querySelector('.jp-NotebookPanel [data-status=idle]')", "it is ready")


def _dirty(lab):
    return lab.js("!!document.querySelector('.jp-mod-dirty')")


def _saved(lab):
    lab.until("!document.querySelector('.jp-mod-dirty')", "the lesson is saved")
    assert not lab.js("document.querySelector('.jp-Dialog')?.innerText")


def _answered(lab):
    """Tell whether every request about a file that was sent has its answer."""
    lab.js("1")  # reads what the browser has told
    waiting = set()
    for method, told in lab.events:
        if method == "Network.requestWillBeSent" and "/api/contents/" in told["request"]["url"]:
            waiting.add(told["requestId"])
        elif method in ("Network.loadingFinished", "Network.loadingFailed"):
            waiting.discard(told["requestId"])
    return not waiting


def _save(lab):
    """Save with Ctrl-S, and wait until that is done."""
    lab.press("s", CTRL)
    _saved(lab)
    lab.until(lambda: _answered(lab), "the save has its answer")


def _outputs(lab):
    return lab.js(
        "Array.from(document.querySelectorAll('.jp-OutputArea-output')).map(e => e.innerText)"
    )


def _write_first_code_cell(lab, text):
    """Put `text` on a new first line of the first code cell, and save with Ctrl-S."""
    lab.click(".jp-CodeCell .cm-content")
    lab.press("Home", CTRL)
    lab.type(text)
    lab.until("document.querySelector('.jp-mod-dirty')", "the lesson is changed")
    _save(lab)


def test_the_start_page_lists_the_lesson_and_opens_it(lab, fresh):
    table = lab.js("document.querySelector('table').innerText")
    assert re.fullmatch(r"\s*lesson\s+minutes\s+1\s+A short lesson\s+5\s*", table)
    lab.click("td a")
    lab.until("document.querySelector('.jp-NotebookPanel .jp-Cell h1')", "the lesson is open")
    assert urlsplit(lab.js("location.href")).path == "/lab/tree/notebooks/ssl/1_short.ipynb"
    assert fresh.changed() == []


@pytest.mark.parametrize("suffix", [".ipynb", ".py"])
def test_running_and_saving_changes_nothing(lab, fresh, suffix):
    _open(lab, f"notebooks/ssl/1_short{suffix}")
    time.sleep(1)
    assert not _dirty(lab)  # opening alone does not even mark the tab
    assert _outputs(lab) == ["fourteen"]
    _command(lab, "notebook:run-all-cells")
    lab.until("document.querySelectorAll('.jp-OutputArea-output').length > 2", "all cells have run")
    text, _, number = _outputs(lab)
    assert text.strip() == "the project itself" and number == "14"
    assert lab.js("document.querySelector('.jp-OutputArea-output img').naturalWidth") > 100
    lab.until("document.querySelector('.jp-mod-dirty')", "JupyterLab has something to save")
    _command(lab, "docmanager:toggle-autosave")
    _saved(lab)
    _command(lab, "docmanager:toggle-autosave")
    assert fresh.changed() == []
    _command(lab, "notebook:run-all-cells")
    lab.until("document.querySelector('.jp-mod-dirty')", "JupyterLab has something to save")
    _save(lab)
    assert fresh.changed() == []


@pytest.mark.parametrize("suffix", [".ipynb", ".py"])
def test_an_edit_reaches_both_halves_and_so_does_its_removal(lab, fresh, suffix):
    before = fresh.source.read_text()
    _open(lab, f"notebooks/ssl/1_short{suffix}")
    _write_first_code_cell(lab, "# mine ")
    assert fresh.source.read_text() == before.replace("import mat", "# mine import mat")
    halves = jupytext.read(fresh.source), nbformat.read(fresh.notebook, 4)
    assert [c.source for c in halves[0].cells] == [c.source for c in halves[1].cells]
    assert fresh.changed() == [f" M notebooks/ssl/1_short{s}" for s in (".ipynb", ".py")]
    lab.press("z", CTRL)
    _save(lab)
    assert fresh.source.read_text() == before


def test_a_notebook_edited_elsewhere_is_announced_and_kept(lab, fresh):
    elsewhere = fresh.notebook.read_text().replace("twice seven", "twice eight")
    fresh.notebook.write_text(elsewhere)
    _open(lab, "notebooks/ssl/1_short.ipynb")
    shown = lab.js("document.querySelector('.jp-NotebookPanel').innerText")
    assert "two versions" in shown and "twice seven" in shown and "twice eight" not in shown
    lab.press("s", CTRL)
    time.sleep(1)
    lab.until(lambda: _answered(lab), "the save has its answer")
    assert fresh.notebook.read_text() == elsewhere  # looking at it changes nothing
    _write_first_code_cell(lab, "# mine ")
    kept = fresh.notebook.with_name("1_short.edited.ipynb")
    assert kept.read_text() == elsewhere
    for file in (fresh.source, fresh.notebook):
        assert "# mine" in file.read_text() and "two versions" not in file.read_text()
