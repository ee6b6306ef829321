"""Long experiments that may be killed: one checkpoint file each, for sweeps on any machine.

>>> from theory import sweep
>>> from theory.continual.binarized import settings
>>> from theory.continual.binarized.resumable import run_resumable
>>> experiments = [settings.permuted(m, scale="paper") for m in (0.0, 0.5, 1.0, 1.35)]
>>> points = sweep.grid(experiment=experiments, seed=range(5), folder=["runs"])
>>> results = sweep.map(run_resumable, points, checkpoint="runs/done")  # doctest: +SKIP

The sweep uses all cores, or the Dask cluster that DASK_SCHEDULER names. Killed and started again,
it skips what is finished and goes on with the rest from the last finished epoch of each run.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from theory.continual.binarized.checkpointing import run_identity
from theory.continual.binarized.experiments import Experiment, train
from theory.door import door


def checkpoint_file(experiment: Experiment, seed: int, folder) -> Path:
    """Return the file of one run: named by a digest of its settings and its seed."""
    digest = hashlib.sha256(run_identity((experiment, seed)).encode()).hexdigest()[:16]
    return Path(folder) / f"{digest}.npz"


@door(folder="text or has __fspath__", seed=">= 0")
def run_resumable(experiment: Experiment, seed: int, folder, *, progress: bool = False) -> dict:
    """Run an experiment with a checkpoint after every epoch.

    Parameters
    ----------
    experiment : Experiment
    seed : int
    folder : path-like
        Where the checkpoint is kept; on a cluster, a folder that all its machines share.
    progress : bool
        Show a progress bar with the time left. Bars of parallel runs would overwrite each other.

    Returns
    -------
    dict of ndarray
        See `theory.continual.binarized.experiments.train`; the same bits, killed in between or
        not. Histograms are those of the tasks finished since the last start only, so none are
        returned.
    """
    file = checkpoint_file(experiment, seed, folder)
    measured = train(experiment, seed, checkpoint=file, progress=progress)[1]
    measured.pop("histograms", None)
    return measured
