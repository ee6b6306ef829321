"""What the engine says of a step is kept: a change that was not meant to change it is noticed.

Kept words prove nothing. They hold for the SymPy that is named in the file, since others simplify
in other ways, and where no attempt ran out of its time, which hangs on the computer.
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


class Kept:
    """A file of lines "name: words"; the first line names the version of SymPy."""

    def __init__(self, file):
        self.file = Path(file)
        version, *lines = self.file.read_text().splitlines() if self.file.exists() else [""]
        self.rows = dict(line.split(": ", 1) for line in lines)
        self.comparable = version == f"SymPy {sp.__version__}"

    def holds(self, name, said):
        """Whether the words are those kept, or cannot be compared."""
        return not self.comparable or said == self.rows.get(name, said)

    def write(self, rows):
        """Keep {name: (words, whether time ran out)}."""
        lines = [f"{name}: {said}" for name, (said, late) in rows.items() if not late]
        self.file.write_text("\n".join([f"SymPy {sp.__version__}", *lines]) + "\n")
