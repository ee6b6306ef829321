"""Where evaluations run: this process, all cores, or a Dask cluster.

Each backend is a generator that yields results as they end.
"""

from __future__ import annotations

import os
import traceback
import warnings
from concurrent.futures import BrokenExecutor
from contextlib import closing

from theory.checks import one_of

BACKENDS = ("serial", "processes", "dask")
SCHEDULER_VARIABLE = "DASK_SCHEDULER"
CONNECT_SECONDS = 10


def choose(backend, jobs):
    """The backend to use for a number of jobs when `backend` is None, else `backend` checked.

    Raises
    ------
    ValueError
        If it is unknown, or is "dask" and the environment names no scheduler.
    """
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
    except Exception as error:
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
                outcome = (
                    "error",
                    "the worker process was killed (out of memory, or a crash in compiled code)",
                    "",
                )
            yield job, outcome


def run_dask(function, jobs, workers, one_by_one):
    """Evaluate on the cluster that DASK_SCHEDULER names; yields (job, outcome) as they end.

    Through `distributed.Client` and not through joblib's Dask backend: one future a job gives each
    its own failure (a killed worker costs the jobs it held, not the sweep), and a time limit on
    the connection. The workers need this package installed. Over tcp:// the connection is neither
    encrypted nor authenticated, and answers are unpickled here: for trusted networks only.
    """
    address = os.environ[SCHEDULER_VARIABLE]
    try:
        from distributed import Client, as_completed
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
        futures = {
            client.submit(evaluate_on_one_thread, function, job, pure=False): job for job in jobs
        }
        for future in as_completed(list(futures), loop=client.loop):
            # Removing the last reference lets the cluster forget a result that has been fetched.
            job = futures.pop(future)
            try:
                outcome = future.result()
            except Exception as error:
                outcome = ("error", f"{type(error).__name__}: {error}", traceback.format_exc())
            yield job, outcome


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
