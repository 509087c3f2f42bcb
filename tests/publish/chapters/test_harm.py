"""The chapter on money says what was added and what was left out, in whole sentences of one language."""

import re

import pandas as pd
import pytest

from dedupelab.evidence.money.harm_inputs import HarmInput, supplied
from dedupelab.evidence.money.money import Prices
from dedupelab.numbers.messages import message, quoted
from dedupelab.publish.chapters import harm, options
from dedupelab.publish.chapters.material import Material
from dedupelab.publish.chapters.wording import Numbers
from dedupelab.publish.language.language import speaking
from dedupelab.publish.paper.document import Column, Paragraph, Table, plain
from dedupelab.settings.study_toml import parse_config

STORAGE = {
    "storage_price": supplied("HKD per GB and month", "發票七", "invoice", value=0.2),
    "storage_copies": HarmInput(3, message("copies"), quoted("備份政策"), "measured"),
}
SETTINGS = {
    "study": {"name": "s"},
    "collection": [{"name": "a", "location": "b"}],
    "harm": {"price_year": 2026},
}


@pytest.fixture
def material(twenty) -> Material:
    """Return a study for which somebody supplied the price of storage, and nothing else."""
    measured = twenty.measured(["a", "b"], prices=Prices(STORAGE, currency="HKD", price_year=2026))
    empty = pd.DataFrame()
    return Material(parse_config(SETTINGS), Numbers.of(measured.results), empty, empty, empty, empty)


def said(material: Material) -> list[str]:
    """Return every text of the chapters on money: paragraphs, captions, heads, cells and notes."""
    found = []
    for block in (*harm.harm(material), *options.options(material), *options.trend(material)):
        if isinstance(block, Paragraph):
            found.append(plain(block.text))
        elif isinstance(block, Table):
            heads = [
                text
                for column in block.columns
                if isinstance(column, Column)
                for text in (column.title, column.unit)
            ]
            cells = [cell for row in block.rows for cell in row]
            found += [plain(text) for text in (block.caption, block.note, *heads, *cells)]
    return found


def test_a_sum_of_storage_alone_says_what_it_leaves_out(material):
    """At least so much, as two lines could not be estimated: a whole sentence, and no half of a caveat."""
    (told,) = (text for text in said(material) if text.startswith("The lines that do not overlap"))
    assert (
        " It is at least so much, as Cost of disputes over whose picture it is; Licences paid twice for one work could not be estimated. "
        in told
    )
    assert told.count("at least") == 1
    assert "unreviewed" not in told
    assert "detector" not in told


def test_in_chinese_it_is_chinese(material):
    """No word of English stands in the chapters on money but codes and the names of settings."""
    with speaking("zh-Hant-HK"):
        told = said(material)
    assert any(
        "此數只屬下限，因為就圖片歸屬發生爭議的成本；就同一作品重複支付的特許費未能估算。" in text
        for text in told
    )
    assert [text for text in told if "原文為" in text] == []
    assert [text for text in told if re.search("[A-Za-z]{2,} [A-Za-z]{2,}", text)] == []
