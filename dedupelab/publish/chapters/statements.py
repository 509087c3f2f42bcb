"""What a submission states of itself: limits, contrary findings, assurance, interests, data, those affected, assumptions."""

from collections.abc import Iterator

import pandas as pd

from dedupelab.evidence.money.scenarios import OWN
from dedupelab.numbers.results import Input, Result
from dedupelab.publish.chapters import wording
from dedupelab.publish.chapters.letter import MAY
from dedupelab.publish.chapters.material import Material
from dedupelab.publish.chapters.method import privacy
from dedupelab.publish.chapters.numbering import Numbering
from dedupelab.publish.chapters.trail import value_of
from dedupelab.publish.language.language import (
    _,
    called,
    day,
    joined,
    number,
    original,
    plural,
    told,
    unmarked,
    word,
)
from dedupelab.publish.paper.document import (
    Block,
    BulletList,
    Column,
    Heading,
    Paragraph,
    Reference,
    Table,
    Text,
)
from dedupelab.registers.register_fields import SOURCE_TYPES


def limits(material: Material, chapter: list[Block]) -> list[Block]:
    """Return chapter 10 with what the submitter adds: what is not shown, contrary findings, standards not met."""
    profile = material.consultation
    if profile is None:
        return chapter
    given = profile.limits
    last = max(
        (
            int(block.number.rpartition(".")[2])
            for block in chapter
            if isinstance(block, Paragraph) and block.number
        ),
        default=0,
    )
    say = Numbering("10", last)
    unshown = tuple(map(original, given.not_shown)) or (
        _("Page one says what this study does not show; the submitter adds nothing."),
    )
    contrary = [*contrary_findings(material), *map(original, given.contrary)]
    blocks: list[Block] = [
        *chapter,
        Heading(2, _("What this does not show"), id="section-not-shown"),
        *(say(text) for text in unshown),
        Heading(2, _("Findings that speak against the case made"), id="section-contrary"),
        *(say(text) for text in contrary or [_("None was found, and the submitter states none.")]),
    ]
    if given.unmet:
        blocks += [
            say.says("Further standards that could not be met, and why:"),
            BulletList(
                [
                    _("{standard}: {reason}", standard=original(each.standard), reason=original(each.reason))
                    for each in given.unmet
                ]
            ),
        ]
    return blocks


def contrary_findings(material: Material) -> Iterator[str]:
    """Return what the study's own numbers say against its case, whatever the submitter would like to say."""
    numbers = material.numbers
    if storage := numbers.known("M3"):
        yield _(
            "Storing the surplus copies cost {amount}. Deleting all of them would save no more, were every link right.",
            amount=wording.with_interval(storage),
        )
    yield from (
        _(
            "Over the declared window of settings this number does not hold: {label}, {values}.",
            label=wording.label_of(result),
            values=wording.with_interval(result),
        )
        for result in numbers.results.values()
        if result.id.endswith(".window") and result.value is not None and result.robust is False
    )
    losing = [
        _("{label}, {values}", label=wording.option_name(result), values=wording.with_interval(result))
        for result in numbers.below("S")
        if result.id.count(".") == 1 and result.value is not None and result.value < 0
    ]
    if losing:
        yield _(
            "Under the study's inputs these options cost more than they bring, as present value of benefits less costs: {options}.",
            options=joined(losing, "; "),
        )


def statements(material: Material) -> Iterator[Block]:
    """Return chapter 11 of a submission: who computed, checked, paid and gains; data; confidentiality; those affected."""
    profile = material.consultation
    assert profile is not None
    say = Numbering("11")
    own, stated = profile.submission, _("not stated")
    owner = material.author("owner")
    computed = _(
        "Computed by: {analyst}. Checked by: {assurer}.",
        analyst=profile.assurance.analyst or stated,
        assurer=profile.assurance.assurer or stated,
    )
    if profile.assurance.day:
        checked = _("Checked on {day}.", day=day(profile.assurance.day))
        computed = _("{first} {second}", first=computed, second=checked)
    assurance, interests, data = profile.assurance, profile.interests, profile.data
    yield Heading(1, _("Assurance, interests and data"), number="11", id="section-assurance")
    yield say.says(
        "Answerable for the study: {owner}. Handed in by: {submitter}.",
        owner=owner or stated,
        submitter=material.author("submitter") or owner or stated,
    )
    yield say(_members(material))
    yield say(_(MAY[own.confidentiality]))
    yield Heading(2, _("Assurance statement"), id="section-assured")
    yield say(computed)
    if not assurance.by_another:
        yield say.says("No second person is named who checked the numbers.")
    yield say.says(
        "What was checked, and what remains open: {statement}",
        statement=original(assurance.statement) or stated,
    )
    yield say.says(
        "Whether threshold and criteria were set down before anything was counted: {registered}",
        registered=original(assurance.registered) or stated,
    )
    yield Heading(2, _("Funding and interests"), id="section-interests")
    yield say.says("Funding: {funding}", funding=original(interests.funding) or stated)
    yield say.says("Interests in the outcome: {interests}", interests=original(interests.interests) or stated)
    yield Heading(2, _("Data statement"), id="section-data")
    yield say.says("Available, and to whom: {available}", available=original(data.available) or stated)
    yield say.says("Not available, and why: {withheld}", withheld=original(data.withheld) or stated)
    yield say(privacy(material))
    yield say.says(
        "The tables behind every figure are in the run's folder (CSV and Parquet). The pictures themselves stay with their holders. "
        "Nothing here is legal advice."
    )
    yield from _affected(material, say)


def _members(material: Material) -> str:
    assert material.consultation is not None
    own = material.consultation.submission
    if not own.members:
        return _("No members are named for whom it is handed in.")
    asked = own.members_asked
    return _(
        "{first} {second}",
        first=_(
            "Members represented ({count:,}): {names}.", count=len(own.members), names=joined(own.members)
        ),
        second=plural(
            "{count:,} member was asked to take part.", "{count:,} members were asked to take part.", asked
        )
        if asked is not None
        else _("How many were asked to take part is not stated."),
    )


def _affected(material: Material, say: Numbering) -> Iterator[Block]:
    assert material.consultation is not None
    affected = material.consultation.affected
    none = _("not collected")
    yield Heading(2, _("Affected businesses, and small and medium enterprises"), id="section-affected")
    if affected.group:
        rows: list[list[Text]] = [
            [
                original(group.name),
                original(group.how) or none,
                none if group.businesses is None else number(group.businesses),
                *(original(given) or none for given in (group.size, group.share_of_harm, group.source)),
            ]
            for group in affected.group
        ]
        yield say.pieces(
            "Kinds of business that the matter concerns are given in {table}.",
            table=Reference("table-affected"),
        )
        yield Table(
            "table-affected",
            _("Affected businesses"),
            [
                Column(_("Kind of business"), width=1.6),
                Column(_("How it is affected"), width=2.8),
                Column(_("Businesses"), "right", width=1.1),
                Column(_("Size of business"), width=1.3),
                Column(_("Share of harm"), width=1.2),
                Column(_("Source"), width=1.8),
            ],
            rows,
        )
    else:
        yield say.says("Affected businesses, their number, size and share of the harm: not collected.")
    yield say.says("Views of small and medium enterprises: {views}", views=original(affected.smes) or none)


def assumptions(material: Material) -> list[Block]:
    """Return the assumptions log: every input that was supplied, who says so and answers for it, and how much depends on it."""
    used = used_inputs(material)
    if not used:
        return []
    log = material.money.get("assumption", pd.DataFrame())
    entries = {str(row["id"]).rpartition(".")[2]: row for row in log.to_dict("records")}
    ranks = impact_ranks(material.money.get("tornado", pd.DataFrame()), {each.name for _option, each in used})
    rows: list[list[Text]] = []
    with unmarked():
        for option, given in sorted(
            used, key=lambda each: (ranks.get(each[1].name, len(ranks) + 1), each[1].name, each[0])
        ):
            entry = entries.get(given.name, {})
            name = word(given.name)
            rows.append(
                [
                    _("{name} ({option})", name=name, option=called(option)) if option else name,
                    value_of(given),
                    _sourced(given),
                    ", ".join(called(str(entry[name])) for name in ("owner", "date") if entry.get(name))
                    or "–",
                    str(ranks.get(given.name, "–")),
                ]
            )
    return [
        Heading(1, _("assumptions log"), id="annex-assumptions"),
        Table(
            "table-assumptions",
            _("Assumptions, by how much the comparison of options depends on them"),
            [
                Column(_("Input"), width=2),
                Column(_("Value"), width=2.2),
                Column(_("Source"), width=3.6),
                Column(_("Owner, date"), width=1.5),
                Column(_("Rank"), "right", width=0.7),
            ],
            rows,
            note=_(
                "Sources stand as they were written. Where no owner is named, {owner} answers for it. Rank: by the largest change of any option's present value between P10 and P90 of the "
                "input, the others held; – where no option rests on it. A triangle is given by its ends and the most likely value, a lognormal by P50 and P90.",
                owner=material.author("owner") or _("nobody"),
            ),
        ),
    ]


def _sourced(given: Input) -> str:
    kind = word(given.source_type) if given.source_type in SOURCE_TYPES else _("none")
    return _("{name}: {value}", name=kind, value=told(given.source) or _("none"))


def used_inputs(material: Material) -> list[tuple[str, Input]]:
    """Return the inputs that somebody supplied, each value once, with the option that alone has it; what the study counted itself is none."""
    found: dict[tuple[str, str, str], Input] = {}
    for result in material.numbers.results.values():
        for given in supplied_to(result):
            option = result.about("option") if given.name in OWN else ""
            found.setdefault((option, given.name, str(given.value)), given)
    return [(option, given) for (option, _name, _value), given in found.items()]


def supplied_to(result: Result) -> list[Input]:
    """Return the inputs of a number that were supplied rather than counted in tables or taken from other results."""
    return [each for each in result.inputs if each.supplied]


def impact_ranks(tornado: pd.DataFrame, names: set[str]) -> dict[str, int]:
    """Return the named inputs by the largest swing of any option's present value, 1 for the largest."""
    if not len(tornado):
        return {}
    swing = (tornado["net_at_p90"] - tornado["net_at_p10"]).abs().groupby(tornado["input"]).max()
    ordered = swing[swing > 0].sort_values(ascending=False, kind="stable")
    return {str(name): place for place, name in enumerate((n for n in ordered.index if n in names), 1)}
