"""One colour and line style for each model of a synapse through all figures of the subject."""

from figures.kit import BLACK, BLUE, GREEN, ORANGE, PINK, SKY, VERMILION

MODELS = {  # colour, line style
    "fast": (BLACK, ":"),
    "pool": (PINK, "-."),
    "two_state": (SKY, "--"),
    "cascade": (BLUE, "-"),
    "beakers": (VERMILION, "-"),
    "chain": (ORANGE, "--"),
    "leaky": (GREEN, ":"),
}
FOUR = ((BLACK, "-"), (BLUE, "--"), (GREEN, "-."), (VERMILION, (0, (5, 1))))  # other sequences

DARK_ORANGE = "#B07800"  # for words: ORANGE is too light for thin letters
RULES = {  # of continual learning: name, colour, marker
    "none": ("no protection", "0.5", "o"),
    "uniform": ("uniform penalty", BLACK, "s"),
    "si": ("Synaptic Intelligence", VERMILION, "^"),
    "mas": ("memory aware", PINK, "v"),
    "ewc": ("EWC", GREEN, "D"),
    "uncertain": ("uncertain weights", SKY, "P"),
    "beakers": ("beakers", ORANGE, "X"),
    "gating": ("gating (told the task)", BLUE, "o"),
    "replay": ("replay (keeps images)", "#7B3294", "p"),
    "joint": ("all tasks at once", BLACK, "*"),
}
