"""Controls of metaplasticity: what is left of its gain when one thing is changed, by size."""

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import BLACK, BLUE, GREEN, ORANGE, PAGE, SKY, label_panels
from figures.metaplasticity._look import shades

_OF = "mean accuracy of four tasks by width and length, mean of five seeds"
_ERROR = "its standard error"
COLUMNS = {
    "width": "units in each of two hidden layers",
    "epochs": "length of training: epochs on each task",
    "plain": f"m = 0: {_OF}",
    "plain_error": _ERROR,
    "own": f"metaplasticity, best of three m: {_OF}",
    "own_error": _ERROR,
    "other": f"damped by another weight's size, best of three m: {_OF}",
    "other_error": _ERROR,
    "both": f"outward steps damped as well: {_OF}",
    "both_error": _ERROR,
    "untold_plain": f"m = 0, not told the boundaries: {_OF}",
    "untold_plain_error": _ERROR,
    "untold": f"metaplasticity, not told the boundaries, best of two m: {_OF}",
    "untold_error": _ERROR,
    "running_plain": f"m = 0, tested with running statistics: {_OF}",
    "running_plain_error": _ERROR,
    "running": f"m eta T = 20, tested with running statistics: {_OF}",
    "running_error": _ERROR,
    "at_20": f"m eta T = 20: {_OF}",
    "at_20_error": _ERROR,
    "ranking": "own size minus another's, mean of five pairs",
    "ranking_error": _ERROR,
}
LOOKS = {
    "own": ("metaplastic", BLUE, "o", "-"),
    "other": ("another's size", SKY, "s", "--"),
    "untold": ("not told", ORANGE, "v", "-."),
    "both": ("both ways", GREEN, "^", ":"),
    "plain": ("m = 0", BLACK, "x", ":"),
}


def draw(numbers):
    figure, axes = plt.subplots(2, 3, figsize=(PAGE, 4.8), sharex=True, sharey="row")
    width = np.asarray(numbers["width"], float)
    for column, (ax, length) in enumerate(zip(axes[0], numbers["epochs"], strict=True)):
        for k, (name, (label, color, marker, style)) in enumerate(LOOKS.items()):
            ax.errorbar(width * 1.03 ** (k - 2), numbers[name][:, column],
                        numbers[f"{name}_error"][:, column], color=color, marker=marker,
                        linestyle=style, markersize=4, capsize=1.5, label=label)  # fmt: skip
        ax.set(title=f"{length} epochs a task", xscale="log", ylim=(0.35, 0.95))
    axes[0, 0].set_ylabel("mean accuracy of four tasks")
    axes[0, 0].legend(loc="upper left", fontsize=6, ncol=2)
    gain = numbers["own"] - numbers["plain"]
    told = (numbers["untold"] - numbers["untold_plain"]) / gain
    loss = (numbers["at_20"] - numbers["running"], numbers["plain"] - numbers["running_plain"])
    for column, color in enumerate(shades(3)):
        look = {"color": color, "marker": "osD"[column], "markersize": 4}
        label = f"{numbers['epochs'][column]} epochs"
        axes[1, 0].errorbar(width * 1.03 ** (column - 1), numbers["ranking"][:, column],
                            numbers["ranking_error"][:, column], capsize=1.5, label=label,
                            **look)  # fmt: skip
        axes[1, 1].plot(width, told[:, column] * gain[:, column], label=label, **look)
        axes[1, 1].plot(width, gain[:, column], linestyle=":", markerfacecolor="none", **look)
        axes[1, 2].plot(width, loss[0][:, column], **look)
        axes[1, 2].plot(width, loss[1][:, column], linestyle=":", markerfacecolor="none", **look)
    for ax in axes[1]:
        ax.axhline(0, color="0.6", linewidth=0.6)
        ax.set(xlabel="units a layer", xticks=width, xticklabels=[f"{w:g}" for w in width])
        ax.minorticks_off()
    axes[1, 0].set(title="own size over another's", ylabel="difference of accuracies")
    axes[1, 1].set_title("gain: told (open), not told")
    axes[1, 2].set_title("running statistics: loss")
    axes[1, 2].text(0.03, 0.97, "filled: with m, open: m = 0", fontsize=6, va="top",
                    transform=axes[1, 2].transAxes)  # fmt: skip
    axes[1, 0].legend(loc="upper left", fontsize=6)
    label_panels(axes)
    return figure


def alt(numbers):
    gain = numbers["own"] - numbers["plain"]
    told = (numbers["untold"] - numbers["untold_plain"]) / gain
    kept = (numbers["other"] - numbers["plain"]) / gain
    ranking = numbers["ranking"].mean(axis=0)
    words = ", ".join(
        f"{value:.3f} at {n} epochs" for value, n in zip(ranking, numbers["epochs"], strict=True)
    )
    return (
        "Upper row, one panel a length of training: mean accuracy of four tasks against width. "
        f"Metaplastic networks gain {gain.min():.2f} to {gain.max():.2f} over m = 0; damped by "
        f"another weight's size they keep {kept.min():.2f} to {kept.max():.2f} of that gain, not "
        f"told the boundaries {told.min():.2f} to {told.max():.2f}; damped both ways they lie on "
        "m = 0. Lower row: own size minus another's, mean over widths "
        f"{words}; gains told and not told; loss by running statistics, "
        f"{(numbers['plain'] - numbers['running_plain']).mean():.2f} without and "
        f"{(numbers['at_20'] - numbers['running']).mean():.2f} with metaplasticity on average."
    )
