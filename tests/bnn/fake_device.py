"""A device whose arrays, as those of a GPU, never mix with NumPy's: what layers may assume."""

import types

import numpy as np


def _unwrap(value):
    if isinstance(value, DeviceArray):
        return value.values
    if isinstance(value, tuple | list):
        return type(value)(_unwrap(item) for item in value)
    if isinstance(value, np.ndarray) and value.ndim:
        raise TypeError("an array of the host was mixed with arrays of the device")
    return value


def _wrap(value):
    return DeviceArray(value) if isinstance(value, np.ndarray | np.generic) else value


class DeviceArray(np.lib.mixins.NDArrayOperatorsMixin):
    def __init__(self, values):
        self.values = np.asarray(values)

    def __array__(self, *_, **__):
        raise TypeError("an array of the device was read as one of the host")

    def __array_ufunc__(self, ufunc, method, *inputs, **options):
        assert method == "__call__"
        out = options.pop("out", None)
        if out is not None:
            ufunc(*map(_unwrap, inputs), out=_unwrap(out), **options)
            return out[0]
        return _wrap(ufunc(*map(_unwrap, inputs), **options))

    def __array_function__(self, function, _types, inputs, options):
        inputs, options = _unwrap(inputs), {key: _unwrap(v) for key, v in options.items()}
        return _wrap(function(*inputs, **options))

    def __getattr__(self, name):
        if name.startswith("__") or name == "values":
            raise AttributeError(name)
        found = getattr(self.values, name)
        if not callable(found):
            return _wrap(found)
        return lambda *a, **k: _wrap(found(*_unwrap(a), **{x: _unwrap(y) for x, y in k.items()}))

    def __getitem__(self, index):
        return DeviceArray(self.values[_unwrap(index)])

    def __setitem__(self, index, value):
        self.values[_unwrap(index)] = _unwrap(value)

    def __len__(self):
        return len(self.values)

    def __float__(self):
        return float(self.values)

    def __int__(self):
        return int(self.values)

    def __bool__(self):
        return bool(self.values)


def _maker(name):
    return lambda *a, **k: DeviceArray(getattr(np, name)(*_unwrap(a), **k))


def _asarray(values, dtype=None):
    return DeviceArray(getattr(values, "values", values) if dtype is None else
                       np.asarray(getattr(values, "values", values), dtype))  # fmt: skip


def _take(array, rows, axis=None, out=None):
    out.values[...] = np.take(array.values, rows.values, axis=axis)


def _as_strided(array, shape, strides):
    return DeviceArray(np.lib.stride_tricks.as_strided(array.values, shape, strides))


def fake_module(name="fake"):
    """Return a module of such arrays; its name decides whether GPU programs would be called."""
    makers = ("zeros", "empty", "arange", "full", "zeros_like", "empty_like", "ascontiguousarray")
    DeviceArray.array_module = types.SimpleNamespace(
        __name__=name, asarray=_asarray, take=_take, asnumpy=lambda array: array.values.copy(),
        lib=types.SimpleNamespace(stride_tricks=types.SimpleNamespace(as_strided=_as_strided)),
        **{maker: _maker(maker) for maker in makers},
    )  # fmt: skip
    return DeviceArray.array_module
