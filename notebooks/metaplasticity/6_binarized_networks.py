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
# # Binarized networks that remember
#
# **After this lesson you can** train a binarized network with metaplastic hidden weights, say which
# product of settings decides how much it remembers, read consolidation off the hidden weights, and
# compare the rule with elastic weight consolidation, which has to be told when a task ends.
#
# *30 minutes. Prerequisites: backpropagation, batch normalisation, lesson 1; lesson 4 helps.*
#
# A network learns six versions of MNIST, one after the other; in each the pixels are permuted
# differently, so that nothing about the inputs carries over while every version is equally hard. Plain
# training overwrites what it knew. Does a rule that every synapse applies to itself prevent that?

# %%
from dataclasses import replace

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
    label_panels,
    record,
    use_style,
)
from theory import sweep
from theory.bnn import Adam, dense_network, run_experiment, settings
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
network = dense_network((6, 5, 3), rng=0, dtype=float)
weights = network.weights[0]
weights.load(20 * weights.value)  # as large as after some training
images, labels = np.random.default_rng(1).random((8, 6)), np.arange(8) % 3

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
seeds = (0, 1, 2)
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
# Four values of $m$ and two rivals, three seeds each; runs with one seed share permutations and
# initial weights. Accuracy is measured on 1000 held-out images. With `scale="paper"` the same line runs
# the paper's size, with checkpoints and on a cluster if there is one.

# %%
experiments = [replace(base, metaplasticity=m) for m in metaplasticities]
rivals = [replace(base, method=name, strength=1000.0) for name in ("ewc", "random")]
runs = sweep.map(run_experiment, sweep.grid(experiment=experiments + rivals, seed=seeds))


# %%
def by_seed(key, count):
    """Stack one measurement of the first `count` experiments, shape (experiments, seeds, ...)."""
    chosen = runs.values[: count * len(seeds)]
    return np.stack([run[key] for run in chosen]).reshape(count, len(seeds), *chosen[0][key].shape)


curves = by_seed("curves", 4)
epochs = runs.values[0]["epochs"]
final = by_seed("matrix", 6)[:, :, -1]
learned = np.diagonal(by_seed("matrix", 4), axis1=2, axis2=3)
tasks = np.arange(1, 7)
print("final accuracy, mean over tasks and seeds:")
for m, value in zip(metaplasticities, final[:4].mean(axis=(1, 2)), strict=True):
    print(f"   m = {m:4g}   {value:.3f}")

# %%
shades = plt.get_cmap("cividis")(np.linspace(0.0, 0.85, 6))
styles = ["-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1))]
figure, axes = plt.subplots(2, 2, figsize=(PAGE, 4.4), sharex=True, sharey=True)
for ax, m, of_seeds in zip(axes.flat, metaplasticities, curves, strict=True):
    for task in range(6):
        mean, spread = of_seeds[:, :, task].mean(axis=0), of_seeds[:, :, task].std(axis=0, ddof=1)
        since = epochs >= task * base.epochs
        ax.plot(epochs[since], mean[since], color=shades[task], linestyle=styles[task])
        ax.fill_between(epochs[since], (mean - spread)[since], (mean + spread)[since],
                        color=shades[task], alpha=0.2, linewidth=0)  # fmt: skip
        ax.axvline(task * base.epochs, color="0.85", linewidth=0.6, zorder=0)
        ax.text((task + 0.5) * base.epochs, 1.0, f"T{task + 1}", color=shades[task], ha="center",
                fontsize=7, fontweight="bold")  # fmt: skip
    ax.axhline(0.1, color="0.6", linewidth=0.8, linestyle=":")
    ax.text(1, 0.115, "chance", fontsize=6, color="0.4", va="bottom")
    group = replace(base, metaplasticity=m).group(train_images)
    ax.set_title(f"m = {m:g}   ($m\\eta T$ = {group:.0f})")
    ax.set(ylim=(0, 1.08), xticks=np.arange(0, 6 * base.epochs + 1, 2 * base.epochs))
for ax in axes[:, 0]:
    ax.set_ylabel("test accuracy")
for ax in axes[1]:
    ax.set_xlabel("epoch")
label_panels(axes)

first_task = final[:4, :, 0]
record(
    "metaplasticity/fig2a_d",
    figure,
    data={"epoch": epochs}
    | {f"m{m:g}_mean_T": c.mean(axis=0) for m, c in zip(metaplasticities, curves, strict=True)}
    | {f"m{m:g}_sd_T": c.std(axis=0, ddof=1) for m, c in zip(metaplasticities, curves, strict=True)},
    claims=[
        claim("without metaplasticity the first task is forgotten: best seed's final accuracy",
              first_task[0].max(), "<", 0.4),
        claim("retention of the first task grows with m: smallest difference of means between "
              "neighbouring values of m", np.diff(first_task.mean(axis=1)).min(), ">", 0.1),
        claim("m = 16 keeps the first task near what it reached: loss after five more tasks",
              (learned[3, :, 0] - final[3, :, 0]).mean(), "<", 0.1),
        claim("without metaplasticity every task is learned: worst accuracy just after learning",
              learned[0].min(), ">", 0.88),
        claim("at m = 16 the sixth task is learned less well than without metaplasticity, by",
              (learned[0, :, 5] - learned[3, :, 5]).min(), ">", 0.1),
    ],
    alt="Four panels of test accuracy on six permuted MNIST tasks against epoch. Without metaplasticity "
    "every task is learned to 0.92 and decays to near chance while later ones are learned. With growing "
    "m the old tasks keep more of their accuracy. At the largest m the first tasks hardly decay, but the "
    "last ones are learned less well.",
)  # fmt: skip

# %% [markdown]
# At this size the four panels show more than retention: with 480 steps a task and 256 units the
# synapses that the first tasks have consolidated are missing for the last ones. The paper's network has
# 74 times more weights, and keeps all six.

# %%
figure, ax = plt.subplots(figsize=(PAGE, 2.7))
colours, markers = (BLACK, VERMILION, BLUE, GREEN), "osD^"
for k, m in enumerate(metaplasticities):
    mean, spread = final[k].mean(axis=0), final[k].std(axis=0, ddof=1)
    ax.errorbar(tasks + 0.06 * (k - 1.5), mean, spread, color=colours[k], marker=markers[k],
                linestyle="-", capsize=2, label=f"m = {m:g}, mean {mean.mean():.2f}")  # fmt: skip
ax.axhline(0.1, color="0.6", linewidth=0.8, linestyle=":")
ax.text(0.75, 0.11, "chance", fontsize=6, color="0.4", va="bottom")
ax.set(xlabel="task", ylabel="final test accuracy", ylim=(0, 1), xticks=tasks, xlim=(0.7, 6.3))
ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))

gain = (final[2].mean(axis=1) - final[0].mean(axis=1)).min()
record(
    "metaplasticity/fig2e",
    figure,
    data={"task": tasks}
    | {f"m{m:g}_mean": final[k].mean(axis=0) for k, m in enumerate(metaplasticities)}
    | {f"m{m:g}_sd": final[k].std(axis=0, ddof=1) for k, m in enumerate(metaplasticities)},
    claims=[
        claim("m = 8 raises the mean final accuracy over no metaplasticity in every seed, by", gain, ">", 0.2),
        claim("m = 4 already raises it in every seed, by",
              (final[1].mean(axis=1) - final[0].mean(axis=1)).min(), ">", 0.04),
        claim("without metaplasticity the six accuracies fall with age: difference last to first",
              (final[0, :, 5] - final[0, :, 0]).min(), ">", 0.5),
        claim("at m = 16 the order is turned around: first task above last, by",
              (final[3, :, 0] - final[3, :, 5]).min(), ">", 0.1),
    ],
    alt="Final accuracy on tasks one to six for four values of m. Without metaplasticity it rises from "
    "0.15 on the first to 0.93 on the last task. With m = 8 it is high and nearly level; with m = 16 it "
    "falls from the first to the last task.",
)  # fmt: skip

# %% [markdown]
# ## What the hidden weights look like
#
# A hidden weight stores how consolidated its synapse is. The histograms after the first, third and
# sixth task show what metaplasticity adds: shoulders that move outward and stay, around a centre of
# uncommitted weights, which the next tasks have to share. After six tasks it is nearly empty.

# %%
largest, bins = base.histogram
centres = (np.arange(bins) + 0.5) / bins * 2 * largest - largest
densities = by_seed("histograms", 4).mean(axis=1)  # (m, task, layer, bin)
figure, axes = plt.subplots(2, 3, figsize=(PAGE, 3.9), sharex=True, sharey=True)
for row, k in enumerate((0, 2)):
    for layer in range(3):
        ax = axes[row, layer]
        for task, colour, style in ((0, ORANGE, ":"), (2, VERMILION, "--"), (5, BLUE, "-")):
            ax.plot(
                centres,
                densities[k, task, layer],
                color=colour,
                linestyle=style,
                label=f"after T{task + 1}",
            )
        ax.set(yscale="log", ylim=(1e-3, 30), xlim=(-largest, largest))
        ax.set_title(f"m = {metaplasticities[k]:g}, layer {layer + 1}")
for ax in axes[1]:
    ax.set_xlabel("hidden weight $W^h$")
for ax in axes[:, 0]:
    ax.set_ylabel("density")
axes[0, 0].legend(loc="upper left", fontsize=6)
label_panels(axes)

reach = np.sum(np.abs(centres) * densities, axis=-1) / np.sum(densities, axis=-1)  # mean |W|
held = consolidation_gain(metaplasticities[2] * np.abs(centres)) > 10
share = np.sum(densities * held, axis=-1) / np.sum(densities, axis=-1)
record(
    "metaplasticity/fig2gh",
    figure,
    data={"hidden_weight": centres}
    | {
        f"m{metaplasticities[k]:g}_layer{layer + 1}_after_T1_T3_T6": densities[k][[0, 2, 5], layer].T
        for k in (0, 2)
        for layer in range(3)
    },
    claims=[
        claim("with m = 8 the mean size of hidden weights grows from task 1 to 6 in every layer, by a "
              "factor of at least", (reach[2, 5] / reach[2, 0]).min(), ">", 1.3),
        claim("after six tasks it exceeds that without metaplasticity in every layer, by a factor",
              (reach[2, 5] / reach[0, 5]).min(), ">", 1.3),
        claim("weights of layer 2 whose flip takes ten times longer for m = 8: share after six tasks",
              share[2, 5, 1], ">", 0.3),
        claim("without metaplasticity few are so large: their share of layer 2",
              share[0, 5, 1], "<", 0.5 * share[2, 5, 1]),
    ],
    alt="Histograms of hidden weights in three layers, on a logarithmic scale, after one, three and six "
    "tasks. Without metaplasticity they keep their peak at zero and widen little. With m = 8 shoulders left "
    "and right of the central peak move outward from task to task, until after six the peak is nearly gone.",
)  # fmt: skip

# %% [markdown]
# ## Against elastic weight consolidation
#
# Elastic weight consolidation stores, at every task boundary, which binary weights matter (the
# diagonal of the empirical Fisher matrix), and pulls them back. *Random consolidation* deals the same
# importances out to the wrong synapses: what it loses is the value of knowing which ones matter.

# %%
names = ("none", "metaplastic, m = 8", "random consolidation", "elastic weight consolidation")
rows = final[[0, 2, 5, 4]]
figure, ax = plt.subplots(figsize=(PAGE, 1.75))
ax.axis("off")
cells = [
    [f"{a:.2f} ± {b:.2f}" for a, b in zip(r.mean(axis=0), r.std(axis=0, ddof=1), strict=True)]
    + [f"{r.mean():.3f} ± {r.mean(axis=1).std(ddof=1):.3f}"]
    for r in rows
]
table = ax.table(cells, rowLabels=names, colLabels=[f"T{k}" for k in tasks] + ["mean"], loc="center",
                 bbox=(0.23, 0.0, 0.77, 1.0), cellLoc="center", colWidths=[1] * 6 + [1.4])  # fmt: skip
table.auto_set_font_size(False)
table.set_fontsize(7)
for (row, column), cell in table.get_celld().items():
    cell.set_linewidth(0.4 if row == 0 else 0)
    cell.visible_edges = "B" if row == 0 else ""
    cell.get_text().set_fontweight("bold" if row == 0 or column == 6 else "normal")

none, metaplastic, random, elastic = rows.mean(axis=2)
record(
    "metaplasticity/table1",
    figure,
    data={"method": np.array(names), "mean_T": rows.mean(axis=1), "sd_T": rows.std(axis=1, ddof=1),
          "mean": rows.mean(axis=(1, 2))},
    claims=[
        claim("metaplasticity comes close to elastic weight consolidation: mean accuracy below it by",
              (elastic - metaplastic).mean(), "between", (-0.05, 0.1)),
        claim("... and recovers this share of its advantage over no protection",
              (metaplastic - none).mean() / (elastic - none).mean(), ">", 0.7),
        claim("elastic weight consolidation is better than random consolidation in every seed, by",
              (elastic - random).min(), ">", 0.0),
        claim("metaplasticity is better than no protection in every seed, by",
              (metaplastic - none).min(), ">", 0.2),
    ],
    alt="Table of final accuracies on six tasks, mean and standard deviation of three seeds. No "
    "protection averages 0.46, metaplasticity and random consolidation near 0.78, elastic weight "
    "consolidation 0.84.",
)  # fmt: skip

# %% [markdown]
# Here random consolidation does about as well as metaplasticity: in a network of this size, holding any
# large part of the weights helps. What it cannot do is tell important from unimportant weights, and it
# needs the task boundaries. Lesson 7 compares more methods over a range of strengths.
#
# ## What happens if
#
# ... the hidden weights after six tasks are pulled towards zero by a seventh? The gain $R(m|W|)$ says
# how much longer than without metaplasticity each would last.


# %%
def draw(ax, layer):
    for k, colour, style in ((1, VERMILION, "--"), (2, BLUE, "-"), (3, GREEN, ":")):
        m = metaplasticities[k]
        order = np.argsort(np.abs(centres))
        weight = densities[k, 5, layer - 1][order]
        above = 1 - np.cumsum(weight) / weight.sum()
        ax.plot(consolidation_gain(m * np.abs(centres[order])), above, color=colour, linestyle=style,
                label=f"m = {m:g}")  # fmt: skip
    ax.set(
        xscale="log", xlim=(1, 1e6), xlabel="flip takes longer by a factor of", ylabel="share above"
    )
    ax.legend(fontsize=6)


explore(draw, layer=[1, 2, 3])

# %% [markdown]
# ## Exercises
#
# 1. A purely outward gradient must not feel $m$. Check it with `Adam` on a small network.
# 2. How large can $|W^h|$ be after one task, at most, and what share of that do the largest weights of
#    the second layer reach?
# 3. The paper trains fifty times longer per task. Which $m$ gives our network the paper's $m \eta T$, and
#    what would you expect it to do here? (Lesson 7 sweeps it.)

# %% tags=["solution"]
# 1. Gradients that point against the signs make every step outward.
ends = []
for m in (0.0, 100.0):
    small = dense_network((6, 5, 3), rng=0)
    for parameter in small.weights:
        parameter.gradient[:] = -parameter.used
    Adam(small.weights, learning_rate=0.01, metaplasticity=m).update()
    ends.append(small.weights[0].value.copy())

# %%
assert np.array_equal(*ends)

# %% tags=["solution"]
# 2. About the learning rate times the steps; weights see both signs of gradient and reach a part of it.
bound = base.learning_rate * base.epochs * (train_images // base.batch)
occupied = np.abs(centres[densities[0, 0, 1] > 1e-3]).max()
print(f"at most about {bound:.1f}; after the first task weights of layer 2 reach {occupied:.1f}")

# %%
assert occupied < bound

# %% tags=["solution"]
# 3. m eta T = 162 needs m near 70, far beyond the best value here: every weight that the first task
# moved is held for good, and later tasks find none left. Retention of tasks asks for m|W| of a few.
needed = 1.35 * 0.005 * 24_000 / bound
print(f"m = {needed:.0f}")

# %%
assert 60 < needed < 75

# %% [markdown]
# ## References
#
# * A. Laborieux, M. Ernoult, T. Hirtzlin, D. Querlioz, *Synaptic metaplasticity in binarized neural
#   networks*, Nature Communications 12:2549 (2021): Algorithm 1, Fig. 2, Table 1.
# * J. Kirkpatrick et al., *Overcoming catastrophic forgetting in neural networks*, PNAS 114 (2017).
# * D. P. Kingma, J. Ba, *Adam: a method for stochastic optimization* (2014).
