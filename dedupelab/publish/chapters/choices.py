"""Parts of chapter 4: institutions that contradict each other, what the choice of criteria does, lineage, one group worked through."""

from operator import itemgetter

from dedupelab.evidence.metadata.criteria_sensitivity import CHANGES, OUTCOMES
from dedupelab.evidence.metadata.criteria_sensitivity import effects as effects_table
from dedupelab.numbers.messages import N_
from dedupelab.publish.chapters import wording
from dedupelab.publish.chapters.material import Material
from dedupelab.publish.chapters.numbering import Numbering
from dedupelab.publish.language.language import _, number, pieces, word
from dedupelab.publish.paper.document import Block, Column, Paragraph, Reference, Table

CHANGED = {"without": N_("{criterion}, left out"), "first": N_("{criterion}, asked first")}


def between_institutions(material: Material, say: Numbering) -> list[Block]:
    """Return the heat map of fields by pairs of institutions, where enough works could be compared."""
    if "contradictions" not in material.figures:
        return []
    figure = material.figures["contradictions"]
    told = pieces(
        "{figure} shows which institutions contradict each other on which field. It counts works, not groups, and only those of which "
        "both institutions state the field; where fewer than ten could be compared, no share is given.",
        figure=Reference(figure.id),
    )
    return [say(told), figure]


def effects(material: Material, say: Numbering) -> list[Block]:
    """Return what the choice of criteria does, in a sentence and a table."""
    table = effects_table(material.numbers.results.values(), material.config.match.criteria)
    if table.empty or not table["groups"].iloc[0]:
        return []
    name, change, changed = max(
        zip(table["criterion"], table["change"], table["changed"], strict=True), key=itemgetter(2)
    )
    largest = material.numbers[f"M6c.{name}.{change}"]
    if not changed:
        told = say.says(
            "To see how far this hangs on the choice of criteria, every group was decided again with each criterion left out and "
            "with each asked first. No such change altered whose metadata are believed in any of {groups:,.0f} groups.",
            groups=largest.denominator,
        )
        return [told]
    lead = _(
        "One criterion more or less, or another one first, changed at most {largest} of the groups ",
        largest=wording.with_interval(largest),
    )
    counts = _("({case}: {counts}). ", case=_case(name, change), counts=wording.of(largest))
    text = pieces(
        "Every group was decided again with each criterion left out and with each asked first. A group changes where other metadata are "
        "believed, or none any more, or some at last: {table}.",
        table=Reference("table-criteria"),
    )
    return [say.leads(lead, counts, *text), _table(material)]


def _table(material: Material) -> Table:
    numbers = material.numbers
    found = effects_table(numbers.results.values(), material.config.match.criteria)
    rows, shown = [], []
    for row in found.itertuples(index=False):
        result = numbers[f"M6c.{row.criterion}.{row.change}"]
        shown.append(result)
        counts = [number(getattr(row, name)) for name in OUTCOMES]
        share = wording.bare(result)
        rows.append([_case(str(row.criterion), str(row.change)), number(wording.part(result)), share,
                     wording.short(result), *counts])  # fmt: skip
    unit = word("groups")
    return Table(
        "table-criteria",
        _("What the choice of criteria changes, one criterion at a time"),
        [
            Column(_("Choice"), width=2.4),
            Column(_("Changed"), "right", unit=unit, width=1),
            Column(_("Share"), "right", unit="%", width=0.9),
            Column(_("95 % interval"), "right", unit="%", width=1.5),
            Column(_("Other copy"), "right", unit=unit, width=1),
            Column(_("Becomes unresolved"), "right", unit=unit, width=1.2),
            Column(_("Becomes resolved"), "right", unit=unit, width=1.2),
        ],
        rows,
        note=wording.noted(
            shown,
            _(
                "Of {groups:,.0f} groups. Other copy: another copy is believed, and says something else. Changed is the sum of the last three columns. "
                "Criteria are asked in the order listed above.",
                groups=int(found["groups"].iloc[0]),
            ),
        ),
    )


def _case(criterion: str, change: str) -> str:
    assert change in CHANGES
    return _(CHANGED[change], criterion=word(criterion))


def descent(material: Material, say: Numbering) -> list[Block]:
    """Return how many groups name what they derive from, and in how many that cannot be true."""
    stated, odd = (material.numbers.get(name) for name in ("M6l.stated", "M6l.odd"))
    if stated is None or not stated.value or odd is None:
        return []
    return [
        say.says(
            "In {stated} of the groups ({stated_counts}) a copy names a document that it derives from. In {odd} of these ({odd_counts}) the "
            "lineage runs in a circle or contradicts itself; such lineage is reported and not followed.",
            stated=wording.with_interval(stated),
            stated_counts=wording.of(stated),
            odd=wording.with_interval(odd),
            odd_counts=wording.of(odd),
        ),
        *(material.figures[name] for name in ("lineage",) if name in material.figures),
    ]


def worked(material: Material) -> list[Block]:
    """Return one group worked through, field by field."""
    if material.worked is None:
        return []
    told = pieces(
        "{table} takes a group field by field: what each copy says, which value is believed and where it was read, and where "
        "copies contradict each other so that nobody can tell.",
        table=Reference(material.worked.id),
    )
    return [Paragraph(told), material.worked]
