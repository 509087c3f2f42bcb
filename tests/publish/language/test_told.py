"""Whatever a study is like, its numbers are told in every language: nothing falls back to English but people's own words."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime

import pandas as pd
import pytest

from dedupelab import Study, init
from dedupelab.exchange.manifest import write_manifest
from dedupelab.exchange.merging import merge
from dedupelab.numbers.messages import QUOTED, Message, message, named, quoted
from dedupelab.numbers.results import Input, Result
from dedupelab.pack.toml import toml
from dedupelab.publish.chapters import wording
from dedupelab.publish.language.language import original, speaking, told, word
from dedupelab.publish.language.translations import languages
from dedupelab.review.calibrated_prevalence import with_copies
from dedupelab.study.calibration import EDITS, judge

pytestmark = pytest.mark.slow

NOW = datetime(2026, 1, 2, tzinfo=UTC)
HONG_KONG = "zh-Hant-HK"
MARK = "原文為英文"
each_language = pytest.mark.parametrize("tag", sorted(languages()))


def parts(text: Message) -> Iterator[Message]:
    """Yield a message and those within it, people's own words apart."""
    if text and text.id != QUOTED:
        yield text
        for _name, value in text.values:  # noqa: PD011  a message, not a frame
            if isinstance(value, Message):
                yield from parts(value)


def texts(result: Result) -> Iterator[Message]:
    """Yield all that a result says."""
    yield from (result.label, result.denominator_label, result.interval_method, result.method, result.caveat)
    yield from result.needs
    for given in result.inputs:
        yield from (text for text in (given.value, given.unit, given.source) if isinstance(text, Message))


def english(results: list[Result], tag: str) -> list[str]:
    """List what would be English in the paper of a language: messages without a translation, units, and names of inputs."""
    with speaking(tag) as language:
        assert language.messages is not None
        mark = language.messages.gettext("[original in English]")
        lacking = {
            part.id
            for result in results
            for text in texts(result)
            for part in parts(text)
            if part.id not in language.ids
        }
        shown = {
            said
            for result in results
            for said in (
                wording.quantity(2, result.unit),
                wording.grade(result),
                "" if result.value is None else wording.interval(result),
                *(word(each) for given in result.inputs for each in (given.name, given.source_type)),
            )
            if mark in said
        }
    return sorted(lacking | shown)


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory, photograph) -> Study:
    """Return a study of one picture, for which nobody supplied anything."""
    folder = tmp_path_factory.mktemp("bare")
    (folder / "own").mkdir()
    photograph(1, (160, 120)).save(folder / "own" / "1.jpg")
    init(folder / "study", {"own": str(folder / "own")}, "bare")
    study = Study(folder / "study")
    study.measure()
    return study


@pytest.fixture(scope="module")
def merged(shared_study: Study, tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Return a study of what two sites sent."""
    home, sent = tmp_path_factory.mktemp("merged"), []
    for name in ("archive", "agency"):
        place = {"name": name, "location": shared_study.location(name)}
        (home / name).mkdir()
        (home / name / "study.toml").write_text(toml({"study": {"name": name}, "collection": [place]}))
        site = Study(home / name)
        site.match()
        sent.append(write_manifest(site, home / f"{name}.zip", now=NOW))
    study = merge(home / "both", sent, now=NOW).study
    study.measure()
    return study


@pytest.fixture(scope="module")
def half_reviewed(shared_study: Study, tmp_path_factory: pytest.TempPathFactory) -> Study:
    """Return a study of whose pairs one person looked at the first and could not tell of the second."""
    folder = tmp_path_factory.mktemp("reviewed") / "half"
    shutil.copytree(shared_study.store.root, folder / shared_study.store.root.name)
    places = [{"name": name, "location": shared_study.location(name)} for name in ("archive", "agency")]
    (folder / "study.toml").write_text(toml({"study": {"name": "half"}, "collection": places}))
    study = Study(folder)
    review = study.review()
    labels = ("same", "cannot-tell")
    for task, label in zip(review.sheet.itertuples(), labels, strict=False):
        review.decide(task.left, task.right, label, reviewer="Ada")
    for image, answer in zip(review.files["image"], ("yes", "cannot-tell"), strict=False):
        review.person(image, answer, reviewer="Ada")
    study.measure()
    return study


def calibrated() -> list[Result]:
    """Return what a calibration says that planted every kind of edit, found none, and linked one wrongly."""
    planted = pd.DataFrame(
        [
            {"path": f"{source}-{n:02d}.jpg", "kind": kind, "source": f"{source}.jpg"}
            for source in ("0000", "0001")
            for n, kind in enumerate(EDITS)
        ]
    )
    images = pd.DataFrame(
        {"image_id": ["a", "b"], "collection": ["originals"] * 2, "path": ["0000.jpg", "0001.jpg"]}
    )
    members = pd.DataFrame({"image_id": ["a", "b"], "group_id": ["g", "g"], "work": [0, 0]})
    pairs = pd.DataFrame({"left": ["a"], "right": ["b"], "relation": ["near-identical"]})
    found = judge(planted, images, members, pairs, {("0000", "0001"): 1})
    assert len(found) == len(EDITS) + 4
    return found


@each_language
def test_a_study_with_nothing_supplied(bare, tag):
    """Every number that is not estimated says in the language what it needs."""
    assert english(bare.results(), tag) == []


@each_language
def test_a_study_of_copies(shared_study, tag):
    """Shares, counts, intervals and what has to be said with them."""
    assert english(shared_study.results(), tag) == []


@each_language
def test_a_study_with_everything(whole_study, tag):
    """Money, options, registers, trend and robustness as well."""
    results = whole_study.results()
    assert {"M3", "M.sum", "M9", "M10a", "S.window", "M11"} <= {r.id for r in results if r.value is not None}
    assert english(results, tag) == []


@each_language
def test_a_merged_study(merged, tag):
    """What can be said of pictures that nobody here has."""
    assert english(merged.results(), tag) == []


@each_language
def test_a_calibrated_study(tag):
    """Every kind of planted edit, and what the planted copies say of the total or do not."""
    found = calibrated()
    flagged = Result(
        "M1b",
        message("Images that have at least one copy"),
        0.02,
        "fraction",
        2,
        100,
        message("hashed images"),
    )
    lacking = with_copies([flagged], found)
    assert (lacking[0].id, lacking[0].value) == ("V.files", None)
    some = [
        Result(
            name,
            message("Planted copies that were found"),
            0.9,
            "fraction",
            90,
            100,
            message("planted copies"),
        )
        for name in ("K.recall", "K.alone")
    ]
    told_ = with_copies(
        [Result("M1b", flagged.label, 0.2, "fraction", 20, 100, flagged.denominator_label)], some
    )
    assert told_[0].value is not None
    assert english([*found, *lacking, *told_], tag) == []


@each_language
def test_a_half_reviewed_study(half_reviewed, tag):
    """Labels, strata and what is left open before a review is done."""
    results = half_reviewed.results()
    assert {"V.reviewed", "V.open", "V.stratum.1", "M17.seen"} <= {r.id for r in results}
    assert english(results, tag) == []


@each_language
def test_a_reviewed_study(reviewed, tag):
    """Numbers that a review corrected say how."""
    reviewed.measure()
    results = reviewed.results()
    assert [r.id for r in results if r.raw is not None]
    assert english([r for r in results if r.id != "C.recall.crop"], tag) == []


@pytest.mark.parametrize(
    "result",
    [
        Result("X", message("Surplus copies"), 1, "sacks of rice"),
        Result("X", message("Surplus copies of nobody"), 1, "images"),
        Result("X", message("Conflicting {field}", field=named("colour of the frame")), 1, "images"),
        Result("X", message("Surplus copies"), 1, "images", method=message("guessed.")),
        Result("X", message("Surplus copies"), 1, "images", caveats=(message("surely"),)),
        Result("X", message("Surplus copies"), None, "images", needs=(message("luck"),), status="not estimated"),
        Result("X", message("Surplus copies"), 1, "images", inputs=(Input("rice", 1, message("images"), quoted("a farmer"), "measured"),)),
        Result("X", message("Surplus copies"), 1, "images", inputs=(Input("images", 1, message("sacks"), quoted("a farmer"), "measured"),)),
    ],
)  # fmt: skip
def test_english_is_noticed(result):
    """The tests can fail: a label, a part of one, a unit, a method, a caveat, a need, an input."""
    assert len(english([result], HONG_KONG)) == 1


def test_peoples_own_words_are_no_fault():
    """What somebody wrote stays as it is, marked where it is in another language."""
    given = Input("storage_price", 1, message("images"), quoted("invoice of a data centre"), "invoice")
    assert english([Result("X", message("Surplus copies"), 1, "images", inputs=(given,))], HONG_KONG) == []
    with speaking(HONG_KONG):
        assert (
            told(given.source)
            == original("invoice of a data centre")
            == f"invoice of a data centre 〔{MARK}〕"
        )
