"""The compiled passes against NumPy's: of one network, of a stack, and between convolutions."""

import numpy as np
import pytest

from theory.bnn import arrays, normalisation
from theory.bnn.architectures import convolutional_network, dense_network
from theory.bnn.layers import SignActivation
from theory.bnn.normalisation import BatchNorm
from theory.bnn.stacking import stack

pytest.importorskip("numba")
ROUNDING = 2.0**-24


def layers(affine, statistics, members):
    """Return a normalisation and a sign activation, of one network or of a stack."""

    def one(seed):
        norm = BatchNorm(
            "norm", 7, np.random.default_rng(seed), affine=affine, statistics=statistics
        )
        if affine:
            norm.shift.value[:] = np.random.default_rng(seed).normal(size=7)
        return norm

    from theory.bnn.network import Network

    if members is None:
        return [one(0), SignActivation()]
    networks = [Network([one(k), SignActivation()], 7, 7) for k in range(members)]
    return list(stack(networks).layers)


def passes(affine, statistics, members, training):
    """Return every array that a pass forward and backward writes."""
    rng = np.random.default_rng(5)
    shape = (6, 7) if members is None else (members, 6, 7)
    norm, sign = layers(affine, statistics, members)
    before = norm.forward(3 + rng.standard_normal(shape).astype(np.float32), training).copy()
    signs = sign.forward(before, training).copy()
    back = sign.backward(rng.standard_normal(shape).astype(np.float32)).copy()
    found = [
        before,
        signs,
        back,
        norm.backward(back).copy(),
        norm.running_mean,
        norm.running_variance,
    ]
    return found + [p.gradient for p in norm.parameters]


@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize(
    ("statistics", "training"), [("batch", True), ("running", True), ("running", False)]
)
@pytest.mark.parametrize("members", [None, 3])
def test_passes_agree_with_numpy_to_rounding(affine, statistics, training, members, monkeypatch):
    found = passes(affine, statistics, members, training)
    for place in (arrays, normalisation):
        monkeypatch.setattr(place, "one_pass", lambda *_: None)
    monkeypatch.setattr("theory.bnn.layers.one_pass", lambda *_: None)
    wanted = passes(affine, statistics, members, training)
    # Sums of six numbers of size 3, divided by a deviation of 1, times a few.
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=100 * ROUNDING * np.abs(other).max())


@pytest.mark.parametrize("kind", ["dense", "average", "maximum"])
def test_gradients_of_a_network_agree_with_numpy(kind, request):
    def gradients():
        rng = np.random.default_rng(2)
        if kind == "dense":
            network = dense_network((20, 9, 8, 3), rng, activation="hardtanh", binary=False)
        else:
            network = convolutional_network(
                (11, 10), (4, 5), 3, rng, side=3, pool=kind, hidden=(6,), affine=True,
                activation="hardtanh",
            )  # fmt: skip
        images = rng.standard_normal((12, network.inputs))
        network.loss_and_gradients(images.astype(np.float32), np.arange(12) % 3)
        return [p.gradient.copy() for p in network.parameters]

    found = gradients()
    request.getfixturevalue("without_compiler")
    for one, other in zip(found, gradients(), strict=True):
        np.testing.assert_allclose(one, other, rtol=0, atol=1e-4 * np.abs(other).max())


def test_single_precision_is_done_in_one_pass_and_double_is_not():
    single = np.zeros((2, 3), np.float32)
    assert arrays.one_pass(single) is arrays.compiled()
    assert arrays.one_pass(single.astype(float)) is None
