"""The API reference: every public module of `theory` with its documented names."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import types

from numpydoc.docscrape import NumpyDocString

_LISTS = ("Parameters", "Attributes", "Returns", "Yields", "Raises")
_TEXTS = ("Notes", "References", "Examples")
_RULE = re.compile(r"\s*=+( +=+)+$")  # above and below a table
LONGEST_SIGNATURE = 88
LONGEST_DEFAULT = 80  # characters of a default value in a signature


def public_modules() -> list[types.ModuleType]:
    """Return every module of `theory` that defines a public name, derivations excepted."""
    import theory

    found = []
    for info in pkgutil.walk_packages(theory.__path__, "theory."):
        parts = info.name.split(".")
        if "derivations" in parts or "rules" in parts or any(p.startswith("_") for p in parts):
            continue
        module = importlib.import_module(info.name)
        if documented(module):
            found.append(module)
    return found


def documented(module: types.ModuleType) -> dict[str, object]:
    """Return the public functions and classes that a module defines and documents."""
    return {
        name: item
        for name, item in vars(module).items()
        if not name.startswith("_")
        and getattr(item, "__module__", None) == module.__name__
        and (inspect.isfunction(item) or inspect.isclass(item))
        and inspect.getdoc(item)
    }


def module_page(module: types.ModuleType) -> str:
    """Return the page of a module as Markdown."""
    lines = [f"# {module.__name__}", "", _text(docstring(module))]
    for name, item in documented(module).items():
        lines += ["", f"## {name}", "", *_item(name, item)]
        if inspect.isclass(item):
            for method, function in vars(item).items():
                called = getattr(function, "fget", None) or getattr(function, "__func__", function)
                if not method.startswith("_") and inspect.isfunction(called) and called.__doc__:
                    sign = "" if getattr(function, "fget", None) else _signature(called, method)
                    lines += ["", f"### {name}.{method}", ""]
                    lines += [
                        f"```python\n{sign or method}\n```",
                        "",
                        *_doc(docstring(called)),
                    ]
    source = inspect.getsource(module)
    lines += ["", "## Source", "", f":::{{dropdown}} {module.__name__.replace('.', '/')}.py"]
    fence = "````"
    return "\n".join([*lines, f"{fence}python", source.rstrip(), fence, ":::", ""])


def _item(name: str, item) -> list[str]:
    sign = _signature(item, name)
    return [f"```python\n{sign}\n```", "", *_doc(docstring(item))]


def _signature(item, name: str) -> str:
    """Return how a name is called: on one line, or a line for every argument where that is long."""
    try:
        signature = inspect.signature(item)
    except (TypeError, ValueError):
        return f"{name}(...)"
    given = [p for p in signature.parameters.values() if p.name not in ("self", "cls")]
    bare = signature.replace(parameters=[_bare(p) for p in given])
    plain = bare.replace(return_annotation=signature.empty)
    if len(f"{name}{plain}") > LONGEST_SIGNATURE:
        parts = [str(part) for part in plain.parameters.values()]
        kinds = [part.kind for part in given]
        if (
            inspect.Parameter.KEYWORD_ONLY in kinds
            and inspect.Parameter.VAR_POSITIONAL not in kinds
        ):
            parts.insert(kinds.index(inspect.Parameter.KEYWORD_ONLY), "*")
        plain = "(\n    " + ",\n    ".join(parts) + ",\n)"
    shown = re.sub(r"<class '(?:\w+\.)*(\w+)'>", r"\1", f"{name}{plain}")
    return re.sub(r"<[^>]*?(\w+) at 0x\w+>", r"\1", shown)


def _bare(parameter: inspect.Parameter) -> inspect.Parameter:
    """Return a parameter without annotation; a default that fills pages is only hinted at."""
    bare = parameter.replace(annotation=parameter.empty)
    return bare.replace(default=...) if len(repr(bare.default)) > LONGEST_DEFAULT else bare


def docstring(item) -> str:
    """Return the docstring of a name, with lines put together that end in a backslash."""
    return inspect.cleandoc(
        re.sub(r"(?<!\\)\\\n\s*", "", item.__doc__ or inspect.getdoc(item) or "")
    )


def _doc(text: str) -> list[str]:
    doc = NumpyDocString(text)
    lines = [_text("\n".join(doc["Summary"])), "", _text("\n".join(doc["Extended Summary"]))]
    for section in _LISTS:
        if doc[section]:
            lines += ["", f"**{section}**", ""]
            for row in doc[section]:
                words = _text(" ".join(row.desc))
                head = " : ".join(part for part in (row.name, row.type) if part)
                lines.append(f"* `{head}`" + (f": {words}" if words else ""))
    for section in _TEXTS:
        if doc[section]:
            lines += ["", f"**{section}**", ""]
            content = "\n".join(doc[section])
            lines.append(
                f"```pycon\n{content}\n```" if section == "Examples" and ">>>" in content
                else _text(content)
            )  # fmt: skip
    return lines


def _text(text: str) -> str:
    """Return a docstring's reStructuredText as Markdown: code, formulas, tables, and blocks."""
    text = re.sub(r"(\.\. math::) *\n\s*\n", r"\1\n", text)
    paragraphs = []
    for paragraph in re.split(r"\n\s*\n", text):
        lines = [line.rstrip() for line in paragraph.strip("\n").splitlines()]
        if paragraph.lstrip().startswith(".. math::"):
            paragraphs.append(_formula(paragraph.partition("::")[2]))
        elif len(lines) > 2 and _RULE.match(lines[0]) and _RULE.match(lines[-1]):
            paragraphs.append(_table(lines))
        elif paragraph.strip("\n").startswith("    ") or paragraph.rstrip().endswith("::"):
            paragraphs.append(f"```text\n{inspect.cleandoc(paragraph.strip(chr(10)))}\n```")
        else:
            paragraphs.append(_inline("\n".join(line.strip() for line in lines)))
    return "\n\n".join(paragraphs)


def _formula(text: str) -> str:
    rows = " ".join(text.split())
    aligned = re.search(r"(?<!\\)&|\\\\", rows) and "\\begin" not in rows
    return f"$$\n\\begin{{aligned}} {rows} \\end{{aligned}}\n$$" if aligned else f"$$\n{rows}\n$$"


def _inline(text: str) -> str:
    """Return text with its code and formulas; what Markdown would read as markup is escaped."""
    parts = re.split(
        r"(``[^`]+``|:math:`[^`]+`|`[^`]+`|\*\*[^*`]+\*\*|(?<![\w*])\*\w[^*`\n]*(?<=\w)\*(?!\w)|^\* )",
        text,
        flags=re.MULTILINE,
    )
    for k, part in enumerate(parts):
        if part.startswith("``"):
            parts[k] = f"`{part.strip('`')}`"
        elif part.startswith(":math:"):
            parts[k] = f"${part[7:-1]}$"
        elif k % 2 == 0:
            parts[k] = re.sub(r"([\\*_\[\]<|~#$])", r"\\\1", part)
    return "".join(parts)


def _table(lines: list[str]) -> str:
    """Return a simple table; a line that begins with blanks goes on where the one above ended."""
    spans = [match.span() for match in re.finditer("=+", lines[0])]
    heads = next((k for k, line in enumerate(lines[1:-1], 1) if _RULE.match(line)), 1) - 1
    rows: list[list[str]] = []
    for line in (line for line in lines if not _RULE.match(line)):
        cells = re.split(r" {2,}", line.strip())
        if len(cells) != len(spans) or line.startswith(" " * (spans[0][0] + 1)):
            ends = [start for start, _ in spans[1:]] + [len(line)]
            cells = [line[a:b].strip() for (a, _), b in zip(spans, ends, strict=True)]
        if cells[0] or not rows:
            rows.append(cells)
        else:
            rows[-1] = [f"{a} {b}".strip() for a, b in zip(rows[-1], cells, strict=True)]
    head = rows[:1] if heads else [[""] * len(spans)]
    shown = [*head, ["---"] * len(spans), *rows[bool(heads) :]]
    return "\n".join("| " + " | ".join(map(_cell, row)) + " |" for row in shown)


def _cell(text: str) -> str:
    return text if text == "---" else _inline(text)


def reference_index(modules: list[types.ModuleType]) -> str:
    """Return the page that lists all modules with their names."""
    lines = [
        "# API reference",
        "",
        "Every public name of `theory`, from its docstring: shapes, units, ranges, errors, equation and "
        "source.",
        "",
        '<input class="filter" data-filter="tbody tr" type="search" aria-label="Search the names" '
        'placeholder="Search by name"><p class="found" aria-live="polite"></p>',
        "",
        "| module | names |",
        "|---|---|",
    ]
    for module in modules:
        names = ", ".join(
            f'<a href="{module.__name__}.html#{_anchor(name)}">{name}</a>'
            for name in documented(module)
        )
        lines.append(f'| <a href="{module.__name__}.html">{module.__name__}</a> | {names} |')
    return "\n".join(lines) + "\n"


def _anchor(name: str) -> str:
    return name.lower().replace("_", "-")
