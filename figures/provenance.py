"""Which sources a lesson's numbers and a figure's picture depend on, and stamps of their contents.

Import closures are read from the syntax trees, so that nothing is imported. What a lesson
*computes* depends on its cells, on every module of `theory` that it reaches, on the results of
full-size runs that it reads and on the versions of the numerical packages. What is *drawn* depends
on the figure's room, on the modules of `figures` that it reaches, on the style, on the inventory
entry, on the figure's own results at full size and on the versions of the drawing packages.
An `__init__` that only tells where public names live is followed, not counted: adding a name to it
changes no output.
"""

from __future__ import annotations

import ast
import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import asdict
from functools import cache
from pathlib import Path

from figures.files import digest
from figures.inventory import ROOT, Entry

LOCK = ROOT / "requirements.lock"
STYLE = ROOT / "figures" / "suite.mplstyle"
COMPUTING = (
    "numpy", "scipy", "sympy", "mpmath", "scikit-learn", "mlxtend", "z3-solver", "python-flint",
)  # fmt: skip
DRAWING = ("matplotlib", "contourpy", "pillow", "numpy")


class SourceError(ValueError):
    """A source cannot be read as Python; the message says where."""


def computed_stamp(lesson: Path) -> str:
    """Return a digest of all that a lesson's numbers depend on.

    Raises `SourceError` if the lesson or a module that it reaches is not valid Python.
    """
    contents = {path: path.read_bytes() for path in import_closure(lesson, ("theory",))}
    text = without_header(contents[lesson].decode())
    if ROOT / "theory/full_size/tables.py" in contents:
        contents |= {path: path.read_bytes() for path in _stored_tables(text)}
    contents[lesson] = text.encode()
    return _digest_of(contents, _versions(COMPUTING))


def drawn_stamp(entry: Entry) -> str:
    """Return a digest of all that a figure's picture depends on besides its numbers."""
    room = entry.path(".py")
    paths = import_closure(room, ("figures",)) if room.exists() else []
    full = [path for suffix in (".csv", ".json") if (path := entry.path(f".full{suffix}")).exists()]
    contents = {path: path.read_bytes() for path in [*paths, *full, STYLE]}
    facts = {key: value for key, value in asdict(entry).items() if key not in ("status",)}
    return _digest_of(contents, [*_versions(DRAWING), json.dumps(facts, sort_keys=True)])


def _stored_tables(text: str) -> list[Path]:
    """Return the results of full-size runs of the figures that a lesson names."""
    return [
        path
        for path in ROOT.glob("figures/*/*.full.*")
        if f'"{path.parent.name}/{path.name.partition(".")[0]}"' in text
    ]


def without_header(text: str) -> str:
    """Return a percent script without its YAML header, which says nothing about its cells."""
    return re.sub(r"\A# ---\n(?:#.*\n)*?# ---\n\s*", "", text)


def import_closure(source: Path, packages: tuple[str, ...]) -> list[Path]:
    """Return the sorted files of `packages` that `source` imports, itself included."""
    reached: set[Path] = set()
    waiting = [source]
    while waiting:
        path = waiting.pop()
        if path not in reached:
            reached.add(path)
            waiting.extend(_direct_imports(path, packages) - reached)
    return sorted(reached)


def _digest_of(contents: dict[Path, bytes], facts: Iterable[str]) -> str:
    total = hashlib.sha256()
    for path in sorted(contents):
        name = path.relative_to(ROOT).as_posix()
        total.update(f"{name} {digest(contents[path])}\n".encode())
    for fact in facts:
        total.update(f"{fact}\n".encode())
    return total.hexdigest()[:32]


@cache
def _versions(packages: tuple[str, ...]) -> tuple[str, ...]:
    """Return the lines of the lock that fix the versions of these packages."""
    if not LOCK.exists():
        return ()
    lines = [line.strip() for line in LOCK.read_text().splitlines()]
    wanted = {re.sub(r"[-_.]+", "-", name) for name in packages}
    return tuple(line for line in lines if re.split(r"[=\s;\[]", line)[0].lower() in wanted)


@cache
def _tree(path: Path) -> ast.Module:
    try:
        return ast.parse(path.read_bytes(), filename=str(path))
    except (SyntaxError, ValueError) as error:
        line = getattr(error, "lineno", None)
        where = f"{path.relative_to(ROOT).as_posix()}{f', line {line}' if line else ''}"
        raise SourceError(f"{where}: {getattr(error, 'msg', error)}") from None


@cache
def _direct_imports(path: Path, packages: tuple[str, ...]) -> frozenset[Path]:
    """Return the files of these packages that one module imports, `__init__`s included."""
    modules: set[str] = set()
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                modules |= _with_lazy_members(alias.name, ["*"])
        elif isinstance(node, ast.ImportFrom):
            base = _absolute_name(path, node)
            modules |= _with_lazy_members(base, [alias.name for alias in node.names])
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith("import_module"):
            modules |= {str(a.value) for a in node.args if isinstance(a, ast.Constant)}  # by name
    files = set()
    for name in modules:
        if name.split(".")[0] not in packages:
            continue
        parts = name.split(".")
        ancestors = (".".join(parts[:k]) for k in range(1, len(parts) + 1))
        files |= {file for ancestor in ancestors if (file := _module_file(ancestor))}
    return frozenset(file for file in files if not _only_names(file))


@cache
def _only_names(file: Path) -> bool:
    """Whether a file is an `__init__` with nothing but a docstring and a lazy table."""
    if file.name != "__init__.py":
        return False
    allowed = (
        lambda node: isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant),
        lambda node: isinstance(node, ast.Import) and node.names[0].name == "lazy_loader",
        lambda node: isinstance(node, ast.Assign) and _table_of(node) is not None,
    )
    return all(any(test(node) for test in allowed) for node in _tree(file).body)


def _with_lazy_members(module: str, names: list[str]) -> set[str]:
    """Return `module` and those of its submodules that importing `names` from it loads.

    A package whose `__init__` is a `lazy_loader` table loads only the modules that own the names;
    `import package` may reach any of them, so it counts as all.
    """
    owners = _lazy_table(module)
    reached = {module}
    for name in names:
        if name == "*":
            reached |= {f"{module}.{owner}" for owner in owners.values()}
        elif name in owners:
            reached.add(f"{module}.{owners[name]}")
        elif _module_file(f"{module}.{name}"):
            reached.add(f"{module}.{name}")
    return reached


def _lazy_table(module: str) -> dict[str, str]:
    """Return public name -> owning submodule, from `lazy.attach(..., submod_attrs={...})`."""
    file = _module_file(module)
    if file is None or file.name != "__init__.py":
        return {}
    for node in _tree(file).body:
        if isinstance(node, ast.Assign) and (table := _table_of(node)) is not None:
            return {name: owner for owner, names in table.items() for name in names}
    return {}


def _table_of(node: ast.Assign) -> dict[str, list[str]] | None:
    """Return submodule -> public names of `... = lazy.attach(..., submod_attrs={...})`, or None."""
    for keyword in getattr(node.value, "keywords", []):
        if keyword.arg == "submod_attrs":
            return ast.literal_eval(keyword.value)
    return None


def _absolute_name(path: Path, node: ast.ImportFrom) -> str:
    if node.level == 0:
        return node.module or ""
    package = list(path.relative_to(ROOT).parts[: -node.level])
    return ".".join(package + ([node.module] if node.module else []))


@cache
def _module_file(module: str) -> Path | None:
    if module.split(".")[0] not in ("theory", "figures"):
        return None
    base = ROOT.joinpath(*module.split("."))
    for candidate in (base.with_suffix(".py"), base / "__init__.py"):
        if candidate.is_file():
            return candidate
    return None
