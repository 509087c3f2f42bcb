"""The seventeen criteria: a sound submission passes all of them, and each can fail for its own reason."""

from dataclasses import replace

import pandas as pd
import pytest

from dedupelab.numbers.messages import NOTHING, message
from dedupelab.numbers.results import Input, Result, count
from dedupelab.publish.chapters.material import Material
from dedupelab.publish.chapters.wording import Numbers
from dedupelab.publish.criteria.check import lines, mark, one_line, summary
from dedupelab.publish.criteria.criteria import CRITERIA, Submission, check, open_checks
from dedupelab.publish.paper.document import (
    BulletList,
    Callout,
    Column,
    Document,
    Figure,
    Heading,
    MainPoints,
    Paragraph,
    Point,
    Table,
)
from dedupelab.publish.paper.outline import Outline, outline_of
from dedupelab.settings.consultation import parse_consultation
from dedupelab.settings.study_toml import parse_config

PROFILE = {
    "consultation": {"name": "On pictures"},
    "question": [{"number": "1", "findings": ["M1", "M3"]}],
    "interests": {"funding": "members' fees", "interests": "the members own the collections"},
    "assurance": {"analyst": "Ann", "assurer": "Bo", "statement": "all sums"},
    "data": {"available": "tables, to everybody", "withheld": "pictures, which are others'"},
}
PRICE = Input("storage_price", 0.2, message("HKD per GB"), message("invoice 1"), "invoice")
RESULTS = [
    count("N.listed", message("Files listed"), 10, "images", (10, message("files")), message("counted")),
    count("N.hashed", message("Files hashed"), 8, "images", (10, message("files")), message("counted")),
    count("N.unreadable", message("Files unreadable"), 1, "images", (10, message("files")), message("counted")),
    count("N.skipped", message("Files skipped"), 1, "images", (10, message("files")), message("counted")),
    count("N.groups", message("Groups"), 2, "groups", (8, message("images")), message("counted")),
    count("N.pairs", message("Pairs"), 4, "pairs", (4, message("pairs")), message("counted")),
    Result("M1", message("Surplus copies"), 0.1, "fraction", 4, 40, message("images"), (0.05, 0.2), message("Wilson 95 %"), grade="B", raw=0.12),
    Result("M3", message("Storage"), 2.0, "HKD per year", 2, 8, message("GB"), (1.0, 3.0), message("central 95 %"), message("x"), "C", (PRICE,), attribution=1.0),
    Result("S.law-licensed", message("Law"), 5.0, "HKD", None, None, NOTHING, (1.0, 9.0), message("P10 to P90"), grade="E"),
    Result("S.law-licensed.break-even", message("Law: price"), 5.0, "HKD", interval_kind="expected"),
    Result("S.nothing.harm", message("Nothing: harm"), 5.0, "HKD", interval_kind="expected"),
    *(count(f"V.{name}", message(name), value, "pairs", (40, message("pairs")), message("counted")) for name, value in (("reviewed", 40), ("reviewers", 2))),
    Result("V.kappa", message("Agreement"), 0.8, "index", 40, 40, message("pairs"), (0.6, 0.9), message("bootstrap 95 %"), grade="B"),
]  # fmt: skip


def table(name: str, *rows: tuple[str, str]) -> Table:
    return Table(name, name, [Column("a"), Column("b")], rows or [("x", "y")])


@pytest.fixture
def paper(picture) -> Document:
    """Return a paper with everything that the checks look for."""
    drawn = [
        Figure(n, "One thing found", "s", "s", "alt", **picture)
        for n in ("figure-threshold", "figure-tornado")
    ]
    sections = ("checked", "interests", "data", "assured", "affected")
    return Document(
        "T",
        front=[
            MainPoints("Main points", [Point("a", "", f"({n} to 9 %)", "B: reviewed", result=name) for n, name in (("1", "M1"), ("2", "M3"))]),
            Callout("What this does not show", ["who is right"]),
        ],
        blocks=[
            table("table-findings"),
            table("table-collections"),
            table("table-harm"),
            table("table-assumptions"),
            *drawn,
            Heading(1, "How", number="9", id="section-method"),
            Paragraph("within 10 of 64 bits", "9.1", facts=(("max_distance", "10"),)),
            *(b for n, s in enumerate(sections) for b in (Heading(2, s, id=f"section-{s}"), Paragraph("said", f"8.{n}"))),
            Heading(1, "Limits", number="10", id="section-limits"),
            BulletList(["one"]),
            Heading(1, "Annex", id="annex-replication"),
            replace(table("table-digests", ("images", "ab12")), facts=(("images", "ab12"),)),
        ],
    )  # fmt: skip


@pytest.fixture
def sound(paper) -> Submission:
    """Return a submission that meets every criterion."""
    return Submission(
        outline_of(paper),
        Numbers.of(RESULTS),
        10,
        parse_consultation(PROFILE),
        {"hashed": 8, "unreadable": 1, "skipped": 1},
        {"images": "ab12"},
    )


def without(of: Submission, *ids: str) -> Submission:
    """Take places out of the outline, with what stands under them."""
    kept = tuple(p for p in of.outline.places if p.id not in ids and not set(ids) & set(p.under))
    return replace(of, outline=replace(of.outline, places=kept))


def numbered(of: Submission, **changes: Result | None) -> Submission:
    """Change results by their ids, in which a dot is written as __; None takes one away."""
    named = {name.replace("__", "."): result for name, result in changes.items()}
    kept = [named.get(r.id, r) for r in of.numbers.results.values()]
    return replace(of, numbers=Numbers.of([r for r in kept if r is not None]))


def profiled(of: Submission, **changes: object) -> Submission:
    return replace(of, consultation=parse_consultation({**PROFILE, **changes}))


def claimed(of: Submission, **changes: str) -> Submission:
    first, *others = of.outline.claims
    return replace(of, outline=replace(of.outline, claims=(replace(first, **changes), *others)))


def result(name: str) -> Result:
    return next(r for r in RESULTS if r.id == name)


BROKEN = {
    "C1 no main points": ("C1", lambda s: replace(s, outline=replace(s.outline, claims=()))),
    "C1 no interval printed": ("C1", lambda s: claimed(s, interval="")),
    "C1 no denominator": ("C1", lambda s: numbered(s, M1=replace(result("M1"), denominator=None))),
    "C2 no question": ("C2", lambda s: profiled(s, question=[])),
    "C2 a loose finding": ("C2", lambda s: profiled(s, question=[{"number": 1, "findings": ["M7"]}])),
    "C2 not printed": ("C2", lambda s: without(s, "table-findings")),
    "C3 lost files": ("C3", lambda s: numbered(s, N__skipped=None)),
    "C3 another table": ("C3", lambda s: replace(s, status={"hashed": 7, "skipped": 3})),
    "C4 another threshold": ("C4", lambda s: replace(s, max_distance=1)),
    "C4 no method": ("C4", lambda s: without(s, "section-method")),
    "C5 bare": ("C5", lambda s: numbered(s, M1=replace(result("M1"), interval=None))),
    "C6 nobody": ("C6", lambda s: numbered(s, V__reviewed=None)),
    "C6 too few": ("C6", lambda s: numbered(s, M1=replace(result("M1"), raw=None))),
    "C6 no kappa": ("C6", lambda s: numbered(s, V__kappa=None)),
    "C7 unattributed": ("C7", lambda s: numbered(s, M3=replace(result("M3"), method=message("price x attribution"), attribution=None))),
    "C7 no baseline": ("C7", lambda s: numbered(s, S__nothing__harm=None)),
    "C8 no curve": ("C8", lambda s: without(s, "figure-threshold")),
    "C8 no tornado": ("C8", lambda s: without(s, "figure-tornado")),
    "C8 no switching": ("C8", lambda s: numbered(s, **{"S__law-licensed__break-even": None})),
    "C9 no source type": ("C9", lambda s: numbered(s, M3=replace(result("M3"), inputs=(replace(PRICE, source_type=""),)))),
    "C9 no source": ("C9", lambda s: numbered(s, M3=replace(result("M3"), inputs=(replace(PRICE, source=NOTHING),)))),
    "C9 not printed": ("C9", lambda s: without(s, "table-assumptions")),
    "C10 absent": ("C10", lambda s: replace(s, outline=replace(s.outline, places=tuple(p for p in s.outline.places if p.kind != "callout")))),
    "C11 no funding": ("C11", lambda s: profiled(s, interests={"interests": "x"})),
    "C11 no profile": ("C11", lambda s: replace(s, consultation=None)),
    "C12 why not": ("C12", lambda s: profiled(s, data={"available": "x"})),
    "C12 not printed": ("C12", lambda s: without(s, "section-data")),
    "C13 changed": ("C13", lambda s: replace(s, digests={"images": "ffff"})),
    "C13 altered pack": ("C13", lambda s: replace(s, pack=("fail", "altered: data/inputs.csv"))),
    "C13 no digests": ("C13", lambda s: without(s, "table-digests")),
    "C14 one person": ("C14", lambda s: profiled(s, assurance={"analyst": "Ann", "assurer": "ANN", "statement": "x"})),
    "C14 no statement": ("C14", lambda s: profiled(s, assurance={"analyst": "Ann", "assurer": "Bo"})),
    "C15 not printed": ("C15", lambda s: without(s, "section-affected")),
    "C16 no grade": ("C16", lambda s: claimed(s, grade="")),
    "C17 none listed": ("C17", lambda s: without(s, "section-limits")),
}  # fmt: skip


def test_a_sound_submission_passes(sound):
    """All seventeen, in order, each with the place that it is about; nothing is open."""
    outcomes = check(sound)
    assert [f"{o.id} {o.state}: {o.reason}" for o in outcomes if o.state != "pass"] == []
    assert [o.id for o in outcomes] == [f"C{n}" for n in range(1, 18)]
    assert [o.id for o in outcomes if o.paragraph == "absent"] == ["C5"]
    assert outcomes[3].paragraph == "paragraph 9.1"
    assert one_line(outcomes) == "checks: 17 of 17 passed, 0 not applicable, none open"


@pytest.mark.parametrize(("name", "damage"), BROKEN.values(), ids=BROKEN)
def test_each_criterion_can_fail(sound, name, damage):
    """A submission damaged in one way fails that criterion, and says why."""
    outcome = next(o for o in check(damage(sound)) if o.id == name)
    assert outcome.state == "fail", outcome.reason
    assert outcome.reason


def test_every_criterion_is_made_to_fail():
    """The list above holds each of the seventeen."""
    assert {name for name, _damage in BROKEN.values()} == {criterion.id for criterion in CRITERIA}


def test_what_there_is_nothing_of_does_not_apply(sound):
    """No consultation, no pairs, no amounts, no duplicates, no inputs: neither passed nor failed."""
    bare = replace(sound, numbers=Numbers.of(RESULTS[:4]), consultation=None)
    states = {o.id: o.state for o in check(bare)}
    assert [name for name, state in states.items() if state == "not applicable"] == [
        "C2",
        "C6",
        "C7",
        "C8",
        "C9",
    ]


def test_an_empty_paper_fails_without_falling_over():
    """No places and no numbers: seventeen outcomes, none of them a pass."""
    outcomes = check(Submission(Outline(), Numbers.of([]), 10))
    assert [o.id for o in outcomes if o.state == "pass"] == []
    assert len(lines(outcomes)) == 17


def test_the_mark_goes_when_nothing_is_open(sound):
    """Above every page: what was not reviewed, how many checks are open, whether files were missed; and nothing at last."""
    settings = {"study": {"name": "s"}, "collection": [{"name": "a", "location": "b"}]}
    frame = pd.DataFrame()
    material = Material(parse_config(settings), Numbers.of(RESULTS), frame, frame, frame, frame)
    outcomes = check(sound)
    assert mark(material, outcomes) == ""
    still = check(BROKEN["C11 no profile"][1](sound))
    assert (
        mark(material, still) == f"Draft: 40 pairs reviewed by people; {open_checks(still)} of 17 checks open"
    )
    partial = replace(material, incomplete=("a: 3 of 4 unreadable",))
    assert mark(partial, outcomes).startswith("Draft: 40 pairs reviewed by people; incomplete")
    assert summary(outcomes) == {"pass": 17, "fail": 0, "not_applicable": 0}


def test_replication_says_what_was_looked_at(sound):
    """C13 tells whether the pack was verified, by whom it was signed, or that nobody looked."""
    reasons = {}
    for pack in (None, ("pass", "as key AB signed them"), ("fail", "altered: data/inputs.csv")):
        (found,) = (o for o in check(replace(sound, pack=pack)) if o.id == "C13")
        reasons[pack and pack[0]] = (found.state, found.reason)
    assert reasons[None][0] == "pass"
    assert "the pack was not looked at" in reasons[None][1]
    assert reasons["pass"][1].endswith("; as key AB signed them")
    assert reasons["fail"] == ("fail", "altered: data/inputs.csv")


def test_a_simulated_review_passes_without_people(sound):
    """Where the reviewers are invented the check says so, and not that anybody reviewed a pair."""
    told = {each.id: each.reason for each in check(replace(sound, simulated=True))}
    assert told["C6"] == "the review of 40 pairs is simulated: no person looked at any"
    assert {each.id: each.reason for each in check(sound)}["C6"] == "40 pairs reviewed by 2"
