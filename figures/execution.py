"""Build one lesson: pair it, execute it, and publish it with its figures, all or nothing.

Run as `python -m figures.execution notebooks/<paper>/<name>.py`; prints one line and exits with 1
when the lesson failed. The last good figures stay whole whatever happens.
"""

from __future__ import annotations

import ast
import base64
import json
import os
import re
import sys
import tempfile
import time
from asyncio import CancelledError
from collections.abc import Mapping
from pathlib import Path

from figures.check import lesson_problems
from figures.executed import keep_edited, normal_form
from figures.files import (
    BUILD,
    STAGING,
    WriteFailed,
    digest,
    fresh_folder,
    locked,
    publish,
    require_writable,
    write_atomic,
)
from figures.inventory import ROOT, InventoryError, load_inventory, notebook_figures
from figures.processes import end_with_driver
from figures.provenance import SourceError, computed_stamp, drawn_stamp

SECONDS = BUILD / "seconds"
LONGEST_FOLDER = 85  # the system takes 103 letters for a socket, of which 13 are the kernel's
TIMEOUT = 600  # seconds a cell may take: far above the budget of a whole lesson
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
FOREIGN = (  # the last two choose other kernels of linear algebra, and with them other last digits
    "PYTHONHOME", "PYTHONSTARTUP", "PYTHONWARNINGS", "PYTHONDONTWRITEBYTECODE", "MATPLOTLIBRC",
    "FIGURES_STAGING", "OPENBLAS_CORETYPE", "NPY_DISABLE_CPU_FEATURES",
)  # fmt: skip


class BuildFailed(RuntimeError):
    """A lesson could not be built; the message is one line."""


def build(source: Path) -> str:
    """Execute the lesson, publish it and its figures; return a line that says what was made."""
    started = time.perf_counter()
    name = lesson_name(source)
    entries = notebook_figures(load_inventory()).get(name, [])
    if not entries:
        raise BuildFailed("no figure of the inventory is done by this lesson")
    require_writable([BUILD, source.parent, *{entry.path(".png").parent for entry in entries}])
    pair = source.with_suffix(".ipynb")
    before = _stamps(source, entries)
    staging = fresh_folder(STAGING / name.replace("/", "__"))
    notebook = execute(source, staging)
    records = collect(staging, [entry.id for entry in entries])
    if _stamps(source, entries) != before:
        raise BuildFailed("a source changed while the lesson ran; run it again")
    stamps = {**before, "records": {id: digest(text) for id, text in records.items()}}
    write_atomic(staging / "notebooks" / f"{name}.ipynb", normal_form(notebook, stamps))
    aside = keep_edited(pair)
    publish(staging)
    for entry in entries:  # numbers of an earlier shape, which no record names any more
        named = json.loads(records[entry.id])["computed"]
        for suffix in {".csv", ".npz"} - set(named):
            entry.path(suffix).unlink(missing_ok=True)
    seconds = time.perf_counter() - started
    write_atomic(SECONDS / f"{name}.json", json.dumps(round(seconds, 1)).encode())
    claims = sum(len(json.loads(text)["claims"]) for text in records.values())
    kept = f"; the edited lesson is kept as {aside.name}" if aside else ""
    return f"{len(records)} figures, {claims} claims held, {seconds:.1f} s{kept}"


def _stamps(source: Path, entries) -> dict:
    drawn = {entry.id: drawn_stamp(entry) for entry in entries}
    return {"computed": computed_stamp(source), "drawn": drawn}


def lesson_name(source: Path) -> str:
    """Return "<paper>/<name>" of a lesson's source."""
    return source.relative_to(ROOT / "notebooks").with_suffix("").as_posix()


def execute(source: Path, staging: Path, extra: Mapping[str, str] | None = None):
    """Execute a lesson in a clean environment, its figures recorded below `staging`.

    Raises `BuildFailed` when a cell fails, warns, shows a path of this computer or fewer pictures
    than it draws, and when there is no kernel or it ends before it answers.
    """
    import jupytext
    from jupyter_client.kernelspec import NoSuchKernel
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
    from traitlets.config import Config

    notebook = jupytext.read(source, fmt="py:percent")
    environment = kernel_environment() | {"FIGURES_STAGING": str(staging)} | dict(extra or {})
    try:
        with tempfile.TemporaryDirectory(prefix="kernel") as folder:
            NotebookClient(
                notebook,
                timeout=TIMEOUT,
                kernel_name="python3",
                extra_arguments=["--log-level=ERROR"],
                resources={"metadata": {"path": str(source.parent)}},
                config=Config(KernelManager=_connection(Path(folder))),
            ).execute(env=environment)
    except CellExecutionError as error:
        raise BuildFailed(f"{_place(notebook)}: {error.ename}: {_one_line(error.evalue)}") from None
    except CellTimeoutError:
        raise BuildFailed(f"{_place(notebook)}: took more than {TIMEOUT} s") from None
    except DeadKernelError:
        raise BuildFailed(f"{_place(notebook)}: the kernel died (out of memory?)") from None
    except NoSuchKernel:
        raise BuildFailed("no kernel 'python3'; install ipykernel in this environment") from None
    except RuntimeError as error:  # so says the client of a kernel that it waited for in vain
        raise BuildFailed(f"no kernel could be started: {_one_line(str(error))}") from None
    _check_outputs(notebook)
    _pack_pictures(notebook)
    return notebook


def _connection(folder: Path) -> dict[str, str]:
    """Return how a kernel is spoken to: by sockets in a folder of its own, where these can be had.

    Ports are looked for first and opened later: of kernels that start together, or beside any other
    program, one finds its port taken now and then, and ends. The name of a socket has to be short.
    """
    if os.name == "nt" or len(str(folder)) > LONGEST_FOLDER:
        return {}
    return {"transport": "ipc", "connection_file": str(folder / "kernel.json")}


def kernel_environment() -> dict[str, str]:
    """Return the environment of a lesson's kernel: the caller's changes nothing in it."""
    kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
    return kept | dict.fromkeys(THREADS, "1") | {
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "PYTHONHASHSEED": "0",
        "PYTHONNOUSERSITE": "1",
        "PYTHONPATH": str(ROOT),
    }  # fmt: skip


def _place(notebook) -> str:
    """Name the last cell that was started, by its number among the code cells and first line."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    number = max((i for i, cell in enumerate(cells) if cell.execution_count), default=0)
    failed = [
        i for i, cell in enumerate(cells) if any(o.output_type == "error" for o in cell.outputs)
    ]
    number = failed[0] if failed else number
    return f"code cell {number + 1} ({_first_line(cells[number])})"


def _first_line(cell) -> str:
    return next(iter(cell.source.splitlines()), "").strip()[:50]


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"\x1b\[[0-9;]*m", "", text)).strip()


def _check_outputs(notebook) -> None:
    """Refuse warnings (a lesson that warns is a bug), paths of this host, and missing pictures."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "stream" and output.name == "stderr":
                message = _one_line(output.text).replace(str(ROOT), "")[-300:]
                raise BuildFailed(f"the cell '{_first_line(cell)}' wrote to stderr: {message}")
            if str(ROOT) in json.dumps(output):
                raise BuildFailed(
                    f"the output of the cell '{_first_line(cell)}' holds a path of this computer"
                )
        pictures = sum("image/png" in output.get("data", {}) for output in cell.get("outputs", []))
        due = _pictures_due(cell.source) if cell.cell_type == "code" else 0
        if pictures < due:
            raise BuildFailed(
                f"the cell '{_first_line(cell)}' shows {pictures} pictures where {due} are drawn"
            )


def _pictures_due(source: str) -> int:
    """Count what a cell must show: each `record`, and one for each `explore` or plot of its own."""
    calls = [
        getattr(node.func, "id", getattr(node.func, "attr", ""))
        for statement in ast.parse(source).body
        if not isinstance(statement, ast.FunctionDef | ast.ClassDef)
        for node in ast.walk(statement)
        if isinstance(node, ast.Call)
    ]
    return calls.count("record") + calls.count("explore") + bool({"subplots", "figure"} & {*calls})


def _pack_pictures(notebook) -> None:
    """Give pictures that are no figures of their own the same few colours as the figures."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            if "image/png" in data and "figure" not in output.get("metadata", {}):
                from figures.room import few_colours

                packed = few_colours(base64.b64decode(data["image/png"]))
                data["image/png"] = base64.b64encode(packed).decode() + "\n"


def collect(staging: Path, expected: list[str]) -> dict[str, bytes]:
    """Return id -> record of the figures recorded, which must be those of the inventory."""
    folder = staging / "figures"
    found = {
        path.relative_to(folder).with_suffix("").as_posix(): path.read_bytes()
        for path in folder.rglob("*.json")
    }
    missing, extra = sorted(set(expected) - set(found)), sorted(set(found) - set(expected))
    if missing:
        raise BuildFailed(f"did not record {', '.join(missing)}, done by it in the inventory")
    if extra:
        raise BuildFailed(f"recorded {', '.join(extra)}, not marked done by it in the inventory")
    return found


def main(arguments: list[str]) -> int:
    """Build the lesson named on the command line; return the exit status."""
    if len(arguments) != 1:
        print("usage: python -m figures.execution notebooks/<paper>/<lesson>.py (one lesson)")
        return 2
    source = (ROOT / arguments[0]).resolve()
    if not source.is_file() or ROOT / "notebooks" not in source.parents:
        print(f"there is no lesson {arguments[0]}; name one as notebooks/<paper>/<lesson>.py")
        return 2
    name = lesson_name(source)
    end_with_driver()
    waited = []
    try:
        with locked(name, lambda: waited.append(print(f"  waiting for another build of {name}"))):
            entries = notebook_figures(load_inventory()).get(name, [])
            if waited and not lesson_problems(name, entries):
                print(f"  done    {name}: built by the other command", flush=True)
                return 0
            print(f"  done    {name}: {build(source)}", flush=True)
    except (BuildFailed, WriteFailed, InventoryError, SourceError, OSError) as error:
        print(f"  FAILED  {name}: {_one_line(str(error))}; the last good figures stay", flush=True)
        return 1
    except (KeyboardInterrupt, CancelledError):
        print(f"  interrupted {name}; the last good figures stay", flush=True)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
