"""Numbers that Laborieux and Zenke (2024) report, as far as they are publicly known.

None of them is a result of this project. Entries that are missing or None are UNKNOWN.
"""

from __future__ import annotations

from dataclasses import dataclass

# Table 1, Fashion-MNIST, validation error in per cent, as two public reviews state it: by (points,
# radius), "derivative" and "online".
FASHION_ERRORS = {(1, 0.5): 38.4, (6, 0.5): 14.3, "derivative": 14.7, "online": 17.3}


@dataclass(frozen=True)
class PublishedAccuracy:
    """One row of Table 2: top-1 accuracies in per cent, mean over three seeds.

    Attributes
    ----------
    rule : str
    cifar10, cifar100, imagenet32 : float or None
        None is UNKNOWN. CIFAR-100 is known from a review only.
    """

    rule: str
    cifar10: float | None
    cifar100: float | None
    imagenet32: float | None


CONVOLUTIONAL_ACCURACIES = (
    PublishedAccuracy("holomorphic EP, no homeostasis", 60.4, 35.2, None),
    PublishedAccuracy("N = 2, homeostasis", 81.4, 51.1, None),
    PublishedAccuracy("derivative, homeostasis", 84.3, 53.8, 31.4),
    PublishedAccuracy("back-propagation, homeostasis", 87.8, None, None),
    PublishedAccuracy("back-propagation, no homeostasis", 87.7, None, None),
    PublishedAccuracy("symmetric weights, N = 2", 88.6, 61.6, 36.5),
)
