"""Self-distillation prefers clean features, reconstruction strong ones."""

import matplotlib.pyplot as plt

from figures.kit import BLUE, ORANGE, PAGE, label_panels

LOOKS = {
    "distilled": {"color": BLUE, "linestyle": "-"},
    "reconstructed": {"color": ORANGE, "linestyle": "--"},
}
TITLES = {"distilled": "self-distillation", "reconstructed": "reconstruction"}
FEATURES = ("strong", "clean")
COLUMNS = {
    "regression": "regression coefficient of a feature",
    "depths": "layers of the encoder",
    "fraction": "weight over where it ends",
    "covariances": "covariance of the strong and of the clean feature",
    "coefficients": "regression coefficient of the strong and of the clean feature",
}
for _objective in LOOKS:
    COLUMNS[f"wait_{_objective}"] = (
        f"time to one half over a noiseless feature's, one column a depth, {TITLES[_objective]}"
    )
    for _feature in FEATURES:
        COLUMNS[f"{_feature}_{_objective}"] = (
            f"time at each fraction, {_feature} feature, {TITLES[_objective]}"
        )


def draw(numbers):
    figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.6))
    for objective, look in LOOKS.items():
        waits = numbers[f"wait_{objective}"]
        for wait, width in zip(waits.T, (0.9, 1.8), strict=True):
            axes[0].plot(numbers["regression"], wait, **look | {"linewidth": width})
    axes[0].set(xlabel="regression coefficient $\\beta$", ylabel="relative time to 1/2",
                title="equal covariance", ylim=(0.7, 1.35))  # fmt: skip
    axes[0].text(0.55, 1.15, "self-distillation", color=LOOKS["distilled"]["color"], fontsize=7)
    axes[0].text(0.45, 1.0, "reconstruction", color=LOOKS["reconstructed"]["color"], fontsize=7,
                 va="bottom")  # fmt: skip
    thin, thick = numbers["depths"]
    axes[0].text(0.97, 0.97, f"thin: {thin:.0f} layer\nthick: {thick:.0f} layers", fontsize=7,
                 ha="right", va="top", transform=axes[0].transAxes)  # fmt: skip
    for ax, (objective, look) in zip(axes[1:], LOOKS.items(), strict=True):
        last = max(numbers[f"{feature}_{objective}"][-1] for feature in FEATURES)
        for feature, width in zip(FEATURES, (0.9, 1.8), strict=True):
            ax.plot(numbers[f"{feature}_{objective}"] / last, numbers["fraction"],
                    **look | {"linewidth": width})  # fmt: skip
        ax.set(
            xlabel="time / time of the later one",
            title=TITLES[objective],
            ylim=(0, 1),
            xlim=(0.5, 1.02),
        )
        for y, feature, phi, beta in zip((0.72, 0.9), FEATURES, numbers["covariances"],
                                         numbers["coefficients"], strict=True):  # fmt: skip
            ax.text(0.52, y, f"{'thin' if feature == 'strong' else 'thick'}: {feature}, "
                    f"$\\varphi$={phi:g}, $\\beta$={beta:g}", fontsize=6.5)  # fmt: skip
    axes[1].set_ylabel("weight / final weight")
    label_panels(axes)
    return figure


def alt(numbers):
    first = {
        objective: min(FEATURES, key=lambda f, o=objective: numbers[f"{f}_{o}"][-1])
        for objective in LOOKS
    }
    waits = numbers["wait_distilled"]
    return (
        "Left: time to learn a feature against its regression coefficient at equal covariance: a "
        f"feature of coefficient {numbers['regression'][0]:g} waits {waits[0, 0]:.2f} times as "
        f"long as a noiseless one under self-distillation with {numbers['depths'][0]:.0f} layer, "
        f"{waits[0, 1]:.2f} times with {numbers['depths'][1]:.0f}, and less under reconstruction. "
        f"Middle and right: of two features the {first['distilled']} one is learned first "
        f"by self-distillation, the {first['reconstructed']} one by reconstruction."
    )
