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
# # An ideal observer looks at simple synapses
#
# **After this lesson you can** write the memory of any synapse with internal states as a signal to
# noise ratio; say why a two-state synapse must choose between learning fast and remembering long;
# find its best flip probability and the price of it; say what is left of that if synapses also forget by themselves;
# name the best observer and what sparse patterns gain; and say when more levels help and when not.
#
# *45 minutes; lessons 1 to 3 alone make a class of two hours. Prerequisites: Markov chains, eigenvalues, the
# central limit theorem.*
#
# A memory that is written into synapses is overwritten by the next ones. How long can it be read?
# The answer must not depend on a particular circuit, so let an **ideal observer** look at all $N$
# synapses at once and ask for one stored pattern: the overlap of the weights with what that pattern
# wanted, over its fluctuations due to all other patterns,
#
# $$\mathrm{SNR}(t) = \sqrt N \, \frac{\sqrt{f_+ f_-}}{\sigma_w}\, \pi\,(M^+ - M^-)\, e^{W t}\, w .$$
#
# In words: right after storage the synapses that should go up are distributed as $\pi M^+$ and the others as $\pi M^-$.
# All later events know nothing of this memory, so they wear both down at the same rates.
#
# | symbol | name in the code | meaning |
# |---|---|---|
# | $M^\pm$ | `potentiation`, `depression` | what an event does to the internal state, rows sum to one |
# | $w$ | `weights` | synaptic weight of each internal state |
# | $f_+ = 1 - f_-$ | `potentiation_fraction` | fraction of events that potentiate |
# | $W = f_+ M^+ + f_- M^- - 1$ | `generator` | mean rate of change at random events |
# | $\pi$ | `equilibrium` | distribution over states after many patterns, $\pi W = 0$ |
# | $t^*$ | `lifetime(N)` | time at which the signal meets the noise, $\mathrm{SNR}(t^*) = 1$ |
# | $\delta$ | `decay` | rate of falling back between events |
#
# For the theorist: synapses are independent given the patterns, so the read-out of many is Gaussian, whatever one
# weight does; its variance is that of unrelated patterns (a stored pattern changes it by the order of its squared
# signal per synapse); and the threshold 1 is a convention: a detector that errs in one of a thousand cases each way needs
# 6.2, which divides $N$ by 38 in every law below and changes no exponent.
#
# ## One memory by hand
#
# $N = 100$ synapses of weight $-1$ or $1$, half of each; each follows an event with probability $q = 1/2$. A new pattern
# wants 50 synapses up. Of these 25 are down, and half of them follow: the 50 now sum up to 25 instead of 0. The other
# 50 sum up to $-25$. Overlap with the pattern: 50. A pattern that was never stored has an overlap of $0 \pm \sqrt{100}$.
# Signal to noise: **5**. The next pattern overwrites half of the traces at random: 2.5, then 1.25, then 0.6, less
# than the noise. Two patterns later the memory could be read, three later it could not.

# %%
import numpy as np
import sympy as sp

from classroom import check, mistake
from figures.kit import BLACK, PINK, claim, explore, figure_rng, record, seed, use_style
from theory.consolidation import (
    deviation_bound,
    leaky_signal_to_noise,
    observe_at_random_times,
    observe_memory,
    observe_sparse,
    serial_chain,
    sparse_lifetime,
    sparse_signal_to_noise,
    two_state,
    two_state_lifetime,
)
from theory.consolidation.derivations import hard_bounds, observers, passive_decay
from theory.consolidation.derivations import simple_synapses as derivations
from theory.derivation import Derivation

use_style()

# %%
print("by hand:", 5 * 0.5 ** np.arange(4))
by_hand = two_state(0.5)
print("formula:", by_hand.signal_to_noise(np.arange(4.0), synapses=100, clock="discrete"))

# %% [markdown]
# ## What is asked of a synapse
#
# A simple synapse *is* its weight. A complex one has internal states behind the same weight. The
# models of these lessons add two things to the simple one: dynamics on **many time scales**, which
# soften the conflict between writing and keeping, and a **regulation** of plasticity, which decides
# what is worth keeping. The first is the subject of lessons 1 to 4, the second of lessons 5 and 6.

# %%
record("consolidation/b1")

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
steps, populations = np.arange(31.0), 25
watched, error = observe_memory(two_state(0.1), 30, synapses=4000, repeats=populations, rng=rng)
deviations = (watched - two_state(0.1).signal_to_noise(steps, clock="discrete")) / error

# %%
sizes = np.geomspace(1e2, 1e10, 33)
grid = np.geomspace(best / 2.7, 1, 400)
spacing = np.log(grid[1] / grid[0])
lifetimes = np.array([two_state_lifetime(q, size) for q in grid])
fast = np.array([two_state_lifetime(0.5, n) for n in sizes])
slow = np.array([two_state_lifetime(np.e / np.sqrt(n), n) for n in sizes])
by_modes = [[two_state(q).lifetime(n) for q in (0.5, np.e / np.sqrt(n))] for n in sizes]
times = np.geomspace(0.1, 3000, 300)
curves = np.array([two_state(q).signal_to_noise(times, synapses=size) for q in flips])
marks = np.unique(np.round(np.geomspace(1, 30, 8)).astype(int))

# %%
record(
    "consolidation/b3",
    numbers={
        "size": size, "time": times, "flip": flips, "signal": curves.T,
        "watched_flip": 0.1, "watched_time": marks, "watched": np.sqrt(size) * watched[marks],
        "watched_error": np.sqrt(size) * error[marks], "flip_grid": grid, "lifetime": lifetimes,
        "synapses": sizes, "lifetime_best": slow, "lifetime_half": fast,
    },
    claims=[
        claim("simulated synapses against the formula: largest deviation of 31 times in standard errors "
              "(one false alarm in a thousand)", np.abs(deviations).max(), "<",
              deviation_bound(31, populations), kind="agreement"),
        claim("the longest lifetime is at e over root N: distance of the best q of the grid, in its steps",
              np.abs(np.log(grid[lifetimes.argmax()] / best)) / spacing, "<", 1, kind="agreement"),
        claim("the longest lifetime is root N over e: missing on the grid, relative (half a squared step)",
              1 - lifetimes.max() * np.e / np.sqrt(size), "<", spacing**2 / 2, kind="agreement"),
        claim("its price, the initial signal to noise by the transition matrices, is e: distance",
              abs(two_state(best).initial * np.sqrt(size) - np.e), "<", 1e-9, kind="exact"),
        claim("lifetimes of the right panel by the modes of the transition matrices: largest relative difference",
              np.abs(np.array(by_modes) / np.transpose([fast, slow]) - 1).max(), "<", 1e-8, kind="exact"),
    ],
)  # fmt: skip

# %% [markdown]
# ## Forgetting between events
#
# So far nothing happens between events. Let the strong state also fall back by itself, at a rate $\delta$.

# %%
passive_decay.decaying_synapse()

# %% [markdown]
# Decay helps at the start, since few synapses are strong and the noise is small, and hurts for ever after: with $x = q +
# \delta$ the signal is at most that of a synapse that flips with $x$, and $x$ cannot go below $\delta$. Slow learning
# is worth its root of $N$ only as long as $\delta$ is small against $e/\sqrt N$; then the lifetime is a logarithm again.

# %%
rng = figure_rng("consolidation/x_passive_decay")
flip, rates, ages = 0.1, (0.0, 0.03, 0.15), np.array([0.0, 1.0, 3.0, 6.0, 10.0])
times = np.linspace(0, 12, 49)
decaying = [two_state(flip, decay=rate) for rate in rates]
curves = np.transpose([synapse.signal_to_noise(times) for synapse in decaying])
seen, error = np.transpose([
    observe_at_random_times(synapse, ages, synapses=4000, repeats=populations, rng=rng)
    for synapse in decaying
], (1, 2, 0))  # fmt: skip
expected = np.transpose([synapse.signal_to_noise(ages) for synapse in decaying])
slow_rates, flips = (0.0, 1e-4, 1e-3, 1e-2), np.geomspace(1e-6, 1, 400)
longest = np.array([[max(two_state_lifetime(q, n, decay=rate) for q in flips) for rate in slow_rates]
                    for n in sizes])  # fmt: skip
with np.errstate(divide="ignore", invalid="ignore"):
    ceiling = np.log(np.sqrt(sizes)[:, None] * slow_rates) / slow_rates
ceiling[~(np.sqrt(sizes)[:, None] * slow_rates > np.e)] = np.nan  # holds beyond its own maximum

# %%
record(
    "consolidation/x_passive_decay",
    numbers={
        "decay": rates, "time": times, "signal": curves, "age": ages, "seen": seen, "error": error,
        "slow_decay": slow_rates, "synapses": sizes, "lifetime": longest, "ceiling": ceiling,
    },
    claims=[
        claim("synapses at random times against the formula: largest of 15 deviations in standard errors (one false "
              "alarm in a thousand)", np.abs((seen - expected) / error).max(), "<", deviation_bound(15, populations),
              kind="agreement"),
        claim("decay 0.15: initial signal over that without decay", curves[0, 2] / curves[0, 0], ">", 1.2),
        claim("and the signal after ten intervals over that without decay", expected[4, 2] / expected[4, 0], "<", 0.5),
        claim("no lifetime above its logarithm: largest ratio", np.nanmax(longest / ceiling), "<", 1),
        claim("10^10 synapses, decay 0.01: lifetime lost, times", longest[-1, 0] / longest[-1, 3], ">", 30),
    ],
)  # fmt: skip

# %% [markdown]
# ## Which observer? And sparse patterns
#
# If potentiation is rare, a synapse that was potentiated tells more than one that was depressed. An observer who counts
# all alike, with signs 1 and $-1$, wastes that.

# %%
observers.best_observer()

# %% [markdown]
# So the best linear observer reads a correlation coefficient, and of a two-state synapse the same whatever the balance.
# It matters most for **sparse** patterns, where a share $f$ of the neurons is active: few synapses are touched.

# %%
observers.sparse_patterns()

# %%
rng = figure_rng("consolidation/x_observers")
fractions = np.array([0.5, 0.3, 0.2, 0.1, 0.05])
read = {
    name: np.array([
        [part[0] for part in observe_memory(two_state(0.3, f), 0, synapses=4000, repeats=40, rng=rng,
                                            observer=name)]
        for f in fractions
    ])
    for name in ("covariance", "signs")
}  # fmt: skip
expected = {name: [two_state(0.3, f).signal_to_noise([0.0], observer=name)[0] for f in fractions]
            for name in read}  # fmt: skip
codings, scaled = {0.5: 0.2, 0.2: 1.0, 0.1: 1.0}, np.array([0.0, 0.5, 1.0, 2.0])
watched, decays = [], []
for f, flip in codings.items():  # coding level and flip probability
    rate = -np.log1p(-2 * f**2 * flip)
    ages = np.round(scaled / rate).astype(int)
    seen, error = observe_sparse(f, flip, ages, synapses=4000, repeats=25, rng=rng)
    law = sparse_signal_to_noise(ages, f, flip, 1.0, clock="discrete")
    watched.append([rate * ages, seen / law[0], error / law[0]])
    decays.append((seen - law) / error)
watched = np.array(watched)
sparse = np.geomspace(1e-3, 0.5, 60)
sizes = (1e4, 1e6, 1e8)
lives = np.array([[sparse_lifetime(f, 1.0, n) for n in sizes] for f in sparse])

# %%
deviations = [(values[:, 0] - expected[name]) / values[:, 1] for name, values in read.items()]
record(
    "consolidation/x_observers",
    numbers={
        "fraction": fractions, **{f"{name}_seen": values[:, 0] for name, values in read.items()},
        **{f"{name}_error": values[:, 1] for name, values in read.items()}, **expected,
        "coding": list(codings), "scaled_age": watched[:, 0].T, "kept": watched[:, 1].T,
        "kept_error": watched[:, 2].T, "sparse": sparse, "synapses": sizes, "lifetime": lives,
    },
    claims=[
        claim("both observers, signal and noise measured: largest of 10 deviations in standard errors (one false "
              "alarm in a thousand)", np.abs(deviations).max(), "<", deviation_bound(10, 40), kind="agreement"),
        claim("5 % potentiation: the best observer reads more than that of signs, by a factor",
              read["covariance"][-1, 0] / read["signs"][-1, 0], ">", 2),
        claim("sparse patterns against the exponential: largest of 12 deviations in standard errors",
              np.abs(decays).max(), "<", deviation_bound(12, 25), kind="agreement"),
        claim("10^8 synapses: lifetime gained from f = 0.1 to f = 0.01, times", np.interp(0.01, sparse, lives[:, 2])
              / np.interp(0.1, sparse, lives[:, 2]), "between", (50, 100)),
    ],
)  # fmt: skip

# %% [markdown]
# A hundred times the memories for a tenth of the activity, up to a logarithm, even of synapses that follow every event: the
# law $1/f^2$. It ends where $\sqrt N f$ is no longer large.
#
# ## More levels
#
# Let the weight take $m$ values between hard bounds and move by one level at an event.

# %%
hard_bounds.hard_bounds()

# %% [markdown]
# The memory lasts about $m^2$ events, times the logarithm of $N$: a gain over two states. But it
# needs potentiation and depression to be **balanced**. With a tilt the slowest eigenvalue is
# multiplied by $2\sqrt{p(1-p)} < 1$ whatever the number of levels: more levels do not help.

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
                      synapses=2000, repeats=populations, rng=rng)
    for f in (0.5, 0.6)
}  # fmt: skip
steps = np.arange(41.0)
exact = {
    f: serial_chain(8, readout="linear", potentiation_fraction=f).signal_to_noise(
        steps, clock="discrete"
    )
    for f in watched
}
residuals = [(signal - exact[f]) / error for f, (signal, error) in watched.items()]

# %%
inner = slice(1, 8)
growth = np.polyfit(np.log(levels[inner]), np.log(lifetimes[0][inner]), 1)[0]
tilted = [serial_chain(32, readout="linear", potentiation_fraction=f) for f in fractions]
slowest = np.array([1 / chain.modes[0][0].real for chain in tilted])
tilt = 1 / (1 - 2 * np.sqrt(np.multiply(fractions, 1 - np.array(fractions))) * np.cos(np.pi / 32))
signal, error = np.sqrt(size) * np.moveaxis(list(watched.values()), 0, -1)

# %%
record(
    "consolidation/b4",
    numbers={
        "fraction": fractions, "levels": levels, "lifetime": lifetimes.T, "step": steps,
        "watched_fraction": list(watched),
        "signal": np.sqrt(size) * np.transpose(list(exact.values())),
        "watched": signal, "watched_error": error,
    },
    claims=[
        claim("simulated synapses against the formula: largest of 82 deviations in standard errors (one "
              "false alarm in a thousand)", np.abs(residuals).max(), "<",
              deviation_bound(82, populations), kind="agreement"),
        claim("balanced: exponent of the lifetime in the number of levels, 4 to 32 of them",
              growth, "between", (1.5, 2.0)),
        claim("slowest time constants of 32 levels against their closed form: largest relative error",
              np.abs(slowest / tilt - 1).max(), "<", 1e-9, kind="exact"),
        claim("55 % potentiation: factor lost at 32 levels",
              lifetimes[0, 7] / lifetimes[2, 7], ">", 2),
        claim("60 % potentiation: lifetime gained by doubling 32 levels, relative",
              lifetimes[3, -1] / lifetimes[3, 7] - 1, "<", 0.01),
    ],
)  # fmt: skip

# %% [markdown]
# ## A weight without bounds, and a leak
#
# An analog weight that forgets a share $e$ of itself at each event does better still:

# %%
derivations.leaky_synapse()

# %% [markdown]
# A lifetime of $N/e$, linear in $N$ - but with an initial signal of only $\sqrt e$, and this weight is **unbounded and
# analog**: it must resolve steps of one in a range of about $\sqrt N$. The two-state synapse and the levels above are
# bounded. Lesson 3 reaches nearly $N$ with a large initial signal and few hidden variables, and shows what is left of it
# when these, too, have bounds and few levels.
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
    return f"it begins at {1e3 * q:g} and meets the noise at t = {np.log(1e3 * q) / q:.3g}"


explore(draw, q=[1.0, 0.3, 0.1, 0.03, 0.01, 0.003])

# %% [markdown]
# ## Exercises

# %% [markdown] tags=["exercise"]
# ### Exercise 1: a billion fast synapses
#
# *paper, 10 minutes, 3 points, difficulty 1 of 3*
#
# A billion two-state synapses follow every event ($q = 1$); half of the events potentiate. For how many events can an
# ideal observer read a memory, if events come at random times (Poisson clock)? How many more does he read if the number of
# synapses is doubled? And what is the signal to noise ratio one event after storage, if exactly one event comes at every
# step (discrete clock)? Explain the difference between the clocks in one sentence.
#
# Assign the lifetime in events to `holds`, the events gained by doubling to `gained`, and the signal to noise of the
# discrete clock to `one_step_later`.

# %% tags=["solution"]
# The signal sqrt(N) exp(-t) falls to one at t = ln(sqrt(N)); a factor of two in N adds ln(2)/2. At random times some
# synapses have met no event yet when one is expected; with one event a step, each memory is wiped out by the next.
holds = np.log(np.sqrt(1e9))
gained = np.log(2) / 2
one_step_later = 0.0

assert abs(two_state(1.0).lifetime(1e9) - holds) < 1e-6
assert abs(two_state(1.0).lifetime(2e9) - holds - gained) < 1e-6
later = two_state(1.0).signal_to_noise([1.0], synapses=1e9, clock="discrete")[0]
assert abs(later - one_step_later) < 1e-9

# %% tags=["check"]
check("consolidation-1.1", holds, gained, one_step_later)

# %% tags=["mistakes"]
mistake("consolidation-1.1", np.log(1e9), np.log(2), ...)
mistake("consolidation-1.1", ..., ..., np.sqrt(1e9) / np.e,
        hint="that is the Poisson clock; how many synapses missed the one event in between?")  # fmt: skip
mistake("consolidation-1.1", ..., np.log(np.sqrt(1e9)), ...,
        hint="of a logarithm, a doubled argument is no doubled value")  # fmt: skip

# %% [markdown] tags=["exercise"]
# ### Exercise 2: an observer who counts badly
#
# *paper, 10 minutes, 3 points, difficulty 2 of 3*
#
# The observer of signs gives every synapse the weight 1 or $-1$ in the read-out; the best one weights rare events more.
# For which fractions $f$ of potentiating events does the observer of signs read just *half* of the signal to noise
# ratio that the best one reads? And how many times more synapses does he need there to read as much as the best one?
#
# Assign to `half_read` an array of the two fractions, the lower one first, and to `more_synapses` the factor.

# %% tags=["solution"]
# His share is 2 sqrt(f (1 - f)) = 1/2, so f (1 - f) = 1/16. Signals grow with the root of N: four times as many.
half_read = (1 + np.array([-1, 1]) * np.sqrt(3) / 2) / 2
more_synapses = 4

for unbalanced in half_read:
    rare = two_state(0.2, unbalanced)
    assert abs(rare.observer_share("signs") - 0.5) < 1e-12
    seen_by_signs = rare.signal_to_noise([0.0], synapses=more_synapses, observer="signs")[0]
    assert abs(seen_by_signs - rare.initial) < 1e-12

# %% tags=["check"]
check("consolidation-1.2", half_read, more_synapses)

# %% tags=["mistakes"]
mistake(
    "consolidation-1.2",
    (1 + np.array([-1, 1]) * np.sqrt(0.5)) / 2,
    2,
    hint="the ratio of squared signals is not the ratio of signals: look where the root is",
)
mistake("consolidation-1.2", half_read[::-1], ...)

# %% [markdown] tags=["exercise"]
# ### Exercise 3: a derivation of your own
#
# *derivation, 20 minutes, 5 points, difficulty 2 of 3*
#
# A trace $S e^{-t/\tau}$ is readable while it is above one. Write a `Derivation("Lifetime of a trace")`: *define* the trace,
# *assume* that it equals one, *substitute*, and *solve* for the time in a step "lifetime", letting the object prove that
# there is no other solution (`unique=True`). Use the symbols `S` and `tau`, both positive, and a real `t`.
#
# Now let slow traces be weak, as those of a two-state synapse are: $S = \sqrt N / \tau$. Differentiate the lifetime with
# respect to $\tau$. Where is it longest, and which result of this lesson is that?
#
# Assign to `lifetime_law` the right side of the step "lifetime", to `slope` the derivative, an expression in `N` and `tau`, and to
# `best_tau` where it vanishes, an expression in `N`.

# %% tags=["solution"]
strength, tau, many = sp.symbols("S tau N", positive=True)
age, trace = sp.Symbol("t", real=True), sp.Function("s")
faded = strength * sp.exp(-age / tau)
own = (
    Derivation("Lifetime of a trace")
    .define("trace", sp.Eq(trace(age), faded), "signal to noise at age t")
    .assume("readable", sp.Eq(trace(age), 1), "until the signal equals the noise")
    .substitute("equation", sp.Eq(faded, 1), "trace", "put in")
    .solve("lifetime", sp.Eq(age, tau * sp.log(strength)), age, "a logarithm", unique=True)
)
lifetime_law = own["lifetime"].rhs
slope = lifetime_law.subs(strength, sp.sqrt(many) / tau).diff(tau)
best_tau = sp.sqrt(many) / sp.E  # 1/tau is the flip probability: e over root N, as in the lesson

assert own.counts["proved"] >= 2 and sp.simplify(slope.subs(tau, best_tau)) == 0
assert sp.simplify(slope.diff(tau) * tau) == -1  # a maximum
own

# %% tags=["check"]
check("consolidation-1.3", lifetime_law, slope, best_tau)

# %% tags=["mistakes"]
mistake("consolidation-1.3", -lifetime_law, sp.log(sp.sqrt(many) / tau), 1 / best_tau,
        hint="the strength depends on tau as well: product rule")  # fmt: skip
mistake("consolidation-1.3", ..., ..., sp.sqrt(many), hint="there the lifetime is zero")

# %% [markdown] tags=["exercise"]
# ### Exercise 4: the best leak for a given age
#
# *simulation, 20 minutes, 5 points, difficulty 2 of 3*
#
# An analog weight follows $w \leftarrow (1 - e)\, w + \xi$ with a new random sign $\xi$ at each event. A memory is to be read
# after $t$ further events, and only then. Find by hand which leak makes it most readable: maximise
# $\sqrt{2e - e^2}\,(1 - e)^t$. Then simulate 400 000 such synapses with the best leak for $t = 10$: let 200 events pass
# first, store a pattern, let 10 more pass, and take the mean of pattern times weight over the deviation of the weights.
# (`np.random.default_rng(seed(1))`, signs as `2.0 * rng.integers(0, 2, size) - 1`.)
#
# Assign to `best_leak` a function of the age, and to `measured` the signal to noise ratio of one synapse.


# %% tags=["solution"]
def best_leak(age):
    """With v = (1 - e)^2 the square is (1 - v) v^t, largest at v = t/(t + 1)."""
    return 1 - np.sqrt(age / (age + 1))


signs, analog = np.random.default_rng(seed(1)), np.zeros(400_000)
for event_time in range(-200, 11):
    new_pattern = 2.0 * signs.integers(0, 2, analog.size) - 1
    analog = (1 - best_leak(10)) * analog + new_pattern
    if event_time == 0:
        wanted_pattern = new_pattern
measured = (wanted_pattern * analog).mean() / analog.std()

nearby = [leaky_signal_to_noise(10.0, best_leak(10) * s, 1.0) for s in (0.9, 1.0, 1.1)]
assert nearby[1] == max(nearby)
# The mean of products of independent terms has the deviation 1/sqrt(N).
assert abs(measured - nearby[1]) < 5 / np.sqrt(analog.size)

# %% tags=["check"]
check("consolidation-1.4", best_leak, measured, at=[1, 10, 1000], tolerance=0.05)

# %% tags=["mistakes"]
mistake("consolidation-1.4", lambda age: 1 / age, (1 - best_leak(10)) ** 10,
        hint="for old memories the leak is close to this, up to a factor; and divide by the noise",
        at=[1, 10, 1000])  # fmt: skip
mistake("consolidation-1.4", lambda age: np.sqrt(age / (age + 1)), measured**2, at=[1, 10, 1000])

# %% [markdown] tags=["exercise"]
# ### Exercise 5: ten times as many patterns
#
# *open, 20 minutes, 6 points, difficulty 3 of 3*
#
# "Our synapse holds ten times as many patterns as the two-state synapse." What would you ask before you believe that one
# synapse is the better one? Think of the number of synapses, the balance of the events, the initial signal, the observer,
# and of what a weight is made of. Ten lines at most.
#
# Then judge by the formulas and functions of this lesson, and assign five truth values to `holds_true`:
# (a) which of two flip probabilities remembers longer may depend on $N$; (b) at a fixed $q$ more synapses always prolong a
# memory that can be read at all; (c) a chain of 32 levels that loses its long memory to 60 % potentiation gets it back with
# 64 levels; (d) the two-state synapse with the longest lifetime has a strong initial signal when $N$ is large; (e) the analog
# leaky weight, with the leak $1.36/N$, has both a lifetime of the order of $N$ and an initial signal of the order of
# $\sqrt N$.

# %% [markdown] tags=["solution"]
# A lifetime is one number of a whole curve. For *which $N$*: an order of two synapses found at $10^4$ may be the reverse at
# $10^8$, since lifetimes grow like $\ln N$, $\sqrt N$ or $N$. For *which start*: a synapse may last long because it hardly
# writes; its signal just after storage must be told with it. *Balanced* events? Levels between hard bounds are good only then.
# *Which observer*: signs or the best one, and can a circuit read what he reads? *Which resources*: states or bits of a
# synapse, a bounded or an unbounded weight, one synapse or several in a pool; one should compare at equal cost. And *which
# threshold and clock*. Of the statements (a) and (b) are true. (c) is false: with a tilt the slowest mode no longer depends on
# the number of levels. (d) is false, its initial signal is $e$ for any $N$, and (e) is false for the same reason: $\sqrt{2e}$
# at $e = 1.36/N$ times $\sqrt N$ is $1.65$.

# %% tags=["solution"]
holds_true = [True, True, False, False, False]

few, many_synapses = ([two_state_lifetime(q, n) for q in (0.5, 1e-3)] for n in (1e4, 1e8))
assert few[0] > few[1] and many_synapses[0] < many_synapses[1]
tilted_chains = [serial_chain(m, readout="linear", potentiation_fraction=0.6) for m in (32, 64)]
short, long = (chain.lifetime(1e4) for chain in tilted_chains)
assert long < 1.01 * short < 0.5 * serial_chain(32, readout="linear").lifetime(1e4)
assert abs(two_state(np.e / 1e4).initial * 1e4 - np.e) < 1e-9
assert leaky_signal_to_noise(0.0, 1.36e-8, 1e8) < 1.7

# %% tags=["check"]
check("consolidation-1.5", holds_true)

# %% tags=["mistakes"]
mistake("consolidation-1.5", [True, True, True, False, False],
        hint="look at the lifetimes of 32 and 64 levels at 60 % in the figure")  # fmt: skip
mistake("consolidation-1.5", [True, True, False, False, True],
        hint="compute the initial signal of that leak")  # fmt: skip
mistake("consolidation-1.5", [False, True, False, False, False],
        hint="compare q = 0.5 and q = 0.001 for ten thousand synapses and for many more")  # fmt: skip

# %% [markdown]
# ## References
#
# * D. Amit, S. Fusi, *Learning in neural networks with material synapses*, Neural Computation (1994);
#   S. Fusi, L. Abbott, *Limits on the memory storage capacity of bounded synapses*, Nature
#   Neuroscience (2007).
# * S. Lahiri, S. Ganguli, *A memory frontier for complex synapses*, NIPS (2013): the ideal observer.
# * F. Zenke, A. Laborieux, *Theories of synaptic memory consolidation and intelligent plasticity for
#   continual learning* (2024): the survey that these lessons follow. Its own figures are not public;
#   all figures of these lessons are our own choice.
