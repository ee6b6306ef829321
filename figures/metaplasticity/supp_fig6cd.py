"""Supplementary Fig. 6c,d: the same holds in the reverse order."""

from figures.metaplasticity._pair import COLUMNS, describe_pair, draw_pair

__all__ = ["COLUMNS", "alt", "draw"]

draw, alt = draw_pair, describe_pair
