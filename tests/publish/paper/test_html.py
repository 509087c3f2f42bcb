import dataclasses
import re

import lxml.html
import pytest

from dedupelab.errors import ReportError
from dedupelab.publish.paper import document as d
from dedupelab.publish.paper.html import render_html


@pytest.fixture(scope="module")
def page(paper, tmp_path_factory):
    path = tmp_path_factory.mktemp("html") / "a.html"
    assert render_html(paper, path) == ()
    return lxml.html.document_fromstring(path.read_bytes().decode())


def test_strings_are_inert(page, evil):
    """No script, no form of markup out of a string: the text comes out as it went in."""
    assert page.xpath("//script | //iframe | //*[@onclick]") == []
    paragraph = page.get_element_by_id("paragraph-1.2")
    assert paragraph.text_content().count(evil) == 4
    assert {a.get("href") for a in page.xpath("//main//a[starts-with(@href, 'http')]")} == {
        "https://example.org/a"
    }
    assert "[U+202E]gpj.exe[U+0000]" in paragraph.text_content()


def test_the_page_stands_alone(page):
    """Nothing is fetched: pictures are data, styles are inside, and a policy forbids the rest."""
    assert all(image.get("src").startswith("data:image/svg+xml;base64,") for image in page.iter("img"))
    assert page.xpath("//link | //*[@srcset]") == []
    assert "default-src 'none'" in page.xpath("//meta[@http-equiv]/@content")[0]
    assert not re.search(r"url\(|@import", page.xpath("//style")[0].text)


def test_structure(page):
    """Every heading, figure and table is there, named and within landmarks."""
    assert [h.text_content() for h in page.xpath("//h1 | //h2 | //h3")] == [
        "A paper on copies", "Main points", "1 Extent", "Details", "2 Annex",
    ]  # fmt: skip
    assert [t.xpath("string(caption)").split("  ")[0][:7] for t in page.iter("table")] == [
        "Table 1",
        "Table 2",
    ]
    assert (
        len(page.xpath("//figure/figcaption"))
        == len(page.xpath("//img[@alt='A single bar stands tall.']"))
        == 1
    )
    assert len(page.xpath("//table[.//th[@scope='col']]")) == 2
    assert page.get("lang") == "en-GB"
    assert len(page.xpath("//main")) == 1
    assert page.xpath("//span[@lang='zh-Hant-HK']")[0].text == "電影"


def test_links_within_lead_somewhere_and_ids_are_unique(page):
    """Every internal link has its target, every id stands once."""
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))
    assert {href[1:] for href in page.xpath("//a/@href") if href.startswith("#")} <= set(ids)


def test_equal_documents_give_equal_bytes(paper, tmp_path):
    """Nothing of the clock, the machine or the folder goes in."""
    render_html(paper, tmp_path / "a.html")
    render_html(paper, tmp_path / "elsewhere" / "b.html")
    content = (tmp_path / "a.html").read_bytes()
    assert content == (tmp_path / "elsewhere" / "b.html").read_bytes()
    assert str(tmp_path).encode() not in content


def test_a_missing_picture_is_named(paper, tmp_path):
    """The error says which figure lacks its file; nothing half-written stays."""
    figure = next(b for b in paper.blocks if isinstance(b, d.Figure))
    lost = dataclasses.replace(figure, vector=tmp_path / "lost.svg")
    with pytest.raises(ReportError, match="figure figure-one: expected a readable picture"):
        render_html(d.Document("t", blocks=[lost]), tmp_path / "out" / "a.html")
    assert not (tmp_path / "out").exists()
