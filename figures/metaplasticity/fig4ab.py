"""Fig. 4a,b: with metaplasticity the first image set is kept and the second still learned."""

from figures.metaplasticity._pair import COLUMNS, describe_pair, draw_pair

__all__ = ["COLUMNS", "alt", "draw"]

draw, alt = draw_pair, describe_pair
