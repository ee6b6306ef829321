"""What the site shows for use in class: the pages of `classroom`, and no entry where there are none."""

from __future__ import annotations

from pathlib import Path

from figures.inventory import ROOT

FOLDER = ROOT / "classroom"
BEFORE = "\nfigures/index\n"  # in the list of the home page; the entry stands before it


def sources(folder: Path = FOLDER) -> dict[str, Path]:
    """Return name -> file of every page for use in class, Markdown below a folder, in order."""
    found = {
        path.relative_to(folder).with_suffix("").as_posix(): path for path in folder.rglob("*.md")
    }
    return dict(sorted(found.items(), key=lambda row: (row[0] != "index", row[0])))


def pages(folder: Path = FOLDER) -> dict[str, str]:
    """Return page "class/<name>" -> its Markdown, and "class/index" in front.

    `index.md` is taken as it stands, with the list of the others below it; without one a title is
    written. Links between the pages are theirs to keep.
    """
    read = {name: path.read_text(encoding="utf-8") for name, path in sources(folder).items()}
    if not read:
        return {}
    head = read.pop("index", "# In class\n\nPlans and material for teaching.\n")
    others = "\n".join(read)
    listed = f"\n```{{toctree}}\n:maxdepth: 1\n\n{others}\n```\n" if read else ""
    return {"class/index": head.rstrip() + "\n" + listed} | {
        f"class/{n}": t for n, t in read.items()
    }


def linked(home: str, folder: Path = FOLDER) -> str:
    """Return the home page with "In class" in its list, if there are pages to show.

    Raises
    ------
    ValueError
        If the home page has no place for it.
    """
    if home.count(BEFORE) != 1:
        raise ValueError(f"the home page must list {BEFORE.strip()} once")
    entry = "\nIn class <class/index>" if sources(folder) else ""
    return home.replace(BEFORE, entry + BEFORE)
