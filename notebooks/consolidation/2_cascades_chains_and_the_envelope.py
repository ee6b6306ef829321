# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Cascades, chains and the envelope
#
# **After this lesson you can** explain how hidden levels of plasticity make forgetting slow; derive
# the law by which a cascade forgets and say why it is often quoted as a power $-3/4$; read a memory
# curve as a spectrum of time constants; and say how far any synapse could go.
#
# *25 minutes. Prerequisites: lesson 1.*
#
# In lesson 1 writing and keeping were two ends of one parameter. A **cascade** has them side by side:
# each strength has $n$ levels. On the first level the synapse follows every event; each event that
# *confirms* the strength may push it one level deeper, where it is more reluctant to flip.
#
# | symbol | name in the code | meaning |
# |---|---|---|
# | $n$ | `levels` | levels of each strength |
# | $x$ | `ratio` | transition rates fall by $x$ from level to level |
# | $\tau_a, I_a$ | `modes` | time constants and weights: $\mathrm{SNR}(t) = \sqrt N \sum_a I_a e^{-t/\tau_a}$ |
# | $M$ | `states` | internal states of a synapse, $2n$ for the cascade |
# | | `envelope` | largest signal to noise that any synapse of $M$ states can have at each time |

# %%
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import FancyArrowPatch

from figures.kit import (
    BLACK,
    BLUE,
    COLUMN,
    GREEN,
    ORANGE,
    PAGE,
    PINK,
    SKY,
    VERMILION,
    claim,
    explore,
    figure_rng,
    label_panels,
    record,
    use_style,
)
from theory.consolidation import (
    cascade,
    envelope,
    observe_memory,
    pool_signal_to_noise,
    random_synapse,
    serial_chain,
)
from theory.consolidation.derivations import complex_synapses as derivations

use_style()


# %%
def curve(synapse, times):
    """Signal to noise of one synapse by its modes: the cost does not depend on the times."""
    rates, weights = synapse.modes
    return np.real(np.exp(-np.outer(times, rates)) @ weights)


def running_slope(times, signal):
    return np.gradient(np.log(signal), np.log(times))


# %% [markdown]
# ## Derivation
#
# How does a cascade with many levels forget? Textbooks say: like $t^{-3/4}$. The derivation says
# something else.

# %%
derivations.cascade_law()

# %% [markdown]
# A logarithm over $t$: the exponent creeps from about $-1/2$ to $-1$, and passes $-3/4$ near a hundred
# events. The factor of $\ln t$ is derived; the constant beside it depends on how the first levels are
# counted, so below it is read off the exact sum of modes at one time, $t = 10^5$.

# %%
rng = figure_rng("consolidation/b5")
depths = (3, 6, 10, 30)
times = np.geomspace(1, 1e8, 400)
signals = {n: curve(cascade(n), times) for n in depths}
deep = 40
slope = running_slope(times, curve(cascade(deep), times))
coefficient = 1 / np.log(2) ** 2 / deep
constant = curve(cascade(deep), [1e5])[0] * 1e5 / coefficient - np.log(1e5)
asymptote = -1 + 1 / (np.log(times) + constant)
watched, error = observe_memory(cascade(6), 40, synapses=2000, repeats=25, rng=rng)
expected = cascade(6).signal_to_noise(np.arange(41.0), clock="discrete")


# %%
def measured_coefficient(ratio):
    """Gain of t SNR per unit of ln t, over whole periods of the ripple."""
    levels = int(26 / np.log(1 / ratio))  # deep enough for the latest of the times
    t = ratio ** -np.arange(8.0, levels - 6)
    return np.polyfit(np.log(t), t * curve(cascade(levels, ratio), t) * levels, 1)[0]


ratios = np.array([0.5, 0.4, 0.3])
measured = np.array([measured_coefficient(x) for x in ratios])
derived = 2 * (1 - ratios) / np.log(ratios) ** 2


def draw_states(ax, levels=4):
    ax.set(xlim=(-1.9, 1.9), ylim=(-levels - 0.05, 0.6))
    ax.axis("off")
    for side, name, color in ((-1, "weak", BLUE), (1, "strong", VERMILION)):
        ax.text(1.1 * side, 0.3, name, ha="center", color=color)
        for i in range(levels):
            ax.plot(1.1 * side, -i - 0.3, "o", color=color, markersize=11 - 1.6 * i)
            flip = ((0.9 * side, -i - 0.3), (-0.9 * side, -0.3 - 0.09 * i * (i > 0)))
            ax.add_patch(FancyArrowPatch(*flip, arrowstyle="-|>", mutation_scale=6, color=color,
                                         linewidth=1.8 / 1.7**i, connectionstyle="arc3,rad=0.12"))  # fmt: skip
            if i + 1 < levels:
                deeper = ((1.3 * side, -i - 0.42), (1.3 * side, -i - 1.18))
                ax.add_patch(FancyArrowPatch(*deeper, arrowstyle="-|>", mutation_scale=6,
                                             linewidth=1.8 / 1.7**i, color=BLACK))  # fmt: skip
                ax.text(1.42 * side, -i - 0.8, f"$p_{i + 1}$", va="center", fontsize=7,
                        ha="left" if side > 0 else "right")  # fmt: skip


# %%
figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.6), width_ratios=[0.85, 1.2, 1.2])
draw_states(axes[0])
axes[0].set_title("state diagram")
ax = axes[1]
for (n, signal), color, style, at in zip(
    signals.items(),
    (ORANGE, GREEN, BLUE, BLACK),
    (":", "-.", "--", "-"),
    (1.3, 75, 1000, 3e5),
    strict=True,
):
    ax.loglog(times, signal, color=color, linestyle=style)
    ax.text(at, 3e-7 if n < 30 else 1e-5, "$n = 3$" if n == 3 else str(n), color=color, fontsize=7)
marks = np.array([1, 2, 4, 7, 12, 20, 35])
ax.errorbar(marks, watched[marks], error[marks], fmt="o", color=GREEN, markersize=3)
ax.text(1e8, 0.25, "dots: simulation, one event\na step, $n = 6$", color=GREEN, ha="right", va="center",
        fontsize=7)  # fmt: skip
ax.set(ylim=(1e-7, 1), xlabel="events since storage $t$", ylabel=r"signal to noise $/\sqrt{N}$")
ax = axes[2]
ax.semilogx(times, slope, color=BLACK)
late = times > 30
ax.semilogx(times[late], asymptote[late], color=VERMILION, linestyle="--")
ax.axhline(-0.75, color=SKY, linestyle=":")
ax.axhline(-1, color=BLACK, linewidth=0.6)
ax.text(1.5e8, -0.742, "textbook $-3/4$", color=BLUE, ha="right", va="bottom", fontsize=7)
ax.text(3, -0.93, "dashed: slope of\n$(\\ln t + c)/t$", color=VERMILION, va="center", fontsize=7)
ax.set(
    ylim=(-1.03, -0.35), xlabel="events since storage $t$", ylabel=f"running slope, $n = {deep}$"
)
label_panels(axes)

far = times > 1e3
record(
    "consolidation/b5",
    figure,
    data={
        "time": times, "signal_to_noise": np.transpose(list(signals.values())), "slope": slope,
        "asymptote": asymptote, "ratio": ratios, "coefficient": measured, "derived": derived,
    },
    claims=[
        claim("simulated synapses against the formula: mean squared deviation in standard errors (correlated in time)",
              np.mean(((watched - expected) / error) ** 2), "<", 8),
        claim("initial signal to noise is root N over n (1 - x): largest relative error over depths",
              max(abs(cascade(n).initial * n / 2 - 1) for n in depths), "<", 1e-6),
        claim("the slope passes the textbook value near t = 100",
              np.interp(100, times, slope), "between", (-0.78, -0.72)),
        claim("but it goes on: slope at t = 10^6", np.interp(1e6, times, slope), "<", -0.9),
        claim("late slope against that of (ln t + c)/t: largest deviation after t = 1000",
              np.abs(slope - asymptote)[far].max(), "<", 0.01),
        claim("derived factor of ln t, three ratios: largest relative deviation",
              np.abs(measured / derived - 1).max(), "<", 0.01),
    ],
    alt="Left: two columns of four states, weak and strong; flips lead from every level to the first "
    "level of the other strength, by ever thinner arrows, other arrows lead to deeper levels. Middle: "
    "signal to noise against time in a double logarithmic plot; deeper cascades forget later, none is a "
    "straight line. Right: the running slope falls from minus one half through minus three quarters "
    "towards minus one, along the dashed derived curve.",
)  # fmt: skip

# %% [markdown]
# ## The spectrum of a memory
#
# Why is the sum nearly a power law? Its terms have time constants that are spaced geometrically. A
# uniform chain of as many states has its modes crowded at short times, but one: it is a slow
# exponential.

# %%
chain, ladder = serial_chain(20), cascade(10)
spectra = {}
for name, synapse in (("chain", chain), ("cascade", ladder)):
    rates, weights = synapse.modes
    kept = np.abs(weights) > 1e-12  # modes of the wrong symmetry carry nothing
    spectra[name] = 1 / rates.real[kept], weights.real[kept]

# %%
figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.5))
ax = axes[0]
for (tau, weight), color, marker in zip(
    spectra.values(), (VERMILION, BLUE), ("s", "o"), strict=True
):
    positive = weight > 0
    for k in np.flatnonzero(positive):
        ax.plot([tau[k]] * 2, [1e-6, weight[k]], color=color, linewidth=0.8, linestyle="-")
    ax.loglog(tau[positive], weight[positive], marker, color=color, markersize=4)
ax.text(100, 0.12, "chain, 20 states", color=VERMILION, fontsize=7)
ax.text(5.5, 0.04, "cascade, 2 x 10 states", color=BLUE, fontsize=7)
ax.set(ylim=(1e-4, 0.4), xlabel="time constant $\\tau_a$ (events)", ylabel="weight $I_a$")
ax = axes[1]
times = np.geomspace(0.1, 3000, 200)
for synapse, color, style in ((chain, VERMILION, "--"), (ladder, BLUE, "-")):
    ax.loglog(times, curve(synapse, times), color=color, linestyle=style)
ax.text(8, 0.115, "chain", color=VERMILION)
ax.text(0.15, 0.22, "cascade", color=BLUE)
ax.set(ylim=(1e-5, 0.5), xlabel="events since storage $t$", ylabel=r"signal to noise $/\sqrt{N}$")
label_panels(axes)

tau, weight = spectra["cascade"]
slowest = [1 / cascade(n).modes[0][0].real - 2.0 ** (n - 1) for n in (9, 10, 11, 12)]
chain_tau, chain_weight = spectra["chain"]
record(
    "consolidation/b6",
    figure,
    data={
        "tau_cascade": tau, "weight_cascade": weight, "tau_chain": chain_tau,
        "weight_chain": chain_weight,
    },
    claims=[
        claim("cascade: time constants double, mean ratio of neighbours from the second slowest on",
              np.mean(tau[1:6] / tau[2:7]), "between", (1.9, 2.1)),
        claim("cascade: the slowest mode takes 2^(n-1) events less a constant: spread of that constant",
              np.ptp(slowest), "<", 0.1),
        claim("chain: slowest time constant is 1/(1 - cos(pi/M)), relative",
              chain_tau[0] * (1 - np.cos(np.pi / 20)), "between", (1 - 1e-9, 1 + 1e-9)),
        claim("weight of the slowest mode over the initial signal, chain",
              chain_weight[0] / chain.initial, ">", 0.8),
        claim("and cascade", weight[0] / ladder.initial, "<", 0.1),
    ],
    alt="Left: weights of modes against their time constants. The chain has one dominant slow mode and "
    "several fast ones, the cascade a ladder of modes evenly spaced in the logarithm of time, weights "
    "falling with the time constant. Right: the two memory curves; the chain is flat, then falls "
    "exponentially, the cascade starts higher and falls gradually.",
)  # fmt: skip

# %% [markdown]
# ## How far could any synapse go?
#
# Two numbers limit every synapse of $M$ states with weights of size one: its initial signal to noise
# is at most $\sqrt N$, and the **area** under its memory curve at most $\sqrt N (M - 1)$. A uniform
# chain reaches half of that,

# %%
derivations.chain_area()

# %% [markdown]
# and chains whose ends are hard to leave approach all of it. From both limits follows a ceiling.

# %%
derivations.envelope()

# %%
states = 20
times = np.geomspace(0.3, 3000, 160)
ceiling = envelope(times, states)
leaving = np.geomspace(1e-3, 1, 10)
rng = figure_rng("consolidation/b7")
family = [serial_chain(m, leaving_probability=e) for m in (2, 4, 6, 8, 12, 16, 20) for e in leaving]
frontier = np.max([curve(s, times) for s in family], axis=0)
drawn = np.array([s.weight_deviation * s.signal_to_noise(times[::8]) for s in
                  (random_synapse(states, rng) for _ in range(60))])  # fmt: skip
areas = np.array([serial_chain(12, leaving_probability=e).area for e in (1.0, 0.1, 0.01, 0.001)])

# %%
figure, ax = plt.subplots(figsize=(COLUMN, 3.0))
ax.loglog(times, ceiling, color=BLACK)
ax.loglog(times, frontier, color=VERMILION, linestyle="--")
for m, e in ((8, 1.0), (20, 1.0), (20, 0.01)):
    ax.loglog(times, curve(serial_chain(m, leaving_probability=e), times), color=ORANGE,
              linestyle="-", linewidth=0.7)  # fmt: skip
ax.loglog(times, curve(ladder, times), color=BLUE, linestyle="-.")
ax.loglog(
    times[::8], np.where(drawn > 0, drawn, np.nan).T, color=PINK, linestyle="-", linewidth=0.4
)
ax.set(ylim=(1e-5, 2), xlabel="events since storage $t$", ylabel=r"signal to noise $/\sqrt{N}$")
ax.text(25, 0.35, "envelope")
ax.text(70, 0.14, "dashed: best of 70 chains", color=VERMILION, fontsize=7)
ax.text(200, 5e-4, "cascade", color=BLUE, fontsize=7, ha="right", va="top")
ax.text(60, 3e-5, "random\nsynapses", color=PINK, fontsize=7, ha="right")

drawn_ceiling = envelope(times[::8], states)
record(
    "consolidation/b7",
    figure,
    data={
        "time": times, "envelope": ceiling, "best_chain": frontier, "cascade": curve(ladder, times),
        "random_time": times[::8], "random_best": drawn.max(axis=0),
    },
    claims=[
        claim("no chain above the envelope: largest ratio", (frontier / ceiling).max(), "<=", 1),
        claim("nor the cascade", (curve(ladder, times) / ceiling).max(), "<=", 1),
        claim("nor a random synapse", (drawn / drawn_ceiling).max(), "<=", 1),
        claim("sticky chains come close at late times: ratio at 2000 events",
              np.interp(2000, times, frontier / ceiling), ">", 0.9),
        claim("the cascade keeps a fixed distance in the middle: ratio at 100 events",
              np.interp(100, times, curve(ladder, times) / ceiling), "between", (0.05, 0.5)),
        claim("sticky ends fill the area: share of the bound at leaving probability 0.001",
              areas[-1] / 11, "between", (0.99, 1)),
    ],
    alt="Signal to noise against time, double logarithmic. A black envelope lies above all curves. The "
    "best of seventy chains runs just below it at late times, single chains touch that line, the "
    "cascade runs lower and parallel for a while, random synapses far below.",
)  # fmt: skip

# %% [markdown]
# Touching the envelope at one time is not the same as being good at all times: each chain does it at
# *its* time. The cascade is good over decades at once, without being told when it will be asked.
#
# ## What happens if
#
# ... the ends of a chain of 20 states become sticky? Black: the envelope.


# %%
def draw(ax, leaving_probability):
    t = np.geomspace(0.3, 3000, 120)
    ax.loglog(t, envelope(t, 20), color=BLACK)
    ax.loglog(t, curve(serial_chain(20, leaving_probability=leaving_probability), t), color=ORANGE)
    ax.set(ylim=(1e-3, 1.2), xlabel="events $t$", ylabel="signal to noise")


explore(draw, leaving_probability=[1.0, 0.1, 0.01, 0.001])

# %% [markdown]
# ## Exercises
#
# 1. A pool of two-state synapses with flip probabilities $1, 1/2, 1/4, \dots$ has as many time
#    constants as a cascade. By what power does its signal fall, and what does the cascade add?
# 2. The area under the memory curve of a cascade with $x = 1/2$ is $(n - 1)/2 + 1/n$. Compare it with
#    the bound. Why can a model with so small an area be good?
# 3. At which time is the cascade with ten levels closest to the envelope of its 20 states?

# %% tags=["solution"]
# 1. Each kind contributes q exp(-q t), whose sum over octaves of q is 1/(t ln 2): a power of -1. In
#    the cascade deep levels are filled from above as well: the logarithm.
t = 2.0 ** np.arange(6, 12)
pool_slope = np.polyfit(np.log(t), np.log(pool_signal_to_noise(t, 30, 1.0)), 1)[0]

# %%
assert abs(pool_slope + 1) < 1e-3
assert curve(cascade(30), [1e4])[0] > 3 * pool_signal_to_noise(1e4, 30, 1.0)

# %% tags=["solution"]
# 2. A quarter of the bound 2 n - 1. The area counts late times linearly; a curve that falls like 1/t
#    has equal area in each decade, so it cannot fill any of them.
shares = [((n - 1) / 2 + 1 / n) / (2 * n - 1) for n in (10, 20)]

# %%
for n, share in zip((10, 20), shares, strict=True):
    assert abs(cascade(n).area / (2 * n - 1) - share) < 1e-6
assert shares[1] < 0.26

# %% tags=["solution"]
# 3. Where the ratio of the two curves is largest.
t = np.geomspace(0.01, 1e4, 2000)
ratio = curve(cascade(10), t) / envelope(t, 20)
closest = t[ratio.argmax()]

# %%
assert 0.1 < ratio.max() < 1
assert ratio.max() >= curve(cascade(10), [0.01])[0]
print(f"closest at t = {closest:.3g}: {ratio.max():.2f} of the envelope")

# %% [markdown]
# ## References
#
# * S. Fusi, P. Drew, L. Abbott, *Cascade models of synaptically stored memories*, Neuron (2005).
# * S. Lahiri, S. Ganguli, *A memory frontier for complex synapses*, NIPS (2013): bounds, envelope, chains.
# * F. Zenke, A. Laborieux, *Theories of synaptic memory consolidation and intelligent plasticity for
#   continual learning* (2024). The law $(\ln t)/t$ is derived here.
