"""Fig. 2: ten eigenvalues in eight settings; the smallest tells the losses apart."""

import matplotlib.pyplot as plt

from figures.kit import BLACK, PAGE
from figures.ssl._look import SMALLEST, VARIANTS, capital, draw_spectrum

LOSSES = ("euclidean", "cosine")
COLUMNS = {
    "iteration": "iterations",
    "slow_iteration": "iterations, without predictor",
} | {
    f"{loss}_{variant}": f"eigenvalues by mode, {loss} loss, {name}"
    for loss in LOSSES
    for variant, name in VARIANTS.items()
}


def draw(numbers):
    figure, axes = plt.subplots(2, 4, figsize=(PAGE, 3.6), sharey="row")
    for row, loss in zip(axes, LOSSES, strict=True):
        for ax, (variant, title) in zip(row, VARIANTS.items(), strict=True):
            slow = variant == "no_predictor"
            abscissa = numbers["slow_iteration"] / 1000 if slow else numbers["iteration"]
            eigenvalues = numbers[f"{loss}_{variant}"]
            draw_spectrum(ax, abscissa, eigenvalues[:, 1:])
            ax.plot(abscissa, eigenvalues[:, 0], **SMALLEST)
            ax.axhline(1, color=BLACK, linestyle=":", linewidth=0.6)
            ax.set(title=title, ylim=(1e-2, 10))
            ax.set_xlabel("iteration / 1000" if slow else "iteration")
        row[0].set_ylabel(f"{capital(loss)}\neigenvalue")
    axes[1, 0].set(title="no stop-gradient,\nreleased rule", ylim=(1e-2, 200))
    return figure


def alt(numbers):
    last = {loss: numbers[f"{loss}_standard"][-1] for loss in LOSSES}
    return (
        "Eight panels of ten eigenvalues on a logarithmic axis, the smallest in black. "
        "Euclidean: collapse in two stages without stop-gradient, no change without predictor, "
        "one-by-one recruitment to one under the original loss, where the smallest has only "
        f"reached {last['euclidean'][0]:.2f}, joint and early under the isotropic loss. Cosine: "
        "run-away under the released rule without stop-gradient, up to "
        f"{numbers['cosine_no_stop_gradient'][-1].max():.0f}, slow equalisation without "
        "predictor, equalisation with a late smallest mode under the original loss, at "
        f"{last['cosine'][0]:.2f} in the end, joint equalisation under the isotropic loss."
    )
