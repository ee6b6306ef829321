"""Recording: written in a build only, refused in sentences, judged before anything is written."""

import json

import matplotlib as mpl
import pytest

from figures import kit
from figures.claims import claim
from figures.files import digest
from figures.inventory import InventoryError, find_entry, load_inventory
from figures.record import outputs, read_record

mpl.use("agg")
ID = "ssl/x_recruitment_time"
NUMBERS = {
    "initial": [0.001, 0.45],
    "standard": [500.0, 1.1],
    "isotropic": [3.5, 0.4],
    "sampled_initial": [0.05, 0.1],
    "sampled_standard": [[10.0, 11.0], [5.0, 6.0]],
    "sampled_isotropic": [[1.5, 1.6], [1.1, 1.2]],
}
CLAIMS = [claim("two and two", 4, "==", 4)]
DRAWING = next(e for e in load_inventory().values() if e.figure_class == "C")


def test_the_record_names_its_numbers_claims_and_files():
    entry = find_entry(load_inventory(), ID)
    files, alt = kit.render(entry, NUMBERS, CLAIMS)
    assert files == kit.render(entry, NUMBERS, CLAIMS)[0]
    facts = read_record(files[".json"])
    assert facts["computed"] == {".csv": digest(files[".csv"])}
    assert facts["drawn"] == {s: digest(files[s]) for s in (".png", ".svg")}
    assert facts["read"] == CLAIMS and facts["alt"] == alt
    assert list(facts["columns"]) == list(NUMBERS)


@pytest.mark.parametrize(
    ("numbers", "claims", "sentence"),
    [
        (NUMBERS, ["held"], "must be made by claim"),
        (NUMBERS, [], "numbers and claims"),
        (None, CLAIMS, "numbers and claims"),
        (NUMBERS | {"more": 1}, CLAIMS, r"do not say what \['more'\] mean"),
        ({"initial": [1]}, CLAIMS, "which is not recorded"),
    ],
)
def test_a_figure_that_is_not_complete_is_refused(numbers, claims, sentence):
    with pytest.raises(ValueError, match=sentence):
        kit.record(ID, numbers=numbers, claims=claims)


def test_a_drawing_takes_no_numbers():
    with pytest.raises(ValueError, match=r"a drawing .* has no numbers"):
        kit.record(DRAWING.id, numbers=NUMBERS, claims=CLAIMS)


def test_an_unknown_id_names_the_closest():
    with pytest.raises(InventoryError, match=r"'ssl/x_recruitment_tim'.*'ssl/x_recruitment_time'"):
        kit.record("ssl/x_recruitment_tim", numbers=NUMBERS, claims=CLAIMS)


def test_a_build_writes_and_a_false_claim_writes_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv(kit.STAGING_VARIABLE, str(tmp_path))
    false = claim("two and two", 4, "==", 5)
    with pytest.raises(kit.ClaimFailed, match=f"{ID}: false claim: two and two: 4 == 5"):
        kit.record(ID, numbers=NUMBERS, claims=[*CLAIMS, false])
    assert not list(tmp_path.rglob("*.*"))
    kit.record(ID, numbers=NUMBERS, claims=CLAIMS)
    written = {p.suffix for p in tmp_path.rglob("*.*")}
    assert written == {".png", ".svg", ".csv", ".json"}


def test_with_other_seeds_a_false_claim_is_written_down(tmp_path, monkeypatch):
    monkeypatch.setenv(kit.STAGING_VARIABLE, str(tmp_path))
    monkeypatch.setenv(kit.SHIFT_VARIABLE, "2")
    kit.record(ID, numbers=NUMBERS, claims=[claim("two and two", 4, "==", 5)])
    (record,) = tmp_path.rglob("*.json")
    assert json.loads(record.read_bytes())["claims"][0]["held"] is False


def test_a_live_notebook_shows_a_false_claim_and_writes_nothing(monkeypatch):
    monkeypatch.delenv(kit.STAGING_VARIABLE, raising=False)
    folder = find_entry(load_inventory(), ID).path(".png").parent
    before = {p: p.stat().st_mtime_ns for p in folder.glob("*.*")}
    kit.record(ID, numbers=NUMBERS, claims=[claim("two and two", 4, "==", 5)])
    assert {p: p.stat().st_mtime_ns for p in folder.glob("*.*")} == before


def test_what_a_notebook_shows_says_kind_and_whether_the_paper_agrees():
    entry = find_entry(load_inventory(), ID)
    claims = [
        claim("a|b", 1.5, "<", 2, paper=1.6),
        claim("c", 1e-15, "<", 1e-12, kind="exact"),
        claim("d", 1.5, ">", 2, paper=1.4, differs="smaller"),
    ]
    picture, words = outputs(entry, b"png", claims, "a < b")
    assert picture["metadata"]["figure"] == words["metadata"]["figure"] == ID
    assert picture["metadata"]["image/png"]["alt"] == "a < b"
    text = words["data"]["text/markdown"]
    assert "| a&#124;b | finding | 1.5 | < 2 | 1.6, agrees | yes |" in text
    assert "| c | exact | rounding | < 1e-12 |  | yes |" in text
    assert "| d | finding | 1.5 | > 2 | 1.4, differs: smaller | **NO** |" in text
    assert "a &lt; b</details>" in text and f"{ID}.py" in text


def test_each_figure_has_its_own_random_numbers_and_always_the_same(monkeypatch):
    ids = list(load_inventory())
    draws = {id: kit.figure_rng(id).integers(2**62) for id in ids}
    assert len(set(draws.values())) == len(ids)
    assert kit.figure_rng(ids[0]).integers(2**62) == draws[ids[0]]
    assert kit.seed(3) == 3
    monkeypatch.setenv(kit.SHIFT_VARIABLE, "1")
    assert kit.figure_rng(ids[0]).integers(2**62) != draws[ids[0]]
    assert kit.seed(3) != 3 and kit.seed(3) != kit.seed(4)
    with pytest.raises(InventoryError):
        kit.figure_rng("metaplasticity/none")
