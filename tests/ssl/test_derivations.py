"""Derivations prove themselves when built; here they are confronted with the predictions."""

import inspect

import numpy as np
import pytest
import sympy as sp

from theory.derivation import Derivation
from theory.numerics import numeric_function
from theory.ssl import relative_rate
from theory.ssl.closed_forms import standard_predictor_eigenvalue, weight_decay_fixed_points
from theory.ssl.derivations import background, losses, moments, relu, solutions
from theory.ssl.siamese import SiameseNetwork

MODULES = (losses, moments, solutions, relu, background)
ALL = [
    function
    for module in MODULES
    for name, function in inspect.getmembers(module, inspect.isfunction)
    if function.__module__ == module.__name__ and not name.startswith("_")
]


@pytest.mark.parametrize("build", ALL, ids=lambda f: f"{f.__module__.split('.')[-1]}.{f.__name__}")
def test_every_derivation_is_proved(build):
    derivation = build()
    assert isinstance(derivation, Derivation)
    assert all(step.proof for step in derivation.steps if not step.is_premise)
    assert sum(not step.is_premise for step in derivation.steps) >= 2


def test_theorem_1_is_the_rate():
    step = losses.euclidean()["two views"]
    symbols = {s.name: s for s in step.rhs.free_symbols}
    mean = step.rhs.subs({symbols[r"\xi_1"]: 0, symbols[r"\xi_2"]: 0, symbols["eta"]: 1})
    rate = numeric_function((symbols["lambda_1"], symbols[r"\hat{z}_1"]), mean)
    gamma = np.array([0.2, 0.9, 1.7])
    expected = relative_rate(gamma, noise=(0, 0), exponent=0.5)
    np.testing.assert_allclose(rate(np.sqrt(gamma), 2.0) / 2.0, expected, rtol=1e-12)


@pytest.mark.parametrize("isotropic", [False, True])
def test_theorem_2_is_the_gradient_of_one_sample(isotropic):
    build = losses.isotropic_cosine if isotropic else losses.cosine
    slope = build()["coefficients" if isotropic else "Theorem 2"].rhs
    order = [*losses.ONLINE, *losses.TARGET, *losses.PREDICTOR]
    gradient = numeric_function(order, slope)
    rng = np.random.default_rng(5)
    s, x = rng.uniform(0.3, 1.5, 3), rng.standard_normal((2, 3))
    network = SiameseNetwork("cosine", "isotropic" if isotropic else "standard")
    update = network.update(np.diag(s), x[0][:, None], x[1][:, None])
    expected = -gradient(*(s * x[0]), *(s * x[1]), *s**2) * x[0]
    np.testing.assert_allclose(update[0], expected, rtol=1e-12)


def test_solutions_are_the_predictions():
    step = solutions.standard()["candidate"]
    u0 = next(s for s in step.rhs.free_symbols if s.name == "u_0")
    value = step.rhs.subs({u0: 1 / solutions.START - 1})
    symbolic = numeric_function((solutions.START, solutions.T, solutions.ALPHA), value)
    start, time = np.array([0.1, 0.4, 0.8]), 1.3
    np.testing.assert_allclose(
        symbolic(start, time, 0.7), standard_predictor_eigenvalue(start, time, 0.7), rtol=1e-12
    )
    derivation = solutions.weight_decay()
    for name, predicted in zip(
        ("upper", "lower"), weight_decay_fixed_points(0.1, 0.5), strict=True
    ):
        root = derivation[name].rhs
        c, rho = (next(s for s in root.free_symbols if s.name == n) for n in ("c_1", "rho"))
        assert float(root.subs({c: sp.Rational(5, 4), rho: sp.Rational(1, 10)})) == pytest.approx(
            predicted, rel=1e-14
        )
