"""Published settings by estimator, with the laptop settings beside them."""

import matplotlib.pyplot as plt

from figures.kit import PAGE

COLUMNS = {
    "setting": "setting, one a row of the table",
    "variant": "variant, one a column of the table; the last one is the laptop run",
    "value": "value of the setting, one column a variant",
    "common": "settings that all published variants share",
    "laptop": "the same settings of the laptop run",
    "channels": "channels of the published layers, read-out last",
    "side": "side of the published layers after pooling, pixels",
    "parameters": "parameters of the published network",
}


def draw(numbers):
    figure, ax = plt.subplots(figsize=(PAGE, 2.35))
    ax.axis("off")
    rows = zip(numbers["setting"], numbers["value"], strict=True)
    heads = [name.replace(" ", "\n", 1) for name in numbers["variant"]]
    heads = [head.replace(",\ndropout ", ", dropout\n") for head in heads]
    table = ax.table([[name, *values] for name, values in rows], colLabels=["", *heads],
                     cellLoc="center", bbox=(0, 0.55, 1, 0.45))  # fmt: skip
    table.auto_set_font_size(False)
    for (i, j), cell in table.get_celld().items():
        cell.set_fontsize(6.5)
        cell.set_linewidth(0.3)
        if i == 0 or j == 0:
            cell.set_text_props(weight="bold")
        if i == 0:
            cell.set_height(2 * cell.get_height())
    *inner, last = zip(numbers["channels"], numbers["side"], strict=True)
    sizes = ", ".join([f"{c}×{s}×{s}" for c, s in inner] + [str(last[0])])
    published = [*numbers["common"], f"layers: {sizes}",
                 f"parameters: {numbers['parameters']:,} (counted from the shapes)"]  # fmt: skip
    ax.text(0, 0.48, "published, all columns\n" + "\n".join(published), va="top", fontsize=7)
    ax.text(0.56, 0.48, "laptop\n" + "\n".join(numbers["laptop"]), va="top", fontsize=7)
    return figure


def alt(numbers):
    return (
        f"Table of published settings for {len(numbers['variant']) - 1} variants of equilibrium "
        "propagation and of the laptop run, with the common settings, the layer sizes and the "
        f"count of {numbers['parameters']:,} parameters below it."
    )
