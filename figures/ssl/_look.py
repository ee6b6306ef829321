"""The subject's looks: one colour and line style per concept in all its figures."""

from figures.kit import BLACK, BLUE, GREEN, ORANGE, PINK, SKY, VERMILION

LOSSES = {
    "standard": {"color": BLUE, "linestyle": "-"},
    "isotropic": {"color": VERMILION, "linestyle": "--"},
}
STARTS = (
    {"color": GREEN, "linestyle": "-."},
    {"color": PINK, "linestyle": "-"},
    {"color": SKY, "linestyle": "--"},
)
TARGET, PREDICTION, GRADIENT = ORANGE, GREEN, VERMILION
SIMULATED = ORANGE
SPECTRUM = {"color": "#6D6E71", "linestyle": "-", "linewidth": 0.9}
SMALLEST = {"color": BLACK, "linestyle": "-", "linewidth": 1.5}
PATH = {"color": ORANGE, "linestyle": "-", "linewidth": 0.8}
END = {"color": "#555555", "marker": "o", "linestyle": "", "markersize": 2.5}
ORIGINAL, ISOTROPIC = "$\\mathcal{L}$", "$\\mathcal{L}_{iso}$"
VARIANTS = {
    "no_stop_gradient": "no stop-gradient",
    "no_predictor": "no predictor",
    "standard": ORIGINAL,
    "isotropic": ISOTROPIC,
}


def capital(loss):
    """Return the name of a loss for a title: Euclid's with a capital."""
    return loss.replace("euc", "Euc")


def draw_paths(ax, responses):
    """Draw the paths of inputs, shape (times, 2, inputs), and where they end."""
    ax.plot(responses[:, 0], responses[:, 1], **PATH)
    ax.plot(responses[-1, 0], responses[-1, 1], **END)
    ax.tick_params(labelsize=6)


def draw_spectrum(ax, abscissa, eigenvalues):
    """Draw eigenvalues, shape (abscissae, modes), on a logarithmic axis."""
    ax.semilogy(abscissa, eigenvalues, **SPECTRUM)
