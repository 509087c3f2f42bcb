"""A run with a consultation: letter, answers, statements and checks, whatever is written into the profile."""

import json
import shutil
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from command import invoke

from dedupelab import ConfigError, ReportError, Study, TableError, init
from dedupelab.publish import run as run_module
from dedupelab.publish.criteria.check import check_run
from dedupelab.publish.figures.exhibits import exhibits
from dedupelab.publish.paper.docx import render_docx
from dedupelab.publish.paper.html import render_html
from dedupelab.publish.paper.pdf import render_pdf
from dedupelab.publish.run import publish_run
from dedupelab.work.progress import silent

pytestmark = pytest.mark.slow

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ARABIC, EMOJI = "استشارة عامة حول الصور", "📷🇭🇰👩‍🔬"
PROFILE = """
[consultation]
name = "On shared pictures"
reference = "EX 1/2026"
recipient = ["The Secretary", "1 Example Road"]
deadline = 2026-03-31
[[question]]
number = "2(a)"
text = "How many copies are there?"
findings = ["M1", "M9"]
[[question]]
number = 3
[submission]
submitter = "The Association"
members = ["First Archive", "Second Archive"]
confidentiality = "confidential-annex"
[interests]
funding = "members' fees"
interests = "members own the pictures"
[assurance]
analyst = "Ann Lee"
assurer = "Bo Chan"
statement = "all sums"
[data]
available = "tables"
withheld = "pictures"
[limits]
not_shown = ["who is right"]
contrary = ["few copies cost anything"]
unmet = [{ standard = "response rate", reason = "nobody was asked twice" }]
"""


@pytest.fixture(autouse=True)
def only_pages(monkeypatch):
    """Write no PDF and DOCX, and draw no figure, where a test does not ask for all papers."""
    monkeypatch.setattr(run_module, "RENDERERS", {"html": render_html})
    monkeypatch.setattr(run_module, "exhibits", lambda *_given: {})


@pytest.fixture
def all_papers(monkeypatch):
    monkeypatch.setattr(
        run_module, "RENDERERS", {"html": render_html, "pdf": render_pdf, "docx": render_docx}
    )
    monkeypatch.setattr(run_module, "exhibits", exhibits)


@pytest.fixture(scope="module")
def measured(tmp_path_factory, photograph) -> Path:
    """Write a study of three different pictures, handed in to nobody, and measure it."""
    home = tmp_path_factory.mktemp("home")
    (home / "pictures").mkdir()
    for seed in range(3):
        photograph(seed).save(home / "pictures" / f"{seed}.jpg")
    init(home / "study", {"own": str(home / "pictures")}, "small")
    (home / "study" / "text").mkdir()
    Study(home / "study").measure()
    return home


@pytest.fixture
def folder(measured, tmp_path) -> Path:
    shutil.copytree(measured, tmp_path / "home")
    return tmp_path / "home" / "study"


@pytest.fixture(scope="module")
def submitted(measured, tmp_path_factory) -> Path:
    """Write a run with the profile, for tests that look at it or at a copy."""
    home = tmp_path_factory.mktemp("submitted") / "home"
    shutil.copytree(measured, home)
    return publish(home / "study", PROFILE, letter="We thank you.", request="That copies be counted.")


def publish(folder: Path, profile: str = "", now: datetime = NOW, **texts: str) -> Path:
    if profile:
        (folder / "consultation.toml").write_text(profile, encoding="utf-8")
    for name, text in texts.items():
        (folder / "text" / f"{name}.en.md").write_text(text, encoding="utf-8")
    return publish_run(Study(folder), folder / "out", notebooks=False, bars=silent, now=now)


def page(run: Path, name: str = "report") -> str:
    return (run / f"{name}.en.html").read_text("utf-8")


def states(run: Path) -> dict[str, str]:
    return {
        each["id"]: each["state"] for each in json.loads((run / "check.json").read_text("utf-8"))["criteria"]
    }


def test_a_submission_has_all_its_parts(submitted):
    """Letter, answers by question, statements, limits; and each says what the profile says."""
    run = submitted
    text, sent = page(run), page(run, "letter")
    for words in (
        "Question 2(a)", "How many copies are there?", "not estimated: needs", "This submission does not answer the question.",
        "Members represented (2): First Archive, Second Archive.", "Computed by: Ann Lee. Checked by: Bo Chan.",
        "Funding: members&#39; fees", "few copies cost anything", "response rate: nobody was asked twice", "not collected",
        "That copies be counted.", "its annexes and the evidence pack are confidential",
    ):  # fmt: skip
        assert words in text, words
    for words in (
        "The Secretary",
        "On shared pictures (EX 1/2026)",
        "31 March 2026",
        "We thank you.",
        "Enclosed: Duplicate",
    ):
        assert words in sent, words
    assert {f"letter.en.{kind}" for kind in ("html", "pdf", "docx")} <= {p.name for p in run.iterdir()}


def test_the_author_chooses_what_leads(folder):
    """`[report] main_points` leads page one in its order; an id that there is not stops the run and names the nearest."""
    settings = folder / "study.toml"
    written = settings.read_text("utf-8")
    settings.write_text(
        written.replace("[report]", '[report]\nmain_points = ["N.hashed", "M14", "M1"]'), encoding="utf-8"
    )
    run = publish(folder)
    claims = json.loads((run / "paper.json").read_text("utf-8"))["claims"]
    assert [claim["result"] for claim in claims] == ["N.hashed", "M1"]
    assert any("M14" in note for note in json.loads((run / "run.json").read_text("utf-8"))["notes"])
    settings.write_text(
        written.replace("[report]", '[report]\nmain_points = ["M5.creater"]'), encoding="utf-8"
    )
    with pytest.raises(ConfigError, match=r"did you mean M5\.creator"):
        publish(folder)


def test_without_a_profile_there_is_none_of_it(folder):
    """No letter, no answers; the checks say what is missing, and the paper is marked as a draft."""
    run = publish(folder)
    assert list(run.glob("letter.*")) == []
    assert "Answers to the consultation" not in page(run)
    assert "Assurance by a second person: not stated." in page(run)
    assert states(run)["C2"] == "not applicable"
    assert [states(run)[name] for name in ("C11", "C12", "C14", "C15")] == ["fail"] * 4
    assert "checks open</p>" in page(run)


def test_authors_words_survive_a_new_run(folder):
    """The same bytes after it, with the new figure in the paper: a picture more, and the words around it."""
    words = "We hold {N.hashed:value}, *all of them* good.\r\n"
    first = publish(folder, introduction=words)
    assert "We hold 3 images, <em>all of them</em> good." in page(first)
    before = {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in (folder / "text").iterdir()}
    (folder.parent / "pictures" / "4.jpg").write_bytes((folder.parent / "pictures" / "0.jpg").read_bytes())
    second = publish(folder)
    assert "We hold 4 images, <em>all of them</em> good." in page(second)
    assert {p: (p.read_bytes(), p.stat().st_mtime_ns) for p in (folder / "text").iterdir()} == before


def test_hostile_words_are_printed_and_do_nothing(folder, evil, all_papers):
    """Markup of every kind, right-to-left letters, emoji, an override and 2,000 characters, in every field and text."""
    field = f"{evil} {ARABIC} {EMOJI} \u202egpj.exe"[:290]
    quoted = json.dumps(field, ensure_ascii=False).replace("\u202e", "\\u202E")
    profile = PROFILE
    for line in PROFILE.splitlines():
        name, _equals, value = line.partition(" = ")
        if name in {"confidentiality", "number"} or not value.startswith('"'):
            continue
        profile = profile.replace(line, f"{name} = {quoted}")
    profile = profile.replace('["First Archive", "Second Archive"]', f"[{quoted}]").replace(
        '"1 Example Road"', quoted
    )
    profile = profile.replace(
        f"text = {quoted}", f"text = {json.dumps(ARABIC * 90 + EMOJI * 20, ensure_ascii=False)}"
    )
    text = f"{evil.replace('{', '{{').replace('}', '}}')} {ARABIC} {EMOJI}\n\n# {'long ' * 50}\n\n{'long ' * 400}\n\n<b>{EMOJI}</b>"
    run = publish(folder, profile, introduction=text, letter=text, request=text)
    for name in ("report", "letter"):
        written = page(run, name)
        assert "<script" not in written
        assert "&lt;script&gt;alert(" in written
        assert "\u202e" not in written
        assert "[U+202E]" in written
        assert ARABIC in written
        assert (run / f"{name}.en.pdf").read_bytes().startswith(b"%PDF")
        with zipfile.ZipFile(run / f"{name}.en.docx") as word:
            assert ARABIC in word.read("word/document.xml").decode()


@pytest.mark.parametrize(
    ("profile", "notes", "failed"),
    [
        (
            PROFILE.replace("2026-03-31", "2026-01-01"),
            ["the deadline in consultation.toml, 2026-01-01, has passed"],
            [],
        ),
        (PROFILE.replace("2026-03-31", "2026-01-02"), [], []),
        ('[consultation]\nname = "x"\n', [], ["C2", "C11", "C12", "C14"]),
    ],
    ids=["passed", "last day", "no questions"],
)
def test_a_thin_or_late_profile_still_gives_a_report(folder, profile, notes, failed):
    """A passed deadline is told, a profile without questions fails its checks; the paper is written."""
    run = publish(folder, profile)
    assert json.loads((run / "run.json").read_text("utf-8"))["notes"] == notes
    assert [name for name in failed if states(run)[name] != "fail"] == []
    assert "Answers to the consultation" in page(run)


@pytest.mark.parametrize(
    ("profile", "texts", "error", "words"),
    [
        (PROFILE.replace('"M9"', '"M9x"'), {}, ConfigError, "question 2(a), got 'M9x'; did you mean M9?"),
        (PROFILE, {"answer-4": "x"}, ConfigError, "got answer-4.en.md; did you mean answer-3?"),
        (PROFILE, {"request": "{M.summ}"}, ReportError, "did you mean M.sum?"),
    ],
)
def test_unknown_numbers_and_questions_stop_before_the_work(folder, profile, texts, error, words):
    """A finding, a placeholder or an answer that there is not: the nearest one is named and no run begins."""
    with pytest.raises(error) as caught:
        publish(folder, profile, **texts)
    assert words in str(caught.value)
    assert list((folder / "out").glob("*/*")) == []


def test_a_run_is_checked_from_its_folder_alone(submitted, tmp_path):
    """What was found while writing is found again; a table that was changed since is noticed."""
    run = shutil.copytree(submitted, tmp_path / "run")
    outcomes = {outcome.id: outcome for outcome in check_run(run)}
    assert {name: outcome.state for name, outcome in outcomes.items()} == states(run)
    assert outcomes["C13"].state == "pass"
    assert outcomes["C11"].anchor == "section-interests"
    assert f"{sum(state == 'fail' for state in states(run).values())} of 17 checks open" in page(run)
    other, changed = (run / "tables" / f"{name}.parquet" for name in ("groups", "members"))
    changed.write_bytes(other.read_bytes())
    assert "members" in next(o.reason for o in check_run(run) if o.id == "C13" and o.state == "fail")


@pytest.mark.parametrize("lost", ["paper.json", "run.json", "results.json", "tables/images.parquet"])
def test_a_damaged_run_is_one_error(submitted, tmp_path, lost):
    """A file that is gone, or holds something else, is told; nothing is passed on what is not there."""
    run = shutil.copytree(submitted, tmp_path / "run")
    (run / lost).write_text("[]")
    with pytest.raises(TableError, match=r"expected .*got"):
        check_run(run)
    (run / lost).unlink()
    with pytest.raises(TableError, match=r"expected .*got"):
        check_run(run)


def test_the_command_tells_by_exit_code(submitted, tmp_path):
    """3 while anything is open, with a line for each criterion; JSON for machines; 1 for no run; 2 for no folder."""
    run = submitted
    told = invoke("check-report", run)
    assert told.exit_code == 3
    assert len([line for line in told.stdout.splitlines() if line.startswith("C")]) == 17
    assert told.stdout.splitlines()[-2].startswith("checks: ")
    assert told.stdout.splitlines()[-1].startswith("next: mend C")
    facts = json.loads(invoke("check-report", run, "--json").stdout)
    assert (facts["pass"] + facts["fail"] + facts["not_applicable"], len(facts["criteria"])) == (17, 17)
    absent = invoke("check-report", tmp_path)
    assert (absent.exit_code, absent.stdout) == (1, "")
    assert invoke("check-report").exit_code == 2


def test_the_verdict_does_not_hang_on_the_language(folder, submitted):
    """A paper in Chinese alone meets the same criteria; the submitter's English in it is marked, names in Chinese come first."""
    with (folder / "study.toml").open("a", encoding="utf-8") as settings:
        settings.write('\n[report.texts.zh-Hant-HK]\nsubmitter = "某協會"\nconsultation = "關於共用圖片"\n')
    (folder / "consultation.toml").write_text(PROFILE, encoding="utf-8")
    (folder / "text" / "request.en.md").write_text("That copies be counted.", encoding="utf-8")
    run = publish_run(
        Study(folder), folder / "out", languages=("zh-Hant-HK",), notebooks=False, bars=silent, now=NOW
    )
    paper, sent = ((run / f"{name}.zh-Hant-HK.html").read_text("utf-8") for name in ("report", "letter"))
    assert states(run) == states(submitted)
    assert "關於共用圖片（EX 1/2026）" in sent
    assert "某協會" in sent
    assert "資助：members&#39; fees 〔原文為英文〕" in paper
    assert "以下文字未經翻譯，原文為英文。" in paper
    assert "查核者：Bo Chan。" in paper


TWO_TONGUES = (
    PROFILE.replace('"On shared pictures"', '{ en = "On shared pictures", zh-Hant-HK = "關於共用圖片" }')
    .replace(
        '"How many copies are there?"', '{ en = "How many copies are there?", zh-Hant-HK = "有多少副本？" }'
    )
    .replace('"members\' fees"', '{ en = "members\' fees" }')
)


def test_each_paper_has_its_language_of_the_profile(folder):
    """Questions, names and checks are said in the paper's language; what it lacks is marked in the paper and named to the author."""
    (folder / "consultation.toml").write_text(TWO_TONGUES, encoding="utf-8")
    tags = ("en", "zh-Hant-HK")
    run = publish_run(Study(folder), folder / "out", languages=tags, notebooks=False, bars=silent, now=NOW)
    english, chinese = ((run / f"report.{tag}.html").read_text("utf-8") for tag in tags)
    assert ("How many copies are there?" in english, "有多少副本？" in english) == (True, False)
    assert ("How many copies are there?" in chinese, "有多少副本？" in chinese) == (False, True)
    assert "關於共用圖片" in (run / "letter.zh-Hant-HK.html").read_text("utf-8")
    assert "資助：members&#39; fees 〔原文為英文〕" in chinese
    assert "checks: " in (run / "check.txt").read_text("utf-8")
    assert "檢查：17 項中有" in (run / "check.zh-Hant-HK.txt").read_text("utf-8")
    notes = json.loads((run / "run.json").read_text("utf-8"))["notes"]
    lacking = (
        "not translated into zh-Hant-HK, so shown in another language: interests.funding in consultation.toml"
    )
    assert [note for note in notes if "consultation.toml" in note] == [lacking]


def test_a_language_that_there_is_not_is_told_before_any_work(folder):
    """A mistyped tag in the profile would never be printed."""
    (folder / "consultation.toml").write_text(TWO_TONGUES.replace("zh-Hant-HK", "zh-HK"), encoding="utf-8")
    with pytest.raises(
        ConfigError, match=r"consultation\.toml: expected a language of en, zh-Hant-HK, got 'zh-HK'"
    ):
        publish_run(Study(folder), folder / "out", bars=silent, now=NOW)
