"""Good arguments of the public callables of theory.sweep."""

RECORDS = {"Failure", "SweepError", "SweepResult"}
MEANT = {("map", "checkpoint", "text")}
SKIP = {("map", "backend", "none")}  # all cores
NAN: set = set()


def square(x):
    return x * x


BY_NAME = {}
CALLS = {
    "grid": lambda: {"x": [1, 2]},
    "map": lambda: {
        "function": square,
        "points": [{"x": 1}, {"x": 2}],
        "backend": "serial",
        "progress": False,
    },
}
