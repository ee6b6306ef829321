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
    for rule in runs:
        run = simulate_two_units(rule, nudge, 5000, rng=seed(1))
        ax.semilogx(1 + np.arange(len(run.coupling)), run.coupling, label=rule)
    ax.set(xlabel="step", ylabel="coupling", ylim=(0, 1.1))
    ax.legend(loc="lower left", fontsize=6)


explore(draw, nudge=[0.05, 0.2, 0.5])

# %% [markdown]
# ## Exercises
#
# 1. As $\beta \to \infty$ the output is clamped to the target. What does $\beta L^+_\beta$ tend to for
#    linear response? Check it.
# 2. In the two-unit model with consistent targets ($\delta = 0$), does the one-sided rule still
#    collapse?
# 3. How large may a symmetric nudge be, relative to the stiffness $a$ of one quadratic unit, if its
#    gradient is to be right within 5 per cent?

# %% tags=["solution"]
# 1. (1 + beta M)^-1 -> (beta M)^-1, so beta L+ -> e' M^-1 e / 2: contrastive Hebbian learning.
clamped = 0.5 * np.sum(errors * np.linalg.solve(compliance, errors[..., None])[..., 0], axis=1)

# %%
large = 1e6
assert np.allclose(large * linear_surrogate(compliance, errors, large, "one-sided"), clamped,
                   rtol=1e-4)  # fmt: skip

# %% tags=["solution"]
# 2. The pull is proportional to delta squared: without contradiction there is none.
calm = simulate_two_units("one-sided", 0.2, 5000, half_difference=0.0)

# %%
assert calm.unstable_at is None and abs(calm.coupling[-1]) < 0.9

# %% tags=["solution"]
# 3. a^2 / (a^2 - beta^2) = 1.05.
allowed = np.sqrt(1 - 1 / 1.05)

# %%
unit = LayeredNetwork([[[1.0]]], [[0.3]], "linear")
x, y = np.ones((1, 1)), np.zeros((1, 1))
ratio = estimate(unit, x, y, Stencil.symmetric(allowed)).biases[0] / 1.3
assert abs(ratio[0] - 1.05) < 1e-6

# %% [markdown]
# ## References
#
# * A. Laborieux et al., Frontiers in Neuroscience 15:633674 (2021): the bias to leading order, and
#   the failure of one-sided training on CIFAR-10.
# * B. Scellier, M. Ernoult, J. Kendall, S. Kumar, *Energy-based learning algorithms for analog
#   computing*, NeurIPS (2023): positive, negative and centred variants as bounds.
# * The compliance form of the bias, the closed forms with their poles and the two-unit model are
#   derived here.
