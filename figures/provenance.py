"""Which sources a notebook's outputs depend on, and a stamp of their contents.

The import closure is read from the syntax trees, so that nothing is imported: the notebook, every
module of `theory` and `figures` that it reaches, and the files that shape all outputs. An
`__init__` that only tells where public names live is followed, not counted: adding a name to it
changes no output.
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict
from functools import cache
from pathlib import Path

from figures.files import digest
from figures.inventory import ROOT, Entry

PACKAGES = ("theory", "figures")
SHARED_SOURCES = ("figures/suite.mplstyle", "figures/execution.py", "requirements.lock")


def import_closure(source: Path) -> list[Path]:
    """Return the sorted files that `source` depends on, itself and the shared ones included."""
    reached: set[Path] = set()
    waiting = [source]
    while waiting:
        path = waiting.pop()
        if path not in reached:
            reached.add(path)
            waiting.extend(_direct_imports(path) - reached)
    return sorted(reached | {ROOT / name for name in SHARED_SOURCES})


def stamp(source: Path, entries: Iterable[Entry]) -> str:
    """Return a digest of the import closure of a notebook and of its inventory entries."""
    total = hashlib.sha256()
    for path in import_closure(source):
        total.update(f"{path.relative_to(ROOT).as_posix()} {_file_digest(path)}\n".encode())
    total.update(json.dumps([asdict(entry) for entry in entries], sort_keys=True).encode())
    return total.hexdigest()[:32]


def _file_digest(path: Path) -> str:
    return digest(path.read_bytes()) if path.exists() else "missing"


@cache
def _direct_imports(path: Path) -> frozenset[Path]:
    """Return the files of this project that one module imports, package `__init__`s included."""
    modules: set[str] = set()
    for node in ast.walk(ast.parse(path.read_bytes(), filename=str(path))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                modules |= _with_lazy_members(alias.name, ["*"])
        elif isinstance(node, ast.ImportFrom):
            base = _absolute_name(path, node)
            modules |= _with_lazy_members(base, [alias.name for alias in node.names])
    files = set()
    for name in modules:
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
    return all(any(test(node) for test in allowed) for node in ast.parse(file.read_bytes()).body)


def _with_lazy_members(module: str, names: list[str]) -> set[str]:
    """Return `module` and those of its submodules that importing `names` from it loads.

    A package whose `__init__` is a `lazy_loader` table loads only the modules that own the names;
    `import package` may reach any of them, so it counts as all.
    """
    if module.split(".")[0] not in PACKAGES:
        return set()
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
    for node in ast.parse(file.read_bytes()).body:
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


def _module_file(module: str) -> Path | None:
    base = ROOT.joinpath(*module.split("."))
    for candidate in (base.with_suffix(".py"), base / "__init__.py"):
        if candidate.is_file():
            return candidate
    return None
