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
strength = 1e-4
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
        claim("relaxed against predicted angle: largest difference in degrees; a nudge of 1e-4 "
              "leaves an order of 1e-8", np.abs(simulated - predicted).max(), "<", 1e-4,
              kind="agreement"),
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
    for decay, line in ((1e-3, "-"), (3e-3, "--"), (1e-2, ":")):
        ax.semilogy(k, asymmetry_factor(0.1, decay, momentum, k), line, color=BLUE)
    ax.set(xlabel="step", ylabel=r"$\|W - B\|$ left", ylim=(1e-4, 1.5))


explore(draw, momentum=[0.0, 0.5, 0.9])

# %% [markdown]
# ## Exercises
#
# 1. Which weight decay halves the asymmetry in 500 steps at learning rate 0.1 and momentum 0.9?
# 2. A purely antisymmetric coupling of two linear units: what is the angle between both errors, when
#    the loss acts on the first unit? Find it by hand and check.
# 3. Does a symmetric nudge remove the bias of the vector field?

# %% tags=["solution"]
# 1. eta lambda k / (1 - mu) = log 2
needed = np.log(2) * (1 - 0.9) / (0.1 * 500)

# %%
assert abs(asymmetry_factor(0.1, needed, 0.9, 500) - 0.5) < 0.01

# %% tags=["solution"]
# 2. J = a [[0, 1], [-1, 0]]: (1 - J) and (1 - J') turn by opposite angles, arctan a each.
a = 0.4
by_hand = 2 * np.degrees(np.arctan(a))

# %%
quarter_turn = a * np.array([[0.0, 1.0], [-1.0, 0.0]])
first = np.array([1.0, 0.0])
computed = angle(vector_field_errors(quarter_turn, np.ones(2), first),
                 true_errors(quarter_turn, np.ones(2), first))  # fmt: skip
assert abs(computed - by_hand) < 1e-9

# %% tags=["solution"]
# 3. No: the bias of asymmetry stays in the limit of a small nudge.
limits = [vector_field_estimate(net, x[:, :8], y, b).flat() for b in (1e-2, 1e-3)]
true_gradient = implicit_gradient(net, x[:, :8], y).flat()

# %%
gap = [np.linalg.norm(one - true_gradient) / np.linalg.norm(true_gradient) for one in limits]
assert min(gap) > 0.1 and abs(gap[0] - gap[1]) < 0.01

# %% [markdown]
# ## References
#
# * B. Scellier, A. Goyal, J. Binas, T. Mesnard, Y. Bengio, *Generalization of equilibrium propagation
#   to vector field dynamics*, arXiv:1808.04873 (2018): the rule with different updates.
# * J. F. Kolen, J. B. Pollack, *Backpropagation without weight transport*, ICNN (1994): equal updates.
# * A. Laborieux et al., Frontiers in Neuroscience 15:633674 (2021): both, and the soft read-out, for
#   ConvNets. The closed form of the bias and the law with momentum are derived here.
# * arXiv:2602.03670: the added term of the nudged phase.
