"""The journey on the sample study: collections in, paper out, and every number held against what was planted."""

import hashlib
import json
import os
import shutil
from itertools import combinations
from pathlib import Path
from typing import NamedTuple

import lxml.html
import pandas as pd
import pytest
from command import invoke
from reproduced import unreproduced

from dedupelab import Study
from dedupelab.numbers.results import Result, by_id, load_results
from dedupelab.publish.notebooks.notebooks import DESK
from dedupelab.tables import ALL, LINKS

pytestmark = pytest.mark.slow

EXACT = {"byte-identical", "payload-identical", "pixel-identical"}
WHOLE = EXACT | {"near-identical", ""}
"""What truth.csv says of copies that show the whole picture; an original has no relation."""


class Journey(NamedTuple):
    folder: Path
    run: Path
    study: Study
    truth: pd.DataFrame
    pairs: pd.DataFrame
    results: dict[str, Result]
    printed: str


@pytest.fixture(scope="module")
def journey(sample_study: Path, tmp_path_factory: pytest.TempPathFactory) -> Journey:
    folder = tmp_path_factory.mktemp("journey")
    shutil.copytree(sample_study, folder / "sample")
    done = invoke("report", folder / "sample", "--out", folder / "reports", "--gallery")
    assert done.exit_code in {0, 3}, done.output
    study = Study(folder / "sample")
    truth = pd.read_csv(folder / "sample" / "truth.csv", keep_default_na=False)
    known = (
        study.images()
        .merge(truth, on=["collection", "path"], suffixes=("", "_planted"))
        .set_index("image_id")
    )
    pairs = study.pairs()
    for side in ("left", "right"):
        for fact in ("work", "relation", "low_information"):
            name = "planted" if fact == "relation" else fact
            pairs[f"{side}_{name}"] = pairs[side].map(
                known[f"{fact}_planted" if f"{fact}_planted" in known else fact]
            )
    pairs["link"] = pairs["relation"].isin(LINKS)
    run = folder / "reports" / "sample" / "latest"
    return Journey(folder, run, study, known, pairs, by_id(load_results(run / "results.json")), done.output)


def test_every_file_is_accounted_for(journey):
    """Listed = hashed + unreadable + skipped, and each file's fate is the planted one."""
    images = journey.study.images()
    assert len(images) == len(journey.truth) >= 600
    assert (journey.truth["status"] == journey.truth["status_planted"]).all()
    counts = journey.truth["status_planted"].value_counts()
    for status in ("hashed", "unreadable", "skipped"):
        assert journey.results[f"N.{status}"].value == counts[status]
    assert journey.results["N.listed"].value == counts.sum()
    assert images.loc[images["status"] != "hashed", "problem"].notna().all()


def test_no_link_joins_different_works(journey):
    """A false positive is worse than a missed pair: between different works there is none."""
    false = journey.pairs[journey.pairs["link"] & (journey.pairs["left_work"] != journey.pairs["right_work"])]
    assert false[["left", "right", "relation", "reason"]].to_dict("records") == []


def test_all_exact_copies_are_found(journey):
    """Files with equal bytes, equal compressed data or equal pixels are pairs of that relation or a stronger one."""
    hashed = journey.truth[journey.truth["status"] == "hashed"]
    found = {
        (left, right): relation
        for left, right, relation in journey.pairs[["left", "right", "relation"]].itertuples(index=False)
    }
    for digest in ("sha256", "payload_sha256"):
        for _, same in hashed.groupby(digest):
            for pair in combinations(sorted(same.index), 2):
                assert found[pair] in EXACT
    planted = hashed[hashed["relation"].isin(EXACT)]
    place = {f"{c}/{p}": identity for identity, c, p in hashed[["collection", "path"]].itertuples()}
    for identity, row in planted.iterrows():
        if row["edit"] in EXACT:
            pair = tuple(sorted((str(identity), place[row["of"]])))
            assert found[pair] in EXACT, row["path"]


def test_near_identical_copies_are_linked(journey):
    """At least nine in ten pairs that show the whole picture of one work are linked."""
    hashed = journey.truth[(journey.truth["status"] == "hashed") & (journey.truth["work"] != "")]
    whole = hashed[hashed["relation"].isin(WHOLE)]
    linked = {tuple(pair) for pair in journey.pairs.loc[journey.pairs["link"], ["left", "right"]].to_numpy()}
    wanted = [p for _, copies in whole.groupby("work") for p in combinations(sorted(copies.index), 2)]
    assert sum(pair in linked for pair in wanted) / len(wanted) >= 0.9


def test_variants_are_never_counted(journey):
    """Bursts and stereo pairs stay apart from the scenes they belong to."""
    scenes = journey.truth["scene"].to_dict()
    links = journey.pairs[journey.pairs["link"]]
    apart = links[links["left_work"] != links["right_work"]]
    assert [(a, b) for a, b in apart[["left", "right"]].to_numpy() if scenes[a] == scenes[b]] == []


def test_low_information_pictures_are_linked_by_digest_only(journey):
    """What a fingerprint says nothing about is joined only when digests prove it."""
    low = journey.pairs[(journey.pairs["left_low_information"] == "yes") & journey.pairs["link"]]
    assert set(low["relation"]) <= EXACT
    assert (low["left_work"] == low["right_work"]).all()


def test_metadata_are_the_planted_ones(journey):
    """Creator, credit, copyright, date and AI label come out as they were put in."""
    hashed = journey.truth[journey.truth["status"] == "hashed"]
    for name in ("creator", "credit", "copyright_notice", "date_created", "ai_label"):
        read = hashed[name].fillna("").astype(str)
        assert list(hashed["path"][read != hashed[f"{name}_planted"]]) == [], name


def test_numbers_agree_with_truth(journey):
    """Shares in results.json equal those computed from truth.csv where the truth is exact."""
    hashed = journey.truth[journey.truth["status"] == "hashed"]
    results = journey.results
    equal = hashed[hashed["low_information"] != "yes"]["sha256"]
    assert results["M1x"].numerator <= len(equal) - equal.nunique()
    assert results["M1x"].denominator == len(hashed)
    assert results["M12"].numerator == (hashed["ai_label_planted"] != "no-label").sum()
    assert results["M7"].numerator == (hashed["rights"] != "asserted").sum()
    real = hashed[hashed["low_information"] != "yes"]
    surplus = len(real) - real["work"].nunique()
    assert 0.7 * surplus <= results["M1"].numerator <= surplus
    assert results["M1"].interval is None, "nobody has checked a pair of this study"


def test_planted_conflicts_are_found_and_none_is_invented(journey):
    """A group is in conflict on a field exactly where its members' planted values were made to conflict."""
    fields = journey.study.fields()
    members = journey.study.members().merge(
        journey.truth[["work", "conflict"]], left_on="image_id", right_index=True, suffixes=("_no", "")
    )
    planted = members.groupby("group_id")["conflict"].first().str.split(";")
    for field in ("creator", "credit"):
        seen = set(fields.loc[(fields["field"] == field) & (fields["state"] == "conflict"), "group_id"])
        invented = [group for group in seen if field not in planted[group]]
        assert invented == []


def test_catalogues_of_the_sample(journey):
    """Records reconcile, all that name a file are linked, and records contradict files as often as planted."""
    results, records = journey.results, journey.study.records()
    parts = {
        name: int(results[f"N.records.{name}"].value)
        for name in ("linked", "ambiguous", "unmatched", "unusable")
    }
    assert sum(parts.values()) == results["N.records"].value == len(records)
    assert (parts["ambiguous"], parts["unmatched"], parts["unusable"]) == (0, 8, 2)
    said = records[records["outcome"] == "linked"].set_index("image_ids")["creator"]
    own = journey.truth["creator_planted"].reindex(said.index)
    both = said.notna() & (own != "")
    assert results["M5c.creator"].denominator == both.sum()
    assert results["M5c.creator"].numerator == (said[both] != own[both]).sum() > 0
    page = (journey.run / "report.en.html").read_text("utf-8")
    assert {name for name in ("table-catalogues", "table-crosswalk") if f'id="{name}"' not in page} == set()
    assert "was not seen" not in page


def test_results_carry_what_a_reader_needs(journey):
    """No number without denominator or reason, method, grade; none without interval or a word for why not."""
    ids = set(journey.results)
    assert {
        "M1",
        "M1b",
        "M1x",
        "M2",
        "M4.any",
        "M5.creator",
        "M5.any",
        "M6",
        "M7",
        "M7s",
        "M12",
        "M3",
        "M8",
        "M9",
        "M10a",
        "M.sum",
        "M11",
        "S.statutory-standard-open-source",
    } <= ids
    for result in journey.results.values():
        assert str(result.method)
        assert result.grade in "ABCDE"
        assert result.interval is not None or str(result.interval_method)
        assert result.value is not None or tuple(map(str, result.needs))


def test_every_number_has_what_lies_behind_it(journey):
    """The rows behind each number reproduce it; what counts no rows is a model's, a mean or an amount, and says what it was made of."""
    wrong, kinds = unreproduced(journey.study)
    assert wrong == []
    assert kinds["counted"].total() > 300
    made_of = ["M", "M10a", "M11", "M14", "M3", "M5p", "M8", "M9", "S"]
    assert sorted(kinds["made of"]) == made_of


def test_the_paper_leads_to_the_pictures_behind_its_numbers(journey):
    """From main points and annex A to a page for each number that counts pictures, with as many groups as it counts."""
    paper = lxml.html.parse(journey.run / "report.en.html")
    pages = {link for link in paper.xpath("//a/@href") if link.startswith("gallery/")}
    assert {"gallery/en/M1.html", "gallery/en/M5.creator.html", "gallery/en/M4.any.html"} <= pages
    assert [page for page in pages if not (journey.run / page).exists()] == []
    assert paper.xpath("//section[@class='main-points']//a[starts-with(@href, 'gallery/')]")
    sheets = lxml.html.parse(journey.run / "gallery/en/M5.creator.html").findall(".//li")
    assert len(sheets) == by_id(journey.study.results())["M5.creator"].numerator


def test_the_run_folder_is_whole(journey):
    """Papers in three formats, executed notebooks, tables as Parquet and CSV; HTML under 5 MB and without script."""
    for kind in ("html", "pdf", "docx"):
        assert 10_000 < (journey.run / f"report.en.{kind}").stat().st_size < 5_000_000
    assert b"<script" not in (journey.run / "report.en.html").read_bytes()
    told = {path.name for path in (Path(__file__).parents[1] / "notebooks").glob("*.ipynb")} - {DESK}
    assert {path.name for path in (journey.run / "notebooks").glob("*.ipynb")} == told
    for table in ALL:
        assert (journey.run / "tables" / f"{table.name}.parquet").exists()
        assert (journey.run / "tables" / f"{table.name}.csv").exists()
    assert "report.en.pdf" in journey.printed
    assert str(journey.folder) not in "".join(p.read_text("utf-8") for p in journey.run.glob("*.json"))


def test_a_second_report_recomputes_no_table(journey):
    """An unchanged study is read, not run; its tables keep their bytes."""
    before = _digests(journey.folder / "sample")
    again = Study(journey.folder / "sample")
    again.measure()
    assert again.execution.ran == []
    assert _digests(journey.folder / "sample") == before


def test_another_place_gives_the_same_tables(part_of_sample, tmp_path):
    """The same study elsewhere gives the same tables, byte for byte: nothing of the place or the hour is in them."""
    copy = tmp_path / "elsewhere"
    shutil.copytree(part_of_sample, copy, ignore=shutil.ignore_patterns(".dedupelab"))
    study = Study(copy)
    study.measure()
    assert study.execution.ran
    assert _digests(copy) == _digests(part_of_sample)


def test_a_changed_file_is_read_again(journey, tmp_path):
    """After one deletion only the tables that depend on it change, and the other rows are kept."""
    copy = tmp_path / "changed"
    shutil.copytree(journey.folder / "sample", copy)
    gone = journey.truth[journey.truth["status"] == "hashed"].iloc[0]
    (copy / "collections" / gone["collection"] / gone["path"]).unlink()
    images = Study(copy).scan()
    kept = journey.study.images()
    kept = kept[~((kept["collection"] == gone["collection"]) & (kept["path"] == gone["path"]))].reset_index(
        drop=True
    )
    pd.testing.assert_frame_equal(images.reset_index(drop=True), kept)


def test_the_run_says_what_it_was_made_with(journey):
    """run.json names versions and settings, and no location of a collection."""
    facts = json.loads((journey.run / "run.json").read_text("utf-8"))
    assert {"dedupelab", "pillow", "numpy"} <= set(facts["versions"])
    assert all("location" not in c for c in facts["settings"]["collection"])
    assert os.environ.get("HOME", "/nowhere") not in json.dumps(facts["settings"])


def _digests(study: Path) -> dict[str, str]:
    tables = sorted((study / ".dedupelab").rglob("*.parquet"))
    assert tables
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in tables}


def test_every_number_is_told_in_every_language(journey):
    """Labels, units, wholes, intervals, caveats and needs of all results have a translation, also those that no chapter prints."""
    from dedupelab.publish.chapters import wording
    from dedupelab.publish.language.language import speaking, told
    from dedupelab.publish.language.translations import languages

    for tag in languages():
        with speaking(tag) as language:
            mark = language.messages.gettext("[original in English]")
            said = {
                r.id: [
                    wording.label_of(r),
                    wording.with_interval(r),
                    wording.of(r),
                    wording.grade(r),
                    *map(told, (r.caveat, r.method, r.interval_method, *r.needs)),
                ]
                for r in journey.results.values()
            }
        assert {name: texts for name, texts in said.items() if any(mark in text for text in texts)} == {}
