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
# # The weak-RESET device
#
# **After this lesson you can** write down the resistance of a simulated oxide memory after any number
# of weak RESET pulses, noise included; say what its two noises look like in time and in frequency; and
# predict the mean, the spread and the heavy tail of an ensemble without sampling a single device.
#
# *30 minutes. Prerequisites: distribution functions, autocorrelation and spectrum.*
#
# A resistive memory cell is an oxide film whose conducting filament is formed by SET pulses and
# dissolved by RESET pulses. **Weak** RESET pulses dissolve it a little at a time: the resistance rises
# by small steps, and cannot be lowered again but by a SET. The model, with $t$ the pulses received:
#
# $$R(t) = R_0\, e^{w(t)}, \qquad
#   w = \underbrace{c_1 + m_1 \min(t, t^*) + m_2 \max(t - t^*, 0)}_{\text{two-slope mean}}
#   + w_{\text{telegraph}} + w_{\text{pink}}.$$
#
# | symbol | name in the code | meaning |
# |---|---|---|
# | $R_0$ | `initial_resistance` | ohm, low-resistance state |
# | $m_1, m_2$ | `fast_slope`, `slow_slope` | increase of $w$ per pulse before and behind the kink |
# | $t^*$ | `kink` | pulses at which the slope changes |
# | $c_1$ | `offset` | $w$ before the first pulse |
# | $P_h, P_l$ | `rise`, `fall` | switching probabilities of the telegraph noise per pulse |
# | $\alpha, h_k$ | `STRENGTH`, `pink_taps` | strength and taps of the pink filter |
#
# Equations and numbers are those of the code released with the paper. **The paper's own list of figures,
# its measured traces and its accuracies were not available: the labels A1 to A10 are ours, and no
# measured value is shown.** Where a figure of the paper would show measured devices, this one shows
# devices drawn from the published model.

# %%
from math import comb

import matplotlib.pyplot as plt
import numpy as np

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
from theory.rram import (
    DeviceArray,
    DeviceLaws,
    Telegraph,
    asymmetry_density,
    asymmetry_survival,
    log_ratio_distribution,
    mean_growth,
    mean_log_ratio,
    mean_log_ratio_over_devices,
    octave_means,
    periodogram,
    pink_spectrum,
    record_traces,
    sample_devices,
    tail_exponent,
    variance_over_devices,
)
from theory.rram.derivations import device, noise, pair
from theory.rram.device_laws import SPREADS

derivations = (device, noise, pair)
use_style()
laws, telegraph = DeviceLaws(), Telegraph()

# %% [markdown]
# ## Two devices make one binary weight
#
# Two cells share a sense amplifier, which tells the larger resistance: $W = \operatorname{sign}(R_{BL} -
# R_{BLb})$. A pulse on the one raises the weight, a pulse on the other lowers it, so a device that can
# only go up suffices to learn in both directions, for a while.

# %%
figure, ax = plt.subplots(figsize=(PAGE, 2.5))
ax.set(xlim=(0, 12), ylim=(-0.1, 4.1))
ax.axis("off")
for x, name, sign, colour in ((2.2, "BL", "+1", BLUE), (6.2, "BLb", "−1", VERMILION)):
    ax.plot([x, x], [0.9, 3.6], "-", color=BLACK, linewidth=1)
    ax.text(x, 3.72, name, ha="center", fontweight="bold", color=colour)
    ax.add_patch(plt.Rectangle((x - 0.25, 2.1), 0.5, 0.9, facecolor="white", edgecolor=colour, zorder=3,
                               linewidth=1.6))  # fmt: skip
    ax.text(x - 0.4, 2.55, f"$R_{{{name}}}$", ha="right", va="center", color=colour)
    ax.annotate("", (x + 0.3, 2.55), (x + 1.1, 2.55),
                arrowprops={"arrowstyle": "-|>", "color": colour})  # fmt: skip
    ax.text(x + 1.15, 2.55, f"weak RESET:\n$R$ rises, $W \\to$ {sign}", va="center", fontsize=7,
            color=colour)  # fmt: skip
    ax.plot([x - 0.3, x - 0.3], [1.35, 1.75], "-", color=BLACK, linewidth=1.6)
    ax.plot([x - 0.38, x - 0.38], [1.35, 1.75], "-", color=BLACK, linewidth=1)
    ax.plot([x - 0.38, x - 0.75], [1.55, 1.55], "-", color=BLACK, linewidth=1)
    ax.plot([x - 0.3, x], [1.42, 1.42], "-", color=BLACK, linewidth=1)
    ax.plot([x - 0.3, x], [1.68, 1.68], "-", color=BLACK, linewidth=1)
    ax.plot([x, x], [1.44, 1.66], "-", color="white", linewidth=2.2)
    ax.text(x + 0.12, 1.55, "select transistor", va="center", fontsize=7)
ax.add_patch(plt.Rectangle((1.6, 0.2), 5.2, 0.7, facecolor="white", edgecolor=BLACK))
ax.text(4.2, 0.55, "sense amplifier: which resistance is larger?", ha="center", va="center")
ax.annotate("", (8.6, 0.55), (6.8, 0.55), arrowprops={"arrowstyle": "-|>", "color": BLACK})
ax.text(8.7, 0.55, r"$W = \mathrm{sign}(R_{BL} - R_{BLb})$", va="center")
ax.text(9.2, 2.55, "pulses only raise a\nresistance; only a SET\nbrings it down again", va="center",
        fontsize=7)  # fmt: skip
record(
    "rram/a1",
    figure,
    data={},
    claims=[],
    alt="Drawing of two resistive devices, each with a select transistor, on the lines BL and BLb "
    "above a sense amplifier. A weak RESET pulse on BL moves the weight to plus one, one on BLb to "
    "minus one.",
)

# %% [markdown]
# ## The mean response
#
# Two straight pieces of log-resistance. They meet at the kink, and only the total number of pulses
# counts, not how it is split into bursts.

# %%
device.two_slopes()

# %% [markdown]
# Five devices drawn from the fitted laws, read after every one of 2000 pulses:

# %%
array = DeviceArray(5, figure_rng("rram/a2"), dtype=float)
traces = record_traces(array, 2000)
kilo = array.devices.initial_resistance * np.exp(traces.log_ratio) / 1000
smooth = array.devices.initial_resistance * np.exp(traces.mean) / 1000
pulses = np.arange(2001)
kinks = array.devices.kink
COLOURS = (BLUE, VERMILION, GREEN, PINK, ORANGE)

# %%
figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.9))
for k, colour in enumerate(COLOURS):
    for ax, shown, mean in ((axes[0], kilo, smooth), (axes[1], traces.log_ratio, traces.mean)):
        ax.plot(pulses, shown[:, k], "-", color=colour, linewidth=0.5, alpha=0.7)
        ax.plot(pulses, mean[:, k], "-", color=BLACK, linewidth=0.8)
        at = int(kinks[k])
        ax.plot(at, mean[at, k], "o", color=colour, markeredgecolor=BLACK, markersize=4.5)
axes[0].set(xlabel="pulses", ylabel=r"resistance (k$\Omega$)")
axes[1].set(xlabel="pulses", ylabel="$w = \\ln(R/R_0)$")
axes[0].text(
    0.03,
    0.97,
    "black: mean without noise, dot: kink",
    transform=axes[0].transAxes,
    va="top",
    fontsize=7,
)
label_panels(axes)
jump = np.abs(np.diff(traces.telegraph, axis=0)).max()
before = np.array([traces.mean[int(n), k] - traces.mean[0, k] for k, n in enumerate(kinks)]) / kinks
behind = (traces.mean[-1] - traces.mean[np.ceil(kinks).astype(int), np.arange(5)]) / (2000 - kinks)
record(
    "rram/a2",
    figure,
    data={"pulses": pulses, "kiloohm": kilo, "log_ratio": traces.log_ratio, "kink": kinks},
    claims=[
        claim("the mean never falls: smallest step", np.diff(traces.mean, axis=0).min(), ">=", 0),
        claim("slope before over slope behind the kink, all five devices together",
              before.sum() / behind.sum(), ">", 5),
        claim("largest jump of the telegraph noise; its amplitude ends at 0.5", jump, "between",
              (0.05, 0.5)),
        claim("largest scatter of the pink noise, standard deviation",
              traces.pink[20:].std(axis=0).max(), "<", 0.015),
    ],
    alt="Resistance in kiloohm and log-resistance of five devices against pulses. Each rises steeply "
    "to its kink, marked by a dot, and slowly behind it; thin noisy lines with upward telegraph bursts "
    "lie about the black mean.",
)  # fmt: skip

# %% [markdown]
# ## One trace taken apart
#
# The telegraph noise is a trap that is empty or full. Each pulse may switch it; while it is full, every
# read adds $a\,U_1 U_2$, with two uniform numbers drawn anew and the device's own amplitude $a < 0.5$.
# The pink noise is white noise through a filter of 15 taps. **Its input is uniform in $(0, 1)$, not
# centred:** while the register fills, $w$ rises by about 0.05, which looks like a fast first RESET. Both
# devices of a pair do it, so it cancels in the sign.

# %%
noise.telegraph_chain()

# %%
noise.telegraph_moments()

# %%
seeds = figure_rng("rram/a3")
while True:  # a device that switches a few times within the window
    one = DeviceArray(1, seeds, dtype=float)
    parts = record_traces(one, 3000)
    full = parts.telegraph[:, 0] > 0
    if one.noise.amplitude[0] > 0.3 and 0.15 < full.mean() < 0.5 and kinks.min() > 0:
        break
kink = one.devices.kink[0]

# %%
figure, axes = plt.subplots(2, 2, figsize=(PAGE, 3.6), sharex=True)
shown = np.arange(3001)
for ax, values, title, colour in (
    (axes[0, 0], parts.mean, "mean", BLACK),
    (axes[0, 1], parts.telegraph, "telegraph noise", VERMILION),
    (axes[1, 0], parts.pink, "pink noise", BLUE),
    (axes[1, 1], parts.log_ratio, "sum $w$", GREEN),
):
    ax.plot(shown, values[:, 0], "-", color=colour, linewidth=0.6 if colour != BLACK else 1.4)
    ax.set_title(title)
axes[0, 0].axvline(kink, color=BLACK, linestyle=":", linewidth=0.8)
axes[0, 0].text(kink + 40, parts.mean.min(), "kink $t^*$", fontsize=7)
axes[1, 1].plot(shown, parts.mean[:, 0], "-", color=BLACK, linewidth=1)
for ax in axes[1]:
    ax.set_xlabel("pulses")
label_panels(axes)
step = np.diff(parts.mean[:, 0])
record(
    "rram/a3",
    figure,
    data={"pulses": shown, "mean": parts.mean[:, 0], "telegraph": parts.telegraph[:, 0],
          "pink": parts.pink[:, 0]},
    claims=[
        claim("the mean is continuous at the kink: largest step over the fast slope",
              step.max() / one.devices.fast_slope[0], "<", 1 + 1e-9),
        claim("two slopes only: steps that are neither, apart from the one across the kink",
              np.sum(~np.isclose(step, one.devices.fast_slope[0])
                     & ~np.isclose(step, one.devices.slow_slope[0], rtol=1e-6, atol=1e-12)), "<=", 1),
        claim("mean pink noise once the register is full", parts.pink[15:].mean(), "between",
              (0.052, 0.0565)),
        claim("pink scatter around it", parts.pink[15:].std(), "between", (0.009, 0.011)),
        claim("telegraph switches within 3000 pulses", np.sum(np.diff(full.astype(int)) != 0),
              "between", (1, 15)),
    ],
    alt="Four panels against pulses: the two-slope mean with its kink, telegraph noise in bursts of "
    "hundreds of pulses, pink noise about 0.054, and their sum.",
)  # fmt: skip

# %% [markdown]
# ## Spectra
#
# A trap that forgets exponentially has a Lorentzian spectrum; the redrawn factor adds a white floor.

# %%
noise.telegraph_spectrum()

# %% [markdown]
# The pink filter is half an integration, whose power falls as one over the frequency. Cut to $K$ taps
# it does so from $1/K$ upwards only.

# %%
noise.pink_filter()

# %%
rng = figure_rng("rram/a4")
samples, burn = 8192, 3000
series = {}
for name, taps, which in (("15", 15, "pink"), ("126", 126, "pink"), ("telegraph", 15, "telegraph")):
    arrays = DeviceArray(300, rng, imperfections=(which,), taps=taps)
    arrays.pulse(burn)
    series[name] = getattr(record_traces(arrays, samples - 1), which)
    if which == "telegraph":
        series[name] = series[name] / arrays.noise.amplitude  # in units of each device's amplitude
spectra = {name: octave_means(*periodogram(values)) for name, values in series.items()}


def slope(name, low, high):
    """Exponent of a power law between two frequencies."""
    f, s = periodogram(series[name])
    inside = (f >= low) & (f <= high)
    return np.polyfit(np.log(f[inside]), np.log(s[inside]), 1, w=f[inside] ** -0.5)[0]


# %%
figure, axes = plt.subplots(1, 2, figsize=(PAGE, 3.0))
f = np.geomspace(1 / samples, 0.5, 400)
ax = axes[0]
for name, colour, marker, where in (("15", BLUE, "o", 2.1e-4), ("126", ORANGE, "s", 2.1e-4)):
    x, y, _ = spectra[name]
    ax.loglog(x, y, marker, color=colour, markersize=3)
    ax.loglog(f, pink_spectrum(f, int(name)), "-", color=BLACK, linewidth=0.8)
    ax.text(where, 1.35 * pink_spectrum(np.array([1e-4]), int(name))[0], f"{name} taps", color=colour,
            fontsize=7)  # fmt: skip
ax.loglog(f[f > 2e-3], pink_spectrum(f[f > 2e-3], None), ":", color=BLACK, linewidth=1)
ax.text(1.1e-2, 1.6e-3, r"all taps: $\alpha^2 / (24 \sin \pi f)$", fontsize=7, va="bottom")
ax.set(title="pink noise", ylabel="spectral density (pulses)", ylim=(1e-5, 2e-2))
ax = axes[1]
x, y, _ = spectra["telegraph"]
ax.loglog(x, y, "o", color=VERMILION, markersize=3)
ax.loglog(f, telegraph.spectrum(f), "-", color=BLACK, linewidth=0.8)
ax.plot([telegraph.corner] * 2, [0.03, 14], ":", color=BLACK, linewidth=0.8)
ax.text(telegraph.corner * 1.15, 5, "corner", fontsize=7)
floor = telegraph.stationary * (1 / 9 - 1 / 16)
ax.axhline(floor, color=SKY, linestyle="--", linewidth=1)
ax.text(1.3e-4, floor * 1.15, "white floor of the redrawn factor", fontsize=7)
ax.set(title="telegraph noise, per squared amplitude", ylim=(8e-3, 15))
for ax in axes:
    ax.set_xlabel("frequency (cycles per pulse)")
label_panels(axes)


def misfit(name, predicted):
    """Deviation of the logarithm from theory averaged over the same fractions of an octave."""
    x, y, lines = spectra[name]
    f = np.fft.rfftfreq(samples)[1:]
    deviation = np.log(y / octave_means(f, predicted(f))[1])[x > 20 / samples]
    # A line of a periodogram is exponentially distributed: relative error one over the root.
    return deviation, deviation * np.sqrt(300 * lines[x > 20 / samples])


record(
    "rram/a4",
    figure,
    data={f"{part}_{name}": values for name, pair_ in spectra.items()
          for part, values in zip(("frequency", "density"), pair_[:2], strict=True)},
    claims=[
        claim("15 taps: exponent between 1/15 and 0.3", slope("15", 1 / 15, 0.3), "between",
              (-1.03, -0.87)),
        claim("15 taps: flat below 0.01, exponent", slope("15", 1e-3, 0.01), "between", (-0.12, 0.06)),
        claim("126 taps: exponent between 1/126 and 0.1", slope("126", 1 / 126, 0.1), "between",
              (-1.09, -0.94)),
        claim("pink noise against theory, largest deviation in standard errors",
              max(np.abs(misfit("15", lambda f: pink_spectrum(f, 15))[1]).max(),
                  np.abs(misfit("126", lambda f: pink_spectrum(f, 126))[1]).max()), "<", 4.5),
        claim("telegraph noise against theory, largest deviation of the logarithm",
              np.abs(misfit("telegraph", telegraph.spectrum)[0]).max(), "<", 0.15),
    ],
    alt="Log-log spectra. Left: pink noise with 15 taps is flat below one fifteenth and falls as one "
    "over the frequency above; with 126 taps the fall begins a decade lower. Right: the telegraph "
    "noise is flat, falls from its corner frequency on and reaches a white floor. Points lie on lines.",
)  # fmt: skip

# %% [markdown]
# ## No two devices are alike
#
# Five laws tell the devices apart, each cut to a window. Two devices with exponential slopes $m, m'$
# make a synapse of asymmetry $A = (m - m') / (m + m')$, and that is nearly *uniform* between $-1$ and 1:
# a synapse that is twice as easy to raise as to lower is nothing special.

# %%
pair.asymmetry()

# %%
rng = figure_rng("rram/a5")
count = 100_000
raising, lowering = sample_devices(count, rng), sample_devices(count, rng)
total = raising.fast_slope + lowering.fast_slope
unlike = (raising.fast_slope - lowering.fast_slope) / total
smallest = laws.fast_slope.location / laws.fast_slope.scale

# %%
figure, axes = plt.subplots(2, 3, figsize=(PAGE, 3.9))
NAMES = {"fast_slope": "fast slope $m_1$ ($10^{-3}$ per pulse)", "kink": "kink $t^*$ (pulses)",
         "offset": "offset $c_1$", "slow_slope": "slow slope $m_2$ ($10^{-5}$ per pulse)",
         "initial_resistance": r"$R_0$ (k$\Omega$)"}  # fmt: skip
UNITS = {"fast_slope": 1e3, "slow_slope": 1e5, "initial_resistance": 1e-3}
for ax, name in zip(axes.flat, SPREADS, strict=False):
    law, unit = getattr(laws, name), UNITS.get(name, 1)
    drawn = getattr(raising, name)
    top = min(law.high, law.quantile(0.9995))
    ax.hist(unit * drawn[drawn <= top], 50, density=True, color=SKY)
    x = np.linspace(*np.clip((law.low, top), law._support()[0], None), 300)
    ax.plot(unit * x, law.density(x) / unit, "-", color=BLACK, linewidth=1)
    ax.set(xlabel=NAMES[name], yticks=[])
ax = axes.flat[5]
ax.hist(unlike, 50, density=True, color=ORANGE)
x = np.linspace(-0.999, 0.999, 400)
ax.plot(x, asymmetry_density(x, smallest), "-", color=BLACK, linewidth=1)
ax.axhline(0.5, color=BLACK, linestyle=":", linewidth=1)
ax.text(0, 0.25, "dotted: uniform law", ha="center", fontsize=7)
ax.set(xlabel="asymmetry $A$ of a synapse", yticks=[])
label_panels(axes)
gaps = {name: np.abs(np.arange(1, count + 1) / count
                     - getattr(laws, name).cdf(np.sort(getattr(raising, name)))).max()
        for name in SPREADS}  # fmt: skip
ordered = np.sort(unlike)
empirical = np.arange(1, count + 1) / count
record(
    "rram/a5",
    figure,
    data={"quantile": np.linspace(0.01, 0.99, 99)}
    | {name: np.quantile(getattr(raising, name), np.linspace(0.01, 0.99, 99)) for name in SPREADS}
    | {"asymmetry": np.quantile(unlike, np.linspace(0.01, 0.99, 99))},
    claims=[
        # 1.95 over the root of the count is exceeded once in a thousand samples.
        claim("largest distance between sampled and truncated law, five parameters",
              max(gaps.values()), "<", 1.95 / np.sqrt(count)),
        claim("and for the asymmetry, against the law derived above",
              np.abs(empirical - 1 + asymmetry_survival(ordered, smallest)).max(), "<",
              1.95 / np.sqrt(count) + 1e-5),
        claim("distance of the asymmetry from the uniform law",
              np.abs(empirical - (1 + ordered) / 2).max(), "between", (0.03, 0.045)),
        claim("ratio of the mean slopes", raising.fast_slope.mean() / raising.slow_slope.mean(),
              "between", (24.8, 25.8)),
        claim("share of devices with a slow slope above their fast one, which a real device would "
              "hardly have", np.mean(raising.slow_slope > raising.fast_slope), "<", 0.02),
    ],
    alt="Six histograms with theoretical densities: fast slope exponential, kink lognormal, offset "
    "normal, slow slope exponential, initial resistance normal, each cut at its window; the asymmetry "
    "is nearly uniform between minus one and one.",
)  # fmt: skip

# %% [markdown]
# ## Many devices: mean, spread and tail in closed form
#
# What the ensemble does follows from the laws alone. For the mean of $w$ one needs the pulses before the
# kink, averaged over devices, and these are partial moments of a lognormal law.

# %%
device.ensemble_mean()

# %% [markdown]
# For $R$ itself the mean is a trap: exponential slopes in an exponent make a power law.

# %%
device.heavy_tail()

# %%
rng = figure_rng("rram/a6")
count = 40_000
many = sample_devices(count, rng)
grid = np.unique(np.round(np.linspace(0, 2000, 41)).astype(int))
logs = np.log(many.initial_resistance)
w = {t: mean_log_ratio(t, many) for t in grid}
levels = (0.05, 0.5, 0.95)
measured = np.array([np.quantile(np.exp(logs + w[t]) / 1000, levels) for t in grid])
some = grid[::5]
predicted = np.array(
    [np.exp(np.interp(levels, *log_ratio_distribution(t, with_initial_resistance=True)[::-1])) / 1000
     for t in some]
)  # fmt: skip
mean_w = np.array([w[t].mean() for t in grid])
deviation = np.array([w[t].std() for t in grid])

# %%
figure, axes = plt.subplots(1, 3, figsize=(PAGE, 2.8))
ax = axes[0]
ax.fill_between(grid, measured[:, 0], measured[:, 2], color=SKY, alpha=0.5, linewidth=0)
ax.plot(grid, measured[:, 1], "-", color=BLUE)
ax.plot(some, predicted, "o", color=BLACK, markersize=3)
ax.text(1950, measured[-1, 1] + 0.4, "median", color=BLUE, ha="right", va="bottom")
ax.text(1350, 20, "5 to 95 %", color=BLUE, ha="center")
ax.set(xlabel="pulses", ylabel=r"$R$ (k$\Omega$)", title="dots: predicted")
ax = axes[1]
ax.fill_between(grid, mean_w - deviation, mean_w + deviation, color=SKY, alpha=0.5, linewidth=0)
ax.plot(grid, mean_w, "-", color=BLUE)
theory_mean, theory_deviation = (mean_log_ratio_over_devices(some),
                                 np.sqrt(variance_over_devices(some)))  # fmt: skip
for sign in (-1, 0, 1):
    ax.plot(some, theory_mean + sign * theory_deviation, "o", color=BLACK, markersize=3)
ax.set(xlabel="pulses", ylabel="$w$: mean $\\pm$ deviation", title="dots: closed form")
ax = axes[2]
survivors = 1 - np.arange(count) / count
for t, colour, line in ((250, GREEN, "-"), (500, VERMILION, "--"), (1000, PINK, "-.")):
    steep = np.sort(np.exp(many.fast_slope * t))
    ax.loglog(steep, survivors, line, color=colour)
    r = np.geomspace(1.02, steep[-1], 50)
    start = np.exp(laws.fast_slope.location * t)
    ax.loglog(r, np.minimum((r / start) ** -tail_exponent(t, laws.fast_slope), 1), ":", color=BLACK,
              linewidth=0.9)  # fmt: skip
    rank = {250: 3, 500: 15, 1000: 150}[t]
    ax.text(1.3 * steep[-rank], rank / count, f"{t}", color=colour, fontsize=7)
ax.set(xlabel="$e^{m_1 t}$, fast piece alone", ylabel="share of devices above",
       ylim=(5e-5, 1.3),
       xlim=(1, 1000), title="dotted: Pareto law")  # fmt: skip
label_panels(axes)
standard_error = deviation / np.sqrt(count)
whole_mean = mean_log_ratio_over_devices(grid)
kurtosis = np.array([np.mean((w[t] - w[t].mean()) ** 4) / w[t].var() ** 2 for t in grid])
# Standard error of a sample variance, from the fourth moment.
variance_error = np.sqrt((kurtosis - 1) / count) * deviation**2
last = 1000 * measured[-1]
record(
    "rram/a6",
    figure,
    data={"pulses": grid, "kiloohm": measured, "mean": mean_w, "deviation": deviation,
          "pulses_predicted": some, "kiloohm_predicted": predicted, "mean_predicted": theory_mean},
    claims=[
        claim("mean of w against the closed form: largest deviation in standard errors",
              np.abs((mean_w - whole_mean) / standard_error).max(), "<", 4),
        claim("variance of w: largest deviation in standard errors",
              np.abs((deviation**2 - variance_over_devices(grid)) / variance_error).max(), "<", 4),
        claim("quantiles of R against the predicted law: largest relative deviation",
              np.abs(measured[::5] / predicted - 1).max(), "<", 0.02),
        claim("mean of R over its median after 2000 pulses: the tail rules the mean",
              np.exp(logs + w[2000]).mean() / last[1], ">", 1.2),
        claim("share of the sum of R/R0 that the steepest 5 % of the devices hold",
              np.sort(np.exp(w[2000]))[-count // 20 :].sum() / np.exp(w[2000]).sum(), ">", 0.15),
    ],
    alt="Left: median and 5 to 95 per cent band of the resistance against pulses, rising with a "
    "widening upper side; dots of the prediction lie on them. Middle: mean and deviation of the "
    "log-resistance with closed-form dots. Right: log-log survival curves on the fast piece are "
    "straight lines, flatter for more pulses, on the dotted Pareto laws.",
)  # fmt: skip

# %% [markdown]
# ## What happens if
#
# ... the telegraph noise switches ten times as often, or ten times less? Change the rates and rerun.


# %%
def draw(ax, speed):
    faster = Telegraph(rise=0.0008 * speed, fall=0.002 * speed)
    arrays = DeviceArray(1, 5, imperfections=("telegraph",), telegraph=faster)
    ax.plot(record_traces(arrays, 3000).telegraph[:, 0], linewidth=0.5)
    ax.set(xlabel="pulses", ylabel="telegraph noise")


explore(draw, speed=[0.1, 1, 10, 100])

# %% [markdown]
# ## Exercises
#
# 1. The register holds 15 samples, and the mean of the pink noise rises while it fills. By how much in
#    all, and by how much more with 126 taps? Use the sum of the taps derived above.
# 2. After how many pulses are half of the devices past their kink? And by how many ohms has the mean
#    slope fallen by then?
# 3. For which number of pulses does the *untruncated* law of slopes give an infinite mean resistance,
#    if no device ever reached its kink? What does the window of the fitted law change?


# %% tags=["solution"]
# 1. Half of alpha times the sum of the taps, (2n + 1) C(2n, n) / 4^n with n = K - 1.
def rise(taps):
    n = taps - 1
    return 0.025 / 2 * (2 * n + 1) * comb(2 * n, n) / 4**n


# %%
filled = DeviceArray(20_000, 3, imperfections=("pink",))
filled.pulse(15)
assert abs(filled.pink.mean() - rise(15)) < 5 * filled.pink.std() / np.sqrt(20_000)
print("rise with 15 taps", round(rise(15), 4), " with 126 taps", round(rise(126), 4))

# %% tags=["solution"]
# 2. The median of the truncated law of the kink; the slope has then halved, but for the slow part.
half = laws.kink.quantile(0.5)
left = 0.5 + 0.5 * laws.slow_slope.mean / laws.fast_slope.mean

# %%
counted = DeviceArray(100_000, 4, imperfections=("kink",))
counted.pulse(int(half))
assert abs(counted.past_kink.mean() - 0.5) < 0.01
print(
    "half are past the kink after", round(float(half)), "pulses; plasticity left:", round(left, 3)
)

# %% tags=["solution"]
# 3. From 1/theta pulses on; the window makes the mean finite, but it then hangs on the steepest few.
diverges = 1 / laws.fast_slope.scale

# %%
growth = mean_growth(np.array([diverges, 1.5 * diverges]), laws.fast_slope)
assert np.isfinite(growth).all() and growth[1] > 5 * growth[0]
print("diverges at", round(diverges), "pulses; with the window the mean grows to", growth.round(1))

# %% [markdown]
# ## References
#
# * A. Majumdar et al., *Model of the weak RESET process in HfOx resistive memory for deep-learning
#   frameworks* (2021), and the code released with it: equations, fitted laws, noise parameters.
# * N. J. Kasdin, *Discrete simulation of colored noise and stochastic processes and 1/f power law noise
#   generation*, Proceedings of the IEEE 83 (1995): the filter.
# * Closed forms of the ensemble, the law of the asymmetry and the spectra are derived here.
