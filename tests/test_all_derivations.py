"""Every derivation of every subject: built, proved step by step, and readable as a text.

While one is built, steps of it are tried with one sign, factor, exponent, index or limit changed:
all are refused. ``python tests/test_all_derivations.py`` tries every step so (minutes), and keeps
what is said to prove the steps (`all_proofs.txt`).
"""

import hashlib
import inspect
import sys
from pathlib import Path

import pytest
import sympy as sp
from sympy.core.function import AppliedUndef

sys.path.insert(0, str(Path(__file__).with_name("support")))

import proved_once
from changed_steps import accepted_changes
from kept_proofs import Kept, late_attempts

from theory.derivation import Derivation, record
from theory.derivation.verdict import PROVED, Proof

SHARE = 0.1  # of the steps, drawn at random with a fixed seed
FUNCTIONS = proved_once.public_derivations()
# Proved steps of all steps, the domain, what is demanded and which symbols are explained, by
# derivation: what is lost, no longer proved, or proved for less, is noticed.
EXTENT = dict(
    line.split(" ", 1)
    for line in Path(__file__).with_name("all_derivations.txt").read_text().splitlines()
)


PROOFS = Kept(Path(__file__).with_name("all_proofs.txt"))


def proofs(derivation):
    """Digest of what is said to prove the steps."""
    said = [f"{step.name} {step.status} {step.proof} {step.new_conditions}" for step in derivation]
    return hashlib.sha256("\n".join(said).encode()).hexdigest()[:12]


def extent(derivation):
    proved = [step for step in derivation if not step.is_premise]
    bounds = [f"{low} < {symbol} < {high}" for symbol, (low, high) in derivation.domain.items()]
    stated = [
        f"where {condition} ({step.name})"
        for step in derivation
        for condition in step.new_conditions
    ]
    told = f"told of {' '.join(str(symbol).replace(' ', '') for symbol in derivation.symbols)}"
    return "; ".join([f"{len(proved)} of {len(derivation)}", *bounds, *stated, told])


def quantities(derivation):
    return set().union(*(s.statement.atoms(sp.Symbol, AppliedUndef) for s in derivation))


def denied(part):
    """Whether a quantity is declared to be not real, not positive, ...: nothing here is."""
    known = (part.is_real, part.is_positive, part.is_nonnegative, part.is_integer, part.is_nonzero)
    return part.is_commutative and False in known


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_derivation_is_proved_refuses_changes_and_reads_as_a_text(name, monkeypatch):
    function = inspect.unwrap(FUNCTIONS[name])
    with late_attempts() as late:
        derivation, _, accepted = accepted_changes(monkeypatch, function, SHARE, name)
    assert isinstance(derivation, Derivation)
    proved_once.keep(function, derivation)
    assert not accepted
    assert inspect.getdoc(function) and derivation.title and derivation.source
    assert all(step.reason for step in derivation)
    proved = [step for step in derivation if not step.is_premise]
    assert proved, "a text of premises only would prove nothing"
    assert extent(derivation) == EXTENT[name]
    said = proofs(derivation)
    assert late or said == PROOFS.words(name, said)
    assert not [part for part in quantities(derivation) if denied(part)]
    assert all(step.proof for step in proved)
    assert "align" in derivation.latex()
    assert derivation.title in derivation._repr_markdown_()


def test_many_changes_are_tried_and_one_that_is_accepted_is_told(monkeypatch):
    function = inspect.unwrap(FUNCTIONS["metaplasticity.quadratic_task.averaging"])
    _, tried, accepted = accepted_changes(monkeypatch, function, 1.0, 0)
    assert len(tried) >= 3 and not accepted
    monkeypatch.setattr(record, "prove_equal", lambda *_: Proof("believed", PROVED))
    assert accepted_changes(monkeypatch, function, 1.0, 0)[2]


def test_no_derivation_is_lost():
    assert list(EXTENT) == sorted(FUNCTIONS)


if __name__ == "__main__":
    with pytest.MonkeyPatch.context() as patch:
        said = {}
        for name, function in FUNCTIONS.items():
            with late_attempts() as late:
                said[name] = proofs(function()), bool(late)
            _, tried, accepted = accepted_changes(patch, function, 1.0, name)
            print(f"{name}: {len(tried)} tried", *accepted, sep="\n  ")
        PROOFS.write(said)
