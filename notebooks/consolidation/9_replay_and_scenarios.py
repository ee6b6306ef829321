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
    ax.plot(shares, replay_errors(shares, 5, 40, **options).mean, color=BLUE)
    top = best_replay_share(5, 40, **options)
    ax.plot(top, replay_errors(top, 5, 40, **options).mean, "o", color=GREEN)
    ax.set(xlabel="share of the weight on stored samples", ylabel="mean squared error")


explore(draw, distance=[0.3, 1.0, 3.0])

# %% [markdown]
# ## Exercises
#
# 1. How many stored samples make the noise of the anchor as small as that of 40 new samples? Assign the number to
#    `enough`. What is the best share then?
# 2. From the accuracy matrix `matrix` below: compute forgetting by both references, by hand. Assign them to
#    `from_maximum` and `from_diagonal`. Why do they differ?
# 3. Two commuting Hessians: assign any `(first, second)` pair of quadratic tasks with a gap of zero to `pair`, other than
#    two equal ones.

# %%
matrix = np.array([[0.9, 0.2, 0.1], [0.95, 0.8, 0.2], [0.7, 0.6, 0.9]])

# %% tags=["solution"]
# 1. As many: 40. Then both means deserve one half.
enough = 40

# %%
assert abs(best_replay_share(enough, 40, distance=0.7, noise=2.0) - 0.5) < 1e-12

# %% tags=["solution"]
# 2. Task 1 was best after task 2, which had helped it.
from_maximum = ((0.95 - 0.7) + (0.8 - 0.6)) / 2
from_diagonal = ((0.9 - 0.7) + (0.8 - 0.6)) / 2

# %%
assert abs(metrics.forgetting(matrix) - from_maximum) < 1e-12
assert abs(metrics.forgetting(matrix, "diagonal") - from_diagonal) < 1e-12

# %% tags=["solution"]
# 3. Any two diagonal ones.
pair = (
    QuadraticLoss(np.diag([1.0, 3.0]), [0.0, 0.0]),
    QuadraticLoss(np.diag([2.0, 0.5]), [1.0, -1.0]),
)

# %%
assert not np.allclose(pair[0].hessian, pair[1].hessian)
assert joint_course(*pair, np.linspace(0, 30, 2000)).gap < 1e-12

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
