r"""Deep networks whose early layers feel the teacher only faintly, in single precision.

A nudge of the output moves a layer far below it by a small multiple of the nudge. States are stored
with a relative rounding of :math:`6 \cdot 10^{-8}`: small nudges drown in it, the deeper the layer
the earlier, and large ones bend the response. The counterpart, with dense layers, of the deep
convolutional networks of Laborieux and Zenke (2022), Fig. 4.
"""

from __future__ import annotations

import numpy as np

from theory import checks
from theory.ep.losses import SoftReadout
from theory.ep.networks import LayeredNetwork
from theory.holo_ep.activations import SoftClipNetwork
from theory.holo_ep.asymmetry import cosine
from theory.holo_ep.clamped_network import ClampedNetwork
from theory.holo_ep.contour import contour_stencil, half_stencil
from theory.holo_ep.relaxation import relaxed_states


def deep_chain(
    depth: int,
    width: int,
    rng: np.random.Generator | int,
    *,
    inputs: int = 32,
    classes: int = 10,
    batch: int = 8,
    scale: float = 1.0,
    holomorphic: bool = True,
) -> ClampedNetwork:
    r"""Return a deep chain of dense layers with random weights, inputs and targets.

    Parameters
    ----------
    depth, width : int
        Layers and units of each.
    rng : Generator or int
        The same seed gives the same weights with and without `holomorphic`.
    scale : float
        Weights are uniform in :math:`\pm` scale :math:`\sqrt{3 / \text{fan-in}}`.
    holomorphic : bool
        The soft clip, or the hard clip that it stands for.
    """
    rng = checks.as_rng(rng)
    sizes = (inputs, *[width] * checks.integer_at_least("depth", depth, 1))
    network = LayeredNetwork.random(
        sizes, rng, scale=np.sqrt(3) * scale, activation="wide_hard_sigmoid"
    )
    # Biases at the middle of the clip: units are neither all off nor all on.
    middle = [1 - w.sum(axis=1) / 2 * (n > 0) for n, w in enumerate(network.weights)]
    back = [w.sum(axis=0) / 2 for w in network.weights[1:]]
    for below, feedback in zip(middle, back, strict=False):
        below -= feedback
    network = LayeredNetwork(network.weights, middle, "wide_hard_sigmoid")
    if holomorphic:
        network = SoftClipNetwork.twin(network)
    readout = rng.standard_normal((classes, width)) / np.sqrt(width)
    images = rng.standard_normal((batch, inputs))
    targets = np.eye(classes)[rng.integers(0, classes, batch)]
    return ClampedNetwork(network, images, targets, SoftReadout(readout, np.zeros(classes)))


def single_precision_estimate(
    clamped: ClampedNetwork, points: int, radius: float, steps: int
) -> np.ndarray:
    """Return the estimate of the gradient from states relaxed in single precision.

    Parameters
    ----------
    clamped : ClampedNetwork
    points : int
        N; one or two for an activation that is not holomorphic.
    radius : float
    steps : int
        Synchronous steps in single precision, for every nudge from the free state.

    Returns
    -------
    ndarray, shape (parameters,)
        Not finite where the relaxation diverges.
    """
    nodes, weights = half_stencil(contour_stencil(points, radius))
    if points <= 2:
        nodes, weights = nodes.real, weights.real
    states, _ = relaxed_states(clamped, nodes, steps, single=True)
    with np.errstate(all="ignore"):
        return np.real(weights @ clamped.products(states, nodes))


def layer_cosines(clamped: ClampedNetwork, estimate: np.ndarray) -> dict[str, float]:
    """Return the cosine of an estimate with the gradient, for the weights of every layer and all.

    Those that are not finite count as 0.
    """
    exact, estimate = clamped.gradient, np.nan_to_num(estimate, posinf=0, neginf=0)
    places = clamped.layer_slices() | {"total": slice(None)}
    return {
        name: cosine(estimate[place], exact[place]) if np.any(estimate[place]) else 0.0
        for name, place in places.items()
    }
