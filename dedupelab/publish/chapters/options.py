"""Chapters 7 and 8: policy options compared under the study's inputs, and whether copies become more frequent."""

from collections.abc import Iterator

from dedupelab.evidence.money.options import Subject, screened
from dedupelab.numbers.messages import N_
from dedupelab.numbers.results import Result
from dedupelab.publish.chapters import wording
from dedupelab.publish.chapters.material import Material
from dedupelab.publish.chapters.numbering import Numbering
from dedupelab.publish.chapters.wording import Numbers
from dedupelab.publish.language.language import _, called, capital, joined, original, told, word
from dedupelab.publish.paper.document import Block, Column, Heading, Table

UNDER = N_("Under these inputs")
GREEN_BOOK = 0.035
"""Standard discount rate of HM Treasury's Green Book; no rate is published for Hong Kong."""


def options(material: Material) -> list[Block]:
    """Return chapter 7: present values, differences, who pays and who gains; its heading alone where no option could be computed."""
    numbers, settings = material.numbers, material.config.scenarios
    say = Numbering("7")
    blocks: list[Block] = [Heading(1, _("Options compared"), number="7", id="section-options")]
    whole = [r for r in numbers.below("S") if r.id.count(".") == 1 and not r.id.startswith("S.window")]
    known = [r for r in whole if r.value is not None]
    if not known:
        return blocks
    harm = material.config.harm
    blocks.append(
        say.says(
            "Options were compared with doing nothing over {horizon} years at a discount rate of "
            "{discount_rate:.1f} % ({whose}), in "
            "{currency} of {price_year}, each with licensed and with open-source "
            "screening where the price of either was given. The harm that an option can lessen is that of the lines added before, net where "
            "somebody supplied what would remain, and of the same organisations as the costs{scaled}. A copy "
            "held by two organisations is within reach only when both have adopted, so the reach across organisations grows with the square of "
            "adoption. This chapter states what follows from the inputs; it does not say what anybody ought to do.",
            horizon=settings.horizon,
            discount_rate=100 * settings.discount_rate,
            whose=_("the Green Book of HM Treasury")
            if settings.discount_rate == GREEN_BOOK
            else _("as the study chose"),
            currency=wording.CURRENCY_SIGNS.get(harm.currency, harm.currency),
            price_year=harm.price_year,
            scaled=_(", by the factor stated among the inputs") if _is_scaled(known) else "",
        )
    )
    blocks += [material.figures[name] for name in ("options",) if name in material.figures]
    blocks.append(_values(known, numbers))
    blocks.append(_yearly(known, numbers))
    blocks += [say(sentence) for sentence in option_sentences(numbers)]
    blocks += [material.figures[name] for name in ("adoption", "tornado") if name in material.figures]
    blocks += _payers(known, numbers)
    blocks += [
        say.says(
            "Not estimated: {label}, needs {needs}.",
            label=told(screened(r.subject)),
            needs=wording.needs(r),
        )
        for r in whole
        if r.value is None
    ]
    return blocks


def option_sentences(numbers: Numbers) -> Iterator[str]:
    """Return what is said of the options: how they differ, break-even prices, and whether that holds over the window."""
    for result in numbers.below("S.difference"):
        if result.value is not None:
            first, second = (_side(result, place) for place in ("first", "second"))
            yield _(
                "{under}, {first} exceeds {rest} by {result} in expected present value.",
                under=_(UNDER),
                first=told(screened(first, within=True)),
                rest=told(screened(second, within=True)),
                result=wording.with_interval(result),
            )
    shares = [r for r in numbers.below("S") if r.id.endswith(".best") and r.value]
    if shares:
        largest = sorted(shares, key=lambda r: (-(r.value or 0), r.id))[:3]
        listed = joined(
            (
                _(
                    "{option} in {share}",
                    option=told(screened(r.subject, within=True)),
                    share=wording.figure(r),
                )
                for r in largest
            ),
            "; ",
        )
        yield _(
            "{under}, the largest present value of all, doing nothing counted as an option, was that of {listed} of the draws.",
            under=_(UNDER),
            listed=listed,
        )
    for result in numbers.below("S"):
        middle = numbers.get(f"{result.id}.p50")
        if middle is not None and (result.value or 0.0) * (middle.value or 0.0) < 0:
            yield _(
                "{under}, {option} has an expected present value of {mean} and a median of {median}: few draws with large amounts decide the sign.",
                under=_(UNDER),
                option=told(screened(result.subject, within=True)),
                mean=wording.figure(result),
                median=wording.figure(middle),
            )
    for result in numbers.below("S"):
        if _is_licensed_price(result):
            if (result.value or 0.0) >= 0:
                what = _(
                    "benefits equal costs at a yearly price of screening of {result} for each organisation",
                    result=wording.figure(result),
                )
            else:
                what = _("expected benefits stay below the other costs even where screening is free")
            option = called(result.about("option"))
            yield _("{under}, {option}: {what}.", under=_(UNDER), option=option, what=what)
    window = numbers.get("S.window")
    if window is not None:
        yield _(
            "Which option comes first, and on which side of zero each lies: {window_caveat}.",
            window_caveat=told(window.caveat),
        )


def trend(material: Material) -> list[Block]:
    """Return chapter 8: weekly growth beyond random order, and what earlier runs found; its heading alone where there is neither."""
    say = Numbering("8")
    head = Heading(1, _("Trend"), number="8", id="section-trend")
    return [head, *_growth(material, say), *_runs(material, say)]


def _runs(material: Material, say: Numbering) -> list[Block]:
    """Return the figure of this study's runs that found something else than the one before."""
    if "runs" not in material.figures:
        return []
    told = say.says(
        "The study was run before. Runs differ in the pictures that were there, in what people had looked at and in settings, so a "
        "difference between two runs is by itself no trend."
    )
    return [told, material.figures["runs"]]


def _growth(material: Material, say: Numbering) -> Iterator[Block]:
    """Return weekly growth beyond random order with its interval and its check."""
    growth, tau = material.numbers.get("M11"), material.numbers.known("M11.tau")
    if growth is None or growth.value is None:
        return
    low, high = growth.interval or (growth.value, growth.value)
    direction = (
        _("grew by")
        if low > 0
        else _("fell, with a growth of")
        if high < 0
        else _("neither grew nor fell by more than random order explains; the estimate is")
    )
    yield say.says(
        "The share of new pictures that are copies of a work already held rises by itself as any stock grows, so each week's copies "
        "were compared with those expected had the same pictures arrived in random order. Over {growth_whole:,.0f} weeks copying "
        "beyond random order {direction} {growth} a week.",
        growth_whole=growth.denominator,
        direction=direction,
        growth=wording.with_interval(growth),
    )
    if "trend" in material.figures:
        yield material.figures["trend"]
    if tau is not None and tau.chance is not None:
        yield say.says(
            "Without assuming any shape, Mann-Kendall's tau of each week's copies over those of random order was {tau} (p = {chance:.2g} for no trend).",
            tau=wording.figure(tau),
            chance=tau.chance or 0.0,
        )
    yield say.says("What this does not show: {growth_caveat}.", growth_caveat=told(growth.caveat))


def _values(known: list[Result], numbers: Numbers) -> Table:
    def part(result: Result, name: str) -> str:
        found = numbers.known(f"{result.id}.{name}")
        if found is None:
            return _("none") if name == "payback" else "–"
        return wording.bare(found) if found.unit != "fraction" else wording.figure(found)

    note = _(
        "Benefits less costs in {unit}, discounted, grade {grade}; doing nothing is 0 by definition. Payback none: not within the horizon.",
        unit=word(known[0].unit),
        grade=max(r.grade for r in known),
    )
    return Table(
        "table-options",
        _("Options under these inputs"),
        [
            Column(_("Option and screening"), width=2.2),
            Column(_("Expected present value"), "right", width=1.5),
            Column(_("P10 to P90"), "right", width=2),
            Column(_("Above doing nothing"), "right", _("of draws"), 1.2),
            Column(_("Largest of all"), "right", _("of draws"), 1.1),
            Column(_("Payback"), "right", _("year"), 1.1),
            Column(_("Present value at 0 % and 8 %"), "right", width=1.9),
        ],
        [
            [
                wording.option_name(r),
                wording.bare(r),
                _("{low} to {high}", low=part(r, "p10"), high=part(r, "p90")),
                part(r, "positive"),
                part(r, "best"),
                part(r, "payback"),
                joined([part(r, "rate0"), part(r, "rate8")], "; "),
            ]
            for r in known
        ],
        note=_("{first} {second}", first=note, second=_("Names of options stand as they were given."))
        if any(original(name) != called(name) for name in {r.about("option") for r in known})
        else note,
    )


def _yearly(known: list[Result], numbers: Numbers) -> Table:
    """Net cost to business per year, the part of small organisations, and what ties between inputs would do to the spread."""

    def shown(result: Result, name: str) -> str:
        found = numbers.get(f"{result.id}.{name}")
        return (
            _("not collected")
            if found is None or found.value is None
            else wording.number(found.value, found.unit)
        )

    def spread(result: Result | None) -> str:
        return "–" if result is None or result.interval is None else wording.interval(result)

    yearly = _("{amount} per year", amount=known[0].unit)
    return Table(
        "table-yearly",
        _("Net cost to business per year, and how ties between inputs would change the spread"),
        [
            Column(_("Option and screening"), width=2.2),
            Column(_("Net cost to business"), "right", yearly, 1.4),
            Column(_("Of small and medium ones"), "right", yearly, 1.4),
            Column(_("95 % of draws"), "right", width=1.7),
            Column(_("Benefits and costs rising together"), "right", _("rank correlation 0.5"), 1.7),
            Column(_("Costs rising as benefits fall"), "right", _("rank correlation \u22120.5"), 1.7),
        ],
        [
            [
                wording.option_name(r),
                shown(r, "eandcb"),
                shown(r, "eandcb.smes"),
                spread(r),
                spread(numbers.get(f"{r.id}.together")),
                spread(numbers.get(f"{r.id}.opposed")),
            ]
            for r in known
        ],
        note=_(
            "Negative: businesses save more than they pay. Inputs are drawn independently unless correlations were supplied, which then stand among "
            "the settings; the last columns show what ties would do."
        ),
    )


def _is_scaled(known: list[Result]) -> bool:
    return any(given.name == "harm_scale" for result in known for given in result.inputs)


def _payers(known: list[Result], numbers: Numbers) -> Iterator[Table]:
    """Who bears the costs and whose costs fall, in present values; small and medium organisations apart."""
    for kind, title in (("pays", _("Who pays")), ("gains", _("Who gains"))):
        parts = [part for result in known for part in numbers.below(f"{result.id}.{kind}")]
        heads = list(dict.fromkeys(part.about("bearer") for part in parts))
        rows = []
        for result in known:
            own = {part.about("bearer"): part for part in numbers.below(f"{result.id}.{kind}")}
            amounts = [
                _("not collected") if own[head].value is None else wording.bare(own[head])
                for head in heads
                if head in own
            ]
            rows.append([wording.option_name(result), *amounts])
        columns = [Column(_("Option and screening"), width=2.2)]
        columns += [Column(capital(word(head)), "right", word(known[0].unit), 1.5) for head in heads]
        note = _("Small and medium organisations are part of the amounts beside them.")
        yield Table(
            f"table-{kind}",
            _("{title}, present values under these inputs", title=title),
            columns,
            rows,
            note,
        )


def _side(result: Result, place: str) -> Subject:
    """Return which option stands first or second in a difference."""
    begin = f"{place}_"
    return tuple((kind.removeprefix(begin), name) for kind, name in result.subject if kind.startswith(begin))


def _is_licensed_price(result: Result) -> bool:
    return (
        result.id.endswith(".break-even")
        and result.about("screening") == "licensed"
        and result.value is not None
    )
