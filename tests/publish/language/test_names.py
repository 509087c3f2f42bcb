"""Names out of lists are those of the modules that own them: a name that is added there is said in every language."""

import ast
from pathlib import Path
from typing import get_args

import pytest

import dedupelab
from dedupelab import tables
from dedupelab.evidence.metadata.conflicts import FIELDS
from dedupelab.evidence.money.harm_inputs import KEYS, SOURCE_TYPES
from dedupelab.evidence.money.scenarios import COMMON, OWN, STOCK
from dedupelab.match.authority import NAMES
from dedupelab.publish.language import names
from dedupelab.publish.language.language import counted, speaking, told, word
from dedupelab.publish.language.translations import languages
from dedupelab.publish.workbook.sheets import REGISTERS
from dedupelab.registers import register_fields as registers
from dedupelab.review import sampling_frame as frame
from dedupelab.review.graph_context import ANY, ENDS, SUPPORT
from dedupelab.review.sampling import ORDER, facet
from dedupelab.review.uncertainty import RARE
from dedupelab.sample.edits import DERIVED, NEAR
from dedupelab.sample.holders import HOLDERS
from dedupelab.settings.money import TrendSection
from dedupelab.study.calibration import EDITS, KINDS

SEEN = [field for name in REGISTERS for field in registers.KINDS[name]]
PACKAGE = Path(dedupelab.__file__).parent
OWNED = {
    "RELATIONS": tables.RELATIONS,
    "CRITERIA": NAMES,
    "FIELDS": FIELDS.values(),
    "SOURCE_TYPES": SOURCE_TYPES,
    "COLUMNS": {"id", "recorded", *(field.name for field in SEEN)},
    "CHOICES": {choice for field in SEEN for choice in field.choices} - {*SOURCE_TYPES},
    "DATES": filter(None, get_args(TrendSection.model_fields["dates"].annotation)),
    "EDITS": (*NEAR, *DERIVED),
    "FACETS": (
        *RARE, frame.PROPOSED, *(name for _, name in (*frame.VOTES, *frame.BANDS)), frame.NO_DISTANCE,
        *frame.REACH, *ENDS, *SUPPORT, ANY,
    ),
}  # fmt: skip
"""Each list, and what its owner declares."""


def named_inputs() -> set[str]:
    """Return the names of inputs that sources give as literals."""
    return {
        node.args[0].value
        for path in PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Input" and node.args
        if isinstance(node.args[0], ast.Constant)
    }


@pytest.mark.parametrize("name", OWNED)
def test_a_list_is_that_of_its_owner(name):
    """Nothing is missing in a list, nothing left over, and no name is in it twice."""
    listed = getattr(names, name)
    assert sorted(listed) == sorted(set(OWNED[name]))


@pytest.mark.slow
def test_inputs_are_those_that_are_understood_and_counted():
    """Settings of study.toml, the year of prices, and what was counted in tables or registers."""
    tables_counted = {"images", "groups"}
    assert sorted(names.INPUTS) == sorted({*KEYS, *COMMON, *OWN, STOCK, *named_inputs(), *tables_counted})


def test_units_are_those_of_results(shared_study, twenty):
    """Every unit of a number that is neither a share nor money is in the list."""
    units = {r.unit for r in (*shared_study.results(), *twenty.results(["a", "b"]).values())}
    plain = {unit for unit in units if unit not in {"fraction", "index"} and not unit[:3].isupper()}
    assert {"images", "pairs", "groups", "works"} <= plain
    assert plain - set(names.UNITS) - {"currency", "currency per year"} == set()


def test_the_kinds_of_collections_of_the_sample_are_known():
    """What study.toml proposes has its words."""
    assert {holder.kind for holder in HOLDERS} <= set(names.KINDS)


@pytest.mark.parametrize("tag", sorted(languages()))
def test_every_name_is_told(tag):
    """Criteria, planted edits and facets of strata, those that are strung together too, are in no paper in English."""
    facets = {*ORDER, *OWNED["FACETS"]}
    messages = [*(KINDS[kind] for kind in EDITS if kind in KINDS), *map(facet, sorted(facets))]
    with speaking(tag) as language:
        mark = language.messages.gettext("[original in English]")
        listed = [name for each in OWNED for name in getattr(names, each)]
        said = [*map(word, listed), *map(told, messages), *map(counted, messages)]
        assert [text for text in said if mark in text or "|" in text] == []
        if tag == "zh-Hant-HK":
            assert [
                text for text in said if any(letter.isascii() and letter.isalpha() for letter in text)
            ] == []
