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
# # Mean-field theory: any Hessian, then random Hessians
#
# **After this lesson you can** predict the time-averaged binary weights, the hidden-weight velocities,
# the flip costs and their scatter of any quadratic binary task from one convex problem; and, for
# random Hessians in high dimension, predict their *distribution* from two scalar equations.
#
# *50 minutes. Prerequisites: lessons 1 and 2; optimality conditions of constrained problems; Gaussian
# integrals.*
#
# Lesson 2 proved that averages converge. Now the limit is put to work: first for one given Hessian,
# then for a Hessian drawn at random, where individual synapses cannot be predicted any more but
# their statistics can.
#
# | symbol | name in the code | meaning |
# |---|---|---|
# | $\bar s$ | `binary_mean` | minimiser of the loss over the cube, limit of the mean signs |
# | $v$ | `multiplier` | multipliers of the sides of the cube |
# | $\delta = n/d$ | `aspect_ratio` | rows per column of the design matrix, $H = A^\top A$ |
# | $\tau$ | `noise` | what all other synapses add to the optimum of one |
# | $\hat E$ | `effective_curvature` | curvature that one synapse feels when the others respond |
# | $f$ | `free_fraction` | fraction of synapses that are not consolidated |
# | $\kappa$ | `strengths` | metaplasticity times learning rate times curvature |

# %%
import numpy as np
from scipy.stats import f as f_distribution

from classroom import check, mistake
from figures.kit import claim, explore, figure_rng, record, use_style
from theory.metaplasticity import (
    DiscreteOptimum,
    GaussianSpectrum,
    NormalOptimum,
    QuadraticTask,
    UniformOptimum,
    UniformSpectrum,
    averaging_error_bound,
    fluctuations,
    mean_field,
    metaplastic_mean_field,
    random_hessian_mean_field,
    simulate_hidden_weights,
    spectral_mean_field,
)
from theory.metaplasticity.derivations import mean_field as derivations
from theory.metaplasticity.derivations import metaplastic_mean_field as metaplastic_derivations
from theory.metaplasticity.derivations import random_hessian as random_derivations
from theory.metaplasticity.derivations import spectra

use_style()

# %% [markdown]
# ## Any Hessian: mean signs
#
# A strongly coupled task: the Hessian of a least-squares problem with 450 random rows for 300 weights.
# Most of the curvature of a synapse can be taken over by others, so that $W^*$ alone says little.

# %%
rng = figure_rng("metaplasticity/x_mean_signs")
hessian = GaussianSpectrum(1.5).sample_hessian(300, rng)
task = QuadraticTask(hessian, rng.uniform(-2, 2, 300))
learning_rate = 0.05
start = learning_rate * rng.standard_normal(300)
path = simulate_hidden_weights(task, start, 10_000, learning_rate, record_hidden=True).hidden
signs = np.where(path[:-1] >= 0, 1.0, -1.0)
state = mean_field(task)
held = state.consolidated

# %%
times = np.unique(np.geomspace(10, 10_000, 25).astype(int))
running = np.cumsum(signs, axis=0)[times - 1] / times[:, None]
worst = np.abs(running - state.binary_mean).max(axis=1)
slope = np.polyfit(np.log(times[-10:]), np.log(worst[-10:]), 1)[0]

# %%
clipped = np.clip(task.optimum, -1, 1)
miss = running[-1] - state.binary_mean
error_norm = np.sqrt(miss @ hessian @ miss)
proved = averaging_error_bound(task, state, start, times[-1:], learning_rate)[0]
record(
    "metaplasticity/x_mean_signs",
    numbers={"box_minimiser": state.binary_mean, "clipped_optimum": clipped,
             "simulated": running[-1], "steps": times, "largest_error": worst},
    claims=[
        claim("mean signs after all steps against the box minimiser, norm of the Hessian: share of the "
              "proved bound", error_norm / proved, "<", 1, kind="agreement"),
        claim("the optimum clipped to the box is no substitute: its largest error over the minimiser's",
              np.abs(clipped - running[-1]).max() / worst[-1], ">", 100),
        claim("the error falls like one over the steps: logarithmic slope", slope, "between",
              (-1.4, -0.7)),
    ],
)  # fmt: skip

# %% [markdown]
# ## Velocities and flip costs

# %%
derivations.consolidated_flip_cost()

# %%
first, last = 2000, 10_000  # averages between these steps
velocity = (path[last] - path[first]) / (last - first)
wrong = (np.abs(task.optimum) > 1) != held
late = signs[first:]
cost = np.mean([task.flip_cost(block).mean(axis=0) for block in np.split(late, 20)], axis=0)

# %% [markdown]
# How close must they be? A free hidden weight stays within one step of zero, and the others feel it no
# more than that: from one time to another $W$ leaves its line by at most two of its largest steps. The
# mean gradient, which enters the flip cost twice, is the velocity over the learning rate.

# %%
largest_step = learning_rate * np.abs(hessian) @ (1 + np.abs(task.optimum))
allowed = 2 * largest_step / (last - first)
grown = np.abs(path[-1]) > largest_step
record(
    "metaplasticity/x_velocity_multiplier",
    numbers={"predicted_velocity": learning_rate * state.multiplier, "velocity": velocity,
             "misjudged": wrong, "consolidated": held, "predicted_flip_cost": state.flip_cost,
             "flip_cost": cost},
    claims=[
        claim("velocity against learning rate times multiplier: largest deviation over two steps' worth",
              (np.abs(velocity - learning_rate * state.multiplier) / allowed).max(), "<", 1,
              kind="agreement"),
        claim("simulated hidden weights for which |W*| > 1 is the wrong criterion",
              np.sum(grown != (np.abs(task.optimum) > 1)), ">", 20),
        claim("mean flip cost of consolidated weights: largest deviation over two steps' worth",
              (np.abs(cost - state.flip_cost) * learning_rate / (2 * allowed))[held].max(), "<", 1,
              kind="agreement"),
        claim("free weights cost less than independent fluctuations say: median ratio",
              np.median((cost / state.flip_cost)[~held]), "<", 0.8),
        claim("some free weights could be flipped at a gain: smallest mean flip cost", cost.min(), "<", 0),
    ],
)  # fmt: skip

# %% [markdown]
# For consolidated weights the prediction is exact. For free weights it takes their fluctuations as
# independent. In a task as strongly coupled as this one they are not: the free signs correlate, and a
# flip costs less than predicted, for some even less than nothing. For the paper's nearly diagonal
# ensemble, below, independence is accurate.
#
# Four connections worth knowing. Hidden weights are **Lagrange multipliers** of the binary box, found
# while the problem is solved. The rule is **dual averaging**: the binary weights are the corner that
# agrees best with the accumulated negative gradient. Like **herding** in statistics, and like the
# sigma-delta modulator of lesson 2, it makes a deterministic sequence of corners whose average is a
# wanted point, with an error of order $1/T$ instead of the $1/\sqrt T$ of random draws. And for small
# learning rates it is a **sliding mode** in Filippov's sense: a free hidden weight stays at zero, where the
# sign jumps, and its effective sign is whatever value balances the gradient; that motion is steepest
# descent, preconditioned by $H$, on the convex function $\|W\|_1 - W^* \cdot W$.
#
# ## Second order: scatter and mean loss
#
# Free signs fluctuate with variance $1 - \bar s_i^2$. Treated as independent they give the scatter of the
# flip costs and the mean loss. The paper's ensemble, ten draws:

# %%
rng = figure_rng("metaplasticity/x_fluctuations")
rows = []
for _ in range(10):
    drawn = QuadraticTask.random(500, rng)
    box = mean_field(drawn)
    second = fluctuations(drawn, box)
    hidden = simulate_hidden_weights(
        drawn, 0.01 * rng.standard_normal(500), 1000, 0.01, record_hidden=True
    ).hidden[501:]
    corners = np.where(hidden >= 0, 1.0, -1.0)
    scatter = drawn.flip_cost(corners).std(axis=0)[box.consolidated]
    rows.append([drawn.loss(box.binary_mean), second.mean_loss, drawn.loss(corners).mean(),
                 second.flip_cost_sd[box.consolidated].mean(), scatter.mean(),
                 scatter.std(ddof=1) / np.sqrt(scatter.size)])  # fmt: skip
floor, predicted_loss, simulated_loss, predicted_sd, simulated_sd, error_of_sd = np.transpose(rows)

# %%
record(
    "metaplasticity/x_fluctuations",
    numbers={"loss_of_mean": floor, "predicted_loss": predicted_loss, "simulated_loss": simulated_loss,
             "predicted_sd": predicted_sd, "simulated_sd": simulated_sd, "error_of_sd": error_of_sd},
    claims=[
        claim("what fluctuations add to the loss: largest relative deviation from independence",
              np.abs((simulated_loss - predicted_loss) / (predicted_loss - floor)).max(), "<", 0.05),
        claim("without fluctuations the loss is underestimated: smallest relative gap",
              (1 - floor / simulated_loss).min(), ">", 0.03),
        claim("scatter of flip costs against independence: largest relative deviation",
              np.abs(simulated_sd / predicted_sd - 1).max(), "<", 0.02),
    ],
)  # fmt: skip

# %% [markdown]
# ## Metaplasticity of coupled synapses
#
# So far $m = 0$. Metaplasticity polarises a free synapse, lesson 2 says, and a coupled synapse is one whose optimum the
# others move. So put both together: each synapse sees the mean of the others as an *effective optimum* and is polarised
# around it.

# %%
metaplastic_derivations.mean_field_energy()

# %% [markdown]
# **One number.** Take $H = 1$, $W^* = 0.6$ and $\kappa = 0.3$. The loss alone is smallest at $0.6$. The cost of being undecided,
# $0.015\,(1 - s^2)^2$, falls with the slope $0.06 \cdot 0.6 \cdot 0.64 = 0.023$ there: the mean sign moves to about $0.623$. For
# many coupled synapses the same is a box problem again, only with another function to minimise.
#
# Consolidated synapses change as well. Free ones shake their gradients; the inward part of the shaking is damped
# away, the outward part is not.

# %%
metaplastic_derivations.rectified_drift()

# %%
rng = figure_rng("metaplasticity/x_metaplastic_mean_field")
strengths, count = np.array([0.1, 0.2, 0.35, 0.5]), 100
rows = {"weak": [], "strong": []}
for _ in range(3):
    random = QuadraticTask(
        GaussianSpectrum(4.0).sample_hessian(count, rng), rng.uniform(-2, 2, count)
    )
    for name, drawn, rate in (
        ("weak", QuadraticTask.random(count, rng), 0.01),
        ("strong", random, 0.05),
    ):
        m = strengths[:, None] / (
            rate * np.diag(drawn.hessian).mean()
        )  # one a strength, one run for all
        begin = rate * rng.standard_normal((4, len(strengths), count))
        middle = simulate_hidden_weights(drawn, begin, 1500, rate, m)
        late = simulate_hidden_weights(drawn, middle.final, 3000, rate, m)
        box = mean_field(drawn)
        theory = [metaplastic_mean_field(drawn, rate, float(x)) for x in m[:, 0]]
        rows[name].append((box, theory, late.binary_mean.mean(axis=0),
                           (late.final - middle.final).mean(axis=0) / (3000 * rate)))  # fmt: skip

# %% [markdown]
# Both ensembles at four strengths: how much of the shift of the mean signs is left unexplained, and which part of the ranking
# survives.


# %%
def ranks(values):
    return np.argsort(np.argsort(values))


unexplained, order = np.empty((2, 3, 4)), np.empty((2, 3, 4))
for e, name in enumerate(rows):
    for t, (box, theory, mean, velocity) in enumerate(rows[name]):
        for k in range(4):
            shift = np.linalg.norm(mean[k] - box.binary_mean)
            unexplained[e, t, k] = np.linalg.norm(mean[k] - theory[k].binary_mean) / shift
            held_now = theory[k].consolidated
            measured, plain = np.abs(velocity[k][held_now]), np.abs(box.multiplier[held_now])
            order[e, t, k] = np.corrcoef(ranks(measured), ranks(plain))[0, 1]
coupling = [np.median([t[0].coupling for _, t, _, _ in rows[n]]) for n in rows]
box, theory, mean, velocity = rows["weak"][0]
speeds = np.abs(np.concatenate([
    np.transpose([b.multiplier, t[1].velocity, v[1]])[t[1].consolidated]
    for b, t, _, v in rows["weak"]
]))  # fmt: skip
slow = speeds[:, 0] < 6
grown = speeds[:, 2] * 1500 * strengths[1] / 20 > 5  # m|W| is large

# %%
record(
    "metaplasticity/x_metaplastic_mean_field",
    numbers={"strengths": strengths, "unexplained_weak": unexplained[0].T,
             "unexplained_strong": unexplained[1].T, "coupling": coupling,
             "predicted_shift": theory[1].binary_mean - box.binary_mean,
             "shift": mean[1] - box.binary_mean, "multiplier": speeds[slow, 0],
             "predicted_velocity": speeds[slow, 1], "velocity": speeds[slow, 2],
             "order_weak": order[0].T, "order_strong": order[1].T},
    claims=[
        claim("weak coupling, strength 0.2 and 0.35: share of the shift of the mean signs that the second "
              "order leaves unexplained, mean of three tasks", unexplained[0, :, 1:3].mean(), "<", 0.4),
        claim("strong coupling: how much more is left, mean over tasks and strengths",
              unexplained[1].mean() - unexplained[0].mean(), ">", 0.1),
        claim("... but never made worse: largest share", unexplained[1].max(), "<", 0.95),
        claim("velocities of consolidated weights: error of the rectified drift over that of the multiplier",
              np.abs(speeds[grown, 2] - speeds[grown, 1]).max()
              / np.abs(speeds[grown, 2] - speeds[grown, 0]).max(), "<", 0.3),
        claim("the ranking of consolidated weights survives: smallest rank correlation of velocity and "
              "multiplier without metaplasticity, weak coupling", order[0].min(), ">", 0.99),
        claim("... strong coupling", order[1].min(), ">", 0.95),
    ],
)  # fmt: skip

# %% [markdown]
# Where it holds: for $\kappa$ up to about a third, and where a synapse is shaken by the others much less than by itself
# (`coupling` well below one). In strongly coupled tasks the direction is right and the size is not: there the
# shaking smears the hidden weight of a free synapse over more than its own step. At larger $m$ free synapses
# escape, one by one, and stay consolidated; no theory of this lesson follows them. What survives in all cases is
# the *order* of the consolidated weights, because the rectified drift rises with the multiplier.
#
# ## Random Hessians
#
# Let $H = A^\top A$ with $n = \delta d$ Gaussian rows of variance $1/n$, and let $d$ grow. Individual synapses cannot be
# predicted any more, but their statistics can. Three ideas do it; each has a case that fits on one line.
#
# * **Comparison theorem** (Gordon). In a minimum over vectors $e$ of the length of $Ae$, a Gaussian matrix may be replaced by *two*
#   independent Gaussian vectors: $\|Ae\|$ by $(\|e\|\,\|g\| - \langle h, e\rangle)/\sqrt n$, with $g$ of length about $\sqrt n$.
#   Worked case: $e$ of length 1, nothing else. The best $e$ points along $h$, which has the length $\sqrt d$, and
#   the minimum is $1 - \sqrt{d/n} = 1 - \delta^{-1/2}$. That is the smallest singular value of $A$, a classic.
# * **Onsager's reaction.** Move one synapse; the free ones among the others give way and take over part of its curvature. Worked
#   case: one partner. Lesson 1 found $H_{11} - H_{12}^2/H_{22}$ left of $H_{11}$. With a fraction $f$ of many synapses free, each
#   takes a share of order $1/n$, and what is left is the *effective curvature* $\hat E = 1 - f/\delta$.
# * **R-transform.** For any other rotationally invariant Hessian the same remainder is $\hat E = R(-\chi)$, where $\chi = f/\hat E$ is how
#   far the others give way. $R$ is made from the spectrum: $R(z) = \langle\lambda\rangle + \operatorname{var}(\lambda)\,z + \dots$
#   Worked cases: all eigenvalues equal, $R = \lambda$, nobody can help; Gaussian rows, $R(z) = 1/(1 - z/\delta)$, and
#   solving $\hat E = R(-f/\hat E)$ gives $1 - f/\delta$ again.
#
# The first two cases in numbers, one draw of 400 synapses:

# %%
rng = figure_rng("metaplasticity/x_multiplier_law")
hessian = GaussianSpectrum(1.5).sample_hessian(400, rng)
few = rng.choice(400, 133, replace=False)  # free synapses, a third
left = 1 / np.diag(
    np.linalg.inv(hessian[np.ix_(few, few)])
)  # curvature when the other free ones respond
print(
    f"smallest eigenvalue {np.linalg.eigvalsh(hessian)[0]:.4f}, theory {(1 - 1.5**-0.5) ** 2:.4f}"
)
print(f"curvature alone {np.diag(hessian).mean():.3f}, with responding partners {left.mean():.3f}, "
      f"theory {1 - 133 / 400 / 1.5:.3f}")  # fmt: skip

# %% [markdown]
# Applied to the box problem, the comparison leaves one scalar problem per synapse: what remains decouples.

# %%
random_derivations.scalar_problem()

# %% [markdown]
# What of this is proved?
#
# * **The limit.** For $\delta > 1$ the comparison theorem (Thrampoulidis, Abbasi and Hassibi) proves the law of
#   $\bar s$. Approximate message passing, an algorithm that solves the box problem, proves it together with the
#   multipliers: state evolution (Bayati and Montanari) tracks the algorithm, and the algorithm reaches the minimiser
#   because the smallest eigenvalue tends to $(1 - \delta^{-1/2})^2 > 0$.
# * **One solution only** (sketch). The scalar problem minimises $J(e) = \|e\| - \langle g, e\rangle/\sqrt\delta$ over the
#   errors $e = \bar s - W^*$ that the box allows, $g$ a standard Gaussian, norms taken over the joint law. $J$ is convex and at
#   least $\|e\|(1 - \delta^{-1/2})$. If the optimum leaves the box, $e = 0$ is not allowed and the minimum is
#   positive; two minimisers would have to lie on one ray, along which $J$ grows, so they are the same. If the optimum stays
#   inside, the minimiser is $e = 0$ and $\tau = 0$.
# * **Not covered.** At $\delta \le 1$ the Hessian is singular and the theory of this lesson does not apply. With
#   metaplasticity only the section above speaks, to second order and for weak coupling; nothing here predicts strong
#   metaplasticity of random Hessians.
#
# How the multipliers scale follows from the spectrum alone, for *any* rotationally invariant Hessian.
# The Marchenko-Pastur law and state evolution are quoted, the rest is proved.

# %%
spectra.effective_ridge()

# %% [markdown]
# The loss needs one more number, the covariance of a clipped number and its noise: Stein's lemma.

# %%
random_derivations.mean_times_noise()

# %%
random_derivations.gaussian_design()

# %%
aspect_ratio, spread = 1.5, 3.0
theory = random_hessian_mean_field(aspect_ratio, UniformOptimum(spread))
print(f"noise {theory.noise:.4f}, effective curvature {theory.effective_curvature:.4f}")
print(f"free {theory.free_fraction:.4f}, relabelled {theory.relabelled_fraction:.4f}")


# %%
def largest_mean_square(points, draws):
    """Bound of the mean squared deviation in standard errors: four deviations above its mean.

    Each squared deviation follows an F distribution with 1 and draws - 1 degrees of freedom.
    """
    mean, variance = f_distribution.stats(1, draws - 1)
    return float(mean + 4 * np.sqrt(variance / points))


def per_bin(values, edges, whole):
    """Density in each bin over all draws and its standard error, values given draw by draw."""
    densities = [np.histogram(v, edges)[0] / whole / np.diff(edges) for v in values]
    return np.mean(densities, axis=0), np.std(densities, axis=0, ddof=1) / np.sqrt(len(values))


rng = figure_rng("metaplasticity/x_multiplier_law")
means, multipliers = [], []
for _ in range(20):
    hessian = GaussianSpectrum(aspect_ratio).sample_hessian(500, rng)
    box = mean_field(QuadraticTask(hessian, rng.uniform(-spread, spread, 500)))
    means.append(box.binary_mean[~box.consolidated])
    multipliers.append(np.abs(box.multiplier[box.consolidated]))

# %%
sign_edges, size_edges = np.linspace(-1, 1, 21), np.linspace(0, 3, 31)
sign_density, sign_error = per_bin(means, sign_edges, 500)
size_density, size_error = per_bin(multipliers, size_edges, 500)
sign_expected = theory.mean_density((sign_edges[1:] + sign_edges[:-1]) / 2)  # it is flat
size_expected = -np.diff(theory.multiplier_survival(size_edges)) / np.diff(size_edges)
fractions = np.array([m.size / 500 for m in multipliers])
fraction_error = fractions.std(ddof=1) / np.sqrt(fractions.size)


def mean_square(density, expected, error, count):
    """Mean squared deviation in standard errors, none of them smaller than one count."""
    return np.mean(((density - expected) / np.maximum(error, 1 / count)) ** 2)


signs, sizes = np.linspace(-1, 1, 101), np.linspace(0, 3, 301)
numbers = {
    "sign_edges": sign_edges, "sign_density": sign_density, "sign_error": sign_error,
    "sign": signs, "sign_theory": theory.mean_density(signs),
    "size_edges": size_edges, "size_density": size_density, "size_error": size_error,
    "size": sizes, "size_theory": theory.multiplier_density(sizes),
    "uncoupled": np.where(sizes < spread - 1, 1 / spread, 0.0),
}  # fmt: skip

# %%
record(
    "metaplasticity/x_multiplier_law",
    numbers=numbers,
    claims=[
        claim("fraction of consolidated weights: deviation in standard errors",
              abs(fractions.mean() - theory.consolidated_fraction) / fraction_error, "<", 4,
              kind="agreement"),
        claim("law of the free mean signs, twenty bins: mean squared deviation in standard errors",
              mean_square(sign_density, sign_expected, sign_error, 500 * 20 * 0.1), "<", largest_mean_square(20, 20),
              kind="agreement"),
        claim("law of the multipliers, thirty bins: mean squared deviation in standard errors",
              mean_square(size_density, size_expected, size_error, 500 * 20 * 0.1), "<", largest_mean_square(30, 20),
              kind="agreement"),
        claim("small multipliers are denser than for uncoupled synapses: ratio below one half",
              size_density[:5].mean() * spread, ">", 1.15),
    ],
)  # fmt: skip

# %% [markdown]
# The free mean signs are as uniform as the optima are: blurring a flat law leaves it flat. So *how
# many* weights are consolidated hardly changes, while *which* and *how strongly* changes a lot.
#
# ## How large is large?
#
# Deviations of a single draw from the theory fall with the dimension as fluctuations of sums do. Part of
# them comes from the draw of the optima; conditioning on these leaves the fluctuations of the matrix.

# %%
rng = figure_rng("metaplasticity/x_finite_size")
dimensions, draws = np.array([50, 100, 200, 400, 800]), 100
law = UniformOptimum(2.0)
limit = random_hessian_mean_field(1.5, law)
deviation = np.empty((3, len(dimensions), draws))
for row, dimension in enumerate(dimensions):
    for draw_number in range(draws):
        optimum = law.sample(dimension, rng)
        drawn = QuadraticTask(GaussianSpectrum(1.5).sample_hessian(dimension, rng), optimum)
        box = mean_field(drawn)
        given = random_hessian_mean_field(1.5, DiscreteOptimum(optimum))
        loss = drawn.loss(box.binary_mean) / dimension
        deviation[:, row, draw_number] = (
            box.consolidated.mean() - limit.consolidated_fraction,
            loss / limit.loss - 1,
            loss / given.loss - 1,
        )
root_mean_square = np.sqrt(np.mean(deviation**2, axis=-1))
logarithm = np.log(dimensions)
slopes = [np.polyfit(logarithm, np.log(r), 1)[0] for r in root_mean_square]
bias = np.abs(deviation.mean(axis=-1)) / (deviation.std(axis=-1, ddof=1) / np.sqrt(draws))
# A root mean square of n draws has the relative standard error 1/sqrt(2n).
slope_error = 1 / np.sqrt(2 * draws) / (np.std(logarithm) * np.sqrt(len(dimensions)))

# %%
record(
    "metaplasticity/x_finite_size",
    numbers={"dimension": dimensions, "consolidated": root_mean_square[0],
             "loss": root_mean_square[1], "loss_given_optima": root_mean_square[2]},
    claims=[
        claim("all three deviations fall with the power -1/2 of the dimension: largest deviation of a "
              "logarithmic slope, in standard errors", np.abs(np.add(slopes, 0.5)).max() / slope_error,
              "<", 4, kind="agreement"),
        claim("largest dimension: bias in standard errors, largest of the three",
              bias[:, -1].max(), "<", 4, kind="agreement"),
        claim("giving the optima reduces the deviation of the loss: ratio",
              root_mean_square[2].mean() / root_mean_square[1].mean(), "<", 0.95),
    ],
)  # fmt: skip

# %% [markdown]
# ## Phase picture
#
# With normally distributed optima the blurring does change the count. Two maps over aspect ratio and
# spread: how many weights are consolidated, and how many are *relabelled*, that is, consolidated
# although their optimum is inside the box, or free although it is outside.

# %%
rng = figure_rng("metaplasticity/x_phase_picture")
ratios = 1 + np.geomspace(0.03, 9, 31)
spreads = np.geomspace(0.3, 4, 31)
maps = np.empty((2, len(spreads), len(ratios)))
for row, s in enumerate(spreads):
    for column, r in enumerate(ratios):
        solved = random_hessian_mean_field(r, NormalOptimum(s))
        maps[:, row, column] = solved.consolidated_fraction, solved.relabelled_fraction
points = []
for r in 1 + np.geomspace(0.1, 6, 5):
    for s in np.geomspace(0.4, 3, 5):
        solved = random_hessian_mean_field(r, NormalOptimum(s))
        sample = np.empty((12, 2))
        for k in range(12):
            optimum = NormalOptimum(s).sample(200, rng)
            hessian = GaussianSpectrum(r).sample_hessian(200, rng)
            box = mean_field(QuadraticTask(hessian, optimum)).consolidated
            sample[k] = box.mean(), np.mean(box != (np.abs(optimum) > 1))
        points.append([r, s, solved.consolidated_fraction, solved.relabelled_fraction,
                       *sample.mean(axis=0), *sample.std(axis=0, ddof=1) / np.sqrt(12)])  # fmt: skip
points = np.array(points).T

# %%
relabelled = points[5].reshape(5, 5)  # one row an aspect ratio
per_draw = 0.5 / np.sqrt(
    200 * 12 * 200
)  # no error smaller than half a count, spread over the draws
score = (points[4:6] - points[2:4]) / np.maximum(points[6:8], per_draw)
names = ("point_ratio", "point_spread", "consolidated_theory", "relabelled_theory", "consolidated",
         "relabelled", "consolidated_error", "relabelled_error")  # fmt: skip
record(
    "metaplasticity/x_phase_picture",
    numbers={"excess_ratio": ratios - 1, "spread": spreads, "consolidated_map": maps[0],
             "relabelled_map": maps[1],
             **dict(zip(names, [points[0] - 1, *points[1:]], strict=True))},
    claims=[
        claim("consolidated fraction, 25 points: mean squared deviation in standard errors",
              np.mean(score[0] ** 2), "<", largest_mean_square(25, 12), kind="agreement"),
        claim("relabelled fraction, 25 points: mean squared deviation in standard errors",
              np.mean(score[1] ** 2), "<", largest_mean_square(25, 12), kind="agreement"),
        claim("the consolidated fraction grows with the spread: smallest rise between simulated points",
              np.diff(points[4].reshape(5, 5), axis=1).min(), ">", 0.05),
        claim("relabelling needs a strong noise: simulated fraction at the smallest aspect ratio over that at "
              "the largest, spread 1.8", relabelled[0, 3] / relabelled[-1, 3], ">", 2),
        claim("and optima that are neither all inside nor far outside: largest fraction at the smallest aspect "
              "ratio minus that at the largest spread, theory", maps[1, :, 0].max() - maps[1, -1, 0], ">", 0.05),
    ],
)  # fmt: skip

# %% [markdown]
# ## The paper's own ensemble
#
# Its Hessians have eigenvalues uniform in $[10.5, 29.5]$ in a random basis. They are not of the form
# above, but rotationally invariant; the R-transform of the
# spectrum, a power series with its free cumulants (mean, variance, ...) as coefficients, takes the place of $\delta$. For
# penalised regression with such designs the formula has been proved (Gerbelot, Abbara and Krzakala); for
# the box we use it as it stands and test it.

# %%
spectra.uniform_spectrum()

# %%
paper = spectral_mean_field(UniformSpectrum(10.5, 29.5), UniformOptimum(4.0))
print(
    f"noise {paper.noise:.4f}, effective curvature {paper.effective_curvature:.4f} of a mean of 20"
)
print(f"of 500: consolidated {500 * paper.consolidated_fraction:.1f}, "
      f"relabelled {500 * paper.relabelled_fraction:.1f}")  # fmt: skip

# %%
rng = figure_rng("metaplasticity/x_paper_ensemble")
trials, multipliers = [], []
for _ in range(60):
    drawn = QuadraticTask.random(500, rng)
    box = mean_field(drawn)
    trials.append([box.consolidated.sum(), np.sum(box.consolidated != (np.abs(drawn.optimum) > 1)),
                   np.sum(np.abs(drawn.optimum) > 1), drawn.loss(box.binary_mean) / 500])  # fmt: skip
    multipliers.append(np.abs(box.multiplier[box.consolidated]))
consolidated, relabelled, outside, losses = np.transpose(trials)
edges, sizes = np.linspace(0, 80, 33), np.linspace(0, 80, 401)
density, error = per_bin(multipliers, edges, 500)
expected = -np.diff(paper.multiplier_survival(edges)) / np.diff(edges)


def z_score(values, prediction):
    return abs(values.mean() - prediction) / (values.std(ddof=1) / np.sqrt(len(values)))


# %%
record(
    "metaplasticity/x_paper_ensemble",
    numbers={"edges": edges, "density": density, "density_error": error, "size": sizes,
             "theory": paper.multiplier_density(sizes), "uncoupled": np.where(sizes < 60, 1 / 80, 0),
             "outside": outside, "consolidated": consolidated,
             "predicted": 500 * paper.consolidated_fraction},
    claims=[
        claim("consolidated weights of 500, mean of 60 draws: deviation in standard errors",
              z_score(consolidated, 500 * paper.consolidated_fraction), "<", 4, kind="agreement"),
        claim("consolidated minus optima outside: deviation in standard errors",
              z_score(consolidated - outside, 500 * paper.consolidated_fraction - 375), "<", 4,
              kind="agreement"),
        claim("relabelled weights of 500: deviation in standard errors",
              z_score(relabelled, 500 * paper.relabelled_fraction), "<", 4, kind="agreement"),
        claim("loss of the mean binary weights: deviation in standard errors",
              z_score(losses, paper.loss), "<", 4, kind="agreement"),
        claim("law of the multipliers, 32 bins: mean squared deviation in standard errors",
              mean_square(density, expected, error, 500 * 60 * 2.5), "<", largest_mean_square(32, 60), kind="agreement"),
    ],
)  # fmt: skip

# %% [markdown]
# The theory is a limit of large $d$; at 500 it is met within the statistical error of sixty draws.
#
# ## What happens if
#
# ... the aspect ratio approaches 1? The noise grows, and the multipliers shrink because the free weights
# take over more and more of every synapse's curvature.


# %%
def draw(ax, aspect_ratio):
    solved = random_hessian_mean_field(aspect_ratio, UniformOptimum(3.0))
    sizes = np.linspace(0, 2.5, 200)
    density = solved.multiplier_density(sizes)
    ax.plot(sizes, density)
    ax.set(xlabel="multiplier $|v|$", ylabel="density", ylim=(0, 1.6))
    return f"density {density[0]:.2f} at zero; consolidated {solved.consolidated_fraction:.0%}"


explore(draw, aspect_ratio=[1.1, 1.2, 1.5, 3.0, 6.0, 20.0])

# %% [markdown]
# ## Exercises

# %% [markdown] tags=["exercise"]
# ### Exercise 1: bounds before solving
#
# *paper, 12 minutes, 4 points, difficulty 2 of 3*
#
# The noise $\tau$ of the scalar problem obeys $\varepsilon_0 \le \sqrt\delta\,\tau \le \varepsilon_0 + \tau$: the error is at least what the
# box leaves, $\varepsilon_0^2 = E(|W^*| - 1)_+^2$, and clipping is a projection. Compute $\varepsilon_0$ for optima that are
# uniform in $[-3, 3]$, and both bounds on $\tau$ at the aspect ratio $\delta = 2$. Assign $\varepsilon_0$ to `least` and the bounds to
# `bounds`, an array of two, the lower one first.

# %% tags=["solution"]
least = np.sqrt(8 / 9)  # the integral of (x - 1)**2 from 1 to 3, over 3
bounds = np.array([least / np.sqrt(2), least / (np.sqrt(2) - 1)])
assert abs(least**2 - UniformOptimum(3.0).overshoot()) < 1e-12
assert bounds[0] <= random_hessian_mean_field(2.0, UniformOptimum(3.0)).noise <= bounds[1]

# %% tags=["check"]
check("metaplasticity-3.1", least, bounds)

# %% tags=["mistakes"]
mistake("metaplasticity-3.1", least**2, bounds[::-1])
mistake(
    "metaplasticity-3.1",
    np.sqrt(8 / 3),
    bounds * 3**0.5,
    hint="the density of a uniform optimum in [-3, 3] is one sixth, on both sides",
)

# %% [markdown] tags=["exercise"]
# ### Exercise 2: what one more free weight does
#
# *derivation, 10 minutes, 3 points, difficulty 1 of 3*
#
# `random_derivations.gaussian_design()` ends with the loss of a synapse, the step `"loss"`: an equation whose right-hand side
# contains the symbols `delta`, `tau` and `f`, the share of free weights. How does the loss answer to that share if the noise $\tau$ is
# held? Assign to `slope` the derivative of the right-hand side with respect to `f`, an expression.

# %% tags=["solution"]
loss = random_derivations.gaussian_design()["loss"].rhs
(share,) = (symbol for symbol in loss.free_symbols if symbol.name == "f")
slope = loss.diff(share)
slope

# %% tags=["check"]
check("metaplasticity-3.2", slope)

# %% tags=["mistakes"]
mistake("metaplasticity-3.2", -slope)
mistake(
    "metaplasticity-3.2",
    loss,
    hint="this is the loss; its derivative with respect to f is asked for",
)

# %% [markdown] tags=["exercise"]
# ### Exercise 3: the loss over time
#
# *simulation, 15 minutes, 4 points, difficulty 2 of 3*
#
# Predict the mean loss per synapse over *time* for the paper's ensemble: the theory `paper` holds it as `time_averaged_loss`. The
# section on fluctuations has simulated the loss of 500 synapses over time, `simulated_loss`. Assign the prediction for one synapse
# to `per_synapse`, and the predicted loss of all 500 over the mean of the simulated one to `ratio`. How far may it be from one?

# %% tags=["solution"]
per_synapse = paper.time_averaged_loss
ratio = 500 * per_synapse / simulated_loss.mean()
# One draw of the ensemble: its loss differs from the mean by a few per cent.
assert abs(ratio - 1) < 0.05
print(f"time-averaged loss of 500 synapses: theory {500 * per_synapse:.0f}, "
      f"simulated {simulated_loss.mean():.0f}")  # fmt: skip

# %% tags=["check"]
check("metaplasticity-3.3", per_synapse, ratio, tolerance=0.01)

# %% tags=["mistakes"]
mistake("metaplasticity-3.3", 500 * per_synapse, ..., hint="this is the loss of all synapses")
mistake("metaplasticity-3.3", 2 * per_synapse, ratio / 2)

# %% [markdown] tags=["exercise"]
# ### Exercise 4: a wide task is an uncoupled one
#
# *simulation, 12 minutes, 4 points, difficulty 3 of 3*
#
# For $\delta \to \infty$ the theory becomes the theorem for a diagonal Hessian. How does the relabelled share of weights vanish for
# optima uniform in $[-3, 3]$? Solve `random_hessian_mean_field(1e4, UniformOptimum(3.0))`; its `noise` is $\tau$. Relabelling happens
# within about $\tau$ of the corners $\pm 1$: derive the share to first order in $\tau$, put in this noise, and assign it
# to `limit`. Assign the `relabelled_fraction` of the theory to `solved`.

# %% tags=["solution"]
far = random_hessian_mean_field(1e4, UniformOptimum(3.0))
solved = far.relabelled_fraction
# Two corners, both sides, density 1/6, and the mean of a positive Gaussian, 1/sqrt(2 pi).
limit = 4 * far.noise / np.sqrt(2 * np.pi) / 6.0
assert abs(solved / limit - 1) < 1e-3 and abs(far.effective_curvature - 1) < 1e-4

# %% tags=["check"]
check("metaplasticity-3.4", limit, solved, tolerance=0.003)

# %% tags=["mistakes"]
mistake("metaplasticity-3.4", limit / 2, ...)
mistake(
    "metaplasticity-3.4",
    2 * limit,
    ...,
    hint="each corner is met from both sides, and there are two",
)

# %% [markdown] tags=["exercise"]
# ### Exercise 5: what can be known of one synapse
#
# *open, 15 minutes, 6 points, difficulty 3 of 3*
#
# A colleague measures the mean sign of one synapse in a random task and asks whether the theory predicts it. What do you answer if
# the Hessian is known, and what if only its ensemble is? What could the colleague measure instead? Ten lines at most.
#
# Then judge four statements and assign four truth values to `judged`: (a) with the Hessian and the optimum known, the limit of each mean sign
# can be computed; (b) with only the ensemble known, the mean sign of each synapse can be computed from its optimum; (c) the
# deviations of a task of $d$ synapses from the limit fall like one over the root of $d$; (d) free weights add to the mean loss although the
# mean binary weights minimise it.

# %% [markdown] tags=["solution"]
# With the Hessian known the box problem gives the limit of every mean sign, and a bound says how far a run of $T$ steps may be from it. With
# only the ensemble known a synapse looks like a scalar one whose optimum is shifted by Gaussian noise of size $\tau$, drawn by all its neighbours:
# its mean sign has a distribution, not a value. What can be predicted are averages over synapses, the share of consolidated ones, histograms of
# multipliers and mean signs, and the loss, with deviations like $1/\sqrt d$. So measure a histogram, or the same synapse's optimum and its measured mean sign
# over many tasks, and compare their joint distribution.

# %% tags=["solution"]
judged = [True, False, True, True]

# %% tags=["check"]
check("metaplasticity-3.5", judged)

# %% tags=["mistakes"]
mistake(
    "metaplasticity-3.5",
    [True, True, True, True],
    hint="two synapses with the same optimum have different neighbours",
)
mistake(
    "metaplasticity-3.5",
    [True, False, True, False],
    hint="the loss is quadratic: compare its mean with the loss of the mean",
)

# %% [markdown]
# ## References
#
# * A. Laborieux, M. Ernoult, T. Hirtzlin, D. Querlioz, Nature Communications 12:2549 (2021): the task
#   and its ensemble. Mean-field and random-Hessian theory are derived here.
# * C. Thrampoulidis, E. Abbasi, B. Hassibi, *Precise error analysis of regularized M-estimators in high
#   dimensions*, IEEE Trans. Information Theory 64 (2018): the comparison theorem.
# * M. Bayati, A. Montanari, *The dynamics of message passing on dense graphs*, IEEE Trans. Information
#   Theory 57 (2011): state evolution.
# * C. Gerbelot, A. Abbara, F. Krzakala, *Asymptotic errors for convex penalized linear regression beyond
#   Gaussian matrices*, COLT (2020): rotationally invariant designs.
# * Yu. Nesterov, *Primal-dual subgradient methods for convex problems*, Math. Programming 120 (2009): dual
#   averaging.
