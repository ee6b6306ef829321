"""What the derivations state against what predictions and simulations compute."""

import itertools

import numpy as np
import pytest
import sympy as sp
from scipy.optimize import fixed_point

from theory.ep import (
    LayeredNetwork,
    Stencil,
    asymmetry_factor,
    collapse_steps,
    equilibrium,
    estimate,
    implicit_gradient,
    output_compliance,
    simulate_two_units,
)
from theory.ep.derivations import asymmetric, branch, estimator_bias, surrogates


def contracted(expression, arrays):
    """A sum of words of tensors and columns, each factor contracted with what is left of it."""
    total = 0.0
    for term in sp.Add.make_args(sp.expand(expression)):
        numbers, word = term.args_cnc()
        product = np.array(float(sp.Mul(*numbers)))
        for factor in word:
            base, power = factor.as_base_exp()
            array = arrays[base.func.__name__]
            array = np.linalg.inv(array) if power == -1 else array
            for _ in range(abs(int(power))):
                product = np.tensordot(product, array, axes=min(product.ndim, 1))
        total = total + product
    return total


def symmetric_tensor(rng, states, order):
    tensor = rng.standard_normal((states,) * order)
    return sum(tensor.transpose(p) for p in itertools.permutations(range(order))) / 10


@pytest.mark.parametrize("states", [1, 3])
def test_the_derivatives_of_the_fixed_point_are_those_of_a_nonlinear_energy(states):
    """Energy and loss of fourth and third order in all states, solved by Newton's method."""
    rng = np.random.default_rng(states)
    tensors = {f"E_{k}": symmetric_tensor(rng, states, k) for k in (3, 4)}
    tensors |= {f"C_{k}": symmetric_tensor(rng, states, k) for k in (1, 2, 3)}
    tensors["A"] = np.eye(states) + symmetric_tensor(rng, states, 2)

    def forces(x, b):
        a, e3, e4, c1, c2, c3 = (tensors[n] for n in ("A", "E_3", "E_4", "C_1", "C_2", "C_3"))
        force = a @ x + e3 @ x @ x / 2 + e4 @ x @ x @ x / 6 + b * (c1 + c2 @ x + c3 @ x @ x / 2)
        return force, a + e3 @ x + e4 @ x @ x / 2 + b * (c2 + c3 @ x)

    def state(b):
        x = np.zeros(states)
        for _ in range(20):
            force, slope = forces(x, b)
            x = x - np.linalg.solve(slope, force)
        return x

    h = 0.02
    f = {k: state(k * h) for k in range(-3, 4)}
    numeric = [
        (f[-2] - 8 * f[-1] + 8 * f[1] - f[2]) / (12 * h),
        (-f[-2] + 16 * f[-1] - 30 * f[0] + 16 * f[1] - f[2]) / (12 * h**2),
        (f[-3] - 8 * f[-2] + 13 * f[-1] - 13 * f[1] + 8 * f[2] - f[3]) / (8 * h**3),
    ]
    derivation = branch.fixed_point_derivatives()
    for k, name in enumerate(("first", "second", "third"), 1):
        tensors[f"s_{k}"] = contracted(derivation[name].rhs, tensors)
    # Differences of fourth order err by h^4 times derivatives of order seven: 1e-6 / h-powers.
    derived = [tensors[f"s_{k}"] for k in (1, 2, 3)]
    np.testing.assert_allclose(derived, numeric, atol=1e-4)


def test_the_first_bias_is_minus_half_the_gradient_of_the_compliance():
    """In a layered network: c1 from two small nudges, the compliance from linear algebra."""
    rng = np.random.default_rng(0)
    network = LayeredNetwork.random((4, 5, 3), rng, scale=0.7)
    x, y = rng.uniform(size=(3, 4)), rng.uniform(size=(3, 3))

    def half_compliance(weights):
        net = network.with_parameters(weights, network.biases)
        free = equilibrium(net, x, tolerance=1e-14).states
        slope = free[:, net.slices[-1]] - y
        return -0.5 * np.mean(
            np.einsum("bi,bij,bj->b", slope, output_compliance(net, free, x), slope)
        )

    exact = implicit_gradient(network, x, y)
    for n, cell in ((0, (2, 1)), (1, (1, 3))):
        shifted = []
        for sign in (1, -1):
            weights = [w.copy() for w in network.weights]
            weights[n][cell] += sign * 1e-4
            shifted.append(half_compliance(weights))
        predicted = (shifted[0] - shifted[1]) / 2e-4
        b = 1e-4
        bias = (estimate(network, x, y, Stencil.one_sided(b)).weights[n] - exact.weights[n])[cell]
        # The next order of the bias adds 1e-4 of order one; rounding adds 1e-12 / b^2.
        assert bias / b == pytest.approx(predicted, abs=5e-4)


def test_the_quadratic_unit_has_the_derived_state_and_ratios(value):
    derivation = surrogates.quadratic_energy()
    network = LayeredNetwork([[[1.0]]], [[0.4]], "linear")  # stiffness 1, input 1.4
    x, y, b = np.ones((1, 1)), np.array([[0.3]]), 0.35
    found = equilibrium(network, x, targets=y, nudging_strength=b).states[0, 0]
    assert found == pytest.approx(
        value(derivation["state"].rhs, a=1, theta=1.4, y=0.3, beta=b), abs=1e-10
    )
    gradient = implicit_gradient(network, x, y).biases[0][0]
    symmetric = estimate(network, x, y, Stencil.symmetric(b)).biases[0][0]
    assert symmetric / gradient == pytest.approx(
        value(derivation["symmetric"].rhs, a=1, beta=b), abs=1e-9
    )


def test_the_collapse_of_two_units_takes_the_predicted_time(value):
    pace = surrogates.two_units()["pace in full"].rhs
    w, b = 0.97, 0.2
    for mean, half, rate in ((1.0, 0.5, 0.02), (0.6, 0.3, 0.05)):
        options = dict(mean_target=mean, half_difference=half, learning_rate=rate)
        assert collapse_steps(w, b, **options) == pytest.approx(
            (1 - w) * value(pace, w=(1 + w) / 2, beta=b, delta=half, y=mean) / rate, rel=0.02
        )  # midpoint rule over a short interval
        # Both targets are the same distance away from what the exact gradient ends at.
        run = simulate_two_units("gradient", b, 4000, **options)
        output = run.coupling[-1] * run.drive[-1] / (1 - run.coupling[-1] ** 2)
        assert output == pytest.approx(mean, abs=1e-6)
    assert collapse_steps(w, b) == collapse_steps(
        w, b, mean_target=1.0, half_difference=0.5, learning_rate=0.02
    )
    run = simulate_two_units("one-sided", b, 1000)
    # Finite learning steps of a few per cent of the boundary layer, and the fitted mean lags.
    assert run.unstable_at == pytest.approx(100 + collapse_steps(run.coupling[100], b), rel=0.1)


def test_the_slow_root_is_that_of_the_asymmetry(value):
    derivation = asymmetric.kolen_pollack()
    rate, decay, momentum = 0.1, 0.01, 0.8
    factor = value(derivation["factor"].rhs, eta=rate, **{"lambda": decay}, mu=momentum)
    later = asymmetry_factor(rate, decay, momentum, np.array([400, 401]))
    assert later[1] / later[0] == pytest.approx(factor, abs=1e-12)


def test_the_best_nudge_is_a_minimum(value):
    derivation = estimator_bias.bias_against_noise()
    error = derivation["error"].rhs
    numbers = dict(q=2.0, c=3.0, tau=1e-3, G=0.5)
    best = value(derivation["best"].rhs, **numbers)
    at = [value(error, beta=best * f, **numbers) for f in (0.98, 1.0, 1.02)]
    assert at[1] < at[0] and at[1] < at[2]
    assert at[1] == pytest.approx(value(derivation["least error"].rhs, **numbers), rel=1e-12)


def test_the_random_sign_moves_the_variance_by_the_odd_orders(value):
    derivation = estimator_bias.random_sign()
    g, c1, c2, c3, b = 0.3, 0.8, -0.5, 0.2, 0.4
    values = [g + c1 * s + c2 * s**2 + c3 * s**3 for s in (b, -b)]
    assert np.mean(values) == pytest.approx(
        value(derivation["mean series"].rhs, g=g, c_2=c2, beta=b)
    )
    assert np.var(values) == pytest.approx(
        value(derivation["exact variance"].rhs, c_1=c1, c_3=c3, beta=b)
    )
    assert isinstance(derivation["leading variance"], sp.Expr)


def test_the_true_errors_are_the_slopes_of_the_loss_at_the_equilibrium():
    rng = np.random.default_rng(4)
    coupling, force = 0.4 * rng.standard_normal((3, 3)), rng.standard_normal(3)
    inputs = rng.standard_normal(3)

    def rest(field):
        return fixed_point(lambda s: np.tanh(coupling @ s + inputs + field), np.zeros(3))

    state, h = rest(0.0), 1e-5  # differences err by h^2 and rounding over h: below 1e-9
    wanted = [force @ (rest(h * e) - rest(-h * e)) / (2 * h) for e in np.eye(3)]
    arrays = {"J": coupling, "J^T": coupling.T, "D": np.diag(1 - state**2), "c": force}
    told = asymmetric.corrected_phase()["true errors"].rhs
    found = eye = np.eye(3)
    for factor in told.args:
        base, power = factor.as_base_exp()
        if base.is_Symbol:
            matrix = arrays[base.name]
        else:  # 1 - J'D
            terms = [sp.Mul.make_args(term) for term in sp.Add.make_args(base)]
            matrix = sum(
                np.linalg.multi_dot([eye, eye, *(arrays[f.name] if f.is_Symbol else float(f) * eye
                                                 for f in term)])
                for term in terms
            )  # fmt: skip
        found = found @ (np.linalg.inv(matrix) if power == -1 else matrix)
    np.testing.assert_allclose(found, wanted, atol=1e-8)
