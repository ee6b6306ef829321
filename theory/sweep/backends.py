"""Where evaluations run: this process, all cores, or a Dask cluster.

Each backend is a generator that yields results as they end.
"""

from __future__ import annotations

import os
import queue
import time
import traceback
import warnings
from concurrent.futures import BrokenExecutor
from contextlib import closing
from importlib.util import find_spec

from theory.checks import one_of

BACKENDS = ("serial", "processes", "dask")
SCHEDULER_VARIABLE = "DASK_SCHEDULER"
CONNECT_SECONDS = 10
PATIENCE_SECONDS = 30  # how long a cluster that has lost its last worker may stay without one
POLL_SECONDS = 0.5
NEEDED = ("joblib", "cloudpickle", "threadpoolctl")
KILLED = "the worker process was killed (out of memory, or a crash in compiled code)"


def choose(backend, jobs):
    """The backend to use for a number of jobs when `backend` is None, else `backend` checked.

    Raises
    ------
    ValueError
        If it is unknown, or is "dask" and the environment names no scheduler.
    ModuleNotFoundError
        If the extra `sweep` is not installed.
    """
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise ModuleNotFoundError(
            f"a sweep needs {', '.join(missing)}; install the extra with: "
            "pip install 'complex-synapses[sweep]'"
        )
    if backend is None:
        if os.environ.get(SCHEDULER_VARIABLE):
            return "dask"
        if jobs < 2:
            return "serial"
        from joblib import effective_n_jobs

        # joblib's count respects CPU limits, and is 1 inside a worker of another sweep.
        return "processes" if effective_n_jobs(-1) > 1 else "serial"
    one_of("backend", backend, BACKENDS)
    if backend == "dask" and not os.environ.get(SCHEDULER_VARIABLE):
        raise ValueError(
            f'backend="dask" needs the address of a scheduler: start one with "dask scheduler" and '
            f'"dask worker", and set the environment variable {SCHEDULER_VARIABLE}, for example to '
            "tcp://localhost:8786."
        )
    return backend


def evaluate(function, job):
    """Run one job and return ("value", pickled value) or ("error", message, traceback).

    The value is pickled here, on every backend: then a value that cannot travel fails alone instead
    of taking the pool of workers down, nothing is shared between the values of a serial run, and
    what is right in one process is right on a cluster.
    """
    from cloudpickle import dumps  # also takes what a notebook defines

    try:
        return ("value", dumps(function(**job.arguments())))
    except (Exception, SystemExit) as error:  # sys.exit ends a point, not the sweep
        # The first frame is this function, which tells the reader nothing.
        where = traceback.format_exception(type(error), error, error.__traceback__.tb_next)
        return ("error", f"{type(error).__name__}: {error}", "".join(where))


def evaluate_on_one_thread(function, job):
    """`evaluate` in a Dask worker, whose linear algebra is held to one thread from then on."""
    from threadpoolctl import threadpool_limits

    # Not restored afterwards: the threads of one worker share the setting and would race for it.
    threadpool_limits(limits=1)
    return evaluate(function, job)


def run_serial(function, jobs, workers, one_by_one):
    """Evaluate in this process; yields (job, outcome) in order."""
    from threadpoolctl import threadpool_limits

    # The last bits of a matrix product depend on the number of threads, so it is one everywhere.
    with threadpool_limits(limits=1):
        for job in jobs:
            yield job, evaluate(function, job)


def run_processes(function, jobs, workers, one_by_one):
    """Evaluate on the cores of this computer; yields (job, outcome) as they end.

    A crash in compiled code, or the system short of memory, kills a worker and with it the whole
    pool, without telling which job it was. The unfinished jobs then run again, one at a time: that
    finds the job that does it, and finishes those that only memory was too small for side by side.
    """
    from joblib import Parallel, delayed, parallel_config

    _check_picklable(function)

    def numbered(job):
        return job.index, evaluate(function, job)

    unfinished = {job.index: job for job in jobs}
    # Batches save overhead, but a sweep that is killed loses the results of unfinished batches.
    batch = 1 if one_by_one else "auto"
    with parallel_config(backend="loky", inner_max_num_threads=1):
        parallel = Parallel(n_jobs=workers or -1, return_as="generator_unordered", batch_size=batch)
        with closing(parallel(delayed(numbered)(job) for job in jobs)) as outcomes:
            try:
                for index, outcome in outcomes:
                    yield unfinished.pop(index), outcome
            except BrokenExecutor:
                pass
        for job in unfinished.values():
            try:
                # A single job on two workers: on one, joblib would run it in this process.
                outcome = Parallel(n_jobs=2)([delayed(evaluate)(function, job)])[0]
            except BrokenExecutor:
                outcome = ("error", KILLED, "")
            yield job, outcome


def run_dask(function, jobs, workers, one_by_one):
    """Evaluate on the cluster that DASK_SCHEDULER names; yields (job, outcome) as they end.

    Through `distributed.Client` and not through joblib's Dask backend: one future a job gives each
    its own failure (a killed worker costs the jobs it held, not the sweep), and a time limit on
    the connection. When a worker has died, the jobs that were under way run again one at a time, as
    on the cores of one computer: that finds the one that does it. A cluster that stays without any
    worker ends the sweep. The workers need this package installed. Over tcp:// the connection is
    neither encrypted nor authenticated, and answers are unpickled here: for trusted networks only.
    """
    address = os.environ[SCHEDULER_VARIABLE]
    try:
        from distributed import Client
    except ImportError as error:
        raise ModuleNotFoundError(
            f"{SCHEDULER_VARIABLE} is set, but Dask is not installed; install the extra with: "
            "pip install 'complex-synapses[cluster]' (in a checkout: pip install -e '.[cluster]'), "
            f"or unset {SCHEDULER_VARIABLE}."
        ) from error
    _check_picklable(function)
    try:
        client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ConnectionError(
            f"no Dask scheduler answered at {SCHEDULER_VARIABLE}={address} within "
            f'{CONNECT_SECONDS} s; start one with "dask scheduler", correct the address, or unset '
            f"{SCHEDULER_VARIABLE} to use this computer's cores."
        ) from error
    with client:
        if not client.scheduler_info()["workers"]:
            warnings.warn(
                f"the Dask scheduler at {address} has no workers; the sweep waits until one joins.",
                stacklevel=2,
            )
        yield from _Cluster(client, function).outcomes(jobs)


class _Cluster:
    """Jobs on a Dask cluster: a few more under way than it has threads, with an eye on its workers.

    When a worker is lost, what was under way is taken back and runs last, one job at a time: the
    job during which a worker is lost again has done it.
    """

    def __init__(self, client, function):
        self.client, self.function = client, function
        self.ended = queue.SimpleQueue()
        self.under_way, self.suspects = {}, []
        self.threads, self.looked, self.since = client.nthreads(), time.monotonic(), None

    def outcomes(self, jobs):
        """Yield (job, outcome) as jobs end."""
        waiting, alone = list(reversed(jobs)), False
        while waiting or self.under_way or self.suspects:
            if not waiting and not self.under_way:
                waiting, self.suspects, alone = self.suspects[::-1], [], True
                self._settle()
            room = 1 if alone else 2 * max(1, sum(self.threads.values()))
            while waiting and len(self.under_way) < room:
                self._submit(waiting.pop())
            yield from self._arrived()
            if self._lost_a_worker():
                self._set_aside()
            if alone and self.suspects:
                for job in self.suspects:
                    yield job, ("error", KILLED, "")
                self.suspects = []
                self._settle()
            if self._deserted():
                yield from self._given_up(waiting)
                return

    def _submit(self, job):
        future = self.client.submit(evaluate_on_one_thread, self.function, job, pure=False)
        self.under_way[future.key] = (future, job)
        future.add_done_callback(lambda done: self.ended.put(done.key))

    def _arrived(self):
        """Yield what has ended; waits a little for the first."""
        from distributed import KilledWorker

        try:
            keys = [self.ended.get(timeout=POLL_SECONDS)]
            while not self.ended.empty():
                keys.append(self.ended.get())
        except queue.Empty:
            return
        for key in keys:
            if key not in self.under_way:
                continue  # it was set aside meanwhile
            # Removing the last reference lets the cluster forget a result that has been fetched.
            future, job = self.under_way.pop(key)
            try:
                outcome = future.result()
            except KilledWorker:
                self.suspects.append(job)
                continue
            except Exception as error:
                outcome = ("error", f"{type(error).__name__}: {error}", traceback.format_exc())
            yield job, outcome

    def _lost_a_worker(self):
        """Look at the workers, twice a second; whether one is gone since the last look."""
        now = time.monotonic()
        if now - self.looked < POLL_SECONDS:
            return False
        before, self.threads, self.looked = self.threads, self.client.nthreads(), now
        if self.threads:
            self.since = None
        elif before:
            self.since = now
        return bool(set(before) - set(self.threads))

    def _settle(self):
        """Wait until no worker has come or gone for two seconds: jobs taken back may still die."""
        quiet = time.monotonic()
        while time.monotonic() - quiet < 4 * POLL_SECONDS and not self._deserted():
            before = set(self.threads)
            time.sleep(POLL_SECONDS)
            self._lost_a_worker()
            if before != set(self.threads) or not self.threads:
                quiet = time.monotonic()

    def _deserted(self):
        return self.since is not None and time.monotonic() - self.since > PATIENCE_SECONDS

    def _set_aside(self):
        for key, (future, job) in list(self.under_way.items()):
            if not future.done():
                future.cancel()
                del self.under_way[key]
                self.suspects.append(job)

    def _given_up(self, waiting):
        """End a sweep on a cluster that has lost its last worker: every job left is a failure."""
        gone = f"no worker has been on the cluster for {PATIENCE_SECONDS} s"
        for future, job in self.under_way.values():
            future.cancel()
            self.suspects.append(job)
        for job in self.suspects:
            yield job, ("error", f"its worker died while it was under way, and {gone}", "")
        for job in waiting:
            yield job, ("error", f"not evaluated: {gone}", "")


RUN = {"serial": run_serial, "processes": run_processes, "dask": run_dask}


def _check_picklable(function):
    from cloudpickle import dumps

    try:
        dumps(function)
    # Pickling calls the objects' own methods, which may raise anything.
    except Exception as error:
        raise TypeError(
            f"function {getattr(function, '__name__', function)!r} cannot be sent to other "
            f"processes ({type(error).__name__}: {error}); define it in a module, without open "
            'files, locks or generators in what it refers to, or use backend="serial".'
        ) from error
