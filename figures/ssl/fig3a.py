"""Fig. 3a, laptop size: the isotropic loss recruits more modes, and sooner."""

import matplotlib.pyplot as plt

from figures.kit import PAGE
from figures.ssl._look import capital, draw_spectrum

LOSSES = ("euclidean", "cosine")
METHODS = {"DirectPred": "original loss", "IsoLoss": "isotropic loss", "BYOL": "learned predictor"}
COLUMNS = {"epoch": "epochs"} | {
    f"{loss}_{method}": f"eigenvalues by mode, ascending, {loss}, {meaning}, one seed"
    for loss in LOSSES
    for method, meaning in METHODS.items()
}


def draw(numbers):
    figure, axes = plt.subplots(2, 3, figsize=(PAGE, 3.6), sharex=True, sharey=True)
    for row, loss in zip(axes, LOSSES, strict=True):
        for ax, method in zip(row, METHODS, strict=True):
            eigenvalues = numbers[f"{loss}_{method}"]
            draw_spectrum(ax, numbers["epoch"], eigenvalues[:, ::3])
            draw_spectrum(ax, numbers["epoch"], eigenvalues[:, -1])
            ax.set_title(f"{capital(loss)}, {method}")
        row[0].set(ylabel="eigenvalue", ylim=(5e-3, 1e2))
    for ax in axes[1]:
        ax.set_xlabel("epoch")
    return figure


def alt(numbers):
    risen = {name: (numbers[name][[10, -1]] > 1).sum(axis=1) for name in COLUMNS if name != "epoch"}
    euclidean, cosine = (
        [f"{a} and {b}" for a, b in (risen[f"{loss}_{method}"] for method in METHODS)]
        for loss in LOSSES
    )
    return (
        "Six panels of eigenvalues of the representation against epoch, every third mode drawn. "
        f"Of 32 modes those above one, at epoch 10 and at the end, are {euclidean[0]} under the "
        f"original Euclidean loss, {euclidean[1]} under the isotropic one and {euclidean[2]} "
        f"with a learned predictor; under the cosine loss {cosine[0]}, {cosine[1]} and "
        f"{cosine[2]}."
    )
