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
late = {name: course[-5000:, 0] for name, (_, course, _) in shown.items()}
record(
    "consolidation/x_sliding_threshold",
    numbers=numbers,
    claims=[
        # Euler's step of 2e-3 changes rates of the order 0.5 by their square times half a step.
        claim("growth of small deviations against the eigenvalue: largest difference",
              np.abs(np.array(measured) - expected).max(), "<", 2e-3, kind="agreement"),
        claim("one of two patterns wins: other response at the end", np.abs(shown["fast"][1][-1]).min(), "<", 0.1),
        claim("slow threshold: swing of the winning response at the end over that of a fast one",
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
        claim("simulated networks lose memories near the age where the mean-field overlap ends: last probe "
              "with a mean overlap above 0.7 over that age", probes[found.mean(axis=0) > 0.7].max() / oldest,
              "between", (0.5, 2)),
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
    ax.plot(t, stage_signals(t, 0.1, stages), color=VERMILION)
    ax.set(xlabel="events $t$", ylabel="signal of each stage")


explore(draw, stages=[1, 3, 6])

# %% [markdown]
# ## Exercises
#
# 1. At which time is the signal of the fourth stage largest, for a rate of 0.1? Assign it to `peak`.
# 2. A trace decays exponentially with time constant 30. By how much does the best gap improve retention after 100 steps?
#    Assign the relative gain to `gain`.
# 3. A neuron learns with rate 0.02. Up to which threshold time is its selective state stable? Assign it to `slowest`.

# %% tags=["solution"]
# 1. After three waiting times of 10.
peak = 30.0

# %%
around = stage_signals(np.array([29.0, peak, 31.0]), 0.1, 4)[:, -1]
assert around.argmax() == 1

# %% tags=["solution"]
# 2. Not at all.
gain = 0.0

# %%
kept = retained_after_two(
    lambda x: np.exp(-x / 30), np.array([0.0, 50.0]), np.array([100.0, 100.0])
)
assert abs(kept[1] / kept[0] - 1 - gain) < 1e-12

# %% tags=["solution"]
# 3. 1 / eta.
slowest = 50.0

# %%
assert SlidingThreshold(0.02, 0.999 * slowest).is_stable
assert growth_rate(SlidingThreshold(0.02, 1.001 * slowest)).real > 0

# %% [markdown]
# ## References
#
# * A. Roxin, S. Fusi, *Efficient partitioning of memory systems and its importance for memory consolidation* (2013).
#   Its rates are not known here; all stages have one.
# * N. Cepeda et al., *Distributed practice in verbal recall tasks* (2006).
# * E. Bienenstock, L. Cooper, P. Munro, *Theory for the development of neuron selectivity* (1982).
# * J. Lindsey, A. Litwin-Kumar, *Selective consolidation of learning and memory via recall-gated plasticity* (2024).
