"""`check` takes what is right in any form, and says why it refuses without saying what."""

import json

import numpy as np
import pytest
import sympy as sp

from classroom import check, checking, mistake
from classroom.digests import salt_of

x, y = sp.symbols("x y", positive=True)
MATRIX = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
ANSWERS = {
    "number": 0.375,
    "count": 12,
    "pair": np.array([-1.2, 0.8]),
    "matrix": MATRIX,
    "complex": 1 + 2j,
    "truth": True,
    "truths": [True, False, True],
    "word": "Oja's rule",
    "expression": (x + y) ** 2 / x,
    "vector": sp.Matrix([x, x * y]),
    "function": lambda t: t**2 + 1,
    "zero": 0.0,
    "large": np.linspace(1, 2, 1000),
}
AT = {"function": [0.5, 1.0, 3.0]}


@pytest.fixture
def known(monkeypatch, capsys):
    """Store the answers above, as `python -m classroom.answers` does, and say what check says."""
    entries = {}
    for number, (name, answer) in enumerate(ANSWERS.items(), 1):
        id = f"metaplasticity-99.{number}"
        part = checking.part_of(id, 0, name, answer, AT.get(name), None, 1e-9)
        entries[id] = {"salt": salt_of(id), "parts": [part]}
    ids = dict(zip(ANSWERS, entries, strict=True))
    monkeypatch.setattr(checking, "stored", lambda subject: entries)
    monkeypatch.delenv("FIGURES_STAGING", raising=False)

    def said(name, answer):
        verdict = check(ids[name], answer, at=AT.get(name))
        printed = capsys.readouterr().out.strip()
        assert printed == verdict.said
        assert verdict.right == printed.endswith(": right") and verdict.points(3) == 3 * bool(
            verdict
        )
        return printed.partition(": ")[2]

    said.ids, said.entries = ids, entries
    return said


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("number", 0.375),
        ("number", np.float64(0.3751)),
        ("number", sp.Rational(3, 8)),
        ("number", np.array(0.375)),
        ("count", 12.0),
        ("pair", [-1.2, 0.8]),
        ("pair", (sp.Rational(-6, 5), 0.8)),
        ("matrix", MATRIX.tolist()),
        ("complex", 1 + 2.0005j),
        ("truth", np.True_),
        ("truths", np.array([True, False, True])),
        ("word", " OJA's  rule. "),
        ("expression", x + 2 * y + y**2 / x),
        ("expression", sp.Symbol("x") + 2 * sp.Symbol("y") + sp.Symbol("y") ** 2 / sp.Symbol("x")),
        ("vector", sp.Matrix([x, y * x])),
        ("function", lambda t: (t + 1j) * (t - 1j)),
        ("function", np.vectorize(lambda t: 1.0 + t * t)),
        ("zero", 1e-12),
        ("large", list(np.linspace(1, 2, 1000))),
    ],
)
def test_what_is_right_is_taken_in_any_form(known, name, answer):
    assert known(name, answer) == "right"


@pytest.mark.parametrize(
    ("name", "answer", "hint"),
    [
        ("number", -0.375, "right size, wrong sign"),
        ("number", 0.75, "twice too large"),
        ("number", 37.5, "off by powers of ten"),
        ("number", 8 / 3, "reciprocal"),
        ("number", 0.375**2, "square of"),
        ("number", 0.625, "add up to one"),
        ("number", 0.39, "close"),
        ("number", 17.0, "not right yet"),
        ("number", float("nan"), "finite"),
        ("number", "three eighths", "a number is asked for, this is a word"),
        ("number", [0.375, 0.375], "a single value is asked for, this has shape (2,)"),
        ("pair", [0.8, -1.2], "reverse order"),
        ("pair", [1.2, 0.8], "wrong sign in 1 of 2 entries"),
        ("pair", [-1.2, 0.9], "1 of 2 entries are right"),
        ("pair", [1.2, -0.8], "right size, wrong sign"),
        ("pair", [-1.2, 0.8, 0.0], "shape (2,) is asked for"),
        ("pair", [[1, 2], [3]], "different lengths"),
        ("pair", [], "shape (2,) is asked for"),
        ("matrix", MATRIX.T, "transposed"),
        ("complex", 1 - 2j, "imaginary part has the wrong sign"),
        ("truth", False, "not right"),
        ("truths", [True, True, True], "2 of 3 entries are right"),
        ("word", "Hebb's rule", "not right"),
        ("expression", 2 * (x + y) ** 2 / x, "twice too large"),
        ("expression", (x + y) ** 2 / sp.Symbol("z"), "does not contain z"),
        ("expression", x, "depends on more"),
        ("expression", sp.Eq(x, y), "not an equation"),
        ("expression", sp.Function("f")(x), "put a symbol"),
        ("expression", 4.0, "a SymPy expression is asked for"),
        ("function", lambda t: -(t**2) - 1, "wrong sign"),
        ("function", lambda t: 2 * t, "1 of 3 values are right"),
        ("function", lambda t: 1 / 0, "ZeroDivisionError"),
        ("function", lambda t: [t, t], "shape"),
        ("function", 1.25, "a function is asked for"),
        ("zero", 0.1, "not right yet"),
        ("large", np.linspace(1, 2, 1000)[::-1], "reverse order"),
    ],
)
def test_what_is_wrong_gets_its_hint(known, name, answer, hint):
    said = known(name, answer)
    assert hint in said and said != "right"


@pytest.mark.parametrize(
    ("name", "stub"),
    [("number", ...), ("pair", None), ("pair", [..., ...]), ("function", lambda t: ...)],
)
def test_a_stub_is_no_answer(known, name, stub):
    assert known(name, stub) == f"not answered yet: assign {name}"


def test_the_tolerance_is_kept_from_both_sides(known):
    """Taken up to the tolerance 0.001, refused from twice that on; for the whole range of cells."""
    for deviation in np.linspace(-0.00099, 0.00099, 41):
        assert known("number", 0.375 * np.exp(deviation)) == "right"
    for deviation in (-0.002001, 0.002001):
        assert known("number", 0.375 * np.exp(deviation)) != "right"


def test_no_answer_can_be_read_off_the_file(known):
    text = json.dumps(known.entries)
    for written in ("0.375", "-1.2", "Oja", "x**", "t**2"):
        assert written not in text
    salts = {entry["salt"] for entry in known.entries.values()}
    assert len(salts) == len(known.entries)


def test_a_declared_mistake_is_told_its_hint_and_nothing_right_is_declared(known, capsys):
    id = known.ids["number"]
    part = known.entries[id]["parts"][0]
    typical = checking.mistake_in(id, 0, part, 0.5, "the factor three quarters is missing", None)
    part["mistakes"].append(typical)
    assert known("number", 0.5) == "the factor three quarters is missing"
    mistake(id, 0.5)
    assert "factor three quarters" in capsys.readouterr().out
    with pytest.raises(ValueError, match="takes a mistake in number as right"):
        checking.mistake_in(id, 0, part, 0.375, "", None)
    with pytest.raises(ValueError, match="give hint="):
        checking.mistake_in(id, 0, part, 17.0, "", None)


@pytest.mark.parametrize(
    ("id", "answers", "message"),
    [
        ("metaplasticity-99.77", (1,), "no answer is stored"),
        ("99.1", (1,), "an exercise is named as"),
        ("metaplasticity-99.1", (1, 2), "asks for 1 answers"),
    ],
)
def test_bad_calls_get_a_sentence(known, id, answers, message):
    with pytest.raises(ValueError, match=message):
        check(id, *answers)


@pytest.mark.parametrize(
    ("answer", "zero", "message"),
    [(..., 1e-9, "assigns nothing"), (np.inf, 1e-9, "not finite"), (2e-9, 1e-9, "choose zero")],
)
def test_a_solution_that_cannot_be_checked_is_not_stored(answer, zero, message):
    with pytest.raises(ValueError, match=message):
        checking.part_of("ssl-1.1", 0, "rate", answer, None, None, zero)


def test_in_a_build_a_refused_solution_is_an_error(known, monkeypatch):
    monkeypatch.setenv("FIGURES_STAGING", "somewhere")
    with pytest.raises(checking.WrongSolution, match="wrong sign"):
        check(known.ids["number"], -0.375)
    monkeypatch.setenv("FIGURES_SEED_SHIFT", "1")  # other seeds: a sampled answer may differ
    assert not check(known.ids["number"], -0.375)
