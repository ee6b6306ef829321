"""Build one notebook: pair it, execute it, and publish it with its figures, all or nothing.

Run as `python -m figures.execution notebooks/<paper>/<name>.py`; prints one line and exits with 1
when the notebook failed. The last good figures stay whole whatever happens.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
import time
from pathlib import Path

from figures.files import WriteFailed, digest, fresh_folder, publish, write_atomic
from figures.inventory import ROOT, InventoryError, load_inventory, notebook_figures
from figures.provenance import stamp

BUILD = ROOT / ".build"
JOURNALS = BUILD / "journals"
SECONDS = BUILD / "seconds"
TIMEOUT = 600  # seconds a cell may take: far above the budget of a whole notebook
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


class BuildFailed(RuntimeError):
    """A notebook could not be built; the message is one line."""


def build(source: Path) -> str:
    """Execute the notebook, publish it and its figures; return a line that says what was made."""
    started = time.perf_counter()
    name = source.relative_to(ROOT / "notebooks").with_suffix("").as_posix()
    entries = notebook_figures(load_inventory()).get(name, [])
    if not entries:
        raise BuildFailed("no figure of the inventory is done by this notebook")
    before = stamp(source, entries)
    staging = fresh_folder(BUILD / "staging" / name.replace("/", "__"))
    notebook = _execute(source, staging)
    _check_outputs(notebook)
    records = _collect(staging, [entry.id for entry in entries])
    if stamp(source, entries) != before:
        raise BuildFailed("a source changed while the notebook ran; run it again")
    provenance = {"stamp": before, "records": {id: digest(text) for id, text in records.items()}}
    notebook.metadata["figures"] = provenance
    write_atomic(staging / "notebooks" / f"{name}.ipynb", _normal_form(notebook))
    publish(staging, ROOT, JOURNALS)
    seconds = time.perf_counter() - started
    write_atomic(SECONDS / f"{name}.json", json.dumps(round(seconds, 1)).encode())
    claims = sum(len(json.loads(text)["claims"]) for text in records.values())
    return f"{len(records)} figures, {claims} claims held, {seconds:.1f} s"


def _execute(source: Path, staging: Path):
    import jupytext
    from jupyter_client.kernelspec import NoSuchKernel
    from nbclient import NotebookClient
    from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError

    notebook = jupytext.read(source, fmt="py:percent")
    os.environ |= {variable: "1" for variable in THREADS}
    os.environ |= {
        "FIGURES_STAGING": str(staging),
        "PYTHONHASHSEED": "0",
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]).strip(":"),
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
    }
    client = NotebookClient(
        notebook,
        timeout=TIMEOUT,
        kernel_name="python3",
        extra_arguments=["--log-level=ERROR"],
        resources={"metadata": {"path": str(source.parent)}},
    )
    try:
        client.execute()
    except CellExecutionError as error:
        raise BuildFailed(f"{_place(notebook)}: {error.ename}: {_one_line(error.evalue)}") from None
    except CellTimeoutError:
        raise BuildFailed(f"{_place(notebook)}: took more than {TIMEOUT} s") from None
    except DeadKernelError:
        raise BuildFailed(f"{_place(notebook)}: the kernel died (out of memory?)") from None
    except NoSuchKernel:
        raise BuildFailed("no kernel 'python3'; install ipykernel in this environment") from None
    return notebook


def _place(notebook) -> str:
    """Name the last cell that was started, by its number among the code cells and first line."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    number = max((i for i, cell in enumerate(cells) if cell.execution_count), default=0)
    failed = [
        i for i, cell in enumerate(cells) if any(o.output_type == "error" for o in cell.outputs)
    ]
    number = failed[0] if failed else number
    first = next(iter(cells[number].source.splitlines()), "")
    return f"code cell {number + 1} ({first.strip()[:50]})"


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"\x1b\[[0-9;]*m", "", text)).strip()


def _check_outputs(notebook) -> None:
    """Refuse warnings (a lesson that warns is a bug) and outputs that hold a path of this host."""
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "stream" and output.name == "stderr":
                first = cell.source.splitlines()[0][:50]
                message = _one_line(output.text).replace(str(ROOT), "")[-300:]
                raise BuildFailed(f"the cell '{first}' wrote to stderr: {message}")
            if str(ROOT) in json.dumps(output):
                first = cell.source.splitlines()[0][:50]
                raise BuildFailed(f"the output of the cell '{first}' holds a path of this computer")


def _collect(staging: Path, expected: list[str]) -> dict[str, bytes]:
    """Return id -> JSON record of the figures recorded, which must be those of the inventory."""
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


def _normal_form(notebook) -> bytes:
    """Return the notebook without anything that differs from one execution to the next."""
    import nbformat

    for number, cell in enumerate(notebook.cells):
        cell.id = hashlib.sha256(f"{number} {cell.source}".encode()).hexdigest()[:8]
        cell.metadata.pop("execution", None)
        if cell.cell_type != "code":
            continue
        cell.execution_count = None
        merged: list = []
        for output in cell.outputs:
            output.pop("execution_count", None)
            if output.output_type == "execute_result":
                output["execution_count"] = None
            same_stream = (
                output.output_type == "stream" and merged and merged[-1].output_type == "stream"
            )
            if same_stream:  # how a stream is cut into messages is a matter of timing
                merged[-1].text += output.text
            else:
                merged.append(output)
        cell.outputs = merged
    notebook.metadata.pop("widgets", None)
    notebook.metadata["language_info"] = {"name": "python", "file_extension": ".py"}
    return (nbformat.writes(notebook, version=4) + "\n").encode()


def main(arguments: list[str]) -> int:
    """Build the notebook named on the command line; return the exit status."""
    if len(arguments) != 1:
        print("usage: python -m figures.execution notebooks/<paper>/<lesson>.py (one lesson)")
        return 2
    source = (ROOT / arguments[0]).resolve()
    name = source.relative_to(ROOT / "notebooks").with_suffix("").as_posix()
    try:
        print(f"  done    {name}: {build(source)}", flush=True)
    except (BuildFailed, WriteFailed, InventoryError, SyntaxError, FileNotFoundError) as error:
        print(f"  FAILED  {name}: {_one_line(str(error))}; the last good figures stay", flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
