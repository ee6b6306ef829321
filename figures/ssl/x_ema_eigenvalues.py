"""An averaged target is stable at every averaging rate, and slow when the average is slow."""

import matplotlib.pyplot as plt

from figures.kit import GREEN, ORANGE, PAGE, PINK, SKY, label_panels

COLUMNS = {
    "averaging_rate": "averaging rate of the target",
    "exponents": "exponents of the predictor",
    "decay_rates": "decay rates at the fixed point, by exponent, fast and slow",
    "time": "time (learning rate x iterations)",
    "trajectory_rates": "averaging rates of the trajectories",
    "online": "eigenvalues of the online network, by averaging rate and start",
}
EXPONENT_LOOKS = ((SKY, "-"), (GREEN, "--"))
RATE_LOOKS = ((ORANGE, "-."), (PINK, "--"), ("#555555", "-"))


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.7))
    ax = axes[0]
    places = ((8e-3, 1.4e-3), (4e-3, 0.12))
    for k, (color, style) in enumerate(EXPONENT_LOOKS):
        exponent = numbers["exponents"][k]
        ax.loglog(
            numbers["averaging_rate"], numbers["decay_rates"][:, k], color=color, linestyle=style
        )
        ax.axhline(2 * exponent, color=color, linestyle=":", linewidth=0.8)
        ax.text(*places[k], f"$\\alpha = {exponent:g}$", color=color)
    ax.text(100, 0.1, "dotted: without averaging, $2\\alpha$", fontsize=7, ha="right", va="top")
    ax.text(100, 0.03, "slow rate, small $\\beta$: $2\\alpha\\beta / (1 + 2\\alpha)$", fontsize=7,
            ha="right", va="top")  # fmt: skip
    ax.set(xlabel="averaging rate $\\beta$", ylabel="decay rates", title="at the fixed point")
    ax = axes[1]
    places = ((43, 0.3), (17.5, 0.62), (1.5, 0.5))
    for k, (color, style) in enumerate(RATE_LOOKS):
        ax.plot(numbers["time"], numbers["online"][:, k], color=color, linestyle=style)
        ax.text(*places[k], f"$\\beta = {numbers['trajectory_rates'][k]:g}$", color=color)
    ax.set(
        xlabel="time (learning rate x iterations)",
        ylabel="eigenvalue of the online network",
        title="from two starts, $\\alpha = 1$",
    )
    label_panels(axes)
    return figure


def alt(numbers):
    slow, fast = numbers["trajectory_rates"][[0, -1]]
    ends = numbers["online"][-1, :, 0]
    return (
        "Left: the two decay rates at the fixed point against the averaging rate of the target, "
        "both positive everywhere; the slow one is proportional to the averaging rate until it "
        "levels off. Right: eigenvalues of the online network reach one later the slower the "
        f"target averages: at the end the small mode is at {ends[0]:.2f} for the rate {slow:g} "
        f"and at {ends[-1]:.2f} for {fast:g}."
    )
