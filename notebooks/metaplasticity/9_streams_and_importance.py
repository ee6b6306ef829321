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

import matplotlib.pyplot as plt
import numpy as np

from figures.kit import (
    BLUE,
    COLUMN,
    ORANGE,
    PAGE,
    VERMILION,
    claim,
    explore,
    label_panels,
    record,
    use_style,
)
from theory import sweep
from theory.bnn import flip_costs, run_experiment, settings, train
from theory.bnn.experiments import prepare
from theory.metaplasticity.derivations import noise, quadratic_task

use_style()

# %% [markdown]
# ## Derivation: what size should tell, and how Adam bends it
#
# On the quadratic task the cost of a flip is twice the curvature plus twice the mean gradient, and a
# hidden weight sums that gradient up (lesson 1). The network is trained with Adam, which divides by the
# size of the gradient's fluctuations. Then the hidden weight measures the *ratio* of mean to noise, and
# the cost of a flip grows more than in proportion to it:

# %%
quadratic_task.flip_cost()

# %%
noise.adam()

# %% [markdown]
# ## Prediction
#
# In each layer the cost of a flip should **increase with the size of the hidden weight**, steeper than
# linear towards the end, with another scale in each layer, because a flip in a layer of few weights
# weighs more. And if size tells importance, then damping the updates of large hidden weights protects
# what matters, subset after subset.
#
# ## Simulation: a stream of small subsets
#
# The 8 x 8 digits in forty subsets of about 36 images, each for 20 epochs, against all images at once
# for as many epochs.

# %%
seeds = tuple(range(8))
m, subsets = 10.0, 40


def run_stream(experiments):
    """Return curves (experiments, seeds, subsets): test accuracy after each subset."""
    runs = sweep.map(run_experiment, sweep.grid(experiment=experiments, seed=list(seeds))).values
    return np.array([run["matrix"][:, 0] for run in runs]).reshape(len(experiments), len(seeds), -1)


def draw_stream(ax, stream, at_once, m):
    """Draw accuracy against the number of subsets, and the references as lines at the right."""
    number = np.arange(1, stream.shape[-1] + 1)
    for k, (colour, style) in enumerate(((VERMILION, "--"), (BLUE, "-"))):
        mean, spread = stream[k].mean(axis=0), stream[k].std(axis=0, ddof=1)
        value = (0.0, m)[k]
        ax.plot(number, mean, color=colour, linestyle=style, label=f"stream, m = {value:g}")
        ax.fill_between(number, mean - spread, mean + spread, color=colour, alpha=0.2, linewidth=0)
        ax.axhline(at_once[k].mean(), color=colour, linestyle=(":", "-.")[k], linewidth=0.9,
                   label=f"all at once, m = {value:g}")  # fmt: skip
    ax.set(xlabel="subsets seen", ylabel="test accuracy", xlim=(1, number[-1]))
    ax.legend(loc="lower right", fontsize=6.5)


# %%
dense = run_stream([settings.data_stream(value, subsets) for value in (0.0, m)])
dense_all = run_stream([settings.data_stream(value, 1) for value in (0.0, m)])[:, :, -1]

figure, ax = plt.subplots(figsize=(COLUMN, 2.7))
draw_stream(ax, dense, dense_all, m)
ax.set(ylim=(0.6, 1))
ax.text(1.5, 0.985, "chance is 0.1, below the axis", fontsize=6, color="0.4")

end = dense[:, :, -1]
record(
    "metaplasticity/stream_a",
    figure,
    data={"subset": np.arange(1, subsets + 1), "mean_m": dense.mean(axis=1).T,
          "sd_m": dense.std(axis=1, ddof=1).T, "all_at_once_m": dense_all.mean(axis=1)},
    claims=[
        claim("the conventional network loses accuracy when data come piecewise: mean loss against "
              "all at once", (dense_all[0] - end[0]).mean(), ">", 0.01),
        claim("the metaplastic network is above it at the end of the stream, mean over seeds",
              (end[1] - end[0]).mean(), ">", 0.02),
        claim("... in most seeds: number of eight", np.sum(end[1] > end[0]), ">=", 6),
        claim("it comes close to its own accuracy on all data: mean distance",
              abs((dense_all[1] - end[1]).mean()), "<", 0.03),
    ],
    alt="Test accuracy against the number of subsets seen. Both networks start near 0.75; the conventional "
    "one fluctuates and ends near 0.91, the metaplastic one rises smoothly to 0.95, the level of training "
    "on all data at once.",
)  # fmt: skip

# %% [markdown]
# The same with a small convolutional network: two convolutions with maximum pooling and a hidden layer, twenty
# subsets.

# %%
m_conv, conv_subsets = 10.0, 20
conv = run_stream([settings.convolutional_stream(value, conv_subsets) for value in (0.0, m_conv)])
conv_all = run_stream([settings.convolutional_stream(value, 1) for value in (0.0, m_conv)])[
    :, :, -1
]

figure, ax = plt.subplots(figsize=(COLUMN, 2.7))
draw_stream(ax, conv, conv_all, m_conv)
ax.set(ylim=(0.5, 1), xticks=[1, 5, 10, 15, 20])
ax.text(1.3, 0.98, "chance is 0.1, below the axis", fontsize=6, color="0.4")

end = conv[:, :, -1]
record(
    "metaplasticity/stream_b",
    figure,
    data={"subset": np.arange(1, conv_subsets + 1), "mean_m": conv.mean(axis=1).T,
          "sd_m": conv.std(axis=1, ddof=1).T, "all_at_once_m": conv_all.mean(axis=1)},
    claims=[
        claim("the conventional network loses accuracy when data come piecewise: mean loss against all "
              "at once", (conv_all[0] - end[0]).mean(), ">", 0.0),
        claim("the metaplastic network is above it at the end of the stream, mean over seeds",
              (end[1] - end[0]).mean(), ">", 0.0),
        claim("it comes close to the conventional network on all data: mean distance",
              (conv_all[0] - end[1]).mean(), "<", 0.02),
    ],
    alt="Test accuracy of a convolutional network against the number of subsets seen. The metaplastic one "
    "ends above the conventional one, near what training on all data at once reaches.",
)  # fmt: skip

# %% [markdown]
# ## What a flip costs in a trained network
#
# A network learns the digits for 40 epochs. Then, in each of its layers and in each of 15 classes of size
# of the hidden weight, a number of binary weights drawn at random are flipped at once, and the loss on the
# training images is measured.

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


points = sweep.grid(metaplasticity=[0.0, 10.0], seed=[0, 1, 2])
measured = sweep.map(measure, points).values
by_m = {0.0: measured[:3], 10.0: measured[3:]}

# %%
figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.6), sharex=True)
data, rank, rise, spent = {}, [], [], []
for layer, ax in enumerate(axes):
    for k, (value, colour, marker) in enumerate(((10.0, BLUE, "o"), (0.0, ORANGE, "s"))):
        for seed, network in enumerate(by_m[value]):
            size, cost = network[layer]
            mean, spread = cost.mean(axis=1), cost.std(axis=1, ddof=1)
            data |= {f"layer{layer + 1}_m{value:g}_seed{seed}_size": size,
                     f"layer{layer + 1}_m{value:g}_seed{seed}_cost": mean}  # fmt: skip
            if value:
                rank.append(np.corrcoef(size, mean)[0, 1])
                rise.append(
                    (mean[-3:].mean() - mean[0]) / np.sqrt(np.mean(spread**2) / draws * 4 / 3)
                )
                spent.append(mean[-3:].mean())
            if seed == 0:
                ax.errorbar(size, mean, spread, color=colour, marker=marker, linestyle=("-", ":")[k],
                            capsize=1.5, label=f"m = {value:g}")  # fmt: skip
    ax.set(xlabel=r"$|W^h| / W^h_{\max}$")
    ax.set_title(f"layer {layer + 1}")
    ax.ticklabel_format(axis="y", style="sci", scilimits=(0, 0))
axes[0].set_ylabel("loss per flipped weight")
axes[0].legend(loc="upper left")
label_panels(axes)

per_layer = np.array(spent).reshape(3, 3).mean(axis=1)
record(
    "metaplasticity/qbt_cde",
    figure,
    data=data,
    claims=[
        claim("the cost rises with the size in every layer and seed: smallest correlation of bin means",
              np.min(rank), ">", 0.5),
        claim("the three bins of the largest weights cost more than the smallest: smallest difference in "
              "standard errors", np.min(rise), ">", 3),
        claim("the scales differ: cost of the largest weights, last layer over second",
              per_layer[2] / per_layer[1], ">", 3),
        claim("... and first layer over second", per_layer[0] / per_layer[1], ">", 2),
    ],
    alt="Three panels, one a layer: loss per flipped weight against the relative size of the hidden weight, "
    "with error bars. It rises from near zero with the size in each of them, with different scales.",
)  # fmt: skip

# %% [markdown]
# Without metaplasticity the size says as much: the rule does not create importance, it uses what the
# hidden weights of every binarized network already hold. The last layer of that network is the exception
# in which the cost is level beyond the first bin.
#
# ## What happens if
#
# ... the subsets are larger? One stream each, without and with metaplasticity.


# %%
def draw(ax, subsets):
    for value, colour, style in ((0.0, VERMILION, "--"), (m, BLUE, "-")):
        accuracy = run_experiment(settings.data_stream(value, subsets), 0)["matrix"][:, 0]
        seen = np.arange(1, subsets + 1) / subsets
        ax.plot(seen, accuracy, color=colour, linestyle=style)
    ax.set(xlabel="share of the images seen", ylim=(0.6, 1))


explore(draw, subsets=[5, 20, 60])

# %% [markdown]
# ## Exercises
#
# 1. In the stream, $m \eta T$ of one subset is small. What is it for the whole stream, and how does it
#    compare with the paper's 150?
# 2. If flips did not interact, flipping n weights of a class would cost n times one flip. Does it? Flip 20
#    and 200 weights of the first layer.
# 3. A stream could also be met with elastic weight consolidation, calling every subset a task. Try it.

# %% tags=["solution"]
# 1. The same order of magnitude.
stream = settings.data_stream(m, subsets)
images = 1438 // subsets
whole = subsets * stream.group(images)
print(f"{stream.group(images):.1f} a subset, {whole:.0f} in all")

# %%
assert 50 < whole < 300

# %% tags=["solution"]
# 2. Roughly: the loss is convex along the way, so many flips cost somewhat more than their sum.
learner, _ = train(replace(trained, epochs=20), 0)
(task,) = prepare(trained, 0)[1]
average = [
    flip_costs(
        learner.network, 0, task.train_images, task.train_labels, 0, flips=n, draws=40, bins=1
    ).cost.mean()
    for n in (20, 200)
]
print("cost of one flip, estimated from 20 and from 200 at once:", *(f"{c:.1e}" for c in average))

# %%
assert 0.2 < average[0] / average[1] < 5

# %% tags=["solution"]
# 3. Forty penalties on forty small subsets.
rival = replace(stream, method="ewc", strength=100.0)
accuracy = [run_experiment(e, 0)["matrix"][-1, 0] for e in (rival, stream)]
print(f"elastic {accuracy[0]:.3f}, metaplastic {accuracy[1]:.3f}")

# %%
assert min(accuracy) > 0.85

# %% [markdown]
# ## References
#
# * A. Laborieux et al., Nature Communications 12:2549 (2021): stream learning, and the cost of flips in a
#   trained network.
