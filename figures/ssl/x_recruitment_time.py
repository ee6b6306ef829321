"""A small mode waits algebraically long under the original loss, briefly under the isotropic."""

import matplotlib.pyplot as plt

from figures.kit import BLUE, PAGE, VERMILION

COLUMNS = {
    "initial": "initial eigenvalue of the mode",
    "standard": "predicted time to 1/2, original loss (learning rate x iterations)",
    "isotropic": "predicted time to 1/2, isotropic loss (learning rate x iterations)",
    "sampled_initial": "initial eigenvalue of the sampled networks",
    "sampled_standard": "measured time to 1/2, original loss, one column a repeat",
    "sampled_isotropic": "measured time to 1/2, isotropic loss, one column a repeat",
}


def draw(numbers):
    figure, ax = plt.subplots(figsize=(PAGE, 2.9))
    for variant, color, style, marker, text, at in (
        ("standard", BLUE, "-", "o", "original loss: $1 / 2\\lambda_0$", (4e-3, 260)),
        ("isotropic", VERMILION, "--", "s", "isotropic loss: $\\ln(1/\\lambda_0)/2$", (2e-3, 1.1)),
    ):
        ax.loglog(numbers["initial"], numbers[variant], color=color, linestyle=style)
        sampled = numbers[f"sampled_{variant}"]
        mean, spread = sampled.mean(axis=1), sampled.std(axis=1, ddof=1)
        ax.errorbar(numbers["sampled_initial"], mean, spread, fmt=marker, color=color, capsize=2)
        ax.text(*at, text, color=color)
    ax.text(0.1, 60, "lines: closed form\nmarkers: sampled networks", fontsize=7)
    ax.set(
        xlabel="initial eigenvalue $\\lambda_0$",
        ylabel="time to $\\lambda = 1/2$\n(learning rate x iterations)",
    )
    return figure


def alt(numbers):
    longest = numbers["standard"][0] / numbers["isotropic"][0]
    return (
        "Time until a mode reaches one half against its initial eigenvalue, both axes "
        "logarithmic. Under the original loss it falls as one over the eigenvalue, under the "
        "isotropic loss it is nearly "
        f"flat; at the smallest eigenvalue the first waits {longest:.0f} times as long. Markers of "
        "sampled networks lie on both lines."
    )
