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
# # Pairs of states: a plane of rules, temperature, and what is conserved
#
# **After this lesson you can** place centred rules, dual propagation and coupled learning beside
# equilibrium propagation; say what a finite nudge descends when the states are noisy; and predict how a
# nudge changes the length of the parameters where the gradient conserves it.
#
# *20 minutes. Prerequisites: lessons 1 and 2.*
#
# An estimate needs two states. The free one need not be among them, states may fluctuate, and some systems
# have a symmetry that the estimate should respect. One question each.
#
# | symbol | name in the code | meaning |
# |---|---|---|
# | $\beta_1, \beta_2$ | `nudges` | the nudges of both states |
# | $T$, $A$ | `temperature`, `free_energy` | temperature and free energy of the states |
# | $k$ | `conductances` | parameters in which the energy is linear |

# %%
import numpy as np

from figures.kit import claim, explore, figure_rng, record, seed, use_style
from theory.ep import LayeredNetwork, Loss, Stencil, bias, equilibrium, hebbian, implicit_gradient
from theory.ep.derivations import pairs as derivations
from theory.ep.gradients import error_gradient
from theory.ep.resistors import Resistors
from theory.ep.surrogate import output_compliance
from theory.ep.temperature import (
    free_energy,
    mean_state,
    sampled_states,
    thermal_estimate,
    thermal_surrogate,
)

use_style()

# %% [markdown]
# ## A plane of rules
#
# The estimate $(P(\beta_1) - P(\beta_2)) / (\beta_1 - \beta_2)$ is the gradient of the mean loss between both
# nudges. To first order its bias is $(\beta_1 + \beta_2)\, c_1$: it vanishes on the line $\beta_2 =
# -\beta_1$, and nowhere else does its order rise (lesson 1, two nodes). On the plane stand the one-sided rule
# $(\beta, 0)$, the negative one $(0, -\beta)$, the symmetric or *centred* one $(\beta, -\beta)$, and **dual
# propagation**, whose two states share one nudge, $(\alpha \beta, -(1 - \alpha) \beta)$: with $\alpha =
# \tfrac12$ it is centred, else its bias is $(2 \alpha - 1) \beta c_1$.
#
# **By hand**, one quadratic unit of stiffness 1: $s_\beta$ answers with $1 / (1 + \beta)$, and the estimate
# over the gradient is $1 / ((1 + \beta_1)(1 + \beta_2))$. At $(0.2, 0)$ it is 0.83, at $(0.2, -0.2)$ 1.04, at
# $(0.2, -0.1)$ 0.93: half the share of the negative nudge, half the bias.

# %%
rng = figure_rng("ep/x_pair_plane")
network = LayeredNetwork.random((8, 6, 5, 3), rng, scale=0.8)
inputs, targets = rng.uniform(size=(4, 8)), np.eye(3)[[0, 1, 2, 0]]
rest = equilibrium(network, inputs, tolerance=1e-13).states
exact = implicit_gradient(network, inputs, targets, free=rest).flat()
nudges = np.linspace(-0.2, 0.2, 17)


def product(b):
    states = equilibrium(network, inputs, targets=targets, nudging_strength=b, initial=rest,
                         tolerance=1e-13).states  # fmt: skip
    return -hebbian(network, states, inputs).flat()


along = [product(b) for b in nudges]
error = np.full((17, 17), np.nan)  # rows: second nudge, columns: first
for j in range(17):
    for i in range(j):
        found = (along[j] - along[i]) / (nudges[j] - nudges[i])
        error[i, j] = np.linalg.norm(found - exact) / np.linalg.norm(exact)
opposite = np.array([error[16 - j, j] / error[8, j] for j in range(9, 17)])  # over one-sided
shares = np.linspace(0, 1, 9)
mixed = [Stencil("pair", (a * 0.1, (a - 1) * 0.1), (10.0, -10.0)) for a in shares]
dual = [bias(network, inputs, targets, pair).norm() / np.linalg.norm(exact) for pair in mixed]

# %%
law = np.abs(2 * shares - 1) * (dual[0] + dual[-1]) / 2
record(
    "ep/x_pair_plane",
    numbers={"nudge": nudges, "error": error, "share": shares, "dual": dual, "law": law,
             "dual_nudge": 0.1},
    claims=[
        claim("opposite nudges over the one-sided rule of the same first nudge: largest ratio of errors",
              opposite.max(), "<", 0.5),
        claim("dual propagation: error at equal shares over that of one nudged state",
              dual[4] / dual[-1], "<", 0.3),
        claim("its error against |2 share - 1| times that of one state: largest distance, relative",
              np.max(np.abs(np.array(dual) - law)) / law.max(), "<", 0.3),
    ],
)  # fmt: skip

# %% [markdown]
# **Coupled learning** is not on the plane: it holds the outputs at $s_* + \eta (y - s_*)$ instead of pulling
# them. In linear response the force that does so is $-\eta M^{-1} e$ with the compliance $M$ of lesson 2 and
# the error $e$: the rule descends the loss with every error multiplied by the stiffness. For one output
# that is a factor, for several it turns the direction.

# %%
linear = LayeredNetwork.random((8, 6, 5, 3), seed(2), scale=0.7, activation="linear")
free = equilibrium(linear, inputs, tolerance=1e-13).states
compliance, last = output_compliance(linear, free, inputs), linear.slices[-1]
stiff = Loss(lambda s, y: 0.0 * s.sum(-1),
             lambda s, y: np.linalg.solve(compliance, (s - y)[..., None])[..., 0])  # fmt: skip
predicted = implicit_gradient(linear, inputs, targets, stiff, free)
eta, hidden = 1e-4, slice(0, last.start)
held = free[:, last] + eta * (targets - free[:, last])
coupling = linear.coupling()
inside = np.eye(last.start) - coupling[hidden, hidden]
currents = linear.drive(inputs)[:, hidden] + held @ coupling[hidden, last].T
clamped = np.hstack([np.linalg.solve(inside, currents.T).T, held])
found = error_gradient(linear, free, (free - clamped) / eta, inputs)
plain = implicit_gradient(linear, inputs, targets, free=free)
print(f"clamped states against the prediction: {(found - predicted).norm() / predicted.norm():.1e}")
print(f"angle to the gradient of the squared error: {found.angle(plain):.1f} degrees")

# %% [markdown]
# ## Temperature
#
# States that fluctuate are spread like $e^{-(E + \beta C) / T}$. The two products become means.

# %%
derivations.finite_temperature()

# %% [markdown]
# At $T \to 0$ the free energy is the least energy, and the surrogate that of lesson 2. But at $T > 0$ nothing
# is asked of a branch. In a double well with its deeper side away from the target, a nudge at zero
# temperature makes the state *jump*; noise rounds the jump, and the estimate stays an exact gradient through
# it.

# %%
temperatures, tilt, target = np.array([0.03, 0.1, 0.3]), -0.1, 1.0
strengths = np.linspace(0.01, 0.25, 49)
estimates = np.array(
    [[thermal_estimate(tilt, b, target, t) for t in temperatures] for b in strengths]
)
cold = np.array([thermal_estimate(tilt, b, target, 0.0) for b in strengths])
tilts, one = np.linspace(-0.25, 0.25, 41), 0.1
surrogates = np.array([[thermal_surrogate(h, one, target, t) for t in temperatures] for h in tilts])
cold_surrogate = np.array([thermal_surrogate(h, one, target, 0.0) for h in tilts])
step = 1e-4
slopes = np.array([
    [(thermal_surrogate(tilt + step, b, target, t) - thermal_surrogate(tilt - step, b, target, t))
     / (2 * step) for t in temperatures] for b in strengths
])  # fmt: skip
rng = figure_rng("ep/x_temperature")
chosen, scores = (0.05, 0.15), []
for b in (0.0, *chosen):
    states = sampled_states(tilt, b, target, temperatures[2], 4000, 150, rng)
    expected = mean_state(tilt, b, target, temperatures[2])
    scores.append(abs(states.mean() - expected) / (states.std() / np.sqrt(len(states))))

# %%
apart = np.abs(surrogates - cold_surrogate[:, None]).max(axis=0)
record(
    "ep/x_temperature",
    numbers={"temperature": temperatures, "nudging_strength": strengths, "estimate": estimates,
             "cold_estimate": cold, "theta": tilts, "surrogate": surrogates,
             "cold_surrogate": cold_surrogate, "nudge": one},
    claims=[
        claim("estimates against slopes of the surrogate: largest distance; the bound is step squared "
              "over 6 times third cumulants below 1 of both states, over T squared and the nudge",
              np.abs(slopes - estimates).max(), "<",
              step**2 / 3 / (temperatures[0] ** 2 * strengths[0]), kind="agreement"),
        claim("sampled against computed means at three nudges, in standard errors", max(scores), "<", 4,
              kind="agreement"),
        claim("the surrogates approach the cold one: largest distance, middle over lowest temperature",
              apart[1] / apart[0], ">", 1.5),
        claim("at zero temperature the estimate jumps: largest step between neighbours over its mean",
              np.abs(np.diff(cold)).max() / np.abs(np.diff(cold)).mean(), ">", 10),
    ],
)  # fmt: skip

# %% [markdown]
# ## What scaling conserves
#
# In a network of resistors the energy is linear in the conductances, and scaling all of them changes no free
# voltage. So the loss does not change along $k$, its gradient is orthogonal to $k$, and gradient descent
# conserves $\sum k^2$. An estimate with a finite nudge does not: its own surrogate *does* depend on the scale,
# since the nudge is not scaled along.

# %%
derivations.scaling()

# %%
rng = figure_rng("ep/x_conservation")
circuit = Resistors.random(12, rng)
start = rng.uniform(0.5, 1.5, len(circuit.edges))
held = rng.uniform(-1, 1, (6, 3))
wanted = rng.uniform(-0.5, 0.5, (6, 2))
rate, steps, beta = 0.05, 400, 0.5
PAIRS = {
    "gradient": None,
    "one_sided": (beta, 0.0),
    "negative": (-beta, 0.0),
    "symmetric": (beta, -beta),
}

# %%
lengths, losses, predicted = {}, {}, {}
for name, pair in PAIRS.items():
    k, length, drift, loss = start.copy(), [start @ start], [0.0], []
    for _ in range(steps):
        g = (circuit.gradient(k, held, wanted) if pair is None
             else circuit.estimate(k, held, wanted, pair))  # fmt: skip
        energies = [k @ circuit.products(circuit.voltages(k, held, wanted, b)) for b in pair or ()]
        cost = (energies[0] - energies[1]) / (pair[0] - pair[1]) if pair else 0.0
        drift.append(drift[-1] - 2 * rate * cost + rate**2 * g @ g)
        loss.append(circuit.loss(circuit.voltages(k, held), wanted))
        k = k - rate * g
        length.append(k @ k)
    lengths[name], predicted[name] = np.array(length) / length[0], 1 + np.array(drift) / length[0]
    losses[name] = np.array(loss)

# %%
at = np.arange(0, steps + 1, 10)
record(
    "ep/x_conservation",
    numbers={"step": at, "nudging_strength": beta}
    | {f"length_{name}": one[at] for name, one in lengths.items()}
    | {f"law_{name}": one[at] for name, one in predicted.items()},
    claims=[
        claim("measured against predicted sum of squares, all rules: largest distance; rounding of "
              "400 steps", max(np.abs(lengths[n] - predicted[n]).max() for n in PAIRS), "<", 1e-11,
              kind="exact"),
        claim("positive nudge: the conductances shrink; change of the sum of squares",
              lengths["one_sided"][-1] - 1, "<", 0),
        claim("negative nudge: they grow", lengths["negative"][-1] - 1, ">", 0),
        claim("both signs: change over that of the one-sided rule",
              abs(lengths["symmetric"][-1] - 1) / abs(lengths["one_sided"][-1] - 1), "<", 0.5),
        claim("the exact gradient: change over that of the one-sided rule",
              abs(lengths["gradient"][-1] - 1) / abs(lengths["one_sided"][-1] - 1), "<", 0.2),
    ],
)  # fmt: skip

# %% [markdown]
# Read off: the sign of the nudge sets the sign of the drift, at every step by the energy that the nudge
# costs; the exact gradient keeps the length up to the square of its steps.
#
# ## What happens if
#
# ... the double well is warmer? The jump widens until nothing of it is left.


# %%
def draw(ax, temperature):
    for b, line in ((0.05, "-"), (0.1, "--"), (0.2, ":")):
        ax.plot(tilts, [thermal_estimate(h, b, target, temperature) for h in tilts], line)
    ax.set(xlabel=r"tilt $\theta$", ylabel="estimate")


explore(draw, temperature=[0.02, 0.1, 0.5])

# %% [markdown]
# ## Exercises
#
# 1. Which pair with $\beta_2 = -0.1$ is best for the quadratic unit of stiffness 1? Solve for $\beta_1$.
# 2. What does the free energy of a single quadratic well, $E = \tfrac a2 s^2$, add to the least energy? Does
#    it bias the estimate of $a$?

# %% tags=["solution"]
# 1. (1 + b1) (1 - 0.1) = 1
best_first = 1 / 0.9 - 1

# %%
unit = LayeredNetwork([[[1.0]]], [[0.3]], "linear")
pair = Stencil("pair", (best_first, -0.1), tuple(np.array([1, -1]) / (best_first + 0.1)))
assert bias(unit, np.ones((1, 1)), np.zeros((1, 1)), pair).norm() < 1e-9

# %% tags=["solution"]
# 2. T log(a / 2 pi T) / 2, in the nudged well T log((a + beta) / 2 pi T) / 2. Both depend on a: yes.
cold_T, minima = 0.001, [mean_state(0.5, b, 1.0, 0.0) for b in (0.0, 0.4)]
bends = [3 * s**2 - 1 + b for s, b in zip(minima, (0.0, 0.4), strict=True)]
added = [0.5 * cold_T * np.log(bend / (2 * np.pi * cold_T)) for bend in bends]

# %%
# The deeper well of the tilted double well, free and nudged: what its bend adds.
gaps = [free_energy(0.5, b, 1.0, cold_T) - free_energy(0.5, b, 1.0, 0.0) for b in (0.0, 0.4)]
assert abs((gaps[1] - gaps[0]) - (added[1] - added[0])) < 0.2 * abs(added[1] - added[0])

# %% [markdown]
# ## References
#
# * B. Scellier, M. Ernoult, J. Kendall, S. Kumar, NeurIPS (2023): positive, negative and centred rules.
# * arXiv:2511.22024 (2025): equilibrium propagation at finite temperature. arXiv:2606.15444 (2026): the
#   conservation law. The drift of a finite nudge and the direction of coupled learning are derived here.
