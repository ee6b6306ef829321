"""What the site shows for use in class: plans, a page each, and the map of concepts.

They are written by `classroom.plans`; without that package the site has no entry for them.
"""

from __future__ import annotations

import importlib.util
import re

from figures.inventory import PAPERS

BEFORE = "\nfigures/index\n"  # in the list of the home page; the entry stands before it
_FIGURE = re.compile(rf"(?<![\w/])((?:{'|'.join(PAPERS)})/[a-z][a-z0-9_]*)(?=[,\s|])")


def pages() -> dict[str, str]:
    """Return page "class/<name>" -> its Markdown, "class/index" first; none without the package."""
    if importlib.util.find_spec("classroom") is None:
        return {}
    from classroom import plans

    made = {plan.name: linked_figures(plans.plan_page(plan)) for plan in plans.plans()}
    made["map"] = plans.concept_map()
    return listed(plans.plans_index(), made)


def listed(index: str, made: dict[str, str]) -> dict[str, str]:
    """Return the pages with an index that lists all others."""
    names = "\n".join(made)
    index = f"{index.rstrip()}\n\n```{{toctree}}\n:maxdepth: 1\n\n{names}\n```\n"
    return {"class/index": index} | {f"class/{name}": text for name, text in made.items()}


def linked_figures(text: str) -> str:
    """Return a plan with the figures to project as links to their pages."""
    return _FIGURE.sub(r'<a href="../figures/\1.html">\1</a>', text)


def linked(home: str, found: dict[str, str]) -> str:
    """Return the home page with "In class" in its list, if there are pages to show.

    Raises
    ------
    ValueError
        If the home page has no place for it.
    """
    if home.count(BEFORE) != 1:
        raise ValueError(f"the home page must list {BEFORE.strip()} once")
    return home.replace(BEFORE, ("\nIn class <class/index>" if found else "") + BEFORE)
