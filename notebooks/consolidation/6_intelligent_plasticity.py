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
# # Intelligent plasticity
#
# **After this lesson you can** name the exact solution of learning tasks in turn and say what elastic
# weight consolidation, Synaptic Intelligence and uncertain weights each keep of it; compute what a path
# integral measures; and say why a synapse that only ever consolidates ends up frozen.
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
    figure_rng,
    label_panels,
    record,
    use_style,
)
from theory.consolidation import (
    BeakerChain,
    Gaussian,
    LinearTask,
    QuadraticLoss,
    TaggingModel,
    cascade,
    chain_modes,
    descend,
    elastic_consolidation,
    flow_importance,
    interpolate,
    path_importance,
    serial_chain,
    simulate_uncertain_weight,
    uncertain_precision,
    update,
)
from theory.consolidation.derivations import intelligent_plasticity as derivations
from theory.metaplasticity import flip_time, metaplastic_factor
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
def regression_task(seed_rng, truth, scale):
    inputs = seed_rng.standard_normal((15, len(truth))) * scale
    return LinearTask(inputs, inputs @ truth + 0.05 * seed_rng.standard_normal(15), 0.05)


def losses_of_sequence(seed_rng, size=20):
    """Loss on the first and second task after both, for four ways to learn them."""
    scale = np.geomspace(2, 0.2, size)
    truth = seed_rng.standard_normal(size)
    tasks = [regression_task(seed_rng, truth, scale), regression_task(seed_rng, truth, scale[::-1])]
    belief = update(update(Gaussian.prior(size), tasks[0]), tasks[1])
    start = interpolate(np.zeros(size), tasks[0])
    ends = (
        interpolate(start, tasks[1]),
        elastic_consolidation(tasks, fisher="diagonal")[-1],
        elastic_consolidation(tasks)[-1],
        belief.mean,
    )
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
runs = [
    descend(rough, rng.standard_normal(size), learning_rate=rate, steps=600) for _ in range(400)
]
path = np.array([run.integral for run in runs])
moved = np.array([run.displacement**2 for run in runs])
decrease = np.array([rough(run.path[0]) - rough(run.path[-1]) for run in runs])
measured = path.mean(axis=0) / moved.mean(axis=0)
residual = path - measured * moved
error = residual.std(axis=0, ddof=1) / moved.mean(axis=0) / np.sqrt(len(runs))
half = np.diag(rough.hessian) / 2

# %%
figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.7), width_ratios=[1.35, 1, 1])
ax = axes[0]
ticks = np.linspace(-2.6, 3.4, 121)
grid = np.stack(np.meshgrid(ticks, ticks), axis=-1)
for loss, color in ((first, BLUE), (second, ORANGE)):
    ax.contour(ticks, ticks, loss(grid), levels=[0.1, 0.5, 1.2, 2.4], colors=color, linewidths=0.6)
ax.plot(*learned.path.T, color=BLUE, linestyle="-")
for run, color, style in zip(
    after.values(), (BLACK, VERMILION, GREEN, BLACK), ("-", "--", "-.", ":"), strict=True
):
    ax.plot(*run.path.T, color=color, linestyle=style)
    ax.plot(*run.path[-1], "o", color=color, markersize=3)
ax.plot(*joint, "x", color=BLACK, markersize=8)
ax.text(-2.0, -1.2, "task 1", color=BLUE, fontsize=7)
ax.text(1.6, 0.35, "task 2", color="#B07800", fontsize=7)
ax.text(2.3, 1.5, "alone", fontsize=7)
ax.annotate("joint, EWC full", joint, (0.1, 2.7), fontsize=7,
            arrowprops={"arrowstyle": "-", "linewidth": 0.5})  # fmt: skip
si, ewc = (after[name].path[-1] for name in ("Synaptic Intelligence", "EWC, diagonal"))
ax.annotate("SI", si, (0.9, -0.5), fontsize=7, color=VERMILION,
            arrowprops={"arrowstyle": "-", "linewidth": 0.5})  # fmt: skip
ax.annotate("EWC\ndiagonal", ewc, (-0.9, 1.5), fontsize=7, color=GREEN,
            arrowprops={"arrowstyle": "-", "linewidth": 0.5})  # fmt: skip
ax.set(xlabel=r"parameter $\theta_1$", ylabel=r"parameter $\theta_2$")
ax = axes[1]
place = np.arange(4)
ax.bar(place - 0.18, losses[:, 0], 0.34, color=BLUE)
ax.bar(place + 0.18, losses[:, 1], 0.34, color=ORANGE)
ax.set(yscale="log", ylim=(2e-4, 20), ylabel="loss after both tasks, median")
ax.text(0.18, 2.4e-4, "0", ha="center", fontsize=7)
ax.set_xticks(place, ["alone", "EWC\ndiag.", "EWC\nfull", "joint"])
ax.text(3.5, 12, "task 1", color=BLUE, fontsize=7, ha="right", va="top")
ax.text(3.5, 4, "task 2", color="#B07800", fontsize=7, ha="right", va="top")
ax = axes[2]
ax.plot([0, half.max() * 1.1], [0, half.max() * 1.1], color=BLACK, linewidth=0.8, linestyle="-")
ax.errorbar(half, measured, 2 * error, fmt="o", color=VERMILION)
ax.set(xlabel=r"half of the curvature $H_{ii}/2$",
       ylabel=r"$\langle\omega_i\rangle / \langle\Delta_i^2\rangle$")  # fmt: skip
label_panels(axes)

full = after["EWC, full"].path[-1]
record(
    "consolidation/b12",
    figure,
    data={
        "path_first": learned.path[::40], "path_alone": after["alone"].path[::40],
        "path_si": after["Synaptic Intelligence"].path[::40],
        "path_ewc_diagonal": after["EWC, diagonal"].path[::40], "losses": losses,
        "half_curvature": half, "measured": measured, "error": error,
    },
    claims=[
        claim("plane: EWC with the full matrix ends at the joint optimum, distance",
              np.abs(full - joint).max(), "<", 1e-9),
        claim("plane: learning the second task alone raises the first task's loss to",
              first(after["alone"].path[-1]), ">", 1),
        claim("plane: diagonal EWC forgets less, by a factor",
              first(after["alone"].path[-1]) / first(ewc), ">", 5),
        claim("plane: but it learns less than the full matrix: ratio of second-task losses",
              second(ewc) / second(full), ">", 3),
        claim("plane: the diagonal does worse than joint learning, ratio of summed losses",
              (first(ewc) + second(ewc)) / (first(joint) + second(joint)), ">", 1.5),
        claim("40 pairs of regressions: full EWC against joint learning, largest difference",
              difference, "<", 1e-6),
        claim("their order of first-task losses: alone over diagonal", losses[0, 0] / losses[1, 0], ">", 1.2),
        claim("and diagonal over full", losses[1, 0] / losses[2, 0], ">", 10),
        claim("path integrals add up to the loss decrease: largest relative gap",
              np.abs(path.sum(axis=1) / decrease - 1).max(), "<", 1e-9),
        claim("mean path importance against half the curvature: mean squared deviation in standard "
              "errors", np.mean(((measured - half) / error) ** 2), "<", 4),
    ],
    alt="Left: contours of two quadratic tasks; after the first, the path alone goes to the second "
    "optimum, those of Synaptic Intelligence and diagonal EWC stop between, and full EWC ends at the "
    "joint optimum. Middle: losses on both tasks; the first is forgotten alone, less with diagonal "
    "EWC, and full EWC equals joint learning. Right: path integral over squared displacement of eight "
    "parameters lies on the line of half the curvature.",
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
noise_rng = figure_rng("consolidation/b13")


def measured_flip(weight, metaplasticity, pull=1e-3):
    """Updates until a hidden weight under a steady pull has changed its sign."""
    updates = 0
    while weight > 0:
        weight -= pull * metaplastic_factor(np.array([weight]), metaplasticity)[0]
        updates += 1
    return updates * pull


sizes = np.linspace(0.25, 2, 8)
factors = (0.0, 1.0, 1.3)
flips = {m: np.array([measured_flip(w, m) for w in sizes]) for m in factors}

# %%
figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.5))
time = np.arange(steps + 1)
colours = dict(zip(windows, (BLACK, BLUE, VERMILION), strict=True))
names = {np.inf: "no window", 200.0: "$N = 200$", 50.0: "$N = 50$"}
ax = axes[0]
for n, (_, spread) in runs.items():
    ax.loglog(time[1:], predicted[n][1:], color=colours[n], linestyle="-")
    marks = np.unique(np.geomspace(1, steps, 12).astype(int))
    ax.plot(marks, spread[marks] ** -2, "o", color=colours[n], markersize=3)
for n, y in ((np.inf, 5200), (200.0, 250), (50.0, 95)):
    ax.text(1400, y, names[n], color=colours[n], fontsize=7, ha="right")
ax.set(xlabel="step", ylabel=r"precision $1/\sigma^2$", ylim=(4, 1e4))
ax = axes[1]
ax.step(time[1:], target, color=ORANGE, linewidth=0.8, linestyle="-")
for n, (mean, _) in runs.items():
    ax.plot(time, mean, color=colours[n], linestyle={np.inf: "-", 200.0: "--", 50.0: ":"}[n])
ax.text(1480, -0.2, "no window", fontsize=7, ha="right")
ax.text(20, 1.1, "task", color="#B07800", fontsize=7)
ax.set(ylim=(-1.15, 1.3), xlabel="step", ylabel="mean weight")
ax = axes[2]
for m, color, style in zip(factors, (BLACK, BLUE, VERMILION), (":", "--", "-"), strict=True):
    fine = np.linspace(0.05, 2, 80)
    ax.semilogy(fine, flip_time(fine, np.ones(80), m), color=color, linestyle=style)
    ax.semilogy(sizes, flips[m], "o", color=color, markersize=3)
    ax.text(
        2.04, flip_time(np.array([2.0]), np.ones(1), m)[0], f"$m = {m:g}$", color=color, fontsize=7
    )
ax.set(xlim=(0, 2.6), xlabel="hidden weight $W_0$", ylabel="time to flip at unit pull")
label_panels(axes)

gap = {n: np.abs(runs[n][1] ** -2 / predicted[n] - 1)[100:].max() for n in windows}
settled = runs[50.0][1][-1] ** -2
flip_error = max(np.abs(flips[m] / flip_time(sizes, np.ones(8), m) - 1).max() for m in factors)
record(
    "consolidation/b13",
    figure,
    data={
        "step": time[::10], "precision": np.transpose([runs[n][1][::10] ** -2 for n in windows]),
        "predicted": np.transpose([predicted[n][::10] for n in windows]),
        "mean": np.transpose([runs[n][0][::10] for n in windows]),
        "hidden": sizes, "flip_time": np.transpose(list(flips.values())),
    },
    claims=[
        claim("stepped precision against the leaky sum after 100 steps: largest relative gap",
              max(gap.values()), "<", 0.05),
        claim("window 50: precision settles at N H + prior, relative",
              settled / (50 * curvature + start**-2), "between", (0.97, 1.03)),
        claim("no window: plasticity freezes like one over the steps, last precision over H t",
              runs[np.inf][1][-1] ** -2 / (curvature * steps), "between", (0.97, 1.03)),
        claim("so the mean has not followed the new task: final mean", runs[np.inf][0][-1], ">", -0.2),
        claim("with the window it has", runs[50.0][0][-1], "<", -0.9),
        claim("metaplastic flip times against the closed form: largest relative gap", flip_error, "<", 0.02),
        claim("protection at W_0 = 2 and m = 1.3 over none", flips[1.3][-1] / flips[0.0][-1], ">", 8),
    ],
    alt="Left: precision against step; without a window it grows for ever, with windows of 200 and 50 "
    "steps it levels off; simulated dots lie on predicted lines. Middle: the task switches sign half "
    "way; the weight without a window has only reached zero at the end, those with windows follow. "
    "Right: time to flip a hidden weight grows exponentially with its size when metaplastic; dots "
    "simulated, lines closed form.",
)  # fmt: skip

# %% [markdown]
# ## A map of the models
#
# Where does each model stand? To the right: how far its own time scales spread, slowest over fastest,
# computed where the model fixes them. Upwards: who decides what is kept. Open marks: time scales are
# not fixed by the model (they follow the training) or UNKNOWN here. Rows are our own grouping.

# %%
tags = TaggingModel()


def spread_of(rates):
    visible = rates.real[rates.real > 1e-12]
    return visible.max() / visible.min()


fixed = {
    "two states": (1.0, 0), "chain, 20 states": (spread_of(serial_chain(20).modes[0]), 0),
    "cascade, 10 levels": (spread_of(cascade(10).modes[0]), 0),
    "beakers, 10": (spread_of(chain_modes(BeakerChain.geometric(10))[0]), 0),
    "tagging and capture": (tags.decay_time / tags.early_target("potentiating")[1], 2),
}  # fmt: skip
not_fixed = {1: ["metaplastic binarized", "uncertain weights (MESU, BGD)"],
             2: ["TagTriC, Barrett, Ziegler"], 3: ["EWC", "Synaptic Intelligence", "MAS"]}  # fmt: skip
figure, ax = plt.subplots(figsize=(PAGE, 2.9))
for k, (name, (spread, height)) in enumerate(fixed.items()):
    ax.semilogx(spread, height, "o", color=BLUE)
    ax.annotate(name, (spread, height), (0, 7 if k % 2 == 0 else -13), textcoords="offset points",
                ha="center" if spread > 2 else "left", fontsize=7)  # fmt: skip
ax.axvspan(2e7, 1e13, color=ORANGE, alpha=0.12, linewidth=0)
for height, names_here in not_fixed.items():
    for k, name in enumerate(names_here):
        y = height + 0.28 * (k - (len(names_here) - 1) / 2)
        ax.semilogx(5e7, y, "o", color=VERMILION, markerfacecolor="none")
        ax.text(1e8, y, name, va="center", fontsize=7)
ax.text(2.5e7, 3.55, "not fixed, or UNKNOWN", fontsize=7, color="#B07800")
ax.set(xlim=(0.6, 1e13), ylim=(-0.5, 3.8), xlabel="slowest over fastest internal time constant")
ax.set_xticks([1, 1e2, 1e4, 1e6])
ax.set_yticks(range(4), ["nobody: a fixed rule", "the synapse's own state", "a signal of the neuron",
                         "importance for past tasks"])  # fmt: skip
record(
    "consolidation/x_model_map", figure, data={}, claims=[],
    alt="A map. Across: spread of internal time constants, from one for two states over about a hundred "
    "for a chain and a thousand for a cascade to a million for ten beakers. Upwards: who regulates "
    "plasticity: nobody, the synapse's own state, a signal of the neuron, or importance for past "
    "tasks. Models whose time scales are not fixed stand in a separate column.",
)  # fmt: skip

# %% [markdown]
# ## What happens if
#
# ... descent on the first task stops early? Path importance over half the curvature, by time.


# %%
def draw(ax, curvature):
    t = np.geomspace(0.05, 20, 100)
    ax.loglog(t, flow_importance(curvature, t), color=VERMILION)
    ax.axhline(curvature / 2, color=BLACK, linestyle=":", linewidth=0.8)
    ax.set(xlabel="time on the task", ylabel="importance")


explore(draw, curvature=[0.2, 1.0, 5.0])

# %% [markdown]
# ## Exercises
#
# 1. Online EWC with decay 0.98 and tasks of curvature one: what is its importance in the long run?
# 2. Three regressions in turn: does full EWC with one accumulated penalty still equal joint learning?
# 3. In which time does gradient flow with curvature 1 measure the importance to 1 %?

# %% tags=["solution"]
# 1. 1/(1 - 0.98) = 50.
importance = 0.0
for _ in range(1000):
    importance = 0.98 * importance + 1

# %%
assert abs(importance - 50) < 1e-6

# %% tags=["solution"]
# 2. Yes: the penalty is the exact posterior of everything before.
three = [regression_task(noise_rng, np.ones(6), 1.0) for _ in range(3)]
belief = Gaussian.prior(6)
for task in three:
    belief = update(belief, task)

# %%
assert np.abs(elastic_consolidation(three)[-1] - belief.mean).max() < 1e-9

# %% tags=["solution"]
# 3. coth(t/2) = 1.01: t = ln(2.01/0.01) = 5.3 relaxation times.
enough = np.log(2.01 / 0.01)

# %%
assert abs(flow_importance(1.0, enough) / 0.5 - 1.01) < 1e-9

# %% [markdown]
# ## References
#
# * J. Kirkpatrick et al., *Overcoming catastrophic forgetting in neural networks* (2017); F. Huszar (2017).
# * F. Zenke, B. Poole, S. Ganguli, *Continual learning through synaptic intelligence* (2017).
# * C. Zeno et al. (2018), Bayesian gradient descent; D. Bonnet et al., MESU, arXiv 2312.10153, 2504.13569.
# * A. Laborieux et al., *Synaptic metaplasticity in binarized neural networks* (2021).
# * F. Zenke, A. Laborieux, *Theories of synaptic memory consolidation and intelligent plasticity for
#   continual learning* (2024).
