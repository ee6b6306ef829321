"""Every recipe of the site runs as it stands, says what it shows, and stays short."""

import doctest
import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "book" / "words" / "recipes"
RECIPES = sorted(path for path in FOLDER.glob("*.md") if path.stem != "index")
PAGES = [*RECIPES, FOLDER.parent / "rerun.md"]
LINES = 25


def blocks(page):
    return re.findall(r"^```python\n(.*?)^```$", page.read_text(), re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_recipe_runs_as_it_stands(page):
    session, told = {}, []
    for number, text in enumerate(blocks(page), 1):
        test = doctest.DocTestParser().get_doctest(text, session, f"block {number}", str(page), 0)
        assert test.examples
        runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS, verbose=False)
        runner.run(test, out=told.append, clear_globs=False)
        session.update(test.globs)
    assert not told, "".join(told)


@pytest.mark.parametrize("page", RECIPES, ids=lambda page: page.stem)
def test_a_recipe_is_short_and_shows_a_result(page):
    examples = [e for text in blocks(page) for e in doctest.DocTestParser().get_examples(text)]
    assert sum(e.source.count("\n") for e in examples) <= LINES
    assert any(e.want for e in examples)


def test_the_list_of_recipes_is_complete():
    listed = (FOLDER / "index.md").read_text()
    assert RECIPES and all(f"\n{page.stem}\n" in listed for page in RECIPES)
