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
# # Lag, noise and depth
#
# **After this lesson you can** predict what a network measures that never comes to rest under its
# teacher; choose the radius and the number of points when neurons are noisy; and say why deep networks
# need *finite* nudges, which only a circle of them makes exact.
#
# *35 minutes. Prerequisites: the first lesson on finite oscillations; variance; eigenvalues.*
#
# The theorem speaks of equilibria, without noise, in exact arithmetic. A physical network lags behind
# its teacher, its neurons fluctuate, and a simulation rounds. All three ask for a larger nudge or for
# more time; aliasing asks for a smaller one.
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
    label_panels,
    record,
    use_style,
)
from theory.data import load_images
from theory.ep import Stencil
from theory.holo_ep import (
    Classifiers,
    aliased,
    best_radius,
    contour_estimate,
    cosine,
    deep_chain,
    lagged_gradient,
    layer_cosines,
    leading_best_radius,
    noise_gain,
    noisy_estimates,
    nudged_series,
    oscillate,
    predicted_error,
    product_variance,
    relaxation_rate,
    single_precision_estimate,
    toy_network,
)
from theory.holo_ep.derivations import oscillating_teacher

use_style()
digits = load_images("digits")
images = digits.train_images[:10].astype(float)
targets = np.eye(10)[digits.train_labels[:10]]


def clamped_classifier(seed):
    """64-64-64 shifted sigmoids and a read-out of ten classes, untrained, on ten digits."""
    random = Classifiers.random((64, 64, 64, 10), "shifted_sigmoid", (seed,), 0.6)
    return random.clamped(0, images, targets)


def digits_of_accuracy(estimate, exact):
    return -np.log10(max(1 - cosine(estimate, exact), 1e-14))


# %% [markdown]
# ## A network that never rests
#
# In continuous time the state follows the moving equilibrium late and damped.

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
network = clamped_classifier(2)
gradient = network.gradient
rate = relaxation_rate(network)
teaching_steps = (5, 10, 20, 30, 40)
runs = {t: oscillate(network, 10, 0.5, t, 40) for t in teaching_steps}
accuracy = {
    t: np.array([digits_of_accuracy(e, gradient) for e in run.estimates]) for t, run in runs.items()
}
steady = {t: 40 * run.estimates[-1] - 39 * run.estimates[-2] for t, run in runs.items()}
transient = {t: np.linalg.norm(run.estimates - steady[t], axis=1) for t, run in runs.items()}


def plateau(t):
    """Predicted accuracy after infinitely many periods: the read-out itself does not lag."""
    inner = lagged_gradient(network, 10, t)
    return digits_of_accuracy(np.append(inner, gradient[len(inner) :]), gradient)


# %%
figure, ax = plt.subplots(figsize=(PAGE, 3.0))
shades = plt.get_cmap("viridis")(np.linspace(0, 0.85, 5))
periods = np.arange(1, 41)
for t, colour in zip(teaching_steps, shades, strict=True):
    ax.plot(periods, accuracy[t], "-", color=colour)
    ax.text(40.6, accuracy[t][-1], f"{10 * t} steps", color=colour, va="center", fontsize=7)
for t, colour in zip(teaching_steps[:2], shades, strict=False):
    ax.plot([0, 40], [plateau(t)] * 2, color=colour, linestyle="--", linewidth=0.8)
ax.plot([0, 40], [7.2, 7.2], color="0.6", linestyle=":")
ax.text(40.6, 12.6, "period of", fontsize=7, va="center")
ax.text(39, 8.4, "dotted: rounding of single precision, where the paper's plot ends", fontsize=7,
        color="0.4", ha="right")  # fmt: skip
ax.text(20, plateau(5) + 0.1, "dashed: predicted plateau of the lag", fontsize=7, color=shades[0],
        ha="center")  # fmt: skip
ax.set(xlabel="periods averaged", ylabel=r"$-\log_{10}(1 - \mathrm{cosine})$", xlim=(0, 47), ylim=(0, 13),
       yticks=(0, 2, 4, 6, 8, 10, 12))  # fmt: skip
fading = np.polyfit(np.log(periods[4:]), np.log(transient[20][4:]), 1)[0]
record(
    "holo_ep/h22_fig3a",
    figure,
    data={"period": periods} | {f"accuracy_{10 * t}_steps": v for t, v in accuracy.items()},
    claims=[
        claim("distance to the steady estimate against the number of periods, slope", fading,
              "between", (-1.05, -0.95)),
        claim("every longer period is better after 40 of them: smallest gain in decades",
              np.diff([accuracy[t][-1] for t in teaching_steps]).min(), ">", 1),
        claim("predicted plateau minus accuracy reached with 50 steps", plateau(5) - accuracy[5][-1],
              "between", (0, 0.5)),
        claim("the same with 200 steps", plateau(20) - accuracy[20][-1], "between", (0, 0.5)),
    ],
    alt="Accuracy of the running estimate against the number of periods, five curves for periods of 50 "
    "to 400 steps. All rise, ever more slowly, towards plateaus; the two shortest reach the "
    "predicted ones, the longest exceeds single precision.",
)  # fmt: skip

# %%
measured = np.array([runs[t].residual for t in teaching_steps])
authors = 10.0 ** -np.array([1.968, 2.500, 3.464, 4.309, 5.089])
lengths = 10 * np.array(teaching_steps)
slope = np.polyfit(teaching_steps[1:], np.log10(measured[1:]), 1)[0]
figure, ax = plt.subplots(figsize=(PAGE, 2.5))
ax.semilogy(lengths, measured, "o", color=BLUE)
fine = np.linspace(5, 40, 50)
ax.semilogy(10 * fine, measured[-1] * rate ** (fine - 40), "-", color=BLUE, linewidth=1)
ax.semilogy(lengths, authors, "s", markerfacecolor="none", color="0.5")
ax.text(
    300, measured[3] * 0.25, "this network;\nline: predicted rate", color=BLUE, ha="right", va="top"
)
ax.text(310, authors[3] * 1.6, "authors' network", color="0.4")
ax.set(xlabel="steps in one period", ylabel="distance from rest", xticks=lengths)
record(
    "holo_ep/h22_fig3b",
    figure,
    data={"period": lengths, "residual": measured, "authors": authors},
    claims=[
        claim("measured over predicted decay for each step of the network", slope / np.log10(rate),
              "between", (0.95, 1.2)),
        claim("decades lost from 50 to 400 steps", np.log10(measured[0] / measured[-1]), ">", 3,
              paper=3.121),
    ],
    alt="Mean residual against the length of a period on a logarithmic axis: a straight line down from "
    "1e-2 at 50 steps to below 1e-6 at 400, parallel to the predicted rate. The authors' network, "
    "open squares, decays a little more slowly.",
)  # fmt: skip

# %% [markdown]
# ## Noise: how large a circle, how many points?

# %%
oscillating_teacher.radius_against_noise()

# %% [markdown]
# **Prediction** for the toy network: squared aliasing error from the power series plus the variance of
# the products, from the covariance of the fluctuating states. **Simulation**: noisy relaxation, 400
# independent networks for every point.

# %%
toy = toy_network()
inner = slice(0, 48)  # parameters of the network without its read-out
coefficients = nudged_series(toy, 26)[:, inner]
unit_variance = product_variance(toy).sum()
length = np.linalg.norm(toy.gradient[inner])
noise = 1e-3
kinds = {1: (VERMILION, "s"), 2: (ORANGE, "^"), 4: (GREEN, "D"), 8: (BLUE, "o")}
radii = np.geomspace(0.01, 0.55, 60)
sampled_radii = radii[::6]
predicted, sampled, best = {}, {}, {}
for points in kinds:
    variance = noise**2 * unit_variance
    predicted[points] = [
        np.sqrt(predicted_error(coefficients, variance, points, r)) / length for r in radii
    ]
    row = []
    for k, r in enumerate(sampled_radii):
        found = noisy_estimates(
            toy, points, r, noise, k, steps=20, copies=400, readings=1
        )[:, inner]  # fmt: skip
        row.append(np.sqrt(np.mean(np.sum((found - toy.gradient[inner]) ** 2, axis=1))) / length)
    sampled[points] = np.array(row)
    best[points] = best_radius(coefficients, variance, points, 0.55)
levels = np.geomspace(1e-6, 1e-2, 13)
least = {
    points: np.array([
        np.sqrt(best_radius(coefficients, t**2 * unit_variance, points, 0.55)[1]) for t in levels
    ]) / length
    for points in kinds
}  # fmt: skip

# %%
figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.9))
for points, (colour, marker) in kinds.items():
    axes[0].loglog(radii, predicted[points], "-", color=colour, linewidth=1)
    axes[0].loglog(sampled_radii, sampled[points], marker, color=colour, markersize=3.5)
    axes[0].plot(best[points][0], np.sqrt(best[points][1]) / length, "*", color=BLACK, markersize=8)
    axes[1].loglog(levels, least[points], "-", color=colour, marker=marker, markersize=3)
    axes[1].text(
        levels[0] * 0.8, least[points][0], f"{points}", color=colour, ha="right", va="center"
    )
axes[0].set(
    xlabel="radius $r$",
    ylabel="relative error",
    title=rf"noise $\varsigma = {noise:g}$; stars: best",
)
axes[1].set(xlabel=r"noise $\varsigma$", ylabel="least relative error", xlim=(3e-7, 2e-2),
            title="the best radius for $N$ points")  # fmt: skip
label_panels(axes)
near = sampled_radii < 0.2  # beyond, the nudge changes the fluctuations themselves
deviation = max(np.abs(sampled[n] / np.array(predicted[n])[::6] - 1)[near].max() for n in kinds)
powers = {n: np.polyfit(np.log(levels[:5]), np.log(e[:5]), 1)[0] for n, e in least.items()}
closed = [leading_best_radius(coefficients, noise**2 * unit_variance, n) for n in (1, 2, 4)]
record(
    "holo_ep/x_radius_against_noise",
    figure,
    data={"radius": radii, "sampled_radius": sampled_radii, "noise": levels}
    | {f"predicted_{n}": np.array(v) for n, v in predicted.items()}
    | {f"sampled_{n}": v for n, v in sampled.items()}
    | {f"least_{n}": v for n, v in least.items()},
    claims=[
        claim("sampled over predicted error below radius 0.2: largest deviation from 1", deviation,
              "<", 0.12),
        claim("power of the noise in the least error, one point", powers[1], "between", (0.48, 0.52)),
        claim("two points", powers[2], "between", (0.65, 0.68)),
        claim("four points", powers[4], "between", (0.78, 0.82)),
        claim("closed form of the best radius over the minimum found, 1, 2 and 4 points: largest "
              "deviation", max(abs(c / best[n][0] - 1) for c, n in zip(closed, (1, 2, 4), strict=True)),
              "<", 0.05),
        claim("best radius grows with the number of points: smallest ratio",
              min(best[b][0] / best[a][0] for a, b in ((1, 2), (2, 4), (4, 8))), ">", 1.3),
    ],
    alt="Left: error against radius for 1, 2, 4 and 8 points: falls with the radius while noise rules, "
    "rises when aliasing takes over; sampled points lie on the predicted curves and the best radius "
    "moves right with the number of points. Right: the least error against noise, steeper for more "
    "points.",
)  # fmt: skip

# %% [markdown]
# The same trade-off in the larger network, with the authors' procedure: the classic estimate averages
# five readings of each phase, the circle has 15 points, and the state is carried over between nudges.

# %%
noisy_net = clamped_classifier(1)
exact = noisy_net.gradient
layers = noisy_net.layer_slices()
radii_c = np.linspace(0.01, 4, 20)
found = {
    points: [noisy_estimates(noisy_net, points, r, 0.03, 3, steps=20, copies=4) for r in radii_c]
    for points in (1, 15)
}


def mean_cosine(points, part=slice(None)):
    return np.array([np.mean(cosine(e[:, part], exact[part])) for e in found[points]])


curves = {points: mean_cosine(points) for points in found}

# %%
figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.8), width_ratios=[1.4, 1])
ax = axes[0]
ax.plot(radii_c, curves[15], "o-", color=BLUE, markersize=3)
ax.plot(radii_c, curves[1], "s-", color=VERMILION, markersize=3)
ax.plot([1.90], [0.99888], "*", markerfacecolor="none", color=BLUE, markersize=11)
ax.plot([1.48], [0.95468], "*", markerfacecolor="none", color=VERMILION, markersize=11)
ax.text(2.6, 0.975, "15 points", color=BLUE, ha="center")
ax.text(1.6, 0.9, "classic", color=VERMILION)
ax.text(2.0, 0.953, "open stars: authors' best", fontsize=7, color="0.4", va="center")
ax.set(
    xlabel="radius $r$",
    ylabel="cosine with the gradient",
    ylim=(0.8, 1.005),
    title="all parameters",
)
ax = axes[1]
for (name, part), style in zip(layers.items(), ("-", "--", ":"), strict=True):
    ax.plot(radii_c, mean_cosine(15, part), style, color=BLUE)
    ax.plot(radii_c, mean_cosine(1, part), style, color=VERMILION)
    ax.plot([], [], style, color=BLACK, label=name)
ax.legend(loc="lower right")
ax.set(xlabel="radius $r$", title="layer by layer", ylim=(0, 1.03))
label_panels(axes)
peak = {points: radii_c[curve.argmax()] for points, curve in curves.items()}
record(
    "holo_ep/h22_fig3c",
    figure,
    data={"radius": radii_c, "classic": curves[1], "fifteen_points": curves[15]}
    | {f"{name}_fifteen_points": mean_cosine(15, part) for name, part in layers.items()},
    claims=[
        claim("best cosine of the classic estimate", curves[1].max(), "between", (0.9, 0.96),
              paper=0.95468),
        claim("best cosine with 15 points", curves[15].max(), ">", 0.997, paper=0.99888),
        claim("best radius of the classic estimate", peak[1], "between", (0.4, 1.3), paper=1.48),
        claim("best radius with 15 points", peak[15], ">", 1.3, paper=1.90),
        claim("cosine of the classic estimate at radius 0.01: noise alone", curves[1][0], "<", 0.3,
              paper=0.131),
        claim("cosine of the read-out's own gradient there: it needs no nudge",
              mean_cosine(1, layers["read-out"])[0], ">", 0.99),
    ],
    alt="Left: cosine with the gradient against radius under noise. The classic estimate peaks near "
    "0.93 at a radius just below one and falls; with 15 points the cosine stays above 0.995 from 1 to "
    "3. Right: the same for every layer; the read-out is exact at small radii.",
)  # fmt: skip

# %% [markdown]
# ## Depth and rounding
#
# Rounding is noise, too. In a chain of seven layers the teacher moves the first a hundred times less
# than the last, and a small nudge moves it by less than the last digit of single precision. The deeper
# the layer, the larger the nudge it needs.

# %%
chain, kinked = (deep_chain(7, 40, 0, scale=0.75, holomorphic=h) for h in (True, False))
radii_d = np.geomspace(1e-4, 10, 21)
cases = {(chain, 1): VERMILION, (chain, 2): ORANGE, (chain, 4): GREEN, (chain, 20): BLUE,
         (kinked, 1): VERMILION, (kinked, 2): ORANGE}  # fmt: skip
shown = ("layer 1", "layer 4", "layer 7", "total")
depth = {}
for net, points in cases:
    each = [layer_cosines(net, single_precision_estimate(net, points, r, 100)) for r in radii_d]
    for name in shown:
        gap = 1 - np.array([row[name] for row in each])
        depth[net is chain, points, name] = -np.log10(np.maximum(gap, 1e-9))

# %%
figure, axes = plt.subplots(1, 4, figsize=(PAGE, 2.7), sharey=True)
for ax, name in zip(axes, shown, strict=True):
    for (net, points), colour in cases.items():
        style = "-" if net is chain else "--"
        ax.semilogx(radii_d, depth[net is chain, points, name], style, color=colour, linewidth=1.2)
    ax.set(title=name, xlabel="radius $r$", ylim=(0, 9.3), xticks=(1e-3, 1e-1, 1e1))
for points, place in ((1, (0.07, 0.93)), (2, (0.07, 0.86)), (4, (0.07, 0.79)), (20, (0.07, 0.72))):
    axes[0].text(*place, f"$N = {points}$", color=cases[chain, points], transform=axes[0].transAxes,
                 fontsize=7)  # fmt: skip
axes[2].text(0.05, 0.03, "dashed: hard clip", transform=axes[2].transAxes, fontsize=7)
axes[0].set(ylabel=r"$-\log_{10}(1 - \mathrm{cosine})$")
label_panels(axes)


def best_of(holomorphic, points, name):
    curve = depth[holomorphic, points, name]
    return curve.max(), radii_d[curve.argmax()]


first, last = depth[True, 2, "layer 1"], depth[True, 1, "total"]
left = np.polyfit(np.log10(radii_d[1:7]), first[1:7], 1)[0]
falling = (radii_d > 0.05) & (radii_d < 0.6)
right = np.polyfit(np.log10(radii_d[falling]), last[falling], 1)[0]
record(
    "holo_ep/h22_fig4a",
    figure,
    data={"radius": radii_d}
    | {f"{'soft' if h else 'hard'}_{n}_{name}": v for (h, n, name), v in depth.items()},
    claims=[
        claim("rounding: gain in decades for each decade of the radius, layer 1, N = 2", left,
              "between", (1.6, 2.4)),
        claim("aliasing: loss for each decade, all layers, N = 1", -right, "between", (1.6, 2.2)),
        claim("best accuracy, N = 1", best_of(True, 1, "total")[0], "between", (6, 7.2), paper=4.8),
        claim("best accuracy with N = 2 in layer 1 exceeds that with N = 1 by",
              best_of(True, 2, "layer 1")[0] - best_of(True, 1, "layer 1")[0], ">", 0.8),
        claim("with N = 4 that with N = 2 by",
              best_of(True, 4, "layer 1")[0] - best_of(True, 2, "layer 1")[0], ">", 0.8),
        claim("best radius of layer 1 over that of layer 7, N = 1",
              best_of(True, 1, "layer 1")[1] / best_of(True, 1, "layer 7")[1], ">", 5),
        claim("hard clip: best accuracy, N = 2", best_of(False, 2, "total")[0], "<", 6, paper=2.74),
        claim("hard clip: what the second point adds to the best accuracy",
              best_of(False, 2, "total")[0] - best_of(False, 1, "total")[0], "<", 0.3, paper=0.57),
    ],
    alt="Four panels, for layers 1, 4 and 7 of a chain of seven and for all parameters: accuracy "
    "against radius. Each curve rises where rounding rules and falls where aliasing does; with more "
    "points the fall starts at larger radii. Early layers need larger radii. The hard clip, dashed, "
    "stays several decades below.",
)  # fmt: skip

# %% [markdown]
# With the hard clip a second point hardly helps: its error comes from kinks that single units cross, not
# from the curvature that the second point cancels. Read across at three radii:

# %%
counts = (1, 2, 4)
ours = {
    r: [-np.log10(max(1 - layer_cosines(chain, single_precision_estimate(chain, n, r, 100))["total"],
                      1e-9)) for n in counts]
    for r in (0.01, 0.1, 1.0)
}  # fmt: skip
theirs = {0.01: (0.9999313, 0.9999778, 0.9999475), 0.1: (0.9999667, 0.9999994, 0.9999991),
          1.0: (0.9968456, 0.9999989, 1 - 1e-7)}  # fmt: skip

# %%
figure, ax = plt.subplots(figsize=(PAGE, 2.7))
for (r, values), colour, marker in zip(ours.items(), (VERMILION, GREEN, BLUE), "so^", strict=True):
    ax.plot(counts, values, marker=marker, linestyle="-", color=colour)
    ax.plot(np.array(counts) + 0.04, [-np.log10(1 - c) for c in theirs[r]], marker=marker,
            linestyle=":", markerfacecolor="none", color=colour, linewidth=0.8)  # fmt: skip
    ax.text(4.15, values[-1] - {0.01: 0.35, 0.1: -0.35, 1.0: 0}[r], f"$r = {r:g}$", color=colour,
            va="center")  # fmt: skip
ax.text(4.6, 1.2, "open: authors' ConvNet", fontsize=7, color="0.4", ha="right")
ax.set(xlabel="number of points $N$", ylabel=r"$-\log_{10}(1 - \mathrm{cosine})$", xticks=counts,
       xlim=(0.8, 4.8), ylim=(1, 9.5))  # fmt: skip
record(
    "holo_ep/h22_fig4b",
    figure,
    data={"points": counts} | {f"accuracy_{r:g}": v for r, v in ours.items()}
    | {f"authors_{r:g}": v for r, v in theirs.items()},
    claims=[
        claim("at radius 1 two points gain over one, in decades", ours[1.0][1] - ours[1.0][0], ">", 1,
              paper=3.46),
        claim("and four over two", ours[1.0][2] - ours[1.0][1], ">", 1),
        claim("at radius 0.01 four points gain over two at most", ours[0.01][2] - ours[0.01][1], "<",
              1, paper=-0.37),
        claim("with one point the radius 1 is the worst: by", min(ours[0.01][0], ours[0.1][0]) - ours[1.0][0],
              ">", 1, paper=1.66),
    ],
    alt="Accuracy against the number of points at radii 0.01, 0.1 and 1. At the largest radius it rises "
    "from 2 with one point to almost 6 with four; at small radii two points are enough. The "
    "authors' ConvNet, open markers, shows the same order with one point.",
)  # fmt: skip

# %% [markdown]
# ## What happens if
#
# ... the noise changes? The error of the toy network against radius, predicted, for 1, 2, 4, 8 points.


# %%
def draw(ax, noise):
    for points, (colour, _) in kinds.items():
        curve = [predicted_error(coefficients, noise**2 * unit_variance, points, r) for r in radii]
        ax.loglog(radii, np.sqrt(curve) / length, "-", color=colour)
    ax.set(xlabel="radius", ylim=(1e-6, 10))


explore(draw, noise=[1e-5, 1e-3, 1e-1])

# %% [markdown]
# ## Exercises
#
# 1. How many steps between turns make the error of the lag smaller than $10^{-6}$ in the digits
#    network? Estimate it from the relaxation rate, and check with the exact prediction.
# 2. Real noise on a circle: show that the imaginary part of the estimate, which is discarded, carries
#    half of the variance. Compare `noise_gain` with that of a `Stencil`, which assumes complex noise.
# 3. In which ratio do the best radii for 1 and for 4 points stand, if the noise falls by a factor of
#    100? Use the closed form, then check it on the series.

# %% tags=["solution"]
# 1. The error of the lag goes with rate^T.
needed = int(np.ceil(np.log(1e-6) / np.log(rate)))
remaining = np.linalg.norm(lagged_gradient(network, 10, needed) - gradient[:-650])

# %%
assert 40 < needed < 90 and remaining / np.linalg.norm(gradient) < 1e-5

# %% tags=["solution"]
# 2. The sum of cos^2 over the circle is N/2, that of cos^2 + sin^2 is N.
ratios = [noise_gain(n, 0.3) / Stencil.contour(n, 0.3).noise_gain for n in (3, 5, 8)]

# %%
assert np.allclose(ratios, 0.5)

# %% tags=["solution"]
# 3. r goes with the noise to the power 1 / (N + 1): 100^(1/2) and 100^(1/5).
shrink = {
    n: leading_best_radius(coefficients, unit_variance * 1e-6, n)
    / leading_best_radius(coefficients, unit_variance * 1e-10, n)
    for n in (1, 4)
}

# %%
assert np.allclose([shrink[1], shrink[4]], [10, 100**0.2])
optimum = [best_radius(coefficients, unit_variance * v, 4, 0.55)[0] for v in (1e-6, 1e-10)]
assert abs(optimum[0] / optimum[1] / shrink[4] - 1) < 0.05
assert np.linalg.norm(aliased(coefficients, 4, optimum[1])) < np.linalg.norm(
    aliased(coefficients, 4, optimum[0])
)
assert np.linalg.norm(contour_estimate(toy, 4, optimum[1]) - toy.gradient) < 1e-3

# %% [markdown]
# ## References
#
# * A. Laborieux, F. Zenke, *Holomorphic equilibrium propagation computes exact gradients through finite
#   size oscillations*, Advances in Neural Information Processing Systems 35 (2022): Figs. 3 and 4, in
#   networks of 256 units on MNIST and in ConvNets on small ImageNet.
# * The law of the lag at finite radius, the variance under real noise and the best radius are worked
#   out here.
