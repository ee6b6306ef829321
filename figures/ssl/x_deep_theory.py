"""The linear theory over the encoder's spectra: where one fitted clock suffices, where not."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLACK, BLUE, GREY, PAGE
from figures.ssl._look import ISOTROPIC, ORIGINAL, SPECTRUM, capital

RUNS = [
    (loss, variant) for loss in ("euclidean", "cosine") for variant in ("standard", "isotropic")
]
COLUMNS = {
    "epoch": "epochs",
    "predicted_epoch": "epochs of the prediction",
    "fitted_until": "last epoch on which the clock is fitted",
}
for _loss, _variant in RUNS:
    _key, _name = f"{_loss}_{_variant}", f"{_loss} loss, {_variant}"
    COLUMNS[f"measured_{_key}"] = f"eigenvalues by mode, ascending, one seed, {_name}"
    COLUMNS[f"predicted_{_key}"] = f"the same, predicted, {_name}"
    COLUMNS[f"error_{_key}"] = f"factor by which a predicted eigenvalue is off, by seed, {_name}"
    COLUMNS[f"unchanged_{_key}"] = f"factor by which no change is off, by seed, {_name}"


def draw(numbers):
    figure, axes = plt.subplots(2, 4, figsize=(PAGE, 3.9), sharex=True, sharey="row",
                                height_ratios=(1.5, 1))  # fmt: skip
    for (loss, variant), (top, bottom) in zip(RUNS, axes.T, strict=True):
        key = f"{loss}_{variant}"
        top.semilogy(numbers["epoch"], numbers[f"measured_{key}"][:, ::4], **SPECTRUM)
        shape = numbers[f"predicted_{key}"]
        # the theory predicts the shape: drawn at the level that was measured
        later = numbers[f"measured_{key}"][-len(shape) :]
        level = np.exp(np.log(np.maximum(later, 1e-8)).mean(1) - np.log(shape).mean(1))[:, None]
        top.plot(numbers["predicted_epoch"], (shape * level)[:, ::4], color=BLUE, linestyle="--",
                 linewidth=1)  # fmt: skip
        name = ORIGINAL if variant == "standard" else ISOTROPIC
        top.set(title=f"{capital(loss)} {name}", ylim=(5e-3, 1e2))
        bottom.plot(numbers["predicted_epoch"], numbers[f"error_{key}"], color=BLUE, linestyle="--",
                    linewidth=0.8)  # fmt: skip
        bottom.plot(numbers["predicted_epoch"], numbers[f"unchanged_{key}"], color=GREY,
                    linestyle="-", linewidth=0.8)  # fmt: skip
        bottom.axvline(numbers["fitted_until"], color=BLACK, linestyle=":", linewidth=0.6)
        bottom.set(xlabel="epoch", yscale="log", ylim=(1, 9), yticks=[1, 2, 4, 8])
        bottom.set_yticklabels(["1", "2", "4", "8"])
        bottom.minorticks_off()
    axes[0, 0].set_ylabel("eigenvalue")
    axes[1, 0].set_ylabel("off by a factor")
    axes[0, 0].text(0.04, 0.06, "grey: encoder\nblue: theory", fontsize=7,
                    transform=axes[0, 0].transAxes)  # fmt: skip
    axes[1, 0].text(0.04, 0.72, "grey: no change\nblue: theory", fontsize=7,
                    transform=axes[1, 0].transAxes)  # fmt: skip
    return figure


def alt(numbers):
    parts = []
    for loss, variant in RUNS:
        off, still = (
            numbers[f"{kind}_{loss}_{variant}"][-1].mean() for kind in ("error", "unchanged")
        )
        name = "original" if variant == "standard" else "isotropic"
        parts.append(f"{off:.1f} against {still:.1f} under the {name} {capital(loss)} loss")
    return (
        "Eigenvalues of the encoder against epoch with those of the linear theory from epoch "
        f"{numbers['predicted_epoch'][0]} on, whose clock is fitted up to epoch "
        f"{numbers['fitted_until']}. Below, the factor by which an eigenvalue is off, theory "
        "against a spectrum that does not change, at the last epoch, mean over seeds: "
        + ", ".join(parts)
        + "."
    )
