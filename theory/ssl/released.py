"""What the released toy code gives: reference points for the exact map, not results of the paper.

The authors' own update functions were run from their seed, 300 steps of 50 000 samples, on one
thread of a processor. The file holds numbers only.

Source: released toy code of Halvagal, Laborieux, Zenke 2023, run by us.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from theory.door import door

FILE = Path(__file__).with_name("released_code.npz")
SETTINGS = {  # name in the released code: loss, variant, learning rate
    "euc_simsiam": ("euclidean", "standard", 0.01),
    "euc_isoloss": ("euclidean", "isotropic", 0.01),
    "euc_simsiam_nosg": ("euclidean", "no_stop_gradient", 0.01),
    "cos_simsiam": ("cosine", "standard", 0.1),
    "cos_isoloss": ("cosine", "isotropic", 0.1),
    "cos_simsiam_nosg": ("cosine", "no_stop_gradient_released", 0.1),
    "cos_simsiam_nopred": ("cosine", "no_predictor", 0.1),
}


@dataclass(frozen=True, eq=False)
class ReleasedRun:
    """One run of the released code.

    Attributes
    ----------
    loss, variant : str
        In the words of `theory.ssl.settings`.
    learning_rate : float
    eigenvalues : ndarray, shape (301, 10)
        Of W W^T after every step, ascending; noise (0, 0.1), exponent 1.
    seconds : float
        Processor time of the run.
    """

    loss: str
    variant: str
    learning_rate: float
    eigenvalues: np.ndarray
    seconds: float


@door
def released_runs() -> dict[str, ReleasedRun]:
    """Return the stored runs by the released code's names, and check that the file is whole.

    Raises
    ------
    ValueError
        Where the file is missing or damaged.
    """
    try:
        with np.load(FILE) as stored:
            runs = {
                name: ReleasedRun(*how, stored[name].astype(float), float(stored[f"{name}_cpu"]))
                for name, how in SETTINGS.items()
            }
    except (OSError, KeyError, ValueError) as problem:
        raise ValueError(
            f"{FILE.name} in theory/ssl is missing or damaged ({problem}); restore it from the "
            "repository"
        ) from None
    return runs
