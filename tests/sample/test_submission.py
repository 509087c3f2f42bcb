"""The sample's consultation: usable, plainly invented, and never written over."""

import tomllib

import pytest

from dedupelab.publish.chapters.prose import read_prose, untranslated
from dedupelab.sample.settings import study_toml
from dedupelab.sample.study import KEPT, PARTS, _put_in_place
from dedupelab.sample.submission import submission_files
from dedupelab.settings.consultation import Profile, parse_consultation


def test_the_profile_and_the_texts_are_right(tmp_path):
    """The profile is one, each text belongs to a section or a question, and every question with findings has some."""
    files = submission_files()
    profile = parse_consultation(tomllib.loads(files["consultation.toml"]))
    (tmp_path / "text").mkdir()
    for name, text in files.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert len(read_prose(tmp_path, [question.number for question in profile.question])) == len(files) - 1
    assert [question.number for question in profile.question if question.findings] == ["1", "2", "3", "4(a)"]
    assert profile.assurance.by_another


def test_everybody_in_it_is_called_invented():
    """Nobody could take a name of the sample for a real body or person."""
    profile = parse_consultation(tomllib.loads(submission_files()["consultation.toml"]))
    own, asked = profile.submission, profile.consultation
    names = [asked.name, own.submitter, own.signatory, own.contact, *own.members]
    names += [profile.assurance.analyst, profile.assurance.assurer, asked.recipient[1]]
    assert [name for name in names if "(invented)" not in name] == []


@pytest.mark.parametrize("reviewed", [False, True])
def test_all_of_it_is_said_in_both_languages(tmp_path, reviewed):
    """Every text has its translation, and none names a file, which means nothing to whom the paper is handed."""
    files = submission_files(reviewed=reviewed)
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    settings = tomllib.loads(files["consultation.toml"])
    assert Profile(settings).untranslated("zh-Hant-HK") == []
    prose = read_prose(tmp_path, [str(question["number"]) for question in settings["question"]])
    assert list(untranslated(prose, "zh-Hant-HK")) == list(untranslated(prose, "en")) == []
    assert [name for name, text in files.items() if name != "consultation.toml" and ".md" in text] == []
    assert (
        settings["submission"]["members_asked"]
        == tomllib.loads(study_toml())["harm"]["members_asked"]["value"]
    )


def test_a_new_sample_leaves_what_was_written_alone(tmp_path):
    """Pictures and settings are replaced; the profile and the texts that are there stay, and absent ones come."""
    old, new = tmp_path / "old", tmp_path / "new"
    for folder in (old, new):
        folder.mkdir()
        (folder / "text").mkdir()
        (folder / "study.toml").write_text(folder.name)
        (folder / "text" / "request.en.md").write_text(folder.name)
    (new / "consultation.toml").write_text("new")
    _put_in_place(new, old)
    assert (old / "study.toml").read_text() == "new"
    assert (old / "text" / "request.en.md").read_text() == "old"
    assert (old / "consultation.toml").read_text() == "new"
    assert set(KEPT).isdisjoint(PARTS)
