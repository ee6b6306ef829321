"""The exact mean cosine update lies inside the scatter of sampled networks."""

import matplotlib.pyplot as plt

from figures.kit import PAGE, label_panels
from figures.ssl._look import LOSSES, SIMULATED

COLUMNS = {
    "iteration": "iterations of the exact mean update",
    "exact": "eigenvalues by mode, exact mean update",
    "sampled_iteration": "iterations of the sampled networks",
    "mean": "eigenvalues by mode, mean over sampled networks",
    "spread": "their standard deviation over networks",
    "separated": "iterations up to which the eigenvalues are apart",
    "deviation": "sampled minus exact, standard errors, by mode or sum of two near ones",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.8), width_ratios=[1.3, 1])
    ax, look = axes[0], LOSSES["isotropic"]
    ax.semilogy(numbers["iteration"], numbers["exact"], color=look["color"], linewidth=0.9,
                linestyle="-")  # fmt: skip
    for mean, spread in zip(numbers["mean"].T, numbers["spread"].T, strict=True):
        ax.errorbar(numbers["sampled_iteration"], mean, spread, fmt="o", color="#555555",
                    markersize=2, linewidth=0.7)  # fmt: skip
    ax.text(150, 0.022, "lines: exact mean update\ndots: mean of sampled networks,\n"
            "bars: their spread", fontsize=7)  # fmt: skip
    ax.set(xlabel="iteration", ylabel="eigenvalue", title="isotropic cosine loss")
    ax = axes[1]
    ax.axhspan(-2, 2, color=SIMULATED, alpha=0.15, linewidth=0)
    ax.plot(numbers["separated"], numbers["deviation"].T, "o", color="#555555", markersize=3)
    ax.axhline(0, color=look["color"], linewidth=0.8)
    reach = 1.15 * max(3.0, abs(numbers["deviation"]).max())
    ax.set(xlabel="iteration", ylabel="standard errors", title="simulation minus theory",
           ylim=(-reach, reach), xlim=(12, numbers["separated"][-1] + 13))  # fmt: skip
    label_panels(axes)
    return figure


def alt(numbers):
    deviation = numbers["deviation"]
    inside = (abs(deviation) < 2).mean()
    return (
        "Left: ten eigenvalues against iteration, exact lines through the means of sampled "
        "networks. Right: differences in standard errors, scattered about zero: "
        f"{100 * inside:.0f} per cent lie within two, the largest is {abs(deviation).max():.1f}."
    )
