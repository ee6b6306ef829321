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
# # Training without symmetry: what breaks and when
#
# **After this lesson you can** train a network whose forward and backward weights learn separately; say
# which numbers of contour points survive a large nudge; and watch symmetry get lost even where training
# starts with it.
#
# *20 minutes. Prerequisites: lessons 4 and 5.*
#
# The paper trains 784-256-256-10 on Fashion-MNIST. Here it is a 64-32-32 network with a softmax read-out of ten
# classes on digits of 8 x 8 pixels. **All errors measured here are ours, for this task; none is the paper's
# result.** Free states are relaxed with damped steps, which have the same fixed points as plain ones and do not
# run into cycles of two; a sample whose residual is above $10^{-3}$ after all steps counts as *unsettled*,
# and the share of such samples stands in every figure.
#
# | symbol | name in the code | meaning |
# |---|---|---|
# | $N, \lvert \beta \rvert$ | `points`, `radius` | of the contour |
# | $\delta$, $d_\beta r^*$ | "backpropagation", "derivative" | exact errors that train |
# | | "contour", "online" | their estimates: $N$ nudged states, or running means under an oscillation |
# | | `alignment` | mean cosine of both errors over settled test images, one a layer |

# %%
from dataclasses import replace

import numpy as np

from figures.kit import claim, explore, record, seed, use_style
from theory.data import load_images
from theory.holo_ep import (
    PUBLISHED_RUNS,
    Contour,
    FieldNetworks,
    TrainingSettings,
    contour_errors,
    relax,
    solved_errors,
    train,
)
from theory.holo_ep.derivations import asymmetry as derivations
from theory.holo_ep.published import FASHION_ERRORS

use_style()
digits = load_images("digits")

# %% [markdown]
# ## The prediction
#
# Two updates instead of one: $\Delta W_{ij} \propto e_i r_j$ and $\Delta W_{ji} \propto e_j r_i$. Nothing ties them,
# and a network that starts symmetric does not stay so. Then the errors part, by a factor that lesson 4
# derived:

# %%
derivations.error_map()

# %% [markdown]
# On top of it comes the bias of the finite nudge, which should be large for $N = 1$, and small
# from $N = 2$ on.
#
# ## Contour points and nudge
#
# Symmetric start, five seeds a rule. The weights between the layers start at half their usual size and learn ten
# times more slowly than the others, so that nearly all free states settle and ten epochs suffice. "online" has no
# free phase: the nudge turns three times for every update, the first turn is not averaged. "corrected" is the
# contour with the added term of lesson 4. Each run is compared with the exact derivative *from the same seed*: the
# mean of the pairs has a smaller error than the difference of two means.

# %%
seeds = [seed(k) for k in range(5)]
base = TrainingSettings(
    sizes=(32, 32), gain=0.5, optimizer="sgd", momentum=0.0, learning_rate=0.4, rates=(1, 0.1, 1),
    epochs=10, free_steps=40, nudged_steps=20,
)  # fmt: skip
rules = {
    (points, radius): replace(base, rule="contour", points=points, radius=radius)
    for radius, counts in ((0.05, (1, 2, 6)), (0.5, (1, 2, 4, 6)))
    for points in counts
}
rules["online"] = replace(base, rule="online", points=4, turns=3)
rules["corrected"] = replace(base, rule="corrected", points=4)
rules["backpropagation"] = replace(base, rule="backpropagation")
rules["derivative"] = base
runs = {
    name: train(setting, digits, seeds, degrees=0)
    for name, setting in rules.items()
    if setting.radius == 0.05
}

# %%
for name, setting in rules.items():
    if setting.radius == 0.5 and setting.rule == "contour":
        runs[name] = train(setting, digits, seeds, degrees=0)

# %%
for name, setting in rules.items():
    if name not in runs:
        runs[name] = train(setting, digits, seeds, degrees=0)
best = {name: 100 * run.test_error.min(axis=1) for name, run in runs.items()}
gaps = {name: errors - best["derivative"] for name, errors in best.items() if name != "derivative"}
mean = {name: gap.mean() for name, gap in gaps.items()}
spread = {name: gap.std(ddof=1) / np.sqrt(len(seeds)) for name, gap in gaps.items()}
lost = {name: 100 * run.unsettled_in_training.mean() for name, run in runs.items()}
print(
    f"exact derivative: {best['derivative'].mean():.1f} per cent, seeds {best['derivative'].round(1)}"
)
print(f"unsettled in training: at most {max(lost.values()):.1f} per cent of the samples")

# %% [markdown]
# A free state that has not settled harms the estimate of one point most: the change since the free phase is divided
# by the nudge, and the drift of the meantime with it. From $N = 2$ on the mean over the circle takes any constant
# out. Here the free state is relaxed as long as the nudged one before it is taken off (`drift`); the released code
# takes it as it is. The difference, in the trained network, from states six steps on their way:

# %%
networks, images = runs[1, 0.05].networks, digits.train_images[None, :100].astype("f")
targets = np.eye(10, dtype="f")[digits.train_labels[None, :100]]
early, rest = relax(networks, images, 6), relax(networks, images, 400)
exact = solved_errors(networks, rest, targets, "nudged")
off = {}
for points in (1, 2):
    for drift in (False, True):
        found = contour_errors(networks, images, targets, early, Contour.circle(points, 0.05), 40,
                               drift=drift)  # fmt: skip
        off[points, drift] = np.linalg.norm(found - exact) / np.linalg.norm(exact)
        print(f"N = {points}, drift taken off {drift!s:5}: relative error {off[points, drift]:.3f}")

# %%
labels = {name: f"$N={name[0]}$, $|\\beta|={name[1]}$" for name in list(rules)[:7]} | {
    "online": "continuous, $N=4$", "corrected": "added term, $N=4$",
    "backpropagation": "back-propagation"}  # fmt: skip
theirs = FASHION_ERRORS["derivative"]

# %%
record(
    "holo_ep/j24_table1",
    numbers={"points": [k[0] if isinstance(k, tuple) else 0 for k in labels],
             "rule": list(labels.values()), "difference": [gaps[name] for name in labels],
             "derivative": best["derivative"], "unsettled": [lost[name] for name in labels],
             "published": [FASHION_ERRORS.get(name, np.nan) - theirs for name in labels]},
    claims=[
        claim("exact derivative: mean best error (%)", best["derivative"].mean(), "<", 10,
              paper=theirs, differs="another task, ten epochs"),
        claim("large nudge: N = 1 minus the exact derivative, mean of the pairs in their standard errors",
              mean[1, 0.5] / spread[1, 0.5], ">", 2, paper=38.4 - 14.7),
        claim("small nudge, the drift taken off: the same for N = 1", abs(mean[1, 0.05] / spread[1, 0.05]),
              "<", 5, kind="agreement"),
        claim("N = 1 loses more at the large nudge than at the small one, in points",
              mean[1, 0.5] - mean[1, 0.05], ">", 1),
        claim("N = 2 and more at either nudge: largest mean difference, in points",
              max(abs(mean[k]) for k in labels if isinstance(k, tuple) and k[0] > 1), "<", 2,
              paper=14.3 - 14.7),
        claim("their largest standard error: the power of the comparison",
              max(spread[k] for k in labels if isinstance(k, tuple) and k[0] > 1), "<", 1),
        claim("relative error of one point from a drifting free state, drift left in over taken off",
              off[1, False] / off[1, True], ">", 3),
    ],
)  # fmt: skip

# %% [markdown]
# As in the paper a single nudged state fails at the large nudge and not at the small one. From two points on the
# large nudge costs about one point, more than the spread of the pairs; the small one costs nothing that shows. With the drift left in, a single point would
# fail at the small nudge, too, wherever states do not settle.
#
# ## Symmetry is lost
#
# Seven initial angles between forward and backward weights, four seeds each, plain momentum descent, trained by
# the true error (recurrent back-propagation) and by the nudged error (the exact derivative).

# %%
STARTS = 4  # seeds an angle, all of a rule trained at once
start, drawn_seeds = np.repeat(np.arange(0, 91, 15), STARTS), [seed(k) for k in range(STARTS)]
plain = {"optimizer": "sgd", "learning_rate": 0.03, "epochs": 15}


def from_all_angles(rule):
    return train(TrainingSettings(rule=rule, **plain), digits, drawn_seeds * 7, degrees=start)


turned = {"backpropagation": from_all_angles("backpropagation")}

# %%
turned["derivative"] = from_all_angles("derivative")


def over_seeds(values):
    """Mean over the seeds of each angle: (runs, epochs, ...) to (epochs, angles, ...)."""
    return np.swapaxes(values.reshape(7, STARTS, *values.shape[1:]).mean(axis=1), 0, 1)


drawn = {}
for name, run in zip(("backpropagation", "nudged"), turned.values(), strict=True):
    drawn |= {f"{name}_angle": over_seeds(run.angle),
              f"{name}_alignment": over_seeds(run.alignment)[..., :2],
              f"{name}_unsettled": 100 * run.unsettled_in_training.mean()}  # fmt: skip

# %%
last = {name: drawn[f"{name}_angle"][-1] for name in ("backpropagation", "nudged")}
first = {name: run.alignment[:, -1, 0]
         for name, run in zip(last, turned.values(), strict=True)}  # fmt: skip
gap = np.mean(first["nudged"] - first["backpropagation"])
record(
    "holo_ep/j24_fig3",
    numbers={"epoch": np.arange(plain["epochs"] + 1)} | drawn,
    claims=[
        claim("back-propagation: angle reached from 0 degrees", last["backpropagation"][0], ">", 30),
        claim("nudged error: angle reached from 0 degrees", last["nudged"][0], ">", 30),
        claim("angles reached from 0 and from 90 degrees: distance left, both rules (degrees)",
              max(ends[-1] - ends[0] for ends in last.values()), "<", 50),
        claim("first layer, all starts: mean cosine after back-propagation",
              first["backpropagation"].mean(), "<", 0.2),
        claim("share of runs by back-propagation with a negative cosine in the first layer",
              np.mean(first["backpropagation"] < 0), ">", 0.2),
        claim("nudged error keeps more alignment in the first layer, mean over the runs", gap, ">", 0.2),
    ],
)  # fmt: skip
for rule, run in turned.items():
    errors = 100 * over_seeds(run.test_error).min(axis=0)
    print(f"best test errors from 0, 15 ... 90 degrees by {rule}:", np.round(errors, 1))

# %% [markdown]
# Both rules lose the symmetry that they start with. What tells them apart is the alignment: back-propagation gets
# the *exact* gradient and has no reason to keep the nudged error aligned.
#
# ## At full size
#
# The published settings are stored by experiment. `train_published("J24 fig. 4a-d")` runs one on the 60 000 images of
# Fashion-MNIST, which takes hours to days a seed here, and is not done in this lesson.

# %%
for name, run in PUBLISHED_RUNS.items():
    s = run.settings
    print(f"{name:33} {s.rule:16} {s.optimizer} {s.learning_rate:g}, {s.epochs} epochs, steps {s.free_steps} and "
          f"{s.nudged_steps}, {len(run.degrees)} angles, coefficients {run.homeostasis}")  # fmt: skip

# %% [markdown]
# ## What happens if
#
# ... the relaxation is given fewer steps? The errors that train are then those of unsettled states.


# %%
def draw(ax, free_steps):
    short = TrainingSettings(rule="contour", points=2, free_steps=free_steps, epochs=4)
    run = train(short, digits, (seed(0),), degrees=0)
    ax.plot(100 * run.test_error[0], "-")
    ax.plot(np.arange(1, 5), 100 * run.unsettled_in_training[0], "--")
    ax.set(
        xlabel="epoch", ylabel="full: test error, dashed:\nunsettled in training (%)", ylim=(0, 100)
    )


explore(draw, free_steps=[20, 60, 150])

# %% [markdown]
# ## Exercises
#
# 1. How many relaxations does one update with $N = 6$ need, conjugate symmetry used? (`relaxations`)
# 2. Tie the two weights by hand: what is the mean of the two updates of a reciprocal pair, and why does it keep a
#    symmetric start? (`tied`, a network after such an update)

# %% tags=["solution"]
# 1. One at beta, one at -beta, and one for each pair of conjugates.
relaxations = 6 // 2 + 1

# %%
nodes = np.exp(2j * np.pi * np.arange(6) / 6)
assert relaxations == np.sum(nodes.imag > -1e-9)

# %% tags=["solution"]
# 2. (e_i r_j + e_j r_i) / 2 is symmetric in i and j: the update of an energy.
tied = FieldNetworks.random(64, (32, 32, 10), "reciprocal", [seed(0)], degrees=0)
rng = np.random.default_rng(seed(1))
r, e = rng.uniform(size=(1, 5, 74)).astype("f"), rng.standard_normal((1, 5, 74)).astype("f")
update = tied.field_gradient(r, e, np.zeros((1, 5, 64), "f"))[0]
tied.recurrent -= 0.1 * (update + np.swapaxes(update, 1, 2)) / 2

# %%
assert tied.angle()[0] < 0.1

# %% [markdown]
# ## References
#
# * A. Laborieux, F. Zenke, ICLR 2024, arXiv:2309.02214: Table 1 and Fig. 3, on Fashion-MNIST with 50 epochs of
#   momentum descent. Four entries of the table are known here from public reviews; the numbers of Fig. 3 are not.
# * Everything measured above is on 1438 training and 359 test digits of scikit-learn.
