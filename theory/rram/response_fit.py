r"""Fits of the mean response to one trace, with standard errors that allow for correlated noise.

At a given kink :math:`t^*` the response :math:`c_1 + m_1 A + m_2 (t - A)` is linear in the other
parameters, so least squares are solved exactly there and the kink is searched for. Telegraph bursts
only ever add to w: the fit first runs along the lower edge of the trace, and then through the reads
that lie near it. Noise is correlated over tens of pulses, so the errors are those of the sandwich
formula, :math:`H^{-1} S H^{-1}`: H comes from the derivatives J of the response, and

.. math:: S = \sum_l c_l \sum_t J_t J_{t+l}^T

from them and the autocovariance c of the whole residual, which is stationary.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from theory import checks
from theory.door import door
from theory.rram.responses import RESPONSES, TWO_SLOPES, Linear, Response, as_response

PARAMETERS = ("offset", "fast_slope", "slow_slope", "kink")
KINKS = 80  # candidates of the search
LAGS = 40  # over which noise is taken to be correlated; the second half counts less and less
FAR = 3.0  # robust deviations above which a read is taken to be a burst
REPEATS = 8
EDGE = 0.03  # weight of reads above the lower edge


@dataclass(frozen=True, eq=False)
class ResponseFit:
    """A fitted mean response.

    Attributes
    ----------
    values, errors : dict
        Of offset, fast_slope, slow_slope and kink, as far as the shape has them: estimate and
        standard error. The offset includes the mean of the noise.
    response : Response
    residual : ndarray, shape (reads,)
        Of all reads.
    used : ndarray of bool, shape (reads,)
        Reads with weight.
    inflation : float
        How many times larger the variance of a mean is than without correlation.
    """

    values: Mapping[str, float]
    errors: Mapping[str, float]
    response: Response
    residual: np.ndarray
    used: np.ndarray
    inflation: float

    @property
    def kink_seen(self) -> bool:
        """Whether the slopes differ by more than three standard errors of their difference."""
        if "kink" not in self.values:
            return False
        gap = self.values["fast_slope"] - self.values["slow_slope"]
        return bool(gap > 3 * np.hypot(self.errors["fast_slope"], self.errors["slow_slope"]))


@door(log_ratio="array 1d", used="mask")
def fit_two_slopes(pulses, log_ratio, *, used=None, skip: int = 15) -> ResponseFit:
    """Return c1, m1, t* and m2 of a trace; see `fit_response`."""
    return fit_response(pulses, log_ratio, TWO_SLOPES, used=used, skip=skip)


@door(log_ratio="array 1d", used="mask", skip=">= 0")
def fit_response(
    pulses,
    log_ratio,
    response: Response | str = TWO_SLOPES,
    *,
    used=None,
    skip: int = 15,
    deviation: float | None = None,
) -> ResponseFit:
    """Fit a shape of the mean response to a trace.

    Parameters
    ----------
    pulses : array_like of int, shape (reads,)
        Rising.
    log_ratio : array_like, shape (reads,)
        w = ln(R/R0).
    response : Response or str
        Shape.
    used : array_like of bool, optional
        Reads with weight, for example those outside telegraph bursts; found by the fit itself if
        left out.
    skip : int
        Reads at up to so many pulses are left out, while the pink filter fills.

    deviation : float, optional
        Of the noise outside bursts; estimated from the trace (`noise_scale`) if left out.

    Raises
    ------
    ValueError
        If fewer than 50 reads are left.
    """
    t, w = (
        checks.finite_array("pulses", pulses, ndim=1),
        np.asarray(log_ratio, float),
    )
    checks.same_length(pulses=t, log_ratio=w)
    response = as_response(response)
    late = t > skip
    given = used is not None
    keep = late & np.asarray(used, bool) if given else late
    if not given and keep.sum() >= 50:
        scale = noise_scale(w[late]) if deviation is None else deviation
        keep = _bulk(t, w, late, response, checks.positive("deviation", max(scale, 1e-12)))
    if keep.sum() < 50:
        raise ValueError(f"log_ratio has {keep.sum()} reads with weight; a fit needs 50")
    kink, coefficients = _least_squares(t, w, keep, response)
    return _with_errors(t, w, keep, response, kink, coefficients)


@door(pulses="list", log_ratio="list")
def choose_response(
    pulses: Sequence, log_ratio: Sequence, shapes: Sequence[str] = tuple(RESPONSES), **options
) -> dict[str, float]:
    r"""Return the criterion of each shape over all traces; the smallest is chosen.

    .. math:: \sum_{\text{devices}} \frac{n}{c} \ln\frac{\text{RSS}}{n} + 2 k

    with n reads, k parameters and c the inflation of the variance by correlation, found from the
    shape with the smallest residuals (Akaike's criterion for overdispersed data). Shapes are
    compared on the reads that none of them takes for a burst.

    Parameters
    ----------
    pulses, log_ratio : sequence of array
        Of each device.
    shapes : sequence of str
    **options
        Of `fit_response`.
    """
    total = dict.fromkeys(shapes, 0.0)
    for t, w in zip(pulses, log_ratio, strict=True):
        first = {shape: fit_response(t, w, shape, **options) for shape in shapes}
        common = np.all([fit.used for fit in first.values()], axis=0)
        fits = {shape: fit_response(t, w, shape, used=common) for shape in shapes}
        squares = {shape: np.mean(fit.residual[fit.used] ** 2) for shape, fit in fits.items()}
        inflation = fits[min(squares, key=lambda shape: squares[shape])].inflation
        for shape, fit in fits.items():
            size = fit.used.sum() / inflation
            total[shape] += size * np.log(squares[shape]) + 2 * len(fit.values)
    return total


def _design(t, kink, response):
    if isinstance(response, Linear):
        return np.stack([np.ones_like(t), t], axis=1)
    fresh = response.fresh_pulses(t, kink)
    return np.stack([np.ones_like(t), fresh, t - fresh], axis=1)


def _least_squares(t, w, keep, response, weight=1.0):
    """Kink and coefficients: the kinks of a grid are solved at once, then finer and finer ones."""
    x, y = t[keep], w[keep]
    if isinstance(response, Linear):
        root = np.sqrt(weight * np.ones_like(x))
        design = _design(x, 1.0, response) * root[:, None]
        return np.inf, np.linalg.lstsq(design, y * root, rcond=None)[0]
    # At least ten reads before a kink, and a twentieth of them behind.
    kinks = np.geomspace(x[10], x[-max(len(x) // 20, 10)], KINKS)
    for _ in range(4):
        squares, coefficients = _solve(x, y, kinks, response, weight)
        best = int(np.argmin(squares))
        found = kinks[best], coefficients[best]
        kinks = np.linspace(kinks[max(best - 1, 0)], kinks[min(best + 1, len(kinks) - 1)], 17)
    return float(found[0]), found[1]


def noise_scale(log_ratio) -> float:
    """Return the deviation of pink noise from the smaller steps between neighbouring reads.

    Bursts make large steps, so the lower quartile of their sizes is used; neighbours of the
    published noise are correlated by .63, which makes steps smaller.
    """
    steps = np.abs(np.diff(log_ratio))
    return float(np.quantile(steps, 0.25) / 0.3186 / np.sqrt(2 * (1 - 0.63)))


def _bulk(t, w, late, response, deviation):
    """Reads without bursts, found from below: bursts only ever add."""
    keep, weight = late, np.ones(late.sum())
    for _ in range(REPEATS):  # asymmetric least squares run along the lower edge
        kink, coefficients = _least_squares(t, w, late, response, weight)
        residual = w - _design(t, kink, response) @ coefficients
        weight = np.where(residual[late] > 0, EDGE, 1.0)
    residual = residual - deviation  # the edge lies about so far below the middle
    for _ in range(REPEATS):
        before, keep = keep, late & (np.abs(residual) < FAR * deviation)
        if keep.sum() < 50 or np.array_equal(before, keep):
            break
        kink, coefficients = _least_squares(t, w, keep, response)
        residual = w - _design(t, kink, response) @ coefficients
    return keep


def _solve(x, y, kinks, response, weight=1.0):
    """Residual squares and coefficients of the linear part at each kink."""
    scale, middle = x[-1], y.mean()
    fresh = response.fresh_pulses(x, kinks[:, None]) / scale
    design = np.stack([np.ones_like(fresh), fresh, x / scale - fresh], axis=1)
    weighted = design * weight
    normal = weighted @ design.transpose(0, 2, 1)
    right = weighted @ (y - middle)
    coefficients = np.linalg.solve(normal + 1e-12 * len(x) * np.eye(3), right[..., None])[..., 0]
    gaps = y - middle - np.einsum("ki,kin->kn", coefficients, design)
    squares = np.sum(weight * gaps**2, axis=1)
    coefficients[:, 1:] /= scale
    coefficients[:, 0] += middle
    return squares, coefficients


def _with_errors(t, w, keep, response, kink, coefficients):
    design = _design(t, kink, response)
    residual = w - design @ coefficients
    if isinstance(response, Linear):
        names, jacobian = ("offset", "fast_slope"), design
        values = dict(zip(names, coefficients, strict=True))
    else:
        names = PARAMETERS
        values = dict(zip(names, (*coefficients, kink), strict=True))
        step = 1e-4 * kink
        slope = response.fresh_pulses(t, kink + step) - response.fresh_pulses(t, kink - step)
        by_kink = (coefficients[1] - coefficients[2]) * slope / (2 * step)
        jacobian = np.column_stack([design, by_kink])
    scale = np.abs(jacobian).max(axis=0)
    scale[scale == 0] = 1
    jacobian = jacobian / scale * keep[:, None]
    bread = np.linalg.pinv(jacobian.T @ jacobian)
    covariance = _autocovariance(residual, keep) * keep.sum() / (keep.sum() - len(names))
    meat = covariance[0] * jacobian.T @ jacobian
    for lag in range(1, len(covariance)):
        shifted = jacobian[lag:].T @ jacobian[:-lag]
        meat = meat + covariance[lag] * (shifted + shifted.T)
    errors = np.sqrt(np.maximum(np.diag(bread @ meat @ bread), 0)) / scale
    inflation = 1 + 2 * covariance[1:].sum() / covariance[0]
    found = {name: float(value) for name, value in values.items()}
    return ResponseFit(
        found, dict(zip(names, errors.tolist(), strict=True)), response, residual, keep,
        max(float(inflation), 1.0),
    )  # fmt: skip


def _autocovariance(residual, keep):
    """Of the reads with weight, up to LAGS, the second half of the lags tapered to zero."""
    noise, known = residual * keep, keep.astype(float)
    taper = np.minimum(1, 2 * (1 - np.arange(LAGS + 1) / LAGS))
    pairs = [np.dot(known[lag:], known[: len(known) - lag]) for lag in range(LAGS + 1)]
    products = [np.dot(noise[lag:], noise[: len(noise) - lag]) for lag in range(LAGS + 1)]
    return taper * np.array(products) / np.maximum(pairs, 1)
