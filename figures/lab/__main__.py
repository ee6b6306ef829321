"""Start JupyterLab at the project's root, on the list of lessons: `python -m figures.lab`.

Further arguments go to JupyterLab, for instance `--ip=0.0.0.0 --no-browser` inside a container.
What they may override stands in `jupyter_server_config.json` beside this file.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from figures.execution import kernel_environment
from figures.inventory import ROOT


def environment() -> dict[str, str]:
    """Return the environment of the server: that of a build, except that nothing is recorded."""
    settings = [str(Path(__file__).parent), os.environ.get("JUPYTER_CONFIG_PATH", "")]
    kept = kernel_environment() | {"JUPYTER_CONFIG_PATH": os.pathsep.join(filter(None, settings))}
    del kept["MPLBACKEND"]  # a kernel draws inline of its own accord
    return kept


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
    os.execve(sys.executable, command(arguments, superuser), environment())


if __name__ == "__main__":
    main(sys.argv[1:])
