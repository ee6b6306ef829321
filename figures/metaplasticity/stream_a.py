"""Stream of subsets: the metaplastic network ends near what training on all at once reaches."""

from figures.metaplasticity._full import mean_curves
from figures.metaplasticity._stream import COLUMNS, describe, draw_stream

__all__ = ["COLUMNS", "alt", "draw"]

PAPER_M = (0.0, 2.0)
EPOCHS_A_SUBSET = 20


def _at_full_size(full):
    """Return subsets, accuracies after each by m, and m; none where it was not run."""
    if "stream_60" not in full:
        return None
    epochs, curves = mean_curves(full["stream_60"], [f"m = {m:g}" for m in PAPER_M])
    return epochs // EPOCHS_A_SUBSET, curves[:, :, 0], PAPER_M


def draw(numbers, full):
    ticks = [1, 15, 30, 45, 60]
    return draw_stream(numbers, span=(0.6, 0.9), ticks=ticks, full=_at_full_size(full))


def alt(numbers, full):
    text, stored = describe(numbers, "dense"), _at_full_size(full)
    if stored is None:
        return text
    end = " and ".join(f"{accuracy:.3f}" for accuracy in stored[1][-1])
    return f"{text} Thin curves, the same at full size, end at {end}."
