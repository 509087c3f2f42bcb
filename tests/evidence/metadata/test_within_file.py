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
