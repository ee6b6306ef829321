"""Derivations: reduction to singular values, tilted Gaussian moments, conservation laws."""

from __future__ import annotations

import sympy as sp
from sympy import Eq

from theory.derivation import Derivation

SOURCE = "derived here"


def reduction() -> Derivation:
    """The mean update keeps the singular vectors, whatever the size of the network."""
    left, left_t, right_t = sp.symbols("U U^T V^T", commutative=False)
    values, eigenvalues = sp.symbols("S Lambda", commutative=False)
    weights, predictor, predictor_t = sp.symbols("W P P^T", commutative=False)
    moment, cross, update = sp.symbols("C_xx C_yx G", commutative=False)
    c1 = sp.Symbol("c_1", positive=True)
    derivation = Derivation(
        "The mean update moves singular values only",
        source=SOURCE,
        symbols={
            weights: "weights, units times inputs; matrices of any size, which do not commute",
            left: "left singular vectors, an orthogonal matrix; V those on the side of the inputs",
            values: "singular values s, a diagonal matrix",
            predictor: "predictor, with the left singular vectors as eigenvectors",
            eigenvalues: "its eigenvalues lambda, a diagonal matrix",
            moment: "mean of x x^T over online views x",
            cross: "mean of y x^T with target views y of the same input",
            c1: "second moment of an online feature, 1 + sigma^2",
            update: "minus the mean gradient of |P W x - y_held|^2 / 2 in W, y_held = W y",
        },
    )
    derivation.define("weights", Eq(weights, left * values * right_t), "singular values")
    derivation.define("predictor", Eq(predictor, left * eigenvalues * left_t), "shares U")
    derivation.assume("orthogonal", Eq(left_t, left**-1), "U^T U = 1")
    derivation.assume("symmetric", Eq(predictor_t, predictor), "and so is P")
    derivation.define(
        "update",
        Eq(update, predictor_t * (weights * cross - predictor * weights * moment)),
        "error times input, sent back through the predictor, averaged",
    )
    derivation.assume("online moment", Eq(moment, c1), "white features: c_1 times the identity")
    derivation.assume("cross moment", Eq(cross, 1), "both views show the same input: the identity")
    derivation.substitute(
        "in matrices",
        Eq(update, predictor * (weights - c1 * predictor * weights)),
        ["symmetric", "online moment", "cross moment"],
        "put in",
        of="update",
    )
    derivation.substitute(
        "Euclidean",
        Eq(update, left * (eigenvalues * values - c1 * eigenvalues**2 * values) * right_t),
        ["weights", "predictor", "orthogonal"],
        "diagonal in the same basis: each singular value moves at s lambda (1 - c_1 lambda)",
    )
    a, b, other = sp.symbols("a_1 b_1 a_j", real=True)
    s1, p1 = sp.symbols("s_1 lambda_1", positive=True)
    squares, lengths = sp.symbols("Q Z", positive=True)
    rest = sp.Symbol("X", real=True)
    entry = sp.Function("h")
    q, z = p1 * s1 * a, s1 * b
    length, size = sp.sqrt(q**2 + squares), sp.sqrt(z**2 + lengths)
    derivation.define(
        "off-diagonal",
        Eq(entry(a, b), other * (z / (length * size) - (q * z + rest) * q / (length**3 * size))),
        "the cosine update's entry for unit 1 and input j: a_j times the gradient for mode 1, "
        "with sums X, Q, Z over all other modes",
    )
    derivation.substitute(
        "odd",
        Eq(
            entry(-a, -b),
            -other * (z / (length * size) - (q * z + rest) * q / (length**3 * size)),
        ),
        {a: -a, b: -b},
        "flipping the sign of mode 1 in both views leaves the Gaussian law and both lengths as "
        "they are and turns the entry around: its mean is zero, so the basis stays here, too",
    )
    return derivation


def bridge() -> Derivation:
    """Weights move, representations follow: the flow of W is the flow of z of lesson 1."""
    left, left_t, right_t = sp.symbols("U U^T V^T", commutative=False)
    values, eigenvalues = sp.symbols("S Lambda", commutative=False)
    x, weights, update = sp.symbols("x W G", commutative=False)
    z, velocity, rotated, moved = sp.symbols(r"z \dot{z} \hat{z} \dot{\hat{z}}", commutative=False)
    c1 = sp.Symbol("c_1", positive=True)
    derivation = Derivation(
        "Weights move, representations follow",
        source="derived here; for deep networks the same step needs a constant tangent kernel",
        symbols={
            x: "any one input, a column",
            z: "its representation, W x",
            weights: "weights, units times inputs; matrices of any size, which do not commute",
            update: "mean update of the weights, from the previous derivation",
            left: "left singular vectors, an orthogonal matrix; V those on the side of the inputs",
            values: "singular values, a diagonal matrix",
            eigenvalues: "eigenvalues of the predictor, a diagonal matrix",
            rotated: "the representation in the eigenbasis, U^T z",
        },
    )
    derivation.define("representation", Eq(z, left * values * right_t * x), "W x, decomposed")
    derivation.define("weights", Eq(weights, left * values * right_t), "singular values")
    derivation.define("velocity", Eq(velocity, update * x), "the input stays, the weights move")
    derivation.assume("orthogonal", Eq(left_t, left**-1), "U^T U = 1")
    derivation.assume(
        "mean update",
        Eq(update, left * (eigenvalues * values - c1 * eigenvalues**2 * values) * right_t),
        "the Euclidean result of the previous derivation; S and Lambda are diagonal",
    )
    derivation.substitute(
        "moved",
        Eq(velocity, left * (eigenvalues - c1 * eigenvalues**2) * values * right_t * x),
        "mean update",
        "put in: every input answers to what all inputs taught the weights",
        of="velocity",
    )
    derivation.define("eigenbasis", Eq(rotated, left_t * z), "the coordinates of lesson 1")
    derivation.define("its velocity", Eq(moved, left_t * velocity), "U does not move")
    derivation.substitute(
        "in modes",
        Eq(rotated, values * right_t * x),
        ["representation", "orthogonal"],
        "what an input puts into each mode",
        of="eigenbasis",
    )
    derivation.rewrite(
        "read back", Eq(values * right_t * x, rotated), "from right to left", of="in modes"
    )
    derivation.substitute(
        "velocity in modes",
        Eq(moved, (eigenvalues - c1 * eigenvalues**2) * values * right_t * x),
        ["moved", "orthogonal"],
        "rotated",
        of="its velocity",
    )
    derivation.substitute(
        "Theorem 1",
        Eq(moved, (eigenvalues - c1 * eigenvalues**2) * rotated),
        "read back",
        "mode by mode lambda (1 - c_1 lambda) z: the flow that lesson 1 took as its premise, now "
        "with the mean over all inputs and no assumption on the kernel",
    )
    return derivation


def tilted_gaussian() -> Derivation:
    """Schwinger's formula, and determinant and inverse of the tilted covariance of one mode."""
    c1, c2 = sp.symbols("c_1 c_2", positive=True)
    a, b = sp.symbols("A B", positive=True)
    length, s = sp.symbols("n s", positive=True)
    q = 1 + 2 * c1 * a + 2 * c2 * b + 4 * (c1 * c2 - 1) * a * b
    covariance = sp.ImmutableMatrix([[c1, 1], [1, c2]])
    tilt = sp.ImmutableMatrix([[2 * a, 0], [0, 2 * b]])
    tilted = sp.ImmutableMatrix([[c1 + 2 * (c1 * c2 - 1) * b, 1], [1, c2 + 2 * (c1 * c2 - 1) * a]])
    derivation = Derivation(
        "Moments of a normalised Gaussian as Gaussian moments",
        source=SOURCE,
        symbols={
            length: "length of a vector",
            c1: "second moments of the two views, 1 + sigma^2; their covariance is 1",
            a: "exponents that the two norms add to one mode",
        },
        domain={c1: (1, sp.oo), c2: (1, sp.oo)},
    )
    gaussian, steeper = sp.Function("f"), sp.Function("g")
    derivation.define(
        "Gaussian", Eq(gaussian(s), 1 / sp.sqrt(s * sp.pi) * sp.exp(-s * length**2)), "in length"
    )
    derivation.integrate(
        "Schwinger",
        1 / length,
        (s, 0, sp.oo),
        "an inverse norm is an integral of Gaussians",
    )
    derivation.define("times 2 s", Eq(steeper(s), 2 * s * gaussian(s)), "one more factor")
    derivation.substitute(
        "steeper", 2 * sp.sqrt(s / sp.pi) * sp.exp(-s * length**2), "Gaussian", "put in"
    )
    derivation.integrate("third power", length**-3, (s, 0, sp.oo), "likewise the third power")
    identity = sp.eye(2)
    derivation.identity(
        "determinant",
        Eq((identity + covariance * tilt).det(), q),
        "each mode contributes one over the square root of it to the weight",
    )
    derivation.identity(
        "inverse",
        Eq((covariance.inv() + tilt).inv(), tilted / q, evaluate=False),
        "the covariance of one mode under the tilted Gaussian",
    )
    derivation.identity(
        "shortcut",
        Eq(tilted[0, 0] * tilted[1, 1], 1 + (c1 * c2 - 1) * q),
        "the product of its two variances needs no further pass over the nodes",
    )
    return derivation
