"""A file is old or new, never half; several files are published as one."""

import errno
import os

import pytest

from figures import files
from figures.files import WriteFailed, fresh_folder, publish, recover, write_atomic


class Cut(BaseException):
    """Stands for a kill: nothing in the code may catch it."""


def test_write_replaces_and_leaves_nothing_else(tmp_path):
    path = tmp_path / "a" / "figure.png"
    write_atomic(path, b"old")
    write_atomic(path, b"new")
    assert path.read_bytes() == b"new"
    assert os.listdir(path.parent) == ["figure.png"]


@pytest.mark.parametrize("where", ["open", "fsync", "replace"])
def test_a_full_disk_leaves_the_old_file_and_one_sentence(tmp_path, monkeypatch, where):
    path = tmp_path / "figure.png"
    write_atomic(path, b"old")

    def full(*_arguments, **_options):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    if where == "open":
        monkeypatch.setattr("builtins.open", full)
    else:
        monkeypatch.setattr(files.os, where, full)
    with pytest.raises(WriteFailed, match=r"figure.png: No space left.*previous file is whole"):
        write_atomic(path, b"new")
    monkeypatch.undo()
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["figure.png"]


def _tree(folder):
    return {
        p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()
    }


@pytest.fixture
def scene(tmp_path):
    """Old files in place, new ones staged, and one old file that is not staged."""
    root, journals = fresh_folder(tmp_path / "root"), tmp_path / "journals"
    staging = fresh_folder(tmp_path / "staging" / "lesson")
    for name in ("f/a.png", "f/a.json", "n/lesson.ipynb"):
        write_atomic(root / name, b"old " + name.encode())
        write_atomic(staging / name, b"new " + name.encode())
    write_atomic(root / "f/other.png", b"other")
    return staging, root, journals


def test_publishing_moves_everything_and_cleans_up(scene):
    staging, root, journals = scene
    staged = _tree(staging)
    publish(staging, root, journals)
    assert _tree(root) == staged | {"f/other.png": b"other"}
    assert not staging.exists() and not list(journals.iterdir())


@pytest.mark.parametrize("cut", range(5))
def test_a_kill_at_any_rename_leaves_all_old_or_is_completed_to_all_new(scene, monkeypatch, cut):
    """The k-th rename of a publication (the journal's own is the first) is where it dies."""
    staging, root, journals = scene
    old, new = _tree(root), _tree(staging) | {"f/other.png": b"other"}
    renames = 0
    true_replace = os.replace

    def dying_replace(*arguments):
        nonlocal renames
        if renames == cut:
            raise Cut
        renames += 1
        true_replace(*arguments)

    monkeypatch.setattr(files.os, "replace", dying_replace)
    try:
        publish(staging, root, journals)
    except Cut:
        died = True
    else:
        died = False
    monkeypatch.undo()
    assert died == (cut < 4)
    recover(root, journals)
    assert _tree(root) == (old if cut == 0 else new)
    assert recover(root, journals) == []
