"""Executed lessons as pages: pictures with their alt text, long cells and solutions folded."""

from __future__ import annotations

import base64
import copy
import html
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from book.equations import tagged
from classroom.course import footer, notes
from classroom.exercises import name_of
from figures.executed import alt_of
from figures.frames import words
from figures.inventory import Entry
from figures.lab.start_page import Lesson

OTHER = "Drawing made by the cell above; the text beside it says what it shows."
FOLDED = {"solution": "the solution", "mistakes": "typical mistakes"}  # cells by tag
LIVE = '<p class="aside"><a href="#live">Other values: run this lesson here and change the cell</a></p>'
LONGEST_OPEN = 12  # lines of a cell that is shown unfolded
STATUSES = ("proved", "checked", "definition", "assumption", "quoted result")


@dataclass(frozen=True)
class Page:
    """A lesson of the site.

    `notebook` is what Sphinx reads, `pictures` the extra pictures by name, `counts` how many steps
    of its derivations were proved, checked or put in.
    """

    notebook: dict
    pictures: dict[str, bytes]
    counts: dict[str, int]


def lesson_page(
    lesson: Lesson, name: str, entries: list[Entry], equations: Mapping[str, str], live: str = ""
) -> Page:
    """Return the page of an executed lesson.

    Parameters
    ----------
    lesson : Lesson
        Its `.ipynb` lies beside its source.
    name : str
        "<paper>/<stem>"; the page lies at lessons/<name>.
    entries : list of Entry
        The figures that it makes.
    equations : mapping
        Title of a derivation -> its page, relative to the root of the site.
    live : str
        The part with which the lesson is run in the browser, where it can be.
    """
    notebook = json.loads(lesson.source.with_suffix(".ipynb").read_bytes())
    known = {entry.id for entry in entries}
    pictures: dict[str, bytes] = {}
    counts: dict[str, int] = {}
    cells = []
    for cell in notebook["cells"]:
        cell = copy.deepcopy(cell)
        cell["metadata"] = {"tags": list(cell["metadata"].get("tags", []))}
        if cell["cell_type"] == "markdown":
            cell["source"] = _links(_text(cell["source"]))
            if "solution" in cell["metadata"]["tags"]:
                cell["source"] = f"````{{dropdown}} Show the solution\n{cell['source']}\n````"
        else:
            _fold(cell)
            outputs = []
            for output in cell["outputs"]:
                outputs += _shown(output, cell, name, known, pictures, counts, equations)
                if live and _describes(output):
                    outputs.append(_display({"text/html": LIVE}))
            cell["outputs"] = outputs
        cells.append(cell)
    cells[0]["source"] = _with_badges(cells[0]["source"], lesson, name, len(entries), counts, live)
    page = {"cells": cells, "metadata": _METADATA, "nbformat": 4, "nbformat_minor": 5}
    page["cells"].append(_ending(lesson.source))
    for number, cell in enumerate(page["cells"]):
        cell["id"] = f"cell-{number}"
    return Page(page, pictures, counts)


_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def _ending(source: Path) -> dict:
    """Return the last cell: what remains of the lesson, and links to those before and after it."""
    text = _links(footer(source, notes().get(name_of(source))))
    return {"cell_type": "markdown", "metadata": {"tags": []}, "source": text}


def _text(source) -> str:
    return source if isinstance(source, str) else "".join(source)


def _fold(cell) -> None:
    lines = _text(cell["source"]).count("\n") + 1
    tags = cell["metadata"]["tags"]
    folded = next((word for tag, word in FOLDED.items() if tag in tags), "")
    if folded:
        tags.append("hide-cell")
        cell["metadata"]["mystnb"] = {"code_prompt_show": f"Show {folded}"}
    elif lines > LONGEST_OPEN:
        tags.append("hide-input")
        cell["metadata"]["mystnb"] = {"code_prompt_show": f"Show the code ({lines} lines)"}


def _shown(output, cell, name, known, pictures, counts, equations) -> list[dict]:
    """Return what the site shows of one output of a cell."""
    data = output.get("data", {})
    if "image/png" in data:
        id = output["metadata"].get("figure", "")
        if id in known:
            picture = _image(f"../../pictures/{id}.png", alt_of(id))
            link = f'<a class="figure" href="../../figures/{id}.html">{picture}</a>'
            return [_display({"text/html": link})]
        file = f"{name.replace('/', '-')}-{len(pictures) + 1}.png"
        pictures[file] = base64.b64decode(_text(data["image/png"]))
        told = output["metadata"].get("explore")
        frames = [words(o) for o in cell["outputs"] if _describes(o)]
        alt = output["metadata"].get("image/png", {}).get("alt", "")
        alt = " ".join([alt.partition(";")[0] + "."] + frames[0]) if told else alt
        picture = _image(f"../../pictures/{file}", alt or OTHER)
        return [_display({"text/html": _touch(picture, told, frames[0]) if told else picture})]
    if "text/markdown" in data:
        text = _text(data["text/markdown"])
        for number, status in re.findall(rf"(\d+) ({'|'.join(STATUSES)})s?\b", text[:400]):
            counts[status] = counts.get(status, 0) + int(number)
        text = tagged(text)
        title = re.match(r"\*\*(.+?)\*\* \(", text)
        page = equations.get(title[1]) if title else None
        if page:
            text += (
                f'\n<p class="aside"><a href="../../{page}.html">Page of this derivation</a></p>\n'
            )
        if "figure" in output.get("metadata", {}):
            return [_display({"text/markdown": _claims(text, output["metadata"]["figure"])})]
        return [_display({"text/markdown": _links(text)})]
    if output["output_type"] == "stream":
        return [output]
    plain = _text(data.get("text/plain", ""))
    return [_display({"text/plain": plain})] if plain else []


def _display(data) -> dict:
    return {"output_type": "display_data", "data": data, "metadata": {}}


def _image(address: str, alt: str) -> str:
    return f'<img src="{address}" alt="{html.escape(alt)}" loading="lazy">'


def _describes(output) -> bool:
    return output.get("metadata", {}).get("explore") == "words"


def _touch(picture: str, told: dict, lines: Sequence[str]) -> str:
    """Return a picture of small multiples as frames behind a slider; without script, whole."""
    facts = html.escape(json.dumps(told | {"words": list(lines)}))
    return (
        f'<div class="touch" data-facts="{facts}">{picture}'
        f"<label hidden>{html.escape(told['name'])} = <output></output> "
        f'<input type="range" min="0" max="{len(told["values"]) - 1}" value="0"></label>'
        '<p class="aside" aria-live="polite" hidden></p></div>'
    )


def _claims(text: str, id: str) -> str:
    """Return the caption with its claims folded and its links turned to the site's own."""
    text = text.replace(f"](../../figures/{id}.json)", f"](../../files/{id}.json)")
    head, table, rows = text.partition("\n| claim |")
    head = re.sub(
        r"\[drawing\]\(.*?\), \[record\]\(.*?\)",
        f'<a href="../../figures/{id}.html">figure page: numbers, drawing, claims</a>',
        head,
    )
    if not table:
        return head
    number = len(rows.strip().splitlines()) - 2
    held = f"{number} claim{'s' if number > 1 else ''} held"
    opened = f":::{{dropdown}} {held}\n|claim|"
    return f"{head}\n\n{opened}{rows.rstrip()}\n:::\n"


def _links(text: str) -> str:
    """Turn links to files of the repository into links to the pages of the site."""
    text = re.sub(
        r"\[([^\]]+)\]\((?:\.\./)*figures/(\w+/\w+)\.(?:py|png|svg|json|csv)\)",
        r'<a href="../../figures/\2.html">\1</a>',
        text,
    )
    text = re.sub(
        r"\[([^\]]+)\]\(\.\./\.\./book/(\w+)\.md\)", r'<a href="../../\2.html">\1</a>', text
    )
    return re.sub(r"\]\((?:\.\./\.\./notebooks/|\.\./)?(\w+/)?(\d_\w+)\.ipynb\)",
                  lambda m: f"](../{m[1]}{m[2]}.ipynb)" if m[1] else f"]({m[2]}.ipynb)", text)  # fmt: skip


def _with_badges(source: str, lesson: Lesson, name: str, figures: int, counts, live="") -> str:
    """Return the first cell with a line of facts under its title, and the button to run it."""
    title, _, rest = source.partition("\n")
    facts = [f"{lesson.minutes} minutes"] if lesson.minutes else []
    facts += [f"{figures} figures"]
    facts += [f"{counts[s]} steps {s}" if s in ("proved", "checked") else
              f"{counts[s]} {s}{'s' * (counts[s] > 1)}" for s in STATUSES if counts.get(s)]  # fmt: skip
    badges = " ".join(f'<span class="badge">{fact}</span>' for fact in facts)
    files = (
        f'<a href="../../files/lessons/{name}.ipynb" download>notebook</a> '
        f'<a href="../../files/lessons/{name}.py" download>source</a>'
    )
    return f'{title}\n\n<p class="facts">{badges} {files}</p>\n\n{live}\n{rest}'


def stem(path: Path) -> str:
    """Return "<paper>/<stem>" of a lesson's source."""
    return f"{path.parent.name}/{path.stem}"
