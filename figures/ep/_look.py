"""One colour, line style and marker for each learning rule through all figures of the subject."""

from matplotlib import colormaps

from figures.kit import BLACK, BLUE, GREEN, GREY, ORANGE, PINK, SKY, VERMILION

RULES = {  # colour, line style, marker
    "gradient": (BLACK, ":", "x"),
    "bptt": (BLACK, "--", "D"),
    "one_sided": (VERMILION, "-", "o"),
    "negative": (BLUE, (0, (5, 1)), "s"),
    "symmetric": (GREEN, "-", "^"),
    "random_sign": (ORANGE, "-.", "v"),
    "different_updates": (PINK, ":", "p"),
    "equal_updates": (SKY, "-", "h"),
    "symmetric_dropout": (GREY, ":", "P"),
}
NAMES = {
    "bptt": "BPTT",
    "one_sided": "one-sided",
    "random_sign": "random sign",
    "different_updates": "different updates",
    "equal_updates": "equal updates",
    "symmetric_dropout": "symmetric, dropout",
}


def name_of(rule):
    """Return how a rule is written in a figure."""
    return NAMES.get(rule, rule)


def shades(count):
    """Return purples from dark to light for the ordered values of a parameter, or for layers."""
    return [colormaps["Purples"](1 - 0.45 * k / max(count - 1, 1)) for k in range(count)]


def band(ax, x, values, rule):
    """Draw mean and range over seeds, `values` of shape (points, seeds), in the rule's look."""
    colour, line, _ = RULES[rule]
    width = 2.6 if rule == "random_sign" else 1.4  # it is seen under the symmetric rule
    ax.fill_between(x, values.min(axis=1), values.max(axis=1), color=colour, alpha=0.15, lw=0)
    ax.plot(x, values.mean(axis=1), linestyle=line, color=colour, lw=width, label=name_of(rule))


def rule_ticks(ax, rules):
    """Name the rules at 0, 1, ... on the horizontal axis, in their colours and in two lines."""
    names = [name_of(rule).replace("symmetric", "sym-\nmetric") for rule in rules]
    names = [name.replace("one-", "one-\n").replace("random ", "random\n") for name in names]
    ax.set_xticks(range(len(rules)), [name.replace("sym-\nmetric,", "sym.,\n") for name in names])
    for label, rule in zip(ax.get_xticklabels(), rules, strict=True):
        label.set_color(RULES[rule][0])
    ax.set_xlim(-0.5, len(rules) - 0.5)
