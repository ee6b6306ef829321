"""The public callables of every subject, each with one call that is known to be good."""

import dataclasses
import importlib
import inspect

PACKAGES = (
    "bnn",
    "binarized",
    "consolidation",
    "continual",
    "data",
    "ep",
    "holo_ep",
    "metaplasticity",
    "rram",
    "ssl",
    "sweep",
    "mlp",
    "numerics",
)
PLACES = {"binarized": "continual.binarized"}


@dataclasses.dataclass(frozen=True)
class Call:
    """A public callable and the arguments of a good call.

    Attributes
    ----------
    name : str
        ``subject.name`` or ``subject.Class.method``.
    target : callable
    arguments : callable
        Returns the keyword arguments, new ones at every call.
    """

    name: str
    target: object
    arguments: object

    @property
    def subject(self):
        return self.name.split(".")[0]

    def parameters(self):
        """Return the names of everything that can be given by keyword."""
        kinds = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
        found = inspect.signature(self.target).parameters.values()
        return {p.name: p for p in found if p.kind in kinds}


def public(subject):
    """Return {name: callable} of the public functions and constructors of one subject."""
    module = importlib.import_module(f"theory.{PLACES.get(subject, subject)}")
    names = getattr(module, "__all__", None) or [
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and getattr(value, "__module__", None) == module.__name__
    ]
    found = {}
    for name in sorted(names):
        value = getattr(module, name)
        if not callable(value) or (isinstance(value, type) and issubclass(value, Exception)):
            continue
        found[f"{subject}.{name}"] = value
        if isinstance(value, type):
            for key, method in vars(value).items():
                if isinstance(method, classmethod) and not key.startswith("_"):
                    found[f"{subject}.{name}.{key}"] = getattr(value, key)
    return found


def table(subject):
    """Return the module that holds the good arguments of one subject."""
    return importlib.import_module(f"good_{subject}")


def calls(subject):
    """Return the good calls of one subject, and the names that have none."""
    good = table(subject)
    found, missing = [], []
    for name, target in public(subject).items():
        short = name.split(".", 1)[1]
        if short in good.RECORDS:
            continue
        own = good.CALLS.get(short)
        try:
            parameters = inspect.signature(target).parameters.values()
        except ValueError:
            missing.append(name)
            continue
        needed = [
            p.name
            for p in parameters
            if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
        ]
        given = set(own()) if own else set()
        if any(p not in given and p not in good.BY_NAME for p in needed):
            missing.append(name)
            continue

        def arguments(own=own, needed=needed, given=given):
            common = {p: good.BY_NAME[p]() for p in needed if p not in given}
            return common | (own() if own else {})

        found.append(Call(name, target, arguments))
    return found, missing
