"""A page for every derivation: its steps, what each rests on, and where it is used."""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import pkgutil
import re
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

from book.symbols import facts
from figures.files import BUILD, digest, write_atomic
from figures.inventory import ROOT

STORED = BUILD / "book" / "derivations.json"


@dataclass(frozen=True)
class Equations:
    """A derivation as the site shows it.

    `id` is "<subject>.<module>.<function>" and never changes while the function keeps its name;
    `symbols` are LaTeX -> meaning, `facts` LaTeX -> shape, range and number of the first step.
    """

    id: str
    module: str
    title: str
    source: str
    markdown: str
    summary: str
    counts: dict[str, int]
    symbols: dict[str, str]
    names: dict[str, str]
    facts: dict[str, tuple[str, str, int]]
    verdicts: list[str]

    @property
    def subject(self) -> str:
        return self.id.split(".")[0]

    @property
    def page(self) -> str:
        return f"equations/{self.id}"


def derivation_functions() -> dict[str, Callable]:
    """Return id -> function of every public derivation of every subject."""
    import theory

    found = {}
    for info in pkgutil.walk_packages(theory.__path__, "theory."):
        if "derivations" not in info.name.split("."):
            continue
        module = importlib.import_module(info.name)
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ == module.__name__ and not name.startswith("_"):
                short = info.name.removeprefix("theory.").replace(".derivations", "")
                found[f"{short}.{name}"] = function
    return found


def all_equations() -> list[Equations]:
    """Return every derivation, proved anew only where a source of a derivation has changed."""
    names = sorted(derivation_functions())
    key = _key()
    try:
        stored = json.loads(STORED.read_bytes())
    except (OSError, ValueError):
        stored = {}
    if stored.get("key") != key or set(stored.get("rows", {})) != set(names):
        with ProcessPoolExecutor(2) as pool:
            rows = dict(zip(names, pool.map(_prove, names, chunksize=4), strict=True))
        stored = {"key": key, "rows": rows}
        write_atomic(STORED, json.dumps(stored, ensure_ascii=False).encode())
    return [Equations(**stored["rows"][name]) for name in names]


def _key() -> str:
    """Return a digest of every file of `theory` and of this one: what a derivation may depend on."""
    sources = sorted((ROOT / "theory").rglob("*.py"))
    here = [Path(__file__), Path(__file__).with_name("symbols.py")]
    return digest(b"".join(path.read_bytes() for path in [*sources, *here]))


def _prove(id: str) -> dict:
    import sympy as sp

    function = derivation_functions()[id]
    derivation = function()
    summary = " ".join((inspect.getdoc(function) or "").split("\n\n")[0].split())
    symbols = {sp.latex(s, ln_notation=True): str(m) for s, m in derivation.symbols.items()}
    return asdict(
        Equations(
            id=id,
            module=function.__module__,
            title=derivation.title,
            source=derivation.source,
            markdown=derivation._repr_markdown_(),
            summary=summary,
            counts=derivation.counts,
            symbols=symbols,
            names={sp.latex(s, ln_notation=True): str(s) for s in derivation.symbols},
            facts=facts(derivation),
            verdicts=[step.status for step in derivation],
        )
    )


def used_in(equations: Equations) -> list[tuple[str, str]]:
    """Return (kind, path) of the lessons, tests and modules that use a derivation."""
    wanted = f"{equations.module}.{equations.id.split('.')[-1]}"
    found = []
    for kind, folder in (("lesson", "notebooks"), ("test", "tests"), ("function", "theory")):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if wanted in _names_used(path):
                found.append((kind, path.relative_to(ROOT).as_posix()))
    return found


@cache
def _names_used(path: Path) -> frozenset[str]:
    """Return the full names "theory.a.derivations.b.c" that a file uses, by its own imports."""
    source = path.read_text(encoding="utf-8")
    if "derivations" not in source:
        return frozenset()
    tree, meant, found = ast.parse(source), {}, set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module and "derivations" in node.module:
            for alias in node.names:
                meant[alias.asname or alias.name] = f"{node.module}.{alias.name}"
                found.add(f"{node.module}.{alias.name}")
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id in meant:
                found.add(f"{meant[node.value.id]}.{node.attr}")
    return frozenset(found)


def equations_page(
    equations: Equations, live: str = "", figures: Mapping[str, Sequence[str]] | None = None
) -> str:
    """Return the page of a derivation as Markdown.

    Parameters
    ----------
    live : str
        The part in which it can be run.
    figures : mapping
        Lesson "<work>/<stem>" -> ids of the figures that it makes.
    """
    text = tagged(equations.markdown)
    heading, _, body = text.partition("\n\n")
    tally = re.search(r"\((.*)\)$", heading)
    parts = [
        f"# {equations.title}",
        f"{equations.summary}",
        f"*{tally[1]}.*" if tally else "",
        _numbered(body),
        "## Where it is used",
        _uses(equations, figures or {}),
        live,
        "## Run it",
        "```python\n"
        f"from {equations.module} import {equations.id.split('.')[-1]}\n\n"
        f"derivation = {equations.id.split('.')[-1]}()  # every step is proved while this runs\n"
        "print(derivation)\n```",
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _numbered(body: str) -> str:
    """Put an anchor before every displayed equation: #step-3."""
    blocks = re.split(r"(?=^\\begin\{equation\*\})", body, flags=re.MULTILINE)
    for k, block in enumerate(blocks):
        tag = re.search(r"\\tag\{(\d+)\}", block)
        if tag:
            blocks[k] = f'<a class="step" id="step-{tag[1]}"></a>\n\n{block}'
    return "".join(blocks)


def _uses(equations: Equations, figures) -> str:
    lines = []
    for kind, path in used_in(equations):
        if kind == "lesson":
            lesson = Path(path)
            name = f"{lesson.parent.name}/{lesson.stem}"
            made = ", ".join(
                f'<a href="../figures/{i}.html">{i}</a>' for i in figures.get(name, ())
            )
            line = f'* lesson <a href="../lessons/{name}.html">{name}</a>'
            lines.append(line + (f", with the figures {made}" if made else ""))
        elif kind == "function" and "derivations" not in path:
            module = path.removesuffix(".py").replace("/", ".")
            lines.append(f'* module <a href="../api/{module}.html">{module}</a>')
        else:
            lines.append(f"* {'test' if kind == 'test' else 'derivations'} `{path}`")
    return "\n".join(lines) or "Not called by another module; proved by every run of the tests."


def tagged(markdown: str) -> str:
    """Return a derivation's Markdown with its equations in an environment that takes a tag."""
    return re.sub(
        r"^\$\$\n(.*?) ?\\tag\{(\d+)\}\n\$\$$",
        lambda m: f"\\begin{{equation*}}\n{m[1]} \\tag{{{m[2]}}}\n\\end{{equation*}}",
        markdown,
        flags=re.MULTILINE | re.DOTALL,
    )


def equations_index(every: list[Equations], subjects: dict[str, str]) -> str:
    """Return the page that lists all derivations, to be searched by words or symbols."""
    lines = [
        "# Equations",
        "",
        f"{len(every)} derivations with {sum(e.counts.get('proved', 0) for e in every)} proved steps. "
        "Each page has a lasting address, and each step an anchor (`#step-3`). Search by words, by a "
        "symbol's name (`gamma`) or by its LaTeX.",
        "",
        '<input class="filter" data-filter=".equation" type="search" '
        'aria-label="Search the equations" placeholder="Search by words or symbol">'
        '<p class="found" aria-live="polite"></p>',
    ]
    for subject, title in subjects.items():
        rows = [e for e in every if e.subject == subject]
        if not rows:
            continue
        lines += ["", f"## {title}", ""]
        for e in rows:
            words = " ".join([e.id, *e.symbols, *e.symbols.values(), *e.names.values()])
            words = re.sub(r'[&<>"]', " ", words)
            symbols = ", ".join(f"${latex}$" for latex in e.names)
            lines.append(
                f'<p class="equation" data-words="{words}"><a href="{e.id}.html">{e.title}</a> '
                f'<span class="aside">{e.counts.get("proved", 0)} proved; symbols: '
                f"{symbols or 'none listed'}</span></p>\n"
            )
    return "\n".join(lines) + "\n"
