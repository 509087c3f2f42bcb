"""One study, one results.json, papers in several languages: the same numbers, and no sentence of another language."""

import json
import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import docx
import lxml.html
import openpyxl
import pytest
from babel.messages.pofile import read_po, write_po

from dedupelab import ConfigError, ReportError, Study, init
from dedupelab.publish import run as run_module
from dedupelab.publish.language.language import document_tag, number, speaking
from dedupelab.publish.language.messages import update
from dedupelab.publish.language.renderer_words import words
from dedupelab.publish.language.translations import FOLDERS
from dedupelab.publish.paper import pdf as pdf_module
from dedupelab.publish.paper.document import Document, Heading, Paragraph
from dedupelab.publish.paper.html import render_html
from dedupelab.publish.paper.pdf import render_pdf
from dedupelab.publish.run import publish_run
from dedupelab.work.progress import silent

pytestmark = pytest.mark.slow

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
HONG_KONG = "zh-Hant-HK"
PSEUDO = "en-XA"
ACCENTS = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "áƀçđéƒĝĥíĵķłɱñóƥɋŕšťúṽŵẋýžÁßÇĐÉƑĜĤÍĴĶŁṀÑÓṔɊŔŠŤÚṼŴẊÝŽ",
)


PATTERNS = (
    r"Author \d of the\s+",
    r"g[0-9a-f]{15,}",
    r"[0-9a-f]{64}",
    r"results\.json",
    "JPEG",
    "scaled",
    r"\b[a-z]+\.[a-z_]+\b",
    r"SHA-256",
    "HKD",
    "January",
)
"""What no language translates: planted names, identifiers, digests, files, formats, codes, and a month that Babel says."""


PLANTED = re.compile(r"Author \d of the\s+archive|archive/\d\.jpg")
"""Where the study's own files say the word."""


@pytest.fixture(scope="module")
def small_study(tmp_path_factory, photograph) -> Study:
    """Two collections of nine works, of which five are held by both under different creators."""
    folder = tmp_path_factory.mktemp("languages")
    for collection, seeds in (("archive", range(9)), ("agency", range(5))):
        (folder / collection).mkdir()
        for seed in seeds:
            picture = photograph(seed)
            exif = picture.getexif()
            exif[0x013B] = f"Author {seed} of the {collection}"  # Artist
            picture.save(
                folder / collection / f"{seed}.jpg", exif=exif, quality=90 if collection == "archive" else 70
            )
    init(folder / "study", {name: str(folder / name) for name in ("archive", "agency")}, "small")
    settings = folder / "study" / "study.toml"
    text = settings.read_text("utf-8").replace('purpose = ""', 'purpose = "a test of languages"')
    settings.write_text(text, encoding="utf-8")
    study = Study(folder / "study")
    study.measure()
    return study


def words_of_page(path: Path) -> list[str]:
    """Return the texts that a reader of the page meets, alt texts and descriptions among them."""
    page = lxml.html.parse(path, parser=lxml.html.HTMLParser(encoding="utf-8")).getroot()
    for hidden in page.xpath("//style"):
        hidden.drop_tree()
    for part in page.xpath("//span[@lang]"):
        part.drop_tag()
    return [
        t.strip()
        for t in (*page.itertext(), *page.xpath("//@alt"), *page.xpath("//@aria-label"))
        if t.strip()
    ]


def numbers_in(text: str) -> list[str]:
    """Return the numbers of a text in order of size, names with digits in them apart."""
    return sorted(re.findall(r"(?<![\w.,])\d[\d,]*(?:\.\d+)?(?![\w])", text))


def text_of(path: Path, program) -> str:
    if path.suffix == ".html":
        return "\n".join(words_of_page(path))
    if path.suffix == ".pdf":
        return subprocess.run(
            [program("pdftotext"), path, "-"], capture_output=True, text=True, check=True
        ).stdout
    paper = docx.Document(str(path))
    return "\n".join(
        "".join(t.text or "" for t in p.iter(f"{{{p.nsmap['w']}}}t"))
        for p in paper.element.body.iter(f"{{{paper.element.nsmap['w']}}}p")
    )


@pytest.fixture(scope="module")
def both(small_study, tmp_path_factory) -> Path:
    out = tmp_path_factory.mktemp("both")
    return publish_run(small_study, out, languages=("en", HONG_KONG), notebooks=False, bars=silent, now=NOW)


def test_each_language_is_three_files_and_says_its_name(both):
    """HTML, PDF and DOCX of each language, marked with it for readers aloud; Chinese text in Word has a Chinese font."""
    papers = {p.name for p in both.glob("report.*") if p.suffix != ".xlsx"}
    assert papers == {f"report.{tag}.{kind}" for tag in ("en", HONG_KONG) for kind in ("html", "pdf", "docx")}
    assert '<html lang="zh-Hant-HK">' in (both / f"report.{HONG_KONG}.html").read_text("utf-8")
    assert '<html lang="en-GB">' in (both / "report.en.html").read_text("utf-8")
    assert b"zh-HK" in (both / f"report.{HONG_KONG}.pdf").read_bytes()
    word = docx.Document(str(both / f"report.{HONG_KONG}.docx"))
    normal = word.styles["Normal"].element.xml
    assert word.core_properties.language == HONG_KONG
    assert 'w:eastAsia="PMingLiU"' in normal
    assert 'w:eastAsia="zh-HK"' in normal


def test_papers_hold_the_same_numbers(both, program):
    """What stands in tables and headlines is the same in both languages and in all formats, and is that of results.json."""
    results = {r["id"]: r for r in json.loads((both / "results.json").read_text("utf-8"))["results"]}
    texts = {p.name: text_of(p, program) for p in both.glob("report.*") if p.suffix != ".xlsx"}
    for name in ("M1", "M1x", "M4.any", "M7"):
        shown = f"{100 * results[name]['value']:.1f}\u0020%"
        for paper, text in texts.items():
            assert shown in re.sub(r"[\u00a0\n]", " ", text), (name, paper)
    cells = {}
    for tag in ("en", HONG_KONG):
        page = lxml.html.parse(both / f"report.{tag}.html", parser=lxml.html.HTMLParser(encoding="utf-8"))
        cells[tag, "html"] = [
            numbers_in(" ".join(cell.text_content() for cell in row)) for row in page.xpath("//tbody/tr")
        ]
        word = docx.Document(str(both / f"report.{tag}.docx"))
        cells[tag, "docx"] = [
            numbers_in(" ".join(cell.text for cell in row.cells))
            for table in word.tables
            for row in table.rows[1:]
        ]
    first, *others = cells.values()
    assert len(first) > 50
    for other in others:
        assert other == first
    printed = {tag: set(numbers_in(texts[f"report.{tag}.pdf"])) for tag in ("en", HONG_KONG)}
    for row in first:
        for value in row:
            if len(value) < 12:  # what is longer may be broken across lines
                assert value in printed["en"], value
                assert value in printed[HONG_KONG], value


def test_the_chinese_paper_says_nothing_in_english_but_names(both, small_study):
    """Marks stand where the author's own words are in English, and nowhere else."""
    marked = [t for t in words_of_page(both / f"report.{HONG_KONG}.html") if "原文為英文" in t]
    assert len(marked) == 2
    assert "a test of languages 〔原文為英文〕" in marked[0]
    assert not [t for t in words_of_page(both / "report.en.html") if "original in" in t]


def test_the_chinese_workbook_and_check_say_nothing_in_english(both):
    """Units, roles and fields are told in every sheet, and the check cites the places of the Chinese paper."""
    book = openpyxl.load_workbook(both / f"report.{HONG_KONG}.xlsx")
    cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row]
    assert [cell for cell in cells if "原文為英文" in cell] == []
    assert {"權威副本", "並列"} & {*cells}
    checked = (both / f"check.{HONG_KONG}.txt").read_text("utf-8")
    assert re.findall(r"［.*?[a-z]{4}.*?］", checked) == []
    assert "［附件 A：按主題列出的數字］" in checked
    assert "[Annex A: the numbers by theme]" in (both / "check.txt").read_text("utf-8")


def test_the_authors_translation_is_shown_without_a_mark(small_study, tmp_path, monkeypatch):
    """[report.texts.zh-Hant-HK] gives the author's words and names in Chinese; the English paper keeps the others."""
    settings = small_study.folder / "study.toml"
    before = settings.read_text("utf-8")
    monkeypatch.setattr(run_module, "RENDERERS", {"html": render_html})
    settings.write_text(
        before + f'\n[report.texts.{HONG_KONG}]\npurpose = "語言測試"\nwords = {{ archive = "舊照館" }}\n',
        encoding="utf-8",
    )
    try:
        run = publish_run(
            Study(small_study.folder),
            tmp_path,
            languages=("en", HONG_KONG),
            notebooks=False,
            bars=silent,
            now=NOW,
        )
    finally:
        settings.write_text(before, encoding="utf-8")
    chinese = " ".join(words_of_page(run / f"report.{HONG_KONG}.html"))
    assert "所述目的為：語言測試。" in chinese
    assert "原文為" not in chinese
    assert "舊照館" in chinese
    assert re.findall(r".{20}\barchive\b.{20}", PLANTED.sub("", chinese)) == []
    assert "Its stated purpose is: a test of languages." in " ".join(words_of_page(run / "report.en.html"))


def pseudo(text: str) -> str:
    """Return a message with accents and two fifths longer, its placeholders as they were."""
    parts = re.split(r"(\{[^}]*\})", text)
    long = "".join(p if n % 2 else p.translate(ACCENTS) for n, p in enumerate(parts))
    return long + "~" * (len(text) * 2 // 5) if len(text) > 3 else long


@pytest.fixture
def pseudo_locale(tmp_path, monkeypatch) -> str:
    """Put a third language on the search path: one file."""
    folder = tmp_path / "locales"
    folder.mkdir()
    path = folder / f"{PSEUDO}.po"
    update(path)
    with path.open("rb") as file:
        catalog = read_po(file, locale="en")
    for message in catalog:
        if message.id:
            message.string = (
                pseudo(message.id) if isinstance(message.id, str) else tuple(map(pseudo, message.id))
            )
    with path.open("wb") as file:
        write_po(file, catalog)
    monkeypatch.setenv(FOLDERS, str(folder))
    return PSEUDO


def test_a_third_language_is_one_file(small_study, pseudo_locale, tmp_path, monkeypatch):
    """With a catalogue of accented messages no plain English word is left on the page, save names and the author's own words."""
    monkeypatch.setattr(run_module, "RENDERERS", {"html": render_html})
    run = publish_run(
        small_study, tmp_path / "out", languages=(pseudo_locale,), notebooks=False, bars=silent, now=NOW
    )
    page = words_of_page(run / f"report.{pseudo_locale}.html")
    names = [
        "a test of languages",
        "dedupelab report STUDY",
        "small",
        "archive",
        "agency",
        *(r.id for r in small_study.results()),
    ]
    names += [
        *run_module.versions(),
        *(path.stem for path in (run / "tables").iterdir()),
        "opencv-python-headless",
    ]
    peeled = re.compile("|".join([*map(re.escape, sorted(names, key=len, reverse=True)), *PATTERNS]))
    found = {word for text in page for word in re.findall(r"[^\W\d_]{3,}", peeled.sub(" ", text))}
    assert sorted(word for word in found if word.isascii()) == []
    assert any("~~~~~" in text for text in page)


def test_an_unknown_language_stops_before_any_work(tmp_path, photograph):
    """The error comes before a file is read."""
    (tmp_path / "pictures").mkdir()
    photograph(1).save(tmp_path / "pictures" / "1.jpg")
    init(tmp_path / "study", {"own": str(tmp_path / "pictures")}, "small")
    with pytest.raises(ConfigError, match="tlh"):
        publish_run(Study(tmp_path / "study"), tmp_path / "out", languages=("tlh",), bars=silent)
    assert not (tmp_path / "out").exists()


def test_without_a_chinese_font_the_chinese_paper_fails(tmp_path, monkeypatch):
    """The build names the font package to install; an English paper with a Chinese name is still printed."""
    import typst

    bare = typst.Fonts(include_system_fonts=False)
    monkeypatch.setattr(pdf_module, "installed_fonts", lambda: bare)
    with speaking(HONG_KONG):
        paper = Document(
            "目錄",
            lang=document_tag(),
            blocks=[Heading(1, "圖"), Paragraph(number(1234.5, ",.1f"))],
            words=words(),
        )
        with pytest.raises(ReportError, match="install the font package fonts-noto-cjk"):
            render_pdf(paper, tmp_path / "paper.pdf")
    assert not (tmp_path / "paper.pdf").exists()
    assert render_pdf(Document("Pictures by 陳"), tmp_path / "paper.pdf")
