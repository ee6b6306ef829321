"""Map a function over parameters and seeds: in one process, on all cores, or on a Dask cluster.

>>> from theory import sweep
>>> sweep.map(pow, sweep.grid(base=[2, 3], exp=[1, 2]), backend="serial").array().tolist()
[2, 4, 3, 9]
"""

from theory.sweep.checkpoint import ForeignCheckpoint
from theory.sweep.points import grid
from theory.sweep.results import Failure, SweepError, SweepResult
from theory.sweep.runner import map

__all__ = ["Failure", "ForeignCheckpoint", "SweepError", "SweepResult", "grid", "map"]
