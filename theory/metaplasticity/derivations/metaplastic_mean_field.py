"""Derivation of the mean field of coupled synapses with weak metaplasticity."""

from __future__ import annotations

import sympy as sp
from sympy import Eq, Le

from theory.derivation import Derivation


def mean_field_energy() -> Derivation:
    """Metaplasticity adds a cost of undecided signs to the loss that mean signs minimise."""
    kappa, curvature = sp.symbols(r"kappa_i H_ii", positive=True)
    w, mean, gradient = sp.symbols(r"w_i \bar{s}_i g_i", real=True)
    polarised, energy = sp.Function("S"), sp.Function("U")
    derivation = Derivation(
        "Mean field with weak metaplasticity",
        source="derived here",
        symbols={
            kappa: "metaplasticity times learning rate times curvature of the synapse",
            curvature: "its own curvature",
            w: "effective optimum: its own plus what the means of all others add",
            mean: "mean binary weight, of a free synapse",
            gradient: "component of the gradient of the loss at the mean binary weights",
        },
        domain={mean: (-1, 1), w: (-1, 1)},
    )
    derivation.define(
        "effective optimum",
        Eq(gradient, curvature * (mean - w)),
        "the mean of the others moves the minimum of the loss along one coordinate",
    )
    derivation.assume(
        "polarised",
        Eq(polarised(w), w + sp.Rational(2, 3) * kappa**2 * w * (1 - w**2)),
        "the mean sign of one synapse to second order; the others act by their mean only",
    )
    guess = mean - sp.Rational(2, 3) * kappa**2 * mean * (1 - mean**2)
    derivation.given(
        "try", guess + sp.Rational(2, 3) * kappa**2 * guess * (1 - guess**2), "an answer, inserted"
    )
    derivation.expand(
        "inverse", mean, kappa, 0, 3, "right to second order and beyond: odd orders vanish"
    )
    derivation.assume(
        "optimum of a mean", Eq(w, guess), "so to second order this is the effective optimum"
    )
    derivation.substitute(
        "gradient",
        Eq(gradient, sp.Rational(2, 3) * kappa**2 * curvature * mean * (1 - mean**2)),
        "optimum of a mean",
        "the gradient at the mean does not vanish: metaplasticity holds it off",
        of="effective optimum",
    )
    derivation.define(
        "energy",
        Eq(energy(mean), kappa**2 * curvature * (1 - mean**2) ** 2 / 6),
        "a cost of being undecided: largest at 0, none at the two signs",
    )
    slope = -sp.Rational(2, 3) * kappa**2 * curvature * mean * (1 - mean**2)
    derivation.differentiate(
        "force", Eq(sp.Derivative(energy(mean), mean), slope), mean,
        "its slope cancels the gradient: the mean signs minimise the loss plus these costs",
    )  # fmt: skip
    bend = -sp.Rational(2, 3) * kappa**2 * curvature * (1 - 3 * mean**2)
    derivation.nonnegative(
        "convexity",
        Le(-sp.Rational(2, 3) * kappa**2 * curvature, bend),
        "what the cost takes off the curvature at most: while H less that is positive definite, "
        "the minimum is the only one",
    )
    return derivation


def rectified_drift() -> Derivation:
    """A consolidated synapse takes the outward part of its shaken gradient only."""
    v, z = sp.symbols("v z", real=True)
    sigma = sp.Symbol("sigma", positive=True)
    drift = sp.Symbol("u")
    derivation = Derivation(
        "Growth of a consolidated metaplastic synapse",
        source="derived here",
        symbols={
            v: "multiplier, outward",
            sigma: "standard deviation of the gradient, shaken by the free synapses",
            drift: "mean outward change per step, in units of the learning rate",
        },
    )
    density = sp.exp(-(z**2) / 2) / sp.sqrt(2 * sp.pi)
    derivation.define(
        "rectified",
        Eq(drift, sp.Integral((v + sigma * z) * density, (z, -v / sigma, sp.oo))),
        "far from zero inward changes are multiplied by nothing, outward ones count in full; many "
        "free synapses together shake normally",
    )
    normal = (1 + sp.erf(v / (sp.sqrt(2) * sigma))) / 2
    derivation.rewrite(
        "velocity",
        Eq(drift, v * normal + sigma * sp.exp(-(v**2) / (2 * sigma**2)) / sp.sqrt(2 * sp.pi)),
        "more than v, and growing with v: the order of the velocities survives",
    )
    return derivation
