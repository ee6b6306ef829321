"""Start JupyterLab at the project's root, on the list of lessons: `python -m figures.lab`.

Further arguments go to JupyterLab, for instance `--ip=0.0.0.0 --no-browser` inside a container.
What they may override stands in `jupyter_server_config.json` beside this file.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from figures.inventory import ROOT

FOREIGN = ("MPLBACKEND", "PYTHONHOME", "PYTHONSTARTUP", "FIGURES_STAGING")
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")


def environment(outside: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of the server and its kernels, as free of `outside` as a build's.

    A kernel finds the project and its own packages only, draws inline, and computes with as many
    threads as a build does: one, unless the reader has set a number.
    """
    kept = {name: value for name, value in outside.items() if name not in FOREIGN}
    settings = [str(Path(__file__).parent), outside.get("JUPYTER_CONFIG_PATH", "")]
    return {
        **dict.fromkeys(THREADS, "1"),
        **kept,
        "PYTHONPATH": str(ROOT),
        "PYTHONNOUSERSITE": "1",
        "PYTHONHASHSEED": "0",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",
        "JUPYTER_CONFIG_PATH": os.pathsep.join(filter(None, settings)),
    }


def command(arguments: list[str], superuser: bool) -> list[str]:
    """Return the command that starts JupyterLab; its token is kept whoever starts it."""
    return [
        *(sys.executable, "-m", "jupyterlab"),
        f"--ServerApp.root_dir={ROOT}",
        "--ServerApp.contents_manager_class=figures.lab.contents.LessonManager",
        *(["--allow-root"] if superuser else []),  # a container has no other user
        *arguments,
    ]


def main(arguments: list[str]) -> None:
    """Become JupyterLab, so that Ctrl-C and signals reach it and nothing else."""
    print("JupyterLab starts on the list of lessons; Ctrl-C ends it.", flush=True)
    superuser = hasattr(os, "geteuid") and os.geteuid() == 0
    os.chdir(ROOT)
    os.execve(sys.executable, command(arguments, superuser), environment(os.environ))


if __name__ == "__main__":
    main(sys.argv[1:])
