"""The executed lesson, an `.ipynb`: its normal form, its seal, and the pictures inside it.

The seal is a digest of the cells and outputs, so that an edit by hand shows; stamps of the sources
lie beside it under the notebook's metadata `figures`:

    computed   stamp of what the numbers depend on
    drawn      id -> stamp of what the picture depends on
    records    id -> digest of the figure's record
    seal       digest of cells and outputs
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from figures.files import digest
from figures.inventory import ROOT, Entry


class Damaged(ValueError):
    """The file is not an executed lesson, or its stamp cannot be read."""


def read_executed(path: Path) -> dict:
    """Return the notebook as plain values; raise `Damaged` if its stamp cannot be read."""
    try:
        notebook = json.loads(path.read_bytes())
        stamp = notebook["metadata"]["figures"]
        sound = (
            all(isinstance(stamp[key], str) for key in ("computed", "seal"))
            and all(isinstance(stamp[key], dict) for key in ("drawn", "records"))
            and all(isinstance(cell, dict) for cell in notebook["cells"])
        )
    except (OSError, ValueError, KeyError, TypeError):
        sound = False
    if not sound:
        raise Damaged(f"{path.name}: no stamp of its sources can be read")
    return notebook


def seal(notebook: dict) -> str:
    """Return the digest of a notebook's cells and outputs, however they are laid out in the file.

    Counters of executions, identifiers and the notebook's own metadata do not count.
    """
    cells = [
        (
            cell.get("cell_type"),
            _joined(cell.get("source")),
            cell.get("metadata", {}).get("tags", []),
            [_plain(output) for output in cell.get("outputs", [])],
        )
        for cell in notebook["cells"]
    ]
    return digest(json.dumps(cells, sort_keys=True).encode())


def is_sealed(notebook: dict) -> bool:
    """Whether cells and outputs are those that the build wrote."""
    return notebook["metadata"]["figures"]["seal"] == seal(notebook)


def sources(notebook: dict) -> list[tuple[str, str]]:
    """Return (kind, source) of every cell."""
    return [(c.get("cell_type"), _joined(c.get("source"))) for c in notebook["cells"]]


def _plain(output: dict) -> dict:
    kept = {key: value for key, value in output.items() if key != "execution_count"}
    if "text" in kept:
        kept["text"] = _joined(kept["text"])
    if isinstance(kept.get("data"), dict):
        kept["data"] = {kind: _joined(value) for kind, value in kept["data"].items()}
    return kept


def _joined(text):
    return "".join(text) if isinstance(text, list) else text


def replace_figure(notebook: dict, entry: Entry, shown: list[dict]) -> None:
    """Put what `figures.record.outputs` shows in the place of the figure's stored outputs.

    Raises `Damaged` if the notebook does not show the figure.
    """
    for cell in notebook["cells"]:
        stored = cell.get("outputs", [])
        places = [
            i for i, o in enumerate(stored) if o.get("metadata", {}).get("figure") == entry.id
        ]
        if places:
            rest = [o for i, o in enumerate(stored) if i not in places]
            cell["outputs"] = rest[: places[0]] + shown + rest[places[0] :]
            return
    raise Damaged(f"the executed lesson does not show {entry.id}")


def normal_form(notebook, stamps: dict) -> bytes:
    """Seal a notebook and return its file: nothing in it differs between two executions."""
    import nbformat

    for number, cell in enumerate(notebook["cells"]):
        cell["id"] = hashlib.sha256(f"{number} {_joined(cell['source'])}".encode()).hexdigest()[:8]
        cell["metadata"].pop("execution", None)
        if cell["cell_type"] != "code":
            continue
        cell["execution_count"] = None
        cell["outputs"] = _merged(cell["outputs"])
        for output in cell["outputs"]:
            told = output.get("metadata", {})
            if "figure" in told and "image/png" in told:  # no viewer reads it; the caption says it
                told["image/png"].pop("alt", None)
    notebook["metadata"].pop("widgets", None)
    notebook["metadata"]["kernelspec"] = {
        "display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3",
    }  # fmt: skip
    notebook["metadata"]["language_info"] = {"name": "python", "file_extension": ".py"}
    notebook["metadata"]["figures"] = {**stamps, "seal": ""}
    notebook = nbformat.from_dict(notebook)
    notebook.metadata.figures.seal = seal(json.loads(nbformat.writes(notebook, version=4)))
    return (nbformat.writes(notebook, version=4) + "\n").encode()


def alt_of(figure: str) -> str:
    """Return the alternative text of a recorded figure by its id."""
    return json.loads((ROOT / "figures" / f"{figure}.json").read_bytes())["alt"]


def _merged(outputs: list) -> list:
    """Join pieces of a stream: how it is cut into messages is a matter of timing."""
    merged: list = []
    for output in outputs:
        output.pop("execution_count", None)
        if output["output_type"] == "execute_result":
            output["execution_count"] = None
        stream = output["output_type"] == "stream"
        if stream and merged and merged[-1]["output_type"] == "stream":
            merged[-1]["text"] = _joined(merged[-1]["text"]) + _joined(output["text"])
        else:
            merged.append(output)
    return merged


def keep_edited(path: Path) -> Path | None:
    """Copy a lesson that was edited by hand aside before it is overwritten; return the copy."""
    if not path.is_file():
        return None
    content = path.read_bytes()
    try:
        if is_sealed(read_executed(path)):
            return None
    except Damaged:
        pass
    number = 1
    while True:
        name = ".edited.ipynb" if number == 1 else f".edited-{number}.ipynb"
        aside = path.with_name(path.stem + name)
        if not aside.exists():
            aside.write_bytes(content)
            return aside
        if aside.read_bytes() == content:
            return aside
        number += 1
