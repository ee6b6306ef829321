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
# # Beakers and capacity
#
# **After this lesson you can** explain why a chain of ever larger beakers with ever thinner tubes
# forgets like one over the square root of time; derive it from the heat equation; say why no other
# power is better; and rank the models of the first three lessons by what they hold.
#
# *35 minutes. Prerequisites: lessons 1 and 2, the heat equation, exponentials of matrices.*
#
# In a cascade a synapse hops down and falls back all at once. In the chain of Benna and Fusi hidden
# variables exchange in **both** directions, like liquid in communicating beakers:
#
# $$C_k \, \dot u_k = g_{k-1} (u_{k-1} - u_k) + g_k (u_{k+1} - u_k), \qquad C_k = n^{k-1}, \quad
#   g_k = \alpha\, n^{-k} .$$
#
# | symbol | name in the code | meaning |
# |---|---|---|
# | $u_1$ | | weight, the level of the first beaker: receives the updates |
# | $C_k$ | `areas` | areas of the beakers |
# | $g_k$ | `conductances` | flow through the tube behind beaker $k$, the last leaks to zero |
# | $m$ | `levels` | number of beakers |
# | $n, \alpha$ | `ratio`, `rate` | 2 and 1/4 in the model's paper |
# | $G(t)$ | `impulse_response` | what $u_1$ still shows of one unit a time $t$ ago |
# | $T$ | | slowest time constant, after which the last beaker has leaked |

# %%
import numpy as np
import sympy as sp
from scipy.linalg import expm

from classroom import check, mistake
from figures.kit import BLACK, VERMILION, claim, explore, figure_rng, record, use_style
from theory.consolidation import (
    BeakerChain,
    QuantisedChain,
    capacity,
    chain_modes,
    deviation_bound,
    heat_kernel,
    impulse_response,
    noise_variance,
    observe_beakers,
    observe_quantised,
    quantised_lifetime,
    quantised_signal_to_noise,
    response_exponent,
)
from theory.consolidation.derivations import beakers as derivations
from theory.consolidation.derivations import rounding

use_style()

# %% [markdown]
# ## Derivation
#
# Measure the distance along the chain not in beakers but in *volume*. In that coordinate the chain is
# a uniform rod.

# %%
derivations.heat_equation()

# %% [markdown]
# One event is a drop of heat at the end of the rod. The chain ends at a volume of about $2^m$; until
# the drop has spread that far, after $T \sim 4^m$ steps, nothing is lost, and $m$ beakers bring a
# power law over $2m$ factors of two. So a life fits into a few beakers: with one event a minute, from ten minutes to fifty
# years,

# %%
lifelong = BeakerChain.spanning(10, 50 * 365.25 * 24 * 60)  # shortest and longest time constant
print(f"{lifelong.levels} beakers, each {lifelong.areas[1]:.2f} times the one before")

# %%
drawn = BeakerChain.geometric(5)
times = np.geomspace(0.3, 3e4, 200)
course = np.array([expm(t * drawn.matrix())[:, 0] for t in times])


def profile(chain, time):
    """Scaled volume and scaled level of each beaker, a time after a unit went into the first."""
    ratio = chain.areas[1] / chain.areas[0]
    diffusion = 0.25 * (1 + ratio) / (2 * ratio)
    centre = np.cumsum(chain.areas) - np.array(chain.areas) / 2 - 0.5
    level = expm(time * chain.matrix())[:, 0]
    return centre / np.sqrt(diffusion * time), level / heat_kernel(time, ratio)


coarse = [profile(BeakerChain.geometric(12), t) for t in (1e3, 4e3, 1.6e4)]
fine = profile(BeakerChain.geometric(45, ratio=1.2), 1e3)
shape = np.linspace(0, 4, 100)
heat = np.exp(-(shape**2) / 4)

# %%
liquid = course @ np.array(drawn.areas)
peaks = times[course[:, 1:].argmax(axis=0)]
gap = [np.abs(y - np.exp(-(x**2) / 4)).max() for x, y in (coarse[0], fine)]
volume, level = np.transpose(coarse, (1, 2, 0))
record(
    "consolidation/b8",
    numbers={
        "area": drawn.areas, "time": times, "level": course, "shape_volume": shape, "shape": heat,
        "coarse_volume": volume, "coarse_level": level, "fine_volume": fine[0], "fine_level": fine[1],
    },
    claims=[
        claim("before the last beaker leaks no liquid is lost: loss after 10 steps",
              1 - np.interp(10, times, liquid), "<", 1e-6),
        claim("every hidden beaker rises later: ratio of neighbouring times of the peak, at least",
              np.min(peaks[1:] / peaks[:-1]), ">", 2),
        claim("profiles at three times collapse: largest difference of the first level",
              np.ptp([y[0] for _, y in coarse]), "<", 0.005),
        claim("distance from the heat equation, ratio 2", gap[0], "<", 0.05),
        claim("and ratio 1.2: smaller by a factor", gap[0] / gap[1], ">", 2),
    ],
)  # fmt: skip

# %% [markdown]
# ## The power law, its end, and other powers

# %%
derivations.general_exponent()

# %%
sizes = (4, 6, 8, 10)
times = np.geomspace(1, 1e8, 300)
responses = {m: impulse_response(BeakerChain.geometric(m), times) for m in sizes}
counts = np.arange(3, 14)
cut_off = np.array([1 / chain_modes(BeakerChain.geometric(m))[0][0] for m in counts])
pairs = [(2, 2), (2, 4), (4, 2), (2, 3), (3, 2), (3, 3), (1.5, 3), (3, 1.5), (2, 6), (6, 2)]


def measured_exponent(areas, flows, levels=18):
    chain = BeakerChain(
        tuple(0.25 * flows**-k for k in range(1, levels + 1)),
        tuple(float(areas) ** k for k in range(levels)),
    )
    t = 4 * float(areas * flows) ** np.arange(4.0, 10.0)  # whole periods of the ripple
    return np.polyfit(np.log(t), np.log(impulse_response(chain, t)), 1)[0]


found = np.array([measured_exponent(*pair) for pair in pairs])
law = np.array([-response_exponent(*pair) for pair in pairs])

# %%
level = heat_kernel(1.0)
middle = (times > 30) & (times < 1e4)
whole = 30 * 4.0 ** np.arange(5)
slope = np.polyfit(np.log(whole), np.log(impulse_response(BeakerChain.geometric(10), whole)), 1)[0]
scaled = np.transpose(list(responses.values())) * np.sqrt(times)[:, None]
flat = scaled[middle, -1]

# %%
record(
    "consolidation/b9",
    numbers={
        "time": times, "shown": sizes, "response": scaled, "continuum": level,
        "beakers": counts, "slowest": cut_off, "law": cut_off[-1] * 4.0 ** (counts - counts[-1]),
        "area_ratio": np.array(pairs)[:, 0], "flow_ratio": np.array(pairs)[:, 1],
        "derived": law, "measured": found,
    },
    claims=[
        claim("exponent over 30 to 7680 steps, ten beakers: distance from -1/2, tolerance 0.002",
              abs(slope + 1 / 2), "<", 0.002, kind="agreement"),
        claim("ripple about the power law, relative", np.ptp(flat) / flat.mean(), "<", 0.03),
        claim("height above the continuum, ratio 2", flat.mean() / level, "between", (1.0, 1.05)),
        claim("each beaker prolongs the memory four times: last ratio of cut-offs",
              cut_off[-1] / cut_off[-2], "between", (3.98, 4.02)),
        claim("cut-off in units of 4^m", cut_off[-1] / 4.0 ** counts[-1], "between", (4.6, 4.7)),
        claim("general chains: largest deviation of an exponent from the derived one, tolerance 0.02",
              np.abs(found - law).max(), "<", 0.02, kind="agreement"),
    ],
)  # fmt: skip

# %% [markdown]
# ## Why one half?
#
# Other chains have other powers. What is special about $-1/2$? The weight is the sum of all
# memories, so the same curve makes the signal *and* the noise.

# %%
derivations.why_one_half()

# %% [markdown]
# Slower than one half, and the noise of old memories drowns the new one. Faster, and memories are lost
# without need. At one half the noise is a logarithm: lifetime about $N/\ln N$ **and** an initial signal
# of about $\sqrt{N / \ln N}$.
#
# ## All models at one table
#
# For every $N$ each model gets its best size. Simulated beakers (dots in the second panel) agree with
# the sum of modes.

# %%
names = ("fast", "pool", "two_state", "cascade", "beakers", "chain", "leaky")
sizes = np.geomspace(1e2, 1e10, 17)
table = {name: [capacity(name, n) for n in sizes] for name in names}
life = {name: np.array([best.lifetime for best in row]) for name, row in table.items()}
first = {name: np.array([best.initial for best in row]) for name, row in table.items()}
rng = figure_rng("consolidation/b10")
five = BeakerChain.geometric(4)
populations = 25
watched, error = observe_beakers(five, 200, burn=1500, synapses=2000, repeats=populations, rng=rng)
expected = impulse_response(five, np.arange(201.0)) / np.sqrt(noise_variance(five))


# %%
def growth(name):
    return np.polyfit(np.log(sizes[8:]), np.log(life[name][8:]), 1)[0]


law = life["beakers"] * np.log(sizes) / sizes
row = np.flatnonzero(sizes >= 0.99e8)[0]
longer = [name for name in names if life[name][row] > life["beakers"][row]]
brighter = [name for name in names if first[name][row] > first["beakers"][row]]
marks = np.array([0, 1, 3, 7, 15, 31, 63, 127, 199])
numbers = {
    "model": names, "analog": [name in ("beakers", "leaky") for name in names],
    "synapses": sizes, "lifetime": np.transpose(list(life.values())),
    "initial": np.transpose(list(first.values())), "time": np.arange(201),
    "four_beakers": expected, "watched_time": marks, "watched": watched[marks],
    "watched_error": error[marks],
}  # fmt: skip

# %%
record(
    "consolidation/b10",
    numbers=numbers,
    claims=[
        claim("beakers hold N/ln N times a constant: its value for N = 10^3 to 10^10",
              law[2:].mean(), "between", (1.0, 1.1)),
        claim("and its spread", np.ptp(law[2:]), "<", 0.05),
        claim("cascade: exponent in N", growth("cascade"), "between", (0.5, 0.53)),
        claim("cascade over slow two states at N = 10^10", life["cascade"][-1] / life["two_state"][-1],
              "between", (2.5, 4)),
        claim("but its initial signal is larger by", first["cascade"][-1] / first["two_state"][-1],
              ">", 1000),
        claim("chain of 1.5 root N states: lifetime over N", life["chain"][-1] / sizes[-1],
              "between", (0.235, 0.242)),
        claim("only beakers are high in both, N = 10^8: their initial signal over that of models that "
              "live longer, at least", min(first["beakers"][row] / first[name][row] for name in longer), ">", 100),
        claim("... and their lifetime over that of models with a larger initial signal, at least",
              min(life["beakers"][row] / life[name][row] for name in brighter), ">", 100),
        claim("beakers for 10^10 synapses", table["beakers"][-1].size, "<=", 15),
        claim("simulated beakers against the sum of modes: largest deviation of 201 times in standard "
              "errors (one false alarm in a thousand)", np.abs((watched - expected) / error).max(), "<",
              deviation_bound(201, populations), kind="agreement"),
    ],
)  # fmt: skip

# %% [markdown]
# ## Bounds and few levels
#
# Beakers and the leaky weight of the table are *analog and unbounded*; two states, chains and cascades are bounded and
# discrete. A fair comparison puts the beakers on a grid: a few levels between bounds, with rounding at random after each
# step.

# %%
rounding.random_rounding()

# %%
rng = figure_rng("consolidation/x_few_levels")
five, ages = BeakerChain.geometric(5), np.array([0, 1, 3, 7, 15, 31, 63, 100])
shown = (6, 16, 48)
rounded = {n: QuantisedChain(five, n) for n in shown}
seen = {n: observe_quantised(synapse, ages, synapses=1200, repeats=20, burn=100, rng=rng)
        for n, synapse in rounded.items()}  # fmt: skip
fine_ages = np.unique(np.round(np.geomspace(1, 3000, 60))) - 1
curves = {
    n: quantised_signal_to_noise(QuantisedChain(five, n), fine_ages) for n in (*shown, 100_000)
}
levels = np.array([4, 6, 8, 12, 16, 24, 32, 64, 128])
chains = {4: 1e4, 6: 1e5, 8: 1e6}  # beakers, synapses
lasting = np.array([[quantised_lifetime(QuantisedChain(BeakerChain.geometric(m), int(n)), size)
                     for m, size in chains.items()] for n in levels])  # fmt: skip
analog = np.array([quantised_lifetime(QuantisedChain(BeakerChain.geometric(m), 100_000), size)
                   for m, size in chains.items()])  # fmt: skip
two = np.array([capacity("two_state", size).lifetime for size in chains.values()])

# %%
excess = (seen[48][0] - quantised_signal_to_noise(rounded[48], ages)) / seen[48][1]
record(
    "consolidation/x_few_levels",
    numbers={
        "age": fine_ages, "shown": (*shown, 0), "signal": np.transpose(list(curves.values())), "seen_age": ages,
        "seen": np.transpose([seen[n][0] for n in shown]), "error": np.transpose([seen[n][1] for n in shown]),
        "levels": levels, "beakers": list(chains), "synapses": list(chains.values()), "lifetime": lasting,
        "analog": analog, "two_states": two,
    },
    claims=[
        claim("48 levels, simulated against rounding noise: largest of 8 deviations in standard errors (one false "
              "alarm in a thousand)", np.abs(excess).max(), "<", deviation_bound(8, 20), kind="agreement"),
        claim("6 levels: bounds, left out of the prediction, cut the noise: simulated over predicted initial signal",
              seen[6][0][0] / curves[6][0], "between", (1.05, 2.5)),
        claim("few levels suffice to beat two states: lifetime with 4 levels over theirs, smallest of three sizes",
              (lasting[0] / two).min(), ">", 2),
        claim("16 levels: the same", (lasting[4] / two).min(), ">", 15),
        claim("64 levels keep nearly all of the analog lifetime, smallest share", (lasting[7] / analog).min(), ">", 0.8),
        claim("levels that keep half of it grow slowly: for 8 beakers over those for 4, at most",
              levels[(lasting[:, 2] > analog[2] / 2).argmax()] / levels[(lasting[:, 0] > analog[0] / 2).argmax()],
              "<=", 4),
    ],
)  # fmt: skip

# %% [markdown]
# Rounding leaves the mean signal alone and adds noise, most of it in the first beaker, which moves most. With very few
# levels the bounds matter, which the prediction leaves out: they cut the noise, and the signal of old memories. Sixteen levels
# in each of a few beakers remember tens of times longer than two-state synapses, and a few dozen all but what the analog
# chain does: the logarithmic number of bounded, discrete variables is the point of the model.
#
# ## What happens if
#
# ... the chain has more beakers? The response is longer, the noise a little larger. Dotted: noise for
# $10^4$ synapses.


# %%
def draw(ax, beakers):
    chain = BeakerChain.geometric(beakers)
    t = np.geomspace(1, 1e5, 200)
    ratio = 100 * impulse_response(chain, t) / np.sqrt(noise_variance(chain))
    ax.loglog(t, ratio, color=VERMILION)
    ax.axhline(1, color=BLACK, linestyle=":", linewidth=0.8)
    ax.set(ylim=(0.05, 50), xlabel="events $t$", ylabel="signal to noise")
    last = t[ratio > 1].max()
    return f"it begins at {ratio[0]:.0f} and is above the noise until t = {last:.0f}"


explore(draw, beakers=[2, 3, 4, 5, 6, 8])

# %% [markdown]
# ## Exercises

# %% [markdown] tags=["exercise"]
# ### Exercise 1: a chain without a leak
#
# *paper, 15 minutes, 4 points, difficulty 2 of 3*
#
# Close the tube behind the last of eight beakers ($n = 2$: areas 1, 2, 4, ..., 128). What does the visible variable show for
# ever after one unit was put into the first beaker? Now one unit of random sign is put in at every step, for a very long
# time: after how many steps has the variance of these everlasting remnants alone grown to one, the square of a
# fresh unit? And after how many steps, if a ninth beaker is added? Say in a sentence what this does to new memories.
#
# Assign the level to `for_ever` and the two numbers of steps to `steps_until_noisy`, an array, eight beakers first.

# %% tags=["solution"]
# The liquid spreads evenly over an area of 255. Signs are random, so variances add: P/255^2 = 1. Nothing is lost, so the
# noise of the weight grows without bound and drowns any new memory, late but for certain.
for_ever = 1 / (2**8 - 1)
steps_until_noisy = np.array([(2**8 - 1) ** 2, (2**9 - 1) ** 2])

for count, needed_steps in zip((8, 9), steps_until_noisy, strict=True):
    closed = BeakerChain.geometric(count, leak=False)
    remnant = impulse_response(closed, np.array(1e9))
    assert abs(remnant**2 * needed_steps - 1) < 1e-6

# %% tags=["check"]
check("consolidation-3.1", for_ever, steps_until_noisy)

# %% tags=["mistakes"]
mistake("consolidation-3.1", 1 / 8, [64, 81], hint="the beakers have different areas")
mistake("consolidation-3.1", 1 / 256, [256**2, 512**2], hint="add up the areas once more")
mistake("consolidation-3.1", ..., np.sqrt(steps_until_noisy))

# %% [markdown] tags=["exercise"]
# ### Exercise 2: what one more beaker adds to the noise
#
# *derivation, 20 minutes, 5 points, difficulty 2 of 3*
#
# In the chain with areas $n^{k-1}$ each further beaker prolongs the power law by a factor of $n^2$ in time. Take from
# `heat_steps = derivations.heat_equation()` the steps "visible" (what the visible variable shows after a time $t$) and "constant" (its
# diffusion constant). How much does the additional piece of the power law, from $T$ to $n^2 T$, add to the variance of the
# weight, for one random unit a step? Replace the sum over steps by an integral.
#
# Assign to `per_beaker` an expression in `n` and `alpha`, and to `per_beaker_2` its value for $n = 2$, $\alpha = 1/4$. Compare
# the latter with the differences of `noise_variance` for 10, 11 and 12 beakers.

# %% tags=["solution"]
heat_steps = derivations.heat_equation()
response, diffusion = heat_steps["visible"].rhs, heat_steps["constant"].rhs
named_symbols = {s.name: s for s in response.free_symbols | diffusion.free_symbols}
n, alpha, moment = (named_symbols[name] for name in ("n", "alpha", "t"))
start = sp.Symbol("T", positive=True)
added = sp.integrate(response**2, (moment, start, n**2 * start))
per_beaker = sp.simplify(added.subs(named_symbols["D"], diffusion))
per_beaker_2 = float(per_beaker.subs({n: 2, alpha: sp.Rational(1, 4)}))

assert start not in per_beaker.free_symbols  # each beaker adds the same
noise = [noise_variance(BeakerChain.geometric(m)) for m in (10, 11, 12)]
# Ratio 2 exceeds the continuum by a few per cent, in the square by twice as many.
assert np.all(np.abs(np.diff(noise) / per_beaker_2 - 1) < 0.08)
per_beaker

# %% tags=["check"]
check("consolidation-3.2", per_beaker, per_beaker_2, at={"n": [1.5, 2, 3]})

# %% tags=["mistakes"]
mistake("consolidation-3.2", per_beaker / 2, np.log(2) * heat_kernel(1.0) ** 2)
mistake(
    "consolidation-3.2",
    added,
    np.log(4) * heat_kernel(1.0),
    hint="variances are sums of squares; and put in the diffusion constant",
)

# %% [markdown] tags=["exercise"]
# ### Exercise 3: wait until the level has fallen
#
# *simulation, 15 minutes, 4 points, difficulty 1 of 3*
#
# Put one unit into the first of twelve beakers (`BeakerChain.geometric(12)`, levels as an array of shape `(12, 1)`) and let
# the liquid flow with `chain.step(levels)`, which changes the array in place. After how many steps is the first level below
# 0.1 for the first time, and below 0.05? What does the continuum predict, $1/\sqrt{\pi D t}$ with $D = 3/16$? Where is
# the liquid when the first level is 0.05: which share of it is still in the first four beakers?
#
# Assign the two numbers of steps to `steps_seen`, the predicted times to `steps_predicted`, both arrays, 0.1 first, and the
# share to `in_front`.

# %% tags=["solution"]
twelve, liquid_level, passed = BeakerChain.geometric(12), np.eye(12)[:, :1], 0
steps_seen = []
for mark in (0.1, 0.05):
    while liquid_level[0, 0] >= mark:
        twelve.step(liquid_level)
        passed += 1
    steps_seen.append(passed)
volumes = np.array(twelve.areas) * liquid_level[:, 0]
in_front = volumes[:4].sum() / volumes.sum()
steps_predicted = 1 / (np.pi * 3 / 16 * np.array([0.1, 0.05]) ** 2)

# Half of the level takes four times as long. The discrete chain keeps a little more than the rod.
assert abs(volumes.sum() - 1) < 1e-9 and abs(steps_seen[1] / steps_seen[0] - 4) < 0.15
assert np.all(np.abs(np.array(steps_seen) / steps_predicted - 1) < 0.1)

# %% tags=["check"]
check("consolidation-3.3", steps_seen, steps_predicted, in_front, tolerance=2e-3)

# %% tags=["mistakes"]
mistake("consolidation-3.3", [steps_seen[0], 2 * steps_seen[0]], 1 / np.sqrt(steps_predicted),
        ..., hint="solve for the time; half of the level is not twice the time")  # fmt: skip
mistake("consolidation-3.3", ..., ..., liquid_level[:4].sum() / liquid_level.sum(),
        hint="levels are no volumes: a beaker holds its area times its level")  # fmt: skip

# %% [markdown] tags=["exercise"]
# ### Exercise 4: a fair comparison?
#
# *open, 25 minutes, 7 points, difficulty 3 of 3*
#
# By which factor does the best chain of beakers outlive the best slow two-state synapse for $10^6$ synapses
# (`capacity("beakers", 1e6).lifetime`, `capacity("two_state", 1e6).lifetime`)? Is this a fair comparison? Count what a
# synapse of either kind is made of, and think of a way to make the costs equal: by giving the two-state
# synapse more partners, or the beakers fewer levels. Which part of the advantage remains? Ten lines at most.
#
# Assign the factor to `gain`. Then judge, with the functions of this lesson, and assign four truth values to `fair`:
# (a) the factor is the same for $10^2$ synapses; (b) eight times as many two-state synapses, with their best flip probability
# again, make up for it; (c) eight beakers of only 16 levels each (`QuantisedChain(BeakerChain.geometric(8), 16)`,
# `quantised_lifetime`) still last more than fifteen times longer than two states; (d) the beakers pay with a smaller initial
# signal.

# %% [markdown] tags=["solution"]
# The factor is about $e \sqrt N/\ln N$, two hundred. Unfair it is in one way: a chain has eight variables, analog and
# unbounded, and a coupling between them that must be right over two decades, a two-state synapse is one bit. But (b): the
# lifetime of two states grows like $\sqrt N$, so that eight synapses in place of one gain less than a factor of three. (c):
# sixteen levels, four bits a variable, 32 bits a synapse, keep almost a third of the lifetime, and 32 two-state synapses
# in place of one would gain a factor below six. So most of the advantage is in how the variables are coupled, not in how
# many there are: complexity pays better than number. (a) is false, the factor itself grows with $N$, to small numbers of
# synapses complexity is of little use. (d) is false: the beakers' initial signal is larger as well, 200 against $e$. What the
# comparison leaves out: that rates must be tuned, errors in them, energy, the balance of events.

# %% tags=["solution"]
gain = capacity("beakers", 1e6).lifetime / capacity("two_state", 1e6).lifetime
fair = [False, False, True, False]

assert abs(gain / (np.e * 1e3 / np.log(1e6)) - 1) < 0.1
assert capacity("beakers", 1e2).lifetime / capacity("two_state", 1e2).lifetime < gain / 10
assert capacity("two_state", 8e6).lifetime < 3 * capacity("two_state", 1e6).lifetime
sixteen = quantised_lifetime(QuantisedChain(BeakerChain.geometric(8), 16), 1e6)
assert sixteen > 15 * capacity("two_state", 1e6).lifetime
assert capacity("beakers", 1e6).initial > capacity("two_state", 1e6).initial

# %% tags=["check"]
check("consolidation-3.4", gain, fair)

# %% tags=["mistakes"]
mistake("consolidation-3.4", 1 / gain, [True, False, True, False],
        hint="evaluate the factor for a hundred synapses")  # fmt: skip
mistake("consolidation-3.4", ..., [False, True, True, False],
        hint="how does the lifetime of two states grow with their number?")  # fmt: skip
mistake("consolidation-3.4", ..., [False, False, True, True],
        hint="look at .initial of both capacities")  # fmt: skip

# %% [markdown]
# ## References
#
# * M. Benna, S. Fusi, *Computational principles of synaptic memory consolidation*, Nature Neuroscience
#   (2016): the chain, the heat equation, the capacity.
# * F. Zenke, A. Laborieux, *Theories of synaptic memory consolidation and intelligent plasticity for
#   continual learning* (2024).
