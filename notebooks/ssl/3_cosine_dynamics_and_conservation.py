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
# # Cosine dynamics and what they conserve
#
# **After this lesson you can** compute the mean update under the cosine loss exactly, without
# sampling; say what each variant conserves and where it therefore ends; and see which published panel
# belongs to a rule that is not the gradient of its loss.
#
# *30 minutes. Prerequisites: lessons 1 and 2, Gaussian integrals.*
#
# The cosine loss divides by the lengths of prediction and target. Theorem 2 treats one sample; on
# average over Gaussian inputs the ratios couple all modes. Replacing the lengths by typical values is
# not good enough: for ten modes it gets single rates wrong by half and one sign wrong. Can the mean be
# had exactly?
#
# | symbol | name in the code | meaning |
# |---|---|---|
# | $p = W_P z^{(1)}$ | prediction | |
# | $X_m = E[a_m b_m / (\lvert p\rvert \lvert z\rvert)]$ | `cross` | $a$, $b$: the two views in the eigenbasis |
# | $Y_m = E[a_m^2\, (p \cdot z) / (\lvert p\rvert^3 \lvert z\rvert)]$ | `online_aligned` | |
# | $F$, $Q_m$ | inside `gaussian_moments` | weight and determinant of the tilted Gaussian |

# %%
import numpy as np
import sympy as sp
from scipy import stats

from classroom import check, mistake
from figures.kit import claim, explore, figure_rng, record, seed, use_style
from theory.derivation import Derivation
from theory.ssl import (
    RidgePredictor,
    SiameseNetwork,
    cosine_moments,
    crossing_times,
    eigenvalue_map,
    eigenvalue_trajectory,
    isotropic_mean_cosine,
    paper_start,
    quadrature_error,
    relative_rate,
    released_runs,
    sample_views,
    simulate_siamese,
    two_mode_rate,
)
from theory.ssl.derivations import cosine_modes
from theory.ssl.derivations import moments as derivations

use_style()

# %% [markdown]
# ## Derivation: two auxiliary integrals make it Gaussian
#
# Schwinger's formula writes each inverse length as an integral of Gaussians. Under both integrals the
# modes are independent again, with a tilted covariance of two by two.

# %%
derivations.tilted_gaussian()

# %% [markdown]
# What is left is a double integral of smooth functions, done by the trapezoidal rule in a double
# exponential variable: its error falls exponentially with the number of nodes, whatever the number of
# modes.

# %%
start = paper_start()
gamma = np.linalg.eigvalsh(start.ten_units @ start.ten_units.T)
for tolerance in (1e-4, 1e-6, 1e-8, 1e-10):
    result = cosine_moments(gamma**1.5, np.sqrt(gamma), tolerance=tolerance)
    error = quadrature_error(gamma**1.5, np.sqrt(gamma), tolerance=tolerance)
    print(f"asked for {tolerance:.0e}: error {error:.1e} with {result.nodes} nodes")
equal = cosine_moments(np.ones(10), np.ones(10), tolerance=1e-12).mean_cosine
print("mean cosine at isotropy against the hypergeometric value:",
      f"{abs(equal / isotropic_mean_cosine(10) - 1):.0e}")  # fmt: skip

# %% [markdown]
# The shortcut, with the roots of $E|p|^2$ and $E|z|^2$ in place of the lengths, divided by the exact rate:

# %%
prediction, target = np.sum(gamma**3), np.sum(gamma) * (1 + 0.1**2)
shortcut = gamma / np.sqrt(prediction * target) * (1 - gamma * np.sum(gamma**2) / prediction)
print((shortcut / relative_rate(gamma, loss="cosine")).round(2))

# %% [markdown]
# In a rate two such moments are subtracted, and for a large mode beside a small one almost all of both
# cancels. The rates therefore take the difference inside the integral, pair by pair of modes: each pair has
# a sign, a mode's own term is gone, and the tolerance is that of the rate, however small it is.

# %%
pair = [1e-8, 1.0]
moments_of_pair = cosine_moments(np.power(pair, 1.5), np.sqrt(pair), (0, 0))
print("difference of moments:", moments_of_pair.cross[1] - moments_of_pair.online_aligned[1])
print("inside the integral:  ", relative_rate(pair, loss="cosine", noise=(0, 0))[1])
print("one-integral formula: ", two_mode_rate(pair)[1])

# %% [markdown]
# ## Derivation: what is conserved
#
# A cosine does not change with length. With any number of modes the push is orthogonal to the
# representation. That alone fixes where the dynamics ends.

# %%
cosine_modes.conservation()

# %% [markdown]
# All eigenvalues become equal, and the conserved quantity says at which value: the **arithmetic mean**
# of the initial ones for the original loss, the **power mean** with exponent $1 + \alpha$ for the
# isotropic one. The last approach is exponential:

# %%
cosine_modes.near_isotropy()

# %%
late = np.array([1200.0])
flow = {
    v: eigenvalue_trajectory(gamma, late, loss="cosine", variant=v)[0]
    for v in ("standard", "isotropic")
}
print("original: ", flow["standard"].round(6), " mean of the start", gamma.mean().round(6))
print("isotropic:", flow["isotropic"].round(6), " rms of the start ",
      np.sqrt(np.mean(gamma**2)).round(6))  # fmt: skip

# %% [markdown]
# ## Fig. 2: ten eigenvalues in eight settings
#
# The exact mean update from the paper's own initial weights, at its learning rates: 0.01 in the
# Euclidean row except without predictor, 0.1 elsewhere. The cosine panel without predictor runs for
# 100 000 iterations in which nearly nothing happens; there the flow is indistinguishable from the
# map.

# %%
steps, long = 1499, 99_999
released = {"no_stop_gradient": "no_stop_gradient_released"}
paths = {
    ("euclidean", v): eigenvalue_map(gamma, steps, 0.01, variant=v)
    for v in ("no_stop_gradient", "standard", "isotropic")
} | {
    ("cosine", v): eigenvalue_map(gamma, steps, 0.1, loss="cosine", variant=released.get(v, v))
    for v in ("no_stop_gradient", "standard", "isotropic")
}
slow = np.arange(0, long + 1, 300)
paths["euclidean", "no_predictor"] = eigenvalue_map(gamma, long, 0.1, variant="no_predictor")[slow]
paths["cosine", "no_predictor"] = np.vstack([
    gamma,
    eigenvalue_trajectory(gamma, 0.1 * slow[1:], loss="cosine", variant="no_predictor"),
])  # fmt: skip
checked = eigenvalue_map(gamma, 300, 0.1, loss="cosine", variant="no_predictor")[-1]
network = SiameseNetwork(variant="no_predictor")
rng = np.random.default_rng(seed(1))
still = np.array([
    network.update(start.ten_units, *sample_views(15, 5000, (0.0, 0.1), rng)) for _ in range(40)
])  # fmt: skip
score = still.mean(axis=0) / still.std(axis=0, ddof=1) * np.sqrt(40)

# %%
end = {key: path[-1] for key, path in paths.items()}
collapse, plateau = paths["euclidean", "no_stop_gradient"], paths["cosine", "standard"][500]
euclidean_claims = [
    claim("Euclidean without stop-gradient: modes below 1e-3 at iteration 500",
          np.sum(collapse[500] < 1e-3), "==", 6),
    claim("its large modes linger near 1: largest deviation at iteration 500",
          np.abs(collapse[500, -4:] - 1).max(), "<", 0.06),
    claim("and collapse in the end: largest eigenvalue", collapse[-1].max(), "<", 0.4),
    # 150 values of Student's t: one sample in a thousand has a larger one among them.
    claim("Euclidean without predictor the mean update is nothing: sampled, in standard errors",
          np.abs(score).max(), "<", stats.t.isf(1e-3 / 300, 39),
          kind="agreement"),
    claim("original Euclidean loss: nine modes end at 1, largest deviation",
          np.abs(end["euclidean", "standard"][1:] - 1).max(), "<", 0.01),
    claim("its smallest mode is not recruited: final eigenvalue",
          end["euclidean", "standard"][0], "<", 0.1),
    claim("isotropic Euclidean loss: all modes at 1 by iteration 500, largest deviation",
          np.abs(paths["euclidean", "isotropic"][500] - 1).max(), "<", 0.01),
]  # fmt: skip

# %%
cosine_claims = [
    claim("original cosine loss: nine equal modes while the smallest waits, ratio of nine",
          plateau[1:].max() / plateau[1:].min(), "<", 1.05),
    claim("the plateau dips when the smallest enters: plateau over final level",
          np.median(plateau) / np.median(end["cosine", "standard"]), "between", (1.03, 1.12)),
    claim("isotropic cosine loss: common level over the root mean square of the start, a step of "
          "0.1 squared", end["cosine", "isotropic"].mean() / np.sqrt(np.mean(gamma**2)), "between",
          (1.0, 1.01), kind="agreement"),
    claim("isotropic cosine loss: largest over smallest at the end, logarithm",
          np.ptp(np.log(end["cosine", "isotropic"])), "<", 1e-3),
    claim("cosine without predictor: spread of logarithms shrinks to this part of the initial one",
          np.ptp(np.log(end["cosine", "no_predictor"])) / np.ptp(np.log(gamma)), "<", 0.2),
    claim("flow and map there: relative difference after 300 iterations over the change itself",
          np.abs(checked - paths["cosine", "no_predictor"][1]).max()
          / np.abs(checked - gamma).max(), "<", 0.01, kind="agreement"),
    claim("released rule without stop-gradient: largest final eigenvalue, run-away",
          end["cosine", "no_stop_gradient"].max(), ">", 50),
]  # fmt: skip

# %%
kept = np.append(np.arange(0, steps, 6), steps)
record(
    "ssl/fig2_eigenvalues",
    numbers={"iteration": kept, "slow_iteration": slow}
    | {f"{loss}_{v}": path if v == "no_predictor" else path[kept]
       for (loss, v), path in paths.items()},
    claims=euclidean_claims + cosine_claims,
)  # fmt: skip

# %% [markdown]
# ## The released code, beside the map
#
# The authors' own program, run by us from its seed: 300 steps of 50 000 samples. These are no printed
# results of the paper; they are what its code does. The map draws no sample and takes a hundredth to a
# thousandth of the time (`make bench` measures the ratio). In the last but one setting the map follows the
# released rule.

# %%
released_code = released_runs()
on_map = {
    f"{run.loss}_{run.variant}": (run.eigenvalues, eigenvalue_map(
        run.eigenvalues[0], 300, run.learning_rate, loss=run.loss, variant=run.variant))
    for run in released_code.values()
}  # fmt: skip
deviation = {key: np.abs(code / exact - 1) for key, (code, exact) in on_map.items()}
drawn, marked = ("euclidean_standard", "cosine_isotropic"), np.arange(0, 301, 25)
# Sampling error of a batch's second moments, sqrt(2 / 50 000), and of its sum over the steps: a rate of
# order one moves an eigenvalue by twice the learning rate times it.
expected = {
    f"{run.loss}_{run.variant}": 2 * run.learning_rate * np.sqrt(300 * 2 / 50_000)
    for run in released_code.values()
}

# %%
record(
    "ssl/x_released_code",
    numbers={"iteration": np.arange(0, 301, 5), "marked": marked, "setting": list(deviation),
             "largest": np.array([d.max() for d in deviation.values()]),
             "median": np.array([np.median(d) for d in deviation.values()])}
    | {f"map_{key}": on_map[key][1][::5] for key in drawn}
    | {f"released_{key}": on_map[key][0][marked] for key in drawn},
    claims=[
        claim("released code against the exact map: largest relative deviation, in units of the "
              "batches' sampling error", max(deviation[k].max() / expected[k] for k in deviation),
              "<", 3, kind="agreement"),
        claim("and it is a sampled run: smallest of the settings' medians, the same units",
              min(np.median(deviation[k]) / expected[k] for k in deviation), ">", 1e-4),
    ],
)  # fmt: skip
for name, run in released_code.items():
    print(f"{name:20} {run.seconds:5.1f} s of processor time, deviation at most "
          f"{100 * deviation[f'{run.loss}_{run.variant}'].max():.2f} %")  # fmt: skip

# %% [markdown]
# ## Does the sampled network agree?
#
# Ten modes, finite batches, several seeds, against the curves. The second panel magnifies the
# difference, in units of the standard error that the seeds show.

# %%
# The mean update leaves out the square of the batch noise: batches have to be large, repeats few.
rng = figure_rng("ssl/x_quadrature_simulation")
chosen, eta, every, repeats = 300, 0.1, 25, 8
curve = eigenvalue_map(gamma, chosen, eta, loss="cosine", variant="isotropic")
runs = np.array([
    simulate_siamese(SiameseNetwork("cosine", "isotropic"), start.ten_units, chosen, eta, rng,
                     batch=1500, record_every=every).eigenvalues
    for _ in range(repeats)
])[:, 1:]  # fmt: skip
iteration = np.arange(every, chosen + 1, every)
separated = iteration[iteration <= 100]  # later all eigenvalues crowd together

# %%
# Sorting sampled eigenvalues pushes near ones apart: the sums over pairs of neighbours are compared.
pairs = [(0,), (1,), (2,), (3,), (4, 5), (6, 7), (8,), (9,)]
sums = np.stack([runs[:, : len(separated), list(p)].sum(axis=2) for p in pairs])
expected = np.stack([curve[separated][:, list(p)].sum(axis=1) for p in pairs])
scores = (sums.mean(axis=1) - expected) / (sums.std(axis=1, ddof=1) / np.sqrt(repeats))

# %%
record(
    "ssl/x_quadrature_simulation",
    numbers={"iteration": np.arange(0, chosen + 1, 3), "exact": curve[::3],
             "sampled_iteration": iteration, "mean": runs.mean(axis=0),
             "spread": runs.std(axis=0, ddof=1), "separated": separated, "deviation": scores},
    claims=[
        # Values of Student's t: one sample in a thousand has a larger one among them.
        claim("largest deviation while separated, in standard errors", np.abs(scores).max(), "<",
              stats.t.isf(1e-3 / (2 * scores.size), repeats - 1), kind="agreement"),
        claim("the sum of squares grows by finite steps only: relative growth over the run, in steps "
              "squared", (np.sum(curve[-1] ** 2) / np.sum(gamma**2) - 1) / eta**2, "between", (0, 1),
              kind="agreement"),
    ],
)  # fmt: skip

# %% [markdown]
# ## Two modes: the whole plane
#
# With two modes the flow can be drawn. Conserved curves are straight lines of constant sum for the
# original cosine loss and circles for the isotropic one at $\alpha = 1$; the Euclidean losses have a
# point attractor instead of a line of fixed points.

# %%
ticks = np.linspace(0.06, 2.0, 22)
plane = np.stack(np.meshgrid(ticks, ticks), axis=-1)
flows = [(loss, v) for loss in ("euclidean", "cosine") for v in ("standard", "isotropic")]
fields = {}
for loss, variant in flows:
    rates = [relative_rate(point, loss=loss, variant=variant, tolerance=1e-4)
             for point in plane.reshape(-1, 2)]  # fmt: skip
    fields[loss, variant] = 2 * plane * np.reshape(rates, plane.shape)
probes = np.array([[0.2, 1.8], [1.5, 0.3], [0.1, 0.9]])
times = 40 * np.linspace(0, 1, 161) ** 3  # dense where the paths bend
trajectories = {
    key: np.stack([eigenvalue_trajectory(p, times, loss=key[0], variant=key[1]) for p in probes], 1)
    for key in flows
}

# %%
straight, curved = trajectories["cosine", "standard"], trajectories["cosine", "isotropic"]
sums, squares = straight.sum(axis=2), (curved**2).sum(axis=2)
one_integral = [
    relative_rate(p, loss="cosine", noise=(0, 0)) / two_mode_rate(p) - 1 for p in probes
]
first = trajectories["euclidean", "standard"]

# %%
record(
    "ssl/x_phase_portrait",
    numbers={"eigenvalue": ticks, "time": times}
    | {f"{loss}_{v}": fields[loss, v] for loss, v in flows}
    | {f"{loss}_{v}_paths": trajectories[loss, v] for loss, v in flows},
    claims=[
        claim("original cosine loss: relative drift of the sum",
              (np.ptp(sums, axis=0) / sums[0]).max(), "<", 1e-9, kind="exact"),
        claim("isotropic cosine loss: relative drift of the sum of squares",
              (np.ptp(squares, axis=0) / squares[0]).max(), "<", 1e-9, kind="exact"),
        claim("cosine flows end on the diagonal: largest difference",
              max(np.abs(np.diff(t[-1])).max() for t in (straight, curved)), "<", 1e-3),
        claim("Euclidean flows end at (1, 1): largest deviation",
              max(np.abs(trajectories["euclidean", v][-1] - 1).max()
                  for v in ("standard", "isotropic")), "<", 1e-6, kind="exact"),
        claim("original Euclidean loss, along the axes first: the third start's small mode when the "
              "large one has come within a hundredth of 1",
              first[np.argmax(np.abs(first[:, 2, 1] - 1) < 0.01), 2, 0], "<", 0.3),
        claim("quadrature against the one-integral rate of two modes: largest relative difference",
              np.abs(one_integral).max(), "<", 1e-6, kind="exact"),
    ],
)  # fmt: skip

# %% [markdown]
# ## A published panel that is not the gradient of its loss
#
# Without stop-gradient the released code gives the target branch the *online* branch's denominators,
# $\lvert p\rvert^3 \lvert z\rvert$ instead of $\lvert p\rvert \lvert z\rvert^3$, and the online input.
# Nothing is conserved then, and large modes run away. The true gradient conserves the sum and lets a
# few large modes absorb it: the rank collapses. (Integrated as a flow: at the figure's learning rate of
# 0.1 finite steps would not keep the sum.)

# %%
times = np.linspace(0, 60, 241)
rule, gradient = (
    eigenvalue_trajectory(gamma, times, loss="cosine", variant=v)
    for v in ("no_stop_gradient_released", "no_stop_gradient")
)

# %%
participation = gradient.sum(axis=1) ** 2 / np.sum(gradient**2, axis=1)
record(
    "ssl/x_no_stop_gradient",
    numbers={"time": times, "released": rule, "gradient": gradient},
    claims=[
        claim("released rule: the sum grows by this factor", rule[-1].sum() / gamma.sum(), ">", 10),
        claim("true gradient: relative drift of the sum",
              np.abs(gradient.sum(axis=1) / gamma.sum() - 1).max(), "<", 1e-9, kind="exact"),
        claim("true gradient, modes alive: participation ratio at the end over that at the start",
              participation[-1] / participation[0], "<", 0.5),
        claim("true gradient: eigenvalues above a thousandth at the end",
              np.sum(gradient[-1] > 1e-3), "==", 2),
    ],
)  # fmt: skip

# %% [markdown]
# ## Any predictor
#
# The sum is conserved for *every* predictor, since a cosine does not know lengths; a predictor divided by its
# largest eigenvalue changes nothing at all under the original loss. Under the isotropic loss the sum over
# modes of $\int_0^{\gamma} \lambda(g)\, dg$ is conserved. And levels are crossed at times that can be asked for:

# %%
ridge = RidgePredictor(0.4)


def stored(eigenvalues):
    """Integral of g / (g + 0.4), summed over modes."""
    return np.sum(eigenvalues - 0.4 * np.log1p(eigenvalues / 0.4))


for variant, kept in (("standard", np.sum), ("isotropic", stored)):
    setting = {"loss": "cosine", "variant": variant, "predictor": ridge}
    end = eigenvalue_trajectory(gamma, [60.0], **setting)[0]
    wait = crossing_times(gamma, 0.5, 500.0, of="eigenvalue", **setting)
    print(f"{variant:9} conserved: {kept(gamma):.8f} and {kept(end):.8f}; "
          f"the smallest mode passes one half at time {wait[0]:.1f}")  # fmt: skip

# %% [markdown]
# ## What happens if
#
# ... weight decay is added? The sum decays exponentially, and as the level falls the modes equalise
# *faster*: lengths do not matter to the cosine, but the effective step is one over the level.


# %%
def draw(ax, weight_decay):
    t = np.linspace(0, 40, 161)
    values = eigenvalue_trajectory(gamma, t, loss="cosine", weight_decay=weight_decay)
    ax.semilogy(t, values, color="#6D6E71", linestyle="-")
    ax.set(xlabel="time", ylabel="eigenvalue", ylim=(5e-3, 3))
    return f"eigenvalues at the end {values[-1].min():.3g} to {values[-1].max():.3g}"


explore(draw, weight_decay=[0.0, 0.005, 0.01, 0.02, 0.03, 0.05])

# %% [markdown]
# ## Exercises

# %% [markdown] tags=["exercise"]
# ### Exercise 1: where it ends, from what is conserved
#
# *paper, 15 minutes, 4 points, difficulty 2 of 3*
#
# The flow under the cosine loss ends with equal eigenvalues. Their common value follows from the conservation law alone: for
# the original loss the sum of the eigenvalues, for the isotropic loss that of their power $\alpha + 1$. Start from $\gamma = (0.2, 1, 2)$.
#
# Assign the common value to `mean_1` under the original loss, to `mean_2` under the isotropic loss with $\alpha = 1$, and to
# `mean_half` under the isotropic loss with $\alpha = 1/2$.

# %% tags=["solution"]
# The power mean of order 1, 2 and 3/2.
three = np.array([0.2, 1.0, 2.0])
mean_1, mean_2 = three.mean(), np.mean(three**2) ** (1 / 2)
mean_half = np.mean(three**1.5) ** (1 / 1.5)
for expected_end, variant, exponent in (
    (mean_1, "standard", 1.0), (mean_2, "isotropic", 1.0), (mean_half, "isotropic", 0.5)
):  # fmt: skip
    reached = eigenvalue_trajectory(
        three, [400.0], loss="cosine", variant=variant, exponent=exponent
    )[0]
    assert np.allclose(reached, expected_end, rtol=1e-6)

# %% tags=["check"]
check("ssl-3.1", mean_1, mean_2, mean_half)

# %% tags=["mistakes"]
mistake(
    "ssl-3.1",
    ...,
    np.mean(three**2),
    ...,
    hint="take the root: it is the eigenvalue that is asked for",
)
mistake(
    "ssl-3.1", ..., ..., np.mean(three**0.5) ** 2, hint="the power that is conserved is alpha + 1"
)
mistake("ssl-3.1", np.prod(three) ** (1 / 3), ..., ..., hint="a sum is conserved, not a product")

# %% [markdown] tags=["exercise"]
# ### Exercise 2: a predictor of another kind
#
# *derivation, 20 minutes, 5 points, difficulty 2 of 3*
#
# Under the isotropic cosine loss a sum $\sum_m G(\gamma_m)$ is conserved for every predictor $p(\gamma)$ if $G'(\gamma) = p(\gamma)$. Prove it
# for the ridge predictor $p = \gamma/(\gamma + \mu)$: start a `Derivation` with the definition $G(g) = g - \mu \ln(1 + g/\mu)$, with
# `g, mu = sp.symbols("g mu", positive=True)`, and differentiate it in a step "slope" (`.differentiate`). Then find the $G$ that belongs to
# the predictor $p = \tanh g$, with $G(0) = 0$.
#
# Assign the derivation to `own`, its slope to `slope`, and the second $G$ to `other`, an expression in `g`.

# %% tags=["stub"]
g, mu = sp.symbols("g mu", positive=True)
stock = sp.Function("G")
own = Derivation("What a ridge predictor conserves")
slope = ...
other = ...

# %% tags=["solution"]
g, mu = sp.symbols("g mu", positive=True)
stock = sp.Function("G")
own = (
    Derivation("What a ridge predictor conserves")
    .define("stock", sp.Eq(stock(g), g - mu * sp.log(1 + g / mu)), "summed over modes")
    .differentiate("slope", sp.Eq(sp.Derivative(stock(g), g), g / (g + mu)), g, "the predictor")
)
slope = own["slope"].rhs
other = sp.log(sp.cosh(g))
assert slope.subs({g: 0.6, mu: 0.4}) == ridge(np.array([0.6]))[0]
assert sp.simplify(sp.diff(other, g) - sp.tanh(g)) == 0
own

# %% tags=["check"]
check("ssl-3.2", slope, other)

# %% tags=["mistakes"]
mistake("ssl-3.2", mu / (g + mu), ..., hint="the derivative of the first term is 1")
mistake(
    "ssl-3.2",
    ...,
    1 / sp.cosh(g) ** 2,
    hint="this is the derivative of tanh; its integral is asked for",
)

# %% [markdown] tags=["exercise"]
# ### Exercise 3: how fast do nearly equal modes become equal?
#
# *simulation, 10 minutes, 3 points, difficulty 1 of 3*
#
# Start four eigenvalues at `0.5 * (1 + 1e-4 * np.array([-1, 1, -1, 1]))` under the original cosine loss, without noise
# (`noise=(0, 0)`), for one unit of time. By which factor does their range shrink (`np.ptp`)? The linearised law of the lesson,
# step "rate" of `cosine_modes.near_isotropy()`, says it: remember that $r_m$ is the rate of the *singular* values.
#
# Assign to `rate` the logarithm of the factor by which the range has shrunk, and to `predicted` what the law says.

# %% tags=["solution"]
# 2 alpha / ((M + 2) level) = 2 / (6 * 0.5)
near = 0.5 * (1 + 1e-4 * np.array([-1, 1, -1, 1]))
later = eigenvalue_trajectory(near, [1.0], loss="cosine", noise=(0, 0))[0]
rate, predicted = np.log(np.ptp(near) / np.ptp(later)), 2 / 3
assert abs(rate - predicted) < 1e-3

# %% tags=["check"]
check("ssl-3.3", rate, predicted)

# %% tags=["mistakes"]
mistake("ssl-3.3", ..., 1 / 3, hint="an eigenvalue is the square of a singular value")
mistake("ssl-3.3", np.exp(-2 / 3), ..., hint="the logarithm of the factor is asked for")

# %% [markdown] tags=["exercise"]
# ### Exercise 4: is the average of ratios a ratio of averages?
#
# *open, 20 minutes, 6 points, difficulty 3 of 3*
#
# The mean update holds averages of ratios of random lengths. The lesson computes them exactly, and shows that replacing the lengths
# by their typical values gets single rates wrong. For which spectra would the shortcut be good, for which bad? What does a single
# mode do under the cosine loss, and what does the shortcut say about it? How would you convince somebody that the exact moments
# are right, without trusting the derivation? Ten lines.
#
# Then judge, four truth values in `ratios_true`: (a) a single mode does not move under the cosine loss; (b) for many equal modes the
# shortcut becomes exact; (c) the shortcut respects the conservation law; (d) the mean update of a sampled network agrees with the exact moments
# for large batches *and* for small ones, since every sample is averaged on its own.

# %% [markdown] tags=["solution"]
# The shortcut is good where lengths hardly vary: many modes of similar size, by the law of large numbers, (b). With a few large modes a length is that
# of one or two Gaussian numbers and varies as much as its mean. A single mode is the extreme: the cosine of two numbers is the sign of their
# product and has no slope, (a), whereas typical lengths give it some rate that depends on the spectrum's noise. Scale invariance makes the sum of the
# pushes vanish sample by sample; (c) holds for the shortcut as far as the same lengths are used in both of its terms: with second moments in place of
# the lengths the weighted sum still cancels without noise. (d) is true: the update is a mean over samples, so a small batch is
# noisier but not biased. To convince: another road, such as sampling with error bars, special cases in closed form, and the conservation law as a test.

# %% tags=["solution"]
still_mode = relative_rate([0.7], loss="cosine")
assert still_mode[0] == 0  # (a)
many = np.ones(2000)
assert (
    abs(cosine_moments(many, many, tolerance=1e-10).mean_cosine - 1) < 0.01
)  # (b): noise (0, 0.1)
quiet = gamma / np.sqrt(np.sum(gamma**3) * np.sum(gamma))
quiet = quiet * (1 - gamma * np.sum(gamma**2) / np.sum(gamma**3))
assert abs(np.sum(quiet * gamma)) < 1e-12  # (c)
ratios_true = [True, True, True, True]

# %% tags=["check"]
check("ssl-3.4", ratios_true)

# %% tags=["mistakes"]
mistake(
    "ssl-3.4", [False, True, True, True], hint="which values can the cosine of two numbers take?"
)
mistake(
    "ssl-3.4",
    [True, True, False, True],
    hint="sum the shortcut's rates, weighted by the eigenvalues, without noise",
)

# %% [markdown]
# ## References
#
# * M. S. Halvagal, A. Laborieux, F. Zenke, *Implicit variance regularization in non-contrastive SSL*,
#   NeurIPS 2023: Theorem 2, Fig. 2 and the released toy code. The exact moments, the conservation laws
#   and the remaining figures are derived here.
# * B. C. Carlson, *Numerical computation of real or complex elliptic integrals*, Numerical Algorithms
#   10 (1995): the special cases of three modes.
