r"""A linear predictor that is learned by the same gradient as the weights, at a rate of its own.

With singular vectors shared, :math:`W = U \operatorname{diag}(s) V^\top` and
:math:`P = U \operatorname{diag}(q) U^\top`, each mode has two numbers. With the pull
:math:`g_m = 1 - c_1 q_m` of the Euclidean and :math:`g_m = X_m - q_m Y_m` of the cosine loss

.. math::
    \dot s_m = q_m g_m s_m - \rho s_m, \qquad
    \dot q_m = \alpha_p\, s_m^2 g_m - \rho_p q_m .

Without decay :math:`s_m^2 - q_m^2 / \alpha_p` is constant in every mode; with equal decay it is
forgotten as :math:`e^{-2\rho t}`. A mode at rest has :math:`q (1 - c_1 q) = \rho` whatever the
predictor's own rate and decay, and :math:`s^2 = \rho_p q^2 / (\alpha_p \rho)`: for
:math:`\rho_p, \rho > 0` it lives where :math:`4 c_1 \rho < 1` only.

Source: Tian, Chen, Ganguli 2021 (balance, equal decays); the rest is derived here
(`theory.ssl.derivations.background`, `theory.ssl.derivations.predictors`).
"""

from __future__ import annotations

import numpy as np

from theory import checks
from theory.door import door
from theory.numerics import NotConverged
from theory.ssl.cosine_push import push_unchecked
from theory.ssl.integration import integrate
from theory.ssl.rates import FLOOR
from theory.ssl.settings import LOSSES, check_eigenvalues, check_noise, check_times

TOLERANCE = 1e-11


@door(noise="any")
def learned_predictor_trajectory(
    initial_eigenvalues: np.ndarray,
    initial_predictor: np.ndarray,
    times: np.ndarray,
    *,
    predictor_rate: float = 1.0,
    predictor_decay: float | None = None,
    loss: str = "euclidean",
    noise: tuple = (0.0, 0.1),
    weight_decay: float = 0.0,
) -> tuple[np.ndarray, np.ndarray]:
    r"""Return the eigenvalues of the representation and of the learned predictor in the flow.

    Parameters
    ----------
    initial_eigenvalues : array_like, shape (modes,)
        :math:`s_m^2`, 0 or above.
    initial_predictor : array_like, shape (modes,)
        :math:`q_m`, 0 or above.
    times : array_like, shape (times,)
        From 0 on, strictly increasing, in units of the weights' learning rate times iterations.
    predictor_rate : float
        :math:`\alpha_p > 0`, learning rate of the predictor relative to that of the weights.
    predictor_decay : float, optional
        :math:`\rho_p \ge 0`, relative to the weights' learning rate; that of the weights by
        default.
    loss : {"euclidean", "cosine"}
    noise : (float or array_like, float or array_like)
        Of both views, one number or one a mode.
    weight_decay : float
        :math:`\rho \ge 0`.

    Returns
    -------
    eigenvalues, predictor : ndarray, shape (times, modes)

    Raises
    ------
    ValueError
        For values outside these ranges.
    NotConverged
        Where the integrator gives up.

    Examples
    --------
    >>> s2, q = learned_predictor_trajectory([0.01], [0.1], [200.0], noise=(0, 0))
    >>> (s2.round(6).item(), q.round(6).item())
    (1.0, 1.0)
    """
    times = check_times(times)
    velocity, start = _velocity(
        initial_eigenvalues, initial_predictor, predictor_rate, predictor_decay, loss, noise,
        weight_decay,
    )  # fmt: skip
    modes = len(start) // 2
    path, _ = integrate(
        velocity, start, times, name="learned_predictor_trajectory", tolerance=TOLERANCE,
        absolute=TOLERANCE * 1e-4,
    )  # fmt: skip
    return path[:, :modes] ** 2, path[:, modes:]


@door(steps=">= 0", learning_rate="> 0")
def learned_predictor_map(
    initial_eigenvalues: np.ndarray,
    initial_predictor: np.ndarray,
    steps: int,
    learning_rate: float,
    **setting,
) -> tuple[np.ndarray, np.ndarray]:
    r"""Return the same after every step of simultaneous gradient descent, (steps + 1, modes) each.

    Parameters
    ----------
    initial_eigenvalues, initial_predictor
        As in `learned_predictor_trajectory`.
    steps : int
        0 or above.
    learning_rate : float
        :math:`\eta > 0` of the weights; the predictor's is `predictor_rate` times it.
    **setting
        The remaining arguments of `learned_predictor_trajectory`.

    Raises
    ------
    NotConverged
        Where the iteration diverges.
    """
    eta = learning_rate
    options = {
        "predictor_rate": 1.0, "predictor_decay": None, "loss": "euclidean", "noise": (0.0, 0.1),
        "weight_decay": 0.0,
    }  # fmt: skip
    unknown = set(setting) - set(options)
    if unknown:
        raise TypeError(f"learned_predictor_map takes {', '.join(options)}, not {unknown.pop()!r}")
    velocity, state = _velocity(
        initial_eigenvalues, initial_predictor, *(options | setting).values()
    )
    path = [state]
    for step in range(steps):
        state = state + eta * velocity(state)
        if not np.abs(state).max() < 1e50:
            raise NotConverged(
                f"learned_predictor_map: the iteration diverges at learning rate {eta:g}; make it "
                "smaller",
                residual=float(np.abs(state).max()),
                iterations=step + 1,
            )
        path.append(state)
    weights, predictor = np.split(np.array(path), 2, axis=1)
    return weights**2, predictor


def _velocity(eigenvalues, predictor, speed, own_decay, loss, noise, decay):
    """Velocity of (s, q), and where it starts, after one check of the setting."""
    gamma = check_eigenvalues(eigenvalues)
    q = checks.finite_array("initial_predictor", predictor, shape=gamma.shape)
    if q.min() < 0:
        raise ValueError(f"initial_predictor must be 0 or above, but the smallest is {q.min():g}")
    speed = checks.positive("predictor_rate", speed)
    rho = checks.nonnegative("weight_decay", decay)
    own = rho if own_decay is None else checks.nonnegative("predictor_decay", own_decay)
    checks.one_of("loss", loss, LOSSES)
    c = check_noise(noise, len(gamma))
    modes = len(gamma)

    def velocity(state):
        s, q = state[:modes], state[modes:]
        if loss == "euclidean":
            pull = (1 - c[0] * q) * s
        elif modes == 1:
            pull = np.zeros(1)
        else:
            size = np.maximum(np.abs(s), FLOOR * np.abs(s).max())
            ahead = np.maximum(q, 0) * size
            pull = push_unchecked(ahead, size, c, TOLERANCE)[0] if ahead.max() else np.zeros(modes)
        return np.concatenate([q * pull - rho * s, speed * s * pull - own * q])

    return velocity, np.concatenate([np.sqrt(gamma), q])


@door(_nan=True, weight_decay="> 0", predictor_rate="> 0", noise=">= 0")
def resting_point(
    weight_decay: float,
    predictor_decay: float | None = None,
    *,
    predictor_rate: float = 1.0,
    noise: float = 0.0,
) -> tuple[float, float]:
    r"""Return eigenvalue and predictor of a living mode at rest, Euclidean loss.

    :math:`q = (1 + \sqrt{1 - 4 c_1 \rho}) / (2 c_1)`, :math:`s^2 = \rho_p q^2/(\alpha_p \rho)`; nan
    where :math:`4 c_1 \rho > 1`: nothing lives, whatever the predictor's own decay.

    Parameters
    ----------
    weight_decay : float
        :math:`\rho > 0`.
    predictor_decay : float, optional
        :math:`\rho_p > 0`; :math:`\rho` by default.
    predictor_rate : float
        :math:`\alpha_p > 0`.
    noise : float
        :math:`\sigma_1` of the online view.
    """
    rho = weight_decay
    own = rho if predictor_decay is None else checks.positive("predictor_decay", predictor_decay)
    speed = predictor_rate
    c1 = 1 + noise**2
    left = 1 - 4 * c1 * rho
    if left < 0:
        return np.nan, np.nan
    q = (1 + np.sqrt(left)) / (2 * c1)
    return own * q**2 / (speed * rho), q
