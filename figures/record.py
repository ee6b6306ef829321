"""The record of a figure: its numbers, its claims, what was drawn from them, and how it is shown.

figures/<paper>/<name>.json
  claims           the sentences that the figure carries
  numbers          name -> kind and shape; the values lie in .csv and .npz
  computed         digests of .csv and .npz
  columns          name -> meaning and unit          } made anew by a redraw
  alt              what the figure shows, in words   }
  drawn            digests of .png and .svg          }
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence

from figures.claims import Claim, read_claim
from figures.files import digest
from figures.inventory import CLASSES, Entry

PICTURE_WIDTH = 784  # pixels at which a notebook shows a figure


def compose(
    entry: Entry,
    claims: Sequence[Claim],
    number_files: Mapping[str, bytes],
    layout: Mapping[str, dict],
    columns: Mapping[str, str],
    alt: str,
    picture_files: Mapping[str, bytes],
) -> bytes:
    """Return the record of a figure as the content of its ".json"."""
    return as_json({
        "id": entry.id,
        "claims": [c.as_dict() for c in claims],
        "numbers": dict(layout),
        "computed": {suffix: digest(content) for suffix, content in number_files.items()},
        "columns": dict(columns),
        "alt": alt,
        "drawn": {suffix: digest(content) for suffix, content in picture_files.items()},
    })  # fmt: skip


def redrawn(
    facts: Mapping, columns: Mapping[str, str], alt: str, picture_files: Mapping[str, bytes]
) -> bytes:
    """Return the record with what a redraw makes anew."""
    drawn = {suffix: digest(content) for suffix, content in picture_files.items()}
    return as_json({**facts, "columns": dict(columns), "alt": alt, "drawn": drawn})


def read_record(content: bytes) -> dict:
    """Return the record as a dictionary with its claims as objects under "read".

    Raises
    ------
    ValueError
        If it is not a record of a figure.
    """
    try:
        facts = json.loads(content)
        read = [read_claim(row) for row in facts["claims"]]
        mappings = [facts[key] for key in ("numbers", "computed", "columns", "drawn")]
        sound = all(isinstance(m, dict) for m in mappings) and isinstance(facts["alt"], str)
        [claim.held for claim in read]  # a value or bound of the wrong type shows here
    except (ValueError, KeyError, TypeError, AttributeError, IndexError):
        sound = False
    if not sound:
        raise ValueError("not a record of a figure")
    return facts | {"read": read}


def as_json(facts: Mapping) -> bytes:
    """Return the content of a record's file."""
    return (json.dumps(facts, indent=1, ensure_ascii=False) + "\n").encode()


def outputs(entry: Entry, png: bytes, claims: Sequence[Claim], alt: str) -> list[dict]:
    """Return what a notebook shows of a figure: two display outputs as plain dictionaries."""
    picture = {
        "output_type": "display_data",
        "data": {
            "image/png": base64.b64encode(png).decode() + "\n",
            "text/plain": f"<figure {entry.id}>",
        },
        "metadata": {"figure": entry.id, "image/png": {"alt": alt, "width": PICTURE_WIDTH}},
    }
    words = {
        "output_type": "display_data",
        "data": {"text/markdown": _caption(entry, claims, alt), "text/plain": entry.label},
        "metadata": {"figure": entry.id},
    }
    return [picture, words]


def _caption(entry: Entry, claims: Sequence[Claim], alt: str) -> str:
    folder = "../../figures"
    lines = [
        f"**{entry.label}** (class {entry.figure_class}: {CLASSES[entry.figure_class]}). "
        f"{entry.shows} *Departures:* {entry.departures} "
        f"[drawing]({folder}/{entry.id}.py), [record]({folder}/{entry.id}.json)",
        "",
        f"<details><summary>Description of the figure</summary>{_escaped(alt)}</details>",
    ]
    if claims:
        lines += [
            "",
            "| claim | kind | value | bound | paper | held |",
            "|---|---|---|---|---|---|",
        ]
    for c in claims:
        bound = " to ".join(f"{b:.4g}" for b in c.bounds)
        sign = "in" if c.comparison == "between" else c.comparison
        value = "rounding" if c.is_rounding else f"{c.value:.4g}"
        paper = ""
        if c.paper is not None:
            paper = f"{c.paper:.4g}, " + (f"differs: {c.differs}" if c.differs else "agrees")
        held = "yes" if c.held else "**NO**"
        cells = (c.text, c.kind, value, f"{sign} {bound}", paper, held)
        lines.append("| " + " | ".join(cell.replace("|", "&#124;") for cell in cells) + " |")
    return "\n".join(lines)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
