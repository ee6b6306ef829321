"""Training of ensembles by any of the learning rules, with what tells why a rule fails."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from theory import checks
from theory.door import door
from theory.ep.activations import Activation, find_activation
from theory.ep.continual import descend_in_phase
from theory.ep.descent import dropout_mask, fitting_batch, half_cosine, momentum_step
from theory.ep.ensemble import Ensemble, one_hot
from theory.ep.estimators import Stencil
from theory.ep.learning_rules import ASYMMETRIC_RULES, RULES, gradient_estimate
from theory.ep.losses import SoftReadout
from theory.ep.networks import LayeredNetwork

TRAINING_RULES = (*RULES, "continual")
LOSSES = ("squared error", "cross-entropy")
TOGETHER = 60  # images of each run that are classified at once: their states stay in the cache
PROBED_TRAINING_IMAGES = 360  # enough for an error of one per cent at a quarter of the time


@door(loss="any")
@dataclass(frozen=True)
class TrainingSettings:
    """Everything that a training run depends on but its data, rule and seed.

    Attributes
    ----------
    sizes : tuple of int
        Inputs and units of every layer; the last number is that of the classes.
    loss : {"squared error", "cross-entropy"}
        With the cross-entropy the last layer is a softmax read-out outside the relaxing system.
    kept_share : float
        Of the last relaxing layer's units in each mini-batch; below 1 it is dropout, the same in
        all phases of a batch. Only with a read-out.
    learning_rates : tuple of float
        One for every layer, from the input up; backward weights use their layer's.
    free_steps, nudged_steps : int
        Synchronous steps of the free and of each nudged phase.
    cosine : bool
        Lower the learning rates to zero along half a cosine.
    backward : bool
        Weights of their own on the way down; "different updates" and "equal updates" always have
        them, and "BPTT" with them trains the network of those rules.
    """

    sizes: tuple[int, ...] = (64, 32, 10)
    activation: str | Activation = "shifted_sigmoid"
    loss: str = "squared error"
    kept_share: float = 1.0
    nudging_strength: float = 0.5
    free_steps: int = 25
    nudged_steps: int = 10
    learning_rates: tuple[float, ...] = (0.1, 0.05)
    momentum: float = 0.0
    weight_decay: float = 0.0
    batch_size: int = 32
    epochs: int = 60
    cosine: bool = False
    backward: bool = False

    def __post_init__(self):
        if len(self.learning_rates) != len(self.sizes) - 1:
            raise ValueError(
                f"learning_rates: {len(self.learning_rates)} given for {len(self.sizes) - 1} layers"
            )
        find_activation(self.activation)
        checks.one_of("loss", self.loss, LOSSES)
        checks.in_range("kept_share", self.kept_share, 0, 1, closed=(False, True))
        if self.loss == "squared error" and self.kept_share < 1:
            raise ValueError("kept_share: dropout is for the layer below a read-out")
        if self.loss == "cross-entropy" and len(self.sizes) < 3:
            raise ValueError("sizes: below a read-out at least one layer has to relax")
        for rate in self.learning_rates:
            checks.positive("learning_rates", rate)
        checks.positive("nudging_strength", self.nudging_strength)
        checks.in_range("momentum", self.momentum, 0, 0.999)
        checks.nonnegative("weight_decay", self.weight_decay)
        for name in ("free_steps", "nudged_steps", "batch_size", "epochs"):
            checks.integer_at_least(name, getattr(self, name), 1)
        if self.nudged_steps > self.free_steps:
            raise ValueError(
                f"nudged_steps: {self.nudged_steps} exceed the {self.free_steps} free steps, "
                "through the last of which BPTT goes"
            )


@dataclass(frozen=True, eq=False)
class TrainingRun:
    """What was measured after every epoch; the first entry is before training.

    Attributes
    ----------
    test_error, train_error : ndarray, shape (runs, epochs + 1)
        Share of images misclassified; the training error is on the labels trained with, of the
        first 360 training images.
    compliance : ndarray, shape (runs, epochs + 1)
        Mean diagonal of M, by how much an output yields to a unit force.
    spectral_radius : ndarray, shape (runs, epochs + 1)
        Largest over the probed images; relaxation needs it below 1.
    angle : ndarray, shape (runs, epochs + 1, layers - 1)
        Degrees between forward and backward weights; empty where there are none.
    ensemble : Ensemble
    """

    test_error: np.ndarray
    train_error: np.ndarray
    compliance: np.ndarray
    spectral_radius: np.ndarray
    angle: np.ndarray
    ensemble: Ensemble


@door(classes=">= 1")
def with_label_noise(labels: np.ndarray, share: float, classes: int, rng) -> np.ndarray:
    """Return labels of which a share was replaced by classes drawn uniformly."""
    share, rng = checks.in_range("share", share, 0, 1), checks.as_rng(rng)
    noisy = np.array(labels)
    wrong = rng.random(noisy.shape) < share
    noisy[wrong] = rng.integers(0, classes, wrong.sum())
    return noisy


@door(
    images="2d",
    test_images="2d",
    test_labels="array 1d+",
    labels="array 1d+",
)
def train(
    settings: TrainingSettings,
    rule: str | Stencil,
    images: np.ndarray,
    labels: np.ndarray,
    test_images: np.ndarray,
    test_labels: np.ndarray,
    seeds: tuple[int, ...],
    probed: int = 10,
) -> TrainingRun:
    """Train one network a seed, all at once.

    Parameters
    ----------
    settings : TrainingSettings
    rule : str or Stencil
        One of `theory.ep.learning_rules.RULES`, a stencil of your own, or "continual": parameters
        move at every step of a one-sided nudged phase. That is plain descent, without momentum and
        weight decay. "BPTT" trains the network with backward weights where the settings say so.
    images, test_images : ndarray, shape (images, pixels)
    labels : ndarray, shape (images,) or (seeds, images)
        Labels of their own for every run in the second case.
    test_labels : ndarray, shape (images,)
    seeds : tuple of int
        Of the initial weights, the order of the images and the random signs.
    probed : int
        Test images on which compliance and spectral radius are measured.
    """
    if not isinstance(rule, Stencil):
        rule = checks.one_of("rule", rule, TRAINING_RULES)
    if settings.backward and rule != "BPTT" and rule not in ASYMMETRIC_RULES:
        raise ValueError(f"backward: the rule {rule!r} is for symmetric weights")
    if isinstance(seeds, int | str) or not np.iterable(seeds) or not len(seeds):
        raise TypeError(f"seeds: a tuple of integers is needed, such as (0, 1), not {seeds!r}")
    checks.same_length(test_images=test_images, test_labels=test_labels)
    fitting_batch(settings.batch_size, len(images))
    if rule == "continual" and (settings.momentum or settings.weight_decay):
        raise ValueError(
            "momentum, weight_decay: continual updates are plain descent; leave them 0"
        )
    outputs, runs = settings.sizes[-1], len(seeds)
    if np.shape(labels) not in ((len(images),), (runs, len(images))):
        raise ValueError(
            f"labels: shape {np.shape(labels)}; ({len(images)},) is needed, or ({runs}, "
            f"{len(images)}) "
            "with labels of their own for every run"
        )
    labels = np.broadcast_to(labels, (runs, len(images)))
    targets, images = one_hot(labels, outputs), np.asarray(images, np.float32)
    one_hot(test_labels, outputs)
    generators = [np.random.default_rng(seed) for seed in seeds]
    backward = settings.backward or rule in ASYMMETRIC_RULES
    ensemble = _initial(settings, generators, backward)
    layer = _layer_of_parameters(ensemble)
    velocity = [np.zeros_like(p) for p in ensemble.parameters]
    rows = np.arange(runs)[:, None]
    history = [_measure(ensemble, settings, images, labels, test_images, test_labels, probed)]
    signs = np.random.default_rng([*seeds, 1])
    batches = len(images) // settings.batch_size
    for epoch in range(settings.epochs):
        orders = np.stack([rng.permutation(len(images)) for rng in generators])
        slow = half_cosine(epoch, settings.epochs) if settings.cosine else 1.0
        rates = [slow * settings.learning_rates[n] for n in layer]
        for batch in range(batches):
            chosen = orders[:, batch * settings.batch_size : (batch + 1) * settings.batch_size]
            if rule == "continual":
                descend_in_phase(
                    ensemble, images[chosen], targets[rows, chosen],
                    rates=rates,
                    nudging_strength=settings.nudging_strength,
                    steps=(settings.free_steps, settings.nudged_steps),
                )  # fmt: skip
                continue
            estimate = gradient_estimate(
                ensemble, rule, images[chosen], targets[rows, chosen],
                nudging_strength=settings.nudging_strength,
                steps=(settings.free_steps, settings.nudged_steps), rng=signs,
                mask=dropout_mask(
                    (*chosen.shape, settings.sizes[-2]), settings.kept_share, signs
                ),
            )  # fmt: skip
            momentum_step(
                ensemble.parameters, velocity, estimate, rates, settings.momentum,
                settings.weight_decay,
            )  # fmt: skip
        history.append(
            _measure(ensemble, settings, images, labels, test_images, test_labels, probed)
        )
    test, train_error, compliance, radius, angle = (
        np.stack(one, axis=1) for one in zip(*history, strict=True)
    )
    return TrainingRun(test, train_error, compliance, radius, angle, ensemble)


def _initial(settings, generators, backward):
    """One network a generator, with a read-out where the loss asks for it."""
    soft = settings.loss == "cross-entropy"
    sizes = settings.sizes[:-1] if soft else settings.sizes
    networks, readouts = [], []
    for rng in generators:
        networks.append(
            LayeredNetwork.random(sizes, rng, activation=settings.activation, backward=backward)
        )
        if soft:
            bound, shape = 1 / np.sqrt(sizes[-1]), (settings.sizes[-1], sizes[-1])
            readouts.append(
                SoftReadout(rng.uniform(-bound, bound, shape), rng.uniform(-bound, bound, shape[0]))
            )
    return Ensemble.of(networks, readouts=readouts)


def _layer_of_parameters(ensemble):
    """For every parameter array the number of its layer, whose learning rate it takes."""
    layers = [*range(len(ensemble.weights))]
    backward = layers[1:] if ensemble.backward else []
    return layers * 2 + backward + [len(layers)] * len(ensemble.readout)


def _measure(ensemble, settings, images, labels, test_images, test_labels, probed):
    runs = len(ensemble.weights[0])

    def states_of(inputs):
        stacked = np.broadcast_to(np.asarray(inputs, np.float32), (runs, *inputs.shape))
        return ensemble.relax(stacked, settings.free_steps)

    def answers(inputs):
        parts = [inputs[k : k + TOGETHER] for k in range(0, len(inputs), TOGETHER)]
        return np.concatenate([ensemble.outputs(states_of(p)).argmax(2) for p in parts], axis=1)

    test_error = np.mean(answers(test_images) != test_labels, axis=1)
    seen = slice(0, PROBED_TRAINING_IMAGES)
    train_error = np.mean(answers(images[seen]) != labels[:, seen], axis=1)
    # The angle is a global number a layer; compliance and radius belong to single images.
    angle = np.zeros((runs, len(ensemble.backward)))
    for n, (w, b) in enumerate(zip(ensemble.weights[1:], ensemble.backward, strict=False)):
        w, b = w.reshape(runs, -1).astype(float), b.reshape(runs, -1).astype(float)
        cosine = (w * b).sum(1) / np.linalg.norm(w, axis=1) / np.linalg.norm(b, axis=1)
        angle[:, n] = np.degrees(np.arccos(np.clip(cosine, -1, 1)))
    compliance, radius = np.zeros(runs), np.zeros(runs)
    states = states_of(test_images[:probed])
    for run in range(runs):
        at = np.concatenate([layer[run] for layer in states], axis=1).astype(float)
        compliance[run], radius[run] = stiffness(
            ensemble.network(run), at, np.asarray(test_images[:probed], float)
        )
    return test_error, train_error, compliance, radius, angle


def stiffness(network: LayeredNetwork, states: np.ndarray, inputs) -> tuple[float, float]:
    """Return mean output compliance and largest spectral radius at states (batch, units).

    Layers of one group are not joined, M = D J = ((0, A), (B, 0)): the eigenvalues of M are both
    roots of those of B A, and the inverse of 1 - B A is the block of that of 1 - M.
    """
    sigma = network.sigma
    if sigma.told_by_value:
        slope = sigma.slope_at(states)
    else:
        slope = sigma.derivative(network.drive(inputs) + states @ network.coupling().T)
    units = np.arange(states.shape[1])
    parts, last = [units[part] for part in network.slices], len(network.sizes) - 1
    own = np.concatenate(parts[last % 2 :: 2])
    other = np.setdiff1d(units, own)
    down, up = (network.coupling()[np.ix_(*way)] for way in ((own, other), (other, own)))
    to_own, to_other = slope[:, own, None] * down, slope[:, other, None] * up
    outputs = slice(-network.sizes[-1], None)  # of the own group
    inverse = np.linalg.inv(np.eye(len(own)) - to_own @ to_other)
    diagonal = np.diagonal(inverse, axis1=1, axis2=2)[:, outputs] * slope[:, parts[last]]
    if not len(other):
        return float(diagonal.mean()), 0.0
    if network.backward is None:  # similar to a symmetric matrix: real eigenvalues, and faster
        root = np.sqrt(slope)  # of slopes that are 0 for saturated hard sigmoids
        singular = np.linalg.svd(root[:, own, None] * down * root[:, None, other], compute_uv=False)
        return float(diagonal.mean()), float(singular.max())
    smaller = to_own @ to_other if len(own) < len(other) else to_other @ to_own
    squares = np.linalg.eigvals(smaller)
    return float(diagonal.mean()), float(np.sqrt(np.abs(squares).max()))
