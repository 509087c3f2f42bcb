"""Forty members with names of two hundred characters: paper, workbook and members' reports hold them all."""

import json
import zipfile
from datetime import UTC, datetime

import numpy as np
import openpyxl
import pytest
from PIL import Image

from dedupelab import Study, init
from dedupelab.publish.run import publish_run
from dedupelab.work.progress import silent

pytestmark = pytest.mark.slow

MEMBERS = 40
LONG = ("Association of Very Long Names " * 7)[:196].strip()


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """Write the run of a ring of members: each shares a picture with the next, which names somebody else as its creator."""
    home = tmp_path_factory.mktemp("wide")
    names = [f"member-{n:02}" for n in range(MEMBERS)]
    for name in names:
        (home / name).mkdir()
    rng = np.random.default_rng(1)
    for n, name in enumerate(names):
        coarse = Image.fromarray(rng.integers(0, 256, (9, 12, 3), dtype=np.uint8))
        picture = coarse.resize((120, 90), Image.Resampling.BICUBIC)
        for holder, creator in ((name, "Ada Own"), (names[(n + 1) % MEMBERS], "Ben Other")):
            exif = Image.Exif()
            exif[0x013B] = creator
            picture.save(home / holder / f"{n:02} {'long name ' * 19}.jpg", exif=exif)
    settings = init(home / "study", {name: str(home / name) for name in names}, "wide")
    blocks = settings.read_text("utf-8").split('holder = ""')
    told = "".join(f'{block}holder = "{LONG} {n:02}"' for n, block in enumerate(blocks[:-1])) + blocks[-1]
    settings.write_text(told.replace('gear = "thorough"', 'gear = "quick"'), "utf-8")
    moment = datetime(2026, 1, 2, tzinfo=UTC)
    return publish_run(
        Study(home / "study"), home / "runs", notebooks=False, members=True, bars=silent, now=moment
    )


def test_every_member_is_in_paper_workbook_and_a_report_of_its_own(run):
    """All forty names stand in the paper whole, in Word too, and among the holders of the workbook; each has its folder and list."""
    page = (run / "report.en.html").read_text("utf-8")
    with zipfile.ZipFile(run / "report.en.docx") as packed:
        words = packed.read("word/document.xml").decode()
    copies = openpyxl.load_workbook(run / "report.xlsx")["Copies"].iter_rows(values_only=True)
    cells = {cell for row in copies for cell in row}
    for n in range(MEMBERS):
        name = f"{LONG} {n:02}"
        assert name in page
        assert name in words
        assert name in cells
    assert sorted(path.name for path in (run / "members").iterdir()) == [
        f"member-{n:02}" for n in range(MEMBERS)
    ]
    assert (run / "report.en.pdf").stat().st_size > 0


def test_every_conflict_is_counted_and_listed(run):
    """Forty works, each with two creators: results.json counts them, the workbook has a row of each."""
    numbers = {each["id"]: each for each in json.loads((run / "results.json").read_text("utf-8"))["results"]}
    assert numbers["M5.creator"]["numerator"] == MEMBERS
    rows = [*openpyxl.load_workbook(run / "report.xlsx")["Conflicts"].iter_rows(2, values_only=True)]
    assert len(rows) == MEMBERS
