"""The sample's consultation: usable, plainly invented, and never written over."""

import tomllib

from dedupelab.publish.chapters.prose import read_prose
from dedupelab.sample.study import KEPT, PARTS, _put_in_place
from dedupelab.sample.submission import submission_files
from dedupelab.settings.consultation import parse_consultation


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
