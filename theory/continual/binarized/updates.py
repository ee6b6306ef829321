"""Updates of the members of an ensemble: one program for all, or each by its own optimizer."""

from __future__ import annotations

import numpy as np

from theory.bnn.arrays import compiled, like
from theory.bnn.network import Network
from theory.bnn.optimizer import Adam, require_published


class MemberUpdates:
    """What the optimizers of all members do in one step.

    Their moments become rows of arrays on the device where one program updates all.

    Parameters
    ----------
    learners : sequence of NetworkLearner
        Whose networks' arrays are rows of those of `network`.
    network : Network
        The stack.
    module : module
        ``numpy`` or ``cupy``.

    Attributes
    ----------
    together : bool
        Whether one program updates all members: Adam on a GPU, or compiled. Elsewhere each member
        updates itself. Both end with the bits of its own run on the same device.
    """

    def __init__(self, learners, network: Network, module):
        self.learners, self.network, self.module = learners, network, module
        if module is not np:
            require_published([learner.optimizer for learner in learners])
        optimizers = [learner.optimizer for learner in learners]
        places = {tuple(_places(learner)) for learner in learners}
        self._parameters = [network.parameters[number] for number in min(places)]
        self.together = (
            len(places) == 1
            and all(isinstance(one, Adam) for one in optimizers)
            and (module.__name__ == "cupy" or all(one.accelerated for one in optimizers))
        )
        for optimizer in optimizers:
            optimizer.orders = [
                None if order is None else like(order, p.value)
                for order, p in zip(optimizer.orders, optimizer.parameters, strict=True)
            ]
            if not self.together:
                optimizer.prepare_scratch()
                if isinstance(optimizer, Adam):
                    optimizer.first, optimizer.second = (
                        [module.asarray(moment) for moment in moments]
                        for moments in (optimizer.first, optimizer.second)
                    )
        if self.together:
            self._prepare_program(optimizers)

    def forget(self) -> None:
        """Start anew at a boundary of tasks, where a member does that."""
        for learner in self.learners:
            if learner.fresh_optimizer:
                learner.optimizer.steps = 0
                if isinstance(learner.optimizer, Adam):
                    for moments in (*learner.optimizer.first, *learner.optimizer.second):
                        moments[...] = 0

    def begin_epoch(self, steps: int) -> None:
        """Compute the step sizes of an epoch, and count its steps as done."""
        if not self.together:
            return
        rates = []
        for learner in self.learners:
            optimizer = learner.optimizer
            rates.append([optimizer.rate(optimizer.steps + step) for step in range(1, steps + 1)])
            optimizer.steps += steps
        self._table = self.module.asarray(np.transpose(rates), np.float32)

    def begin_step(self, step: int) -> None:
        if self.together:
            self._rates[...] = self._table[step]

    def update(self) -> None:
        """Take one step along the gradients that the parameters hold."""
        if not self.together:
            for learner in self.learners:
                learner.optimizer.update()
            return
        one = self.learners[0].optimizer
        for number, parameter in enumerate(self._parameters):
            self._program.adam_update(
                parameter, self._first[number], self._second[number], self._rates, one._epsilon,
                one.weight_decay, self._damping[number], self._in_other_order(number, parameter),
                **self._options,
            )  # fmt: skip

    def _prepare_program(self, optimizers):
        module, learners, self._options = self.module, self.learners, {}
        if module is np:
            self._program = compiled()
            self._options["both_ways"] = np.array([one.symmetric for one in optimizers])
        else:
            from theory.bnn import gpu

            self._program = gpu
        self._first, self._second = (
            [module.zeros((len(learners), p.value[0].size), p.value.dtype)
             for p in self._parameters]
            for _ in range(2)
        )  # fmt: skip
        for member, optimizer in enumerate(optimizers):
            optimizer.first = [moments[member] for moments in self._first]
            optimizer.second = [moments[member] for moments in self._second]
            optimizer.rate(1)
        values = [optimizer.metaplasticity for optimizer in optimizers]
        self._damping = [module.asarray(row, np.float32) for row in np.transpose(values)]
        self._rates = module.zeros(len(learners), np.float32)
        self._shuffled = [
            member
            for member, learner in enumerate(learners)
            if any(order is not None for order in learner.optimizer.orders)
        ]
        rows = np.full(len(learners), -1, np.int32)
        rows[self._shuffled] = np.arange(len(self._shuffled))
        self._rows = module.asarray(rows)
        self._others = [
            module.zeros((len(self._shuffled), p.value[0].size), np.float32)
            for p in self._parameters
        ]

    def _in_other_order(self, number, parameter):
        """Return copies of the shuffled members' weights in their orders, and whose they are."""
        if not self._shuffled or not parameter.is_weight:
            return None
        for row, member in enumerate(self._shuffled):
            order = self.learners[member].optimizer.orders[number]
            if order is not None:  # without metaplasticity there is none
                values = parameter.value[member].reshape(-1)
                self.module.take(values, order, out=self._others[number][row])
        return self._others[number], self._rows


def _places(learner):
    """Return which of the network's parameters the optimizer updates."""
    numbers = {id(p): number for number, p in enumerate(learner.network.parameters)}
    return [numbers[id(p)] for p in learner.optimizer.parameters]
