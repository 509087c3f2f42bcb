"""Authors' words: kept as they are, with figures of the run in them, inert whatever they hold."""

import pytest
from PIL import Image

from dedupelab.errors import ConfigError, ReportError
from dedupelab.numbers.messages import message
from dedupelab.numbers.results import Result, missing
from dedupelab.publish.chapters.markdown import blocks_of
from dedupelab.publish.chapters.numbering import Numbering
from dedupelab.publish.chapters.prose import (
    SECTIONS,
    Written,
    as_typed,
    check_prose,
    read_prose,
    told,
    untranslated,
)
from dedupelab.publish.chapters.wording import Numbers
from dedupelab.publish.language.language import speaking
from dedupelab.publish.paper import document as d
from dedupelab.publish.paper.html import render_html

NUMBERS = Numbers.of(
    [
        Result("M1", message("Surplus copies"), 0.1244, "fraction", 160, 1284, message("images"), (0.109, 0.141), message("Wilson 95 %"), grade="B"),
        Result("M5.copyright_owner", message("Conflicting owner"), 0.25, "fraction", interval_method=message("census")),
        missing("M9", message("Disputes"), "HKD", (message("incident register"),), message("x")),
    ]
)  # fmt: skip


def read(markdown: str, under: int = 1) -> list[d.Block]:
    return blocks_of(markdown, NUMBERS, Numbering("I"), name="text/introduction.en.md", under=under)


@pytest.fixture
def german(monkeypatch, tmp_path):
    """Speak a language without any messages of its own."""
    header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n'
    (tmp_path / "de.po").write_text(header, encoding="utf-8")
    monkeypatch.setenv("DEDUPELAB_LOCALES", str(tmp_path))
    with speaking("de"):
        yield "de"


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("{M1} of them", "12.4 % (95 % interval 10.9 to 14.1 %) of them"),
        ("{M1:value}, {M1:interval}", "12.4 %, 95 % interval 10.9 to 14.1 %"),
        ("{M1:of} {M1:grade}", "160 of 1,284 images B: sampled, and reviewed by people"),
        ("{M5.copyright_owner}", "25.0 % (census)"),
        (
            "{M9} {M9:interval}",
            "not estimated: needs incident register not estimated: needs incident register",
        ),
        ("{{M1}} and \\{M1:value}", "{M1} and 12.4 %"),
    ],
)
def test_figures_come_by_their_ids(markdown, words):
    """An id stands for value and interval, a part of it for that part; two braces are a brace."""
    (block,) = read(markdown)
    assert d.plain(block.text) == words


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("{M5.copyright_ownr}", "did you mean M5.copyright_owner?"),
        ("**{M1:valu}**", "did you mean value?"),
        ("- a\n  - {M11}", "did you mean M1?"),
        ("# " + "long " * 400, "make it a paragraph"),
        ("[{see above}](https://example.org)", "write {{ for a brace"),
    ],
)
def test_what_cannot_be_set_is_an_error(markdown, words):
    """An unknown figure wherever it stands, a heading of 2,000 characters: the file, what was got, and the remedy."""
    with pytest.raises(ReportError) as caught:
        read(markdown)
    assert str(caught.value).startswith("text/introduction.en.md: expected")
    assert words in str(caught.value)


def test_markdown_becomes_blocks():
    """Paragraphs are numbered; headings do not skip; lists, quotations and code are set as such."""
    blocks = read(
        "# One\n\ntwo *three* **four**\nfive\n\n#### Six\n\n- a\n  - b\n\n1. c\n\n> d\n\n```\ne {M1}\n```\n"
    )
    assert blocks == [
        d.Heading(2, ["One"]),
        d.Paragraph(["two ", d.Emphasis("three"), " ", d.Strong("four"), " ", "five"], "I.1"),
        d.Heading(3, ["Six"]),
        d.BulletList([["a"], ["– ", "b"]]),
        d.BulletList([["c"]], ordered=True),
        d.Paragraph([d.Emphasis("d")], "I.2"),
        d.Verbatim("e {M1}\n"),
    ]


def test_what_strangers_write_stays_characters(evil, tmp_path):
    """HTML, scripts as link targets, templates and Typst code appear as they were typed; the page has no element of theirs."""
    text = f"<script>alert(1)</script>\n\nA <b>bold</b> [x](javascript:alert(1))\n\n{evil.replace('{', '{{').replace('}', '}}')}"
    page = tmp_path / "page.html"
    render_html(d.Document("T", blocks=[d.Heading(1, "H"), *read(text)]), page)
    written = page.read_text("utf-8")
    assert "<script" not in written
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in written
    assert "&lt;b&gt;bold&lt;/b&gt; x (javascript:alert(1))" in written
    assert 'href="javascript' not in written


def test_deep_and_long_markdown_is_survived():
    """A thousand quotation marks, and half a megabyte of stars, end in blocks or in one error."""
    assert read("> " * 1000 + "deep")
    assert read("*" * 5000 + "x" + "*" * 5000)
    assert read("- " * 200 + "x")


def test_texts_are_named_after_sections(tmp_path):
    """Every section can be written; other files are left alone or told with the nearest name."""
    (tmp_path / "text").mkdir()
    names = [name for name in SECTIONS if name != "answer-NUMBER"] + ["answer-2(a)"]
    for name in [*(f"{n}.en" for n in names), "README", ".hidden"]:
        (tmp_path / "text" / f"{name}.md").write_text("words")
    (tmp_path / "text" / "notes.txt").write_text("x")
    assert {section for section, _language in read_prose(tmp_path, ["2(a)"])} == set(names)
    with pytest.raises(ConfigError, match=r"got answer-2\(a\).en.md"):
        read_prose(tmp_path, ["3"])


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("introducton.en.md", b"x", "did you mean introduction?"),
        ("answer-7.en.md", b"x", "did you mean answer-1?"),
        ("introduction.md", b"x", "expected text/<section>.<language>.md"),
        ("request.en.md", b"\xff\xfe", "save it as UTF-8"),
        ("request.en.md", b"x" * 200_001, "shorten it"),
    ],
)
def test_a_wrong_file_is_one_error(tmp_path, name, content, words):
    """Unknown sections and questions, no language, no UTF-8, a book: expected, got, remedy."""
    (tmp_path / "text").mkdir()
    (tmp_path / "text" / name).write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        read_prose(tmp_path, ["1"])
    assert words in str(caught.value)


def test_a_text_without_translation_says_so(german):
    """What exists in English only is set in English after a sentence that says so, and is named to the author."""
    texts = {("request", "en"): "words", ("members", "en"): "a", ("members", german): "b"}
    prose = {key: Written(text) for key, text in texts.items()}
    flagged, text = told(prose, "request", NUMBERS, Numbering("R"))
    assert "en" in d.plain(flagged.text)
    assert d.plain(text.text) == "words"
    assert [d.plain(b.text) for b in told(prose, "members", NUMBERS, Numbering("E"))] == ["b"]
    assert untranslated(prose, german) == [f"request.{german}.md"]
    assert untranslated(prose, "en") == []


@pytest.fixture
def place(tmp_path):
    """Make a study with a drawing beside its texts, one below its folder, one in a collection, and one elsewhere."""
    for name in (
        "study/text/bars.png",
        "study/plots/more lines.jpg",
        "study/archive/held.png",
        "outside.png",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (40, 20), "navy").save(tmp_path / name)
    (tmp_path / "study/text/none.png").write_text("no picture")
    (tmp_path / "study/text/wrong.png").write_bytes((tmp_path / "study/plots/more lines.jpg").read_bytes())
    (tmp_path / "study/text/link.png").symlink_to(tmp_path / "outside.png")
    return tmp_path / "study"


def written(place, markdown: str) -> d.Document:
    (place / "text" / "harm.en.md").write_text(markdown, encoding="utf-8")
    prose = read_prose(place, collections=[place / "archive"])
    check_prose(prose, NUMBERS)
    return told(prose, "harm", NUMBERS, Numbering("6"))


def test_tables_are_set_as_tables(place):
    """Under the heading that names them, figures by their ids in them, numbers to the right where the author says so."""
    _head, table = written(
        place, "# Costs\n\n| Year | Share |\n|:-----|------:|\n| 2025 | {M1:value} |\n| **2026** | a, b |\n"
    )
    assert d.plain(table.caption) == "Costs"
    assert [(column.title, column.align) for column in table.columns] == [
        ("Year", "left"),
        ("Share", "right"),
    ]
    assert [[d.plain(cell) for cell in row] for row in table.rows] == [["2025", "12.4 %"], ["2026", "a, b"]]


def test_pictures_are_set_as_figures(place, tmp_path):
    """From beside the text and from elsewhere in the study, their words read aloud; a page holds them."""
    one, two = written(
        place, '![Bars of three years](bars.png)\n\n![Lines](../plots/more%20lines.jpg "Costs rise")\n'
    )
    assert (one.alt, one.title, one.raster.name) == ("Bars of three years", "Bars of three years", "bars.png")
    assert (two.alt, two.title, two.raster.name) == ("Lines", "Costs rise", "more lines.jpg")
    render_html(d.Document("T", blocks=[d.Heading(1, "H"), one, two]), tmp_path / "page.html")
    assert (tmp_path / "page.html").read_text("utf-8").count("data:image/") == 2


@pytest.mark.parametrize(
    ("markdown", "words"),
    [
        ("![x](absent.png)", "got no such file"),
        ("![x](my bars.png)", "got 'my bars.png'; write (<my bars.png>)"),
        ("![x](../../outside.png)", "a picture in the study's folder"),
        ("![x](link.png)", "a picture in the study's folder"),
        ("![x](https://example.org/a.png)", "copy it beside the text"),
        ("![](bars.png)", "1 to 150 characters for those who cannot see the picture, got 0"),
        ("![x](../archive/held.png)", "of a collection, which redactions.csv may close"),
        ("![x](none.png)", "none that can be read"),
        ("![x](wrong.png)", "which is JPEG"),
        ("see ![x](bars.png) here", "a picture in a paragraph of its own"),
        ("|" + "a|" * 8 + "\n|" + "-|" * 8 + "\n", "at most 7 columns, got 8"),
    ],
)
def test_what_cannot_be_shown_is_told_with_its_line(place, markdown, words):
    """Missing, outside the study, without words, of a collection, no picture, among words, too wide: file, line, and remedy."""
    with pytest.raises(ReportError) as caught:
        written(place, f"First.\n\n{markdown}\n")
    message = str(caught.value)
    assert message.startswith("text/harm.en.md, line 3: expected ")
    assert words in message
    assert "\n" not in message


def test_what_is_not_read_is_named(place):
    """HTML and footnotes stay what was typed, and the author is told in which file."""
    written(place, "A <b>word</b>.\n\n---\n")
    assert as_typed(read_prose(place)) == [
        "not read as Markdown, so printed as typed or left out: HTML, rules across the page in text/harm.en.md"
    ]
