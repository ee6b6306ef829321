"""Stream of subsets: the metaplastic network ends near what training on all at once reaches."""

from figures.metaplasticity._stream import COLUMNS, describe, draw_stream

__all__ = ["COLUMNS", "alt", "draw"]


def draw(numbers):
    return draw_stream(numbers, span=(0.6, 0.9), ticks=[1, 15, 30, 45, 60])


def alt(numbers):
    return describe(numbers, "dense")
