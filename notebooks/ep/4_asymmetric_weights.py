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
# # Forward and backward weights that differ
#
# **After this lesson you can** compute what equilibrium propagation loses without weight symmetry;
# get it back exactly by one added term; choose updates that restore the symmetry and say how fast,
# momentum included; and treat a read-out outside the relaxing system.
#
# *20 minutes. Prerequisites: lessons 1 and 3; matrix inverses.*
#
# Two-way coupling with equal weights is hard to build. With backward weights $B \ne W$ there is no
# energy, but the network still settles, and nudged states can still be compared.
#
# | symbol | name in the code | meaning |
# |---|---|---|
# | $J$ | `coupling` | coupling of states into preactivations, not symmetric here |
# | $D$ | `slope` | slopes of the activation |
# | $d = D (1 - J^\top D)^{-1} \nabla C$ | `true_errors` | errors of the exact gradient |
# | $D (1 - J D)^{-1} \nabla C$ | `vector_field_errors` | what nudged states deliver |
# | $\eta, \lambda, \mu$ | `learning_rate`, `weight_decay`, `momentum` | of the updates |

# %%
import numpy as np
import sympy as sp

from classroom import check, mistake
from figures.kit import BLUE, claim, explore, figure_rng, record, seed, use_style
from theory.data import load_images
from theory.ep import (
    LayeredNetwork,
    SoftReadout,
    Stencil,
    TrainingSettings,
    asymmetry_factor,
    corrected_estimate,
    gradient_estimate,
    implicit_gradient,
    one_hot,
    readout_gradient,
    true_errors,
    vector_field_errors,
    vector_field_estimate,
)
from theory.ep.derivations import asymmetric as derivations
from theory.ep.ensemble import Ensemble
from theory.ep.vector_field import angle, bias, relax_nudged

use_style()

# %% [markdown]
# ## The bias of the vector field

# %%
derivations.vector_field_bias()

# %% [markdown]
# Only the antisymmetric part of the coupling does harm, in a network of any size. Turn a coupling
# from symmetric to antisymmetric and relax it under a small force of either sign: the response of the
# states, compared with the true errors, has the predicted angle.

# %%
rng = figure_rng("ep/x_vector_field_bias")
units, draws = 12, 20
turns = np.radians(np.arange(0, 91, 10))
strength = 1e-6
predicted, simulated, formula = (np.zeros((draws, len(turns))) for _ in range(3))
for k in range(draws):
    raw = rng.standard_normal((units, units)) / np.sqrt(units)
    symmetric, antisymmetric = (raw + raw.T) / 2, (raw - raw.T) / 2
    drive, cost = 0.3 * rng.standard_normal((2, units))
    for j, turn in enumerate(turns):
        coupling = 0.6 * (np.cos(turn) * symmetric + np.sin(turn) * antisymmetric)
        free = relax_nudged(coupling, drive, 0 * cost)
        slope = 1 - free**2
        exact = true_errors(coupling, slope, cost)
        found = vector_field_errors(coupling, slope, cost)
        predicted[k, j] = angle(found, exact)
        formula[k, j] = np.linalg.norm(found - exact - bias(coupling, slope, cost))
        both = [relax_nudged(coupling, drive, sign * strength * cost) for sign in (1, -1)]
        simulated[k, j] = angle(both[0] - both[1], exact)

# %%
record(
    "ep/x_vector_field_bias",
    numbers={"turn": np.degrees(turns), "predicted": predicted.mean(axis=0),
             "least": predicted.min(axis=0), "largest": predicted.max(axis=0),
             "simulated": simulated.mean(axis=0), "couplings": draws},
    claims=[
        claim("largest angle for symmetric couplings, degrees; the arc cosine resolves 1e-6",
              simulated[:, 0].max(), "<", 1e-5, kind="agreement"),
        claim("smallest angle of any coupling turned by 30 degrees", predicted[:, 3].min(), ">", 5),
        # A nudge leaves an error of second order: 4e-7 degrees where an eigenvalue of J is at 1 - 3e-3.
        claim("relaxed against predicted angle: largest difference in degrees",
              np.abs(simulated - predicted).max(), "<", 1e-4, kind="agreement"),
        claim("closed form of the bias: largest distance", formula.max(), "<", 1e-12, kind="exact"),
    ],
)  # fmt: skip

# %% [markdown]
# In a layered network the same is seen in the updates. Backward weights are turned gradually into the
# forward ones, and the vector-field estimate approaches the exact gradient.

# %%
rng = np.random.default_rng(seed(3))
net = LayeredNetwork.random((8, 10, 8, 4), rng, scale=0.8, backward=True)
x, y = rng.uniform(size=(6, 8)), np.eye(4)[np.arange(6) % 4]
for share in (0.0, 0.5, 0.9, 1.0):
    own = [share * w + (1 - share) * b for w, b in zip(net.weights[1:], net.backward, strict=True)]
    mixed = net.with_parameters(net.weights, net.biases, own)
    turned = angle(vector_field_estimate(mixed, x, y, 1e-3).flat(),
                   implicit_gradient(mixed, x, y).flat())  # fmt: skip
    print(f"backward weights {share:.0%} forward ones: estimate off by {turned:.2f} degrees")

# %% [markdown]
# ## The exact gradient, by one added term
#
# The bias comes from $J$ standing where its transpose belongs. In the nudged phase, and there only, let
# every unit also feel $(J^\top - J)(s - s_*)$, the asymmetry of its couplings times the distance to the
# free equilibrium. The free phase is untouched.

# %%
derivations.corrected_phase()

# %%
rng = figure_rng("ep/x_exact_without_symmetry")
own = LayeredNetwork.random((8, 10, 8, 4), rng, scale=0.7, backward=True)
x_own, y_own = rng.uniform(size=(6, 8)), np.eye(4)[np.arange(6) % 4]
exact = implicit_gradient(own, x_own, y_own)
nudges = np.geomspace(0.01, 0.16, 7)
KINDS = {"one_sided": Stencil.one_sided, "symmetric": Stencil.symmetric,
         "three": lambda b: Stencil.order_n(b, 3), "contour": lambda b: Stencil.contour(4, b)}  # fmt: skip
off = {
    name: [(corrected_estimate(own, x_own, y_own, kind(b)) - exact).norm() for b in nudges]
    for name, kind in KINDS.items()
}
off["vector_field"] = [(vector_field_estimate(own, x_own, y_own, b) - exact).norm() for b in nudges]
off = {name: np.array(values) / exact.norm() for name, values in off.items()}
orders = {name: np.log2(values[3] / values[1]) / np.log2(nudges[3] / nudges[1])
          for name, values in off.items()}  # fmt: skip

# %%
record(
    "ep/x_exact_without_symmetry",
    numbers={"nudging_strength": nudges} | off,
    claims=[
        claim("corrected phase, one-sided: order of the error", orders["one_sided"], "between",
              (0.9, 1.1)),
        claim("both signs", orders["symmetric"], "between", (1.85, 2.15)),
        claim("three nudges whose reciprocals cancel", orders["three"], "between", (2.7, 3.3)),
        claim("four points of a circle", orders["contour"], "between", (3.7, 4.3)),
        claim("the vector field's error at the smallest nudge", off["vector_field"][0], ">", 0.1),
        claim("and how much of it a smaller nudge takes off: relative change from the largest",
              abs(off["vector_field"][0] / off["vector_field"][-1] - 1), "<", 0.3),
    ],
)  # fmt: skip

# %% [markdown]
# Read off: without the term no nudge is small enough; with it the error has the order of the stencil, as
# in a symmetric network. The price is that a unit must know both its incoming and its outgoing weights
# during the nudged phase. Two other ways out change the *weights* until the difference no longer matters:
# equal updates with decay make $J^\top - J$ vanish (next section), and homeostasis of the Jacobian, the
# subject of the lessons on holomorphic EP, makes its effect on the errors small.
#
# ## Equal updates
#
# Give $W$ and $B$ the *same* update, plus weight decay. Whatever the task is, the difference $W - B$
# then only decays.

# %%
derivations.kolen_pollack()

# %% [markdown]
# The simulation trains on digits by these updates; the prediction knows nothing but the three
# numbers $\eta, \lambda, \mu$.

# %%
settings = TrainingSettings(sizes=(64, 32, 16, 10), learning_rates=(0.05, 0.05, 0.05))
rng = figure_rng("ep/x_kolen_pollack_decay")
digits = load_images("digits")
images, labels = digits.train_images, one_hot(digits.train_labels, 10)
steps, rate, decay, momenta = 600, 0.05, 0.02, np.array([0.0, 0.5, 0.9])


def one_estimate(ensemble):
    """Gradients of a random mini-batch by equal updates."""
    chosen = rng.integers(0, len(images), 16)
    batch = images[chosen][None].astype(float), labels[chosen][None]
    return gradient_estimate(
        ensemble, "equal updates", *batch, nudging_strength=0.5, steps=(15, 8), rng=rng
    )


def asymmetries(ensemble):
    pairs = zip(ensemble.weights[1:], ensemble.backward, strict=True)
    return [np.linalg.norm(forward - backward) for forward, backward in pairs]


# %%
def asymmetry_while_training(momentum):
    network = LayeredNetwork.random(
        settings.sizes, rng, activation="shifted_sigmoid", backward=True
    )
    ensemble = Ensemble.of([network], np.float64)
    velocity = [np.zeros_like(p) for p in ensemble.parameters]
    path = [asymmetries(ensemble)]
    for _ in range(steps):
        estimate = one_estimate(ensemble)
        for p, v, g in zip(ensemble.parameters, velocity, estimate, strict=True):
            v *= momentum
            v += g + decay * p
            p -= rate * v
        path.append(asymmetries(ensemble))
    return np.array(path) / path[0]


measured = np.stack([asymmetry_while_training(mu) for mu in momenta], axis=1)
law = np.stack([asymmetry_factor(rate, decay, mu, np.arange(steps + 1)) for mu in momenta], axis=1)

# %%
worst = np.abs(measured / law[:, :, None] - 1).max()
exponent = np.log(law[-1, 1]) / (-rate * decay * steps / (1 - momenta[1]))
at, second, third = np.arange(0, steps + 1, 10), slice(0, None, 40), slice(20, None, 40)
record(
    "ep/x_kolen_pollack_decay",
    numbers={"momentum": momenta, "step": at, "law": law[at],
             "step_second": np.arange(steps + 1)[second], "second": measured[second, :, 0],
             "step_third": np.arange(steps + 1)[third], "third": measured[third, :, 1]},
    claims=[
        claim("training against the exact law: largest relative deviation", worst, "<", 1e-9,
              kind="exact"),
        claim("exponent over its approximation eta lambda k / (1 - mu) at momentum 0.5; tolerance "
              "5 per cent", exponent, "between", (0.95, 1.05), kind="agreement"),
    ],
)  # fmt: skip

# %% [markdown]
# With the published schedule (120 epochs of 391 steps, half a cosine over 100 of them, $\lambda = 3
# \cdot 10^{-4}$, $\mu = 0.9$) the law gives how much asymmetry is left, layer by layer.

# %%
epochs = np.arange(120)
for rate_0 in (0.15, 0.1, 0.08):
    cosine = 1e-5 + (rate_0 - 1e-5) * (1 + np.cos(np.pi * np.minimum(epochs, 100) / 100)) / 2
    left = np.exp(-391 * 3e-4 / (1 - 0.9) * cosine.sum())
    print(f"learning rate {rate_0}: {left:.1e} of the initial asymmetry left")

# %% [markdown]
# ## A read-out outside the system
#
# For the squared error the prediction is a layer of the relaxing system. For the cross-entropy it is a softmax
# read-out **outside** it: the system only feels its error through the read-out weights.

# %%
record("ep/architectures")

# %% [markdown]
# Behind a softmax read-out $C$ depends on the read-out weights, too, and their gradient is taken at the
# nudged states.

# %%
derivations.readout()

# %%
rng = figure_rng("ep/x_cross_entropy_readout")
system = LayeredNetwork.random((10, 14, 12), rng, scale=0.8)
loss = SoftReadout(rng.uniform(-1, 1, (4, 12)), np.zeros(4))
x, y = rng.uniform(size=(8, 10)), np.eye(4)[np.arange(8) % 4]
exact = readout_gradient(system, x, y, loss, (0.0,))
nudges = np.geomspace(3e-3, 0.5, 14)
found = {
    "one_sided": np.array([readout_gradient(system, x, y, loss, (b,)) for b in nudges]),
    "symmetric": np.array([readout_gradient(system, x, y, loss, (b, -b)) for b in nudges]),
}
errors = {
    name: np.linalg.norm(one - exact, axis=(1, 2)) / np.linalg.norm(exact)
    for name, one in found.items()
}
slopes = {n: np.polyfit(np.log(nudges[:5]), np.log(e[:5]), 1)[0] for n, e in errors.items()}

# %%
record(
    "ep/x_cross_entropy_readout",
    numbers={"nudging_strength": nudges} | errors,
    claims=[
        claim("slope of the one-sided error", slopes["one_sided"], "between", (0.95, 1.05)),
        claim("slope of the symmetric error", slopes["symmetric"], "between", (1.95, 2.05)),
    ],
)

# %% [markdown]
# ## What happens if
#
# ... the weight decay changes? The law below is exact for any momentum.


# %%
def draw(ax, momentum):
    k = np.arange(2000)
    left = []
    for decay, line in ((1e-3, "-"), (3e-3, "--"), (1e-2, ":")):
        factor = asymmetry_factor(0.1, decay, momentum, k)
        left.append(factor[-1])
        ax.semilogy(k, factor, line, color=BLUE)
    ax.set(xlabel="step", ylabel=r"$\|W - B\|$ left", ylim=(1e-4, 1.5))
    return "left after 2000 steps, decay 1e-3, 3e-3, 1e-2: {:.2g}, {:.2g}, {:.2g}".format(*left)


explore(draw, momentum=[0.0, 0.3, 0.5, 0.7, 0.9, 0.95])

# %% [markdown]
# ## Exercises

# %% [markdown] tags=["exercise"]
# ### Exercise 1: two units that pull in opposite ways
#
# *paper, 15 minutes, 4 points, difficulty 2 of 3*
#
# Two linear units ($D = 1$) are coupled by $J = a \begin{pmatrix} 0 & 1 \\ -1 & 0 \end{pmatrix}$, and the loss acts on the first:
# $\nabla C = (1, 0)$. Find the true errors and what the vector field delivers, and the angle between them as a function of $a$.
#
# Assign the angle for $a = 0.4$, in degrees, to `apart`, the $a$ at which it is a right angle to `right_angle`, and to
# `ratio` the ratio of the two lengths.

# %% tags=["solution"]
# (1 - J) and (1 - J') turn by opposite angles, arctan a each, and shorten alike.
apart, right_angle, ratio = 2 * np.degrees(np.arctan(0.4)), 1.0, 1.0

quarter_turn = 0.4 * np.array([[0.0, 1.0], [-1.0, 0.0]])
first = np.array([1.0, 0.0])
computed = angle(vector_field_errors(quarter_turn, np.ones(2), first),
                 true_errors(quarter_turn, np.ones(2), first))  # fmt: skip
assert abs(computed - apart) < 1e-9

# %% tags=["check"]
check("ep-4.1", apart, right_angle, ratio)

# %% tags=["mistakes"]
mistake("ep-4.1", np.degrees(np.arctan(0.4)), ..., ...)
mistake("ep-4.1", np.radians(apart), ..., ..., hint="in degrees")
mistake("ep-4.1", ..., ..., 1 / (1 + 0.4**2), hint="both errors are shortened by this factor")

# %% [markdown] tags=["exercise"]
# ### Exercise 2: the momentum that forgets fastest
#
# *derivation, 20 minutes, 5 points, difficulty 3 of 3*
#
# `steps = derivations.kolen_pollack()` ends with the factor by which the asymmetry shrinks in a step: see `steps["powers"]` and
# `steps["factor"]`. For a given $\eta \lambda$ there is a momentum $\mu$ at which it shrinks fastest: beyond it the roots
# become complex. Find it from the discriminant, and the factor per step there.
#
# Assign them to `critical` and `factor`, expressions in `eta` and `lamb`, where `eta = sp.Symbol("eta", positive=True)` and
# `lamb = sp.Symbol("lambda", positive=True)`.

# %% tags=["stub"]
eta, lamb = sp.Symbol("eta", positive=True), sp.Symbol("lambda", positive=True)
critical = ...
factor = ...

# %% tags=["solution"]
# (1 + mu - eta lambda)^2 = 4 mu has the root mu = (1 - sqrt(eta lambda))^2 below 1; then r = sqrt(mu).
eta, lamb = sp.Symbol("eta", positive=True), sp.Symbol("lambda", positive=True)
critical = (1 - sp.sqrt(eta * lamb)) ** 2
factor = 1 - sp.sqrt(eta * lamb)
assert sp.expand((1 + critical - eta * lamb) ** 2 - 4 * critical) == 0
tried = np.linspace(0.5, 0.999, 500)
slowest = [np.abs(np.roots([1, -(1 + mu - 0.01), mu])).max() for mu in tried]
assert abs(tried[int(np.argmin(slowest))] - 0.81) < 2e-3
derivations.kolen_pollack()

# %% tags=["check"]
check("ep-4.2", critical, factor, at={"eta": [0.1, 0.3, 0.5], "lambda": [0.2, 0.5, 0.8]})

# %% tags=["mistakes"]
mistake(
    "ep-4.2", (1 + sp.sqrt(eta * lamb)) ** 2, ..., hint="a momentum lies below 1: which root is it?"
)
mistake("ep-4.2", ..., critical, hint="at the double root r is half of the coefficient of r")
mistake("ep-4.2", ..., 1 - eta * lamb, hint="this is the factor without momentum")

# %% [markdown] tags=["exercise"]
# ### Exercise 3: how much decay is needed?
#
# *simulation, 10 minutes, 3 points, difficulty 1 of 3*
#
# Which weight decay $\lambda$ halves the asymmetry in 500 steps at learning rate 0.1 and momentum 0.9? Estimate it from the law
# for small decay, and then solve `asymmetry_factor(0.1, decay, 0.9, 500) = 0.5` for it (by bisection, for example).
#
# Assign the estimate to `estimated` and the solution to `needed`.

# %% tags=["solution"]
# eta lambda k / (1 - mu) = log 2, and the exact law by bisection.
estimated = np.log(2) * (1 - 0.9) / (0.1 * 500)
low, high = 1e-4, 1e-2
for _ in range(60):
    middle = (low + high) / 2
    low, high = (middle, high) if asymmetry_factor(0.1, middle, 0.9, 500) > 0.5 else (low, middle)
needed = (low + high) / 2
assert abs(needed / estimated - 1) < 0.05

# %% tags=["check"]
check("ep-4.3", estimated, needed)

# %% tags=["mistakes"]
mistake("ep-4.3", np.log(2) / (0.1 * 500), ..., hint="momentum makes every step larger")
mistake("ep-4.3", 0.5 * (1 - 0.9) / (0.1 * 500), ..., hint="the decay is exponential")

# %% [markdown] tags=["exercise"]
# ### Exercise 4: three ways out
#
# *open, 20 minutes, 6 points, difficulty 3 of 3*
#
# A colleague wants to build a network with separate forward and backward synapses and asks which of the lesson's ways out to
# choose: equal updates with decay, the added term of the nudged phase, or a smaller (symmetric) nudge. For each, write down what
# it removes exactly, what a synapse or neuron must know for it, and when it fails. Ten lines.
#
# Then judge, five truth values in `ways`: (a) with separate weights a symmetric nudge tends to the exact gradient as $\beta \to 0$;
# (b) with the added term the order of the error is that of the stencil; (c) equal updates *without* decay keep the difference
# of the weights as it is; (d) momentum speeds the loss of asymmetry up about $1/(1-\mu)$ times, at small decay;
# (e) the added term changes the free phase, too.

# %% [markdown] tags=["solution"]
# A smaller nudge removes the finite-nudge bias only: $J$ still stands where $J^\top$ belongs, (a) is false. The added
# term is exact, with the stencil's order, (b) true; but a unit must know its outgoing weights as well as its incoming ones and
# remember its free state, in the nudged phase only, so (e) is false. Equal updates need only the same product at both synapses; the difference
# is then multiplied by a factor per step that decay makes smaller than one, and without decay it stays, (c) true. It costs a decay
# of all weights and fails where the time constant is longer than the training; momentum shortens it as if the learning rate were $\eta/(1-\mu)$, (d) true.

# %% tags=["solution"]
ways = [False, True, True, True, False]
limits = [vector_field_estimate(own, x_own, y_own, b).flat() for b in (1e-2, 1e-3)]
true_gradient = implicit_gradient(own, x_own, y_own).flat()
gap = [np.linalg.norm(one - true_gradient) / np.linalg.norm(true_gradient) for one in limits]
assert min(gap) > 0.1 and abs(gap[0] - gap[1]) < 0.01  # (a)
assert abs(asymmetry_factor(0.1, 0.0, 0.9, 500) - 1) < 1e-9  # (c)

# %% tags=["check"]
check("ep-4.4", ways)

# %% tags=["mistakes"]
mistake(
    "ep-4.4",
    [True, True, True, True, False],
    hint="look at the vector field's error at the smallest nudge",
)
mistake(
    "ep-4.4",
    [False, True, False, True, False],
    hint="what does the same number added to both do to their difference?",
)

# %% [markdown]
# ## References
#
# * B. Scellier, A. Goyal, J. Binas, T. Mesnard, Y. Bengio, *Generalization of equilibrium propagation
#   to vector field dynamics*, arXiv:1808.04873 (2018): the rule with different updates.
# * J. F. Kolen, J. B. Pollack, *Backpropagation without weight transport*, ICNN (1994): equal updates.
# * A. Laborieux et al., Frontiers in Neuroscience 15:633674 (2021): both, and the soft read-out, for
#   ConvNets. The closed form of the bias and the law with momentum are derived here.
# * arXiv:2602.03670: the added term of the nudged phase.
