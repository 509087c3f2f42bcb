"""The desk at which one reviewer works: which pair lies on it, what may be seen of it, and where the decision goes.

It knows nothing of widgets. The reviewer sees pictures; file names and holders only once nothing is left to ask, and never what
the detector decided; where it found the two to differ only when asked for, which the decision's note says.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pandas as pd
from PIL import Image

from dedupelab.errors import CollectionError, LabelError
from dedupelab.lab.counts import counted
from dedupelab.lab.laid import carried, jpeg, lay
from dedupelab.match.compare.alignment import Matrix, inverse
from dedupelab.match.compare.regions import Box
from dedupelab.match.compare.verdicts import listed
from dedupelab.review.gold import planted
from dedupelab.review.labels import CHOICES, GOLD, Content, Decision, decide, known_as
from dedupelab.review.review import Review
from dedupelab.tables import METADATA
from dedupelab.values.chinese_scripts import Fold, as_written
from dedupelab.values.normalise import compare

LOOKED = "[metadata shown]"
"""Ends the note of a decision that was made with both files' metadata in sight."""
PLACED = "[places shown]"
"""The same of the places that the detector listed: not drawn unless asked for, as they tell that it looked closely."""
NAMED = "[names shown]"
"""The same of a pair that was taken back after its names had been told."""
SILENT = ("ai_label", "c2pa", "disagreements")
"""Metadata columns that say nothing of two files to an editor, or in another form."""
_STATES = {"equal": "equal", "compatible": "compatible", "conflict": "differ", "missing": "one"}
UNKNOWN = "cannot-tell"
KEYS = [
    "image_id", "width", "height", "collection", "status", "bytes", "sha256", "payload_sha256",
    "pixel_sha256", "phash", "information",
]  # fmt: skip
"""What a review reads of the images table; without the other columns it answers several times as fast."""

Open = Callable[[str, int], Image.Image]
"""Opens an image_id at a longest side in pixels; raises CollectionError."""


@dataclass(frozen=True)
class Task:
    """A pair to look at, in the order in which it is shown."""

    left: str
    right: str
    purpose: str = "first"


@dataclass(frozen=True)
class Shown:
    """A pair as JPEG bytes (`left`, `right`, `onto`, `difference`), its sizes in pixels, and why it cannot be seen, if so."""

    pictures: Mapping[str, bytes]
    sizes: Mapping[str, tuple[int, int]]
    regions: tuple[Box, Box] | None = None
    problem: str = ""
    carry: Matrix | None = None
    """Of parts of left to parts of right, where one could be laid on the other."""


@dataclass(frozen=True)
class Places:
    """Where two pictures differ, as parts of left and of right; right has none where nothing leads there."""

    left: tuple[Box, ...] = ()
    right: tuple[Box, ...] = ()

    def __str__(self) -> str:
        """Say it in words, of the picture that is known best; the same whether none were found or none looked for."""
        if not self.left and not self.right:
            return "No places are listed at which these two differ."
        count = len(self.left or self.right)
        where = listed(self.left or self.right)
        return f"Differs at {counted(count, 'place')}: {where}."


@dataclass(frozen=True)
class Fact:
    """What two files say on one field; `state` is equal, compatible, differ or one (only one says anything)."""

    field: str
    left: str
    right: str
    state: str = ""


@dataclass
class Desk:
    """One reviewer's desk.

    Parameters
    ----------
    review
        Of `Study.review`, with all columns of images or only `KEYS`.
    fold
        How values of metadata are read before they are compared, of `Study.fold`.
    made
        What a planted copy says of itself, by its name.
    """

    review: Review
    files: pd.DataFrame
    open: Open
    holders: Mapping[str, str] = field(default_factory=dict)
    fold: Fold = as_written
    made: Callable[[str], Mapping[str, object]] = lambda _name: {}
    reviewer: str = ""
    task: Task | None = None
    after: Task | None = None
    looked: bool = False
    placed: bool = False
    last: Task | None = None
    told: Task | None = None
    _seen: bool = True

    def begin(self, name: str) -> Task | None:
        """Sit down under a name; return the first pair.

        Raises
        ------
        LabelError
            If it is no name: labels are attributable.
        """
        self.reviewer = known_as(self.review.labels, named(name))
        return self.next()

    def next(self) -> Task | None:
        """Put the next pair on the desk; None when there is nothing left to ask."""
        self._put(self.ahead())
        return self.task

    def ahead(self) -> Task | None:
        """Return what is asked after the pair on the desk, so that it can be made ready while somebody looks at that one."""
        waiting = self.review.pending(self.reviewer).head(2)
        rows = waiting[["left", "right", "purpose"]].itertuples(index=False)
        return next((task for task in (Task(*map(str, row)) for row in rows) if task != self.task), None)

    def show(self, task: Task, longest: int = 900, *, laid: bool = True) -> Shown:
        """Return the pictures of a pair at a longest side; a file that is gone or broken is said, not raised.

        Parameters
        ----------
        longest
            Pixels of a picture's longer side at most.
        laid
            Whether to lay one on the other too, which takes longer than all the rest.
        """
        try:
            left, right = (self.open(name, longest) for name in (task.left, task.right))
        except CollectionError:
            # The error names the file, and with it the holder.
            return Shown(
                {}, {}, problem="a picture of this pair cannot be opened any more: scan the study again"
            )
        sizes = {"left": left.size, "right": right.size}
        if not laid:
            return Shown({"left": jpeg(left), "right": jpeg(right)}, sizes)
        found = lay(left, right)
        pictures = {"left": left, "right": right, "onto": found.onto, "difference": found.difference}
        drawn = {name: jpeg(each) for name, each in pictures.items()}
        return Shown(drawn, sizes, found.regions, carry=found.carry)

    def unseen(self) -> None:
        """Note that the pair on the desk could not be shown."""
        self._seen = False

    def look(self) -> list[Fact]:
        """Return both files' metadata; the decision on this pair will say that they were in sight."""
        if self.task is None:
            return []
        self.looked = True
        return facts(self._row(self.task.left), self._row(self.task.right), self.fold)

    def places(self, shown: Shown) -> Places:
        """Return where the pair on the desk differs, as the table of pairs lists it; the decision will say that it was in sight.

        Parameters
        ----------
        shown
            The pair, laid on each other: the table lists places of its own left, the other picture's follow from the map.
        """
        if self.task is None:
            return Places()
        self.placed = True
        pair = self.task.left, self.task.right
        detected = self.review.detected
        found = detected[(detected["left"] == min(pair)) & (detected["right"] == max(pair))]["differences"]
        boxes: list[list[float]] = json.loads(found.iloc[0]) if len(found) and found.iloc[0] else []
        own = tuple((x0, y0, x1, y1) for x0, y0, x1, y1 in boxes)
        turned = pair[0] > pair[1]
        carry = inverse(shown.carry) if turned and shown.carry is not None else shown.carry
        other = () if carry is None else tuple(carried(box, carry) for box in own)
        return Places(other, own) if turned else Places(own, other)

    def answer(self, label: str, *, note: str = "", seconds: float | None = None) -> Decision:
        """Save the decision on the pair on the desk, then put the next one there: `after` where that is known already.

        Raises
        ------
        LabelError
            If nobody sits here, nothing lies here, the label is none, or the pictures could not be seen.
        OutputError
            If it cannot be written: the pair stays on the desk.
        """
        task = self.task
        if task is None:
            raise LabelError("expected a pair on the desk, got none; everything is reviewed")
        if not self._seen and label != UNKNOWN:
            raise LabelError(
                f"expected {UNKNOWN} on a pair that cannot be shown, got {label!r}; scan the study again"
            )
        marks = ((LOOKED, self.looked), (PLACED, self.placed), (NAMED, task == self.told))
        seen = [mark for mark, was in marks if was]
        noted = " ".join([note.strip(), *seen]).strip()
        decision = self.review.decide(
            task.left, task.right, label, reviewer=self.reviewer, note=noted, seconds=seconds, purpose=task.purpose
        )  # fmt: skip
        self.last = task
        if self.after is None:
            self._put(None)
            self.next()
        else:
            self._put(self.after)
        return decision

    def undo(self) -> Decision | None:
        """Take this reviewer's last decision back, of this session or an earlier one, and put its pair on the desk again."""
        taken = self.review.undo(self.reviewer)
        if taken is None:
            return None
        files = self.files.dropna(subset=["sha256"]).drop_duplicates("sha256")
        known = files.set_index("sha256")["image_id"]
        pair = [known.get(digest) for digest in (taken.left_sha256, taken.right_sha256)]
        asked = pd.concat([self.review.sheet, self.review.gold])
        asked = asked.loc[asked["draw"] == taken.draw, ["left", "right"]]
        if len(asked) and taken.draw:
            # It lies as it did.
            pair = list(asked.iloc[0])
        self._put(None)
        if None in pair:
            self.next()
        else:
            # A gold pair lies there again as it did: like any other.
            self._put(Task(str(pair[0]), str(pair[1]), "first" if taken.purpose == GOLD else taken.purpose))
        self.last = None
        return taken

    def revealed(self) -> str:
        """Say which files and holders the pair decided last was of; nothing while anything is left to ask.

        A planted copy has no name: to keep back the names of such pairs alone would tell which they are.
        """
        if self.last is None or self.task is not None:
            return ""
        pair = self.last.left, self.last.right
        if any(map(planted, pair)):
            return "One of the two was made for this review."
        self.told = self.last
        return "; ".join(
            f"{side}: {self.whose(name)}" for side, name in zip(("left", "right"), pair, strict=True)
        )

    def whose(self, image: str) -> str:
        """Return a file's path and its holder."""
        row = self._row(image)
        return f"{row['path']}, {self.holders.get(str(row['collection'])) or row['collection']}"

    def _row(self, image: str) -> Mapping[str, object]:
        if planted(image):
            return self.made(image)
        row = self.files[self.files["image_id"] == image].iloc[0]
        return {str(name): value for name, value in row.items()}

    def _put(self, task: Task | None) -> None:
        self.task, self.after, self.looked, self.placed, self._seen = task, None, False, False, True


def named(name: str) -> str:
    """Return a reviewer's name as labels keep it.

    Raises
    ------
    LabelError
        If it is no name.

    Examples
    --------
    >>> named(" Ada  Lovelace ")
    'Ada Lovelace'
    """
    return decide(Content("a"), Content("b"), CHOICES[0], reviewer=name).reviewer


def facts(left: Mapping[str, object], right: Mapping[str, object], fold: Fold = as_written) -> list[Fact]:
    """Return what two files say of themselves by their rows of images; fields on which both are silent are left out.

    Whether they differ is the report's own rule (`values.normalise`); `fold` says how values are read first.
    """
    rows = (left, right)
    said = {
        "size in pixels": [f"{row['width']} × {row['height']}" for row in rows],
        "file format": [str(row["format"]) for row in rows],
        "file size in bytes": [f"{row['bytes']:,}" for row in rows],
    }
    said |= {
        column.name: [_text(row.get(column.name)) for row in rows]
        for column in METADATA
        if column.name not in SILENT
    }
    return [
        Fact(
            name.replace("_", " "),
            one,
            other,
            "equal" if one == other else _STATES[compare(name, one, other, fold)],
        )
        for name, (one, other) in said.items()
        if one or other
    ]


def _text(value: object) -> str:
    if value is None or value is pd.NA or value != value:  # noqa: PLR0124  NaN
        return ""
    return {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)
