"""A pack opens with tools that are not ours: BagIt's and RO-Crate's validators, sha256sum, and plain Ed25519."""

import base64
import hashlib
import json
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from dedupelab.exchange.tiers import export

pytestmark = pytest.mark.slow

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
VALIDATE = """
import importlib.resources, json, sys
import requests
from requests.adapters import HTTPAdapter

def answer(self, request, **_):
    # The network is not asked: the context that the rocrate package carries stands in (1.3, which keeps 1.1's terms).
    assert request.url == "https://w3id.org/ro/crate/1.1/context", request.url
    found = requests.Response()
    found.status_code, found.url, found.request = 200, request.url, request
    found.headers["Content-Type"] = "application/ld+json"
    found._content = importlib.resources.files("rocrate").joinpath("data/ro-crate.jsonld").read_bytes()
    return found

HTTPAdapter.send = answer
from rocrate_validator import models, services

wanted = services.ValidationSettings(
    rocrate_uri=sys.argv[1], profile_identifier="process-run-crate", requirement_severity=models.Severity.REQUIRED, no_cache=True
)
found = services.validate(wanted)
said = [f"{i.check.identifier}: {i.message}" for i in found.get_issues()]
print(json.dumps({"passed": found.passed(), "checks": len(found.executed_checks), "issues": said}))
"""


@pytest.fixture(scope="module")
def packs(runs, shared_study, tmp_path_factory):
    """Packs of a run and of both tiers for others."""
    home = tmp_path_factory.mktemp("packs")
    shared = {tier: export(shared_study, tier, home / tier, now=NOW) for tier in ("public", "assurer")}
    return {"run": runs[1] / "pack", **shared}


def ran(*command: str, cwd=None) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*command], capture_output=True, text=True, check=False, cwd=cwd)


@pytest.mark.parametrize("kind", ["run", "public", "assurer"])
def test_rocrate_validator_passes_what_is_required(packs, kind):
    """Every check of RO-Crate 1.1 and of the Process Run Crate profile that is required is run and passed."""
    done = ran(sys.executable, "-c", VALIDATE, str(packs[kind] / "data"))
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert (found["passed"], found["issues"]) == (True, [])
    assert found["checks"] >= 40


def test_rocrate_validator_can_fail(packs, tmp_path):
    """A crate that names a file which is not there does not pass."""
    text = (packs["public"] / "data" / "ro-crate-metadata.json").read_text("utf-8")
    (tmp_path / "ro-crate-metadata.json").write_text(text, encoding="utf-8")
    done = ran(sys.executable, "-c", VALIDATE, str(tmp_path))
    assert json.loads(done.stdout.splitlines()[-1])["passed"] is False


@pytest.mark.parametrize("kind", ["run", "public", "assurer"])
def test_bagit_validates(packs, kind):
    """The reference implementation of BagIt finds a valid bag."""
    done = ran(sys.executable, "-m", "bagit", "--validate", str(packs[kind]))
    assert (done.returncode, "is valid" in done.stderr) == (0, True), done.stderr


def test_coreutils_check_the_digests(packs, program):
    """`sha256sum -c` is enough, as the pack's README says."""
    for name in ("tagmanifest-sha256.txt", "manifest-sha256.txt"):
        done = ran(program("sha256sum"), "--strict", "-c", name, cwd=packs["run"])
        assert done.returncode == 0, done.stdout + done.stderr


def test_the_signature_is_plain_ed25519(packs):
    """By minisign's published format: Ed25519 over BLAKE2b-512 of the file, and over signature and trusted comment."""
    folder = packs["run"]
    public = base64.b64decode((folder / "minisign.pub").read_text().splitlines()[-1])
    _, first, comment, second = (folder / "tagmanifest-sha256.txt.minisig").read_text().splitlines()
    signature = base64.b64decode(first)
    assert (signature[:2], signature[2:10]) == (b"ED", public[2:10])
    key = Ed25519PublicKey.from_public_bytes(public[10:])
    key.verify(signature[10:], hashlib.blake2b((folder / "tagmanifest-sha256.txt").read_bytes()).digest())
    said = comment.removeprefix("trusted comment: ").encode()
    key.verify(base64.b64decode(second), signature[10:] + said)
    with pytest.raises(InvalidSignature):
        key.verify(base64.b64decode(second), signature[10:] + said + b"x")
