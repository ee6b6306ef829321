"""Derivations for rules off the plane of nudges: outputs that are held, parameters that move."""

from __future__ import annotations

import sympy as sp
from sympy import Derivative, Eq, Ge

from theory.derivation import Derivation


def coupled_learning() -> Derivation:
    """What coupled learning descends: a mixture of two directions, for two outputs."""
    theta = sp.Symbol("theta", real=True)
    held, target = sp.symbols("o_1:3", real=True), sp.symbols("y_1:3", real=True)
    share = sp.Symbol("eta", positive=True)
    named = {n: sp.Function(n, real=True) for n in ("s_1", "s_2", "K_11", "K_12", "K_22")}
    s = [named["s_1"](theta), named["s_2"](theta)]
    k = [[named["K_11"](theta), named["K_12"](theta)], [named["K_12"](theta), named["K_22"](theta)]]
    names = ("E_0", "E", "R", "L_K", "Q")
    free, energy, rule, stiff, mixed = (sp.Function(n, real=True) for n in names)

    def form(matrix, left, right):
        return sum(matrix[a][b] * left[a] * right[b] for a in (0, 1) for b in (0, 1))

    slope_s = [Derivative(one, theta) for one in s]
    slope_k = [[Derivative(one, theta) for one in row] for row in k]
    away = [o - one for o, one in zip(held, s, strict=True)]
    error = [one - y for one, y in zip(s, target, strict=True)]
    d = Derivation(
        "Outputs held a share nearer to their targets",
        source="derived here; the rule is that of Stern et al. 2021",
        symbols={
            energy(theta, *held): "least energy with the outputs held at o_1, o_2",
            free(theta): "least energy with the outputs free",
            s[0]: "free outputs; y_1, y_2 their targets",
            k[0][0]: "stiffness of the outputs, the inverse of the compliance M",
            share: "share of the way to the targets at which the outputs are held",
            rule(theta, *held): "the difference of what both states say, over the share",
            stiff(theta): "squared error measured by the stiffness",
        },
    )
    d.assume(
        "held",
        Eq(energy(theta, *held), free(theta) + form(k, away, away) / 2),
        "linear response; exact for a quadratic energy",
    )
    d.differentiate(
        "slope while held",
        Eq(
            Derivative(energy(theta, *held), theta),
            Derivative(free(theta), theta) + form(slope_k, away, away) / 2 - form(k, slope_s, away),
        ),
        theta,
        "where the outputs are held does not depend on the parameter",
    )
    d.define(
        "rule",
        Eq(
            rule(theta, *held),
            (Derivative(energy(theta, *held), theta) - Derivative(free(theta), theta)) / share,
        ),
        "held minus free",
    )
    d.substitute(
        "rule at any place",
        Eq(rule(theta, *held), (form(slope_k, away, away) / 2 - form(k, slope_s, away)) / share),
        "slope while held",
        "the free energy drops out",
    )
    place = {o: one + share * (y - one) for o, one, y in zip(held, s, target, strict=True)}
    d.substitute(
        "at the share",
        Eq(
            rule(theta, *place.values()),
            form(k, slope_s, error) + share * form(slope_k, error, error) / 2,
        ),
        place,
        "to first order every error is multiplied by the stiffness",
    )
    d.define("loss", Eq(stiff(theta), form(k, error, error) / 2), "of the stiffness")
    d.differentiate(
        "its gradient",
        Eq(
            Derivative(stiff(theta), theta),
            form(k, slope_s, error) + form(slope_k, error, error) / 2,
        ),
        theta,
        "with held outputs on the targets, at a share of 1, the rule is this gradient",
    )
    d.define(
        "mixture",
        Eq(
            mixed(theta),
            (1 - share) * form(k, slope_s, error) + share * Derivative(stiff(theta), theta),
        ),
        "of the small share's direction and this gradient",
    )
    d.substitute(
        "the same",
        Eq(mixed(theta), form(k, slope_s, error) + share * form(slope_k, error, error) / 2),
        "its gradient",
        "what the rule is at the share",
    )
    return d


def moving_parameters() -> Derivation:
    """Agnostic equilibrium propagation lowers its surrogate while its springs are stiff enough."""
    before, after, control = sp.symbols("theta theta_1 u", real=True)
    compliance, nudge = sp.symbols("epsilon beta", positive=True)
    free, free_1, nudged, nudged_1 = sp.symbols("F F_1 N N_1", real=True)
    product, pull = sp.symbols("P P_1", real=True)
    softness = sp.Symbol("kappa", nonnegative=True)
    d = Derivation(
        "Parameters that relax along with the states",
        source="derived here; the rule is that of Scellier et al. 2022",
        symbols={
            before: "parameter at rest in the free phase, theta_1 in the nudged one",
            control: "where the spring of the parameter is held, its stiffness being 1/epsilon",
            free: "least energy of the states at theta, F_1 at theta_1",
            nudged: "least nudged energy of the states at theta, N_1 at theta_1",
            product: "slope of the least energy at theta",
            pull: "slope of the least nudged energy at theta_1",
            softness: "largest downward curvature of the least energy between theta and theta_1",
        },
    )
    d.assume(
        "rest", Eq(control, before + compliance * product), "the spring is set so in the free phase"
    )
    d.assume(
        "balance",
        Eq(pull, (control - after) / compliance),
        "at rest in the nudged phase, the spring against the slope of the nudged energy",
    )
    d.substitute(
        "pull",
        Eq(pull, (before + compliance * product - after) / compliance),
        "rest",
        "the spring stays where it is",
    )
    d.rewrite(
        "step",
        Eq(after, before - compliance * (pull - product)),
        "the one-sided rule with a learning rate of epsilon times beta, its nudged product taken "
        "at the new parameter",
    )
    d.assume(
        "least",
        Ge(
            nudged + (before - control) ** 2 / (2 * compliance),
            nudged_1 + (after - control) ** 2 / (2 * compliance),
        ),
        "states and parameters settle together at the least nudged energy",
    )
    d.substitute(
        "least, spring put in",
        Ge(
            nudged + compliance * product**2 / 2,
            nudged_1 + (after - before - compliance * product) ** 2 / (2 * compliance),
        ),
        "rest",
        "its pull is the slope of the least energy",
    )
    d.assume(
        "softness",
        Ge(free_1, free + product * (after - before) - softness * (after - before) ** 2 / 2),
        "the least of energies that are linear in the parameter bends downwards, kappa at most",
    )
    d.nonnegative(
        "falls",
        Ge(
            (nudged - free) / nudge,
            (nudged_1 - free_1) / nudge
            + (1 / compliance - softness) * (after - before) ** 2 / (2 * nudge),
        ),
        "the surrogate loss, for any nudge, wherever the spring is stiffer than the energy is soft",
        using=["least, spring put in", "softness"],
    )
    return d
