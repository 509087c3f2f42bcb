"""What the paper says of catalogue files: how many were read, which were not and why, none by its name."""

import pandas as pd
import pytest

from dedupelab.collect.catalogues.sources import CAUSES
from dedupelab.publish.chapters import catalogues
from dedupelab.publish.chapters.material import Material
from dedupelab.publish.chapters.numbering import Numbering
from dedupelab.publish.chapters.wording import Numbers
from dedupelab.publish.language.language import speaking
from dedupelab.publish.paper.document import Paragraph, Table, plain
from dedupelab.study.study import Study

FILES = {
    "good.csv": "Filename,Creator\n0.jpg,Chan\n",
    "cut.xml": '<lidoWrap xmlns="http://www.lido-schema.org"><lido><lidoRecID>a</lidoRecID></lido><lido><lidoRec',
    "page.xml": "<page><p>hello</p></page>",
    "half.json": '{"items": [',
    "answer.xml": '<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><error code="badArgument">no</error></OAI-PMH>',
    "nothing.csv": "Filename,Creator\n",
}


def scanned(folder, photograph, names):
    """Return the blocks of chapter 1 about catalogues, and the table of files, of a study with these catalogues."""
    (folder / "archive").mkdir()
    photograph(0).save(folder / "archive" / "0.jpg")
    for name in names:
        (folder / name).write_text(FILES[name], "utf-8")
    listed = ", ".join(f'"{name}"' for name in names)
    (folder / "study.toml").write_text(
        f'[study]\nname = "small"\n[[collection]]\nname = "archive"\nlocation = "archive"\ncatalogue = [{listed}]\n',
        "utf-8",
    )
    study = Study(folder)
    study.scan()
    none = pd.DataFrame()
    files = study.catalogue_files()
    return Material(
        study.config, Numbers.of([]), none, none, none, none, records=study.records(), catalogue_files=files
    )


def said(material):
    """Return the chapter's paragraphs as text, and its rows."""
    blocks = catalogues.described(material, Numbering("1"))
    rows = [block.rows for block in blocks if isinstance(block, Table)]
    return [plain(block.text) for block in blocks if isinstance(block, Paragraph)], rows


def test_each_refused_file_is_a_row_with_its_reason(tmp_path, photograph):
    """What was read, in part, not at all and without a record adds up to the files; no row, sentence or reason names a file."""
    material = scanned(tmp_path, photograph, list(FILES))
    (sentence,), (rows,) = said(material)
    assert (
        "6 files: 1 read to the end, 1 read in part, 3 that could not be read, 1 without a record and 0 passed"
        in sentence
    )
    assert "In all 4 records could not be read" in sentence
    assert [(row[1], row[2], row[3], row[4], row[5]) for row in rows] == [
        ("2, 1", "lido", "1", "1", catalogues.REASONS["not well-formed"]),
        ("3, 1", "not known", "0", "1", catalogues.REASONS["no catalogue"]),
        ("4, 1", "not known", "0", "1", catalogues.REASONS["not well-formed"]),
        ("5, 1", "oai-dc", "0", "1", catalogues.REASONS["repository error"]),
        ("6, 1", "csv", "0", "0", catalogues.OF_RECORDS["empty"]),
    ]
    shown = sentence + str(rows)
    assert [name for name in FILES if name in shown] == []


def test_both_languages_say_it(tmp_path, photograph):
    """The same counts stand in Chinese, without a sentence that has no translation."""
    material = scanned(tmp_path, photograph, ["good.csv", "cut.xml"])
    with speaking("zh-Hant-HK"):
        (sentence,), ((row,),) = said(material)
    assert "2 個檔案" in sentence
    assert "1 項記錄無法讀取" in sentence
    assert row[-1] == "格式不完整或中途斷開。"


@pytest.mark.parametrize(("names", "sentences"), [(["good.csv"], 1), ([], 0)])
def test_nothing_to_tell_is_no_table(tmp_path, photograph, names, sentences):
    """Catalogues that were read wholly are one sentence; without any there is none."""
    paragraphs, rows = said(scanned(tmp_path, photograph, names))
    assert (len(paragraphs), rows) == (sentences, [])


def test_every_cause_has_its_words():
    """No kind of refusal lacks its message, and none is left over."""
    assert set(catalogues.REASONS) == set(CAUSES)
