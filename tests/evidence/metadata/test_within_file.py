import json


def image(name, sources, **disagreements):
    told = {
        "sources": json.dumps(sources),
        "disagreements": json.dumps(disagreements) if disagreements else None,
    }
    return {"id": name, **told}


def test_disagreement_inside_files_by_hand(frames):
    """Three files state a creator twice, one of them two ways: 1/3. Any of title and creator: 2 of 3. Document ids differ rightly."""
    images = [
        image("a", {"creator": ["exif", "xmp"]}, creator={"exif": "Ann", "xmp": "Ben"}),
        image("b", {"creator": ["exif", "xmp"], "title": ["xmp", "iim"]}, title={"xmp": "One", "iim": "Two"}),
        image(
            "c",
            {"creator": ["sidecar", "xmp"], "document_id": ["sidecar", "xmp"]},
            document_id={"xmp": "1", "sidecar": "2"},
        ),
        image("d", {"creator": ["exif"]}),
        {"id": "e"},
    ]
    found = frames(images).results(["a"])
    assert (found["M5i.creator"].numerator, found["M5i.creator"].denominator) == (1, 3)
    assert (found["M5i.title"].numerator, found["M5i.title"].denominator) == (1, 1)
    assert (found["M5i.any"].numerator, found["M5i.any"].denominator) == (2, 3)
    assert "M5i.document_id" not in found
    assert found["M5i.any"].grade == "A"


def test_files_with_one_source_are_not_compared(frames):
    """Where no file says anything twice, there is no share."""
    found = frames([image("a", {"creator": ["exif"]})]).results(["a"])
    assert found["M5i.any"].value is None
    assert [name for name in found if name.startswith("M5i")] == ["M5i.any"]


def test_a_file_is_not_blamed_for_what_its_catalogue_says(frames):
    """Two places agree and the record contradicts them: no disagreement inside the file. One that is there stays one."""
    twice = {"creator": ["exif", "xmp"]}
    images = [
        image("a", twice, creator={"embedded": "Ann", "catalogue": "Ben"}),
        image("b", twice, creator={"exif": "Ann", "xmp": "Cy", "catalogue": "Ben"}),
        image("c", twice, creator={"exif": "Doe, Jane", "xmp": "Jane Doe"}),  # kept so by an earlier version
    ]
    found = frames(images).results(["a"])
    assert (found["M5i.creator"].numerator, found["M5i.creator"].denominator) == (1, 3)


def test_a_study_in_one_script_reads_files_so_too(frames):
    """Traditional and Simplified forms of one name: a disagreement as written, none where the study reads one script."""
    names = {"exif": "陳大文", "xmp": "陈大文"}
    study = frames([image("a", {"creator": ["exif", "xmp"]}, creator=names)])
    assert study.results(["a"])["M5i.creator"].numerator == 1
    mapped = study.results(["a"], fold=lambda text: text.replace("陳", "陈"))
    assert mapped["M5i.creator"].numerator == 0
