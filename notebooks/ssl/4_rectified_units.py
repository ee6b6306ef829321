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
# # Rectified units
#
# **After this lesson you can** compute the mean update of a layer of rectified units in closed form;
# say where the released code's update differs from the gradient and what that changes; and recognise a
# learning rule whose mean update does not exist.
#
# *25 minutes. Prerequisites: lessons 1 to 3.*
#
# The paper repeats its toy figure with rectified units. The eigenvectors no longer stay where they
# are, and the predictor is built from $W W^\top$, which is not the covariance of rectified units. Does
# the picture survive?
#
# | symbol | name in the code | meaning |
# |---|---|---|
# | $u = W x$, $z = u^+$ | `weights` | drive and rectified response of the units |
# | $n_i$, $\theta_{ij}$ | | lengths of the rows of $W$ and angles between them |
# | $K_{ij}$, $H_{ij}$ | inside `rectified_euclidean_update` | mean of response times mask times input |
# | | `released` | the released code's update instead of the gradient |

# %%
import numpy as np
import sympy as sp
from scipy import stats

from classroom import check, mistake
from figures.kit import claim, explore, figure_rng, record, seed, use_style
from theory.derivation import Derivation
from theory.numerics import NotConverged
from theory.ssl.derivations import relu as derivations
from theory.ssl.initial_weights import paper_start
from theory.ssl.relu_cosine import antithetic_update, monte_carlo_update, two_unit_cosine_update
from theory.ssl.relu_network import rectified_covariance, rectified_euclidean_update, weight_map
from theory.ssl.siamese import SiameseNetwork, sample_views, simulate_siamese

use_style()
start = paper_start()

# %% [markdown]
# ## Derivation
#
# Two moments of a pair of rectified units are all that the Euclidean loss needs. Both are one
# integral over the sector in which both units are active; Stein's lemma reads it as slope plus jump.

# %%
derivations.arc_cosine_kernel()

# %%
derivations.stein()

# %%
derivations.noisy_view()

# %% [markdown]
# ## Prediction against sampling
#
# The closed form, for the gradient and for what the released code does (it masks the prediction error
# *before* sending it back through the predictor), against a million sampled inputs.

# %%
for released in (False, True):
    network = SiameseNetwork("euclidean", rectified=True, released=released)
    sampled = monte_carlo_update(network, start.two_units, 200_000, seed(0))
    exact = rectified_euclidean_update(start.two_units, released=released)
    score = (sampled.mean - exact) / sampled.standard_error
    print(f"released={released!s:5}: size {np.linalg.norm(exact):.4f}, largest deviation in "
          f"standard errors {np.abs(score).max():.1f}")  # fmt: skip
covariance = rectified_covariance(start.ten_units)
gram = start.ten_units @ start.ten_units.T
commutator = np.linalg.norm(covariance @ gram - gram @ covariance)
commutator /= np.linalg.norm(covariance) * np.linalg.norm(gram)
print(f"covariance of z and W W^T do not commute: relative commutator {commutator:.2f}")

# %% [markdown]
# ## The isotropic cosine loss has no mean
#
# With two rectified units there are inputs that activate one of them alone. The original cosine loss
# gives exactly nothing then. The isotropic one gives an update of order $1/|z|$, and since the response
# is arbitrarily small with finite density, the mean diverges like a logarithm: leaving out inputs with
# $|z|$ below a cut-off, each decade of the cut-off adds the same amount.

# %%
cuts = np.array([1e-1, 1e-2, 1e-3, 1e-4])
size = {
    variant: np.array([
        np.linalg.norm(
            monte_carlo_update(SiameseNetwork("cosine", variant, rectified=True), start.two_units,
                               1_000_000, seed(1), cut=cut).mean
        )
        for cut in cuts
    ])
    for variant in ("standard", "isotropic")
}  # fmt: skip
quadrature = np.linalg.norm(two_unit_cosine_update(start.two_units))
for cut, original, isotropic in zip(cuts, size["standard"], size["isotropic"], strict=True):
    print(f"cut {cut:.0e}: original {original:.4f} (quadrature {quadrature:.4f}), "
          f"isotropic {isotropic:.2f}")  # fmt: skip
try:
    monte_carlo_update(SiameseNetwork("cosine", "isotropic", rectified=True), start.two_units,
                       20_000, seed(2), tolerance=0.01)  # fmt: skip
except NotConverged as problem:
    print("NotConverged:", problem)

# %% [markdown]
# Every regenerated picture of that setting depends on its batch and seed. So does the original code's,
# and more: it adds $10^{-8}$ to each length, which spoils the exact cancellation under the original
# cosine loss and turns inputs with one barely active unit into kicks. Are the staircases of the published
# cosine panels that? The same run, the same samples, with the addition and without:

# %%
staircase = {}
for released in (False, True):
    network = SiameseNetwork("cosine", rectified=True, released=released)
    run = simulate_siamese(network, start.two_units, 300, 0.01, seed(5), batch=20_000)
    moves = np.linalg.norm(np.diff(run.weights, axis=0), axis=(1, 2)) / 0.01
    staircase[released] = moves.max() / np.median(moves)
    print(f"with 1e-8: {released!s:5}  median step {np.median(moves):.4f}, largest {moves.max():.4g}, "
          f"eigenvalues at the end {run.eigenvalues[-1].round(3)}")  # fmt: skip

# %% [markdown]
# They are: without the addition every step is like the others, with it single steps are many times as
# long, and each is a stair. Below, the panels with a mean are drawn from it; the isotropic and the
# released no-stop-gradient panels are one sampled run each.

# %%
settings = ("no_stop_gradient", "no_predictor", "standard", "isotropic")
steps = 1499


def euclidean_path(weights, variant, released, learning_rate=0.01):
    def update(w):
        return rectified_euclidean_update(w, variant=variant, released=released)

    return weight_map(update, weights, steps, learning_rate)


def spectrum(path):
    return np.linalg.eigvalsh(path @ np.swapaxes(path, -1, -2))


# %%
rng = figure_rng("ssl/fig6_trajectories")
two = {("euclidean", v): euclidean_path(start.two_units, v, True) for v in settings}
for variant in ("standard", "no_predictor"):
    two["cosine", variant] = weight_map(
        lambda w, v=variant: two_unit_cosine_update(w, variant=v, nodes=8),
        start.two_units, steps, 0.01,
    )  # fmt: skip
for variant, released in (("isotropic", False), ("no_stop_gradient", True)):
    network = SiameseNetwork("cosine", variant, rectified=True, released=released)
    two["cosine", variant] = simulate_siamese(
        network, start.two_units, steps, 0.01, rng, batch=4000
    ).weights

# %%
final = {key: spectrum(path[-1]) for key, path in two.items()}
first, cosine = spectrum(start.two_units), final["cosine", "standard"]
released_rule = SiameseNetwork(variant="no_predictor", rectified=True, released=True)
rng = np.random.default_rng(seed(4))
still = np.array([
    released_rule.update(start.two_units, *sample_views(6, 5000, (0.0, 0.1), rng)) for _ in range(40)
])  # fmt: skip
score = still.mean(axis=0) / still.std(axis=0, ddof=1) * np.sqrt(40)
kept = np.append(np.arange(0, steps, 6), steps)

# %%
record(
    "ssl/fig6_trajectories",
    numbers={"iteration": kept, "inputs": start.inputs}
    | {f"{loss}_{v}": path[kept] for (loss, v), path in two.items()},
    claims=[
        claim("Euclidean without stop-gradient: largest final eigenvalue, collapse",
              final["euclidean", "no_stop_gradient"].max(), "<", 0.02),
        # Twelve values of Student's t: one sample in a thousand has a larger one among them.
        claim("Euclidean as released without predictor the mean update is nothing: sampled, in "
              "standard errors", np.abs(score).max(), "<", stats.t.isf(1e-3 / 24, 39), kind="agreement"),
        claim("isotropic Euclidean loss: largest deviation of a final eigenvalue from 1",
              np.abs(final["euclidean", "isotropic"] - 1).max(), "<", 0.05),
        claim("original cosine loss: ratio of the eigenvalues, at the end over the start",
              cosine[1] / cosine[0] / (first[1] / first[0]), "<", 0.5),
        claim("staircases: largest over median step of a sampled run with 1e-8 in the lengths",
              staircase[True], ">", 20),
        claim("and without it", staircase[False], "<", 10),
        claim("its sum grows by finite steps only: relative growth over the step",
              (cosine.sum() / first.sum() - 1) / 0.01, "between", (0, 1), kind="agreement"),
    ],
)  # fmt: skip

# %% [markdown]
# ## Ten units
#
# The Euclidean row is the closed form under the released rule. In the cosine row nothing is known in
# closed form for ten units: the panels are sampled. Without predictor the drift comes from the
# augmentation noise alone and is tiny; the paper ran 100 000 iterations of 50 000 samples, here a fifth
# of that time is covered with a larger step.

# %%
rng = figure_rng("ssl/fig6_eigenvalues")
ten = {("euclidean", v): spectrum(euclidean_path(start.ten_units, v, True)) for v in settings}
true_gradient = spectrum(euclidean_path(start.ten_units, "standard", False))
for variant, released in (
    ("standard", False),
    ("isotropic", False),
    ("no_stop_gradient", True),
):
    network = SiameseNetwork("cosine", variant, rectified=True, released=released)
    run = simulate_siamese(network, start.ten_units, steps, 0.1, rng, batch=2000, record_every=5)
    ten["cosine", variant] = run.eigenvalues

# %%
network = SiameseNetwork("cosine", "no_predictor", rectified=True)
weights, drift = start.ten_units.copy(), [spectrum(start.ten_units)]
for step in range(2500):
    weights = weights + 0.8 * antithetic_update(network, weights, 4000, rng)
    if step % 25 == 24:
        drift.append(spectrum(weights))
ten["cosine", "no_predictor"] = np.array(drift)
drift_iteration = 25 * 8 * np.arange(len(drift))  # in steps of 0.1

# %%
last = {key: path[-1] for key, path in ten.items()}
large = {"as released": last["euclidean", "standard"][-8:], "true gradient": true_gradient[-1, -8:]}
cosine, isotropic = last["cosine", "standard"], ten["cosine", "isotropic"]
first, end = ten["cosine", "no_predictor"][[0, -1], 1:]
kept = np.append(np.arange(0, steps, 6), steps)
cosine_claims = [
    claim("original cosine loss: ratio of the largest to the third smallest",
          cosine[-1] / cosine[2], "<", 2.5),
    claim("its two smallest modes lag: the larger of them over the median",
          cosine[1] / np.median(cosine), "<", 0.7),
    claim("isotropic cosine loss: median eigenvalue grows by this factor",
          np.median(isotropic[-1]) / np.median(isotropic[0]), ">", 3),
    claim("cosine without predictor: spread of the logarithms of nine modes, end over start",
          np.ptp(np.log(end)) / np.ptp(np.log(first)), "<", 0.95),
]  # fmt: skip

# %%
record(
    "ssl/fig6_eigenvalues",
    numbers={"iteration": kept, "sampled_iteration": run.steps, "drift_iteration": drift_iteration,
             "true_gradient": true_gradient[kept]}
    | {f"{loss}_{v}": path[kept] if loss == "euclidean" else path
       for (loss, v), path in ten.items()},
    claims=[
        claim("original Euclidean loss as released: spread of the eight largest",
              large["as released"].max() / large["as released"].min(), ">", 1.5),
        claim("the same with the true gradient",
              large["true gradient"].max() / large["true gradient"].min(), "<", 1.2),
        claim("isotropic Euclidean loss: largest deviation from 1",
              np.abs(last["euclidean", "isotropic"] - 1).max(), "<", 0.03),
        claim("Euclidean without stop-gradient: modes that collapsed",
              np.sum(last["euclidean", "no_stop_gradient"] < 0.01), "==", 6),
        *cosine_claims,
    ],
)  # fmt: skip
print("original cosine loss ends at", cosine.round(2))
print("isotropic cosine loss ends at", isotropic[-1].round(2))

# %% [markdown]
# In this run the released rule without stop-gradient stands still between rare kicks, one of which has
# sent the top eigenvalue out of its panel; another seed gives another picture. The others are those of
# the linear network, with differences that the closed form explains: the spread under the original
# Euclidean loss is a product of the released order of mask and predictor, and goes away with the true
# gradient. The growth under the isotropic cosine loss is the mark of an update
# without a mean: nothing conserves the norm once rare inputs dominate.
#
# ## What happens if
#
# ... two units start out nearly parallel? They answer the same inputs then; the small eigenvalue
# belongs to their difference, which starts small and waits.


# %%
def draw(ax, angle):
    weights = np.array([[1.0, 0.0], [np.cos(np.radians(angle)), np.sin(np.radians(angle))]]) * 0.7
    path = weight_map(rectified_euclidean_update, weights, 1500, 0.01)
    values = spectrum(path)
    ax.plot(values)
    ax.set(xlabel="iteration", ylabel="eigenvalue", ylim=(0, 1.3))
    return "eigenvalues from {:.2f} and {:.2f} to {:.2f} and {:.2f}".format(*values[0], *values[-1])


explore(draw, angle=[10, 25, 40, 55, 70, 90])

# %% [markdown]
# ## Exercises

# %% [markdown] tags=["exercise"]
# ### Exercise 1: two rectified units
#
# *paper, 15 minutes, 4 points, difficulty 2 of 3*
#
# Two units have weight rows of unit length. The mean of the product of their rectified responses is $K = [(\pi - \theta)\cos\theta + \sin\theta]/2\pi$ with
# the angle $\theta$ between the rows. What is it for orthogonal rows, and for opposite ones? And what is the *covariance* of the responses (the mean of a rectified standard normal number
# is $1/\sqrt{2\pi}$) for orthogonal, for equal and for opposite rows?
#
# Assign the two means of products to `products`, orthogonal first, and the three covariances, in the order of the question, to `covariances`.

# %% tags=["solution"]
# sin / (2 pi) at a right angle, 0 at pi; take 1 / (2 pi) off; equal rows have K = 1/2.
products = np.array([1 / (2 * np.pi), 0.0])
covariances = np.array([0.0, 0.5 - 1 / (2 * np.pi), -1 / (2 * np.pi)])

assert abs(rectified_covariance(np.eye(2))[0, 1] - products[0]) < 1e-12
responses = np.maximum(np.random.default_rng(seed(0)).standard_normal((100_000, 2)), 0)
assert abs(np.cov(responses.T)[0, 1]) < 5 * 0.34 / np.sqrt(100_000)

# %% tags=["check"]
check("ssl-4.1", products, covariances)

# %% tags=["mistakes"]
mistake(
    "ssl-4.1",
    [0.0, 0.0],
    ...,
    hint="orthogonal drives are independent, but their rectified means are not zero",
)
mistake("ssl-4.1", ..., [1 / (2 * np.pi), 0.5, 0.0], hint="take the product of the means off")

# %% [markdown] tags=["exercise"]
# ### Exercise 2: a drift of third order
#
# *derivation, 15 minutes, 4 points, difficulty 2 of 3*
#
# Two orthogonal rows without predictor drift by $g(\sigma) = (\sigma - \arctan\sigma)/2\pi$ of their length in a step of unit rate. Start a `Derivation` with it as a
# definition "drift", with `sigma = sp.Symbol("sigma", positive=True)` and `g = sp.Function("g")`, and expand it around 0 through order four in a step "small noise"
# (`.expand(name, expression, sigma, 0, 4, reason)`; a wrong term raises). What does it tend to for *large* noise, per unit of $\sigma$?
#
# Assign the derivation to `own`, the step "small noise" to `small`, and the limit of $g(\sigma)/\sigma$ to `large`.

# %% tags=["stub"]
sigma, g = sp.Symbol("sigma", positive=True), sp.Function("g")
own = Derivation("Drift of rectified units without predictor")
small = ...
large = ...

# %% tags=["solution"]
sigma, g = sp.Symbol("sigma", positive=True), sp.Function("g")
own = (
    Derivation("Drift of rectified units without predictor")
    .define("drift", sp.Eq(g(sigma), (sigma - sp.atan(sigma)) / (2 * sp.pi)), "of orthogonal rows")
    .expand("small noise", sigma**3 / (6 * sp.pi), sigma, 0, 4, "no first order, and outward")
)
small = own["small noise"]
large = 1 / (2 * np.pi)
assert own.counts["proved"] >= 1
own

# %% tags=["check"]
check("ssl-4.2", small, large)

# %% tags=["mistakes"]
mistake("ssl-4.2", -(sigma**3) / (6 * sp.pi), ...)
mistake("ssl-4.2", sigma**3 / 3, ..., hint="the drift is divided by 2 pi")
mistake("ssl-4.2", ..., 0.0, hint="the arc tangent is bounded, the other term is not")

# %% [markdown] tags=["exercise"]
# ### Exercise 3: which power of the noise?
#
# *simulation, 10 minutes, 3 points, difficulty 1 of 3*
#
# Without predictor and with the true gradient rectified units drift under the Euclidean loss. Compute the drift of two orthogonal rows from
# `rectified_euclidean_update(np.eye(2), variant="no_predictor", noise=s)` (its first diagonal entry) for the noises 0.1 and 0.2. In which direction do the rows move?
#
# Assign the ratio of the two drifts to `ratio`, the power of the noise that the ratio tells, not rounded, to `power`, and to `outward` whether the rows grow.

# %% tags=["solution"]
# (sigma - atan sigma) / (2 pi) times the weights: outward, nearly of third order.
drifts = [
    rectified_euclidean_update(np.eye(2), variant="no_predictor", noise=s)[0, 0] for s in (0.1, 0.2)
]
ratio = float(drifts[1] / drifts[0])
power, outward = float(np.log2(ratio)), bool(drifts[0] > 0)
assert abs(drifts[0] * 6 * np.pi / 0.1**3 - 1) < 0.1**2

# %% tags=["check"]
check("ssl-4.3", ratio, power, outward)

# %% tags=["mistakes"]
mistake(
    "ssl-4.3", 8.0, ..., ..., hint="this is the limit of small noise; compute it at 0.1 and 0.2"
)
mistake("ssl-4.3", ..., float(np.log(ratio)), ..., hint="the noise doubles: which logarithm?")

# %% [markdown] tags=["exercise"]
# ### Exercise 4: a rule that is no gradient
#
# *open, 20 minutes, 6 points, difficulty 3 of 3*
#
# The released code masks the prediction error *before* it is sent back through the predictor. Explain in your own words what this changes, why the two agree for linear units, how you would notice it in
# somebody else's code, and when a rule that is no gradient of its loss can still be worth having. Ten lines.
#
# Then judge, four truth values in `rules_true`: (a) the predictor is built from $W W^\top$, which is the covariance of the rectified responses; (b) with rectified units the eigenvectors stay where they are;
# (c) the mean update under the cosine loss does not exist if all units can be silent at once, since it divides by the length of the response; (d) the covariance of orthogonal rows' *rectified* responses is zero.

# %% [markdown] tags=["solution"]
# The gradient masks after the error has come back through the predictor: a unit that is silent learns nothing. Masking before lets other units' errors reach a silent unit through the predictor and leaves its own out.
# For linear units there is no mask. One notices it by comparing with a numerical gradient of the loss, on one batch. A rule may still be worth having if it descends on something, or conserves what should be conserved:
# here it leaves the picture of the figure much as it is. $W W^\top$ is the covariance of the *drives*, (a) false, and the two do not commute, so the eigenvectors turn, (b) false. (c) is true: near silence the update grows like
# one over the length, and its mean diverges. (d) is true: independent drives give independent responses.

# %% tags=["solution"]
rules_true = [False, False, True, True]
assert commutator > 0.01  # (a), (b)

# %% tags=["check"]
check("ssl-4.4", rules_true)

# %% tags=["mistakes"]
mistake(
    "ssl-4.4", [True, False, True, True], hint="the covariance of the drives, or of the responses?"
)
mistake(
    "ssl-4.4",
    [False, False, True, False],
    hint="do not confuse the mean of the product with the covariance",
)

# %% [markdown]
# ## References
#
# * M. S. Halvagal, A. Laborieux, F. Zenke, *Implicit variance regularization in non-contrastive SSL*,
#   NeurIPS 2023, Fig. 6 and the released toy code. Closed forms and quadrature are derived here.
# * Y. Cho, L. Saul, *Kernel methods for deep learning*, NeurIPS 2009: the arc-cosine kernel.
