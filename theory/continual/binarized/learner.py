"""A network, its optimizer and a method, as one learner of task sequences."""

from __future__ import annotations

import numpy as np

from theory import checks
from theory.bnn.network import Network
from theory.bnn.optimizer import OPTIMIZERS
from theory.continual.binarized.methods import Method
from theory.door import door


@door(metaplasticity="any")
class NetworkLearner:
    """Learns tasks in sequence; implements `theory.continual.Learner`.

    Parameters
    ----------
    network : Network
    optimizer : {"adam", "sgd"}
    learning_rate, weight_decay, metaplasticity, accelerated, shuffled, symmetric
        As in `theory.bnn.optimizer.Optimizer`.
    fresh_optimizer : bool
        Start every task with new moments, as in the paper's sequences (not in its streams).
    task_normalisation : bool
        Keep the normalisation state at the end of each task and test the task with it, which needs
        the task's label at test time. Tasks not yet learned are tested with the present state.
    method : Method, optional
    """

    def __init__(
        self,
        network: Network,
        *,
        optimizer: str = "adam",
        learning_rate: float = 0.005,
        weight_decay: float = 1e-7,
        metaplasticity=0.0,
        accelerated: bool | None = None,
        shuffled: int | None = None,
        symmetric: bool = False,
        fresh_optimizer: bool = True,
        task_normalisation: bool = True,
        method: Method | None = None,
    ):
        checks.one_of("optimizer", optimizer, tuple(OPTIMIZERS))
        self.network = network
        self.fresh_optimizer = fresh_optimizer
        self.task_normalisation = task_normalisation
        self.method = Method() if method is None else method
        self.method.start(network)
        self.task_states: dict[int, list] = {}

        def make(parameters=network.parameters, metaplasticity=metaplasticity):
            return OPTIMIZERS[optimizer](
                parameters,
                learning_rate,
                weight_decay=weight_decay,
                metaplasticity=metaplasticity,
                accelerated=accelerated,
                shuffled=shuffled,
                symmetric=symmetric,
            )

        self._make_optimizer = make
        self.optimizer = make()

    def begin_task(self, number, task):
        if number and self.fresh_optimizer:
            self.optimizer = self._make_optimizer()

    def step(self, images, labels):
        """Learn from one batch; the loss is NaN also where a scale or shift no longer is a number.

        A sign is +1 or -1 even of NaN, so the loss alone would not tell.
        """
        loss = self.network.loss_and_gradients(images, self.begin_step(labels))
        values = (p.value for p in self.network.parameters if not p.is_weight)
        if not (np.isfinite(loss) and all(np.isfinite(value).all() for value in values)):
            return np.nan
        self.method.before_update()
        self.optimizer.update()
        self.end_step()
        return loss

    def begin_step(self, labels):
        """Called before a batch is learned; returns the labels to learn it with."""
        return labels

    def end_step(self):
        """Called when the weights were changed."""
        self.method.after_update()

    def end_task(self, number, task):
        if self.task_normalisation:
            self.task_states[number] = self.network.normalisation_state()
        self.method.end_task(number, self.network, task.train_images, task.train_labels)

    @door
    def accuracy(self, number: int, images, labels):
        if number not in self.task_states:
            return self.network.accuracy(images, labels)
        present = self.network.normalisation_state()
        self.network.load_normalisation(self.task_states[number])
        try:
            return self.network.accuracy(images, labels)
        finally:
            self.network.load_normalisation(present)

    def state(self) -> dict[str, np.ndarray]:
        """Return copies of every array on which the rest of a run depends, by name."""
        kept = {f"value.{k}": p.value.copy() for k, p in enumerate(self.network.parameters)}
        kept |= {f"optimizer.{name}": array for name, array in self.optimizer.state().items()}
        kept |= {f"method.{name}": array for name, array in self.method.state().items()}
        states = {"present": self.network.normalisation_state()} | {
            str(number): state for number, state in self.task_states.items()
        }
        for owner, layers in states.items():
            for layer, arrays in enumerate(layers):
                for name, array in arrays.items():
                    kept[f"normalisation.{owner}.{layer}.{name}"] = array
        return kept

    def load(self, state: dict[str, np.ndarray]) -> None:
        """Go back to a state; network, optimizer and method must be built alike."""
        for number, parameter in enumerate(self.network.parameters):
            parameter.load(state[f"value.{number}"])
        self.optimizer.load(below("optimizer.", state))
        self.method.load(below("method.", state))
        layers = len(self.network.normalisation_state())

        def arrays(owner):
            return [below(f"normalisation.{owner}.{layer}.", state) for layer in range(layers)]

        self.network.load_normalisation(arrays("present"))
        owners = dict.fromkeys(key.split(".")[0] for key in below("normalisation.", state))
        self.task_states = {int(n): arrays(n) for n in owners if n != "present"}


def below(prefix, state):
    """Return the entries of a state whose names begin with a prefix, without it."""
    return {
        key.removeprefix(prefix): value for key, value in state.items() if key.startswith(prefix)
    }
