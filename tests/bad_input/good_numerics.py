"""Good arguments of the public callables of theory.numerics."""

import numpy as np
import sympy as sp
from values import uneven

RECORDS = set()
MEANT = {("log_cosh", "x", "infinite")}
COMPLEX = {"expression"}
NAN: set = set()
X = sp.Symbol("x")
BY_NAME = {
    "inputs": lambda: uneven(5, 3),
    "output_gradients": lambda: uneven(5, 2),
    "matrix": lambda: np.array([[2.0, 0.5], [0.5, 1.0]]),
}
CALLS = {
    "log_cosh": lambda: {"x": np.array([0.1, 2.0])},
    "numeric_function": lambda: {"arguments": [X], "expression": X**2 + 1},
}
