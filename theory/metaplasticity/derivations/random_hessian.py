"""Derivations for random Hessians: effective curvature and noise from the spectrum."""

from __future__ import annotations

import sympy as sp
from sympy import Eq, Ge

from theory.derivation import Derivation
from theory.metaplasticity.derivations.spectra import effective_ridge

SOURCE = "derived here; approximate message passing, Bayati and Montanari 2011"
STATE_EVOLUTION = (
    "Bayati and Montanari 2011 for Gaussian designs; Gerbelot, Abbara and Krzakala 2020 for "
    "rotationally invariant ones"
)
ridge, chi, free = sp.symbols("zeta chi f", positive=True)
ratio, noise = sp.symbols("delta tau", positive=True)
curvature = sp.Symbol(r"\hat{E}")


def mean_times_noise() -> Derivation:
    """Stein's lemma for a clipped Gaussian: its covariance with the noise is the free fraction."""
    z, w, low, high = sp.symbols("z w a b", real=True)
    overlap = sp.Symbol("C")
    derivation = Derivation(
        "Covariance of a clipped number and its noise",
        source="Stein 1981, for the function that clips; derived here",
        symbols={
            z: "standard normal number",
            w: "optimum of a synapse",
            noise: "standard deviation of the noise",
            low: "z below which w + tau z is clipped to -1",
            high: "z above which it is clipped to 1",
            overlap: "mean of z times the clipped w + tau z",
            free: "probability that nothing is clipped",
        },
    )

    def normal(at):
        return sp.exp(-(at**2) / 2) / sp.sqrt(2 * sp.pi)

    def between(start, end):
        return (sp.erf(end / sp.sqrt(2)) - sp.erf(start / sp.sqrt(2))) / 2

    parts = {}

    def integrated(name, function, factor, limits, value, reason):
        part = sp.Function(function)
        derivation.define("of " + name, Eq(part(z), factor * normal(z)), reason)
        derivation.integrate(name, value, (z, *limits), "integrate")
        parts[name] = sp.Integral(part(z), (z, *limits))

    integrated("probability", "p", 1, (low, high), between(low, high), "the normal density")
    integrated(
        "middle",
        "q",
        z * (w + noise * z),
        (low, high),
        noise * between(low, high)
        - (w + noise * high) * normal(high)
        + (w + noise * low) * normal(low),
        "not clipped",
    )
    integrated("above", "u", z, (high, sp.oo), normal(high), "clipped to 1")
    integrated("below", "l", -z, (-sp.oo, low), normal(low), "clipped to -1")
    derivation.assume("inside", Eq(free, parts["probability"]), "nothing is clipped")
    derivation.substitute("f", Eq(free, between(low, high)), "probability", "its value")
    upper = sp.erf(high / sp.sqrt(2))
    derivation.solve(
        "backwards", Eq(upper, 2 * free + sp.erf(low / sp.sqrt(2))), upper, "for later", of="f"
    )
    derivation.define(
        "overlap", Eq(overlap, parts["below"] + parts["middle"] + parts["above"]), "three parts"
    )
    derivation.substitute(
        "total",
        Eq(
            overlap,
            noise * free
            + (1 - w - noise * high) * normal(high)
            + (1 + w + noise * low) * normal(low),
        ),
        ["below", "middle", "above", "backwards"],
        "insert them",
    )
    derivation.assume("upper edge", Eq(high, (1 - w) / noise), "w + tau z is 1 there")
    derivation.assume("lower edge", Eq(low, -(1 + w) / noise), "w + tau z is -1 there")
    derivation.substitute(
        "Stein",
        Eq(overlap, noise * free),
        ["upper edge", "lower edge"],
        "the terms of the edges vanish: for every w, and so on the average over w",
        of="total",
    )
    return derivation


def gaussian_design() -> Derivation:
    """H = A'A with Gaussian A: effective curvature, noise and loss in closed form."""
    error, overlap = sp.Symbol("Q", positive=True), sp.Symbol("C")
    loss, transform = sp.Symbol(r"\ell"), sp.Function("r")
    ridged = effective_ridge()
    derivation = Derivation(
        "Gaussian design matrix with n = delta d rows",
        source=SOURCE,
        symbols={
            noise: "standard deviation of what all other synapses add to the optimum of one",
            error: "mean squared distance of the mean binary weight from the optimum",
            free: "fraction of free weights",
            transform(chi): "R(-chi), R the R-transform of the spectrum",
            overlap: "mean of x Z: x the mean binary weight less the optimum, Z the noise / tau",
            loss: "loss of the mean binary weights per synapse",
        },
        domain={ratio: (1, sp.oo), free: (0, 1)},
    )
    derivation.quote(
        "resolvent",
        Eq(ridge * chi**2 / ratio + (ridge + 1 - 1 / ratio) * chi - 1, 0),
        "the resolvent of a Gaussian design",
        source="Marchenko and Pastur 1967",
    )
    above = "the derivation of the ridge"
    derivation.quote("ridge", ridged["ridge"], "the ridge of the free weights", source=above)
    derivation.quote("effective", ridged["curvature"], "the effective curvature", source=above)
    derivation.substitute(
        "free",
        Eq(chi * (1 - free / ratio) - free, 0),
        "ridge",
        "the ridge in terms of the free fraction",
        of="resolvent",
    )
    derivation.solve("response", Eq(chi, free / (1 - free / ratio)), chi, "linear in the response")
    derivation.substitute(
        "curvature",
        Eq(curvature, 1 - free / ratio),
        "response",
        "the free weights take over a part of every synapse's curvature: the high-dimensional "
        "counterpart of the Schur complement",
        of="effective",
    )
    derivation.solve("share", Eq(free, ratio * chi / (ratio + chi)), free, "backwards", of="free")
    derivation.substitute(
        "by the response",
        Eq(curvature, 1 / (1 + chi / ratio)),
        "share",
        "the curvature is the R-transform at minus the response",
        of="effective",
    )
    derivation.define(
        "R", Eq(transform(chi), 1 / (1 + chi / ratio)), "the curvature as a function of chi"
    )
    slope = sp.Derivative(transform(chi), chi)
    derivation.differentiate(
        "R'", Eq(slope, -1 / (ratio * (1 + chi / ratio) ** 2)), chi, "minus R'(-chi)"
    )
    derivation.quote(
        "noise",
        Eq(noise**2, -error * slope / curvature**2),
        "the fixed point of state evolution, for any spectrum: Q R'(-chi) over the squared "
        "effective curvature",
        source=STATE_EVOLUTION,
    )
    derivation.substitute(
        "inserted",
        Eq(noise**2, error / (ratio * (1 + chi / ratio) ** 2 * curvature**2)),
        "R'",
        "insert the slope",
    )
    derivation.substitute(
        "state evolution",
        Eq(noise**2, error / ratio),
        "by the response",
        "the two squares cancel",
    )
    deviation, number, multiplier, share = sp.symbols("x_i Z v_i ell_i")
    derivation.quote(
        "multiplier",
        Eq(multiplier, curvature * (noise * number - deviation)),
        "the multiplier of a synapse: E (W* + tau Z - sbar)",
        source=STATE_EVOLUTION,
    )
    derivation.define(
        "loss of one",
        Eq(share, -multiplier * deviation / 2),
        "share of a synapse in the loss: half of x'Hx is minus half of v'x, as v = -H x",
    )
    derivation.substitute(
        "squares",
        Eq(share, curvature * (deviation**2 - noise * number * deviation) / 2),
        "multiplier",
        "insert it",
    )
    derivation.define(
        "energy",
        Eq(loss, curvature * (error - noise * overlap) / 2),
        "its mean over the synapses, term by term: Q is the mean of x^2, C that of x Z",
    )
    derivation.quote(
        "overlap",
        mean_times_noise()["Stein"],
        "Stein's lemma for a clipped number",
        source="the derivation of the covariance of a clipped number and its noise",
    )
    derivation.substitute(
        "free weights",
        Eq(loss, curvature * (error - noise**2 * free) / 2),
        "overlap",
        "insert it",
        of="energy",
    )
    derivation.solve(
        "error", Eq(error, ratio * noise**2), error, "read backwards", of="state evolution"
    )
    derivation.substitute(
        "loss",
        Eq(loss, ratio * noise**2 * (1 - free / ratio) ** 2 / 2),
        ["error", "curvature"],
        "insert both",
        of="free weights",
    )
    return derivation


def scalar_problem() -> Derivation:
    """The comparison problem: one number, the noise, decides everything."""
    e, z = sp.symbols("e z", real=True)
    length, norm = sp.symbols("r N", positive=True)
    lagrangian = sp.Function("j")
    derivation = Derivation(
        "One synapse of the comparison problem",
        source="convex Gaussian min-max theorem, Thrampoulidis, Abbasi and Hassibi 2018",
        symbols={
            e: "binary mean minus optimum of one synapse, in an interval of length 2",
            z: "standard normal number",
            norm: "norm of e: its root mean square over all synapses",
            length: "a positive number, at the minimum equal to the norm",
            lagrangian(e): "share of one synapse in the comparison functional",
            noise: "the noise, root mean square error over root of delta",
        },
    )
    derivation.nonnegative(
        "norm",
        Ge(norm**2 / (2 * length) + length / 2, norm),
        "the norm is the minimum over r of a mean of squares, which the synapses share",
    )
    derivation.define(
        "share",
        Eq(lagrangian(e), e**2 / (2 * length) - z * e / sp.sqrt(ratio)),
        "one synapse's share of the comparison functional, norm of e minus g.e over root of delta",
    )
    first = e / length - z / sp.sqrt(ratio)
    derivation.differentiate("slope", Eq(sp.Derivative(lagrangian(e), e), first), e, "its slope")
    derivation.differentiate(
        "convex",
        Eq(sp.Derivative(lagrangian(e), (e, 2)), 1 / length),
        e,
        "it is convex: one minimum in every interval",
    )
    derivation.assume("inside", Eq(sp.Derivative(lagrangian(e), e), 0), "minimum inside")
    derivation.substitute("stationary", Eq(0, first), "inside", "no slope there", of="slope")
    derivation.solve("minimum", Eq(e, length * z / sp.sqrt(ratio)), e, "else the nearer end")
    derivation.define("scale", Eq(noise, length / sp.sqrt(ratio)), "the noise")
    derivation.solve("length", Eq(length, noise * sp.sqrt(ratio)), length, "read backwards")
    derivation.substitute(
        "noise",
        Eq(e, noise * z),
        "length",
        "so the binary mean is the optimum plus noise, clipped to the box; the root mean square of "
        "e must be what was put in: the fixed-point equation",
        of="minimum",
    )
    return derivation
