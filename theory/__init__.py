"""Theory of learning with complex synapses: derivations, predictions and simulations.

Pure science: no plotting, no files written, no global state. Import from the subpackages, for
instance `from theory.metaplasticity import QuadraticTask`.
"""

__version__ = "0.1.0"
