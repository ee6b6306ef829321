"""The page on writing derivations: its examples run, and it leaves no rule out."""

import doctest
import re
from pathlib import Path

import pytest

from theory.derivation import Derivation
from theory.derivation.record import Record

PAGE = Path(__file__).parents[2] / "book" / "how_to_write_a_derivation.md"
BLOCKS = re.findall(r"^```(\w*)\n(.*?)^```$", PAGE.read_text(), re.DOTALL | re.MULTILINE)
RULES = sorted(
    name
    for name, member in vars(Derivation).items()
    if callable(member) and not name.startswith("_") and not hasattr(Record, name)
)


def test_every_block_of_code_is_an_example_that_runs():
    assert BLOCKS and all(kind == "python" for kind, _ in BLOCKS)
    parser, flags = doctest.DocTestParser(), doctest.ELLIPSIS
    assert all(parser.get_examples(text) for _, text in BLOCKS)
    session, told = {}, []
    for number, (_, text) in enumerate(BLOCKS, 1):
        test = parser.get_doctest(text, session, f"block {number}", str(PAGE), 0)
        runner = doctest.DocTestRunner(optionflags=flags, verbose=False)
        runner.run(test, out=told.append, clear_globs=False)
        session.update(test.globs)
    assert not told, "".join(told)


def test_the_first_proof_has_six_lines():
    examples = doctest.DocTestParser().get_examples(BLOCKS[0][1])
    assert len(examples) == 6 and "expand" in examples[-1].source


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_has_an_example_that_works(rule):
    calls = [text for _, text in BLOCKS if f".{rule}(" in text]
    assert calls, f"no example calls {rule}"
    assert f"`{rule}`" in PAGE.read_text()


@pytest.mark.parametrize("rule", sorted(set(RULES) - {"given"}))
def test_every_rule_shows_what_it_refuses(rule):
    assert any(f"refusal(d.{rule}," in text for _, text in BLOCKS)
