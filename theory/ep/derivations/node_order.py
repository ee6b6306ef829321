"""The order of a difference of local products on several nudges, and nodes that reach more."""

from __future__ import annotations

from itertools import combinations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation


def order_of_nodes(count: int = 3) -> Derivation:
    """When the weights through some nodes reach an order that equals their number."""
    nodes = sp.symbols(f"b_1:{count + 1}", real=True)
    weights = sp.symbols(f"w_1:{count + 1}", real=True)
    d = Derivation(
        f"The order of a difference on {count} nodes",
        source="derived here",
        symbols={nodes[0]: "a nudge; all are different", weights[0]: "its weight in the estimate"},
    )
    moments = [sum(w * b**k for w, b in zip(weights, nodes, strict=True)) for k in range(count + 1)]
    products = [
        sum(sp.Mul(*chosen) for chosen in combinations(nodes, k)) for k in range(1, count + 1)
    ]
    terms = [(-1) ** (k + 1) * e * moments[count - k] for k, e in enumerate(products, start=1)]
    d.identity(
        "every node is a root",
        Eq(moments[count], sp.Add(*terms, evaluate=False), evaluate=False),
        "of the polynomial that has all of them for its roots; summed with the weights",
    )
    for k in range(count):
        d.assume(
            f"moment {k}",
            Eq(moments[k], int(k == 1)),
            "a derivative in the nudge" if k < 2 else "the highest order that the weights allow",
        )
    result = (-1) ** count * products[count - 2]
    d.substitute(
        "next moment",
        Eq(moments[count], result),
        [f"moment {k}" for k in range(count)],
        "the factor of the leading bias: zero where the reciprocals of the nodes sum to zero, "
        "never "
        "with the free state among them",
        of="every node is a root",
    )
    return d
