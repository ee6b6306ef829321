"""Equal updates align forward and backward weights; different updates stop at an angle."""

import matplotlib.pyplot as plt

from figures.ep._look import RULES as LOOKS
from figures.ep._look import band, name_of
from figures.kit import PAGE, label_panels

RULES = ("equal_updates", "different_updates")
COLUMNS = {"epoch": "epoch"} | {
    f"{name}_{rule}": meaning
    for rule in RULES
    for name, meaning in {
        "angle": "angle of forward and backward weights, second and third layer, mean over seeds, "
        "degrees",
        "test_error": "test error by epoch, one column a seed, per cent",
    }.items()
}


def draw(numbers):
    figure, (left, right) = plt.subplots(1, 2, figsize=(PAGE, 2.7))
    epoch = numbers["epoch"]
    for rule in RULES:
        colour = LOOKS[rule][0]
        angle, error = numbers[f"angle_{rule}"], numbers[f"test_error_{rule}"]
        left.plot(epoch, angle[:, 0], "-", color=colour)
        left.plot(epoch, angle[:, 1], "--", color=colour)
        left.text(epoch[-1], angle[-1].max() + 3, name_of(rule), color=colour, ha="right")
        band(right, epoch, error, rule)
    left.text(epoch[-1], 88, "full: second, dashed: third layer", fontsize=7, ha="right")
    left.set(
        xlabel="epoch",
        ylabel="angle of $W$ and $B$ (°)",
        ylim=(0, 95),
        title="angle of the weights",
    )
    right.set(xlabel="epoch", ylabel="test error (%)", ylim=(0, 60), title="test error")
    right.legend(loc="upper right")
    label_panels([left, right])
    return figure


def alt(numbers):
    start = numbers["angle_equal_updates"][0].mean()
    end = {rule: numbers[f"angle_{rule}"][-1].mean() for rule in RULES}
    error = {rule: numbers[f"test_error_{rule}"][-5:].mean() for rule in RULES}
    return (
        f"Left: the angle between forward and backward weights falls from {start:.0f} degrees to "
        f"{end['equal_updates']:.0f} with equal updates and stops near "
        f"{end['different_updates']:.0f} with different updates. Right: test error against epoch, "
        f"over the last five {error['equal_updates']:.0f} per cent with equal and "
        f"{error['different_updates']:.0f} with different updates."
    )
