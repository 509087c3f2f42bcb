"""What a form writes: comments and other settings stay, what is wrong is told before anything is written, other people's edits win."""

from dataclasses import replace

import pytest

from dedupelab import init
from dedupelab.errors import ConfigError
from dedupelab.settings.consultation import load_profile
from dedupelab.settings.study_toml import load_config
from dedupelab.settings.written import read_form, write_form


@pytest.fixture
def folder(tmp_path):
    """Make a study of one collection, as `dedupelab init` does."""
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    init(tmp_path / "study", {"first": str(tmp_path / "a")})
    return tmp_path / "study"


def test_what_is_written_is_read_back_and_comments_stay(folder):
    """Holder, purpose, a second collection and the consultation: every line that was there stays, but for its value."""
    before = (folder / "study.toml").read_text()
    form = read_form(folder)
    assert [each["name"] for each in form.collections] == ["first"]
    first = {**form.collections[0], "holder": 'City "Archive" 檔案', "catalogue": "export.csv"}
    second = {"name": "second", "location": "../b", "holder": "", "kind": "portal", "catalogue": ""}
    form = type(form)(
        {"name": "study", "purpose": "statistics", "owner": "Ada"},
        [first, second],
        ["en", "zh-Hant-HK"],
        {"name": "Copyright and AI", "deadline": "2026-12-31"},
        form.seen,
    )
    again = write_form(folder, form)
    assert dict(again.collections[0]) == first
    assert (again.study["purpose"], again.languages, again.consultation["deadline"]) == (
        "statistics",
        ["en", "zh-Hant-HK"],
        "2026-12-31",
    )
    config = load_config(folder)
    assert [(c.name, c.location, c.kind) for c in config.collection] == [
        ("first", "../a", ""),
        ("second", "../b", "portal"),
    ]
    assert load_profile(folder).spoken("en").consultation.name == "Copyright and AI"
    after = (folder / "study.toml").read_text()
    comments = [line.partition("#")[2] for line in before.splitlines() if "#" in line]
    assert [text for text in comments if text not in after] == []
    assert read_form(folder) == write_form(folder, again)


def test_a_text_in_several_languages_stays_one(folder):
    """The form shows the first language's text and writes that one alone."""
    profile = folder / "consultation.toml"
    profile.write_text('[consultation]\nname = { en = "On pictures", zh-Hant-HK = "關於圖像" }\n', "utf-8")
    form = read_form(folder)
    assert form.consultation["name"] == "On pictures"
    assert write_form(folder, form) == form
    write_form(folder, replace(form, consultation={**form.consultation, "name": "On copies"}))
    assert (
        profile.read_text("utf-8").splitlines()[1] == 'name = { en = "On copies", zh-Hant-HK = "關於圖像" }'
    )


def test_a_file_edited_meanwhile_wins(folder):
    """Edited by hand while the form was open: elsewhere, and both stand; in what it shows or to nonsense, and the file is as the hand left it."""
    form = read_form(folder)
    text = (folder / "study.toml").read_text().replace("max_distance = 10", "max_distance = 8") + "# mine\n"
    (folder / "study.toml").write_text(text)
    form = write_form(folder, replace(form, study={**form.study, "owner": "Ada"}))
    text = (folder / "study.toml").read_text()
    assert "# mine" in text
    assert load_config(folder).match.max_distance == 8
    text = text.replace('owner = "Ada"', 'owner = "Mei"')
    (folder / "study.toml").write_text(text)
    with pytest.raises(ConfigError, match="edited them meanwhile"):
        write_form(folder, form)
    assert (folder / "study.toml").read_text() == text
    (folder / "study.toml").write_text("name = [")
    with pytest.raises(ConfigError, match="expected TOML"):
        read_form(folder)
    (folder / "study.toml").write_text(text)
    for nonsense in ("name = [", "[consultation]\nname = 3\n", "[consultations]\n"):
        (folder / "consultation.toml").write_text(nonsense)
        with pytest.raises(ConfigError, match=r"consultation.toml: \w+"):
            write_form(folder, form)
        assert (folder / "consultation.toml").read_text() == nonsense


@pytest.mark.parametrize(
    ("part", "name", "value", "told"),
    [("study", "name", "a/b", "letters, digits"), ("consultation", "deadline", "soon", "deadline")],
)
def test_what_is_wrong_is_told_and_nothing_is_written(folder, part, name, value, told):
    """The same checks as of a file written by hand."""
    form = read_form(folder)
    both = [(folder / file).read_bytes() for file in ("study.toml", "consultation.toml")]
    wanted = {"study": form.study, "consultation": {"name": "C", **dict.fromkeys((), "")}}
    wanted[part] = {**wanted[part], name: value}
    with pytest.raises(ConfigError, match=told):
        write_form(
            folder,
            type(form)(wanted["study"], form.collections, form.languages, wanted["consultation"], form.seen),
        )
    assert [(folder / file).read_bytes() for file in ("study.toml", "consultation.toml")] == both
