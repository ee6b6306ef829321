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
# # A small deep counterpart
#
# **After this lesson you can** train a small nonlinear encoder without negative examples, read its
# eigenvalue spectra in the light of lessons 2 and 3, and say which of the paper's findings on
# ResNet-18 and CIFAR-10 show at this size and which do not.
#
# *25 minutes, of which about 2 for the computer. Prerequisites: lessons 1 to 3, batch normalisation.*
#
# The theory is about one linear layer. The paper's claim is about deep networks: the isotropic loss
# recruits more modes, sooner, and learns faster. Does that show in a network of three layers that
# trains in seconds?
#
# ## What is disclosed before any result
#
# **The task is made for the purpose.** A first design (plain digits with shifts and noise, no batch
# normalisation) showed no effect: a random encoder was nearly perfect already. The present one hides
# each 8 x 8 digit behind an independent background from a fixed 24-dimensional subspace; a view is the
# digit, a fresh background and pixel noise. Learning means to ignore the subspace. Backgrounds, batch
# normalisation and learning rates were chosen so that there is something to learn; nothing was tuned
# after that, except the learning rate of the learned linear predictor under the Euclidean loss (0.003,
# the one of four tried at which it learns; it collapses at 0.01). All of this is class B: an illustration of the mechanism, no evidence
# about natural images.
#
# | quantity | here | paper |
# |---|---|---|
# | encoder | 64-128-64 with batch normalisation, linear projector to 32 | ResNet-18, projector to 256 |
# | data | 1400 digits over backgrounds | CIFAR-10 |
# | optimizer | momentum 0.9, rate 0.1 (cosine), 0.01 (Euclidean) | LARS or momentum |
# | epochs, batch | 25, 140 | 1000, 256 |
# | exponent | 1/2, predictor divided by its largest eigenvalue | the same |
# | target memory | 0.99, or 0 "without EMA" | 0.99 rising to 1, or 0 |

# %%
import matplotlib.pyplot as plt
import numpy as np

from figures.kit import (
    BLACK,
    BLUE,
    PAGE,
    VERMILION,
    claim,
    explore,
    label_panels,
    record,
    use_style,
)
from theory import sweep
from theory.ssl.derivations import losses as derivations
from theory.ssl.derivations import solutions
from theory.ssl.training import trained_encoder
from theory.ssl.views import BackgroundDigits, ridge_accuracy

use_style()

# %% [markdown]
# ## What the theory predicts
#
# The factor that the isotropic loss removes, once more: with $\lambda \le 1$ after the division by the
# largest eigenvalue, every mode but the first is slowed down by it.

# %%
derivations.isotropic_cosine()

# %%
solutions.weight_decay()

# %% [markdown]
# ## The runs
#
# Nineteen settings, five seeds each; a seed draws the split, the backgrounds and the weights, the same
# for every setting, so that settings can be compared in pairs.

# %%
EPOCHS, SEEDS = 25, 5
methods = {
    "BYOL": {"predictor": "nonlinear"},
    "DirectPred": {},
    "IsoLoss": {"isotropic": True},
    "DirectCopy": {"exponent": 1.0, "offset": 0.25},
    "DirectCopy, iso": {"exponent": 1.0, "offset": 0.25, "isotropic": True},
}
settings = {("cosine", name, "EMA"): chosen for name, chosen in methods.items()}
settings |= {("cosine", name, "no EMA"): c | {"averaging": 0.0} for name, c in methods.items()}
three = ("DirectPred", "IsoLoss", "BYOL")
settings |= {("euclidean", name, "EMA"): methods[name] | {"loss": "euclidean"} for name in three}
decays = (1e-2, 1e-4, 1e-6)
settings |= {
    ("cosine", name, decay): methods[name] | {"weight_decay": decay}
    for name in three[:2] for decay in (1e-2, 1e-6)
}  # fmt: skip
linear = {"predictor": "linear"}
settings["cosine", "linear", "EMA"] = linear
settings["euclidean", "linear", "EMA"] = linear | {"loss": "euclidean", "learning_rate": 0.003}

points = [c | {"epochs": EPOCHS, "seed": s} for c in settings.values() for s in range(SEEDS)]
values = sweep.map(trained_encoder, points).values
runs = {key: values[SEEDS * k : SEEDS * (k + 1)] for k, key in enumerate(settings)}
for name in three[:2]:
    runs["cosine", name, 1e-4] = runs["cosine", name, "EMA"]


def accuracy(*key):
    return np.array([run.accuracy for run in runs[key]])


def participation(*key):
    return np.array([run.participation[-1] for run in runs[key]])


def top(*key):
    return np.array([run.eigenvalues[-1, -1] for run in runs[key]])


# %%
raw = []
for seed in range(SEEDS):
    rng = np.random.default_rng(seed)
    task = BackgroundDigits.drawn(rng)
    train, test = task.view(task.train_images, rng), task.view(task.test_images, rng)
    raw.append(ridge_accuracy(train, task.train_labels, test, task.test_labels))
print(f"read-out from raw pixels {np.mean(raw):.3f}, from the untrained encoder "
      f"{accuracy('cosine', 'DirectPred', 'EMA')[:, 0].mean():.3f}")  # fmt: skip
diverged = trained_encoder(0, loss="euclidean", averaging=0.0, epochs=5)
print("Euclidean loss without EMA, predictor divided by its largest eigenvalue:",
      "diverges" if diverged is None else "trains")  # fmt: skip

# %% [markdown]
# ## Spectra over time
#
# One seed of each; the claims are about all five. The isotropic loss recruits more modes and does so
# earlier. With a learned nonlinear predictor, as in BYOL, one eigenvalue dominates.

# %%
epochs = np.arange(EPOCHS + 1)


def draw_spectrum(ax, key, seed=0):
    ax.semilogy(epochs, runs[key][seed].eigenvalues[:, ::3], color="#6D6E71", linestyle="-",
                linewidth=0.8)  # fmt: skip
    ax.semilogy(epochs, runs[key][seed].eigenvalues[:, -1], color="#6D6E71", linestyle="-",
                linewidth=0.8)  # fmt: skip


figure, axes = plt.subplots(2, 3, figsize=(PAGE, 3.6), sharex=True, sharey=True)
for row, loss in zip(axes, ("euclidean", "cosine"), strict=True):
    for ax, name in zip(row, three, strict=True):
        draw_spectrum(ax, (loss, name, "EMA"))
        ax.set_title(f"{loss.replace('euc', 'Euc')}, {name}")
for ax in axes[1]:
    ax.set_xlabel("epoch")
for ax in axes[:, 0]:
    ax.set(ylabel="eigenvalue", ylim=(1e-4, 1e2))

ratio = {
    loss: participation(loss, "IsoLoss", "EMA") / participation(loss, "DirectPred", "EMA")
    for loss in ("euclidean", "cosine")
}
early = {
    loss: np.array([
        iso.participation[10] / plain.participation[10]
        for iso, plain in zip(runs[loss, "IsoLoss", "EMA"], runs[loss, "DirectPred", "EMA"],
                              strict=True)
    ])
    for loss in ratio
}  # fmt: skip
record(
    "ssl/fig3a",
    figure,
    data={"epoch": epochs} | {f"{loss}_{name}": runs[loss, name, "EMA"][0].eigenvalues
                              for loss in ratio for name in three},
    claims=[
        claim("isotropic over original loss, Euclidean: participation ratio at the end, worst seed",
              ratio["euclidean"].min(), ">", 1.25),
        claim("the same, cosine", ratio["cosine"].min(), ">", 1.25),
        claim("the same at epoch 10, Euclidean", early["euclidean"].min(), ">", 1.25),
        claim("the same at epoch 10, cosine", early["cosine"].min(), ">", 1.15),
        claim("learned nonlinear predictor over original loss, cosine: participation ratio, largest "
              "seed", (participation("cosine", "BYOL", "EMA")
                       / participation("cosine", "DirectPred", "EMA")).max(), "<", 0.8),
    ],
    alt="Six panels of eigenvalues of the representation against epoch. Under the isotropic loss most modes "
    "rise together within ten epochs; under the original loss they rise one after another; with a learned "
    "predictor few modes rise.",
)  # fmt: skip

# %% [markdown]
# ## Does it learn faster?

# %%
figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.7), sharey=True)
for ax, loss in zip(axes, ("euclidean", "cosine"), strict=True):
    for name, color, style in (("DirectPred", "#888888", "--"), ("IsoLoss", BLACK, "-")):
        a = accuracy(loss, name, "EMA")
        ax.plot(epochs, a.mean(axis=0), color=color, linestyle=style)
        ax.fill_between(epochs, a.min(axis=0), a.max(axis=0), color=color, alpha=0.2, linewidth=0)
    ax.axhline(np.mean(raw), color=VERMILION, linestyle=":", linewidth=1)
    ax.set(xlabel="epoch", title=loss.replace("euc", "Euc"))
axes[0].set_ylabel("read-out accuracy")
axes[1].text(4.2, 0.86, "$\\mathcal{L}_{iso}$", ha="right")
axes[1].text(9, 0.7, "$\\mathcal{L}$", color="#666666")
axes[0].text(
    24, 0.6, "bands: range of five seeds\ndotted: read-out from raw pixels", ha="right", fontsize=7
)

lead = {
    loss: accuracy(loss, "IsoLoss", "EMA") - accuracy(loss, "DirectPred", "EMA")
    for loss in ("euclidean", "cosine")
}
record(
    "ssl/fig3b",
    figure,
    data={"epoch": epochs, "raw_pixels": [np.mean(raw)]}
    | {f"{loss}_{name}": accuracy(loss, name, "EMA").T for loss in lead for name in three},
    claims=[
        claim("isotropic minus original loss at epoch 5, Euclidean: smallest of the paired seeds",
              lead["euclidean"][:, 5].min(), ">", 0.01),
        claim("the same, cosine", lead["cosine"][:, 5].min(), ">", 0.03),
        claim("the same at epoch 10, cosine", lead["cosine"][:, 10].min(), ">", 0.02),
        claim("mean lead at epoch 10, Euclidean", lead["euclidean"][:, 10].mean(), ">", 0.02),
        claim("mean lead at the end, Euclidean: it closes", lead["euclidean"][:, -1].mean(), "<",
              lead["euclidean"][:, 5].mean()),
    ],
    alt="Read-out accuracy against epoch for the original and the isotropic loss, Euclidean and cosine. The "
    "isotropic loss is ahead through the first half; the curves approach each other and the accuracy "
    "reached from raw pixels.",
)  # fmt: skip
for loss in lead:
    finals = {n: accuracy(loss, n, "EMA")[:, -1].mean() for n in three}
    print(loss, "final accuracy:", {n: round(float(v), 3) for n, v in finals.items()})

# %% [markdown]
# The lead is there, early and in every seed. What the read-out reaches in the end is little or no better
# than a read-out from raw pixels: the task can be solved linearly, and that bar is drawn.
#
# ## The target average
#
# The paper finds that the isotropic loss lets one do without the averaged target. Its spectra without
# average are larger and recruited one by one; that shows here, too. **That it can be done without is
# not reproduced**: the read-out stays well below the averaged one.

# %%
figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.5), sharey=True)
for ax, ema in zip(axes, ("EMA", "no EMA"), strict=True):
    draw_spectrum(ax, ("cosine", "IsoLoss", ema))
    final = accuracy("cosine", "IsoLoss", ema)[:, -1]
    ax.set(title=f"{'with' if ema == 'EMA' else 'without'} averaged target: accuracy {final.mean():.2f}",
           xlabel="epoch")  # fmt: skip
axes[0].set(ylabel="eigenvalue", ylim=(1e-3, 1e4))
label_panels(axes)
loss_of = accuracy("cosine", "IsoLoss", "EMA") - accuracy("cosine", "IsoLoss", "no EMA")
record(
    "ssl/fig7",
    figure,
    data={"epoch": epochs} | {ema.replace(" ", "_"): runs["cosine", "IsoLoss", ema][0].eigenvalues
                              for ema in ("EMA", "no EMA")},
    claims=[
        claim("without the average the top eigenvalue is larger by this factor, smallest seed",
              (top("cosine", "IsoLoss", "no EMA") / top("cosine", "IsoLoss", "EMA")).min(), ">", 10),
        claim("and fewer modes are recruited: ratio of participation ratios, largest seed",
              (participation("cosine", "IsoLoss", "no EMA")
               / participation("cosine", "IsoLoss", "EMA")).max(), "<", 0.6),
        claim("not reproduced: accuracy lost without the average at the end, mean over seeds",
              loss_of[:, -1].mean(), ">", 0.02),
    ],
    alt="Eigenvalues against epoch under the isotropic cosine loss. With an averaged target most modes rise "
    "together; without it the leading eigenvalues are a hundred times larger and fewer modes rise.",
)  # fmt: skip

# %% [markdown]
# ## Weight decay
#
# Weight decay sets the level, as in the paper. The paper also finds that without the isotropic loss
# strong decay leaves few modes. Here the number of modes does not fall with it: **the trend in the rank
# is not reproduced.**

# %%
figure, axes = plt.subplots(2, 3, figsize=(PAGE, 3.6), sharex=True, sharey=True)
for row, name in zip(axes, three[:2], strict=True):
    for ax, decay in zip(row, decays, strict=True):
        draw_spectrum(ax, ("cosine", name, decay))
        ax.set_title(
            f"{name}, $\\rho$ = {decay:g}; rank {participation('cosine', name, decay).mean():.1f}"
        )
for ax in axes[1]:
    ax.set_xlabel("epoch")
for ax in axes[:, 0]:
    ax.set(ylabel="eigenvalue", ylim=(1e-5, 1e2))
record(
    "ssl/fig8",
    figure,
    data={"epoch": epochs} | {f"{name}_{decay:g}": runs["cosine", name, decay][0].eigenvalues
                              for name in three[:2] for decay in decays},
    claims=[
        claim("the level falls with weight decay: top eigenvalue at 1e-2 over that at 1e-4, largest",
              max((top("cosine", n, 1e-2) / top("cosine", n, 1e-4)).max() for n in three[:2]),
              "<", 0.2),
        claim("the isotropic loss keeps more modes at every weight decay: smallest ratio",
              min((participation("cosine", "IsoLoss", d)
                   / participation("cosine", "DirectPred", d)).min() for d in decays), ">", 1.2),
        claim("not reproduced: participation ratio of the original loss at 1e-2 over 1e-6, mean",
              np.mean(participation("cosine", "DirectPred", 1e-2)
                      / participation("cosine", "DirectPred", 1e-6)), ">", 0.85),
    ],
    alt="Six panels of eigenvalues against epoch for three weight decays. Strong weight decay lowers the level "
    "of all eigenvalues under both losses. The isotropic loss keeps more modes up in each column.",
)  # fmt: skip

# %% [markdown]
# ## A learned linear predictor
#
# The closed-form predictor shares its eigenvectors with the representation by construction. Does a
# learned one? For each eigenvector $u$ of the covariance: the cosine between $u$ and $W_P u$. (The
# paper's own measure is not in its released code; this is our reading.)

# %%
figure, axes = plt.subplots(1, 2, figsize=(PAGE, 2.7), sharey=True)
aligned = {
    loss: np.array([run.alignment for run in runs[loss, "linear", "EMA"]])
    for loss in ("cosine", "euclidean")
}
shown = range(0, EPOCHS + 1, 5)
for ax, loss in zip(axes, aligned, strict=True):
    for epoch in shown:
        ax.plot(np.arange(1, 33), aligned[loss][0, epoch], linestyle="-", linewidth=1.1,
                color=plt.cm.Oranges(0.25 + 0.75 * epoch / EPOCHS))  # fmt: skip
    ax.axhline(0, color=BLACK, linewidth=0.5)
    ax.set(title=loss.replace("euc", "Euc"), xlabel="mode, largest first", ylim=(-1, 1.1))
axes[0].set_ylabel("alignment")
axes[1].text(31, 0.75, "light to dark: epoch 0 to 25", ha="right", fontsize=7)
label_panels(axes)
head = {loss: a[:, -1, :2].min() for loss, a in aligned.items()}
tail = {loss: np.abs(a[:, -1, 16:].mean(axis=1)).max() for loss, a in aligned.items()}
record(
    "ssl/fig4",
    figure,
    data={"mode": np.arange(1, 33)} | {loss: a[0, list(shown)].T for loss, a in aligned.items()},
    claims=[
        claim("leading modes align, cosine: smallest of the first two, all seeds", head["cosine"],
              ">", 0.85),
        claim("leading modes align, Euclidean", head["euclidean"], ">", 0.85),
        claim("the tail does not: mean over the last sixteen modes, largest seed",
              max(tail.values()), "<", 0.35),
        claim("before training there is none: mean over all modes, seeds and losses",
              np.abs(np.mean([a[:, 0] for a in aligned.values()])), "<", 0.15),
    ],
    alt="Alignment of a learned predictor with the eigenvectors of the representation by mode, one line for "
    "every five epochs. Late lines start near one at the leading modes and fall to about zero.",
)  # fmt: skip
ranks = {loss: participation(loss, "linear", "EMA").mean().round(1) for loss in aligned}
print("participation ratio at the end:", {k: float(v) for k, v in ranks.items()})

# %% [markdown]
# The representation of these runs has a low rank, and so few modes are aligned. The paper's sharp
# cut-off under the cosine loss, 48 of 256 modes, is not seen at this size.
#
# ## The table
#
# The rows of the paper's table, with our numbers. The paper's are not known to us.

# %%
names = list(methods)
figure, ax = plt.subplots(figsize=(PAGE, 2.6))
for shift, ema, color, marker in ((-0.14, "EMA", BLUE, "o"), (0.14, "no EMA", VERMILION, "s")):
    for row, name in enumerate(names):
        a = accuracy("cosine", name, ema)[:, -1]
        ax.errorbar(a.mean(), row + shift, xerr=a.std(ddof=1), fmt=marker, color=color, capsize=2)
        ax.text(0.992, row + shift, f"{100 * a.mean():.1f} ± {100 * a.std(ddof=1):.1f}", color=color,
                va="center", ha="right", fontsize=7)  # fmt: skip
ax.axvline(np.mean(raw), color=BLACK, linestyle=":", linewidth=1)
ax.text(np.mean(raw) + 0.002, 4.72, "raw pixels", fontsize=7, va="center")
ax.text(0.912, -0.14, "circles: with averaged target", color=BLUE, fontsize=7)
ax.text(0.912, 0.16, "squares: without", color=VERMILION, fontsize=7)
ax.set(xlabel="read-out accuracy, mean and standard deviation over five seeds", xlim=(0.8, 0.995),
       yticks=range(5), ylim=(4.9, -0.75))  # fmt: skip
ax.set_yticklabels(names)
cells = {(n, e): accuracy("cosine", n, e)[:, -1] for n in names for e in ("EMA", "no EMA")}
record(
    "ssl/table1",
    figure,
    data={"method": names} | {f"{what}_{e.replace(' ', '_')}": [getattr(cells[n, e], what)() for n in names]
                              for e in ("EMA", "no EMA") for what in ("mean", "std")},
    claims=[
        claim("with averaged target IsoLoss ends above DirectPred: mean difference",
              (cells["IsoLoss", "EMA"] - cells["DirectPred", "EMA"]).mean(), ">", 0.01),
        claim("and so does the isotropic DirectCopy above DirectCopy",
              (cells["DirectCopy, iso", "EMA"] - cells["DirectCopy", "EMA"]).mean(), ">", 0.005),
        claim("every closed-form method loses without the average: smallest mean loss",
              min((cells[n, "EMA"] - cells[n, "no EMA"]).mean() for n in names[1:]), ">", 0.01),
        claim("BYOL-like training does not: mean loss", (cells["BYOL", "EMA"]
                                                         - cells["BYOL", "no EMA"]).mean(), "<", 0.03),
    ],
    alt="Read-out accuracy of five methods with and without an averaged target. Isotropic losses lead with "
    "the average; all closed-form methods lose without it.",
)  # fmt: skip

# %% [markdown]
# ## What happens if
#
# ... the predictor is floored? The offset $\epsilon$ adds a constant to its eigenvalues, which is half
# of the way to the isotropic loss: small modes are slowed down less.


# %%
def draw(ax, offset):
    run = trained_encoder(0, offset=offset, epochs=10)
    ax.semilogy(run.eigenvalues[:, ::3], color="#6D6E71", linestyle="-", linewidth=0.8)
    ax.set(xlabel="epoch", ylabel="eigenvalue", ylim=(1e-4, 1e2))


explore(draw, offset=[0.0, 0.1, 0.5])

# %% [markdown]
# ## Exercises
#
# 1. The predictor is divided by its largest eigenvalue. Which fixed point does that give to the largest
#    mode under the Euclidean loss, and why does "all eigenvalues at one" not apply?
# 2. Compare the two losses by the epoch at which the read-out first passes 0.75.

# %% tags=["solution"]
# 1. The largest predictor eigenvalue is 1 by construction: that mode has no drift of its own at any
# level, and only ratios are regularized, as under the cosine loss. Rounding and weight decay set the
# level, which therefore differs between runs:
levels = top("euclidean", "IsoLoss", "EMA")

# %%
assert levels.min() > 1.5  # not one

# %% tags=["solution"]
first = {
    name: np.argmax(accuracy("cosine", name, "EMA") > 0.75, axis=1)
    for name in ("DirectPred", "IsoLoss")
}

# %%
assert np.all(first["IsoLoss"] < first["DirectPred"])

# %% [markdown]
# ## References
#
# * M. S. Halvagal, A. Laborieux, F. Zenke, *Implicit variance regularization in non-contrastive SSL*,
#   NeurIPS 2023: Figs. 3, 4, 7, 8, Table 1, and the released deep code for the algorithms.
# * J.-B. Grill et al., *Bootstrap your own latent*, NeurIPS 2020. X. Chen, K. He, *Exploring simple
#   Siamese representation learning*, CVPR 2021.
# * E. Alpaydin, C. Kaynak, *Optical recognition of handwritten digits*, UCI repository.
