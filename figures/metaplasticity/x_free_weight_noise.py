"""Adam without sample noise: the flips of free weights keep the ranking alive."""

import matplotlib.pyplot as plt

from figures.kit import BLACK, BLUE, PAGE, VERMILION, label_panels

COLUMNS = {
    "shaking": "deviation of the gradient by free weights over the multiplier, median",
    "ratio": "rows per synapse of the random Hessian",
    "ranking": "rank correlation of hidden weight and multiplier, no sample noise",
    "predicted_ranking": "the same, predicted with free weights as the only noise",
    "with_samples": "the same at the weakest coupling with sample noise of the median multiplier",
    "size_strong": "multipliers, strongest coupling",
    "speed_strong": "|W| / (learning rate x steps), strongest coupling",
    "predicted_strong": "the same, predicted",
    "size_weak": "multipliers, weakest coupling",
    "speed_weak": "|W| / (learning rate x steps), weakest coupling",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.8), width_ratios=[1.2, 1])
    ax = axes[0]
    ax.plot(numbers["size_weak"], numbers["speed_weak"], "s", color=VERMILION, markersize=2.5)
    ax.plot(numbers["size_strong"], numbers["speed_strong"], "o", color=BLUE, markersize=2.5)
    ax.plot(numbers["size_strong"], numbers["predicted_strong"], "_", color=BLACK, markersize=6)
    ax.text(0.97, 0.72, "weak coupling: all at full speed", color=VERMILION, fontsize=7, ha="right",
            transform=ax.transAxes)  # fmt: skip
    ax.text(0.97, 0.08, "strong coupling\nbars: predicted", color=BLUE, fontsize=7, ha="right",
            transform=ax.transAxes)  # fmt: skip
    ax.set(xlabel="multiplier $|v|$", ylabel=r"$|W|/(\eta T)$, Adam, no sample noise",
           ylim=(0, 1.08))  # fmt: skip
    ax = axes[1]
    ax.semilogx(numbers["shaking"], numbers["ranking"], "o-", color=BLUE, markersize=4)
    ax.semilogx(numbers["shaking"], numbers["predicted_ranking"], "_", color=BLACK, markersize=8)
    ax.plot(numbers["shaking"][-1], numbers["with_samples"], "D", color=VERMILION, markersize=5)
    ax.text(0.97, 0.2, "bars: predicted\ndiamond: sample noise added", fontsize=7, ha="right",
            transform=ax.transAxes)  # fmt: skip
    ax.set(xlabel="shaking by free weights over $|v|$", ylabel="rank correlation, $|W|$ and $|v|$",
           ylim=(0, 1.05), xticks=[0.03, 0.1, 0.3],
           xticklabels=["0.03", "0.1", "0.3"])  # fmt: skip
    ax.minorticks_off()
    label_panels(axes)
    return figure


def alt(numbers):
    return (
        "Left: hidden weight per learning rate and step under Adam without sample noise against "
        "the multiplier. With weak coupling nearly all weights sit at the largest speed; with "
        "strong coupling they rise with the multiplier, on the prediction with free weights as the "
        "only noise. Right: rank correlation of both against how strongly free weights shake the "
        f"gradient, from {numbers['ranking'][-1]:.2f} at the weakest to "
        f"{numbers['ranking'][0]:.2f} at the strongest coupling; with sample noise the weakest "
        f"reaches {numbers['with_samples']:.2f}."
    )
