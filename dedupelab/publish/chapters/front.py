"""Page one: the case in words and one picture, which a reader who turns no page takes away."""

from dataclasses import replace

from dedupelab.numbers.headlines import FEWEST_COUNTED, OTHERS, SENTENCES, Headline, headlines
from dedupelab.numbers.messages import N_
from dedupelab.numbers.results import Result
from dedupelab.publish.chapters import wording
from dedupelab.publish.chapters.accuracy import limit
from dedupelab.publish.chapters.material import Material
from dedupelab.publish.chapters.wording import Numbers
from dedupelab.publish.language.language import _, joined, number, original, pieces, plural, told
from dedupelab.publish.paper.document import (
    Block,
    Callout,
    Definitions,
    Figure,
    MainPoints,
    Paragraph,
    Point,
    Run,
    Strong,
    Text,
)

CHAPTERS = {
    **dict.fromkeys(("N", "M15"), "section-scope"),
    **dict.fromkeys(("M1", "M1b", "M1x", "M1p", "M2", "M16"), "section-extent"),
    **dict.fromkeys(("M4", "M4j"), "section-overlap"),
    **dict.fromkeys(("M5", "M5s", "M5i", "M5c", "M6", "M6b", "M7", "M7s"), "section-whose"),
    **dict.fromkeys(("M12", "M12w", "M13"), "section-ai"),
    **dict.fromkeys(("M", "M3", "M8", "M9", "M10a", "M10b", "M10c", "M14"), "section-harm"),
    "S": "section-options",
    "M11": "section-trend",
    **dict.fromkeys(("V", "K"), "section-checked"),
}
"""Where a number is shown, by the first part of its id; the others are in the annex."""
LINES = ("M3", "M9", "M10a", "M14", "M10b")
LEADING = ("waterfall", "overlap")
"""Figures of which the first that there is stands on page one, not in its chapter."""
WIDTH = 0.7
"""Share of the page that it takes, so that page one holds it."""
LIMITS = (
    N_(
        "A picture that looks like another is not an infringement. This paper counts copies; it does not say who owns a "
        "picture, who may use it, or whether anybody did wrong."
    ),
    N_(
        "The figures describe the collections named here on the day they were read. They are not estimates for the whole "
        "sector, and look-alikes that were redrawn, retaken or generated are not counted."
    ),
)


def front(material: Material) -> list[Block]:
    """Return page one: what was asked, what was found and costs, whom, what would change it, what is not known; and a picture."""
    return [*case(material), *leading_figures(material)]


def case(material: Material, *, linked: bool = True) -> list[Block]:
    """Return the case in words: the question, at most seven points, whom it costs, what would change it, what is not known.

    `linked` says whether each point leads to its section: a summary that stands alone has none.
    """
    points = main_points(material, linked=linked)
    too_little = _(
        "Behind every share are fewer than {fewest} pictures, works or groups: too few to lead with. The paper gives the counts.",
        fewest=FEWEST_COUNTED,
    )
    around = [*_whom(material), *_remedy(material.numbers, material.config.scenarios.horizon)]
    return [
        Paragraph(asked(material)),
        points if points.points else Paragraph(too_little),
        *([Definitions(around)] if around else []),
        Callout(
            _("What this does not show"),
            [
                *_unpriced(material),
                *_unattributed(material.numbers),
                *unread(material),
                *unsought(material),
                _(LIMITS[0]),
                limit(material),
                *map(_, LIMITS[1:]),
            ],
        ),
    ]


def leading_figures(material: Material) -> list[Figure]:
    """Return the picture that says more than the points: how the harm adds up, else who holds the same works."""
    found = next((material.figures[name] for name in LEADING if name in material.figures), None)
    return [] if found is None else [replace(found, width=WIDTH)]


def placed(material: Material, name: str) -> list[Figure]:
    """Return a figure for its chapter; nothing where there is none, or where it stands on page one."""
    found = material.figures.get(name)
    leads = {figure.id for figure in leading_figures(material)}
    return [] if found is None or found.id in leads else [found]


def main_points(material: Material, *, linked: bool = True) -> MainPoints:
    """Return the leading numbers, each with its interval and grade."""
    points = []
    for headline in headlines(material.numbers.results.values(), material.config.report.main_points):
        result = material.numbers[headline.result]
        points.append(
            Point(
                sentence(headline, result),
                interval=_("({interval})", interval=sure) if (sure := wording.named_interval(result)) else "",
                grade=wording.grade(result, simulated=material.config.review.simulated),
                target=shown_in(result) if linked else None,
                result=result.id,
            )
        )
    title = _("What was found, and what it costs") if priced(material.numbers) else _("What was found")
    return MainPoints(title, points)


def priced(numbers: Numbers) -> bool:
    """Whether any line of harm could be estimated."""
    return any(line is not None and line.value is not None for line in map(numbers.get, LINES))


def shown_in(result: Result) -> str:
    """Return the section that shows a number, or would."""
    return CHAPTERS.get(result.id.split(".")[0], "annex-numbers")


def asked(material: Material) -> str:
    """Say what was asked, and what was looked at to answer it."""
    pictures, count = material.numbers.count("N.hashed"), len(material.config.collection)
    looked = plural(
        "{pictures:,.0f} pictures of {count:,} collection were compared.",
        "{pictures:,.0f} pictures of {count:,} collections were compared.",
        count,
        pictures=pictures,
    )
    profile = material.consultation
    if profile is None or not profile.question:
        return looked
    questions = plural(
        "{consultation} asks {count:,} question.",
        "{consultation} asks {count:,} questions.",
        len(profile.question),
        consultation=material.author("consultation"),
    )
    return _("{first} {second}", first=questions, second=looked)


def _whom(material: Material) -> list[tuple[str, Text]]:
    """Say on whom the added harm falls, as far as the submitter named groups, and how much of it is due to duplication."""
    total, profile = material.numbers.known("M.sum"), material.consultation
    if total is None:
        return []
    net = material.numbers.known("M.sum.net")
    said = [
        _(
            "The sum is {share:.0%} of all costs in its lines: the part that is due to duplication.",
            share=total.attribution or 0.0,
        )
    ]
    if net:
        said.append(
            _(
                "Less what would have come without it as well, as far as anybody supplied that, it is {net}.",
                net=wording.with_interval(net),
            )
        )
    if profile is not None and profile.affected.group:
        groups = joined((original(group.name) for group in profile.affected.group), "; ")
        said.append(_("The submitter names as affected: {groups}.", groups=groups))
    return [(_("Whom it costs"), _sentences(said))]


def _remedy(numbers: Numbers, horizon: int) -> list[tuple[str, Text]]:
    """Say which option came out highest, and how many exceed doing nothing; nothing where none was computed."""
    options = [
        r for r in numbers.below("S") if r.id.count(".") == 1 and r.about("option") and r.value is not None
    ]
    if not options:
        return []
    best = max(options, key=lambda r: (r.value or 0.0, r.id))
    above = sum((r.value or 0.0) > 0 for r in options)
    said = [
        plural(
            "{above} of {count:,} option compared is expected to bring more than it costs over {horizon} years, under the inputs supplied.",
            "Expected to bring more than they cost over {horizon} years, under the inputs supplied: {above} of {count:,} options compared.",
            len(options),
            above=above,
            horizon=horizon,
        ),
        _(
            "The highest is {option}: {value}.",
            option=wording.option_name(best),
            value=wording.with_interval(best),
        ),
    ]
    return [(_("What would change it"), _sentences(said))]


def _unpriced(material: Material) -> list[str]:
    """Name the lines of harm that nobody supplied the inputs of, or say that no line has them; nothing where all have."""
    known = [r for r in map(material.numbers.get, LINES) if r is not None]
    lacking = [told(r.label) for r in known if r.value is None]
    if not lacking:
        return []
    if not priced(material.numbers):
        return [
            _("What duplication costs: nobody supplied the prices, times or registers to estimate it from.")
        ]
    return [_("Not estimated, for want of inputs: {lines}.", lines=joined(lacking, "; "))]


def _unattributed(numbers: Numbers) -> list[str]:
    """Say that the register's incidents do not show any share of theirs to be due to duplication, where the disputes' cost rests on such a share."""
    measured, disputes = numbers.get("M9a"), numbers.get("M9")
    if (
        measured is None
        or measured.interval is None
        or disputes is None
        or not wording.rests_on(disputes, "M9a")
    ):
        return []
    if not measured.interval[0] <= 0 <= measured.interval[1]:
        return []
    return [
        _(
            "The {incidents:,.0f} incidents on record do not show that disputes come with duplication: chance alone could have given them. "
            "{used:.0%} of their cost is counted as due to it, the mean of what they allow.",
            incidents=measured.denominator,
            used=disputes.attribution or 0.0,
        )
    ]


def _sentences(said: list[str]) -> str:
    whole = said[0]
    for sentence in said[1:]:
        whole = _("{first} {second}", first=whole, second=sentence)
    return whole


def unread(material: Material) -> list[str]:
    """Say on page one that pictures could not be read, and whether that is more than the study tolerates."""
    bad, hashed = material.numbers.count("N.unreadable"), material.numbers.count("N.hashed")
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


def unsought(material: Material) -> list[str]:
    """Say on page one what a quick run did not look for."""
    if material.gear != "quick":
        return []
    return [
        _(
            "This run used the quick gear: strong crops, screenshots and overlays were not looked for, and such copies may be missing "
            "from these figures."
        )
    ]


def sentence(headline: Headline, result: Result) -> list[Run]:
    """Return the headline's sentence with its value set apart."""
    # The unit stands with the value, so the sentence's own place for it is empty.
    value = wording.figure(result)
    if result.lower_bound:
        value = _("At least {value}", value=value)
    own = headline.result in SENTENCES
    found = pieces(
        SENTENCES[headline.result] if own else OTHERS,
        value=Strong(value),
        label=wording.label_of(result),
        numerator=number(wording.part(result)),
        denominator=number(result.denominator or 0),
    )
    return [run for part in found for run in (part if isinstance(part, list) else [part])]
