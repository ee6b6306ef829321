# ---
# jupyter:
#   jupytext:
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3
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
# | $\beta$ | `nudging_strength` | how much of the loss is added |
# | $s_*$, $s_\beta$ | `free`, nudged states | equilibria without and with the nudge |
# | $P(\beta) = \partial E / \partial \theta$ at $s_\beta$ | `hebbian` (minus) | product of the two ends of a weight |
# | one-sided, negative, symmetric | `Stencil` | differences of $P$ at $\{\beta, 0\}$, $\{-\beta, 0\}$, $\{\beta, -\beta\}$ |
# | $g$, $c_1$, $c_2$ | `coefficients[1:4]` | gradient, first and second bias coefficient |
#
# All estimates here have the sign of the gradient; the paper writes the opposite sign.

# %%
import matplotlib.pyplot as plt
import numpy as np

from figures.kit import (
    BLACK,
    BLUE,
    GREEN,
    ORANGE,
    PAGE,
    VERMILION,
    claim,
    explore,
    figure_rng,
    label_panels,
    record,
    use_style,
)
from theory.ep import (
    LayeredNetwork,
    Stencil,
    best_stencil,
    equilibrium,
    equilibrium_series,
    estimate,
    gradient_series,
    hebbian,
    implicit_gradient,
    linear_pieces,
    linear_response,
    mean_square_error,
    predicted_estimate,
    radius_of_convergence,
    sample_products,
)
from theory.ep.derivations import estimator_bias as derivations

use_style()
KINDS = {
    "one-sided": (Stencil.one_sided, VERMILION, "o"),
    "negative": (lambda b: Stencil.one_sided(-b), BLUE, "s"),
    "symmetric": (Stencil.symmetric, GREEN, "^"),
}

# %% [markdown]
# ## The theorem
#
# Each step below was proved when this notebook ran.

# %%
derivations.ep_theorem()

# %% [markdown]
# ## The bias
#
# How the equilibrium moves with the nudge, order by order (one state stands for all; with many, $A$
# is a matrix), and what that makes of the estimates.

# %%
derivations.fixed_point_derivatives()

# %%
derivations.bias_coefficients()

# %% [markdown]
# The first-order bias is no noise: it pulls towards something. The next lesson asks what.

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
rng = figure_rng("ep/x_bias_slopes")
network = LayeredNetwork.random((8, 6, 5, 3), rng, scale=0.8)
inputs, targets = rng.uniform(size=(4, 8)), np.eye(3)[[0, 1, 2, 0]]
free = equilibrium(network, inputs, tolerance=1e-14).states
gradient = implicit_gradient(network, inputs, targets, free=free).flat()
series = equilibrium_series(network, inputs, targets, 30, free=free)
coefficients = gradient_series(network, series, inputs)
radius = radius_of_convergence(coefficients[1:])


def relative(error):
    return np.linalg.norm(error) / np.linalg.norm(gradient)


nudges = np.geomspace(1e-3, 0.5, 17)
measured, predicted = {}, {}
for name, (kind, _, _) in KINDS.items():
    found = [estimate(network, inputs, targets, kind(b), free=free).flat() for b in nudges]
    measured[name] = np.array([relative(g - gradient) for g in found])
    predicted[name] = np.array(
        [relative(predicted_estimate(coefficients, kind(b)) - gradient) for b in nudges]
    )

# %%
figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.9), width_ratios=[1.3, 1])
ax = axes[0]
inside = nudges < 0.9 * radius
for name, (_, colour, marker) in KINDS.items():
    ax.loglog(nudges, measured[name], marker, color=colour, markersize=3.5)
    ax.loglog(nudges[inside], predicted[name][inside], "-", color=colour, linewidth=1)
ax.text(
    1.1e-2, 3e-2, "negative (squares),\none-sided (circles)", ha="right", color=BLUE, fontsize=7
)
ax.text(2.2e-2, 1.2e-4, "symmetric", color=GREEN, fontsize=7)
ax.axvline(radius, color=BLACK, linestyle=":", linewidth=1)
ax.text(radius * 0.93, 2e-6, "radius of\nconvergence", ha="right", fontsize=7)
ax.set(xlabel=r"nudging strength $\beta$", ylabel="relative error of the gradient",
       title="points: relaxed network; lines: series")  # fmt: skip
ax = axes[1]
orders = np.arange(1, len(coefficients))
size = np.linalg.norm(coefficients[1:], axis=1)
ax.semilogy(orders, size, "o", color=BLACK, markersize=3)
late = orders >= 15
middle = size[late] * orders[late] ** 1.5 * radius ** orders[late]
ax.semilogy(orders[3:], np.exp(np.log(middle).mean()) * orders[3:] ** -1.5 / radius ** orders[3:],
            "-", color=ORANGE)  # fmt: skip
ax.text(9, size[22], r"$\propto k^{-3/2} \, r^{-k}$", color=ORANGE, va="bottom")
ax.set(xlabel="order $k$", ylabel="size of the coefficient $|P_k|$", title="why there is a radius")
label_panels(axes)

small = nudges < 6e-3
slopes = {
    name: np.polyfit(np.log(nudges[small]), np.log(error[small]), 1)[0]
    for name, error in measured.items()
}
compared = (nudges > 0.01) & (nudges < radius / 2)  # below, the equilibria's rounding shows
mismatch = max(np.abs(measured[n] / predicted[n] - 1)[compared].max() for n in KINDS)
record(
    "ep/x_bias_slopes",
    figure,
    data={"nudging_strength": nudges}
    | {f"measured_{n}": v for n, v in measured.items()}
    | {f"predicted_{n}": v for n, v in predicted.items()},
    claims=[
        claim("slope of the one-sided error", slopes["one-sided"], "between", (0.95, 1.05)),
        claim("slope of the negative error", slopes["negative"], "between", (0.95, 1.05)),
        claim("slope of the symmetric error", slopes["symmetric"], "between", (1.95, 2.05)),
        claim("series against relaxed network up to half the radius: largest relative difference "
              "of the errors", mismatch, "<", 1e-4),
        claim("error of the series' first coefficient against implicit differentiation",
              relative(coefficients[1] - gradient), "<", 1e-12),
    ],
    alt="Left: relative gradient error against nudge, doubly logarithmic. One-sided and negative "
    "estimates fall with slope one, the symmetric estimate with slope two; predicted lines pass "
    "through all points up to the radius of convergence. Right: the coefficients of the series "
    "grow geometrically with the order, along the fitted law.",
)  # fmt: skip

# %% [markdown]
# ## A kinked activation is outside this theory
#
# The hard sigmoid of the paper's large network has no Taylor series at its kinks. Randomly initialised,
# many of its units sit near the lower kink, and a finite nudge takes some of them across: the
# symmetric estimate then loses its second order. With biases that put every unit into the linear
# range, the response is exactly rational in the nudge, and a closed form holds to rounding.

# %%
rng = figure_rng("ep/x_kinked_activation")
at_kink = LayeredNetwork.random((8, 30, 20, 3), rng, activation="wide_hard_sigmoid")
interior = at_kink.with_parameters(
    [w * 0.5 for w in at_kink.weights], [0.5 * b + 0.8 for b in at_kink.biases]
)
inputs_k, targets_k = rng.uniform(size=(60, 8)), np.eye(3)[np.arange(60) % 3]
nudges_k = np.geomspace(1e-3, 0.3, 25)
kinked = {}
for place, net in {"at the kink": at_kink, "interior": interior}.items():
    rest = equilibrium(net, inputs_k, tolerance=1e-14).states
    exact = implicit_gradient(net, inputs_k, targets_k, free=rest).flat()
    errors = {}
    for name, (kind, _, _) in KINDS.items():
        errors[name] = np.array([
            np.linalg.norm(estimate(net, inputs_k, targets_k, kind(b), free=rest).flat() - exact)
            for b in nudges_k
        ]) / np.linalg.norm(exact)  # fmt: skip
    kinked[place] = rest, exact, errors

# %%
rest, exact, errors = kinked["interior"]
start = hebbian(interior, rest, inputs_k).flat()


def from_closed_form(stencil):
    total = 0
    for node, weight in zip(stencil.nodes, stencil.weights, strict=True):
        nudged = linear_response(interior, rest, inputs_k, targets_k, node)
        total = total - weight * hebbian(interior, nudged, inputs_k).flat()
    return total


closed = {
    name: np.array([np.linalg.norm(from_closed_form(kind(b)) - exact) for b in nudges_k])
    / np.linalg.norm(exact)
    for name, (kind, _, _) in KINDS.items()
}
free_pieces = linear_pieces(at_kink, kinked["at the kink"][0], inputs_k)
crossing = []
for b in nudges_k:
    states = equilibrium(at_kink, inputs_k, targets=targets_k, nudging_strength=b).states
    pieces = linear_pieces(at_kink, states, inputs_k, targets=targets_k, nudging_strength=b)
    crossing.append(np.mean(np.any(pieces != free_pieces, axis=1)))

# %%
figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.6))
for ax, place in zip(axes, ("at the kink", "interior"), strict=False):
    for name, (_, colour, marker) in KINDS.items():
        ax.loglog(nudges_k, kinked[place][2][name], marker, color=colour, markersize=3, label=name)
    ax.set(xlabel=r"nudging strength $\beta$", ylim=(2e-8, 3))
for name, (_, colour, _) in KINDS.items():
    axes[1].loglog(nudges_k, closed[name], "-", color=colour, linewidth=1)
axes[0].set(ylabel="relative error of the gradient", title="units at the kink")
axes[0].legend(loc="lower right")
axes[1].set(title="all in the linear range;\nlines: closed form")
axes[2].semilogx(nudges_k, crossing, color=BLACK)
axes[2].set(xlabel=r"nudging strength $\beta$", ylabel="share of samples", ylim=(-0.03, 1),
            title="some unit crosses a kink")  # fmt: skip
label_panels(axes)

first, last = errors["symmetric"][0], errors["symmetric"][-1]
clean = np.polyfit(np.log(nudges_k[:10]), np.log(errors["symmetric"][:10]), 1)[0]
deviation = max(np.abs(errors[n] / closed[n] - 1)[8:].max() for n in KINDS)
record(
    "ep/x_kinked_activation",
    figure,
    data={"nudging_strength": nudges_k, "share_crossing": crossing}
    | {f"kink_{n}": v for n, v in kinked["at the kink"][2].items()}
    | {f"interior_{n}": v for n, v in errors.items()},
    claims=[
        claim("inside the linear range the symmetric error has slope", clean,
              "between", (1.95, 2.05)),
        claim("and the closed form gives every error: largest relative deviation",
              deviation, "<", 1e-3),
        claim("no unit leaves its linear piece there", np.abs(
            linear_pieces(interior, rest, inputs_k)).max(), "<=", 0),
        claim("at the kink the symmetric error at nudge 0.3 exceeds that inside, by a factor",
              kinked["at the kink"][2]["symmetric"][-1] / last, ">", 3),
        claim("share of samples with a unit that crosses at nudge 0.3", crossing[-1], ">", 0.2),
    ],
    alt="Left: with units at the kink the error curves have jumps, and the symmetric one is not of "
    "second order. Middle: with all units in the linear range the errors follow the closed forms "
    "with slopes one and two. Right: the share of samples in which a unit crosses a kink rises "
    "with the nudge.",
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
batch, draws = 8, 4000
strengths = np.array([0.02, 0.05, 0.1, 0.15, 0.2])


def sample_estimates(b):
    states = equilibrium(network, images, targets=wanted, nudging_strength=b, initial=rest).states
    change = sample_products(network, rest, images) - sample_products(network, states, images)
    return change / b


simulated, mean_gap = [], []
for b in strengths:
    both = np.stack([sample_estimates(b), sample_estimates(-b)])
    rows = rng.integers(0, 64, (draws, batch))
    drawn = both[rng.integers(0, 2, draws)[:, None], rows].mean(axis=1)
    simulated.append(drawn.var(axis=0).sum())
    mean_gap.append(np.linalg.norm(drawn.mean(axis=0) - both.mean(axis=(0, 1)))
                    / np.sqrt(drawn.var(axis=0).sum() / draws))  # fmt: skip

# %% [markdown]
# The prediction: scatter of the mini-batch, plus the squared odd part of the bias, which a larger
# batch does **not** average away. Both are read off the power series of all 64 samples.

# %%
powers = equilibrium_series(network, images, wanted, 24, free=rest)
each = np.stack([gradient_series(network, powers[:, [i]], images[[i]])[1:] for i in range(64)])
fine = np.linspace(0.005, 0.21, 30)
scatter, odd = [], []
for b in fine:
    both = [np.tensordot(each, (sign * b) ** np.arange(24), axes=(1, 0)) for sign in (1, -1)]
    scatter.append(np.mean([one.var(axis=0).sum() for one in both]) / batch)
    odd.append(np.sum((both[0].mean(axis=0) - both[1].mean(axis=0)) ** 2) / 4)
scatter, total = np.array(scatter), np.add(scatter, odd)

# %%
figure, ax = plt.subplots(figsize=(PAGE, 2.7))
ax.fill_between(fine, 0, scatter, color=ORANGE, alpha=0.35, linewidth=0)
ax.fill_between(fine, scatter, total, color=VERMILION, alpha=0.35, linewidth=0)
ax.plot(fine, total, color=BLACK)
ax.plot(strengths, simulated, "o", color=BLACK)
ax.text(0.012, 0.4 * scatter[0], "mini-batch of eight samples", color=BLACK)
ax.text(0.19, 0.5 * (scatter[-4] + total[-4]), "random sign", ha="right", va="center")
ax.annotate("simulated", (strengths[2], simulated[2]), (-45, 12), textcoords="offset points",
            arrowprops={"arrowstyle": "-", "linewidth": 0.6})  # fmt: skip
ax.set(xlabel=r"nudging strength $\beta$", ylabel="variance of the estimate", ylim=(0, None))
expected = np.interp(strengths, fine, total)
record(
    "ep/x_random_sign",
    figure,
    data={"nudging_strength": strengths, "simulated_variance": simulated,
          "fine_nudging_strength": fine, "predicted_variance": total, "batch_part": scatter},
    claims=[
        claim("simulated over predicted variance: largest deviation from 1",
              np.abs(simulated / expected - 1).max(), "<", 0.06),
        claim("distance of the mean to the symmetric estimate, in standard errors",
              max(mean_gap), "<", 2.5),
        claim("at nudge 0.2 the sign adds to the variance the share",
              1 - scatter[-2] / total[-2], ">", 0.1),
    ],
    alt="Variance of the random-sign estimate against nudge: a nearly constant part from the "
    "mini-batch, and on top of it a part from the sign that grows with the square of the nudge. "
    "Simulated points lie on the predicted sum.",
)  # fmt: skip

# %% [markdown]
# ## Bias against noise
#
# A smaller nudge has less bias and divides the noise of the measurement by a smaller number.

# %%
derivations.bias_against_noise()

# %%
rng = figure_rng("ep/x_bias_noise")
noises = (1e-5, 1e-4, 1e-3)
grid = np.geomspace(2e-3, 0.8 * radius, 40)
coarse = grid[::4]
curves, points = {}, {}
for name in ("one-sided", "symmetric"):
    kind = KINDS[name][0]
    for tau in noises:
        curves[name, tau] = [np.sqrt(mean_square_error(coefficients, kind(b), tau)) for b in grid]
        row = []
        for b in coarse:
            clean_estimate = estimate(network, inputs, targets, kind(b), free=free).flat()
            weights = np.array(kind(b).weights)
            noise = tau * rng.standard_normal((400, len(weights), gradient.size))
            noisy = clean_estimate + np.einsum("j,djp->dp", weights, noise)
            row.append(np.sqrt(np.mean(np.sum((noisy - gradient) ** 2, axis=1))))
        points[name, tau] = np.array(row)

# %%
figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.8), sharey=True)
length = np.linalg.norm(gradient)
orders = {"one-sided": (1, 2, 2.0), "symmetric": (2, 3, 0.5)}
best = {}
for ax, name in zip(axes, ("one-sided", "symmetric"), strict=True):
    q, k, gain = orders[name]
    leading = np.linalg.norm(coefficients[k])
    for tau, colour in zip(noises, (GREEN, BLUE, VERMILION), strict=True):
        ax.loglog(grid, np.array(curves[name, tau]) / length, "-", color=colour, linewidth=1)
        ax.loglog(coarse, points[name, tau] / length, "o", color=colour, markersize=3)
        nudge = (gain * gradient.size * tau**2 / (q * leading**2)) ** (1 / (2 * q + 2))
        best[name, tau] = nudge
        if grid[0] < nudge < grid[-1]:
            least = np.sqrt(mean_square_error(coefficients, KINDS[name][0](nudge), tau))
            ax.plot(nudge, least / length, "*", color=BLACK, markersize=8)
        ax.text(grid[0] * 1.3, curves[name, tau][0] / length * 1.05, rf"$\tau = 10^{{{np.log10(tau):.0f}}}$",
                color=colour, fontsize=7, va="bottom")  # fmt: skip
    ax.set(xlabel=r"nudging strength $\beta$", title=f"{name}; stars: predicted best nudge")
axes[0].set(ylabel="relative root mean square error")
label_panels(axes)
spread = max(np.abs(points[key] / np.array(curves[key])[::4] - 1).max() for key in points)
lowest = {key: grid[np.argmin(row)] for key, row in curves.items()}
record(
    "ep/x_bias_noise",
    figure,
    data={"nudging_strength": grid, "sampled_nudging_strength": coarse}
    | {f"{n}_{t:g}_predicted": np.array(v) for (n, t), v in curves.items()}
    | {f"{n}_{t:g}_sampled": v for (n, t), v in points.items()},
    claims=[
        claim("sampled against predicted error: largest relative deviation", spread, "<", 0.05),
        claim("predicted over found best nudge, one-sided, least noise",
              best["one-sided", 1e-5] / lowest["one-sided", 1e-5], "between", (0.85, 1.15)),
        claim("predicted over found best nudge, symmetric, least noise",
              best["symmetric", 1e-5] / lowest["symmetric", 1e-5], "between", (0.85, 1.15)),
        claim("least symmetric over least one-sided error at the smallest noise",
              min(curves["symmetric", 1e-5]) / min(curves["one-sided", 1e-5]), "<", 0.5),
    ],
    alt="Root mean square error against nudge at three noise levels, for the one-sided and the "
    "symmetric estimate: each curve falls with the nudge until the bias takes over. Sampled points "
    "lie on the predicted curves; stars mark predicted minima.",
)  # fmt: skip

# %% [markdown]
# ## How to spend a given number of equilibria
#
# More nudged phases allow differences of higher order. Squared bias and variance are quadratic forms
# of the stencil's weights, so the best weights on given nodes solve a linear system; the nodes are
# then searched over a few shapes and all sizes up to half the radius of convergence.

# %%
levels = np.geomspace(1e-9, 1e-2, 12)
least = {
    count: np.array(
        [best_stencil(coefficients[:20], count, tau, 0.5 * radius)[1] for tau in levels]
    )
    for count in (2, 4, 6)
}
one_sided = np.array([
    min(mean_square_error(coefficients[:20], Stencil.one_sided(b), tau)
        for b in 0.5 * radius * np.geomspace(1e-5, 1, 100))
    for tau in levels
])  # fmt: skip
powers = {
    count: np.polyfit(np.log(levels[:5]), np.log(error[:5]), 1)[0] for count, error in least.items()
}

# %%
figure, ax = plt.subplots(figsize=(PAGE, 2.8))
ax.loglog(levels, np.sqrt(one_sided) / length, "--", color=VERMILION)
ax.text(levels[2], np.sqrt(one_sided[2]) / length * 4, "free + one nudged", color=VERMILION,
        ha="center")  # fmt: skip
marks = {2: (GREEN, "o", "two: symmetric"), 4: (BLUE, "s", "four"), 6: (BLACK, "^", "six")}
for count, (colour, marker, text) in marks.items():
    ax.loglog(levels, np.sqrt(least[count]) / length, marker=marker, color=colour, linestyle="-",
              markersize=3)  # fmt: skip
    ax.text(levels[0] * 0.75, np.sqrt(least[count][0]) / length, text, color=colour, ha="right",
            va="center")  # fmt: skip
ax.set(xlabel=r"readout noise $\tau$", ylabel="least relative error", xlim=(1e-11, 2e-2))
record(
    "ep/x_optimal_stencil",
    figure,
    data={"noise": levels, "one_sided": one_sided}
    | {f"best_of_{c}": e for c, e in least.items()},
    claims=[
        claim("two equilibria: power of the noise in the mean square error", powers[2],
              "between", (4 / 3 - 0.03, 4 / 3 + 0.03)),
        claim("four equilibria", powers[4], "between", (8 / 5 - 0.06, 8 / 5 + 0.06)),
        claim("six equilibria", powers[6], "between", (12 / 7 - 0.1, 12 / 7 + 0.1)),
        claim("six over two equilibria at the largest noise: nothing more is lost than gained",
              least[6][-1] / least[2][-1], "<=", 1.0),
    ],
    alt="Least relative error against readout noise: the more equilibria, the steeper the fall "
    "towards small noise; at large noise all come together.",
)  # fmt: skip
for count in (2, 4, 6):
    found = best_stencil(coefficients[:20], count, 1e-6, 0.5 * radius)[0]
    print(count, "equilibria at noise 1e-6: nudges", np.round(found.nodes, 4))

# %% [markdown]
# ## What happens if
#
# ... the weights grow? Equilibria come closer to losing stability, and the radius shrinks.


# %%
def draw(ax, scale):
    rng = np.random.default_rng(7)
    net = LayeredNetwork.random((8, 6, 5, 3), rng, scale=scale)
    x, y = rng.uniform(size=(4, 8)), np.eye(3)[[0, 1, 2, 0]]
    exact = implicit_gradient(net, x, y).flat()
    for kind, colour, marker in KINDS.values():
        error = [np.linalg.norm(estimate(net, x, y, kind(b)).flat() - exact) for b in nudges[6:]]
        ax.loglog(nudges[6:], error / np.linalg.norm(exact), marker, color=colour, markersize=3)
    ax.set(xlabel="nudge", ylabel="relative error")


explore(draw, scale=[0.4, 0.8, 1.1])

# %% [markdown]
# ## Exercises
#
# 1. Four nodes $\pm\beta, \pm 2\beta$ can cancel the second-order bias, too. Find the weights and
#    check the slope of the error.
# 2. A symmetric nudge takes two nudged phases. Is it better to spend them on nudges $\beta$ and
#    $2\beta$ of one sign, with the free state? Compare the leading bias at equal $\beta$.
# 3. By which factor does the noise have to fall for the best symmetric error to halve?


# %% tags=["solution"]
# 1. m_0 = 0, m_1 = 1, m_2 = m_3 = 0: weights 2/3 and -1/12 over beta, odd in the nudge.
def four_nodes(b):
    return Stencil("four", (b, -b, 2 * b, -2 * b), tuple(np.array([8, -8, -1, 1]) / (12 * b)))


# %%
errors = [
    np.linalg.norm(estimate(network, inputs, targets, four_nodes(b), free=free).flat() - gradient)
    for b in (0.01, 0.02)
]
assert abs(np.log2(errors[1] / errors[0]) - 4) < 0.2

# %% tags=["solution"]
# 2. The stencil through 0, b, 2b has m_3 = -2 b^2: twice the symmetric bias, with the other sign.
forward = Stencil.through((0.0, 0.02, 0.04))
bias_forward = predicted_estimate(coefficients, forward) - gradient
bias_symmetric = predicted_estimate(coefficients, Stencil.symmetric(0.02)) - gradient

# %%
assert abs(np.linalg.norm(bias_forward) / np.linalg.norm(bias_symmetric) - 2) < 0.4
assert bias_forward @ bias_symmetric < 0

# %% tags=["solution"]
# 3. The root mean square error goes with the noise to the power q / (q + 1) = 2/3.
factor = 2 ** (3 / 2)

# %%
pair = np.array(
    [best_stencil(coefficients[:20], 2, t, 0.5 * radius)[1] for t in (1e-8 * factor, 1e-8)]
)
assert abs(np.sqrt(pair[0] / pair[1]) - 2) < 0.05

# %% [markdown]
# ## References
#
# * B. Scellier, Y. Bengio, *Equilibrium propagation*, Frontiers in Computational Neuroscience 11:24
#   (2017): the theorem.
# * A. Laborieux, M. Ernoult, B. Scellier, Y. Bengio, J. Grollier, D. Querlioz, *Scaling equilibrium
#   propagation to deep ConvNets by drastically reducing its gradient estimator bias*, Frontiers in
#   Neuroscience 15:633674 (2021): one-sided, random-sign and symmetric estimates and their orders.
# * The series to any order, the closed forms, the noise trade-off and the best stencils are derived
#   here.
