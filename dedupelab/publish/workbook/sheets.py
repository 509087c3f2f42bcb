"""The sheets of a study's workbook: what the paper prints, and the families, groups, copies and inputs that it does not."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from dedupelab.evidence.money.harm import ADDED
from dedupelab.numbers.intervals import KINDS
from dedupelab.numbers.messages import N_, Message
from dedupelab.numbers.results import Input, Result
from dedupelab.publish.chapters import accuracy, annexes, coverage, front, harm, trail, wording
from dedupelab.publish.chapters.material import Material
from dedupelab.publish.history import results
from dedupelab.publish.language.language import _, called, capital, told, word
from dedupelab.publish.paper.document import Document, Table, plain
from dedupelab.publish.workbook import picture_sheets
from dedupelab.publish.workbook.book import ROWS, Cell, Field, Formula, Jump, Share, Sheet
from dedupelab.registers import register_fields
from dedupelab.study.study import Study

REGISTERS = trail.REGISTERS | {"assumption": N_("Assumptions"), "decision": N_("Decisions")}
WIDE = {"recorded": 26, "asset": 44, "source": 36} | dict.fromkeys(
    ("organisation", "licensor", "licensee", "reason", "decision", "decided_by", "evidence"), 30
)
"""Widths of columns of registers that hold more than a word or a number."""
CHOSEN = {field.name for fields in register_fields.KINDS.values() for field in fields if field.choices}
"""Columns of registers whose words come out of a list."""
HIDDEN = ("number", "who", "withdrawn")
"""Columns of registers that name who typed, or that are of no use to a reader."""


def sheets(study: Study, material: Material, paper: Document, folder: Path) -> list[Sheet]:
    """Return the sheets, first what they hold; small pictures are written into `folder`."""
    groups, inputs = picture_sheets.groups(study, corrected=accuracy.corrected(material)), _inputs(material)
    found = [
        _points(material),
        _numbers(material),
        inputs,
        groups,
        picture_sheets.copies(study, material, groups, folder),
        picture_sheets.conflicts(study, groups),
        *_harm(material, inputs),
        *_options(material),
        *_registers(material),
        *_runs(material),
        *_tables(_("Figures"), _("the data behind each figure"), _figure_data(material)),
        *_tables(_("Coverage"), _("how often intervals held the truth in simulated studies"), _coverage()),
    ]
    return [_contents(found, paper, material), *found]


def _contents(found: Sequence[Sheet], paper: Document, material: Material) -> Sheet:
    note = _(
        "Of: {title}. Paths, credits and registers identify works and people: hand on with care, and not to the public.",
        title=paper.title,
    )
    rows: list[list[Cell]] = [
        [Jump(sheet.name, f"'{sheet.name}'!A1"), sheet.about, len(sheet.rows)] for sheet in found
    ]
    split = _("A sheet of more than {rows:,} rows goes on in further ones.", rows=ROWS)
    checked = plain(accuracy.limit(material))
    fields = [Field(_("Sheet"), 22), Field(_("What it holds"), 90), Field(_("Rows"), 12, "whole")]
    return Sheet(_("Contents"), "", fields, [*rows, *(["", text, None] for text in (note, checked, split))])


def _points(material: Material) -> Sheet:
    rows: list[list[Cell]] = []
    for number, point in enumerate(front.main_points(material).points, 1):
        result = material.numbers[point.result]
        rows.append([number, plain(point.sentence), *_value(result), result.grade, result.id])
    return Sheet(
        _("Summary"),
        _("the main points of page one"),
        [
            Field("", 5, "whole"),
            Field(_("What was found, and what it costs"), 90),
            *_value_fields(),
            Field(_("Grade"), 8),
            Field(_("Id"), 16),
        ],
        rows,
    )


def _value_fields() -> list[Field]:
    return [
        Field(_("Value"), 14, "real"),
        Field(_("Unit"), 18),
        Field(_("Low"), 14, "real"),
        Field(_("High"), 14, "real"),
        Field(_("Interval"), 24),
    ]


def _value(result: Result) -> list[Cell]:
    """Return value, unit, both ends and what kind of interval they are, as numbers."""
    low, high = result.interval or (None, None)
    shown = [_number(number, result.unit) for number in (result.value, low, high)]
    kind = "" if result.value is None else _(KINDS[result.interval_kind])
    return [shown[0], _unit(result.unit), shown[1], shown[2], kind]


def _number(value: float | None, unit: str) -> Cell:
    return None if value is None else Share(value) if unit == "fraction" else value


def _unit(unit: str) -> str:
    amount, yearly, _rest = unit.partition(f" {wording.PER_YEAR}")
    return (
        _("{amount} per year", amount=word(amount)) if yearly else "%" if unit == "fraction" else word(unit)
    )


def _numbers(material: Material) -> Sheet:
    rows: list[list[Cell]] = [
        [
            result.id,
            _(annexes.THEMES[front.shown_in(result)]),
            wording.label_of(result),
            *_value(result),
            result.numerator,
            result.denominator,
            told(result.denominator_label),
            result.grade,
            wording.needs(result) if result.value is None else "",
            told(result.method),
            told(result.caveat),
        ]
        for result in material.numbers.results.values()
    ]
    return Sheet(
        _("Numbers"),
        _(
            "every number of the study, with its counts, interval, grade, method and limits; the same as in the paper"
        ),
        [
            Field(_("Id"), 26),
            Field(_("Theme"), 24),
            Field(_("What"), 50),
            *_value_fields(),
            Field(_("Part"), 12, "any"),
            Field(_("Whole"), 12, "any"),
            Field(_("Of"), 36),
            Field(_("Grade"), 8),
            Field(_("Needs"), 30),
            Field(_("Method"), 60),
            Field(_("What must be said with it"), 60),
        ],
        rows,
    )


def _inputs(material: Material) -> Sheet:
    rows: list[list[Cell]] = [
        [
            result.id,
            word(given.name),
            *_given(given),
            told(given.unit),
            given.place,
            ", ".join(given.entries),
            word(given.source_type),
            told(given.source),
        ]
        for result in material.numbers.results.values()
        for given in result.inputs
    ]
    return Sheet(
        _("Inputs"),
        _("what each number was made from, and who says so"),
        [
            Field(_("Id"), 26), Field(_("Input"), 30), Field(_("Value"), 14, "any"), Field(_("Value in words"), 36), Field(_("Unit"), 28),
            Field(_("Setting or register"), 30), Field(_("Entries"), 30), Field(_("Source type"), 14), Field(_("Source"), 70),
        ],
        rows,
    )  # fmt: skip


def _given(given: Input) -> list[Cell]:
    return [None, told(given.value)] if isinstance(given.value, Message) else [given.value, ""]


def _harm(material: Material, inputs: Sheet) -> Iterator[Sheet]:
    """Yield the lines of harm, each a link to the first of its inputs: the settings and entries that it comes from."""
    first: dict[str, int] = {}
    for place, row in enumerate(inputs.rows, 2):
        first.setdefault(str(row[0]), place)
    lines = [r for r in map(material.numbers.get, harm.LINES) if r is not None]
    if not lines:
        return
    rows: list[list[Cell]] = []
    for line in lines:
        added = line.id in ADDED and line.value is not None
        rows.append(
            [
                Jump(line.id, f"'{inputs.name}'!A{first[line.id]}") if first.get(line.id, ROWS) < ROWS else line.id,
                wording.label_of(line), *_value(line), _share(line.attribution), _share(line.net_share), int(added), Formula("C{row}*J{row}") if added else None,
                line.grade, wording.needs(line) if line.value is None else "", told(line.method),
            ]
        )  # fmt: skip
    last, total = len(rows) + 1, material.numbers.get("M.sum")
    printed = None if total is None else total.value
    yield Sheet(
        _("Harm"),
        _("each line of harm; below, the sum of those that do not overlap, and beside it the sum that the paper prints"),
        [
            Field(_("Id"), 10), Field(_("Line"), 50), *_value_fields(), Field(_("Due to duplication"), 12, "share"),
            Field(_("Net"), 12, "share"), Field(_("Added"), 8, "whole"),
            Field(_("Amount added"), 16, "real"), Field(_("Grade"), 8), Field(_("Needs"), 30), Field(_("Method"), 60),
        ],
        rows,
        ["M.sum", _("Sum, and as the paper prints it"), printed, None, None, None, "", None, None, None, Formula(f"SUM(K2:K{last})"), "", "", ""],
    )  # fmt: skip


def _share(value: float | None) -> Cell:
    return None if value is None else Share(value)


def _options(material: Material) -> Iterator[Sheet]:
    rows: list[list[Cell]] = [
        [wording.option_name(result), wording.label_of(result), *_value(result), result.grade]
        for result in material.numbers.below("S")
        if result.about("option")
    ]
    if rows:
        fields = [
            Field(_("Option and screening"), 36),
            Field(_("What"), 70),
            *_value_fields(),
            Field(_("Grade"), 8),
        ]
        yield Sheet(_("Options"), _("the options compared, with all their parts"), fields, rows)


def _registers(material: Material) -> Iterator[Sheet]:
    """Yield the registers without confidential entries; what people wrote stands as they wrote it."""
    for kind, title in REGISTERS.items():
        entries = material.money.get(kind, pd.DataFrame())
        if entries.empty:
            continue
        hidden = (
            entries["confidentiality"] == "confidential"
            if "confidentiality" in entries
            else pd.Series(data=False, index=entries.index)
        )
        shown = entries[~hidden].drop(columns=[name for name in HIDDEN if name in entries])
        about = _(
            "the register as it stands; {hidden:,} confidential entries are left out",
            hidden=int(hidden.sum()),
        )
        fields = [Field(capital(word(str(name))), WIDE.get(str(name), 14), "any") for name in shown.columns]
        chosen = [str(name) in CHOSEN for name in shown.columns]
        yield Sheet(
            _(title),
            about,
            fields,
            [
                [_told(value, choice=choice) for value, choice in zip(row, chosen, strict=True)]
                for row in shown.itertuples(index=False)
            ],
        )


def _told(value: object, *, choice: bool) -> Cell:
    """Return a value of a register: a word that the register lets choose in the current language, other words as they were written."""
    if value is None or value is pd.NA or value != value:  # noqa: PLR0124  NaN
        return None
    if isinstance(value, str):
        return word(value) if choice else called(value)
    return value if isinstance(value, str | int | float) else str(value)


def _figure_data(material: Material) -> list[Table]:
    return [figure.data for figure in material.figures.values() if figure.data is not None]


def _coverage() -> list[Table]:
    return [coverage.measured_table(), coverage.review_table()]


def _runs(material: Material) -> list[Sheet]:
    """Return what earlier runs found, where one found something else than the run before."""
    if material.news.empty or material.news["time"].nunique() < 2:
        return []
    known = material.numbers
    rows: list[list[Cell]] = [
        [time, found.id, wording.label_of(known[found.id]) if known.get(found.id) else "", *_value(found)]
        for time, found in results(material.news)
    ]
    return [
        Sheet(
            _("Runs"),
            _(
                "the leading numbers of those runs of this study that found something else than the run before"
            ),
            [Field(_("Run"), 26), Field(_("Id"), 16), Field(_("What"), 50), *_value_fields()],
            rows,
        )
    ]


def _tables(name: str, about: str, tables: Sequence[Table]) -> Iterator[Sheet]:
    """Yield tables of the paper one below the other: caption, heads, rows."""
    if not tables:
        return
    width = max(len(table.columns) for table in tables)
    rows: list[list[Cell]] = []
    for table in tables:
        heads = [
            f"{column.title} ({column.unit})" if column.unit else column.title for column in table.columns
        ]
        lines: list[Sequence[Cell]] = [
            [plain(table.caption)],
            heads,
            *([_figure(plain(cell)) for cell in row] for row in table.rows),
            [],
        ]
        rows += [[*line, *[None] * (width - len(line))] for line in lines]
    yield Sheet(
        name,
        about,
        [Field(_("Table") if not place else "", 40 if not place else 20, "any") for place in range(width)],
        rows,
    )


def _figure(text: str) -> Cell:
    """Return a cell of a printed table as a number where it is one."""
    try:
        return float(text.replace(",", "").replace("\u2212", "-"))
    except ValueError:
        return text
