"""The sweep itself: jobs to a backend, results to disk and into order."""

from __future__ import annotations

import pickle

from theory.door import door
from theory.sweep import backends
from theory.sweep.checkpoint import Checkpoint
from theory.sweep.points import make_jobs
from theory.sweep.progress import bar as progress_bar
from theory.sweep.results import Failure, SweepError, SweepResult


@door(
    points="has __iter__",
    workers=">= 1",
    checkpoint="text or has __fspath__",
    on_error="one of raise, return",
)
def map(
    function,
    points,
    *,
    seeds=None,
    root_seed=0,
    backend=None,
    workers: int | None = None,
    checkpoint=None,
    version: str = "",
    on_error: str = "raise",
    progress: bool = True,
):
    """Evaluate a function at every point, for every seed; the same values wherever it runs.

    Parameters
    ----------
    function : callable
        Called as ``function(**point)``, with seeds as ``function(**point, rng=generator)`` or, if
        it has no argument rng, ``function(**point, seed=integer)``. It must not change its
        arguments.
    points : sequence of dict
        Keyword arguments; no two alike. See `grid`.
    seeds : int or sequence of int, optional
        Number of repetitions, or their seed numbers (>= 0).
    root_seed : int
        Seed of the whole sweep. The randomness of an evaluation depends on `root_seed`, the content
        of its point and its seed number alone (`numpy.random.SeedSequence`), so all are independent
        of one another, of the order, of the other points and of the backend.
    backend : {None, "serial", "processes", "dask"}
        This process; the cores of this computer; the Dask cluster that the environment variable
        DASK_SCHEDULER names (workers with this package installed). None takes the cluster if the
        variable is set, else the cores if there are several and more than one evaluation.
        One thread of linear algebra an evaluation, whichever it is.
        **Dask over tcp:// is neither encrypted nor authenticated**: whoever reaches the scheduler
        can run code on the workers and, through their answers, here. Use it inside a network that
        you trust.
    workers : int, optional
        Number of processes; by default one a core. The other backends do not use it.
    checkpoint : path-like, optional
        A folder for finished results; evaluations found there are not repeated. Interrupting or
        killing the sweep loses at most the evaluations under way. **Reading a stored result can run
        a program**, so one that this account's key did not seal is refused; results are shared
        between accounts by giving both, and nobody else, the same key in SWEEP_KEY_FILE.
    version : str
        Part of the identity of stored results: change it when code of other packages that the
        function calls changes. Changes of its own source and of all that it reaches in this package
        are noticed without it.
    on_error : {"raise", "return"}
        After all other evaluations are finished, raise `SweepError`, or return with `failures`.
    progress : bool
        Show a progress bar on standard error if that is a terminal.

    Returns
    -------
    SweepResult

    Raises
    ------
    TypeError, ValueError
        For points, seeds or options that are not as described, before any evaluation.
    ForeignCheckpoint
        If a stored result was written by somebody else; before any evaluation.
    SweepError
        If evaluations failed.
    ConnectionError
        If no scheduler answers.
    ModuleNotFoundError
        If Dask is asked for and not installed.

    Examples
    --------
    >>> map(pow, [{"base": 2, "exp": 3}, {"base": 3, "exp": 2}], backend="serial").values
    (8, 9)
    """
    points, seeds, jobs = make_jobs(function, points, seeds, root_seed)
    backend = backends.choose(backend, len(jobs))
    store = None if checkpoint is None else Checkpoint(checkpoint, function, version)

    values, failures = {}, {}
    remaining = []
    for job in jobs:
        found, value = store.load(job) if store else (False, None)
        if found:
            values[job.index] = value
        else:
            remaining.append(job)

    name = getattr(function, "__name__", "sweep")
    with progress_bar(len(jobs), len(values), name, progress) as bar:
        run = backends.RUN[backend]
        outcomes = run(function, remaining, workers, store is not None) if remaining else ()
        for job, (kind, *content) in outcomes:
            if kind == "value":
                try:
                    values[job.index] = pickle.loads(content[0])
                except Exception as error:
                    kind, content = "error", (f"its value cannot be read back: {error!r}", "")
                else:
                    if store:
                        store.save(job, values[job.index], content[0])
            if kind == "error":
                failures[job.index] = Failure(job.point, job.seed, job.label(), *content)
            bar.update()

    flat = [values.get(job.index) for job in jobs]
    if seeds is None:
        ordered = tuple(flat)
    else:
        ordered = tuple(
            tuple(flat[first : first + len(seeds)]) for first in range(0, len(flat), len(seeds))
        )
    result = SweepResult(points, seeds, ordered, tuple(failures[i] for i in sorted(failures)))
    if failures and on_error == "raise":
        raise SweepError(result)
    return result
