"""AI-labelled images that look like an earlier picture without that label. A look-alike is not an infringement.

The detector proposes them by likeness, and opens both; re-creations that share a subject and no composition escape it, and
nobody has reviewed the rest yet. Copies that are equal by digest are one picture whose label got lost or was added on the
way: they look alike because they are the same, and are left out.
"""

from collections import defaultdict

import pandas as pd

from dedupelab.evidence.copies.population import Population
from dedupelab.evidence.metadata.ai import ai_labelled
from dedupelab.numbers.intervals import UNCHECKED, share_interval
from dedupelab.numbers.messages import Message, message
from dedupelab.numbers.results import Result, share
from dedupelab.tables import LINKS
from dedupelab.values.dates import Span, parse_date, precedes

LINKED, LISTED = LINKS[3:], ("variant", "undecided")
"""Links between pictures that are alike and not equal, and relations that are listed and never counted as duplication, but make two pictures look alike."""


def look_alikes(people: Population, pairs: pd.DataFrame) -> list[Result]:
    """Return M13 (all, linked, listed only) and how many AI-labelled images have no date to be judged by.

    An image counts when a picture without an AI label that is linked to it, or listed beside it as variant or undecided,
    was certainly made earlier by what both files say.
    """
    found = alike(people, pairs)
    labelled = people.hashed.loc[ai_labelled(people.hashed)[0], "image_id"]
    chosen, undated = len(labelled), len(found["M13.undated"])
    silent, works = labelled.isin(found["M13.undated"]).to_numpy(), people.shown[labelled].to_numpy()

    def result(result_id: str, label: Message, how: Message) -> Result:
        return share(
            result_id, label, len(found[result_id]), (chosen - undated, message("AI-labelled images with a date of creation")),
            UNCHECKED, how,
            grade="C", caveats=(_CAVEAT,),
        )  # fmt: skip

    return [
        result("M13", message("AI-labelled look-alikes of an earlier picture"), message("AI-labelled images linked to, or listed as variant or undecided beside, an image without that label whose date of creation is certainly earlier.")),
        result("M13.linked", message("AI-labelled look-alikes linked to an earlier picture"), message("AI-labelled images linked to an image without that label whose date of creation is certainly earlier.")),
        result("M13.listed", message("AI-labelled look-alikes listed beside an earlier picture"), message("AI-labelled images listed as variant or undecided beside an image without that label whose date of creation is certainly earlier, and linked to no such image.")),
        share(
            "M13.undated", message("AI-labelled images without a date of creation"), undated, (chosen, message("AI-labelled images")),
            share_interval(silent, works), message("AI-labelled images whose files name no date of creation: not judged."),
        ),
    ]  # fmt: skip


def alike(people: Population, pairs: pd.DataFrame) -> dict[str, set[str]]:
    """Return the images that M13, M13.linked, M13.listed and M13.undated count."""
    images = people.hashed["image_id"]
    chosen = images[ai_labelled(people.hashed)[0]].tolist()
    dates = dict(zip(images, people.hashed["date_created"], strict=True))
    dated = {name: span for name in chosen if (span := _span(dates[name])) is not None}
    linked, listed = _neighbours(people, pairs, set(dated), set(images) - set(chosen))
    by_link = {name for name, span in dated.items() if _earlier(linked[name], dates, span)}
    by_list = {name for name, span in dated.items() if _earlier(listed[name], dates, span)} - by_link
    return {
        "M13": by_link | by_list,
        "M13.linked": by_link,
        "M13.listed": by_list,
        "M13.undated": set(chosen) - set(dated),
    }


def _neighbours(
    people: Population, pairs: pd.DataFrame, chosen: set[str], others: set[str]
) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """For each chosen image, the others it is linked to (also through copies of one work) and listed beside."""
    linked, listed = defaultdict[str, set[str]](set), defaultdict[str, set[str]](set)
    for into, relations in ((linked, LINKED), (listed, LISTED)):
        of = pairs[pairs["relation"].isin(relations)]
        for left, right in zip(of["left"], of["right"], strict=True):
            for one, other in ((left, right), (right, left)):
                if one in chosen and other in others:
                    into[one].add(other)
    digests = {
        row[0]: {digest for digest in row[1:] if isinstance(digest, str)}
        for row in people.members[["image_id", "sha256", "payload_sha256", "pixel_sha256"]].itertuples(
            index=False
        )
    }
    for _, unit in people.members[people.members["image_id"].isin(chosen | others)].groupby("unit")[
        "image_id"
    ]:
        names = set(unit)
        for name in names & chosen:
            linked[name] |= {other for other in names & others if not digests[name] & digests[other]}
    return linked, listed


def _earlier(names: set[str], dates: dict[str, object], span: Span) -> bool:
    spans = (_span(dates[name]) for name in names)
    return any(each is not None and precedes(each, span) for each in spans)


def _span(date: object) -> Span | None:
    return parse_date(date) if isinstance(date, str) else None


_CAVEAT = message(
    "look-alikes, unreviewed: a likeness says nothing of how a picture was made or of anybody's rights, and re-creations "
    "that share no composition are not found"
)
