"""What a function's result depends on: the source of all that it can reach in this package.

A stored result is stale once a helper or a constant was edited, not only the function itself. The
modules that it imports, directly or not, are read as syntax trees, so that comments, docstrings and
layout do not matter.
"""

from __future__ import annotations

import ast
import hashlib
import inspect
import sys
import textwrap
from functools import lru_cache
from pathlib import Path

from theory.sweep.identity import canonical

ROOT = Path(__file__).resolve().parent.parent  # the folder of the package `theory`


def source_digest(function) -> str:
    """Return a digest of a function's own source and of all of this package that it reaches.

    Functions and constants of the function's module count, too: all of them where the module is
    part of this package, those that the function names where it is a notebook or the reader's own
    module.
    """
    texts, modules, seen = [], set(), set()
    _collect(getattr(function, "func", function), texts, modules, seen)
    closure, waiting = {}, sorted(modules)
    while waiting:
        name = waiting.pop()
        file = _file(name)
        if name not in closure and file is not None:
            closure[name], imported = _read(file, file.stat().st_mtime_ns)
            waiting += sorted(imported)
    texts += [f"{name}={closure[name]}" for name in sorted(closure)]
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()


def _collect(thing, texts, modules, seen):
    """Add the source of a function or class and, outside this package, of what it names."""
    if id(thing) in seen:
        return
    seen.add(id(thing))
    module = getattr(thing, "__module__", None) or ""
    if module == "theory" or module.startswith("theory."):
        modules.add(module)
        return
    try:
        source = textwrap.dedent(inspect.getsource(thing))
    except (OSError, TypeError):
        return
    try:
        texts.append(_plain(ast.parse(source)))
    except SyntaxError:
        texts.append(source)
    names = getattr(thing, "__globals__", None)
    if names is None:
        names = vars(sys.modules[module]) if module in sys.modules else {}
    for name in sorted({n.id for n in ast.walk(_tree(source)) if isinstance(n, ast.Name)}):
        if name in names:
            _collect_named(name, names[name], module, texts, modules, seen)


def _collect_named(name, value, module, texts, modules, seen):
    if inspect.ismodule(value):
        if value.__name__ == "theory" or value.__name__.startswith("theory."):
            modules.add(value.__name__)
    elif inspect.isfunction(value) or inspect.isclass(value):
        if value.__module__ == module or str(value.__module__).startswith("theory"):
            _collect(value, texts, modules, seen)
    else:
        kind = type(value).__module__
        if kind.startswith("theory."):
            modules.add(kind)
        try:
            texts.append(f"{name}={canonical(value, name)}")
        except TypeError:
            pass  # an object without a lasting name, such as an open figure


def _tree(source):
    try:
        return ast.parse(source)
    except SyntaxError:
        return ast.Module([], [])


def _plain(tree) -> str:
    """A syntax tree as text, without its docstrings."""
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            if isinstance(body[0].value, ast.Constant) and isinstance(body[0].value.value, str):
                del body[0]
    return ast.dump(tree)


def _file(name: str) -> Path | None:
    """The file of a module of this package, by its dotted name."""
    place = ROOT.joinpath(*name.split(".")[1:])
    for file in (place.with_suffix(".py"), place / "__init__.py"):
        if file.is_file():
            return file
    return None


@lru_cache(maxsize=2048)
def _read(file: Path, edited: int) -> tuple[str, frozenset[str]]:
    """Return a digest of a module and the modules of this package that it imports."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    imported = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported |= {n.name for n in node.names if n.name.split(".")[0] == "theory"}
        elif isinstance(node, ast.ImportFrom):
            module = node.module or ""  # none where a folder imports from itself
            if module.split(".")[0] == "theory":
                imported |= {found for n in node.names for found in _named(module, n.name)}
    return hashlib.sha256(_plain(tree).encode()).hexdigest(), frozenset(imported)


def _named(module: str, name: str) -> set[str]:
    """The modules behind ``from module import name``: a submodule, or where a package finds it."""
    if _file(f"{module}.{name}") is not None:
        return {f"{module}.{name}"}
    file = _file(module)
    if file is None or file.name != "__init__.py":
        return {module}
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Dict):  # submodules and their names, as lazy loading lists them
            for key, value in zip(node.keys, node.values, strict=True):
                listed = [
                    e.value for e in getattr(value, "elts", ()) if isinstance(e, ast.Constant)
                ]
                if isinstance(key, ast.Constant) and name in listed:
                    return {f"{module}.{key.value!s}"}
    return {module}
