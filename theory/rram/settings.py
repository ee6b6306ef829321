"""The experiments at laptop size and with the settings of the released code.

The paper's own accuracies are not known here; what a run at either size gives is ours.
"""

from __future__ import annotations

from dataclasses import replace

from theory import checks
from theory.data import ImageTask
from theory.door import door
from theory.rram.device import DEVICE_FIELDS, changed
from theory.rram.experiment import DeviceExperiment

# What is compared: the imperfections of the devices, None where software holds the weights.
CONDITIONS = {
    "software": None,
    "ideal devices": "none",
    "pink noise": "pink",
    "telegraph noise": "telegraph",
    "device spread": "spread",
    "all": "all",
}
SOFTWARE_RATE = 0.005  # software weights have a rate of their own


@door
def dense(
    *, scale: str = "laptop", images: str | ImageTask | None = None, **changes
) -> DeviceExperiment:
    """One hidden layer: MNIST and 3000 units as released, the small digits and 256 on a laptop.

    Parameters
    ----------
    scale : {"laptop", "paper"}
        "paper" needs the full MNIST (`theory.data.load_images`) and about 0.6 GB of devices.
    images : str, optional
    **changes
        Any fields of `DeviceExperiment`, and of its `Device`: laws, telegraph, strength, ...
    """
    if checks.one_of("scale", scale, ("laptop", "paper")) == "paper":
        released = DeviceExperiment(
            images=images or "mnist", scale="paper", hidden=(3000,), epochs=20, batch=1000,
            learning_rate=100.0, decay_every=7, decay_factor=0.5,
        )  # fmt: skip
        return adapted(released, **changes)
    return adapted(DeviceExperiment(images=images or "digits", test_share=0.25), **changes)


@door
def convolutional(
    *, scale: str = "laptop", images: str | ImageTask | None = None, **changes
) -> DeviceExperiment:
    """Convolutions: CIFAR-10 and six of them as released, Fashion-MNIST and two on a laptop.

    The released schedule multiplies the learning rate by 50 every 15 epochs, which saturates every
    update. At paper scale the 36 million weights take 8 GB of devices.
    """
    if checks.one_of("scale", scale, ("laptop", "paper")) == "paper":
        released = DeviceExperiment(
            images=images or "cifar10", scale="paper", channels=(384, 384, 768, 768, 1536, 512),
            convolutions_a_block=2, hidden=(1024, 1024), epochs=700, batch=500,
            learning_rate=100.0, decay_every=15, decay_factor=50.0, augmented=True,
        )  # fmt: skip
        return adapted(released, **changes)
    small = DeviceExperiment(
        images=images or "fashion_mnist", side=12, channels=(12, 24), hidden=(64,), epochs=8,
        decay_every=3,
    )  # fmt: skip
    return adapted(small, **changes)


@door
def adapted(base: DeviceExperiment, **changes) -> DeviceExperiment:
    """Return an experiment with changes of its fields or of those of its device.

    A field of the device is, for example, ``telegraph`` or ``laws``; see `Device`.
    """
    of_device = {name: changes.pop(name) for name in DEVICE_FIELDS if name in changes}
    if of_device:
        changes["device"] = changed(changes.get("device", base.device), of_device)
    return replace(base, **changes)


@door
def condition(base: DeviceExperiment, name: str) -> DeviceExperiment:
    """Return an experiment under one of `CONDITIONS`."""
    imperfections = CONDITIONS[checks.one_of("name", name, tuple(CONDITIONS))]
    if imperfections is None:
        return replace(base, weights="software", learning_rate=SOFTWARE_RATE)
    return replace(base, imperfections=(imperfections,))
