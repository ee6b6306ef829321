"""Training of binarized networks whose weights are pairs of simulated devices."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from theory import checks
from theory.bnn.architectures import dense_network
from theory.bnn.optimizer import Adam
from theory.continual.sequence import run_sequence
from theory.data import ImageTask, load_images, resized
from theory.data.known_sets import FULL_SIZE_SETS
from theory.data.loading import LAPTOP_SETS
from theory.door import door
from theory.rram.architectures import block_network
from theory.rram.augmentation import cropped_and_flipped, normalised
from theory.rram.device import Device
from theory.rram.device_array import DeviceArray
from theory.rram.device_laws import spread_factors
from theory.rram.pulse_optimizer import DIGITAL_RATE, PulseAdam
from theory.rram.synapses import REFRESH

LARGEST_RATE = 1e30
NAMES = tuple(dict.fromkeys((*LAPTOP_SETS, *FULL_SIZE_SETS)))


@door(
    widths="list or mapping",
    side=">= 1", convolutions_a_block=">= 1", epochs=">= 1", batch=">= 1", learning_rate="> 0",
    decay_every=">= 1", decay_factor="> 0", largest=">= 1", refresh_after=">= 0",
)  # fmt: skip
@dataclass(frozen=True)
class DeviceExperiment:
    """Everything that determines a run, besides the seed.

    Parameters
    ----------
    images : str or ImageTask
        A name for `theory.data.load_images`, or your own images; they ignore scale and test_share.
    scale : str
        For `load_images`; at laptop scale the seed draws the division into training and test
        images.
    test_share : float or None
        Share of the images that is held out; None for the default of the set.
    side : int or None
        Shrink or enlarge the images to this many pixels.
    hidden, channels : tuple of int
        Dense hidden layers, and convolutions in front of them (`block_network`).
    convolutions_a_block : int
    epochs, batch : int
    learning_rate : float
        Pulses per unit of Adam's normalised step; for `weights` "software", the usual rate.
    decay_every, decay_factor : int, float
        The learning rate is multiplied by the factor after every so many epochs.
    weights : {"devices", "software"}
        Pairs of devices, or hidden weights in floating point (Adam, latent weights).
    device : Device
        What the weights are made of: the published one, a `preset`, or your own.
    imperfections, widths, as_coded
        Of the devices, see `DeviceArray`; widths as a mapping or a tuple of pairs.
    largest : int or None
        Most pulses of one update, 1 or more; None for taps - 1, as released.
    refresh, refresh_after
        See `DifferentialSynapses`.
    augmented : bool
        Random crops and mirrored images while training.
    """

    images: str | ImageTask = "digits"
    scale: str = "laptop"
    test_share: float | None = None
    side: int | None = None
    hidden: tuple[int, ...] = (256,)
    channels: tuple[int, ...] = ()
    convolutions_a_block: int = 1
    epochs: int = 20
    batch: int = 100
    learning_rate: float = 10.0
    decay_every: int = 7
    decay_factor: float = 0.5
    weights: str = "devices"
    imperfections: tuple[str, ...] = ("all",)
    widths: tuple[tuple[str, float], ...] = ()
    device: Device = field(default_factory=Device)
    as_coded: bool = False
    largest: int | None = None
    refresh: str = "none"
    refresh_after: int = 0
    augmented: bool = False

    def __post_init__(self):
        self._check_images()
        if isinstance(self.imperfections, str):
            object.__setattr__(self, "imperfections", (self.imperfections,))
        widths = tuple(dict(self.widths).items())
        object.__setattr__(self, "widths", widths)
        spread_factors(self.imperfections, dict(widths))
        if not isinstance(self.device, Device):
            raise TypeError(f"device must be a Device, not {type(self.device).__name__}")
        for name in ("hidden", "channels"):
            object.__setattr__(self, name, _sizes(name, getattr(self, name)))
        checks.one_of("weights", self.weights, ("devices", "software"))
        checks.one_of("refresh", self.refresh, REFRESH)

    def _check_images(self):
        if isinstance(self.images, ImageTask):
            return
        if not isinstance(self.images, str):
            raise TypeError(
                "images must be the name of a set or an ImageTask with your own arrays, not "
                f"{type(self.images).__name__}"
            )
        checks.one_of("images", self.images, NAMES)
        checks.one_of("scale", self.scale, ("laptop", "paper"))
        if self.test_share is not None:
            checks.in_range("test_share", self.test_share, 0, 1, closed=False)

    @door(epoch=">= 0")
    def rate(self, epoch: int) -> float:
        """Return the learning rate of an epoch, counted from 0.

        The released ConvNet's factor of 50 would leave single precision; long before, every update
        is saturated and a larger rate changes nothing.
        """
        steps = epoch // self.decay_every
        log = np.log(self.learning_rate) + steps * np.log(self.decay_factor)
        if log > np.log(LARGEST_RATE):
            return LARGEST_RATE
        return self.learning_rate * self.decay_factor**steps


def _sizes(name, sizes) -> tuple[int, ...]:
    if isinstance(sizes, int | np.integer):
        raise TypeError(f"{name} must be a tuple with one size a layer, not {sizes}: ({sizes},)")
    return tuple(checks.integer_at_least(name, size, 1) for size in sizes)


@door(rngs="list")
class DeviceLearner:
    """One network with devices or software weights; implements `theory.continual.Learner`."""

    def __init__(self, experiment: DeviceExperiment, task: ImageTask, rngs):
        for_network, for_devices, self.for_images = rngs
        classes = len(task.classes)
        self.experiment, self.shape = experiment, task.image_shape
        if experiment.channels:
            self.network = block_network(
                task.image_shape, experiment.channels, experiment.hidden, classes, for_network,
                convolutions_a_block=experiment.convolutions_a_block,
            )  # fmt: skip
        else:
            sizes = (task.pixels, *experiment.hidden, classes)
            self.network = dense_network(sizes, for_network, normalisation="running", scale="one")
        if experiment.weights == "software":
            self.optimizer = Adam(self.network.parameters, experiment.learning_rate)
        else:
            self.optimizer = PulseAdam(
                self.network.parameters,
                experiment.learning_rate,
                rng=for_devices,
                largest=most_pulses(experiment),
                digital_rate=DIGITAL_RATE,
                imperfections=experiment.imperfections,
                widths=dict(experiment.widths),
                device=experiment.device,
                as_coded=experiment.as_coded,
                refresh=experiment.refresh,
                refresh_after=experiment.refresh_after,
            )
        self.flips, self.steps = 0, 0
        self.records: dict[str, list] = {"pulses": [], "past_kink": [], "sets": [], "flips": []}

    def begin_task(self, number, task):
        self._keep()

    def step(self, images, labels):
        if self.experiment.augmented:
            images = cropped_and_flipped(images, self.shape, self.for_images)
        loss = self.network.loss_and_gradients(normalised(images, self.shape), labels)
        self.optimizer.update()
        self.flips, self.steps = self.flips + getattr(self.optimizer, "flips", 0), self.steps + 1
        return loss

    def end_task(self, number, task):
        pass

    def accuracy(self, number, images, labels):
        return self.network.accuracy(normalised(images, self.shape), labels)

    def after_epoch(self, run, rng):
        self._keep()
        self.optimizer.learning_rate = self.experiment.rate(len(run.losses))

    def spent(self) -> np.ndarray:
        """Pulses that every device has received, shape (devices,)."""
        return np.concatenate([side.spent.reshape(-1) for side in self._sides()])

    def _sides(self) -> list[DeviceArray]:
        if not isinstance(self.optimizer, PulseAdam):
            return []
        return [side for s in self.optimizer.synapses for side in (s.raising, s.lowering)]

    def _keep(self):
        sides = self._sides()
        if not sides:
            return
        devices = sum(side.pulses.size for side in sides)
        self.records["pulses"].append(sum(side.spent.sum(dtype=float) for side in sides) / devices)
        self.records["past_kink"].append(sum(side.past_kink.sum() for side in sides) / devices)
        self.records["sets"].append(sum(side.sets.sum() for side in sides) / devices)
        self.records["flips"].append(self.flips / max(self.steps, 1) / (devices / 2))
        self.flips = self.steps = 0


def most_pulses(experiment: DeviceExperiment) -> int:
    """Return the most pulses of one update."""
    if experiment.largest is not None:
        return experiment.largest
    return max(experiment.device.taps - 1, 1)


def prepare(experiment: DeviceExperiment, seed: int, task: ImageTask | None = None):
    """Return (learner, task, generator of the sample order).

    Division, network, devices and sample order are drawn apart from the settings, so that runs
    that differ in one setting and share a seed can be compared pair by pair.
    """
    for_task, *rngs, for_order = (
        np.random.default_rng(s) for s in np.random.SeedSequence(seed).spawn(5)
    )
    if task is None and isinstance(experiment.images, ImageTask):
        task = experiment.images
    if task is None:
        task = load_images(
            experiment.images, experiment.scale, test_share=experiment.test_share, rng=for_task
        )
    if experiment.side is not None:
        task = resized(task, experiment.side)
    return DeviceLearner(experiment, task, rngs), task, for_order


@door
def train(
    experiment: DeviceExperiment, seed: int, *, task: ImageTask | None = None
) -> tuple[DeviceLearner, dict[str, np.ndarray]]:
    """Train one network.

    Parameters
    ----------
    experiment : DeviceExperiment
    seed : int
    task : ImageTask, optional
        Instead of the images named in the settings.

    Returns
    -------
    learner : DeviceLearner
    measured : dict of ndarray, each of shape (epochs + 1,) from before training on
        ``accuracy`` on the test images; for devices also ``pulses`` (mean per device, in all),
        ``past_kink`` (share of devices), ``sets`` (mean per device) and ``flips`` (share of the
        weights that changed sign, mean over the updates of the epoch).
    """
    learner, task, rng = prepare(experiment, seed, task)
    run = run_sequence(
        learner, [task], epochs=experiment.epochs, batch=experiment.batch, rng=rng,
        after_epoch=learner.after_epoch,
    )  # fmt: skip
    measured = {"accuracy": run.curves[:, 0]}
    measured |= {name: np.array(values) for name, values in learner.records.items() if values}
    return learner, measured


@door
def run_devices(experiment: DeviceExperiment, seed: int) -> dict[str, np.ndarray]:
    """Return only what `train` measured: for `theory.sweep`."""
    return train(experiment, seed)[1]
