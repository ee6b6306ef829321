"""Stream of subsets: the metaplastic network ends near what training on all at once reaches."""

from figures.metaplasticity._stream import COLUMNS, describe, draw_stream

__all__ = ["COLUMNS", "alt", "draw"]


def draw(numbers):
    return draw_stream(numbers, lowest=0.7, ticks=[1, 10, 20, 30, 40])


def alt(numbers):
    return describe(numbers, "dense")
