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
# # Training on a circle of nudges
#
# **After this lesson you can** train a classifier by classic, holomorphic and continuously oscillating
# equilibrium propagation; say which of them survives noisy neurons, and why; and judge which findings
# of the paper show at laptop size and which do not.
#
# *30 minutes, and two of computing. Prerequisites: the lessons on finite oscillations and on lag, noise
# and depth.*
#
# The paper trains 784-256-256-10 networks on MNIST and ConvNets on colour images. Here: two layers of
# 64 units on 8 x 8 digits, three seeds, plain stochastic gradient descent.
#
# | rule | name in the code | what it needs for one update |
# |---|---|---|
# | classic | `rule="products"`, `points=1` | a free phase and one nudged phase |
# | circle | `rule="products"` | a free phase and $N$ nudges, from the free state |
# | continuous | `rule="continuous"` | three turns of the teacher from the zero state, no free phase |
#
# Two things differ from the paper, both found necessary at this size. The weights between the layers
# learn ten times more slowly than the others: they make the feedback, and at equal rates the networks
# drift to where their equilibria are about to branch, and every exact gradient explodes. And odd and even
# layers are relaxed in turn: the same equilibria in half the sweeps.

# %%
from dataclasses import replace

import numpy as np

from figures.kit import claim, explore, record, seed, use_style
from theory.data import load_images
from theory.ep import one_hot
from theory.holo_ep import (
    Contour,
    TrainingSettings,
    contour_estimate,
    cosine,
    relaxation_rate,
    train,
)
from theory.holo_ep.derivations import contour, holomorphic_activations
from theory.holo_ep.published import CLIP_ERRORS, MNIST_ERRORS, PARITY

use_style()
digits = load_images("digits")
seeds = [seed(k) for k in range(3)]

# %%
base = TrainingSettings(
    rule="products", towards=True, sizes=(64, 64), gain=0.5, radius=0.4, points=10, epochs=8,
    optimizer="sgd", momentum=0.0, learning_rate=0.2, rates=(1, 0.1, 1), batch_size=20,
    free_steps=20, nudged_steps=6,
)  # fmt: skip


def best(errors):
    """Error of the best epoch (%) of every seed, as in the paper's tables."""
    return 100 * errors.min(axis=1)


# %% [markdown]
# ## What a synapse needs
#
# On the circle, a synapse needs the first harmonic of its neurons. The products at conjugate nudges are
# conjugate: without noise, six relaxations stand for ten.

# %%
contour.local_rule()

# %%
contour.real_network()

# %% [markdown]
# ## Noisy neurons
#
# Noise of standard deviation 0.2 on every preactivation in every sweep. What to expect? The variance of
# an estimate is that of the products times a gain. A small nudge has little bias, and a ruinous gain:

# %%
rules = {
    "classic, $r = 0.1$": replace(base, points=1, radius=0.1, nudged_steps=20),
    "classic, $r = 0.4$": replace(base, points=1, nudged_steps=20),
    "circle of 10, $r = 0.4$": base,
    "continuous, $r = 0.4$": replace(base, rule="continuous", turns=3, nudged_steps=4),
}
gains = {name: s.contour.noise_gain(5 if s.points == 1 else 1) for name, s in rules.items()}
for name, gain in list(gains.items())[:3]:
    print(f"{name.replace('$', '')}: noise gain {gain:.3g}")

# %% [markdown]
# Sweeps are not the same with and without noise. Noisy readings repeat, so that each has fewer: 4 in place of 20
# for the classic rule, which reads five times, 5 in place of 6 for the circle, 3 in place of 4 for the
# continuous one. Differences between the two columns below are those of noise *and* sweeps.

# %%
noise = 0.2
sweeps = dict(zip(rules, (4, 4, 5, 3), strict=True))
clean = {name: train(s, digits, seeds) for name, s in rules.items()}

# %%
noisy = {
    name: train(replace(s, noise=noise, nudged_steps=sweeps[name]), digits, seeds)
    for name, s in rules.items()
}
table = {
    f"{kind}_{part}": np.array([best(getattr(run, f"{part}_error")) for run in runs.values()])
    for kind, runs in (("clean", clean), ("noisy", noisy))
    for part in ("test", "train")
}

# %%
authors = {f"{name}_authors": errors for name, errors in MNIST_ERRORS.items()}
mean = {name: errors.mean(axis=1) for name, errors in table.items()}
lost = mean["noisy_test"] - mean["clean_test"]
record(
    "holo_ep/h22_table1",
    numbers={"rule": list(rules), **table, **authors},
    claims=[
        claim("without noise every rule learns: largest mean test error, per cent",
              mean["clean_test"].max(), "<", 10, paper=2.24),
        claim("with noise the classic rule with the small nudge stays at chance", mean["noisy_test"][0],
              ">", 80, paper=88.65),
        claim("with the larger nudge it learns: test error under noise minus without, in points", lost[1],
              "between", (0.3, 5), paper=0.77),
        claim("the circle loses less, in points", lost[1] - lost[2], ">", 0, paper=0.77 + 0.01),
        claim("and so does the continuous rule", lost[1] - lost[3], ">", 0.3, paper=0.77 + 0.14),
        claim("with noise the classic rule is behind the circle by, in points of training error",
              mean["noisy_train"][1] - mean["noisy_train"][2], ">", 0.3, paper=1.82),
    ],
)  # fmt: skip

# %% [markdown]
# What does not carry over: without noise the paper's small nudge is better than its large one, 1.87
# against 2.24. Here the rules with a free phase lie within the scatter of three seeds of each other, and
# the continuous one is a little behind: each of its thirty teaching steps is four sweeps, and it starts
# at zero every time. Under noise, with three sweeps each, it does *better* than without: what helps there,
# the noise or the sweeps, is not told apart.
#
# ## Parity with back-propagation
#
# The paper's second table compares ConvNets on colour images. Those rows are the authors' numbers; ours
# are the digits: the symmetric pair of nudges against back-propagation in a feedforward network of
# the same units; five seeds.

# %%
longer = replace(base, points=2, radius=1.0, nudged_steps=12, epochs=12)
forward = replace(longer, rule="backpropagation", topology="feedforward", damping=1.0, gain=1.0,
                  rates=(1, 1, 1), free_steps=3, nudged_steps=3)  # fmt: skip
five = [seed(k) for k in range(5)]
pair, feedforward = (100 - best(train(s, digits, five).test_error) for s in (longer, forward))
gap = feedforward - pair  # of equal seeds

# %%
record(
    "holo_ep/h22_table2",
    numbers={
        "set": [*PARITY, "digits (ours)"],
        "equilibrium_propagation": [*(row[0] for row in PARITY.values()), pair.mean()],
        "equilibrium_propagation_deviation": [*(row[1] for row in PARITY.values()), pair.std(ddof=1)],
        "back_propagation": [*(row[2] for row in PARITY.values()), feedforward.mean()],
        "back_propagation_deviation": [*(row[3] for row in PARITY.values()), feedforward.std(ddof=1)],
    },
    claims=[
        claim("digits: accuracy of back-propagation minus that of equilibrium propagation, mean of "
              "pairs, in points", gap.mean(), "between", (-2, 3), paper=-0.22),
        claim("its standard error: the power of the comparison",
              gap.std(ddof=1) / np.sqrt(len(five)), "<", 0.8),
        claim("digits: accuracy of equilibrium propagation", pair.mean(), ">", 92),
    ],
)  # fmt: skip

# %% [markdown]
# ## A clip and its holomorphic twin
#
# In the paper's deepest ConvNet a network with max-pooling and a hard clip trains worse than its
# holomorphic counterpart, and four points do better than two.

# %%
holomorphic_activations.soft_clip()

# %%
deep = replace(
    base, sizes=(32, 32, 32, 32), gain=1.5, learning_rate=0.5, rates=(1, 0.2, 1), radius=1.0,
    points=2, epochs=12, nudged_steps=12,
)  # fmt: skip
clips = {
    "hard clip, $N = 2$": replace(deep, activation="wide_hard_sigmoid"),
    "soft clip, $N = 2$": replace(deep, activation="soft_clip"),
    "soft clip, $N = 4$": replace(deep, activation="soft_clip", points=4),
}
four = [seed(k) for k in range(4)]
errors = [best(train(s, digits, four).train_error) for s in clips.values()]
hard, soft_two, soft_four = (e.mean() for e in errors)
spread = np.sqrt((errors[1].var(ddof=1) + errors[2].var(ddof=1)) / len(four))
for name, found in zip(clips, errors, strict=True):
    print(f"{name.replace('$', '')}: best training errors {np.round(found, 1)} per cent")

# %%
record(
    "holo_ep/h22_fig4c",
    numbers={"kind": list(clips), "points": [s.points for s in clips.values()], "error": errors,
             "authors": [e for e, _ in CLIP_ERRORS.values()],
             "authors_two_sigma": [spread for _, spread in CLIP_ERRORS.values()]},
    claims=[
        claim("hard minus soft clip with two points, mean training error in points", hard - soft_two,
              ">", -3, paper=14.57 - 6.45),
        claim("all three learn: largest mean training error", max(hard, soft_two, soft_four), "<", 40,
              paper=14.57),
        claim("soft clip with two and with four points: difference of means in standard errors",
              abs(soft_two - soft_four) / spread, "<", 4, kind="agreement"),
    ],
)  # fmt: skip

# %% [markdown]
# Neither finding is told by four seeds at this size. The hard clip is behind the soft one, by less than the
# scatter, and which seeds do badly changes with the last digits of the arithmetic. With two points and with four
# the soft clip trains equally well. The lesson on depth suggests a reason, not tested further here: in dense layers
# of this size two points may be exact enough already, and what is left of the error is that of stochastic
# training.
#
# ## What happens if
#
# ... the noise is varied? Five epochs, 400 images, one seed: classic with a nudge of 0.4
# against the circle.


# %%
def draw(ax, noise):
    few = replace(digits, train_images=digits.train_images[:400],
                  train_labels=digits.train_labels[:400])  # fmt: skip
    for name, colour in (("classic, $r = 0.4$", "C1"), ("circle of 10, $r = 0.4$", "C0")):
        made = replace(rules[name], noise=noise, nudged_steps=sweeps[name], epochs=5)
        run = train(made, few, (seed(0),))
        ax.plot(100 * run.test_error[0], "-", color=colour)
    ax.set(xlabel="epoch", ylim=(0, 100))


explore(draw, noise=[0.1, 0.3, 0.6])

# %% [markdown]
# ## Exercises
#
# 1. After training, is the estimate of the circle still exact? Compare it with implicit differentiation
#    on ten test digits, and look at the radius of convergence.
# 2. By which factor does the circle lower the variance against the classic rule at the same radius, and
#    with five readings of each phase? To which part of it is the number of readings owed?
# 3. Count the sweeps of an update under noise for each rule. Which rule gets most out of a sweep?

# %% tags=["solution"]
# 1. It is, as long as 0.4 lies inside the radius for the samples.
inputs = digits.test_images[:10].astype(float)
wanted = one_hot(digits.test_labels[:10], 10).astype(float)
trained = clean["circle of 10, $r = 0.4$"].networks.clamped(0, inputs, wanted)
agreement = cosine(contour_estimate(trained, 10, 0.05, warn=False), trained.gradient)

# %%
assert agreement > 0.999 and relaxation_rate(trained) < 1

# %% tags=["solution"]
# 2. Gains 2 / (5 r^2) and 1 / (20 r^2): a factor of 8; with as many readings as the circle it is 4.
ratio = Contour.circle(1, 0.4).noise_gain(5) / Contour.circle(10, 0.4).noise_gain()
same_number = Contour.circle(1, 0.4).noise_gain(10) / Contour.circle(10, 0.4).noise_gain()

# %%
assert abs(ratio - 8) < 1e-9 and abs(same_number - 4) < 1e-9

# %% tags=["solution"]
# 3. Free phase of 20, then readings times sweeps.
counts = {"classic": 20 + 2 * 5 * 4, "contour": 20 + 10 * 5, "continuous": 3 * 10 * 3}

# %%
assert counts["classic"] < counts["contour"] < counts["continuous"]

# %% [markdown]
# ## References
#
# * A. Laborieux, F. Zenke, *Holomorphic equilibrium propagation computes exact gradients through finite
#   size oscillations*, Advances in Neural Information Processing Systems 35 (2022): Tables 1 and 2 and
#   Fig. 4c, whose numbers stand beside ours, labelled as the authors'.
# * The digits are the test part of the optical recognition set of E. Alpaydin and C. Kaynak (1998), as
#   shipped with scikit-learn.
