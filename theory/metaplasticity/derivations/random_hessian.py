"""Derivations for random Hessians: effective curvature and noise from the spectrum."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation

SOURCE = "derived here; approximate message passing, Bayati and Montanari 2011"


def effective_ridge() -> Derivation:
    """From the resolvent of any spectrum to the effective curvature."""
    ridge, chi, eigenvalue = sp.symbols("zeta chi lambda", positive=True)
    free = sp.Symbol("f", positive=True)
    curvature = sp.Symbol(r"\hat{E}", positive=True)
    derivation = Derivation(
        "The free weights act like a ridge",
        source=SOURCE,
        symbols={
            ridge: "effective ridge",
            chi: "mean of 1/(eigenvalue + ridge)",
            free: "fraction of free weights",
            curvature: "effective curvature that one synapse feels",
        },
    )
    derivation.given("mode", eigenvalue / (eigenvalue + ridge), "freedom of a mode under a ridge")
    derivation.rewrite(
        "one eigenvalue",
        1 - ridge / (eigenvalue + ridge),
        "1 for stiff modes, 0 for soft ones",
    )
    derivation.given(
        "freedom", Eq(free, 1 - ridge * chi), "their mean is the fraction of free weights"
    )
    derivation.solve("ridge", Eq(ridge, (1 - free) / chi), ridge, "all free means no ridge")
    derivation.given(
        "R-transform", Eq(curvature, 1 / chi - ridge), "R(-chi): the spectrum's R-transform"
    )
    derivation.substitute(
        "curvature",
        Eq(curvature, free / chi),
        "ridge",
        "response of a free weight, 1 over the effective curvature, times their fraction is chi",
    )
    return derivation


def gaussian_design() -> Derivation:
    """H = A'A with Gaussian A: effective curvature, noise and loss in closed form."""
    ridge, chi, z = sp.symbols("zeta chi z", real=True)
    ratio, free, noise = sp.symbols("delta f tau", positive=True)
    curvature, error = sp.Symbol(r"\hat{E}"), sp.Symbol("Q", positive=True)
    loss, transform = sp.Symbol("L/d"), sp.Function("R")
    derivation = Derivation(
        "Gaussian design matrix with n = delta d rows",
        source=SOURCE,
        symbols={
            noise: "standard deviation of what all other synapses add to the optimum of one",
            error: "mean squared distance of the mean binary weight from the optimum",
        },
        domain={ratio: (1, 20), free: (0, 1), chi: (0, 5)},
    )
    derivation.given(
        "resolvent",
        Eq(ridge * chi**2 / ratio + (ridge + 1 - 1 / ratio) * chi - 1, 0),
        "the Marchenko-Pastur law",
    )
    derivation.substitute(
        "free",
        Eq(chi * (1 - free / ratio) - free, 0),
        {ridge: (1 - free) / chi},
        "the ridge in terms of the free fraction",
    )
    derivation.solve("response", Eq(chi, free / (1 - free / ratio)), chi, "linear in the response")
    derivation.given("effective", Eq(curvature, free / chi), "free weights carry the response")
    derivation.substitute(
        "curvature",
        Eq(curvature, 1 - free / ratio),
        "response",
        "the free weights take over a part of every synapse's curvature: the high-dimensional "
        "counterpart of the Schur complement",
    )
    derivation.given("R", Eq(transform(z), 1 / (1 - z / ratio)), "R-transform of this law")
    derivation.differentiate(
        "R'", Eq(sp.Derivative(transform(z), z), 1 / (ratio * (1 - z / ratio) ** 2)), z, "its slope"
    )
    derivation.given(
        "noise",
        Eq(noise**2, error / (ratio * (1 + chi / ratio) ** 2) / (1 - free / ratio) ** 2),
        "Q R'(-chi) over the squared effective curvature",
    )
    derivation.substitute(
        "state evolution",
        Eq(noise**2, error / ratio),
        "response",
        "the fixed point of state evolution",
    )
    derivation.given(
        "energy",
        Eq(loss, curvature * (error - noise**2 * free) / 2),
        "minus half the mean of v times (s - W*)",
    )
    derivation.substitute(
        "loss",
        Eq(loss, ratio * noise**2 * (1 - free / ratio) ** 2 / 2),
        [{error: ratio * noise**2}, "curvature"],
        "insert both",
    )
    return derivation


def uniform_spectrum() -> Derivation:
    """Eigenvalues uniform in an interval: the R-transform is a Langevin function."""
    ridge, chi, x = sp.symbols("zeta chi lambda", positive=True)
    half = sp.Symbol("h", positive=True)
    centre, transform = sp.Symbol("mu", positive=True), sp.Symbol(r"R(-\chi)")
    derivation = Derivation(
        "Eigenvalues uniform in an interval",
        source="derived here",
        symbols={centre: "centre of the interval", half: "half of its width", chi: "response"},
        domain={centre: (2, 3), half: (sp.Rational(1, 2), 1), chi: (0, 2)},
    )
    derivation.given("density", 1 / (2 * half * (x + ridge)), "resolvent times uniform density")
    derivation.integrate(
        "response",
        sp.log((centre + half + ridge) / (centre - half + ridge)) / (2 * half),
        (x, centre - half, centre + half),
        "average over the interval",
    )
    derivation.given(
        "equation",
        Eq(
            sp.exp(2 * half * chi) * (centre - half + ridge) - (centre + half + ridge),
            0,
        ),
        "set the average to chi and take the exponential",
    )
    derivation.solve(
        "ridge",
        Eq(ridge, half * sp.coth(half * chi) - centre),
        ridge,
        "linear in the ridge",
    )
    derivation.given("transform", Eq(transform, 1 / chi - ridge), "definition of the R-transform")
    derivation.substitute(
        "Langevin",
        Eq(transform, centre - half * (sp.coth(half * chi) - 1 / (half * chi))),
        "ridge",
        "the effective curvature: the centre, lowered by half the width times the Langevin "
        "function "
        "of half the width times the response",
    )
    return derivation


def scalar_problem() -> Derivation:
    """The comparison problem: one number, the noise, decides everything."""
    e, z = sp.symbols("e z", real=True)
    length, ratio, noise = sp.symbols("r delta tau", positive=True)
    lagrangian = sp.Function("j")
    derivation = Derivation(
        "One synapse of the comparison problem",
        source="convex Gaussian min-max theorem, Thrampoulidis, Abbasi and Hassibi 2018",
        symbols={
            e: "binary mean minus optimum of one synapse, in an interval of length 2",
            z: "standard normal number",
            length: "root mean square of e over all synapses",
            noise: "the noise, root mean square error over root of delta",
        },
    )
    derivation.given(
        "share",
        Eq(lagrangian(e), e**2 / (2 * length) - z * e / sp.sqrt(ratio)),
        "one synapse's share of the comparison functional, norm of e minus g.e over root of delta",
    )
    derivation.differentiate(
        "slope",
        Eq(sp.Derivative(lagrangian(e), e), e / length - z / sp.sqrt(ratio)),
        e,
        "it is convex: one minimum in every interval",
    )
    derivation.given("stationary", Eq(e / length - z / sp.sqrt(ratio), 0), "minimum inside")
    derivation.solve("minimum", Eq(e, length * z / sp.sqrt(ratio)), e, "else the nearer end")
    derivation.substitute(
        "noise",
        Eq(e, noise * z),
        {length: noise * sp.sqrt(ratio)},
        "so the binary mean is the optimum plus noise, clipped to the box; the root mean square of "
        "e must be what was put in: the fixed-point equation",
    )
    return derivation
