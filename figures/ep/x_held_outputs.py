"""Coupled learning against its prediction: distance to it, and angle to the gradient."""

import matplotlib.pyplot as plt

from figures.kit import BLUE, PAGE, VERMILION, label_panels

KINDS = {"linear": (BLUE, "o", "linear units"), "tanh": (VERMILION, "s", "tanh units")}
COLUMNS = {"share": "share of the way to the targets at which the outputs are held"} | {
    f"{name}_{kind}": f"{text}, {look[2]}"
    for kind, look in KINDS.items()
    for name, text in (
        ("off", "distance to the predicted direction over its length"),
        ("angle", "angle to the gradient of the squared error, degrees"),
        ("limit", "the same angle of the predicted direction, degrees"),
    )
}


def draw(numbers):
    figure, (left, right) = plt.subplots(1, 2, figsize=(PAGE, 2.7))
    share = numbers["share"]
    for kind, (colour, marker, text) in KINDS.items():
        left.loglog(share, numbers[f"off_{kind}"], marker + "-", color=colour, markersize=4,
                    label=text)  # fmt: skip
        right.semilogx(share, numbers[f"angle_{kind}"], marker + "-", color=colour, markersize=4)
        right.axhline(numbers[f"limit_{kind}"], color=colour, linestyle=":", linewidth=1)
    left.legend(fontsize=7)
    left.set(xlabel=r"share $\eta$", ylabel="relative distance", title="to the predicted direction")
    right.set(xlabel=r"share $\eta$", ylabel="degrees", ylim=(0, None),
              title="angle to the gradient; dotted: predicted")  # fmt: skip
    label_panels([left, right])
    return figure


def alt(numbers):
    parts = [
        f"{text}: {numbers[f'off_{kind}'][0]:.3f} to {numbers[f'off_{kind}'][-1]:.2f} and "
        f"{numbers[f'angle_{kind}'][0]:.1f} to {numbers[f'angle_{kind}'][-1]:.1f} degrees"
        for kind, (*_, text) in KINDS.items()
    ]
    return (
        "Left: distance of coupled learning to the direction that linear response predicts, "
        "proportional to the share at which outputs are held. Right: its angle to the gradient, "
        "which tends to the predicted one, not to zero, for small shares and grows with the share. "
        + "; ".join(parts)
        + "."
    )
