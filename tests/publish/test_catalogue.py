"""The merged catalogue: one record per work, every field with its provenance, nothing that runs in a spreadsheet."""

import csv
import io
import json
import re

import pytest
from command import invoke
from whole_catalogues import read_catalogue

from dedupelab import tables
from dedupelab.collect.catalogues.sources import Catalogue
from dedupelab.errors import ConfigError, OutputError
from dedupelab.evidence.metadata.merged import merge
from dedupelab.publish.catalogue import FORMS, dublin_core_csv, iiif_manifest, write_catalogue
from dedupelab.study.start import init
from dedupelab.study.study import Study

HOLDERS = {"a": "Harbour Archive", "b": "電影資料館"}


def image(name, collection="a", **more):
    fixed = {"bytes": 1, "status": "hashed", "ai_label": "no-label", "c2pa": "none", "has_gps": False, "format": "JPEG", "width": 40,
             "height": 30}  # fmt: skip
    return {**fixed, "image_id": name, "collection": collection, "path": f"{name} 1.jpg", **more}


def works(images, groups=()):
    """Merge small tables; groups are (authoritative or None, works as lists of images)."""
    rows, members = [], []
    for number, (chosen, parts) in enumerate(groups):
        name = f"g{number}"
        together = [i for part in parts for i in part]
        rows.append(
            {
                "group_id": name, "images": len(together), "collections": 1, "works": len(parts), "bytes": 1, "redundant_bytes": 0,
                "weakest_link": 1.0, "diameter": 1, "bridges": 0, "authoritative": chosen,
                "authority": "resolved" if chosen else "unresolved", "authority_reason": "it has the most pixels", "authority_message": None,
            }
        )  # fmt: skip
        members += [
            {"group_id": name, "image_id": i, "role": "copy", "work": w}
            for w, part in enumerate(parts)
            for i in part
        ]
    frames = (
        table.from_rows(found)
        for table, found in ((tables.IMAGES, images), (tables.GROUPS, rows), (tables.MEMBERS, members))
    )
    return {work.work_id: work for work in merge(*frames)}


def test_the_authoritative_copy_is_believed():
    """Its fields stand, others fill what it leaves empty, a contradiction is named, and each field says where it is from."""
    images = [
        image("x", creator="Chan", title="Pier"),
        image("y", "b", creator="Lee", caption="A pier", from_catalogue="caption"),
        image("z", "b", caption="a pier"),
    ]
    work = works(images, [("x", [["x", "y", "z"]])])["g0-0"]
    assert dict(work.values) == {"creator": "Chan", "title": "Pier", "caption": "A pier"}
    assert work.provenance["creator"] == "a/x 1.jpg (file)"
    assert work.provenance["caption"] == "b/y 1.jpg (catalogue)"
    assert work.contested == ("creator",)
    assert (work.authority, work.collections) == ("resolved", ("a", "b"))


def test_what_no_copy_settles_is_left_unresolved():
    """Without an authoritative copy a contradiction has no value; compatible values give the fullest form."""
    images = [
        image("x", creator="Chan", date_created="1962"),
        image("y", creator="Lee", date_created="1962-05-03"),
    ]
    work = works(images, [(None, [["x", "y"]])])["g0-0"]
    assert "creator" not in work.values
    assert work.unresolved == {"creator": ("Chan (a)", "Lee (a)")}
    assert work.values["date_created"] == "1962-05-03"
    assert work.authority == "unresolved"


def test_every_work_is_there_once():
    """Works of a chained group by themselves, lone images, no unreadable ones."""
    images = [image(name) for name in "vwxy"] + [
        image("bad", status="unreadable", format=None, width=None, height=None)
    ]
    found = works(images, [(None, [["v", "w"], ["x"]])])
    assert {name: len(work.copies) for name, work in found.items()} == {"g0-0": 2, "g0-1": 1, "gy": 1}
    assert found["g0-1"].authority == found["gy"].authority == "single"


def test_the_table_is_safe_and_reads_again(tmp_path):
    """A formula is text, Chinese survives, every holder is named, and the export is itself a catalogue we read."""
    images = [
        image("x", creator='=HYPERLINK("http://evil.example")', title="碼頭", caption="@risk"),
        image("y", "b", title="碼頭"),
    ]
    data = dublin_core_csv(works(images, [("x", [["x", "y"]])]).values(), HOLDERS, "", "")
    assert data.startswith(b"\xef\xbb\xbf")
    (row,) = csv.DictReader(io.StringIO(data.decode("utf-8-sig")))
    assert row["dcterms:creator"].startswith("'=HYPERLINK")
    assert [cell for cell in row.values() if cell.startswith(("=", "+", "-", "@"))] == []
    assert row["dcterms:isPartOf"] == "Harbour Archive; 電影資料館"
    assert json.loads(row["provenance"])["title"] == "a/x 1.jpg (file)"
    (tmp_path / "out.csv").write_bytes(data)
    _, records = read_catalogue(Catalogue((tmp_path / "out.csv",), "out.csv"))
    (record,) = records
    assert record.fields["title"] == "碼頭"
    assert record.record_id == "g0-0"


def test_the_manifest_follows_presentation_3():
    """Required properties, unique http ids, language maps, known rights, times with a zone, canvases with their size."""
    images = [
        image("x", creator="Chan", title="碼頭", caption="A pier", credit="The Archive", date_created="1962-05-03",
              web_statement="https://creativecommons.org/licenses/by/4.0/"),
        image("y", "b", creator="Lee"), image("z", date_created="1962", format="TIFF", web_statement="https://a.example/terms"),
    ]  # fmt: skip
    found = works(images, [(None, [["x", "y"]])])
    manifest = json.loads(iiif_manifest(found.values(), HOLDERS, "a study", "https://pictures.example/"))
    assert manifest["@context"] == "http://iiif.io/api/presentation/3/context.json"
    assert manifest["type"] == "Manifest"
    assert [agent["label"]["none"][0] for agent in manifest["provider"]] == list(HOLDERS.values())
    one, other = manifest["items"]
    assert one["label"] == {"none": ["碼頭"]}
    assert one["rights"] == "http://creativecommons.org/licenses/by/4.0/"
    assert one["navDate"] == "1962-05-03T00:00:00Z"
    assert {"rights", "navDate"} & set(other) == set()
    body = one["items"][0]["items"][0]["body"]
    assert body == {"id": "https://pictures.example/a%20study/a/x%201.jpg", "type": "Image", "format": "image/jpeg", "height": 30, "width": 40}  # fmt: skip
    assert one["items"][0]["items"][0]["target"] == one["id"]
    said = {pair["label"]["none"][0]: pair["value"]["none"][0] for pair in one["metadata"]}
    assert said["Creator (unresolved)"] == "Chan (a) / Lee (b)"
    assert said["Held by"] == "Harbour Archive; 電影資料館"
    identities = re.findall(r'"id": "([^"]+)"', json.dumps(manifest))
    assert len(set(identities)) == len(identities)
    assert all(re.fullmatch(r"https://[\w.~/%-]+", identity) for identity in identities)


@pytest.mark.slow
def test_the_command(tmp_path, photograph):
    """It writes every form of a study and refuses what cannot be written, without leaving half a file."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        photograph(0).save(tmp_path / name / "0.jpg", quality=90 if name == "a" else 60)
    init(tmp_path, {name: str(tmp_path / name) for name in ("a", "b")}, "small")
    for form in FORMS:
        done = invoke("catalogue", tmp_path, "--as", form, "--out", tmp_path / form, "--json")
        assert done.exit_code == 0, done.output
        assert json.loads(done.stdout)["file"] == str(tmp_path / form)
    rows = list(csv.DictReader(io.StringIO((tmp_path / "dublin-core-csv").read_text("utf-8-sig"))))
    assert [row["copies"] for row in rows] == ["2"]
    manifest = json.loads((tmp_path / "iiif").read_text("utf-8"))
    _, records = read_catalogue(Catalogue((tmp_path / "iiif",), "iiif"))
    assert len(manifest["items"]) == len(next(iter(records)).files) == 1
    study = Study(tmp_path)
    with pytest.raises(OutputError, match="choose another folder"):
        write_catalogue(study, tmp_path / "absent" / "x.csv")
    with pytest.raises(
        ConfigError, match="expected a form of dublin-core-csv, iiif, marcxml, mods, lido, got 'pdf'"
    ):
        write_catalogue(study, tmp_path / "x", "pdf")
    with pytest.raises(ConfigError, match="expected an http"):
        write_catalogue(study, tmp_path / "x", "iiif", base="file:///x")
    assert not list(tmp_path.glob("*.partial"))


def test_a_registrar_is_told_what_would_be_read(tmp_path):
    """Format, records, fields read and lost with examples, dates that are not understood, links; without a study."""
    (tmp_path / "list.csv").write_text(
        "Filename,Photographer,Date,Shelf\na.jpg,Lee,c. 1931,B2\nb.jpg,Ho,the year of the flood,B3\nc.jpg,,n.d.,\n",
        "utf-8",
    )
    done = invoke("catalogue", "--check", tmp_path / "list.csv")
    assert done.exit_code == 0
    for line in (
        "list.csv: csv, utf-8, read, 3 records", "2 creator (from Photographer): Lee | Ho", "1 date_created (from Date): 1931~", "2 Shelf: B2 | B3",
        "1 Date: the year of the flood", "3 records name a picture's file: a.jpg | b.jpg | c.jpg", "columns not used: Shelf",
    ):  # fmt: skip
        assert line in done.stdout
    facts = json.loads(invoke("catalogue", "--check", tmp_path / "list.csv", "--json").stdout)
    assert (facts["records"], facts["links"]["file"], facts["complete"]) == (3, 3, True)


def test_a_check_of_what_cannot_be_read(tmp_path):
    """It says so, and exits as an incomplete scan does; without a file or a study it is wrong usage."""
    (tmp_path / "cut.xml").write_text("<modsCollection><mods>", "utf-8")
    done = invoke("catalogue", "--check", tmp_path / "cut.xml")
    assert done.exit_code == 3
    assert "unreadable" in done.stdout
    assert invoke("catalogue").exit_code == 2
    assert invoke("catalogue", "--check", tmp_path, "--format", "mars").exit_code == 2
