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
# # Learning without negative examples: set-up and losses
#
# **After this lesson you can** write down the losses of a Siamese network with a predictor and a
# stop-gradient, rotate them into the eigenbasis of the representation, and say from one line why the
# Euclidean loss drives every eigenvalue to one while the cosine loss only makes them equal.
#
# *20 minutes. Prerequisites: gradients, eigenvectors of symmetric matrices.*
#
# Two augmented views of an input go through the same network. One representation is sent through a
# **predictor** and compared with the other, which is held fixed by a **stop-gradient**. Nothing pushes
# different inputs apart. A constant representation would make the loss zero: why does the network not
# collapse to it?
#
# The smallest model: a linear network $z = W x$ on inputs $x \sim N(0, I)$, the two views
# $x + \sigma_i \xi_i$, and a predictor that is not learned but set from the representation
# (DirectPred and its relatives),
#
# $$W W^\top = U \operatorname{diag}(\gamma)\, U^\top, \qquad
#   W_P = U \operatorname{diag}(\lambda)\, U^\top, \quad \lambda_m = \gamma_m^\alpha .$$
#
# | symbol | name in the code | meaning |
# |---|---|---|
# | $W$ | `weights` | weights of the network |
# | $\gamma_m$ | `eigenvalues` | eigenvalues of $W W^\top$: variances of the representation |
# | $\lambda_m$ | `gamma**exponent` | eigenvalues of the predictor |
# | $\alpha$ | `exponent` | 1 in all of the paper's toy figures, 1/2 in its deep networks |
# | $\sigma_1, \sigma_2$ | `noise` | augmentation noise of the online and the target view: 0 and 0.1 here |
# | $\eta$ | `learning_rate` | learning rate; times are in units of learning rate times iterations |

# %%
import matplotlib.pyplot as plt
import numpy as np

from figures.kit import (
    BLACK,
    BLUE,
    GREEN,
    ORANGE,
    PAGE,
    PINK,
    SKY,
    VERMILION,
    claim,
    explore,
    figure_rng,
    label_panels,
    record,
    use_style,
)
from theory.ssl import eigenvalue_map, relative_rate
from theory.ssl.derivations import losses as derivations
from theory.ssl.initial_weights import paper_start
from theory.ssl.siamese import SiameseNetwork, sample_views, simulate_siamese

use_style()

# %%
figure, ax = plt.subplots(figsize=(PAGE, 2.5))
ax.set(xlim=(0, 10), ylim=(0, 3.4), aspect="equal")
ax.axis("off")


def box(x, y, text, color, width=1.5):
    ax.add_patch(plt.Rectangle((x - width / 2, y - 0.33), width, 0.66, facecolor=color, alpha=0.25,
                               edgecolor=color))  # fmt: skip
    ax.text(x, y, text, ha="center", va="center")


def arrow(start, end, **style):
    style = {"arrowstyle": "->", "color": BLACK, "linewidth": 1.1} | style
    ax.annotate("", end, start, arrowprops=style)


for y, view in ((2.6, 1), (0.6, 2)):
    ax.text(0.35, y, f"$x^{{({view})}}$", ha="center", va="center", fontsize=10)
    arrow((0.65, y), (1.2, y))
    ax.text(3.15, y, f"$z^{{({view})}}$", ha="center", va="center", fontsize=10)
    arrow((2.75, y), (2.9, y))
box(1.97, 2.6, "online network", BLUE, 1.55)
box(1.97, 0.6, "target network", ORANGE, 1.55)
arrow((3.45, 2.6), (4.15, 2.6))
box(4.9, 2.6, "predictor $W_P$", GREEN)
arrow((5.65, 2.6), (6.1, 2.6))
ax.text(6.65, 2.6, "$W_P z^{(1)}$", ha="center", va="center", fontsize=10)
arrow((7.15, 2.45), (8.15, 1.8))
arrow((3.45, 0.6), (8.15, 1.35))
box(9.0, 1.57, "loss $\\mathcal{L}$", PINK, 1.5)
arrow((8.6, 2.0), (5.4, 3.2), color=VERMILION, linestyle="--", connectionstyle="arc3,rad=0.15")
arrow((5.4, 3.2), (1.97, 3.02), color=VERMILION, linestyle="--", connectionstyle="arc3,rad=0.05")
ax.text(7.55, 3.15, "gradient", color=VERMILION, ha="center", fontsize=7)
arrow((8.6, 1.2), (2.8, 0.3), color=VERMILION, linestyle="--", connectionstyle="arc3,rad=-0.12")
ax.plot([5.75, 6.15], [0.3, 0.62], color=VERMILION, linewidth=2)
ax.plot([5.75, 6.15], [0.62, 0.3], color=VERMILION, linewidth=2)
ax.text(6.35, 0.22, "stop-gradient (SG)", color=VERMILION, fontsize=7)
ax.text(4.3, 1.6, "$\\mathcal{L} = d\\,(W_P\\, z^{(1)},\\ \\mathrm{SG}(z^{(2)}))$", fontsize=10,
        ha="center", va="center")  # fmt: skip
record("ssl/fig1a", figure, data={}, claims=[],
       alt="Drawing of a Siamese network. View 1 runs through the online network and the predictor "
           "into the loss, view 2 through the target network into the same loss. A dashed gradient "
           "arrow runs back along the online side; the one along the target side is crossed out and "
           "labelled stop-gradient.")  # fmt: skip

# %% [markdown]
# ## Derivation
#
# In the eigenbasis the predictor is diagonal. Each step below was proved when this notebook ran.

# %%
derivations.euclidean()

# %% [markdown]
# Two readings. The sign of $1 - \lambda_m$ regularizes the variance: **every mode is driven to
# $\lambda_m = 1$**, and none collapses. The factor $\lambda_m$ in front is a learning rate of the
# mode's own, so that small modes wait. The paper's isotropic loss removes exactly that factor.

# %%
derivations.isotropic_euclidean()

# %% [markdown]
# The cosine loss is blind to length. What follows couples the modes and knows no absolute scale.

# %%
derivations.cosine()

# %%
derivations.isotropic_cosine()

# %% [markdown]
# What stop-gradient and predictor are good for is seen without them.

# %%
derivations.ablations()

# %% [markdown]
# ## What the predictor does to a cloud of representations
#
# With $\lambda_1 > 1 > \lambda_2$ the prediction is *more* elongated than the target. To match them
# the Euclidean loss shrinks the long axis and stretches the short one, up to the unit circle; the
# cosine loss compares directions only and flattens their density until it is uniform. The variances
# below are ours, both curves are computed: a centred Gaussian with variances $v_1, v_2$ has angular
# density $(2\pi\sqrt{v_1 v_2})^{-1} / (\cos^2\theta / v_1 + \sin^2\theta / v_2)$.

# %%
gamma = np.array([1.9, 0.5])
predicted = gamma**2 * gamma  # variances of W_P z for exponent 1
angle = np.linspace(0, 2 * np.pi, 721)


def angular_density(variances):
    spread = np.cos(angle) ** 2 / variances[0] + np.sin(angle) ** 2 / variances[1]
    return 1 / (2 * np.pi * np.sqrt(np.prod(variances)) * spread)


representation, prediction = angular_density(gamma), angular_density(predicted)
rates = relative_rate(gamma)

# %%
figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.9), width_ratios=[1.25, 1])
ax = axes[0]
circle = np.stack([np.cos(angle), np.sin(angle)])
for variances, color, style in (
    (gamma, SKY, "-"),
    (predicted, BLUE, "--"),
):
    x, y = np.sqrt(variances)[:, None] * circle
    ax.fill(x, y, color=color, alpha=0.18, linewidth=0)
    ax.plot(x, y, color=color, linestyle=style)
ax.plot(*circle, color=BLACK, linestyle=":")
ax.text(-1.75, 0.6, "$z^{(2)}$", color=SKY, fontsize=9)
ax.text(2.1, 0.36, "$W_P z^{(1)}$", color=BLUE, fontsize=9)
ax.text(0.85, 1.02, "steady state $\\lambda_1 = \\lambda_2 = 1$", fontsize=7)
arrows = {"arrowstyle": "->", "color": VERMILION, "linewidth": 1.6}
for side in (-1, 1):
    ax.annotate("", (side * 1.02, 0), (side * np.sqrt(gamma[0]), 0), arrowprops=arrows)
    ax.annotate("", (0, side * 0.98), (0, side * np.sqrt(gamma[1])), arrowprops=arrows)
ax.text(1.3, -0.6, "$\\lambda_1 > 1$", color=VERMILION, fontsize=7)
ax.text(0, -1.22, "$\\lambda_2 < 1$", color=VERMILION, fontsize=7, ha="center")
ax.set(aspect="equal", xlim=(-2.9, 2.9), ylim=(-1.35, 1.35), title="Euclidean", xlabel="mode 1",
       ylabel="mode 2")  # fmt: skip
ax = axes[1]
ax.plot(angle, representation, color=SKY)
ax.plot(angle, prediction, color=BLUE, linestyle="--")
ax.axhline(1 / (2 * np.pi), color=BLACK, linestyle=":", linewidth=1)
for theta in (np.pi, np.pi / 2, 3 * np.pi / 2):
    at = np.interp(theta, angle, representation)
    ax.annotate("", (theta, 1 / (2 * np.pi)), (theta, at), arrowprops=arrows)
ax.text(np.pi - 0.85, 0.29, "$\\lambda_1$", color=VERMILION)
ax.text(np.pi / 2 + 0.12, 0.105, "$\\lambda_2$", color=VERMILION)
ax.text(np.pi + 0.42, 0.9, "$W_P z^{(1)}$", color=BLUE, fontsize=9)
ax.text(0.75, 0.215, "$z^{(2)}$", color=SKY, fontsize=9)
ax.text(3 * np.pi / 2, 0.18, "uniform", ha="center", fontsize=7)
ax.set(title="cosine", xlabel="angle of the representation", ylabel="density", ylim=(0, None))
ax.set_xticks([0, np.pi, 2 * np.pi], ["0", "$\\pi$", "$2\\pi$"])
label_panels(axes)

step = angle[1] - angle[0]
record(
    "ssl/fig1bc",
    figure,
    data={"angle": angle, "representation": representation, "prediction": prediction},
    claims=[
        claim("the prediction is more elongated than the target: ratio of axis ratios",
              np.sqrt(predicted[0] / predicted[1]) / np.sqrt(gamma[0] / gamma[1]), ">", 1.5),
        claim("the Euclidean rate of the long axis is negative", rates[0], "<", -0.1),
        claim("the Euclidean rate of the short axis is positive", rates[1], ">", 0.1),
        claim("the predicted angular density is more peaked: ratio of the largest values",
              prediction.max() / representation.max(), ">", 1.5),
        claim("angular densities integrate to one: largest deviation",
              max(abs(d[:-1].sum() * step - 1) for d in (representation, prediction)), "<", 1e-9),
    ],
    alt="Left: a light ellipse, the representation, and a longer dashed one, the prediction, around a "
    "dotted unit circle; arrows point inward along the long axis and outward along the short one. "
    "Right: angular densities with two peaks; those of the prediction are sharper, and arrows lead "
    "from the representation's peaks and valleys to the uniform density.",
)  # fmt: skip

# %% [markdown]
# ## Two neurons, three starts
#
# The paper's first experiment: a network of two units and six inputs, from three initial weights. The
# starting points are the released code's, rebuilt from its seed. The curves are the *exact mean
# update* of `eigenvalue_map`, where lessons 2 and 3 come from; the dots are a sampled network that
# knows nothing of it.

# %%
starts = paper_start().three_starts
initial = np.array([np.linalg.eigvalsh(w @ w.T) for w in starts])
steps, learning_rate = 1499, 0.01
exact = {
    loss: np.array([eigenvalue_map(g, steps, learning_rate, loss=loss) for g in initial])
    for loss in ("euclidean", "cosine")
}

# %%
rng = figure_rng("ssl/fig5")
sampled = {
    loss: [
        simulate_siamese(SiameseNetwork(loss), w, 1400, learning_rate, rng, batch=1000,
                         record_every=200)
        for w in starts
    ]
    for loss in exact
}  # fmt: skip

# %%
figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.7), sharey=True)
iteration = np.arange(steps + 1)
for ax, loss in zip(axes, exact, strict=True):
    for start, (color, style) in enumerate(((BLUE, "-"), (VERMILION, "--"), (GREEN, "-."))):
        ax.plot(iteration, exact[loss][start], color=color, linestyle=style)
        run = sampled[loss][start]
        ax.plot(run.steps, run.eigenvalues, "o", color=color, markersize=2.5)
    ax.set(xlabel="iteration", title=loss.replace("euc", "Euc"), yticks=[0, 1, 2])
axes[0].set_ylabel("eigenvalue $\\lambda_m$")
axes[0].text(750, 1.5, "lines: exact mean update\ndots: sampled network", fontsize=7)
means = initial.mean(axis=1)
for start, mean in enumerate(means):
    axes[1].text(
        1490,
        mean + 0.05,
        f"mean {mean:.2f}",
        ha="right",
        fontsize=7,
        color=(BLUE, VERMILION, GREEN)[start],
    )
label_panels(axes)

ends = {loss: exact[loss][:, -1] for loss in exact}
half = np.argmax(exact["euclidean"][0, :, 0] > 0.5)
record(
    "ssl/fig5",
    figure,
    data={"iteration": iteration}
    | {f"{loss}_{k + 1}": exact[loss][k] for loss in exact for k in range(3)},
    claims=[
        claim("every Euclidean eigenvalue ends at 1: largest deviation",
              np.abs(ends["euclidean"] - 1).max(), "<", 0.01),
        claim("the cosine pairs meet: largest difference within a pair over their mean",
              (np.ptp(ends["cosine"], axis=1) / means).max(), "<", 0.01),
        claim("each pair meets at its initial arithmetic mean: largest relative deviation",
              np.abs(ends["cosine"].mean(axis=1) / means - 1).max(), "<", 2e-3),
        claim("the common values differ between starts: largest over smallest",
              means.max() / means.min(), ">", 4),
        claim("iteration at which the slowest Euclidean mode passes one half", half, "between",
              (640, 665)),
        claim("sampled network against the exact map at its end: largest relative deviation",
              max(np.abs(sampled[loss][k].eigenvalues[-1] / exact[loss][k, 1400] - 1).max()
                  for loss in exact for k in range(3)), "<", 0.05),
    ],
    alt="Two panels with six curves each. Euclidean: all eigenvalues end at one, the smallest after a "
    "long wait. Cosine: the two eigenvalues of each start merge at their mean, at three different "
    "heights. Dots of a sampled network lie on the curves.",
)  # fmt: skip

# %% [markdown]
# ## What happens if
#
# ... the exponent of the predictor is changed? The fixed point stays, the waiting time of small modes
# does not.


# %%
def draw(ax, exponent):
    path = eigenvalue_map(initial[0], steps, learning_rate, exponent=exponent)
    ax.plot(iteration, path[:, 0], label="small mode")
    ax.plot(iteration, path[:, 1], label="large mode")
    ax.set(xlabel="iteration", ylabel="eigenvalue", ylim=(0, 1.1))
    ax.legend()


explore(draw, exponent=[0.25, 0.5, 1.0, 2.0])

# %% [markdown]
# ## Exercises
#
# 1. Both views noisy: where is the fixed point of the Euclidean loss for $\sigma_1 = 0.5$? Answer by
#    hand, then look for the zero of `relative_rate`.
# 2. The value of the isotropic Euclidean loss is that of the prediction error, which looks like the
#    original loss. Show with one batch that its *gradient* is not.
# 3. Start the cosine loss from two equal eigenvalues. What moves, and why?

# %% tags=["solution"]
# 1. The online view has second moment c = 1 + 0.25 and the rate is lambda (1 - c lambda).
fixed_point = 1 / 1.25

# %%
rate = relative_rate([fixed_point], noise=(0.5, 0.1))
assert abs(rate[0]) < 1e-12

# %% tags=["solution"]
# 2. The isotropic update, sent through the predictor once more, is the original one.
rng = np.random.default_rng(0)
weights = starts[2]
views = sample_views(6, 100, (0.0, 0.1), rng)
original = SiameseNetwork("euclidean").update(weights, *views)
isotropic = SiameseNetwork("euclidean", "isotropic").update(weights, *views)

# %%
assert np.abs(original - isotropic).max() > 0.1
assert np.allclose(weights @ weights.T @ isotropic, original)

# %% tags=["solution"]
# 3. Nothing: with equal eigenvalues the differences in Theorem 2 vanish, at any common value.
rates = relative_rate([0.3, 0.3], loss="cosine")

# %%
assert np.abs(rates).max() < 1e-6

# %% [markdown]
# ## References
#
# * M. S. Halvagal, A. Laborieux, F. Zenke, *Implicit variance regularization in non-contrastive SSL*,
#   NeurIPS 2023: the eigenspace view, both theorems, the isotropic losses, Figs. 1 and 5.
# * Y. Tian, X. Chen, S. Ganguli, *Understanding self-supervised learning dynamics without contrastive
#   pairs*, ICML 2021: DirectPred.
# * X. Wang, X. Chen, S. Du, Y. Tian, *Towards demystifying representation learning with
#   non-contrastive self-supervision*, 2021: DirectCopy.
