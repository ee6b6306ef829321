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
# # Binarized networks that remember
#
# **After this lesson you can** train a binarized network with metaplastic hidden weights, say which
# product of settings decides how much it remembers, read consolidation off the hidden weights, and
# compare the rule with elastic weight consolidation, which stores what matters when a task ends.
#
# *30 minutes. Prerequisites: backpropagation, batch normalisation, lesson 1; lesson 4 helps.*
#
# A network learns six versions of MNIST, one after the other; in each the pixels are permuted
# differently, so that nothing about the inputs carries over while every version is equally hard. Plain
# training overwrites what it knew. Does a rule that every synapse applies to itself prevent that?

# %%
from dataclasses import replace

import numpy as np

from classroom import check, mistake
from figures.kit import BLUE, GREEN, VERMILION, claim, explore, record, seed, use_style
from theory.bnn import Adam, dense_network
from theory.continual.binarized import run_together, settings
from theory.metaplasticity import consolidation_gain, modulated_update
from theory.metaplasticity.derivations import consolidation as derivations

use_style()

# %% [markdown]
# ## The network and the rule
#
# Each layer multiplies its input with **binary** weights $W^b = \operatorname{sign} W^h$, normalises
# over the batch, and takes the sign. The gradient is computed with the binary weights, passed straight
# through every sign (where the preactivation lies in $[-1, 1]$), and added up by Adam in the **hidden**
# weights $W^h$. Metaplasticity changes one line: a step that would *shrink* a hidden weight is
# multiplied by $f = \operatorname{sech}^2 (m W^h)$. Here is that line at work on a small network.

# %%
network = dense_network((6, 5, 3), rng=seed(0), dtype=float)
weights = network.weights[0]
weights.load(20 * weights.value)  # as large as after some training
images, labels = np.random.default_rng(seed(1)).random((8, 6)), np.arange(8) % 3

steps = {}
for m in (0.0, 2.0):
    start = weights.value.copy()
    network.loss_and_gradients(images, labels)
    Adam([weights], learning_rate=0.005, metaplasticity=m).update()
    steps[m] = weights.value - start
    weights.load(start)
assert np.allclose(steps[2.0], modulated_update(start, steps[0.0], 2.0))
print("steps that shrink a weight, with over without metaplasticity, against its size:")
inward = start * steps[0.0] < 0
for size, ratio in sorted(
    zip(np.abs(start[inward]), (steps[2.0] / steps[0.0])[inward], strict=True)
)[::4]:
    print(
        f"   |W| = {size:.2f}   ratio {ratio:.3f}   sech^2(2 W) = {1 / np.cosh(2 * size) ** 2:.3f}"
    )

# %% [markdown]
# ## Derivation: what the rule buys
#
# A steady pull of speed $v$ by a later task needs this many steps to flip a consolidated weight:

# %%
derivations.flip_time()

# %% [markdown]
# ## Prediction: the group $m \eta T$
#
# The gain $R(m|W|)$ is 1 for $m|W| \ll 1$ and exponential beyond. Adam moves a hidden weight by about
# the learning rate $\eta$ a step at most, so after a task of $T$ steps $m|W| \lesssim m \eta T$: **this
# product, not $m$, says whether the rule can act**. The paper's network takes 24 000 steps a task, and
# its $m = 1.35$ means $m \eta T = 162$. Ours takes 480; to be in the same regime it needs a larger $m$.

# %%
metaplasticities = (0.0, 4.0, 8.0, 16.0)
seeds = [seed(k) for k in range(3)]
base = settings.permuted(0.0)
train_images = 4000
for experiment in (settings.permuted(1.35, scale="paper"), settings.permuted(8.0)):
    images = 60_000 if experiment.hidden[0] == 4096 else train_images
    group = experiment.group(images)
    print(
        f"784-{experiment.hidden[0]}-{experiment.hidden[1]}-10, m = {experiment.metaplasticity}: "
        f"{experiment.epochs * (images // experiment.batch)} steps, m eta T = {group:.0f}"
    )

# %% [markdown]
# ## Simulation
#
# Four values of $m$, two rivals and two controls, three seeds each; runs with one seed share permutations and
# initial weights. Accuracy is measured on 1000 held-out images, normalised with their own statistics. As in
# the paper, **every run is told the task boundaries**: Adam starts afresh, and each task keeps the scale
# and shift of its normalisation, which are loaded again when it is tested. The rule in the synapse does not ask
# for them, but most of its gain hangs on them: one control is *not told* the boundaries. In the other
# each synapse is damped by *another's size*, that of a fixed other synapse of its layer. With `scale="paper"` the same line runs
# the paper's size, with checkpoints and on a cluster if there is one.

# %%
experiments = [replace(base, metaplasticity=m) for m in metaplasticities]
at_ends = replace(base, measure_every=None)  # measured where a task ends, not on the way
rivals = [replace(at_ends, method=name, strength=1000.0) for name in ("ewc", "random")]
untold = {"task_normalisation": False, "fresh_optimizer": False}
held = replace(at_ends, metaplasticity=metaplasticities[2])
controls = [replace(held, **changes) for changes in ({"shuffled": True}, untold)]
runs = run_together(experiments + rivals + controls, seeds)


# %%
def by_seed(key, count):
    """Stack one measurement of the first `count` experiments, shape (experiments, seeds, ...)."""
    return np.array([[run[key] for run in row] for row in runs[:count]])


curves = by_seed("curves", 4)
epochs = runs[0][0]["epochs"]
final = by_seed("matrix", 8)[:, :, -1]
learned = np.diagonal(by_seed("matrix", 4), axis1=2, axis2=3)
tasks = np.arange(1, 7)
print("final accuracy, mean over tasks and seeds:")
for m, value in zip(metaplasticities, final[:4].mean(axis=(1, 2)), strict=True):
    print(f"   m = {m:4g}   {value:.3f}")

# %%
first_task = final[:4, :, 0]
record(
    "metaplasticity/fig2a_d",
    numbers={
        "epoch": epochs, "m": metaplasticities, "epochs_a_task": base.epochs,
        "group": [experiment.group(train_images) for experiment in experiments],
        "mean": curves.mean(axis=1).swapaxes(0, 1),
        "deviation": curves.std(axis=1, ddof=1).swapaxes(0, 1),
        "chance": 1 / 10,
    },
    claims=[
        claim("without metaplasticity the first task is forgotten: best seed's final accuracy",
              first_task[0].max(), "<", 0.3),
        claim("retention of the first task grows with m: smallest difference of means between "
              "neighbouring values of m", np.diff(first_task.mean(axis=1)).min(), ">", 0.1),
        claim("m = 16 keeps the first task near what it reached: mean loss after five more tasks",
              (learned[3, :, 0] - final[3, :, 0]).mean(), "<", 0.1),
        claim("without metaplasticity every task is learned: worst accuracy just after learning",
              learned[0].min(), ">", 0.88),
        claim("at m = 16 the sixth task is learned less well than without metaplasticity, in every "
              "seed, by", (learned[0, :, 5] - learned[3, :, 5]).min(), ">", 0.2),
    ],
)  # fmt: skip

# %% [markdown]
# At this size the four panels show more than retention: with 480 steps a task and 256 units the last
# tasks are learned less well at the largest m, as if they lacked the synapses that the first ones have
# consolidated. The paper's network has 74 times more weights, and keeps all six.

# %%
average = final.mean(axis=2)  # over tasks: (experiments, seeds)
left = (average[7] - average[0]) / (average[2] - average[0])  # of the gain, not told the boundaries
controlled = [
    claim("damped by another's size, m = 8 raises the mean final accuracy, too, in every seed, by",
          (average[6] - average[0]).min(), ">", 0.2),
    claim("not told the boundaries, m = 8 loses at least half of its gain: mean share left", left.mean(), "<", 0.5),
    claim("... and the oldest task: largest of three seeds", final[7, :, 0].max(), "<", 0.4),
]  # fmt: skip

# %%
record(
    "metaplasticity/fig2e",
    numbers={
        "task": tasks, "m": metaplasticities, "control": ["another's size", "not told"],
        "mean": final[:4].mean(axis=1).T, "deviation": final[:4].std(axis=1, ddof=1).T,
        "control_mean": final[6:].mean(axis=1).T,
        "control_deviation": final[6:].std(axis=1, ddof=1).T, "chance": 1 / 10,
    },
    claims=[
        claim("m = 8 raises the mean final accuracy over no metaplasticity in every seed, by",
              (average[2] - average[0]).min(), ">", 0.2),
        claim("m = 4 already raises it in every seed, by",
              (average[1] - average[0]).min(), ">", 0.04),
        claim("without metaplasticity the oldest task is lost and the latest kept: difference of final "
              "accuracies in every seed at least", (final[0, :, 5] - final[0, :, 0]).min(), ">", 0.5),
        claim("at m = 16 the order is turned around: first task above last in every seed, by",
              (final[3, :, 0] - final[3, :, 5]).min(), ">", 0.1),
        *controlled,
    ],
)  # fmt: skip

# %% [markdown]
# The controls say what to make of it. That large weights are held is not what saves the old tasks at this size: held by
# another's size they are kept as well. And a network that is not told the boundaries holds as many signs, to no use,
# since scale and shift have moved on. Lesson 7 takes both apart over widths and lengths of training.

# %% [markdown]
# ## What the hidden weights look like
#
# A hidden weight stores how consolidated its synapse is. The histograms after the first, third and
# sixth task show what metaplasticity adds: from task to task weights move outward and stay there, and the
# centre of uncommitted weights, which the next tasks have to share, is nearly empty after six.

# %%
largest, bins = base.histogram
centres = (np.arange(bins) + 0.5) / bins * 2 * largest - largest
densities = by_seed("histograms", 4).mean(axis=1)  # (m, task, layer, bin)
at = np.abs(centres)
reach = np.sum(at * densities, axis=-1) / np.sum(densities, axis=-1)  # mean |W|
held = consolidation_gain(metaplasticities[2] * at) > 10
share = np.sum(densities * held, axis=-1) / np.sum(densities, axis=-1)
fullest = at[densities.argmax(axis=-1)]  # size of weight at which the density is highest
middle = densities[..., at < 0.1].mean(axis=-1)
shown = [0, 2, 5]

# %%
record(
    "metaplasticity/fig2gh",
    numbers={
        "hidden_weight": centres,
        "after_task": np.array(shown) + 1,
        "m": np.array(metaplasticities)[[0, 2]],
        "density": np.moveaxis(densities[[0, 2]][:, shown], -1, 0),
    },
    claims=[
        claim("with m = 8 the mean size of hidden weights grows from task 1 to 6 in every layer, by a "
              "factor of at least", (reach[2, 5] / reach[2, 0]).min(), ">", 3),
        claim("after six tasks it exceeds that without metaplasticity in every layer, by a factor",
              (reach[2, 5] / reach[0, 5]).min(), ">", 2),
        claim("weights of layer 2 whose flip takes ten times longer for m = 8: share after six tasks",
              share[2, 5, 1], ">", 0.8),
        claim("without metaplasticity few are so large: their share of layer 2", share[0, 5, 1], "<", 0.3),
        claim("after six tasks the density is highest away from the centre for m = 8: number of layers",
              np.sum(fullest[2, 5] > 0.2), "==", 3),
        claim("... and in the centre without metaplasticity: number of layers",
              np.sum(fullest[0, 5] < 0.1), "==", 3),
        claim("the centre is nearly empty for m = 8: density there over that without metaplasticity, "
              "largest of three layers", (middle[2, 5] / middle[0, 5]).max(), "<", 0.3),
    ],
)  # fmt: skip

# %% [markdown]
# ## Against elastic weight consolidation
#
# Elastic weight consolidation stores, at every task boundary, which binary weights matter (the
# diagonal of the empirical Fisher matrix), and pulls them back. *Random consolidation* deals the same
# importances out to the wrong synapses: what it loses is the value of knowing which ones matter.

# %%
names = ("none", "metaplastic, m = 8", "... another's size", "... not told the boundaries",
         "random consolidation", "elastic weight consolidation")  # fmt: skip
rows = final[[0, 2, 6, 7, 5, 4]]
none, metaplastic, other, _, random, elastic = rows.mean(axis=2)

# %%
record(
    "metaplasticity/table1",
    numbers={
        "method": names, "mean": rows.mean(axis=1), "deviation": rows.std(axis=1, ddof=1),
        "overall": rows.mean(axis=(1, 2)), "overall_deviation": rows.mean(axis=2).std(axis=1, ddof=1),
    },
    claims=[
        claim("metaplasticity comes close to elastic weight consolidation: mean accuracy below it by",
              (elastic - metaplastic).mean(), "<", 0.1),
        claim("... and recovers this share of its advantage over no protection",
              (metaplastic - none).mean() / (elastic - none).mean(), ">", 0.7),
        claim("elastic weight consolidation is better than random consolidation, by",
              (elastic - random).mean(), ">", 0.02),
        claim("random consolidation does about as well as metaplasticity: difference of means",
              (metaplastic - random).mean(), "between", (-0.05, 0.05)),
        claim("... and so does damping by another's size", (metaplastic - other).mean(), "between", (-0.08, 0.08)),
        claim("metaplasticity is better than no protection in every seed, by",
              (metaplastic - none).min(), ">", 0.2),
    ],
)  # fmt: skip

# %% [markdown]
# Here random consolidation does about as well as metaplasticity, and so does another's size: in a network of this
# size, holding any large part of the weights helps. Lesson 7 compares more methods over a range of strengths and says
# when the *right* weights start to matter.
#
# ## What happens if
#
# ... the hidden weights of the first layer, after one to six tasks, are pulled towards zero by a new one? The gain $R(m|W|)$ says
# how much longer than without metaplasticity each would last.


# %%
def draw(ax, tasks):
    lasting = []
    for k, colour, style in ((1, VERMILION, "--"), (2, BLUE, "-"), (3, GREEN, ":")):
        m = metaplasticities[k]
        order = np.argsort(np.abs(centres))
        weight = densities[k, tasks - 1, 0][order]
        above = 1 - np.cumsum(weight) / weight.sum()
        gain = consolidation_gain(m * np.abs(centres[order]))
        lasting.append(np.interp(10, gain, above))
        ax.plot(gain, above, color=colour, linestyle=style, label=f"m = {m:g}")
    ax.set(
        xscale="log", xlim=(1, 1e6), xlabel="flip takes longer by a factor of", ylabel="share above"
    )
    ax.legend(fontsize=6)
    return "share that lasts ten times longer, m = 4, 8, 16: {:.2f}, {:.2f}, {:.2f}".format(
        *lasting
    )


explore(draw, tasks=[1, 2, 3, 4, 5, 6])

# %% [markdown]
# ## Exercises

# %% [markdown] tags=["exercise"]
# ### Exercise 1: how far can a hidden weight get?
#
# *paper, 8 minutes, 3 points, difficulty 1 of 3*
#
# Adam moves a hidden weight by about the learning rate at every step. How large can it be after one task of this lesson (`base.learning_rate`,
# `base.epochs`, and `train_images // base.batch` steps an epoch)? Assign it to `bound`. The paper trains 24 000 steps a task at the rate 0.005 with $m = 1.35$:
# which $m$ gives our network the same $m \eta T$? Assign it to `needed`. What would it do here?

# %% tags=["solution"]
bound = base.learning_rate * base.epochs * (train_images // base.batch)
# Far beyond the best value here: every weight that the first task moved is held for good.
needed = 1.35 * 0.005 * 24_000 / bound
print(f"at most about {bound:.1f}, m = {needed:.0f}")

# %% tags=["check"]
check("metaplasticity-6.1", bound, needed, tolerance=0.01)

# %% tags=["mistakes"]
mistake("metaplasticity-6.1", bound / base.epochs, ..., hint="a task has several epochs")
mistake(
    "metaplasticity-6.1", ..., 1.35 * 24_000 / bound, hint="both sides contain the learning rate"
)
mistake("metaplasticity-6.1", ..., needed / 2)

# %% [markdown] tags=["exercise"]
# ### Exercise 2: how steep is protection?
#
# *derivation, 8 minutes, 3 points, difficulty 2 of 3*
#
# For large $x = m|W|$ the step `"large"` of `derivations.flip_time()` says how many times longer a hidden weight holds, an expression in the symbol
# `x`. By which *relative* amount does it grow with $x$? Assign to `growth` the derivative of its logarithm with respect to `x`, an expression.

# %% tags=["solution"]
gain = derivations.flip_time()["large"]
(x,) = gain.free_symbols
growth = (gain.diff(x) / gain).simplify()
growth

# %% tags=["check"]
check("metaplasticity-6.2", growth)

# %% tags=["mistakes"]
mistake(
    "metaplasticity-6.2", gain.diff(x), hint="divide by the gain: the relative growth is asked for"
)
mistake("metaplasticity-6.2", 2 + 0 / x, hint="the denominator grows, too")
mistake("metaplasticity-6.2", -growth)

# %% [markdown] tags=["exercise"]
# ### Exercise 3: only inward steps feel it
#
# *simulation, 15 minutes, 4 points, difficulty 2 of 3*
#
# Build `dense_network((6, 5, 3), rng=seed(0))` and set the gradient of every parameter in `small.weights` to minus its `used` values, so that
# every step points outward; make one `Adam(small.weights, learning_rate=0.01, metaplasticity=m).update()`. Compare the first parameter's `value` for $m = 0$ and
# $m = 100$, each from a new network: assign the largest difference in size to `outward`. Then take plus the `used` values. Assign the mean size of
# the steps with $m = 100$ over that without to `inward`.


# %% tags=["solution"]
def change(m, sign):
    small = dense_network((6, 5, 3), rng=seed(0))
    before = small.weights[0].value.copy()
    for parameter in small.weights:
        parameter.gradient[:] = sign * parameter.used
    Adam(small.weights, learning_rate=0.01, metaplasticity=m).update()
    return small.weights[0].value - before


outward = np.abs(change(100.0, -1) - change(0.0, -1)).max()
inward = np.abs(change(100.0, 1)).mean() / np.abs(change(0.0, 1)).mean()
print(f"difference of outward steps {outward}, share left of inward ones {inward:.3f}")

# %% tags=["check"]
check("metaplasticity-6.3", outward, inward, tolerance=0.01)

# %% tags=["mistakes"]
mistake("metaplasticity-6.3", ..., 1 / inward)
mistake(
    "metaplasticity-6.3",
    0.01,
    ...,
    hint="outward steps have the same size whatever m is: look at the difference",
)

# %% [markdown] tags=["exercise"]
# ### Exercise 4: which control convinces?
#
# *open, 15 minutes, 5 points, difficulty 3 of 3*
#
# Metaplasticity keeps most of six tasks. Three readings are possible: it finds the weights that matter; it slows everything down, so that the network simply learns less of
# the new; it holds some weights, never mind which. Which control separates each of them, and which of these have been made in this lesson? Ten lines at most.
#
# Then judge four statements and assign four truth values to `judged`: (a) without metaplasticity this network cannot learn the sixth task; (b)
# elastic weight consolidation must know when a task ends; (c) at this size random consolidation does about as well as metaplasticity; (d) at $m = 16$ the first
# task ends above the last.

# %% [markdown] tags=["solution"]
# Slowing down: the accuracy on each task just after it was learned must stay high, and a run with a smaller learning rate must not do as well. Importance: hold as many weights,
# with the same strengths, but exchanged among the synapses; if this does as well, it does not matter which are held. Random consolidation in the table is a control of this kind for
# elastic weight consolidation, and at this size it does about as well as metaplasticity: importance is not shown here. Lesson 7 shuffles hidden weights, lesson 10 does so at full size,
# where it matters. The first reading also predicts that flips of large hidden weights cost more, which lesson 9 measures.

# %% tags=["solution"]
judged = [False, True, True, True]

# %% tags=["check"]
check("metaplasticity-6.4", judged)

# %% tags=["mistakes"]
mistake(
    "metaplasticity-6.4", [True, True, True, True], hint="look at the accuracy just after learning"
)
mistake("metaplasticity-6.4", [False, True, False, True], hint="see the table")

# %% [markdown]
# ## References
#
# * A. Laborieux, M. Ernoult, T. Hirtzlin, D. Querlioz, *Synaptic metaplasticity in binarized neural
#   networks*, Nature Communications 12:2549 (2021): Algorithm 1, Fig. 2, Table 1.
# * J. Kirkpatrick et al., *Overcoming catastrophic forgetting in neural networks*, PNAS 114 (2017).
# * D. P. Kingma, J. Ba, *Adam: a method for stochastic optimization* (2014).
