"""Full size, stored: a stream of sixty subsets against all images at once."""

from figures.metaplasticity._stream import COLUMNS, describe, draw_stream

__all__ = ["COLUMNS", "alt", "draw"]


def draw(numbers):
    figure = draw_stream(numbers, span=(0.74, 0.92), ticks=[1, 15, 30, 45, 60])
    figure.axes[0].set_title("full size, stored", loc="left")
    return figure


def alt(numbers):
    return "Full size, stored. " + describe(numbers, "dense")
