"""The sheets of a study's workbook: what the paper prints, and the families, groups, copies and inputs that it does not."""

import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pandas as pd

from dedupelab.evidence.copies.population import population
from dedupelab.evidence.money.harm import ADDED
from dedupelab.numbers.intervals import KINDS
from dedupelab.numbers.messages import N_, Message, loaded
from dedupelab.numbers.results import Input, Result
from dedupelab.publish.chapters import annexes, coverage, front, harm, wording
from dedupelab.publish.chapters.material import Material
from dedupelab.publish.chapters.worked_example import field_words
from dedupelab.publish.figures.captions import each
from dedupelab.publish.figures.examples import example_groups
from dedupelab.publish.history import results
from dedupelab.publish.language.language import _, told, word
from dedupelab.publish.paper.document import Document, Table, plain
from dedupelab.publish.workbook.book import ROWS, Cell, Field, Formula, Jump, Share, Sheet
from dedupelab.study.study import Study

SHOWN = 8
"""Groups whose copies are shown as small pictures."""
COPIES_SHOWN = 8
_LONGEST_SIDE = 90
STATED = ("creator", "credit", "copyright_notice", "licensor", "date_created")
"""What a copy says of itself, as far as its sheet has it."""
VALUES = 4
"""Contradicting values of a field that have columns of their own."""
REGISTERS = {
    "incident": N_("Incidents"),
    "licence": N_("Licences"),
    "workflow": N_("Timings"),
    "assumption": N_("Assumptions"),
    "decision": N_("Decisions"),
}
HIDDEN = ("number", "who", "withdrawn")
"""Columns of registers that name who typed, or that are of no use to a reader."""


def sheets(study: Study, material: Material, paper: Document, folder: Path) -> list[Sheet]:
    """Return the sheets, first what they hold; small pictures are written into `folder`."""
    groups, inputs = _groups(study), _inputs(material)
    found = [
        _points(material),
        _numbers(material),
        inputs,
        groups,
        _copies(study, material, groups, folder),
        _conflicts(study, groups),
        *_harm(material, inputs),
        *_options(material),
        *_registers(material),
        *_runs(material),
        *_tables(_("Figures"), _("the data behind each figure"), _figure_data(material)),
        *_tables(_("Coverage"), _("how often intervals held the truth in simulated studies"), _coverage()),
    ]
    return [_contents(found, paper), *found]


def _contents(found: Sequence[Sheet], paper: Document) -> Sheet:
    note = _(
        "Of: {title}. Paths, credits and registers identify works and people: hand on with care, and not to the public.",
        title=paper.title,
    )
    rows: list[list[Cell]] = [
        [Jump(sheet.name, f"'{sheet.name}'!A1"), sheet.about, len(sheet.rows)] for sheet in found
    ]
    split = _("A sheet of more than {rows:,} rows goes on in further ones.", rows=ROWS)
    fields = [Field(_("Sheet"), 22), Field(_("What it holds"), 90), Field(_("Rows"), 12, "whole")]
    return Sheet(_("Contents"), "", fields, [*rows, ["", note, None], ["", split, None]])


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
    return "%" if unit == "fraction" else word(unit)


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


def _groups(study: Study) -> Sheet:
    """Return the groups as they are counted: pictures that say nothing, such as blank pages, are in none."""
    holders = {c.name: c.holder or c.name for c in study.config.collection}
    counted = population(study.images(), study.groups(), study.members(), collections=holders).groups
    known = study.groups().set_index("group_id")
    groups = counted.set_index("group_id", drop=False)
    first = [name for name in example_groups(study, len(known)) if name in groups.index]
    rows: list[list[Cell]] = []
    for place, row in enumerate(each(groups.loc[[*first, *groups.index.difference(first)]]), 2):
        own = known.loc[row.group_id]
        reason = told(loaded(own["authority_message"], own["authority_reason"]))
        counts: list[Cell] = [int(row.images), int(row.collections), int(row.works)]
        sizes: list[Cell] = [int(row.bytes), int(row.redundant_bytes)]
        rows.append(
            [
                str(row.group_id), *counts, Formula(f"B{place}-D{place}"), *sizes, float(own["weakest_link"]),
                word(str(row.authority)), reason,
            ]
        )  # fmt: skip
    last = len(rows) + 1
    sums: list[Cell] = [Formula(f"SUM({column}2:{column}{last})") if rows else 0 for column in "BDEFG"]
    return Sheet(
        _("Groups"),
        _("each group of copies, those whose copies contradict each other first; below, the sums that the shares are made of"),
        [
            Field(_("Group"), 24), Field(_("Copies"), 10, "whole"), Field(_("Collections"), 12, "whole"), Field(_("Works"), 10, "whole"),
            Field(_("Surplus copies"), 12, "whole"), Field(_("Bytes"), 16, "whole"), Field(_("Redundant bytes"), 16, "whole"),
            Field(_("Weakest link"), 12, "real"), Field(_("Authority"), 14), Field(_("Reason"), 70),
        ],
        rows,
        [_("All"), sums[0], None, *sums[1:], None, None, None] if rows and len(rows) <= ROWS else (),
    )  # fmt: skip


def _places(groups: Sheet) -> dict[str, Cell]:
    """Return each group's name as a link to its row, as far as the sheet's first part has it."""
    return {
        str(row[0]): Jump(str(row[0]), f"'{groups.name}'!A{place}") if place <= ROWS else str(row[0])
        for place, row in enumerate(groups.rows, 2)
    }


def _copies(study: Study, material: Material, groups: Sheet, folder: Path) -> Sheet:
    places, holders, kept = _places(groups), material.holders, study.redactions()
    rank = {name: place for place, name in enumerate(places)}
    members = study.members().merge(study.images(), on="image_id")
    members = members.assign(rank=members["group_id"].map(rank).fillna(len(rank))).sort_values(
        ["rank", "role", "image_id"], kind="stable"
    )
    rows: list[list[Cell]] = []
    shown: dict[str, list[tuple[int, str]]] = {}
    for place, row in enumerate(members.to_dict("records")):
        name, hidden = str(row["group_id"]), row["image_id"] in kept and kept[row["image_id"]].silent
        stated: list[Cell] = ["" if hidden else _text(row[field]) for field in STATED]
        size: list[Cell] = [_whole(row[side]) for side in ("width", "height", "bytes")]
        rows.append(
            [
                places.get(name, name), holders.get(str(row["collection"]), str(row["collection"])), str(row["collection"]), str(row["path"]),
                word(str(row["role"])), *stated, str(row["format"]), *size, "",
            ]
        )  # fmt: skip
        if rank.get(name, SHOWN) < SHOWN and len(shown.setdefault(name, [])) < COPIES_SHOWN:
            shown[name].append((place, str(row["image_id"])))
    return Sheet(
        _("Copies"),
        _("every picture that has a copy: who holds it, where, and what it says of itself; the first groups with small pictures"),
        [
            Field(_("Group"), 24), Field(_("Holder"), 30), Field(_("Collection"), 18), Field(_("Path"), 50), Field(_("Role"), 14),
            *(Field(field_words(name), 28) for name in STATED), Field(_("Format"), 8), Field(_("Width"), 8, "whole"),
            Field(_("Height"), 8, "whole"), Field(_("Bytes"), 12, "whole"), Field(_("Picture"), 20),
        ],
        rows,
        pictures=_thumbnails(study, shown.values(), folder),
    )  # fmt: skip


def _thumbnails(study: Study, groups: Iterable[Sequence[tuple[int, str]]], folder: Path) -> dict[int, Path]:
    found = {}
    for copies in groups:
        pictures = study.shown([identity for _place, identity in copies], _LONGEST_SIDE)
        for place, identity in copies:
            if identity in pictures:
                found[place] = folder / f"thumbnail-{place}.png"
                pictures[identity].save(found[place])
    return found


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _whole(value: object) -> int | None:
    return None if value is None or value is pd.NA or value != value else int(str(value).partition(".")[0])  # noqa: PLR0124  NaN


def _conflicts(study: Study, groups: Sheet) -> Sheet:
    places, kept = _places(groups), study.redactions()
    members = study.members()
    silent = set(
        members.loc[members["image_id"].isin([i for i, asked in kept.items() if asked.silent]), "group_id"]
    )
    fields = study.fields()
    rows: list[list[Cell]] = []
    for row in each(fields[fields["state"] == "conflict"]):
        values = [] if row.group_id in silent else [str(value) for value in json.loads(row.values)][:VALUES]
        rows.append(
            [
                places.get(str(row.group_id), str(row.group_id)), word(str(row.field).replace("_", " ")), int(row.asserting), int(row.versions),
                *values, *[""] * (VALUES - len(values)),
            ]
        )  # fmt: skip
    return Sheet(
        _("Conflicts"),
        _("each field on which the copies of one work contradict each other, with its values, most frequent first"),
        [
            Field(_("Group"), 24), Field(_("Field"), 20), Field(_("Copies that state it"), 12, "whole"), Field(_("Different values"), 12, "whole"),
            *(Field(_("Value {number}", number=number), 36) for number in range(1, VALUES + 1)),
        ],
        rows,
    )  # fmt: skip


def _harm(material: Material, inputs: Sheet) -> Iterator[Sheet]:
    """Yield the lines of harm, each a link to the first of its inputs: the settings and entries that it comes from."""
    first: dict[str, int] = {}
    for place, row in enumerate(inputs.rows, 2):
        first.setdefault(str(row[0]), place)
    lines = [r for r in map(material.numbers.get, harm.LINES) if r is not None]
    if not lines:
        return
    rows: list[list[Cell]] = []
    for place, line in enumerate(lines, 2):
        added = line.id in ADDED and line.value is not None
        rows.append(
            [
                Jump(line.id, f"'{inputs.name}'!A{first[line.id]}") if first.get(line.id, ROWS) < ROWS else line.id,
                wording.label_of(line), *_value(line), _share(line.attribution), _share(line.net_share), int(added), Formula(f"C{place}*J{place}") if added else None,
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
    """Yield the registers without confidential entries; columns bear the names of the register's own files."""
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
        fields = [Field(str(name), 18, "any") for name in shown.columns]
        yield Sheet(
            _(title),
            about,
            fields,
            [[_plain(value) for value in row] for row in shown.itertuples(index=False)],
        )


def _plain(value: object) -> Cell:
    if value is None or value is pd.NA or value != value:  # noqa: PLR0124  NaN
        return None
    return value if isinstance(value, str | int | float) else str(value)


def _figure_data(material: Material) -> list[Table]:
    return [figure.data for figure in material.figures.values() if figure.data is not None]


def _coverage() -> list[Table]:
    return [block for block in coverage.coverage_table() if isinstance(block, Table)]


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
