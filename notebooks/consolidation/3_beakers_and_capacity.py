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
# # Beakers and capacity
#
# **After this lesson you can** explain why a chain of ever larger beakers with ever thinner tubes
# forgets like one over the square root of time; derive it from the heat equation; say why no other
# power is better; and rank the models of the first three lessons by what they hold.
#
# *25 minutes. Prerequisites: lessons 1 and 2, the heat equation, exponentials of matrices.*
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
import matplotlib.pyplot as plt
import numpy as np
from scipy.linalg import expm

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
    figure_rng,
    label_panels,
    record,
    use_style,
)
from theory.consolidation import (
    BeakerChain,
    capacity,
    chain_modes,
    heat_kernel,
    impulse_response,
    noise_variance,
    observe_beakers,
    response_exponent,
)
from theory.consolidation.derivations import beakers as derivations

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
# power law over $2m$ factors of two.

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


# %%
def draw_beakers(ax, chain):
    ax.axis("off")
    left = 0.0
    for k, area in enumerate(chain.areas):
        width, level = 0.75 * area**0.5, [0.9, 0.72, 0.55, 0.42, 0.3][k]
        ax.add_patch(plt.Rectangle((left, 0), width, level, color=SKY, alpha=0.6, linewidth=0))
        ax.plot(
            [left, left, left + width, left + width], [1.1, 0, 0, 1.1], color=BLACK, linestyle="-"
        )
        ax.text(left + width / 2, level / 2, f"$u_{k + 1}$", ha="center", va="center", fontsize=7)
        ax.plot([left + width, left + width + 0.3], [0.1, 0.1], color=BLUE, linestyle="-",
                linewidth=4.5 / 1.55**k)  # fmt: skip
        left += width + (0.3 if k < 4 else 0.75)
    ax.text(left - 0.38, 0.1, "leak", fontsize=7, va="center")
    ax.annotate("events", (0.37, 0.95), (0.37, 1.45), ha="center", color=VERMILION, fontsize=7,
                arrowprops={"arrowstyle": "-|>", "color": VERMILION})  # fmt: skip
    ax.set(xlim=(-0.3, left + 0.5), ylim=(-0.3, 1.7), title="beakers and tubes")


figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.5))
draw_beakers(axes[0], drawn)
ax = axes[1]
for k, (color, style) in enumerate(
    zip((BLACK, BLUE, GREEN, ORANGE, VERMILION), ("-", "--", "-.", ":", (0, (5, 1))), strict=True)
):
    ax.loglog(times, course[:, k], color=color, linestyle=style)
for k, (x, y) in enumerate([(0.4, 0.6), (0.5, 0.085), (2.2, 0.011), (9, 0.0042), (270, 0.0033)]):
    ax.text(x, y, f"$u_{k + 1}$", color=(BLACK, BLUE, GREEN, ORANGE, VERMILION)[k], fontsize=7)
ax.set(ylim=(1e-3, 1.2), xlabel="time after one event", ylabel="level")
ax = axes[2]
ax.plot(shape, np.exp(-(shape**2) / 4), color=BLACK)
for (x, y), marker in zip(coarse, "osd", strict=True):
    ax.plot(x, y, marker, color=BLUE, markersize=4, markerfacecolor="none")
ax.plot(*fine, "+", color=VERMILION, markersize=4)
ax.text(1.75, 0.75, "open: $n = 2$, three times", color=BLUE, fontsize=7)
ax.text(1.75, 0.63, "crosses: $n = 1.2$", color=VERMILION, fontsize=7)
ax.text(1.75, 0.87, "line: heat equation", fontsize=7)
ax.set(xlim=(0, 4), ylim=(0, 1.15), xlabel=r"volume $y / \sqrt{Dt}$",
       ylabel=r"level $u\,\sqrt{\pi D t}$")  # fmt: skip
label_panels(axes)

liquid = course @ np.array(drawn.areas)
gap = [np.abs(y - np.exp(-(x**2) / 4)).max() for x, y in (coarse[0], fine)]
record(
    "consolidation/b8",
    figure,
    data={
        "time": times, "level": course, "coarse_volume": coarse[0][0], "coarse_level": coarse[0][1],
        "fine_volume": fine[0], "fine_level": fine[1],
    },
    claims=[
        claim("before the last beaker leaks no liquid is lost: loss after 10 steps",
              1 - np.interp(10, times, liquid), "<", 1e-3),
        claim("every hidden beaker rises later: ratio of neighbouring times of the peak, at least",
              np.min(np.diff(np.log(times[course[:, 1:].argmax(axis=0)]))), ">", np.log(2)),
        claim("profiles at three times collapse: largest difference of the first level",
              np.ptp([y[0] for _, y in coarse]), "<", 0.03),
        claim("distance from the heat equation, ratio 2", gap[0], "<", 0.1),
        claim("and ratio 1.2: smaller by a factor", gap[0] / gap[1], ">", 2),
    ],
    alt="Left: five beakers of growing width joined by thinner and thinner tubes; events pour into the "
    "first, the last one leaks. Middle: levels after one event; the first falls, the others rise and "
    "fall one after another. Right: levels against volume, scaled; three times for ratio two and "
    "one for ratio 1.2 lie on a Gaussian, the solution of the heat equation.",
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
figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.5))
ax = axes[0]
for (m, response), color, style in zip(
    responses.items(), (ORANGE, GREEN, BLUE, BLACK), (":", "-.", "--", "-"), strict=True
):
    ax.semilogx(times, response * np.sqrt(times), color=color, linestyle=style)
    ax.text(
        0.9 * 4.0**m, 0.12, f"$m = {m}$" if m == 4 else str(m), color=color, fontsize=7, ha="right"
    )
level = heat_kernel(1.0)
ax.axhline(level, color=VERMILION, linestyle="--", linewidth=0.8)
ax.text(30, level - 0.03, r"$1/\sqrt{\pi D}$", color=VERMILION, va="top", fontsize=7)
ax.set(ylim=(0, 1.5), xlabel="time after one event $t$", ylabel=r"response $G(t)\,\sqrt{t}$")
ax = axes[1]
ax.semilogy(counts, cut_off, "o", color=BLUE)
ax.semilogy(counts, cut_off[-1] * 4.0 ** (counts - counts[-1]), color=BLACK, linewidth=0.8)
ax.text(8.4, 4e4, r"line: $\propto 4^m$", fontsize=7)
ax.set(xlabel="number of beakers $m$", ylabel="slowest time constant $T$")
ax = axes[2]
ax.plot([-1, 0], [-1, 0], color=BLACK, linewidth=0.8, linestyle="-")
ax.plot(law, found, "o", color=GREEN)
for pair, x, y in zip(pairs[:3], law, found, strict=False):
    ax.annotate(f"{pair[0]}, {pair[1]}", (x, y), (5, -8), textcoords="offset points", fontsize=7)
ax.set(xlim=(-0.8, -0.2), ylim=(-0.8, -0.2), xlabel="derived exponent", ylabel="measured exponent")
ax.text(-0.78, -0.26, "ratios of areas, flows", color=GREEN, fontsize=7)
label_panels(axes)

middle = (times > 30) & (times < 1e4)
whole = 30 * 4.0 ** np.arange(5)
slope = np.polyfit(np.log(whole), np.log(impulse_response(BeakerChain.geometric(10), whole)), 1)[0]
flat = responses[10][middle] * np.sqrt(times[middle])
record(
    "consolidation/b9",
    figure,
    data={
        "time": times, "response": np.transpose(list(responses.values())), "beakers": counts,
        "slowest": cut_off, "derived_exponent": law, "measured_exponent": found,
    },
    claims=[
        claim("exponent over 30 to 7680 steps, ten beakers", slope, "between", (-0.502, -0.498)),
        claim("ripple about the power law, relative", np.ptp(flat) / flat.mean(), "<", 0.03),
        claim("height above the continuum, ratio 2", flat.mean() / level, "between", (1.0, 1.05)),
        claim("each beaker prolongs the memory four times: last ratio of cut-offs",
              cut_off[-1] / cut_off[-2], "between", (3.98, 4.02)),
        claim("cut-off in units of 4^m", cut_off[-1] / 4.0 ** counts[-1], "between", (4.6, 4.7)),
        claim("general chains: largest deviation of an exponent from the derived one",
              np.abs(found - law).max(), "<", 0.02),
    ],
    alt="Left: response times root time is flat for all chains, close to the derived level, and drops "
    "at a time that grows with the number of beakers. Middle: the slowest time constant lies on a line "
    "proportional to four to the number of beakers. Right: measured exponents of ten other chains "
    "against derived ones, on the diagonal.",
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
watched, error = observe_beakers(five, 200, burn=1500, synapses=2000, repeats=25, rng=rng)
expected = impulse_response(five, np.arange(201.0)) / np.sqrt(noise_variance(five))

# %%
look = {
    "fast": (BLACK, ":", "two states,\nfast"), "pool": (PINK, "-.", "pool"),
    "two_state": (SKY, "--", "two states, slow"), "cascade": (BLUE, "-", "cascade"),
    "beakers": (VERMILION, "-", "beakers"), "chain": (ORANGE, "--", "chain"),
    "leaky": (GREEN, ":", "leaky analog"),
}  # fmt: skip
figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.9), width_ratios=[1.5, 1, 1])
ax = axes[0]
for name, (color, style, label) in look.items():
    ax.loglog(sizes, life[name], color=color, linestyle=style)
    at = life[name][-1] * {"leaky": 2.6, "beakers": 0.45, "pool": 0.7}.get(name, 1)
    ax.text(1.6e10, at, label, color=color, fontsize=7, va="center")
ax.set(xlim=(80, 8e12), xlabel="number of synapses $N$", ylabel="lifetime $t^*$ (events)")
ax.set_xticks([1e2, 1e4, 1e6, 1e8, 1e10])
ax = axes[1]
ax.loglog(np.arange(1, 202), expected, color=VERMILION, linestyle="-")
marks = np.array([0, 1, 3, 7, 15, 31, 63, 127, 199])
ax.errorbar(marks + 1, watched[marks], error[marks], fmt="o", markersize=3, color=BLACK)
ax.text(1.2, 0.03, "four beakers:\nline by modes,\ndots simulated", fontsize=7, va="center")
ax.set(xlabel="events since storage + 1", ylabel=r"signal to noise $/\sqrt{N}$")
ax = axes[2]
for name, (color, _, label) in look.items():
    ax.loglog(first[name][12], life[name][12], "o", color=color)
    left = name in ("fast", "pool", "cascade", "beakers")
    shift = {"leaky": (4, 4), "chain": (4, -9), "pool": (4, -10)}.get(
        name, (-4, 6) if left else (5, 3)
    )
    ax.annotate(label.replace("\n", " "), (first[name][12], life[name][12]), fontsize=6, xytext=shift,
                ha="right" if left else "left", textcoords="offset points", color=color)  # fmt: skip
ax.set(
    xlim=(0.5, 2e4), ylim=(5, 5e8), xlabel="initial signal to noise", ylabel="lifetime, $N = 10^8$"
)
label_panels(axes)


def growth(name):
    return np.polyfit(np.log(sizes[8:]), np.log(life[name][8:]), 1)[0]


law = life["beakers"] * np.log(sizes) / sizes
record(
    "consolidation/b10",
    figure,
    data={"synapses": sizes, **{f"lifetime_{n}": life[n] for n in names},
          **{f"initial_{n}": first[n] for n in names}},
    claims=[
        claim("beakers hold N/ln N times a constant: its value for N = 10^3 to 10^10",
              law[2:].mean(), "between", (1.0, 1.1)),
        claim("and its spread", np.ptp(law[2:]), "<", 0.05),
        claim("two states, fast: events gained by a factor e in N",
              np.polyfit(np.log(sizes), life["fast"], 1)[0], "between", (0.99, 1.01)),
        claim("two states, slow: exponent in N", growth("two_state"), "between", (0.49, 0.51)),
        claim("cascade: exponent in N", growth("cascade"), "between", (0.5, 0.53)),
        claim("cascade over slow two states at N = 10^10", life["cascade"][-1] / life["two_state"][-1],
              "between", (2.5, 4)),
        claim("but its initial signal is larger by", first["cascade"][-1] / first["two_state"][-1],
              ">", 1000),
        claim("chain of 1.5 root N states: lifetime over N", life["chain"][-1] / sizes[-1],
              "between", (0.235, 0.242)),
        claim("leaky analog weight: lifetime over N is 1/e", life["leaky"][-1] / sizes[-1] * np.e,
              "between", (0.99, 1.01)),
        claim("its initial signal is root e", first["leaky"][-1] / np.sqrt(np.e), "between", (0.99, 1.01)),
        claim("beakers for 10^10 synapses", table["beakers"][-1].size, "<=", 15),
        claim("simulated beakers against the sum of modes: mean squared deviation in standard errors "
              "(correlated in time)", np.mean(((watched - expected) / error) ** 2), "<", 8),
    ],
    alt="Left: lifetime against number of synapses for seven models, from logarithmic for fast two-state "
    "synapses over root N for slow ones, pools and cascades, to nearly linear for beakers, chains "
    "and leaky analog weights. Middle: memory curve of four beakers with simulated dots on it. Right: "
    "lifetime against initial signal for a hundred million synapses; only beakers are high in both.",
)  # fmt: skip

# %% [markdown]
# ## What happens if
#
# ... the chain has more beakers? The response is longer, the noise a little larger. Dotted: noise for
# $10^4$ synapses.


# %%
def draw(ax, beakers):
    chain = BeakerChain.geometric(beakers)
    t = np.geomspace(1, 1e5, 200)
    ax.loglog(t, 100 * impulse_response(chain, t) / np.sqrt(noise_variance(chain)), color=VERMILION)
    ax.axhline(1, color=BLACK, linestyle=":", linewidth=0.8)
    ax.set(ylim=(0.05, 50), xlabel="events $t$", ylabel="signal to noise")


explore(draw, beakers=[2, 4, 6, 8])

# %% [markdown]
# ## Exercises
#
# 1. The tube behind the last beaker is closed. What does the visible variable show for ever after one
#    event, and why is that a catastrophe for later memories?
# 2. How does the noise grow with the number of beakers? Predict its slope from the heat kernel and
#    compare.
# 3. By how much does the best chain of beakers outlive the best slow two-state synapse at $N = 10^6$?

# %% tags=["solution"]
# 1. The liquid spreads evenly over all beakers: 1 / (sum of areas). Nothing is lost, so every memory
#    leaves this trace for ever and the variance of the weight grows without bound.
closed = BeakerChain.geometric(8, leak=False)
trace = impulse_response(closed, np.array(1e9))

# %%
assert abs(trace * sum(closed.areas) - 1) < 1e-6

# %% tags=["solution"]
# 2. A factor four in time adds the integral of 1/(pi D t): ln 4/(pi D) a beaker, up to the few
#    percent by which ratio 2 exceeds the continuum.
predicted = np.log(4) * heat_kernel(1.0) ** 2

# %%
noise = [noise_variance(BeakerChain.geometric(m)) for m in (10, 11, 12)]
assert np.all(np.abs(np.diff(noise) / predicted - 1) < 0.08)

# %% tags=["solution"]
# 3. By a factor of about e sqrt(N)/ln N = 200.
gain = capacity("beakers", 1e6).lifetime / capacity("two_state", 1e6).lifetime

# %%
assert abs(gain / (np.e * 1e3 / np.log(1e6)) - 1) < 0.1

# %% [markdown]
# ## References
#
# * M. Benna, S. Fusi, *Computational principles of synaptic memory consolidation*, Nature Neuroscience
#   (2016): the chain, the heat equation, the capacity.
# * F. Zenke, A. Laborieux, *Theories of synaptic memory consolidation and intelligent plasticity for
#   continual learning* (2024).
