"""Run the cells of a lesson that its exercises need, without drawing and without a kernel.

A cell is needed when it binds or changes a name that a later needed cell reads. What such a cut
misses shows at once, as an unknown name or a wrong answer; it never makes an answer right.
"""

from __future__ import annotations

import ast
import contextlib
import io
import os
import symtable
from collections.abc import Iterable, Sequence

from classroom.exercises import Cell
from figures.inventory import ROOT

QUIET = ("record", "explore", "use_style")  # they draw; nothing that is drawn is read again


def needed(cells: Sequence[Cell], wanted: Iterable[int]) -> list[Cell]:
    """Return the code cells that the wanted ones (places in the lesson) need, in their order."""
    code = [cell for cell in cells if cell.kind == "code"]
    imported = set().union(*(_imported(cell.text) for cell in code))
    keep: list[Cell] = []
    wanted, missing = set(wanted), set()
    for cell in reversed(code):
        bound, read = _names(cell.text)
        changed = _changed(cell.text) - imported  # a function of a module changes nothing
        if cell.place in wanted or (bound | changed) & missing:
            keep.append(cell)
            missing = (missing - bound) | read | (changed - bound)
    return keep[::-1]


def _names(text: str) -> tuple[set[str], set[str]]:
    """Return the names that a cell binds at its top level, and those that it takes from before."""
    bound, read = set(), set()
    for statement in ast.parse(text).body:
        table = symtable.symtable(ast.unparse(statement), "cell", "exec")
        symbols = table.get_symbols()
        binds = {s.get_name() for s in symbols
                 if s.is_assigned() or s.is_imported() or s.is_namespace()}  # fmt: skip
        reads, waiting = set(), [table]
        while waiting:
            scope = waiting.pop()
            waiting.extend(scope.get_children())
            reads |= {s.get_name() for s in scope.get_symbols()
                      if s.is_referenced() and (scope is table or s.is_global())}  # fmt: skip
        reads |= binds & {node.target.id for node in ast.walk(statement)
                          if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name)}  # fmt: skip
        if isinstance(statement, ast.For):
            reads -= {node.id for node in ast.walk(statement.target) if isinstance(node, ast.Name)}
        read |= reads - bound
        bound |= binds
    return bound, read


def _imported(text: str) -> set[str]:
    """Return the names that a cell binds by an import."""
    return {
        (alias.asname or alias.name).partition(".")[0]
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }


def _changed(text: str) -> set[str]:
    """Return the names whose objects a cell changes: by index, attribute, += or a method call."""
    changed = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store):
            changed |= {n.id for n in ast.walk(node.value) if isinstance(n, ast.Name)}
        elif isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name):
            changed.add(node.target.id)
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
            function = node.value.func  # a method called for its effect
            if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
                changed.add(function.value.id)
    return changed


def run(cells: Iterable[Cell], names: dict, folder=ROOT / "notebooks") -> dict:
    """Execute cells in the namespace `names`, in a lesson's folder; return what was printed.

    Returns
    -------
    dict
        Place of a cell -> what it printed.
    """
    os.environ.setdefault("MPLBACKEND", "Agg")
    names.setdefault("__name__", "__main__")
    here, said = os.getcwd(), {}
    os.chdir(folder)
    try:
        for cell in cells:
            printed = io.StringIO()
            code = compile(cell.text, f"cell {cell.place}", "exec")
            with contextlib.redirect_stdout(printed):
                exec(code, names)
            for name in QUIET:
                if name in names:
                    names[name] = _nothing
            said[cell.place] = printed.getvalue()
    finally:
        os.chdir(here)
    return said


def _nothing(*arguments, **named) -> None:
    """Stand for a function that draws."""
