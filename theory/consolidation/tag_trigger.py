r"""Tags, a trigger and bistable consolidation: the model of Clopath et al. 2008 (TagTriC).

A tetanus sets tags, high (h) or low (l), at random synapses; each tag dies at random. While more
than :math:`N_p` synapses of the neuron are tagged, it makes proteins p; a tagged synapse with
protein moves between two stable consolidated weights:

.. math::
    \dot p &= k_p (1 - p) \text{ while } \textstyle\sum_i (h_i + l_i) > N_p,
        \quad \text{else } -p / \tau_p \\
    \tau_z \dot z_i &= z_i (1 - z_i)(z_i - \tfrac12) + \gamma (h_i - l_i)\, p

The constants are recalled, not checked against the paper; the production rate :math:`k_p` is
UNKNOWN here, and the value is a stand-in.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from theory import checks
from theory.door import door

MINUTE = 1 / 60  # all times are in hours


@door(
    high_life="> 0", low_life="> 0", trigger="> 0", production="> 0", protein_time="> 0",
    consolidation_time="> 0", coupling="> 0",
)  # fmt: skip
@dataclass(frozen=True)
class TagTriggerModel:
    """Constants of the model; times in hours.

    Parameters
    ----------
    high_life, low_life : float
        Mean lifetimes of high and low tags.
    trigger : float
        Number of tags above which proteins are made.
    production : float
        k_p, per hour; a stand-in, UNKNOWN here.
    protein_time, consolidation_time : float
        tau_p and tau_z.
    coupling : float
        gamma.
    """

    high_life: float = 1.0
    low_life: float = 1.5
    trigger: float = 40.0
    production: float = 1 / (6 * MINUTE)
    protein_time: float = 1.0
    consolidation_time: float = 6 * MINUTE
    coupling: float = 0.1

    @property
    def critical_protein(self) -> float:
        """Protein above which a tagged synapse has only the state it is pulled to."""
        return np.sqrt(3) / (36 * self.coupling)

    @door
    def life(self, high: bool) -> float:
        return self.high_life if high else self.low_life


@door(time=">= 0", first=">= 0", count=">= 1", probability="in [0, 1]")
@dataclass(frozen=True)
class Tetanus:
    """Sets a tag at each of some synapses with a probability.

    Parameters
    ----------
    time : float
        Hours.
    first, count : int
        The synapses first, ..., first + count - 1.
    probability : float
        In [0, 1].
    high : bool
        Whether tags are high (potentiation) or low (depression).
    """

    time: float
    first: int
    count: int
    probability: float = 1.0
    high: bool = True


@dataclass(frozen=True, eq=False)
class TriggerCourse:
    """Times (hours), protein, number of tags, and weights of shape (times, synapses)."""

    times: np.ndarray
    protein: np.ndarray
    tags: np.ndarray
    weights: np.ndarray


@door(synapses=">= 1", step="> 0", hours="> 0")
def simulate_tag_trigger(
    tetani: list[Tetanus],
    *,
    synapses: int,
    hours: float,
    rng: np.random.Generator | int,
    start: np.ndarray | float = 0.0,
    model: TagTriggerModel | None = None,
    step: float = 0.2 * MINUTE,
) -> TriggerCourse:
    """Simulate one neuron: tags one by one at random, protein and weights by small steps.

    Parameters
    ----------
    tetani : list of Tetanus
        A later tetanus replaces the tag of a synapse.
    synapses : int
    hours : float
    rng : Generator or int
        Draws which synapses are tagged and when each tag dies.
    start : float or array_like, shape (synapses,)
        Consolidated weights at the start, 0 or 1.
    model : TagTriggerModel, optional
    step : float
        Hours; weights by the midpoint rule, protein exactly within a step.
    """
    model = model or TagTriggerModel()
    rng = checks.as_rng(rng)
    born, dies, sign = _draw_tags(tetani, synapses, model, rng)
    times = np.arange(round(hours / step) + 1) * step
    weights = np.empty((len(times), synapses))
    weights[0] = np.broadcast_to(start, synapses)
    protein, tags = np.zeros(len(times)), np.empty(len(times), int)
    fading, making = np.exp(-step / model.protein_time), np.exp(-step * model.production)
    for k, now in enumerate(times):
        alive = (born <= now) & (now < dies)
        tags[k] = alive.sum()
        if k + 1 == len(times):
            break
        p = protein[k]
        protein[k + 1] = 1 - (1 - p) * making if tags[k] > model.trigger else p * fading
        drive = model.coupling * (sign * alive).sum(axis=0)
        z, share = weights[k], step / model.consolidation_time
        middle = z + share / 2 * (_pull(z) + drive * p)
        weights[k + 1] = z + share * (_pull(middle) + drive * (p + protein[k + 1]) / 2)
    return TriggerCourse(times, protein, tags, weights)


def _pull(z):
    return z * (1 - z) * (z - 0.5)


def _draw_tags(tetani, synapses, model, rng):
    """Birth, death and sign of every tag, one row a tetanus, infinity and 0 where there is none."""
    born = np.full((len(tetani), synapses), np.inf)
    dies = np.full((len(tetani), synapses), -np.inf)
    sign = np.array([[1 if one.high else -1] for one in tetani]).reshape(-1, 1)
    for row, one in enumerate(tetani):
        if one.first + one.count > synapses:
            raise ValueError(
                f"tetani: synapses up to {one.first + one.count - 1} are named, but there are "
                f"{synapses}"
            )
        reached = slice(one.first, one.first + one.count)
        tagged = rng.random(one.count) < one.probability
        born[row, reached] = np.where(tagged, one.time, np.inf)
        dies[row, reached] = one.time + rng.exponential(model.life(one.high), one.count)
        for other in range(row):
            both = np.isfinite(born[row]) & np.isfinite(born[other])
            dies[other, both] = np.minimum(dies[other, both], one.time)
    return born, dies, sign


@door(hours="> 0")
def predicted_capture(
    tetani: list[Tetanus], *, model: TagTriggerModel | None = None, hours: float = 12.0
) -> np.ndarray:
    r"""Return the probability that a tag of each tetanus is consolidated, for many synapses.

    The number of tags is replaced by its mean, so the protein is a known function of time. A tag is
    consolidated if it lives until its weight has passed 1/2: the passage takes a time L, and the
    tag survives it with probability :math:`e^{-L/\tau}`; 0 where the weight never passes.

    Parameters
    ----------
    tetani : list of Tetanus
        On different synapses, in the order of their times; all weights start at the far side.
    """
    model = model or TagTriggerModel()
    times = np.arange(0, hours, 0.05 * MINUTE)
    step = times[1]
    tags = np.zeros(len(times))
    for one in tetani:
        after = np.maximum(times - one.time, 0)
        tags += (
            (times >= one.time)
            * one.count
            * one.probability
            * np.exp(-after / model.life(one.high))
        )
    protein = np.zeros(len(times))
    for k in range(len(times) - 1):
        p = protein[k]
        making = tags[k] > model.trigger
        protein[k + 1] = p + step * (
            model.production * (1 - p) if making else -p / model.protein_time
        )
    chances = []
    for one in tetani:
        z, chance = 0.0, 0.0
        for now, p in zip(times, protein, strict=True):
            if now < one.time:
                continue
            z += step / model.consolidation_time * (_pull(z) + model.coupling * p)
            if z >= 0.5:
                chance = np.exp(-(now + step - one.time) / model.life(one.high))
                break
        chances.append(chance)
    return np.array(chances)
