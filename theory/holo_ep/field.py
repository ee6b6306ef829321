r"""Vector fields that settle, and the nudge: :math:`0 = F(u) - \beta\, c(u)`, :math:`c = \partial L
/ \partial u`.

One sign throughout: a **positive nudge pulls towards the target** (the loss falls), as in the
energy :math:`E + \beta L`. Laborieux and Zenke 2024 have the opposite sign; their nudges are
-beta here. What a contour averages is minus the state, so that its derivative by the nudge,
:math:`-du/d\beta = -J^{-1} c`, is the error that a small nudge measures.

Any function is a `Field`. Layered, loop and feedforward networks, soft pooling, the linear field
and the clamped network are Fields with solvers of their own.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from functools import cached_property
from itertools import pairwise

import numpy as np

from theory import checks
from theory.door import door
from theory.ep.activations import Activation, find_activation
from theory.holo_ep.asymmetry import (
    backpropagated_error,
    holomorphic_jacobian,
    nudged_error,
    solve,
)
from theory.holo_ep.contour import Contour
from theory.numerics import NotConverged


class NotHolomorphic(ValueError):
    """A complex nudge was asked of a field that has no complex derivative."""


def require_smooth(activation: str | Activation) -> None:
    """Raise NotHolomorphic for an activation without a complex derivative."""
    if not find_activation(activation).smooth:
        raise NotHolomorphic(
            f"nudging_strength: it is complex, and the activation {activation!r} has kinks: at "
            "them it has no complex derivative, so the equilibrium is no holomorphic function of "
            "the nudge and a contour measures no gradient; choose tanh, sigmoid or "
            "shifted_sigmoid, or a real nudge"
        )


@door(
    jacobian="callable", loss_gradient="callable", force="callable", loss="callable", start="array"
)
class Field:
    """Any vector field with a loss, at complex states and nudges.

    Parameters
    ----------
    force : callable
        F, from states (..., n) to the same shape; holomorphic, so that it takes complex states.
    loss : callable
        L, from states (..., n) to (...); holomorphic.
    start : array_like, shape (n,)
        Where the search for the free equilibrium starts.
    jacobian, loss_gradient : callable, optional
        dF/du, (..., n) to (..., n, n), and dL/du; by default from values of F and L.

    Examples
    --------
    >>> weights = np.array([[0.0, 0.5], [-0.3, 0.0]])
    >>> mine = Field(
    ...     lambda u: np.tanh(u) @ weights.T + 0.2 - u, lambda u: 0.5 * (u[..., 1] - 1) ** 2, [0, 0]
    ... )
    >>> exact, nudged = mine.errors()

    Raises
    ------
    ValueError
        Where force or loss do not keep the shapes, or give no finite numbers at the start.
    """

    damping = 0.5  # of a relaxation step: the share of F by which the state moves

    def __init__(self, force, loss, start, *, jacobian=None, loss_gradient=None):
        self.start = checks.finite_array("start", start, shape=(None,))
        self._force, self._loss = force, loss
        self._jacobian, self._loss_gradient = jacobian, loss_gradient
        stack = np.stack([self.start, self.start])
        for name, function, shape in (("force", force, stack.shape), ("loss", loss, (2,))):
            if not callable(function):
                raise TypeError(f"{name}: a function of states (..., n) is needed")
            value = np.asarray(function(stack))
            if value.shape != shape or not np.isfinite(value).all():
                raise ValueError(
                    f"{name}: at states of shape {stack.shape} it gives shape {value.shape}; "
                    f"finite numbers of shape {shape} are needed"
                )

    @property
    def units(self) -> int:
        return self.free.shape[-1]

    def force(self, states: np.ndarray) -> np.ndarray:
        """Return F, shape (..., n)."""
        return self._force(states)

    def loss_gradient(self, states: np.ndarray) -> np.ndarray:
        """Return c, shape (..., n)."""
        if self._loss_gradient is not None:
            return self._loss_gradient(states)
        slope = holomorphic_jacobian(lambda u: self._loss(u)[..., None], states)
        return slope[..., 0, :]

    def residual(self, states: np.ndarray, nudges: np.ndarray | float = 0.0) -> np.ndarray:
        """Return the nudged field, (..., n): zero at a fixed point. Nudges have shape (...)."""
        return self.force(states) - np.asarray(nudges)[..., None] * self.loss_gradient(states)

    def jacobian(self, states: np.ndarray, nudges: np.ndarray | float = 0.0) -> np.ndarray:
        """Return the derivative of `residual` by the states, shape (..., n, n)."""
        nudges = np.asarray(nudges)
        if self._jacobian is None:
            inner = holomorphic_jacobian(self.force, states)
        else:
            inner = self._jacobian(states)
        if not nudges.any():
            return inner
        return inner - nudges[..., None, None] * holomorphic_jacobian(self.loss_gradient, states)

    def nudge_slope(self, states: np.ndarray, nudges: np.ndarray | float = 0.0) -> np.ndarray:
        """Return the derivative of `residual` by the nudge, shape (..., n)."""
        return -self.loss_gradient(states)

    def require_holomorphic(self) -> None:
        """Raise NotHolomorphic where the derivative depends on its direction in the plane."""
        # A little off the start, where kinks like to be.
        u = self.start + np.linspace(0.03, 0.07, len(self.start)) + 0j
        step = 1e-4 * np.exp(1j * np.array([0.0, 1.0, np.pi / 2]))
        with np.errstate(all="ignore"):
            ends = [self.force(u + s[:, None]) for s in (step, -step)]
            slope = (ends[0] - ends[1]) / (2 * step[:, None])
        if not np.ptp(slope, axis=0).max() <= 1e-5 * (1 + np.abs(slope).max()):
            raise NotHolomorphic(
                "force: its derivative depends on the direction in the complex plane, so the "
                "equilibrium is no holomorphic function of the nudge and a contour measures no "
                "derivative; use functions without kinks, moduli and real parts, or real nudges"
            )

    @cached_property
    def free(self) -> np.ndarray:
        """The free equilibrium, shape (n,): implicit Euler steps that grow as the field weakens.

        Raises
        ------
        NotConverged
        """
        u, first = self.start.astype(float), None
        for _ in range(200):
            force = self.force(u)
            size = np.abs(force).max()
            first = size if first is None else first
            if size < 1e-14 * (1 + np.abs(u).max()):
                break
            pace = np.eye(len(u)) * min(2 * size / max(first, 1e-300), 1e3)
            u, before = u + np.linalg.solve(pace - self.jacobian(u), force), u
            if np.abs(u - before).max() < 1e-15 * (1 + np.abs(u).max()):
                break
        if not size < 1e-10:
            raise NotConverged("free: no equilibrium is reached from start", size, 200)
        return u

    def step_jacobian(self, states: np.ndarray, nudges: np.ndarray | float = 0.0) -> np.ndarray:
        """Return the Jacobian M of one relaxation step, shape (..., n, n)."""
        return np.eye(states.shape[-1]) + self.damping * self.jacobian(states, nudges)

    @door(index=">= 0")
    def sample(self, index: int = 0) -> Field:
        """Return the field of one sample; a field of one's own has one only."""
        if index > 0:
            raise ValueError(f"sample: {index} of 1 samples; they count from 0")
        return self

    @door
    def equilibrium(self, nudge: complex = 0.0) -> np.ndarray:
        """Return the equilibrium under one nudge, real for a real one."""
        found = self.settled_states(np.array([nudge]))[0]
        return found if np.iscomplexobj(nudge) else found.real

    @door(nudges="complex 1d+")
    def settled_states(self, nudges: np.ndarray) -> np.ndarray:
        """Return the nudged equilibria on the free branch along straight rays, (nudges, ..., n)."""
        return self.along(np.linspace(0, 1, 25)[:, None] * np.asarray(nudges))[-1]

    @door(path="complex 1d+", start="complex 1d+", _nan=True)
    def along(
        self, path: np.ndarray, start: np.ndarray | None = None, *, lenient: bool = False
    ) -> np.ndarray:
        """Follow the branch of equilibria along paths in the nudge plane, by tangent and Newton.

        Parameters
        ----------
        path : ndarray of complex, shape (points, ...)
            Nudges in small steps; trailing axes are paths followed at once.
        start : ndarray, shape (..., n), optional
            State at the first point; by default the paths start at nudge 0, at the free state.
        lenient : bool
            Give nan where a path lost the branch, instead of raising NotConverged. Behind a branch
            point the branch depends on the way round it: of straight rays, cuts run outward.

        Returns
        -------
        ndarray of complex, shape (points, ..., n)
        """
        self.require_holomorphic()
        path = np.asarray(path, complex)
        if start is None and np.any(path[0] != 0):
            raise ValueError("path: it has to start at nudge 0 where no start is given")
        start = self.free if start is None else np.asarray(start)
        state = np.array(np.broadcast_to(start, (*path.shape[1:], start.shape[-1])), complex)
        states = [state]
        for before, now in pairwise(path):
            with np.errstate(all="ignore"):
                tangent = -solve(self.jacobian(state, before), self.nudge_slope(state, before))
            guess = state + (now - before)[..., None] * tangent
            state = newton(self, guess, now, tolerance=1e-9, lenient=lenient)
            states.append(state)
        return np.stack(states)

    @door(nudges="complex", steps=">= 0", _nan=True)
    def relaxed_states(self, nudges: np.ndarray, steps: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the states after damped steps from the free one, and how far one more moves."""
        nudges = np.asarray(nudges)
        states = np.broadcast_to(self.free, (*nudges.shape, self.units)).astype(nudges.dtype)
        with np.errstate(all="ignore"):
            for _ in range(steps):
                states = states + self.damping * self.residual(states, nudges)
            last = self.damping * self.residual(states, nudges)
        return states, np.linalg.norm(last, axis=-1)

    def observe(self, states: np.ndarray, nudges: np.ndarray) -> np.ndarray:
        """Return what a contour averages, (nudges, values): minus the states."""
        return -states

    @door
    def averages(self, contours: Sequence[Contour], *, steps: int | None = None) -> np.ndarray:
        """Return what contours of as many points measure, relaxed together, (contours, values).

        Of any shape; `contour_estimate` makes circles, and explains the steps.
        """
        if not len(contours):
            raise ValueError("contours: at least one is needed")
        pairs = [contour.half() for contour in contours]
        nodes, weights = (np.stack(parts) for parts in zip(*pairs, strict=True))
        nudges = nodes.ravel()
        if np.iscomplexobj(nudges):
            self.require_holomorphic()
        free = np.asarray(self.free)
        states = np.broadcast_to(free, (len(nudges), *free.shape)).astype(nodes.dtype)
        moved = nudges != 0
        if steps is None:
            settled = self.settled_states(nudges[moved])
            states[moved] = settled if np.iscomplexobj(states) else settled.real
        else:
            states[moved] = self.relaxed_states(nudges[moved], steps)[0]
        values = self.observe(states, nudges).reshape(*nodes.shape, -1)
        return np.real(np.einsum("rn,rnp->rp", weights, values))

    def errors(self) -> tuple[np.ndarray, np.ndarray]:
        """Return the back-propagated error, -J'^-1 c, and the nudged one, -J^-1 c."""
        jacobian, slope = self.jacobian(self.free), self.loss_gradient(self.free)
        return backpropagated_error(jacobian, slope), nudged_error(jacobian, slope)

    def corrected(self) -> Field:
        r"""Return the field with :math:`(J^\top - J)(u - u_0)` added, J at the free state u_0.

        It rests at the same free state, and what a nudge measures there is the *back-propagated*
        error, however asymmetric the field is. The price: a second phase that knows the transposed
        Jacobian and remembers the free state.
        """
        free, jacobian = self.free, self.jacobian(self.free)
        swap, field = jacobian.T - jacobian, copy.copy(self)
        vars(field).update(
            force=lambda u: self.force(u) + (u - free) @ swap.T,
            jacobian=lambda u, nudges=0.0: self.jacobian(u, nudges) + swap,
        )
        return field


def newton(field, states, nudges, *, tolerance: float = 1e-12, steps: int = 30, lenient=False):
    """Return fixed points near the given states, shape (..., n); lenient: nan where there is none.

    Raises
    ------
    NotConverged
    """
    states = np.array(states, complex)
    size = np.full(states.shape[:-1], np.inf)
    with np.errstate(all="ignore"):
        for _ in range(steps):
            change = solve(field.jacobian(states, nudges), field.residual(states, nudges))
            states = states - change
            size = np.abs(change).max(axis=-1)
            if size.max() < tolerance or (lenient and not np.any(size >= tolerance)):
                return states
    if lenient:
        return np.where((size < tolerance)[..., None], states, np.nan)
    raise NotConverged(
        "newton: no fixed point was found near the given states; take smaller steps in the "
        "nudge or stay away from branch points",
        np.max(size),
        steps,
    )
