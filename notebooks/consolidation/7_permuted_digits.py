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
# # Continual learning on permuted digits
#
# **After this lesson you can** read an accuracy matrix and a stability-plasticity frontier, say which of
# two rules is better without choosing a strength by hand, explain where a penalty must be anchored, and
# say what gating buys and what it asks for.
#
# *20 minutes. Prerequisites: lesson 6.*
#
# Lesson 6 compared rules where everything is exact. Here a small rectifier network learns five tasks in
# turn: the 8 x 8 digits with their pixels permuted, a new permutation each time, one head for all of
# them. Network, optimiser, data and order of the samples are the same in every run. Only the rule that
# protects old tasks differs.
#
# | symbol | name in the code | meaning |
# |---|---|---|
# | $R_{ij}$ | `matrix` | test accuracy on task $j$ when task $i$ was finished |
# | $c$ | `strength` | strength of a penalty $\tfrac c2 \sum_i \Omega_i (\theta_i - \tilde\theta_i)^2$ |
# | $p$ | `strength` of gating | share of hidden units that a task may use |

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
from theory import sweep
from theory.consolidation import (
    Beakers,
    ContinualLearner,
    DigitSequence,
    ElasticConsolidation,
    OutputSensitivity,
    Protection,
    SynapticIntelligence,
    UncertainLearner,
    UniformPenalty,
    permuted_tasks,
    run_digits,
)
from theory.consolidation.derivations import anchors as derivations
from theory.consolidation.published import CIFAR_TRANSFER, PERMUTED_MNIST

use_style()

# %% [markdown]
# ## Derivation: where to anchor the penalty
#
# After the first task EWC is clear. After the second there is a choice: keep a penalty around the end of
# *each* task, or one around the end of the *last* with all importances added up.

# %%
derivations.anchors_of_penalties()

# %% [markdown]
# ## Derivation: what a random gate is worth
#
# Gating does not measure importance at all. Each task may use a random share of the hidden units.

# %%
derivations.overlap_of_gates()

# %% [markdown]
# ## Simulation
#
# Every rule at several strengths, five seeds each. A seed fixes permutations, initial weights and the
# order of the samples, so rules can be compared seed by seed.

# %%
strengths = {
    "none": [0.0], "joint": [0.0],
    "uniform": [0.02, 0.1, 0.3, 0.6], "ewc": [3.0, 10.0, 30.0, 100.0, 300.0],
    "ewc_each": [3.0, 10.0, 30.0, 100.0, 300.0], "ewc_online": [10.0, 30.0, 100.0, 300.0],
    "si": [0.3, 1.0, 3.0, 10.0, 30.0], "mas": [0.01, 0.03, 0.1, 0.3],
    "beakers": [0.002, 0.02, 0.25], "gating": [0.1, 0.2, 0.4, 0.6, 0.8],
    "uncertain": [100.0, 1000.0, 5000.0],
}  # fmt: skip
seeds = list(range(5))
settings = [DigitSequence(rule=rule, strength=c) for rule, cs in strengths.items() for c in cs]
runs = sweep.map(run_digits, sweep.grid(setting=settings, seed=seeds)).values
matrices = {
    (setting.rule, setting.strength): np.array(
        [run.matrix for run in runs[k * len(seeds) : (k + 1) * len(seeds)]]
    )
    for k, setting in enumerate(settings)
}


# %%
def of_rule(rule, measure):
    """One measure of every run of a rule, shape (strengths, seeds)."""
    return np.array([[measure(m) for m in matrices[rule, c]] for c in strengths[rule]])


def final(matrix):
    """Mean accuracy on all tasks at the end."""
    return matrix[-1].mean()


def learned(matrix):
    """Mean accuracy on each task just after learning it: plasticity."""
    return np.diagonal(matrix).mean()


def kept(matrix):
    """Mean accuracy at the end on all tasks but the last: stability."""
    return matrix[-1, :-1].mean()


means = {rule: of_rule(rule, final).mean(axis=1) for rule in strengths}
best = {rule: int(np.argmax(values)) for rule, values in means.items()}
at_best = {rule: of_rule(rule, final)[best[rule]] for rule in strengths}
print("final accuracy at the best strength, mean and standard error of five seeds:")
for rule, values in at_best.items():
    error = values.std(ddof=1) / np.sqrt(len(seeds))
    print(
        f"   {rule:10s} {values.mean():.3f} +- {error:.3f}   strength {strengths[rule][best[rule]]:g}"
    )

# %% [markdown]
# The strengths were chosen with the same five seeds that are shown. That favours every rule that has one
# a little, by less than the standard error.

# %%
names = {"none": "no protection", "uniform": "uniform penalty", "si": "Synaptic Intelligence",
         "mas": "memory aware", "ewc": "EWC", "uncertain": "uncertain weights",
         "beakers": "beakers", "gating": "gating (told the task)", "joint": "all tasks at once"}  # fmt: skip
looks = {"none": ("0.5", "o"), "uniform": (BLACK, "s"), "si": (VERMILION, "^"), "mas": (PINK, "v"),
         "ewc": (GREEN, "D"), "uncertain": (SKY, "P"), "beakers": (ORANGE, "X"),
         "gating": (BLUE, "o"), "joint": (BLACK, "*")}  # fmt: skip


def draw_matrix(ax, rule):
    mean = matrices[rule, strengths[rule][best[rule]]].mean(axis=0)
    shown = np.where(np.tri(5, dtype=bool), mean, np.nan)
    image = ax.imshow(shown, vmin=0.1, vmax=1, cmap="cividis")
    for i in range(5):
        for j in range(i + 1):
            color = "black" if mean[i, j] > 0.6 else "white"
            ax.text(
                j, i, f"{100 * mean[i, j]:.0f}", ha="center", va="center", fontsize=6, color=color
            )
    ax.set_xticks(range(5), range(1, 6))
    ax.set_yticks(range(5), range(1, 6))
    ax.set(title=names[rule].split(" (")[0], xlabel="tested on task")
    return image


figure = plt.figure(figsize=(PAGE, 4.9))
above, below = figure.subfigures(2, 1, height_ratios=[1, 1.6])
axes = list(above.subplots(1, 4, sharey=True))
for ax, rule in zip(axes, ("none", "si", "ewc", "gating"), strict=True):
    draw_matrix(ax, rule)
axes[0].set_ylabel("after learning task")
axes += list(below.subplots(1, 2, width_ratios=[1.25, 1]))
ax = axes[4]
for rule, (color, marker) in looks.items():
    if rule == "joint":
        continue
    x, y = of_rule(rule, learned), of_rule(rule, kept)
    ax.errorbar(x.mean(axis=1), y.mean(axis=1), 2 * y.std(axis=1, ddof=1) / np.sqrt(len(seeds)),
                color=color, marker=marker, markersize=4, linewidth=0.9, linestyle="-",
                elinewidth=0.6)  # fmt: skip
for rule, x, y in (("none", 0.955, 0.355), ("uniform", 0.782, 0.535), ("si", 0.832, 0.602),
                   ("ewc", 0.70, 0.735), ("beakers", 0.82, 0.255), ("uncertain", 0.8, 0.43),
                   ("gating", 0.9, 0.755), ("mas", 0.757, 0.64)):  # fmt: skip
    label = {"none": "none", "si": "SI", "uncertain": "uncertain", "mas": "MAS",
             "uniform": "uniform", "gating": "gating"}.get(rule, names[rule])  # fmt: skip
    ax.text(x, y, label, color=looks[rule][0], fontsize=7)
ax.set(xlabel="accuracy just after learning (plasticity)", xlim=(0.66, 0.985), ylim=(0.2, 0.85),
       ylabel="accuracy kept, tasks 1-4 (stability)")  # fmt: skip
ax = axes[5]
order = sorted(names, key=lambda rule: at_best[rule].mean())
for place, rule in enumerate(order):
    color, marker = looks[rule]
    ax.barh(place, at_best[rule].mean(), color=color, alpha=0.35)
    ax.plot(at_best[rule], np.full(len(seeds), place), "o", color=color, markersize=2.5)
ax.set_yticks(range(len(order)), [names[rule] for rule in order])
ax.axvline(0.1, color=BLACK, linewidth=0.8, linestyle=":")
ax.text(0.115, len(order) - 0.45, "chance", fontsize=6, va="bottom")
ax.set(xlim=(0, 1), ylim=(-0.6, len(order) + 0.1), xlabel="final accuracy, best strength")
label_panels(axes)

gain = {rule: at_best[rule] - at_best["none"] for rule in at_best}
slope = {
    rule: np.diff(of_rule(rule, learned).mean(axis=1)).max()
    for rule in ("uniform", "ewc", "si", "mas")
}
forgetting = {
    rule: of_rule(rule, lambda m: (np.diagonal(m) - m[-1])[:-1].mean()).mean(axis=1)
    for rule in ("uniform", "ewc", "si", "mas")
}
record(
    "consolidation/b14_digits",
    figure,
    data={f"matrix_{rule}": matrices[rule, strengths[rule][best[rule]]].mean(axis=0)
          for rule in ("none", "si", "ewc", "gating")}
    | {f"{what.__name__}_{rule}": of_rule(rule, what).mean(axis=1)
       for rule in looks for what in (learned, kept, final)}
    | {f"best_{rule}": at_best[rule] for rule in looks},
    claims=[
        claim("without protection the first task is forgotten: its final accuracy, best seed",
              matrices["none", 0.0][:, -1, 0].max(), "<", 0.5),
        claim("together the tasks are easy: final accuracy of joint learning, worst seed",
              at_best["joint"].min(), ">", 0.9),
        claim("importance-weighted penalties beat the uniform one, worst of EWC, SI and MAS, mean over "
              "seeds of the difference",
              min((at_best[r] - at_best["uniform"]).mean() for r in ("ewc", "si", "mas")), ">", 0.03),
        claim("EWC beats the uniform penalty in every seed, by", (at_best["ewc"] - at_best["uniform"]).min(),
              ">", 0.0),
        claim("the uniform penalty beats none, mean difference", gain["uniform"].mean(), ">", 0.03),
        claim("stronger penalties forget less: largest rise of forgetting from one strength to the next",
              max(np.diff(f).max() for f in forgetting.values()), "<", 0.01),
        claim("and learn less: largest rise of learned accuracy", max(slope.values()), "<", 0.01),
        claim("slow variables alone do not help: best beakers minus no protection", gain["beakers"].mean(),
              "<", 0.0),
        claim("accumulated uncertainty helps without being told where tasks end, mean gain",
              gain["uncertain"].mean(), ">", 0.02),
        claim("gating, which is told the task, beats EWC, mean difference",
              (at_best["gating"] - at_best["ewc"]).mean(), ">", 0.03),
        claim("and is far from joint learning, mean difference",
              (at_best["joint"] - at_best["gating"]).mean(), ">", 0.1),
    ],
    alt="Top: accuracy matrices of five tasks. Without protection only the task just learned is good; with "
    "Synaptic Intelligence and EWC older tasks keep more, with gating most. Bottom left: accuracy kept "
    "against accuracy just after learning, a curve for each rule as its strength grows; importance-"
    "weighted penalties lie above the uniform one, gating above all, beakers below no protection. Bottom "
    "right: final accuracies at the best strength, from beakers over no protection and penalties to "
    "gating and joint learning, with five seeds as dots.",
)  # fmt: skip

# %% [markdown]
# Three things to see. A penalty moves a network *along* a frontier: it forgets less and learns less.
# Knowing which weights matter moves the frontier itself. And the beaker chain, best of all models in
# lesson 3, is worse than nothing here: it cannot tell a memory from noise, and what it holds back is a
# mixture of tasks.
#
# ## Each task its anchor?
#
# The derivation says that separate anchors count the first task twice. On quadratic losses that is
# exact, in the network it should show as first tasks kept well and middle ones less.

# %%
online = [of_rule(rule, final) for rule in ("ewc", "ewc_each", "ewc_online")]
shared = 30.0
by_task = {rule: matrices[rule, shared][:, -1] for rule in ("ewc", "ewc_each")}
first_share = np.linspace(0.05, 0.95, 19)  # curvature of the first task; the second's is the rest


def weights_in_result(share, each):
    """Weights of the first and second of three optima in the result, learned one after the other.

    The third task has curvature 1; every minimum is a mean weighted by curvatures.
    """
    curvature, first = np.array([share, 1 - share]), np.array([1.0, 0.0])
    second = curvature  # one task and one penalty, curvatures sum to one
    if each:
        return (curvature[0] * first + curvature[1] * second) / 2
    return second / 2


weights_each, weights_last = (
    np.transpose([weights_in_result(share, each) for share in first_share])
    for each in (True, False)
)
doubled = np.array([first_share * (2 - first_share), (1 - first_share) ** 2]) / 2  # as derived
figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.5))
ax = axes[0]
for row, color in ((0, BLUE), (1, VERMILION)):
    ax.plot(first_share, weights_last[row], color=color, linestyle="-")
    ax.plot(first_share, weights_each[row], color=color, linestyle="--")
ax.text(0.96, 0.53, "first task", color=BLUE, fontsize=7, ha="right")
ax.text(0.05, 0.53, "second task", color=VERMILION, fontsize=7)
ax.text(0.05, 0.63, "solid: one anchor\ndashed: an anchor each", fontsize=7)
ax.set(
    xlabel="curvature of the first task, A / (A + B)", ylabel="weight in the result", ylim=(0, 0.75)
)
ax = axes[1]
place = np.arange(1, 6)
for values, color, style, marker in zip(
    by_task.values(), (GREEN, ORANGE), ("-", "--"), "Ds", strict=True
):
    error = values.std(axis=0, ddof=1) / np.sqrt(len(seeds))
    ax.errorbar(place, values.mean(axis=0), 2 * error, color=color, linestyle=style, marker=marker)
ax.text(1.1, 0.43, "an anchor each", color="#B07800", fontsize=7)
ax.text(3.6, 0.84, "one anchor", color=GREEN, fontsize=7)
ax.set(xlabel="task", ylabel=f"final accuracy, strength {shared:g}", xticks=place, ylim=(0.4, 0.9))
ax = axes[2]
for rule, values, color, style, marker in zip(
    ("ewc", "ewc_each", "ewc_online"),
    online,
    (GREEN, ORANGE, PINK),
    ("-", "--", ":"),
    "Dso",
    strict=True,
):
    error = values.std(axis=1, ddof=1) / np.sqrt(len(seeds))
    ax.errorbar(
        strengths[rule], values.mean(axis=1), 2 * error, color=color, linestyle=style, marker=marker
    )
ax.text(100, 0.755, "online, decay 1/2", color=PINK, fontsize=7, ha="center")
ax.text(5.5, 0.655, "one", color=GREEN, fontsize=7, ha="right")
ax.text(25, 0.598, "each", color="#B07800", fontsize=7, ha="center")
ax.set(
    xscale="log", xlabel="strength $c$", ylabel="final accuracy, mean of tasks", ylim=(0.52, 0.78)
)
label_panels(axes)

extra = by_task["ewc_each"] - by_task["ewc"]
record(
    "consolidation/x_ewc_anchors",
    figure,
    data={"first_curvature": first_share, "weight_first_each": weights_each[0],
          "weight_second_each": weights_each[1], "task": place,
          "final_one": by_task["ewc"].mean(axis=0), "final_each": by_task["ewc_each"].mean(axis=0),
          "strength": strengths["ewc"], "mean_one": online[0].mean(axis=1),
          "mean_each": online[1].mean(axis=1), "strength_online": strengths["ewc_online"],
          "mean_online": online[2].mean(axis=1)},
    claims=[
        claim("quadratic tasks learned in turn against the derived weights: largest gap",
              np.abs(weights_each - doubled).max(), "<", 1e-12),
        claim("A = B: the first weighs this many times the second",
              weights_each[0][9] / weights_each[1][9], "between", (2.9, 3.1)),
        claim("network: an anchor each keeps more of the first task, mean of five seeds",
              extra[:, 0].mean(), ">", 0.0),
        claim("at the cost of the second and third", extra[:, 1:3].mean(), "<", -0.02),
        claim("one anchor is the better choice at this strength, mean over tasks and seeds",
              -extra.mean(), ">", 0.01),
    ],
    alt="Left: weights of the first and second of three quadratic tasks in the result, exact with one "
    "anchor, too large for the first and too small for the second with an anchor each. Middle: final "
    "accuracy of five tasks with EWC; an anchor each keeps more of the first and less of the next ones. "
    "Right: mean final accuracy against strength; one anchor lies above an anchor each, and online EWC "
    "with a decay of one half is as good at larger strength.",
)  # fmt: skip

# %% [markdown]
# ## Gates
#
# The derivation predicts that what is learned for one task acts on another with strength $p$. Hidden
# activities of an untrained layer show it directly; the trained network shows the price.

# %%
rng = figure_rng("consolidation/x_gating")
tasks = permuted_tasks(2, seed=0)
hidden, repeats = 400, 200
layer = rng.standard_normal((64, hidden)) / 8
one, other = (np.maximum(task.train_images[:300].mean(axis=0) @ layer, 0) for task in tasks)
shares = np.array([0.1, 0.25, 0.5, 0.75, 1.0])
measured = np.zeros((len(shares), repeats))
for k, p in enumerate(shares):
    gates = rng.random((2, repeats, hidden)) < p
    between = (gates[0] * one * gates[1] * other).sum(axis=1)
    within = (gates[0] * one * other).sum(axis=1)
    measured[k] = between / within.mean()
error = measured.std(axis=1, ddof=1) / np.sqrt(repeats)

figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.5))
ax = axes[0]
ax.plot([0, 1], [0, 1], color=BLACK, linewidth=0.8, linestyle="-")
ax.errorbar(shares, measured.mean(axis=1), 2 * error, fmt="o", color=BLUE)
ax.text(0.62, 0.47, "prediction: $p$", fontsize=7)
ax.set(xlabel="share of units a task may use $p$", ylabel="overlap between tasks")
ax = axes[1]
for measure, color, style, marker, label, spot in (
    (learned, BLUE, "-", "o", "just after learning", (0.55, 0.955)),
    (kept, VERMILION, "--", "s", "tasks 1-4 at the end", (0.56, 0.5)),
):
    values = np.vstack([of_rule("gating", measure), of_rule("none", measure)])
    spread = values.std(axis=1, ddof=1) / np.sqrt(len(seeds))
    ax.errorbar([*strengths["gating"], 1.0], values.mean(axis=1), 2 * spread, color=color,
                linestyle=style, marker=marker)  # fmt: skip
    ax.text(*spot, label, color=color, fontsize=7, ha="center" if spot[1] > 0.9 else "right")
ax.set(xlabel="share of units a task may use $p$", ylabel="accuracy", ylim=(0.3, 1.02))
label_panels(axes)
record(
    "consolidation/x_gating",
    figure,
    data={"share": shares, "overlap": measured.mean(axis=1), "error": error,
          "trained_share": [*strengths["gating"], 1.0],
          "learned": [*of_rule("gating", learned).mean(axis=1), *of_rule("none", learned).mean(axis=1)],
          "kept": [*of_rule("gating", kept).mean(axis=1), *of_rule("none", kept).mean(axis=1)]},
    claims=[
        claim("overlap against p: mean squared deviation in standard errors",
              np.mean(((measured.mean(axis=1) - shares)[:-1] / error[:-1]) ** 2), "<", 4),
        claim("few units: accuracy just after learning is lost, largest share minus smallest",
              of_rule("gating", learned).mean(axis=1)[-1] - of_rule("gating", learned).mean(axis=1)[0],
              ">", 0.1),
        claim("many units: old tasks are lost, best share minus no gates",
              of_rule("gating", kept).mean(axis=1).max() - of_rule("none", kept).mean(), ">", 0.2),
        claim("so the best share lies inside: where most is kept",
              strengths["gating"][int(np.argmax(of_rule("gating", kept).mean(axis=1)))],
              "between", (0.15, 0.65)),
    ],
    alt="Left: overlap between two tasks' hidden activities against the share of units each may use; dots "
    "lie on the diagonal. Right: accuracy just after learning rises with the share, accuracy on old tasks "
    "at the end has its maximum near 0.4 and falls to that without gates.",
)  # fmt: skip

# %% [markdown]
# ## The published size
#
# How does it look with spare capacity? The authors of Synaptic Intelligence published their accuracies on
# ten permutations of MNIST with 2000 units a layer, and on parts of CIFAR. They are *their* numbers,
# drawn here as reference points beside our small network. Nothing was trained at that size.

# %%
seen = {c: np.array([[m[i, : i + 1].mean() for i in range(5)] for m in matrices["si", c]])
        for c in (1.0, 10.0)}  # fmt: skip
seen[0.0] = np.array([[m[i, : i + 1].mean() for i in range(5)] for m in matrices["none", 0.0]])
figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.7), width_ratios=[1, 1.1])
ax = axes[0]
for c, shade in ((0.0, "0.55"), (0.01, "0.4"), (0.1, "0.15")):
    ax.plot(range(1, 11), PERMUTED_MNIST[c], "x--", color=shade, markersize=4, linewidth=0.8)
    ax.text(10.15, PERMUTED_MNIST[c][-1], f"{c:g}", color=shade, fontsize=7, va="center")
for c, color, marker in ((0.0, "0.5", "o"), (1.0, ORANGE, "^"), (10.0, VERMILION, "^")):
    error = seen[c].std(axis=0, ddof=1) / np.sqrt(len(seeds))
    ax.errorbar(
        range(1, 6), seen[c].mean(axis=0), 2 * error, color=color, marker=marker, linestyle="-"
    )
ax.text(5.2, seen[10.0].mean(axis=0)[-1] + 0.01, "10", color=VERMILION, fontsize=7)
ax.text(5.2, seen[1.0].mean(axis=0)[-1] - 0.01, "1", color="#B07800", fontsize=7)
ax.text(5.2, seen[0.0].mean(axis=0)[-1] - 0.05, "0", color="0.4", fontsize=7)
ax.text(
    1, 0.385, "circles, triangles: ours, digits\ncrosses: published, MNIST", fontsize=7, va="bottom"
)
ax.set(xlabel="tasks learned", ylabel="mean accuracy on tasks seen", ylim=(0.37, 1.03), xlim=(0.5, 11.3),
       xticks=range(1, 11))  # fmt: skip
ax = axes[1]
for k, ((label, values), shade) in enumerate(
    zip(CIFAR_TRANSFER.items(), ("0.8", "0.6", "0.35", "white"), strict=True)
):
    ax.bar(np.arange(1, 7) + 0.2 * (k - 1.5), values, 0.18, color=shade, edgecolor=BLACK, linewidth=0.5,
           label=label)  # fmt: skip
ax.legend(ncols=4, fontsize=6.5, loc="upper center", handlelength=0.9, columnspacing=0.8)
ax.set(xlabel="task", ylabel="accuracy after all six (published)", ylim=(0, 1))
label_panels(axes)

loss_of_ours = seen[0.0][:, -1], seen[10.0][:, -1]
record(
    "consolidation/b14_stored",
    figure,
    data={"tasks": np.arange(1, 6), **{f"ours_{c:g}": v.mean(axis=0) for c, v in seen.items()},
          "published_tasks": np.arange(1, 11),
          **{f"published_{c:g}": PERMUTED_MNIST[c] for c in (0.0, 0.01, 0.1)},
          "cifar_task": np.arange(1, 7),
          **{f"published_cifar_{k}": v for k, v in zip(("0", "0.01", "0.1", "scratch"),
                                                       CIFAR_TRANSFER.values(), strict=True)}},
    claims=[
        claim("our network: Synaptic Intelligence keeps more after five tasks, mean difference",
              (loss_of_ours[1] - loss_of_ours[0]).mean(), ">", 0.08),
        claim("but far less than the published network: published accuracy minus ours after five tasks",
              PERMUTED_MNIST[0.1][4] - loss_of_ours[1].mean(), ">", 0.2),
    ],
    alt="Left: mean accuracy over tasks seen. Published curves on permuted MNIST: from 0.98 down to 0.57 "
    "after ten tasks without protection, 0.92 and 0.97 with Synaptic Intelligence. Ours on digits: down "
    "to 0.5 after five tasks without, 0.65 with protection. Right: published accuracies on six CIFAR "
    "tasks after learning all; without protection the early tasks are low.",
)  # fmt: skip

# %% [markdown]
# The published network keeps ten tasks at a strength where ours has little left after five: 17 000
# weights leave no room beside five tasks of this kind.
#
# ## What happens if
#
# ... the two tasks care about other directions than the axes? Two quadratic tasks: losses on both as the
# strength of the penalty grows, for a first task whose valley is turned by an angle.


# %%
def draw(ax, degrees):
    turn = np.deg2rad(degrees)
    axis = np.array([np.cos(turn), np.sin(turn)])
    curvature = 4 * np.outer(axis, axis) + 0.05 * np.eye(2)
    goal, grid = np.array([1.0, 1.0]), np.geomspace(1e-3, 1e3, 60)
    penalties = {"full": curvature, "diagonal": np.diag(np.diag(curvature)), "uniform": np.eye(2)}
    for (name, omega), color, style in zip(
        penalties.items(), (GREEN, VERMILION, BLACK), ("-", "--", ":"), strict=True
    ):
        ends = [np.linalg.solve(np.eye(2) + c * omega, goal) for c in grid]
        old = [0.5 * end @ curvature @ end for end in ends]
        new = [0.5 * np.sum((end - goal) ** 2) for end in ends]
        ax.plot(new, old, color=color, linestyle=style, label=name)
    ax.set(xlabel="loss on the new task", ylabel="loss on the old task")
    ax.legend(fontsize=6)


explore(draw, degrees=[0, 20, 45])

# %% [markdown]
# ## Exercises
#
# 1. Three quadratic tasks of equal curvature, an anchor each: which shares of the result have they?
# 2. Which rules of this lesson must be told where a task ends, and which must be told the task at test?
# 3. From the accuracy matrix of unprotected learning: how much accuracy does one further task cost the
#    task just before it?

# %% tags=["solution"]
# 1. A = B = C: (1 + 1/2)/3, (1/2)/3 and 1/3.
shares_each = np.array([1.5, 0.5, 1.0]) / 3

# %%
theta_two = 0.5 * (1 + 0)  # optima 1, 0, 0: what is left is the first task's share
assert abs((1 + theta_two + 0) / 3 - shares_each[0]) < 1e-12
assert abs(shares_each.sum() - 1) < 1e-12

# %% tags=["solution"]
# 2. Penalties act at the end of each task. Gating needs the task also at test. Beakers and uncertain
# weights need neither: their learners do nothing at a boundary.
penalties = (UniformPenalty, ElasticConsolidation, SynapticIntelligence, OutputSensitivity)
acts_at_boundary = {
    rule: rule.end_task is not Protection.end_task for rule in (*penalties, Beakers)
}

# %%
assert [rule for rule, acts in acts_at_boundary.items() if not acts] == [Beakers]
assert UncertainLearner.begin_task is not ContinualLearner.begin_task  # no fresh moments, no gates

# %% tags=["solution"]
# 3. The diagonal minus the entry below it.
plain = matrices["none", 0.0].mean(axis=0)
cost = np.mean([plain[i, i] - plain[i + 1, i] for i in range(4)])

# %%
assert 0.1 < cost < 0.6

# %% [markdown]
# ## References
#
# * J. Kirkpatrick et al., *Overcoming catastrophic forgetting in neural networks* (2017); F. Huszar (2017).
# * F. Zenke, B. Poole, S. Ganguli, *Continual learning through synaptic intelligence* (2017), with the
#   accuracies stored in its code.
# * R. Aljundi et al., *Memory aware synapses* (2018).
# * N. Masse, G. Grant, D. Freedman, *Alleviating catastrophic forgetting using context-dependent gating*
#   (2018).
# * F. Zenke, A. Laborieux, *Theories of synaptic memory consolidation and intelligent plasticity for
#   continual learning* (2024). Which figures it shows is UNKNOWN here.
