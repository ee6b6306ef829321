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
# # Replay, scenarios and the stability gap
#
# **After this lesson you can** say what a few stored samples are worth and with which weight to replay them;
# tell task-, domain- and class-incremental learning apart and name the one in which penalties fail; define
# forgetting, backward and forward transfer; and explain why an old task suffers even while it is being
# rehearsed.
#
# *25 minutes. Prerequisites: lessons 6 and 7.*
#
# Lesson 7 protected old tasks by penalties and gates. The brain, and ten lines of code, have another way:
# keep some episodes in a fast store and repeat them while the slow network learns something new. In the
# theory of *complementary learning systems* the hippocampus is the store and the cortex the network.
#
# | symbol | name in the code | meaning |
# |---|---|---|
# | $n$ | `stored` | samples kept of an old task |
# | $r$ | `share` | share of the weight that lies on the stored samples |
# | $D$ | `distance` | distance of the optima of both tasks, a direction |
# | $R_{ij}$ | `matrix` | accuracy on task $j$ when task $i$ was finished |

# %%
import numpy as np
import sympy as sp

from classroom import check, mistake
from figures.kit import BLUE, GREEN, claim, explore, figure_rng, record, seed, use_style
from theory import sweep
from theory.continual import (
    ContinualExperiment,
    QuadraticLoss,
    best_replay_share,
    descend,
    joint_course,
    metrics,
    replay_errors,
    run_continual,
    simulate_replay,
)
from theory.continual.derivations import replay as derivations
from theory.continual.derivations import stability_gap as gap_derivations

use_style()

# %% [markdown]
# ## By hand
#
# Two tasks, each to learn one number. The old one is 0, the new one 1; a sample errs by 1. Four old samples
# were kept, their mean errs by $1/\sqrt 4 = 0.5$. Many new ones say 1 quite exactly. Half of the weight on
# each gives $0.5 \pm 0.25$: half a unit away from both, and a quarter of noise. With one stored sample the noise
# would be a half. Fewer samples, more noise in the anchor; that is all, where losses are quadratic.
#
# ## Derivation

# %%
derivations.noisy_anchor()

# %% [markdown]
# A quadratic penalty with the exact curvature is the same anchor without the noise. So in *this* world replay
# can never beat EWC. Whatever replay gains in a network it gains because the penalty is not exact there.
#
# ## Simulation
#
# 300 numbers at once are learned by descent from a reservoir of stored samples. Then the network of lesson 7 learns
# its five permutations with 1 to 100 stored images a task; beside it a network that is trained on the
# stored images *alone*, at the end and for as many steps: what the store knows without the network.

# %%
rng = figure_rng("consolidation/x_replay")
setting = {"distance": 1.0, "noise": 1.5}
kept, new = np.array([1, 2, 5, 10, 30, 100]), 40
simulated = {}
for name, shares in (("half", np.full(len(kept), 0.5)),
                     ("best", best_replay_share(kept, new, **setting))):  # fmt: skip
    runs = [simulate_replay(r, int(n), new, directions=300, rng=rng, old_samples=400, **setting)
            for r, n in zip(shares, kept, strict=True)]  # fmt: skip
    values = np.array([(old + recent) / 2 for old, recent in runs])
    simulated[name] = values.mean(axis=1), values.std(axis=1, ddof=1) / np.sqrt(300)
fine = np.geomspace(1, 400, 60)
half = replay_errors(0.5, fine, new, **setting).mean
best_share = best_replay_share(fine, new, **setting)
best = replay_errors(best_share, fine, new, **setting).mean
anchor = replay_errors(best_share[-1], 400, new, **setting).mean
wanted = {
    "half": replay_errors(0.5, kept, new, **setting).mean,
    "best": replay_errors(best_replay_share(kept, new, **setting), kept, new, **setting).mean,
}

# %%
seeds = [seed(k) for k in range(5)]
stored = [1, 3, 10, 30, 100]
runs_of = {
    **{("replay", n): ContinualExperiment(replay=n) for n in stored},
    **{("store", n): ContinualExperiment(rule="store", replay=n) for n in stored},
    ("none", 0): ContinualExperiment(),
    ("ewc", 0): ContinualExperiment(rule="ewc", strength=30.0),
    ("joint", 0): ContinualExperiment(rule="joint"),
}


def trained(settings):
    """Runs of settings, five seeds each: a dictionary of lists."""
    # Measured at the ends of tasks, after 12 epochs each, and before all training.
    grid = sweep.grid(setting=list(settings.values()), seed=seeds, measure_every=[12])
    runs = sweep.map(run_continual, grid).values
    return {name: runs[5 * k : 5 * k + 5] for k, name in enumerate(settings)}


def final(runs):
    return np.array([run.final.mean() for run in runs])


digits = trained(runs_of)
accuracy = {name: final(runs) for name, runs in digits.items()}

# %%
replayed = np.array([accuracy["replay", n] for n in stored])
alone = np.array([accuracy["store", n] for n in stored])
deviation = {name: (simulated[name][0] - wanted[name]) / simulated[name][1] for name in wanted}
numbers = {
    "fine": fine, "half": half, "best": best, "best_share": best_share, "anchor": anchor,
    "kept": kept, "half_seen": simulated["half"][0], "half_error": simulated["half"][1],
    "best_seen": simulated["best"][0], "best_error": simulated["best"][1],
    "stored": stored, "replay": replayed, "store": alone,
    **{name: accuracy[name, 0] for name in ("none", "ewc", "joint")},
}  # fmt: skip

# %%
record(
    "consolidation/x_replay",
    numbers=numbers,
    claims=[
        # Twelve deviations of means of 300: normal; the bound is passed once in a thousand times.
        claim("simulated replay against the expected errors: largest of 12 deviations in standard errors",
              max(np.abs(d).max() for d in deviation.values()), "<", 4.0, kind="agreement"),
        claim("exact world: replay never beats the anchor of all samples, smallest error over it",
              best[:-1].min() / anchor, ">", 1.0),
        claim("one stored sample: error with half of the weight over error with the best weight",
              half[0] / best[0], ">", 1.2),
        claim("network: every step in the number of stored images helps, smallest gain, mean of five seeds",
              np.diff(replayed.mean(axis=1)).min(), ">", 0.02),
        claim("30 images a task beat EWC: mean gain", (accuracy["replay", 30] -
              accuracy["ewc", 0]).mean(), ">", 0.05),
        claim("100 images a task come near learning all at once: what is missing, mean",
              (accuracy["joint", 0] - accuracy["replay", 100]).mean(), "<", 0.1),
        claim("the network knows more than its store: replay minus store alone, 10 images a task, mean",
              (accuracy["replay", 10] - accuracy["store", 10]).mean(), ">", 0.05),
    ],
)  # fmt: skip

# %% [markdown]
# So the ten-line baseline beats the penalties and gates of lesson 7 as soon as a few dozen images may be kept. It is
# the first thing to compare a new method with. What it asks for is different: room for data, and
# permission to keep it.
#
# ## Three scenarios
#
# Permuted digits hide a distinction that matters more than the method. The same ten digits, two classes a task:
#
# * **task-incremental**: at test the task is told, its own head answers;
# * **domain-incremental**: one head says "first or second class", for every task;
# * **class-incremental**: one head for all ten classes, nothing is told.
#
# One number does not tell them apart either. With $R_{ij}$ the accuracy on task $j$ after task $i$ of $T$, and $b_j$
# that of the untrained network:
#
# | measure | definition | asks |
# |---|---|---|
# | average accuracy | $\tfrac1T \sum_j R_{Tj}$ | what is known at the end? |
# | plasticity | $\tfrac1T \sum_j R_{jj}$ | can it still learn? |
# | backward transfer | $\tfrac1{T-1} \sum_{j<T} (R_{Tj} - R_{jj})$ | what did later tasks do to earlier ones? |
# | forgetting, from the maximum | $\tfrac1{T-1} \sum_{j<T} (\max_{i<T} R_{ij} - R_{Tj})$ | how far below its best? |
# | forgetting, from the diagonal | minus backward transfer | how far below the day it was learned? |
# | forward transfer | $\tfrac1{T-1} \sum_{j>1} (R_{j-1,j} - b_j)$ | do earlier tasks help later ones? |

# %%
grid = {
    "none": [("none", 0.0, 0)],
    "ewc": [("ewc", c, 0) for c in (30.0, 300.0, 3000.0)],
    "si": [("si", c, 0) for c in (1.0, 30.0)],
    "replay": [("none", 0.0, 20)],
    "store": [("store", 0.0, 20)],
    "joint": [("joint", 0.0, 0)],
}
scenarios = ("task", "domain", "class")
settings = {
    (scenario, name, k): ContinualExperiment(rule=rule, strength=c, replay=n, scenario=scenario)
    for scenario in scenarios
    for name, options in grid.items()
    for k, (rule, c, n) in enumerate(options)
}
by_scenario = trained(settings)


# %%
def at_best(scenario, name):
    """Runs of a rule at its best strength for the scenario."""
    options = [by_scenario[scenario, name, k] for k in range(len(grid[name]))]
    return max(options, key=lambda runs: final(runs).mean())


chosen = {(s, name): at_best(s, name) for s in scenarios for name in grid}
finals = {key: final(runs) for key, runs in chosen.items()}
learned = {
    key: np.array([run.learning_accuracy for run in runs])
    for key, runs in chosen.items()
    if key[1] not in ("store", "joint")
}
# One head of two classes is right by chance half of the time, also where the head is told.
chance = {"task": 0.5, "domain": 0.5, "class": 0.1}
measures = {
    "average accuracy": lambda run: metrics.average_accuracy(run.matrix),
    "plasticity": lambda run: run.learning_accuracy,
    "backward transfer": lambda run: run.backward_transfer,
    "forgetting (maximum)": lambda run: run.forgetting(),
    "forward transfer": lambda run: run.forward_transfer(),
}
print("means of five seeds:  ", *measures, sep="   ")
for scenario in ("domain", "class"):
    for name in ("none", "ewc", "replay"):
        row = [np.mean([of(run) for run in chosen[scenario, name]]) for of in measures.values()]
        print(f"{scenario:7s} {name:7s}", *(f"{value:18.3f}" for value in row))

# %%
record(
    "consolidation/x_scenarios",
    numbers={
        "scenario": scenarios, "chance": [chance[s] for s in scenarios],
        **{f"{name}_final": np.array([finals[s, name] for s in scenarios]) for name in grid},
        **{f"{name}_learned": np.array([learned[s, name] for s in scenarios])
           for name in ("none", "ewc", "si", "replay")},
    },
    claims=[
        claim("task told: without any protection little is lost, mean accuracy",
              finals["task", "none"].mean(), ">", 0.85),
        claim("class-incremental: without protection only the last two classes are known, mean accuracy",
              finals["class", "none"].mean(), "between", (0.17, 0.23)),
        claim("class-incremental: Synaptic Intelligence does not help, mean gain",
              (finals["class", "si"] - finals["class", "none"]).mean(), "<", 0.15),
        claim("class-incremental: best EWC is far from replay of 20 images a task, mean difference",
              (finals["class", "replay"] - finals["class", "ewc"]).mean(), ">", 0.15),
        claim("domain-incremental lies between: loss without protection, over that of class-incremental",
              (1 - finals["domain", "none"].mean()) / (1 - finals["class", "none"].mean()), "<", 0.6),
        claim("class-incremental: a network trained on the store alone is as good as replay, mean lead of replay",
              (finals["class", "replay"] - finals["class", "store"]).mean(), "<", 0.02),
        claim("what strong penalties pay with in class-incremental learning: accuracy just after learning, none "
              "minus EWC", (learned["class", "none"] - learned["class", "ewc"]).mean(), ">", 0.1),
    ],
)  # fmt: skip

# %% [markdown]
# A penalty compares parameters with their own past. In class-incremental learning the question is *which of ten
# outputs is largest*, and no old image is there to say that the new outputs should stay small. That is why penalties
# fail exactly there. The store alone is a sobering control: on this small problem it is as good as replay in the
# class-incremental scenario, and much worse on permuted digits, where the network has something to keep.
#
# ## The stability gap
#
# Replay *everything*: old and new loss are learned jointly, nothing is missing. The old loss must rise to its final value;
# does it rise above?

# %%
gap_derivations.no_gap()

# %% [markdown]
# So it takes directions that mix. Two tasks that even share an optimum:

# %%
gap_derivations.mixing_directions()

# %%
first = QuadraticLoss([[2.0, 0.0], [0.0, 0.02]], [0.0, 0.0])
second = QuadraticLoss([[1.0, 0.8], [0.8, 1.0]], [0.3, 1.0])
times = np.linspace(0, 12, 241)
flow = joint_course(first, second, times)
newton = joint_course(first, second, times, preconditioned=True)
total = first.hessian + second.hessian
optimum = np.linalg.solve(total, second.hessian @ second.optimum)
joint, rate = QuadraticLoss(total, optimum), 0.02
path = descend(joint, first.optimum, learning_rate=rate, steps=600).path
course = joint_course(first, second, rate * np.arange(601))
fine_path = descend(joint, first.optimum, learning_rate=rate / 2, steps=1200).path[::2]
euler = np.abs(first(path) - first(fine_path)).max()  # half of the error of the step

# %%
switching = {
    "replay": ContinualExperiment(replay=2000, tasks=2, epochs=6, learning_rate=3e-3),
    "none": ContinualExperiment(tasks=2, epochs=6, learning_rate=3e-3),
}
curves = {}
for name, options in switching.items():
    runs = [run_continual(options, s, measure_steps=2) for s in seeds]
    curves[name] = np.array([run.curves[run.after_task[0] :, 0] for run in runs])
steps = np.array(runs[0].steps[runs[0].after_task[0] :]) - runs[0].steps[runs[0].after_task[0]]
until = steps <= 60
dips = curves["replay"][:, :1] - curves["replay"][:, until].min(axis=1, keepdims=True)

# %%
ticks = np.linspace(-0.4, 1.2, 41)
plane = np.stack(np.meshgrid(ticks, ticks), axis=-1)
record(
    "consolidation/x_stability_gap",
    numbers={
        "axis": ticks, "first_loss": first(plane), "second_loss": second(plane), "path": path[::10],
        "joint": optimum, "time": times, "flow": flow.old, "newton": newton.old, "final": flow.final,
        "descent_time": rate * np.arange(0, 601, 20), "descent": first(path)[::20], "step": steps[until],
        "replay": curves["replay"][:, until].T, "none": curves["none"][:, until].T,
    },
    claims=[
        claim("the old loss overshoots on the exact joint loss: largest over final value",
              flow.old.max() / flow.final, ">", 1.5),
        claim("preconditioned it does not: largest minus final value", newton.old.max() - newton.final, "<=",
              1e-12),
        claim("descent against the course of the flow: largest difference over that of half the step",
              np.abs(first(path) - course.old).max() / euler, "<", 2.2, kind="agreement"),
        claim("network that replays all old images: fall of the old task within 60 steps, mean of five seeds",
              dips.mean(), ">", 0.02),
        claim("... and recovery: mean at the end of the second task less the start",
              (curves["replay"][:, -1] - curves["replay"][:, 0]).mean(), ">", -0.02),
        claim("without replay it does not recover, mean at the end below the start by",
              (curves["none"][:, 0] - curves["none"][:, -1]).mean(), ">", 0.1),
    ],
)  # fmt: skip

# %% [markdown]
# The gap is not a lack of data. It is the path: the first steps follow the new gradient, since the old one vanishes at
# the old optimum, and that gradient points through directions which the old task feels. Evaluated once a task, as in
# most tables, it is invisible.
#
# ## Your own data, scenario and method
#
# Anything with finite features is data, anything with the hooks of `Protection` a method; the rest is shared.

# %%
from theory.continual import (
    ContinualLearner,
    Protection,
    Replay,
    feature_task,
    run_sequence,
    split_tasks,
)
from theory.mlp import multilayer_perceptron


class Shrinking(Protection):
    def before_update(self, gradients):
        for values, gradient in zip(self.parameters, gradients, strict=True):
            gradient += 1e-3 * values


labels = np.arange(400) % 4
features = 2 * np.eye(4)[labels] + rng.standard_normal((400, 4))
tasks = split_tasks(feature_task(features, labels), 2, "class").tasks
network = multilayer_perceptron((4, 30, 4), rng, normalize=False)
learner = Replay(ContinualLearner(network, Shrinking(), 1e-2), per_task=10, rng=rng)
run = run_sequence(learner, tasks, epochs=20, batch=32, rng=rng)
print(run.matrix.round(2), f"forgetting {run.forgetting():.2f}")

# %% [markdown]
# ## What happens if
#
# ... the prototypes of both tasks lie closer together, or farther apart? Mean error against the share, for five
# stored samples; the dot is the best share.


# %%
def draw(ax, distance):
    shares = np.linspace(0, 1, 80)
    options = {"distance": distance, "noise": 1.5}
    errors = replay_errors(shares, 5, 40, **options).mean
    ax.plot(shares, errors, color=BLUE)
    top = best_replay_share(5, 40, **options)
    best = replay_errors(top, 5, 40, **options).mean
    ax.plot(top, best, "o", color=GREEN)
    ax.set(xlabel="share of the weight on stored samples", ylabel="mean squared error")
    return f"best share {float(top):.2f}, mean squared error {float(best):.3g}; with none {errors[0]:.3g}"


explore(draw, distance=[0.3, 0.6, 1.0, 1.5, 2.0, 3.0])

# %% [markdown]
# ## Exercises

# %%
example_matrix = np.array([[0.9, 0.2, 0.1], [0.95, 0.8, 0.2], [0.7, 0.6, 0.9]])

# %% [markdown] tags=["exercise"]
# ### Exercise 1: how much is a stored sample worth?
#
# *paper, 10 minutes, 3 points, difficulty 1 of 3*
#
# The anchor of replay is a mean of $n$ stored samples, the new task's a mean of $N = 40$ samples; a sample has the variance $v$.
# How many stored samples make both means equally noisy, and which share of the weight do they then deserve? Now let
# *all* old samples be kept ($n \to \infty$), with $D = 1$ and $v = 2.25$: which share is best, and why is it not one half?
#
# Assign `enough`, `share_then` and `share_of_all`.

# %% tags=["solution"]
# As many as there are new ones; nothing then distinguishes the tasks. A memory without noise deserves more than half, since the
# new samples are noisy, too: (1/2 + v/N) / (1 + v/N).
enough, share_then = 40, 1 / 2
share_of_all = (1 / 2 + 2.25 / 40) / (1 + 2.25 / 40)

assert abs(best_replay_share(enough, 40, distance=0.7, noise=2.0) - share_then) < 1e-12
assert abs(best_replay_share(1e12, 40, distance=1.0, noise=1.5) - share_of_all) < 1e-9

# %% tags=["check"]
check("consolidation-9.1", enough, share_then, share_of_all)

# %% tags=["mistakes"]
mistake("consolidation-9.1", np.sqrt(40), 1.0, 1 / 2,
        hint="compare variances of means; and the new samples are noisy as well")  # fmt: skip
mistake("consolidation-9.1", ..., ..., 1.0, hint="then nothing would be learned of the new task")

# %% [markdown] tags=["exercise"]
# ### Exercise 2: the price of one half
#
# *derivation, 20 minutes, 5 points, difficulty 2 of 3*
#
# Many programs give stored and new samples the same weight, $r = 1/2$. What does that cost? Take the mean error "in full" and the
# "best share" from `anchor_steps = derivations.noisy_anchor()` and find by how much the error at $r = 1/2$ exceeds the
# smallest one. For which number of stored samples does it cost nothing? And how large is the extra error for one stored
# sample, $D = 1$, $v = 2.25$, $N = 40$?
#
# Assign to `price` an expression in `D`, `v`, `n` and `N`, to `price_of_one` the number, and to `free_at` an expression
# in `N`.

# %% tags=["solution"]
anchor_steps = derivations.noisy_anchor()
mean_error, best_at = anchor_steps["in full"].rhs, anchor_steps["best share"].rhs
letter = {s.name: s for s in mean_error.free_symbols | best_at.free_symbols}
r, kept_samples, new_samples = letter["r"], letter["n"], letter["N"]
price = sp.factor(mean_error.subs(r, sp.Rational(1, 2)) - mean_error.subs(r, best_at))
case = {letter["D"]: 1, letter["v"]: sp.Rational(9, 4), kept_samples: 1, new_samples: 40}
price_of_one = float(price.subs(case))
free_at = new_samples

# A parabola: its curvature times the squared distance from the best share, v^2 (1/n - 1/N)^2 / (4 (D^2 + v/n + v/N)).
assert sp.simplify(price.subs(kept_samples, free_at)) == 0
at_half = replay_errors(0.5, 1, 40, distance=1.0, noise=1.5).mean
at_best_share = best_replay_share(1, 40, distance=1.0, noise=1.5)
at_least = replay_errors(at_best_share, 1, 40, distance=1.0, noise=1.5).mean
assert abs(at_half - at_least - price_of_one) < 1e-12
price

# %% tags=["check"]
check("consolidation-9.2", price, price_of_one, free_at)

# %% tags=["mistakes"]
mistake("consolidation-9.2", mean_error.subs(r, sp.Rational(1, 2)), at_half, ...,
        hint="subtract the smallest error")  # fmt: skip
mistake("consolidation-9.2", -price, 4 * price_of_one, new_samples / 2,
        hint="it costs nothing where the best share is one half")  # fmt: skip

# %% [markdown] tags=["exercise"]
# ### Exercise 3: two kinds of forgetting
#
# *paper, 10 minutes, 3 points, difficulty 1 of 3*
#
# From `example_matrix` above, rows: after which task, columns: on which task, compute by hand forgetting from the maximum, forgetting from the
# diagonal, and backward transfer, each a mean over all tasks but the last. Why do the first two differ, and can the
# second be the larger one?
#
# Assign `from_maximum`, `from_diagonal` and `backward`.

# %% tags=["solution"]
# Task 1 was best after task 2, which had helped it. The maximum includes the diagonal, so it is never below it.
from_maximum = ((0.95 - 0.7) + (0.8 - 0.6)) / 2
from_diagonal = ((0.9 - 0.7) + (0.8 - 0.6)) / 2
backward = -from_diagonal

assert abs(metrics.forgetting(example_matrix) - from_maximum) < 1e-12
assert abs(metrics.forgetting(example_matrix, "diagonal") - from_diagonal) < 1e-12
assert abs(metrics.backward_transfer(example_matrix) - backward) < 1e-12

# %% tags=["check"]
check("consolidation-9.3", from_maximum, from_diagonal, backward)

# %% tags=["mistakes"]
mistake("consolidation-9.3", (0.25 + 0.2 + 0) / 3, (0.2 + 0.2 + 0) / 3, from_diagonal,
        hint="the last task has had no time to be forgotten; and mind the sign")  # fmt: skip
mistake("consolidation-9.3", from_diagonal, from_maximum, ...,
        hint="which of them takes the best accuracy of all times before?")  # fmt: skip

# %% [markdown] tags=["exercise"]
# ### Exercise 4: turn a task until there is a gap
#
# *simulation, 25 minutes, 6 points, difficulty 2 of 3*
#
# The old task: `QuadraticLoss(np.diag([2.0, 0.02]), [0.0, 0.0])`. The new one has the optimum $(1, 0)$ and the Hessian
# $R\, \mathrm{diag}(1.8, 0.2)\, R^\top$, $R$ the rotation by an angle. For angles of 0, 5, ..., 175 degrees compute the gap,
# `joint_course(old, new, np.linspace(0, 80, 2001)).gap`. At which angle is it largest, and how large is it over the final old
# loss (`.final`) there? At which two angles do both Hessians commute? Is there a gap at these? And
# how large is the gap with `preconditioned=True` at the worst angle?
#
# Assign to `worst_angles` an array of the *two* angles with the largest gap, the smaller first; to `relative_gap` the
# ratio; to `quiet_angles` the two commuting ones, the smaller first; and to `preconditioned_gap` the last gap.

# %% tags=["solution"]
old_task, long_times = QuadraticLoss(np.diag([2.0, 0.02]), [0.0, 0.0]), np.linspace(0, 80, 2001)


def turned_task(degrees):
    turn = np.deg2rad(degrees)
    rotation = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    turned = rotation @ np.diag([1.8, 0.2]) @ rotation.T
    return QuadraticLoss((turned + turned.T) / 2, [1.0, 0.0])


degrees_tried = np.arange(0, 180, 5)
turned_courses = [joint_course(old_task, turned_task(d), long_times) for d in degrees_tried]
gaps_seen = np.array([turned_course.gap for turned_course in turned_courses])
worst_angles = np.sort(degrees_tried[np.argsort(gaps_seen)[-2:]])
worst_one = turned_courses[gaps_seen.argmax()]
relative_gap = worst_one.gap / worst_one.final
quiet_angles = np.array([0, 90])
straight = joint_course(old_task, turned_task(worst_angles[0]), long_times, preconditioned=True)
preconditioned_gap = straight.gap

# Mirror images: the old Hessian and the way are symmetric. Where the Hessians commute nothing mixes.
assert worst_angles.sum() == 180 and gaps_seen[[0, 18]].max() < 1e-9

# %% tags=["check"]
check("consolidation-9.4", worst_angles, relative_gap, quiet_angles, preconditioned_gap)

# %% tags=["mistakes"]
mistake("consolidation-9.4", [45, 135], worst_one.gap, [0, 180], worst_one.gap,
        hint="compare all angles; over the final loss; and a turn by 180 degrees is none")  # fmt: skip
mistake("consolidation-9.4", worst_angles[::-1], 1 / relative_gap, ..., ...)

# %% [markdown] tags=["exercise"]
# ### Exercise 5: a method, a scenario, a claim
#
# *open, 20 minutes, 6 points, difficulty 3 of 3*
#
# "Our regulariser reaches 94 % on split digits, without any stored data." Which five questions do you ask, and which controls from this
# lesson must the paper show? Think of scenarios, of what is told at test, of baselines, of measures, and of when accuracy is
# measured. Ten lines at most.
#
# Then judge, and assign five truth values to `right_to_say`: (a) with the task told at test, an unprotected network loses
# little on split digits; (b) in class-incremental learning, Synaptic Intelligence comes close to replay of 20 images a task;
# (c) if replay of a store is no better than a network trained on the store alone, then replay made no use of
# what the network had kept; (d) replay of *all* old data removes the stability gap; (e) in a world of quadratic losses,
# replay of a finite store can be better than a penalty with the exact curvature.

# %% [markdown] tags=["solution"]
# *Which scenario?* With the task told at test 94 % is what no protection reaches (a): a head of two classes answers, and
# the hidden layer is shared. *What is told* in training? *Which baselines*: none, joint learning, replay of a few images,
# and the store alone. *Which measure*, and forgetting from which reference; how many seeds; were strengths chosen on the data that
# are reported? *When* was it measured: only after each task, where the stability gap cannot be seen? And *at which cost*: a
# regulariser stores weights and importances, often more numbers than a few dozen images have. (a) true, (b) false: a penalty
# cannot compare outputs that were never trained together; (c) true: that control is there for this; (d) false:
# the gap lies in the path, not in the data; (e) false: a finite store is the same anchor with noise.

# %% tags=["solution"]
right_to_say = [True, False, True, False, False]

shares_tried = np.linspace(0, 1, 201)
noisy, noiseless = (
    replay_errors(shares_tried, stored_samples, 40, distance=1.0, noise=1.5).mean.min()
    for stored_samples in (30, 1e12)
)
assert noisy > noiseless  # (e)
everything = joint_course(
    QuadraticLoss([[2.0, 0.0], [0.0, 0.02]], [0.0, 0.0]),
    QuadraticLoss([[1.0, 0.8], [0.8, 1.0]], [0.3, 1.0]), np.linspace(0, 12, 241),
)  # fmt: skip
assert everything.gap > 0.1 * everything.final  # (d)

# %% tags=["check"]
check("consolidation-9.5", right_to_say)

# %% tags=["mistakes"]
mistake("consolidation-9.5", [True, True, True, False, False],
        hint="look at the third scenario in the figure")  # fmt: skip
mistake("consolidation-9.5", [True, False, True, True, False],
        hint="what was replayed in the figure of the stability gap?")  # fmt: skip
mistake("consolidation-9.5", [True, False, True, False, True],
        hint="what is replay, compared with the penalty, in the derivation?")  # fmt: skip

# %% [markdown]
# ## References
#
# * J. McClelland, B. McNaughton, R. O'Reilly, *Why there are complementary learning systems* (1995).
# * D. Lopez-Paz, M. Ranzato, *Gradient episodic memory* (2017): backward and forward transfer. A. Chaudhry et al.,
#   *Riemannian walk* (2018): forgetting from the maximum.
# * G. van de Ven, A. Tolias, *Three scenarios for continual learning* (2019).
# * M. De Lange, G. van de Ven, T. Tuytelaars, *Continual evaluation for lifelong learning: identifying the stability
#   gap* (2023); T. Hess, T. Tuytelaars, G. van de Ven, arXiv 2311.04898 (2023).
# * A. Prabhu et al., *GDumb* (2020): training on the store alone.
