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
# # Learning without negative examples: set-up and losses
#
# **After this lesson you can** write down the losses of a Siamese network with a predictor and a
# stop-gradient, rotate them into the eigenbasis of the representation, and say from one line why the
# Euclidean loss drives every eigenvalue to one while the cosine loss only makes them equal.
#
# *25 minutes. Prerequisites: gradients, eigenvectors of symmetric matrices.*
#
# Two augmented views of an input go through the same network. One representation is sent through a
# **predictor** and compared with the other, which is held fixed by a **stop-gradient**. Nothing pushes
# different inputs apart. A constant representation would make the loss zero: why does the network not
# collapse to it? Other methods forbid it in so many words: VICReg adds a penalty where the variance
# of a unit falls below one (lesson 2 puts it beside). Here no term of the loss speaks of variance, and
# yet something regularizes it, *implicitly*.
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
import numpy as np
import sympy as sp
from scipy import stats

from classroom import check, mistake
from figures.kit import claim, explore, figure_rng, record, seed, use_style
from theory.derivation import Derivation
from theory.ssl import (
    SiameseNetwork,
    eigenvalue_map,
    paper_start,
    recruitment_time,
    relative_rate,
    sample_views,
    simulate_siamese,
)
from theory.ssl.derivations import losses as derivations

use_style()

# %%
record("ssl/fig1a")

# %% [markdown]
# ## One mode, one step, by hand
#
# One unit, one input $x = 1$, both views alike, $\alpha = 1$. Let $\lambda = \gamma = w^2 = 0.5$, so
# $w = 0.7071$.
#
# 1. Representation: $z = w x = 0.7071$. Prediction: $\lambda z = 0.3536$. Error: $\lambda z - z = -0.3536$.
# 2. Gradient, sent back through the predictor with the target held: $\lambda \cdot (-0.3536) = -0.1768$.
# 3. A step of learning rate 0.1: $w = 0.7071 + 0.0177 = 0.7248$, so $\gamma = 0.5253$: **the mode grew.**
#
# The same with $\lambda = 2$, $w = 1.4142$: the error is $+1.4142$, the gradient $2.8284$, and the step leads to
# $w = 1.1314$, $\gamma = 1.28$: it shrank. With $\lambda = 1$ the error is zero. That is the whole mechanism;
# the rest of the lessons is about many modes, averages and times.

# %%
for start in (0.5, 2.0, 1.0):
    weight, view = np.array([[np.sqrt(start)]]), np.ones((1, 1))
    stepped = weight + 0.1 * SiameseNetwork("euclidean").update(weight, view, view)
    mean = eigenvalue_map([start], 1, 0.1, noise=(0, 0))[1, 0]
    print(f"from {start:g}: this step {stepped.item() ** 2:.4f}, mean over all inputs {mean:.4f}")

# %% [markdown]
# ## Derivation
#
# In the eigenbasis the predictor is diagonal. The heading counts what was proved and what was put in;
# every statement holds for any number of modes.

# %%
derivations.euclidean()

# %% [markdown]
# Who moves $z$? Here the flow of the representation is a premise; lesson 2 lets the weights move and finds
# the same flow for the mean over inputs.
#
# Two readings. The sign of $1 - \lambda_m$ regularizes the variance: **every mode is driven to
# $\lambda_m = 1$**, and none collapses. The factor $\lambda_m$ in front is a learning rate of the
# mode's own, so that small modes wait. The paper's isotropic loss removes exactly that factor.

# %%
derivations.isotropic_euclidean()

# %% [markdown]
# The cosine loss is blind to length. One mode is followed; $X$, $Q$ and $Y$ collect all others. The
# modes are coupled, and no absolute scale is left.

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


densities = {"target": angular_density(gamma), "prediction": angular_density(predicted)}
rates = {loss: relative_rate(gamma, loss=loss) for loss in ("euclidean", "cosine")}

# %%
cloud = np.sqrt(gamma) * figure_rng("ssl/fig1bc").standard_normal((100_000, 2))
drawn = {"target": cloud, "prediction": cloud * gamma}
step = angle[1] - angle[0]


def distance(name):
    """Largest distance of the sampled angles' distribution from the integrated density."""
    sampled = np.sort(np.arctan2(*drawn[name].T[::-1]) % (2 * np.pi))
    law = np.append(0, np.cumsum(densities[name][1:] + densities[name][:-1]) * step / 2)
    return np.abs(np.interp(sampled, angle, law) - (np.arange(100_000) + 0.5) / 100_000).max()


# %%
record(
    "ssl/fig1bc",
    numbers={"target_variances": gamma, "predicted_variances": predicted, "angle": angle, **densities},
    claims=[
        claim("the Euclidean rate of the long axis is negative", rates["euclidean"][0], "<", -0.1),
        claim("and that of the short axis positive", rates["euclidean"][1], ">", 0.1),
        claim("the cosine rate of the long axis is negative, too", rates["cosine"][0], "<", -0.01),
        claim("and that of the short axis positive", rates["cosine"][1], ">", 0.01),
        # 1.95 over the root of the sample's size is exceeded once in a thousand samples.
        claim("sampled angles against both densities: largest distance of the distributions",
              max(map(distance, densities)), "<", 1.95 / np.sqrt(100_000), kind="agreement"),
        claim("angular densities integrate to one: largest deviation",
              max(abs(d[:-1].sum() * step - 1) for d in densities.values()), "<", 1e-9, kind="exact"),
    ],
)  # fmt: skip

# %% [markdown]
# ## Two neurons, three starts
#
# The paper's first experiment: a network of two units and six inputs, from three initial weights. The
# starting points are the released code's, rebuilt from its seed. The curves are the *exact mean
# update* of `eigenvalue_map`, where lessons 2 and 3 come from; the dots are a sampled network that
# knows nothing of it. Under the cosine loss each step is orthogonal to the weights, so that the sum of
# the eigenvalues grows by the squared steps alone: by little, and by less for larger batches.

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
        simulate_siamese(SiameseNetwork(loss), w, 1400, learning_rate, rng, batch=1000)
        for w in starts
    ]
    for loss in exact
}
shown = np.arange(0, 1401, 200)
dots = {loss: np.array([run.eigenvalues[shown] for run in sampled[loss]]) for loss in exact}

# %%
growth = [
    np.diff((run.weights**2).sum(axis=(1, 2)))
    - (np.diff(run.weights, axis=0) ** 2).sum(axis=(1, 2))
    for run in sampled["cosine"]
]
small_batches = np.array([
    [simulate_siamese(SiameseNetwork(), w, 200, learning_rate, rng, batch=125).eigenvalues[-1]
     for _ in range(8)] for w in starts
])  # fmt: skip
error = small_batches.std(axis=1, ddof=1) / np.sqrt(8)
scores = (small_batches.mean(axis=1) - exact["euclidean"][:, 200]) / error

# %%
means = initial.mean(axis=1)
ends = {loss: exact[loss][:, -1] for loss in exact}
half = np.argmax(exact["euclidean"][0, :, 0] > 0.5)
predicted_half = recruitment_time(initial[0, 0], "standard") / learning_rate
kept = np.append(np.arange(0, steps, 10), steps)

# %%
record(
    "ssl/fig5",
    numbers={"iteration": kept}
    | {loss: exact[loss][:, kept].swapaxes(0, 1) for loss in exact}
    | {"sampled_iteration": shown}
    | {f"sampled_{loss}": dots[loss].swapaxes(0, 1) for loss in exact},
    claims=[
        claim("every Euclidean eigenvalue ends at 1: largest deviation",
              np.abs(ends["euclidean"] - 1).max(), "<", 0.01),
        claim("the cosine pairs meet: largest difference within a pair over their mean",
              (np.ptp(ends["cosine"], axis=1) / means).max(), "<", 0.01),
        claim("each pair meets at its initial mean, but for the step: relative excess over the step",
              np.abs(ends["cosine"].mean(axis=1) / means - 1).max() / learning_rate, "<", 1,
              kind="agreement"),
        claim("the slowest Euclidean mode passes one half when the closed form of lesson 2 says: "
              "relative deviation over the step", abs(half / predicted_half - 1) / learning_rate,
              "<", 1, kind="agreement"),
        # Six values of Student's t: one sample in a thousand has a larger one among them.
        claim("eight sampled Euclidean networks against the exact map at iteration 200, in standard "
              "errors", np.abs(scores).max(), "<", stats.t.isf(1e-3 / 12, 7), kind="agreement"),
        claim("sampled cosine networks: the sum grows by the squared steps alone, largest difference",
              max(np.abs(g).max() for g in growth), "<", 1e-12, kind="exact"),
    ],
)  # fmt: skip

# %% [markdown]
# ## What happens if
#
# ... the exponent of the predictor is changed? The fixed point stays, the waiting time of small modes
# does not.


# %%
def draw(ax, exponent):
    path = eigenvalue_map(initial[0], steps, learning_rate, exponent=exponent)
    ax.plot(path[:, 0], label="small mode")
    ax.plot(path[:, 1], label="large mode")
    ax.set(xlabel="iteration", ylabel="eigenvalue", ylim=(0, 1.1))
    ax.legend()
    small, large = path[500]
    return f"after 500 iterations the small mode is at {small:.2f}, the large one at {large:.2f}"


explore(draw, exponent=[0.25, 0.5, 0.75, 1.0, 1.5, 2.0])

# %% [markdown]
# ## Exercises

# %% [markdown] tags=["exercise"]
# ### Exercise 1: both views are noisy
#
# *paper, 10 minutes, 3 points, difficulty 1 of 3*
#
# The online view of a mode has the second moment $c = 1 + \sigma_1^2$. Average Theorem 1 over both noises (they are independent) and
# find the eigenvalue $\lambda$ of the predictor at which the Euclidean loss comes to rest. Does the noise of the target matter?
#
# For $\sigma_1 = 0.5$ assign to `fixed_point` the resting eigenvalue $\lambda$, to `fixed_half` the eigenvalue $\gamma$ of the
# representation where it rests if $\alpha = 1/2$, and to `target_matters` a truth value.

# %% tags=["solution"]
# The rate is lambda (1 - c lambda), the target's noise averages out; gamma = lambda^(1/alpha).
fixed_point, fixed_half, target_matters = 1 / 1.25, (1 / 1.25) ** 2, False

assert abs(relative_rate([fixed_point], noise=(0.5, 0.1))[0]) < 1e-12
assert abs(relative_rate([fixed_half], noise=(0.5, 0.4), exponent=0.5)[0]) < 1e-12

# %% tags=["check"]
check("ssl-1.1", fixed_point, fixed_half, target_matters)

# %% tags=["mistakes"]
mistake("ssl-1.1", 1.25, ..., ...)
mistake(
    "ssl-1.1", 1 / 1.5, ..., ..., hint="second moments: which power of sigma adds to the variance?"
)
mistake(
    "ssl-1.1", ..., np.sqrt(0.8), ..., hint="lambda is gamma to the power alpha: turn it around"
)

# %% [markdown] tags=["exercise"]
# ### Exercise 2: derive where it rests
#
# *derivation, 15 minutes, 4 points, difficulty 2 of 3*
#
# Start a `Derivation` with the rate $r(x) = x (1 - c x)$ of a mode of size $x$ as a definition "rate" (`.define`, with
# `x, c = sp.symbols("x c", positive=True)` and `r = sp.Function("r")`), and add a step "rest" that puts in the point where it
# rests (`.substitute`): a wrong value raises. Then find, by calculus, where the mode grows fastest.
#
# Assign the derivation to `own`, the place of rest to `rest` and the $x$ of the largest rate to `fastest`, expressions in `c`.

# %% tags=["stub"]
x, c = sp.symbols("x c", positive=True)
r = sp.Function("r")
own = Derivation("Where a noisy mode rests").define("rate", sp.Eq(r(x), x * (1 - c * x)), "growth")
rest = ...
fastest = ...

# %% tags=["solution"]
x, c = sp.symbols("x c", positive=True)
r = sp.Function("r")
own = (
    Derivation("Where a noisy mode rests")
    .define("rate", sp.Eq(r(x), x * (1 - c * x)), "growth of a mode")
    .substitute("rest", sp.Eq(r(1 / c), 0), {x: 1 / c}, "the fixed point")
)
rest = own["rest"].lhs.args[0]
(fastest,) = sp.solve(sp.diff(own["rate"].rhs, x), x)
own

# %% tags=["check"]
check("ssl-1.2", rest, fastest)

# %% tags=["mistakes"]
mistake("ssl-1.2", c, ...)
mistake("ssl-1.2", ..., 1 / c, hint="there the rate is zero; where is its derivative?")

# %% [markdown] tags=["exercise"]
# ### Exercise 3: one loss, two gradients
#
# *simulation, 10 minutes, 3 points, difficulty 1 of 3*
#
# The value of the isotropic Euclidean loss is that of the prediction error, which looks like the original loss. Show that its
# *gradient* is not: with `weights = starts[2]` and `sample_views(6, 100, (0.0, 0.1), np.random.default_rng(seed(0)))` take the updates of
# `SiameseNetwork("euclidean")` and `SiameseNetwork("euclidean", "isotropic")`. Which matrix turns one into the other?
#
# Assign that matrix to `turns`: with it `turns @ isotropic` is the original update.

# %% tags=["solution"]
# The isotropic update, sent through the predictor once more, is the original one; alpha = 1 here.
weights = starts[2]
views = sample_views(6, 100, (0.0, 0.1), np.random.default_rng(seed(0)))
original = SiameseNetwork("euclidean").update(weights, *views)
isotropic = SiameseNetwork("euclidean", "isotropic").update(weights, *views)
turns = weights @ weights.T
assert np.abs(original - isotropic).max() > 0.1 and np.allclose(turns @ isotropic, original)

# %% tags=["check"]
check("ssl-1.3", turns)

# %% tags=["mistakes"]
mistake(
    "ssl-1.3",
    np.linalg.inv(weights @ weights.T),
    hint="this turns the original update into the isotropic one",
)
mistake("ssl-1.3", weights.T @ weights, hint="the predictor acts on representations, not on inputs")

# %% [markdown] tags=["exercise"]
# ### Exercise 4: what the cosine loss does not know
#
# *open, 20 minutes, 6 points, difficulty 3 of 3*
#
# Start the cosine loss from two equal eigenvalues (`relative_rate([0.3, 0.3], loss="cosine")`), then from two that differ. What
# moves, in which direction, and what never moves? Explain from Theorem 2, and say what this means for a network that starts with
# all eigenvalues small, under either loss. Ten lines.
#
# Then judge, five truth values in `cosine_true`: (a) equal eigenvalues rest at *any* common value; (b) the larger of two eigenvalues
# falls and the smaller one grows; (c) the Euclidean loss rests at any common value, too; (d) without the stop-gradient both losses
# would let the representation collapse or blow it up from their own minimum; (e) the isotropic loss has the same fixed points as the original one.

# %% [markdown] tags=["solution"]
# The cosine does not change when representation or prediction are rescaled: nothing in it knows a size. Theorem 2 holds
# differences of eigenvalues only, so equal ones rest at any value, (a), and unequal ones approach each other, (b): the sum that scale
# invariance conserves is handed from the larger to the smaller. A network that starts small under the cosine loss therefore
# stays small in sum but becomes isotropic; under the Euclidean loss every eigenvalue goes to one, each at its own time, (c) false.
# (d) is false as it stands: without the stop-gradient the Euclidean loss pulls towards collapse, while the cosine loss cannot, being
# blind to the size. (e) is true: one extra factor $\lambda$ changes the speed, not where it vanishes among living modes.

# %% tags=["solution"]
cosine_true = [True, True, False, False, True]
assert np.abs(relative_rate([0.3, 0.3], loss="cosine")).max() < 1e-6
smaller, larger = relative_rate([0.1, 0.5], loss="cosine", noise=(0, 0))
assert smaller > 0 > larger

# %% tags=["check"]
check("ssl-1.4", cosine_true)

# %% tags=["mistakes"]
mistake("ssl-1.4", [True, True, True, False, True], hint="put equal eigenvalues into Theorem 1")
mistake(
    "ssl-1.4",
    [False, True, False, False, True],
    hint="which loss changes when the representation is doubled?",
)

# %% [markdown]
# ## References
#
# * M. S. Halvagal, A. Laborieux, F. Zenke, *Implicit variance regularization in non-contrastive SSL*,
#   NeurIPS 2023: the eigenspace view, both theorems, the isotropic losses, Figs. 1 and 5.
# * A. Bardes, J. Ponce, Y. LeCun, *VICReg*, ICLR 2022: variance regularization as a term of the loss.
# * Y. Tian, X. Chen, S. Ganguli, *Understanding self-supervised learning dynamics without contrastive
#   pairs*, ICML 2021: DirectPred.
# * X. Wang, X. Chen, S. Du, Y. Tian, *Towards demystifying representation learning with
#   non-contrastive self-supervision*, 2021: DirectCopy.
