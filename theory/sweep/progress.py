"""A bar that tells how far a long computation is, where somebody looks."""

from __future__ import annotations

import contextlib
import sys
from types import SimpleNamespace


def bar(total: int, done: int, name: str, wanted: bool):
    """Return a context whose `update()` counts one more of `total`, of which some are done.

    It is drawn on standard error if it is wanted, that is a terminal and tqdm is installed.
    """
    try:
        from tqdm import tqdm
    except ModuleNotFoundError:  # it comes with the extra `sweep`
        return contextlib.nullcontext(SimpleNamespace(update=lambda: None))
    disable = None if wanted else True  # None: only where it is no terminal, so builds stay clean
    return tqdm(total=total, initial=done, desc=name, file=sys.stderr, disable=disable)
