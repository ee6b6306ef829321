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
# # Intelligent plasticity
#
# **After this lesson you can** name the exact solution of learning tasks in turn and say what elastic
# weight consolidation, Synaptic Intelligence and uncertain weights each keep of it, and what lies between a diagonal
# and all of it; compute what a path integral measures; and say why a synapse that only ever consolidates ends up frozen.
#
# *25 minutes. Prerequisites: lesson 1, Gaussian distributions, gradient descent.*
#
# Many time scales alone do not tell an important memory from noise. In a network that learns one task
# after another there is more to know: by how much the loss of old tasks would rise if a weight changed.
# Near an optimum that is the **curvature**, and for quadratic losses everything can be done exactly.
#
# | symbol | name in the code | meaning |
# |---|---|---|
# | $F$ | `precision` | Fisher matrix, the curvature of a task's loss |
# | $\Omega_i$ | `importance` | importance of a parameter, penalty $\sum_i \Omega_i (\theta_i - \tilde\theta_i)^2$ |
# | $\omega_i$ | `integral` | path integral of minus gradient times change |
# | $\sigma$ | `deviation` | uncertainty of a weight, the internal state of the synapse |
# | $N$ | `window` | memory window in steps |

# %%
import numpy as np
import sympy as sp

from classroom import check, mistake
from figures.kit import BLACK, VERMILION, claim, explore, figure_rng, record, seed, use_style
from theory.consolidation import (
    BeakerChain,
    LinearTask,
    TaggingModel,
    cascade,
    chain_modes,
    elastic_consolidation,
    interpolate,
    project,
    serial_chain,
    simulate_uncertain_weight,
    uncertain_precision,
)
from theory.consolidation.derivations import intelligent_plasticity as derivations
from theory.continual import QuadraticLoss, descend, flow_importance, path_importance
from theory.metaplasticity import SechSquared, flip_time, simulate_flip_time
from theory.metaplasticity.derivations import consolidation as flip_derivations

use_style()

# %% [markdown]
# ## Derivation: EWC, where it is exact
#
# EWC replaces the data of old tasks by a quadratic penalty around their optimum.

# %%
derivations.consolidation_is_bayes()

# %% [markdown]
# With the *full* Fisher matrix nothing is lost. A synapse, however, knows only its own importance: the
# diagonal. What that costs depends on how correlated the inputs are.
#
# ## Derivation: importance from the path
#
# Synaptic Intelligence needs no second pass through the data: each synapse adds up how much its own
# movement lowered the loss.

# %%
derivations.path_integral()

# %%
rng = figure_rng("consolidation/b12")
first = QuadraticLoss([[1.956, -1.392], [-1.392, 1.144]], [0.0, 0.0])
second = QuadraticLoss([[0.8, 0.1], [0.1, 0.8]], [2.2, 1.6])
learned = descend(first, [-2.2, 1.0], learning_rate=0.05, steps=4000)
omega = path_importance(learned.integral, learned.displacement, damping=1e-9)
penalties = {
    "alone": np.zeros(2), "Synaptic Intelligence": omega,
    "EWC, diagonal": np.diag(first.hessian) / 2, "EWC, full": first.hessian / 2,
}  # fmt: skip
after = {
    name: descend(second, learned.path[-1], learning_rate=0.05, steps=4000, importance=penalty)
    for name, penalty in penalties.items()
}
joint = np.linalg.solve(first.hessian + second.hessian, second.hessian @ second.optimum)


# %%
def regression_task(seed_rng, truth, scale, samples=15):
    inputs = seed_rng.standard_normal((samples, len(truth))) * scale
    return LinearTask(inputs, inputs @ truth + 0.05 * seed_rng.standard_normal(samples), 0.05)


def joint_fit(tasks, prior=1e-9):
    """Least squares on the data of all tasks at once, with the prior as further rows."""
    size = tasks[0].inputs.shape[1]
    rows = [task.inputs / task.noise for task in tasks] + [np.sqrt(prior) * np.eye(size)]
    values = [task.targets / task.noise for task in tasks] + [np.zeros(size)]
    return np.linalg.lstsq(np.concatenate(rows), np.concatenate(values), rcond=None)[0]


def losses_of_sequence(seed_rng, size=20):
    """Loss on the first and second task after both, for four ways to learn them."""
    scale = np.geomspace(2, 0.2, size)
    truth = seed_rng.standard_normal(size)
    tasks = [regression_task(seed_rng, truth, scale), regression_task(seed_rng, truth, scale[::-1])]
    alone = interpolate(interpolate(np.zeros(size), tasks[0]), tasks[1])
    diagonal = elastic_consolidation(tasks, fisher="diagonal")[-1]
    ends = [alone, diagonal, elastic_consolidation(tasks)[-1], joint_fit(tasks)]
    return np.array([[task.loss(end) for task in tasks] for end in ends]), ends[2] - ends[3]


drawn = [losses_of_sequence(rng) for _ in range(40)]
losses = np.median([row for row, _ in drawn], axis=0)
difference = max(np.abs(gap).max() for _, gap in drawn)

# %% [markdown]
# For a general Hessian a single path measures a mixture. Averaged over random directions of the start,
# path integral over squared displacement is again half the diagonal curvature.

# %%
size = 8
mix = np.linalg.qr(rng.standard_normal((size, size)))[0]
rough = QuadraticLoss(mix @ np.diag(np.geomspace(0.2, 3, size)) @ mix.T, np.zeros(size))
rate = 0.9 / np.linalg.eigvalsh(rough.hessian)[-1]
starts = rng.standard_normal((400, size))
runs = [descend(rough, start, learning_rate=rate, steps=600) for start in starts]
path = np.array([run.integral for run in runs])
moved = np.array([run.displacement**2 for run in runs])
decrease = np.array([rough(run.path[0]) - rough(run.path[-1]) for run in runs])
measured = path.mean(axis=0) / moved.mean(axis=0)
residual = path - measured * moved
error = residual.std(axis=0, ddof=1) / moved.mean(axis=0) / np.sqrt(len(runs))
half = np.diag(rough.hessian) / 2

# %%
ticks = np.linspace(-2.6, 3.4, 61)
grid = np.stack(np.meshgrid(ticks, ticks), axis=-1)
alone, ewc, full = (after[name].path[-1] for name in ("alone", "EWC, diagonal", "EWC, full"))
paths = dict(zip(("alone", "si", "ewc", "full"), after.values(), strict=True))
numbers = {
    "axis": ticks, "first_loss": first(grid), "second_loss": second(grid),
    "first_path": learned.path[::40], **{name: run.path[::40] for name, run in paths.items()},
    "joint": joint, "rules": ["alone", "EWC\ndiag.", "EWC\nfull", "joint"], "losses": losses,
    "half_curvature": half, "measured": measured, "error": error,
}  # fmt: skip

# %%
record(
    "consolidation/b12",
    numbers=numbers,
    claims=[
        claim("plane: EWC with the full matrix ends at the joint optimum, distance",
              np.abs(full - joint).max(), "<", 1e-9, kind="exact"),
        claim("plane: learning the second task alone raises the first task's loss to", first(alone), ">", 1),
        claim("plane: diagonal EWC forgets less, by a factor", first(alone) / first(ewc), ">", 5),
        claim("plane: but it learns less than the full matrix: ratio of second-task losses",
              second(ewc) / second(full), ">", 3),
        claim("plane: the diagonal does worse than joint learning, ratio of summed losses",
              (first(ewc) + second(ewc)) / (first(joint) + second(joint)), ">", 1.5),
        claim("40 pairs of regressions: full EWC against joint learning, a fit of all data, largest difference",
              difference, "<", 1e-6, kind="exact"),
        claim("their order of first-task losses: alone over diagonal", losses[0, 0] / losses[1, 0], ">", 1.2),
        claim("and diagonal over full", losses[1, 0] / losses[2, 0], ">", 10),
        claim("path integrals add up to the loss decrease: largest relative gap",
              np.abs(path.sum(axis=1) / decrease - 1).max(), "<", 1e-9, kind="exact"),
        # Eight squared deviations of normal variables: four standard deviations above their mean.
        claim("mean path importance against half the curvature: mean squared deviation in standard "
              "errors", np.mean(((measured - half) / error) ** 2), "<", 1 + 4 * np.sqrt(2 / size),
              kind="agreement"),
    ],
)  # fmt: skip

# %% [markdown]
# ## Between the diagonal and the full matrix
#
# A full matrix is large, a diagonal is poor. What helps is the few directions in which the penalty is stiff: as many as
# there were samples are all of it. (Kronecker factors and online Laplace approximations keep such directions layer by
# layer.)
#
# There is a way without any penalty. What a linear network answers to old inputs does not change while the parameters
# move only *orthogonally* to these inputs: project the gradient. Nothing is forgotten, exactly; but each sample takes away
# one direction, and when there is none left, nothing can be learned.

# %%
rng = figure_rng("consolidation/x_ranks")
inputs, ranks, prior = 20, np.arange(21), 1e-4


def in_turn(tasks):
    """Parameters after a sequence of tasks, each learned by projection."""
    parameters = np.zeros(inputs)
    for number, task in enumerate(tasks):
        parameters = project(parameters, task, tasks[:number])
    return parameters


def losses_by_rank():
    scale, truth = np.geomspace(2, 0.2, inputs), rng.standard_normal(inputs)
    tasks = [regression_task(rng, truth, s) for s in (scale, scale[::-1])]
    ends = [elastic_consolidation(tasks, fisher=int(k), prior=prior)[-1] for k in ranks]
    return [[task.loss(end) for task in tasks] for end in [*ends, in_turn(tasks)]]


def losses_of_five(samples=6):
    truth, scales = rng.standard_normal(inputs), np.exp(0.8 * rng.standard_normal((5, inputs)))
    tasks = [regression_task(rng, truth, s, samples) for s in scales]
    return [[task.loss(end) for task in tasks]
            for end in (elastic_consolidation(tasks, prior=prior)[-1], in_turn(tasks))]  # fmt: skip


# %%
by_rank = np.median([losses_by_rank() for _ in range(40)], axis=0)
first_loss, second_loss = by_rank[:-1].T
penalty_end, projected_end = np.median([losses_of_five() for _ in range(40)], axis=0)

# %%
record(
    "consolidation/x_ranks",
    numbers={
        "rank": ranks, "first": first_loss, "second": second_loss, "projected": by_rank[-1, 1], "samples": 15,
        "task": np.arange(1, 6), "penalty_end": penalty_end,
        "projected_end": np.where(projected_end < 1e-20, 0, projected_end), "few_samples": 6,
        "inputs": inputs,
    },
    claims=[
        claim("as many directions as samples are the full penalty: largest relative difference of the losses beyond",
              np.abs(by_rank[15:-1] / by_rank[-2] - 1).max(), "<", 1e-3),
        claim("each direction helps the first task: smallest factor by which five more lower its loss, up to ten",
              (first_loss[:6] / first_loss[5:11]).min(), ">", 1.5),
        claim("projected learning keeps the first task exactly: its loss, the size of rounding", by_rank[-1, 0], "<",
              1e-20, kind="exact"),
        claim("but learns the second worse: its loss over that of the full penalty", by_rank[-1, 1] / second_loss[-1],
              ">", 3),
        claim("five tasks of six samples in 20 directions: loss on the last over that on the first three, projected",
              projected_end[-1] - projected_end[:3].max(), ">", 0.02),
        claim("the full penalty has room: its largest loss over the last of projected learning",
              penalty_end.max() / projected_end[-1], "<", 0.1),
    ],
)  # fmt: skip

# %% [markdown]
# ## What happens when every task matters
#
# EWC protects what it finds important. If that is everything, there is nothing left to learn with.

# %%
derivations.random_patterns()

# %% [markdown]
# The plain mean gives all $P$ patterns the signal $\sqrt{N/P}$: the blackout of lesson 4 again. Letting
# importances decay turns it into the leaky synapse of lesson 1.
#
# ## Uncertainty as the internal state
#
# Give each weight a Gaussian belief with deviation $\sigma$ and let $\sigma^2$ be its learning rate:
# important weights become certain, hence stiff.

# %%
derivations.uncertainty()

# %% [markdown]
# Without the window, plasticity falls like one over the number of steps and the synapse freezes; with
# it, it settles, and the synapse goes on following its task. (The first steps of the rule are not
# small: there the simulated precision in the figure lies above the leaky sum.)
#
# A binarized network can do the same with one number per synapse: the size of its hidden weight (first
# paper of this suite).

# %%
flip_derivations.flip_time()

# %%
steps, curvature, start = 1500, 3.0, 0.5
windows = (np.inf, 200.0, 50.0)
target = np.where(np.arange(steps) < steps // 2, 1.0, -1.0)
runs = {
    n: simulate_uncertain_weight(
        np.full(steps, curvature), deviation=start, window=n, optimum=target
    )
    for n in windows
}
predicted = {n: uncertain_precision(steps, curvature, prior=start**-2, window=n) for n in windows}

sizes, pull = np.linspace(0.25, 2, 8), 1e-3
strengths = (0.0, 1.0, 1.3)
flips = np.transpose([simulate_flip_time(sizes, pull, SechSquared(m)) for m in strengths])
in_steps = np.transpose([flip_time(sizes, np.full(8, pull), m, discrete=True) for m in strengths])
fine = np.linspace(0.05, 2, 80)

# %%
marked = np.unique(np.geomspace(1, steps, 60).astype(int))
precision = np.transpose([runs[n][1] ** -2 for n in windows])
sums = np.transpose([predicted[n] for n in windows])
mean = np.transpose([runs[n][0] for n in windows])
numbers = {
    "windows": windows, "step": marked, "precision": precision[marked], "predicted": sums[marked],
    "time": np.arange(0, steps, 10), "task": target[::10], "mean": mean[:steps:10],
    "strengths": strengths, "hidden": sizes, "flip_time": flips * pull, "fine": fine,
    "predicted_flip_time": np.transpose([flip_time(fine, np.ones(80), m) for m in strengths]),
}  # fmt: skip

# %%
record(
    "consolidation/b13",
    numbers=numbers,
    claims=[
        claim("stepped precision against the leaky sum after 100 steps: largest relative gap",
              np.abs(precision / sums - 1)[100:].max(), "<", 0.05),
        claim("window 50: precision settles at N H + prior, relative",
              precision[-1, 2] / (50 * curvature + start**-2), "between", (0.97, 1.03)),
        claim("no window: plasticity freezes like one over the steps, last precision over H t",
              precision[-1, 0] / (curvature * steps), "between", (0.97, 1.03)),
        claim("so the mean has not followed the new task: final mean", mean[-1, 0], ">", -0.2),
        claim("with the window it has", mean[-1, 2], "<", -0.9),
        claim("metaplastic flips against the closed form: largest deviation over one update and what "
              "one step is of the scale of the factor",
              np.abs(flips - in_steps).max() / (1 + strengths[-1] * pull), "<", 1, kind="agreement"),
        claim("protection at W_0 = 2 and m = 1.3 over none", flips[-1, 2] / flips[-1, 0], ">", 8),
    ],
)  # fmt: skip

# %% [markdown]
# ## A map of the models
#
# Where does each model stand? Two questions sort them: how far do its own time scales spread, and who
# decides what is kept? Where a model fixes its time scales, they can be computed.

# %%
tags = TaggingModel()


def visible_scales(rates):
    """Time constants over the fastest, without the mode that never decays."""
    visible = np.sort(rates.real[rates.real > 1e-12])[::-1]
    return visible[0] / visible


scales = {
    "two states": np.ones(1), "chain, 20 states": visible_scales(serial_chain(20).modes[0]),
    "cascade, 10 levels": visible_scales(cascade(10).modes[0]),
    "beakers, 10": visible_scales(chain_modes(BeakerChain.geometric(10))[0]),
    "tagging and capture": np.sort([tags.early_target("potentiating")[1], tags.protein_time,
                                    tags.late_time, tags.decay_time]),
}  # fmt: skip
scales["tagging and capture"] = scales["tagging and capture"] / scales["tagging and capture"][0]
height = max(map(len, scales.values()))
table = np.transpose([np.r_[s, np.full(height - len(s), np.nan)] for s in scales.values()])
spread = np.nanmax(table, axis=0)

# %%
record(
    "consolidation/x_model_map",
    numbers={"model": list(scales), "scale": table,
             "decides": ["nobody: a fixed rule"] * 4 + ["a signal of the neuron"]},
    claims=[
        claim("a cascade spreads its time scales farther than a chain of as many states: ratio of spreads",
              spread[2] / spread[1], ">", 3),
        claim("beakers of a geometric series farther still: ratio to the cascade", spread[3] / spread[2], ">",
              100),
        claim("with half the number of beakers the spread falls to its root: ratio of logarithms",
              np.log(visible_scales(chain_modes(BeakerChain.geometric(5))[0]).max()) / np.log(spread[3]),
              "between", (0.35, 0.65)),
    ],
)  # fmt: skip

# %% [markdown]
# The others fix no time scale of their own: theirs follow from how fast the network is trained, or are not
# public.
#
# | who decides what is kept | models |
# |---|---|
# | the synapse's own state | metaplastic binarized networks, uncertain weights (MESU, BGD) |
# | a signal of the neuron | tagging and capture, TagTriC, Barrett, Ziegler |
# | importance for past tasks | EWC, Synaptic Intelligence, MAS |

# %% [markdown]
# ## What happens if
#
# ... descent on the first task stops early? Path importance over half the curvature, by time.


# %%
def draw(ax, curvature):
    t = np.geomspace(0.05, 20, 100)
    importance = flow_importance(curvature, t)
    ax.loglog(t, importance, color=VERMILION)
    ax.axhline(curvature / 2, color=BLACK, linestyle=":", linewidth=0.8)
    ax.set(xlabel="time on the task", ylabel="importance")
    return f"at the end {importance[-1]:.2g}, against half the curvature {curvature / 2:g}"


explore(draw, curvature=[0.1, 0.2, 0.5, 1.0, 2.0, 5.0])

# %% [markdown]
# ## Exercises

# %% [markdown] tags=["exercise"]
# ### Exercise 1: EWC that forgets on purpose
#
# *paper, 15 minutes, 4 points, difficulty 2 of 3*
#
# Online EWC multiplies the importance so far by 0.98 at each new task and adds that of the new one, which is 1 for all tasks here.
# Which importance does it approach, that of the new task included? By which share of the way does one more task move
# the optimum towards its own? After how many further tasks has the weight of a task in the optimum fallen to half? And for how
# many equal tasks that never fade (the plain mean) is the share of the newest one the same?
#
# Assign `steady_importance`, `moved_share`, `half_life` (not rounded) and `equal_tasks`.

# %% tags=["solution"]
# F = 0.98 F + 1 gives 50; the learning rate is 1/F; 0.98^k = 1/2; and the mean of n tasks moves by 1/n.
steady_importance = 1 / (1 - 0.98)
moved_share = 1 / steady_importance
half_life = np.log(0.5) / np.log(0.98)
equal_tasks = steady_importance

summed, optimum_of_tasks, course_of_one = 0.0, 0.0, []
for pattern in 2000 * [0.0] + [1.0] + 60 * [0.0]:
    summed = 0.98 * summed + 1
    optimum_of_tasks += (pattern - optimum_of_tasks) / summed
    course_of_one.append(optimum_of_tasks)
assert abs(course_of_one[2000] - moved_share) < 1e-9
assert course_of_one[2034] > moved_share / 2 > course_of_one[2035]

# %% tags=["check"]
check("consolidation-6.1", steady_importance, moved_share, half_life, equal_tasks)

# %% tags=["mistakes"]
mistake("consolidation-6.1", 49.0, 0.98, 50.0, ...,
        hint="count the new task as well; and half is not 1/e")  # fmt: skip
mistake("consolidation-6.1", moved_share, steady_importance, -half_life, ...)

# %% [markdown] tags=["exercise"]
# ### Exercise 2: how long must a path be?
#
# *derivation, 15 minutes, 4 points, difficulty 2 of 3*
#
# A path integral that ends too early takes time for curvature. Take the step "importance" from
# `path = derivations.path_integral()`: the measured importance as an expression in the curvature `h` and the time `t`. By which factor
# does it exceed half the curvature, its value in the end? After which time is the excess one per cent, for a curvature of one? And
# of two parameters with the curvatures 1 and 0.01, trained for that time: by which factor is the importance of the *flat* one
# too large?
#
# Assign to `excess_factor` an expression in `h` and `t`, to `long_enough` the time and to `flat_factor` the last factor.

# %% tags=["solution"]
measured_importance = derivations.path_integral()["importance"].rhs
by_name = {s.name: s for s in measured_importance.free_symbols}
curved, elapsed = by_name["h"], by_name["t"]
excess_factor = sp.simplify(measured_importance / (curved / 2))
# coth(t/2) = 1.01, so exp(t) = 2.01/0.01: 5.3 relaxation times.
long_enough = np.log(2.01 / 0.01)
flat_factor = float(excess_factor.subs({curved: 0.01, elapsed: long_enough}))

assert abs(flow_importance(1.0, long_enough) / 0.5 - 1.01) < 1e-9
assert abs(flow_importance(0.01, long_enough) / 0.005 / flat_factor - 1) < 1e-9
# The flat one has hardly moved; its importance is 1/t, like that of any parameter so early.
assert abs(flat_factor * 0.005 * long_enough - 1) < 1e-3
excess_factor

# %% tags=["check"]
check("consolidation-6.2", excess_factor, long_enough, flat_factor)

# %% tags=["mistakes"]
mistake("consolidation-6.2", measured_importance, np.log(100), 1.01,
        hint="over half of the curvature; solve for the time; another curvature has another time")  # fmt: skip
mistake("consolidation-6.2", 1 / excess_factor, long_enough / 2, 1 / flat_factor)

# %% [markdown] tags=["exercise"]
# ### Exercise 3: three regressions in turn
#
# *simulation, 20 minutes, 5 points, difficulty 2 of 3*
#
# Draw three tasks in a row, `regression_task(generator, np.ones(6), 1.0)` with one `generator = np.random.default_rng(seed(6))`.
# Does EWC with one accumulated *full* Fisher matrix (`elastic_consolidation(tasks)[-1]`) still equal `joint_fit(tasks)`, a
# least-squares fit of all data, after three tasks? How far is EWC with the *diagonal* (`fisher="diagonal"`) from
# it: largest difference of a parameter, over that of a fit of the *last task alone* (`joint_fit(tasks[-1:])`)? And does the result depend on
# the order of the tasks? Reverse it.
#
# Assign to `full_is_joint` a truth value (to $10^{-9}$), to `diagonal_gap` the ratio of differences, and to `order_counts` two
# truth values: for the full matrix, and for the diagonal.

# %% tags=["solution"]
generator = np.random.default_rng(seed(6))
three = [regression_task(generator, np.ones(6), 1.0) for _ in range(3)]
together = joint_fit(three)


def far_from_joint(parameters):
    return np.abs(parameters - together).max()


ends = {kind: elastic_consolidation(three, fisher=kind)[-1] for kind in ("full", "diagonal")}
turned = {kind: elastic_consolidation(three[::-1], fisher=kind)[-1] for kind in ends}
full_is_joint = bool(far_from_joint(ends["full"]) < 1e-9)
diagonal_gap = far_from_joint(ends["diagonal"]) / far_from_joint(joint_fit(three[-1:]))
order_counts = [bool(np.abs(ends[kind] - turned[kind]).max() > 1e-9) for kind in ends]

# The accumulated penalty is the exact posterior of everything before, and a product has no order. The diagonal
# forgets correlations at every task, those of early tasks most often.
assert full_is_joint and order_counts == [False, True]

# %% tags=["check"]
check("consolidation-6.3", full_is_joint, diagonal_gap, order_counts)

# %% tags=["mistakes"]
mistake("consolidation-6.3", False, far_from_joint(ends["diagonal"]), [True, True],
        hint="compare to 1e-9 with the full matrix; take the ratio of the two differences")  # fmt: skip
mistake("consolidation-6.3", ..., 1 / diagonal_gap, [False, False],
        hint="a product of full posteriors has no order, one of approximations has")  # fmt: skip

# %% [markdown] tags=["exercise"]
# ### Exercise 4: is it bad to freeze?
#
# *open, 25 minutes, 7 points, difficulty 3 of 3*
#
# An uncertain weight without a window freezes: its learning rate falls like one over the number of steps. When is this
# right, and when is it a failure? What does a window assume of the world, and what does a binarized synapse with metaplasticity
# (`flip_derivations.flip_time()`) assume? Who should set the window, and could a synapse find it by itself? Ten lines at most.
#
# Then judge, and assign five truth values to `judged`: (a) for tasks that all count alike the freezing weight ends at the best value, the
# mean of their optima; (b) with a window of $N$ steps the precision settles at $N h + \sigma_0^{-2}$, so that a larger
# curvature leaves less plasticity; (c) with a window the weight remembers all tasks alike; (d) with a window and no task at
# all (curvature zero from then on) the weight becomes as plastic again as at the start; (e) without a window and with no
# task, it does so, too.

# %% [markdown] tags=["solution"]
# Freezing is Bayes' rule for a world that does not change: every step brings information, none becomes invalid, and the
# mean of all that was seen moves by 1/t. So (a) is true, and a synapse that moved more would be worse. It fails when the
# world changes, as in the figure, where the old optimum is no longer right. A window assumes that information is
# outdated at a constant rate; then precision is bounded (b), old tasks fade exponentially, so that (c) is false, and without
# input the belief returns to the prior: (d) is true. Without a window nothing is ever forgotten: (e) is false. A
# metaplastic binary synapse counts pushes in one direction: its hidden weight grows with each, and the time that a flip
# takes grows exponentially with it. It assumes that what was wanted often stays right for ever, with no time at
# which it lets go. The right window is
# the time over which tasks change: a property of the world. It could be learned from surprise: if gradients are
# larger than the uncertainty explains, the window was too long.

# %% tags=["solution"]
judged = [True, True, False, True, False]

goals = np.repeat([1.0, -0.5, 0.25], 400)
frozen, _ = simulate_uncertain_weight(np.full(1200, 3.0), deviation=0.5, optimum=goals)
assert abs(frozen[-1] - goals.mean()) < 0.02
recent, _ = simulate_uncertain_weight(np.full(1200, 3.0), deviation=0.5, window=50.0, optimum=goals)
assert abs(recent[-1] - 0.25) < 0.02
rested = np.r_[np.full(400, 3.0), np.zeros(2000)]
widths = [simulate_uncertain_weight(rested, deviation=0.5, window=w)[1] for w in (50.0, np.inf)]
assert abs(widths[0][-1] - 0.5) < 1e-3 and widths[1][-1] < 0.05

# %% tags=["check"]
check("consolidation-6.4", judged)

# %% tags=["mistakes"]
mistake("consolidation-6.4", [False, True, False, True, False],
        hint="what is the exact answer to tasks that count alike?")  # fmt: skip
mistake("consolidation-6.4", [True, True, False, True, True],
        hint="without a window, what could make the precision smaller?")  # fmt: skip
mistake("consolidation-6.4", [True, True, False, False, False],
        hint="where does the law of the precision rest if h = 0?")  # fmt: skip

# %% [markdown]
# ## References
#
# * J. Kirkpatrick et al., *Overcoming catastrophic forgetting in neural networks* (2017); F. Huszar (2017).
# * F. Zenke, B. Poole, S. Ganguli, *Continual learning through synaptic intelligence* (2017).
# * H. Ritter, A. Botev, D. Barber, *Online structured Laplace approximations* (2018); M. Farajtabar et al., *Orthogonal
#   gradient descent* (2020); G. Saha et al., *Gradient projection memory* (2021).
# * C. Zeno et al. (2018), Bayesian gradient descent; D. Bonnet et al., MESU, arXiv 2312.10153, 2504.13569.
# * A. Laborieux et al., *Synaptic metaplasticity in binarized neural networks* (2021).
# * F. Zenke, A. Laborieux, *Theories of synaptic memory consolidation and intelligent plasticity for
#   continual learning* (2024).
