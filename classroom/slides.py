"""Slides of a lesson: one idea each, figures large, the lesson's prose as notes (key S).

They are made with reveal.js (an npm package) and MathJax, both shipped inside: no network is
needed to show them.
"""

from __future__ import annotations

import html
import io
import re
import shutil
import subprocess
import tarfile
import tempfile
from importlib.util import find_spec
from pathlib import Path

from classroom.course import Note, subject_title
from classroom.exercises import Exercise, read_exercises, subject_of
from classroom.pages import MATHJAX, Piece, caption, first_sentences, pieces, results, to_html
from figures.files import BUILD, digest, write_atomic
from figures.inventory import ROOT
from figures.lab.start_page import read_lesson

REVEAL = "6.0.2"
STORED = BUILD / f"reveal.js-{REVEAL}.tgz"
WANTED = {
    "dist/reveal.js": "reveal.js", "dist/reveal.css": "reveal.css", "dist/reset.css": "reset.css",
    "dist/plugin/notes.js": "notes.js", "LICENSE": "reveal-LICENSE.txt",
}  # fmt: skip
STYLE = Path(__file__).parent / "slides.css"
WORDS = 45  # on a slide of prose
LONGEST = 900  # characters of an equation that a slide can hold
LARGEST_SVG = 400_000  # bytes; a larger drawing is shown as its PNG


def reveal_files() -> dict[str, bytes] | None:
    """Return name -> content of what slides need, or None where npm cannot provide reveal.js."""
    if not STORED.is_file():
        if shutil.which("npm") is None:
            return None
        with tempfile.TemporaryDirectory() as folder:
            command = ["npm", "pack", "--silent", f"reveal.js@{REVEAL}"]
            if subprocess.run(command, cwd=folder, capture_output=True).returncode:
                return None
            write_atomic(STORED, next(Path(folder).glob("*.tgz")).read_bytes())
    with tarfile.open(fileobj=io.BytesIO(STORED.read_bytes())) as package:
        files = {name: package.extractfile(f"package/{path}").read()
                 for path, name in WANTED.items()}  # fmt: skip
    return files | {"slides.css": STYLE.read_bytes(), "tex-svg.js": mathjax()}


def mathjax() -> bytes:
    """Return MathJax as one file."""
    folder = Path(find_spec("sphinx-mathjax-offline").submodule_search_locations[0])
    return (folder / "static" / "mathjax" / "tex-svg.js").read_bytes()


def slides_page(source: Path, note: Note | None) -> tuple[str, dict[str, bytes]]:
    """Return the slides of a lesson as a page, and the pictures that it shows by name."""
    lesson, pictures = read_lesson(source), {}
    shown: list[str] = []
    found = pieces(source)
    opening = next((piece.text for piece in found if piece.kind == "text"), "")
    shown.append(_title(lesson, source, opening))
    last = None
    for place, piece in enumerate(found):
        before = found[place - 1] if place else piece
        after = found[place + 1] if place + 1 < len(found) else piece
        if place == 0:
            shown += _prose(piece, "The question", skip_head=True)
        elif piece.kind == "text" and after.kind != "derivation":
            shown += _prose(piece, "" if piece.section == last else piece.section)
        elif piece.kind == "derivation":
            shown.append(_derivation(piece, before.text if before.kind == "text" else ""))
        elif piece.kind == "figure":
            shown.append(_figure(piece, after, pictures))
        elif piece.kind == "play":
            shown.append(_play(piece, source, pictures))
        last = piece.section
    if note:
        belief = "".join(f"<li>{_inline(wrong)}</li>" for wrong, _ in note.beliefs)
        cures = " ".join(f"Cured by the section {cure}." for _, cure in note.beliefs)
        shown.append(_slide("True or false?", f"<ul>{belief}</ul>", cures))
    shown += [_exercise(exercise) for exercise in read_exercises(source)]
    if note:
        concepts = f"<p class='new'>New: {', '.join(map(_inline, note.concepts))}</p>"
        shown.append(_slide("Summary", to_html(note.summary) + concepts, ""))
    return _page(lesson.title, [slide for slide in shown if slide]), pictures


def _title(lesson, source: Path, opening: str) -> str:
    aims = re.search(r"\*\*After this lesson you can\*\*(.+?)\n\n", opening, flags=re.DOTALL)
    said = f"After this lesson you can {' '.join(aims[1].split())}" if aims else ""
    part = subject_title(subject_of(source))
    return (f'<section class="title"><p class="part">{html.escape(part)}</p>'
            f"<h1>{_inline(lesson.title)}</h1>{to_html(said)}"
            f"<p class='part'>{lesson.minutes} minutes</p></section>")  # fmt: skip


def _prose(piece: Piece, heading: str, skip_head: bool = False) -> list[str]:
    """Return slides of a piece of prose: what leads it, then each table and long list alone."""
    blocks = [block.strip() for block in re.split(r"\n\s*\n", piece.text) if block.strip()]
    if skip_head:
        blocks = [b for b in blocks if not b.startswith(("# ", "**After this lesson", "*"))]
    leading, alone, words = [], [], 0
    for block in blocks:
        if block.startswith("|"):
            alone.append((heading or piece.section, to_html(block)))
        elif re.match(r"[*\-] |\d+\. ", block):
            leads = re.split(r"\n(?=[*\-] |\d+\. )", block)
            short = "\n".join(f"* {_lead(lead)}" for lead in leads[:6])
            alone.append((heading or piece.section, to_html(short)))
        elif words < WORDS:
            said = block if block.startswith("$$") else first_sentences(block, WORDS - words)
            words += 0 if block.startswith("$$") else len(said.split())
            leading += [said] if said.startswith("$$") or len(said.split()) > 6 else []
    shown = []
    if leading and (heading or words >= 8):
        shown.append(_slide(heading or piece.section, to_html("\n\n".join(leading)), piece.text))
    return shown + [_slide(head, body, piece.text) for head, body in alone]


def _lead(item: str) -> str:
    text = re.sub(r"^([*\-]|\d+\.) +", "", " ".join(item.split()))
    return first_sentences(text, 22)


def _derivation(piece: Piece, leading: str) -> str:
    """Return the slide of a printed derivation: what leads to it, and its result."""
    title, counts, equation = results(piece.text)
    if not title:
        return ""
    paragraph = next(
        (b for b in leading.split("\n\n") if not b.startswith(("$$", "|", "*", "-"))), ""
    )
    said = to_html(first_sentences(paragraph, WORDS)) if paragraph else ""
    size = "small" if len(equation) > 260 else ""
    body = f'<div class="{size}">$$ {html.escape(equation, quote=False)} $$</div>'
    if len(equation) > LONGEST:
        body = "<p>The result is printed in the lesson: it is longer than a slide.</p>"
    counted = f"<p class='counts'>{html.escape(counts)}</p>"
    return _slide(title, said + body + counted, f"{leading}\n\n{piece.text}")


def _figure(piece: Piece, after: Piece, pictures: dict[str, bytes]) -> str:
    """Return the slide of a figure: as large as can be, with one sentence; its claims as notes."""
    title, said = caption(after)
    drawing = ROOT / "figures" / f"{piece.figure}.svg"
    suffix = ".svg" if drawing.is_file() and drawing.stat().st_size < LARGEST_SVG else ".png"
    pictures[f"{piece.figure}{suffix}"] = drawing.with_suffix(suffix).read_bytes()
    picture = (f'<img class="large" src="../pictures/{piece.figure}{suffix}" '
               f'alt="{html.escape(piece.alt)}">')  # fmt: skip
    notes = "\n\n".join([*said[:1], *(f"* {claim}" for claim in said[1:]), piece.alt])
    label = re.match(
        r"Fig\.|Table|[A-Z]+[-. ]?\d|[A-Z]+-[a-z]\b", title
    )  # of the paper, not a title
    heading = piece.section if label else title
    below = f'<p class="below">{_inline(first_sentences(said[0], 30))}</p>' if said[0] else ""
    return _slide(heading, picture + below, notes, "figure")


def _play(piece: Piece, source: Path, pictures: dict[str, bytes]) -> str:
    import base64

    content = base64.b64decode(piece.picture)
    name = f"{source.parent.name}/play-{digest(content)[:10]}.png"
    pictures[name] = content
    alt = html.escape(piece.alt or "Drawings with one parameter varied.")
    return _slide(piece.section, f'<img class="large" src="../pictures/{name}" alt="{alt}">', "",
                  "figure")  # fmt: skip


def _exercise(exercise: Exercise) -> str:
    question = re.sub(r"^### .+\n", "", exercise.question.split("of 3*", 1)[1].strip())
    facts = f"{exercise.kind}, {exercise.minutes} minutes, {exercise.points} points"
    return _slide(f"Exercise {exercise.id}: {exercise.title}",
                  f'<p class="counts">{facts}</p><div class="small">{to_html(question)}</div>', "")  # fmt: skip


def _slide(heading: str, body: str, notes: str, kind: str = "") -> str:
    aside = f'<aside class="notes">{to_html(notes)}</aside>' if notes else ""
    mark = f' class="{kind}"' if kind else ""
    return f"<section{mark}><h2>{_inline(heading)}</h2>{body}{aside}</section>"


def _inline(text: str) -> str:
    return re.sub(r"^<p>|</p>$", "", to_html(text).strip())


def _page(title: str, shown: list[str]) -> str:
    plain = html.escape(re.sub(r"[$\\]", "", title))
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{plain}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="../lib/reset.css">
<link rel="stylesheet" href="../lib/reveal.css">
<link rel="stylesheet" href="../lib/slides.css">
{MATHJAX}</head>
<body>
<div class="reveal"><div class="slides">
{chr(10).join(shown)}
</div></div>
<script src="../lib/reveal.js"></script>
<script src="../lib/notes.js"></script>
<script>
MathJax.startup.promise.then(() => MathJax.typesetPromise()).then(() => {{
  Reveal.initialize({{hash: true, slideNumber: "c/t", transition: "none", width: 1280, height: 720,
    margin: 0.03, plugins: [RevealNotes]}}).then(() => document.body.dataset.ready = "yes");
}});
</script>
</body>
</html>
"""
