"""The response falls as one over root time until the last beaker leaks."""

import matplotlib.pyplot as plt

from figures.kit import BLACK, BLUE, GREEN, ORANGE, PAGE, VERMILION, label_panels

COLUMNS = {
    "time": "time after one event, steps",
    "shown": "numbers of beakers in the left panel",
    "response": "response of the first beaker times root time, by time and number of beakers",
    "continuum": "the same of the heat equation",
    "beakers": "number of beakers",
    "slowest": "slowest time constant, steps",
    "law": "the last one times four to the difference in number",
    "area_ratio": "ratio of areas of neighbouring beakers",
    "flow_ratio": "ratio of neighbouring conductances",
    "derived": "derived exponent of the response",
    "measured": "measured exponent of the response",
}


def draw(numbers):
    figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.5))
    ax, time = axes[0], numbers["time"]
    looks = zip((ORANGE, GREEN, BLUE, BLACK), (":", "-.", "--", "-"), strict=True)
    for k, (colour, style) in enumerate(looks):
        m = numbers["shown"][k]
        ax.semilogx(time, numbers["response"][:, k], color=colour, linestyle=style)
        name = f"$m = {m}$" if k == 0 else str(m)
        ax.text(0.9 * 4.0**m, 0.12, name, color=colour, fontsize=7, ha="right")
    ax.axhline(numbers["continuum"], color=VERMILION, linestyle="--", linewidth=0.8)
    ax.text(6, 1.22, r"$1/\sqrt{\pi D}$", color=VERMILION, va="top", fontsize=7)
    ax.set(ylim=(0, 1.5), xlabel="time after one event $t$", ylabel=r"response $G(t)\,\sqrt{t}$")
    ax = axes[1]
    ax.semilogy(numbers["beakers"], numbers["slowest"], "o", color=BLUE)
    ax.semilogy(numbers["beakers"], numbers["law"], color=BLACK, linewidth=0.8)
    ax.text(8.4, 4e4, r"line: $\propto 4^m$", fontsize=7)
    ax.set(xlabel="number of beakers $m$", ylabel="slowest time constant $T$")
    ax = axes[2]
    ax.plot([-1, 0], [-1, 0], color=BLACK, linewidth=0.8, linestyle="-")
    ax.plot(numbers["derived"], numbers["measured"], "o", color=GREEN)
    for k in range(3):
        name = f"{numbers['area_ratio'][k]:g}, {numbers['flow_ratio'][k]:g}"
        at = (numbers["derived"][k], numbers["measured"][k])
        ax.annotate(name, at, (5, -8), textcoords="offset points", fontsize=7)
    ax.set(xlim=(-0.8, -0.2), ylim=(-0.8, -0.2))
    ax.set(xlabel="derived exponent", ylabel="measured exponent")
    ax.text(-0.78, -0.26, "ratios of areas, flows", color=GREEN, fontsize=7)
    label_panels(axes)
    return figure


def alt(numbers):
    miss = abs(numbers["measured"] - numbers["derived"]).max()
    count, last = len(numbers["derived"]), numbers["response"][len(numbers["time"]) // 2, -1]
    return (
        f"Left: response times root time is flat for all chains, {last:.2f} for the longest at "
        f"the middle of the axis and {numbers['continuum']:.2f} derived, and drops at a time that "
        "grows with the number of beakers. Middle: the slowest time constant, from "
        f"{numbers['slowest'][0]:.0f} for {numbers['beakers'][0]} beakers to "
        f"{numbers['slowest'][-1]:.1e} for {numbers['beakers'][-1]}, lies on a line proportional "
        f"to four to the number of beakers. Right: measured exponents of {count} chains against "
        f"derived ones, on the diagonal within {miss:.3f}."
    )
