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
# # Asymmetric networks: the second bias
#
# **After this lesson you can** tell apart what a finite nudge and what missing symmetry do to the error
# that equilibrium propagation measures; remove the first with an oscillation; and say how far the second
# can turn the error, from one number of the Jacobian.
#
# *25 minutes. Prerequisites: lesson 1, eigenvalues, quadratic forms.*
#
# Drop the energy. A network is any vector field $\dot u = F(u)$ that settles, and a nudge adds $\beta\,
# \partial L / \partial u$ to it. (Positive $\beta$ pushes *away* from the target here, as in the 2024
# paper; lessons 1 to 3 have the opposite sign.) The nudged state still has a derivative $d_\beta u^*$,
# and a contour still measures it exactly. Is it the error that the gradient needs?
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
import matplotlib.pyplot as plt
import numpy as np

from figures.kit import (
    BLACK,
    BLUE,
    GREEN,
    ORANGE,
    PAGE,
    PINK,
    VERMILION,
    claim,
    explore,
    figure_rng,
    label_panels,
    record,
    use_style,
)
from theory.ep import LayeredNetwork, SoftReadout, equilibrium_series
from theory.holo_ep import (
    FieldNetworks,
    LinearField,
    antisymmetric_part,
    backpropagated_error,
    contour_errors,
    convergence_radius,
    cosine,
    error_map,
    error_series,
    least_cosine,
    nudged_error,
    online_errors,
    predicted_contour_estimate,
    relative_asymmetry,
    relax,
    solved_errors,
    symmetric_part,
    symmetry_measure,
)
from theory.holo_ep.derivations import asymmetry as derivations

use_style()

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
    "not energy-based": FieldNetworks.random(3, sizes, "reciprocal", [rng], degrees=90, classes=2),
    "feedforward": FieldNetworks.random(3, sizes, "feedforward", [rng], classes=2),
}
measured = {name: float(symmetry_measure(net.jacobian())[0, 0]) for name, net in kinds.items()}


def draw_wiring(ax, name):
    places = [(np.arange(m) - (m - 1) / 2, level) for level, m in enumerate(sizes)]
    for level in (0, 1):
        for x0 in places[level][0]:
            for x1 in places[level + 1][0]:
                ax.plot([x0, x1], [level, level + 1], "-", color="0.82", linewidth=0.4, zorder=0)
    for x, level in places:
        ax.plot(x, np.full(len(x), level), "o", color=BLUE, markersize=7)
    for level in (0, 1):
        up = {"arrowstyle": "<->" if name == "energy-based" else "->", "linewidth": 1.3}
        shift = 0.0 if name != "not energy-based" else 0.25
        ax.annotate("", (2.9 - shift, level + 0.95), (2.9 - shift, level + 0.05), arrowprops=up)
        if shift:
            down = dict(up, color=VERMILION)
            ax.annotate("", (2.9 + shift, level + 0.05), (2.9 + shift, level + 0.95),
                        arrowprops=down)  # fmt: skip
    ax.annotate("", (0, -0.15), (0, -0.6), arrowprops={"arrowstyle": "->", "linewidth": 1.3})
    ax.text(0, -0.62, "$x$", ha="center", va="top")
    ax.set(xlim=(-2.8, 3.6), ylim=(-1.0, 2.3), title=name)
    ax.axis("off")


figure, axes = plt.subplots(2, 3, figsize=(PAGE, 4.4), height_ratios=(1, 1.15))
for (name, net), top, bottom in zip(kinds.items(), *axes, strict=True):
    draw_wiring(top, name)
    picture = bottom.imshow(net.jacobian()[0, 0], cmap="RdBu_r", vmin=-1, vmax=1)
    for edge in (4.5, 9.5):
        bottom.axhline(edge, color="0.6", linewidth=0.5)
        bottom.axvline(edge, color="0.6", linewidth=0.5)
    bottom.set(xticks=[2, 7, 11.5], yticks=[2, 7, 11.5], xticklabels=["1", "2", "3"],
               yticklabels=["1", "2", "3"], xlabel="from layer")  # fmt: skip
    bottom.set_title(f"symmetry measure {measured[name]:.2f}", fontsize=7.5)
    bottom.tick_params(length=0)
axes[1, 0].set_ylabel("to layer")
figure.colorbar(picture, ax=axes[1], shrink=0.85, label="entry of $W - 1$")
label_panels(axes[0])
record(
    "holo_ep/j24_fig1",
    figure,
    data={name: net.jacobian()[0, 0] for name, net in kinds.items()},
    claims=[
        claim(
            "symmetry measure of the energy-based network", measured["energy-based"], ">", 1 - 1e-6
        ),
        claim("of separate weights up and down", measured["not energy-based"], "<", 0.9),
        claim("of the feedforward network", measured["feedforward"], "<", 0.9),
    ],
    alt="Three networks of layers of 5, 5 and 4 units above an input: links both ways with equal "
    "weights, both ways with separate weights, upward only. Below, heat maps of their Jacobians: "
    "symmetric block tridiagonal, block tridiagonal without symmetry, lower block bidiagonal, all "
    "with a diagonal of minus one.",
)

# %% [markdown]
# ## Two errors
#
# The derivation of both errors, in one dimension and, for the transpose, in two.

# %%
derivations.error_vectors()

# %% [markdown]
# ## What an oscillation still gives exactly
#
# Nothing in Cauchy's formula needs an energy: the mean of $r^*_{\beta_k} / \beta_k$ over a circle is
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

# Positive nudges push away here and towards the target in the solver: odd orders change sign.
series = equilibrium_series(layered, x, y, 25, readout, free.activities[0])[:, 0]
series[1::2] *= -1
radii, counts = np.geomspace(0.03, 1.0, 12), (1, 2, 4, 6)


def aliased(points, radius):
    """Relative error by the series: the coefficients 1 + N, 1 + 2N, ... in the place of the first."""
    wrong = sum(series[k] * radius ** (k - 1) for k in range(1 + points, len(series), points))
    return np.linalg.norm(wrong) / np.linalg.norm(series[1])


predicted = np.array([[aliased(n, b) for b in radii] for n in counts])
simulated = np.array([
    [np.linalg.norm(contour_errors(net, x[None], y[None], free, n, b, 250)[0, 0] - exact)
     for b in radii] for n in counts
]) / np.linalg.norm(exact)  # fmt: skip
print(f"exact derivative against the first coefficient: {np.abs(exact - series[1]).max():.1e}")
print(f"cosine of the two errors of this network: {cosine(exact, wanted):.3f}")

# %% [markdown]
# In continuous time the nudge goes round without rest. Two running means, no phases: that of the
# activity tends to the free state, that of activity over nudge to $d_\beta r^*$.

# %%
period, turns, strength = 100, 4, 0.5
raw, mean, error = (
    a[:, 0, 0] for a in online_errors(net, x[None], y[None], period, strength, 1, turns, path=True)
)
mean = net.activity(mean)  # of the averaged preactivations, as in the released code
unit = int(np.argmax(np.abs(exact[:8])))  # of the first layer, the one with the largest error
time = np.arange(1, period * turns + 1)

# %%
figure, axes = plt.subplots(1, 4, figsize=(PAGE, 2.35), width_ratios=(0.9, 1.2, 1, 1))
last = slice(-period, None)
loop = (raw[last, unit] - free.activities[0, 0, unit]) * 8
nudge = strength * np.exp(2j * np.pi * np.arange(period + 1) / period)
axes[0].plot(nudge.real, nudge.imag, "--", color="0.5", linewidth=1)
axes[0].plot(np.append(loop.real, loop.real[0]), np.append(loop.imag, loop.imag[0]), color=BLUE)
axes[0].text(0, strength + 0.05, r"$\beta$", color="0.4", ha="center")
axes[0].text(0, 0, r"$8\,\Delta r$", color=BLUE, ha="center")
axes[0].set(aspect="equal", xlabel="real", ylabel="imaginary", title="one turn",
            xlim=(-0.75, 0.75), ylim=(-0.75, 0.75))  # fmt: skip
for row, n, colour, marker in zip(range(4), counts, (VERMILION, ORANGE, GREEN, BLUE), "os^D",
                                  strict=True):  # fmt: skip
    axes[1].loglog(radii, simulated[row], marker, color=colour, markersize=3)
    axes[1].loglog(radii, predicted[row], "-", color=colour, linewidth=0.8)
    axes[1].text(radii[0] * 0.85, predicted[row, 0], f"$N={n}$", color=colour, va="center",
                 ha="right", fontsize=6.5)  # fmt: skip
axes[1].set(xlabel=r"teaching amplitude $|\beta|$", ylabel="relative error", xlim=(4e-3, 1.2),
            title="points: relaxed, lines: series")  # fmt: skip
axes[1].set_xticks([0.01, 0.1, 1])
for ax, curves, level, title in (
    (axes[2], (raw[:, unit].real, mean[:, unit]), free.activities[0, 0, unit], "presynaptic"),
    (axes[3], (None, error[:, unit]), exact[unit], "postsynaptic error"),
):
    if curves[0] is not None:
        ax.plot(time, curves[0], color="0.7", linewidth=1)
    ax.plot(time, curves[1], "-", color=BLUE)
    ax.axhline(level, color=BLACK, linestyle=":", linewidth=1)
    ax.set(xlabel="time", title=title, xticks=[0, 200, 400])
level, swing = free.activities[0, 0, unit], np.ptp(raw[period:, unit].real)
axes[2].set(ylim=(level - 1.2 * swing, level + 2 * swing))
axes[2].text(400, level + 1.95 * swing, "grey: oscillation\nblue: running mean\ndotted: free state",
             ha="right", va="top", fontsize=6)  # fmt: skip
axes[3].text(400, axes[3].get_ylim()[1], r"dotted: exact $d_\beta r^*$", ha="right", va="top",
             fontsize=6)  # fmt: skip
label_panels(axes)
slope = [np.polyfit(np.log(radii[1:4]), np.log(simulated[row][1:4]), 1)[0] for row in range(3)]
seen = predicted > 1e-8  # below, the relaxed states are no more exact than that
off = np.abs(simulated / predicted - 1)[:, :8][seen[:, :8]].max()
every = (turns - 1) * period
steady = np.mean((raw[every:] / np.tile(nudge[:-1], 1)[:, None]).real, axis=0)
record(
    "holo_ep/j24_fig2",
    figure,
    data={"radius": radii, "simulated": simulated.T, "predicted": predicted.T, "time": time,
          "raw": raw[:, unit].real, "mean": mean[:, unit], "error": error[:, unit]},
    claims=[
        claim("slope of the error, N = 1", slope[0], "between", (0.9, 1.1)),
        claim("slope of the error, N = 2", slope[1], "between", (1.9, 2.1)),
        claim("slope of the error, N = 4", slope[2], "between", (3.8, 4.2)),
        claim("relaxed against series, radii up to 0.3: largest relative deviation", off, "<", 0.02),
        claim("N = 6 at radius 0.3: relative error", np.interp(0.3, radii, simulated[3]), "<", 2e-3),
        claim("one period without the transient: cosine with the exact derivative",
              cosine(steady, exact), ">", 0.999),
        claim("after four periods, transient included: cosine", cosine(error[-1], exact), ">", 0.95),
        claim("running mean of all units, distance to the free state after four periods",
              np.abs(mean[-1] - free.activities[0, 0]).max(), "<", 0.05),
    ],
    alt="Four panels. The nudge runs round a circle and a unit's activity round a closed loop. Relative "
    "error of the contour estimate against amplitude for 1, 2, 4 and 6 points, slopes 1, 2, 4 and 6, "
    "relaxed networks on the lines of the power series. Running mean of an oscillating activity, which "
    "settles near the free state; running error, which settles near the exact derivative.",
)  # fmt: skip

# %% [markdown]
# The transient of the first turn stays in the running means and fades as one over time; a single later
# period is far better. In lesson 6 this matters.
#
# ## From the nudged error to the true one

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
units, sizes_of_a = 10, (0.1, 0.4, 1.6)
raw_matrix = rng.standard_normal((units, units)) / np.sqrt(units)
odd = antisymmetric_part(raw_matrix)
definite = -np.eye(units) + 0.4 * symmetric_part(raw_matrix)
indefinite = definite + 1.4 * np.diag(np.arange(units) < 3)
circles = {t: np.linalg.eigvals(error_map(definite + t * odd)) for t in sizes_of_a}
off_circle = np.linalg.eigvals(error_map(indefinite + 1.6 * odd))
kappas = {t: np.abs(np.linalg.eigvals(relative_asymmetry(definite + t * odd)).imag)
          for t in sizes_of_a}  # fmt: skip
turned = {t: np.sort(np.abs(np.angle(values))) for t, values in circles.items()}

# %%
figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.7), width_ratios=(1, 1, 1))
around = np.exp(1j * np.linspace(0, 2 * np.pi, 400))
for ax, shown, title in (
    (axes[0], circles, "$S$ definite"),
    (axes[1], {sizes_of_a[2]: off_circle}, "$S$ indefinite"),
):
    ax.plot(around.real, around.imag, color="0.75", linewidth=1, zorder=0)
    for values, colour, marker in zip(
        shown.values(), (GREEN, BLUE, VERMILION) if len(shown) > 1 else (PINK,), "^os", strict=False
    ):
        ax.plot(values.real, values.imag, marker, color=colour, markersize=5, fillstyle="none")
    ax.set(aspect="equal", title=title, xlabel="real part")
axes[0].set(ylabel=r"imaginary part of $\lambda(J^{-1}J^\top)$")
grid = np.geomspace(0.03, 3, 100)
axes[2].semilogx(grid, np.degrees(2 * np.arctan(grid)), color=BLACK, linewidth=1)
for t, colour, marker in zip(sizes_of_a, (GREEN, BLUE, VERMILION), "^os", strict=True):
    axes[2].semilogx(np.sort(kappas[t]), np.degrees(turned[t]), marker, color=colour, markersize=4,
                     fillstyle="none")  # fmt: skip
    axes[2].text(0.037, 118 - 16 * sizes_of_a.index(t), f"$A \\times {t}$", color=colour)
axes[2].text(0.5, 25, r"$2 \arctan \kappa$", ha="left")
axes[2].set(xlabel=r"$\kappa$, eigenvalues of $S^{-1} A$ are $\pm i \kappa$",
            ylabel="angle on the circle (°)", yticks=[0, 45, 90, 135], title="turn",
            xlim=(0.03, 3), ylim=(0, 145))  # fmt: skip
label_panels(axes)
law = max(np.abs(turned[t] - 2 * np.arctan(np.sort(kappas[t]))).max() for t in sizes_of_a)
mapping = error_map(definite + 1.6 * odd)
record(
    "holo_ep/x_cayley_circle",
    figure,
    data={f"definite_{t}": values for t, values in circles.items()} | {"indefinite": off_circle},
    claims=[
        claim("S definite: largest distance of an eigenvalue from the circle",
              max(np.abs(np.abs(v) - 1).max() for v in circles.values()), "<", 1e-12),
        claim("S indefinite: largest modulus", np.abs(off_circle).max(), ">", 1.2),
        claim("S indefinite: product of all eigenvalues minus 1",
              abs(np.prod(off_circle) - 1), "<", 1e-10),
        claim("angles against 2 arctan kappa, largest difference", law, "<", 1e-10),
        claim("form of S before and after the map, largest difference",
              np.abs(mapping.T @ definite @ mapping - definite).max(), "<", 1e-12),
    ],
    alt="Eigenvalues of the map from true to nudged error. With a definite symmetric part they lie on "
    "the unit circle, farther round for larger antisymmetric parts; with an indefinite one some leave "
    "the circle in reciprocal pairs. Their angles follow twice the arctangent of kappa.",
)  # fmt: skip

# %% [markdown]
# ## How far can the error turn?
#
# In the metric of $S$ the cosine of the two errors is at least $(1 - \kappa^2) / (1 + \kappa^2)$ with the
# spectral radius $\kappa$ of $K$: **below $\kappa = 1$ the nudged error never turns by more than a right
# angle**. In the Euclidean metric there is the first order $d_\beta u^* \approx \delta - 2 K \delta$. Random
# Jacobians, and networks whose weights up and down make every angle from 0 to 90 degrees
# ($J = W - D^{-1}$, lesson 5):

# %%
rng = figure_rng("holo_ep/x_error_cosine")
strengths = np.geomspace(0.01, 10, 60)
jacobians = []
for strength in np.repeat(strengths, 4):
    matrix = rng.standard_normal((20, 20)) / np.sqrt(20)
    jacobians.append(
        -np.eye(20) + 0.3 * symmetric_part(matrix) + strength * antisymmetric_part(matrix)
    )
angles = np.linspace(2, 90, 90)
nets = [FieldNetworks.random(6, (8, 7, 5), "reciprocal", [rng], degrees=a, classes=4,
                             dtype=np.float64) for a in angles]  # fmt: skip
groups = {"random Jacobians": np.array(jacobians)}
groups["networks"] = np.array([
    (n.jacobian()[0, 0] + np.eye(20))
    - np.diag(1 / n.slope(relax(n, rng.uniform(size=(1, 1, 6)), 400).states[0, 0])) for n in nets
])  # fmt: skip
rows = {}
for name, stack in groups.items():
    gradient = np.zeros(stack.shape[:2])
    gradient[:, -5:] = rng.standard_normal((len(stack), 5))  # the loss acts on the last layer
    delta, found = backpropagated_error(stack, gradient), nudged_error(stack, gradient)
    ratio = relative_asymmetry(stack)
    first = delta - 2 * np.einsum("kij,kj->ki", ratio, delta)
    rows[name] = {
        "norm": np.linalg.norm(ratio, 2, axis=(1, 2)),
        "radius": np.abs(np.linalg.eigvals(ratio)).max(axis=1),
        "cosine": cosine(delta, found),
        "first order": cosine(delta, first),
        "S cosine": cosine(delta, found, symmetric_part(stack)),
    }
worst = []  # errors in the plane that turns most, one for every tenth Jacobian
for matrix in groups["random Jacobians"][::10]:
    values, vectors = np.linalg.eig(relative_asymmetry(matrix))
    delta = vectors[:, np.abs(values).argmax()].real
    found = nudged_error(matrix, -matrix.T @ delta)
    worst.append((np.abs(values).max(), cosine(delta, found, symmetric_part(matrix))))
worst = np.array(worst)

# %%
figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.9))
for row, colour, marker in zip(rows.values(), (BLUE, VERMILION), "o^", strict=True):
    axes[0].semilogx(row["norm"], row["cosine"], marker, color=colour, markersize=3,
                     fillstyle="none")  # fmt: skip
    axes[1].semilogx(row["radius"], row["S cosine"], marker, color=colour, markersize=3,
                     fillstyle="none")  # fmt: skip
grid = np.geomspace(5e-3, 12, 200)
axes[1].semilogx(grid, (1 - grid**2) / (1 + grid**2), color=BLACK, linewidth=1)
axes[1].plot(*worst.T, ".", color=BLACK, markersize=5)
axes[1].text(0.007, -0.75, "line: least possible; dots: errors\nin the plane that turns most")
axes[0].text(0.012, -0.75, "circles: random Jacobians", color=BLUE)
axes[0].text(0.012, -0.92, "triangles: networks", color=VERMILION)
axes[0].set(xlabel=r"$\|S^{-1} A\|$", ylabel="cosine of the two errors", title="Euclidean")
axes[1].set(xlabel=r"spectral radius $\kappa$ of $S^{-1}A$", title="in the metric of $S$")
for ax in axes:
    ax.axhline(0, color="0.7", linewidth=0.7, zorder=0)
    ax.set(ylim=(-1.05, 1.05))
label_panels(axes)
both = {key: np.concatenate([row[key] for row in rows.values()]) for key in rows["networks"]}
small = both["norm"] < 0.1
margin = both["S cosine"] - (1 - both["radius"] ** 2) / (1 + both["radius"] ** 2)
middle = (both["norm"] > 0.01) & small
record(
    "holo_ep/x_error_cosine",
    figure,
    data={f"{name} {key}": values for name, row in rows.items() for key, values in row.items()}
    | {"worst radius": worst[:, 0], "worst S cosine": worst[:, 1]},
    claims=[
        claim("least cosine where the norm is below 0.1", both["cosine"][small].min(), ">", 0.97),
        claim("first order against exact, 1 - cosine at norms of 0.01 to 0.1, largest ratio",
              ((1 - both["first order"]) / (1 - both["cosine"]))[middle].max(), "<", 1.2),
        claim("in the metric of S: least margin over the bound", margin.min(), ">", -1e-9),
        claim("errors in the plane that turns most: largest distance to the bound",
              np.abs(worst[:, 1] - (1 - worst[:, 0] ** 2) / (1 + worst[:, 0] ** 2)).max(), "<", 1e-9),
        claim("kappa below 1: least cosine in the metric of S",
              both["S cosine"][both["radius"] < 1].min(), ">", 0),
        claim("norm above 3: mean cosine", both["cosine"][both["norm"] > 3].mean(), "<", 0.5),
        claim("norm above 3: share of negative cosines", np.mean(both["cosine"][both["norm"] > 3] < 0),
              ">", 0.05),
    ],
    alt="Left: Euclidean cosine of the back-propagated and the nudged error against the norm of the "
    "relative asymmetry: one up to about 0.1, scattered around small positive values beyond 3, some of them negative. Right: "
    "the same in the metric of S against the spectral radius, all points above the curve of the least "
    "possible cosine.",
)  # fmt: skip

# %% [markdown]
# ## Both biases in one formula
#
# In a linear field with a quadratic loss everything is a rational function of the nudge.

# %%
derivations.linear_field()

# %%
rng = np.random.default_rng(3)
jacobian = -np.eye(6) + 0.5 * rng.standard_normal((6, 6)) / np.sqrt(6)
field = LinearField(jacobian, rng.standard_normal(6), rng.standard_normal((2, 6)), [1.0, -0.5])
delta, derivative = field.errors()
print(f"radius of convergence {convergence_radius(field):.3f}")
print(" N   relaxed - closed form   cosine with the derivative   with the true error")
for points in (1, 2, 3, 4, 8):
    estimate = field.contour_estimate(points, 0.15)
    gap = np.abs(estimate - predicted_contour_estimate(field, points, 0.15)).max()
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
    rng = np.random.default_rng(1)
    matrix = rng.standard_normal((12, 12)) / np.sqrt(12)
    jacobian = -np.eye(12) + asymmetry * antisymmetric_part(matrix)
    delta, found = (f(jacobian, np.ones(12)) for f in (backpropagated_error, nudged_error))
    orders = np.arange(15)
    errors = [np.linalg.norm(error_series(jacobian, delta, k) - found) for k in orders]
    ax.semilogy(orders, errors, "o-", color=BLUE)
    ax.set(xlabel="last power of $K$", ylabel="distance to the exact error")


explore(draw, asymmetry=[0.2, 0.5, 1.0, 2.0])

# %% [markdown]
# ## Exercises
#
# 1. A Jacobian $-1 + A$ with antisymmetric $A$: by how much is the length of the error changed?
# 2. In a linear field with a *single* output, what does a finite nudge do to the direction of the
#    estimate? Find out with one point and a large radius.
# 3. Construct a loss gradient for which the bound of `least_cosine` is attained.

# %% tags=["solution"]
# 1. Not at all: S = -1 is (minus) the Euclidean metric, and the map is an isometry of it.
matrix = -np.eye(8) + 2 * antisymmetric_part(np.random.default_rng(0).standard_normal((8, 8)))
lengths = [np.linalg.norm(f(matrix, np.arange(8.0))) for f in (backpropagated_error, nudged_error)]

# %%
assert abs(lengths[0] / lengths[1] - 1) < 1e-12

# %% tags=["solution"]
# 2. Nothing: J^-1 P'P has rank one, and (1 + beta R)^-1 only rescales its image.
single = LinearField(jacobian, field.drive, field.readout[:1], [1.0])
one_point = single.contour_estimate(1, 2.0)

# %%
assert abs(abs(cosine(one_point, single.errors()[1])) - 1) < 1e-12
assert abs(np.linalg.norm(one_point) / np.linalg.norm(single.errors()[1]) - 1) > 0.05

# %% tags=["solution"]
# 3. Take delta from the plane of K that turns most: the real part of its eigenvector; then c = -J' delta.
turning = definite + 0.8 * odd
values, vectors = np.linalg.eig(relative_asymmetry(turning))
plane = vectors[:, np.abs(values).argmax()].real
reached = cosine(plane, nudged_error(turning, -turning.T @ plane), symmetric_part(turning))

# %%
assert abs(reached - least_cosine(turning)) < 1e-10

# %% [markdown]
# ## References
#
# * A. Laborieux, F. Zenke, *Improving equilibrium propagation without weight symmetry through Jacobian
#   homeostasis*, ICLR 2024, arXiv:2309.02214: generalised holomorphic equilibrium propagation, $d_\beta u^*
#   = J^{-1} J^\top \delta$ and its first order, Figs 1 and 2. What Fig. 2 shows panel by panel is only
#   partly known; network, numbers of points and amplitudes here are our own.
# * B. Scellier et al., arXiv:1808.04873 (2018): equilibrium propagation in vector fields.
# * The Cayley transform, the bound on the turn and the closed form of the linear field are derived here.
