"""A8, laptop size: what each imperfection costs; Fashion-MNIST, convolutional network."""

from figures.rram._costs import COLUMNS, alt, draw_training_costs

__all__ = ["COLUMNS", "alt", "draw"]


def draw(numbers):
    return draw_training_costs(numbers, (45, 85))
