"""Numbers keep their ids through sentences: filled, joined, cut at references, in both languages, and to the page."""

import lxml.html
import pytest

from dedupelab.numbers.messages import PERCENT, named
from dedupelab.numbers.results import Result
from dedupelab.publish.chapters import wording
from dedupelab.publish.language.language import _, joined, pieces, plural, speaking
from dedupelab.publish.language.said import Figure, number_of, parts, together
from dedupelab.publish.paper import document as d
from dedupelab.publish.paper.html import render_html
from dedupelab.publish.paper.layout import numbers_in

M1 = Result(
    "M1",
    named("surplus copies"),
    0.124,
    "fraction",
    numerator=31,
    denominator=250,
    denominator_label=named("hashed images"),
    interval=(0.1, 0.15),
)


@pytest.mark.parametrize("tag", ["en", "zh-Hant-HK"])
def test_a_sentence_says_which_numbers_stand_in_it(tag):
    """Share, interval, counts: the share and what it counts are that number's, the rest is words; the text is what it was."""
    with speaking(tag):
        text = _("{value} ({interval})", value=wording.with_interval(M1), interval=wording.of(M1))
        found = [part for part, name in parts(text) if name == "M1"]
        assert found == [wording.figure(M1), "31"]
        assert "".join(part for part, _name in parts(text)) == text
        assert isinstance(text, str)


def test_counts_that_a_message_writes_keep_their_id():
    """A number with a format, one that chooses the plural, and numbers in a list."""
    count = Figure(1234, "N.groups")
    assert next(parts(_("{count:,} pictures of {holder}", count=count, holder="us"))) == ("1,234", "N.groups")  # fmt: skip
    assert ("1,234", "N.groups") in parts(
        plural("{count:,} collection", "{count:,} collections", 1234, count=count)
    )
    assert [name for _text, name in parts(joined([number_of("1", "a"), number_of("2", "b")]))] == [
        "a",
        "",
        "b",
    ]


def test_a_seam_between_chinese_words_moves_no_number():
    """Spaces that a language sets or drops around a value shift the places of numbers with it."""
    with speaking("zh-Hant-HK"):
        said = wording.with_interval(M1)
        whole = _("{first} {second}", first=together(["共", said]), second=together([said, "。"]))
    assert [text for text, name in parts(whole) if name] == [wording.figure(M1)] * 2


def test_a_page_gives_every_number_its_id_and_its_pictures(tmp_path):
    """In a sentence, in bold, beside a reference and in a cell: an id each, and a link where there are pictures; words as before."""
    other = number_of("7 pairs", "N.pairs")
    heading = d.Heading(1, "H", id="here")
    sentence = pieces("{m1} were so ({section}).", m1=wording.figure(M1), section=d.Reference("here"))
    table = d.Table("t", "Caption", [d.Column("What"), d.Column("Value")], [["pairs", other]])
    paper = d.Document(
        "T",
        blocks=[
            heading,
            d.Paragraph([d.Strong(_("{first} {second}", first="Of", second=other)), " of all"]),
            d.Paragraph(sentence),
            table,
        ],
    )
    assert numbers_in(paper) == {"M1", "N.pairs"}
    render_html(paper, tmp_path / "a.html", {"M1": "gallery/en/M1.html"})
    page = lxml.html.parse(tmp_path / "a.html")
    marked = [(each.tag, each.text, each.get("data-result")) for each in page.xpath("//*[@data-result]")]
    assert marked == [
        ("span", "7 pairs", "N.pairs"),
        ("a", wording.figure(M1).replace(" %", PERCENT), "M1"),
        ("span", "7 pairs", "N.pairs"),
    ]
    assert page.xpath("string(//p[contains(., 'of all')])") == "Of 7 pairs of all"
    assert page.xpath("//a[@data-result]/@href") == ["gallery/en/M1.html"]
