"""What slides and handouts share: Markdown with formulas as HTML, and what a lesson shows.

Everything is found in the executed lesson: headings, prose, printed derivations, figures.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from pathlib import Path

from classroom.editions import executed
from classroom.exercises import read_cells
from figures.executed import alt_of

FORMULA = re.compile(r"\$\$.+?\$\$|\$[^$\n]+?\$(?!\d)|\$[^$]+?\$", re.DOTALL)
NUMBER = re.compile(r"\\tag\{[^}]*\}|\\qquad\s*\(\d+\)\s*$")
LIVE = re.compile(r"\b(cells?|rerun|Rerun|Change the value|this notebook|printed below)\b")
MATHJAX = """<script>
window.MathJax = {tex: {inlineMath: [["$", "$"]], displayMath: [["$$", "$$"]]}, svg: {fontCache: "global"},
  startup: {typeset: false}};
</script>
<script src="../lib/tex-svg.js"></script>
"""


@dataclass(frozen=True)
class Piece:
    """A piece of a lesson: `kind` "text", "derivation", "figure" or "play", under its section.

    `text` is Markdown: the prose, the printed derivation, the caption with its claims; `figure` the
    id of a figure, `alt` its description, `picture` the base64 of a picture that is no figure.
    """

    kind: str
    section: str
    text: str
    figure: str = ""
    alt: str = ""
    picture: str = ""


def pieces(source: Path) -> list[Piece]:
    """Return the pieces of an executed lesson in their order, without exercises and references."""
    cells = read_cells(source)
    notebook = executed(source)
    found: list[Piece] = []
    section = ""
    for cell, run in zip(cells, notebook["cells"], strict=True):
        if cell.role:
            continue
        if cell.kind == "markdown":
            for k, part in enumerate(re.split(r"^## (.+)$", cell.text, flags=re.MULTILINE)):
                if k % 2:
                    section = part.strip()
                elif part.strip() or section not in [piece.section for piece in found]:
                    found.append(Piece("text", section, part.strip()))
            continue
        found += [piece for output in run["outputs"] if (piece := _shown(output, section, found))]
    skipped = ("Exercises", "References")
    return [piece for piece in found if piece.section not in skipped]


def _shown(output: dict, section: str, found: list[Piece]) -> Piece | None:
    data, told = output.get("data", {}), output.get("metadata", {})
    if "image/png" in data:
        shown = told.get("image/png", {}).get("alt", "")
        alt = alt_of(told["figure"]) if "figure" in told else shown
        picture = data["image/png"] if isinstance(data["image/png"], str) else "".join(
            data["image/png"])  # fmt: skip
        kind = "figure" if "figure" in told else "play"
        return Piece(kind, section, "", told.get("figure", ""), alt, picture.strip())
    if "text/markdown" in data:
        text = data["text/markdown"]
        text = text if isinstance(text, str) else "".join(text)
        if "figure" in told:  # the caption of the figure before it
            last = found[-1] if found and found[-1].figure == told["figure"] else None
            return Piece("caption", section, text, told["figure"], last.alt if last else "")
        return Piece("derivation", section, text)
    return None


def caption(piece: Piece) -> tuple[str, list[str]]:
    """Return the title of a figure, and what it shows, from its caption."""
    head, _, table = piece.text.partition("| claim |")
    title = re.match(r"\*\*(.+?)\*\*", head)
    rows = [row.split("|")[1].strip() for row in table.splitlines()[2:] if row.startswith("|")]
    said = re.sub(r"^\*\*.+?\*\* \(class .+?\)\. ", "", head.strip(), flags=re.DOTALL)
    said = said.partition("*Departures:*")[0].strip()
    return (title[1] if title else piece.figure), [said, *rows]


def results(text: str) -> tuple[str, str, str]:
    """Return title, counts and the last displayed equation of a printed derivation."""
    title = re.match(r"\*\*(.+?)\*\* \((.+?)\)", text)
    equations = re.findall(r"\$\$(.+?)\$\$", text, flags=re.DOTALL)
    if not (title and equations):
        return "", "", ""
    return title[1], title[2], NUMBER.sub("", equations[-1]).strip()


def to_html(text: str) -> str:
    """Return Markdown as HTML, its formulas untouched."""
    from nbconvert.filters.markdown import markdown2html

    kept: list[str] = []

    def keep(match: re.Match) -> str:
        kept.append(html.escape(match[0], quote=False))
        return f"FORMULA{len(kept) - 1}X"

    done = markdown2html(FORMULA.sub(keep, text))
    return re.sub(r"FORMULA(\d+)X", lambda match: kept[int(match[1])], done)


def first_sentences(text: str, words: int) -> str:
    """Return the sentences of a paragraph that fit into so many words; at least the first."""
    every = re.split(r"(?<=[.!?:])\s+(?=[A-Z*$])", " ".join(text.split()))
    sentences = [sentence for sentence in every if not LIVE.search(sentence)] or every[:1]
    taken = [sentences[0]]
    for sentence in sentences[1:]:
        if len(" ".join([*taken, sentence]).split()) > words:
            break
        taken.append(sentence)
    said = " ".join(taken)
    return said[:-1] + "." if said.endswith(":") else said
