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
# # Lag, noise and depth
#
# **After this lesson you can** predict what a network measures that never comes to rest under its
# teacher; choose the radius and the number of points when neurons are noisy; and say why deep networks
# need *finite* nudges, which only a circle of them makes exact.
#
# *35 minutes. Prerequisites: the first lesson on finite oscillations; variance; eigenvalues.*
#
# The theorem speaks of equilibria, without noise, in exact arithmetic. A physical network lags behind
# its teacher, its neurons fluctuate, and a simulation rounds. The lag asks for more time, noise and
# rounding for a larger nudge; aliasing asks for a smaller one.
#
# | symbol | name in the code | meaning |
# |---|---|---|
# | $T$ | `steps` | steps of the network between two turns of the nudge |
# | $M$, $\lambda$ | `relaxation_rate` | Jacobian of a step, its spectral radius |
# | $\varsigma$ | `noise` | standard deviation on every preactivation, in every step |
# | $V$ | `product_variance` | variance of one reading of all products |
#
# The networks here are those of the paper at laptop size, on digits; the weights are drawn anew. Points
# marked "authors" are the paper's, from their larger networks on other data.

# %%
import numpy as np
import sympy as sp

from classroom import check, mistake
from figures.kit import claim, explore, record, seed, use_style
from theory.data import load_images
from theory.ep import Stencil
from theory.holo_ep import (
    Contour,
    FieldNetworks,
    best_radius,
    cosine,
    deep_chain,
    lagged_gradient,
    lagged_residual,
    layer_cosines,
    layer_slices,
    leading_best_radius,
    noisy_estimates,
    nudged_series,
    oscillate,
    predicted_error,
    product_variance,
    relaxation_rate,
    toy_network,
)

# %%
from theory.holo_ep.derivations import oscillating_teacher

use_style()
digits = load_images("digits")
images = digits.train_images[:10].astype(float)
targets = np.eye(10)[digits.train_labels[:10]]


def clamped_classifier(rng):
    """64-64-64 shifted sigmoids and a read-out of ten classes, untrained, on ten digits."""
    random = FieldNetworks.symmetric(64, (64, 64), (rng,), scale=0.6)
    return random.clamped(0, images, targets)


def accuracy(cosines):
    return -np.log10(np.maximum(1 - np.asarray(cosines), 1e-14))


# %% [markdown]
# ## A network that never rests
#
# In continuous time the state follows the moving equilibrium late and damped, after a transient that
# decays with the time constant.

# %%
oscillating_teacher.continuous_time()

# %% [markdown]
# With $T$ discrete steps between turns of the nudge, the state of a network that has forgotten its start
# is again a *holomorphic* function of the nudge, only another one. Its first harmonic is its first
# coefficient, whatever the radius: the error of the lag is exponentially small in $T$.

# %%
oscillating_teacher.discrete_lag()

# %% [markdown]
# The start, from zero and without any free phase, leaves one over the time in a running average.

# %%
oscillating_teacher.running_average()

# %%
network = clamped_classifier(seed(2))
gradient = network.gradient
rate = relaxation_rate(network)
teaching_steps = (5, 10, 20, 30, 40)
periods = np.arange(1, 41)
runs = {t: oscillate(network, 10, 0.5, t, 40) for t in teaching_steps}
reached = np.transpose([accuracy(cosine(run.estimates, gradient)) for run in runs.values()])

# %% [markdown]
# **Prediction**: the steady estimate, without running the oscillation. The read-out itself does not lag.

# %%
inner = slice(0, len(lagged_gradient(network, 10, 5)))
steady = {t: lagged_gradient(network, 10, t) for t in teaching_steps}
plateaus = [accuracy(cosine(np.append(g, gradient[len(g) :]), gradient)) for g in steady.values()]
distance = {t: np.linalg.norm(runs[t].estimates[:, inner] - g, axis=1) for t, g in steady.items()}
fading = [np.polyfit(np.log(periods[4:]), np.log(distance[t][4:]), 1)[0] for t in (5, 10, 20)]
last = {t: (40 * run.estimates[-1] - 39 * run.estimates[-2])[inner] for t, run in runs.items()}
off = [np.linalg.norm(last[t] - steady[t]) / np.linalg.norm(steady[t] - gradient[inner])
       for t in (5, 10, 20)]  # fmt: skip

# %%
authors_accuracy = [  # of 50, 100, 200 and 300 steps; the longest period ends at single precision
    (0.263, 1.083, 3.080, 4.848), (0.581, 1.648, 3.672, 5.412), (0.843, 1.988, 4.013, 5.762),
    (1.220, 2.413, 4.434, 6.146), (1.737, 2.962, 4.967, 6.623), (2.171, 3.437, 5.405, 6.748),
    (2.451, 3.773, 5.706, 6.924),
]  # fmt: skip
record(
    "holo_ep/h22_fig3a",
    numbers={"period": periods, "steps": 10 * np.array(teaching_steps), "accuracy": reached,
             "plateau": plateaus, "authors_period": [1, 2, 3, 5, 10, 20, 40],
             "authors_accuracy": authors_accuracy},
    claims=[
        claim("distance to the predicted estimate against the number of periods, 50 to 200 steps: "
              "largest deviation of the slope from -1", np.abs(np.add(fading, 1)).max(), "<", 0.01,
              kind="agreement"),
        claim("the last period alone against the predicted estimate, over the error of the lag that is "
              "predicted, 50 to 200 steps: largest", max(off), "<", 0.02, kind="agreement"),
        claim("every longer period is better after 40 of them: smallest gain in decades, above rounding",
              np.diff(reached[-1])[reached[-1][:-1] < 12].min(), ">", 1),
    ],
)  # fmt: skip

# %% [markdown]
# How far from rest is it meanwhile? The same linear response predicts that, too, to first order in the
# radius.

# %%
measured = np.array([runs[t].residual for t in teaching_steps])
fine = np.arange(5, 41)
predicted = np.array([lagged_residual(network, 10, t, 0.5) for t in fine])
ratio = measured / predicted[np.isin(fine, teaching_steps)]
weak = oscillate(network, 10, 0.05, 10, 8).residual / lagged_residual(network, 10, 10, 0.05)
record(
    "holo_ep/h22_fig3b",
    numbers={"period": 10 * np.array(teaching_steps), "residual": measured, "fine_period": 10 * fine,
             "predicted": predicted, "authors": 10.0 ** -np.array([1.968, 2.5, 3.464, 4.309, 5.089])},
    claims=[
        claim("measured over predicted distance from rest minus 1, largest, less than the radius",
              np.abs(ratio - 1).max(), "<", 0.5, kind="agreement"),
        claim("the same at a tenth of the radius, 100 steps", abs(weak - 1), "<", 0.05,
              kind="agreement"),
        claim("decades lost from 50 to 400 steps", np.log10(measured[0] / measured[-1]), ">", 3,
              paper=3.121),
    ],
)  # fmt: skip

# %% [markdown]
# ## Noise: how large a circle, how many points?
#
# From three points on, the real part keeps half of the noise.

# %%
oscillating_teacher.radius_against_noise()

# %% [markdown]
# **Prediction** for the toy network: squared aliasing error from the power series plus the variance of
# the products, from the covariance of the fluctuating states *without* a nudge; large nudges change
# them. **Simulation**: noisy relaxation, 400 independent networks for every point.

# %%
toy = toy_network()
inner = slice(0, 48)  # parameters of the network without its read-out
coefficients = nudged_series(toy, 26)[:, inner]
unit_variance = product_variance(toy).sum()
length = np.linalg.norm(toy.gradient[inner])
noise, counts = 1e-3, (1, 2, 4, 8)
radii = np.geomspace(0.01, 0.55, 60)
predicted = np.array([
    [predicted_error(coefficients, noise**2 * unit_variance, n, r) for n in counts] for r in radii
])  # fmt: skip
best = np.array([best_radius(coefficients, noise**2 * unit_variance, n, 0.55) for n in counts])
levels = np.geomspace(1e-6, 1e-2, 13)
least = np.array([
    [best_radius(coefficients, v**2 * unit_variance, n, 0.55)[1] for n in counts] for v in levels
])  # fmt: skip

# %%
copies = 400
squares = np.array([
    [np.sum((noisy_estimates(toy, n, r, noise, seed(k), steps=20, copies=copies, readings=1)[:, inner]
             - toy.gradient[inner]) ** 2, axis=1) for n in counts] for k, r in enumerate(radii[::6])
])  # fmt: skip
sampled = np.sqrt(squares.mean(axis=2))
near = radii[::6] < 0.1  # beyond, the nudge changes the fluctuations themselves
scores = (squares.mean(axis=2) - predicted[::6]) / (squares.std(axis=2, ddof=1) / np.sqrt(copies))
powers = np.polyfit(np.log(levels[:5]), np.log(least[:5]) / 2, 1)[0]
closed = [leading_best_radius(coefficients, noise**2 * unit_variance, n) for n in counts[:3]]

# %%
record(
    "holo_ep/x_radius_against_noise",
    numbers={"points": counts, "noise": noise, "radius": radii, "predicted": np.sqrt(predicted) / length,
             "sampled_radius": radii[::6], "sampled": sampled / length, "best_radius": best[:, 0],
             "best_error": np.sqrt(best[:, 1]) / length, "level": levels,
             "least": np.sqrt(least) / length},
    claims=[
        claim("sampled against predicted mean square error below radius 0.1, in standard errors: "
              "largest of 24", np.abs(scores[near]).max(), "<", 4.5, kind="agreement"),
        claim("largest sampled over predicted mean square error beyond, where the prediction from the "
              "free state is too low", (squares.mean(axis=2) / predicted[::6])[~near].max(), ">", 1.1),
        claim("power of the noise in the least error over N / (N + 1), 1, 2 and 4 points: largest "
              "deviation from 1", np.abs(powers[:3] / [1 / 2, 2 / 3, 4 / 5] - 1).max(), "<", 0.01,
              kind="agreement"),
        claim("closed form of the best radius over the minimum found, 1, 2 and 4 points: largest "
              "deviation", np.abs(closed / best[:3, 0] - 1).max(), "<", 0.05, kind="agreement"),
        claim("best radius grows with the number of points: smallest ratio",
              (best[1:, 0] / best[:-1, 0]).min(), ">", 1.3),
    ],
)  # fmt: skip

# %% [markdown]
# The same trade-off in the larger network, with the authors' procedure: the classic estimate averages
# five readings of each phase, the circle has 15 points, and the state is carried over between nudges.

# %%
noisy_net = clamped_classifier(seed(1))
exact = noisy_net.gradient
layers = layer_slices(noisy_net)
grid = np.linspace(0.01, 4, 20)
found = {
    n: [noisy_estimates(noisy_net, n, r, 0.03, seed(3), steps=20, copies=4) for r in grid]
    for n in (1, 15)
}


def mean_cosine(points, part=slice(None)):
    return np.array([np.mean(cosine(e[:, part], exact[part])) for e in found[points]])


classic, fifteen = mean_cosine(1), mean_cosine(15)
by_layer = {n: np.transpose([mean_cosine(n, part) for part in layers.values()]) for n in found}

# %%
record(
    "holo_ep/h22_fig3c",
    numbers={"radius": grid, "classic": classic, "fifteen_points": fifteen, "layer": list(layers),
             "classic_layers": by_layer[1], "fifteen_layers": by_layer[15],
             "authors_radius": [1.48, 1.90], "authors_cosine": [0.95468, 0.99888]},
    claims=[
        claim("best cosine of the classic estimate", classic.max(), "<", 0.96, paper=0.95468),
        claim("best cosine with 15 points", fifteen.max(), ">", 0.997, paper=0.99888),
        claim("best radius with 15 points over that of the classic estimate",
              grid[fifteen.argmax()] / grid[classic.argmax()], ">", 1.2, paper=1.90 / 1.48),
        claim("best radius of the classic estimate", grid[classic.argmax()], "<", 1.4, paper=1.48,
              differs="another network, other data and three times the noise"),
        claim("cosine of the classic estimate at radius 0.01: noise alone", classic[0], "<", 0.3,
              paper=0.131),
        claim("cosine of the read-out's own gradient there: it needs no nudge", by_layer[1][0, -1],
              ">", 0.99),
    ],
)  # fmt: skip

# %% [markdown]
# ## Depth and rounding
#
# Rounding is noise, too. In a chain of seven layers the teacher moves the first a hundred times less
# than the last, and a small nudge moves it by less than the last digit of single precision. The deeper
# the layer, the larger the nudge it needs.

# %%
chain, kinked = (deep_chain(7, 40, seed(0), scale=0.75, holomorphic=h) for h in (True, False))
nudge_radii = np.geomspace(1e-4, 10, 21)
shown = ("layer 1", "layer 4", "layer 7", "total")


def single_precision_estimate(net, n, radius):
    nodes, weights = Contour.circle(n, radius).half()
    with np.errstate(all="ignore"):  # where the relaxation diverges
        states, _ = net.relaxed_states(nodes, 100, single=True)
        return (weights @ net.products(states, nodes)).real


def depth(net, counts, radii, names=shown):
    """Accuracy in single precision, shape (radius, part, number of points)."""
    rows = [
        [layer_cosines(net, single_precision_estimate(net, n, r)) for n in counts] for r in radii
    ]
    return accuracy([[[cosines[name] for cosines in row] for name in names] for row in rows])


points = (1, 2, 4, 20)
soft, hard = depth(chain, points, nudge_radii), depth(kinked, points[:2], nudge_radii)
peak, best_at = soft.max(axis=0), nudge_radii[soft.argmax(axis=0)]
rising = np.polyfit(np.log10(nudge_radii[1:7]), soft[1:7, 0, 1], 1)[0]
late = (nudge_radii > 0.05) & (nudge_radii < 0.6)
falling = np.polyfit(np.log10(nudge_radii[late]), soft[late, 3, 0], 1)[0]

# %%
record(
    "holo_ep/h22_fig4a",
    numbers={"radius": nudge_radii, "part": shown, "points": points, "soft": soft, "hard": hard},
    claims=[
        claim("rounding: gain in decades for each decade of the radius, layer 1, N = 2, minus 2",
              abs(rising - 2), "<", 0.3, kind="agreement"),
        claim("aliasing: loss for each decade, all layers, N = 1, minus 2", abs(falling + 2), "<", 0.3,
              kind="agreement"),
        claim("best accuracy, N = 1", peak[3, 0], ">", 6, paper=4.8,
              differs="a chain of narrow dense layers is more accurate than the authors' ConvNet"),
        claim("best accuracy with N = 2 in layer 1 exceeds that with N = 1 by", peak[0, 1] - peak[0, 0],
              ">", 0.8),
        claim("with N = 4 that with N = 2 by", peak[0, 2] - peak[0, 1], ">", 0.8),
        claim("best radius of layer 1 over that of layer 7, N = 1", best_at[0, 0] / best_at[2, 0], ">", 5),
        claim("hard clip: best accuracy, N = 2", hard[:, 3, 1].max(), "<", 6, paper=2.74),
        claim("hard clip: what the second point adds to the best accuracy",
              hard[:, 3, 1].max() - hard[:, 3, 0].max(), "<", 0.3, paper=0.57,
              differs="the authors' clip comes with max-pooling, which this chain has not"),
    ],
)  # fmt: skip

# %% [markdown]
# With the hard clip a second point hardly helps: its error comes from kinks that single units cross, not
# from the curvature that the second point cancels. Read across at three radii:

# %%
theirs = np.array([[0.9999313, 0.9999667, 0.9968456], [0.9999778, 0.9999994, 0.9999989],
                   [0.9999475, 0.9999991, 1 - 1e-7]])  # fmt: skip
ours = depth(chain, points[:3], (0.01, 0.1, 1.0), ("total",))[:, 0].T

# %%
record(
    "holo_ep/h22_fig4b",
    numbers={"points": points[:3], "radius": [0.01, 0.1, 1.0], "accuracy": ours,
             "authors_cosine": theirs},
    claims=[
        claim("at radius 1 two points gain over one, in decades", ours[1, 2] - ours[0, 2], ">", 1,
              paper=3.46),
        claim("and four over two", ours[2, 2] - ours[1, 2], ">", 1),
        claim("at radius 0.01 four points gain over two less than two over one, by",
              ours[1, 0] - ours[0, 0] - (ours[2, 0] - ours[1, 0]), ">", 0.5, paper=0.49 + 0.37),
        claim("with one point the radius 1 is the worst: by", ours[0, :2].min() - ours[0, 2], ">", 1,
              paper=1.66),
        claim("with one point the radius 0.01 is better than 0.1: by", ours[0, 0] - ours[0, 1], ">", 1,
              paper=-0.31, differs="in the deeper ConvNet rounding still rules at 0.01"),
    ],
)  # fmt: skip

# %% [markdown]
# ## What happens if
#
# ... the noise changes? The error of the toy network against radius, predicted, for 1, 2, 4, 8 points.


# %%
def draw(ax, noise):
    best = []
    for k, points in enumerate(counts):
        curve = [predicted_error(coefficients, noise**2 * unit_variance, points, r) for r in radii]
        error = np.sqrt(curve) / length
        best.append(error.min())
        ax.loglog(radii, error, color=f"C{k}")
    ax.set(xlabel="radius", ylim=(1e-6, 10))
    return "smallest errors with 1, 2, 4, 8 points: " + ", ".join(f"{b:.1e}" for b in best)


explore(draw, noise=[1e-5, 1e-4, 1e-3, 1e-2, 3e-2, 1e-1])

# %% [markdown]
# ## Exercises

# %% [markdown] tags=["exercise"]
# ### Exercise 1: how much smaller may the nudge become?
#
# *paper, 15 minutes, 4 points, difficulty 1 of 3*
#
# The mean square error of $N$ points at radius $r$ is, to leading order, $A^2 r^{2N} + \varsigma^2 V / (N r^2)$ up to a factor of the
# noise term that depends on $N$ only. Minimise it over $r$. How does the best radius scale with the noise
# $\varsigma$, and how does the root mean square error at the best radius?
#
# The noise falls by a factor of 100. Assign to `shrink_1` and `shrink_4` the factors by which the best radius falls for 1
# and for 4 points, and to `gain_4` the factor by which the root mean square error falls for 4 points.

# %% tags=["solution"]
# N A^2 r^(2N) = s^2 V / (N r^2): r goes with the noise to the power 1 / (N + 1), the error with N / (N + 1).
shrink_1, shrink_4, gain_4 = 100 ** (1 / 2), 100 ** (1 / 5), 100 ** (4 / 5)

for n, shrink in ((1, shrink_1), (4, shrink_4)):
    high, low = (leading_best_radius(coefficients, unit_variance * v, n) for v in (1e-6, 1e-10))
    assert np.isclose(high / low, shrink)
high, low = (best_radius(coefficients, unit_variance * v, 4, 0.55) for v in (1e-6, 1e-10))
assert abs(high[0] / low[0] / shrink_4 - 1) < 0.05  # on the whole series

# %% tags=["check"]
check("holo_ep-3.1", shrink_1, shrink_4, gain_4)

# %% tags=["mistakes"]
mistake(
    "holo_ep-3.1",
    100.0,
    ...,
    ...,
    hint="the aliasing error rises with r as the noise's falls: where do they balance?",
)
mistake(
    "holo_ep-3.1",
    ...,
    100 ** (1 / 4),
    ...,
    hint="the noise term falls with the radius, too: count both powers",
)
mistake(
    "holo_ep-3.1", ..., ..., 100 ** (8 / 5), hint="this is the mean square; its root is asked for"
)

# %% [markdown] tags=["exercise"]
# ### Exercise 2: what the imaginary part throws away
#
# *derivation, 15 minutes, 4 points, difficulty 2 of 3*
#
# A physical neuron's noise is real. The real part of an estimate from $N$ points weighs the reading at angle $\varphi_k$ by
# $\cos\varphi_k / N r$. Prove, for a symbolic $r$ and each of $N = 3, 5, 8$, that it keeps half of the variance that complex
# noise would leave: begin with `sum(sp.cos(2 * sp.pi * k / N)**2 for k in range(N))` and let a `Derivation` show what it
# equals (`.given(...)`, then `.rewrite(...)`, or `sp.simplify` where you trust it). What is different for $N = 1$ and 2?
#
# With unit variance on each reading, assign to `variance_5` the variance of the real part for 5 points, an expression in
# `r = sp.Symbol("r", positive=True)`, and to `kept` the shares of the variance kept for 1, 2 and 3 points.

# %% tags=["stub"]
r = sp.Symbol("r", positive=True)
variance_5 = ...
kept = ...

# %% tags=["solution"]
# The squares of the cosines sum to N / 2 from three points on; for one and two points all of them are 1.
r = sp.Symbol("r", positive=True)
total = {n: sum(sp.cos(2 * sp.pi * k / n) ** 2 for k in range(n)) for n in (1, 2, 3, 5, 8)}
kept = [sp.simplify(total[n]) / sp.Integer(n) for n in (1, 2, 3)]
variance_5 = sp.Rational(5, 2) / (5 * r) ** 2
assert sp.simplify(total[5] / (5 * r) ** 2 - variance_5) == 0
assert all(
    np.isclose(Contour.circle(n, 0.3).noise_gain() / Stencil.contour(n, 0.3).noise_gain, 0.5)
    for n in (3, 5, 8)
)

# %% tags=["check"]
check("holo_ep-3.2", variance_5, kept)

# %% tags=["mistakes"]
mistake("holo_ep-3.2", 1 / (5 * r**2), ..., hint="this is the variance with complex noise")
mistake("holo_ep-3.2", ..., [0.5, 0.5, 0.5], hint="with one or two points every angle is 0 or pi")

# %% [markdown] tags=["exercise"]
# ### Exercise 3: how long must a turn be?
#
# *simulation, 10 minutes, 3 points, difficulty 1 of 3*
#
# How many steps between turns make the error of the lag of the digits network (`network`, 10 points) smaller than $10^{-6}$
# of the gradient? The rate says: `needed`, the smallest whole number of steps $T$ with `rate ** T < 1e-6`. The exact
# prediction `lagged_gradient(network, 10, T)` leaves out the read-out's entries, the last 650 of `gradient`.
#
# Assign `needed`, and to `remaining` the relative error of `lagged_gradient` at that $T$ (its length over that of the same
# entries of `gradient`).

# %% tags=["solution"]
needed = int(np.ceil(np.log(1e-6) / np.log(rate)))
without = gradient[:-650]
remaining = np.linalg.norm(lagged_gradient(network, 10, needed) - without) / np.linalg.norm(without)
assert remaining < 1e-4  # the rate tells the power of T, not the factor before it

# %% tags=["check"]
check("holo_ep-3.3", needed, remaining, tolerance=0.02, zero=1e-12)

# %% tags=["mistakes"]
mistake(
    "holo_ep-3.3", needed // 2, ..., hint="solve rate ** T = 1e-6 with logarithms of the same base"
)
mistake(
    "holo_ep-3.3",
    ...,
    remaining * np.linalg.norm(without),
    hint="divide by the length of the gradient's entries",
)

# %% [markdown] tags=["exercise"]
# ### Exercise 4: a small nudge or a large one?
#
# *open, 20 minutes, 6 points, difficulty 3 of 3*
#
# Textbooks on equilibrium propagation ask for $\beta \to 0$. From the figures of this lesson, write down for (i) a deep network
# simulated in single precision, (ii) a shallow analogue network with neurons that fluctuate by 3 per cent, (iii) an analogue
# network whose teacher must move fast, what limits the nudge from below, what from above, and what more points on the circle buy. Ten lines.
#
# Then assign five truth values to `nudges`: (a) with one point there is a radius below which the estimate gets worse; (b) more
# points raise the best radius; (c) more points with the same radius reduce the effect of the lag; (d) in a deep chain the first
# layer needs a larger nudge than the last; (e) with a hard clip more points help as much as with a smooth activation.

# %% [markdown] tags=["solution"]
# (i) From below rounding limits the nudge, most in the layers far from the teacher; from above the aliasing error, of order
# $N$: points push the upper limit out, so the best radius grows. (ii) Noise takes the place of rounding; the same holds, and the
# best error falls like $\varsigma^{N/(N+1)}$, so that points turn a square root into nearly proportional. (iii) The lag adds an
# error $\lambda^T$ that no radius and no number of points reduces, since the lagged state is a holomorphic function as well:
# only time does, and more points cost time. With a hard clip the error comes from kinks, not from higher coefficients: a
# second point hardly helps. So (a), (b), (d) are true, (c) and (e) are not.

# %% tags=["solution"]
nudges = [True, True, False, True, False]
assert (best[1:, 0] > best[:-1, 0]).all()  # (b)
assert soft[0, 3, 0] < peak[3, 0] and best_at[0, 0] > best_at[2, 0]  # (a), (d)

# %% tags=["check"]
check("holo_ep-3.4", nudges)

# %% tags=["mistakes"]
mistake(
    "holo_ep-3.4",
    [True, True, True, True, False],
    hint="what kind of function of the nudge is the lagged state?",
)
mistake(
    "holo_ep-3.4",
    [True, True, False, True, True],
    hint="compare the rows of the table with the hard clip",
)

# %% [markdown]
# ## References
#
# * A. Laborieux, F. Zenke, *Holomorphic equilibrium propagation computes exact gradients through finite
#   size oscillations*, Advances in Neural Information Processing Systems 35 (2022): Figs. 3 and 4, in
#   networks of 256 units on MNIST and in ConvNets on small ImageNet.
# * The law of the lag at finite radius, the variance under real noise and the best radius are worked
#   out here.
