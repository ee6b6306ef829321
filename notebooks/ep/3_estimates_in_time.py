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
# # Step by step: the nudged phase is back-propagation through time
#
# **After this lesson you can** read a gradient estimate while the network is still settling; say when
# each layer's weights get their first signal and why the signal comes on every second step; and compare
# layers by their bias.
#
# *15 minutes. Prerequisites: lesson 1; back-propagation through time.*
#
# The gradient of a network that relaxes for many steps can be found by back-propagating through these
# steps. Near the free equilibrium each step back adds one contribution. The nudged phase of
# equilibrium propagation runs **forward**, and its increments are these contributions, one by one.
#
# | symbol | name in the code | meaning |
# |---|---|---|
# | $D$ | `slopes` | slopes of the activation at the free equilibrium, a diagonal matrix |
# | $J$ | `coupling` | coupling of states into preactivations, symmetric |
# | $t$ | step | steps after the nudge, or steps back from the end |
# | $\hat g(\beta, t)$ | `truncated_estimates` | estimate from the states after $t$ nudged steps |

# %%
from itertools import pairwise

import numpy as np
import sympy as sp

from classroom import check, mistake
from figures.kit import claim, explore, figure_rng, record, use_style
from theory.data import load_images
from theory.ep import (
    LayeredNetwork,
    backpropagation_through_time,
    equilibrium,
    one_hot,
    trajectory,
    truncated_estimates,
)
from theory.ep.derivations import in_time as derivations
from theory.ep.gradients import slopes

# %% [markdown]
# ## Derivation
#
# Write $g$ for the error that back-propagation finds for the states at some step, and $e$ for the
# increment of the states, over the nudge, at that step after the nudge. The first ones are
# $g = \nabla C$ and $e = -D \nabla C$.

# %%
derivations.step_by_step()

# %% [markdown]
# A weight sees $D$ either way, since its error is at the preactivation: **increments of parameters
# equal the contributions of back-propagation through time exactly** for a small nudge, increments of
# states up to the slopes.
#
# ## A deep layered network
#
# Five layers of weights on digits, at random weights. The figure of the paper shows one weight of a
# ConvNet on CIFAR-10; which weight, which nudge and which training state is UNKNOWN.

# %%
use_style()
rng = figure_rng("ep/estimate_vs_time")
digits = load_images("digits")
network = LayeredNetwork.random((64, 64, 64, 64, 64, 10), rng, activation="shifted_sigmoid")
inputs = digits.train_images[:20].astype(float)
targets = one_hot(digits.train_labels[:20], 10).astype(float)
steps, strength = 60, 0.1
free = equilibrium(network, inputs, tolerance=1e-13).states


def running_estimates(network, strength, steps, free):
    """Estimates for both signs, their mean, and back-propagation, each (steps + 1, parameters)."""
    batch = network, inputs, targets
    plus, minus = (
        np.stack([g.flat() for g in truncated_estimates(*batch, b, steps, free=free)])
        for b in (strength, -strength)
    )
    parts = [g.flat() for g in backpropagation_through_time(*batch, steps, free=free)]
    reference = np.cumsum([0 * parts[0], *parts], axis=0)
    return {"one_sided": plus, "negative": minus, "symmetric": (plus + minus) / 2,
            "bptt": reference}  # fmt: skip


# %% [markdown]
# Errors travel one layer a step. Layer $n$ of $N$ first hears of the nudge at step $N - n$, and then
# every second step, because odd and even layers of a chain only talk to each other. A weight between
# two hidden layers listens to both ends, so it gets a part on every step; an input weight, or a bias,
# only on every second one.

# %%
running = running_estimates(network, strength, steps, free)
reference, layers = running["bptt"], len(network.sizes)
edges = np.cumsum([0, *(w.size for w in network.weights), *network.sizes])
arrays = [slice(a, b) for a, b in pairwise(edges)]
weights, biases = arrays[:layers], arrays[layers:]
contribution = np.abs(np.diff(reference, axis=0))
heard = np.array([contribution[:, part].max(axis=1) for part in biases])
onset = [int(np.argmax(contribution[:, part].max(axis=1) > 0)) for part in weights]
silent = max(heard[n, t] for n in range(layers) for t in range(steps) if (t + n - layers + 1) % 2)
times = np.transpose([np.flatnonzero(row > 0)[:12] for row in heard])

# %% [markdown]
# The sign of the bias differs between weights. Below, the deviation of every weight from BPTT, relative
# to its gradient: where it is negative for the positive and positive for the negative nudge, the weight
# has the order of the paper's figure. Most output weights have it; how many input weights do varies from
# network to network. The weight of the paper's figure belongs to the third of five layers, so the figure
# shows all weights of layer 3 of this network, each over its own final gradient: their median and their
# quartiles, a choice that does not look at the result.

# %%
last = {name: one[-1] for name, one in running.items()}
felt = last["bptt"] != 0  # pixels at the border are dark in all images
deviation = {
    rule: np.divide(last[rule], last["bptt"], out=np.full(felt.shape, np.nan), where=felt) - 1
    for rule in ("one_sided", "negative")
}
in_order = (deviation["one_sided"] < 0) & (deviation["negative"] > 0)
share = [in_order[part][felt[part]].mean() for part in weights]
print("share of weights in the order of the paper, by layer:", np.round(share, 2))
typical = {rule: [np.nanmedian(one[part]) for part in weights] for rule, one in deviation.items()}
for rule, medians in typical.items():
    print(f"{rule}: median relative deviation by layer", np.round(medians, 3))
third = np.flatnonzero(felt[weights[2]]) + weights[2].start
curves = {}
for rule, one in running.items():
    shares = np.quantile(one[:, third] / last["bptt"][third], (0.5, 0.25, 0.75), axis=1)
    curves |= dict(zip((rule, f"{rule}_low", f"{rule}_high"), shares, strict=True))


# %% [markdown]
# The symmetric estimate, in contrast, is close to BPTT in every layer.


# %%
def distance(rule):
    """Relative distance to BPTT in every layer of weights."""
    pairs = ((last[rule][p], last["bptt"][p]) for p in weights)
    return np.array([np.linalg.norm(one - exact) / np.linalg.norm(exact) for one, exact in pairs])


best_sided = np.minimum(distance("one_sided"), distance("negative"))

# %%
record(
    "ep/estimate_vs_time",
    numbers={"step": np.arange(steps + 1), "contribution_step": times}
    | {"contribution": np.take_along_axis(heard.T, times, axis=0)}
    | curves,
    claims=[
        claim("layers whose weights are first reached at step N - n",
              sum(onset[n] == layers - 1 - n for n in range(layers)), "==", layers),
        claim("contributions to biases on the steps between: largest, relative",
              silent / heard.max(), "<", 1e-14, kind="exact"),
        claim("the symmetric estimate errs less than the better one-sided one in every layer: "
              "largest ratio", np.max(distance("symmetric") / best_sided), "<", 1),
        claim("output weights with the order of the paper's weight, share", share[-1], ">", 0.5),
        claim("layer 3, medians at the end: distance of symmetric to BPTT over that of the nearer "
              "one-sided one", abs(curves["symmetric"][-1] - 1)
              / min(abs(curves[rule][-1] - 1) for rule in ("one_sided", "negative")), "<", 1.5),
        claim("layer 3: smallest width between the quartiles of a one-sided estimate",
              min((curves[f"{rule}_high"] - curves[f"{rule}_low"])[-1]
                  for rule in ("one_sided", "negative")), ">", 0.05),
        claim("output weights, positive nudge: median relative deviation (paper: one weight)",
              typical["one_sided"][-1], "<", -0.02, paper=-0.184),
        claim("output weights, negative nudge: median relative deviation (paper: one weight)",
              typical["negative"][-1], ">", 0.02, paper=0.298),
    ],
)  # fmt: skip

# %% [markdown]
# The values marked *paper* were read off its figure for one weight of its network: a labelled
# reference, not a bound. The medians of layer 3 stand in the order of the paper's weight and nearer to BPTT
# than it does; the quartiles say how little one drawn weight tells of its layer.
#
# ## Layer by layer
#
# The released code measures, weight by weight, the distance of the symmetric estimate to BPTT relative
# to the mean distance of the two one-sided ones, and averages over a layer. The ratio is at most 1 by
# the triangle inequality, and to leading order it is $\beta\, |c_2 / c_1|$.


# %%
def layer_ratios(network, strength):
    rest = equilibrium(network, inputs, tolerance=1e-13).states
    end = {name: one[-1] for name, one in running_estimates(network, strength, 60, rest).items()}
    above = 2 * np.abs(end["symmetric"] - end["bptt"])
    below = np.abs(end["one_sided"] - end["bptt"]) + np.abs(end["negative"] - end["bptt"])
    ratio = np.divide(above, below, out=np.ones_like(above), where=below > 0)
    return [ratio[part].mean() for part in weights]


tanh = LayeredNetwork.random((64, 64, 64, 64, 64, 10), figure_rng("ep/layerwise_bias"), scale=0.6)
tried, nudges = {"shifted_sigmoid": network, "tanh": tanh}, np.array([0.1, 0.5])
bars = {name: np.transpose([layer_ratios(net, b) for b in nudges]) for name, net in tried.items()}

# %%
record(
    "ep/layerwise_bias",
    numbers={"layer": np.arange(1, layers + 1), "nudging_strength": nudges} | bars,
    claims=[
        claim("the symmetric estimate is much closer in every layer at nudge 0.1: largest bar",
              max(b[:, 0].max() for b in bars.values()), "<", 0.7),
        claim("bars grow with the nudge: smallest ratio of 0.5 to 0.1",
              min(np.min(b[:, 1] / b[:, 0]) for b in bars.values()), ">", 1.2),
    ],
)  # fmt: skip

# %% [markdown]
# ## The released check, on images
#
# The released script compares random weights of a 784-512-10 network step by step, 30 free and 10
# nudged steps, nudges 0.01 and 0.1, and both signs at 0.1.

# %%
rng = figure_rng("ep/gdu_mlp")
mnist = load_images("mnist")
order = rng.permutation(len(mnist.train_labels))[:20]
inputs_m = mnist.train_images[order].astype(float)
targets_m = one_hot(mnist.train_labels[order], 10).astype(float)
wide = LayeredNetwork.random((784, 512, 10), rng)
rest = trajectory(wide, inputs_m, 30)[-1]
batch = wide, inputs_m, targets_m
estimates = {
    name: truncated_estimates(*batch, b, 10, free=rest)
    for name, b in (("small", 0.01), ("large", 0.1), ("opposite", -0.1))
}
back = backpropagation_through_time(*batch, 10, free=rest)

# %%
shown, error = {}, {}
for layer in (0, 1):
    exact = np.cumsum([0 * back[0].weights[layer], *(p.weights[layer] for p in back)], axis=0)
    found = {name: np.stack([g.weights[layer] for g in run]) for name, run in estimates.items()}
    found["symmetric"] = (found["large"] + found.pop("opposite")) / 2
    flat = np.argsort(np.abs(exact[-1]).ravel())
    picked = flat[rng.choice(np.arange(len(flat) // 2, len(flat)), 3, replace=False)]
    for name, one in {"bptt": exact, **found}.items():
        shown[f"{name}_layer_{layer + 1}"] = one.reshape(11, -1)[:, picked]
        away = np.linalg.norm(one[-1] - exact[-1]) / np.linalg.norm(exact[-1])
        error.setdefault(name, []).append(away)
error = {name: np.array(both) for name, both in error.items()}
record(
    "ep/gdu_mlp",
    numbers={"step": np.arange(11)} | shown,
    claims=[
        claim("relative error at nudge 0.01, both layers", error["small"].max(), "<", 0.02),
        claim("error at nudge 0.1 over that at 0.01, first layer: proportional to the nudge",
              (error["large"] / error["small"])[0], "between", (7, 13)),
        claim("symmetric error at 0.1 over one-sided error at 0.1, both layers",
              np.max(error["symmetric"] / error["large"]), "<", 0.2),
    ],
)  # fmt: skip

# %% [markdown]
# ## What happens if
#
# ... the nudge is larger? The staircase stays, the plateaus move apart.


# %%
def draw(ax, beta):
    running = running_estimates(network, beta, 40, free)
    told = []
    for name in ("negative", "one_sided", "symmetric", "bptt"):
        share = np.median(running[name][:, third] / last["bptt"][third], axis=1)
        told.append(f"{name} {share[-1]:.2f}")
        ax.plot(share, label=name.replace("_", "-"))
    ax.legend(fontsize=6)
    ax.set(xlabel="step", ylabel="median share of the gradient")
    return "median share after 40 steps: " + ", ".join(told)


explore(draw, beta=[0.02, 0.05, 0.1, 0.15, 0.2, 0.3])

# %% [markdown]
# ## Exercises

# %% [markdown] tags=["exercise"]
# ### Exercise 1: when does a layer hear of the target?
#
# *paper, 10 minutes, 3 points, difficulty 1 of 3*
#
# A network of $N$ layers of neurons above the input relaxes synchronously: every layer sees its neighbours' states of the step before. The nudge acts on the last layer from the first step on. At which increment (counted from 0) do the weights $W_n$, into layer $n$, get their first contribution? Why does a signal come on every second
# step only? In the released plots the last increment is left out: with $K = 4$ nudged steps the increments 0, 1, 2 are in. Which weights of a network with five layers have then heard nothing?
#
# Assign to `first` the list of the first increments of $W_1, \dots, W_5$, and to `silent_weights` the list of the numbers $n$ that have heard nothing.

# %% tags=["solution"]
# Layer n starts at increment N - n: W_2 and W_1 would start at 3 and 4. A layer and its neighbours
# take turns: a change reaches the neighbour in one step and is back in two.
first, silent_weights = [4, 3, 2, 1, 0], [1, 2]

# %% tags=["check"]
check("ep-3.1", first, silent_weights)

# %% tags=["mistakes"]
mistake("ep-3.1", [5, 4, 3, 2, 1], ..., hint="the last layer moves in the first step: increment 0")
mistake("ep-3.1", [0, 1, 2, 3, 4], ...)
mistake("ep-3.1", ..., [1], hint="which increments are in, if the last one is left out?")

# %% [markdown] tags=["exercise"]
# ### Exercise 2: how the contributions fade
#
# *derivation, 15 minutes, 4 points, difficulty 2 of 3*
#
# `derivations.step_by_step()` has the increments $e_{k+1} = D J e_k$. Take one neuron in each of two layers, with the slopes $d_1, d_2$ and a single weight $w$ between them, so that $J = \begin{pmatrix} 0 & w \\ w & 0 \end{pmatrix}$. Which eigenvalues has $D J$, by which factor does a contribution to a layer shrink from one to the next but one, and what do *all*
# contributions to the second layer sum to, if the first of them is one?
#
# Assign the factor to `two_steps` and the sum to `total`, expressions in `d_1, d_2, w = sp.symbols("d_1 d_2 w", positive=True)`.

# %% tags=["stub"]
d_1, d_2, w = sp.symbols("d_1 d_2 w", positive=True)
two_steps = ...
total = ...

# %% tags=["solution"]
# The eigenvalues are +-w sqrt(d_1 d_2): their square is the factor, the sum a geometric series.
d_1, d_2, w = sp.symbols("d_1 d_2 w", positive=True)
pass_on = sp.diag(d_1, d_2) * sp.Matrix([[0, w], [w, 0]])
two_steps = (pass_on**2)[1, 1]
total = 1 / (1 - two_steps)
assert set(pass_on.eigenvals()) == {w * sp.sqrt(d_1 * d_2), -w * sp.sqrt(d_1 * d_2)}

# %% tags=["check"]
check(
    "ep-3.2",
    two_steps,
    total,
    at={"d_1": [0.2, 0.5, 0.9], "d_2": [0.3, 0.6, 0.8], "w": [0.4, 0.7, 1.1]},
)

# %% tags=["mistakes"]
mistake(
    "ep-3.2", w * sp.sqrt(d_1 * d_2), ..., hint="this is one step; the signal is back after two"
)
mistake("ep-3.2", ..., 1 / (1 - w * sp.sqrt(d_1 * d_2)), hint="only every second step contributes")

# %% [markdown] tags=["exercise"]
# ### Exercise 3: predict the ratio
#
# *simulation, 15 minutes, 4 points, difficulty 2 of 3*
#
# Predict the ratio of successive contributions to the output bias, two steps apart, for the first sample alone: the square of the spectral radius of $D J$, with `slopes(network, free[:1], inputs[:1])[0]` and `network.coupling()`. Check it on `backpropagation_through_time(network, inputs[:1], targets[:1], 120, free=free[:1])`: the
# lengths of `biases[-1]` of its parts, every second one from 60 on.
#
# Assign the prediction to `predicted` and the ratio of the last two lengths to `ratio`.

# %% tags=["solution"]
slope_one = slopes(network, free[:1], inputs[:1])[0]
predicted = float(np.abs(np.linalg.eigvals(slope_one[:, None] * network.coupling())).max() ** 2)
single = backpropagation_through_time(network, inputs[:1], targets[:1], 120, free=free[:1])
tail = np.array([np.linalg.norm(p.biases[-1]) for p in single])[60::2]
ratio = float(tail[-1] / tail[-2])
assert abs(ratio - predicted) < 0.01

# %% tags=["check"]
check("ep-3.3", predicted, ratio, tolerance=0.02)

# %% tags=["mistakes"]
mistake("ep-3.3", np.sqrt(predicted), ..., hint="two steps lie between two contributions")
mistake("ep-3.3", ..., 1 / ratio)

# %% [markdown] tags=["exercise"]
# ### Exercise 4: how long is long enough?
#
# *open, 20 minutes, 6 points, difficulty 3 of 3*
#
# You may run $K$ nudged steps. What do you lose by a small $K$, in which layers, and how would you choose it from two numbers that can be measured before training? What changes when the network nears instability during training? Ten lines.
#
# Then judge, four truth values in `steps_true`: (a) after $K$ nudged steps from the free state, at a small nudge, the estimate equals back-propagation through $K$ steps; (b) the layers far from the output lose most by a small $K$; (c) a spectral radius near one makes the remaining contributions small; (d) the estimate of a layer that has not been
# reached yet is zero, not merely biased.

# %% [markdown] tags=["solution"]
# Depth gives the least $K$: before it the lowest weights have heard nothing at all, (d), and they receive the fewest contributions afterwards, (b). The square of the spectral radius gives the factor between contributions, so $K$ beyond the depth has to be a few times $1/(1 - \rho^2)$, times two. Near instability $\rho \to 1$: contributions fade slowly, and what is cut
# off grows, (c) false. (a) is the theorem, for symmetric coupling and small nudges: the nudged phase gives the same contributions, one by one, as back-propagation through as many steps.

# %% tags=["solution"]
steps_true = [True, True, False, True]

# %% tags=["check"]
check("ep-3.4", steps_true)

# %% tags=["mistakes"]
mistake(
    "ep-3.4",
    [True, True, True, True],
    hint="what is the sum of a geometric series whose factor is nearly one?",
)
mistake("ep-3.4", [True, False, False, True], hint="which layers are reached last?")

# %% [markdown]
# ## References
#
# * M. Ernoult, J. Grollier, D. Querlioz, Y. Bengio, B. Scellier, *Updates of equilibrium prop match
#   gradients of backprop through time in an RNN with static input*, NeurIPS (2019): the equivalence.
# * A. Laborieux et al., Frontiers in Neuroscience 15:633674 (2021): estimates against time, the
#   comparison by layers, both architectures.
# * The factor of the slopes is derived here.
