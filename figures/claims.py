"""A claim: a finding that a figure shows, as a number with a bound."""

from __future__ import annotations

import math
import operator
from dataclasses import asdict, dataclass
from numbers import Real

_COMPARISONS = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "==": operator.eq,
    "between": lambda value, bound: bound[0] <= value <= bound[1],
}


@dataclass(frozen=True)
class Claim:
    """A sentence, the number measured for it, and the bound that the number must satisfy.

    `paper` is the paper's own value where it is known: a labelled reference, never a bound.
    A NaN satisfies no bound.
    """

    text: str
    value: float
    comparison: str
    bound: float | tuple[float, float]
    paper: float | None = None

    @property
    def held(self) -> bool:
        return bool(_COMPARISONS[self.comparison](self.value, self.bound))

    def __str__(self) -> str:
        bound = self.bound if self.comparison == "between" else (self.bound,)
        bounds = " and ".join(f"{b:.4g}" for b in bound)
        return f"{self.text}: {self.value:.4g} {self.comparison} {bounds}"

    def as_dict(self) -> dict:
        """Return plain values for JSON, numbers to ten significant digits."""
        row = asdict(self)
        for key in ("value", "bound", "paper"):
            row[key] = _rounded(row[key])
        return row | {"held": self.held}


def claim(
    text: str,
    value: float,
    comparison: str,
    bound: float | tuple[float, float],
    *,
    paper: float | None = None,
) -> Claim:
    """Return a checked `Claim`.

    Parameters
    ----------
    text : str
        The finding, as a sentence.
    value : float
        The number measured for it: a scalar.
    comparison : {"<", "<=", ">", ">=", "==", "between"}
        How `value` must stand to `bound`; "==" is for counts (integers) only.
    bound : float, or (low, high) for "between"
        Finite: a claim that cannot fail is refused.
    paper : float, optional
        The paper's value, shown beside ours.

    Raises
    ------
    ValueError
        Naming the argument that was wrong and what is accepted.
    """
    if not isinstance(text, str) or not text.strip():
        raise ValueError("claim: the text is empty; write the finding as a sentence")
    if comparison not in _COMPARISONS:
        accepted = ", ".join(map(repr, _COMPARISONS))
        raise ValueError(f"claim {text!r}: unknown comparison {comparison!r}; one of {accepted}")
    value = _scalar(text, "value", value)
    if comparison == "between":
        if not isinstance(bound, tuple | list) or len(bound) != 2:
            raise ValueError(f"claim {text!r}: 'between' takes a bound (low, high), got {bound!r}")
        bound = tuple(_scalar(text, "bound", b) for b in bound)
        if not (all(map(math.isfinite, bound)) and bound[0] < bound[1]):
            raise ValueError(f"claim {text!r}: the bound {bound} is not a finite interval")
    else:
        bound = _scalar(text, "bound", bound)
        if not math.isfinite(bound):
            raise ValueError(f"claim {text!r}: a bound of {bound} can never fail or never hold")
    if comparison == "==" and not float(bound).is_integer():
        raise ValueError(f"claim {text!r}: '==' compares counts; {bound} is not an integer")
    if paper is not None:
        paper = _scalar(text, "paper's value", paper)
    return Claim(text, value, comparison, bound, paper)


def read_claim(row: dict) -> Claim:
    """Rebuild a claim from `Claim.as_dict`, so that it can be judged again."""
    bound = tuple(row["bound"]) if row["comparison"] == "between" else row["bound"]
    value = math.nan if row["value"] is None else row["value"]
    return Claim(row["text"], value, row["comparison"], bound, row["paper"])


def _scalar(text: str, name: str, value) -> float:
    if getattr(value, "ndim", 0) == 0 and hasattr(value, "item"):
        value = value.item()
    if not isinstance(value, Real):
        raise ValueError(f"claim {text!r}: the {name} must be one real number, got {value!r}")
    return float(value)


def _rounded(value):
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return None
    if isinstance(value, tuple | list):
        return [_rounded(v) for v in value]
    return float(f"{value:.10g}")
