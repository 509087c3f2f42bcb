"""How many images say that they are AI-made, and how many say nothing: bounds, because no label is not a human author.

How many arrive in a week is counted by the files' modification times, the only date that every file has.
"""

import numpy as np
import pandas as pd

from dedupelab.evidence.copies.population import Population
from dedupelab.numbers.intervals import DRAWS, NO_WHOLE, SEED, Interval, ratio_interval, share_interval
from dedupelab.numbers.messages import message
from dedupelab.numbers.results import Result, count, missing, share

AI_SOURCE_TYPES = (
    "trainedalgorithmicmedia",
    "compositewithtrainedalgorithmicmedia",
    "compositesynthetic",
    "algorithmicmedia",
)
"""IPTC digital source types, case-folded, that count as AI-made in whole or in part."""
HELD = ("valid", "trusted")
"""States of Content Credentials whose word counts."""
FEWEST_WEEKS, MOST_WEEKS = 12, 52
"""Weeks with files below which no weekly volume is given, and calendar weeks that are listed at most."""


def ai_labelled(images: pd.DataFrame) -> "tuple[pd.Series[bool], pd.Series[bool]]":
    """Return for each image whether it is labelled as AI-made, and whether it carries no source label at all.

    Content Credentials count where they are valid or trusted: what an invalid manifest says is said by nobody.
    """
    source = images["digital_source_type"].fillna("").astype(str).str.strip()
    held = images["c2pa"].isin(HELD)
    signed = images["c2pa_source_type"].fillna("").astype(str).where(held, "")
    labelled = images["ai_label"].isin(["yes", "composite"]) | names_ai(source) | names_ai(signed)
    return labelled, ~labelled & (source == "") & (signed == "")


def ai(people: Population) -> list[Result]:
    """Return M12 with its bounds, and its two parts with their own intervals."""
    labelled, silent = ai_labelled(people.hashed)
    with_label, without = int(labelled.sum()), int(silent.sum())
    total, works = len(people.hashed), people.shown.to_numpy()
    whole = (total, message("hashed images"))
    bounds = (
        Interval((with_label / total, (with_label + without) / total), _BOUNDS, "bounds")
        if total
        else NO_WHOLE
    )
    return [
        share(
            "M12", message("Images labelled as AI-made"), with_label, whole, bounds, message("{first} {second}", first=_COUNTED, second=_CAUTION),
            caveats=(message("an image without a label is not evidence of a human author"),),
        ),
        share("M12.labelled", message("Images labelled as AI-made, sampling interval"), with_label, whole, share_interval(labelled.to_numpy(bool), works), _COUNTED),
        share(
            "M12.unlabelled", message("Images without any source label"), without, whole, share_interval(silent.to_numpy(bool), works),
            message("Images with neither a digital source type nor an AI label, in XMP, Content Credentials that hold or a catalogue record."),
        ),
    ]  # fmt: skip


def weekly(people: Population, *, draws: int = DRAWS, seed: int = SEED) -> list[Result]:
    """Return M12w: AI-labelled images per week, and the count of each week; refused below twelve weeks with files.

    A week is of ISO 8601 and UTC. Weeks without files between others count as weeks without AI-labelled images.
    """
    series = weekly_series(people.hashed)
    filled = int((series["images"] > 0).sum())
    if filled < FEWEST_WEEKS:
        need = message(
            "modification times in at least {weeks} weeks (found {found})", weeks=FEWEST_WEEKS, found=filled
        )
        return [missing("M12w", _WEEKLY, "images per week", (need,), _WEEKS)]
    counts = series["labelled"].to_numpy(np.float64)
    mean = share(
        "M12w", _WEEKLY, float(counts.sum()), (len(series), message("weeks")),
        ratio_interval(counts, np.ones(len(counts)), draws=draws, seed=seed), _WEEKS, unit="images per week", caveats=(_MODIFIED,),
    )  # fmt: skip
    each = [
        count(
            f"M12w.{week}",
            message("AI-labelled images in week {week}", week=week),
            int(labelled),
            "images",
            (int(images), message("hashed images of that week")),
            _WEEKS,
            caveats=(_MODIFIED,),
        )
        for week, images, labelled in zip(series["week"], series["images"], series["labelled"], strict=True)
    ]
    return [mean, *each]


def weekly_series(images: pd.DataFrame) -> pd.DataFrame:
    """Return one row for each calendar week up to the last with files: week (2026-W07), images, labelled."""
    monday = arrivals(images)
    labelled = ai_labelled(images.loc[monday.index])[0].astype(int)
    summed = pd.DataFrame({"week": monday, "images": 1, "labelled": labelled}).groupby("week").sum()
    if len(summed):
        start = max(summed.index[0], summed.index[-1] - pd.Timedelta(weeks=MOST_WEEKS - 1))
        summed = summed.reindex(pd.date_range(start, summed.index[-1], freq="7D"), fill_value=0)
    names = [week_name(each) for each in summed.index]
    return summed.reset_index(drop=True).assign(week=names)[["week", "images", "labelled"]]


def arrivals(images: pd.DataFrame) -> "pd.Series[pd.Timestamp]":
    """Return the Monday of the week in which each image was modified."""
    days = pd.to_datetime(images["modified"].dropna(), utc=True).dt.tz_localize(None)
    return (days - pd.to_timedelta(days.dt.day_of_week, unit="D")).dt.normalize()


def week_name(monday: pd.Timestamp) -> str:
    """Return a week as ISO 8601 calls it, such as 2026-W07."""
    return f"{monday.isocalendar().year}-W{monday.isocalendar().week:02d}"


def names_ai(source_types: "pd.Series[str]") -> "pd.Series[bool]":
    """Whether one of several addresses, joined by '; ', ends in a term for AI-made pictures."""
    terms = source_types.str.casefold().str.split("; ")
    return terms.map(
        lambda several: any(each.rstrip("/").rpartition("/")[2] in AI_SOURCE_TYPES for each in several)
    ).astype(bool)


_BOUNDS = message("bounds, not a sampling interval: labelled only, to labelled and unlabelled together")
_COUNTED = message(
    "Images whose IPTC digital source type (by the file or its catalogue record), AI system or Content Credentials that hold name AI in whole or in part."
)
_CAUTION = message(
    "The true share lies between the labelled share and the labelled with all unlabelled images."
)
_WEEKLY = message("AI-labelled images per week")
_WEEKS = message(
    "Images labelled as AI-made by the ISO week (UTC) of the file's modification time, the last {weeks} weeks at most; weeks are drawn again for the interval.",
    weeks=MOST_WEEKS,
)
_MODIFIED = message("by the files' modification times; copying files anew moves them")
