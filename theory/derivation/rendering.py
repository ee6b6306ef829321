"""Printing of derivations: Markdown with display mathematics, LaTeX, plain text."""

import sympy as sp

from theory.derivation.noncommuting import mixes
from theory.derivation.step import ASSUMPTION, DEFINITION, QUOTED, START
from theory.derivation.verdict import CHECKED, PROVED

_WORDS = {
    PROVED: ("proved", "proved"),
    CHECKED: ("checked", "checked"),
    DEFINITION: ("definition", "definitions"),
    ASSUMPTION: ("assumption", "assumptions"),
    QUOTED: ("quoted result", "quoted results"),
}


def tally(derivation):
    """The counts of a derivation as ``7 proved, 1 checked, 2 assumptions``."""
    counts = derivation.counts
    parts = [
        f"{counts[status]} {words[counts[status] > 1]}"
        for status, words in _WORDS.items()
        if counts.get(status)
    ]
    return ", ".join(parts)


def markdown(derivation):
    """Markdown for Jupyter and GitHub: every statement with its number, reason and proof."""
    parts = [f"**{derivation.title}** ({tally(derivation)})"]
    if derivation.source:
        parts.append(f"*Source: {derivation.source}*")
    if derivation.symbols:
        parts.append(
            "\n".join(f"- ${_latex(s)}$: {meaning}" for s, meaning in derivation.symbols.items())
        )
    if derivation.domain:
        ranges = (
            rf"${_latex(low)} < {_latex(symbol)} < {_latex(high)}$"
            for symbol, (low, high) in derivation.domain.items()
        )
        parts.append(f"For {', '.join(ranges)}.")
    for step in derivation.steps:
        parts.append(f"$$\n{statement(step)} \\tag{{{step.number}}}\n$$")
        parts.append(f"{_sentence(step)}<br>\n<sub>*{_proof(step)}*</sub>")
    return "\n\n".join(parts) + "\n"


def latex(derivation):
    """One numbered ``align`` environment with the reasons as ``intertext``."""
    lines = []
    for step in derivation.steps:
        lines.append(rf"\intertext{{{_sentence(step)}}}")
        lines.append(f"{statement(step, align='&')} \\tag{{{step.number}}}\\\\")
    body = "\n".join(lines).removesuffix("\\\\")
    return f"\\begin{{align}}\n{body}\n\\end{{align}}"


def text(derivation):
    """Plain text for a terminal."""
    heading = f"{derivation.title} ({tally(derivation)})"
    lines = [heading, "=" * len(heading)]
    if derivation.source:
        lines.append(f"Source: {derivation.source}")
    lines += [f"  {symbol}: {meaning}" for symbol, meaning in derivation.symbols.items()]
    for step in derivation.steps:
        shown = _plain(step.shown)
        if step.relation:
            shown = shown.replace(" = ", {r"\sim": " ~ ", r"\approx": " ~= "}[step.relation], 1)
        lines.append(f"({step.number}) {step.name}: {shown}")
        lines.append(f"      {_sentence(step, _plain)}")
        lines.append(f"      [{_proof(step, _plain)}]")
    return "\n".join(lines)


def statement(step, align=""):
    """LaTeX of what a step states, without its number."""
    shown = step.shown
    if not hasattr(shown, "rel_op"):
        return align + _latex(shown)
    relation = step.relation or _SIGNS[shown.rel_op]
    # A truncated series reads from its leading term.
    order = "rev-lex" if step.kind == "expand" else None
    return f"{_latex(shown.lhs)} {align}{relation} {_latex(shown.rhs, order=order)}"


_SIGNS = {"==": "=", ">=": r"\geq", "<=": r"\leq", ">": ">", "<": "<", "!=": r"\neq"}


def _latex(expression, order=None):
    return sp.latex(sp.sympify(expression), ln_notation=True, order=order)


def _formula(part):
    return f"${_latex(part)}$"


def _sentence(step, formula=_formula):
    reason = step.reason[0].upper() + step.reason[1:]
    reason = reason if reason.endswith((".", "!", "?")) else reason + "."
    if not step.operation:
        return reason
    told = "".join(part if isinstance(part, str) else formula(part) for part in step.operation)
    if isinstance(step.operation[0], str):  # a symbol at the beginning keeps its case
        told = told[0].upper() + told[1:]
    return f"{told}. {reason}"


def _plain(expression):
    expression = sp.sympify(expression)
    if not hasattr(expression, "rel_op"):
        return sp.sstr(expression)
    sign = {"==": "="}.get(expression.rel_op, expression.rel_op)
    return f"{sp.sstr(expression.lhs)} {sign} {sp.sstr(expression.rhs)}"


def _proof(step, formula=_formula):
    """Status of a step with its proof, its source, and the conditions that came up with it."""
    conditions = ", ".join(_condition(one, formula) for one in step.new_conditions)
    told = f" For {conditions}." if conditions else ""
    if step.assumes:
        told += f" Assumed on the way: {', '.join(map(formula, step.assumes))}."
    if step.status == START:
        return f"Starting point.{told}"
    if step.status in (PROVED, CHECKED):
        return f"{step.status.capitalize()}: {step.proof}.{told}"
    if step.status == QUOTED:
        return f"Quoted result, {step.proof}.{told}"
    return f"{step.status.capitalize()}.{told}"


def _condition(relation, formula):
    """A quantity that does not commute has to be invertible where a number has to be nonzero."""
    if isinstance(relation, sp.Ne) and relation.rhs == 0 and mixes(relation):
        return f"invertible {formula(relation.lhs)}"
    return formula(relation)
