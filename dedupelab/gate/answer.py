"""What the gate says: an answer for each upload, with the held copies that speak for it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from dedupelab.tables import LINKS, RELATIONS

Said = Literal["held", "near", "new", "unreadable"]
SAID: tuple[Said, ...] = get_args(Said)
Region = tuple[float, float, float, float]
"""Left, upper, right and lower end, in parts of width and height."""
RIGHTS = (
    "credit", "creator", "copyright_owner", "copyright_notice", "licensor", "usage_terms", "web_statement",
)  # fmt: skip
"""Columns of images that say whose a picture is; the first that is stated is shown as its credit."""


@dataclass(frozen=True)
class Copy:
    """One held picture near an upload: who holds it, what it says of its rights, and what relation it has."""

    relation: str
    verified: bool
    """Whether digests or pixels were compared: a near fingerprint alone proves nothing."""
    reason: str
    score: float
    distance: int
    """Bits in which the fingerprints differ under the transform."""
    transform: str
    features: int
    """Local features that lie alike, where these led to the picture and not its fingerprint; otherwise 0."""
    upload_region: Region | None
    """The part of the upload that shows what the held picture shows, where they were laid on each other."""
    held_region: Region | None
    """That part of the held picture."""
    holder: str
    collection: str
    path: str
    image_id: str
    credit: str
    """The first of `RIGHTS` that the picture states; empty where it states none."""
    rights: dict[str, str]
    """All of `RIGHTS` that it states."""

    @property
    def linked(self) -> bool:
        """Whether the relation counts as duplication."""
        return self.relation in LINKS


@dataclass(frozen=True)
class Answer:
    """What the gate says of one upload.

    `held`: some relation is a link. `near`: none is, and some near picture was not here to be compared. `new`: neither.
    """

    upload: str
    said: Said
    reason: str
    copies: tuple[Copy, ...]
    milliseconds: float
    """What the lookup in the index took; reading and comparing pictures apart."""

    def facts(self) -> dict[str, Any]:
        """Return the answer as JSON can say it."""
        return asdict(self)


def answered(upload: str, copies: Sequence[Copy], milliseconds: float, *, blank: bool) -> Answer:
    """Return the answer that some copies amount to, the strongest first.

    `blank` says that the upload shows next to nothing, so that only digests were looked up.
    """
    ordered = sorted(copies, key=_strength)
    links = [copy for copy in ordered if copy.linked]
    said: Said = "held" if links else "near" if any(not copy.verified for copy in ordered) else "new"
    if links:
        holders = sorted({copy.holder for copy in links})
        reason = f"{links[0].relation}: {links[0].reason}; held by {', '.join(holders)}"
    elif ordered:
        # What was not compared decides; otherwise why the nearest is no copy.
        telling = next((copy for copy in ordered if not copy.verified), ordered[0])
        how = (
            f"{telling.features} local features lie as in"
            if telling.features
            else f"{telling.distance} bits from"
        )
        reason = f"{telling.reason}; {how} a picture of {telling.holder}"
    else:
        reason = "nothing near is held"
    if blank and not links:
        reason = f"{reason}; it shows so little that only digests were compared"
    return Answer(upload, said, reason, tuple(ordered), milliseconds)


def summary(answers: Sequence[Answer]) -> dict[str, Any]:
    """Return what `dedupelab screen --json` prints and the gate over HTTP sends: how many of each, and every answer."""
    counts: dict[str, Any] = {said: sum(answer.said == said for answer in answers) for said in SAID}
    return counts | {"uploads": [answer.facts() for answer in answers]}


def _strength(copy: Copy) -> tuple[int, bool, int, str, str]:
    return RELATIONS.index(copy.relation), copy.verified, copy.distance, copy.collection, copy.path
