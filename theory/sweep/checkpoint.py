"""Finished results on disk: one file each, so that an interrupted sweep goes on where it was."""

from __future__ import annotations

import hashlib
import inspect
import os
import pickle
import tempfile
import warnings
from pathlib import Path

from theory.sweep.identity import canonical

_DIGEST = hashlib.sha256().digest_size


class Checkpoint:
    """A folder of finished results of one function.

    A result is found again only under the same function (its qualified name and source text),
    point, seed and `version`. What the function calls is not looked at: pass another `version` when
    that changes.

    Parameters
    ----------
    folder : path-like
        Created when missing. Only results that this account wrote belong in it, because reading one
        unpickles it.
    function : callable
        Defined by name, in a module or a notebook.
    version : str
        Anything that should separate these results from others.

    Raises
    ------
    ValueError
        If `folder` is a file, or the function is a lambda or a closure: their name does not tell
        one from another, so results would be mixed.
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
        try:
            source = inspect.getsource(function)
        except (OSError, TypeError):
            source = ""
        self._base = f"{name}\n{source}\n{version}\n"
        self.folder.mkdir(parents=True, exist_ok=True)

    def _file(self, job):
        seed = None if job.seed is None else (job.root_seed, job.seed, job.random_argument)
        text = f"{self._base}{job.identity}\n{seed}"
        return self.folder / f"{hashlib.sha256(text.encode()).hexdigest()[:32]}.result"

    def load(self, job):
        """Return ``(True, value)`` if the job is finished on disk, else ``(False, None)``.

        A damaged file is reported by a warning and counts as not finished.
        """
        file = self._file(job)
        try:
            content = file.read_bytes()
        except FileNotFoundError:
            return False, None
        payload = content[_DIGEST:]
        if hashlib.sha256(payload).digest() == content[:_DIGEST]:
            try:
                return True, pickle.loads(payload)
            # Unpickling runs the constructors of whatever classes are in it; any of them may raise.
            except Exception as error:
                reason = f"cannot be read back ({type(error).__name__}: {error})"
        else:
            reason = "is damaged"
        warnings.warn(
            f"The checkpoint file {file} {reason}; {job.label()} is computed again.", stacklevel=4
        )
        return False, None

    def save(self, job, payload):
        """Keep the pickled value of a finished job; all or nothing, also when killed meanwhile."""
        file = self._file(job)
        descriptor, temporary = tempfile.mkstemp(dir=self.folder, suffix=".tmp")
        try:
            with os.fdopen(descriptor, "wb") as handle:
                handle.write(hashlib.sha256(payload).digest() + payload)
            os.replace(temporary, file)
        except BaseException:
            os.unlink(temporary)
            raise
