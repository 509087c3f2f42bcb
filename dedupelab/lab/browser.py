"""The browser of groups for JupyterLab: all groups, filtered and sorted; one opened copy by copy; what to do with them.

Only the rows in sight travel to the page, with their thumbnails; redactions are obeyed. What a person does is kept where the commands
keep it: lists of groups in the study's `lists/`, pairs in the review, intended copies in the register.
"""

import base64
import html
import re
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pandas as pd

from dedupelab.errors import ConfigError, DedupelabError, LabelError, OutputError
from dedupelab.lab.counts import counted
from dedupelab.lab.desk import named
from dedupelab.lab.opened_group import opened_group
from dedupelab.lab.shelf import SORTS, Shelf, Wanted
from dedupelab.study.study import Study
from dedupelab.study.thumbnails import Thumbnails
from dedupelab.tables.cells import guarded
from dedupelab.tables.whole_file import whole_file

if TYPE_CHECKING:
    from dedupelab.lab.front import BrowserWidget

AHEAD = 60
"""Rows sent at once at most."""
SOON = 0.1
"""Seconds after which the rows that are ready are sent."""
ROW_COPIES = 6
"""Copies shown in a row of the list."""
STILL = 6
"""Groups shown where there is no kernel."""
LISTS = "lists"
_NAME = re.compile(r"[\w][\w .-]{0,80}")


def group_browser(study: Study, number: str = "") -> "BrowserWidget":
    """Return the browser of a study's groups, or of those that a number counts.

    Keyboard: Tab moves between its parts; in the list the arrow keys, Page Up and Page Down choose, Enter opens, x selects.

    Parameters
    ----------
    study
        A study that was matched.
    number
        Id of the number, such as M5.creator; all groups when empty.

    Raises
    ------
    ConfigError
        If the number counts no rows.
    """
    return Browser(study, groups_behind(study, number) if number else None).widget


def groups_behind(study: Study, number: str) -> frozenset[str]:
    """Return the groups that a number counts, or in which the images or pairs lie that it counts."""
    rows = study.behind(number)
    if not {"group_id", "image_id", "left"} & {*rows.columns}:
        raise ConfigError(
            f"number: expected the id of one that counts pictures, got {number}; see study.behind({number!r}) for what it was made of"
        )
    if "group_id" in rows:
        return frozenset(rows["group_id"].dropna().astype(str))
    names = {str(name) for column in ("image_id", "left", "right") if column in rows for name in rows[column]}
    members = study.members()
    return frozenset(members.loc[members["image_id"].isin(names), "group_id"].astype(str))


class Browser:
    """What the browser does when a person does something."""

    def __init__(self, study: Study, only: frozenset[str] | None = None) -> None:
        from dedupelab.lab.front import BrowserWidget  # noqa: PLC0415  widgets load only where there is a notebook

        self.study, self.only = study, only
        self.shelf, self.thumbnails = Shelf.of(study), Thumbnails(study)
        self._rows = self.shelf.rows(Wanted(only=only))
        self._images: pd.DataFrame | None = None
        self.widget = BrowserWidget()
        self.widget.choices = {
            "institution": list(self.shelf.holders),
            "relation": list(self.shelf.relations),
            "conflict": list(self.shelf.conflicts),
            "authority": sorted(set(self.shelf.groups["authority"])),
            "reason": [[key, str(told)] for key, told in self.shelf.reasons.items()],
            "sort": [list(each) for each in SORTS.items()],
        }
        self.widget.index = self._index()
        self.widget.still = self._still()
        self.widget.on_msg(lambda _widget, content, _buffers: self.hear(content))

    def _still(self) -> str:
        """Return the first groups as a page without a kernel shows them."""
        told = []
        for row in self._rows[:STILL].tolist():
            facts, pictures = self.shelf.facts(row), self._pictures(row)
            shown = "".join(
                f"<img alt='' style='height:6em' src='data:image/jpeg;base64,{base64.b64encode(each).decode()}'> "
                for each in pictures
            )
            names = ", ".join(name for name, flags in self.shelf.holders.items() if flags[row])
            told.append(
                f"<p>{shown}<br>{facts['images']:,} copies: {html.escape(names)}; authority {facts['authority']}</p>"
            )
        return (
            "".join(told) + f"<p>{len(told)} of {len(self.shelf.groups):,} groups; JupyterLab shows all.</p>"
        )

    def _pictures(self, row: int) -> list[bytes]:
        names = [str(name) for name in self.shelf.images(row)["image_id"][:ROW_COPIES]]
        return list(self.thumbnails.jpegs(names).values())

    def hear(self, said: dict[str, Any]) -> None:
        """Do what a person asked for; what goes wrong is shown and loses nothing."""
        actions: dict[str, Callable[[dict[str, Any]], None]] = {
            "rows": self._send_rows,
            "filter": self._filter,
            "open": self._open,
            "keep": self._keep,
            "review": self._review,
            "intended": self._intended,
        }
        try:
            actions[str(said.get("do"))](said)
        except (DedupelabError, OSError) as problem:
            self._say(str(problem), alarm=True)

    def _index(self, message: str = "") -> dict[str, Any]:
        # Rows of an earlier index that are still on their way are told by the stamp.
        stamp = int(self.widget.index.get("stamp", 0)) + 1
        return {"total": len(self._rows), "all": len(self.shelf.groups), "stamp": stamp, "message": message}

    def _filter(self, said: dict[str, Any]) -> None:
        wanted = Wanted(
            institution=_text(said, "institution"),
            relation=_text(said, "relation"),
            conflict=_text(said, "conflict"),
            authority=_text(said, "authority"),
            reason=_text(said, "reason"),
            least=_number(said, "least"),
            most=_number(said, "most"),
            since=_number(said, "since"),
            until=_number(said, "until"),
            only=self.only,
            sort=_text(said, "sort") or "institutions",
        )
        self._rows = self.shelf.rows(wanted)
        count = len(self._rows)
        self.widget.index = self._index(counted(count, "group") + ".")

    def _send_rows(self, said: dict[str, Any]) -> None:
        start = max(0, int(said.get("from", 0)))
        rows = self._rows[start : min(start + AHEAD, int(said.get("to", 0)))]
        told: list[dict[str, Any]] = []
        buffers: list[bytes] = []
        stamp, begun = self.widget.index["stamp"], time.monotonic()
        for place, row in enumerate(rows.tolist(), start=1):
            pictures = self._pictures(row)
            told.append({**self.shelf.facts(row), "pictures": len(pictures)})
            buffers += pictures
            last = place == len(rows)
            # Thumbnails that are made for the first time take a while: what is there is shown meanwhile.
            if last or time.monotonic() - begun > SOON:
                content = {"kind": "rows", "from": start, "stamp": stamp, "rows": told, "last": last}
                self.widget.send(content, buffers)
                start, told, buffers, begun = start + len(told), [], [], time.monotonic()

    def _open(self, said: dict[str, Any]) -> None:
        row = self._row(str(said.get("group")))
        if self._images is None:
            self._images = self.study.images().set_index("image_id")
        shown = opened_group(self.study, self.shelf, self.thumbnails, self._images, row)
        buffers = [copy.pop("jpeg") for copy in shown["copies"]]
        self.widget.send({"kind": "group", **shown}, buffers)

    def _keep(self, said: dict[str, Any]) -> None:
        """Write groups as a list: one line a copy."""
        name = str(said.get("name", "")).strip()
        if not _NAME.fullmatch(name):
            raise ConfigError(
                f"expected a name for the list, of letters and digits, got {name[:40]!r}; type one"
            )
        chosen = [self._row(str(group)) for group in said.get("groups", ())]
        if not chosen:
            raise ConfigError("expected selected groups, got none; select some with x")
        members = pd.concat([self.shelf.images(row) for row in chosen])
        path = self.study.folder / LISTS / f"{name}.csv"
        if path.exists() and not said.get("over"):
            raise OutputError(f"expected a new name, got {name!r}, which is a list already; type another")
        columns = ["group_id", "image_id", "collection", "path", "role"]
        text = members[columns].map(lambda cell: guarded(str(cell))).to_csv(index=False, lineterminator="\n")
        with whole_file(path, parents=True) as partial:
            partial.write_text(text, encoding="utf-8-sig")
        self._say(f"Kept: {counted(len(chosen), 'group')} in {LISTS}/{path.name}.")

    def _review(self, said: dict[str, Any]) -> None:
        """Have the pair of chosen copies reviewed."""
        pair = [str(each) for each in said.get("images", ())]
        if len(pair) != 2:
            raise LabelError(f"expected two chosen copies, got {len(pair)}; choose one beside the first")
        new = self.study.review().ask(*pair, who=named(str(said.get("who", ""))))
        self._say("The pair is asked in the review." if new else "The pair was asked for already.")

    def _intended(self, said: dict[str, Any]) -> None:
        """Write into the register that copies are meant to exist."""
        who, reason = named(str(said.get("who", ""))), str(said.get("reason", "")).strip()
        entries = [
            {"asset": str(image), "reason": reason, "source": f"browser of groups, {who}"}
            for image in said.get("images", ())
        ]
        if not entries:
            raise ConfigError("expected chosen copies, got none; choose those that are meant to exist")
        done = self.study.registers.add("intended", entries, who=who)
        self._say(f"Written into the register of intended copies: {done.new:,} new.")

    def _row(self, group: str) -> int:
        found = (self.shelf.groups["group_id"] == group).to_numpy().nonzero()[0]
        if not len(found):
            raise ConfigError(f"expected a group of this study, got {group!r}; run the notebook again")
        return int(found[0])

    def _say(self, message: str, *, alarm: bool = False) -> None:
        self.widget.send({"kind": "said", "message": message, "alarm": alarm})


def _text(said: dict[str, Any], name: str) -> str:
    return str(said.get(name) or "").strip()


def _number(said: dict[str, Any], name: str) -> int:
    text = _text(said, name)
    if text and not text.isdecimal():
        raise ConfigError(f"expected a whole number, got {text[:20]!r}; correct it")
    return int(text or 0)
