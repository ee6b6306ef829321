"""Table 1: metaplasticity recovers most of what elastic weight consolidation gains."""

import matplotlib.pyplot as plt

from figures.kit import PAGE

COLUMNS = {
    "method": "method of consolidation",
    "mean": "test accuracy at the end by method and task, mean of three seeds",
    "deviation": "its standard deviation over seeds",
    "overall": "mean over tasks and seeds",
    "overall_deviation": "standard deviation over seeds of the mean over tasks",
}


def draw(numbers):
    mean, overall = numbers["mean"], numbers["overall"]
    figure, ax = plt.subplots(figsize=(PAGE, 2.3))
    ax.axis("off")
    cells = [
        [f"{a:.2f} ± {b:.2f}" for a, b in zip(*row, strict=True)] + [f"{of:.3f} ± {error:.3f}"]
        for *row, of, error in zip(
            mean, numbers["deviation"], overall, numbers["overall_deviation"], strict=True
        )
    ]
    tasks = mean.shape[1]
    table = ax.table(
        cells,
        rowLabels=numbers["method"],
        colLabels=[f"T{k + 1}" for k in range(tasks)] + ["mean"],
        loc="center",
        bbox=(0.23, 0.0, 0.77, 1.0),
        cellLoc="center",
        colWidths=[1] * tasks + [1.4],
    )
    table.auto_set_font_size(False)
    table.set_fontsize(7)
    best = {(1 + row, column) for column, row in enumerate(mean.argmax(axis=0))}
    best.add((1 + overall.argmax(), tasks))
    for (row, column), cell in table.get_celld().items():
        cell.set_linewidth(0.4 if row == 0 else 0)
        cell.visible_edges = "B" if row == 0 else ""
        bold = row == 0 or (row, column) in best
        cell.get_text().set_fontweight("bold" if bold else "normal")
    return figure


def alt(numbers):
    each = ", ".join(
        f"{name} {value:.3f}"
        for name, value in zip(numbers["method"], numbers["overall"], strict=True)
    )
    return (
        "Table of final accuracies on six tasks, mean and standard deviation of three seeds, the "
        f"best of each column in bold. Means over the tasks: {each}."
    )
