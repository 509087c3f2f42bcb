"""A member's report holds what is its own, and of others what the study may share: every byte of it is looked at."""

import csv
import io
import json
import re
import zipfile
from datetime import UTC, datetime
from functools import cache
from html import unescape
from pathlib import Path

import lxml.html
import pandas as pd
import pytest
from command import invoke

from dedupelab import Study, init
from dedupelab.numbers.messages import message
from dedupelab.publish import run as run_module
from dedupelab.publish.members.found import Own
from dedupelab.publish.members.report import pages

pytestmark = pytest.mark.slow

OTHERS = {
    "a path of another member": "secret-shelf",
    "what nobody but others holds": "hidden-drawer",
    "who made what only others hold": "Carol Hidden",
    "a holder who shares nothing": "Third House",
    "what the registers say of others": "7,654,321",
    "what nobody may see of anybody": "whispered source",
    "what an entry about a member's own picture cost another": "7,654,322",
    "an entry about a member's own picture that is another's affair": "2026-01-04",
    "what was paid for a member's own picture to somebody else": "7,654,323",
    "to whom": "Outside Press",
}
THEIRS = "Bella Other"


@pytest.fixture(scope="module")
def folder(tmp_path_factory, photograph) -> Path:
    """Make a study of three members: the first shares two works with the second, the third shares one with the second."""
    home = tmp_path_factory.mktemp("members")

    def save(place: str, seed: int, artist: str) -> None:
        picture = photograph(seed)
        exif = picture.getexif()
        if artist:
            exif[0x013B] = artist
        (home / place).parent.mkdir(parents=True, exist_ok=True)
        picture.save(home / place, exif=exif, quality=92)

    save("one/conflict.jpg", 0, "Ada Own")
    save("one/lost.jpg", 1, "")
    save("one/alone.jpg", 2, "Ada Own")
    save("one/again/alone.jpg", 2, "Ada Own")
    save("two/secret-shelf/0.jpg", 0, THEIRS)
    save("two/secret-shelf/1.jpg", 1, THEIRS)
    save("two/secret-shelf/3.jpg", 3, "Carol Hidden")
    save("three/hidden-drawer/3.jpg", 3, "Carol Hidden")
    save("three/hidden-drawer/4.jpg", 4, "Carol Hidden")
    init(home / "study", {name: str(home / name) for name in ("one", "two", "three")}, "shared")
    settings = home / "study" / "study.toml"
    text = settings.read_text("utf-8")
    for name, holder in (("one", "First House"), ("two", "Second House"), ("three", "Third House")):
        head, found, tail = text.partition(f'name = "{name}"')
        text = head + found + tail.replace('holder = ""', f'holder = "{holder}"', 1)
    settings.write_text(text, "utf-8")
    rows = [
        {"kind": "dispute", "opened": "2026-01-01", "organisation": who, "amount": amount, "currency": "HKD", "source": "whispered source"}
        for who, amount in (("First House", 1234567), ("Second House", 7654321))
    ]  # fmt: skip
    asset = {"kind": "stall", "currency": "HKD", "source": "whispered source"}
    rows += [
        asset | {"opened": "2026-01-02", "organisation": "FIRST  HOUSE.", "asset": "one\\lost.jpg", "amount": 1234568},
        asset | {"opened": "2026-01-03", "organisation": "Second House", "asset": "one/conflict.jpg", "amount": 7654322, "confidentiality": "members"},
        asset | {"opened": "2026-01-04", "organisation": "Third House", "asset": "one/conflict.jpg", "amount": 7654322},
    ]  # fmt: skip
    registers = Study(home / "study").registers
    registers.add("incident", rows, who="Ada")
    licence = {"asset": "one/alone.jpg", "licensor": "Outside Press", "licensee": "Somebody", "fee": 7654323}
    registers.add(
        "licence",
        [licence | {"currency": "HKD", "start": "2026-01-05", "source": "whispered source"}],
        who="Ada",
    )
    return home


@pytest.fixture(scope="module")
def report(folder):
    """Write a run with members' reports as a person does, its papers left out, once for what may be said; return the folder of members."""

    @cache
    def written(may: str) -> Path:
        settings = folder / "study" / "study.toml"
        before = settings.read_text("utf-8")
        settings.write_text(before + f'\n[privacy]\nmembers = "{may}"\n', "utf-8")
        words = ["report", folder / "study", "--out", folder / may, "--members", "--no-notebooks"]
        try:
            done = invoke(*words, "--language", "en", "--language", "zh-Hant-HK")
        finally:
            settings.write_text(before, "utf-8")
        assert done.exit_code == 0, done.output
        return folder / may / "shared" / "latest" / "members"

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run_module, "RENDERERS", {})
        patch.setattr(run_module, "exhibits", lambda *_given: {})
        yield written


def every_byte(folder: Path) -> bytes:
    """Return names and contents of all files, of packed ones what is packed, too."""
    found = b""
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        content = path.read_bytes()
        found += path.name.encode() + content
        if path.suffix == ".docx":
            with zipfile.ZipFile(io.BytesIO(content)) as packed:
                assert not [name for name in packed.namelist() if "media" in name]
                found += b"".join(name.encode() + packed.read(name) for name in packed.namelist())
    return found


def to_do(folder: Path) -> list[list[str]]:
    return [*csv.reader(io.StringIO((folder / "to-do.en.csv").read_text("utf-8-sig")))][1:]


@pytest.mark.parametrize(
    ("may", "names_holder", "has_words"),
    [("counts", False, False), ("holders", True, False), ("statements", True, True)],
)
def test_of_others_there_is_what_may_be_shared(report, may, names_holder, has_words):
    """Never what only others hold, where theirs lies, or their register; who shares and what they say as [privacy] has it."""
    home = report(may)
    assert sorted(path.name for path in home.iterdir()) == ["one", "three", "two"]
    found = every_byte(home / "one")
    assert [what for what, needle in OTHERS.items() if needle.encode() in found] == []
    assert (b"Second House" in found) == names_holder
    assert (THEIRS.encode() in found) == has_words
    assert b"data:image" not in found
    assert b"1,234,567" in found
    assert b"again/alone.jpg" in found


def test_the_list_has_what_there_is_to_do(report):
    """Rights to restore with where they still are, a conflict to settle with both statements, copies of one's own to choose from."""
    lines = to_do(report("statements") / "one")
    assert ["Restore the rights information", "lost.jpg", "", "", "Second House", "", ""] in lines
    assert ["Settle what is right", "conflict.jpg", "Creator", "Ada Own", "Second House", THEIRS, ""] in lines
    assert ["Decide which of your copies to keep", "alone.jpg", "", "", "", "", "again/alone.jpg"] in lines
    assert len(lines) == 4


def test_the_list_of_copies_has_every_picture_of_its_table(report):
    """What others hold stands in it, too, although nothing is to do about it: a page's table stops after its first rows."""
    home = report("holders") / "one"
    lines = [*csv.reader(io.StringIO((home / "copies.en.csv").read_text("utf-8-sig")))]
    assert lines == [
        ["Picture", "Held by others", "Copies of your own"],
        ["again/alone.jpg", "", "alone.jpg"],
        ["alone.jpg", "", "again/alone.jpg"],
        ["conflict.jpg", "Second House", ""],
        ["lost.jpg", "Second House", ""],
    ]
    cells = lxml.html.fromstring((home / "report.en.html").read_bytes()).iterfind(".//td")
    assert all(cell.text_content().strip() for cell in cells), "a dash says that there is nothing"


def test_who_checked_the_links_is_said():
    """Links that nobody checked are called so, and a review by invented reviewers is never called people's."""
    own = Own("one", "First House", 4, 2, 1, 1, (), (), (), ())
    unchecked = message(
        "unreviewed: as the detector linked the images; its errors have not been checked by people"
    )
    day = datetime(2026, 7, 1, tzinfo=UTC)
    told = {
        simulated: pages(own, "holders", unchecked, day, simulated=simulated).blocks[1].texts
        for simulated in (False, True)
    }
    assert "Unreviewed: as the detector linked the images" in told[False][0]
    assert [text for text in told[True] if text not in told[False]] == [
        "The review is simulated: the reviewers are invented, and no person looked at a pair."
    ]


def test_the_registers_tell_a_member_what_names_it_or_its_pictures(report):
    """What names it, however spelled, with amounts; what is about its picture without, unless it is another member's affair."""
    page = (report("counts") / "one" / "report.en.html").read_text("utf-8")
    cells = [
        unescape(re.sub("<[^>]*>", "", cell))
        for cell in re.findall(
            "(?s)<t[dh].*?</t[dh]>", page.split('id="table-registers"')[1].split("<tbody>")[1]
        )
    ]
    assert [cells[n : n + 3] for n in range(0, len(cells), 3)] == [
        ["Incident", "2026-01-01", "kind: dispute; amount: HKD 1,234,567"],
        ["Incident", "2026-01-02", "asset: lost.jpg; kind: stall; amount: HKD 1,234,568"],
        ["Incident", "2026-01-03", "asset: conflict.jpg; kind: stall"],
        ["Licence", "2026-01-05", "asset: alone.jpg"],
    ]


def test_small_numbers_are_closed_where_counts_alone_are_shared(report):
    """Two of four pictures shared with others are "fewer than 10"; what is one's own is counted."""
    page = (report("counts") / "one" / "report.en.html").read_text("utf-8")
    assert "Of 4 pictures that could be compared, fewer than 10 show works" in page
    assert "少於 10 幅" in (report("counts") / "one" / "report.zh-Hant-HK.html").read_text("utf-8")


def test_counts_are_those_of_results_and_tables(report):
    """Pictures are as many as results.json has, shared ones as the members table has, and contradicted works as M5 counts."""
    home = report("holders")
    run = home.parent
    told = json.loads((run / "results.json").read_text("utf-8"))["results"]
    numbers = {each["id"]: each for each in told}
    members = pd.read_csv(run / "tables" / "members.csv")
    institutions = members["group_id"].map(members.groupby("group_id")["collection"].nunique())
    contradicted = set()
    for name in ("one", "two", "three"):
        mine = members[members["collection"] == name]
        shared = (institutions[mine.index] > 1).sum()
        counted = f"Of {numbers[f'N.hashed.{name}']['value']:.0f} pictures that could be compared, {shared} show works"
        assert counted in (home / name / "report.en.html").read_text("utf-8")
        groups = mine.set_index("path")["group_id"]
        settle = [
            row for row in to_do(home / name) if row[0] == "Settle what is right" and row[2] == "Creator"
        ]
        contradicted |= {groups[row[1]] for row in settle}
    assert len(contradicted) == numbers["M5.creator"]["numerator"] == 1
