"""`explore`: small multiples on one scale, each told in words, and a slider in a live notebook."""

import base64
import io

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from figures import frames, kit

mpl.use("agg")
VALUES = [0.1, 1.0, 3.0, 4.0, 5.0, 20.0]


@pytest.fixture
def shown(tmp_path, monkeypatch):
    """What a notebook is shown in a build."""
    monkeypatch.setenv(kit.STAGING_VARIABLE, str(tmp_path))
    told = []
    monkeypatch.setattr(kit, "_show", told.extend)
    return told


def test_frames_share_one_scale_and_labels_stand_outside_once(shown):
    drawn = []

    def draw(ax, value):
        drawn.append(ax)
        ax.plot([0, value], [0, 1])
        ax.set(xlabel="time", ylabel="weight")
        return f"it ends at {value:g} < 30"

    kit.explore(draw, kappa=VALUES)
    assert len({(ax.get_xlim(), ax.get_ylim()) for ax in drawn}) == 1
    assert [ax.get_title("left") for ax in drawn[:2]] == ["kappa = 0.1", "1"]
    assert [bool(ax.get_ylabel()) for ax in drawn] == [True, False, False] * 2
    assert [bool(ax.get_xlabel()) for ax in drawn] == [False] * 3 + [True] * 3
    picture, words = shown
    facts = picture["metadata"]["explore"]
    assert facts["name"] == "kappa" and facts["values"] == ["0.1", "1", "3", "4", "5", "20"]
    assert picture["metadata"]["image/png"]["alt"] == (
        "6 frames: weight against time, for kappa = 0.1 to 20; each is described below."
    )
    assert words["metadata"] == {"explore": "words"} and "&lt; 30" in words["data"]["text/markdown"]
    lines = frames.words(words)
    assert len(lines) == 6 and lines[0] == "kappa = 0.1: it ends at 0.1 < 30"
    assert not plt.get_fignums()


@pytest.mark.parametrize("count", frames.LAYOUTS)
def test_a_frame_is_put_together_from_its_panel_and_the_labels(shown, count):
    """As a page does: every panel fills its place, and nothing of it stands in the labels."""
    colours = [mpl.colormaps["hsv"](k / count)[:3] for k in range(count)]

    def draw(ax, value):
        ax.axhspan(0, 1, color=colours[value])
        ax.set(ylim=(0, 1), xlim=(0, 1), xlabel="time", ylabel="weight")
        return f"colour {value}"

    wanted = [np.array(c) * 255 for c in colours]
    kit.explore(draw, k=list(range(count)))
    pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(shown[0]["data"]["image/png"]))))
    pixels = pixels[..., :3].astype(int)
    grid = frames.Grid(**{k: v for k, v in shown[0]["metadata"]["explore"].items()
                          if k not in ("name", "values")})  # fmt: skip

    def found(part):
        """Return the number of pixels of the part in the colour of every panel."""
        return [np.sum(np.abs(part - c).max(axis=-1) < 3) for c in wanted]

    whole = found(pixels)

    for k in range(count):
        x = grid.left + (k % grid.columns) * grid.across
        y = grid.top + (k // grid.columns) * grid.down
        panel = found(pixels[y : y + grid.height, x : x + grid.across])
        assert panel[k] == whole[k] > 1000 and sum(panel) == panel[k]
    strips = (pixels[grid.top : grid.top + grid.height, : grid.left],
              pixels[grid.bottom :, grid.left : grid.left + grid.across])  # fmt: skip
    for strip in strips:
        assert sum(found(strip)) == 0 and np.mean(strip.max(axis=-1) < 100) > 0.003


@pytest.mark.parametrize(
    ("choices", "said"),
    [
        ({"a": VALUES, "b": VALUES}, "give one parameter"),
        ({"a": [1]}, "a has 1 values; give 6 or 8"),
        ({"a": VALUES}, "draw must return a sentence with the numbers .* 0.1 shows, got None"),
    ],
)
def test_explore_says_what_it_takes(shown, choices, said):
    with pytest.raises(ValueError, match=said):
        kit.explore(lambda ax, value: None, **choices)
    assert not shown and not plt.get_fignums()


def test_a_factor_above_the_axis_is_refused_since_a_frame_would_lose_it(shown):
    def draw(ax, value):
        ax.plot([0, 1e-9 * value])
        return "1"

    with pytest.raises(ValueError, match="units that need no factor"):
        kit.explore(draw, a=VALUES)


def test_a_live_notebook_shows_the_words_of_the_chosen_value(monkeypatch, capsys):
    ipywidgets = pytest.importorskip("ipywidgets")
    monkeypatch.delenv(kit.STAGING_VARIABLE, raising=False)
    monkeypatch.setattr(ipywidgets, "interact", lambda show, value: show(value.value))
    monkeypatch.setattr(plt, "show", lambda: plt.close())
    kit.explore(lambda ax, value: f"{value} it is", a=[3, 4])
    assert capsys.readouterr().out == "3 it is\n"
