"""Results stored with the code of Synaptic Intelligence (Zenke, Poole, Ganguli 2017).

Mean test accuracies that its authors published; None is a number that is UNKNOWN here. Nothing of
it is a result of this project.
"""

from __future__ import annotations

PERMUTED_MNIST = {
    0.0: (0.981, 0.949, 0.846, 0.807, 0.774, 0.729, 0.667, 0.668, 0.585, 0.574),
    0.01: (0.984, 0.965, 0.950, 0.957, 0.940, 0.941, 0.928, 0.933, 0.932, 0.920),
    0.02: (0.983, *(None,) * 8, 0.939),
    0.1: (0.983, 0.983, 0.983, 0.980, 0.979, 0.978, 0.976, 0.975, 0.971, 0.969),
}
"""Mean accuracy over the tasks seen so far, by strength c, after each of ten tasks.

Network 784-2000-2000-10, Adam 1e-3, batches of 256, 20 epochs a task, damping 0.1.
"""

CIFAR_TRANSFER = {
    "c = 0": (0.459, 0.549, 0.570, 0.687, 0.675, 0.810),
    "c = 0.01": (0.746, 0.718, 0.714, 0.744, 0.704, 0.786),
    "c = 0.1": (0.783, 0.743, 0.682, 0.719, 0.670, 0.725),
    "from scratch": (0.804, 0.690, 0.647, 0.733, 0.679, 0.713),
}
"""Validation accuracy on each of six tasks (CIFAR-10, then parts of CIFAR-100) after the sixth."""
