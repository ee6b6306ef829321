r"""Eigenvalues of a linear Siamese network over time: the flow, and the map of the mean update.

Both are exact averages over Gaussian inputs; no sample is drawn. The rates stand in
`theory.ssl.rates`, the closed forms in `theory.ssl.closed_forms`.
"""

from __future__ import annotations

import numpy as np

from theory import checks
from theory.door import door
from theory.numerics import NotConverged
from theory.ssl.closed_forms import (
    isotropic_predictor_eigenvalue,
    standard_predictor_eigenvalue,
)
from theory.ssl.gaussian_moments import TOLERANCE
from theory.ssl.integration import TOLERANCE as FLOW_TOLERANCE
from theory.ssl.integration import Crossings, integrate
from theory.ssl.predictors import as_predictor
from theory.ssl.rates import DEAD, rate_function
from theory.ssl.settings import check_eigenvalues, check_times

SMALLEST = 1e-200  # eigenvalues below it are reported as they are, but move no more


@door(noise="any")
def eigenvalue_trajectory(
    initial_eigenvalues: np.ndarray,
    times: np.ndarray,
    *,
    loss: str = "euclidean",
    variant: str = "standard",
    exponent: float = 1.0,
    predictor=None,
    noise: tuple = (0.0, 0.1),
    weight_decay: float = 0.0,
    input_variance: float | np.ndarray = 1.0,
) -> np.ndarray:
    r"""Return the eigenvalues of :math:`W W^\top` in the continuous flow.

    Parameters
    ----------
    initial_eigenvalues : array_like, shape (modes,)
        At time 0; 0 or above, not all 0. The order of modes is kept.
    times : array_like, shape (times,)
        From 0 on, strictly increasing, in units of learning rate times iterations.
    loss, variant, exponent, predictor, noise, weight_decay, input_variance
        As in `relative_rate`.

    Returns
    -------
    ndarray, shape (times, modes)
        Closed forms where they exist (relative error 1e-12), else integrated with relative
        tolerance 1e-12.

    Raises
    ------
    ValueError
        For values outside these ranges, and for more than 100 000 modes under the cosine loss.
    NotConverged
        Where the integrator gives up, or has used 100 000 evaluations.

    Notes
    -----
    Under the cosine loss without stop-gradient the rate of the smaller of two modes grows without
    bound as it dies, in finite time where there is no noise
    (:math:`\dot\gamma \propto -\sqrt\gamma`); a mode below 1e-20 of the largest is taken out
    and stays at 0.

    Examples
    --------
    >>> eigenvalue_trajectory([2.0, 0.5], [60.0], predictor="direct_pred")[0].round(6)
    array([2., 2.])
    """
    gamma = check_eigenvalues(initial_eigenvalues)
    times = check_times(times)
    setting = (loss, variant, exponent, predictor, noise, weight_decay, input_variance)
    rate = rate_function(gamma, *setting, FLOW_TOLERANCE)
    plain = predictor is None and all(np.ndim(v) == 0 for v in (*noise, input_variance))
    if loss == "euclidean" and plain and input_variance == 1:
        c1 = (noise[0], weight_decay)
        start = gamma**exponent, times[:, None], exponent
        if variant == "no_predictor":
            return gamma * np.exp(2 * rate(gamma[:1]) * times[:, None])
        if variant == "isotropic":
            return isotropic_predictor_eigenvalue(*start, *c1) ** (1 / exponent)
        if variant == "standard" and weight_decay == 0:
            return standard_predictor_eigenvalue(*start, noise[0]) ** (1 / exponent)
    dies = loss == "cosine" and variant == "no_stop_gradient"
    return _integrated(rate, gamma, times, dies, loss == "euclidean")


@door(_nan=True, noise="any", level="> 0", until="> 0")
def crossing_times(
    initial_eigenvalues: np.ndarray,
    level: float,
    until: float,
    *,
    of: str = "predictor",
    loss: str = "euclidean",
    variant: str = "standard",
    exponent: float = 1.0,
    predictor=None,
    noise: tuple = (0.0, 0.1),
    weight_decay: float = 0.0,
    input_variance: float | np.ndarray = 1.0,
) -> np.ndarray:
    r"""Return the time at which each mode first passes a level, for every loss and variant.

    Parameters
    ----------
    initial_eigenvalues : array_like, shape (modes,)
    level : float
        Above 0.
    until : float
        Time, above 0, after which the search ends.
    of : {"predictor", "eigenvalue"}
        Whether the predictor's eigenvalue or that of the representation passes the level.
    loss, variant, exponent, predictor, noise, weight_decay, input_variance
        As in `relative_rate`.

    Returns
    -------
    ndarray, shape (modes,)
        In units of learning rate times iterations; 0 where a mode starts on the level, nan where it
        does not pass before `until`.

    Examples
    --------
    >>> crossing_times([0.02, 0.1], 0.5, 100.0, noise=(0, 0)).round(3)
    array([25.946,  5.099])
    """
    gamma = check_eigenvalues(initial_eigenvalues)
    checks.one_of("of", of, ("predictor", "eigenvalue"))
    setting = (loss, variant, exponent, predictor, noise, weight_decay, input_variance)
    rate = rate_function(gamma, *setting, FLOW_TOLERANCE)
    rule = as_predictor(predictor, exponent)
    if of == "eigenvalue":
        rule = np.asarray
    elif variant == "no_predictor":
        raise ValueError("of must be 'eigenvalue' without predictor, whose eigenvalues are all 1")
    crossings = Crossings(rule, level, rule(gamma))
    dies = loss == "cosine" and variant == "no_stop_gradient"
    if not crossings.all_found:
        _integrated(rate, gamma, np.array([until]), dies, loss == "euclidean", crossings)
    return crossings.times


def _integrated(rate, gamma, times, dies, apart, crossings=None):
    """Integrate d log gamma / dt = 2 r; modes that are 0 stay there.

    Where modes die in finite time (`dies`) those below `DEAD` of the largest are taken out; `apart`
    says that modes hardly depend on each other.
    """
    result, done, now = np.zeros((len(times), len(gamma))), 0, 0.0
    full = np.where(gamma > SMALLEST, gamma, 0.0)
    while True:
        alive = full > (max(SMALLEST, DEAD * full.max()) if dies else SMALLEST)
        full = np.where(alive, full, 0.0)

        def velocity(x, full=full, alive=alive):
            full[alive] = np.exp(np.maximum(x, np.log(SMALLEST)))
            return 2 * rate(full)[alive]

        def state(x, like=full, alive=alive):
            values = np.zeros_like(like)
            values[alive] = np.exp(x)
            return values

        def watch(before, after, curve, now=now, state=state):
            if not crossings.all_found:
                crossings(before, after, lambda t: state(curve(t)), now)

        def stop(x):
            dead = dies and x.min() - x.max() < np.log(DEAD)
            return dead or (crossings is not None and crossings.all_found)

        path, (spent, last) = integrate(
            velocity, np.log(full[alive]), times[done:] - now, name="eigenvalue_trajectory",
            stop=stop, watch=watch if crossings is not None else None, diagonal=apart,
        )  # fmt: skip
        result[done : done + len(path), alive] = np.exp(path)
        done, now = done + len(path), now + spent
        if done == len(times) or (crossings is not None and crossings.all_found):
            return result
        full = np.zeros_like(gamma)
        full[alive] = np.exp(last)


@door(noise="any", steps=">= 0", learning_rate="> 0")
def eigenvalue_map(
    initial_eigenvalues: np.ndarray,
    steps: int,
    learning_rate: float,
    *,
    loss: str = "euclidean",
    variant: str = "standard",
    exponent: float = 1.0,
    predictor=None,
    noise: tuple = (0.0, 0.1),
    weight_decay: float = 0.0,
    input_variance: float | np.ndarray = 1.0,
) -> np.ndarray:
    r"""Return the eigenvalues of :math:`W W^\top` after every step of the mean update.

    :math:`\gamma_m \leftarrow \gamma_m (1 + \eta r_m)^2` with the rates of `relative_rate`: the
    expectation, over an infinite batch, of one step of gradient descent.

    Parameters
    ----------
    initial_eigenvalues : array_like, shape (modes,)
        At the start; the order of modes is kept.
    steps : int
        Number of updates, 0 or above.
    learning_rate : float
        :math:`\eta > 0`.
    loss, variant, exponent, predictor, noise, weight_decay, input_variance
        As in `relative_rate`.

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
    eta = learning_rate
    setting = (loss, variant, exponent, predictor, noise, weight_decay, input_variance)
    rate = rate_function(gamma, *setting, TOLERANCE)
    path = np.empty((steps + 1, len(gamma)))
    path[0] = gamma
    plain = np.ndim(noise[0]) == 0 and np.ndim(input_variance) == 0
    if (
        loss == "euclidean" and variant == "no_predictor" and plain
    ):  # a constant rate: a geometric series
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
