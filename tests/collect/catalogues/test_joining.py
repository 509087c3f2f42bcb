"""What catalogues say joins what files say: silence is filled, both sides of a disagreement are kept, totals reconcile."""

import json
from pathlib import Path

import pandas as pd
import pytest
from whole_catalogues import join_catalogues, scanned

from dedupelab import tables
from dedupelab.collect.catalogues.joining import Joining
from dedupelab.collect.catalogues.sources import Catalogue
from dedupelab.collect.metadata.source_types import VOCABULARY
from dedupelab.evidence.metadata.ai import ai_labelled

HEADINGS = "file,record_id,creator,copyright_notice,date_created,title,shelf\n"


IMAGES = (
    {"path": "1.jpg"},
    {"path": "2.jpg", "creator": "Chan Tai Man", "date_created": "1962-05-03T10:00:00"},
    {"path": "3.jpg", "creator": "LEE", "disagreements": '{"creator":{"exif":"LEE","xmp":"Li"}}'},
    {"path": "x/4.jpg"},
    {"path": "y/4.jpg"},
    {"path": "1.jpg", "collection": "b"},
)


def joined(tmp_path, text, precedence="embedded", images=IMAGES, **settings):
    (tmp_path / "c.csv").write_text(HEADINGS + text, "utf-8")
    named = [("a", Catalogue((tmp_path / "c.csv",), "c.csv", **settings))]
    return join_catalogues(scanned(*images), named, precedence)


ROWS = """1.jpg,R1,Wong Mei,© Wong,1960-1965,Pier,B2
2.jpg,R2,Lee Siu Fong,,1962-05,,B3
3.jpg,R3,lee,,,,
4.jpg,R4,Ho,,,,
5.jpg,R5,Ho,,,,
6.jpg,R6,,,,,,a cell too many
"""


def test_records_reconcile(tmp_path):
    """Every record is linked, ambiguous, unmatched or unusable, and says why; raw records are kept for each."""
    found = joined(tmp_path, ROWS)
    assert found.records["outcome"].tolist() == ["linked"] * 3 + ["ambiguous", "unmatched", "unusable"]
    assert found.records["record_id"].tolist() == ["R1", "R2", "R3", "R4", "R5", "none"]
    assert found.records.loc[found.records["outcome"] != "linked", "problem"].notna().all()
    joining = Joining(scanned(*IMAGES), [("a", Catalogue((tmp_path / "c.csv",), "c.csv"))])
    raw = pd.concat(joining.blocks())
    assert json.loads(raw["raw"][0])["shelf"] == "B2"
    assert len(raw) == len(found.records)


def test_silence_is_filled_and_the_source_said(tmp_path):
    """Empty columns take the record's value, also a date as vague as it is; other collections stay as they are."""
    images = joined(tmp_path, ROWS).images.set_index("image_id")
    first = images.loc["i0"]
    assert (first["creator"], first["copyright_notice"], first["date_created"]) == (
        "Wong Mei",
        "© Wong",
        "1960/1965",
    )
    assert first["from_catalogue"] == "copyright_notice creator date_created title"
    assert pd.isna(first["disagreements"])
    assert pd.isna(images.loc["i5", "creator"])


@pytest.mark.parametrize(
    ("precedence", "creator"), [("embedded", "Chan Tai Man"), ("catalogue", "Lee Siu Fong")]
)
def test_both_sides_of_a_disagreement_are_kept(tmp_path, precedence, creator):
    """The file's or the record's value stands, as study.toml says; a date that is only less precise is no disagreement."""
    second = joined(tmp_path, ROWS, precedence).images.set_index("image_id").loc["i1"]
    assert second["creator"] == creator
    assert json.loads(second["disagreements"]) == {
        "creator": {"embedded": "Chan Tai Man", "catalogue": "Lee Siu Fong"}
    }
    assert second["date_created"] == "1962-05-03T10:00:00"
    assert (second["from_catalogue"] == "creator") is (precedence == "catalogue")
    assert pd.isna(second["from_catalogue"]) is (precedence == "embedded")


@pytest.mark.parametrize("precedence", ["embedded", "catalogue"])
def test_what_is_no_conflict_between_copies_is_none_with_a_record(tmp_path, precedence):
    """The order of a name, a dot and an approximate date around the file's own: nothing to disagree on, the file's words stay."""
    own = {"creator": "Jane Doe", "copyright_notice": "© 2019 AP", "date_created": "1962-05-03"}
    record = '1.jpg,R1,"Doe, Jane",AP.,1960~,,\n'
    image = joined(tmp_path, record, precedence, images=[{"path": "1.jpg", **own}]).images.iloc[0]
    assert pd.isna(image["disagreements"])
    assert pd.isna(image["from_catalogue"])
    assert {field: image[field] for field in own} == own


def test_disagreements_inside_the_file_stay(tmp_path):
    """A record that says what the file's prevailing value says adds nothing to them; one that does not is added."""
    agrees, differs = (
        joined(tmp_path, f"3.jpg,R3,{said},,,,\n").images.set_index("image_id") for said in ("lee", "Ng")
    )
    inside = {"exif": "LEE", "xmp": "Li"}
    assert json.loads(agrees.loc["i2", "disagreements"]) == {"creator": inside}
    assert json.loads(differs.loc["i2", "disagreements"]) == {"creator": inside | {"catalogue": "Ng"}}


def test_two_records_of_one_image(tmp_path):
    """The earlier one is asked first, the later fills what it leaves empty, and says that it is not alone."""
    found = joined(tmp_path, "1.jpg,R1,Wong,,,,\n1.jpg,R2,Ho,© Ho,,,\n")
    image = found.images.set_index("image_id").loc["i0"]
    assert (image["creator"], image["copyright_notice"]) == ("Wong", "© Ho")
    assert found.records["problem"].fillna("").tolist() == ["", "another record describes the same image"]


def test_two_records_with_one_identifier(tmp_path):
    """Both speak for the images that they name, and the later one says that its identifier is not its own; none is dropped."""
    found = joined(tmp_path, "1.jpg,R1,Wong,,,,\n2.jpg,R1,Ho,,,,\n3.jpg,,Ho,,,,\n4.jpg,,Ho,,,,\n")
    assert found.records["record_id"].tolist()[:2] == ["R1", "R1"]
    assert found.records["image_ids"].fillna("").tolist() == ["i0", "i1", "i2", ""]
    problems = found.records["problem"].fillna("").tolist()
    assert problems[:3] == ["", "an earlier record has the same identifier", ""]
    assert "identifier" not in problems[3]
    # The same identifier in another catalogue of the holder is that catalogue's affair.
    (tmp_path / "d.csv").write_text(HEADINGS + "1.jpg,R1,Wong,,,,\n", "utf-8")
    both = [("a", Catalogue((tmp_path / name,), name)) for name in ("c.csv", "d.csv")]
    again = join_catalogues(scanned(*IMAGES), both, "embedded").records
    assert "identifier" not in again.loc[again["catalogue"] == 1, "problem"].item()


@pytest.mark.parametrize("mode", ["auto", "path", "name"])
def test_a_record_that_points_outside_is_reported_and_nothing_is_opened(tmp_path, mode, monkeypatch):
    """Ways up, absolute paths and addresses of files that lie beside the collection: no image, a reason, and no file is opened."""
    (tmp_path / "secret.jpg").write_bytes(b"canary")
    outside = [
        "../secret.jpg",
        str(tmp_path / "secret.jpg"),
        (tmp_path / "secret.jpg").as_uri(),
        "..\\..\\secret.jpg",
        "x/../../secret.jpg",
    ]
    opened = []
    honest = Path.open
    monkeypatch.setattr(
        Path, "open", lambda path, *rest, **more: (opened.append(path.name), honest(path, *rest, **more))[1]
    )
    found = joined(tmp_path, "".join(f"{path},R{n},Wong,,,,\n" for n, path in enumerate(outside)), link=mode)
    assert found.records["outcome"].tolist() == ["unmatched"] * len(outside)
    assert [
        path in problem for path, problem in zip(outside[:1], found.records["problem"], strict=False)
    ] == [True]
    assert found.records["problem"].str.startswith("no image is called").all()
    assert found.images["creator"].dropna().tolist() == ["Chan Tai Man", "LEE"]
    assert "secret.jpg" not in opened


def test_the_crosswalk_counts_every_value(tmp_path):
    """Values by field as the catalogue calls it, and those that are in no column: M15 counted by hand."""
    walk = joined(tmp_path, ROWS.replace("1962-05", "undated")).crosswalk.set_index("field")
    assert walk.loc["shelf", ["mapped_to", "values", "lost"]].tolist() == ["", 2, 2]
    assert walk.loc["date_created", ["mapped_to", "values", "lost"]].tolist() == ["date_created", 2, 1]
    assert walk.loc["creator", ["values", "lost"]].tolist() == [5, 0]
    assert walk["values"].sum() == 5 + 5 + 5 + 1 + 2 + 1 + 2


@pytest.mark.parametrize(("proof", "lost"), [("25/12/1961", 1), ("1961", 2)])
def test_a_date_that_its_column_settles_is_no_loss(tmp_path, proof, lost):
    """A record's second date is one; of its first the day and month are another only where no other date tells which is which."""
    (tmp_path / "c.csv").write_text(f"file,date,date\n1.jpg,03/04/1960,1970\n2.jpg,{proof},\n", "utf-8")
    walk = join_catalogues(scanned(*IMAGES), [("a", Catalogue((tmp_path / "c.csv",), "c.csv"))]).crosswalk
    assert walk.set_index("field").loc["date", ["values", "lost"]].tolist() == [3, lost]


def test_without_catalogues_nothing_changes():
    """The images are those of the scan, and the other tables are empty ones of the declared form."""
    images = scanned(*IMAGES)
    found = join_catalogues(images, [])
    pd.testing.assert_frame_equal(found.images, images)
    assert (len(found.records), len(found.crosswalk), len(found.files)) == (0, 0, 0)


def test_types_survive(tmp_path):
    """Fingerprints and sizes of 64 bits are what they were, also in rows that a record speaks for."""
    large = {"phash": 2**64 - 1, "width": 3, "has_gps": True}
    before = scanned({**IMAGES[0], **large}, *IMAGES[1:])
    after = joined(tmp_path, ROWS, images=({**IMAGES[0], **large}, *IMAGES[1:])).images
    assert dict(after.dtypes) == dict(before.dtypes)
    untouched = [
        name for name in before if name not in {*tables.CATALOGUED, "from_catalogue", "disagreements"}
    ]
    pd.testing.assert_frame_equal(after[untouched], before[untouched])


def test_several_catalogues(tmp_path):
    """A collection may have more than one; records tell which they are from."""
    for name in ("one", "two"):
        (tmp_path / name).write_text(f"{HEADINGS}1.jpg,{name},,,,,\n")
    named = [("a", Catalogue((tmp_path / n,), n)) for n in ("one", "two")] + [
        ("b", Catalogue((tmp_path / "one",), "one"))
    ]
    records = join_catalogues(scanned(*IMAGES), named).records
    assert records[["collection", "catalogue", "record_id"]].to_numpy().tolist() == [
        ["a", 0, "one"],
        ["a", 1, "two"],
        ["b", 0, "one"],
    ]


def test_a_catalogue_of_which_nothing_can_be_read(tmp_path):
    """It costs itself: a row with its reason that names the file, and the collection's other catalogue is read."""
    (tmp_path / "broken.xml").write_text("<collection><record>", "utf-8")
    (tmp_path / "c.csv").write_text(HEADINGS + "1.jpg,R1,Wong,,,,\n", "utf-8")
    named = [("a", Catalogue((tmp_path / name,), name)) for name in ("broken.xml", "c.csv")]
    found = join_catalogues(scanned(*IMAGES), named)
    assert found.files["outcome"].tolist() == ["unreadable", "read"]
    assert "broken.xml" in found.files["problem"][0]
    assert found.records["outcome"].tolist() == ["unusable", "linked"]


def test_a_catalogue_names_how_a_picture_came_to_be(tmp_path):
    """A source type that only the record states becomes the image's, in full; one in the file stays, and both are kept."""
    images = ({"path": "1.jpg"}, {"path": "2.jpg", "digital_source_type": f"{VOCABULARY}digitalCapture"})
    rows = "file,digitalsourcetype\n1.jpg,trainedAlgorithmicMedia\n2.jpg,digsrctype:algorithmicMedia\n"
    (tmp_path / "c.csv").write_text(rows, "utf-8")
    mapping = {"digital_source_type": "digitalsourcetype", "file": "file"}
    named = [("a", Catalogue((tmp_path / "c.csv",), "c.csv", columns=mapping))]
    found = join_catalogues(scanned(*images), named).images
    kinds = [
        f"{VOCABULARY}{term}" for term in ("trainedAlgorithmicMedia", "digitalCapture", "algorithmicMedia")
    ]
    assert found["digital_source_type"].tolist() == kinds[:2]
    assert found["from_catalogue"].fillna("").tolist() == ["digital_source_type", ""]
    assert ai_labelled(found)[0].tolist() == [True, False]
    both = {"digital_source_type": {"embedded": kinds[1], "catalogue": kinds[2]}}
    assert json.loads(found["disagreements"][1]) == both
