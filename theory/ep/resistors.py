r"""Networks of resistors: an energy that is linear in its parameters, and what that conserves.

Nodes at voltages v, conductances :math:`k_e > 0` on edges: :math:`E = \tfrac12 \sum_e k_e (\Delta_e
v)^2`, some voltages held as inputs. Scaling all conductances changes no free voltage, so the
gradient of the loss is orthogonal to k and descent conserves :math:`\sum k^2` (arXiv:2606.15444). A
finite nudge breaks that by an amount known exactly: :math:`k \cdot \hat g = [E(s_\beta) - E(s_0)] /
\beta`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from theory import checks


@dataclass(frozen=True, eq=False)
class Resistors:
    """Edges, inputs and outputs of a network of resistors.

    Parameters
    ----------
    edges : ndarray of int, shape (edges, 2)
        A connected graph on the nodes 0 ... n - 1.
    inputs, outputs : ndarray of int
        Nodes whose voltages are held, and nodes that are read and nudged.
    """

    edges: np.ndarray
    inputs: np.ndarray
    outputs: np.ndarray

    @classmethod
    def random(cls, nodes: int, rng, inputs: int = 3, outputs: int = 2) -> Resistors:
        """A ring with as many random chords as nodes."""
        rng = checks.as_rng(rng)
        ring = [(n, (n + 1) % nodes) for n in range(nodes)]
        others = [
            (a, b) for a in range(nodes) for b in range(a + 2, nodes) if (a, b) != (0, nodes - 1)
        ]
        chosen = rng.choice(len(others), min(nodes, len(others)), replace=False)
        order = rng.permutation(nodes)
        edges = np.array(ring + [others[k] for k in chosen])
        return cls(edges, order[:inputs], order[inputs : inputs + outputs])

    def incidence(self) -> np.ndarray:
        """Return voltages to differences across the edges, shape (edges, nodes)."""
        matrix = np.zeros((len(self.edges), self.edges.max() + 1))
        rows = np.arange(len(self.edges))
        matrix[rows, self.edges[:, 0]], matrix[rows, self.edges[:, 1]] = 1.0, -1.0
        return matrix

    def voltages(self, conductances, held, targets=None, nudging_strength=0.0) -> np.ndarray:
        """Return all voltages at the minimum of E + beta C, shape (batch, nodes).

        `held` of shape (batch, inputs); C is half the squared error of the outputs.
        """
        incidence = self.incidence()
        matrix = incidence.T @ (conductances[:, None] * incidence)
        current = np.zeros((len(held), len(matrix)))
        if nudging_strength != 0:
            matrix[self.outputs, self.outputs] += nudging_strength
            current[:, self.outputs] = nudging_strength * np.asarray(targets)
        free = np.setdiff1d(np.arange(len(matrix)), self.inputs)
        found = np.empty_like(current)
        found[:, self.inputs] = held
        right = current[:, free] - held @ matrix[np.ix_(self.inputs, free)]
        found[:, free] = np.linalg.solve(matrix[np.ix_(free, free)], right.T).T
        return found

    def products(self, voltages) -> np.ndarray:
        """Return dE/dk of every edge: half its squared voltage difference, batch mean."""
        return 0.5 * ((voltages @ self.incidence().T) ** 2).mean(axis=0)

    def loss(self, voltages, targets) -> float:
        """Return half the squared error of the outputs, batch mean."""
        return float(0.5 * ((voltages[:, self.outputs] - targets) ** 2).sum(axis=1).mean())

    def gradient(self, conductances, held, targets) -> np.ndarray:
        """Return the exact gradient of the loss in the conductances, by the adjoint voltages."""
        free = self.voltages(conductances, held)
        incidence = self.incidence()
        matrix = incidence.T @ (conductances[:, None] * incidence)
        inside = np.setdiff1d(np.arange(len(matrix)), self.inputs)
        force = np.zeros_like(free)
        force[:, self.outputs] = free[:, self.outputs] - targets
        adjoint = np.zeros_like(free)
        adjoint[:, inside] = np.linalg.solve(matrix[np.ix_(inside, inside)], force[:, inside].T).T
        return -((free @ incidence.T) * (adjoint @ incidence.T)).mean(axis=0)

    def estimate(self, conductances, held, targets, nudges: tuple[float, float]) -> np.ndarray:
        """Return the difference of the products at two nudges over their distance."""
        first, second = (
            self.products(self.voltages(conductances, held, targets, b)) for b in nudges
        )
        return (first - second) / (nudges[0] - nudges[1])
