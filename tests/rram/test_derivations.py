"""What the derivations state against what predictions compute."""

import numpy as np
import pytest
import sympy as sp

from theory.rram import (
    DeviceLaws,
    Telegraph,
    asymmetry_density,
    asymmetry_survival,
    dead_share,
    device_factor,
    mean_growth,
    pink_taps,
    saturated_share,
    step_deviation,
    tail_exponent,
    updates_to_flip_hidden,
    walk_flip_rate,
    walk_frozen_share,
)
from theory.rram.derivations import device, noise, pair, training


def test_partial_moments_of_the_kink(value):
    law = DeviceLaws().kink
    moment = device.ensemble_mean()["partial moment"].rhs
    for t in (100.0, 700.0):
        ends = [(np.log(x) - law.mu) / law.sigma for x in (law.low, t)]
        for p in (1, 2):
            low, high = (value(moment, p=p, mu=law.mu, sigma=law.sigma, z=z) for z in ends)
            assert law.partial_moment(p, upto=t) == pytest.approx((high - low) / law.mass, rel=1e-9)


def test_pulses_of_fresh_devices(value):
    law = DeviceLaws().kink
    fresh = device.ensemble_mean()["fresh devices"].rhs
    low, high, z = ((np.log(x) - law.mu) / law.sigma for x in (law.low, law.high, 400.0))
    named = {"mu": law.mu, "sigma": law.sigma, "Z": law.mass, "z_a": low, "z_b": high}
    expected = law.partial_moment(1, upto=400.0) + 400.0 * (1 - law.cdf(400.0))
    assert value(fresh, z=z, **named) == pytest.approx(expected, rel=1e-9)


def test_heavy_tail(value):
    derivation, law = device.heavy_tail(), DeviceLaws().fast_slope
    tail = derivation["tail"].rhs
    for t in (300, 900):
        slope = np.log(
            value(tail, r=4, theta=law.scale, t=t) / value(tail, r=2, theta=law.scale, t=t)
        ) / np.log(2)
        assert slope == pytest.approx(-tail_exponent(t, law))
    mean = value(derivation["mean in pulses"].rhs, theta=law.scale, t=300) * np.exp(
        300 * law.location
    )
    # Far below the divergence the cut at the top does not matter.
    assert mean_growth(300, law) == pytest.approx(mean, rel=1e-3)


def test_the_mean_response_of_devices_with_one_kink_has_two_slopes():
    mean = device.device_factor()["mean response"].rhs
    (before,) = mean.atoms(sp.core.function.AppliedUndef)
    numbers = {"E_1": -0.03, "E_2": -0.002, "c_1": 0.4}
    for t in (0, 60, 100, 350):
        named = {"t": t, **numbers}
        at = mean.subs(before, min(t, 100))
        found = float(at.subs({s: named[s.name] for s in at.free_symbols}))
        assert found == pytest.approx(np.interp(t, [0, 100, 350], [0.4, -2.6, -3.1]))


def test_the_factor_of_devices():
    laws = DeviceLaws()
    statement = device.device_factor()["in the ratio"].rhs
    fresh = next(iter(statement.atoms(sp.core.function.AppliedUndef)))
    ratio = laws.fast_slope.mean / laws.slow_slope.mean
    for t in (50, 800):
        share = 1 - laws.kink.cdf(t)
        assert device_factor(t) == pytest.approx(
            float(statement.subs({fresh: share, sp.Symbol("rho", positive=True): ratio}))
        )


def test_asymmetry(value):
    derivation = pair.asymmetry()
    for a, epsilon in ((0.2, 0.05), (0.9, 0.3)):
        point = {"a": a, "epsilon": epsilon}
        assert value(derivation["survival"].rhs, **point) == pytest.approx(
            asymmetry_survival(a, epsilon)
        )
        assert -value(derivation["minus the density"].rhs, **point) == pytest.approx(
            asymmetry_density(a, epsilon)
        )


def test_flips_and_freezing(value):
    rate, share = pair.flips()["flip rate"].rhs, pair.freezing()["frozen share"].rhs
    for u in (0.7, 30.0):
        assert value(rate, u=u) == pytest.approx(walk_flip_rate(u))
        assert value(share, u=u) == pytest.approx(walk_frozen_share(u))
    effort = pair.effort_to_flip()["hidden weight"].rhs
    assert value(effort, n=500, m=2, eta=0.001) == pytest.approx(updates_to_flip_hidden(500, 0.002))


def test_telegraph(value):
    chain = Telegraph()
    derived = noise.telegraph_chain()
    both = [
        value(derived[way].rhs, P_h=0.0008, P_l=0.002, n=37) for way in ("claim", "the other way")
    ]
    assert np.allclose(both, chain.switching(37))
    spectrum = noise.telegraph_spectrum()["spectrum"].rhs
    slow = chain.spectrum(0.01) - chain.stationary * (1 / 9 - 1 / 16)
    variance = chain.stationary * (1 - chain.stationary) / 16
    shape = spectrum.subs({s: {"lambda": chain.memory, "omega": 0.02 * np.pi}[str(s)]
                           for s in spectrum.free_symbols})  # fmt: skip
    assert slow == pytest.approx(variance * float(shape))
    moments = noise.telegraph_moments()
    top = 0.5
    assert value(moments["mean, all"].rhs, a_0=top) == pytest.approx(1 / 16)
    assert value(moments["mean square, all"].rhs, a_0=top) == pytest.approx(0.25 / 27)


def test_pink_filter(value):
    derivation = noise.pink_filter()
    assert value(derivation["sum of the taps"].rhs, n=14) == pytest.approx(pink_taps(15).sum())
    assert value(derivation["tap"].rhs, k=9) == pytest.approx(pink_taps(10)[9])


def test_pulse_rule(value):
    derivation = training.pulse_rule()
    assert value(derivation["variance of the step"].rhs, beta=0.9) == pytest.approx(
        step_deviation() ** 2
    )
    point = {"sigma": step_deviation(), "eta": 10.0}
    assert value(derivation["dead updates"].rhs, **point) == pytest.approx(dead_share(10.0))
    rest = value(derivation["unsaturated updates"].rhs, n_max=14, **point)
    assert 1 - rest == pytest.approx(saturated_share(10.0), abs=1e-15)
