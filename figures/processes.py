"""Processes that do not outlive their build.

Every process of a build carries the build's token in its environment, kernels and their workers
included, so that all of them can be found and ended whatever they were started by.
"""

from __future__ import annotations

import os
import sys
import threading

RUN_VARIABLE = "FIGURES_RUN"


def end_processes(token: str) -> int:
    """End every other process of a build at once; return how many there were."""
    import psutil

    ended = 0
    for process in psutil.process_iter():
        if process.pid == os.getpid():
            continue
        try:
            if process.environ().get(RUN_VARIABLE) == token:
                process.kill()
                ended += 1
        except (psutil.Error, OSError):
            continue  # gone already, or of another user
    return ended


def end_with_driver() -> None:
    """End this process and all of its build when the driver ends, however that happens.

    The driver holds the other end of the standard input: reading from it returns when it is gone.
    """
    token = os.environ.get(RUN_VARIABLE)
    if not token:
        return

    def watch():
        os.read(sys.stdin.fileno(), 1)
        end_processes(token)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
