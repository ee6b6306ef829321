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
# # Frozen synapses, and the metaplasticity of a device
#
# **After this lesson you can** say why unlike devices freeze a synapse that receives unbiased updates,
# and how fast; derive the effective metaplasticity of a device from its kink; and tell in which of two
# senses a pair of devices is metaplastic and in which it is not.
#
# *20 minutes. Prerequisites: lesson 1; random walks; the metaplasticity lessons for the last section.*
#
# Lesson 2 finds that differences between devices cost most while pulses are few. Here is why: noise is
# drawn anew and averages out, a difference between two devices is the same at every update.
#
# | symbol | name in the code | meaning |
# |---|---|---|
# | $A$ | `asymmetry` | $(m_1 - m_1') / (m_1 + m_1')$ of the two devices of a synapse |
# | $u$ | `updates` | random updates received, each 14 pulses up or down |
# | $f(t)$ | `device_factor` | plasticity after $t$ pulses relative to a fresh device |
# | $f_{meta}$ | `metaplastic_factor` | $\operatorname{sech}^2(mW)$ of a metaplastic hidden weight |

# %%
import itertools

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
    figure_rng,
    label_panels,
    record,
    use_style,
)
from theory.metaplasticity import metaplastic_factor
from theory.rram import (
    DeviceArray,
    DeviceLaws,
    DifferentialSynapses,
    TruncatedLognormal,
    asymmetry_survival,
    device_factor,
    drive_at_random,
    expected_log_ratio,
    flip_probability,
    initial_bias,
    pair_factors,
    pulses_to_flip,
    slope_ratio,
    updates_to_flip_hidden,
    updates_to_overturn,
    walk_flip_rate,
    walk_frozen_share,
)
from theory.rram.derivations import device, pair

derivations = (device, pair)
use_style()
laws = DeviceLaws()

# %% [markdown]
# ## A walk with a drift of its own
#
# Give a synapse 14 pulses up or down at random. On the fast piece its log-ratio is a random walk whose
# drift, in units of its step, is the asymmetry of its two devices, and lesson 1 showed that $A$ is nearly
# uniform between $-1$ and 1. Averaging over it turns the flip rate of a walk, $1/\sqrt{u}$, into $1/u$.

# %%
pair.flips()

# %% [markdown]
# The last change of sign of such a walk has a law of its own, and with it the share of frozen synapses:

# %%
pair.freezing()

# %% [markdown]
# Two things are left out: a synapse starts with a bias, from $R_0$ and $c_1$, that saturated updates first
# have to overturn, and devices pass their kinks. With both, the flip probability of a *given* pair under
# random updates is still exact: the sign depends on the number of upward updates alone, which is
# binomial. `flip_probability` evaluates that; averaged over pairs it is the solid line below.

# %%
bias = initial_bias()
print("standard deviation of ln(R_BL/R_BLb) before any pulse:", round(bias, 4))
print("saturated updates in one direction to overturn it:", round(updates_to_overturn(bias, 14), 1))

# %%
updates = 1200
# A kink beyond reach takes the kink out of the model.
no_kink = DeviceLaws(kink=TruncatedLognormal(low=1e6, high=1e7, mu=15.0, sigma=1.0))
CASES = {
    "the model's devices": {"imperfections": "spread"},
    "no kink": {"imperfections": "spread", "laws": no_kink},
    "no kink, equal slopes": {"imperfections": ("offset", "initial_resistance"), "laws": no_kink},
    "with noise": {"imperfections": "all"},
}
runs = {
    name: drive_at_random(20_000, updates, figure_rng("rram/a10"), **options)
    for name, options in CASES.items()
}
pairs = runs["the model's devices"].synapses
shown = np.unique(np.round(np.geomspace(1, updates, 40)).astype(int))
exact = np.array(
    [flip_probability(int(u) - 1, pairs.raising.devices, pairs.lowering.devices, 14).mean()
     for u in shown]
)  # fmt: skip


def by_octave(flips):
    """Mean flip rate over fractions of an octave of the updates."""
    edges = np.unique(np.round(np.geomspace(1, updates + 1, 28)).astype(int))
    rates = [flips[a - 1 : b - 1].mean() for a, b in itertools.pairwise(edges)]
    return np.sqrt(edges[:-1] * (edges[1:] - 1)), np.array(rates)


# %%
STYLES = {"the model's devices": (BLUE, "o", "-"), "no kink": (ORANGE, "D", "--"),
          "no kink, equal slopes": (GREEN, "^", "-."), "with noise": (VERMILION, "s", ":")}  # fmt: skip
figure, axes = plt.subplots(1, 2, figsize=(PAGE, 3.1))
ax = axes[0]
for name, run in runs.items():
    colour, marker, _ = STYLES[name]
    x, y = by_octave(run.flips)
    ax.loglog(x[y > 0], y[y > 0], marker, color=colour, markersize=3.5, fillstyle="none")
ax.loglog(shown, exact, "-", color=BLACK, linewidth=1)
late = np.geomspace(2, updates, 50)
ax.loglog(late, walk_flip_rate(late), "--", color=BLACK, linewidth=0.8)
ax.loglog(late, walk_flip_rate(late, 0.0), "-.", color=BLACK, linewidth=0.8)
ax.text(14, 0.12, r"$1/\sqrt{2\pi u}$", fontsize=7)
ax.text(330, 2.6e-3, "$1/2u$", fontsize=7)
ax.set(xlabel="update $u$", ylabel="flips per synapse and update", ylim=(1e-4, 0.5))
ax.text(1.1, 1.3e-4, "full line: exact for the circles", fontsize=7)
ax = axes[1]
for name, run in runs.items():
    colour, marker, line = STYLES[name]
    frozen = np.array([np.mean(run.last_flip <= u) for u in shown])
    ax.semilogx(shown, frozen, line, color=colour)
    ax.semilogx(shown[::4], frozen[::4], marker, color=colour, fillstyle="none", markersize=3.5)
    ax.plot([], [], marker, linestyle=line, color=colour, fillstyle="none", label=name)
early = np.geomspace(1, 100, 40)  # far from the end, which cuts the simulated curves
ax.semilogx(early, walk_frozen_share(early), "--", color=BLACK, linewidth=0.8)
ax.text(1.0, 0.98, "dashed: walk without\ninitial bias or kink", fontsize=7, va="top")
ax.set(xlabel="update $u$", ylabel="share that never flips after $u$", ylim=(0, 1.02))
ax.legend(loc="lower right", labelspacing=0.15, borderaxespad=0, fontsize=6.5)
label_panels(axes)
blue, orange, green, red = (runs[name] for name in CASES)
windows = ((1, 20), (100, 200), (1000, 1200))
rates = np.array([blue.flips[a - 1 : b].mean() for a, b in windows])
predicted = np.array(
    [np.mean([flip_probability(int(u) - 1, pairs.raising.devices, pairs.lowering.devices, 14).mean()
              for u in np.linspace(a, b, 20).astype(int)]) for a, b in windows]
)  # fmt: skip
expected_flips = predicted * np.array([b - a + 1 for a, b in windows]) * 20_000
middle = np.arange(100, 201)
record(
    "rram/a10",
    figure,
    data={"update": shown, "exact": exact}
    | {f"frozen_{k}": [np.mean(run.last_flip <= u) for u in shown] for k, run in enumerate(runs.values())}
    | {f"flips_{k}": by_octave(run.flips)[1] for k, run in enumerate(runs.values())},
    claims=[
        # Flips of one synapse come in bursts: a few times the Poisson error.
        claim("flip rates in three windows against the exact ones: largest deviation over the error",
              (np.abs(rates / predicted - 1) * np.sqrt(expected_flips)).max(), "<", 8),
        claim("flip rate over the first 20 updates", rates[0], "between", (0.02, 0.035)),
        claim("and over updates 1000 to 1200, times the first", rates[2] / rates[0], "<", 0.02),
        claim("share that never flips in the second half", np.mean(blue.last_flip <= 600), "between",
              (0.9, 0.95)),
        claim("no kink: flip rate over updates 100 to 200 against 1/2u",
              orange.flips[99:200].mean() / walk_flip_rate(middle).mean(), "between", (0.7, 1.1)),
        claim("no kink, equal slopes: against the driftless walk",
              green.flips[99:200].mean() / walk_flip_rate(middle, 0.0).mean(), "between", (0.6, 1.05)),
        claim("with noise, share that never flips in the second half: reads flip what is close to zero",
              np.mean(red.last_flip <= 600), "<", 0.75),
    ],
    alt="Left: log-log flip rate against update. Without kink, unlike devices follow one over twice the "
    "update and equal slopes the slower inverse root; the model's devices fall below both behind their "
    "kinks, along the exact line, and noise keeps weights flipping. Right: share of synapses that never "
    "flip again, latest for equal slopes and with noise.",
)  # fmt: skip

# %% [markdown]
# Two things freeze a synapse. Unlike slopes are a drift that is the same at every update: it settles
# synapses that the data do not care about in a random place, and works for ever against half of the
# others. The kink takes away the step of both devices while the log-ratio that has been reached stays.
# Noise does the opposite: it is drawn anew, keeps synapses open, and averages out.
#
# ## The device's own metaplasticity
#
# Behind its kink a device is about 25 times less plastic. Over many devices that makes a smooth factor.

# %%
device.device_factor()

# %%
print("ratio of the mean slopes:", round(slope_ratio(), 2))

# %% [markdown]
# A binarized network protects a weight by making *inward* updates smaller, $f_{meta} =
# \operatorname{sech}^2(mW)$, and leaves outward ones alone. In a pair of devices outward pulses go to
# the device that has received more, inward pulses to the other, fresher one. **The pair damps outward
# pulses first: the reverse of $f_{meta}$.** What protects is age: once both devices are behind their kinks,
# nothing moves either way. Undoing $n$ updates shows the difference:

# %%
pair.effort_to_flip()

# %%
rng = figure_rng("rram/x_effective_metaplasticity")
array = DeviceArray(50_000, rng, imperfections="spread")
burst, grid = 25, np.arange(0, 2001, 25)
means = [array.mean.copy()]
for _ in grid[1:]:
    array.pulse(burst)
    means.append(array.mean.copy())
means = np.array(means)
slopes = np.diff(means.mean(axis=1)) / burst / array.devices.fast_slope.mean()
slope_error = (np.diff(means, axis=0).std(axis=1) / burst / array.devices.fast_slope.mean()
               / np.sqrt(50_000))  # fmt: skip
halfway = float(laws.kink.quantile(0.5))
strength = np.arccosh(np.sqrt(2)) / halfway  # f_meta is one half where f is nearly so

# %%
invested = np.array([140, 280, 420, 560, 700, 840])


def pulses_until_flipped(invest, count=4000, most=2996):
    """Raise fresh pairs by so many pulses, then lower them until the sign changes: pulses needed."""
    synapses = DifferentialSynapses(count, rng, imperfections="spread")
    synapses.update(np.full(count, invest))
    needed = np.where(synapses.weights > 0, np.inf, 0.0)
    for number in range(1, most // 14 + 1):
        synapses.update(np.where(np.isinf(needed), -14, 0))
        needed[np.isinf(needed) & (synapses.weights < 0)] = 14 * number
    return needed, pulses_to_flip(invest, synapses.raising.devices, synapses.lowering.devices)


simulated, solved = zip(*(pulses_until_flipped(int(n)) for n in invested), strict=True)
quartiles = np.array([np.quantile(n, (0.25, 0.5, 0.75), method="lower") for n in simulated])
quartiles_solved = np.array([np.quantile(n, (0.25, 0.5, 0.75)) for n in solved])
medians = quartiles[:, 1]
equal = DifferentialSynapses(1, 0, imperfections="none", dtype=float)
equal.update(np.array([560]))
back = 0
while equal.weights[0] > 0:
    equal.update(np.array([-1]))
    back += 1

# %%
figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.9))
ax = axes[0]
ax.plot(grid, device_factor(grid), "-", color=BLUE)
ax.plot(grid[:-1:4] + burst / 2, slopes[::4], "o", color=BLUE, markersize=3)
ax.plot(grid, metaplastic_factor(grid.astype(float), strength), "--", color=VERMILION)
ax.axhline(1 / slope_ratio(), color=BLACK, linestyle=":", linewidth=0.8)
ax.text(1100, 0.3, "device", color=BLUE)
ax.text(650, 0.06, "$f_{meta}$", color=VERMILION, ha="right")
ax.set(xlabel="pulses, or updates", ylabel="plasticity, relative", title="age", ylim=(0, 1.02))
ax = axes[1]
for total, line in ((400, ":"), (1000, "-"), (2000, "--")):
    up = np.linspace(total / 2, total, 60)
    outward, inward = pair_factors(up, total - up)
    size = expected_log_ratio(up, total - up)
    ax.plot(size, inward, line, color=BLUE)
    ax.plot(size, outward, line, color=ORANGE)
    ax.text(size[-1] + 0.005, outward[-1], f"{total}", fontsize=7, va="center")
sizes = np.linspace(0, 0.4, 50)
ax.plot(sizes, metaplastic_factor(sizes, 3.0), "-", color=VERMILION, linewidth=0.8)
ax.text(0.36, 0.7, "inward", color=BLUE, fontsize=7)
ax.text(0.16, 0.17, "outward", color=ORANGE, fontsize=7)
ax.text(0.32, 0.46, "$f_{meta}$,\ninward", color=VERMILION, fontsize=7)
ax.set(
    xlabel=r"$E \ln(R_{BL}/R_{BLb})$",
    title="direction; pulses in all",
    ylim=(0, 1.08),
    xlim=(0, 0.5),
)
ax = axes[2]
ax.fill_between(invested, quartiles_solved[:, 0], quartiles_solved[:, 2], color=BLUE, alpha=0.15,
                linewidth=0)  # fmt: skip
ax.plot(invested, quartiles, "o", color=BLUE, markersize=3)
ax.plot(invested, quartiles_solved[:, 1], "-", color=BLUE)
fine = np.linspace(100, 860, 60)
ax.plot(fine, updates_to_flip_hidden(fine, strength), "--", color=VERMILION)
ax.text(225, 2330, "devices: median\nand quartiles", color=BLUE, va="top", fontsize=7)
ax.text(830, 2000, "hidden\nweight", color=VERMILION, ha="right", fontsize=7)
ax.set(xlabel="updates or pulses invested", ylabel="needed to flip", ylim=(0, 2400), title="effort")
label_panels(axes)
effort = updates_to_flip_hidden(invested.astype(float), strength)
finite = [np.isfinite(n) & (s > 0) & (s < 2900) for n, s in zip(simulated, solved, strict=True)]
record(
    "rram/x_effective_metaplasticity",
    figure,
    data={"pulses": grid, "device_factor": device_factor(grid), "simulated": slopes,
          "metaplastic_factor": metaplastic_factor(grid.astype(float), strength),
          "invested": invested, "needed": quartiles, "solved": quartiles_solved,
          "hidden_weight": effort},
    claims=[
        claim("simulated plasticity against f, largest deviation in standard errors",
              np.abs((slopes - np.diff([np.trapezoid(device_factor(np.linspace(0, n, 400)),
                                                     np.linspace(0, n, 400)) for n in grid]) / burst)
                     / slope_error).max(), "<", 4.5),
        claim("plasticity left after 2000 pulses times the ratio of the slopes",
              device_factor(2000.0) * slope_ratio(), "between", (0.99, 1.01)),
        claim("after 1000 pulses, all on one device: inward over outward plasticity",
              np.divide(*pair_factors(1000, 0)[::-1]), ">", 3),
        # Pulses come by 14, and single precision blurs the slowest devices.
        claim("pulses to flip, simulated against solved: 99 % of the pairs deviate by less than",
              max(np.quantile(np.abs(n - s)[ok], 0.99)
                  for n, s, ok in zip(simulated, solved, finite, strict=True)), "<", 15),
        claim("two equal devices: pulses needed over pulses invested", back / 560, "between",
              (0.999, 1.003)),
        claim("unlike devices: median needed over invested, largest deviation from one",
              np.abs(medians / invested - 1).max(), "<", 0.15),
        claim("after 840 invested: hidden weight over devices, effort", effort[-1] / medians[-1], ">",
              1.5),
    ],
    alt="Left: the effective factor of devices falls with pulses from one to one twenty-fifth, later and "
    "more gently than the metaplastic factor of a hidden weight. Middle: at a given number of pulses "
    "the plasticity for outward pulses falls with the size of the log-ratio, the one for inward pulses "
    "rises; the metaplastic factor falls for inward updates. Right: pulses needed to flip against pulses "
    "invested, proportional in the median for devices with wide quartiles, growing exponentially for a hidden weight.",
)  # fmt: skip

# %% [markdown]
# A kink alone does not make a synapse metaplastic in the sense of the binarized network: it bounds the
# weight softly and ages. To get $f_{meta}$ from such devices, inward updates of a large log-ratio would
# have to be given fewer pulses on purpose: read the analog ratio, not its sign.
#
# ## What happens if
#
# ... every update is a single pulse instead of 14? The walk is finer, the bias takes longer to overturn.


# %%
def draw(ax, pulses):
    run = drive_at_random(4000, 400, 7, pulses=pulses, imperfections="spread")
    ax.plot(np.arange(1, 401), [np.mean(run.last_flip <= u) for u in range(1, 401)])
    ax.set(xlabel="update", ylabel="never flips after")


explore(draw, pulses=[1, 5, 14, 50])

# %% [markdown]
# ## Exercises
#
# 1. What share of the synapses has one device more than three times as steep as the other?
# 2. After how many random updates on the fast piece are 90 % of the synapses frozen, if they start
#    without bias?
# 3. A metaplastic weight with $m\eta = 0.002$ has been pushed outward 1000 times. How many inward updates
#    flip it, and how many would flip it without metaplasticity?

# %% tags=["solution"]
# 1. Three times as steep means |A| > 1/2.
smallest = laws.fast_slope.location / laws.fast_slope.scale
share = 2 * asymmetry_survival(0.5, smallest)

# %%
drawn = laws.fast_slope.sample((2, 200_000), 1)
steep = np.maximum(*drawn) > 3 * np.minimum(*drawn)
assert abs(steep.mean() - share) < 4 * np.sqrt(share * (1 - share) / 200_000)
print("share of synapses:", round(float(share), 3))

# %% tags=["solution"]
# 2. Invert the frozen share; for many updates it is 1 - sqrt(2 / (pi u)).
estimate = 2 / (np.pi * 0.1**2)
fine = np.arange(1, 200)
first = int(fine[np.argmax(walk_frozen_share(fine) >= 0.9)])

# %%
assert abs(first - estimate) <= 1
print("updates until 90 % are frozen:", first)

# %% tags=["solution"]
# 3. sinh(4) / 0.008 + 500 against 1000.
needed = float(updates_to_flip_hidden(1000, 0.002))

# %%
weight, count = 1.0, 0  # in units of 1000 updates of size 0.001, m = 2
while weight > 0:
    weight -= 0.001 * float(metaplastic_factor(np.float64(weight), 2.0))
    count += 1
assert abs(count / needed - 1) < 0.01
print("inward updates:", count, "instead of 1000")

# %% [markdown]
# ## References
#
# * A. Majumdar et al. (2021), and the released code: the device model. Whether the paper shows flips or
#   freezing is unknown.
# * A. Laborieux, M. Ernoult, T. Hirtzlin, D. Querlioz, *Synaptic metaplasticity in binarized neural
#   networks*, Nature Communications 12:2549 (2021): $f_{meta}$.
# * The walk with drift, the exact flip probability, $f(t)$ and the effort to flip are derived here.
