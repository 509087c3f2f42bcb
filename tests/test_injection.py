"""What files are called and what their metadata say is text: it runs nowhere, and moves no cursor."""

import csv
import pickle
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from command import invoke
from PIL import Image

from dedupelab.gate.gate import index_of
from dedupelab.match.search.gate_index import FACTS
from dedupelab.publish.run import write_tables
from dedupelab.study.start import init
from dedupelab.study.study import Study

pytestmark = pytest.mark.slow

NAMES = ["=1+1.jpg", "+cmd|' C calc'!A0.jpg", "-2.jpg", "@SUM(A1).jpg", "\tx.jpg", "<script>alert(1)</script>.jpg".replace("/", "_"),
         "\x1b]0;owned\x07\x1b[2J.jpg", "\u202egpj.exe.jpg", "$(touch owned).jpg", "'; DROP TABLE images;--.jpg", "&amp;\"'.jpg"]  # fmt: skip
FORMULAS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")
"""What cells begin with that spreadsheets run."""
SAYS = '=HYPERLINK("http://evil.test","x")\x1b[2J<img src=x onerror=alert(1)>'


@pytest.fixture
def folder(tmp_path, photograph) -> Path:
    """Two collections in which every name and every creator is hostile, and copies so that there are groups."""
    exif = Image.Exif()
    exif[0x013B] = SAYS
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    for number, name in enumerate(NAMES):
        photograph(number % 3).save(
            tmp_path / ("one", "two")[number % 2] / name, quality=90 + number % 3, exif=exif
        )
    init(tmp_path / "study", {name: str(tmp_path / name) for name in ("one", "two")})
    return tmp_path


def test_no_command_prints_what_a_terminal_obeys(folder):
    """Scan, match, screen, and the error about a picture that has gone: no escape, no bell, no reversal of text."""
    said = [
        invoke("scan", folder / "study"),
        invoke("screen", folder / "study", folder / "one"),
        invoke("match", folder / "study"),
    ]
    (folder / "study" / ".dedupelab" / "tables" / "detected.parquet").unlink()
    for path in (folder / "one").iterdir():
        path.write_bytes(b"gone")
    said.append(invoke("screen", folder / "study", folder / "one"))
    said.append(invoke("scan", folder / "\x1b[2J"))
    assert {each.exit_code for each in said} == {0, 1, 3, 11} & {each.exit_code for each in said}
    printed = "".join(each.stdout + each.stderr for each in said)
    assert [c for c in set(printed) if not c.isprintable() and c != "\n"] == []
    assert "?[2J" in printed


def test_no_cell_is_a_formula_and_no_attribute_is_markup(folder, tmp_path):
    """Every CSV that travels with a report, and the graph for Gephi and others."""
    study = Study(folder / "study")
    study.measure()
    write_tables(study, tmp_path / "tables")
    cells = set()
    for path in (tmp_path / "tables").glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            cells |= {cell for row in csv.reader(file) for cell in row}
    texts = {
        cell
        for cell in cells
        if not cell.lstrip("-").replace(".", "").replace("e", "").replace("-", "").isdigit()
    }
    assert [cell for cell in texts if cell.startswith(FORMULAS)] == []
    assert "'=1+1.jpg" in texts
    assert invoke("graph", folder / "study", tmp_path / "graph.graphml").exit_code == 0
    tree = ET.parse(tmp_path / "graph.graphml")
    texts = {element.text for element in tree.iter() if element.text}
    assert any("<script>" in text for text in texts)
    assert not any("script" in element.tag or "img" in element.tag for element in tree.iter())


class Explosive:
    """What runs when it is unpickled."""

    def __reduce__(self):
        return (exec, ("raise SystemExit('unpickled')",))


def test_nothing_in_an_index_is_unpickled(folder):
    """A pickle in the place of an array is a damaged index, and is written again."""
    study = Study(folder / "study")
    study.scan()
    index = index_of(study)
    np.save(index.folder / "members.npy", np.array([Explosive()], object), allow_pickle=True)
    with pytest.raises(SystemExit, match="unpickled"):
        pickle.loads(pickle.dumps(Explosive()))
    again = index_of(study)
    assert again.fact(0).keys() == dict.fromkeys(FACTS).keys()
    assert len(again) == len(index)


def test_settings_run_nothing(folder):
    """A value of study.toml is a value: what looks like code is refused or taken literally."""
    toml = folder / "study" / "study.toml"
    text = toml.read_text("utf-8")
    toml.write_text(text.replace('purpose = ""', "purpose = \"{{ 1+1 }} ${HOME} __import__('os')\""), "utf-8")
    assert Study(folder / "study").config.study.purpose == "{{ 1+1 }} ${HOME} __import__('os')"
