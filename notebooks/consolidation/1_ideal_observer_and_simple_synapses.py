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
# # An ideal observer looks at simple synapses
#
# **After this lesson you can** write the memory of any synapse with internal states as a signal to
# noise ratio; say why a two-state synapse must choose between learning fast and remembering long;
# find its best flip probability and the price of it; and say when more levels help and when not.
#
# *25 minutes. Prerequisites: Markov chains, eigenvalues, the central limit theorem.*
#
# A memory that is written into synapses is overwritten by the next ones. How long can it be read?
# The answer must not depend on a particular circuit, so let an **ideal observer** look at all $N$
# synapses at once and ask for one stored pattern: the overlap of the weights with what that pattern
# wanted, over its fluctuations due to all other patterns,
#
# $$\mathrm{SNR}(t) = \sqrt N \, \frac{2 f_+ f_-}{\sigma_w}\, \pi\,(M^+ - M^-)\, e^{W t}\, w .$$
#
# | symbol | name in the code | meaning |
# |---|---|---|
# | $M^\pm$ | `potentiation`, `depression` | what an event does to the internal state, rows sum to one |
# | $w$ | `weights` | synaptic weight of each internal state |
# | $f_+ = 1 - f_-$ | `potentiation_fraction` | fraction of events that potentiate |
# | $W = f_+ M^+ + f_- M^- - 1$ | `generator` | mean rate of change at random events |
# | $\pi$ | `equilibrium` | distribution over states after many patterns, $\pi W = 0$ |
# | $t^*$ | `lifetime(N)` | time at which the signal meets the noise, $\mathrm{SNR}(t^*) = 1$ |

# %%
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from figures.kit import (
    BLACK,
    BLUE,
    GREEN,
    ORANGE,
    PAGE,
    PINK,
    VERMILION,
    claim,
    explore,
    figure_rng,
    label_panels,
    record,
    use_style,
)
from theory.consolidation import (
    leaky_signal_to_noise,
    observe_memory,
    serial_chain,
    two_state,
    two_state_lifetime,
)
from theory.consolidation.derivations import simple_synapses as derivations

use_style()

# %% [markdown]
# ## What is asked of a synapse
#
# A simple synapse *is* its weight. A complex one has internal states behind the same weight. The
# models of these lessons add two things to the simple one: dynamics on **many time scales**, which
# soften the conflict between writing and keeping, and a **regulation** of plasticity, which decides
# what is worth keeping. The first is the subject of lessons 1 to 4, the second of lessons 5 and 6.


# %%
def box(ax, x, y, text, color, width=0.5, height=0.36):
    ax.add_patch(FancyBboxPatch((x - width / 2, y - height / 2), width, height, facecolor="white",
                                boxstyle="round,pad=0.02", edgecolor=color, linewidth=1.4))  # fmt: skip
    ax.text(x, y, text, ha="center", va="center", fontsize=7)


def arrow(ax, start, end, color=BLACK, bend=0.0, width=1.0, both=False):
    ax.add_patch(FancyArrowPatch(start, end, connectionstyle=f"arc3,rad={bend}", color=color,
                                 arrowstyle="<|-|>" if both else "-|>", mutation_scale=8,
                                 linewidth=width, shrinkA=1, shrinkB=1))  # fmt: skip


# %%
figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.6), width_ratios=[1, 1.9])
for ax, limits, title in zip(axes, (2.2, 4.2), ("simple synapse", "complex synapse"), strict=True):
    ax.set(xlim=(0, limits), ylim=(0, 2.2), title=title)
    ax.axis("off")
ax = axes[0]
box(ax, 1.1, 1.0, "weight $w$", BLUE, 0.8)
arrow(ax, (1.1, 1.8), (1.1, 1.25), VERMILION, width=1.6)
ax.text(1.1, 1.85, "plasticity events", ha="center", color=VERMILION, fontsize=7)
ax.text(1.1, 0.35, "what is seen is all there is", ha="center", fontsize=7)
ax = axes[1]
for k, name in enumerate(
    ["weight $w$\nseconds", "hidden\nminutes", "hidden\nhours", "hidden\nmonths"]
):
    box(ax, 0.55 + k, 1.0, name, BLUE if k == 0 else GREEN, 0.62, 0.42)
    if k:
        arrow(
            ax,
            (0.55 + k - 0.68, 1.0),
            (0.55 + k - 0.32, 1.0),
            GREEN,
            width=2.6 - 0.6 * k,
            both=True,
        )
arrow(ax, (0.55, 1.8), (0.55, 1.27), VERMILION, width=1.6)
ax.text(0.1, 1.85, "plasticity events", color=VERMILION, fontsize=7)
ax.text(2.55, 0.5, "1  dynamics on many time scales", ha="center", color=GREEN, fontsize=8)
arrow(ax, (2.55, 1.62), (0.75, 1.5), ORANGE, bend=0.15, width=1.6)
ax.text(
    2.6,
    1.62,
    "2  regulation: what matters\n   is protected",
    va="center",
    color="#B07800",
    fontsize=8,
)
label_panels(axes)
record(
    "consolidation/b1", figure, data={}, claims=[],
    alt="Left: a simple synapse is a single box, the weight, changed by plasticity events. Right: in "
    "a complex synapse a chain of three hidden variables with time scales from minutes to months "
    "stands behind the weight, coupled more and more weakly; a second arrow regulates how plastic "
    "the weight is.",
)  # fmt: skip

# %% [markdown]
# ## Derivation: two states
#
# The smallest synapse has two states and follows an event with probability $q$.

# %%
derivations.two_state()

# %% [markdown]
# $\sqrt N q e^{-qt}$: a large $q$ writes a strong trace that is gone after $1/q$ events, a small one
# writes a faint trace that stays. This is the **stability-plasticity dilemma** in one formula.

# %%
derivations.best_flip_probability()

# %% [markdown]
# ## Simulation and figure: the dilemma
#
# The prediction is for random event times (Poisson clock). The simulation stores one pattern a step
# (discrete clock), where $e^{-qt}$ becomes $(1 - q)^t$; for small $q$ the two agree.

# %%
rng = figure_rng("consolidation/b3")
size = 1e6
best = np.e / np.sqrt(size)
flips = [1.0, 0.1, 0.01, best]
simulated = {
    q: observe_memory(two_state(q), 30, synapses=4000, repeats=25, rng=rng) for q in (0.1,)
}
deviations = np.concatenate(
    [
        (signal - two_state(q).signal_to_noise(np.arange(31.0), clock="discrete")) / error
        for q, (signal, error) in simulated.items()
    ]
)

# %%
sizes = np.geomspace(1e2, 1e10, 33)
grid = np.geomspace(best / 2.7, 1, 400)
lifetimes = np.array([two_state_lifetime(q, size) for q in grid])
fast = np.array([two_state_lifetime(0.5, n) for n in sizes])
slow = np.array([two_state_lifetime(np.e / np.sqrt(n), n) for n in sizes])
times = np.geomspace(0.1, 3000, 300)
curves = np.array([two_state(q).signal_to_noise(times, synapses=size) for q in flips])

figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.5))
ax = axes[0]
marks = np.unique(np.round(np.geomspace(1, 30, 8)).astype(int))
places = [(1.5, 430), (13, 40), (125, 4.2), (0.13, 1.25)]
names = ["$q = 1$", "0.1", "0.01", "e/$\\sqrt{N}$"]
for curve, color, style, place, name in zip(
    curves,
    (BLACK, BLUE, GREEN, VERMILION),
    ("-", "--", "-.", (0, (5, 1))),
    places,
    names,
    strict=True,
):
    ax.loglog(times, curve, color=color, linestyle=style)
    ax.text(*place, name, color=color, fontsize=7)
for (_, (signal, error)), color in zip(simulated.items(), (BLUE,), strict=True):
    ax.errorbar(marks, np.sqrt(size) * signal[marks], np.sqrt(size) * error[marks], fmt="o",
                markersize=3, color=color)  # fmt: skip
ax.axhline(1, color=BLACK, linewidth=0.7, linestyle=":")
ax.set(ylim=(0.2, 2000), xlabel="events since storage $t$", ylabel="signal to noise, $N = 10^6$")
ax = axes[1]
ax.semilogx(grid, lifetimes, color=BLUE)
ax.plot(best, np.sqrt(size) / np.e, "o", color=VERMILION)
ax.annotate("$q = e/\\sqrt{N}$:\n$t^* = \\sqrt{N}/e$", (best, np.sqrt(size) / np.e), (8, -6),
            textcoords="offset points", color=VERMILION, fontsize=7)  # fmt: skip
ax.set(xlabel="flip probability $q$", ylabel="lifetime $t^*$, $N = 10^6$")
ax = axes[2]
ax.loglog(sizes, slow, color=VERMILION, linestyle=(0, (5, 1)))
ax.loglog(sizes, fast, color=BLUE)
ax.text(1.2e10, 9e1, "best $q$:\n$t^* = \\sqrt{N}/e$", color=VERMILION, ha="right", fontsize=7)
ax.text(1e6, 2.5, "$q = 1/2$: $\\ln N$", color=BLUE, fontsize=7)
ax.set(xlabel="number of synapses $N$", ylabel="lifetime $t^*$")
label_panels(axes)

root_slope = np.polyfit(np.log(sizes), np.log(slow), 1)[0]
log_fit = np.polyfit(np.log(sizes), fast, 1)
record(
    "consolidation/b3",
    figure,
    data={
        "time": times, "signal_to_noise": curves.T, "flip_probability": grid,
        "lifetime": lifetimes, "synapses": sizes, "lifetime_best": slow, "lifetime_half": fast,
    },
    claims=[
        claim("simulated synapses against the formula: mean squared deviation in standard errors (correlated in time)",
              np.mean(deviations**2), "<", 8),
        claim("the longest lifetime is at e over root N: best q found, relative",
              grid[lifetimes.argmax()] / best, "between", (0.98, 1.02)),
        claim("the longest lifetime is root N over e: relative",
              lifetimes.max() / (np.sqrt(size) / np.e), "between", (0.999, 1.001)),
        claim("its price: the initial signal to noise is only e, relative",
              np.sqrt(size) * best / np.e, "between", (0.999, 1.001)),
        claim("slow learning: exponent of the lifetime in N", root_slope, "between", (0.499, 0.501)),
        claim("fast learning: lifetime gained by a factor e in N, q = 1/2 (Poisson clock: 1/(2q))",
              log_fit[0], "between", (0.99, 1.01)),
    ],
    alt="Left: signal to noise against time for four flip probabilities; fast synapses start high and "
    "fall early, slow ones start low and fall late; dots of a simulation lie on one of the curves. "
    "Middle: lifetime against flip probability with a maximum at e over root N. Right: lifetime "
    "against number of synapses, a straight line of slope one half for the best flip probability and "
    "a nearly flat, logarithmic one for flip probability one half.",
)  # fmt: skip

# %% [markdown]
# ## More levels
#
# Let the weight take $m$ values between hard bounds and move by one level at an event.

# %%
derivations.hard_bounds()

# %% [markdown]
# The memory lasts about $m^2$ events, times the logarithm of $N$: a gain over two states. But it needs
# potentiation and depression to be **balanced**. With a tilt the weight is soon pushed against one
# bound, and more levels do not help.

# %%
levels = np.array([2, 4, 6, 8, 12, 16, 24, 32, 48, 64])
fractions = (0.5, 0.52, 0.55, 0.6)
size = 1e4


def level_lifetimes(fraction):
    chains = [serial_chain(m, readout="linear", potentiation_fraction=fraction) for m in levels]
    return np.array([chain.lifetime(size) for chain in chains])


lifetimes = np.array([level_lifetimes(f) for f in fractions])
rng = figure_rng("consolidation/b4")
watched = {
    f: observe_memory(serial_chain(8, readout="linear", potentiation_fraction=f), 40,
                      synapses=2000, repeats=25, rng=rng)
    for f in (0.5, 0.6)
}  # fmt: skip

# %%
figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.7))
steps = np.arange(41.0)
residuals = []
ax = axes[0]
for f, color, style in ((0.5, BLUE, "-"), (0.6, VERMILION, "--")):
    chain = serial_chain(8, readout="linear", potentiation_fraction=f)
    exact = chain.signal_to_noise(steps, clock="discrete")
    signal, error = watched[f]
    residuals.append((signal - exact) / error)
    ax.plot(steps, np.sqrt(size) * exact, color=color, linestyle=style)
    ax.errorbar(steps[::4], np.sqrt(size) * signal[::4], np.sqrt(size) * error[::4], fmt="o",
                markersize=3, color=color)  # fmt: skip
ax.text(15, 21, "balanced", color=BLUE)
ax.text(2, 5.5, "60 % potentiation", color=VERMILION, ha="left", va="top")
ax.set(yscale="log", ylim=(0.8, 60), xlabel="events since storage $t$",
       ylabel="signal to noise, $m = 8$, $N = 10^4$")  # fmt: skip
ax = axes[1]
for f, life, color, style in zip(
    fractions, lifetimes, (BLUE, GREEN, ORANGE, VERMILION), ("-", "-.", ":", "--"), strict=True
):
    ax.loglog(levels, life, color=color, linestyle=style, marker="o", markersize=3)
    ax.text(68, life[-1], f"$f_+ = {f}$", color=color, va="center", fontsize=7)
ax.set(xlim=(1.8, 150), xlabel="number of levels $m$", ylabel="lifetime $t^*$, $N = 10^4$")
ax.loglog([12, 48], np.array([12, 48]) ** 2 * 1.4, color=BLACK, linewidth=0.8)
ax.text(20, 1000, "$m^2$", ha="right")
label_panels(axes)

inner = slice(1, 8)
growth = np.polyfit(np.log(levels[inner]), np.log(lifetimes[0][inner]), 1)[0]
tilted = [serial_chain(32, readout="linear", potentiation_fraction=f) for f in fractions]
slowest = np.array([1 / chain.modes[0][0].real for chain in tilted])
tilt = 1 / (1 - 2 * np.sqrt(np.multiply(fractions, 1 - np.array(fractions))) * np.cos(np.pi / 32))
record(
    "consolidation/b4",
    figure,
    data={"levels": levels, "lifetime": lifetimes.T, "fraction": fractions, "slowest": slowest},
    claims=[
        claim("simulated synapses against the formula: mean squared deviation in standard errors (correlated in time)",
              np.mean(np.square(residuals)), "<", 8),
        claim("balanced: exponent of the lifetime in the number of levels, 4 to 32 of them",
              growth, "between", (1.5, 2.0)),
        claim("slowest time constants of 32 levels against their closed form: largest relative error",
              np.abs(slowest / tilt - 1).max(), "<", 1e-9),
        claim("55 % potentiation: factor lost at 32 levels",
              lifetimes[0, 7] / lifetimes[2, 7], ">", 2),
        claim("60 % potentiation: lifetime gained by doubling 32 levels, relative",
              lifetimes[3, -1] / lifetimes[3, 7] - 1, "<", 0.1),
    ],
    alt="Left: signal to noise of synapses with eight levels; the balanced curve decays slowly, the one "
    "with 60 percent potentiation faster; simulated dots lie on both. Right: lifetime against number "
    "of levels; it grows like the square when balanced and saturates the earlier the stronger the "
    "imbalance.",
)  # fmt: skip

# %% [markdown]
# ## A weight without bounds, and a leak
#
# An analog weight that forgets a share $e$ of itself at each event does better still:

# %%
derivations.leaky_synapse()

# %% [markdown]
# A lifetime of $N/e$, linear in $N$ - but with an initial signal of only $\sqrt e$, and the weight
# must resolve steps of one in a range of about $\sqrt N$. Lesson 3 reaches nearly $N$ with a large
# initial signal and few levels.
#
# ## What happens if
#
# ... the flip probability changes, for a million synapses? The dotted line is the noise.


# %%
def draw(ax, q):
    t = np.geomspace(0.1, 1e5, 200)
    ax.loglog(t, 1e3 * q * np.exp(-q * t), color=PINK)
    ax.axhline(1, color=BLACK, linestyle=":", linewidth=0.8)
    ax.set(ylim=(0.1, 1e3), xlabel="events $t$", ylabel="signal to noise")


explore(draw, q=[1.0, 0.1, 0.01, 0.003])

# %% [markdown]
# ## Exercises
#
# 1. A synapse flips with $q = 1$ and half of the events potentiate. How many patterns can a billion
#    such synapses hold (Poisson clock)? And how many on the discrete clock?
# 2. Both kinds of events are needed. Which fraction of potentiation halves the initial signal to noise
#    of a two-state synapse? Find it by hand and check.
# 3. Which leak of an analog synapse makes a memory of age 1000 most readable, whatever $N$?

# %% tags=["solution"]
# 1. ln(sqrt N) = 10.4 events; with one event a step every memory is overwritten by the next.
holds = two_state_lifetime(1.0, 1e9)

# %%
assert abs(holds - np.log(np.sqrt(1e9))) < 1e-12
assert two_state(1.0).signal_to_noise([1.0], clock="discrete")[0] < 1e-15

# %% tags=["solution"]
# 2. The signal is proportional to 2 sqrt(f (1 - f)) = 1/2, hence f = (1 - sqrt(3)/2) / 2.
fraction = (1 - np.sqrt(3) / 2) / 2

# %%
assert abs(two_state(0.2, fraction).initial / two_state(0.2).initial - 0.5) < 1e-12

# %% tags=["solution"]
# 3. Maximise (2 e - e^2) (1 - e)^(2 t) over e: with v = (1 - e)^2 it is (1 - v) v^t, largest at
#    v = t / (t + 1).
best_leak = 1 - np.sqrt(1000 / 1001)

# %%
signals = [leaky_signal_to_noise(1000.0, best_leak * s, 1.0) for s in (0.98, 1.0, 1.02)]
assert signals[1] > signals[0] and signals[1] > signals[2]

# %% [markdown]
# ## References
#
# * D. Amit, S. Fusi, *Learning in neural networks with material synapses*, Neural Computation (1994);
#   S. Fusi, L. Abbott, *Limits on the memory storage capacity of bounded synapses*, Nature
#   Neuroscience (2007).
# * S. Lahiri, S. Ganguli, *A memory frontier for complex synapses*, NIPS (2013): the ideal observer.
# * F. Zenke, A. Laborieux, *Theories of synaptic memory consolidation and intelligent plasticity for
#   continual learning* (2024): the survey that these lessons follow. Its own figures are UNKNOWN here;
#   all figures of these lessons are our own choice.
