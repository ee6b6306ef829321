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
