"""What an annotation or a default says about an argument."""

from __future__ import annotations

import ast
import inspect

import numpy as np

from theory.door.kinds import NAMED, Either, Instance, Several
from theory.door.numbers import Anything, Numbers

PLAIN_NAMES = {
    "float": NAMED["number"],
    "int": NAMED["whole"],
    "complex": Numbers(complex_=True),
    "bool": NAMED["truth"],
    "str": NAMED["text"],
    "None": NAMED["none"],
    "Callable": NAMED["callable"],
    "dict": NAMED["mapping"],
    "Mapping": NAMED["mapping"],
    "list": NAMED["list"],
    "tuple": NAMED["list"],
    "Sequence": NAMED["list"],
    "ndarray": NAMED["array"],
    "Generator": NAMED["rng"],
    "object": NAMED["any"],
    "Any": NAMED["any"],
}


def for_parameter(parameter, names):
    """Return the kind of a parameter by its annotation or default, None where nothing is known."""
    default = parameter.default
    if parameter.name == "self" or parameter.kind in (
        parameter.VAR_POSITIONAL,
        parameter.VAR_KEYWORD,
    ):
        return None
    if parameter.annotation is inspect.Parameter.empty:
        if parameter.name == "rng":
            kind = NAMED["rng"]
        elif parameter.name == "dtype":
            kind = NAMED["dtype"]
        elif default is None or default is inspect.Parameter.empty or isinstance(default, type):
            return None
        else:
            kind = _of_default(default)
    else:
        text = parameter.annotation
        if not isinstance(text, str):
            text = text.__name__ if type(text) is type else str(text)
        kind = _of_node(ast.parse(text, mode="eval").body, names)
    if default is None and not isinstance(kind, Anything):
        kind = Either([kind, NAMED["none"]])
    if isinstance(default, float) and np.isinf(default) and isinstance(kind, Numbers):
        kind = kind.narrowed("in (-inf, inf]")
    return kind


def _of_default(default):
    if isinstance(default, bool | str | float | tuple):
        return PLAIN_NAMES[type(default).__name__]
    if isinstance(default, int):
        return NAMED["number"]
    return (
        NAMED["callable"] if callable(default) else Instance(type(default).__name__, type(default))
    )


def _of_node(node, names):
    if isinstance(node, ast.BinOp):
        kinds = [_of_node(node.left, names), _of_node(node.right, names)]
        flat = [k for kind in kinds for k in (kind.kinds if isinstance(kind, Either) else [kind])]
        if any(isinstance(k, Anything) for k in flat):
            return NAMED["any"]
        if NAMED["array"] in flat:  # one number is an array, too
            flat = [k for k in flat if k is not NAMED["number"]]
        return Either(flat) if len(flat) > 1 else flat[0]
    if isinstance(node, ast.Constant) and node.value is None:
        return NAMED["none"]
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return _of_node(ast.parse(node.value, mode="eval").body, names)
    if isinstance(node, ast.Attribute):
        return PLAIN_NAMES.get(node.attr) or Instance(node.attr)
    if isinstance(node, ast.Name):
        if node.id in PLAIN_NAMES:
            return PLAIN_NAMES[node.id]
        cls = names.get(node.id)
        return Instance(node.id, cls if isinstance(cls, type) else None)
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name):
        outer = node.value.id
        if outer in ("tuple", "list", "Sequence"):
            parts = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
            open_ended = outer != "tuple" or (isinstance(parts[-1], ast.Constant) and (
                parts[-1].value is Ellipsis
            ))  # fmt: skip
            kinds = [_of_node(p, names) for p in parts if getattr(p, "value", 0) is not Ellipsis]
            return Several(kinds, None if open_ended else len(kinds))
        return PLAIN_NAMES.get(outer, NAMED["any"])
    return NAMED["any"]
