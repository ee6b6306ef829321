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
# # The complex nudge plane
#
# **After this lesson you can** find the nudges at which the equilibrium of a network branches; say why
# the nearest of them limits every contour; and tell that limit from another one, at which the
# equilibrium is still there and only the relaxation loses it.
#
# *30 minutes. Prerequisites: the first lesson on finite oscillations; eigenvalues; Newton's method.*
#
# In the first lesson thirty points on a circle gave the gradient to machine precision up to a radius of
# 0.58, and failed at 0.62. Nothing in the theorem says 0.6. What happens there?
#
# | symbol | name in the code | meaning |
# |---|---|---|
# | $F(s, \beta) = 0$ | `Branch.residual` | equation of the fixed points |
# | $F_s = I - M$ | `Branch.jacobian` | its Jacobian; $M$ is that of one synchronous step |
# | $\beta_c$ | `branch_points` | nudges at which $F_s$ has no inverse |
# | $\rho$ | `exact_radius` | modulus of the nearest: radius of convergence |
# | $\lvert\lambda\rvert_{\max}$ | `step_radius` | spectral radius of $M$: below 1 the iteration is attracted |

# %%
import warnings

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import LogNorm, hsv_to_rgb

from figures.kit import (
    BLACK,
    BLUE,
    ORANGE,
    PAGE,
    VERMILION,
    claim,
    explore,
    label_panels,
    record,
    use_style,
)
from theory.holo_ep import (
    BeyondBranchPoint,
    Branch,
    SingularJacobian,
    branch_points,
    contour_estimate,
    nudged_series,
    relaxed_states,
    round_trips,
    stability_boundary,
    stability_map,
    step_radius,
    toy_network,
)
from theory.holo_ep.derivations import contour

use_style()
toy = toy_network()
branch = Branch(toy)

# %% [markdown]
# ## Where two fixed points meet
#
# The fixed point is a holomorphic function of the nudge as long as $F_s$ has an inverse. Where it has
# none, two fixed points meet, and the function is a square root.

# %%
contour.square_root_branch()

# %% [markdown]
# **Prediction.** We follow the branch of the free equilibrium along straight rays, by its tangent and
# Newton's method, note where $F_s$ is nearly singular, and solve for the branch points: $F = 0$, $F_s v
# = 0$ and $c \cdot v = 1$ for state, null vector and nudge together. No relaxation is involved.

# %%
points = branch_points(branch, 1.1)
for point in points:
    print(f"branch point at {point.nudge:.5f}: modulus {abs(point.nudge):.5f}, and its conjugate")
rho = abs(points[0].nudge)

# %% [markdown]
# Is it a branch point of *this* branch? Walk round it: after one turn the state is another one, after
# two turns it is back.

# %%
turns = round_trips(branch, points[0].nudge, 0.05, 2)
apart = np.linalg.norm(turns - turns[0], axis=1)
print("distance to the start after 0, 1, 2 turns:", ", ".join(f"{d:.2g}" for d in apart))

# %% [markdown]
# The power series knows the same number: its coefficients grow like $\rho^{-m} m^{-3/2}$, with a beat
# since two conjugate points are equally near.

# %%
coefficients = nudged_series(toy, 60)
size = np.linalg.norm(coefficients, axis=1)
orders = np.arange(20, 61)
slope, _ = np.polyfit(orders, np.log(size[20:]) + 1.5 * np.log(orders), 1)
print(f"radius from the coefficients: {np.exp(-slope):.4f}; from the branch point: {rho:.4f}")

# %% [markdown]
# ## The branch in colour
#
# The change of the first neuron of layer 1, over the nudge plane. Hue is its phase, brightness its
# modulus on a logarithmic scale. The branch is followed outward from 0, so that cuts run outward from
# the branch points; across a cut the colours do not fit.

# %%
angles = np.linspace(-np.pi, np.pi, 361)
radii = np.linspace(0, 1.05, 106)
upper = angles >= 0
nudges, upper_states = branch.rays(angles[upper], radii)
first = upper_states[..., 0] - toy.free[0, 0]
values = np.concatenate([first[:, :0:-1].conj(), first], axis=1)
plane = radii[:, None] * np.exp(1j * angles)


def domain_colours(values):
    """Hue for the phase; lines of equal modulus, two for every factor of ten."""
    with np.errstate(divide="ignore"):
        level = 2 * np.log10(np.abs(values) + 1e-12)
    hue = (np.angle(values) / (2 * np.pi)) % 1
    light = 0.72 + 0.28 * (level - np.floor(level))
    return hsv_to_rgb(np.stack([hue, np.full_like(hue, 0.65), light], axis=-1))


def cell_middles(table):
    return (table[1:, 1:] + table[:-1, 1:] + table[1:, :-1] + table[:-1, :-1]) / 4


# %%
figure, axes = plt.subplots(1, 2, figsize=(PAGE, 3.5), width_ratios=[1.35, 1])
ax = axes[0]
colours = domain_colours(cell_middles(values))
ax.pcolormesh(plane.real, plane.imag, np.zeros(colours.shape[:2]), rasterized=True, shading="flat",
              facecolors=colours.reshape(-1, 3), antialiased=False).set_array(None)  # fmt: skip
turn = np.exp(1j * np.linspace(0, 2 * np.pi, 200))
ax.plot(0.4 * turn.real, 0.4 * turn.imag, "-", color=BLACK, linewidth=1.2)
ax.text(0, 0.31, "contour", ha="center", va="center", fontsize=7)
ax.plot(rho * turn.real, rho * turn.imag, ":", color=BLACK, linewidth=1.2)
ax.text(-0.47, -0.52, r"$\rho$", fontsize=9)
for point in points:
    for sign in (1, -1):
        ax.plot(point.nudge.real, sign * point.nudge.imag, "*", color="white", markersize=11,
                markeredgecolor=BLACK)  # fmt: skip
ax.set(xlabel=r"$\mathrm{Re}\,\beta$", ylabel=r"$\mathrm{Im}\,\beta$", title="change of a neuron's state",
       xlim=(-1, 1), ylim=(-1, 1))  # fmt: skip
ax.set_aspect("equal")
ax = axes[1]
path = points[0].nudge * (1 - np.geomspace(1, 1e-5, 60))
approach = branch.along(path)
gap = np.abs(path - points[0].nudge)
away = np.linalg.norm(approach - points[0].state, axis=1)
ax.loglog(gap[1:], away[1:], "o", color=BLUE, markersize=3)
ax.loglog(gap[20:], away[-1] * np.sqrt(gap[20:] / gap[-1]), "-", color=ORANGE)
ax.text(1e-4, 0.09, r"$\propto \sqrt{\beta_c - \beta}$", color=ORANGE, ha="center")
ax.set(xlabel=r"distance $|\beta - \beta_c|$", ylabel="distance to the state there",
       title="a square root")  # fmt: skip
label_panels(axes)
power = np.diff(np.log(away[-20:])).mean() / np.diff(np.log(gap[-20:])).mean()
record(
    "holo_ep/x_nudge_plane",
    figure,
    data={"branch_point": np.array([p.nudge for p in points]), "distance": gap,
          "distance_of_state": away, "angle": angles[::10], "radius": radii[::5],
          "change": values[::5, ::10]},
    claims=[
        claim("modulus of the nearest branch point", rho, "between", (0.65713, 0.65715), paper=0.65714),
        claim("its phase in degrees", np.degrees(np.angle(points[0].nudge)), "between", (69.5, 69.6),
              paper=69.55),
        claim("modulus of the next one", abs(points[1].nudge), "between", (0.71640, 0.71642),
              paper=0.71641),
        claim("residual of the branch points", max(p.residual for p in points), "<", 1e-12),
        claim("one turn leads to another state, at a distance of", apart[1], ">", 0.1),
        claim("two turns lead back, to", apart[2], "<", 1e-10),
        claim("power of the distance near the branch point", power, "between", (0.49, 0.51)),
        claim("radius from 60 coefficients over modulus of the branch point",
              np.exp(-slope) / rho, "between", (0.98, 1.02)),
    ],
    alt="Left: domain colouring of the change of a neuron over the complex nudge plane: the hue turns "
    "once round the origin, and breaks along cuts that run outward from four stars, two conjugate "
    "pairs. A contour of radius 0.4 lies inside the dotted circle through the nearest pair. Right: "
    "towards the branch point the state approaches its value there like a square root.",
)  # fmt: skip

# %% [markdown]
# ## What the relaxation makes of it
#
# **Simulation.** The paper's map: 200 synchronous steps from the free state for every nudge of a grid,
# and how much one more step would change. Only the upper half plane is computed.

# %%
axis, residuals = stability_map(toy, 1.5, 401)
grid = axis + 1j * axis[:, None]
failed = residuals > 1e-3

# %% [markdown]
# **Prediction.** A step multiplies a deviation by $M = I - F_s$. At a branch point an eigenvalue of $M$
# is exactly 1. But the iteration needs *all* eigenvalues inside the unit circle, and one of another
# phase may leave it first. Along every ray we bisect for the first nudge at which one does.

# %%
directions = np.radians(np.arange(0, 181, 0.5))
boundary = stability_boundary(branch, directions, 1.06)
nearest = int(np.nanargmin(boundary))
edge = boundary[nearest] * np.exp(1j * directions[nearest])
print(f"the iteration loses the branch first at {edge:.4f}: modulus {abs(edge):.5f}")
eigenvalue = np.linalg.eigvals(
    branch.step_jacobian(branch.along(np.linspace(0, edge, 60))[-1], edge)
)
leaving = eigenvalue[np.abs(eigenvalue).argmax()]
print(
    f"the eigenvalue that leaves the unit circle has the phase {abs(np.angle(leaving)):.3f} rad, not 0"
)

# %%
figure, ax = plt.subplots(figsize=(PAGE, 4.2))
picture = ax.pcolormesh(
    axis, axis, residuals, cmap="PuBu_r", norm=LogNorm(1e-6, 1e1), rasterized=True
)
figure.colorbar(picture, ax=ax, label="change in one more step", shrink=0.8)
for sign in (1, -1):
    ax.plot(boundary * np.cos(directions), sign * boundary * np.sin(directions), "-",
            color=VERMILION, linewidth=1.3)  # fmt: skip
    for point in points:
        ax.plot(point.nudge.real, sign * point.nudge.imag, "*", color=VERMILION, markersize=9,
                markeredgecolor="white")  # fmt: skip
ax.plot(0.4 * turn.real, 0.4 * turn.imag, "-", color=ORANGE, linewidth=1.5)
ax.plot(0.4, 0, "*", color=ORANGE, markersize=10)
ax.text(-0.42, 0, "contour", color=ORANGE, ha="right", va="center")
ax.annotate("branch point", (points[0].nudge.real, points[0].nudge.imag), (-50, 12),
            textcoords="offset points", color="white", arrowprops={"arrowstyle": "-", "color": "white"})  # fmt: skip
ax.annotate("predicted loss\nof stability", (edge.real, -edge.imag), (-0.35, -0.8), color="white",
            ha="center", arrowprops={"arrowstyle": "-", "color": "white"})  # fmt: skip
ax.set(xlabel=r"$\mathrm{Re}\,\beta$", ylabel=r"$\mathrm{Im}\,\beta$", xlim=(-1, 1), ylim=(-1, 1))
ax.set_aspect("equal")
inside = np.abs(grid) < 0.98 * abs(edge)
known = ~np.isnan(boundary)


def residual_at(scale):
    """Residuals of the relaxation just inside or outside the predicted boundary."""
    at = (scale * boundary * np.exp(1j * directions))[known]
    return relaxed_states(toy, at, 3000)[1][:, 0]


just_inside, just_outside = residual_at(0.98), residual_at(1.01)
record(
    "holo_ep/h22_fig2b",
    figure,
    data={"axis": axis[::8], "log10_residual": np.log10(residuals[::8, ::8]),
          "boundary": boundary * np.exp(1j * directions)},
    claims=[
        claim("share of the square of side 3 where the relaxation does not settle", failed.mean(),
              "between", (0.105, 0.111), paper=0.108),
        claim("smallest modulus of such a nudge", np.abs(grid[failed]).min(), "between", (0.57, 0.6),
              paper=0.585),
        claim("nudges inside 98 per cent of the predicted limit that did not settle",
              failed[inside].sum(), "<=", 0),
        claim("two per cent inside the predicted boundary, after 3000 steps: largest residual",
              just_inside.max(), "<", 1e-6),
        claim("share of nudges one per cent outside it that do not settle",
              np.mean(just_outside > 1e-3), ">", 0.95),
        claim("nudges with a negative real part that did not settle", failed[grid.real < 0].sum(),
              "<=", 0),
        claim("predicted limit of the iteration", abs(edge), "between", (0.5957, 0.5958), paper=0.59574),
    ],
    alt="Map of the residual over the complex nudge plane: dark, that is settled, everywhere except in "
    "two conjugate lobes at positive real parts. The predicted boundary of stability runs along "
    "the near edge of the lobes; the branch points sit at their tips. The contour of radius 0.4 "
    "stays clear of them.",
)  # fmt: skip

# %% [markdown]
# Two limits, then. Up to 0.5957 the published relaxation follows the branch. From there to 0.6571 the
# branch, and the theorem, are still intact: only the synchronous iteration loses it, by an oscillation.
# A better solver goes on. Beyond 0.6571 the contour encloses a branch point, and nothing helps.

# %%
gradient = toy.gradient
between, beyond = 0.63, 0.7
by_iteration = contour_estimate(toy, 60, between, steps=400, warn=False)
circle = between * np.exp(2j * np.pi * np.arange(400) / 400)
followed = branch.along(np.concatenate([np.linspace(0, between, 50), circle[1:]]))[49:, None]
by_branch = np.mean(toy.products(followed, circle) / circle[:, None], axis=0).real
for name, found in {"iteration": by_iteration, "continuation": by_branch}.items():
    error = np.linalg.norm(found - gradient) / np.linalg.norm(gradient)
    print(f"radius {between}, {name}: relative error {error:.1e}")
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always", BeyondBranchPoint)
    found = contour_estimate(toy, 60, beyond, steps=400)
print(
    f"radius {beyond}: relative error {np.linalg.norm(found - gradient) / np.linalg.norm(gradient):.1e}"
)
print("and the warning:", caught[0].message)

# %% [markdown]
# ## What happens if
#
# ... the weights between the layers are scaled? The branch points move, and with them the room for
# contours; not simply inward with stronger weights. The map is coarse here.


# %%
def draw(ax, scale):
    scaled = toy_network(scale)
    axis, residuals = stability_map(scaled, 1.2, 61, steps=100)
    ax.pcolormesh(axis, axis, residuals, cmap="PuBu_r", norm=LogNorm(1e-6, 1e1), rasterized=True)
    found = branch_points(Branch(scaled), 1.2, angles=41, step=0.04)
    for point in found:
        ax.plot([point.nudge.real] * 2, [point.nudge.imag, -point.nudge.imag], "*", color=VERMILION)
    ax.set_aspect("equal")
    ax.set(xlabel=r"$\mathrm{Re}\,\beta$")


explore(draw, scale=[0.5, 1.0, 1.5])

# %% [markdown]
# ## Exercises
#
# 1. A linear network with squared error has no branch points. What limits a contour there? Take one
#    unit, $s = w s_0 - \beta (s - y)$ in preactivation, and find its pole.
# 2. At the edge of stability the eigenvalue that leaves has a phase of its own. Damped steps, halfway
#    to the new state, turn it inward. Does the damped iteration settle at $1.03$ times the edge?
# 3. At a branch point the tangent does not exist. What does the code say there?

# %% tags=["solution"]
# 1. s = (w s0 + beta y) / (1 + beta): a pole at beta = -1, so no contour of radius 1 or more.
w_s0, y = 0.9, 0.2
nudge = 0.999 * np.exp(2j * np.pi * np.arange(4000) / 4000)
slope_inside = np.mean((w_s0 + nudge * y) / (1 + nudge) / nudge)
slope_outside = np.mean((w_s0 + 2 * nudge * y) / (1 + 2 * nudge) / (2 * nudge))

# %%
assert abs(slope_inside - (y - w_s0)) < 0.05 and abs(slope_outside) < 1e-3

# %% tags=["solution"]
# 2. A damped step has the eigenvalues (1 + lambda) / 2.
past = 1.03 * edge
there = branch.along(np.linspace(0, past, 80))[-1]
plain, damped = step_radius(branch, there, past), np.abs(
    (1 + np.linalg.eigvals(branch.step_jacobian(there, past))) / 2
).max()  # fmt: skip

# %%
assert plain > 1 and damped < 1

# %% tags=["solution"]
# 3. It refuses, and says why.
try:
    branch.tangent(points[0].state, np.array(points[0].nudge))
    message = ""
except SingularJacobian as refusal:
    message = str(refusal)

# %%
assert "singular" in message and "branch points" in message

# %% [markdown]
# ## References
#
# * A. Laborieux, F. Zenke, *Holomorphic equilibrium propagation computes exact gradients through finite
#   size oscillations*, Advances in Neural Information Processing Systems 35 (2022): the map of the
#   nudge plane, Fig. 2b. The authors' stored data of the map are lost; ours is computed anew.
# * R. Seydel, *Practical bifurcation and stability analysis*, 3rd ed., Springer (2010): continuation and
#   extended systems for branch points.
# * Branch points, stability boundary and the difference between the two limits are worked out here.
