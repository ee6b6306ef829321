"""Networks of one architecture as one network of stacked arrays, a member a row."""

from __future__ import annotations

import copy
from collections.abc import Sequence

import numpy as np

from theory.bnn.convolution import Convolution, Pool
from theory.bnn.layers import ACTIVATIONS, Dense, Flatten, Reshape
from theory.bnn.network import Network
from theory.bnn.normalisation import BatchNorm, InstanceNorm
from theory.bnn.parameters import Parameter, Workspace

IMAGES = (Convolution, Pool, Flatten, Reshape)
STACKABLE = (Dense, *IMAGES, BatchNorm, InstanceNorm, *ACTIVATIONS.values())


def stack(networks: Sequence[Network], module=np) -> Network:
    """Make one network of the stacked arrays of several, whose own arrays become rows of these.

    Parameters
    ----------
    networks : sequence of Network
        Of one architecture.
    module : module
        ``numpy`` or ``cupy``.

    Returns
    -------
    Network
        Takes (members, samples, inputs) in `forward` and `learn`.
    """
    layers = []
    for same in zip(*(network.layers for network in networks), strict=True):
        if len({type(layer) for layer in same}) > 1:
            raise ValueError("networks are of different architectures; stack those of one")
        if not isinstance(same[0], STACKABLE):
            raise ValueError(
                f"a {type(same[0]).__name__} layer cannot be stacked; known are "
                + ", ".join(kind.__name__ for kind in STACKABLE)
            )
        layers.append(_stacked_layer(same, module))
    return Network(layers, networks[0].inputs, networks[0].classes)


def _stacked_layer(same, module):
    joint = copy.copy(same[0])
    for layer in (joint, *same):
        layer.workspace = Workspace(layer.workspace.dtype, module)
    joint.parameters = tuple(
        _stacked_parameter(parameters, module)
        for parameters in zip(*(layer.parameters for layer in same), strict=True)
    )
    if isinstance(joint, Dense | Convolution):
        (joint.weights,) = joint.parameters
    if isinstance(joint, BatchNorm):
        joint.stacked = True
        if joint.scale is not None:
            joint.scale, joint.shift = joint.parameters
        for name in ("running_mean", "running_variance"):
            rows = module.asarray(np.stack([getattr(layer, name) for layer in same]))[:, None]
            setattr(joint, name, rows)
            for member, layer in enumerate(same):
                setattr(layer, name, rows[member, 0])
    return joint


def _stacked_parameter(parameters, module):
    one = parameters[0]
    values = module.asarray(np.stack([p.value for p in parameters]))
    # Scales and shifts get an axis for the samples that they are shared by.
    place = (lambda a, m: a[m]) if one.is_weight else (lambda a, m: a[m, 0])
    joint = Parameter(one.name, values if one.is_weight else values[:, None], one.role)
    for member, parameter in enumerate(parameters):
        parameter.value = place(joint.value, member)
        parameter.gradient = place(joint.gradient, member)
        parameter.used = place(joint.used, member)
    return joint
