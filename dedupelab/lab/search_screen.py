"""The screen on which one file is looked for among all others: what it shows, and what a person does there."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from dedupelab.lab.counts import counted
from dedupelab.lab.desk import Desk
from dedupelab.lab.laid import jpeg
from dedupelab.lab.likeliest import Likeliest
from dedupelab.lab.search_desk import SearchDesk
from dedupelab.study.study import Study
from dedupelab.tables import DESCRIPTORS
from dedupelab.tables.contents import content_classes

LONGEST = 900
TILE = 240


class SearchScreen:
    """What happens on the screen of the search; `show` puts a view in front of the reviewer."""

    def __init__(self, study: Study, desk: Desk, show: Callable[[dict[str, Any]], None]) -> None:
        self._open, self._put = desk.open, show
        self.search = SearchDesk(desk.review, desk.files, likeliest(study), desk.reviewer)
        self._maker = ThreadPoolExecutor(1, "search ahead")
        self._close = ""
        self._at = 0

    def hear(self, said: dict[str, Any]) -> None:
        """Do what a person asked for."""
        actions: dict[str, Callable[[dict[str, Any]], str]] = {
            "begin": self._begin,
            "page": self._page,
            "narrow": self._narrow,
            "mark": self._mark,
            "compare": self._compare,
            "save": self._save,
            "person": self._person,
        }
        self._at = int(said.get("place", 0))
        self.show(actions[str(said.get("act"))](said))

    def again(self, file: str, message: str) -> None:
        """Look for a file once more, whose answer was taken back."""
        if file and file != self.search.file:
            self.search.take(file)
        self._close = ""
        self.show(message)

    def show(self, message: str) -> None:
        """Show the search as it stands."""
        desk = self.search
        done, drawn = desk.progress
        if not desk.file:
            self._put(
                {"screen": "searched", "message": message, "progress": [done, drawn], "tiles": [], "at": 0}
            )
            return
        self._put(
            {
                "screen": "search",
                "message": message,
                "file": jpeg(self._open(desk.file, LONGEST)),
                "facts": [list(each) for each in desk.facts],
                "tiles": [
                    {"jpeg": jpeg(self._open(name, TILE)), "chosen": name in desk.chosen}
                    for name in desk.tiles
                ],
                "close": jpeg(self._open(self._close, LONGEST)) if self._close else None,
                "at": max(0, min(self._at, len(desk.tiles) - 1)),
                "page": desk.page,
                "pages": desk.pages,
                "found": desk.found,
                "marked": len(desk.chosen),
                "words": desk.words,
                "date": desk.date,
                "person": desk.answered,
                "progress": [done, drawn],
            }
        )
        self._maker.submit(desk.prepare, desk.ahead())

    def _begin(self, _said: dict[str, Any]) -> str:
        if not self.search.file:
            self.search.next()
        return "Look for other copies of this picture; those that are known already are left out."

    def _page(self, said: dict[str, Any]) -> str:
        self._close, self._at = "", 0
        self.search.turn(int(said.get("step", 0)))
        return f"Page {self.search.page + 1} of {self.search.pages}."

    def _narrow(self, said: dict[str, Any]) -> str:
        self._close, self._at = "", 0
        self.search.narrow(str(said.get("words", "")), str(said.get("date", "")))
        count = self.search.found
        return f"{counted(count, 'picture')}, likeliest first."

    def _mark(self, _said: dict[str, Any]) -> str:
        name = self._chosen()
        self.search.mark(name)
        return (
            "Marked as a copy. Save what was found with e."
            if name in self.search.chosen
            else "Mark taken off."
        )

    def _compare(self, _said: dict[str, Any]) -> str:
        self._close = "" if self._close else self._chosen()
        return "Side by side with the file." if self._close else "Back to the grid."

    def _save(self, said: dict[str, Any]) -> str:
        saved = self.search.save(found=bool(said.get("found")))
        copies = len(saved) if said.get("found") else 0
        self._close, self._at = "", 0
        self.search.next()
        return f"Saved: {copies} found." if copies else "Saved: nothing found."

    def _person(self, said: dict[str, Any]) -> str:
        decision = self.search.person(str(said.get("answer")))
        return f"Saved: a person who can be recognised: {decision.label}."

    def _chosen(self) -> str:
        tiles = self.search.tiles
        return tiles[self._at] if 0 <= self._at < len(tiles) else ""


def likeliest(study: Study) -> Likeliest:
    """Return all pictures of a study, to be ranked beside one of them; with local descriptors where the study keeps them."""
    images = study.images()
    classes = content_classes(images)
    kept = study.table(DESCRIPTORS)
    by_content = dict(zip(kept["image_id"].map(classes), kept["descriptors"], strict=True))
    described = {str(name): by_content[content] for name, content in classes.items() if content in by_content}
    return Likeliest(images, described)
