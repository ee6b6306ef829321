"""Finished results on disk: one file each, so that an interrupted sweep goes on where it was."""

from __future__ import annotations

import hashlib
import hmac
import os
import pickle
import tempfile
import warnings
from pathlib import Path

from theory.sweep.identity import canonical
from theory.sweep.key import KEY_VARIABLE, account_key, key_file
from theory.sweep.sources import source_digest
from theory.sweep.stored import NotPlain, plain_bytes, plain_value

_DIGEST = hashlib.sha256().digest_size
MAGIC = b"sweep result 2\n"  # then a digest against damage, a keyed one, a letter and the value
PLAIN, PICKLED = b"D", b"P"


class ForeignCheckpoint(ValueError):
    """A stored result is refused, because this account did not write it."""


class Checkpoint:
    """A folder of finished results of one function.

    A result is found again only under the same function (its qualified name), point, seed and
    `version`, and while the function and all it reaches in this package are as they were
    (`theory.sweep.sources`). What it calls of other packages is not looked at: pass another
    `version` when that changes.

    Parameters
    ----------
    folder : path-like
        Created when missing. Every result in it is sealed with a key that only this account can
        read (`theory.sweep.key`); a file sealed with another key is refused unread. Numbers, text
        and arrays are stored as such, other values as pickles.
    function : callable
        Defined by name, in a module or a notebook.
    version : str
        Anything that should separate these results from others.

    Raises
    ------
    ValueError
        If `folder` is a file, or the function is a lambda or a closure: their name does not tell
        one from another, so results would be mixed.
    OSError
        If the account's key can be neither read nor made, or results cannot be written into
        `folder`.
    """

    def __init__(self, folder, function, version=""):
        self.folder = Path(folder)
        if self.folder.exists() and not self.folder.is_dir():
            raise ValueError(f"checkpoint is {self.folder}, which is a file; it must be a folder.")
        try:
            name = canonical(function, "function")
        except TypeError as error:
            raise ValueError(
                "checkpoint needs a function defined by name in a module or notebook; a lambda or "
                f"a closure cannot be told from another one: {function!r}."
            ) from error
        self._base = f"{name}\n{source_digest(function)}\n{version}\n"
        self._key = account_key()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.folder):
                pass
        except OSError as error:
            raise type(error)(
                f"checkpoint is {self.folder}, where no results can be written ({error.strerror}); "
                "give a folder that can be made and written."
            ) from error

    def _file(self, job):
        seed = None if job.seed is None else (job.root_seed, job.seed, job.random_argument)
        text = f"{self._base}{job.identity}\n{seed}"
        return self.folder / f"{hashlib.sha256(text.encode()).hexdigest()[:32]}.result"

    def load(self, job):
        """Return ``(True, value)`` if the job is finished on disk, else ``(False, None)``.

        A damaged file is reported by a warning and counts as not finished.

        Raises
        ------
        ForeignCheckpoint
            If the file was not written with this account's key. Nothing of it has been read.
        """
        file = self._file(job)
        try:
            content = file.read_bytes()
        except FileNotFoundError:
            return False, None
        head, payload = content[: len(MAGIC) + 2 * _DIGEST], content[len(MAGIC) + 2 * _DIGEST :]
        digest, seal = head[len(MAGIC) : -_DIGEST], head[-_DIGEST:]
        if not MAGIC.startswith(content[: len(MAGIC)]):
            raise ForeignCheckpoint(_refusal(file, "is of another format than this version writes"))
        if hashlib.sha256(payload).digest() != digest:
            warnings.warn(
                f"The checkpoint file {file} is damaged (cut short or changed); {job.label()} is "
                "computed again.",
                stacklevel=4,
            )
            return False, None
        if not hmac.compare_digest(seal, self._seal(file, payload)):
            reason = f"was not written with this account's key, {key_file()}"
            raise ForeignCheckpoint(_refusal(file, reason))
        kind, payload = payload[:1], payload[1:]
        try:
            return True, plain_value(payload) if kind == PLAIN else pickle.loads(payload)
        # Unpickling runs the constructors of whatever classes are in it; any of them may raise.
        except Exception as error:
            warnings.warn(
                f"The checkpoint file {file} cannot be read back ({type(error).__name__}: "
                f"{error}); {job.label()} is computed again.",
                stacklevel=4,
            )
        return False, None

    def save(self, job, value, pickled):
        """Keep the value of a finished job; all or nothing, also when killed meanwhile.

        `pickled` is kept instead where the value is more than numbers, text and arrays.
        """
        file = self._file(job)
        try:
            payload = PLAIN + plain_bytes(value)
        except NotPlain:
            payload = PICKLED + pickled
        head = MAGIC + hashlib.sha256(payload).digest() + self._seal(file, payload)
        descriptor, temporary = tempfile.mkstemp(dir=self.folder, suffix=".tmp")
        try:
            with os.fdopen(descriptor, "wb") as handle:
                handle.write(head + payload)
            os.replace(temporary, file)
        except BaseException:
            os.unlink(temporary)
            raise

    def _seal(self, file, payload):
        """Keyed digest of a result under its name: no result can take the place of another."""
        return hmac.digest(self._key, file.name.encode() + b"\n" + payload, "sha256")


def _refusal(file, reason):
    return (
        f"the checkpoint file {file} {reason}, so it is not read: a stored result may hold a "
        "program. Give another folder, or delete the file to have it computed again; if you trust "
        f"who wrote it, set {KEY_VARIABLE} to a copy of their key."
    )
