"""Two units with contradictory targets: one-sided training runs into instability, the rest not."""

import matplotlib.pyplot as plt

from figures.ep._look import RULES, name_of
from figures.kit import BLACK, PAGE, label_panels

STABLE = ("gradient", "negative", "random_sign", "symmetric")
COLUMNS = {
    "step": "learning step of the stable rules, thinned to equal ratios",
    "coupling_gradient": "coupling, exact gradient",
    "coupling_negative": "coupling, negative nudging",
    "coupling_random_sign": "coupling, random sign",
    "coupling_symmetric": "coupling, symmetric nudging",
    "compliance_gradient": "output compliance, exact gradient",
    "compliance_negative": "output compliance, negative nudging",
    "compliance_random_sign": "output compliance, random sign",
    "compliance_symmetric": "output compliance, symmetric nudging",
    "step_one_sided": "learning step of the one-sided rule, up to instability",
    "coupling_one_sided": "coupling, one-sided nudging",
    "compliance_one_sided": "output compliance, one-sided nudging",
}


def draw(numbers):
    figure, (left, right) = plt.subplots(1, 2, figsize=(PAGE, 2.8))
    for rule in ("one_sided", *STABLE):
        colour, line, _ = RULES[rule]
        step = 1 + numbers["step_one_sided" if rule == "one_sided" else "step"]
        width = 3 if rule == "random_sign" else 1.4  # under the symmetric rule's line
        line = "-" if rule == "random_sign" else line
        coupling, compliance = numbers[f"coupling_{rule}"], numbers[f"compliance_{rule}"]
        left.semilogx(step, coupling, linestyle=line, color=colour, linewidth=width)
        shown = coupling < 0.995
        right.loglog(step[shown], compliance[shown], linestyle=line, color=colour, linewidth=width)
    left.axhline(1, color=BLACK, linewidth=0.7, linestyle="-")
    left.text(1.2, 0.985, "stability boundary", va="top", fontsize=7)
    left.plot(step_of_instability(numbers), 1, "x", color=RULES["one_sided"][0], markersize=7)
    left.text(700, 0.93, "one-sided", color=RULES["one_sided"][0])
    end = {rule: numbers[f"coupling_{rule}"][-1] for rule in STABLE}
    left.text(1.5e4, end["gradient"] + 0.02, "exact gradient", ha="right")
    left.text(1.9e4, 0.66, "symmetric", ha="right", color=RULES["symmetric"][0])
    left.text(1.9e4, 0.59, name_of("random_sign"), ha="right", color=RULES["random_sign"][0])
    left.text(1e4, end["negative"] - 0.02, "negative", ha="right", va="top",
              color=RULES["negative"][0])  # fmt: skip
    left.set(xlabel="learning step", ylabel="coupling $w$", ylim=(0.2, 1.06),
             title="coupling of the two units")  # fmt: skip
    right.set(xlabel="learning step", ylabel="output compliance $M$", title="compliance")
    label_panels([left, right])
    return figure


def step_of_instability(numbers):
    return 1 + numbers["step_one_sided"][-1]


def alt(numbers):
    end = {rule: numbers[f"coupling_{rule}"][-1] for rule in STABLE}
    return (
        "Left: coupling against learning step. The one-sided rule crosses the stability boundary "
        f"at step {step_of_instability(numbers)}; the exact gradient stays at "
        f"{end['gradient']:.2f}, symmetric and random sign go down together to "
        f"{end['symmetric']:.2f}, negative to {end['negative']:.2f}. Right: the compliance of the "
        "one-sided rule diverges."
    )
