"""Chapters 7 and 8: policy options compared under the study's inputs, and whether copies become more frequent."""

from dedupelab.evidence.results import Result
from dedupelab.publish import wording
from dedupelab.publish.chapters.material import Material
from dedupelab.publish.document import Block, Column, Heading, Table
from dedupelab.publish.wording import Numbering, Numbers

UNDER = "Under these inputs"
GREEN_BOOK = 0.035
"""Standard discount rate of HM Treasury's Green Book; no rate is published for Hong Kong."""


def options(material: Material) -> list[Block]:
    """Return chapter 7: present values, differences, who pays and who gains; or what the comparison needs."""
    numbers, settings = material.numbers, material.config.scenarios
    say = Numbering("7")
    blocks: list[Block] = [Heading(1, "Options compared", number="7", id="section-options")]
    whole = [r for r in numbers.below("S") if r.id.count(".") == 1 and not r.id.startswith("S.window")]
    known = [r for r in whole if r.value is not None]
    if not known:
        needs = sorted({need for r in whole for need in r.needs})
        lacking = (
            f"not estimated: needs {', '.join(needs)}"
            if needs
            else "not estimated: needs [[scenarios.option]] in study.toml"
        )
        return [*blocks, say(f"Options: {lacking}.")]
    harm = material.config.harm
    blocks.append(
        say(
            f"Options were compared with doing nothing over {settings.horizon} years at a discount rate of "
            f"{100 * settings.discount_rate:.1f} % ({'the Green Book of HM Treasury' if settings.discount_rate == GREEN_BOOK else 'as the study chose'}), in "
            f"{wording.CURRENCY_SIGNS.get(harm.currency, harm.currency)} of {harm.price_year}, each with licensed and with open-source "
            "screening where the price of either was given. The harm that an option can lessen is that of the lines added in chapter 6. A copy "
            "held by two organisations is within reach only when both have adopted, so the reach across organisations grows with the square of "
            "adoption. This chapter states what follows from the inputs; it does not say what anybody ought to do."
        )
    )
    blocks += [material.figures[name] for name in ("options",) if name in material.figures]
    blocks.append(_values(known, numbers))
    blocks += [say(sentence) for sentence in option_sentences(numbers)]
    blocks += [material.figures[name] for name in ("adoption", "tornado") if name in material.figures]
    blocks += _payers(known, numbers)
    blocks += [
        say(f"Not estimated: {r.label.partition(':')[0]}, needs {', '.join(r.needs)}.")
        for r in whole
        if r.value is None
    ]
    return blocks


def option_sentences(numbers: Numbers) -> list[str]:
    """Return what is said of the options: how they differ, break-even prices, and whether that holds over the window."""
    found = []
    for result in numbers.below("S.difference"):
        if result.value is not None:
            first, _, rest = result.label.partition(":")[0].partition(" less ")
            found.append(
                f"{UNDER}, {_small(first)} exceeds {rest} by {wording.with_interval(result)} in expected present value."
            )
    shares = [r for r in numbers.below("S") if r.id.endswith(".best") and r.value]
    if shares:
        largest = sorted(shares, key=lambda r: (-(r.value or 0), r.id))[:3]
        listed = "; ".join(f"{_small(r.label.partition(':')[0])} in {wording.figure(r)}" for r in largest)
        found.append(
            f"{UNDER}, the present value was the largest of all options most often for {listed} of the draws, doing nothing among them."
        )
    for result in numbers.below("S"):
        if result.id.endswith("-licensed.break-even") and result.value is not None:
            option = result.label.partition(":")[0]
            if result.value >= 0:
                said = f"benefits equal costs at a yearly price of screening of {wording.figure(result)} for each organisation"
            else:
                said = "expected benefits stay below the other costs even where screening is free"
            found.append(f"{UNDER}, {_small(option).replace(', licensed screening', '')}: {said}.")
    window = numbers.get("S.window")
    if window is not None:
        found.append(f"Which option comes first, and on which side of zero each lies: {window.caveat}.")
    return found


def trend(material: Material) -> list[Block]:
    """Return chapter 8: weekly growth with its interval and its check; or why there is none."""
    say = Numbering("8")
    growth, tau = material.numbers.get("M11"), material.numbers.get("M11.tau")
    head = Heading(1, "Trend", number="8", id="section-trend")
    if growth is None or growth.value is None:
        needs = ", ".join(growth.needs) if growth is not None else "dates of ingest"
        return [head, say(f"Weekly growth: not estimated, needs {needs}.")]
    low, high = growth.interval or (growth.value, growth.value)
    direction = (
        "grew"
        if low > 0
        else "fell"
        if high < 0
        else "neither grew nor fell by more than chance explains; the estimate is"
    )
    blocks: list[Block] = [
        head,
        say(
            f"Over {growth.denominator:,.0f} weeks the share of new pictures that were copies of a work already held {direction} "
            f"{wording.with_interval(growth)} a week. The regression takes each week's ingest into account, so that more pictures alone are no "
            "growth."
        ),
    ]
    if "trend" in material.figures:
        blocks.append(material.figures["trend"])
    if tau is not None and tau.value is not None:
        chance = tau.interval_method.partition(": ")[2].split(" for")[0]
        blocks.append(
            say(
                f"Without assuming any shape, Mann-Kendall's tau of the weekly shares was {wording.figure(tau)} ({chance} for no trend)."
            )
        )
    blocks.append(say(f"What this does not show: {growth.caveat}."))
    return blocks


def _values(known: list[Result], numbers: Numbers) -> Table:
    def part(result: Result, name: str) -> str:
        found = numbers.get(f"{result.id}.{name}")
        if found is None or found.value is None:
            return "none" if name == "payback" else "–"
        return wording.number(found.value, found.unit) if found.unit != "fraction" else wording.figure(found)

    return Table(
        "table-options",
        "Options under these inputs",
        [
            Column("Option and screening", width=2.2),
            Column("Present value", "right", width=1.5),
            Column("P10 to P90", "right", width=2),
            Column("Above doing nothing", "right", "of draws", 1.2),
            Column("Largest of all", "right", "of draws", 1.1),
            Column("Payback", "right", "year", 1.1),
            Column("Present value at 0 % and 8 %", "right", width=1.9),
        ],
        [
            [
                r.label.partition(":")[0].replace(" screening", ""),
                wording.number(r.value or 0.0, r.unit),
                f"{part(r, 'p10')} to {part(r, 'p90')}",
                part(r, "positive"),
                part(r, "best"),
                part(r, "payback"),
                f"{part(r, 'rate0')}; {part(r, 'rate8')}",
            ]
            for r in known
        ],
        note=f"Benefits less costs in {known[0].unit}, discounted, grade {max(r.grade for r in known)}; doing nothing is 0 by definition. Payback none: not within the horizon.",
    )


def _payers(known: list[Result], numbers: Numbers) -> list[Table]:
    """Who bears the costs and whose costs fall, in present values; small and medium organisations apart."""
    tables = []
    for kind, title in (("pays", "Who pays"), ("gains", "Who gains")):
        parts = [part for result in known for part in numbers.below(f"{result.id}.{kind}")]
        heads = list(dict.fromkeys(_who(part) for part in parts))
        rows = []
        for result in known:
            own = {_who(part): part for part in numbers.below(f"{result.id}.{kind}")}
            amounts = [
                "not collected"
                if own[head].value is None
                else wording.number(own[head].value or 0.0, own[head].unit)
                for head in heads
                if head in own
            ]
            rows.append([result.label.partition(":")[0].replace(" screening", ""), *amounts])
        columns = [Column("Option and screening", width=2.2)]
        columns += [Column(head[:1].upper() + head[1:], "right", known[0].unit, 1.5) for head in heads]
        note = "Small and medium organisations are part of the amounts beside them."
        tables.append(
            Table(f"table-{kind}", f"{title}, present values under these inputs", columns, rows, note)
        )
    return tables


def _who(part: Result) -> str:
    """Return whom a part belongs to: what its label says after the option and the words before the bearer."""
    what = part.label.partition(": ")[2]
    return (
        what.removeprefix("benefits of ")
        .removeprefix("costs that ")
        .removesuffix(" bear")
        .removesuffix(" bears")
    )


def _small(text: str) -> str:
    return text[:1].lower() + text[1:]
