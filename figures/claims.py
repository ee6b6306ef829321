"""A claim: a sentence that a figure carries, as a number with a bound that it could have missed."""

from __future__ import annotations

import math
import operator
from dataclasses import asdict, dataclass
from numbers import Real

KINDS = {
    "finding": "could have come out otherwise",
    "agreement": "two roads, within a computed error",
    "exact": "equal up to rounding",
}
LARGEST_ROUNDING = 1e-6  # an exact claim's bound may not be larger
ROUNDING = "rounding"  # what is stored in place of the value of an exact claim
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

    `paper` is the paper's own value where it is known, and `differs` says why it lies outside the
    bound where it does. A value that is not finite satisfies no bound.
    """

    text: str
    value: float
    comparison: str
    bound: float | tuple[float, float]
    kind: str
    paper: float | None = None
    differs: str = ""

    @property
    def held(self) -> bool:
        return _holds(self.value, self.comparison, self.bound)

    @property
    def bounds(self) -> tuple[float, ...]:
        """The bound as a tuple: both ends of an interval, else one."""
        return self.bound if isinstance(self.bound, tuple) else (self.bound,)

    @property
    def is_rounding(self) -> bool:
        """Whether the value is nothing but rounding error, which differs between machines."""
        return self.kind == "exact" and self.comparison in ("<", "<=") and self.held

    def __str__(self) -> str:
        bounds = " and ".join(f"{b:.4g}" for b in self.bounds)
        return f"{self.text}: {self.value:.4g} {self.comparison} {bounds}"

    def as_dict(self) -> dict:
        """Return plain values for JSON, numbers to ten significant digits, rounding as a word."""
        row = asdict(self)
        for key in ("value", "bound", "paper"):
            row[key] = _rounded(row[key])
        if self.is_rounding:
            row["value"] = ROUNDING
        return row | {"held": self.held}


def claim(
    text: str,
    value: float,
    comparison: str,
    bound: float | tuple[float, float],
    *,
    kind: str = "finding",
    paper: float | None = None,
    differs: str = "",
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
    kind : {"finding", "agreement", "exact"}
        A finding could have come out otherwise. In an agreement of two roads the bound is a
        computed standard error, tail bound or tolerance. An exact claim holds up to rounding.
    paper : float, optional
        The paper's value, shown beside ours.
    differs : str, optional
        Why the paper's value fails the bound, where it does; without it that is an error.

    Raises
    ------
    ValueError
        Naming the argument that was wrong and what is accepted. Among others for a value of exactly
        0.0 or 1.0 in a claim that is not exact and no count: it holds by construction.
    """
    if not isinstance(text, str) or not text.strip():
        raise ValueError("claim: the text is empty; write the finding as a sentence")
    if comparison not in _COMPARISONS:
        accepted = ", ".join(map(repr, _COMPARISONS))
        raise ValueError(f"claim {text!r}: unknown comparison {comparison!r}; one of {accepted}")
    if kind not in KINDS:
        raise ValueError(f"claim {text!r}: unknown kind {kind!r}; one of {', '.join(KINDS)}")
    value = _scalar(text, "value", value)
    bound = _bound(text, comparison, bound)
    if kind != "exact" and comparison != "==" and value in (0.0, 1.0):
        raise ValueError(
            f"claim {text!r}: the value is {value:g} to the last bit; say kind='exact', compare a "
            "count with '==', or measure something that can miss"
        )
    if kind == "exact" and not isinstance(bound, tuple) and bound > LARGEST_ROUNDING:
        raise ValueError(
            f"claim {text!r}: a bound of {bound:g} is no rounding (at most {LARGEST_ROUNDING:g}); "
            "the kind is 'agreement' or 'finding'"
        )
    if paper is not None:
        paper = _scalar(text, "paper's value", paper)
        if not _holds(paper, comparison, bound) and not differs:
            raise ValueError(
                f"claim {text!r}: the paper's own value {paper:g} fails the bound; widen it to "
                "what the sentence says, or give the reason as differs='...'"
            )
    return Claim(text, value, comparison, bound, kind, paper, differs)


def read_claim(row: dict) -> Claim:
    """Rebuild a claim from `Claim.as_dict`, so that it can be judged again."""
    bound = tuple(row["bound"]) if row["comparison"] == "between" else row["bound"]
    value = {None: math.nan, ROUNDING: 0.0}.get(row["value"], row["value"])
    return Claim(
        row["text"], value, row["comparison"], bound, row["kind"], row["paper"], row["differs"]
    )


def _holds(value: float, comparison: str, bound) -> bool:
    return math.isfinite(value) and bool(_COMPARISONS[comparison](value, bound))


def _bound(text: str, comparison: str, bound):
    if comparison == "between":
        if not isinstance(bound, tuple | list) or len(bound) != 2:
            raise ValueError(f"claim {text!r}: 'between' takes a bound (low, high), got {bound!r}")
        bound = tuple(_scalar(text, "bound", b) for b in bound)
        if not (all(map(math.isfinite, bound)) and bound[0] < bound[1]):
            raise ValueError(f"claim {text!r}: the bound {bound} is not a finite interval")
        return bound
    bound = _scalar(text, "bound", bound)
    if not math.isfinite(bound):
        raise ValueError(f"claim {text!r}: a bound of {bound} can never fail or never hold")
    if comparison == "==" and not bound.is_integer():
        raise ValueError(f"claim {text!r}: '==' compares counts; {bound} is not an integer")
    return bound


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
