"""What is kept and learned, against m times the largest and m times the measured hidden weight."""

import matplotlib.pyplot as plt

from figures.kit import BLUE, GREEN, PAGE, VERMILION, label_panels

COLUMNS = {
    "noises": "standard deviation of the gradient noise",
    "group": "m x learning rate x steps",
    "measured": "m x mean size of the hidden weights after A, one column a noise",
    "kept": "fraction of A's important synapses with A's sign after B, one column a noise",
    "learned": "fraction of B's important synapses with B's sign after B, one column a noise",
}
LOOKS = ((BLUE, "o", "-"), (GREEN, "s", "-."), (VERMILION, "^", "--"))


def draw(numbers):
    figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.8), sharey=True)
    for k, (color, marker, style) in enumerate(LOOKS):
        for ax, x in zip(axes, (numbers["group"], numbers["measured"][:, k]), strict=True):
            ax.semilogx(x, numbers["kept"][:, k], marker, color=color, linestyle=style,
                        markersize=4, label=rf"$\sigma = {numbers['noises'][k]:g}$")  # fmt: skip
            ax.semilogx(x, numbers["learned"][:, k], marker, color=color, linestyle=style,
                        markersize=4, markerfacecolor="none", linewidth=0.7)  # fmt: skip
    axes[1].legend(loc="center left")
    axes[0].set(xlabel=r"$m\,\eta\,T$", ylabel="fraction of synapses",
                title="filled: kept of A, open: learned of B")  # fmt: skip
    axes[1].set(xlabel=r"measured $m\langle|W|\rangle$", title="the same")
    label_panels(axes)
    return figure


def alt(numbers):
    kept = numbers["kept"]
    middle = len(numbers["group"]) // 2
    return (
        "Fraction of synapses that keep the first task's sign, rising, and that learn the "
        "second's, falling, for three noises. Left, against m times learning rate times steps, "
        f"the curves are far apart: {kept[middle].min():.2f} to {kept[middle].max():.2f} kept at "
        f"{numbers['group'][middle]:g}. Right, against m times the measured mean hidden weight, "
        "they lie closer together."
    )
