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
# # The quadratic binary task
#
# **After this lesson you can** say which hidden weights of a binarized network grow without bound,
# how fast, and why their size tells how much it would cost to flip the binary weight; predict all
# three from a convex problem; and check the predictions against simulation.
#
# *25 minutes. Prerequisites: gradients, positive-definite matrices, constrained minima.*
#
# A synapse of a binarized network has two variables. The **binary weight** is used to compute; the
# **hidden weight** collects the updates, and its sign is the binary weight. Does the *size* of a
# hidden weight mean anything? The smallest model in which the question can be answered: a quadratic
# loss with its minimum at a real-valued optimum, which binary weights must make as small as they can,
#
# $$L(W) = \tfrac12 (W - W^*)^\top H (W - W^*), \qquad
#   W^h_{t+1} = W^h_t - \eta\, H\,(\operatorname{sign} W^h_t - W^*).$$
#
# | symbol | name in the code | meaning |
# |---|---|---|
# | $H$ | `task.hessian` | curvature of the loss, symmetric positive definite |
# | $W^*$ | `task.optimum` | real-valued optimum |
# | $W^h$ | `hidden` | hidden weights |
# | $s = \operatorname{sign} W^h$ | `binary` | binary weights |
# | $\bar s$ | `binary_mean` | time average of the binary weights |
# | $v$ | `multiplier` | multipliers of the constraints $\lvert \bar s_i \rvert \le 1$ |
# | $\Delta_i L$ | `flip_cost` | loss increase when binary weight $i$ alone is flipped |

# %%
import numpy as np

from classroom import check, mistake
from figures.kit import claim, explore, figure_rng, record, use_style
from theory.metaplasticity import (
    QuadraticTask,
    averaging_error_bound,
    mean_field,
    simulate_hidden_weights,
)
from theory.metaplasticity.derivations import quadratic_task as derivations

use_style()

# %% [markdown]
# ## One synapse by hand
#
# Let $H = 1$ and start at $W^h = 0.1\,\eta$. With the optimum **1.5** the gradient of the binary weight $+1$ is $1 - 1.5 = -0.5$:
# the hidden weight grows by $0.5\,\eta$ at every step, for ever. With the optimum **0.5** it falls by
# $0.5\,\eta$ while it is positive and rises by $1.5\,\eta$ when it is negative: in units of $\eta$ it visits
# $0.1, -0.4, 1.1, 0.6, 0.1, \dots$, signs $+, -, +, +$ again and again. It stays near zero, and the mean of its signs is
# $(3 - 1)/4 = 0.5$, the optimum.
#
# And the cost of a flip? With the optimum 1.5 the loss is $\tfrac12(1 - 1.5)^2 = 0.125$ at $+1$ and $\tfrac12(-1 - 1.5)^2 = 3.125$ at
# $-1$: a flip costs 3, which is $2H$ plus twice the growth per step over $\eta$, $2 + 2\cdot 0.5$. With the optimum 0.5 it costs
# $1.125 - 0.125 = 1$ from $+1$, and $-1$ from $-1$. The synapse whose hidden weight grows is the one that matters. In a network, where
# millions of them share a loss, this is what metaplasticity (lesson 4) relies on: protect the large ones.
#
# ## Derivation
#
# What does it cost to flip one binary weight? Each step below was proved when this notebook ran, or
# says that it is a definition, an assumption or a quoted result; the cost of a flip holds for any
# number of weights.

# %%
derivations.flip_cost()

# %% [markdown]
# With a diagonal Hessian the weights do not interact, and a hidden weight whose optimum lies outside
# $[-1, 1]$ is never satisfied: it is pushed outward at every step.

# %%
derivations.divergence()

# %% [markdown]
# With any other Hessian the weights interact, and which of them diverge is no longer read off $W^*$.
# Summing the updates, for any number of weights, shows what replaces it.

# %%
derivations.averaging()

# %% [markdown]
# A bounded hidden weight thus needs a mean gradient of zero, a diverging one keeps a mean gradient
# that points outward while its mean sign is $\pm 1$. These are the optimality conditions of a convex
# problem: **the time-averaged binary weights minimise the loss over the cube $[-1, 1]^d$**, and the
# hidden weights move at the learning rate times the multipliers $v = H(W^* - \bar s)$ of its sides.
# The second lesson proves that the averages do converge, for every learning rate.
#
# ## A picture of the cube
#
# For three weights the binary weights are the eight corners of a cube. The optimum lies outside; surfaces of equal
# loss are ellipsoids around it. Let one grow until it touches the cube: where it touches is $\bar s$, the projection of the
# optimum on the cube, measured with the Hessian. It is not the nearest point in the usual sense, unless
# the ellipsoids are spheres. The network jumps from corner to corner, and the average of its corners goes there.

# %%
cube = QuadraticTask([[2.0, 0.9, 0.4], [0.9, 1.0, 0.1], [0.4, 0.1, 0.8]], [1.6, 0.0, -0.5])
touched = mean_field(cube)
walk = simulate_hidden_weights(
    cube, [0.02, 0.01, -0.03], 3000, 0.1, record={"corner": lambda hidden, binary: binary.copy()}
).recorded["corner"][:-1]
running = np.cumsum(walk, axis=0) / np.arange(1, 3001)[:, None]
nearest = np.clip(cube.optimum, -1, 1)
moments = np.unique(np.geomspace(1, 3000, 120).astype(int)) - 1
ends = running[-1] - touched.binary_mean
proved = averaging_error_bound(cube, touched, [0.02, 0.01, -0.03], 3000, 0.1)
print("projection with the Hessian", touched.binary_mean, " usual projection", nearest)
print("multipliers", touched.multiplier)

# %%
face = np.linspace(-1, 1, 41)
grid = np.stack(np.meshgrid(face, face), axis=-1)  # second weight across, third weight down
on_face = np.concatenate([np.ones((41, 41, 1)), grid], axis=-1)
record(
    "metaplasticity/x_cube",
    numbers={"optimum": cube.optimum, "projection": touched.binary_mean, "nearest": nearest,
             "running": running[moments], "axis": face, "loss": cube.loss(on_face)},
    claims=[
        claim("mean of the corners against the projection, norm of the Hessian: share of the proved bound",
              np.sqrt(ends @ cube.hessian @ ends) / proved, "<", 1, kind="agreement"),
        claim("the usual projection is another point: distance", np.linalg.norm(nearest - touched.binary_mean),
              ">", 0.3),
        claim("... and has a larger loss", cube.loss(nearest) - cube.loss(touched.binary_mean), ">", 0.01),
        claim("points of the face with a smaller loss than the projection",
              np.sum(cube.loss(on_face) < cube.loss(touched.binary_mean) - 1e-12), "==", 0),
    ],
)  # fmt: skip

# %% [markdown]
# In two dimensions, with the first weight held at $+1$, the problem is solved by hand.

# %%
derivations.two_dimensions()

# %% [markdown]
# ## Two dimensions: prediction and simulation
#
# The task of the paper, to the digits that its released notebook prints. Here is a cell to play with:
# move the optimum in and out of the square, or turn the Hessian, and rerun what follows.

# %%
plane = QuadraticTask(hessian=[[2.4047, 0.2158], [0.2158, 0.7733]], optimum=[1.5, 0.5])
start, learning_rate, steps = np.array([0.01, 0.02]), 0.35, 500

# %%
prediction = mean_field(plane)
run = simulate_hidden_weights(plane, start, steps, learning_rate, record_hidden=True)
drift = (run.final - start) / (steps * learning_rate)
print("mean binary weights   predicted", prediction.binary_mean, " simulated", run.binary_mean)
print("multipliers           predicted", prediction.multiplier, " simulated", drift)

# %% [markdown]
# The second weight's mean sign is not its own optimum 0.5: it makes up for the first weight, which
# cannot reach 1.5.

# %%
# No hidden weight ever moves farther in one step than this.
largest_step = learning_rate * np.abs(plane.hessian) @ (1 + np.abs(plane.optimum))
time = np.arange(steps + 1)
off_line = np.abs(run.hidden - learning_rate * time[:, None] * prediction.multiplier)
corners = np.array([(a, b) for a in (-1.0, 1.0) for b in (-1.0, 1.0)])
reached = np.where(run.hidden[10] >= 0, 1.0, -1.0)
ticks = np.linspace(-4.5, 4.5, 61)

record(
    "metaplasticity/qbt_a",
    numbers={"axis": ticks, "loss": plane.loss(np.stack(np.meshgrid(ticks, ticks), axis=-1)),
             "optimum": plane.optimum, "mean_sign": prediction.binary_mean, "path": run.hidden[:11],
             "last_corner": reached, "step": time[:61], "hidden": run.hidden[:61],
             "velocity": learning_rate * prediction.multiplier[0]},
    claims=[
        claim("the first hidden weight diverges, the second does not: ratio of their largest sizes",
              np.divide(*np.abs(run.hidden).max(axis=0)), ">", 100),
        claim("both follow learning rate times multiplier times steps: largest deviation, in largest steps",
              (off_line / largest_step).max(), "<", 1, kind="agreement"),
        claim("corners with a smaller loss than the one reached after ten steps",
              np.sum(plane.loss(corners) < plane.loss(reached)), "==", 0),
    ],
)  # fmt: skip

# %% [markdown]
# ## Five hundred dimensions: size of a hidden weight against cost of a flip
#
# The paper draws a random task, trains the hidden weights, and asks what flipping each binary weight
# alone would cost. Putting the speed $\eta v_i$ of a consolidated weight into the flip cost gives
# $\Delta_i L = 2 H_{ii} + 2 |v_i| \approx 2 H_{ii} + 2 |W^h_i| / (\eta T)$: a straight line with
# **no free parameter**.

# %%
rng = figure_rng("metaplasticity/qbt_b")
task = QuadraticTask.random(500, rng)
learning_rate, steps = 0.01, 1000
run = simulate_hidden_weights(task, 0.01 * rng.standard_normal(500), steps, learning_rate)
prediction = mean_field(task)
cost = task.flip_cost(np.where(run.final >= 0, 1.0, -1.0))
size = np.abs(run.final)
slope = 2 * size.max() / (learning_rate * steps)
intercept = 2 * np.diag(task.hessian).mean()

# %%
which = np.clip(np.digitize(size / size.max(), np.linspace(0, 1, 16)) - 1, 0, 14)
bins = [np.flatnonzero(which == k) for k in range(15) if np.sum(which == k) > 1]
held = prediction.consolidated

# %% [markdown]
# Around the line the cost of a consolidated weight scatters, because the free weights still flip from
# step to step. Taken as independent signs with variance $1 - \bar s_j^2$, they give it the variance
# $4 \sum_j H_{ij}^2 (1 - \bar s_j^2)$: the error bars are predicted, too. The same free weights shake
# the costs of all others at once; the standard errors of their mean and of a fit take that into account.

# %%
variance = 1 - prediction.binary_mean**2
predicted_spread = np.sqrt((4 * task.hessian[held] ** 2 @ variance).mean())
residual = cost[held] - prediction.flip_cost[held]
# What one free sign adds to each cost, hence to any weighted sum of costs.
shaken = 2 * np.sign(prediction.multiplier[held])[:, None] * task.hessian[held]
mean_error = np.sqrt(shaken.mean(axis=0) ** 2 @ variance)
distance = size[held] / (learning_rate * steps) - np.mean(size[held]) / (learning_rate * steps)
weights = distance / np.sum(distance**2)  # a fit's slope is this weighted sum of the costs
slope_error = np.sqrt((weights @ shaken) ** 2 @ variance)

# %%
# A hidden weight has grown when it is farther from zero than any single step could take it.
largest_step = learning_rate * np.abs(task.hessian) @ (1 + np.abs(task.optimum))
grown = size > largest_step
clear = held & (learning_rate * steps * np.abs(prediction.multiplier) > 2 * largest_step)
outside = np.abs(task.optimum) > 1
print(f"optimum outside the box: {outside.sum()}, predicted to diverge: {held.sum()}, "
      f"of these fast enough to tell: {clear.sum()}, grown: {grown.sum()}")  # fmt: skip

# %%
numbers = {"relative_size": size / size.max(), "cost": cost,
             "bin_size": [size[b].mean() / size.max() for b in bins],
             "bin_cost": [cost[b].mean() for b in bins],
             "bin_deviation": [cost[b].std(ddof=1) for b in bins],
             "intercept": intercept, "slope": slope, "predicted_held": prediction.flip_cost[held],
             "cost_held": cost[held], "predicted_deviation": predicted_spread}  # fmt: skip

# %%
record(
    "metaplasticity/qbt_b",
    numbers=numbers,
    claims=[
        claim("flip cost grows with hidden weight: correlation",
              np.corrcoef(size[held], cost[held])[0, 1], ">", 0.98),
        claim("slope of a fit against the theory's, consolidated weights: deviation in standard errors",
              abs(weights @ cost[held] - 2) / slope_error, "<", 4, kind="agreement"),
        claim("mean deviation from the prediction, in standard errors",
              abs(residual.mean()) / mean_error, "<", 4, kind="agreement"),
        claim("scatter about the prediction over the predicted scatter, four standard errors",
              residual.std(ddof=1) / predicted_spread, "between",
              (1 - 4 / np.sqrt(2 * held.sum()), 1 + 4 / np.sqrt(2 * held.sum())), kind="agreement"),
        claim("hidden weights against learning rate times multiplier times steps: largest deviation, in "
              "largest steps", (np.abs(run.final - learning_rate * steps * prediction.multiplier)
                                / largest_step).max(), "<", 1, kind="agreement"),
        claim("free weights that have grown", np.sum(grown & ~held), "==", 0),
        claim("consolidated weights, fast enough to tell, that have not", np.sum(clear & ~grown), "==", 0),
        claim("weights that have grown though their optimum lies inside the box, or the other way round",
              np.sum(grown != outside), ">", 0),
    ],
)  # fmt: skip

# %% [markdown]
# Which hidden weights diverge is *not* the question whether $|W^*_i| > 1$: in a random basis some
# weights disagree, and the box problem is right about every one of them, free or not.

# %% [markdown]
# ## What happens if
#
# ... the optimum of the second weight is moved? Inside the box its hidden weight stays near zero and
# its mean sign follows the optimum; outside, it diverges. Change the values and rerun.


# %%
def draw(ax, second_optimum):
    moved = QuadraticTask(plane.hessian, [1.5, second_optimum])
    hidden = simulate_hidden_weights(moved, start, 60, 0.35, record_hidden=True).hidden
    ax.plot(hidden[:, 0], label="$W^h_1$")
    ax.plot(hidden[:, 1], label="$W^h_2$")
    ax.set(xlabel="step", ylabel="hidden weight")
    ax.legend()
    first, second = hidden[-1]
    return f"hidden weights after 60 steps: {first:.2f} and {second:.2f}"


explore(draw, second_optimum=[-1.5, -0.75, 0.0, 0.5, 1.0, 1.5])

# %% [markdown]
# ## Exercises

# %% [markdown] tags=["exercise"]
# ### Exercise 1: where the second weight lets go
#
# *paper, 10 minutes, 3 points, difficulty 1 of 3*
#
# The first weight keeps its optimum 1.5 and is consolidated at $+1$. For which optimum of the *second*
# weight does its hidden weight start to diverge as well? There are two such values for `plane`: find them by
# hand from the mean sign of the second weight, which must not leave $[-1, 1]$.
#
# Assign to `thresholds` an array of the two, the lower one first.

# %% tags=["solution"]
# The second mean sign is bottom + (H12 / H22) (1.5 - 1); it reaches -1 or +1 at
shift = plane.hessian[0, 1] / plane.hessian[1, 1] * 0.5
thresholds = np.array([-1 - shift, 1 - shift])

for threshold, inside in zip(thresholds, (1e-3, -1e-3), strict=True):
    for offset, diverges in ((inside, False), (-inside, True)):
        state = mean_field(QuadraticTask(plane.hessian, [1.5, threshold + offset]))
        assert state.consolidated[1] == diverges

# %% tags=["check"]
check("metaplasticity-1.1", thresholds)

# %% tags=["mistakes"]
mistake(
    "metaplasticity-1.1",
    [-1.0, 1.0],
    hint="so it would be for a diagonal Hessian; here the first weight pulls on the second",
)
mistake(
    "metaplasticity-1.1",
    [-1 + shift, 1 + shift],
    hint="the pull of the first weight has the wrong sign: it makes the second one's mean sign larger",
)

# %% [markdown] tags=["exercise"]
# ### Exercise 2: what decides how fast
#
# *derivation, 10 minutes, 3 points, difficulty 2 of 3*
#
# `derivations.two_dimensions()` holds for every Hessian and every optimum. Take the multiplier from it
# (`steps = derivations.two_dimensions()`, then `steps["multiplier"]`), call the symbols as they are printed, and
# find how the speed of the first hidden weight answers to the coupling: assign to `slope` the derivative of
# the multiplier with respect to $H_{12}$, an expression in the symbols `H_12`, `H_22` and `W_1^*`.

# %% tags=["solution"]
multiplier = derivations.two_dimensions()["multiplier"].rhs
(coupling,) = (symbol for symbol in multiplier.free_symbols if symbol.name == "H_12")
slope = multiplier.diff(coupling)
slope

# %% tags=["check"]
check("metaplasticity-1.2", slope)

# %% tags=["mistakes"]
mistake("metaplasticity-1.2", -slope)
mistake(
    "metaplasticity-1.2",
    multiplier,
    hint="this is the multiplier; how it changes with the coupling is asked for",
)

# %% [markdown] tags=["exercise"]
# ### Exercise 3: how much loss the fluctuations cost
#
# *simulation, 15 minutes, 4 points, difficulty 2 of 3*
#
# The loss is quadratic, so its average over the fluctuating signs exceeds $L(\bar s)$. By how much for
# `plane`, if the free signs fluctuate independently with variance $1 - \bar s_i^2$? Then measure it: run
# `simulate_hidden_weights` for 20 000 steps from `start` at the rate 0.35 with `record_hidden=True` and average
# the loss of the signs over the run.
#
# Assign the predicted excess to `excess`, the measured mean loss minus $L(\bar s)$ to `measured`.

# %% tags=["solution"]
# Half the trace of the Hessian times the covariance of the signs.
state = mean_field(plane)
excess = 0.5 * np.sum(np.diag(plane.hessian) * (1 - state.binary_mean**2))

hidden = simulate_hidden_weights(plane, start, 20_000, 0.35, record_hidden=True).hidden
losses = plane.loss(np.where(hidden >= 0, 1.0, -1.0))
measured = losses.mean() - plane.loss(state.binary_mean)
# The path meets corners with period-like regularity: the average converges like one over the steps.
assert abs(measured - excess) < 20 / len(losses)
print("mean loss", losses.mean(), " box minimum", plane.loss(state.binary_mean), " excess", excess)

# %% tags=["check"]
check("metaplasticity-1.3", excess, measured, tolerance=0.01)

# %% tags=["mistakes"]
mistake("metaplasticity-1.3", 2 * excess, ...)
mistake(
    "metaplasticity-1.3",
    0.5 * np.trace(plane.hessian),
    ...,
    hint="a consolidated sign does not fluctuate, and a free one with less than variance 1",
)

# %% [markdown] tags=["exercise"]
# ### Exercise 4: what the learning rate is for
#
# *open, 20 minutes, 6 points, difficulty 3 of 3*
#
# Halve the learning rate in the 500-dimensional task, and the start with it; keep the number of steps.
# Compare a run at the rate 0.01 with one at half of it. What does the learning rate change in this model, and
# what not? Would the same be true in a network with weights of several layers, trained by minibatches, with
# hidden weights started at random? Write down your reasons, in ten lines at most.
#
# Then decide which of these are true of the *quadratic task*, and assign five truth values to `true_of_it`:
# (a) the binary weights are the same at every step; (b) the hidden weights are the same at every step; (c) hidden
# weights over learning rate are; (d) a larger rate would find a smaller loss; (e) a start that is *not* scaled with
# the rate leaves the time averages unchanged in the long run.

# %% [markdown] tags=["solution"]
# The learning rate is only the unit of the hidden weights: with the start in the same unit nothing else
# changes, since only their signs act on the loss. So (a) and (c) hold, (b) does not, nor does (d): the signs, and
# with them all losses, are the same. (e) holds: a start of any size adds a bounded number to a sum that decides by
# its growth, and is forgotten like one over the number of steps. In a network the same is true of a plain
# gradient step from scaled starts; it fails as soon as something else sets a scale for hidden weights: an
# optimizer's moments (Adam divides by them, its epsilon does not scale), clipping at $\pm 1$, weight decay, and
# metaplasticity itself, whose $m$ multiplies a hidden weight (lesson 4).

# %% tags=["solution"]
true_of_it = [True, False, True, False, True]

initial = 0.01 * figure_rng("metaplasticity/qbt_b").standard_normal(500)
once = simulate_hidden_weights(task, initial, 200, 0.01)
half = simulate_hidden_weights(task, initial / 2, 200, 0.005)
assert np.abs(half.final - once.final / 2).max() < 1e-9 * np.abs(once.final).max()
assert np.array_equal(half.binary_mean, once.binary_mean)

# %% tags=["check"]
check("metaplasticity-1.4", true_of_it)

# %% tags=["mistakes"]
mistake(
    "metaplasticity-1.4",
    [True, True, True, False, True],
    hint="compare `once.final` with `half.final`",
)
mistake(
    "metaplasticity-1.4",
    [False, False, True, False, True],
    hint="compare the signs of the two runs before you say that they differ",
)

# %% [markdown]
# ## References
#
# * A. Laborieux, M. Ernoult, T. Hirtzlin, D. Querlioz, *Synaptic metaplasticity in binarized neural
#   networks*, Nature Communications 12:2549 (2021): the task, the theorem for a diagonal Hessian and
#   both figures. The box problem, the line without free parameters and the error bars are derived here.
