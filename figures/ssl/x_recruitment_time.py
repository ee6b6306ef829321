"""A small mode waits algebraically long under the original loss, briefly under the isotropic."""

import matplotlib.pyplot as plt

from figures.kit import PAGE
from figures.ssl._look import LOSSES

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
    original = "original loss, for small $\\lambda_0$: $1 / (2 \\lambda_0)$"
    isotropic = "isotropic loss, for small $\\lambda_0$: $\\ln(1/\\lambda_0)/2$"
    for variant, marker, text, at in (
        ("standard", "o", original, (4e-3, 260)),
        ("isotropic", "s", isotropic, (2e-3, 1.1)),
    ):
        look = LOSSES[variant]
        ax.loglog(numbers["initial"], numbers[variant], **look)
        sampled = numbers[f"sampled_{variant}"]
        ax.plot(numbers["sampled_initial"], sampled, marker, color=look["color"], fillstyle="none")
        ax.text(*at, text, color=look["color"])
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
        "isotropic loss it is nearly flat; at the smallest eigenvalue drawn, "
        f"{numbers['initial'][0]:g}, the first waits {longest:.0f} times as long. Markers of "
        f"{numbers['sampled_standard'].shape[1]} sampled networks a start lie on both lines."
    )
