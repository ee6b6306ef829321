"""What a sweep evaluates: points, seeds, and an identity for each that no run can change."""

from __future__ import annotations

import dataclasses
import hashlib
import inspect
import itertools

import numpy as np

from theory.checks import integer_at_least
from theory.sweep.identity import canonical, short


def grid(**axes):
    """All combinations of the given values, the last name varying fastest.

    Parameters
    ----------
    **axes : iterable
        The values of each parameter.

    Returns
    -------
    list of dict
        Keyword arguments, one dictionary a combination.

    Raises
    ------
    ValueError
        If no axis is given, or one of them is empty or a string.

    Examples
    --------
    >>> grid(m=[0, 1.35], width=[512, 1024])[1]
    {'m': 0, 'width': 1024}
    """
    if not axes:
        raise ValueError("grid needs at least one axis, for example grid(width=[512, 1024]).")
    values = {}
    for name, axis in axes.items():
        if isinstance(axis, str) or not np.iterable(axis):
            raise ValueError(f"{name} is {axis!r}; an axis must be a list of values.")
        # NumPy's numbers become Python's, so that grid(m=np.linspace(...)) prints well.
        values[name] = axis.tolist() if isinstance(axis, np.ndarray) else list(axis)
        if not values[name]:
            raise ValueError(f"{name} is empty; an axis must have at least one value.")
    return [
        dict(zip(values, chosen, strict=True)) for chosen in itertools.product(*values.values())
    ]


@dataclasses.dataclass(frozen=True, eq=False)
class Job:
    """One evaluation: a point, a seed number, and what follows from them.

    Parameters
    ----------
    index : int
        Position in the order of the results.
    point : dict
        Keyword arguments.
    seed : int or None
        Seed number; None where the function takes no randomness.
    random_argument : {"rng", "seed", None}
        How the function receives its randomness.
    root_seed : int
        The seed of the whole sweep.
    identity : str
        Canonical text of the point.
    """

    index: int
    point: dict
    seed: int | None
    random_argument: str | None
    root_seed: int
    identity: str

    def arguments(self):
        """Keyword arguments of the evaluation, with a fresh generator or integer seed."""
        if self.random_argument is None:
            return dict(self.point)
        # The stream depends on what the point *is*, not where it stands: adding points to a grid,
        # or reordering it, changes no other result.
        digest = np.frombuffer(hashlib.sha256(self.identity.encode()).digest()[:16], dtype="<u4")
        stream = np.random.SeedSequence(
            self.root_seed, spawn_key=(*(int(word) for word in digest), self.seed)
        )
        if self.random_argument == "rng":
            return {**self.point, "rng": np.random.default_rng(stream)}
        return {**self.point, "seed": int(stream.generate_state(1, np.uint64)[0] >> 1)}

    def label(self):
        """The point and seed as they stand in messages."""
        arguments = ", ".join(f"{name}={short(value)}" for name, value in self.point.items())
        return f"({arguments})" + ("" if self.seed is None else f" with seed {self.seed}")


def make_jobs(function, points, seeds, root_seed):
    """Check everything about the points and seeds, and return the jobs in the order of the results.

    Returns
    -------
    points : tuple of dict
    seeds : tuple of int, or None
    jobs : list of Job
        Point by point, the seeds of a point together.

    Raises
    ------
    TypeError, ValueError
        One sentence that names the point and what is wrong with it.
    """
    if not callable(function):
        raise TypeError(f"function is {function!r}; it must be callable.")
    points = tuple(points)
    if not points:
        raise ValueError("points is empty; it must contain at least one dictionary of arguments.")
    for index, point in enumerate(points):
        if not isinstance(point, dict) or not all(isinstance(name, str) for name in point):
            raise TypeError(
                f"points[{index}] is {short(point)}; it must be a dictionary of keyword arguments."
            )
    seeds = _checked_seeds(seeds)
    root_seed = integer_at_least("root_seed", root_seed, 0)
    random_argument = _check_signature(function, points, seeds)

    first_seen = {}
    for index, point in enumerate(points):
        text = canonical(point, f"points[{index}]")
        if text in first_seen:
            raise ValueError(
                f"points[{index}] repeats points[{first_seen[text]}], {short(point)}; repetitions "
                "are made with seeds."
            )
        first_seen[text] = index
    pairs = itertools.product(zip(points, first_seen, strict=True), seeds or (None,))
    jobs = [
        Job(index, point, seed, random_argument, root_seed, identity)
        for index, ((point, identity), seed) in enumerate(pairs)
    ]
    return points, seeds, jobs


def _checked_seeds(seeds):
    if seeds is None:
        return None
    is_count = isinstance(seeds, (int, np.integer)) and not isinstance(seeds, bool)
    numbers = range(integer_at_least("seeds", seeds, 1)) if is_count else seeds
    if isinstance(numbers, str) or not np.iterable(numbers):
        raise TypeError(
            f"seeds is {seeds!r}; it must be a number of seeds, a list of them, or None."
        )
    numbers = tuple(integer_at_least(f"seeds[{k}]", n, 0) for k, n in enumerate(numbers))
    if not numbers:
        raise ValueError(f"seeds is {seeds!r}; it must give one or more seeds.")
    if len(set(numbers)) < len(numbers):
        raise ValueError(f"seeds is {seeds!r}; each seed may occur only once.")
    return numbers


def _check_signature(function, points, seeds):
    """Return the name of the random argument after checking that every call would be accepted."""
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):
        # Some compiled functions have no signature; then the call itself must tell.
        return None if seeds is None else "rng"
    name = getattr(function, "__name__", repr(function))
    takes_all = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    by_name = {
        key: p
        for key, p in parameters.items()
        if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)
    }
    random_argument = None
    if seeds is not None:
        offered = [key for key in ("rng", "seed") if key in by_name]
        if not offered and not takes_all:
            raise TypeError(
                f"seeds is given, but function {name} has neither an argument rng nor seed to "
                "receive its randomness; add one, or leave seeds out."
            )
        random_argument = offered[0] if offered else "rng"
    required = {key for key, p in by_name.items() if p.default is p.empty} - {random_argument}
    accepted = [key for key in by_name if key != random_argument]
    for index, point in enumerate(points):
        if random_argument in point:
            raise TypeError(
                f"points[{index}] sets {random_argument}, which the sweep sets itself because "
                "seeds is given; leave out one of the two."
            )
        unknown = [key for key in point if key not in by_name]
        if unknown and not takes_all:
            raise TypeError(
                f"points[{index}] has {', '.join(unknown)}, which function {name} does not accept; "
                f"it accepts {', '.join(accepted) or 'no arguments'}."
            )
        missing = sorted(required - set(point))
        if missing:
            hint = " (or give seeds)" if seeds is None and set(missing) & {"rng", "seed"} else ""
            raise TypeError(
                f"points[{index}] lacks {', '.join(missing)}, which function {name} needs{hint}."
            )
    return random_argument
