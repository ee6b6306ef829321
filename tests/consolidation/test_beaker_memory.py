"""The beaker chain against its own stepping, the heat equation and its limits."""

import numpy as np
import pytest

from theory.consolidation import BeakerChain
from theory.consolidation.beaker_memory import (
    chain_lifetime,
    chain_modes,
    heat_kernel,
    impulse_response,
    noise_variance,
    response_exponent,
)


def test_the_response_is_the_limit_of_the_stepped_chain():
    """Euler steps of size h err by order h: halving the step halves the error."""
    chain = BeakerChain.geometric(5)
    errors = []
    for substeps in (8, 16, 32):
        fine = BeakerChain(tuple(r / substeps for r in chain.conductances), chain.areas)
        state = np.zeros((5, 1))
        state[0] = 1.0
        for _ in range(20 * substeps):
            fine.step(state)
        errors.append(state[0, 0] - impulse_response(chain, np.array(20.0)))
    assert errors[0] / errors[1] == pytest.approx(2, rel=0.05)
    assert errors[1] / errors[2] == pytest.approx(2, rel=0.03)


def test_the_weights_sum_to_one_and_the_liquid_is_conserved_without_a_leak():
    rates, weights = chain_modes(BeakerChain.geometric(8))
    assert weights.sum() == pytest.approx(1, rel=1e-12) and rates[0] > 0
    closed = BeakerChain.geometric(8, leak=False)
    late = impulse_response(closed, np.array(1e9))
    assert late == pytest.approx(1 / sum(closed.areas), rel=1e-6)


def test_the_response_is_the_heat_kernel_for_finely_divided_chains():
    """The ratio to the continuum tends to one as neighbouring beakers become alike."""
    times = np.geomspace(50, 500, 40)
    gaps = []
    for ratio, levels in ((2.0, 12), (1.5, 20), (1.2, 45)):
        response = impulse_response(BeakerChain.geometric(levels, ratio=ratio), times)
        gaps.append(np.abs(response / heat_kernel(times, ratio) - 1).mean())
    assert gaps[0] > 2 * gaps[1] > 4 * gaps[2]
    assert gaps[2] < 5e-3


def test_the_exponent_is_one_half_and_the_cut_off_grows_fourfold_a_beaker():
    times = np.geomspace(30, 30 * 4**5, 6)  # whole periods of the ripple
    slope = np.polyfit(
        np.log(times), np.log(impulse_response(BeakerChain.geometric(12), times)), 1
    )[0]
    assert slope == pytest.approx(-0.5, abs=1e-3)
    slowest = [1 / chain_modes(BeakerChain.geometric(m))[0][0] for m in (8, 10, 12)]
    np.testing.assert_allclose(np.divide(slowest[1:], slowest[:-1]), 16, rtol=5e-3)


@pytest.mark.parametrize(("areas", "flows"), [(2.0, 4.0), (4.0, 2.0), (3.0, 2.0)])
def test_general_chains_have_the_predicted_exponent(areas, flows):
    levels, period = 20, areas * flows
    chain = BeakerChain(
        tuple(0.25 * flows**-k for k in range(1, levels + 1)),
        tuple(areas**k for k in range(levels)),
    )
    times = period ** np.arange(5.0, 9.0)
    slope = np.polyfit(np.log(times), np.log(impulse_response(chain, times)), 1)[0]
    assert slope == pytest.approx(-response_exponent(areas, flows), abs=0.01)


def test_the_noise_is_the_summed_square_of_the_response():
    chain = BeakerChain.geometric(4)
    summed = np.sum(impulse_response(chain, np.arange(40_000.0)) ** 2)
    assert noise_variance(chain) == pytest.approx(summed, rel=1e-9)
    # Each beaker adds the integral of 1 / (pi D t) over a factor four in time.
    more = noise_variance(BeakerChain.geometric(12)) - noise_variance(BeakerChain.geometric(11))
    assert more == pytest.approx(np.log(4) * heat_kernel(1.0) ** 2, rel=0.1)


def test_simulated_synapses_have_the_predicted_signal_to_noise():
    rng, chain = np.random.default_rng(1), BeakerChain.geometric(4)
    runs, synapses, burn, last = 30, 1000, 60, 60
    substeps = 10
    fine = BeakerChain(tuple(r / substeps for r in chain.conductances), chain.areas)
    state, memory = np.zeros((4, runs, synapses)), None
    signal = []
    for step in range(burn + last + 1):
        pattern = rng.choice([-1.0, 1.0], size=(runs, synapses))
        state[0] += pattern
        memory = pattern if step == burn else memory
        if step in (burn, burn + 10, burn + last):
            signal.append((memory * state[0]).mean(axis=1))
        for _ in range(substeps):
            fine.step(state)
    signal = np.array(signal)
    error = signal.std(axis=1, ddof=1) / np.sqrt(runs)
    expected = impulse_response(chain, np.array([0.0, 10.0, 60.0]))
    assert np.all(np.abs(signal.mean(axis=1) - expected) < 4 * error + 0.02 * expected)


def test_the_capacity_is_nearly_linear_in_the_number_of_synapses():
    scaled = []
    for size in (1e4, 1e7, 1e10):
        best = max(chain_lifetime(BeakerChain.geometric(m), size) for m in range(2, 18))
        scaled.append(best * np.log(size) / size)
    # t* ln N / N settles near one constant over six decades of N.
    assert np.ptp(scaled) < 0.05 * np.mean(scaled)


def test_what_has_no_modes_or_no_equilibrium_is_refused():
    with pytest.raises(ValueError, match="not linear"):
        chain_modes(BeakerChain((0.1,), (1.0,), metaplasticity=1.0))
    with pytest.raises(ValueError, match="grows for ever"):
        noise_variance(BeakerChain.geometric(3, leak=False))
    with pytest.raises(ValueError, match="area_ratio"):
        response_exponent(1.0, 2.0)
