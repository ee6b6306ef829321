"""No synapse drawn crosses the envelope; sticky chains come near it late, none early."""

import matplotlib.pyplot as plt

from figures.consolidation._look import MODELS
from figures.kit import BLACK, COLUMN, PINK

COLUMNS = {
    "time": "events since storage",
    "envelope": "upper bound on the signal to noise over root N, synapses of 20 states",
    "best_chain": "the largest of 70 chains of up to 20 states with sticky ends",
    "chain": "three of these chains",
    "cascade": "cascade of ten levels",
    "best_random": "the largest of 60 random synapses of 20 states",
}


def draw(numbers):
    time = numbers["time"]
    colour = MODELS["chain"][0]
    figure, ax = plt.subplots(figsize=(COLUMN, 3.0))
    ax.loglog(time, numbers["envelope"], color=BLACK)
    ax.loglog(time, numbers["chain"], color=colour, linestyle="-", linewidth=0.6)
    ax.loglog(time, numbers["best_chain"], color="#B07800", linestyle="--", linewidth=1.8)
    ax.loglog(time, numbers["cascade"], color=MODELS["cascade"][0], linestyle="-.")
    ax.loglog(time, numbers["best_random"], color=PINK, linestyle=":")
    ax.set(ylim=(1e-5, 2), xlabel="events since storage $t$")
    ax.set(ylabel=r"signal to noise $/\sqrt{N}$")
    ax.text(0.33, 1.15, "envelope")
    words = "dashed: best of 70 chains,\nthin: three of them"
    ax.text(3000, 0.4, words, color="#B07800", fontsize=7, ha="right")
    ax.text(0.33, 0.028, "cascade", color=MODELS["cascade"][0], fontsize=7)
    ax.text(0.33, 2e-5, "best of 60\nrandom synapses", color=PINK, fontsize=7)
    return figure


def alt(numbers):
    share = numbers["best_chain"] / numbers["envelope"]
    cascade = (numbers["cascade"] / numbers["envelope"]).max()
    return (
        "Signal to noise against time, double logarithmic. A black envelope lies above all "
        f"curves. The best of seventy chains is between {share.min():.2f} and {share.max():.2f} "
        "of it, nearest at late times; each single chain touches that line at its own time. The "
        f"cascade reaches at most {cascade:.2f} of the envelope and runs parallel to it for a "
        "while; the best of sixty random synapses falls away after a few events."
    )
