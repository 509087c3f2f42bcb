"""The photographs of the sample study, joined from what four sites send, say what one study of all these pictures says.

Of what is drawn or printed that is not so, and not meant to be: see `test_remote_pictures.py`.
"""

import shutil
import tomllib
from datetime import UTC, datetime
from typing import NamedTuple

import pytest

from dedupelab import Study, tables
from dedupelab.exchange.answers import answer
from dedupelab.exchange.manifest import write_manifest
from dedupelab.exchange.merging import Merged, merge
from dedupelab.pack.replay import compare_results, compare_tables
from dedupelab.pack.toml import toml

NOW = datetime(2026, 7, 2, 3, 4, 5, tzinfo=UTC)
IN_COLOUR = {"reason": "", "differences": ""}
"""What is said of pairs beyond the relation: sketches are grey, and smaller, which the reason says."""
ROUNDING = {"relative": 1e-3, "absolute": 1e-4}
"""Scores and regions depend in the fifth digit on which of two pictures comes first, and that on what a site holds."""
EXACT = {"relative": 1e-9, "absolute": 1e-12}

pytestmark = pytest.mark.slow


class Exchange(NamedTuple):
    whole: Study
    before: dict[str, object]
    merged: Merged
    rounds: int


@pytest.fixture(scope="module")
def whole(part_of_sample, tmp_path_factory) -> Study:
    return Study(shutil.copytree(part_of_sample, tmp_path_factory.mktemp("whole") / "study"))


@pytest.fixture(scope="module")
def exchange(whole, tmp_path_factory) -> Exchange:
    home = tmp_path_factory.mktemp("sites")
    settings = tomllib.loads((whole.folder / "study.toml").read_text("utf-8"))
    sites, sent = {}, []
    for each in settings["collection"]:
        placed = each | {"location": whole.placed(each["location"])}
        if "catalogue" in each:
            placed["catalogue"] = whole.placed(each["catalogue"])
        own = {"study": {"name": each["name"]}, "collection": [placed], "match": settings["match"]}
        (home / each["name"]).mkdir()
        (home / each["name"] / "study.toml").write_text(toml(own), encoding="utf-8")
        site = sites[each["name"]] = Study(home / each["name"])
        site.match()
        sent.append(write_manifest(site, home / f"{site.name}.zip", now=NOW))
    folder = home / "merged"
    folder.mkdir()
    named = [
        {"location": "in a manifest"} | {k: each[k] for k in ("name", "holder", "kind")}
        for each in settings["collection"]
    ]
    (folder / "study.toml").write_text(toml({**settings, "collection": named}), encoding="utf-8")
    shutil.copyfile(whole.folder / "registers.sqlite", folder / "registers.sqlite")
    merged = merge(folder, sent, now=NOW)
    before = {"pairs": merged.study.pairs(), "images": merged.study.images(), "undecided": merged.undecided}
    rounds = 0
    while merged.questions and rounds < 4:
        rounds += 1
        said = [
            answer(
                sites[path.name.split(".")[0]], path, home / f"{rounds}-{path.name}", sketch=512, now=NOW
            ).path
            for path in merged.questions
        ]
        merged = merge(folder, said, now=NOW)
    merged.study.measure()
    return Exchange(whole, before, merged, rounds)


def links(pairs) -> set[tuple[str, str]]:
    chosen = pairs[pairs["relation"].isin(tables.LINKS)]
    return set(zip(chosen["left"], chosen["right"], strict=True))


def test_where_no_pixels_are_needed_a_merge_is_exact(exchange):
    """Before any answer: the same pictures and fingerprints, every pair that digests prove or one site judged, and no link too many."""
    was, now = exchange.whole.pairs(), exchange.before["pairs"]
    proved = {"byte-identical", "payload-identical"}
    for relation in proved:
        assert links(was[was["relation"] == relation]) == links(now[now["relation"] == relation])
    assert links(now) < links(was)
    assert exchange.before["undecided"] > 0
    unsettled = exchange.before["images"].assign(pixel_sha256=None)
    compared = compare_tables(
        tables.IMAGES,
        exchange.whole.images().assign(pixel_sha256=None),
        tables.IMAGES.conform(unsettled),
        **EXACT,
    )
    assert compared.first == ""


def test_after_the_answers_everything_is_the_same(exchange):
    """Relations, groups, members, overlap matrix, money and every number of results.json, headlines among them; nothing stays open."""
    assert (exchange.merged.undecided, exchange.merged.questions, exchange.rounds <= 3) == (0, [], True)
    study = exchange.merged.study
    exact = [tables.IMAGES, tables.SCANNED, tables.MEMBERS, tables.RECORDS, *tables.MEASURED]
    compared = [
        compare_tables(table, exchange.whole.store.read(table), study.store.read(table), **EXACT)
        for table in exact
    ]
    compared += [
        compare_tables(table, was.assign(**less), now.assign(**less), **ROUNDING)
        for table, less in ((tables.PAIRS, IN_COLOUR), (tables.GROUPS, {}))
        for was, now in [(exchange.whole.store.read(table), study.store.read(table))]
    ]
    compared.append(compare_results(exchange.whole.results(), study.results(), **EXACT))
    assert {c.name: c.first for c in compared if c.different} == {}
    assert len(study.groups()) >= 10
    assert (study.overlap()["shared"] > 0).sum() >= 4


def test_what_was_judged_by_sketch_says_so(exchange):
    """A link that digests do not prove says how colours compare, or that they were not compared, and never both."""
    pairs = exchange.merged.study.pairs()
    linked = pairs.loc[pairs["relation"].isin(["near-identical", "derivative"]), "reason"]
    sketched = linked.str.contains(
        "by gray sketches of 512 pixels: colours and finer details were not compared"
    )
    compared = linked.str.contains("colours agree|is grey|both grey|toned|one tone")
    assert sketched.sum() >= 10
    assert not (sketched & compared).any()
    crossing = pairs.loc[linked.index, "cross_collection"].astype(bool)
    assert (sketched | compared)[crossing].all()
