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
# # Gradients from two equilibria, and their bias
#
# **After this lesson you can** say why a network that is nudged towards its target measures its own
# gradient; predict the error of every finite-nudge estimate of a real network to any order; and
# choose the nudge, or the set of nudges, when the measurement is noisy.
#
# *35 minutes. Prerequisites: chain rule, Taylor series, fixed points.*
#
# The states of a layered network settle where an energy $E$ is least. **Equilibrium propagation**
# adds a little of the loss, $E + \beta C$, lets the states settle again, and compares a product of
# the two neurons at the ends of every weight. In the limit $\beta \to 0$ the difference is the exact
# gradient. But hardware, and rounding, need a finite nudge. What does it cost?
#
# | symbol | name in the code | meaning |
# |---|---|---|
# | $E$, $\Phi$ | `energy`, - | energy, and its part that holds the weights |
# | $\beta$ | `nudging_strength` | how much of the loss is added |
# | $s_*$, $s_\beta$ | `free`, nudged states | equilibria without and with the nudge |
# | $P(\beta) = \partial E / \partial \theta$ at $s_\beta$ | `hebbian` (minus) | product of the two ends of a weight |
# | one-sided, negative, symmetric | `Stencil` | differences of $P$ at $\{\beta, 0\}$, $\{-\beta, 0\}$, $\{\beta, -\beta\}$ |
# | $g$, $c_1$, $c_2$ | `coefficients[1:4]` | gradient, first and second bias coefficient |
#
# All estimates here have the sign of the gradient; the paper writes the opposite sign.

# %%
import numpy as np
import sympy as sp

from classroom import check, mistake
from figures.kit import BLUE, GREEN, VERMILION, claim, explore, figure_rng, record, seed, use_style
from theory.derivation import Derivation

use_style()

# %%
from theory.ep import (
    Activation,
    CoupledNetwork,
    LayeredNetwork,
    Stencil,
    best_stencil,
    bias,
    energy,
    equilibrium,
    equilibrium_series,
    estimate,
    gradient_series,
    hebbian,
    implicit_gradient,
    linear_pieces,
    linear_response,
    mean_square_error,
    order_nodes,
    predicted_estimate,
    radius_of_convergence,
    sample_products,
)
from theory.ep.derivations import branch, node_order
from theory.ep.derivations import estimator_bias as derivations

# %% [markdown]
# ## The model
#
# Layers $s^1 \dots s^N$ stand above a fixed input $s^0 = x$. Weights act in both directions:
#
# $$E(s, \theta) = \sum_i G(s_i) - \Phi, \qquad \Phi = \sum_n s^n \cdot (W_n s^{n-1} + b_n), \qquad
#   G' = \sigma^{-1}.$$
#
# Where $E$ is stationary, $\sigma^{-1}(s) = \partial \Phi / \partial s$, every unit is the activation
# of what it receives from below and from above. The loss $C(s^N, y)$ adds a current to the outputs:
#
# $$s^n = \sigma\left(W_n s^{n-1} + b_n + W_{n+1}^\top s^{n+1} - [n = N]\, \beta\,
#   \partial C / \partial s^N\right), \qquad
#   \frac{\partial E}{\partial W_n} = - s^n (s^{n-1})^\top, \qquad
#   \frac{\partial E}{\partial b_n} = - s^n .$$
#
# **What is assumed** below: $E$ and $C$ are smooth at the equilibrium, its Hessian there is invertible,
# and the nudged states move along one smooth branch from the free one. A kink, a flat direction or a
# jump to another minimum is outside the theory.
#
# **By hand.** Two linear units, $E = \tfrac12 s_1^2 + \tfrac12 s_2^2 - w s_1 s_2 - x s_1$ with $w =
# \tfrac12$, $x = 1$; the second is the output, with target 1. Free: $s_1 = 1 + \tfrac12 s_2$, $s_2 =
# \tfrac12 s_1$, so $s = (\tfrac43, \tfrac23)$ and $s_1 s_2 = \tfrac89$. With the nudge $\beta =
# \tfrac12$ the second equation becomes $\tfrac32 s_2 = \tfrac12 s_1 + \tfrac12$, so $s = (\tfrac75,
# \tfrac45)$ and $s_1 s_2 = \tfrac{28}{25}$. The estimate is $-(\tfrac{28}{25} - \tfrac89) /
# \tfrac12 = -0.462$; the gradient, from $s_2 = w / (1 - w^2)$, is $-\tfrac13 \cdot \tfrac{20}{9} =
# -0.741$. The sign is right; the size is what this lesson is about.

# %%
pair = LayeredNetwork([[[1.0]], [[0.5]]], [[0.0], [0.0]], "linear")
x_pair, y_pair = np.ones((1, 1)), np.ones((1, 1))
true_slope = implicit_gradient(pair, x_pair, y_pair).weights[1][0, 0]
half = estimate(pair, x_pair, y_pair, Stencil.one_sided(0.5)).weights[1][0, 0]
print(f"estimate {half:.4f}, gradient {true_slope:.4f}")
output = np.linspace(-0.4, 1.9, 47)  # the first unit at its best for each: s_1 = 1 + s_2 / 2
well = energy(pair, np.column_stack([1 + output / 2, output]), np.ones((47, 1)))
tilt = np.linspace(-0.5, 0.5, 41)
rest_pair = [equilibrium(pair, x_pair, targets=y_pair, nudging_strength=b).states[0] for b in tilt]
first_unit, second_unit = np.transpose(rest_pair)
wells = {name: well + b * (output - 1) ** 2 / 2
         for name, b in (("negative", -0.5), ("gradient", 0.0), ("one_sided", 0.5))}  # fmt: skip
lowest_pair = second_unit[[0, 20, 40]]
at_least = np.array(
    [np.interp(s, output, one) for s, one in zip(lowest_pair, wells.values(), strict=True)]
)

# %%
record(
    "ep/x_tilted_well",
    numbers={"output": output, "least_output": lowest_pair, "least_energy": at_least,
             "nudging_strength": 0.5, "nudge": tilt, "product": -first_unit * second_unit,
             "target": 1.0} | {f"well_{name}": one for name, one in wells.items()},
    claims=[
        claim("equilibria against the minima of the tilted wells on their grid of 0.05: largest "
              "distance", max(abs(output[np.argmin(one)] - s) for s, one in
                              zip(lowest_pair, wells.values(), strict=True)), "<", 0.026,
              kind="agreement"),
        claim("the estimate by hand, 2 (8/9 - 28/25): distance", abs(half - 2 * (8 / 9 - 28 / 25)),
              "<", 1e-9, kind="exact"),
        claim("the gradient by hand, -20/27: distance", abs(true_slope + 20 / 27), "<", 1e-12,
              kind="exact"),
    ],
)  # fmt: skip

# %% [markdown]
# A positive nudge makes the well steeper towards the target, and the minimum gives way. Along the nudge
# the product bends: the chord to one side has another slope than the tangent, and the chord between both
# sides nearly has it.
#
# ## The theorem
#
# Put in: the state is stationary along a smooth branch. The rest is proved, for any number of states
# and parameters.

# %%
derivations.ep_theorem()

# %% [markdown]
# ## The bias
#
# How the equilibrium moves with the nudge, order by order (for any number of states: $A$ is a matrix,
# $E_3 s s$ a column; factors do not commute), and what that makes of the estimates.

# %%
branch.fixed_point_derivatives()

# %%
branch.bias_coefficients()

# %% [markdown]
# The first-order bias is no noise: it is itself a gradient, of minus half the compliance. The next
# lesson asks what that means.

# %%
derivations.bias_is_a_gradient()

# %% [markdown]
# ## Prediction and simulation
#
# For a layered network the same recursion runs to any order: each coefficient of $s_\beta$ costs one
# linear system with the same matrix, because every smooth activation here obeys an equation
# $\sigma' = a + b\sigma + c\sigma^2$. From the series follows the error of **any** stencil, up to the
# radius of convergence. The measured errors come from relaxing the network, and never see the series.

# %%
KINDS = {
    "one_sided": Stencil.one_sided,
    "negative": lambda b: Stencil.one_sided(-b),
    "symmetric": Stencil.symmetric,
}
rng = figure_rng("ep/x_bias_slopes")
network = LayeredNetwork.random((8, 6, 5, 3), rng, scale=0.8)
inputs, targets = rng.uniform(size=(4, 8)), np.eye(3)[[0, 1, 2, 0]]
free = equilibrium(network, inputs, tolerance=1e-14).states
gradient = implicit_gradient(network, inputs, targets, free=free).flat()
series = equilibrium_series(network, inputs, targets, 30, free=free)
coefficients = gradient_series(network, series, inputs)
radius = radius_of_convergence(coefficients[1:])
nudges = np.geomspace(1e-3, 0.5, 17)
inside = nudges < 0.9 * radius


def relative(found):
    return np.linalg.norm(found - gradient) / np.linalg.norm(gradient)


measured, predicted = {}, {}
for name, kind in KINDS.items():
    found = [estimate(network, inputs, targets, kind(b), free=free).flat() for b in nudges]
    measured[name] = np.array([relative(g) for g in found])
    series_errors = [relative(predicted_estimate(coefficients, kind(b))) for b in nudges[inside]]
    predicted[name] = np.array(series_errors)

# %% [markdown]
# Why is there a radius? In the complex plane of nudges the equilibrium meets another one, at a branch
# point; the coefficients of a series grow up to it like $k^{-3/2} r^{-k}$.

# %%
orders = np.arange(1, len(coefficients))
size = np.linalg.norm(coefficients[1:], axis=1)
late = orders >= 15
level = np.exp(np.log(size[late] * orders[late] ** 1.5 * radius ** orders[late]).mean())
law_orders = orders[3:]
law = level * law_orders**-1.5 / radius**law_orders
small = nudges < 6e-3
slopes = {
    name: np.polyfit(np.log(nudges[small]), np.log(error[small]), 1)[0]
    for name, error in measured.items()
}
compared = (nudges > 0.01) & (nudges < radius / 2)  # below, the equilibria's rounding shows
mismatch = max(
    np.abs(measured[n][inside] / predicted[n] - 1)[compared[inside]].max() for n in KINDS
)

# %%
record(
    "ep/x_bias_slopes",
    numbers={"nudging_strength": nudges, "predicted_nudging_strength": nudges[inside]}
    | {f"measured_{n}": v for n, v in measured.items()}
    | {f"predicted_{n}": v for n, v in predicted.items()}
    | {"radius": radius, "order": orders, "coefficient_size": size}
    | {"law_order": law_orders, "law": law},
    claims=[
        claim("slope of the one-sided error", slopes["one_sided"], "between", (0.95, 1.05)),
        claim("slope of the negative error", slopes["negative"], "between", (0.95, 1.05)),
        claim("slope of the symmetric error", slopes["symmetric"], "between", (1.95, 2.05)),
        claim("series against relaxed network up to half the radius: largest relative difference "
              "of the errors; tolerance 1e-5", mismatch, "<", 1e-5, kind="agreement"),
        claim("coefficients from order 15 on against the law of a branch point: largest factor",
              np.exp(np.abs(np.log(size * orders**1.5 * radius**orders / level))[late].max()),
              "<", 2),
        claim("the series' first coefficient is the gradient of implicit differentiation",
              relative(coefficients[1]), "<", 1e-12, kind="exact"),
    ],
)  # fmt: skip

# %% [markdown]
# ## A kinked activation is outside this theory
#
# The hard sigmoid of the paper's large network has no Taylor series at its kinks. Randomly initialised,
# many of its hidden units sit near the lower kink, and a finite nudge takes some of them across: the
# symmetric estimate then loses its second order. (The output units are lifted into the linear range:
# a saturated one neither learns nor teaches.) With biases that put every unit there, the response is
# exactly rational in the nudge, and a closed form holds to rounding.

# %%
rng = figure_rng("ep/x_kinked_activation")
drawn = LayeredNetwork.random((8, 30, 20, 3), rng, activation="wide_hard_sigmoid")
lifted = [*drawn.biases[:-1], drawn.biases[-1] + 0.8]
nets = {
    "kink": drawn.with_parameters(drawn.weights, lifted),
    "interior": drawn.with_parameters(
        [w * 0.5 for w in drawn.weights], [0.5 * b + 0.8 for b in drawn.biases]
    ),
}
inputs_k, targets_k = rng.uniform(size=(60, 8)), np.eye(3)[np.arange(60) % 3]
nudges_k = np.geomspace(1e-3, 0.3, 25)
rests = {place: equilibrium(net, inputs_k, tolerance=1e-14).states for place, net in nets.items()}
true, relaxed = {}, {}
for place, net in nets.items():
    batch = net, inputs_k, targets_k
    true[place] = implicit_gradient(*batch, free=rests[place]).flat()
    for name, kind in KINDS.items():
        found = [estimate(*batch, kind(b), free=rests[place]).flat() for b in nudges_k]
        relaxed[place, name] = np.stack(found)

# %% [markdown]
# The closed form, and a count: which units does a nudge take across a kink?


# %%
def linear_products(nudge):
    nudged = linear_response(nets["interior"], rests["interior"], inputs_k, targets_k, nudge)
    return hebbian(nets["interior"], nudged, inputs_k).flat()


def from_closed_form(stencil):
    pairs = zip(stencil.nodes, stencil.weights, strict=True)
    return -sum(weight * linear_products(node) for node, weight in pairs)


def crossed(place, nudge):
    """Whether the nudge takes a unit to another linear piece, for every sample and unit."""
    batch = {"targets": targets_k, "nudging_strength": nudge}
    states = equilibrium(nets[place], inputs_k, **batch).states
    at_rest = linear_pieces(nets[place], rests[place], inputs_k)
    return linear_pieces(nets[place], states, inputs_k, **batch) != at_rest


closed = {n: np.stack([from_closed_form(kind(b)) for b in nudges_k]) for n, kind in KINDS.items()}
share_crossing = np.array([crossed("kink", b).any(axis=1).mean() for b in nudges_k])
leaving = sum(crossed("interior", sign * b).sum() for sign in (1, -1) for b in nudges_k)


# %%
def error_of(found, place):
    return np.linalg.norm(found - true[place], axis=1) / np.linalg.norm(true[place])


errors = {f"{place}_{name}": error_of(found, place) for (place, name), found in relaxed.items()}
errors |= {f"closed_{name}": error_of(found, "interior") for name, found in closed.items()}
first_ten = np.log(nudges_k[:10]), np.log(errors["interior_symmetric"][:10])
apart = max(np.abs(relaxed["interior", n] - closed[n]).max() for n in KINDS)
record(
    "ep/x_kinked_activation",
    numbers={"nudging_strength": nudges_k, "share_crossing": share_crossing} | errors,
    claims=[
        claim("inside the linear range the symmetric error has slope",
              np.polyfit(*first_ten, 1)[0], "between", (1.95, 2.05)),
        claim("and the closed form gives every estimate: largest distance over the largest slope",
              apart / np.abs(true["interior"]).max(), "<", 1e-8, kind="exact"),
        claim("units that leave their linear piece there at any nudge", leaving, "==", 0),
        claim("at the kink the symmetric error exceeds that inside, by a factor of up to",
              np.max(errors["kink_symmetric"] / errors["interior_symmetric"]), ">", 10),
        claim("share of samples with a unit that crosses at nudge 0.3", share_crossing[-1], ">", 0.05),
    ],
)  # fmt: skip

# %% [markdown]
# ## A random sign
#
# Half the price of the symmetric estimate: nudge once, in a direction drawn for every mini-batch.

# %%
derivations.random_sign()

# %%
rng = figure_rng("ep/x_random_sign")
images, wanted = rng.uniform(size=(64, 8)), np.eye(3)[rng.integers(0, 3, 64)]
rest = equilibrium(network, images, tolerance=1e-13).states
batch_size, draws = 8, 4000
strengths = np.array([0.02, 0.05, 0.1, 0.15, 0.2])


def sample_estimates(b):
    states = equilibrium(network, images, targets=wanted, nudging_strength=b, initial=rest).states
    change = sample_products(network, rest, images) - sample_products(network, states, images)
    return change / b


simulated, standard_error, mean_gap = [], [], []
for b in strengths:
    both = np.stack([sample_estimates(b), sample_estimates(-b)])
    rows = rng.integers(0, 64, (draws, batch_size))
    drawn = both[rng.integers(0, 2, draws)[:, None], rows].mean(axis=1)
    squares = np.sum((drawn - drawn.mean(axis=0)) ** 2, axis=1)
    simulated.append(squares.mean())
    standard_error.append(squares.std() / np.sqrt(draws))
    mean_gap.append(np.linalg.norm(drawn.mean(axis=0) - both.mean(axis=(0, 1))))
simulated, standard_error = np.array(simulated), np.array(standard_error)
mean_gap = np.array(mean_gap) / np.sqrt(simulated / draws)

# %% [markdown]
# The prediction: scatter of the mini-batch, plus the squared odd part of the bias, which a larger
# batch does **not** average away. Both are read off the power series of all 64 samples.

# %%
powers = equilibrium_series(network, images, wanted, 24, free=rest)
each = np.stack([gradient_series(network, powers[:, [i]], images[[i]])[1:] for i in range(64)])


def predicted_parts(b):
    """Variance by the mini-batch and by the sign."""
    both = [np.tensordot(each, (sign * b) ** np.arange(24), axes=(1, 0)) for sign in (1, -1)]
    scatter = np.mean([one.var(axis=0).sum() for one in both]) / batch_size
    return scatter, np.sum((both[0].mean(axis=0) - both[1].mean(axis=0)) ** 2) / 4


fine = np.linspace(0.005, 0.21, 30)
scatter, odd = np.transpose([predicted_parts(b) for b in fine])
expected = np.array([sum(predicted_parts(b)) for b in strengths])

# %%
slope = np.polyfit(np.log(fine[fine < 0.05]), np.log(odd[fine < 0.05]), 1)[0]
record(
    "ep/x_random_sign",
    numbers={"nudging_strength": strengths, "simulated_variance": simulated,
             "fine_nudging_strength": fine, "predicted_variance": scatter + odd,
             "batch_part": scatter, "batch_size": batch_size},
    claims=[
        claim("simulated against predicted variance, largest distance in standard errors",
              np.max(np.abs(simulated - expected) / standard_error), "<", 4, kind="agreement"),
        claim("distance of the mean to the symmetric estimate, in standard errors",
              mean_gap.max(), "<", 4, kind="agreement"),
        claim("the sign's part grows with the nudge squared: slope below nudge 0.05", slope,
              "between", (1.9, 2.1)),
    ],
)  # fmt: skip

# %% [markdown]
# ## Bias against noise
#
# A smaller nudge has less bias and divides the noise of the measurement by a smaller number.

# %%
derivations.bias_against_noise()

# %%
rng = figure_rng("ep/x_bias_noise")
noises, draws = np.array([1e-5, 1e-4, 1e-3]), 400
grid = np.geomspace(2e-3, 0.8 * radius, 40)
coarse = grid[::4]


def sampled_error(kind, b, tau):
    """Mean square error of noisy estimates, and its standard error."""
    clean = estimate(network, inputs, targets, kind(b), free=free).flat()
    weights = np.array(kind(b).weights)
    noise = tau * rng.standard_normal((draws, len(weights), gradient.size))
    noisy = clean + np.einsum("j,djp->dp", weights, noise)
    squares = np.sum((noisy - gradient) ** 2, axis=1)
    return squares.mean(), squares.std() / np.sqrt(draws)


curves, points = {}, {}
for name in ("one_sided", "symmetric"):
    kind = KINDS[name]
    curves[name] = np.array(
        [[mean_square_error(coefficients, kind(b), tau) for tau in noises] for b in grid]
    )
    per_noise = [[sampled_error(kind, b, tau) for b in coarse] for tau in noises]
    points[name] = np.transpose(per_noise, (1, 0, 2))  # nudge, noise, (mean, standard error)

# %% [markdown]
# The best nudge to leading order balances the bias $|P_k| \beta^q$ with the noise, which one or two
# nudged phases pass on with the gain $2/\beta^2$ or $1/2\beta^2$.

# %%
length, best, least = np.linalg.norm(gradient), {}, {}
for name, (q, gain) in {"one_sided": (1, 2.0), "symmetric": (2, 0.5)}.items():
    leading = np.linalg.norm(coefficients[q + 1])
    best[name] = (gain * gradient.size * noises**2 / (q * leading**2)) ** (1 / (2 * q + 2))
    pairs = zip(best[name], noises, strict=True)
    least[name] = [mean_square_error(coefficients, KINDS[name](b), tau) for b, tau in pairs]
off = max(np.max(np.abs(points[n][..., 0] - curves[n][::4]) / points[n][..., 1]) for n in curves)
lowest = {name: grid[np.argmin(curve[:, 0])] for name, curve in curves.items()}
step = grid[1] / grid[0]

# %%
record(
    "ep/x_bias_noise",
    numbers={"noise": noises, "nudging_strength": grid, "sampled_nudging_strength": coarse}
    | {name: np.sqrt(curve) / length for name, curve in curves.items()}
    | {f"sampled_{name}": np.sqrt(one[..., 0]) / length for name, one in points.items()}
    | {f"best_{name}": nudge for name, nudge in best.items()}
    | {f"least_{name}": np.sqrt(error) / length for name, error in least.items()},
    claims=[
        claim("sampled against predicted square error, largest distance in standard errors", off,
              "<", 4.5, kind="agreement"),
        claim("predicted over found best nudge, one-sided, least noise; within one step of the grid",
              best["one_sided"][0] / lowest["one_sided"], "between", (1 / step, step),
              kind="agreement"),
        claim("predicted over found best nudge, symmetric, least noise; within one step of the grid",
              best["symmetric"][0] / lowest["symmetric"], "between", (1 / step, step),
              kind="agreement"),
        claim("least symmetric over least one-sided error at the smallest noise",
              np.sqrt(curves["symmetric"][:, 0].min() / curves["one_sided"][:, 0].min()), "<", 0.5),
    ],
)  # fmt: skip

# %% [markdown]
# ## How to spend a given number of equilibria
#
# More nudged phases allow differences of higher order. The weights through $n$ distinct nudges cancel
# all orders of the bias below $n - 1$. Which nudges cancel one order more?

# %%
node_order.order_of_nodes(3)

# %% [markdown]
# So the estimate from $n$ nudges is of order $n$ exactly where $\sum_j 1 / \beta_j = 0$. The symmetric
# pair is the case of two. **Three equilibria reach third order**, at $\beta, \beta/2, -\beta/3$ for
# instance: one phase more than the symmetric rule, if the free state is not used. The free state never
# helps: with a node at 0 the order is $n - 1$. (`order_of_nodes(n)` proves other numbers in the same way;
# on the complex circle of lesson 1 of holomorphic EP the reciprocals cancel, too.)
#
# Among all such nudges, which bear noise best? With nodes $\beta x_j$ the bias is $\beta^n \prod x_j$
# times the next coefficient and noise is passed on with $\sum w_j^2 / \beta^2$; the least error over
# $\beta$ is smallest where $(\sum w_j^2)^n \prod x_j^2$ is. Squared bias and variance are quadratic forms
# of the weights, too, so that the best weights on given nodes solve a linear system: with much noise they
# give order up.

# %%
levels, few, limit = np.geomspace(1e-9, 1e-2, 10), coefficients[:20], 0.5 * radius
counts = np.arange(2, 7)
least = {
    count: np.array([best_stencil(few, count, tau, limit, points=40)[1] for tau in levels])
    for count in counts
}
tried = [Stencil.one_sided(b) for b in limit * np.geomspace(1e-5, 1, 100)]
one_sided = np.array([min(mean_square_error(few, s, tau) for s in tried) for tau in levels])
power = {
    count: np.polyfit(np.log(levels[:4]), np.log(error[:4]), 1)[0] for count, error in least.items()
}
for count in counts:
    print(count, "equilibria: nudges", np.round(order_nodes(count), 4), "times the largest")
same = 0.1
cancelling = [bias(network, inputs, targets, Stencil.order_n(same, int(n))) for n in counts]
spaced = [Stencil.through(tuple(same * np.arange(n) / (n - 1))) for n in counts]
with_free = [bias(network, inputs, targets, stencil) for stencil in spaced]
small_three = [bias(network, inputs, targets, Stencil.order_n(b, 3)).norm() for b in (0.04, 0.08)]
off = {name: np.array([one.norm() for one in many]) / length
       for name, many in (("bias", cancelling), ("bias_with_free", with_free))}  # fmt: skip

# %%
gain = np.sqrt(least[2] / least[6])
record(
    "ep/x_optimal_stencil",
    numbers={"noise": levels, "one_sided": np.sqrt(one_sided) / length, "equilibria": counts,
             "largest_nudge": same} | off
    | {f"best_of_{count}": np.sqrt(error) / length for count, error in least.items()},
    claims=[
        claim("three equilibria, error at nudge 0.08 over that at 0.04: order",
              np.log2(small_three[1] / small_three[0]), "between", (2.8, 3.2)),
        claim("three equilibria: power of the noise in the mean square error", power[3],
              "between", (3 / 2 - 0.05, 3 / 2 + 0.05)),
        claim("without noise at nudge 0.1: symmetric over three equilibria", off["bias"][0]
              / off["bias"][1], ">", 20),
        claim("nudges with the free state err more: ratio, geometric mean over the numbers",
              np.exp(np.mean(np.log(off["bias_with_free"] / off["bias"]))), ">", 2),
        claim("two equilibria: power of the noise in the mean square error", power[2],
              "between", (4 / 3 - 0.03, 4 / 3 + 0.03)),
        claim("four equilibria", power[4], "between", (8 / 5 - 0.06, 8 / 5 + 0.06)),
        claim("six equilibria", power[6], "between", (12 / 7 - 0.1, 12 / 7 + 0.1)),
        claim("gain of six over two equilibria at the smallest noise", gain[0], ">", 5),
        claim("and at the largest", gain[-1], "<", 2),
    ],
)  # fmt: skip

# %% [markdown]
# Read off: at one and the same largest nudge the third equilibrium takes more off the bias than any other,
# and the free state among them costs at every number. Under noise the gain shrinks; at the largest noise
# six are hardly better than two.
#
# ## A network of your own
#
# None of this needs layers, nor an activation of the list. Any symmetric couplings have an energy, and
# any activation is given by its function:

# %%
rng = np.random.default_rng(seed(11))
lateral = 0.05 * rng.standard_normal((6, 6))
own_weights = {(0, 1): 0.2 * rng.standard_normal((6, 8)), (1, 2): 0.2 * rng.standard_normal((3, 6)),
               (0, 2): 0.2 * rng.standard_normal((3, 8)),  # a skip past the hidden layer
               (1, 1): (lateral + lateral.T) * (1 - np.eye(6))}  # fmt: skip
softplus = Activation("softplus", lambda u: np.log(1 + np.exp(u)))
own_network = CoupledNetwork(own_weights, [np.zeros(6), np.zeros(3)], softplus)
for stencil in (Stencil.symmetric(0.1), Stencil.order_n(0.1, 3)):
    found = bias(own_network, inputs, targets, stencil)
    print(f"{stencil.name}: error {found.norm():.1e}, by weights", np.round(found.by_layer(), 6))

# %% [markdown]
# ## What happens if
#
# ... the weights grow? Equilibria come closer to losing stability, and the radius shrinks.


# %%
def draw(ax, scale):
    rng = np.random.default_rng(seed(7))
    net = LayeredNetwork.random((8, 6, 5, 3), rng, scale=scale)
    x, y = rng.uniform(size=(4, 8)), np.eye(3)[[0, 1, 2, 0]]
    exact = implicit_gradient(net, x, y).flat()
    told = []
    for name, look in {"one_sided": (VERMILION, "o"), "negative": (BLUE, "s"),
                       "symmetric": (GREEN, "^")}.items():  # fmt: skip
        found = [estimate(net, x, y, KINDS[name](b)).flat() - exact for b in nudges[6:]]
        error = np.linalg.norm(found, axis=1) / np.linalg.norm(exact)
        told.append(f"{name} {error[-1]:.1e}")
        ax.loglog(nudges[6:], error, look[1], color=look[0], markersize=3)
    ax.set(xlabel="nudge", ylabel="relative error")
    return f"relative error at nudge {nudges[-1]:g}: " + ", ".join(told)


explore(draw, scale=[0.4, 0.6, 0.8, 0.9, 1.0, 1.1])

# %% [markdown]
# ## Exercises

# %% [markdown] tags=["exercise"]
# ### Exercise 1: four nodes
#
# *paper, 15 minutes, 4 points, difficulty 2 of 3*
#
# A stencil estimates $P'(0)$ by $\sum_j w_j P(\beta_j)$. Four nudges $\pm\beta, \pm 2\beta$ can cancel the second-order bias, too. Write
# down the four conditions on the weights, use the symmetry, and solve. What does the accuracy cost in noise: how much larger than
# that of the symmetric estimate at the same $\beta$ is the variance, if every $P(\beta_j)$ carries independent noise?
#
# For $\beta = 1$ assign to `weights` the array of the weights of $\beta, -\beta, 2\beta, -2\beta$, to `order` the power of $\beta$ of the
# remaining error, and to `noise` the ratio of the variances.

# %% tags=["solution"]
# Odd weights annul the even moments; m_1 = 1 and m_3 = 0 give 2/3 and -1/12.
weights = np.array([2 / 3, -2 / 3, -1 / 12, 1 / 12])
order = 4
noise = np.sum(weights**2) / 0.5


def four_nodes(b):
    return Stencil("four", (b, -b, 2 * b, -2 * b), tuple(weights / b))


left_over = [
    np.linalg.norm(estimate(network, inputs, targets, four_nodes(b), free=free).flat() - gradient)
    for b in (0.01, 0.02)
]
assert abs(np.log2(left_over[1] / left_over[0]) - order) < 0.2

# %% tags=["check"]
check("ep-1.1", weights, order, noise)

# %% tags=["mistakes"]
mistake(
    "ep-1.1",
    [2 / 3, -2 / 3, 1 / 12, -1 / 12],
    ...,
    ...,
    hint="the larger pair has to take the cubic term of the smaller one away",
)
mistake("ep-1.1", ..., 3, ..., hint="odd weights: which moment is the first that does not vanish?")
mistake("ep-1.1", ..., ..., np.sqrt(noise), hint="the ratio of the variances is asked for")

# %% [markdown] tags=["exercise"]
# ### Exercise 2: a derivation of your own
#
# *derivation, 15 minutes, 4 points, difficulty 2 of 3*
#
# One quadratic unit of stiffness $a$ answers a nudge with $1/(a + \beta)$, and its gradient is the answer at $\beta = 0$. Write a
# `Derivation` with the mean of the answers to $\beta$ and $-\beta$ as a given step "symmetric", and expand it to the second order
# in a step "bias". Use `a = sp.Symbol("a", positive=True)` and `nudge = sp.Symbol("beta", real=True)`.
#
# Assign the derivation to `own`, the step "bias" to `expanded`, and the *exact* relative error of the mean, in
# its simplest form, to `exact_error`.

# %% tags=["stub"]
a, nudge = sp.Symbol("a", positive=True), sp.Symbol("beta", real=True)
own = Derivation("Symmetric nudge of one quadratic unit")
expanded = ...
exact_error = ...

# %% tags=["solution"]
a, nudge = sp.Symbol("a", positive=True), sp.Symbol("beta", real=True)
own = (
    Derivation("Symmetric nudge of one quadratic unit")
    .given("symmetric", (1 / (a + nudge) + 1 / (a - nudge)) / 2, "mean over both signs")
    .expand("bias", 1 / a + nudge**2 / a**3, nudge, 0, 3, "odd powers are missing")
)
expanded = own["bias"]
exact_error = sp.simplify(own["symmetric"] * a - 1)
assert own.counts["proved"] >= 1
own

# %% tags=["check"]
check("ep-1.2", expanded, exact_error, at={"a": [2.1, 2.7, 3.3], "beta": [0.2, 0.5, 0.9]})

# %% tags=["mistakes"]
mistake(
    "ep-1.2",
    1 / a - nudge / a**2,
    ...,
    hint="this is the one-sided answer: what happens to odd powers in the mean?",
)
mistake(
    "ep-1.2",
    ...,
    nudge**2 / a**2,
    hint="this is its leading term; the mean can be summed in closed form",
)

# %% [markdown] tags=["exercise"]
# ### Exercise 3: two nudges of one sign or of both
#
# *simulation, 15 minutes, 4 points, difficulty 2 of 3*
#
# A symmetric nudge takes two nudged phases. Is it better to spend them on $\beta$ and $2\beta$ of one sign, together with the
# free state (`Stencil.through((0.0, b, 2 * b))`)? Compare the bias of the two for the lesson's `network`: `predicted_estimate(coefficients,
# stencil) - gradient`. Project the bias of the one onto that of the other: `forward @ symmetric / (symmetric @ symmetric)`.
#
# Assign the projection at $\beta = 0.02$ to `ratio`, and what it tends to for $\beta \to 0$ to `limit`.


# %% tags=["solution"]
# The stencil through 0, b, 2b has m_3 = -2 b^2: twice the symmetric bias, with the other sign.
def projection(b):
    forward = predicted_estimate(coefficients, Stencil.through((0.0, b, 2 * b))) - gradient
    symmetric = predicted_estimate(coefficients, Stencil.symmetric(b)) - gradient
    return forward @ symmetric / (symmetric @ symmetric)


ratio, limit = projection(0.02), -2.0
assert abs(projection(0.002) - limit) < 0.1

# %% tags=["check"]
check("ep-1.3", ratio, limit)

# %% tags=["mistakes"]
mistake("ep-1.3", ..., 2.0)
mistake("ep-1.3", 1 / ratio, ...)

# %% [markdown] tags=["exercise"]
# ### Exercise 4: buy a better sensor or a better estimator?
#
# *open, 20 minutes, 6 points, difficulty 3 of 3*
#
# A chip reads the products of two neurons with a noise $\tau$ and uses the symmetric estimate at its best nudge. The root mean
# square error has to be halved. By which factor would the noise have to fall? What would the one-sided estimate need? Compare with
# repeating every reading, and with more nudges, and give your advice in ten lines.
#
# Assign the factor for the symmetric estimate to `factor`. Then judge, four truth values in `claims_true`: (a) at small noise the
# best symmetric nudge is larger than the best one-sided one; (b) a random sign of the nudge removes the first-order bias from
# the mean of the estimates, at the price of a variance; (c) the nudge $-\beta$ has, to leading order, the bias of $\beta$ with the
# other sign; (d) the leading one-sided bias is a gradient itself, so that learning with it descends on another function.

# %% [markdown] tags=["solution"]
# The error at the best nudge goes with the noise to the power $q/(q+1)$: $2/3$ for the symmetric estimate ($q = 2$), $1/2$ for the
# one-sided one. To halve it the noise has to fall by $2^{3/2} = 2.8$ or by 4; repeated readings lower $\tau$ with the square root of
# their number, so that takes 8 or 16 readings. Four nudges ($q = 4$) have the power $4/5$ and, at small noise, a smaller error for
# the same total time, as long as the nudges stay inside the radius of convergence. (a) true: the best nudge goes with
# $\tau^{1/(q+1)}$. (b), (c) and (d) are true: odd orders change sign with the nudge, and the first-order bias is
# the gradient of the compliance of the output.

# %% tags=["solution"]
factor = 2 ** (3 / 2)
claims_true = [True, True, True, True]
best_pair = [best_stencil(coefficients[:20], 2, t, 0.5 * radius)[1] for t in (1e-8 * factor, 1e-8)]
assert abs(np.sqrt(best_pair[0] / best_pair[1]) - 2) < 0.05

# %% tags=["check"]
check("ep-1.4", factor, claims_true)

# %% tags=["mistakes"]
mistake(
    "ep-1.4",
    2.0,
    ...,
    hint="the best nudge changes with the noise: how does the error at the best nudge go?",
)
mistake("ep-1.4", 4.0, ..., hint="so it is for the one-sided estimate")
mistake(
    "ep-1.4",
    ...,
    [False, True, True, True],
    hint="compare the powers of the noise in the two best nudges",
)

# %% [markdown]
# ## References
#
# * B. Scellier, Y. Bengio, *Equilibrium propagation*, Frontiers in Computational Neuroscience 11:24
#   (2017): the theorem.
# * A. Laborieux, M. Ernoult, B. Scellier, Y. Bengio, J. Grollier, D. Querlioz, *Scaling equilibrium
#   propagation to deep ConvNets by drastically reducing its gradient estimator bias*, Frontiers in
#   Neuroscience 15:633674 (2021): one-sided, random-sign and symmetric estimates and their orders.
# * The series to any order, the closed forms, the noise trade-off, the order of any nudges and the best
#   stencils are derived here.
