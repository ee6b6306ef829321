r"""Fields to try things on: a linear one, the toy network of Laborieux and Zenke, a deep chain.

Toy, of their Figs. 2a-d: six inputs, two layers of four shifted sigmoids and a softmax read-out of
four classes; all biases are zero, and the target is the last class. The authors drew the weights
from a normal distribution cut off at two standard deviations of 0.5; the numbers below are that
draw, in single precision. Chain: early layers feel the teacher only faintly, and small nudges drown
in the relative rounding of :math:`6 \cdot 10^{-8}` of single precision, the deeper the layer the
earlier; the counterpart, with dense layers, of the deep convolutional networks of their Fig. 4.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from theory import checks
from theory.door import door
from theory.ep.losses import SoftReadout
from theory.ep.networks import LayeredNetwork
from theory.holo_ep.asymmetry import cosine, require_invertible
from theory.holo_ep.clamped_network import ClampedNetwork
from theory.holo_ep.field import Field

INPUT = (-0.09210308, 0.9335236, 0.32636234, 0.10245809, -0.3593525, 1.0)
TARGET = 3
FIRST = (  # rows are inputs, columns the units of layer 1
    (0.6864938, -0.15137237, -0.553111, 0.00201093),
    (0.07106642, 0.1807546, 0.23166089, -0.8600441),
    (0.41549522, -0.01922296, 0.5712084, 0.1302541),
    (0.467726, 0.26444906, -0.95082027, 0.6693303),
    (0.03524251, -0.42999738, -0.01705003, 0.51570034),
    (0.19415286, -0.16289978, -0.24721275, 0.47485176),
)
SECOND = (  # rows are the units of layer 1, columns those of layer 2
    (0.2713923, 0.86784893, 0.07354291, -0.43423995),
    (0.9018898, -0.1874919, 0.18929863, 0.15613334),
    (0.2636667, 0.32536188, 0.5184128, 0.30088994),
    (0.22115956, -0.26662493, 0.49525732, 0.11215727),
)
FLOOR, CEILING = 1e-6, 1e4  # of the residuals of the map, as in the paper's
SETTLED = 1e-9  # far below the floor: such rows need no further steps
READOUT = (  # rows are the units of layer 2, columns the classes
    (-0.43565273, -0.40645295, -0.19324867, -0.01648341),
    (-0.7267342, -0.16467275, 0.49156862, -0.7749522),
    (-0.94998515, 0.12457833, 0.78682965, 0.3107573),
    (0.12907363, 0.07580135, -0.01896536, 0.45213616),
)


@door(jacobian="complex 2d", drive="complex 1d", readout="complex 2d", target="complex 1d")
class LinearField(Field):
    r"""The linear field :math:`F = J u + b` with the loss :math:`\tfrac12 |P u - y|^2`.

    Both biases are closed forms: :math:`u^*_\beta = u^*_0 + \beta (1 - \beta R)^{-1} J^{-1} c` with
    :math:`R = J^{-1} P^\top P`.

    Parameters
    ----------
    jacobian : array_like, shape (n, n)
        With an inverse.
    drive : array_like, shape (n,)
    readout : array_like, shape (outputs, n)
        P.
    target : array_like, shape (outputs,)
        y.
    """

    def __init__(self, jacobian, drive, readout, target):
        matrix = checks.finite_array("jacobian", jacobian, ndim=2)
        self.matrix = checks.finite_array("jacobian", matrix, shape=(len(matrix), len(matrix)))
        require_invertible(self.matrix)
        self.drive = checks.finite_array("drive", drive, shape=(len(matrix),))
        self.readout = checks.finite_array("readout", readout, shape=(None, len(matrix)))
        self.target = checks.finite_array("target", target, shape=(len(self.readout),))
        super().__init__(
            lambda u: u @ self.matrix.T + self.drive,
            lambda u: 0.5 * np.sum((u @ self.readout.T - self.target) ** 2, axis=-1),
            -np.linalg.solve(self.matrix, self.drive),
            jacobian=lambda u: np.broadcast_to(self.matrix, (*u.shape, u.shape[-1])),
            loss_gradient=lambda u: (u @ self.readout.T - self.target) @ self.readout,
        )

    @door(nudges="complex 1d+")
    def settled_states(self, nudges):
        nudges = np.asarray(nudges)[..., None]
        right = nudges * (self.target @ self.readout) + self.drive
        matrices = self.matrix - nudges[..., None] * (self.readout.T @ self.readout)
        return -np.linalg.solve(matrices, right[..., None])[..., 0]

    @property
    def compliance(self) -> np.ndarray:
        """R, by how much the state yields to the curvature of the loss."""
        return np.linalg.solve(self.matrix, self.readout.T @ self.readout)

    @property
    def radius(self) -> float:
        """How far the series in the nudge converges: 1 over the spectral radius of R."""
        return float(1 / np.abs(np.linalg.eigvals(self.compliance)).max())

    @door(points=">= 1", radius="> 0")
    def predicted_estimate(self, points: int, radius: float) -> np.ndarray:
        r"""Return the closed form :math:`(1 - (|\beta| R)^N)^{-1}` times the nudged error.

        Exact for every radius at which the nudged equilibria exist, also beyond the radius of
        convergence; derived here.
        """
        turned = np.linalg.matrix_power(radius * self.compliance, points)
        return np.linalg.solve(np.eye(len(turned)) - turned, self.errors()[1])


@door
def toy_network(scale: float = 1.0) -> ClampedNetwork:
    """Return the toy network with its input and target.

    Parameters
    ----------
    scale : float
        Factor on the weights between the two layers; 1 is the paper's network.
    """
    network = LayeredNetwork(
        [np.transpose(FIRST), scale * np.transpose(SECOND)],
        [np.zeros(4), np.zeros(4)],
        "shifted_sigmoid",
    )
    loss = SoftReadout(np.transpose(READOUT), np.zeros(4))
    return ClampedNetwork(network, np.array([INPUT]), np.eye(4)[[TARGET]], loss)


@door(width=">= 1", inputs=">= 1", classes=">= 1", depth=">= 1", batch=">= 1")
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
    sizes = (inputs, *[width] * depth)
    network = LayeredNetwork.random(
        sizes, rng, scale=np.sqrt(3) * scale, activation="wide_hard_sigmoid"
    )
    # Biases at the middle of the clip: units are neither all off nor all on.
    middle = [1 - w.sum(axis=1) / 2 * (n > 0) for n, w in enumerate(network.weights)]
    back = [w.sum(axis=0) / 2 for w in network.weights[1:]]
    for below, feedback in zip(middle, back, strict=False):
        below -= feedback
    clip = "soft_clip" if holomorphic else "wide_hard_sigmoid"
    network = LayeredNetwork(network.weights, middle, clip)
    readout = rng.standard_normal((classes, width)) / np.sqrt(width)
    images = rng.standard_normal((batch, inputs))
    targets = np.eye(classes)[rng.integers(0, classes, batch)]
    return ClampedNetwork(network, images, targets, SoftReadout(readout, np.zeros(classes)))


@door
def layer_slices(clamped: ClampedNetwork) -> dict[str, slice]:
    """Return where the weights of each layer stand in a vector of all parameters."""
    sizes = [w.size for w in clamped.network.weights]
    names = [f"layer {n}" for n in range(1, len(sizes) + 1)]
    if clamped.readout:
        sizes += [sum(clamped.network.sizes), clamped.readout.weights.size]
        names += ["", "read-out"]
    places = zip(names, pairwise(np.cumsum([0, *sizes])), strict=True)
    return {name: slice(a, b) for name, (a, b) in places if name}


@door(estimate="any")
def layer_cosines(clamped: ClampedNetwork, estimate: np.ndarray) -> dict[str, float]:
    """Return the cosine of an estimate with the gradient, for the weights of every layer and all.

    Those that are not finite count as 0.
    """
    exact = clamped.gradient
    if np.shape(estimate) != exact.shape:
        raise ValueError(f"estimate must have shape {exact.shape}, not {np.shape(estimate)}")
    estimate = np.nan_to_num(checks.numbers("estimate", estimate), posinf=0, neginf=0)
    places = layer_slices(clamped) | {"total": slice(None)}
    return {
        name: float(cosine(estimate[place], exact[place])) if np.any(estimate[place]) else 0.0
        for name, place in places.items()
    }


@door(reach="> 0", size=">= 3")
def stability_map(
    clamped: ClampedNetwork, reach: float, size: int, *, steps: int = 200
) -> tuple[np.ndarray, np.ndarray]:
    """Relax a square grid of nudges from the free equilibrium, and return their residuals.

    Only the half plane above the real axis is relaxed; the other one mirrors it.

    Parameters
    ----------
    clamped : ClampedNetwork
        Of one sample.
    reach : float
        Half the side of the square.
    size : int
        Points on a side, odd, so that the real axis is among them.
    steps : int
        Synchronous steps before the residual is taken.

    Returns
    -------
    axis : ndarray, shape (size,)
    residuals : ndarray, shape (size, size)
        Norm of the change in one more step, between 1e-6 and 1e4; rows are imaginary parts.
    """
    if size % 2 == 0:
        raise ValueError(f"size: {size} is even; an odd number puts points on the real axis")
    if len(clamped.inputs) != 1:
        raise ValueError(f"clamped: it has {len(clamped.inputs)} samples; the map is of one")
    axis = np.linspace(-reach, reach, size)
    upper = axis[size // 2 :]
    upper[0] = 0.0
    nudges = np.add.outer(1j * upper, axis)
    change = clamped.relaxed_states(nudges.ravel(), steps, settled=SETTLED)[1]
    residuals = np.sqrt(np.nan_to_num(change, nan=np.inf) ** 2 + FLOOR**2)
    half = np.minimum(residuals, CEILING).reshape(nudges.shape)
    return axis, np.concatenate([half[:0:-1], half])
