"""Catalogues in a study: noticed when they change, joined without opening a picture, told in numbers."""

import json
from pathlib import Path

import pytest
from collections_of import collections_of
from command import invoke

from dedupelab import tables
from dedupelab.collect.catalogues.sources import Catalogue
from dedupelab.errors import CatalogueError
from dedupelab.numbers.results import by_id
from dedupelab.study.study import Study

pytestmark = pytest.mark.slow

CATALOGUE = "Filename,Creator,Copyright,Keywords\n0.jpg,Chan,© Chan,pier\n1.jpg,Lee,,\n9.jpg,Ho,,\n"


@pytest.fixture
def folder(tmp_path: Path, photograph) -> Path:
    """Two collections that share a picture; one of them has a catalogue."""
    collections_of(tmp_path, photograph, archive=((0, 1), 90), portal=((0,), 60))
    (tmp_path / "list.csv").write_text(CATALOGUE, "utf-8")
    (tmp_path / "study.toml").write_text(
        '[study]\nname = "small"\n[[collection]]\nname = "archive"\nlocation = "archive"\ncatalogue = "list.csv"\n'
        '[[collection]]\nname = "portal"\nlocation = "portal"\n[match]\ngear = "quick"\n'
    )
    return tmp_path


def change(folder, before, after, name="study.toml"):
    file = folder / name
    assert before in file.read_text("utf-8")
    file.write_text(file.read_text("utf-8").replace(before, after), "utf-8")


def test_numbers_of_a_study_with_a_catalogue(folder):
    """Records reconcile, rights in the catalogue count as present, losses and silent files are told; by hand."""
    results = by_id(Study(folder).measure())
    parts = ("linked", "ambiguous", "unmatched", "unusable")
    assert [results[f"N.records.{part}"].value for part in parts] == [2, 0, 1, 0]
    assert results["N.records"].value == 3
    assert (results["N.catalogued"].numerator, results["N.catalogued"].denominator) == (2, 3)
    # Of three images two have a creator in the catalogue, and no file says anything.
    assert (results["M7"].numerator, results["M7.file"].numerator) == (1, 3)
    # File names, creators, one notice, one keyword: eight values, of which the keyword has no place.
    assert (results["M15"].numerator, results["M15"].denominator) == (1, 8)
    assert (results["M15.fields"].numerator, results["M15.fields"].denominator) == (1, 4)
    assert results["M5c.creator"].value is None
    # The catalogued copy has rights, its copy in the portal has none: stripped.
    assert results["M7s"].numerator == 1


def test_an_address_that_does_not_answer(folder, monkeypatch):
    """It costs itself: a row with the reason and exit code 3, the other catalogue is read, and the next scan asks again."""
    monkeypatch.setattr("dedupelab.collect.catalogues.harvest.ATTEMPTS", 1)
    address = "http://127.0.0.1:9/oai?verb=ListRecords&metadataPrefix=oai_dc"
    change(folder, 'location = "portal"\n', f'location = "portal"\ncatalogue = "{address}"\n')
    done = invoke("scan", folder)
    assert done.exit_code == 3
    assert "expected an answer from http://127.0.0.1:9/oai" in done.output
    study = Study(folder)
    assert study.catalogue_files()["outcome"].tolist() == ["read", "unreadable"]
    assert (study.images()["creator"] == "Chan").sum() == 1
    monkeypatch.setattr(
        "dedupelab.study.catalogues.opened", lambda *_, **__: Catalogue((folder / "list.csv",), "again")
    )
    study.scan()
    assert study.catalogue_files()["outcome"].tolist() == ["read", "read"]


def test_a_changed_catalogue_opens_no_picture(folder, monkeypatch):
    """Only the join, the groups' authority and the numbers are done again; an unchanged one changes nothing."""
    Study(folder).measure()
    again = Study(folder)
    again.measure()
    assert again.execution.ran == []
    monkeypatch.setattr("dedupelab.collect.batch.read_records", None)
    monkeypatch.setattr("dedupelab.study.matching.examine_pairs", None)
    change(folder, "0.jpg,Chan", "0.jpg,Wong", "list.csv")
    changed = Study(folder)
    changed.measure()
    assert changed.execution.ran == ["catalogues", "group", "measure"]
    assert changed.images().set_index(["collection", "path"]).loc[("archive", "0.jpg"), "creator"] == "Wong"


def test_a_catalogue_that_is_taken_away_leaves_nothing(folder):
    """Without it the images are again what their files say, and the tables are those of a study that never had one."""
    Study(folder).measure()
    change(folder, 'catalogue = "list.csv"\n', "")
    bare = Study(folder)
    bare.measure()
    assert bare.images()["creator"].isna().all()
    assert len(bare.records()) == 0
    assert not [r.id for r in bare.results() if r.id.startswith(("N.records", "M15", "M5c"))]


def test_pixel_digests_survive_a_changed_catalogue(folder, photograph):
    """What settled a relation is kept with the scan: equal pixels stay known when only the catalogue has changed."""
    photograph(1).save(folder / "portal" / "one.png")
    photograph(1).save(folder / "portal" / "two.png", compress_level=1)
    Study(folder).match()
    change(folder, "Chan", "Wong", "list.csv")
    study = Study(folder)
    study.match()
    known = study.images()["pixel_sha256"].notna()
    assert known.sum() >= 2
    assert known.tolist() == study.store.read(tables.SCANNED)["pixel_sha256"].notna().tolist()


def test_file_against_record(folder, photograph):
    """What the file and its record both state is compared by itself, and is no conflict between copies."""
    exif = photograph(0).getexif()
    exif[315] = "Someone Else"
    photograph(0).save(folder / "archive" / "0.jpg", quality=90, exif=exif)
    study = Study(folder)
    results = by_id(study.measure())
    assert (results["M5c.creator"].numerator, results["M5c.creator"].denominator) == (1, 1)
    assert results["M5c.any"].numerator == 1
    assert results["M5.creator"].value is None
    assert (
        study.images().set_index(["collection", "path"]).loc[("archive", "0.jpg"), "creator"]
        == "Someone Else"
    )
    change(folder, "[match]", '[scan]\nprecedence = "catalogue"\n[match]')
    other = Study(folder)
    assert other.scan().set_index(["collection", "path"]).loc[("archive", "0.jpg"), "creator"] == "Chan"
    assert other.execution.ran == ["catalogues"]
    assert by_id(other.measure())["M5c.creator"].numerator == 1


def test_settings_of_a_catalogue(folder):
    """A table, and a list of both; every column may be named."""
    (folder / "own.csv").write_text("Bild,Wer\n1.jpg,Ng\n", "utf-8")
    change(folder, '"list.csv"', '["list.csv", { path = "own.csv", format = "csv", link = "name", columns = { file = "Bild", creator = "Wer" } }]')  # fmt: skip
    records = Study(folder)
    records.scan()
    assert records.records()["format"].tolist() == ["stock-csv"] * 3 + ["csv"]
    assert records.records()["creator"].tolist() == ["Chan", "Lee", "Ho", "Ng"]


@pytest.mark.parametrize(
    ("setting", "words"),
    [
        (
            '"absent.csv"',
            "expected a catalogue at .*absent.csv, got nothing there; correct the collection's catalogue",
        ),
        ('{ path = "list.csv", format = "mars" }', "catalogue.format to be one of .* did you mean mar"),
        (
            '{ path = "list.csv", formt = "csv" }',
            "catalogue.formt is not a known setting; did you mean format?",
        ),
        ('{ path = "list.csv", columns = { creater = "Creator" } }', "did you mean creator?"),
        ('{ path = "list.csv", encoding = "big6" }', "expected an encoding that Python knows"),
        ("3", "catalogue to be a section of settings, got 3"),
        ('{ format = "csv" }', "expected collection.catalogue.path"),
    ],
)
def test_wrong_settings_are_one_line(folder, setting, words):
    """Each names the setting, what was expected and the remedy."""
    change(folder, '"list.csv"', setting)
    with pytest.raises((CatalogueError, ValueError), match=words) as caught:
        Study(folder).scan()
    assert "\n" not in str(caught.value)


def test_a_missing_catalogue_is_told_before_a_picture_is_read(folder, monkeypatch):
    """Reading may take hours; a wrong path is known at once."""
    monkeypatch.setattr("dedupelab.collect.batch.read_records", None)
    change(folder, '"list.csv"', '"absent.csv"')
    with pytest.raises(CatalogueError, match="got nothing there"):
        Study(folder).scan()


def test_a_scan_tells_of_its_records(folder):
    """The command prints what became of the records; machines get the counts."""
    done = invoke("scan", folder)
    assert (
        "3 catalogue records = 2 linked, 0 ambiguous, 1 unmatched, 0 unusable (archive: stock-csv)"
        in done.stdout
    )
    facts = json.loads(invoke("scan", folder, "--json").stdout)
    assert facts["catalogues"] == {"linked": 2, "ambiguous": 0, "unmatched": 1, "unusable": 0}
