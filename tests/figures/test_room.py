"""A figure is drawn from its numbers and nothing else, the same way each time."""

import io
from dataclasses import replace
from types import SimpleNamespace

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from figures import inventory, kit, room
from figures.index import full_size_of
from figures.inventory import find_entry, load_inventory
from figures.room import columns_of, draw_room, few_colours, load_room
from figures.tables import Numbers
from theory.full_size import tables

mpl.use("agg")
GOOD = """
import matplotlib.pyplot as plt
COLUMNS = {"x": "height"}
def draw(numbers):
    figure, ax = plt.subplots(figsize=(7.2, 2))
    ax.fill_between([0, 1], numbers["x"], alpha=0.3)
    ax.plot(numbers["x"], label="a line")
    ax.legend()
    return figure
def alt(numbers):
    return f"A line up to {numbers['x'][-1]:g}."
"""
NUMBERS = Numbers(x=np.array([0.0, 2.0]))


@pytest.fixture
def entry(tmp_path, monkeypatch):
    monkeypatch.setattr(inventory, "ROOT", tmp_path)
    (tmp_path / "figures/ssl").mkdir(parents=True)
    return replace(find_entry(load_inventory(), "ssl/fig5"), figure_class="A")


def _draw(entry, source=GOOD, numbers=NUMBERS):
    entry.path(".py").write_text(source)
    return draw_room(entry, load_room(entry), numbers)


def test_the_same_numbers_give_the_same_bytes_whatever_the_sessions_settings(entry):
    first = _draw(entry)
    with plt.rc_context({"lines.linewidth": 9, "figure.dpi": 30, "font.size": 20}):
        second = _draw(entry)
    assert first == second and first.alt == "A line up to 2."
    assert set(first.files) == {".png", ".svg"}
    assert b"Software" not in first.files[".png"] and b"<dc:date>" not in first.files[".svg"]
    assert not plt.get_fignums()


def test_the_last_bits_of_the_layout_do_not_show(entry):
    """Clip paths are named after unrounded coordinates; solvers move those in their last bits."""
    shifted = GOOD.replace("    return figure", "    figure.set_layout_engine('none')\n"
                           "    ax.set_position([0.1, 0.2, 0.8 + SHIFT, 0.7])\n"
                           "    return figure")  # fmt: skip
    svgs = [_draw(entry, shifted.replace("SHIFT", s)).files[".svg"] for s in ("0", "1e-13")]
    assert svgs[0] == svgs[1]
    assert b'<clipPath id="clip0"' in svgs[0] and b"url(#clip0)" in svgs[0]


def test_an_edited_room_is_read_anew(entry):
    before = _draw(entry)
    assert _draw(entry, GOOD.replace("alpha=0.3", "alpha=0.6")).files != before.files


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("def draw", "def drew", "figures/ssl/fig5.py lacks draw"),
        ("COLUMNS", "NAMES", "lacks COLUMNS"),
        ("def draw(numbers):", "def draw(numbers)", "figures/ssl/fig5.py, line 4: expected ':'"),
        ('numbers["x"], label', 'numbers["y"], label', "no number is called 'y'; recorded are x"),
        ("return figure", "return ax", "draw must return the matplotlib figure"),
        ('return f"A', 'return ""  # f"A', "alt text is empty"),
        ("(7.2, 2)", "(5, 2)", "5 inches wide"),
        ("a line", "much too long " * 20, "sticks .* out of the figure"),
        ("ax.legend()", "ax.text(0, 0, 'tiny', fontsize=3)", "'tiny' is 3 points"),
    ],
)
@pytest.mark.filterwarnings("ignore:constrained_layout not applied")
def test_a_drawing_that_cannot_stand_is_refused_in_a_sentence(entry, old, new, sentence):
    assert old in GOOD
    with pytest.raises(ValueError, match=sentence):
        _draw(entry, GOOD.replace(old, new))
    assert not plt.get_fignums()


def test_a_missing_room_is_named(entry):
    with pytest.raises(
        ValueError, match=r"no drawing; write figures/ssl/fig5.py with draw and alt"
    ):
        load_room(entry)


def test_every_number_has_a_meaning_and_every_meaning_a_number(entry):
    entry.path(".py").write_text(GOOD)
    loaded = load_room(entry)
    assert columns_of(entry, loaded, NUMBERS) == {"x": "height"}
    with pytest.raises(ValueError, match=r"do not say what \['y'\] mean"):
        columns_of(entry, loaded, Numbers(x=1, y=2))
    with pytest.raises(ValueError, match=r"name \['x'\], which is not recorded"):
        columns_of(entry, loaded, Numbers())


def test_few_colours_look_the_same_and_take_fewer_bytes(entry):
    """Colours shift where lines are smoothed, little and seldom, and areas not at all."""
    entry.path(".py").write_text(GOOD)
    with plt.style.context(["default", room.STYLE]):
        figure = load_room(entry).draw(NUMBERS)
        full = io.BytesIO()
        figure.savefig(full, format="png")
        plt.close(figure)
    packed = few_colours(full.getvalue())
    assert few_colours(packed) == packed
    pictures = [Image.open(io.BytesIO(p)).convert("RGB") for p in (full.getvalue(), packed)]
    a, b = (np.asarray(p, dtype=float) for p in pictures)
    shifts = np.abs(a - b)
    assert shifts.mean() < 0.2 and (shifts > 16).mean() < 0.005 and shifts.max() <= 64
    assert len(packed) < 0.8 * len(full.getvalue())


def test_a_continuous_map_of_colours_is_not_mottled():
    """All hues at all lightnesses: far more than 256 colours, beside each other."""
    hue, light = np.meshgrid(np.linspace(0, 1, 300), np.linspace(0.2, 1, 200))
    rgb = mpl.colors.hsv_to_rgb(np.dstack([hue, np.ones_like(hue), light]))
    png = io.BytesIO()
    Image.fromarray((255 * rgb).astype(np.uint8)).save(png, format="PNG")
    kept = Image.open(io.BytesIO(few_colours(png.getvalue())))
    assert kept.mode == "RGB" and (np.asarray(kept) == (255 * rgb).astype(np.uint8)).all()


def test_panels_are_lettered():
    with plt.style.context(room.STYLE):
        _, axes = plt.subplots(1, 2)
        axes[1].set_title("second")
        kit.label_panels(axes)
    assert [ax.get_title("left")[-9:] for ax in axes] == ["hbf{a}$  ", "}$  second"[-9:]]
    plt.close("all")


@pytest.mark.parametrize(
    ("colour", "expected"),
    [
        ("black", 21),
        ("white", 1),
        ("#777777", 4.48),
        ("#0A0A0A", 19.8),
        ("#E69F00", 2.25),
        ("#0072B2", 5.19),
    ],
)
def test_contrast_is_that_of_the_accessibility_guidelines(colour, expected):
    assert room.contrast(colour) == pytest.approx(expected, abs=0.01)


PALE = ["#E69F00", "#56B4E9", "#CC79A7", "#009E73", "#D55E00", "0.8"]


@pytest.mark.parametrize("colour", PALE)
def test_words_lines_and_markers_are_seen_on_white_in_their_own_hue(colour):
    figure, ax = plt.subplots()
    (line,) = ax.plot([0, 1], "-o", color=colour, markerfacecolor="white", label="curve")
    points = ax.scatter([0, 1], [0, 1], color=colour)
    bars = ax.errorbar([0, 1], [0, 1], yerr=1, color=colour)[2][0]
    text = ax.text(0, 0, "word", color=colour)
    key = ax.legend().get_lines()[0]
    room._darken(figure)
    assert room.contrast(text.get_color()) >= 4.5
    shades = [line.get_color(), line.get_markeredgecolor(), key.get_color(),
              points.get_facecolor()[0], bars.get_edgecolor()[0], text.get_color()]  # fmt: skip
    assert all(room.contrast(shade) >= 3 for shade in shades)
    assert mpl.colors.same_color(line.get_markerfacecolor(), "white")
    hues = mpl.colors.rgb_to_hsv([mpl.colors.to_rgb(c) for c in (colour, *shades)])[:, 0]
    assert hues == pytest.approx(np.full(len(hues), hues[0]), abs=1e-6)
    plt.close(figure)


def test_what_lies_on_an_image_or_is_translucent_keeps_its_colour():
    figure, (left, right) = plt.subplots(1, 2)
    left.imshow(np.eye(2))
    kept = [
        left.plot([0, 1], color="#E69F00")[0],
        right.plot([0, 1], color="#E69F00", alpha=0.3)[0],
        right.plot([0, 1], color=("#E69F00", 0.3))[0],
        right.plot([0, 1], color="#0072B2")[0],
    ]
    before = [line.get_color() for line in kept]
    coloured, ax = plt.subplots()
    kept.append(ax.plot([0, 1], color="#E69F00")[0])
    before.append("#E69F00")
    coloured.colorbar(mpl.cm.ScalarMappable(), ax=ax)
    valued = right.scatter([0, 1], [0, 1], c=[0.0, 1.0])
    shades = valued.to_rgba([0.0, 1.0])
    room._darken(figure)
    room._darken(coloured)
    assert all(mpl.colors.same_color(a.get_color(), b) for a, b in zip(kept, before, strict=True))
    assert np.array_equal(valued.to_rgba([0.0, 1.0]), shades)
    plt.close("all")


def test_a_drawing_that_asks_for_full_size_is_given_what_is_stored(entry):
    wanting = GOOD.replace("(numbers)", "(numbers, full)").replace(
        "{numbers['x'][-1]:g}",
        "{numbers['x'][-1]:g}, {len(full)} entries: {list(full)}",
    )
    assert "0 entries" in _draw(entry, wanting).alt
    run = SimpleNamespace(epochs=3)
    one = SimpleNamespace(name="wide", figure=entry.id, what="", epochs=3, runs=(("a", run, 0),))
    tables.keep(one, [{"epochs": [0, 3], "curves": [[0.1], [0.9]]}], {}, entry.path("").parents[1])
    assert "1 entries: ['wide']" in _draw(entry, wanting).alt
    assert full_size_of(entry) == "run: `wide`"
    tables.keep(one, [{"epochs": [0, 2], "curves": [[0.1], [0.9]]}], {"epochs_done": 2},
                entry.path("").parents[1])  # fmt: skip
    assert full_size_of(entry) == "run: `wide` (2 of 3 epochs)"
    assert full_size_of(replace(entry, id="ssl/other", figure_class="B")) == "not run"
