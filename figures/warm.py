"""Lessons without the wait for imports: builder and kernel are copies of a process that made them.

Starting a builder and its kernel takes longer than what many a lesson computes. Where many lessons
are executed, each worker of the build keeps one `Server`: a process that has imported the libraries
(nothing of `theory`), is told one lesson after the other, and copies itself twice for each (fork):
into the builder, and into the lesson's kernel before any thread or socket exists. A kernel is as
fresh as one started anew: no lesson ran in the process that it is a copy of. Only on Linux;
elsewhere processes are started anew.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import select
import signal
import subprocess
import sys
from collections.abc import Mapping
from importlib.metadata import EntryPoint
from pathlib import Path

from figures.inventory import ROOT

POSSIBLE = sys.platform == "linux"  # on macOS the system's own libraries do not survive a fork
# matplotlib.pyplot is not among them: it asks at its import whether it is inside a kernel.
LIBRARIES = (
    "jupytext", "nbclient", "ipykernel.kernelapp", "ipykernel.ipkernel", "numpy", "scipy.integrate",
    "scipy.linalg", "scipy.optimize", "scipy.special", "scipy.stats", "sympy", "matplotlib.figure",
    "matplotlib.backends.backend_agg", "figures.execution", "PIL.Image",
)  # fmt: skip


class Server:
    """A process that executes lessons one after the other, seen from the driver of a build."""

    def __init__(self, environment: dict[str, str], folder: Path):
        folder.mkdir(parents=True, exist_ok=True)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "figures.warm"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,  # held open: its end tells the process that we are gone
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,  # an interrupt comes to the driver alone
        )
        assert self.process.stdin is not None and self.process.stdout is not None  # asked for above
        self.orders, self.answers = self.process.stdin, self.process.stdout
        self.output = folder / f"{self.process.pid}.txt"

    def start(self, lesson: str, variables: Mapping[str, str]) -> None:
        """Begin with a lesson, given by the path of its source below the root; it is given some
        variables of the environment."""
        order = {"lesson": lesson, "output": str(self.output), "variables": dict(variables)}
        try:
            self.orders.write(json.dumps(order) + "\n")
            self.orders.flush()
        except OSError:
            pass  # the process is gone: `poll` tells how it ended

    def poll(self) -> int | None:
        """Return the exit status of the lesson's builder, or None while it runs."""
        ready, _, _ = select.select([self.answers], [], [], 0)
        if not ready:
            return None
        line = self.answers.readline()
        return int(line) if line else self.process.wait()

    def printed(self) -> str:
        """Return what the last lesson's builder wrote."""
        return self.output.read_text(errors="replace") if self.output.exists() else ""

    @property
    def alive(self) -> bool:
        return self.process.poll() is None


class Kernel:
    """A copy of this process that waits for its arguments; the part of `Popen` that is needed."""

    stdin = stdout = stderr = None

    def __init__(self):
        read, self._pipe = os.pipe()
        self.pid, self.returncode = os.fork(), None
        if self.pid == 0:
            os.close(self._pipe)
            os.setsid()
            with open(read, "rb") as pipe:
                told = pipe.read()
            if told:
                _run_kernel(**json.loads(told))
            os._exit(0)
        os.close(read)

    def launch(self, arguments: list[str], environment: dict[str, str], folder: str) -> None:
        """Let the copy become a kernel with these arguments of `ipykernel_launcher`."""
        order = {"arguments": arguments, "environment": environment, "folder": folder}
        with open(self._pipe, "wb") as pipe:
            pipe.write(json.dumps(order).encode())

    def poll(self) -> int | None:
        if self.returncode is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.returncode = os.waitstatus_to_exitcode(status) if pid else None
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        if self.returncode is None:
            self.returncode = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        return self.returncode

    def send_signal(self, number: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)


def _run_kernel(arguments: list[str], environment: dict[str, str], folder: str) -> None:
    from ipykernel.kernelapp import IPKernelApp

    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    arguments.append(f"--IPKernelApp.parent_handle={os.getppid()}")
    sys.argv = ["ipykernel_launcher", *arguments]
    IPKernelApp.launch_instance(arguments)


def use_kernel(kernel: Kernel) -> None:
    """Make the next kernel that is started in this process this one."""
    from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner

    class Provisioner(LocalProvisioner):
        async def launch_kernel(self, cmd, **options):
            after = cmd.index("ipykernel_launcher") + 1
            kernel.launch(cmd[after:], options["env"], str(options["cwd"]))
            self.process, self.pid, self.pgid = kernel, kernel.pid, kernel.pid
            return self.connection_info

    class Entry(EntryPoint):
        def load(self):
            return Provisioner

    factory = KernelProvisionerFactory.instance()
    factory.provisioners["copy"] = Entry("copy", "figures.warm", factory.GROUP_NAME)
    factory.default_provisioner_name = "copy"


def serve() -> None:
    """Import the libraries, then execute the lessons named on standard input until it ends."""
    for library in LIBRARIES:
        importlib.import_module(library)
    gc.collect()
    gc.freeze()  # what is here now stays: it is not looked at, nor copied, in the copies
    for line in iter(sys.stdin.readline, ""):
        pid = os.fork()
        if pid == 0:
            _execute(**json.loads(line))
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)


def _execute(lesson: str, output: str, variables: dict[str, str]) -> None:
    """Be the builder of a lesson, and end."""
    os.environ.update(variables)
    with open(output, "wb") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    status = 1
    try:
        use_kernel(Kernel())
        status = importlib.import_module("figures.execution").main([lesson])
    except BaseException:
        sys.excepthook(*sys.exc_info())
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


if __name__ == "__main__":
    serve()
