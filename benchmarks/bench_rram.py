"""Simulated resistive devices and training with them, as ratios to what bounds them here.

The bounds, measured in the same run: drawing the random numbers that the model needs (one uniform
number a pulse for the pink noise), and reading what a pulse needs of a device once (parameters,
counter, noise, trap). Targets: 10^6 devices x 100 pulses within 1 s and 250 MB, a training run of
the laptop experiment within 10 s; the released dense network, `bench_rram.py full`, within 6
minutes.
"""

import sys
import time

import numpy as np
from timing import row

from theory.rram import CONDITIONS, DeviceArray, condition, convolutional, dense, train

BYTES = 8 + 4 * 4 + 3 * 4 + 1  # counter, parameters, pink noise, sum, amplitude, state
TICKS = 0.02  # seconds that a measured time lasts at least: several ticks of a slow clock


def bounds(devices: int, pulses: int) -> tuple[float, float]:
    """Return seconds of CPU to draw the random numbers, and to read the states once a pulse."""
    rng = np.random.default_rng(0)
    block = 4096
    draws = max(devices // block, 1)
    draw = min(cpu(lambda: [rng.random(block, np.float32) for _ in range(draws)]) for _ in range(3))
    state = np.ones(devices * BYTES // 8)
    read = min(cpu(state.sum) for _ in range(5))
    return draw * pulses, read * pulses


def cpu(function) -> float:
    """Return the seconds of CPU of a call; a short one is repeated, as clocks may tick slowly."""
    started, calls, spent = time.process_time(), 0, 0.0
    while spent < TICKS:
        function()
        calls, spent = calls + 1, time.process_time() - started
    return spent / calls


def memory(array: DeviceArray) -> float:
    """Return the megabytes of the arrays that an array of devices keeps."""
    seen = {}
    for holder in (array, array.devices, array.noise, array.noise.stream):
        for value in vars(holder).values():
            for part in value.values() if isinstance(value, dict) else (value,):
                if isinstance(part, np.ndarray):
                    base = part if part.base is None else part.base
                    seen[id(base)] = base.nbytes
    return sum(seen.values()) / 1e6


def devices(count: int) -> None:
    draw, read = bounds(count, 100)
    array = DeviceArray(count, 0)

    def singles():
        for _ in range(100):
            array.pulse(1)

    name = f"{count:.0e} devices, 100 single pulses, each read"
    best = min(cpu(singles) for _ in range(2))
    row(name, best, f"{best / count / 100 * 1e9:.1f} ns a pulse", f"state {memory(array):.0f} MB",
        of={"random numbers and one pass over the state": draw + read, "target": 1})  # fmt: skip
    burst = cpu(lambda: array.pulse(100))
    row(f"{count:.0e} devices, 100 pulses in one burst", burst, of={"single ones": best})
    some = np.random.default_rng(1).integers(0, 2, count) * 14
    array.pulse(some)
    mixed = cpu(lambda: array.pulse(some))
    row(f"{count:.0e} devices, 14 pulses to every second", mixed,
        f"{mixed / (count / 2 * 14) * 1e9:.1f} ns a pulse")  # fmt: skip
    quiet = DeviceArray(count, 0, imperfections="spread")
    plain = cpu(lambda: [quiet.pulse(1) for _ in range(100)])
    row(f"{count:.0e} devices without noise, 100 single pulses", plain,
        of={"those with noise": best})  # fmt: skip


def training(epochs: int) -> None:
    for base, task in ((dense(epochs=epochs), "digits, 64-256-10"),
                       (convolutional(epochs=min(epochs, 8)), "fashion, ConvNet")):  # fmt: skip
        train(condition(base, "software"), 0)  # the images are read once
        software = cpu(lambda base=base: train(condition(base, "software"), 0))
        for name in CONDITIONS:
            spent = cpu(lambda base=base, name=name: train(condition(base, name), 0))
            row(f"{task}, {base.epochs} epochs, {name}", spent,
                of={"software weights": software})  # fmt: skip


def full(epochs: int) -> None:
    """Train the released dense network on the full MNIST for some of its 20 epochs."""
    from theory.data import load_images

    task = load_images("mnist", "paper")
    measured = {}
    spent = cpu(
        lambda: measured.update(train(dense(scale="paper", epochs=epochs), 0, task=task)[1])
    )
    row(f"784-3000-10, MNIST, {epochs} epochs, all imperfections", spent,
        f"test accuracy {measured['accuracy'][-1]:.4f}")  # fmt: skip


def main() -> None:
    if sys.argv[1:2] == ["full"]:
        full(int(sys.argv[2]) if len(sys.argv) > 2 else 20)
        return
    count = int(float(sys.argv[1])) if len(sys.argv) > 1 else 10**6
    devices(count)
    training(20 if count >= 10**6 else 1)


if __name__ == "__main__":
    main()
