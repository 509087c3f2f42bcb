"""Finding aids: structured dates, numbers for internal use, a finding aid that is one item."""

import pytest

EAD3 = '<ead xmlns="http://ead3.archivists.org/schema/"><archdesc level="fonds"><did><unittitle>F</unittitle></did><dsc><c01 level="item"><did>{}</did></c01></dsc></archdesc></ead>'
ITEM = '<unittitle>T</unittitle>{}<dao href="a.jpg"/>'


@pytest.mark.parametrize(
    ("dates", "edtf"),
    [
        ('<unitdatestructured><datesingle standarddate="1948-05">x</datesingle></unitdatestructured>', "1948-05"),
        ("<unitdatestructured><datesingle>3 May 1948</datesingle></unitdatestructured>", "1948-05-03"),
        ("<unitdatestructured><daterange><fromdate>1931</fromdate><todate>1935</todate></daterange></unitdatestructured>", "1931/1935"),
        ('<unitdatestructured><daterange><fromdate standarddate="1931"/></daterange></unitdatestructured>', "1931/.."),
        ('<unitdatestructured><datesingle notafter="1920">x</datesingle></unitdatestructured>', "../1920"),
        ('<unitdatestructured certainty="approximate"><datesingle standarddate="1931">c</datesingle></unitdatestructured>', "1931~"),
        ('<unitdate unitdatetype="bulk" normal="1932">b</unitdate><unitdate normal="1930/1935">x</unitdate>', "1930/1935"),
        ('<unitdate datechar="publication" normal="1999">1999</unitdate><unitdate normal="1931">1931</unitdate>', "1931"),
        ("<unitdate>circa 1931</unitdate>", "1931~"),
        ('<unittitle>Pier, <unitdate normal="1931-05">May 1931</unitdate></unittitle>', "1931-05"),
        ('<unitdatestructured><daterange><fromdate>c. 1929</fromdate><todate notbefore="1935" notafter="1937"/></daterange></unitdatestructured>', "1929~/1937"),
        ('<unitdate normal="-0044">44 BC</unitdate>', "-0044"),
    ],
)  # fmt: skip
def test_structured_dates(told, dates, edtf):
    """Single dates, ranges and bounds keep their precision and doubt; a date of publishing is none of making."""
    assert told(EAD3.format(ITEM.format(dates)), "a.jpg")[0]["a.jpg"]["date_created"] == edtf


@pytest.mark.parametrize(
    ("origin", "creator"),
    [
        ('<origination><persname role="photographer">Ng</persname></origination>', "Ng"),
        ('<origination label="Creator"><persname><part>Ng</part></persname></origination>', "Ng"),
        ("<origination><persname>Ng</persname>, <persname>Lee</persname> and <corpname>Studio</corpname></origination>", "Ng; Lee; Studio"),
        ('<origination><persname role="collector">Ng</persname></origination>', None),
        ('<origination label="Donor"><persname>Ng</persname></origination>', None),
        ('<origination><persname relator="former owner">Ng</persname></origination>', None),
        ('</did><controlaccess><persname role="Fotograf (pht)">Ng</persname><persname role="subject">Lee</persname><persname>Ho</persname></controlaccess><did>', "Ng"),
    ],
)  # fmt: skip
def test_whose_origin_makes(told, origin, creator):
    """An origin is a maker unless its role or label says another; a name for searching is none unless its role says so."""
    said, _ = told(EAD3.format(ITEM.format(origin)), "a.jpg")
    assert said["a.jpg"].get("creator") == creator


def test_a_repository_is_its_name(told):
    """Its address is no part of who holds the picture, whether stated or inherited."""
    held = "<repository><corpname>Archive</corpname><address><addressline>Street 1</addressline></address></repository>"
    for text in (
        EAD3.format(ITEM.format(held)),
        EAD3.replace("</did><dsc>", held + "</did><dsc>").format(ITEM.format("")),
    ):
        assert told(text, "a.jpg")[1].records["holding_institution"].tolist() == ["Archive"]


def test_internal_numbers_link_nothing(told):
    """A number for internal use is no file's name, wherever it is marked so."""
    for marked in ('<unitid audience="internal">434</unitid><unittitle>T</unittitle>',):
        said, found = told(EAD3.format(marked), "434.jpg")
        assert said == {}
        assert found.records["outcome"].tolist() == ["unmatched"]


@pytest.mark.parametrize("place", ["<did><unittitle>T</unittitle><dao href='a.jpg'/></did>", "<did><unittitle>T</unittitle></did><daogrp><daoloc href='a.jpg'/></daogrp>", "<did><unitid>a</unitid><unittitle>T</unittitle></did>"])  # fmt: skip
def test_a_finding_aid_of_one_item(told, place):
    """Without components the description as a whole is the record."""
    assert told(f"<ead><archdesc level='item'>{place}</archdesc></ead>", "a.jpg")[0]["a.jpg"]["title"] == "T"


def test_a_fonds_with_a_picture_of_its_own(told):
    """It is a record beside those of its components, and neither speaks for the other."""
    text = "<ead><archdesc><did><unittitle>F</unittitle><dao href='f.jpg'/></did><dsc><c><did><unittitle>T</unittitle><dao href='a.jpg'/></did></c></dsc></archdesc></ead>"
    said, _ = told(text, "a.jpg", "f.jpg")
    assert {path: each["title"] for path, each in said.items()} == {"a.jpg": "T", "f.jpg": "F"}
