"""Methods that protect old tasks, as hooks around the training step.

The importance measures themselves are in `theory.continual.regularizers`, the beaker chain in
`theory.consolidation.beakers`; here they meet the arrays of a network. Penalties act on what the
network computes with, the *binary* weights, and reach the hidden ones straight through, as in the
code released with Laborieux et al. 2021. Scales and shifts are left out.
"""

from __future__ import annotations

import numpy as np

from theory import checks
from theory.bnn.arrays import like, module_of, to_host
from theory.bnn.network import Network
from theory.consolidation.beakers import BeakerChain
from theory.continual.fisher import FISHERS, answer_gradients
from theory.continual.regularizers import (
    QuadraticPenalty,
    path_importance,
    shuffled_importance,
)
from theory.door import door


class Method:
    """No protection: the hooks do nothing."""

    def start(self, network: Network) -> None:
        """Called once, with the network as it is before the first step."""
        self.weights = network.weights

    def before_update(self) -> None:
        """Called when the parameters hold the gradient of the loss."""

    def after_update(self) -> None:
        """Called when the parameters were changed."""

    def end_task(self, number: int, network: Network, images, labels) -> None:
        """Called with the training part of the task that was just learned."""

    def state(self) -> dict[str, np.ndarray]:
        """Return copies of the arrays that a resumed run needs."""
        return {}

    def load(self, state: dict[str, np.ndarray]) -> None:
        """Restore what `state` returned."""


class _Penalised(Method):
    """A quadratic penalty around the weights at the end of each task."""

    def __init__(self, strength: float):
        self.strength = checks.nonnegative("strength", strength)

    def start(self, network):
        super().start(network)
        self.penalties = [QuadraticPenalty(self.strength) for _ in self.weights]

    def before_update(self):
        for penalty, weights in zip(self.penalties, self.weights, strict=True):
            penalty.add_gradient(weights.used, weights.gradient)

    def protect(self, importances):
        for penalty, weights, importance in zip(
            self.penalties, self.weights, importances, strict=True
        ):
            penalty.add_task(importance.astype(weights.value.dtype), weights.used)

    def state(self):
        kept = {}
        for number, penalty in enumerate(self.penalties):
            if penalty.importance is not None:
                kept[f"importance{number}"] = penalty.importance.copy()
                kept[f"pull{number}"] = penalty.pull.copy()
                kept[f"constant{number}"] = np.array(penalty.constant)
        return kept

    def load(self, state):
        for number, penalty in enumerate(self.penalties):
            if f"importance{number}" in state:
                weights = self.weights[number].value
                penalty.importance = like(state[f"importance{number}"].copy(), weights)
                penalty.pull = like(state[f"pull{number}"].copy(), weights)
                penalty.constant = float(state[f"constant{number}"])


@door(seed=">= 0", samples=">= 2", measure="one of fisher, shuffled, mas")
class ElasticConsolidation(_Penalised):
    r"""Elastic weight consolidation: :math:`\tfrac\lambda2 \sum F_i (W^b_i - W^b_{i,k})^2`.

    Parameters
    ----------
    strength : float
        :math:`\lambda`, 5000 in the paper.
    samples : int
        Training images from which the Fisher diagonal is taken.
    fisher : {"empirical", "exact", "sampled"}
        Its kind, see `theory.continual.fisher_diagonal`: of the given labels, as in the paper's
        code, or of the network's own answers. A strength belongs to its kind: sizes differ a lot.
    measure : {"fisher", "shuffled", "mas"}
        ``shuffled`` deals the Fisher values of a layer out to random weights: random consolidation.
        ``mas`` takes the mean absolute gradient of the squared logits instead, without labels.
    seed : int
        Of the shuffling and of sampled answers.
    """

    def __init__(
        self,
        strength: float,
        *,
        samples: int = 5000,
        measure: str = "fisher",
        fisher: str = "empirical",
        seed: int = 0,
    ):
        super().__init__(strength)
        self.fisher = checks.one_of("fisher", fisher, FISHERS)
        self.samples = int(samples)
        self.measure = measure
        self.seed = int(seed)

    def end_task(self, number, network, images, labels):
        images, labels = images[: self.samples], labels[: self.samples]
        # Drawn from the task's number, so that a resumed run needs no generator's state.
        rng = np.random.default_rng([self.seed, number])
        if self.measure == "mas":
            importances = network.sample_importance(images)
        elif self.fisher == "empirical":
            importances = network.sample_importance(images, labels)
        else:
            importances = self._of_own_answers(network, images, rng)
        if self.measure == "shuffled":
            importances = [like(shuffled_importance(to_host(i), rng), i) for i in importances]
        self.protect(importances)

    def _of_own_answers(self, network, images, rng):
        total = None
        logits = to_host(network.logits(images)).copy()
        for gradient in answer_gradients(logits, kind=self.fisher, rng=rng):
            found = network.squared_gradients(images, gradient)
            total = found if total is None else [a + b for a, b in zip(total, found, strict=True)]
        return total


@door(strength=">= 0", damping="> 0", path="one of hidden, binary", clip="one of task, sum")
class SynapticIntelligence(_Penalised):
    r"""Synaptic intelligence: :math:`\lambda \sum \Omega_i (W^b_i - W^b_{i,\text{prev}})^2`.

    Importances add up over tasks and protect the weights at the end of the *last* task.

    Parameters
    ----------
    strength : float
        :math:`\lambda`.
    damping : float
        :math:`\xi`.
    path : {"hidden", "binary"}
        Whose steps the path integral follows. Along the binary path only steps with a flip count.
    clip : {"task", "sum"}
        Where negative importances become zero: those of each task, or their running sum.
    """

    def __init__(
        self, strength: float, *, damping: float = 0.1, path: str = "hidden", clip: str = "task"
    ):
        super().__init__(2 * float(strength))
        self.damping = float(damping)
        self.path = path
        self.clip = clip

    def start(self, network):
        super().start(network)
        self.integrals = [np.zeros_like(w.value) for w in self.weights]
        self.task_start = [w.value.copy() for w in self.weights]
        self._before = [np.empty_like(w.value) for w in self.weights]
        self._gradient = [np.empty_like(w.value) for w in self.weights]

    def _followed(self, weights):
        return weights.value if self.path == "hidden" else weights.used

    def before_update(self):
        for number, weights in enumerate(self.weights):
            self._before[number][:] = self._followed(weights)
            self._gradient[number][:] = weights.gradient
        super().before_update()

    def after_update(self):
        for number, weights in enumerate(self.weights):
            # The sum of `path_increment`, in place.
            product = self._before[number]
            np.subtract(self._followed(weights), product, out=product)
            product *= self._gradient[number]
            self.integrals[number] -= product

    @door(layer=">= 0", damping="> 0")
    def importance(self, layer: int, damping: float | None = None) -> np.ndarray:
        """Return the importances of the task under way so far, with another damping if given."""
        if layer >= len(self.weights):
            raise ValueError(f"layer must be below {len(self.weights)}, that of the weight arrays")
        moved = self.weights[layer].value - self.task_start[layer]
        damping = self.damping if damping is None else damping
        return path_importance(self.integrals[layer], moved, damping, clip=self.clip == "task")

    def end_task(self, number, network, images, labels):
        earlier = [penalty.importance for penalty in self.penalties]
        importances = []
        for layer, weights in enumerate(self.weights):
            new = self.importance(layer)
            if earlier[layer] is not None:
                new += earlier[layer]
            importances.append(np.maximum(new, 0))
            self.task_start[layer][:] = weights.value
            self.integrals[layer][:] = 0
        self.penalties = [QuadraticPenalty(self.strength) for _ in self.weights]
        self.protect(importances)

    def state(self):
        kept = super().state()
        for number in range(len(self.weights)):
            kept[f"integral{number}"] = self.integrals[number].copy()
            kept[f"start{number}"] = self.task_start[number].copy()
        return kept

    def load(self, state):
        super().load(state)
        for number in range(len(self.weights)):
            for kept, name in ((self.integrals, "integral"), (self.task_start, "start")):
                kept[number][...] = like(state[f"{name}{number}"], kept[number])


@door
class Beakers(Method):
    """A chain of beakers behind every hidden weight, which is the first of them.

    Parameters
    ----------
    chain : BeakerChain
        All beakers of a weight start at its initial hidden value.
    """

    def __init__(self, chain: BeakerChain):
        self.chain = chain

    def start(self, network):
        super().start(network)
        if module_of(self.weights[0].value) is not np:
            raise ValueError('the method beakers computes in NumPy; choose device="cpu"')
        self.levels = [np.stack([w.value] * self.chain.levels) for w in self.weights]

    def after_update(self):
        for weights, levels in zip(self.weights, self.levels, strict=True):
            levels[0] = weights.value
            self.chain.step(levels)
            weights.load(levels[0])

    def state(self):
        return {f"levels{number}": levels.copy() for number, levels in enumerate(self.levels)}

    def load(self, state):
        for number, levels in enumerate(self.levels):
            levels[...] = like(state[f"levels{number}"], levels)


PROTECTION = (
    "none", "ewc", "ewc_exact", "ewc_sampled", "random", "mas", "si", "si_binary", "beakers"
)  # fmt: skip


@door(seed=">= 0")
def make_method(name: str, strength: float = 0.0, *, samples: int = 5000, seed: int = 0) -> Method:
    """Make a method by its short name, one of `PROTECTION`.

    Parameters
    ----------
    name : str
    strength : float
        Of the penalty; of the feedback between last and first beaker for ``beakers``.
    samples : int
        Images for the Fisher information.
    seed : int
        Of random consolidation and of sampled answers.
    """
    checks.one_of("name", name, PROTECTION)
    if name == "none":
        return Method()
    if name in ("si", "si_binary"):
        return SynapticIntelligence(strength, path="binary" if name == "si_binary" else "hidden")
    if name == "beakers":
        return Beakers(BeakerChain(feedback=strength))
    measure = {"random": "shuffled", "mas": "mas"}.get(name, "fisher")
    fisher = name.removeprefix("ewc_") if name.startswith("ewc_") else "empirical"
    return ElasticConsolidation(
        strength, samples=samples, measure=measure, fisher=fisher, seed=seed
    )
