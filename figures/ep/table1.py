"""Published errors on CIFAR-10 beside those of a small ConvNet on digits."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import PAGE

HEADS = ["loss", "rule", "paper, CIFAR-10:\nEP test error (%)", "paper:\nBPTT (%)",
         "ours, digits: EP,\nmedian (range) (%)", "ours: BPTT,\nmedian (range) (%)"]  # fmt: skip
COLUMNS = {
    "loss": "loss",
    "rule": "learning rule",
    "published": "published test error, per cent",
    "confirmed": "whether that value is confirmed; all others are recalled",
    "published_bptt": "published test error of BPTT, recalled, per cent",
    "ours": "test error here, one column a seed, per cent",
    "ours_bptt": "test error here of BPTT in the network of the row, one column a seed, per cent",
    "epochs": "epochs of training here",
}


def measured(errors):
    """Median, and the range without the best and the worst seed."""
    inner = np.sort(errors)[1:-1]
    return f"{np.median(errors):.1f}  ({inner[0]:.0f} to {inner[-1]:.0f})"


def draw(numbers):
    figure, ax = plt.subplots(figsize=(PAGE, 2.7))
    ax.axis("off")
    cells = []
    for k, error in enumerate(numbers["published"]):
        told = f"{error:g}" if numbers["confirmed"][k] else f"({error:.2f})"
        cells.append([numbers["loss"][k], numbers["rule"][k], told,
                      f"({numbers['published_bptt'][k]:.2f})", measured(numbers["ours"][k]),
                      measured(numbers["ours_bptt"][k])])  # fmt: skip
    table = ax.table(cells, colLabels=HEADS, cellLoc="center", bbox=(0, 0.2, 1, 0.8),
                     colWidths=(1.3, 1.05, 1.1, 0.7, 1.25, 1.25))  # fmt: skip
    table.auto_set_font_size(False)
    for (i, _), cell in table.get_celld().items():
        cell.set_fontsize(7)
        cell.set_linewidth(0.3)
        if i == 0:
            cell.set_height(1.7 * cell.get_height())
            cell.set_text_props(weight="bold")
    seeds = numbers["ours"].shape[1]
    ax.text(0, 0.0, "paper: without brackets confirmed, the abstract's rounded value; in brackets "
            f"recalled, not confirmed.\nours: median of {seeds} seeds after {numbers['epochs']} "
            f"epochs "
            "(second best to second worst); BPTT in the network of each row.",
            fontsize=7)  # fmt: skip
    return figure


def alt(numbers):
    rows = "; ".join(
        f"{loss}, {rule}: {np.median(ours):.1f} (paper {published:g})"
        for loss, rule, ours, published in zip(
            numbers["loss"], numbers["rule"], numbers["ours"], numbers["published"], strict=True
        )
    )
    return (
        f"Table of {len(numbers['loss'])} rows: loss, rule, published test errors of equilibrium "
        "propagation and BPTT with their certainty, and test errors of both measured here on "
        f"digits. Median errors in per cent: {rows}."
    )
