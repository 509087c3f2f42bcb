"""The papers of a study that has everything, in both languages: as a browser, a screen reader and Word meet them."""

import json
import re
import shutil
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import docx
import lxml.html
import openpyxl
import pikepdf
import pytest
from axe_playwright_python.sync_playwright import Axe
from docx.oxml.ns import qn
from openpyxl import Workbook

from dedupelab.numbers.headlines import MOST
from dedupelab.publish.kept import kept
from dedupelab.publish.paper.document import Document, Heading, Paragraph, Reference
from dedupelab.publish.paper.layout import lay_out
from dedupelab.publish.run import publish_run
from dedupelab.publish.whole_paper import lettered

pytestmark = pytest.mark.slow

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
TAGS = ("en", "zh-Hant-HK")
PAPERS = ("report", "letter", "summary")
PATIENCE = 300_000
"""Milliseconds; a browser on a busy machine takes its time."""
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
each_language = pytest.mark.parametrize("tag", TAGS)


def write(study, folder: Path) -> Path:
    return publish_run(
        study,
        folder,
        languages=TAGS,
        notebooks=False,
        gallery=True,
        bars=lambda _label: lambda _done, _all: None,
        now=NOW,
    )


@pytest.fixture(scope="module")
def run(whole_study, tmp_path_factory) -> Path:
    return write(whole_study, tmp_path_factory.mktemp("run"))


def test_the_study_has_everything(run):
    """What follows is worth something only while every kind of figure is in the paper."""
    names = set(re.findall(r'<figure id="figure-([a-z-]+)', (run / "report.en.html").read_text("utf-8")))
    assert names >= {
        "overlap", "sharing", "relations", "group-sizes", "threshold", "conflicts", "harm", "exceedance", "adoption", "tornado"
    }, names  # fmt: skip


def test_annexes_are_lettered_as_they_are_there():
    """No letter is missing where an annex was left out, and a reference names the letter alone."""
    annexes = [Heading(1, "one", id="annex-one"), Heading(2, "part"), Heading(1, "two", id="annex-two")]
    told = [(block.text, block.label) for block in lettered(annexes)]
    assert told == [("Annex A: one", "Annex A"), ("part", ""), ("Annex B: two", "Annex B")]
    document = Document("t", blocks=[*lettered(annexes), Paragraph([Reference("annex-two")])], contents=False)
    assert lay_out(document)["blocks"][-1]["text"][0]["text"] == "Annex B"


def test_the_chinese_papers_are_chinese(run):
    """Nothing falls back to English: of what people wrote in the sample, registers and decisions among it, each has its Chinese."""
    for name in PAPERS:
        page = lxml.html.parse(run / f"{name}.zh-Hant-HK.html", parser=lxml.html.HTMLParser(encoding="utf-8"))
        assert "〔原文為英文〕" not in page.getroot().text_content()


@each_language
def test_the_summary_stands_alone(run, tag):
    """Two pages at most, the main points of the paper letter by letter, and no link that leads out of it."""
    with pikepdf.open(run / f"summary.{tag}.pdf") as pdf:
        assert len(pdf.pages) <= 2
    papers = [
        lxml.html.fromstring((run / f"{name}.{tag}.html").read_bytes()) for name in ("report", "summary")
    ]
    claims = [
        [
            re.sub(r"\s+", " ", "".join(li.xpath("text()|strong//text()|span//text()"))).strip()
            for li in page.xpath("//section[@class='main-points']//li")
        ]
        for page in papers
    ]
    assert claims[0] == claims[1]
    assert 1 <= len(claims[0]) <= MOST
    assert [link for link in papers[1].xpath("//main//a/@href") if link.startswith("#")] == []


def values(book: Workbook, sheet: int) -> list[dict[str, object]]:
    """Return the rows of a sheet by its headings."""
    head, *rows = book.worksheets[sheet].iter_rows(values_only=True)
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]


def test_the_workbook_is_results_json(run):
    """Every number of results.json is in it under its id, with both ends; what is not estimated has no number."""
    results = json.loads((run / "results.json").read_text("utf-8"))["results"]
    rows = {row["Id"]: row for row in values(openpyxl.load_workbook(run / "report.xlsx"), 2)}
    assert list(rows) == [result["id"] for result in results]
    for result in results:
        low, high = result["interval"] or (None, None)
        row = rows[result["id"]]
        assert (row["Value"], row["Low"], row["High"]) == (result["value"], low, high), result["id"]


def test_the_workbooks_sums_are_those_of_the_paper(run):
    """Followed by hand, the formulas come to the surplus copies, the groups, and the sum of harm that the paper prints."""
    book = openpyxl.load_workbook(run / "report.xlsx")
    results = {r["id"]: r["value"] for r in json.loads((run / "results.json").read_text("utf-8"))["results"]}
    *groups, total = values(book, 4)
    assert len(groups) == results["N.groups"]
    assert [row["Surplus copies"] for row in groups] == [f"=B{n}-D{n}" for n in range(2, len(groups) + 2)]
    assert sum(row["Copies"] - row["Works"] for row in groups) == results["N.surplus"]
    assert total["Surplus copies"] == f"=SUM(E2:E{len(groups) + 1})"
    *lines, total = next(values(book, n) for n, page in enumerate(book.worksheets) if page.title == "Harm")
    assert sum(row["Value"] * row["Added"] for row in lines if row["Amount added"]) == pytest.approx(
        results["M.sum"]
    )
    assert (total["Value"], total["Amount added"]) == (results["M.sum"], f"=SUM(K2:K{len(lines) + 1})")


def test_the_workbook_is_in_the_languages_of_the_paper(run):
    """Sheets, headings and themes of the second workbook are Chinese; numbers and rows are those of the first."""
    one, other = (openpyxl.load_workbook(run / name) for name in ("report.xlsx", "report.zh-Hant-HK.xlsx"))
    assert [page.max_row for page in one] == [page.max_row for page in other]
    assert not {page.title for page in one} & {page.title for page in other}
    heads = [cell.value for page in other.worksheets for cell in page[1] if cell.value not in {"#", None}]
    assert [head for head in heads if "原文" in head or re.fullmatch("[A-Za-z ]+", head)] == []


@pytest.mark.browser
@pytest.mark.parametrize(("width", "tag"), [(360, "en"), (360, "zh-Hant-HK"), (1280, "en")])
@pytest.mark.parametrize("paper", [*PAPERS, "gallery"])
def test_axe_finds_nothing(run, browser, paper, width, tag):
    """No violation of WCAG 2.2 AA nor of good practice on a telephone or a desk; the page does not scroll sideways; only the mark's contrast is open."""
    name = f"gallery/{tag}/M1" if paper == "gallery" else f"{paper}.{tag}"
    page = browser.new_page(viewport={"width": width, "height": 900})
    try:
        page.set_default_timeout(PATIENCE)
        page.goto((run / f"{name}.html").as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        # Whatever is read stands above the pale mark, which axe cannot see through.
        page.add_style_tag(content=".watermark { display: none !important }")
        found = Axe().run(page, options={"runOnly": WCAG, "resultTypes": ["violations", "incomplete"]})
    finally:
        page.close()
    assert found.violations_count == 0, found.generate_report()
    # On a telephone parts of tables lie out of sight, of which axe says nothing; the colours are those of the desk.
    assert width == 360 or [each["id"] for each in found.response["incomplete"]] == []


@pytest.mark.browser
@each_language
def test_what_is_wider_than_a_telephone_scrolls_by_keyboard(run, browser, tag):
    """Every table and figure that does not fit lies in a named box that takes the focus; nothing else is cut off."""
    page = browser.new_page(viewport={"width": 360, "height": 900})
    try:
        page.set_default_timeout(PATIENCE)
        page.goto((run / f"report.{tag}.html").as_uri())
        wide = page.evaluate(
            """() => [...document.querySelectorAll("main *")].filter(
                e => e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0 && getComputedStyle(e).display !== "inline"
                     && !e.parentElement.closest(".scroll, pre")
            ).map(e => [e.className || e.tagName, e.tabIndex, e.getAttribute("role"), getComputedStyle(e).overflowX])"""
        )
    finally:
        page.close()
    assert wide
    assert {tuple(each) for each in wide} <= {("scroll", 0, "region", "auto"), ("PRE", 0, None, "auto")}


def structure(node: pikepdf.Dictionary, lang: str = "") -> list[tuple[str, pikepdf.Dictionary, str]]:
    """Return a PDF's structure elements in reading order: kind, element, language in force."""
    found = []
    kids = node.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            own = str(kid.get("/Lang", lang))
            found += [(str(kid.S)[1:], kid, own), *structure(kid, own)]
    return found


@each_language
def test_the_structure_of_the_pdf(run, tag):
    """Marked and titled; headings nest; figures speak; tables have headers; what is in the other language says so."""
    with pikepdf.open(run / f"report.{tag}.pdf") as pdf:
        own, other = (("en-GB", "zh-HK"), ("zh-HK", "en"))[tag != "en"]
        assert pdf.Root.MarkInfo.Marked
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        assert str(pdf.open_metadata()["dc:title"])
        assert pdf.open_metadata()["pdfuaid:part"] == "1"
        assert str(pdf.Root.Lang) == own
        parts = structure(pdf.Root.StructTreeRoot, own)
        kinds = [kind for kind, *_rest in parts]
        assert kinds.count("Title") == 1
        levels = [int(kind[1:]) for kind in kinds if re.fullmatch(r"H\d", kind)]
        assert levels[0] == 1
        assert [pair for pair in pairwise(levels) if pair[1] - pair[0] > 1] == []
        figures = [element for kind, element, _lang in parts if kind == "Figure"]
        assert len(figures) >= 12
        assert [figure for figure in figures if len(str(figure.get("/Alt", ""))) < 10] == []
        for table in (element for kind, element, _lang in parts if kind == "Table"):
            rows = [[kind for kind, *_rest in structure(row) if kind in {"TH", "TD"}]
                    for kind, row, _lang in structure(table) if kind == "TR"]  # fmt: skip
            assert set(rows[0]) == {"TH"}
            assert {len(row) for row in rows} == {len(rows[0])}
        heads = [element for kind, element, _lang in parts if kind == "TH"]
        assert all(
            "/Column" in str(head.A.unparse() if hasattr(head.A, "unparse") else head.A) for head in heads
        )
        assert {lang.partition("-")[0] for *_rest, lang in parts} >= {own[:2], other[:2]} - (
            {"zh"} if own == "en-GB" else set()
        )
        assert all(str(page.get("/Tabs", "")) == "/S" for page in pdf.pages if "/Annots" in page)


@each_language
def test_nothing_acts_by_itself(run, tag):
    """No action, script or attachment in the PDF; links lead to pages and addresses; all fonts are embedded subsets."""
    with pikepdf.open(run / f"report.{tag}.pdf") as pdf:
        assert {"/OpenAction", "/AA", "/AcroForm"} & set(pdf.Root.keys()) == set()
        assert {"/JavaScript", "/EmbeddedFiles"} & set(pdf.Root.get("/Names", {}).keys()) == set()
        kinds = set()
        for item in pdf.objects:
            if isinstance(item, pikepdf.Dictionary):
                if item.get("/Type") == "/FontDescriptor":
                    assert {"/FontFile", "/FontFile2", "/FontFile3"} & set(item.keys())
                    assert re.match(r"/[A-Z]{6}\+", str(item.FontName))
                if item.get("/Subtype") == "/Link" and "/A" in item:
                    kinds.add(str(item.A.S))
        assert kinds <= {"/GoTo", "/URI"}


@each_language
def test_the_language_of_parts_in_html_and_word(run, tag):
    """The author's English in a Chinese paper is marked as English wherever the page says it; so is Word's."""
    page = (run / f"report.{tag}.html").read_text("utf-8")
    word = docx.Document(str(run / f"report.{tag}.docx"))
    marked = {e.get(qn("w:val")) for e in word.element.body.iter(qn("w:lang"))}
    if tag == "en":
        assert '<span lang="en">' not in page
    else:
        assert '<span lang="en">' in page
        assert "en" in marked


def test_built_again_every_paper_has_the_same_bytes(run, whole_study, tmp_path):
    """HTML, PDF and DOCX, report and letter, in both languages, from the same numbers at another place."""
    shutil.rmtree(kept(whole_study).root)
    again = write(whole_study, tmp_path / "elsewhere")
    papers = sorted(
        path.name
        for path in run.iterdir()
        if path.name.startswith(("report.", "letter.", "summary.", "check", "paper"))
    )
    assert len(papers) >= 20 + 3
    assert [name for name in papers if (run / name).read_bytes() != (again / name).read_bytes()] == []
