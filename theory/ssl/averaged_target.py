r"""A target network that is a running average of the online network, as in BYOL.

The target has the same singular vectors and singular values :math:`s_a` of its own:
:math:`\dot s_m = \eta s_m r_m` with the target's representation in the rates and
:math:`\dot s_{a,m} = \beta (s_m - s_{a,m})`, both times in units of learning rate times iterations.

Source: Halvagal, Laborieux, Zenke 2023 (set-up); the flow and its Jacobian are derived here.
"""

from __future__ import annotations

import numpy as np

from theory import checks
from theory.door import door
from theory.ssl.cosine_push import push_unchecked
from theory.ssl.integration import integrate
from theory.ssl.predictors import checked_predictor
from theory.ssl.settings import LOSSES, VARIANTS, check_eigenvalues, check_noise, check_times

TOLERANCE = 1e-9


@door(noise="any", averaging_rate="> 0", exponent="> 0", weight_decay=">= 0")
def averaged_target_trajectory(
    initial_eigenvalues: np.ndarray,
    times: np.ndarray,
    averaging_rate: float,
    *,
    loss: str = "euclidean",
    variant: str = "standard",
    exponent: float = 1.0,
    predictor=None,
    noise: tuple = (0.0, 0.1),
    weight_decay: float = 0.0,
) -> tuple[np.ndarray, np.ndarray]:
    r"""Return the eigenvalues of the online and of the target network.

    Parameters
    ----------
    initial_eigenvalues : array_like, shape (modes,)
        Of both networks, above 0.
    times : array_like, shape (times,)
        Strictly increasing from 0 on.
    averaging_rate : float
        :math:`\beta > 0` per unit time: one minus the target's decay factor over the learning rate.
    loss : {"euclidean", "cosine"}
    variant : {"standard", "isotropic", "no_predictor"}
        The others have no meaning here: an averaged target is not a function of the weights, so
        that no gradient reaches it.
    exponent, predictor, noise, weight_decay
        As in `relative_rate`.

    Returns
    -------
    online, target : ndarray, shape (times, modes)
        :math:`s_m^2` and :math:`s_{a,m}^2`.
    """
    gamma = check_eigenvalues(initial_eigenvalues)
    times = check_times(times)
    beta = averaging_rate
    checks.one_of("loss", loss, LOSSES)
    if checks.one_of("variant", variant, VARIANTS).startswith("no_stop_gradient"):
        raise ValueError(
            f"variant must be 'standard', 'isotropic' or 'no_predictor', not {variant!r}: an "
            "averaged target follows the online weights, and no gradient reaches it that could be "
            "stopped"
        )
    rule = checked_predictor(predictor, exponent, gamma)
    rho = weight_decay
    c = check_noise(noise, len(gamma))
    modes = len(gamma)

    def velocity(state):
        s, target = state[:modes], state[modes:]
        p = np.ones(modes) if variant == "no_predictor" else rule(s**2)
        if loss == "euclidean":
            pull = target - c[0] * p * s
        elif modes == 1:
            pull = np.zeros(1)
        else:
            pull = push_unchecked(p * np.abs(s), np.abs(target), c, TOLERANCE)[0]
        if variant == "standard":
            pull = p * pull
        return np.concatenate([pull - rho * s, beta * (s - target)])

    path, _ = integrate(
        velocity,
        np.tile(np.sqrt(gamma), 2),
        times,
        name="averaged_target_trajectory",
        tolerance=TOLERANCE,
        absolute=TOLERANCE * 1e-3,
    )
    return path[:, :modes] ** 2, path[:, modes:] ** 2


@door(averaging_rate="> 0", exponent="> 0")
def fixed_point_jacobian(averaging_rate: float, exponent: float = 1.0) -> np.ndarray:
    r"""Return the Jacobian of one mode at :math:`\lambda = 1`, in (online, target) deviations.

    :math:`\begin{pmatrix} -(1 + 2\alpha) & 1 \\ \beta & -\beta \end{pmatrix}` for the Euclidean
    loss without noise of the online view, standard or isotropic. Trace below and determinant
    :math:`2\alpha\beta` above zero: stable for every averaging rate, and real since the
    off-diagonal product is positive; for small :math:`\beta` the slow rate is
    :math:`2\alpha\beta / (1 + 2\alpha)`.
    """
    beta = averaging_rate
    alpha = exponent
    return np.array([[-(1 + 2 * alpha), 1.0], [beta, -beta]])
