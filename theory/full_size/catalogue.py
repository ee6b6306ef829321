"""The catalogue of full-size runs: figure, settings, seeds, cost and memory of each."""

from __future__ import annotations

from dataclasses import replace

from theory import checks
from theory.continual.binarized import settings
from theory.full_size.controls import CONTROLS_OF_SMALL
from theory.full_size.entry import Entry

PAPER_M = (0.0, 0.5, 1.0, 1.35)
PENALTY = 5000.0


def _permuted(width: int, conditions, seeds) -> Entry:
    runs = []
    for seed in seeds:
        for name, m, changes in conditions:
            base = replace(
                settings.permuted(m, scale="paper"), hidden=(width, width), measure_every=4
            )
            runs.append((name, replace(base, **changes), seed))
    what = f"six permuted MNIST tasks, 784-{width}-{width}-10, 40 epochs each (Fig. 2, Table 1)"
    return Entry(f"permuted_{width}", "metaplasticity/fig2a_d", what, tuple(runs))


FREE = {"task_normalisation": False, "fresh_optimizer": False}
PLAIN = tuple((f"m = {m:g}", m, {}) for m in PAPER_M)
METHODS = tuple(
    (name, 0.0, {"method": method, "strength": PENALTY})
    for name, method in (("elastic consolidation", "ewc"), ("random consolidation", "random"))
)
SHUFFLED = (("m = 1.35, shuffled", 1.35, {"shuffled": True}),)
CONTROLS = (
    ("m = 0, no boundaries", 0.0, FREE),
    ("m = 1.35, no boundaries", 1.35, FREE),
    ("m = 0, running statistics", 0.0, {"normalisation": "running"}),
    ("m = 1.35, running statistics", 1.35, {"normalisation": "running"}),
)


def _sets(width: int, seeds) -> Entry:
    runs = tuple(
        (f"{first} first, m = {m:g}", replace(
            settings.image_sets(first, second, m, scale="paper"), hidden=(width, width),
            measure_every=2,
        ), seed)
        for seed in seeds
        for first, second in (("mnist", "fashion_mnist"), ("fashion_mnist", "mnist"))
        for m in (0.0, 1.5)
    )  # fmt: skip
    what = f"MNIST then Fashion-MNIST and reversed, 784-{width}-{width}-10 (Fig. 4a,b)"
    return Entry(f"sets_{width}", "metaplasticity/fig4ab", what, runs)


def _stream(subsets: int) -> Entry:
    every = 1 if subsets == 1 else None
    runs = tuple(
        (f"m = {m:g}", replace(
            settings.data_stream(m, subsets, scale="paper"), measure_every=every
        ), seed)
        for seed in (0, 1, 2)
        for m in (0.0, 2.0)
    )  # fmt: skip
    what = f"Fashion-MNIST in {subsets} subset(s), 784-1024-1024-10, 20 epochs each"
    return Entry(f"stream_{subsets}", "metaplasticity/stream_a", what, runs)


def _flips(width: int) -> Entry:
    runs = tuple(
        (f"m = {m:g}", replace(
            settings.permuted(m, scale="paper", count=1), hidden=(width, width), measure_every=4
        ), 0)
        for m in (0.0, 1.35)
    )  # fmt: skip
    what = f"one MNIST task, 784-{width}-{width}-10, 40 epochs, costs of flips by layer"
    return Entry(f"flips_{width}", "metaplasticity/qbt_cde", what, runs, flips=(1000, 2000, 100))


def _convolutions() -> Entry:
    networks = (
        ("1-12-20-30", (12, 20, 30), 1.2, None),
        ("1-10-15-20", (10, 15, 20), 1.2, None),
        ("1-6-10-15, MNIST alone", (6, 10, 15), 0.0, 0),
        ("1-6-10-15, USPS alone", (6, 10, 15), 0.0, 1),
    )
    runs = tuple(
        (name, replace(
            settings.digit_sets(channels, m, scale="paper", only=only),
            weight_decay=0.0 if only is not None else 1e-8, measure_every=10,
        ), 0)
        for name, channels, m, only in networks
    )  # fmt: skip
    what = "MNIST then USPS, small convolutional networks, 240 epochs each (Fig. 4c,d)"
    return Entry("convolutions", "metaplasticity/fig4cd", what, runs)


ALL = (*PLAIN, *METHODS, *SHUFFLED, *CONTROLS)
# In the order of their worth.
CATALOGUE = (
    _permuted(1024, ALL, (0,)),
    _permuted(2048, (*PLAIN, *METHODS, *SHUFFLED), (0,)),
    _permuted(512, ALL, (0, 1)),
    _sets(1024, (0, 1)),
    _stream(60),
    _stream(1),
    _sets(2048, (0, 1)),
    _flips(1024),
    _flips(4096),
    _permuted(4096, PLAIN, (0,)),
    _sets(4096, (0,)),
    _convolutions(),
    *CONTROLS_OF_SMALL,
)


def chosen(name: str = "", figure: str = "", paper: str = "", among=CATALOGUE) -> list:
    """Return the entries of a name, a figure or a paper; all by default.

    Raises
    ------
    ValueError
        If there is none.
    """
    entries = [
        entry
        for entry in among
        if name in ("", entry.name)
        and figure in ("", entry.figure)
        and paper in ("", entry.figure.partition("/")[0])
    ]
    if not entries:
        known = ", ".join(f"{entry.name} ({entry.figure})" for entry in among)
        asked = name or figure or paper
        raise ValueError(f"the catalogue has no entry for {asked!r}; it has {known}")
    return entries


def shrunk(entry: Entry, *, width: int = 16, epochs: int = 1, images: int = 500) -> Entry:
    """Return a stand-in of an entry, on as many embedded images, for trying out the machinery."""
    images = checks.integer_at_least("images", images, 200)
    runs = []
    for name, experiment, seed in entry.runs:
        sets = ("mnist",) * len(experiment.tasks.images)
        tasks = replace(
            experiment.tasks, scale="laptop", images=sets, train_limit=images,
            count=min(experiment.tasks.count, 3),
        )  # fmt: skip
        if experiment.tasks.kind == "resolutions":
            tasks = replace(tasks, images=("mnist", "digits"))
        hidden = (width,) * len(experiment.hidden)
        runs.append((name, replace(experiment, tasks=tasks, hidden=hidden, epochs=epochs), seed))
    flips = tuple(min(n, 4) for n in entry.flips)
    return replace(entry, runs=tuple(runs), flips=flips)
