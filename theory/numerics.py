"""Shared numerical pieces: SymPy to NumPy bridge, eigenvalues, stable log cosh."""

import numpy as np

from theory import checks
from theory.door import door


class NotConverged(RuntimeError):
    """An iteration stopped before it reached its tolerance.

    Parameters
    ----------
    message : str
        Sentence that names the solver and the remedy.
    residual : float
        Size of what should have vanished.
    iterations : int
        Number of iterations done.
    """

    def __init__(self, message, residual, iterations):
        super().__init__(f"{message} (residual {residual:.3g} after {iterations} iterations)")
        self.message = message
        self.residual = float(residual)
        self.iterations = int(iterations)

    def __reduce__(self):
        # Exceptions are rebuilt from args alone when they come back from a worker process.
        return type(self), (self.message, self.residual, self.iterations)


@door
def numeric_function(arguments, expression):
    """Turn symbolic expressions into a NumPy function that always broadcasts.

    Parameters
    ----------
    arguments : sympy Symbol or sequence of them
        Order of the arguments; undefined functions of symbols, such as ``w(t)``, are allowed.
    expression : sympy expression, matrix, or (nested) list of expressions
        Must contain no other symbols.

    Returns
    -------
    callable
        ``f(*values)`` with array_like values that broadcast to a shape S. An expression gives an
        array of shape S (also a constant does), a list of k gives (k, *S), an (n, k) matrix gives
        (n, k, *S). The dtype is float, or complex where an input or the expression is complex;
        for shape () the result is a NumPy scalar. Real inputs outside the real range of a root or
        a logarithm give nan, as in NumPy; pass complex inputs for the complex branch.

    Raises
    ------
    ValueError
        If the expression contains symbols that are no arguments, if a call has the wrong number of
        values, or if their shapes do not broadcast.

    Examples
    --------
    >>> import sympy as sp
    >>> x, y = sp.symbols("x y")
    >>> numeric_function((x, y), [x * y, sp.Integer(1)])([1.0, 2.0], 3.0)
    array([[3., 6.],
           [1., 1.]])
    """
    import sympy as sp  # late: simulations use this module without SymPy's import time

    arguments = tuple(arguments) if isinstance(arguments, list | tuple | sp.Tuple) else (arguments,)
    try:
        arguments = tuple(sp.sympify(argument, strict=True) for argument in arguments)
    except sp.SympifyError:
        raise TypeError(f"arguments must be symbols of SymPy, not {arguments!r}") from None
    try:
        entries, shape = _entries(expression)
    except (sp.SympifyError, TypeError, AttributeError):
        raise TypeError(
            f"expression must be an expression of SymPy or a list of them, not {expression!r}"
        ) from None
    # Names of symbols need not be valid Python, so every argument goes in under a name of ours.
    names = {argument: sp.Dummy(f"a{i}") for i, argument in enumerate(arguments)}
    entries = [entry.subs(names) for entry in entries]
    missing = set().union(*(entry.free_symbols for entry in entries)) - set(names.values())
    if missing:
        raise ValueError(
            f"the expression contains {', '.join(sorted(map(str, missing)))}, "
            f"but the arguments are {', '.join(map(str, arguments))}"
        )
    compiled = sp.lambdify(list(names.values()), entries, modules=["scipy", "numpy"], cse=True)
    complex_valued = any(entry.has(sp.I) for entry in entries)

    def function(*values):
        if len(values) != len(arguments):
            raise ValueError(
                f"{len(arguments)} values are needed, for {', '.join(map(str, arguments))}, "
                f"not {len(values)}"
            )
        arrays = [np.asarray(value) for value in values]
        # Integers would overflow or be divided down; negative powers of them even raise.
        arrays = [a if a.dtype.kind in "fc" else a.astype(float) for a in arrays]
        try:
            common = np.broadcast_shapes(*(a.shape for a in arrays))
        except ValueError:
            shapes = ", ".join(f"{s}: {a.shape}" for s, a in zip(arguments, arrays, strict=True))
            raise ValueError(f"the shapes of the values do not broadcast ({shapes})") from None
        dtype = np.result_type(*arrays, complex if complex_valued else float)
        result = np.empty((len(entries), *common), dtype)
        for row, value in enumerate(compiled(*arrays)):
            if dtype.kind == "f" and np.iscomplexobj(value):
                # Some SciPy functions are complex by type also where their value is real.
                real = np.abs(np.imag(value)) <= 1e-12 * np.abs(value)
                value = np.where(real, np.real(value), np.nan)
            result[row] = value
        return result.reshape(shape + common)[()]

    function.__doc__ = f"Value of {expression} for arrays {', '.join(map(str, arguments))}."
    return function


def _entries(expression):
    """Flat list of expressions and the shape that they fill."""
    import sympy as sp

    if isinstance(expression, sp.MatrixBase):
        return list(expression), expression.shape
    if isinstance(expression, list | tuple | sp.Tuple):
        parts = [_entries(part) for part in expression]
        shapes = {shape for _, shape in parts}
        if len(shapes) != 1:
            raise ValueError(f"expression: entries of a list need one shape, not {shapes}")
        return [entry for part, _ in parts for entry in part], (len(parts), *shapes.pop())
    entry = sp.sympify(expression)
    if not isinstance(entry, sp.Basic) or entry in (sp.nan, sp.oo, -sp.oo, sp.true, sp.false):
        raise TypeError("no finite expression")
    return [entry], ()


@door(matrix="array 2d+")
def eigh_fixed_sign(matrix):
    """Eigenvalues and eigenvectors of symmetric matrices, with the sign of each vector fixed.

    The component of largest magnitude of every eigenvector is positive (of equal ones the first).
    Signs then do not depend on the linear algebra library; bases inside an eigenspace of dimension
    two or more still do.

    Parameters
    ----------
    matrix : array_like, (..., n, n)
        Real symmetric; only the lower triangle is read.

    Returns
    -------
    eigenvalues : ndarray, (..., n)
        Ascending.
    eigenvectors : ndarray, (..., n, n)
        In columns, orthonormal.
    """
    if np.shape(matrix)[-1] != np.shape(matrix)[-2]:
        raise ValueError(f"matrix must be square, not of shape {np.shape(matrix)}")
    eigenvalues, eigenvectors = np.linalg.eigh(matrix)
    size = np.abs(eigenvectors)
    # Components of equal size differ in the last bits, which must not decide the sign.
    largest = size >= size.max(axis=-2, keepdims=True) * (1 - 1e-9)
    first = largest.argmax(axis=-2)[..., None, :]
    sign = np.sign(np.take_along_axis(eigenvectors, first, axis=-2))
    return eigenvalues, eigenvectors * sign


@door(x="array in [-inf, inf]")
def log_cosh(x):
    """Logarithm of the hyperbolic cosine without overflow.

    Equation: ``log cosh x = |x| + log(1 + e^(-2|x|)) - log 2``, and ``log(1 + 2 sinh(x/2)^2)``
    where ``|x| < 1``, so that small results keep their relative accuracy.

    Parameters
    ----------
    x : array_like
        Real.

    Returns
    -------
    ndarray or float
        Same shape, nonnegative, relative error below 1e-14.
    """
    size = np.abs(np.asarray(x, dtype=float))
    small = np.log1p(2 * np.sinh(np.minimum(size, 1.0) / 2) ** 2)
    large = size + np.log1p(np.exp(-2 * size)) - np.log(2.0)
    return np.where(size < 1, small, large)[()]


@door(matrix="array")
def real_eigenvalues(matrix):
    r"""Eigenvalues of matrices whose eigenvalues are known to be real, as real numbers.

    A library may return them as complex numbers, with imaginary parts that are rounding. These are
    dropped where rounding explains them, and refused where it does not: an eigenvalue
    :math:`\lambda` with right and left unit vectors :math:`x, y` moves by at most

    .. math:: n \, \frac{\lVert E \rVert}{|y^\dagger x|} \quad\text{and}\quad
              (2 \lVert A \rVert + \lVert E \rVert)^{1 - 1/n} \lVert E \rVert^{1/n}, \qquad
              \lVert E \rVert = 4 n \epsilon \lVert A \rVert

    (first order in the backward error E of the solver, where n covers the n-th root of a defective
    eigenvalue; Elsner 1985 for any matrix), so that an imaginary part above the lesser of the two
    belongs to the matrix.

    Parameters
    ----------
    matrix : array_like, (..., n, n)
        Real and finite, symmetric or not, defective or not.

    Returns
    -------
    ndarray, (..., n)
        Ascending.

    Raises
    ------
    ValueError
        If the matrix is not square, real and finite, or if an eigenvalue is not real.
    """
    from scipy.linalg import eig  # late: simulations use this module without SciPy's import time

    matrix = checks.finite_array("matrix", matrix)
    if matrix.ndim < 2 or matrix.shape[-1] != matrix.shape[-2] or not matrix.shape[-1]:
        raise ValueError(f"matrix must be square, not of shape {matrix.shape}")
    size = matrix.shape[-1]
    stack = matrix.reshape(-1, size, size)
    result = np.empty(stack.shape[:2])
    for row, each in enumerate(stack):
        values, left, right = eig(each, left=True)
        scale = np.linalg.norm(each)
        error = 4 * size * np.finfo(float).eps * scale
        with np.errstate(divide="ignore"):
            simple = size * error / np.abs(np.sum(left.conj() * right, axis=0))
        bound = np.minimum(simple, (2 * scale + error) ** (1 - 1 / size) * error ** (1 / size))
        worst = np.argmax(np.abs(values.imag) - bound)
        if abs(values[worst].imag) > bound[worst]:
            raise ValueError(
                f"matrix has the complex eigenvalue {values[worst]:.6g}; its eigenvalues must be "
                f"real (rounding explains imaginary parts up to {bound[worst]:.1e})"
            )
        result[row] = np.sort(values.real)
    return result.reshape(matrix.shape[:-1])


@door(inputs="array 2d", output_gradients="array 2d")
def dense_second_moment(inputs: np.ndarray, output_gradients: np.ndarray) -> np.ndarray:
    r"""Return the mean squared gradient of single samples for the matrix of a dense layer.

    The gradient of sample n is the outer product :math:`x_n d_n^\top`, so the mean of its squares
    is one matrix product, :math:`\tfrac1N (X \odot X)^\top (D \odot D)`.

    Parameters
    ----------
    inputs : ndarray, shape (samples, inputs)
        :math:`x_n`.
    output_gradients : ndarray, shape (samples, outputs)
        :math:`d_n`, of the loss of sample n alone (not divided by the number of samples).

    Returns
    -------
    ndarray, shape (inputs, outputs)
        With the loss :math:`-\log p(y_n | x_n)` and given labels: the diagonal of the empirical
        Fisher matrix.
    """
    return (inputs * inputs).T @ (output_gradients * output_gradients) / len(inputs)


@door(inputs="array 2d", output_gradients="array 2d")
def dense_absolute_moment(inputs: np.ndarray, output_gradients: np.ndarray) -> np.ndarray:
    r"""Return the mean absolute gradient of single samples for the matrix of a dense layer.

    Arguments as in `dense_second_moment`; with the gradient of the squared norm of the network's
    output this is the importance of memory aware synapses.
    """
    return np.abs(inputs).T @ np.abs(output_gradients) / len(inputs)
