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
# # Jacobian homeostasis: symmetry without copying weights
#
# **After this lesson you can** compute the homeostatic loss from perturbations alone and say how noisy
# one draw is; choose the right Jacobian; and predict what the loss does to the weights: it matches them,
# it makes them decay, or neither.
#
# *25 minutes. Prerequisites: lesson 4; traces, Gaussian moments.*
#
# Lesson 4 left an error that is turned by the antisymmetric part of the Jacobian. Setting $W =
# W^\top$ would need to copy weights between two synapses, or needs a partner for every synapse in the
# first place. The 2024 paper penalises the antisymmetric part itself, by two quantities that a network
# can measure when it is perturbed a little:
#
# $$\mathcal L_{\text{homeo}} = \mathrm E_{\varepsilon}\left[\lVert J \varepsilon \rVert^2
#   - \varepsilon^\top J^2 \varepsilon\right].$$
#
# | symbol | name in the code | meaning |
# |---|---|---|
# | $J = S + A$ | `jacobian` | Jacobian at the free equilibrium |
# | $\varepsilon$ | `perturbations` | independent standard normal numbers |
# | $W, D$ | `recurrent`, `slope` | recurrent weights, slopes of the activation |
# | $w, v$ | `forward`, `backward` | forward and backward kernels |

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
from theory.holo_ep import (
    FieldNetworks,
    PoolingNetworks,
    antisymmetric_part,
    draw_variance,
    gradient_noise_at_symmetry,
    homeostatic_gradient,
    homeostatic_loss,
    relax,
    sampled_gradient,
    sampled_loss,
    soft_pool,
    solved_errors,
    symmetric_part,
    symmetry_measure,
)
from theory.holo_ep.derivations import homeostasis as derivations
from theory.holo_ep.homeostasis import descend
from theory.holo_ep.pooling_homeostasis import descend_homeostasis, exact_homeostatic_gradient

use_style()

# %% [markdown]
# ## What is measured
#
# The first term is the sensitivity of the network to a perturbation, the second how well a second pass
# reproduces the perturbation. Their difference is the asymmetry.

# %%
derivations.homeostatic_loss()

# %% [markdown]
# The mean needs many draws. How many follows from the variance of one:

# %%
derivations.draw_variance()

# %%
rng = figure_rng("holo_ep/x_homeostasis_draws")
units, draws = 20, 20_000
matrix = rng.standard_normal((units, units)) / np.sqrt(units)
even, odd = -np.eye(units) + 0.5 * symmetric_part(matrix), antisymmetric_part(matrix)
scales = np.array([0.05, 0.1, 0.2, 0.4, 0.8, 1.6])
samples, losses, variances = [], [], []
for scale in scales:
    jacobian = even + scale * odd
    eps = rng.standard_normal((draws, units))
    samples.append(sampled_loss(lambda e, j=jacobian: e @ j.T, eps))
    losses.append(homeostatic_loss(jacobian))
    variances.append(draw_variance(jacobian))
samples, losses, variances = np.array(samples), np.array(losses), np.array(variances)
mean, spread = samples.mean(axis=1), samples.var(axis=1, ddof=1)
fourth = np.mean((samples - mean[:, None]) ** 4, axis=1)
standard_error = np.sqrt((fourth - spread**2) / draws)  # of the variance, from the fourth moment
mean_z = np.abs(mean - losses) / np.sqrt(variances / draws)
variance_z = np.abs(spread - variances) / standard_error

# %%
figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.7))
for k, colour, line in ((2, BLUE, "-"), (3, VERMILION, "--")):
    heights, edges = np.histogram(samples[k], bins=80, range=(-1, 9), density=True)
    axes[0].stairs(heights, edges, color=colour, linestyle=line, linewidth=1.2)
    axes[0].axvline(losses[k], color=colour, linestyle=":", linewidth=1)
    axes[0].text(losses[k] + 0.15, (0.8, 0.3)[k - 2], f"$A \\times {scales[k]}$", color=colour)
axes[0].set(xlabel=r"one draw of $\|J\varepsilon\|^2 - \varepsilon^\top J^2 \varepsilon$",
            ylabel="density", title="dotted: the mean, $2\\|A\\|^2$")  # fmt: skip
fine = np.geomspace(0.04, 2, 60)
curves = np.array([[homeostatic_loss(even + s * odd), np.sqrt(draw_variance(even + s * odd))]
                   for s in fine])  # fmt: skip
for values, points, colour, marker in (
    (curves[:, 0], mean, BLUE, "o"),
    (curves[:, 1], np.sqrt(spread), VERMILION, "s"),
):
    axes[1].loglog(fine, values, "-", color=colour, linewidth=1)
    axes[1].loglog(scales, points, marker, color=colour, fillstyle="none")
axes[1].text(0.5, 1.1 * losses[4], "mean", color=BLUE, ha="right")
axes[1].text(0.045, 1.3, "standard deviation\nof one draw", color=VERMILION)
axes[1].set(xlabel="scale of the antisymmetric part", title="points: 20 000 draws, lines: formulas")
label_panels(axes)
record(
    "holo_ep/x_homeostasis_draws",
    figure,
    data={"scale": scales, "loss": losses, "sampled_mean": mean, "variance": variances,
          "sampled_variance": spread},
    claims=[
        claim("sampled means against the formula, largest z-score of six", mean_z.max(), "<", 4),
        claim("sampled variances against the formula, largest z-score of six", variance_z.max(),
              "<", 4),
        claim("share of negative draws at a scale of 0.1", np.mean(samples[1] < 0), ">", 0.1),
        claim("standard deviation over mean, largest over smallest asymmetry",
              (np.sqrt(variances) / losses)[0] / (np.sqrt(variances) / losses)[-1], ">", 3),
    ],
    alt="Left: histograms of single draws for two asymmetries, partly negative, with their means. Right: "
    "mean and standard deviation of a draw against the scale of the antisymmetric part; the mean falls "
    "with its square, the standard deviation only with its first power, and samples lie on the formulas.",
)  # fmt: skip

# %% [markdown]
# The closer to symmetry, the noisier in relation to its mean: the standard deviation falls with $\lVert A
# \rVert$, the mean with its square. The *gradient* is worse off. Its mean $2 (J - J^\top)$ is of first order in
# $A$, and its noise does not vanish at all:

# %%
derivations.gradient_noise()

# %%
eps = np.random.default_rng(1).standard_normal((20_000, 1, units))
gradients = sampled_gradient(np.broadcast_to(even, (20_000, units, units)), eps)
noise = gradient_noise_at_symmetry(even)
print(f"summed variance of one draw's gradient at A = 0: formula {noise:.1f}, "
      f"20 000 draws {gradients.var(axis=0).sum():.1f}")  # fmt: skip
print(f"a batch of 50 samples with 5 draws each divides it by 250: {noise / 250:.2f}")

# %% [markdown]
# So learning with few draws keeps a floor of asymmetry, as the cell to play with below shows.
#
# ## Which Jacobian?
#
# Preactivations, activities, weights: three Jacobians of the same network are in use.

# %%
derivations.which_jacobian()

# %% [markdown]
# So penalising $W - 1$ is right for activities, where the error vectors live: a network with a symmetric $W$ has
# two equal errors although $W D - 1$ is not symmetric.

# %%
net = FieldNetworks.random(6, (7, 6, 5), "reciprocal", [3], degrees=0, classes=4, dtype=np.float64)
x, y = np.random.default_rng(0).uniform(size=(1, 3, 6)), np.eye(4)[None, [0, 1, 2]]
free = relax(net, x, 2000, tolerance=1e-13)
two = [solved_errors(net, free.states, y, kind) for kind in ("backpropagated", "nudged")]
slope = net.slope(free.states)[0, 0]
jacobians = {"W D - 1": net.recurrent[0] * slope - np.eye(18), "W - 1/D": net.recurrent[0] -
             np.diag(1 / slope), "W - 1": net.jacobian()[0, 0]}  # fmt: skip
print("largest difference of the two errors:", f"{np.abs(two[0] - two[1]).max():.1e}")
for name, jacobian in jacobians.items():
    print(f"homeostatic loss of {name:8}: {homeostatic_loss(jacobian):8.4f}   "
          f"symmetry measure: {symmetry_measure(jacobian):.4f}")  # fmt: skip

# %% [markdown]
# ## What happens to the weights
#
# For dense layers $W - 1$ does not depend on the input at all, and the loss is plain:

# %%
derivations.weight_regimes()

# %% [markdown]
# * **Reciprocal** wiring: $\tfrac12 \lVert W - W^\top \rVert^2$, *weight matching*.
# * **Loop** wiring, where no link has a partner: $\lVert W \rVert^2$, plain *weight decay*. Symmetry can only
#   be approached by giving up the recurrent weights.
# * **Soft pooling**: what flows back through a pool is weighted by how the backward kernels' currents share
#   it. The Jacobian depends on the state, and the loss is neither of the two.
#
# All three are seen in the gradient itself. Its exact mean is computed with perturbations along every unit
# in turn, and compared with the gradients of $\tfrac12 \lVert W - W^\top \rVert^2$ and of $\tfrac12 \lVert W
# \rVert^2$.

# %%
rng = figure_rng("holo_ep/x_homeostasis_regimes")
dense = {kind: FieldNetworks.random(6, (8, 7, 5), kind, [rng], degrees=70, dtype=np.float64)
         for kind in ("reciprocal", "loop")}  # fmt: skip
pulls, penalties = {}, {}
for kind, one in dense.items():
    weights, used = one.recurrent[0], one.linked
    pulls[kind] = homeostatic_gradient(one.jacobian()[0, 0])[used]
    penalties[kind] = {"matching": (weights - weights.T)[used], "decay": weights[used]}
pooled = PoolingNetworks.random((3, 5), [rng], degrees=70, dtype=np.float64)
pooled.forward[0] *= 4.0
images = rng.uniform(size=(2, 1, 3, 64)) ** 2


def pooling_pull(images):
    """Exact mean homeostatic gradient by the kernels of both ways, at the free equilibrium."""
    states = relax(pooled, images, 1000, tolerance=1e-12)
    gradient = exact_homeostatic_gradient(pooled, states.activities)
    return np.concatenate([gradient[1].ravel(), gradient[2].ravel()])


pulls["soft pooling"], other_images = (pooling_pull(one) for one in images)
w, v = pooled.forward[1].ravel(), pooled.backward[0].ravel()
penalties["soft pooling"] = {"matching": np.concatenate([w - v, v - w]),
                             "decay": np.concatenate([w, v])}  # fmt: skip


def parallel(a, b):
    """Cosine of two gradients, zero where one of them vanishes."""
    return float(a @ b / np.sqrt((a @ a) * (b @ b)))


alike = {kind: {name: parallel(pull, p) for name, p in penalties[kind].items()}
         for kind, pull in pulls.items()}  # fmt: skip
between_images = parallel(pulls["soft pooling"], other_images)

# %% [markdown]
# Then nothing but the homeostatic gradient acts, 200 steps of descent.

# %%
steps, curves = 200, {}
for kind, one in dense.items():
    path = descend(one.jacobian()[0, 0], 0.02, steps, one.linked)
    weights = path + np.eye(20)
    up, down = np.tril(weights, -1), np.swapaxes(np.triu(weights, 1), 1, 2)
    product = (up * down).sum(axis=(1, 2))
    lengths = np.linalg.norm(up, axis=(1, 2)) * np.linalg.norm(down, axis=(1, 2))
    curves[kind] = {
        "loss": homeostatic_loss(path) / homeostatic_loss(path[0]),
        "norm": np.linalg.norm(weights, axis=(1, 2)) / np.linalg.norm(weights[0]),
        "angle": np.degrees(np.arccos(np.clip(product / lengths, -1, 1))),
    }
curves["loop"]["angle"] = np.full(steps + 1, np.nan)  # there is nothing to compare with
curves["soft pooling"] = descend_homeostasis(pooled, images[0], 0.004, steps)

# %%
figure, axes = plt.subplots(2, 3, figsize=(PAGE, 4.6))
for top, bottom, (kind, pull) in zip(*axes, pulls.items(), strict=True):
    for (name, values), colour, marker in zip(
        penalties[kind].items(), (BLUE, ORANGE), "o^", strict=True
    ):
        factor = pull @ values / (values @ values)
        top.plot(factor * values, pull, marker, color=colour, markersize=2.6, fillstyle="none",
                 markeredgewidth=0.6)  # fmt: skip
        place = 0.95 if name == "matching" else 0.85
        told = f"{alike[kind][name]:.2f}"
        top.text(0.04, place, f"{name}: cosine {told}", color=colour, transform=top.transAxes,
                 fontsize=6.5)  # fmt: skip
    span = np.array([-1.1, 1.1]) * np.abs(pull).max()
    top.plot(span, span, "-", color=BLACK, linewidth=0.6, zorder=0)
    top.set(xlim=span, ylim=span, xlabel="gradient of a penalty, scaled", title=kind)
    for name, colour, line in (
        ("loss", BLACK, "-"),
        ("norm", GREEN, "--"),
        ("angle", VERMILION, ":"),
    ):
        scale = 90 if name == "angle" else 1
        bottom.plot(curves[kind][name] / scale, line, color=colour)
    bottom.set(xlabel="step of descent", ylim=(0, 1.05))
axes[0, 0].set_ylabel("homeostatic gradient")
axes[1, 0].set_ylabel("share of the start")
axes[1, 1].text(196, 0.95, "full: loss\ndashed: norm of the weights\ndotted: angle / 90°", ha="right",
                va="top", fontsize=6.5)  # fmt: skip
label_panels(axes)
end = {kind: {name: c[-1] for name, c in values.items()} for kind, values in curves.items()}
record(
    "holo_ep/x_homeostasis_regimes",
    figure,
    data={f"{kind} {name}": values for kind in curves for name, values in curves[kind].items()}
    | {f"{kind} gradient": pull for kind, pull in pulls.items()}
    | {f"{kind} {name} penalty": p for kind in penalties for name, p in penalties[kind].items()},
    claims=[
        claim("reciprocal: 1 - cosine with weight matching", 1 - alike["reciprocal"]["matching"],
              "<", 1e-12),
        claim("reciprocal: cosine with weight decay", alike["reciprocal"]["decay"], "<", 0.9),
        claim("loop: 1 - cosine with weight decay", 1 - alike["loop"]["decay"], "<", 1e-12),
        claim("soft pooling: larger of the two cosines", max(alike["soft pooling"].values()), "<", 0.9),
        claim("soft pooling: cosine of the gradients at two sets of images", between_images, "<", 0.999),
        claim("reciprocal: angle after the descent (degrees)", end["reciprocal"]["angle"], "<", 1),
        claim("reciprocal: norm that is left", end["reciprocal"]["norm"], ">", 0.5),
        claim("loop: norm that is left", end["loop"]["norm"], "<", 0.01),
        claim("soft pooling: loss that is left", end["soft pooling"]["loss"], "<", 0.2),
        claim("soft pooling: angle of the kernels where the loss is small (degrees)",
              end["soft pooling"]["angle"], ">", 5),
    ],
    alt="Top: the homeostatic gradient against the gradients of weight matching and of weight decay. In a "
    "reciprocal network it equals the first, in a loop the second, with soft pooling neither. Bottom: loss, "
    "norm of the weights and angle under homeostasis alone: the reciprocal network becomes symmetric and "
    "keeps its weights, the loop loses them, the soft-pooling network reduces its loss while its kernels "
    "stay different.",
)  # fmt: skip

# %% [markdown]
# The measure of the loop cannot reach 1 while there are weights: the figures of lesson 7 show the same after
# training, and the paper's loop network, too.
#
# ## What happens if
#
# ... few draws are used for every step of the descent? Full: the mean gradient; dashed: so many draws a step.


# %%
def draw(ax, draws):
    rng = np.random.default_rng(4)
    jacobian = -np.eye(12) + 0.7 * rng.standard_normal((12, 12)) / np.sqrt(12)
    mean, noisy, path = descend(jacobian, 0.02, 60), jacobian.copy(), []
    for _ in range(61):
        path.append(homeostatic_loss(noisy))
        noisy = noisy - 0.02 * sampled_gradient(noisy, rng.standard_normal((draws, 12)))
    ax.semilogy(homeostatic_loss(mean), "-", color=BLACK)
    ax.semilogy(path, "--", color=BLUE)
    ax.set(xlabel="step", ylabel="homeostatic loss")


explore(draw, draws=[1, 5, 50])

# %% [markdown]
# ## Exercises
#
# 1. How many draws give the loss of the Jacobian of scale 0.4 above to one per cent?
# 2. Which share of the loss does a network remove that may only change its *forward* weights?
# 3. At which state is a soft pool an average, so that only the mean of its kernels counts?

# %% tags=["solution"]
# 1. Standard error over mean is sqrt(variance / draws) / loss.
needed = variances[3] / (0.01 * losses[3]) ** 2

# %%
trial = sampled_loss(lambda e: e @ (even + 0.4 * odd).T, rng.standard_normal((int(needed), units)))
assert abs(trial.mean() / losses[3] - 1) < 0.04

# %% tags=["solution"]
# 2. All of it: w follows v, at half the rate at which both would meet.
one = dense["reciprocal"]
only_up = one.linked & (np.tril(np.ones((20, 20))) > 0)
left = homeostatic_loss(descend(one.jacobian()[0, 0], 0.02, 400, only_up)[[0, -1]])

# %%
assert left[1] < 1e-6 * left[0]

# %% tags=["solution"]
# 3. Where its inputs are equal: all shares are a quarter there, whatever the temperature.
equal = np.full((4, 1), 0.7)
bumped = [soft_pool(equal + 1e-6 * np.eye(4)[:, [k]], 0.3)[0] for k in range(4)]

# %%
assert np.allclose((np.array(bumped) - 0.7) / 1e-6, 0.25, atol=1e-5)

# %% [markdown]
# ## References
#
# * A. Laborieux, F. Zenke, ICLR 2024, arXiv:2309.02214: the homeostatic loss; the released code divides it by the
#   number of units, averages 5 draws a sample and applies it to $W - 1$.
# * M. F. Hutchinson, Communications in Statistics 18 (1989): traces from random perturbations.
# * The variance of a draw, the gradient of one draw and the three regimes are worked out here.
