"""What the engine says of a step is kept: a change that was not meant to change it is noticed.

Kept words prove nothing. They hold for the SymPy that is named in the file, since others simplify
in other ways, and where no attempt ran out of its time, which hangs on the computer. Test files
that keep some write them anew when they are run as programs.
"""

import contextlib
import re
from pathlib import Path

import sympy as sp

from theory.derivation import budget
from theory.derivation.record import DerivationError


@contextlib.contextmanager
def late_attempts():
    """Give a list that grows by one whenever an attempt runs out of its time."""
    counted = []

    class Late(budget.Late):
        def __init__(self):
            counted.append(1)

    budget.Late, before = Late, budget.Late
    try:
        yield counted
    finally:
        budget.Late = before


def words(case):
    """Return what is said of the last step that a function makes, and whether time ran out."""
    with late_attempts() as late:
        try:
            step = case().step()
            said = "; ".join([f"{step.status}: {step.proof}", *map(str, step.new_conditions)])
        except DerivationError as error:
            said = f"refused: {error}"
    # Which of several parts is named hangs on the order of a set.
    said = re.sub(r"[^:]+ is a function of factors", " a part is a function of factors", said)
    return " ".join(said.split()), bool(late)


LATE = "time ran out"


class Kept:
    """A file of lines "name: words"; the first line names the version of SymPy."""

    def __init__(self, file):
        self.file = Path(file)
        version, *lines = self.file.read_text().splitlines() if self.file.exists() else [""]
        self.rows = dict(line.split(": ", 1) for line in lines)
        self.comparable = version == f"SymPy {sp.__version__}"

    def words(self, name, said):
        """Return the words kept, or those given where they cannot be compared."""
        kept = self.rows.get(name, "nothing is kept")
        return kept if self.comparable and kept != LATE else said

    def write(self, rows):
        """Keep {name: (words, whether time ran out)}."""
        lines = [f"{name}: {LATE if late else said}" for name, (said, late) in rows.items()]
        self.file.write_text("\n".join([f"SymPy {sp.__version__}", *lines]) + "\n")
