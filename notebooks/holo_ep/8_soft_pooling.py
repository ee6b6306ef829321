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
# # Convolution and soft pooling: a Jacobian that depends on the state
#
# **After this lesson you can** explain why equal kernels make an energy and unequal ones a Jacobian that changes
# with the image; train such a network by true and by nudged errors; and read the paper's table of ConvNets next
# to a laptop run of the same rules.
#
# *20 minutes. Prerequisites: lessons 5 to 7.*
#
# The paper's third experiment trains four convolutional layers with soft pooling on CIFAR-10, CIFAR-100 and 32 x 32
# ImageNet. **That is not reproduced here.** What follows is a network of two convolutional layers of 6 and 12 channels on
# digits of 8 x 8 pixels: the same field, the same errors, the same loss, another size.
#
# | symbol | name in the code | meaning |
# |---|---|---|
# | $w, v$ | `forward`, `backward` | kernels of the way up and down, equal at the start |
# | $P(z) = \sum_i p_i z_i$ | `soft_pool` | shares $p_i \propto e^{z_i / T}$ over 2 x 2 currents |
# | $\partial P / \partial z_i$ | `pool_slopes` | how currents share what flows back |
# | | `tied` | both ways get the same update: an energy |

# %%
import numpy as np

from figures.kit import claim, explore, record, seed, use_style
from theory.data import load_images
from theory.holo_ep import (
    PoolingNetworks,
    TrainingSettings,
    pool_slopes,
    relax,
    soft_pool,
    symmetry_measure,
    train_pooling,
)
from theory.holo_ep.derivations import homeostasis as derivations
from theory.holo_ep.published import CONVOLUTIONAL_ACCURACIES

use_style()
digits = load_images("digits")

# %% [markdown]
# ## Soft pooling
#
# Max-pooling has kinks; the soft maximum is holomorphic. Its slopes, through which errors flow back,
# depend on how the currents differ. With kernels of their own for the way back, forward and backward
# slopes differ even where the kernels have the same mean; the loss of a pool is the squared
# difference of both effective weights:

# %%
derivations.weight_regimes()

# %%
for name, degrees in (("equal kernels", 0), ("kernels at 40 degrees", 40)):
    net = PoolingNetworks.random(
        (6, 12), [np.random.default_rng(seed(0))], degrees=degrees, dtype=np.float64
    )
    free = relax(net, digits.test_images[None, :4].astype(float), 2000, tolerance=1e-12)
    jacobians = net.jacobian(free.activities)[0]
    spread = np.abs(jacobians - jacobians.mean(axis=0)).max()
    print(f"{name:22} symmetry measure {symmetry_measure(jacobians).round(4)}, "
          f"largest difference between images {spread:.2f}")  # fmt: skip

# %% [markdown]
# ## Training
#
# Kernels start equal, and learn separately. Three seeds a rule; Adam, seven epochs; the homeostatic coefficient is 1 where the
# paper has 15 (CIFAR) and 10 (ImageNet). Errors are exact derivatives except for $N = 2$ at $\lvert \beta \rvert = 1$. Convergence is slow here, not oscillating:
# steps are damped by a tenth only.

# %%
seeds, epochs = [seed(k) for k in range(3)], 7
common = {"learning_rate": 5e-3, "free_steps": 70, "nudged_steps": 30, "damping": 0.9, "draws": 1,
          "epochs": epochs}  # fmt: skip
nudged = TrainingSettings(rule="derivative", **common)
contour = TrainingSettings(rule="contour", points=2, radius=1.0, drift=False, **common)
exact = TrainingSettings(rule="backpropagation", **common)
off_and_on = [0] * 3 + [1] * 3
by_nudge = train_pooling(nudged, digits, seeds * 2, homeostasis=off_and_on)

# %%
by_truth = train_pooling(exact, digits, seeds * 2, homeostasis=off_and_on)

# %%
by_contour = train_pooling(contour, digits, seeds, homeostasis=1)
by_energy = train_pooling(contour, digits, seeds, tied=True)

# %%
OFF, ON, ALL = slice(0, 3), slice(3, 6), slice(0, 3)
runs = {
    "holomorphic EP, no homeostasis": (by_nudge, OFF),
    "N = 2, homeostasis": (by_contour, ALL),
    "derivative, homeostasis": (by_nudge, ON),
    "back-propagation, homeostasis": (by_truth, ON),
    "back-propagation, no homeostasis": (by_truth, OFF),
    "symmetric weights, N = 2": (by_energy, ALL),
}
best = {name: 100 * (1 - run.test_error[rows].min(axis=1)) for name, (run, rows) in runs.items()}
lost = {name: 100 * run.unsettled_in_training[rows].mean() for name, (run, rows) in runs.items()}
shown = {"without": (by_nudge, OFF), "with": (by_nudge, ON), "backpropagation": (by_truth, OFF)}
at_end = {
    (rule, what): getattr(run, what)[rows, -1]
    for rule, (run, rows) in shown.items()
    for what in ("angle", "alignment", "symmetry")
}

# %%
gain = best["derivative, homeostasis"], best["holomorphic EP, no homeostasis"]
spread = np.sqrt(sum(accuracies.var(ddof=1) for accuracies in gain) / len(seeds))
drawn = {"epoch": np.arange(epochs + 1)}
for rule, (run, rows) in shown.items():
    drawn |= {f"{rule}_error": 100 * run.test_error[rows].T, f"{rule}_angle": run.angle[rows].T,
              f"{rule}_alignment": run.alignment[rows, :, :2].mean(axis=0),
              f"{rule}_unsettled": 100 * run.unsettled_in_training[rows].mean()}  # fmt: skip

# %%
record(
    "holo_ep/j24_fig4i_l",
    numbers=drawn,
    claims=[
        claim("weight angle with homeostasis, largest seed (degrees)", at_end["with", "angle"].max(),
              "<", 20),
        claim("weight angle without, smallest seed (degrees)", at_end["without", "angle"].min(), ">", 35),
        claim("cosine in layer 1 with homeostasis, smallest seed",
              at_end["with", "alignment"][:, 0].min(), ">", 0.9),
        claim("cosine in layer 1 without, mean", at_end["without", "alignment"][:, 0].mean(), "<", 0.75),
        claim("symmetry measure of the Jacobian, with minus without, means",
              at_end["with", "symmetry"].mean() - at_end["without", "symmetry"].mean(), ">", 0.15),
        claim("no gain on digits: accuracies with and without homeostasis, difference of means in "
              "standard errors", abs(gain[0].mean() - gain[1].mean()) / spread, "<", 4,
              kind="agreement"),
    ],
)  # fmt: skip

# %% [markdown]
# Symmetry and alignment do as in the paper. The error does not: on digits a network without homeostasis learns as well. The
# paper's gap opened on CIFAR, with twice as many layers.
#
# ## The table
#
# Published accuracies, top-1, beside ours, each against that of symmetric weights. Networks and images differ; only
# the order and the gaps can be compared.

# %%
texts = {
    "holomorphic EP, no homeostasis": r"EP without $\mathcal{L}_{homeo}$",
    "N = 2, homeostasis": r"EP, $N = 2$, $|\beta| = 1$, with $\mathcal{L}_{homeo}$",
    "derivative, homeostasis": r"EP, exact $d_\beta u^*$, with $\mathcal{L}_{homeo}$",
    "back-propagation, homeostasis": r"back-propagation, with $\mathcal{L}_{homeo}$",
    "back-propagation, no homeostasis": "back-propagation, without",
    "symmetric weights, N = 2": "symmetric weights, $N = 2$",
}
rules = list(CONVOLUTIONAL_ACCURACIES)
published = {
    name: [np.nan if (a := CONVOLUTIONAL_ACCURACIES[rule][k]) is None else a for rule in rules]
    for k, name in enumerate(("cifar10", "cifar100", "imagenet32"))
}
mean = {name: accuracies.mean() for name, accuracies in best.items()}

# %%
record(
    "holo_ep/j24_table2",
    numbers={"rule": [texts[rule] for rule in rules], "ours": [best[rule] for rule in rules],
             "unsettled": [lost[rule] for rule in rules], **published},
    claims=[
        claim("largest minus smallest mean accuracy of the six rules, points",
              max(mean.values()) - min(mean.values()), "<", 12, paper=88.6 - 60.4,
              differs="the collapse without homeostasis does not appear at this size"),
        claim("exact nudged error against back-propagation, both with homeostasis: difference",
              abs(mean["derivative, homeostasis"] - mean["back-propagation, homeostasis"]), "<", 5,
              paper=87.8 - 84.3),
        claim("N = 2 against the exact derivative, both with homeostasis: difference",
              abs(mean["N = 2, homeostasis"] - mean["derivative, homeostasis"]), "<", 6,
              paper=84.3 - 81.4),
    ],
)  # fmt: skip

# %% [markdown]
# What does **not** show at this size: the collapse without homeostasis (60 against 84 per cent on CIFAR-10). Here the
# rules lie within a few points, and three seeds do not tell their order.
#
# ## What happens if
#
# ... the pools are colder? Slopes of a pool of four currents, one of which grows.


# %%
def draw(ax, temperature):
    grid = np.linspace(-3, 3, 200)
    currents = np.stack([grid, 0 * grid, 0 * grid + 0.5, 0 * grid - 0.5])
    ax.plot(grid, soft_pool(currents, temperature), "k-")
    ax.plot(grid, pool_slopes(currents, temperature)[0], "--", color="C0")
    ax.plot(grid, currents.max(axis=0), ":", color="0.6")
    ax.set(xlabel="one current", ylabel="full: pooled, dashed:\nits slope, dotted: maximum")


explore(draw, temperature=[0.1, 0.2, 0.3, 0.5, 1.0, 3.0])

# %% [markdown]
# ## Exercises
#
# 1. The slopes of a pool sum to 1. Can one be negative?
# 2. How many states does the network above have, and how many of its Jacobian's entries can differ from zero outside the
#    diagonal blocks?

# %% tags=["solution"]
# 1. Yes: a current far below the pooled value by more than T makes the pool larger when it falls.
low = pool_slopes(np.array([[-2.0], [0.0], [0.0], [0.0]]))[:, 0]

# %%
assert low[0] < 0 and abs(low.sum() - 1) < 1e-12

# %% tags=["solution"]
# 2. 6 x 16 + 12 x 4 units; the two off-diagonal blocks are filled where a kernel reaches.
sizes = (6 * 16, 12 * 4)
blocks = jacobians[0][: sizes[0], sizes[0] :], jacobians[0][sizes[0] :, : sizes[0]]

# %%
assert jacobians.shape[-1] == sum(sizes)
assert np.count_nonzero(blocks[0]) == np.count_nonzero(blocks[1]) < blocks[0].size

# %% [markdown]
# ## References
#
# * A. Laborieux, F. Zenke, ICLR 2024, arXiv:2309.02214: Fig. 4 i-l and Table 2. Which CIFAR set the figure's row uses is not
#   known here; CIFAR-100 entries are from a public review.
# * A. Laborieux, F. Zenke, NeurIPS 2022, arXiv:2209.00530: soft pooling and the symmetric reference.
