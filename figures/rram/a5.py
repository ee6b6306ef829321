"""A5: the five laws of the devices, and the nearly uniform asymmetry of a pair."""

import matplotlib.pyplot as plt

from figures.kit import BLACK, ORANGE, PAGE, SKY, label_panels

LAWS = {
    "fast_slope": ("fast slope $m_1$ ($10^{-3}$ per pulse)", 1e3, "per pulse"),
    "kink": ("kink $t^*$ (pulses)", 1, "pulses"),
    "offset": ("offset $c_1$", 1, "in ln(R/R0)"),
    "slow_slope": ("slow slope $m_2$ ($10^{-5}$ per pulse)", 1e5, "per pulse"),
    "initial_resistance": (r"$R_0$ (k$\Omega$)", 1e-3, "ohm"),
    "asymmetry": ("asymmetry $A$ of a synapse", 1, "dimensionless"),
}
COLUMNS = {}
for _name, (_label, _factor, _unit) in LAWS.items():
    COLUMNS[f"{_name}_edges"] = f"edges of the histogram of {_name}, {_unit}"
    COLUMNS[f"{_name}_sampled"] = f"density of the samples of {_name} between the edges"
    COLUMNS[f"{_name}_at"] = f"abscissa of the law of {_name}, {_unit}"
    COLUMNS[f"{_name}_law"] = f"density of the law of {_name}"


def draw(numbers):
    figure, axes = plt.subplots(2, 3, figsize=(PAGE, 3.9))
    for ax, (name, (label, unit, _)) in zip(axes.flat, LAWS.items(), strict=True):
        ax.stairs(numbers[f"{name}_sampled"] / unit, unit * numbers[f"{name}_edges"], fill=True,
                  color=ORANGE if name == "asymmetry" else SKY)  # fmt: skip
        ax.plot(unit * numbers[f"{name}_at"], numbers[f"{name}_law"] / unit, "-", color=BLACK,
                linewidth=1)  # fmt: skip
        ax.set(xlabel=label, yticks=[])
    ax = axes.flat[5]
    ax.axhline(0.5, color=BLACK, linestyle=":", linewidth=1)
    ax.text(0, 0.25, "dotted: uniform law", ha="center", fontsize=7)
    for ax in axes[:, 0]:
        ax.set_ylabel("density")
    label_panels(axes)
    return figure


def alt(numbers):
    law = numbers["asymmetry_law"]
    return (
        "Six histograms with theoretical densities: fast slope exponential, kink lognormal, "
        "offset normal, slow slope exponential, initial resistance normal, each cut at its "
        "window; the asymmetry is nearly uniform between minus one and one, its density between "
        f"{law.min():.2f} and {law.max():.2f} against one half."
    )
