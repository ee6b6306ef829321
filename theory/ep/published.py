"""What the ConvNet paper and its code state: errors, how sure they are, and settings.

Only the three values of the abstract are confirmed; the entries of the error table are recalled
and unconfirmed, and None is UNKNOWN. None of them is a result of this project.
"""

from __future__ import annotations

from dataclasses import dataclass

CONFIRMED, RECALLED = "abstract", "recalled"


@dataclass(frozen=True)
class PublishedError:
    """One row of the error table on CIFAR-10, in per cent, mean over five trials.

    Attributes
    ----------
    loss, rule : str
    test_error : float
    deviation : float or None
        Standard deviation over trials, recalled.
    certainty : {"abstract", "recalled"}
        Whether `test_error` is the abstract's rounded value.
    reference : float
        Test error of back-propagation on the same network, recalled.
    """

    loss: str
    rule: str
    test_error: float
    deviation: float | None
    certainty: str
    reference: float | None


PUBLISHED_ERRORS = (
    PublishedError("squared error", "one-sided", 86.0, 5.82, CONFIRMED, 11.10),
    PublishedError("squared error", "random sign", 21.55, 20.00, RECALLED, 11.10),
    PublishedError("squared error", "symmetric", 12.45, 0.18, RECALLED, 11.10),
    PublishedError("cross-entropy", "symmetric", 11.7, 0.17, CONFIRMED, 11.12),
    PublishedError("cross-entropy, dropout", "symmetric", 11.87, 0.29, RECALLED, 10.72),
    PublishedError("cross-entropy", "different updates", 75.47, 4.12, RECALLED, 9.46),
    PublishedError("cross-entropy", "equal updates", 13.2, 0.49, CONFIRMED, 9.46),
)


@dataclass(frozen=True)
class ConvolutionalShape:
    """Channels of the published ConvNet: 3 x 3 kernels, each followed by 2 x 2 max-pooling."""

    channels: tuple[int, ...] = (3, 128, 256, 512, 512)
    side: int = 32
    padding: tuple[int, ...] = (1, 1, 1, 0)
    classes: int = 10

    def layers(self) -> list[tuple[int, int, int]]:
        """Return (channels, side after pooling, parameters) of every layer, read-out last."""
        side, rows = self.side, []
        for below, above, padding in zip(
            self.channels[:-1], self.channels[1:], self.padding, strict=True
        ):
            side = (side + 2 * padding - 2) // 2
            rows.append((above, side, above * (9 * below + 1)))
        flat = self.channels[-1] * side**2
        rows.append((self.classes, 1, self.classes * (flat + 1)))
        return rows


SETTINGS_ROWS = (
    ("nudge", "0.5", "±0.5", "±0.5", "±1.0", "±1.0", "±1.0"),
    ("free steps", "250", "250", "250", "250", "250", "250"),
    ("nudged steps", "30", "30", "30", "25", "25", "30"),
)
SETTINGS_COLUMNS = (
    "SE\none-sided",
    "SE\nrandom sign",
    "SE\nsymmetric",
    "CE\nsymmetric",
    "CE, dropout\nsymmetric",
    "CE\nown backward",
)
COMMON_SETTINGS = (
    ("activation", "hard sigmoid, slope 1/2"),
    ("optimiser", "SGD, momentum 0.9, weight decay 3e-4"),
    ("learning rates", "0.25, 0.15, 0.1, 0.08, 0.05"),
    ("schedule", "120 epochs, half a cosine over 100"),
    ("batch", "128"),
)
