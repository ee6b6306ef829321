r"""A small encoder trained without negative examples: DirectPred, IsoLoss, DirectCopy, BYOL.

Backbone 64-128-64 with batch normalisation and ReLU, linear projector to 32. The representation's
uncentred covariance is averaged over batches of B views,
:math:`C \leftarrow \tau_C C + (1 - \tau_C) z^\top z / B`; its eigenvalues, divided by the largest,
give the predictor
:math:`W_P = U \operatorname{diag}((\gamma / \gamma_{max})^\alpha + \epsilon) U^\top`. A learned
predictor is linear, or a perceptron with one hidden layer. Losses are summed over both orders of
the views; the Euclidean one has no factor 1/2, the cosine one is 2 - 2 cos.

Source: Halvagal, Laborieux, Zenke 2023 and its released deep code, at laptop size.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from theory import checks
from theory.door import door
from theory.mlp import Dense, Network, multilayer_perceptron
from theory.ssl.settings import LOSSES

PREDICTORS = ("closed form", "linear", "nonlinear")
FEATURES, PROJECTION = 64, 32


@door(
    exponent="> 0",
    offset=">= 0",
    momentum="in [0, 1)",
    weight_decay=">= 0",
    epochs=">= 1",
    batch=">= 2",
)
@dataclass(frozen=True)
class EncoderSetting:
    r"""One way to train the encoder.

    Parameters
    ----------
    loss : {"euclidean", "cosine"}
    isotropic : bool
        The isotropic loss; closed-form predictor only.
    predictor : {"closed form", "linear", "nonlinear"}
    exponent : float
        :math:`\alpha > 0`.
    offset : float
        :math:`\epsilon \ge 0` in the closed-form predictor.
    averaging : float
        Memory of the target network, in [0, 1); 0 makes it a copy of the online network.
    covariance_memory : float
        :math:`\tau_C`, in [0, 1).
    learning_rate : float or None
        Above 0. None takes 0.1 for the cosine and 0.01 for the Euclidean loss.
    momentum, weight_decay : float
        Of stochastic gradient descent, in [0, 1) and 0 or above.
    epochs, batch : int
    """

    loss: str = "cosine"
    isotropic: bool = False
    predictor: str = "closed form"
    exponent: float = 0.5
    offset: float = 0.0
    averaging: float = 0.99
    covariance_memory: float = 0.99
    learning_rate: float | None = None
    momentum: float = 0.9
    weight_decay: float = 1e-4
    epochs: int = 40
    batch: int = 140

    def __post_init__(self):
        checks.one_of("loss", self.loss, LOSSES)
        checks.one_of("predictor", self.predictor, PREDICTORS)
        if self.isotropic and self.predictor != "closed form":
            raise ValueError(
                "isotropic: the isotropic loss needs the predictor's eigenvalues; use "
                "predictor='closed form'"
            )
        for name in ("averaging", "covariance_memory"):
            checks.in_range(name, getattr(self, name), 0, 1, closed=(True, False))
        if self.learning_rate is not None:
            checks.positive("learning_rate", self.learning_rate)

    @property
    def rate(self) -> float:
        """The learning rate that is used: the given one, or the default of the loss."""
        if self.learning_rate is not None:
            return self.learning_rate
        return 0.1 if self.loss == "cosine" else 0.01


def prediction_loss(loss: str, prediction: np.ndarray, target: np.ndarray):
    """Return the batch mean of the loss and its gradient in the prediction, (batch, features)."""
    if loss == "euclidean":
        error = prediction - target
        return float(np.mean(np.sum(error**2, axis=1))), 2 * error / len(error)
    size = np.linalg.norm(prediction, axis=1, keepdims=True) + 1e-12
    unit = prediction / size
    goal = target / (np.linalg.norm(target, axis=1, keepdims=True) + 1e-12)
    cosine = np.sum(unit * goal, axis=1, keepdims=True)
    gradient = -2 * (goal - cosine * unit) / (size * len(prediction))
    return float(np.mean(2 - 2 * cosine)), gradient


@door(inputs=">= 1")
class Encoder:
    """Backbone, projector, target copies and predictor of one setting."""

    def __init__(self, setting: EncoderSetting, inputs: int, rng, dtype=np.float32):
        self.setting = setting
        self.dtype = dtype
        self.backbone = multilayer_perceptron((inputs, 128, FEATURES), rng, normalize_output=True)
        self.projector = Network([Dense(FEATURES, PROJECTION, rng, bias=False)])
        self.online = Network(self.backbone.layers + self.projector.layers)
        self.online.astype(dtype)
        self.target = self.online.copy()
        self.predictor = None
        if setting.predictor == "linear":
            self.predictor = Network([Dense(PROJECTION, PROJECTION, rng, bias=False)])
        elif setting.predictor == "nonlinear":
            self.predictor = multilayer_perceptron((PROJECTION, 64, PROJECTION), rng)
        if self.predictor is not None:
            self.predictor.astype(dtype)
        # In double precision: the smallest eigenvalues are a millionth of the largest.
        self.covariance = np.zeros((PROJECTION, PROJECTION))

    @property
    def parameters(self):
        return self.online.parameters + (self.predictor.parameters if self.predictor else [])

    def closed_form_predictor(self) -> np.ndarray:
        """Return W_P of the present covariance."""
        values, vectors = np.linalg.eigh(self.covariance)
        values = np.maximum(values, 0)
        values = (values / max(values[-1], 1e-300)) ** self.setting.exponent + self.setting.offset
        return (vectors * values) @ vectors.T

    @door(first="2d", second="2d")
    def loss_and_gradients(self, first: np.ndarray, second: np.ndarray):
        """Return the symmetrised loss and its gradients in the order of `parameters`."""
        setting = self.setting
        views = (first, second)
        outputs = [self.online.forward(view) for view in views]
        if setting.averaging == 0:
            targets = [z for z, _ in outputs]
        else:
            targets = [self.target.forward(view)[0] for view in views]
        keep = setting.covariance_memory
        total, gradients = 0.0, None
        for k, (z, cache) in enumerate(outputs):
            own = []
            if self.predictor is None:
                self.covariance *= keep
                self.covariance += (1 - keep) / len(z) * (z.T @ z)
                matrix = self.closed_form_predictor().astype(self.dtype)
                value, gradient = prediction_loss(setting.loss, z @ matrix, targets[1 - k])
                if not setting.isotropic:
                    gradient = gradient @ matrix
            else:
                p, predictor_cache = self.predictor.forward(z)
                value, gradient = prediction_loss(setting.loss, p, targets[1 - k])
                gradient, own = self.predictor.backward(gradient, predictor_cache)
            _, part = self.online.backward(gradient, cache)
            part = part + own
            total += value
            gradients = part if gradients is None else [
                a + b for a, b in zip(gradients, part, strict=True)
            ]  # fmt: skip
        return total, gradients
