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
# # Start here: a synapse, a derivation, a network, a figure
#
# **After this lesson you can** read every other lesson: run a synapse and a network in a few lines, print
# a derivation and take an equation from it, and tell a figure's numbers from its claims.
#
# *45 minutes. Prerequisites: derivatives, and Python with NumPy.*
#
# Learning overwrites. What a network has learned sits in its synapses, and so does what it learns next. Could
# a synapse tell what is worth keeping, without anybody telling it? One proposal, in this lesson from the
# single synapse to the network: let a synapse become harder to change the more often it was confirmed. This is
# called **metaplasticity**, plasticity of plasticity.
#
# | symbol | name in the code | meaning |
# |---|---|---|
# | $W^h$ | `hidden` | hidden weight; its sign is the binary weight that computes |
# | $m$ | `metaplasticity` | how strongly size protects, 0 for not at all |
# | $v$ | `speed` | how far an update moves an unprotected hidden weight |
# | $T$ | `flip_time` | updates until the sign flips |
# | $R$ | `consolidation_gain` | how many times longer that takes than without protection |

# %%
from dataclasses import replace

import numpy as np

from classroom import check, mistake
from figures.kit import claim, explore, record, seed, use_style
from theory.continual.binarized import run_experiment, settings
from theory.metaplasticity import consolidation_gain
from theory.metaplasticity.derivations import consolidation

use_style()

# %% [markdown]
# ## One synapse by hand
#
# A hidden weight stands at $W^h = 1.5$, its binary weight is $+1$. A new task pulls it down by $v = 0.05$ at
# every update: after 30 updates it is zero, and the sign flips. What was learned is lost.
#
# Now multiply every update *towards zero* by $1 - \tanh^2(m W^h)$. With $m = 1.35$ the first one is multiplied by
# $1 - \tanh^2(2.025) = 0.067$: the hidden weight moves by 0.0034 instead of 0.05. Near zero the factor is one.


# %%
def pulled_down(start, speed, metaplasticity):
    """Hidden weights after every update of a steady pull towards zero, until the sign flips."""
    hidden = [start]
    while hidden[-1] > 0:
        factor = 1 - np.tanh(metaplasticity * hidden[-1]) ** 2
        hidden.append(hidden[-1] - speed * factor)
    return np.array(hidden)


start, speed = 1.5, 0.05
plain, protected = (pulled_down(start, speed, m) for m in (0.0, 1.35))
print(
    "updates until the sign flips:",
    len(plain) - 1,
    "without,",
    len(protected) - 1,
    "with metaplasticity",
)

# %% [markdown]
# ## One derivation
#
# How long does it hold, in general? A derivation is an object: each of its steps was proved when this cell ran, or says
# that it is a definition, an assumption or a quoted result. The heading counts them.

# %%
derivation = consolidation.flip_time()
derivation

# %% [markdown]
# Every equation has a name, and can be taken out as a SymPy expression: the lesson's predictions come from
# these, not from formulas typed again.

# %%
derivation["scaled"]

# %%
flip_time = start / speed * consolidation_gain(1.35 * start)
# Each update uses the factor of the place it starts from; all of them together add at most this.
late = 1 + 2 * np.log(np.cosh(1.35 * start))
print(
    f"predicted {flip_time:.1f} updates, and up to {late:.1f} more since updates are no continuous pull"
)

# %% [markdown]
# The gain grows like $e^{2x}/(8x)$ with $x = m W^h$: twice the size is far more than twice the time. A synapse that
# was confirmed often keeps its sign, one that was not gives way.
#
# ## One network
#
# A network of two hidden layers with binary weights learns to read 8 x 8 digits, then the same digits with their
# pixels permuted: a second task as hard as the first, with nothing in common. Every synapse applies the rule to its
# own hidden weight. Nobody says when a task ends.

# %%
base = replace(settings.permuted_digits(0.0, count=2), epochs=10, measure_every=1)
strengths, seeds = (0.0, 20.0), [seed(k) for k in range(3)]
experiments = [replace(base, metaplasticity=m) for m in strengths]
runs = [run_experiment(experiment, one) for experiment in experiments for one in seeds]
curves = np.array([run["curves"] for run in runs]).reshape(2, 3, -1, 2)  # m, seed, epoch, task
final = curves[:, :, -1]
print(
    "first task at the end, seed by seed:",
    *(f"m = {m:g}: {a.round(2)}" for m, a in zip(strengths, final[..., 0], strict=True)),
)

# %% [markdown]
# ## One figure
#
# `record` stores the numbers, draws from what it stored, and shows the figure with its **claims**: sentences with a value
# and a bound. Open the table below the figure. A *finding* could have come out otherwise, an *agreement* compares two
# roads within a computed error. If a claim is false when a lesson is built, nothing is published.

# %%
record(
    "metaplasticity/x_start_here",
    numbers={
        "update": np.arange(len(protected)),
        "protected": protected,
        "plain": np.concatenate([plain, np.full(len(protected) - len(plain), np.nan)]),
        "flip_time": [start / speed, flip_time],
        "epoch": runs[0]["epochs"],
        "m": strengths,
        "mean": curves[..., 0].mean(axis=1).T,
        "error": curves[..., 0].std(axis=1, ddof=1).T / np.sqrt(len(seeds)),
    },
    claims=[
        claim("updates beyond the predicted flip time, as a share of what they may add",
              (len(protected) - 1 - flip_time) / late, "between", (0, 1), kind="agreement"),
        claim("metaplasticity prolongs the flip by the factor", len(protected) / len(plain), ">", 3),
        claim("the network keeps more of the first task, in every seed, by",
              (final[1, :, 0] - final[0, :, 0]).min(), ">", 0.1),
        claim("the second task is learned nearly as well: mean loss",
              (final[0, :, 1] - final[1, :, 1]).mean(), "<", 0.06),
    ],
)  # fmt: skip

# %% [markdown]
# Left: the synapse. Right: the network, whose second task begins at epoch 10. What holds one synapse a few times longer holds
# a good part of a whole task, at the price of a little of the next.
#
# ## What happens if
#
# ... the hidden weight starts closer to zero, or farther from it? Where there is a live kernel, move the slider.


# %%
def draw(ax, start):
    updates = []
    for m, style in ((0.0, ":"), (0.7, "--"), (1.35, "-")):
        path = pulled_down(start, 0.05, m)
        updates.append(len(path) - 1)
        ax.plot(path, linestyle=style, label=f"m = {m:g}")
    ax.set(xlabel="update", ylabel="hidden weight")
    ax.legend()
    return "updates until the sign flips, m = 0, 0.7 and 1.35: {}, {}, {}".format(*updates)


explore(draw, start=[0.4, 0.6, 0.8, 1.0, 1.2, 1.4])

# %% [markdown]
# ## Exercises
#
# Put your answer in the place of the dots where there are any, run the cell, then the check below it. It says *right*, or
# gives a hint.

# %% [markdown] tags=["exercise"]
# ### Exercise 1: how much longer
#
# *paper, 5 minutes, 2 points, difficulty 1 of 3*
#
# A hidden weight holds $R(x) = \tfrac12 + \sinh(2x)/(4x)$ times longer than without metaplasticity, $x = m W^h$. How many
# times longer does one with $x = 3$ hold than one with $x = 1.5$, if both are pulled at the same speed and with the same
# $m$? Mind that the larger one also has farther to go. Assign the ratio of the two flip times to `ratio`.

# %% tags=["solution"]
gain = {x: 0.5 + np.sinh(2 * x) / (4 * x) for x in (1.5, 3.0)}
ratio = 2 * gain[3.0] / gain[1.5]  # twice as far, and so much slower

# %% tags=["check"]
check("start_here-1.1", ratio)

# %% tags=["mistakes"]
mistake("start_here-1.1", gain[3.0] / gain[1.5])
mistake("start_here-1.1", 2.0, hint="so it would be without metaplasticity")

# %% [markdown] tags=["exercise"]
# ### Exercise 2: take an equation out
#
# *derivation, 10 minutes, 3 points, difficulty 1 of 3*
#
# The step `"law"` of `derivation` is an equation for the flip time $T$. Take its right-hand side (`.rhs`), and find how
# $T$ answers to the start: assign to `slope` its derivative with respect to the symbol `W_0`, an expression in
# `W_0`, `m` and `v`. (`expression.free_symbols` lists the symbols.) Compare it with one over the speed at the start.

# %% tags=["solution"]
law = derivation["law"].rhs
(begin,) = (symbol for symbol in law.free_symbols if symbol.name == "W_0")
slope = law.diff(begin)
slope

# %% tags=["check"]
check("start_here-1.2", slope)

# %% tags=["mistakes"]
mistake("start_here-1.2", law, hint="this is the flip time itself; its derivative is asked for")
mistake("start_here-1.2", 1 / slope)

# %% [markdown] tags=["exercise"]
# ### Exercise 3: a pull that is not steady
#
# *simulation, 15 minutes, 4 points, difficulty 2 of 3*
#
# Pull a hidden weight from 1.5 to and fro: updates alternate between $-0.05$ and $+0.05$, those towards zero multiplied by
# $1 - \tanh^2(m W^h)$ as before, those away from it whole. Begin with $-0.05$ and make 200 updates. Where does
# it stand at the end without metaplasticity, and where with $m = 1.35$? Assign a list of the two numbers to `ends`.

# %% tags=["solution"]
ends = []
for m in (0.0, 1.35):
    hidden = 1.5
    for k in range(200):
        step = 0.05 if k % 2 else -0.05
        towards = step * hidden < 0
        hidden += step * (1 - np.tanh(m * hidden) ** 2 if towards else 1)
    ends.append(hidden)
# Updates without preference push outward: half of them are damped, half are not.
assert ends[1] > ends[0] + 4

# %% tags=["check"]
check("start_here-1.3", ends)

# %% tags=["mistakes"]
mistake(
    "start_here-1.3",
    [1.5, 1.5],
    hint="with metaplasticity an update back is larger than the one before it",
)
mistake("start_here-1.3", ends[::-1])

# %% [markdown] tags=["exercise"]
# ### Exercise 4: what does a hidden weight know?
#
# *open, 15 minutes, 5 points, difficulty 3 of 3*
#
# Exercise 3 shows that a hidden weight can grow though nothing speaks for its sign. Is a large hidden weight then
# an important one? Write down, in ten lines at most, which experiment with a trained network would tell.
#
# Then judge four statements, and assign four truth values to `judged`: (a) a hidden weight that was always pushed
# in the same direction is large; (b) a large hidden weight was always pushed in the same direction; (c) with metaplasticity
# a synapse needs to know which task is being learned; (d) a network in which all hidden weights are large
# learns new tasks badly.

# %% [markdown] tags=["solution"]
# Flip binary weights of a trained network one class of sizes at a time and measure how the loss rises: if size
# means importance, the loss rises with the size of those that are flipped. The control is the same with the sizes
# shuffled among the synapses, and a network trained without metaplasticity. (Lesson 9 of the first part does this.) Size
# alone proves nothing, since noise also makes hidden weights grow: (a) holds, (b) does not. The rule uses nothing but the
# hidden weight and its update, so (c) does not hold. (d) holds: what is held is not free for anything new.

# %% tags=["solution"]
judged = [True, False, False, True]

# %% tags=["check"]
check("start_here-1.4", judged)

# %% tags=["mistakes"]
mistake(
    "start_here-1.4",
    [True, True, False, True],
    hint="Exercise 3 is a counterexample to one of them",
)
mistake("start_here-1.4", [True, False, True, True], hint="look at what `pulled_down` uses")

# %% [markdown]
# ## References
#
# * A. Laborieux, M. Ernoult, T. Hirtzlin, D. Querlioz, *Synaptic metaplasticity in binarized neural
#   networks*, Nature Communications 12:2549 (2021): the rule. The law of the flip time is derived here.
