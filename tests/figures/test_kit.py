"""Recording: the same bytes twice, refusals in sentences, and nothing written outside a build."""

import json

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

from figures import kit
from figures.claims import claim
from figures.files import digest
from figures.inventory import InventoryError, load_inventory

mpl.use("agg")
ID = "metaplasticity/qbt_a"
GOOD = {
    "data": {"t": np.arange(3), "x": np.array([0.1, 0.2])},
    "claims": [claim("two and two", 4, "==", 4)],
    "alt": "A rising line.",
}


@pytest.fixture(autouse=True)
def style():
    kit.use_style()
    yield
    plt.close("all")


def _figure(width=kit.PAGE, title="fits"):
    figure, ax = plt.subplots(figsize=(width, 2))
    ax.plot([0, 1], [0, 1], label="a line")
    ax.fill_between([0, 1], [0, 1], alpha=0.3)
    ax.set_title(title)
    ax.legend()
    return figure


def test_the_same_figure_gives_the_same_bytes():
    first, second = (kit.render(ID, _figure(), **GOOD) for _ in range(2))
    assert first == second
    assert set(first) == {".png", ".svg", ".csv", ".json"}
    assert first[".png"].startswith(b"\x89PNG") and b"Software" not in first[".png"]
    assert b"<dc:date>" not in first[".svg"]


def test_the_last_bits_of_the_layout_do_not_show():
    """Clip paths are named after unrounded coordinates; solvers move those in their last bits."""
    figures = []
    for shift in (0, 1e-13):
        figure = _figure()
        figure.set_layout_engine("none")
        figure.axes[0].set_position([0.1, 0.1, 0.8 + shift, 0.8])
        figures.append(kit.render(ID, figure, **GOOD)[".svg"])
    assert figures[0] == figures[1]
    assert b'<clipPath id="clip0"' in figures[0] and b"url(#clip0)" in figures[0]


def test_the_record_names_its_files_and_claims():
    files = kit.render(ID, _figure(), **GOOD)
    facts = json.loads(files[".json"])
    assert facts["files"] == {s: digest(files[s]) for s in (".png", ".svg", ".csv")}
    assert facts["claims"][0]["held"] is True
    assert facts["alt"] == GOOD["alt"]


def test_the_table_holds_every_kind_of_column():
    data = {
        "t": np.arange(3),
        "short": [0.1],
        "matrix": np.arange(6.0).reshape(3, 2),
        "z": np.array([1 + 2j]),
        "name": ["a,b", 'say "c"'],
        "scalar": 1 / 3,
    }
    text = kit.render(ID, _figure(), data=data, claims=GOOD["claims"], alt="x")[".csv"].decode()
    assert text.splitlines() == [
        "t,short,matrix_0,matrix_1,z_re,z_im,name,scalar",
        '0,0.1,0,1,1,2,"a,b",0.3333333333',
        '1,,2,3,,,"say ""c""",',
        "2,,4,5,,,,",
    ]


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"alt": "  "}, "alt text is empty"),
        ({"claims": ["held"]}, "must be made by claim"),
        ({"claims": []}, "only a drawing"),
        ({"data": {}}, "only a drawing"),
        ({"data": {"x": np.zeros((2, 2, 2))}}, "3 dimensions"),
    ],
)
def test_a_figure_that_is_not_complete_is_refused(change, sentence):
    with pytest.raises(ValueError, match=sentence):
        kit.render(ID, _figure(), **GOOD | change)


@pytest.mark.filterwarnings("ignore:constrained_layout not applied")
def test_a_figure_that_cannot_be_printed_is_refused():
    with pytest.raises(ValueError, match="5 inches wide"):
        kit.render(ID, _figure(width=5), **GOOD)
    with pytest.raises(ValueError, match=r"sticks .* out of the figure"):
        kit.render(ID, _figure(width=kit.COLUMN, title="much too long " * 20), **GOOD)
    figure = _figure()
    figure.axes[0].text(0.5, 0.5, "tiny", fontsize=3)
    with pytest.raises(ValueError, match="'tiny' is 3 points"):
        kit.render(ID, figure, **GOOD)


def test_an_unknown_id_names_the_closest():
    with pytest.raises(InventoryError, match=r"'metaplasticity/qbt_x'.*'metaplasticity/qbt_"):
        kit.render("metaplasticity/qbt_x", _figure(), **GOOD)


def test_a_build_writes_and_a_false_claim_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv(kit.STAGING_VARIABLE, str(tmp_path))
    false = claim("two and two", 4, "==", 5)
    with pytest.raises(kit.ClaimFailed, match=f"{ID}: false claim: two and two: 4 == 5"):
        kit.record(ID, _figure(), **GOOD | {"claims": [*GOOD["claims"], false]})
    assert not list(tmp_path.rglob("*.*"))
    kit.record(ID, _figure(), **GOOD)
    written = {p.name for p in tmp_path.rglob("*.*")}
    assert written == {"qbt_a.png", "qbt_a.svg", "qbt_a.csv", "qbt_a.json"}


def test_a_live_notebook_shows_a_false_claim_and_writes_nothing(monkeypatch):
    monkeypatch.delenv(kit.STAGING_VARIABLE, raising=False)
    before = {p: p.stat().st_mtime_ns for p in kit.ROOT.glob("figures/metaplasticity/*")}
    kit.record(ID, _figure(), **GOOD | {"claims": [claim("two and two", 4, "==", 5)]})
    assert {p: p.stat().st_mtime_ns for p in kit.ROOT.glob("figures/metaplasticity/*")} == before


def test_each_figure_has_its_own_random_numbers_and_always_the_same():
    ids = list(load_inventory())
    draws = {id: kit.figure_rng(id).integers(2**62) for id in ids}
    assert len(set(draws.values())) == len(ids)
    assert kit.figure_rng(ids[0]).integers(2**62) == draws[ids[0]]
    with pytest.raises(InventoryError):
        kit.figure_rng("metaplasticity/none")


def test_explore_draws_small_multiples_in_a_build(tmp_path, monkeypatch):
    monkeypatch.setenv(kit.STAGING_VARIABLE, str(tmp_path))
    drawn = []
    monkeypatch.setattr(plt, "show", lambda: None)
    kit.explore(lambda ax, value: drawn.append((ax, value)), kappa=[0.1, 1.0, 3.0])
    assert [value for _, value in drawn] == [0.1, 1.0, 3.0]
    assert [ax.get_title("left") for ax, _ in drawn] == ["kappa = 0.1", "kappa = 1", "kappa = 3"]
    with pytest.raises(ValueError, match="give one parameter"):
        kit.explore(print, a=[1], b=[2])


def test_panels_are_lettered():
    _, axes = plt.subplots(1, 2)
    axes[1].set_title("second")
    kit.label_panels(axes)
    assert [ax.get_title("left")[-9:] for ax in axes] == ["hbf{a}$  ", "}$  second"[-9:]]
