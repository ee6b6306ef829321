"""What a figure shows reaches readers of an exported lesson as text."""

import html
import json
import re

from nbconvert import HTMLExporter

from figures.inventory import ROOT, load_inventory, notebook_figures

NAME = "consolidation/4_blackout_and_palimpsest"


def test_descriptions_of_all_figures_are_text_in_an_export():
    """The exporter drops the texts of pictures, so that they stand under the captions, too."""
    page, _ = HTMLExporter().from_filename(str(ROOT / "notebooks" / f"{NAME}.ipynb"))
    text = re.sub(r"\s+", " ", html.unescape(page))
    assert page.count("<summary>Description of the frames</summary>") == 1
    entries = notebook_figures(load_inventory())[NAME]
    assert page.count("<summary>Description of the figure</summary>") == len(entries) > 0
    for entry in entries:
        alt = json.loads(entry.path(".json").read_bytes())["alt"]
        assert text.count(alt) >= 1, entry.id
