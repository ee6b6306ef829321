"""Docstrings as the pages of the reference show them."""

import re

import pytest

pytest.importorskip("numpydoc")

from book import reference


def test_a_table_of_a_docstring_is_a_table_of_the_page():
    shown = reference._text(
        "Kinds:\n\n"
        "=======  ==========  =========\n"
        "kind     law         long\n"
        "=======  ==========  =========\n"
        "`one`    :math:`x`   a word, a | bar\n"
        "                     and more\n"
        "two_b   moved        c\n"
        "=======  ==========  =========\n"
    )
    assert shown.splitlines() == [
        "Kinds:", "",
        "| kind | law | long |",
        "| --- | --- | --- |",
        r"| `one` | $x$ | a word, a \| bar and more |",
        r"| two\_b | moved | c |",
    ]  # fmt: skip


def test_a_table_without_heads_keeps_its_first_row():
    shown = reference._text("===  ===\na    b\nc    d\n===  ===")
    assert shown.splitlines() == ["|  |  |", "| --- | --- |", "| a | b |", "| c | d |"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a_b * c ``d_e`` :math:`x_1`", r"a\_b \* c `d_e` $x_1$"),
        ("* **one**, `two`\n* x*y", "* **one**, `two`\n* x\\*y"),
        ("a *word here* and W* + H*", r"a *word here* and W\* + H\*"),
        (".. math:: a_1 = b \\, c\n    + d", "$$\na_1 = b \\, c + d\n$$"),
        (
            ".. math::\n\n    a &= b \\\\\n    c &= d",
            "$$\n\\begin{aligned} a &= b \\\\ c &= d \\end{aligned}\n$$",
        ),
        ("As in::\n", "```text\nAs in::\n```"),
    ],
)
def test_words_of_a_docstring_are_words_of_the_page(text, shown):
    assert reference._text(text) == shown


def method(self, first, second=1, *, third_of_a_long_name=2, fourth_of_a_long_name=3, fifth_name=4):
    """Only its signature counts."""


def test_a_long_signature_has_a_line_for_every_argument_and_no_self():
    shown = reference._signature(method, "method")
    assert shown.splitlines() == [
        "method(", "    first,", "    second=1,", "    *,", "    third_of_a_long_name=2,",
        "    fourth_of_a_long_name=3,", "    fifth_name=4,", ")",
    ]  # fmt: skip


def test_every_page_of_the_reference_is_free_of_the_markup_of_docstrings():
    for module in reference.public_modules():
        page = reference.module_page(module).partition("## Source")[0]
        left = re.search(r"====|:math:|\.\. math|: ```", page)
        assert not left, (module.__name__, left)
