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
# **After this lesson you can** place centred rules, dual propagation, coupled learning and agnostic
# propagation beside equilibrium propagation; say what a finite nudge descends when the states are noisy; and predict how a
# nudge changes the length of the parameters where the gradient conserves it.
#
# *30 minutes. Prerequisites: lessons 1 and 2.*
#
# An estimate needs two states. The free one need not be among them, outputs may be held instead of pulled,
# parameters may move along, states may fluctuate, and some systems have a symmetry that the estimate should
# respect. One question each.
#
# | symbol | name in the code | meaning |
# |---|---|---|
# | $\beta_1, \beta_2$ | `nudges` | the nudges of both states |
# | $\eta$, $K$ | `eta` | share of the way to the target at which outputs are held; their stiffness |
# | $\varepsilon$ | `compliance` | of the springs on which parameters hang |
# | $T$, $A$ | `temperature`, `free_energy` | temperature and free energy of the states |
# | $k$ | `conductances` | parameters in which the energy is linear |

# %%
import numpy as np
import sympy as sp

from classroom import check, mistake
from figures.kit import claim, explore, figure_rng, record, seed, use_style
from theory.ep import (
    LayeredNetwork,
    Stencil,
    agnostic_step,
    bias,
    coupled_direction,
    coupled_estimate,
    equilibrium,
    hebbian,
    implicit_gradient,
    least_energy,
    surrogate_loss,
)

# %%
from theory.ep.derivations import other_rules, pairs
from theory.ep.resistors import Resistors
from theory.ep.surrogate import output_compliance
from theory.ep.temperature import (
    mean_state,
    sampled_states,
    thermal_estimate,
    thermal_surrogate,
)

# %%
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
        claim("opposite nudges of 0.025 over the one-sided rule of the same nudge: ratio of errors",
              opposite[0], "<", 0.3),
        claim("it grows with the nudge: ratio at 0.05 over that at 0.025, between the powers 0.7 and 1.3",
              opposite[1] / opposite[0], "between", (2**0.7, 2**1.3)),
        claim("dual propagation: error at equal shares over that of one nudged state",
              dual[4] / dual[-1], "<", 0.3),
        claim("its error against |2 share - 1| times that of one state: largest distance, relative",
              np.max(np.abs(np.array(dual) - law)) / law.max(), "<", 0.3),
    ],
)  # fmt: skip

# %% [markdown]
# ## Outputs that are held
#
# **Coupled learning** is not on the plane: it holds the outputs at $s_* + \eta (y - s_*)$ instead of pulling
# them. Holding takes a force: $-\eta K e$, with the error $e$ and the stiffness $K$, the inverse of the
# compliance $M$ of lesson 2. So it acts like a nudge by another loss.

# %%
other_rules.coupled_learning()

# %% [markdown]
# For one output $K$ is a number and rescales the step; for several it turns the direction. Three outputs, units
# that are linear, for which the derivation is exact, and tanh, for which it holds to first order:

# %%
rng = figure_rng("ep/x_held_outputs")
nets = {kind: LayeredNetwork.random((8, 6, 5, 3), rng, scale=0.7, activation=kind)
        for kind in ("linear", "tanh")}  # fmt: skip
etas = np.geomspace(0.01, 1, 9)
off, turned, straight = {}, {}, {}
for kind, net in nets.items():
    direction, gradient = (
        find(net, inputs, targets) for find in (coupled_direction, implicit_gradient)
    )
    found = [coupled_estimate(net, inputs, targets, eta) for eta in etas]
    off[kind] = np.array([(one - direction).norm() / direction.norm() for one in found])
    turned[kind] = np.array([one.angle(gradient) for one in found])
    straight[kind] = direction.angle(gradient)


def held_loss(net):
    """Half the squared error in the metric of the stiffness, mean over the batch."""
    free = equilibrium(net, inputs, tolerance=1e-14).states
    error = free[:, net.slices[-1]] - targets
    force = np.linalg.solve(output_compliance(net, free, inputs), error[..., None])[..., 0]
    return 0.5 * np.sum(error * force, axis=1).mean()


# %%
net, step = nets["linear"], 1e-5
whole, small = (coupled_estimate(net, inputs, targets, eta) for eta in (1.0, 0.3))
probe = [rng.standard_normal(w.shape) for w in net.weights]
ends = [net.with_parameters([w + sign * step * p for w, p in zip(net.weights, probe, strict=True)],
                            net.biases) for sign in (1, -1)]  # fmt: skip
slope = (held_loss(ends[0]) - held_loss(ends[1])) / (2 * step)
along_probe = sum(np.sum(g * p) for g, p in zip(whole.weights, probe, strict=True))
mixed = coupled_direction(net, inputs, targets) * 0.7 + whole * 0.3
orders = [np.polyfit(np.log(etas[:4]), np.log(one[:4]), 1)[0] for one in off.values()]

# %%
record(
    "ep/x_held_outputs",
    numbers={"share": etas}
    | {f"off_{kind}": off[kind] for kind in nets}
    | {f"angle_{kind}": turned[kind] for kind in nets}
    | {f"limit_{kind}": straight[kind] for kind in nets},
    claims=[
        claim("distance to the predicted direction: largest departure of its order in the share from 1",
              max(abs(order - 1) for order in orders), "<", 0.1),
        claim("linear units, share 0.3: distance to the mixture, relative; rounding",
              (small - mixed).norm() / small.norm(), "<", 1e-10, kind="exact"),
        claim("linear units, share 1: slope of the loss in the metric against the rule, along one "
              "direction, relative; the difference errs by its step squared", abs(slope / along_probe - 1),
              "<", 1e3 * step**2 + 1e-15 / step, kind="agreement"),
        claim("three outputs: smallest angle of the small share's direction to the gradient, degrees",
              min(straight.values()), ">", 1),
    ],
)  # fmt: skip

# %% [markdown]
# Read off: a small share follows the prediction, but not the gradient; a large one adds the slope of the
# stiffness itself, and turns further away.
#
# ## Parameters that move
#
# In **agnostic** equilibrium propagation nothing measures a product: each parameter hangs on a spring of
# compliance $\varepsilon$ and settles together with the states. In the free phase the springs are set so that the
# parameters rest; what the nudge then moves them by *is* the update.

# %%
other_rules.moving_parameters()

# %% [markdown]
# So it stands at $(\beta, 0)$ on the plane, with a learning rate of $\varepsilon \beta$ and an implicit step. The
# price is in the last line: an energy that is linear in its parameters bends *down* when the states give way,
# and springs softer than that bend hold nothing. The bend of the nudged energy is measured here by differences
# of local products.

# %%
rng = figure_rng("ep/x_moving_parameters")
net = LayeredNetwork.random((5, 4, 2), rng, scale=0.8)
x, y, beta = rng.uniform(size=(4, 5)), np.eye(2)[[0, 1, 1, 0]], 0.2


def flat(net):
    return np.concatenate([array.ravel() for array in (*net.weights, *net.biases)])


def shifted(net, move):
    """The network with a vector added to all of its parameters."""
    ends = np.cumsum([a.size for a in (*net.weights, *net.biases)])
    parts = [p.reshape(a.shape) + a for p, a in
             zip(np.split(move, ends[:-1]), (*net.weights, *net.biases), strict=True)]  # fmt: skip
    return net.with_parameters(parts[: len(net.weights)], parts[len(net.weights) :])


def local_products(net, nudge):
    states = equilibrium(net, x, targets=y, nudging_strength=nudge, tolerance=1e-14).states
    return -hebbian(net, states, x).flat()


# %%
steps = 1e-5 * np.eye(len(flat(net)))
bend = np.array([local_products(shifted(net, e), beta) - local_products(shifted(net, -e), beta)
                 for e in steps]) / 2e-5  # fmt: skip
softest = -1 / np.linalg.eigvalsh((bend + bend.T) / 2).min()
ratios = np.geomspace(0.01, 0.8, 10)
one_sided = (local_products(net, beta) - local_products(net, 0.0)) / beta
implicit = []
for ratio in ratios:
    moved = flat(agnostic_step(net, x, y, beta, ratio * softest)) - flat(net)
    wanted = -ratio * softest * beta * one_sided
    implicit.append(np.linalg.norm(moved - wanted) / np.linalg.norm(wanted))

# %%
kept, promised, COMPLIANCES = {}, [], (0.1, 0.3, 3.0)
for ratio in COMPLIANCES:
    here, path = net, [surrogate_loss(net, x, y, beta, "one-sided")]
    for _ in range(40):
        there = agnostic_step(here, x, y, beta, ratio * softest)
        path.append(surrogate_loss(there, x, y, beta, "one-sided"))
        move = flat(there) - flat(here)
        free = [least_energy(one, x) for one in (here, there)]
        bend_free = 2 * (free[0] + local_products(here, 0.0) @ move - free[1])  # kappa |move|^2
        fall = (move @ move / (ratio * softest) - bend_free) / (2 * beta)
        promised.append((path[-2] - path[-1] - fall, ratio))
        here = there
    kept[ratio] = np.array(path)
order = np.polyfit(np.log(ratios[:5]), np.log(implicit[:5]), 1)[0]
rise = {ratio: np.diff(path).max() for ratio, path in kept.items()}

# %%
record(
    "ep/x_moving_parameters",
    numbers={"compliance": ratios, "implicit": implicit, "step": np.arange(41), "ratio": COMPLIANCES,
             "surrogate": np.transpose(list(kept.values())), "nudge": beta},
    claims=[
        claim("distance of the step to that of the one-sided rule: order in the compliance", order,
              "between", (0.9, 1.15)),
        claim("springs at 0.1 and 0.3 of the softest: largest rise of the surrogate in a step; rounding",
              max(rise[0.1], rise[0.3]), "<", 1e-10, kind="exact"),
        claim("their fall in a step minus the promised one: smallest; rounding",
              min(gap for gap, ratio in promised if ratio < 1), ">", -1e-9, kind="exact"),
        claim("springs three times too soft: the surrogate stays above that of stiff springs, at the end",
              kept[3.0][-1] - kept[0.3][-1], ">", 0.1),
    ],
)  # fmt: skip

# %% [markdown]
# Read off: stiff springs reproduce the one-sided rule, and lower its surrogate at every step without anybody
# choosing a learning rate; beyond the bend of the energy the parameters run away with the states.
#
# ## Temperature
#
# States that fluctuate are spread like $e^{-(E + \beta C) / T}$. The two products become means.

# %%
pairs.finite_temperature()

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
pairs.scaling()

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
energy_of = {b: start @ circuit.products(circuit.voltages(start, held, wanted, b))
             for b in (0.0, 0.01, 0.02, -0.01, -0.02)}  # fmt: skip
costs = np.array([[(energy_of[b] - energy_of[0.0]) / b, (energy_of[b] - energy_of[-b]) / (2 * b)]
                  for b in (0.01, 0.02)])  # fmt: skip
order = np.log2(np.abs(costs[1] / costs[0]))

# %%
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
        claim("what the nudge costs at the start, one-sided: its order in the nudge", order[0],
              "between", (0.9, 1.1)),
        claim("with both signs: its order, so that it is nothing for small nudges", order[1],
              "between", (1.9, 2.1)),
        claim("the exact gradient: change over that of the one-sided rule",
              abs(lengths["gradient"][-1] - 1) / abs(lengths["one_sided"][-1] - 1), "<", 0.2),
    ],
)  # fmt: skip

# %% [markdown]
# Read off: the sign of the nudge sets the sign of the drift, at every step by the energy that the nudge costs.
# That is of the order of the nudge; both signs together leave its square, whose size and sign are those of the
# circuit. The exact gradient keeps the length up to the square of its steps.
#
# ## What happens if
#
# ... the double well is warmer? The jump widens until nothing of it is left.


# %%
def draw(ax, temperature):
    steepest = []
    for b, line in ((0.05, "-"), (0.1, "--"), (0.2, ":")):
        curve = [thermal_estimate(h, b, target, temperature) for h in tilts]
        steepest.append(np.abs(np.gradient(curve, tilts)).max())
        ax.plot(tilts, curve, line)
    ax.set(xlabel=r"tilt $\theta$", ylabel="estimate")
    return "steepest, for nudges 0.05, 0.1, 0.2: {:.1f}, {:.1f}, {:.1f} a tilt".format(*steepest)


explore(draw, temperature=[0.05, 0.08, 0.12, 0.2, 0.4, 1.0])

# %% [markdown]
# ## Exercises

# %% [markdown] tags=["exercise"]
# ### Exercise 1: the best partner of a nudge
#
# *paper, 15 minutes, 4 points, difficulty 2 of 3*
#
# A quadratic unit of stiffness 1 answers a nudge with $1/(1 + \beta)$. The pair $(\beta_1, \beta_2)$ estimates the slope of the loss along the parameter as $-1/[(1 + \beta_1)(1 + \beta_2)]$ times the true one's size; the truth has 1. Which $\beta_1$ makes the pair with $\beta_2 = -0.1$ *exact*? What is the relative error of the centred pair $(0.1, -0.1)$,
# and what that of dual propagation with $\alpha = 0.75$ and $\beta = 0.2$, whose nudges are $(\alpha\beta, -(1-\alpha)\beta)$?
#
# Assign the nudge to `best_first`, the relative errors (estimate over truth minus one) to `centred` and `dual`.

# %% tags=["solution"]
# (1 + b1) (1 - 0.1) = 1
best_first = 1 / 0.9 - 1
centred = 1 / (1.1 * 0.9) - 1
dual = 1 / (1.15 * 0.95) - 1

unit = LayeredNetwork([[[1.0]]], [[0.3]], "linear")
pair = Stencil("pair", (best_first, -0.1), tuple(np.array([1, -1]) / (best_first + 0.1)))
assert bias(unit, np.ones((1, 1)), np.zeros((1, 1)), pair).norm() < 1e-9

# %% tags=["check"]
check("ep-7.1", best_first, centred, dual)

# %% tags=["mistakes"]
mistake("ep-7.1", 0.1, ..., ..., hint="the centred pair is not exact: the next order is left")
mistake(
    "ep-7.1",
    ...,
    ...,
    1 / (1.05 * 0.85) - 1,
    hint="the larger share of the nudge pulls towards the target",
)

# %% [markdown] tags=["exercise"]
# ### Exercise 2: a warm quadratic well
#
# *derivation, 20 minutes, 5 points, difficulty 3 of 3*
#
# `pairs.finite_temperature()` shows that the estimate with noisy states is the exact gradient of $[A(\theta, \beta) - A(\theta, 0)]/\beta$. Take a single well $E = \tfrac a2 s^2$ with the loss $C = \tfrac12 s^2$: its free energy is $\tfrac T2 \ln\frac{a + \beta}{2\pi T}$. What is the estimate for the parameter $a$, and what is the gradient of the *mean* loss?
# Is there a finite temperature at which the finite nudge does no harm?
#
# Assign both to `estimated` and `true_slope`, expressions in `a, T, beta = sp.symbols("a T beta", positive=True)`.

# %% tags=["stub"]
a, T, beta = sp.symbols("a T beta", positive=True)
estimated = ...
true_slope = ...

# %% tags=["solution"]
# Both are proportional to T; their ratio a / (a + beta) is that of temperature zero, for every T.
a, T, beta = sp.symbols("a T beta", positive=True)
warm = T * sp.log((a + beta) / (2 * sp.pi * T)) / 2
estimated = sp.simplify(sp.diff((warm - warm.subs(beta, 0)) / beta, a))
true_slope = sp.diff(T / (2 * a), a)  # the mean loss is the derivative by the nudge, T / 2a
assert sp.simplify(estimated / true_slope - a / (a + beta)) == 0
pairs.finite_temperature()

# %% tags=["check"]
check("ep-7.2", estimated, true_slope)

# %% tags=["mistakes"]
mistake("ep-7.2", T / (2 * a * (a + beta)), ...)
mistake("ep-7.2", ..., T / (2 * a), hint="this is the mean loss; its slope in a is asked for")

# %% [markdown] tags=["exercise"]
# ### Exercise 3: sample it
#
# *simulation, 15 minutes, 4 points, difficulty 2 of 3*
#
# Sample the warm well of exercise 2 for $a = 2$, $T = 0.5$, $\beta = 0.4$: the states of the free and of the nudged well are normal with the variances $T/a$ and $T/(a + \beta)$. The product of the parameter $a$ is $s^2/2$. Draw a million standard normal numbers once, from `np.random.default_rng(seed(0))`, and use the *same* for both wells.
# Why the same?
#
# Assign the estimate $(\langle P \rangle_\beta - \langle P \rangle_0)/\beta$ to `sampled`, and to `gain` the factor by which the standard deviation of the difference of the two products is smaller than with independent numbers (from the formula, or measured).

# %% tags=["solution"]
# With the same numbers z the difference is z^2 / 2 (T / (a + beta) - T / a).
z = np.random.default_rng(seed(0)).standard_normal(1_000_000)
free_variance, nudged_variance = 0.5 / 2.0, 0.5 / 2.4
sampled = float(np.mean(z**2) / 2 * (nudged_variance - free_variance) / 0.4)
gain = np.hypot(free_variance, nudged_variance) / (free_variance - nudged_variance)
assert abs(sampled / (-0.5 / (2 * 2.0 * 2.4)) - 1) < 5 * np.sqrt(2 / len(z))

# %% tags=["check"]
check("ep-7.3", sampled, gain, tolerance=0.01)

# %% tags=["mistakes"]
mistake("ep-7.3", -sampled, ...)
mistake("ep-7.3", ..., gain**2, hint="the standard deviation, not the variance")

# %% [markdown] tags=["exercise"]
# ### Exercise 4: which rule for which machine?
#
# *open, 25 minutes, 7 points, difficulty 3 of 3*
#
# Place four machines: a noisy analogue chip that can pull its outputs either way, one that can only pull *towards* the target, a network of resistors that adjusts itself while it is nudged, and a simulation in double precision. Which pair of states would you use on each, and why? Which quantity that the gradient conserves
# does your choice violate, and how could you notice it? Ten lines.
#
# Then judge, four truth values in `pairs_true`: (a) the bias of every pair with $\beta_1 + \beta_2 = 0$ is of second order; (b) with noisy states the estimate is no gradient of anything; (c) where the energy is linear in the parameters and the gradient conserves their length, a positive nudge with the free state lets them shrink; (d) dual
# propagation with $\alpha = 1/2$ has the two states of the centred rule with half of the nudge.

# %% [markdown] tags=["solution"]
# Where both signs can be had the centred pair is the best for its price: second order, (a), and the free phase is not needed for the estimate. A chip that can only pull uses two positive nudges with weights that cancel the first order, at a price in noise, or a small one. Resistors that adjust while nudged do coupled learning; a double
# precision simulation may take a small symmetric nudge or a circle. With noise the estimate is the exact gradient of a difference of free energies, (b) false. The product of a scale with the estimate is $(E_\beta - E_0)/\beta \ge 0$ for a positive nudge, so descent shortens parameters whose length the gradient would keep, (c) true;
# one notices it by the length itself. With $\alpha = 1/2$ the two states are those at $\pm\beta/2$, (d) true.

# %% tags=["solution"]
pairs_true = [True, False, True, True]

# %% tags=["check"]
check("ep-7.4", pairs_true)

# %% tags=["mistakes"]
mistake(
    "ep-7.4",
    [True, True, True, True],
    hint="read the step 'gradient' of the derivation on temperature",
)
mistake(
    "ep-7.4",
    [True, False, False, True],
    hint="which sign has the product of a scale for a positive nudge?",
)

# %% [markdown]
# ## References
#
# * B. Scellier, M. Ernoult, J. Kendall, S. Kumar, NeurIPS (2023): positive, negative and centred rules.
# * arXiv:2511.22024 (2025): equilibrium propagation at finite temperature. arXiv:2606.15444 (2026): the
#   conservation law.
# * M. Stern, D. Hexner, J. Rocks, A. Liu, *Supervised learning in physical networks: from machine learning to
#   learning machines*, Physical Review X 11 (2021): coupled learning.
# * B. Scellier, S. Mishra, Y. Bengio, Y. Ollivier, *Agnostic physics-driven deep learning*, arXiv:2205.15021
#   (2022): parameters that settle with the states.
# * The drift of a finite nudge, the mixture that coupled learning descends and the bound on the springs are
#   derived here.
