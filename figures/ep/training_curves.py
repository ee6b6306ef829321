"""Training on noisy digits: the one-sided rule stays behind, the others fall together."""

import matplotlib.pyplot as plt

from figures.ep._look import band
from figures.kit import BLACK, PAGE, label_panels

RULES = ("one_sided", "random_sign", "symmetric", "bptt")
COLUMNS = {
    "epoch": "epoch",
    "wrong_labels": "share of wrong labels among the training images measured, per cent",
} | {
    f"{part}_error_{rule}": f"{part} error of the rule by epoch, one column a seed, per cent"
    for rule in RULES
    for part in ("train", "test")
}


def draw(numbers):
    figure, (left, right) = plt.subplots(1, 2, figsize=(PAGE, 2.9))
    for rule in RULES:
        band(left, numbers["epoch"], numbers[f"train_error_{rule}"], rule)
        band(right, numbers["epoch"], numbers[f"test_error_{rule}"], rule)
    wrong = numbers["wrong_labels"]
    left.axhline(wrong, color=BLACK, linestyle=":", linewidth=1)
    left.text(numbers["epoch"][-1], wrong - 1, "share of wrong labels", ha="right", va="top",
              fontsize=7)  # fmt: skip
    left.set(ylabel="error (%)", title="training images, labels as given")
    right.set(title="test images, true labels")
    right.legend(loc="upper right", ncols=2)
    for ax in (left, right):
        ax.set(xlabel="epoch", ylim=(0, 70))
    label_panels([left, right])
    return figure


def alt(numbers):
    end = {rule: numbers[f"test_error_{rule}"][-20:].mean() for rule in RULES}
    together = [end[rule] for rule in RULES[1:]]
    return (
        "Error against epoch on noisy digits for four rules, mean and range over "
        f"{numbers['test_error_bptt'].shape[1]} seeds. Random sign, symmetric and BPTT fall "
        f"together; over the last 20 epochs they err on {min(together):.1f} to "
        f"{max(together):.1f} per cent of the test images. The one-sided rule stays at "
        f"{end['one_sided']:.0f} per cent and fluctuates."
    )
