r"""Eigenvalues of a linear Siamese network over time: the flow, and the map of the mean update.

Both are exact averages over Gaussian inputs; no sample is drawn. The rates stand in
`theory.ssl.rates`, the closed forms in `theory.ssl.closed_forms`.
"""

from __future__ import annotations

import numpy as np
from scipy.integrate import solve_ivp

from theory import checks
from theory.numerics import NotConverged
from theory.ssl.closed_forms import (
    isotropic_predictor_eigenvalue,
    standard_predictor_eigenvalue,
)
from theory.ssl.gaussian_moments import TOLERANCE
from theory.ssl.rates import rate_function
from theory.ssl.settings import check_eigenvalues, check_times

FLOW_TOLERANCE = 1e-12  # relative, of the integrator and of the moments: conserved sums stay so
SMALLEST = 1e-200  # eigenvalues below it are reported as they are, but move no more


def eigenvalue_trajectory(
    initial_eigenvalues: np.ndarray,
    times: np.ndarray,
    *,
    loss: str = "euclidean",
    variant: str = "standard",
    exponent: float = 1.0,
    noise: tuple[float, float] = (0.0, 0.1),
    weight_decay: float = 0.0,
) -> np.ndarray:
    r"""Return the eigenvalues of :math:`W W^\top` in the continuous flow.

    Parameters
    ----------
    initial_eigenvalues : array_like, shape (modes,)
        At time 0; 0 or above, not all 0. The order of modes is kept.
    times : array_like, shape (times,)
        From 0 on, strictly increasing, in units of learning rate times iterations.
    loss : {"euclidean", "cosine"}
    variant : {"standard", "isotropic", "no_stop_gradient", "no_stop_gradient_released", \
"no_predictor"}
        As in `relative_rate`.
    exponent : float
        :math:`\alpha > 0` of the predictor :math:`W_P = (W W^\top)^\alpha`.
    noise : (float, float)
        :math:`\sigma_1, \sigma_2 \ge 0` of the two views; the paper's code has (0, 0.1).
    weight_decay : float
        :math:`\rho \ge 0`, relative to the learning rate.

    Returns
    -------
    ndarray, shape (times, modes)
        Closed forms where they exist (relative error 1e-12), else integrated with relative
        tolerance 1e-12.

    Raises
    ------
    ValueError
        For values outside these ranges.
    NotConverged
        Where the integrator gives up.
    """
    gamma = check_eigenvalues(initial_eigenvalues)
    times = check_times(times)
    setting = (loss, variant, exponent, noise, weight_decay)
    rate = rate_function(*setting, FLOW_TOLERANCE)
    if loss == "euclidean" and variant == "no_predictor":
        return gamma * np.exp(2 * rate(gamma[:1]) * times[:, None])
    if loss == "euclidean" and variant == "isotropic":
        return _powered(
            isotropic_predictor_eigenvalue(
                gamma**exponent, times[:, None], exponent, noise[0], weight_decay
            ),
            exponent,
        )
    if loss == "euclidean" and variant == "standard" and weight_decay == 0:
        return _powered(
            standard_predictor_eigenvalue(gamma**exponent, times[:, None], exponent, noise[0]),
            exponent,
        )
    return _integrated(rate, gamma, times)


def _powered(predictor_eigenvalues, exponent):
    return predictor_eigenvalues ** (1 / exponent)


def _integrated(rate, gamma, times):
    """Integrate d log gamma / dt = 2 r; modes that are 0 stay there."""
    alive = gamma > SMALLEST
    full = np.where(alive, gamma, 0.0)

    def logarithmic_rate(_, x):
        full[alive] = np.exp(np.maximum(x, np.log(SMALLEST)))
        return 2 * rate(full)[alive]

    span = (0.0, times[-1])
    if times[-1] == 0:
        return gamma[None, :].copy()
    solution = solve_ivp(
        logarithmic_rate,
        span,
        np.log(gamma[alive]),
        method="LSODA",
        t_eval=times,
        rtol=FLOW_TOLERANCE,
        atol=FLOW_TOLERANCE,
    )
    if not solution.success:
        raise NotConverged(
            f"eigenvalue_trajectory: the integrator stopped ({solution.message}); ask for a "
            "shorter time or larger noise",
            residual=np.nan,
            iterations=solution.nfev,
        )
    result = np.zeros((len(times), len(gamma)))
    result[:, alive] = np.exp(solution.y.T)
    return result


def eigenvalue_map(
    initial_eigenvalues: np.ndarray,
    steps: int,
    learning_rate: float,
    *,
    loss: str = "euclidean",
    variant: str = "standard",
    exponent: float = 1.0,
    noise: tuple[float, float] = (0.0, 0.1),
    weight_decay: float = 0.0,
) -> np.ndarray:
    r"""Return the eigenvalues of :math:`W W^\top` after every step of the mean update.

    :math:`\gamma_m \leftarrow \gamma_m (1 + \eta r_m)^2` with the rates of `relative_rate`: the
    expectation, over an infinite batch, of one step of gradient descent.

    Parameters
    ----------
    initial_eigenvalues, loss, variant, exponent, noise, weight_decay
        As in `eigenvalue_trajectory`.
    steps : int
        Number of updates, 0 or above.
    learning_rate : float
        :math:`\eta > 0`.

    Returns
    -------
    ndarray, shape (steps + 1, modes)
        The first row is the initial one.

    Raises
    ------
    ValueError
        For values outside these ranges.
    NotConverged
        Where the learning rate is so large that the iteration diverges.
    """
    gamma = check_eigenvalues(initial_eigenvalues)
    steps = checks.integer_at_least("steps", steps, 0)
    eta = checks.positive("learning_rate", learning_rate)
    rate = rate_function(loss, variant, exponent, noise, weight_decay, TOLERANCE)
    path = np.empty((steps + 1, len(gamma)))
    path[0] = gamma
    if loss == "euclidean" and variant == "no_predictor":  # a constant rate: a geometric series
        factor = (1 + eta * rate(gamma[:1])) ** 2
        return gamma * factor ** np.arange(steps + 1)[:, None]
    with np.errstate(over="ignore", invalid="ignore"):
        for step in range(steps):
            gamma = gamma * (1 + eta * rate(gamma)) ** 2
            path[step + 1] = gamma
            if not gamma.max() < 1e100:
                raise NotConverged(
                    f"eigenvalue_map: the iteration diverges at learning rate {eta:g}; "
                    "make it smaller",
                    residual=float(gamma.max()),
                    iterations=step + 1,
                )
    return path
