"""Without weight symmetry nudged states miss the true errors by an angle that is predicted."""

import matplotlib.pyplot as plt

from figures.kit import BLACK, BLUE, COLUMN

COLUMNS = {
    "turn": "turn of the coupling, 0 symmetric to 90 antisymmetric, degrees",
    "predicted": "angle between vector-field and true errors, mean over couplings, degrees",
    "least": "the same, smallest over couplings",
    "largest": "the same, largest over couplings",
    "simulated": "the same from relaxed networks, mean over couplings",
    "couplings": "number of couplings drawn",
}


def draw(numbers):
    figure, ax = plt.subplots(figsize=(COLUMN, 2.6))
    turn = numbers["turn"]
    ax.fill_between(turn, numbers["least"], numbers["largest"], color=BLUE, alpha=0.2, linewidth=0)
    ax.plot(turn, numbers["predicted"], color=BLUE, linestyle="-")
    ax.plot(turn, numbers["simulated"], "o", color=BLACK)
    ax.text(35, 0.97 * numbers["largest"].max(), f"range of\n{numbers['couplings']} couplings",
            ha="right", va="top", color=BLUE)  # fmt: skip
    ax.annotate("relaxed networks", (turn[6], numbers["simulated"][6]), (-5, -28),
                textcoords="offset points",
                arrowprops={"arrowstyle": "-", "linewidth": 0.6})  # fmt: skip
    ax.set(xlabel="symmetric 0° to antisymmetric 90°", ylabel="angle to the true errors (°)",
           xticks=[0, 30, 60, 90])  # fmt: skip
    return figure


def alt(numbers):
    return (
        "Angle between vector-field and true errors against the turn of the coupling from "
        f"symmetric to antisymmetric: zero at the left, rising to {numbers['predicted'][-1]:.0f} "
        "degrees; relaxed networks lie on the predicted mean, inside the range of "
        f"{numbers['couplings']} couplings, {numbers['least'][-1]:.0f} to "
        f"{numbers['largest'][-1]:.0f} degrees at the right."
    )
