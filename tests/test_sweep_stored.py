"""Stored results of a sweep: exact, without code where possible, and nobody else's."""

import hashlib
import pathlib
import pickle
import subprocess
import sys
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from theory import sweep
from theory.sweep.checkpoint import MAGIC, Checkpoint
from theory.sweep.key import KEY_VARIABLE, account_key, key_file
from theory.sweep.stored import NotPlain, plain_bytes, plain_value

ROOT = pathlib.Path(sweep.__file__).parents[2]
exact = settings(max_examples=80, derandomize=True, deadline=None)
numbers = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.complex_numbers())
dtypes = st.one_of(
    arrays.floating_dtypes(), arrays.integer_dtypes(), arrays.complex_number_dtypes(),
    arrays.boolean_dtypes(), arrays.unicode_string_dtypes(), arrays.datetime64_dtypes(),
)  # fmt: skip
leaves = st.one_of(
    numbers, st.text(), arrays.arrays(dtypes, arrays.array_shapes(min_dims=0, min_side=0))
)
values = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.one_of(st.text(), st.integers(), st.booleans()), inner, max_size=3),
    ),
    max_leaves=6,
)


def same(one, other):
    """Equal in type, content, order and bits."""
    if type(one) is not type(other):
        return False
    if isinstance(one, np.ndarray | np.generic):
        return (one.dtype, one.shape, one.tobytes()) == (other.dtype, other.shape, other.tobytes())
    if isinstance(one, dict):
        return same(list(one.items()), list(other.items()))
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return repr(one) == repr(other)


@exact
@given(values)
def test_what_is_plain_comes_back_to_the_bit_and_always_as_the_same_bytes(value):
    content = plain_bytes(value)
    assert same(plain_value(content), value)
    assert plain_bytes(plain_value(content)) == content


@pytest.mark.parametrize(
    "value",
    [np.float32(0.1), np.float64(-0.0), np.int8(-3), np.bool_(True), np.str_("é"), float("nan"),
     np.array([(1, 2.0)], "i4,f8")[0], np.asfortranarray(np.arange(6.0).reshape(2, 3)),
     np.arange(4, dtype=">f4")[::2], {"array": ["scalar"], 1: ("complex", 2j)}, 10**400],
)  # fmt: skip
def test_kinds_that_are_easily_lost(value):
    assert same(plain_value(plain_bytes(value)), value)


@dataclass(frozen=True)
class Measured:
    mean: float


class Derived(dict):
    pass


@pytest.mark.parametrize(
    "value",
    [Measured(1.0), Derived(a=1), {1, 2}, b"1", np.array([None]), np.ma.array([1]), [len]],
)  # fmt: skip
def test_what_is_more_than_data_is_not_plain(value):
    with pytest.raises(NotPlain):
        plain_bytes(value)


# Whose result it is


def plain_result(x):
    return {"x": x, "path": np.arange(3.0)}


def object_result(x):
    return Measured(x)


@pytest.fixture
def keyed(tmp_path, monkeypatch):
    monkeypatch.setenv(KEY_VARIABLE, str(tmp_path / "mine" / "sweep.key"))
    return tmp_path


class Explosion:
    """Leaves a mark where it is unpickled."""

    def __init__(self, mark):
        self.mark = mark

    def __reduce__(self):
        return pathlib.Path.touch, (self.mark,)


def run(function, store):
    return sweep.map(function, [{"x": 2.5}], backend="serial", checkpoint=store)


@pytest.mark.parametrize("function", [plain_result, object_result])
def test_a_result_of_another_account_is_refused_and_never_unpickled(function, keyed, monkeypatch):
    """A forger who knows all but the key: right name, right format, right unkeyed digest."""
    mark, store = keyed / "executed", keyed / "store"
    with monkeypatch.context() as forger:
        forger.setenv(KEY_VARIABLE, str(keyed / "theirs.key"))
        run(function, store)
        (file,) = store.iterdir()
        payload = b"P" + pickle.dumps(Explosion(mark))
        seal = Checkpoint(store, function)._seal(file, payload)
    file.write_bytes(MAGIC + hashlib.sha256(payload).digest() + seal + payload)
    before = file.read_bytes()
    with pytest.raises(sweep.ForeignCheckpoint, match="not written with this account's key") as met:
        run(function, store)
    assert str(file) in str(met.value) and KEY_VARIABLE in str(met.value)
    assert not mark.exists() and file.read_bytes() == before
    # Whoever is trusted shares the key; then the very same bytes are read.
    monkeypatch.setenv(KEY_VARIABLE, str(keyed / "theirs.key"))
    run(function, store)
    assert mark.exists()


def test_a_result_without_a_keyed_digest_is_refused(keyed):
    mark, store = keyed / "executed", keyed / "store"
    run(plain_result, store)
    (file,) = store.iterdir()
    payload = pickle.dumps(Explosion(mark))
    file.write_bytes(hashlib.sha256(payload).digest() + payload)
    with pytest.raises(sweep.ForeignCheckpoint, match="of another format"):
        run(plain_result, store)
    assert not mark.exists()


def test_a_result_under_the_name_of_another_is_refused(keyed):
    store = keyed / "store"
    run(plain_result, store)
    (first,) = store.iterdir()
    run(object_result, store)
    (second,) = set(store.iterdir()) - {first}
    second.write_bytes(first.read_bytes())
    with pytest.raises(sweep.ForeignCheckpoint, match=second.name):
        run(object_result, store)


@pytest.mark.parametrize("function", [plain_result, object_result])
def test_own_results_come_back_and_only_objects_are_pickled(function, keyed, monkeypatch):
    first = run(function, keyed / "store").values[0]
    loads, unpickled = pickle.loads, []
    monkeypatch.setattr(pickle, "loads", lambda content: unpickled.append(1) or loads(content))
    again = run(function, keyed / "store").values[0]
    assert same(again, first) and len(unpickled) == (function is object_result)


@pytest.mark.parametrize("kept", [0, 5, len(MAGIC) + 40, len(MAGIC) + 64, -1])
@pytest.mark.parametrize("function", [plain_result, object_result])
def test_a_truncated_result_says_so_and_is_computed_again(function, kept, keyed):
    store = keyed / "store"
    run(function, store)
    (file,) = store.iterdir()
    whole = file.read_bytes()
    file.write_bytes(whole[:kept])
    with pytest.warns(UserWarning, match=r"is damaged \(cut short or changed\); \(x=2.5\) is comp"):
        run(function, store)
    assert file.read_bytes() == whole


# The key


def test_the_key_is_made_once_and_only_for_this_account(keyed):
    assert len(account_key()) == 32 and account_key() == account_key()
    assert key_file().stat().st_mode & 0o777 == 0o600
    assert [p.name for p in key_file().parent.iterdir()] == ["sweep.key"]


def test_the_key_is_in_the_state_folder_of_the_account(tmp_path, monkeypatch):
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert key_file() == tmp_path / "state" / "complex-synapses" / "sweep.key"
    monkeypatch.delenv("XDG_STATE_HOME")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert key_file() == tmp_path / ".local" / "state" / "complex-synapses" / "sweep.key"


def test_processes_that_start_together_agree_on_the_key(keyed):
    command = [sys.executable, "-c", "from theory.sweep.key import *; print(account_key().hex())"]
    crowd = [subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) for _ in range(4)]
    keys = {process.communicate(timeout=60)[0].strip() for process in crowd}
    assert keys == {account_key().hex().encode()}


def test_a_key_that_everybody_reads_or_that_is_none_is_refused(keyed):
    account_key()
    key_file().chmod(0o644)
    with pytest.raises(PermissionError, match="chmod 600"):
        run(plain_result, keyed / "store")
    key_file().chmod(0o600)
    key_file().write_bytes(b"short")
    with pytest.raises(ValueError, match="no key of stored results"):
        run(plain_result, keyed / "store")
    assert not (keyed / "store").exists()


def test_a_key_that_cannot_be_made_names_the_remedy(keyed, monkeypatch):
    (keyed / "file").touch()
    monkeypatch.setenv(KEY_VARIABLE, str(keyed / "file" / "sweep.key"))
    with pytest.raises(OSError, match=f"set {KEY_VARIABLE} to a file"):
        run(plain_result, keyed / "store")
