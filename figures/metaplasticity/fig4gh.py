"""Fig. 4g,h: without the group's label the two groups compete for the outputs."""

from figures.metaplasticity._pair import COLUMNS, describe_pair, draw_pair

__all__ = ["COLUMNS", "alt", "draw"]

draw, alt = draw_pair, describe_pair
