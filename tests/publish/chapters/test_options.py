"""What the chapters on money and time say, and what they never say."""

import re
from dataclasses import replace

import pandas as pd
import pytest

from dedupelab.evidence.money.harm_inputs import setting
from dedupelab.numbers.messages import message
from dedupelab.numbers.results import Input, Result, missing
from dedupelab.publish import whole_paper
from dedupelab.publish.chapters import annexes, front, harm, options
from dedupelab.publish.chapters.coverage import coverage_table
from dedupelab.publish.chapters.material import Material
from dedupelab.publish.chapters.wording import Numbers
from dedupelab.publish.language.language import speaking
from dedupelab.publish.paper.document import Paragraph, Table, plain
from dedupelab.settings.study_toml import parse_config

ADVICE = re.compile(
    r"\b(?:recommend\w*|should|must|ought to be|advis\w*|best option|prefer\w*)\b", re.IGNORECASE
)
SETTINGS = {
    "study": {"name": "s"},
    "collection": [{"name": "a", "location": "b"}],
    "harm": {"price_year": 2026},
}


def result(name, label, value, unit, **more):
    return Result(
        name, label, value, unit, **{"status": "estimated", "method": "counted.", "grade": "C", **more}
    )


OPTION = "S.code-licensed"
CODE = {"subject": (("option", "Code"), ("screening", "licensed"))}
FOUND = [
    result("M3", "Storage", 28.8, "HKD per year", interval=(20.0, 40.0), interval_method="central 95 %"),
    missing("M9", message("Disputes"), "HKD per year", (message("incident register"),), message("x")),
    missing("M10a", message("Licences"), "HKD per year", (message("licence ledger"),), message("x")),
    result("M10b", "Exposure", 1200.0, "HKD", caveats=(message("exposure, not loss"),)),
    result("M.sum", "Sum: M3", 28.8, "HKD", interval=(20.0, 40.0), attribution=1.0, lower_bound=True, left_out=("M9", "M10a"), inputs=(Input("M3", 28.8, message("HKD per year"), message("result M3"), "measured"),),
           caveats=(message("unreviewed; at least, as Disputes; Licences could not be estimated"),)),
    result("M.sum.p10", "P10", 22.0, "HKD"),
    result("M.sum.p50", "P50", 28.0, "HKD"),
    result("M.sum.p90", "P90", 36.0, "HKD"),
    result(OPTION, "Code, licensed screening: present value of benefits less costs", -526.0, "HKD", grade="E", interval=(-1000.0, 200.0), **CODE),
    *(result(f"{OPTION}.{part}", "Code, licensed screening: x", value, unit, **CODE) for part, value, unit in (
        ("p10", -900.0, "HKD"), ("p50", -500.0, "HKD"), ("p90", 100.0, "HKD"), ("positive", 0.2, "fraction"), ("rate0", -600.0, "HKD"), ("rate8", -400.0, "HKD"),
    )),
    result(f"{OPTION}.break-even", "Code, licensed screening: price", -3.0, "HKD", **CODE),
    result(f"{OPTION}.best", "Code, licensed screening: share", 0.2, "fraction", **CODE),
    result(f"{OPTION}.pays.organisations", "Code, licensed screening: costs that adopting organisations bear", 700.0, "HKD", subject=(*CODE["subject"], ("bearer", "adopting organisations"))),
    missing(f"{OPTION}.gains.smes", message("Code, licensed screening: benefits of small and medium organisations"), "HKD", (message("scenarios.sme_harm_share"),), message("x"), subject=(*CODE["subject"], ("bearer", "small and medium organisations"))),
    missing(f"{OPTION}.payback", message("Code, licensed screening: year"), "year", (message("a longer horizon"),), message("x"), **CODE),
    missing("S.law-licensed", message("Law, licensed screening: present value"), "HKD", (setting("scenarios", "recall"),), message("x"), subject=(("option", "Law"), ("screening", "licensed"))),
    result("S.nothing.best", "Doing nothing: share", 0.8, "fraction"),
    result("S.difference.code-licensed", "Doing nothing less code, licensed screening: difference", 526.0, "HKD", interval=(-100.0, 900.0), interval_method="P10 to P90 of draws", interval_kind="levels", subject=(("second_option", "Code"), ("second_screening", "licensed"))),
    result("S.window", "Ends", 2, "settings", caveats=(message("robust over the declared window of 6 to 10 bits"),)),
    result("M11", "Growth", 0.027, "fraction", denominator=26, interval=(0.011, 0.045), caveats=(message("only their order is compared"),)),
    result("M11.tau", "tau", 0.55, "index", interval_method="test: p = 0.01 for no trend", interval_kind="test", chance=0.01),
]  # fmt: skip


@pytest.fixture
def material():
    frame = pd.DataFrame()
    log = pd.DataFrame(
        [{"date": "2026-01-01", "decision": "10 bits", "reason": "pilot", "decided_by": "board"}]
    )
    return Material(parse_config(SETTINGS), Numbers.of(FOUND), frame, frame, frame, frame, {"decision": log})


def said(blocks):
    return "\n".join(plain(b.text) for b in blocks if isinstance(b, Paragraph))


def test_options_are_compared_and_never_recommended(material):
    """Every sentence on options starts from the inputs; none says what anybody is to do."""
    told = said([*harm.harm(material), *options.options(material), *options.trend(material)])
    assert ADVICE.findall(told) == []
    sentences = [*options.option_sentences(material.numbers)]
    assert sentences[0] == (
        "Under these inputs, doing nothing exceeds Code, licensed screening by HK$530 (P10 to P90 −HK$100 to HK$900) in expected present value."
    )
    assert all(s.startswith("Under these inputs") for s in sentences[:-1])
    assert "expected benefits stay below the other costs even where screening is free" in told
    assert "robust over the declared window of 6 to 10 bits" in sentences[-1]


def test_the_pattern_notices_advice():
    """The pattern can fail: usual forms of advice are found."""
    for text in ("We recommend S2", "the bureau should act", "the best option"):
        assert ADVICE.search(text)


def test_what_is_missing_is_said(material):
    """An option without its inputs, a payback that does not come and benefits nobody collected are in words."""
    blocks = options.options(material)
    assert "Not estimated: Law, licensed screening, needs recall." in said(blocks)
    tables = {b.id: b for b in blocks if isinstance(b, Table)}
    assert [row[0] for row in tables["table-options"].rows] == ["Code, licensed"]
    assert tables["table-options"].rows[0][5] == "none"
    assert tables["table-gains"].rows == [["Code, licensed", "not collected"]]
    assert tables["table-pays"].rows == [["Code, licensed", "700"]]


def test_an_options_name_stays_whole(material):
    """An option called "Code: strict" is called so in sentences and tables: its name is a field, and nothing cuts it."""
    strict = {"Code": "Code: strict"}
    found = [
        replace(r, subject=tuple((kind, strict.get(name, name)) for kind, name in r.subject)) for r in FOUND
    ]
    named = replace(material, numbers=Numbers.of(found))
    blocks = options.options(named)
    cells = [row[0] for b in blocks if isinstance(b, Table) for row in b.rows]
    assert set(cells) == {"Code: strict, licensed"}
    assert "doing nothing exceeds Code: strict, licensed screening by" in next(
        options.option_sentences(named.numbers)
    )
    with speaking("zh-Hant-HK"):
        assert "Code: strict" in next(options.option_sentences(named.numbers))


def test_no_options_say_what_they_need():
    """A study without options, dates or prices has none of these chapters, but a line for each that says what it would need."""
    frame = pd.DataFrame()
    lines = [
        missing(name, message(label), "HKD", (setting("harm", "hourly_wage"),), message("x"))
        for name, label in (("M8", "Labour"), ("M.sum", "Sum"))
    ]
    bare = Material(parse_config(SETTINGS), Numbers.of(lines), frame, frame, frame, frame)
    chapters = (harm.harm(bare), options.options(bare), options.trend(bare))
    assert [len(chapter) for chapter in chapters] == [1, 1, 1]
    silent = {str(chapter[0].id) for chapter in chapters}
    (table,) = (b for b in annexes.lacking(bare, silent) if isinstance(b, Table))
    assert [row[0] for row in table.rows] == [
        "Options compared with doing nothing",
        "Whether copying becomes more frequent",
        "Labour",
        "Sum",
    ]
    assert table.rows[2][1] == "hourly wage"
    assert annexes.lacking(replace(bare, numbers=Numbers.of([])), set()) == []


def test_the_sum_says_what_it_lacks(material):
    """What was added, over what time, what was left out, and that exposure is no loss."""
    told = said(harm.harm(material))
    assert (
        "The lines that do not overlap (Storage) came to an expected HK$29 (95 % interval HK$20 to 40)"
        in told
    )
    assert "what is due to duplication, 100\u00a0% of all costs in these lines" in told
    assert "It is at least so much, as Disputes; Licences could not be estimated." in told
    assert "It is not a loss." in told


def test_every_table_has_cells_for_its_columns(material):
    """Rows are as wide as their heads, the coverage of intervals among them."""
    blocks = [*harm.harm(material), *options.options(material), *coverage_table()]
    for table in (b for b in blocks if isinstance(b, Table)):
        assert {len(row) for row in table.rows} == {len(table.columns)}, table.id


def test_the_trend_says_what_it_does_not_show(material):
    """Growth with its interval, the check beside it, and the growing stock."""
    told = said(options.trend(material))
    assert "grew by 2.7 % (95 % interval 1.1 to 4.5 %) a week" in told
    assert "p = 0.01 for no trend" in told
    assert "What this does not show: only their order is compared." in told


def test_a_fall_is_no_growth_by_a_negative_number():
    """A trend below zero is said to fall, with its growth; one around zero neither grows nor falls."""
    frame = pd.DataFrame()
    for ends, words in (
        ((-0.06, -0.01), "fell, with a growth of \u22123.0 %"),
        ((-0.06, 0.01), "neither grew nor fell"),
    ):
        growth = result("M11", "Growth", -0.03, "fraction", denominator=26, interval=ends)
        material = Material(parse_config(SETTINGS), Numbers.of([growth]), frame, frame, frame, frame)
        assert words in said(options.trend(material))


def test_gross_and_net_stand_side_by_side():
    """Each share that takes a line from gross to net stands beside it; without any the line is gross."""
    share = Input("dispute_deadweight", 0.2, message("share"), message("board"), "expert", supplied=True)
    found = [
        result("M3", "Storage", 28.8, "HKD per year"),
        result("M9", "Disputes", 230.0, "HKD per year", inputs=(share,), attribution=0.69),
        result("M9.net", "Disputes, net", 180.0, "HKD per year"),
    ]
    frame = pd.DataFrame()
    material = Material(parse_config(SETTINGS), Numbers.of(found), frame, frame, frame, frame)
    tables = {b.id: b for b in harm.harm(material) if isinstance(b, Table)}
    assert [list(map(plain, row)) for row in tables["table-net"].rows] == [
        ["Storage", "HK$29 per year", "–", "–", "–", "–", "gross"],
        ["Disputes", "HK$230 per year", "0.2", "–", "–", "–", "HK$180 per year"],
    ]
    assert [row[4] for row in tables["table-harm"].rows] == ["–", "69"]


def test_page_one_says_where_too_little_was_counted_to_lead_with():
    """A trial with six pictures has no leading share, and no heading above nothing."""
    frame = pd.DataFrame()
    few, enough = (
        result("M1", "Surplus copies", 1 / 3, "fraction", numerator=n / 3, denominator=n) for n in (6, 12)
    )

    def led(*results):
        counted = [result(f"N.{name}", name, n, "images") for name, n in (("hashed", 12), ("unreadable", 0))]
        material = Material(
            parse_config(SETTINGS), Numbers.of([*counted, *results]), frame, frame, frame, frame
        )
        return front.case(material)[1]

    assert str(led(few).text).startswith("Behind every share are fewer than 10 pictures")
    assert len(led(few, replace(enough, id="M4.any")).points) == 1


def test_page_one_promises_no_cost_that_nobody_supplied_inputs_of():
    """Where no line of harm could be estimated it says so, and neither heading nor title speaks of cost or harm; one line suffices for both."""
    frame = pd.DataFrame()
    counted = [result(f"N.{name}", name, n, "images") for name, n in (("hashed", 12), ("unreadable", 0))]
    copies = result("M1", "Surplus copies", 1 / 3, "fraction", numerator=4, denominator=12)
    storage, disputes = (
        missing(name, message(name), "HKD per year", (message("inputs"),), message("x"))
        for name in ("M3", "M9")
    )

    def told(*lines):
        numbers = Numbers.of([*counted, copies, *lines])
        material = Material(parse_config(SETTINGS), numbers, frame, frame, frame, frame)
        _asked, points, *_around, limits = front.case(material)
        title = whole_paper._title(1, priced=front.priced(numbers))
        return (
            points.title,
            "harm" in title,
            [text for text in limits.texts if "suppl" in text or "want" in text],
        )

    nothing = "What duplication costs: nobody supplied the prices, times or registers to estimate it from."
    assert told(storage, disputes) == ("What was found", False, [nothing])
    assert told(FOUND[0], disputes) == (
        "What was found, and what it costs",
        True,
        ["Not estimated, for want of inputs: M9."],
    )


def test_a_share_that_cannot_be_told_from_none_is_said():
    """Measured attribution stands with its interval, and zero inside is told; too few incidents say what is needed."""
    frame = pd.DataFrame()
    measured = result("M9a", "Share", 0.1, "fraction", numerator=4, denominator=12, interval=(-0.1, 0.4))
    material = Material(parse_config(SETTINGS), Numbers.of([measured]), frame, frame, frame, frame)
    first, second = harm.attribution_sentences(material)
    assert "Of 12 incidents that name a picture of this study 4 concern works held more than once" in first
    assert second == "Zero lies inside this interval: on these incidents no share can be told from none."
    # What rests on it says so, in the chapter and on page one.
    rested = (Input("attribution", 0.2, message("share"), message("result M9a"), "measured", place="M9a"),)
    cost = result("M9", "Disputes", 900.0, "HKD per year", attribution=0.2, inputs=rested)
    material = Material(parse_config(SETTINGS), Numbers.of([measured, cost]), frame, frame, frame, frame)
    assert [*harm.attribution_sentences(material)][2].startswith(
        "The line on disputes takes 20\u00a0% in place"
    )
    assert front._unattributed(material.numbers)[0].startswith("The 12 incidents on record do not show")
    sure = Numbers.of([replace(measured, interval=(0.05, 0.4)), cost])
    assert front._unattributed(sure) == front._unattributed(Numbers.of([measured])) == []
    none = missing("M9a", message("Share"), "fraction", (message("incidents"),), message("x"))
    material = Material(parse_config(SETTINGS), Numbers.of([none]), frame, frame, frame, frame)
    assert [*harm.attribution_sentences(material)] == [
        "The share of incidents due to duplication was not measured: needs incidents."
    ]


def test_an_option_bears_the_name_that_its_author_gives_in_the_language(material):
    """In sentences and tables alike; where there is none, one note says that names stand as given, and no mark stands in the text."""
    renamed = replace(material, numbers=Numbers.of(replace(r, subject=_voluntary(r)) for r in FOUND))

    def chapter(words: dict[str, str]) -> tuple[str, str, list[str]]:
        with speaking("zh-Hant-HK", words):
            blocks = options.options(renamed)
            table = next(b for b in blocks if isinstance(b, Table) and b.id == "table-options")
            cells = [str(row[0]) for b in blocks if isinstance(b, Table) for row in b.rows]
            return said(blocks), str(table.note), cells

    text, note, cells = chapter({"A voluntary code": "自願守則"})
    assert "A voluntary code" not in text
    assert "自願守則" in text
    assert all("自願守則" in cell for cell in cells)
    assert "原文" not in note
    text, note, cells = chapter({})
    assert "A voluntary code" in text
    assert "A voluntary code（" in text
    assert note.endswith("方案名稱按原文列出。")


def _voluntary(result):
    return tuple((kind, "A voluntary code" if name == "Code" else name) for kind, name in result.subject)
