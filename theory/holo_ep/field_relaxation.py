"""Damped relaxation of vector-field networks, with the samples that did not settle counted."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from theory import checks
from theory.holo_ep.vector_field import VectorField

CHECKED_EVERY = 5  # steps between two looks at the residual


@dataclass(frozen=True, eq=False)
class Relaxed:
    """States after relaxation.

    Attributes
    ----------
    states : ndarray, shape (runs, batch, units)
        Preactivations.
    activities : ndarray, shape (runs, batch, units)
    residual : ndarray, shape (runs, batch)
        Largest component of the nudged field, zero at an equilibrium.
    steps : int
    """

    states: np.ndarray
    activities: np.ndarray
    residual: np.ndarray
    steps: int

    def unsettled(self, tolerance: float) -> np.ndarray:
        """Return the fraction of samples whose residual exceeds the tolerance, shape (runs,)."""
        return np.mean(~(self.residual <= tolerance), axis=1)


def relax(
    networks: VectorField,
    inputs: np.ndarray,
    steps: int,
    *,
    initial: np.ndarray | None = None,
    targets: np.ndarray | None = None,
    nudging_strength: complex = 0.0,
    damping: float = 0.5,
    tolerance: float = 0.0,
) -> Relaxed:
    r"""Return the states after damped steps :math:`u \leftarrow u + d\, (F(u) + \beta c)`.

    The fixed points do not depend on the damping, but undamped steps (1) run into cycles of period
    two where damped ones settle.

    Parameters
    ----------
    networks : VectorField
    inputs : ndarray, shape (runs or 1, batch, pixels)
    steps : int
        Most steps; fewer where every sample reaches the tolerance before.
    initial : ndarray, shape (runs, batch, units), optional
        Preactivations; zero by default.
    targets : ndarray, shape (runs or 1, batch, classes), optional
        Needed where the nudge is not zero.
    nudging_strength : float or complex
        Positive values push away from the target.
    damping : float
        Share of a step in (0, 1].
    tolerance : float
        Residual at which a sample counts as settled; 0 takes all steps.
    """
    steps = checks.integer_at_least("steps", steps, 1)
    damping = checks.in_range("damping", damping, 0, 1, closed=(False, True))
    if nudging_strength != 0 and targets is None:
        raise ValueError("targets: a nudged relaxation needs targets")
    if np.iscomplexobj(nudging_strength) and not networks.holomorphic:
        raise ValueError(
            f"nudging_strength: it is complex, and the activation {networks.activation!r} has "
            "kinks; only a holomorphic one has an equilibrium for complex nudges"
        )
    drive, activity = networks.drive(inputs), networks.activity
    kind = np.result_type(drive, np.complex64 if np.iscomplexobj(nudging_strength) else drive)
    u = np.zeros(drive.shape, kind) if initial is None else np.array(initial, kind)
    nudge = kind.type(nudging_strength)
    last, damping = networks.slices[-1], drive.dtype.type(damping)
    field = networks.forces(drive)

    def force(u, r):
        f = field(r)
        f -= u
        if nudge != 0:
            f[..., last] += nudge * (networks.probabilities(r) - targets) @ networks.readout
        return f

    for done in range(1, steps + 1):
        f = force(u, activity(u))
        if tolerance > 0 and done % CHECKED_EVERY == 0 and np.abs(f).max() <= tolerance:
            break
        f *= damping
        u += f
    r = activity(u)
    return Relaxed(u, r, np.abs(force(u, r)).max(axis=-1), done)
