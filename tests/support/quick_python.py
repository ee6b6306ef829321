"""A Python whose libraries are already imported: `python -m MODULE` as a copy of a waiting process.

Most of what a command on a small project costs is starting interpreters and importing the same
libraries again. `QuickPython` starts one process that has imported them, and nothing of the project
itself; its `path` is a program that takes the arguments of `python`, lets that process copy itself
(fork), and passes on folder, environment, standard streams and how it ended. What a process is told
by the system alone stays with real interpreters: signals to its group, its environment in `/proc`.
"""

import array
import atexit
import contextlib
import gc
import importlib
import json
import os
import runpy
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import traceback
from pathlib import Path

CLIENT = """\
#!{python} -IS
import array, json, os, socket, struct, sys
server = socket.socket(socket.AF_UNIX)
server.connect({address!r})
order = json.dumps([sys.argv[1:], dict(os.environ), os.getcwd()]).encode()
streams = array.array("i", [0, 1, 2])
server.sendmsg([struct.pack("i", len(order))], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, streams)])
server.sendall(order)
for number in (0, 1, 2):  # the copy holds them now: who reads from them sees its end
    os.dup2(os.open(os.devnull, os.O_RDWR), number)
told = server.recv(4)
status = struct.unpack("i", told)[0] if told else 1
if status < 0:
    import signal
    signal.signal(-status, signal.SIG_DFL) if status not in (-9, -19) else None
    os.kill(os.getpid(), -status)
os._exit(status)
"""


class QuickPython:
    """The waiting process; `path` is the program that stands for its interpreter."""

    def __init__(self, libraries):
        self._folder = tempfile.TemporaryDirectory(prefix="quick")
        address = f"{self._folder.name}/socket"
        self.path = Path(self._folder.name) / "python"
        self.path.write_text(CLIENT.format(python=sys.executable, address=address))
        self.path.chmod(0o755)
        order = {"address": address, "path": str(self.path), "libraries": list(libraries)}
        environment = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}
        self._process = subprocess.Popen(
            [sys.executable, __file__, json.dumps(order)],
            env=environment | {"PYTHONHASHSEED": "0", "PYTHONNOUSERSITE": "1"},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        assert self._process.stdout.readline() == b"ready\n"

    def close(self):
        self._process.stdin.close()
        self._process.wait()
        self._folder.cleanup()


def serve(address, path, libraries):
    """Copy this process for every client until the standard input ends."""
    sys.modules["rfc3987_syntax"] = None  # as `figures` has it
    for library in libraries:
        importlib.import_module(library)
    assert threading.active_count() == 1
    gc.collect()
    gc.freeze()
    sys.executable = path
    door = socket.socket(socket.AF_UNIX)
    door.bind(address)
    door.listen(64)
    print("ready", flush=True)
    clients = {}  # {connection: process}
    while True:
        ready, _, _ = select.select([0, door, *clients], [], [], 0.01 if clients else None)
        if 0 in ready:
            for pid in clients.values():
                os.killpg(pid, signal.SIGKILL)
            return
        for client in [c for c in ready if c in clients]:  # one speaks only once: it is gone
            with contextlib.suppress(ProcessLookupError):
                os.killpg(clients.pop(client), signal.SIGKILL)
        if door in ready:
            client, _ = door.accept()
            order, streams = _receive(client)
            pid = os.fork()
            if pid == 0:
                _become(order, streams, [door, client, *clients])
            for stream in streams:
                os.close(stream)
            clients[client] = pid
        for client, pid in list(clients.items()):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                with contextlib.suppress(OSError):
                    client.sendall(struct.pack("i", os.waitstatus_to_exitcode(status)))
                client.close()
                del clients[client]


def _receive(client):
    streams = array.array("i")
    head, ancillary, _, _ = client.recvmsg(4, socket.CMSG_SPACE(3 * streams.itemsize))
    streams.frombytes(ancillary[0][2])
    left, text = struct.unpack("i", head)[0], b""
    while len(text) < left:
        text += client.recv(left - len(text))
    return json.loads(text), list(streams)


def _become(order, streams, connections):
    """Be the process that was ordered, and end."""
    status = 1
    try:
        os.setsid()
        for connection in connections:
            connection.close()
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
            os.close(stream)
        arguments, environment, folder = order
        os.environ.clear()
        os.environ.update(environment)
        os.chdir(folder)
        given = environment.get("PYTHONPATH", "")
        sys.path[:] = [folder, *filter(None, given.split(os.pathsep)), *sys.path[1:]]
        module = arguments[arguments.index("-m") + 1 :]
        sys.argv = module
        if "JPY_PARENT_PID" in environment:  # a kernel reads it when its library is imported
            sys.argv.append(f"--IPKernelApp.parent_handle={environment['JPY_PARENT_PID']}")
        runpy.run_module(module[0], run_name="__main__", alter_sys=True)
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    with contextlib.suppress(BaseException):
        threading._shutdown()
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    serve(**json.loads(sys.argv[1]))
