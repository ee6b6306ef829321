"""A4: spectra of both noises on their closed forms."""

import matplotlib.pyplot as plt

from figures.kit import BLACK, BLUE, ORANGE, PAGE, SKY, VERMILION, label_panels

SERIES = {"pink_15": (BLUE, "o"), "pink_126": (ORANGE, "s"), "telegraph": (VERMILION, "o")}
COLUMNS = {
    "frequency": "frequency, cycles per pulse, of the closed forms",
    "all_taps": "spectral density of pink noise with all taps, pulses",
    "corner": "corner frequency of the telegraph noise, cycles per pulse",
    "floor": "white floor of the redrawn factor, pulses",
}
for _name in SERIES:
    COLUMNS[f"{_name}_theory"] = f"spectral density, {_name}, closed form, pulses"
    COLUMNS[f"{_name}_frequency"] = f"frequency, {_name}, cycles per pulse"
    COLUMNS[f"{_name}_density"] = f"spectral density, {_name}, simulated, pulses"


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 3.0))
    f = numbers["frequency"]
    for name, (color, marker) in SERIES.items():
        ax = axes[int(name == "telegraph")]
        ax.loglog(numbers[f"{name}_frequency"], numbers[f"{name}_density"], marker, color=color,
                  markersize=3)  # fmt: skip
        ax.loglog(f, numbers[f"{name}_theory"], "-", color=BLACK, linewidth=0.8)
        if name != "telegraph":
            ax.text(2.1e-4, 1.35 * numbers[f"{name}_theory"][0], f"{name[5:]} taps", color=color,
                    fontsize=7)  # fmt: skip
    ax = axes[0]
    ax.loglog(f[f > 2e-3], numbers["all_taps"][f > 2e-3], ":", color=BLACK, linewidth=1)
    ax.text(1.1e-2, 1.6e-3, r"all taps: $\alpha^2 / (24 \sin \pi f)$", fontsize=7, va="bottom")
    ax.set(title="pink noise", ylabel="spectral density (pulses)", ylim=(1e-5, 2e-2))
    ax = axes[1]
    ax.plot([numbers["corner"]] * 2, [0.03, 14], ":", color=BLACK, linewidth=0.8)
    ax.text(numbers["corner"] * 1.15, 5, "corner", fontsize=7)
    ax.axhline(numbers["floor"], color=SKY, linestyle="--", linewidth=1)
    ax.text(1.3e-4, numbers["floor"] * 1.15, "white floor of the redrawn factor", fontsize=7)
    ax.set(title="telegraph noise, per squared amplitude", ylim=(8e-3, 15))
    for ax in axes:
        ax.set_xlabel("frequency (cycles per pulse)")
    label_panels(axes)
    return figure


def alt(numbers):
    drop = numbers["telegraph_density"][0] / numbers["floor"]
    return (
        "Log-log spectra, points of simulated devices on lines of the closed forms. Left: pink "
        "noise with 15 taps is flat below one fifteenth and falls as one over the frequency "
        "above; with 126 taps the fall begins a decade lower. Right: the telegraph noise is "
        f"flat, falls from its corner frequency, {numbers['corner']:.2g} cycles per pulse, and "
        f"reaches a white floor {drop:.0f} times lower."
    )
