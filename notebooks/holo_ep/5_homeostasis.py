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
import numpy as np
import sympy as sp

from classroom import check, mistake
from figures.kit import claim, explore, figure_rng, record, seed, use_style
from theory.holo_ep import (
    FieldNetworks,
    PoolingNetworks,
    antisymmetric_part,
    cosine,
    draw_variance,
    gradient_noise_at_symmetry,
    homeostatic_loss,
    relax,
    sampled_gradient,
    sampled_loss,
    solved_errors,
    symmetric_part,
    symmetry_measure,
)

# %%
from theory.holo_ep.derivations import homeostasis as derivations
from theory.holo_ep.homeostasis import (
    descend,
    descend_homeostasis,
    exact_homeostatic_gradient,
)

use_style()

# %% [markdown]
# ## What is measured
#
# The first term is the sensitivity of the network to a perturbation, the second how well a second pass
# reproduces the perturbation. Their difference is the asymmetry.

# %%
derivations.homeostatic_loss()

# %% [markdown]
# The mean needs many draws. How many follows from the variance of one, proved for two units and along
# each axis of $M$:

# %%
derivations.draw_variance()

# %%
rng = figure_rng("holo_ep/x_homeostasis_draws")
units, draws = 20, 20_000
matrix = rng.standard_normal((units, units)) / np.sqrt(units)
even, odd = -np.eye(units) + 0.5 * symmetric_part(matrix), antisymmetric_part(matrix)


def formulas(scales):
    """Mean and variance of a draw for each scale of the antisymmetric part."""
    return np.transpose([
        (homeostatic_loss(even + s * odd), draw_variance(even + s * odd)) for s in scales
    ])  # fmt: skip


scales = np.array([0.05, 0.1, 0.2, 0.4, 0.8, 1.6])
samples = np.array([
    sampled_loss(lambda e, j=even + s * odd: e @ j.T, rng.standard_normal((draws, units)))
    for s in scales
])  # fmt: skip
losses, variances = formulas(scales)

# %% [markdown]
# $S$ and $A$ enter the variance by two powers of $A$ only, $2 \lVert S A - A S \rVert^2 + 8 \lVert A^2 \rVert^2$:
# the first rules near symmetry, the second far from it.

# %%
mean, spread = samples.mean(axis=1), samples.var(axis=1, ddof=1)
fourth = np.mean((samples - mean[:, None]) ** 4, axis=1)
standard_error = np.sqrt((fourth - spread**2) / draws)  # of the variance, from the fourth moment
linear, square = (
    np.sqrt(2) * np.linalg.norm(even @ odd - odd @ even), np.sqrt(8) * np.linalg.norm(odd @ odd)
)  # fmt: skip
powers = (linear * scales) ** 2 + (square * scales**2) ** 2
density, edge = np.transpose([
    np.histogram(samples[k], bins=80, range=(-1, 9), density=True)[0] for k in (2, 3)
]), np.linspace(-1, 9, 81)  # fmt: skip
fine = np.geomspace(0.04, 2, 60)
fine_mean, fine_variance = formulas(fine)

# %%
record(
    "holo_ep/x_homeostasis_draws",
    numbers={"drawn_scale": scales[2:4], "edge": edge, "density": density, "drawn_mean": losses[2:4],
             "scale": scales, "sampled_mean": mean, "sampled_deviation": np.sqrt(spread), "draws": draws,
             "fine_scale": fine, "mean": fine_mean, "deviation": np.sqrt(fine_variance),
             "linear": linear, "square": square},
    claims=[
        claim("sampled means against the formula, in standard errors: largest of six",
              (np.abs(mean - losses) / np.sqrt(variances / draws)).max(), "<", 4, kind="agreement"),
        claim("sampled variances against the formula, in standard errors: largest of six",
              (np.abs(spread - variances) / standard_error).max(), "<", 4, kind="agreement"),
        claim("the variance against its two powers, largest relative difference",
              np.abs(powers / variances - 1).max(), "<", 1e-10, kind="exact"),
        claim("share of negative draws at a scale of 0.1", np.mean(samples[1] < 0), ">", 0.1),
        claim("standard deviation over mean, largest over smallest asymmetry",
              (np.sqrt(spread) / mean)[0] / (np.sqrt(spread) / mean)[-1], ">", 3),
    ],
)  # fmt: skip

# %% [markdown]
# The closer to symmetry, the noisier in relation to its mean: the standard deviation falls with
# $\lVert A \rVert$, the mean with its square. The *gradient* is worse off. Its mean $2 (J - J^\top)$
# is of first order in $A$, and its noise does not vanish at all (the gradient for any size, its
# variance for two units):

# %%
derivations.gradient_noise()

# %%
eps = np.random.default_rng(seed(1)).standard_normal((20_000, 1, units))
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
net = FieldNetworks.random(
    6, (7, 6, 5), "reciprocal", [seed(3)], degrees=0, classes=4, dtype=np.float64
)
x, y = np.random.default_rng(seed(0)).uniform(size=(1, 3, 6)), np.eye(4)[None, [0, 1, 2]]
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
dense = {kind: FieldNetworks.random(6, (8, 7, 5), kind, [rng], degrees=70, exact=True, dtype=np.float64)
         for kind in ("reciprocal", "loop")}  # fmt: skip
pulls, penalties = {}, {}
for kind, one in dense.items():
    jacobian, weights = one.jacobian()[0, 0], one.recurrent[0]
    every_unit = np.sqrt(20) * np.eye(20)  # as draws, their mean is that of normal numbers
    pulls[kind] = sampled_gradient(jacobian, every_unit)[one.linked]
    penalties[kind] = {"matching": 2 * (weights - weights.T)[one.linked],
                       "decay": 2 * weights[one.linked]}  # fmt: skip
off = [np.abs(pulls[kind] - penalties[kind][name]).max()
       for kind, name in (("reciprocal", "matching"), ("loop", "decay"))]  # fmt: skip

# %%
pooled = PoolingNetworks.random((3, 5), [rng], degrees=70, dtype=np.float64)
pooled.forward[0] *= 4.0
images = rng.uniform(size=(2, 1, 3, 64)) ** 2


def pooling_pull(images):
    """Exact mean homeostatic gradient by the kernels of both ways, at the free equilibrium."""
    states = relax(pooled, images, 1000, tolerance=1e-12)
    gradient = exact_homeostatic_gradient(pooled, states.activities)
    return np.concatenate([gradient[1].ravel(), gradient[2].ravel()])


pulls["pooling"], other_images = (pooling_pull(one) for one in images)
w, v = pooled.forward[1].ravel(), pooled.backward[0].ravel()
penalties["pooling"] = {"matching": np.concatenate([w - v, v - w]), "decay": np.concatenate([w, v])}
alike = {kind: {name: cosine(pull, p) for name, p in penalties[kind].items()}
         for kind, pull in pulls.items()}  # fmt: skip

# %% [markdown]
# Then nothing but the homeostatic gradient acts, 200 steps of descent.

# %%
steps, rate, curves = 200, 0.02, {}
for kind, one in dense.items():
    path = descend(one.jacobian()[0, 0], rate, steps, one.linked)
    weights = path + np.eye(20)
    up, down = np.tril(weights, -1), np.swapaxes(np.triu(weights, 1), 1, 2)
    curves[kind] = {
        "loss": homeostatic_loss(path) / homeostatic_loss(path[0]),
        "norm": np.linalg.norm(weights, axis=(1, 2)) / np.linalg.norm(weights[0]),
    }
    if kind == "reciprocal":  # in the loop there is nothing to compare with
        turned = cosine(up.reshape(steps + 1, -1), down.reshape(steps + 1, -1))
        curves[kind]["angle"] = np.degrees(np.arccos(np.clip(turned, -1, 1)))
curves["pooling"] = descend_homeostasis(pooled, images[0], 0.004, steps)
end = {kind: {name: c[-1] for name, c in values.items()} for kind, values in curves.items()}

# %% [markdown]
# What is left can be told beforehand. Matching takes the antisymmetric half away and leaves the symmetric one,
# of a pair of blocks at 70 degrees the share $\cos 35°$ of the norm, and the loss shrinks by $(1 - 4 \cdot
# 0.02)^2$ a step; decay shrinks every weight by $1 - 2 \cdot 0.02$.

# %%
half = np.radians(70) / 2
record(
    "holo_ep/x_homeostasis_regimes",
    numbers={"step": np.arange(steps + 1)}
    | {f"{kind}_{name}": values for kind in curves for name, values in curves[kind].items()}
    | {f"{kind}_gradient": pull for kind, pull in pulls.items()}
    | {f"{kind}_{name}": p for kind in penalties for name, p in penalties[kind].items()},
    claims=[
        claim("mean gradient over perturbations of every unit against weight matching (reciprocal) and "
              "decay (loop): largest difference", max(off), "<", 1e-12, kind="exact"),
        claim("reciprocal: cosine with weight decay against the sine of 35 degrees",
              abs(alike["reciprocal"]["decay"] - np.sin(half)), "<", 1e-9, kind="exact"),
        claim("reciprocal: norm that is left against the cosine of 35 degrees",
              abs(end["reciprocal"]["norm"] - np.cos(half)), "<", 1e-6, kind="exact"),
        claim("loop: norm that is left against its power law, relative",
              abs(end["loop"]["norm"] / (1 - 2 * rate) ** steps - 1), "<", 1e-9, kind="exact"),
        claim("soft pooling: larger of the two cosines", max(alike["pooling"].values()), "<", 0.9),
        claim("soft pooling: cosine of the gradients at two sets of images",
              cosine(pulls["pooling"], other_images), "<", 0.999),
        claim("soft pooling: loss that is left", end["pooling"]["loss"], "<", 0.2),
        claim("soft pooling: angle of the kernels where the loss is small (degrees)",
              end["pooling"]["angle"], ">", 5),
    ],
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
    rng = np.random.default_rng(seed(4))
    jacobian = -np.eye(12) + 0.7 * rng.standard_normal((12, 12)) / np.sqrt(12)
    mean, noisy, path = descend(jacobian, 0.02, 60), jacobian.copy(), []
    for _ in range(61):
        path.append(homeostatic_loss(noisy))
        noisy = noisy - 0.02 * sampled_gradient(noisy, rng.standard_normal((draws, 12)))
    exact = homeostatic_loss(mean)
    ax.semilogy(exact, "k-")
    ax.semilogy(path, "--")
    ax.set(xlabel="step", ylabel="homeostatic loss")
    return (
        f"loss {path[0]:.2f} before; after 60 steps {path[-1]:.2g}, with the mean {exact[-1]:.2g}"
    )


explore(draw, draws=[1, 2, 5, 10, 20, 50])

# %% [markdown]
# ## Exercises

# %% [markdown] tags=["exercise"]
# ### Exercise 1: two weights that meet
#
# *paper, 15 minutes, 4 points, difficulty 1 of 3*
#
# Let $J = \begin{pmatrix} -1 & b \\ d & -1 \end{pmatrix}$ with $b = 0.9$ and $d = 0.3$. Compute the homeostatic loss, and let gradient
# descent with the learning rate $\eta = 0.05$ act on it: first on both weights, then on $b$ alone. By which factor does $b - d$ shrink
# in a step, and where do the weights end?
#
# Assign the loss to `loss`; a list of the two factors, both weights first, to `factors`; and a list of the two
# values at which $b$ ends to `ends`.

# %% tags=["solution"]
# The loss is (b - d)^2: each weight moves by 2 eta (b - d) towards the other.
loss = 0.6**2
factors, ends = [1 - 4 * 0.05, 1 - 2 * 0.05], [0.6, 0.3]

couple = np.array([[-1, 0.9], [0.3, -1]])
assert np.isclose(homeostatic_loss(couple), loss)
learning = True, np.array([[0, 1], [0, 0]])
for free_ones, factor, end_value in zip(learning, factors, ends, strict=True):
    descent = descend(couple, 0.05, 300, free_ones)
    assert np.isclose(descent[1, 0, 1] - descent[1, 1, 0], 0.6 * factor)
    assert np.isclose(descent[-1, 0, 1], end_value)

# %% tags=["check"]
check("holo_ep-5.1", loss, factors, ends)

# %% tags=["mistakes"]
mistake(
    "holo_ep-5.1", 0.18, ..., ..., hint="both off-diagonal entries of the antisymmetric part count"
)
mistake("holo_ep-5.1", ..., [0.9, 0.9], ..., hint="when both learn, each moves towards the other")
mistake("holo_ep-5.1", ..., ..., [0.6, 0.6], hint="a weight that does not learn stays where it is")

# %% [markdown] tags=["exercise"]
# ### Exercise 2: what a soft pool passes on
#
# *derivation, 15 minutes, 4 points, difficulty 2 of 3*
#
# `derivations.weight_regimes()` pools two units with the kernels $k$ and $m$; its step "gain" is the derivative of the pool with
# respect to their common input $x$. Take its right-hand side and find what the pool passes on from an input near 0 and
# from a very large one, if $k > m > 0$. Which kernels can homeostasis therefore compare in a pool near 0, and which far from it?
#
# Assign the two gains to `near` and `far`, expressions in the symbols `k` and `m`.

# %% tags=["solution"]
# Near 0 all shares are equal and the mean kernel counts; far out the larger takes all.
gain = derivations.weight_regimes()["gain"].rhs
x, k, m = (next(s for s in gain.free_symbols if s.name == name) for name in "xkm")
near = sp.simplify(gain.subs(x, 0))
far = k
large = gain.subs({k: 0.7, m: 0.2, x: 300.0})
assert abs(float(large) - 0.7) < 1e-9

# %% tags=["check"]
check("holo_ep-5.2", near, far)

# %% tags=["mistakes"]
mistake("holo_ep-5.2", k + m, ..., hint="a pool is a weighted mean: its shares sum to one")
mistake(
    "holo_ep-5.2",
    ...,
    (k + m) / 2,
    hint="what do the shares become when k x is much larger than m x?",
)

# %% [markdown] tags=["exercise"]
# ### Exercise 3: how many draws?
#
# *simulation, 15 minutes, 4 points, difficulty 2 of 3*
#
# How many independent draws does the loss of the Jacobian of scale 0.4 (`losses[3]`, `variances[3]` above) need to be known to
# one per cent (one standard error)? And how many would one of scale 0.04 need: `formulas([0.04])` gives mean and
# variance of a draw? Predict first how the number goes with the scale near symmetry.
#
# Assign the two numbers of draws, not rounded, to `needed` and `needed_near`.

# %% tags=["solution"]
# Standard error over mean is sqrt(variance / draws) / loss; near symmetry the variance goes with the
# square of the scale, the loss too, so the number of draws goes with its inverse square.
needed = variances[3] / (0.01 * losses[3]) ** 2
small_loss, small_variance = formulas([0.04])[:, 0]
needed_near = small_variance / (0.01 * small_loss) ** 2

drawn = np.random.default_rng(seed(0)).standard_normal((int(needed), units))
trial = sampled_loss(lambda e: e @ (even + 0.4 * odd).T, drawn)
assert abs(trial.mean() / losses[3] - 1) < 0.04

# %% tags=["check"]
check("holo_ep-5.3", needed, needed_near)

# %% tags=["mistakes"]
mistake("holo_ep-5.3", np.sqrt(needed), ...)
mistake("holo_ep-5.3", ..., needed, hint="near symmetry the signal falls faster than its noise")

# %% [markdown] tags=["exercise"]
# ### Exercise 4: is it a mechanism for a brain?
#
# *open, 20 minutes, 6 points, difficulty 3 of 3*
#
# Homeostasis needs no partner for a synapse and copies no weight. What does it need instead? List what a neuron and a synapse
# would have to know or measure, when, and how precisely, and name the point at which you would doubt first. Ten lines.
#
# Then judge, and assign five truth values to `true_of_it`: (a) close to symmetry the *relative* error of one draw of the loss
# grows without bound; (b) the noise of one draw of the *gradient* vanishes at symmetry; (c) in a loop, where no link has a
# partner, the loss makes the weights decay; (d) a network that may change its forward weights only can still remove all of
# the loss, where every link has a partner; (e) a symmetric Jacobian of preactivations is the same thing as one of activities.

# %% [markdown] tags=["solution"]
# It needs independent perturbations of every unit, the response to each perturbation and to a second pass of the
# response, and products of the two at each synapse, at the free equilibrium, again and again while the weights learn. The
# perturbation must be small beside the curvature of the activation and large beside other noise. Near symmetry one draw says
# little about the loss, (a) true; and the gradient fluctuates even where its mean is zero, (b) false: symmetric weights are shaken by the
# measurement itself. (c) is true: without partners the loss is the sum of squared weights. (d) is true, at half the rate.
# (e) is false: the two differ by the slopes on one side, and only the one of activities is symmetric for equal weights.

# %% tags=["solution"]
true_of_it = [True, False, True, True, False]
relative_spread = np.sqrt(fine_variance) / fine_mean
assert (np.diff(relative_spread) < 0).all()  # (a)
assert np.max(gradient_noise_at_symmetry(even)) > 0.1  # (b)
one = dense["reciprocal"]
only_up = one.linked & (np.tril(np.ones((20, 20))) > 0)
left = homeostatic_loss(descend(one.jacobian()[0, 0], 0.02, 400, only_up)[[0, -1]])
assert left[1] < 1e-6 * left[0]  # (d)

# %% tags=["check"]
check("holo_ep-5.4", true_of_it)

# %% tags=["mistakes"]
mistake(
    "holo_ep-5.4",
    [True, True, True, True, False],
    hint="what is measured in one draw at symmetry: zero, or a fluctuation about zero?",
)
mistake(
    "holo_ep-5.4",
    [False, False, True, True, False],
    hint="divide the standard deviation of a draw by the loss",
)

# %% [markdown]
# ## References
#
# * A. Laborieux, F. Zenke, ICLR 2024, arXiv:2309.02214: the homeostatic loss; the released code divides it by the
#   number of units, averages 5 draws a sample and applies it to $W - 1$.
# * M. F. Hutchinson, Communications in Statistics 18 (1989): traces from random perturbations.
# * The variance of a draw, the gradient of one draw and the three regimes are worked out here.
