"""Free and nudged equilibria of layered networks: published relaxation and a faster solver."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from theory import checks
from theory.door import door
from theory.ep.arguments import checked_loss, checked_targets
from theory.ep.losses import SquaredError
from theory.ep.networks import LayeredNetwork
from theory.numerics import NotConverged

METHODS = ("anderson", "alternating", "synchronous", "damped")
MEMORY = 5  # earlier steps that Anderson acceleration combines
ACCELERATED_SWEEPS = 100  # after so many, plain alternating sweeps take over


class Oscillates(NotConverged):
    """The relaxation runs into a cycle of period two: an equilibrium exists and is not reached."""


@dataclass(frozen=True, eq=False)
class Equilibrium:
    """States at which a network rests.

    Attributes
    ----------
    states : ndarray, shape (batch, units)
    residual : float
        Largest change of a unit in one more synchronous step.
    sweeps : int
        How often every layer's preactivation was computed.
    """

    states: np.ndarray
    residual: float
    sweeps: int


def nudge(network, states, targets, nudging_strength, loss):
    """Return the current that the nudge adds to the last layer, shape (batch, outputs)."""
    return -nudging_strength * loss.gradient(states[:, network.slices[-1]], targets)


def update(network, states, drive, targets, nudging_strength, loss, layers=None):
    """Return the states after one step of the given layers (default all, at once).

    Shapes: states and drive (batch, units). Layers that are not named keep their states.
    """
    parts, sigma = network.slices, network.sigma.function
    new = states.copy()
    for n in range(len(parts)) if layers is None else layers:
        current = drive[:, parts[n]] + network.current(states, n)
        if n + 1 == len(parts) and nudging_strength != 0:
            current += nudge(network, states, targets, nudging_strength, loss)
        new[:, parts[n]] = sigma(current)
    return new


@door(initial="complex", inputs="2d", loss="has gradient", steps=">= 0")
def trajectory(
    network: LayeredNetwork,
    inputs: np.ndarray,
    steps: int,
    *,
    targets: np.ndarray | None = None,
    nudging_strength: complex = 0.0,
    loss=SquaredError(),  # noqa: B008 - immutable
    initial: np.ndarray | None = None,
) -> np.ndarray:
    """Return the published synchronous relaxation, step by step.

    Returns
    -------
    ndarray, shape (steps + 1, batch, units)
        From `initial` (default all zero) on.
    """
    drive = network.drive(inputs)
    if nudging_strength != 0:
        targets = checked_targets(network, drive, targets, checked_loss(loss))
    dtype = complex if np.iscomplexobj(nudging_strength) else float
    states = np.zeros(drive.shape, dtype) if initial is None else np.array(initial, dtype)
    path = [states]
    for _ in range(steps):
        path.append(update(network, path[-1], drive, targets, nudging_strength, loss))
    return np.stack(path)


@door(initial="complex", tolerance="> 0", max_sweeps=">= 1", inputs="2d", loss="has gradient")
def equilibrium(
    network: LayeredNetwork,
    inputs: np.ndarray,
    *,
    targets: np.ndarray | None = None,
    nudging_strength: complex = 0.0,
    loss=SquaredError(),  # noqa: B008 - immutable
    initial: np.ndarray | None = None,
    method: str = "anderson",
    tolerance: float = 1e-12,
    max_sweeps: int = 3000,
    damping: float = 0.5,
) -> Equilibrium:
    r"""Return the equilibrium of a network, free or nudged.

    Parameters
    ----------
    network : LayeredNetwork
    inputs : array_like, shape (batch, inputs)
    targets : array_like, shape (batch, outputs or classes), optional
        Needed where `nudging_strength` is not zero.
    nudging_strength : float or complex
        :math:`\beta`; complex values need a smooth activation.
    loss : SquaredError or SoftReadout
    initial : ndarray, shape (batch, units), optional
        Where to start, for instance the free equilibrium; by default all zero.
    method : {"anderson", "alternating", "synchronous", "damped"}
        "synchronous" is the published relaxation, all layers at once. "alternating" updates odd and
        even layers in turn: the same fixed points in half the sweeps, since a chain of layers is
        bipartite; layers that are joined otherwise take turns one by one. "damped" moves only by
        `damping` of a synchronous step and so ends cycles of period two. "anderson" extrapolates
        alternating sweeps, and falls back on them for samples that this does not settle.
    tolerance : float
        Largest change of any unit in one more step that is accepted.
    max_sweeps : int

    Raises
    ------
    ValueError
        For arguments that do not fit.
    Oscillates
        Where the states alternate between two values.
    NotConverged
        Where the tolerance is not met; both carry residual and sweeps.
    """
    method = checks.one_of("method", method, METHODS)
    if nudging_strength != 0 and targets is None:
        raise ValueError("targets: a nudged equilibrium needs targets")
    if np.iscomplexobj(nudging_strength) and not network.sigma.smooth:
        raise ValueError(
            f"nudging_strength: it is complex, and the activation {network.activation!r} has "
            "kinks; choose one that is holomorphic (tanh, sigmoid, shifted_sigmoid, linear)"
        )
    drive = network.drive(inputs)
    if targets is not None:
        targets = checked_targets(network, drive, targets, checked_loss(loss))
    if not np.isfinite(nudging_strength):
        raise ValueError(f"nudging_strength: a finite number is needed, got {nudging_strength}")
    dtype = complex if np.iscomplexobj(nudging_strength) else float
    final = np.zeros(drive.shape, dtype) if initial is None else np.array(initial, dtype)

    def step(states, rows, layers=None):
        wanted = None if targets is None else targets[rows]
        return update(network, states, drive[rows], wanted, nudging_strength, loss, layers)

    def sweep(states, rows):
        if method in ("synchronous", "damped"):
            new = step(states, rows)
            return new if method == "synchronous" else states + damping * (new - states)
        for layers in network.groups:
            states = step(states, rows, layers)
        return states

    rows, states = np.arange(len(final)), final  # the samples that have not settled yet
    accelerate = _Anderson(MEMORY) if method == "anderson" else None
    # A sweep forgets the group that comes first, unless a nudge ties the last layer to itself or
    # the group is all there is: only what it remembers needs to be extrapolated.
    parts, last = network.slices, len(network.sizes) - 1
    remembered = [n for layers in network.groups[1:] for n in layers]
    if not remembered or len(network.groups) > 2:
        remembered = [*range(last + 1)]
    elif nudging_strength != 0 and last not in remembered:
        remembered.append(last)
    units = np.concatenate([np.arange(parts[n].start, parts[n].stop) for n in remembered])
    before = states
    for count in range(1, max_sweeps + 1):
        new = sweep(states, rows)
        change = np.abs(new - states).max(axis=1)
        settled = change <= tolerance * (damping if method == "damped" else 1)
        final[rows[settled]] = new[settled]
        if settled.all():
            residual = np.abs(step(final, np.arange(len(final))) - final).max()
            return Equilibrium(final, float(residual), count)
        if not np.isfinite(change).all():
            break
        if count == ACCELERATED_SWEEPS:
            accelerate = None  # what extrapolation has not settled by now, relaxation may
        following = new
        if accelerate is not None:
            following = new.copy()
            following[:, units] = accelerate(states[:, units], new[:, units])
        if settled.any():
            rows, following, states = rows[~settled], following[~settled], states[~settled]
            if accelerate is not None:
                accelerate.keep(~settled)
        before, states = states, following
    place = dict(residual=float(change.max()), iterations=count)
    if method == "synchronous" and np.isfinite(change).all():
        # States is one step after before; a cycle of two comes back to it in one more.
        if np.abs(sweep(states, rows) - before).max() < 1e-3 * change.max():
            raise Oscillates(
                "equilibrium: the synchronous relaxation alternates between two states; use method="
                "'alternating' or 'damped'",
                **place,
            )
    raise NotConverged(
        f"equilibrium: the {method} relaxation did not settle; use smaller weights, a smaller "
        "nudge or more sweeps",
        **place,
    )


class _Anderson:
    """Anderson acceleration of a fixed-point iteration, sample by sample.

    The next point is the combination of the last values whose changes nearly cancel. A sample whose
    change has grown takes the plain step instead: extrapolation can throw it off a weakly
    attracting branch.
    """

    def __init__(self, memory: int):
        self.memory, self.points, self.values = memory, [], []
        self.size = np.empty(0)

    def keep(self, samples: np.ndarray) -> None:
        """Go on with these samples only."""
        self.points = [point[samples] for point in self.points]
        self.values = [value[samples] for value in self.values]
        self.size = self.size[samples]

    def __call__(self, point: np.ndarray, value: np.ndarray) -> np.ndarray:
        self.points = [*self.points, point][-self.memory :]
        self.values = [*self.values, value][-self.memory :]
        gaps = np.stack([v - p for p, v in zip(self.points, self.values, strict=True)], axis=1)
        before, self.size = self.size, np.linalg.norm(gaps[:, -1], axis=-1)
        if gaps.shape[1] == 1:
            return value
        columns = gaps[:, :-1] - gaps[:, -1:]
        scale = np.linalg.norm(columns, axis=-1, keepdims=True) + 1e-300
        columns = columns / scale
        gram = columns.conj() @ np.swapaxes(columns, 1, 2)
        # Near the end the columns are parallel: a little regularisation keeps the weights bounded.
        gram = gram + 1e-13 * np.eye(gram.shape[1])
        right = -np.einsum("bku,bu->bk", columns.conj(), gaps[:, -1])
        weights = np.linalg.solve(gram, right[..., None]) / scale
        weights[self.size > 2 * before] = 0
        earlier = np.stack(self.values[:-1], axis=1) - value[:, None]
        return value + (earlier * weights).sum(axis=1)
