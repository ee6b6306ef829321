"""The numbers of a figure as files, and back: a CSV table, an archive for what is too large for it.

`encode` and `decode` are inverse up to ten significant digits (six in the archive): enough to draw
from and to reuse, too few for the last bits of another machine.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping

import numpy as np

LARGEST_IN_TABLE = 5000  # entries; a larger array goes to the archive
_KINDS = {"b": "truth", "i": "integer", "u": "integer", "f": "real", "c": "complex", "U": "text"}
_DTYPES = {"truth": bool, "integer": int, "real": float, "complex": float, "text": str}
_SINGLE_RANGE = (1e-30, 1e30)  # magnitudes that single precision holds with all its digits


class Numbers(dict):
    """Numbers by name: arrays, or plain scalars where a scalar was recorded."""

    def __missing__(self, name):
        raise KeyError(f"no number is called {name!r}; recorded are {', '.join(self) or 'none'}")


def encode(id: str, numbers: Mapping) -> tuple[dict[str, bytes], dict[str, dict]]:
    """Return the files of a figure's numbers by suffix, and the shape and kind of each number.

    Parameters
    ----------
    id : str
        The figure, for messages.
    numbers : mapping of str to array or scalar
        Truth values, integers, reals, complex numbers or text, of any shape. Columns of the table
        may differ in length; trailing dimensions are spread over columns `name_0`, `name_1` or
        `name_0_1`; a complex number takes two columns, `name_re` and `name_im`.

    Returns
    -------
    files : dict
        ".csv", and ".npz" where an array has more than `LARGEST_IN_TABLE` entries.
    layout : dict
        name -> {"kind", "shape"}, with "archive": True for arrays of the archive.

    Raises
    ------
    ValueError
        For a name that is no identifier and for a value that is no array of one of these kinds.
    """
    columns, archive = {}, {}
    layout: dict[str, dict[str, object]] = {}
    for name, value in numbers.items():
        if not isinstance(name, str) or not name.isidentifier():
            raise ValueError(f"{id}: {name!r} cannot name a number; use a word such as 'iteration'")
        array = _array(id, name, value)
        kind = _KINDS[array.dtype.kind]
        layout[name] = {"kind": kind, "shape": list(array.shape)}
        if array.size > LARGEST_IN_TABLE and kind != "text":
            layout[name]["archive"] = True
            archive[name] = _compact(array)
            continue
        flat = array.reshape(array.shape[0] if array.ndim else 1, _width(array.shape))
        for index, column in zip(np.ndindex(array.shape[1:]), flat.T, strict=True):
            label = "_".join([name, *map(str, index)])
            parts = {"_re": column.real, "_im": column.imag} if kind == "complex" else {"": column}
            for suffix, part in parts.items():
                if label + suffix in columns:
                    raise ValueError(f"{id}: two numbers would share the column {label + suffix!r}")
                columns[label + suffix] = [_cell(v) for v in part.tolist()]
    height = max(map(len, columns.values()), default=0)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    for i in range(height):
        writer.writerow([column[i] if i < len(column) else "" for column in columns.values()])
    files = {".csv": text.getvalue().encode()} if columns else {}
    if archive:
        packed = io.BytesIO()
        # NumPy's stub would have any name be its allow_pickle.
        np.savez_compressed(packed, **archive)  # type: ignore[arg-type]
        files[".npz"] = packed.getvalue()
    return files, layout


def decode(files: Mapping[str, bytes], layout: Mapping[str, Mapping]) -> Numbers:
    """Return the numbers that `encode` wrote.

    Raises
    ------
    ValueError
        If the files do not hold what the layout says.
    """
    rows = list(csv.reader(io.StringIO(files.get(".csv", b"").decode())))
    columns = [column[1:] for column in zip(*rows, strict=True)]
    packed = np.load(io.BytesIO(files[".npz"]), allow_pickle=False) if ".npz" in files else {}
    numbers = Numbers()
    for name, row in layout.items():
        kind, shape = row["kind"], tuple(row["shape"])
        if row.get("archive"):
            array = packed[name]
            array = array.astype({"real": float, "complex": complex}.get(kind, array.dtype))
        else:
            taken = _width(shape) * (2 if kind == "complex" else 1)
            length = shape[0] if shape else 1
            values = [
                [_value(cell, kind) for cell in column[:length]] for column in columns[:taken]
            ]
            del columns[:taken]
            array = np.array(values, dtype=_DTYPES[kind]).reshape(taken, length)
            if kind == "complex":
                array = array[0::2] + 1j * array[1::2]
            array = array.T.reshape(shape)
        numbers[name] = array if shape else array.item()
    return numbers


def _width(shape: tuple[int, ...]) -> int:
    """Return over how many columns an array is spread."""
    return int(np.prod(shape[1:]))


def _array(id: str, name: str, value) -> np.ndarray:
    try:
        array = np.asarray(value)
    except ValueError:
        array = np.array(None)
    if array.dtype.kind not in _KINDS:
        raise ValueError(
            f"{id}: {name!r} must be an array or scalar of numbers, truth values or text, got "
            f"{type(value).__name__}; give arrays of different lengths names of their own"
        )
    return array


def _cell(value) -> str:
    if isinstance(value, float):
        return f"{value:.10g}"
    return str(value)


def _value(cell: str, kind: str):
    if kind == "truth":
        return cell == "True"
    return {"integer": int, "text": str}.get(kind, float)(cell)


def _compact(array: np.ndarray) -> np.ndarray:
    """Return an archive's array in single precision where that keeps all values."""
    if array.dtype.kind not in "fc":
        return array
    parts = np.abs(array.view(array.real.dtype)) if array.flags.c_contiguous else np.abs(array)
    sizes = parts[np.isfinite(parts) & (parts > 0)]
    low, high = _SINGLE_RANGE
    if sizes.size and not (sizes.min() > low and sizes.max() < high):
        return array
    return array.astype(np.float32 if array.dtype.kind == "f" else np.complex64)
