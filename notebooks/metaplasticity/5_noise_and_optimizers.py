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
# # Noise and optimizers: what the experiments add to the theory
#
# **After this lesson you can** say why noise alone consolidates metaplastic synapses; why Adam without
# noise hides importance and with noise shows it; what weight decay makes of the multipliers; and what
# other measures of importance see on the same task.
#
# *35 minutes. Prerequisites: lessons 1, 3 and 4; random walks; the Adam update.*
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
import numpy as np
import sympy as sp
from scipy.stats import spearmanr

from classroom import check, mistake
from figures.kit import claim, explore, figure_rng, record, seed, use_style
from theory.metaplasticity import (
    GaussianSpectrum,
    QuadraticTask,
    adam_flip_cost,
    adam_path_importance,
    adam_speed,
    adam_turning_speed,
    decayed_hidden_weights,
    diffusion_flip_probability,
    flip_probability,
    fluctuations,
    mean_field,
    normalised_path_importance,
    path_importance_crossover,
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
amplitude, steps, walkers = 0.05, 4000, 2000
strengths = (0.0, 1.0, 4.0)
growth = {m: [np.zeros(walkers)] for m in strengths}
for m, states in growth.items():
    for _ in range(40):
        states.append(simulate_ratchet(states[-1], amplitude, m, steps // 40, rng)[0])
sizes = np.transpose([np.abs(growth[m]).mean(axis=1) for m in strengths])
elapsed = np.linspace(0, steps, 41)

# %% [markdown]
# How probable is it that noise flips a synapse of scaled size $x_0 = m|W_0|$, ever? The diffusion limit has a
# closed form; for steps of finite size the backward equation
# $P(x) = \tfrac12 P(x + \kappa) + \tfrac12 P(x - \kappa f(x))$ is solved on a grid.

# %%
starts = np.linspace(0.05, 1.55, 11)
kappas, tries = (0.1, 0.3, 1.0), 8000
chances = np.transpose([
    simulate_ratchet(np.repeat(starts, tries), kappa, 1.0, 500, rng)[1].reshape(11, -1).mean(axis=1)
    for kappa in kappas
])  # fmt: skip
exact = np.transpose([flip_probability(starts, kappa) for kappa in kappas])
score = (chances - exact) / np.sqrt(np.maximum(exact * (1 - exact), 1e-4) / tries)
fine = np.linspace(0, 1.6, 200)
# One update from a hidden weight of 0.3, where the factor still matters: does it drift as predicted?
once = simulate_ratchet(np.full(200_000, 0.3), amplitude, 4.0, 1, rng)[0] - 0.3
drift_error = once.std(ddof=1) / np.sqrt(once.size)
half_normal = np.sqrt(2 / np.pi), np.sqrt((1 - 2 / np.pi) / walkers)  # mean size, standard error
middle = (starts > 0.5) & (starts < 1.1)

# %%
record(
    "metaplasticity/x_ratchet",
    numbers={"strengths": strengths, "updates": elapsed, "mean_size": sizes, "amplitude": amplitude,
             "kappas": kappas, "start": starts, "flipped": chances, "fine": fine,
             "predicted": np.transpose([flip_probability(fine, kappa) for kappa in kappas]),
             "diffusion": np.transpose([diffusion_flip_probability(fine, k) for k in kappas])},
    claims=[
        claim("late growth per update over g/2, m = 4",
              (sizes[-1, 2] - sizes[20, 2]) / (steps / 2) / (amplitude / 2), "between", (0.98, 1.02)),
        claim("drift of one update at W = 0.3, m = 4, against the formula: deviation in standard errors",
              abs(once.mean() - ratchet_drift(0.3, amplitude, 4.0)) / drift_error, "<", 4,
              kind="agreement"),
        claim("without metaplasticity noise only diffuses: mean size in units of g and the root of the "
              "steps against that of a normal variable, in standard errors",
              abs(sizes[-1, 0] / (amplitude * np.sqrt(steps)) - half_normal[0]) / half_normal[1], "<", 4,
              kind="agreement"),
        claim("finite-step flip probability, 33 points: mean squared deviation in standard errors",
              np.mean(score**2), "<", 1 + 4 * np.sqrt(2 / 33), kind="agreement"),
        claim("the diffusion limit overestimates at strength 0.3: smallest ratio to the simulation in "
              "mid range", (diffusion_flip_probability(starts, 0.3) / chances[:, 1])[middle].min(), ">", 1.05),
    ],
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
cases = {"sgd": ("sgd", 0.0), "adam": ("adam", 0.0), "noisy": ("adam", 40.0)}
runs = {
    name: simulate_optimizer(
        task, start, steps, learning_rate, optimizer=kind, gradient_noise=sigma, rng=rng
    )
    for name, (kind, sigma) in cases.items()
}
speeds = {name: np.abs(run.final[held]) / (learning_rate * steps) for name, run in runs.items()}
costs = {name: run.flip_cost[held] for name, run in runs.items()}
correlation = {name: np.corrcoef(speeds[name], costs[name])[0, 1] for name in cases}

# %%
noise = np.hypot(40.0, second.gradient_sd)
curvature = np.diag(task.hessian)
read_off = adam_flip_cost(np.minimum(speeds["noisy"], 0.999), curvature[held], noise[held])
rho, line = np.linspace(0, 0.87, 100), np.array([0.0, 70.0])
speed_error = speeds["noisy"] - adam_speed(state.multiplier[held], noise[held])
sampling = np.sqrt(1 / steps)  # of the mean over steps of white noise, relative to its deviation
record(
    "metaplasticity/x_optimizer_importance",
    numbers={"noise": 40.0, **{f"speed_{n}": s for n, s in speeds.items()},
             **{f"cost_{n}": c for n, c in costs.items()}, "line_sgd": line, "line_noisy": rho,
             "predicted_sgd": 2 * curvature.mean() + 2 * line,
             "predicted_noisy": adam_flip_cost(rho, curvature.mean(), noise[held].mean())},
    claims=[
        claim("SGD: correlation of hidden weight and flip cost", correlation["sgd"], ">", 0.98),
        claim("Adam without noise: correlation", correlation["adam"], "<", 0.75),
        claim("Adam with noise: correlation", correlation["noisy"], ">", 0.9),
        claim("flip cost read off Adam's hidden weights with the formula: correlation",
              np.corrcoef(read_off, state.flip_cost[held])[0, 1], ">", 0.98),
        claim("relative speed under Adam against theory: root mean square deviation over the sampling "
              "error of a mean over the steps", np.sqrt(np.mean(speed_error**2)) / sampling, "<", 2),
        claim("the curve bends upward: second derivative of a fit of flip cost over speed",
              np.polyfit(speeds["noisy"], state.flip_cost[held], 2)[0], ">", 0),
    ],
)  # fmt: skip

# %% [markdown]
# Adam needs noise to rank, and with it the expected law is convex rather than straight, if the noise is alike for
# all weights of a layer (our inference).
#
# ## What keeps the ranking alive?
#
# Noise need not come from minibatches. Free binary weights flip at every step and shake all gradients, also when each
# step sees all the data. In the paper's ensemble they shake little, 2 to 3 against multipliers up to 60. So make the
# coupling stronger, without any sample noise: the Hessian of a regression with $\delta d$ random rows shakes the more the fewer rows
# it has. The prediction is the one above, with the shaking of lesson 3 as the only noise.

# %%
rng = figure_rng("metaplasticity/x_free_weight_noise")
ratios = np.array([1.3, 2.0, 4.0, 16.0, 64.0, 256.0])
ranking, predicted_ranking, shaking, shown = [], [], [], {}
for ratio in ratios:
    coupled = QuadraticTask(
        GaussianSpectrum(ratio).sample_hessian(200, rng), rng.uniform(-3, 3, 200)
    )
    box = mean_field(coupled)
    firm = box.consolidated
    size = np.abs(box.multiplier[firm])
    shaken = fluctuations(coupled, box).gradient_sd[firm]
    quiet = simulate_optimizer(coupled, np.zeros(200), 4000, 0.01, optimizer="adam")
    rho = np.abs(quiet.final[firm]) / (0.01 * 4000)
    ranking.append(spearmanr(rho, size)[0])
    predicted_ranking.append(spearmanr(adam_speed(size, shaken), size)[0])
    shaking.append(np.median(shaken / size))
    shown[ratio] = rho, adam_speed(size, shaken), size
control = simulate_optimizer(
    coupled, np.zeros(200), 4000, 0.01, optimizer="adam", gradient_noise=np.median(size), rng=rng
)
with_samples = spearmanr(np.abs(control.final[firm]), size)[0]

# %%
strong, weak = shown[1.3], shown[256.0]
record(
    "metaplasticity/x_free_weight_noise",
    numbers={"shaking": shaking, "ratio": ratios, "ranking": ranking,
             "predicted_ranking": predicted_ranking, "with_samples": with_samples,
             "size_strong": strong[2], "speed_strong": strong[0], "predicted_strong": strong[1],
             "size_weak": weak[2], "speed_weak": weak[0]},
    claims=[
        claim("no sample noise, strong coupling: rank correlation of hidden weight and multiplier", ranking[0],
              ">", 0.8),
        claim("no sample noise, weakest coupling: share of the weights at the largest speed, within a tenth",
              np.mean(weak[0] > 0.9), ">", 0.8),
        claim("strong coupling: share of them", np.mean(strong[0] > 0.9), "<", 0.6),
        claim("speed against free weights as the only noise, strong coupling: correlation",
              np.corrcoef(strong[0], strong[1])[0, 1], ">", 0.98),
    ],
)  # fmt: skip

# %% [markdown]
# So in this task the flips of free weights suffice, if the coupling is strong. Where it is weak all speeds lie within about a per
# cent of the largest: the formula still puts them in order, but the few steps at the start already decide otherwise.
# A ranking under minibatches is therefore no sign that minibatches
# are what it needs: the control is training on the full batch (lesson 9).
#
# ## What acts: $m\,\eta\,T$ or $m\langle|W|\rangle$?
#
# The relative speed has a consequence for metaplasticity. Lesson 4 found that $m$ acts times the size of a hidden weight. With Adam that
# size is $\rho\,\eta T$, and $\rho$ depends on the noise. So runs at equal $m\,\eta\,T$ should *not* agree when their
# noise differs, while runs at equal *measured* $m\langle|W|\rangle$ should. Independent synapses, task A, then B with a fresh Adam:

# %%
rng = figure_rng("metaplasticity/x_acting_group")
noises, groups, count = (0.5, 2.0, 8.0), np.array([1.0, 2.0, 5.0, 12.0, 30.0]), 400
first, then = (QuadraticTask(np.eye(count), rng.uniform(-3, 3, count)) for _ in range(2))
asked, met = np.abs(first.optimum) > 1, np.abs(then.optimum) > 1
measured, kept, learned = np.empty((3, len(noises), len(groups)))
for i, sigma in enumerate(noises):
    for j, group in enumerate(groups):
        setting = {
            "optimizer": "adam",
            "gradient_noise": sigma,
            "metaplasticity": group / 4.0,
            "rng": rng,
        }
        before = simulate_optimizer(first, np.zeros(count), 400, 0.01, **setting).final
        after = simulate_optimizer(then, before, 400, 0.01, **setting).final
        measured[i, j] = (
            group / 4.0 * np.abs(before).mean()
        )  # the learning rate times the steps is 4
        kept[i, j] = np.mean((after * first.optimum > 0)[asked])
        learned[i, j] = np.mean((after * then.optimum > 0)[met])


# %%
def disagreement(abscissa, values):
    """Largest difference between the three curves where all three are known, on a common grid."""
    low, high = abscissa.min(axis=1).max(), abscissa.max(axis=1).min()
    grid = np.geomspace(low, high, 20)
    curves = [np.interp(np.log(grid), np.log(a), v) for a, v in zip(abscissa, values, strict=True)]
    return np.ptp(curves, axis=0).max()


nominal = np.tile(groups, (3, 1))
apart, together = disagreement(nominal, kept), disagreement(measured, kept)
record(
    "metaplasticity/x_acting_group",
    numbers={"noises": noises, "group": groups, "measured": measured.T, "kept": kept.T, "learned": learned.T},
    claims=[
        claim("kept of A at equal m x rate x steps: largest difference between noises", apart, ">", 0.2),
        claim("... at equal measured m<|W|>, as a share of that", together / apart, "<", 0.8),
        claim("learned of B: the same share", disagreement(measured, learned) / disagreement(nominal, learned),
              "<", 0.8),
    ],
)  # fmt: skip

# %% [markdown]
# The measured size brings the curves together, though not onto one: strong noise also drives the ratchet, which keeps a
# little more of A at the price of B. Compare networks by $m\langle|W|\rangle$.
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
# A free hidden weight moves by one step of the gradient, the others by its effect on them.
one_step = 0.01 * np.abs(small.hessian).sum(axis=1).max()
final = np.transpose([settled[d].final for d in decays])
read_off = 2 * np.diag(small.hessian) + 2 * decays[1] * np.abs(final[:, 1])

# %%
record(
    "metaplasticity/x_weight_decay",
    numbers={"decays": decays, "settled": final,
             "predicted": np.transpose([decayed_hidden_weights(box.multiplier, d) for d in decays])},
    claims=[
        claim("hidden weights against multiplier over decay: largest deviation, in steps",
              np.abs(final - box.multiplier[:, None] / np.array(decays)).max() / one_step, "<", 1,
              kind="agreement"),
        claim("flip cost read off as 2H + 2d|W|, consolidated: largest deviation over what one step makes",
              np.abs(read_off - box.flip_cost)[box.consolidated].max() / (2 * decays[1] * one_step), "<",
              1, kind="agreement"),
    ],
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
travelled, damping = learning_rate * 1000, 0.1
measures = {
    "hidden weight": np.abs(long_run.final),
    "squared gradient": long_run.squared_gradient,
    "path, hidden": long_run.hidden_path,
    "path, normalised": long_run.hidden_path / ((long_run.final - start) ** 2 + damping),
    "path, binary": long_run.binary_path,
    "curvature": curvature,
}


# %%
def ranks(values):
    return np.argsort(np.argsort(values))


def rank_with_cost(values):
    """Rank correlation with the true cost of a flip, consolidated weights."""
    return np.corrcoef(ranks(values[held]), ranks(state.flip_cost[held]))[0, 1]


correlations = {name: rank_with_cost(values) for name, values in measures.items()}
clean = simulate_optimizer(task, start, 1000, learning_rate)
moved = clean.final - start
saturated = clean.hidden_path / (moved**2 + damping) * travelled
formula = normalised_path_importance(moved, travelled) * travelled
with_noise = measures["path, normalised"] * travelled
# With noise the sum holds the squared noise as well: 1 + (sigma/v)^2 for a large hidden weight.
multiplier = np.where(held, state.multiplier, np.inf)
noisy_formula = 1 + (np.hypot(20.0, second.gradient_sd) / multiplier) ** 2
grown = held & (np.abs(state.multiplier) > 5)

# %%
rising = np.flatnonzero(grown)[np.argsort(state.flip_cost[grown])]
damped = clean.hidden_path / (moved**2 + 1e4)
numbers = {
    "measure": list(correlations), "rank_correlation": list(correlations.values()),
    "cost": state.flip_cost[rising], "squared_gradient": measures["squared gradient"][rising] / 20.0**2,
    "with_noise": with_noise[rising], "without_noise": saturated[rising],
    "predicted_with_noise": noisy_formula[rising],
}  # fmt: skip

# %%
record(
    "metaplasticity/x_importance_measures",
    numbers=numbers,
    claims=[
        claim("hidden weight: rank correlation with the cost of a flip", correlations["hidden weight"],
              ">", 0.97),
        claim("squared gradient: rank correlation", correlations["squared gradient"], ">", 0.95),
        claim("curvature alone: size of the rank correlation", abs(correlations["curvature"]), "<", 0.3),
        claim("path integral over binary weights: size of the rank correlation",
              abs(correlations["path, binary"]), "<", 0.5),
        claim("normalised path integral with gradient noise: rank correlation",
              correlations["path, normalised"], "<", -0.8),
        claim("... its size against 1 + (sigma/v)^2: median relative deviation",
              np.median(np.abs(with_noise / noisy_formula - 1)[grown]), "<", 0.1),
        claim("normalised path integral without noise saturates: spread, 90 % of weights",
              np.ptp(np.quantile(saturated[grown], [0.05, 0.95])), "<", 0.2),
        claim("... and follows its formula: median relative deviation",
              np.median(np.abs(saturated / formula - 1)[grown]), "<", 0.02),
        claim("without noise and with a damping of 10^4, above most squared hidden weights, the order is "
              "back: rank correlation", rank_with_cost(damped), ">", 0.9),
    ],
)  # fmt: skip

# %% [markdown]
# For squared hidden weights far above the damping $\xi = 0.1$ of the division, normalising the path integral removes
# what hidden weights carry. Without noise it is the same for all; with noise, whose square it collects, it ranks the
# weights in reverse. When does that happen?

# %%
derivations.importance_turns()

# %% [markdown]
# Under plain descent the answer is one length for all weights: training beyond $\eta T = \sqrt\xi/\sigma$ turns the ranking
# round. Under Adam slow and fast weights part at $\rho = 1/\sqrt3$ once the squared weights outgrow the damping: the slow ones are ranked in
# reverse, the fast ones rightly. **In numbers:** $\sigma = 20$ and $\xi = 0.1$ give $\eta T = 0.016$, two steps at $\eta = 0.01$.

# %%
rng = figure_rng("metaplasticity/x_importance_turns")
lengths = np.unique(np.geomspace(10, 2000, 12).astype(int))
dampings = np.array([1.0, 100.0, 1e4])
turned = np.empty((len(dampings), len(lengths)))
for column, length in enumerate(lengths):
    run = simulate_optimizer(task, start, int(length), learning_rate, gradient_noise=20.0, rng=rng)
    for row, xi in enumerate(dampings):
        turned[row, column] = rank_with_cost(run.hidden_path / ((run.final - start) ** 2 + xi))
total_noise = np.hypot(20.0, np.median(second.gradient_sd[held]))
crossover = path_importance_crossover(total_noise, dampings)
relative = learning_rate * lengths / crossover[:, None]
adam_run = simulate_optimizer(
    task, start, 4000, learning_rate, optimizer="adam", gradient_noise=20.0, rng=rng
)
adam_moved, travelled = adam_run.final - start, learning_rate * 4000
speed = np.abs(adam_moved[held]) / travelled
collected = (adam_run.hidden_path / (adam_moved**2 + damping))[held]
rho = np.linspace(0.08, 0.97, 200)


# %%
def rank(which):
    return spearmanr(collected[which], speed[which])[0]


turning = adam_turning_speed()
record(
    "metaplasticity/x_importance_turns",
    numbers={"dampings": dampings, "relative_length": relative.T, "turned": turned.T, "speed": speed,
             "importance": collected, "fine": rho, "turning": turning,
             "predicted": adam_path_importance(rho, travelled, 20.0, damping)},
    claims=[
        claim("plain descent, less than a third of the predicted length: smallest rank correlation",
              turned[(relative < 1 / 3) & (lengths > 30)].min(), ">", 0.8),
        claim("more than three times the predicted length: largest rank correlation",
              turned[(relative > 3) & (lengths > 30)].max(), "<", -0.8),
        claim("Adam, slow weights: rank correlation of importance and hidden weight", rank(speed < turning),
              "<", -0.8),
        claim("Adam, fast weights", rank(speed > turning), ">", 0.8),
        claim("Adam, importance against its formula, rho between 0.2 and 0.9: median relative deviation",
              np.median(np.abs(collected / adam_path_importance(np.minimum(speed, 0.999), travelled, 20.0)
                               - 1)[(speed > 0.2) & (speed < 0.9)]), "<", 0.1),
    ],
)  # fmt: skip

# %% [markdown]
# The same importance does well in the comparison of methods in lesson 7. Which side of the crossover a run is on decides how it ranks, and
# hidden weights of a network are slow ($\rho$ of a few hundredths) and its runs short. The prediction for the network: the longer the
# training, the more the method ranks against size, most of all in the last layer, whose weights are largest. Lesson 9
# measures it, finds it as predicted, and asks what it costs: next to nothing, since accuracy hangs on more than this order.
#
# ## What happens if
#
# ... the noise under Adam changes? Too little noise pushes all weights to the right end; too much makes
# everything slow.


# %%
def draw(ax, noise):
    run = simulate_optimizer(
        task, start, 1500, 0.01, optimizer="adam", gradient_noise=noise, rng=seed(1)
    )
    sizes, cost = np.abs(run.final[held]) / 15, state.flip_cost[held]
    linked = np.corrcoef(sizes, cost)[0, 1]
    ax.plot(sizes, cost, "o", markersize=2)
    ax.set(xlabel=r"$|W|/(\eta T)$", ylabel="cost of a flip", xlim=(0, 1.05))
    return f"median size {np.median(sizes):.2f}, correlation with the cost {linked:.2f}"


explore(draw, noise=[0.0, 20.0, 40.0, 80.0, 160.0, 320.0])

# %% [markdown]
# ## Exercises

# %% [markdown] tags=["exercise"]
# ### Exercise 1: a drift out of nothing
#
# *paper, 8 minutes, 3 points, difficulty 1 of 3*
#
# Updates have random sign and the size $g = 0.05$, and $m = 4$. Outward ones act in full, inward ones are multiplied by
# $1 - \tanh^2(mW)$. By how much does a hidden weight with $mW = 0.5$ drift outward per update, on average? And one that is very large? Assign
# the two numbers to `drift` and `late`.

# %% tags=["solution"]
drift = 0.05 / 2 * np.tanh(0.5) ** 2  # half of the updates are outward, half damped
late = 0.05 / 2
assert abs(ratchet_drift(0.5 / 4, 0.05, 4.0) - drift) < 1e-12

# %% tags=["check"]
check("metaplasticity-5.1", drift, late)

# %% tags=["mistakes"]
mistake("metaplasticity-5.1", 2 * drift, 2 * late)
mistake(
    "metaplasticity-5.1",
    0.05 / 2 * np.tanh(0.5),
    0.0,
    hint="take the mean of the outward and the damped inward update; far out, nothing is left of the inward one",
)

# %% [markdown] tags=["exercise"]
# ### Exercise 2: read a multiplier off Adam
#
# *derivation, 10 minutes, 4 points, difficulty 2 of 3*
#
# `derivations.adam()` relates the speed $\rho$ of a hidden weight under Adam to its multiplier: the right-hand side of the step `"multiplier"` is an expression
# in `rho` and `sigma`. Two weights have $\rho = 0.3$ and $0.6$, with $\sigma = 50$: assign their multipliers to `multipliers`. Then solve for the
# speed: assign to `speed` an expression in the symbols `v` and `sigma`.

# %% tags=["solution"]
expression = derivations.adam()["multiplier"].rhs
symbols = {symbol.name: symbol for symbol in expression.free_symbols}
multipliers = [
    float(expression.subs({symbols["rho"]: rho, symbols["sigma"]: 50})) for rho in (0.3, 0.6)
]
v, sigma = sp.symbols("v sigma", positive=True)
speed = v / sp.sqrt(sigma**2 + v**2)
assert np.allclose(adam_speed(np.array(multipliers), 50.0), [0.3, 0.6])

# %% tags=["check"]
check("metaplasticity-5.2", multipliers, speed)

# %% tags=["mistakes"]
mistake(
    "metaplasticity-5.2",
    [15.0, 30.0],
    v / sigma,
    hint="only for small speeds; take the root into account",
)
mistake("metaplasticity-5.2", [-x for x in multipliers], 1 / speed)

# %% [markdown] tags=["exercise"]
# ### Exercise 3: what a path over binary weights sees
#
# *simulation, 15 minutes, 4 points, difficulty 2 of 3*
#
# Call a weight clearly consolidated if `held` is true for it and its multiplier, `state.multiplier`, is larger than 5 in size. Run
# `simulate_optimizer(task, start, 300, learning_rate)` and the same for 1000 steps. Both hold `binary_path`, the path integral over *binary* weights. Assign the
# number of clearly consolidated weights to `count`, and how many of them have gained anything between 300 and 1000 steps to `changed`. Why does
# this measure of importance fail?

# %% tags=["solution"]
early = simulate_optimizer(task, start, 300, learning_rate)
later = simulate_optimizer(task, start, 1000, learning_rate)
clear = held & (np.abs(state.multiplier) > 5)
count = int(clear.sum())
# A consolidated weight stops flipping early: its integral only holds the first few steps.
changed = int(np.sum(~np.isclose(early.binary_path[clear], later.binary_path[clear])))

# %% tags=["check"]
check("metaplasticity-5.3", count, changed, tolerance=1e-4)

# %% tags=["mistakes"]
mistake(
    "metaplasticity-5.3", int(held.sum()), ..., hint="those with a small multiplier are not clear"
)
mistake(
    "metaplasticity-5.3", ..., count, hint="look when a consolidated weight flips for the last time"
)

# %% [markdown] tags=["exercise"]
# ### Exercise 4: flip, or for ever?
#
# *simulation, 12 minutes, 4 points, difficulty 2 of 3*
#
# A synapse stands at $m|W| = 0.5$ and gets pure noise of strength $\kappa = m g = 0.3$. Is it more likely to flip one day, or to be consolidated for ever? Simulate
# some thousand such walkers until each has flipped or stands beyond $m|W| = 4$, where the noise hardly brings it back, and compare with `flip_probability`. Assign the
# probability ever to flip to `chance`.

# %% tags=["solution"]
chance = float(flip_probability(0.5, 0.3))
rng = np.random.default_rng(seed(1))
walkers = np.full(4000, 0.5)
for _ in range(400):
    moving = (walkers > 0) & (walkers < 4)
    steps_of_noise = 0.3 * rng.choice([-1.0, 1.0], size=4000)
    damped = np.where(steps_of_noise < 0, 1 - np.tanh(walkers) ** 2, 1.0)
    walkers = np.where(moving, walkers + steps_of_noise * damped, walkers)
simulated_chance = np.mean(walkers <= 0)
assert abs(simulated_chance - chance) < 5 * np.sqrt(chance * (1 - chance) / 4000) + 0.01
print(f"probability ever to flip {chance:.3f}, simulated {simulated_chance:.3f}")

# %% tags=["check"]
check("metaplasticity-5.4", chance, tolerance=0.06)

# %% tags=["mistakes"]
mistake("metaplasticity-5.4", 1 - chance)
mistake("metaplasticity-5.4", 0.5, hint="outward steps are whole, inward ones are not")

# %% [markdown] tags=["exercise"]
# ### Exercise 5: is a large hidden weight an important one?
#
# *open, 15 minutes, 6 points, difficulty 3 of 3*
#
# A trained network is given to you with its hidden weights. Under which conditions of its training would you read importance off their size, and which test would you do to be
# sure? Consider the optimizer, the noise of minibatches, weight decay and metaplasticity. Ten lines at most.
#
# Then judge four statements and assign four truth values to `judged`: (a) noise alone makes metaplastic hidden weights grow; (b) with Adam, weakly coupled weights and
# no noise of samples nearly all weights move at the largest speed; (c) weight decay makes the size of a hidden weight independent of its multiplier; (d) the path
# integral over binary weights ranks consolidated weights by importance.

# %% [markdown] tags=["solution"]
# Under plain gradient descent size over rate and steps is the multiplier, so it ranks importance. Adam divides by the size of the gradients: without noise all speeds
# become alike and the ranking is lost; with minibatch noise larger than the mean gradient the speed is again a monotonic function of the multiplier. Weight
# decay turns speeds into sizes, multiplier over decay, after a time of one over rate times decay. With metaplasticity noise alone makes weights grow, so that size must be compared with
# what noise would do. The test is the flip: change the signs of a class of sizes and measure the loss, with a control in which sizes are shuffled.

# %% tags=["solution"]
judged = [True, True, False, False]

# %% tags=["check"]
check("metaplasticity-5.5", judged)

# %% tags=["mistakes"]
mistake(
    "metaplasticity-5.5",
    [True, True, True, False],
    hint="in the stationary state decay balances the multiplier: what is the size?",
)
mistake("metaplasticity-5.5", [False, True, False, False], hint="see exercise 1")

# %% [markdown]
# ## References
#
# * A. Laborieux, M. Ernoult, T. Hirtzlin, D. Querlioz, Nature Communications 12:2549 (2021): the experiments
#   with Adam, minibatches and weight decay. The theory of this lesson is derived here.
# * J. Kirkpatrick et al., *Overcoming catastrophic forgetting in neural networks*, PNAS 114 (2017): EWC.
# * F. Zenke, B. Poole, S. Ganguli, *Continual learning through synaptic intelligence*, ICML (2017).
# * D. P. Kingma, J. Ba, *Adam: a method for stochastic optimization*, ICLR (2015).
