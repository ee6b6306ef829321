r"""Adam and gradient descent with metaplastic hidden weights, in place and slice by slice.

With the direction U of the optimizer, one step is :math:`W \leftarrow W - \eta U f`, where
:math:`f = 1 - \tanh^2(mW)` if the step would shrink :math:`|W|`, :math:`U \operatorname{sign} W >
0`, and 1 if not (Laborieux et al. 2021, Algorithm 1; `theory.metaplasticity.modulated_update` is
the plain form that this one is tested against). In place of the published law any other may stand.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence

import numpy as np

from theory.bnn.arrays import compiled, like, module_of
from theory.bnn.damping import one_a_weight_array
from theory.bnn.parameters import Parameter, sign_into
from theory.door import door

FIRST_DECAY, SECOND_DECAY, EPSILON = 0.9, 0.999, 1e-8

# Arrays of this many numbers stay in the fastest caches between two operations on them.
SLICE = 32768


@door(parameters="list", metaplasticity="any", learning_rate="> 0", weight_decay=">= 0")
class Optimizer:
    r"""What gradient descent and Adam share: settings, slices, the metaplastic step.

    Parameters
    ----------
    parameters : sequence of Parameter
        Changed in place by `update`.
    learning_rate : float
        :math:`\eta > 0`.
    weight_decay : float
        :math:`\ge 0`, times the parameter, is added to the gradient before anything else: it is
        normalised by Adam and damped by metaplasticity like the rest of the gradient.
    metaplasticity : float, law, callable, or sequence of these
        :math:`m \ge 0` of the published law, a law such as `theory.metaplasticity.PowerTail`, or a
        function of the size of a hidden weight, see `theory.bnn.damping`; the same for all weights
        or one a weight array. Scales and shifts of normalisation layers are never damped.
    accelerated : bool, optional
        Whether to use the compiled update of Adam, which knows the published law in single
        precision. It needs the extra ``fast`` (numba) and agrees with the NumPy update to rounding,
        not to the bit. None uses it where it can be used.
    shuffled : int, optional
        The control of shuffled importance: the damping of a weight is read from the size of
        another one of its layer, in an order that is drawn once from this seed.
    symmetric : bool
        Damp outward steps as well: the learning rate of a weight is the variance of a belief about
        its sign (`theory.metaplasticity.symmetric_update`).
    """

    def __init__(
        self,
        parameters: Sequence[Parameter],
        learning_rate: float,
        *,
        weight_decay: float = 0.0,
        metaplasticity=0.0,
        accelerated: bool | None = None,
        shuffled: int | None = None,
        symmetric: bool = False,
    ):
        self.parameters = tuple(parameters)
        if not self.parameters or not all(isinstance(p, Parameter) for p in self.parameters):
            raise TypeError("parameters must be one or more of the class Parameter")
        self.learning_rate = float(learning_rate)
        self.weight_decay = float(weight_decay)
        self.metaplasticity = _one_a_parameter(self.parameters, metaplasticity)
        self.symmetric = symmetric
        self.steps = 0
        value = self.parameters[0].value
        self.accelerated = self._can_be_compiled(accelerated, value)
        if module_of(value) is not np:
            require_published([self])
        self.orders = [None] * len(self.parameters)
        if shuffled is not None:
            self.orders = [
                like(np.random.default_rng([shuffled, number]).permutation(p.value.size), p.value)
                if self.metaplasticity[number]
                else None
                for number, p in enumerate(self.parameters)
            ]
        self.prepare_scratch()

    def _can_be_compiled(self, accelerated, value):
        if accelerated:
            raise ValueError(
                f"{type(self).__name__} has no compiled update, Adam has; choose accelerated=False"
            )
        return False

    @property
    def published(self) -> bool:
        """Whether all weights follow the published rule, with whatever strength."""
        return not self.symmetric and all(isinstance(law, float) for law in self.metaplasticity)

    def update(self) -> None:
        """Take one step along the gradients that the parameters hold; overwrites the gradients."""
        self.steps += 1
        for number, parameter in enumerate(self.parameters):
            self._update(number, parameter, self.metaplasticity[number])

    def state(self) -> dict[str, np.ndarray]:
        """Return copies of everything that the next step depends on, besides the parameters."""
        return {"steps": np.array(self.steps)}

    def load(self, state: dict[str, np.ndarray]) -> None:
        self.steps = int(state["steps"])

    def prepare_scratch(self):
        """Make the scratch arrays where the parameters are."""
        module, dtype = module_of(self.parameters[0].value), self.parameters[0].value.dtype
        largest = max(p.value.size for p in self.parameters)
        # A GPU takes an array at once.
        self._slice = min(SLICE, largest) if module is np else largest
        self._scratch = module.empty((2, self._slice), dtype)
        self._mask = module.empty(self._slice, np.int32 if dtype.itemsize == 4 else np.int64)

    def _update(self, number, parameter, metaplasticity):
        flat = [a.reshape(-1) for a in (parameter.value, parameter.gradient, parameter.used)]
        order = self.orders[number]
        others = None if order is None else flat[0][order]
        for first in range(0, flat[0].size, self._slice):
            value, gradient, used = (array[first : first + self._slice] for array in flat)
            step = self._scratch[0, : len(value)]
            if self.weight_decay:
                np.multiply(value, self.weight_decay, out=step)
                gradient += step
            self._negative_step(number, first, gradient, step)
            if metaplasticity:
                other = () if others is None else (others[first : first + self._slice],)
                self._damp(value, step, metaplasticity, *other)
            value += step
            if parameter.role == "binary":
                sign_into(value, used)

    def _damp(self, value, step, metaplasticity, other=None):
        damping = self._scratch[1, : len(value)]
        mask = self._mask[: len(value)]
        sizes = value if other is None else other
        if isinstance(metaplasticity, float):
            np.multiply(sizes, metaplasticity, out=damping)
            np.tanh(damping, out=damping)
            np.multiply(damping, damping, out=damping)
        else:
            np.subtract(1, metaplasticity.factor(sizes), out=damping, casting="same_kind")
        if self.symmetric:
            np.multiply(damping, step, out=damping)
            step -= damping
            return
        # A step shrinks the weight where their signs differ. Spread over the whole word, the sign
        # bit of the exclusive or is a mask that keeps or clears the damping, without a branch.
        np.bitwise_xor(value.view(mask.dtype), step.view(mask.dtype), out=mask)
        np.right_shift(mask, 8 * mask.itemsize - 1, out=mask)
        bits = damping.view(mask.dtype)
        np.bitwise_and(bits, mask, out=bits)
        np.multiply(damping, step, out=damping)
        step -= damping

    def _negative_step(self, number, first, gradient, step):
        raise NotImplementedError


class GradientDescent(Optimizer):
    """Plain stochastic gradient descent: the direction is the gradient."""

    def _negative_step(self, number, first, gradient, step):
        np.multiply(gradient, -self.learning_rate, out=step)


@door(parameters="list")
class Adam(Optimizer):
    r"""Adam with :math:`\beta_1 = 0.9, \beta_2 = 0.999, \epsilon = 10^{-8}` outside the correction.

    :math:`U = m_1 / (\sqrt{v} + \epsilon)`, and the step size is :math:`\eta \sqrt{1-\beta_2^t} /
    (1-\beta_1^t)`. The moments are kept as :math:`m_1 / (1-\beta_1)` and :math:`v / (1-\beta_2)`,
    which saves two multiplications a weight.
    """

    def __init__(self, parameters, learning_rate, **options):
        super().__init__(parameters, learning_rate, **options)
        self.first, self.second = (
            [module_of(p.value).zeros(p.value.size, p.value.dtype) for p in self.parameters]
            for _ in range(2)
        )

    def _can_be_compiled(self, accelerated, value):
        known = value.dtype == np.float32 and all(isinstance(m, float) for m in self.metaplasticity)
        if accelerated and not known:
            raise ValueError(
                "the compiled update knows the published law alone, in single precision; choose "
                "accelerated=False"
            )
        if accelerated:
            importlib.import_module("theory.bnn.fused")  # says what is missing
            return True
        on_host = module_of(value) is np
        return accelerated is None and known and on_host and compiled() is not None

    def state(self):
        state = super().state()
        for number in range(len(self.parameters)):
            state[f"first{number}"] = self.first[number].copy()
            state[f"second{number}"] = self.second[number].copy()
        return state

    def load(self, state):
        super().load(state)
        for number in range(len(self.parameters)):
            for moments, name in ((self.first, "first"), (self.second, "second")):
                moments[number][...] = like(state[f"{name}{number}"], moments[number])

    def update(self):
        self.rate(self.steps + 1)
        super().update()

    @door(t=">= 1")
    def rate(self, t: int) -> float:
        """Return the factor of the stored moments' quotient at step t, from 1: the step's size."""
        correction = np.sqrt(1 - SECOND_DECAY**t) / (1 - FIRST_DECAY**t)
        # Both moments are stored without their factors 1 - beta: here they come back.
        root = np.sqrt(1 - SECOND_DECAY)
        self._rate = float(-self.learning_rate * correction * (1 - FIRST_DECAY) / root)
        self._epsilon = float(EPSILON / root)
        return self._rate

    @door(number=">= 0")
    def gradient_size(self, number: int) -> np.ndarray:
        r"""Return :math:`\sqrt{\hat v}`, the root mean square gradient of a parameter, flattened.

        From the second moment, corrected for its start at zero; nothing is known before a step.
        """
        if number >= len(self.second):
            raise ValueError(f"number must be below {len(self.second)}, that of the parameters")
        share = (1 - SECOND_DECAY) / (1 - SECOND_DECAY ** max(self.steps, 1))
        return np.sqrt(self.second[number] * share)

    def _update(self, number, parameter, metaplasticity):
        if module_of(parameter.value).__name__ == "cupy" and parameter.value.dtype == np.float32:
            from theory.bnn import gpu as program
        elif self.accelerated:
            program = compiled()
        else:
            super()._update(number, parameter, metaplasticity)
            return
        module = module_of(parameter.value)
        other = None
        if self.orders[number] is not None:
            shuffled = parameter.value.reshape(-1)[self.orders[number]]
            other = (shuffled[None], module.zeros(1, np.int32))
        rate, strength = (module.asarray([x], np.float32) for x in (self._rate, metaplasticity))
        moments = self.first[number], self.second[number]
        both_ways = {"both_ways": np.ones(1, bool)} if self.symmetric else {}
        program.adam_update(
            parameter, *moments, rate, self._epsilon, self.weight_decay, strength, other,
            **both_ways,
        )  # fmt: skip

    def _negative_step(self, number, first, gradient, step):
        first_moment = self.first[number][first : first + len(gradient)]
        second_moment = self.second[number][first : first + len(gradient)]
        first_moment *= FIRST_DECAY
        first_moment += gradient
        np.multiply(gradient, gradient, out=gradient)
        second_moment *= SECOND_DECAY
        second_moment += gradient
        np.sqrt(second_moment, out=step)
        step += self._epsilon
        np.divide(first_moment, step, out=step)
        step *= self._rate


OPTIMIZERS = {"adam": Adam, "sgd": GradientDescent}


def require_published(optimizers) -> None:
    """Raise where a GPU would have to follow another rule than the published one."""
    if not all(optimizer.published for optimizer in optimizers):
        raise ValueError(
            'device="gpu" knows the published rule alone, no other law of metaplasticity and no '
            'symmetric damping; choose device="cpu"'
        )


def _one_a_parameter(parameters, metaplasticity):
    weights = [number for number, p in enumerate(parameters) if p.is_weight]
    every = [0.0] * len(parameters)
    laws = one_a_weight_array(metaplasticity, len(weights))
    for number, law in zip(weights, laws, strict=True):
        every[number] = law
    return every
