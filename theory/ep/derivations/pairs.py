"""Derivations for pairs of states: finite temperature, and what scaling of parameters conserves."""

from __future__ import annotations

import sympy as sp
from sympy import Derivative, Eq

from theory.derivation import Derivation


def finite_temperature() -> Derivation:
    """At a temperature the finite difference is the gradient of a difference of free energies."""
    theta, nudge = sp.symbols("theta beta", real=True)
    temperature = sp.Symbol("T", positive=True)
    mean, free, surrogate = (sp.Function(name) for name in ("P", "A", "L"))
    z = sp.Function("Z", positive=True)
    d = Derivation(
        "A finite nudge at a finite temperature",
        source="derived here; the statement is that of arXiv:2511.22024",
        symbols={
            z(theta, nudge): "sum of the Gibbs factors exp(-(E + beta C) / T) over all states",
            mean(theta, nudge): "Gibbs mean of the local product dE/dtheta at a nudge",
            free(theta, nudge): "free energy",
            surrogate(theta, nudge): "what the one-sided estimate descends",
        },
    )
    d.assume(
        "slope of the sum",
        Eq(Derivative(z(theta, nudge), theta), -mean(theta, nudge) * z(theta, nudge) / temperature),
        "each Gibbs factor has the slope -(dE/dtheta) / T times itself; the sum over states is "
        "the mean",
    )
    d.define(
        "free energy",
        Eq(free(theta, nudge), -temperature * sp.log(z(theta, nudge))),
        "by its meaning",
    )
    d.differentiate(
        "in the parameter",
        Eq(
            Derivative(free(theta, nudge), theta),
            -temperature * Derivative(z(theta, nudge), theta) / z(theta, nudge),
        ),
        theta,
        "the logarithm",
        of="free energy",
    )
    d.substitute(
        "mean product",
        Eq(Derivative(free(theta, nudge), theta), mean(theta, nudge)),
        "slope of the sum",
        "at every nudge: no branch, no Hessian, no small nudge is asked for",
    )
    d.substitute(
        "at rest",
        Eq(Derivative(free(theta, 0), theta), mean(theta, 0)),
        {nudge: 0},
        "without a nudge",
        of="mean product",
    )
    d.define(
        "surrogate",
        Eq(surrogate(theta, nudge), (free(theta, nudge) - free(theta, 0)) / nudge),
        "difference of the free energies over the nudge",
    )
    d.differentiate(
        "gradient",
        Eq(
            Derivative(surrogate(theta, nudge), theta),
            (Derivative(free(theta, nudge), theta) - Derivative(free(theta, 0), theta)) / nudge,
        ),
        theta,
        "in the parameter",
        of="surrogate",
    )
    d.substitute(
        "estimate",
        Eq(
            Derivative(surrogate(theta, nudge), theta),
            (mean(theta, nudge) - mean(theta, 0)) / nudge,
        ),
        ["mean product", "at rest"],
        "exactly the one-sided estimate, with means in place of products",
        of="gradient",
    )
    return d


def scaling() -> Derivation:
    """What a finite nudge does to the length of the parameters of an energy linear in them."""
    nudge = sp.Symbol("beta", positive=True)
    free, nudged, product = sp.symbols("E_0 E_beta G", real=True)
    d = Derivation(
        "Parameters in which the energy is linear",
        source="derived here; the conservation is that of arXiv:2606.15444",
        symbols={
            product: "scalar product of the parameters with the one-sided estimate",
            free: "energy at the free equilibrium; E_beta at the nudged one",
        },
    )
    d.define(
        "product",
        Eq(product, (nudged - free) / nudge),
        "parameters times local products are the energy itself, at either state",
    )
    d.assume("least", sp.Ge(nudged, free), "the free state is the minimum of the energy")
    d.nonnegative(
        "shrinks",
        (nudged - free) / nudge,
        "descent along a one-sided estimate makes the parameters shorter; with the other sign of "
        "the "
        "nudge longer",
    )
    return d
