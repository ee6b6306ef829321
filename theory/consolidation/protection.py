"""Protection of old tasks by synapses with many time scales, a method for `theory.continual`."""

from __future__ import annotations

import numpy as np

from theory.consolidation.beakers import BeakerChain
from theory.continual.fisher import fisher_diagonal, squared_gradients
from theory.continual.protection import Protection

__all__ = ["Beakers", "Protection", "beaker_rule", "fisher_diagonal", "squared_gradients"]


class Beakers(Protection):
    """A chain of beakers behind every parameter, which is the first of them."""

    def __init__(self, chain: BeakerChain):
        self.chain = chain

    def start(self, parameters):
        super().start(parameters)
        self.levels = [np.stack([values] * self.chain.levels) for values in parameters]

    def after_update(self):
        for values, levels in zip(self.parameters, self.levels, strict=True):
            levels[0] = values
            self.chain.step(levels)
            values[:] = levels[0]


def beaker_rule(strength: float) -> Beakers:
    """Return six beakers without a leak, the rate of the first tube being the strength.

    A rule for `theory.continual.ContinualExperiment`.
    """
    return Beakers(BeakerChain.geometric(6, rate=strength, leak=False))
