"""What an attempt to prove a claim ends in: a proof, or a refusal that says why."""

from dataclasses import dataclass, replace

PROVED, CHECKED = "proved", "checked"


class Refused(Exception):
    """A claim is false, vacuous or undecided; the message is the sentence that says why."""


class Counterexample(Refused):
    """A claim is false at a point that was computed to 50 digits and more."""


@dataclass(frozen=True)
class Proof:
    """How a claim was established.

    Attributes
    ----------
    how : str
        A sentence without capital and full stop.
    status : str
        ``"proved"`` (symbolically, or by a decision procedure) or ``"checked"`` (digits agree at
        the points that ``how`` counts).
    needs : tuple of relations
        Conditions under which alone it holds.
    """

    how: str
    status: str = PROVED
    needs: tuple = ()

    def said(self, sentence):
        """The same proof in other words; ``{}`` stands for the present ones."""
        return replace(self, how=sentence.replace("{}", self.how))

    def along(self, other):
        """This proof and another: checked if one of them is, under the conditions of both."""
        worse = min((self, other), key=lambda proof: proof.status == PROVED)
        needs = (*self.needs, *(n for n in other.needs if n not in self.needs))
        return replace(worse, needs=needs)


def together(proofs):
    """The proof of a conjunction: as weak as the weakest."""
    first, *rest = proofs
    for proof in rest:
        first = first.along(proof)
    return first


UNDECIDED = "cannot decide; state it as an assumption or give the step in between"
