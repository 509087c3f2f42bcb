"""A member's report as a document and as a list of what there is to do, from what was found of its collection."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from dedupelab.evidence.copies.population import population
from dedupelab.numbers.messages import N_, Message
from dedupelab.publish.chapters.worked_example import field_words
from dedupelab.publish.language.language import (
    _,
    called,
    capital,
    day,
    document_tag,
    joined,
    number,
    told,
    word,
)
from dedupelab.publish.language.renderer_words import words
from dedupelab.publish.members.found import Own, found_of
from dedupelab.publish.paper.document import (
    Block,
    Callout,
    Column,
    Document,
    Heading,
    Meta,
    Paragraph,
    Table,
    Text,
)
from dedupelab.publish.paper.docx import render_docx
from dedupelab.publish.paper.html import render_html
from dedupelab.publish.paper.writing import replace_file
from dedupelab.settings.sections import Shared
from dedupelab.study.study import Study
from dedupelab.tables.cells import guarded

FOLDER = "members"
CLOSED = 10
"""Counts of what others hold below this are not told where only counts are shared."""
ROWS = 40
"""Rows of a table on a page; the lists beside it have all."""
REGISTERS = {"workflow": N_("Timing"), "incident": N_("Incident"), "licence": N_("Licence")}
RENDERERS = {"html": render_html, "docx": render_docx}


def write_members(study: Study, folder: Path, tag: str, moment: datetime) -> list[str]:
    """Write each member's report in the current language, `folder/members/<collection>/`; return what the reader must be told."""
    holders = study.config.holders
    people = population(study.images(), study.groups(), study.members(), collections=holders)
    silent = {identity for identity, kept in study.redactions().items() if kept.silent}
    may, registers = study.config.privacy.members, study.registers.entries()
    counted = {result.id: result for result in study.results()}
    caveat = counted["M1b"].caveat if "M1b" in counted else Message("")
    simulated = study.config.review.simulated and "V.reviewed" in counted
    notes: set[str] = set()
    for collection, name in zip(holders, folder_names(holders), strict=True):
        own = found_of(people, collection, may, study.fold, silent, registers)
        home = folder / FOLDER / name
        home.mkdir(parents=True, exist_ok=True)
        document = pages(own, may, caveat, moment, simulated=simulated)
        for kind, render in RENDERERS.items():
            notes.update(render(document, home / f"report.{tag}.{kind}"))
        for listed, lines in {"to-do": to_do(own), "copies": all_copies(own)}.items():
            replace_file(home / f"{listed}.{tag}.csv", _csv(lines).encode("utf-8-sig"))
    return sorted(notes)


def folder_names(collections: Iterable[str]) -> list[str]:
    """Return a folder's name for each collection: its own where a file system takes it, each once.

    >>> folder_names(["archive", "a/b", "a b", ".."])
    ['archive', 'a-b', 'a-b-2', 'collection']
    """
    found: list[str] = []
    for name in collections:
        plain = re.sub(r"[^\w.-]+", "-", name).strip(".-")[:60] or "collection"
        folder, number = plain, 1
        while folder.casefold() in map(str.casefold, found):
            number += 1
            folder = f"{plain}-{number}"
        found.append(folder)
    return found


def pages(own: Own, may: Shared, caveat: Message, moment: datetime, *, simulated: bool) -> Document:
    """Return a member's report; `caveat` says who checked what was linked, `simulated` that these are invented."""
    blocks: list[Block] = [
        Paragraph(
            _(
                "Of {pictures:,} pictures that could be compared, {shared} show works of which others hold copies, too. In {differing} of them "
                "another holder's copy contradicts what yours says of its maker, rights or date, and {without} carry no rights information while "
                "another holder's copy does.",
                pictures=own.pictures,
                shared=_closed(own.shared, may),
                differing=_closed(own.differing, may),
                without=_closed(own.without, may),
            )
        ),
        Callout(
            _("What this does not show"),
            [
                *([_("{caveat}.", caveat=capital(told(caveat)))] if caveat else []),
                *(
                    [
                        _(
                            "The review is simulated: the reviewers are invented, and no person looked at a pair."
                        )
                    ]
                    if simulated
                    else []
                ),
                _(
                    "Who is right where copies contradict each other, and whether a use was licensed, is not for a comparison to say."
                ),
            ],
        ),
    ]
    blocks += _table(
        "copies",
        _("Your pictures of which there are copies"),
        [
            Column(_("Picture"), width=3),
            Column(_("Held by others"), width=3),
            Column(_("Copies of your own"), width=3),
        ],
        all_copies(own)[1:],
        _("The first {shown} of {count:,}; the list of copies has all.", shown=ROWS, count=len(own.copies)),
    )
    blocks += _table(
        "differences",
        _("Statements that other copies contradict"),
        [
            Column(_("Picture"), width=2.4),
            Column(_("Field"), width=1.2),
            Column(_("Yours"), width=2),
            Column(_("Holder"), width=1.6),
            Column(_("Theirs"), width=2),
        ],
        [
            (
                each.path,
                field_words(each.field),
                each.yours,
                called(each.holder),
                each.theirs or _("not shared"),
            )
            for each in own.differences
        ],
    )
    blocks += _table(
        "lost",
        _("Pictures without rights information that another copy has"),
        [Column(_("Picture"), width=3), Column(_("Where it still is"), width=4)],
        [(each.path, joined((*map(called, each.holders), *each.own), "; ")) for each in own.lost],
    )
    blocks += _table(
        "registers",
        _("What the registers say of you"),
        [Column(_("Register"), width=1.4), Column(_("Date"), width=1.2), Column(_("Entry"), width=5)],
        [
            (
                _(REGISTERS[each.register]),
                each.day,
                joined(
                    (_("{name}: {value}", name=word(name), value=word(value)) for name, value in each.values),
                    "; ",
                ),
            )
            for each in own.entries
        ],
        _("The first {shown} of {count:,}; the registers have all.", shown=ROWS, count=len(own.entries)),
    )
    return Document(
        _("Your pictures: {holder}", holder=called(own.holder)),
        _("From the study of duplicate pictures, {day}", day=day(moment)),
        document_tag(),
        Meta(created=moment.replace(microsecond=0)),
        blocks=blocks,
        words=words(),
        contents=False,
    )


def to_do(own: Own) -> Sequence[tuple[str, ...]]:
    """Return what there is to do below its heads: what, which picture, which field, what is said and by whom, and which copies of one's own."""
    lines = [
        (
            _("What to do"),
            _("Picture"),
            _("Field"),
            _("Yours"),
            _("Holder"),
            _("Theirs"),
            _("Copies of your own"),
        )
    ]
    lines += [
        (_("Restore the rights information"), each.path, "", "", _names(each.holders), "", joined(each.own, "; "))
        for each in own.lost
    ]  # fmt: skip
    lines += [
        (_("Settle what is right"), each.path, field_words(each.field), each.yours, called(each.holder), each.theirs, "")
        for each in own.differences
    ]  # fmt: skip
    lines += [
        (_("Decide which of your copies to keep"), each.path, "", "", "", "", joined(each.own, "; "))
        for each in own.copies
        if each.own
    ]
    return lines


def all_copies(own: Own) -> Sequence[tuple[str, ...]]:
    """Return every picture of which there are copies below the heads: which, who else holds it, and which are one's own."""
    lines = [(_("Picture"), _("Held by others"), _("Copies of your own"))]
    lines += [(each.path, _names(each.holders), joined(each.own, "; ")) for each in own.copies]
    return lines


def _names(holders: Iterable[str]) -> str:
    return joined(map(called, holders), "; ")


def _csv(lines: Iterable[Sequence[str]]) -> str:
    file = io.StringIO()
    csv.writer(file, lineterminator="\n").writerows([guarded(cell) for cell in line] for line in lines)
    return file.getvalue()


def _closed(count: int, may: Shared) -> str:
    """Return a count of what others hold; below ten it is closed where counts alone are shared."""
    return _("fewer than {limit}", limit=CLOSED) if may == "counts" and 0 < count < CLOSED else number(count)


def _table(
    name: str, title: str, columns: Sequence[Column], rows: Sequence[Sequence[Text]], more: str = ""
) -> list[Block]:
    """Return a heading and a table of the first rows, with where `more` are; nothing where there are none."""
    if not rows:
        return []
    note = more or _(
        "The first {shown} of {count:,}; the list of what there is to do has all.",
        shown=ROWS,
        count=len(rows),
    )
    shown = [[cell or "–" for cell in row] for row in rows[:ROWS]]
    table = Table(f"table-{name}", title, columns, shown, note=note if len(rows) > ROWS else "")
    return [Heading(1, title), table]
