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
# # From forgetting to rigidity
#
# **After this lesson you can** choose the metaplasticity of a network from the length of its training,
# say what limits the number of tasks it can hold, and compare methods of consolidation by what they
# keep and by what they can still learn.
#
# *30 minutes. Prerequisites: lesson 6.*
#
# Small $m$ forgets, large $m$ stops learning. Where is the optimum, what moves it, and which of it is
# special to binarized networks? Runs on permuted 8 x 8 digits take a second, so a sweep is cheap.

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
    PINK,
    SKY,
    VERMILION,
    claim,
    explore,
    label_panels,
    record,
    use_style,
)
from theory import sweep
from theory.bnn import run_experiment, settings
from theory.metaplasticity import consolidation_gain
from theory.metaplasticity.derivations import noise

use_style()
seeds = (0, 1, 2)
train_images = 1438


def run_all(experiments):
    """Run each experiment with every seed; values[experiment][seed]."""
    flat = sweep.map(run_experiment, sweep.grid(experiment=experiments, seed=seeds)).values
    return [flat[k * len(seeds) : (k + 1) * len(seeds)] for k in range(len(experiments))]


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
# $m \eta T$. So curves for trainings of different length should **fall together when drawn against
# $m \eta T$**, with retention setting in where $R$ exceeds 1 for the most consolidated weights.

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
histogram = (6.0, 1200)  # of the hidden weights, for the comparison below
steps = {length: length * (train_images // base.batch) for length in lengths}
experiments = [
    replace(
        base,
        epochs=length,
        histogram=histogram if length == base.epochs else None,
        metaplasticity=float(group / (base.learning_rate * steps[length])),
    )
    for length in lengths
    for group in groups
]
sweep_rows = run_all(experiments)
swept = final(sweep_rows).reshape(len(lengths), len(groups), len(seeds), 4)

# %%
figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.6), sharey=True)
position = np.where(groups == 0, 2.5, groups)
quantities = {
    "first task, at the end": swept[..., 0],
    "last task": swept[..., 3],
    "mean of four tasks": swept.mean(axis=-1),
}
looks = ((ORANGE, "o", ":"), (VERMILION, "s", "--"), (BLUE, "D", "-"))
for ax, (name, values) in zip(axes, quantities.items(), strict=True):
    for length, of_length, (colour, marker, style) in zip(lengths, values, looks, strict=True):
        label = f"{steps[length]} steps a task"
        ax.errorbar(position, of_length.mean(axis=1), of_length.std(axis=1, ddof=1), color=colour,
                    marker=marker, linestyle=style, capsize=2, label=label)  # fmt: skip
    ax.axhline(0.1, color="0.6", linewidth=0.8, linestyle=":")
    ax.set(xscale="log", ylim=(0, 1), xlabel=r"$m \eta T$")
    ax.set_xticks(position, [f"{g}" for g in groups], minor=False)
    ax.minorticks_off()
    ax.set_title(name)
axes[0].set_ylabel("test accuracy")
axes[2].legend(loc="lower right", bbox_to_anchor=(1.0, 0.12), fontsize=6)
axes[1].text(2.5, 0.12, "chance", fontsize=6, color="0.4")
label_panels(axes)

first, last, mean = (values.mean(axis=2) for values in quantities.values())
spread_at = np.abs(first[0] - first[2])[groups >= 5].mean()
# The alternative: interpolate the longest training's curve at equal m instead of equal m eta T.
ratio = steps[lengths[2]] / steps[lengths[0]]
at_equal_m = np.interp(np.log(groups[1:] * ratio), np.log(groups[1:]), first[2][1:])
record(
    "metaplasticity/x_metaplasticity_sweep",
    figure,
    data={"m_eta_T": groups}
    | {f"first_{n}_epochs": first[k] for k, n in enumerate(lengths)}
    | {f"last_{n}_epochs": last[k] for k, n in enumerate(lengths)}
    | {f"mean_{n}_epochs": mean[k] for k, n in enumerate(lengths)},
    claims=[
        claim("forgetting: first task without metaplasticity, largest of all", first[:, 0].max(), "<", 0.3),
        claim("retention: mean accuracy gained at m eta T = 40, smallest of three lengths",
              (mean[:, 4] - mean[:, 0]).min(), ">", 0.12),
        claim("rigidity: last task at m eta T = 160 against 0, smallest loss",
              (last[:, 0] - last[:, 6]).min(), ">", 0.2),
        claim("the best m eta T lies between 20 and 80 for every length: number of lengths",
              np.sum(np.isin(groups[mean.argmax(axis=1)], (20, 40, 80))), "==", len(lengths)),
        claim("retention at equal m eta T differs between shortest and longest training by, on average",
              spread_at, "<", 0.15),
        claim("... which is less than at equal m, by a factor of",
              np.abs(first[0][1:] - at_equal_m).mean() / spread_at, ">", 1.5),
    ],
    alt="Three panels against m eta T on a logarithmic scale, each with three curves for short, middle "
    "and long training that nearly coincide. Accuracy on the first task rises from 0.15 to 0.95, on the "
    "last task it falls from 0.96 to about 0.6; the mean has a maximum near 40.",
)  # fmt: skip

# %% [markdown]
# The optimum on this network lies near $m \eta T = 40$; the paper's networks, which are up to 32 times
# wider, run at 144 to 225. A wide network can afford to be held more firmly, because it has unused
# synapses left.
#
# ## Is it special to binarized networks?
#
# The control network has the same sizes, real weights and rectifiers, and the same rule. The finding
# recalled from the paper is that metaplasticity does not help it. **Here it does**, about as much as the
# binarized one, once $m$ is in range. The right panel says why a single range of $m$ can suggest the
# opposite: what counts is $m |w|$, and the weights of the control are several times smaller.

# %%
longest = [k for k, e in enumerate(experiments) if e.epochs == base.epochs]
metaplasticities = tuple(experiments[k].metaplasticity for k in longest)
pair = {True: [sweep_rows[k] for k in longest],
        False: run_all([replace(experiments[k], binary=False) for k in longest])}  # fmt: skip
binarized, real = final(pair[True]), final(pair[False])
centres = np.abs((np.arange(histogram[1]) + 0.5) / histogram[1] * 2 - 1) * histogram[0]


def mean_size(rows):
    """Mean |weight| of the second layer at the end, over the seeds."""
    density = np.array([[run["histograms"][-1, 1] for run in row] for row in rows]).mean(axis=1)
    return np.sum(density * centres, axis=1) / np.sum(density, axis=1)


# %%
shown = (0, 3, 4, 5, 6)
figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.7), width_ratios=[1.2, 1, 1])
ax, tasks = axes[0], np.arange(1, 5)
palette = (BLACK, ORANGE, VERMILION, BLUE, GREEN)
for k, colour, marker in zip(shown, palette, "osD^v", strict=True):
    ax.errorbar(tasks + 0.05 * (k - 3), real[k].mean(axis=0), real[k].std(axis=0, ddof=1), color=colour,
                marker=marker, capsize=2, linestyle="-", label=f"m = {metaplasticities[k]:.3g}")  # fmt: skip
ax.axhline(0.1, color="0.6", linewidth=0.8, linestyle=":")
ax.text(1, 0.02, "chance", fontsize=6, color="0.4")
ax.set(xlabel="task", ylabel="final test accuracy", ylim=(0, 1), xticks=tasks)
ax.set_title("real-valued network")
ax.legend(loc="lower right", fontsize=6)
ax = axes[1]
axis = np.array(metaplasticities)
for values, colour, style, marker, name in ((binarized, BLUE, "-", "o", "binarized"),
                                            (real, VERMILION, "--", "s", "real")):  # fmt: skip
    average = values.mean(axis=2)
    ax.errorbar(np.maximum(axis, 1), average.mean(axis=1), average.std(axis=1, ddof=1), color=colour,
                marker=marker, linestyle=style, capsize=2, label=name)  # fmt: skip
ax.set(xscale="log", xlabel="m", ylim=(0, 1))
ax.set_xticks([1, 3, 10, 30, 80], ["0", "3", "10", "30", "80"])
ax.minorticks_off()
ax.set_title("mean of four tasks")
ax.legend(loc="lower right")
ax = axes[2]
sizes = {"binarized": mean_size(pair[True]), "real": mean_size(pair[False])}
for (name, size), colour, style, marker in zip(
    sizes.items(), (BLUE, VERMILION), ("-", "--"), "os", strict=True
):
    ax.plot(axis[1:], axis[1:] * size[1:], color=colour, linestyle=style, marker=marker)
    ax.text(axis[-1], axis[-1] * size[-1] * 1.35, name, color=colour, ha="right", fontsize=7)
ax.axhline(1, color="0.6", linewidth=0.8, linestyle=":")
ax.set(xscale="log", yscale="log", xlabel="m", ylim=(0.05, 400))
ax.set_xticks([3, 10, 30, 80], ["3", "10", "30", "80"])
ax.xaxis.minorticks_off()
ax.set_title(r"$m$ times mean $|w|$, layer 2")
label_panels(axes)

gain_real = real.mean(axis=2) - real.mean(axis=2)[0]
gain_binary = binarized.mean(axis=2) - binarized.mean(axis=2)[0]
record(
    "metaplasticity/fig2f",
    figure,
    data={"m": axis, "real_T": real.mean(axis=1), "real_sd_T": real.std(axis=1, ddof=1),
          "binarized_T": binarized.mean(axis=1), "mean_size_binarized": sizes["binarized"],
          "mean_size_real": sizes["real"]},
    claims=[
        claim("the real-valued network forgets the first task, too: final accuracy without metaplasticity",
              real[0, :, 0].max(), "<", 0.35),
        claim("other than recalled from the paper, metaplasticity raises its mean accuracy, in every "
              "seed, by", gain_real.max(axis=0).min(), ">", 0.2),
        claim("the binarized network gains in every seed", gain_binary.max(axis=0).min(), ">", 0.2),
        claim("real weights are smaller without metaplasticity: ratio of mean sizes",
              sizes["binarized"][0] / sizes["real"][0], ">", 1.2),
    ],
    alt="Left: final accuracy of the real-valued network on four tasks; it rises with m for the old "
    "tasks. Middle: mean accuracy against m for binarized and real networks; both rise from 0.45 to "
    "above 0.75, the real one at larger m. Right: m times the mean weight; the real network's lies below.",
)  # fmt: skip

# %% [markdown]
# ## Width and the number of tasks
#
# Six tasks on networks of four widths: metaplastic, with elastic weight consolidation, and trained on
# one, three or six tasks at once (interleaved).

# %%
widths = (24, 48, 96, 192)
sequential = {"metaplastic, m = 10": {"metaplasticity": 10.0},
              "elastic weight consolidation": {"method": "ewc", "strength": 500.0}}  # fmt: skip
seen = {}
for name, options in sequential.items():
    rows = run_all([settings.network_size(width, **options) for width in widths])
    matrices = np.array([[run["matrix"] for run in row] for row in rows])
    seen[name] = np.stack([matrices[..., n, : n + 1].mean(axis=-1) for n in range(6)], axis=-1)
    if name.startswith("meta"):
        learned = np.diagonal(matrices, axis1=2, axis2=3)
        kept = matrices[:, :, -1]

# %%
counts = (1, 3, 6)
for name, m in (("interleaved, m = 0", 0.0), ("interleaved, m = 10", 10.0)):
    at_once = [settings.network_size(w, metaplasticity=m, interleaved=True) for w in widths]
    at_once = [replace(e, tasks=replace(e.tasks, count=n)) for e in at_once for n in counts]
    seen[name] = np.array([[run["matrix"][-1].mean() for run in row] for row in run_all(at_once)])
    seen[name] = seen[name].reshape(len(widths), len(counts), len(seeds)).swapaxes(1, 2)

# %%
figure, axes = plt.subplots(1, 4, figsize=(PAGE, 2.5), sharex=True, sharey=True)
for ax, (name, values) in zip(axes, seen.items(), strict=True):
    number = np.arange(1, 7) if values.shape[-1] == 6 else np.array(counts)
    for k, (colour, marker) in enumerate(
        zip((ORANGE, VERMILION, BLUE, BLACK), "osD^", strict=True)
    ):
        ax.errorbar(number, values[k].mean(axis=0), values[k].std(axis=0, ddof=1), color=colour,
                    marker=marker, markersize=3, capsize=1.5, linestyle="-", label=f"{widths[k]} units")  # fmt: skip
    ax.set(xlabel="number of tasks", xticks=range(1, 7), ylim=(0.4, 1))
    ax.set_title(name, fontsize=7)
axes[0].set_ylabel("mean test accuracy")
axes[0].legend(loc="lower left", fontsize=6)
label_panels(axes)
for ax in axes:
    ax.set_title(ax.get_title("left"), loc="left", fontsize=6.5)

end = {name: values[:, :, -1] for name, values in seen.items()}
metaplastic = end["metaplastic, m = 10"]
forgotten, unlearned = learned - kept, learned[:, :, :1] - learned
record(
    "metaplasticity/fig3a_d",
    figure,
    data={"width": widths} | {
        f"{name}_{part}": getattr(values, part)(axis=1)
        for name, values in seen.items() for part in ("mean", "std")
    },
    claims=[
        claim("larger metaplastic networks hold more: mean accuracy after six tasks, smallest gain from "
              "one width to the next", np.diff(metaplastic.mean(axis=1)).min(), ">", 0.02),
        claim("the widest above the narrowest in every seed, by", (metaplastic[3] - metaplastic[0]).min(), ">", 0.1),
        claim("what a narrow network lacks is learning: accuracy lost on new tasks, 24 units, task 6 "
              "against task 1", unlearned[0, :, 5].mean(), ">", 0.3),
        claim("... and not forgetting: largest mean loss of a task learned before, 24 units",
              forgotten[0, :, 1:5].mean(axis=0).max(), "<", 0.3),
        claim("elastic weight consolidation ends within this distance of metaplasticity, mean over widths",
              abs((end["elastic weight consolidation"] - metaplastic).mean()), "<", 0.06),
        claim("interleaved training is not hurt by metaplasticity: mean gain",
              (end["interleaved, m = 10"] - end["interleaved, m = 0"]).mean(), ">", -0.02),
    ],
    alt="Four panels of mean accuracy against the number of tasks for networks of 24 to 192 units. For "
    "metaplasticity and for elastic weight consolidation it falls with the number of tasks, the slower "
    "the wider the network. So does interleaved training, from 0.9 on one task to 0.6 to 0.8 on six.",
)  # fmt: skip

# %% [markdown]
# Interleaved training is the paper's reference. Here it sees no task label, neither in training nor in
# its normalisation, while sequential training keeps one normalisation a task. With three tasks it is
# ahead; with six the wide sequential networks reach as much: it is no upper bound at this size.
#
# ## Methods side by side
#
# Every method trades keeping against learning, by its strength. Four tasks; up is keeping the first,
# right is learning the last.

# %%
menu = {
    "metaplasticity": [{"metaplasticity": m} for m in (5.0, 10.0, 20.0)],
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
rows = final(run_all([replace(base, **options) for chosen in menu.values() for options in chosen]))
plain = swept[2, 0]

# %%
figure, ax = plt.subplots(figsize=(PAGE, 3.1))
palette = (BLUE, VERMILION, ORANGE, GREEN, SKY, PINK, "0.5")
best = {}
for name, colour, marker in zip(menu, palette, "oDsv^P<", strict=True):
    chosen = rows[[k for k, label in enumerate(labels) if label == name]]
    best[name] = chosen.mean(axis=2).max(axis=0)  # the best strength for each seed
    x, y = chosen[:, :, 3], chosen[:, :, 0]
    ax.errorbar(x.mean(axis=1), y.mean(axis=1), y.std(axis=1, ddof=1), x.std(axis=1, ddof=1), color=colour,
                marker=marker, linestyle="-", linewidth=0.9, elinewidth=0.5,
                label=f"{name}, best mean {chosen.mean(axis=(1, 2)).max():.2f}")  # fmt: skip
ax.plot(plain[:, 3].mean(), plain[:, 0].mean(), "x", color=BLACK, markersize=7,
        label=f"no protection, mean {plain.mean():.2f}")  # fmt: skip
ax.set(
    xlabel="last task learned: accuracy",
    ylabel="first task kept: accuracy",
    xlim=(0.55, 1),
    ylim=(0, 1),
)
ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5), fontsize=6.5)

none = plain.mean(axis=1)
record(
    "metaplasticity/x_methods",
    figure,
    data={"method": np.array(labels), "mean_T": rows.mean(axis=1), "sd_T": rows.std(axis=1, ddof=1)},
    claims=[
        claim("importance beats chance: elastic over random consolidation at its best strength, mean",
              (best["elastic weight consolidation"] - best["random consolidation"]).mean(), ">", 0.0),
        claim("metaplasticity at its best is within this of elastic weight consolidation at its best",
              (best["elastic weight consolidation"] - best["metaplasticity"]).mean(), "<", 0.08),
        claim("synaptic intelligence along the hidden path beats the binary path in every seed, by",
              (best["synaptic intelligence"] - best["... along the binary path"]).min(), ">", 0.1),
        claim("metaplasticity beats no protection in every seed, by", (best["metaplasticity"] - none).min(), ">", 0.2),
        claim("the default beaker chain does not help with tasks: gain", (best["beakers"] - none).mean(), "<", 0.1),
    ],
    alt="First task kept against last task learned for seven methods at several strengths. Memory aware "
    "synapses, synaptic intelligence and elastic weight consolidation lie closest to the upper right corner, "
    "random consolidation and metaplasticity below; beakers stay near the unprotected network.",
)  # fmt: skip

# %% [markdown]
# The methods that are told the task boundaries keep a lead of a few hundredths, memory aware synapses and
# synaptic intelligence the largest. The path integral of synaptic intelligence along *binary* weights sees only steps with a flip: a
# weight that never flips again gets no importance, however strongly the loss holds it.
#
# ## What happens if
#
# ... the paper's own $m = 1.35$ is used with these short trainings? Its effect needs steps.


# %%
def draw(ax, epochs):
    chosen = [replace(base, epochs=epochs, metaplasticity=m) for m in (0.0, 1.35)]
    for k, experiment in enumerate(chosen):
        value = run_experiment(experiment, 0)["matrix"][-1]
        ax.bar(np.arange(1, 5) + 0.4 * k - 0.2, value, 0.38, color=(ORANGE, BLUE)[k],
               hatch=("", "//")[k], label=f"m = {experiment.metaplasticity:g}")  # fmt: skip
    ax.set(xlabel="task", ylim=(0, 1), xticks=range(1, 5))
    ax.legend(fontsize=6, loc="lower right")


explore(draw, epochs=[5, 20, 40])

# %% [markdown]
# ## Exercises
#
# 1. Which $m$ would you choose for this network and 1000 steps a task?
# 2. `metaplasticity` accepts one value a layer. Leave one of the three layers out: where does forgetting
#    happen?
# 3. Without task-wise normalisation (`task_normalisation=False`), how much of the retention is left?

# %% tags=["solution"]
# 1. m eta T of about 40.
print("m =", 40 / (base.learning_rate * 1000))

# %% tags=["solution"]
# 2. In each of them: one layer that forgets is enough to lose the old tasks.
kept_layers = {"none": (0, 0, 0), "all but the first": (0, 10, 10), "all but the second": (10, 0, 10),
               "all but the last": (10, 10, 0), "all": (10, 10, 10)}  # fmt: skip
average = {
    name: run_experiment(replace(base, metaplasticity=m), 0)["matrix"][-1].mean()
    for name, m in kept_layers.items()
}
print({name: round(float(value), 3) for name, value in average.items()})

# %%
assert all(average["all"] > value + 0.1 for name, value in average.items() if name != "all")

# %% tags=["solution"]
# 3. Scales and shifts are only a few numbers, but the weights were trained for them.
shared = replace(base, metaplasticity=10.0, task_normalisation=False)
without, with_states = (
    np.mean([run_experiment(e, seed)["matrix"][-1].mean() for seed in seeds])
    for e in (shared, replace(shared, task_normalisation=True))
)
print(f"mean accuracy {with_states:.3f} with, {without:.3f} without task-wise normalisation")

# %%
assert without < with_states

# %% [markdown]
# ## References
#
# * A. Laborieux et al., Nature Communications 12:2549 (2021): Figs. 2f and 3.
# * F. Zenke, B. Poole, S. Ganguli, *Continual learning through synaptic intelligence*, ICML (2017).
# * R. Aljundi et al., *Memory aware synapses*, ECCV (2018).
# * M. K. Benna, S. Fusi, *Computational principles of synaptic memory consolidation*, Nat. Neurosci. (2016).
