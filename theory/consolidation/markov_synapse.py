r"""Markov models of synapses and their memory as an ideal observer reads it.

N independent synapses have internal states :math:`i = 1 \dots M` with weights :math:`w_i`. At rate
one an event comes, potentiating with probability :math:`f_+` and depressing with :math:`f_-`, and
moves the state by the row-stochastic matrix :math:`M^\pm`. With the generator :math:`W = f_+ M^+ +
f_- M^- - 1` and its equilibrium :math:`\pi`, the signal of one memory over the noise of all others
is (Fusi, Drew and Abbott 2005; Lahiri and Ganguli 2013)

.. math::
    \mathrm{SNR}(t) = \sqrt N\, \frac{\sqrt{f_+ f_-}}{\sigma_w}\, \pi (M^+ - M^-)\, e^{W t} w
                    = \sqrt N \sum_a I_a e^{-t / \tau_a},

:math:`\sigma_w` being the standard deviation of the weight in equilibrium. For a discrete clock
:math:`e^{W t}` is :math:`(1 + W)^t`. A synapse may also change between events, at rates D that know
no memory: then :math:`W + D` stands for W.

The best linear observer takes the covariance of the weights with the stored pattern: its signal to
noise ratio, above, is root N times their *correlation coefficient*, hence at most root N. An
observer that gives every synapse one size, 1 or -1, reads less by the factor :math:`2 \sqrt{f_+
f_-}`, one for balanced patterns only.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.linalg import expm
from scipy.sparse.csgraph import connected_components

from theory import checks
from theory.consolidation.lifetime import last_crossing
from theory.door import door

CLOCKS = ("poisson", "discrete")
OBSERVERS = ("covariance", "signs")


@door(potentiation_fraction="in (0, 1)")
@dataclass(frozen=True, eq=False)
class MarkovSynapse:
    """A synapse with internal states.

    Parameters
    ----------
    potentiation, depression : array_like, shape (M, M)
        Transition probabilities at an event, rows summing to one.
    weights : array_like, shape (M,)
        Synaptic weight of every state.
    potentiation_fraction : float
        Probability that an event potentiates, in (0, 1).
    passive : array_like, shape (M, M), optional
        Rates of passive transitions from state to state between events, in units of the rate of
        events; the diagonal is not used. By default none. Events then come at random times.

    Raises
    ------
    ValueError
        Where the matrices are not stochastic, do not fit, or leave more than one equilibrium.
    """

    potentiation: np.ndarray
    depression: np.ndarray
    weights: np.ndarray
    potentiation_fraction: float = 0.5
    passive: np.ndarray | None = None

    def __post_init__(self):
        weights = checks.finite_array("weights", self.weights, ndim=1)
        states = len(weights)
        if states < 2:
            raise ValueError(f"weights: a synapse needs at least two states, got {states}")
        for name in ("potentiation", "depression"):
            matrix = checks.finite_array(name, getattr(self, name), shape=(states, states))
            if matrix.min() < 0:
                raise ValueError(f"{name}: {matrix.min():.3g} is no probability; none is negative")
            sums = matrix.sum(axis=1)
            worst = int(np.argmax(np.abs(sums - 1)))
            if abs(sums[worst] - 1) > 1e-9:
                raise ValueError(
                    f"{name}: row {worst} sums to {sums[worst]:.6g}; every row sums to one"
                )
            object.__setattr__(self, name, matrix)
        fraction = float(self.potentiation_fraction)
        object.__setattr__(self, "weights", weights)
        object.__setattr__(self, "potentiation_fraction", fraction)
        if self.passive is not None:
            rates = checks.finite_array("passive", self.passive, shape=(states, states))
            smallest = np.where(np.eye(states, dtype=bool), 0, rates).min()
            if smallest < 0:
                raise ValueError(
                    f"passive: {smallest:.3g} is no rate; none off the diagonal is negative"
                )
            object.__setattr__(self, "passive", rates)
        equilibria = len(_classes(self.generator)[1])
        if equilibria > 1:
            raise ValueError(
                f"potentiation, depression: {equilibria} equilibria; events must lead from "
                "every state to one common set of states"
            )

    @property
    def states(self) -> int:
        return len(self.weights)

    @cached_property
    def generator(self) -> np.ndarray:
        """W, shape (M, M): rates of change of the row vector of state probabilities."""
        f = self.potentiation_fraction
        events = f * _jumps(self.potentiation) + (1 - f) * _jumps(self.depression)
        return events if self.passive is None else events + _jumps(self.passive)

    @cached_property
    def equilibrium(self) -> np.ndarray:
        """The stationary distribution, shape (M,)."""
        return _stationary(self.generator)

    @cached_property
    def weight_deviation(self) -> float:
        """Standard deviation of the weight in equilibrium."""
        mean = self.equilibrium @ self.weights
        return float(np.sqrt(self.equilibrium @ (self.weights - mean) ** 2))

    @cached_property
    def _readout(self) -> np.ndarray:
        f = self.potentiation_fraction
        change = self.equilibrium @ (_jumps(self.potentiation) - _jumps(self.depression))
        return np.sqrt(f * (1 - f)) / self.weight_deviation * change

    def observer_share(self, observer: str) -> float:
        r"""Share of the best signal to noise ratio that an observer reads.

        Parameters
        ----------
        observer : {"covariance", "signs"}
            The best linear one, 1; or the one that counts every synapse alike, :math:`2 \sqrt{f_+
            f_-}`, the observer of Lahiri and Ganguli (2013).
        """
        checks.one_of("observer", observer, OBSERVERS)
        f = self.potentiation_fraction
        return 1.0 if observer == "covariance" else float(2 * np.sqrt(f * (1 - f)))

    @door(synapses="> 0")
    def signal_to_noise(
        self,
        times: np.ndarray,
        *,
        synapses: float = 1.0,
        clock: str = "poisson",
        observer: str = "covariance",
    ) -> np.ndarray:
        """Return the signal to noise ratio, shape of `times`, by the action of the exponential.

        Parameters
        ----------
        times : array_like
            Events since the memory was stored, >= 0; whole numbers for the discrete clock.
        synapses : float
            N.
        clock : {"poisson", "discrete"}
            Events at random times, or one at every unit of time.
        observer : {"covariance", "signs"}
            See `observer_share`.
        """
        clock = self._clock(clock)
        share = self.observer_share(observer)
        times = np.asarray(times, float)
        if times.size and times.min() < 0:
            raise ValueError(f"times: {times.min():g} is before the memory was stored")
        if clock == "discrete" and not np.array_equal(times, np.round(times)):
            raise ValueError("times: the discrete clock takes whole numbers")
        step = np.eye(self.states) + self.generator

        def at(t):
            power = (
                expm(t * self.generator)
                if clock == "poisson"
                else np.linalg.matrix_power(step, int(t))
            )
            return self._readout @ power @ self.weights

        flat = np.array([at(t) for t in times.ravel()])
        return share * np.sqrt(float(synapses)) * flat.reshape(times.shape)

    @cached_property
    def modes(self) -> tuple[np.ndarray, np.ndarray]:
        r"""Rates :math:`q_a` and weights :math:`I_a` of the relaxation modes, slowest first.

        Complex where an eigenvalue is; SNR for one synapse is :math:`\sum_a I_a e^{-q_a t}`. The
        stationary mode is left out: a signal that stays would be no memory.

        Raises
        ------
        ValueError
            Where there is no such sum: eigenvectors coincide, or so nearly that the sum misses the
            signal after 0, 1 and M events by more than 1e-6 of what it could be, or grows. The
            other methods need no modes.
        """
        values, right = np.linalg.eig(self.generator)
        if np.abs(values.imag).max() <= 1e-14 * np.abs(values).max():
            # Complex by type all the same, from NumPy 2.5 on; a double one may come as a pair that
            # turns by rounding, with the space of both in the real and imaginary part of a vector.
            values, right = values.real, np.where(values.imag < 0, right.imag, right.real)
        order = np.argsort(-values.real)[1:]
        try:
            weights = (self._readout @ right) * np.linalg.solve(right, self.weights)
        except np.linalg.LinAlgError:
            weights = np.full(self.states, np.nan)
        times = np.array([0.0, 1.0, self.states])
        found = np.exp(np.outer(times, values[order])) @ weights[order]
        scale = np.abs(self._readout).sum() * np.ptp(self.weights) / 2
        missed = np.abs(found - self.signal_to_noise(times)).max()
        if not (missed <= 1e-6 * scale and values[order[0]].real < 0):
            raise ValueError(
                "modes: the generator is defective or nearly so (eigenvectors coincide), so its "
                "memory is no sum of exponentials; signal_to_noise, lifetime and area do without"
            )
        return -values[order], weights[order]

    @property
    def initial(self) -> float:
        """Signal to noise ratio of one synapse right after storage."""
        return float(self._readout @ self.weights)

    @property
    def area(self) -> float:
        """Integral of the signal to noise ratio of one synapse over all times, in events."""
        # Without its stationary part, which the readout does not see, the generator is invertible.
        projector = np.outer(np.ones(self.states), self.equilibrium)
        return float(self._readout @ np.linalg.solve(projector - self.generator, self.weights))

    @door(synapses="> 0", threshold="> 0")
    def lifetime(
        self,
        synapses: float,
        *,
        threshold: float = 1.0,
        clock: str = "poisson",
        observer: str = "covariance",
    ) -> float:
        """Return the last time at which the signal to noise ratio is at the threshold.

        For any generator, also one without modes, at a cost that grows with the logarithm of the
        time; 0 where the signal never reaches the threshold. In events; for the discrete clock
        interpolated between whole numbers. See `last_crossing` for what is certain about it.

        Parameters
        ----------
        synapses : float
            N.
        threshold : float
            Signal to noise ratio that counts as remembered.
        clock, observer
            As in `signal_to_noise`.
        """
        clock = self._clock(clock)
        level = threshold / self.observer_share(observer)
        return last_crossing(
            self._readout,
            self.generator,
            self.weights - self.equilibrium @ self.weights,
            level / np.sqrt(float(synapses)),
            discrete=clock == "discrete",
        )

    def _clock(self, clock):
        checks.one_of("clock", clock, CLOCKS)
        if clock == "discrete" and self.passive is not None:
            raise ValueError(
                "clock is 'discrete', but passive transitions take place between random times; "
                "take clock='poisson'"
            )
        return clock


def _jumps(matrix):
    """Event matrix less one, or a matrix of rates, as a generator. Its diagonal is minus the sum of
    what leaves a state: a probability of staying close to one has lost the digits of a slow rate.
    """
    leaving = matrix - np.diag(np.diag(matrix))
    return leaving - np.diag(leaving.sum(axis=1))


def _classes(generator):
    """Class of each state, and the classes that events never leave: free of rounding."""
    leads = generator - np.diag(np.diag(generator)) > 0
    count, label = connected_components(leads, directed=True, connection="strong")
    sources, targets = np.nonzero(leads)
    left = label[sources[label[sources] != label[targets]]]
    return label, np.setdiff1d(np.arange(count), left)


def _stationary(generator):
    """Stationary distribution by eliminating states one by one (Grassmann, Taksar, Heyman 1985).

    Without a single subtraction, so also rates that differ by ten orders of magnitude keep their
    digits. Transient states come last in the order and are eliminated first.
    """
    label, closed = _classes(generator)
    order = np.argsort(label != closed[0], kind="stable")
    rates = np.where(np.eye(len(generator), dtype=bool), 0, generator)[np.ix_(order, order)]
    leaving = np.zeros(len(rates))
    for k in range(len(rates) - 1, 0, -1):
        leaving[k] = rates[k, :k].sum()
        if leaving[k]:
            rates[:k, :k] += np.outer(rates[:k, k] / leaving[k], rates[k, :k])
    share = np.zeros(len(rates))
    share[0] = 1.0
    for k in range(1, np.sum(label == closed[0])):
        share[k] = share[:k] @ rates[:k, k] / leaving[k]
    distribution = np.empty_like(share)
    distribution[order] = share / share.sum()
    return distribution
