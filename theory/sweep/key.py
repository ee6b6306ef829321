"""The secret of one account, by which it knows its own stored results again."""

from __future__ import annotations

import os
import secrets
import tempfile
from pathlib import Path

KEY_VARIABLE = "SWEEP_KEY_FILE"
SIZE = 32  # bytes


def key_file():
    """Where the key is: the file that SWEEP_KEY_FILE names, else in the account's state folder."""
    if named := os.environ.get(KEY_VARIABLE):
        return Path(named)
    state = os.environ.get("LOCALAPPDATA" if os.name == "nt" else "XDG_STATE_HOME")
    folder = Path(state) if state else Path.home() / ".local" / "state"
    return folder / "complex-synapses" / "sweep.key"


def account_key():
    """Return the key; made when missing, for this account alone to read.

    Returns
    -------
    bytes

    Raises
    ------
    PermissionError
        If everybody may read or change it.
    ValueError
        If the file holds no key.
    OSError
        If it can neither be read nor made; the message names the remedy.
    """
    file = key_file()
    try:
        if not file.exists():
            _make(file)
        key, mode = file.read_bytes(), file.stat().st_mode
    except OSError as error:
        raise OSError(
            f"the key of stored results, {file}, cannot be read or made ({error.strerror}); set "
            f"{KEY_VARIABLE} to a file in a folder of yours that can be written."
        ) from error
    if os.name != "nt" and mode & 0o007:
        raise PermissionError(
            f"everybody can reach the key of stored results, {file}; take it back with "
            f"chmod 600 {file}, or delete it and the results kept under it."
        )
    if len(key) != SIZE:
        raise ValueError(
            f"{file} is no key of stored results ({len(key)} bytes, {SIZE} are expected); delete "
            f"it, or set {KEY_VARIABLE} to another file."
        )
    return key


def _make(file):
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, temporary = tempfile.mkstemp(dir=file.parent)  # mode 600
    try:
        with os.fdopen(descriptor, "wb") as handle:
            handle.write(secrets.token_bytes(SIZE))
        try:
            os.link(temporary, file)  # whole or not at all; of two processes one wins
        except FileExistsError:
            pass
    finally:
        os.unlink(temporary)
