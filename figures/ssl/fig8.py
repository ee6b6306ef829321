"""Fig. 8, laptop size: weight decay sets the level; the isotropic loss keeps more modes."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLUE, PAGE
from figures.ssl._look import draw_spectrum

METHODS = {"DirectPred": "original", "IsoLoss": "isotropic"}
COLUMNS = {
    "epoch": "epochs",
    "weight_decay": "weight decay",
    "predicted_epoch": "epochs of the prediction",
}
for _method, _loss in METHODS.items():
    COLUMNS[_method] = f"eigenvalues by weight decay and mode, ascending, {_loss} loss, one seed"
    COLUMNS[f"predicted_{_method}"] = f"the same, predicted, {_loss} loss"
    COLUMNS[f"level_off_{_method}"] = (
        f"sum of eigenvalues, predicted over measured, by weight decay and seed, {_loss} loss"
    )
    COLUMNS[f"participation_{_method}"] = (
        f"participation ratio at the end, {_loss} loss, over seeds"
    )


def draw(numbers):
    figure, axes = plt.subplots(2, 3, figsize=(PAGE, 3.6), sharex=True, sharey=True)
    for row, method in zip(axes, METHODS, strict=True):
        for k, ax in enumerate(row):
            eigenvalues = numbers[method][:, k]
            draw_spectrum(ax, numbers["epoch"], eigenvalues[:, ::3])
            draw_spectrum(ax, numbers["epoch"], eigenvalues[:, -1])
            predicted = numbers[f"predicted_{method}"][:, k]
            ax.plot(numbers["predicted_epoch"], predicted[:, [*range(0, 32, 6), -1]], color=BLUE,
                    linestyle="--", linewidth=0.8)  # fmt: skip
            rank = numbers[f"participation_{method}"][k]
            power = np.log10(numbers["weight_decay"][k])
            ax.set_title(f"{method}, $\\rho = 10^{{{power:.0f}}}$")
            ax.text(0.97, 0.95, f"participation ratio {rank:.1f}", fontsize=7, ha="right", va="top",
                    transform=ax.transAxes)  # fmt: skip
        row[0].set(ylabel="eigenvalue", ylim=(1e-5, 3e2))
    for ax in axes[1]:
        ax.set_xlabel("epoch")
    axes[0, 0].text(0.04, 0.06, "grey: encoder\nblue: linear theory", fontsize=7,
                    transform=axes[0, 0].transAxes)  # fmt: skip
    return figure


def alt(numbers):
    original, isotropic = numbers["participation_DirectPred"], numbers["participation_IsoLoss"]
    top = numbers["DirectPred"][-1, :, -1]
    weak = numbers["level_off_DirectPred"][-1, 1:]
    strong = numbers["level_off_DirectPred"][:, 0].mean(axis=-1)
    middle = len(strong) // 2
    return (
        "Six panels of eigenvalues against epoch for three weight decays, with those of the linear "
        f"theory from epoch {numbers['predicted_epoch'][0]} on. At the two weaker decays its level "
        f"under the original loss is {weak.min():.2f} to {weak.max():.2f} times the measured one "
        f"at the end; at the strongest {strong[middle]:.2f} times half-way and {strong[-1]:.2f} "
        "times at the end, where the measured level no longer falls. The strongest lowers "
        f"the level of all eigenvalues, the largest of the original loss to {top[0]:.2g} from "
        f"{top[1]:.2g} and {top[2]:.2g} at the two weaker ones. The isotropic loss keeps "
        f"more modes up in each column: participation ratios {isotropic[0]:.1f}, "
        f"{isotropic[1]:.1f} and {isotropic[2]:.1f} against {original[0]:.1f}, {original[1]:.1f} "
        f"and {original[2]:.1f}."
    )
