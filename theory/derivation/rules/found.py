"""Claims compared with what SymPy finds, which may be wrong and therefore refutes nothing."""

from theory.derivation.verdict import UNDECIDED, Counterexample, Refused


def compared_with_found(record, what, value, claimed, region):
    """Proof that a claim is equal to a limit, series, sum or integral that SymPy finds.

    Where the two differ, one of them is wrong: that is no counterexample to the claim.
    """
    try:
        return record.equal(value, claimed, region)
    except Counterexample:
        raise Refused(f"{UNDECIDED}: the {what} that SymPy finds is {value}") from None
