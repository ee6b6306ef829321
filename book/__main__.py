"""Write the pages of the course site and let Sphinx put them together: `python -m book`.

.build/book/source   what Sphinx reads       .build/book/site   what a browser opens
.build/book/extra    files shipped as they are: pictures, numbers, lessons, MathJax
.build/book/complex-synapses.zip   the site as one file, to be opened from a folder
"""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
import time
import zipfile
from pathlib import Path

from figures import course
from figures.check import report
from figures.files import BUILD, fresh_folder, write_atomic
from figures.inventory import ROOT, load_inventory, load_unknown, notebook_figures
from figures.lab.start_page import PARTS, SUBJECTS, lessons

FOLDER = BUILD / "book"
SOURCE, EXTRA, SITE = FOLDER / "source", FOLDER / "extra", FOLDER / "site"
ARCHIVE = FOLDER / "complex-synapses.zip"
WORDS = Path(__file__).parent / "words"
ALONE = "---\norphan: true\n---\n\n"  # found from its index, not listed in the margin of every page


def write_sources() -> dict[str, int]:
    """Write all pages and shipped files; return how many of each kind."""
    from book import classroom, equations, errata, gallery, live, live_lessons, notation, reference
    from book import course as parts
    from book import lessons as pages

    source, extra = fresh_folder(SOURCE), fresh_folder(EXTRA)
    inventory = load_inventory()
    entries = [entry for entry in inventory.values() if entry.done]
    works, by_lesson = course.WORKS, notebook_figures(inventory)
    by_subject = lessons(ROOT)
    titles = {
        pages.stem(lesson.source): lesson.title for row in by_subject.values() for lesson in row
    }

    def page(name: str, text: str) -> None:
        write_atomic(source / f"{name}.md", text.encode())

    every = equations.all_equations()
    proofs = live.ship_python(extra)
    if not proofs:
        print("nothing runs in the browser: the npm package pyodide could not be had")
    shipped = proofs and live_lessons.ship(extra)
    running = live_lessons.live_lessons() if proofs else {}
    figures = {name: [entry.id for entry in made] for name, made in by_lesson.items()}
    for derivation in every:
        section = live.proof_section(derivation) if proofs else ""
        page(derivation.page, ALONE + equations.equations_page(derivation, section, figures))
    page("equations/index", equations.equations_index(every, SUBJECTS))

    addresses = {derivation.title: derivation.page for derivation in every}
    for row in by_subject.values():
        for lesson in row:
            name = pages.stem(lesson.source)
            run = live_lessons.section(name, running[name], shipped) if name in running else ""
            made = pages.lesson_page(lesson, name, by_lesson[name], addresses, run)
            content = json.dumps(made.notebook, ensure_ascii=False).encode()
            write_atomic(source / "lessons" / f"{name}.ipynb", content)
            for file, picture in made.pictures.items():
                write_atomic(extra / "pictures" / file, picture)
            for suffix in (".py", ".ipynb"):
                shipped = extra / "files" / "lessons" / f"{name}{suffix}"
                write_atomic(shipped, lesson.source.with_suffix(suffix).read_bytes())

    for entry in entries:
        page(f"figures/{entry.id}", ALONE + gallery.figure_page(entry, works, titles))
        for name, content in gallery.figure_files(entry).items():
            write_atomic(extra / name, content)
    page("figures/index", gallery.gallery(entries, works, SUBJECTS))

    modules = reference.public_modules()
    for module in modules:
        page(f"api/{module.__name__}", ALONE + reference.module_page(module))
    page("api/index", reference.reference_index(modules))

    page("notation", notation.notation_page(every, SUBJECTS))
    page("errata", errata.errata_page(entries, load_unknown(), SUBJECTS))
    page("lessons/index", parts.course_page(by_subject, PARTS, running))
    for_class = classroom.pages()
    for words in sorted(WORDS.rglob("*.md")):
        name = words.relative_to(WORDS).with_suffix("").as_posix()
        text = words.read_text(encoding="utf-8")
        if name == "index":
            text = classroom.linked(text, for_class) + _contents(by_subject, pages.stem)
        page(name, text)
    for name, text in for_class.items():
        page(name, text)
    guide = "how_to_write_a_derivation"
    page(guide, (Path(__file__).parent / f"{guide}.md").read_text(encoding="utf-8"))
    _ship_mathjax(extra)
    return {
        "lessons": len(titles), "figures": len(entries), "derivations": len(every),
        "modules": len(modules),
    }  # fmt: skip


def _contents(by_subject, stem) -> str:
    """Return what the home page lists in the margin of every page: the lessons by subject."""
    blocks = [
        "\n".join(["", "```{toctree}", ":hidden:", f":caption: {PARTS[subject]}", "",
                   *(f"lessons/{stem(lesson.source)}" for lesson in row), "```"])
        for subject, row in by_subject.items() if row
    ]  # fmt: skip
    return "\n".join(blocks) + "\n"


def _ship_mathjax(extra: Path) -> None:
    spec = importlib.util.find_spec("sphinx-mathjax-offline")
    folder = Path(spec.submodule_search_locations[0]) / "static" / "mathjax"
    (extra / "_static").mkdir(parents=True, exist_ok=True)
    shutil.copyfile(folder / "tex-svg.js", extra / "_static" / "tex-svg.js")


def run_sphinx() -> None:
    """Build the site; a warning is an error.

    Raises
    ------
    RuntimeError
        With what Sphinx said.
    """
    shutil.rmtree(SITE, ignore_errors=True)
    command = [
        sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-j", "2", "-b", "html",
        "-c", str(Path(__file__).parent), "-d", str(FOLDER / "doctrees"), str(SOURCE), str(SITE),
    ]  # fmt: skip
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise RuntimeError(done.stdout[-6000:])


def pack() -> None:
    """Write the site as one archive, the same bytes for the same pages."""
    with zipfile.ZipFile(ARCHIVE, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in sorted(SITE.rglob("*")):
            if path.is_file():
                name = f"complex-synapses/{path.relative_to(SITE).as_posix()}"
                info = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
                info.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(info, path.read_bytes())


def main() -> int:
    """Build the site; return the exit status."""
    started = time.perf_counter()
    if report():
        print("the site shows only what is current: say make figures first")
        return 1
    FOLDER.mkdir(parents=True, exist_ok=True)
    counts = write_sources()
    print(", ".join(f"{number} {kind}" for kind, number in counts.items()), flush=True)
    try:
        run_sphinx()
    except RuntimeError as error:
        print(f"Sphinx failed:\n{error}")
        return 1
    pack()
    pages = sum(1 for _ in SITE.rglob("*.html"))
    size = ARCHIVE.stat().st_size / 1e6
    print(f"{pages} pages in {time.perf_counter() - started:.0f} s: {SITE / 'index.html'}")
    print(f"as one file of {size:.0f} MB: {ARCHIVE}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
