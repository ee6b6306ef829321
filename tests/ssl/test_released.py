"""The exact map against the stored run of the released code."""

import numpy as np
import pytest

from theory.ssl import eigenvalue_map, paper_start, released, released_runs


def test_first_weights_are_those_of_the_run():
    with np.load(released.FILE) as stored:
        np.testing.assert_allclose(paper_start().ten_units, stored["W0"], atol=3e-7)


@pytest.mark.parametrize("name", released.SETTINGS)
def test_map_against_the_released_code(name):
    run = released_runs()[name]
    exact = eigenvalue_map(
        run.eigenvalues[0], 300, run.learning_rate, loss=run.loss, variant=run.variant
    )
    deviation = np.abs(run.eigenvalues / exact - 1)
    # Batches of 50 000: one step's relative error of a rate is of order 1/sqrt(50 000), and 300
    # steps of a learning rate at most 0.1 add up to 0.1 sqrt(300/50 000) times rates of order one.
    assert deviation.max() < 0.008
    assert np.median(deviation) < 0.0008
    assert deviation.max() > 1e-6  # it is a sampled run, and no copy of the map
    assert run.seconds > 1


def test_a_damaged_file_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(released, "FILE", tmp_path / "released_code.npz")
    with pytest.raises(ValueError, match="in theory/ssl is missing or damaged"):
        released_runs()
    np.savez(tmp_path / "released_code.npz", W0=np.eye(2))
    with pytest.raises(ValueError, match="missing or damaged"):
        released_runs()
