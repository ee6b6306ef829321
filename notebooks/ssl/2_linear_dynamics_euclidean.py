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
# # Linear dynamics under the Euclidean loss
#
# **After this lesson you can** solve the learning dynamics of the linear Siamese network under the
# Euclidean loss in closed form, for all the paper's settings; say how long a small mode waits to be
# recruited, and why the isotropic loss shortens that from algebraic to logarithmic; and read off which
# features weight decay discards.
#
# *40 minutes. Prerequisites: lesson 1, singular values, separable differential equations.*
#
# Lesson 1 looked at one sample. What happens on average over all inputs and augmentations, to every
# eigenvalue at once, and for how long?
#
# | symbol | name in the code | meaning |
# |---|---|---|
# | $s_m$, $\gamma_m = s_m^2$ | `eigenvalues` | singular values of $W$, eigenvalues of $W W^\top$ |
# | $c_i = 1 + \sigma_i^2$ | from `noise` | second moment of a feature in view $i$ |
# | $r_m$ | `relative_rate` | $\dot s_m / (\eta s_m)$ |
# | $\rho$ | `weight_decay` | weight decay, relative to the learning rate |
# | $\beta$ | `averaging_rate` | rate at which a target network follows the online one |

# %%
import numpy as np
import sympy as sp
from scipy import stats

from classroom import check, mistake
from figures.kit import claim, explore, figure_rng, record, seed, use_style
from theory.derivation import Derivation
from theory.numerics import real_eigenvalues

# %%
from theory.ssl import (
    RidgePredictor,
    SiameseNetwork,
    averaged_target_trajectory,
    crossing_times,
    eigenvalue_map,
    eigenvalue_trajectory,
    explicit_eigenvalues,
    feature_times,
    fixed_point_jacobian,
    learned_predictor_trajectory,
    paper_start,
    recruitment_time,
    resting_point,
    sample_views,
    sampled_explicit_update,
    simulate_siamese,
    weight_decay_fixed_points,
)
from theory.ssl.derivations import background, explicit, moments, predictors, solutions

use_style()

# %% [markdown]
# ## Derivation: only the singular values move
#
# The mean of the update over Gaussian inputs is diagonal in the singular vectors of $W$. Whatever the
# size of the network, its learning is a handful of numbers.

# %%
moments.reduction()

# %% [markdown]
# Lesson 1 let the representation $z$ flow, here the weights do. Both are one: the representation of
# *every* input moves as lesson 1 supposed, mode by mode, averaged over what all inputs teach. (The paper
# takes this step with the neural tangent kernel, which for the linear layer and white inputs is constant;
# for a deep network that is an assumption, tested in lesson 5.)

# %%
moments.bridge()

# %% [markdown]
# The predictor eigenvalue $\lambda = \gamma^\alpha$ of each mode then follows its own equation, which
# has a closed solution for the original loss (for a start below 1),

# %%
solutions.standard()

# %% [markdown]
# and for the isotropic one.

# %%
solutions.isotropic()

# %% [markdown]
# ## How long does a small mode wait?
#
# Both recruitment times as predicted, over sampled networks of one unit, each started at one
# eigenvalue: the same stable point, reached after times that differ by an order of magnitude where a
# mode starts small. This is what "eigenvalues act as learning-rate multipliers" means in numbers.

# %%
rng = figure_rng("ssl/x_recruitment_time")
starts = np.array([0.03, 0.06, 0.12, 0.25])
learning_rate, repeats, variants = 0.02, 8, ("standard", "isotropic")


def passes_half(path):
    """Time at which an eigenvalue first passes one half, interpolated between iterations."""
    last = np.argmax(path > 0.5)
    return learning_rate * (last - 1 + (0.5 - path[last - 1]) / (path[last] - path[last - 1]))


def measured_time(variant, start):
    steps = int(1.6 * recruitment_time(start, variant) / learning_rate) + 20
    network, weights = SiameseNetwork("euclidean", variant), np.sqrt(start) * np.eye(1, 3)
    run = simulate_siamese(network, weights, steps, learning_rate, rng, batch=400)
    return passes_half(run.eigenvalues[:, 0])


# %%
measured = {v: np.array([[measured_time(v, g) for _ in range(repeats)] for g in starts])
            for v in variants}  # fmt: skip
mapped = {v: [passes_half(eigenvalue_map([g], 1500, learning_rate, variant=v)[:, 0])
              for g in starts] for v in variants}  # fmt: skip
grid = np.logspace(-3, np.log10(0.45), 100)
predicted = {variant: recruitment_time(grid, variant) for variant in variants}
error = {v: measured[v].std(axis=1, ddof=1) / np.sqrt(repeats) for v in variants}
scores = [(measured[v].mean(axis=1) - mapped[v]) / error[v] for v in variants]
means = {v: measured[v].mean(axis=1) for v in variants}

# %%
record(
    "ssl/x_recruitment_time",
    numbers={"initial": grid, **predicted, "sampled_initial": starts}
    | {f"sampled_{v}": measured[v] for v in variants},
    claims=[
        claim("sampled networks, smallest start: original over isotropic waiting time",
              means["standard"][0] / means["isotropic"][0], ">", 5),
        claim("original loss, measured: from 0.03 instead of 0.25 the wait is longer by this factor",
              means["standard"][0] / means["standard"][-1], ">", 5),
        claim("isotropic loss, measured: longer by this factor",
              means["isotropic"][0] / means["isotropic"][-1], "<", 5),
        # Eight values of Student's t: one sample in a thousand has a larger one among them.
        claim("sampled networks against the exact mean update: largest deviation in standard errors",
              np.abs(scores).max(), "<", stats.t.isf(1e-3 / 16, repeats - 1), kind="agreement"),
        # Half the logarithm of the growth of a mode's speed, below 2, is the first-order delay.
        claim("mean update against the closed form: largest difference in steps",
              max(np.abs(mapped[v] - recruitment_time(starts, v)).max() for v in variants)
              / learning_rate, "<", 2, kind="agreement"),
    ],
)  # fmt: skip

# %% [markdown]
# ## Paths of single inputs
#
# Fig. 2 of the paper follows twenty inputs through the plane of two units. Since only singular values
# move, the path of an input $x$ is $z(t) = U \operatorname{diag}(s(t)) V^\top x$, exactly. The lower
# row, the cosine loss, is explained in lesson 3. One panel cannot be drawn from the mean: without
# stop-gradient the released cosine rule is not a gradient, and with two units rare inputs with
# almost no representation kick the weights so hard that the mean says nothing. That panel is one
# sampled run, and another seed gives another panel.

# %%
start = paper_start()
left, values, right = np.linalg.svd(start.two_units, full_matrices=False)
settings = ("no_stop_gradient", "no_predictor", "standard", "isotropic")
steps = 1499
paths, weights = {}, {}
for loss in ("euclidean", "cosine"):
    for variant in settings:
        if (loss, variant) != ("cosine", "no_stop_gradient"):
            gamma = eigenvalue_map(values**2, steps, 0.01, loss=loss, variant=variant)
            paths[loss, variant] = gamma
            weights[loss, variant] = np.einsum("um,tm,mi->tui", left, np.sqrt(gamma), right)

# %%
kicked = SiameseNetwork("cosine", "no_stop_gradient", released=True)
run = simulate_siamese(kicked, start.two_units, steps, 0.01,
                       figure_rng("ssl/fig2_trajectories"), batch=4000)  # fmt: skip
weights["cosine", "no_stop_gradient"] = run.weights
change = np.linalg.norm(np.diff(run.weights, axis=0), axis=(1, 2))
network = SiameseNetwork(variant="no_predictor")
rng = np.random.default_rng(seed(1))
still = np.array([
    network.update(start.two_units, *sample_views(6, 5000, (0.0, 0.1), rng)) for _ in range(40)
])  # fmt: skip
score = still.mean(axis=0) / still.std(axis=0, ddof=1) * np.sqrt(40)

# %%
ends = {key: gamma[-1] for key, gamma in paths.items()}
slow = paths["euclidean", "standard"]
late = slow[np.argmax(slow.max(axis=1) > 0.9)]  # when the large mode has arrived
kept = np.append(np.arange(0, steps, 10), steps)

# %%
euclidean_claims = [
    claim("Euclidean without stop-gradient: largest final eigenvalue, collapse",
          ends["euclidean", "no_stop_gradient"].max(), "<", 0.01),
    # Twelve values of Student's t: one sample in a thousand has a larger one among them.
    claim("Euclidean without predictor the mean update is nothing: sampled, in standard errors",
          np.abs(score).max(), "<", stats.t.isf(1e-3 / 24, 39),
          kind="agreement"),
    claim("Euclidean losses: largest deviation of a final eigenvalue from 1",
          max(np.abs(ends["euclidean", v] - 1).max() for v in variants), "<", 0.01),
    claim("the original loss recruits the small mode late (kinked paths): eigenvalue when the large "
          "one passes 0.9", late.min(), "<", 0.2),
]  # fmt: skip

# %%
record(
    "ssl/fig2_trajectories",
    numbers={"iteration": kept, "inputs": start.inputs}
    | {f"{loss}_{variant}": weights[loss, variant][kept]
       for loss in ("euclidean", "cosine") for variant in settings},
    claims=[
        *euclidean_claims,
        claim("cosine losses make the cloud round: largest logarithm of the ratio of eigenvalues",
              max(np.ptp(np.log(ends["cosine", v])) for v in variants), "<", 0.01),
        claim("cosine, original loss: common eigenvalue over the initial mean, a step more or less",
              ends["cosine", "standard"].mean() / np.mean(values**2), "between", (0.99, 1.01),
              kind="agreement"),
        claim("cosine, isotropic loss: common eigenvalue over the initial root mean square, likewise",
              ends["cosine", "isotropic"].mean() / np.sqrt(np.mean(values**4)), "between",
              (0.99, 1.01), kind="agreement"),
        claim("released cosine rule without stop-gradient: largest single step over the median one",
              change.max() / np.median(change), ">", 30),
    ],
)  # fmt: skip

# %% [markdown]
# ## Weight decay decides which modes live
#
# Weight decay subtracts $\rho$ from every rate. Under the original loss a small mode grows slower than
# it decays: there is a threshold. Under the isotropic loss there is none.

# %%
solutions.weight_decay()

# %%
rho = np.linspace(1e-4, 0.25, 400)
upper, lower = weight_decay_fixed_points(rho)
probe = np.linspace(0.02, 0.235, 12)
initial = np.array([0.02, 0.3, 1.2])
rests = {
    variant: np.array([
        eigenvalue_trajectory(initial, [3000.0], variant=variant, weight_decay=r)[0] for r in probe
    ])
    for variant in variants
}  # fmt: skip
beyond = eigenvalue_trajectory(initial, [100.0], weight_decay=0.26)[0]

# %%
decay = 0.1
threshold = np.sqrt(1 / (4 * decay) - 1)
fine = np.linspace(0, threshold, 200)
sigma = np.array([0.0, 0.5, 1.0, 1.2, 1.4, 1.8])
kept = np.array([
    eigenvalue_trajectory([1.0], [4000.0], noise=(s, 0.0), weight_decay=decay)[0, 0] for s in sigma
])  # fmt: skip
branch = np.array([weight_decay_fixed_points(decay, s)[0] for s in fine])
above = initial[None, :] > weight_decay_fixed_points(probe)[1][:, None]
expected = above * weight_decay_fixed_points(probe)[0][:, None]

# %%
record(
    "ssl/x_weight_decay_bifurcation",
    numbers={"weight_decay": rho, "stable": upper, "unstable": lower, "probe": probe,
             "starts": initial, **rests, "noise": fine, "kept": branch, "noise_probe": sigma,
             "kept_probe": kept, "decay_of_c": decay, "threshold": threshold},
    claims=[
        claim("flows end on the branch that their start decides: largest deviation",
              np.abs(rests["standard"] - expected).max(), "<", 1e-6, kind="exact"),
        claim("beyond the saddle-node, at 0.26, every flow dies: largest at time 100", beyond.max(), "<", 1e-3),
        claim("isotropic loss: every mode, however small, ends at 1 - rho: largest deviation",
              np.abs(rests["isotropic"] - (1 - probe[:, None])).max(), "<", 1e-6, kind="exact"),
        claim("features beyond the noise threshold die: number that live",
              np.sum(kept[sigma > threshold] > 1e-3), "==", 0),
        claim("features below it live: smallest", kept[sigma < threshold].min(), ">", 0.2),
    ],
)  # fmt: skip

# %% [markdown]
# ## A target that averages
#
# In BYOL the target is a running average of the online network. The fixed point is the same and stays
# stable at every averaging rate; a slow average makes the approach slow.

# %%
solutions.averaged_target()

# %%
beta = np.logspace(-3, 2, 120)
alphas = (0.5, 1.0)
spectrum = {
    alpha: real_eigenvalues([fixed_point_jacobian(b, alpha) for b in beta]) for alpha in alphas
}
times, rates = np.linspace(0, 60, 301), np.array([0.05, 0.5, 5.0])
averaged = [averaged_target_trajectory([0.05, 0.6], times, b)[0] for b in rates]
online, _ = averaged_target_trajectory([0.6], np.array([80.0, 120.0]), rates[0])
slow = np.log((1 - online[1, 0]) / (1 - online[0, 0])) / 40

# %%
slowest, fastest = -spectrum[1.0][[0, -1], 1]
record(
    "ssl/x_ema_eigenvalues",
    numbers={"averaging_rate": beta, "exponents": alphas,
             "decay_rates": -np.stack([spectrum[alpha] for alpha in alphas], axis=1),
             "time": times, "trajectory_rates": rates, "online": np.stack(averaged, axis=1)},
    claims=[
        claim("stable at every averaging rate: largest eigenvalue",
              max(s.max() for s in spectrum.values()), "<", 0),
        claim("slow averaging sets the pace: slow rate over 2 alpha beta / (1 + 2 alpha) differs from "
              "1, in units of the averaging rate", abs(slowest / (2 * beta[0] / 3) - 1) / beta[0],
              "<", 1, kind="agreement"),
        claim("fast averaging is none: slow rate over 2 alpha differs from 1, times the averaging rate",
              abs(fastest / 2 - 1) * beta[-1], "<", 2, kind="agreement"),
        claim("the flow relaxes at the slow eigenvalue: relative difference over its distance from 1",
              abs(slow / real_eigenvalues(fixed_point_jacobian(rates[0])).max() - 1)
              / (1 - online[0, 0]), "<", 1, kind="agreement"),
    ],
)  # fmt: skip

# %% [markdown]
# ## Where the theory comes from
#
# With a predictor that is *learned*, the predictor and the weights below it stay in balance, and on
# the balanced set the dynamics is the one above with $\alpha = 1/2$.

# %%
background.balance()

# %%
background.learned_predictor()

# %% [markdown]
# With a learning rate and a decay of its own the predictor sets another *size* of the representation,
# and no other condition for life.

# %%
predictors.own_decay()

# %%
size, rest = resting_point(0.1, 0.03, predictor_rate=4.0)
gamma, learned = learned_predictor_trajectory(
    [0.5], [0.4], [400.0], predictor_rate=4.0, predictor_decay=0.03, weight_decay=0.1
)
print(f"predicted: eigenvalue {size:.6f}, predictor {rest:.6f}")
print(f"flow:      eigenvalue {gamma.item():.6f}, predictor {learned.item():.6f}")

# %% [markdown]
# ## Any predictor
#
# Nothing above hangs on the power. A predictor that shares the eigenvectors is a map of eigenvalues, and
# every function of this subject takes `predictor=`: a number, a name (`direct_pred`, `direct_set`,
# `direct_copy`, `optimal`) or any function of the eigenvalues. Rest is a statement about the predictor's
# eigenvalue, so the threshold of weight decay is the same for all; the optimal predictor, ridge
# regression of one view on the other, teaches only through its ridge.

# %%
predictors.any_predictor()

# %%
decay, start = 0.1, [0.4]
rules = {"square root": 0.5, "ridge 0.2": RidgePredictor(0.2), "tanh": np.tanh}
for name, rule in rules.items():
    setting = {"predictor": rule, "weight_decay": decay, "noise": (0, 0)}
    end = eigenvalue_trajectory(start, [400.0], **setting)[0, 0]
    wait = crossing_times(start, 0.7, 400.0, **setting)[0]
    value = end**rule if isinstance(rule, float) else rule(np.array([end]))[0]
    print(f"{name:12} eigenvalue {end:.4f}, predictor {value:.4f}, passes 0.7 at time {wait:.2f}")
print(f"upper fixed point for all of them: {weight_decay_fixed_points(decay)[0]:.4f}")

# %% [markdown]
# ## Explicit regularisation
#
# Stop-gradient and predictor hide the loss that is really descended. It can be written down: a potential
# of the spectrum, lowest where every eigenvalue is one. For $\alpha = 1$ the isotropic loss *is* the
# whitening loss $\lVert W W^\top - 1 \rVert^2 / 4$.

# %%
explicit.potential()

# %% [markdown]
# VICReg asks for the same with a hinge on the standard deviation of each unit. Where the units are the
# modes, its push is the same at every size, so that a mode is recruited in finite time from any start.
# Barlow twins compare correlations, which do not know the size of a unit: where units are modes nothing
# moves.

# %%
explicit.vicreg()

# %%
rng = figure_rng("ssl/x_explicit")
small, learning_rate, repeats = np.array([0.01, 0.04, 0.16]), 0.01, 8
grid = np.logspace(-4, np.log10(0.45), 80)
waits = {
    "vicreg": (np.sqrt(0.5) - np.sqrt(grid)) / 2,  # both views push with 1: noise is left out
    "whitening": recruitment_time(grid, "isotropic"),
    "original": recruitment_time(grid, "standard"),
}
time = np.linspace(0, 16, 321)
paths = {loss: explicit_eigenvalues([0.05], time, loss, noise=(0, 0))[:, 0]
         for loss in ("vicreg", "whitening", "barlow")}  # fmt: skip
paths["original"] = eigenvalue_trajectory([0.05], time, noise=(0, 0))[:, 0]


# %%
def explicit_wait(loss, start, batch=1000):
    """Time until a sampled network of one unit passes one half."""
    weights, path = np.sqrt(start) * np.eye(1, 3), [start]
    while path[-1] <= 0.5:
        views = sample_views(3, batch, (0.0, 0.0), rng)
        weights = weights + learning_rate * sampled_explicit_update(weights, *views, loss)
        path.append(np.sum(weights**2))
    return passes_half(np.array(path))


measured = {loss: np.array([[explicit_wait(loss, g) for _ in range(repeats)] for g in small])
            for loss in ("vicreg", "whitening")}  # fmt: skip
law = {
    "vicreg": (np.sqrt(0.5) - np.sqrt(small)) / 2,
    "whitening": recruitment_time(small, "isotropic"),
}
noise = {loss: m.std(axis=1, ddof=1) / np.sqrt(repeats) for loss, m in measured.items()}
gap = {loss: np.abs(measured[loss].mean(axis=1) - law[loss]) for loss in measured}

# %%
record(
    "ssl/x_explicit",
    numbers={"time": time, "initial": grid, "sampled_initial": small}
    | {f"path_{loss}": path for loss, path in paths.items()}
    | {f"wait_{loss}": wait for loss, wait in waits.items()}
    | {f"sampled_{loss}": m for loss, m in measured.items()},
    claims=[
        claim("sampled VICReg: the wait from 0.01 is finite and short, over the law's limit sqrt(1/8)",
              measured["vicreg"][0].mean() / np.sqrt(1 / 8), "<", 1),
        claim("sampled networks, from 0.01: isotropic over VICReg",
              measured["whitening"][0].mean() / measured["vicreg"][0].mean(), ">", 4),
        # Six values of Student's t, one sample in a thousand beyond, and two steps of the mean update.
        claim("sampled networks against the closed forms: largest difference over standard errors and "
              "two steps together",
              max((gap[v] / (stats.t.isf(1e-3 / 12, repeats - 1) * noise[v] + 2 * learning_rate)).max()
                  for v in gap), "<", 1, kind="agreement"),
        claim("whitening against the isotropic loss of exponent 1: largest relative difference",
              np.abs(paths["whitening"] / eigenvalue_trajectory(
                  [0.05], time, variant="isotropic", noise=(0, 0))[:, 0] - 1).max(), "<", 1e-11,
              kind="exact"),
    ],
)  # fmt: skip

# %% [markdown]
# ## Which feature is learned first?
#
# Features differ in two ways: in the covariance $\varphi$ that the two views share, and in the regression
# coefficient $\beta$ of one view on the other, which is low for a noisy feature. A linear encoder of $L$
# layers that predicts the other view's *representation* waits the longer the noisier a feature is, once it
# has more than one layer; one that *reconstructs* the other view leaves the start by covariance alone. (With
# one layer a noisy feature is sooner half way: it has less far to go.)

# %%
explicit.feature_order()

# %%
objectives, depths, first = ("self-distillation", "reconstruction"), (1, 3), 0.1
named = {"self-distillation": "distilled", "reconstruction": "reconstructed"}
coefficient = np.linspace(0.4, 1, 61)
relative = {
    o: np.stack([feature_times(1.0, coefficient, first, objective=o, depth=d)
                 / feature_times(1.0, 1.0, first, objective=o, depth=d) for d in depths], axis=1)
    for o in objectives
}  # fmt: skip
phi, beta = np.array([1.1, 1.0]), np.array([0.5, 0.95])  # a strong feature and a clean one
fraction = np.linspace(0.25, 0.98, 74)
reached = {o: np.stack([feature_times(phi, beta, first, objective=o, depth=3, fraction=f)
                        for f in fraction]) for o in objectives}  # fmt: skip

# %%
rng = figure_rng("ssl/x_feature_order")


def trained_order(objective, steps=3000, rate=0.03, batch=256):
    """Steps at which both features of a sampled encoder of one layer pass half of their ends."""
    w, v, passed = np.full(2, first), np.full(2, first), np.full(2, np.nan)
    end = beta if objective == "self-distillation" else np.sqrt(beta)
    for step in range(steps):
        clean = np.sqrt(phi)[:, None] * rng.standard_normal((2, batch))
        online = clean + np.sqrt(phi / beta - phi)[:, None] * rng.standard_normal((2, batch))
        target = w[:, None] * clean if objective == "self-distillation" else clean
        error = target - (v * w)[:, None] * online
        w, v = (w + rate * np.mean(error * v[:, None] * online, axis=1),
                v + rate * np.mean(error * w[:, None] * online, axis=1))  # fmt: skip
        passed = np.where(np.isnan(passed) & (w > end / 2), step + 1, passed)
    return rate * passed


sampled = {o: np.array([trained_order(o) for _ in range(4)]) for o in objectives}
expected = {o: feature_times(phi, beta, first, objective=o) for o in objectives}

# %%
record(
    "ssl/x_feature_order",
    numbers={"regression": coefficient, "depths": np.array(depths), "fraction": fraction,
             "covariances": phi, "coefficients": beta}
    | {f"wait_{named[o]}": wait for o, wait in relative.items()}
    | {f"{name}_{named[o]}": reached[o][:, k] for o in objectives
       for k, name in enumerate(("strong", "clean"))},
    claims=[
        claim("self-distillation, three layers: wait of a coefficient 0.4 over a noiseless feature's",
              relative["self-distillation"][0, 1], ">", 1.1),
        claim("reconstruction, three layers: the same", relative["reconstruction"][0, 1], "<", 1.05),
        claim("by self-distillation the clean feature is first: strong over clean, time to the end",
              reached["self-distillation"][-1, 0] / reached["self-distillation"][-1, 1], ">", 1),
        claim("by reconstruction the strong one is: strong over clean",
              reached["reconstruction"][-1, 0] / reached["reconstruction"][-1, 1], "<", 1),
        claim("sampled encoders of one layer against the closed times: largest relative deviation of "
              "the mean", max(np.abs(sampled[o].mean(axis=0) / expected[o] - 1).max()
                              for o in objectives), "<", 0.1),
    ],
)  # fmt: skip

# %% [markdown]
# ## What happens if
#
# ... there is no stop-gradient and the target view is noisier? Every mode dies, but those above one
# first linger near one: the bottleneck is as wide as the noise.


# %%
def draw(ax, noise):
    t = np.linspace(0, 60, 400)
    values = eigenvalue_trajectory(
        [0.5, 1.5, 3.0], t, variant="no_stop_gradient", noise=(0.0, noise)
    )
    ax.semilogy(t, values)
    ax.set(xlabel="time", ylabel="eigenvalue", ylim=(1e-3, 5))
    return "at t = 20 {:.2f}, {:.2f}, {:.2f}, from 0.5, 1.5, 3".format(*values[133])


explore(draw, noise=[0.02, 0.05, 0.1, 0.2, 0.3, 0.5])

# %% [markdown]
# ## Exercises

# %% [markdown] tags=["exercise"]
# ### Exercise 1: dead or alive?
#
# *paper, 10 minutes, 3 points, difficulty 1 of 3*
#
# Under the Euclidean loss without noise and with $\alpha = 1$ a mode grows at the rate $\lambda(1 - \lambda) - \rho$. For the weight
# decay $\rho = 0.1$ find by hand the eigenvalue at which a living mode rests, and the smallest start from which a mode survives.
# What becomes of a mode at 0.05? Which weight decay kills every mode, and which does so when $\sigma_1 = 0.5$?
#
# Assign to `rest` and `smallest` the two eigenvalues, to `deadly` an array of the two weight decays, without and with noise.

# %% tags=["solution"]
# lambda^2 - lambda + rho = 0: (1 +- sqrt(0.6)) / 2; the root is real up to rho = 1 / (4 c).
rest, smallest = (1 + np.sqrt(0.6)) / 2, (1 - np.sqrt(0.6)) / 2
deadly = np.array([1 / 4, 1 / (4 * 1.25)])

assert np.allclose(weight_decay_fixed_points(0.1), (rest, smallest))
end = eigenvalue_trajectory([0.05, 1.001 * smallest], [2000.0], weight_decay=0.1)[0]
assert end[0] < 1e-6 and end[1] > 0.5

# %% tags=["check"]
check("ssl-2.1", rest, smallest, deadly)

# %% tags=["mistakes"]
mistake("ssl-2.1", 0.9, 0.1, ..., hint="a quadratic equation, not its leading order")
mistake(
    "ssl-2.1", ..., ..., [0.25, 0.25], hint="noise of the online view raises the second moment c"
)

# %% [markdown] tags=["exercise"]
# ### Exercise 2: derive the threshold
#
# *derivation, 20 minutes, 5 points, difficulty 2 of 3*
#
# Write a derivation of your own: growth over the eigenvalue is $g(x) = x(1 - c\,x)$, to be balanced by weight decay. Begin with it as a
# definition, complete the square in a step "square" (`.identity`), and put in its top in a step "maximum" (`.substitute(..., of=...)`).
# Use `x, c = sp.symbols("x c", positive=True)`.
#
# Assign the derivation to `own`, the largest weight decay that a mode survives to `survived`, and the largest *noise* $\sigma_1$ at
# which a mode survives the weight decay $\rho$ to `noisiest`, expressions in `c` and in `rho = sp.Symbol("rho", positive=True)`.

# %% tags=["stub"]
x, c, rho = sp.symbols("x c rho", positive=True)
own = Derivation("Largest weight decay that a mode survives")
survived = ...
noisiest = ...

# %% tags=["solution"]
x, c, rho = sp.symbols("x c rho", positive=True)
g, top = sp.Function("g"), 1 / (2 * c)
own = (
    Derivation("Largest weight decay that a mode survives")
    .define("balance", sp.Eq(g(x), x * (1 - c * x)), "growth over the eigenvalue")
    .identity("square", sp.Eq(x * (1 - c * x), 1 / (4 * c) - c * (x - top) ** 2), "completed")
    .substitute("maximum", sp.Eq(g(top), 1 / (4 * c)), {x: top}, "its top", of="balance")
)
survived = own["maximum"].rhs
noisiest = sp.sqrt(1 / (4 * rho) - 1)  # c = 1 + sigma^2 = 1 / (4 rho)
assert own.counts["proved"] >= 2
assert np.isfinite(weight_decay_fixed_points(0.999 / 4)[0])
assert not np.isfinite(weight_decay_fixed_points(1.001 / 4)[0])
own

# %% tags=["check"]
check("ssl-2.2", survived, noisiest, at={"c": [1.1, 1.5, 2.0], "rho": [0.02, 0.1, 0.2]})

# %% tags=["mistakes"]
mistake("ssl-2.2", 1 / (2 * c), ..., hint="this is where the top lies; how high is it?")
mistake("ssl-2.2", ..., 1 / (4 * rho) - 1, hint="c is one plus the *square* of the noise")

# %% [markdown] tags=["exercise"]
# ### Exercise 3: how long does a small mode wait?
#
# *simulation, 10 minutes, 3 points, difficulty 1 of 3*
#
# A mode starts at $\gamma = 0.02$. When does it pass one half, under the original and under the isotropic loss? Use `recruitment_time`, and
# confirm with `eigenvalue_trajectory`. Then halve the start: what happens to the two times?
#
# Assign the two times to `waits`, original first, and to `longer` by how much (a difference of times, in the same order) they grow when the start is
# 0.01 instead.

# %% tags=["solution"]
# Algebraic and logarithmic: about 1/(2 start) more, and log(2)/2 more.
waits = [recruitment_time(0.02, variant) for variant in ("standard", "isotropic")]
longer = [
    recruitment_time(0.01, variant) - wait
    for variant, wait in zip(("standard", "isotropic"), waits, strict=True)
]
for variant, wait in zip(("standard", "isotropic"), waits, strict=True):
    assert abs(eigenvalue_trajectory([0.02], [wait], variant=variant)[0, 0] - 0.5) < 1e-9

# %% tags=["check"]
check("ssl-2.3", waits, longer)

# %% tags=["mistakes"]
mistake("ssl-2.3", waits[::-1], ...)
mistake(
    "ssl-2.3",
    ...,
    [w * 2 for w in waits],
    hint="the difference of the times is asked for; and only one of them nearly doubles",
)

# %% [markdown] tags=["exercise"]
# ### Exercise 4: which features does it discard?
#
# *open, 20 minutes, 6 points, difficulty 3 of 3*
#
# Your data have three features: one strong and noisy, one weak and clean, one weak and noisy; augmentations make the noise. Using the results of
# this lesson, say which of them a linear Siamese network with weight decay will represent, in which order they are recruited, and
# how the isotropic loss, a reconstruction loss and an explicit variance penalty would change that. What would you do to keep the weak clean one? Ten lines.
#
# Then judge, five truth values in `features_true`: (a) weight decay discards a feature for its augmentation noise, however strong the mode starts;
# (b) a feature that starts below the unstable fixed point dies under the original loss; (c) the isotropic loss has such a threshold
# in the start as well; (d) with an averaged target the fixed point is stable for every averaging rate; (e) a slower target network speeds learning up.

# %% [markdown] tags=["solution"]
# Noise lowers the resting eigenvalue to $1/c$ and weight decay kills a mode with $4 c \rho > 1$ whatever its start, (a) true. Below that,
# the original loss needs a start above the lower fixed point, (b) true; the isotropic rate $1 - c \lambda - \rho$ is positive for every small mode,
# so it has no threshold, (c) false, and recruits in logarithmic time: the weak clean feature survives there. Self-distillation recruits clean
# features early, reconstruction strong ones. An explicit variance penalty lifts all of them, noise included. With an averaged target, determinant
# $2\alpha\beta$ and trace show two stable rates for every $\beta$, (d) true, but a slow target only delays, (e) false. To keep the weak clean one: less
# weight decay, an isotropic loss, or a larger start.

# %% tags=["solution"]
features_true = [True, True, False, True, False]
revived = eigenvalue_trajectory([0.05], [200.0], weight_decay=0.1, variant="isotropic")[0, 0]
assert revived > 0.5  # (c)
assert (np.real(spectrum[1.0]) < 0).all()  # (d)

# %% tags=["check"]
check("ssl-2.4", features_true)

# %% tags=["mistakes"]
mistake(
    "ssl-2.4",
    [True, True, True, True, False],
    hint="put a very small eigenvalue into the isotropic rate",
)
mistake(
    "ssl-2.4",
    [False, True, False, True, False],
    hint="look at the condition for a fixed point to exist at all",
)

# %% [markdown]
# ## References
#
# * M. S. Halvagal, A. Laborieux, F. Zenke, *Implicit variance regularization in non-contrastive SSL*,
#   NeurIPS 2023: Theorem 1, Fig. 2. The closed solutions, recruitment times, the bifurcation diagram
#   and the stability with an averaged target are derived here.
# * Y. Tian, X. Chen, S. Ganguli, ICML 2021: the learned predictor and its balance.
# * X. Wang, X. Chen, S. Du, Y. Tian, 2021: weight decay as a threshold on features.
# * A. Bardes, J. Ponce, Y. LeCun, ICLR 2022 (VICReg); J. Zbontar et al., ICML 2021 (Barlow twins).
# * E. Littwin et al., 2024, arXiv 2407.03475: the order of features in joint embeddings.
