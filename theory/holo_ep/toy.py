r"""The toy network of Figs. 2a-d of Laborieux and Zenke (2022), with the weights of its runs.

Six inputs, two layers of four shifted sigmoids and a softmax read-out of four classes; all biases
are zero, and the target is the last class. The authors drew the weights from a normal distribution
cut off at two standard deviations of 0.5; the numbers below are that draw, in single precision.
"""

from __future__ import annotations

import numpy as np

from theory.ep.losses import SoftReadout
from theory.ep.networks import LayeredNetwork
from theory.holo_ep.clamped_network import ClampedNetwork

INPUT = (-0.09210308, 0.9335236, 0.32636234, 0.10245809, -0.3593525, 1.0)
TARGET = 3
FIRST = (  # rows are inputs, columns the units of layer 1
    (0.6864938, -0.15137237, -0.553111, 0.00201093),
    (0.07106642, 0.1807546, 0.23166089, -0.8600441),
    (0.41549522, -0.01922296, 0.5712084, 0.1302541),
    (0.467726, 0.26444906, -0.95082027, 0.6693303),
    (0.03524251, -0.42999738, -0.01705003, 0.51570034),
    (0.19415286, -0.16289978, -0.24721275, 0.47485176),
)
SECOND = (  # rows are the units of layer 1, columns those of layer 2
    (0.2713923, 0.86784893, 0.07354291, -0.43423995),
    (0.9018898, -0.1874919, 0.18929863, 0.15613334),
    (0.2636667, 0.32536188, 0.5184128, 0.30088994),
    (0.22115956, -0.26662493, 0.49525732, 0.11215727),
)
READOUT = (  # rows are the units of layer 2, columns the classes
    (-0.43565273, -0.40645295, -0.19324867, -0.01648341),
    (-0.7267342, -0.16467275, 0.49156862, -0.7749522),
    (-0.94998515, 0.12457833, 0.78682965, 0.3107573),
    (0.12907363, 0.07580135, -0.01896536, 0.45213616),
)


def toy_network(scale: float = 1.0) -> ClampedNetwork:
    """Return the toy network with its input and target.

    Parameters
    ----------
    scale : float
        Factor on the weights between the two layers; 1 is the paper's network.
    """
    network = LayeredNetwork(
        [np.transpose(FIRST), scale * np.transpose(SECOND)],
        [np.zeros(4), np.zeros(4)],
        "shifted_sigmoid",
    )
    loss = SoftReadout(np.transpose(READOUT), np.zeros(4))
    return ClampedNetwork(network, np.array([INPUT]), np.eye(4)[[TARGET]], loss)
