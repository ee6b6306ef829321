"""Within a subject a symbol has one meaning; exceptions are listed with their reason."""

import inspect
import sys
from types import SimpleNamespace

import pytest
import sympy as sp

from book import equations, symbols
from book.notation import SHARED, notation_page
from figures.inventory import PAPERS
from theory.derivation import Derivation

SUBJECTS = (*PAPERS, *SHARED)


@pytest.fixture(scope="module")
def every():
    """All derivations as the site shows them, with their steps left out: listing proves nothing."""
    return [_row(name, _symbols(f)) for name, f in equations.derivation_functions().items()]


class _Told(Exception):
    """The derivation has said what its symbols mean; its steps are not wanted."""


def _symbols(function):
    function = inspect.unwrap(function)
    plain = Derivation.__init__

    def init(self, title, source="", symbols=None, **options):
        if sys._getframe(1).f_code is function.__code__:
            raise _Told(symbols or {})
        plain(self, title, source, symbols, **options)  # another one, on which this one builds

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Derivation, "__init__", init)
        try:
            return function().symbols
        except _Told as told:
            return told.args[0]


def _row(name, told):
    latex = {sp.latex(s, ln_notation=True): str(m) for s, m in told.items()}
    return SimpleNamespace(id=name, subject=name.split(".")[0], symbols=latex)


def test_every_derivation_is_looked_at(every):
    assert {row.id for row in every} == set(equations.derivation_functions())
    assert {row.subject for row in every} == set(SUBJECTS)


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_symbol_has_one_meaning_within_a_subject(every, subject):
    assert not symbols.problems(subject, symbols.meanings(every, subject))


@pytest.mark.parametrize("subject", SUBJECTS)
def test_every_exception_says_its_meaning_or_its_reason(subject):
    told = symbols.words().get(subject, {})
    for _, text in (*told.get("one", {}).values(), *told.get("reused", {}).values()):
        assert len(text.split()) >= 2, text


def _with(*texts):
    return {"q": {text: [None] for text in texts}}


@pytest.mark.parametrize(
    ("found", "listed", "problem"),
    [
        (_with("rate"), {}, ""),
        (_with("rate", "charge"), {}, "q means rate | charge"),
        (_with("rate", "charge"), {"reused": {"q": [2, "two fields"]}}, ""),
        (_with("rate", "charge", "x"), {"reused": {"q": [2, "two fields"]}}, "3 texts, not 2"),
        (_with("rate"), {"one": {"q": [2, "a rate"]}}, "need not be listed"),
        (_with("a", "b"), {"one": {"q": [2, "a"]}, "reused": {"q": [2, "b"]}}, "as one and as"),
        (_with("rate"), {"papers": {"r": "$r$"}}, "r is no symbol"),
    ],
)
def test_a_symbol_with_two_meanings_is_found(monkeypatch, found, listed, problem):
    monkeypatch.setattr(symbols, "words", lambda: {"toy": listed})
    lines = symbols.problems("toy", found)
    assert (not lines) if not problem else len(lines) == 1 and problem in lines[0]


x, n = sp.Symbol("x", positive=True), sp.Symbol("n", integer=True, nonnegative=True)


@pytest.mark.parametrize(
    ("symbol", "shape", "extent"),
    [
        (x, "number", "above 0"),
        (n, "number", "0, 1, ..."),
        (sp.Symbol("z"), "number", "complex"),
        (sp.MatrixSymbol("A", n, 2), "n by 2", ""),
        (sp.Symbol("J", commutative=False), "matrix of any size", ""),
        (sp.Function("f", real=True)(x), "function of x", "real"),
    ],
)
def test_shape_and_range_come_from_the_symbol(symbol, shape, extent):
    assert (symbols.shape(symbol), symbols.extent(symbol)) == (shape, extent)


def test_a_domain_is_the_range():
    assert symbols.extent(x, (0, sp.Rational(1, 2))) == "0 to 1/2"
    assert symbols.extent(x, (1, sp.oo)) == "above 1"


def test_the_first_step_with_a_symbol_is_found_and_shown():
    y = sp.Symbol("y", positive=True)
    d = Derivation("Toy", symbols={x: "a length", y: "its double"})
    d.assume("start", sp.Eq(x**2, 4), "given").define("double", sp.Eq(y, 2 * x), "a name")
    assert [symbols.facts(d)[s][2] for s in ("x", "y")] == [1, 2]
    row = SimpleNamespace(
        id="ssl.toy.toy", subject="ssl", page="equations/ssl.toy.toy", title="Toy",
        symbols={"x": "a length", "y": "its double"}, names={"x": "x", "y": "y"},
        facts=symbols.facts(d),
    )  # fmt: skip
    page = notation_page([row], {"ssl": "S"})
    assert "| $y$ | its double | `y` | above 0 |" in page
    assert 'equations/ssl.toy.toy.html#step-2">Toy' in page
