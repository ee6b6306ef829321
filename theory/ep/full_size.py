"""The ConvNet at full size: published settings, augmentation, checkpoints that resume exactly.

About 4 million parameters and 310 relaxation steps for every mini-batch of 120 epochs: `core_days`
counts months on one core, so the lessons do not run it. The same code runs on any image task, for
instance a tiny stand-in.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from theory import checks
from theory.data import ImageTask
from theory.door import door
from theory.ep.activations import find_activation
from theory.ep.convolution import ConvolutionalNetwork
from theory.ep.convolutional_estimates import CONVOLUTIONAL_RULES, convolutional_estimate
from theory.ep.convolutional_training import layer_of_parameters, unit_mask
from theory.ep.descent import fitting_batch, half_cosine, momentum_step
from theory.ep.ensemble import one_hot
from theory.ep.learning_rules import ASYMMETRIC_RULES
from theory.ep.training import LOSSES


@door(loss="any", kept_share="in (0, 1]", nudging_strength="> 0")
@dataclass(frozen=True)
class FullSizeSettings:
    """Published hyper-parameters, by default of the symmetric rule on the squared error.

    Attributes
    ----------
    rule : str
        One of `theory.ep.convolutional_estimates.CONVOLUTIONAL_RULES`; "different updates" and
        "equal updates" need the cross-entropy.
    backward : bool
        Kernels of their own on the way down; always with these two rules, and with "BPTT" where it
        is to train their network.
    loss : {"squared error", "cross-entropy"}
    kept_share : float
        Of the units of the last convolution; below 1 it is dropout.
    learning_rates : tuple of float
        From the input up, the dense layer last; backward kernels use their layer's.
    """

    channels: tuple[int, ...] = (128, 256, 512, 512)
    padding: tuple[int, ...] = (1, 1, 1, 0)
    activation: str = "wide_hard_sigmoid"
    rule: str = "symmetric"
    backward: bool = False
    loss: str = "squared error"
    kept_share: float = 1.0
    nudging_strength: float = 0.5
    free_steps: int = 250
    nudged_steps: int = 30
    learning_rates: tuple[float, ...] = (0.25, 0.15, 0.1, 0.08, 0.05)
    momentum: float = 0.9
    weight_decay: float = 3e-4
    batch_size: int = 128
    epochs: int = 120
    cosine_epochs: int = 100
    least_rate: float = 1e-5

    def __post_init__(self):
        checks.one_of("rule", self.rule, CONVOLUTIONAL_RULES)
        checks.one_of("loss", self.loss, LOSSES)
        find_activation(self.activation)
        if self.rule in ASYMMETRIC_RULES:
            object.__setattr__(self, "backward", True)
        elif self.backward and self.rule != "BPTT":
            raise ValueError(f"backward: the rule {self.rule!r} is for symmetric kernels")
        if self.loss == "squared error" and (self.kept_share < 1 or self.backward):
            raise ValueError(
                "loss: dropout and backward kernels are for networks with the cross-entropy"
            )
        if len(self.learning_rates) != len(self.channels) + 1:
            raise ValueError(
                f"learning_rates: {len(self.learning_rates)} given for {len(self.channels) + 1} "
                "layers"
            )

    @property
    def reference(self) -> FullSizeSettings:
        """The same network trained by BPTT: the other column of the published table."""
        return replace(self, rule="BPTT")

    @door(image_shape="counts", classes=">= 1")
    def multiplications(self, image_shape: tuple[int, int, int], classes: int = 10) -> int:
        """Return the multiply-adds of one relaxation step of one image, the static input apart.

        Every convolution but the first is used up and down, with backward kernels up once more.
        """
        _, rows, columns = image_shape
        total = 0
        for n, (above, pad) in enumerate(zip(self.channels, self.padding, strict=True)):
            rows, columns = rows + 2 * pad - 2, columns + 2 * pad - 2
            if n > 0:
                ways = 3 if self.backward else 2
                total += ways * 9 * self.channels[n - 1] * above * rows * columns
            rows, columns = rows // 2, columns // 2
        return total + 2 * self.channels[-1] * rows * columns * classes

    @door(images=">= 1", image_shape="counts", rate="> 0")
    def core_days(self, images: int, image_shape: tuple[int, int, int], rate: float) -> float:
        """Return for how many days one core relaxes in training at `rate` multiply-adds a "
        "second."""
        phases = 1 if self.rule == "BPTT" else 2 if self.rule in ("one-sided", "random sign") else 3
        steps = self.free_steps + (phases - 1) * self.nudged_steps
        work = self.multiplications(image_shape) * steps * images * self.epochs
        return work / rate / 86_400

    @door(layer=">= 0", epoch=">= 0")
    def rate(self, layer: int, epoch: int) -> float:
        """Return a layer's learning rate: half a cosine, then constant."""
        left = half_cosine(min(epoch, self.cosine_epochs), self.cosine_epochs)
        start = self.learning_rates[layer]
        return self.least_rate + (start - self.least_rate) * left


SOFT = FullSizeSettings(loss="cross-entropy", nudging_strength=1.0, nudged_steps=25)
PUBLISHED_SETTINGS = {
    ("squared error", "one-sided"): FullSizeSettings(rule="one-sided"),
    ("squared error", "random sign"): FullSizeSettings(rule="random sign"),
    ("squared error", "symmetric"): FullSizeSettings(),
    ("cross-entropy", "symmetric"): SOFT,
    ("cross-entropy, dropout", "symmetric"): replace(SOFT, kept_share=0.9),
    ("cross-entropy", "different updates"): replace(
        SOFT, rule="different updates", nudged_steps=30
    ),
    ("cross-entropy", "equal updates"): replace(SOFT, rule="equal updates", nudged_steps=30),
}
"""Settings behind the rows of the table of errors, by loss and rule."""


def augmented(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return images flipped at random and shifted by up to 4 pixels, edges repeated."""
    batch, _, rows, columns = images.shape
    flip = rng.random((batch, 1, 1, 1)) < 0.5
    images = np.where(flip, images[..., ::-1], images)
    padded = np.pad(images, ((0, 0), (0, 0), (4, 4), (4, 4)), mode="edge")
    down, right = rng.integers(0, 9, (2, batch))
    return np.stack(
        [p[:, i : i + rows, j : j + columns] for p, i, j in zip(padded, down, right, strict=True)]
    )


def normalised(images: np.ndarray) -> np.ndarray:
    """Return channels with the published means removed, over three standard deviations.

    Grey images stay as they are.
    """
    if images.shape[1] != 3:
        return images
    mean = np.array([0.4914, 0.4822, 0.4465], images.dtype)[:, None, None]
    scale = 3 * np.array([0.2023, 0.1994, 0.2010], images.dtype)[:, None, None]
    return (images - mean) / scale


@door
def train_full_size(
    settings: FullSizeSettings,
    task: ImageTask,
    *,
    seed: int = 0,
    checkpoint: str | Path | None = None,
    stop_after: int | None = None,
) -> np.ndarray:
    """Train, saving after every epoch; a run that is started again goes on where it stopped.

    Parameters
    ----------
    settings : FullSizeSettings
    task : ImageTask
        For the paper's experiment ``load_images("cifar10", scale="paper")``.
    checkpoint : path-like, optional
        File of the saved state (.npz). Results are the same, bit by bit, however often a run was
        interrupted between epochs.
    stop_after : int, optional
        Stop after so many epochs in all.

    Returns
    -------
    ndarray, shape (epochs done,)
        Test error after each epoch.

    Raises
    ------
    ValueError
        If the checkpoint belongs to other settings or another seed.
    """
    *channels, rows, columns = task.image_shape
    shape = (channels[0] if channels else 1, rows, columns)
    rng = np.random.default_rng(seed)
    network = ConvolutionalNetwork.random(
        shape, settings.channels, len(task.classes), rng,
        activation=settings.activation, padding=settings.padding,
        soft=settings.loss == "cross-entropy", backward=settings.backward,
    )  # fmt: skip
    velocity, history = [np.zeros_like(p) for p in network.parameters], []
    identity = json.dumps([asdict(settings), seed, task.name])
    file = None if checkpoint is None else Path(checkpoint)
    if file is not None and file.exists():
        history = _restore(file, identity, network, velocity, rng)
    images = task.train_images.reshape(-1, *shape)
    targets = one_hot(task.train_labels, len(task.classes))
    fitting_batch(settings.batch_size, len(images))
    last = settings.epochs if stop_after is None else min(stop_after, settings.epochs)
    for epoch in range(len(history), last):
        order = rng.permutation(len(images))
        rates = [settings.rate(n, epoch) for n in layer_of_parameters(network)]
        for start in range(0, len(order) - settings.batch_size + 1, settings.batch_size):
            chosen = order[start : start + settings.batch_size]
            sign = rng.choice([-1, 1]) if settings.rule == "random sign" else 1
            seen = normalised(augmented(images[chosen], rng))
            estimate = convolutional_estimate(
                network, settings.rule, seen, targets[chosen],
                nudging_strength=settings.nudging_strength, sign=sign,
                steps=(settings.free_steps, settings.nudged_steps),
                mask=unit_mask(network, seen, settings.kept_share, rng),
            )  # fmt: skip
            momentum_step(
                network.parameters,
                velocity,
                estimate,
                rates,
                settings.momentum,
                settings.weight_decay,
            )
        history.append(_test_error(network, settings, task, shape))
        if file is not None:
            _save(file, identity, network, velocity, rng, history)
    return np.array(history)


def _test_error(network, settings, task, shape) -> float:
    images, wrong = normalised(task.test_images.reshape(-1, *shape)), 0
    for start in range(0, len(images), settings.batch_size):
        rows = slice(start, start + settings.batch_size)
        out = network.outputs(network.relax(images[rows], settings.free_steps))
        wrong += np.sum(out.argmax(axis=1) != task.test_labels[rows])
    return float(wrong / len(images))


def _save(file, identity, network, velocity, rng, history):
    arrays = {f"p{k}": p for k, p in enumerate(network.parameters)}
    arrays |= {f"v{k}": v for k, v in enumerate(velocity)}
    new = file.with_name(file.name + ".new")
    with new.open("wb") as stream:
        np.savez(stream, identity=identity, rng=json.dumps(rng.bit_generator.state),
                 history=history, **arrays)  # fmt: skip
    os.replace(new, file)  # an interruption leaves the old state whole


def _restore(file, identity, network, velocity, rng) -> list[float]:
    with np.load(file) as saved:
        if str(saved["identity"]) != identity:
            raise ValueError(
                f"checkpoint: {file.name} belongs to other settings, another seed or another task; "
                "use a new file"
            )
        for k, (p, v) in enumerate(zip(network.parameters, velocity, strict=True)):
            p[...], v[...] = saved[f"p{k}"], saved[f"v{k}"]
        rng.bit_generator.state = json.loads(str(saved["rng"]))
        return list(saved["history"])
