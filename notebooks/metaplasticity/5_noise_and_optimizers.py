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
# # Noise and optimizers: what the experiments add to the theory
#
# **After this lesson you can** say why noise alone consolidates metaplastic synapses; why Adam without
# noise hides importance and with noise shows it; what weight decay makes of the multipliers; and what
# other measures of importance see on the same task.
#
# *25 minutes. Prerequisites: lessons 1, 3 and 4; random walks; the Adam update.*
#
# The theorem holds for plain gradient descent. The experiments use Adam, minibatches and a small weight
# decay. Which conclusions survive?
#
# | symbol | name in the code | meaning |
# |---|---|---|
# | $g$ | `amplitude` | size of a random update |
# | $\kappa = mg$ | `strength` | noise in units of the metaplastic scale |
# | $\sigma$ | `noise` | standard deviation of a gradient component |
# | $\rho = \lvert W_T\rvert/(\eta T)$ | `speed` | hidden weight per learning rate and step |
# | $d$ | `weight_decay` | coefficient of weight decay |

# %%
import matplotlib.pyplot as plt
import numpy as np

from figures.kit import (
    BLACK,
    BLUE,
    COLUMN,
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
from theory.metaplasticity import (
    QuadraticTask,
    adam_flip_cost,
    adam_speed,
    decayed_hidden_weights,
    diffusion_flip_probability,
    flip_probability,
    fluctuations,
    mean_field,
    normalised_path_importance,
    ratchet_drift,
    simulate_optimizer,
    simulate_ratchet,
)
from theory.metaplasticity.derivations import noise as derivations

use_style()

# %% [markdown]
# ## The ratchet
#
# Updates of random sign and size $g$, no signal at all. Outward ones act in full, inward ones are
# attenuated.

# %%
derivations.ratchet()

# %%
rng = figure_rng("metaplasticity/x_ratchet")
amplitude, steps = 0.05, 4000
growth = {m: [np.zeros(2000)] for m in (0.0, 1.0, 4.0)}
for m, states in growth.items():
    for _ in range(40):
        states.append(simulate_ratchet(states[-1], amplitude, m, steps // 40, rng)[0])
sizes = {m: np.abs(states).mean(axis=1) for m, states in growth.items()}
elapsed = np.linspace(0, steps, 41)

# %% [markdown]
# How probable is it that noise flips a synapse of scaled size $x_0 = m|W_0|$, ever? The diffusion limit has a
# closed form; for steps of finite size the backward equation
# $P(x) = \tfrac12 P(x + \kappa) + \tfrac12 P(x - \kappa f(x))$ is solved on a grid.

# %%
starts = np.linspace(0.05, 1.55, 11)
chances = {}
for strength in (0.1, 0.3, 1.0):
    walkers = np.repeat(starts, 8000)
    flipped = simulate_ratchet(walkers, strength, 1.0, 500, rng)[1].reshape(len(starts), -1)
    chances[strength] = flipped.mean(axis=1)
exact = {k: flip_probability(starts, k) for k in chances}
error = {k: np.sqrt(np.maximum(p * (1 - p), 1e-4) / 8000) for k, p in exact.items()}
scores = np.concatenate([(chances[k] - exact[k]) / error[k] for k in chances])
fine = np.linspace(0, 1.6, 200)

# %%
figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.8))
ax = axes[0]
for (m, curve), colour, style in zip(
    sizes.items(), (BLACK, BLUE, VERMILION), ("-", "--", "-."), strict=True
):
    ax.plot(elapsed, curve, color=colour, linestyle=style)
    ax.text(steps * 1.02, curve[-1] + {1.0: -4, 4.0: 3}.get(m, 0), f"$m = {m:g}$", color=colour,
            fontsize=7, va="center")  # fmt: skip
ax.plot([1000, 2500], 60 + np.array([0, 1500]) * amplitude / 2, color=BLACK, linestyle=":")
ax.text(1500, 88, "slope $g/2$", fontsize=7, ha="right")
ax.set(xlabel="updates, all noise", ylabel="mean size of hidden weight", xlim=(0, steps * 1.25))
ax = axes[1]
for (strength, values), colour, marker in zip(
    chances.items(), (BLUE, GREEN, VERMILION), "os^", strict=True
):
    ax.semilogy(fine, flip_probability(fine, strength), color=colour, linestyle="-")
    ax.semilogy(
        fine, diffusion_flip_probability(fine, strength), color=colour, linestyle=":", linewidth=1
    )
    seen = values > 0
    ax.semilogy(starts[seen], values[seen], marker, color=colour, markersize=3.5,
                label=rf"$\kappa = {strength:g}$")  # fmt: skip
ax.set(xlabel="start $x_0 = m|W_0|$", ylabel="probability ever to flip", ylim=(1e-4, 1.2),
       title="solid: finite steps, dotted: diffusion")  # fmt: skip
ax.legend(loc="lower left")
label_panels(axes)

late_speed = (sizes[4.0][-1] - sizes[4.0][20]) / (steps / 2)
at_half = (starts > 0.5) & (starts < 1.1)
record(
    "metaplasticity/x_ratchet",
    figure,
    data={"updates": elapsed, **{f"mean_size_m{m:g}": c for m, c in sizes.items()}, "start": starts,
          **{f"flipped_{k:g}": c for k, c in chances.items()},
          **{f"predicted_{k:g}": c for k, c in exact.items()}},
    claims=[
        claim("late growth per update over g/2, m = 4", late_speed / (amplitude / 2), "between", (0.98, 1.02)),
        claim("the drift formula gives the same: relative difference at W = 3",
              abs(ratchet_drift(3.0, amplitude, 4.0) / (amplitude / 2) - 1), "<", 1e-6),
        claim("without metaplasticity noise only diffuses: mean size over root of steps times g",
              sizes[0.0][-1] / (amplitude * np.sqrt(steps)), "between", (0.74, 0.86)),
        claim("finite-step flip probability, 33 points: mean squared deviation in standard errors",
              np.mean(scores**2), "<", 2.2),
        claim("the diffusion limit overestimates at strength 0.3: smallest ratio in mid range",
              (diffusion_flip_probability(starts, 0.3) / exact[0.3])[at_half].min(), ">", 1.05),
    ],
    alt="Left: mean size of hidden weights driven by noise alone; slow growth without metaplasticity, "
    "linear growth at half the update size with it. Right: probability ever to flip against start on a "
    "logarithmic scale for three strengths; points on solid curves, dotted diffusion curves above.",
)  # fmt: skip

# %% [markdown]
# Synapses that no task needs are consolidated as well, at half the size of the noise per update. This
# may be one reason why a metaplastic network at last cannot learn new tasks; that is our reading, not a
# statement of the paper. Weight decay works against it only weakly, since decay points inward and is
# attenuated too.
#
# ## Adam
#
# Adam divides the mean gradient by its root mean square.

# %%
derivations.adam()

# %% [markdown]
# Noise has two sources: minibatches, here white noise of a given size, and the free binary weights, which
# shake every gradient with the standard deviation that lesson 3 predicted. Both add up in $\sigma$.

# %%
rng = figure_rng("metaplasticity/x_optimizer_importance")
task = QuadraticTask.random(300, rng)
state, second = mean_field(task), fluctuations(task, mean_field(task))
held = state.consolidated
learning_rate, steps = 0.01, 4000
start = 0.01 * rng.standard_normal(300)
cases = {"SGD": ("sgd", 0.0), "Adam, no noise": ("adam", 0.0), "Adam, noise 40": ("adam", 40.0)}
runs = {
    name: simulate_optimizer(
        task, start, steps, learning_rate, optimizer=kind, gradient_noise=sigma, rng=rng
    )
    for name, (kind, sigma) in cases.items()
}
speeds = {name: np.abs(run.final) / (learning_rate * steps) for name, run in runs.items()}
correlation = {
    name: np.corrcoef(speeds[name][held], runs[name].flip_cost[held])[0, 1] for name in cases
}
noise = np.hypot(40.0, second.gradient_sd)
curvature = np.diag(task.hessian)
read_off = adam_flip_cost(np.minimum(speeds["Adam, noise 40"], 0.999), curvature, noise)

# %%
figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.6), sharey=True)
for ax, name, colour in zip(axes, cases, (BLUE, ORANGE, GREEN), strict=True):
    ax.plot(speeds[name][held], runs[name].flip_cost[held], "o", color=colour, markersize=2.5)
    ax.set(title=name, xlabel=r"$|W|/(\eta T)$")
    ax.text(0.05, 0.93, f"correlation {correlation[name]:.2f}", transform=ax.transAxes, fontsize=7)
axes[0].plot([0, 70], 2 * curvature.mean() + 2 * np.array([0, 70]), color=BLACK, linewidth=1)
rho = np.linspace(0, 0.87, 100)
axes[2].plot(
    rho, adam_flip_cost(rho, curvature.mean(), noise[held].mean()), color=BLACK, linewidth=1
)
axes[1].set_xlim(0, 1.05)
axes[2].set_xlim(0, 1.05)
axes[0].set(ylabel="cost of a flip, mean over time", ylim=(30, 200))
label_panels(axes)

speed_error = np.abs(speeds["Adam, noise 40"] - adam_speed(state.multiplier, noise))[held]
record(
    "metaplasticity/x_optimizer_importance",
    figure,
    data={"flip_cost": state.flip_cost[held],
          **{name.replace(", ", "_").replace(" ", "_"): s[held] for name, s in speeds.items()},
          "read_off_adam": read_off[held]},
    claims=[
        claim("SGD: correlation of hidden weight and flip cost", correlation["SGD"], ">", 0.98),
        claim("Adam without noise: correlation", correlation["Adam, no noise"], "<", 0.75),
        claim("Adam with noise: correlation", correlation["Adam, noise 40"], ">", 0.9),
        claim("flip cost read off Adam's hidden weights with the formula: correlation",
              np.corrcoef(read_off[held], state.flip_cost[held])[0, 1], ">", 0.98),
        # The mean over steps of white noise has the relative error 1/sqrt(steps) = 0.016 a weight.
        claim("relative speed under Adam against theory: root mean square deviation",
              np.sqrt(np.mean(speed_error**2)), "<", 0.03),
        claim("the curve bends upward: flip costs at the fast end over a straight line",
              np.polyfit(speeds["Adam, noise 40"][held], state.flip_cost[held], 2)[0], ">", 0),
    ],
    alt="Cost of a flip against hidden weight per step for consolidated weights. Under plain descent a "
    "straight line; under Adam without noise nearly all weights sit at the right end whatever their "
    "cost; under Adam with noise a curve that bends upward, on the predicted line.",
)  # fmt: skip

# %% [markdown]
# So it is the minibatch noise that keeps the ranking alive in the paper's networks, and the expected law is
# convex rather than straight, if the noise is alike for all weights of a layer (our inference).
#
# ## Weight decay

# %%
derivations.weight_decay()

# %%
rng = figure_rng("metaplasticity/x_weight_decay")
small = QuadraticTask.random(200, rng)
box = mean_field(small)
decays = (0.02, 0.05, 0.2)
settled = {
    d: simulate_optimizer(
        small, 0.01 * rng.standard_normal(200), round(12 / (0.01 * d)), 0.01, weight_decay=d
    )
    for d in decays
}

# %%
figure, ax = plt.subplots(figsize=(COLUMN, 2.8))
for (d, run), marker, colour in zip(settled.items(), "os^", (BLUE, GREEN, VERMILION), strict=True):
    ax.plot(decayed_hidden_weights(box.multiplier, d), run.final, marker, color=colour, markersize=3,
            label=f"$d = {d:g}$")  # fmt: skip
ends = np.array([-1, 1]) * np.abs(box.multiplier).max() / decays[0]
ax.plot(ends, ends, color=BLACK, linewidth=0.8)
ax.set_xticks([-3000, 0, 3000])
ax.set(xlabel="multiplier over decay $v/d$", ylabel="hidden weight, settled")
ax.legend()

# A free hidden weight moves by one step of the gradient, the others by its effect on them.
one_step = 0.01 * np.abs(small.hessian).sum(axis=1).max()
record(
    "metaplasticity/x_weight_decay",
    figure,
    data={"multiplier": box.multiplier,
          **{f"hidden_decay_{d:g}": run.final for d, run in settled.items()}},
    claims=[
        claim("hidden weights against multiplier over decay: largest deviation, in steps",
              max(np.abs(run.final - box.multiplier / d).max() for d, run in settled.items()) / one_step,
              "<", 1),
        claim("range of the hidden weights, smallest decay", np.ptp(settled[0.02].final), ">", 1000),
        claim("flip cost read off as 2H + 2d|W|: largest relative deviation, consolidated",
              np.abs((2 * np.diag(small.hessian) + 2 * 0.05 * np.abs(settled[0.05].final))
                     / box.flip_cost - 1)[box.consolidated].max(), "<", 0.01),
    ],
    alt="Settled hidden weights against multiplier over decay for three coefficients, on the diagonal.",
)  # fmt: skip

# %% [markdown]
# ## What other measures of importance see
#
# On the quadratic task every measure can be computed and set beside the true cost of a flip: the
# curvature $H_{ii}$ (a Laplace approximation at a minimum, as in EWC), the squared gradient (the empirical
# Fisher matrix, which EWC uses in practice), and the path integral of synaptic intelligence over hidden or
# over binary weights.

# %%
derivations.path_importance()

# %%
rng = figure_rng("metaplasticity/x_importance_measures")
long_run = simulate_optimizer(task, start, 1000, learning_rate, gradient_noise=20.0, rng=rng)
travelled = learning_rate * 1000
measures = {
    "hidden weight": np.abs(long_run.final),
    "squared gradient": long_run.squared_gradient,
    "path, hidden": long_run.hidden_path,
    "path, normalised": long_run.hidden_path / ((long_run.final - start) ** 2 + 0.1),
    "path, binary": long_run.binary_path,
    "curvature": curvature,
}


def ranks(values):
    return np.argsort(np.argsort(values))


true_cost = state.flip_cost[held]
rank_correlation = {
    name: np.corrcoef(ranks(values[held]), ranks(true_cost))[0, 1]
    for name, values in measures.items()
}
clean = simulate_optimizer(task, start, 1000, learning_rate)
moved = clean.final - start
saturated = clean.hidden_path / (moved**2 + 0.1) * travelled
formula = normalised_path_importance(moved, travelled) * travelled
reversed_order = measures["path, normalised"] * travelled
# With noise the sum holds the squared noise as well: 1 + (sigma/v)^2 for a large hidden weight.
noisy_formula = (
    1 + (np.hypot(20.0, second.gradient_sd) / np.where(held, state.multiplier, np.inf)) ** 2
)
grown = held & (np.abs(state.multiplier) > 5)

# %%
figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.8), width_ratios=[1, 1.1])
ax = axes[0]
names = list(measures)[::-1]
values = [rank_correlation[name] for name in names]
ax.barh(names, values, color=[BLUE if v > 0.9 else ORANGE for v in values])
ax.axvline(0, color=BLACK, linewidth=0.6)
ax.set(xlabel="rank correlation with the cost of a flip", xticks=[-1, 0, 1])
ax = axes[1]
order = np.argsort(state.flip_cost[grown])
cost = state.flip_cost[grown][order]
ax.semilogy(
    cost, measures["squared gradient"][grown][order] / 20**2, "o", color=PINK, markersize=2.5
)
ax.semilogy(cost, reversed_order[grown][order], "s", color=ORANGE, markersize=2.5)
ax.semilogy(cost, saturated[grown][order], "^", color=GREEN, markersize=2.5)
ax.semilogy(cost, noisy_formula[grown][order], color=BLACK, linewidth=0.8)
ax.text(178, 16, "squared gradient", color=PINK, fontsize=7, ha="right")
ax.text(
    62, 14, "path integral, normalised,\nwith gradient noise: reversed", color=ORANGE, fontsize=7
)
ax.text(52, 0.8, "... without noise: saturated", color=GREEN, fontsize=7, va="top")
ax.set(xlabel="cost of a flip", ylabel="importance", ylim=(0.5, 60))
label_panels(axes)

record(
    "metaplasticity/x_importance_measures",
    figure,
    data={"flip_cost": true_cost, **{n.replace(", ", "_").replace(" ", "_"): m[held]
                                     for n, m in measures.items()},
          "path_normalised_without_noise": saturated[held] / travelled},
    claims=[
        claim("hidden weight: rank correlation with the cost of a flip", rank_correlation["hidden weight"],
              ">", 0.97),
        claim("squared gradient: rank correlation", rank_correlation["squared gradient"], ">", 0.95),
        claim("curvature alone: size of the rank correlation", abs(rank_correlation["curvature"]), "<", 0.3),
        claim("path integral over binary weights: size of the rank correlation",
              abs(rank_correlation["path, binary"]), "<", 0.5),
        claim("normalised path integral with gradient noise: rank correlation",
              rank_correlation["path, normalised"], "<", -0.8),
        claim("... its size against 1 + (sigma/v)^2: median relative deviation",
              np.median(np.abs(reversed_order / noisy_formula - 1)[grown]), "<", 0.1),
        claim("normalised path integral without noise saturates: spread, 90 % of weights",
              np.ptp(np.quantile(saturated[grown], [0.05, 0.95])), "<", 0.2),
        claim("... and follows its formula: median relative deviation",
              np.median(np.abs(saturated / formula - 1)[grown]), "<", 0.02),
    ],
    alt="Left: bars of the rank correlation between six measures of importance and the true cost of a "
    "flip; hidden weight, squared gradient and path integral are near one, curvature and the path over "
    "binary weights near zero, the normalised path integral near minus one. Right: squared gradient "
    "grows with the cost; the normalised path integral falls with gradient noise, is flat without.",
)  # fmt: skip

# %% [markdown]
# Dividing the path integral by the squared distance removes exactly what hidden weights carry. Without
# noise it is the same for all; with noise, whose square it collects, it ranks the weights in reverse.

# %% [markdown]
# ## What happens if
#
# ... the noise under Adam changes? Too little noise pushes all weights to the right end; too much makes
# everything slow.


# %%
def draw(ax, noise):
    run = simulate_optimizer(task, start, 1500, 0.01, optimizer="adam", gradient_noise=noise, rng=1)
    ax.plot(np.abs(run.final[held]) / 15, state.flip_cost[held], "o", markersize=2)
    ax.set(xlabel=r"$|W|/(\eta T)$", ylabel="cost of a flip", xlim=(0, 1.05))


explore(draw, noise=[0.0, 20.0, 80.0, 320.0])

# %% [markdown]
# ## Exercises
#
# 1. A synapse has $m|W| = 0.5$ and gets pure noise of strength $\kappa = 0.3$. Is it more likely to flip or to be
#    consolidated for ever?
# 2. Two weights under Adam have $\rho = 0.3$ and $0.6$, with $\sigma = 50$. What are their multipliers?
# 3. Why does the path integral over *binary* weights fail? Count the flips of consolidated weights.

# %% tags=["solution"]
# 1. Compare the probability ever to flip with one half.
chance = float(flip_probability(0.5, 0.3))

# %%
assert 0.3 < chance < 0.5
print(f"probability ever to flip {chance:.3f}")

# %% tags=["solution"]
# 2. v = sigma rho / sqrt(1 - rho^2), half of the flip cost without the curvature.
multipliers = adam_flip_cost(np.array([0.3, 0.6]), 0.0, 50.0) / 2

# %%
assert np.allclose(multipliers, [50 * 0.3 / np.sqrt(0.91), 37.5])
assert np.allclose(adam_speed(multipliers, 50.0), [0.3, 0.6])

# %% tags=["solution"]
# 3. A consolidated weight stops flipping early: its path integral only holds the first few steps.
early = simulate_optimizer(task, start, 300, learning_rate)
later = simulate_optimizer(task, start, 1000, learning_rate)
clear = held & (np.abs(state.multiplier) > 5)

# %%
assert np.allclose(early.binary_path[clear], later.binary_path[clear])

# %% [markdown]
# ## References
#
# * A. Laborieux, M. Ernoult, T. Hirtzlin, D. Querlioz, Nature Communications 12:2549 (2021): the experiments
#   with Adam, minibatches and weight decay. The theory of this lesson is derived here.
# * J. Kirkpatrick et al., *Overcoming catastrophic forgetting in neural networks*, PNAS 114 (2017): EWC.
# * F. Zenke, B. Poole, S. Ganguli, *Continual learning through synaptic intelligence*, ICML (2017).
# * D. P. Kingma, J. Ba, *Adam: a method for stochastic optimization*, ICLR (2015).
