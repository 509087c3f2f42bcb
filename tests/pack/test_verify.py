"""A pack is believed only while every byte is as it was signed."""

import json
import shutil
from datetime import UTC, datetime

import pytest
from command import invoke

from dedupelab.errors import PackError
from dedupelab.pack.bagit import listed
from dedupelab.pack.pack import seal
from dedupelab.pack.signing import check, own_key, public_key
from dedupelab.pack.verify import verify

pytestmark = pytest.mark.slow

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture
def run(runs, tmp_path):
    """Make a copy of the second run, beside the first."""
    for made in runs:
        shutil.copytree(made, tmp_path / made.name)
    return tmp_path / runs[1].name


def test_an_untouched_run_is_whole(run, runs):
    """Signature, files and the run before this one are as they were."""
    found = verify(run, public_key(own_key()).decode())
    assert found.expected_key
    assert found.previous == f"{runs[0].name}, unchanged"
    assert verify(run / "pack").digest == found.digest


def test_any_byte_of_any_file(run):
    """One byte changed anywhere, first, middle or last of each file, and verify names that file."""
    for path in sorted(p for p in run.rglob("*") if p.is_file()):
        whole = path.read_bytes()
        for place in {0, len(whole) // 2, len(whole) - 1} if whole else ():
            path.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
            with pytest.raises(PackError, match=r"altered|expected") as caught:
                verify(run)
            assert path.name in str(caught.value).split(";")[0], (path, place)
        path.write_bytes(whole)
    assert verify(run).files


def test_every_byte_of_the_signature_and_the_lists(run):
    """The small files that carry the proof are tried byte by byte, with any other bit."""
    for name in ("tagmanifest-sha256.txt", "tagmanifest-sha256.txt.minisig", "minisign.pub", "bagit.txt"):
        path = run / "pack" / name
        whole = path.read_bytes()
        for place in range(len(whole)):
            path.write_bytes(whole[:place] + bytes([whole[place] ^ (1 << place % 8)]) + whole[place + 1 :])
            with pytest.raises(PackError) as caught:
                verify(run / "pack")
            assert name in str(caught.value), place
        path.write_bytes(whole)


@pytest.mark.parametrize("where", ["pack/data/tables/images.parquet", "pack/minisign.pub", "results.json"])
def test_a_missing_file_is_named(run, where):
    """What was signed must be there."""
    (run / where).unlink()
    with pytest.raises(PackError, match=f"missing: .*{where.rpartition('/')[2]}"):
        verify(run)


@pytest.mark.parametrize("where", ["pack/data/more.txt", "pack/more.txt", "more.txt", "pack/data/tables/x/y"])
def test_an_added_file_is_named(run, where):
    """What was not signed must not be there."""
    (run / where).parent.mkdir(exist_ok=True)
    (run / where).write_text("")
    with pytest.raises(PackError, match=f"added: .*{where.rpartition('/')[2]}"):
        verify(run)


def test_a_link_is_not_what_it_points_to(run, tmp_path):
    """A file that was moved out and linked to is refused."""
    table = run / "pack" / "data" / "tables" / "pairs.parquet"
    table.rename(tmp_path / "elsewhere")
    table.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(PackError, match=r"altered: data/tables/pairs\.parquet"):
        verify(run)


def test_a_path_out_of_the_bag_is_refused(run):
    """A list that points outside is not followed, however well it is signed."""
    folder = run / "pack"
    from dedupelab.pack.bagit import MANIFEST, SIGNATURE, TAG_FILES, TAGS, digest_of
    from dedupelab.pack.signing import sign

    (folder / MANIFEST).write_bytes(listed({"data/../../results.json": "0" * 64}))
    tags = listed({name: digest_of(folder / name) for name in TAG_FILES})
    (folder / TAGS).write_bytes(tags)
    (folder / SIGNATURE).write_bytes(sign(own_key(), tags, "x", NOW))
    with pytest.raises(PackError, match="each inside and once"):
        verify(run)


def test_the_run_before_cannot_be_rewritten_singly(run, runs):
    """The chain: another run under the earlier one's name is noticed, a removed one is only told of."""
    before = run.parent / runs[0].name
    facts = before / "pack" / "data" / "run.json"
    facts.write_text(facts.read_text("utf-8").replace("quick", "slow"), encoding="utf-8")
    seal(before / "pack", {}, "again", NOW)
    assert verify(before)
    with pytest.raises(PackError, match=f"altered: {runs[0].name}, the run before"):
        verify(run)
    shutil.rmtree(before)
    assert "not here" in verify(run).previous


def test_another_key_is_told_apart(run, tmp_path, monkeypatch):
    """Everything signed anew by somebody else is whole, and not by the key that was expected."""
    expected = tmp_path / "expected.pub"
    expected.write_bytes(public_key(own_key()))
    monkeypatch.setenv("DEDUPELAB_KEY", str(tmp_path / "other" / "key"))
    seal(run / "pack", {}, "again", NOW)
    assert verify(run)
    with pytest.raises(PackError, match="expected the key that was named"):
        verify(run, str(expected))


def test_equal_data_give_equal_signatures():
    """Signing draws nothing at random, and the key on disk is for its owner alone."""
    from dedupelab.pack.signing import key_path, sign

    one, other = (sign(own_key(), b"data", "x", NOW) for _ in range(2))
    assert one == other
    assert check(b"data", one, public_key(own_key())).comment == f"timestamp:{int(NOW.timestamp())}\tx"
    assert key_path().stat().st_mode & 0o077 == 0


def test_the_command_says_it_in_words(run):
    """Exit 0 and what the signature is worth; exit 1 and the file's name."""
    done = invoke("verify", run)
    assert done.exit_code == 0, done.output
    assert "not checked whose it is" in done.stdout
    assert json.loads(invoke("verify", run, "--json").stdout)["files"] > 10
    (run / "results.json").write_text("{}")
    done = invoke("verify", run)
    assert (done.exit_code, "altered: results.json" in done.stderr) == (1, True)


def test_a_paper_trail_cannot_be_rewritten_between_runs(reviewed, run_of, tmp_path):
    """Each run signs how far registers and labels went; a later run whose earlier rows differ is found out, chained anew or not."""
    first = run_of(reviewed, tmp_path / "out", 3)
    entry = {"value": 3, "unit": "copies", "source_type": "expert", "source": "memory", "owner": "Bo", "date": "2026-01-02"}  # fmt: skip
    reviewed.registers.add("assumption", [entry], who="Bo")
    honest = run_of(reviewed, tmp_path / "out", 4)
    assert "those of the run before are among them, unchanged" in verify(honest).written
    assert verify(first).written.startswith(f"{1 + len(reviewed.review().labels):,} entries and labels")
    (reviewed.folder / "registers.sqlite").unlink()
    for written in ({**entry, "value": 9}, entry):
        reviewed.registers.add("assumption", [written], who="Bo")
    forged = run_of(reviewed, tmp_path / "out", 5)
    shutil.rmtree(honest)
    chain = forged / "pack" / "data" / "chain.json"
    facts = json.loads(chain.read_text("utf-8"))
    facts["previous"] = {"run": first.name, "sha256": verify(first).digest}
    chain.write_text(json.dumps(facts), encoding="utf-8")
    seal(forged / "pack", {}, "again", NOW)
    with pytest.raises(PackError, match=r"first 1 rows of registers\.sqlite#assumption .* rewritten since"):
        verify(forged)
