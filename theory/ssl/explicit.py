r"""Losses that regularise the variance explicitly, in the same eigenspace.

Halvagal, Laborieux and Zenke call what predictor and stop-gradient do *implicit* variance
regularisation, beside VICReg's explicit one. For the linear network and Gaussian inputs both can be
written for the spectrum. With :math:`C_i = c_i W W^\top`, the covariance of view i:

* **whitening**, :math:`\tfrac14 \lVert C_1 - 1 \rVert_F^2 + \tfrac\kappa2 E|z_1 - z_2|^2`, in
  any basis;
* **VICReg**, :math:`\kappa/2\, E|z_1 - z_2|^2 + \sum_{i,j} \max(0, 1 - \sqrt{C_{i,jj}}) +
  \tfrac\nu2 \sum_{i, j\ne k} C_{i,jk}^2`;
* **Barlow twins**, :math:`\tfrac12 \sum_j (1 - R_{jj})^2 + \tfrac\nu2 \sum_{j \ne k} R_{jk}^2`,
  R the correlation of the two views.

The last two speak of the *units*, not of the eigenspace. Where the units are the modes (U = 1) both
covariance penalties vanish and stay so, and each mode has its own equation,
:math:`\dot s_m = s_m r_m`:

=========== ======================================================== ==========================
loss        :math:`r_m`                                              a small mode's wait
=========== ======================================================== ==========================
whitening   :math:`c_1 (1 - c_1 \gamma) - \kappa(\sigma_1^2+\sigma_2^2)`  logarithm of 1/gamma
VICReg      :math:`\sum_i \sqrt{c_i/\gamma}\,[c_i\gamma<1] -
            \kappa(\sigma_1^2 + \sigma_2^2)`                         finite, from any size
Barlow      0: R does not change with the size of a mode             for ever
=========== ======================================================== ==========================

and the whitening loss of one view without invariance term is the *isotropic* Euclidean loss with
:math:`\alpha = 1`, exactly.

Source: VICReg, Bardes, Ponce, LeCun 2022; Barlow twins, Zbontar et al. 2021; reduction to the
eigenspace derived here (`theory.ssl.derivations.explicit`).
"""

from __future__ import annotations

import numpy as np

from theory import checks
from theory.door import door
from theory.numerics import NotConverged
from theory.ssl.settings import check_eigenvalues, check_noise, check_times

EXPLICIT_LOSSES = ("whitening", "vicreg", "barlow")


@door(noise="any", invariance=">= 0", covariance=">= 0", weights="2d")
def explicit_loss(
    weights: np.ndarray,
    loss: str,
    *,
    noise: tuple[float, float] = (0.0, 0.1),
    invariance: float = 1.0,
    covariance: float = 1.0,
) -> tuple[float, np.ndarray]:
    r"""Return the mean of an explicit loss over Gaussian inputs, and minus its gradient.

    Parameters
    ----------
    weights : array_like, shape (units, inputs)
        Every row has a length above 0.
    loss : {"whitening", "vicreg", "barlow"}
    noise : (float, float)
        :math:`\sigma_1, \sigma_2 \ge 0`.
    invariance : float
        :math:`\kappa \ge 0`, weight of :math:`E|z_1 - z_2|^2 / 2`; not in Barlow's loss.
    covariance : float
        :math:`\nu \ge 0`, weight of the penalty on covariances or correlations between units.

    Returns
    -------
    value : float
    change : ndarray, shape (units, inputs)
        Of the weights at learning rate 1.
    """
    w = np.asarray(weights, float)
    checks.one_of("loss", loss, EXPLICIT_LOSSES)
    c = check_noise(noise)
    kappa = invariance
    nu = covariance
    gram = w @ w.T
    if np.diag(gram).min() == 0:
        raise ValueError("weights: every row must have a length above 0, or its unit is silent")
    apart = np.ones_like(gram) - np.eye(len(gram))
    if loss == "barlow":
        return _barlow(w, gram, c, nu, apart)
    blur = c[0] + c[1] - 2
    value, slope = kappa / 2 * blur * np.trace(gram), kappa / 2 * blur * np.eye(len(gram))
    if loss == "whitening":
        excess = c[0] * gram - np.eye(len(gram))
        return value + np.sum(excess**2) / 4, -2 * (slope + c[0] * excess / 2) @ w
    for ci in c:
        deviation = np.sqrt(ci * np.diag(gram))
        value += np.sum(np.maximum(0, 1 - deviation)) + nu / 2 * ci**2 * np.sum((apart * gram) ** 2)
        slope = slope - np.diag(np.where(deviation < 1, ci / (2 * deviation), 0.0))
        slope = slope + nu * ci**2 * apart * gram
    return float(value), -2 * slope @ w


@door(view1="2d", view2="2d", invariance=">= 0", covariance=">= 0")
def sampled_explicit_update(
    weights: np.ndarray,
    view1: np.ndarray,
    view2: np.ndarray,
    loss: str,
    *,
    invariance: float = 1.0,
    covariance: float = 1.0,
) -> np.ndarray:
    """Return minus the gradient of the loss of one batch, (units, inputs): no Gaussian is used.

    Parameters
    ----------
    weights : ndarray, shape (units, inputs)
    view1, view2 : ndarray, shape (inputs, batch)
    loss : {"whitening", "vicreg"}
    invariance, covariance : float
        As in `explicit_loss`.
    """
    checks.one_of("loss", loss, EXPLICIT_LOSSES[:2])
    kappa = invariance
    nu = covariance
    batch = view1.shape[1]
    change = -kappa / batch * (weights @ (view1 - view2)) @ (view1 - view2).T
    for x in (view1, view2) if loss == "vicreg" else (view1,):
        z = weights @ x
        c = z @ z.T / batch
        if loss == "whitening":
            slope = c - np.eye(len(c))
        else:
            deviation = np.sqrt(np.diag(c))
            slope = 2 * nu * (c - np.diag(np.diag(c)))
            slope -= np.diag(np.where(deviation < 1, 1 / deviation, 0.0))
        change -= slope @ z @ x.T / batch
    return change


def _barlow(w, gram, c, nu, apart):
    """R_jk = G_jk / (sqrt(c_1 c_2) |w_j| |w_k|): blind to the lengths of rows."""
    lengths = np.sqrt(np.diag(gram))
    unit = w / lengths[:, None]
    shared = 1 / np.sqrt(c[0] * c[1])
    correlation = shared * (unit @ unit.T)
    value = np.sum((1 - np.diag(correlation)) ** 2) / 2 + nu / 2 * np.sum(
        (apart * correlation) ** 2
    )
    pull = -2 * nu * shared * (apart * correlation) @ unit
    along = np.sum(pull * unit, axis=1, keepdims=True)
    return float(value), (pull - along * unit) / lengths[:, None]


@door(noise="any", invariance=">= 0")
def explicit_eigenvalues(
    initial_eigenvalues: np.ndarray,
    times: np.ndarray,
    loss: str,
    *,
    noise: tuple[float, float] = (0.0, 0.1),
    invariance: float = 1.0,
) -> np.ndarray:
    r"""Return the eigenvalues under an explicit loss where units are modes, in closed form.

    VICReg's mode has :math:`\dot s = b - a s` with :math:`a = \kappa(\sigma_1^2 + \sigma_2^2)` and
    the push :math:`b = \sum_i \sqrt{c_i}\,[c_i s^2 < 1]`, piece by piece: up to the hinge of the
    noisier view, up to that of the other, then resting on a hinge where the push beats the pull.

    Parameters
    ----------
    initial_eigenvalues : array_like, shape (modes,)
        :math:`\gamma_m`; VICReg recruits a mode from 0 as well (s > 0 is taken).
    times : array_like, shape (times,)
        From 0 on, strictly increasing.
    loss : {"whitening", "vicreg", "barlow"}
    noise, invariance
        As in `explicit_loss`.

    Returns
    -------
    ndarray, shape (times, modes)
    """
    gamma = check_eigenvalues(initial_eigenvalues)
    times = check_times(times)
    checks.one_of("loss", loss, EXPLICIT_LOSSES)
    c = check_noise(noise)
    pull = invariance * (c[0] + c[1] - 2)
    if loss == "barlow":
        return np.tile(gamma, (len(times), 1))
    if loss == "whitening":
        growth, k = c[0] - pull, 2 * times[:, None]
        from scipy.special import exprel  # late: only this branch needs it

        return gamma / (np.exp(-growth * k) + c[0] ** 2 * gamma * k * exprel(-growth * k))
    return np.stack([_hinged(s, times, c, pull) ** 2 for s in np.sqrt(gamma)], axis=1)


def _hinged(s, times, c, pull):
    """s(t) of one mode: linear equations between the hinges 1/sqrt(c_i)."""
    hinges = sorted({float(1 / np.sqrt(ci)) for ci in c})
    path, now = np.empty(len(times)), 0.0
    for _ in range(len(hinges) + 3):
        at = next((h for h in hinges if abs(s - h) <= 1e-14), None)
        above = _push(c, s * (1 + 1e-12)) - pull * s
        below = _push(c, s * (1 - 1e-12)) - pull * s
        if at is not None and above <= 0 <= below:  # pushed back from either side
            path[times >= now] = s
            return path
        push = _push(c, s * (1 + 1e-12) if above > 0 else s * (1 - 1e-12))
        velocity = push - pull * s
        ahead = [h for h in hinges if (h - s) * velocity > 1e-14 * abs(velocity)]
        goal = (min if velocity > 0 else max)(ahead) if ahead else None
        reached = _arrival(s, goal, push, pull) if goal is not None else np.inf
        inside = (times >= now) & (times <= now + reached)
        path[inside] = _linear(s, times[inside] - now, push, pull)
        if not np.isfinite(reached) or now + reached >= times[-1]:
            return path
        s, now = goal, now + reached
    raise NotConverged("explicit_eigenvalues: a mode did not settle", residual=s, iterations=0)


def _push(c, s):
    return sum(np.sqrt(ci) for ci in c if np.sqrt(ci) * s < 1)


def _linear(s, t, push, pull):
    if pull == 0:
        return s + push * t
    return push / pull + (s - push / pull) * np.exp(-pull * t)


def _arrival(s, goal, push, pull):
    """Time from s to the goal under ds/dt = push - pull s; infinite where it stops before."""
    if pull == 0:
        return (goal - s) / push
    ratio = (s - push / pull) / (goal - push / pull)
    return np.log(ratio) / pull if ratio >= 1 else np.inf
