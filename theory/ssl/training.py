"""Training of the small encoder, and what is measured while it learns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from theory import checks
from theory.door import door
from theory.mlp import SGD
from theory.numerics import NotConverged
from theory.ssl.encoder import Encoder, EncoderSetting
from theory.ssl.views import BackgroundDigits, ridge_accuracy


@dataclass(frozen=True, eq=False)
class EncoderRun:
    """What a training run leaves; the first row is before training, then one row an epoch.

    Attributes
    ----------
    accuracy : ndarray, shape (epochs + 1,)
        Test accuracy of a linear read-out from the 64 features.
    eigenvalues : ndarray, shape (epochs + 1, 32)
        Of the covariance of the representation over the training images, ascending.
    alignment : ndarray, shape (epochs + 1, 32), or None
        Of a learned linear predictor with the eigenvectors u of that covariance,
        u.(W u) / |W u|, from the largest eigenvalue on.
    """

    accuracy: np.ndarray
    eigenvalues: np.ndarray
    alignment: np.ndarray | None

    @property
    def participation(self) -> np.ndarray:
        """Participation ratio of the eigenvalues, between 1 and 32: an effective rank."""
        return self.eigenvalues.sum(axis=1) ** 2 / np.sum(self.eigenvalues**2, axis=1)


@door
def train_encoder(
    setting: EncoderSetting, task: BackgroundDigits, rng: np.random.Generator | int
) -> EncoderRun:
    """Train the encoder on views of the task's training images.

    Parameters
    ----------
    setting : EncoderSetting
    task : BackgroundDigits
    rng : Generator or int

    Returns
    -------
    EncoderRun

    Raises
    ------
    ValueError
        For batches larger than the data.
    NotConverged
        Where the weights are no longer finite: the run diverged.
    """
    rng = checks.as_rng(rng)
    images = task.train_images
    if setting.batch > len(images):
        raise ValueError(
            f"batch must be at most the number of training images, {len(images)}, not "
            f"{setting.batch}: no batch could be filled and nothing trained"
        )
    encoder = Encoder(setting, images.shape[1], rng)
    optimizer = SGD(
        encoder.parameters,
        setting.rate,
        momentum=setting.momentum,
        weight_decay=setting.weight_decay,
    )
    evaluation = rng.spawn(1)[0]
    for k in range(0, len(images) - setting.batch + 1, setting.batch):  # running averages
        encoder.online.forward(task.view(images[k : k + setting.batch], rng))
    records = [_measured(encoder, task, evaluation)]
    for epoch in range(setting.epochs):
        order = rng.permutation(len(images))
        for k in range(0, len(order) - setting.batch + 1, setting.batch):
            chosen = images[order[k : k + setting.batch]]
            with np.errstate(over="ignore", invalid="ignore"):
                value, gradients = encoder.loss_and_gradients(
                    task.view(chosen, rng), task.view(chosen, rng)
                )
            if not (np.isfinite(value) and value < 1e12):
                raise NotConverged(
                    "train_encoder: the training diverged; make the learning rate smaller",
                    residual=value,
                    iterations=epoch,
                )
            optimizer.step(gradients)
            if setting.averaging:
                encoder.target.follow(encoder.online, setting.averaging)
        records.append(_measured(encoder, task, evaluation))
    accuracy, eigenvalues, alignment = zip(*records, strict=True)
    aligned = None if alignment[0] is None else np.array(alignment)
    return EncoderRun(np.array(accuracy), np.array(eigenvalues), aligned)


@door(seed="in [0, 4294967295]")
def trained_encoder(seed: int, **setting) -> EncoderRun | None:
    """Draw a task and train one encoder on it, both from a seed; None where training diverges.

    Parameters
    ----------
    seed : int
        The same seed gives the same task, whatever the setting.
    **setting
        Arguments of `EncoderSetting`.
    """
    rng = checks.as_rng(seed)
    task = BackgroundDigits.drawn(rng)
    try:
        return train_encoder(EncoderSetting(**setting), task, rng)
    except NotConverged:
        return None


def _measured(encoder, task, rng):
    train, test = (task.view(images, rng) for images in (task.train_images, task.test_images))
    features = [encoder.backbone.forward(view, training=False)[0] for view in (train, test)]
    accuracy = ridge_accuracy(features[0], task.train_labels, features[1], task.test_labels)
    z = encoder.projector.forward(features[0], training=False)[0]
    values, vectors = np.linalg.eigh(z.T @ z / len(z))
    alignment = None
    if encoder.setting.predictor == "linear":
        alignment = eigenvector_alignment(vectors[:, ::-1], encoder.predictor.parameters[0])
    return accuracy, np.maximum(values, 0), alignment


def eigenvector_alignment(vectors: np.ndarray, predictor: np.ndarray) -> np.ndarray:
    """Return u.(W u) / |W u| for each column u of `vectors`, (modes,).

    Rows are representations, so the prediction from z is ``z @ predictor`` and W its transpose.
    """
    moved = predictor.T @ vectors
    return np.sum(vectors * moved, axis=0) / np.linalg.norm(moved, axis=0)
