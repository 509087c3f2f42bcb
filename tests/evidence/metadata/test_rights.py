from dedupelab.evidence.metadata.rights import RIGHTS


def test_orphans_by_hand(frames):
    """Five images: one states a creator, one a credit, one only blanks, one only a caption, one nothing: 3/5 orphans."""
    images = [
        {"id": "a", "creator": "Ho"},
        {"id": "b", "credit": "News", "collection": "b"},
        {"id": "c", "creator": "  "},
        {"id": "d", "caption": "Ferry"},
        {"id": "e", "collection": "b"},
    ]
    found = frames(images).results(["a", "b"])
    assert found["M7"].value == 3 / 5
    assert found["M7.in.a"].value == 2 / 3
    assert found["M7.in.b"].value == 1 / 2
    assert (found["M7"].grade, str(found["M7"].interval_method)) == ("A", "Wilson 95 %")


def test_every_rights_field_rescues_an_image(frames):
    """Any one of the seven fields makes an image no orphan."""
    images = [{"id": f"i{n}", name: "stated"} for n, name in enumerate(RIGHTS)]
    assert frames(images).results(["a"])["M7"].numerator == 0


def test_stripped_in_duplication_by_hand(frames):
    """Group of 3 with one owner: 2 stripped. Group of 2 orphans: 0, nothing was lost. Lone orphan: not in a group. 2/5."""
    images = [{"id": "a", "copyright_owner": "Ho"}, *({"id": each} for each in "bcdef")]
    found = frames(images, [[["a", "b", "c"]], [["d", "e"]]]).results(["a"])
    assert found["M7s"].value == 2 / 5
    assert found["M7"].value == 5 / 6


def test_another_works_rights_were_not_lost(frames):
    """In a chain of two works, rights of the one are not missing from the other."""
    images = [{"id": "a", "creator": "Ho"}, {"id": "b"}, {"id": "c"}]
    assert frames(images, [[["a", "b"], ["c"]]]).results(["a"])["M7s"].value == 1 / 3


def test_unresolved_authority(twenty):
    """One of two groups has no authoritative copy."""
    assert twenty.results(["a", "b"])["M6b"].value == 1 / 2
