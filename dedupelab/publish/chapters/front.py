"""Page one: the main points, and what they do not show."""

from dedupelab.numbers.headlines import SENTENCES, Headline, headlines
from dedupelab.numbers.messages import N_
from dedupelab.numbers.results import Result
from dedupelab.publish.chapters import wording
from dedupelab.publish.chapters.accuracy import limit
from dedupelab.publish.chapters.material import Material
from dedupelab.publish.language.language import _, number, pieces
from dedupelab.publish.paper.document import Block, Callout, MainPoints, Point, Run, Strong

TARGETS = {
    "M1": "section-extent", "M1b": "section-extent", "M1x": "section-extent", "M4": "section-overlap",
    "M5": "section-whose", "M6b": "section-whose", "M7": "section-whose", "M7s": "section-whose",
    "M12": "section-ai", "M3": "section-harm", "M8": "section-harm",
}  # fmt: skip
LIMITS = (
    (
        N_(
            "A picture that looks like another is not an infringement. This paper counts copies; it does not say who owns a "
            "picture, who may use it, or whether anybody did wrong."
        )
    ),
    (
        N_(
            "The figures describe the collections named here on the day they were read. They are not estimates for the whole "
            "sector, and look-alikes that were redrawn, retaken or generated are not counted."
        )
    ),
)


def front(material: Material) -> list[Block]:
    """Return the blocks of page one: at most seven headlines, each with interval, grade and target."""
    points = []
    for headline in headlines(material.numbers.results.values()):
        result = material.numbers[headline.result]
        points.append(
            Point(
                sentence(headline, result),
                interval=_("({interval})", interval=sure) if (sure := wording.named_interval(result)) else "",
                grade=wording.grade(result),
                target=TARGETS.get(result.id.split(".")[0]),
                result=result.id,
            )
        )
    return [
        MainPoints(_("Main points"), points),
        Callout(
            _("What this does not show"),
            [*unread(material), _(LIMITS[0]), limit(material), *map(_, LIMITS[1:])],
        ),
    ]


def unread(material: Material) -> list[str]:
    """Say on page one that pictures could not be read, and whether that is more than the study tolerates."""
    bad, hashed = material.numbers["N.unreadable"].value or 0, material.numbers["N.hashed"].value or 0
    if not bad:
        return []
    limit = material.config.scan.tolerance
    beyond = (
        _(", more than the {limit:.0%} this study tolerates", limit=limit)
        if bad > limit * (bad + hashed)
        else ""
    )
    return [
        _(
            "{bad:,.0f} of {all:,.0f} pictures could not be read{beyond}. They are in none of these shares.",
            bad=bad,
            all=bad + hashed,
            beyond=beyond,
        )
    ]


def sentence(headline: Headline, result: Result) -> list[Run]:
    """Return the headline's sentence with its value set apart."""
    # The unit stands with the value, so the sentence's own place for it is empty.
    value = wording.figure(result)
    if result.lower_bound:
        value = _("At least {value}", value=value)
    found = pieces(
        SENTENCES[headline.result],
        value=Strong(value),
        numerator=number(result.numerator or 0),
        denominator=number(result.denominator or 0),
    )
    return [run for part in found for run in (part if isinstance(part, list) else [part])]
