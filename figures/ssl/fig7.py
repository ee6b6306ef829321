"""Fig. 7, laptop size: without an averaged target few modes rise, and the read-out is worse."""

import matplotlib.pyplot as plt

from figures.kit import PAGE, label_panels
from figures.ssl._look import draw_spectrum

COLUMNS = {"epoch": "epochs"}
for _which in ("with", "without"):
    COLUMNS[f"{_which}_average"] = f"eigenvalues by mode, ascending, {_which} average, one seed"
    COLUMNS[f"accuracy_{_which}"] = f"read-out accuracy at the end, {_which} average, by seed"


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.5), sharey=True)
    for ax, which in zip(axes, ("with", "without"), strict=True):
        eigenvalues = numbers[f"{which}_average"]
        draw_spectrum(ax, numbers["epoch"], eigenvalues[:, ::3])
        draw_spectrum(ax, numbers["epoch"], eigenvalues[:, -1])
        accuracy = numbers[f"accuracy_{which}"].mean()
        ax.set(title=f"{which} averaged target: accuracy {accuracy:.2f}", xlabel="epoch")
    axes[0].set(ylabel="eigenvalue", ylim=(5e-3, 5e3))
    label_panels(axes)
    return figure


def alt(numbers):
    with_, without = numbers["with_average"][-1], numbers["without_average"][-1]
    ranks = [v.sum() ** 2 / (v**2).sum() for v in (with_, without)]
    return (
        "Eigenvalues against epoch under the isotropic cosine loss, every third mode drawn. "
        "With an averaged target many modes rise; without it the largest ends "
        f"{without[-1] / with_[-1]:.0f} times as high and fewer rise: the participation ratio at "
        f"the end is {ranks[1]:.1f} instead of {ranks[0]:.1f}. The read-out accuracy falls from "
        f"{numbers['accuracy_with'].mean():.2f} to {numbers['accuracy_without'].mean():.2f}."
    )
