"""Every method trades keeping the first task against learning the last, by its strength."""

import matplotlib.pyplot as plt

from figures.kit import BLACK, BLUE, GREEN, ORANGE, PAGE, PINK, SKY, VERMILION

COLUMNS = {
    "method": "method of consolidation, one row a strength",
    "mean": "accuracy at the end by row and task, mean of three seeds",
    "deviation": "its standard deviation over seeds",
    "plain": "accuracy at the end by task without protection, mean of three seeds",
}
LOOKS = {
    "metaplasticity": (BLUE, "o", "-"),
    "... by another's size": (BLUE, "o", ":"),
    "elastic weight consolidation": (VERMILION, "D", "-"),
    "random consolidation": (ORANGE, "s", "-"),
    "synaptic intelligence": (GREEN, "v", "-"),
    "... along the binary path": (SKY, "^", "-"),
    "memory aware synapses": (PINK, "P", "-"),
    "beakers": ("0.5", "<", "-"),
}


def draw(numbers):
    figure, ax = plt.subplots(figsize=(PAGE, 3.1))
    for name, rows in _by_method(numbers).items():
        colour, marker, style = LOOKS[name]
        mean, spread = numbers["mean"][rows], numbers["deviation"][rows]
        ax.errorbar(
            mean[:, -1],
            mean[:, 0],
            spread[:, 0],
            spread[:, -1],
            color=colour,
            marker=marker,
            markerfacecolor="white" if "another" in name else colour,
            linestyle=style,
            linewidth=0.9,
            elinewidth=0.5,
            label=f"{name}, {mean.mean(axis=1).max():.2f}",
        )
    plain = numbers["plain"]
    label = f"no protection, {plain.mean():.2f}"
    ax.plot(plain[-1], plain[0], "x", color=BLACK, markersize=7, label=label)
    ax.set(xlabel="last task learned: accuracy", ylabel="first task kept: accuracy")
    ax.set(xlim=(0.55, 1), ylim=(0, 1))
    title = "method, mean of four tasks\nat its best strength"
    ax.legend(
        loc="center left",
        bbox_to_anchor=(1.0, 0.5),
        fontsize=6.5,
        title=title,
        title_fontsize=6.5,
        alignment="left",
    )
    return figure


def _by_method(numbers):
    """Return the rows of each method, in the order of the table."""
    rows = {}
    for row, name in enumerate(numbers["method"]):
        rows.setdefault(str(name), []).append(row)
    return rows


def alt(numbers):
    best = {
        name: numbers["mean"][rows].mean(axis=1).max() for name, rows in _by_method(numbers).items()
    }
    ranked = sorted(best, key=best.get, reverse=True)
    words = ", ".join(f"{name} {best[name]:.2f}" for name in ranked)
    return (
        f"First task kept against last task learned for {len(ranked)} methods and controls at "
        "several strengths, each a falling line from the upper left to the lower right, lines "
        "nearer to the upper right corner being better. Mean accuracy of four tasks at the best "
        "strength: "
        f"{words}; without protection {numbers['plain'].mean():.2f}."
    )
