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
# # Asymmetric networks: the second bias
#
# **After this lesson you can** tell apart what a finite nudge and what missing symmetry do to the error
# that equilibrium propagation measures; remove the first with an oscillation; and say how far the second
# can turn the error, in which metric, from one number of the Jacobian.
#
# *25 minutes. Prerequisites: lesson 1, eigenvalues, quadratic forms.*
#
# Drop the energy. A network is any vector field $\dot u = F(u)$ that settles, and a nudge takes $\beta\,
# \partial L / \partial u$ off it: positive nudges pull towards the target, as before. The 2024
# paper has the opposite sign; its $d_\beta u^*$ is *minus* the derivative by the nudge of these lessons, and is
# called the nudged error here. A contour still measures it exactly. Is it the error that the gradient needs?
#
# | symbol | name in the code | meaning |
# |---|---|---|
# | $J = S + A$ | `jacobian` | of $F$ at the free equilibrium; symmetric and antisymmetric part |
# | $c$ | `loss_gradient` | $\partial L / \partial u$ there |
# | $\delta = -J^{-\top} c$ | `backpropagated_error` | makes the exact gradient |
# | $d_\beta u^* = -J^{-1} c$ | `nudged_error` | what a small nudge measures |
# | $K = S^{-1} A$ | `relative_asymmetry` | |
# | $N, \lvert \beta \rvert$ | `points`, `radius` | of the contour |

# %%
import numpy as np
import sympy as sp

from classroom import check, mistake
from figures.kit import claim, explore, figure_rng, record, seed, use_style
from theory.ep import LayeredNetwork, SoftReadout, equilibrium_series
from theory.holo_ep.derivations import asymmetry as derivations
from theory.holo_ep.derivations import descent

use_style()

# %%
from theory.holo_ep import (
    Contour,
    Field,
    FieldNetworks,
    LinearField,
    antisymmetric_part,
    ascent_threshold,
    backpropagated_error,
    branch_points,
    contour_errors,
    contour_estimate,
    cosine,
    error_map,
    error_series,
    least_cosine,
    nudged_error,
    online_errors,
    relative_asymmetry,
    relax,
    solved_errors,
    symmetric_part,
    symmetry_measure,
)

# %% [markdown]
# ## Three kinds of wiring
#
# With an energy the Jacobian is symmetric. Separate weights up and down keep its block pattern and lose
# the symmetry; a feedforward network has one triangle only. The heat maps show $W - 1$, the Jacobian of
# the forces in activity coordinates but for its diagonal (lesson 5 says why this one).

# %%

rng = figure_rng("holo_ep/j24_fig1")
sizes = (5, 5, 4)
kinds = {
    "energy-based": FieldNetworks.random(3, sizes, "reciprocal", [rng], degrees=0, classes=2),
    "not energy-based": FieldNetworks.random(
        3, sizes, "reciprocal", [rng], degrees=90, exact=True, classes=2
    ),
    "feedforward": FieldNetworks.random(3, sizes, "feedforward", [rng], classes=2),
}
jacobians = np.array([net.jacobian()[0, 0] for net in kinds.values()], float)
measured = symmetry_measure(jacobians)
record(
    "holo_ep/j24_fig1",
    numbers={"kind": list(kinds), "sizes": sizes, "jacobian": jacobians, "measure": measured},
    claims=[
        claim("asymmetry of the energy-based network: 1 minus its symmetry measure", 1 - measured[0],
              "<", 1e-6, kind="exact"),
        claim("measure of separate weights up and down", measured[1], "<", 0.9),
        claim("of the feedforward network", measured[2], "<", 0.9),
    ],
)  # fmt: skip

# %% [markdown]
# The measure counts the diagonal of $-1$, which is symmetric: a feedforward network, where no link has a
# partner, is far from 0, and above the one with separate weights only because it has fewer links.

# %% [markdown]
# ## Two errors
#
# The derivation of both errors: the chain rule for one unit of two, and the transpose for any size.

# %%
derivations.error_vectors()

# %% [markdown]
# ## What an oscillation still gives exactly
#
# Nothing in Cauchy's formula needs an energy: minus the mean of $r^*_{\beta_k} / \beta_k$ over a circle is
# $d_\beta r^*$ up to aliasing, whose size is *predicted* below from the power series of the equilibrium
# (the solver of the `ep` lessons, which handles backward weights, too). The network has two hidden
# layers and random, unrelated weights up and down.

# %%
rng = figure_rng("holo_ep/j24_fig2")
layered = LayeredNetwork.random((6, 8, 8, 5), rng, scale=2.0, activation="shifted_sigmoid",
                                backward=True)  # fmt: skip
readout = SoftReadout(rng.uniform(-1, 1, (4, 5)), np.zeros(4))
net = FieldNetworks.of_layered(layered, readout.weights, readout.biases)
x, y = rng.uniform(size=(1, 6)), np.eye(4)[[2]]
free = relax(net, x[None], 800, tolerance=1e-14)
exact = solved_errors(net, free.states, y[None], "nudged")[0, 0]
wanted = solved_errors(net, free.states, y[None], "backpropagated")[0, 0]

# What a contour averages is minus the activities; the paper's first nudge pushes away, turn pi.
series = -equilibrium_series(layered, x, y, 25, readout, free.activities[0])[:, 0]
print(f"exact derivative against the first coefficient: {np.abs(exact - series[1]).max():.1e}")
print(f"cosine of the two errors of this network: {cosine(exact, wanted):.3f}")

# %%
radii, counts = np.geomspace(0.03, 1.0, 12), (1, 2, 4, 6)


def terms(points, radius):
    """Error by the series: the coefficients 1 + N, 1 + 2N, ... in the place of the first."""
    return sum(series[k] * (-radius) ** (k - 1) for k in range(1 + points, len(series), points))


def measured_error(points, radius):
    around = Contour.circle(points, radius, turn=np.pi)
    return contour_errors(net, x[None], y[None], free, around, 250)[0, 0]


predicted = np.array([[np.linalg.norm(terms(n, b)) for n in counts] for b in radii])
simulated = np.array([
    [np.linalg.norm(measured_error(n, b) - exact)
     for n in counts] for b in radii
])  # fmt: skip
predicted, simulated = (e / np.linalg.norm(exact) for e in (predicted, simulated))
seen = predicted > 1e-8  # below, the relaxed states are no more exact than that
first = seen.argmax(axis=0)  # the smallest radius at which an error is seen
slope = [np.polyfit(np.log(radii[k : k + 3]), np.log(simulated[k : k + 3, n]), 1)[0]
         for n, k in enumerate(first)]  # fmt: skip
size = np.linalg.norm(series, axis=1)
reach = (size[12] / size[24]) ** (1 / 12)  # about the radius of convergence
inside = seen & (radii <= min(0.3, 0.6 * reach))[:, None]
off = np.abs(simulated / predicted - 1)[inside].max()

# %% [markdown]
# In continuous time the nudge goes round without rest. Two running means, no phases: that of the
# activity tends to the free state, minus that of activity over nudge to $d_\beta r^*$.

# %%
period, turns, damping, strength = 100, 4, 0.5, min(0.5, reach / 2)
teacher = Contour.circle(period, strength, turn=np.pi)
print(f"radius of convergence about {reach:.2f}")
raw, mean, error = (
    a[:, 0, 0] for a in online_errors(net, x[None], y[None], teacher, 1, turns, damping=damping,
                                      path=True)
)  # fmt: skip
mean = net.activity(mean)  # of the averaged preactivations, as in the released code
unit = int(np.argmax(np.abs(exact[:8])))  # of the first layer, the one with the largest error
later = (turns - 1) * period
steady = -np.mean((raw[later:] / teacher.nodes[:, None]).real, axis=0)
gap = np.linalg.norm(error[[period - 1, -1]] - steady, axis=1)

# %% [markdown]
# The last turn, free of the transient, is still not exact: the network lags behind its teacher. The law of lesson
# 3 tells by how much, with the Jacobian of one damped step.

# %%
slopes = net.slope(free.states)[0, 0]
field = net.recurrent[0] * slopes - np.eye(len(slopes))  # Jacobian of F
push = -field @ (exact / slopes)  # what the nudge adds to F, from the exact derivative
back = np.exp(-2j * np.pi / period) * (np.eye(len(slopes)) + damping * field)
lagging = slopes * np.linalg.solve(np.eye(len(slopes)) - back, damping * push).real
late = [
    np.linalg.norm(a - b) / np.linalg.norm(exact) for a, b in ((steady, lagging), (lagging, exact))
]
print(
    f"last turn against its prediction: {late[0]:.1e}; lag predicted: {late[1]:.1e}, of the exact error"
)

# %%
apart = np.abs(mean[-1] - free.activities[0, 0]).max() / np.ptp(raw[later:].real, axis=0).max()
record(
    "holo_ep/j24_fig2",
    numbers={"strength": strength, "loop": raw[later:, unit] - free.activities[0, 0, unit],
             "radius": radii, "points": counts, "simulated": simulated, "predicted": predicted,
             "time": np.arange(1, period * turns + 1), "activity": raw[:, unit].real,
             "mean": mean[:, unit], "free": free.activities[0, 0, unit], "error": error[:, unit],
             "exact": exact[unit]},
    claims=[
        claim("slope of the error over N, N = 1, 2, 4, 6: largest deviation from 1",
              np.abs(np.divide(slope, counts) - 1).max(), "<", 0.1, kind="agreement"),
        claim("relaxed against series, radii well inside its circle: largest relative deviation", off, "<", 1e-4,
              kind="agreement"),
        claim("last turn alone against its prediction, relative", late[0], "<", 1e-9, kind="exact"),
        claim("distance of the running error to the last turn, after four turns over after one, minus "
              "1/4", abs(gap[1] / gap[0] - 1 / turns), "<", 0.01, kind="agreement"),
        claim("running means after four turns: distance of the activities to the free state over the "
              "swing of the oscillation, largest", apart, "<", 0.25),
    ],
)  # fmt: skip

# %% [markdown]
# The transient of the first turn stays in the running means and fades as one over time; a single later
# period is far better. In lesson 6 this matters.
#
# ## From the nudged error to the true one
#
# For any size; $(1 + K) d = (1 - K) \delta$ is the Cayley transform.

# %%
derivations.error_map()

# %% [markdown]
# The factor rotates, in the metric of $S$. In two dimensions everything is explicit:

# %%
derivations.cayley_circle()

# %% [markdown]
# So the eigenvalues of $J^{-1} J^\top$ lie on the unit circle as long as $S$ is definite, at angles $2
# \arctan \kappa$ given by the eigenvalues $\pm i \kappa$ of $K$. Ten units, an antisymmetric part that
# grows; then the same with a symmetric part that is *not* definite.

# %%
rng = figure_rng("holo_ep/x_cayley_circle")
units, scales = 10, (0.1, 0.4, 1.6)
matrix = rng.standard_normal((units, units)) / np.sqrt(units)
odd = antisymmetric_part(matrix)
definite = -np.eye(units) + 0.4 * symmetric_part(matrix)
indefinite = definite + 1.4 * np.diag(np.arange(units) < 3)
growing = np.array([definite + t * odd for t in scales])
circles = np.linalg.eigvals(error_map(growing))
off_circle = np.linalg.eigvals(error_map(indefinite + 1.6 * odd))
kappas = np.sort(np.abs(np.linalg.eigvals(relative_asymmetry(growing)).imag), axis=1)
turned = np.sort(np.abs(np.angle(circles)), axis=1)
mapping = error_map(growing[-1])

# %%
record(
    "holo_ep/x_cayley_circle",
    numbers={"scale": scales, "definite": circles.T, "kappa": kappas.T, "indefinite": off_circle},
    claims=[
        claim("S definite: largest distance of an eigenvalue from the circle",
              np.abs(np.abs(circles) - 1).max(), "<", 1e-12, kind="exact"),
        claim("S indefinite: largest modulus", np.abs(off_circle).max(), ">", 1.2),
        claim("S indefinite: product of all eigenvalues minus 1", abs(np.prod(off_circle) - 1), "<",
              1e-10, kind="exact"),
        claim("angles against 2 arctan kappa, largest difference",
              np.abs(turned - 2 * np.arctan(kappas)).max(), "<", 1e-10, kind="exact"),
        claim("form of S before and after the map, largest difference",
              np.abs(mapping.T @ definite @ mapping - definite).max(), "<", 1e-12, kind="exact"),
    ],
)  # fmt: skip

# %% [markdown]
# ## How far can the error turn, and when does it descend?
#
# In the metric of $S$, where $S$ is definite, the cosine of the two errors is at least $(1 - \kappa^2) / (1 +
# \kappa^2)$ with the spectral radius $\kappa$ of $K$: below $\kappa = 1$ no error turns by more than a right
# angle *in that metric*. A learning step, though, is taken in the Euclidean one. There the same formula holds with
# the *norm* of $K$ in place of its spectral radius, and a norm of 1 is the exact limit:

# %%
descent.descent()

# %% [markdown]
# Between $\kappa$ and $\kappa \sqrt{\operatorname{cond} S}$ the norm can be anything: the spectral radius alone
# guarantees nothing for learning.
#
# Random Jacobians, and networks whose weights up and down make every angle from 0 to 90 degrees ($J = W -
# D^{-1}$, lesson 5). A network whose $S$ is not definite has no such metric, and one that is not at rest no
# Jacobian to speak of: they are left out and counted.

# %%
rng = figure_rng("holo_ep/x_error_cosine")
jacobians = []
for strength in np.repeat(np.geomspace(0.01, 10, 60), 4):
    matrix = rng.standard_normal((20, 20)) / np.sqrt(20)
    jacobians.append(
        -np.eye(20) + 0.3 * symmetric_part(matrix) + strength * antisymmetric_part(matrix)
    )
nets = [FieldNetworks.random(6, (8, 7, 5), "reciprocal", [rng], degrees=a, exact=True, classes=4,
                             dtype=np.float64) for a in np.linspace(2, 90, 90)]  # fmt: skip
rests = [relax(n, rng.uniform(size=(1, 1, 6)), 400) for n in nets]
networks = np.array([
    (n.jacobian()[0, 0] + np.eye(20)) - np.diag(1 / n.slope(rest.states[0, 0]))
    for n, rest in zip(nets, rests, strict=True)
])  # fmt: skip
signs = np.sign(np.linalg.eigvalsh(symmetric_part(networks)))
kept = (np.abs(signs.sum(axis=1)) == 20) & [rest.residual[0, 0] < 1e-6 for rest in rests]

# %%
rows = {}
for name, stack in {"random": np.array(jacobians), "network": networks}.items():
    gradient = np.zeros(stack.shape[:2])
    gradient[:, -5:] = rng.standard_normal((len(stack), 5))  # the loss acts on the last layer
    if name == "network":
        stack, gradient = stack[kept], gradient[kept]
    delta, found = backpropagated_error(stack, gradient), nudged_error(stack, gradient)
    ratio = relative_asymmetry(stack)
    rows[name] = {
        "norm": np.linalg.norm(ratio, 2, axis=(1, 2)),
        "radius": np.abs(np.linalg.eigvals(ratio)).max(axis=1),
        "cosine": cosine(delta, found),
        "s_cosine": cosine(delta, found, symmetric_part(stack)),
        "first_order": cosine(delta, delta - 2 * np.einsum("kij,kj->ki", ratio, delta)),
    }
both = {key: np.concatenate([row[key] for row in rows.values()]) for key in rows["network"]}

# %% [markdown]
# The bound in the metric of $S$ is attained by errors in the plane that turns most; and two units show what it
# says of the Euclidean angle: with $S = -\mathrm{diag}(1, c)$ and $\kappa = 0.9$ held fixed, the least cosine over
# all directions falls towards $-1$ as $c$ grows.


# %%
def in_the_worst_plane(matrix):
    """Spectral radius of K, and cosine in the metric of S of an error in its plane."""
    values, vectors = np.linalg.eig(relative_asymmetry(matrix))
    delta = vectors[:, np.abs(values).argmax()].real
    found = nudged_error(matrix, -matrix.T @ delta)
    return np.abs(values).max(), cosine(delta, found, symmetric_part(matrix))


worst = np.array([in_the_worst_plane(matrix) for matrix in jacobians[::10]])
kappa, conditions = 0.9, np.geomspace(1, 1000, 40)
directions = np.linspace(0, np.pi, 2001)
delta = np.stack([np.cos(directions), np.sin(directions)])
least = []
for c in conditions:
    two_units = np.array([[-1, kappa * np.sqrt(c)], [-kappa * np.sqrt(c), -c]])
    least.append(cosine(delta.T, (error_map(two_units) @ delta).T).min())

# %%
norm, gained = (
    both["norm"],
    both["s_cosine"] - (1 - both["radius"] ** 2) / (1 + both["radius"] ** 2),
)
small, large = norm < 1, norm > 3
bound = (1 - norm[small] ** 2) / (1 + norm[small] ** 2)
middle = (norm > 0.01) & (norm < 0.1)
ratio = (1 - both["first_order"][middle]) / (1 - both["cosine"][middle])

# %%
record(
    "holo_ep/x_error_cosine",
    numbers={f"{name}_{key}": values for name, row in rows.items() for key, values in row.items()
             if key != "first_order"}
    | {"left_out": int(np.sum(~kept)), "worst_radius": worst[:, 0], "worst_s_cosine": worst[:, 1],
       "kappa": kappa, "condition": conditions, "least_cosine": least},
    claims=[
        claim("norm below 1: least Euclidean cosine minus what is guaranteed",
              (both["cosine"][small] - bound).min(), ">", -1e-12, kind="exact"),
        claim("first order against exact, 1 - cosine at norms of 0.01 to 0.1, largest deviation of the "
              "ratio from 1, within twice the norm", np.abs(ratio - 1).max(), "<", 0.2, kind="agreement"),
        claim("in the metric of S: least margin over the bound", gained.min(), ">", -1e-9, kind="exact"),
        claim("errors in the plane that turns most: largest distance to the bound",
              np.abs(worst[:, 1] - (1 - worst[:, 0] ** 2) / (1 + worst[:, 0] ** 2)).max(), "<", 1e-9,
              kind="exact"),
        claim("kappa of 0.9, S of condition 1000: least Euclidean cosine", least[-1], "<", -0.9),
        claim("norm above 3: mean cosine", both["cosine"][large].mean(), "<", 0.5),
        claim("norm above 3: share of negative cosines", np.mean(both["cosine"][large] < 0), ">", 0.05),
        claim("share of the networks left out", np.mean(~kept), "<", 0.1),
    ],
)  # fmt: skip

# %% [markdown]
# **When does it descend?** In the plane of asymmetry and conditioning, for many Jacobians: the least cosine over
# directions, by search and not by the formula. Networks are those at rest from above.


# %%
def least_over_directions(matrix):
    """Least Euclidean cosine of error and nudged error, by search from the most turned direction."""
    turned, steps = error_map(matrix), np.linspace(0, np.pi, 181)
    first, *others = np.linalg.eigh(turned + turned.T)[1].T
    delta = [np.outer(np.cos(steps), first) + np.outer(np.sin(steps), v) for v in others]
    delta = np.concatenate(delta)
    return cosine(delta, delta @ turned.T).min()


# %%
rng = figure_rng("holo_ep/x_descent")
plane = []
for _ in range(160):
    basis = np.linalg.qr(rng.standard_normal((6, 6)))[0]
    even = -basis @ np.diag(np.geomspace(1, np.exp(rng.uniform(0, 7)), 6)) @ basis.T
    matrix = rng.standard_normal((6, 6))
    half = basis @ np.diag(np.sqrt(np.linalg.eigvalsh(-even))) @ basis.T
    turn = half @ antisymmetric_part(matrix) @ half  # so that kappa and the condition are unrelated
    size = np.abs(np.linalg.eigvals(relative_asymmetry(even + turn))).max()
    plane.append(even + turn * np.exp(rng.uniform(-3.7, 1.2)) / size)
groups = {"random": np.array(plane), "network": networks[kept]}
seen = {}
for name, stack in groups.items():
    spectrum = np.abs(np.linalg.eigvalsh(symmetric_part(stack)))
    seen |= {
        f"{name}_kappa": np.abs(np.linalg.eigvals(relative_asymmetry(stack))).max(axis=1),
        f"{name}_condition": spectrum.max(axis=1) / spectrum.min(axis=1),
        f"{name}_norm": ascent_threshold(stack),
        f"{name}_least": np.array([least_over_directions(one) for one in stack]),
    }

# %%
kappa, condition, norm, least = (
    np.concatenate([seen[f"{name}_{what}"] for name in groups])
    for what in ("kappa", "condition", "norm", "least")
)
inside = kappa * np.sqrt(condition) < 1
record(
    "holo_ep/x_descent",
    numbers=seen,
    claims=[
        claim("below the line: Jacobians that ascend in some direction", np.sum(least[inside] <= 0),
              "==", 0),
        claim("norm below 1: least cosine minus its bound, smallest",
              (least - (1 - norm**2) / (1 + norm**2))[norm < 1].min(), ">", -1e-9, kind="exact"),
        claim("norm above 1: largest least cosine", least[norm > 1].max(), "<", 0),
        claim("norm over kappa times the root of the condition number minus 1, largest",
              (norm / (kappa * np.sqrt(condition))).max() - 1, "<", 1e-9, kind="exact"),
        claim("kappa below 1 and above the line: share that ascends in some direction",
              np.mean(least[~inside & (kappa < 1)] < 0), ">", 0.2),
    ],
)  # fmt: skip

# %% [markdown]
# ## An added term that makes the nudge exact
#
# Homeostasis (lesson 5) makes the Jacobian symmetric. There is another way: leave the network as it is and add
# $(J^\top - J)(u - u_0)$ to the nudged phase. It vanishes at the free state and turns the response round.

# %%
descent.added_term()

# %% [markdown]
# For any Field; here for one of one's own, three lines of it, without a Jacobian.

# %%
weights = np.random.default_rng(seed(5)).standard_normal((5, 5)) / np.sqrt(5)
own = Field(lambda u: np.tanh(u) @ weights.T + 0.3 - u, lambda u: 0.5 * (u[..., -1] - 1) ** 2,
            np.zeros(5))  # fmt: skip
true, nudged = own.errors()
for name, field in (("as it is", own), ("with the added term", own.corrected())):
    estimate = contour_estimate(field, 6, 0.1)
    print(f"{name:20} distance to the true error {np.linalg.norm(estimate - true):.1e}, to the nudged one "
          f"{np.linalg.norm(estimate - nudged):.1e}")  # fmt: skip
found = branch_points(net.clamp(x[0], y[0]), 2.0, angles=31, step=0.05)
print("branch points of the asymmetric network above:", ", ".join(f"{p.nudge:.3f}" for p in found))

# %% [markdown]
# What it costs: the nudged phase needs the transpose of every weight and the memory of the free state. What
# homeostasis needs are perturbations only. Lesson 7 trains with both.

# %% [markdown]
# ## Both biases in one formula
#
# In a linear field with a quadratic loss everything is a rational function of the nudge.

# %%
derivations.linear_field()

# %%
rng = np.random.default_rng(seed(3))
jacobian = -np.eye(6) + 0.5 * rng.standard_normal((6, 6)) / np.sqrt(6)
field = LinearField(jacobian, rng.standard_normal(6), rng.standard_normal((2, 6)), [1.0, -0.5])
delta, derivative = field.errors()
print(f"radius of convergence {field.radius:.3f}")
print(" N   relaxed - closed form   cosine with the derivative   with the true error")
for points in (1, 2, 3, 4, 8):
    estimate = contour_estimate(field, points, 0.15)
    gap = np.abs(estimate - field.predicted_estimate(points, 0.15)).max()
    print(
        f"{points:2d} {gap:14.1e} {cosine(estimate, derivative):24.6f} {cosine(estimate, delta):25.6f}"
    )

# %% [markdown]
# More points take the estimate to $d_\beta u^*$ and no further: the last column stops below 1. A single
# output would hide the first bias altogether, as exercise 2 shows.
#
# ## What happens if
#
# ... the series $\delta - 2K\delta + 2K^2\delta - \dots$ is cut off? It converges only for $\kappa < 1$.


# %%
def draw(ax, asymmetry):
    rng = np.random.default_rng(seed(1))
    matrix = rng.standard_normal((12, 12)) / np.sqrt(12)
    jacobian = -np.eye(12) + asymmetry * antisymmetric_part(matrix)
    delta, found = (f(jacobian, np.ones(12)) for f in (backpropagated_error, nudged_error))
    orders = np.arange(15)
    errors = [np.linalg.norm(error_series(jacobian, delta, k) - found) for k in orders]
    ax.semilogy(orders, errors, "o-")
    ax.set(xlabel="last power of $K$", ylabel="distance to the exact error")
    return f"distance {errors[0]:.1e} without K, {errors[-1]:.1e} to its power {orders[-1]}"


explore(draw, asymmetry=[0.2, 0.35, 0.5, 1.0, 1.5, 2.0])

# %% [markdown]
# ## Exercises

# %% [markdown] tags=["exercise"]
# ### Exercise 1: two units by hand
#
# *paper, 15 minutes, 4 points, difficulty 1 of 3*
#
# Let $J = \begin{pmatrix} -1 & a \\ -a & -1 \end{pmatrix}$: each unit excites or inhibits the other, with opposite signs. Compute
# $\delta = -J^{-\top} c$ and $d_\beta u^* = -J^{-1} c$ for $c = (1, 0)$. By which angle are they apart, and what happens to the length?
#
# Assign to `ratio` the length of $d_\beta u^*$ over that of $\delta$, to `cosine_half` their cosine for $a = 1/2$, and to
# `orthogonal` the positive $a$ at which they are orthogonal.

# %% tags=["solution"]
# Both are (1, +-a) / (1 + a^2): equal lengths, cosine (1 - a^2) / (1 + a^2).
ratio, cosine_half, orthogonal = 1.0, 0.6, 1.0

two = np.array([[-1, 0.5], [-0.5, -1]])
pair = backpropagated_error(two, np.array([1.0, 0])), nudged_error(two, np.array([1.0, 0]))
assert np.isclose(cosine(*pair), cosine_half)
assert np.isclose(*(np.linalg.norm(error) for error in pair))

# %% tags=["check"]
check("holo_ep-4.1", ratio, cosine_half, orthogonal)

# %% tags=["mistakes"]
mistake(
    "holo_ep-4.1",
    ...,
    1 / np.sqrt(1.25),
    ...,
    hint="this is the turn of one of them from c; they turn in opposite directions",
)
mistake("holo_ep-4.1", ..., 0.75, ..., hint="divide by both lengths")

# %% [markdown] tags=["exercise"]
# ### Exercise 2: how much asymmetry can be borne?
#
# *derivation, 15 minutes, 4 points, difficulty 2 of 3*
#
# `steps = derivations.cayley_circle()` derives the turn of the error in the plane of an eigenvalue $\pm i k$ of $K = S^{-1} A$; look
# at `steps["cosine"]`. You want errors that are at least as well aligned as a cosine $c$, whatever the loss. Turn the step around:
# which $k$ is the largest that may occur?
#
# Assign to `largest` an expression in `c = sp.Symbol("c", positive=True)`.

# %% tags=["stub"]
c = sp.Symbol("c", positive=True)
largest = ...

# %% tags=["solution"]
# (1 - k^2) / (1 + k^2) = c, so k^2 = (1 - c) / (1 + c).
c = sp.Symbol("c", positive=True)
largest = sp.sqrt((1 - c) / (1 + c))
assert sp.simplify((1 - largest**2) / (1 + largest**2) - c) == 0
derivations.cayley_circle()

# %% tags=["check"]
check("holo_ep-4.2", largest, at={"c": [0.2, 0.5, 0.9]})

# %% tags=["mistakes"]
mistake("holo_ep-4.2", (1 - c) / (1 + c))
mistake(
    "holo_ep-4.2", sp.tan(sp.acos(c)), hint="the error turns by twice the angle whose tangent is k"
)

# %% [markdown] tags=["exercise"]
# ### Exercise 3: the worst loss and a typical one
#
# *simulation, 15 minutes, 4 points, difficulty 3 of 3*
#
# Let `turning = definite + 0.8 * odd`. `least_cosine(turning)` bounds the cosine of the two errors in the metric of the symmetric
# part, `cosine(delta, nudged, symmetric_part(turning))`, from below. Construct a loss gradient that attains it: which plane does
# the matrix $K$ (`relative_asymmetry`) turn most, and which $c$ puts $\delta$ into it? Then draw 1000 loss gradients from
# `np.random.default_rng(seed(0)).standard_normal((1000, 10))` and average their cosines in the same metric.
#
# Assign the cosine that you constructed to `reached` and the average to `typical`.

# %% tags=["solution"]
# Take delta from that plane, the real part of its eigenvector; then c = -J' delta.
turning = definite + 0.8 * odd
values, vectors = np.linalg.eig(relative_asymmetry(turning))
plane = vectors[:, np.abs(values).argmax()].real
reached = cosine(plane, nudged_error(turning, -turning.T @ plane), symmetric_part(turning))
drawn = np.random.default_rng(seed(0)).standard_normal((1000, 10))
typical = np.mean([
    cosine(backpropagated_error(turning, g), nudged_error(turning, g), symmetric_part(turning))
    for g in drawn
])  # fmt: skip
assert abs(reached - least_cosine(turning)) < 1e-10
assert typical > reached

# %% tags=["check"]
check("holo_ep-4.3", reached, typical)

# %% tags=["mistakes"]
mistake(
    "holo_ep-4.3",
    cosine(plane, nudged_error(turning, plane), symmetric_part(turning)),
    ...,
    hint="delta lies in the plane, not the loss gradient: which c makes this delta?",
)
mistake(
    "holo_ep-4.3",
    ...,
    np.mean([cosine(backpropagated_error(turning, g), nudged_error(turning, g)) for g in drawn]),
    hint="measure the cosine in the metric of the symmetric part",
)

# %% [markdown] tags=["exercise"]
# ### Exercise 4: which repair mends what?
#
# *open, 20 minutes, 6 points, difficulty 3 of 3*
#
# A network of real neurons has no equal weights both ways. Somebody proposes three repairs of its learning: smaller nudges, more
# points on the circle, and weights that become more symmetric by themselves. Explain in ten lines what each of them removes, what
# it leaves, and what you would measure to find out which of the two biases hurts the network at hand.
#
# Then judge, and assign five truth values to `repairs`: (a) with ever more points the measured error tends to the back-propagated
# one; (b) if the symmetric part is $-1$, asymmetry leaves the length of the error as it is; (c) in a linear field with a *single*
# output a finite nudge changes only the length of the estimate, not its direction; (d) in a feedforward network the measured
# error of all hidden units is zero; (e) asymmetry with $\lVert K \rVert < 1$ and $S$ definite can turn the update uphill, in the metric of $S$.

# %% [markdown] tags=["solution"]
# Smaller nudges and more points remove the bias of the finite nudge, of the order $N$ in the radius: both lead to
# $d_\beta u^* = -J^{-1} c$, which is not the back-propagated error unless $J$ is symmetric, so (a) is false. Only symmetry removes
# the second bias. To tell them apart measure the estimate at two radii: if it stays, the rest is asymmetry; the antisymmetric
# part itself can be measured by nudging one unit and reading another, both ways. (b) is true: the map between the errors is an
# isometry of $S$. (c) is true: $(1 + \beta R)^{-1}$ rescales the image of a matrix of rank one. (d) is true: nothing is sent
# back, so a nudge of the output reaches no hidden unit. (e) is false: the cosine is at least $(1-k^2)/(1+k^2) > 0$.

# %% tags=["solution"]
repairs = [False, True, True, True, False]

single = LinearField(jacobian, field.drive, field.readout[:1], [1.0])
one_point = contour_estimate(single, 1, 2.0)
assert abs(abs(cosine(one_point, single.errors()[1])) - 1) < 1e-12  # (c)
assert abs(np.linalg.norm(one_point) / np.linalg.norm(single.errors()[1]) - 1) > 0.05
forward = FieldNetworks.random(3, sizes, "feedforward", [seed(0)], classes=2).jacobian()[0, 0]
pulled = np.append(np.zeros(10), np.ones(len(forward) - 10))  # at the last layer only
assert np.abs(nudged_error(forward.astype(float), pulled)[:10]).max() < 1e-12  # (d)

# %% tags=["check"]
check("holo_ep-4.4", repairs)

# %% tags=["mistakes"]
mistake(
    "holo_ep-4.4",
    [True, True, True, True, False],
    hint="more points lead to an exact derivative: of what?",
)
mistake(
    "holo_ep-4.4",
    [False, True, True, False, False],
    hint="follow a nudge of the output: which links lead back?",
)

# %% [markdown]
# ## References
#
# * A. Laborieux, F. Zenke, *Improving equilibrium propagation without weight symmetry through Jacobian
#   homeostasis*, ICLR 2024, arXiv:2309.02214: generalised holomorphic equilibrium propagation, $d_\beta u^*
#   = J^{-1} J^\top \delta$ and its first order, Figs 1 and 2. What Fig. 2 shows panel by panel is only
#   partly known; network, numbers of points and amplitudes here are our own.
# * B. Scellier et al., arXiv:1808.04873 (2018): equilibrium propagation in vector fields.
# * The Cayley transform, the bound on the turn and the closed form of the linear field are derived here.
