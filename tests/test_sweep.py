"""The sweep: the same values on every backend, none lost, and sentences for what is wrong."""

import contextlib
import enum
import functools
import io
import os
import pathlib
import pickle
import signal
import subprocess
import sys
import textwrap
import threading
import time
from dataclasses import dataclass

import numpy as np
import pytest

from theory import sweep
from theory.sweep import backends
from theory.sweep.identity import canonical
from theory.sweep.key import KEY_VARIABLE

try:
    import cloudpickle
except ImportError:  # joblib before 1.6 brings its own copy
    from joblib.externals import cloudpickle

PATIENCE = 60  # seconds: a computer with much else to do is no failure

# Worker processes cannot import a test file by name, so its functions travel as code.
cloudpickle.register_pickle_by_value(sys.modules[__name__])


def noisy_product(size, scale, rng):
    """Depends on random numbers and, in its last bits, on the threads of the matrix product."""
    matrix = rng.normal(0, scale, (size, size)).astype(np.float32)
    return matrix @ matrix.T


def sample(mean, rng):
    return mean + rng.normal()


def integer_seed(mean, seed):
    return seed


def square(x):
    return x * x


def fails_at_two(x, rng=None):
    if x == 2:
        raise ZeroDivisionError("x is two")
    return x


def sleeps(x, mark):
    pathlib.Path(mark).touch()
    time.sleep(x)
    return x


def most_threads(x):
    from threadpoolctl import threadpool_info

    np.ones((2, 2)) @ np.ones((2, 2))  # the library is loaded
    return max(one["num_threads"] for one in threadpool_info())


def allow_three_threads():
    from threadpoolctl import threadpool_limits

    threadpool_limits(limits=3)


def dies_at_two(x):
    if x == 2:
        os._exit(3)
    return x


@pytest.fixture(autouse=True)
def no_cluster_by_default(monkeypatch):
    monkeypatch.delenv(backends.SCHEDULER_VARIABLE, raising=False)


@pytest.fixture(scope="module")
def cluster_address():
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        yield cluster.scheduler_address


@pytest.fixture(params=backends.BACKENDS)
def backend(request, monkeypatch):
    if request.param == "dask":
        address = request.getfixturevalue("cluster_address")
        monkeypatch.setenv(backends.SCHEDULER_VARIABLE, address)
    return request.param


# Points


def test_grid_is_the_product_with_the_last_axis_fastest():
    points = sweep.grid(m=np.array([0.0, 1.35]), width=[8, 16])
    assert points == [
        {"m": 0.0, "width": 8},
        {"m": 0.0, "width": 16},
        {"m": 1.35, "width": 8},
        {"m": 1.35, "width": 16},
    ]
    assert all(type(point["m"]) is float for point in points)


@pytest.mark.parametrize("axes", [{}, {"m": []}, {"m": 3}, {"m": "abc"}])
def test_grid_refuses_what_is_no_list(axes):
    with pytest.raises(ValueError, match=r"ax[ie]s"):
        sweep.grid(**axes)


class Colour(enum.Enum):
    RED = 1
    BLUE = 2


class Shade(enum.Enum):
    RED = 1


class Number(int, enum.Enum):
    ONE = 1


@dataclass(frozen=True)
class Settings:
    rate: float
    shape: tuple


def test_identity_tells_values_apart_and_equal_ones_together():
    different = [
        None, True, 1, 1.0, "1", b"1", 1j, [1], {"a": 1}, {1}, np.ones(1), np.ones(1, np.float32),
        np.ones((1, 1)), Colour.RED, Shade.RED, Colour.BLUE, Number.ONE, pathlib.Path("1"),
        Settings(0.1, (1,)), Settings(0.2, (1,)), square, sample, int, functools.partial(square, 1),
        functools.partial(square, 2),
    ]  # fmt: skip
    names = [canonical(value, "x") for value in different]
    assert all(type(name) is str for name in names) and len(set(names)) == len(different)
    assert canonical(np.float64(0.1), "x") == canonical(0.1, "x")
    assert canonical({"a": 1, "b": 2}, "x") == canonical({"b": 2, "a": 1}, "x")
    assert canonical({"z", "y"}, "x") == canonical({"y", "z"}, "x")


@pytest.mark.parametrize("value", [object(), lambda: 0, np.array([object()]), {"deep": [object()]}])
def test_values_without_a_lasting_name_are_refused(value):
    with pytest.raises(TypeError, match=r"points\[0\].* no lasting name"):
        sweep.map(square, [{"x": value}])


# The same values everywhere


def test_every_backend_gives_the_serial_bits(backend):
    points = sweep.grid(size=[3, 200], scale=[0.5, 2.0])
    expected = sweep.map(noisy_product, points, seeds=2, backend="serial")
    result = sweep.map(noisy_product, points, seeds=2, backend=backend, workers=2)
    assert result.points == tuple(points) and result.seeds == (0, 1)
    for got, want in zip(result.values, expected.values, strict=True):
        assert [value.tobytes() for value in got] == [value.tobytes() for value in want]


def test_points_run_on_one_thread_everywhere(backend, request):
    """Where the linear algebra of a worker has been set to several threads before."""
    from threadpoolctl import threadpool_limits

    if backend == "dask":
        from distributed import Client

        with Client(request.getfixturevalue("cluster_address"), set_as_default=False) as client:
            for worker in client.nthreads():  # by its own thread, which alone may set it again
                client.submit(allow_three_threads, workers=[worker], pure=False).result()
    with threadpool_limits(limits=3):
        result = sweep.map(most_threads, sweep.grid(x=range(4)), backend=backend, workers=2)
    assert result.values == (1,) * 4


def test_results_do_not_depend_on_order_or_other_points():
    points = sweep.grid(mean=[0.0, 1.0, 2.0])
    whole = sweep.map(sample, points, seeds=3, backend="serial").array()
    backwards = sweep.map(sample, points[::-1], seeds=[2, 0], backend="serial").array()
    np.testing.assert_array_equal(backwards, whole[::-1][:, [2, 0]])


def test_random_streams_are_independent_standard_normals():
    from scipy.stats import kstest

    points = [{"mean": float(n)} for n in range(100)]
    result = sweep.map(sample, points, seeds=20, backend="serial").array()
    noise = result - np.arange(100)[:, None]
    assert len(np.unique(noise.round(9))) == 2000
    # With the fixed root seed this is a fixed outcome; 1e-3 is the chance that a seed is unlucky.
    assert kstest(noise.ravel(), "norm").pvalue > 1e-3
    # The mean product of independent neighbours has standard deviation 1/sqrt(number of products).
    for shifted in (noise[:, 1:] * noise[:, :-1], noise[1:] * noise[:-1]):
        assert abs(shifted.mean()) < 4 / np.sqrt(shifted.size)


def test_root_seed_and_integer_seeds():
    points = [{"mean": 0.0}, {"mean": 1.0}]
    first, again, other = (
        sweep.map(integer_seed, points, seeds=2, root_seed=root, backend="serial").array()
        for root in (0, 0, 1)
    )
    np.testing.assert_array_equal(first, again)
    assert len({*first.ravel().tolist(), *other.ravel().tolist()}) == 8
    assert first.dtype == np.int64 and first.min() >= 0


def test_function_gets_no_randomness_without_seeds():
    result = sweep.map(fails_at_two, [{"x": 1}, {"x": 3}], backend="serial")
    assert result.values == (1, 3) and result.seeds is None and result.failures == ()
    assert result.array().shape == (2,)


def test_array_stacks_points_seeds_and_keys():
    def pair(n, rng):
        return {"mean": rng.normal(size=3), "n": n}

    result = sweep.map(pair, sweep.grid(n=[1, 2]), seeds=4, backend="serial")
    assert result.array("mean").shape == (2, 4, 3)
    assert result.array("n").tolist() == [[1] * 4, [2] * 4]


def test_array_refuses_different_shapes():
    result = sweep.map(np.zeros, [{"shape": 2}, {"shape": 3}], backend="serial")
    with pytest.raises(ValueError, match=r"different shapes, \(2,\), \(3,\)"):
        result.array()


def test_values_of_a_serial_run_share_nothing():
    shared = np.zeros(1)

    def accumulate(x):
        shared[0] += x
        return shared

    assert sweep.map(accumulate, sweep.grid(x=[1, 2]), backend="serial").array().tolist() == [
        [1],
        [3],
    ]


def test_closures_reach_the_workers():
    offset = 10
    result = sweep.map(lambda x: x + offset, sweep.grid(x=[1, 2]), backend="processes", workers=2)
    assert result.values == (11, 12)


class Unsigned:
    """A callable without a signature, as some compiled functions are."""

    __signature__ = "none"

    def __call__(self, **arguments):
        return sorted(arguments)


def test_a_function_without_a_signature_gets_a_generator_where_seeds_are_given():
    assert sweep.map(Unsigned(), [{"x": 1}], backend="serial").values == (["x"],)
    assert sweep.map(Unsigned(), [{"x": 1}], seeds=1, backend="serial").values == ((["rng", "x"],),)


# Choice of backend


def test_automatic_choice(monkeypatch):
    import joblib

    cores = 4
    monkeypatch.setattr(joblib, "effective_n_jobs", lambda n: cores if n == -1 else n)
    assert backends.choose(None, 1) == "serial"
    assert backends.choose(None, 2) == "processes"
    cores = 1
    assert backends.choose(None, 2) == "serial"
    monkeypatch.setenv(backends.SCHEDULER_VARIABLE, "tcp://somewhere:8786")
    assert backends.choose(None, 1) == "dask"
    assert backends.choose("serial", 9) == "serial"


def test_cluster_in_the_environment_is_used(cluster_address, monkeypatch):
    monkeypatch.setenv(backends.SCHEDULER_VARIABLE, cluster_address)
    pids = sweep.map(lambda x: os.getpid(), sweep.grid(x=range(4))).values
    assert os.getpid() not in pids


def test_workers_run_in_other_processes():
    pids = sweep.map(lambda x: os.getpid(), sweep.grid(x=range(4)), backend="processes").values
    assert os.getpid() not in pids


# Failures


def test_a_failing_point_does_not_lose_the_others(backend):
    points = sweep.grid(x=[1, 2, 3])
    with pytest.raises(sweep.SweepError) as caught:
        sweep.map(fails_at_two, points, seeds=[4, 5], backend=backend)
    message, results = str(caught.value), caught.value.results
    assert "2 of 6 evaluations failed" in message
    for seed in (4, 5):
        assert f"(x=2) with seed {seed}: ZeroDivisionError: x is two" in message
    assert "in fails_at_two" in message and message.count("Traceback") == 2
    assert results.values == ((1, 1), (None, None), (3, 3))
    assert [(f.point, f.seed) for f in results.failures] == [({"x": 2}, 4), ({"x": 2}, 5)]
    with pytest.raises(ValueError, match="2 evaluations failed"):
        results.array()


def test_failures_can_be_returned():
    result = sweep.map(fails_at_two, sweep.grid(x=[1, 2]), backend="serial", on_error="return")
    assert result.values == (1, None)
    assert result.failures[0].error == "ZeroDivisionError: x is two"


def test_a_killed_worker_costs_only_its_own_point():
    points = sweep.grid(x=[0, 1, 2, 3, 4])
    result = sweep.map(dies_at_two, points, backend="processes", workers=2, on_error="return")
    assert result.values == (0, 1, None, 3, 4)
    assert "worker process was killed" in result.failures[0].error


def test_a_killed_dask_worker_costs_only_its_own_point(monkeypatch):
    distributed = pytest.importorskip("distributed")
    monkeypatch.setattr(backends, "PATIENCE_SECONDS", 20)
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        monkeypatch.setenv(backends.SCHEDULER_VARIABLE, cluster.scheduler_address)
        result = sweep.map(dies_at_two, sweep.grid(x=range(6)), on_error="return")
    guilty = [f for f in result.failures if "was killed" in f.error or "died while" in f.error]
    assert [f.point for f in guilty] == [{"x": 2}]
    assert result.values[:2] == (0, 1) and result.values[3:] == (3, 4, 5)


def test_a_cluster_that_has_lost_its_workers_ends_the_sweep(monkeypatch, tmp_path):
    distributed = pytest.importorskip("distributed")
    monkeypatch.setattr(backends, "PATIENCE_SECONDS", 2)
    with distributed.LocalCluster(
        n_workers=1, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        monkeypatch.setenv(backends.SCHEDULER_VARIABLE, cluster.scheduler_address)
        mark = tmp_path / "under way"

        def close():
            while not mark.exists():
                time.sleep(0.05)
            cluster.scale(0)

        threading.Thread(target=close, daemon=True).start()
        points = sweep.grid(x=[120.0, 120.5], mark=[str(mark)])
        start = time.monotonic()
        result = sweep.map(sleeps, points, on_error="return")
        assert time.monotonic() - start < 100
    assert result.values == (None, None)
    assert all("no worker has been on the cluster for 2 s" in f.error for f in result.failures)


def leaves(x):
    if x == 2:
        raise SystemExit(2)
    return x


def test_a_point_that_exits_is_a_failing_point(backend):
    result = sweep.map(leaves, sweep.grid(x=[1, 2, 3]), backend=backend, on_error="return")
    assert result.values == (1, None, 3)
    assert [(f.point, f.error) for f in result.failures] == [({"x": 2}, "SystemExit: 2")]


def test_a_value_that_cannot_travel_fails_alone(backend):
    def lock(x):
        return threading.Lock() if x == 1 else x

    result = sweep.map(lock, sweep.grid(x=[0, 1]), backend=backend, on_error="return")
    assert result.values == (0, None)
    assert "pickle" in result.failures[0].error


# Checkpoints


def counted(x, folder):
    """x squared; leaves one mark a call."""
    (pathlib.Path(folder) / f"{x}-{time.monotonic_ns()}").touch()
    return x * x


def interrupted(x, folder):
    counted(x, folder)
    if x == 2 and not (pathlib.Path(folder) / "go").exists():
        raise KeyboardInterrupt
    return x * x


@pytest.fixture(scope="module", autouse=True)
def key_of_these_tests(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(KEY_VARIABLE, str(tmp_path_factory.mktemp("key") / "sweep.key"))
        yield


@pytest.fixture
def marks(tmp_path):
    folder = tmp_path / "marks"
    folder.mkdir()
    return folder


def calls(marks):
    return sorted(int(mark.name.split("-")[0]) for mark in marks.iterdir() if "-" in mark.name)


def test_finished_points_are_not_repeated(backend, tmp_path, marks):
    store, points = tmp_path / "new" / "store", sweep.grid(x=[1, 2], folder=[str(marks)])
    more = [*sweep.grid(x=[3], folder=[str(marks)]), *points]
    assert sweep.map(counted, points, backend=backend, checkpoint=store).values == (1, 4)
    assert sweep.map(counted, more, backend=backend, checkpoint=store).values == (9, 1, 4)
    assert calls(marks) == [1, 2, 3]
    assert {file.suffix for file in store.iterdir()} == {".result"}


def test_versions_seeds_and_functions_are_not_mixed(tmp_path):
    settings = {"backend": "serial", "checkpoint": tmp_path}
    points = [{"mean": 0.0}]
    for variant in ({}, {"version": "2"}, {"root_seed": 1}, {"seeds": [1]}):
        sweep.map(sample, points, **{"seeds": [0], **settings, **variant})
    sweep.map(integer_seed, points, seeds=[0], **settings)
    assert len(list(tmp_path.iterdir())) == 5
    sweep.map(sample, points, seeds=2, **settings)  # seeds 0 and 1 are both there
    assert len(list(tmp_path.iterdir())) == 5


def test_an_edited_function_is_evaluated_again(tmp_path):
    settings = {"backend": "serial", "checkpoint": tmp_path / "store"}
    results = []
    for number, body in enumerate(["x + 1", "x + 2"]):
        # Two editions of one function: the same name, another source.
        file = tmp_path / f"edition{number}.py"
        file.write_text(f"def step(x):\n    return {body}\n")
        names = {"__name__": "edition"}
        exec(compile(file.read_text(), str(file), "exec"), names)
        results.append(sweep.map(names["step"], [{"x": 0}], **settings).values)
    assert results == [(1,), (2,)]


def test_an_edited_helper_or_constant_is_noticed(tmp_path):
    """Also through a chain of modules of the package; docstrings and comments do not count."""
    from theory.sweep import sources

    digests = []
    for body in (
        "LEVEL = 1\ndef helper(x):\n    return x + LEVEL\n",
        "LEVEL = 2\ndef helper(x):\n    return x + LEVEL\n",
        "LEVEL = 1\ndef helper(x):\n    return x - LEVEL\n",
        'LEVEL = 1  # one\ndef helper(x):\n    """Say."""\n    return x + LEVEL\n',
    ):
        file = tmp_path / f"edition{len(digests)}.py"
        file.write_text(body + "\n\ndef step(x):\n    return helper(x)\n")
        names = {"__name__": "edition"}
        exec(compile(file.read_text(), str(file), "exec"), names)
        digests.append(sources.source_digest(names["step"]))
    assert len(set(digests[:3])) == 3 and digests[3] == digests[0]


def test_the_modules_that_a_function_reaches_are_followed(tmp_path, monkeypatch):
    from theory.sweep import sources

    package = tmp_path / "theory"
    (package / "subject").mkdir(parents=True)
    (package / "__init__.py").write_text("")
    lazy = 'X = dict(submod_attrs={"deep": ["value"], "other": ["spare"]})\n'
    (package / "subject" / "__init__.py").write_text(lazy)
    (package / "subject" / "deep.py").write_text("from theory.level import LEVEL\nvalue = LEVEL\n")
    (package / "subject" / "other.py").write_text("spare = 1\n")
    (package / "level.py").write_text("LEVEL = 1\n")
    (package / "top.py").write_text("from theory.subject import value\n")
    monkeypatch.setattr(sources, "ROOT", package)
    monkeypatch.setattr(square, "__module__", "theory.top")

    def digest():
        sources._read.cache_clear()
        return sources.source_digest(square)

    first = digest()
    (package / "subject" / "other.py").write_text("spare = 2\n")
    assert digest() == first  # not reached
    (package / "level.py").write_text("LEVEL = 2\n")
    second = sources.source_digest(square)  # an edit is seen by a process that goes on
    assert second != first and second == digest()


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(OSError, match=r"no results can be written .*give a folder"):
        sweep.map(square, [{"x": 1}], backend="serial", checkpoint=file / "below")


@pytest.mark.parametrize("damage", ["cut", "changed", "empty"])
def test_damaged_checkpoint_is_computed_again_with_a_warning(damage, tmp_path, marks):
    store, points = tmp_path / "store", sweep.grid(x=[1, 2], folder=[str(marks)])
    sweep.map(counted, points, backend="serial", checkpoint=store)
    victim = min(store.iterdir())
    content = victim.read_bytes()
    victim.write_bytes({"cut": content[:-1], "changed": content[:-1] + b"?", "empty": b""}[damage])
    with pytest.warns(UserWarning, match="is damaged .* computed again") as caught:
        result = sweep.map(counted, points, backend="serial", checkpoint=store)
    assert str(victim) in str(caught[0].message)
    assert caught[0].filename == __file__  # where the sweep was asked for
    assert result.values == (1, 4) and len(calls(marks)) == 3
    assert victim.read_bytes() == content


def test_failures_are_tried_again(tmp_path):
    settings = {"backend": "serial", "checkpoint": tmp_path, "on_error": "return"}
    for _ in range(2):
        assert len(sweep.map(fails_at_two, sweep.grid(x=[1, 2]), **settings).failures) == 1
    assert len(list(tmp_path.iterdir())) == 1


def test_interrupting_keeps_what_is_finished(tmp_path, marks):
    store, points = tmp_path / "store", sweep.grid(x=[0, 1, 2, 3], folder=[str(marks)])
    with pytest.raises(KeyboardInterrupt):
        sweep.map(interrupted, points, backend="serial", checkpoint=store)
    (marks / "go").touch()
    result = sweep.map(interrupted, points, backend="serial", checkpoint=store)
    assert result.values == (0, 1, 4, 9)
    assert calls(marks) == [0, 1, 2, 2, 3]


@pytest.mark.parametrize("backend", ["serial", "processes"])
def test_killing_the_process_loses_only_points_under_way(backend, tmp_path):
    script = tmp_path / "experiment.py"
    script.write_text(
        textwrap.dedent("""
        import os, sys, time
        from theory import sweep

        def slow(x):
            with open("log", "a") as log:
                log.write(os.environ["RUN"] + "\\n")
            time.sleep(0.1)
            return x * x

        if __name__ == "__main__":
            result = sweep.map(
                slow, sweep.grid(x=range(12)), backend=sys.argv[1], workers=2, checkpoint="store"
            )
            print(result.array().sum())
        """)
    )
    command = [sys.executable, str(script), backend]
    root = str(pathlib.Path(sweep.__file__).parents[2])

    def environment(run):
        return {**os.environ, "RUN": run, "PYTHONPATH": root}

    store = tmp_path / "store"
    victim = subprocess.Popen(
        command, cwd=tmp_path, env=environment("first"), start_new_session=True
    )
    deadline = time.monotonic() + PATIENCE
    while len(list(store.glob("*.result"))) < 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    victim.kill()
    assert victim.wait() < 0  # killed by a signal, not finished
    with contextlib.suppress(ProcessLookupError):
        os.killpg(victim.pid, signal.SIGKILL)  # the workers, which would wait for their idle limit
    kept = len(list(store.glob("*.result")))
    assert 3 <= kept < 12
    shown = subprocess.run(
        command, cwd=tmp_path, env=environment("second"), capture_output=True, text=True, check=True
    )
    assert shown.stdout.strip() == str(sum(x * x for x in range(12)))
    assert (tmp_path / "log").read_text().split().count("second") == 12 - kept
    assert shown.stderr == ""  # no progress bar where nobody watches


def waits_at_fifty(x, folder):
    deadline = time.monotonic() + 2 * PATIENCE
    while x == 50 and not (pathlib.Path(folder) / "go").exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    return x


def test_what_is_finished_is_stored_while_a_quick_neighbour_is_under_way(tmp_path, marks):
    """Batches of quick points would wait for their slowest, and be lost with it."""
    store, points = tmp_path / "store", sweep.grid(x=range(200), folder=[str(marks)])
    settings = {"backend": "processes", "workers": 2, "checkpoint": store}
    run = threading.Thread(target=sweep.map, args=(waits_at_fifty, points), kwargs=settings)
    run.start()
    deadline = time.monotonic() + PATIENCE
    while len(list(store.glob("*.result"))) < 199 and time.monotonic() < deadline:
        time.sleep(0.02)
    kept = len(list(store.glob("*.result")))
    (marks / "go").touch()
    run.join()
    assert kept == 199 and len(list(store.glob("*.result"))) == 200


# Progress


@pytest.mark.parametrize("terminal, progress, shown", [(1, 1, 1), (1, 0, 0), (0, 1, 0)])
def test_progress_bar_only_for_a_watching_terminal(monkeypatch, terminal, progress, shown):
    stream = io.StringIO()
    stream.isatty = lambda: bool(terminal)
    monkeypatch.setattr(sys, "stderr", stream)
    sweep.map(square, sweep.grid(x=[1, 2]), backend="serial", progress=bool(progress))
    assert ("square" in stream.getvalue() and "2/2" in stream.getvalue()) == bool(shown)
    assert shown or stream.getvalue() == ""


def test_what_a_plain_installation_lacks_is_named_with_its_remedy(monkeypatch):
    monkeypatch.setitem(sys.modules, "threadpoolctl", None)
    remedy = r"a sweep needs threadpoolctl; install .* 'complex-synapses\[sweep\]'"
    with pytest.raises(ModuleNotFoundError, match=remedy):
        sweep.map(boom, [{"x": 1}], backend="serial")


def test_without_tqdm_there_is_no_bar_and_all_else(monkeypatch):
    """A plain installation does not bring it."""
    monkeypatch.setitem(sys.modules, "tqdm", None)
    result = sweep.map(square, sweep.grid(x=[1, 2]), backend="serial", progress=True)
    assert result.array().tolist() == [1, 4]


# Sentences


def needs_two(x, y):
    return x + y


def boom(**arguments):
    raise AssertionError("no evaluation may start")


@pytest.mark.parametrize(
    "function, points, settings, message",
    [
        (boom, [], {}, "points is empty"),
        (boom, [{"x": 1}, 3], {}, r"points\[1\] is 3; it must be a dictionary"),
        (3, [{"x": 1}], {}, "function is 3; it must be callable"),
        (square, [{"x": 1}, {"X": 1}], {}, r"points\[1\] has X, which function square does not"),
        (needs_two, [{"x": 1}], {}, r"points\[0\] lacks y, which function needs_two needs"),
        (sample, [{"mean": 1}], {}, r"lacks rng, .* \(or give seeds\)"),
        (square, [{"x": 1}], {"seeds": 2}, "function square has neither an argument rng nor seed"),
        (sample, [{"mean": 1, "rng": 0}], {"seeds": 2}, r"points\[0\] sets rng, which the sweep"),
        (boom, [{"x": 1}, {"x": 2}, {"x": 1}], {}, r"points\[2\] repeats points\[0\]"),
        (boom, [{"x": 1}], {"seeds": 0}, "seeds must be an integer, 1 or above"),
        (boom, [{"x": 1}], {"seeds": []}, "must give one or more seeds"),
        (boom, [{"x": 1}], {"seeds": [0, -1]}, r"seeds\[1\] must be an integer, 0 or above"),
        (boom, [{"x": 1}], {"seeds": [0, 0]}, "each seed may occur only once"),
        (boom, [{"x": 1}], {"seeds": 1.5}, "seeds is 1.5; it must be"),
        (boom, [{"x": 1}], {"root_seed": -1}, "root_seed must be an integer, 0 or above"),
        (boom, [{"x": 1}], {"backend": "procesess"}, "did you mean 'processes'"),
        (boom, [{"x": 1}], {"backend": "dask"}, "set the environment variable DASK_SCHEDULER"),
        (boom, [{"x": 1}], {"workers": 0}, "workers must be an integer, 1 or above"),
        (boom, [{"x": 1}], {"on_error": "ignore"}, "on_error must be one of 'raise', 'return'"),
        (lambda x: x, [{"x": 1}], {"checkpoint": "never"}, "lambda or a closure cannot be told"),
        (square, [{"x": 1}], {"checkpoint": __file__}, "which is a file; it must be a folder"),
    ],
)
def test_bad_requests_are_refused_before_any_work(function, points, settings, message):
    with pytest.raises((TypeError, ValueError), match=message):
        sweep.map(function, points, **settings)
    assert not pathlib.Path("never").exists()


def test_function_that_cannot_travel_is_refused(backend):
    lock = threading.Lock()

    def guarded(x):
        with lock:
            return x

    points = sweep.grid(x=[1, 2])
    if backend == "serial":
        assert sweep.map(guarded, points, backend=backend).values == (1, 2)
    else:
        with pytest.raises(TypeError, match=r"'guarded' cannot be sent .* define it in a module"):
            sweep.map(guarded, points, backend=backend)


def test_unreachable_scheduler_is_named(monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setenv(backends.SCHEDULER_VARIABLE, "tcp://127.0.0.1:9")
    monkeypatch.setattr(backends, "CONNECT_SECONDS", 0.5)
    with pytest.raises(ConnectionError, match=r"DASK_SCHEDULER=tcp://127.0.0.1:9 within 0.5 s"):
        sweep.map(square, [{"x": 1}])


def test_missing_extra_names_the_command(monkeypatch):
    monkeypatch.setenv(backends.SCHEDULER_VARIABLE, "tcp://127.0.0.1:9")
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'complex-synapses\[cluster\]'"):
        sweep.map(square, [{"x": 1}])


def test_an_error_travels_itself():
    with pytest.raises(sweep.SweepError) as caught:
        sweep.map(fails_at_two, [{"x": 2}], backend="serial")
    again = pickle.loads(pickle.dumps(caught.value))
    assert (
        str(again) == str(caught.value) and again.results.failures == caught.value.results.failures
    )
