"""How often intervals held the truth stands in one file; the paper, the workbook and the README print what is in it."""

from pathlib import Path

from dedupelab.publish.chapters.coverage import KINDS, PRINTED, coverage_table, reviewed
from dedupelab.publish.paper.document import Table

README = Path(__file__).parents[3] / "README.md"


def test_the_readme_has_the_measured_table():
    """Each kind of simulated study is a row of the README with the per cent that were measured, and it says of how many studies."""
    text, found = README.read_text(encoding="utf-8"), reviewed()
    for kind, shares in found.printed.items():
        assert f"| {KINDS[kind]} | {' | '.join(f'{share:.1f} %' for share in shares)} |\n" in text
    assert f"in {found.studies} simulated studies of each kind" in text


def test_the_annex_has_the_measured_table():
    """The annex prints the same numbers, with the day and the version they were measured with."""
    table = next(b for b in coverage_table() if isinstance(b, Table) and b.id == "table-coverage-review")
    found = reviewed()
    assert [row[1:] for row in table.rows] == [[f"{s:.1f}" for s in each] for each in found.printed.values()]
    assert found.measured in str(table.note)


def test_what_is_printed_with_an_interval_holds():
    """Of each kind of study nine in ten at least hold the truth of every total that is printed, with few labels and with many."""
    found = reviewed()
    assert {key: held for key, held in found.held.items() if key[1] in PRINTED and held < 0.9} == {}
    assert {kind for kind, *_what in found.held} == set(KINDS)
