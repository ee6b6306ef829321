"""Good arguments of the public callables of theory.sweep."""

from theory import sweep

RECORDS = {"Failure", "SweepError", "SweepResult"}

MEANT = {("map", "checkpoint", "text")}
SKIP = {("map", "backend", "none")}  # all cores
NAN: set = set()


def square(x):
    return x * x


def named(x):
    return {"square": x * x}


BY_NAME: dict = {}
OBJECTS = {
    "SweepResult": lambda: sweep.map(named, [{"x": 1}, {"x": 2}], backend="serial", progress=False)
}
CALLS = {
    "SweepResult.array": lambda: {"key": "square"},
    "grid": lambda: {"x": [1, 2]},
    "map": lambda: {
        "function": square,
        "points": [{"x": 1}, {"x": 2}],
        "backend": "serial",
        "progress": False,
    },
}
