"""Fig. 4e,f: with the group's label both groups of classes are kept."""

from figures.metaplasticity._pair import COLUMNS, describe_pair, draw_pair

__all__ = ["COLUMNS", "alt", "draw"]

draw, alt = draw_pair, describe_pair
