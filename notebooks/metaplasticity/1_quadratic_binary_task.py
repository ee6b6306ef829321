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
# # The quadratic binary task
#
# **After this lesson you can** say which hidden weights of a binarized network grow without bound,
# how fast, and why their size tells how much it would cost to flip the binary weight; predict all
# three from a convex problem; and check the predictions against simulation.
#
# *20 minutes. Prerequisites: gradients, positive-definite matrices, constrained minima.*
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
import matplotlib.pyplot as plt
import numpy as np

from figures.kit import (
    BLACK,
    BLUE,
    GREEN,
    ORANGE,
    PAGE,
    VERMILION,
    claim,
    explore,
    figure_rng,
    label_panels,
    record,
    use_style,
)
from theory.metaplasticity import QuadraticTask, mean_field, simulate_hidden_weights
from theory.metaplasticity.derivations import quadratic_task as derivations

use_style()

# %% [markdown]
# ## Derivation
#
# What does it cost to flip one binary weight? Each step below was proved when this notebook ran.

# %%
derivations.flip_cost()

# %% [markdown]
# With a diagonal Hessian the weights do not interact, and a hidden weight whose optimum lies outside
# $[-1, 1]$ is never satisfied: it is pushed outward at every step.

# %%
derivations.divergence()

# %% [markdown]
# With any other Hessian the weights interact, and which of them diverge is no longer read off $W^*$.
# Summing the updates shows what replaces it.

# %%
derivations.averaging()

# %% [markdown]
# A bounded hidden weight thus needs a mean gradient of zero, a diverging one keeps a mean gradient
# that points outward while its mean sign is $\pm 1$. These are the optimality conditions of a convex
# problem: **the time-averaged binary weights minimise the loss over the cube $[-1, 1]^d$**, and the
# hidden weights move at the learning rate times the multipliers $v = H(W^* - \bar s)$ of its sides.
# The second lesson proves that the averages do converge, for every learning rate.
#
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
shown = run.hidden[:11]  # the part of the trajectory inside the window
binary = np.where(shown >= 0, 1.0, -1.0)
ticks = np.linspace(-4.5, 4.5, 100)
grid = np.stack(np.meshgrid(ticks, ticks), axis=-1)

figure, axes = plt.subplots(1, 2, figsize=(PAGE, 3.3), width_ratios=[1.35, 1])
ax = axes[0]
filled = ax.contourf(ticks, ticks, plane.loss(grid), levels=30, cmap="YlOrBr")
ax.set(xlabel="hidden weight $W^h_1$", ylabel="hidden weight $W^h_2$", aspect="equal")
ax.add_patch(plt.Rectangle((-1, -1), 2, 2, fill=False, edgecolor=BLACK, linestyle="--"))
ax.text(0, -1.15, "binary weights are\nthe corners", ha="center", va="top", fontsize=7)
ax.quiver(*shown[:-1].T, *np.diff(shown, axis=0).T, angles="xy", scale_units="xy", scale=1,
          width=0.006, color=BLUE)  # fmt: skip
ax.plot(*shown[0], "o", color=BLUE)
ax.annotate("$W_0$", shown[0], (-9, -11), textcoords="offset points", color=BLUE)
ax.annotate("$W_{10}$", shown[-1], (-8, -12), textcoords="offset points", color=BLUE)
ax.plot(*plane.optimum, "*", color=VERMILION, markersize=9)
ax.annotate("optimum", plane.optimum, (6, 4), textcoords="offset points", color=VERMILION)
ax.plot(*binary[-1], "o", color=BLACK)
ax.annotate("sign $W_{10}$", binary[-1], (4, 5), textcoords="offset points")
ax.plot(*prediction.binary_mean, "D", color=GREEN)
ax.annotate("mean of signs,\npredicted", prediction.binary_mean, (-4.2, 2.2), color=GREEN,
            fontsize=7, arrowprops={"arrowstyle": "-", "linewidth": 0.6, "color": GREEN})  # fmt: skip
figure.colorbar(filled, ax=ax, label="loss", shrink=0.85)
ax = axes[1]
time = np.arange(61)
ax.plot(time, run.hidden[:61, 0], color=BLUE, linestyle="-")
ax.plot(time, run.hidden[:61, 1], color=ORANGE, linestyle="-")
ax.plot(time, learning_rate * prediction.multiplier[0] * time, color=BLACK, linestyle=":")
ax.text(38, 11.5, "$W^h_1$ diverges;\ndotted: $\\eta v_1 t$", ha="left", va="top", color=BLUE)
ax.text(60, 1.6, "$W^h_2$ oscillates", ha="right", color=ORANGE)
ax.set(xlabel="step", ylabel="hidden weight")
label_panels(axes)

corner = simulate_hidden_weights(plane, start, 10, learning_rate).final
late = run.hidden[250:, 1]
record(
    "metaplasticity/qbt_a",
    figure,
    data={"step": np.arange(len(shown)), "hidden": shown, "binary": binary},
    claims=[
        claim("the first hidden weight diverges: its final value", run.final[0], ">", 200),
        claim(
            "it moves at the learning rate times its multiplier: largest deviation from that line",
            np.abs(
                run.hidden[:, 0] - learning_rate * prediction.multiplier[0] * np.arange(steps + 1)
            ).max(),
            "<",
            learning_rate * np.abs(plane.hessian[0]).sum(),
        ),
        claim(
            "the second hidden weight stays within one step of zero",
            np.abs(late).max(),
            "<",
            learning_rate * (plane.hessian @ (1 + np.abs(plane.optimum)))[1],
        ),
        claim(
            "the second mean sign is the box minimiser's: deviation",
            abs(run.binary_mean[1] - prediction.binary_mean[1]),
            "<",
            4 / steps,
        ),
        claim(
            "the tenth iterate lies in the quadrant of the best corner: loss above the minimum of "
            "the four corners",
            plane.loss(np.where(corner >= 0, 1.0, -1.0))
            - min(plane.loss(np.array([a, b])) for a in (-1, 1) for b in (-1, 1)),
            "<=",
            0,
        ),
    ],
    alt="Left: loss contours over two hidden weights, with the square of possible mean binary weights "
    "outlined. A zigzag of arrows starts near the origin and runs to the right out of the square, "
    "while its height stays near zero. The mean of the signs lies on the right side of the square, "
    "above the height of the optimum. Right: the first hidden weight follows a predicted straight "
    "line upward, the second one oscillates near zero.",
)

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
edges = np.linspace(0, 1, 16)
which = np.clip(np.digitize(size / size.max(), edges) - 1, 0, 14)
bins = [np.flatnonzero(which == k) for k in range(15) if np.sum(which == k) > 1]
x = np.array([size[b].mean() / size.max() for b in bins])
mean = np.array([cost[b].mean() for b in bins])
spread = np.array([cost[b].std(ddof=1) for b in bins])
held = prediction.consolidated
line = intercept + slope * size / size.max()
fit = np.polyfit(x[1:], mean[1:], 1)

# %% [markdown]
# Around the line the cost of a consolidated weight scatters, because the free weights still flip from
# step to step. Taken as independent signs with variance $1 - \bar s_j^2$, they give it the variance
# $4 \sum_j H_{ij}^2 (1 - \bar s_j^2)$: the error bars are predicted, too.

# %%
variance = 4 * task.hessian**2 @ (1 - prediction.binary_mean**2)
predicted_spread = np.sqrt(variance[held].mean())
residual = cost[held] - prediction.flip_cost[held]

figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.9))
ax = axes[0]
ax.plot(size / size.max(), cost, ".", color=ORANGE, markersize=2.5, alpha=0.6)
ax.errorbar(x, mean, spread, fmt="o", color=BLUE, capsize=2, linestyle="none")
ends = np.array([0, 1])
ax.plot(ends, intercept + slope * ends, color=BLACK, linestyle="-", linewidth=1)
ax.text(
    1, intercept + 0.5 * slope, "line: theory,\nno free parameter", ha="right", va="top", fontsize=7
)
ax.annotate("free weights", (0.02, mean[0] - spread[0]), (0.12, mean[0] - spread[0] - 8), fontsize=7,
            color=BLUE, arrowprops={"arrowstyle": "-", "linewidth": 0.6})  # fmt: skip
ax.set(
    xlabel=r"size of the hidden weight $|W^h| / W^h_{\max}$", ylabel=r"cost of a flip $\Delta L$"
)
ax = axes[1]
ax.plot(prediction.flip_cost[held], cost[held], ".", color=BLUE, markersize=3)
ends = np.array([prediction.flip_cost[held].min(), prediction.flip_cost[held].max()])
ax.plot(ends, ends, color=BLACK, linestyle="-", linewidth=1)
for sign in (-2, 2):
    ax.plot(ends, ends + sign * predicted_spread, color=BLACK, linestyle=":", linewidth=1)
ax.text(
    ends[1],
    ends[0] + 22,
    "dotted: two predicted\nstandard deviations",
    ha="right",
    va="top",
    fontsize=7,
)
ax.set(xlabel=r"predicted $2 H_{ii} + 2 |v_i|$", ylabel=r"measured $\Delta L$")
label_panels(axes)

count = held.sum()
record(
    "metaplasticity/qbt_b",
    figure,
    data={
        "relative_size": x,
        "mean_cost": mean,
        "standard_deviation": spread,
        "count": [len(b) for b in bins],
        "theory": intercept + slope * x,
    },
    claims=[
        claim("flip cost grows with hidden weight: correlation",
              np.corrcoef(size[held], cost[held])[0, 1], ">", 0.98),
        claim("slope of a fit through the bins, relative to theory",
              fit[0] / slope, "between", (0.95, 1.05)),
        claim("intercept of the fit, relative to theory",
              fit[1] / intercept, "between", (0.85, 1.15)),
        claim("scatter about the prediction, relative to the predicted scatter",
              residual.std(ddof=1) / predicted_spread, "between",
              (1 - 4 / np.sqrt(2 * count), 1 + 4 / np.sqrt(2 * count))),
        claim("mean deviation from the prediction, relative to the predicted scatter",
              abs(residual.mean()) / predicted_spread, "<", 0.5),
        claim("mean signs against the box minimiser: largest deviation",
              np.abs(run.binary_mean - prediction.binary_mean).max(), "<", 10 / steps),
        claim("weights that diverge though their optimum lies inside the box, or the other way round",
              np.sum(held != (np.abs(task.optimum) > 1)), ">", 0),
    ],
    alt="Left: cost of flipping a binary weight against the size of its hidden weight; bin means with "
    "error bars lie on a straight line predicted without free parameters, except the first bin, "
    "the free weights, which lies below it. Right: measured against predicted cost for every "
    "consolidated weight, scattered about the diagonal within the predicted band.",
)  # fmt: skip

# %% [markdown]
# Which hidden weights diverge is *not* the question whether $|W^*_i| > 1$: in a random basis some
# weights disagree, and the box problem is right about every one of them.

# %%
outside = np.abs(task.optimum) > 1
print(
    "optimum outside the box:",
    outside.sum(),
    " diverging:",
    held.sum(),
    " disagree:",
    (held != outside).sum(),
)
growing = np.abs(run.final) > 0.5 * learning_rate * steps * np.abs(prediction.multiplier)
print("weights misjudged by the box problem:", np.sum(growing[held] == 0))

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


explore(draw, second_optimum=[-1.5, 0.0, 0.5, 1.5])

# %% [markdown]
# ## Exercises
#
# 1. For which optimum of the *second* weight does it start to diverge, while the first keeps the
#    optimum 1.5? Find the two values by hand and check one with `mean_field`.
# 2. The loss is quadratic, so its average over the fluctuating signs exceeds $L(\bar s)$. By how much,
#    if the free signs fluctuate independently with variance $1 - \bar s_i^2$? Compare with the plane.
# 3. Halve the learning rate in the 500-dimensional task and double nothing else. What happens to the
#    hidden weights and to the costs?

# %% tags=["solution"]
# 1. The second mean sign is bottom + (H12 / H22) (1.5 - 1); it reaches +1 or -1 at
shift = plane.hessian[0, 1] / plane.hessian[1, 1] * 0.5
thresholds = np.array([-1 - shift, 1 - shift])

# %%
for threshold, inside in zip(thresholds, (1e-3, -1e-3), strict=True):
    for offset, diverges in ((inside, False), (-inside, True)):
        state = mean_field(QuadraticTask(plane.hessian, [1.5, threshold + offset]))
        assert state.consolidated[1] == diverges
print("the second weight diverges outside", thresholds)

# %% tags=["solution"]
# 2. Half the trace of the Hessian times the covariance of the signs.
state = mean_field(plane)
excess = 0.5 * np.sum(np.diag(plane.hessian) * (1 - state.binary_mean**2))

# %%
hidden = simulate_hidden_weights(plane, start, 20_000, 0.35, record_hidden=True).hidden
losses = plane.loss(np.where(hidden >= 0, 1.0, -1.0))
# The path meets corners with period-like regularity: the average converges like one over the steps.
assert abs(losses.mean() - plane.loss(state.binary_mean) - excess) < 20 / len(losses)
print("mean loss", losses.mean(), " box minimum", plane.loss(state.binary_mean), " excess", excess)

# %% tags=["solution"]
# 3. The learning rate is only the unit of the hidden weights: they halve, the signs stay the same.
initial = 0.01 * figure_rng("metaplasticity/qbt_b").standard_normal(500)
once = simulate_hidden_weights(task, initial, 200, 0.01)
half = simulate_hidden_weights(task, initial / 2, 200, 0.005)

# %%
assert np.abs(half.final - once.final / 2).max() < 1e-9 * np.abs(once.final).max()
assert np.array_equal(half.binary_mean, once.binary_mean)

# %% [markdown]
# ## References
#
# * A. Laborieux, M. Ernoult, T. Hirtzlin, D. Querlioz, *Synaptic metaplasticity in binarized neural
#   networks*, Nature Communications 12:2549 (2021): the task, the theorem for a diagonal Hessian and
#   both figures. The box problem, the line without free parameters and the error bars are derived here.
