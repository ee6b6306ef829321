r"""Predictors as functions of the eigenvalues of the representation.

A predictor that shares the eigenvectors of the representation is a map of eigenvalues
:math:`\gamma \mapsto \lambda`. Wherever a function takes `predictor`, it may be

* a number :math:`\alpha`: :math:`\lambda = \gamma^\alpha`;
* the name of a rule, one of `RULES`;
* one of the rules below with parameters of its own;
* any function from eigenvalues, shape (modes,), to predictor eigenvalues of the same shape,
  finite and 0 or above, for example ``lambda g: g / (1 + g)``.

Sources: Tian, Chen, Ganguli 2021 (DirectPred) and its released code; Wang, Chen, Du, Tian 2021
(DirectSet, DirectCopy); Halvagal, Laborieux, Zenke 2023, released deep code (division by the
largest eigenvalue); the ridge solution is derived here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from numbers import Real

import numpy as np

from theory import checks
from theory.door import door

NORMS = ("none", "largest", "frobenius")


@door(exponent="> 0", offset=">= 0")
@dataclass(frozen=True)
class SpectralPredictor:
    r"""A power of the eigenvalues, divided by a norm, with an offset.

    :math:`\lambda = (\gamma / N)^\alpha + \epsilon`, or :math:`(\gamma / N + \epsilon)^\alpha` with
    the offset inside the root.

    Parameters
    ----------
    exponent : float
        :math:`\alpha > 0`.
    offset : float
        :math:`\epsilon \ge 0`.
    normalised : {"none", "largest", "frobenius"}
        N is 1, the largest eigenvalue, or the root of the sum of squared eigenvalues.
    inside_root : bool
        Whether the offset is added before the power.
    """

    exponent: float = 1.0
    offset: float = 0.0
    normalised: str = "none"
    inside_root: bool = False

    def __post_init__(self):
        checks.one_of("normalised", self.normalised, NORMS)

    def __call__(self, eigenvalues: np.ndarray) -> np.ndarray:
        if self.normalised == "largest":
            eigenvalues = eigenvalues / eigenvalues.max()
        elif self.normalised == "frobenius":
            eigenvalues = eigenvalues / np.linalg.norm(eigenvalues)
        if self.inside_root:
            return (eigenvalues + self.offset) ** self.exponent
        return eigenvalues**self.exponent + self.offset


@door(penalty="> 0", noise=">= 0")
@dataclass(frozen=True)
class RidgePredictor:
    r"""The optimal linear predictor with a ridge: the minimum of the mean squared error.

    :math:`\lambda = \gamma / (c_1 \gamma + \mu)`, :math:`c_1 = 1 + \sigma_1^2`. Without ridge it is
    constant and nothing is learned from it: the rate :math:`\lambda (1 - c_1 \lambda)` is zero.

    Parameters
    ----------
    penalty : float
        :math:`\mu > 0` on the squared entries of the predictor.
    noise : float
        :math:`\sigma_1 \ge 0` of the online view.
    """

    penalty: float = 0.1
    noise: float = 0.0

    def __call__(self, eigenvalues: np.ndarray) -> np.ndarray:
        return eigenvalues / ((1 + self.noise**2) * eigenvalues + self.penalty)


RULES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "direct_pred": SpectralPredictor(0.5, normalised="largest"),
    "direct_set": SpectralPredictor(0.5, 0.1, normalised="frobenius"),
    "direct_copy": SpectralPredictor(1.0, 0.25, normalised="largest"),
    "optimal": RidgePredictor(),
}


def as_predictor(predictor, exponent: float = 1.0) -> Callable[[np.ndarray], np.ndarray]:
    """Return the function of a `predictor` argument; None is the power `exponent`.

    Raises
    ------
    ValueError, TypeError
        For a name that is no rule, an exponent that is not above 0, or something else.
    """
    if predictor is None:
        return SpectralPredictor(exponent)
    if isinstance(predictor, str):
        return RULES[checks.one_of("predictor", predictor, tuple(RULES))]
    if callable(predictor):
        return predictor
    if isinstance(predictor, Real) and not isinstance(predictor, bool):
        return SpectralPredictor(checks.positive("predictor", predictor))
    raise TypeError(
        f"predictor must be an exponent, one of {', '.join(map(repr, RULES))}, a rule or a "
        f"function of the eigenvalues, not {predictor!r}"
    )


def checked_predictor(predictor, exponent, eigenvalues) -> Callable[[np.ndarray], np.ndarray]:
    """Return the function, tried once at the eigenvalues with which the work starts."""
    rule = as_predictor(predictor, exponent)
    if isinstance(rule, SpectralPredictor | RidgePredictor):
        return rule
    found = np.asarray(rule(eigenvalues.copy()))
    good = found.shape == eigenvalues.shape and found.dtype.kind in "iuf"
    if not good or not np.all(np.isfinite(found)) or found.min() < 0:
        raise ValueError(
            "predictor must return one finite number, 0 or above, for each eigenvalue, shape "
            f"{eigenvalues.shape}; for {eigenvalues} it returned {found}"
        )
    return lambda gamma: np.asarray(rule(gamma), dtype=float)
