"""Fingerprints travel and pictures stay: joined manifests give what one study of all pictures gives."""

import hashlib
import json
import shutil
import zipfile
from dataclasses import replace
from datetime import UTC, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from command import invoke

from dedupelab import Study, tables
from dedupelab.errors import PackError
from dedupelab.exchange.answers import answer
from dedupelab.exchange.checks_before_merge import check_room
from dedupelab.exchange.manifest import write_manifest
from dedupelab.exchange.merging import merge
from dedupelab.exchange.parcel import open_parcel
from dedupelab.pack.replay import compare_results, compare_tables
from dedupelab.pack.signing import own_key, sign
from dedupelab.pack.toml import toml

pytestmark = pytest.mark.slow

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def site_of(study: Study, names: dict[str, str], folder, **privacy) -> Study:
    """Make a study of some of another's collections, under the names given."""
    places = {c.name: study.location(c.name) for c in study.config.collection}
    settings = {
        "study": {"name": "-".join(names.values())},
        "collection": [{"name": new, "location": places[old]} for old, new in names.items()],
        "privacy": privacy,
    }
    folder.mkdir(parents=True)
    (folder / "study.toml").write_text(toml(settings), encoding="utf-8")
    site = Study(folder)
    site.match()
    return site


@pytest.fixture(scope="module")
def sites(shared_study, tmp_path_factory):
    home = tmp_path_factory.mktemp("sites")
    return {name: site_of(shared_study, {name: name}, home / name) for name in ("archive", "agency")}


@pytest.fixture(scope="module")
def manifests(sites, tmp_path_factory):
    home = tmp_path_factory.mktemp("manifests")
    return [write_manifest(site, home / f"{name}.zip", now=NOW) for name, site in sites.items()]


def differences(whole: Study, merged: Study) -> dict[str, str]:
    """First differences between a study and one that was merged, by table."""
    merged.measure()
    exact = {"relative": 1e-9, "absolute": 1e-12}
    found = [
        compare_tables(table, whole.store.read(table), merged.store.read(table), **exact)
        for table in (tables.PAIRS, tables.GROUPS, tables.MEMBERS, tables.FIELDS, tables.OVERLAP)
    ]
    found.append(compare_results(whole.results(), merged.results(), **exact))
    return {c.name: c.first for c in found if c.different}


def test_merged_manifests_give_the_study_itself(shared_study, sites, manifests, tmp_path):
    """Two copies that digests prove are found at once, the re-encoded one after the sites have answered; then all is equal."""
    before = merge(tmp_path / "all", manifests, now=NOW)
    links = before.study.pairs()["relation"].isin(tables.LINKS)
    assert (links.sum(), before.undecided >= 1) == (2, True)
    assert before.study.pairs()["reason"].str.contains("needs the pixels").sum() == before.undecided
    said = []
    for path in before.questions:
        site = sites[path.name.split(".")[0]]
        said.append(answer(site, path, tmp_path / f"{site.name}.answers.zip", sketch=512, now=NOW).path)
    after = merge(tmp_path / "all", said, now=NOW)
    found = differences(shared_study, after.study)
    assert after.undecided == 0
    assert {name: found[name] for name in ("groups", "members", "fields", "overlap") if name in found} == {}


def under(site: Study, folder, **match) -> Study:
    """Make a study of the same collections under other settings of the match."""
    settings = {
        "study": {"name": site.name},
        "collection": [{"name": c.name, "location": site.location(c.name)} for c in site.config.collection],
        "match": match,
    }
    folder.mkdir()
    (folder / "study.toml").write_text(toml(settings), encoding="utf-8")
    other = Study(folder)
    other.match()
    return other


def test_a_quick_site_and_a_thorough_one_merge(sites, manifests, tmp_path):
    """A site's gear says how it found its own pairs: the merge finds what it finds of two thorough sites, and is called quick."""
    quick = under(sites["agency"], tmp_path / "quick", gear="quick")
    mixed = [manifests[0], write_manifest(quick, tmp_path / "quick.zip", now=NOW)]
    one, two = merge(tmp_path / "mixed", mixed, now=NOW), merge(tmp_path / "all", manifests, now=NOW)
    assert (one.study.config.gear, two.study.config.gear) == ("quick", "thorough")
    counted = [m.study.pairs().query("relation in @tables.LINKS").reset_index() for m in (one, two)]
    assert counted[0][["left", "right", "relation"]].equals(counted[1][["left", "right", "relation"]])


def test_a_refusal_names_the_setting(sites, manifests, tmp_path):
    """Sites that searched within other distances are told which line of study.toml to agree on."""
    far = under(sites["agency"], tmp_path / "far", max_distance=12)
    with pytest.raises(PackError, match=r"\[match\] max_distance 10 in .*archive\.zip and 12"):
        merge(tmp_path / "all", [manifests[0], write_manifest(far, tmp_path / "far.zip", now=NOW)], now=NOW)


def test_without_sketches_no_picture_leaves(sites, manifests, tmp_path):
    """By default an answer holds digests and relations alone, and says how many sketches it declined."""
    questions = merge(tmp_path / "all", manifests, now=NOW).questions
    found = answer(sites["archive"], questions[0], tmp_path / "a.zip", now=NOW)
    assert (found.sketches, found.declined >= 1) == (0, True)


def test_fingerprints_alone_can_be_merged(sites, tmp_path, shared_study):
    """Without paths, names and plain digests the same copies are found, and nothing of these is in the file."""
    secret = b"a secret that all sites share"
    sent = [
        write_manifest(site, tmp_path / f"{name}.zip", fingerprints_only=True, secret=secret, now=NOW)
        for name, site in sites.items()
    ]
    for path, site in zip(sent, sites.values(), strict=True):
        shutil.unpack_archive(path, tmp_path / site.name)
        held = b"".join(p.read_bytes() for p in (tmp_path / site.name).iterdir())
        for row in site.images().itertuples():
            assert row.path.encode() not in held
            assert row.sha256.encode() not in held
            assert row.image_id.encode() not in held
    merged = merge(tmp_path / "all", sent, now=NOW)
    assert merged.study.pairs()["relation"].isin(tables.LINKS).sum() == 2
    again = answer(
        sites["agency"],
        next(q for q in merged.questions if "agency" in q.name),
        tmp_path / "x.zip",
        secret=secret,
    )
    assert again.declined >= 1
    with pytest.raises(PackError, match="with --secret"):
        answer(sites["agency"], next(q for q in merged.questions if "agency" in q.name), tmp_path / "y.zip")


def test_mixed_methods_are_refused_with_the_remedy(shared_study, sites, manifests, tmp_path, monkeypatch):
    """Another version of a decoder at one site: named, with both values and what to do; nothing is written."""
    monkeypatch.setattr("dedupelab.exchange.manifest.decoder_versions", lambda: {"pillow": "1.0"})
    other = write_manifest(sites["agency"], tmp_path / "other.zip", now=NOW)
    with pytest.raises(PackError, match=r"got numpy .* agree on one .* export again"):
        merge(tmp_path / "all", [manifests[0], other], now=NOW)
    assert not (tmp_path / "all" / "study.toml").exists()


def test_one_collection_under_two_names_is_refused(shared_study, sites, manifests, tmp_path):
    """The same files sent as two collections would count as overlap."""
    twin = site_of(shared_study, {"archive": "other"}, tmp_path / "twin")
    path = write_manifest(twin, tmp_path / "twin.zip", now=NOW)
    with pytest.raises(PackError, match="the same files as archive"):
        merge(tmp_path / "all", [*manifests, path], now=NOW)


def test_a_site_that_sends_twice(manifests, tmp_path):
    """The same manifest twice in one merge is refused; sent again later it replaces the earlier one."""
    copy = tmp_path / "copy.zip"
    shutil.copyfile(manifests[0], copy)
    with pytest.raises(PackError, match="each site once"):
        merge(tmp_path / "all", [*manifests, copy], now=NOW)
    first = merge(tmp_path / "all", manifests, now=NOW)
    assert merge(tmp_path / "all", [copy], now=NOW).images == first.images


def test_manifests_past_their_date_are_refused(shared_study, tmp_path):
    """What should be deleted is not merged any more."""
    site = site_of(shared_study, {"archive": "archive"}, tmp_path / "site", retention="2026-06-30")
    path = write_manifest(site, tmp_path / "m.zip", now=NOW)
    assert merge(tmp_path / "all", [path], now=NOW).study.config.privacy.retention == "2026-06-30"
    with pytest.raises(PackError, match="to be deleted after 2026-06-30"):
        merge(tmp_path / "late", [path], now=NOW.replace(month=7))


def test_unknown_keys_are_remarked_on_or_refused(manifests, tmp_path):
    """Nobody named: every signer is told of. Somebody named: others are refused."""
    from dedupelab.pack.signing import own_key, public_key

    assert all("nobody said whose" in note for note in merge(tmp_path / "all", manifests, now=NOW).notes)
    assert merge(tmp_path / "b", manifests, keys=[public_key(own_key()).decode()], now=NOW).notes == []
    with pytest.raises(PackError, match="expected one of the keys"):
        merge(
            tmp_path / "c",
            manifests,
            keys=["RWQf6LRCGA9i53mlYecO4IzT51TGPpvWucNSCh1CBM0QTaLn73Y7GFO3"],
            now=NOW,
        )


def test_answers_of_somebody_else_are_refused(sites, manifests, tmp_path, monkeypatch):
    """Answers must carry the key of the site's manifest."""
    questions = merge(tmp_path / "all", manifests, now=NOW).questions
    monkeypatch.setenv("DEDUPELAB_KEY", str(tmp_path / "other.key"))
    found = answer(
        sites["archive"], next(q for q in questions if "archive" in q.name), tmp_path / "a.zip", now=NOW
    )
    with pytest.raises(PackError, match="signed by the key of archive's manifest"):
        merge(tmp_path / "all", [found.path], now=NOW)


def test_the_commands_lead_through(sites, tmp_path):
    """export, merge, answer, report-ready: each says what to do next."""
    sent = []
    for name, site in sites.items():
        path = tmp_path / f"{name}.zip"
        done = invoke("export", site.folder, "--tier", "private", "--out", path)
        assert done.exit_code == 0, done.output
        sent.append(str(path))
    done = invoke("merge", tmp_path / "all", *sent)
    assert (done.exit_code, "undecided for want of pixels" in done.stdout) == (0, True)
    questions = tmp_path / "all" / "questions" / "agency.questions.zip"
    out = tmp_path / "said.zip"
    done = invoke("answer", sites["agency"].folder, questions, "--out", out)
    assert (done.exit_code, "not sent" in done.stdout) == (0, True)
    assert invoke("match", tmp_path / "all").exit_code == 0


def test_more_pictures_than_memory_holds_are_refused_at_once(manifests, tmp_path, monkeypatch):
    """Ten million rows on a small machine: told with the limit and the remedy, before any table is read."""
    opened = [open_parcel(path, tmp_path / path.stem, now=NOW) for path in manifests]
    many = [
        replace(
            p,
            facts={
                **p.facts,
                "files": {"images.parquet": {**p.facts["files"]["images.parquet"], "rows": 5_000_000}},
            },
        )
        for p in opened
    ]
    with pytest.raises(
        PackError,
        match=r"at most 1,953,125 pictures for the 8 GB of memory here, got 10,000,000; merge where there are 41 GB",
    ):
        check_room(many, 8 * 10**9)
    check_room(many, 64 * 10**9)
    check_room(many, 0)
    monkeypatch.setattr("dedupelab.exchange.merging._memory", lambda: 8192)
    with pytest.raises(PackError, match="at most 2 pictures"):
        merge(tmp_path / "joint", manifests, now=NOW)
    assert not (tmp_path / "joint" / "study.toml").exists()


def test_rows_out_of_order_are_refused(manifests, sites, tmp_path):
    """Tables are joined without sorting millions of rows again, so their order is checked, whoever signed them."""
    path = tmp_path / "turned.zip"
    with zipfile.ZipFile(manifests[0]) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    turned = pq.read_table(pa.BufferReader(members["images.parquet"]))
    out = pa.BufferOutputStream()
    pq.write_table(turned.take(list(range(len(turned) - 1, -1, -1))), out)
    members["images.parquet"] = out.getvalue().to_pybytes()
    facts = json.loads(members["manifest.json"])
    facts["files"]["images.parquet"] |= {
        "sha256": hashlib.sha256(members["images.parquet"]).hexdigest(),
        "bytes": len(members["images.parquet"]),
    }
    members["manifest.json"] = json.dumps(facts).encode()
    members["manifest.json.minisig"] = sign(own_key(), members["manifest.json"], "x", NOW)
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    with pytest.raises(PackError, match="rows in order of collection and path"):
        merge(tmp_path / "joint", [path, manifests[1]], now=NOW)
