"""A7, laptop size: what each imperfection costs; digits, dense network."""

from figures.rram import _costs
from figures.rram._costs import COLUMNS, draw_training_costs

__all__ = ["COLUMNS", "alt", "draw"]


def draw(numbers, full):
    return draw_training_costs(numbers, (84, 99.5), full.get("rram_dense"))


def alt(numbers, full):
    text, stored = _costs.alt(numbers), full.get("rram_dense")
    if stored is None:
        return text
    ideal, all_ = (100 * stored.of(name)[0].curves[-1, 0] for name in ("ideal devices", "all"))
    return f"{text} Thin curves at full size end at {ideal:.1f} and {all_:.1f} per cent."
