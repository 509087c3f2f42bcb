"""Each line of harm leads, in one click, to the settings and register entries that it comes from."""

from dataclasses import replace

import pandas as pd
import pytest

from dedupelab.evidence.money.harm_inputs import supplied
from dedupelab.evidence.money.money import Prices
from dedupelab.numbers.messages import message
from dedupelab.numbers.results import Input
from dedupelab.publish.chapters import harm, trail
from dedupelab.publish.chapters.material import Material
from dedupelab.publish.chapters.wording import Numbers
from dedupelab.publish.paper.document import Link, Table, plain
from dedupelab.registers.registers import Registers
from dedupelab.settings.study_toml import parse_config

pytestmark = pytest.mark.slow

INPUTS = {
    "storage_price": supplied("HKD per GB and month", "bill 7 of Harbour Hosting", "invoice", value=0.2),
    "storage_copies": supplied("copies", "backup policy of 3 May 2026", "measured", value=3.0),
    "storage_deadweight": supplied("share", "board, 4 May 2026", "expert", value=0.25),
    "incident_years": supplied("years", "register, 2026", "measured", value=2.0),
    "attribution_share": supplied("share", "board, 5 May 2026", "expert", value=0.5),
}
INCIDENT = {
    "kind": "dispute", "organisation": "Harbour Press", "currency": "HKD", "source": "letter of 9 March 2026", "source_type": "invoice",
}  # fmt: skip
SETTINGS = {"study": {"name": "s"}, "collection": [{"name": "a", "location": "b"}]}


@pytest.fixture
def material(twenty, tmp_path):
    """Storage and two disputes, of which one is for everybody's eyes."""
    registers = Registers(tmp_path / "registers.sqlite")
    registers.add("incident", [
        INCIDENT | {"opened": "2026-03-01", "days": 10, "value_per_day": 100, "amount": 50, "attribution": 0.8, "confidentiality": "public"},
        INCIDENT | {"opened": "2026-05-01", "amount": 77, "organisation": "Pearl News", "source": "letter of 1 May 2026"},
    ], who="Mei")  # fmt: skip
    held = registers.entries()
    prices = Prices(INPUTS, currency="HKD", price_year=2026, registers=held)
    measured = twenty.measured(["a", "b"], prices=prices)
    empty = pd.DataFrame()
    return Material(
        parse_config(SETTINGS), Numbers.of(measured.results), empty, empty, empty, empty, money=held
    )


def tables(material):
    return {block.id: block for block in trail.trail(material, harm.LINES) if isinstance(block, Table)}


def test_every_amount_is_one_click_from_what_it_comes_from(material):
    """Each line with an amount in the chapter's table is a link to a table of the annex that has its id."""
    table = next(b for b in harm.harm(material) if isinstance(b, Table) and b.id == "table-harm")
    links = [row[0][0].target for row in table.rows if isinstance(row[0][0], Link)]
    assert links == ["#trail-M3", "#trail-M9"] == [f"#{name}" for name in tables(material)]


def test_net_and_a_measured_share_are_one_click_from_their_entries(twenty, tmp_path):
    """Rows from gross to net are links as well; a share that was measured leads on to the incidents of either kind, exposure to its licences."""
    registers = Registers(tmp_path / "registers.sqlite")
    assets = ["w0", "x0", "w1", "x1", "w2", "w3", "w0", "x0", "l0", "l1", "l2"]
    registers.add("incident", [
        INCIDENT | {"id": f"I-{n}", "opened": f"2026-03-{2 * n + 1:02}", "amount": 50 + n, "asset": asset}
        for n, asset in enumerate(assets)
    ], who="Mei")  # fmt: skip
    registers.add("licence", [
        {"id": f"L-{n}", "asset": f"w{n}", "licensor": f"Agency {n}", "licensee": "Press", "fee": 100 + n, "currency": "HKD", "start": "2026-01-01", "source": "invoice 4"}
        for n in range(2)
    ], who="Mei")  # fmt: skip
    held, empty = registers.entries(), pd.DataFrame()
    prices = Prices(INPUTS, currency="HKD", price_year=2026, registers=held)
    found = Numbers.of(twenty.measured(["a", "b"], prices=prices).results)
    whole = Material(parse_config(SETTINGS), found, empty, empty, empty, empty, money=held)
    net = next(b for b in harm.harm(whole) if isinstance(b, Table) and b.id == "table-net")
    assert [row[0][0].target for row in net.rows if isinstance(row[0][0], Link)] == ["#trail-M3", "#trail-M9"]
    shown = {block.id: block for block in trail.trail(whole, harm.TRACED) if isinstance(block, Table)}
    links = [cell[0].target for row in shown["trail-M9"].rows for cell in row if isinstance(cell[0], Link)]
    assert links == ["#trail-M9a"]
    rows = [[plain(cell) for cell in row] for row in shown["trail-M9a"].rows]
    assert ["Incidents of other works", "3 entries of the register: I-8, I-9, I-10"] in [
        [row[1], row[3]] for row in rows
    ]
    assert "2 entries of the register: L-0, L-1" in str([plain(row[3]) for row in shown["trail-M10b"].rows])


def test_settings_and_their_sources_are_named(material):
    """Price, copies and deadweight of storage bear the names they have in study.toml, with value, kind of source and source."""
    rows = [[plain(cell) for cell in row] for row in tables(material)["trail-M3"].rows]
    assert [
        "Amount",
        "harm.storage_price",
        "0.2 HKD per GB and month",
        "invoice: bill 7 of Harbour Hosting",
    ] in rows
    assert ["Net", "harm.net.storage.deadweight", "0.25 share", "expert: board, 4 May 2026"] in rows
    assert ["Amount", "harm.price_year", "2026", "study settings"] in rows
    assert "net 75 %" in plain(tables(material)["trail-M3"].caption)


def test_entries_are_named_and_only_public_ones_say_more(material):
    """Every entry stands there by its id; the public dispute has amount, share and source, of the other the register has them."""
    rows = [[plain(cell) for cell in row] for row in tables(material)["trail-M9"].rows]
    first, second = material.money["incident"]["id"]
    assert f"2 entries of the register: {first}, {second}" in [row[3] for row in rows]
    assert [
        "Amount",
        f"incident {first}",
        "10 days x 100 HKD + 50 HKD; due to duplication 80 %",
        "letter of 9 March 2026",
    ] in rows
    assert [row for row in rows if row[1] == f"incident {second}"] == []
    assert any(row[:2] == ["Due to duplication", "harm.attribution_share"] for row in rows)
    assert "Pearl News" not in str(rows)


def test_a_line_without_a_share_names_none(material):
    """What is no cost, such as a ratio of prices, is neither gross nor due to duplication."""
    ratio = replace(material.numbers["M9"], id="M10c", attribution=None, net_share=None)
    known = Numbers(material.numbers.results | {"M10c": ratio})
    captions = [plain(table.caption) for table in tables(replace(material, numbers=known)).values()]
    assert not any("gross" in each.partition("M10c: ")[2] for each in captions)
    assert any("M10c: " in each for each in captions)


def test_lines_of_the_same_inputs_share_a_table(material):
    """Two lines that were reckoned from the very same inputs lead to one table, which names both."""
    twin = replace(material.numbers["M9"], id="M14")
    known = Numbers(material.numbers.results | {"M14": twin})
    found = tables(replace(material, numbers=known))
    assert list(found) == ["trail-M3", "trail-M9"]
    assert all(name in plain(found["trail-M9"].caption) for name in ("M9: ", "M14: "))


def test_what_was_counted_is_told_apart_and_reckoned_shares_are_rounded():
    """Of one ledger, its licences and those of others' pictures bear their own names; a share that was worked out has no ten digits, one that was typed keeps them."""
    held = Input("licences", 48, message("entries"), message("licence ledger"), "invoice", place="licence")
    strange = replace(held, name="licences of pictures outside the study", value=0)
    assert [trail.told_name(each) for each in (held, strange)] == [
        "Licences",
        "Licences of pictures outside the study",
    ]
    assert trail.told_name(replace(held, entries=("L-1",))) == "Licences"
    share = Input("attribution", 0.6922942062, message("share"), message("result M9a"), "measured")
    assert trail.value_of(share) == "0.692"
    assert trail.value_of(replace(share, source_type="survey")) == "0.6922942062"
