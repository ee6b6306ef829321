"""Stream of subsets, convolutional network: metaplasticity makes up for the loss, too."""

from figures.metaplasticity._stream import COLUMNS, describe, draw_stream

__all__ = ["COLUMNS", "alt", "draw"]


def draw(numbers):
    return draw_stream(numbers, span=(0.6, 1), ticks=[1, 5, 10, 15, 20])


def alt(numbers):
    return describe(numbers, "convolutional")
