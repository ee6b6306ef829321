"""Divided by its largest eigenvalue the predictor has another end, with offset none."""

import matplotlib.pyplot as plt

from figures.kit import BLACK, BLUE, GREEN, PAGE, VERMILION, label_panels

RULES = {
    "plain": ("$\\gamma^{1/2}$", {"color": BLUE, "linestyle": "-"}),
    "divided": ("divided by the largest", {"color": GREEN, "linestyle": "--"}),
    "offset": ("divided, offset", {"color": VERMILION, "linestyle": "-."}),
}
COLUMNS = {
    "time": "time (learning rate x iterations)",
    "offsets": "offset of the third rule",
    "ratio": "initial ratio to the largest, to the power 1/2",
    "wait_offsets": "offsets of the waiting times",
    "waits": "time until the ratio is one half, one column an offset",
    "epoch": "epochs of the encoder",
    "encoder_divided": "largest eigenvalue of the encoder without offset, one column a seed",
    "encoder_offset": "largest eigenvalue of the encoder with offset, one column a seed",
} | {rule: f"eigenvalues by mode, predictor {name}" for rule, (name, _) in RULES.items()}


def draw(numbers):
    figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.7))
    for rule, (_, look) in RULES.items():
        axes[0].semilogy(numbers["time"], numbers[rule], **look)
    axes[0].set(xlabel="time (learning rate x iterations)", ylabel="eigenvalue", ylim=(8e-3, 5),
                title="linear network")  # fmt: skip
    offset = numbers["offsets"]
    for y, (rule, (name, look)) in zip((0.19, 0.11, 0.03), RULES.items(), strict=True):
        text = f"{name} {offset:g}" if rule == "offset" else name
        axes[0].text(0.02, y, text, color=look["color"], fontsize=6.5,
                     transform=axes[0].transAxes)  # fmt: skip
    for wait, epsilon, width in zip(numbers["waits"].T, numbers["wait_offsets"], (1.0, 1.5, 2.0),
                                    strict=True):  # fmt: skip
        axes[1].loglog(numbers["ratio"], wait, color=BLACK, linestyle="-", linewidth=width)
        axes[1].text(numbers["ratio"][0], wait[0] * 1.12, f"$\\epsilon = {epsilon:g}$", fontsize=7)
    axes[1].set(xlabel="initial ratio $(\\gamma/\\gamma_{max})^{1/2}$", ylabel="time to 1/2",
                title="offset shortens the wait")  # fmt: skip
    for rule in ("divided", "offset"):
        look = RULES[rule][1]
        axes[2].plot(numbers["epoch"], numbers[f"encoder_{rule}"], **look | {"linewidth": 0.9})
    axes[2].set(
        xlabel="epoch", ylabel="largest eigenvalue", yscale="log", title="encoder, five seeds",
        ylim=(1, 40), yticks=[1, 3, 10, 30],
    )  # fmt: skip
    axes[2].set_yticklabels(["1", "3", "10", "30"])
    axes[2].minorticks_off()
    label_panels(axes)
    return figure


def alt(numbers):
    ends = {rule: numbers[rule][-1] for rule in RULES}
    level = {r: numbers[f"encoder_{r}"][-1].mean() for r in ("divided", "offset")}
    return (
        "Left: three eigenvalues of a linear network. Under the power they end at "
        f"{ends['plain'].max():.2f}; under the power divided by its largest at the largest initial "
        f"one, {ends['divided'].max():.2f}; with offset {numbers['offsets']:g} they meet and "
        f"decay, to {ends['offset'].max():.2g}. Middle: the wait of a small ratio, shorter for "
        "larger offsets. Right: the largest eigenvalue of the trained encoder ends at "
        f"{level['divided']:.1f} without offset and at {level['offset']:.1f} with it, mean over "
        "seeds."
    )
