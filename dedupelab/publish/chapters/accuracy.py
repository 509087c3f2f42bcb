"""How the numbers were checked: what people looked at, what they saw, and what planted copies say of the detector."""

from collections.abc import Iterator
from dataclasses import replace

from dedupelab.numbers.messages import N_
from dedupelab.numbers.results import Result
from dedupelab.publish.chapters import wording
from dedupelab.publish.chapters.material import Material
from dedupelab.publish.chapters.numbering import Numbering
from dedupelab.publish.chapters.wording import Numbers
from dedupelab.publish.language.language import _, number, pieces, plural, told
from dedupelab.publish.paper.document import Block, Column, Heading, Reference, Table, Text

NOT_REVIEWED = N_(
    "Nobody has reviewed a sample of pairs in this run: precision and recall on these collections are unknown."
)
LONGEST = 12
"""Strata of a review that the paper lists; more are in the spreadsheet."""
DRAFT = N_("Draft: not reviewed by people")


def corrected(material: Material) -> bool:
    """Whether the headline numbers are corrected by a review."""
    surplus = material.numbers.get("M1")
    return surplus is not None and surplus.raw is not None


def draft(material: Material) -> str:
    """Say in the document's head how far the review went."""
    reviewed = material.numbers.get("V.reviewed")
    if reviewed is None or not reviewed.value:
        return _(DRAFT)
    if not corrected(material):
        return _("Draft: review begun, {reviewed:,.0f} pairs so far", reviewed=wording.count(reviewed))
    if material.config.review.simulated:
        return _("Draft: the review of {reviewed:,.0f} pairs is simulated", reviewed=wording.count(reviewed))
    return _("Draft: {reviewed:,.0f} pairs reviewed by people", reviewed=wording.count(reviewed))


def limit(material: Material) -> str:
    """Say on page one who checked the links."""
    if not corrected(material):
        return _(
            "The links between pictures were found by software and have not been checked by people in this run. Shares that rest "
            "on them are graded C; shares that rest on digests alone are graded A."
        )
    numbers = material.numbers
    if material.config.review.simulated:
        return _(
            "The review is simulated: invented reviewers answered for {reviewed:,.0f} of the pairs, drawn by chance within strata, and no person "
            "looked at any. Shares graded B are corrected by these answers (surplus copies: {m1} as the software linked them); those graded C "
            "are not.",
            reviewed=numbers.count("V.reviewed"),
            m1=wording.figure(_raw(numbers["M1"])),
        )
    return _(
        "People checked {reviewed:,.0f} of the pairs, drawn by chance within strata. Shares graded B are corrected "
        "by what they saw (surplus copies: {m1} as the software linked them); those graded C are not.",
        reviewed=numbers.count("V.reviewed"),
        m1=wording.figure(_raw(numbers["M1"])),
    )


def checked(material: Material, say: Numbering) -> Iterator[Block]:
    """Return the part of chapter 7 on review and calibration; `say` numbers its paragraphs on."""
    yield Heading(2, _("How the numbers were checked"), id="section-checked")
    numbers = material.numbers
    if numbers.get("V.reviewed") is None:
        yield say(_(NOT_REVIEWED))
    else:
        if material.config.review.simulated:
            yield say.says(
                "The review is simulated: the reviewers are invented, and no person looked at a pair."
            )
        for text in _told(material):
            yield say(text)
        strata = numbers.below("V.stratum")
        title = _("What reviewers answered in each stratum of the sample")
        yield (
            _table("table-strata", title, strata, _("Stratum"))
            if len(strata) <= LONGEST
            else say.says(
                "What reviewers answered in each of the {count:,} strata is in the spreadsheet that goes with this paper.",
                count=len(strata),
            )
        )
        yield from (material.figures[name] for name in ("accuracy",) if name in material.figures)
    planted = numbers.below("K.recall")
    if planted:
        yield say.says(
            "Known edits of {pictures:,.0f} pictures of these collections were planted and looked for with this study's "
            "settings: {k_recall} of the edited copies were linked to their original, and "
            "{false_part:,.0f} links joined different pictures. Planted edits need not be those that occur.",
            pictures=numbers.count("K.pictures"),
            k_recall=numbers.say("K.recall"),
            false_part=wording.part(numbers["K.false"]),
        )
        yield from ([say(_corrected_files(numbers))] if numbers.get("V.files") is not None else [])
        yield _table(
            "table-planted", _("Planted copies that were found, by kind of edit"), planted, _("Edit")
        )
    else:
        yield say.says("The detector was not calibrated with planted copies on these collections.")


def _corrected_files(numbers: Numbers) -> str:
    files, flagged = numbers["V.files"], numbers["M1b"]
    if files.value is None:
        return _("What planted copies say of the share of pictures with a copy could not be computed.")
    return _(
        "With these recalls, and {alone} of the edited pictures linked to no other, the share of pictures with a copy would be "
        "{files} ({interval}; {flagged} as the detector flagged them): as far as copies are edited as the planted ones were.",
        alone=numbers.say("K.alone"),
        files=wording.figure(files),
        interval=wording.interval(files),
        flagged=wording.quantity(flagged.value or 0 if flagged.raw is None else flagged.raw, "fraction"),
    )


def _told(material: Material) -> Iterator[Text]:
    numbers = material.numbers
    reviewed, twice = numbers["V.reviewed"], numbers["V.twice"]
    yield plural(
        "{reviewed:,.0f} of {reviewed_whole:,.0f} pairs drawn for review were decided by {count:,} reviewer. A review "
        "shows neither relation, score nor collection; {twice:,.0f} pairs were decided by two. "
        "{disputes:,.0f} disputes and {open:,.0f} pairs on which no reviewer could tell are not counted; "
        "{absent:,.0f} labels are of pictures no longer held.",
        "{reviewed:,.0f} of {reviewed_whole:,.0f} pairs drawn for review were decided by {count:,} reviewers. A review "
        "shows neither relation, score nor collection; {twice:,.0f} pairs were decided by two. "
        "{disputes:,.0f} disputes and {open:,.0f} pairs on which no reviewer could tell are not counted; "
        "{absent:,.0f} labels are of pictures no longer held.",
        int(numbers.count("V.reviewers")),
        reviewed=wording.count(reviewed),
        reviewed_whole=reviewed.denominator,
        twice=wording.count(twice),
        disputes=numbers.count("V.disputes"),
        open=numbers.count("V.open"),
        absent=numbers.count("V.absent"),
    )
    kappa = numbers["V.kappa"]
    if kappa.value is not None:
        yield (
            _(
                "On pairs that two decided they agreed beyond chance with kappa {kappa:.2f} ({kappa_interval}).",
                kappa=wording.count(kappa),
                kappa_interval=wording.interval(kappa),
            )
            if kappa.interval is not None
            else _(
                "On pairs that two decided they agreed beyond chance with kappa {kappa:.2f}; these pairs give no interval.",
                kappa=wording.count(kappa),
            )
        )
    repeats, missed = numbers.known("V.repeats"), numbers.get("V.missed")
    if repeats:
        yield _(
            "Asked again, one person said the same on {repeats} of pairs; that is no agreement between people.",
            repeats=wording.with_interval(repeats),
        )
    if missed is not None:
        yield (
            _(
                "No random file was searched for among all others, so copies that nothing proposed are not counted: totals read at least."
            )
            if missed.value is None
            else _(
                "Of {files:,.0f} random files that were searched for among all others, {missed} had a copy that no detector proposed.",
                files=missed.denominator,
                missed=wording.with_interval(missed),
            )
        )
    if corrected(material):
        yield _(
            "Of the links that no digest proves, {v_precision} were copies; of all copies among the pairs examined or "
            "proposed, {v_recall} had been linked. Copies that no detector proposed are in neither.",
            v_precision=numbers.say("V.precision"),
            v_recall=numbers.say("V.recall"),
        )
        yield _(
            "Intervals of corrected totals: {how}. Where reviewers err alike on the same pairs, or more often than on pairs whose answer is "
            "known, these miss the truth more often than they say.",
            how=told(numbers["M1"].interval_method),
        )
        yield pieces(
            "The sample is stratified by what an error would change: links that hold works together, and pairs that would join works, apart "
            "from those that only repeat others; then by relation, support, ends, distance and reach. Errors were counted along "
            "the links that hold works together, so that no chain of links inflates a total. Intervals corrected so are for these collections as read; how often such "
            "intervals held the truth in simulated studies is in {table}.",
            table=Reference("table-coverage-review"),
        )
    else:
        yield _(
            "Too few of the drawn pairs were decided to correct any number: all stay as the detector linked them."
        )


def _table(name: str, title: str, results: list[Result], first: str) -> Table:
    rows = [
        [
            wording.label_of(result),
            number(result.denominator or 0),
            number(wording.part(result)),
            "–" if result.value is None else wording.figure(result),
            "–" if result.value is None else wording.interval(result),
        ]
        for result in results
    ]
    return Table(
        name,
        title,
        [
            Column(first, width=3.4),
            Column(_("Reviewed"), "right", width=0.9),
            Column(_("Copies"), "right", width=0.8),
            Column(_("Share"), "right", width=0.9),
            Column(_("95 % interval"), "right", width=1.4),
        ],
        rows,
        note=_("Jeffreys or Wilson intervals; census: every pair of the stratum was reviewed."),
    )


def _raw(result: Result) -> Result:
    return replace(result, value=result.raw)
