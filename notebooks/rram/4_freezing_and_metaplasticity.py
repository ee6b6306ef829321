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
# # Frozen synapses, and the metaplasticity of a device
#
# **After this lesson you can** say why unlike devices freeze a synapse that receives unbiased updates,
# and how fast; derive the effective metaplasticity of a device from its kink; and tell in which of two
# senses a pair of devices is metaplastic and in which it is not.
#
# *20 minutes. Prerequisites: lesson 1; random walks; the metaplasticity lessons for the last section.*
#
# Lesson 2 finds that differences between devices cost most while pulses are few. Here is why: noise is
# drawn anew and averages out, a difference between two devices is the same at every update.
#
# | symbol | name in the code | meaning |
# |---|---|---|
# | $A$ | `asymmetry` | $(m_1 - m_1') / (m_1 + m_1')$ of the two devices of a synapse |
# | $u$ | `updates` | random updates received, each 14 pulses up or down |
# | $f(t)$ | `device_factor` | plasticity after $t$ pulses relative to a fresh device |
# | $f_{meta}$ | `metaplastic_factor` | $\operatorname{sech}^2(mW)$ of a metaplastic hidden weight |

# %%
import itertools

import numpy as np
import sympy as sp
from scipy import stats

import theory.rram as rram
from classroom import check, mistake
from figures.kit import claim, explore, figure_rng, record, seed, use_style
from theory.metaplasticity import metaplastic_factor
from theory.rram import DeviceArray, DeviceLaws, DifferentialSynapses, drive_at_random
from theory.rram.derivations import device, pair

derivations = (device, pair)
use_style()
laws = DeviceLaws()

# %% [markdown]
# ## A walk with a drift of its own
#
# Give a synapse 14 pulses up or down at random. On the fast piece its log-ratio is a random walk whose
# drift, in units of its step, is the asymmetry of its two devices, and lesson 1 showed that $A$ is nearly
# uniform between $-1$ and 1. Averaging over it turns the flip rate of a walk, $1/\sqrt{u}$, into $1/u$.

# %%
pair.flips()

# %% [markdown]
# A walk at 0 begins anew, so its chance to leave for good is always the same, and equals its drift.
# That gives the law of the last change of sign, and with it the share of frozen synapses:

# %%
pair.freezing()

# %% [markdown]
# Two things are left out: a synapse starts with a bias, from $R_0$ and $c_1$, that saturated updates first
# have to overturn, and devices pass their kinks. With both, the flip probability of a *given* pair under
# random updates is still exact: the sign depends on the number of upward updates alone, which is
# binomial. `flip_probability` evaluates that; averaged over pairs it is the solid line below.

# %%
bias = rram.initial_bias()
overturned = rram.updates_to_overturn(bias, 14)
print("standard deviation of ln(R_BL/R_BLb) before any pulse:", round(bias, 4))
print("saturated updates in one direction to overturn it:", round(overturned, 1))

# %%
updates, rng = 1200, figure_rng("rram/a10")
# A kink beyond reach takes the kink out of the model.
no_kink = DeviceLaws(kink=rram.TruncatedLognormal(low=1e6, high=1e7, mu=15.0, sigma=1.0))
CASES = {
    "no_kink": {"imperfections": "spread", "laws": no_kink},
    "equal_slopes": {"imperfections": ("offset", "initial_resistance"), "laws": no_kink},
    "noise": {"imperfections": "all"},
}
groups = [drive_at_random(2500, updates, rng, imperfections="spread") for _ in range(8)]
runs = {name: drive_at_random(20_000, updates, figure_rng("rram/a10"), **options)
        for name, options in CASES.items()}  # fmt: skip
flips = {"model": np.mean([group.flips for group in groups], axis=0)}
flips |= {name: run.flips for name, run in runs.items()}
last_flip = {"model": np.concatenate([group.last_flip for group in groups])}
last_flip |= {name: run.last_flip for name, run in runs.items()}


# %%
def exact_rate(group, u):
    """Flip probability of a group's own pairs at update u, mean over pairs."""
    pairs = group.synapses
    devices = pairs.raising.devices, pairs.lowering.devices
    return rram.flip_probability(int(u) - 1, *devices, 14).mean()


shown = np.unique(np.round(np.geomspace(1, updates, 40)).astype(int))
exact = np.array([np.mean([exact_rate(group, u) for group in groups]) for u in shown])
windows = ((1, 20), (100, 200), (1000, 1200))
excess = np.array([
    [group.flips[a - 1 : b].mean() - np.mean([exact_rate(group, u) for u in np.linspace(a, b, 20)])
     for a, b in windows] for group in groups
])  # fmt: skip
scores = excess.mean(axis=0) / (excess.std(axis=0, ddof=1) / np.sqrt(len(groups)))

# %%
edges = np.unique(np.round(np.geomspace(1, updates + 1, 28)).astype(int))
numbers = {"update": shown, "exact": exact, "walk_unlike": rram.walk_flip_rate(shown),
           "walk_equal": rram.walk_flip_rate(shown, 0.0),
           "window": np.sqrt(edges[:-1] * (edges[1:] - 1)), "updates": updates}  # fmt: skip
early = shown[shown <= 300]  # the end of the run cuts later shares
numbers |= {"frozen_update": early, "walk_frozen": rram.walk_frozen_share(early)}
for name, rate in flips.items():
    inside = [rate[a - 1 : b - 1].mean() for a, b in itertools.pairwise(edges)]
    numbers[f"flips_{name}"] = np.where(inside, inside, np.nan)
    numbers[f"frozen_{name}"] = [np.mean(last_flip[name] <= u) for u in early]
rates = [flips["model"][a - 1 : b].mean() for a, b in windows]
middle = np.arange(100, 201)

# %%
record(
    "rram/a10",
    numbers=numbers,
    claims=[
        # Three values of Student's t: one sample in a thousand has a larger one among them.
        claim("flip rates of eight groups in three windows against the exact ones: largest deviation "
              "in standard errors", np.abs(scores).max(), "<", stats.t.isf(1e-3 / 6, 7),
              kind="agreement"),
        claim("flip rate over the first 20 updates", rates[0], "between", (0.02, 0.035)),
        claim("and over updates 1000 to 1200, times the first", rates[2] / rates[0], "<", 0.02),
        claim("share that never flips in the second half", np.mean(last_flip["model"] <= 600), ">",
              0.9),
        claim("no kink: flip rate over updates 100 to 200 against 1/2u",
              flips["no_kink"][99:200].mean() / rram.walk_flip_rate(middle).mean(), "between",
              (0.7, 1.2)),
        claim("no kink, equal slopes: against the driftless walk",
              flips["equal_slopes"][99:200].mean() / rram.walk_flip_rate(middle, 0.0).mean(),
              "between", (0.6, 1.05)),
        claim("with noise, share that never flips in the second half: reads flip what is close to zero",
              np.mean(last_flip["noise"] <= 600), "<", 0.75),
    ],
)  # fmt: skip

# %% [markdown]
# Two things freeze a synapse. Unlike slopes are a drift that is the same at every update: it settles
# synapses that the data do not care about in a random place, and works for ever against half of the
# others. The kink takes away the step of both devices while the log-ratio that has been reached stays.
# Noise does the opposite: it is drawn anew, keeps synapses open, and averages out.
#
# ## The device's own metaplasticity
#
# Behind its kink a device is about 25 times less plastic. Over many devices that makes a smooth factor.

# %%
device.device_factor()

# %%
print("ratio of the mean slopes:", round(rram.slope_ratio(), 2))

# %% [markdown]
# A binarized network protects a weight by making *inward* updates smaller, $f_{meta} =
# \operatorname{sech}^2(mW)$, and leaves outward ones alone. In a pair of devices, once their initial
# bias is overturned, outward pulses go to the device that has received more, inward pulses to the
# other, fresher one. **The pair damps outward pulses first: the reverse of $f_{meta}$.** What protects
# is age: once both devices are behind their kinks, nothing moves either way. Undoing $n$ updates shows
# the difference:

# %%
pair.effort_to_flip()

# %%
rng, devices = figure_rng("rram/x_effective_metaplasticity"), 50_000
array = DeviceArray(devices, rng, imperfections="spread")
burst, grid = 25, np.arange(0, 2001, 25)
means = [array.mean.copy()]
for _ in grid[1:]:
    array.pulse(burst)
    means.append(array.mean.copy())
steps = np.diff(np.array(means), axis=0) / burst / array.devices.fast_slope.mean()
slopes, slope_error = steps.mean(axis=1), steps.std(axis=1) / np.sqrt(devices)
halfway = float(laws.kink.quantile(0.5))
strength = np.arccosh(np.sqrt(2)) / halfway  # f_meta is one half where f is nearly so

# %%
invested = np.array([140, 280, 420, 560, 700, 840])


def pulses_until_flipped(invest, count=4000, most=2996):
    """Raise fresh pairs by so many pulses, then lower them until the sign changes: pulses needed."""
    synapses = DifferentialSynapses(count, rng, imperfections="spread")
    synapses.update(np.full(count, invest))
    needed = np.where(synapses.weights > 0, np.inf, 0.0)
    for number in range(1, most // 14 + 1):
        synapses.update(np.where(np.isinf(needed), -14, 0))
        needed[np.isinf(needed) & (synapses.weights < 0)] = 14 * number
    return needed, rram.pulses_to_flip(invest, synapses.raising.devices, synapses.lowering.devices)


simulated, solved = zip(*(pulses_until_flipped(int(n)) for n in invested), strict=True)
quartiles = np.array([np.quantile(n, (0.25, 0.5, 0.75), method="lower") for n in simulated])
quartiles_solved = np.array([np.quantile(n, (0.25, 0.5, 0.75)) for n in solved])
less = np.mean(np.array(solved) < invested[:, None], axis=1)
share_error = 0.5 / np.sqrt(len(solved[0]))
finite = [np.isfinite(n) & (s > 0) & (s < 2900) for n, s in zip(simulated, solved, strict=True)]
gaps = [np.abs(n - s)[ok] for n, s, ok in zip(simulated, solved, finite, strict=True)]

# %%
equal = DifferentialSynapses(1, seed(0), imperfections="none", dtype=float)
equal.update(np.array([560]))
back = 0
while equal.weights[0] > 0:
    equal.update(np.array([-1]))
    back += 1
total, fine = 1000, np.linspace(100, 860, 60)
up = np.linspace(total / 2, total, 60)
outward, inward = rram.pair_factors(up, total - up)
size = rram.expected_log_ratio(up, total - up)
within = [np.trapezoid(rram.device_factor(np.linspace(n, n + burst, 40)), dx=1 / 39)
          for n in grid[:-1]]  # fmt: skip
hidden = rram.updates_to_flip_hidden(np.append(fine, 840.0), strength)

# %%
numbers = {"pulses": grid, "device_factor": rram.device_factor(grid),
           "metaplastic_factor": metaplastic_factor(grid.astype(float), strength),
           "simulated_pulses": grid[:-1:4] + burst / 2, "simulated": slopes[::4],
           "fully_aged": 1 / rram.slope_ratio(), "total": total, "log_ratio": size,
           "inward": inward, "outward": outward, "weight_inward": metaplastic_factor(size, 3.0),
           "invested": invested, "needed": quartiles, "solved": quartiles_solved,
           "invested_updates": fine, "hidden_weight": hidden[:-1]}  # fmt: skip

# %%
record(
    "rram/x_effective_metaplasticity",
    numbers=numbers,
    claims=[
        # Normal values: one sample in a thousand has a larger one among them.
        claim("simulated plasticity against f, largest deviation in standard errors",
              np.abs((slopes - within) / slope_error).max(), "<",
              stats.norm.isf(1e-3 / (2 * len(slopes))), kind="agreement"),
        claim("after 1000 pulses, all on one device: inward over outward plasticity",
              inward[-1] / outward[-1], ">", 3),
        # Pulses come by 14, and single precision blurs the slowest devices.
        claim("pulses to flip, simulated against solved: 99 % of the pairs deviate by less than a "
              "burst of 14 and one pulse", max(np.quantile(gap, 0.99) for gap in gaps), "<", 15,
              kind="agreement"),
        claim("two equal devices: pulses needed to undo 560", back, "==", 560),
        # Each of the two devices is as likely the steeper one: the median is what was invested.
        claim("unlike devices: share that needs less than invested, from one half, in standard errors",
              np.abs(less - 0.5).max() / share_error, "<", stats.norm.isf(1e-3 / (2 * len(less))),
              kind="agreement"),
        claim("after 840 invested: effort of the hidden weight over this median",
              hidden[-1] / invested[-1], ">", 1.5),
    ],
)  # fmt: skip

# %% [markdown]
# A kink alone does not make a synapse metaplastic in the sense of the binarized network: it bounds the
# weight softly and ages. To get $f_{meta}$ from such devices, inward updates of a large log-ratio would
# have to be given fewer pulses on purpose: read the analog ratio, not its sign.
#
# ## What happens if
#
# ... every update is a single pulse instead of 14? The walk is finer, the bias takes longer to overturn.


# %%
def draw(ax, pulses):
    run = drive_at_random(4000, 400, seed(7), pulses=pulses, imperfections="spread")
    settled = [np.mean(run.last_flip <= u) for u in range(1, 401)]
    ax.plot(np.arange(1, 401), settled)
    ax.set(xlabel="update", ylabel="never flips after")
    return f"half of the synapses never flip after update {1 + np.searchsorted(settled, 0.5)}"


explore(draw, pulses=[1, 2, 5, 10, 14, 20, 30, 50])

# %% [markdown]
# ## Exercises

# %% [markdown] tags=["exercise"]
# ### Exercise 1: unlike devices
#
# *paper, 15 minutes, 4 points, difficulty 2 of 3*
#
# The asymmetry $A = (m_1 - m_1')/(m_1 + m_1')$ of two exponential slopes is uniform between $-1$ and 1, if the least slope is left out. Which share of the synapses
# has one device more than three times as steep as the other? Which share more than $k$ times? And which $k$ does the steeper device of the median synapse have?
#
# Assign the first share to `share_3`, and the ratio of the slopes in the median synapse to `median_ratio`. The least slope of the fitted law
# changes the share a little: assign `2 * rram.asymmetry_survival(0.5, smallest)`, with `smallest` the location of `laws.fast_slope` over its scale, to `share_fitted`.

# %% tags=["solution"]
# |A| > (k - 1) / (k + 1) has the share 2 / (k + 1); the median |A| is 1/2.
share_3, median_ratio = 0.5, 3.0
smallest = laws.fast_slope.location / laws.fast_slope.scale
share_fitted = 2 * rram.asymmetry_survival(0.5, smallest)

drawn = laws.fast_slope.sample((2, 200_000), seed(1))
steep = np.maximum(*drawn) > 3 * np.minimum(*drawn)
assert abs(steep.mean() - share_fitted) < 4 * np.sqrt(share_fitted * (1 - share_fitted) / 200_000)

# %% tags=["check"]
check("rram-4.1", share_3, median_ratio, share_fitted)

# %% tags=["mistakes"]
mistake("rram-4.1", 0.25, ..., ..., hint="either of the two devices may be the steeper one")
mistake("rram-4.1", 2 / 3, ..., ..., hint="how large is A if one slope is three times the other?")
mistake(
    "rram-4.1",
    ...,
    ...,
    rram.asymmetry_survival(0.5, smallest),
    hint="both signs of the asymmetry count",
)

# %% [markdown] tags=["exercise"]
# ### Exercise 2: how long until they are frozen?
#
# *derivation, 15 minutes, 4 points, difficulty 2 of 3*
#
# `steps = pair.freezing()` ends with the share of synapses that have frozen after $u$ random updates (step "frozen share"). For many updates the error function is
# one and the exponential zero: what is left? Invert it: after how many updates is a share $1 - \epsilon$ frozen? Compare with `rram.walk_frozen_share`.
#
# Assign the number of updates to `needed`, an expression in `epsilon = sp.Symbol("epsilon", positive=True)`, and to `first` the first whole number of
# updates at which `rram.walk_frozen_share` is 0.9 or more.

# %% tags=["stub"]
epsilon = sp.Symbol("epsilon", positive=True)
needed = ...
first = ...

# %% tags=["solution"]
# For many updates 1 - sqrt(2 / (pi u)).
epsilon = sp.Symbol("epsilon", positive=True)
needed = 2 / (sp.pi * epsilon**2)
counted = np.arange(1, 200)
first = int(counted[np.argmax(rram.walk_frozen_share(counted) >= 0.9)])
assert abs(first - float(needed.subs(epsilon, 0.1))) <= 1
pair.freezing()

# %% tags=["check"]
check("rram-4.2", needed, first)

# %% tags=["mistakes"]
mistake(
    "rram-4.2", sp.sqrt(2 / (sp.pi * epsilon)), ..., hint="solve sqrt(2 / (pi u)) = epsilon for u"
)
mistake(
    "rram-4.2",
    1 / (2 * epsilon),
    ...,
    hint="this belongs to the flip rate; the share that is still free falls like a root",
)

# %% [markdown] tags=["exercise"]
# ### Exercise 3: effort to flip
#
# *simulation, 15 minutes, 4 points, difficulty 2 of 3*
#
# A metaplastic hidden weight with $m \eta = 0.002$ has been pushed outward 1000 times. How many inward updates flip it, and how many would without metaplasticity? Use
# `rram.updates_to_flip_hidden(pushes, strength)`, and confirm by a loop: in units of 1000 updates the weight is 1, an update 0.001 and $m = 2$, and
# every inward update is multiplied by `metaplastic_factor(np.float64(weight), 2.0)`.
#
# Assign the formula's number to `inward`, the number counted in the loop to `count`.

# %% tags=["solution"]
# sinh(4) / 0.008 + 500 against 1000.
inward = float(rram.updates_to_flip_hidden(1000, 0.002))
weight, count = 1.0, 0
while weight > 0:
    weight -= 0.001 * float(metaplastic_factor(np.float64(weight), 2.0))
    count += 1
assert abs(count / inward - 1) < 0.01

# %% tags=["check"]
check("rram-4.3", inward, count)

# %% tags=["mistakes"]
mistake("rram-4.3", 1000.0, ..., hint="this is the number without metaplasticity")
mistake(
    "rram-4.3",
    np.sinh(4) / 0.008,
    ...,
    hint="the other half of the square of the hyperbolic cosine adds to it",
)

# %% [markdown] tags=["exercise"]
# ### Exercise 4: is a pair of devices a metaplastic synapse?
#
# *open, 20 minutes, 6 points, difficulty 3 of 3*
#
# Somebody writes that pairs of weak-RESET devices "consolidate by themselves, like a metaplastic synapse". Use this lesson to say in which sense that is right and in which it
# is not. What protects a synapse that has received many updates, from what, and is it protected *because* it is important? Which control would you run in a network? Ten lines.
#
# Then judge, five truth values in `pair_true`: (a) a device becomes less plastic with the pulses that it has received, whatever their direction in the pair; (b) a metaplastic
# hidden weight becomes less plastic with the *size* of the weight; (c) it takes as many updates to flip a pair of equal devices back as it took to bring it there;
# (d) unlike devices freeze under unbiased updates; (e) synapses that freeze by unlikeness freeze on the side that the task wants.

# %% [markdown] tags=["solution"]
# In the sense of age it is right: behind the kink every pulse moves a device less, (a). A metaplastic weight is protected by its size, and only against inward updates, (b): it remembers how one-sided its
# updates were. A pair of equal devices is not: what it took to go there brings it back, (c), since both devices aged together. Unlike devices freeze, (d), because one drifts more
# than the other at every pair of updates; on which side is drawn with the device, not by the task, (e) false. So protection goes with age and with luck, not with importance. A control: shuffle
# the devices among synapses after the first task, or compare a network in which all devices have the same number of pulses.

# %% tags=["solution"]
pair_true = [True, True, True, True, False]
assert (np.diff(rram.device_factor(np.linspace(0, 2000, 21))) < 0).all()  # (a)

# %% tags=["check"]
check("rram-4.4", pair_true)

# %% tags=["mistakes"]
mistake(
    "rram-4.4",
    [True, True, False, True, False],
    hint="which device receives the pulses on the way back, and how old is it?",
)
mistake(
    "rram-4.4",
    [True, True, True, True, True],
    hint="what decides which of the two devices is steeper?",
)

# %% [markdown]
# ## References
#
# * A. Majumdar et al. (2021), and the released code: the device model. Whether the paper shows flips or
#   freezing is unknown.
# * A. Laborieux, M. Ernoult, T. Hirtzlin, D. Querlioz, *Synaptic metaplasticity in binarized neural
#   networks*, Nature Communications 12:2549 (2021): $f_{meta}$.
# * The walk with drift, the exact flip probability, $f(t)$ and the effort to flip are derived here.
