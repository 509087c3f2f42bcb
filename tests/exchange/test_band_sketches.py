"""A neutral holder counts near pictures from keyed bands, and learns nothing else without the secret."""

import json

import numpy as np
import pandas as pd
import pytest
from command import invoke

from dedupelab import Study
from dedupelab.errors import ConfigError, OutputError, PackError
from dedupelab.exchange.band_sketches import MASKS, agreeing, count, sketches, write_pairs, write_sketches
from dedupelab.exchange.manifest import own_name, write_manifest
from dedupelab.pack.toml import toml

SECRET = b"a secret of the sites alone"


@pytest.fixture(scope="module")
def sites(shared_study, tmp_path_factory) -> list[Study]:
    home = tmp_path_factory.mktemp("sites")
    found = []
    for each in shared_study.config.collection:
        collection = {"name": each.name, "location": shared_study.location(each.name)}
        (home / each.name).mkdir()
        settings = {"study": {"name": each.name}, "collection": [collection], "match": {"gear": "quick"}}
        (home / each.name / "study.toml").write_text(toml(settings), encoding="utf-8")
        found.append(Study(home / each.name))
        found[-1].match()
    return found


def test_agreeing_bands_are_those_of_untouched_blocks():
    """One bit in each of n blocks leaves C(8 - n, 4) of 70 bands: 35, 15, 5, 1, and then none."""
    base = np.uint64(0x0123456789ABCDEF)
    touched = [base ^ np.uint64(sum(1 << 8 * block for block in range(n))) for n in range(6)]
    drawn = sketches(np.array([base, *touched], np.uint64), SECRET)
    left, right, agree = agreeing(drawn, np.array([0, *[1] * 6]))
    assert dict(zip(right.tolist(), agree.tolist(), strict=True)) == {1: 70, 2: 35, 3: 15, 4: 5, 5: 1}
    assert set(left.tolist()) == {0}


def test_a_distance_of_four_is_always_found():
    """However four bits lie, some band holds none of them."""
    generator = np.random.default_rng(1)
    prints = generator.integers(0, 2**64, 300, np.uint64)
    flipped = prints.copy()
    for row in range(len(prints)):
        for bit in generator.choice(64, 4, replace=False):
            flipped[row] ^= np.uint64(1 << int(bit))
    left, right, _ = agreeing(sketches(np.append(prints, flipped), SECRET), np.repeat([0, 1], 300))
    assert {(k, k + 300) for k in range(300)} <= set(zip(left.tolist(), right.tolist(), strict=True))


def test_another_secret_gives_other_bands():
    """Without the secret equal fingerprints show nothing in common; no band is stored in the clear."""
    prints = np.arange(50, dtype=np.uint64)
    one, other = sketches(prints, SECRET), sketches(prints, b"another secret altogether")
    assert not np.isin(one, other).any()
    assert not np.isin(one, prints[:, None] & MASKS).any()


def test_the_count_is_that_of_the_pictures(sites, tmp_path):
    """Two pictures byte for byte, one re-encoded: two exact, one near, told from sketches alone."""
    sent = [write_sketches(site, tmp_path / f"{site.name}.zip", SECRET) for site in sites]
    common, pairs, notes = count(sent)
    assert {(c.one, c.two, c.pictures, c.exact, c.near) for c in common} == {
        ("archive", "agency", 5, 2, 1),
        ("agency", "archive", 5, 2, 1),
    }
    names = {own_name(site)(i) for site in sites for i in site.images()["image_id"]}
    assert set(pairs["left"]) | set(pairs["right"]) <= names
    assert len(notes) == 2
    for site, path in zip(sites, sent, strict=True):
        whole = path.read_bytes()
        for row in site.images().itertuples():
            assert row.sha256.encode() not in whole
            assert row.image_id.encode() not in whole


def test_what_cannot_be_counted_is_refused(sites, tmp_path):
    """No secret, another secret, one site twice, a manifest: each with its remedy."""
    one, two = (write_sketches(site, tmp_path / f"{site.name}.zip", SECRET) for site in sites)
    with pytest.raises(ConfigError, match="openssl rand -hex 32"):
        write_sketches(sites[0], tmp_path / "x.zip", b"")
    other = write_sketches(sites[1], tmp_path / "other.zip", b"another secret altogether")
    for wrong, said in (
        ([one, other], "got secret"),
        ([one, one], "each once"),
        ([one], "two or more"),
        ([one, write_manifest(sites[1], tmp_path / "m.zip")], "expected band sketches, got manifest"),
    ):
        with pytest.raises(PackError, match=said):
            count(wrong)
    with pytest.raises(PackError, match="one of the keys that were named"):
        count([one, two], keys=["RWQ" + "A" * 53])


def test_the_commands_say_what_it_is_worth(sites, tmp_path):
    """Where sketches are chosen and where they are counted: no protection against whoever has the secret."""
    (tmp_path / "secret").write_bytes(SECRET)
    for site in sites:
        asked = [
            "export",
            str(site.folder),
            "--tier",
            "private",
            "--bands",
            "--secret",
            str(tmp_path / "secret"),
        ]
        done = invoke(*asked, "--out", tmp_path / f"{site.name}.zip")
        assert done.exit_code == 0, done.output
        assert "no protection against whoever has the secret" in done.stdout
    sent = [str(tmp_path / f"{site.name}.zip") for site in sites]
    done = invoke("count", *sent, "--out", tmp_path / "pairs.csv")
    assert "archive: 2 of 5 pictures at agency too, 1 more perhaps" in done.stdout
    assert "no protection" in done.stdout
    assert (
        (tmp_path / "pairs.csv")
        .read_text("utf-8")
        .startswith("left_site,right_site,left,right,exact,bands\n")
    )
    assert len(json.loads(invoke("count", *sent, "--json").stdout)["common"]) == 2
    wrong = invoke("merge", tmp_path / "joint", *sent)
    assert (wrong.exit_code, "dedupelab count" in wrong.stderr) == (1, True), wrong.stderr
    public = ["export", str(sites[0].folder), "--tier", "public", "--bands"]
    assert invoke(*public).exit_code == 2


def test_bands_that_end_in_zeros_travel_whole(sites, tmp_path, monkeypatch):
    """One digest in 256 ends in a zero byte: it is sent like any other."""
    monkeypatch.setattr("dedupelab.exchange.band_sketches.sketches", lambda prints, _: np.ones((len(prints), len(MASKS)), np.uint64))  # fmt: skip
    sent = [write_sketches(site, tmp_path / f"{site.name}.zip", SECRET) for site in sites]
    assert count(sent)[1]["bands"].tolist() == [len(MASKS)] * 25


def test_pairs_that_cannot_be_written_are_told(tmp_path):
    """A folder that is not there: the remedy, not a traceback."""
    with pytest.raises(OutputError, match="--out"):
        write_pairs(pd.DataFrame(), tmp_path / "no" / "pairs.csv")
