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
# # Exact theory: hidden weights as integrators
#
# **After this lesson you can** predict the whole course of a single hidden weight, with or without
# metaplasticity; say why its binary weight represents a real number by its time average; and bound
# hidden weights and averaging errors for any Hessian.
#
# *35 minutes. Prerequisites: the first lesson; modular arithmetic; eigenvectors.*
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
import numpy as np

from classroom import check, mistake
from figures.kit import BLACK, claim, explore, figure_rng, record, use_style
from theory.metaplasticity import (
    QuadraticTask,
    averaging_error_bound,
    hidden_weight_bound,
    locking_plateau,
    lyapunov_value,
    mean_field,
    polarised_mean,
    renormalised_map,
    rotation_interval,
    rotation_orbit,
    rotation_range,
    simulate_hidden_weights,
    simulate_scalar_weights,
)
from theory.metaplasticity.derivations import locking, rotation
from theory.metaplasticity.derivations import mean_field as convergence_derivations

use_style()

# %% [markdown]
# ## One synapse is a rotation
#
# The hidden weight goes down by $h(1-w)$ when it is positive and up by $h(1+w)$ when it is negative.
# The last steps show that an orbit stays in an interval of length $2h$, so that its mean sign is
# within $2/T$ of the optimum after $T$ steps.

# %%
rotation.circle_rotation()

# %% [markdown]
# A rotation by an irrational fraction of a turn visits its circle uniformly. Averages over the uniform
# density are elementary, and they obey an exact balance.

# %%
rotation.stationary_averages()

# %% [markdown]
# Prediction: the closed-form orbit. Simulation: the update itself. They are written separately and
# must agree to rounding at every step. The identity of the averages holds up to what the ends of the
# orbit contribute, at most $4|w|/T + (1+w)^2/T$ over $1 - w^2$.

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
visited = simulated[:-1]
balance = (np.abs(visited).mean() - optimum * visited.mean()) / (step * (1 - optimum**2) / 2)
ends_of_orbit = (4 * optimum + (1 + optimum) ** 2) / (steps * (1 - optimum**2))

# %% [markdown]
# How uniform is uniform? This rotation, by $(1 + w)/2$ of a turn, is related to the golden one: its
# continued fraction holds ones and a single two. For partial quotients up to 2 the number of visits to any arc
# differs from its share of $T$ by at most $3 + (1/\ln\varphi + 2/\ln 3)\ln T$ (Kuipers and Niederreiter).

# %%
visits = np.histogram(visited, bins=20, range=(low, high))[0]
golden = (1 + np.sqrt(5)) / 2
most_uneven = 3 + (1 / np.log(golden) + 2 / np.log(3)) * np.log(steps)
shown = np.unique(np.geomspace(1, steps, 400).astype(int)) - 1

record(
    "metaplasticity/x_rotation",
    numbers={"step": np.arange(26), "simulated": simulated[:26], "predicted": predicted[:26],
             "interval": [low, high], "map_from": [[low, 0.0], [0.0, high]],
             "map_to": [[low + high, high], [low, low + high]],
             "steps": elapsed[shown], "error": error[shown], "bound": 2.0},
    claims=[
        claim("closed-form orbit against simulation: largest deviation in units of h",
              np.abs(simulated - predicted).max() / step, "<", 1e-9, kind="exact"),
        claim("error of the mean sign times steps: largest value against the proved bound",
              (error * elapsed).max(), "<=", 2, kind="agreement"),
        claim("visits to twentieths of the interval: largest relative deviation from an even share, "
              "proved bound", np.abs(visits / (steps / 20) - 1).max(), "<", most_uneven / (steps / 20),
              kind="agreement"),
        claim("mean size minus w times mean weight over learning rate times mean loss: deviation from 1, "
              "within what the ends of the orbit contribute", abs(balance - 1), "<", ends_of_orbit,
              kind="agreement"),
    ],
)  # fmt: skip

# %% [markdown]
# Engineers know this device as a first-order **sigma-delta modulator**: the hidden weight is the
# integrator, the binary weight the one-bit output, the optimum the input. An input beyond $\pm 1$
# overloads the modulator: the hidden weight diverges, at the speed that the first lesson found.
#
# ## Metaplasticity: polarisation
#
# Now multiply inward steps by $f = \operatorname{sech}^2(mW)$. The hidden weight of a free synapse
# always moves inward, so every step is affected. To second order, for $\kappa < 1/2$; the uniform
# density on each side is put in.

# %%
rotation.polarisation()

# %%
locking.expansion()

# %% [markdown]
# ## Locking: a staircase of means over chaos
#
# The formula for the mean is a second-order average over starts. A single orbit does more: over whole
# ranges of optima its *mean sign* is locked to a fraction. Its *sequence* of signs is not
# periodic. It cannot be: the map expands, so all orbits that share one sequence of signs for ever are
# one single, unstable orbit.
#
# **Where are the plateaus?** Close the interval to a circle, from $1 + w$ back to $w - 1$ (in units of $h$). At
# zero both branches give $1 + w$, so there the map is continuous on the circle; where the circle closes it
# jumps *back*, by $F(1 + w) - F(w - 1) > 0$. Such a map has no single rotation number but an
# interval of them, between those of its two monotone envelopes: the upper envelope stays at $F(1 + w)$ for a while after
# the closing point, the lower one waits at $F(w - 1)$ before it. A mean sign of $2p/q - 1$ is forced on *every* orbit
# where both envelopes turn by $p/q$. The lower one starts to, and the upper one ceases to, when the end of
# its flat part comes to lie on an orbit of period $q$: two equations, each with one unknown, solved to rounding.

# %%
locking.plateau()

# %%
grid = np.linspace(-0.02, 0.62, 641)
strengths, steps = np.array([0.1, 0.2, 0.3, 0.5]), 3000
staircase = simulate_scalar_weights(grid, 0.001, steps, 1.0, strengths[:, None], discard=1000)
pairs = np.array([(p, q) for q in range(2, 13) for p in range(1, q) if np.gcd(p, q) == 1])
plateaus = locking_plateau(*pairs.T, strengths[:, None])
mean_of = 2 * pairs[:, 0] / pairs[:, 1] - 1
thirds = locking_plateau(2, 3, 0.3)
zoom = np.linspace(0.285, 0.345, 241)
lowest, highest = rotation_range(zoom, 0.3, 2000)
typical = simulate_scalar_weights(zoom, 0.001, steps, 1.0, 0.3, discard=1000)

# %% [markdown]
# On the plateau the orbit visits $q$ intervals in turn. Look at the one around zero every $q$ steps: the
# **renormalised map** $F^q$ has again two expanding branches and a jump at zero, and both fit into the interval. As
# long as they do, blocks of $q$ signs all have the same sum, while the branch that is taken, hence the order of the signs
# within a block, is chaotic.

# %%
chaotic = QuadraticTask([[1.0]], [1 / np.pi])
path = simulate_hidden_weights(chaotic, [0.001], 31_000, 1.0, 0.3, record_hidden=True)
orbit = path.hidden[1000:31_000, 0]
signs = np.where(orbit >= 0, 1, -1)
cuts = [signs[k : k + 29_997].reshape(-1, 3) for k in range(3)]  # three ways to cut into blocks
blocks = min(cuts, key=lambda cut: np.sum(cut.sum(axis=1) != 1))
words = {tuple(signs[k : k + 18]) for k in range(20_000)}
ends, place, image = renormalised_map(2, 3, 1 / np.pi, 0.3)
offsets = (orbit[k::3] for k in range(3))
every_third = max(offsets, key=lambda x: np.mean((x > ends[0]) & (x < ends[1])))

# %% [markdown]
# How fast do plateaus grow? The width over $\kappa^2$ against its leading order. And the mean over many starts,
# against the formula of second order.

# %%
small = np.geomspace(0.025, 0.4, 9)
shown = np.array([(1, 2), (2, 3), (3, 4), (4, 5)])
widths = locking_plateau(*shown.T, small[:, None]).width
leading = 2 * (1 - (2 * shown[:, 0] / shown[:, 1] - 1) ** 2) / shown[:, 1]
gap = 1 - widths / small[:, None] ** 2 / leading
rng = figure_rng("metaplasticity/x_locking")
coarse = np.linspace(-0.975, 0.975, 40) + 0.5 / np.pi / 40
averaged_strengths = np.array([0.1, 0.2, 1.0])
starts = 0.1 * rng.uniform(-1, 1, (3, 50, 1))
many = averaged_strengths[:, None, None]
averaged = simulate_scalar_weights(coarse, starts, 4000, 1.0, many, discard=300).mean(axis=1)
second = polarised_mean(coarse, 0.1)


# %%
def misplaced(index, margin=0.05):
    """Grid optima that are locked where they should not be, or not where they should."""
    wrong = 0
    for k in np.flatnonzero(plateaus.width[index] > 0.003):
        low, high = plateaus.low[index, k], plateaus.high[index, k]
        edge, bound = margin * (high - low), 2 * pairs[k, 1] / steps
        locked = np.abs(staircase[index] - mean_of[k]) <= bound
        wrong += np.sum(~locked & (grid > low + edge) & (grid < high - edge))
        wrong += np.sum(
            locked & ((grid < low - 2 * edge - 2 * bound) | (grid > high + 2 * edge + 2 * bound))
        )
    return wrong


numbers = {
    "optimum": grid, "strengths": strengths, "single_orbit": staircase.T, "fraction": mean_of,
    "plateau_low": plateaus.low.T, "plateau_high": plateaus.high.T, "zoom": zoom, "typical": typical,
    "lowest": lowest, "highest": highest, "ends": [thirds.low, thirds.high], "map_ends": ends,
    "place": place.T, "image": image.T, "orbit": every_third[:25], "blocks": blocks[:40],
    "small": small, "period": shown[:, 1], "width": widths, "leading": leading, "grid": coarse,
    "averaged_strengths": averaged_strengths, "averaged": averaged.T,
    "second_order": (second - coarse) / 0.1**2,
}  # fmt: skip

# %%
record(
    "metaplasticity/x_locking",
    numbers=numbers,
    claims=[
        claim("simulated means against the exact ends of all wider plateaus, four strengths: optima on "
              "the wrong side", sum(misplaced(k) for k in range(4)), "==", 0, kind="agreement"),
        claim("at strength 0.3 plateaus of period up to twelve hold this share of all optima",
              plateaus.width[2].sum() / 2, "between", (0.1, 0.3)),
        claim("at strength 1 two expanding branches do not fit: total width of plateaus",
              locking_plateau(*pairs.T, 1.0).width.sum(), "==", 0),
        claim("on the plateau of 1/3: blocks of three signs, of 9999, without exactly one minus",
              np.sum(blocks.sum(axis=1) != 1), "==", 0),
        claim("yet the signs have no period three: share that differs from the sign three steps before",
              np.mean(signs[3:] != signs[:-3]), ">", 0.3),
        claim("nor another short period: different words of 18 signs in a row", len(words), ">", 18),
        claim("both branches of the renormalised map expand: smallest slope",
              (np.diff(image) / np.diff(place)).min(), ">", 1),
        claim("width against its leading order: halving the strength divides the relative gap by four",
              (gap[2] / gap[0]).max(), "between", (3.5, 4.5), kind="agreement"),
        claim("second-order formula at strength 0.1: root mean square error over largest shift",
              np.sqrt(np.mean((averaged[0] - second) ** 2)) / np.abs(second - coarse).max(), "<", 0.25),
        claim("at strength 1 the mean sign is polarised: mean over positive optima of the shift",
              (averaged[2] - coarse)[coarse > 0].mean(), ">", 0.05),
    ],
)  # fmt: skip

# %% [markdown]
# Read the staircase with the band below it: outside the plateaus an orbit with a mean anywhere in the band exists, and a
# typical orbit has one in between; on a plateau the band has shrunk to a line. The two edges of the band are devil's
# staircases in the strict sense; the typical mean has flat steps only where the band closes. There are fewer of them
# the stronger the metaplasticity: two branches that expand by more than two fit into no interval.

# %% [markdown]
# ## Many synapses: a Lyapunov function
#
# With interacting synapses there is no closed orbit, but there is an energy that every step changes in
# a known way.

# %%
convergence_derivations.lyapunov()

# %% [markdown]
# The same energy, measured from the predicted motion, shows that time averages converge for every
# positive definite Hessian of any size, every learning rate and optimum: it rises by at most $\eta^2
# B$ in a step, so by $T$ times as much in $T$ steps.

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
record(
    "metaplasticity/x_boundedness",
    numbers={"step": np.arange(0, 1500, 5), "energy": energy[:1500:5], "steps": times,
             "error": measured, "bound": bound, "slope": late},
    claims=[
        claim("energy change against the identity, every step: largest relative deviation",
              violation, "<", 1e-12, kind="exact"),
        claim("hidden weights stay below the bound: largest norm over bound",
              np.linalg.norm(run.hidden, axis=1).max()
              / hidden_weight_bound(inside, start, learning_rate), "<", 1, kind="agreement"),
        claim("energy of the last third, largest, over what the largest single step from zero has",
              energy[-1000:].max() / (learning_rate**2 * inside.loss(signs).max()), "<", 1),
        claim("averaging error over its bound: largest value", (measured / bound).max(), "<", 1,
              kind="agreement"),
        claim("averaging error falls faster than the bound's one half: logarithmic slope",
              late, "between", (-1.2, -0.8)),
    ],
)  # fmt: skip

# %% [markdown]
# The bound holds always and falls as $T^{-1/2}$; the simulated error falls as $1/T$. Why? Unless a
# multiplier of a consolidated weight happens to vanish, the signs of the consolidated weights are settled
# after finitely many steps, and what remains is a problem with the optimum inside its box. Its hidden
# weights stay bounded, as on the left. Summed updates give
# $\eta H(\bar s - \langle s\rangle)\,T = W_T - W_0 - \eta v T$: bounded, so the error is of order $1/T$.
#
# ## What happens if
#
# ... the strength of the metaplasticity changes? Mean sign of single orbits.


# %%
def draw(ax, strength):
    w = np.linspace(-1, 1, 301)
    mean = simulate_scalar_weights(w, 0.001, 1500, 1.0, strength, discard=500)
    ax.plot(w, mean)
    ax.plot(w, w, color=BLACK, linestyle=":", linewidth=0.8)
    ax.set(xlabel="optimum $w$", ylabel="mean sign")
    return f"largest distance of the mean sign from the optimum {np.abs(mean - w).max():.2f}"


explore(draw, strength=[0.0, 0.1, 0.3, 1.0, 2.0, 3.0])

# %% [markdown]
# ## Exercises

# %% [markdown] tags=["exercise"]
# ### Exercise 1: a third of the way
#
# *paper, 8 minutes, 3 points, difficulty 1 of 3*
#
# A single synapse has the optimum $w = 1/3$, the step $h = 0.1$ and starts at 0.01. Follow it by hand for six steps: it
# falls by $h(1-w)$ from where it is positive or zero, and rises by $h(1+w)$ from where it is negative. Assign the six signs,
# that of the start first, to `signs`.
#
# The mean of the first $T$ signs deviates from $1/3$. Which is the largest value of $T$ times the deviation, over all $T$?
# Assign it to `largest`, and compare it with the proved bound.

# %% tags=["solution"]
orbit = rotation_orbit(0.01, 1 / 3, 0.1, 300)
every = np.where(orbit[:-1] >= 0, 1, -1)
signs = every[:6]  # up, down, up, with period three
largest = 2 / 3  # after one step and after two; after three the mean is exact
sums = np.cumsum(every) - np.arange(1, 301) / 3
assert np.all(every.reshape(-1, 3).sum(axis=1) == 1)
assert abs(np.abs(sums).max() - largest) < 1e-9

# %% tags=["check"]
check("metaplasticity-2.1", signs, largest)

# %% tags=["mistakes"]
mistake(
    "metaplasticity-2.1",
    [1, 1, -1, 1, 1, -1],
    2,
    hint="the first step is down: it starts at 0.01, less than h (1 - w); and 2 is the bound for all optima",
)
mistake("metaplasticity-2.1", -signs, -largest)

# %% [markdown] tags=["exercise"]
# ### Exercise 2: where metaplasticity polarises most
#
# *derivation, 10 minutes, 3 points, difficulty 2 of 3*
#
# `rotation.polarisation()` expands the mean sign of a metaplastic synapse in the strength $\kappa$; its step `"result"` is an
# expression in the symbols `kappa` and `w`. Take it, and assign to `shift` what metaplasticity adds to the optimum $w$, as an
# expression. For which positive $w$ is the shift largest? Assign this number to `where`.

# %% tags=["solution"]
result = rotation.polarisation()["result"]
(w,) = (symbol for symbol in result.free_symbols if symbol.name == "w")
shift = result - w
where = 1 / np.sqrt(3)  # the slope of w (1 - w**2) vanishes
assert abs(shift.diff(w).subs(w, where).subs({s: 1 for s in shift.free_symbols - {w}})) < 1e-12

# %% tags=["check"]
check("metaplasticity-2.2", shift, where)

# %% tags=["mistakes"]
mistake(
    "metaplasticity-2.2",
    result,
    0.5,
    hint="take off what the mean sign would be without metaplasticity; and set a slope to zero",
)
mistake("metaplasticity-2.2", -shift, 1 / where)

# %% [markdown] tags=["exercise"]
# ### Exercise 3: what the learning rate is for
#
# *simulation, 12 minutes, 4 points, difficulty 2 of 3*
#
# Run `simulate_scalar_weights(0.4, 0.07 * h, 1000, h)` for $h = 0.1$ and $h = 1$: it returns the mean sign for the optimum 0.4.
# Assign the two means to `plain`. With metaplasticity $m$ as a fifth argument, which combination of $m$ and $h$ must be
# kept so that nothing changes? Show it with the same start in units of $h$ for $h = 0.125$ and $h = 1$, with $m = 0.5$ at $h = 1$:
# assign these two means to `scaled`.

# %% tags=["solution"]
plain = [simulate_scalar_weights(0.4, 0.07 * h, 1000, h) for h in (0.1, 1.0)]
scaled = [simulate_scalar_weights(0.4, 0.07 * h, 1000, h, 0.5 / h) for h in (0.125, 1.0)]
assert abs(plain[0] - plain[1]) < 4 / 1000  # both are within 2/T of the optimum
assert abs(scaled[0] - scaled[1]) < 1e-12
assert abs(scaled[0] - 0.4) > 0.01

# %% tags=["check"]
check("metaplasticity-2.3", plain, scaled)

# %% tags=["mistakes"]
same_m = [simulate_scalar_weights(0.4, 0.07 * h, 1000, h, 0.5) for h in (0.125, 1.0)]
mistake(
    "metaplasticity-2.3",
    ...,
    same_m,
    hint="keep the product of m and the learning rate, not m alone",
)
mistake(
    "metaplasticity-2.3",
    ...,
    [0.4, 0.4],
    hint="metaplasticity moves the mean sign away from the optimum",
)

# %% [markdown] tags=["exercise"]
# ### Exercise 4: the way in
#
# *paper, 8 minutes, 3 points, difficulty 2 of 3*
#
# A hidden weight starts at $W_0 = 5$, far outside its absorbing interval, whose upper end is $h(1+w)$. How many steps does
# it need until it is below this end for the first time, for $w = 0.4$ and $h = 0.1$? Derive the number and assign it to `needed`.

# %% tags=["solution"]
needed = int(np.ceil((5 - 0.1 * 1.4) / (0.1 * 0.6)))  # it falls by h (1 - w) a step
hidden = simulate_hidden_weights(QuadraticTask([[1.0]], [0.4]), [5.0], 200, 0.1, record_hidden=True)
assert np.flatnonzero(hidden.hidden[:, 0] < 0.1 * 1.4)[0] == needed

# %% tags=["check"]
check("metaplasticity-2.4", needed, tolerance=1e-4)

# %% tags=["mistakes"]
mistake("metaplasticity-2.4", 84, hint="down to zero is farther than to the end of the interval")
mistake(
    "metaplasticity-2.4", 35, hint="a positive hidden weight falls by h (1 - w), not by h (1 + w)"
)

# %% [markdown] tags=["exercise"]
# ### Exercise 5: a noisy converter
#
# *open, 12 minutes, 5 points, difficulty 3 of 3*
#
# An engineer reads the signs as the output of a one-bit converter and complains that its error falls like $1/T$ only, and that
# it answers simple fractions with short periods. Which changes of the synapse would help, and at what price? Consider two
# synapses with different starts that are averaged, noise added to the hidden weight, and a smaller learning rate. Ten lines at most.
#
# Then judge four statements, and assign four truth values to `judged`: (a) without metaplasticity the mean sign is within $2/T$ of
# an optimum inside the interval, at every learning rate; (b) for an irrational optimum the sequence of signs never
# becomes periodic; (c) with metaplasticity the mean sign converges to the optimum more slowly, but does; (d) for an optimum
# of 1.2 the mean sign tends to one, and the hidden weight grows without bound.

# %% [markdown] tags=["solution"]
# A smaller learning rate changes nothing: it is the unit of the hidden weight. Averaging two synapses that start at different
# places makes patterns finer, but both errors are bounded by $2/T$ in their own right, so the gain is a factor, not another power; it
# costs a synapse. Noise breaks the short periods, which spreads their tones over all frequencies (dithering); the hidden weight still
# integrates, so that the mean of $T$ signs stays within a constant over $T$ plus what the noise adds to the hidden weight, which grows like a root if
# it is a random walk and is pulled back by the sign. A second integrator would give another power, at the price of stability.

# %% tags=["solution"]
judged = [True, True, False, True]

# %% tags=["check"]
check("metaplasticity-2.5", judged)

# %% tags=["mistakes"]
mistake(
    "metaplasticity-2.5",
    [True, True, True, True],
    hint="look at the polarisation: where do mean signs end with metaplasticity?",
)
mistake(
    "metaplasticity-2.5",
    [False, True, False, True],
    hint="what became of the learning rate in the bound?",
)

# %% [markdown]
# ## References
#
# * A. Laborieux, M. Ernoult, T. Hirtzlin, D. Querlioz, *Synaptic metaplasticity in binarized neural
#   networks*, Nature Communications 12:2549 (2021): the theorem for a diagonal Hessian and the lemma
#   that hidden weights diverge where the optimum leaves the box.
# * R. M. Gray, *Quantization noise spectra*, IEEE Trans. Information Theory 36 (1990): sigma-delta
#   modulators with constant input as rotations.
# * The Lyapunov identities, the convergence proof, the polarisation and the locking are derived here.
