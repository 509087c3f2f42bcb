"""Newsrooms' items: what a description or a byline is goes by its role, and a file's name before an address without one."""

import json

import pytest


def ninjs(**more):
    return json.dumps(
        {
            "uri": "urn:x:1",
            "type": "picture",
            "renditions": [{"name": "o", "href": "https://x.example/a.jpg"}],
            **more,
        }
    )


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"descriptions": [{"role": "caption", "value": "C"}, {"role": "creditline", "value": "R"}, {"role": "writer", "value": "ky"}]}, {"caption": "C", "credit": "R"}),
        ({"descriptions": [{"role": "drol:caption", "value": "C"}, {"role": "http://cv.example/role/creditline", "value": "R"}]}, {"caption": "C", "credit": "R"}),
        ({"descriptions": [{"value": "C"}]}, {"caption": "C"}),
        ({"bylines": [{"byline": "A", "role": "PHOTOGRAPHER"}, {"byline": "B", "role": "WRITER"}]}, {"creator": "A"}),
        ({"bylines": [{"byline": "A", "role": "Fotograf"}, {"byline": "B", "role": "Redakteur"}]}, {"creator": "A"}),
        ({"bylines": [{"byline": "A"}]}, {"creator": "A"}),
        ({"contributors": [{"name": "A", "role": "photographer"}, {"name": "B", "role": "editor"}]}, {"creator": "A"}),
        ({"contributors": [{"name": "B"}]}, {}),
        ({"bylines": [{"byline": "By A"}], "contributors": [{"name": "A", "role": "photographer"}]}, {"creator": "A"}),
        ({"descriptions": [{"role": "說明", "value": "C"}, {"role": "Bildnachweis", "value": "R"}]}, {"caption": "C", "credit": "R"}),
    ],
)  # fmt: skip
def test_roles_in_ninjs(told, more, said):
    """Captions, credits and who wrote them, photographers and writers; a byline without a role is the photographer's."""
    assert told(ninjs(**more), "a.jpg")[0]["a.jpg"] == said


NEWSML = """<newsItem xmlns="http://iptc.org/std/nar/2006-10-01/" guid="urn:x:1" standard="NewsML-G2"><itemMeta><itemClass qcode="ninat:picture"/>{item}</itemMeta>
<contentMeta>{meta}</contentMeta><contentSet><remoteContent href="https://c.example/dl?id=9"/></contentSet></newsItem>"""


def test_roles_in_newsml(told):
    """Creators by role, descriptions by role; who wrote the caption made no picture."""
    meta = (
        '<creator role="crol:photographer"><name>Lee</name></creator><creator role="crol:writer" literal="Ho"/><contributor role="drol:captionwriter"><name>K</name></contributor>'
        '<description role="drol:caption">C</description><description role="drol:creditline">R</description>'
    )
    said, _ = told(NEWSML.format(item="<fileName>A.jpg</fileName>", meta=meta), "A.jpg", "9.jpg")
    assert said == {"A.jpg": {"creator": "Lee", "caption": "C", "credit": "R"}}


@pytest.mark.parametrize(
    ("made", "creator"),
    [
        ('<creator><name role="nrol:mono">J. L.</name><name role="nrol:full">Jane Lee</name></creator>', "Jane Lee"),
        ('<creator><name>Lee</name></creator><creator literal="Ho" role="crol:photo"/>', "Lee; Ho"),
        ('<creator><name>Lee</name><related rel="r:agent"><name>Agent</name></related></creator>', "Lee"),
        ('<creator literal="Lee"><organisationDetails><affiliation><name>Club</name></affiliation></organisationDetails></creator>', "Lee"),
    ],
)  # fmt: skip
def test_names_in_newsml(told, made, creator):
    """Another form of a name is no second person, and who is named inside a creator made nothing."""
    said, _ = told(NEWSML.format(item="<fileName>A.jpg</fileName>", meta=made), "A.jpg")
    assert said["A.jpg"] == {"creator": creator}


def test_internal_numbers_in_ninjs(told):
    """A number for internal use links no file."""
    item = {"uri": "urn:x:1", "type": "picture", "altids": [{"role": "internal", "value": "123456"}]}
    assert told(json.dumps(item), "123456.jpg")[0] == {}


def test_a_file_name_that_is_not_there(told):
    """Neither a number in the address nor a word of it is taken instead."""
    said, _ = told(
        NEWSML.format(item="<fileName>B.jpg</fileName>", meta="<headline>H</headline>"), "9.jpg", "dl.jpg"
    )
    assert said == {}
