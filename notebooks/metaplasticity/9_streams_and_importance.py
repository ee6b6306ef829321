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
# # Streams of data, and what a hidden weight is worth
#
# **After this lesson you can** train on data that arrive in small pieces without losing what was seen
# first, and test on a trained network the statement of lesson 1: the size of a hidden weight says what
# it would cost to flip its binary weight.
#
# *20 minutes. Prerequisites: lessons 1 and 6; lesson 5 derives the effect of Adam.*
#
# A stream has no tasks and no boundaries: one data set arrives in small subsets, each seen for a while
# and never again. Methods that act at task boundaries have nothing to hold on to. A rule inside the
# synapse does not ask.

# %%
from dataclasses import replace

import numpy as np

from classroom import check, mistake
from figures.kit import BLACK, BLUE, claim, explore, record, seed, use_style
from theory import sweep
from theory.bnn import flip_costs
from theory.continual.binarized import (
    Ensemble,
    run_experiment,
    run_together,
    settings,
    train,
)
from theory.continual.binarized.experiments import prepare
from theory.continual.binarized.importance import flip_ranking, path_ranking, signs_that_flip
from theory.continual.regularizers import shuffled_importance
from theory.full_size import tables
from theory.metaplasticity.derivations import noise, quadratic_task

use_style()

# %% [markdown]
# ## What size should tell, and how Adam bends it
#
# On the quadratic task the cost of a flip is twice the curvature plus twice the mean gradient, and a
# hidden weight sums that gradient up (lesson 1). The network is trained with Adam, which divides by the
# size of the gradient's fluctuations. Then the hidden weight measures the *ratio* of mean to noise, and
# the cost of a flip grows more than in proportion to it (derived in lesson 5; $\rho$ is the speed of a hidden
# weight under Adam, $\sigma$ the size of the fluctuations):

# %%
quadratic_task.flip_cost().result

# %%
noise.adam()["read off"]

# %% [markdown]
# ## Prediction
#
# In each layer the cost of a flip should **increase with the size of the hidden weight**, with another
# scale in each layer, because a flip in a layer of few weights weighs more. And if size tells importance, then damping the updates of large hidden weights protects
# what matters, subset after subset.
#
# ## Simulation: a stream of small subsets
#
# Fashion-MNIST in sixty subsets, each for 20 epochs, against all images at once for as many epochs: the
# paper's stream, and its $m = 2.5$, with subsets of 66 or 67 images in place of 1000, batches of 10 in place
# of 100 and 128 units a layer in place of 1024.

# %%
m, subsets = 2.5, 60


def run_stream(experiments, count):
    """Return curves (experiments, seeds, subsets): test accuracy after each subset."""
    runs = run_together(experiments, [seed(k) for k in range(count)])
    return np.array([[run["matrix"][:, 0] for run in row] for row in runs])


def numbers_of(m, stream, at_once):
    """Return what is drawn of a stream: means and standard errors over the seeds."""
    root = np.sqrt(stream.shape[1])
    return {
        "seeds": stream.shape[1],
        "subset": np.arange(1, stream.shape[-1] + 1),
        "m": [0.0, m],
        "mean": stream.mean(axis=1).T,
        "error": stream.std(axis=1, ddof=1).T / root,
        "all_at_once": at_once.mean(axis=1),
        "all_at_once_error": at_once.std(axis=1, ddof=1) / root,
    }


def in_errors(difference):
    """Mean of paired differences in units of its standard error."""
    return difference.mean() / (difference.std(ddof=1) / np.sqrt(len(difference)))


# %%
dense = run_stream([settings.data_stream(value, subsets) for value in (0.0, m)], 5)

# %%
dense_all = run_stream([settings.data_stream(value, 1) for value in (0.0, m)], 5)[:, :, -1]
end = dense[:, :, -1]
record(
    "metaplasticity/stream_a",
    numbers=numbers_of(m, dense, dense_all),
    claims=[
        claim("the conventional network loses accuracy when data come piecewise: mean loss against "
              "all at once, in standard errors of five pairs", in_errors(dense_all[0] - end[0]), ">", 3),
        claim("the metaplastic network is above it at the end of the stream, in every seed, by",
              (end[1] - end[0]).min(), ">", 0),
        claim("... mean in standard errors of five pairs", in_errors(end[1] - end[0]), ">", 3),
        claim("it comes close to its own accuracy on all data: mean distance",
              (dense_all[1] - end[1]).mean(), "<", 0.03),
    ],
)  # fmt: skip

# %% [markdown]
# The paper's value of $m$ needs no retuning here: the whole stream has an $m \eta T$ of 90, not far from the
# paper's 150 (exercise 1). The same with a small convolutional network on the 8 x 8 digits: two
# convolutions with maximum pooling and a hidden layer, twenty subsets. Pairs of runs differ by as much as the gain:
# 24 of them tell it from chance.

# %%
m_conv, conv_subsets = 10.0, 20
conv = [settings.convolutional_stream(value, conv_subsets) for value in (0.0, m_conv)]
conv = run_stream(conv, 24)

# %%
conv_all = run_stream([settings.convolutional_stream(value, 1) for value in (0.0, m_conv)], 24)
conv_all = conv_all[:, :, -1]
end = conv[:, :, -1]
record(
    "metaplasticity/stream_b",
    numbers=numbers_of(m_conv, conv, conv_all),
    claims=[
        claim("the conventional network loses accuracy when data come piecewise: mean loss against all "
              "at once, in standard errors of 24 pairs", in_errors(conv_all[0] - end[0]), ">", 1),
        claim("the metaplastic network is above it at the end of the stream, mean in standard errors",
              in_errors(end[1] - end[0]), ">", 1.5),
        claim("it comes close to the conventional network on all data: mean distance",
              (conv_all[0] - end[1]).mean(), "<", 0.02),
    ],
)  # fmt: skip

# %% [markdown]
# ## What a flip costs in a trained network
#
# A network learns the 8 x 8 digits for 40 epochs. Then, in each of its layers and in each of 15 classes of size
# of the hidden weight, a number of binary weights drawn at random are flipped at once, and the loss on the
# training images is measured. Classes with fewer weights than two such draws are left out: nothing is
# measured of the few largest weights.

# %%
flips, draws = (100, 200, 20), 20
trained = replace(settings.permuted_digits(10.0, count=1), epochs=40)


def measure(metaplasticity, seed):
    """Train one network; return size (bins,) and cost (bins, draws) of every layer."""
    experiment = replace(trained, metaplasticity=metaplasticity)
    learner, _ = train(experiment, seed)
    (task,) = prepare(experiment, seed)[1]
    images, labels = task.train_images, task.train_labels
    rng = np.random.default_rng(seed)
    layers = (
        flip_costs(learner.network, layer, images, labels, rng, flips=count, draws=draws)
        for layer, count in enumerate(flips)
    )
    return [(costs.size, costs.cost) for costs in layers]


# %%
points = sweep.grid(metaplasticity=[0.0, 10.0], seed=[seed(k) for k in range(3)])
measured = sweep.map(measure, points).values
size, cost, error = np.full((3, 15, 3, 2, 3), np.nan)  # each (class, layer, m, seed)
correlation, rise, top = np.empty((3, 3, 2, 3))  # each (layer, m, seed)
for k, network in enumerate(measured):
    run = divmod(k, 3)
    for layer, (sizes, costs) in enumerate(network):
        at, where = (slice(len(sizes)), layer, *run), (layer, *run)
        mean, variance = costs.mean(axis=1), costs.var(axis=1, ddof=1) / draws
        size[at], cost[at], error[at] = sizes, mean, np.sqrt(variance)
        correlation[where] = np.corrcoef(sizes, mean)[0, 1]
        top[where] = mean[-3:].mean()
        rise[where] = (top[where] - mean[0]) / np.sqrt(variance[-3:].sum() / 9 + variance[0])

# %% [markdown]
# What is flipped is one **bit**. Hidden weights are needed for learning only; inference reads signs, 64 of them in a word. A sum
# of products of $n$ pairs of signs is the number of pairs that agree less the number that differ, and the former are counted by
# XNOR and a population count. **By hand**: $(+,+,-,-)\cdot(+,-,-,+)$, bits 1100 and 1001, agree in two places of four: $2\cdot 2 - 4 =
# 0$. One flip changes such a sum by 2. The second and third layer of the trained network, computed so:


# %%
def packed(signs):
    """One bit a sign: rows of 64-bit words, for multiples of 64 signs."""
    return np.packbits(np.ascontiguousarray(signs > 0), axis=-1).view(np.uint64)


def xnor_product(inputs, weights):
    """Sums of products of all rows of one packed matrix of signs with all rows of another."""
    agree = np.bitwise_count(~(inputs[:, None] ^ weights)).sum(axis=-1, dtype=int)
    return 2 * agree - 64 * weights.shape[1]


network, (task,) = train(trained, seed(0))[0].network, prepare(trained, seed(0))[1]
logits = network.logits(task.test_images).copy()
values = task.test_images.astype(np.float32)
for number, layer in enumerate(network.layers):
    if number in (3, 6):  # layers of signs that see signs
        values = xnor_product(packed(values), packed(layer.weights.used.T)).astype(np.float32)
    else:
        values = layer.forward(values, training=False)
bits, second = packed(network.weights[1].used.T), network.weights[1].value

# %% [markdown]
# And at full size? 784-1024-1024-10 on all of MNIST, 40 epochs, with and without $m$ (stored, one seed each;
# the thin lines, on their own scale). Ten draws of 1000, 2000 and 100 flips a class on 10 000 images.

# %%
full = {
    run.condition: run.flips for run in tables.read("metaplasticity/qbt_cde")["flips_1024"].runs
}
full_top = np.array([[layer[1, -3:].mean() for layer in flips] for flips in full.values()])
full_correlation = [[np.corrcoef(layer[:2])[0, 1] for layer in flips] for flips in full.values()]

# %%
per_layer = top[:, 1].mean(axis=1)
record(
    "metaplasticity/qbt_cde",
    numbers={"m": [0.0, 10.0], "size": size, "cost": cost, "error": error},
    claims=[
        claim("with m = 10 the cost rises with the size in every layer and seed: smallest correlation of "
              "class means", correlation[:, 1].min(), ">", 0.5),
        claim("without metaplasticity it does so, too, in the first two layers",
              correlation[:2, 0].min(), ">", 0.7),
        claim("the three classes of the largest weights cost more than the smallest for m = 10: smallest "
              "difference in standard errors", rise[:, 1].min(), ">", 4),
        claim("the scales differ: cost of the largest weights, last layer over second",
              per_layer[2] / per_layer[1], ">", 3),
        claim("... and first layer over second", per_layer[0] / per_layer[1], ">", 2),
        claim("at full size it rises in every layer, with m and without: smallest correlation", np.min(full_correlation), ">", 0.7),
        claim("other than at laptop size it does so in the last layer without m, too: correlation", full_correlation[0][2], ">", 0.8),
        claim("... and the largest of the last layer cost more than those of the second, at least", (full_top[:, 2] / full_top[:, 1]).min(), ">", 10),
        claim("layers 2 and 3 by XNOR and population count: largest difference of logits", np.abs(values - logits).max(), "==", 0, kind="exact"),
        claim("hidden weights of layer 2 take 32 times the memory of the packed signs: difference", second.nbytes / bits.nbytes - 32, "==", 0, kind="exact"),
    ],
)  # fmt: skip

# %% [markdown]
# Without metaplasticity the size says as much in the first two layers: the rule does not create
# importance, it uses what the hidden weights of a binarized network already hold. In the last layer of
# that small network the relation is weakest; at full size, one seed, it is nearly as strong there as elsewhere. The last
# layer's weights cost 26 times (29 with $m$) those of the second there; it has a hundredth of their number.
#
# ## Is it the minibatch that ranks?
#
# Adam measures the mean gradient against its noise. Minibatches are noise, but not all of it: free binary weights flip
# on and on, and shake the gradient of all others (lesson 5). If that suffices, training on the full batch ranks as well. A
# control on 400 digits: batches of 50, and of 400, the same 1120 steps.


# %%
def ranks(metaplasticity, batch):
    """Rank correlation of cost and size, and share of signs that flip within 50 more steps."""
    few, epochs = replace(trained.tasks, train_limit=400), 1120 * batch // 400
    experiment = replace(trained, tasks=few, metaplasticity=metaplasticity, batch=batch)
    ensemble = Ensemble([(replace(experiment, epochs=epochs), seed(k)) for k in range(6)])
    ensemble.train()
    found = []
    for k, (learner, (task,)) in enumerate(zip(ensemble.learners, ensemble.trained, strict=True)):
        data, each = (task.train_images, task.train_labels), enumerate(flips)
        order = [flip_ranking(learner.network, i, *data, seed(k), flips=n) for i, n in each]
        found.append((order, signs_that_flip(learner, *data, 50)))
    return found


# %%
points = sweep.grid(metaplasticity=[0.0, 10.0], batch=[50, 400])
found = np.reshape(sweep.map(ranks, points).values, (2, 2, 6, 2, 3))
rank, flipping = np.moveaxis(found, 3, 0)  # each (m, batch, seed, layer)
record(
    "metaplasticity/x_full_batch",
    numbers={"m": [0.0, 10.0], "batch": [50, 400], "layer": [1, 2, 3], "rank": np.moveaxis(rank, 3, 0),
             "flipping": flipping[:, 1].mean(axis=1).T},
    claims=[
        claim("full batch: rank correlation of the cost of flips and size, mean of three layers, smallest of two m and six seeds",
              rank[:, 1].mean(axis=2).min(), ">", 0.5),
        claim("it ranks no worse than minibatches: mean of six seeds below theirs by, larger of two m",
              (rank[:, 0] - rank[:, 1]).mean(axis=(1, 2)).max(), "<", 0.15),
        claim("free weights flip on without minibatches: share of the signs of the first two layers that flip within 50 "
              "steps, smallest", flipping[:, 1, :, :2].min(), ">", 0.01),
    ],
)  # fmt: skip

# %% [markdown]
# Full batches rank no worse than minibatches: the free weights are noise enough.
#
# ## Does the path integral agree with the size?
#
# Synaptic intelligence measures importance in another way: the drop of the loss along the path of a weight, divided by
# its squared distance plus a damping $\xi = 0.1$. Lesson 5 derives that under Adam this ranks slow weights *against* their size
# once $W^2$ exceeds $\xi$. Its formula has two inputs, the relative speed $\rho = |W|/(\eta T)$ and the noise
# $\sigma$ of the gradient. Both can be read off a trained network, $\sqrt{v^2 + \sigma^2}$ being the root of Adam's
# second moment. So the prediction has no free number. Networks learn for 120 epochs; nothing is protected.

# %%
lengths, dampings = (5, 15, 30, 60, 120), 10.0 ** np.arange(-3, 3)
long = replace(settings.permuted_digits(0.0, count=1), epochs=121, method="si", strength=0.0)
rows = []


def look(ensemble):
    """Rank at every damping after the wanted epochs; end after the last of them."""
    if ensemble.run.epoch in lengths:
        layers = [(learner, layer) for learner in ensemble.learners for layer in range(3)]
        rows.append([[path_ranking(*one, xi) for one in layers] for xi in dampings])
    return ensemble.run.epoch == lengths[-1]


Ensemble([(long, seed(k)) for k in range(3)]).train(after_epoch=look)
rows = np.reshape(rows, (len(lengths), len(dampings), 3, 3, 3))  # (..., seed, layer, what)
usual, last = rows[:, 2], rows[-1]  # damping 0.1; after 120 epochs

# %% [markdown]
# Does the turn cost accuracy? Four permuted tasks as in lesson 7, for three lengths of training: synaptic intelligence as it
# is; with a damping of 100, which no squared weight reaches; with its importances dealt out at random within each
# layer; and nothing protected. Each of the three has the strength that was best of five on other seeds.

# %%
trainings = (5, 15, 60)  # epochs a task
strengths = [(3.0, 1.0, 0.4), (3000.0, 700.0, 150.0), (0.0, 0.0, 0.0), (8.0, 2.5, 1.0)]
rng = np.random.default_rng(seed(0))


def deal(ensemble):
    """At the end of a task, give importances of the last five members to other weights."""
    for learner in ensemble.learners[-5:] if ensemble.run.epoch == 0 else []:
        for penalty, weights in zip(learner.method.penalties, learner.network.weights, strict=True):
            penalty.importance = shuffled_importance(penalty.importance, rng)
            penalty.pull = penalty.importance * weights.used


def accuracies(epochs, strengths):
    """Mean accuracy of four tasks at the end, shape (strengths, seeds)."""
    four = replace(settings.permuted_digits(0.0), epochs=epochs)
    each = [replace(four, method="si" if value else "none", strength=value) for value in strengths]
    ensemble = Ensemble([(experiment, seed(k)) for experiment in each for k in range(5)])
    for learner in ensemble.learners[5:10]:
        learner.method.damping = 100.0
    runs = ensemble.train(after_epoch=deal)
    return np.reshape([run["matrix"][-1].mean() for run in runs], (-1, 5))


# %%
kept = [accuracies(n, now) for n, now in zip(trainings, zip(*strengths, strict=True), strict=True)]
kept = np.array(kept)  # (length, way, seed)
own, clear, none, dealt = kept.mean(axis=2).T
lost = (kept[:, 0] - kept[:, 3]).ravel()
accuracy = [
    claim("longer training turns the order and does no harm: mean accuracy gained from one length to the next, smaller",
          np.diff(own).min(), ">", 0),
    claim("a damping without reversal gains little: largest difference of the means of a length", np.abs(clear - own).max(), "<", 0.03),
    claim("dealt to other weights, accuracy is lost: mean of 15 pairs in standard errors", in_errors(lost), ">", 4),
    claim("... a few hundredths: mean", lost.mean(), "<", 0.06),
    claim("... and most of the gain over no protection is left: smallest share of three lengths", ((dealt - none) / (own - none)).min(), ">", 0.75),
]  # fmt: skip

# %%
record(
    "metaplasticity/x_importance_network",
    numbers={"epochs": lengths, "measured": usual.mean(axis=1)[..., 0], "spread": np.ptp(usual[..., 0], axis=1),
             "predicted": usual.mean(axis=1)[..., 1], "above": usual.mean(axis=1)[..., 2], "damping": dampings,
             "measured_by_damping": last.mean(axis=1)[..., 0], "predicted_by_damping": last.mean(axis=1)[..., 1],
             "epochs_a_task": trainings, "way": ["as it is", "damping 100", "nothing protected", "dealt at random"],
             "accuracy": kept.mean(axis=2), "accuracy_error": kept.std(axis=2, ddof=1) / np.sqrt(5)},
    claims=[
        claim("rank correlation of path importance and size falls with the length of training in every layer and seed: "
              "largest change from one length to the next", np.diff(usual[..., 0], axis=0).max(), "<", 0.02),
        claim("last layer, 15 epochs, as long as the runs of lesson 7: largest of three seeds", usual[1, :, 2, 0].max(), "<", -0.3),
        claim("... the other two layers: largest size", np.abs(usual[1, :, :2, 0]).max(), "<", 0.15),
        claim("last layer, 60 epochs: largest", usual[3, :, 2, 0].max(), "<", -0.8),
        claim("predicted from speed and noise, no number fitted, 15 epochs and more: largest difference of rank correlations",
              np.abs(usual[1:, ..., 0] - usual[1:, ..., 1]).max(), "<", 0.08),
        claim("a damping of 100, above every squared weight, undoes the reversal: smallest rank correlation, 120 epochs",
              last[-1, ..., 0].min(), ">", -0.1),
        claim("... one of 0.001 completes it in the last layer: largest", last[0, :, 2, 0].max(), "<", -0.9),
        *accuracy,
    ],
)  # fmt: skip

# %% [markdown]
# The two measures part as training goes on, first where hidden weights are largest, and as far as the formula says. After
# 15 epochs, the length of lesson 7, the order is random against size in the layers that hold most weights and reversed in the last.
#
# That synaptic intelligence does well in lesson 7 does not contradict lesson 5, as the last panel shows. Its accuracy *rises* with
# the length of training. Most of the gain comes from holding many weights, whichever; its own order adds a few hundredths to that, so it tells
# what size does not. And what the reversal costs, against a damping above all squared weights, is at most about a hundredth: it
# is nearly complete only in the last layer, which has one weight in twenty.
#
# ## What happens if
#
# ... the subsets are larger? One stream of 8 epochs a subset each, without and with metaplasticity.


# %%
def draw(ax, subsets):
    pair, ends = [replace(settings.data_stream(v, subsets), epochs=8) for v in (0.0, m)], []
    runs = run_together(pair, [seed(0)])
    for (run,), colour, style in zip(runs, (BLACK, BLUE), (":", "-"), strict=True):
        accuracy = run["matrix"][:, 0]
        ends.append(accuracy[-1])
        seen = np.arange(1, subsets + 1) / subsets
        ax.plot(seen, accuracy, color=colour, linestyle=style)
    ax.set(xlabel="share of the images seen", ylim=(0.6, 0.9))
    return "accuracy at the end {:.2f} without metaplasticity, {:.2f} with it".format(*ends)


explore(draw, subsets=[5, 10, 20, 30, 40, 60])

# %% [markdown]
# ## Exercises

# %% [markdown] tags=["exercise"]
# ### Exercise 1: a stream in numbers
#
# *paper, 6 minutes, 2 points, difficulty 1 of 3*
#
# `stream = settings.data_stream(m, subsets)` is the experiment of the first section, on 4000 images in `subsets` parts; `stream.group(images)` is $m \eta T$ for so many
# images. How large is it for one subset, and for the whole stream? Assign the two numbers to `piece` and `whole`, and compare with the paper's 150.

# %% tags=["solution"]
stream = settings.data_stream(m, subsets)
piece = stream.group(4000 // subsets)
whole = subsets * piece
assert 50 < whole < 300  # the same order of magnitude
print(f"{piece:.1f} a subset, {whole:.0f} in all")

# %% tags=["check"]
check("metaplasticity-9.1", piece, whole, tolerance=0.01)

# %% tags=["mistakes"]
mistake("metaplasticity-9.1", whole, ..., hint="this is the whole stream")
mistake("metaplasticity-9.1", ..., piece, hint="all subsets together are asked for")

# %% [markdown] tags=["exercise"]
# ### Exercise 2: how Adam bends the line
#
# *derivation, 10 minutes, 3 points, difficulty 2 of 3*
#
# Under Adam the cost of a flip is no straight line in the speed $\rho$ of a hidden weight: `noise.adam()` has its slope, the right-hand side of the step `"slope"`, an expression in
# `sigma` and `rho`. How many times steeper is it at $\rho$ than at zero? Assign the ratio to `bend`, an expression in `rho`, and its value at
# $\rho = 0.9$ to `there`.

# %% tags=["solution"]
slope = noise.adam()["slope"].rhs
(rho,) = (symbol for symbol in slope.free_symbols if symbol.name == "rho")
bend = (slope / slope.subs(rho, 0)).simplify()
there = float(bend.subs(rho, 0.9))
bend

# %% tags=["check"]
check("metaplasticity-9.2", bend, there)

# %% tags=["mistakes"]
mistake("metaplasticity-9.2", 1 / bend, 1 / there)
mistake("metaplasticity-9.2", slope, ..., hint="divide by the slope at zero")
mistake("metaplasticity-9.2", ..., (1 - 0.9**2) ** -0.5, hint="the power is minus three halves")

# %% [markdown] tags=["exercise"]
# ### Exercise 3: do flips add up?
#
# *simulation, 20 minutes, 5 points, difficulty 3 of 3*
#
# If flips did not interact, flipping $n$ weights of a class would cost $n$ times one flip. Train `train(replace(trained, epochs=20), seed(0))`, take the only task of `prepare(trained, seed(0))[1]`, and call
# `flip_costs(learner.network, 0, task.train_images, task.train_labels, seed(0), flips=n, draws=40, bins=1)` for $n = 20$ and 200: its `cost` holds draws of the cost *per flip*. Assign the two mean costs
# to `costs`, and the first over the second to `ratio`.

# %% tags=["solution"]
learner, _ = train(replace(trained, epochs=20), seed(0))
(task,) = prepare(trained, seed(0))[1]
draws = [
    flip_costs(
        learner.network, 0, task.train_images, task.train_labels, seed(0), flips=n, draws=40, bins=1
    ).cost
    for n in (20, 200)
]
costs = [draw.mean() for draw in draws]
errors = [draw.std(ddof=1) / np.sqrt(draw.size) for draw in draws]
ratio = costs[0] / costs[1]
assert 0.5 < ratio < 2  # nearly additive
print(*(f"{c:.2e} with standard error {e:.1e}" for c, e in zip(costs, errors, strict=True)))

# %% tags=["check"]
check("metaplasticity-9.3", costs, ratio, tolerance=0.3)

# %% tags=["mistakes"]
mistake("metaplasticity-9.3", 10 * np.array(costs), ratio / 10)
mistake("metaplasticity-9.3", ..., 10 * ratio, hint="the cost is already that of one flip")

# %% [markdown] tags=["exercise"]
# ### Exercise 4: a penalty at every subset
#
# *simulation, 15 minutes, 4 points, difficulty 2 of 3*
#
# A stream can also be met with elastic weight consolidation, calling every subset a task. Take `settings.data_stream(m, subsets)` with 5 epochs a subset, and the same with `metaplasticity=0.0`, `method="ewc"`
# and `strength=100.0`. Run both with `run_experiment(..., seed(0))` and assign the accuracies at the end, `["matrix"][-1, 0]`, elastic first, to `accuracy`.

# %% tags=["solution"]
short = replace(settings.data_stream(m, subsets), epochs=5)
rival = replace(short, metaplasticity=0.0, method="ewc", strength=100.0)
accuracy = [run_experiment(e, seed(0))["matrix"][-1, 0] for e in (rival, short)]
assert min(accuracy) > 0.7
print(f"elastic {accuracy[0]:.3f}, metaplastic {accuracy[1]:.3f}")

# %% tags=["check"]
check("metaplasticity-9.4", accuracy, tolerance=0.03)

# %% tags=["mistakes"]
mistake("metaplasticity-9.4", 100 * np.array(accuracy))
mistake("metaplasticity-9.4", -np.array(accuracy))

# %% [markdown] tags=["exercise"]
# ### Exercise 5: what is a weight worth?
#
# *open, 15 minutes, 5 points, difficulty 3 of 3*
#
# A weight can be judged by the size of its hidden weight, by what a flip costs, by a curvature, or by what training gained through it. Which of these can a synapse know by itself, which
# needs data, and which needs to be told when to look? Which would you trust in a network of several layers? Ten lines at most.
#
# Then judge four statements and assign four truth values to `judged`: (a) hidden weights rank the cost of flips only if the network is metaplastic; (b) one scale turns the size of a hidden weight into a cost in all layers; (c) a
# conventional network ends lower when the same images come in small pieces; (d) metaplasticity needs to know where one subset ends.

# %% [markdown] tags=["solution"]
# A synapse knows its own hidden weight and its updates: size and path integral are local, a curvature needs squared gradients per sample, and a flip needs the loss of the whole network on data. Elastic
# weight consolidation must be told when to look, a path integral when to begin and end; size needs neither. Size ranks within a layer in trained networks, with or without metaplasticity, but its scale differs between
# layers, so that it should not be compared across them. The flip is the definition of what a binary weight is worth and the only measure that needs no theory; costs of many flips nearly add up, so that classes of weights can be flipped together.

# %% tags=["solution"]
judged = [False, False, True, False]

# %% tags=["check"]
check("metaplasticity-9.5", judged)

# %% tags=["mistakes"]
mistake(
    "metaplasticity-9.5",
    [True, False, True, False],
    hint="look at the network without metaplasticity",
)
mistake(
    "metaplasticity-9.5", [False, True, True, False], hint="compare the last layer with the second"
)

# %% [markdown]
# ## References
#
# * A. Laborieux et al., Nature Communications 12:2549 (2021): stream learning, and the cost of flips in a
#   trained network.
