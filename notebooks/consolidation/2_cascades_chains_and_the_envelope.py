# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
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
# | | `envelope` | an upper bound on the signal to noise of a synapse of $M$ states at each time |
# | | `best_synapse_at` | the best synapse that is found for one time |

# %%
import numpy as np

from classroom import check, mistake
from figures.kit import BLACK, ORANGE, claim, explore, figure_rng, record, seed, use_style
from theory.consolidation import (
    best_synapse_at,
    cascade,
    deviation_bound,
    envelope,
    observe_memory,
    pool_signal_to_noise,
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
# A logarithm over $t$: the exponent creeps from about $-1/2$ to $-1$, and passes $-3/4$ near a
# hundred events. The factor of $\ln t$ is derived, the sum over levels taken as an integral; the
# constant beside it (Euler's, in that integral) depends on how the first levels are counted, so below
# it is read off the exact sum of modes at one time, $t = 10^5$.

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
populations = 25
watched, error = observe_memory(cascade(6), 40, synapses=2000, repeats=populations, rng=rng)
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
marks = np.array([1, 2, 4, 7, 12, 20, 35])
far = times > 1e3

# %%
record(
    "consolidation/b5",
    numbers={
        "time": times, "levels": depths, "signal": np.transpose(list(signals.values())),
        "watched_levels": 6, "watched_time": marks, "watched": watched[marks],
        "watched_error": error[marks], "slope_levels": deep, "slope": slope,
        "asymptote": asymptote, "textbook": -3 / 4,
    },
    claims=[
        claim("simulated synapses against the formula: largest deviation of 41 times in standard errors "
              "(one false alarm in a thousand)", np.abs((watched - expected) / error).max(), "<",
              deviation_bound(41, populations), kind="agreement"),
        claim("initial signal to noise is root N over n (1 - x): largest relative error over depths",
              max(abs(cascade(n).initial * n / 2 - 1) for n in depths), "<", 1e-9, kind="exact"),
        claim("the slope passes the textbook value near t = 100",
              np.interp(100, times, slope), "between", (-0.78, -0.72)),
        claim("but it goes on: slope at t = 10^6", np.interp(1e6, times, slope), "<", -0.9),
        claim("late slope against that of (ln t + c)/t: largest deviation after t = 1000, tolerance 0.01",
              np.abs(slope - asymptote)[far].max(), "<", 0.01, kind="agreement"),
        claim("derived factor of ln t, three ratios: largest relative deviation, tolerance 0.01",
              np.abs(measured / derived - 1).max(), "<", 0.01, kind="agreement"),
    ],
)  # fmt: skip

# %% [markdown]
# ## The spectrum of a memory
#
# Why is the sum nearly a power law? Its terms have time constants that are spaced geometrically. A
# uniform chain of as many states has its modes crowded at short times, but one: it is a slow
# exponential, from which the fast modes, with weights of alternating sign, subtract at the start.

# %%
chain, ladder = serial_chain(20), cascade(10)
spectra = {}
for name, synapse in (("chain", chain), ("cascade", ladder)):
    rates, weights = synapse.modes
    kept = np.abs(weights) > 1e-12  # modes of the wrong symmetry carry nothing
    spectra[name] = 1 / rates.real[kept], weights.real[kept]

# %%
tau, weight = spectra["cascade"]
chain_tau, chain_weight = spectra["chain"]
slowest = [1 / cascade(n).modes[0][0].real - 2.0 ** (n - 1) for n in (9, 10, 11, 12)]
times = np.geomspace(0.1, 3000, 200)
record(
    "consolidation/b6",
    numbers={
        "cascade_constant": tau, "cascade_weight": weight, "chain_constant": chain_tau,
        "chain_weight": chain_weight, "time": times, "cascade": curve(ladder, times),
        "chain": curve(chain, times),
    },
    claims=[
        claim("cascade: time constants double, mean ratio of neighbours from the second slowest on",
              np.mean(tau[1:6] / tau[2:7]), "between", (1.9, 2.1)),
        claim("cascade: the slowest mode takes 2^(n-1) events less a constant: spread of that constant",
              np.ptp(slowest), "<", 0.1),
        claim("chain: slowest time constant is 1/(1 - cos(pi/M)), relative difference",
              abs(chain_tau[0] * (1 - np.cos(np.pi / 20)) - 1), "<", 1e-9, kind="exact"),
        claim("chain: weight of the slowest mode over the initial signal", chain_weight[0] / chain.initial, ">", 1),
        claim("... which is more than all of it: number of modes with negative weights",
              np.sum(chain_weight < 0), "==", 5),
        claim("cascade: weight of the slowest mode over the initial signal", weight[0] / ladder.initial, "<", 0.1),
        claim("cascade: number of modes with negative weights", np.sum(weight < 0), "==", 0),
    ],
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
# and chains whose ends are hard to leave approach all of it. For synapses whose modes have positive
# weights a ceiling follows at late times, by induction over the modes. Two modes of opposite weight
# already exceed it by 26 per cent, so for chains, which have negative weights, it does not follow;
# that they respect it is checked by numbers below.

# %%
derivations.envelope()

# %% [markdown]
# How near to the ceiling can a synapse come? Nobody has a formula. So look for the best synapse at each time, by ascent
# over all its transition probabilities from several starts. What is found is attained; better ones may exist.

# %%
states = 12
times = np.geomspace(0.3, 1000, 120)
ceiling = envelope(times, states)
family = [serial_chain(m, leaving_probability=e) for m in (2, 4, 6, 8, 10, 12)
          for e in np.geomspace(1e-3, 1, 10)]  # fmt: skip
frontier = np.array([curve(s, times) for s in family]).max(axis=0)
shown = np.transpose([curve(serial_chain(m, leaving_probability=e), times)
                      for m, e in ((6, 1), (12, 1), (12, 0.03))])  # fmt: skip
steps = curve(cascade(6), times)
areas = np.array([serial_chain(12, leaving_probability=e).area for e in (1.0, 0.1, 0.01, 0.001)])

# %%
rng = figure_rng("consolidation/b7")
counts, grid = (2, 4, 8, 12), np.array([0.1, 0.3, 0.7, 1.0, 2.0, 4.0, 10.0])  # in units of M - 1


def climbed(states):
    """Best signal found at each time of the grid; each search also starts from the best before."""
    found, starts = [], []
    for time in grid * (states - 1):
        synapse, signal = best_synapse_at(time, states, rng, draws=3, starts=starts, steps=200)
        found.append(signal)
        starts = [synapse]
    return np.array(found)


best = {m: climbed(m) for m in counts}
ratio = {m: best[m] / envelope(grid * (m - 1), m) for m in counts}
by_chains = np.interp(grid * 11, times, frontier)
highest = max(ratio[m].max() for m in counts if m > 2)

# %%
record(
    "consolidation/b7",
    numbers={
        "time": times, "envelope": ceiling, "best_chain": frontier, "chain": shown, "cascade": steps,
        "best_time": grid * 11, "best": best[12], "states": counts, "scaled_time": grid,
        "ratio": np.transpose(list(ratio.values())),
    },
    claims=[
        claim("no synapse found above the envelope: largest ratio, more than two states", highest, "<", 1),
        claim("nor a chain, nor the cascade: largest ratio", max((frontier / ceiling).max(), (steps / ceiling).max()),
              "<", 1),
        claim("two states attain it: largest relative distance at all times", np.abs(ratio[2] - 1).max(), "<", 1e-6,
              kind="exact"),
        claim("twelve states stay far below in the middle: smallest of the best ratios found",
              ratio[12].min(), "between", (0.3, 0.5)),
        claim("and approach it late: ratio at ten times M - 1", ratio[12][-1], ">", 0.8),
        claim("chains are good but not the best: smallest gain of free synapses over the best chain",
              (best[12] / by_chains).min(), ">", 0.99),
        claim("... and the largest", (best[12] / by_chains).max(), "between", (1.02, 1.5)),
        claim("the cascade keeps a distance: its largest ratio after 5 events", (steps / ceiling)[times > 5].max(), "<",
              0.3),
        claim("sticky ends fill the area: share of the bound at leaving probability 0.001",
              areas[-1] / 11, "between", (0.99, 1)),
    ],
)  # fmt: skip

# %% [markdown]
# The envelope is a bound, not a synapse: in the middle the best synapses that are known reach less than half of it. Being
# best at one time is not the same as being good at all times, either: each chain is so at *its* time. The cascade is fair
# over decades at once, without being told when it will be asked.
#
# ## What happens if
#
# ... the ends of a chain of 20 states become sticky? Black: the envelope.


# %%
def draw(ax, leaving_probability):
    t = np.geomspace(0.3, 3000, 120)
    ax.loglog(t, envelope(t, 20), color=BLACK)
    line = curve(serial_chain(20, leaving_probability=leaving_probability), t)
    ax.loglog(t, line, color=ORANGE)
    ax.set(ylim=(1e-3, 1.2), xlabel="events $t$", ylabel="signal to noise")
    share = line / envelope(t, 20)
    return f"at most {share.max():.2g} of the envelope is reached, at t = {t[share.argmax()]:.0f}"


explore(draw, leaving_probability=[1.0, 0.3, 0.1, 0.03, 0.01, 0.001])

# %% [markdown]
# ## Exercises

# %% [markdown] tags=["exercise"]
# ### Exercise 1: a small area, and yet a good memory
#
# *paper, 15 minutes, 4 points, difficulty 2 of 3*
#
# The area under the memory curve of a cascade with $x = 1/2$ is $(n - 1)/2 + 1/n$ for one synapse; the bound for $M$ states
# is $M - 1$. Which share of its bound has the cascade with 10 levels, with 20, and with very many? Then let a curve
# fall like $1/t$ between two times $t_1$ and $t_2$: which part of its area lies in each decade of time? Use the result to say
# why a curve that is good at all times cannot fill the bound.
#
# Assign to `shares` an array of the three shares (10, 20, infinitely many levels), and to `in_last_decade` the share of the
# area of $1/t$ between 1 and $10^6$ that lies in the last of the six decades.

# %% tags=["solution"]
# M = 2 n. In the limit (n/2)/(2 n) = 1/4. The integral of 1/t over a decade is ln 10 everywhere: a sixth. To fill the area
# a curve must stay high until late, where each decade is ten times as wide as the one before: one slow exponential.
shares = np.array([(9 / 2 + 1 / 10) / 19, (19 / 2 + 1 / 20) / 39, 1 / 4])
in_last_decade = 1 / 6

for n_levels, part in zip((10, 20, 4000), shares, strict=True):
    exact_area = cascade(n_levels).area if n_levels < 100 else (n_levels - 1) / 2 + 1 / n_levels
    assert abs(exact_area / (2 * n_levels - 1) - part) < 1e-3

# %% tags=["check"]
check("consolidation-2.1", shares, in_last_decade)

# %% tags=["mistakes"]
mistake("consolidation-2.1", [4.6 / 9, 9.55 / 19, 1 / 2], 0.9,
        hint="the cascade has two states for each level, one of either strength; 1/t is not flat")  # fmt: skip
mistake("consolidation-2.1", [4.6 / 20, 9.55 / 40, 1 / 4], ...,
        hint="the bound is M - 1, not M")  # fmt: skip

# %% [markdown] tags=["exercise"]
# ### Exercise 2: how long is a cascade a textbook's power law?
#
# *derivation, 20 minutes, 5 points, difficulty 2 of 3*
#
# Take the step "running slope" from `law_of_cascade = derivations.cascade_law()`, `law_of_cascade["running slope"].rhs`: an
# expression in the time `t` and a constant `c`. Choose the constant so that the slope is $-3/4$ at $t = 100$. What is the slope
# at $t = 10^6$ then? And over how many decades of time does it stay within 0.05 of $-3/4$? (Does the last answer depend
# on the constant?)
#
# Assign `constant_c`, `late_slope` and `decades`, three numbers.

# %% tags=["solution"]
law_of_cascade = derivations.cascade_law()
running = law_of_cascade["running slope"].rhs
symbol_of = {symbol.name: symbol for symbol in running.free_symbols}


def when(slope_there):
    """ln t + c where the running slope has this value."""
    return 1 / (1 + slope_there)


constant_c = when(-0.75) - np.log(100)
late_slope = float(running.subs({symbol_of["t"]: 1e6, symbol_of["c"]: constant_c}))
# From ln t + c = 1/0.3 to 1/0.2: whatever the constant, it is less than a decade.
decades = (when(-0.8) - when(-0.7)) / np.log(10)

assert abs(float(running.subs({symbol_of["t"]: 100, symbol_of["c"]: constant_c})) + 0.75) < 1e-12
deep_times = np.array([9e5, 1e6, 1.1e6])
assert abs(running_slope(deep_times, curve(cascade(40), deep_times))[1] - late_slope) < 0.02

# %% tags=["check"]
check("consolidation-2.2", constant_c, late_slope, decades)

# %% tags=["mistakes"]
mistake("consolidation-2.2", -constant_c, -0.75, 5 - 10 / 3,
        hint="the slope goes on to change; and ln t is not the number of decades")  # fmt: skip
mistake("consolidation-2.2", 4 - np.log10(100), ..., 1.0, hint="the derivation's logarithm is ln")

# %% [markdown] tags=["exercise"]
# ### Exercise 3: where the synapses are
#
# *simulation, 20 minutes, 5 points, difficulty 2 of 3*
#
# Let 10 000 cascade synapses with six levels all start in state 0, the deepest level of the weak strength. At each of 600
# events every synapse draws potentiation or depression with equal chance, and its next state from the row of
# `cascade(6).potentiation` or `.depression` (states 0 to 5: weak, from the deepest level to the first; 6 to 11: strong, from
# the first level to the deepest). Use `np.random.default_rng(seed(2))`.
#
# Assign to `occupied` the shares of the twelve states, averaged over the last 200 events, and to `flipping` the mean share of
# synapses whose *strength* changes at one event, over the same events. Compare both with what a synapse without depth does.

# %% tags=["solution"]
six, chances = cascade(6), np.random.default_rng(seed(2))
ladder_up, ladder_down = (np.cumsum(m, axis=1) for m in (six.potentiation, six.depression))
place, counted, changed = np.zeros(10_000, int), np.zeros(12), 0.0
for event_number in range(600):
    rows = np.where(chances.random(place.size)[:, None] < 0.5, ladder_up[place], ladder_down[place])
    new_place = np.minimum((chances.random(place.size)[:, None] > rows).sum(axis=1), 11)
    if event_number >= 400:
        counted += np.bincount(new_place, minlength=12)
        changed += np.mean((place < 6) != (new_place < 6))
    place = new_place
occupied, flipping = counted / counted.sum(), changed / 200

# All twelve alike: rates fall by two from level to level, and so do the ways in. The flips of all levels,
# 1 + 1/2 + ... + 1/16 + 1/16 = 2, half of them at a time, over six levels: a sixth, not a half.
assert np.abs(six.equilibrium - 1 / 12).max() < 1e-12
assert np.abs(occupied - 1 / 12).max() < 0.008 and abs(flipping - 1 / 6) < 0.01

# %% tags=["check"]
check("consolidation-2.3", occupied, flipping, tolerance=0.1)

# %% tags=["mistakes"]
mistake("consolidation-2.3", np.repeat(1 / 6, 12), 1 / 2, hint="shares of all states add up to one; "
        "deep levels seldom flip")  # fmt: skip
mistake("consolidation-2.3", 2.0 ** -np.r_[6:0:-1, 1:7] / 2, 1 / 3,
        hint="deep levels are entered seldom, and left as seldom")  # fmt: skip

# %% [markdown] tags=["exercise"]
# ### Exercise 4: far from the envelope, and near it
#
# *simulation, 10 minutes, 3 points, difficulty 1 of 3*
#
# Divide the memory curve of the cascade with ten levels, `curve(cascade(10), t)`, by the envelope of its 20 states,
# `envelope(t, 20)`, for times from 1 to $10^4$ events, say 4000 of them in geometric spacing. At which time *before 100
# events* is the cascade *farthest* from the envelope, and at which *later* time does it come nearest to it? How many times the slowest
# time constant (`1 / cascade(10).modes[0][0].real`) is the latter?
#
# Assign the two times to `far_and_near`, an array, the earlier one first, and to `in_time_constants` the last answer.

# %% tags=["solution"]
fine_times = np.geomspace(1, 1e4, 4000)
reached = curve(cascade(10), fine_times) / envelope(fine_times, 20)
early = np.sum(
    fine_times < 100
)  # after the last time constant the cascade has forgotten everything
farthest = reached[:early].argmin()
nearest_later = early + reached[early:].argmax()
far_and_near = fine_times[[farthest, nearest_later]]
in_time_constants = far_and_near[1] * cascade(10).modes[0][0].real

# Before a cascade's last level is reached it is nowhere near; where its slowest mode alone is left, it is
# best just before that mode decays. The envelope at one time knows that time; a cascade does not.
assert 0.05 < reached[farthest] < 0.1 < reached[nearest_later] < 0.2
print(f"smallest share {reached[farthest]:.3f}, largest later one {reached[nearest_later]:.3f}")

# %% tags=["check"]
check("consolidation-2.4", far_and_near, in_time_constants, tolerance=0.01)

# %% tags=["mistakes"]
mistake("consolidation-2.4", far_and_near[::-1], 1 / in_time_constants)
mistake("consolidation-2.4", ..., 1.0, hint="near it, but not at it")

# %% [markdown] tags=["exercise"]
# ### Exercise 5: a pool or a cascade
#
# *open, 20 minutes, 6 points, difficulty 3 of 3*
#
# A pool of two-state synapses with the flip probabilities $1, 1/2, 1/4, \dots$ has as many time constants as a cascade, and
# nobody has to move between levels. Which power of time does its signal follow? (`pool_signal_to_noise(t, 30, 1.0)`; fit a
# straight line to its logarithm at $t = 2^6, \dots, 2^{11}$.) How many times larger is the signal of `cascade(30)` at
# $t = 10^4$? Where does the difference come from? And which of the two would you build, or look for in a brain: what speaks for
# a pool, although it remembers less? Ten lines at most.
#
# Assign the exponent to `pool_power` and the factor to `cascade_over_pool`.

# %% [markdown] tags=["solution"]
# Each kind contributes $q e^{-qt}$; over octaves of $q$ the sum is close to $\int q e^{-qt}\, d\ln q / \ln 2 = 1/(t \ln 2)$: a
# power of $-1$. In the pool a slow synapse sees an event and follows it with its small probability, once. In the cascade a
# synapse that followed at the first level may be carried down by later events that happen to confirm it: each depth is
# filled from all levels above, which gives the factor of $\ln t$. The price is a synapse with many states whose
# transitions depend on them. The pool needs no such mechanism, every one of its synapses is simple, a read-out may weight
# the kinds differently (here it does not), old and new memories can be read apart, and damage to one kind costs the traces of its
# age only. Experiments could tell: in the cascade one synapse shows different reluctance at
# different times, in the pool each keeps its own.

# %% tags=["solution"]
octaves = 2.0 ** np.arange(6, 12)
pool_power = np.polyfit(np.log(octaves), np.log(pool_signal_to_noise(octaves, 30, 1.0)), 1)[0]
cascade_over_pool = curve(cascade(30), [1e4])[0] / pool_signal_to_noise(1e4, 30, 1.0)

assert abs(pool_power + 1) < 1e-3 and abs(cascade_over_pool) > 3
larger_later = curve(cascade(30), [1e6])[0] / pool_signal_to_noise(1e6, 30, 1.0)
assert larger_later > cascade_over_pool  # a logarithm goes on growing

# %% tags=["check"]
check("consolidation-2.5", pool_power, cascade_over_pool)

# %% tags=["mistakes"]
mistake("consolidation-2.5", -0.75, np.log(1e4),
        hint="fit the signal of the pool; the factor of the logarithm is not one")  # fmt: skip
mistake("consolidation-2.5", -pool_power, 1 / cascade_over_pool)

# %% [markdown]
# ## References
#
# * S. Fusi, P. Drew, L. Abbott, *Cascade models of synaptically stored memories*, Neuron (2005).
# * S. Lahiri, S. Ganguli, *A memory frontier for complex synapses*, NIPS (2013): bounds, envelope, chains.
# * F. Zenke, A. Laborieux, *Theories of synaptic memory consolidation and intelligent plasticity for
#   continual learning* (2024). The law $(\ln t)/t$ is derived here.
