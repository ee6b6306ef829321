"""What a sweep returns: values in the order of the points, and the failures among them."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass(frozen=True)
class Failure:
    """One evaluation that raised.

    Parameters
    ----------
    point : dict
        Its keyword arguments.
    seed : int or None
        Its seed number.
    label : str
        Point and seed as text.
    error : str
        Type and message of the exception.
    traceback : str
        Where it was raised, as Python prints it; empty if the worker was killed.
    """

    point: dict
    seed: int | None
    label: str
    error: str
    traceback: str = field(repr=False)


@dataclass(frozen=True, eq=False)
class SweepResult:
    """Values of a sweep, in the order of its points.

    Parameters
    ----------
    points : tuple of dict
        The points, as given.
    seeds : tuple of int, or None
        The seed numbers, or None for a function without randomness.
    values : tuple
        ``values[i]`` belongs to ``points[i]``: the function's value, or with seeds a tuple of one
        value a seed. A failed evaluation is None.
    failures : tuple of Failure
        Empty when everything went well.
    """

    points: tuple[dict, ...]
    seeds: tuple[int, ...] | None
    values: tuple = field(repr=False)
    failures: tuple[Failure, ...] = ()

    def array(self, key=None):
        """Stack the values.

        Parameters
        ----------
        key : str or int, optional
            Take ``value[key]`` of each value, for functions that return a dictionary or tuple.

        Returns
        -------
        ndarray, shape (points, ...) or, with seeds, (points, seeds, ...)

        Raises
        ------
        ValueError
            If evaluations failed, or their values differ in shape.
        """
        if self.failures:
            raise ValueError(
                f"{len(self.failures)} evaluations failed, the first at {self.failures[0].label}, "
                "so the values do not fill an array; see .failures."
            )
        flat = self.values if self.seeds is None else [v for row in self.values for v in row]
        try:
            arrays = [np.asarray(value if key is None else value[key]) for value in flat]
        except (LookupError, TypeError) as error:
            raise ValueError(f"key is {key!r}, which the values do not have") from error
        shapes = {array.shape for array in arrays}
        if len(shapes) > 1:
            raise ValueError(
                f"the values have different shapes, {', '.join(map(str, sorted(shapes)))}; use "
                ".values, or return arrays of one shape."
            )
        leading = (len(self.points),) if self.seeds is None else (len(self.points), len(self.seeds))
        return np.stack(arrays).reshape(*leading, *shapes.pop())


class SweepError(RuntimeError):
    """Some evaluations failed; the others were finished and are kept.

    Parameters
    ----------
    results : SweepResult
        With the finished values and every `Failure`.

    Attributes
    ----------
    results : SweepResult
    """

    # Usually many points fail for one reason; every failure is named, a few are shown in full.
    TRACEBACKS = 3

    def __init__(self, results):
        self.results = results
        total = len(results.points) * (1 if results.seeds is None else len(results.seeds))
        lines = [
            f"{len(results.failures)} of {total} evaluations failed; the finished values are in "
            "the attribute .results of this error."
        ]
        for number, failure in enumerate(results.failures):
            lines.append(f"* {failure.label}: {failure.error}")
            if number < self.TRACEBACKS and failure.traceback:
                lines.append("    " + failure.traceback.rstrip().replace("\n", "\n    "))
        super().__init__("\n".join(lines))

    def __reduce__(self):
        return type(self), (self.results,)
