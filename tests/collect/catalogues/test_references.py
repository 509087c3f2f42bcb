"""References to files: addresses, lists in a cell, names with signs in them."""

import pytest

from dedupelab.collect.catalogues.references import as_path, is_telling, listed, names_a_picture


@pytest.mark.parametrize(
    "reference",
    [
        "https://m.example/get?f=pier.jpg&w=80", "https://m.example/api/?path=%2Fmedia%2Fpier.jpg", "https://m.example/files/pier.jpg/download", "https://m.example/iiif/2/pier.jpg/full/full/0/default.jpg",
        "https://m.example/v.aspx?img=pier.JPG;size=2", "https://m.example/x?src=https%3A%2F%2Fa.example%2Fpier.jpg", r"\\srv\x\pier.jpg", "https://m.example/thumb/a/ab/pier.jpg/200px-pier.jpg", "file:///srv/pier.jpg",
    ],
)  # fmt: skip
def test_what_an_address_names(reference):
    """The picture in its path, a folder of it, or its query."""
    assert as_path(reference).rpartition("/")[2] == "pier.jpg"
    assert names_a_picture(reference)


@pytest.mark.parametrize(
    "reference",
    [
        "https://m.example/objects/4021",
        "https://m.example/dl?id=9",
        "https://m.example/x?a=1.jpg&b=2.jpg",
        "4021",
    ],
)
def test_what_names_no_picture(reference):
    """A page, a number, two pictures of which none is the one."""
    assert not names_a_picture(reference)


@pytest.mark.parametrize(
    "cell",
    [
        "f1.jpg; f2.jpg",
        "f1.jpg | f2.jpg",
        "f1.jpg, f2.jpg",
        "f1.jpg f2.jpg",
        "f1.jpg\nf2.jpg",
        "f1.jpg & f2.jpg",
        "f1.jpg、f2.jpg",
        '["f1.jpg", "f2.jpg"]',
    ],
)
def test_two_files_in_a_cell(cell):
    """Whatever divides them."""
    assert listed(cell) == ["f1.jpg", "f2.jpg"]


@pytest.mark.parametrize(
    "cell", ["Chan, Ho - sail.jpg", "a & b.jpg", "Lee; Ho.jpg", "Kwun Tong.jpg", "[1].jpg"]
)
def test_a_sign_in_a_name_divides_nothing(cell):
    """Only where every part is a picture's name."""
    assert listed(cell) == [cell]


def test_numbers_that_tell():
    """A bare short number is anybody's, a word too."""
    assert list(filter(is_telling, ("12", "0431", "page", "hk-12", "1999-5-1", "200431"))) == [
        "hk-12",
        "1999-5-1",
        "200431",
    ]
