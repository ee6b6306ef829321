"""Behind a soft read-out, too, the one-sided rule stays behind; dropout helps a little."""

import matplotlib.pyplot as plt

from figures.ep._look import RULES as LOOKS
from figures.ep._look import band, rule_ticks
from figures.kit import PAGE, label_panels

RULES = ("one_sided", "symmetric", "bptt", "symmetric_dropout")
COLUMNS = {"epoch": "epoch"} | {
    f"{name}_{rule}": meaning
    for rule in RULES
    for name, meaning in {
        "test_error": "test error by epoch, one column a seed, per cent",
        "late": "test error over the last ten epochs, one a seed, per cent",
    }.items()
}


def draw(numbers):
    figure, (left, right) = plt.subplots(1, 2, figsize=(PAGE, 2.7), width_ratios=[1.6, 1])
    for k, rule in enumerate(RULES):
        band(left, numbers["epoch"], numbers[f"test_error_{rule}"], rule)
        late = numbers[f"late_{rule}"]
        right.plot([k] * len(late), late, "o", color=LOOKS[rule][0], markersize=3.5)
    left.set(xlabel="epoch", ylabel="test error (%)", ylim=(0, 65), title="test images")
    left.legend(loc="upper center", ncols=2)
    rule_ticks(right, RULES)
    right.set(ylim=(0, None), ylabel="late test error (%)", title="every seed, last ten epochs")
    label_panels([left, right])
    return figure


def alt(numbers):
    late = {rule: numbers[f"late_{rule}"].mean() for rule in RULES}
    return (
        "Test error against epoch with wrong labels and a soft read-out, mean and range over "
        f"{len(numbers['late_bptt'])} seeds, and late errors of every seed: the one-sided rule "
        f"ends at {late['one_sided']:.0f} per cent in the mean, symmetric at "
        f"{late['symmetric']:.1f}, BPTT at {late['bptt']:.1f}, symmetric with dropout at "
        f"{late['symmetric_dropout']:.1f}."
    )
