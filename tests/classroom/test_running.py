"""Which cells an exercise needs, and that leaving out the others changes nothing."""

import pytest

from classroom.exercises import Cell
from classroom.running import needed, run

TEXTS = [
    "import math\nrng = 1",
    "scale = 2\nlines = []",
    "math.sqrt(4)\nlines.append(scale)",
    "def double(x):\n    return scale * x",
    "unused = math.pi\nrng = 2",
    "table = {}\ntable['a'] = double(3)",
    "table['b'] = sum(k for k in range(3))",
    "for k in lines:\n    scale = k\nother = k",
    "scale += 1",
    "w = 7\nanswer = table['a'] + w + scale + len(lines)",
]
CELLS = [Cell("code", text, (), place) for place, text in enumerate(TEXTS)]


def test_a_cell_that_binds_or_changes_a_needed_name_is_kept():
    kept = [cell.place for cell in needed(CELLS, [9])]
    assert kept == [0, 1, 2, 3, 5, 6, 7, 8, 9]


def test_names_bound_in_the_cell_itself_are_not_taken_from_before():
    assert [cell.place for cell in needed(CELLS, [8])] == [0, 1, 2, 7, 8]
    only = [Cell("code", "x = 1", (), 0), Cell("code", "x = 2\ny = x", (), 1)]
    assert [cell.place for cell in needed(only, [1])] == [1]
    loop = [Cell("code", "k = 1", (), 0), Cell("code", "for k in range(2):\n    print(k)", (), 1)]
    assert [cell.place for cell in needed(loop, [1])] == [1]


def test_cut_or_whole_the_answer_is_the_same():
    whole, cut = {}, {}
    run(CELLS, whole)
    run(needed(CELLS, [0, 9]), cut)
    assert whole["answer"] == cut["answer"]


def test_what_is_printed_is_returned_by_place_and_drawing_is_silent(tmp_path):
    cells = [
        Cell("code", "def record(x):\n    raise RuntimeError\nprint('a')", (), 3),
        Cell("code", "record(1)\nprint('b')", (), 5),
    ]
    assert run(cells, {}, tmp_path) == {3: "a\n", 5: "b\n"}
    with pytest.raises(NameError):
        run([Cell("code", "missing_name", (), 0)], {}, tmp_path)
