"""Pages with the pictures behind numbers: the paper leads there, all of them can be seen without a script, redactions hold."""

import shutil
from pathlib import Path
from urllib.parse import urlsplit

import lxml.html
import pytest

from dedupelab import Study
from dedupelab.publish.chapters.wording import Numbers, of
from dedupelab.publish.gallery import Gallery
from dedupelab.publish.language.language import speaking

pytestmark = pytest.mark.slow


@pytest.fixture
def copied(shared_study, tmp_path) -> Study:
    """Return a copy of the shared study beside the same collections, in which redactions can be asked for."""
    shutil.copytree(shared_study.folder, tmp_path / "study")
    for name in ("archive", "agency"):
        (tmp_path / name).symlink_to(shared_study.location(name))
    return Study(tmp_path / "study")


PRINTED = ("M1", "M1b", "M2", "M4.any", "N.groups", "N.links", "N.works", "N.hashed", "M8")


def write(study: Study, folder: Path, tag: str = "en") -> dict[str, str]:
    with speaking(tag):
        printed = [result for result in study.results() if result.id in PRINTED]
        return Gallery(study, printed, folder).write(tag)


def page(path: Path) -> lxml.html.HtmlElement:
    return lxml.html.fromstring(path.read_bytes())


def leads_to(path: Path) -> list[Path]:
    """Return the files that a page asks for or leads to."""
    found = [link for _element, _name, link, _place in page(path).iterlinks()]
    return [path.parent / urlsplit(link).path for link in found if link]


def test_a_page_has_as_many_sheets_as_its_number_counts(copied, tmp_path):
    """One group, image or pair a sheet; holders and sizes stand under pictures, and no file name is in any page."""
    addresses = write(copied, tmp_path / "run")
    numbers = Numbers.of(copied.results())
    assert set(addresses) == set(PRINTED) - {"M8"}, "hours are no pictures"
    for name in ("M1", "M1b", "M4.any", "N.groups", "N.links", "N.works", "N.hashed"):
        assert len(page(tmp_path / "run" / addresses[name]).findall(".//li")) == numbers[name].numerator, name
    pages = [page(file) for file in (tmp_path / "run").rglob("*.html")]
    words = " ".join(each.text_content() for each in pages)
    assert "archive, 320\u00a0x\u00a0240" in words
    assert of(numbers["M1"]) in page(tmp_path / "run" / addresses["M1"]).text_content(), (
        "a share stands with its counts"
    )
    assert ".jpg" not in words
    assert [each for each in pages if each.findall(".//script")] == []


def test_every_link_of_a_page_leads_somewhere(copied, tmp_path):
    """Pictures, the next page, and back: a long number goes on over pages, each of which leads to its neighbours."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dedupelab.publish.gallery.SHEETS", 4)
        patch.setattr("dedupelab.publish.gallery.PAGES", 2)
        write(copied, tmp_path)
    (tmp_path / "report.en.html").touch()
    pages = sorted((tmp_path / "gallery" / "en").glob("N.hashed*"))
    assert [each.name for each in pages] == ["N.hashed.html", "N.hashed.page-2.html"]
    assert "8 of 10 are shown." in pages[0].read_text("utf-8")
    assert pages[1] in leads_to(pages[0])
    assert pages[0] in leads_to(pages[1])
    for each in (tmp_path / "gallery" / "en").iterdir():
        assert [link for link in leads_to(each) if not link.exists()] == [], each.name


def test_redactions_hold_on_every_page(copied, tmp_path):
    """A picture left out on request is on no page, and no copy shows what is blurred in another; the page says how many are missing."""
    rows = "file,action,left,top,width,height,reason\narchive/0.jpg,blur,0,0,1,1,asked\nagency/5.jpg,leave out,,,,,asked\n"
    (copied.folder / "redactions.csv").write_text(rows, encoding="utf-8")
    write(Study(copied.folder), tmp_path)
    names = copied.images().set_index(["collection", "path"])["image_id"]
    kept = {file.stem for file in (tmp_path / "gallery" / "pictures").iterdir()}
    assert names["archive", "0.jpg"] in kept
    assert not {names["agency", "0.jpg"], names["agency", "5.jpg"]} & kept
    assert "2 pictures of this page are not shown" in (tmp_path / "gallery/en/N.hashed.html").read_text(
        "utf-8"
    )
    open_ = tmp_path / "open"
    write(copied, open_)
    blurred = (tmp_path / f"gallery/pictures/{names['archive', '0.jpg']}.jpg").read_bytes()
    assert len(blurred) < len((open_ / f"gallery/pictures/{names['archive', '0.jpg']}.jpg").read_bytes()) / 2


def test_what_may_not_be_published_says_so_on_every_page(copied, tmp_path):
    """A submission that is published without names and pictures: its pages are for the recipient, in the words of the letter."""
    text = '[consultation]\nname = "A consultation"\n[submission]\nconfidentiality = "publish-anonymised"\n'
    (copied.folder / "consultation.toml").write_text(text, encoding="utf-8")
    write(Study(copied.folder), tmp_path)
    pages = [*(tmp_path / "gallery" / "en").iterdir()]
    assert all("for the recipient alone" in each.read_text("utf-8") for each in pages)


def test_a_reviewed_study_shows_the_works_that_its_corrected_numbers_counted(reviewed, tmp_path):
    """After a review surplus copies are counted by work: a page has a sheet for each work with copies, all of them on it."""
    addresses = write(reviewed, tmp_path)
    for name, least in (("M1", 2), ("N.works", 1)):
        sheets = page(tmp_path / addresses[name]).findall(".//li")
        rows = reviewed.behind(name)
        assert "group_id" not in rows, "counted by work"
        assert len(sheets) == len(rows)
        assert all(len(sheet.findall("figure")) >= least for sheet in sheets), name
