"""Settings of every test process."""

import os

# Test processes run side by side: one thread of linear algebra each, before NumPy is loaded.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import pytest  # noqa: E402 (after the threads)


@pytest.fixture(scope="session")
def value():
    """Evaluate an expression of a derivation with all its symbols given by name."""

    def evaluate(expression, **named):
        symbols = {str(symbol): symbol for symbol in expression.free_symbols}
        assert set(symbols) == set(named), (set(symbols), set(named))
        found = complex(expression.subs({symbols[name]: v for name, v in named.items()}))
        return found if found.imag else found.real

    return evaluate
