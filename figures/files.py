"""Files that are whole at every moment: atomic writing, and publishing several files as one.

A build writes into a staging folder first. `publish` then leaves a journal, renames every staged
file into place and removes the journal. A build killed before the journal exists leaves the old
files; one killed after it is completed by `recover`, which every later build calls first.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from figures.inventory import ROOT

BUILD = ROOT / ".build"
STAGING = BUILD / "staging"
JOURNALS = BUILD / "journals"
LOCKS = BUILD / "locks"
PUBLISHED = ("figures", "notebooks")  # the folders into which a publication may move files


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


def require_writable(folders: list[Path]) -> None:
    """Raise `WriteFailed` with the name of the first folder that takes no file."""
    for folder in folders:
        probe = folder / f".writable.{os.getpid()}.part"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            probe.touch()
            probe.unlink()
        except OSError as error:
            name = folder.relative_to(ROOT).as_posix()
            raise WriteFailed(
                f"the folder {name} cannot be written: {error.strerror or error}; make it writable"
            ) from error


@contextmanager
def locked(name: str, waiting=lambda: None):
    """Hold the lock of a lesson; `waiting()` is called once if another process holds it."""
    LOCKS.mkdir(parents=True, exist_ok=True)
    with open(LOCKS / name.replace("/", "__"), "w") as file:
        try:
            import fcntl
        except ImportError:  # a system without file locks: two builds at once are not guarded
            yield
            return
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting()
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def publish(staging: Path) -> None:
    """Move every file of a folder below `STAGING` to the same relative place below the root.

    All or none: what is cut off is completed by `recover`. Raises `WriteFailed` if a file cannot
    be moved; its journal then stays.
    """
    moves = sorted(p.relative_to(staging).as_posix() for p in staging.rglob("*") if p.is_file())
    journal = JOURNALS / f"{staging.name}.json"
    write_atomic(journal, json.dumps(moves).encode())
    _finish(journal)


def cut_off() -> list[str]:
    """Return the names of publications that were cut off, without touching anything."""
    return [journal.stem for journal in sorted(JOURNALS.glob("*.json"))]


def recover() -> list[str]:
    """Complete every publication that was cut off; return a sentence for each."""
    sentences = []
    for journal in sorted(JOURNALS.glob("*.json")):
        try:
            _finish(journal)
            sentences.append(f"completed the publication of {journal.stem}, which had been cut off")
        except WriteFailed as error:
            sentences.append(str(error))
        except ValueError:
            aside = journal.with_suffix(".unreadable")
            os.replace(journal, aside)
            sentences.append(
                f"the journal {journal.name} does not name files of this suite; set aside as "
                f"{aside.relative_to(ROOT).as_posix()}, and what is missing is built again"
            )
    return sentences


def _finish(journal: Path) -> None:
    """Make the moves of a journal: from its own staging folder, into the published folders only."""
    moves = json.loads(journal.read_bytes())
    if not isinstance(moves, list) or not all(map(_is_published, moves)):
        raise ValueError("not a journal")
    staging = STAGING / journal.stem
    for name in moves:
        if not (staging / name).exists():
            continue  # an earlier, cut-off run has moved it already
        try:
            (ROOT / name).parent.mkdir(parents=True, exist_ok=True)
            os.replace(staging / name, ROOT / name)
        except OSError as error:
            raise WriteFailed(
                f"could not publish {name}: {error.strerror or error}; make its folder writable "
                "and say `make figures` again, which completes it"
            ) from error
    journal.unlink()
    shutil.rmtree(staging, ignore_errors=True)


def _is_published(name) -> bool:
    if not isinstance(name, str):
        return False
    path = PurePosixPath(name)
    return not path.is_absolute() and ".." not in path.parts and path.parts[:1] in [
        (folder,) for folder in PUBLISHED
    ]  # fmt: skip
