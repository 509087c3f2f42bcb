"""Nothing in a parcel is believed before it has been checked."""

import json
import zipfile
from datetime import UTC, datetime, timedelta

import jsonschema
import pyarrow.parquet as pq
import pytest

from dedupelab import tables
from dedupelab.errors import PackError
from dedupelab.exchange.manifest import write_manifest
from dedupelab.exchange.parcel import open_parcel
from dedupelab.pack.signing import own_key, sign

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def parcel(shared_study, tmp_path_factory):
    return write_manifest(shared_study, tmp_path_factory.mktemp("parcel") / "m.zip", now=NOW)


def rebuilt(path, target, change, *, resign=True):
    """Write a parcel whose members were changed, its facts signed anew."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    if resign:
        members["manifest.json.minisig"] = sign(own_key(), members["manifest.json"], "x", NOW)
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target


def with_facts(**more):
    def change(members):
        members["manifest.json"] = json.dumps(json.loads(members["manifest.json"]) | more).encode()

    return change


def test_equal_studies_give_equal_parcels_that_others_can_read(parcel, shared_study, tmp_path):
    """Same bytes twice; JSON Schema and Parquet are enough to read it, units and meanings included."""
    again = write_manifest(shared_study, tmp_path / "m.zip", now=NOW)
    assert again.read_bytes() == parcel.read_bytes()
    with zipfile.ZipFile(parcel) as archive:
        archive.extractall(tmp_path / "x")
    from dedupelab.exchange import parcel as module

    schema = json.loads((module._CHECKOUT / "manifest.schema.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads((tmp_path / "x" / "manifest.json").read_text("utf-8")), schema)
    assert pq.read_schema(tmp_path / "x" / "images.parquet").field("bytes").metadata[b"unit"] == b"bytes"


def test_any_changed_byte_is_noticed(parcel, tmp_path):
    """Wherever a byte of the file's contents changes, it is refused."""
    whole = parcel.read_bytes()
    tried = tmp_path / "t.zip"
    with zipfile.ZipFile(parcel) as archive:
        starts = [
            (i.filename, i.header_offset + 30 + len(i.filename.encode()) + 40, i.file_size)
            for i in archive.infolist()
        ]
    for _, start, size in starts:
        for place in (start, start + size // 2):
            tried.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
            with pytest.raises(PackError):
                open_parcel(tried, tmp_path / "x", now=NOW)


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.999])
def test_a_cut_parcel_is_refused(parcel, tmp_path, share):
    """Cut anywhere, it is said to be damaged."""
    whole = parcel.read_bytes()
    (tmp_path / "t.zip").write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(PackError, match="damaged or cut short"):
        open_parcel(tmp_path / "t.zip", tmp_path / "x", now=NOW)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (with_facts(schema="dedupelab/parcel/2"), "install the newer dedupelab"),
        (with_facts(schema="else"), "expected dedupelab/parcel/1"),
        (with_facts(created=(NOW + timedelta(days=3)).isoformat()), "expected a parcel of the past"),
        (with_facts(created="yesterday"), "created"),
        (with_facts(collections=[]), "collections"),
        (with_facts(files={"../x.parquet": {"sha256": "0" * 64, "bytes": 1, "rows": 1}}), "side by side"),
        (with_facts(files={"images.parquet": {"sha256": "0" * 64, "bytes": 1, "rows": 10**9}}), "at most 20,000,000 rows"),
        (with_facts(files={"images.parquet": {"sha256": "0" * 64, "bytes": 1, "rows": 1}}), "also 'detected.parquet'"),
        (lambda m: m.update({"../../evil": b"x"}), "also '../../evil'"),
        (lambda m: m.update({"images.parquet": m["images.parquet"] + b"x"}), "is longer than"),
        (lambda m: m.update({"images.parquet": m["images.parquet"][:-1]}), "altered: images.parquet"),
        (lambda m: m.pop("detected.parquet"), "no 'detected.parquet'"),
        (lambda m: m.pop("minisign.pub"), "with minisign.pub, got none"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(parcel, tmp_path, change, said):
    """Signed by whomever: versions, times, names, sizes and digests must fit, and nothing is written elsewhere."""
    path = rebuilt(parcel, tmp_path / "t.zip", change)
    with pytest.raises(PackError, match=said.replace(".", r"\.")):
        open_parcel(path, tmp_path / "deep" / "x", now=NOW)
    assert not list(tmp_path.rglob("evil"))


def test_facts_that_were_not_signed_are_refused(parcel, tmp_path):
    """Another purpose under the old signature."""
    path = rebuilt(parcel, tmp_path / "t.zip", with_facts(site="other"), resign=False)
    with pytest.raises(PackError, match=r"altered: manifest\.json"):
        open_parcel(path, tmp_path / "x", now=NOW)


def test_a_member_twice_is_refused(parcel, tmp_path):
    """Readers differ in which of two they take."""
    path = tmp_path / "t.zip"
    path.write_bytes(parcel.read_bytes())
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("manifest.json", "{}")
    with pytest.raises(PackError, match="each member once"):
        open_parcel(path, tmp_path / "x", now=NOW)


def test_a_table_of_other_columns_is_refused(parcel, tmp_path):
    """A well-signed file that is no images table ends in a message, not in a traceback."""

    def change(members):
        import hashlib

        members["images.parquet"] = members["detected.parquet"]
        facts = json.loads(members["manifest.json"])
        facts["files"]["images.parquet"] |= {
            "sha256": hashlib.sha256(members["detected.parquet"]).hexdigest(),
            "bytes": len(members["detected.parquet"]),
        }
        members["manifest.json"] = json.dumps(facts).encode()

    opened = open_parcel(rebuilt(parcel, tmp_path / "t.zip", change), tmp_path / "x", now=NOW)
    with pytest.raises(PackError, match="as this version writes it"):
        opened.table(tables.IMAGES)
