"""Fig. 4a,b: with metaplasticity the first image set is kept and the second still learned."""

from figures.metaplasticity._pair import COLUMNS, describe_full, describe_pair, draw_pair

__all__ = ["COLUMNS", "alt", "draw"]

CONDITIONS = ("mnist first, m = 0", "mnist first, m = 1.5")
WORDS = "full size: 2048 units"


def draw(numbers, full):
    return draw_pair(numbers, full.get("sets_2048"), CONDITIONS, WORDS)


def alt(numbers, full):
    stored = full.get("sets_2048")
    return describe_pair(numbers) + (describe_full(stored, CONDITIONS) if stored else "")
