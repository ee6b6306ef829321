"""The released code's own eigenvalues lie on the exact map."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLACK, ORANGE, PAGE, label_panels
from figures.ssl._look import SPECTRUM, VARIANTS, capital

DRAWN = ("euclidean_standard", "cosine_isotropic")
COLUMNS = {
    "iteration": "iterations",
    "marked": "iterations at which the released code is drawn",
    "setting": "loss and variant",
    "largest": "largest relative deviation over 300 steps and ten eigenvalues, by setting",
    "median": "median relative deviation, by setting",
}
for _key in DRAWN:
    COLUMNS[f"map_{_key}"] = f"eigenvalues by mode, exact map, {_key}"
    COLUMNS[f"released_{_key}"] = f"eigenvalues by mode, released code run by us, {_key}"


def draw(numbers):
    figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.7), width_ratios=(1, 1, 1.1))
    for ax, key in zip(axes, DRAWN, strict=False):
        ax.semilogy(numbers["iteration"], numbers[f"map_{key}"], **SPECTRUM)
        ax.plot(numbers["marked"], numbers[f"released_{key}"], ".", color=ORANGE, markersize=4)
        loss, variant = key.split("_", 1)
        ax.set(title=f"{capital(loss)} {VARIANTS[variant]}", xlabel="iteration")
    axes[0].set_ylabel("eigenvalue")
    axes[1].text(0.97, 0.05, "lines: exact map\ndots: released code", fontsize=7, ha="right",
                 transform=axes[1].transAxes)  # fmt: skip
    ax, rows = axes[2], np.arange(len(numbers["setting"]))
    ax.semilogx(numbers["largest"], rows, "o", color=BLACK, markersize=4)
    ax.semilogx(numbers["median"], rows, "o", color=BLACK, markersize=4, fillstyle="none")
    ax.set(yticks=rows, ylim=(len(rows) - 0.5, -0.5), xlim=(1e-5, 1e-2),
           xlabel="relative deviation", title="open: median, full: largest")  # fmt: skip
    ax.set_yticklabels([_short(s) for s in numbers["setting"]], fontsize=6.5)
    label_panels(axes)
    return figure


def _short(setting):
    loss, variant = setting.split("_", 1)
    name = VARIANTS.get(variant, "no stop-gr., released")
    return f"{capital(loss)} {name.replace('stop-gradient', 'stop-gr.')}"


def alt(numbers):
    worst = numbers["largest"].argmax()
    return (
        "Ten eigenvalues against iteration under the Euclidean loss and the isotropic cosine loss: "
        "dots of the released code lie on the lines of the exact map. Right: relative deviations "
        f"in {len(numbers['setting'])} settings; the largest of all is "
        f"{100 * numbers['largest'][worst]:.2f} % ({_short(numbers['setting'][worst])}), medians "
        f"are at most {100 * numbers['median'].max():.2f} %."
    )
