"""The public callables of every subject, each with one call that is known to be good."""

import dataclasses
import importlib
import inspect
from functools import partial

PACKAGES = {
    "bnn": "theory.bnn",
    "binarized": "theory.continual.binarized",
    "consolidation": "theory.consolidation",
    "continual": "theory.continual",
    "data": "theory.data",
    "ep": "theory.ep",
    "holo_ep": "theory.holo_ep",
    "metaplasticity": "theory.metaplasticity",
    "rram": "theory.rram",
    "ssl": "theory.ssl",
    "sweep": "theory.sweep",
    "mlp": "theory.mlp",
    "numerics": "theory.numerics",
}


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
    module = importlib.import_module(PACKAGES[subject])
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


# What loops of training call, many times a second, with arrays that were checked when they came in.
CALLBACKS = {
    "add_gradient", "after_update", "backward", "before_update", "begin_task", "end_task",
    "follow", "forward", "importances", "learn", "load", "load_normalisation", "move",
    "prepare_scratch", "protect", "save", "start", "step", "update",
    # Relaxation and Newton's method: fields and networks at states that were checked.
    "activity", "backwards", "drive", "field_gradient", "force", "forces", "homeostatic_gradient",
    "homeostatic_gradient_along", "jacobian", "linear_maps", "loss_gradient", "nudge_slope",
    "observe", "only", "parameter_gradient", "probabilities", "products", "pull",
    "readout_gradient", "residual", "slope", "step_jacobian",
}  # fmt: skip


def methods(subject):
    """Return {name: callable} of the public methods of one subject's public classes.

    Each call makes a new object: by the good call of its class, or as the table's `OBJECTS` says.
    Subjects without that table are asked for functions and constructors only.
    """
    good, found = table(subject), {}
    for name, cls in public(subject).items():
        short = name.split(".", 1)[1]
        if not hasattr(good, "OBJECTS") or not isinstance(cls, type):
            continue
        if short in good.RECORDS and short not in good.OBJECTS:
            continue
        for key, method in inspect.getmembers(cls, inspect.isfunction):
            if key.startswith("_") or key in CALLBACKS:
                continue
            make = good.OBJECTS.get(short) or (lambda c=cls, s=short: c(**arguments(subject, s, c)))
            found[f"{name}.{key}"] = _of_new_object(make, key, method)
    return found


def _of_new_object(make, key, method):
    def call(**named):
        return getattr(make(), key)(**named)

    signature = inspect.signature(method)
    own = [p for p in signature.parameters.values() if p.name != "self"]
    call.__signature__ = signature.replace(parameters=own)
    return call


def arguments(subject, short, target):
    """Return the arguments of a good call, None where one is missing."""
    good = table(subject)
    own = good.CALLS[short]() if short in good.CALLS else {}
    varying = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    for p in inspect.signature(target).parameters.values():
        if p.default is p.empty and p.kind not in varying and p.name not in own:
            if p.name not in good.BY_NAME:
                return None
            own[p.name] = good.BY_NAME[p.name]()
    return own


def calls(subject):
    """Return the good calls of one subject, and the names that have none."""
    good = table(subject)
    found, missing = [], []
    for name, target in (public(subject) | methods(subject)).items():
        short = name.split(".", 1)[1]
        if short in good.RECORDS:
            continue
        if arguments(subject, short, target) is None:
            missing.append(name)
        else:
            found.append(Call(name, target, partial(arguments, subject, short, target)))
    return found, missing
