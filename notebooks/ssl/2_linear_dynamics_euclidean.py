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
# # Linear dynamics under the Euclidean loss
#
# **After this lesson you can** solve the learning dynamics of the linear Siamese network under the
# Euclidean loss in closed form, for all the paper's settings; say how long a small mode waits to be
# recruited, and why the isotropic loss shortens that from algebraic to logarithmic; and read off which
# features weight decay discards.
#
# *25 minutes. Prerequisites: lesson 1, singular values, separable differential equations.*
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
from theory.numerics import real_eigenvalues
from theory.ssl import averaged_target_trajectory, eigenvalue_map, eigenvalue_trajectory
from theory.ssl.averaged_target import fixed_point_jacobian
from theory.ssl.closed_forms import recruitment_time, weight_decay_fixed_points
from theory.ssl.derivations import background, moments, solutions
from theory.ssl.initial_weights import paper_start
from theory.ssl.siamese import SiameseNetwork, simulate_siamese

use_style()

# %% [markdown]
# ## Derivation: only the singular values move
#
# The mean of the update over Gaussian inputs is diagonal in the singular vectors of $W$. Whatever the
# size of the network, its learning is a handful of numbers.

# %%
moments.reduction()

# %% [markdown]
# The predictor eigenvalue $\lambda = \gamma^\alpha$ of each mode then follows its own equation, which
# has a closed solution for the original loss,

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
# eigenvalue: the same stable point, reached after times that differ by more than an order of
# magnitude where a mode starts small. This is what "eigenvalues act as learning-rate multipliers"
# means in numbers.

# %%
rng = figure_rng("ssl/x_recruitment_time")
starts = np.array([0.03, 0.06, 0.12, 0.25])
learning_rate, repeats = 0.02, 4


def measured_time(variant, start):
    """Time at which the sampled eigenvalue first passes one half, interpolated between records."""
    steps = int(1.6 * recruitment_time(start, variant) / learning_rate) + 20
    weights = np.sqrt(start) * np.eye(1, 3)
    network = SiameseNetwork("euclidean", variant)
    run = simulate_siamese(network, weights, steps, learning_rate, rng, batch=400)
    path = run.eigenvalues[:, 0]
    last = np.argmax(path > 0.5)
    return learning_rate * (last - 1 + (0.5 - path[last - 1]) / (path[last] - path[last - 1]))


measured = {
    variant: np.array([[measured_time(variant, g) for _ in range(repeats)] for g in starts])
    for variant in ("standard", "isotropic")
}

# %%
grid = np.logspace(-3, np.log10(0.45), 100)
predicted = {variant: recruitment_time(grid, variant) for variant in measured}

figure, ax = plt.subplots(figsize=(PAGE, 2.9))
for variant, color, style, text, at in (
    ("standard", BLUE, "-", "original loss: $1 / 2\\lambda_0$", (4e-3, 260)),
    ("isotropic", VERMILION, "--", "isotropic loss: $\\ln(1/\\lambda_0)/2$", (2e-3, 1.1)),
):
    ax.loglog(grid, predicted[variant], color=color, linestyle=style)
    mean, spread = measured[variant].mean(axis=1), measured[variant].std(axis=1, ddof=1)
    ax.errorbar(starts, mean, spread, fmt="o" if variant == "standard" else "s", color=color,
                capsize=2, markersize=4)  # fmt: skip
    ax.text(*at, text, color=color)
ax.text(0.1, 60, "lines: closed form\nmarkers: sampled networks", fontsize=7)
ax.set(
    xlabel="initial eigenvalue $\\lambda_0$",
    ylabel="time to $\\lambda = 1/2$\n(learning rate x iterations)",
)

slopes = {v: np.polyfit(np.log(grid[:30]), np.log(predicted[v][:30]), 1)[0] for v in predicted}
error = {v: (measured[v].mean(axis=1) / recruitment_time(starts, v) - 1) for v in measured}
record(
    "ssl/x_recruitment_time",
    figure,
    data={"initial": grid, **predicted, "sampled_initial": starts}
    | {f"sampled_{v}": measured[v] for v in measured},
    claims=[
        claim("waiting is algebraic under the original loss: logarithmic slope",
              slopes["standard"], "between", (-1.05, -0.95)),
        claim("and nearly flat under the isotropic loss: logarithmic slope",
              slopes["isotropic"], "between", (-0.25, 0)),
        claim("original over isotropic waiting time at the smallest eigenvalue drawn",
              predicted["standard"][0] / predicted["isotropic"][0], ">", 100),
        claim("sampled networks against the closed form: largest relative deviation",
              max(np.abs(e).max() for e in error.values()), "<", 0.1),
    ],
    alt="Time until a mode reaches one half against its initial eigenvalue, both axes logarithmic. Under "
    "the original loss it falls as one over the eigenvalue, under the isotropic loss it is nearly flat. "
    "Markers of sampled networks lie on both lines.",
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
titles = ("no stop-gradient", "no predictor", "$\\mathcal{L}$", "$\\mathcal{L}_{iso}$")
steps = 1499
paths, ends = {}, {}
for loss in ("euclidean", "cosine"):
    for variant in settings:
        if loss == "cosine" and variant == "no_stop_gradient":
            continue
        gamma = eigenvalue_map(values**2, steps, 0.01, loss=loss, variant=variant)
        coordinates = right @ start.inputs
        paths[loss, variant] = np.einsum("um,tm,mj->tuj", left, np.sqrt(gamma), coordinates)
        ends[loss, variant] = gamma[-1]

# %%
kicked = SiameseNetwork("cosine", "no_stop_gradient", released=True)
run = simulate_siamese(kicked, start.two_units, steps, 0.01,
                       figure_rng("ssl/fig2_trajectories"), batch=4000)  # fmt: skip
paths["cosine", "no_stop_gradient"] = run.weights @ start.inputs
ends["cosine", "no_stop_gradient"] = run.eigenvalues[-1]
change = np.linalg.norm(np.diff(run.weights, axis=0), axis=(1, 2))

# %%
figure, axes = plt.subplots(2, 4, figsize=(PAGE, 3.9))
for row, loss in zip(axes, ("euclidean", "cosine"), strict=True):
    for ax, variant, title in zip(row, settings, titles, strict=True):
        path = paths[loss, variant]
        ax.plot(path[:, 0], path[:, 1], color=ORANGE, linestyle="-", linewidth=0.8)
        ax.plot(path[-1, 0], path[-1, 1], "o", color="#555555", markersize=2.5)
        ax.plot(0, 0, "+", color=BLACK, markersize=4)
        reach = 1.08 * np.abs(path).max()
        ax.set(xlim=(-reach, reach), ylim=(-reach, reach), aspect="equal", title=title)
        ax.tick_params(labelsize=6)
axes[0, 0].set_ylabel("Euclidean")
axes[1, 0].set(ylabel="cosine", title="released, one run")
figure.supxlabel("horizontal $z_1$, vertical $z_2$; grey dots: after 1499 iterations", fontsize=7)

record(
    "ssl/fig2_trajectories",
    figure,
    data={"_".join(key): paths[key][::10].reshape(-1, 40) for key in paths},
    claims=[
        claim("Euclidean without stop-gradient: largest final eigenvalue, collapse",
              ends["euclidean", "no_stop_gradient"].max(), "<", 0.01),
        claim("Euclidean without predictor: largest displacement of an input",
              np.abs(np.ptp(paths["euclidean", "no_predictor"], axis=0)).max(), "<", 1e-9),
        claim("Euclidean losses: largest deviation of a final eigenvalue from 1",
              max(np.abs(ends["euclidean", v] - 1).max() for v in ("standard", "isotropic")),
              "<", 0.01),
        claim("the original loss recruits the small mode late (kinked paths): eigenvalue at the time "
              "the large one passes 0.9",
              np.linalg.svd(paths["euclidean", "standard"][230])[1].min()
              / np.linalg.svd(paths["euclidean", "standard"][230])[1].max(), "<", 0.5),
        claim("cosine losses make the cloud round: largest ratio of final eigenvalues",
              max(np.ptp(np.log(ends["cosine", v])) for v in ("standard", "isotropic")), "<", 0.01),
        claim("cosine, original loss: common eigenvalue over the initial mean",
              ends["cosine", "standard"].mean() / np.mean(values**2), "between", (0.99, 1.01)),
        claim("cosine, isotropic loss: common eigenvalue over the initial root mean square",
              ends["cosine", "isotropic"].mean() / np.sqrt(np.mean(values**4)), "between",
              (0.99, 1.02)),
        claim("released cosine rule without stop-gradient: largest single step over the median one",
              change.max() / np.median(change), ">", 30),
    ],
    alt="Eight panels with the paths of twenty inputs in the plane of two units. Euclidean row: without "
    "stop-gradient all end at the origin, without predictor nothing moves, under the original loss paths "
    "bend sharply, under the isotropic loss smoothly. Cosine row: jagged run-away without stop-gradient, "
    "slow drift without predictor, and clouds that become round under both losses.",
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
    for variant in ("standard", "isotropic")
}  # fmt: skip
sigma = np.array([0.0, 0.5, 1.0, 1.2, 1.4, 1.8])
kept = np.array([
    eigenvalue_trajectory([1.0], [4000.0], noise=(s, 0.0), weight_decay=0.1)[0, 0] for s in sigma
])  # fmt: skip

# %%
figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.6))
ax = axes[0]
ax.plot(rho, upper, color=BLUE)
ax.plot(rho, lower, color=BLUE, linestyle=":")
ax.plot(rho, 0 * rho, color=BLUE)
for mode, marker in zip(range(3), "o^s", strict=True):
    ax.plot(probe, rests["standard"][:, mode], marker, color=BLACK, markersize=3, fillstyle="none")
ax.text(0.02, 0.75, "stable", color=BLUE)
ax.text(0.085, 0.3, "unstable", color=BLUE, ha="center")
ax.text(0.238, 0.5, "saddle-node", color=BLUE, ha="right", fontsize=7, va="center")
ax.set(xlabel="weight decay $\\rho$", ylabel="eigenvalue $\\lambda$", title="original loss")
ax = axes[1]
ax.plot(rho, 1 - rho, color=VERMILION, linestyle="--")
for mode, marker in zip(range(3), "o^s", strict=True):
    ax.plot(probe, rests["isotropic"][:, mode], marker, color=BLACK, markersize=3, fillstyle="none")
ax.text(0.02, 0.45, "markers: where the flow ends\nfrom 0.02 (circle), 0.3, 1.2", fontsize=7)
ax.set(xlabel="weight decay $\\rho$", title="isotropic loss", ylim=axes[0].get_ylim())
ax = axes[2]
fine = np.linspace(0, 1.9, 300)
ax.plot(fine, [weight_decay_fixed_points(0.1, s)[0] for s in fine], color=GREEN, linestyle="-.")
ax.plot(sigma, kept, "o", color=BLACK, markersize=3, fillstyle="none")
threshold = np.sqrt(1 / 0.4 - 1)
ax.axvline(threshold, color=BLACK, linestyle=":", linewidth=0.8)
ax.text(threshold + 0.05, 0.6, "discarded", fontsize=7)
ax.set(xlabel="noise $\\sigma_1$ of the feature", title="original loss, $\\rho = 0.1$")
label_panels(axes)

alive = probe < 0.25
above = np.where(initial[None, 1:] > weight_decay_fixed_points(probe)[1][:, None], 1, 0)
expected = above * weight_decay_fixed_points(probe)[0][:, None]
record(
    "ssl/x_weight_decay_bifurcation",
    figure,
    data={"weight_decay": rho, "stable": upper, "unstable": lower, "probe": probe, **rests,
          "noise": sigma, "kept": kept},
    claims=[
        claim("the branches meet at a quarter: gap there", upper[-1] - lower[-1], "<", 1e-6),
        claim("flows end on the branch that their start decides: largest deviation",
              np.abs(rests["standard"][:, 1:] - expected).max(), "<", 1e-3),
        claim("isotropic loss: every mode, however small, ends at 1 - rho: largest deviation",
              np.abs(rests["isotropic"] - (1 - probe[:, None])).max(), "<", 1e-6),
        claim("features beyond the noise threshold die: largest", kept[sigma > threshold].max(),
              "<", 1e-3),
        claim("features below it live: smallest", kept[sigma < threshold].min(), ">", 0.2),
    ],
    alt="Left: eigenvalue against weight decay under the original loss, a stable branch falling from one "
    "and an unstable one rising from zero that meet at a quarter; markers of flows end on the stable "
    "branch or at zero. Middle: under the isotropic loss all markers lie on one falling line. Right: "
    "features are kept up to a noise threshold and discarded beyond it.",
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
spectrum = {
    alpha: real_eigenvalues([fixed_point_jacobian(b, alpha) for b in beta]) for alpha in (0.5, 1.0)
}
times = np.linspace(0, 60, 601)
averaged = {b: averaged_target_trajectory([0.05, 0.6], times, b) for b in (0.05, 0.5, 5.0)}
late = times > 45
online, _ = averaged_target_trajectory([0.6], np.array([80.0, 120.0]), 0.05)
slow = np.log((1 - online[1, 0]) / (1 - online[0, 0])) / 40

# %%
figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.7))
ax = axes[0]
for alpha, color, style in ((0.5, BLUE, "-"), (1.0, VERMILION, "--")):
    ax.loglog(beta, -spectrum[alpha], color=color, linestyle=style)
    ax.axhline(2 * alpha, color=color, linestyle=":", linewidth=0.7)
ax.text(100, 0.03, "dotted: without\naveraging, $2\\alpha$", fontsize=7, ha="right", va="top")
ax.text(2e-2, 2.5e-3, "slow rate $\\approx 2\\alpha\\beta / (1 + 2\\alpha)$", fontsize=7)
ax.text(0.1, 0.6, "$\\alpha = 1$", color=VERMILION, ha="right")
ax.text(0.5, 0.12, "$\\alpha = 1/2$", color=BLUE)
ax.set(xlabel="averaging rate $\\beta$", ylabel="decay rates at the fixed point")
ax = axes[1]
for b, color, style in ((0.05, GREEN, "-."), (0.5, VERMILION, "--"), (5.0, BLUE, "-")):
    ax.plot(times, averaged[b][0], color=color, linestyle=style)
ax.text(43, 0.3, "$\\beta = 0.05$", color=GREEN)
ax.text(17.5, 0.62, "0.5", color=VERMILION)
ax.text(6.5, 0.55, "5", color=BLUE)
ax.set(xlabel="time (learning rate x iterations)", ylabel="eigenvalue of the online network")
label_panels(axes)
record(
    "ssl/x_ema_eigenvalues",
    figure,
    data={"averaging_rate": beta, "rates_half": spectrum[0.5], "rates_one": spectrum[1.0],
          "time": times} | {f"online_beta_{b:g}": averaged[b][0] for b in averaged},
    claims=[
        claim("stable at every averaging rate: largest eigenvalue",
              max(s.max() for s in spectrum.values()), "<", 0),
        claim("slow averaging sets the pace: slow rate over 2 alpha beta / (1 + 2 alpha)",
              -spectrum[1.0][0, 1] / (2 * beta[0] / 3), "between", (0.99, 1.01)),
        claim("fast averaging is none: slow rate over 2 alpha at the largest rate",
              -spectrum[1.0][-1, 1] / 2, "between", (0.97, 1.03)),
        claim("the flow relaxes at the slow eigenvalue: ratio of the rates",
              slow / real_eigenvalues(fixed_point_jacobian(0.05)).max(), "between", (0.98, 1.02)),
    ],
    alt="Left: the two decay rates at the fixed point against the averaging rate of the target, both "
    "positive everywhere; the slow one is proportional to the averaging rate until it levels off. Right: "
    "eigenvalues of the online network reach one later the slower the target averages.",
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
# ## What happens if
#
# ... there is no stop-gradient and the target view is noisier? Every mode dies, but those above one
# first linger near one: the bottleneck is as wide as the noise.


# %%
def draw(ax, noise):
    t = np.linspace(0, 60, 400)
    ax.semilogy(t, eigenvalue_trajectory([0.5, 1.5, 3.0], t, variant="no_stop_gradient",
                                         noise=(0.0, noise)))  # fmt: skip
    ax.set(xlabel="time", ylabel="eigenvalue", ylim=(1e-3, 5))


explore(draw, noise=[0.05, 0.1, 0.3])

# %% [markdown]
# ## Exercises
#
# 1. A mode starts at 0.02. After which time does it pass one half under the original loss, and after
#    which under the isotropic one? Check with `eigenvalue_trajectory`.
# 2. Weight decay 0.1, a mode at 0.05: dead or alive? What is the smallest start that survives?
# 3. Both views noisy with $\sigma = 0.5$: where do the eigenvalues end for $\alpha = 1/2$?

# %% tags=["solution"]
waits = [recruitment_time(0.02, variant) for variant in ("standard", "isotropic")]

# %%
for variant, wait in zip(("standard", "isotropic"), waits, strict=True):
    assert abs(eigenvalue_trajectory([0.02], [wait], variant=variant)[0, 0] - 0.5) < 1e-9

# %% tags=["solution"]
smallest = weight_decay_fixed_points(0.1)[1]  # (1 - sqrt(0.6)) / 2 = 0.113: a mode at 0.05 dies

# %%
end = eigenvalue_trajectory([0.05, 1.001 * smallest], [2000.0], weight_decay=0.1)[0]
assert end[0] < 1e-6 and end[1] > 0.5

# %% tags=["solution"]
fixed = (1 / 1.25) ** 2  # lambda = 1/c_1, and gamma is its power 1/alpha

# %%
end = eigenvalue_trajectory([0.3], [200.0], exponent=0.5, noise=(0.5, 0.5))[0, 0]
assert abs(end - fixed) < 1e-9

# %% [markdown]
# ## References
#
# * M. S. Halvagal, A. Laborieux, F. Zenke, *Implicit variance regularization in non-contrastive SSL*,
#   NeurIPS 2023: Theorem 1, Fig. 2. The closed solutions, recruitment times, the bifurcation diagram
#   and the stability with an averaged target are derived here.
# * Y. Tian, X. Chen, S. Ganguli, ICML 2021: the learned predictor and its balance.
# * X. Wang, X. Chen, S. Du, Y. Tian, 2021: weight decay as a threshold on features.
