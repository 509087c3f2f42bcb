"""The review room: a widget for JupyterLab in which a reviewer decides pair after pair, by keyboard.

It brings together a desk (which pair, whose decision), contact sheets, the meter, and the front end.
"""

import html
import threading
from collections.abc import Callable, Hashable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dedupelab.errors import DedupelabError, LabelError
from dedupelab.lab.contact import ContactSheets
from dedupelab.lab.counts import counted
from dedupelab.lab.desk import KEYS, Desk, Shown, Task, named
from dedupelab.lab.laid import jpeg
from dedupelab.lab.search_screen import SearchScreen
from dedupelab.lab.tally import Tally
from dedupelab.review.gold import planted
from dedupelab.review.labels import OF_FILES
from dedupelab.study.planted import PlantedCopies
from dedupelab.study.study import Study
from dedupelab.work.progress import Progress

if TYPE_CHECKING:
    from dedupelab.lab.front import RoomWidget

LONGEST = 900
"""Longer side in pixels of a picture as it is shown first."""
DETAIL = 2400
"""The same once somebody zooms in."""
TILE = 320
KEPT = 3
"""Pairs whose laid pictures are remembered, for an undo."""


def review_room(study: Study, reviewer: str = "", *, metadata: bool = False) -> "RoomWidget":
    """Return the review room of a study; nothing is computed before somebody gives a name in it.

    Parameters
    ----------
    study
        The study; pairs that fingerprints miss are looked for when the review begins.
    reviewer
        Fills in the name that the room asks for first.
    metadata
        Whether both files' metadata are shown from the start; each decision's note says so.
    """
    return Room(study, reviewer, metadata=metadata).widget


class Room:
    """What the room does when a person does something; the state of the review itself is on disk."""

    def __init__(self, study: Study, reviewer: str = "", *, metadata: bool = False) -> None:
        from dedupelab.lab.front import RoomWidget  # noqa: PLC0415  widgets load only where there is a notebook

        self.study, self.metadata = study, metadata
        self.desk: Desk | None = None
        self.sheets: ContactSheets | None = None
        self.search: SearchScreen | None = None
        self.copies = PlantedCopies(study)
        self.group = 0
        self._number = 0
        self._ready: Future[tuple[Task | None, Shown | None]] | None = None
        self._maker = ThreadPoolExecutor(1, "review ahead")
        self._layer = ThreadPoolExecutor(1, "review laid")
        self._lock = threading.RLock()
        self._laid: dict[Task, Shown] = {}
        self.widget = RoomWidget()
        self.tally = Tally(self.widget)
        self.widget.still = f"<p>{html.escape(self._standing())}</p>"
        self.widget.view = {"screen": "name", "name": reviewer, "study": study.name, "message": ""}
        self.widget.on_msg(lambda _widget, content, _buffers: self.hear(content))

    def hear(self, said: dict[str, Any]) -> None:
        """Do what a person asked for; what goes wrong is shown and loses nothing."""
        actions: dict[str, Callable[[dict[str, Any]], None]] = {
            "name": self._begin,
            "label": self._label,
            "undo": self._undo,
            "metadata": self._metadata,
            "places": self._places,
            "detail": self._detail,
            "last": self._last,
            "group": self._group,
            "tiles": self._tiles,
            "search": self._search,
            "feedback": self._feedback,
            "pair": lambda _said: self._show("Back to the sample."),
        }
        try:
            with self._lock:
                actions[str(said.get("do"))](said)
        except (DedupelabError, OSError) as problem:
            self._say(str(problem), alarm=True)

    def _begin(self, said: dict[str, Any]) -> None:
        name = named(str(said.get("name", "")))
        asked = self.widget.view
        self.widget.view = {
            "screen": "wait",
            "message": "Looking for the pairs to ask; the first time takes a while.",
        }
        try:
            # The stored pairs will do: with labels given since, matching would join all groups anew.
            if self.study.review().detected.empty:
                self.study.match(bars=self._bars)
            self.study.propose(bars=self._bars)
        except DedupelabError:
            self.widget.view = asked
            raise
        holders = {c.name: c.holder for c in self.study.config.collection}
        review = self.study.review()
        images = review.images
        self.desk = Desk(
            replace(review, images=images[KEYS]),
            images,
            self.copies.picture,
            holders,
            self.study.fold,
            self.copies.facts,
        )
        self.desk.begin(name)
        self.tally.begin(self.desk.review)
        decided = self.desk.review.decided
        # Gold pairs count like any other, or the count would tell which they are.
        done = sum(
            int((rows["reviewer"] == self.desk.reviewer).sum()) for rows in (decided.placed, decided.gold)
        )
        self._show(f"Welcome, {self.desk.reviewer}. You have decided {counted(done, 'pair')} so far.")

    def _label(self, said: dict[str, Any]) -> None:
        desk = self._desk()
        if said.get("n") != self._number:
            return  # meant for a pair that is no longer there: a key held down decides nothing
        seconds = said.get("seconds")
        desk.after, ready = self._ready.result() if self._ready else (None, None)
        decision = desk.answer(
            str(said.get("label")),
            note=str(said.get("note", "")),
            seconds=None if seconds is None else float(seconds),
        )
        self.tally.count(decision.stratum, 1)
        self._show(f"Saved: {decision.label}.", ready)

    def _undo(self, _said: dict[str, Any]) -> None:
        taken = self._desk().undo()
        if taken is not None and taken.purpose in OF_FILES:
            files = self._desk().review.files
            own = files.loc[files["draw"] == taken.draw, "image"]
            self._searching().again(str(own.iloc[0]) if len(own) else "", "Taken back. Answer again.")
            return
        self.tally.count(taken.stratum if taken else "", -1)
        self._show(
            f"Taken back: {taken.label}. Decide again."
            if taken
            else "There is nothing of yours to take back; what you decided before you were told how you did stands."
        )

    def _search(self, said: dict[str, Any]) -> None:
        if said.get("n") == self._number:
            self._searching().hear(said)
            self.tally.count()

    def _searching(self) -> SearchScreen:
        if self.search is None:
            self.search = SearchScreen(self.study, self._desk(), self._put)
        return self.search

    def _feedback(self, _said: dict[str, Any]) -> None:
        """Show how the reviewer answered what was known before, once nothing is left to ask."""
        desk = self._desk()
        if desk.task is not None:
            self._say("What was known before is told once nothing is left to ask.")
            return
        told = desk.review.feedback(desk.reviewer)
        wrong = told[~told["right_answer"]].to_dict("records")
        right = len(told) - len(wrong)
        self._put(
            {
                "screen": "feedback",
                "message": f"{right} of {len(told)} pairs whose answer was known before were answered as is true.",
                "tiles": [
                    {"jpeg": jpeg(desk.open(str(row[side]), TILE))}
                    for row in wrong
                    for side in ("left", "right")
                ],
                "said": [[row["label"], self._truth(row)] for row in wrong],
            }
        )

    def _truth(self, row: Mapping[Hashable, Any]) -> str:
        if not row["copies"]:
            return "two different pictures"
        for name in (str(row["left"]), str(row["right"])):
            if planted(name):
                return f"one was made from the other for this review ({self.copies.kind(name)})"
        return "digests prove that both show the same picture"

    def _put(self, view: dict[str, Any]) -> None:
        self._number += 1
        self.widget.view = {"n": self._number, "alarm": False, **view}

    def _metadata(self, _said: dict[str, Any]) -> None:
        self.widget.view = self.widget.view | {"metadata": self._facts()}

    def _places(self, said: dict[str, Any]) -> None:
        desk = self._desk()
        if desk.task is None or said.get("n") != self._number or self.widget.view.get("places"):
            return
        known = self._laid.get(desk.task) or desk.show(desk.task, LONGEST)
        found = desk.places(known)
        drawn = {"left": [*map(list, found.left)], "right": [*map(list, found.right)], "words": str(found)}
        self.widget.view = self.widget.view | {"places": drawn}

    def _detail(self, said: dict[str, Any]) -> None:
        desk = self._desk()
        if desk.task is None or said.get("n") != self._number or self.widget.view.get("detail"):
            return
        shown = desk.show(desk.task, DETAIL)
        if shown.pictures:
            regions = shown.regions and [list(box) for box in shown.regions]
            more = {"pictures": dict(shown.pictures), "regions": regions, "laid": True, "detail": True}
            self.widget.view = self.widget.view | more

    def _last(self, _said: dict[str, Any]) -> None:
        self._say(self._desk().revealed() or "Names and holders are shown once nothing is left to ask.")

    def _group(self, said: dict[str, Any]) -> None:
        desk = self._desk()
        if self.sheets is None:
            self.sheets = ContactSheets(desk.review, self.study.groups(), self.study.members())
        if not self.sheets.names:
            self._say("There is no group with different files.")
            return
        self.group = (self.group + int(said.get("step", 0))) % len(self.sheets.names)
        self._sheet("")

    def _tiles(self, said: dict[str, Any]) -> None:
        if self.sheets is None or said.get("n") != self._number:
            return
        tiles = self.sheets.tiles(self.sheets.names[self.group])
        places = [int(place) for place in said.get("places", ())]
        chosen = [tiles[place] for place in places if 0 < place < len(tiles)]
        open_ = {
            tile.image: str(said["label"])
            for tile in chosen
            if not tile.locked and tile.label != said["label"]
        }
        saved = self.sheets.answer(self.sheets.names[self.group], open_, reviewer=self._desk().reviewer)
        self.tally.count()
        locked = any(tile.locked for tile in chosen)
        self._sheet(
            f"Saved: {len(saved)} × {said['label']}." + (" Some are asked in the sample." if locked else "")
        )

    def _show(self, message: str, ready: Shown | None = None) -> None:
        desk = self._desk()
        self._number += 1
        if desk.task is None:
            self.widget.view = {
                "screen": "done",
                "n": self._number,
                "message": f"{message} {self._standing()}".strip(),
            }
            return
        task = desk.task
        known = self._laid.get(task)
        shown = known or ready or desk.show(task, LONGEST, laid=False)
        if shown.problem:
            desk.unseen()
        self.widget.view = {
            "screen": "pair",
            "n": self._number,
            "purpose": desk.task.purpose,
            "reviewer": desk.reviewer,
            "pictures": dict(shown.pictures),
            "sizes": {name: list(size) for name, size in shown.sizes.items()},
            "regions": shown.regions and [list(box) for box in shown.regions],
            "metadata": self._facts() if self.metadata else None,
            "places": None,
            "laid": known is not None,
            "detail": False,
            "message": shown.problem or message,
            "alarm": bool(shown.problem),
        }
        self._ready = self._maker.submit(self._ahead)
        if known is None and not shown.problem:
            self._layer.submit(self._lay, task, self._number)

    def _sheet(self, message: str) -> None:
        desk, sheets = self._desk(), self.sheets
        if sheets is None:
            return
        name = sheets.names[self.group]
        self._number += 1
        self.widget.view = {
            "screen": "group",
            "n": self._number,
            "title": f"Group {self.group + 1} of {len(sheets.names)}",
            "tiles": [
                {"jpeg": jpeg(desk.open(tile.image, TILE)), "label": tile.label, "locked": tile.locked}
                for tile in sheets.tiles(name)
            ],
            "message": message,
        }

    def _ahead(self) -> tuple[Task | None, Shown | None]:
        """Make the next pair ready while somebody looks at this one."""
        task = self._desk().ahead()
        if task is None:
            return None, None
        self._layer.submit(self._lay, task, self._number + 1)
        return task, self._desk().show(task, LONGEST, laid=False)

    def _lay(self, task: Task, number: int) -> None:
        """Lay a pair's pictures on each other, unless it has gone by; its turn in the room may come while this works."""
        if number < self._number:
            return
        shown = self._laid.get(task) or self._desk().show(task, LONGEST)
        with self._lock:
            self._laid = {**dict(list(self._laid.items())[-KEPT:]), task: shown}
            view = self.widget.view
            if (
                view.get("screen") == "pair"
                and self._desk().task == task
                and not view["laid"]
                and not view["detail"]
            ):
                regions = shown.regions and [list(box) for box in shown.regions]
                self.widget.view = view | {"pictures": dict(shown.pictures), "regions": regions, "laid": True}

    def _facts(self) -> list[list[str]]:
        return [[fact.field, fact.left, fact.right, fact.state] for fact in self._desk().look()]

    def _desk(self) -> Desk:
        if self.desk is None:
            raise LabelError("expected a name first, got none; type it above")
        return self.desk

    def _say(self, message: str, *, alarm: bool = False) -> None:
        self.widget.view = self.widget.view | {"message": message, "alarm": alarm}

    def _bars(self, label: str) -> Progress:
        def advance(done: int, total: int) -> None:
            self.widget.view = {
                "screen": "wait",
                "message": f"{label[:1].upper()}{label[1:]}: {done:,} of {total:,}",
            }

        return advance

    def _standing(self) -> str:
        review = self.study.review()
        said = review.decided.reviewed
        people = len(set(review.decided.placed["reviewer"]))
        return (
            f"{counted(len(said), 'pair')} decided by {people} "
            f"{'person' if people == 1 else 'people'}; the sample asks for {review.size:,}."
        )
