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
# # Stages, spacing and gates
#
# **After this lesson you can** say what copying a memory from stage to stage buys and what not; explain
# why spaced repetition needs forgetting that slows down; derive when a sliding threshold is stable; and
# compare what an ideal observer reads with what a network recalls, and with what it should consolidate.
#
# *30 minutes. Prerequisites: lessons 1, 3 and 4; each section stands alone.*
#
# Five short stories about one question: what decides which of all traces becomes permanent? The place
# (stages), the time (spacing), the level of activity (a sliding threshold), the network's own recall.
#
# | symbol | name in the code | meaning |
# |---|---|---|
# | $s_k$ | `stage_signals` | signal in the synapses of stage $k$ |
# | $q$ | `rate` | probability of copying, a step |
# | $R(g, T)$ | `retained_after_two` | what two repetitions a gap $g$ apart leave after a delay $T$ |
# | $\theta, \tau$ | `threshold_time` | sliding threshold and its time |
# | $\varepsilon, \rho$ | `novel`, `reliable` | shares of patterns that pass a gate |

# %%
import numpy as np
import sympy as sp

from classroom import check, mistake
from figures.kit import VERMILION, claim, explore, figure_rng, record, use_style
from theory.consolidation import (
    BeakerChain,
    RecallGate,
    SlidingThreshold,
    best_gap,
    deviation_bound,
    growth_rate,
    ideal_age,
    impulse_response,
    noise_variance,
    observe_stages,
    predicted_recall,
    recalled_overlaps,
    repeat_in_chain,
    retained_after_two,
    simulate_recall,
    simulate_recall_gate,
    simulate_sliding_threshold,
    stage_lifetime,
    stage_signals,
)

# %%
from theory.consolidation.derivations import bcm, recall, spacing, stages

use_style()

# %% [markdown]
# ## Stages
#
# By hand: each synapse of a second area copies its partner of the first with probability 0.1 a step. What the first
# knew of a pattern, 0.1 at the start and 0.035 ten steps later, the second learns meanwhile: after ten steps it knows
# 0.037, as much as the first. After thirty the first is nearly blank (0.005), the second still has 0.015.

# %%
stages.travelling_signal()

# %%
rng = figure_rng("consolidation/x_stages")
rate, count, steps, populations = 0.1, 5, 90, 25
watched, error = observe_stages(rate, count, steps, synapses=6000, repeats=populations, rng=rng)
discrete = stage_signals(np.arange(steps + 1.0), rate, count, clock="discrete")
numbers_of = np.arange(1, 13)
size, initial = 1e8, 100.0
# One initial signal for all: what q must be so that the first of n stages starts with it.
rates = initial / np.sqrt(size / numbers_of)
fixed = np.array([stage_lifetime(q, int(n), size) for q, n in zip(rates, numbers_of, strict=True)])
one_rate = np.array([stage_lifetime(0.01, int(n), size) for n in numbers_of])
grid = np.geomspace(1e-4, 1, 300)
by_rate = np.array([[stage_lifetime(q, int(n), size) for q in grid] for n in (1, 2, 4, 8, 12)])
best = by_rate.max(axis=1)
marks = np.arange(0, steps + 1, 6)

# %%
record(
    "consolidation/x_stages",
    numbers={
        "time": np.arange(steps + 1), "signal": discrete, "watched_time": marks,
        "watched": watched[marks], "watched_error": error[marks], "stages": numbers_of,
        "fixed": fixed, "one_rate": one_rate, "best_stages": (1, 2, 4, 8, 12), "best": best, "two_state": 1e4 / np.e,
    },
    claims=[
        claim("simulated synapses against the negative binomial law: largest of 455 deviations in standard "
              "errors (one false alarm in a thousand)", np.abs((watched - discrete) / error).max(), "<",
              deviation_bound(discrete.size, populations), kind="agreement"),
        claim("one rate: lifetime gained from 1 to 12 stages", one_rate[-1] / one_rate[0], ">", 2.5),
        claim("one initial signal: the same gain", fixed[-1] / fixed[0], "between", (1.1, 1.5)),
        claim("best rate for each number of stages: lifetime of 12 over that of one, no gain",
              best[-1] / best[0], "between", (0.7, 1.3)),
        claim("one stage at its best rate is the two-state synapse of lesson 1: missing on the grid, relative",
              1 - best[0] / (1e4 / np.e), "<", np.log(grid[1] / grid[0]) ** 2 / 2, kind="agreement"),
    ],
)  # fmt: skip

# %% [markdown]
# The signal is the law of a sum of waiting times: each further stage delays the loss and costs little height.
# At one *rate* the lifetime grows in proportion to the stages, while the start is fainter, since each stage has fewer
# synapses. At one *initial signal* little of that gain is left, and at each system's best rate nothing: the
# lifetime stays near $\sqrt N / e$, and what stages buy is a stronger start. Which comparison is meant decides.
#
# ## Spacing
#
# A trace that is full cannot be filled again: learning twice at once is learning once. Leave a gap, and the
# second repetition finds room, but the first has decayed. Which wins?

# %%
spacing.spacing_effect()

# %%
spacing.spacing_of_power_law()

# %%
chain = BeakerChain.geometric(8)
flow = np.eye(8) + chain.matrix()
values, right = np.linalg.eig(flow)
weights = right[0].real * np.linalg.solve(right.real, np.eye(8)[0])


def response(times):
    """Of the stepped chain, at whole times and between."""
    return np.exp(np.multiply.outer(times, np.log(values.real))) @ weights


delays = np.array([10, 100, 1000])
gaps = np.unique(np.round(np.geomspace(1, 3000, 25))).astype(int)
curves = np.array([retained_after_two(response, gaps, np.full(len(gaps), d)) for d in delays])
stepped = np.array(
    [[repeat_in_chain(chain, [0, g], int(g + d))[-1] for g in gaps[::4]] for d in delays]
)
single = response(delays.astype(float))
fine_delays = np.geomspace(5, 3000, 25)
optimal = np.array([best_gap(response, d) for d in fine_delays])
law = fine_delays / ((1 + fine_delays) ** (1 / 3) - 1) - 1
ages = np.geomspace(1, 1e4, 80)
local = np.polyfit(np.log(ages[(ages > 10) & (ages < 3000)]),
                   np.log(response(ages[(ages > 10) & (ages < 3000)])), 1)[0]  # fmt: skip

# %%
record(
    "consolidation/x_spacing",
    numbers={
        "age": ages, "chain": response(ages), "exponential": np.exp(-ages / 100), "gap": gaps,
        "delay": delays, "retained": (curves / single[:, None]).T, "stepped_gap": gaps[::4],
        "stepped": (stepped / single[:, None]).T, "fine_delay": fine_delays, "best_gap": optimal,
        "power_law": law,
    },
    claims=[
        claim("stepped chain with a bound against the formula: largest difference",
              np.abs(stepped - curves[:, ::4]).max(), "<", 1e-9, kind="exact"),
        claim("power-law forgetting: exponent between 10 and 3000 steps", local, "between", (-0.56, -0.45)),
        claim("spacing gains for a test after 1000 steps: best over massed", curves[2].max() / single[2], ">", 1.3),
        claim("the best gap for a test after 1000 steps over that after 10",
              gaps[curves[2].argmax()] / gaps[curves[0].argmax()], ">", 4),
        claim("growth of the best gap with the delay: exponent", np.polyfit(np.log(fine_delays), np.log(optimal), 1)[0],
              "between", (0.4, 0.8)),
        claim("an exponential: largest gain of spacing",
              np.ptp(retained_after_two(lambda x: np.exp(-x / 100), gaps, np.full(len(gaps), 50))), "<", 1e-12,
              kind="exact"),
    ],
)  # fmt: skip

# %% [markdown]
# No spacing effect without a slowing decay; with it, the longer the memory shall last, the wider the best gap. That
# is the pattern of human experiments, from a bound and a chain alone.
#
# ## A sliding threshold
#
# Metaplasticity in its oldest form: inputs that drive the neuron above a threshold $\theta$ are strengthened, others weakened,
# and the threshold follows the mean square of the response.

# %%
bcm.sliding_threshold()

# %%
rng = figure_rng("consolidation/x_sliding_threshold")
eta = 0.05
products = np.array([0.1, 0.3, 0.6, 0.9, 1.1, 1.3])
measured, end = [], 40.0
for product in products:
    setting = SlidingThreshold(eta, product / eta)
    times, course, slid = simulate_sliding_threshold(
        setting, [2 + 1e-5, 0.0], 2.0, time=end, step=2e-3
    )
    # Two derivatives of the deviation fit trace and determinant of its linear law.
    y = course[::500, 0] - 2
    rows = np.stack([y[1:-1], y[:-2]], axis=1)
    square = np.linalg.lstsq(rows, y[2:], rcond=None)[0]
    roots = np.roots([1, -square[0], -square[1]])
    measured.append(np.log(np.abs(roots)).max())
expected = np.array([growth_rate(SlidingThreshold(eta, p / eta)).real for p in products])
shown = {
    name: simulate_sliding_threshold(
        SlidingThreshold(eta, product / eta), [1.1, 1.0], 1.0, time=900.0, step=0.02, rng=rng
    )
    for name, product in (("fast", 0.2), ("slow", 1.4))
}

# %%
fine = np.linspace(0.05, 1.5, 60)
numbers = {"product": products, "measured": measured, "fine": fine,
           "growth": [growth_rate(SlidingThreshold(eta, p / eta)).real for p in fine]}  # fmt: skip
for name, (times, course, slid) in shown.items():
    numbers |= {
        "time": times[::300],
        f"{name}_responses": course[::300],
        f"{name}_threshold": slid[::300],
    }
late = {}
for name, (_, course, _) in shown.items():
    winner = course[-5000:].mean(axis=0).argmax()  # either pattern may win
    late[name] = course[15_000:, winner]  # 600 units: a slow cycle rests for a hundred or more
record(
    "consolidation/x_sliding_threshold",
    numbers=numbers,
    claims=[
        # Euler's step of 2e-3 changes rates of the order 0.5 by their square times half a step.
        claim("growth of small deviations against the eigenvalue: largest difference",
              np.abs(np.array(measured) - expected).max(), "<", 2e-3, kind="agreement"),
        claim("one of two patterns wins: other response at the end", np.abs(shown["fast"][1][-1]).min(), "<", 0.1),
        claim("slow threshold: swing of the winning response from time 300 on over that of a fast one",
              np.ptp(late["slow"]) / np.ptp(late["fast"]), ">", 3),
    ],
)  # fmt: skip

# %% [markdown]
# The threshold has to slide faster than the weights learn, $\eta \tau < 1$, for any number of patterns. What protects
# selectivity is again a matter of two time scales.
#
# ## Recall by a network
#
# Lesson 4 let a network recall what its couplings hold; lesson 3 let an ideal observer read beakers. Now the
# couplings *are* beakers.

# %%
recall.network_and_observer()

# %%
rng = figure_rng("consolidation/x_recall")
chain, neurons, patterns = BeakerChain.geometric(6), 400, 250
flow = np.eye(6) + chain.matrix()
strengths = np.empty(patterns)
row = np.eye(6)[0]
for age in range(patterns):
    strengths[age], row = row[0], row @ flow
probes = np.array([0, 2, 4, 6, 8, 10, 12, 15, 20, 30, 50, 90])
found = np.array([simulate_recall(chain, neurons, patterns, rng, probes=probes) for _ in range(5)])
ages = np.arange(0, 100)
theory = recalled_overlaps(strengths, ages, neurons)
spread = np.sqrt(np.sum(strengths**2) / neurons)
oldest = ages[theory > 0.5].max()
needed = strengths[oldest] / spread
means = found.mean(axis=0)
last = np.flatnonzero(means > 0.7).max()  # probe; from it to the next the overlap falls through 0.7
fallen = (means[last] - 0.7) / (means[last] - means[last + 1])
lost = probes[last] + fallen * (probes[last + 1] - probes[last])
seen = ideal_age(lambda t: impulse_response(chain, t), noise_variance(chain), neurons**2 / 2)

# %%
record(
    "consolidation/x_recall",
    numbers={
        "age": ages, "theory": theory, "probe": probes, "found": found.T,
        "per_neuron": strengths[:100] / spread, "needed": needed,
        "observer_age": np.geomspace(1, 1e5, 60),
        "observer": neurons / np.sqrt(2) * impulse_response(chain, np.geomspace(1, 1e5, 60))
        / np.sqrt(noise_variance(chain)),
    },
    claims=[
        claim("simulated networks lose memories near the age where the mean-field overlap ends: age at which the "
              "mean overlap falls through 0.7, over that age", lost / oldest, "between", (0.5, 2)),
        claim("old ones are not: overlap at age 90, mean", found[:, -1].mean(), "<", 0.5),
        claim("where the mean-field overlap ends, in signal to noise of one neuron", needed, "between", (1.5, 3.5)),
        claim("the observer reads memories that are older, by a factor", seen / oldest, ">", 100),
    ],
)  # fmt: skip

# %% [markdown]
# A neuron of the network needs a signal about twice its own noise, and it sees only its $N$ couplings. The observer
# needs one, over all of them. Capacities of lessons 1 to 3 are what *is there*, not what a circuit gets out.
#
# ## Recall as a gate
#
# Few things that happen deserve a place in the slow store. Which? Those that the fast store already recognises:
# they have come before.

# %%
recall.recall_gate()

# %%
base = {"synapses": 3000, "interval": 20, "fast": 0.05, "slow": 0.1}
thresholds = np.array([-np.inf, 0.5, 1.0, 1.5, 2.0, 2.5])
rng = figure_rng("consolidation/x_recall_gate")
runs = [[simulate_recall_gate(RecallGate(threshold=h, **base), 40, rng, burn=80) for _ in range(8)]
        for h in thresholds]  # fmt: skip
memory = np.array([[run["memory"].mean() for run in row] for row in runs])
passed = {
    name: np.array([[run[name] for run in row] for row in runs]) for name in ("novel", "reliable")
}
means = memory.mean(axis=1)
errors = memory.std(axis=1, ddof=1) / np.sqrt(8)
fine = np.linspace(-1, 4, 60)
course = [predicted_recall(RecallGate(threshold=h, **base)) for h in fine]
wanted = np.array([predicted_recall(RecallGate(threshold=h, **base))["memory"] for h in thresholds])

# %%
record(
    "consolidation/x_recall_gate",
    numbers={
        "fine": fine, **{name: [row[name] for row in course] for name in ("novel", "reliable", "memory")},
        "threshold": thresholds[1:], "seen": means[1:], "error": errors[1:], "ungated": means[0],
        "ungated_predicted": wanted[0],
        **{f"{name}_seen": values.mean(axis=1)[1:] for name, values in passed.items()},
    },
    claims=[
        claim("memory of the slow store against the recursion: largest of six deviations in standard errors "
              "(one false alarm in a thousand)", np.abs((means - wanted) / errors).max(), "<",
              deviation_bound(6, 8), kind="agreement"),
        claim("a gate at a recall of 2 multiplies the memory of the reliable pattern by", means[4] / means[0], ">", 5),
        claim("although few updates are left: share of novel patterns that pass", passed["novel"][4].mean(), "<", 0.05),
    ],
)  # fmt: skip

# %% [markdown]
# The gate throws away most updates and keeps the right ones: rarefaction, at the price of a fast store that must hold a
# pattern until it comes back.
#
# ## What happens if
#
# ... the last stage is more reluctant, or there are more of them? Signal of each stage against time.


# %%
def draw(ax, stages):
    t = np.linspace(0, 150, 200)
    signals = stage_signals(t, 0.1, stages)
    ax.plot(t, signals, color=VERMILION)
    ax.set(xlabel="events $t$", ylabel="signal of each stage")
    last = signals[:, -1]
    return f"the last stage is strongest, {last.max():.2g}, at t = {t[last.argmax()]:.0f}"


explore(draw, stages=[1, 2, 3, 4, 5, 6])

# %% [markdown]
# ## Exercises

# %% [markdown] tags=["exercise"]
# ### Exercise 1: the fourth stage
#
# *paper, 10 minutes, 3 points, difficulty 1 of 3*
#
# At random times (Poisson clock) the signal of stage $k$ is $q\,(qt)^{k-1} e^{-qt}/(k-1)!$. For a rate $q = 0.1$: at which time is
# the signal of the fourth stage largest, and how large is it there? How many times weaker is it than the first
# stage at the start? And at which time have the third and the fourth stage the same signal?
#
# Assign `peak`, `height`, `times_weaker` and `crossing`.

# %% tags=["solution"]
# After three waiting times of 10; 3^3 exp(-3)/3! = 0.224 of q. The ratio of neighbours is q t/(k - 1): one at the
# peak of the later one, where copies bring as much as they take.
peak = 30.0
height = 0.1 * 27 * np.exp(-3) / 6
times_weaker = 0.1 / height
crossing = 30.0

around = stage_signals(np.array([29.0, peak, 31.0]), 0.1, 4)
assert around[:, -1].argmax() == 1 and abs(around[1, -1] - height) < 1e-12
assert abs(around[1, 3] - around[1, 2]) < 1e-12

# %% tags=["check"]
check("consolidation-10.1", peak, height, times_weaker, crossing)

# %% tags=["mistakes"]
mistake("consolidation-10.1", 40.0, 0.1 * 4**4 * np.exp(-4) / 24, 4.0, 35.0,
        hint="the first stage is no copy: how many copies lie before the fourth?")  # fmt: skip
mistake("consolidation-10.1", 3.0, 10 * height, 1 / times_weaker, 20.0,
        hint="in units of the waiting time 1/q? And where is the later stage largest?")  # fmt: skip

# %% [markdown] tags=["exercise"]
# ### Exercise 2: when to repeat
#
# *derivation, 20 minutes, 5 points, difficulty 2 of 3*
#
# `spacing.spacing_of_power_law()` gives in the step "best gap" the best gap between two repetitions, in the delay `T`
# until the test, both in units of the time scale of the power law. Which gap is best for a test at $T = 1000$? To which gap
# does it tend for $T \to 0$, where hardly anything is to be gained? Which local exponent, $d \ln b / d \ln T$, has it at $T = 1000$: is the law $T^{2/3}$
# reached? And what does the best gap gain, relative to no gap, if forgetting is exponential with one time constant?
#
# Assign `gap_for_1000`, `gap_at_once`, `local_exponent` and `gain_exponential`.

# %% tags=["solution"]
gap_law = spacing.spacing_of_power_law()["best gap"].rhs
(delay,) = gap_law.free_symbols
gap_for_1000 = float(gap_law.subs(delay, 1000))
gap_at_once = sp.limit(gap_law, delay, 0, "+")
local_exponent = float((delay * gap_law.diff(delay) / gap_law).subs(delay, 1000))
gain_exponential = 0.0  # `spacing.spacing_effect()`: the same after any gap

# For a test at once any gap leaves the same, the bound; the best gap still tends to two time scales, not to none.
# And the law of long delays sets in late: 0.74 instead of 2/3.
tried_gaps = np.linspace(0, 400, 4001)
left = retained_after_two(lambda x: 1 / np.sqrt(1 + x), tried_gaps, np.full(4001, 1000.0))
assert abs(tried_gaps[left.argmax()] - gap_for_1000) < 0.2
same = retained_after_two(lambda x: np.exp(-x / 30), tried_gaps, np.full(4001, 100.0))
assert np.ptp(same) < 1e-12

# %% tags=["check"]
check("consolidation-10.2", gap_for_1000, gap_at_once, local_exponent, gain_exponential)

# %% tags=["mistakes"]
mistake("consolidation-10.2", 100.0, 0.0, 2 / 3, 1.0,
        hint="the law of long delays leaves out terms that count here; see the other derivation")  # fmt: skip
mistake("consolidation-10.2", gap_for_1000 + 1, 3, 1 / local_exponent, ...,
        hint="the time scale of the power law is one, and the gap starts at zero")  # fmt: skip

# %% [markdown] tags=["exercise"]
# ### Exercise 3: how slow may the threshold be?
#
# *simulation, 20 minutes, 5 points, difficulty 2 of 3*
#
# A neuron learns with the rate 0.02. Find by simulation the largest time $\tau$ of its sliding threshold with a stable
# selective state: start with responses of $p + 10^{-3}$ to one pattern, 0 to the others, and a threshold of $p$,
# `simulate_sliding_threshold(SlidingThreshold(0.02, tau, p), start, p, time=1200.0, step=0.25)` without noise, and compare the
# largest deviation from $p$ in the last third with that in the first third: bisect on $\tau$ between 20 and 100, to 0.1.
# Do it for 2 and for 5 patterns. What says the theory?
#
# Assign to `slowest` an array of the two times.


# %% tags=["solution"]
def swings_more(threshold_time, patterns):
    begin = np.zeros(patterns)
    begin[0] = patterns + 1e-3
    neuron = SlidingThreshold(0.02, threshold_time, patterns)
    _, answers, _ = simulate_sliding_threshold(neuron, begin, patterns, time=1200.0, step=0.25)
    away = np.abs(answers[:, 0] - patterns)
    return away[-1600:].max() > away[:1600].max()


def last_stable(patterns):
    calm, wild = 20.0, 100.0
    while wild - calm > 0.1:
        half_way = (calm + wild) / 2
        calm, wild = (calm, half_way) if swings_more(half_way, patterns) else (half_way, wild)
    return calm


slowest = np.array([last_stable(patterns) for patterns in (2, 5)])

# 1/eta = 50, for any number of patterns; Euler's step and what is compared shift it by a few per cent.
assert np.abs(slowest / 50 - 1).max() < 0.03
assert SlidingThreshold(0.02, 49.9).is_stable and growth_rate(SlidingThreshold(0.02, 50.1)).real > 0

# %% tags=["check"]
check("consolidation-10.3", slowest, tolerance=0.05)

# %% tags=["mistakes"]
mistake("consolidation-10.3", [0.02, 0.02], hint="a time is asked for")
mistake("consolidation-10.3", [100.0, 250.0],
        hint="the patterns come in turn, but the threshold averages over all: use the simulation")  # fmt: skip

# %% [markdown] tags=["exercise"]
# ### Exercise 4: a gate that knows too little
#
# *open, 25 minutes, 7 points, difficulty 3 of 3*
#
# The reliable pattern of the last section comes back every 20 steps. Let it come every $T$ steps,
# `predicted_recall(RecallGate(threshold=h, interval=T, synapses=3000, fast=0.05, slow=0.1))`. By which factor does the gate ($h = 2$
# against $h = -\infty$) multiply the memory of the slow store at $T = 5$ and $T = 20$? Which share of reliable presentations
# passes at $T = 100$, over that of novel patterns, and why is the gate worth little then? How should the fast store
# change for rare patterns, and what would that cost? What else could open the gate? Ten lines at most.
#
# Assign to `gains` an array of the two factors and to `contrast` the ratio of shares at $T = 100$. Then judge, and assign to `gate_facts` three
# truth values: (a) at $T = 20$ a gate at $h = 3$ stores more than one at $h = 2$ in the end; (b) it also needs fewer presentations to get
# there; (c) two *different* patterns that come twice each, five steps apart, and never again, pass the gate as well.

# %% [markdown] tags=["solution"]
# The gate helps by a factor of six at $T = 5$ and of 28 at $T = 20$: without it the store's memory fades between two
# presentations, with it hardly anything is written meanwhile. At $T = 100$ the fast store has forgotten: its trace is a few
# hundredths of its noise, and reliable patterns pass hardly more often than novel ones. For rare patterns the fast store should be
# slower, which makes each trace weaker: the same dilemma as in the first lesson; or larger, since the noise of recall falls with the root of
# the number of synapses; or complex, with a power-law memory. A gate could also be opened by reward or novelty. (a) is true: what
# counts in the long run is the ratio of both shares. (b) is false: only a share of 0.08 of its presentations passes, instead
# of 0.35. And (c) is true: familiar is what has come recently, whether or not it will be of use again.


# %% tags=["solution"]
def with_gate(interval, height_of_gate, **other):
    setting = {"synapses": 3000, "fast": 0.05, "slow": 0.1, **other}
    return predicted_recall(RecallGate(threshold=height_of_gate, interval=interval, **setting))


gains = np.array([with_gate(t, 2.0)["memory"] / with_gate(t, -np.inf)["memory"] for t in (5, 20)])
rare = with_gate(100, 2.0)
contrast = rare["reliable"] / rare["novel"]
gate_facts = [True, False, True]

assert with_gate(20, 3.0)["memory"] > with_gate(20, 2.0)["memory"]
assert with_gate(20, 3.0)["reliable"] < with_gate(20, 2.0)["reliable"]
# (c): five steps after it was learned once, the trace is 0.05 * 0.95^4 of 55 deviations, above two of them.
assert 0.05 * 0.95**4 * np.sqrt(3000) > 2

# %% tags=["check"]
check("consolidation-10.4", gains, contrast, gate_facts)

# %% tags=["mistakes"]
mistake("consolidation-10.4", 1 / gains, rare["reliable"], [True, True, True],
        hint="a ratio of shares; and how many presentations pass at h = 3?")  # fmt: skip
mistake("consolidation-10.4", gains[::-1], 1 / contrast, [False, False, True],
        hint="which ratio decides in the long run?")  # fmt: skip
mistake("consolidation-10.4", ..., ..., [True, False, False],
        hint="how strong is the trace of a pattern five steps after it came?")  # fmt: skip

# %% [markdown]
# ## References
#
# * A. Roxin, S. Fusi, *Efficient partitioning of memory systems and its importance for memory consolidation* (2013).
#   Its rates are not known here; all stages have one.
# * N. Cepeda et al., *Distributed practice in verbal recall tasks* (2006).
# * E. Bienenstock, L. Cooper, P. Munro, *Theory for the development of neuron selectivity* (1982).
# * J. Lindsey, A. Litwin-Kumar, *Selective consolidation of learning and memory via recall-gated plasticity* (2024).
