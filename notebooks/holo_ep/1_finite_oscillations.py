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

# %%
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Circle, FancyArrowPatch

from figures.kit import (
    BLACK,
    BLUE,
    GREEN,
    ORANGE,
    PAGE,
    PINK,
    SKY,
    VERMILION,
    claim,
    explore,
    label_panels,
    record,
    use_style,
)
from theory.ep import LayeredNetwork, SoftReadout
from theory.holo_ep import (
    ClampedNetwork,
    NotHolomorphic,
    aliased,
    aliasing_bound,
    best_number_of_points,
    contour_estimate,
    contour_estimates,
    contour_stencil,
    cosine,
    half_stencil,
    nudged_series,
    points_needed,
    relaxation_rate,
    settled_states,
    toy_network,
)
from theory.holo_ep.derivations import contour, holomorphic_activations, oscillating_teacher

use_style()

# %% [markdown]
# ## The network
#
# Neurons with a holomorphic activation receive input from below and from above; a soft maximum reads
# the last layer out. While the teacher pulls with a complex nudge, the states become complex, too.

# %%
figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.7), width_ratios=[1, 1.5])


def arrow(ax, start, end, colour=BLACK, **style):
    ax.add_patch(FancyArrowPatch(start, end, arrowstyle="-|>", mutation_scale=8, color=colour,
                                 shrinkA=0, shrinkB=0, **style))  # fmt: skip


def neuron(ax, x, y, text, colour=SKY, radius=0.32):
    ax.add_patch(Circle((x, y), radius, facecolor=colour, edgecolor=BLACK, alpha=0.8))
    ax.text(x, y, text, ha="center", va="center")


ax = axes[0]
neuron(ax, 0, 0, r"$\sigma(u_i)$", radius=0.6)
for x in (-0.9, 0, 0.9):
    arrow(ax, (x, -1.8), (x / 2.3, -0.6))
    arrow(ax, (x, 1.8), (x / 2.3, 0.6))
arrow(ax, (-2.2, 0), (-0.62, 0))
ax.text(0, -2.2, "from the layer below", ha="center", fontsize=7)
ax.text(0, 2.0, "from the layer above", ha="center", fontsize=7)
ax.text(-2.2, 0.15, "bias", fontsize=7)
ax.set(xlim=(-2.6, 2.2), ylim=(-2.6, 2.6), title="one neuron")
ax = axes[1]
rows = {"x": (-2, SKY), "s^1": (-0.8, SKY), "s^2": (0.4, SKY), r"\hat y": (1.6, ORANGE)}
for name, (y, colour) in rows.items():
    for x in (-1, 0, 1):
        neuron(ax, x, y, f"${name}$" if x == 0 else "", colour)
for low, high in ((-2, -0.8), (-0.8, 0.4), (0.4, 1.6)):
    style = "-|>" if low == -2 else "<|-|>"
    for x in (-1, 0, 1):
        ax.add_patch(FancyArrowPatch((x, low + 0.34), (x, high - 0.34), arrowstyle=style,
                                     mutation_scale=7, color=BLACK, shrinkA=0, shrinkB=0))  # fmt: skip
angle = np.linspace(0, 2 * np.pi, 100)
ax.plot(3 + 0.55 * np.cos(angle), 1.6 + 0.55 * np.sin(angle), "-", color=VERMILION)
arrow(ax, (3, 1.6), (3 + 0.55 * np.cos(0.9), 1.6 + 0.55 * np.sin(0.9)), VERMILION)
arrow(ax, (2.3, 1.6), (1.4, 1.6), VERMILION)
ax.text(
    3, 0.75, r"teacher $\beta(t) = r\,e^{2\pi i t/T}$", color=VERMILION, ha="center", fontsize=7
)
time = np.linspace(0, 2, 200)
for y, size in ((-0.8, 0.1), (0.4, 0.22)):
    ax.plot(2 + time, y - 0.1 + size * np.cos(2 * np.pi * time), "-", color=BLUE)
ax.text(
    3, -1.5, "activities oscillate about\ntheir fixed points", color=BLUE, ha="center", fontsize=7
)
ax.text(-1.7, -2, "input,\nclamped", ha="right", va="center", fontsize=7)
ax.set(xlim=(-3.2, 4.6), ylim=(-2.6, 2.6), title="the network under its teacher")
for ax in axes:
    ax.set_aspect("equal")
    ax.axis("off")
label_panels(axes)
record(
    "holo_ep/h22_fig1",
    figure,
    data={},
    claims=[],
    alt="Left: a neuron applies a holomorphic activation to the sum of inputs from the layers below "
    "and above and a bias. Right: a network with clamped input and two layers; a teacher that turns "
    "on a circle in the complex plane nudges the output, and the activities oscillate.",
)  # fmt: skip

# %% [markdown]
# ## The theorem
#
# If the equilibrium is a holomorphic function of the nudge, $g(\beta)$ has a power series, and a whole
# turn of the nudge leaves one coefficient of it. That $c_1 = g'(0)$ is the gradient of the loss is the
# theorem of equilibrium propagation, proved in the lessons on it.

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
    LayeredNetwork.random((3, 4, 2), 0, activation="hard_sigmoid"),
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
states = settled_states(toy, nudges)[:, 0]
change = states[:, :4] - toy.free[0, :4]
harmonics = np.fft.fft(change, axis=0) / 24  # row m: coefficient m times the radius to the power m
first = harmonics[1].real / 0.1
bias_gradient = gradient[40:44]  # of layer 1, after its 24 weights and the 16 of layer 2

# %%
figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.8), width_ratios=[1, 1.4])
colours, markers = (BLUE, VERMILION, GREEN, PINK), "os^D"
for k in range(4):
    ring = np.append(change[:, k], change[0, k]) * 1e3
    axes[0].plot(ring.imag, ring.real, color=colours[k], linewidth=0.8)
    axes[0].scatter(ring.imag[:-1], ring.real[:-1], s=np.linspace(2, 22, 24), color=colours[k],
                    marker=markers[k], linewidth=0)  # fmt: skip
    twice = np.tile(change[:, k].real, 2) * 1e3
    axes[1].plot(np.arange(48), twice, marker=markers[k], markersize=2.5, color=colours[k],
                 linewidth=0.8)  # fmt: skip
    shift = (0.9, 0.7, -0.9, -0.7)[k]  # pairs of neurons end close together
    axes[1].text(48.5, twice[-1] + shift, f"neuron {k + 1}", color=colours[k], va="center",
                 fontsize=7)  # fmt: skip
axes[0].set(xlabel=r"$\mathrm{Im}\,\Delta s \times 10^3$", ylabel=r"$\mathrm{Re}\,\Delta s \times 10^3$",
            title="one turn, layer 1")  # fmt: skip
axes[0].set_aspect("equal")
axes[1].set(xlabel="point on the circle", xlim=(-1, 58), xticks=[0, 12, 24, 36, 48], ylim=(-8.4, 6.3),
            ylabel=r"$\mathrm{Re}\,\Delta s \times 10^3$", title="two turns")  # fmt: skip
label_panels(axes)
distortion = np.abs(harmonics[2] / harmonics[1])
record(
    "holo_ep/h22_fig2a",
    figure,
    data={"point": np.arange(24), "change": change, "first_harmonic": first},
    claims=[
        claim("first harmonic of a neuron is minus the gradient of its bias: largest difference",
              np.abs(first + bias_gradient).max(), "<", 1e-12),
        claim("change of neuron 1 at the first point, times 1000", change[0, 0].real * 1e3,
              "between", (-7.013, -7.003), paper=-7.008),
        claim("change of neuron 3 half a turn later, times 1000", change[12, 2].real * 1e3,
              "between", (5.532, 5.542), paper=5.537),
        claim("second over first harmonic, largest: the response is visibly not sinusoidal",
              distortion.max(), ">", 0.1),
        claim("mean of the oscillation over its size: the free state needs no phase of its own",
              np.abs(harmonics[0]).max() / np.abs(change).max(), "<", 1e-12),
    ],
    alt="Left: the states of four neurons trace four closed, slightly egg-shaped loops in the "
    "complex plane as the nudge turns once. Right: their real parts over two turns are periodic "
    "and not quite sinusoidal, with different sizes and signs.",
)  # fmt: skip

# %% [markdown]
# The loops are egg-shaped: the response is not linear, and a difference of two of its points is biased.
# Its first harmonic is not. Below, one synapse between the layers at four radii: the raw change of the
# product of its two neurons, and the same divided by the nudge. The points of the second spread over
# more than ten times the gradient; their mean stays where it was.

# %%
radii_c = (0.001, 0.01, 0.1, 0.5)
place = 24 + 2 * 4 + 3  # weight of neuron 4 of layer 1 to neuron 3 of layer 2
exact = -gradient[place]
raw, demodulated = [], []
for radius in radii_c:
    at = settled_states(toy, circle(radius, 24))[:, 0]
    product = at[:, 3] * at[:, 6] - toy.free[0, 3] * toy.free[0, 6]
    raw.append(product / radius)
    demodulated.append(product / circle(radius, 24))

# %%
figure, axes = plt.subplots(1, 4, figsize=(PAGE, 2.3))
for ax, radius, one, two in zip(axes, radii_c, raw, demodulated, strict=True):
    for values, colour, marker in ((one, SKY, "."), (two, VERMILION, "s")):
        ring = np.append(values, values[0]) * 1e3
        ax.plot(ring.real, ring.imag, color=colour, marker=marker, markersize=3, linewidth=0.7)
    ax.plot(two.mean().real * 1e3, two.mean().imag * 1e3, "x", color=BLACK, markersize=7)
    ax.plot(exact * 1e3, 0, "+", color="0.5", markersize=11)
    ax.set(title=f"$r = {radius:g}$", xlabel="real part", box_aspect=1)
axes[0].set(ylabel=r"imaginary part ($\times 10^3$)")
axes[0].text(0, 0, "raw", color=BLUE, ha="center", va="center", fontsize=7)
axes[1].text(0.2, 0, "divided by\nthe nudge", color=VERMILION, ha="center", va="center", fontsize=7)
label_panels(axes)
means = np.array([two.mean() for two in demodulated])
spread = np.array([np.ptp(two.real) for two in demodulated])
record(
    "holo_ep/h22_fig2c",
    figure,
    data={"point": np.arange(24)}
    | {f"raw_{r:g}": v for r, v in zip(radii_c, raw, strict=True)}
    | {f"demodulated_{r:g}": v for r, v in zip(radii_c, demodulated, strict=True)},
    claims=[
        claim("minus the gradient of this weight, times 1000", exact * 1e3,
              "between", (3.0897, 3.0899), paper=3.0898137),
        claim("mean over it at radius 0.1, minus 1", abs(means[2].real / exact - 1), "<", 1e-9),
        claim("mean over it at radius 0.5, minus 1", abs(means[3].real / exact - 1), "<", 5e-4),
        claim("spread of the points over the gradient at radius 0.5", spread[3] / exact, ">", 10),
        claim("spread grows in proportion to the radius: slope from 0.001 to 0.01",
              np.log10(spread[1] / spread[0]), "between", (0.98, 1.02)),
    ],
    alt="Four panels for radii 0.001 to 0.5. The raw change of the product runs round the origin in "
    "each. Divided by the nudge it runs round the gradient, in a loop that grows with the radius, "
    "and its mean, a cross, stays on the plus sign of the exact gradient.",
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
coefficients = nudged_series(toy, 40)
length = np.linalg.norm(gradient)
grid = np.geomspace(5e-3, 0.5, 25)
measured = {
    points: np.linalg.norm(contour_estimates(toy, points, grid) - gradient, axis=1) / length
    for points in range(1, 11)
}
predicted = {
    points: np.array([np.linalg.norm(aliased(coefficients, points, r)) / length for r in grid])
    for points in measured
}


def measured_slope(points):
    """Slope between the smallest radii whose errors stand clear of rounding."""
    clear = np.flatnonzero(measured[points] > 2e-12)[[0, 3]]
    return np.diff(np.log(measured[points][clear]))[0] / np.diff(np.log(grid[clear]))[0]


slopes = np.array([measured_slope(n) for n in measured])

# %%
figure, axes = plt.subplots(1, 2, figsize=(PAGE, 3.0), width_ratios=[1.5, 1])
ax = axes[0]
shades = plt.get_cmap("viridis")(np.linspace(0, 0.9, 10))
for points, colour in zip(measured, shades, strict=True):
    ax.loglog(grid, predicted[points], "-", color=colour, linewidth=0.9)
    ax.loglog(grid, measured[points], "o", color=colour, markersize=2.5)
    if predicted[points][0] > 1e-15:  # the line begins at the left edge, else at the lower one
        ax.text(grid[0] * 0.93, predicted[points][0], f"{points}", color=colour, ha="right",
                va="center", fontsize=7)  # fmt: skip
    else:
        begins = np.interp(np.log(3e-16), np.log(predicted[points]), np.log(grid))
        ax.text(1.08 * np.exp(begins), 2.2e-16, f"{points}", color=colour, fontsize=7)
ax.set(xlabel="radius $r$", ylabel="relative error of the gradient", ylim=(1e-16, 2), xlim=(3.8e-3, 0.6),
       title="points: equilibria; lines: series")  # fmt: skip
ax.text(0.05, 2e-15, "points off the lines: rounding", fontsize=7, color="0.4")
axes[1].plot([0, 10.5], [0, 10.5], color="0.7", linewidth=1)
axes[1].plot(list(measured), slopes, "o", color=BLACK, markersize=4)
axes[1].set(xlabel="number of points $N$", ylabel="measured slope", xticks=range(0, 11, 2),
            title="order of the error")  # fmt: skip
label_panels(axes)
compared = {n: (measured[n] > 1e-11) & (grid < 0.45) for n in measured}
mismatch = max(np.abs(measured[n] / predicted[n] - 1)[compared[n]].max() for n in measured)
record(
    "holo_ep/x_aliasing_slopes",
    figure,
    data={"radius": grid} | {f"measured_{n}": v for n, v in measured.items()}
    | {f"predicted_{n}": v for n, v in predicted.items()},
    claims=[
        claim("slope of the error minus N, largest over N = 1 to 10",
              np.abs(slopes - np.arange(1, 11)).max(), "<", 0.02),
        claim("measured over predicted error up to radius 0.45: largest deviation from 1",
              mismatch, "<", 1e-3),
        claim("relative error of 10 points at radius 0.1",
              np.linalg.norm(contour_estimate(toy, 10, 0.1) - gradient) / length, "<", 1e-9),
    ],
    alt="Left: relative error against radius, doubly logarithmic, one line for each number of points "
    "from 1 to 10: the more points, the steeper. Measured points lie on the predicted lines down to "
    "rounding. Right: the measured slopes equal the number of points.",
)  # fmt: skip

# %% [markdown]
# ## Half of the circle is enough

# %%
contour.real_network()

# %%
nodes, weights = half_stencil(contour_stencil(10, 0.3))
print(len(nodes), "of 10 equilibria are relaxed")
half, whole = contour_estimate(toy, 10, 0.3), contour_estimate(toy, 10, 0.3, whole=True)
print("largest difference to the whole circle:", f"{np.abs(half - whole).max():.0e}")

# %% [markdown]
# ## How far can the radius go?
#
# The paper's measurement: 30 points or one, each relaxed for 100 synchronous steps from the free state.
# Thirty points give the gradient to machine precision over a third of the plot, and break all at once.
# The error of one point grows from the start. The break is the subject of the next lesson.

# %%
radii_d = np.linspace(0.01, 2, 50)
estimates = {n: contour_estimates(toy, n, radii_d, steps=100, warn=False) for n in (1, 30)}
curves = {n: cosine(found, gradient) for n, found in estimates.items()}
distance = np.linalg.norm(estimates[30] - gradient, axis=1) / length

# %%
figure, ax = plt.subplots(figsize=(PAGE, 2.6))
ax.axhline(1, color="0.7", linewidth=1)
ax.plot(radii_d, curves[1], "s-", color=VERMILION, markersize=3)
ax.plot(radii_d, curves[30], "o-", color=BLUE, markersize=3)
ax.text(0.2, 0.984, "classic, one point", color=VERMILION, ha="right", va="top")
ax.text(0.42, 0.9985, "holomorphic, 30 points", color=BLUE, ha="center", va="top")
ax.plot(radii_d[9], curves[30][9], "*", color=ORANGE, markersize=11)
ax.axvspan(radii_d[14], radii_d[15], color="0.85", zorder=0)
ax.text(0.605, 0.981, "breaks here", rotation=90, fontsize=7, ha="left", va="bottom")
ax.set(xlabel="radius $r$", ylabel="cosine with the gradient", xlim=(0, 0.9), ylim=(0.98, 1.001))
one, thirty = curves[1], curves[30]
record(
    "holo_ep/h22_fig2d",
    figure,
    data={"radius": radii_d, "one_point": one, "thirty_points": thirty},
    claims=[
        claim("30 points: 1 minus the cosine, largest up to radius 0.58", (1 - thirty[:15]).max(),
              "<", 1e-7, paper=1e-7),
        claim("30 points: cosine at radius 0.619, after the break", thirty[15],
              "between", (0.99728, 0.99732), paper=0.99730),
        claim("30 points: relative error at radius 0.579 times 10^4, where paths part slowly",
              distance[14] * length * 1e4, "between", (3.3, 3.6), paper=3.44),
        claim("one point: cosine at radius 0.2131", one[5], "between", (0.98651, 0.98653),
              paper=0.98652),
        claim("one point: cosine at radius 2", one[-1], "between", (0.79268, 0.79272),
              paper=0.79270),
    ],
    alt="Cosine with the gradient against radius. With one point it falls from 1 to 0.98 at radius "
    "0.25. With 30 points it stays at 1 up to radius 0.58 and drops suddenly before 0.62.",
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
    at = settled_states(toy, circle(radius, 48), tolerance=1e-10)[:, 0]
    loop = (at[:, 3] * at[:, 6] - toy.free[0, 3] * toy.free[0, 6]) / circle(radius, 48)
    ax.plot(np.append(loop, loop[0]).real * 1e3, np.append(loop, loop[0]).imag * 1e3, color=BLUE)
    ax.plot(exact * 1e3, 0, "+", color=BLACK, markersize=9)
    ax.plot(loop.mean().real * 1e3, loop.mean().imag * 1e3, "x", color=VERMILION)
    ax.set(xlabel="real part")


explore(draw, radius=[0.1, 0.2, 0.4, 0.5])

# %% [markdown]
# ## Exercises
#
# 1. Show that the estimate needs no free phase, even for the local rule: compute the product of free
#    activities from the points of the circle alone, and its error at radius 0.3 with 10 points.
# 2. The points need not start on the real axis. Turn all ten by 0.2 rad: what changes in the leading
#    error, and why is the half circle no longer enough?
# 3. Compare the bound of Cauchy's estimate on the circle of radius 0.55 with the error of 6 points at
#    radius 0.2. By how much is it too cautious?
# 4. Which coefficient can you cancel by combining the estimates with 3 points at radii $r$ and $r/2$?
#    Check the order.

# %% tags=["solution"]
# 1. The mean over the circle is the value at its centre, up to aliases of order N.
at = settled_states(toy, circle(0.3, 10))[:, 0]
mean_product = np.mean(at[:, 3] * at[:, 6])
error_of_mean = abs(mean_product - toy.free[0, 3] * toy.free[0, 6])

# %%
assert error_of_mean < 1e-4

# %% tags=["solution"]
# 2. c_(N+1) r^N is multiplied by e^(0.2 i N): its size stays, and its real part shrinks. The turned
#    points are no conjugate pairs any more, so all ten have to be relaxed.
turned = circle(0.3, 10) * np.exp(0.2j)
g = toy.products(settled_states(toy, turned), turned)
estimate = np.mean(g / turned[:, None], axis=0)
plain = contour_estimate(toy, 10, 0.3) - gradient

# %%
assert abs(np.linalg.norm(estimate - gradient) / np.linalg.norm(plain) - 1) < 0.05
assert np.linalg.norm(estimate.imag) > 0.1 * np.linalg.norm(plain)

# %% tags=["solution"]
# 3. The bound rests on the largest value on the whole circle.
outer = circle(0.55, 60)
largest = np.linalg.norm(
    toy.products(settled_states(toy, outer, tolerance=1e-10), outer), axis=1
).max()
bound = aliasing_bound(largest, 0.55, 6, 0.2)
true_error = np.linalg.norm(contour_estimate(toy, 6, 0.2) - gradient)

# %%
assert 1 < bound / true_error < 1000

# %% tags=["solution"]
# 4. The error c_4 r^3: with (8 g(r/2) - g(r)) / 7 the next one, of order 6, is left.
combined = [
    (8 * contour_estimate(toy, 3, r / 2) - contour_estimate(toy, 3, r)) / 7 for r in (0.1, 0.2)
]
errors = [np.linalg.norm(one - gradient) for one in combined]

# %%
assert abs(np.log2(errors[1] / errors[0]) - 6) < 0.1

# %% [markdown]
# ## References
#
# * A. Laborieux, F. Zenke, *Holomorphic equilibrium propagation computes exact gradients through finite
#   size oscillations*, Advances in Neural Information Processing Systems 35 (2022): the theorem, the
#   toy network, Figs. 1 and 2.
# * B. Scellier, Y. Bengio, *Equilibrium propagation*, Frontiers in Computational Neuroscience 11:24
#   (2017): the theorem of equilibrium propagation.
# * The aliasing series, its bound and the best number of points are worked out here.
