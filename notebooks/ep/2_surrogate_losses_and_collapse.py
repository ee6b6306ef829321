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
# # What a finite nudge minimises
#
# **After this lesson you can** name the loss whose exact gradient a finite-nudge estimate is; order
# the positive, negative and symmetric variants by it; compute them in closed form for linear
# response, poles included; and explain on two units why one-sided training can run into instability.
#
# *20 minutes. Prerequisites: lesson 1.*
#
# The bias of an estimate could be a meaningless error. It is not: for every finite nudge the
# estimate is the exact gradient of **another loss**, the loss averaged over the nudge,
#
# $$L^+_\beta = \frac1\beta \int_0^\beta C(s_b)\, db, \qquad
#   L^-_\beta = \frac1\beta \int_{-\beta}^0 C(s_b)\, db, \qquad
#   L^{sym}_\beta = \tfrac12 (L^+_\beta + L^-_\beta).$$
#
# | symbol | name in the code | meaning |
# |---|---|---|
# | $C(s_b)$ | `loss_along` | loss at the equilibrium of nudge $b$ |
# | $L^\pm$, $L^{sym}$ | `surrogate_loss` | surrogate losses of the three estimates |
# | $M$ | `output_compliance` | by how much the outputs yield to a unit force |
# | $-1/\lambda_{max}(M)$ | `pole` | negative nudge at which linear response diverges |

# %%
import numpy as np
import sympy as sp

from classroom import check, mistake
from figures.kit import claim, explore, figure_rng, record, seed, use_style
from theory.ep import (
    LayeredNetwork,
    Stencil,
    collapse_steps,
    equilibrium,
    estimate,
    linear_surrogate,
    loss_along,
    output_compliance,
    pole,
    simulate_two_units,
    surrogate_loss,
)
from theory.ep.derivations import surrogates as derivations

use_style()
SIDES = ("one-sided", "negative", "symmetric")

# %% [markdown]
# ## Derivation
#
# For any number of states and any nudge the envelope theorem of lesson 1 gives both slopes of the
# value $F(\theta, \beta)$ of $E + \beta C$ at its equilibrium: the loss in the nudge, the local
# product in the parameter.

# %%
derivations.surrogate_losses()

# %% [markdown]
# Along the nudge the loss can only fall, so the surrogates are bounds.

# %%
derivations.ordering()

# %% [markdown]
# Positive nudging thus descends a **lower** bound of the loss, negative nudging an **upper** bound;
# the symmetric surrogate is right to second order. How far off they are is the compliance of the
# outputs: $L^\pm \approx C \mp \tfrac\beta2\, \nabla C^\top M\, \nabla C$. One-sided nudging
# *rewards* a network that yields.

# %% [markdown]
# ## A real network
#
# The losses below come from equilibria. Their gradients, by finite differences in one weight, are
# compared with the estimates that the states deliver.

# %%
rng = figure_rng("ep/x_surrogate_losses")
network = LayeredNetwork.random((8, 6, 5, 3), rng, scale=0.8)
inputs, targets = rng.uniform(size=(4, 8)), np.eye(3)[[0, 1, 2, 0]]
free = equilibrium(network, inputs, tolerance=1e-14).states
nudges = np.linspace(-0.5, 0.5, 41)
along = loss_along(network, inputs, targets, nudges, free=free)
at_zero = along[len(along) // 2]
sizes = np.linspace(0.02, 0.5, 13)
losses = {
    side: np.array([surrogate_loss(network, inputs, targets, b, side) for b in sizes])
    for side in SIDES
}
above = {side: curve - at_zero for side, curve in losses.items()}

# %%
stencils = {"one-sided": Stencil.one_sided(0.3), "negative": Stencil.one_sided(-0.3),
            "symmetric": Stencil.symmetric(0.3)}  # fmt: skip
step, worst = 1e-4, {}
for side, stencil in stencils.items():
    shifted = []
    for sign in (1, -1):
        weights = [w.copy() for w in network.weights]
        weights[1][2, 3] += sign * step
        moved = network.with_parameters(weights, network.biases)
        shifted.append(surrogate_loss(moved, inputs, targets, 0.3, side))
    numeric = (shifted[0] - shifted[1]) / (2 * step)
    found = estimate(network, inputs, targets, stencil, free=free).weights[1][2, 3]
    worst[side] = abs(numeric - found) / abs(found)
    print(f"{side:10} estimate {found:+.8f}   slope of its surrogate {numeric:+.8f}")

# %%
record(
    "ep/x_surrogate_losses",
    numbers={"nudge": nudges, "loss": along, "shaded_nudge": 0.3, "free_loss": at_zero,
             "nudging_strength": sizes}
    | {f"surrogate_{side.replace('-', '_')}": curve for side, curve in losses.items()},
    claims=[
        claim("the loss falls along the nudge: largest rise between neighbours",
              np.diff(along).max(), "<", 0),
        claim("the one-sided surrogate lies below the loss: largest of L+ - C",
              above["one-sided"].max(), "<", 0),
        claim("the negative one above: smallest of L- - C", above["negative"].min(), ">", 0),
        claim("an estimate at nudge 0.3 is the slope of its surrogate: largest relative difference; "
              "a step of 1e-4 leaves an order of 1e-8", max(worst.values()), "<", 1e-6,
              kind="agreement"),
        claim("distance to the loss at nudge 0.5, symmetric over negative",
              above["symmetric"][-1] / above["negative"][-1], "<", 0.5),
    ],
)  # fmt: skip

# %% [markdown]
# ## Closed forms and poles
#
# With a quadratic energy, or inside one linear piece of a hard activation, everything is rational in
# the nudge.

# %%
derivations.quadratic_energy()

# %% [markdown]
# With several outputs the stiffness becomes the inverse of the compliance matrix $M$. On the negative
# side there is a pole at $-1/\lambda_{max}(M)$: there the nudged state stops being a minimum, and an
# equilibrium beyond it does not exist. Asking for one is refused with the pole's place.

# %%
linear = LayeredNetwork.random((8, 6, 5, 3), seed(5), scale=0.7, activation="linear")
rest = equilibrium(linear, inputs).states
compliance = output_compliance(linear, rest, inputs)
errors = rest[:, linear.slices[-1]] - targets
limit = pole(compliance)
print("pole at", limit)
for side in SIDES:
    exact = linear_surrogate(compliance, errors, 0.5 * abs(limit), side).mean()
    print(side, exact, surrogate_loss(linear, inputs, targets, 0.5 * abs(limit), side, points=24))
try:
    linear_surrogate(compliance, errors, 1.2 * abs(limit), "symmetric")
except ValueError as error:
    print(error)

# %% [markdown]
# ## The smallest network that collapses
#
# Two linear units, one input, and two contradictory targets $\bar y \pm \delta$: labels that no
# weight can fit. This is an explanation **consistent with** the failure of one-sided training that
# the paper reports on CIFAR-10, and not a claim of its authors.

# %%
derivations.two_units()

# %%
strength, steps = 0.2, 20_000
rules = ("gradient", "negative", "symmetric", "random sign", "one-sided")
runs = {rule: simulate_two_units(rule, strength, steps, rng=seed(1)) for rule in rules}
for rule, run in runs.items():
    print(f"{rule:12} coupling {run.coupling[-1]:.4f}  unstable at step {run.unstable_at}")

# %% [markdown]
# Once the drive has fitted the mean, it follows the coupling, and both move along the curve of
# fitted means. The time to the boundary from there is an integral.

# %%
collapsing = runs["one-sided"]
w, v = collapsing.coupling, collapsing.drive
fitted = 100
print("mean output at step 100", w[fitted] * v[fitted] / (1 - w[fitted] ** 2))
arrival = fitted + collapse_steps(w[fitted], strength)
print("boundary reached: predicted step", arrival, " simulated", collapsing.unstable_at)

# %%
thinned = np.unique(np.r_[0, np.geomspace(1, steps + 1, 400).astype(int) - 1])
stable = {rule: run for rule, run in runs.items() if rule != "one-sided"}
names = {rule: rule.replace(" ", "_") for rule in stable}
ends = {rule: run.coupling[-1] for rule, run in runs.items()}
signs = [simulate_two_units("random sign", strength, steps, rng=seed(k)) for k in range(2, 7)]
spread = np.std([run.coupling[-1] for run in signs], ddof=1)

# %%
record(
    "ep/x_two_unit_collapse",
    numbers={"step": thinned}
    | {f"coupling_{names[rule]}": run.coupling[thinned] for rule, run in stable.items()}
    | {f"compliance_{names[rule]}": run.compliance[thinned] for rule, run in stable.items()}
    | {"step_one_sided": np.arange(len(w)), "coupling_one_sided": w}
    | {"compliance_one_sided": collapsing.compliance},
    claims=[
        claim("one-sided training reaches instability at step", collapsing.unstable_at, "<", 1000),
        claim("over the step that the law of small learning rates predicts; tolerance 10 per cent",
              collapsing.unstable_at / arrival, "between", (0.9, 1.1), kind="agreement"),
        claim("the symmetric rule stays stable: its final coupling", ends["symmetric"], "<", 0.75),
        claim("and below that of the exact gradient, by", ends["gradient"] - ends["symmetric"],
              ">", 0.2),
        claim("random sign ends where symmetric does: difference, in standard deviations of five "
              "other draws", abs(ends["random sign"] - ends["symmetric"]) / spread, "<", 4,
              kind="agreement"),
        claim("negative nudging makes the network stiffer still: difference",
              ends["symmetric"] - ends["negative"], ">", 0.02),
    ],
)  # fmt: skip

# %% [markdown]
# ## What happens if
#
# ... the nudge changes? Every finite nudge has its own surrogate, and its own resting place.


# %%
def draw(ax, nudge):
    told = []
    for rule in runs:
        run = simulate_two_units(rule, nudge, 5000, rng=seed(1))
        told.append(f"{rule} {run.coupling[-1]:.2f}")
        ax.semilogx(1 + np.arange(len(run.coupling)), run.coupling, label=rule)
    ax.set(xlabel="step", ylabel="coupling", ylim=(0, 1.1))
    ax.legend(loc="lower left", fontsize=6)
    return "coupling at the end: " + ", ".join(told)


explore(draw, nudge=[0.05, 0.1, 0.2, 0.3, 0.4, 0.5])

# %% [markdown]
# ## Exercises

# %% [markdown] tags=["exercise"]
# ### Exercise 1: a target that is clamped
#
# *paper, 15 minutes, 4 points, difficulty 2 of 3*
#
# For linear response a nudge $\beta$ leaves the output error $(1 + \beta M)^{-1} e$, and the loss averaged over the nudge is
# $L^+_\beta = \tfrac12 e^\top (1 + \beta M)^{-1} e$. As $\beta \to \infty$ the output is clamped to the target. What does $\beta L^+_\beta$
# tend to? This is the loss of contrastive Hebbian learning.
#
# For one output with $M = 0.5$ and $e = 0.4$ assign the limit of $\beta L^+_\beta$ to `clamped_one`; and assign the
# array of the limits for the lesson's four inputs (`compliance`, `errors`) to `clamped`.

# %% tags=["solution"]
# (1 + beta M)^-1 -> (beta M)^-1, so beta L+ -> e' M^-1 e / 2.
clamped_one = 0.5 * 0.4**2 / 0.5
clamped = 0.5 * np.sum(errors * np.linalg.solve(compliance, errors[..., None])[..., 0], axis=1)
large = 1e6
assert np.allclose(large * linear_surrogate(compliance, errors, large, "one-sided"), clamped,
                   rtol=1e-4)  # fmt: skip

# %% tags=["check"]
check("ep-2.1", clamped_one, clamped)

# %% tags=["mistakes"]
mistake("ep-2.1", 0.32, ..., hint="do not lose the one half of the squared error")
mistake(
    "ep-2.1",
    0.5 * 0.4**2 * 0.5,
    ...,
    hint="a stiff output, of small compliance, needs a larger force",
)

# %% [markdown] tags=["exercise"]
# ### Exercise 2: how large may a symmetric nudge be?
#
# *derivation, 15 minutes, 4 points, difficulty 2 of 3*
#
# `steps = derivations.quadratic_energy()` treats one quadratic unit of stiffness $a$; `steps["ratio"]` and
# `steps["both"]` say by which factor the one-sided and the symmetric estimate differ from the gradient. Find the largest
# symmetric nudge, *relative to the stiffness*, at which the estimate is too large by a share $p$ at most, and the largest one-sided
# positive nudge at which it is too small by a share $p$ at most.
#
# Assign them to `symmetric_limit` and `one_sided_limit`, expressions in `p = sp.Symbol("p", positive=True)`.

# %% tags=["stub"]
p = sp.Symbol("p", positive=True)
symmetric_limit = ...
one_sided_limit = ...

# %% tags=["solution"]
# Factors a^2 / (a^2 - beta^2) = 1 + p and a / (a + beta) = 1 - p.
p = sp.Symbol("p", positive=True)
symmetric_limit = sp.sqrt(p / (1 + p))
one_sided_limit = p / (1 - p)

unit = LayeredNetwork([[[1.0]]], [[0.3]], "linear")
x, y = np.ones((1, 1)), np.zeros((1, 1))
for stencil_of, limit_of, factor in (
    (Stencil.symmetric, symmetric_limit, 1.05), (Stencil.one_sided, one_sided_limit, 0.95)
):  # fmt: skip
    found = estimate(unit, x, y, stencil_of(float(limit_of.subs(p, 0.05)))).biases[0] / 1.3
    assert abs(found[0] - factor) < 1e-6

# %% tags=["check"]
check("ep-2.2", symmetric_limit, one_sided_limit, at={"p": [0.05, 0.2, 0.5]})

# %% tags=["mistakes"]
mistake("ep-2.2", sp.sqrt(p), ..., hint="this is the leading order; the factor is known exactly")
mistake("ep-2.2", ..., p, hint="this is the leading order; the factor is known exactly")
mistake("ep-2.2", p / (1 + p), ...)

# %% [markdown] tags=["exercise"]
# ### Exercise 3: without contradiction
#
# *simulation, 10 minutes, 3 points, difficulty 1 of 3*
#
# In the two-unit model the one-sided rule runs into instability. Run it again with targets that do not contradict each other:
# `simulate_two_units("one-sided", 0.2, 5000, half_difference=0.0)`. What becomes of the coupling, and why?
#
# Assign the coupling at the end to `coupling`, and to `unstable` whether the run became unstable (its `unstable_at` is not `None`).

# %% tags=["solution"]
# The pull is proportional to the squared half difference: without contradiction there is none.
calm = simulate_two_units("one-sided", 0.2, 5000, half_difference=0.0)
coupling, unstable = float(calm.coupling[-1]), calm.unstable_at is not None
assert not unstable and abs(coupling) < 0.9

# %% tags=["check"]
check("ep-2.3", coupling, unstable, zero=1e-6)

# %% tags=["mistakes"]
mistake(
    "ep-2.3",
    float(runs["one-sided"].coupling[-1]),
    ...,
    hint="this is the run with contradicting targets",
)
mistake("ep-2.3", ..., True, hint="look at `unstable_at` of the new run")

# %% [markdown] tags=["exercise"]
# ### Exercise 4: is another loss a worse loss?
#
# *open, 20 minutes, 6 points, difficulty 3 of 3*
#
# A finite nudge follows the exact gradient of another loss. Is that bad? Argue for and against: where do the minima of $L^+$,
# $L^-$ and $L^{sym}$ lie if the task can be solved exactly, and if it cannot; which of them bounds the true loss from which
# side; and what does the two-unit model show about moving *along* minima of the loss? Ten lines.
#
# Then judge, five truth values in `losses_true`: (a) at zero loss all three have a minimum; (b) $L^+ \le C(s_0)$; (c) $L^- \le C(s_0)$;
# (d) the one-sided rule can lower its loss by making the network softer, without fitting better; (e) the negative rule's loss
# has a pole at a finite nudge, the positive one's has none.

# %% [markdown] tags=["solution"]
# Where the task can be solved, all three losses vanish at the solution, since the nudge then pulls on nothing. Where it
# cannot, they weigh the remaining errors by how far the outputs yield: $L^+$ forgives errors of soft outputs, so it can be lowered by
# softening the network, until it becomes unstable: this is the collapse of the two units. $L^-$ punishes soft outputs and
# bounds the loss from above, $L^+$ from below: the loss falls along the nudge. Its pole at $-1/\lambda_{max}(M)$ is the price: the
# negative nudge must stay below it. The symmetric loss cancels the leading order of both. (a), (b), (d), (e) are true, (c) is not.

# %% tags=["solution"]
losses_true = [True, True, False, True, True]
assert (np.diff(along) <= 1e-12).all()  # the loss falls along the nudge: (b), and not (c)

# %% tags=["check"]
check("ep-2.4", losses_true)

# %% tags=["mistakes"]
mistake(
    "ep-2.4", [True, True, True, True, True], hint="does the loss rise or fall along the nudge?"
)
mistake(
    "ep-2.4",
    [False, True, False, True, True],
    hint="what does a nudge do where the output is the target?",
)

# %% [markdown]
# ## References
#
# * A. Laborieux et al., Frontiers in Neuroscience 15:633674 (2021): the bias to leading order, and
#   the failure of one-sided training on CIFAR-10.
# * B. Scellier, M. Ernoult, J. Kendall, S. Kumar, *Energy-based learning algorithms for analog
#   computing*, NeurIPS (2023): positive, negative and centred variants as bounds.
# * The compliance form of the bias, the closed forms with their poles and the two-unit model are
#   derived here.
