"""Single draws of the homeostatic loss, and their mean and spread against the asymmetry."""

import matplotlib.pyplot as plt

from figures.kit import BLUE, PAGE, VERMILION, label_panels

COLUMNS = {
    "drawn_scale": "size of the antisymmetric part in panel a",
    "edge": "edges of the histogram's bins, values of one draw",
    "density": "density of single draws, one column a scale",
    "drawn_mean": "mean by the formula, one a scale",
    "scale": "size of the antisymmetric part, sampled",
    "sampled_mean": "mean of the draws",
    "sampled_deviation": "standard deviation of the draws",
    "draws": "draws a scale",
    "fine_scale": "size of the antisymmetric part, formulas",
    "mean": "mean of a draw by the formula",
    "deviation": "standard deviation of a draw by the formula",
    "linear": "standard deviation a scale by the commutator of S and A alone",
    "square": "standard deviation a squared scale by the square of A alone",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.7))
    for k, (color, line, height) in enumerate(((BLUE, "-", 0.8), (VERMILION, "--", 0.3))):
        mean = numbers["drawn_mean"][k]
        axes[0].stairs(
            numbers["density"][:, k], numbers["edge"], color=color, linestyle=line, linewidth=1.2
        )
        axes[0].axvline(mean, color=color, linestyle=":", linewidth=1)
        axes[0].text(mean + 0.15, height, rf"$A \times {numbers['drawn_scale'][k]:g}$", color=color)
    axes[0].set(
        xlabel=r"one draw of $\|J\varepsilon\|^2 - \varepsilon^\top J^2 \varepsilon$",
        ylabel="density", title="dotted: the mean, $2\\|A\\|^2$",
    )  # fmt: skip
    fine, ax = numbers["fine_scale"], axes[1]
    for name, color, marker in (("mean", BLUE, "o"), ("deviation", VERMILION, "s")):
        ax.loglog(fine, numbers[name], "-", color=color, linewidth=1)
        ax.loglog(
            numbers["scale"], numbers[f"sampled_{name}"], marker, color=color, fillstyle="none"
        )
    for curve in (numbers["linear"] * fine, numbers["square"] * fine**2):
        ax.loglog(fine, curve, "--", color="0.6", linewidth=0.8, zorder=0)
    ax.text(0.5, 1.1 * numbers["sampled_mean"][4], "mean", color=BLUE, ha="right")
    ax.text(0.045, 1.3, "standard deviation\nof one draw", color=VERMILION)
    ax.text(2, 0.05, "dashed: its two powers", color="0.4", ha="right", fontsize=7)
    ax.set(
        xlabel="scale of the antisymmetric part", ylim=(0.02, 100),
        title=f"points: {numbers['draws']} draws, lines: formulas",
    )  # fmt: skip
    label_panels(axes)
    return figure


def alt(numbers):
    ratio = numbers["sampled_deviation"] / numbers["sampled_mean"]
    return (
        "Left: histograms of single draws for two asymmetries, partly negative, with their means. "
        "Right: mean and standard deviation of a draw against the scale of the antisymmetric part. "
        "The mean falls with its square, the standard deviation in the end only with its first "
        f"power: from {ratio[-1]:.2f} times the mean at scale {numbers['scale'][-1]:g} to "
        f"{ratio[0]:.1f} times at {numbers['scale'][0]:g}. Samples lie on the formulas."
    )
