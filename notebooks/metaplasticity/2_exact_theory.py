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
# # Exact theory: hidden weights as integrators
#
# **After this lesson you can** predict the whole course of a single hidden weight, with or without
# metaplasticity; say why its binary weight represents a real number by its time average; and bound
# hidden weights and averaging errors for any Hessian.
#
# *25 minutes. Prerequisites: the first lesson; modular arithmetic; eigenvectors.*
#
# A binary weight can only be $+1$ or $-1$, yet on average it takes any value in between. How does a
# hidden weight manage that, how precise is it, and why does it not wander off?
#
# | symbol | name in the code | meaning |
# |---|---|---|
# | $w$ | `optimum` | optimum of one synapse, in $[-1, 1]$ |
# | $h = \eta\lambda$ | `step` | learning rate times curvature |
# | $\langle s\rangle$ | `simulated_mean` | time average of the binary weight |
# | $\kappa = m\eta\lambda$ | `strength` | metaplasticity in units of one step |
# | $V$ | `energy` | Lyapunov function of the hidden weights |

# %%
import matplotlib.pyplot as plt
import numpy as np

from figures.kit import (
    BLACK,
    BLUE,
    GREEN,
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
from theory.metaplasticity import (
    QuadraticTask,
    averaging_error_bound,
    hidden_weight_bound,
    lyapunov_value,
    mean_field,
    polarised_mean,
    rotation_interval,
    rotation_orbit,
    simulate_hidden_weights,
    simulate_scalar_weights,
)
from theory.metaplasticity.derivations import mean_field as convergence_derivations
from theory.metaplasticity.derivations import rotation as derivations

use_style()

# %% [markdown]
# ## One synapse is a rotation
#
# The hidden weight goes down by $h(1-w)$ when it is positive and up by $h(1+w)$ when it is negative.

# %%
derivations.circle_rotation()

# %% [markdown]
# A rotation by an irrational fraction of a turn visits its circle uniformly. Averages over the uniform
# density are elementary, and they obey an exact balance.

# %%
derivations.stationary_averages()

# %% [markdown]
# Prediction: the closed-form orbit. Simulation: the update itself. They are written separately and
# must agree to rounding at every step.

# %%
optimum, step, steps = np.sqrt(0.2), 0.1, 4000
start = 0.013
task = QuadraticTask([[1.0]], [optimum])
simulated = simulate_hidden_weights(task, [start], steps, step, record_hidden=True).hidden[:, 0]
predicted = rotation_orbit(start, optimum, step, steps)
low, high = rotation_interval(optimum, step)
signs = np.where(simulated[:-1] >= 0, 1.0, -1.0)
elapsed = np.arange(1, steps + 1)
error = np.abs(np.cumsum(signs) / elapsed - optimum)

# %%
figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.5), width_ratios=[1.5, 0.8, 1.2])
ax = axes[0]
shown = np.arange(26)
ax.vlines(shown, 0, simulated[:26], color=[VERMILION if x >= 0 else BLUE for x in simulated[:26]],
          linewidth=1)  # fmt: skip
ax.plot(shown, predicted[:26], "o", color=BLACK, markersize=3)
ax.axhspan(low, high, color=BLACK, alpha=0.06)
ax.axhline(0, color=BLACK, linewidth=0.6)
ax.text(0.5, high * 1.03, "absorbing interval", fontsize=7, va="bottom")
ax.set(xlabel="step", ylabel="hidden weight $W$", title="stems: simulation, dots: rotation",
       ylim=(low * 1.15, high * 1.25))  # fmt: skip
ax = axes[1]
counts, edges = np.histogram(simulated, bins=20, range=(low, high))
density = counts / counts.sum() / np.diff(edges)
ax.stairs(density, edges, orientation="horizontal", fill=True, color=GREEN, alpha=0.5)
ax.plot([1 / (2 * step)] * 2, [low, high], color=BLACK)
ax.text(0.45 / step, 0, "predicted $1/2h$", rotation=90, ha="right", va="center", fontsize=7)
ax.set(xlabel="density", title="visited uniformly", ylim=(low * 1.15, high * 1.25), yticklabels=[])
ax = axes[2]
ax.loglog(elapsed, error, ".", color=PINK, markersize=1.5)
ax.loglog(elapsed, 2 / elapsed, color=BLACK)
ax.text(60, 0.09, "bound $2/T$", fontsize=7)
ax.set(xlabel="steps $T$", ylabel=r"$|\langle s\rangle - w|$", title="error of the mean sign",
       ylim=(1e-7, 4))  # fmt: skip
label_panels(axes)

record(
    "metaplasticity/x_rotation",
    figure,
    data={"step": shown, "simulated": simulated[:26], "predicted": predicted[:26],
          "bin": edges[:-1], "density": density, "steps": elapsed[::100], "error": error[::100]},
    claims=[
        claim("closed-form orbit against simulation: largest deviation in units of h",
              np.abs(simulated - predicted).max() / step, "<", 1e-9),
        claim("error of the mean sign times steps: largest value (the bound is 2)",
              (error * elapsed).max(), "<=", 2),
        claim("uniform density: largest deviation of a bin of twenty, relative",
              np.abs(density * 2 * step - 1).max(), "<", 0.03),
        claim("mean size minus w times mean weight, relative to learning rate times mean loss",
              (np.abs(simulated).mean() - optimum * simulated.mean())
              / (step * (1 - optimum**2) / 2), "between", (0.995, 1.005)),
    ],
    alt="Left: a hidden weight jumps up and down in an interval around zero; dots of the predicted "
    "rotation sit on the simulated stems. Middle: histogram of the visited values, flat at the "
    "predicted density. Right: error of the average sign against the number of steps on double "
    "logarithmic axes, always below the line two over T.",
)  # fmt: skip

# %% [markdown]
# Engineers know this device as a first-order **sigma-delta modulator**: the hidden weight is the
# integrator, the binary weight the one-bit output, the optimum the input. An input beyond $\pm 1$
# overloads the modulator: the hidden weight diverges, at the speed that the first lesson found.
#
# ## Metaplasticity: polarisation
#
# Now multiply inward steps by $f = \operatorname{sech}^2(mW)$. The hidden weight of a free synapse always
# moves inward, so every step is affected.

# %%
derivations.polarisation()

# %%
derivations.expansion()

# %% [markdown]
# The formula for the mean is a second-order average. A single orbit can do more: for weak expansion
# the *sequence of signs* may lock to a period over a whole range of optima, while the hidden weight
# itself never repeats. The mean sign then is a staircase.

# %%
rng = figure_rng("metaplasticity/x_locking")
grid = np.linspace(0.2, 0.55, 701)
staircase = simulate_scalar_weights(grid, 0.001, 3000, 1.0, 0.3, discard=1000)
coarse = np.linspace(-0.975, 0.975, 40) + 0.5 / np.pi / 40
means = {}
for strength in (0.1, 0.2, 1.0):
    many = rng.uniform(-1, 1, (50, 1)) * 0.1
    means[strength] = simulate_scalar_weights(
        coarse, many, 4000, 1.0, strength, discard=300
    ).mean(axis=0)  # fmt: skip
thirds = grid[np.abs(staircase - 1 / 3) < 1e-3]
halves = grid[np.abs(staircase - 1 / 2) < 1e-3]

# %%
figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.7))
ax = axes[0]
ax.plot(grid, staircase - grid, color=BLUE, linewidth=1, linestyle="-")
ax.plot(grid, polarised_mean(grid, 0.3) - grid, color=BLACK, linestyle="--", linewidth=1)
ax.annotate("locked at 1/3", (thirds.mean(), 0.018), (0.345, 0.005), fontsize=7,
            arrowprops={"arrowstyle": "-", "linewidth": 0.6})  # fmt: skip
ax.annotate("locked at 1/2", (halves.mean(), 0.02), (0.5, 0.008), fontsize=7,
            arrowprops={"arrowstyle": "-", "linewidth": 0.6})  # fmt: skip
ax.text(0.317, 0.0275, "dashed: second order", fontsize=7)
ax.set(
    xlabel="optimum $w$", ylabel=r"$\langle s\rangle - w$", title=r"single orbits, $\kappa = 0.3$"
)
ax = axes[1]
for (strength, mean), marker, colour in zip(
    means.items(), "os^", (BLUE, GREEN, VERMILION), strict=True
):
    shift = (mean - coarse) / strength**2
    ax.plot(coarse, shift, marker, color=colour, markersize=3, label=rf"$\kappa = {strength:g}$")
ax.plot(coarse, 2 / 3 * coarse * (1 - coarse**2), color=BLACK, label="second order")
ax.set(xlabel="optimum $w$", ylabel=r"$(\langle s\rangle - w)/\kappa^2$", title="mean over starts")
ax.legend(loc="upper left")
label_panels(axes)

second = polarised_mean(coarse, 0.1)
record(
    "metaplasticity/x_locking",
    figure,
    data={"optimum": grid, "single_orbit": staircase, "grid": coarse,
          **{f"mean_{k:g}": v for k, v in means.items()}},
    claims=[
        claim("signs locked to period three: width of the range of optima", np.ptp(thirds), ">", 0.015),
        claim("signs locked at one half (three of four): width", np.ptp(halves), ">", 0.005),
        claim("second-order formula at strength 0.1: root mean square error over largest shift",
              np.sqrt(np.mean((means[0.1] - second) ** 2)) / np.abs(second - coarse).max(), "<", 0.25),
        claim("at strength 1 the mean sign is polarised: mean over positive optima of the shift",
              (means[1.0] - coarse)[coarse > 0].mean(), ">", 0.05),
    ],
    alt="Left: difference between mean sign and optimum of single orbits; a saw-tooth staircase "
    "around a smooth second-order curve, with descending flanks where the mean sign is locked at "
    "one third and one half. Right: shift of the mean sign divided by the squared strength, for "
    "three strengths, against the second-order curve, which fits the weak ones.",
)  # fmt: skip

# %% [markdown]
# ## Many synapses: a Lyapunov function
#
# With interacting synapses there is no closed orbit, but there is an energy that every step changes in
# a known way.

# %%
convergence_derivations.lyapunov()

# %% [markdown]
# The same energy, measured from the predicted motion, proves that time averages converge for every
# Hessian, learning rate and optimum.

# %%
convergence_derivations.convergence()

# %%
rng = figure_rng("metaplasticity/x_boundedness")
basis, _ = np.linalg.qr(rng.standard_normal((30, 30)))
hessian = (basis * rng.uniform(0.5, 3.0, 30)) @ basis.T
inside = QuadraticTask((hessian + hessian.T) / 2, rng.uniform(-0.9, 0.9, 30))
outside = QuadraticTask(inside.hessian, 2.5 * inside.optimum)
start, learning_rate, steps = 5 * rng.standard_normal(30), 0.1, 3000
run = simulate_hidden_weights(inside, start, steps, learning_rate, record_hidden=True)
signs = np.where(run.hidden >= 0, 1.0, -1.0)
energy = lyapunov_value(inside, run.hidden)
pull = np.sum(np.abs(run.hidden) * (1 - signs * inside.optimum), axis=1)
law = -learning_rate * pull + learning_rate**2 * inside.loss(signs)
violation = np.abs(np.diff(energy) - law[:-1]).max() / energy.max()

# %%
state = mean_field(outside)
times = np.unique(np.geomspace(3, 30_000, 40).astype(int))
path = simulate_hidden_weights(outside, start, times[-1], learning_rate, record_hidden=True).hidden
sums = np.cumsum(np.where(path[:-1] >= 0, 1.0, -1.0), axis=0)[times - 1]
miss = sums / times[:, None] - state.binary_mean
measured = np.sqrt(np.einsum("ti,ij,tj->t", miss, outside.hessian, miss))
bound = averaging_error_bound(outside, state, start, times, learning_rate)
late = np.polyfit(np.log(times[-15:]), np.log(measured[-15:]), 1)[0]

# %%
figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.7))
ax = axes[0]
ax.semilogy(energy[:1500], color=BLUE, linestyle="-")
ceiling = lyapunov_value(inside, start)
ax.axhline(ceiling, color=BLACK, linewidth=0.8)
ax.text(1500, ceiling * 0.75, "start", ha="right", va="top", fontsize=7)
ax.text(
    700, 4 * energy[1000:].mean(), "stays near zero for ever", fontsize=7, color=BLUE, ha="center"
)
ax.set(
    xlabel="step",
    ylabel=r"energy $V = \frac{1}{2} W^\top H^{-1} W$",
    title="optimum inside the box",
)
ax = axes[1]
ax.loglog(times, bound, color=BLACK, linestyle="--")
ax.loglog(times, measured, "o", color=VERMILION, markersize=3)
ax.text(times[-1], 4 * bound[-8], "proved bound", ha="right", fontsize=7)
ax.text(times[20], measured[20] * 0.25, f"simulated,\nslope {late:.2f}", ha="right", va="top", fontsize=7,
        color=VERMILION)  # fmt: skip
ax.set(xlabel="steps $T$", ylabel=r"$\|\langle s\rangle - \bar s\|_H$", title="optimum outside")
label_panels(axes)

record(
    "metaplasticity/x_boundedness",
    figure,
    data={"energy": energy[:1500], "steps": times, "error": measured, "bound": bound},
    claims=[
        claim("energy change against the identity, every step: largest relative deviation",
              violation, "<", 1e-12),
        claim("hidden weights stay below the bound: largest norm over bound",
              np.linalg.norm(run.hidden, axis=1).max()
              / hidden_weight_bound(inside, start, learning_rate), "<", 1),
        claim("energy of the last third over that of the start",
              energy[-1000:].max() / energy[0], "<", 0.02),
        claim("averaging error over its bound: largest value", (measured / bound).max(), "<", 1),
        claim("averaging error falls faster than the bound's one half: logarithmic slope",
              late, "between", (-1.2, -0.8)),
    ],
    alt="Left: energy of the hidden weights falls from its start value by orders of magnitude and "
    "then stays low. Right: error of the averaged signs against steps on double logarithmic axes; "
    "points fall with slope minus one, well below the proved bound, which falls with slope minus "
    "one half.",
)  # fmt: skip

# %% [markdown]
# The bound holds always and falls as $T^{-1/2}$; the simulated error falls as $1/T$. That is the general
# case: once the signs of the consolidated weights are settled, what remains is a bounded problem.
#
# ## What happens if
#
# ... the strength of the metaplasticity changes? Single orbits; weak expansion locks, strong expansion
# does not.


# %%
def draw(ax, strength):
    w = np.linspace(-1, 1, 301)
    ax.plot(w, simulate_scalar_weights(w, 0.001, 1500, 1.0, strength, discard=500))
    ax.plot(w, w, color=BLACK, linestyle=":", linewidth=0.8)
    ax.set(xlabel="optimum $w$", ylabel="mean sign")


explore(draw, strength=[0.0, 0.3, 1.0, 3.0])

# %% [markdown]
# ## Exercises
#
# 1. For $w = 1/3$ the rotation is by $2/3$ of a turn. What is the sequence of signs, and how large can
#    the error of the mean be after $3n$ steps?
# 2. How many steps does a hidden weight that starts at $W_0 = 5$ need to reach the absorbing interval,
#    for $w = 0.4$ and $h = 0.1$? Derive the number and check it.
# 3. Show by simulation that the mean sign does not depend on the learning rate, for $m = 0$. Which
#    combination of $m$ and learning rate matters for $m > 0$?

# %% tags=["solution"]
# 1. Two up, one down, with period three: after 3n steps the mean is exact.
orbit = rotation_orbit(0.01, 1 / 3, 0.1, 300)
period = np.where(orbit[:-1] >= 0, 1, -1).reshape(-1, 3)

# %%
assert np.all(period.sum(axis=1) == 1)

# %% tags=["solution"]
# 2. It falls by h (1 - w) a step until it is below h (1 + w).
needed = int(np.ceil((5 - 0.1 * 1.4) / (0.1 * 0.6)))

# %%
hidden = simulate_hidden_weights(QuadraticTask([[1.0]], [0.4]), [5.0], 200, 0.1, record_hidden=True)
first = np.flatnonzero(hidden.hidden[:, 0] < 0.1 * 1.4)[0]
assert first == needed
print("steps to the absorbing interval:", needed)

# %% tags=["solution"]
# 3. The learning rate is the unit of the hidden weight; with metaplasticity m times that unit matters.
plain = [simulate_scalar_weights(0.4, 0.07 * h, 1000, h) for h in (0.1, 1.0)]
scaled = [simulate_scalar_weights(0.4, 0.07 * h, 1000, h, 0.5 / h) for h in (0.125, 1.0)]

# %%
assert abs(plain[0] - plain[1]) < 4 / 1000  # both are within 2/T of the optimum
assert abs(scaled[0] - scaled[1]) < 1e-12
assert abs(scaled[0] - 0.4) > 0.01

# %% [markdown]
# ## References
#
# * A. Laborieux, M. Ernoult, T. Hirtzlin, D. Querlioz, *Synaptic metaplasticity in binarized neural
#   networks*, Nature Communications 12:2549 (2021): the theorem for a diagonal Hessian and the lemma
#   that hidden weights diverge where the optimum leaves the box.
# * R. M. Gray, *Quantization noise spectra*, IEEE Trans. Information Theory 36 (1990): sigma-delta
#   modulators with constant input as rotations.
# * The Lyapunov identities, the convergence proof, the polarisation and the locking are derived here.
