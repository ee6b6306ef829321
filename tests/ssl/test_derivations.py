"""Derivations prove themselves when built; here they are confronted with the predictions."""

import numpy as np
import pytest
import sympy as sp

from theory.numerics import numeric_function
from theory.ssl import (
    RidgePredictor,
    SpectralPredictor,
    explicit_eigenvalues,
    feature_times,
    relative_rate,
    resting_point,
)
from theory.ssl.averaged_target import fixed_point_jacobian
from theory.ssl.closed_forms import (
    isotropic_predictor_eigenvalue,
    recruitment_time,
    standard_predictor_eigenvalue,
    weight_decay_fixed_points,
)
from theory.ssl.derivations import (
    cosine_modes,
    explicit,
    losses,
    moments,
    predictors,
    relu,
    solutions,
)
from theory.ssl.relu_network import rectified_covariance, rectified_euclidean_update
from theory.ssl.siamese import SiameseNetwork
from theory.ssl.special_cases import isotropy_rate


def test_theorem_1_is_the_rate():
    step = losses.euclidean()["two views"]
    symbols = {s.name: s for s in step.rhs.free_symbols}
    mean = step.rhs.subs({symbols[r"\xi_1"]: 0, symbols[r"\xi_2"]: 0, symbols["eta"]: 1})
    rate = numeric_function((symbols["lambda_1"], symbols[r"\hat{z}_1"]), mean)
    gamma = np.array([0.2, 0.9, 1.7])
    expected = relative_rate(gamma, noise=(0, 0), exponent=0.5)
    np.testing.assert_allclose(rate(np.sqrt(gamma), 2.0) / 2.0, expected, rtol=1e-12)


@pytest.mark.parametrize("modes", [2, 3, 7])
@pytest.mark.parametrize("isotropic", [False, True])
def test_theorem_2_is_the_gradient_of_one_sample(isotropic, modes):
    build = losses.isotropic_cosine if isotropic else losses.cosine
    slope = build()["gradient in full" if isotropic else "Theorem 2"].rhs
    order = [losses.ONLINE, losses.TARGET, losses.PREDICTOR, *losses.OTHERS.values()]
    gradient = numeric_function(order, slope)
    rng = np.random.default_rng(5)
    s, x = rng.uniform(0.3, 1.5, modes), rng.standard_normal((2, modes))
    network = SiameseNetwork("cosine", "isotropic" if isotropic else "standard")
    update = network.update(np.diag(s), x[0][:, None], x[1][:, None])
    z, y = s * x
    prediction = s**2 * z
    others = np.sum(prediction[1:] * y[1:]), np.sum(prediction[1:] ** 2), np.linalg.norm(y)
    expected = -gradient(z[0], y[0], s[0] ** 2, *others) * x[0]
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


def named(expression):
    return {symbol.name: symbol for symbol in expression.free_symbols}


def test_isotropic_solution_and_recruitment_times():
    value = solutions.isotropic()["candidate"].rhs
    symbolic = numeric_function((solutions.START, solutions.T, solutions.ALPHA), value)
    start = np.array([0.02, 0.5, 3.0])
    np.testing.assert_allclose(
        symbolic(start, 0.8, 1.5), isotropic_predictor_eigenvalue(start, 0.8, 1.5), rtol=1e-12
    )
    for build, variant in ((solutions.standard, "standard"), (solutions.isotropic, "isotropic")):
        wait = build()["recruitment time"].rhs
        symbols = named(wait)
        start = {"u_0": 24, "lambda_0": sp.Rational(1, 25), "alpha": sp.Rational(1, 2)}
        derived = wait.subs({symbol: start[name] for name, symbol in symbols.items()})
        assert float(derived) == pytest.approx(recruitment_time(0.04, variant, 0.5), rel=1e-13)


def test_jacobian_of_the_averaged_target():
    jacobian = solutions.averaged_target()["Jacobian"].rhs
    symbols = named(jacobian)
    derived = jacobian.subs({symbols["alpha"]: 2, symbols["beta"]: sp.Rational(3, 10)})
    np.testing.assert_allclose(np.array(derived, float), fixed_point_jacobian(0.3, 2.0))


def test_return_to_isotropy_is_the_prediction():
    rate = cosine_modes.near_isotropy()["rate"].rhs
    symbols = named(rate)
    derived = rate.subs(
        {
            symbols["M"]: 7,
            symbols["alpha"]: sp.Rational(1, 2),
            symbols[r"\bar{gamma}"]: 3,
            symbols["epsilon_m"]: 1,
        }
    )
    assert -2 * float(derived) == pytest.approx(isotropy_rate(7, 3.0, 0.5), rel=1e-13)


def test_tilted_covariance_against_sampling():
    """Reweighted samples have the determinant's mean weight and the inverse's covariance."""
    derivation = moments.tilted_gaussian()
    inverse = derivation["inverse"].rhs
    symbols = named(inverse)
    values = {"c_1": 1.2, "c_2": 1.5, "A": 0.4, "B": 0.7}
    covariance = numeric_function([symbols[name] for name in values], inverse)(*values.values())
    determinant = derivation["determinant"].rhs
    symbols = named(determinant)
    q = numeric_function([symbols[name] for name in values], determinant)(*values.values())
    rng = np.random.default_rng(0)
    pairs = rng.multivariate_normal([0, 0], [[1.2, 1], [1, 1.5]], 200_000)
    weight = np.exp(-0.4 * pairs[:, 0] ** 2 - 0.7 * pairs[:, 1] ** 2)
    products = weight[:, None, None] * pairs[:, :, None] * pairs[:, None, :]
    for sample, exact in ((weight, q**-0.5), (products, covariance * q**-0.5)):
        error = sample.std(axis=0) / np.sqrt(len(pairs))
        assert np.all(np.abs(sample.mean(axis=0) - exact) < 5 * error)


def test_kernel_and_noisy_view_are_the_predictions():
    kernel = relu.arc_cosine_kernel()["kernel"].rhs
    (theta,) = kernel.free_symbols
    angles = np.array([0.3, 1.2, 2.8])
    for angle in angles:
        weights = [[1.0, 0.0], [np.cos(angle), np.sin(angle)]]
        assert float(kernel.subs(theta, angle)) == pytest.approx(
            rectified_covariance(weights)[0, 1], rel=1e-12
        )
    coefficient = relu.noisy_view()["coefficient"].rhs
    coefficient = coefficient.subs(named(coefficient)["w_i"], 1)
    (noise,) = coefficient.free_symbols
    update = rectified_euclidean_update(np.eye(2), variant="no_predictor", noise=0.7)
    assert update[0, 0] == pytest.approx(float(coefficient.subs(noise, 0.7)) - 0.5, rel=1e-12)


def test_stein_moment_is_the_off_diagonal_of_the_prediction():
    moment = relu.stein()["inserted"].rhs
    symbols = named(moment)
    angle, lengths = 1.1, (0.8, 1.3)
    weights = np.array(
        [[lengths[0], 0.0], [lengths[1] * np.cos(angle), lengths[1] * np.sin(angle)]]
    )
    numbers = {"theta": angle, "n_i": lengths[0], "n_j": lengths[1]}
    derived = [
        float(
            moment.subs(
                {symbols[k]: v for k, v in numbers.items()}
                | {symbols["w_i"]: weights[0, x], symbols["w_j"]: weights[1, x]}
            )
        )
        for x in range(2)
    ]
    # isotropic update of unit 0 without noise: own view minus P_00 K_00 minus P_01 K_01
    predictor = weights @ weights.T
    own = (1 - predictor[0, 0]) * weights[0] / 2
    expected = own - rectified_euclidean_update(weights, variant="isotropic", noise=0.0)[0]
    np.testing.assert_allclose(derived, expected / predictor[0, 1], rtol=1e-12)


def _function(equation, names):
    """Numeric right side of an equation, in the order of the names of its symbols."""
    symbols = {s.name: s for s in equation.rhs.free_symbols}
    functions = {f.func.__name__: f for f in equation.rhs.atoms(sp.Function)}
    dummies = {functions[n]: sp.Symbol(n) for n in names if n in functions}
    order = [dummies[functions[n]] if n in functions else symbols[n] for n in names]
    return numeric_function(order, equation.rhs.subs(dummies))


def test_flow_of_the_normalised_ratio_is_the_rate():
    slope = _function(predictors.normalised()["flow of the ratio"], ["alpha", "x", "epsilon"])
    gamma, alpha, offset = np.array([0.3, 0.9, 2.0]), 0.5, 0.2
    rule = SpectralPredictor(alpha, offset, normalised="largest")
    rates = relative_rate(gamma, predictor=rule, noise=(0, 0), weight_decay=0.1)
    x = (gamma / gamma.max()) ** alpha
    np.testing.assert_allclose(
        slope(alpha, x, offset), 2 * alpha * x * (rates - rates[-1]), atol=1e-14
    )


def test_bridge_is_the_rate():
    step = moments.bridge()["Theorem 1"]
    symbols = {s.name: s for s in step.rhs.free_symbols}
    plain = {s: sp.Symbol(name) for name, s in symbols.items()}
    velocity = numeric_function(
        [plain[symbols[n]] for n in ("Lambda", r"\hat{z}", "c_1")], step.rhs.subs(plain)
    )
    gamma = np.array([0.2, 1.4])
    np.testing.assert_allclose(
        velocity(gamma, 3.0, 1.25) / 3.0, relative_rate(gamma, noise=(0.5, 0)), rtol=1e-12
    )


def test_bridge_starts_from_the_weights_and_their_mean_update():
    bridge, reduction = moments.bridge(), moments.reduction()
    x = sp.Symbol("x", commutative=False)
    assert bridge["representation"].rhs == bridge["weights"].rhs * x  # z = W x
    assert bridge["weights"] == reduction["weights"]
    assert bridge["mean update"] == reduction["Euclidean"]


def test_the_mean_update_is_that_of_samples_with_any_moments():
    """By differences of the loss, target held: cross moment and online moment that are not 1."""
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(2, 4, 30))
    w, p = rng.normal(size=(3, 4)), rng.normal(size=(3, 3))
    target = w @ y

    def loss(weights):
        return np.sum((p @ weights @ x - target) ** 2) / 2 / 30

    steps = [loss(w + h) - loss(w - h) for h in 1e-5 * np.eye(12).reshape(12, 3, 4)]
    letters = {"W": w, "P": p, "P^T": p.T, "C_xx": x @ x.T / 30, "C_yx": y @ x.T / 30}
    update = moments.reduction()["update"].rhs
    value = sp.lambdify([sp.Symbol(n, commutative=False) for n in letters], update)
    # Products of letters that do not commute are products of matrices.
    found = np.array(value(*map(sp.Matrix, letters.values())), float)
    np.testing.assert_allclose(found, -np.reshape(steps, (3, 4)) / 2e-5, atol=1e-8)


def test_ridge_growth_is_the_rate():
    slope = _function(predictors.any_predictor()["growth in full"], ["gamma", "mu", "c_1"])
    gamma = np.array([0.2, 1.4])
    rates = relative_rate(gamma, predictor=RidgePredictor(0.3, 0.5), noise=(0.5, 0))
    np.testing.assert_allclose(slope(gamma, 0.3, 1.25), rates, rtol=1e-12)


def test_slope_of_the_potential_is_minus_the_flow():
    derivation = explicit.potential()
    for name, variant in (("its slope", "standard"), ("isotropic slope", "isotropic")):
        slope = _function(derivation[name], ["s", "alpha"])
        s = np.array([0.4, 1.3])
        rates = relative_rate(s**2, variant=variant, exponent=0.7, noise=(0, 0))
        np.testing.assert_allclose(-slope(s, 0.7), s * rates, rtol=1e-12)


def test_own_decay_is_the_resting_point():
    size = _function(predictors.own_decay()["size"], ["q", "rho", "rho_p", "alpha_p"])
    gamma, q = resting_point(0.1, 0.03, predictor_rate=2.0, noise=0.3)
    assert size(q, 0.1, 0.03, 2.0) == pytest.approx(gamma, rel=1e-12)


def test_vicreg_solution_is_the_closed_form():
    step = explicit.vicreg()["solution"]
    solution = _function(step, ["b", "a", "s_0", "t"])
    c, pull = 1 + 0.5**2, 2 * 0.5**2 * 0.4
    found = explicit_eigenvalues([0.01], [0.2], "vicreg", noise=(0.5, 0.5), invariance=0.4)
    assert solution(2 * np.sqrt(c), pull, 0.1, 0.2) ** 2 == pytest.approx(found[0, 0], rel=1e-12)
    hinge = _function(explicit.vicreg()["hinge"], ["s", "c_i"])  # 1 without features, 0 at 0.8
    assert hinge(np.array([0, 0.4, 0.8]), 1.25**2) == pytest.approx([1, 0.5, 0])


def test_balanced_features_take_the_predicted_time():
    derivation = explicit.feature_order()
    for name, objective in (("balanced", "self-distillation"),
                            ("balanced reconstruction", "reconstruction")):  # fmt: skip
        speed = _function(derivation[name], ["w", "varphi", "beta", "L"])
        end = 0.6 if objective == "self-distillation" else 0.6 ** (1 / 3)
        w = np.exp(np.linspace(np.log(0.1), np.log(0.5 * end), 20_001))
        steps = 1 / speed(w, 0.8, 0.6, 2.0) * w
        h = np.log(w[1] / w[0])
        waiting = h * (steps.sum() - (steps[0] + steps[-1]) / 2)  # trapezoid: error h^2
        found = feature_times(0.8, 0.6, 0.1, objective=objective, depth=2)
        assert found == pytest.approx(waiting, rel=1e-6)
