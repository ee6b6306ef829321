r"""Tagging and capture of a synapse by calcium, and its two-phase memory.

The model of Luboeinski and Tetzlaff 2021 (after Li et al. 2016), with the parameters of its
released code. Calcium above a threshold potentiates or depresses the *early* weight h within
seconds; h returns to its rest within hours. A synapse whose h is far from rest carries a **tag**.
Proteins p are made for all synapses of the neuron while the sum of their changes is large; where a
tag meets proteins, the *late* weight z changes and stays:

.. math::
    \tau_h \dot h &= 0.1 (h_0 - h) + \gamma_p (10 - h) \Theta(c - \theta_p)
        - \gamma_d h \Theta(c - \theta_d) \\
    \tau_p \dot p &= -p + \alpha\, \Theta\Bigl(\sum |h - h_0| - \theta_{pro}\Bigr) \\
    \tau_z \dot z &= p (1 - z)\, \Theta(h - h_0 - \theta_{tag})
        - p (z + \tfrac12)\, \Theta(h_0 - h - \theta_{tag})

The total weight is :math:`h + h_0 z`. Noise of the early weight is left out, so a stimulus is given
by its calcium regime and everything is piecewise exponential: solved exactly between the switches.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from theory import checks
from theory.door import door

HOUR = 3600.0
REGIMES = ("rest", "depressing", "potentiating")


@door(
    early_time="> 0", restoring="> 0", potentiation="> 0", depression="> 0", ceiling="> 0",
    tag_fraction="> 0", protein_fraction="> 0", protein_time="> 0", late_time="> 0",
    production="> 0",
)  # fmt: skip
@dataclass(frozen=True)
class TaggingModel:
    """Constants of the model, as in its released code; times in seconds, weights in millivolts."""

    early_time: float = 688.4
    restoring: float = 0.1
    potentiation: float = 1645.6
    depression: float = 313.1
    ceiling: float = 10.0
    tag_fraction: float = 0.2
    protein_fraction: float = 0.5
    protein_time: float = HOUR
    late_time: float = HOUR
    production: float = 1.0

    @property
    def rest(self) -> float:
        """h_0: half of what steady potentiation by calcium above both thresholds approaches."""
        return 0.5 * self.ceiling * self.potentiation / (self.potentiation + self.depression)

    @property
    def tag_threshold(self) -> float:
        return self.tag_fraction * self.rest

    @property
    def protein_threshold(self) -> float:
        return self.protein_fraction * self.rest

    def early_target(self, regime: str) -> tuple[float, float]:
        """Return the value that the early weight approaches, and its time constant in seconds."""
        regime = checks.one_of("regime", regime, REGIMES)
        up = self.potentiation if regime == "potentiating" else 0.0
        down = self.depression if regime != "rest" else 0.0
        rate = self.restoring + up + down
        return (self.restoring * self.rest + up * self.ceiling) / rate, self.early_time / rate

    @property
    def decay_time(self) -> float:
        """Of the early weight at rest, seconds (about 1.9 hours)."""
        return self.early_time / self.restoring

    @door
    def tag_duration(self, change: float) -> float:
        """Return how long a tag lasts after the early weight was changed by `change` (mV)."""
        return _time_above(abs(change), self.tag_threshold, self.decay_time)

    @door
    def production_duration(self, change: float) -> float:
        """Return how long proteins are made after changes that add up to `change` (mV)."""
        return _time_above(abs(change), self.protein_threshold, self.decay_time)


def _time_above(size, threshold, time):
    return time * np.log(size / threshold) if size > threshold else 0.0


@door(synapse=">= 0", start=">= 0", duration="> 0")
@dataclass(frozen=True)
class Stimulus:
    """Calcium of one synapse in one regime for a time.

    Parameters
    ----------
    synapse : int
    start, duration : float
        Seconds.
    regime : {"potentiating", "depressing"}
    """

    synapse: int
    start: float
    duration: float
    regime: str

    def __post_init__(self):
        checks.one_of("regime", self.regime, REGIMES[1:])


@dataclass(frozen=True, eq=False)
class TaggingCourse:
    """Early weights (times, synapses), protein (times,), late weights (times, synapses), tags."""

    times: np.ndarray
    early: np.ndarray
    protein: np.ndarray
    late: np.ndarray
    tag: np.ndarray


@door(synapses=">= 1")
def solve_tagging(
    stimuli: list[Stimulus],
    times: np.ndarray,
    *,
    synapses: int = 1,
    model: TaggingModel | None = None,
) -> TaggingCourse:
    """Solve the model exactly between its switches.

    Parameters
    ----------
    stimuli : list of Stimulus
        Those of one synapse must not overlap.
    times : array_like
        Seconds, increasing, from 0 or later.
    synapses : int
        Of the neuron, sharing its proteins.
    model : TaggingModel, optional

    Notes
    -----
    Between switches h and p are exponentials, and z follows from the integral P of p: z approaches
    its goal, 1 or -1/2, by the factor exp(-P / late_time). Switches are the ends of stimuli, which
    are known, and threshold crossings of h and of the summed change, bisected to 1e-9 s.
    """
    model = model or TaggingModel()
    times = np.zeros(0) if np.size(times) == 0 else checks.finite_array("times", times, ndim=1)
    if np.any(np.diff(times) < 0) or (len(times) and times[0] < 0):
        raise ValueError("times must increase and not start before 0")
    _check_stimuli(stimuli, synapses)
    ends = {s.start for s in stimuli} | {s.start + s.duration for s in stimuli}
    state = _State(model, np.full(synapses, model.rest), 0.0, np.zeros(synapses))
    found, now = {}, 0.0
    for mark in sorted(ends | set(times.tolist())):
        regimes = ["rest"] * synapses
        for s in stimuli:
            if s.start <= now < s.start + s.duration:
                regimes[s.synapse] = s.regime
        state.advance(mark - now, regimes)
        found[mark] = (state.early, state.protein, state.late, state.tags())
        now = mark
    each = [found[time] for time in times.tolist()]
    empty = ((0, synapses), (0,), (0, synapses), (0, synapses))
    columns = zip(*each, strict=True) if each else (np.zeros(shape) for shape in empty)
    return TaggingCourse(times, *(np.array(column) for column in columns))


def _check_stimuli(stimuli, synapses):
    for number, s in enumerate(stimuli):
        if s.synapse >= synapses:
            raise ValueError(f"stimuli: synapse {s.synapse} does not exist; there are {synapses}")
        for place, other in enumerate(stimuli):  # by place: the same stimulus twice overlaps itself
            same = place != number and other.synapse == s.synapse
            if same and s.start <= other.start < s.start + s.duration:
                raise ValueError(f"stimuli of synapse {s.synapse} overlap at {other.start:g} s")


class _State:
    """What the model knows at one time, and how it goes on until the next switch."""

    def __init__(self, model, early, protein, late):
        self.model, self.early, self.protein, self.late = model, early, protein, late

    def tags(self):
        change = self.early - self.model.rest
        threshold = self.model.tag_threshold
        return np.where(change >= threshold, 1, 0) - np.where(change <= -threshold, 1, 0)

    def advance(self, duration, regimes):
        target, time = np.array([self.model.early_target(r) for r in regimes]).T
        left = duration
        while left > 0:
            step = self._until_switch(left, target, time)
            self._exact(step, target, time)
            left -= step

    def _early_after(self, step, target, time):
        return target + (self.early - target) * np.exp(-step / time)

    def _switches(self, step, target, time):
        """Signs of tags and of production after a step, from which a switch is seen."""
        change = self._early_after(step, target, time) - self.model.rest
        threshold = self.model.tag_threshold
        making = np.abs(change).sum() > self.model.protein_threshold
        return (*(change >= threshold), *(change <= -threshold), making)

    def _until_switch(self, left, target, time):
        """Step to just behind the first switch: a search on a grid of the fastest change."""
        first = self._switches(1e-9, target, time)
        grid = np.unique(np.append(np.geomspace(1e-6, 40 * time.max(), 80), left))
        low = 0.0
        for high in grid[grid <= left]:
            if self._switches(high, target, time) != first:
                while high - low > 1e-9:
                    middle = (low + high) / 2
                    same = self._switches(middle, target, time) == first
                    low, high = (middle, high) if same else (low, middle)
                return high
            low = high
        return left

    def _exact(self, step, target, time):
        model, half = self.model, step / 2
        change = self._early_after(half, target, time) - model.rest
        making = float(np.abs(change).sum() > model.protein_threshold) * model.production
        tags = np.where(change >= model.tag_threshold, 1, 0)
        tags -= np.where(change <= -model.tag_threshold, 1, 0)
        decay = np.exp(-step / model.protein_time)
        total = making * step + (self.protein - making) * model.protein_time * (1 - decay)
        goal = np.where(tags > 0, 1.0, -0.5)
        captured = goal + (self.late - goal) * np.exp(-total / model.late_time)
        self.late = np.where(tags != 0, captured, self.late)
        self.protein = making + (self.protein - making) * decay
        self.early = self._early_after(step, target, time)
