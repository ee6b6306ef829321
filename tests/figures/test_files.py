"""A file is old or new, never half; several are published as one; nothing foreign is touched."""

import errno
import json
import os
import threading

import pytest

from figures import files
from figures.files import WriteFailed, cut_off, fresh_folder, locked, publish, recover, write_atomic


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
def project(tmp_path, monkeypatch):
    """An empty project whose build lies in its .build."""
    for name, folder in (("ROOT", ""), ("STAGING", ".build/staging"),
                         ("JOURNALS", ".build/journals"), ("LOCKS", ".build/locks")):  # fmt: skip
        monkeypatch.setattr(files, name, tmp_path / folder)
    files.JOURNALS.mkdir(parents=True)
    return tmp_path


@pytest.fixture
def scene(project):
    """Old files in place, new ones staged, and one old file that is not staged."""
    staging = fresh_folder(files.STAGING / "lesson")
    for name in ("figures/f/a.png", "figures/f/a.json", "notebooks/n/lesson.ipynb"):
        write_atomic(project / name, b"old " + name.encode())
        write_atomic(staging / name, b"new " + name.encode())
    write_atomic(project / "figures/f/other.png", b"other")
    return project, staging


def _published(root):
    return {k: v for k, v in _tree(root).items() if not k.startswith(".build")}


def test_publishing_moves_everything_and_cleans_up(scene):
    root, staging = scene
    staged = _tree(staging)
    publish(staging)
    assert _published(root) == staged | {"figures/f/other.png": b"other"}
    assert not staging.exists() and not cut_off()


def test_a_first_lesson_is_published_into_folders_that_are_not_there(project):
    staging = fresh_folder(files.STAGING / "lesson")
    write_atomic(staging / "figures/new/deep/a.png", b"new")
    publish(staging)
    assert _published(project) == {"figures/new/deep/a.png": b"new"}


@pytest.mark.parametrize("cut", range(5))
def test_a_kill_at_any_rename_leaves_all_old_or_is_completed_to_all_new(scene, monkeypatch, cut):
    """The k-th rename of a publication (the journal's own is the first) is where it dies."""
    root, staging = scene
    old, new = _published(root), _tree(staging) | {"figures/f/other.png": b"other"}
    renames = 0
    true_replace = os.replace

    def dying_replace(*arguments):
        nonlocal renames
        if renames == cut:
            raise Cut
        renames += 1
        true_replace(*arguments)

    with monkeypatch.context() as patch:
        patch.setattr(files.os, "replace", dying_replace)
        try:
            publish(staging)
        except Cut:
            died = True
        else:
            died = False
    assert died == (cut < 4)
    assert cut_off() == (["lesson"] if 0 < cut < 4 else [])
    recover()
    assert _published(root) == (old if cut == 0 else new)
    assert recover() == []


def test_a_folder_that_cannot_be_written_is_one_sentence_and_completed_later(scene, monkeypatch):
    root, staging = scene
    new = _tree(staging) | {"figures/f/other.png": b"other"}
    true_replace = os.replace

    def refusing(source, target):
        if str(target).endswith("lesson.ipynb"):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        true_replace(source, target)

    with monkeypatch.context() as patch:
        patch.setattr(files.os, "replace", refusing)
        with pytest.raises(WriteFailed, match=r"could not publish notebooks/n/lesson.ipynb: Perm"):
            publish(staging)
        (sentence,) = recover()
        assert "could not publish" in sentence and "make its folder writable" in sentence
    assert recover() == ["completed the publication of lesson, which had been cut off"]
    assert _published(root) == new


@pytest.mark.parametrize(
    "content",
    [
        b'["figures/f/a.p',
        b'{"staging": "/some/where", "moves": []}',
        b'["/etc/passwd"]',
        b'["figures/../../other"]',
        b'["theory/code.py"]',
        b"[3]",
    ],
)
def test_a_journal_that_is_damaged_or_foreign_moves_and_deletes_nothing(scene, content):
    root, _staging = scene
    before = _tree(root)
    (files.JOURNALS / "lesson.json").write_bytes(content)
    (sentence,) = recover()
    assert "set aside as .build/journals/lesson.unreadable" in sentence
    assert _tree(root) == before | {".build/journals/lesson.unreadable": content}
    assert recover() == []


def test_a_journal_names_files_of_its_own_staging_folder_only(project):
    """A copied tree whose journal once named another tree's folder takes nothing from there."""
    other = project / "elsewhere"
    write_atomic(other / "figures/f/a.png", b"precious")
    (files.JOURNALS / "elsewhere.json").write_text(json.dumps(["figures/f/a.png"]))
    recover()
    assert (other / "figures/f/a.png").read_bytes() == b"precious"
    assert not (project / "figures").exists()


def test_a_second_holder_of_a_lock_waits_and_says_so(project):
    order = []

    def second():
        with locked("ssl/1_first", lambda: order.append("waits")):
            order.append("second")

    with locked("ssl/1_first"):
        thread = threading.Thread(target=second)
        thread.start()
        while "waits" not in order:
            pass
        order.append("first")
    thread.join(5)
    assert order == ["waits", "first", "second"]
