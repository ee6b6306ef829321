"""Steps that relax batches of networks: damped and synchronous, or layers in turn."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from theory.ep.activations import softmax
from theory.holo_ep.vector_field import times_real

CHECKED_EVERY = 5  # steps between two looks at the residual
LEAVING = 0.8  # share of samples still moving below which the others leave the relaxation


class Motion:
    """What all steps of networks with static inputs share, prepared once."""

    def __init__(self, networks, drive, targets, damping, noise=0.0, rng=None):
        self.networks, self.drive, self.targets = networks, drive, targets
        self.damping, self.noise, self.rng = drive.dtype.type(damping), noise, rng
        self.run = self._sweeps if networks.alternating else self._steps
        if not networks.alternating:
            return
        layers = np.arange(len(networks.slices)) % 2
        units = np.repeat(layers, [part.stop - part.start for part in networks.slices])
        self.groups = groups = [np.flatnonzero(units == group) for group in (0, 1)]
        self.across = [
            np.ascontiguousarray(np.swapaxes(networks.recurrent[:, own[:, None], other], 1, 2))
            for own, other in (groups, groups[::-1])
        ]
        self.top, self.drives = layers[-1], [drive[..., group] for group in groups]

    @cached_property
    def field(self):
        return self.networks.forces(self.drive)

    def _noise(self, shape):
        return self.drive.dtype.type(self.noise) * self.rng.standard_normal(shape, np.float32)

    def _pull(self, outputs, nudge):
        """What a nudge sends to the last layer of these activities."""
        logits = outputs @ np.swapaxes(self.networks.readout, 1, 2)
        logits += self.networks.readout_biases[:, None]
        return nudge * ((softmax(logits) - self.targets) @ self.networks.readout)

    def force(self, u, r, nudge):
        f, last = self.field(r), self.networks.slices[-1]
        f -= u
        if nudge.any():
            f[..., last] -= self._pull(r[..., last], nudge)
        return f

    def _steps(self, u, nudge, steps, tolerance=0.0):
        """Damped steps; samples that are at rest in all networks leave a free relaxation."""
        final, rows, motion = u, np.arange(u.shape[1]), self
        for done in range(1, steps + 1):
            f = motion.force(u, self.networks.activity(u), nudge)
            if tolerance > 0 and done % CHECKED_EVERY == 0:
                moving = ~(np.abs(f).max(axis=-1) <= tolerance).all(axis=0)
                if not moving.any():
                    break
                if moving.sum() < LEAVING * len(rows) and not nudge.any():
                    final[:, rows] = u
                    rows, u, f = rows[moving], u[:, moving], f[:, moving]
                    motion = Motion(self.networks, motion.drive[:, moving], None, self.damping)
            f *= self.damping
            u += f
            if self.noise:
                u += self.damping * self._noise(u.shape)
        if u is not final:
            final[:, rows] = u
        return final, done

    def _sweeps(self, u, nudge, steps, tolerance=0.0):
        """Update even and odd layers in turn; of a last layer the nudge sees the state before."""
        last, act, pulled = self.networks.slices[-1], self.networks.activity, nudge.any()
        us = [u[..., group] for group in self.groups]
        rs, outputs = [act(part) for part in us], slice(last.start - last.stop, None)
        for done in range(1, steps + 1):  # noqa: B007 - returned
            moved = 0.0
            for own in (0, 1) if len(self.groups[1]) else (0,):
                new = times_real(rs[1 - own], self.across[own])
                new += self.drives[own]
                if pulled and own == self.top:
                    new[..., outputs] -= self._pull(rs[own][..., outputs], nudge)
                if self.noise:
                    new += self._noise(new.shape)
                if tolerance:
                    moved = max(moved, np.abs(new - us[own]).max())
                us[own], rs[own] = new, act(new)
            if tolerance and moved <= tolerance:
                break
        for group, part in zip(self.groups, us, strict=True):
            u[..., group] = part
        return u, done
