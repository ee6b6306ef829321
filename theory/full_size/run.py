"""Run entries of the catalogue: on all cores or a cluster, or on one GPU inside a time budget.

``python -m theory.full_size.run --figure metaplasticity/stream_a`` runs, resumes and writes the
tables; ``--list`` only prints the entries and their costs. ``--gpu --budget 540 --out DIR`` first
checks the GPU against NumPy, then works through the entries in the order of their worth and writes
every result, whole or not, as soon as it is there; ``--collect DIR`` reads these into the tables.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import sys
import time
from dataclasses import asdict
from pathlib import Path

import numpy as np

from theory.full_size import tables
from theory.full_size.catalogue import CATALOGUE, Entry, chosen, shrunk
from theory.full_size.ensembles import Results, flips_of, hidden_sizes, work_off
from theory.full_size.others import OTHERS, Other, listing

MOST_WORKERS = 3
GRACE = 15.0  # seconds after the budget that a process is given to end


def run_one(experiment, seed: int, folder) -> dict:
    """Run one member with a checkpoint after every epoch: for `theory.sweep`."""
    from theory.continual.binarized.resumable import run_resumable

    return run_resumable(experiment, seed, folder, progress=sys.stderr.isatty())


def run_and_flip(experiment, seed: int, folder, flips) -> dict:
    """As `run_one`, then measure what flips cost in every layer, on the first task's images."""
    from theory.continual.binarized.experiments import prepare, train
    from theory.continual.binarized.resumable import checkpoint_file

    file = checkpoint_file(experiment, seed, folder)
    learner, measured = train(experiment, seed, checkpoint=file, progress=sys.stderr.isatty())
    measured.pop("histograms", None)
    first, *_ = prepare(experiment, seed)[1]
    return measured | {"flips": [asdict(c) for c in flips_of(learner.network, first, flips)]}


def results_of(entry: Entry | Other, folder, backend: str | None = None) -> list[dict]:
    """Run an entry through `theory.sweep`; killed, it goes on where it was.

    Parameters
    ----------
    entry : Entry or Other
    folder : path-like
        For checkpoints; on a cluster one that all machines share.
    backend : {None, "serial", "processes", "dask"}
        See `theory.sweep.map`. The results are the same to the bit. An entry of small networks is
        trained as one ensemble if None.

    Returns
    -------
    list of dict
        What `theory.continual.binarized.resumable.run_resumable` returns, one a run.
    """
    from theory import sweep

    if isinstance(entry, Other):
        points = [{"setting": setting, "seed": seed} for _, setting, seed in entry.runs]
        store = Path(folder) / entry.name
        train = entry.module.train_one
        return list(sweep.map(train, points, backend=backend, checkpoint=store).values)
    if entry.together and backend is None:
        return _side_by_side(entry, Path(folder) / f"{entry.name}.npz")
    points = [{"experiment": e, "seed": s, "folder": str(folder)} for _, e, s in entry.runs]
    train, store = run_one, Path(folder) / entry.name
    if entry.flips:
        train, points = run_and_flip, [{**point, "flips": entry.flips} for point in points]
    return list(sweep.map(train, points, backend=backend, checkpoint=store).values)


def _side_by_side(entry, checkpoint):
    """Train all runs as one ensemble; mean sizes of hidden weights are left out after a resume."""
    from theory.continual.binarized.ensemble import Ensemble

    ensemble, sizes = Ensemble([(e, s) for _, e, s in entry.runs]), []

    def after_epoch(ensemble):
        if ensemble.run.epoch == 0:
            sizes.append(hidden_sizes(ensemble)[..., 0])

    results = ensemble.train(checkpoint=checkpoint, after_epoch=after_epoch)
    if len(sizes) == len(ensemble.sizes):
        for result, hidden in zip(results, np.swapaxes(sizes, 0, 1), strict=True):
            result["hidden"] = hidden
    return results


def run_entry(entry: Entry | Other, folder, figures) -> Path:
    """Run an entry on all cores or a cluster and write its table, see `results_of`.

    Parameters
    ----------
    entry : Entry or Other
    folder : path-like
        For checkpoints.
    figures : path-like
        Where tables go, see `theory.full_size.tables.keep`.
    """
    # What a resumed run took in all is not known.
    kept = Path(folder) / entry.name
    resumed, started = kept.exists() or kept.with_suffix(".npz").exists(), time.perf_counter()
    results = results_of(entry, folder)
    seconds = None if resumed else round(time.perf_counter() - started, 1)
    facts = {"device": "cpu", "seconds": seconds, "versions": tables.versions()}
    return tables.keep(entry, results, facts | _facts_of_runs(entry, results), figures)


def _facts_of_runs(entry, results):
    """Return what other subjects measure besides accuracies, one number a run."""
    if not isinstance(entry, Other):
        return {}
    names = {name: None for result in results for name in result if np.ndim(result[name]) == 0}
    return {
        name: [round(float(r[name]), 4) if name in r else None for r in results] for name in names
    }


def collect(folder, figures) -> list[Path]:
    """Read what `run_within` has left into the tables; a run that was ended early says so there.

    Parameters
    ----------
    folder : path-like
        With ``worker*.npz`` and ``worker*.json``.
    figures : path-like

    Returns
    -------
    list of Path
        Of the tables, one an entry; entries that failed are left out.

    Raises
    ------
    ValueError
        If the runs are not those of the catalogue.
    """
    written = []
    for file in sorted(Path(folder).glob("worker*.json")):
        with np.load(file.with_suffix(".npz")) as arrays:
            for name, facts in json.loads(file.read_text()).items():
                if "error" in facts:
                    continue
                (entry,) = chosen(name)
                runs = [[condition, seed, repr(e)] for condition, e, seed in entry.runs]
                if facts.pop("runs") != runs:
                    raise ValueError(f"{file}: {name} was run with other settings or seeds")
                hidden = arrays[f"{name}/hidden"]
                results = [
                    {key: arrays[f"{name}/{key}.{member}"] for key in ("epochs", "curves")}
                    | {"hidden": hidden[:, member, :, 0]}
                    | _flips_in(arrays, name, member, len(entry.flips))
                    for member in range(len(runs))
                ]
                facts.pop("started")
                written.append(tables.keep(entry, results, facts, figures))
    return written


def _flips_in(arrays, name, member, layers):
    """Return the costs of flips that a run within a budget has left, nothing if it ended early."""
    stem = f"{name}/flips.{member}"
    if f"{stem}.0.size" not in arrays:
        return {}
    return {
        "flips": [
            {key: arrays[f"{stem}.{layer}.{key}"] for key in ("size", "cost", "count")}
            for layer in range(layers)
        ]
    }


def _worker(queue, number, out, deadline, options):
    """One process on the GPU: takes names until none is left."""
    from theory.bnn.arrays import GPU

    GPU["fused"] = options["fused"]
    results = Results(Path(out) / f"worker{number}")

    def taken():
        while True:
            name = queue.get()
            if name is None:
                return
            (entry,) = chosen(name)
            yield shrunk(entry) if options["tiny"] else entry

    work_off(taken(), options["device"], results, deadline, tf32=options["tf32"])


def _check(out, device):
    from theory.full_size.gpu_check import report

    def keep(results):
        Path(out, "check.json").write_text(json.dumps(results, indent=1))

    keep(report(device, keep))


def run_within(
    names, budget: float, out, *, device="gpu", workers=MOST_WORKERS, tf32=(), tiny=False
) -> None:
    """Check the device, then work through entries in several processes within a time budget."""
    started = time.time()
    out = Path(out)
    out.mkdir(parents=True, exist_ok=True)
    processes = multiprocessing.get_context("spawn")
    check = processes.Process(target=_check, args=(out, device))
    check.start()
    check.join(min(120, budget / 3))
    if check.is_alive():
        check.kill()
    file = out / "check.json"
    checked = json.loads(file.read_text()) if file.exists() else {}
    fused = checked.get("fused", False)
    print(f"check: {time.time() - started:.0f} s, fused {fused}", flush=True)
    queue = processes.Queue()
    for name in [*names, *[None] * workers]:
        queue.put(name)
    deadline = started + budget
    options = {"device": device, "fused": fused, "tf32": tuple(tf32), "tiny": tiny}
    group, made = [], 0
    while made < workers or any(process.is_alive() for process in group):
        failed = [process for process in group if process.exitcode]
        group = [process for process in group if process.exitcode is None]
        # A process that an error ended is replaced, within the number of files that come back.
        if made < workers or (failed and made < MOST_WORKERS and time.time() < deadline):
            arguments = (queue, made, out, deadline, options)
            group.append(processes.Process(target=_worker, args=arguments))
            group[-1].start()
            made += 1
        elif time.time() > deadline + GRACE:
            for process in group:
                process.kill()
        time.sleep(0.1)
    print(f"done after {time.time() - started:.0f} s", flush=True)


def main(arguments=None) -> None:
    parser = argparse.ArgumentParser(prog="python -m theory.full_size.run", description=__doc__)
    parser.add_argument("--name", default="", help="one entry")
    parser.add_argument("--figure", default="", help="entries of one figure")
    parser.add_argument("--paper", default="", help="entries of one paper")
    parser.add_argument("--list", action="store_true", help="print entries and costs, run nothing")
    parser.add_argument("--collect", default="", help="read the results of a GPU into the tables")
    parser.add_argument("--data", default="", help="folder of the image sets")
    parser.add_argument("--out", default=".build/full", help="checkpoints, or results of a GPU")
    parser.add_argument("--figures", default="figures", help="folder of the tables")
    parser.add_argument("--gpu", action="store_true", help="on one GPU, within --budget seconds")
    parser.add_argument("--cpu-trial", action="store_true", help="as --gpu, without one")
    parser.add_argument("--budget", type=float, default=540.0)
    parser.add_argument("--workers", type=int, default=MOST_WORKERS, help="processes on the GPU")
    parser.add_argument("--tf32", default="", help="widths with TF32 products, as 2048,4096")
    parser.add_argument("--tiny", action="store_true", help="small stand-ins of the entries")
    parser.add_argument("--entries", default="", help="names, as a,b,c, in this order")
    given = parser.parse_args(arguments)
    try:
        _do(given)
    except ValueError as error:
        parser.error(str(error))


def _do(given) -> None:
    if given.data:
        os.environ["SCIKIT_LEARN_DATA"] = str(Path(given.data).resolve())
    asked = given.name, given.figure, given.paper
    if given.collect:
        return print(*collect(given.collect, given.figures), sep="\n")
    if given.list:
        entries = chosen(*asked, among=(*CATALOGUE, *OTHERS))
        stored = [tables.read(figure, given.figures) for figure in {e.figure for e in entries}]
        states = {name: one.state for group in stored for name, one in group.items()}
        return print(listing(entries, states))
    if given.gpu or given.cpu_trial:
        entries = chosen(*asked)
        if given.entries:
            entries = [chosen(name)[0] for name in given.entries.split(",")]
        names = [entry.name for entry in entries if not entry.runs[0][1].channels]
        run_within(
            names, given.budget, given.out, device="gpu" if given.gpu else "cpu",
            workers=given.workers, tiny=given.tiny,
            tf32=[int(width) for width in given.tf32.split(",") if width],
        )  # fmt: skip
        return None
    among = (*CATALOGUE, *(other for other in OTHERS if other.runnable))
    entries = chosen(*asked, among=among)
    if given.entries:
        entries = [chosen(name, among=among)[0] for name in given.entries.split(",")]
    for entry in entries:
        print(f"{entry.name}: {entry.what}", flush=True)
        entry = shrunk(entry) if given.tiny else entry
        print(run_entry(entry, given.out, given.figures), flush=True)
    return None


if __name__ == "__main__":
    main()
