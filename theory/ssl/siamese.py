r"""The sampled Siamese network of one layer: weights, finite batches, gradients; no theory.

Each step draws inputs :math:`x \sim N(0, I)` and two views :math:`x + \sigma_i \xi_i`, forms the
representations :math:`z = \phi(W x)`, the predictor :math:`W_P = (W W^\top)^\alpha`, and the
gradient with respect to the weights of the batch mean of the loss.

Two forms of the update exist: the gradient, and what the released code does. They differ

* without stop-gradient under the cosine loss: the released target branch carries the online
  branch's denominators and input;
* for rectified units under the Euclidean loss: the released code masks the prediction error before
  it is sent back through the predictor instead of after, masks both branches alike without
  stop-gradient and does not mask without predictor;
* in a 1e-8 added to norms under the cosine loss (not without predictor).

Source: Halvagal, Laborieux, Zenke 2023 and its released toy code.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from theory import checks
from theory.door import door
from theory.numerics import NotConverged
from theory.ssl.predictors import as_predictor
from theory.ssl.settings import check_noise, check_setting

RELEASED_NORM = 1e-8


@door(noise="any", exponent="> 0", weight_decay=">= 0")
@dataclass(frozen=True)
class SiameseNetwork:
    r"""A setting of the one-layer network.

    Parameters
    ----------
    loss : {"euclidean", "cosine"}
    variant : {"standard", "isotropic", "no_stop_gradient", "no_stop_gradient_released", \
"no_predictor"}
        The same names as in the theory; "no_stop_gradient_released" sets `released`.
    exponent : float
        :math:`\alpha > 0`.
    spectral_predictor : optional
        Anything that `theory.ssl.predictors` accepts, instead of the power `exponent`.
    noise : (float, float)
        :math:`\sigma_1, \sigma_2 \ge 0`.
    rectified : bool
        ReLU instead of linear units.
    released : bool
        The update of the released code instead of the gradient.
    weight_decay : float
        :math:`\rho \ge 0`.
    """

    loss: str = "euclidean"
    variant: str = "standard"
    exponent: float = 1.0
    noise: tuple[float, float] = (0.0, 0.1)
    rectified: bool = False
    released: bool = False
    weight_decay: float = 0.0
    spectral_predictor: object = None

    def __post_init__(self):
        check_setting(self.loss, self.variant)
        if self.variant == "no_stop_gradient_released":  # the name that the theory has for it
            object.__setattr__(self, "variant", "no_stop_gradient")
            object.__setattr__(self, "released", True)
        check_noise(self.noise)
        as_predictor(self.spectral_predictor, self.exponent)

    @door(weights="2d")
    def predictor(self, weights: np.ndarray) -> np.ndarray:
        """Return the predictor matrix (units, units) of weights (units, inputs)."""
        if self.variant == "no_predictor":
            return np.eye(len(weights))
        eigenvalues, vectors = np.linalg.eigh(weights @ weights.T)
        rule = as_predictor(self.spectral_predictor, self.exponent)
        return (vectors * rule(np.abs(eigenvalues))) @ vectors.T

    @door(weights="2d", predictor="2d", view1="2d", view2="2d")
    def batch_loss(
        self, weights: np.ndarray, predictor: np.ndarray, view1: np.ndarray, view2: np.ndarray
    ) -> float:
        """Return the batch mean of the loss; views (inputs, batch)."""
        z1, z2 = (self._units(weights @ view) for view in (view1, view2))
        p = predictor @ z1
        if self.loss == "euclidean":
            return 0.5 * np.mean(np.sum((p - z2) ** 2, axis=0))
        lengths = np.linalg.norm(p, axis=0) * np.linalg.norm(z2, axis=0)
        dot = np.sum(p * z2, axis=0)
        # A sample that no unit answers has no direction; it adds nothing, nor to the gradient.
        return -np.mean(np.divide(dot, lengths, out=np.zeros_like(dot), where=lengths > 0))

    def update(self, weights: np.ndarray, view1: np.ndarray, view2: np.ndarray) -> np.ndarray:
        """Return the mean weight change for learning rate 1, (units, inputs), of one batch.

        The views are (inputs, batch) each.
        """
        wanted = (np.shape(weights)[-1], np.shape(view1)[-1])
        for name, view in (("view1", view1), ("view2", view2)):
            if np.shape(view) != wanted:
                raise ValueError(
                    f"{name} must have shape (inputs, batch) = {wanted}, not {np.shape(view)}"
                )
        predictor = self.predictor(weights)
        u1, u2 = weights @ view1, weights @ view2
        z1, z2 = self._units(u1), self._units(u2)
        p = predictor @ z1
        error, target_error = self._errors(p, z2)
        mask1 = u1 > 0 if self.rectified else 1.0
        mask2 = u2 > 0 if self.rectified else 1.0
        isotropic = self.variant == "isotropic"
        released = self.released
        if released and self.rectified and self.loss == "euclidean":
            if self.variant == "no_predictor":
                mask1 = 1.0
            mask2 = mask1
            back = mask1 * error if isotropic else predictor @ (mask1 * error)
        else:
            back = mask1 * (error if isotropic else predictor @ error)
        change = -(back @ view1.T)
        if self.variant == "no_stop_gradient":
            if released and self.loss == "cosine":
                change -= (mask1 * self._released_target(p, z1, z2)) @ view1.T
            else:
                change -= (mask2 * target_error) @ view2.T
        return change / view1.shape[1]

    def _units(self, u):
        return np.maximum(u, 0) if self.rectified else u

    def _errors(self, p, z2):
        """Gradients of one sample's loss in the prediction and in the target."""
        if self.loss == "euclidean":
            return p - z2, z2 - p
        inverse_p, inverse_z, dot = self._inverse_lengths(p, z2)
        aligned = dot * inverse_p * inverse_z
        error = -inverse_p * inverse_z * z2 + aligned * inverse_p**2 * p
        return error, -inverse_p * inverse_z * p + aligned * inverse_z**2 * z2

    def _released_target(self, p, z1, z2):
        """The released gradient in the target: lengths and views of the online branch."""
        inverse_p, inverse_z, dot = self._inverse_lengths(p, z2)
        return -inverse_p * inverse_z * p + dot * inverse_p**3 * inverse_z * z2

    def _inverse_lengths(self, p, z2):
        offset = RELEASED_NORM if self.released and self.variant != "no_predictor" else 0.0
        inverses = []
        for vector in (p, z2):
            length = np.sqrt(np.einsum("ij,ij->j", vector, vector)) + offset
            silent = length == 0
            inverses.append(np.where(silent, 0.0, 1 / np.where(silent, 1.0, length)))
        return *inverses, np.einsum("ij,ij->j", p, z2)


@dataclass(frozen=True, eq=False)
class SiameseRun:
    """A simulated run.

    Attributes
    ----------
    steps : ndarray, shape (records,)
        Number of updates done at each record, from 0 on.
    weights : ndarray, shape (records, units, inputs)
    """

    steps: np.ndarray
    weights: np.ndarray

    @property
    def eigenvalues(self) -> np.ndarray:
        """Eigenvalues of W W^T, ascending, (records, units)."""
        return np.linalg.eigvalsh(self.weights @ np.swapaxes(self.weights, 1, 2))


@door(steps=">= 1", batch=">= 1", record_every=">= 1", learning_rate="> 0", weights="2d")
def simulate_siamese(
    network: SiameseNetwork,
    weights: np.ndarray,
    steps: int,
    learning_rate: float,
    rng: np.random.Generator | int,
    *,
    batch: int = 50_000,
    record_every: int = 1,
) -> SiameseRun:
    """Train on fresh batches.

    Parameters
    ----------
    network : SiameseNetwork
    weights : array_like, shape (units, inputs)
    steps, batch, record_every : int
        Updates, samples of an update, and updates between records; 1 or above.
    learning_rate : float
        Above 0.
    rng : Generator or int

    Returns
    -------
    SiameseRun

    Raises
    ------
    NotConverged
        Where the weights are no longer finite.
    """
    weights = np.asarray(weights, float).copy()
    eta = learning_rate
    rng = checks.as_rng(rng)
    records = [(0, weights.copy())]
    for step in range(1, steps + 1):
        views = sample_views(weights.shape[1], batch, network.noise, rng)
        change = network.update(weights, *views) - network.weight_decay * weights
        weights += eta * change
        if not np.all(np.isfinite(weights)):
            raise NotConverged(
                "simulate_siamese: the weights are no longer finite; make the learning rate "
                "smaller",
                residual=np.inf,
                iterations=step,
            )
        if step % record_every == 0 or step == steps:
            records.append((step, weights.copy()))
    return SiameseRun(np.array([r[0] for r in records]), np.array([r[1] for r in records]))


@door
def sample_views(
    inputs: int, batch: int, noise: tuple[float, float], rng: np.random.Generator | int
) -> tuple[np.ndarray, np.ndarray]:
    """Return two views of one batch of standard normal inputs, each (inputs, batch)."""
    rng = checks.as_rng(rng)
    clean = rng.standard_normal((inputs, batch))
    online, target = (
        clean + sigma * rng.standard_normal((inputs, batch)) if sigma else clean for sigma in noise
    )
    return online, target
