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
# # Your own device: measure, fit, simulate, train, repair
#
# **After this lesson you can** fit the mean response, the telegraph noise, the pink noise and the laws of
# a device to a table of your own traces, with standard errors; say whether the model's shape is right;
# compare four technologies; train a network with the fitted device; and name the imperfection whose
# repair pays most.
#
# *30 minutes. Prerequisites: lessons 1 and 2; maximum likelihood.*
#
# | symbol | name in the code | meaning |
# |---|---|---|
# | $A(t) = t^* g(t/t^*)$ | `Response.fresh_pulses` | pulses that count as fresh; $g$ is the shape |
# | $m_1, m_2, t^*, c_1$ | `fast_slope`, `slow_slope`, `kink`, `offset` | as in lesson 1 |
# | $P_h, P_l, a$ | `rise`, `fall`, `amplitude` | telegraph noise |
# | $\alpha, K$ | `strength`, `taps` | pink noise |
# | $\nu, \tau$ | `Drift.exponent`, age | drift, and updates since the last pulse |
# | $g_j$ | `repair_gains` | points of accuracy for repairing imperfection $j$ |

# %%
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import sympy as sp
from scipy import stats

import theory.rram as rram
from classroom import check, mistake
from figures.kit import ORANGE, claim, explore, figure_rng, record, seed, use_style
from theory.rram import DeviceArray, MeasuredTraces, dense, preset, record_traces
from theory.rram.derivations import shapes as bends
from theory.rram.derivations import technologies

derivations = (bends, technologies)
use_style()
published = preset("published")

# %% [markdown]
# ## By hand: two probabilities from one trace
#
# A trace of 2000 pulses shows three bursts, of 400, 150 and 250 pulses. The trap was full for 800 pulses
# and left three times, empty for 1200 and entered three times: $P_h \approx 3/1200 = 0.0025$ and $P_l
# \approx 3/800 = 0.004$, each known to about one part in $\sqrt 3$. **So few switches are the limit of the
# whole exercise**: what a fit cannot be better than is one over the root of the switches seen. Twenty
# devices give sixty. The fit below counts as you just did, but with the chance of each read to lie in a
# burst instead of a yes or no.
#
# ## A table of traces
#
# `MeasuredTraces.from_csv` reads comma-separated text with the columns `device`, `pulse`, `resistance`, in
# any order. The row of pulse 0 is the low-resistance state, the others are reads after that many pulses.
# For a sample whose truth is known, a file is written from the published model: 24 devices, 2000 pulses.

# %%
rng = figure_rng("rram/x_fit")
array = DeviceArray(24, rng, dtype=float)
parts = record_traces(array, 2000)
start = array.devices.initial_resistance
written = MeasuredTraces(
    tuple(f"d{k}" for k in range(24)), (np.arange(2001),) * 24,
    tuple(np.vstack([start, start * np.exp(parts.log_ratio[1:])]).T),
)  # fmt: skip

# %%
with tempfile.TemporaryDirectory() as folder:
    file = Path(folder) / "traces.csv"
    file.write_text(written.csv_text())
    traces = MeasuredTraces.from_csv(file)
print("\n".join(written.csv_text().splitlines()[:4]))
print(len(traces.names), "devices, up to", max(len(t) for t in traces.pulses) - 1, "pulses")

# %% [markdown]
# ## The fit
#
# `fit_device` goes from the robust to the subtle. Bursts only ever add, so the response is first laid along
# the lower edge of a trace. At a given kink it is linear in the other parameters, so least squares are
# solved there exactly; noise that is correlated over fifteen pulses
# makes errors larger by the root of ten than independent reads would, which the errors allow for.
# What is left is a hidden Markov chain: a trap, empty or full, and a random height while it is full.
# Pink noise is read off the periodogram of the quiet stretches. The laws come last.

# %%
fit = rram.fit_device(traces)
noise, pink = fit.telegraph, fit.pink
told = np.isfinite(noise.amplitude_error)
print(
    f"rise {noise.rise:.5f} +- {noise.rise_error:.5f}, fall {noise.fall:.5f} +- {noise.fall_error:.5f}"
)
print(f"pink strength {pink.strength:.5f} +- {pink.error:.5f}, taps {pink.taps}, "
      f"allowed {pink.taps_range}")  # fmt: skip
print("devices with a visible kink:", np.isfinite(fit.parameters["kink"]).sum(),
      " with a visible trap:", told.sum())  # fmt: skip
for name, ranked in fit.laws.items():
    print(f"{name:19}", {family: round(law.criterion, 1) for family, law in ranked.items()})

# %% [markdown]
# The last lines rank the families of each law by Akaike's criterion. With two dozen devices a gap below
# two or three decides nothing; a test below uses six hundred.


# %%
def scores(name):
    """(Estimate - truth) / error of a response's parameter, for the devices that tell it."""
    seen = np.isfinite(fit.parameters[name])
    gap = fit.parameters[name][seen] - getattr(array.devices, name)[seen]
    return gap / fit.errors[name][seen]


names = ("fast_slope", "kink", "slow_slope", "offset")
z = {name: scores(name) for name in names}
truth = np.array([0.0008, 0.002, 0.025, 15.0])
found = np.array([noise.rise, noise.fall, pink.strength, pink.taps])
error = np.array([noise.rise_error, noise.fall_error, pink.error, 0.0])
heights = (noise.amplitude - array.noise.amplitude)[told] / noise.amplitude_error[told]
device = int(np.argmax((noise.high > 0.5).sum(axis=0) * fit.responses[0].used.size))
t, w = traces.log_ratio(device)
response = fit.responses[device]

# %%
everything = np.concatenate(list(z.values()))
kept = np.arange(0, len(t), 4)
# Half of the errors' own size is granted: they leave out that the mean response was fitted, too.
limit = 1.5 * stats.norm.isf(2.5e-4)
record(
    "rram/x_fit",
    numbers={"pulses": t[kept], "log_ratio": w[kept], "fitted": (w - response.residual)[kept],
             "full": noise.high[kept, device],
             **{f"{name}_score": np.sort(values) for name, values in z.items()},
             "parameter": ["rise", "fall", "strength"], "relative": found[:3] / truth[:3],
             "relative_error": error[:3] / truth[:3]},
    claims=[
        claim("rise and fall against the truth: larger deviation in standard errors",
              np.abs((found - truth)[:2] / error[:2]).max(), "<", limit, kind="agreement"),
        claim("pink strength against the truth, in standard errors",
              abs(found[2] - truth[2]) / error[2], "<", limit, kind="agreement"),
        claim("taps of the filter", found[3], "==", 15),
        # The median: a device that is fitted wrongly as a whole (below) may lie any number of errors away.
        claim("parameters of the responses: median size of the scores over a normal's, one if errors hold",
              np.median(np.abs(everything)) / stats.norm.isf(0.25), "between", (0.6, 1.8)),
        claim("amplitudes of the traps: median distance from the truth in standard errors",
              np.median(np.abs(heights)), "<", 2, kind="agreement"),
    ],
)  # fmt: skip

# %% [markdown]
# **Read off:** everything comes back, but not equally well. Two thousand pulses of 24 devices tell the pink
# strength to one per cent and the switching probabilities to twenty; the errors say so. They do not say
# everything: a device whose trap is full for most of its trace may be fitted wrongly as a whole, with
# small errors (the outlier of the middle panel, where there is one). Look at each trace.
#
# ## Is the shape right?
#
# A wrong model also fits, with small errors. `choose_response` compares shapes on the same reads, at the
# price of two units a parameter, with the reads counted by what correlation leaves of them.

# %%
shapes = {}
for truth_name in ("published", "soft bound", "linear"):
    sample = rram.sample_traces(
        preset(truth_name), 5, 2000, seed(3), imperfections=("spread", "pink")
    )
    series = [sample.log_ratio(k) for k in range(5)]
    shapes[truth_name] = rram.choose_response(*zip(*series, strict=True))
for truth_name, ranks in shapes.items():
    best = min(ranks.values())
    print(f"{truth_name:11}", {shape: round(float(v - best), 1) for shape, v in ranks.items()})

# %%
slopes = np.random.default_rng(seed(4)).gamma(4, 1e-4, 150)
wrong = rram.fit_law(slopes, "exponential")
print("slopes of a gamma law, fitted by an exponential one: share of fitted samples that lie farther "
      f"off: {rram.misfit_probability(slopes, wrong, 'exponential', seed(5), 39):.3f}")  # fmt: skip

# %% [markdown]
# ## Four technologies
#
# Most devices that only go one way follow one form, $w = c_1 + m_1 A(t) + m_2 (t - A(t))$, with $A(t) = t^*
# g(t / t^*)$ and a shape $g$ that starts with slope one and bends at $x = 1$: $\min(x, 1)$ is the published
# device, $1 - e^{-x}$ a soft bound, $\ln(1 + x)$ a step that falls exponentially, $x$ a step that never
# changes. One definition replaces four:

# %%
technologies.soft_bound()

# %%
technologies.exponential_step()

# %% [markdown]
# Where do their means over devices have a closed form? For two slopes (lesson 1) and for the linear device, $A
# = t$. For the other two a lognormal scale would have to be averaged inside an exponential or a logarithm, for
# which no closed form is known: their curves are quadratures. **Both ends are closed**, by the moments of the
# scale that the law gives for any power, a negative one too, and with a logarithm:

# %%
bends.ends_of_the_shapes()

# %%
bends.moments_with_logarithms()

# %%
ends, scales = np.array([10.0, 40.0, 500.0, 20_000.0, 100_000.0]), published.laws.kink
margin, gap = [], []
for name in ("soft bound", "exponential step"):
    bounds, split = (
        rram.fresh_pulse_bounds(ends, scales, name),
        rram.pulse_split(ends, scales, name),
    )
    for (low, high), inside in ((bounds.mean, split.before), (bounds.square, split.before_square)):
        margin += [1 - low / inside, high / inside - 1]
        gap.append((high - low) / inside)
    print(f"{name}: mean of the fresh pulses between", bounds.mean[0].round(2), "and",
          bounds.mean[1].round(2), "; by quadrature", split.before.round(2))  # fmt: skip

# %% [markdown]
# A **phase-change** cell is pulsed towards its crystalline state, which raises a *conductance* towards a soft
# bound, and loses part of it between pulses, as its amorphous part relaxes. Two devices of a pair drift
# unlike, so a pair that is left alone may lose its sign:

# %%
technologies.drift_of_a_pair()

# %%
rng = figure_rng("rram/x_technologies")
TECHNOLOGIES = ("published", "soft bound", "exponential step", "linear")
grid, count = np.arange(0, 2001, 50), 4000
numbers, worst = {"pulses": grid, "sampled_pulses": grid[::8]}, []
for name in TECHNOLOGIES:
    one = preset(name)
    devices = one.sample(count, rng)
    w = np.array([rram.mean_log_ratio(int(n), devices) for n in grid[::8]])
    key = name.replace(" ", "_")
    numbers |= {f"{key}_mean": one.mean(grid), f"{key}_deviation": one.deviation(grid),
                f"{key}_sampled": w.mean(axis=1)}  # fmt: skip
    worst.append(np.abs(w.mean(axis=1) - one.mean(grid[::8])) / (w.std(axis=1) / count**0.5))

# %%
drifting = preset("phase change")
pairs = rram.DifferentialSynapses(
    count, rng, imperfections=("drift",), device=drifting, dtype=float
)
pairs.raising.pulse(60)
pairs.lowering.pulse(10)
begin, ages, lost = pairs.log_ratio.copy(), np.unique(np.geomspace(1, 1000, 14).astype(int)), []
for age in range(1, ages[-1] + 1):
    pairs.update(np.zeros(count, int))
    if age in ages:
        lost.append(np.mean(pairs.log_ratio * begin < 0))
fine = np.geomspace(1, 1000, 60)
expected = [drifting.drift.sign_loss(begin, age).mean() for age in ages]

# %%
# Values of independent technologies and pulses: one sample in a thousand has a larger one among them.
bound = stats.norm.isf(1e-3 / (2 * np.size(worst)))
share = np.array(expected)
record(
    "rram/x_technologies",
    numbers=numbers
    | {"age": fine, "lost": [drifting.drift.sign_loss(begin, age).mean() for age in fine],
       "simulated_age": ages, "simulated_lost": lost},
    claims=[
        claim("means of four technologies against quadrature: largest deviation in standard errors",
              np.max(worst), "<", bound, kind="agreement"),
        # The law of the exponents is cut at nought and .12, which moves shares by less than a point.
        claim("signs lost by drift against the closed form: largest gap",
              np.abs(np.array(lost) - share).max(), "<", 0.01 + 4 * np.sqrt(0.25 / count),
              kind="agreement"),
        claim("soft bound and exponential step: closed bounds of mean and mean square enclose the "
              "quadrature, smallest relative distance", np.min(margin), ">", -1e-6, kind="exact"),
        claim("... and are closed to this share of it at 10 and at 100 000 pulses",
              np.max(np.array(gap)[:, [0, -1]]), "<", 0.005),
        claim("after 2000 pulses, linear over published mean", numbers["linear_mean"][-1]
              / numbers["published_mean"][-1], ">", 2),
    ],
)  # fmt: skip

# %% [markdown]
# ## The memory of a soft bound
#
# Let every event, up or down, move a weight by the share $q$ of the way to its bound. Noise and signal follow
# from that alone, event by event. The memory has a closed form, the same as that of a Markov synapse of the consolidation lessons whose $n$ elements are each
# set with probability $q$, and $n = 1$ is their synapse of two states. A soft-bound device with scale $t^*$
# has $q = 1 - e^{-1/t^*}$.

# %%
technologies.soft_bound_synapse()

# %%
share = float(rram.share_of_a_pulse(14.0))
events = np.array([0.0, 5.0, 20.0, 60.0])
synapse = rram.soft_bound_synapse(8, share)
gap = synapse.signal_to_noise(events) / rram.soft_bound_signal(events, share, 8) - 1
assert np.abs(gap).max() < 1e-9
print(f"share of a pulse {share:.4f}; two states: signal over noise at first {share:.3f} a root synapse; "
      f"analog: {rram.soft_bound_signal(0.0, share):.3f}")  # fmt: skip

# %% [markdown]
# ## Which imperfection to repair first?
#
# Switch one imperfection off, keep the seeds, and the change of the final accuracy is the **gain of its
# repair**, $g_j$, with the error of a mean of paired differences. Asked of four technologies at a hundred
# pulses per device:

# %%
SEEDS = [seed(number) for number in range(8)]
REPAIRS = ("fast_slope", "kink", "initial_resistance", "telegraph", "pink")
base = dense(learning_rate=10.0, epochs=10)
gains = {}
for name in ("published", "soft bound", "linear", "phase change"):
    which = (*REPAIRS, "drift") if name == "phase change" else REPAIRS
    gains[name] = rram.repair_gains(
        replace(base, device=preset(name)), SEEDS, step=1.0, imperfections=which
    )
for name, ranked in gains.items():
    print(f"{name:13}", {j: f"{g:+.2f} +- {e:.2f}" for j, (g, e) in ranked.items()})

# %%
every = (*REPAIRS, "drift")
table = np.array([[gains[name].get(j, (np.nan, np.nan)) for j in every] for name in gains])
still = table[:3]  # the three technologies without drift
mean_gain = {j: still[:, every.index(j), 0].mean() for j in REPAIRS}
mean_error = {j: np.sqrt(np.sum(still[:, every.index(j), 1] ** 2)) / 3 for j in REPAIRS}
(drift, drift_error), others = table[-1, -1], table[-1, :-1]
second, second_error = others[np.argmax(others[:, 0])]
record(
    "rram/x_repair",
    numbers={"technology": list(gains), "imperfection": list(every), "gain": table[:, :, 0],
             "error": table[:, :, 1]},
    claims=[
        claim("without drift: gain of repairing the spread of the fast slope, mean of three "
              "technologies in standard errors", mean_gain["fast_slope"] / mean_error["fast_slope"],
              ">", 2),
        claim("and of repairing the pink noise", mean_gain["pink"] / mean_error["pink"], ">", 2),
        claim("phase change: drift before the next largest gain, in standard errors",
              (drift - second) / np.hypot(drift_error, second_error), ">", 2),
        claim("largest standard error of a gain, points", np.nanmax(table[:, :, 1]), "<", 1.5),
    ],
)  # fmt: skip

# %% [markdown]
# **Read off:** no single repair is worth much more than a point as long as the others are left, except for
# the drift: a network learns every weight once and then leaves most of them alone, which is when they
# drift. Repair first what acts while nothing happens.
#
# ## Training with the fitted device
#
# The last link of the chain: does a network trained with the *fitted* device behave like one trained with
# the true one?

# %%
runs = rram.compare({"true": replace(base, device=published), "fitted": replace(base, device=fit.device)},
                    SEEDS)  # fmt: skip
ends = {name: rram.last_and_best(run)[0] for name, run in runs.items()}
gap, gap_error = rram.paired_difference(ends["fitted"], ends["true"])
print({name: round(float(values.mean()), 2) for name, values in ends.items()},
      f" difference {gap:+.2f} +- {gap_error:.2f} points")  # fmt: skip

# %% [markdown]
# ## What happens if
#
# ... the scale of the soft bound is shorter? The mean of the ensemble, for a few factors on $t^*$.


# %%
def draw(ax, factor):
    law = rram.TruncatedLognormal(
        low=41 * factor, high=2000 * factor, mu=float(np.log(542.5 * factor)), sigma=0.803
    )
    one = preset("soft bound")
    mean = replace(one, laws=replace(one.laws, kink=law)).mean(grid)
    ax.plot(grid, mean, color=ORANGE)
    ax.set(xlabel="pulses", ylabel="mean of $w$", ylim=(0, 0.7))
    early = np.interp(200, grid, mean)
    return f"mean {early:.2f} after 200 pulses, {mean[-1]:.2f} after {grid[-1]:.0f}"


explore(draw, factor=[0.25, 0.5, 0.75, 1.0, 1.5, 2.0])

# %% [markdown]
# ## Exercises

# %% [markdown] tags=["exercise"]
# ### Exercise 1: how long does a soft bound remember?
#
# *paper, 15 minutes, 4 points, difficulty 2 of 3*
#
# A synapse with soft bounds moves at each event by a share $q$ of what is left to the bound, so that a stored pattern fades like $e^{-qt}$ and the signal of $N$ synapses is
# $S(t) = \sqrt{N}\, q\, e^{-qt}/\sigma$ with $\sigma^2 = q/(2-q)$ (many elements a device). How many events until it has fallen to one? What is the best $q$ for a given
# $N$, to leading order for small $q$ (maximise the lifetime), and the lifetime there?
#
# With $N = 10^6$ assign the lifetime at $q = 0.01$ to `events`, the best $q$ for small $q$, where $\sigma^2 = q/2$, to `best_share`, and the
# lifetime there to `longest`.

# %% tags=["solution"]
# t = ln(S_0) / q. For small q: S_0 = sqrt(2 N q); d/dq [ln(2 N q) / 2q] = 0 at 2 N q = e.
share = 0.01
events = np.log(np.sqrt(1e6) * share / np.sqrt(share / (2 - share))) / share
best_share = np.e / 2e6
longest = 1 / (2 * best_share)
tried = np.geomspace(1e-7, 1e-4, 4001)
lifetimes = np.log(2e6 * tried) / (2 * tried)
assert abs(np.log(tried[np.argmax(lifetimes)] / best_share)) < 0.01

# %% tags=["check"]
check("rram-5.1", events, best_share, longest)

# %% tags=["mistakes"]
mistake(
    "rram-5.1",
    1 / 0.01,
    ...,
    ...,
    hint="this is one time constant; how many of them until the signal is one?",
)
mistake("rram-5.1", ..., 1 / 2e6, ..., hint="there the signal begins at one: a lifetime of zero")
mistake("rram-5.1", ..., ..., 1 / best_share, hint="the logarithm of the root of e is one half")

# %% [markdown] tags=["exercise"]
# ### Exercise 2: a response of your own
#
# *derivation, 15 minutes, 4 points, difficulty 2 of 3*
#
# A device answers to $t$ pulses with $A(t) = t^*(\sqrt{1 + 2 t/t^*} - 1)$ fresh pulses. Derive its *freshness*, the slope $A'(t)$, and from it the
# differential law of the device: express $A'$ by $A$ alone. Write the response as a class: a subclass of `rram.Response` with the methods `fresh_pulses(self, pulses, scale)` and
# `freshness(self, pulses, scale)`, and give it to `rram.Device(response=...)`.
#
# Assign the freshness to `slope`, an expression in `t, scale = sp.symbols("t t_k", positive=True)`; the law to `law`, an expression in `fresh = sp.Symbol("A", positive=True)` and `t_k`;
# and to `after_1000` the mean log-ratio of such a `Device` after 1000 pulses (`.mean(1000.0)`).

# %% tags=["stub"]
t, scale = sp.symbols("t t_k", positive=True)
fresh = sp.Symbol("A", positive=True)
slope = ...
law = ...
after_1000 = ...

# %% tags=["solution"]
# dA/dt = 1 / sqrt(1 + 2 t / t*), and the root is 1 + A / t*.
t, scale = sp.symbols("t t_k", positive=True)
fresh = sp.Symbol("A", positive=True)
slope = sp.diff(scale * (sp.sqrt(1 + 2 * t / scale) - 1), t)
law = 1 / (1 + fresh / scale)


class SquareRoot(rram.Response):
    def fresh_pulses(self, pulses, scale):
        return scale * (np.sqrt(1 + 2 * pulses / scale) - 1)

    def freshness(self, pulses, scale):
        return 1 / np.sqrt(1 + 2 * pulses / scale)


after_1000 = float(rram.Device(response=SquareRoot()).mean(1000.0))
assert sp.simplify(law.subs(fresh, scale * (sp.sqrt(1 + 2 * t / scale) - 1)) - slope) == 0

# %% tags=["check"]
check("rram-5.2", slope, law, after_1000)

# %% tags=["mistakes"]
mistake("rram-5.2", 2 / sp.sqrt(1 + 2 * t / scale), ..., ...)
mistake(
    "rram-5.2", ..., 1 / (1 + fresh), ..., hint="a number of pulses may only occur over the scale"
)
mistake(
    "rram-5.2", ..., ..., float(rram.Device().mean(1000.0)), hint="this is the published response"
)

# %% [markdown] tags=["exercise"]
# ### Exercise 3: reads that are far apart
#
# *simulation, 20 minutes, 5 points, difficulty 3 of 3*
#
# Your setup reads after every fifth pulse only. Take twenty devices with the telegraph noise $P_h = 0.004$, $P_l = 0.02$
# (`DeviceArray(20, seed(6), imperfections="noise", telegraph=rram.Telegraph(0.004, 0.02), dtype=float)`), give them 60 pulses, then 600 times five pulses, and collect
# `array.log_ratio - array.mean` after each five. Fit with `rram.fit_telegraph(reads, every=5, thin=3, start="stationary")`. Why `thin=3`, and why not `start="fresh"`?
#
# Assign the estimates to `rise` and `fall`, and to `persistence` the correlation of the trap over one *reading* interval that the true chain has.

# %% tags=["solution"]
# Pink noise is correlated over 15 pulses, three reads; after a burst the devices are not fresh.
chain = rram.Telegraph(0.004, 0.02)
sparse_array = DeviceArray(20, seed(6), imperfections="noise", telegraph=chain, dtype=float)
sparse_array.pulse(60)
reads = []
for _ in range(600):
    sparse_array.pulse(5)
    reads.append(sparse_array.log_ratio - sparse_array.mean)
sparse = rram.fit_telegraph(np.array(reads), every=5, thin=3, start="stationary")
rise, fall, persistence = float(sparse.rise), float(sparse.fall), (1 - 0.004 - 0.02) ** 5
assert abs(rise - 0.004) < 4 * sparse.rise_error and sparse.rise_error < 0.002
assert abs(fall - 0.02) < 4 * sparse.fall_error

# %% tags=["check"]
check("rram-5.3", rise, fall, persistence, tolerance=0.02)

# %% tags=["mistakes"]
mistake(
    "rram-5.3", 5 * rise, 5 * fall, ..., hint="tell the fit that five pulses lie between two reads"
)
mistake("rram-5.3", ..., ..., 1 - 0.024, hint="over one pulse; five lie between two reads")

# %% [markdown] tags=["exercise"]
# ### Exercise 4: which imperfection would you repair first?
#
# *open, 25 minutes, 7 points, difficulty 3 of 3*
#
# You have the traces of a new technology, a fit with standard errors, and money for one repair: a wider kink window, less pink noise, less telegraph noise, or equal devices. Describe in ten lines how you
# would decide with this lesson's tools, what the repair gains measure and what they do not, how many seeds you need, and where the fitted model could mislead you.
#
# Then judge, five truth values in `repair_true`: (a) a repair gain of 1.5 +- 1.0 points (standard error) over six seeds is evidence enough to choose; (b) gains of single repairs
# add up to the gain of repairing everything; (c) a fit's small standard error shows that the model is right; (d) what a repair gains can change with the pulse budget;
# (e) the same random numbers in both arms of a comparison make the gain's error smaller.

# %% [markdown] tags=["solution"]
# Fit the traces, look at the misfit before the errors: a standard error holds if the model does, and says nothing about whether it does, (c) false. Put the fitted device into the
# experiment, train with all imperfections and with each repaired, with the same seeds in both arms, so that what both share drops out of the difference, (e). A gain of one and a half standard errors is
# no evidence, (a) false: run more seeds until the difference between the two best candidates exceeds its error a few times. Gains do not add up, (b) false: a repaired noise may hide
# behind another, and after one repair the others are worth something else. Budget, width and task change the order, (d): measure at the setting at which the chip will run.

# %% tags=["solution"]
repair_true = [False, False, False, True, True]

# %% tags=["check"]
check("rram-5.4", repair_true)

# %% tags=["mistakes"]
mistake(
    "rram-5.4",
    [True, False, False, True, True],
    hint="how often would chance alone give a gain of one and a half standard errors?",
)
mistake(
    "rram-5.4",
    [False, True, False, True, True],
    hint="think of two noises of which either alone spoils the same decision",
)

# %% [markdown]
# ## References
#
# * A. Majumdar et al. (2021), and the released code: the published device, whose fitted laws are the truth of
#   the sample file. No measured trace was available.
# * L. E. Baum et al. (1970): hidden Markov chains. P. Whittle (1953), A. M. Sykulski et al. (2019): likelihood of
#   periodograms. H. Akaike (1974): the criterion.
# * S. Fusi, L. F. Abbott (2007): memory with soft and hard bounds. The other technologies' shapes are those in
#   use for simulated analog hardware; that the published laws are given to all of them is our choice, and so
#   are the values of the drift.
