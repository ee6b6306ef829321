"""Theory of learning with complex synapses: derivations, predictions and simulations.

Pure science: no plotting, no files written, no global state. Import from the subpackages, for
instance `from theory.metaplasticity import QuadraticTask`.
"""


def __getattr__(name):
    if name == "__version__":
        from importlib.metadata import version

        return version("complex-synapses")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
