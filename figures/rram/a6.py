"""A6: median, band, mean and tail of many devices, all predicted in closed form."""

import matplotlib.pyplot as plt

from figures.kit import BLACK, BLUE, GREEN, PAGE, PINK, SKY, VERMILION, label_panels

COLUMNS = {
    "pulses": "pulses, simulated",
    "kiloohm": "5, 50 and 95 per cent quantiles of R, simulated, kiloohm",
    "mean": "mean of w = ln(R/R0), simulated",
    "deviation": "standard deviation of w, simulated",
    "pulses_predicted": "pulses, predicted",
    "kiloohm_predicted": "5, 50 and 95 per cent quantiles of R, predicted, kiloohm",
    "mean_predicted": "mean of w, closed form",
    "deviation_predicted": "standard deviation of w, closed form",
    "tail_pulses": "pulses of panel c",
    "growth": "factor of R on the fast piece",
    "above": "share of devices above that factor, by pulses, simulated",
    "above_predicted": "the same, Pareto law",
}
TAILS = ((GREEN, "-"), (VERMILION, "--"), (PINK, "-."))


def draw(numbers):
    figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.8))
    t, some = numbers["pulses"], numbers["pulses_predicted"]
    ax, band = axes[0], numbers["kiloohm"]
    ax.fill_between(t, band[:, 0], band[:, 2], color=SKY, alpha=0.5, linewidth=0)
    ax.plot(t, band[:, 1], "-", color=BLUE)
    ax.plot(some, numbers["kiloohm_predicted"], "o", color=BLACK, markersize=3)
    ax.text(1950, band[-1, 1] + 0.4, "median", color=BLUE, ha="right", va="bottom")
    ax.text(1350, 20, "5 to 95 %", color=BLUE, ha="center")
    ax.set(xlabel="pulses", ylabel=r"$R$ (k$\Omega$)", title="dots: predicted")
    ax = axes[1]
    for part, color, line, at in (
        ("mean", BLUE, "-", (1950, 0.41)),
        ("deviation", VERMILION, "--", (850, 0.52)),
    ):
        ax.plot(t, numbers[part], line, color=color)
        ax.plot(some, numbers[f"{part}_predicted"], "o", color=BLACK, markersize=3)
        ax.text(*at, part, color=color, ha="right")
    ax.set(xlabel="pulses", ylabel="in $w$", title="dots: closed form", ylim=(0, None))
    ax = axes[2]
    for k, (color, line) in enumerate(TAILS):
        above = numbers["above"][:, k]
        ax.loglog(numbers["growth"], above, linestyle=line, color=color)
        ax.loglog(
            numbers["growth"], numbers["above_predicted"][:, k], ":", color=BLACK, linewidth=0.9
        )
        at = (above < (1.2e-4, 6e-4, 5e-3)[k]).argmax()
        label = f"{numbers['tail_pulses'][k]}" + (" pulses" if k == 2 else "")
        ax.text(1.25 * numbers["growth"][at], above[at], label, color=color, fontsize=7)
    ax.set(xlabel="$e^{m_1 t}$, fast piece alone", ylabel="share of devices above",
           ylim=(5e-5, 1.3), xlim=(1, 1000), title="dotted: Pareto law")  # fmt: skip
    label_panels(axes)
    return figure


def alt(numbers):
    low, median, high = numbers["kiloohm"][-1]
    return (
        "Left: median and 5 to 95 per cent band of the resistance against pulses, rising with a "
        f"widening upper side to {median:.1f} kiloohm, {low:.1f} and {high:.0f}, after "
        f"{numbers['pulses'][-1]} pulses; dots of the prediction lie on them. Middle: mean and "
        f"deviation of the log-resistance with closed-form dots, {numbers['mean'][-1]:.2f} and "
        f"{numbers['deviation'][-1]:.2f} in the end. Right: log-log survival curves on the fast "
        "piece are straight lines, flatter for more pulses, on the dotted Pareto laws."
    )
