"""The network, its methods and ensembles on the arrays of a device, and on a GPU where one is."""

import ctypes
import shutil
import subprocess
import sys
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from fake_device import DeviceArray, fake_module

from theory.bnn import arrays, gpu
from theory.bnn.arrays import array_module, gpu_seen, module_of, to_host
from theory.bnn.flip_cost import flip_costs
from theory.continual.binarized import ensemble, experiments, settings
from theory.continual.binarized.ensemble import Ensemble
from theory.continual.binarized.experiments import run_experiment, train

BASE = replace(settings.permuted_digits(5.0, count=2, width=16), epochs=1, measure_every=1)
METHODS = ("none", "ewc", "random", "mas", "si")


@pytest.fixture
def device(monkeypatch, without_compiler):
    """The stand-in for a GPU, to be compared with NumPy: device="gpu" makes its arrays."""

    def choose(name):
        module = fake_module(name)
        for place in (arrays, ensemble, experiments):
            monkeypatch.setattr(
                place, "array_module", lambda device: module if device == "gpu" else np
            )

    choose("fake")
    return choose


@pytest.mark.parametrize(
    "changes",
    [{"method": method, "strength": 0.01} for method in METHODS]
    + [
        {"binary": False},
        {"normalisation": "running", "optimizer": "sgd"},
        {"normalisation": "instance"},
        {"shuffled": True},
        {"channels": (3, 4), "hidden": (8,), "side": 3, "affine": False},
        {"channels": (3, 4), "hidden": (8,), "side": 3, "pool": "maximum"},
    ],
    ids=str,
)
def test_a_run_touches_only_arrays_of_its_device(changes, device):
    experiment = replace(BASE, **changes)
    learner, measured = train(experiment, 1, device="gpu")
    assert all(isinstance(p.value, DeviceArray) for p in learner.network.parameters)
    wanted = run_experiment(experiment, 1)
    assert all(np.array_equal(measured[key], wanted[key]) for key in wanted)


def test_a_checkpoint_goes_from_device_to_device(tmp_path, device):
    experiment = replace(BASE, method="si", strength=1.0)
    first = train(experiment, 0, checkpoint=tmp_path / "run.npz", device="gpu")[1]
    learner, again = train(experiment, 0, checkpoint=tmp_path / "run.npz")
    assert np.array_equal(first["matrix"], again["matrix"])
    assert isinstance(learner.network.parameters[0].value, np.ndarray)


def test_flip_costs_on_the_device(device):
    costs = []
    for where in ("cpu", "gpu"):
        learner = train(BASE, 0, device=where)[0]
        task = BASE.tasks.build(0)[0]
        data = task.test_images, task.test_labels
        costs.append(flip_costs(learner.network, 0, *data, 3, flips=5, draws=2).cost)
    assert np.array_equal(*costs)


def test_beakers_stay_on_the_host(device):
    with pytest.raises(ValueError, match="beakers computes in NumPy"):
        train(replace(BASE, method="beakers", strength=0.01), 0, device="gpu")


def test_an_ensemble_touches_only_arrays_of_its_device(device):
    runs = [(BASE, 0), (replace(BASE, method="random", strength=1.0), 1)]
    for found, (experiment, seed) in zip(Ensemble(runs, "gpu").train(), runs, strict=True):
        assert np.array_equal(found["curves"], run_experiment(experiment, seed)["curves"])


def plain_adam(parameter, first, second, rates, epsilon, decay, metaplasticities, other):
    """What the GPU program is told to do, in NumPy, one member after the other."""
    arrays = (parameter.value, parameter.gradient, first, second, parameter.used)
    members = len(rates)
    value, gradient, a, v, used = (x.values.reshape(members, -1) for x in arrays)
    for k in range(members):
        sizes = value[k]
        if other is not None and other[1].values[k] >= 0:
            sizes = other[0].values.reshape(-1, value.shape[1])[other[1].values[k]]
        a[k] = a[k] * np.float32(0.9) + (gradient[k] + np.float32(decay) * value[k])
        g = gradient[k] + np.float32(decay) * value[k]
        v[k] = v[k] * np.float32(0.999) + g * g
        step = a[k] / (np.sqrt(v[k]) + np.float32(epsilon)) * rates.values[k]
        damping = np.tanh(sizes * metaplasticities.values[k]) ** 2
        value[k] += np.where(step * value[k] < 0, step - damping * step, step)
        if parameter.role == "binary":
            used[k] = np.copysign(1, value[k])


def plain_moments(stack):
    return stack.mean(axis=1, keepdims=True), DeviceArray(stack.values.var(axis=1, keepdims=True))


def plain_normalise(stack, mean, variance, scale, shift, epsilon, normalised, out):
    names = {"x": stack, "mean": mean, "variance": variance, "scale": scale, "shift": shift}
    evaluate("normalise", names | {"epsilon": epsilon}, {"normalised": normalised, "y": out})


def plain_normalise_back(upstream, normalised, variance, scale, epsilon, gradients, out):
    aligned, total = gradients
    aligned[:, 0] = (upstream * normalised).sum(axis=1)
    total[:, 0] = upstream.sum(axis=1)
    names = {"u": upstream, "normalised": normalised, "aligned": aligned, "total": total}
    names |= {"variance": variance, "scale": scale, "epsilon": epsilon}
    evaluate("back", names | {"share": 1 / upstream.shape[1]}, {"y": out})


def plain_sign(stack, inside, out):
    evaluate("sign", {"x": stack}, {"inside": inside, "y": out})


def evaluate(name, inputs, outputs):
    """Run the operation of a GPU program, whose C is close enough to Python, on NumPy's arrays."""
    scope = {key: getattr(value, "values", value) for key, value in inputs.items()}
    scope |= {"sqrt": np.sqrt, "fabs": np.abs, "copysign": np.copysign}
    exec(gpu.ELEMENTWISE[name][2].replace("(T)", "").replace("; ", "\n"), scope)
    for key, array in outputs.items():
        array.values[...] = scope[key]


def names_of(declared):
    return [part.split()[-1] for part in declared.split(", ")]


@pytest.fixture
def programs(monkeypatch):
    """GPU programs of whole stacks, run by NumPy."""

    def elementwise(name):
        inputs, outputs, _ = gpu.ELEMENTWISE[name]

        def run(*arrays):
            given = dict(zip(names_of(inputs) + names_of(outputs), arrays, strict=True))
            written = {key: SimpleNamespace(values=given.pop(key)) for key in names_of(outputs)}
            evaluate(name, given, written)

        return run

    def reduction(name):
        inputs, each = gpu.REDUCTIONS[name]

        def run(*arrays, axis, out=None):
            found = eval(each, dict(zip(names_of(inputs), arrays, strict=True))).sum(axis=axis)
            return found if out is None else np.copyto(out, found)

        return run

    monkeypatch.setattr(gpu, "_elementwise", elementwise)
    monkeypatch.setattr(gpu, "_reduction", reduction)


def test_gradients_of_a_normalisation_on_a_device_are_differences(programs):
    rng, epsilon = np.random.default_rng(0), 0.1
    stack, upstream = rng.normal(size=(2, 2, 5, 3))
    scale, shift = rng.normal(size=(2, 2, 1, 3))

    def forward(stack, scale, shift):
        mean, variance = gpu.moments(stack)
        np.testing.assert_allclose(variance, stack.var(axis=1, keepdims=True))
        normalised, out = np.empty_like(stack), np.empty_like(stack)
        gpu.normalise(stack, mean, variance, scale, shift, epsilon, normalised, out)
        return variance, normalised, out

    variance, normalised, out = forward(stack, scale, shift)
    assert out.mean(axis=1) == pytest.approx(shift[:, 0])
    gradients, inward = np.empty((2, 2, 1, 3)), np.empty_like(stack)
    gpu.normalise_back(upstream, normalised, variance, scale, epsilon, gradients, inward)
    for which, wanted in enumerate((inward, *gradients)):
        for cell in np.ndindex(wanted.shape):
            values = []
            for step in (1e-6, -1e-6):
                moved = [stack.copy(), scale.copy(), shift.copy()]
                moved[which][cell] += step
                values.append(np.sum(upstream * forward(*moved)[2]))
            assert wanted[cell] == pytest.approx((values[0] - values[1]) / 2e-6, abs=1e-7)


def test_signs_on_a_device_and_where_they_pass_a_gradient(programs):
    stack = np.array([[-2.0, -1.0, -0.0, 0.5, 1.0, 1.5]])
    inside, out = np.zeros_like(stack), np.zeros_like(stack)
    gpu.sign(stack, inside, out)
    assert out.tolist() == [[-1, -1, -1, 1, 1, 1]] and inside.tolist() == [[0, 1, 1, 1, 1, 0]]
    assert gpu.mask(stack.copy(), inside).tolist() == [[0, -1, 0, 0.5, 1, 0]]


def test_one_program_updates_every_member_as_its_own_optimizer_would(device, monkeypatch):
    device("cupy")
    monkeypatch.setattr(gpu, "adam_update", plain_adam)
    for name in ("moments", "normalise", "normalise_back", "sign"):
        monkeypatch.setattr(gpu, name, globals()[f"plain_{name}"])
    monkeypatch.setattr(gpu, "stacked_matmul", lambda a, b, out, _: np.matmul(a, b, out=out))
    # A step or two: later on rounding has turned a sign, which turns others.
    base = replace(BASE, tasks=replace(BASE.tasks, train_limit=100))
    runs = [
        (base, 0),
        (replace(base, metaplasticity=0.0), 1),
        (replace(base, shuffled=True, metaplasticity=20.0), 0),
        (replace(base, fresh_optimizer=False, task_normalisation=False), 2),
    ]
    one, other = Ensemble(runs, "gpu"), Ensemble(runs)
    assert one._updates.together and not other._updates.together
    for each in (one, other):
        each.train(after_epoch=lambda _: True)
    for a, b in zip(one.network.weights, other.network.weights, strict=True):
        assert np.abs(to_host(a.value) - b.value).max() < 1e-5  # of steps of 5e-3
    assert [m.optimizer.steps for m in one.learners] == [m.optimizer.steps for m in other.learners]


SHIM = """
#include <cmath>
struct Place { int x, y; };
static Place gridDim, blockDim, blockIdx, threadIdx;
#define __global__
"""


class CompiledForThisComputer:
    """In place of CuPy's: the same program, its blocks and threads one after the other."""

    def __init__(self, folder, source, name):
        declared = source.split("{", 1)[0].split("(", 1)[1].rsplit(")", 1)[0]
        kinds = [part.replace("*", "* ").rsplit(maxsplit=1) for part in declared.split(",")]
        self.kinds = ["".join(kind.replace("const", "").split()) for kind, _ in kinds]
        own = ", ".join(f"{kind} {parameter}" for kind, parameter in kinds)
        names = ", ".join(parameter for _, parameter in kinds)
        launch = f"""
extern "C" void launch(int across, int members, int threads, {own}) {{
    gridDim = {{across, members}}; blockDim = {{threads, 1}};
    for (blockIdx.y = 0; blockIdx.y < members; blockIdx.y++)
        for (blockIdx.x = 0; blockIdx.x < across; blockIdx.x++)
            for (threadIdx.x = 0; threadIdx.x < threads; threadIdx.x++) {name}({names});
}}"""
        (folder / "program.cpp").write_text(SHIM + source + launch)
        command = ["g++", "-O1", "-shared", "-fPIC", "-o", "program.so", "program.cpp"]
        subprocess.run(command, cwd=folder, check=True)
        self.launch = ctypes.CDLL(str(folder / "program.so")).launch

    def __call__(self, grid, block, arguments):
        given = []
        for kind, value in zip(self.kinds, arguments, strict=True):
            number = {"float": np.float32, "int": np.int32, "longlong": np.int64}[kind.strip("*")]
            assert value.dtype == number
            pointer = np.ctypeslib.ndpointer(number, flags="C_CONTIGUOUS")
            given.append(pointer.from_param(value) if "*" in kind
                         else np.ctypeslib.as_ctypes_type(number)(value))  # fmt: skip
        self.launch(*grid, *block, *given)


@pytest.mark.skipif(shutil.which("g++") is None, reason="no compiler")
@pytest.mark.parametrize("role", ["binary", "real"])
@pytest.mark.parametrize("size", [40, 1000])  # less than a block has threads, and more
def test_the_program_of_a_gpu_does_to_every_member_what_it_is_told(
    role, size, tmp_path, monkeypatch
):
    compiled = lambda source, name: CompiledForThisComputer(tmp_path, source, name)  # noqa: E731
    monkeypatch.setitem(sys.modules, "cupy", SimpleNamespace(RawKernel=compiled, full=np.full))
    monkeypatch.setattr(gpu, "BLOCKS", 2)  # each thread has several numbers to do
    gpu._update_program.cache_clear()
    rng = np.random.default_rng(size)
    draw = lambda *shape: rng.normal(size=shape).astype(np.float32)  # noqa: E731
    members = 3
    found = {name: draw(members, size) for name in ("value", "gradient", "first", "used")}
    found["second"] = np.abs(draw(members, size))
    wanted = {name: array.copy() for name, array in found.items()}
    rates = np.array([0.01, 0.02, 0.3], np.float32)
    strengths = np.array([0, 1.5, 5], np.float32)
    other = draw(2, size), np.array([-1, 1, 0], np.int32)
    for shuffled in (None, other):
        of = SimpleNamespace(role=role, **found)
        gpu.adam_update(of, found["first"], found["second"], rates, 1e-4, 0.1, strengths, shuffled)
        wrapped = {name: DeviceArray(array) for name, array in wanted.items()}
        plain_adam(SimpleNamespace(role=role, **wrapped), wrapped["first"], wrapped["second"],
                   DeviceArray(rates), 1e-4, 0.1, DeviceArray(strengths),
                   shuffled and tuple(map(DeviceArray, shuffled)))  # fmt: skip
        for name, array in found.items():
            np.testing.assert_allclose(array, wanted[name], rtol=2e-5, atol=1e-6, err_msg=name)
    gpu._update_program.cache_clear()


def test_without_a_gpu_a_sentence_says_so():
    if gpu_seen():
        pytest.skip("a GPU is seen")
    with pytest.raises((ModuleNotFoundError, RuntimeError), match='device="gpu"'):
        train(BASE, 0, device="gpu")
    with pytest.raises(ValueError, match="device"):
        array_module("tpu")
    assert module_of([1.0]) is np


@pytest.mark.skipif(not gpu_seen(), reason="no GPU with CuPy is seen")
def test_a_step_on_a_gpu_agrees_with_numpy_within_rounding():
    from theory.full_size.gpu_check import largest_deviations

    for name, (found, bound) in largest_deviations().items():
        assert found <= bound, name


def test_column_products_of_a_device_are_those_of_numpy():
    a, b = np.random.default_rng(0).normal(size=(2, 3, 5, 4))
    module = fake_module("cupy")
    found = arrays.column_products(module.asarray(a), module.asarray(b))
    np.testing.assert_allclose(found.values, arrays.column_products(a, b))


@pytest.mark.parametrize("shape", [(2, 3, 5), (2, 5, 3), (2, 4, 1), (2, 1, 4)])
def test_stacks_are_laid_out_for_products_as_their_strides_say(shape):
    """Element (r, c) of matrix m lies at m * jump + r * lead + c, rows and columns as they are."""
    stack = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
    # Of the columns of a wider stack one row is left when they are turned: no neighbours in memory.
    for given in (stack, stack.swapaxes(1, 2), stack[..., :1].swapaxes(1, 2)):
        transposed, lead, jump = gpu._layout(given)
        for m, row, column in np.ndindex(given.shape):
            row_, column_ = (column, row) if transposed else (row, column)
            assert stack.ravel()[m * jump + row_ * lead + column_] == given[m, row, column]
        assert lead >= given.shape[1 if transposed else 2]
    with pytest.raises(ValueError, match="neither contiguous nor the transpose"):
        gpu._layout(np.zeros((2, 6, 8), np.float32)[:, ::2, ::2])
