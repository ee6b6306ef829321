"""Read the built site as a browser and a screen reader would: `python -m book.check`.

Every link and anchor leads somewhere, every picture has its text, headings come in order, the language
is said, and nothing is fetched from elsewhere.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

from book.__main__ import SITE

LARGEST = 1_200_000  # bytes of a page
_FETCHED = {"script": "src", "img": "src", "iframe": "src", "source": "src", "embed": "src"}
_STYLES = re.compile(r"url\(\s*['\"]?(https?:)?//|@import\s+['\"](https?:)?//")


@dataclass
class Page(HTMLParser):
    """What matters of one page."""

    ids: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    headings: list[int] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def __post_init__(self):
        HTMLParser.__init__(self)
        self.main = 0

    __hash__ = object.__hash__

    def handle_starttag(self, tag, attributes):
        told = dict(attributes)
        if "id" in told:
            self.ids.add(told["id"])
        if tag == "html" and not told.get("lang"):
            self.problems.append("no language is said")
        if tag == "a" and told.get("href"):
            self.links.append(told["href"])
        if tag == "link" and told.get("href") and "canonical" not in told.get("rel", ""):
            self.fetched.append(told["href"])
        if tag in _FETCHED and told.get(_FETCHED[tag]):
            self.fetched.append(told[_FETCHED[tag]])
        if tag == "img" and not (told.get("alt") or "").strip():
            self.problems.append(f"a picture without text: {told.get('src')}")
        if tag == "article":
            self.main += 1
        if self.main and re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))

    def handle_endtag(self, tag):
        self.main -= tag == "article"


def read(path: Path) -> Page:
    """Parse one page."""
    page = Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page


def problems(site: Path = SITE) -> list[str]:
    """Return one line for everything that is wrong in the site below a folder."""
    paths = [path for path in sorted(site.rglob("*.html")) if "_static" not in path.parts]
    pages = {path: read(path) for path in paths}
    if not pages:
        return [f"no site in {site.name}: say make book first"]
    found = []
    for path, page in pages.items():
        name = path.relative_to(site).as_posix()
        found += [f"{name}: {problem}" for problem in page.problems]
        if path.stat().st_size > LARGEST:
            found.append(f"{name}: {path.stat().st_size} bytes; at most {LARGEST}")
        if page.headings and page.headings.count(1) != 1:
            found.append(f"{name}: {page.headings.count(1)} headings of the first level")
        jumps = zip(page.headings, page.headings[1:], strict=False)
        if any(after > before + 1 for before, after in jumps):
            found.append(f"{name}: a level of headings is left out: {page.headings}")
        found += [f"{name}: fetches {a}" for a in page.fetched if urlsplit(a).netloc]
        found += [
            f"{name}: {address} leads nowhere"
            for address in dict.fromkeys(page.links + page.fetched)
            if not _leads(address, path, page, pages)
        ]
    for path in site.rglob("*.css"):
        if _STYLES.search(path.read_text(encoding="utf-8", errors="replace")):
            found.append(f"{path.relative_to(site)}: a style fetches from elsewhere")
    return found


def _leads(address: str, path: Path, page: Page, pages: dict[Path, Page]) -> bool:
    parts = urlsplit(address)
    if parts.scheme or parts.netloc:  # a reader may follow a link out; nothing is fetched
        return True
    target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if target.is_dir():
        target /= "index.html"
    if not target.is_file():
        return False
    anchor = unquote(parts.fragment)
    there = pages.get(target, page if target == path else None)
    return not anchor or there is None or anchor in there.ids


def main() -> int:
    """Print what is wrong; return 1 if anything is."""
    wrong = problems()
    print("\n".join(wrong[:60]))
    print(f"{len(wrong)} problems in the site")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
