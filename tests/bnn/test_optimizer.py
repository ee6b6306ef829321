"""The sliced optimizer against plain formulas; what metaplasticity may and may not change."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.bnn import optimizer as module
from theory.bnn.optimizer import Adam, GradientDescent
from theory.bnn.parameters import Parameter
from theory.metaplasticity import (
    Exponential,
    HardThreshold,
    PowerTail,
    SechSquared,
    symmetric_update,
)
from theory.metaplasticity.modulation import modulated_update


def plain_adam(value, gradients, learning_rate, decay, metaplasticity, rule=modulated_update):
    """The published algorithm, one line an equation."""
    first, second = np.zeros_like(value), np.zeros_like(value)
    for t, gradient in enumerate(gradients, start=1):
        gradient = gradient + decay * value
        first = 0.9 * first + 0.1 * gradient
        second = 0.999 * second + 0.001 * gradient**2
        size = learning_rate * np.sqrt(1 - 0.999**t) / (1 - 0.9**t)
        update = -size * first / (np.sqrt(second) + 1e-8)
        value = value + rule(value, update, metaplasticity)
    return value


def run(kind, start, gradients, role="binary", **options):
    parameter = Parameter("weights", start.copy(), role)
    optimizer = kind([parameter], 0.01, **options)
    for gradient in gradients:
        parameter.gradient[:] = gradient
        optimizer.update()
    return parameter.value


def problem(seed, size=50, steps=30, dtype=np.float64):
    rng = np.random.default_rng(seed)
    start = rng.uniform(-0.5, 0.5, size).astype(dtype)
    return start, rng.standard_normal((steps, size)).astype(dtype)


@given(
    metaplasticity=st.floats(0, 50),
    decay=st.sampled_from([0.0, 1e-7, 1e-2]),
    seed=st.integers(0, 10**6),
)
@settings(deadline=None, derandomize=True, max_examples=40)
def test_adam_is_the_published_algorithm(metaplasticity, decay, seed):
    start, gradients = problem(seed)
    got = run(Adam, start, gradients, weight_decay=decay, metaplasticity=metaplasticity)
    wanted = plain_adam(start, gradients, 0.01, decay, metaplasticity)
    # 30 steps of at most 0.01 each, rounded in double precision.
    np.testing.assert_allclose(got, wanted, atol=1e-11)


def test_single_precision_is_the_same_to_rounding():
    start, gradients = problem(1, dtype=np.float32)
    got = run(Adam, start, gradients, weight_decay=1e-7, metaplasticity=3.0)
    wanted = plain_adam(start.astype(float), gradients.astype(float), 0.01, 1e-7, 3.0)
    np.testing.assert_allclose(got, wanted, atol=30 * 1e-7)


def test_gradient_descent_is_modulated_alike():
    start, gradients = problem(2)
    got = run(GradientDescent, start, gradients, weight_decay=0.1, metaplasticity=2.0)
    value = start
    for gradient in gradients:
        value = value + modulated_update(value, -0.01 * (gradient + 0.1 * value), 2.0)
    np.testing.assert_allclose(got, value, atol=1e-13)


def test_without_metaplasticity_it_is_plain_adam_to_the_last_bit(without_compiler):
    start, gradients = problem(3, dtype=np.float32)

    class AlwaysDamped(Adam):
        """Goes through the damping also where m = 0."""

        def _negative_step(self, number, first, gradient, step):
            super()._negative_step(number, first, gradient, step)
            self._damp(self.parameters[0].value, step, 0.0)

    plain = run(Adam, start, gradients, metaplasticity=0.0)
    assert np.array_equal(run(AlwaysDamped, start, gradients), plain)

    # The same operations on whole arrays, without slices and without any damping.
    value, first, second = start.copy(), np.zeros_like(start), np.zeros_like(start)
    for t, gradient in enumerate(gradients, start=1):
        first = first * np.float32(0.9) + gradient
        second = second * np.float32(0.999) + gradient * gradient
        root = np.sqrt(1 - 0.999)
        rate = float(-0.01 * (np.sqrt(1 - 0.999**t) / (1 - 0.9**t)) * (1 - 0.9) / root)
        value = value + first / (np.sqrt(second) + np.float32(1e-8 / root)) * np.float32(rate)
    assert np.array_equal(plain, value)


@pytest.mark.parametrize("kind", [Adam, GradientDescent])
def test_purely_outward_gradients_do_not_see_metaplasticity(kind):
    start, gradients = problem(4, dtype=np.float32)
    outward = -np.abs(gradients) * np.where(start >= 0, 1, -1).astype(np.float32)
    runs = [run(kind, start, outward, metaplasticity=m) for m in (0.0, 1.35, 40.0)]
    assert np.array_equal(runs[0], runs[1]) and np.array_equal(runs[0], runs[2])
    assert np.all(np.abs(runs[0]) > np.abs(start))


@pytest.mark.parametrize("kind", [Adam, GradientDescent])
def test_inward_gradients_are_damped_the_more_the_larger_the_weight(kind):
    start = np.array([0.2, 0.6, 1.2, -0.2, -0.6, -1.2])
    inward = np.sign(start)
    plain = run(kind, start, [inward])
    damped = run(kind, start, [inward], metaplasticity=2.0)
    kept = (start - damped) / (start - plain)
    np.testing.assert_allclose(kept, 1 / np.cosh(2.0 * start) ** 2, rtol=1e-12)


def test_a_reversed_sign_condition_is_noticed():
    """The mutation whose effect is anti-consolidation differs from the published rule."""

    class Reversed(Adam):
        def _damp(self, value, step, metaplasticity):
            np.negative(value, out=value)
            super()._damp(value, step, metaplasticity)
            np.negative(value, out=value)

    start, gradients = problem(5)
    wanted = plain_adam(start, gradients, 0.01, 0.0, 5.0)
    wrong = run(Reversed, start, gradients, metaplasticity=5.0)
    assert np.abs(wrong - wanted).max() > 0.01
    # Under zero-mean updates the right rule lets weights grow, the reversed one shrinks them.
    assert np.abs(wanted).mean() > np.abs(start).mean() > np.abs(wrong).mean()


def test_scales_and_shifts_are_never_damped():
    start, gradients = problem(6)
    free = run(Adam, start, gradients, role="normalisation")
    other = Parameter("weights", np.ones(3), "binary")
    parameter = Parameter("scale", start.copy(), "normalisation")
    optimizer = Adam([other, parameter], 0.01, metaplasticity=10.0)
    for gradient in gradients:
        parameter.gradient[:] = gradient
        optimizer.update()
    assert np.array_equal(parameter.value, free)


def test_the_root_mean_square_gradient_is_read_off_the_second_moment():
    rng = np.random.default_rng(12)
    sizes = rng.uniform(0.1, 3, 20)
    parameter = Parameter("weights", np.ones(20), "binary")
    optimizer = Adam([parameter], 0.01)
    for _ in range(7):
        parameter.gradient[:] = sizes * rng.choice([-1, 1], 20)
        optimizer.update()
    np.testing.assert_allclose(optimizer.gradient_size(0), sizes, rtol=1e-12)


def test_the_length_of_slices_changes_no_bit(monkeypatch):
    start, gradients = problem(7, size=1000, dtype=np.float32)
    whole = run(Adam, start, gradients, metaplasticity=1.35, weight_decay=1e-4)
    monkeypatch.setattr(module, "SLICE", 96)
    assert np.array_equal(
        run(Adam, start, gradients, metaplasticity=1.35, weight_decay=1e-4), whole
    )


def test_signs_follow_the_hidden_weights():
    start, gradients = problem(8)
    parameter = Parameter("weights", start, "binary")
    optimizer = Adam([parameter], 0.1)
    for gradient in gradients:
        parameter.gradient[:] = gradient
        optimizer.update()
        assert np.array_equal(parameter.used, np.where(parameter.value >= 0, 1.0, -1.0))


LAWS = {
    "power": PowerTail(3.0, 2.0),
    "exponential": Exponential(4.0),
    "threshold": HardThreshold(0.3),
    "own": lambda size: 1 / (1 + np.sqrt(size)),
    "published": SechSquared(3.0),
}


@pytest.mark.parametrize("law", LAWS.values(), ids=LAWS)
def test_another_law_takes_the_place_of_the_published_one(law):
    start, gradients = problem(10)
    got = run(Adam, start, gradients, weight_decay=1e-3, metaplasticity=law)
    np.testing.assert_allclose(got, plain_adam(start, gradients, 0.01, 1e-3, law), atol=1e-11)
    # And differs from no law by as much as a step, so that the agreement says something.
    assert np.abs(got - plain_adam(start, gradients, 0.01, 1e-3, 0.0)).max() > 0.01
    single = run(Adam, start.astype(np.float32), gradients.astype(np.float32), metaplasticity=law)
    wanted = plain_adam(start, gradients, 0.01, 0.0, law)
    # A factor that jumps turns rounding into a whole step of 0.01 at the threshold.
    apart = np.abs(single - wanted)
    assert np.quantile(apart, 0.9) < 30 * 1e-6 and apart.max() < 0.011


def test_damped_by_another_weights_size_or_both_ways():
    start, gradients = problem(11)
    law = PowerTail(3.0, 2.0)
    order = np.random.default_rng([7, 0]).permutation(start.size)

    def elsewhere(value, update, metaplasticity):
        inward = update * np.sign(value) < 0
        return update * np.where(inward, metaplasticity.factor(value[order]), 1.0)

    for options, rule in (({"shuffled": 7}, elsewhere), ({"symmetric": True}, symmetric_update)):
        got = run(Adam, start, gradients, metaplasticity=law, **options)
        wanted = plain_adam(start, gradients, 0.01, 0.0, law, rule)
        np.testing.assert_allclose(got, wanted, atol=1e-11)
    got = run(Adam, start, gradients, metaplasticity=5.0, symmetric=True)
    wanted = plain_adam(start, gradients, 0.01, 0.0, 5.0, symmetric_update)
    np.testing.assert_allclose(got, wanted, atol=1e-11)


@pytest.mark.parametrize("law", [SechSquared(3.0), PowerTail(3.0, 2.0)], ids=["sech", "power"])
def test_damping_both_ways_is_plain_descent_in_another_coordinate(law):
    """G(W) of the damped weight is the plain weight, up to the first order of the step."""
    start = np.linspace(-0.6, 0.7, 14)
    phases = np.linspace(-4, 2, 14)

    def coordinate(hidden):
        return np.sign(hidden) * law.travel(np.abs(hidden))

    def apart(steps):
        gradients = np.sin(phases + 4 * np.arange(steps)[:, None] / steps) * 100 / steps
        options = {"metaplasticity": law, "symmetric": True}
        damped = run(GradientDescent, start, gradients, **options)
        plain = run(GradientDescent, coordinate(start), gradients)
        assert np.abs(plain - coordinate(start)).max() > 0.2 and np.any(plain * start < 0)
        return np.abs(coordinate(damped) - plain).max()

    # Halving the step halves the difference.
    assert np.log2(apart(800) / apart(1600)) == pytest.approx(1, abs=0.1)


def test_a_law_a_layer():
    layers = [Parameter(f"layer {k}", np.full(4, 0.5), "binary") for k in range(3)]
    optimizer = GradientDescent(layers, 0.1, metaplasticity=(0.0, LAWS["threshold"], LAWS["own"]))
    for layer in layers:
        layer.gradient[:] = 1.0
    optimizer.update()
    wanted = [0.4, 0.5, 0.5 - 0.1 / (1 + np.sqrt(0.5))]
    np.testing.assert_allclose([layer.value[0] for layer in layers], wanted, atol=1e-12)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"metaplasticity": lambda size: 2 + size}, r"metaplasticity.* factors in \[0, 1\]"),
        ({"metaplasticity": lambda size: 0.5}, "one factor a hidden weight"),
        ({"metaplasticity": PowerTail(np.ones(3), 2.0)}, "takes no array of weights"),
        ({"metaplasticity": "sech"}, "metaplasticity must be a finite number, 0 or above"),
        ({"metaplasticity": PowerTail(3.0, 2.0), "accelerated": True}, "published law alone"),
        ({"accelerated": True}, "in single precision"),  # the arrays are of double
    ],
)
def test_laws_that_are_none_and_rules_that_are_not_compiled(options, sentence):
    with pytest.raises((TypeError, ValueError), match=sentence):
        Adam([Parameter("weights", np.ones(2), "binary")], 0.1, **options)


def test_one_value_a_layer():
    layers = [Parameter(f"layer {k}", np.full(4, 0.5), "binary") for k in range(2)]
    optimizer = GradientDescent(layers, 0.1, metaplasticity=(0.0, 100.0))
    for layer in layers:
        layer.gradient[:] = 1.0
    optimizer.update()
    assert np.allclose(layers[0].value, 0.4) and np.allclose(layers[1].value, 0.5)
    with pytest.raises(ValueError, match="metaplasticity has 3 values; give one, or one for each"):
        Adam(layers, 0.1, metaplasticity=(1.0, 2.0, 3.0))


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"metaplasticity": -1.0}, "metaplasticity must be a finite number, 0 or above"),
        ({"weight_decay": -1.0}, "weight_decay must be a finite number, 0 or above"),
    ],
)
def test_bad_settings_get_a_sentence(options, sentence):
    with pytest.raises(ValueError, match=sentence):
        Adam([Parameter("weights", np.ones(2), "binary")], 0.1, **options)


@pytest.mark.parametrize("role", ["binary", "real", "normalisation"])
@pytest.mark.parametrize("metaplasticity", [0.0, 1.35, 20.0])
@pytest.mark.parametrize("rule", [{}, {"shuffled": 3}, {"symmetric": True}], ids=str)
def test_the_compiled_update_agrees_to_rounding(role, metaplasticity, rule):
    pytest.importorskip("numba")
    start, gradients = problem(9, size=1003, dtype=np.float32)
    parameters = [Parameter("weights", start.copy(), role) for _ in range(2)]
    options = {"metaplasticity": metaplasticity, "weight_decay": 1e-4} | rule
    plain, compiled = (
        Adam([parameter], 0.01, accelerated=accelerated, **options)
        for parameter, accelerated in zip(parameters, (False, True), strict=True)
    )
    for gradient in gradients:
        for parameter, optimizer in zip(parameters, (plain, compiled), strict=True):
            parameter.gradient[:] = gradient
            optimizer.update()
        # Steps of 0.01 whose factors differ by at most 2e-4 where they are near zero.
        np.testing.assert_allclose(parameters[1].value, parameters[0].value, atol=1e-5)
        sure = np.abs(parameters[0].value) > 1e-5
        used = (parameter.used[sure] for parameter in parameters[::-1])
        np.testing.assert_allclose(*used, atol=1e-5)
    for one, other in zip(plain.state().values(), compiled.state().values(), strict=True):
        np.testing.assert_allclose(other, one, rtol=1e-5, atol=1e-5)


def test_asking_for_a_compiler_that_is_missing_names_the_extra(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "numba", None)
    monkeypatch.delitem(sys.modules, "theory.bnn.fused", raising=False)
    with pytest.raises(ModuleNotFoundError, match=r"complex-synapses\[fast\]"):
        Adam([Parameter("weights", np.ones(2, np.float32), "binary")], 0.1, accelerated=True)


def test_signs_and_what_they_let_through_at_the_edge_are_the_same_compiled_and_plain():
    inputs = np.array([-1.5, -1, -0.5, -0.0, 0.0, 1, np.nextafter(1, 2, dtype="f4")], np.float32)
    fused = pytest.importorskip("theory.bnn.fused")
    inside, out = np.zeros(7, bool), np.zeros(7, np.float32)
    fused.sign(inputs, inside, out)
    assert inside.tolist() == (np.abs(inputs) <= 1).tolist() == [0, 1, 1, 1, 1, 1, 0]
    assert out.tolist() == [-1, -1, -1, -1, 1, 1, 1]
