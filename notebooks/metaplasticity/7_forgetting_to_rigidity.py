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
# # From forgetting to rigidity
#
# **After this lesson you can** choose the metaplasticity of a network from the length of its training,
# say what limits the number of tasks it can hold, and compare methods of consolidation by what they
# keep and by what they can still learn.
#
# *30 minutes. Prerequisites: lesson 6.*
#
# Small $m$ forgets, large $m$ stops learning. Where is the optimum, what moves it, and which of it is
# special to binarized networks? Runs on permuted 8 x 8 digits take a second, and `run_together` trains
# those that differ in seed or metaplasticity as one stack of arrays, so a sweep is cheap.

# %%
from dataclasses import replace

import numpy as np

from classroom import check, mistake
from figures.kit import BLACK, BLUE, claim, explore, record, seed, use_style
from theory.continual.binarized import Ensemble, run_experiment, run_together, settings
from theory.full_size import controls, tables
from theory.metaplasticity import consolidation_gain
from theory.metaplasticity.derivations import noise

use_style()
seeds = [seed(k) for k in range(3)]
train_images = 1438


def final(rows):
    """Accuracy on each task at the end, shape (experiments, seeds, tasks)."""
    return np.array([[run["matrix"][-1] for run in row] for row in rows])


# %% [markdown]
# ## Derivation: why rigidity sets in
#
# Even updates that push a weight to and fro without any preference consolidate it, because only the
# inward half is damped. With zero-mean updates of size $g$ the drift is always outward:

# %%
noise.ratchet()

# %% [markdown]
# ## Prediction
#
# Adam's steps have a size of about $\eta$. A hidden weight that the task pushes steadily ends at $\eta T$;
# it is held against the next task if $R(m \eta T) \gg 1$, and everything the next task needs is held, too,
# if even weights that moved a small part of $\eta T$ have $m |W| > 1$. Both conditions contain $m$ only in
# $m \eta T$. If that were all, curves for trainings of different length would fall together when drawn
# against $m \eta T$, with retention setting in where $R$ exceeds 1 for the most consolidated weights.

# %%
groups = np.array([0, 5, 10, 20, 40, 80, 160])
print("R(x) for x = m |W| of 1, 3, 5:", *consolidation_gain(np.array([1.0, 3.0, 5.0])).round(1))

# %% [markdown]
# ## The sweep
#
# Four tasks, three lengths of training, the same seven values of $m \eta T$: the values of $m$ differ
# nearly fourfold.

# %%
lengths = (4, 8, 15)
base = settings.permuted_digits(0.0)
histogram = (6.0, 1200)  # of the hidden weights
steps = {length: length * (train_images // base.batch) for length in lengths}
experiments = [
    replace(
        base,
        epochs=length,
        histogram=histogram,
        metaplasticity=float(group / (base.learning_rate * steps[length])),
    )
    for length in lengths
    for group in groups
]

# %%
sweep_rows = run_together(experiments, seeds)
swept = final(sweep_rows).reshape(len(lengths), len(groups), len(seeds), 4)

# %%
centres = np.abs((np.arange(histogram[1]) + 0.5) / histogram[1] * 2 - 1) * histogram[0]


def mean_size(rows, task=-1):
    """Mean |weight| of the second layer after a task, over the seeds."""
    density = np.array([[run["histograms"][task, 1] for run in row] for row in rows]).mean(axis=1)
    return np.sum(density * centres, axis=1) / np.sum(density, axis=1)


reach = base.learning_rate * np.array(list(steps.values()))[:, None]  # eta T
grown = mean_size(sweep_rows, 0).reshape(len(lengths), len(groups)) / reach

# %%
first, last = swept.mean(axis=2)[..., 0], swept.mean(axis=2)[..., 3]  # (lengths, groups)
mean = swept.mean(axis=(2, 3))
apart = np.abs(first[0] - first[2])[groups >= 5].mean()
# The alternative: interpolate the longest training's curve at equal m instead of equal m eta T.
ratio = steps[lengths[2]] / steps[lengths[0]]
at_equal_m = np.interp(np.log(groups[1:] * ratio), np.log(groups[1:]), first[2][1:])
numbers = {
    "group": groups,
    "steps": list(steps.values()),
    "first": first.T,
    "first_deviation": swept[..., 0].std(axis=2, ddof=1).T,
    "last": last.T,
    "last_deviation": swept[..., 3].std(axis=2, ddof=1).T,
    "mean": mean.T,
    "mean_deviation": swept.mean(axis=3).std(axis=2, ddof=1).T,
    "chance": 1 / 10,
}

# %%
record(
    "metaplasticity/x_metaplasticity_sweep",
    numbers=numbers,
    claims=[
        claim("forgetting: first task without metaplasticity, largest of all", first[:, 0].max(), "<", 0.3),
        claim("mean accuracy gained at m eta T = 40, smallest of three lengths",
              (mean[:, 4] - mean[:, 0]).min(), ">", 0.12),
        claim("rigidity: last task at m eta T = 160 against 0, smallest loss",
              (last[:, 0] - last[:, 6]).min(), ">", 0.2),
        claim("the best m eta T lies between 20 and 80 for every length: number of lengths",
              np.sum(np.isin(groups[mean.argmax(axis=1)], (20, 40, 80))), "==", len(lengths)),
        claim("first task: m eta T brings shortest and longest training closer together than m does, "
              "by a factor of", np.abs(first[0][1:] - at_equal_m).mean() / apart, ">", 1.5),
        claim("last task: the curves do not fall together; at m eta T = 20 the longest training is above "
              "the shortest by", last[2, 3] - last[0, 3], ">", 0.15),
        claim("hidden weights do not grow in proportion to eta T: mean |W| after the first task over eta T, "
              "m eta T = 20, shortest over longest training", grown[0, 3] / grown[2, 3], ">", 1.5),
    ],
)  # fmt: skip

# %% [markdown]
# Half of the prediction holds. What is *kept* of the first task depends on $m$ and the length of training
# mostly through $m \eta T$. What is still *learned* does not: at equal $m \eta T$ a short training is
# more rigid. Its $m|W|$ is larger, as hidden weights grow more slowly than $\eta T$. The optimum on this
# network lies at 20 to 40; the paper's networks, which are up to 32 times wider, run at 144 to 225. A wide
# network has unused synapses left and can be held more firmly: lesson 10 tests it from 512 to 2048 units.
#
# ## Is it special to binarized networks?
#
# The control network has the same sizes, real weights and rectifiers, and the same rule. The finding
# recalled from the paper is that metaplasticity does not help it. **Here it does**, about as much as the
# binarized one, once $m$ is in range. The right panel shows how a single range of $m$ can suggest the
# opposite: what counts is $m |w|$, and the weights of the control are two to three times smaller.

# %%
longest = [k for k, e in enumerate(experiments) if e.epochs == base.epochs]
metaplasticities = np.array([experiments[k].metaplasticity for k in longest])
pair = {True: [sweep_rows[k] for k in longest],
        False: run_together([replace(experiments[k], binary=False) for k in longest], seeds)}  # fmt: skip
binarized, real = final(pair[True]), final(pair[False])

# %%
networks = np.stack([binarized.mean(axis=2), real.mean(axis=2)])  # (kind, m, seeds)
gain = (networks - networks[:, :1]).max(axis=1)  # at the best m of each seed
sizes = np.array([mean_size(pair[True]), mean_size(pair[False])])
record(
    "metaplasticity/fig2f",
    numbers={
        "m": metaplasticities,
        "task": np.arange(1, 5),
        "real": real.mean(axis=1).T,
        "real_deviation": real.std(axis=1, ddof=1).T,
        "mean": networks.mean(axis=2).T,
        "mean_deviation": networks.std(axis=2, ddof=1).T,
        "size": sizes.T,
        "chance": 1 / 10,
    },
    claims=[
        claim("the real-valued network forgets the first task, too: final accuracy without metaplasticity",
              real[0, :, 0].max(), "<", 0.35),
        claim("other than recalled from the paper, metaplasticity raises its mean accuracy, in every "
              "seed, by", gain[1].min(), ">", 0.2),
        claim("the binarized network gains in every seed, by", gain[0].min(), ">", 0.2),
        claim("real weights are smaller at every m: smallest ratio of mean sizes",
              (sizes[0] / sizes[1]).min(), ">", 1.2),
    ],
)  # fmt: skip

# %% [markdown]
# ## Width and the number of tasks
#
# Six tasks on networks of four widths: metaplastic, with elastic weight consolidation, and trained on
# one, three or six tasks at once (interleaved). All have one scale and shift of the normalisation for each task; in
# interleaved training each batch comes from one task, and the tasks follow each other at random, batch by batch.

# %%
widths = (24, 48, 96, 192)
sequential = {
    "metaplastic": {"metaplasticity": 10.0},
    "elastic": {"method": "ewc", "strength": 500.0},
}
seen = {}
for name, options in sequential.items():
    rows = run_together([settings.network_size(width, **options) for width in widths], seeds)
    matrices = np.array([[run["matrix"] for run in row] for row in rows])
    seen[name] = np.stack([matrices[..., n, : n + 1].mean(axis=-1) for n in range(6)], axis=-1)
    if name == "metaplastic":
        learned = np.diagonal(matrices, axis1=2, axis2=3)
        kept = matrices[:, :, -1]

# %%
counts = (1, 3, 6)
for name, m in (("interleaved", 0.0), ("interleaved_m", 10.0)):
    at_once = [settings.network_size(w, metaplasticity=m, interleaved=True) for w in widths]
    at_once = [replace(e, tasks=replace(e.tasks, count=n)) for e in at_once for n in counts]
    rows = run_together(at_once, seeds)
    seen[name] = np.array([[run["matrix"][-1].mean() for run in row] for row in rows])
    seen[name] = seen[name].reshape(len(widths), len(counts), len(seeds)).swapaxes(1, 2)

# %%
end = {name: values[:, :, -1] for name, values in seen.items()}
forgotten, unlearned = learned - kept, learned[:, :, :1] - learned
numbers = {"width": widths, "tasks": np.arange(1, 7), "interleaved_tasks": counts}
for name, values in seen.items():
    numbers[name] = values.mean(axis=1).T
    numbers[f"{name}_deviation"] = values.std(axis=1, ddof=1).T

# %%
record(
    "metaplasticity/fig3a_d",
    numbers=numbers,
    claims=[
        claim("larger metaplastic networks hold more: mean accuracy after six tasks, smallest gain from "
              "one width to the next", np.diff(end["metaplastic"].mean(axis=1)).min(), ">", 0.02),
        claim("what a narrow network lacks is learning: accuracy lost on new tasks, 24 units, task 6 "
              "against task 1", unlearned[0, :, 5].mean(), ">", 0.3),
        claim("... and not forgetting: largest mean loss of a task learned before, 24 units",
              forgotten[0, :, 1:5].mean(axis=0).max(), "<", 0.2),
        claim("elastic weight consolidation and metaplasticity end close to each other: difference at the "
              "width where it is largest", np.abs((end["elastic"] - end["metaplastic"]).mean(axis=1)).max(), "<", 0.1),
        claim("interleaved training is an upper bound: smallest lead over metaplasticity, six tasks, of all widths",
              (end["interleaved"] - end["metaplastic"]).mean(axis=1).min(), ">", 0.05),
        claim("... over elastic weight consolidation", (end["interleaved"] - end["elastic"]).mean(axis=1).min(), ">", 0.05),
        claim("... at the widest network, over the better of the two", (end["interleaved"] - np.maximum(end["elastic"], end["metaplastic"]))[3].mean(), ">", 0.07),
        claim("which holds six tasks at once nearly as well as three: loss", (seen["interleaved"][3, :, 1] - seen["interleaved"][3, :, 2]).mean(), "<", 0.04),
        claim("it is neither hurt nor helped by metaplasticity: largest difference of the means of a width",
              np.abs((end["interleaved_m"] - end["interleaved"]).mean(axis=1)).max(), "<", 0.04),
    ],
)  # fmt: skip

# %% [markdown]
# Interleaved training is the paper's reference, and it is an upper bound: what the network could hold if all tasks were
# there at once. The widest network, which holds six of them at once nearly as well as three, loses a tenth and more when they
# come in turn, whichever method protects it.
#
# ## Methods side by side
#
# Every method trades keeping against learning, by its strength. Four tasks; up is keeping the first,
# right is learning the last.

# %%
menu = {
    "metaplasticity": [{"metaplasticity": m} for m in (5.0, 10.0, 20.0)],
    "... by another's size": [{"metaplasticity": m, "shuffled": True} for m in (5.0, 10.0, 20.0)],
    "elastic weight consolidation": [
        {"method": "ewc", "strength": c} for c in (50.0, 500.0, 5000.0)
    ],
    "random consolidation": [{"method": "random", "strength": c} for c in (50.0, 500.0, 5000.0)],
    "synaptic intelligence": [{"method": "si", "strength": c} for c in (0.1, 1.0, 10.0)],
    "... along the binary path": [{"method": "si_binary", "strength": c} for c in (1.0, 10.0)],
    "memory aware synapses": [{"method": "mas", "strength": c} for c in (0.01, 0.1, 1.0)],
    "beakers": [{"method": "beakers", "strength": 0.005}],
}
labels = [name for name, options in menu.items() for _ in options]
chosen = [replace(base, **options) for settings_of in menu.values() for options in settings_of]
rows = final(run_together(chosen, seeds))
plain = swept[2, 0]

# %%
of = {name: rows[[k for k, label in enumerate(labels) if label == name]] for name in menu}
best = {name: chosen.mean(axis=2).max(axis=0) for name, chosen in of.items()}  # of each seed
numbers = {
    "method": labels,
    "mean": rows.mean(axis=1),
    "deviation": rows.std(axis=1, ddof=1),
    "plain": plain.mean(axis=0),
}
ahead = np.stack([best["memory aware synapses"], best["synaptic intelligence"]])

# %%
record(
    "metaplasticity/x_methods",
    numbers=numbers,
    claims=[
        claim("importance beats chance: elastic over random consolidation at its best strength, mean",
              (best["elastic weight consolidation"] - best["random consolidation"]).mean(), ">", 0.01),
        claim("metaplasticity at its best is within this of elastic weight consolidation at its best",
              (best["elastic weight consolidation"] - best["metaplasticity"]).mean(), "<", 0.08),
        claim("memory aware synapses and synaptic intelligence are ahead of metaplasticity, mean of each, by",
              (ahead - best["metaplasticity"]).mean(axis=1).min(), ">", 0.02),
        claim("random consolidation does as well as metaplasticity: mean difference",
              (best["random consolidation"] - best["metaplasticity"]).mean(), "between", (-0.05, 0.05)),
        claim("damped by another weight's size most of metaplasticity's gain over no protection is left: share of the means",
              (best["... by another's size"] - plain.mean(axis=1)).mean() / (best["metaplasticity"] - plain.mean(axis=1)).mean(), ">", 0.8),
        claim("synaptic intelligence along the hidden path beats the binary path in every seed, by",
              (best["synaptic intelligence"] - best["... along the binary path"]).min(), ">", 0.1),
        claim("metaplasticity beats no protection in every seed, by",
              (best["metaplasticity"] - plain.mean(axis=1)).min(), ">", 0.2),
        claim("the default beaker chain does not help with tasks: gain",
              (best["beakers"] - plain.mean(axis=1)).mean(), "<", 0.05),
    ],
)  # fmt: skip

# %% [markdown]
# Elastic weight consolidation, memory aware synapses and synaptic intelligence keep a lead of a few
# hundredths; random consolidation does as well as metaplasticity, and metaplasticity by the size of another
# weight, which cannot know what is important, nearly as well: the next section asks why. The path integral of synaptic intelligence
# along *binary* weights sees only steps with a flip: a weight that never flips again gets no importance, however
# strongly the loss holds it. Along *hidden* weights its ranking hardly follows their size after 15 epochs and turns
# against it in longer training, as lesson 5 predicts; lesson 9 measures it, and that accuracy hardly suffers.
#
# ## The controls that decide
#
# Metaplasticity raises the mean accuracy. That does not say *why*. The usual reading is: a large hidden
# weight is important, the rule protects it, and no task boundary is needed. Four controls change one thing each:
#
# | control | what is changed | if the reading is right |
# |---|---|---|
# | not told the boundaries | one Adam and one normalisation throughout | the gain remains |
# | another weight's size | each synapse is damped by the size of a fixed other one of its layer | the gain is lost |
# | damped both ways | outward steps are multiplied by $f$ as well | see below |
# | running statistics | tests use averages collected in training, not the test batch | nothing changes |
#
# Damping both ways is learning at the rate of the *uncertainty* of a binary weight (lesson 4), and it has a
# prediction. With $\mathrm dG = \mathrm dW/f$ it is plain descent in the coordinate $G$. The gradient sees
# signs only, and $G$ has the sign of $W$: **a network damped both ways must forget as one without metaplasticity**.
#
# Each control at three widths, three lengths of training and five seeds, at the best of up to three values of
# $m \eta T$. That takes ten minutes, so the table is **stored** (`make full FIG=metaplasticity/x_controls`); one
# of its cells is computed again below.

# %%
stored = tables.read("metaplasticity/x_controls")
assert all(entry.whole for entry in stored.values())


def at_best(groups, change=""):
    return controls.best_accuracy(stored, groups, change)  # (widths, lengths, seeds)


# %%
arms = {
    "plain": at_best([0]),
    "own": at_best([10, 20, 40]),
    "other": at_best([10, 20, 40], ", shuffled"),
    "both": at_best([20], ", symmetric"),
    "untold_plain": at_best([0], ", no boundaries"),
    "untold": at_best([5, 20], ", no boundaries"),
    "running_plain": at_best([0], ", running statistics"),
    "running": at_best([20], ", running statistics"),
    "at_20": at_best([20]),
}
numbers = {"width": controls.WIDTHS, "epochs": controls.LENGTHS}
for name, values in (arms | {"ranking": arms["own"] - arms["other"]}).items():
    numbers[name] = values.mean(axis=-1)
    numbers[f"{name}_error"] = values.std(axis=-1, ddof=1) / np.sqrt(5)

# %%
gain = numbers["own"] - numbers["plain"]
share = (numbers["untold"] - numbers["untold_plain"]) / gain
apart = arms["both"] - arms["plain"]
pooled = np.sqrt(apart.var(axis=-1, ddof=1).mean() / 5)  # standard error of a cell's difference
added = numbers["ranking"][:, 1:]
added_error = np.sqrt(np.sum(numbers["ranking_error"][:, 1:] ** 2)) / added.size
pairs = {"0": ("plain", "running_plain"), "20": ("at_20", "running")}
lost = {m: (arms[a] - arms[b]).mean(axis=-1) for m, (a, b) in pairs.items()}

# %%
record(
    "metaplasticity/x_controls",
    numbers=numbers,
    claims=[
        claim("metaplasticity raises the mean accuracy at each of three widths and lengths: smallest gain", gain.min(), ">", 0.1),
        claim("not told the boundaries it loses most of the gain: largest share that is left, nine cells", share.max(), "<", 0.5),
        claim("... longest training: largest share", share[:, 2].max(), "<", 0.25),
        claim("damped by another weight's size most of the gain is left: smallest share", (1 - numbers["ranking"] / gain).min(), ">", 0.85),
        claim("what the own size adds, 15 and 45 epochs: mean of six cells in standard errors", added.mean() / added_error, ">", 3),
        claim("... is small: mean", added.mean(), "<", 0.04),
        claim("... 5 epochs: mean of three widths", numbers["ranking"][:, 0].mean(), "<", 0.02),
        claim("damped both ways, networks forget as without metaplasticity: largest difference in standard errors, nine cells",
              np.abs(apart.mean(axis=-1)).max() / pooled, "<", 4, kind="agreement"),
        claim("running statistics cost accuracy without metaplasticity: smallest loss", lost["0"].min(), ">", 0.03),
        claim("... and with it, m eta T = 20: smallest loss", lost["20"].min(), ">", 0.03),
        claim("... more than without: mean difference", (lost["20"] - lost["0"]).mean(), ">", 0.01),
    ],
)  # fmt: skip

# %% [markdown]
# * **Boundaries.** Not told, the network keeps less than half of the gain in the shortest training, a tenth or so in the
#   longest. The rule does not ask for boundaries; its benefit does.
# * **Importance.** Damped by another's size, at least nine tenths of the gain are left. The own size adds nothing that can be
#   told from chance in the shortest training, and one to two hundredths in longer ones. With 1024 units and more it
#   adds much (lesson 10).
# * **Uncertainty.** Damped both ways, the networks forget as without metaplasticity, as predicted. What protects is the
#   asymmetry.
# * **Statistics.** Tested with running statistics, networks lose accuracy, with metaplasticity more than without. At full
#   size they cost a metaplastic network nothing (lesson 10).
#
# ## Why another weight's size will do
#
# Two sets of hidden weights are looked at one by one: the quarter that is largest after the first task, and the
# smallest. How many still have their sign three tasks later? The cell of 64 units and 15 epochs, computed here:

# %%
choices = {
    "m = 0": (0, ""),
    "own size": (20, ""),
    "another's size": (20, ", shuffled"),
    "damped both ways": (20, ", symmetric"),
    "not told": (20, ", no boundaries"),
}
runs = [(controls.experiment_of(64, 15, *choice), k) for choice in choices.values() for k in seeds]
ensemble, hidden = Ensemble(runs), []


def keep(ensemble):
    """At the end of a task, keep the hidden weights of the second layer."""
    if ensemble.run.epoch == 0:
        hidden.append(ensemble.network.weights[1].value.copy())


again = np.array([run["matrix"][-1].mean() for run in ensemble.train(after_epoch=keep)])
again = again.reshape(len(choices), len(seeds))
hidden = np.reshape(hidden, (4, len(choices), len(seeds), -1))  # (task, choice, seed, weight)

# %%
size, same = np.abs(hidden[0]), np.sign(hidden[0]) == np.sign(hidden[3])
low, high = np.quantile(size, [0.25, 0.75], axis=-1, keepdims=True)
held = np.array([np.ma.array(same, mask=~part).mean(axis=-1) for part in (size > high, size < low)])
held = np.asarray(held)  # (quarter, choice, seed)
grown = np.abs(hidden).mean(axis=(2, 3))  # (task, choice)
conditions = [controls.condition(*choice) for choice in choices.values()]
kept_before = [stored["controls_64_15"].after(4, name).mean(axis=1) for name in conditions]
spread = np.sqrt((2 * again.var(axis=1, ddof=1) + 4 * np.var(kept_before, axis=1, ddof=1)) / 6)
off = np.abs(again.mean(axis=1) - np.mean(kept_before, axis=1)) / (spread * np.sqrt(1 / 3 + 1 / 5))
both = held[:, 3] - held[:, 0]
step = runs[9][0].metaplasticity * base.learning_rate  # m times the largest step of a weight
allowed = 4 * both.std(axis=-1, ddof=1) / np.sqrt(3) + step

# %%
record(
    "metaplasticity/x_controls_signs",
    numbers={"choice": list(choices), "largest": held[0].mean(axis=1), "smallest": held[1].mean(axis=1),
             "accuracy": again.mean(axis=1), "task": np.arange(1, 5), "size": grown},
    claims=[
        claim("own size: share of signs kept of the largest quarter less that of the smallest, three seeds", (held[0, 1] - held[1, 1]).min(), ">", 0.35),
        claim("... more than without metaplasticity, by", (held[0, 1] - held[0, 0]).min(), ">", 0.1),
        claim("... of the smallest quarter about as many as without metaplasticity: largest difference",
              np.abs(held[1, 1] - held[1, 0]).max(), "<", 0.1),
        claim("another's size: signs kept of the largest quarter are nearly as many, smallest of three seeds", held[0, 2].min(), ">", 0.9),
        claim("... and more of the smallest quarter, in every seed, by", (held[1, 2] - held[1, 1]).min(), ">", 0.05),
        claim("not told the boundaries, signs are kept as when told: largest difference", np.abs(held[:, 4] - held[:, 1]).max(), "<", 0.05),
        claim("... and yet accuracy is lost, in every seed, by", (again[1] - again[4]).min(), ">", 0.15),
        claim("damped both ways, signs are kept as without metaplasticity: largest difference over four standard errors and one "
              "step of m W", np.max(np.abs(both.mean(axis=-1)) / allowed), "<", 1, kind="agreement"),
        claim("the ratchet: growth of mean |W| from first to last task, own size and another's, smaller of the two", (grown[3, 1:3] / grown[0, 1:3]).min(), ">", 4),
        claim("... without metaplasticity and damped both ways, larger of the two", (grown[3, [0, 3]] / grown[0, [0, 3]]).max(), "<", 2.5),
        claim("... another's size grows as far as the own: ratio", grown[3, 2] / grown[3, 1], "between", (0.8, 1.4)),
        claim("mean accuracies of this cell against the stored ones, other seeds: largest difference in standard errors", off.max(), "<", 6, kind="agreement"),
    ],
)  # fmt: skip

# %% [markdown]
# The own size is selective: large weights are held, nearly all, and small ones stay as free as without
# metaplasticity. Another's size holds small ones, too. But the large ones are nearly as safe: they have farthest to
# go, and they are damped by *some* weight that has grown. For the ratchet does not ask for importance: only inward steps
# are damped, so held weights grow with whatever shakes them, sixfold under either rule, and their size tells less and less what the
# first task needed. What the selection saves is room: free weights for later tasks.
#
# Not told the boundaries, the same signs are held, and the accuracy is lost: signs are of use together with the
# scale and shift that they were trained with.
#
# ## What happens if
#
# ... the paper's own $m = 1.35$ is used with these short trainings? Its effect needs steps.


# %%
def draw(ax, epochs):
    chosen = [replace(base, epochs=epochs, metaplasticity=m) for m in (0.0, 1.35)]
    runs, told = run_together(chosen, [seed(0)]), []
    for k, (experiment, (run,)) in enumerate(zip(chosen, runs, strict=True)):
        value = run["matrix"][-1]
        told.append(f"m = {experiment.metaplasticity:g} {value[0]:.2f} and {value[-1]:.2f}")
        ax.bar(np.arange(1, 5) + 0.4 * k - 0.2, value, 0.38, color=(BLACK, BLUE)[k],
               hatch=("", "//")[k], label=f"m = {experiment.metaplasticity:g}")  # fmt: skip
    ax.set(xlabel="task", ylim=(0, 1), xticks=range(1, 5))
    ax.legend(fontsize=6, loc="lower right")
    return "first and last task: " + "; ".join(told)


explore(draw, epochs=[5, 10, 15, 20, 30, 40])

# %% [markdown]
# ## Exercises

# %% [markdown] tags=["exercise"]
# ### Exercise 1: choose a metaplasticity
#
# *paper, 6 minutes, 2 points, difficulty 1 of 3*
#
# Your task has 1000 steps at the learning rate 0.005, `base.learning_rate`, and the sweep says that $m \eta T$ of about 40 is best. Which $m$ do you
# choose? Assign it to `chosen`. How large is a hidden weight that the task pushes steadily, at the end of it? Assign it to `reach`.

# %% tags=["solution"]
reach = base.learning_rate * 1000
chosen = 40 / reach

# %% tags=["check"]
check("metaplasticity-7.1", chosen, reach, tolerance=0.01)

# %% tags=["mistakes"]
mistake("metaplasticity-7.1", 1 / chosen, 2 * reach)
mistake("metaplasticity-7.1", 40 / 1000, ..., hint="the learning rate belongs to the product")

# %% [markdown] tags=["exercise"]
# ### Exercise 2: rigidity begins small
#
# *derivation, 10 minutes, 3 points, difficulty 2 of 3*
#
# `noise.ratchet()` gives the outward drift of a hidden weight under updates of size $g$ without any preference: the right-hand side of its step `"ratchet"`, an expression in
# `g`, `m` and `W`. What is it for small hidden weights? Assign its leading term in `W` to `small`, an expression. How many times faster does the drift become when such a
# hidden weight is three times as large? Assign it to `faster`.

# %% tags=["solution"]
drift = noise.ratchet()["ratchet"].rhs
(size,) = (symbol for symbol in drift.free_symbols if symbol.name == "W")
small = drift.series(size, 0, 3).removeO()
faster = 9
small

# %% tags=["check"]
check("metaplasticity-7.2", small, faster)

# %% tags=["mistakes"]
mistake("metaplasticity-7.2", 2 * small, 81)
mistake("metaplasticity-7.2", drift, 3, hint="expand in W: the first power that does not vanish")

# %% [markdown] tags=["exercise"]
# ### Exercise 3: leave one layer out
#
# *simulation, 15 minutes, 4 points, difficulty 2 of 3*
#
# `metaplasticity` accepts one value a layer. Run `run_experiment(replace(base, metaplasticity=m), seed(0))` for $m$ = (0, 0, 0), (0, 10, 10), (10, 0, 10),
# (10, 10, 0) and (10, 10, 10), and take the mean of the last row of `"matrix"`, the accuracies on all tasks at the end. Where does forgetting happen? Single
# accuracies depend on the last bits of a computer's sums, so judge only what is clear.
#
# Assign the number of the setting that keeps most, counted from 0, to `best`, and to `each_needed` whether leaving out *any* single layer costs more than
# 0.1 of mean accuracy.

# %% tags=["solution"]
layers = [(0, 0, 0), (0, 10, 10), (10, 0, 10), (10, 10, 0), (10, 10, 10)]
averages = [
    run_experiment(replace(base, metaplasticity=m), seed(0))["matrix"][-1].mean() for m in layers
]
# In each of them: one layer that forgets is enough to lose the old tasks.
assert all(averages[-1] > value + 0.1 for value in averages[:-1])
best = int(np.argmax(averages))
each_needed = all(averages[best] - one > 0.1 for one in averages[1:4])
print(np.round(averages, 3))

# %% tags=["check"]
check("metaplasticity-7.3", best, each_needed)

# %% tags=["mistakes"]
mistake("metaplasticity-7.3", 5, ..., hint="count the settings from 0")
mistake(
    "metaplasticity-7.3", ..., False, hint="compare each of the three in the middle with the last"
)

# %% [markdown] tags=["exercise"]
# ### Exercise 4: scales or moments?
#
# *simulation, 12 minutes, 4 points, difficulty 2 of 3*
#
# The network has a normalisation for each task (`task_normalisation`) and a fresh Adam at each (`fresh_optimizer`). Leave out one, then the other, at
# `replace(base, metaplasticity=10.0)`, for every seed in `seeds`, and compare the mean accuracy at the end. Which of the two is needed more? Assign the word "normalisation" or
# "optimizer" to `needed`.

# %% tags=["solution"]
told = replace(base, metaplasticity=10.0)
lacking = {
    name: np.mean([run_experiment(e, k)["matrix"][-1].mean() for k in seeds])
    for name, e in {
        "normalisation": replace(told, task_normalisation=False),
        "optimizer": replace(told, fresh_optimizer=False),
    }.items()
}
needed = min(lacking, key=lacking.get)  # the weights were trained for these scales and shifts
print("mean accuracy without", {name: round(float(value), 3) for name, value in lacking.items()})

# %% tags=["check"]
check("metaplasticity-7.4", needed)

# %% tags=["mistakes"]
mistake("metaplasticity-7.4", "optimizer", hint="the one whose absence costs more is asked for")
mistake("metaplasticity-7.4", "both", hint="compare what the absence of each costs")

# %% [markdown] tags=["exercise"]
# ### Exercise 5: compare two rules fairly
#
# *open, 15 minutes, 5 points, difficulty 3 of 3*
#
# You have two rules of consolidation, each with a strength of its own. Design a comparison that does not depend on which strengths you happened to try, and
# say which controls and how many seeds you need. What would you report besides the mean accuracy at the end? Ten lines at most.
#
# Then judge four statements and assign four truth values to `judged`: (a) what a network of 24 units lacks at the sixth task is learning more than memory; (b) real-valued networks
# gain nothing from the metaplastic factor; (c) one $m$ is best for every length of training; (d) at this size random consolidation is behind metaplasticity by several
# hundredths.

# %% [markdown] tags=["solution"]
# Sweep each strength over a grid that reaches past the best value on both sides, with the same seeds, data and order for all rules; choose the best strength on seeds that are not used to
# report, or report the whole curve of old against new tasks, so that no strength has to be chosen. Controls: no protection, all tasks at once, a uniform strength, the same strengths at random or shuffled. Differences
# are taken pair by pair over the seeds, with their standard error; as many seeds as make it small against the difference that matters. Report the accuracy on each task just after learning and at the end, which
# tell rigidity and forgetting apart, and what a rule must be told: when a task ends, which one is tested.

# %% tags=["solution"]
judged = [True, False, False, False]

# %% tags=["check"]
check("metaplasticity-7.5", judged)

# %% tags=["mistakes"]
mistake(
    "metaplasticity-7.5",
    [True, True, False, False],
    hint="see the section that asks whether it is special to binarized networks",
)
mistake(
    "metaplasticity-7.5",
    [True, False, False, True],
    hint="see the section with methods side by side",
)

# %% [markdown]
# ## References
#
# * A. Laborieux et al., Nature Communications 12:2549 (2021): Figs. 2f and 3.
# * F. Zenke, B. Poole, S. Ganguli, *Continual learning through synaptic intelligence*, ICML (2017).
# * R. Aljundi et al., *Memory aware synapses*, ECCV (2018).
# * M. K. Benna, S. Fusi, *Computational principles of synaptic memory consolidation*, Nat. Neurosci. (2016).
