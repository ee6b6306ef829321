"""Derivations for recall: by a network, and as the gate of a slow store."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation


def recall_gate() -> Derivation:
    """What a slow store holds of a reliable pattern, gated and not."""
    m, after = sp.symbols("m m_1", real=True)
    e, r = sp.symbols("epsilon rho", positive=True)
    s = sp.Symbol("s", positive=True)
    T = sp.Symbol("T", integer=True, positive=True)
    share = sp.Function("M")
    derivation = Derivation(
        "A gate made of recall",
        source="derived here; model of Lindsey and Litwin-Kumar 2024",
        symbols={
            m: "overlap of the slow store with the reliable pattern, before it is shown",
            after: "the same just after",
            s: "flip probability of slow synapses",
            r: "share of reliable presentations that pass the gate; epsilon: of novel patterns",
            T: "steps from one reliable presentation to the next",
        },
        domain={s: (0, 1)},
    )
    derivation.assume("shown", Eq(after, m + s * r * (1 - m)), "it is learned if it passes")
    derivation.assume(
        "round", Eq(m, after - s * e * (T - 1) * after), "T - 1 novel patterns, to first order in s"
    )
    derivation.substitute(
        "balance",
        Eq(m, (m + s * r * (1 - m)) * (1 - s * e * (T - 1))),
        "shown",
        "what a round takes it gives back",
    )
    full = r * (1 - s * e * (T - 1)) / (r * (1 - s * e * (T - 1)) + e * (T - 1))
    derivation.given("stationary memory", full, "the solution of the balance, put back below")
    derivation.identity(
        "put back",
        Eq(full, (full + s * r * (1 - full)) * (1 - s * e * (T - 1))),
        "it balances",
    )
    derivation.limit(
        "slow store", r / (r + e * (T - 1)), s, 0, "its share of all that the store learned",
        of="stationary memory", direction="+",
    )  # fmt: skip
    derivation.define("share", Eq(share(r, e), r / (r + e * (T - 1))), "of slow synapses")
    derivation.substitute(
        "no gate", Eq(share(1, 1), 1 / T), {r: 1, e: 1}, "everything passes: one pattern in T"
    )
    return derivation


def network_and_observer() -> Derivation:
    """How much older a memory an ideal observer of all couplings reads than the network recalls."""
    N, D, V, kappa = sp.symbols("N D V kappa", positive=True)
    seen, recalled = sp.symbols("t_o t_n", positive=True)
    ratio = sp.Function("Q")
    derivation = Derivation(
        "Observer and network",
        source="derived here, on the heat kernel of the beakers",
        symbols={
            N: "neurons; the observer sees all N^2 couplings, a neuron its own N",
            D: "diffusion constant of the chain, whose response is 1/root(pi D t)",
            V: "variance of a coupling, for one unit input a pattern",
            kappa: "signal to noise that a neuron needs for recall",
            seen: "age of the oldest memory that the observer reads; t_n: that is recalled",
        },
    )
    derivation.assume(
        "observer", Eq(N**2 / (sp.pi * D * seen), V), "squared signal and noise of all couplings"
    )
    derivation.solve("read", Eq(seen, N**2 / (sp.pi * D * V)), seen, "quadratic in neurons")
    derivation.assume(
        "network",
        Eq(N / (sp.pi * D * recalled), kappa**2 * V),
        "squared signal and noise in the field of one neuron",
    )
    derivation.solve(
        "kept", Eq(recalled, N / (sp.pi * D * V * kappa**2)), recalled, "linear in them"
    )
    derivation.define("ratio", Eq(ratio(N), seen / recalled), "of the two ages")
    derivation.substitute(
        "gap", Eq(ratio(N), kappa**2 * N), ["read", "kept"], "what dynamics cannot read out"
    )
    return derivation
