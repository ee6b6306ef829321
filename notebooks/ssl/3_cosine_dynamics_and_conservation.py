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
# # Cosine dynamics and what they conserve
#
# **After this lesson you can** compute the mean update under the cosine loss exactly, without
# sampling; say what each variant conserves and where it therefore ends; and see which published panel
# belongs to a rule that is not the gradient of its loss.
#
# *30 minutes. Prerequisites: lessons 1 and 2, Gaussian integrals.*
#
# The cosine loss divides by the lengths of prediction and target. Theorem 2 treats one sample; on
# average over Gaussian inputs the ratios couple all modes. Replacing the lengths by typical values is
# not good enough: for ten modes it gets single rates wrong by half and one sign wrong. Can the mean be
# had exactly?
#
# | symbol | name in the code | meaning |
# |---|---|---|
# | $p = W_P z^{(1)}$ | prediction | |
# | $X_m = E[a_m b_m / (\lvert p\rvert \lvert z\rvert)]$ | `cross` | $a$, $b$: the two views in the eigenbasis |
# | $Y_m = E[a_m^2\, (p \cdot z) / (\lvert p\rvert^3 \lvert z\rvert)]$ | `online_aligned` | |
# | $F$, $Q_m$ | inside `gaussian_moments` | weight and determinant of the tilted Gaussian |

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
from theory.ssl import (
    cosine_moments,
    eigenvalue_map,
    eigenvalue_trajectory,
    quadrature_error,
    relative_rate,
)
from theory.ssl.derivations import moments as derivations
from theory.ssl.initial_weights import paper_start
from theory.ssl.siamese import SiameseNetwork, simulate_siamese
from theory.ssl.special_cases import isotropic_mean_cosine, two_mode_rate

use_style()

# %% [markdown]
# ## Derivation: two auxiliary integrals make it Gaussian
#
# Schwinger's formula writes each inverse length as an integral of Gaussians. Under both integrals the
# modes are independent again, with a tilted covariance of two by two.

# %%
derivations.tilted_gaussian()

# %% [markdown]
# What is left is a double integral of smooth functions, done by the trapezoidal rule in a double
# exponential variable: its error falls exponentially with the number of nodes, whatever the number of
# modes.

# %%
start = paper_start()
gamma = np.linalg.eigvalsh(start.ten_units @ start.ten_units.T)
for tolerance in (1e-4, 1e-6, 1e-8, 1e-10):
    result = cosine_moments(gamma**1.5, np.sqrt(gamma), tolerance=tolerance)
    error = quadrature_error(gamma**1.5, np.sqrt(gamma), tolerance=tolerance)
    print(f"asked for {tolerance:.0e}: error {error:.1e} with {result.nodes} nodes")
equal = cosine_moments(np.ones(10), np.ones(10), tolerance=1e-12).mean_cosine
print("mean cosine at isotropy against the hypergeometric value:",
      f"{abs(equal / isotropic_mean_cosine(10) - 1):.0e}")  # fmt: skip

# %% [markdown]
# ## Derivation: what is conserved
#
# A cosine does not change with length. That alone fixes where the dynamics ends.

# %%
derivations.conservation()

# %% [markdown]
# All eigenvalues become equal, and the conserved quantity says at which value: the **arithmetic mean**
# of the initial ones for the original loss, the **power mean** with exponent $1 + \alpha$ for the
# isotropic one. The last approach is exponential:

# %%
derivations.near_isotropy()

# %%
late = np.array([1200.0])
flow = {
    v: eigenvalue_trajectory(gamma, late, loss="cosine", variant=v)[0]
    for v in ("standard", "isotropic")
}
print("original: ", flow["standard"].round(6), " mean of the start", gamma.mean().round(6))
print("isotropic:", flow["isotropic"].round(6), " rms of the start ",
      np.sqrt(np.mean(gamma**2)).round(6))  # fmt: skip

# %% [markdown]
# ## Fig. 2: ten eigenvalues in eight settings
#
# The exact mean update from the paper's own initial weights, at its learning rates: 0.01 in the
# Euclidean row except without predictor, 0.1 elsewhere. The cosine panel without predictor runs for
# 100 000 iterations in which nearly nothing happens; there the flow is indistinguishable from the
# map.

# %%
settings = ("no_stop_gradient", "no_predictor", "standard", "isotropic")
titles = ("no stop-gradient", "no predictor", "$\\mathcal{L}$", "$\\mathcal{L}_{iso}$")
steps, long = 1499, 99_999
released = {"no_stop_gradient": "no_stop_gradient_released"}
paths = {
    ("euclidean", v): eigenvalue_map(gamma, steps, 0.01, variant=v)
    for v in ("no_stop_gradient", "standard", "isotropic")
} | {
    ("cosine", v): eigenvalue_map(gamma, steps, 0.1, loss="cosine", variant=released.get(v, v))
    for v in ("no_stop_gradient", "standard", "isotropic")
}
slow = np.arange(0, long + 1, 100)
paths["euclidean", "no_predictor"] = eigenvalue_map(gamma, long, 0.1, variant="no_predictor")[slow]
paths["cosine", "no_predictor"] = eigenvalue_trajectory(
    gamma, 0.1 * slow[1:], loss="cosine", variant="no_predictor"
)
paths["cosine", "no_predictor"] = np.vstack([gamma, paths["cosine", "no_predictor"]])
checked = eigenvalue_map(gamma, 300, 0.1, loss="cosine", variant="no_predictor")[::100]

# %%
figure, axes = plt.subplots(2, 4, figsize=(PAGE, 3.5), sharey="row")
for row, loss in zip(axes, ("euclidean", "cosine"), strict=True):
    for ax, variant, title in zip(row, settings, titles, strict=True):
        path = paths[loss, variant]
        iteration = slow / 1000 if variant == "no_predictor" else np.arange(len(path))
        ax.semilogy(iteration, path, color="#6D6E71", linestyle="-", linewidth=0.9)
        ax.axhline(1, color=BLACK, linestyle=":", linewidth=0.6)
        ax.set(title=title, ylim=(1e-2, 10))
        ax.set_xlabel("iteration / 1000" if variant == "no_predictor" else "iteration")
axes[0, 0].set_ylabel("Euclidean\neigenvalue")
axes[1, 0].set(ylabel="cosine\neigenvalue", title="as released", ylim=(1e-2, 200))

end = {key: path[-1] for key, path in paths.items()}
plateau = paths["cosine", "standard"][500]
record(
    "ssl/fig2_eigenvalues",
    figure,
    data={"_".join(key): path[:: max(1, len(path) // 250)] for key, path in paths.items()},
    claims=[
        claim("Euclidean without stop-gradient: modes below 1e-3 at iteration 500",
              np.sum(paths["euclidean", "no_stop_gradient"][500] < 1e-3), ">=", 4),
        claim("its large modes linger near 1: largest deviation at iteration 500",
              np.abs(paths["euclidean", "no_stop_gradient"][500, -4:] - 1).max(), "<", 0.06),
        claim("and collapse in the end: largest eigenvalue",
              end["euclidean", "no_stop_gradient"].max(), "<", 0.4),
        claim("Euclidean without predictor: largest change",
              np.abs(end["euclidean", "no_predictor"] - gamma).max(), "<", 1e-9),
        claim("original Euclidean loss: nine modes end at 1, largest deviation",
              np.abs(end["euclidean", "standard"][1:] - 1).max(), "<", 0.01),
        claim("its smallest mode is not recruited: final eigenvalue",
              end["euclidean", "standard"][0], "<", 0.1),
        claim("isotropic Euclidean loss: all modes at 1 by iteration 500, largest deviation",
              np.abs(paths["euclidean", "isotropic"][500] - 1).max(), "<", 0.01),
        claim("original cosine loss: nine equal modes while the smallest waits, ratio of nine",
              plateau[1:].max() / plateau[1:].min(), "<", 1.05),
        claim("the plateau dips when the smallest enters: plateau over final level",
              np.median(plateau) / np.median(end["cosine", "standard"]), "between", (1.03, 1.12)),
        claim("isotropic cosine loss: common level over the root mean square of the start",
              end["cosine", "isotropic"].mean() / np.sqrt(np.mean(gamma**2)), "between",
              (1.0, 1.005)),
        claim("isotropic cosine loss: largest over smallest at the end",
              np.ptp(np.log(end["cosine", "isotropic"])), "<", 1e-3),
        claim("cosine without predictor: spread of logarithms shrinks to this part of the initial one",
              np.ptp(np.log(end["cosine", "no_predictor"])) / np.ptp(np.log(gamma)), "between",
              (0.02, 0.2)),
        claim("flow and map there: largest relative difference over 300 iterations",
              np.abs(checked / paths["cosine", "no_predictor"][:4] - 1).max(), "<", 1e-5),
        claim("released rule without stop-gradient: largest final eigenvalue, run-away",
              end["cosine", "no_stop_gradient"].max(), ">", 50),
    ],
    alt="Eight panels of ten eigenvalues on a logarithmic axis. Euclidean: collapse in two stages without "
    "stop-gradient, no change without predictor, one-by-one recruitment to one under the original loss, "
    "joint and early under the isotropic loss. Cosine: run-away under the released rule without "
    "stop-gradient, slow equalisation without predictor, equalisation with a late smallest mode under the "
    "original loss, joint equalisation under the isotropic loss.",
)  # fmt: skip

# %% [markdown]
# ## Does the sampled network agree?
#
# Ten modes, finite batches, several seeds, against the curves. The second panel magnifies the
# difference, in units of the standard error that the seeds show.

# %%
rng = figure_rng("ssl/x_quadrature_simulation")
chosen, eta, every, seeds = 300, 0.1, 25, 8
curve = eigenvalue_map(gamma, chosen, eta, loss="cosine", variant="isotropic")
runs = np.array([
    simulate_siamese(SiameseNetwork("cosine", "isotropic"), start.ten_units, chosen, eta, rng,
                     batch=1500, record_every=every).eigenvalues
    for _ in range(seeds)
])  # fmt: skip
mean, spread = runs.mean(axis=0)[1:], runs.std(axis=0, ddof=1)[1:]
iteration = np.arange(every, chosen + 1, every)
# Sorting sampled eigenvalues pushes near ones apart: the sums over pairs of neighbours are compared.
pairs = [(0,), (1,), (2,), (3,), (4, 5), (6, 7), (8,), (9,)]
separated = iteration <= 100  # later all eigenvalues crowd together
deviation = np.array([
    (runs[:, 1:, list(p)].sum(axis=2).mean(axis=0) - curve[iteration][:, list(p)].sum(axis=1))
    / (runs[:, 1:, list(p)].sum(axis=2).std(axis=0, ddof=1) / np.sqrt(seeds))
    for p in pairs
])  # fmt: skip
total = runs[:, 1:].sum(axis=2)

# %%
figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.8), width_ratios=[1.3, 1])
ax = axes[0]
ax.semilogy(np.arange(chosen + 1), curve, color=BLUE, linestyle="-", linewidth=0.9)
for m in range(10):
    ax.errorbar(iteration, mean[:, m], spread[:, m], fmt="o", color=ORANGE, markersize=2,
                linewidth=0.7)  # fmt: skip
ax.text(
    150,
    0.022,
    "lines: exact mean update\ndots: eight sampled networks,\nbars: their spread",
    fontsize=7,
)
ax.set(xlabel="iteration", ylabel="eigenvalue", title="isotropic cosine loss")
ax = axes[1]
ax.axhspan(-2, 2, color=BLUE, alpha=0.15, linewidth=0)
ax.plot(iteration[separated], deviation[:, separated].T, "o", color=ORANGE, markersize=3)
ax.axhline(0, color=BLUE, linewidth=0.8)
ax.set(xlabel="iteration", ylabel="simulation minus theory\n(standard errors)", ylim=(-6, 6))
label_panels(axes)
scores = deviation[:, separated]
record(
    "ssl/x_quadrature_simulation",
    figure,
    data={"iteration": iteration, "exact": curve[iteration], "mean": mean, "spread": spread},
    claims=[
        # Student's t with 7 degrees of freedom has variance 7/5
        claim("mean square of the deviations in standard errors", np.mean(scores**2), "<", 4),
        claim("largest deviation in standard errors", np.abs(scores).max(), "<", 9),
        claim("largest relative deviation of a mean eigenvalue from the exact one while separated",
              np.abs(mean[separated] / curve[iteration[separated]] - 1).max(), "<", 0.05),
        claim("the sum of squares grows by finite steps only: relative growth over the run",
              np.sum(curve[-1] ** 2) / np.sum(gamma**2) - 1, "between", (0, 0.01)),
    ],
    alt="Left: ten eigenvalues against iteration, exact lines through the means of eight sampled networks. "
    "Right: differences in standard errors, scattered about zero.",
)  # fmt: skip

# %% [markdown]
# ## Two modes: the whole plane
#
# With two modes the flow can be drawn. Conserved curves are straight lines of constant sum for the
# original cosine loss and circles for the isotropic one at $\alpha = 1$; the Euclidean losses have a
# point attractor instead of a line of fixed points.

# %%
ticks = np.linspace(0.06, 2.0, 22)
plane = np.stack(np.meshgrid(ticks, ticks), axis=-1)
fields = {}
for loss in ("euclidean", "cosine"):
    for variant in ("standard", "isotropic"):
        rates = np.array([
            relative_rate(point, loss=loss, variant=variant, tolerance=1e-4)
            for point in plane.reshape(-1, 2)
        ])  # fmt: skip
        fields[loss, variant] = 2 * plane * rates.reshape(plane.shape)
probes = np.array([[0.2, 1.8], [1.5, 0.3], [0.1, 0.9]])
times = np.linspace(0, 40, 200)
trajectories = {
    key: [eigenvalue_trajectory(p, times, loss=key[0], variant=key[1]) for p in probes]
    for key in fields
}

# %%
figure, axes = plt.subplots(1, 4, figsize=(PAGE, 2.25), sharey=True)
for ax, (key, field) in zip(axes, fields.items(), strict=True):
    ax.streamplot(ticks, ticks, field[..., 0], field[..., 1], color="#AAAAAA", linewidth=0.5,
                  arrowsize=0.6, density=0.8)  # fmt: skip
    for path, color in zip(trajectories[key], (BLUE, VERMILION, GREEN), strict=True):
        ax.plot(path[:, 0], path[:, 1], color=color, linestyle="-")
        ax.plot(*path[0], "o", color=color, markersize=3)
    if key[0] == "euclidean":
        ax.plot(1, 1, "*", color=BLACK, markersize=8)
    else:
        ax.plot([0, 2], [0, 2], color=BLACK, linestyle="--", linewidth=1)
    name = "$\\mathcal{L}$" if key[1] == "standard" else "$\\mathcal{L}_{iso}$"
    ax.set(title=f"{key[0].replace('euc', 'Euc')} {name}", aspect="equal", xlim=(0, 2), ylim=(0, 2),
           xlabel="$\\lambda_1$")  # fmt: skip
axes[0].set_ylabel("$\\lambda_2$")
label_panels(axes)
curved = trajectories["cosine", "isotropic"]
straight = trajectories["cosine", "standard"]
record(
    "ssl/x_phase_portrait",
    figure,
    data={"time": times} | {f"{a}_{b}_{k + 1}": t for (a, b), ts in trajectories.items()
                            for k, t in enumerate(ts)},
    claims=[
        claim("original cosine loss: relative drift of the sum",
              max(np.ptp(t.sum(axis=1)) / t[0].sum() for t in straight), "<", 1e-9),
        claim("isotropic cosine loss: relative drift of the sum of squares",
              max(np.ptp((t**2).sum(axis=1)) / (t[0] ** 2).sum() for t in curved), "<", 1e-9),
        claim("cosine flows end on the diagonal: largest difference",
              max(np.abs(np.diff(t[-1])).max() for t in straight + curved), "<", 1e-3),
        claim("Euclidean isotropic flow ends at (1, 1): largest deviation",
              max(np.abs(t[-1] - 1).max() for t in trajectories["euclidean", "isotropic"]), "<", 1e-9),
        claim("quadrature against the one-integral rate of two modes: largest relative difference",
              max(np.abs(relative_rate(p, loss="cosine", noise=(0, 0)) / two_mode_rate(p) - 1).max()
                  for p in probes), "<", 1e-6),
    ],
    alt="Four phase portraits of two eigenvalues. Euclidean flows run to the point (1, 1), under the "
    "original loss along the axes first. Cosine flows run to the diagonal, along straight lines of constant "
    "sum under the original loss and along circles under the isotropic loss.",
)  # fmt: skip

# %% [markdown]
# ## A published panel that is not the gradient of its loss
#
# Without stop-gradient the released code gives the target branch the *online* branch's denominators,
# $\lvert p\rvert^3 \lvert z\rvert$ instead of $\lvert p\rvert \lvert z\rvert^3$, and the online input.
# Nothing is conserved then, and large modes run away. The true gradient conserves the sum and lets a
# few large modes absorb it: the rank collapses. (Integrated as a flow: at the figure's learning rate of
# 0.1 finite steps would not keep the sum.)

# %%
times = np.concatenate([[0], np.logspace(-2, np.log10(60), 120)])
rule, gradient = (
    eigenvalue_trajectory(gamma, times, loss="cosine", variant=v)
    for v in ("no_stop_gradient_released", "no_stop_gradient")
)

# %%
figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.7), sharey=True)
for ax, path, title in (
    (axes[0], rule, "released rule"),
    (axes[1], gradient, "gradient of the loss"),
):
    ax.semilogy(times, path, color="#6D6E71", linestyle="-", linewidth=0.9)
    ax.semilogy(times, path.sum(axis=1), color=VERMILION, linestyle="--")
    ax.set(title=title, xlabel="time (learning rate x iterations)", ylim=(1e-3, 200))
axes[0].set_ylabel("eigenvalue")
axes[0].text(30, 72, "sum", color=VERMILION, va="bottom", ha="right")
axes[1].text(30, 9.5, "sum: conserved", color=VERMILION)
label_panels(axes)
participation = gradient.sum(axis=1) ** 2 / np.sum(gradient**2, axis=1)
record(
    "ssl/x_no_stop_gradient",
    figure,
    data={"time": times, "released": rule, "gradient": gradient},
    claims=[
        claim("released rule: the sum grows by this factor", rule[-1].sum() / gamma.sum(), ">", 10),
        claim("true gradient: relative drift of the sum",
              np.abs(gradient.sum(axis=1) / gamma.sum() - 1).max(), "<", 1e-9),
        claim("true gradient: participation ratio at the start", participation[0], ">", 5),
        claim("true gradient: participation ratio at the end", participation[-1], "<", 2.5),
    ],
    alt="Ten eigenvalues against time without stop-gradient. Under the released rule the large ones and the "
    "sum grow without bound. Under the gradient of the loss the sum is a flat line and all but two "
    "eigenvalues collapse.",
)  # fmt: skip

# %% [markdown]
# ## What happens if
#
# ... weight decay is added? The sum decays exponentially, and as the level falls the modes equalise
# *faster*: lengths do not matter to the cosine, but the effective step is one over the level.


# %%
def draw(ax, weight_decay):
    t = np.linspace(0, 40, 161)
    ax.semilogy(t, eigenvalue_trajectory(gamma, t, loss="cosine", weight_decay=weight_decay),
                color="#6D6E71", linestyle="-")  # fmt: skip
    ax.set(xlabel="time", ylabel="eigenvalue", ylim=(5e-3, 3))


explore(draw, weight_decay=[0.0, 0.01, 0.03])

# %% [markdown]
# ## Exercises
#
# 1. Predict the common eigenvalue of the isotropic cosine loss for $\alpha = 1/2$ from the start
#    (0.2, 1, 2), then integrate.
# 2. How fast do four nearly equal eigenvalues around 0.5 become equal under the original loss, without
#    noise? Measure the rate.
# 3. A single mode: what does the cosine loss do to it, and why?

# %% tags=["solution"]
three = np.array([0.2, 1.0, 2.0])
power_mean = np.mean(three**1.5) ** (1 / 1.5)

# %%
end = eigenvalue_trajectory(three, [200.0], loss="cosine", variant="isotropic", exponent=0.5)[0]
assert np.allclose(end, power_mean, rtol=1e-8)

# %% tags=["solution"]
# 2 alpha / ((M + 2) level) = 2 / (6 * 0.5)
near = 0.5 * (1 + 1e-4 * np.array([-1, 1, -1, 1]))
later = eigenvalue_trajectory(near, [1.0], loss="cosine", noise=(0, 0))[0]

# %%
assert abs(np.log(np.ptp(near) / np.ptp(later)) - 2 / 3) < 1e-3

# %% tags=["solution"]
# The cosine of two numbers is the sign of their product: it has no slope.
rate = relative_rate([0.7], loss="cosine")

# %%
assert rate[0] == 0

# %% [markdown]
# ## References
#
# * M. S. Halvagal, A. Laborieux, F. Zenke, *Implicit variance regularization in non-contrastive SSL*,
#   NeurIPS 2023: Theorem 2, Fig. 2 and the released toy code. The exact moments, the conservation laws
#   and the remaining figures are derived here.
# * B. C. Carlson, *Numerical computation of real or complex elliptic integrals*, Numerical Algorithms
#   10 (1995): the special cases of three modes.
