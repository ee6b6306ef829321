"""Fig. 6: ten eigenvalues of rectified networks in eight settings."""

import matplotlib.pyplot as plt

from figures.kit import BLACK, PAGE, SKY
from figures.ssl._look import VARIANTS, capital, draw_spectrum

LOSSES = ("euclidean", "cosine")
COLUMNS = {
    "iteration": "iterations, Euclidean loss",
    "sampled_iteration": "iterations, cosine loss with predictor",
    "drift_iteration": "iterations of the paper's step, cosine loss without predictor",
    "true_gradient": "eigenvalues by mode, Euclidean loss, true gradient",
} | {
    f"{loss}_{variant}": f"eigenvalues by mode, {loss} loss, {name}"
    for loss in LOSSES
    for variant, name in VARIANTS.items()
}


def draw(numbers):
    figure, axes = plt.subplots(2, 4, figsize=(PAGE, 3.6))
    for row, loss in zip(axes, LOSSES, strict=True):
        for ax, (variant, title) in zip(row, VARIANTS.items(), strict=True):
            abscissa = "iteration" if loss == "euclidean" else "sampled_iteration"
            if (loss, variant) == ("cosine", "no_predictor"):
                abscissa = "drift_iteration"
            draw_spectrum(ax, numbers[abscissa], numbers[f"{loss}_{variant}"])
            ax.axhline(1, color=BLACK, linestyle=":", linewidth=0.6)
            ax.set(title=title, xlabel="iteration", ylim=(1e-2, 10))
        row[0].set_ylabel(f"{capital(loss)}\neigenvalue of $W W^\\top$")
    ax = axes[0, 2]
    ax.plot(
        numbers["iteration"], numbers["true_gradient"], color=SKY, linestyle="--", linewidth=0.7
    )
    ax.text(1500, 0.06, "dashed: true gradient", color=SKY, fontsize=6.5, ha="right")
    axes[1, 0].set(title="no stop-gradient,\nreleased rule", ylim=(1e-2, 1e3))
    ticks = (0, numbers["drift_iteration"][-1] // 2, numbers["drift_iteration"][-1])
    axes[1, 1].set_xticks(ticks, [f"{t:,}".replace(",", " ") for t in ticks])
    return figure


def alt(numbers):
    last = {name: numbers[name][-1] for name in COLUMNS if "iteration" not in name}
    dead = (last["euclidean_no_stop_gradient"] < 0.01).sum()
    spread = {
        name: last[name][-1] / last[name][-8] for name in ("euclidean_standard", "true_gradient")
    }
    return (
        f"Eight panels of ten eigenvalues of rectified networks. Euclidean: collapse of {dead} "
        "modes without stop-gradient, no change without predictor, recruitment under the "
        f"original loss with a remaining spread of {spread['euclidean_standard']:.1f} between "
        "the first and the eighth, which the true gradient, dashed, takes down to "
        f"{spread['true_gradient']:.2f}; all at one under the isotropic loss. Cosine, sampled: "
        "run-away under the released rule without stop-gradient, slow drift without predictor, "
        "near equality with laggards under the original loss, growth under the isotropic loss."
    )
