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
# # Learning while nudged: where the nudge enters, and when the weights move
#
# **After this lesson you can** tell what changes when the nudge enters outside the activation, and which
# loss such a network then descends; let the weights move at every nudged step; and name the learning rate
# above which that fails.
#
# *15 minutes. Prerequisites: lesson 3.*
#
# Lesson 3 found that every increment of a nudged phase is a contribution of back-propagation through time.
# Two liberties are taken with that in practice: the nudge is added in another place, and the increments are
# applied as they come. One of them changes the loss, the other the admissible learning rate.
#
# | symbol | name in the code | meaning |
# |---|---|---|
# | $D$ | `slope` | slopes of the activation at the free equilibrium, a diagonal matrix |
# | $J$ | `coupling()` | coupling of states into preactivations, symmetric |
# | $\eta$, $\beta$ | `rate`, `nudge` | learning rate and nudge |
#
# **By hand**, one output unit $s = \sigma(u)$ with the squared error. Inside, the nudged state is
# $\sigma(u - \beta (s - y))$: to first order it moves by $-\beta\, \sigma' (s - y)$. Outside it moves by
# $-\beta (s - y)$, as if the loss had the slope $(s - y) / \sigma'$. For the shifted sigmoid $\sigma' = 4 s
# (1 - s)$, and that is a quarter of the slope of the cross-entropy, $(s - y) / (s (1 - s))$.

# %%
import numpy as np
import sympy as sp

from classroom import check, mistake
from figures.kit import claim, explore, figure_rng, record, seed, use_style
from theory import sweep
from theory.data import load_images
from theory.ep import (
    BinaryCrossEntropy,
    LayeredNetwork,
    TrainingSettings,
    backpropagation_through_time,
    continual_update,
    equilibrium,
    implicit_gradient,
    increments,
    nudged_path,
    state_errors,
    train,
    truncated_estimates,
)
from theory.ep.derivations import in_time as derivations
from theory.ep.gradients import slopes

use_style()
digits = load_images("digits")

# %% [markdown]
# ## Inside or outside
#
# In one family of codes the nudge is added to the preactivation, in another to the new state. That is not
# the same learning rule.

# %%
derivations.nudge_outside()

# %%
rng = figure_rng("ep/x_nudge_inside_outside")
small = LayeredNetwork.random((10, 12, 10, 4), rng, activation="shifted_sigmoid", scale=0.8)
x, y = rng.uniform(size=(6, 10)), np.eye(4)[np.arange(6) % 4] * 0.8 + 0.1
rest, beta, last_step = equilibrium(small, x, tolerance=1e-14).states, 1e-4, 14
slope = slopes(small, rest, x)
back = state_errors(small, x, y, last_step, rest)
parts = backpropagation_through_time(small, x, y, last_step, free=rest)
parts = np.stack([p.flat() for p in parts])


def per_step(found, wanted):
    axes = tuple(range(1, found.ndim))
    return np.sqrt(np.sum((found - wanted) ** 2, axes) / np.sum(wanted**2, axes))


gaps = {}
for side in ("inside", "outside"):
    path = nudged_path(small, x, y, beta, last_step, outside=side == "outside", free=rest)
    states, parameters = increments(small, x, path, beta)
    gaps[f"parameters_{side}"] = per_step(parameters, parts)
    gaps[f"states_{side}"] = per_step(states, back)
    if side == "inside":
        gaps["scaled_states_inside"] = per_step(states, slope * back)

# %%
long = nudged_path(small, x, y, beta, 200, outside=True, free=rest)
outside_estimate = increments(small, x, long, beta)[1].sum(axis=0)
true_square = implicit_gradient(small, x, y, free=rest).flat()
quarter = implicit_gradient(small, x, y, BinaryCrossEntropy(0.25), free=rest).flat()


def apart(found, wanted):
    return np.linalg.norm(found - wanted) / np.linalg.norm(wanted)


# %%
record(
    "ep/x_nudge_inside_outside",
    numbers={"step": np.arange(last_step)} | gaps,
    claims=[
        claim("inside, parameters: largest mismatch of a step, of the order of 100 nudges",
              gaps["parameters_inside"].max(), "<", 100 * beta, kind="agreement"),
        claim("inside, states without the slopes: smallest mismatch", gaps["states_inside"].min(),
              ">", 0.1),
        claim("inside, states with the slopes, of the order of 100 nudges",
              gaps["scaled_states_inside"].max(), "<", 100 * beta, kind="agreement"),
        claim("outside, parameters: smallest mismatch", gaps["parameters_outside"].min(), ">", 0.05),
        claim("outside, the first increment of the states", gaps["states_outside"][0], "<", 1e-8,
              kind="exact"),
        claim("outside, the later increments of the states: smallest mismatch",
              gaps["states_outside"][1:].min(), ">", 0.05),
        claim("the outside estimate against a quarter of the cross-entropy's gradient, of the order "
              "of 100 nudges", apart(outside_estimate, quarter), "<", 100 * beta, kind="agreement"),
        claim("and against the squared error's", apart(outside_estimate, true_square), ">", 0.2),
    ],
)  # fmt: skip

# %% [markdown]
# Read off: inside, the parameters follow back-propagation at every step, the states only after the slopes are
# put in. Outside, only the first increment of the states does, and what the sum of all increments descends is
# the cross-entropy of the unit above.
#
# ## Learning while nudged
#
# If increments of the parameters are right at every step, they can be applied at every step: no state
# of the free phase has to be kept. The price is a new condition, a learning rate far below the nudge,
# for the later steps relax in a network that has already moved.

# %%
rates, strengths = np.geomspace(1e-5, 5e-3, 10), np.array([0.03, 0.1])


def applied(beta, rate):
    """What continual learning subtracts from the parameters, over the learning rate."""
    moved = continual_update(small, x, y, beta, 60, rate, free=rest)
    pairs = zip((*small.weights, *small.biases), (*moved.weights, *moved.biases), strict=True)
    return np.concatenate([(a - b).ravel() for a, b in pairs]) / rate


to_ordinary, to_gradient = np.zeros((2, len(rates), 2))
for k, beta in enumerate(strengths):
    ordinary = truncated_estimates(small, x, y, beta, 60, free=rest)[-1].flat()
    for j, rate in enumerate(rates):
        found = applied(beta, rate)
        to_ordinary[j, k] = apart(found, ordinary)
        to_gradient[j, k] = apart(found, true_square)
orders = np.polyfit(np.log(rates[:5]), np.log(to_ordinary[:5]), 1)[0]

# %%
record(
    "ep/x_continual_updates",
    numbers={"nudging_strength": strengths, "learning_rate": rates, "to_ordinary": to_ordinary,
             "to_gradient": to_gradient},
    claims=[
        claim("distance to the ordinary update falls with the learning rate: slope, nudge 0.1",
              orders[1], "between", (0.95, 1.05)),
        claim("slope, nudge 0.03", orders[0], "between", (0.95, 1.05)),
        claim("it is larger for the smaller nudge: ratio at the smallest learning rate",
              to_ordinary[0, 0] / to_ordinary[0, 1], ">", 2),
        claim("the bias of nudge 0.1 is left at the smallest learning rate",
              to_gradient[0, 1], ">", 0.01),
    ],
)  # fmt: skip

# %% [markdown]
# Read off: the distance to the ordinary update is proportional to the learning rate and larger for the smaller
# nudge, so what counts is $\eta / \beta$; the bias of the nudge stays, however slowly the weights move.
#
# Does the condition show in training? A 64-32-10 network learns digits with weights that move at every
# nudged step, at several learning rates and nudges, beside the ordinary one-sided rule.

# %%
tried = [(0.02, 0.5), (0.05, 0.5), (0.1, 0.5), (0.2, 0.5), (0.02, 0.3), (0.05, 0.3), (0.1, 0.3),
         (0.02, 0.1), (0.05, 0.1)]  # fmt: skip
seeds = tuple(seed(k) for k in range(3))


def late_error(rule, rate, nudge):
    """Mean test error of the last ten of 30 epochs, one value a seed, in per cent."""
    settings = TrainingSettings(learning_rates=(rate, rate / 2), nudging_strength=nudge, epochs=30)
    run = train(settings, rule, digits.train_images, digits.train_labels, digits.test_images,
                digits.test_labels, seeds, probed=2)  # fmt: skip
    return 100 * run.test_error[:, -10:].mean(axis=1)


points = [{"rule": rule, "rate": rate, "nudge": nudge}
          for rate, nudge in tried for rule in ("continual", "one-sided")]  # fmt: skip
trained = np.array(sweep.map(late_error, points).values).reshape(len(tried), 2, 3)

# %%
rate, nudge = np.transpose(tried)
continual, one_sided = trained[:, 0], trained[:, 1]
slow, fast = rate / nudge < 0.09, rate / nudge > 0.3
gap = np.abs(continual[slow].mean(axis=1) - one_sided[slow].mean(axis=1)).max()
record(
    "ep/x_continual_training",
    numbers={"learning_rate": rate, "nudging_strength": nudge, "continual": continual,
             "one_sided": one_sided, "chance": 100 * (1 - 1 / (digits.train_labels.max() + 1))},
    claims=[
        claim("learning rate below 0.09 nudges: continual minus one-sided, largest distance of means, "
              "per cent", gap, "<", 3),
        claim("above 0.3 nudges: smallest continual error, any seed, per cent",
              continual[fast].min(), ">", 60),
        claim("where the one-sided rule learns: its largest mean error there, per cent",
              one_sided[fast].mean(axis=1).max(), "<", 15),
    ],
)  # fmt: skip

# %% [markdown]
# Read off: below a rate of about a tenth of the nudge, moving weights cost nothing; above a third they do not
# learn at all, where the ordinary rule still does. A small nudge, good for the bias, is bad here.
#
# ## What happens if
#
# ... the weights are smaller or larger? The mismatch of the nudge outside sits in the slopes of the units; it
# does not go away.


# %%
def draw(ax, scale):
    net = LayeredNetwork.random((10, 12, 10, 4), seed(1), activation="shifted_sigmoid", scale=scale)
    free = equilibrium(net, x, tolerance=1e-14).states
    exact = np.stack([p.flat() for p in backpropagation_through_time(net, x, y, 14, free=free)])
    ends = []
    for outside, line in ((False, "-"), (True, "--")):
        path = nudged_path(net, x, y, 1e-4, 14, outside=outside, free=free)
        mismatch = per_step(increments(net, x, path, 1e-4)[1], exact)
        ends.append(mismatch[-1])
        ax.semilogy(mismatch, line)
    ax.set(xlabel="step", ylabel="full: inside, dashed: outside\nmismatch of the parameters")
    return "mismatch at the end {:.1e} inside, {:.1e} outside".format(*ends)


explore(draw, scale=[0.3, 0.5, 0.7, 0.8, 1.0, 1.2])

# %% [markdown]
# ## Exercises

# %% [markdown] tags=["exercise"]
# ### Exercise 1: the same nudge in two places
#
# *paper, 10 minutes, 3 points, difficulty 1 of 3*
#
# One output unit $s = \sigma(u)$ with the shifted sigmoid, whose slope at the output $s$ is $\sigma' = 4 s (1 - s)$, has the target $y$. To first order in the nudge $\beta$, by how much does it move if the nudge $-\beta(s - y)$ enters inside the activation, and by how much outside? At which output are the two the same, and by which factor do they differ at $s = 0.9$?
#
# For $s = 0.9$, $y = 1$, $\beta = 0.1$ assign the two displacements to `moves`, inside first; the output between 0 and 1 at which both are the same to `same_at`.

# %% tags=["solution"]
# -beta sigma' (s - y) and -beta (s - y): the same where 4 s (1 - s) = 1.
moves, same_at = [0.1 * 4 * 0.9 * 0.1 * 0.1, 0.1 * 0.1], 0.5

# %% tags=["check"]
check("ep-8.1", moves, same_at)

# %% tags=["mistakes"]
mistake("ep-8.1", [-0.0036, -0.01], ...)
mistake("ep-8.1", [0.01, 0.0036], ..., hint="the slope multiplies what enters inside")

# %% [markdown] tags=["exercise"]
# ### Exercise 2: which loss does it descend?
#
# *derivation, 15 minutes, 4 points, difficulty 2 of 3*
#
# A nudge outside the activation acts as one inside with the error $(s - y)/\sigma'$: as if the loss had this slope (`derivations.nudge_outside()` for the shifted sigmoid). Take tanh units instead, whose slope at the output $s$ is $1 - s^2$. Which loss $C(s)$ has the slope $(s - y)/(1 - s^2)$? Integrate it from $s = 0$, where it is to vanish.
#
# Assign it to `loss`, an expression in `s = sp.Symbol("s")` and `y = sp.Symbol("y")`, valid for $|s| < 1$.

# %% tags=["stub"]
s, y_target = sp.Symbol("s"), sp.Symbol("y")
loss = ...

# %% tags=["solution"]
# Partial fractions: -(1 - y) / 2 ln(1 - s) ... with the signs of both poles.
s, y_target = sp.Symbol("s"), sp.Symbol("y")
loss = -sp.log(1 - s**2) / 2 - y_target * sp.atanh(s)
assert sp.simplify(sp.diff(loss, s) - (s - y_target) / (1 - s**2)) == 0

# %% tags=["check"]
check("ep-8.2", loss, at={"s": [-0.6, 0.2, 0.7], "y": [-1.0, 0.5, 1.0]})

# %% tags=["mistakes"]
mistake("ep-8.2", -loss)
mistake("ep-8.2", (s - y_target) ** 2 / 2, hint="this is the loss whose nudge enters inside")

# %% [markdown] tags=["exercise"]
# ### Exercise 3: a plausible mistake
#
# *simulation, 15 minutes, 4 points, difficulty 3 of 3*
#
# A back-propagation that forgets the *downward* use of the weights looks plausible. Measure its error for the second matrix of weights of `small`: the whole is `sum(p.weights[1] for p in backpropagation_through_time(small, x, y, 60, free=rest))`; the upward half is the transpose of the summed `slope * row` over `state_errors(small, x, y, 60, rest)`, at the neurons of
# the second layer (`small.slices[1]`), times the free states of the first (`small.slices[0]`), over the number of samples: `delta[:, second].T @ rest[:, first] / len(x)`.
#
# Assign to `missing` the length of the difference over the length of the whole, and to `aligned` the cosine between the half and the whole.

# %% tags=["solution"]
# The upward half alone points in nearly the right direction.
whole = sum(p.weights[1] for p in backpropagation_through_time(small, x, y, 60, free=rest))
delta = np.zeros_like(rest)
for row in state_errors(small, x, y, 60, rest):
    delta += slope * row
upward = delta[:, small.slices[1]].T @ rest[:, small.slices[0]] / len(x)
missing = float(np.linalg.norm(upward - whole) / np.linalg.norm(whole))
aligned = float(np.sum(upward * whole) / np.linalg.norm(upward) / np.linalg.norm(whole))
assert 0.02 < missing < 1

# %% tags=["check"]
check("ep-8.3", missing, aligned, tolerance=0.01)

# %% tags=["mistakes"]
mistake("ep-8.3", 1 - missing, ...)
mistake("ep-8.3", ..., np.degrees(np.arccos(aligned)), hint="the cosine, not the angle")

# %% [markdown] tags=["exercise"]
# ### Exercise 4: learning while the state still moves
#
# *open, 20 minutes, 6 points, difficulty 3 of 3*
#
# Weights that move at every nudged step need no memory of the free state. What else do they save, what do they cost, and which ratio decides whether it works? For which activation is the place of the nudge of no importance, and what would you check before you build either of the two liberties into hardware? Ten lines.
#
# Assign to `allowed` the learning rate that a nudge of 0.05 allows, if learning rate over nudge has to stay at or below a tenth. Then judge, three truth values in `continual_true`: (a) the update of moving weights tends to the ordinary one as the learning rate falls, at a fixed nudge; (b) with linear units a nudge outside
# is the same rule as one inside; (c) a smaller nudge at a fixed learning rate makes moving weights more faithful.

# %% [markdown] tags=["solution"]
# They save the storage of the free products and the separate update phase: each increment is applied as it comes. The price is that the free state is gone once the weights have moved, so errors of the order of the learning rate over the nudge remain: what moves the state must be the nudge, not the learning. So (a) is true, and (c) is false: a smaller nudge makes the
# ratio larger. Linear units have the slope one everywhere, (b) true. Before building I would check, on a small batch, the cosine between the update and the exact gradient of the loss that is meant, for the planned ratio and place of the nudge.

# %% tags=["solution"]
allowed, continual_true = 0.05 / 10, [True, True, False]
straight = LayeredNetwork.random((10, 12, 10, 4), seed(2), activation="linear", scale=0.5)
paths = [nudged_path(straight, x, y, 0.1, 60, outside=side) for side in (False, True)]
ends = [increments(straight, x, path, 0.1)[1].sum(axis=0) for path in paths]
assert apart(ends[1], ends[0]) < 1e-9  # (b)

# %% tags=["check"]
check("ep-8.4", allowed, continual_true)

# %% tags=["mistakes"]
mistake("ep-8.4", 0.5, ...)
mistake("ep-8.4", ..., [True, True, True], hint="which ratio has to stay small?")

# %% [markdown]
# ## References
#
# * M. Ernoult, J. Grollier, D. Querlioz, Y. Bengio, B. Scellier, *Updates of equilibrium prop match
#   gradients of backprop through time in an RNN with static input*, NeurIPS (2019): the nudge outside.
# * The same authors, *Equilibrium propagation with continual weight updates*, arXiv:2005.04168 (2020):
#   learning while nudged.
# * The loss behind an outside nudge is derived here.
