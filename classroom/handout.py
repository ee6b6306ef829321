"""Handouts: two pages a lesson, as a page for the browser and, where Chromium is, as PDF."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from classroom.course import Note, subject_title
from classroom.exercises import read_exercises, subject_of
from classroom.pages import MATHJAX, caption, pieces, results, to_html
from figures.inventory import ROOT
from figures.lab.start_page import read_lesson

STYLE = Path(__file__).parent / "handout.css"
PAGES = 2
MOST_FIGURES, MOST_RESULTS = 4, 6
LONGEST = 420  # characters of an equation in a column
DATE = re.compile(rb"/(CreationDate|ModDate) \(D:[^)]*\)")
FIT = """<script>
MathJax.startup.promise.then(() => MathJax.typesetPromise()).then(() => {
  document.querySelectorAll("mjx-container[display=true] > svg").forEach(e => e.style.maxWidth = "100%");
  const body = document.querySelector("main"), page = 10.4 * 96;  // of A4, in pixels
  for (let size = 10; size >= 6.5; size -= 0.25) {
    body.style.fontSize = size + "pt";
    if (body.scrollHeight <= 2 * page * 0.93) break;
  }
  document.body.dataset.ready = "yes";
});
</script>
"""


def chromium() -> str | None:
    """Return the browser that prints, or None."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


def handout_page(source: Path, note: Note | None) -> str:
    """Return the handout of a lesson: aims, summary, symbols, results, figures, exercises."""
    lesson, found = read_lesson(source), pieces(source)
    opening = found[0].text
    aims = re.search(r"\*\*After this lesson you can\*\*(.+?)\n\n", opening, flags=re.DOTALL)
    blocks = [f"<p><b>You can then</b> {_inline(' '.join(aims[1].split()))}</p>" if aims else ""]
    if note:
        blocks.append(f"<h2>In short</h2>{to_html(note.summary)}")
    table = re.search(r"^\|.+?(?=\n\n|\Z)", opening, flags=re.DOTALL | re.MULTILINE)
    if table:
        blocks.append(f"<h2>Symbols</h2>{to_html(table[0])}")
    derived = [results(piece.text) for piece in found if piece.kind == "derivation"]
    derived = [row for row in derived if row[0] and len(row[2]) <= LONGEST][:MOST_RESULTS]
    if derived:
        blocks.append("<h2>Results, proved in the lesson</h2>")
        blocks += [f"<p>{_inline(title)}:</p><div>$$ {html.escape(equation, quote=False)} $$</div>"
                   for title, _, equation in derived]  # fmt: skip
    captions = {piece.figure: piece for piece in found if piece.kind == "caption"}
    shown = [piece for piece in found if piece.kind == "figure"][:MOST_FIGURES]
    if shown:
        blocks.append("<h2>Figures</h2>")
    for piece in shown:
        title, said = caption(captions[piece.figure])
        address = (ROOT / "figures" / f"{piece.figure}.png").as_posix()
        blocks.append(f'<figure><img src="PICTURES{address}" alt="{html.escape(piece.alt)}">'
                      f"<figcaption><b>{_inline(title)}.</b> {_inline(said[0])}</figcaption></figure>")  # fmt: skip
    exercises = read_exercises(source)
    if exercises:
        blocks.append("<h2>Exercises</h2>")
        blocks += [to_html(re.sub(r"^### Exercise (\d+): (.+)$", r"**\1. \2**", exercise.question,
                                  flags=re.MULTILINE)) for exercise in exercises]  # fmt: skip
    if note and note.ask:
        asked = "".join(f"<li>{_inline(question)}</li>" for question in note.ask)
        blocks.append(f"<h2>To think about</h2><ul>{asked}</ul>")
    part = html.escape(subject_title(subject_of(source)))
    plain = html.escape(re.sub(r"[$\\]", "", lesson.title))
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>{plain}</title>
<link rel="stylesheet" href="../lib/handout.css">
{MATHJAX}</head>
<body>
<header><p>{part}</p><h1>{_inline(lesson.title)}</h1></header>
<main>
{chr(10).join(block for block in blocks if block)}
</main>
{FIT}</body>
</html>
"""


def with_pictures(page: str) -> tuple[str, dict[str, bytes]]:
    """Return the page with addresses beside it, and the pictures that it shows by name."""
    pictures = {}

    def place(match: re.Match) -> str:
        path = Path(match[1])
        name = path.relative_to(ROOT / "figures").as_posix()
        pictures[name] = path.read_bytes()
        return f'src="../pictures/{name}"'

    return re.sub(r'src="PICTURES([^"]+)"', place, page), pictures


def print_pdf(page: Path, target: Path) -> int:
    """Print a page with Chromium; return the number of pages.

    Raises
    ------
    RuntimeError
        If nothing was printed, or more than two pages.
    """
    with tempfile.TemporaryDirectory() as profile:
        command = [
            chromium(), "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run",
            f"--user-data-dir={profile}", "--allow-file-access-from-files",
            "--no-pdf-header-footer", "--virtual-time-budget=60000",
            f"--print-to-pdf={target}", page.as_uri(),
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    if not target.is_file():
        raise RuntimeError(f"{page.name} was not printed: {done.stderr[-300:]}")
    content = target.read_bytes()
    # The hour of printing is all that differs between two runs; the length stays the same.
    content = DATE.sub(
        lambda m: m[0][: m[0].index(b"D:") + 2] + b"20260101000000+00'00'" + b")", content
    )
    target.write_bytes(content)
    count = len(re.findall(rb"/Type\s*/Page\b", content))
    if count > PAGES:
        raise RuntimeError(f"the handout {page.stem} has {count} pages")
    return count


def _inline(text: str) -> str:
    return re.sub(r"^<p>|</p>$", "", to_html(text).strip())
