"""What leaves in a tier is what the tier allows, to the last byte."""

import io
import json
import re
import shutil
import zlib
from datetime import UTC, datetime

import nbformat
import pandas as pd
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from dedupelab import Study, tables
from dedupelab.errors import ConfigError, OutputError
from dedupelab.exchange.tiers import export, public_overlap, public_rows, suppressed
from dedupelab.numbers.messages import message
from dedupelab.numbers.results import Result
from dedupelab.pack.pack import copy_whole
from dedupelab.pack.toml import toml
from dedupelab.pack.verify import verify
from dedupelab.publish import run as run_module
from dedupelab.publish.run import write_tables

pytestmark = pytest.mark.slow

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SECRETS = {
    "person": "Wilhelmina Quackenbush",
    "caption": "arrested outside the clinic",
    "path": "unit-7-confidential",
    "holder": "Bureau of Hidden Affairs",
    "serial": "SN-55512345",
    "prompt": "a portrait of my neighbour",
    "place": "114.1694",
    "owner": "Office of Somebody",
    "purpose": "to find the whistleblower",
    "source": "invoice of Messrs Hushmore",
    "collection": "whisper-archive",
    "reviewer": "Ignatius Featherstonehaugh",
    "incident": "settled with the Pemberton family",
    "catalogue": "bequest of the late Mrs Ottoline",
    "contact": "peregrine.smallbone@whispers.example",
    "signatory": "Dame Araminta Frobisher",
    "analyst": "Thaddeus Winterbottom",
    "funder": "a loan from Cousin Barnaby",
}


def stuffed(photograph, seed, quality=90) -> bytes:
    """Return a JPEG that names a person, a place, a camera and a prompt, with a thumbnail of a face inside."""
    picture, out = photograph(seed), io.BytesIO()
    exif = Image.Exif()
    exif[0x013B], exif[0x010E] = SECRETS["person"], SECRETS["caption"]
    exif.get_ifd(0x8769)[0xA431] = SECRETS["serial"]
    exif.get_ifd(0x8825).update({1: "N", 2: (22.0, 18.0, 0.0), 3: "E", 4: (114.0, 10.0, 9.84)})
    xmp = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description xmlns:i="http://iptc.org/std/Iptc4xmpExt/2008-02-29/" '
        f'i:AIPromptInformation="{SECRETS["prompt"]}" i:Place="{SECRETS["place"]}"/></rdf:RDF></x:xmpmeta>'
    )
    picture.save(out, "JPEG", exif=exif, xmp=xmp.encode(), quality=quality)
    return out.getvalue()


@pytest.fixture(scope="module")
def loaded(tmp_path_factory, photograph):
    """Make a study full of what must not leave, and a run of it whose notebook prints and carries it, too."""
    home = tmp_path_factory.mktemp("loaded")
    collections = []
    for number, name in enumerate((SECRETS["collection"], "second", "third")):
        folder = home / name / SECRETS["path"]
        folder.mkdir(parents=True)
        for seed in range(number, number + 6):
            (folder / f"{seed}.jpg").write_bytes(stuffed(photograph, seed % 9, 90 - number))
        info = PngInfo()
        info.add_text("Author", SECRETS["person"])
        photograph(8).save(folder / "x.png", pnginfo=info)
        listed = home / f"{name}.csv"
        listed.write_text(f"file,description\n{number}.jpg,{SECRETS['catalogue']}\n", encoding="utf-8")
        collections.append(
            {
                "name": name,
                "location": str(home / name),
                "holder": SECRETS["holder"] + str(number),
                "catalogue": [
                    {
                        "path": str(listed),
                        "format": "csv",
                        "columns": {"file": "file", "caption": "description"},
                    }
                ],
            }
        )
    price = {"value": 1.0, "unit": "HKD per GB and month", "source": SECRETS["source"]}
    settings = {
        "study": {"name": "loaded", "owner": SECRETS["owner"], "purpose": SECRETS["purpose"]},
        "collection": collections,
        "match": {"gear": "quick"},
        "harm": {"storage_price": price},
    }
    (home / "study").mkdir()
    (home / "study" / "study.toml").write_text(toml(settings), encoding="utf-8")
    asked = {
        "consultation": {"name": "An inquiry", "recipient": [SECRETS["place"]]},
        "submission": {
            "contact": SECRETS["contact"],
            "signatory": SECRETS["signatory"],
            "members": [SECRETS["holder"]],
        },
        "interests": {"funding": SECRETS["funder"], "interests": "none"},
        "assurance": {"analyst": SECRETS["analyst"], "assurer": SECRETS["reviewer"]},
    }
    (home / "study" / "consultation.toml").write_text(toml(asked), encoding="utf-8")
    study = Study(home / "study")
    study.match()
    incident = {
        "kind": "stall",
        "opened": "2026-01-01",
        "organisation": SECRETS["incident"],
        "days": 3,
        "confidentiality": "confidential",
        "source": "letter",
    }
    study.registers.add("incident", [incident], who=SECRETS["reviewer"])
    review = study.review()
    for task in review.pending(SECRETS["reviewer"]).head(6).itertuples():
        review.decide(
            task.left,
            task.right,
            "same",
            reviewer=SECRETS["reviewer"],
            note=SECRETS["incident"],
            purpose=task.purpose,
        )
    study.measure()
    run = home / "run"
    write_tables(study, run / "tables")
    (run / "notebooks").mkdir()
    shutil.copyfile(study.results_path, run / "results.json")
    (run / "run.json").write_text(run_module._facts(study, NOW, []), encoding="utf-8")
    shown = nbformat.v4.new_output("stream", text=study.images()[["path", "creator"]].to_string())
    given = nbformat.v4.new_code_cell(f"study = {str(home)!r}", metadata={"tags": ["injected-parameters"]})
    cells = [given, nbformat.v4.new_code_cell("study.images()", outputs=[shown])]
    note = nbformat.v4.new_notebook(cells=cells, metadata={"authors": [{"name": SECRETS["person"]}]})
    nbformat.write(note, run / "notebooks" / "one.ipynb")
    return study, run


def contents(folder):
    """Every file's bytes, and what is compressed inside them."""
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        whole = path.read_bytes()
        yield path, whole
        for header in re.finditer(rb"\x78[\x01\x9c\xda]", whole):
            try:
                yield path, zlib.decompressobj().decompress(whole[header.start() :], 1 << 20)
            except zlib.error:
                continue


def leaks(folder, study) -> list[str]:
    """List what of the study's secrets, paths, digests and fingerprints is found in a folder, in any usual encoding."""
    images = study.images()
    words = [*SECRETS.values(), str(study.folder), *images["image_id"], *images["sha256"].dropna()]
    words += [f"{value:016x}" for value in images["phash"].dropna()] + [
        str(value) for value in images["phash"].dropna()
    ]
    words += [path for path in images["path"] if len(path) > 8]
    needles = {w: [w.lower().encode(e) for e in ("utf-8", "utf-16-le", "utf-16-be")] for w in words}
    magic = (b"\xff\xd8\xff", b"\x89PNG", b"II*\0", b"MM\0*", b"RIFF")
    found = []
    for path, data in contents(folder):
        lower = data.lower()
        found += [
            f"{path.name}: {word}" for word, forms in needles.items() if any(form in lower for form in forms)
        ]
        found += [f"{path.name}: a picture" for start in magic if start in data]
    return found


def test_nothing_of_a_person_or_a_picture_is_public(loaded, tmp_path):
    """Every byte of a public pack, notebooks included, is walked: no name, face, place, serial, path, prompt or digest."""
    study, run = loaded
    export(study, "public", tmp_path / "pack", run=run, now=NOW)
    assert (tmp_path / "pack" / "data" / "notebooks" / "one.ipynb").exists()
    assert {p.suffix for p in tmp_path.rglob("*") if p.is_file()} <= {
        ".txt",
        ".json",
        ".csv",
        ".ipynb",
        ".pub",
        ".minisig",
    }
    assert leaks(tmp_path / "pack", study) == []
    assert verify(tmp_path / "pack").files


def test_the_walk_finds_what_is_there(loaded, tmp_path):
    """The same walk over a private run's files finds nearly everything: the test above can fail."""
    study, run = loaded
    for name in ("run.json", "results.json", "notebooks/one.ipynb", "tables/images.csv"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copyfile(run / name, tmp_path / name)
    for file in (study.store.root / "labels.sqlite", study.folder / "registers.sqlite"):
        copy_whole(file, tmp_path / file.name)
    found = " ".join(leaks(tmp_path, study))
    for kind in (
        "person",
        "path",
        "holder",
        "owner",
        "purpose",
        "collection",
        "catalogue",
        "reviewer",
        "incident",
        "contact",
        "signatory",
        "analyst",
        "funder",
    ):
        assert SECRETS[kind] in found


def test_an_assurer_gets_edges_and_a_sheet_without_names(loaded, tmp_path):
    """Edges, copies and the sheet fit together, and hold no path, name, digest or fingerprint."""
    study, _ = loaded
    export(study, "assurer", tmp_path / "pack", now=NOW)
    data = tmp_path / "pack" / "data"
    edges, copies, sheet = (
        pd.read_csv(data / name) for name in ("edges.csv", "copies.csv", "review-sheet.csv")
    )
    assert len(edges) == len(study.pairs()) > 0
    assert set(copies["copy"]) <= set(edges["left"]) | set(edges["right"])
    assert {"seen_relation", "reviewer"} <= set(sheet.columns)
    assert leaks(tmp_path / "pack", study) == []


def test_who_holds_a_picture_cannot_be_told(loaded):
    """Membership: public files are the same bytes when two holders exchange pictures that nobody else has.

    What does not depend on who holds a picture gives an attacker who has all pictures nothing beyond the base rate.
    """
    study, _ = loaded
    images, members = study.images(), study.members()
    lone = images[~images["image_id"].isin(members["image_id"]) & (images["status"] == "hashed")]
    one, other = lone.drop_duplicates("collection").index[:2]
    swapped = images.copy()
    swapped.loc[[one, other], "collection"] = images.loc[[other, one], "collection"].to_numpy()
    from dedupelab.evidence.stage import measure
    from dedupelab.exchange.tiers import contributions

    def public(frame):
        names = [c.name for c in study.config.collection]
        measured = measure(frame, study.pairs(), study.groups(), members, collections=names, draws=200)
        codes = {name: f"h{number}" for number, name in enumerate(names)}
        return public_rows(measured.results, contributions(frame, members)), public_overlap(
            measured.overlap, codes
        )

    assert json.dumps(public(tables.IMAGES.conform(images))) == json.dumps(
        public(tables.IMAGES.conform(swapped))
    )


def counted(**cells):
    return {
        name: Result(name, name, part, "images", part, whole, message("files"))
        for name, (part, whole) in cells.items()
    }


def test_small_cells_are_suppressed_with_a_second_one():
    """9 skipped of 672 would follow from the other two: the next smallest goes, too."""
    cells = {"N.hashed": (600, 672), "N.unreadable": (63, 672), "N.skipped": (9, 672), "N.listed": (672, 672)}
    hidden = suppressed(counted(**cells), {})
    assert hidden == {"N.skipped": "small", "N.unreadable": "complementary"}


def test_a_number_is_not_told_under_another_name():
    """Surplus copies suppressed: M1 has the same numerator and goes with it."""
    cells = {"N.works": (640, 645), "N.surplus": (5, 645), "M1": (5, 645), "N.low-information": (20, 645)}
    hidden = suppressed(counted(**cells), {})
    assert {"N.surplus", "M1", "N.works"} <= set(hidden)
    assert "N.low-information" not in hidden


def test_what_one_holder_dominates_is_suppressed():
    """95 of 100 skipped files are one holder's."""
    shown = counted(**{"N.hashed": (500, 700), "N.unreadable": (100, 700), "N.skipped": (100, 700)})
    hidden = suppressed(shown, {"N.skipped": [95, 5], "N.unreadable": [50, 50]})
    assert hidden["N.skipped"] == "dominated"
    assert len(hidden) == 2


def test_overlap_needs_three_holders_and_ten_works():
    """Two holders' overlap is not shown at all; of three, cells below ten are empty in both directions."""
    rows = [(a, b, 100, n) for a, b, n in (("x", "y", 50), ("y", "x", 50), ("x", "z", 4), ("z", "x", 4), ("y", "z", 95), ("z", "y", 95))]  # fmt: skip
    matrix = pd.DataFrame(rows, columns=["row", "column", "works", "shared"])
    assert public_overlap(matrix, {"x": "1", "y": "2"}) == []
    shown = {
        (r["row"], r["column"]): r["shared"] for r in public_overlap(matrix, {"x": "1", "y": "2", "z": "3"})
    }
    assert shown == {
        ("1", "2"): 50,
        ("2", "1"): 50,
        ("1", "3"): None,
        ("3", "1"): None,
        ("2", "3"): None,
        ("3", "2"): None,
    }


def test_nothing_is_written_over(loaded, tmp_path):
    """A place that is taken stays as it is."""
    (tmp_path / "pack").mkdir()
    with pytest.raises(OutputError, match="expected a new place"):
        export(loaded[0], "public", tmp_path / "pack")
    shutil.rmtree(tmp_path / "pack")


def test_what_is_no_run_is_told(loaded, tmp_path):
    """Commitments to the files of a folder that is no run would prove nothing: nothing is written."""
    with pytest.raises(ConfigError, match="expected a run folder with"):
        export(loaded[0], "public", tmp_path / "pack", run=tmp_path)
    assert not (tmp_path / "pack").exists()
