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
# # The complex nudge plane
#
# **After this lesson you can** find the nudges at which the equilibrium of a network branches; say why
# the nearest of them limits every circle about 0; tell that limit from another one, at which the
# equilibrium is still there and only the relaxation loses it; and choose another contour.
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

import numpy as np

from classroom import check, mistake
from figures.kit import claim, explore, record, use_style
from theory.holo_ep import (
    BeyondBranchPoint,
    Contour,
    best_contour,
    branch_points,
    contour_estimate,
    nudged_series,
    round_trips,
    stability_boundary,
    stability_map,
    step_radius,
    toy_network,
)
from theory.holo_ep.derivations import branches

use_style()
toy = toy_network()
branch = toy.sample()

# %% [markdown]
# ## Where two fixed points meet
#
# The fixed point is a holomorphic function of the nudge as long as $F_s$ has an inverse. Where it has
# none, two fixed points meet, and the function is a square root.

# %%
branches.square_root_branch()

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
angles = np.linspace(0, np.pi, 181)  # the lower half plane is conjugate
radii = np.linspace(0, 1.05, 106)
rays = branch.along(np.multiply.outer(radii, np.exp(1j * angles)), lenient=True)
change = rays[..., 0] - toy.free[0, 0]

# %% [markdown]
# On the way to the branch point the state comes near its value there like a square root.

# %%
path = points[0].nudge * (1 - np.geomspace(1, 1e-5, 60))[1:]
gap = np.abs(path - points[0].nudge)
away = np.linalg.norm(branch.along(np.append(0, path))[1:] - points[0].state, axis=1)
power = np.diff(np.log(away[-20:])).mean() / np.diff(np.log(gap[-20:])).mean()

# %%
record(
    "holo_ep/x_nudge_plane",
    numbers={"angle": angles, "radius": radii, "change": change, "contour": 0.4,
             "branch_point": [p.nudge for p in points], "distance": gap, "state_distance": away},
    claims=[
        claim("modulus of the nearest branch point, to the last known digit", rho,
              "between", (0.657135, 0.657145), kind="agreement", paper=0.65714),
        claim("its phase in degrees, to the last known digit", np.degrees(np.angle(points[0].nudge)),
              "between", (69.545, 69.555), kind="agreement", paper=69.55),
        claim("modulus of the next one, to the last known digit", abs(points[1].nudge),
              "between", (0.716405, 0.716415), kind="agreement", paper=0.71641),
        claim("residual of the branch points", max(p.residual for p in points), "<", 1e-12,
              kind="exact"),
        claim("one turn leads to another state, at a distance of", apart[1], ">", 0.1),
        claim("two turns lead back, to", apart[2], "<", 1e-10, kind="exact"),
        claim("power of the distance near the branch point minus 1/2, at distances below 1e-2 of it",
              abs(power - 0.5), "<", 0.01, kind="agreement"),
        claim("radius from 60 coefficients over modulus of the branch point minus 1, within one over "
              "the number of orders", abs(np.exp(-slope) / rho - 1), "<", 1 / 60, kind="agreement"),
    ],
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
inside = np.abs(grid) < 0.98 * abs(edge)
known = ~np.isnan(boundary)
limit = (boundary * np.exp(1j * directions))[known]
just_inside, just_outside = (toy.relaxed_states(s * limit, 3000)[1][:, 0] for s in (0.98, 1.01))
shown = np.abs(axis) < 1.02

# %%
record(
    "holo_ep/h22_fig2b",
    numbers={"axis": axis[shown], "boundary": boundary * np.exp(1j * directions), "contour": 0.4,
             "log10_residual": np.log10(residuals[np.ix_(shown & (axis > -1e-9), shown)]),
             "branch_point": [p.nudge for p in points]},
    claims=[
        claim("share of the square of side 3 where the relaxation does not settle, within three per "
              "cent of the paper's", failed.mean(), "between", (0.97 * 0.108, 1.03 * 0.108), kind="agreement",
              paper=0.108),
        claim("smallest modulus of such a nudge, within a step of the grid of the paper's",
              np.abs(grid[failed]).min(), "between", (0.585 - 0.0075, 0.585 + 0.0075),
              kind="agreement", paper=0.585),
        claim("nudges inside 98 per cent of the predicted limit that did not settle",
              failed[inside].sum(), "==", 0),
        claim("two per cent inside the predicted boundary, after 3000 steps: nudges that do not settle",
              np.sum(just_inside > 1e-6), "==", 0),
        claim("one per cent outside it: nudges that do settle", np.sum(just_outside < 1e-3), "==", 0),
        claim("nudges with a negative real part that did not settle", failed[grid.real < 0].sum(),
              "==", 0),
        claim("predicted limit of the iteration, to the last known digit", abs(edge),
              "between", (0.595735, 0.595745), kind="agreement", paper=0.59574),
    ],
)  # fmt: skip

# %% [markdown]
# Two limits, then. Up to 0.5957 the published relaxation follows the branch. From there to 0.6571 the
# branch, and the theorem, are still intact: only the synchronous iteration loses it, by an oscillation.
# A better solver goes on. Beyond 0.6571 a circle round 0 encloses a branch point, and no solver helps.

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
# ## Choose the contour
#
# No solver helps on a circle *about* 0 that is larger. But Cauchy's formula holds on any path round 0 that leaves
# the branch points outside, and here all of them lie on the right: a circle with its centre $c$ moved to the left
# passes them by, though its far side is twice as far away as the nearest of them. Weights follow from the speed
# along the path.

# %%
branches.moved_contour()

# %% [markdown]
# **Prediction.** In the plane of $\zeta$, where an ellipse $c + p \zeta + q / \zeta$ is the unit circle, the mean
# over $N$ points errs by the $N$-th power of how close a singularity comes to it; on a circle that is its radius
# over the distance of the nearest branch point from its *centre*. **Simulation**: equilibria of the network.

# %%
nudges_of = {
    "about 0": lambda n: Contour.circle(n, 0.5),
    "displaced": lambda n: Contour.circle(n, 0.8, -0.45, turn=np.pi / n),
    "ellipse": lambda n: Contour.ellipse(n, 0.8, 0.55, -0.3, turn=np.pi / n),
}
gradient = toy.gradient
singular = [point.nudge for point in points]
sums = np.arange(8, 65, 8)


def relative_error(contour):
    return np.linalg.norm(toy.averages([contour])[0] - gradient) / np.linalg.norm(gradient)


errors = np.array([[relative_error(made(n)) for made in nudges_of.values()] for n in sums])
rates = np.array([made(8).rate(singular) for made in nudges_of.values()])
square_root = (
    1.5 * np.log(sums)[:, None]
)  # coefficients of a square root fall with their order, too
slopes = np.exp(np.polyfit(sums, np.log(errors) + square_root, 1)[0])
reach = np.abs(nudges_of["displaced"](64).nodes).max()

# %% [markdown]
# What does it cost? Where a path comes close to 0 its weights $\beta' / \beta^2$ grow, and with them the noise
# that gets through: the variance of a reading is multiplied by $\sum_k |w_k|^2$. Given a noise, `best_contour`
# looks for the shape with the least sum of both errors, among circles about 0 and among all.

# %%
fixed, noises = 16, np.geomspace(1e-6, 1e-1, 9)


def total_error(noise, centred):
    made = best_contour(fixed, singular, noise, centred=centred)
    return np.hypot(relative_error(made), noise * np.linalg.norm(made.weights))


centred, free = (np.array([total_error(v, kind) for v in noises]) for kind in (True, False))
outline = np.transpose([made(120).nodes[:120] for made in nudges_of.values()])

# %%
record(
    "holo_ep/x_contour_choice",
    numbers={"shape": list(nudges_of), "path": outline, "branch_point": singular, "points": sums,
             "error": errors, "rate": rates, "noise": noises, "centred": centred, "free": free,
             "fixed": fixed},
    claims=[
        claim("measured factor of the error for each point over its prediction, three shapes: largest "
              "deviation from 1", np.abs(slopes / rates - 1).max(), "<", 0.04, kind="agreement"),
        claim("displaced circle: largest modulus of a nudge over the nearest branch point's",
              reach / abs(singular[0]), ">", 1.8),
        claim("its relative error with 64 points", errors[-1, 1], "<", 1e-4),
        claim("noise: error of the best circle about 0 over that of the best of all shapes, largest",
              (centred / free).max(), "<", 1.3),
        claim("and smallest", (centred / free).min(), ">", 0.8),
    ],
)  # fmt: skip

# %% [markdown]
# A displaced contour reaches nudges that a circle about 0 cannot. As a remedy against noise it is worth little
# in this network: every path has to pass between 0 and the nearest branch points, and the circle about 0 does so
# nearly at the best distance. Its readers lose nothing but the outer reach.

# %% [markdown]
# ## What happens if
#
# ... the weights between the layers are scaled? The branch points move, and with them the room for
# contours; not simply inward with stronger weights. The map is coarse here.


# %%
def draw(ax, scale):
    scaled = toy_network(scale)
    axis, residuals = stability_map(scaled, 1.2, 61, steps=100)
    levels = np.clip(np.log10(residuals), -6, 1)
    ax.pcolormesh(axis, axis, levels, cmap="PuBu_r", rasterized=True)
    points = branch_points(scaled, 1.2, angles=41, step=0.04)
    found = [point.nudge for point in points]
    for nudge in found:
        ax.plot([nudge.real] * 2, [nudge.imag, -nudge.imag], "*", color="C1")
    ax.set(xlabel=r"$\mathrm{Re}\,\beta$", aspect="equal")
    settled, near = np.mean(residuals < 1e-4), min(map(abs, found), default=np.inf)
    return (
        f"{settled:.0%} of the map settles; the nearest branch point is at a radius of {near:.2f}"
    )


explore(draw, scale=[0.5, 0.75, 1.0, 1.25, 1.5, 1.75])

# %% [markdown]
# ## Exercises

# %% [markdown] tags=["exercise"]
# ### Exercise 1: a pole instead of a branch point
#
# *paper, 15 minutes, 4 points, difficulty 2 of 3*
#
# A linear network with squared error has no branch points. Take one unit with the equilibrium
# $s = w s_0 - \beta (s - y)$ and find what limits a contour there: where does $s(\beta)$ have a pole? Which number does the
# mean of $s(\beta)/\beta$ over a *dense* circle about 0 give inside the pole, and which outside? (Outside, add the residue
# at the pole to that at 0.)
#
# For $w s_0 = 0.9$ and $y = 0.2$ assign the place of the pole to `pole`, the means to `slope_inside` and `slope_outside`.

# %% tags=["solution"]
# s = (w s0 + beta y) / (1 + beta). Inside, the slope at 0: y - w s0. Outside, s / beta falls like y / beta
# at infinity: its mean over a circle is that of y / beta, which is 0.
pole, slope_inside, slope_outside = -1.0, 0.2 - 0.9, 0.0

for radius, expected in ((0.5, slope_inside), (2.0, slope_outside)):
    around = radius * np.exp(2j * np.pi * np.arange(200) / 200)
    assert abs(np.mean((0.9 + around * 0.2) / (1 + around) / around) - expected) < 1e-12

# %% tags=["check"]
check("holo_ep-2.1", pole, slope_inside, slope_outside)

# %% tags=["mistakes"]
mistake("holo_ep-2.1", 1.0, ..., ...)
mistake("holo_ep-2.1", ..., ..., -0.7, hint="the circle of radius 2 encloses the pole as well")
mistake(
    "holo_ep-2.1", ..., 0.2, ..., hint="this is the value far away; the slope at 0 is asked for"
)

# %% [markdown] tags=["exercise"]
# ### Exercise 2: how fast the coefficients fall
#
# *derivation, 15 minutes, 4 points, difficulty 2 of 3*
#
# `branches.square_root_branch()` ends with the ratio of neighbouring coefficients of $\sqrt{1 - \beta/\beta_c}$ (step "ratio")
# and its limit (step "radius"). Take the *exact* ratio from its step "ratio", expand it in $1/m$, and find how far the ratio
# at order $m$ still is from its limit: a radius read off one ratio, as $\rho_m = c_m / c_{m+1}$, is wrong by a factor $1 + a/m$
# to first order. Compare with the exponent $3/2$ with which the lesson's coefficients fall beside $\rho^{-m}$.
#
# Assign $a$ to `excess`, a number.

# %% tags=["solution"]
# For (1 - b)^(1/2): c_(m+1) / c_m = (m - 1/2) / (m + 1), about 1 - (3/2) / m. So the quotient c_m / c_(m+1)
# exceeds the radius by the factor 1 + (3/2) / m: the same 3/2, since m^(-3/2) has this ratio.
excess = 1.5

order = 10_000
exact = (order + 1) / (order - 0.5)
assert abs((exact - 1) * order - excess) < 1e-3
branches.square_root_branch()

# %% tags=["check"]
check("holo_ep-2.2", excess)

# %% tags=["mistakes"]
mistake("holo_ep-2.2", -1.5)
mistake("holo_ep-2.2", 0.5, hint="numerator and denominator both contribute to the order 1/m")

# %% [markdown] tags=["exercise"]
# ### Exercise 3: damping at the edge of stability
#
# *simulation, 15 minutes, 4 points, difficulty 2 of 3*
#
# At the edge of stability (`edge`) the eigenvalue that leaves the unit circle has a phase of its own. Damped steps, which go
# halfway to the new state, turn it inward. Go 3 per cent beyond: follow the branch with
# `branch.along(np.linspace(0, past, 80))[-1]` to `past = 1.03 * edge`, and take the Jacobian of one synchronous step there
# (`branch.step_jacobian`). Does the damped iteration settle?
#
# Assign to `plain` and `damped` the spectral radii of a synchronous and of a damped step.

# %% tags=["solution"]
# A damped step has the eigenvalues (1 + lambda) / 2.
past = 1.03 * edge
there = branch.along(np.linspace(0, past, 80))[-1]
multipliers = np.linalg.eigvals(branch.step_jacobian(there, past))
plain, damped = np.abs(multipliers).max(), np.abs((1 + multipliers) / 2).max()
assert plain > 1 > damped and np.isclose(plain, step_radius(branch, there, past))

# %% tags=["check"]
check("holo_ep-2.3", plain, damped)

# %% tags=["mistakes"]
mistake(
    "holo_ep-2.3",
    ...,
    plain / 2,
    hint="the eigenvalues are complex: average first, take the modulus after",
)
mistake(
    "holo_ep-2.3",
    ...,
    (1 + plain) / 2,
    hint="the leaving eigenvalue is not real: where in the plane does (1 + lambda) / 2 lie?",
)

# %% [markdown] tags=["exercise"]
# ### Exercise 4: which limit is met first?
#
# *open, 20 minutes, 6 points, difficulty 3 of 3*
#
# Three limits of a circle's radius were met: the iteration loses the branch, the branch has a branch point, and no circle about
# 0 helps beyond it. Explain to a colleague who builds such a network in analogue hardware, where states relax in continuous time
# ($\dot s = -s + \dots$, which is the limit of small damped steps), which of the limits she has to
# care about, and what she can do about each. Ten lines at most.
#
# Then judge these statements; assign four truth values to `limits`: (a) a hardware that relaxes in continuous time loses the
# branch at the same radius as the synchronous iteration; (b) it follows the branch wherever every eigenvalue of the synchronous
# Jacobian has a real part below 1; (c) at a branch point an eigenvalue of the synchronous step equals 1, so that no damping
# helps; (d) more points on the circle move none of the three limits.

# %% [markdown] tags=["solution"]
# Continuous relaxation multiplies a deviation by $e^{(\lambda - 1) t}$: it needs $\operatorname{Re} \lambda < 1$ instead of
# $|\lambda| < 1$. The toy network's leaving eigenvalue has a phase far from 0, so its modulus passes 1 long before its real part
# does; (a) is false, (b) true. At a branch point the Jacobian $1 - M$ is singular: $\lambda = 1$ exactly, on the edge
# of both conditions, so (c) is true. What helps there is another contour: a displaced circle or an ellipse that leaves the
# branch points outside. Points lower the aliasing error and change none of the limits: (d) is true.

# %% tags=["solution"]
limits = [False, True, True, True]

beside = branch.along(np.append(0, path))[-1]  # ever nearer to the branch point
nearly = np.linalg.eigvals(branch.step_jacobian(beside, path[-1]))
assert np.abs(nearly - 1).min() < 0.02
at_edge = branch.along(np.linspace(0, edge, 60))[-1]
assert np.linalg.eigvals(branch.step_jacobian(at_edge, edge)).real.max() < 1

# %% tags=["check"]
check("holo_ep-2.4", limits)

# %% tags=["mistakes"]
mistake(
    "holo_ep-2.4", [True, True, True, True], hint="what multiplies a deviation in continuous time?"
)
mistake(
    "holo_ep-2.4", [False, True, False, True], hint="which matrix is singular at a branch point?"
)

# %% [markdown]
# ## References
#
# * A. Laborieux, F. Zenke, *Holomorphic equilibrium propagation computes exact gradients through finite
#   size oscillations*, Advances in Neural Information Processing Systems 35 (2022): the map of the
#   nudge plane, Fig. 2b. The authors' stored data of the map are not at hand; ours is computed anew.
# * R. Seydel, *Practical bifurcation and stability analysis*, 3rd ed., Springer (2010): continuation and
#   extended systems for branch points.
# * Branch points, stability boundary and the difference between the two limits are worked out here.
