"""Table 1, laptop size: read-out accuracy of five methods with and without an averaged target."""

import matplotlib.pyplot as plt

from figures.kit import BLACK, BLUE, PAGE, VERMILION

COLUMNS = {
    "method": "method",
    "with_average": "read-out accuracy by method and seed, averaged target",
    "without_average": "read-out accuracy by method and seed, no average",
    "raw_pixels": "read-out accuracy from raw pixels, mean over seeds",
}
CASES = (("with", -0.14, BLUE, "o", "circles: with averaged target"),
         ("without", 0.14, VERMILION, "s", "squares: without"))  # fmt: skip


def draw(numbers):
    figure, ax = plt.subplots(figsize=(PAGE, 2.6))
    for which, shift, color, marker, words in CASES:
        for row, values in enumerate(100 * numbers[f"{which}_average"]):
            mean, spread = values.mean(), values.std(ddof=1)
            ax.errorbar(mean, row + shift, xerr=spread, fmt=marker, color=color, capsize=2)
            ax.text(mean + spread + 0.25, row + shift, f"{mean:.1f} ± {spread:.1f}", color=color,
                    va="center", fontsize=7)  # fmt: skip
        ax.text(95.9, shift + 0.02, words, color=color, fontsize=7, ha="right", va="center")
    raw = 100 * numbers["raw_pixels"]
    ax.axvline(raw, color=BLACK, linestyle=":", linewidth=1)
    ax.text(raw + 0.15, -0.55, "raw pixels", fontsize=7, va="center")
    ax.set(xlabel="read-out accuracy (%), mean and standard deviation over five seeds",
           xlim=(80, 96), ylim=(4.8, -0.8))  # fmt: skip
    ax.set_yticks(range(len(numbers["method"])), numbers["method"])
    return figure


def alt(numbers):
    with_, without = (100 * numbers[f"{which}_average"].mean(axis=1) for which, *_ in CASES)
    rows = "; ".join(
        f"{name} {a:.1f} and {b:.1f}"
        for name, a, b in zip(numbers["method"], with_, without, strict=True)
    )
    return (
        "Read-out accuracy of five methods with and without an averaged target, per cent: "
        f"{rows}. Raw pixels give {100 * numbers['raw_pixels']:.1f}."
    )
