"""The best observer weights rare events more; sparse patterns live longer by one over f squared."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLACK, BLUE, GREEN, PAGE, VERMILION, label_panels

LOOKS = ((BLUE, "o"), (GREEN, "s"), (VERMILION, "^"))
COLUMNS = {
    "fraction": "fraction of events that potentiate",
    "covariance_seen": "signal over measured noise of one synapse, best observer",
    "covariance_error": "its standard error",
    "covariance": "the same predicted",
    "signs_seen": "signal over measured noise, observer of signs",
    "signs_error": "its standard error",
    "signs": "the same predicted",
    "coding": "share of active neurons, simulated",
    "scaled_age": "age times its rate -ln(1 - 2 f^2 q), one column a share",
    "kept": "simulated signal over the predicted initial one, one column a share",
    "kept_error": "its standard error",
    "sparse": "share of active neurons",
    "synapses": "number of synapses",
    "lifetime": "lifetime in patterns at flip probability 1, one column a number of synapses",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.6))
    ax = axes[0]
    for name, color, marker in (("covariance", BLUE, "o"), ("signs", VERMILION, "s")):
        ax.semilogx(numbers["fraction"], numbers[name], color=color, linestyle="-")
        ax.errorbar(numbers["fraction"], numbers[f"{name}_seen"], 2 * numbers[f"{name}_error"],
                    color=color, fmt=marker, markersize=3.5, elinewidth=0.7)  # fmt: skip
    ax.text(0.06, 0.31, "best observer", color=BLUE, fontsize=7)
    ax.text(0.1, 0.145, "signs", color=VERMILION, fontsize=7)
    ax.set(xlabel="fraction of potentiation $f_+$", ylabel=r"initial signal to noise $/\sqrt{N}$",
           ylim=(0, 0.36))  # fmt: skip
    ax.set_xticks([0.05, 0.1, 0.2, 0.5], ["0.05", "0.1", "0.2", "0.5"])
    ax.minorticks_off()
    ax = axes[1]
    age = np.linspace(0, 2.2, 60)
    ax.semilogy(age, np.exp(-age), color=BLACK)
    for k, (color, marker) in enumerate(LOOKS):
        ax.errorbar(numbers["scaled_age"][:, k], numbers["kept"][:, k],
                    2 * numbers["kept_error"][:, k], color=color, fmt=marker, markersize=3.5,
                    elinewidth=0.7, label=f"$f = {numbers['coding'][k]:g}$")  # fmt: skip
    ax.legend(fontsize=7, loc="lower left")
    ax.set(xlabel="age over time constant", ylabel="signal kept")
    ax = axes[2]
    for k, shade in enumerate(("0.7", "0.4", "0.0")):
        life = numbers["lifetime"][:, k]
        ax.loglog(numbers["sparse"], np.where(life > 0, life, np.nan), color=shade, linestyle="-")
        at = life.argmax()
        words = f"$10^{{{np.log10(numbers['synapses'][k]):.0f}}}$"
        x, y = numbers["sparse"][at], life[at]
        place = (1.3 * x, 0.16 * y) if at == 0 else (x, 1.3 * y)
        ax.text(*place, words, color=shade, fontsize=7, ha="left" if at == 0 else "center")
    guide = 3 / numbers["sparse"] ** 2
    ax.loglog(numbers["sparse"], guide, color=VERMILION, linestyle=":")
    ax.text(0.06, 2500, "$1/f^2$", color=VERMILION, fontsize=7)
    ax.set(xlabel="share of active neurons $f$", ylabel="lifetime (patterns)", ylim=(3, 1e7))
    label_panels(axes)
    return figure


def alt(numbers):
    best, signs = numbers["covariance_seen"], numbers["signs_seen"]
    life = numbers["lifetime"]
    return (
        "Left: initial signal to noise against the fraction of potentiating events; of the best "
        f"observer it stays at {best.mean():.2f}, of signs it falls from {signs[0]:.2f} to "
        f"{signs[-1]:.2f}; measured dots on the lines. Middle: signals of patterns of three "
        "coding levels fall on one exponential of the scaled age. Right: lifetime against the "
        "share of active neurons rises like one over its square, for "
        f"{numbers['synapses'][-1]:.0e} synapses up to {life[:, -1].max():.0f} patterns."
    )
