"""Files that are whole at every moment: atomic writing, and publishing several files as one.

A build writes into a staging folder first. `publish` then leaves a journal, renames every staged
file into place and removes the journal. A build killed before the journal exists leaves the old
files; one killed after it is completed by `recover`, which every later command calls first.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path


class WriteFailed(OSError):
    """A file could not be written; the previous file is untouched."""


def write_atomic(path: Path, content: bytes) -> None:
    """Write `content` to `path` by way of a temporary file in the same folder.

    Raises `WriteFailed`; then `path` is as it was before.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(temporary, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise WriteFailed(
            f"could not write {path.name}: {error.strerror or error}; the previous file is whole"
        ) from error


def digest(content: bytes) -> str:
    """Return the first 32 hexadecimal digits of SHA-256: enough to notice damage."""
    return hashlib.sha256(content).hexdigest()[:32]


def fresh_folder(path: Path) -> Path:
    """Return `path` as an empty folder, whatever was there."""
    shutil.rmtree(path, ignore_errors=True)
    path.mkdir(parents=True)
    return path


def publish(staging: Path, root: Path, journals: Path) -> None:
    """Move every file of `staging` to the same relative place below `root`, all or none.

    `staging` and `root` lie on one file system; `journals` is the folder of journals.
    """
    moves = sorted(str(p.relative_to(staging)) for p in staging.rglob("*") if p.is_file())
    journal = journals / f"{staging.name}.json"
    write_atomic(journal, json.dumps({"staging": str(staging), "moves": moves}).encode())
    _finish(journal, root)


def recover(root: Path, journals: Path) -> list[str]:
    """Complete every publication that was cut off; return the names of those completed."""
    completed = []
    for journal in sorted(journals.glob("*.json")):
        _finish(journal, root)
        completed.append(journal.stem)
    return completed


def _finish(journal: Path, root: Path) -> None:
    plan = json.loads(journal.read_text())
    staging = Path(plan["staging"])
    for name in plan["moves"]:
        if (staging / name).exists():  # absent: an earlier, cut-off run has moved it already
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            os.replace(staging / name, root / name)
    journal.unlink()
    shutil.rmtree(staging, ignore_errors=True)
