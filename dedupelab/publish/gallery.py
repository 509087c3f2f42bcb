"""Pages with the pictures behind numbers, for the paper as HTML: contact sheets that need no script; redactions are obeyed.

A page shows pictures, and of each its holder and size: no file name, and nothing that a file says.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from dedupelab.evidence.behind import counted_rows
from dedupelab.numbers.results import Result
from dedupelab.publish.chapters.letter import MAY
from dedupelab.publish.chapters.wording import label_of, of, with_interval
from dedupelab.publish.language.language import _, called, plural
from dedupelab.publish.paper.html import template
from dedupelab.publish.paper.writing import replace_file
from dedupelab.study.redactions import shown_together
from dedupelab.study.study import Study
from dedupelab.study.thumbnails import Thumbnails

FOLDER = "gallery"
SHEETS, PAGES = 60, 20
"""Groups, pairs or lone pictures of one page, and pages of one number."""
COPIES = 12
"""Pictures of one group that are shown."""


class Gallery:
    """The pictures of one study as a paper may show them, and the pages made of them.

    Parameters
    ----------
    results
        The numbers that want pages: those that count pictures get them.
    folder
        Where the paper lies; pages and pictures go into a folder of their own beside it.
    """

    def __init__(self, study: Study, results: Iterable[Result], folder: Path) -> None:
        self._folder, self._thumbnails = folder / FOLDER, Thumbnails(study)
        answer = study.consultation
        self._may = answer.submission.confidentiality if answer else "publish"
        images, members = study.images(), study.members()
        hashed = images[images["status"] == "hashed"].set_index("image_id")
        holders = study.config.holders
        facts = zip(hashed["collection"].map(holders), hashed["width"], hashed["height"], strict=True)
        self._facts = dict(zip(hashed.index, facts, strict=True))
        self._groups = {str(name): [*each] for name, each in members.groupby("group_id")["image_id"]}
        self._group_of = dict(zip(members["image_id"], members["group_id"], strict=True))
        # What is blurred in one copy must not be seen in another, on whatever page that stands.
        kept = study.redactions()
        alone = set(hashed.index) - set(members["image_id"])
        together = [*self._groups.values(), *([name] for name in alone)]
        self._open = {name for names in together for name in shown_together(names, kept)}
        rows = dict(counted_rows(study.sources()))
        self._counted = {
            result: sheets
            for result in results
            if result.numerator is not None and result.id in rows
            for sheets in (self._sheets(rows[result.id]()),)
            if sheets
        }

    def write(self, tag: str) -> dict[str, str]:
        """Write the pages in the current language, called by its `tag`; return their addresses by the ids of numbers, from the paper's folder."""
        for result, sheets in self._counted.items():
            shown = sheets[: SHEETS * PAGES]
            pages = [shown[first : first + SHEETS] for first in range(0, len(shown), SHEETS)]
            for number, part in enumerate(pages, 1):
                self._page(tag, result, part, (number, len(pages), len(shown), len(sheets)))
        return {result.id: f"{FOLDER}/{tag}/{_name(result.id, 1)}" for result in self._counted}

    def _sheets(self, rows: pd.DataFrame) -> list[list[str]]:
        """Return which pictures belong side by side: those of a pair, of a group, or each alone; none for rows that are no pictures."""
        if "left" in rows:
            return [list(pair) for pair in rows[["left", "right"]].itertuples(index=False)]
        if "path" in rows:
            return [[name] for name in rows["image_id"] if name in self._facts]
        if "group_id" not in rows and "images" not in rows:
            return []
        # A work is known by its group, or as a review counts it by the first of its images.
        lone = rows["image_id"] if "image_id" in rows else rows["group_id"]
        groups = rows["group_id"] if "group_id" in rows else rows["image_id"].map(self._group_of)
        return [self._groups.get(group, [name]) for group, name in zip(groups, lone, strict=True)]

    def _page(
        self, tag: str, result: Result, sheets: Sequence[list[str]], place: tuple[int, int, int, int]
    ) -> None:
        number, last, shown, counted = place
        withheld = 0
        tiles = []
        for names in sheets:
            chosen = names[:COPIES]
            found = [*self._tiles(chosen)]
            withheld += len(chosen) - len(found)
            tiles.append({"pictures": found, "more": len(names) - len(chosen)})
        told = [] if self._may == "publish" else [_(MAY[self._may])]
        told += (
            [_("{shown:,} of {count:,} are shown.", shown=shown, count=counted)] if shown < counted else []
        )
        if withheld:
            told.append(
                plural(
                    "{count:,} picture of this page is not shown: somebody asked for that, or it cannot be opened any more.",
                    "{count:,} pictures of this page are not shown: somebody asked for that, or they cannot be opened any more.",
                    withheld,
                )
            )
        page = template("gallery.html").render(
            lang=tag,
            id=result.id,
            label=label_of(result),
            value=with_interval(result),
            counts=of(result),
            told=told,
            sheets=tiles,
            place=_("Page {page} of {pages}", page=number, pages=last) if last > 1 else "",
            before=(_name(result.id, number - 1), _("Page before")) if number > 1 else None,
            after=(_name(result.id, number + 1), _("Next page")) if number < last else None,
            back=(f"../../report.{tag}.html", _("Back to the paper")),
            more=_("further copies that are not shown"),
            as_detected=_("As the software counted them; what a review corrects, it corrects in the number, not on this page."),
        )  # fmt: skip
        replace_file(self._folder / tag / _name(result.id, number), page.encode("utf-8"))

    def _tiles(self, names: Sequence[str]) -> Iterator[Mapping[str, Any]]:
        for name in names:
            if name not in self._open:
                continue
            file = self._folder / "pictures" / f"{name}.jpg"
            if not file.exists():
                found = self._thumbnails.jpegs([name])
                if name not in found:
                    continue
                replace_file(file, found[name])
            holder, width, height = self._facts[name]
            yield {
                "address": f"../pictures/{file.name}",
                "caption": _("{holder}, {size}", holder=called(holder), size=f"{width}\u00a0x\u00a0{height}"),
            }


def _name(result_id: str, number: int) -> str:
    return f"{result_id}.html" if number == 1 else f"{result_id}.page-{number}.html"
