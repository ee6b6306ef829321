"""Fig. 3b, laptop size: the isotropic loss learns faster; the read-out from raw pixels is near."""

import matplotlib.pyplot as plt

from figures.kit import BLACK, PAGE
from figures.ssl._look import ISOTROPIC, LOSSES, ORIGINAL, capital

COLUMNS = {
    "epoch": "epochs",
    "raw_pixels": "read-out accuracy from raw pixels, mean over seeds",
} | {
    f"{loss}_{variant}": f"read-out accuracy, {loss}, {variant} loss, one column a seed"
    for loss in ("euclidean", "cosine")
    for variant in LOSSES
}


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.7), sharey=True)
    for ax, loss in zip(axes, ("euclidean", "cosine"), strict=True):
        for variant, look in LOSSES.items():
            values = numbers[f"{loss}_{variant}"]
            ax.plot(numbers["epoch"], values.mean(axis=1), **look)
            ax.fill_between(numbers["epoch"], values.min(axis=1), values.max(axis=1),
                            color=look["color"], alpha=0.2, linewidth=0)  # fmt: skip
        ax.axhline(numbers["raw_pixels"], color=BLACK, linestyle=":", linewidth=1)
        ax.set(xlabel="epoch", title=capital(loss))
    axes[0].set_ylabel("read-out accuracy")
    axes[1].text(3.8, 0.84, ISOTROPIC, ha="right", color=LOSSES["isotropic"]["color"])
    axes[1].text(9, 0.7, ORIGINAL, color=LOSSES["standard"]["color"])
    axes[0].text(24, 0.6, "bands: range of five seeds\ndotted: from raw pixels", ha="right",
                 fontsize=7)  # fmt: skip
    return figure


def alt(numbers):
    lead, end = (
        [
            100 * (numbers[f"{loss}_isotropic"] - numbers[f"{loss}_standard"])[at].mean()
            for loss in ("euclidean", "cosine")
        ]
        for at in (5, -1)
    )
    return (
        "Read-out accuracy against epoch for the original and the isotropic loss, Euclidean and "
        f"cosine. The isotropic loss is ahead, at epoch 5 by {lead[0]:.1f} and {lead[1]:.1f} "
        f"points, at the end by {end[0]:.1f} and {end[1]:.1f}. Read-out from raw pixels reaches "
        f"{numbers['raw_pixels']:.2f}."
    )
