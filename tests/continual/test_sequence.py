"""The runner with a learner that only counts: order, batches, measurements, errors."""

import numpy as np
import pytest

from theory.continual import SequenceRun, TrainingDiverged, run_sequence
from theory.data import ImageTask


def make_task(images=10, label=0):
    pixels = np.linspace(0, 1, images * 4).reshape(images, 4).astype(np.float32)
    labels = np.full(images, label)
    return ImageTask(
        pixels, labels, pixels[:4], labels[:4], (2, 2), ("a", "b", "c"), "small", "Made up."
    )


class Counter:
    """Knows the last task only; its loss can be told to become NaN."""

    def __init__(self, nan_at=None):
        self.seen, self.batches, self.begun, self.ended, self.nan_at = [], [], [], [], nan_at

    def begin_task(self, number, task):
        self.begun.append(number)

    def step(self, images, labels):
        self.batches.append(images[:, 0].copy())
        self.last = labels[0]
        return np.nan if len(self.batches) == self.nan_at else 1.0 / len(self.batches)

    def end_task(self, number, task):
        self.ended.append(number)

    def accuracy(self, number, images, labels):
        return float(self.batches != [] and self.last == labels[0])


TASKS = tuple(make_task(label=k) for k in range(3))


def test_a_run_visits_every_image_once_an_epoch_and_forgets_what_it_should():
    learner = Counter()
    run = run_sequence(learner, TASKS, epochs=2, batch=5, rng=0)
    assert learner.begun == learner.ended == [0, 1, 2]
    assert len(learner.batches) == run.step == 12
    for epoch in range(6):
        seen = np.sort(np.concatenate(learner.batches[2 * epoch : 2 * epoch + 2]))
        assert np.array_equal(seen, TASKS[0].train_images[:, 0])
    assert not np.array_equal(learner.batches[0], learner.batches[2])
    assert run.epochs == [0, 1, 2, 3, 4, 5, 6]
    assert np.array_equal(run.matrix, np.eye(3)) and np.array_equal(run.final, [0, 0, 1])
    np.testing.assert_allclose(run.seen_average, [1, 1 / 2, 1 / 3])
    wanted = [(1 / (2 * n + 1) + 1 / (2 * n + 2)) / 2 for n in range(6)]
    np.testing.assert_allclose(run.losses, wanted)


def test_measurements_come_as_often_as_asked():
    runs = [
        run_sequence(Counter(), TASKS, epochs=3, batch=5, rng=0, measure_every=n)
        for n in (1, 2, None)
    ]
    assert [run.epochs for run in runs] == [
        list(range(10)), [0, 2, 3, 5, 6, 8, 9], [3, 6, 9]
    ]  # fmt: skip
    assert all(np.array_equal(run.matrix, np.eye(3)) for run in runs)


def test_images_that_fill_no_batch_wait_for_another_epoch():
    learner = Counter()
    run_sequence(learner, TASKS[:1], epochs=1, batch=4, rng=0)
    assert [len(batch) for batch in learner.batches] == [4, 4]


def test_other_tasks_can_be_tested_than_are_learned():
    run = run_sequence(Counter(), TASKS[1:2], epochs=1, batch=5, rng=0, evaluated=TASKS)
    assert run.matrix.tolist() == [[0, 1, 0]]


def test_a_run_goes_on_where_it_was():
    whole = run_sequence(
        learner := Counter(), TASKS, epochs=2, batch=5, rng=np.random.default_rng(1)
    )
    rng = np.random.default_rng(1)

    class Stop(Exception):
        pass

    def stop(run, rng):
        if run.step == 6:
            raise Stop

    run, half = SequenceRun(), Counter()
    with pytest.raises(Stop):
        run_sequence(half, TASKS, epochs=2, batch=5, rng=rng, run=run, after_epoch=stop)
    assert (run.task, run.epoch) == (1, 1)
    resumed = run_sequence(half, TASKS, epochs=2, batch=5, rng=rng, run=run)
    assert resumed == whole
    assert np.array_equal(np.concatenate(half.batches), np.concatenate(learner.batches))
    assert run_sequence(half, TASKS, epochs=2, batch=5, rng=rng, run=resumed) == whole


def test_a_loss_that_is_no_number_stops_the_run_and_says_where():
    with pytest.raises(TrainingDiverged, match=r"nan at step 7 \(task 2, epoch 2\)"):
        run_sequence(Counter(nan_at=7), TASKS, epochs=2, batch=5, rng=0)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"batch": 11}, "batch is 11, but task 'small' has 10 training images"),
        ({"batch": 0}, "batch must be an integer, 1 or above"),
        ({"epochs": 0}, "epochs must be an integer, 1 or above"),
        ({"measure_every": 0}, "measure_every must be an integer, 1 or above"),
        ({"tasks": ()}, "tasks is empty"),
    ],
)
def test_bad_settings_get_a_sentence(options, sentence):
    settings = {"tasks": TASKS, "epochs": 1, "batch": 5, "rng": 0} | options
    with pytest.raises(ValueError, match=sentence):
        run_sequence(Counter(), settings.pop("tasks"), **settings)
