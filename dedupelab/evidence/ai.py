"""How many images say that they are AI-made, and how many say nothing: bounds, because no label is not a human author."""

import pandas as pd

from dedupelab.evidence.intervals import Interval, share_interval
from dedupelab.evidence.population import Population
from dedupelab.evidence.results import Result, missing, share

AI_SOURCE_TYPES = (
    "trainedalgorithmicmedia",
    "compositewithtrainedalgorithmicmedia",
    "compositesynthetic",
    "algorithmicmedia",
)
"""IPTC digital source types, case-folded, that count as AI-made in whole or in part."""


def ai_labelled(images: pd.DataFrame) -> "tuple[pd.Series[bool], pd.Series[bool]]":
    """Return for each image whether it is labelled as AI-made, and whether it carries no source label at all."""
    source = images["digital_source_type"].fillna("").astype(str).str.strip()
    kind = source.str.rstrip("/").str.rsplit("/", n=1).str[-1].str.casefold()
    labelled = images["ai_label"].isin(["yes", "composite"]) | kind.isin(AI_SOURCE_TYPES)
    return labelled, ~labelled & (source == "")


def ai(people: Population) -> list[Result]:
    """Return M12 with its bounds, and its two parts with their own intervals."""
    labelled, silent = ai_labelled(people.hashed)
    with_label, without = int(labelled.sum()), int(silent.sum())
    total = len(people.hashed)
    whole = (total, "hashed images")
    bounds = (
        Interval((with_label / total, (with_label + without) / total), _BOUNDS)
        if total
        else share_interval(0, 0)
    )
    return [
        share(
            "M12", "Images labelled as AI-made", with_label, whole, bounds, f"{_COUNTED} {_CAUTION}",
            caveat="an image without a label is not evidence of a human author",
        ),
        share("M12.labelled", "Images labelled as AI-made, sampling interval", with_label, whole, share_interval(with_label, total), _COUNTED),
        share(
            "M12.unlabelled", "Images without any source label", without, whole, share_interval(without, total),
            "Images with neither a digital source type nor an AI label.",
        ),
        missing(
            "M13", "AI-labelled images that look like an earlier image without such a label", "fraction",
            ("a search for look-alikes that fingerprints miss", "a review of what it finds"), "Reviewed look-alikes over AI-labelled images.",
        ),
    ]  # fmt: skip


_BOUNDS = "bounds, not a sampling interval: labelled only, to labelled and unlabelled together"
_COUNTED = "Images whose IPTC digital source type or Content Credentials name AI in whole or in part."
_CAUTION = "The true share lies between the labelled share and the labelled with all unlabelled images."
