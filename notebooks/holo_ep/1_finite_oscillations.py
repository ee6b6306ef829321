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
# # Exact gradients from finite oscillations
#
# **After this lesson you can** read the gradient of a loss off a network whose teacher oscillates with
# a *finite* amplitude; say what a finite number of points on the oscillation adds to it, and predict
# that error from a power series; and choose the radius and the number of points.
#
# *35 minutes. Prerequisites: the lesson on estimators of equilibrium propagation and their bias; Taylor
# series; what a contour integral is.*
#
# Equilibrium propagation compares the states of a network with and without a small nudge of its
# output. A small nudge drowns in noise, a large one biases the gradient. **Holomorphic** equilibrium
# propagation lets the nudge turn on a circle in the *complex* plane. The states follow, and the first
# Fourier coefficient of their oscillation is the gradient: exactly, at any radius up to a limit.
#
# | symbol | name in the code | meaning |
# |---|---|---|
# | $\beta$, $r = |\beta|$ | `nudges`, `radius` | complex nudge, radius of the circle |
# | $s_\beta$ | `settled_states` | equilibrium at nudge $\beta$ |
# | $g(\beta)$ | `products` | slope of the nudged energy in the parameters, at that equilibrium |
# | $c_m$ | `coefficients[m]` | its power series; $c_1$ is the gradient of the loss |
# | $N$ | `points` | equidistant points on the circle |
#
# The nudge has one sign in all these lessons: positive ones pull *towards* the target, so that the nudged
# energy is $E + \beta C$.

# %%
import numpy as np
import sympy as sp

from classroom import check, mistake
from figures.kit import claim, explore, record, seed, use_style
from theory.derivation import Derivation
from theory.ep import LayeredNetwork, SoftReadout
from theory.holo_ep import (
    ClampedNetwork,
    Contour,
    LinearField,
    NotHolomorphic,
    aliased,
    aliasing_bound,
    best_number_of_points,
    contour_estimate,
    cosine,
    nudged_series,
    points_needed,
    relaxation_rate,
    stability_boundary,
    toy_network,
)
from theory.holo_ep.derivations import contour, holomorphic_activations, oscillating_teacher

# %% [markdown]
# ## One neuron, by hand
#
# A linear neuron that drives itself rests where $0 = (w - 1) u + x$; its loss is $\tfrac12 (u - y)^2$. With $w =
# 0.5$, $x = 0.2$, $y = 1$ it rests at $u_0 = 0.4$, and the gradient of the loss by $x$ is $(u_0 - y) / (1 - w) =
# -1.2$. A nudge adds $-\beta (u - y)$. The state under it is
#
# $$u(\beta) = \frac{x + \beta y}{1 - w + \beta} = 0.4 + 1.2\,\beta - 2.4\,\beta^2 + 4.8\,\beta^3 - \dots$$
#
# * **Series**: the first coefficient is minus the gradient, each next one is $-2$ times the last.
# * **Pole** at $\beta = -(1 - w) = -0.5$: there the nudge holds the neuron no more, and no circle of radius 0.5
#   or more gives the gradient.
# * **Aliasing**: one point with $r = 0.25$ sees $1.2 - 0.6 + 0.3 - \dots = 0.8$; two see $1.2 + 0.3 + 0.075 +
#   \dots = 1.6$, four $1.2 / (1 - 1/16) = 1.28$. In general $1.2 / (1 - (-2 r)^N)$.
# * **Lag**: with only $T$ steps $u \leftarrow w u + x - \beta (u - y)$ before the nudge turns on by a quarter, the
#   first harmonic is $1.2\, (1 - w^T) / (1 - e^{-i \pi / 2} w^T)$, at any radius inside.

# %%
neuron = LinearField([[-0.5]], [0.2], [[1.0]], [1.0])
for n in (1, 2, 4, 8):
    print(f"{n} points at radius 0.25: {contour_estimate(neuron, n, 0.25)[0]:.5f}, closed form "
          f"{-1.2 / (1 - (-0.5) ** n):.5f}")  # fmt: skip
u, nudges, seen = 0.0, 0.05 * 1j ** np.arange(4), []
for beta in np.tile(nudges, 12):
    for _ in range(3):  # T = 3
        u = 0.5 * u + 0.2 - beta * (u - 1)
    seen.append(u / beta)
lagging = 1.2 * (1 - 0.5**3) / (1 - np.exp(-0.5j * np.pi) * 0.5**3)
print(
    f"first harmonic of the last turn {np.mean(seen[-4:]):.4f}, of the law of the lag {lagging:.4f}"
)

# %% [markdown]
# ## The network
#
# Neurons with a holomorphic activation receive input from below and from above; a soft maximum reads
# the last layer out. While the teacher pulls with a complex nudge, the states become complex, too.

# %%
use_style()
record("holo_ep/h22_fig1")

# %% [markdown]
# ## The theorem
#
# If the equilibrium is a holomorphic function of the nudge, $g(\beta)$ has a power series, and a whole
# turn of the nudge leaves one coefficient of it. That $c_1 = g'(0)$ is the gradient of the loss is the
# theorem of equilibrium propagation, proved in the lessons on it. Four things have to hold:
#
# 1. activation and loss are holomorphic where the states move;
# 2. the Jacobian of the equilibrium equation has an inverse at the free state, so that the equilibrium is a
#    holomorphic function of the nudge near 0;
# 3. the circle encloses no point where that ends: its radius is below $\rho$, the radius of convergence;
# 4. the network follows *this* equilibrium round the circle. A relaxation may lose it earlier (lesson 2).

# %%
contour.contour_theorem()

# %% [markdown]
# A synapse does not have to store $g$ over the whole turn: each end needs its own mean activity and its
# own first harmonic.

# %%
contour.local_rule()

# %% [markdown]
# What makes the equilibrium holomorphic? Activations and loss must be. The shifted sigmoid and the soft
# maximum are, away from their poles; a function with a kink never is, and a complex nudge is refused.

# %%
holomorphic_activations.shifted_sigmoid()

# %%
holomorphic_activations.not_holomorphic()

# %%
kinked = ClampedNetwork(
    LayeredNetwork.random((3, 4, 2), seed(0), activation="hard_sigmoid"),
    np.ones((1, 3)), np.eye(2)[[0]], SoftReadout(np.eye(2), np.zeros(2)),
)  # fmt: skip
try:
    contour_estimate(kinked, 4, 0.1)
except NotHolomorphic as refusal:
    print(refusal)

# %% [markdown]
# ## One oscillation
#
# The network of the paper: six inputs, two layers of four shifted sigmoids, a soft maximum over four
# classes, with the weights of the published runs. Layer 1 is two layers away from the teacher.

# %%
toy = toy_network()
gradient = toy.gradient


def circle(radius, points):
    return radius * np.exp(2j * np.pi * np.arange(points) / points)


nudges = circle(0.1, 24)
states = toy.settled_states(nudges)[:, 0]
change = states[:, :4] - toy.free[0, :4]  # of layer 1
harmonics = np.fft.fft(change, axis=0) / 24  # row m: coefficient m times the radius to the power m
first = harmonics[1].real / 0.1
bias_gradient = gradient[40:44]  # of layer 1, after its 24 weights and the 16 of layer 2

# %%
record(
    "holo_ep/h22_fig2a",
    numbers={"radius": 0.1, "change": change},
    claims=[
        claim("first harmonic of a neuron is minus the gradient of its bias: largest difference",
              np.abs(first + bias_gradient).max(), "<", 1e-12, kind="exact"),
        claim("change of neuron 1 at the first point, times 1000, to the paper's last digit",
              change[0, 0].real * 1e3, "between", (-7.0085, -7.0075), kind="agreement", paper=-7.008),
        claim("change of neuron 3 half a turn later, times 1000, to the paper's last digit",
              change[12, 2].real * 1e3, "between", (5.5365, 5.5375), kind="agreement", paper=5.537),
        claim("second over first harmonic, largest: the response is visibly not sinusoidal",
              np.abs(harmonics[2] / harmonics[1]).max(), ">", 0.1),
        claim("mean of the oscillation over its size: the free state needs no phase of its own",
              np.abs(harmonics[0]).max() / np.abs(change).max(), "<", 1e-12, kind="exact"),
    ],
)  # fmt: skip

# %% [markdown]
# The loops are egg-shaped: the response is not linear, and a difference of two of its points is biased.
# Its first harmonic is not. Below, one synapse between the layers at four radii: the raw change of the
# product of its two neurons, and the same divided by the nudge. The points of the second spread over
# more than ten times the gradient; their mean stays where it was.

# %%
loop_radii = np.array([0.001, 0.01, 0.1, 0.5])
place = 24 + 2 * 4 + 3  # weight of neuron 4 of layer 1 to neuron 3 of layer 2
exact = -gradient[place]
nudged = [toy.settled_states(circle(r, 24))[:, 0] for r in loop_radii]
product = np.transpose([at[:, 3] * at[:, 6] for at in nudged]) - toy.free[0, 3] * toy.free[0, 6]
demodulated = product / np.transpose([circle(r, 24) for r in loop_radii])
means = demodulated.mean(axis=0)
spread = np.ptp(demodulated.real, axis=0)
coefficients = nudged_series(toy, 40)  # the mean adds coefficients 25, 49, ... to the first
alias = -aliased(coefficients, 24, loop_radii[3])[place]

# %%
record(
    "holo_ep/h22_fig2c",
    numbers={"radius": loop_radii, "raw": product / loop_radii, "demodulated": demodulated,
             "gradient": exact},
    claims=[
        claim("minus the gradient of this weight, times 1000, to the paper's fifth digit",
              exact * 1e3, "between", (3.08976, 3.08986), kind="agreement", paper=3.0898137),
        claim("mean over it at radius 0.1, minus 1", abs(means[2].real / exact - 1), "<", 1e-9,
              kind="exact"),
        claim("its error at radius 0.5 over the first alias of the power series, minus 1",
              abs((means[3].real - exact) / alias - 1), "<", 0.01, kind="agreement"),
        claim("spread of the points over the gradient at radius 0.5", spread[3] / exact, ">", 10),
        claim("spread grows in proportion to the radius: slope from 0.001 to 0.01",
              np.log10(spread[1] / spread[0]), "between", (0.98, 1.02)),
    ],
)  # fmt: skip

# %% [markdown]
# ## A finite number of points
#
# Now $N$ points instead of a whole turn.

# %%
contour.aliasing()

# %%
contour.aliasing_bound()

# %% [markdown]
# **Prediction**: the power series of $g$ from the fixed-point equation, order by order. It never sees a
# nudged equilibrium. **Simulation**: equilibria of the network at the $N$ points.

# %%
length = np.linalg.norm(gradient)
grid, counts = np.geomspace(5e-3, 0.5, 25), np.arange(1, 11)
measured = np.transpose([
    np.linalg.norm(contour_estimate(toy, n, grid) - gradient, axis=1) / length for n in counts
])  # fmt: skip
predicted = np.array([
    [np.linalg.norm(aliased(coefficients, n, r)) / length for n in counts] for r in grid
])  # fmt: skip


def measured_slope(errors):
    """Slope between the smallest radii whose errors stand clear of rounding."""
    clear = np.flatnonzero(errors > 2e-12)[[0, 3]]
    return np.diff(np.log(errors[clear]))[0] / np.diff(np.log(grid[clear]))[0]


slopes = np.array([measured_slope(errors) for errors in measured.T])
compared = (measured > 1e-11) & (grid < 0.45)[:, None]

# %%
record(
    "holo_ep/x_aliasing_slopes",
    numbers={"radius": grid, "points": counts, "measured": measured, "predicted": predicted,
             "slope": slopes},
    claims=[
        claim("slope of the error minus N, largest over N = 1 to 10", np.abs(slopes - counts).max(),
              "<", 0.02, kind="agreement"),
        claim("measured over predicted error, both clear of rounding, up to radius 0.45: largest "
              "deviation from 1", np.abs(measured / predicted - 1)[compared].max(), "<", 1e-3,
              kind="agreement"),
        claim("relative error of 10 points at radius 0.1",
              np.linalg.norm(contour_estimate(toy, 10, 0.1) - gradient) / length, "<", 1e-9),
    ],
)  # fmt: skip

# %% [markdown]
# ## Half of the circle is enough

# %%
contour.real_network()

# %%
nodes, weights = Contour.circle(10, 0.3).half()
print(len(nodes), "of 10 equilibria are relaxed")
half = contour_estimate(toy, 10, 0.3)
circle10 = Contour.circle(10, 0.3)
all_products = toy.products(toy.settled_states(circle10.nodes), circle10.nodes)
whole = (circle10.weights @ all_products).real
print("largest difference to the whole circle:", f"{np.abs(half - whole).max():.0e}")

# %% [markdown]
# ## How far can the radius go?
#
# The paper's measurement: 30 points or one, each relaxed for 100 synchronous steps from the free state.
# Thirty points give the gradient to machine precision over a third of the plot, and break all at once.
# The error of one point grows from the start. The dashed line is where the *iteration*, not the theorem,
# must fail: the next lesson derives it.

# %%
radii = np.linspace(0.01, 2, 50)
estimates = {n: contour_estimate(toy, n, radii, steps=100, warn=False) for n in (1, 30)}
one, thirty = (cosine(found, gradient) for found in estimates.values())
distance = np.linalg.norm(estimates[30] - gradient, axis=1)
limit = np.nanmin(stability_boundary(toy, np.radians(np.arange(0, 181)), 1.06))

# %%
record(
    "holo_ep/h22_fig2d",
    numbers={"radius": radii, "one_point": one, "thirty_points": thirty, "stability": limit,
             "star": radii[9]},
    claims=[
        claim("30 points: 1 minus the cosine, largest up to radius 0.58, is below the rounding of "
              "the paper's single precision", (1 - thirty[:15]).max(), "<", np.finfo(np.float32).eps,
              kind="exact", paper=1e-7),
        claim("30 points: cosine at radius 0.619, after the break, to the paper's last digit", thirty[15],
              "between", (0.997295, 0.997305), kind="agreement", paper=0.99730),
        claim("30 points: error at radius 0.579 times 10^4, where paths part slowly",
              distance[14] * 1e4, "between", (3.3, 3.6), paper=3.44),
        claim("one point: cosine at radius 0.2131, to the paper's last digit", one[5],
              "between", (0.986515, 0.986525), kind="agreement", paper=0.98652),
        claim("one point: cosine at radius 2, to the paper's last digit", one[-1],
              "between", (0.792695, 0.792705), kind="agreement", paper=0.79270),
        claim("the predicted limit of the iteration lies after the last exact radius, by",
              limit - radii[14], "between", (0, radii[1] - radii[0])),
    ],
)  # fmt: skip

# %% [markdown]
# ## How many points?
#
# For a given accuracy the series tells. For a given *time* there is an optimum: more points alias less,
# but every one has fewer steps to settle.

# %%
for radius in (0.05, 0.2, 0.4):
    row = [points_needed(coefficients, radius, 10.0**-k) for k in (2, 4, 6)]
    print(f"radius {radius}: {row[0]}, {row[1]} and {row[2]} points for errors of 1e-2, 1e-4, 1e-6")

# %%
oscillating_teacher.points_against_time()

# %%
budget, rate = 60, relaxation_rate(toy)
choices = [n for n in range(2, 31) if budget // n > 0]
left = [
    np.linalg.norm(contour_estimate(toy, n, 0.4, steps=budget // n) - gradient) for n in choices
]
best = best_number_of_points(budget, rate, 0.4, 0.657)
print(f"predicted best number of points: {best:.1f}; found: {choices[int(np.argmin(left))]}")

# %% [markdown]
# ## What happens if
#
# ... the radius grows? Loops of the product of one synapse, divided by the nudge: they swell, the mean
# stays, until the contour reaches a singularity.


# %%
def draw(ax, radius):
    at = toy.settled_states(circle(radius, 48), tolerance=1e-10)[:, 0]
    loop = (at[:, 3] * at[:, 6] - toy.free[0, 3] * toy.free[0, 6]) / circle(radius, 48) * 1e3
    ax.plot(np.append(loop, loop[0]).real, np.append(loop, loop[0]).imag, color="C0")
    ax.plot(exact * 1e3, 0, "k+", markersize=9)
    ax.plot(loop.mean().real, loop.mean().imag, "x", color="C1")
    missed = max(abs(loop.mean() / exact / 1e3 - 1), 1e-12)
    ax.set(xlabel="real part")
    return f"the loop is {np.ptp(loop.real):.2g} wide; its mean misses the gradient by at most {missed:.0e} of it"


explore(draw, radius=[0.1, 0.2, 0.3, 0.4, 0.45, 0.5])

# %% [markdown]
# ## Exercises

# %% [markdown] tags=["exercise"]
# ### Exercise 1: a power series that can be summed
#
# *paper, 15 minutes, 4 points, difficulty 1 of 3*
#
# Let the coefficients of $g$ be $c_m = 2^{1-m}$, so that the gradient is $c_1 = 1$ and the radius of convergence 2.
# Which coefficients reach the mean of $g(\beta)/\beta$ over $N$ points of a circle of radius $r$, and what do all of them
# together add to the gradient? Sum the series.
#
# Assign to `error` what is added for 4 points at radius 1, and to `radius` the radius at which 4 points
# are wrong by one per cent.

# %% tags=["solution"]
# Coefficients 1, 1 + N, 1 + 2N, ...: with q = (r / 2)^N the aliases are q + q^2 + ... = q / (1 - q).
error = 1 / 15
radius = 2 * 101**-0.25

powers = radius * 1j ** np.arange(4)
sampled = np.mean(1 / (1 - powers / 2))  # g(b) / b = (1/b) sum c_m b^m, the constant left out
assert abs(sampled - 1.01) < 1e-12

# %% tags=["check"]
check("holo_ep-1.1", error, radius)

# %% tags=["mistakes"]
mistake("holo_ep-1.1", 1 / 16, ..., hint="the first alias alone; the next ones have the same sign")
mistake("holo_ep-1.1", ..., 2 * 0.01**0.25, hint="the first alias alone makes q itself the error")
mistake(
    "holo_ep-1.1",
    16 / 15,
    ...,
    hint="this is the whole estimate; what is added to the gradient is asked",
)

# %% [markdown] tags=["exercise"]
# ### Exercise 2: a derivation of your own
#
# *derivation, 15 minutes, 4 points, difficulty 2 of 3*
#
# For $g = \exp$ the two points $\pm s$ give the estimate $(e^s - e^{-s}) / 2s$. Begin a `Derivation` with this as
# a given step "estimate", let $s$ be `sp.Symbol("s", real=True)`, and expand it to the second order in a step
# "alias" (look at `help(Derivation.expand)`: what you write down is proved, not computed). Which
# coefficient of $g$ is the first alias?
#
# Assign the derivation to `own`, and its step "alias", an expression in `s`, to `expanded`.

# %% tags=["stub"]
s = sp.Symbol("s", real=True)
own = Derivation("Two points on a circle of nudges")
expanded = ...

# %% tags=["solution"]
s = sp.Symbol("s", real=True)
own = (
    Derivation("Two points on a circle of nudges")
    .given("estimate", (sp.exp(s) - sp.exp(-s)) / (2 * s), "mean of g(b)/b over b = s, -s")
    .expand("alias", 1 + s**2 / 6, s, 0, 3, "the third coefficient of g, times s squared")
)
expanded = own["alias"]
assert own.counts["proved"] >= 1
own

# %% tags=["check"]
check("holo_ep-1.2", expanded)

# %% tags=["mistakes"]
mistake("holo_ep-1.2", 1 + s**2 / 2, hint="coefficient 1 + N of g is the alias, not coefficient N")
mistake("holo_ep-1.2", 1 - s**2 / 6, hint="sine would have this; look at the signs in the estimate")

# %% [markdown] tags=["exercise"]
# ### Exercise 3: points that do not start on the real axis
#
# *simulation, 15 minutes, 4 points, difficulty 2 of 3*
#
# Turn all ten points of the circle of radius 0.3 by 0.2 rad: `turned = circle(0.3, 10) * np.exp(0.2j)`. Settle the
# states there (`toy.settled_states`), take `toy.products` of them, and average $g(\beta)/\beta$ over the ten. What does
# the turn do to the leading error, and why is half the circle no longer enough?
#
# Assign to `size` the length of the turned estimate's error over that of `contour_estimate(toy, 10, 0.3)`, and to
# `share` the length of the *imaginary* part of the turned estimate over the length of its error.

# %% tags=["solution"]
# c_(N+1) r^N is multiplied by e^(0.2 i N) = e^(2i): the size stays, sin(2) of it becomes imaginary. The
# turned points are no conjugate pairs any more, so all ten have to be relaxed.
turned = circle(0.3, 10) * np.exp(0.2j)
slopes_there = toy.products(toy.settled_states(turned), turned)
estimate = np.mean(slopes_there / turned[:, None], axis=0)
size = np.linalg.norm(estimate - gradient) / np.linalg.norm(
    contour_estimate(toy, 10, 0.3) - gradient
)
share = np.linalg.norm(estimate.imag) / np.linalg.norm(estimate - gradient)
assert abs(share - abs(np.sin(2))) < 0.02  # coefficient 21 adds the rest

# %% tags=["check"]
check("holo_ep-1.3", size, share, tolerance=0.01)

# %% tags=["mistakes"]
mistake(
    "holo_ep-1.3",
    ...,
    np.sin(0.2),
    hint="every point turns by 0.2 rad; by how much does its power N turn?",
)
mistake("holo_ep-1.3", ..., abs(np.cos(2)), hint="this is the part that stays real")

# %% [markdown] tags=["exercise"]
# ### Exercise 4: how cautious is Cauchy's bound?
#
# *simulation, 10 minutes, 3 points, difficulty 1 of 3*
#
# `aliasing_bound(largest, outer, points, radius)` bounds the error of a contour by the largest length of $g$ on an outer circle.
# Take 60 points of the circle of radius 0.55 (settled with `tolerance=1e-10`) for `largest`, and 6 points at
# radius 0.2 for the estimate.
#
# Assign the bound to `bound` and the length of the true error of the estimate to `true_error`.

# %% tags=["solution"]
# The bound rests on the largest value on the whole circle; a coefficient is an average over it.
outer = circle(0.55, 60)
largest = np.linalg.norm(
    toy.products(toy.settled_states(outer, tolerance=1e-10), outer), axis=1
).max()
bound = aliasing_bound(largest, 0.55, 6, 0.2)
true_error = np.linalg.norm(contour_estimate(toy, 6, 0.2) - gradient)
print(f"the bound is {bound / true_error:.0f} times the error")
assert bound > true_error

# %% tags=["check"]
check("holo_ep-1.4", bound, true_error, tolerance=0.01)

# %% tags=["mistakes"]
mistake(
    "holo_ep-1.4",
    aliasing_bound(largest, 0.55, 6, 0.55 / 2),
    ...,
    hint="the contour has radius 0.2",
)
mistake(
    "holo_ep-1.4",
    ...,
    np.linalg.norm(contour_estimate(toy, 6, 0.2)),
    hint="this is the estimate's length, not its error's",
)

# %% [markdown] tags=["exercise"]
# ### Exercise 5: two small circles or one larger number of points?
#
# *open, 25 minutes, 7 points, difficulty 3 of 3*
#
# Three points at radius $r$ and three at $r/2$ need as many relaxations as six at radius $r$. Combine the two estimates of
# three points with weights that cancel $c_4$. Which order in $r$ does the remaining error have, and how large is it beside
# that of six points at radius $r$? Now let every value $g(\beta)$ carry independent noise of variance $\sigma^2$: how do
# the variances of the two estimates compare? Which of the two would you use, and when? Ten lines at most.
#
# Assign the order to `order`; the error of the combination over that of the six points, both to leading order and with
# their sign, to `bias_ratio`; its variance over theirs to `noise_ratio`.

# %% [markdown] tags=["solution"]
# Three points at radius $r$ leave $c_4 r^3 + c_7 r^6$, so $(8 g_{r/2} - g_r)/7$ cancels $c_4$ and keeps $c_7$ times
# $(8/64 - 1) r^6 / 7 = -r^6/8$: of the same order as six points, eight times smaller and of the other sign. The variance
# of $N$ points at radius $r$ is $\sigma^2 / N r^2$: the combination has $(64 \cdot 4 + 1)/(49 \cdot 3) = 257/147$ in units of
# $\sigma^2 / r^2$, six points have $1/6$. So the combination pays its smaller bias with ten times the variance. It is worth it
# only where noise is negligible; otherwise six points at a radius where their bias is as small, $r / 8^{1/6} = 0.71 r$, have a
# variance of $2/6$, five times less than the combination's.

# %% tags=["solution"]
order, bias_ratio, noise_ratio = 6, -1 / 8, 6 * 257 / 147

combined = [
    (8 * contour_estimate(toy, 3, r / 2) - contour_estimate(toy, 3, r)) / 7 - gradient
    for r in (0.1, 0.2)
]
assert abs(np.log2(np.linalg.norm(combined[1]) / np.linalg.norm(combined[0])) - order) < 0.1
six = contour_estimate(toy, 6, 0.1) - gradient
assert abs(combined[0] @ six / (six @ six) - bias_ratio) < 0.01

# %% tags=["check"]
check("holo_ep-1.5", order, bias_ratio, noise_ratio)

# %% tags=["mistakes"]
mistake("holo_ep-1.5", 4, ..., ..., hint="the next alias of three points after c_4 is not c_5")
mistake(
    "holo_ep-1.5", ..., ..., 257 / 147 / (1 / 3), hint="compare with six points, not with three"
)
mistake(
    "holo_ep-1.5",
    ...,
    ...,
    6 * 65 / 147,
    hint="a circle of half the radius divides the noise by half as much",
)

# %% [markdown]
# ## References
#
# * A. Laborieux, F. Zenke, *Holomorphic equilibrium propagation computes exact gradients through finite
#   size oscillations*, Advances in Neural Information Processing Systems 35 (2022): the theorem, the
#   toy network, Figs. 1 and 2.
# * B. Scellier, Y. Bengio, *Equilibrium propagation*, Frontiers in Computational Neuroscience 11:24
#   (2017): the theorem of equilibrium propagation.
# * The aliasing series, its bound and the best number of points are worked out here.
