"""What each device law costs when its spread is halved, as fitted, or doubled."""

import matplotlib.pyplot as plt

from figures.kit import BLACK, PAGE
from figures.rram._look import CONDITIONS, EPOCHS

TITLES = {
    "fast_slope": "fast\nslope",
    "kink": "kink",
    "offset": "offset",
    "slow_slope": "slow\nslope",
    "initial_resistance": "initial\nresistance",
    "spread": "all five",
}
COLUMNS = {"factor": "factor on the standard deviation"} | {
    f"{law}_{epoch}": f"cost of {law}, {epoch} epoch: mean and standard error, points"
    for law in TITLES
    for epoch in EPOCHS
}


def draw(numbers):
    figure, axes = plt.subplots(1, 6, figsize=(PAGE, 2.5), sharey=True)
    color = CONDITIONS["spread"][0]
    for ax, (law, title) in zip(axes, TITLES.items(), strict=True):
        for (epoch, fill), marker, line in zip(EPOCHS.items(), "os", ("-", "--"), strict=True):
            mean, error = numbers[f"{law}_{epoch}"].T
            ax.errorbar(numbers["factor"], mean, error, fmt=marker, linestyle=line, color=color,
                        capsize=2, markersize=3.5, fillstyle=fill)  # fmt: skip
        ax.axhline(0, color=BLACK, linewidth=0.6)
        ax.set(title=title, xticks=(0, 1, 2))
    axes[0].set_ylabel("cost (points)")
    figure.supxlabel("factor on the standard deviation; filled: last epochs, open: best epoch",
                     fontsize=8)  # fmt: skip
    return figure


def alt(numbers):
    ends = {law: -numbers[f"{law}_last"][-1, 0] for law in TITLES}
    return (
        "Six small panels: cost in accuracy against the factor on the standard deviation, for "
        "each of five device laws and all together. At twice the spread, in the last epochs, "
        f"the fast slope costs {ends['fast_slope']:.1f} points, all five together "
        f"{ends['spread']:.1f}, the kink {ends['kink']:.1f} and the slow slope "
        f"{abs(ends['slow_slope']):.1f}."
    )
