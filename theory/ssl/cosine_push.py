r"""Mean gradient of the cosine loss, mode by mode, without differences of large moments.

In the eigenbasis :math:`p_m = \pi_m a_m` and :math:`z_m = \tau_m b_m`, as in
`theory.ssl.gaussian_moments`. Minus the gradient of one sample is a sum over the *other* modes,
since a mode's own term cancels:

.. math::
    E\left[a_m \frac{\tau_m b_m |p|^2 - \pi_m a_m (p \cdot z)}{|p|^3 |z|}\right]
    = \sum_{k \ne m} \pi_k \frac2\pi \int\!\!\int \sqrt{\frac st}\, ds\,dt\,
      \frac{F}{Q_k Q_m} \bigl[\pi_k \tau_m (c_{1k} + 2\Delta_k t \tau_k^2)
      - \pi_m \tau_k (c_{1m} + 2 \Delta_m t \tau_m^2)\bigr].

The bracket is zero where two modes are alike and has a sign elsewhere, so that the rate of a mode
that hardly moves beside one that does keeps its digits, and the sum rules hold to rounding. Second
moments :math:`c_{1m}, c_{2m}` may differ between modes (noise of a feature's own).

Source: derived here (`theory.ssl.derivations.moments` has the tilted Gaussian).
"""

from __future__ import annotations

import numpy as np

# Relative trapezoid error of the double-exponential rule is exp(-RATE / step), as measured for
# 2 to 400 modes (tests/ssl/test_cosine_push.py).
RATE = 8.3
WIDEST = 0.6  # step: a wider one misses the narrow weight of some hundred modes
MARGIN = 4.0  # beyond the tolerance, as a logarithm, to which tails are followed
COLLAPSED = 1e-120  # of the largest squared scale: smaller modes no longer stretch the grid
PAIRS = 24  # up to so many modes all pairs are summed one by one, beyond it by totals
CHUNK = 4_000_000  # numbers of modes x nodes held at a time


def push_unchecked(predictor, target, second_moments, tolerance, target_branch=False):
    r"""Return the mean push on the online branch, and on the target branch where asked for.

    Parameters
    ----------
    predictor, target : ndarray, shape (modes,)
        Scales :math:`\pi_m` and :math:`\tau_m`, above 0.
    second_moments : (float or ndarray, float or ndarray)
        :math:`c_1, c_2`, one number or one a mode.
    tolerance : float
        Relative error.
    target_branch : bool

    Returns
    -------
    online : ndarray, shape (modes,)
        :math:`E[a_m (\tau_m b_m |p|^2 - \pi_m a_m\, p \cdot z) / (|p|^3 |z|)]`.
    held : ndarray, shape (modes,), or None
        :math:`E[b_m (\pi_m a_m |z|^2 - \tau_m b_m\, p \cdot z) / (|p| |z|^3)]`.
    """
    c1, c2 = (np.broadcast_to(np.asarray(c, float), predictor.shape) for c in second_moments)
    # Scale invariance: with unit largest scales neither norm overflows, and the pushes rescale.
    largest_p, largest_t = predictor.max(), target.max()
    p, z = predictor / largest_p, target / largest_t
    delta = c1 * c2 - 1
    s, weight_s = _nodes(p, z, c1, tolerance)
    t, weight_t = _nodes(z, p, c2, tolerance)
    grid = _Grid(p**2, z**2, (c1, c2, delta), s, t, weight_s[:, None] * weight_t / np.pi)
    summed = _by_pairs if len(p) <= PAIRS else _by_totals
    online = summed(grid, p, z, c1, delta, 2 * s[:, None] * grid.weight, t[None, :])
    if not target_branch:
        return online / largest_p, None
    held = summed(grid, z, p, c2, delta, 2 * t * grid.weight, s[:, None])
    return online / largest_p, held / largest_t


class _Grid:
    """Inverse determinants 1/Q at all nodes, in blocks of modes, and the weight of the nodes."""

    def __init__(self, p2, t2, moments, s, t, weight):
        self._p2, self._t2, self._moments, self._s, self._t = p2, t2, moments, s, t
        self.shape = weight.shape
        size = max(1, CHUNK // weight.size)
        self.blocks = [slice(k, k + size) for k in range(0, len(p2), size)]
        self._kept = None
        log_q = 0.0
        for block in self.blocks:
            q = self._q(block)
            # One logarithm for the product over a few modes: overflow is out of reach for these.
            group = max(1, int(600 / np.log(q.max())))
            for k in range(0, len(q), group):
                log_q = log_q + np.log(np.multiply.reduce(q[k : k + group], axis=0))
            if len(self.blocks) == 1:
                self._kept = np.reciprocal(q, out=q).reshape(len(q), -1)
        self.weight = weight * np.exp(-0.5 * log_q)

    def _q(self, block):
        c1, c2, delta = (c[block, None] for c in self._moments)
        a, b = self._p2[block, None] * self._s, self._t2[block, None] * self._t
        q = (2 * c1 + 4 * delta * b)[:, None, :] * a[:, :, None]
        q += (1 + 2 * c2 * b)[:, None, :]
        return q

    def inverse(self, block):
        """1/Q, (modes of the block, nodes)."""
        if self._kept is not None:
            return self._kept
        q = self._q(block)
        return np.reciprocal(q, out=q).reshape(len(q), -1)


def _by_pairs(grid, own, other, c, delta, weight, variable):
    """Sum over pairs of modes, each without cancellation; the matrix is modes times modes."""
    inverse = grid.inverse(grid.blocks[0])
    plain = (inverse * weight.ravel()) @ inverse.T
    tilted = (inverse * (weight * variable).ravel()) @ inverse.T
    squared = delta * other**2
    forth = np.outer(other, own)  # row m, column k: other_m own_k
    pairs = (forth * c - (forth * c).T) * plain
    pairs += 2 * (forth * squared - (forth * squared).T) * tilted
    return pairs @ own


def _by_totals(grid, own, other, c, delta, weight, variable):
    """The same sum by totals over all modes: rounding of a mode's own term is left."""
    straight, tilted, dot = np.zeros((3, grid.weight.size))
    rows = (c * own**2, 2 * delta * own**2 * other**2, own * other)
    for block in grid.blocks:
        parts = np.stack([row[block] for row in rows]) @ grid.inverse(block)
        straight += parts[0]
        tilted += parts[1]
        dot += parts[2]
    variable = np.broadcast_to(variable, grid.shape).ravel()
    flat = weight.ravel()
    columns = np.stack(
        [flat * (straight + variable * tilted), flat * dot, flat * variable * dot], 1
    )
    sums = np.concatenate([grid.inverse(block) @ columns for block in grid.blocks])
    return other * sums[:, 0] - own * (c * sums[:, 1] + 2 * delta * other**2 * sums[:, 2])


def _nodes(own, other, c, tolerance):
    """Nodes in s and weights of s^(-1/2) ds: trapezoid in y, s = scale exp(y - exp(-y)).

    The grid ends where a bound on the integrand of every mode's push has fallen below the
    tolerance. In the bound the other axis is integrated up to the same scale, beyond which it
    falls, too.
    """
    digits = np.log(1 / tolerance)
    step = min(RATE / digits, WIDEST)
    squares = c * own**2
    alive = squares > COLLAPSED
    live = squares[alive]
    total = 2 * live.sum()  # the weight F falls from s = 1 / total on
    low = -np.log(2 * digits + 4)
    slowest = max(len(live) / 2, 1)  # beyond the last scale every integrand falls as this power
    high = np.log(total / (2 * live.min())) + (digits + MARGIN) / slowest
    y = np.arange(low, high + step, step)
    s = np.exp(y - np.exp(-y)) / total
    load = 1 / (1 + 2 * np.multiply.outer(live, s))
    common = 2 * y + 0.5 * np.log(load).sum(axis=0)
    small, large = live.argmin(), live.argmax()
    # A small mode is pushed by all others; the largest one by what is not itself.
    by_all = load[small] * (live @ load) / live.sum()
    rest = (own * other)[alive]
    rest[large] = 0.0
    by_rest = load[large] * (rest @ load) / rest.sum() if rest.sum() > 0 else 0.0
    bound = common + np.log(np.maximum(np.maximum(by_all, by_rest), 1e-300))
    end = np.flatnonzero(bound > min(bound.max(), 0.0) - digits - MARGIN)[-1] + 2
    return s[:end], (np.sqrt(s) * (1 + np.exp(-y)) * step)[:end]
