"""A training run on disk: saved after every epoch, resumed to the bit."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import zipfile
from dataclasses import asdict
from pathlib import Path
from typing import Protocol

import numpy as np

from theory.bnn.arrays import to_host
from theory.continual.sequence import SequenceRun
from theory.door import door
from theory.sweep.identity import canonical


def run_identity(*runs) -> str:
    """Return what names one or more runs (experiment, seed): words, and a digest of every value.

    The words do not hold the numbers of own arrays or laws; the digest does.
    """
    digest = hashlib.sha256(canonical(runs, "the experiment").encode()).hexdigest()[:16]
    words = "; ".join(f"{experiment!r}, seed {seed}" for experiment, seed in runs)
    return f"{words}, digest {digest}"


class CheckpointUnusable(RuntimeError):
    """A checkpoint file is damaged or belongs to another run; the message says which."""


class Generators(list):
    """Several generators with one state, as those of an ensemble."""

    @property
    def bit_generator(self):
        return self

    @property
    def state(self) -> list[dict]:
        return [rng.bit_generator.state for rng in self]

    @state.setter
    def state(self, states: list[dict]) -> None:
        for rng, state in zip(self, states, strict=True):
            rng.bit_generator.state = state


class Stateful(Protocol):
    """What is saved and goes on: a learner, or an ensemble of them."""

    def state(self) -> dict[str, np.ndarray]: ...

    def load(self, state: dict[str, np.ndarray]) -> None: ...


@door(file="text or has __fspath__")
class TrainingCheckpoint:
    """The newest state of one run.

    Parameters
    ----------
    file : path-like
        Written whole or not at all: a kill during writing leaves the one before.
    identity : str
        What the run is: settings and seed. A file of another run is refused, not continued.
    """

    def __init__(self, file, identity: str):
        self.file, self.identity = Path(file), identity

    def save(
        self, learner: Stateful, run: SequenceRun, rng: np.random.Generator | Generators
    ) -> None:
        facts = {"identity": self.identity, "run": asdict(run), "rng": rng.bit_generator.state}
        arrays = {name: to_host(array) for name, array in learner.state().items()}
        self.file.parent.mkdir(parents=True, exist_ok=True)
        descriptor, temporary = tempfile.mkstemp(dir=self.file.parent, suffix=".tmp")
        try:
            with os.fdopen(descriptor, "wb") as handle:
                # NumPy's stub would have any name be its allow_pickle.
                np.savez(handle, facts=np.array(json.dumps(facts)), **arrays)  # type: ignore[arg-type]
            os.replace(temporary, self.file)
        except BaseException:
            os.unlink(temporary)
            raise

    def load(self, learner: Stateful, rng: np.random.Generator | Generators) -> SequenceRun | None:
        """Restore learner and generator and return the run so far; None where no file is.

        Raises
        ------
        CheckpointUnusable
        """
        if not self.file.exists():
            return None
        remedy = "delete it to start anew"
        try:
            with np.load(self.file, allow_pickle=False) as archive:
                arrays = {name: archive[name] for name in archive.files}
            facts = json.loads(str(arrays.pop("facts")))
        except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile) as error:
            raise CheckpointUnusable(
                f"the checkpoint {self.file} is damaged ({error}); {remedy}"
            ) from error
        if facts["identity"] != self.identity:
            raise CheckpointUnusable(
                f"the checkpoint {self.file} belongs to another run ({facts['identity']}) than "
                f"this one ({self.identity}); choose another file, or {remedy}"
            )
        learner.load(arrays)
        rng.bit_generator.state = facts["rng"]
        return SequenceRun(**facts["run"])
